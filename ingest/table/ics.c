/* SPDX-License-Identifier: Apache-2.0 */
/* The events of a calendar (iCalendar, RFC 5545), a row for each occurrence; libical parses and expands. Days are those written, in the entry's own time zone;
 * the end is the last day. A rule without COUNT or UNTIL is followed up to a year after the entry was written (DTSTAMP). Of entries with one UID and
 * RECURRENCE-ID that with the highest SEQUENCE counts, and STATUS:CANCELLED removes. Known is CREATED, else DTSTAMP where that is before the start. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "list.h"

enum { ID, TITLE, START, END, KNOWN, KIND, PLANNED, PLACE, SOURCE, TEXT };
static const char *const names[] = {"id", "title", "start", "end", "known", "kind", "planned", "place", "source", "text", NULL};
enum { OCCURRENCES = 10000 };

typedef struct {
  icalcomponent *event;
  uint64_t line;
  const char *uid;
  struct icaltimetype recurrence; /* null: the entry itself */
  int sequence;
  bool outdone; /* another one counts */
} Entry;

typedef struct {
  List list;
  const char *path;
  icalcomponent *calendar;
  PROPTER_VEC(Entry) entries;
} Ics;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a calendar"); }

/* --- Days ----------------------------------------------------------------------------------------------------------------------------- */

static bool same_day(struct icaltimetype a, struct icaltimetype b) { return icaltime_compare_date_only(a, b) == 0; }

static PropterStatus set_day(Ics *c, ListRow *row, size_t column, struct icaltimetype t, PropterError *err) {
  char text[32];
  if (icaltime_is_null_time(t)) return PROPTER_OK;
  (void)snprintf(text, sizeof text, "%04d-%02d-%02d", t.year, t.month, t.day);
  return list_set(&c->list, row, column, propter_str(text), err);
}

/* The last day of what lasts until `end`, which is not part of it. */
static struct icaltimetype last_day(struct icaltimetype start, struct icaltimetype end) {
  bool midnight = end.is_date || (!end.hour && !end.minute && !end.second);
  if (icaltime_is_null_time(end) || icaltime_compare_date_only(end, start) <= 0) return start;
  if (midnight) icaltime_adjust(&end, -1, 0, 0, 0);
  return end;
}

static struct icaltimetype time_of(icalcomponent *event, icalproperty_kind kind) {
  icalproperty *p = icalcomponent_get_first_property(event, kind);
  icalvalue *v = p ? icalproperty_get_value(p) : NULL;
  if (!v) return icaltime_null_time();
  return icalvalue_isa(v) == ICAL_DATE_VALUE ? icalvalue_get_date(v) : icalvalue_get_datetime(v);
}

/* --- Rows ----------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus set_text(Ics *c, ListRow *row, size_t column, icalcomponent *event, icalproperty_kind kind, PropterError *err) {
  icalproperty *p = icalcomponent_get_first_property(event, kind);
  icalvalue *v = p ? icalproperty_get_value(p) : NULL;
  const char *text = v ? icalvalue_isa(v) == ICAL_TEXT_VALUE ? icalvalue_get_text(v) : icalvalue_as_ical_string(v) : NULL;
  return text ? list_set(&c->list, row, column, propter_str(text), err) : PROPTER_OK;
}

/* Calendars name an occurrence by its entry and its day. */
static PropterStatus set_id(Ics *c, ListRow *row, const Entry *e, struct icaltimetype day, bool several, PropterError *err) {
  PropterBuf id = {0};
  propter_buf_printf(&id, "%s", e->uid);
  if (several) propter_buf_printf(&id, "/%04d-%02d-%02d", day.year, day.month, day.day);
  PropterStatus status = propter_buf_status(&id, err);
  if (status == PROPTER_OK) status = list_set(&c->list, row, ID, propter_buf_str(&id), err);
  propter_buf_clear(&id);
  return status;
}

static PropterStatus add_row(Ics *c, const Entry *e, struct icaltimetype start, struct icaltimetype end, struct icaltimetype day, bool several,
                             const char *problem, PropterError *err) {
  struct icaltimetype created = time_of(e->event, ICAL_CREATED_PROPERTY), stamp = time_of(e->event, ICAL_DTSTAMP_PROPERTY);
  ListRow *row;
  PROPTER_TRY(list_add(&c->list, e->line, &row, err));
  if (icaltime_is_null_time(created) && icaltime_compare_date_only(stamp, start) < 0) created = stamp;
  row->problem = problem;
  PROPTER_TRY(set_id(c, row, e, day, several, err));
  PROPTER_TRY(set_text(c, row, TITLE, e->event, ICAL_SUMMARY_PROPERTY, err));
  PROPTER_TRY(set_text(c, row, KIND, e->event, ICAL_CATEGORIES_PROPERTY, err));
  PROPTER_TRY(set_text(c, row, PLACE, e->event, ICAL_LOCATION_PROPERTY, err));
  PROPTER_TRY(set_text(c, row, SOURCE, e->event, ICAL_URL_PROPERTY, err));
  PROPTER_TRY(set_text(c, row, TEXT, e->event, ICAL_DESCRIPTION_PROPERTY, err));
  PROPTER_TRY(set_day(c, row, START, start, err));
  if (icaltime_is_null_time(start)) return PROPTER_OK;
  PROPTER_TRY(set_day(c, row, END, last_day(start, end), err));
  PROPTER_TRY(set_day(c, row, KNOWN, created, err));
  bool planned = !icaltime_is_null_time(created) && icaltime_compare_date_only(created, start) < 0;
  return list_set(&c->list, row, PLANNED, propter_str(planned ? "yes" : "no"), err);
}

/* --- Occurrences ---------------------------------------------------------------------------------------------------------------------- */

static const Entry *instead_of(const Ics *c, const Entry *e, struct icaltimetype day) {
  for (size_t i = 0; i < c->entries.count; i++) {
    const Entry *other = &c->entries.items[i];
    if (!other->outdone && other != e && strcmp(other->uid, e->uid) == 0 && !icaltime_is_null_time(other->recurrence) && same_day(other->recurrence, day))
      return other;
  }
  return NULL;
}

static bool is_cancelled(icalcomponent *event) { return icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED; }

static bool excluded(icalcomponent *event, struct icaltimetype day) {
  for (icalproperty *p = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY); p; p = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY))
    if (same_day(icalproperty_get_exdate(p), day)) return true;
  return false;
}

/* One occurrence that begins at `start` and lasts as long as the entry. */
static PropterStatus occur(Ics *c, const Entry *e, struct icaltimetype start, int days, PropterError *err) {
  struct icaltimetype end = start;
  if (excluded(e->event, start)) return PROPTER_OK;
  const Entry *other = instead_of(c, e, start);
  if (other && is_cancelled(other->event)) return PROPTER_OK;
  if (other) return add_row(c, other, time_of(other->event, ICAL_DTSTART_PROPERTY), icalcomponent_get_dtend(other->event), start, true, NULL, err);
  icaltime_adjust(&end, days, 0, 0, 0);
  end.is_date = 1; /* the day after the last */
  return add_row(c, e, start, end, start, true, NULL, err);
}

static int by_day(const void *a, const void *b) { return icaltime_compare_date_only(*(const struct icaltimetype *)a, *(const struct icaltimetype *)b); }

typedef PROPTER_VEC(struct icaltimetype) Days;

static PropterStatus expand(const Entry *e, struct icaltimetype start, Days *out, const char **problem, PropterError *err) {
  struct icaltimetype stamp = time_of(e->event, ICAL_DTSTAMP_PROPERTY), t;
  for (icalproperty *p = icalcomponent_get_first_property(e->event, ICAL_RRULE_PROPERTY); p;
       p = icalcomponent_get_next_property(e->event, ICAL_RRULE_PROPERTY)) {
    struct icalrecurrencetype rule = icalproperty_get_rrule(p);
    bool endless = !rule.count && icaltime_is_null_time(rule.until);
    if (rule.freq == ICAL_SECONDLY_RECURRENCE || rule.freq == ICAL_MINUTELY_RECURRENCE || rule.freq == ICAL_HOURLY_RECURRENCE) {
      *problem = "it recurs within a day: expected FREQ from DAILY to YEARLY";
      return PROPTER_OK;
    }
    if (endless && icaltime_is_null_time(stamp)) {
      *problem = "it recurs without end: expected COUNT, UNTIL or a DTSTAMP to follow it from";
      return PROPTER_OK;
    }
    icalrecur_iterator *it = icalrecur_iterator_new(rule, start);
    if (!it) return no_memory(err);
    struct icaltimetype most = stamp;
    most.year++;
    PropterStatus status = PROPTER_OK;
    while (status == PROPTER_OK && !icaltime_is_null_time(t = icalrecur_iterator_next(it)) && !(endless && icaltime_compare_date_only(t, most) > 0)) {
      if (out->count == OCCURRENCES) status = propter_fail(err, PROPTER_LIMIT, "an entry recurs more than %d times", OCCURRENCES);
      else if (!propter_vec_push(out, t)) status = no_memory(err);
    }
    icalrecur_iterator_free(it);
    PROPTER_TRY(status);
  }
  for (icalproperty *p = icalcomponent_get_first_property(e->event, ICAL_RDATE_PROPERTY); p;
       p = icalcomponent_get_next_property(e->event, ICAL_RDATE_PROPERTY)) {
    struct icaldatetimeperiodtype when = icalproperty_get_rdate(p);
    t = icaltime_is_null_time(when.time) ? when.period.start : when.time;
    if (!propter_vec_push(out, t)) return no_memory(err);
  }
  return PROPTER_OK;
}

static int days_between(struct icaltimetype from, struct icaltimetype to) {
  from.is_date = to.is_date = 1, from.hour = from.minute = from.second = to.hour = to.minute = to.second = 0;
  return icaltime_as_timet(to) > icaltime_as_timet(from) ? (int)((icaltime_as_timet(to) - icaltime_as_timet(from)) / 86400) : 0;
}

static PropterStatus read_entry(Ics *c, const Entry *e, PropterError *err) {
  struct icaltimetype start = time_of(e->event, ICAL_DTSTART_PROPERTY), end = icalcomponent_get_dtend(e->event);
  bool recurs = icalcomponent_get_first_property(e->event, ICAL_RRULE_PROPERTY) || icalcomponent_get_first_property(e->event, ICAL_RDATE_PROPERTY);
  const char *problem = NULL;
  Days days = {0};
  if (icaltime_is_null_time(start)) return add_row(c, e, start, end, start, false, NULL, err);
  if (!recurs) return add_row(c, e, start, end, start, false, NULL, err);
  int length = days_between(start, last_day(start, end)) + 1;
  PropterStatus status = propter_vec_push(&days, start) ? expand(e, start, &days, &problem, err) : no_memory(err);
  if (status == PROPTER_OK && problem) status = add_row(c, e, start, end, start, false, problem, err);
  if (days.count) qsort(days.items, days.count, sizeof *days.items, by_day);
  for (size_t i = 0; i < days.count && status == PROPTER_OK && !problem; i++)
    if (!i || !same_day(days.items[i], days.items[i - 1])) status = occur(c, e, days.items[i], length, err);
  propter_vec_clear(&days);
  if (status == PROPTER_LIMIT) propter_error_at(err, c->path, e->line, 0);
  return status;
}

/* --- Files ---------------------------------------------------------------------------------------------------------------------------- */

/* libical does not say where a component stands: the n-th event begins in the line of the n-th BEGIN:VEVENT. */
static uint64_t next_begin(PropterStr text, size_t *at, uint64_t *line) {
  static const PropterStr begin = {"BEGIN:VEVENT", 12};
  for (bool first = *at == 0 || text.data[*at - 1] == '\n'; *at < text.len; ++*at) {
    PropterStr rest = {text.data + *at, text.len - *at};
    bool here = first && rest.len >= begin.len && strncasecmp(rest.data, begin.data, begin.len) == 0;
    uint64_t now = *line;
    first = text.data[*at] == '\n';
    *line += first;
    if (here) return ++*at, now;
  }
  return *line;
}

static PropterStatus collect(Ics *c, PropterStr text, PropterError *err) {
  size_t at = 0;
  uint64_t line = 1;
  icalcomponent *outer =
      icalcomponent_isa(c->calendar) == ICAL_XROOT_COMPONENT ? icalcomponent_get_first_component(c->calendar, ICAL_VCALENDAR_COMPONENT) : c->calendar;
  for (; outer; outer = outer == c->calendar ? NULL : icalcomponent_get_next_component(c->calendar, ICAL_VCALENDAR_COMPONENT))
    for (icalcomponent *event = icalcomponent_get_first_component(outer, ICAL_VEVENT_COMPONENT); event;
         event = icalcomponent_get_next_component(outer, ICAL_VEVENT_COMPONENT)) {
      const char *uid = icalcomponent_get_uid(event);
      Entry e = {event, next_begin(text, &at, &line), uid ? uid : "", icalcomponent_get_recurrenceid(event), icalcomponent_get_sequence(event), false};
      for (size_t i = 0; *e.uid && i < c->entries.count; i++) {
        Entry *other = &c->entries.items[i];
        bool same = strcmp(other->uid, e.uid) == 0 && icaltime_is_null_time(other->recurrence) == icaltime_is_null_time(e.recurrence) &&
                    (icaltime_is_null_time(e.recurrence) || same_day(other->recurrence, e.recurrence));
        if (same && !other->outdone) other->outdone = e.sequence >= other->sequence, e.outdone |= !other->outdone;
      }
      if (!propter_vec_push(&c->entries, e)) return no_memory(err);
    }
  return PROPTER_OK;
}

static void close_ics(void *state) {
  Ics *c = state;
  if (c->calendar) icalcomponent_free(c->calendar);
  propter_vec_clear(&c->entries);
  list_clear(&c->list);
  propter_free(c);
}

static PropterStatus read_calendar(Ics *c, PropterStr text, PropterError *err) {
  icalerror_set_errors_are_fatal(false);
  c->calendar = icalparser_parse_string(text.data ? text.data : "");
  if (!c->calendar || (icalcomponent_isa(c->calendar) != ICAL_VCALENDAR_COMPONENT && icalcomponent_isa(c->calendar) != ICAL_XROOT_COMPONENT)) {
    const bool begun = propter_str_starts(text, PROPTER_STR("BEGIN:VCALENDAR"));
    propter_error_at(err, c->path, 1, 0);
    return propter_fail(err, PROPTER_SYNTAX, begun ? "the calendar that begins here has no END:VCALENDAR" : "expected a calendar: BEGIN:VCALENDAR");
  }
  PROPTER_TRY(collect(c, text, err));
  for (size_t i = 0; i < c->entries.count; i++) {
    const Entry *e = &c->entries.items[i];
    if (e->outdone || is_cancelled(e->event) || !icaltime_is_null_time(e->recurrence)) continue;
    PROPTER_TRY(read_entry(c, e, err));
  }
  return PROPTER_OK;
}

static PropterStatus open_ics(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  (void)options;
  Ics *c = propter_calloc(1, sizeof *c);
  PropterBuf text = {0};
  if (!c) return no_memory(err);
  *state = c;
  c->path = path;
  c->list.names = names;
  PropterStatus status = list_read(path, limits, &text, err);
  if (status == PROPTER_OK) status = read_calendar(c, propter_buf_str(&text), err);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus next_ics(void *state, PropterRow *row, bool *found, PropterError *err) { return list_next(&((Ics *)state)->list, row, found, err); }

const TableReader table_reader_ics = {.name = "ics",
                                      .extensions = "ics ical ifb",
                                      .summary = "the events of a calendar (iCalendar), a row for each occurrence",
                                      .open = open_ics,
                                      .next = next_ics,
                                      .close = close_ics};

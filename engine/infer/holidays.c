/* SPDX-License-Identifier: Apache-2.0 */
/* Days that users name as holidays: events whose kind, own name or calendar says so. The same day of another year has the same name, so the baseline can learn
 * what each does to a figure (engine/detect/yearly.c). */
#include <ctype.h>
#include <string.h>

#include "know.h"

static const char *const words[] = {
#define HOLIDAY(word) word,
#include "holidays.def"
#undef HOLIDAY
};

static bool is_one(PropterStr word) {
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (propter_str_equal_caseless(word, propter_str(words[i]))) return true;
  return false;
}

/* The last word of a text ("public holiday", not "holiday sale"), or any. */
static bool says_holiday(PropterStr text, bool last) {
  for (size_t end = text.len; end;) {
    while (end && !isalpha((unsigned char)text.data[end - 1])) end--;
    size_t from = end;
    while (from && isalpha((unsigned char)text.data[from - 1])) from--;
    if (end > from && is_one((PropterStr){text.data + from, end - from})) return true;
    if (last) break;
    end = from;
  }
  return false;
}

bool event_names_holiday(PropterStr kind, PropterStr subject, PropterStr label) {
  return says_holiday(kind, true) || says_holiday(subject, true) || says_holiday(label, true);
}

bool names_holidays(PropterStr file) { return says_holiday(propter_str_base_name(file), false); }

/* The name without a year: letters alone, in small ones. */
static PropterStatus class_of(PropterMap *names, PropterStr label, unsigned char *out, PropterError *err) {
  char name[96];
  size_t len = 0;
  bool added;
  for (size_t i = 0; i < label.len && len < sizeof name; i++) {
    unsigned char c = (unsigned char)label.data[i];
    if (c >= 0x80 || isalpha(c)) name[len++] = (char)tolower(c);
  }
  uint64_t *class = propter_map_put(names, (PropterStr){name, len}, names->count + 1, &added);
  if (!class) return propter_fail(err, PROPTER_NO_MEMORY, "names of holidays");
  *out = *class <= PROPTER_HOLIDAYS ? (unsigned char)*class : 0;
  return PROPTER_OK;
}

static bool holds_in(const Know *know, const KnowEvent *e, const KnowMetric *m) {
  double part;
  return e->holiday && e->start != PROPTER_NO_DAY && scope_relation(know, &e->scope, &m->scope, &part) != RELATION_DISJOINT;
}

PropterStatus holidays_mark(Know *know, const KnowMetric *m, PropterSeries *series, PropterError *err) {
  PropterMap names = {0};
  PropterStatus status = PROPTER_OK;
  unsigned char *day = NULL, class = 0;
  for (size_t i = 0; i < know->events.count && series->grain == PROPTER_GRAIN_DAY && !status; i++) {
    const KnowEvent *e = &know->events.items[i];
    if (!holds_in(know, e, m)) continue;
    if (!day && !(day = propter_arena_alloc(&know->arena, series->count + 1))) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu periods", series->count);
    if (!status && !series->holiday) series->holiday = memset(day, 0, series->count + 1);
    if (!status) status = class_of(&names, e->label, &class, err);
    const PropterDay last = e->end == PROPTER_NO_DAY ? e->start : e->end;
    size_t at;
    for (PropterDay d = e->start; d <= last && !status && d - e->start < 366; d++)
      if (propter_series_find(series, d, &at)) day[at] = class;
  }
  propter_map_clear(&names);
  return status;
}

const KnowEvent *holiday_of(const Know *know, const KnowMetric *m, PropterDay first, PropterDay last) {
  for (size_t i = 0; i < know->events.count; i++) {
    const KnowEvent *e = &know->events.items[i];
    if (holds_in(know, e, m) && e->start <= last && (e->end == PROPTER_NO_DAY ? e->start : e->end) >= first) return e;
  }
  return NULL;
}

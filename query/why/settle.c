/* SPDX-License-Identifier: Apache-2.0 */
/* Periods that depend on now and on the data get their days. */
#include "calendar.h"
#include "question.h"
#include "render.h"

/* The days of the run in a month that now tells; none: it has no such days. */
static void of_month(const PropterQuestion *q, PropterDay now, PropterDay *from, PropterDay *to) {
  int y, m, d;
  propter_day_civil(now, &y, &m, &d);
  const int first = q->count < 0 ? 0 : q->count, last = q->count < 0 ? 12 : first;
  for (int back = first; back <= last; back++) {
    const int month = 12 * y + m - 1 - back;
    PropterRecurring run = q->run;
    run.month += month % 12 + 1, run.month_last += month % 12 + 1;
    if (why_run_in(month / 12, &run, from, to) && (q->count >= 0 || *to < now)) return;
  }
  *from = *to = PROPTER_NO_DAY;
}

static void relative(const PropterQuestion *q, PropterDay now, PropterDay *from, PropterDay *to) {
  PropterDay ignore;
  int y, m, d;
  switch (q->when) {
  case PROPTER_WHEN_BACK:
    why_unit_back(q->unit, now, q->count, from, to);
    break;
  case PROPTER_WHEN_STRETCH:
    why_unit_back(q->unit, now, q->count, from, &ignore), why_unit_back(q->unit, now, 1, &ignore, to);
    break;
  case PROPTER_WHEN_TO_DATE:
    why_unit_back(q->unit, now, 0, from, &ignore), *to = now;
    break;
  case PROPTER_WHEN_DAY:
    *from = *to = now - q->count;
    break;
  case PROPTER_WHEN_WEEKDAY:
    why_unit_back(UNIT_WEEK, now, q->count < 0 ? 0 : q->count, from, &ignore);
    if (q->count <= 0 && *from + (q->open == PROPTER_OPEN_SINCE ? q->run.month : q->run.month_last) - 1 >= now) *from -= 7;
    if (q->count < 0) *from += 7 * (q->count + 1);
    *to = *from + q->run.month_last - 1, *from += q->run.month - 1;
    break;
  case PROPTER_WHEN_OF_MONTH:
    of_month(q, now, from, to);
    break;
  case PROPTER_WHEN_MONTHS:
    propter_day_civil(now, &y, &m, &d);
    while (q->count ? propter_day(y, q->run.month_last + 1, 1) > now : propter_day(y, q->run.month, 1) > now) y--;
    *from = propter_day(y, q->run.month, 1);
    *to = propter_day(y, q->run.month_last + 1, 1) - 1;
    break;
  default:
    *from = q->from, *to = q->to;
  }
}

/* The last such run that lies in the data, or (`begun`) begins in them; where none does, the first of those looked at. */
static bool latest_run(const PropterRecurring *run, PropterDay last, bool begun, PropterDay *from, PropterDay *to) {
  int y, m, d;
  propter_day_civil(last, &y, &m, &d);
  for (int back = 0; back < 12; back++, y--) /* 29 February comes every fourth year, or the eighth; a date on a weekday within eleven */
    if (why_run_in(y, run, from, to) && (begun ? *from : *to) <= last) return true;
  return false;
}

static PropterStatus note_period(PropterQuestion *q, const char *before, const char *after, PropterArena *arena, PropterError *err) {
  PropterBuf text = {0};
  why_put_period(&text, q->from, q->to);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) status = why_question_note(q, arena, err, "%s%s%s", before, text.data, after);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus settle_latest(PropterQuestion *q, PropterDay last, PropterArena *arena, PropterError *err) {
  if (!latest_run(&q->run, last, q->open == PROPTER_OPEN_SINCE, &q->from, &q->to)) {
    q->gap = PROPTER_GAP_BAD_DATE, q->about = q->period_words, q->has_period = false;
    return PROPTER_OK;
  }
  return note_period(q, "no year was named: taken as ", ", the latest in the data", arena, err);
}

/* "May 14": what the data can hold of the two. */
static PropterStatus settle_day_or_year(PropterQuestion *q, PropterGrain grain, PropterDay first, PropterDay last, PropterArena *arena, PropterError *err) {
  const PropterDay from = propter_day(q->count, q->run.month, 1), to = propter_day(q->count, q->run.month + 1, 1) - 1;
  const bool year = from >= first && to <= last;
  if (grain < PROPTER_GRAIN_MONTH && !year) return settle_latest(q, last, arena, err);
  if (grain < PROPTER_GRAIN_MONTH || !year) {
    q->gap = PROPTER_GAP_UNCLEAR_PERIOD, q->about = q->period_words, q->has_period = false;
    return PROPTER_OK;
  }
  q->from = from, q->to = to;
  return why_question_note(q, arena, err, "\"%.*s\" was taken as a month of %d", (int)q->period_words.len, q->period_words.data, q->count);
}

/* Compares with the same days so many months later. */
static void compare_months_later(PropterQuestion *q, int months) {
  q->compared_from = why_months_later(q->from, months), q->compared_to = why_months_later(q->to + 1, months) - 1;
}

/* As many days, or whole months, as the window has, right before it. */
static void window_before(PropterDay from, PropterDay to, PropterDay *earlier, PropterDay *end) {
  int y, m, d, ny, nm, nd;
  propter_day_civil(from, &y, &m, &d), propter_day_civil(to + 1, &ny, &nm, &nd);
  *end = from - 1;
  *earlier = d == 1 && nd == 1 ? propter_day(y, m - (12 * (ny - y) + nm - m), 1) : from - (to - from + 1);
}

/* "1 to 10 February against the same days of January". */
static void same_days_of_month(PropterQuestion *q) {
  int y, m, first, last, month, cy, cm, ignore;
  propter_day_civil(q->from, &y, &m, &first), propter_day_civil(q->to, &y, &month, &last), propter_day_civil(q->compared_from, &cy, &cm, &ignore);
  if (m != month || q->to - q->from > 30 || q->compared_from != propter_day(cy, cm, 1) || q->compared_to != propter_day(cy, cm + 1, 1) - 1) return;
  if (last > propter_month_length(cy, cm)) last = propter_month_length(cy, cm);
  if (first <= last) q->compared_from = propter_day(cy, cm, first), q->compared_to = propter_day(cy, cm, last);
}

/* The same run a year before: another day than the date's for Easter, weeks and weekdays. */
static bool run_before(PropterQuestion *q) {
  const int year = why_year_of(q->run.month == WEEK ? q->from + 3 : q->from);
  PropterDay from, to;
  if (q->when != PROPTER_WHEN_LATEST || !why_run_in(year, &q->run, &from, &to) || from != q->from || to != q->to) return false;
  return why_run_in(year - 1, &q->run, &q->compared_from, &q->compared_to);
}

/* The time compared with, once the window is known: its own days, the last such run before the window, or the unit before it. */
static void settle_compared(PropterQuestion *q, PropterGrain grain) {
  if (!q->compared) return;
  const bool before = q->compared_when == PROPTER_WHEN_BACK, to_date = q->when == PROPTER_WHEN_TO_DATE && q->unit == UNIT_YEAR;
  const bool unfinished = q->when == PROPTER_WHEN_BACK && !q->count; /* this week, this month */
  if (q->compared_when == PROPTER_WHEN_LATEST) {
    (void)latest_run(&q->compared_run, q->from - 1, false, &q->compared_from, &q->compared_to);
    if (q->compared_unit == PROPTER_UNIT_SAME) same_days_of_month(q);
  } else if (q->compared_when == PROPTER_WHEN_FIXED && (to_date || q->compared_unit == PROPTER_UNIT_SAME) &&
             q->compared_to == why_months_later(q->compared_from, 12) - 1) { /* "year to date … 2025", "the same period of 2025" */
    int y, earlier, ignore;
    propter_day_civil(q->from, &y, &ignore, &ignore), propter_day_civil(q->compared_from, &earlier, &ignore, &ignore);
    compare_months_later(q, 12 * (earlier - y));
  } else if (q->compared_when == PROPTER_WHEN_WEEKDAY) { /* the last such day before the window */
    q->compared_from = q->from - 1;
    while (propter_day_weekday(q->compared_from) != q->compared_run.month) q->compared_from--;
    q->compared_to = q->compared_from;
  } else if (before && q->compared_unit == UNIT_YEAR) {
    if (!run_before(q)) compare_months_later(q, -12);
  } else if (before && (q->compared_unit == PROPTER_UNIT_SAME || (q->compared_unit == UNIT_WEEK && q->to - q->from == 6))) {
    window_before(q->from, q->to, &q->compared_from, &q->compared_to);
  } else if (before && (q->compared_unit == PROPTER_UNIT_WEEKDAY || (q->compared_unit == UNIT_WEEK && unfinished))) {
    q->compared_from = q->from - 7, q->compared_to = q->to - 7;
  } else if (before && (q->compared_unit == UNIT_MONTH || q->compared_unit == UNIT_QUARTER) && unfinished) {
    compare_months_later(q, q->compared_unit == UNIT_MONTH ? -1 : -3);
  } else if (before) {
    why_unit_back(q->compared_unit, q->from, 1, &q->compared_from, &q->compared_to);
  }
  q->compared_when = PROPTER_WHEN_FIXED;
  q->compared_from = propter_period_first(grain, propter_period_of(grain, q->compared_from));
  q->compared_to = propter_period_last(grain, propter_period_of(grain, q->compared_to));
}

/* Days that count from now, or, where the data end before that, from their end. */
static PropterStatus settle_relative(PropterQuestion *q, PropterDay first, PropterDay last, PropterDay today, PropterArena *arena, PropterError *err) {
  char a[16], b[16];
  const bool counted = q->when == PROPTER_WHEN_BACK || q->when == PROPTER_WHEN_MONTHS || q->when == PROPTER_WHEN_OF_MONTH;
  bool present = q->when == PROPTER_WHEN_DAY || q->when == PROPTER_WHEN_TO_DATE || (counted && q->count == 0);
  relative(q, today, &q->from, &q->to);
  if (q->from == PROPTER_NO_DAY) return q->gap = PROPTER_GAP_BAD_DATE, q->about = q->period_words, q->has_period = false, PROPTER_OK;
  if (present && q->from <= last && q->to > last) { /* "this year" is not over yet */
    propter_day_format(last, a);
    PROPTER_TRY(why_question_note(q, arena, err, "to the end of the data, %s", a));
  } else if (q->to > last && q->from > first) {
    /* The data end before what "now" asks for: count from the day after their last, or for the present unit from their last. */
    relative(q, present ? last : last + 1, &q->from, &q->to);
    propter_day_format(last, a), propter_day_format(today, b);
    PROPTER_TRY(why_question_note(q, arena, err, "counted from the end of the data, %s, because they end before today, %s", a, b));
  } else {
    propter_day_format(today, a);
    PROPTER_TRY(why_question_note(q, arena, err, "counted from today, %s", a));
  }
  if (present && q->to > last) q->to = last;
  return PROPTER_OK;
}

/* From the time named to what is asked about of it. */
static PropterStatus settle_open(PropterQuestion *q, PropterDay first, PropterDay last, PropterArena *arena, PropterError *err) {
  char text[16];
  const bool start = q->open == PROPTER_OPEN_BEFORE || q->open == PROPTER_OPEN_UNTIL;
  if (q->open == PROPTER_OPEN_NOT || q->gap != PROPTER_GAP_NONE) return PROPTER_OK;
  if (q->open == PROPTER_OPEN_AFTER) q->from = q->to + 1;
  if (q->open == PROPTER_OPEN_BEFORE) q->to = q->from - 1;
  if (start) q->from = first;
  else q->to = last;
  q->open = PROPTER_OPEN_NOT;
  propter_day_format(start ? q->from : q->to, text);
  return why_question_note(q, arena, err, start ? "from the beginning of the data, %s" : "to the end of the data, %s", text);
}

/* "in 2025" of data that end in November: what they hold of it. A time without any of them stays what it is. */
static PropterStatus settle_ends(PropterQuestion *q, PropterDay first, PropterDay last, PropterArena *arena, PropterError *err) {
  char text[16];
  if (q->gap != PROPTER_GAP_NONE || q->from > last || q->to < first) return PROPTER_OK;
  if (q->from < first) {
    q->from = first;
    propter_day_format(first, text);
    PROPTER_TRY(why_question_note(q, arena, err, "from the beginning of the data, %s", text));
  }
  if (q->to <= last) return PROPTER_OK;
  q->to = last;
  propter_day_format(last, text);
  return why_question_note(q, arena, err, "to the end of the data, %s", text);
}

/* "June was better than July": that before it, though the data hold one behind it, too. */
static PropterStatus note_earlier(PropterQuestion *q, PropterDay last, PropterArena *arena, PropterError *err) {
  char a[16], b[16];
  if (!q->compared || why_months_later(q->compared_to + 1, 12) - 1 > last) return PROPTER_OK;
  propter_day_format(q->compared_from, a), propter_day_format(q->compared_to, b);
  return why_question_note(q, arena, err, "no year was named for the time compared with: taken as %s to %s, the last before it", a, b);
}

/* At least half of the period that `day` lies in lies between `from` and `to`. */
static bool lies_mostly_in(PropterGrain grain, PropterDay day, PropterDay from, PropterDay to) {
  const int32_t period = propter_period_of(grain, day);
  const PropterDay first = propter_period_first(grain, period), last = propter_period_last(grain, period);
  return 2 * ((to < last ? to : last) - (from > first ? from : first) + 1) >= last - first + 1;
}

/* To whole periods. Of weeks, which no month or year is made of, those that lie mostly in what was asked about, if any does: a week of which two days do is one
 * of another month. */
static PropterStatus settle_periods(PropterQuestion *q, PropterGrain grain, PropterArena *arena, PropterError *err) {
  const int32_t begin = propter_period_of(grain, q->from), end = propter_period_of(grain, q->to);
  const int32_t skipped = !lies_mostly_in(grain, q->from, q->from, q->to), spare = !lies_mostly_in(grain, q->to, q->from, q->to);
  const bool narrows = grain == PROPTER_GRAIN_WEEK && begin + skipped <= end - spare;
  const PropterDay from = propter_period_first(grain, narrows ? begin + skipped : begin), to = propter_period_last(grain, narrows ? end - spare : end);
  const char *name = propter_grain_name(grain);
  char a[16], b[16];
  if (from == q->from && to == q->to) return PROPTER_OK;
  propter_day_format(q->from, a), propter_day_format(q->to, b);
  q->from = from, q->to = to;
  if (!narrows || (!skipped && !spare)) return why_question_note(q, arena, err, "the data are in %ss: %s to %s was widened to whole %ss", name, a, b, name);
  return why_question_note(q, arena, err, "the data are in %ss: taken are the %ss that lie mostly in %s to %s", name, name, a, b);
}

PropterStatus propter_question_settle(PropterQuestion *q, PropterGrain grain, PropterDay first, PropterDay last, PropterDay today, PropterArena *arena,
                                      PropterError *err) {
  if (!q->has_period) return PROPTER_OK;
  switch (q->when) {
  case PROPTER_WHEN_FIXED:
    break;
  case PROPTER_WHEN_LATEST:
    PROPTER_TRY(settle_latest(q, last, arena, err));
    break;
  case PROPTER_WHEN_DAY_OR_YEAR:
    PROPTER_TRY(settle_day_or_year(q, grain, first, last, arena, err));
    break;
  case PROPTER_WHEN_EVENT:
    if (q->from < first && q->to >= first) q->from = first;
    if (q->to > last && q->from <= last) q->to = last;
    break;
  default:
    PROPTER_TRY(settle_relative(q, first, last, today, arena, err));
  }
  PROPTER_TRY(settle_open(q, first, last, arena, err));
  if (q->when == PROPTER_WHEN_FIXED) PROPTER_TRY(settle_ends(q, first, last, arena, err));
  const bool yearless = q->compared_when == PROPTER_WHEN_LATEST && q->when == PROPTER_WHEN_LATEST;
  if (q->gap == PROPTER_GAP_NONE) settle_compared(q, grain);
  if (q->gap == PROPTER_GAP_NONE && yearless) PROPTER_TRY(note_earlier(q, last, arena, err));
  q->when = PROPTER_WHEN_FIXED;
  if (q->gap != PROPTER_GAP_NONE) return PROPTER_OK;
  return settle_periods(q, grain, arena, err);
}

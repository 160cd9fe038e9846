/* SPDX-License-Identifier: Apache-2.0 */
/* Periods that depend on now and on the data get their days. */
#include "calendar.h"
#include "question.h"
#include "render.h"

static void relative(const PropterQuestion *q, PropterDay now, PropterDay *from, PropterDay *to) {
  PropterDay ignore;
  int y, m, d;
  switch (q->when) {
    case PROPTER_WHEN_BACK: why_unit_back(q->unit, now, q->count, from, to); break;
    case PROPTER_WHEN_STRETCH: why_unit_back(q->unit, now, q->count, from, &ignore), why_unit_back(q->unit, now, 1, &ignore, to); break;
    case PROPTER_WHEN_TO_DATE: why_unit_back(q->unit, now, 0, from, &ignore), *to = now; break;
    case PROPTER_WHEN_DAY: *from = *to = now - q->count; break;
    case PROPTER_WHEN_WEEKDAY:
      why_unit_back(UNIT_WEEK, now, q->count, from, &ignore);
      if (!q->count && *from + (q->month_last ? q->month_last : q->month) - 1 >= now) *from -= 7;
      *to = q->month_last ? *from + q->month_last - 1 : now - 1, *from += q->month - 1;
      break;
    case PROPTER_WHEN_MONTHS:
      propter_day_civil(now, &y, &m, &d);
      while (propter_day(y, q->month_last + 1, 1) > now) y--;
      *from = propter_day(y, q->month, 1);
      *to = propter_day(y, q->month_last + 1, 1) - 1;
      break;
    default: *from = q->from, *to = q->to;
  }
}

/* The last run of the months (or the last such day) that lies in the data; where none does, the last that begins before their end. */
static void latest_run(PropterQuestion *q, PropterDay last) {
  int y, m, d;
  propter_day_civil(last, &y, &m, &d);
  for (int back = 0; back < 9; back++, y--) { /* 29 February comes every fourth year, or the eighth */
    if (why_run_in(y, q->month, q->month_last, q->day, &q->from, &q->to) && q->to <= last) return;
  }
}

static PropterStatus settle_latest(PropterQuestion *q, PropterDay last, PropterArena *arena, PropterError *err) {
  PropterBuf text = {0};
  latest_run(q, last);
  if (q->when == PROPTER_WHEN_LATEST_OPEN) q->to = last;
  why_put_period(&text, q->from, q->to);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) status = why_question_note(q, arena, err, "no year was named: taken as %s, the latest in the data", text.data);
  propter_buf_clear(&text);
  return status;
}

static PropterDay year_earlier(PropterDay day) {
  int y, m, d;
  propter_day_civil(day, &y, &m, &d);
  return propter_day(y - 1, m, d < propter_month_length(y - 1, m) ? d : propter_month_length(y - 1, m));
}

/* The time compared with, once the window is known: its own days, the last such run before the window, or the unit before it. */
static void settle_compared(PropterQuestion *q, PropterGrain grain) {
  if (!q->compared) return;
  if (q->compared_when == PROPTER_WHEN_LATEST) {
    PropterQuestion there = *q;
    there.month = q->compared_month, there.month_last = q->compared_month_last, there.day = q->compared_day;
    latest_run(&there, q->from - 1);
    q->compared_from = there.from, q->compared_to = there.to;
  } else if (q->compared_when == PROPTER_WHEN_BACK && q->compared_unit == UNIT_YEAR) {
    q->compared_from = year_earlier(q->from), q->compared_to = year_earlier(q->to + 1) - 1;
  } else if (q->compared_when == PROPTER_WHEN_BACK) {
    why_unit_back(q->compared_unit, q->from, 1, &q->compared_from, &q->compared_to);
  }
  q->compared_when = PROPTER_WHEN_FIXED;
  q->compared_from = propter_period_first(grain, propter_period_of(grain, q->compared_from));
  q->compared_to = propter_period_last(grain, propter_period_of(grain, q->compared_to));
}

PropterStatus propter_question_settle(PropterQuestion *q, PropterGrain grain, PropterDay first, PropterDay last, PropterDay today, PropterArena *arena,
                                      PropterError *err) {
  if (!q->has_period) return PROPTER_OK;
  char a[16], b[16];
  if (q->when == PROPTER_WHEN_OPEN) {
    bool start = q->from == PROPTER_NO_DAY;
    if (start) q->from = first;
    else q->to = last;
    propter_day_format(start ? q->from : q->to, a);
    PROPTER_TRY(why_question_note(q, arena, err, start ? "from the beginning of the data, %s" : "to the end of the data, %s", a));
  } else if (q->when == PROPTER_WHEN_LATEST || q->when == PROPTER_WHEN_LATEST_OPEN) {
    PROPTER_TRY(settle_latest(q, last, arena, err));
  } else if (q->when != PROPTER_WHEN_FIXED) {
    bool present = (q->when == PROPTER_WHEN_BACK && q->count == 0) || q->when == PROPTER_WHEN_TO_DATE || q->when == PROPTER_WHEN_DAY;
    relative(q, today, &q->from, &q->to);
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
  }
  q->when = PROPTER_WHEN_FIXED;
  settle_compared(q, grain);
  PropterDay from = propter_period_first(grain, propter_period_of(grain, q->from)), to = propter_period_last(grain, propter_period_of(grain, q->to));
  if (from != q->from || to != q->to) {
    propter_day_format(q->from, a), propter_day_format(q->to, b);
    PROPTER_TRY(why_question_note(q, arena, err, "the data are in %s: %s to %s was widened to whole %s", why_periods(grain), a, b, why_periods(grain)));
    q->from = from;
    q->to = to;
  }
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar.h"

#include "propter/detect.h"

bool why_week_of(int year, int week, PropterDay *from, PropterDay *to) {
  if (week < 1 || week > 53) return false;
  PropterDay fourth = propter_day(year, 1, 4);
  *from = fourth - (propter_day_weekday(fourth) - 1) + 7 * (week - 1);
  *to = *from + 6;
  return why_year_of(*from + 3) == year; /* a week belongs to the year of its Thursday */
}

/* Which weekday of a month: 440 is the fourth Thursday, 510 the last Monday, 441 the day after the fourth Thursday. */
static PropterDay nth_weekday(int year, int month, int code) {
  int nth = code / 100, weekday = code / 10 % 10, after = code % 10;
  PropterDay first = propter_day(year, month, 1), day = first + (weekday - propter_day_weekday(first) + 7) % 7 + 7 * (nth - 1);
  while (day >= propter_day(year, month + 1, 1)) day -= 7;
  return day + after;
}

PropterRecurring why_run_months(int first, int last) { return (PropterRecurring){.month = first, .month_last = last}; }

PropterRecurring why_run_day(int month, int day) { return (PropterRecurring){.month = month, .day = day, .month_last = month, .day_last = day}; }

/* First and last day of one end of a run. */
static bool end_in(int year, int month, int day, PropterDay *from, PropterDay *to) {
  if (month == EASTER) return *from = *to = propter_day_easter(year) + day, true;
  if (month == WEEK) return why_week_of(year, day, from, to);
  if (month > THIRD) {
    *from = propter_day(year, month - THIRD, 10 * day - 9);
    *to = day < 3 ? *from + 9 : propter_day(year, month - THIRD + 1, 1) - 1;
  } else if (month > HALF) {
    *from = propter_day(year, month - HALF, day == 1 ? 1 : 16);
    *to = day == 1 ? *from + 14 : propter_day(year, month - HALF + 1, 1) - 1;
  } else if (month > NTH) {
    *from = *to = nth_weekday(year, month - NTH, day);
  } else {
    const PropterDay first = propter_day(year, month, 1), next = propter_day(year, month + 1, 1);
    *from = day ? first + day - 1 : first;
    *to = day ? *from : next - 1;
    return *from < next;
  }
  return true;
}

bool why_run_in(int year, const PropterRecurring *run, PropterDay *from, PropterDay *to) {
  PropterDay ignore;
  if (!end_in(year, run->month, run->day, from, &ignore) || !end_in(year, run->month_last, run->day_last, &ignore, to)) return false;
  if (run->days > 0) *to = *from + run->days - 1;
  if (run->days < 0) *from = *to + run->days + 1;
  if (run->week) *from -= propter_day_weekday(*from) - 1, *to = *from + 6;
  *from += run->shift, *to += run->shift;
  return *from <= *to && (!run->weekday || propter_day_weekday(*from) == run->weekday);
}

int why_year_of(PropterDay day) {
  int y, m, d;
  propter_day_civil(day, &y, &m, &d);
  return y;
}

PropterDay why_months_later(PropterDay day, int months) {
  int y, m, d;
  propter_day_civil(day, &y, &m, &d);
  const PropterDay first = propter_day(y, m + months, 1), last = propter_day(y, m + months + 1, 1) - 1;
  return first + d - 1 < last ? first + d - 1 : last;
}

void why_unit_back(unsigned unit, PropterDay day, int n, PropterDay *from, PropterDay *to) {
  static const PropterGrain grain[] = {PROPTER_GRAIN_DAY,     PROPTER_GRAIN_WEEK,    PROPTER_GRAIN_MONTH,
                                       PROPTER_GRAIN_QUARTER, PROPTER_GRAIN_QUARTER, PROPTER_GRAIN_YEAR};
  int32_t p = propter_period_of(grain[unit], day);
  if (unit == UNIT_HALF) {
    int y, m, d;
    propter_day_civil(day, &y, &m, &d);
    *from = propter_day(y, (m <= 6 ? 1 : 7) - 6 * n, 1);
    *to = propter_day(y, (m <= 6 ? 7 : 13) - 6 * n, 1) - 1;
    return;
  }
  *from = propter_period_first(grain[unit], p - n);
  *to = propter_period_last(grain[unit], p - n);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Days of the calendar that a question may name without a year: months, weeks, holidays, halves of months. */
#ifndef WHY_CALENDAR_H
#define WHY_CALENDAR_H

#include "propter/date.h"

enum { UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_QUARTER, UNIT_HALF, UNIT_YEAR };

/* "Months" of runs without a year that are none. EASTER: day is days after it, plus 1. WEEK: day is its number by ISO 8601. NTH + m: a weekday of month m, day is
 * 100 times which one (5: the last) + 10 times the weekday (Monday 1) + days after it. HALF + m: day is 1 or 2, half of month m. */
enum { EASTER = 40, WEEK = 60, NTH = 100, HALF = 200 };

/* Days of such a run, or of the months `month` to `month_last` (with `day`: of that day), in a year; false: it has none. */
bool why_run_in(int year, int month, int month_last, int day, PropterDay *from, PropterDay *to);
/* First and last day of an ISO week; false: the year has no such week. */
bool why_week_of(int year, int week, PropterDay *from, PropterDay *to);
/* First and last day of the unit that lies n units before the one that holds `day`. */
void why_unit_back(unsigned unit, PropterDay day, int n, PropterDay *from, PropterDay *to);
int why_year_of(PropterDay day);

#endif

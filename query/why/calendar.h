/* SPDX-License-Identifier: Apache-2.0 */
/* Days of the calendar that a question may name without a year: months and parts of months, weeks, holidays. */
#ifndef WHY_CALENDAR_H
#define WHY_CALENDAR_H

#include "propter/why.h"

enum { UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_QUARTER, UNIT_HALF, UNIT_YEAR };

/* "Months" of a run that are none. EASTER: day is days after it. WEEK: day is its number by ISO 8601. NTH + m: a weekday of month m, day is 100 times which one
 * (5: the last) + 10 times the weekday (Monday 1) + days after it. HALF + m: day is 1 or 2, half of month m. THIRD + m: day is 1 to 3: days 1 to 10, 11 to 20,
 * the rest. */
enum { EASTER = 40, WEEK = 60, NTH = 100, HALF = 200, THIRD = 300 };

/* The months from one to another; one day (or all) of a month. */
PropterRecurring why_run_months(int first, int last);
PropterRecurring why_run_day(int month, int day);
/* Days of the run in a year; false: it has none. */
bool why_run_in(int year, const PropterRecurring *run, PropterDay *from, PropterDay *to);
/* First and last day of an ISO week; false: the year has no such week. */
bool why_week_of(int year, int week, PropterDay *from, PropterDay *to);
/* First and last day of the unit that lies n units before the one that holds `day`. */
void why_unit_back(unsigned unit, PropterDay day, int n, PropterDay *from, PropterDay *to);
int why_year_of(PropterDay day);
/* The same day of the month, so many months later; the last of a shorter month. */
PropterDay why_months_later(PropterDay day, int months);

#endif

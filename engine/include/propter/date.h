/* SPDX-License-Identifier: Apache-2.0 */
/* Civil dates (proleptic Gregorian) as days since 1970-01-01, and periods of a grain. */
#ifndef PROPTER_DATE_H
#define PROPTER_DATE_H

#include "propter/str.h"

typedef int32_t PropterDay; /* days since 1970-01-01 */
#define PROPTER_NO_DAY INT32_MIN
/* An account without any date speaks of so many days before it was written, a forecast of so many after: who means another time says so. */
enum { PROPTER_ACCOUNT_DAYS = 120 };

/* month 1–12, day 1–31; values beyond run on into the next month or year. */
PROPTER_API PropterDay propter_day(int year, int month, int day);
PROPTER_API void propter_day_civil(PropterDay day, int *year, int *month, int *dom);
/* 1 Monday … 7 Sunday (ISO 8601). */
PROPTER_API int propter_day_weekday(PropterDay day);
PROPTER_API int propter_month_length(int year, int month);
/* Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, 1991, chapter 8). */
PROPTER_API PropterDay propter_day_easter(int year);
/* Parses the date part of xsd:date or xsd:dateTime ("2011-08-07", "2011-08-07T…"); false when it is no valid date. */
PROPTER_API bool propter_day_parse(PropterStr text, PropterDay *day);
/* "2011-08-07" and a terminator. */
PROPTER_API void propter_day_format(PropterDay day, char out[16]);

typedef enum { PROPTER_GRAIN_DAY, PROPTER_GRAIN_WEEK, PROPTER_GRAIN_MONTH, PROPTER_GRAIN_QUARTER, PROPTER_GRAIN_YEAR } PropterGrain;

/* From xsd:duration P1D, P7D (P1W), P1M, P3M, P1Y. */
PROPTER_API bool propter_grain_parse(PropterStr text, PropterGrain *grain);
/* Days of an xsd:duration of days alone: P2D is 2. False: another text, or more than ten years (3,660 days). */
PROPTER_API bool propter_days_parse(PropterStr text, int *days);
/* "day", "week", "month", "quarter", "year". */
PROPTER_API const char *propter_grain_name(PropterGrain grain);
/* Index of the period that holds the day, counted so that consecutive periods have consecutive indexes; weeks begin on Monday. */
PROPTER_API int32_t propter_period_of(PropterGrain grain, PropterDay day);
/* First and last day of a period. */
PROPTER_API PropterDay propter_period_first(PropterGrain grain, int32_t period);
PROPTER_API PropterDay propter_period_last(PropterGrain grain, int32_t period);

#endif

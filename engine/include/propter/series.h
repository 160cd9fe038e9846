/* SPDX-License-Identifier: Apache-2.0 */
/* A series as the numeric layers see it: values on a calendar of equal grain, gaps as NaN; and the expected path of a documented effect. */
#ifndef PROPTER_SERIES_H
#define PROPTER_SERIES_H

#include "propter/date.h"

/* Scale on which the spread of a series is the same at every level: the figures themselves, their square roots (counts), their logarithms (what grows and
 * swings by percent). */
typedef enum { PROPTER_SCALE_LEVEL, PROPTER_SCALE_ROOT, PROPTER_SCALE_LOG } PropterScale;

enum { PROPTER_HOLIDAYS = 255 };

/* Borrowed values of consecutive periods. */
typedef struct {
  PropterGrain grain;
  int32_t first;          /* index of the first period (propter_period_of) */
  size_t count;           /* periods; value[i] belongs to period first + i */
  const double *value;    /* NaN where there is no observation */
  int reference_day;      /* day of the period (from 1) on which a stock is counted; 0: the value covers the whole period */
  bool seasonally_adjusted; /* the publisher removed the seasonal part: a seasonal term is used only if a test finds one left */
  const unsigned char *holiday; /* classes of special periods (holidays, sales), 0: an ordinary one; at most PROPTER_HOLIDAYS of days; NULL: none known */
} PropterSeries;

/* Index into the series of the period that holds `day`; false when it lies outside. */
PROPTER_API bool propter_series_find(const PropterSeries *series, PropterDay day, size_t *index);

/* How an effect acts over time. UNKNOWN: not documented; the score then averages over pulse, step and ramp. */
typedef enum { PROPTER_PROFILE_UNKNOWN, PROPTER_PROFILE_PULSE, PROPTER_PROFILE_STEP, PROPTER_PROFILE_RAMP, PROPTER_PROFILE_PATH } PropterProfile;

/* From `at` on the effect's level is `value`, until the next point. */
typedef struct {
  PropterDay at;
  double value;
} PropterPoint;

/* Expected effect on the level of a series. Borrowed. */
typedef struct {
  PropterDay start;      /* first day; PROPTER_NO_DAY: undated (type-level knowledge) */
  PropterDay end;        /* last day, inclusive; PROPTER_NO_DAY: not over yet, or not known */
  PropterProfile profile;
  bool has_dose;
  double dose;           /* signed, in units of the series: the full level of pulse and step, the end level of a ramp; a path has its points */
  double dose_sd;        /* standard error of the dose; 0: the option dose_error of the dose */
  size_t points;         /* of a path, ascending by `at` */
  const PropterPoint *point;
} PropterEffect;

/* Level that `effect` adds to each period of the series, `lag` periods late: out[count]. Unit size (1) without a dose. A stock is
 * judged on its reference day, a flow by the part of the period that the effect covers. An undated effect, or a profile UNKNOWN,
 * is refused with INVALID. */
PROPTER_API PropterStatus propter_effect_path(const PropterEffect *effect, const PropterSeries *series, int lag, double *out, PropterError *err);

#endif

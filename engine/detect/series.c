/* SPDX-License-Identifier: Apache-2.0 */
#include "baseline.h"

bool propter_series_find(const PropterSeries *series, PropterDay day, size_t *index) {
  int32_t period = propter_period_of(series->grain, day);
  if (period < series->first || (size_t)(period - series->first) >= series->count) return false;
  *index = (size_t)(period - series->first);
  return true;
}

static double level_on(const PropterEffect *e, PropterDay day) {
  double size = e->has_dose ? e->dose : 1;
  bool over = e->end != PROPTER_NO_DAY && day > e->end;
  switch (e->profile) {
    case PROPTER_PROFILE_PULSE: return day >= e->start && !over ? size : 0;
    case PROPTER_PROFILE_STEP: return day >= e->start ? size : 0;
    case PROPTER_PROFILE_RAMP: return day < e->start ? 0 : over ? size : size * (day - e->start + 1) / (e->end - e->start + 1);
    case PROPTER_PROFILE_PATH: {
      double level = 0;
      for (size_t i = 0; i < e->points && e->point[i].at <= day; i++) level = e->point[i].value;
      return level;
    }
    case PROPTER_PROFILE_UNKNOWN: break;
  }
  return 0;
}

PropterStatus propter_effect_path(const PropterEffect *e, const PropterSeries *series, int lag, double *out, PropterError *err) {
  if (e->profile == PROPTER_PROFILE_UNKNOWN) return propter_fail(err, PROPTER_INVALID, "an effect without a profile has no path");
  if (e->profile != PROPTER_PROFILE_PATH && e->start == PROPTER_NO_DAY) return propter_fail(err, PROPTER_INVALID, "an undated effect has no path");
  if (e->profile == PROPTER_PROFILE_RAMP && e->end == PROPTER_NO_DAY) return propter_fail(err, PROPTER_INVALID, "a ramp needs its last day");
  if (e->end != PROPTER_NO_DAY && e->start != PROPTER_NO_DAY && e->end < e->start)
    return propter_fail(err, PROPTER_INVALID, "an effect ends before it starts");
  for (size_t i = 0; i < series->count; i++) {
    int32_t period = series->first + (int32_t)i - lag;
    PropterDay first = propter_period_first(series->grain, period), last = propter_period_last(series->grain, period);
    if (series->reference_day > 0) {
      PropterDay day = first + series->reference_day - 1;
      out[i] = level_on(e, day < last ? day : last);
      continue;
    }
    double sum = 0;
    for (PropterDay day = first; day <= last; day++) sum += level_on(e, day);
    out[i] = sum / (last - first + 1);
  }
  return PROPTER_OK;
}

size_t series_cycle(PropterGrain grain) {
  switch (grain) {
    case PROPTER_GRAIN_DAY: return 7;
    case PROPTER_GRAIN_WEEK: return 52;
    case PROPTER_GRAIN_MONTH: return 12;
    case PROPTER_GRAIN_QUARTER: return 4;
    case PROPTER_GRAIN_YEAR: break;
  }
  return 1;
}

size_t series_season(const PropterSeries *series, size_t i) {
  int32_t period = series->first + (int32_t)i, cycle = (int32_t)series_cycle(series->grain);
  if (series->grain == PROPTER_GRAIN_WEEK) { /* by date, so that the 53rd week of some years does not shift the rest */
    int year, month, day;
    propter_day_civil(propter_period_first(series->grain, period) + 3, &year, &month, &day);
    int32_t week = (propter_day(year, month, day) - propter_day(year, 1, 1)) / 7;
    return (size_t)(week < cycle ? week : cycle - 1);
  }
  return (size_t)(((period % cycle) + cycle) % cycle);
}

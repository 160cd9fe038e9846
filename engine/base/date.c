/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/date.h"

#include <stdio.h>

static int32_t floor_div(int32_t a, int32_t b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0)); }

/* Days from civil: years run from March so that the leap day is last; 146,097 days make 400 years. */
PropterDay propter_day(int year, int month, int day) {
  int32_t m0 = month - 1, y = year + floor_div(m0, 12), m = m0 - floor_div(m0, 12) * 12 + 1;
  if (m <= 2) y--;
  int32_t era = floor_div(y, 400), yoe = y - era * 400;
  int32_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468 + day - 1;
}

void propter_day_civil(PropterDay day, int *year, int *month, int *dom) {
  int32_t z = day + 719468, era = floor_div(z, 146097), doe = z - era * 146097;
  int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int32_t mp = (5 * doy + 2) / 153, m = mp < 10 ? mp + 3 : mp - 9;
  if (year) *year = yoe + era * 400 + (m <= 2);
  if (month) *month = m;
  if (dom) *dom = doy - (153 * mp + 2) / 5 + 1;
}

int propter_day_weekday(PropterDay day) {
  int32_t w = (day + 3) % 7;
  return (w < 0 ? w + 7 : w) + 1;
}

int propter_month_length(int year, int month) { return propter_day(year, month + 1, 1) - propter_day(year, month, 1); }

static bool digits(const char *p, size_t n, int *out) {
  int v = 0;
  for (size_t i = 0; i < n; i++) {
    if (p[i] < '0' || p[i] > '9') return false;
    v = v * 10 + (p[i] - '0');
  }
  *out = v;
  return true;
}

bool propter_day_parse(PropterStr t, PropterDay *day) {
  int y, m, d;
  if (t.len < 10 || !digits(t.data, 4, &y) || t.data[4] != '-' || !digits(t.data + 5, 2, &m) || t.data[7] != '-' || !digits(t.data + 8, 2, &d)) return false;
  if (t.len > 10 && t.data[10] != 'T' && t.data[10] != 'Z' && t.data[10] != '+' && t.data[10] != '-') return false;
  if (m < 1 || m > 12 || d < 1 || d > propter_month_length(y, m)) return false;
  *day = propter_day(y, m, d);
  return true;
}

void propter_day_format(PropterDay day, char out[16]) {
  int y, m, d;
  propter_day_civil(day, &y, &m, &d);
  (void)snprintf(out, 16, "%04d-%02d-%02d", y % 100000, m % 100, d % 100);
}

bool propter_grain_parse(PropterStr t, PropterGrain *grain) {
  static const struct {
    PropterStr text;
    PropterGrain grain;
  } rows[] = {{{"P1D", 3}, PROPTER_GRAIN_DAY},   {{"P7D", 3}, PROPTER_GRAIN_WEEK},    {{"P1W", 3}, PROPTER_GRAIN_WEEK},
              {{"P1M", 3}, PROPTER_GRAIN_MONTH}, {{"P3M", 3}, PROPTER_GRAIN_QUARTER}, {{"P1Y", 3}, PROPTER_GRAIN_YEAR}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (propter_str_equal(t, rows[i].text)) {
      *grain = rows[i].grain;
      return true;
    }
  return false;
}

bool propter_days_parse(PropterStr t, int *days) {
  int64_t n;
  if (t.len < 3 || t.data[0] != 'P' || t.data[t.len - 1] != 'D' || !propter_str_to_int64((PropterStr){t.data + 1, t.len - 2}, &n) || n < 0 || n > 3660)
    return false;
  *days = (int)n;
  return true;
}

const char *propter_grain_name(PropterGrain grain) {
  static const char *const names[] = {"day", "week", "month", "quarter", "year"};
  return names[grain];
}

static int months_in(PropterGrain grain) { return grain == PROPTER_GRAIN_MONTH ? 1 : grain == PROPTER_GRAIN_QUARTER ? 3 : 12; }

int32_t propter_period_of(PropterGrain grain, PropterDay day) {
  if (grain == PROPTER_GRAIN_DAY) return day;
  if (grain == PROPTER_GRAIN_WEEK) return floor_div(day + 3, 7);
  int y, m;
  propter_day_civil(day, &y, &m, NULL);
  return floor_div((y - 1970) * 12 + m - 1, months_in(grain));
}

PropterDay propter_period_first(PropterGrain grain, int32_t period) {
  if (grain == PROPTER_GRAIN_DAY) return period;
  if (grain == PROPTER_GRAIN_WEEK) return period * 7 - 3;
  return propter_day(1970, period * months_in(grain) + 1, 1);
}

PropterDay propter_period_last(PropterGrain grain, int32_t period) { return propter_period_first(grain, period + 1) - 1; }

PropterDay propter_day_easter(int year) {
  int a = year % 19, b = year / 100, c = year % 100, d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30,
      e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7, f = (a + 11 * d + 22 * e) / 451, sum = d + e - 7 * f + 114;
  return propter_day(year, sum / 31, sum % 31 + 1);
}

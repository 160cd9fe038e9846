/* SPDX-License-Identifier: Apache-2.0 */
#include "moment.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool digits(PropterStr t, size_t *at, size_t count, unsigned *out) {
  *out = 0;
  for (size_t i = 0; i < count; i++, ++*at) {
    if (*at >= t.len || !isdigit((unsigned char)t.data[*at])) return false;
    *out = *out * 10 + (unsigned)(t.data[*at] - '0');
  }
  return true;
}

static bool mark(PropterStr t, size_t *at, char c) { return *at < t.len && t.data[*at] == c && ++*at > 0; }

static bool leap(int64_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

static unsigned month_days(int64_t year, unsigned month) {
  static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && leap(year) ? 1U : 0U);
}

static bool parse_day(PropterStr t, size_t *at, Moment *m) {
  bool negative = mark(t, at, '-');
  size_t start = *at;
  int64_t year = 0;
  while (*at < t.len && isdigit((unsigned char)t.data[*at]) && *at - start < 12) year = year * 10 + (t.data[(*at)++] - '0');
  size_t len = *at - start;
  unsigned month, day;
  if (len < 4 || (len > 4 && t.data[start] == '0')) return false;
  if (!mark(t, at, '-') || !digits(t, at, 2, &month) || !mark(t, at, '-') || !digits(t, at, 2, &day)) return false;
  m->year = negative ? -year : year;
  if (month < 1 || month > 12 || day < 1 || day > month_days(m->year, month)) return false;
  m->month = (uint8_t)month, m->day = (uint8_t)day;
  return true;
}

static void next_day(Moment *m) {
  if (++m->day <= month_days(m->year, m->month)) return;
  m->day = 1;
  if (++m->month <= 12) return;
  m->month = 1, m->year++;
}

static bool parse_clock(PropterStr t, size_t *at, Moment *m, bool *midnight) {
  unsigned h, min, s;
  if (!digits(t, at, 2, &h) || !mark(t, at, ':') || !digits(t, at, 2, &min) || !mark(t, at, ':') || !digits(t, at, 2, &s)) return false;
  m->hour = (uint8_t)h, m->minute = (uint8_t)min, m->second = (uint8_t)s;
  if (mark(t, at, '.')) {
    size_t start = *at;
    for (; *at < t.len && isdigit((unsigned char)t.data[*at]); ++*at) {
      if (m->fraction_scale == 36) continue;
      m->fraction_m = m->fraction_m * 10 + (t.data[*at] - '0');
      m->fraction_scale++;
    }
    if (*at == start) return false;
    while (m->fraction_scale > 0 && m->fraction_m % 10 == 0) m->fraction_m /= 10, m->fraction_scale--;
  }
  *midnight = h == 24 && min == 0 && s == 0 && m->fraction_m == 0;
  if (*midnight) m->hour = 0;
  return (h < 24 || *midnight) && min < 60 && s < 60;
}

static bool parse_zone(PropterStr t, size_t *at, Moment *m) {
  if (*at == t.len) return true;
  m->has_zone = true;
  if (mark(t, at, 'Z')) return *at == t.len;
  bool west = t.data[*at] == '-';
  unsigned h, min;
  if (!mark(t, at, west ? '-' : '+') || !digits(t, at, 2, &h) || !mark(t, at, ':') || !digits(t, at, 2, &min)) return false;
  int zone = (int)(h * 60 + min);
  m->zone = (int16_t)(west ? -zone : zone);
  return *at == t.len && min < 60 && zone <= 14 * 60;
}

bool moment_parse_datetime(PropterStr text, Moment *out) {
  size_t at = 0;
  bool midnight;
  *out = (Moment){0};
  if (!parse_day(text, &at, out) || !mark(text, &at, 'T') || !parse_clock(text, &at, out, &midnight) || !parse_zone(text, &at, out)) return false;
  if (midnight) next_day(out);
  return true;
}

bool moment_parse_date(PropterStr text, Moment *out) {
  size_t at = 0;
  *out = (Moment){0};
  return parse_day(text, &at, out) && parse_zone(text, &at, out);
}

bool moment_parse_time(PropterStr text, Moment *out) {
  size_t at = 0;
  bool midnight;
  *out = (Moment){.year = 1972, .month = 12, .day = 31};
  return parse_clock(text, &at, out, &midnight) && parse_zone(text, &at, out);
}

/* Days since 1970-01-01, proleptic Gregorian (counting years from March). */
static int64_t day_number(int64_t y, unsigned m, unsigned d) {
  y -= m <= 2;
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t yoe = y - era * 400;
  int64_t doy = (153 * ((int64_t)m + (m > 2 ? -3 : 9)) + 2) / 5 + (int64_t)d - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

Moment moment_from_ms(int64_t ms) {
  int64_t day = ms / 86400000, rest = ms % 86400000;
  if (rest < 0) rest += 86400000, day--;
  int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
  Moment m = {.has_zone = true};
  m.day = (uint8_t)(doy - (153 * mp + 2) / 5 + 1);
  m.month = (uint8_t)(mp < 10 ? mp + 3 : mp - 9);
  m.year = yoe + era * 400 + (m.month <= 2);
  m.hour = (uint8_t)(rest / 3600000), m.minute = (uint8_t)(rest / 60000 % 60), m.second = (uint8_t)(rest / 1000 % 60);
  m.fraction_m = rest % 1000, m.fraction_scale = 3;
  while (m.fraction_scale > 0 && m.fraction_m % 10 == 0) m.fraction_m /= 10, m.fraction_scale--;
  return m;
}

static int64_t seconds_utc(const Moment *m, int zone) {
  return day_number(m->year, m->month, m->day) * 86400 + m->hour * 3600 + m->minute * 60 + m->second - zone * 60;
}

static int compare_at(const Moment *a, int zone_a, const Moment *b, int zone_b) {
  int64_t x = seconds_utc(a, zone_a), y = seconds_utc(b, zone_b);
  if (x != y) return x < y ? -1 : 1;
  return decimal_compare((Decimal){a->fraction_m, a->fraction_scale}, (Decimal){b->fraction_m, b->fraction_scale});
}

int moment_compare(const Moment *a, const Moment *b) {
  if (a->has_zone == b->has_zone) return compare_at(a, a->zone, b, b->zone);
  int far = a->has_zone ? compare_at(a, a->zone, b, 14 * 60) : compare_at(a, 14 * 60, b, b->zone);
  int near = a->has_zone ? compare_at(a, a->zone, b, -14 * 60) : compare_at(a, -14 * 60, b, b->zone);
  return far == near ? far : 2;
}

int moment_order(const Moment *a, const Moment *b) { return compare_at(a, a->zone, b, b->zone); }

int64_t moment_ms(const Moment *m) {
  Int128 part = m->fraction_m;
  if (m->year > 1000000 || m->year < -1000000) return m->year > 0 ? INT64_MAX : INT64_MIN;
  for (unsigned scale = m->fraction_scale; scale != 3; scale += scale < 3 ? 1U : -1U) part = scale < 3 ? part * 10 : part / 10;
  return seconds_utc(m, m->zone) * 1000 + (int64_t)part;
}

Decimal moment_seconds(const Moment *m) {
  Decimal d = decimal_of(m->second);
  (void)decimal_add(d, (Decimal){m->fraction_m, m->fraction_scale}, &d);
  return d;
}

size_t moment_print_zone(const Moment *m, char out[8]) {
  out[0] = '\0';
  if (!m->has_zone) return 0;
  if (m->zone == 0) return (size_t)snprintf(out, 8, "Z");
  unsigned size = (unsigned)(m->zone < 0 ? -m->zone : m->zone) % 900;
  return (size_t)snprintf(out, 8, "%c%02u:%02u", m->zone < 0 ? '-' : '+', size / 60, size % 60);
}

size_t moment_print_date(const Moment *m, char out[MOMENT_TEXT]) {
  char zone[8];
  (void)moment_print_zone(m, zone);
  return (size_t)snprintf(out, MOMENT_TEXT, "%s%04lld-%02u-%02u%s", m->year < 0 ? "-" : "", (long long)(m->year < 0 ? -m->year : m->year), m->month, m->day,
                          zone);
}

size_t moment_print_datetime(const Moment *m, char out[MOMENT_TEXT]) {
  char zone[8], second[DECIMAL_TEXT];
  (void)moment_print_zone(m, zone);
  (void)decimal_print(moment_seconds(m), second);
  return (size_t)snprintf(out, MOMENT_TEXT, "%s%04lld-%02u-%02uT%02u:%02u:%s%s%s", m->year < 0 ? "-" : "", (long long)(m->year < 0 ? -m->year : m->year),
                          m->month, m->day, m->hour, m->minute, m->second < 10 ? "0" : "", second, zone);
}

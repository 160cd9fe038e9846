/* SPDX-License-Identifier: Apache-2.0 */
/* Lexical spaces of the XSD datatypes that tables hold (XML Schema 1.1 part 2, 3.3 and 3.4), and the days of time columns. */
#include <string.h>

#include "model.h"

/* A reader of text from the left: each function takes what it can and tells whether that was enough. */
typedef struct {
  const char *p, *end;
} Cursor;

static bool digit(const Cursor *c) { return c->p < c->end && *c->p >= '0' && *c->p <= '9'; }
static bool take(Cursor *c, char ch) { return c->p < c->end && *c->p == ch ? (c->p++, true) : false; }
static size_t digits(Cursor *c) {
  size_t n = 0;
  while (digit(c)) c->p++, n++;
  return n;
}
static void sign(Cursor *c) {
  if (!take(c, '+')) (void)take(c, '-');
}
static bool done(const Cursor *c) { return c->p == c->end; }

/* Exactly `n` digits with a value in the range. */
static bool number(Cursor *c, unsigned n, int low, int high, int *value) {
  int v = 0;
  for (unsigned i = 0; i < n; i++) {
    if (!digit(c)) return false;
    v = v * 10 + (*c->p++ - '0');
  }
  if (value) *value = v;
  return v >= low && v <= high;
}

static bool decimal(Cursor *c) {
  sign(c);
  size_t whole = digits(c), part = take(c, '.') ? digits(c) : 0;
  return whole + part > 0;
}

static bool is_decimal(Cursor c) { return decimal(&c) && done(&c); }

static bool is_double(Cursor c) {
  PropterStr text = {c.p, (size_t)(c.end - c.p)};
  if (propter_str_equal(text, PROPTER_STR("INF")) || propter_str_equal(text, PROPTER_STR("-INF")) || propter_str_equal(text, PROPTER_STR("+INF")) ||
      propter_str_equal(text, PROPTER_STR("NaN")))
    return true;
  if (!decimal(&c)) return false;
  if (!take(&c, 'e') && !take(&c, 'E')) return done(&c);
  sign(&c);
  return digits(&c) > 0 && done(&c);
}

static bool is_boolean(Cursor c) {
  PropterStr text = {c.p, (size_t)(c.end - c.p)};
  return propter_str_equal(text, PROPTER_STR("true")) || propter_str_equal(text, PROPTER_STR("false")) || propter_str_equal(text, PROPTER_STR("1")) ||
         propter_str_equal(text, PROPTER_STR("0"));
}

static bool is_integer(Cursor c) {
  sign(&c);
  return digits(&c) > 0 && done(&c);
}

/* An integer other than zero that is not beyond the bound of its sign; bounds are written without sign. */
static bool in_range(Cursor c, const char *low, const char *high) {
  const char *bound = *c.p == '-' ? low : high;
  if (!bound) return true;
  if (*bound == '!') return false;
  if (*c.p == '-' || *c.p == '+') c.p++;
  while (*c.p == '0') c.p++;
  size_t n = (size_t)(c.end - c.p), most = strlen(bound);
  return n < most || (n == most && memcmp(c.p, bound, n) <= 0);
}

static bool zone(Cursor *c) {
  int hour, minute;
  if (done(c) || take(c, 'Z')) return true;
  if (!take(c, '+') && !take(c, '-')) return false;
  return number(c, 2, 0, 14, &hour) && take(c, ':') && number(c, 2, 0, 59, &minute) && (hour < 14 || minute == 0);
}

static bool year(Cursor *c, int *value) {
  (void)take(c, '-');
  const char *begin = c->p;
  size_t n = digits(c);
  if (n < 4 || (n > 4 && *begin == '0')) return false;
  *value = 0;
  for (const char *p = begin; p < c->p; p++) *value = (*value * 10 + (*p - '0')) % 400000; /* leap years repeat every 400 */
  return true;
}

static bool date(Cursor *c) {
  int y, m, d;
  return year(c, &y) && take(c, '-') && number(c, 2, 1, 12, &m) && take(c, '-') && number(c, 2, 1, 31, &d) && d <= propter_month_length(y, m);
}

static bool time_of_day(Cursor *c) {
  int h, m, s;
  bool fraction = false;
  if (!number(c, 2, 0, 24, &h) || !take(c, ':') || !number(c, 2, 0, 59, &m) || !take(c, ':') || !number(c, 2, 0, 59, &s)) return false;
  if (take(c, '.')) {
    const char *begin = c->p;
    if (!digits(c)) return false;
    for (const char *p = begin; p < c->p; p++) fraction |= *p != '0';
  }
  return h < 24 || (m == 0 && s == 0 && !fraction);
}

static bool is_date(Cursor c) { return date(&c) && zone(&c) && done(&c); }
static bool is_time(Cursor c) { return time_of_day(&c) && zone(&c) && done(&c); }
static bool is_date_time(Cursor c) { return date(&c) && take(&c, 'T') && time_of_day(&c) && zone(&c) && done(&c); }
static bool is_year(Cursor c) {
  int y;
  return year(&c, &y) && zone(&c) && done(&c);
}
static bool is_year_month(Cursor c) {
  int y;
  return year(&c, &y) && take(&c, '-') && number(&c, 2, 1, 12, NULL) && zone(&c) && done(&c);
}

static bool is_duration(Cursor c) {
  (void)take(&c, '-');
  if (!take(&c, 'P')) return false;
  static const char date_units[] = "YMD", time_units[] = "HMS";
  const char *next = date_units;
  bool any = false, in_time = false, any_in_time = false;
  while (!done(&c)) {
    if (!in_time && take(&c, 'T')) {
      in_time = true;
      next = time_units;
      continue;
    }
    if (!digits(&c)) return false;
    bool fraction = in_time && take(&c, '.');
    if (fraction && !digits(&c)) return false;
    const char *unit = done(&c) ? NULL : strchr(next, *c.p);
    if (!unit || !*unit || (fraction && *unit != 'S')) return false;
    next = unit + 1;
    c.p++;
    any = true;
    any_in_time |= in_time;
  }
  return any && in_time == any_in_time;
}

static const struct {
  const char *name;
  bool (*valid)(Cursor c); /* NULL: an integer with bounds */
  const char *low, *high;  /* "!": no number of that sign; NULL: no bound */
  const char *wanted;
} types[] = {
    {"integer", is_integer, NULL, NULL, "a whole number such as -12"},
    {"decimal", is_decimal, NULL, NULL, "a decimal number such as 12.5"},
    {"double", is_double, NULL, NULL, "a number such as 12.5 or 1.2E3"},
    {"float", is_double, NULL, NULL, "a number such as 12.5 or 1.2E3"},
    {"boolean", is_boolean, NULL, NULL, "true, false, 1 or 0"},
    {"date", is_date, NULL, NULL, "a date such as 2011-08-07"},
    {"dateTime", is_date_time, NULL, NULL, "a date and time such as 2011-08-07T09:30:00Z"},
    {"dateTimeStamp", is_date_time, NULL, NULL, "a date and time such as 2011-08-07T09:30:00Z"},
    {"time", is_time, NULL, NULL, "a time such as 09:30:00"},
    {"gYear", is_year, NULL, NULL, "a year such as 2011"},
    {"gYearMonth", is_year_month, NULL, NULL, "a month such as 2011-08"},
    {"duration", is_duration, NULL, NULL, "a duration such as P1M or PT2H"},
    {"yearMonthDuration", is_duration, NULL, NULL, "a duration such as P1Y6M"},
    {"dayTimeDuration", is_duration, NULL, NULL, "a duration such as P2DT3H"},
    {"long", NULL, "9223372036854775808", "9223372036854775807", "a whole number of 64 bits"},
    {"int", NULL, "2147483648", "2147483647", "a whole number from -2147483648 to 2147483647"},
    {"short", NULL, "32768", "32767", "a whole number from -32768 to 32767"},
    {"byte", NULL, "128", "127", "a whole number from -128 to 127"},
    {"nonNegativeInteger", NULL, "!", NULL, "a whole number from 0 on"},
    {"positiveInteger", NULL, "!", NULL, "a whole number from 1 on"},
    {"nonPositiveInteger", NULL, NULL, "!", "a whole number up to 0"},
    {"negativeInteger", NULL, NULL, "!", "a whole number up to -1"},
    {"unsignedLong", NULL, "!", "18446744073709551615", "a whole number of 64 bits from 0 on"},
    {"unsignedInt", NULL, "!", "4294967295", "a whole number from 0 to 4294967295"},
    {"unsignedShort", NULL, "!", "65535", "a whole number from 0 to 65535"},
    {"unsignedByte", NULL, "!", "255", "a whole number from 0 to 255"},
};

static int find(PropterStr datatype) {
  static const PropterStr xsd = {TERMS_xsd, sizeof TERMS_xsd - 1};
  if (!propter_str_starts(datatype, xsd)) return -1;
  PropterStr local = {datatype.data + xsd.len, datatype.len - xsd.len};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (propter_str_equal(local, propter_str(types[i].name))) return (int)i;
  return -1;
}

bool lexical_collapses(PropterStr datatype) { return find(datatype) >= 0; }

static bool zero(PropterStr text) {
  for (size_t i = 0; i < text.len; i++)
    if (text.data[i] >= '1' && text.data[i] <= '9') return false;
  return true;
}

bool propter_lexical_valid(PropterStr datatype, PropterStr text, const char **wanted) {
  int i = find(datatype);
  if (i < 0) return true;
  *wanted = types[i].wanted;
  Cursor c = {text.data, text.data + text.len};
  if (types[i].valid) return types[i].valid(c);
  if (!is_integer(c)) return false;
  /* Zero has no sign: only the two types that leave it out forbid it. */
  if (zero(text)) return strcmp(types[i].name, "positiveInteger") != 0 && strcmp(types[i].name, "negativeInteger") != 0;
  return in_range(c, types[i].low, types[i].high);
}

/* 2024-Q3, 2024 Q3, 2024Q3, Q3 2024, Q3/2024. */
static bool quarter(Cursor c, PropterDay *day) {
  int y, n;
  const bool first = take(&c, 'Q');
  if (first ? !number(&c, 1, 1, 4, &n) : !number(&c, 4, 1, 9999, &y)) return false;
  if (!take(&c, '-') && !take(&c, ' ')) (void)take(&c, '/');
  if (first ? !number(&c, 4, 1, 9999, &y) : !take(&c, 'Q') || !number(&c, 1, 1, 4, &n)) return false;
  *day = propter_day(y, 3 * n - 2, 1);
  return done(&c);
}

bool lexical_first_day(PropterStr pattern, PropterStr text, PropterDay *day) {
  if (pattern.len) return written_day(pattern, text, day);
  text = propter_str_trim(text);
  Cursor c = {text.data, text.data + text.len};
  int y, n;
  if (text.len >= 10 && propter_day_parse((PropterStr){text.data, 10}, day)) {
    c.p += 10;
    if (done(&c)) return true;
    if (!take(&c, 'T') && !take(&c, ' ')) return false;
    while (c.p < c.end && (digit(&c) || strchr(":.+-Z", *c.p))) c.p++;
    return done(&c);
  }
  if (quarter(c, day)) return true;
  if (!number(&c, 4, 1, 9999, &y)) return false;
  *day = propter_day(y, 1, 1);
  if (done(&c)) return true;
  if (!take(&c, '-')) return false;
  if (take(&c, 'W')) {
    if (!number(&c, 2, 1, 53, &n) || !done(&c)) return false;
    /* ISO 8601: week 1 is the one with 4 January. */
    PropterDay fourth = propter_day(y, 1, 4);
    *day = fourth - (propter_day_weekday(fourth) - 1) + 7 * (n - 1);
    int back;
    propter_day_civil(*day + 3, &back, &n, &n);
    return back == y;
  }
  if (!number(&c, 2, 1, 12, &n) || !done(&c)) return false;
  *day = propter_day(y, n, 1);
  return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};

void say_number(PropterBuf *out, double value) {
  if (!isfinite(value)) {
    propter_buf_printf(out, "no value");
    return;
  }
  double size = fabs(value);
  if (value < 0 && size >= 5e-7) propter_buf_add_utf8(out, 0x2212);
  if (size >= 1e15)
    propter_buf_printf(out, "%.3g", size);
  else if (size >= .995)
    propter_buf_printf(out, "%s", propter_number((char[PROPTER_NUMBER]){0}, size, size >= 99.95 ? 0 : 1, false));
  else if (size < 5e-7)
    propter_buf_add_char(out, '0');
  else
    propter_buf_printf(out, "%.3g", size);
}

void say_value(PropterBuf *out, const PropterMetric *metric, double value) {
  say_number(out, value);
  if (metric->unit_label.len && !propter_str_equal(metric->unit_label, PROPTER_STR("1")))
    propter_buf_printf(out, " %.*s", (int)metric->unit_label.len, metric->unit_label.data);
}

void say_change(PropterBuf *out, const PropterMetric *metric, double value) {
  if (value > 0) propter_buf_add_char(out, '+');
  say_value(out, metric, value);
}

static void say_day(PropterBuf *out, PropterDay day, bool with_month, bool with_year) {
  int y, m, d;
  propter_day_civil(day, &y, &m, &d);
  propter_buf_printf(out, "%d", d);
  if (with_month) propter_buf_printf(out, " %s", months[m - 1]);
  if (with_year) propter_buf_printf(out, " %d", y);
}

void say_dates(PropterBuf *out, PropterDay start, PropterDay end) {
  int y0, m0, d0, y1, m1, d1;
  if (start == PROPTER_NO_DAY) {
    propter_buf_printf(out, "no date");
    return;
  }
  if (end == PROPTER_NO_DAY) propter_buf_printf(out, "from ");
  if (end == PROPTER_NO_DAY || end == start) {
    say_day(out, start, true, true);
    return;
  }
  propter_day_civil(start, &y0, &m0, &d0);
  propter_day_civil(end, &y1, &m1, &d1);
  say_day(out, start, y0 != y1 || m0 != m1, y0 != y1);
  propter_buf_printf(out, " to ");
  say_day(out, end, true, true);
}

static bool said_by_days(PropterGrain grain, PropterDay first, PropterDay last) {
  int y0, m0, d0, y1, m1, d1;
  propter_day_civil(first, &y0, &m0, &d0);
  propter_day_civil(last, &y1, &m1, &d1);
  return grain == PROPTER_GRAIN_DAY || grain == PROPTER_GRAIN_WEEK || d0 != 1 || d1 != propter_month_length(y1, m1);
}

void say_period(PropterBuf *out, PropterGrain grain, PropterDay first, PropterDay last) {
  int y0, m0, d0, y1, m1, d1;
  propter_day_civil(first, &y0, &m0, &d0);
  propter_day_civil(last, &y1, &m1, &d1);
  if (said_by_days(grain, first, last))
    say_dates(out, first, last);
  else if (m0 == 1 && m1 == 12 && y0 == y1)
    propter_buf_printf(out, "%d", y0);
  else if (m0 == 1 && m1 == 12)
    propter_buf_printf(out, "%d to %d", y0, y1);
  else if (y0 == y1 && m0 == m1)
    propter_buf_printf(out, "%s %d", months[m0 - 1], y0);
  else if (y0 == y1)
    propter_buf_printf(out, "%s to %s %d", months[m0 - 1], months[m1 - 1], y1);
  else
    propter_buf_printf(out, "%s %d to %s %d", months[m0 - 1], y0, months[m1 - 1], y1);
}

void say_when(PropterBuf *out, PropterGrain grain, PropterDay first, PropterDay last) {
  propter_buf_printf(out, !said_by_days(grain, first, last) ? "in " : first == last ? "on " : "from ");
  say_period(out, grain, first, last);
}

void say_ratio(PropterBuf *out, double ratio) {
  if (ratio >= 999.5)
    propter_buf_printf(out, "over 1,000");
  else if (ratio >= 9.95)
    propter_buf_printf(out, "%.0f", ratio);
  else if (ratio >= .0995)
    propter_buf_printf(out, "%.1f", ratio);
  else if (ratio >= .001)
    propter_buf_printf(out, "%.3f", ratio);
  else
    propter_buf_printf(out, "below 0.001");
}

const char *propter_answer_outcome_name(PropterAnswerOutcome outcome) {
  static const char *const names[] = {"answered", "did-not-move", "cause-unknown", "not-testable", "not-understood"};
  return outcome <= PROPTER_ANSWER_NOT_UNDERSTOOD ? names[outcome] : "";
}

const char *propter_grade_name(PropterGrade grade) {
  static const char *const names[] = {"both", "data only", "text only", "not separable", "contradicted", "unsupported"};
  return grade <= PROPTER_GRADE_UNSUPPORTED ? names[grade] : "";
}

const char *propter_pattern_name(PropterPatternKind kind) {
  static const char *const names[] = {"spike", "level shift", "trend change", "variance change", "season break", "lagged association"};
  return kind <= PROPTER_PATTERN_LAGGED ? names[kind] : "";
}

const char *propter_pattern_form(PropterPatternKind kind, double deviation, size_t periods, size_t days) {
  static const struct {
    PropterPatternKind kind;
    int sign;
    size_t periods, days;
    const char *words;
  } forms[] = {
#define FORM(kind, sign, periods, days, words) {PROPTER_PATTERN_##kind, sign, periods, days, words},
#include "forms.def"
#undef FORM
  };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if (forms[i].kind == kind && forms[i].sign * deviation >= 0 && periods >= forms[i].periods && days >= forms[i].days) return forms[i].words;
  return propter_pattern_name(kind);
}

static const struct {
  double from;
  const char *words;
} likely[] = {
#define LIKELY(from, words) {from, words},
#include "likely.def"
#undef LIKELY
};
enum { LIKELY_STEPS = sizeof likely / sizeof *likely };

const char *propter_likelihood_words(double p) {
  size_t i = 0;
  while (i + 1 < LIKELY_STEPS && !(p >= likely[i].from)) i++;
  return likely[i].words;
}

double likely_from(const char *words) {
  size_t i = 0;
  while (i + 1 < LIKELY_STEPS && strcmp(likely[i].words, words) != 0) i++;
  return likely[i].from;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of defect through every function that takes a series: a result without NaN, or a named reason. */
#include <float.h>
#include <math.h>

#include "propter/decompose.h"
#include "propter/detect.h"
#include "propter/rng.h"
#include "propter/stream.h"
#include "support.h"

enum { N = 420, AHEAD = 4 };

static void sound(double *x) {
  PropterRng rng;
  propter_rng_seed(&rng, 5);
  for (size_t i = 0; i < N; i++) x[i] = 50 + 6 * sin(2 * M_PI * (double)(i % 7) / 7) + propter_rng_normal(&rng);
}
static void constant(double *x) {
  for (size_t i = 0; i < N; i++) x[i] = 0.1;
}
static void all_missing(double *x) {
  for (size_t i = 0; i < N; i++) x[i] = NAN;
}
static void two_points(double *x) {
  for (size_t i = 0; i < N; i++)
    if (i != 3 && i != 400) x[i] = NAN;
}
static void every_tenth(double *x) {
  for (size_t i = 0; i < N; i++)
    if (i % 10) x[i] = NAN;
}
static void starts_late(double *x) {
  for (size_t i = 0; i < N - 10; i++) x[i] = NAN;
}
static void infinite(double *x) { x[7] = INFINITY; }
static void minus_infinite(double *x) { x[N - 1] = -INFINITY; }
static void denormal(double *x) {
  for (size_t i = 0; i < N; i++) x[i] = 5e-324 * (double)(i % 5);
}
static void huge(double *x) {
  for (size_t i = 0; i < N; i++) x[i] *= 1e307 / 60;
}
static void unit_jump(double *x) {
  for (size_t i = N / 2; i < N; i++) x[i] *= 100;
}
static void zeros_then_one(double *x) {
  for (size_t i = 0; i < N; i++) x[i] = i + 1 == N;
}
static void two_values(double *x) {
  for (size_t i = 0; i < N; i++) x[i] = i % 2 ? 1e-3 : 1e9;
}
static void shifted_by_one(double *x) { /* a duplicate in the middle, as when clocks go back: the week's place is another from there on */
  for (size_t i = N - 1; i > N / 2; i--) x[i] = x[i - 1];
}

static const struct {
  const char *name;
  void (*apply)(double *x);
  size_t n;
} defects[] = {{"sound", NULL, N},
               {"constant", constant, N},
               {"all missing", all_missing, N},
               {"two points", two_points, N},
               {"every tenth", every_tenth, N},
               {"starts late", starts_late, N},
               {"infinite", infinite, N},
               {"minus infinite", minus_infinite, N},
               {"denormal", denormal, N},
               {"huge", huge, N},
               {"unit jump", unit_jump, N},
               {"zeros then one", zeros_then_one, N},
               {"two values", two_values, N},
               {"shifted by one", shifted_by_one, N},
               {"no history", NULL, 0},
               {"one value", NULL, 1},
               {"two values only", NULL, 2},
               {"three values only", NULL, 3}};
enum { DEFECTS = sizeof defects / sizeof *defects };

static double x[N];
static size_t n;

static const char *prepare(int i) {
  sound(x);
  if (defects[i].apply) defects[i].apply(x);
  n = defects[i].n;
  return defects[i].name;
}

static bool ok(PropterStatus status, const PropterError *err, const char *what, const char *defect) {
  ck_assert_msg(status == PROPTER_OK || status == PROPTER_INVALID, "%s, %s: %s", what, defect, propter_status_name(status));
  ck_assert_msg(status == PROPTER_OK || strlen(err->message) > 10, "%s, %s: no reason", what, defect);
  return status == PROPTER_OK;
}
#define finite(value) ck_assert_msg(isfinite(value), "%s: " #value, defect)

START_TEST(patterns) {
  static const PropterGrain grains[] = {PROPTER_GRAIN_DAY, PROPTER_GRAIN_WEEK, PROPTER_GRAIN_MONTH, PROPTER_GRAIN_QUARTER, PROPTER_GRAIN_YEAR};
  static double other[N];
  static unsigned char holiday[N];
  const char *defect = prepare(_i);
  sound(other);
  for (size_t i = 0; i < N; i++) holiday[i] = i % 50 == 3;
  PropterSeries leader = {.grain = PROPTER_GRAIN_DAY, .count = N, .value = other}; /* of another grain than most */
  const PropterSeries *leaders[] = {&leader};
  PropterDetectOptions o = propter_detect_options();
  o.leaders = leaders, o.leader_count = 1;
  for (size_t g = 0; g < 10; g++) {
    PropterError err = {0};
    PropterDetections found = {0};
    PropterSeries s = {.grain = grains[g % 5], .first = 100, .count = n, .value = x, .holiday = g < 5 ? NULL : holiday};
    double p;
    if (ok(propter_detect_many(&s, 1, &o, 1, &found, &err), &err, "patterns", defect))
      for (size_t i = 0; i < found.count; i++) {
        const PropterDetection *d = &found.items[i];
        finite(d->size);
        finite(d->score);
        ck_assert_msg(d->p >= 0 && d->p <= 1 && d->q >= 0 && d->probability >= 0 && d->probability <= 1 + 1e-9, "%s: p %g", defect, d->p);
        ck_assert(d->from <= d->to && d->to < n && d->low <= d->high && d->high < n);
      }
    if (ok(propter_seasonality_test(&s, &p, &err), &err, "season", defect)) ck_assert_msg(p >= 0 && p <= 1, "%s: p %g", defect, p);
    propter_vec_clear(&found);
  }
}
END_TEST

START_TEST(changes) {
  const char *defect = prepare(_i);
  PropterError err = {0};
  PropterChanges found = {0};
  double onset[N + 1], sum = 0;
  if (ok(propter_changes(x, n, NULL, &found, &err), &err, "changes", defect))
    for (size_t i = 0; i < found.count; i++) {
      finite(found.items[i].step);
      finite(found.items[i].bend);
      finite(found.items[i].noise);
      finite(found.items[i].probability);
    }
  propter_vec_clear(&found);
  if (!ok(propter_online_onset(x, n, 50, onset, &err), &err, "onset", defect)) return;
  for (size_t i = 0; i < n; i++) sum += onset[i];
  ck_assert_msg(sum == 0 || fabs(sum - 1) < 1e-6, "%s: %g", defect, sum);
}
END_TEST

START_TEST(parts_and_forecasts) {
  const char *defect = prepare(_i);
  PropterError err = {0};
  PropterDecomposition d;
  double expected[AHEAD], low[AHEAD], high[AHEAD];
  PropterDecomposeOptions o = {.season = {7, 30}};
  if (ok(propter_decompose(x, n, &o, &d, &err), &err, "parts", defect)) {
    for (size_t i = 0; i < n; i++) {
      finite(d.trend[i]);
      ck_assert(isnan(x[i]) || isfinite(d.remainder[i]));
    }
    finite(d.noise);
    propter_decomposition_clear(&d);
  }
  if (!ok(propter_forecast(x, n, &o, AHEAD, .9, expected, low, high, &err), &err, "forecast", defect)) return;
  for (size_t h = 0; h < AHEAD; h++) {
    finite(expected[h]);
    finite(low[h]);
    finite(high[h]);
  }
}
END_TEST

START_TEST(streams) {
  const char *defect = prepare(_i);
  PropterStream *stream;
  PropterStreamOptions o = propter_stream_options();
  o.season[0] = 7;
  ck_ok(propter_stream_new(&o, &stream, err));
  for (size_t i = 0; i < n; i++) {
    PropterSurprise s = propter_stream_next(stream, x[i]);
    ck_assert_msg(s.surprise >= 0 && isfinite(s.surprise), "%s, period %zu: %g", defect, i, s.surprise);
  }
  propter_stream_free(stream);
}
END_TEST

Suite *suite_defects(void) {
  Suite *suite = suite_create("defects");
  TCase *tc = tcase_create("defects");
  tcase_add_loop_test(tc, patterns, 0, DEFECTS);
  tcase_add_loop_test(tc, changes, 0, DEFECTS);
  tcase_add_loop_test(tc, parts_and_forecasts, 0, DEFECTS);
  tcase_add_loop_test(tc, streams, 0, DEFECTS);
  suite_add_tcase(suite, tc);
  return suite;
}

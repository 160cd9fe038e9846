/* SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>

#include "propter/decompose.h"
#include "propter/rng.h"
#include "support.h"

enum { WEEK = 7, YEAR = 91, N = 6 * YEAR };

static double week_at(size_t i) { return 8 * sin(2 * M_PI * (double)(i % WEEK) / WEEK); }
static double year_at(size_t i) { return 15 * cos(2 * M_PI * (double)(i % YEAR) / YEAR); }
static double trend_at(size_t i) { return 100 + 0.05 * (double)i; }

static void build(double *x, unsigned char *holiday, uint64_t seed) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < N; i++) {
    x[i] = trend_at(i) + week_at(i) + year_at(i) + propter_rng_normal(&rng);
    holiday[i] = i % 60 == 31 ? 1 : i % 60 == 47 ? 2 : 0;
    x[i] += holiday[i] == 1 ? 20 : holiday[i] == 2 ? -12 : 0;
  }
}

static const PropterDecomposeOptions both = {.season = {WEEK, YEAR}};

static double root(double sum) { return sqrt(sum / N); }

START_TEST(parts_with_known_truth_are_found) {
  double x[N], trend = 0, week = 0, year = 0;
  unsigned char holiday[N];
  PropterDecomposition d;
  PropterDecomposeOptions o = both;
  build(x, holiday, 1);
  o.holiday = holiday;
  ck_ok(propter_decompose(x, N, &o, &d, err));
  for (size_t i = 0; i < N; i++) {
    trend += pow(d.trend[i] - trend_at(i), 2), week += pow(d.season[0][i] - week_at(i), 2), year += pow(d.season[1][i] - year_at(i), 2);
    ck_assert_double_eq_tol(d.trend[i] + d.season[0][i] + d.season[1][i] + d.holiday[i] + d.remainder[i], x[i], 1e-9);
    ck_assert_double_eq_tol(d.holiday[i], holiday[i] == 1 ? 20 : holiday[i] == 2 ? -12 : 0, 1.5);
  }
  ck_assert_double_lt(root(trend), 1);
  ck_assert_double_lt(root(week), 1);
  ck_assert_double_lt(root(year), 1.5);
  ck_assert(d.strength[0] > .9 && d.strength[1] > .95 && d.strength[2] == 0);
  ck_assert(d.noise > .6 && d.noise < 1.4);
  propter_decomposition_clear(&d);
}
END_TEST

START_TEST(spikes_stay_in_the_remainder) {
  double x[N];
  unsigned char holiday[N];
  PropterDecomposition d;
  build(x, holiday, 2);
  for (size_t i = 0; i < N; i++) x[i] -= holiday[i] == 1 ? 20 : holiday[i] == 2 ? -12 : 0;
  for (size_t i = 20; i < N; i += 75) x[i] += 60;
  for (size_t i = 200; i < 212; i++) x[i] = NAN;
  ck_ok(propter_decompose(x, N, &both, &d, err));
  for (size_t i = 20; i < N; i += 75) ck_assert_double_gt(d.remainder[i], 50);
  for (size_t i = 0; i < N; i++) {
    ck_assert(isfinite(d.trend[i]) && isfinite(d.season[0][i]) && isfinite(d.season[1][i]));
    ck_assert_int_eq(isnan(d.remainder[i]) != 0, i >= 200 && i < 212);
    ck_assert_double_lt(fabs(d.trend[i] - trend_at(i)), 6);
  }
  propter_decomposition_clear(&d);
}
END_TEST

START_TEST(a_season_that_is_not_there_is_weak) {
  double x[N];
  PropterRng rng;
  PropterDecomposition d;
  propter_rng_seed(&rng, 3);
  for (size_t i = 0; i < N; i++) x[i] = propter_rng_normal(&rng);
  ck_ok(propter_decompose(x, N, &both, &d, err));
  ck_assert_double_lt(d.strength[0], .4);
  ck_assert_double_lt(d.strength[1], .5);
  propter_decomposition_clear(&d);
  PropterDecomposeOptions long_one = {.season = {N / 2}};
  ck_ok(propter_decompose(x, N, &long_one, &d, err));
  ck_assert_ptr_null(d.season[0]);
  propter_decomposition_clear(&d);
}
END_TEST

/* Level steps, single noise and both: of 95 % intervals most hold what came. */
START_TEST(forecasts_cover_what_comes) {
  enum { AHEAD = 28, SEEDS = 20 };
  for (int kind = 0; kind < 3; kind++) {
    size_t inside = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      double x[N], expected[AHEAD], low[AHEAD], high[AHEAD], level = 100;
      PropterRng rng;
      propter_rng_seed(&rng, seed);
      for (size_t i = 0; i < N; i++) {
        level += kind ? propter_rng_normal(&rng) : 0;
        x[i] = level + week_at(i) + (kind < 2 ? 2 * propter_rng_normal(&rng) : 0);
      }
      ck_ok(propter_forecast(x, N - AHEAD, &(PropterDecomposeOptions){.season = {WEEK}}, AHEAD, .95, expected, low, high, err));
      for (size_t h = 0; h < AHEAD; h++) {
        ck_assert(low[h] < expected[h] && expected[h] < high[h]);
        inside += x[N - AHEAD + h] >= low[h] && x[N - AHEAD + h] <= high[h];
      }
    }
    double share = (double)inside / (AHEAD * SEEDS);
    ck_assert_msg(share > .85, "kind %d: %.3f", kind, share);
  }
}
END_TEST

START_TEST(bad_input_has_a_result_or_a_reason) {
  double x[60], expected[5], low[5], high[5];
  PropterDecomposition d;
  PropterError named = {0};
  PropterDecomposeOptions week = {.season = {WEEK}};
  for (size_t i = 0; i < 60; i++) x[i] = 3;
  ck_ok(propter_decompose(x, 60, &week, &d, err)); /* constant */
  for (size_t i = 0; i < 60; i++) ck_assert(fabs(d.trend[i] - 3) < 1e-9 && fabs(d.season[0][i]) < 1e-9);
  ck_assert(d.noise < 1e-9 && d.strength[0] >= 0);
  propter_decomposition_clear(&d);
  for (size_t i = 0; i < 60; i++) x[i] = 5e-324 * (double)(i % 7);
  ck_ok(propter_decompose(x, 60, &week, &d, err)); /* denormal */
  for (size_t i = 0; i < 60; i++) ck_assert(isfinite(d.trend[i]) && isfinite(d.remainder[i]));
  propter_decomposition_clear(&d);
  for (size_t i = 0; i < 60; i++) x[i] = i % 9 == 4 ? 1e149 * (double)(i % 5) : NAN;
  ck_ok(propter_decompose(x, 60, &week, &d, err)); /* nearly all missing, and large */
  for (size_t i = 0; i < 60; i++) ck_assert(isfinite(d.trend[i]) && isfinite(d.season[0][i]));
  propter_decomposition_clear(&d);
  for (size_t i = 0; i < 60; i++) x[i] = NAN;
  ck_assert_int_eq(propter_decompose(x, 60, &week, &d, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "0 values"));
  ck_assert_int_eq(propter_decompose(x, 0, NULL, &d, &named), PROPTER_INVALID);
  x[0] = 1, x[1] = 2;
  ck_assert_int_eq(propter_decompose(x, 2, NULL, &d, &named), PROPTER_INVALID);
  x[2] = INFINITY;
  ck_assert_int_eq(propter_decompose(x, 60, NULL, &d, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "period 3"));
  for (size_t i = 0; i < 60; i++) x[i] = (double)(i % 4);
  ck_assert_int_eq(propter_decompose(x, 60, &(PropterDecomposeOptions){.season = {7, 7}}, &d, &named), PROPTER_INVALID);
  ck_assert_int_eq(propter_decompose(x, 60, &(PropterDecomposeOptions){.season = {1}}, &d, &named), PROPTER_INVALID);
  ck_assert_int_eq(propter_forecast(x, 8, NULL, 5, .9, expected, low, high, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "too short"));
  ck_assert_int_eq(propter_forecast(x, 60, NULL, 5, 1, expected, low, high, &named), PROPTER_INVALID);
}
END_TEST

static PropterStatus once(void *payload, PropterError *err) {
  double x[90], expected[5], low[5], high[5];
  (void)payload;
  for (size_t i = 0; i < 90; i++) x[i] = week_at(i) + (double)(i * i % 11);
  return propter_forecast(x, 90, &(PropterDecomposeOptions){.season = {WEEK, 28}}, 5, .9, expected, low, high, err);
}

START_TEST(failing_memory_is_reported) { ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, once, NULL, false), 10); }
END_TEST

Suite *suite_decompose(void) {
  Suite *suite = suite_create("decompose");
  TCase *tc = tcase_create("decompose");
  tcase_add_test(tc, parts_with_known_truth_are_found);
  tcase_add_test(tc, spikes_stay_in_the_remainder);
  tcase_add_test(tc, a_season_that_is_not_there_is_weak);
  tcase_add_test(tc, forecasts_cover_what_comes);
  tcase_add_test(tc, bad_input_has_a_result_or_a_reason);
  tcase_add_test(tc, failing_memory_is_reported);
  suite_add_tcase(suite, tc);
  return suite;
}

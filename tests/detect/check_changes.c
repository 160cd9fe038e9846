/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/detect.h"
#include "propter/rng.h"
#include "support.h"

enum { N = 240 };

/* Autocorrelated noise around 100. */
static void noise(double *x, double rho, uint64_t seed) {
  PropterRng rng;
  double e = 0;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < N; i++) {
    e = rho * e + sqrt(1 - rho * rho) * propter_rng_normal(&rng);
    x[i] = 100 + e;
  }
}

static const PropterChange *nearest(const PropterChanges *found, size_t at) {
  const PropterChange *best = found->items;
  for (size_t i = 1; i < found->count; i++)
    if (fabs((double)found->items[i].at - (double)at) < fabs((double)best->at - (double)at)) best = &found->items[i];
  return best;
}

START_TEST(breaks_are_placed_and_sized) {
  double x[N];
  size_t inside = 0, exact = 0, more = 0;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    PropterChanges found = {0};
    noise(x, 0.4, seed);
    for (size_t i = 90; i < N; i++) x[i] += 6;
    for (size_t i = 170; i < N; i++) x[i] += 0.4 * (double)(i - 169);
    x[40] = NAN;
    ck_ok(propter_changes(x, N, NULL, &found, err));
    ck_assert_uint_ge(found.count, 2);
    more += found.count - 2;
    const PropterChange *shift = nearest(&found, 90), *trend = nearest(&found, 170);
    ck_assert_uint_ge(shift->at, 88);
    ck_assert_uint_le(shift->at, 92);
    ck_assert_uint_ge(trend->at, 158);
    ck_assert_uint_le(trend->at, 182);
    exact += shift->at == 90;
    inside += shift->low <= 90 && shift->high >= 90;
    ck_assert_double_eq_tol(shift->step, 6, 2.5);
    ck_assert_double_eq_tol(trend->bend, 0.4, 0.15);
    ck_assert(shift->low <= shift->at && shift->at <= shift->high);
    ck_assert(shift->probability > 0 && shift->probability <= 1);
    propter_vec_clear(&found);
  }
  ck_assert_uint_le(more, 4);
  ck_assert_uint_ge(inside, 18);
  ck_assert_uint_ge(exact, 12);
}
END_TEST

START_TEST(autocorrelation_is_no_change) {
  double x[N];
  size_t total = 0;
  for (uint64_t seed = 1; seed <= 60; seed++) {
    PropterChanges found = {0};
    noise(x, 0.7, seed);
    ck_ok(propter_changes(x, N, NULL, &found, err));
    total += found.count;
    propter_vec_clear(&found);
  }
  ck_assert_uint_le(total, 20);
}
END_TEST

START_TEST(bad_series_have_no_changes) {
  double x[N];
  PropterChanges found = {0};
  for (size_t i = 0; i < N; i++) x[i] = 4;
  ck_ok(propter_changes(x, N, NULL, &found, err));
  for (size_t i = 0; i < N; i++) x[i] = i % 2 ? NAN : INFINITY;
  ck_ok(propter_changes(x, N, NULL, &found, err));
  ck_ok(propter_changes(x, 2, NULL, &found, err));
  ck_ok(propter_changes(x, 0, NULL, &found, err));
  for (size_t i = 0; i < N; i++) x[i] = i % 2 ? 5e-324 : 0;
  ck_ok(propter_changes(x, N, NULL, &found, err));
  for (size_t i = 0; i < N; i++) x[i] = i < N / 2 ? 1e300 : -1e300;
  ck_ok(propter_changes(x, N, NULL, &found, err));
  ck_assert_uint_eq(found.count, 0);
  for (size_t i = 0; i < N; i++) x[i] = i < N / 2 ? 1 : 2; /* no noise at all */
  ck_ok(propter_changes(x, N, NULL, &found, err));
  ck_assert_uint_eq(found.count, 1);
  ck_assert_uint_eq(found.items[0].at, N / 2);
  propter_vec_clear(&found);
}
END_TEST

START_TEST(the_present_run_is_dated) {
  double x[N], onset[N], sum = 0;
  noise(x, 0, 8);
  for (size_t i = 200; i < N; i++) x[i] += 5;
  x[210] = NAN;
  ck_ok(propter_online_onset(x, N, 100, onset, err));
  for (size_t i = 0; i < N; i++) sum += onset[i];
  ck_assert_double_eq_tol(sum, 1, 1e-6);
  ck_assert_double_gt(onset[199] + onset[200] + onset[201], 0.9);
  noise(x, 0, 9);
  ck_ok(propter_online_onset(x, N, 100, onset, err));
  ck_assert_double_gt(onset[0], 0.5);
  for (size_t i = 0; i < N; i++) x[i] = 3;
  ck_ok(propter_online_onset(x, N, 100, onset, err));
  ck_assert_double_gt(onset[0], 0.5);
  ck_ok(propter_online_onset(x, 2, 100, onset, err));
  ck_assert(onset[0] == 0 && onset[1] == 0);
  ck_assert_int_eq(propter_online_onset(x, N, 1, onset, NULL), PROPTER_INVALID);
}
END_TEST

static PropterStatus both(void *payload, PropterError *err) {
  double onset[N];
  PropterChanges found = {0};
  PropterStatus status = propter_changes(payload, N, NULL, &found, err);
  if (!status) status = propter_online_onset(payload, N, 100, onset, err);
  propter_vec_clear(&found);
  return status;
}

START_TEST(failing_allocations) {
  double x[N];
  noise(x, 0, 3);
  for (size_t i = 100; i < N; i++) x[i] += 9;
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, both, x, false), 9);
}
END_TEST

Suite *suite_changes(void) {
  Suite *suite = suite_create("changes");
  TCase *tc = tcase_create("changes");
  tcase_add_test(tc, breaks_are_placed_and_sized);
  tcase_add_test(tc, autocorrelation_is_no_change);
  tcase_add_test(tc, bad_series_have_no_changes);
  tcase_add_test(tc, the_present_run_is_dated);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

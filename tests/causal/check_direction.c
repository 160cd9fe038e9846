/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/direction.h"
#include "propter/rng.h"
#include "support.h"

enum { N = 400 };

static double x[N], y[N];

/* A curve with additive noise: the easy case. */
static void setup(void) {
  PropterRng rng;
  propter_rng_seed(&rng, 5);
  for (size_t t = 0; t < N; t++) x[t] = 4 * propter_rng_unit(&rng) - 2, y[t] = x[t] * x[t] * x[t] + x[t] + .5 * propter_rng_normal(&rng);
}

START_TEST(a_curve_with_noise_has_its_direction) {
  PropterDirection d, back;
  ck_ok(propter_pair_direction(N, x, y, &d, err));
  ck_assert_double_gt(d.score, 0);
  ck_assert_uint_eq(d.rows, N);
  ck_ok(propter_pair_direction(N, y, x, &back, err));
  ck_assert_double_eq_tol(back.score, -d.score, 1e-12);
}
END_TEST

START_TEST(units_do_not_matter) {
  double u[N];
  PropterDirection a, b;
  for (size_t t = 0; t < N; t++) u[t] = 1e6 + 300 * x[t];
  ck_ok(propter_pair_direction(N, x, y, &a, err));
  ck_ok(propter_pair_direction(N, u, y, &b, err));
  ck_assert_double_eq_tol(a.score, b.score, 1e-3);
}
END_TEST

START_TEST(bad_input_is_named_or_defined) {
  PropterDirection d;
  double still[N] = {0}, huge[N];
  ck_assert_int_eq(propter_pair_direction(N, x, still, &d, NULL), PROPTER_INVALID);
  ck_assert_int_eq(propter_pair_direction(2, x, y, &d, NULL), PROPTER_INVALID);
  ck_ok(propter_pair_direction(N, x, x, &d, err));
  ck_assert_double_eq(d.score, 0);
  for (size_t t = 0; t < N; t++) huge[t] = t % 2 ? 1e308 : -1e308;
  ck_ok(propter_pair_direction(N, x, huge, &d, err));
  ck_assert(isfinite(d.score));
  for (size_t t = 0; t < N; t++) huge[t] = t % 3 ? NAN : y[t];
  ck_ok(propter_pair_direction(N, x, huge, &d, err));
  ck_assert_uint_eq(d.rows, (N + 2) / 3);
}
END_TEST

static PropterStatus once(void *payload, PropterError *err) {
  (void)payload;
  PropterDirection d;
  return propter_pair_direction(N, x, y, &d, err);
}

START_TEST(failing_allocations) { ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, once, NULL, false), 2); }
END_TEST

Suite *suite_direction(void) {
  Suite *suite = suite_create("direction");
  TCase *tc = tcase_create("direction");
  tcase_add_checked_fixture(tc, setup, NULL);
  tcase_add_test(tc, a_curve_with_noise_has_its_direction);
  tcase_add_test(tc, units_do_not_matter);
  tcase_add_test(tc, bad_input_is_named_or_defined);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/math.h"
#include "propter/rng.h"
#include "support.h"

enum { P = 300, N = 40 }; /* more than one block */

static double pearson(const double *a, const double *b) {
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  for (size_t t = 0; t < N; t++) ma += a[t] / N, mb += b[t] / N;
  for (size_t t = 0; t < N; t++) ab += (a[t] - ma) * (b[t] - mb), aa += (a[t] - ma) * (a[t] - ma), bb += (b[t] - mb) * (b[t] - mb);
  return ab / sqrt(aa * bb);
}

static void fill(double *x) {
  PropterRng rng;
  propter_rng_seed(&rng, 4);
  for (size_t i = 0; i < P; i++)
    for (size_t t = 0; t < N; t++) x[i * N + t] = propter_rng_normal(&rng) + (i ? .5 * x[(i - 1) * N + t] : 0) + 1e6;
}

static double x[P * N], r[P * P], twice[P * P];

START_TEST(agrees_with_the_definition_on_any_number_of_threads) {
  fill(x);
  ck_ok(propter_correlation(P, N, x, 1, r, err));
  ck_ok(propter_correlation(P, N, x, 2, twice, err));
  ck_assert_mem_eq(r, twice, sizeof r);
  for (size_t i = 0; i < P; i += 7)
    for (size_t j = 0; j < P; j += 5) ck_assert_double_eq_tol(r[i * P + j], i == j ? 1 : pearson(x + i * N, x + j * N), 1e-8);
}
END_TEST

START_TEST(degenerate_variables) {
  double y[5 * 4] = {3, 3, 3, 3, 1e300, -1e300, 1e300, 0, 4e-320, 8e-320, 1.2e-319, 0, .1, .2, .3, 0, 0, 0, 0, 0}, c[25];
  ck_ok(propter_correlation(5, 4, y, 1, c, err));
  for (size_t i = 0; i < 25; i++) ck_assert(isfinite(c[i]));
  ck_assert_double_eq(c[1], 0); /* a constant */
  ck_assert_double_eq(c[0], 1);
  ck_assert_double_gt(c[2 * 5 + 3], .999); /* denormal values are values */
  y[7] = INFINITY;
  PropterError named = {0};
  ck_assert_int_eq(propter_correlation(5, 4, y, 2, c, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "value 3 of variable 1"));
  ck_ok(propter_correlation(0, 0, y, 2, c, err));
}
END_TEST

static PropterStatus once(void *payload, PropterError *err) {
  (void)payload;
  return propter_correlation(P, N, x, 1, r, err);
}

START_TEST(failing_allocations) {
  fill(x);
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, once, NULL, false), 1);
}
END_TEST

Suite *suite_correlation(void) {
  Suite *suite = suite_create("correlation");
  TCase *tc = tcase_create("correlation");
  tcase_add_test(tc, agrees_with_the_definition_on_any_number_of_threads);
  tcase_add_test(tc, degenerate_variables);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

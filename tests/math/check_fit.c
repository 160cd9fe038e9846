/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/math.h"
#include "propter/rng.h"
#include "support.h"

START_TEST(nonnegative_fit_finds_the_support) {
  double x[30], y[10], c[3];
  for (int i = 0; i < 10; i++) {
    double h = i + 1;
    x[i * 3] = 1, x[i * 3 + 1] = h, x[i * 3 + 2] = h * h;
    y[i] = 2 + 0.5 * h * h;
  }
  ck_ok(propter_nonnegative_fit(10, 3, x, y, NULL, c, err));
  ck_assert_double_eq_tol(c[0], 2, 1e-9);
  ck_assert_double_eq_tol(c[1], 0, 1e-9);
  ck_assert_double_eq_tol(c[2], 0.5, 1e-9);
  for (int i = 0; i < 10; i++) y[i] = 5 - (i + 1); /* falls: a negative slope is not allowed */
  ck_ok(propter_nonnegative_fit(10, 3, x, y, NULL, c, err));
  ck_assert(c[0] >= 0 && c[1] == 0 && c[2] == 0);
  PropterError error = {0};
  ck_assert_int_eq(propter_nonnegative_fit(1, 9, x, y, NULL, c, &error), PROPTER_LIMIT);
}
END_TEST

/* Each row may be met exactly by a slope alone; what rounding leaves of the other columns is not taken for a better fit. */
START_TEST(nonnegative_fit_takes_the_first_of_equals) {
  double x[9] = {1, 1, 1, 1, 2, 4, 1, 3, 9}, y[3], c[3];
  for (int k = 1; k < 400; k++) {
    double slope = k / 7.0, weight[3] = {1 / slope, 0.3 * k, 1 / (3.0 * k)};
    for (int i = 0; i < 3; i++) y[i] = slope * x[i * 3 + 1];
    ck_ok(propter_nonnegative_fit(3, 3, x, y, weight, c, err));
    ck_assert_double_eq(c[0], 0);
    ck_assert_double_eq_tol(c[1], slope, 1e-9 * slope);
    ck_assert_double_eq(c[2], 0);
  }
}
END_TEST

START_TEST(shapley_shares) {
  /* Glove game: players 0 and 1 own left gloves, player 2 a right one. */
  double value[8] = {0}, share[3];
  value[5] = value[6] = value[7] = 1;
  ck_ok(propter_shapley(3, value, share, err));
  ck_assert_double_eq_tol(share[0], 1.0 / 6, 1e-15);
  ck_assert_double_eq_tol(share[2], 4.0 / 6, 1e-15);
  PropterRng rng;
  propter_rng_seed(&rng, 3);
  double random[64], parts[6], sum = 0;
  for (int i = 0; i < 64; i++) random[i] = propter_rng_normal(&rng);
  ck_ok(propter_shapley(6, random, parts, err));
  for (int i = 0; i < 6; i++) sum += parts[i];
  ck_assert_double_eq_tol(sum, random[63] - random[0], 1e-13);
  ck_assert_int_eq(propter_shapley(15, random, parts, NULL), PROPTER_LIMIT);
}
END_TEST

Suite *suite_fit(void) {
  Suite *suite = suite_create("fit");
  TCase *tc = tcase_create("fit");
  tcase_add_test(tc, nonnegative_fit_finds_the_support);
  tcase_add_test(tc, nonnegative_fit_takes_the_first_of_equals);
  tcase_add_test(tc, shapley_shares);
  suite_add_tcase(suite, tc);
  return suite;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/math.h"
#include "propter/rng.h"
#include "propter/score.h"
#include "support.h"

enum { N = 4000 };

/* Over-confident probabilities: the true log odds are half of the stated ones, less 0.3. The map of that form is a beta calibration only near the
 * middle, so the test asks for good probabilities, not for coefficients. */
START_TEST(overconfidence_is_undone) {
  PropterRng rng;
  propter_rng_seed(&rng, 4);
  static double p[N];
  static unsigned char outcome[N];
  for (size_t i = 0; i < N; i++) {
    p[i] = propter_expit(6 * propter_rng_unit(&rng) - 3);
    outcome[i] = propter_rng_unit(&rng) < propter_expit(propter_logit(p[i]) / 2 - 0.3);
  }
  double abc[3], worst = 0;
  ck_ok(propter_calibration_fit(p, outcome, N, abc, err));
  ck_assert(abc[0] >= 0 && abc[1] >= 0);
  for (double x = 0.06; x < 0.95; x += 0.05) worst = fmax(worst, fabs(propter_calibration_apply(abc, x) - propter_expit(propter_logit(x) / 2 - 0.3)));
  ck_assert_msg(worst < 0.05, "off by %.3f", worst);
  for (double x = 0.05; x < 0.9; x += 0.05) ck_assert_double_lt(propter_calibration_apply(abc, x), propter_calibration_apply(abc, x + 0.05));
}
END_TEST

START_TEST(few_cases_change_little) {
  double p[] = {.9, .2}, abc[3];
  unsigned char outcome[] = {1, 0};
  ck_ok(propter_calibration_fit(p, outcome, 2, abc, err));
  ck_assert_double_eq_tol(propter_calibration_apply(abc, .9), .9, .08);
}
END_TEST

START_TEST(the_identity_is_exact) {
  double same[] = {1, 1, 0};
  ck_assert_double_eq(propter_calibration_apply(same, .123), .123);
  ck_assert_double_eq(propter_calibration_apply(same, 1), 1);
}
END_TEST

START_TEST(always_right_and_always_wrong_stay_finite) {
  double p[50], abc[3];
  unsigned char outcome[50];
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 50; i++) p[i] = i % 2 ? 1 : 0, outcome[i] = (unsigned char)((i % 2) == round);
    ck_ok(propter_calibration_fit(p, outcome, 50, abc, err));
    for (int k = 0; k < 3; k++) ck_assert(isfinite(abc[k]));
    double high = propter_calibration_apply(abc, 1);
    ck_assert(high >= 0 && high <= 1);
  }
}
END_TEST

START_TEST(bad_input) {
  double p[] = {1.5}, abc[3];
  unsigned char outcome[] = {1};
  PropterError error = {0};
  ck_assert_int_eq(propter_calibration_fit(p, outcome, 0, abc, &error), PROPTER_INVALID);
  ck_assert_int_eq(propter_calibration_fit(p, outcome, 1, abc, &error), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(error.message, "1.5"));
}
END_TEST

Suite *suite_calibration(void) {
  Suite *suite = suite_create("calibration");
  TCase *tc = tcase_create("calibration");
  tcase_add_test(tc, overconfidence_is_undone);
  tcase_add_test(tc, few_cases_change_little);
  tcase_add_test(tc, the_identity_is_exact);
  tcase_add_test(tc, always_right_and_always_wrong_stay_finite);
  tcase_add_test(tc, bad_input);
  suite_add_tcase(suite, tc);
  return suite;
}

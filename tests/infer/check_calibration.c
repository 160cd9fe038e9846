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
  PropterCalibration learned;
  double worst = 0;
  ck_ok(propter_calibration_fit(p, outcome, N, &learned, err));
  ck_assert(learned.abc[0] >= 0 && learned.abc[1] >= 0);
  for (double x = 0.06; x < 0.95; x += 0.05) worst = fmax(worst, fabs(propter_calibration_apply(&learned, x) - propter_expit(propter_logit(x) / 2 - 0.3)));
  ck_assert_msg(worst < 0.05, "off by %.3f", worst);
  for (double x = 0.05; x < 0.9; x += 0.05) ck_assert_double_lt(propter_calibration_apply(&learned, x), propter_calibration_apply(&learned, x + 0.05));
}
END_TEST

START_TEST(few_cases_change_little) {
  PropterCalibration learned;
  double p[] = {.9, .2};
  unsigned char outcome[] = {1, 0};
  ck_ok(propter_calibration_fit(p, outcome, 2, &learned, err));
  ck_assert_double_eq_tol(propter_calibration_apply(&learned, .9), .9, .08);
}
END_TEST

START_TEST(the_identity_is_exact) {
  PropterCalibration same = {{1, 1, 0}, 0};
  ck_assert_double_eq(propter_calibration_apply(&same, .123), .123);
  ck_assert_double_eq(propter_calibration_apply(&same, 1), 1);
}
END_TEST

START_TEST(always_right_and_always_wrong_stay_finite) {
  PropterCalibration learned;
  double p[50];
  unsigned char outcome[50];
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 50; i++) p[i] = i % 2 ? 1 : 0, outcome[i] = (unsigned char)((i % 2) == round);
    ck_ok(propter_calibration_fit(p, outcome, 50, &learned, err));
    for (int k = 0; k < 3; k++) ck_assert(isfinite(learned.abc[k]));
    double high = propter_calibration_apply(&learned, 1);
    ck_assert(high >= 0 && high <= 1);
  }
}
END_TEST

/* A few that were all but certain and wrong do not teach anything of the others: beyond what the cases can tell apart, one probability is as another. */
START_TEST(what_was_too_sure_counts_like_the_rest) {
  PropterRng rng;
  propter_rng_seed(&rng, 7);
  static double p[N];
  static unsigned char outcome[N];
  for (size_t i = 0; i < N; i++) {
    double sure = i % 2 ? 1e-6 : .03;
    p[i] = i % 4 < 2 ? sure : 1 - sure;
    outcome[i] = propter_rng_unit(&rng) < (i % 4 < 2 ? .05 : .95);
  }
  PropterCalibration learned;
  ck_ok(propter_calibration_fit(p, outcome, N, &learned, err));
  ck_assert_double_eq_tol(learned.edge, 3. / N, 1e-12);
  ck_assert_double_eq(propter_calibration_apply(&learned, 1e-6), propter_calibration_apply(&learned, 1e-5));
  ck_assert_double_eq_tol(propter_calibration_apply(&learned, 1 - 1e-6), .95, .04);
  ck_assert_double_eq_tol((propter_calibration_apply(&learned, .03) + propter_calibration_apply(&learned, 1e-6)) / 2, .05, .03);
}
END_TEST

START_TEST(bad_input) {
  PropterCalibration learned;
  double p[] = {1.5};
  unsigned char outcome[] = {1};
  PropterError error = {0};
  ck_assert_int_eq(propter_calibration_fit(p, outcome, 0, &learned, &error), PROPTER_INVALID);
  ck_assert_int_eq(propter_calibration_fit(p, outcome, 1, &learned, &error), PROPTER_INVALID);
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
  tcase_add_test(tc, what_was_too_sure_counts_like_the_rest);
  tcase_add_test(tc, bad_input);
  suite_add_tcase(suite, tc);
  return suite;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/math.h"
#include "propter/rng.h"
#include "support.h"

START_TEST(normal_values) {
  /* Reference values to 15 digits from arbitrary-precision arithmetic. */
  ck_assert_double_eq_tol(propter_normal_quantile(0.975), 1.959963984540054, 1e-14);
  ck_assert_double_eq_tol(propter_normal_quantile(0.995), 2.575829303548901, 1e-14);
  ck_assert_double_eq_tol(propter_normal_quantile(1e-10), -6.361340902404056, 1e-13);
  ck_assert_double_eq_tol(propter_normal_quantile(0.3), -0.524400512708041, 1e-14);
  ck_assert_double_eq(propter_normal_quantile(0.5), 0);
  ck_assert(isinf(propter_normal_quantile(0)) && isinf(propter_normal_quantile(1)) && isnan(propter_normal_quantile(2)));
  ck_assert_double_eq_tol(propter_normal_cdf(-3), 0.00134989803163009, 1e-16);
  ck_assert_double_eq_tol(propter_normal_log_density(1, 0, 2), -1.737085713764618, 1e-14);
  for (double p = 1e-12; p < 1; p = p * 1.7 + 1e-12) ck_assert_double_eq_tol(propter_normal_cdf(propter_normal_quantile(p)), p, 1e-13);
}
END_TEST

START_TEST(student_values) {
  ck_assert_double_eq_tol(propter_t_quantile(0.975, 3), 3.182446305284263, 1e-12);
  ck_assert_double_eq_tol(propter_t_quantile(0.975, 1), 12.706204736174698, 1e-11);
  ck_assert_double_eq_tol(propter_t_quantile(0.05, 10), -1.812461122811676, 1e-12);
  for (double df = 3; df < 1e4; df *= 1.7)
    for (double z = -6; z <= 6; z += .25) {
      if (z == 0) continue;
      const double t = propter_t_of_normal(z, df), exact = propter_t_quantile(propter_normal_cdf(-fabs(z)), df);
      ck_assert_double_eq_tol(propter_normal_of_t(t, df), z, 1e-9);
      if (fabs(z) <= 3) ck_assert_double_eq_tol(fabs(t), fabs(exact), .08 * fabs(exact));
      ck_assert_double_eq_tol(propter_normal_of_t(copysign(exact, z), df), z, (fabs(z) <= 3 ? .02 : .05) * fabs(z));
    }
  ck_assert(isfinite(propter_normal_of_t(1e100, 3)));
  ck_assert_double_eq_tol(propter_t_cdf(1, 1), 0.75, 1e-14);
  ck_assert_double_eq_tol(propter_t_cdf(-2, 3), 0.0696629842794216, 1e-14);
  ck_assert_double_eq_tol(propter_t_log_density(0, 1), -log(3.14159265358979323846), 1e-14);
}
END_TEST

START_TEST(gamma_and_chi_square) {
  ck_assert_double_eq_tol(propter_gamma_p(1, 2), 1 - exp(-2), 1e-14);
  ck_assert_double_eq_tol(propter_chi2_cdf(3.841458820694124, 1), 0.95, 1e-13);
  ck_assert_double_eq_tol(propter_chi2_cdf(19.67513757268249, 11), 0.95, 1e-13);
  ck_assert_double_eq(propter_gamma_p(3, 0), 0);
}
END_TEST

START_TEST(log_domain) {
  double x[] = {-1000, -1001, -INFINITY};
  ck_assert_double_eq_tol(propter_log_sum_exp(x, 3), -1000 + log1p(exp(-1)), 1e-12);
  ck_assert(isinf(propter_log_sum_exp(x, 0)));
  ck_assert_double_eq_tol(propter_log_add(-1000, -1001), propter_log_sum_exp(x, 2), 1e-12);
  ck_assert_double_eq_tol(propter_expit(propter_logit(0.2)), 0.2, 1e-15);
  ck_assert_double_eq_tol(propter_expit(-800) + propter_expit(800), 1, 1e-15);
}
END_TEST

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

START_TEST(median_is_the_middle) {
  PropterRng rng;
  propter_rng_seed(&rng, 7);
  for (size_t n = 1; n < 200; n++) {
    double x[200], sorted[200];
    for (size_t i = 0; i < n; i++) sorted[i] = x[i] = (double)propter_rng_below(&rng, 40); /* many ties */
    qsort(sorted, n, sizeof *sorted, ascending);
    double want = n % 2 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
    ck_assert_double_eq(propter_median(x, n), want);
  }
  double x[] = {1, 2, 3, 4, 100};
  ck_assert_double_eq_tol(propter_mad(x, 5, 3), 1.4826, 1e-12);
  ck_assert(isnan(propter_median(x, 0)));
}
END_TEST

Suite *suite_dist(void) {
  Suite *suite = suite_create("dist");
  TCase *tc = tcase_create("dist");
  tcase_add_test(tc, normal_values);
  tcase_add_test(tc, student_values);
  tcase_add_test(tc, gamma_and_chi_square);
  tcase_add_test(tc, log_domain);
  tcase_add_test(tc, median_is_the_middle);
  suite_add_tcase(suite, tc);
  return suite;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/math.h"
#include "support.h"

START_TEST(product_and_transposes) {
  double a[] = {1, 2, 3, 4, 5, 6}, b[] = {1, 0, 2, 1, 0, 3}, c[9] = {0};
  propter_gemm(false, false, 2, 2, 3, a, b, 0, c); /* a 2×3, b 3×2 */
  double want[] = {5, 11, 14, 23};
  for (int i = 0; i < 4; i++) ck_assert_double_eq_tol(c[i], want[i], 1e-12);
  propter_gemm(true, true, 3, 3, 2, a, b, 0, c);
  double both[] = {1, 6, 12, 2, 9, 15, 3, 12, 18};
  for (int i = 0; i < 9; i++) ck_assert_double_eq_tol(c[i], both[i], 1e-12);
  double gram[9];
  propter_gram(2, 3, a, gram);
  double want_gram[] = {17, 22, 27, 22, 29, 36, 27, 36, 45};
  for (int i = 0; i < 9; i++) ck_assert_double_eq_tol(gram[i], want_gram[i], 1e-12);
}
END_TEST

START_TEST(cholesky_solves_and_determines) {
  double a[] = {4, 2, 2, 3}, b[] = {1, 2};
  ck_ok(propter_cholesky(2, a, err));
  ck_assert_double_eq_tol(a[0], 2, 1e-15);
  ck_assert_double_eq(a[1], 0);
  ck_assert_double_eq_tol(propter_cholesky_logdet(2, a), log(8), 1e-14);
  propter_cholesky_solve(2, a, 1, b);
  ck_assert_double_eq_tol(b[0], -0.125, 1e-14);
  ck_assert_double_eq_tol(b[1], 0.75, 1e-14);
  double bad[] = {1, 2, 2, 1};
  PropterError error = {0};
  ck_assert_int_eq(propter_cholesky(2, bad, &error), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(error.message, "pivot 2"));
}
END_TEST

START_TEST(the_kernel_is_named) {
  ck_assert_uint_gt(strlen(propter_math_kernel()), 2);
  const char *better = "x";
  bool slow = propter_math_kernel_slow(&better);
  ck_assert(slow == (better != NULL));
  if (slow) ck_assert_str_ne(better, propter_math_kernel());
}
END_TEST

Suite *suite_blas(void) {
  Suite *suite = suite_create("blas");
  TCase *tc = tcase_create("blas");
  tcase_add_test(tc, product_and_transposes);
  tcase_add_test(tc, cholesky_solves_and_determines);
  tcase_add_test(tc, the_kernel_is_named);
  suite_add_tcase(suite, tc);
  return suite;
}

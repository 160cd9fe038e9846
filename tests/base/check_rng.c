/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/rng.h"
#include "support.h"

Suite *suite_rng(void);

START_TEST(equal_seeds_give_equal_numbers) {
  PropterRng a, b, c;
  propter_rng_seed(&a, 1), propter_rng_seed(&b, 1), propter_rng_seed(&c, 2);
  unsigned same = 0;
  for (int i = 0; i < 100; i++) {
    uint64_t x = propter_rng_next(&a);
    ck_assert_uint_eq(x, propter_rng_next(&b));
    same += x == propter_rng_next(&c);
  }
  ck_assert_uint_eq(same, 0);
}
END_TEST

START_TEST(numbers_spread_as_they_should) {
  PropterRng rng;
  propter_rng_seed(&rng, 7);
  double sum = 0, squares = 0, unit = 0;
  unsigned counts[10] = {0};
  enum { N = 100000 };
  for (int i = 0; i < N; i++) {
    double z = propter_rng_normal(&rng), u = propter_rng_unit(&rng);
    ck_assert(u >= 0 && u < 1);
    sum += z, squares += z * z, unit += u;
    counts[propter_rng_below(&rng, 10)]++;
  }
  /* five standard errors */
  ck_assert(fabs(sum / N) < 5 / sqrt(N));
  ck_assert(fabs(squares / N - 1) < 5 * sqrt(2.0 / N));
  ck_assert(fabs(unit / N - 0.5) < 5 * sqrt(1.0 / 12 / N));
  for (int i = 0; i < 10; i++) ck_assert(abs((int)counts[i] - N / 10) < 5 * 95);
}
END_TEST

Suite *suite_rng(void) {
  Suite *s = suite_create("rng");
  TCase *tc = tcase_create("rng");
  tcase_add_test(tc, equal_seeds_give_equal_numbers);
  tcase_add_test(tc, numbers_spread_as_they_should);
  suite_add_tcase(s, tc);
  return s;
}

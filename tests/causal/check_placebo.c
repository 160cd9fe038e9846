/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/causal.h"
#include "propter/rng.h"
#include "support.h"

enum { N = 120 };

static void fill(double *change, uint64_t seed) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < N; i++) change[i] = propter_rng_normal(&rng);
}

static const PropterPlaceboOptions dosed = {.dosed = true, .dose_error = .2, .shifts = 400, .seed = 1};

START_TEST(the_true_date_ranks_first) {
  double change[N], shape[N] = {0}, p;
  size_t used;
  fill(change, 1);
  shape[40] = -6, shape[41] = 6; /* a strike and its end */
  change[40] -= 6, change[41] += 6;
  PropterEffectView view = {change, shape};
  ck_ok(propter_shift_placebo(&view, 1, N, &dosed, &p, &used, err));
  ck_assert_uint_eq(used, N - 1);
  ck_assert_double_eq_tol(p, 1.0 / N, 1e-12);
  /* a year late */
  double late[N] = {0};
  late[52] = -6, late[53] = 6;
  view.shape = late;
  ck_ok(propter_shift_placebo(&view, 1, N, &dosed, &p, &used, err));
  ck_assert_double_gt(p, 1.5 / N);
}
END_TEST

/* Without an effect the p-value is even: at most p of the cases lie below p. */
START_TEST(it_keeps_its_level) {
  size_t below = 0, rounds = 400;
  for (size_t r = 0; r < rounds; r++) {
    double change[N], shape[N] = {0}, twice[N] = {0}, p;
    size_t used;
    fill(change, 1000 + r);
    shape[30] = 1, shape[33] = -1;
    twice[31] = 1, twice[34] = -1; /* one period late: the best of both counts */
    PropterEffectView views[] = {{change, shape}, {change, twice}};
    PropterPlaceboOptions o = {.shifts = 400, .seed = 1, .blur = 1, .sign = 0};
    ck_ok(propter_shift_placebo(views, 2, N, &o, &p, &used, err));
    ck_assert_uint_eq(used, N - 3);
    below += p <= .05;
  }
  ck_assert_msg(below <= 32 && below >= 10, "%zu of %zu at 5 %%", below, rounds);
}
END_TEST

START_TEST(the_sign_matters) {
  double change[N], shape[N] = {0}, p;
  size_t used;
  fill(change, 3);
  shape[60] = 1;
  change[60] += 8;
  PropterEffectView view = {change, shape};
  PropterPlaceboOptions o = {.shifts = 400, .seed = 1, .sign = -1};
  ck_ok(propter_shift_placebo(&view, 1, N, &o, &p, &used, err));
  ck_assert_double_gt(p, .9);
  o.sign = 1;
  ck_ok(propter_shift_placebo(&view, 1, N, &o, &p, &used, err));
  ck_assert_double_lt(p, .01);
}
END_TEST

START_TEST(draws_are_seeded) {
  double change[N], shape[N] = {0}, p[2];
  size_t used;
  fill(change, 8);
  shape[10] = 2;
  PropterEffectView view = {change, shape};
  PropterPlaceboOptions o = {.shifts = 30, .seed = 5};
  for (int i = 0; i < 2; i++) {
    ck_ok(propter_shift_placebo(&view, 1, N, &o, &p[i], &used, err));
    ck_assert_uint_eq(used, 30);
  }
  ck_assert_double_eq(p[0], p[1]);
}
END_TEST

START_TEST(edges) {
  double change[3] = {0, 1, NAN}, shape[3] = {0, 1, 0}, p = 0;
  size_t used = 9;
  PropterEffectView view = {change, shape};
  PropterPlaceboOptions o = {.shifts = 30, .blur = 1};
  ck_ok(propter_shift_placebo(&view, 1, 3, &o, &p, &used, err)); /* nothing left to shift to */
  ck_assert(p == 1 && used == 0);
  ck_ok(propter_shift_placebo(&view, 0, 3, &o, &p, &used, err));
  ck_assert_double_eq(p, 1);
  ck_assert_double_eq_tol(propter_p_value_bound(.01), log(1 / (-exp(1) * .01 * log(.01))), 1e-12);
  ck_assert_double_eq(propter_p_value_bound(.5), 0);
}
END_TEST

static PropterStatus once(void *payload, PropterError *err) {
  double shape[N] = {0}, p;
  size_t used;
  shape[5] = 1;
  PropterEffectView view = {payload, shape};
  return propter_shift_placebo(&view, 1, N, &dosed, &p, &used, err);
}

START_TEST(failing_allocations) {
  double change[N];
  fill(change, 1);
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, once, change, false), 1);
}
END_TEST

Suite *suite_placebo(void) {
  Suite *suite = suite_create("placebo");
  TCase *tc = tcase_create("placebo");
  tcase_add_test(tc, the_true_date_ranks_first);
  tcase_add_test(tc, it_keeps_its_level);
  tcase_add_test(tc, the_sign_matters);
  tcase_add_test(tc, draws_are_seeded);
  tcase_add_test(tc, edges);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/mechanism.h"
#include "propter/rng.h"
#include "support.h"

enum { PRICE, UNITS, REVENUE, P, N = 300 };

static double old[P * N], now[P * N];
static uint8_t dag[P * P];

/* Units fall by `lost` at any price; revenue is price times units. */
static void fill(double *x, uint64_t seed, double price, double lost) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  for (size_t t = 0; t < N; t++) {
    double p = price + propter_rng_normal(&rng), u = 200 - 5 * p - lost + 3 * propter_rng_normal(&rng);
    x[PRICE * N + t] = p, x[UNITS * N + t] = u, x[REVENUE * N + t] = p * u;
  }
}

static void setup(void) {
  fill(old, 1, 10, 0), fill(now, 2, 10, 30);
  static const size_t edges[][2] = {{PRICE, UNITS}, {PRICE, REVENUE}, {UNITS, REVENUE}};
  for (size_t e = 0; e < 3; e++) dag[edges[e][0] * P + edges[e][1]] = PROPTER_ARROW, dag[edges[e][1] * P + edges[e][0]] = PROPTER_TAIL;
}

static const PropterAttributionOptions quick = {.draws = 200, .resamples = 60, .seed = 3};

START_TEST(the_changed_mechanism_takes_the_change) {
  PropterData a = {P, N, old, NULL}, b = {P, N, now, NULL};
  PropterMechanismShare s[P];
  PropterAttribution sum;
  ck_ok(propter_attribute_change(&a, &b, dag, REVENUE, &quick, s, &sum, err));
  ck_assert_double_eq_tol(s[UNITS].share, -300, 15); /* 30 units at 10 each */
  ck_assert(s[UNITS].low < -285 && s[UNITS].high > -315 && s[UNITS].high < 0);
  ck_assert(s[PRICE].low < 0 && s[PRICE].high > 0);
  ck_assert_double_eq(s[REVENUE].share, 0);
  ck_assert_double_gt(s[REVENUE].p, .05);
  ck_assert(isnan(s[PRICE].p));
  ck_assert_double_eq_tol(s[PRICE].share + s[UNITS].share + s[REVENUE].share, sum.after - sum.before, 1e-6);
  ck_assert_double_eq_tol(sum.after - sum.before, sum.observed, 30);
}
END_TEST

START_TEST(one_unusual_row_is_explained_by_its_noise) {
  double row[P] = {10, 110, 1100}; /* 40 units too few at this price */
  PropterData a = {P, N, old, NULL}, b = {P, 1, row, NULL};
  PropterMechanismShare s[P];
  PropterAttribution sum;
  ck_ok(propter_attribute_change(&a, &b, dag, REVENUE, &quick, s, &sum, err));
  ck_assert(s[UNITS].share < -300 && s[UNITS].high < 0);
  ck_assert(fabs(s[PRICE].share) < 60 && fabs(s[REVENUE].share) < 1);
}
END_TEST

/* x → z → y in a chain of two coefficients 2 and 3; the mean of x rises by 1, that of z by 1 more: 6 and 3 of y. */
START_TEST(intervals_hold_their_estimate_and_mostly_the_truth) {
  enum { ROWS = 80, WORLDS = 60 };
  static double x[2][3 * ROWS];
  uint8_t chain[9] = {0};
  size_t covered[2] = {0};
  chain[1] = PROPTER_ARROW, chain[3] = PROPTER_TAIL, chain[5] = PROPTER_ARROW, chain[7] = PROPTER_TAIL;
  for (uint64_t world = 0; world < WORLDS; world++) {
    PropterRng rng;
    propter_rng_seed(&rng, 100 + world);
    for (int period = 0; period < 2; period++)
      for (size_t t = 0; t < ROWS; t++) {
        double *at = x[period] + t;
        at[0] = propter_rng_normal(&rng) + period;
        at[ROWS] = 2 * at[0] + propter_rng_normal(&rng) + period;
        at[2 * ROWS] = 3 * at[ROWS] + propter_rng_normal(&rng);
      }
    PropterData a = {3, ROWS, x[0], NULL}, b = {3, ROWS, x[1], NULL};
    PropterMechanismShare s[3];
    PropterAttribution sum;
    ck_ok(propter_attribute_change(&a, &b, chain, 2, &(PropterAttributionOptions){.draws = 100, .resamples = 80, .seed = world}, s, &sum, err));
    for (size_t v = 0; v < 3; v++) ck_assert(s[v].low <= s[v].share && s[v].share <= s[v].high);
    covered[0] += s[0].low <= 6 && s[0].high >= 6, covered[1] += s[1].low <= 3 && s[1].high >= 3;
  }
  ck_assert_uint_ge(covered[0], 53); /* of 60 at .95: fewer than 53 once in a hundred */
  ck_assert_uint_ge(covered[1], 53);
}
END_TEST

/* Nobody has seen the new price before, and noise grows with what is sold: neither is another function of the units. */
START_TEST(a_new_price_is_no_new_function) {
  PropterRng rng;
  propter_rng_seed(&rng, 5);
  for (int period = 0; period < 2; period++)
    for (size_t t = 0; t < N; t++) {
      double *x = period ? now : old, p = (t % 10 ? 20 : 18) - 2 * period, u = 200 - 5 * p + (t % 10 ? 1 : 8) * propter_rng_normal(&rng);
      x[PRICE * N + t] = p, x[UNITS * N + t] = u, x[REVENUE * N + t] = p * u;
    }
  PropterData a = {P, N, old, NULL}, b = {P, N, now, NULL};
  PropterMechanismShare s[P];
  PropterAttribution sum;
  ck_ok(propter_attribute_change(&a, &b, dag, REVENUE, &quick, s, &sum, err));
  ck_assert_double_gt(s[UNITS].p, .05);
  ck_assert_double_eq(s[UNITS].share, 0);
  ck_assert_double_eq_tol(s[PRICE].share, sum.after - sum.before, 1e-6);
}
END_TEST

START_TEST(threads_do_not_matter) {
  PropterData a = {P, N, old, NULL}, b = {P, N, now, NULL};
  PropterMechanismShare s[2][P];
  PropterAttribution sum;
  for (unsigned t = 0; t < 2; t++) {
    PropterAttributionOptions o = quick;
    o.threads = t + 1;
    ck_ok(propter_attribute_change(&a, &b, dag, REVENUE, &o, s[t], &sum, err));
  }
  for (size_t v = 0; v < P; v++) ck_assert(s[0][v].share == s[1][v].share && s[0][v].low == s[1][v].low && s[0][v].high == s[1][v].high);
}
END_TEST

START_TEST(bad_input_is_named) {
  PropterData a = {P, N, old, NULL}, b = {P, N, now, NULL}, few = {P, 5, old, NULL};
  PropterMechanismShare s[P];
  PropterAttribution sum;
  PropterError named = {0};
  ck_assert_int_eq(propter_attribute_change(&few, &b, dag, REVENUE, &quick, s, &sum, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "5 rows before"));
  dag[REVENUE * P + PRICE] = PROPTER_ARROW, dag[PRICE * P + REVENUE] = PROPTER_TAIL;
  ck_assert_int_eq(propter_attribute_change(&a, &b, dag, REVENUE, &quick, s, &sum, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "cycle"));
  setup();
  for (size_t t = 0; t < N; t++) old[PRICE * N + t] = now[PRICE * N + t] = 7; /* constant */
  ck_ok(propter_attribute_change(&a, &b, dag, REVENUE, &quick, s, &sum, err));
  for (size_t v = 0; v < P; v++) ck_assert(isfinite(s[v].share) && isfinite(s[v].low) && isfinite(s[v].high));
  now[4] = NAN;
  ck_assert_int_eq(propter_attribute_change(&a, &b, dag, REVENUE, &quick, s, &sum, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "row 4 of variable 0 after"));
}
END_TEST

static PropterStatus once(void *payload, PropterError *err) {
  (void)payload;
  PropterData a = {P, N, old, NULL}, b = {P, N, now, NULL};
  PropterMechanismShare s[P];
  PropterAttribution sum;
  return propter_attribute_change(&a, &b, dag, REVENUE, &(PropterAttributionOptions){.draws = 20, .resamples = 2, .threads = 1}, s, &sum, err);
}

START_TEST(failing_allocations) { ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, once, NULL, false), 8); }
END_TEST

Suite *suite_mechanism(void) {
  Suite *suite = suite_create("mechanism");
  TCase *tc = tcase_create("mechanism");
  tcase_add_checked_fixture(tc, setup, NULL);
  tcase_add_test(tc, the_changed_mechanism_takes_the_change);
  tcase_add_test(tc, one_unusual_row_is_explained_by_its_noise);
  tcase_add_test(tc, intervals_hold_their_estimate_and_mostly_the_truth);
  tcase_add_test(tc, a_new_price_is_no_new_function);
  tcase_add_test(tc, threads_do_not_matter);
  tcase_add_test(tc, bad_input_is_named);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/rng.h"
#include "propter/rootcause.h"
#include "support.h"

enum { BEFORE = 200, DURING = 40 };

static double score_of(const double *before, const double *during, PropterDeviationKind kind, int direction) {
  PropterDisturbance m = {before, BEFORE, during, DURING};
  PropterDeviation d;
  ck_ok(propter_deviation(&m, kind, direction, &d, err));
  ck_assert(d.usable && isfinite(d.score) && isfinite(d.excess));
  return d.score;
}

static void fill(double *x, size_t n, double mean, uint64_t seed) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < n; i++) x[i] = mean + propter_rng_normal(&rng);
}

START_TEST(deviations_on_known_shifts) {
  double before[BEFORE], during[DURING], quiet[DURING];
  fill(before, BEFORE, 50, 1);
  fill(quiet, DURING, 50, 2);
  fill(during, DURING, 60, 3);
  /* The interquartile range of a Gaussian is 1.35 standard deviations, its 99.5 % point 2.58. */
  ck_assert_double_eq_tol(score_of(before, during, PROPTER_DEVIATION_LEVEL, 1), 10 / 1.35, 1.2);
  ck_assert_double_eq_tol(score_of(before, during, PROPTER_DEVIATION_NSIGMA, 1), 12.2, 1.6);
  ck_assert_double_eq_tol(score_of(before, during, PROPTER_DEVIATION_TAIL, 1), 12.2 / 2.58, 1);
  ck_assert_double_gt(score_of(before, during, PROPTER_DEVIATION_PEAK, 1), score_of(before, during, PROPTER_DEVIATION_LEVEL, 1));
  ck_assert_double_lt(score_of(before, during, PROPTER_DEVIATION_LEVEL, -1), -5);
  ck_assert_double_eq(score_of(before, during, PROPTER_DEVIATION_LEVEL, 0), score_of(before, during, PROPTER_DEVIATION_LEVEL, 1));
  ck_assert_double_lt(fabs(score_of(before, quiet, PROPTER_DEVIATION_LEVEL, 1)), 0.5);
  for (size_t i = 0; i < DURING; i++) quiet[i] = 20; /* a fall is found when no direction is given */
  ck_assert_double_gt(score_of(before, quiet, PROPTER_DEVIATION_PEAK, 0), 15);
}
END_TEST

START_TEST(bad_columns_have_a_defined_result) {
  double before[BEFORE], during[DURING];
  PropterDeviation d;
  for (size_t i = 0; i < BEFORE; i++) before[i] = 7;
  for (size_t i = 0; i < DURING; i++) during[i] = 9;
  ck_assert_double_eq(score_of(before, during, PROPTER_DEVIATION_LEVEL, 0), 2); /* never moved: in its unit */
  during[0] = INFINITY, during[1] = NAN;
  ck_assert_double_eq(score_of(before, during, PROPTER_DEVIATION_PEAK, 0), 2);
  for (size_t i = 2; i < BEFORE; i++) before[i] = NAN;
  PropterDisturbance two = {before, BEFORE, during, DURING}, none = {before, BEFORE, during, 0};
  ck_ok(propter_deviation(&two, PROPTER_DEVIATION_LEVEL, 0, &d, err));
  ck_assert(!d.usable && d.score == 0);
  ck_ok(propter_deviation(&none, PROPTER_DEVIATION_TAIL, 1, &d, err));
  ck_assert(!d.usable && d.score == 0);
  ck_assert_int_eq(propter_deviation(&two, PROPTER_DEVIATION_LEVEL, 2, &d, NULL), PROPTER_INVALID);
}
END_TEST

START_TEST(several_own_metrics_outweigh_one) {
  const double score[] = {300, 2, 92, NAN, -40};
  const size_t owner[] = {0, 0, 1, 1, 2}, outside[] = {3};
  double evidence[3];
  size_t order[3];
  ck_ok(propter_evidence_by_owner(5, score, owner, 3, evidence, err));
  ck_assert_double_eq_tol(evidence[0], log(301) + log(3), 1e-12);
  ck_assert_double_eq(evidence[2], 0);
  ck_ok(propter_rank(3, evidence, order, err));
  ck_assert_uint_eq(order[0], 0);
  ck_assert_uint_eq(order[1], 1);
  ck_assert_int_eq(propter_evidence_by_owner(1, score, outside, 3, evidence, NULL), PROPTER_INVALID);
  const double ties[] = {NAN, 5, 5};
  ck_ok(propter_rank(3, ties, order, err));
  ck_assert(order[0] == 1 && order[1] == 2 && order[2] == 0);
}
END_TEST

/* site → shop → (gate, unobserved) → database; site → mail; the database depends back on the shop. */
enum { SITE, SHOP, GATE, DATABASE, MAIL, NODES };
static const PropterDependency edges[] = {{SITE, SHOP}, {SHOP, GATE}, {GATE, DATABASE}, {SITE, MAIL}, {DATABASE, SHOP}};

static size_t origins(const double *score, const double *excess, PropterOrigin *found) {
  size_t count;
  ck_ok(propter_origins(NODES, edges, 5, score, excess, 1, SITE, found, &count, err));
  return count;
}

START_TEST(the_origin_is_what_nothing_below_explains) {
  PropterOrigin found[NODES];
  const double all[] = {5, 6, NAN, 9, 0.2}, excess[] = {100, 100, 0, 90, 50};
  const double chain[] = {100, 101, 0, 140, 50}; /* seen through the gate */
  ck_assert_uint_eq(origins(all, chain, found), 3);
  ck_assert_uint_eq(found[0].node, DATABASE);
  const double small[] = {100, 101, 0, 3, 50};
  (void)origins(all, small, found);
  ck_assert_uint_eq(found[0].node, SHOP); /* what moved a little below does not explain it */
  ck_assert_double_eq(found[0].own, 98);
  const double quiet[] = {0.4, 0.5, NAN, 0.9, 0.2};
  ck_assert_uint_eq(origins(quiet, excess, found), 0);
  const double mail[] = {0.4, 0.5, NAN, 0.9, 4};
  ck_assert_uint_eq(origins(mail, excess, found), 1);
  ck_assert_uint_eq(found[0].node, MAIL);
}
END_TEST

START_TEST(bad_graphs_are_refused) {
  const double x[NODES] = {0};
  const PropterDependency outside[] = {{0, NODES}};
  PropterOrigin found[NODES];
  size_t count;
  PropterError err = {0};
  ck_assert_int_eq(propter_origins(NODES, outside, 1, x, x, 1, SITE, found, &count, &err), PROPTER_INVALID);
  ck_assert(strstr(err.message, "dependency 0"));
  ck_assert_int_eq(propter_origins(NODES, edges, 5, x, x, 1, NODES, found, &count, &err), PROPTER_INVALID);
}
END_TEST

static PropterStatus everything(void *payload, PropterError *err) {
  double before[4] = {1, 2, 3, 4}, during[2] = {9, 9};
  PropterDisturbance m = {before, 4, during, 2};
  PropterDeviation d;
  PropterOrigin found[NODES];
  const double score[NODES] = {2, 2, 2, 2, 2};
  size_t order[NODES], count;
  (void)payload;
  PROPTER_TRY(propter_deviation(&m, PROPTER_DEVIATION_LEVEL, 0, &d, err));
  PROPTER_TRY(propter_rank(NODES, score, order, err));
  return propter_origins(NODES, edges, 5, score, score, 1, SITE, found, &count, err);
}

START_TEST(failing_allocations) { ck_assert_uint_eq(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, everything, NULL, false), 3); }
END_TEST

Suite *suite_rootcause(void) {
  Suite *suite = suite_create("rootcause");
  TCase *tc = tcase_create("rootcause");
  tcase_add_test(tc, deviations_on_known_shifts);
  tcase_add_test(tc, bad_columns_have_a_defined_result);
  tcase_add_test(tc, several_own_metrics_outweigh_one);
  tcase_add_test(tc, the_origin_is_what_nothing_below_explains);
  tcase_add_test(tc, bad_graphs_are_refused);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

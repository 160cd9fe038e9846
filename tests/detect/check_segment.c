/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/detect.h"
#include "propter/rng.h"
#include "support.h"

enum { N = 60 };

/* Cost by definition, from scratch. */
static double slow_cost(const double *x, size_t from, size_t to, PropterSegmentCost cost) {
  double n = (double)(to - from), mx = 0, mt = 0, sxx = 0, stt = 0, stx = 0;
  for (size_t i = from; i < to; i++) mx += x[i] / n, mt += (double)i / n;
  for (size_t i = from; i < to; i++) {
    sxx += (x[i] - mx) * (x[i] - mx);
    stt += ((double)i - mt) * ((double)i - mt);
    stx += ((double)i - mt) * (x[i] - mx);
  }
  return cost == PROPTER_COST_LINE && stt > 0 ? sxx - stx * stx / stt : sxx;
}

/* Optimal partition by plain dynamic programming. */
static double exact(const double *x, size_t n, PropterSegmentCost cost, double penalty, size_t shortest, size_t *ends, size_t *count) {
  double best[N + 1];
  size_t last[N + 1] = {0};
  best[0] = -penalty;
  for (size_t t = 1; t <= n; t++) {
    best[t] = INFINITY;
    for (size_t s = 0; s + shortest <= t; s++) {
      double total = best[s] + slow_cost(x, s, t, cost) + penalty;
      if (total < best[t]) best[t] = total, last[t] = s;
    }
  }
  *count = 0;
  for (size_t t = n; t > 0; t = last[t]) (*count)++;
  size_t k = *count;
  for (size_t t = n; t > 0; t = last[t]) ends[--k] = t;
  return best[n];
}

static double total_cost(const double *x, const size_t *ends, size_t count, PropterSegmentCost cost, double penalty) {
  double sum = -penalty;
  for (size_t k = 0; k < count; k++) sum += slow_cost(x, k ? ends[k - 1] : 0, ends[k], cost) + penalty;
  return sum;
}

START_TEST(pelt_is_exact) {
  PropterRng rng;
  propter_rng_seed(&rng, 11);
  for (int round = 0; round < 60; round++) {
    double x[N], level = 1000, slope = 0;
    for (size_t i = 0; i < N; i++) {
      if (propter_rng_below(&rng, 12) == 0) level += 5 * propter_rng_normal(&rng);
      if (propter_rng_below(&rng, 20) == 0) slope = propter_rng_normal(&rng);
      level += slope;
      x[i] = level + propter_rng_normal(&rng);
    }
    for (int cost = 0; cost < 2; cost++)
      for (size_t shortest = 1; shortest <= 9; shortest += 4)
        for (double penalty = 1; penalty < 40; penalty *= 5) {
          size_t ends[N], want[N], count, wanted, greedy[N], greedies;
          double best = exact(x, N, (PropterSegmentCost)cost, penalty, shortest, want, &wanted);
          ck_ok(propter_segment_pelt(x, N, (PropterSegmentCost)cost, penalty, shortest, ends, &count, err));
          ck_assert_double_eq_tol(total_cost(x, ends, count, (PropterSegmentCost)cost, penalty), best, 1e-6);
          for (size_t k = 0; k < count; k++) ck_assert_uint_ge(ends[k] - (k ? ends[k - 1] : 0), shortest);
          ck_ok(propter_segment_binary(x, N, (PropterSegmentCost)cost, penalty, shortest, greedy, &greedies, err));
          ck_assert_double_ge(total_cost(x, greedy, greedies, (PropterSegmentCost)cost, penalty), best - 1e-6);
          ck_assert_uint_eq(greedy[greedies - 1], N);
        }
  }
}
END_TEST

START_TEST(both_find_planted_changes) {
  PropterRng rng;
  propter_rng_seed(&rng, 5);
  double x[N];
  for (size_t i = 0; i < N; i++) x[i] = (i < 20 ? 0 : i < 45 ? 6 : -3) + propter_rng_normal(&rng);
  size_t ends[N], count;
  ck_ok(propter_segment_pelt(x, N, PROPTER_COST_MEAN, 3 * log(N), 2, ends, &count, err));
  ck_assert_uint_eq(count, 3);
  ck_assert(ends[0] == 20 && ends[1] == 45 && ends[2] == N);
  ck_ok(propter_segment_binary(x, N, PROPTER_COST_MEAN, 3 * log(N), 2, ends, &count, err));
  ck_assert(count == 3 && ends[0] == 20 && ends[1] == 45);
}
END_TEST

START_TEST(nothing_and_too_little) {
  size_t ends[4], count = 9;
  double x[] = {1, 2, 3};
  ck_ok(propter_segment_pelt(x, 0, PROPTER_COST_MEAN, 1, 1, ends, &count, err));
  ck_assert_uint_eq(count, 0);
  ck_ok(propter_segment_pelt(x, 3, PROPTER_COST_MEAN, 100, 3, ends, &count, err));
  ck_assert(count == 1 && ends[0] == 3);
  double posterior[3];
  ck_assert_int_eq(propter_change_posterior(x, 2, posterior, NULL), PROPTER_INVALID);
}
END_TEST

START_TEST(the_posterior_of_a_change) {
  PropterRng rng;
  propter_rng_seed(&rng, 2);
  double x[40], posterior[40], sum = 0;
  for (size_t i = 0; i < 40; i++) x[i] = (i < 25 ? 0 : 4) + propter_rng_normal(&rng);
  ck_ok(propter_change_posterior(x, 40, posterior, err));
  for (size_t i = 0; i < 40; i++) sum += posterior[i];
  ck_assert_double_eq_tol(sum, 1, 1e-12);
  ck_assert_double_eq(posterior[0], 0);
  ck_assert_double_gt(posterior[25], 0.5);
}
END_TEST

static PropterStatus segment_once(void *payload, PropterError *err) {
  size_t ends[N], count;
  double posterior[N];
  PROPTER_TRY(propter_segment_pelt(payload, N, PROPTER_COST_LINE, 2, 2, ends, &count, err));
  PROPTER_TRY(propter_segment_binary(payload, N, PROPTER_COST_MEAN, 2, 2, ends, &count, err));
  return propter_change_posterior(payload, N, posterior, err);
}

START_TEST(failing_allocations) {
  double x[N];
  for (size_t i = 0; i < N; i++) x[i] = (double)(i % 7);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, segment_once, x, false), 4);
}
END_TEST

Suite *suite_segment(void) {
  Suite *suite = suite_create("segment");
  TCase *tc = tcase_create("segment");
  tcase_add_test(tc, pelt_is_exact);
  tcase_add_test(tc, both_find_planted_changes);
  tcase_add_test(tc, nothing_and_too_little);
  tcase_add_test(tc, the_posterior_of_a_change);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

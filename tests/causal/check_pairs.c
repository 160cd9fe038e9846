/* SPDX-License-Identifier: Apache-2.0 */
/* Lagged pairs from sums that are kept: after any additions and corrections they say what sums that are made anew say. */
#include <math.h>

#include "propter/pairs.h"
#include "propter/rng.h"
#include "support.h"

enum { P = 70, N = 400, LAGS = 4 };

static const PropterPairOptions four = {.lags = LAGS};
static double x[P * N];

/* Series 3 leads 5 by two steps and 64 by one, 64 leads 7 by four, against; 9 is constant, and 11 has gaps. */
static void setup(void) {
  PropterRng rng;
  propter_rng_seed(&rng, 17);
  for (size_t t = 0; t < N; t++)
    for (size_t i = 0; i < P; i++) x[i * N + t] = propter_rng_normal(&rng);
  for (size_t t = 0; t < N; t++) {
    if (t >= 2) x[5 * N + t] += .6 * x[3 * N + t - 2];
    if (t >= 1) x[64 * N + t] += .7 * x[3 * N + t - 1];
  }
  for (size_t t = 4; t < N; t++) x[7 * N + t] -= .8 * x[64 * N + t - 4];
  for (size_t t = 0; t < N; t++) x[9 * N + t] = 0;
  for (size_t t = 0; t < N; t += 5) x[11 * N + t] = NAN;
}

static PropterPairs *made(void) {
  PropterPairs *pairs;
  ck_ok(propter_pairs_new(P, &four, &pairs, err));
  return pairs;
}

/* Steps from … to of the values. */
static void add(PropterPairs *pairs, size_t from, size_t to) {
  double *some = propter_malloc(P * (to - from) * sizeof *some + 1);
  ck_assert_ptr_nonnull(some);
  for (size_t i = 0; i < P; i++)
    for (size_t t = from; t < to; t++) some[i * (to - from) + t - from] = x[i * N + t];
  ck_ok(propter_pairs_add(pairs, to - from, some, err));
  propter_free(some);
}

typedef struct {
  PropterPairLink *link;
  size_t count, tested;
} Links;

static Links links_of(PropterPairs *pairs) {
  Links l;
  ck_ok(propter_pairs_links(pairs, &l.link, &l.count, &l.tested, err));
  return l;
}

/* As a new object that is given everything at once says. */
static size_t as_anew(PropterPairs *pairs, size_t steps) {
  PropterPairs *anew = made();
  add(anew, 0, steps);
  Links a = links_of(pairs), b = links_of(anew);
  ck_assert_uint_eq(a.count, b.count);
  for (size_t k = 0; k < a.count; k++) {
    const PropterPairLink *p = &a.link[k], *q = &b.link[k];
    ck_assert(p->leader == q->leader && p->follower == q->follower && p->lag == q->lag && p->r == q->r);
  }
  size_t tested = a.tested;
  propter_free(a.link);
  propter_free(b.link);
  propter_pairs_free(anew);
  return tested;
}

static const PropterPairLink *between(const Links *l, size_t leader, size_t follower) {
  for (size_t k = 0; k < l->count; k++)
    if (l->link[k].leader == leader && l->link[k].follower == follower) return &l->link[k];
  return NULL;
}

START_TEST(planted_leaders_are_found_with_their_lags) {
  PropterPairs *pairs = made();
  add(pairs, 0, N);
  Links l = links_of(pairs);
  const PropterPairLink *a = between(&l, 3, 5), *b = between(&l, 3, 64), *c = between(&l, 64, 7);
  ck_assert(a && a->lag == 2 && a->r > .4 && propter_pairs_p(pairs, a) < 1e-6);
  ck_assert(b && b->lag == 1 && c && c->lag == 4 && c->r < -.4);
  ck_assert(!between(&l, 5, 3) && !between(&l, 9, 5) && !between(&l, 5, 9));
  ck_assert_uint_lt(l.count, 5 + 2 * P * P / 100); /* one in a hundred by chance */
  for (size_t k = 0; k < l.count; k++) ck_assert(l.link[k].leader != l.link[k].follower && propter_pairs_p(pairs, &l.link[k]) < .01);
  propter_free(l.link);
  propter_pairs_free(pairs);
}
END_TEST

/* The correlation and its test, from the definition. */
START_TEST(every_pair_is_decided_as_its_test_says) {
  PropterPairs *pairs = made();
  add(pairs, 0, 360);
  add(pairs, 360, 375);
  Links l = links_of(pairs);
  size_t at = 0;
  for (size_t i = 0; i < P; i++)
    for (size_t j = 0; j < P; j++) {
      double best = 0, least = 1;
      for (size_t lag = 1; lag <= LAGS && i != j; lag++) {
        double xy = 0, xx = 0, yy = 0;
        for (size_t t = 0; t < 375; t++) {
          double u = fmax(-3.5, fmin(3.5, isnan(x[i * N + t]) ? 0 : x[i * N + t])), v = fmax(-3.5, fmin(3.5, isnan(x[j * N + t]) ? 0 : x[j * N + t]));
          double w = t + lag < 375 ? fmax(-3.5, fmin(3.5, isnan(x[j * N + t + lag]) ? 0 : x[j * N + t + lag])) : 0;
          xy += u * w, xx += u * u, yy += v * v;
        }
        double r = xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
        if (fabs(r) > fabs(best)) best = r;
        double freedom = 375.0 - (double)lag - 2;
        least = fmin(least, LAGS * erfc(fabs(r) * sqrt(freedom / (1 - r * r)) / sqrt(2))); /* nearly */
      }
      bool link = at < l.count && l.link[at].leader == i && l.link[at].follower == j;
      if (link) ck_assert_double_eq_tol(l.link[at].r, best, 2e-3);
      if (link) at++;
      if (least < .008) ck_assert_msg(link, "%zu leads %zu", i, j);
      if (least > .012) ck_assert_msg(!link, "%zu does not lead %zu", i, j);
    }
  ck_assert_uint_eq(at, l.count);
  propter_free(l.link);
  propter_pairs_free(pairs);
}
END_TEST

START_TEST(what_is_updated_equals_what_is_made_anew) {
  PropterPairs *pairs = made();
  PropterRng rng;
  propter_rng_seed(&rng, 3);
  size_t steps = 300, fewest = SIZE_MAX;
  add(pairs, 0, steps);
  for (int round = 0; round < 25; round++) {
    size_t more = (size_t)propter_rng_below(&rng, 9);
    if (steps + more > N) break;
    add(pairs, steps, steps + more);
    steps += more;
    for (size_t k = propter_rng_below(&rng, 4); k > 0; k--) {
      size_t i = (size_t)propter_rng_below(&rng, P), t = (size_t)propter_rng_below(&rng, steps);
      x[i * N + t] = propter_rng_unit(&rng) < .2 ? NAN : 3 * propter_rng_normal(&rng);
      ck_ok(propter_pairs_correct(pairs, i, t, x[i * N + t], err));
    }
    size_t tested = as_anew(pairs, steps);
    if (tested < fewest) fewest = tested;
  }
  ck_assert_uint_lt(fewest, LAGS * P * P / 4);
  propter_pairs_free(pairs);
}
END_TEST

START_TEST(a_few_new_steps_test_few_pairs) {
  PropterPairs *pairs = made();
  add(pairs, 0, 380);
  add(pairs, 380, 382);
  size_t tested = as_anew(pairs, 382);
  ck_assert(tested > 0 && tested < LAGS * P * P / 4);
  propter_pairs_free(pairs);
}
END_TEST

START_TEST(bad_input_is_named_and_short_input_has_no_links) {
  PropterPairs *pairs;
  PropterError named = {0};
  double bad[P] = {0};
  ck_assert_int_eq(propter_pairs_new(P, &(PropterPairOptions){.lags = 61}, &pairs, NULL), PROPTER_LIMIT);
  ck_assert_int_eq(propter_pairs_new(P, &(PropterPairOptions){.limit = 31}, &pairs, NULL), PROPTER_INVALID);
  ck_assert_int_eq(propter_pairs_new(P, &(PropterPairOptions){.level = 1}, &pairs, NULL), PROPTER_INVALID);
  pairs = made();
  add(pairs, 0, 20);
  Links l = links_of(pairs);
  ck_assert_uint_eq(l.count, 0);
  bad[4] = INFINITY;
  ck_assert_int_eq(propter_pairs_add(pairs, 1, bad, &named), PROPTER_INVALID);
  ck_assert_str_eq(named.message, "step 20 of series 4 is infinite");
  ck_assert_int_eq(propter_pairs_correct(pairs, P, 0, 1, NULL), PROPTER_INVALID);
  ck_assert_int_eq(propter_pairs_correct(pairs, 0, 20, 1, NULL), PROPTER_INVALID);
  ck_assert_int_eq(propter_pairs_correct(pairs, 0, 0, -INFINITY, NULL), PROPTER_INVALID);
  propter_pairs_free(pairs);
  propter_pairs_free(NULL);
  ck_ok(propter_pairs_new(0, NULL, &pairs, err)); /* no series at all */
  ck_ok(propter_pairs_add(pairs, 50, x, err));
  l = links_of(pairs);
  ck_assert_uint_eq(l.count, 0);
  propter_pairs_free(pairs);
}
END_TEST

static PropterStatus whole_course(void *payload, PropterError *err) {
  (void)payload;
  PropterPairs *pairs;
  PropterPairLink *link = NULL;
  size_t count;
  PROPTER_TRY(propter_pairs_new(3, &four, &pairs, err));
  PropterStatus status = propter_pairs_add(pairs, 100, x, err);
  if (!status) status = propter_pairs_add(pairs, 5, x, err);
  if (!status) status = propter_pairs_correct(pairs, 1, 50, 3, err);
  if (!status) status = propter_pairs_links(pairs, &link, &count, NULL, err);
  if (!status) ck_assert_uint_gt(count, 0);
  propter_free(link);
  propter_pairs_free(pairs);
  return status;
}

START_TEST(failing_memory_is_reported) {
  for (size_t t = 2; t < 100; t++) x[100 + t] = x[t - 2];
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, whole_course, NULL, false), 8);
}
END_TEST

Suite *suite_pairs(void) {
  Suite *s = suite_create("pairs");
  TCase *t = tcase_create("pairs");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, planted_leaders_are_found_with_their_lags);
  tcase_add_test(t, every_pair_is_decided_as_its_test_says);
  tcase_add_test(t, what_is_updated_equals_what_is_made_anew);
  tcase_add_test(t, a_few_new_steps_test_few_pairs);
  tcase_add_test(t, bad_input_is_named_and_short_input_has_no_links);
  tcase_add_test(t, failing_memory_is_reported);
  suite_add_tcase(s, t);
  return s;
}

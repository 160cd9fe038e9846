/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/effects.h"
#include "propter/rng.h"
#include "support.h"

enum { N = 3000 };

static double t[N], y[N], x[2 * N], z[N];

/* y = 2·t + 3·x0 + noise; t is 0 or 1, likelier where x0 is high; x1 is a copy of x0. */
static void setup(void) {
  PropterRng rng;
  propter_rng_seed(&rng, 21);
  for (size_t i = 0; i < N; i++) {
    x[i] = propter_rng_normal(&rng), x[N + i] = x[i];
    t[i] = propter_rng_unit(&rng) < 1 / (1 + exp(-x[i]));
    y[i] = 2 * t[i] + 3 * x[i] + propter_rng_normal(&rng);
  }
}

START_TEST(estimators_find_the_effect_beside_a_confounder) {
  static const char *const names[] = {"regression", "aipw", "aipw_treated"};
  PropterEffectData d = {.n = N, .p = 2, .t = t, .y = y, .x = x}, bare = {.n = N, .t = t, .y = y};
  PropterEffectEstimate e;
  for (size_t i = 0; i < 3; i++) {
    ck_ok(propter_effect(&d, names[i], 0, &e, err));
    ck_assert_msg(e.low < 2 && e.high > 2 && e.error < .1, "%s: %g [%g, %g]", names[i], e.value, e.low, e.high);
    ck_assert(isnan(e.first_stage));
  }
  ck_ok(propter_effect(&bare, "regression", 0, &e, err));
  ck_assert_double_gt(e.value, 3); /* confounded */
}
END_TEST

/* The intervals hold what they promise: about 95 of 100 small samples cover. */
START_TEST(intervals_cover) {
  PropterRng rng;
  propter_rng_seed(&rng, 5);
  size_t covered = 0;
  for (size_t round = 0; round < 200; round++) {
    double a[60], b[60], c[60];
    for (size_t i = 0; i < 60; i++)
      c[i] = propter_rng_normal(&rng), a[i] = c[i] + propter_rng_normal(&rng), b[i] = a[i] - c[i] + (1 + fabs(a[i])) * propter_rng_normal(&rng);
    PropterEffectData d = {.n = 60, .p = 1, .t = a, .y = b, .x = c};
    PropterEffectEstimate e;
    ck_ok(propter_effect(&d, "regression", 0, &e, err));
    covered += e.low <= 1 && e.high >= 1;
  }
  ck_assert_msg(covered >= 180 && covered <= 199, "%zu of 200", covered);
}
END_TEST

START_TEST(an_instrument_sees_past_what_is_hidden) {
  PropterRng rng;
  propter_rng_seed(&rng, 9);
  for (size_t i = 0; i < N; i++) {
    double hidden = propter_rng_normal(&rng);
    z[i] = propter_rng_normal(&rng), t[i] = z[i] + hidden + propter_rng_normal(&rng), y[i] = 2 * t[i] + 4 * hidden + propter_rng_normal(&rng);
  }
  PropterEffectData d = {.n = N, .m = 1, .t = t, .y = y, .z = z};
  PropterEffectEstimate e;
  ck_ok(propter_effect(&d, "instrument", 0, &e, err));
  ck_assert(e.low < 2 && e.high > 2 && !e.weak && e.first_stage > 100);
  ck_ok(propter_effect(&d, "regression", 0, &e, err));
  ck_assert_double_gt(e.low, 2.5);
  for (size_t i = 0; i < N; i++) z[i] = propter_rng_normal(&rng);
  ck_ok(propter_effect(&d, "instrument", 0, &e, err));
  ck_assert(e.weak);
}
END_TEST

START_TEST(refutations_tell_a_true_effect_from_none) {
  PropterEffectData d = {.n = N, .p = 2, .t = t, .y = y, .x = x};
  PropterRefutation r[PROPTER_REFUTATIONS], again[PROPTER_REFUTATIONS];
  ck_ok(propter_refute(&d, 100, 3, r, err));
  for (size_t i = 0; i < PROPTER_REFUTATIONS; i++) ck_assert_msg(r[i].passed && r[i].text[0], "%s: %s", r[i].name, r[i].text);
  ck_ok(propter_refute(&d, 100, 3, again, err));
  for (size_t i = 0; i < PROPTER_REFUTATIONS; i++) ck_assert_str_eq(r[i].text, again[i].text);
  for (size_t i = 0; i < N; i++) y[i] -= 2 * t[i];
  ck_ok(propter_refute(&d, 100, 3, r, err));
  ck_assert(!r[0].passed && !r[4].passed);
  ck_assert_double_eq_tol(r[0].value, 0, .05);
}
END_TEST

static void arrow(uint8_t *m, size_t p, size_t i, size_t j) { m[i * p + j] = PROPTER_ARROW, m[j * p + i] = PROPTER_TAIL; }

START_TEST(adjustments_are_found_and_named) {
  enum { T, Y, C, M, Z, H, P };
  uint8_t g[P * P] = {0};
  PropterAdjustment a;
  bool seen[P] = {true, true, true, true, true, false}, sep;
  arrow(g, P, C, T), arrow(g, P, C, Y), arrow(g, P, T, M), arrow(g, P, M, Y), arrow(g, P, Z, T);
  ck_ok(propter_identify(P, g, T, Y, seen, &a, err));
  ck_assert(a.by == PROPTER_BACK_DOOR && a.count == 1 && a.set[0] == C);
  ck_assert_str_eq(a.text, "the effect of 0 on 1 is seen after adjusting for 2");
  arrow(g, P, H, T), arrow(g, P, H, Y); /* hidden confounder: the mediator is left */
  ck_ok(propter_identify(P, g, T, Y, seen, &a, err));
  ck_assert_int_ne(a.by, PROPTER_BACK_DOOR);
  g[C * P + T] = g[T * P + C] = g[C * P + Y] = g[Y * P + C] = 0;
  ck_ok(propter_identify(P, g, T, Y, seen, &a, err));
  ck_assert(a.by == PROPTER_FRONT_DOOR && a.count == 1 && a.set[0] == M);
  arrow(g, P, H, M); /* the mediator is confounded too: the instrument is left */
  ck_ok(propter_identify(P, g, T, Y, seen, &a, err));
  ck_assert(a.by == PROPTER_INSTRUMENT && a.count == 1 && a.set[0] == Z);
  seen[Z] = false;
  ck_ok(propter_identify(P, g, T, Y, seen, &a, err));
  ck_assert_int_eq(a.by, PROPTER_NOT_IDENTIFIED);
  ck_ok(propter_identify(P, g, Y, T, NULL, &a, err));
  ck_assert_int_eq(a.by, PROPTER_NO_EFFECT);
  ck_ok(propter_separates(P, g, Z, H, NULL, 0, &sep, err));
  ck_assert(sep);
  ck_ok(propter_separates(P, g, Z, H, (size_t[]){M}, 1, &sep, err)); /* below a collider */
  ck_assert(!sep);
  arrow(g, P, Y, T);
  ck_assert_int_eq(propter_identify(P, g, T, Y, NULL, &a, NULL), PROPTER_INVALID);
}
END_TEST

START_TEST(bad_input_is_named) {
  PropterEffectData d = {.n = N, .p = 2, .t = t, .y = y, .x = x}, few = {.n = 5, .t = t, .y = y};
  PropterEffectEstimate e;
  PropterRefutation r[PROPTER_REFUTATIONS];
  PropterError named = {0};
  ck_assert_int_eq(propter_effect(&few, "regression", 0, &e, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "5 whole rows"));
  ck_assert_int_eq(propter_effect(&d, "instrument", 0, &e, NULL), PROPTER_INVALID);
  ck_assert_int_eq(propter_effect(&d, "magic", 0, &e, NULL), PROPTER_NOT_FOUND);
  memcpy(x, t, sizeof t);
  ck_assert_int_eq(propter_effect(&d, "regression", 0, &e, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "determine the cause"));
  ck_assert_int_eq(propter_refute(&d, 10, 1, r, NULL), PROPTER_INVALID);
  ck_assert_int_eq(propter_effect(&d, "aipw", 0, &e, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "overlap"));
  t[7] = .5;
  ck_assert_int_eq(propter_effect(&d, "aipw", 0, &e, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "row 7"));
  y[3] = INFINITY;
  ck_assert_int_eq(propter_effect(&d, "regression", 0, &e, &named), PROPTER_INVALID);
  for (size_t i = 0; i < N; i++) y[i] = NAN;
  ck_assert_int_eq(propter_effect(&d, "regression", 0, &e, NULL), PROPTER_INVALID);
}
END_TEST

static PropterStatus once(void *payload, PropterError *err) {
  (void)payload;
  static const char *const names[] = {"regression", "aipw", "instrument"};
  PropterEffectData d = {.n = 200, .p = 1, .m = 1, .t = t, .y = y, .x = x, .z = z};
  PropterEffectEstimate e;
  PropterAdjustment a;
  PropterRefutation r[PROPTER_REFUTATIONS];
  uint8_t g[4] = {0, PROPTER_ARROW, PROPTER_TAIL, 0};
  for (size_t i = 0; i < 3; i++) PROPTER_TRY(propter_effect(&d, names[i], 0, &e, err));
  PROPTER_TRY(propter_refute(&d, 3, 1, r, err));
  return propter_identify(2, g, 0, 1, NULL, &a, err);
}

START_TEST(failing_allocations) {
  for (size_t i = 0; i < N; i++) z[i] = t[i] + x[i];
  for (size_t i = 0; i < N; i += 3) z[i] += 1;
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, once, NULL, false), 20);
}
END_TEST

Suite *suite_effects(void) {
  Suite *suite = suite_create("effects");
  TCase *tc = tcase_create("effects");
  tcase_add_checked_fixture(tc, setup, NULL);
  tcase_add_test(tc, estimators_find_the_effect_beside_a_confounder);
  tcase_add_test(tc, intervals_cover);
  tcase_add_test(tc, an_instrument_sees_past_what_is_hidden);
  tcase_add_test(tc, refutations_tell_a_true_effect_from_none);
  tcase_add_test(tc, adjustments_are_found_and_named);
  tcase_add_test(tc, bad_input_is_named);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

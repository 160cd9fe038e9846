/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/event.h"
#include "propter/rng.h"
#include "support.h"

enum { CONTROLS = 12, BEFORE = 40, AFTER = 10, T = BEFORE + AFTER };

static double treated[T], control[CONTROLS * T];

/* A common wave that slices follow more or less; the treated is like the mean of the first three, and moves by `effect` at the event, after a drift. */
static void fill(double effect, double drift, uint64_t seed) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  double common = 0;
  for (size_t t = 0; t < T; t++) {
    common += propter_rng_normal(&rng);
    for (size_t i = 0; i < CONTROLS; i++) control[i * T + t] = 50 + (double)i + (.5 + (double)i / CONTROLS) * common + .5 * propter_rng_normal(&rng);
    treated[t] = 80 + .6 * common + .5 * propter_rng_normal(&rng) + (t >= BEFORE ? effect : 0) + drift * (double)t;
  }
}

static const PropterEventPanel panel = {CONTROLS, BEFORE, AFTER, treated, control, false}, alone = {0, BEFORE, AFTER, treated, NULL, false};

START_TEST(the_effect_is_found_among_slices) {
  PropterEventEffect e;
  double w[CONTROLS], sum = 0;
  fill(-8, 0, 1);
  ck_ok(propter_event_effect(&panel, w, &e, err));
  ck_assert(e.synthetic);
  ck_assert_double_eq_tol(e.effect, -8, 1.5);
  ck_assert(e.low < -8 && e.high > -8 && e.high < 0);
  ck_assert_double_eq_tol(e.p_space, 1.0 / (CONTROLS + 1), 1e-12);
  ck_assert_double_lt(e.p_time, .5);
  ck_assert_double_gt(e.trend_p, .01);
  for (size_t i = 0; i < CONTROLS; i++) {
    sum += w[i];
    ck_assert_double_ge(w[i], 0);
  }
  ck_assert_double_eq_tol(sum, 1, 1e-9);
  ck_assert_ptr_nonnull(strstr(e.text, "untouched"));
}
END_TEST

START_TEST(no_effect_is_not_found) {
  size_t found = 0;
  for (uint64_t s = 0; s < 40; s++) {
    PropterEventEffect e;
    fill(0, 0, 100 + s);
    ck_ok(propter_event_effect(&panel, NULL, &e, err));
    found += e.low > 0 || e.high < 0;
  }
  ck_assert_msg(found <= 6, "%zu of 40", found);
}
END_TEST

START_TEST(a_trend_before_is_told) {
  PropterEventEffect e;
  fill(0, .5, 3);
  ck_ok(propter_event_effect(&panel, NULL, &e, err));
  ck_assert_double_lt(e.trend_p, .01);
  ck_assert_ptr_nonnull(strstr(e.text, "with care"));
}
END_TEST

START_TEST(without_controls_the_own_trend_serves) {
  PropterRng rng;
  PropterEventEffect e;
  propter_rng_seed(&rng, 6);
  for (size_t t = 0; t < T; t++) treated[t] = 10 + .2 * (double)t + propter_rng_normal(&rng) + (t >= BEFORE ? 6 : 0);
  ck_ok(propter_event_effect(&alone, NULL, &e, err));
  ck_assert(!e.synthetic && isnan(e.p_space) && e.low < 6 && e.high > 6 && e.low > 0);
}
END_TEST

START_TEST(bad_input_is_named_or_defined) {
  PropterEventEffect e;
  PropterError named = {0};
  PropterEventPanel few = panel;
  few.before = 2;
  ck_assert_int_eq(propter_event_effect(&few, NULL, &e, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "2 steps before"));
  for (size_t t = 0; t < T; t++) treated[t] = 1;
  for (size_t i = 0; i < CONTROLS * T; i++) control[i] = 2;
  ck_ok(propter_event_effect(&panel, NULL, &e, err));
  ck_assert(fabs(e.effect) < 1e-9 && fabs(e.low) < 1e-9 && isfinite(e.trend_p) && isfinite(e.p_space));
  ck_ok(propter_event_effect(&alone, NULL, &e, err));
  ck_assert_double_eq_tol(e.effect, 0, 1e-9);
  control[3] = NAN;
  ck_assert_int_eq(propter_event_effect(&panel, NULL, &e, &named), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(named.message, "step 3 of a control"));
}
END_TEST

static PropterStatus once(void *payload, PropterError *err) {
  (void)payload;
  PropterEventEffect e;
  return propter_event_effect(&panel, NULL, &e, err);
}

START_TEST(failing_allocations) {
  fill(1, 0, 1);
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, once, NULL, false), 2);
}
END_TEST

Suite *suite_event(void) {
  Suite *suite = suite_create("event");
  TCase *tc = tcase_create("event");
  tcase_add_test(tc, the_effect_is_found_among_slices);
  tcase_add_test(tc, no_effect_is_not_found);
  tcase_add_test(tc, a_trend_before_is_told);
  tcase_add_test(tc, without_controls_the_own_trend_serves);
  tcase_add_test(tc, bad_input_is_named_or_defined);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

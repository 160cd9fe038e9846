/* SPDX-License-Identifier: Apache-2.0 */
/* Series whose spread grows with their level: which scale is taken, and whether intervals, alarms and power hold on it and off it. Everything is drawn from a
 * generator whose truth is known. */
#include <math.h>

#include "../../engine/detect/scale.h"
#include "propter/detect.h"
#include "propter/rng.h"
#include "propter/score.h"
#include "support.h"

enum { DAYS = 1000 };

/* Sales a day: a level that triples, a week, a slow swing, noise with some memory; as parts of a whole, as a sum, or as a count. */
static void draw(double *y, PropterScale kind, uint64_t seed) {
  static const double week[7] = {0, .05, .1, .1, .3, .45, -.4};
  PropterRng rng;
  double memory = 0;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < DAYS; i++) {
    const double growth = 1.1 * (double)i / DAYS + .25 * sin(6.2831853 * (double)i / 365.25);
    memory = .3 * memory + .0954 * propter_rng_normal(&rng);
    switch (kind) {
      case PROPTER_SCALE_LOG: y[i] = 200 * exp(growth + week[i % 7] + memory); break;
      case PROPTER_SCALE_ROOT: y[i] = fmax(0, round(20 * exp(growth + week[i % 7]) + sqrt(20 * exp(growth + week[i % 7])) * 10 * memory)); break;
      case PROPTER_SCALE_LEVEL: y[i] = 400 + 200 * growth + 200 * week[i % 7] + 200 * memory; break;
    }
  }
}

static PropterSeries daily(const double *y) { return (PropterSeries){.grain = PROPTER_GRAIN_DAY, .first = propter_day(2024, 1, 1), .count = DAYS, .value = y}; }

START_TEST(the_scale_is_that_on_which_the_spread_is_even) {
  size_t right[3] = {0};
  for (int kind = 0; kind < 3; kind++)
    for (uint64_t seed = 1; seed <= 40; seed++) {
      double y[DAYS];
      PropterScale scale;
      draw(y, (PropterScale)kind, seed);
      PropterSeries s = daily(y);
      ck_ok(scale_choose(&s, &scale, err));
      right[kind] += scale == (PropterScale)kind;
    }
  ck_assert_msg(right[PROPTER_SCALE_LEVEL] >= 39 && right[PROPTER_SCALE_ROOT] >= 34 && right[PROPTER_SCALE_LOG] >= 36, "right: %zu %zu %zu of 40",
                right[0], right[1], right[2]);
}
END_TEST

/* Walks, flat noise, volatile stretches and moves leave a sum a sum. */
START_TEST(what_is_no_spread_by_level_is_left_alone) {
  size_t other = 0;
  for (uint64_t seed = 1; seed <= 60; seed++) {
    double y[DAYS], level = 1000;
    PropterRng rng;
    PropterScale scale;
    propter_rng_seed(&rng, seed);
    for (size_t i = 0; i < DAYS; i++) {
      double noise = propter_rng_normal(&rng);
      if (seed % 4 == 0) level += 5 * noise;
      if (seed % 4 == 1) level = 1000;
      if (seed % 4 == 2 && i == 500) level += 300;
      if (seed % 4 == 3 && i % 90 == 0) level += 100 * noise;
      y[i] = level + (seed % 4 ? (seed % 4 == 3 && i / 100 % 3 == 0 ? 30 : 10) * propter_rng_normal(&rng) : 0) + (i % 61 == 17 ? 120 : 0);
    }
    PropterSeries s = daily(y);
    ck_ok(scale_choose(&s, &scale, err));
    other += scale != PROPTER_SCALE_LEVEL;
  }
  ck_assert_msg(other <= 2, "%zu of 100", other);
}
END_TEST

START_TEST(what_cannot_be_judged_is_a_sum) {
  double y[DAYS];
  PropterScale scale;
  PropterSeries s = daily(y);
  draw(y, PROPTER_SCALE_LOG, 1);
  s.count = 40;
  ck_ok(scale_choose(&s, &scale, err));
  ck_assert_int_eq(scale, PROPTER_SCALE_LEVEL);
  s.count = DAYS;
  ck_ok(scale_choose(&s, &scale, err));
  ck_assert_int_eq(scale, PROPTER_SCALE_LOG);
  y[700] = 0;
  ck_ok(scale_choose(&s, &scale, err));
  ck_assert_int_eq(scale, PROPTER_SCALE_ROOT);
  y[700] = -1;
  ck_ok(scale_choose(&s, &scale, err));
  ck_assert_int_eq(scale, PROPTER_SCALE_LEVEL);
  for (size_t i = 0; i < DAYS; i++) y[i] = 7;
  ck_ok(scale_choose(&s, &scale, err));
  ck_assert_int_eq(scale, PROPTER_SCALE_LEVEL);
  for (size_t i = 0; i < DAYS; i++) y[i] = NAN;
  ck_ok(scale_choose(&s, &scale, err));
  ck_assert_int_eq(scale, PROPTER_SCALE_LEVEL);
}
END_TEST

START_TEST(a_scale_goes_there_and_back) {
  for (int scale = 0; scale < 3; scale++)
    for (double v = .5; v < 1e6; v *= 7) {
      PropterScale s = (PropterScale)scale;
      ck_assert_double_eq_tol(scale_back(s, scale_to(s, v)), v, 1e-9 * v);
      ck_assert_double_eq_tol(scale_slope(s, v), 2e-6 * v / (scale_to(s, v * (1 + 1e-6)) - scale_to(s, v * (1 - 1e-6))), 1e-4 * scale_slope(s, v));
      ck_assert_double_eq_tol(scale_mean(s, scale_to(s, v), 0), v, 1e-9 * v);
      ck_assert_double_eq_tol(scale_shift(s, v, 0, 1), v, 1e-9 * v);
    }
  ck_assert_double_eq(scale_back(PROPTER_SCALE_ROOT, -3), 0);
}
END_TEST

typedef struct {
  size_t inside, alarms, found, windows;
} Held;

static bool moved(PropterScoreModel *model, size_t from, size_t length, PropterAnswer *a) {
  ck_ok(propter_score_window(model, from, from + length - 1, NULL, 0, a, err));
  return a->outcome != PROPTER_OUTCOME_DID_NOT_MOVE;
}

/* Windows in the first (low) or the last (high) third; then with a move of `size` planted as a part of the level. */
static Held look(const double *y, bool high, size_t length, double size) {
  Held held = {0};
  double planted[DAYS];
  const PropterSeries still = daily(y), s = daily(planted);
  PropterScoreModel *model, *other;
  PropterAnswer a;
  ck_ok(propter_score_model_new(&still, NULL, 0, NULL, NULL, &model, err));
  for (size_t from = high ? 690 : 60; from < (high ? 960u : 330u); from += 23) {
    held.alarms += moved(model, from, length, &a);
    held.inside += a.observed >= a.expected_low && a.observed <= a.expected_high;
    held.windows++;
    propter_answer_clear(&a);
    if (size == 0) continue;
    memcpy(planted, y, sizeof planted);
    for (size_t i = from; i < from + length; i++) planted[i] *= 1 + size;
    ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &other, err));
    held.found += moved(other, from, length, &a) && a.deviation * size > 0;
    propter_answer_clear(&a);
    propter_score_model_free(other);
  }
  propter_score_model_free(model);
  return held;
}

static Held over(PropterScale kind, bool high, size_t length, double size) {
  Held all = {0};
  for (uint64_t seed = 1; seed <= 6; seed++) {
    double y[DAYS];
    draw(y, kind, seed);
    Held one = look(y, high, length, size);
    all.inside += one.inside, all.alarms += one.alarms, all.found += one.found, all.windows += one.windows;
  }
  return all;
}

START_TEST(intervals_alarms_and_power_are_the_same_at_every_level) {
  static const size_t lengths[] = {1, 7};
  for (int kind = 0; kind < 3; kind++)
    for (int high = 0; high < 2; high++)
      for (size_t l = 0; l < 2; l++) {
        Held h = over((PropterScale)kind, high, lengths[l], kind == PROPTER_SCALE_LOG ? .4 : 0);
        double n = (double)h.windows, inside = (double)h.inside / n, alarms = (double)h.alarms / n;
        ck_assert_msg(inside > .78 && inside < .99 && alarms < .08, "scale %d, %s, %zu days: covered %.3f, alarms %.3f of %.0f", kind, high ? "high" : "low",
                      lengths[l], inside, alarms, n);
        if (kind == PROPTER_SCALE_LOG) ck_assert_double_gt((double)h.found / n, l ? .9 : .6);
      }
}
END_TEST

/* A thousand days of products have no spike for being high, and one that is planted has its size in the figures. */
START_TEST(spikes_are_found_at_every_level) {
  size_t high = 0, found = 0;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    double y[DAYS];
    draw(y, PROPTER_SCALE_LOG, seed);
    const double was = y[101];
    y[101] *= 4;
    PropterSeries s = daily(y);
    PropterDetections all = {0};
    ck_ok(propter_detect_series(&s, NULL, &all, err));
    for (size_t i = 0; i < all.count; i++) {
      const PropterDetection *d = &all.items[i];
      high += d->kind == PROPTER_PATTERN_SPIKE && d->from > 600 && d->p < .01;
      if (d->kind != PROPTER_PATTERN_SPIKE || d->from != 101 || d->p >= .05) continue;
      ck_assert_double_eq_tol(d->size, y[101] - was, .5 * was);
      found++;
    }
    propter_vec_clear(&all);
  }
  ck_assert_msg(high <= 1 && found >= 14, "%zu high, %zu found", high, found);
}
END_TEST

Suite *suite_scale(void) {
  Suite *suite = suite_create("scale");
  TCase *tc = tcase_create("scale");
  tcase_add_test(tc, the_scale_is_that_on_which_the_spread_is_even);
  tcase_add_test(tc, what_is_no_spread_by_level_is_left_alone);
  tcase_add_test(tc, what_cannot_be_judged_is_a_sum);
  tcase_add_test(tc, a_scale_goes_there_and_back);
  tcase_add_test(tc, intervals_alarms_and_power_are_the_same_at_every_level);
  tcase_add_test(tc, spikes_are_found_at_every_level);
  tcase_set_timeout(tc, 120);
  suite_add_tcase(suite, tc);
  return suite;
}

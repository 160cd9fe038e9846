/* SPDX-License-Identifier: Apache-2.0 */
/* Outages and surges that are over: they and what follows are judged by the level from before them. Shifts that stay are moves when they begin and levels afterwards.
 * Made series of days with a week, noise of 5 % with some memory, at a level and with a growing one. */
#include <math.h>

#include "propter/rng.h"
#include "propter/score.h"
#include "support.h"

enum { DAYS = 500, AT = 350, SEEDS = 20, AFTER = 6 };

static const size_t lengths[] = {1, 2, 3, 5, 10};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

/* Days [AT, AT + length) are off by the part `by`. */
static void draw(double *y, size_t length, double by, bool growing, uint64_t seed) {
  static const double week[7] = {0, 0, 0, .02, .05, .2, .15};
  PropterRng rng;
  double memory = 0;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < DAYS; i++) {
    memory = .3 * memory + .05 * propter_rng_normal(&rng);
    y[i] = 1000 * (1 + week[i % 7] + memory) * (growing ? exp((double)i / DAYS) : 1) * (i >= AT && i < AT + length ? 1 + by : 1);
  }
}

static PropterSeries daily(const double *y) { return (PropterSeries){.grain = PROPTER_GRAIN_DAY, .first = propter_day(2024, 1, 1), .count = DAYS, .value = y}; }

/* -1, 0, 1: which way the window moved. */
static int moved(const PropterScoreModel *m, size_t from, size_t to) {
  PropterScoreFrame *frame;
  PropterAnswer a;
  ck_ok(propter_score_open(m, from, to, &frame, err));
  ck_ok(propter_score_move(frame, &a, err));
  const int way = a.outcome == PROPTER_OUTCOME_DID_NOT_MOVE ? 0 : a.deviation > 0 ? 1 : -1;
  propter_answer_clear(&a);
  propter_score_free(frame);
  return way;
}

static PropterScoreModel *model_of(const double *y) {
  PropterScoreModel *m;
  const PropterSeries s = daily(y);
  ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
  return m;
}

START_TEST(the_way_back_is_no_move) {
  for (size_t l = 0; l < LENGTHS; l++)
    for (int kind = 0; kind < 4; kind++) {
      const double by = kind & 1 ? .5 : -.5;
      size_t found = 0, days = 0, alarms = 0;
      for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        double y[DAYS];
        draw(y, lengths[l], by, kind & 2, seed);
        PropterScoreModel *m = model_of(y);
        found += moved(m, AT, AT + lengths[l] - 1) == (by > 0 ? 1 : -1);
        for (size_t k = 0; k < lengths[l]; k++) days += moved(m, AT + k, AT + k) == (by > 0 ? 1 : -1);
        for (size_t k = 0; k < AFTER; k++) alarms += moved(m, AT + lengths[l] + k, AT + lengths[l] + k) != 0;
        alarms += moved(m, AT + lengths[l], AT + lengths[l] + AFTER) != 0;
        propter_score_model_free(m);
      }
      ck_assert_msg(found == SEEDS && days >= SEEDS * lengths[l] * 9 / 10 && alarms <= SEEDS * (AFTER + 1) / 10,
                    "%zu days by %+.1f: %zu of %d found, %zu days of them, %zu alarms after it", lengths[l], by, found, SEEDS, days, alarms);
    }
}
END_TEST

/* A shift is a move from its first day on until its level is lived on, and no day of the new level is one for the old level's sake. */
START_TEST(a_shift_stays_a_shift) {
  for (int kind = 0; kind < 4; kind++) {
    const double by = kind & 1 ? .3 : -.3;
    size_t found = 0, alarms = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      double y[DAYS];
      draw(y, DAYS, by, kind & 2, seed);
      PropterScoreModel *m = model_of(y);
      found += moved(m, AT, AT) == (by > 0 ? 1 : -1);
      found += moved(m, AT, AT + 20) == (by > 0 ? 1 : -1);
      for (size_t k = 20; k < 60; k++) alarms += moved(m, AT + k, AT + k) != 0;
      propter_score_model_free(m);
    }
    ck_assert_msg(found == 2 * SEEDS && alarms <= SEEDS * 40 / 10, "%+.1f: %zu of %d found, %zu alarms on the new level", by, found, 2 * SEEDS, alarms);
  }
}
END_TEST

/* A series that ends on the first day back is judged by the level before as well. */
START_TEST(the_first_day_back_suffices) {
  double y[DAYS];
  draw(y, 3, -.5, false, 1);
  PropterSeries s = daily(y);
  PropterScoreModel *m;
  s.count = AT + 4;
  ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
  ck_assert_int_eq(moved(m, AT + 3, AT + 3), 0);
  propter_score_model_free(m);
}
END_TEST

static PropterStatus make_model(void *payload, PropterError *err) {
  PropterScoreModel *m;
  const PropterSeries s = daily(payload);
  PROPTER_TRY(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
  propter_score_model_free(m);
  return PROPTER_OK;
}

START_TEST(failing_allocations) {
  double y[DAYS];
  draw(y, 3, -.5, false, 1);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, make_model, y, false), 5);
}
END_TEST

Suite *suite_returns(void);
Suite *suite_returns(void) {
  Suite *suite = suite_create("returns");
  TCase *tc = tcase_create("returns");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, the_way_back_is_no_move);
  tcase_add_test(tc, a_shift_stays_a_shift);
  tcase_add_test(tc, the_first_day_back_suffices);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

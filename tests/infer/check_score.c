/* SPDX-License-Identifier: Apache-2.0 */
/* Made series where the truth is known: ten years of months, changes with unit noise; six controls of the same kind. */
#include <math.h>
#include <unistd.h>

#include "../../engine/infer/kept.h"
#include "propter/math.h"
#include "propter/pool.h"
#include "propter/rng.h"
#include "propter/score.h"
#include "support.h"

enum { N = 120, CONTROLS = 6, FIRST = 312 /* January 1996 */ };

typedef struct {
  double y[N], control[CONTROLS][N];
  PropterSeries series, control_series[CONTROLS];
} World;

static PropterSeries monthly(const double *y) {
  return (PropterSeries){.grain = PROPTER_GRAIN_MONTH, .first = FIRST, .count = N, .value = y, .reference_day = 12, .seasonally_adjusted = true};
}

static void walk(double *y, PropterRng *rng, double drift) {
  double level = 1000;
  for (size_t i = 0; i < N; i++) {
    level += drift + propter_rng_normal(rng);
    y[i] = level;
  }
}

static void make_world(World *w, uint64_t seed) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  walk(w->y, &rng, 0.3);
  w->series = monthly(w->y);
  for (size_t c = 0; c < CONTROLS; c++) {
    walk(w->control[c], &rng, 0.1 * (double)c);
    w->control_series[c] = monthly(w->control[c]);
  }
}

static void add(double *y, size_t from, size_t to, double by) {
  for (size_t i = from; i < to; i++) y[i] += by;
}

static PropterScoreModel *model_of(const World *w) {
  const PropterSeries *controls[CONTROLS];
  PropterScoreModel *m;
  for (size_t c = 0; c < CONTROLS; c++) controls[c] = &w->control_series[c];
  ck_ok(propter_score_model_new(&w->series, controls, CONTROLS, NULL, NULL, &m, err));
  return m;
}

/* First day and last day of months given as indexes. */
static PropterDay first_of(size_t i) { return propter_period_first(PROPTER_GRAIN_MONTH, FIRST + (int32_t)i); }
static PropterDay last_of(size_t i) { return propter_period_last(PROPTER_GRAIN_MONTH, FIRST + (int32_t)i); }

/* A documented event in months from … to, named by a text and with a size. */
static PropterCandidate strike(size_t from, size_t to, double dose) {
  return (PropterCandidate){.weight = {0, .65, 1, 0}, .happened = 1, .text_lr = 2.3, .review_lr = 1, .belief_for = .65,
                            .effect = {.start = first_of(from), .end = last_of(to), .profile = PROPTER_PROFILE_PULSE, .has_dose = true, .dose = dose}};
}

/* The same without size and profile. */
static PropterCandidate unsized(size_t from, size_t to, int direction) {
  PropterCandidate c = strike(from, to, 0);
  c.effect.has_dose = false;
  c.effect.profile = PROPTER_PROFILE_UNKNOWN;
  c.direction = direction;
  return c;
}

static void check_sums(const PropterAnswer *a) {
  double shares = a->unknown_share, onset = 0;
  for (size_t i = 0; i < a->causes; i++) {
    const PropterCauseScore *s = &a->cause[i];
    double sum = 0;
    for (int k = 0; k < PROPTER_TERMS; k++) sum += s->term[k];
    ck_assert_double_eq_tol(sum, propter_logit(s->p) - propter_logit(s->prior), 1e-9);
    ck_assert_double_eq_tol(s->happened * s->mattered, s->p, 1e-12);
    ck_assert(s->p > 0 && s->p < 1 && s->active >= s->p && s->rank >= 1 && (size_t)s->rank <= a->causes);
    shares += s->share;
  }
  if (a->causes) ck_assert_double_eq_tol(shares, 1, 1e-9);
  for (size_t h = 0; h < a->window; h++) onset += a->onset[h];
  ck_assert_double_eq_tol(onset, 1, 1e-9);
  ck_assert_uint_gt(strlen(a->kernel), 0);
}

/* A paper without Sundays has no week without a gap; its other windows tell the error of one of 20 days all the same. */
START_TEST(days_that_never_come_hide_no_window) {
  enum { PAPER = 600, FROM = 400, LONG = 20 };
  size_t found = 0, quiet = 0, windows = 0;
  for (uint64_t seed = 1; seed <= 10; seed++)
    for (int moved = 0; moved < 2; moved++) {
      double y[PAPER];
      PropterRng rng;
      PropterScoreModel *m;
      PropterAnswer a;
      propter_rng_seed(&rng, seed);
      for (size_t i = 0; i < PAPER; i++) y[i] = i % 7 == 6 ? NAN : (i % 7 == 5 ? 130 : 100) * (1 + .05 * propter_rng_normal(&rng));
      for (size_t i = FROM; i < FROM + LONG && moved; i++) y[i] *= .8;
      const PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = propter_day(2024, 1, 1), .count = PAPER, .value = y};
      ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
      ck_ok(propter_score_window(m, FROM, FROM + LONG - 1, NULL, 0, &a, err));
      windows = a.other_windows;
      *(moved ? &found : &quiet) += a.outcome != PROPTER_OUTCOME_DID_NOT_MOVE;
      propter_answer_clear(&a);
      propter_score_model_free(m);
    }
  ck_assert_uint_gt(windows, 400);
  ck_assert_uint_eq(found, 10);
  ck_assert_uint_le(quiet, 1);
}
END_TEST

/* Made quiet series of days, windows of several of them; `shift` standard deviations are added to those that must be found. */
typedef struct {
  const char *name;
  double kept, gaps; /* of the noise, from one day to the next; part of the days that have no figure */
  int freedom;       /* of Student's t, whose tails the noise has; 0: normal */
  size_t days, series, length;
  double shift, least, most; /* part of the windows that alarm */
} Windows;

static double draw_noise(const Windows *w, PropterRng *rng) {
  const double size = propter_rng_normal(rng);
  double square = 0;
  for (int k = 0; k < w->freedom; k++) square += pow(propter_rng_normal(rng), 2);
  return w->freedom ? size * sqrt((w->freedom - 2) / square) : size;
}

static void draw_days(const Windows *w, PropterRng *rng, double *y) {
  double noise = propter_rng_normal(rng);
  for (size_t i = 0; i < w->days; i++) {
    noise = w->kept * noise + sqrt(1 - w->kept * w->kept) * draw_noise(w, rng);
    y[i] = propter_rng_unit(rng) < w->gaps ? NAN : 100 + noise;
  }
}

/* Counts the windows that alarm, and those whose observed mean lies inside the 95 % interval of what was expected. */
typedef struct {
  size_t judged, alarms, inside;
} Counted;

static void look_at_series(const Windows *w, uint64_t seed, Counted *n) {
  enum { EACH = 10, MOST = 730 };
  double y[MOST];
  const PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = propter_day(2024, 1, 1), .count = w->days, .value = y};
  PropterScoreModel *m = NULL;
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  draw_days(w, &rng, y);
  for (int k = 0; k < EACH; k++) {
    const size_t from = 30 + (size_t)propter_rng_below(&rng, w->days - 30 - w->length);
    PropterAnswer a;
    add(y, from, from + w->length, w->shift);
    if (!m || w->shift > 0) {
      propter_score_model_free(m);
      ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
    }
    ck_ok(propter_score_window(m, from, from + w->length - 1, NULL, 0, &a, err));
    add(y, from, from + w->length, -w->shift);
    n->judged += a.outcome != PROPTER_OUTCOME_NOT_TESTABLE;
    n->alarms += a.outcome == PROPTER_OUTCOME_CAUSE_UNKNOWN;
    if (a.outcome != PROPTER_OUTCOME_NOT_TESTABLE) {
      ck_assert_int_eq(a.outcome == PROPTER_OUTCOME_CAUSE_UNKNOWN, fabs(a.z) >= a.moved_z);
      ck_assert_int_eq(a.moved_z > 2.6, a.window > 1); /* two looks at several periods */
    }
    n->inside += a.observed >= a.expected_low && a.observed <= a.expected_high;
    propter_answer_clear(&a);
  }
  propter_score_model_free(m);
}

/* What goes on for a while makes means of windows wide, whatever the noise of a day; a shift of a fortnight is still found. Bounds are 1 % and what chance adds to
 * so many windows, of which some lie in one another. */
START_TEST(quiet_windows_are_quiet) {
  static const Windows windows[] = {
      {"noise, 7 days", 0, 0, 0, 365, 90, 7, 0, 0, .015},
      {"half kept, 7 days", .6, 0, 0, 365, 90, 7, 0, 0, .02},
      {"half kept, 14 days", .6, 0, 0, 365, 90, 14, 0, 0, .02},
      {"half kept, 20 days", .6, 0, 0, 365, 90, 20, 0, 0, .02},
      {"most kept, 14 days", .8, 0, 0, 365, 90, 14, 0, 0, .02},
      {"heavy tails, 7 days", 0, 0, 5, 365, 90, 7, 0, 0, .02},
      {"heavy tails, 14 days", 0, 0, 5, 365, 90, 14, 0, 0, .02},
      {"gaps, 14 days", 0, .4, 0, 365, 60, 14, 0, 0, .015},
      {"half kept with gaps, 14 days", .6, .3, 0, 365, 90, 14, 0, 0, .02},
      {"a shift of 14 days", 0, 0, 0, 730, 6, 14, 2, .8, 1},
      {"a shift with heavy tails", 0, 0, 5, 730, 6, 14, 2, .8, 1},
  };
  for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
    const Windows *w = &windows[i];
    Counted n = {0};
    for (uint64_t seed = 1; seed <= w->series; seed++) look_at_series(w, seed, &n);
    const double alarms = (double)n.alarms / (double)n.judged, covered = (double)n.inside / (double)n.judged;
    ck_assert_msg(alarms >= w->least && alarms <= w->most, "%s: alarms %.4f", w->name, alarms);
    ck_assert_msg(w->shift > 0 || (covered > .92 && covered < .985), "%s: the 95 %% interval covers %.3f", w->name, covered);
  }
}
END_TEST

START_TEST(a_sized_spike_is_explained) {
  for (uint64_t seed = 1; seed <= 12; seed++) {
    World w;
    PropterAnswer a;
    make_world(&w, seed);
    add(w.y, 70, 71, -9);
    PropterScoreModel *m = model_of(&w);
    PropterCandidate c[] = {strike(70, 70, -9), unsized(69, 72, 0), strike(40, 40, -9)};
    c[1].weight[PROPTER_CHANNEL_TEXT] = 0, c[1].belief_for = 0, c[1].text_lr = 1;
    ck_ok(propter_score_window(m, 70, 70, c, 3, &a, err));
    ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_ANSWERED);
    ck_assert_int_eq(a.cause[0].rank, 1);
    ck_assert_double_gt(a.cause[0].p, .9);
    ck_assert_int_eq(a.cause[0].grade, PROPTER_GRADE_BOTH);
    ck_assert(a.cause[0].share_identified && a.cause[0].share > .6 && a.cause[0].share < 1.5);
    ck_assert(a.cause[0].share_low < a.cause[0].share && a.cause[0].share < a.cause[0].share_high);
    ck_assert_int_eq(a.pattern, PROPTER_PATTERN_SPIKE);
    ck_assert_double_lt(a.cause[1].p, .2);
    ck_assert_double_lt(a.cause[2].p, .01);
    check_sums(&a);
    propter_answer_clear(&a);
    /* and its end, a month later */
    ck_ok(propter_score_window(m, 71, 71, c, 3, &a, err));
    ck_assert_int_eq(a.cause[0].rank, 1);
    ck_assert_double_gt(a.cause[0].p, .9);
    propter_answer_clear(&a);
    propter_score_model_free(m);
  }
}
END_TEST

START_TEST(a_shift_and_a_ramp_are_explained) {
  for (int kind = 0; kind < 2; kind++) {
    World w;
    PropterAnswer a;
    make_world(&w, 50 + (uint64_t)kind);
    if (kind) for (size_t i = 60; i < N; i++) w.y[i] -= 4 * (double)((i < 71 ? i : 71) - 59);
    else add(w.y, 60, N, -12);
    PropterScoreModel *m = model_of(&w);
    PropterCandidate c = kind ? unsized(60, 71, -1) : unsized(60, 60, -1);
    size_t to = kind ? 71 : 60;
    ck_ok(propter_score_window(m, 60, to, &c, 1, &a, err));
    ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_ANSWERED);
    ck_assert_int_eq(a.pattern, kind ? PROPTER_PATTERN_TREND_CHANGE : PROPTER_PATTERN_LEVEL_SHIFT);
    ck_assert_int_eq(a.cause[0].grade, PROPTER_GRADE_BOTH);
    check_sums(&a);
    propter_answer_clear(&a);
    propter_score_model_free(m);
  }
}
END_TEST

START_TEST(a_wrong_date_is_not_believed) {
  for (uint64_t seed = 1; seed <= 12; seed++) {
    World w;
    PropterAnswer a;
    make_world(&w, seed);
    add(w.y, 70, 71, -9);
    PropterScoreModel *m = model_of(&w);
    PropterCandidate c[] = {strike(58, 58, -9), strike(71, 71, -9), unsized(58, 58, -1)};
    ck_ok(propter_score_window(m, 70, 70, c, 3, &a, err));
    ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_CAUSE_UNKNOWN);
    for (int i = 0; i < 3; i++) ck_assert_double_lt(a.cause[i].p, .2);
    ck_assert_double_gt(a.p_unknown, .8);
    ck_assert_int_eq(a.cause[0].grade, PROPTER_GRADE_UNSUPPORTED); /* a year ago and over: its course does not touch the window */
    propter_answer_clear(&a);
    propter_score_model_free(m);
  }
}
END_TEST

/* Days: something of no effect beside an undocumented move of other days is not taken for its cause; of the move's own days, it is. */
START_TEST(an_unknown_cause_may_end) {
  enum { DAYS = 400, AT = 300, LENGTH = 6 };
  double y[DAYS], right = 0, wrong = 0;
  for (uint64_t seed = 1; seed <= 8; seed++) {
    PropterRng rng;
    propter_rng_seed(&rng, seed);
    for (size_t i = 0; i < DAYS; i++) y[i] = 100 + 4 * propter_rng_normal(&rng) + (i >= AT && i < AT + LENGTH ? 30 : 0);
    PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = 19000, .count = DAYS, .value = y};
    PropterScoreModel *m;
    ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
    for (int late = 0; late < 2; late++) {
      PropterAnswer a;
      PropterCandidate c = unsized(70, 70, 1);
      c.effect.start = 19000 + AT + (late ? 2 : 0);
      c.effect.end = c.effect.start + LENGTH - 1;
      ck_ok(propter_score_window(m, AT, AT + LENGTH - 1, &c, 1, &a, err));
      *(late ? &wrong : &right) += a.cause[0].p / 8;
      propter_answer_clear(&a);
    }
    propter_score_model_free(m);
  }
  ck_assert_double_gt(right, .9);
  ck_assert_double_lt(wrong, .5);
}
END_TEST

/* Days: an undocumented move that begins and ends in the middle of parts of the window needs no event beside it that covers the first days of it. */
START_TEST(an_unknown_cause_is_not_held_to_parts_of_the_window) {
  enum { DAYS = 400, AT = 300, LENGTH = 14, FIRST_DAY = AT + 1, LAST_DAY = AT + 10, SEEDS = 8 };
  double y[DAYS], right = 0, wrong = 0;
  for (uint64_t seed = 1; seed <= SEEDS; seed++) {
    PropterRng rng;
    propter_rng_seed(&rng, seed);
    for (size_t i = 0; i < DAYS; i++) y[i] = 100 + 4 * propter_rng_normal(&rng) + (i >= FIRST_DAY && i <= LAST_DAY ? 30 : 0);
    const PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = 19000, .count = DAYS, .value = y};
    PropterScoreModel *m;
    ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
    for (int part = 0; part < 2; part++) {
      PropterAnswer a;
      PropterCandidate c = unsized(70, 70, 1);
      c.effect.start = 19000 + FIRST_DAY;
      c.effect.end = 19000 + (part ? FIRST_DAY + 4 : LAST_DAY);
      ck_ok(propter_score_window(m, AT, AT + LENGTH - 1, &c, 1, &a, err));
      *(part ? &wrong : &right) += a.cause[0].p / SEEDS;
      propter_answer_clear(&a);
    }
    propter_score_model_free(m);
  }
  ck_assert_msg(right > .9 && wrong < .3, "all of its days %.3f, half of them %.3f", right, wrong);
}
END_TEST

/* Of an event of which only the beginning is told the figures show the end, however late its beginning shows: the day after, or of what began late in a week in
 * the next one. */
START_TEST(an_end_that_the_figures_show_is_not_late) {
  enum { PERIODS = 300, AT = 200, LENGTH = 5, SEEDS = 8 };
  static const PropterGrain grains[] = {PROPTER_GRAIN_DAY, PROPTER_GRAIN_WEEK};
  double y[PERIODS];
  for (size_t g = 0; g < 2; g++) {
    double right = 0, early = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      PropterRng rng;
      propter_rng_seed(&rng, seed);
      for (size_t i = 0; i < PERIODS; i++) y[i] = 100 + 4 * propter_rng_normal(&rng) + (i >= AT && i < AT + LENGTH ? 24 : 0);
      const PropterSeries s = {.grain = grains[g], .first = 1000, .count = PERIODS, .value = y};
      const PropterDay before = propter_period_first(grains[g], 1000 + AT) - 1; /* of the week before a Sunday */
      PropterScoreModel *m;
      ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
      for (int much = 0; much < 2; much++) {
        PropterAnswer a;
        PropterCandidate c = {.weight = {0, 0, 1, 0}, .happened = .7, .text_lr = 1, .review_lr = 1,
                              .effect = {.start = before - (much ? 5 : 0), .end = PROPTER_NO_DAY, .profile = PROPTER_PROFILE_UNKNOWN}};
        c.lag_max = grains[g] == PROPTER_GRAIN_DAY;
        ck_ok(propter_score_window(m, AT, AT + LENGTH - 1, &c, 1, &a, err));
        *(much ? &early : &right) += a.cause[0].p / SEEDS;
        propter_answer_clear(&a);
      }
      propter_score_model_free(m);
    }
    ck_assert_msg(right > .75 && early < right, "grain %zu: just before %.3f, days before %.3f", g, right, early);
  }
}
END_TEST

/* Weeks: the mean of a window hides a move that its course shows. What is named then stands off as one window in twenty does. */
START_TEST(a_course_tells_a_move_that_the_mean_hides) {
  enum { WEEKS = 100, AT = 40, LENGTH = 4, SEEDS = 40 };
  static const double sizes[] = {0, 5};
  size_t named[2] = {0};
  double y[WEEKS];
  for (size_t k = 0; k < 2; k++)
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      PropterRng rng;
      PropterAnswer a;
      PropterScoreModel *m;
      propter_rng_seed(&rng, seed);
      double swing = 0;
      for (size_t i = 0; i < WEEKS; i++) {
        swing = .9 * swing + .6 * propter_rng_normal(&rng);
        y[i] = 100 + swing + propter_rng_normal(&rng) + (i >= AT && i < AT + LENGTH ? sizes[k] : 0);
      }
      const PropterSeries s = {.grain = PROPTER_GRAIN_WEEK, .first = 1000, .count = WEEKS, .value = y};
      PropterCandidate c = unsized(70, 70, 0);
      c.effect.start = propter_period_first(PROPTER_GRAIN_WEEK, 1000 + AT);
      c.effect.end = propter_period_last(PROPTER_GRAIN_WEEK, 1000 + AT + LENGTH - 1);
      ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
      ck_ok(propter_score_window(m, AT, AT + LENGTH - 1, &c, 1, &a, err));
      if (fabs(a.z) < a.moved_z && a.outcome != PROPTER_OUTCOME_DID_NOT_MOVE) {
        ck_assert(a.outcome == PROPTER_OUTCOME_ANSWERED && fabs(a.z) > 2.2 && a.p_none <= .01);
        named[k]++;
      }
      propter_answer_clear(&a);
      propter_score_model_free(m);
    }
  ck_assert_msg(named[0] <= 1 && named[1] >= 5, "of %d quiet windows %zu, of moves %zu", SEEDS, named[0], named[1]);
}
END_TEST

/* Days: what began three days before the move did not do it, though its other days are the move's; of what began a day before a window that is asked about a
 * day late, the day before speaks as well as those after. */
START_TEST(what_began_before_the_window_shows_there) {
  enum { DAYS = 400, AT = 300, LENGTH = 6 };
  double y[DAYS], p[2] = {0}, timing[2] = {0};
  for (uint64_t seed = 1; seed <= 8; seed++) {
    PropterRng rng;
    propter_rng_seed(&rng, seed);
    for (size_t i = 0; i < DAYS; i++) y[i] = 100 + 4 * propter_rng_normal(&rng) + (i >= AT && i < AT + LENGTH ? 30 : 0);
    PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = 19000, .count = DAYS, .value = y};
    PropterScoreModel *m;
    ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
    for (size_t late = 0; late < 2; late++) { /* the window begins with the move, and the event three days before it; or the event with the move, both before it */
      PropterAnswer a;
      PropterCandidate c = unsized(70, 70, 1);
      c.effect.start = 19000 + AT - (late ? 0 : 3);
      c.effect.end = 19000 + AT + LENGTH - 1;
      ck_ok(propter_score_window(m, AT + late, AT + LENGTH - 1, &c, 1, &a, err));
      p[late] += a.cause[0].p / 8, timing[late] += a.cause[0].term[PROPTER_TERM_TIMING] / 8;
      propter_answer_clear(&a);
    }
    propter_score_model_free(m);
  }
  ck_assert_msg(p[0] < .4 && p[1] > .9, "too early %.3f, right %.3f", p[0], p[1]);
  ck_assert_msg(timing[0] < timing[1] - 2, "timing: too early %.2f, right %.2f", timing[0], timing[1]);
}
END_TEST

/* Of an event whose end nobody gave a dip of a month is as little against it as a level that stays; what others of its kind lasted says more. */
START_TEST(an_end_that_is_not_known_is_weighed) {
  double back[3] = {0}, p[3] = {0};
  for (uint64_t seed = 1; seed <= 10; seed++)
    for (int kind = 0; kind < 3; kind++) {
      World w;
      PropterAnswer a;
      make_world(&w, seed);
      add(w.y, 80, kind == 1 ? N : 81, -12);
      PropterScoreModel *m = model_of(&w);
      PropterCandidate c = {.weight = {0, .65, 1, 0}, .happened = 1, .text_lr = 2, .review_lr = 1, .belief_for = .65, .lasted = 20, .ended = kind == 2 ? 5 : 0,
                            .effect = {.start = first_of(80), .end = PROPTER_NO_DAY, .profile = PROPTER_PROFILE_UNKNOWN}};
      ck_ok(propter_score_window(m, 80, 80, &c, 1, &a, err));
      back[kind] += a.cause[0].term[PROPTER_TERM_RETURN] / 10;
      p[kind] += a.cause[0].p / 10;
      propter_answer_clear(&a);
      propter_score_model_free(m);
    }
  ck_assert_msg(back[0] > -1 && back[1] > -1 && back[2] > back[0] + .2, "returned %.2f, stayed %.2f, returned as others did %.2f", back[0], back[1], back[2]);
  ck_assert_msg(fmin(p[0], p[1]) > .8 && p[2] > p[0], "%.3f %.3f %.3f", p[0], p[1], p[2]);
}
END_TEST

/* Days: an event of which only the beginning is told may have lasted as long as the move did, whichever length that has; one that began in its middle did not. */
START_TEST(an_end_that_nobody_told_is_found_in_the_figures) {
  enum { DAYS = 500, AT = 300 };
  static const size_t lengths[] = {5, 12, 21, 40};
  double y[DAYS];
  for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
    double right = 0, wrong = 0;
    for (uint64_t seed = 1; seed <= 6; seed++) {
      PropterRng rng;
      propter_rng_seed(&rng, seed);
      for (size_t i = 0; i < DAYS; i++) y[i] = 100 + 4 * propter_rng_normal(&rng) - (i >= AT && i < AT + lengths[l] ? 30 : 0);
      const PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = 19000, .count = DAYS, .value = y};
      PropterScoreModel *m;
      ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
      for (size_t late = 0; late < 2; late++) {
        PropterAnswer a;
        PropterCandidate c = {.weight = {0, .65, 1, 0}, .happened = .9, .text_lr = 2, .review_lr = 1, .belief_for = .65, .direction = -1,
                              .effect = {.start = 19000 + AT + (PropterDay)(late * lengths[l] / 2), .end = PROPTER_NO_DAY, .profile = PROPTER_PROFILE_UNKNOWN}};
        ck_ok(propter_score_window(m, AT, AT + lengths[l] - 1, &c, 1, &a, err));
        *(late ? &wrong : &right) += a.cause[0].p / 6;
        propter_answer_clear(&a);
      }
      propter_score_model_free(m);
    }
    ck_assert_msg(right > .9 && wrong < .2, "%zu days: from its beginning %.3f, from its middle %.3f", lengths[l], right, wrong);
  }
}
END_TEST

START_TEST(quiet_windows_did_not_move) {
  size_t moved = 0, named = 0, all = 0;
  for (uint64_t seed = 200; seed < 210; seed++) {
    World w;
    make_world(&w, seed);
    PropterScoreModel *m = model_of(&w);
    for (size_t i = 2; i < N; i++, all++) {
      PropterAnswer a;
      PropterCandidate c[] = {strike(i, i, -6), unsized(i, i, 0)};
      c[1].weight[PROPTER_CHANNEL_TEXT] = 0, c[1].belief_for = 0, c[1].text_lr = 1;
      ck_ok(propter_score_window(m, i, i, c, 2, &a, err));
      moved += a.outcome != PROPTER_OUTCOME_DID_NOT_MOVE;
      named += a.outcome == PROPTER_OUTCOME_ANSWERED;
      if (a.outcome == PROPTER_OUTCOME_DID_NOT_MOVE) ck_assert(a.cause[0].grade != PROPTER_GRADE_BOTH && a.cause[1].grade != PROPTER_GRADE_DATA_ONLY);
      propter_answer_clear(&a);
    }
    propter_score_model_free(m);
  }
  ck_assert_msg(moved <= all / 40, "%zu of %zu quiet windows moved", moved, all);
  ck_assert_msg(named <= all / 200, "%zu of %zu quiet windows were explained", named, all);
}
END_TEST

START_TEST(a_claim_that_the_data_deny_is_contradicted) {
  World w;
  PropterAnswer a;
  make_world(&w, 7);
  PropterScoreModel *m = model_of(&w);
  PropterCandidate c = strike(80, 80, -20);
  ck_ok(propter_score_window(m, 80, 80, &c, 1, &a, err));
  ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_DID_NOT_MOVE);
  ck_assert_int_eq(a.cause[0].grade, PROPTER_GRADE_CONTRADICTED);
  ck_assert_double_lt(a.cause[0].p, .01);
  propter_answer_clear(&a);
  c = unsized(80, 80, -1);
  ck_ok(propter_score_window(m, 80, 80, &c, 1, &a, err));
  ck_assert(a.cause[0].grade == PROPTER_GRADE_CONTRADICTED || a.cause[0].grade == PROPTER_GRADE_UNSUPPORTED);
  propter_answer_clear(&a);
  /* too small to be seen: neither confirmed nor denied */
  c = strike(80, 80, -0.4);
  ck_ok(propter_score_window(m, 80, 80, &c, 1, &a, err));
  ck_assert(a.cause[0].grade == PROPTER_GRADE_TEXT_ONLY);
  propter_answer_clear(&a);
  propter_score_model_free(m);
}
END_TEST

START_TEST(a_real_move_without_a_cause_stays_unknown) {
  for (uint64_t seed = 1; seed <= 12; seed++) {
    World w;
    PropterAnswer a;
    make_world(&w, seed);
    add(w.y, 50, N, 11);
    PropterScoreModel *m = model_of(&w);
    PropterCandidate c = {.weight = {0, 0, 0, 1}, .happened = .5, .text_lr = 1, .review_lr = 1, .effect = {.start = PROPTER_NO_DAY, .end = PROPTER_NO_DAY}};
    ck_ok(propter_score_window(m, 50, 50, &c, 1, &a, err));
    ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_CAUSE_UNKNOWN);
    ck_assert_double_gt(a.p_unknown, .8);
    ck_assert_double_lt(a.cause[0].p, .1);
    check_sums(&a);
    propter_answer_clear(&a);
    ck_ok(propter_score_window(m, 50, 50, NULL, 0, &a, err));
    ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_CAUSE_UNKNOWN);
    ck_assert_uint_eq(a.causes, 0);
    propter_answer_clear(&a);
    propter_score_model_free(m);
  }
}
END_TEST

/* Everything falls: what is documented for one slice only explains less than what is documented for all. */
/* What no date ties to the window is never better than an unknown cause: not by its course, not by what followed, not by the controls. */
START_TEST(a_cause_without_a_date_is_another_name_of_the_unknown_one) {
  for (uint64_t seed = 1; seed <= 12; seed++) {
    World w;
    PropterAnswer a;
    make_world(&w, seed);
    add(w.y, 70, 72, -14);
    PropterScoreModel *m = model_of(&w);
    PropterCandidate named = unsized(70, 71, -1), both[] = {named, strike(70, 71, -14)};
    both[0].effect = named.effect = (PropterEffect){.start = PROPTER_NO_DAY, .end = PROPTER_NO_DAY};
    both[0].weight[PROPTER_CHANNEL_CALENDAR] = named.weight[PROPTER_CHANNEL_CALENDAR] = 0;
    for (int reach = 0; reach < 2; reach++) {
      named.controls_in_scope = reach;
      ck_ok(propter_score_window(m, 70, 71, &named, 1, &a, err));
      ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_CAUSE_UNKNOWN);
      double text = propter_expit(propter_logit(a.cause[0].prior * .1) + log(named.text_lr));
      ck_assert_double_le(a.cause[0].p, text + 1e-9);
      ck_assert_double_gt(a.p_unknown, .8);
      ck_assert(a.cause[0].grade == PROPTER_GRADE_TEXT_ONLY && !a.cause[0].share_identified && isnan(a.cause[0].tests.back));
      check_sums(&a);
      propter_answer_clear(&a);
    }
    ck_ok(propter_score_window(m, 70, 71, both, 2, &a, err));
    ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_ANSWERED);
    ck_assert_int_eq(a.cause[1].rank, 1);
    ck_assert_double_gt(a.cause[1].p, .9);
    ck_assert_double_lt(a.cause[0].p, .05);
    check_sums(&a);
    propter_answer_clear(&a);
    propter_score_model_free(m);
  }
}
END_TEST

START_TEST(controls_tell_a_common_cause_from_a_local_one) {
  World w;
  PropterAnswer a;
  make_world(&w, 21);
  add(w.y, 60, N, -10);
  for (size_t c = 0; c < CONTROLS; c++) add(w.control[c], 60, N, -10);
  PropterScoreModel *m = model_of(&w);
  PropterCandidate c[] = {unsized(60, 60, -1), unsized(60, 60, -1)};
  c[1].controls_in_scope = 1;
  ck_ok(propter_score_window(m, 60, 60, c, 2, &a, err));
  ck_assert_int_eq(a.cause[1].rank, 1);
  ck_assert_double_gt(a.cause[1].p, a.cause[0].p + .2);
  ck_assert(a.cause[0].tests.contrast < -1 && fabs(a.cause[1].tests.contrast) < 1);
  ck_assert_double_lt(a.cause[0].term[PROPTER_TERM_CONTRAST], 0);
  propter_answer_clear(&a);
  propter_score_model_free(m);
  /* only this slice falls: the other way round */
  make_world(&w, 22);
  add(w.y, 60, N, -10);
  m = model_of(&w);
  ck_ok(propter_score_window(m, 60, 60, c, 2, &a, err));
  ck_assert_int_eq(a.cause[0].rank, 1);
  ck_assert_double_gt(a.cause[0].p, a.cause[1].p + .2);
  propter_answer_clear(&a);
  propter_score_model_free(m);
}
END_TEST

/* Two causes at once, one documented for two more slices: whether these moved, too, against the four that neither touches, tells which one it was. */
START_TEST(the_slices_in_its_scope_tell_a_wide_cause_from_a_local_one) {
  static const double part[CONTROLS] = {1, 1};
  for (int wide = 0; wide < 2; wide++) {
    World w;
    PropterAnswer a;
    make_world(&w, 23);
    add(w.y, 60, 61, -10);
    for (size_t c = 0; c < 2 && wide; c++) add(w.control[c], 60, 61, -10);
    PropterScoreModel *m = model_of(&w);
    PropterCandidate c[] = {unsized(60, 60, -1), unsized(60, 60, -1)};
    c[1].controls_in_scope = 2.0 / CONTROLS;
    c[1].control_part = part;
    ck_ok(propter_score_window(m, 60, 60, c, 2, &a, err));
    ck_assert_int_eq(a.cause[wide].rank, 1);
    ck_assert_double_gt(a.cause[wide].p, a.cause[!wide].p + .1);
    ck_assert(a.cause[1].tests.contrast_touched == 2 && a.cause[1].tests.contrast_untouched == 4);
    ck_assert_uint_eq(a.cause[0].tests.contrast_touched, 0);
    check_sums(&a);
    propter_answer_clear(&a);
    propter_score_model_free(m);
  }
}
END_TEST

/* The cause acts in a part of the slice: its dose holds; without one its effect cannot exceed the part's own move. */
START_TEST(a_part_is_diluted_in_its_whole) {
  World w;
  PropterAnswer a;
  double part[N];
  PropterRng rng;
  make_world(&w, 33);
  propter_rng_seed(&rng, 99);
  for (size_t i = 0; i < N; i++) part[i] = 200 + 0.3 * propter_rng_normal(&rng);
  add(part, 70, 71, -8);
  for (size_t i = 0; i < N; i++) w.y[i] += part[i];
  PropterSeries slice = monthly(part);
  PropterScoreModel *m = model_of(&w);
  PropterCandidate c = strike(70, 70, -8);
  c.scope = PROPTER_SCOPE_CHILD;
  c.slice = &slice;
  ck_ok(propter_score_window(m, 70, 70, &c, 1, &a, err));
  ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_ANSWERED);
  ck_assert_double_gt(a.cause[0].p, .9);
  ck_assert_double_lt(a.cause[0].tests.placebo_p, .02);
  propter_answer_clear(&a);
  /* a fall of the whole that the part had little of */
  add(w.y, 90, N, -20);
  add(part, 90, N, -1);
  propter_score_model_free(m);
  m = model_of(&w);
  c = unsized(90, 90, -1);
  c.scope = PROPTER_SCOPE_CHILD;
  c.slice = &slice;
  ck_ok(propter_score_window(m, 90, 90, &c, 1, &a, err));
  ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_CAUSE_UNKNOWN);
  ck_assert_double_lt(a.cause[0].p, .05);
  c.slice = NULL; /* nothing known of the part: it could have been all of it */
  propter_answer_clear(&a);
  ck_ok(propter_score_window(m, 90, 90, &c, 1, &a, err));
  ck_assert_double_gt(a.cause[0].p, .5);
  propter_answer_clear(&a);
  propter_score_model_free(m);
}
END_TEST

/* Two causes of the same months and unknown sizes: told apart by nothing, and said so. */
START_TEST(what_cannot_be_told_apart_is_named) {
  World w;
  PropterAnswer a;
  make_world(&w, 12);
  for (size_t i = 60; i < N; i++) w.y[i] -= 6 * (double)((i < 68 ? i : 68) - 59);
  PropterScoreModel *m = model_of(&w);
  PropterCandidate c[] = {unsized(60, 68, -1), strike(61, 62, -2)};
  c[0].weight[PROPTER_CHANNEL_CURATED] = 1;
  ck_ok(propter_score_window(m, 61, 61, c, 2, &a, err));
  ck_assert_int_eq(a.cause[0].rank, 1);
  ck_assert_int_eq(a.cause[1].grade, PROPTER_GRADE_NOT_SEPARABLE);
  ck_assert_int_eq(a.cause[1].inseparable_from, 0);
  ck_assert_double_lt(a.cause[1].p, .5);
  propter_answer_clear(&a);
  propter_score_model_free(m);
}
END_TEST

START_TEST(a_thousand_irrelevant_events_change_nothing) {
  World w;
  PropterAnswer a;
  static PropterCandidate c[1001];
  PropterRng rng;
  make_world(&w, 3);
  propter_rng_seed(&rng, 17);
  add(w.y, 70, 71, -9);
  PropterScoreModel *m = model_of(&w);
  c[0] = strike(70, 70, -9);
  for (size_t i = 1; i < 1001; i++) {
    size_t at = (size_t)propter_rng_below(&rng, N);
    c[i] = unsized(at, at + (size_t)propter_rng_below(&rng, 3), 0);
    c[i].weight[PROPTER_CHANNEL_TEXT] = 0, c[i].belief_for = 0, c[i].text_lr = 1;
  }
  ck_ok(propter_score_window(m, 70, 70, c, 1001, &a, err));
  ck_assert_int_eq(a.cause[0].rank, 1);
  ck_assert_double_gt(a.cause[0].p, .9);
  for (size_t i = 1; i < 1001; i++) ck_assert_double_lt(a.cause[i].p, .2);
  check_sums(&a);
  propter_answer_clear(&a);
  propter_score_model_free(m);
}
END_TEST

START_TEST(reviews_and_calibration_have_their_lines) {
  World w;
  PropterAnswer a, b;
  make_world(&w, 3);
  add(w.y, 70, 71, -7);
  const PropterSeries *controls[CONTROLS];
  for (size_t k = 0; k < CONTROLS; k++) controls[k] = &w.control_series[k];
  PropterScoreOptions o = propter_score_options();
  o.calibration = (PropterCalibration){{.5, .5, 0}, 1e-9};
  PropterScoreModel *plain = model_of(&w), *tuned;
  ck_ok(propter_score_model_new(&w.series, controls, CONTROLS, NULL, &o, &tuned, err));
  PropterCandidate c = unsized(70, 70, -1);
  ck_ok(propter_score_window(plain, 70, 70, &c, 1, &a, err));
  c.review_lr = .25;
  ck_ok(propter_score_window(tuned, 70, 70, &c, 1, &b, err));
  ck_assert_double_eq(a.cause[0].term[PROPTER_TERM_REVIEW], 0);
  ck_assert_double_eq(a.cause[0].term[PROPTER_TERM_CALIBRATION], 0);
  ck_assert_double_lt(b.cause[0].term[PROPTER_TERM_REVIEW], -.5);
  ck_assert_double_lt(fabs(b.cause[0].p - .5), fabs(a.cause[0].p - .5));
  ck_assert_double_ne(b.cause[0].term[PROPTER_TERM_CALIBRATION], 0);
  check_sums(&a);
  check_sums(&b);
  propter_answer_clear(&a);
  propter_answer_clear(&b);
  propter_score_model_free(plain);
  propter_score_model_free(tuned);
}
END_TEST

/* Sixteen others of its kind that did nothing; as many of which nobody can tell; sixteen that did. */
START_TEST(others_of_the_kind_move_the_prior) {
  World w;
  PropterAnswer a[4];
  double past[3][16];
  make_world(&w, 3);
  add(w.y, 70, 71, -7);
  PropterScoreModel *m = model_of(&w);
  for (size_t k = 0; k < 16; k++) past[0][k] = .01, past[1][k] = 1, past[2][k] = 1000;
  for (int i = 0; i < 4; i++) {
    PropterCandidate c = unsized(70, 70, -1);
    if (i < 3) c.past = past[i], c.pasts = 16;
    ck_ok(propter_score_window(m, 70, 70, &c, 1, &a[i], err));
    check_sums(&a[i]);
  }
  const PropterCauseScore *none = a[3].cause, *idle = a[0].cause, *open = a[1].cause, *acted = a[2].cause;
  ck_assert_double_eq(none->term[PROPTER_TERM_HISTORY], 0);
  ck_assert_double_eq_tol(open->term[PROPTER_TERM_HISTORY], 0, 1e-9);
  ck_assert_double_eq_tol(open->p, none->p, 1e-9);
  ck_assert_double_gt(acted->term[PROPTER_TERM_HISTORY], 1);
  ck_assert_double_lt(idle->term[PROPTER_TERM_HISTORY], -1);
  ck_assert_double_gt(acted->acted, 15.9);
  ck_assert_double_lt(idle->acted, .2);
  ck_assert(idle->p < none->p && none->p < acted->p && idle->prior == acted->prior);
  past[0][3] = -1;
  PropterCandidate c = unsized(70, 70, -1);
  c.past = past[0], c.pasts = 16;
  PropterError error;
  PropterAnswer refused;
  ck_assert_int_eq(propter_score_window(m, 70, 70, &c, 1, &refused, &error), PROPTER_INVALID);
  for (int i = 0; i < 4; i++) propter_answer_clear(&a[i]);
  propter_score_model_free(m);
}
END_TEST

START_TEST(what_cannot_be_judged) {
  World w;
  PropterAnswer a;
  make_world(&w, 3);
  for (size_t i = 50; i < 53; i++) w.y[i] = NAN;
  PropterScoreModel *m = model_of(&w);
  ck_ok(propter_score_window(m, 50, 52, NULL, 0, &a, err));
  ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_NOT_TESTABLE);
  ck_assert_str_eq(a.reason, "no observation in the window");
  propter_answer_clear(&a);
  ck_ok(propter_score_window(m, 0, 0, NULL, 0, &a, err));
  ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_NOT_TESTABLE);
  ck_assert(!isnan(a.observed) && isnan(a.deviation));
  propter_answer_clear(&a);
  ck_ok(propter_score_window(m, 49, 54, NULL, 0, &a, err)); /* a gap inside */
  ck_assert_int_ne(a.outcome, PROPTER_OUTCOME_NOT_TESTABLE);
  propter_answer_clear(&a);
  ck_ok(propter_score_window(m, N - 1, N - 1, NULL, 0, &a, err)); /* nothing after */
  ck_assert_uint_eq(a.periods, 1);
  propter_answer_clear(&a);
  PropterError error = {0};
  ck_assert_int_eq(propter_score_window(m, 5, N, NULL, 0, &a, &error), PROPTER_INVALID);
  PropterCandidate c = strike(70, 70, -9);
  c.text_lr = 0;
  ck_assert_int_eq(propter_score_window(m, 70, 70, &c, 1, &a, &error), PROPTER_INVALID);
  c = strike(70, 70, -9);
  c.effect.end = c.effect.start - 5;
  ck_assert_int_eq(propter_score_window(m, 70, 70, &c, 1, &a, &error), PROPTER_INVALID);
  propter_score_model_free(m);
  double few[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  PropterSeries s = monthly(few);
  s.count = 8;
  ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
  ck_ok(propter_score_window(m, 5, 5, NULL, 0, &a, err));
  ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_NOT_TESTABLE);
  propter_answer_clear(&a);
  propter_score_model_free(m);
  double flat[60];
  for (size_t i = 0; i < 60; i++) flat[i] = 5;
  s = monthly(flat);
  s.count = 60;
  flat[30] = 6;
  ck_ok(propter_score_model_new(&s, NULL, 0, NULL, NULL, &m, err));
  ck_ok(propter_score_window(m, 20, 20, NULL, 0, &a, err)); /* a series that hardly ever changes */
  ck_assert_int_eq(a.outcome, PROPTER_OUTCOME_DID_NOT_MOVE);
  propter_answer_clear(&a);
  propter_score_model_free(m);
}
END_TEST

typedef struct {
  PropterScoreModel *model;
  PropterAnswer answer[N];
} Run;

static PropterStatus score_month(size_t i, void *payload, PropterError *err) {
  Run *run = payload;
  PropterCandidate c[] = {strike(70, 70, -9), unsized(40, 50, -1), unsized(20, 20, 0)};
  return propter_score_window(run->model, i, i, c, 3, &run->answer[i], err);
}

START_TEST(threads_change_nothing) {
  World w;
  static Run one, three;
  make_world(&w, 3);
  add(w.y, 70, 71, -9);
  one.model = three.model = model_of(&w);
  ck_ok(propter_pool_run(N, 1, score_month, &one, err));
  ck_ok(propter_pool_run(N, 3, score_month, &three, err));
  for (size_t i = 0; i < N; i++) {
    ck_assert_int_eq(one.answer[i].outcome, three.answer[i].outcome);
    for (size_t k = 0; k < one.answer[i].causes; k++) ck_assert_double_eq(one.answer[i].cause[k].p, three.answer[i].cause[k].p);
    propter_answer_clear(&one.answer[i]);
    propter_answer_clear(&three.answer[i]);
  }
  propter_score_model_free(one.model);
}
END_TEST

static PropterStatus score_once(void *payload, PropterError *err) {
  World *w = payload;
  const PropterSeries *controls[2] = {&w->control_series[0], &w->control_series[1]};
  PropterScoreModel *m = NULL;
  PropterAnswer a = {0};
  PROPTER_TRY(propter_score_model_new(&w->series, controls, 2, NULL, NULL, &m, err));
  PropterCandidate c[10];
  for (size_t i = 0; i < 10; i++) c[i] = i ? unsized(68 + i % 3, 71, 0) : strike(70, 71, -9);
  c[1].slice = &w->control_series[2];
  PropterStatus status = propter_score_window(m, 70, 71, c, 10, &a, err);
  propter_answer_clear(&a);
  propter_score_model_free(m);
  return status;
}

START_TEST(failing_allocations) {
  World w;
  make_world(&w, 3);
  add(w.y, 70, 72, -9);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, score_once, &w, false), 40);
}
END_TEST

/* What was scored in steps is what a model made with its controls gives. */
static void same_as_whole(World *w, PropterScoreModel *m, const PropterSeries *const *controls, const PropterCandidate *c, const PropterAnswer *move,
                          const PropterAnswer *a) {
  PropterScoreModel *whole = model_of(w);
  PropterAnswer once, none;
  ck_ok(propter_score_window(whole, 70, 71, c, 1, &once, err));
  ck_ok(propter_score_window(whole, 70, 71, NULL, 0, &none, err));
  ck_assert(a->cause[0].p == once.cause[0].p && a->p_unknown == once.p_unknown && a->cause[0].tests.contrast == once.cause[0].tests.contrast);
  ck_assert(move->outcome == none.outcome && move->deviation == none.deviation && move->z == none.z && move->pattern == none.pattern);
  ck_assert(move->p_unknown == 0 && none.p_unknown > 0);
  PropterError error = {0};
  ck_assert_int_eq(propter_score_model_compare(m, controls, CONTROLS, &error), PROPTER_INVALID);
  propter_answer_clear(&once);
  propter_answer_clear(&none);
  propter_score_model_free(whole);
}

static PropterStatus score_in_steps(void *payload, PropterError *err) {
  World *w = payload;
  const PropterSeries *controls[CONTROLS];
  PropterScoreModel *m = NULL;
  PropterScoreFrame *frame = NULL;
  PropterAnswer move = {0}, a = {0};
  PropterCandidate c = strike(70, 71, -9);
  for (size_t i = 0; i < CONTROLS; i++) controls[i] = &w->control_series[i];
  PROPTER_TRY(propter_score_model_new(&w->series, NULL, 0, NULL, NULL, &m, err));
  PropterStatus status = propter_score_open(m, 70, 71, &frame, err);
  if (!status) status = propter_score_move(frame, &move, err);
  if (!status) status = propter_score_model_compare(m, controls, CONTROLS, err);
  if (!status) status = propter_score_causes(frame, &c, 1, &a, err);
  if (!status) same_as_whole(w, m, controls, &c, &move, &a);
  propter_answer_clear(&move);
  propter_answer_clear(&a);
  propter_score_free(frame);
  propter_score_model_free(m);
  return status;
}

START_TEST(in_steps_as_at_once) {
  World w;
  make_world(&w, 3);
  add(w.y, 70, 72, -9);
  ck_ok(score_in_steps(&w, err));
}
END_TEST

/* Three dated causes, one of a part of the slice, and one without a date, told with so much belief; beside so many controls. */
static PropterStatus score_kept_as(const World *w, size_t controls, double text_lr, Memo *memo, uint64_t name, PropterAnswer *a, PropterError *err) {
  enum { CAUSES = 4 };
  const PropterSeries *control[CONTROLS];
  PropterScoreModel *m = NULL;
  PropterScoreFrame *frame = NULL;
  PropterCandidate c[CAUSES] = {strike(70, 71, -9), unsized(69, 70, 0), unsized(70, 72, -1), unsized(70, 71, -1)};
  for (size_t i = 0; i < CONTROLS; i++) control[i] = &w->control_series[i];
  for (size_t i = 0; i < CAUSES; i++) c[i].text_lr = text_lr, c[i].belief_for = text_lr / 4;
  c[1].slice = &w->control_series[5], c[1].scope = PROPTER_SCOPE_CHILD;
  c[3].effect.start = c[3].effect.end = PROPTER_NO_DAY;
  *a = (PropterAnswer){0};
  PROPTER_TRY(propter_score_model_new(&w->series, control, controls, NULL, NULL, &m, err));
  PropterStatus status = kept_open(m, 70, 71, memo, (PropterHash128){name, 7}, &frame, err);
  if (!status) status = propter_score_causes(frame, c, CAUSES, a, err);
  propter_score_free(frame);
  propter_score_model_free(m);
  return status;
}

static PropterStatus score_kept(const World *w, size_t controls, double text_lr, Memo *memo, PropterAnswer *a, PropterError *err) {
  return score_kept_as(w, controls, text_lr, memo, 7, a, err);
}

static void check_equal(const PropterAnswer *a, const PropterAnswer *b) {
  ck_assert(a->causes == b->causes && a->p_unknown == b->p_unknown && a->p_none == b->p_none && a->outcome == b->outcome);
  for (size_t i = 0; i < a->causes; i++) {
    const PropterCauseScore *x = &a->cause[i], *y = &b->cause[i];
    ck_assert(x->p == y->p && x->effect == y->effect && x->share_low == y->share_low && x->grade == y->grade && x->rank == y->rank);
    ck_assert(memcmp(x->term, y->term, sizeof x->term) == 0 && memcmp(&x->tests, &y->tests, sizeof x->tests) == 0);
  }
}

/* A figure that is corrected long before the window leaves what was weighed there; the test of the date, which looks at the whole series, is made anew. */
START_TEST(a_correction_elsewhere_leaves_what_was_weighed) {
  const char *path = support_path(support_folder(), "kept");
  World w;
  Memo *memo;
  PropterAnswer first, kept, anew;
  size_t found, made;
  make_world(&w, 3);
  add(w.y, 70, 72, -9);
  ck_ok(memo_open(path, (PropterHash128){1, 2}, true, &memo, err));
  ck_ok(score_kept_as(&w, 6, 2.3, memo, 7, &first, err));
  memo_close(memo);
  w.y[20] += .1;
  ck_ok(memo_open(path, (PropterHash128){1, 2}, true, &memo, err));
  ck_ok(score_kept_as(&w, 6, 2.3, memo, 8, &kept, err));
  memo_counts(memo, &found, &made);
  ck_assert(found == 1 && made == 2); /* of what was weighed; of what is learned, of the window's deviations */
  ck_ok(score_kept_as(&w, 6, 2.3, NULL, 8, &anew, err));
  check_equal(&kept, &anew);
  ck_assert(first.p_unknown == kept.p_unknown);
  propter_answer_clear(&first);
  propter_answer_clear(&kept);
  propter_answer_clear(&anew);
  memo_close(memo);
}
END_TEST

/* Other controls and other words leave the evidence of the courses as it was. */
START_TEST(what_was_weighed_is_taken_over_whatever_is_said_and_the_controls_do) {
  const char *path = support_path(support_folder(), "kept");
  World w;
  Memo *memo;
  PropterAnswer first, kept, anew;
  size_t found, made;
  make_world(&w, 3);
  add(w.y, 70, 72, -9);
  ck_ok(memo_open(path, (PropterHash128){1, 2}, true, &memo, err));
  ck_ok(score_kept(&w, 6, 2.3, memo, &first, err));
  memo_close(memo);
  ck_ok(memo_open(path, (PropterHash128){1, 2}, true, &memo, err));
  ck_ok(score_kept(&w, 3, .5, memo, &kept, err));
  memo_counts(memo, &found, &made);
  ck_assert(found == 3 && made == 0); /* of what is learned, of the window's deviations, of what was weighed */
  ck_ok(score_kept(&w, 3, .5, NULL, &anew, err));
  check_equal(&kept, &anew);
  ck_assert(first.cause[0].p != kept.cause[0].p);
  propter_answer_clear(&first);
  propter_answer_clear(&kept);
  propter_answer_clear(&anew);
  memo_close(memo);
}
END_TEST

typedef struct {
  World world;
  const char *path;
} KeptWorld;

static PropterStatus score_kept_once(void *payload, PropterError *err) {
  const KeptWorld *w = payload;
  Memo *memo;
  PropterAnswer a = {0};
  (void)unlink(w->path);
  PROPTER_TRY(memo_open(w->path, (PropterHash128){1, 2}, true, &memo, err));
  PropterStatus status = score_kept(&w->world, 3, 2.3, memo, &a, err);
  propter_answer_clear(&a);
  memo_close(memo);
  return status;
}

START_TEST(failing_allocations_of_what_is_kept) {
  KeptWorld w = {.path = support_path(support_folder(), "kept")};
  make_world(&w.world, 3);
  add(w.world.y, 70, 72, -9);
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, score_kept_once, &w, true), 20);
}
END_TEST

START_TEST(terms_have_names) {
  for (int k = 0; k < PROPTER_TERMS; k++) ck_assert_uint_gt(strlen(propter_score_term_name((PropterScoreTerm)k)), 3);
  ck_assert_str_eq(propter_score_term_name(PROPTER_TERM_TIMING), "timing");
}
END_TEST

Suite *suite_score(void) {
  Suite *suite = suite_create("score");
  TCase *tc = tcase_create("score");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, a_sized_spike_is_explained);
  tcase_add_test(tc, a_shift_and_a_ramp_are_explained);
  tcase_add_test(tc, a_wrong_date_is_not_believed);
  tcase_add_test(tc, an_unknown_cause_may_end);
  tcase_add_test(tc, an_unknown_cause_is_not_held_to_parts_of_the_window);
  tcase_add_test(tc, what_began_before_the_window_shows_there);
  tcase_add_test(tc, an_end_that_is_not_known_is_weighed);
  tcase_add_test(tc, an_end_that_nobody_told_is_found_in_the_figures);
  tcase_add_test(tc, an_end_that_the_figures_show_is_not_late);
  tcase_add_test(tc, a_course_tells_a_move_that_the_mean_hides);
  tcase_add_test(tc, quiet_windows_did_not_move);
  tcase_add_test(tc, a_claim_that_the_data_deny_is_contradicted);
  tcase_add_test(tc, a_real_move_without_a_cause_stays_unknown);
  tcase_add_test(tc, a_cause_without_a_date_is_another_name_of_the_unknown_one);
  tcase_add_test(tc, controls_tell_a_common_cause_from_a_local_one);
  tcase_add_test(tc, the_slices_in_its_scope_tell_a_wide_cause_from_a_local_one);
  tcase_add_test(tc, a_part_is_diluted_in_its_whole);
  tcase_add_test(tc, what_cannot_be_told_apart_is_named);
  tcase_add_test(tc, a_thousand_irrelevant_events_change_nothing);
  tcase_add_test(tc, reviews_and_calibration_have_their_lines);
  tcase_add_test(tc, others_of_the_kind_move_the_prior);
  tcase_add_test(tc, days_that_never_come_hide_no_window);
  tcase_add_test(tc, quiet_windows_are_quiet);
  tcase_add_test(tc, what_cannot_be_judged);
  tcase_add_test(tc, threads_change_nothing);
  tcase_add_test(tc, failing_allocations);
  tcase_add_test(tc, in_steps_as_at_once);
  tcase_add_test(tc, what_was_weighed_is_taken_over_whatever_is_said_and_the_controls_do);
  tcase_add_test(tc, a_correction_elsewhere_leaves_what_was_weighed);
  tcase_add_test(tc, failing_allocations_of_what_is_kept);
  tcase_add_test(tc, terms_have_names);
  suite_add_tcase(suite, tc);
  return suite;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "../../engine/detect/baseline.h"
#include "propter/detect.h"
#include "propter/math.h"
#include "propter/rng.h"
#include "support.h"

enum { N = 240 };

static PropterSeries monthly(const double *value, size_t n, bool adjusted) {
  return (PropterSeries){.grain = PROPTER_GRAIN_MONTH, .first = propter_period_of(PROPTER_GRAIN_MONTH, propter_day(2000, 1, 1)), .count = n, .value = value,
                         .reference_day = 12, .seasonally_adjusted = adjusted};
}

static void random_walk(double *y, uint64_t seed, double drift, double step, double noise) {
  PropterRng rng;
  double level = 1000;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < N; i++) {
    level += drift + step * propter_rng_normal(&rng);
    y[i] = level + noise * propter_rng_normal(&rng);
  }
}

/* The expectation for a window must not change when the window and the time after it do. */
START_TEST(the_window_never_enters_its_own_fit) {
  double y[N], scratch[N], before[6], after[6], drift;
  random_walk(y, 3, 1, 2, 0);
  PropterSeries s = monthly(y, N, true);
  Baseline *b;
  ck_ok(baseline_new(&s, 0, &b, err));
  ck_assert(baseline_expect(b, 100, 3, 6, scratch, before, &drift, NULL));
  baseline_free(b);
  for (size_t i = 100; i < 106; i++) y[i] += 500 + 90 * (double)i;
  ck_ok(baseline_new(&s, 0, &b, err));
  ck_assert(baseline_expect(b, 100, 3, 6, scratch, after, &drift, NULL));
  for (int h = 0; h < 6; h++) ck_assert_double_eq(before[h], after[h]);
  baseline_free(b);
}
END_TEST

/* Integrated noise: the error grows with the root of the horizon; single noise: it does not grow. */
START_TEST(errors_grow_as_the_noise_does) {
  double y[N], scratch[2 * N], *rows = malloc(N * 12 * sizeof *rows);
  unsigned char use[N];
  memset(use, 1, N);
  for (int kind = 0; kind < 2; kind++) {
    double ratio = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
      random_walk(y, seed, 0.5, kind ? 0 : 2, kind ? 2 : 0);
      PropterSeries s = monthly(y, N, true);
      Baseline *b;
      ErrorModel m;
      ck_ok(baseline_new(&s, 0, &b, err));
      ck_ok(baseline_errors(b, 6, 12, 0, 0, rows, err));
      ck_assert(baseline_fit(b, rows, 12, use, 0, 0, scratch, &m));
      ratio += sqrt(error_covariance(&m, 9, 9) / error_covariance(&m, 1, 1)) / 8;
      if (kind) ck_assert_uint_gt(b->width, 1);
      else ck_assert_uint_eq(b->width, 1);
      baseline_free(b);
    }
    if (kind) ck_assert_double_lt(ratio, 1.6);
    else ck_assert(ratio > 2.2 && ratio < 4);
  }
  free(rows);
}
END_TEST

/* Something on one day in five: what it usually is lies as far off as it is rare, ten times that much farther. One period after the other, the same to the bit. */
static void check_mostly_nothing(double part, double low, double high) {
  double y[N], scratch[2 * N], *rows = malloc(N * 2 * sizeof *rows);
  unsigned char use[N];
  PropterRng rng;
  propter_rng_seed(&rng, 11);
  for (size_t i = 0; i < N; i++) {
    const double size = 300 + 50 * propter_rng_normal(&rng);
    y[i] = propter_rng_unit(&rng) < part ? round(size) : 0;
  }
  y[0] = 1; /* figures are whole numbers */
  const PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = propter_day(2024, 1, 1), .count = N, .value = y};
  Baseline *b;
  Ordered order[BASELINE_ORDERED];
  memset(use, 1, N);
  ck_ok(baseline_new(&s, 0, &b, err));
  ck_ok(baseline_errors(b, 1, 2, 0, 0, rows, err));
  ck_ok(baseline_order(b, rows, use, order, err));
  for (size_t from = 20; from < 60; from++) {
    ErrorModel whole, one;
    use[from] = use[from + 1] = 0;
    ck_assert(baseline_fit(b, rows, 2, use, from, from + 2, scratch, &whole));
    ck_assert(baseline_fit_ordered(b, order, from, &one));
    ck_assert_mem_eq(&whole, &one, sizeof one);
    const double sd = sqrt(error_covariance(&one, 1, 1));
    ck_assert_msg(sd > low && sd < high, "%g", sd);
    use[from] = use[from + 1] = 1;
  }
  baseline_order_free(order);
  baseline_free(b);
  free(rows);
}

START_TEST(mostly_nothing_is_wide) {
  check_mostly_nothing(.2, 120, 300);
  check_mostly_nothing(.008, 10, 50);
}
END_TEST

/* The median change of noise is noise: carried on over a long window it would outgrow everything. Where there is growth, it is carried on. */
START_TEST(growth_goes_on_where_there_is_any) {
  double y[N];
  size_t still = 0, grown = 0;
  for (uint64_t seed = 1; seed <= 8; seed++)
    for (int grows = 0; grows < 2; grows++) {
      random_walk(y, seed, grows ? 1 : 0, 0, 2);
      PropterSeries s = monthly(y, N, true);
      Baseline *b;
      ck_ok(baseline_new(&s, 0, &b, err));
      ck_ok(baseline_choose_width(b, 12, 0, 0, err));
      *(grows ? &grown : &still) += b->growth == (grows ? 1 : 0);
      baseline_free(b);
    }
  ck_assert_uint_ge(still, 7);
  ck_assert_uint_ge(grown, 7);
}
END_TEST

START_TEST(intervals_cover_what_they_say) {
  double y[N], scratch[2 * N], rows[N * 4];
  unsigned char use[N];
  size_t inside = 0, all = 0;
  for (uint64_t seed = 20; seed < 40; seed++) {
    random_walk(y, seed, 1, 2, 1);
    PropterSeries s = monthly(y, N, true);
    Baseline *b;
    ErrorModel m;
    double expected[4], drift;
    ck_ok(baseline_new(&s, 0, &b, err));
    ck_ok(baseline_errors(b, 2, 4, 0, 0, rows, err));
    for (size_t from = 20; from < 230; from += 10) {
      memset(use, 1, N);
      ck_assert(baseline_fit(b, rows, 4, use, from, from + 4, scratch, &m));
      ck_assert(baseline_expect(b, from, 2, 4, scratch, expected, &drift, NULL));
      for (size_t h = 0; h < 4; h++, all++) inside += fabs(y[from + h] - expected[h]) < 1.96 * sqrt(error_covariance(&m, h + 1, h + 1));
    }
    baseline_free(b);
  }
  double covered = (double)inside / (double)all;
  ck_assert_msg(covered > 0.92 && covered < 0.98, "95 %% interval covers %.3f of %zu", covered, all);
}
END_TEST

/* --- quiet series of a few periods ------------------------------------------------------------------------------------------------ */

typedef struct {
  PropterGrain grain;
  size_t count;
  double swing; /* of the seasons, in standard deviations of the noise */
  double least; /* part of the moves of eight standard deviations that must be found */
} Quiet;

static void draw_quiet(const Quiet *q, uint64_t seed, double *y) {
  PropterRng rng;
  const size_t cycle = series_cycle(q->grain);
  double season[52];
  propter_rng_seed(&rng, seed);
  for (size_t k = 0; k < cycle; k++) season[k] = q->swing * propter_rng_normal(&rng);
  for (size_t i = 0; i < q->count; i++) y[i] = 100 + .02 * (double)i + season[i % cycle] + propter_rng_normal(&rng);
}

/* How far off a period is, as a normal deviate; NaN: it cannot be judged. */
static double off(const Quiet *q, const Baseline *b, const double *rows, size_t from) {
  double scratch[2 * N], expected[2], drift, y[N], season[N];
  unsigned char use[N];
  ErrorModel m;
  Baseline own = *b;
  memcpy(y, b->y, q->count * sizeof *y);
  memcpy(season, b->season, q->count * sizeof *season);
  own.y = y, own.season = season;
  baseline_set_aside(&own, from, 1, y, season);
  memset(use, 1, q->count);
  if (!baseline_fit(b, rows, 2, use, from, from + 2, scratch, &m) || !baseline_expect(&own, from, 1, 1, scratch, expected, &drift, NULL)) return NAN;
  return propter_normal_of_t((y[from] - expected[0]) / sqrt(error_covariance(&m, 1, 1)), baseline_freedom((double)(q->count - 2)));
}

/* Alarms at 1 % in quiet series, and how many of as many moves of `move` standard deviations are found, one a series. */
static void look_at(const Quiet *q, double move, double *alarms, double *found) {
  enum { SERIES = 60 };
  double y[N], rows[2 * N];
  size_t judged = 0, far = 0, hit = 0;
  for (uint64_t seed = 1; seed <= SERIES; seed++)
    for (int planted = 0; planted < 2; planted++) {
      const size_t at = 2 * q->count / 3;
      draw_quiet(q, seed, y);
      if (planted) y[at] += move;
      const PropterSeries s = {.grain = q->grain, .first = 2000, .count = q->count, .value = y};
      Baseline *b;
      ck_ok(baseline_new(&s, 0, &b, err));
      ck_ok(baseline_errors(b, 1, 2, 0, 0, rows, err));
      if (planted) hit += fabs(off(q, b, rows, at)) >= 2.576 ? 1 : 0;
      for (size_t i = 1; i < q->count && !planted; i++) {
        const double z = fabs(off(q, b, rows, i));
        if (!isnan(z)) judged++, far += z >= 2.576 ? 1 : 0;
      }
      baseline_free(b);
    }
  *alarms = (double)far / (double)judged, *found = (double)hit / SERIES;
}

/* A few errors know their own size badly, and of a few years each says a good part of what its season is: neither makes quiet series move. */
START_TEST(quiet_short_series_are_quiet) {
  static const Quiet quiet[] = {{PROPTER_GRAIN_DAY, 18, 0, .85},      {PROPTER_GRAIN_DAY, 28, 0, .9},       {PROPTER_GRAIN_DAY, 28, 2.5, .75},
                                {PROPTER_GRAIN_DAY, 60, 2.5, .9},     {PROPTER_GRAIN_MONTH, 36, 0, .9},     {PROPTER_GRAIN_MONTH, 36, 2.5, .75},
                                {PROPTER_GRAIN_MONTH, 60, 2.5, .9},   {PROPTER_GRAIN_QUARTER, 24, 2.5, .75}, {PROPTER_GRAIN_WEEK, 160, 2.5, .4}};
  for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++) {
    const Quiet *q = &quiet[i];
    double alarms, found;
    look_at(q, 8, &alarms, &found);
    ck_assert_msg(alarms < .018 && found > q->least, "%zu periods of grain %d, seasons of %.1f: alarms %.4f, found %.3f", q->count, q->grain, q->swing, alarms,
                  found);
  }
}
END_TEST

/* What is usual in a season is not said by the window that is asked about. */
START_TEST(a_window_says_nothing_of_its_season) {
  const Quiet q = {PROPTER_GRAIN_MONTH, 48, 2.5, 0};
  double y[N], own[2][N], season[2][N];
  for (int moved = 0; moved < 2; moved++) {
    Baseline *b;
    draw_quiet(&q, 5, y);
    if (moved) y[30] += 3;
    const PropterSeries s = {.grain = q.grain, .first = 2000, .count = q.count, .value = y};
    ck_ok(baseline_new(&s, 0, &b, err));
    ck_assert_ptr_nonnull(b->seasons);
    memcpy(own[moved], b->y, q.count * sizeof *y);
    memcpy(season[moved], b->season, q.count * sizeof *y);
    baseline_set_aside(b, 30, 1, own[moved], season[moved]);
    for (size_t i = 0; i < q.count; i++) ck_assert_double_eq_tol(own[moved][i] + season[moved][i], y[i], 1e-9);
    baseline_free(b);
  }
  for (size_t i = 0; i < q.count; i++) ck_assert_double_eq_tol(season[0][i], season[1][i], .2);
}
END_TEST

START_TEST(gaps_are_stepped_over) {
  double y[N], scratch[N], expected[3], drift;
  for (size_t i = 0; i < N; i++) y[i] = 10 + 2 * (double)i;
  for (size_t i = 30; i < 200; i += 7) y[i] = NAN;
  y[99] = y[98] = NAN;
  PropterSeries s = monthly(y, N, true);
  Baseline *b;
  size_t used;
  ck_ok(baseline_new(&s, 0, &b, err));
  ck_assert(baseline_expect(b, 100, 1, 3, scratch, expected, &drift, &used));
  ck_assert_double_eq_tol(drift, 2, 1e-9);
  for (size_t h = 0; h < 3; h++) ck_assert_double_eq_tol(expected[h], 10 + 2 * (double)(100 + h), 1e-9);
  ck_assert(!baseline_expect(b, 0, 1, 1, scratch, expected, &drift, NULL)); /* nothing before */
  baseline_free(b);
  s.count = 9;
  ck_ok(baseline_new(&s, 0, &b, err));
  ck_assert(!baseline_expect(b, 5, 1, 1, scratch, expected, &drift, NULL)); /* too few changes */
  baseline_free(b);
}
END_TEST

START_TEST(seasons_are_found_where_they_are) {
  PropterRng rng;
  double y[N], p;
  for (int kind = 0; kind < 2; kind++) {
    propter_rng_seed(&rng, 9);
    for (size_t i = 0; i < N; i++) y[i] = 100 + 0.3 * (double)i + (kind ? 8 * sin((double)(i % 12) * 0.5236) : 0) + propter_rng_normal(&rng);
    PropterSeries s = monthly(y, N, true);
    Baseline *b;
    ck_ok(propter_seasonality_test(&s, &p, err));
    if (kind) ck_assert_double_lt(p, 1e-9);
    else ck_assert_double_gt(p, 0.01);
    ck_ok(baseline_new(&s, 0, &b, err));
    ck_assert(b->seasonal == (kind == 1));
    if (kind) {
      double worst = 0;
      for (size_t i = 0; i < N; i++) worst = fmax(worst, fabs(b->season[i] - 8 * sin((double)(i % 12) * 0.5236)));
      ck_assert_double_lt(worst, 2);
    }
    baseline_free(b);
  }
  for (size_t i = 0; i < N; i++) y[i] = 7; /* all ties */
  PropterSeries s = monthly(y, N, false);
  ck_ok(propter_seasonality_test(&s, &p, err));
  ck_assert_double_eq(p, 1);
}
END_TEST

/* Two years of days: what one corrected figure says of the season seldom shows, and little is lost by that. */
START_TEST(a_corrected_figure_seldom_moves_the_season) {
  enum { DAYS = 730, SERIES = 20, CORRECTIONS = 10 };
  static const double week[7] = {-6, -3, 0, 1, 2, 9, -3};
  size_t same = 0;
  double off = 0;
  for (uint64_t seed = 1; seed <= SERIES; seed++) {
    double y[DAYS];
    PropterRng rng;
    propter_rng_seed(&rng, seed);
    for (size_t i = 0; i < DAYS; i++) y[i] = 100 + week[i % 7] + 3 * propter_rng_normal(&rng);
    PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = propter_day(2024, 1, 1), .count = DAYS, .value = y};
    Baseline *whole, *b;
    ck_ok(baseline_new(&s, 0, &whole, err));
    for (size_t i = 0; i < 7; i++) off += pow(whole->season[i] - week[i], 2) / (7 * SERIES);
    for (int k = 0; k < CORRECTIONS; k++) {
      const size_t at = (size_t)propter_rng_below(&rng, DAYS);
      const double was = y[at];
      y[at] *= .5 + propter_rng_unit(&rng);
      ck_ok(baseline_new(&s, 0, &b, err));
      same += memcmp(b->season, whole->season, sizeof y) == 0;
      baseline_free(b);
      y[at] = was;
    }
    baseline_free(whole);
  }
  ck_assert_msg(10 * same >= 7 * SERIES * CORRECTIONS, "the same after %zu of %d corrections", same, SERIES * CORRECTIONS);
  ck_assert_double_lt(sqrt(off), .45);
}
END_TEST

START_TEST(steps_are_whole) {
  ck_assert_double_eq(digit_step(1152, 4), 128);
  ck_assert_double_eq(in_steps(1200, 128), 1152);
  ck_assert_double_eq(in_steps(-1.3, .5), -1.5);
  static const double odd[] = {0, NAN, INFINITY, 5e-324, 1e308};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    const double x = in_steps(odd[i], digit_step(odd[i], 4));
    ck_assert(x == odd[i] || (isnan(x) && isnan(odd[i])) || fabs(x / odd[i] - 1) <= 1. / 16);
  }
}
END_TEST

START_TEST(bad_series) {
  double y[] = {1, INFINITY, 3};
  PropterSeries s = monthly(y, 3, true);
  Baseline *b = NULL;
  PropterError error = {0};
  ck_assert_int_eq(baseline_new(&s, 0, &b, &error), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(error.message, "period 2"));
  s.count = 0;
  ck_assert_int_eq(baseline_new(&s, 0, &b, &error), PROPTER_INVALID);
}
END_TEST

static PropterStatus build_once(void *payload, PropterError *err) {
  Baseline *b = NULL;
  double *rows = payload;
  PropterSeries s = monthly(rows, N, false);
  PROPTER_TRY(baseline_new(&s, 0, &b, err));
  PropterStatus status = baseline_errors(b, 2, 4, 0, 0, rows + N, err);
  baseline_free(b);
  return status;
}

enum { DAYS = 5 * 365 + 1 };

/* Shops that sell a fifth more each year: Christmas Day closed, Whit Monday half, the last Friday of November double. */
static void build_years(double *y, uint64_t seed, double noise) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < DAYS; i++) {
    PropterDay day = propter_day(2019, 1, 1) + (PropterDay)i;
    int year, month, dom;
    propter_day_civil(day, &year, &month, &dom);
    double level = 1000 * (1 + .2 * (double)i / 365) * (propter_day_weekday(day) == 7 ? .8 : 1);
    bool whit = day == propter_day(2019, 6, 10) || day == propter_day(2020, 6, 1) || day == propter_day(2021, 5, 24) || day == propter_day(2022, 6, 6) ||
                day == propter_day(2023, 5, 29);
    double factor = month == 12 && dom == 25 ? 0 : whit ? .5 : month == 11 && propter_day_weekday(day) == 5 && dom > 23 ? 2 : 1;
    y[i] = level * factor * (1 + noise * propter_rng_normal(&rng));
  }
}

static double yearly_on(const Baseline *b, int year, int month, int dom) {
  return b->yearly[propter_day(year, month, dom) - propter_day(2019, 1, 1)];
}

/* Fridays are busy, weekends closed: what a Monday changes is seen from the Friday before. */
START_TEST(a_business_week_has_its_season) {
  enum { LONG = 400 };
  PropterRng rng;
  double y[LONG];
  propter_rng_seed(&rng, 3);
  for (size_t i = 0; i < LONG; i++) y[i] = i % 7 < 5 ? 100 + (i % 7 == 4 ? 30 : 0) + propter_rng_normal(&rng) : NAN;
  PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = 0, .count = LONG, .value = y};
  Baseline *b;
  ck_ok(baseline_new(&s, 0, &b, err));
  ck_assert(b->seasonal);
  double least = INFINITY, most = -INFINITY;
  for (size_t i = 0; i < LONG; i++)
    if (!isnan(b->y[i])) least = fmin(least, b->y[i]), most = fmax(most, b->y[i]);
  ck_assert_double_lt(most - least, 9);
  baseline_free(b);
}
END_TEST

START_TEST(days_that_stand_apart_every_year_are_usual) {
  static double y[DAYS];
  for (uint64_t seed = 1; seed <= 5; seed++) {
    Baseline *b;
    build_years(y, seed, .03);
    y[propter_day(2022, 12, 25) - propter_day(2019, 1, 1)] = 900; /* open in one year: that one is no longer usual, the others are */
    PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = propter_day(2019, 1, 1), .count = DAYS, .value = y};
    ck_ok(baseline_new(&s, 0, &b, err));
    ck_assert_ptr_nonnull(b->yearly);
    ck_assert_double_eq_tol(yearly_on(b, 2023, 12, 25), -1980, 250);
    ck_assert_double_eq_tol(yearly_on(b, 2023, 5, 29), -.5 * 1880, 150);
    ck_assert_double_eq_tol(yearly_on(b, 2020, 6, 1), -.5 * 1280, 100);
    ck_assert_double_eq_tol(yearly_on(b, 2023, 11, 24), 1960, 200);
    size_t marked = 0;
    for (size_t i = 0; i < DAYS; i++) marked += b->yearly[i] != 0;
    ck_assert_uint_eq(marked, 15);
    ck_assert_double_gt(b->y[propter_day(2022, 12, 25) - propter_day(2019, 1, 1)], 2200);
    baseline_free(b);
  }
}
END_TEST

/* A calendar needs two times: a feast that moves by the moon halves its day and fills the one before; another that it names changes nothing. */
START_TEST(days_that_a_calendar_names_are_usual) {
  enum { TWO = 760 };
  static const size_t feast[] = {100, 454}, other[] = {200, 565};
  for (uint64_t seed = 1; seed <= 10; seed++) {
    static double y[TWO];
    unsigned char holiday[TWO] = {0};
    PropterRng rng;
    propter_rng_seed(&rng, seed);
    for (size_t i = 0; i < TWO; i++) y[i] = (1000 + (double)i) * (1 + .03 * propter_rng_normal(&rng));
    for (size_t k = 0; k < 2; k++) y[feast[k]] *= .5, y[feast[k] - 1] *= 1.4, holiday[feast[k]] = 1, holiday[other[k]] = 2;
    PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = propter_day(2023, 1, 1), .count = TWO, .value = y, .holiday = holiday};
    double *part;
    size_t marked = 0;
    ck_ok(yearly_part(&s, y, &part, err));
    ck_assert_ptr_nonnull(part);
    for (size_t k = 0; k < 2; k++) {
      ck_assert_double_eq_tol(part[feast[k]], -.5 * (1000 + (double)feast[k]), 110);
      ck_assert_double_eq_tol(part[feast[k] - 1], .4 * (1000 + (double)feast[k]), 130);
      ck_assert_double_eq(part[other[k]], 0);
    }
    for (size_t i = 0; i < TWO; i++) marked += part[i] != 0;
    ck_assert_uint_eq(marked, 4);
    propter_free(part);
    s.holiday = NULL; /* two years are too few for what figures alone say */
    ck_ok(yearly_part(&s, y, &part, err));
    ck_assert_ptr_null(part);
    holiday[feast[1]] = 0; /* once is no rule, nor are days on end */
    holiday[feast[0] + 1] = 1;
    y[feast[0] + 1] *= .5;
    s.holiday = holiday;
    ck_ok(yearly_part(&s, y, &part, err));
    ck_assert_ptr_null(part);
  }
}
END_TEST

START_TEST(noise_has_no_days_of_the_year) {
  static double y[DAYS];
  PropterRng rng;
  size_t found = 0;
  propter_rng_seed(&rng, 77);
  for (int k = 0; k < 200; k++) {
    double walk = 0;
    for (size_t i = 0; i < DAYS; i++) y[i] = 100 + (k % 2 ? walk += propter_rng_normal(&rng) : propter_rng_normal(&rng));
    PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = 17000, .count = DAYS, .value = y};
    double *part;
    ck_ok(yearly_part(&s, y, &part, err));
    found += part != NULL;
    propter_free(part);
  }
  ck_assert_uint_le(found, 1);
  PropterSeries two = {.grain = PROPTER_GRAIN_DAY, .first = 17000, .count = 2 * 365, .value = y};
  double *part;
  build_years(y, 3, .01);
  ck_ok(yearly_part(&two, y, &part, err));
  ck_assert_ptr_null(part); /* two years say nothing of every year */
}
END_TEST

static PropterStatus find_yearly(void *payload, PropterError *err) {
  PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = propter_day(2019, 1, 1), .count = 3 * 365, .value = payload};
  double *part;
  PROPTER_TRY(yearly_part(&s, payload, &part, err));
  propter_free(part);
  return PROPTER_OK;
}

START_TEST(failing_allocations) {
  static double y[DAYS];
  double *room = malloc(N * 5 * sizeof *room);
  for (size_t i = 0; i < N; i++) room[i] = 10 * (double)(i % 12);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, build_once, room, false), 8);
  free(room);
  build_years(y, 3, .01);
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, find_yearly, y, false), 3);
}
END_TEST

Suite *suite_baseline(void) {
  Suite *suite = suite_create("baseline");
  TCase *tc = tcase_create("baseline");
  tcase_add_test(tc, the_window_never_enters_its_own_fit);
  tcase_add_test(tc, errors_grow_as_the_noise_does);
  tcase_add_test(tc, mostly_nothing_is_wide);
  tcase_add_test(tc, growth_goes_on_where_there_is_any);
  tcase_add_test(tc, intervals_cover_what_they_say);
  tcase_add_test(tc, quiet_short_series_are_quiet);
  tcase_add_test(tc, a_window_says_nothing_of_its_season);
  tcase_add_test(tc, gaps_are_stepped_over);
  tcase_add_test(tc, seasons_are_found_where_they_are);
  tcase_add_test(tc, a_business_week_has_its_season);
  tcase_add_test(tc, days_that_stand_apart_every_year_are_usual);
  tcase_add_test(tc, days_that_a_calendar_names_are_usual);
  tcase_add_test(tc, noise_has_no_days_of_the_year);
  tcase_add_test(tc, a_corrected_figure_seldom_moves_the_season);
  tcase_add_test(tc, steps_are_whole);
  tcase_add_test(tc, bad_series);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

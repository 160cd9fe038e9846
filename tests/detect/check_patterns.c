/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/detect.h"
#include "propter/math.h"
#include "propter/rng.h"
#include "support.h"

enum { N = 120 };

static void noise(double *y, uint64_t seed) {
  PropterRng rng;
  double level = 500;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < N; i++) {
    level += 1 + propter_rng_normal(&rng);
    y[i] = level;
  }
}

static PropterSeries monthly(const double *y) {
  return (PropterSeries){.grain = PROPTER_GRAIN_MONTH, .first = 360, .count = N, .value = y, .seasonally_adjusted = true};
}

START_TEST(planted_patterns_are_found) {
  double y[N];
  PropterDetections found = {0};
  noise(y, 4);
  y[30] += 20, y[31] += 16; /* spike of two periods */
  for (size_t i = 60; i < N; i++) y[i] -= 15; /* shift */
  for (size_t i = 90; i < N; i++) y[i] += 3.5 * (double)(i - 89); /* growth */
  PropterSeries s = monthly(y);
  ck_ok(propter_detect_series(&s, NULL, &found, err));
  bool spike = false, shift = false, trend = false;
  for (size_t i = 0; i < found.count; i++) {
    const PropterDetection *f = &found.items[i];
    if (f->kind == PROPTER_PATTERN_SPIKE && f->from == 30 && f->to == 31) spike = fabs(f->size - 20) < 5;
    if (f->kind == PROPTER_PATTERN_LEVEL_SHIFT && f->from == 60) shift = fabs(f->size + 15) < 4;
    if (f->kind == PROPTER_PATTERN_TREND_CHANGE && f->from >= 87 && f->from <= 93) trend = fabs(f->size - 3.5) < 1.2;
  }
  ck_assert(spike);
  ck_assert(shift);
  ck_assert(trend);
  ck_assert_str_eq(found.items[0].detector, "spike");
  propter_vec_clear(&found);
}
END_TEST

START_TEST(quiet_series_stay_quiet) {
  size_t total = 0;
  for (uint64_t seed = 100; seed < 150; seed++) {
    double y[N];
    PropterDetections found = {0};
    noise(y, seed);
    PropterSeries s = monthly(y);
    ck_ok(propter_detect_series(&s, NULL, &found, err));
    total += found.count;
    propter_vec_clear(&found);
  }
  ck_assert_uint_le(total, 25); /* 50 series of 120 months */
}
END_TEST

START_TEST(the_table_is_listed) {
  const PropterDetectorInfo *info = propter_detectors();
  size_t n = 0;
  for (; info[n].name; n++) ck_assert_uint_gt(strlen(info[n].summary), 10);
  ck_assert_uint_eq(n, 6);
  double y[N];
  for (size_t i = 0; i < N; i++) y[i] = NAN;
  PropterSeries s = monthly(y);
  PropterDetections found = {0};
  ck_ok(propter_detect_series(&s, NULL, &found, err)); /* only gaps */
  ck_assert_uint_eq(found.count, 0);
  s.count = 0;
  ck_ok(propter_detect_series(&s, NULL, &found, err));
}
END_TEST

static const PropterDetection *first_of(const PropterDetections *found, PropterPatternKind kind) {
  for (size_t i = 0; i < found->count; i++)
    if (found->items[i].kind == kind) return &found->items[i];
  return NULL;
}

START_TEST(noise_that_grows_is_found) {
  enum { LONG = 200 };
  double y[LONG], level = 50;
  PropterRng rng;
  PropterDetections found = {0};
  propter_rng_seed(&rng, 2);
  for (size_t i = 0; i < LONG; i++) y[i] = level += (i < 120 ? 1 : 4) * propter_rng_normal(&rng);
  PropterSeries s = {.grain = PROPTER_GRAIN_YEAR, .count = LONG, .value = y};
  ck_ok(propter_detect_series(&s, NULL, &found, err));
  const PropterDetection *d = first_of(&found, PROPTER_PATTERN_VARIANCE_CHANGE);
  ck_assert_ptr_nonnull(d);
  ck_assert_str_eq(d->detector, "variance");
  ck_assert(d->low <= d->from && d->from <= d->high && d->low <= 120 && d->high >= 112);
  ck_assert_msg(d->size > 2 && d->size < 7 && d->p < 0.01 && d->probability > 0, "%g %g %g %zu", d->size, d->p, d->probability, d->from);
  propter_vec_clear(&found);
}
END_TEST

START_TEST(a_new_season_is_found) {
  double y[N];
  PropterRng rng;
  PropterDetections found = {0};
  propter_rng_seed(&rng, 6);
  for (size_t i = 0; i < N; i++) y[i] = 100 + propter_rng_normal(&rng) + (i % 12 == (i < 60 ? 2 : 8) ? 12 : 0);
  PropterSeries s = {.grain = PROPTER_GRAIN_MONTH, .first = 360, .count = N, .value = y};
  ck_ok(propter_detect_series(&s, NULL, &found, err));
  const PropterDetection *d = first_of(&found, PROPTER_PATTERN_SEASON_BREAK);
  ck_assert_ptr_nonnull(d);
  ck_assert(d->from >= 50 && d->from <= 70 && d->p < 0.001);
  propter_vec_clear(&found);
}
END_TEST

/* Four years of days with a yearly course of ±60, steep enough to look like changes of trend, and 20 lower on the first of May. */
START_TEST(what_returns_every_year_is_no_pattern) {
  enum { DAYS = 4 * 365 };
  static double x[DAYS];
  static unsigned char holiday[DAYS];
  PropterRng rng;
  propter_rng_seed(&rng, 11);
  for (size_t i = 0; i < DAYS; i++) {
    size_t day = i % 365;
    holiday[i] = day == 120;
    x[i] = 100 + 60 * sin(2 * M_PI * (double)day / 365) - (holiday[i] ? 20 : 0) + propter_rng_normal(&rng);
  }
  x[700] += 14;
  PropterSeries s = {.grain = PROPTER_GRAIN_DAY, .first = 18000, .count = DAYS, .value = x, .holiday = holiday};
  PropterDetections found = {0};
  for (int known = 0; known < 2; known++) { /* as an adjusted series nothing is taken off: then all of it is found */
    size_t spikes = 0, trends = 0, special = 0;
    s.seasonally_adjusted = !known;
    s.holiday = known ? holiday : NULL;
    ck_ok(propter_detect_series(&s, NULL, &found, err));
    for (size_t i = 0; i < found.count; i++) {
      spikes += found.items[i].kind == PROPTER_PATTERN_SPIKE && found.items[i].from == 700;
      trends += found.items[i].kind == PROPTER_PATTERN_TREND_CHANGE;
      special += found.items[i].from % 365 == 120;
    }
    ck_assert_uint_eq(spikes, 1);
    ck_assert_int_eq(trends == 0, known);
    ck_assert_int_eq(special == 0, known);
    propter_vec_clear(&found);
  }
}
END_TEST

START_TEST(a_leading_series_is_found) {
  double lead[N], follow[N], other[N], a = 0, b = 0;
  PropterRng rng;
  PropterDetections found = {0};
  propter_rng_seed(&rng, 7);
  for (size_t i = 0; i < N; i++) lead[i] = a += propter_rng_normal(&rng);
  for (size_t i = 0; i < N; i++) follow[i] = (b += 0.5 * propter_rng_normal(&rng)) + (i >= 2 ? 0.9 * lead[i - 2] : 0);
  noise(other, 31);
  PropterSeries first = monthly(lead), second = monthly(follow), third = monthly(other);
  const PropterSeries *leaders[] = {&third, &first, &second};
  PropterDetectOptions o = propter_detect_options();
  o.leaders = leaders;
  o.leader_count = 3;
  ck_ok(propter_detect_series(&second, &o, &found, err));
  const PropterDetection *d = first_of(&found, PROPTER_PATTERN_LAGGED);
  ck_assert_ptr_nonnull(d);
  ck_assert_uint_eq(d->leader, 1);
  ck_assert_int_eq(d->lag, 2);
  ck_assert_double_gt(d->size, 0.6);
  propter_vec_clear(&found);
}
END_TEST

START_TEST(false_discoveries_are_controlled) {
  /* Benjamini and Hochberg's own example (1995, section 3): fifteen tests, four kept at .05. */
  const double p[] = {.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1};
  double q[15], twice[15];
  size_t kept = 0, strict = 0;
  ck_ok(propter_false_discovery(p, 15, 15, false, q, err));
  for (size_t i = 0; i < 15; i++) kept += q[i] <= 0.05;
  ck_assert_uint_eq(kept, 4);
  ck_assert_double_eq_tol(q[0], .0015, 1e-12);
  ck_ok(propter_false_discovery(p, 15, 15, true, twice, err));
  for (size_t i = 0; i < 15; i++) strict += twice[i] <= 0.05;
  ck_assert_uint_eq(strict, 3);
  const double odd[] = {NAN, 0.001};
  ck_ok(propter_false_discovery(odd, 2, 1000, false, q, err));
  ck_assert(q[0] == 1 && q[1] == 1);
  ck_ok(propter_false_discovery(NULL, 0, 0, false, NULL, err));
}
END_TEST

/* Each pair of series is a test of its own, and the changes of noise around a level are no noise. */
START_TEST(noise_leads_no_noise) {
  enum { SERIES = 40 };
  double *y = malloc(SERIES * N * sizeof *y);
  PropterRng rng;
  PropterSeries series[SERIES];
  const PropterSeries *leaders[SERIES];
  PropterDetections found = {0};
  PropterDetectOptions o = propter_detect_options();
  ck_assert_ptr_nonnull(y);
  for (size_t s = 0; s < SERIES; s++) series[s] = monthly(y + s * N), leaders[s] = &series[s];
  propter_rng_seed(&rng, 900);
  for (size_t i = 0; i < SERIES * N; i++) y[i] = 100 + 5 * propter_rng_normal(&rng);
  o.leaders = leaders, o.leader_count = SERIES;
  ck_ok(propter_detect_many(series, SERIES, &o, 1, &found, err));
  size_t seen = 0, kept = 0;
  for (size_t i = 0; i < found.count; i++)
    seen += found.items[i].kind == PROPTER_PATTERN_LAGGED, kept += found.items[i].kind == PROPTER_PATTERN_LAGGED && found.items[i].q <= 0.05;
  ck_assert_uint_gt(seen, 0);
  ck_assert_uint_eq(kept, 0);
  propter_vec_clear(&found);
  free(y);
}
END_TEST

enum { MANY = 300 };
static PropterStatus detect_all(const double *y, unsigned threads, PropterDetections *found, PropterError *err) {
  PropterSeries series[MANY];
  for (size_t s = 0; s < MANY; s++) series[s] = monthly(y + s * N);
  return propter_detect_many(series, MANY, NULL, threads, found, err);
}

START_TEST(many_series_on_any_number_of_threads) {
  double *y = malloc(MANY * N * sizeof *y);
  PropterDetections one = {0}, two = {0};
  ck_assert_ptr_nonnull(y);
  for (size_t s = 0; s < MANY; s++) noise(y + s * N, 500 + s);
  for (size_t i = 60; i < N; i++) y[17 * N + i] += 40;
  y[5] = NAN;
  ck_ok(detect_all(y, 1, &one, err));
  ck_ok(detect_all(y, 2, &two, err));
  ck_assert_uint_eq(one.count, two.count);
  size_t kept = 0;
  bool found = false;
  for (size_t i = 0; i < one.count; i++) {
    const PropterDetection *d = &one.items[i], *e = &two.items[i];
    ck_assert(d->kind == e->kind && d->from == e->from && d->score == e->score && d->q == e->q && d->series == e->series && d->probability == e->probability);
    ck_assert(d->p >= 0 && d->p <= d->q && d->q <= 1);
    ck_assert(d->low <= d->from && d->from <= d->high && d->probability >= 0 && d->probability <= 1);
    kept += d->q <= 0.05;
    found |= d->series == 17 && d->from == 60 && d->q <= 0.05;
  }
  ck_assert(found);
  ck_assert_uint_le(kept, 3);
  propter_vec_clear(&one);
  propter_vec_clear(&two);
  free(y);
}
END_TEST

START_TEST(degenerate_series_have_a_defined_result) {
  double y[N], tiny[2] = {1, 2};
  PropterDetections found = {0};
  for (size_t i = 0; i < N; i++) y[i] = 3;
  PropterSeries s = monthly(y), two = {.grain = PROPTER_GRAIN_DAY, .count = 2, .value = tiny};
  ck_ok(propter_detect_series(&s, NULL, &found, err));
  ck_assert_uint_eq(found.count, 0);
  ck_ok(propter_detect_series(&two, NULL, &found, err));
  ck_assert_uint_eq(found.count, 0);
  for (size_t i = 0; i < N; i++) y[i] = i % 2 ? 5e-324 : 0;
  ck_ok(propter_detect_series(&s, NULL, &found, err));
  for (size_t i = 0; i < N; i++) y[i] = i < N / 2 ? (double)(i % 5) : 1000 * (double)(i % 5); /* the unit jumps */
  ck_ok(propter_detect_series(&s, NULL, &found, err));
  ck_assert_uint_gt(found.count, 0);
  for (size_t i = 0; i < found.count; i++)
    ck_assert(isfinite(found.items[i].size) && isfinite(found.items[i].score) && isfinite(found.items[i].p) && isfinite(found.items[i].probability));
  y[7] = INFINITY;
  ck_assert_int_eq(propter_detect_series(&s, NULL, &found, NULL), PROPTER_INVALID);
  propter_vec_clear(&found);
}
END_TEST

START_TEST(a_million_tiny_series_have_no_patterns) {
  enum { MILLION = 1000000 };
  static const double value[3][2] = {{1, 2}, {5, NAN}, {NAN, NAN}};
  PropterDetections found = {0};
  PropterSeries *series = calloc(MILLION, sizeof *series);
  ck_assert_ptr_nonnull(series);
  for (size_t s = 0; s < MILLION; s++) series[s] = (PropterSeries){.grain = PROPTER_GRAIN_DAY, .first = 19000, .count = s % 4 ? 2 : 0, .value = value[s % 3]};
  ck_ok(propter_detect_many(series, MILLION, NULL, 2, &found, err));
  ck_assert_uint_eq(found.count, 0);
  propter_vec_clear(&found);
  free(series);
}
END_TEST

static PropterStatus detect_once(void *payload, PropterError *err) {
  PropterDetections found = {0};
  static const unsigned char holiday[N] = {[5] = 1, [30] = 1};
  PropterSeries s = monthly(payload);
  s.holiday = holiday;
  PropterStatus status = propter_detect_series(&s, NULL, &found, err);
  propter_vec_clear(&found);
  return status;
}

START_TEST(failing_allocations) {
  double y[N];
  noise(y, 4);
  for (size_t i = 60; i < N; i++) y[i] -= 15;
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, detect_once, y, false), 13);
}
END_TEST

Suite *suite_patterns(void) {
  Suite *suite = suite_create("patterns");
  TCase *tc = tcase_create("patterns");
  tcase_add_test(tc, planted_patterns_are_found);
  tcase_add_test(tc, quiet_series_stay_quiet);
  tcase_add_test(tc, the_table_is_listed);
  tcase_add_test(tc, noise_that_grows_is_found);
  tcase_add_test(tc, a_new_season_is_found);
  tcase_add_test(tc, what_returns_every_year_is_no_pattern);
  tcase_add_test(tc, a_leading_series_is_found);
  tcase_add_test(tc, false_discoveries_are_controlled);
  tcase_add_test(tc, noise_leads_no_noise);
  tcase_add_test(tc, many_series_on_any_number_of_threads);
  tcase_add_test(tc, degenerate_series_have_a_defined_result);
  tcase_add_test(tc, a_million_tiny_series_have_no_patterns);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

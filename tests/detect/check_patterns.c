/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/detect.h"
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
  ck_assert_uint_eq(n, 3);
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

static PropterStatus detect_once(void *payload, PropterError *err) {
  PropterDetections found = {0};
  PropterSeries s = monthly(payload);
  PropterStatus status = propter_detect_series(&s, NULL, &found, err);
  propter_vec_clear(&found);
  return status;
}

START_TEST(failing_allocations) {
  double y[N];
  noise(y, 4);
  for (size_t i = 60; i < N; i++) y[i] -= 15;
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, detect_once, y, false), 8);
}
END_TEST

Suite *suite_patterns(void) {
  Suite *suite = suite_create("patterns");
  TCase *tc = tcase_create("patterns");
  tcase_add_test(tc, planted_patterns_are_found);
  tcase_add_test(tc, quiet_series_stay_quiet);
  tcase_add_test(tc, the_table_is_listed);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(suite, tc);
  return suite;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/series.h"
#include "support.h"

static const double values[12];

static PropterSeries monthly(int reference_day) {
  return (PropterSeries){.grain = PROPTER_GRAIN_MONTH, .first = propter_period_of(PROPTER_GRAIN_MONTH, propter_day(2011, 1, 1)), .count = 12,
                         .value = values, .reference_day = reference_day};
}

START_TEST(days_are_found) {
  PropterSeries s = monthly(12);
  size_t i = 99;
  ck_assert(propter_series_find(&s, propter_day(2011, 8, 31), &i));
  ck_assert_uint_eq(i, 7);
  ck_assert(!propter_series_find(&s, propter_day(2010, 12, 31), &i));
  ck_assert(!propter_series_find(&s, propter_day(2012, 1, 1), &i));
}
END_TEST

START_TEST(a_stock_sees_its_reference_day) {
  PropterSeries s = monthly(12);
  PropterEffect strike = {.start = propter_day(2011, 8, 7), .end = propter_day(2011, 8, 22), .profile = PROPTER_PROFILE_PULSE, .has_dose = true, .dose = -45};
  double path[12];
  ck_ok(propter_effect_path(&strike, &s, 0, path, err));
  for (int i = 0; i < 12; i++) ck_assert_double_eq(path[i], i == 7 ? -45 : 0);
  ck_ok(propter_effect_path(&strike, &s, 1, path, err));
  ck_assert_double_eq(path[8], -45);
  strike.start = propter_day(2011, 8, 13); /* after the count */
  ck_ok(propter_effect_path(&strike, &s, 0, path, err));
  for (int i = 0; i < 12; i++) ck_assert_double_eq(path[i], 0);
}
END_TEST

START_TEST(a_flow_sees_the_covered_part) {
  PropterSeries s = monthly(0);
  PropterEffect e = {.start = propter_day(2011, 4, 16), .end = propter_day(2011, 5, 31), .profile = PROPTER_PROFILE_PULSE};
  double path[12];
  ck_ok(propter_effect_path(&e, &s, 0, path, err));
  ck_assert_double_eq_tol(path[3], 0.5, 1e-12);
  ck_assert_double_eq(path[4], 1);
  ck_assert_double_eq(path[5], 0);
  e.profile = PROPTER_PROFILE_STEP;
  ck_ok(propter_effect_path(&e, &s, 0, path, err));
  ck_assert_double_eq(path[11], 1);
}
END_TEST

START_TEST(ramps_and_paths) {
  PropterSeries s = monthly(1);
  PropterEffect ramp = {.start = propter_day(2011, 3, 1), .end = propter_day(2011, 6, 30), .profile = PROPTER_PROFILE_RAMP, .has_dose = true, .dose = 122};
  double path[12];
  ck_ok(propter_effect_path(&ramp, &s, 0, path, err));
  ck_assert_double_eq(path[1], 0);
  ck_assert_double_eq(path[2], 1);
  ck_assert_double_eq(path[5], 93);
  ck_assert_double_eq(path[6], 122);
  PropterPoint point[] = {{propter_day(2011, 4, 1), 100}, {propter_day(2011, 6, 1), 30}, {propter_day(2011, 7, 15), 0}};
  PropterEffect e = {.start = PROPTER_NO_DAY, .end = PROPTER_NO_DAY, .profile = PROPTER_PROFILE_PATH, .has_dose = true, .points = 3, .point = point};
  ck_ok(propter_effect_path(&e, &s, 0, path, err));
  double want[] = {0, 0, 0, 100, 100, 30, 30, 0, 0, 0, 0, 0};
  for (int i = 0; i < 12; i++) ck_assert_double_eq(path[i], want[i]);
}
END_TEST

START_TEST(what_has_no_path) {
  PropterSeries s = monthly(12);
  double path[12];
  PropterEffect e = {.start = propter_day(2011, 4, 16), .end = PROPTER_NO_DAY};
  ck_assert_int_eq(propter_effect_path(&e, &s, 0, path, NULL), PROPTER_INVALID);
  e.profile = PROPTER_PROFILE_RAMP;
  ck_assert_int_eq(propter_effect_path(&e, &s, 0, path, NULL), PROPTER_INVALID);
  e.end = propter_day(2011, 1, 1);
  ck_assert_int_eq(propter_effect_path(&e, &s, 0, path, NULL), PROPTER_INVALID);
  e.start = PROPTER_NO_DAY;
  ck_assert_int_eq(propter_effect_path(&e, &s, 0, path, NULL), PROPTER_INVALID);
}
END_TEST

Suite *suite_series(void) {
  Suite *suite = suite_create("series");
  TCase *tc = tcase_create("series");
  tcase_add_test(tc, days_are_found);
  tcase_add_test(tc, a_stock_sees_its_reference_day);
  tcase_add_test(tc, a_flow_sees_the_covered_part);
  tcase_add_test(tc, ramps_and_paths);
  tcase_add_test(tc, what_has_no_path);
  suite_add_tcase(suite, tc);
  return suite;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/date.h"
#include "support.h"

Suite *suite_date(void);

START_TEST(every_day_of_800_years_round_trips) {
  PropterDay d = propter_day(1600, 1, 1);
  for (int y = 1600; y < 2400; y++)
    for (int m = 1; m <= 12; m++)
      for (int dom = 1; dom <= propter_month_length(y, m); dom++, d++) {
        int yy, mm, dd;
        ck_assert_int_eq(propter_day(y, m, dom), d);
        propter_day_civil(d, &yy, &mm, &dd);
        ck_assert(yy == y && mm == m && dd == dom);
      }
  ck_assert_int_eq(propter_day(1970, 1, 1), 0);
  ck_assert_int_eq(propter_day_weekday(0), 4);
  ck_assert_int_eq(propter_day_weekday(propter_day(2011, 8, 7)), 7);
  ck_assert_int_eq(propter_day_easter(2024), propter_day(2024, 3, 31));
  ck_assert_int_eq(propter_day_easter(2011), propter_day(2011, 4, 24));
  ck_assert_int_eq(propter_day_easter(1954), propter_day(1954, 4, 18));
}
END_TEST

START_TEST(grains_have_names) {
  static const char *const names[] = {"day", "week", "month", "quarter", "year"}, *const durations[] = {"P1D", "P1W", "P1M", "P3M", "P1Y"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    PropterGrain grain;
    ck_assert(propter_grain_parse(propter_str(durations[i]), &grain));
    ck_assert_str_eq(propter_grain_name(grain), names[i]);
  }
}
END_TEST

START_TEST(durations_of_days_are_numbers) {
  static const PropterStr bad[] = {{"", 0}, {"2", 1}, {"PD", 2}, {"P1M", 3}, {"P2", 2}, {"P-1D", 4}, {"P3661D", 6}, {"P1DT1D", 6}};
  int days = -1;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!propter_days_parse(bad[i], &days), "%s", bad[i].data);
  ck_assert_int_eq(days, -1);
  ck_assert(propter_days_parse(PROPTER_STR("P0D"), &days) && days == 0);
  ck_assert(propter_days_parse(PROPTER_STR("P3660D"), &days) && days == 3660);
}
END_TEST

START_TEST(dates_parse_strictly) {
  PropterDay d;
  ck_assert(propter_day_parse(PROPTER_STR("2011-08-07"), &d) && d == propter_day(2011, 8, 7));
  ck_assert(propter_day_parse(PROPTER_STR("2012-02-29T10:00:00Z"), &d));
  static const PropterStr bad[] = {{"2011-02-29", 10}, {"2011-13-01", 10}, {"2011-8-7", 8}, {"2011-08-07x", 11}, {"", 0}, {"2011/08/07", 10}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert(!propter_day_parse(bad[i], &d));
  char text[16];
  propter_day_format(propter_day(2011, 8, 7), text);
  ck_assert_str_eq(text, "2011-08-07");
}
END_TEST

START_TEST(periods_are_consecutive_and_contain_their_days) {
  for (PropterGrain g = PROPTER_GRAIN_DAY; g <= PROPTER_GRAIN_YEAR; g++)
    for (PropterDay d = propter_day(1968, 11, 3); d < propter_day(1973, 2, 1); d++) {
      int32_t p = propter_period_of(g, d);
      ck_assert(propter_period_first(g, p) <= d && d <= propter_period_last(g, p));
      ck_assert_int_eq(propter_period_of(g, propter_period_last(g, p) + 1), p + 1);
    }
  PropterGrain g;
  ck_assert(propter_grain_parse(PROPTER_STR("P1M"), &g) && g == PROPTER_GRAIN_MONTH);
  ck_assert(!propter_grain_parse(PROPTER_STR("P2M"), &g));
  ck_assert_int_eq(propter_period_first(PROPTER_GRAIN_MONTH, propter_period_of(PROPTER_GRAIN_MONTH, propter_day(2011, 8, 31))), propter_day(2011, 8, 1));
}
END_TEST

Suite *suite_date(void) {
  Suite *s = suite_create("date");
  TCase *tc = tcase_create("date");
  tcase_add_test(tc, every_day_of_800_years_round_trips);
  tcase_add_test(tc, grains_have_names);
  tcase_add_test(tc, durations_of_days_are_numbers);
  tcase_add_test(tc, dates_parse_strictly);
  tcase_add_test(tc, periods_are_consecutive_and_contain_their_days);
  suite_add_tcase(s, tc);
  return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>

#include "propter/str.h"
#include "support.h"

Suite *suite_str(void);

START_TEST(views_compare_by_bytes) {
  ck_assert(propter_str_equal(PROPTER_STR("ab"), propter_str("ab")));
  ck_assert(!propter_str_equal(PROPTER_STR("ab"), PROPTER_STR("abc")));
  ck_assert_int_lt(propter_str_compare(PROPTER_STR("ab"), PROPTER_STR("abc")), 0);
  ck_assert_int_gt(propter_str_compare(PROPTER_STR("b"), PROPTER_STR("abc")), 0);
  ck_assert_int_eq(propter_str_compare(PROPTER_STR(""), propter_str(NULL)), 0);
  ck_assert(propter_str_starts(PROPTER_STR("abc"), PROPTER_STR("ab")) && !propter_str_starts(PROPTER_STR("a"), PROPTER_STR("ab")));
  ck_assert(propter_str_ends(PROPTER_STR("abc"), PROPTER_STR("bc")) && !propter_str_ends(PROPTER_STR("c"), PROPTER_STR("bc")));
  ck_assert(propter_str_equal_caseless(PROPTER_STR("Date"), PROPTER_STR("dAtE")) && propter_str_equal_caseless((PropterStr){NULL, 0}, PROPTER_STR("")));
  ck_assert(!propter_str_equal_caseless(PROPTER_STR("date"), PROPTER_STR("dates")) && !propter_str_equal_caseless(PROPTER_STR("date"), PROPTER_STR("data")));
  ck_assert(propter_str_equal(propter_str_base_name(PROPTER_STR("a/b.csv")), PROPTER_STR("b.csv")) && !propter_str_base_name(PROPTER_STR("a/")).len);
  ck_assert(propter_str_equal(propter_str_base_name(PROPTER_STR("b.csv")), PROPTER_STR("b.csv")) && !propter_str_base_name((PropterStr){NULL, 0}).len);
}
END_TEST

START_TEST(trim_and_find) {
  PropterStr t = propter_str_trim(PROPTER_STR(" \t a b\r\n"));
  ck_assert(propter_str_equal(t, PROPTER_STR("a b")));
  ck_assert_uint_eq(propter_str_trim(PROPTER_STR(" \n ")).len, 0);
  ck_assert_uint_eq(propter_str_find(PROPTER_STR("abcabd"), PROPTER_STR("abd")), 3);
  ck_assert_uint_eq(propter_str_find(PROPTER_STR("aab"), PROPTER_STR("ab")), 1);
  ck_assert_uint_eq(propter_str_find(PROPTER_STR("abc"), PROPTER_STR("")), 0);
  ck_assert_uint_eq(propter_str_find(PROPTER_STR("abc"), PROPTER_STR("abcd")), SIZE_MAX);
}
END_TEST

START_TEST(utf8_is_checked_as_rfc_3629_says) {
  static const struct {
    const char *text;
    size_t bad; /* SIZE_MAX: well formed */
  } rows[] = {{"plain", SIZE_MAX},
              {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", SIZE_MAX},
              {"\xF4\x8F\xBF\xBF", SIZE_MAX},
              {"a\x80", 1},
              {"\xC0\xAF", 0},
              {"\xC1\xBF", 0},
              {"\xE0\x9F\xBF", 0},
              {"\xED\xA0\x80", 0},
              {"\xF0\x8F\xBF\xBF", 0},
              {"\xF4\x90\x80\x80", 0},
              {"\xF5\x80\x80\x80", 0},
              {"ab\xE2\x82", 2},
              {"\xFF", 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t bad = SIZE_MAX;
    ck_assert_int_eq(propter_utf8_valid(propter_str(rows[i].text), &bad), rows[i].bad == SIZE_MAX);
    ck_assert_uint_eq(bad, rows[i].bad);
  }
  ck_assert_uint_eq(propter_utf8_length(PROPTER_STR("\xC3\xA9\xE2\x82\xAC"
                                                    "x")),
                    3);
  PropterStr mixed = PROPTER_STR("Z\xC3\xBCrich \xF0\x9F\x8F\x94\xE2\x82\xAC 12345678 \xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9 na\xC3\xAFve");
  for (size_t n = 0; n <= mixed.len; n++) {
    size_t characters = 0;
    for (size_t i = 0; i < n; i++) characters += ((unsigned char)mixed.data[i] & 0xC0) != 0x80;
    ck_assert_uint_eq(propter_utf8_length((PropterStr){mixed.data, n}), characters);
  }
}
END_TEST

START_TEST(numbers_parse_whole_or_not_at_all) {
  double d;
  int64_t n;
  ck_assert(propter_str_to_double(PROPTER_STR("-1.5e3"), &d) && fabs(d + 1500) < 1e-12);
  ck_assert(propter_str_to_int64(PROPTER_STR("-9223372036854775808"), &n) && n == INT64_MIN);
  static const char *const bad[] = {"", " 1", "1 ", "1x", "0x10", "nan", "inf", "1e999", "1,5"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!propter_str_to_double(propter_str(bad[i]), &d), "%s", bad[i]);
  static const char *const bad_int[] = {"", "1.0", "9223372036854775808", " 1", "+"};
  for (size_t i = 0; i < sizeof bad_int / sizeof *bad_int; i++) ck_assert_msg(!propter_str_to_int64(propter_str(bad_int[i]), &n), "%s", bad_int[i]);
  /* a view need not be terminated */
  ck_assert(propter_str_to_int64((PropterStr){"123456", 3}, &n) && n == 123);
}
END_TEST

START_TEST(numbers_are_written_as_people_read_them) {
  static const struct {
    double value;
    int decimals;
    bool sign;
    const char *text;
  } rows[] = {{1234567.4, 0, false, "1,234,567"}, {-419700, 0, true, "\xE2\x88\x92" "419,700"}, {999.95, 1, true, "+1,000.0"}, {-.0004, 3, true, "0.000"},
              {-.0005001, 3, false, "\xE2\x88\x92" "0.001"}, {INFINITY, 2, true, "n/a"}, {1e6, 2, false, "1,000,000.00"}, {123, 0, false, "123"}};
  char text[PROPTER_NUMBER];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    ck_assert_str_eq(propter_number(text, rows[i].value, rows[i].decimals, rows[i].sign), rows[i].text);
  ck_assert_uint_lt(strlen(propter_number(text, -DBL_MAX, 6, true)), PROPTER_NUMBER);
  ck_assert_int_eq(propter_number_decimals(-419700, 4), 0);
  ck_assert_int_eq(propter_number_decimals(28.4, 4), 2);
  ck_assert_int_eq(propter_number_decimals(.000114, 3), 6);
  ck_assert_int_eq(propter_number_decimals(0, 3), 2);
}
END_TEST

Suite *suite_str(void) {
  Suite *s = suite_create("str");
  TCase *tc = tcase_create("str");
  tcase_add_test(tc, views_compare_by_bytes);
  tcase_add_test(tc, trim_and_find);
  tcase_add_test(tc, utf8_is_checked_as_rfc_3629_says);
  tcase_add_test(tc, numbers_parse_whole_or_not_at_all);
  tcase_add_test(tc, numbers_are_written_as_people_read_them);
  suite_add_tcase(s, tc);
  return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "../../ingest/map/model.h"
#include "../../ingest/map/written.h"
#include "support.h"

Suite *suite_lexical(void);

static bool valid(const char *type, const char *text) {
  char iri[128];
  const char *wanted = NULL;
  (void)snprintf(iri, sizeof iri, "http://www.w3.org/2001/XMLSchema#%s", type);
  bool fine = propter_lexical_valid(propter_str(iri), propter_str(text), &wanted);
  ck_assert(fine || wanted);
  return fine;
}

static const struct {
  const char *type, *good, *bad; /* words separated by blanks */
} cases[] = {
    {"integer", "0 -12 +7 007 123456789012345678901234567890", "1.0 - 1e3 0x1 ٣"},
    {"decimal", "1 -1.5 .5 5. +0.0", ". 1e3 1,5 INF --1"},
    {"double", "1 1.5E3 -1e-3 INF -INF NaN .5e1", "1e e1 inf nan 1e1.5"},
    {"boolean", "true false 1 0", "TRUE yes 2"},
    {"date", "2011-08-07 2012-02-29 -0001-01-01 2011-08-07Z 2011-08-07+02:00 12011-01-01",
     "2011-8-7 2011-02-29 2011-13-01 07.08.2011 2011-08-07T00:00:00 02011-01-01 2011-08-07+15:00"},
    {"dateTime", "2011-08-07T09:30:00 2011-08-07T24:00:00Z 2011-08-07T09:30:00.123-05:00",
     "2011-08-07 2011-08-07T9:30:00 2011-08-07T25:00:00 2011-08-07T24:00:01 2011-08-07T09:30 2011-08-07T09:30:00."},
    {"time", "09:30:00 00:00:00.5Z", "9:30 24:00:01 09:60:00"},
    {"gYear", "2011 -0044 2011Z", "11 20111x"},
    {"gYearMonth", "2011-08", "2011-13 2011"},
    {"duration", "P1M P1Y2M3DT4H5M6.7S -P1D PT0S", "P PT 1M P1S P1M1Y PT1.5H P1.5D"},
    {"int", "2147483647 -2147483648 -0 0000000000001", "2147483648 -2147483649 1.0"},
    {"long", "9223372036854775807", "9223372036854775808"},
    {"byte", "127 -128", "128 -129"},
    {"nonNegativeInteger", "0 -0 5 99999999999999999999", "-1"},
    {"positiveInteger", "1", "0 -1"},
    {"negativeInteger", "-1", "0 1"},
    {"nonPositiveInteger", "0 -5", "1"},
    {"unsignedByte", "255 0", "256 -1"},
    {"string", "anything", ""},
};

static void each_word(const char *words, const char *type, bool wanted) {
  while (*words) {
    char word[128];
    size_t n = strcspn(words, " ");
    memcpy(word, words, n);
    word[n] = '\0';
    ck_assert_msg(valid(type, word) == wanted, "%s: %s", type, word);
    words += n + (words[n] == ' ');
  }
}

START_TEST(exponents_become_digits) {
  static const char *const numbers[][2] = {{"1.239e+03", "1239"},  {"-1.5E-3", "-0.0015"}, {"+2e0", "2"},    {" .5e1 ", "5"},
                                           {"12.345e1", "123.45"}, {"7e-1", "0.7"},        {"0e5", "000000"}};
  static const char *const none[] = {"1.5", "e3", ".e3", "1e", "1e31", "1e1.5", "1,5e3", "1e3 kg", ""};
  char out[64];
  size_t length;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    ck_assert_msg(written_exponent(propter_str(numbers[i][0]), out, &length), "%s", numbers[i][0]);
    ck_assert_str_eq((out[length] = '\0', out), numbers[i][1]);
  }
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) ck_assert_msg(!written_exponent(propter_str(none[i]), out, &length), "%s", none[i]);
}
END_TEST

START_TEST(lexical_spaces) {
  each_word(cases[_i].good, cases[_i].type, true);
  each_word(cases[_i].bad, cases[_i].type, false);
  if (strcmp(cases[_i].type, "string") != 0) ck_assert(!valid(cases[_i].type, ""));
}
END_TEST

static void expect_day(const char *text, const char *wanted) {
  PropterDay day;
  char found[16];
  bool fine = lexical_first_day(PROPTER_STR(""), propter_str(text), &day);
  ck_assert_msg(fine == (wanted != NULL), "%s", text);
  if (!fine) return;
  propter_day_format(day, found);
  ck_assert_str_eq(found, wanted);
}

START_TEST(first_days_of_periods) {
  expect_day("2011-08-07", "2011-08-07");
  expect_day(" 2011-08-07T10:00:00Z ", "2011-08-07");
  expect_day("2011-08-07 10:00", "2011-08-07");
  expect_day("2011-08", "2011-08-01");
  expect_day("2011-Q3", "2011-07-01");
  expect_day("2011-W01", "2011-01-03");
  expect_day("2009-W53", "2009-12-28");
  expect_day("2011-W53", NULL);
  expect_day("2011", "2011-01-01");
  expect_day("2011-02-30", NULL);
  expect_day("2011 Q3", "2011-07-01");
  expect_day("2011Q3", "2011-07-01");
  expect_day("Q3 2011", "2011-07-01");
  expect_day("Q3/2011", "2011-07-01");
  expect_day("Q3 11", NULL);
  expect_day("2011  Q3", NULL);
  expect_day("2011-Q5", NULL);
  expect_day("08/07/2011", NULL);
  expect_day("2011-08-07x", NULL);
  expect_day("", NULL);
}
END_TEST

Suite *suite_lexical(void) {
  Suite *s = suite_create("lexical");
  TCase *tc = tcase_create("lexical");
  tcase_add_loop_test(tc, lexical_spaces, 0, (int)(sizeof cases / sizeof *cases));
  tcase_add_test(tc, exponents_become_digits);
  tcase_add_test(tc, first_days_of_periods);
  suite_add_tcase(s, tc);
  return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "propter/status.h"
#include "support.h"

Suite *suite_status(void);

START_TEST(every_status_has_text_name_and_exit_code) {
  static const int allowed[] = {0, 1, 2, 3, 4, 5, 6, 7, 70, 75, 130};
  bool ok = false;
  for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) ok |= propter_exit_code((PropterStatus)_i) == allowed[i];
  ck_assert(ok);
  ck_assert_uint_gt(strlen(propter_strerror((PropterStatus)_i)), 3);
  ck_assert_uint_gt(strlen(propter_status_name((PropterStatus)_i)), 1);
}
END_TEST

START_TEST(an_unknown_status_is_a_bug) {
  ck_assert_int_eq(propter_exit_code((PropterStatus)99), 70);
  ck_assert_str_eq(propter_status_name((PropterStatus)99), "BUG");
}
END_TEST

START_TEST(an_error_names_its_place) {
  PropterError err = {0};
  char text[128];
  ck_assert_int_eq(propter_fail(&err, PROPTER_SYNTAX, "expected %s", "\"}\""), PROPTER_SYNTAX);
  propter_error_at(&err, "a.csv", 3, 7);
  (void)propter_error_format(&err, text, sizeof text);
  ck_assert_str_eq(text, "a.csv:3:7: expected \"}\"");
  propter_error_clear(&err);
  propter_error_at_byte(&err, "store", 4096);
  err.status = PROPTER_DAMAGED;
  (void)propter_error_format(&err, text, sizeof text);
  ck_assert_str_eq(text, "store: byte 4096: the store is damaged");
}
END_TEST

START_TEST(a_null_error_is_allowed) {
  ck_assert_int_eq(propter_fail(NULL, PROPTER_LIMIT, "x"), PROPTER_LIMIT);
  propter_error_at(NULL, "x", 1, 1);
  propter_error_clear(NULL);
}
END_TEST

START_TEST(long_text_is_cut_and_terminated) {
  PropterError err = {0};
  char big[2000];
  memset(big, 'x', sizeof big - 1);
  big[sizeof big - 1] = '\0';
  (void)propter_fail(&err, PROPTER_IO, "%s", big);
  propter_error_at(&err, big, 0, 0);
  ck_assert_uint_eq(strlen(err.message), sizeof err.message - 1);
  ck_assert_uint_eq(strlen(err.source), sizeof err.source - 1);
}
END_TEST

Suite *suite_status(void) {
  Suite *s = suite_create("status");
  TCase *tc = tcase_create("status");
  tcase_add_loop_test(tc, every_status_has_text_name_and_exit_code, 0, PROPTER_STATUS_COUNT);
  tcase_add_test(tc, an_unknown_status_is_a_bug);
  tcase_add_test(tc, an_error_names_its_place);
  tcase_add_test(tc, a_null_error_is_allowed);
  tcase_add_test(tc, long_text_is_cut_and_terminated);
  suite_add_tcase(s, tc);
  return s;
}

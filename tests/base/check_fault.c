/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "propter/io.h"
#include "support.h"

Suite *suite_fault(void);

START_TEST(the_nth_call_fails_once_or_for_ever) {
  propter_fault_plan(PROPTER_FAULT_ALLOCATION, 2, false, 0);
  void *a = propter_malloc(1), *b = propter_malloc(1), *c = propter_malloc(1);
  ck_assert(a && !b && c);
  ck_assert_uint_eq(propter_fault_end(PROPTER_FAULT_ALLOCATION), 3);
  propter_free(a), propter_free(c);
  propter_fault_plan(PROPTER_FAULT_ALLOCATION, 2, true, 0);
  a = propter_malloc(1), b = propter_calloc(1, 1), c = propter_realloc(NULL, 1);
  ck_assert(a && !b && !c);
  ck_assert_uint_eq(propter_fault_end(PROPTER_FAULT_ALLOCATION), 3);
  propter_free(a);
}
END_TEST

START_TEST(a_failing_file_call_has_its_error_number) {
  propter_fault_plan(PROPTER_FAULT_IO, 1, false, EDQUOT);
  ck_assert_int_eq(propter_io_open("/dev/null", 0, 0), -1);
  ck_assert_int_eq(errno, EDQUOT);
  (void)propter_fault_end(PROPTER_FAULT_IO);
}
END_TEST

Suite *suite_fault(void) {
  Suite *s = suite_create("fault");
  TCase *tc = tcase_create("fault");
  tcase_add_test(tc, the_nth_call_fails_once_or_for_ever);
  tcase_add_test(tc, a_failing_file_call_has_its_error_number);
  suite_add_tcase(s, tc);
  return s;
}

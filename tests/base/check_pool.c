/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>

#include "propter/pool.h"
#include "support.h"

Suite *suite_pool(void);

static PropterStatus square(size_t item, void *payload, PropterError *err) {
  (void)err;
  ((uint64_t *)payload)[item] = (uint64_t)item * item;
  return PROPTER_OK;
}

START_TEST(every_item_runs_once_on_any_number_of_threads) {
  static uint64_t out[1000];
  for (unsigned threads = 0; threads < 5; threads++) {
    for (size_t i = 0; i < 1000; i++) out[i] = 1;
    ck_ok(propter_pool_run(1000, threads, square, out, err));
    for (size_t i = 0; i < 1000; i++) ck_assert_uint_eq(out[i], i * i);
  }
  ck_ok(propter_pool_run(0, 4, square, out, err));
}
END_TEST

static PropterStatus fail_at_7(size_t item, void *payload, PropterError *err) {
  (void)payload;
  return item >= 7 ? propter_fail(err, PROPTER_LIMIT, "item %zu", item) : PROPTER_OK;
}

START_TEST(the_first_failure_is_returned) {
  PropterError err = {0};
  ck_assert_int_eq(propter_pool_run(100, 1, fail_at_7, NULL, &err), PROPTER_LIMIT);
  ck_assert_str_eq(err.message, "item 7");
  ck_assert_int_eq(propter_pool_run(100, 4, fail_at_7, NULL, &err), PROPTER_LIMIT);
}
END_TEST

Suite *suite_pool(void) {
  Suite *s = suite_create("pool");
  TCase *tc = tcase_create("pool");
  tcase_add_test(tc, every_item_runs_once_on_any_number_of_threads);
  tcase_add_test(tc, the_first_failure_is_returned);
  suite_add_tcase(s, tc);
  return s;
}

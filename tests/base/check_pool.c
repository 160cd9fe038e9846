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

/* Items 1 to `last` through three slots; `fail` fails in one step. */
typedef struct {
  size_t last, fail;
  int step; /* 0: read, 1: work, 2: take */
  size_t read, taken, slots[3], worked[3];
  atomic_int at_work, reading, taking;
} Line;

static PropterStatus read_item(size_t slot, bool *more, void *payload, PropterError *err) {
  Line *l = payload;
  ck_assert_int_eq(atomic_fetch_add(&l->reading, 1), 0);
  *more = l->read < l->last;
  if (*more) l->slots[slot] = ++l->read;
  bool fails = l->step == 0 && l->read == l->fail;
  (void)atomic_fetch_sub(&l->reading, 1);
  return fails ? propter_fail(err, PROPTER_LIMIT, "item %zu", l->fail) : PROPTER_OK;
}

static PropterStatus work_item(size_t slot, void *payload, PropterError *err) {
  Line *l = payload;
  l->worked[slot] = l->slots[slot] * l->slots[slot];
  return l->step == 1 && l->slots[slot] >= l->fail ? propter_fail(err, PROPTER_LIMIT, "item %zu", l->slots[slot]) : PROPTER_OK;
}

static PropterStatus take_item(size_t slot, void *payload, PropterError *err) {
  Line *l = payload;
  ck_assert_int_eq(atomic_fetch_add(&l->taking, 1), 0);
  ck_assert_uint_eq(l->slots[slot], ++l->taken);
  ck_assert_uint_eq(l->worked[slot], l->taken * l->taken);
  (void)atomic_fetch_sub(&l->taking, 1);
  return l->step == 2 && l->taken == l->fail ? propter_fail(err, PROPTER_LIMIT, "item %zu", l->fail) : PROPTER_OK;
}

static const PropterPipe line_pipe = {read_item, work_item, take_item};

START_TEST(a_pipe_takes_items_in_their_order) {
  for (size_t last = 0; last < 200; last += last < 5 ? 1 : 65)
    for (unsigned threads = 0; threads < 5; threads++) {
      Line l = {.last = last, .step = -1};
      ck_ok(propter_pool_pipe(&line_pipe, 3, threads, &l, err));
      ck_assert_uint_eq(l.taken, last);
    }
}
END_TEST

START_TEST(a_pipe_takes_all_before_what_failed) {
  for (int step = 0; step < 3; step++)
    for (unsigned threads = 1; threads < 5; threads++) {
      Line l = {.last = 100, .step = step, .fail = 40};
      PropterError err = {0};
      ck_assert_int_eq(propter_pool_pipe(&line_pipe, 3, threads, &l, &err), PROPTER_LIMIT);
      ck_assert_str_eq(err.message, "item 40");
      ck_assert_uint_eq(l.taken, step == 2 ? 40 : 39);
    }
}
END_TEST

static PropterStatus pipe_alone(void *payload, PropterError *err) {
  Line l = {.last = 20, .step = -1};
  (void)payload;
  PropterStatus status = propter_pool_pipe(&line_pipe, 3, 3, &l, err);
  ck_assert_uint_eq(l.taken, 20);
  return status;
}

START_TEST(a_pipe_needs_no_second_thread) { ck_assert_uint_eq(support_fail_everywhere(PROPTER_FAULT_THREAD, pipe_alone, NULL, true), 2); }
END_TEST

Suite *suite_pool(void) {
  Suite *s = suite_create("pool");
  TCase *tc = tcase_create("pool");
  tcase_add_test(tc, every_item_runs_once_on_any_number_of_threads);
  tcase_add_test(tc, the_first_failure_is_returned);
  tcase_add_test(tc, a_pipe_takes_items_in_their_order);
  tcase_add_test(tc, a_pipe_takes_all_before_what_failed);
  tcase_add_test(tc, a_pipe_needs_no_second_thread);
  suite_add_tcase(s, tc);
  return s;
}

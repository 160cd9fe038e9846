/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "propter/rng.h"
#include "sort.h"
#include "support.h"

Suite *suite_sort(void);

enum { MOST = 70000 };

/* Columns of few values, of small numbers, of ids with tags, and of any bits. */
static void fill(Change *c, size_t n, uint64_t seed) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < n; i++)
    c[i] = (Change){{{propter_rng_below(&rng, 3) << 60, propter_rng_below(&rng, 700), propter_rng_below(&rng, 40) << 56 | propter_rng_below(&rng, 100000),
                      propter_rng_below(&rng, UINT64_MAX)}},
                    i % 2, false};
}

START_TEST(keys_are_sorted_and_equals_keep_their_order) {
  static Change rows[MOST];
  static SortKey a[MOST], b[MOST];
  static const size_t counts[] = {0, 1, 2, 48, 49, 300, 5000, MOST};
  for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
    for (unsigned column = 0; column < 3; column++) {
      size_t n = counts[k];
      fill(rows, n, k + 1);
      for (size_t i = 0; i < n; i++) a[i] = (SortKey){rows[i].row.c[column], (uint32_t)i};
      const SortKey *sorted = sort_keys(a, b, n);
      uint64_t sum = 0;
      for (size_t i = 0; i < n; i++) {
        sum += sorted[i].at;
        ck_assert_uint_eq(sorted[i].key, rows[sorted[i].at].row.c[column]);
        if (i) ck_assert(sorted[i - 1].key < sorted[i].key || (sorted[i - 1].key == sorted[i].key && sorted[i - 1].at < sorted[i].at));
      }
      ck_assert_uint_eq(sum, n ? (uint64_t)n * (n - 1) / 2 : 0);
    }
}
END_TEST

static uint64_t mix(const Change *c) {
  uint64_t sum = c->add;
  for (int i = 0; i < 4; i++) sum = sum * UINT64_C(0x9E3779B97F4A7C15) + c->row.c[i];
  return sum;
}

START_TEST(rows_are_sorted_by_all_columns) {
  static Change a[2 * MOST];
  static SortKey keys[2 * MOST], spare[2 * MOST];
  fill(a, MOST, 9);
  fill(a + MOST, MOST, 9);
  uint64_t before = 0, after = 0;
  for (size_t i = 0; i < 2 * MOST; i++) {
    a[i].row.c[2] &= UINT64_MAX << 55; /* runs that agree in three columns, and each row twice */
    if (_i == 1) a[i].row.c[0] = i % MOST / 30; /* many runs */
    if (_i == 2) a[i].row.c[0] = i / 30, a[i].row.c[3] = i; /* that are there already */
    a[i].add = i < MOST;
    before += mix(&a[i]);
  }
  sort_rows(a, 2 * MOST, keys, spare);
  for (size_t i = 0; i < 2 * MOST; i++) {
    after += mix(&a[i]);
    if (!i) continue;
    int order = row_compare(&a[i - 1].row, &a[i].row, 4);
    ck_assert_int_le(order, 0);
    if (order == 0) ck_assert(a[i - 1].add && !a[i].add); /* what came first stays first */
  }
  ck_assert_uint_eq(before, after);
}
END_TEST

Suite *suite_sort(void) {
  Suite *s = suite_create("sort");
  TCase *tc = tcase_create("sort");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, keys_are_sorted_and_equals_keep_their_order);
  tcase_add_loop_test(tc, rows_are_sorted_by_all_columns, 0, 3);
  suite_add_tcase(s, tc);
  return s;
}

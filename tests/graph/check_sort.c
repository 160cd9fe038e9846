/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "propter/rng.h"
#include "sort.h"
#include "support.h"

Suite *suite_sort(void);

enum { MOST = 5000 };

/* Columns of few values, of small numbers, of ids with tags, and of any bits. */
static void fill(Change *c, size_t n, uint64_t seed) {
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  for (size_t i = 0; i < n; i++)
    c[i] = (Change){{{propter_rng_below(&rng, 3) << 60, propter_rng_below(&rng, 700), propter_rng_below(&rng, 40) << 56 | propter_rng_below(&rng, 100000), propter_rng_below(&rng, UINT64_MAX)}}, i % 2};
}

START_TEST(a_column_is_sorted_and_equals_keep_their_order) {
  static Change a[MOST], b[MOST];
  static const size_t counts[] = {0, 1, 2, 48, 49, 300, MOST};
  for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
    for (unsigned column = 0; column < 3; column++) {
      size_t n = counts[k];
      fill(a, n, k + 1);
      for (size_t i = 0; i < n; i++) a[i].row.c[3] = i; /* where it came from */
      Change *sorted = sort_column(a, b, n, column);
      uint64_t sum = 0;
      for (size_t i = 0; i < n; i++) {
        sum += sorted[i].row.c[3];
        ck_assert_int_eq(sorted[i].add, sorted[i].row.c[3] % 2);
        if (!i) continue;
        const PropterId *x = sorted[i - 1].row.c, *y = sorted[i].row.c;
        ck_assert(x[column] < y[column] || (x[column] == y[column] && x[3] < y[3]));
      }
      ck_assert_uint_eq(sum, n ? (uint64_t)n * (n - 1) / 2 : 0);
    }
}
END_TEST

START_TEST(rows_are_sorted_by_all_columns) {
  static Change a[MOST], b[MOST];
  fill(a, MOST, 9);
  Change *sorted = sort_rows(a, b, MOST);
  for (size_t i = 1; i < MOST; i++) ck_assert_int_le(row_compare(&sorted[i - 1].row, &sorted[i].row, 4), 0);
  /* What is sorted stays where it is. */
  ck_assert_ptr_eq(sort_rows(sorted, sorted == a ? b : a, MOST), sorted);
}
END_TEST

Suite *suite_sort(void) {
  Suite *s = suite_create("sort");
  TCase *tc = tcase_create("sort");
  tcase_add_test(tc, a_column_is_sorted_and_equals_keep_their_order);
  tcase_add_test(tc, rows_are_sorted_by_all_columns);
  suite_add_tcase(s, tc);
  return s;
}

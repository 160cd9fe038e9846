/* SPDX-License-Identifier: Apache-2.0 */
#include "sort.h"

#include <string.h>

enum { FEW = 48 };

static void insert_keys(SortKey *keys, size_t count) {
  for (size_t i = 1; i < count; i++) {
    SortKey moved = keys[i];
    size_t k = i;
    for (; k > 0 && keys[k - 1].key > moved.key; k--) keys[k] = keys[k - 1];
    keys[k] = moved;
  }
}

SortKey *sort_keys(SortKey *keys, SortKey *spare, size_t count) {
  if (count <= FEW) {
    insert_keys(keys, count);
    return keys;
  }
  uint64_t varying = 0, before = keys[0].key;
  bool sorted = true;
  for (size_t i = 1; i < count; i++) {
    uint64_t v = keys[i].key;
    varying |= v ^ before;
    sorted &= v >= before;
    before = v;
  }
  if (sorted) return keys;
  SortKey *from = keys, *to = spare;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    if (!(varying >> shift & 255)) continue;
    size_t starts[256] = {0}, at = 0;
    for (size_t i = 0; i < count; i++) starts[from[i].key >> shift & 255]++;
    for (unsigned d = 0; d < 256; d++) {
      size_t n = starts[d];
      starts[d] = at;
      at += n;
    }
    for (size_t i = 0; i < count; i++) to[starts[from[i].key >> shift & 255]++] = from[i];
    SortKey *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/* Puts the row that stands at order[i].at into place i, for all i: along the cycles. */
static void arrange(Change *changes, size_t count, SortKey *order) {
  for (size_t i = 0; i < count; i++) {
    if (order[i].at == i) continue;
    Change first = changes[i];
    size_t to = i;
    while (order[to].at != i) {
      size_t from = order[to].at;
      changes[to] = changes[from];
      order[to].at = (uint32_t)to;
      to = from;
    }
    changes[to] = first;
    order[to].at = (uint32_t)to;
  }
}

static void insert_rows(Change *changes, size_t count) {
  for (size_t i = 1; i < count; i++) {
    Change moved = changes[i];
    size_t k = i;
    for (; k > 0 && row_compare(&changes[k - 1].row, &moved.row, 4) > 0; k--) changes[k] = changes[k - 1];
    changes[k] = moved;
  }
}

/* Rows that agree in the columns before `column`: by that column, then each run of equals by the rest. Data come in runs of subjects most of the time. */
static void sort_from(Change *changes, size_t count, unsigned column, SortKey *keys, SortKey *spare) {
  if (count <= FEW) {
    insert_rows(changes, count);
    return;
  }
  bool sorted = true;
  for (size_t i = 1; i < count && sorted; i++) sorted = changes[i - 1].row.c[column] <= changes[i].row.c[column];
  if (!sorted) {
    for (size_t i = 0; i < count; i++) keys[i] = (SortKey){changes[i].row.c[column], (uint32_t)i};
    arrange(changes, count, sort_keys(keys, spare, count));
  }
  if (column == 3) return;
  for (size_t from = 0, to; from < count; from = to) {
    for (to = from + 1; to < count && changes[to].row.c[column] == changes[from].row.c[column];) to++;
    if (to - from > 1) sort_from(changes + from, to - from, column + 1, keys, spare);
  }
}

void sort_rows(Change *changes, size_t count, SortKey *keys, SortKey *spare) { sort_from(changes, count, 0, keys, spare); }

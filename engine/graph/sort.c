/* SPDX-License-Identifier: Apache-2.0 */
#include "sort.h"

#include <string.h>

enum { FEW = 48 };

static void insert_by(Change *changes, size_t count, unsigned column) {
  for (size_t i = 1; i < count; i++) {
    Change moved = changes[i];
    size_t k = i;
    for (; k > 0 && changes[k - 1].row.c[column] > moved.row.c[column]; k--) changes[k] = changes[k - 1];
    changes[k] = moved;
  }
}

Change *sort_column(Change *changes, Change *spare, size_t count, unsigned column) {
  if (count <= FEW) {
    insert_by(changes, count, column);
    return changes;
  }
  uint64_t varying = 0, before = changes[0].row.c[column];
  bool sorted = true;
  for (size_t i = 1; i < count; i++) {
    uint64_t v = changes[i].row.c[column];
    varying |= v ^ before;
    sorted &= v >= before;
    before = v;
  }
  if (sorted) return changes;
  Change *from = changes, *to = spare;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    if (!(varying >> shift & 255)) continue;
    size_t starts[256] = {0}, at = 0;
    for (size_t i = 0; i < count; i++) starts[from[i].row.c[column] >> shift & 255]++;
    for (unsigned d = 0; d < 256; d++) {
      size_t n = starts[d];
      starts[d] = at;
      at += n;
    }
    for (size_t i = 0; i < count; i++) to[starts[from[i].row.c[column] >> shift & 255]++] = from[i];
    Change *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

Change *sort_rows(Change *changes, Change *spare, size_t count) {
  bool sorted = true;
  for (size_t i = 1; i < count && sorted; i++) sorted = row_compare(&changes[i - 1].row, &changes[i].row, 4) <= 0;
  if (sorted) return changes;
  Change *from = changes;
  for (unsigned column = 4; column-- > 0;) {
    Change *other = from == changes ? spare : changes;
    from = sort_column(from, other, count, column);
  }
  return from;
}

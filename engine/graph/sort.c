/* SPDX-License-Identifier: Apache-2.0 */
#include "sort.h"

#include <string.h>

#include "propter/pool.h"

enum { FEW = 48 };

static void insert_keys(SortKey *keys, size_t count) {
  for (size_t i = 1; i < count; i++) {
    SortKey moved = keys[i];
    size_t k = i;
    for (; k > 0 && keys[k - 1].key > moved.key; k--) keys[k] = keys[k - 1];
    keys[k] = moved;
  }
}

/* A pass over many keys is made in parts, at the same time; the place of a key does not depend on how many there are. */
enum { PARTS = 8, MANY = 1 << 16 };

typedef struct {
  const SortKey *from;
  SortKey *to;
  size_t count, parts;
  unsigned shift;
  struct {
    size_t places[256]; /* how many keys have a digit; then where the next of them goes */
    uint64_t varying;
    bool sorted;
  } part[PARTS];
} Pass;

static size_t part_start(const Pass *p, size_t part) { return p->count * part / p->parts; }

static PropterStatus look(size_t part, void *payload, PropterError *err) {
  (void)err;
  Pass *p = payload;
  size_t from = part_start(p, part), to = part_start(p, part + 1);
  uint64_t varying = 0, before = p->from[from ? from - 1 : 0].key;
  bool sorted = true;
  for (size_t i = from; i < to; i++) {
    uint64_t v = p->from[i].key;
    varying |= v ^ before;
    sorted &= v >= before;
    before = v;
  }
  p->part[part].varying = varying;
  p->part[part].sorted = sorted;
  return PROPTER_OK;
}

static PropterStatus count_digits(size_t part, void *payload, PropterError *err) {
  (void)err;
  Pass *p = payload;
  size_t *places = p->part[part].places, to = part_start(p, part + 1);
  memset(places, 0, sizeof p->part[part].places);
  for (size_t i = part_start(p, part); i < to; i++) places[p->from[i].key >> p->shift & 255]++;
  return PROPTER_OK;
}

static PropterStatus move_keys(size_t part, void *payload, PropterError *err) {
  (void)err;
  Pass *p = payload;
  size_t *places = p->part[part].places, to = part_start(p, part + 1);
  for (size_t i = part_start(p, part); i < to; i++) p->to[places[p->from[i].key >> p->shift & 255]++] = p->from[i];
  return PROPTER_OK;
}

static void find_places(Pass *p) {
  size_t at = 0;
  for (unsigned digit = 0; digit < 256; digit++)
    for (size_t i = 0; i < p->parts; i++) {
      size_t n = p->part[i].places[digit];
      p->part[i].places[digit] = at;
      at += n;
    }
}

SortKey *sort_keys(SortKey *keys, SortKey *spare, size_t count) {
  if (count <= FEW) {
    insert_keys(keys, count);
    return keys;
  }
  Pass p;
  p.from = keys, p.to = spare, p.shift = 0;
  p.count = count, p.parts = count < MANY ? 1 : PARTS;
  uint64_t varying = 0;
  bool sorted = true;
  (void)propter_pool_run(p.parts, 0, look, &p, NULL);
  for (size_t i = 0; i < p.parts; i++) varying |= p.part[i].varying, sorted &= p.part[i].sorted;
  if (sorted) return keys;
  for (; p.shift < 64; p.shift += 8) {
    if (!(varying >> p.shift & 255)) continue;
    (void)propter_pool_run(p.parts, 0, count_digits, &p, NULL);
    find_places(&p);
    (void)propter_pool_run(p.parts, 0, move_keys, &p, NULL);
    spare = keys, keys = p.to;
    p.from = keys, p.to = spare;
  }
  return keys;
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

static void sort_from(Change *changes, size_t count, unsigned column, SortKey *keys, SortKey *spare);

/* Rows in the order of their columns up to `column`: each run of equals by the rest. */
static void sort_runs(Change *changes, size_t count, unsigned column, SortKey *keys, SortKey *spare) {
  for (size_t from = 0, to; from < count && column < 3; from = to) {
    for (to = from + 1; to < count && changes[to].row.c[column] == changes[from].row.c[column];) to++;
    if (to - from > 1) sort_from(changes + from, to - from, column + 1, keys, spare);
  }
}

static void sort_column(Change *changes, size_t count, unsigned column, SortKey *keys, SortKey *spare) {
  for (size_t i = 0; i < count; i++) keys[i] = (SortKey){changes[i].row.c[column], (uint32_t)i};
  arrange(changes, count, sort_keys(keys, spare, count));
}

/* Rows that agree in the columns before `column`: by that column, then the rest. Data come in runs of subjects most of the time. */
static void sort_from(Change *changes, size_t count, unsigned column, SortKey *keys, SortKey *spare) {
  if (count <= FEW) {
    insert_rows(changes, count);
    return;
  }
  bool sorted = true;
  for (size_t i = 1; i < count && sorted; i++) sorted = changes[i - 1].row.c[column] <= changes[i].row.c[column];
  if (!sorted) sort_column(changes, count, column, keys, spare);
  sort_runs(changes, count, column, keys, spare);
}

/* Many rows in parts. */
typedef struct {
  Change *changes;
  SortKey *keys, *spare;
  size_t starts[PARTS + 1];
  bool sorted[PARTS];
} Rows;

static PropterStatus look_at_rows(size_t part, void *payload, PropterError *err) {
  (void)err;
  Rows *r = payload;
  size_t from = r->starts[part];
  bool sorted = true;
  for (size_t i = from ? from : 1; i < r->starts[part + 1] && sorted; i++) sorted = r->changes[i - 1].row.c[0] <= r->changes[i].row.c[0];
  r->sorted[part] = sorted;
  return PROPTER_OK;
}

static PropterStatus sort_part(size_t part, void *payload, PropterError *err) {
  (void)err;
  const Rows *r = payload;
  size_t from = r->starts[part];
  sort_runs(r->changes + from, r->starts[part + 1] - from, 0, r->keys + from, r->spare + from);
  return PROPTER_OK;
}

void sort_rows(Change *changes, size_t count, SortKey *keys, SortKey *spare) {
  if (count < MANY) {
    sort_from(changes, count, 0, keys, spare);
    return;
  }
  Rows r = {.changes = changes, .keys = keys, .spare = spare};
  bool sorted = true;
  for (size_t i = 0; i <= PARTS; i++) r.starts[i] = count * i / PARTS;
  (void)propter_pool_run(PARTS, 0, look_at_rows, &r, NULL);
  for (size_t i = 0; i < PARTS; i++) sorted &= r.sorted[i];
  if (!sorted) sort_column(changes, count, 0, keys, spare);
  /* A run stays whole. */
  for (size_t i = 1; i < PARTS; i++)
    while (r.starts[i] < count && changes[r.starts[i]].row.c[0] == changes[r.starts[i] - 1].row.c[0]) r.starts[i]++;
  (void)propter_pool_run(PARTS, 0, sort_part, &r, NULL);
}

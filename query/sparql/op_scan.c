/* SPDX-License-Identifier: Apache-2.0 */
/* A triple pattern as a scan of one permutation. */
#include <string.h>

#include "ranges.h"

/* Reading by ranges where they leave no more than this of the rows; else in the order that others want. */
#define RANGE_SHARE 0.25

typedef struct {
  Op op;
  Shape shape;
  unsigned first; /* position the rows are sorted by, where that can be chosen */
  Matcher matcher;
  PropterId from, below; /* of the column its rows are sorted by; 0: all */
  PropterId *lines[3];   /* columns that are looked at and nobody else wants */
  size_t hints[3];
  bool cut;              /* `below`, or the end of all ranges, has been reached */
} Scan;

/* The position the rows of a started scan are sorted by; 4: they are one row. */
static unsigned sorted_position(const Scan *s) { return s->matcher.bound < 4 ? order_columns[s->matcher.order][s->matcher.bound] : 4; }

static PropterQuad at_value(const Scan *s, PropterId value) {
  PropterId v[4] = {s->matcher.want.s, s->matcher.want.p, s->matcher.want.o, s->matcher.want.g};
  for (unsigned i = s->matcher.bound; i < 4; i++) v[order_columns[s->matcher.order][i]] = PROPTER_NO_ID;
  v[sorted_position(s)] = value;
  return (PropterQuad){v[0], v[1], v[2], v[3]};
}

/* Ranges of what the rows are sorted by, or NULL. */
static const IdRanges *sorted_ranges(const Scan *s) { return sorted_position(s) < 3 ? s->op.alg->within[sorted_position(s)] : NULL; }

/* To the first row whose value is `least` or more and not before its next range. */
static PropterStatus seek_range(Scan *s, PropterId least, PropterError *err) {
  const IdRanges *r = sorted_ranges(s);
  if (r) {
    size_t next = ranges_from(r, least);
    s->cut = next == r->count;
    if (!s->cut && r->items[next].from > least) least = r->items[next].from;
  }
  return least && !s->cut ? propter_scan_seek(s->matcher.scan, at_value(s, least), err) : PROPTER_OK;
}

static PropterStatus scan_start(Op *op, PropterError *err) {
  Scan *s = (Scan *)op;
  PropterId want[4];
  for (unsigned i = 0; i < 4; i++) {
    want[i] = s->shape.value[i];
    if (s->shape.slot[i] != NO_SLOT && op->outer) want[i] = op->outer[s->shape.slot[i]];
  }
  PropterQuad pattern = {want[0], want[1], want[2], want[3]};
  PROPTER_TRY(matcher_open_sorted(op->run, &s->matcher, &op->alg->graphs, pattern, s->first, err));
  s->matcher.repeats = s->shape.repeats ? &s->shape : NULL;
  s->cut = false;
  memset(s->hints, 0, sizeof s->hints);
  return s->matcher.empty ? PROPTER_OK : seek_range(s, s->from, err);
}

/* Leaves out what is not below the limit. */
static void cut_batch(Scan *s, Batch *b, const PropterId *column) {
  size_t low = 0, high = b->count;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (column[mid] < s->below)
      low = mid + 1;
    else
      high = mid;
  }
  s->cut = low < b->count;
  b->count = low;
}

/* Leaves out rows with an id outside of the ranges. */
static void keep_within(Scan *s, PropterId *const to[4], size_t *count) {
  for (unsigned k = 0; k < 3; k++) {
    const IdRanges *r = s->op.alg->within[k];
    size_t kept = 0, n = *count;
    /* Rows sorted by these ids may all lie within one range. */
    if (r && k == sorted_position(s) && n && ranges_have(r, to[k][0], &s->hints[k]) && to[k][n - 1] <= r->items[s->hints[k]].last) continue;
    for (size_t i = 0; r && i < n; i++) {
      if (!ranges_have(r, to[k][i], &s->hints[k])) continue;
      for (unsigned c = 0; c < 4; c++)
        if (to[c]) to[c][kept] = to[c][i];
      kept++;
    }
    if (r) *count = kept;
  }
}

/* A place for each column that is wanted here or above. */
static PropterStatus columns_of(Scan *s, PropterId *to[4], PropterError *err) {
  unsigned position = s->below ? sorted_position(s) : 4;
  for (unsigned k = 0; k < 4; k++) {
    to[k] = s->shape.slot[k] == NO_SLOT ? NULL : s->op.batch.col[s->shape.slot[k]];
    if (to[k] || k > 2 || (k != position && !s->op.alg->within[k])) continue;
    if (!s->lines[k] && !(s->lines[k] = exec_alloc(s->op.run, BATCH * sizeof *s->lines[k]))) return exec_fail_memory(s->op.run, err);
    to[k] = s->lines[k];
  }
  return PROPTER_OK;
}

static PropterStatus scan_next(Op *op, Batch **out, PropterError *err) {
  Scan *s = (Scan *)op;
  PropterId *to[4];
  size_t *count = &op->batch.count;
  PROPTER_TRY(columns_of(s, to, err));
  for (*count = 0; *count == 0 && !s->cut;) {
    PROPTER_TRY(matcher_columns(op->run, &s->matcher, to, count, err));
    if (*count == 0) break;
    const IdRanges *r = sorted_ranges(s);
    PropterId last = r ? to[sorted_position(s)][*count - 1] : PROPTER_NO_ID;
    if (s->below) cut_batch(s, &op->batch, to[sorted_position(s)]);
    keep_within(s, to, count);
    if (r && !s->cut) PROPTER_TRY(seek_range(s, last, err));
  }
  if (*count) *out = &op->batch;
  return PROPTER_OK;
}

static void scan_stop(Op *op) {
  Scan *s = (Scan *)op;
  matcher_free(op->run, &s->matcher);
  for (unsigned k = 0; k < 3; k++) {
    exec_free(op->run, s->lines[k], BATCH * sizeof *s->lines[k]);
    s->lines[k] = NULL;
  }
}

static const OpKind scan_kind = {"scan", scan_start, scan_next, scan_stop};

bool scan_is(const Op *op) { return op->kind == &scan_kind; }

void scan_range(Op *scan, PropterId from, PropterId below) { ((Scan *)scan)->from = from, ((Scan *)scan)->below = below; }

/* The first value not before `least`; 0: there is none. */
static PropterStatus value_from(Scan *s, PropterId least, PropterId *value, PropterError *err) {
  PropterQuad row;
  size_t n;
  *value = PROPTER_NO_ID;
  PROPTER_TRY(scan_start(&s->op, err));
  if (s->matcher.empty || sorted_position(s) > 2) return PROPTER_OK;
  PROPTER_TRY(seek_range(s, least, err));
  if (s->cut) return PROPTER_OK;
  PROPTER_TRY(propter_scan_next(s->matcher.scan, &row, 1, &n, err));
  if (n) *value = quad_at(&row, sorted_position(s));
  return PROPTER_OK;
}

PropterStatus scan_middle(Op *op, PropterId *middle, PropterError *err) {
  Scan *s = (Scan *)op;
  PropterId first, last, end = UINT64_MAX, value;
  *middle = PROPTER_NO_ID;
  PROPTER_TRY(value_from(s, 1, &first, err));
  for (last = first; first && end - last > 1;) {
    PropterId mid = last + (end - last) / 2;
    PROPTER_TRY(value_from(s, mid, &value, err));
    if (value)
      last = value;
    else
      end = mid;
  }
  if (last > first) PROPTER_TRY(value_from(s, first + (last - first) / 2 + 1, middle, err));
  return PROPTER_OK;
}

/* The first free column of the order that will be chosen: what the rows are sorted by. */
static uint32_t sorted_by(const Shape *s, unsigned first) {
  bool constant[3] = {s->value[0] != 0, s->value[1] != 0, s->value[2] != 0};
  if (constant[0] + constant[1] + constant[2] == 2) return s->slot[!constant[0] ? 0 : !constant[1] ? 1 : 2];
  if (!constant[0] && !constant[1] && !constant[2]) return s->slot[first < 3 ? first : 0];
  if (constant[1] && !constant[0] && !constant[2]) return s->slot[first == 2 ? 2 : 0];
  return constant[0] ? s->slot[1] : constant[2] ? s->slot[0] : NO_SLOT;
}

uint32_t scan_ranges_slot(const Exec *run, const Alg *a) {
  unsigned best = a->share[2] > 0 && (!(a->share[0] > 0) || a->share[2] < a->share[0]) ? 2 : 0;
  return a->share[best] > 0 && (run->any_order || a->share[best] <= RANGE_SHARE) ? (best ? a->o.slot : a->s.slot) : NO_SLOT;
}

PropterStatus op_scan(Exec *run, const Alg *alg, uint32_t sorted, Op **out, PropterError *err) {
  Scan *s;
  PROPTER_TRY(op_make(run, &scan_kind, sizeof *s, alg->maybe, alg, &s, err));
  s->shape = shape_of(alg);
  s->first = 3;
  uint32_t by_ranges = scan_ranges_slot(run, alg);
  if (by_ranges != NO_SLOT) sorted = by_ranges;
  for (unsigned i = 0; i < 3; i++)
    if (sorted != NO_SLOT && s->shape.slot[i] == sorted && s->first == 3) s->first = i;
  /* With one graph asked for, another permutation may be chosen; several graphs are not in the way. */
  if (alg->graphs.kind != GRAPHS_ONE && !s->shape.repeats) s->op.sorted = sorted_by(&s->shape, s->first);
  *out = &s->op;
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A triple pattern as a scan of one permutation. */
#include "op.h"

typedef struct {
  Op op;
  Shape shape;
  unsigned first; /* position the rows are sorted by, where that can be chosen */
  Matcher matcher;
  PropterId from, below; /* of the column its rows are sorted by; 0: all */
  PropterId *line;       /* that column, where nobody else wants it */
  bool cut;              /* `below` has been reached */
} Scan;

/* The position the rows of a started scan are sorted by; 4: they are one row. */
static unsigned sorted_position(const Scan *s) { return s->matcher.bound < 4 ? order_columns[s->matcher.order][s->matcher.bound] : 4; }

static PropterQuad at_value(const Scan *s, PropterId value) {
  PropterId v[4] = {s->matcher.want.s, s->matcher.want.p, s->matcher.want.o, s->matcher.want.g};
  for (unsigned i = s->matcher.bound; i < 4; i++) v[order_columns[s->matcher.order][i]] = PROPTER_NO_ID;
  v[sorted_position(s)] = value;
  return (PropterQuad){v[0], v[1], v[2], v[3]};
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
  return s->from && !s->matcher.empty ? propter_scan_seek(s->matcher.scan, at_value(s, s->from), err) : PROPTER_OK;
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

static PropterStatus scan_next(Op *op, Batch **out, PropterError *err) {
  Scan *s = (Scan *)op;
  PropterId *to[4];
  for (unsigned k = 0; k < 4; k++) to[k] = s->shape.slot[k] == NO_SLOT ? NULL : op->batch.col[s->shape.slot[k]];
  unsigned position = sorted_position(s);
  if (s->cut) return PROPTER_OK;
  if (s->below && !to[position]) {
    if (!s->line && !(s->line = exec_alloc(op->run, BATCH * sizeof *s->line))) return exec_fail_memory(op->run, err);
    to[position] = s->line;
  }
  PROPTER_TRY(matcher_columns(op->run, &s->matcher, to, &op->batch.count, err));
  if (s->below) cut_batch(s, &op->batch, to[position]);
  if (op->batch.count) *out = &op->batch;
  return PROPTER_OK;
}

static void scan_stop(Op *op) {
  Scan *s = (Scan *)op;
  matcher_free(op->run, &s->matcher);
  exec_free(op->run, s->line, BATCH * sizeof *s->line);
  s->line = NULL;
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
  PROPTER_TRY(propter_scan_seek(s->matcher.scan, at_value(s, least), err));
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

PropterStatus op_scan(Exec *run, const Alg *alg, uint32_t sorted, Op **out, PropterError *err) {
  Scan *s;
  PROPTER_TRY(op_make(run, &scan_kind, sizeof *s, alg->maybe, alg, &s, err));
  s->shape = shape_of(alg);
  s->first = 3;
  for (unsigned i = 0; i < 3; i++)
    if (sorted != NO_SLOT && s->shape.slot[i] == sorted && s->first == 3) s->first = i;
  /* With one graph asked for, another permutation may be chosen; several graphs are not in the way. */
  if (alg->graphs.kind != GRAPHS_ONE && !s->shape.repeats) s->op.sorted = sorted_by(&s->shape, s->first);
  *out = &s->op;
  return PROPTER_OK;
}

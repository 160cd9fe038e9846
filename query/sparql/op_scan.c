/* SPDX-License-Identifier: Apache-2.0 */
/* A triple pattern as a scan of one permutation. */
#include "op.h"

typedef struct {
  Op op;
  Shape shape;
  unsigned first; /* position the rows are sorted by, where that can be chosen */
  Matcher matcher;
} Scan;

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
  return PROPTER_OK;
}

static PropterStatus scan_next(Op *op, Batch **out, PropterError *err) {
  Scan *s = (Scan *)op;
  PropterId *to[4];
  for (unsigned k = 0; k < 4; k++) to[k] = s->shape.slot[k] == NO_SLOT ? NULL : op->batch.col[s->shape.slot[k]];
  PROPTER_TRY(matcher_columns(op->run, &s->matcher, to, &op->batch.count, err));
  if (op->batch.count) *out = &op->batch;
  return PROPTER_OK;
}

static void scan_stop(Op *op) { matcher_free(op->run, &((Scan *)op)->matcher); }

static const OpKind scan_kind = {"scan", scan_start, scan_next, scan_stop};

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

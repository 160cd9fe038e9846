/* SPDX-License-Identifier: Apache-2.0 */
/* DISTINCT. Rows already handed out are kept in a set; when memory grows short the set stays as it is, other rows go to disk by their hash and are told apart
 * part by part. */
#include <string.h>

#include "spill.h"

typedef struct {
  Op op;
  RowSet seen;
  PropterId *row;
  Partitions later;
  Spill source; /* the part being read, once the input has ended */
  bool full, ended, reading;
} Distinct;

static size_t width(const Distinct *d) { return d->op.alg->slot_count; }

static void drop(Distinct *d) {
  Exec *run = d->op.run;
  rowset_clear(run, &d->seen);
  spill_close(run, &d->source);
  partitions_close(run, &d->later);
  d->full = d->ended = d->reading = false;
}

static PropterStatus distinct_start(Op *op, PropterError *err) {
  drop((Distinct *)op);
  return op_start(op->left, op->outer, err);
}

/* *fresh: the row is a new one and can go out now. */
static PropterStatus meet(Distinct *d, const PropterId *row, bool *fresh, PropterError *err) {
  size_t at;
  *fresh = false;
  if (!d->full) return rowset_add(d->op.run, &d->seen, row, fresh, &at, err);
  return rowset_has(&d->seen, row) ? PROPTER_OK : partitions_add(&d->op, &d->later, partition_hash(row, width(d)), width(d), row, err);
}

/* The new rows of a batch of the input, in place. */
static PropterStatus filter_input(Distinct *d, Batch *b, PropterError *err) {
  Op *op = &d->op;
  size_t kept = 0;
  d->full = d->full || exec_crowded(op->run);
  for (size_t row = 0; row < b->count; row++) {
    bool fresh;
    for (size_t i = 0; i < width(d); i++) d->row[i] = op_get(op, b, op->alg->slots[i], row);
    PROPTER_TRY(meet(d, d->row, &fresh, err));
    for (size_t s = 0; fresh && kept != row && s < op->run->slot_names.count; s++)
      if (b->col[s]) b->col[s][kept] = b->col[s][row];
    kept += fresh;
  }
  b->count = kept;
  return PROPTER_OK;
}

static PropterStatus next_part(Distinct *d, PropterError *err) {
  Exec *run = d->op.run;
  spill_close(run, &d->source);
  rowset_clear(run, &d->seen);
  d->full = false;
  return partitions_next(run, &d->later, &d->source, &d->reading, err);
}

/* The new rows among those on disk. */
static PropterStatus from_disk(Distinct *d, PropterError *err) {
  Batch *b = &d->op.batch;
  b->count = 0;
  while (b->count < BATCH) {
    const PropterId *row = NULL;
    bool fresh;
    if (d->reading) PROPTER_TRY(spill_next(d->op.run, &d->source, &row, err));
    if (!row) {
      PROPTER_TRY(next_part(d, err));
      if (!d->reading) return PROPTER_OK;
      continue;
    }
    d->full = d->full || (d->seen.table.count > BATCH && exec_crowded(d->op.run));
    PROPTER_TRY(meet(d, row, &fresh, err));
    if (!fresh) continue;
    for (size_t i = 0; i < d->op.owned_count; i++) b->col[d->op.owned[i]][b->count] = PROPTER_NO_ID;
    for (size_t i = 0; i < width(d); i++) b->col[d->op.alg->slots[i]][b->count] = row[i];
    b->count++;
  }
  return PROPTER_OK;
}

static PropterStatus distinct_next(Op *op, Batch **out, PropterError *err) {
  Distinct *d = (Distinct *)op;
  while (!d->ended) {
    Batch *b;
    PROPTER_TRY(op_next(op->left, &b, err));
    d->ended = !b;
    if (b) PROPTER_TRY(filter_input(d, b, err));
    if (b && b->count) return *out = b, PROPTER_OK;
  }
  if (!d->full && !d->reading) return PROPTER_OK;
  PROPTER_TRY(from_disk(d, err));
  if (op->batch.count) *out = &op->batch;
  return PROPTER_OK;
}

static void distinct_stop(Op *op) { drop((Distinct *)op); }

static const OpKind distinct_kind = {"distinct", distinct_start, distinct_next, distinct_stop};

PropterStatus op_distinct(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err) {
  Distinct *d;
  uint64_t *slots = slots_new(run, err);
  if (!slots) return exec_fail_memory(run, err);
  for (size_t i = 0; i < alg->slot_count; i++) slots_add(slots, alg->slots[i]);
  PROPTER_TRY(op_make(run, &distinct_kind, sizeof *d, slots, alg, &d, err));
  PROPTER_TRY(rowset_init(run, &d->seen, alg->slot_count, err));
  d->row = exec_plan_alloc(run, alg->slot_count * sizeof *d->row);
  if (!d->row) return exec_fail_memory(run, err);
  d->op.left = child, d->op.slots = child->slots, d->op.reads = slots, d->op.estimate = child->estimate, d->op.sorted = child->sorted;
  *out = &d->op;
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Bind join: starts the right input for each row of the left one. */
#include <string.h>

#include "eval.h"

typedef struct {
  Op op;
  JoinMode mode;
  PropterArena scratch;
  PropterId *outer;
  Batch *input, *found;
  size_t row, at;
  bool running, matched;
} BindJoin;

static PropterStatus bind_start(Op *op, PropterError *err) {
  BindJoin *j = (BindJoin *)op;
  j->input = j->found = NULL, j->running = false;
  return op_start(op->left, op->outer, err);
}

static PropterStatus bind_emit(BindJoin *j, PropterError *err) {
  Batch *b = &j->op.batch;
  for (size_t i = 0; i < j->op.owned_count; i++) {
    uint32_t slot = j->op.owned[i];
    PropterId id = j->outer[slot];
    if (!id && j->found && j->found->col[slot]) id = j->found->col[slot][j->at];
    b->col[slot][b->count] = id;
  }
  int truth = 1;
  if (j->found && j->op.expr) {
    Env env = {j->op.run, &j->op, b, b->count, 0, &j->scratch, NULL};
    PROPTER_TRY(eval_truth(j->op.expr, &env, &truth, err));
  }
  if (truth != 1) return PROPTER_OK;
  b->count++;
  if (j->found) j->matched = true;
  return PROPTER_OK;
}

/* The next rows of the right side; *end: the present input row is finished. */
static PropterStatus bind_more(BindJoin *j, bool *end, PropterError *err) {
  *end = false;
  if (!j->running) {
    for (uint32_t s = 0; s < j->op.run->slot_names.count; s++) j->outer[s] = op_get(&j->op, j->input, s, j->row);
    PROPTER_TRY(op_start(j->op.right, j->outer, err));
    j->running = true, j->matched = false;
  }
  PROPTER_TRY(op_next(j->op.right, &j->found, err));
  j->at = 0;
  *end = !j->found;
  return PROPTER_OK;
}

static PropterStatus bind_next(Op *op, Batch **out, PropterError *err) {
  BindJoin *j = (BindJoin *)op;
  op->batch.count = 0;
  exec_release(op->run);
  propter_arena_clear(&j->scratch);
  while (op->batch.count < BATCH) {
    bool end;
    if (j->found && j->at < j->found->count) {
      PROPTER_TRY(bind_emit(j, err));
      j->at++;
      continue;
    }
    if (!j->input || j->row == j->input->count) {
      if (op->batch.count) break;
      PROPTER_TRY(op_next(op->left, &j->input, err));
      if (!j->input) return PROPTER_OK;
      j->row = 0;
    }
    PROPTER_TRY(bind_more(j, &end, err));
    if (!end) continue;
    if (j->mode == JOIN_LEFT && !j->matched) PROPTER_TRY(bind_emit(j, err));
    j->running = false, j->row++;
  }
  *out = &op->batch;
  return PROPTER_OK;
}

static void bind_stop(Op *op) { propter_arena_clear(&((BindJoin *)op)->scratch); }

static const OpKind bind_kinds[] = {{"bind join", bind_start, bind_next, bind_stop}, {"left bind join", bind_start, bind_next, bind_stop}};

PropterStatus op_bind_join(Exec *run, JoinMode mode, Op *left, Op *right, const Alg *alg, Expr *expr, Op **out, PropterError *err) {
  BindJoin *j;
  uint64_t *slots = slots_new(run, err);
  if (!slots) return exec_fail_memory(run, err);
  for (size_t w = 0; w < slots_words(run); w++) slots[w] = left->slots[w] | right->slots[w];
  PROPTER_TRY(op_make(run, &bind_kinds[mode], sizeof *j, slots, NULL, &j, err));
  j->op.left = left, j->op.right = right;
  j->op.slots = slots, j->op.sorted = left->sorted;
  j->mode = mode, j->op.expr = expr;
  j->scratch.limit = (size_t)run->options.memory;
  uint64_t *reads = op_reads(&j->op, err);
  if (!reads) return exec_fail_memory(run, err);
  slots_mentioned(run, alg, reads);
  if (expr) slots_of_expr(run, expr, reads);
  j->outer = exec_plan_alloc(run, run->slot_names.count * sizeof *j->outer);
  if (!j->outer) return exec_fail_memory(run, err);
  *out = &j->op;
  return PROPTER_OK;
}

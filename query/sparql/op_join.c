/* SPDX-License-Identifier: Apache-2.0 */
/* Joins of two operators: by a hash table over the right one, or by starting the right one for each row of the left one. */
#include <string.h>

#include "eval.h"

static PropterStatus union_slots(Exec *run, const uint64_t *a, const uint64_t *b, uint64_t **out, PropterError *err) {
  *out = slots_new(run, err);
  if (!*out) return exec_fail_memory(run, err);
  for (size_t w = 0; w < slots_words(run); w++) (*out)[w] = a[w] | b[w];
  return PROPTER_OK;
}

/* --- Hash join -------------------------------------------------------------------------------------------------------------- */

typedef struct {
  Op op;
  JoinMode mode;
  Expr *expr;
  PropterArena scratch;
  Table table;
  Index index;
  bool built;
  uint32_t *keys; /* columns of the table */
  size_t key_count;
  int32_t *column_of; /* by slot: column of the table, or -1 */
  uint32_t ignore;    /* the graph's slot of a MINUS */
  PropterId *right_row;
  Batch *input;
  size_t row, candidate; /* the next row of the table to try, plus 1 */
  bool matched;
} HashJoin;

static PropterStatus hash_start(Op *op, PropterError *err) {
  HashJoin *j = (HashJoin *)op;
  table_clear(op->run, &j->table);
  index_clear(op->run, &j->index);
  j->input = NULL, j->built = false;
  PROPTER_TRY(op_start(op->left, op->outer, err));
  /* What MINUS takes away is computed on its own; only the graph comes from outside. */
  if (j->mode == JOIN_MINUS) PROPTER_TRY(op_graph_row(op, &j->right_row, err));
  return op_start(op->right, j->mode == JOIN_MINUS ? j->right_row : op->outer, err);
}

static PropterStatus hash_build(HashJoin *j, PropterError *err) {
  j->built = true;
  PROPTER_TRY(table_fill(j->op.right, &j->table, err));
  return j->key_count ? index_build(j->op.run, &j->index, &j->table, j->keys, j->key_count, err) : PROPTER_OK;
}

/* The first candidate of an input row, plus 1. */
static size_t first_candidate(const HashJoin *j) {
  uint64_t hash = 0;
  if (j->key_count == 0) return j->table.count ? 1 : 0;
  for (size_t i = 0; i < j->key_count; i++) hash = index_hash(hash, op_get(&j->op, j->input, j->table.slots[j->keys[i]], j->row));
  return j->index.heads[hash & j->index.mask];
}

static size_t next_candidate(const HashJoin *j, size_t candidate) {
  if (j->key_count == 0) return candidate < j->table.count ? candidate + 1 : 0;
  return j->index.next[candidate - 1];
}

/* Both rows agree where both are bound; *shared: there is such a place. */
static bool compatible(const HashJoin *j, const PropterId *right, bool *shared) {
  *shared = false;
  for (size_t c = 0; c < j->table.width; c++) {
    uint32_t slot = j->table.slots[c];
    PropterId left = op_get(&j->op, j->input, slot, j->row);
    if (!left || !right[c]) continue;
    if (left != right[c]) return false;
    if (slot != j->ignore) *shared = true;
  }
  return true;
}

static PropterStatus emit(HashJoin *j, const PropterId *right, PropterError *err) {
  Batch *b = &j->op.batch;
  for (size_t i = 0; i < j->op.owned_count; i++) {
    uint32_t slot = j->op.owned[i];
    PropterId id = op_get(&j->op, j->input, slot, j->row);
    int32_t column = j->column_of[slot];
    b->col[slot][b->count] = id || !right || column < 0 ? id : right[column];
  }
  int truth = 1;
  if (right && j->expr) {
    Env env = {j->op.run, &j->op, b, b->count, 0, &j->scratch};
    PROPTER_TRY(eval_truth(j->expr, &env, &truth, err));
  }
  if (truth != 1) return PROPTER_OK;
  b->count++;
  if (right) j->matched = true;
  return PROPTER_OK;
}

static PropterStatus next_input(HashJoin *j, PropterError *err) {
  if (j->input && ++j->row < j->input->count) {
    j->candidate = first_candidate(j), j->matched = false;
    return PROPTER_OK;
  }
  PROPTER_TRY(op_next(j->op.left, &j->input, err));
  j->row = 0, j->matched = false;
  if (j->input) j->candidate = first_candidate(j);
  return PROPTER_OK;
}

static PropterStatus hash_next(Op *op, Batch **out, PropterError *err) {
  HashJoin *j = (HashJoin *)op;
  op->batch.count = 0;
  exec_release(op->run);
  propter_arena_clear(&j->scratch);
  if (!j->built) {
    PROPTER_TRY(hash_build(j, err));
    if (j->mode == JOIN_INNER && j->table.count == 0) return PROPTER_OK;
    PROPTER_TRY(next_input(j, err));
  }
  if (j->mode == JOIN_INNER && j->table.count == 0) return PROPTER_OK;
  while (j->input && op->batch.count < BATCH) {
    bool shared;
    if (j->candidate) {
      const PropterId *right = table_row(&j->table, j->candidate - 1);
      if (compatible(j, right, &shared)) PROPTER_TRY(emit(j, right, err));
      j->candidate = next_candidate(j, j->candidate);
      PROPTER_TRY(exec_tick(op->run, err));
      continue;
    }
    if (j->mode == JOIN_LEFT && !j->matched) PROPTER_TRY(emit(j, NULL, err));
    PROPTER_TRY(next_input(j, err));
  }
  if (op->batch.count) *out = &op->batch;
  return PROPTER_OK;
}

static PropterStatus minus_row(HashJoin *j, bool *keep, PropterError *err) {
  *keep = true;
  for (size_t c = first_candidate(j); c && *keep; c = next_candidate(j, c)) {
    bool shared;
    if (compatible(j, table_row(&j->table, c - 1), &shared) && shared) *keep = false;
    PROPTER_TRY(exec_tick(j->op.run, err));
  }
  return PROPTER_OK;
}

static PropterStatus minus_next(Op *op, Batch **out, PropterError *err) {
  HashJoin *j = (HashJoin *)op;
  if (!j->built) PROPTER_TRY(hash_build(j, err));
  for (;;) {
    size_t kept = 0;
    PROPTER_TRY(op_next(op->left, &j->input, err));
    if (!j->input) return PROPTER_OK;
    for (j->row = 0; j->row < j->input->count; j->row++) {
      bool keep;
      PROPTER_TRY(minus_row(j, &keep, err));
      for (size_t s = 0; keep && s < op->run->slot_names.count; s++)
        if (j->input->col[s]) j->input->col[s][kept] = j->input->col[s][j->row];
      kept += keep;
    }
    j->input->count = kept;
    if (kept) return *out = j->input, PROPTER_OK;
  }
}

static void hash_stop(Op *op) {
  HashJoin *j = (HashJoin *)op;
  table_clear(op->run, &j->table);
  index_clear(op->run, &j->index);
  propter_arena_clear(&j->scratch);
}

static const OpKind hash_kinds[] = {{"hash join", hash_start, hash_next, hash_stop}, {"left hash join", hash_start, hash_next, hash_stop}, {"minus", hash_start, minus_next, hash_stop}};

PropterStatus op_hash_join(Exec *run, JoinMode mode, Op *left, Op *right, const uint64_t *keys, Expr *expr, const Alg *alg, Op **out, PropterError *err) {
  HashJoin *j;
  uint64_t *slots;
  PROPTER_TRY(union_slots(run, left->slots, right->slots, &slots, err));
  PROPTER_TRY(op_make(run, &hash_kinds[mode], sizeof *j, mode == JOIN_MINUS ? NULL : slots, alg, &j, err));
  j->op.left = left, j->op.right = right;
  j->op.slots = mode == JOIN_MINUS ? left->slots : slots;
  j->mode = mode, j->expr = expr;
  j->ignore = alg && alg->graphs.kind == GRAPHS_NAMED ? alg->graphs.slot : NO_SLOT;
  PROPTER_TRY(table_init(run, &j->table, right->slots, err));
  j->keys = exec_plan_alloc(run, j->table.width * sizeof *j->keys);
  j->column_of = exec_plan_alloc(run, run->slot_names.count * sizeof *j->column_of);
  if (!j->keys || !j->column_of) return exec_fail_memory(run, err);
  for (size_t s = 0; s < run->slot_names.count; s++) j->column_of[s] = -1;
  for (uint32_t c = 0; c < j->table.width; c++) {
    j->column_of[j->table.slots[c]] = (int32_t)c;
    if (slots_has(keys, j->table.slots[c])) j->keys[j->key_count++] = c;
  }
  *out = &j->op;
  return PROPTER_OK;
}

/* --- Bind join -------------------------------------------------------------------------------------------------------------- */

typedef struct {
  Op op;
  JoinMode mode;
  Expr *expr;
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
  if (j->found && j->expr) {
    Env env = {j->op.run, &j->op, b, b->count, 0, &j->scratch};
    PROPTER_TRY(eval_truth(j->expr, &env, &truth, err));
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

PropterStatus op_bind_join(Exec *run, JoinMode mode, Op *left, Op *right, Expr *expr, Op **out, PropterError *err) {
  BindJoin *j;
  uint64_t *slots;
  PROPTER_TRY(union_slots(run, left->slots, right->slots, &slots, err));
  PROPTER_TRY(op_make(run, &bind_kinds[mode], sizeof *j, slots, NULL, &j, err));
  j->op.left = left, j->op.right = right;
  j->mode = mode, j->expr = expr;
  j->outer = exec_plan_alloc(run, run->slot_names.count * sizeof *j->outer);
  if (!j->outer) return exec_fail_memory(run, err);
  *out = &j->op;
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "op.h"

#include <string.h>

static size_t count_slots(const uint64_t *set, size_t words) {
  size_t n = 0;
  for (size_t w = 0; w < words; w++) n += (size_t)__builtin_popcountll(set[w]);
  return n;
}

static void list_slots(const uint64_t *set, size_t words, uint32_t *out) {
  for (size_t w = 0; w < words; w++)
    for (uint64_t bits = set[w]; bits; bits &= bits - 1) *out++ = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(bits));
}

PropterStatus op_make(Exec *run, const OpKind *kind, size_t size, const uint64_t *slots, const Alg *alg, void *out, PropterError *err) {
  size_t words = slots_words(run);
  PROPTER_TRY(exec_check(run, err));
  Op *op = exec_plan_alloc(run, size);
  if (!op) return exec_fail_memory(run, err);
  op->kind = kind, op->run = run, op->alg = alg, op->slots = slots;
  op->owned_count = slots ? count_slots(slots, words) : 0;
  op->sorted = NO_SLOT;
  op->owned = exec_plan_alloc(run, op->owned_count * sizeof *op->owned);
  op->batch.col = exec_plan_alloc(run, run->slot_names.count * sizeof *op->batch.col);
  if (!op->owned || !op->batch.col) return exec_fail_memory(run, err);
  if (slots) list_slots(slots, words, op->owned);
  if (!propter_vec_push(&run->ops, op)) return exec_fail_memory(run, err);
  memcpy(out, &op, sizeof op);
  return PROPTER_OK;
}

uint64_t *op_reads(Op *op, PropterError *err) {
  if (!op->reads) op->reads = slots_new(op->run, err);
  return op->reads;
}

/* The slots of a that are in b too, as a new set. */
static uint64_t *both(Exec *run, const uint64_t *a, const uint64_t *b, PropterError *err) {
  uint64_t *set = slots_new(run, err);
  for (size_t w = 0; set && w < slots_words(run); w++) set[w] = a[w] & b[w];
  return set;
}

PropterStatus op_want(Op *op, const uint64_t *wanted, PropterError *err) {
  Exec *run = op->run;
  size_t words = slots_words(run), kept = 0, children;
  uint64_t *mine = slots_new(run, err);
  const uint64_t *reads = op_reads(op, err);
  if (!mine || !reads) return exec_fail_memory(run, err);
  for (size_t w = 0; w < words; w++) mine[w] = (wanted ? wanted[w] : 0) | reads[w];
  for (size_t i = 0; i < op->owned_count; i++)
    if (slots_has(mine, op->owned[i])) op->owned[kept++] = op->owned[i];
  op->owned_count = kept;
  op->slots = both(run, op->slots, mine, err);
  if (!op->slots) return exec_fail_memory(run, err);
  Op **inputs = op_children(op, &children);
  for (size_t i = 0; i < children; i++) PROPTER_TRY(op_want(inputs[i], mine, err));
  if (op->left) PROPTER_TRY(op_want(op->left, op->closed ? reads : mine, err));
  return op->right ? op_want(op->right, op->closed || op->right_closed ? reads : mine, err) : PROPTER_OK;
}

static PropterStatus own_columns(Op *op, PropterError *err) {
  if (op->memory || op->owned_count == 0) return PROPTER_OK;
  op->memory = exec_alloc(op->run, op->owned_count * BATCH * sizeof *op->memory);
  if (!op->memory) return exec_fail_memory(op->run, err);
  for (size_t i = 0; i < op->owned_count; i++) op->batch.col[op->owned[i]] = op->memory + i * BATCH;
  return PROPTER_OK;
}

PropterStatus op_start(Op *op, const PropterId *outer, PropterError *err) {
  PROPTER_TRY(own_columns(op, err));
  op->outer = outer;
  op->starts++;
  uint64_t begin = op->run->timing ? exec_now() : 0;
  PropterStatus status = op->kind->start(op, err);
  if (op->run->timing) op->nanoseconds += exec_now() - begin;
  return status;
}

PropterStatus op_next(Op *op, Batch **out, PropterError *err) {
  PROPTER_TRY(exec_check(op->run, err));
  uint64_t begin = op->run->timing ? exec_now() : 0;
  *out = NULL;
  PropterStatus status = op->kind->next(op, out, err);
  if (status == PROPTER_OK && *out) op->rows += (*out)->count;
  if (op->run->timing) op->nanoseconds += exec_now() - begin;
  return status;
}

void op_stop(Op *op) {
  if (op->kind->stop) op->kind->stop(op);
  exec_free(op->run, op->memory, op->owned_count * BATCH * sizeof *op->memory);
  op->memory = NULL;
}

PropterStatus op_graph_row(Op *op, PropterId **row, PropterError *err) {
  Exec *run = op->run;
  bool named = op->alg && op->alg->graphs.kind == GRAPHS_NAMED && op->outer;
  if (!named && !run->fixed_row) return *row = NULL, PROPTER_OK;
  if (!*row && !(*row = exec_plan_alloc(run, run->slot_names.count * sizeof **row))) return exec_fail_memory(run, err);
  if (run->fixed_row) memcpy(*row, run->fixed_row, run->slot_names.count * sizeof **row);
  if (named) (*row)[op->alg->graphs.slot] = op->outer[op->alg->graphs.slot];
  return PROPTER_OK;
}

/* --- Rows kept ---------------------------------------------------------------------------------------------------------- */

PropterStatus table_init(Exec *run, Table *t, const uint64_t *slots, PropterError *err) {
  size_t words = slots_words(run);
  *t = (Table){.width = count_slots(slots, words)};
  t->slots = exec_plan_alloc(run, t->width * sizeof *t->slots);
  if (!t->slots) return exec_fail_memory(run, err);
  list_slots(slots, words, t->slots);
  return PROPTER_OK;
}

PropterStatus table_add(Op *op, Table *t, const Batch *batch, PropterError *err) {
  size_t size = t->width ? t->width * sizeof *t->rows : 1;
  if (t->count + batch->count >= UINT32_MAX) return propter_fail(err, PROPTER_LIMIT, "more than %u intermediate rows", UINT32_MAX);
  PROPTER_TRY(exec_grow(op->run, &t->rows, &t->cap, t->count + batch->count, size, err));
  for (size_t i = 0; i < t->width; i++) {
    PropterId *to = table_row(t, t->count) + i;
    for (size_t row = 0; row < batch->count; row++) to[row * t->width] = op_get(op, batch, t->slots[i], row);
  }
  t->count += batch->count;
  return PROPTER_OK;
}

PropterStatus table_push(Exec *run, Table *t, const PropterId *row, PropterError *err) {
  size_t size = t->width ? t->width * sizeof *t->rows : 1;
  PROPTER_TRY(exec_grow(run, &t->rows, &t->cap, t->count + 1, size, err));
  if (t->width) memcpy(table_row(t, t->count), row, size);
  t->count++;
  return PROPTER_OK;
}

void table_clear(Exec *run, Table *t) {
  exec_free(run, t->rows, t->cap * (t->width ? t->width * sizeof *t->rows : 1));
  t->rows = NULL;
  t->count = t->cap = 0;
}

static uint64_t hash_row(const PropterId *row, const uint32_t *columns, size_t count) {
  uint64_t hash = 0;
  for (size_t i = 0; i < count; i++) hash = index_hash(hash, row[columns[i]]);
  return hash;
}

static void link_row(Index *x, size_t row, uint64_t hash) {
  uint64_t *head = &x->heads[hash & x->mask];
  x->next[row] = (uint32_t)*head;
  *head = (*head >> 32 | (uint64_t)1 << (hash >> 59)) << 32 | (row + 1);
}

static PropterStatus size_heads(Exec *run, Index *x, size_t rows, PropterError *err) {
  size_t size = 64;
  while (size < rows * 2) size *= 2;
  exec_free(run, x->heads, x->heads ? (x->mask + 1) * sizeof *x->heads : 0);
  x->heads = exec_alloc(run, size * sizeof *x->heads);
  if (!x->heads) return exec_fail_memory(run, err);
  memset(x->heads, 0, size * sizeof *x->heads);
  x->mask = size - 1;
  return PROPTER_OK;
}

PropterStatus index_build(Exec *run, Index *x, const Table *t, const uint32_t *columns, size_t count, PropterError *err) {
  PROPTER_TRY(size_heads(run, x, t->count, err));
  PROPTER_TRY(exec_grow(run, &x->next, &x->next_cap, t->count + 1, sizeof *x->next, err));
  /* From the last to the first, so that chains run in the order of the rows. */
  for (size_t row = t->count; row-- > 0;) {
    link_row(x, row, hash_row(table_row(t, row), columns, count));
    PROPTER_TRY(exec_tick(run, err));
  }
  return PROPTER_OK;
}

/* Room for one more row than `row`; grows and hashes again as needed. */
static PropterStatus index_add(Exec *run, Index *x, const Table *t, size_t row, const uint32_t *columns, size_t count, uint64_t hash, PropterError *err) {
  PROPTER_TRY(exec_grow(run, &x->next, &x->next_cap, row + 1, sizeof *x->next, err));
  if (!x->heads || row >= x->mask) {
    PROPTER_TRY(size_heads(run, x, row + 1, err));
    for (size_t r = 0; r < row; r++) {
      link_row(x, r, hash_row(table_row(t, r), columns, count));
      PROPTER_TRY(exec_tick(run, err));
    }
  }
  link_row(x, row, hash);
  return PROPTER_OK;
}

void index_clear(Exec *run, Index *x) {
  exec_free(run, x->heads, x->heads ? (x->mask + 1) * sizeof *x->heads : 0);
  exec_free(run, x->next, x->next_cap * sizeof *x->next);
  *x = (Index){0};
}

PropterStatus rowset_init(Exec *run, RowSet *set, size_t width, PropterError *err) {
  *set = (RowSet){.table = {.width = width}};
  set->columns = exec_plan_alloc(run, width * sizeof *set->columns);
  if (!set->columns) return exec_fail_memory(run, err);
  for (uint32_t i = 0; i < width; i++) set->columns[i] = i;
  return PROPTER_OK;
}

PropterStatus rowset_add(Exec *run, RowSet *set, const PropterId *row, bool *fresh, size_t *at, PropterError *err) {
  Table *t = &set->table;
  size_t size = t->width * sizeof *t->rows;
  uint64_t hash = hash_row(row, set->columns, t->width);
  *fresh = false;
  for (uint32_t i = set->index.heads ? index_head(&set->index, hash) : 0; i; i = set->index.next[i - 1])
    if (memcmp(table_row(t, i - 1), row, size) == 0) return *at = i - 1, PROPTER_OK;
  if (t->count == UINT32_MAX - 1) return propter_fail(err, PROPTER_LIMIT, "more than %u intermediate rows", UINT32_MAX);
  PROPTER_TRY(exec_grow(run, &t->rows, &t->cap, t->count + 1, size ? size : 1, err));
  if (size) memcpy(table_row(t, t->count), row, size);
  PROPTER_TRY(index_add(run, &set->index, t, t->count, set->columns, t->width, hash, err));
  *fresh = true, *at = t->count++;
  return PROPTER_OK;
}

bool rowset_has(const RowSet *set, const PropterId *row) {
  const Table *t = &set->table;
  if (!set->index.heads) return false;
  for (uint32_t i = index_head(&set->index, hash_row(row, set->columns, t->width)); i; i = set->index.next[i - 1])
    if (memcmp(table_row(t, i - 1), row, t->width * sizeof *row) == 0) return true;
  return false;
}

void rowset_reset(RowSet *set) {
  Table *t = &set->table;
  for (size_t i = 0; i < t->count; i++) set->index.heads[hash_row(table_row(t, i), set->columns, t->width) & set->index.mask] = 0;
  t->count = 0;
}

void rowset_clear(Exec *run, RowSet *set) {
  table_clear(run, &set->table);
  index_clear(run, &set->index);
}

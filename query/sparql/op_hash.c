/* SPDX-License-Identifier: Apache-2.0 */
/* Joins by a hash table over the right input: inner, left, semi, anti, MINUS. A batch of pairs (left row, table row) is found first, then its columns are
 * gathered. A table that outgrows memory goes to disk: both inputs are split by their keys and joined part by part (Kitsuregawa et al., 1983). */
#include <string.h>

#include "eval.h"
#include "spill.h"

#define NO_ROW UINT32_MAX

typedef struct {
  Op op;
  JoinMode mode;
  PropterArena scratch;
  Table table;
  Index index;
  bool built;
  uint64_t *wanted_keys;
  uint32_t *keys, *others; /* columns of the table: always bound on both sides; shared, but perhaps unbound */
  size_t key_count, other_count;
  int32_t *column_of; /* by slot: column of the table, or -1 */
  uint32_t ignore;    /* the graph's slot of a MINUS */
  PropterId *right_row;
  Batch *input;
  PropterId *left_keys;  /* of the input's rows, key after key */
  uint32_t *candidates;  /* of each input row: the first row of the table to try, plus 1; 0: none */
  size_t row, candidate; /* the next row of the table to try, plus 1 */
  bool matched;
  uint32_t *lefts, *rights; /* the output batch as pairs; NO_ROW: none */
  /* Both inputs split by their keys, when the table outgrows memory. */
  Partitions right_parts, left_parts;
  Spill source; /* of left rows */
  Replay replay;
  uint32_t *left_slots, *key_places; /* columns of the left rows on disk, and which of them are keys */
  PropterId *line, *key;
  size_t left_width;
  uint64_t part_rows; /* right rows of the part that was split last */
  bool split, reading;
} HashJoin;

/* --- Table ------------------------------------------------------------------------------------------------------------------ */

static PropterStatus find_columns(HashJoin *j, PropterError *err) {
  Exec *run = j->op.run;
  if (j->column_of) return PROPTER_OK;
  PROPTER_TRY(table_init(run, &j->table, j->op.right->slots, err));
  j->keys = exec_plan_alloc(run, j->table.width * sizeof *j->keys);
  j->others = exec_plan_alloc(run, j->table.width * sizeof *j->others);
  j->column_of = exec_plan_alloc(run, run->slot_names.count * sizeof *j->column_of);
  if (!j->keys || !j->others || !j->column_of) return exec_fail_memory(run, err);
  for (size_t s = 0; s < run->slot_names.count; s++) j->column_of[s] = -1;
  for (uint32_t c = 0; c < j->table.width; c++) {
    uint32_t slot = j->table.slots[c];
    j->column_of[slot] = (int32_t)c;
    if (slots_has(j->wanted_keys, slot))
      j->keys[j->key_count++] = c;
    else if (slots_has(j->op.left->slots, slot) || j->op.outer)
      j->others[j->other_count++] = c;
  }
  return PROPTER_OK;
}

static void drop_table(HashJoin *j) {
  table_clear(j->op.run, &j->table);
  index_clear(j->op.run, &j->index);
}

static void drop_disk(HashJoin *j) {
  Exec *run = j->op.run;
  spill_close(run, &j->source);
  partitions_close(run, &j->right_parts);
  partitions_close(run, &j->left_parts);
  replay_close(run, &j->replay);
  j->split = j->reading = false;
}

static bool filters_only(const HashJoin *j) { return j->mode >= JOIN_MINUS; }

static PropterStatus hash_start(Op *op, PropterError *err) {
  HashJoin *j = (HashJoin *)op;
  drop_table(j);
  drop_disk(j);
  PROPTER_TRY(find_columns(j, err));
  if (!j->lefts && (!(j->lefts = exec_alloc(op->run, BATCH * sizeof *j->lefts)) || !(j->rights = exec_alloc(op->run, BATCH * sizeof *j->rights)) ||
                    !(j->candidates = exec_alloc(op->run, BATCH * sizeof *j->candidates)) ||
                    !(j->left_keys = exec_alloc(op->run, (j->key_count + 1) * BATCH * sizeof *j->left_keys))))
    return exec_fail_memory(op->run, err);
  j->input = NULL, j->built = false;
  PROPTER_TRY(op_start(op->left, op->outer, err));
  /* What MINUS takes away is computed on its own; only the graph comes from outside. */
  if (j->mode == JOIN_MINUS) PROPTER_TRY(op_graph_row(op, &j->right_row, err));
  return op_start(op->right, j->mode == JOIN_MINUS ? j->right_row : op->outer, err);
}

/* --- On disk ------------------------------------------------------------------------------------------------------------------ */

static PropterStatus put_right(HashJoin *j, const PropterId *row, PropterError *err) {
  for (size_t i = 0; i < j->key_count; i++) j->key[i] = row[j->keys[i]];
  return partitions_add(&j->op, &j->right_parts, partition_hash(j->key, j->key_count), j->table.width, row, err);
}

/* Moves the table to disk, from where on the right input goes there, too. */
static PropterStatus begin_split(HashJoin *j, PropterError *err) {
  Exec *run = j->op.run;
  Table left = {0};
  if (!j->line) {
    PROPTER_TRY(table_init(run, &left, j->op.left->slots, err));
    j->left_slots = left.slots, j->left_width = left.width;
    j->key = exec_plan_alloc(run, j->key_count * sizeof *j->key);
    j->line = exec_plan_alloc(run, (left.width > j->table.width ? left.width : j->table.width) * sizeof *j->line);
    j->key_places = exec_plan_alloc(run, j->key_count * sizeof *j->key_places);
    if (!j->key || !j->line || !j->key_places) return exec_fail_memory(run, err);
    for (size_t i = 0; i < j->key_count; i++) {
      j->key_places[i] = NO_SLOT; /* the outer row has it */
      for (uint32_t c = 0; c < left.width; c++)
        if (j->table.slots[j->keys[i]] == left.slots[c]) j->key_places[i] = c;
    }
  }
  j->split = true;
  for (size_t i = 0; i < j->table.count; i++) PROPTER_TRY(put_right(j, table_row(&j->table, i), err));
  drop_table(j);
  return PROPTER_OK;
}

static PropterStatus split_left(HashJoin *j, PropterError *err) {
  for (;;) {
    PROPTER_TRY(op_next(j->op.left, &j->input, err));
    if (!j->input) return PROPTER_OK;
    for (size_t row = 0; row < j->input->count; row++) {
      for (size_t i = 0; i < j->key_count; i++) j->key[i] = op_get(&j->op, j->input, j->table.slots[j->keys[i]], row);
      for (size_t i = 0; i < j->left_width; i++) j->line[i] = op_get(&j->op, j->input, j->left_slots[i], row);
      PROPTER_TRY(partitions_add(&j->op, &j->left_parts, partition_hash(j->key, j->key_count), j->left_width, j->line, err));
    }
  }
}

static PropterStatus add_right(HashJoin *j, Batch *b, PropterError *err) {
  if (!j->split && j->key_count && j->table.count > BATCH && exec_crowded(j->op.run)) PROPTER_TRY(begin_split(j, err));
  if (!j->split) return table_add(j->op.right, &j->table, b, err);
  for (size_t row = 0; row < b->count; row++) {
    for (size_t i = 0; i < j->table.width; i++) j->line[i] = op_get(j->op.right, b, j->table.slots[i], row);
    PROPTER_TRY(put_right(j, j->line, err));
  }
  return PROPTER_OK;
}

static PropterStatus make_index(HashJoin *j, PropterError *err) {
  return j->key_count ? index_build(j->op.run, &j->index, &j->table, j->keys, j->key_count, err) : PROPTER_OK;
}

static PropterStatus hash_build(HashJoin *j, PropterError *err) {
  j->built = true;
  for (Batch *b;;) {
    PROPTER_TRY(op_next(j->op.right, &b, err));
    if (!b) break;
    PROPTER_TRY(add_right(j, b, err));
  }
  return j->split ? split_left(j, err) : make_index(j, err);
}

/* Both sides of a part whose right rows do not fit: split again by the next bits of their hashes. */
static PropterStatus split_again(HashJoin *j, Spill *right, PropterError *err) {
  Exec *run = j->op.run;
  const PropterId *row;
  for (size_t i = 0; i < j->table.count; i++) PROPTER_TRY(put_right(j, table_row(&j->table, i), err));
  drop_table(j);
  for (;;) {
    PROPTER_TRY(spill_next(run, right, &row, err));
    if (!row) break;
    PROPTER_TRY(put_right(j, row, err));
  }
  for (;;) {
    PROPTER_TRY(spill_next(run, &j->source, &row, err));
    if (!row) return PROPTER_OK;
    for (size_t i = 0; i < j->key_count; i++) j->key[i] = j->key_places[i] == NO_SLOT ? j->op.outer[j->table.slots[j->keys[i]]] : row[j->key_places[i]];
    PROPTER_TRY(partitions_add(&j->op, &j->left_parts, partition_hash(j->key, j->key_count), j->left_width, row, err));
  }
}

/* Reads the right rows of a part into the table. *again: they were too many, and the part was split. */
static PropterStatus load_part(HashJoin *j, Spill *right, bool *again, PropterError *err) {
  Exec *run = j->op.run;
  const PropterId *row;
  /* Rows that have come together before may all have one key. */
  bool divisible = right->rows != j->part_rows && j->right_parts.level < PARTITION_LEVELS;
  uint64_t rows = right->rows;
  for (*again = false;;) {
    PROPTER_TRY(spill_next(run, right, &row, err));
    if (!row) return make_index(j, err);
    PROPTER_TRY(table_push(run, &j->table, row, err));
    *again = divisible && j->table.count > BATCH && exec_crowded(run);
    if (*again) return j->part_rows = rows, split_again(j, right, err);
  }
}

/* The next part of both sides: its right rows become the table. Left rows whose part has no right ones meet an empty table. */
static PropterStatus next_part(HashJoin *j, PropterError *err) {
  Exec *run = j->op.run;
  for (bool again = true; again;) {
    Spill right = {0};
    drop_table(j);
    spill_close(run, &j->source);
    PROPTER_TRY(partitions_pair(run, &j->left_parts, &j->right_parts, &j->source, &right, &j->reading, err));
    if (!j->reading) return PROPTER_OK;
    PropterStatus status = load_part(j, &right, &again, err);
    spill_close(run, &right);
    PROPTER_TRY(status);
  }
  return PROPTER_OK;
}

static PropterStatus next_input(HashJoin *j, PropterError *err) {
  if (!j->split) return op_next(j->op.left, &j->input, err);
  for (;;) {
    j->input = NULL;
    if (j->reading) PROPTER_TRY(replay_next(j->op.run, &j->replay, &j->source, j->left_slots, j->left_width, &j->input, err));
    if (j->input) return PROPTER_OK;
    PROPTER_TRY(next_part(j, err));
    if (!j->reading) return PROPTER_OK;
  }
}

/* --- Candidates --------------------------------------------------------------------------------------------------------------- */

/* The keys of the input's rows, and of each the head of its chain: a batch at once, so that the lookups do not wait for one another. */
static void look_up(HashJoin *j) {
  uint64_t hashes[BATCH];
  size_t n = j->input->count;
  for (size_t row = 0; row < n; row++) hashes[row] = 0;
  for (size_t i = 0; i < j->key_count; i++) {
    uint32_t slot = j->table.slots[j->keys[i]];
    PropterId *keys = j->left_keys + i * BATCH;
    for (size_t row = 0; row < n; row++) keys[row] = op_get(&j->op, j->input, slot, row);
    for (size_t row = 0; row < n; row++) hashes[row] = index_hash(hashes[row], keys[row]);
  }
  if (j->key_count && j->table.count)
    for (size_t row = 0; row < n; row++) j->candidates[row] = index_head(&j->index, hashes[row]);
  else
    for (size_t row = 0; row < n; row++) j->candidates[row] = j->table.count && !j->key_count;
}

/* The next batch of left rows. */
static PropterStatus next_left(HashJoin *j, PropterError *err) {
  PROPTER_TRY(next_input(j, err));
  if (j->input) look_up(j);
  return PROPTER_OK;
}

static PropterId left_at(const HashJoin *j, uint32_t column, size_t row) { return op_get(&j->op, j->input, j->table.slots[column], row); }

static size_t next_candidate(const HashJoin *j, size_t candidate) {
  if (j->key_count == 0) return candidate < j->table.count ? candidate + 1 : 0;
  return j->index.next[candidate - 1];
}

/* Both rows agree where both are bound; *shared: there is such a place. */
static bool compatible(const HashJoin *j, size_t row, const PropterId *right, bool *shared) {
  *shared = false;
  for (size_t i = 0; i < j->key_count; i++) {
    if (j->left_keys[i * BATCH + row] != right[j->keys[i]]) return false;
    *shared = *shared || j->table.slots[j->keys[i]] != j->ignore;
  }
  for (size_t i = 0; i < j->other_count; i++) {
    uint32_t c = j->others[i];
    PropterId left = left_at(j, c, row);
    if (!left || !right[c]) continue;
    if (left != right[c]) return false;
    *shared = *shared || j->table.slots[c] != j->ignore;
  }
  return true;
}

/* --- Inner and left ------------------------------------------------------------------------------------------------------------- */

static void pair(HashJoin *j, size_t left, size_t right) {
  size_t n = j->op.batch.count++;
  j->lefts[n] = (uint32_t)left, j->rights[n] = (uint32_t)right;
}

/* Pairs of the present input batch, up to a full batch. Of a left join each row ends with a pair of its own alone. */
static PropterStatus find_pairs(HashJoin *j, PropterError *err) {
  Batch *b = &j->op.batch;
  while (b->count < BATCH && j->row < j->input->count) {
    if (!j->candidate) {
      if (j->mode == JOIN_LEFT) pair(j, j->row, NO_ROW);
      if (++j->row < j->input->count) j->candidate = j->candidates[j->row];
    } else {
      bool shared;
      if (compatible(j, j->row, table_row(&j->table, j->candidate - 1), &shared)) pair(j, j->row, j->candidate - 1);
      j->candidate = next_candidate(j, j->candidate);
    }
    PROPTER_TRY(exec_tick(j->op.run, err));
  }
  return PROPTER_OK;
}

static void gather(HashJoin *j) {
  Batch *b = &j->op.batch;
  for (size_t i = 0; i < j->op.owned_count; i++) {
    uint32_t slot = j->op.owned[i];
    int32_t column = j->column_of[slot];
    const PropterId *left = j->input->col[slot];
    PropterId outer = j->op.outer ? j->op.outer[slot] : PROPTER_NO_ID, *to = b->col[slot];
    for (size_t k = 0; k < b->count; k++) {
      PropterId id = left ? left[j->lefts[k]] : PROPTER_NO_ID;
      if (!id) id = outer;
      to[k] = id || column < 0 || j->rights[k] == NO_ROW ? id : table_row(&j->table, j->rights[k])[column];
    }
  }
}

/* Keeps the pairs the condition allows; the pair of a left row alone stays if no other of the row did. */
static PropterStatus choose(HashJoin *j, PropterError *err) {
  Batch *b = &j->op.batch;
  size_t kept = 0;
  if (j->mode == JOIN_INNER && !j->op.expr) return PROPTER_OK;
  for (size_t k = 0; k < b->count; k++) {
    int truth = 1;
    if (j->rights[k] == NO_ROW) {
      truth = !j->matched;
      j->matched = false;
    } else {
      if (j->op.expr) {
        Env env = {j->op.run, &j->op, b, k, 0, &j->scratch, NULL};
        PROPTER_TRY(eval_truth(j->op.expr, &env, &truth, err));
      }
      if (truth == 1) j->matched = true;
    }
    if (truth != 1) continue;
    for (size_t i = 0; kept != k && i < j->op.owned_count; i++) b->col[j->op.owned[i]][kept] = b->col[j->op.owned[i]][k];
    kept++;
  }
  b->count = kept;
  return PROPTER_OK;
}

static PropterStatus hash_next(Op *op, Batch **out, PropterError *err) {
  HashJoin *j = (HashJoin *)op;
  if (!j->built) PROPTER_TRY(hash_build(j, err));
  if (j->mode == JOIN_INNER && j->table.count == 0 && !j->split) return PROPTER_OK;
  exec_release(op->run);
  for (op->batch.count = 0; op->batch.count == 0;) {
    propter_arena_clear(&j->scratch);
    if (!j->input || j->row >= j->input->count) {
      PROPTER_TRY(next_left(j, err));
      if (!j->input) return PROPTER_OK;
      j->row = 0, j->candidate = j->candidates[0], j->matched = false;
    }
    PROPTER_TRY(find_pairs(j, err));
    gather(j);
    PROPTER_TRY(choose(j, err));
  }
  *out = &op->batch;
  return PROPTER_OK;
}

/* --- Semi, anti, MINUS -------------------------------------------------------------------------------------------------------- */

static PropterStatus keep_left(HashJoin *j, size_t row, bool *keep, PropterError *err) {
  bool found = false;
  for (size_t c = j->candidates[row]; c && !found; c = next_candidate(j, c)) {
    bool shared;
    found = compatible(j, row, table_row(&j->table, c - 1), &shared) && (shared || j->mode != JOIN_MINUS);
    PROPTER_TRY(exec_tick(j->op.run, err));
  }
  *keep = found == (j->mode == JOIN_SEMI);
  return PROPTER_OK;
}

static PropterStatus filter_next(Op *op, Batch **out, PropterError *err) {
  HashJoin *j = (HashJoin *)op;
  if (!j->built) PROPTER_TRY(hash_build(j, err));
  for (;;) {
    size_t kept = 0;
    PROPTER_TRY(next_left(j, err));
    if (!j->input) return PROPTER_OK;
    for (size_t row = 0; row < j->input->count; row++) {
      bool keep;
      PROPTER_TRY(keep_left(j, row, &keep, err));
      for (size_t s = 0; keep && kept != row && s < op->run->slot_names.count; s++)
        if (j->input->col[s]) j->input->col[s][kept] = j->input->col[s][row];
      kept += keep;
    }
    j->input->count = kept;
    if (kept) return *out = j->input, PROPTER_OK;
  }
}

static void hash_stop(Op *op) {
  HashJoin *j = (HashJoin *)op;
  drop_table(j);
  drop_disk(j);
  exec_free(op->run, j->lefts, BATCH * sizeof *j->lefts);
  exec_free(op->run, j->rights, BATCH * sizeof *j->rights);
  exec_free(op->run, j->candidates, BATCH * sizeof *j->candidates);
  exec_free(op->run, j->left_keys, (j->key_count + 1) * BATCH * sizeof *j->left_keys);
  j->lefts = j->rights = j->candidates = NULL;
  j->left_keys = NULL;
  propter_arena_clear(&j->scratch);
}

static const OpKind hash_kinds[] = {{"hash join", hash_start, hash_next, hash_stop},
                                    {"left hash join", hash_start, hash_next, hash_stop},
                                    {"minus", hash_start, filter_next, hash_stop},
                                    {"semi join", hash_start, filter_next, hash_stop},
                                    {"anti join", hash_start, filter_next, hash_stop}};

PropterStatus op_hash_join(Exec *run, JoinMode mode, Op *left, Op *right, const uint64_t *keys, Expr *expr, const Alg *alg, Op **out, PropterError *err) {
  HashJoin *j;
  uint64_t *slots = slots_new(run, err), *certain = slots_new(run, err);
  if (!slots || !certain) return exec_fail_memory(run, err);
  memcpy(certain, keys, slots_words(run) * sizeof *certain);
  for (size_t w = 0; w < slots_words(run); w++) slots[w] = left->slots[w] | right->slots[w];
  PROPTER_TRY(op_make(run, &hash_kinds[mode], sizeof *j, mode >= JOIN_MINUS ? NULL : slots, alg, &j, err));
  j->mode = mode, j->op.expr = expr, j->wanted_keys = certain;
  j->op.left = left, j->op.right = right, j->op.right_closed = filters_only(j);
  j->op.slots = filters_only(j) ? left->slots : slots;
  j->op.sorted = left->sorted;
  j->op.streams = true;
  j->scratch.limit = (size_t)run->options.memory;
  j->ignore = mode == JOIN_MINUS && alg && alg->graphs.kind == GRAPHS_NAMED ? alg->graphs.slot : NO_SLOT;
  uint64_t *reads = op_reads(&j->op, err);
  if (!reads) return exec_fail_memory(run, err);
  /* Of MINUS the outer row takes part, too. */
  for (size_t w = 0; w < slots_words(run); w++) reads[w] = mode == JOIN_MINUS ? right->slots[w] : left->slots[w] & right->slots[w];
  if (expr) slots_of_expr(run, expr, reads);
  *out = &j->op;
  return PROPTER_OK;
}

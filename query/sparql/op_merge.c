/* SPDX-License-Identifier: Apache-2.0 */
/* Merge join: rows sorted by a variable with a triple pattern read in the same order, both by columns. The pattern is left at each gap for where the rows go
 * on. */
#include <string.h>

#include "op.h"

#define NO_ROW UINT32_MAX

typedef struct {
  Op op;
  Shape shape;
  unsigned by;             /* position of the pattern that both are sorted by */
  bool optional;
  unsigned checked[3];     /* other positions that have a value already */
  size_t checked_count;
  Matcher matcher;
  PropterId *memory, *col[4]; /* a window of the pattern's rows; columns that nobody looks at are NULL */
  size_t at, count;
  bool ended;
  Batch *input;
  size_t row;              /* of the input */
  PropterId key;           /* of the row that was opened last */
  size_t begin;            /* where the window's rows with this key begin */
  bool whole;              /* none of them was in a window before */
  bool open, matched;
  uint32_t *lefts, *rights; /* pairs of a row and a place in the window, for the output's rows that are not made yet; NO_ROW: none */
  size_t pairs;
} Merge;

/* --- Output --------------------------------------------------------------------------------------------------------------------- */

/* Rows one after the other, without a gap? */
static bool run_of(const uint32_t *rows, size_t n) {
  uint32_t differ = 0;
  for (uint32_t i = 0; i < n; i++) differ |= rows[i] ^ (rows[0] + i);
  return differ == 0 && rows[0] != NO_ROW;
}

static void gather_slot(const Merge *m, uint32_t slot, bool left_run, bool right_run) {
  const PropterId *left = m->input->col[slot], *right = NULL;
  PropterId *to = m->op.batch.col[slot] + m->op.batch.count, outer = m->op.outer ? m->op.outer[slot] : PROPTER_NO_ID;
  for (unsigned k = 0; k < 4 && !right; k++)
    if (m->shape.slot[k] == slot) right = m->col[k];
  if (left && left_run)
    memcpy(to, left + m->lefts[0], m->pairs * sizeof *to);
  else
    for (size_t i = 0; i < m->pairs; i++) to[i] = left ? left[m->lefts[i]] : PROPTER_NO_ID;
  if (right && !left && !outer && right_run)
    memcpy(to, right + m->rights[0], m->pairs * sizeof *to);
  else if (outer || right)
    for (size_t i = 0; i < m->pairs; i++) to[i] = to[i] ? to[i] : outer ? outer : m->rights[i] == NO_ROW ? PROPTER_NO_ID : right[m->rights[i]];
}

/* Makes rows of the pairs, before their row or their window goes. */
static void gather(Merge *m) {
  if (m->pairs == 0) return;
  bool left_run = run_of(m->lefts, m->pairs), right_run = run_of(m->rights, m->pairs);
  for (size_t c = 0; c < m->op.owned_count; c++) gather_slot(m, m->op.owned[c], left_run, right_run);
  m->op.batch.count += m->pairs, m->pairs = 0;
}

/* --- The pattern's rows ----------------------------------------------------------------------------------------------------- */

/* What is the same for all of its rows. */
static PropterQuad constants(const Merge *m) {
  PropterId v[4];
  for (unsigned k = 0; k < 4; k++) {
    uint32_t slot = m->shape.slot[k];
    v[k] = slot == NO_SLOT ? m->shape.value[k] : m->op.outer && k != m->by ? m->op.outer[slot] : PROPTER_NO_ID;
  }
  /* Of a subject alone the objects have no order. */
  if (m->by == 2 && !v[1]) v[0] = PROPTER_NO_ID;
  return (PropterQuad){v[0], v[1], v[2], PROPTER_NO_ID};
}

static PropterStatus reopen(Merge *m, PropterError *err) {
  gather(m);
  m->at = m->count = 0;
  m->ended = false;
  PROPTER_TRY(matcher_open_sorted(m->op.run, &m->matcher, &m->op.alg->graphs, constants(m), m->by, err));
  m->matcher.repeats = m->shape.repeats ? &m->shape : NULL;
  if (m->matcher.empty || order_columns[m->matcher.order][m->matcher.bound] == m->by) return PROPTER_OK;
  return propter_fail(err, PROPTER_BUG, "a merge join over a permutation that is not sorted so");
}

static PropterStatus next_window(Merge *m, PropterError *err) {
  gather(m);
  m->at = 0;
  PROPTER_TRY(matcher_columns(m->op.run, &m->matcher, m->col, &m->count, err));
  m->ended = m->count == 0;
  return PROPTER_OK;
}

/* The window's first place from `at` on that is not before the key. */
static size_t place_of(const Merge *m, PropterId key) { return ids_gallop(m->col[m->by], m->at, m->count, key); }

/* To the first row that is not before the key. */
static PropterStatus seek(Merge *m, PropterId key, PropterError *err) {
  const PropterQuad *w = &m->matcher.want;
  PropterId v[4] = {w->s, w->p, w->o, w->g};
  if (m->matcher.empty) return m->ended = true, PROPTER_OK;
  for (unsigned i = m->matcher.bound; i < 4; i++) v[order_columns[m->matcher.order][i]] = PROPTER_NO_ID;
  v[m->by] = key;
  PROPTER_TRY(propter_scan_seek(m->matcher.scan, (PropterQuad){v[0], v[1], v[2], v[3]}, err));
  PROPTER_TRY(next_window(m, err));
  m->at = place_of(m, key);
  return PROPTER_OK;
}

/* --- Pairs ---------------------------------------------------------------------------------------------------------------------- */

static void pair(Merge *m, size_t right) { m->lefts[m->pairs] = (uint32_t)m->row, m->rights[m->pairs++] = (uint32_t)right; }

static bool full(const Merge *m) { return m->op.batch.count + m->pairs == BATCH; }

/* Goes to the first row of the pattern with the present row's key. */
static PropterStatus open_row(Merge *m, PropterError *err) {
  PropterId key = op_get(&m->op, m->input, m->shape.slot[m->by], m->row);
  /* Rows with this key have gone with a window before. */
  bool back = key < m->key || (key == m->key && !m->whole);
  if (back) PROPTER_TRY(reopen(m, err));
  if (!back && key == m->key) m->at = m->begin;
  m->at = place_of(m, key);
  if (m->at == m->count && !m->ended) PROPTER_TRY(seek(m, key, err));
  m->key = key, m->begin = m->at, m->whole = m->open = true, m->matched = false;
  return exec_tick(m->op.run, err);
}

static bool fits(const Merge *m) {
  for (size_t i = 0; i < m->checked_count; i++) {
    unsigned k = m->checked[i];
    PropterId left = op_get(&m->op, m->input, m->shape.slot[k], m->row);
    if (left && left != m->col[k][m->at]) return false;
  }
  return true;
}

/* Pairs the open row, as far as the batch has room. */
static PropterStatus pair_row(Merge *m, PropterError *err) {
  for (;;) {
    const PropterId *keys = m->col[m->by];
    for (; m->at < m->count && keys[m->at] == m->key; m->at++) {
      if (full(m)) return PROPTER_OK;
      if (m->checked_count && !fits(m)) continue;
      m->matched = true;
      pair(m, m->at);
    }
    if (m->at < m->count || m->ended) break;
    m->whole = false;
    PROPTER_TRY(next_window(m, err));
  }
  if (m->optional && !m->matched) {
    if (full(m)) return PROPTER_OK;
    pair(m, NO_ROW);
  }
  m->open = false, m->row++;
  return PROPTER_OK;
}

static PropterStatus merge_next(Op *op, Batch **out, PropterError *err) {
  Merge *m = (Merge *)op;
  op->batch.count = m->pairs = 0;
  while (!full(m)) {
    if (!m->input || m->row == m->input->count) {
      gather(m);
      if (op->batch.count) break;
      PROPTER_TRY(op_next(op->left, &m->input, err));
      m->row = 0;
      if (!m->input) return PROPTER_OK;
    }
    if (!m->open) PROPTER_TRY(open_row(m, err));
    PROPTER_TRY(pair_row(m, err));
  }
  gather(m);
  *out = &op->batch;
  return PROPTER_OK;
}

/* --- Operator --------------------------------------------------------------------------------------------------------------------- */

static PropterStatus take_memory(Merge *m, PropterError *err) {
  Exec *run = m->op.run;
  if (!m->memory && !(m->memory = exec_alloc(run, 4 * BATCH * sizeof *m->memory))) return exec_fail_memory(run, err);
  if (!m->lefts && !(m->lefts = exec_alloc(run, BATCH * sizeof *m->lefts))) return exec_fail_memory(run, err);
  if (!m->rights && !(m->rights = exec_alloc(run, BATCH * sizeof *m->rights))) return exec_fail_memory(run, err);
  return PROPTER_OK;
}

static PropterStatus merge_start(Op *op, PropterError *err) {
  Merge *m = (Merge *)op;
  PROPTER_TRY(take_memory(m, err));
  m->checked_count = 0;
  for (unsigned k = 0; k < 4; k++) {
    uint32_t slot = m->shape.slot[k];
    bool given = slot != NO_SLOT && k != m->by && slot != m->shape.slot[m->by] && (slots_has(op->left->slots, slot) || (op->outer && op->outer[slot]));
    if (given) m->checked[m->checked_count++] = k;
    m->col[k] = k == m->by || given || (slot != NO_SLOT && op->batch.col[slot]) ? m->memory + k * BATCH : NULL;
  }
  m->input = NULL, m->row = m->begin = m->pairs = 0, m->key = PROPTER_NO_ID, m->whole = true, m->open = false;
  PROPTER_TRY(reopen(m, err));
  return op_start(op->left, op->outer, err);
}

static void merge_stop(Op *op) {
  Merge *m = (Merge *)op;
  matcher_free(op->run, &m->matcher);
  exec_free(op->run, m->memory, 4 * BATCH * sizeof *m->memory);
  exec_free(op->run, m->lefts, BATCH * sizeof *m->lefts);
  exec_free(op->run, m->rights, BATCH * sizeof *m->rights);
  m->memory = NULL, m->lefts = m->rights = NULL;
}

static const OpKind merge_kinds[] = {{"merge join", merge_start, merge_next, merge_stop}, {"optional merge join", merge_start, merge_next, merge_stop}};

bool merge_fits(const Op *left, const Alg *a) {
  if (left->sorted == NO_SLOT || a->kind != ALG_SCAN || (a->graphs.kind != GRAPHS_UNION && a->graphs.kind != GRAPHS_SET)) return false;
  /* Where only the subject is known there is no order by objects. */
  return a->s.slot == left->sorted || (a->o.slot == left->sorted && (a->p.id || a->s.slot != NO_SLOT));
}

PropterStatus op_merge(Exec *run, Op *left, const Alg *alg, bool optional, Op **out, PropterError *err) {
  Merge *m;
  uint64_t *slots = slots_new(run, err);
  if (!slots) return exec_fail_memory(run, err);
  for (size_t w = 0; w < slots_words(run); w++) slots[w] = alg->maybe[w] | left->slots[w];
  PROPTER_TRY(op_make(run, &merge_kinds[optional], sizeof *m, slots, alg, &m, err));
  m->op.left = left, m->op.slots = slots, m->op.sorted = left->sorted, m->op.streams = true;
  m->shape = shape_of(alg), m->optional = optional;
  m->by = m->shape.slot[0] == left->sorted ? 0 : 2;
  uint64_t *reads = op_reads(&m->op, err);
  if (!reads) return exec_fail_memory(run, err);
  for (size_t w = 0; w < slots_words(run); w++) reads[w] = alg->maybe[w] & left->slots[w];
  *out = &m->op;
  return PROPTER_OK;
}

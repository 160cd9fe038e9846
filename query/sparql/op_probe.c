/* SPDX-License-Identifier: Apache-2.0 */
/* Index join: for each row of the left input, the quads that agree with it. The rows of a batch are looked up in ascending order by one cursor that gallops
 * forward; equal rows are looked up once. */
#include <stdlib.h>
#include <string.h>

#include "op.h"

typedef struct {
  Op op;
  Shape shape;
  bool optional;
  Batch *input;
  PropterQuad *keys;  /* of the input's rows */
  uint32_t *sequence; /* rows in the order of their keys */
  size_t next;        /* in `sequence` */
  /* The lookup under way. */
  PropterOrder order;
  unsigned bound; /* leading columns given */
  unsigned mask;  /* positions given, by bit */
  Cursor cursor;
  Matcher filter;
  PropterQuad target;
  bool running, matched, replaying;
  /* What the last lookup found. */
  PropterQuad *found;
  size_t found_count, replayed;
  bool found_whole;
  /* The output batch as pairs. */
  uint32_t *rows;
  PropterQuad *quads; /* all 0: none */
} Probe;

static unsigned positions(const PropterQuad *q) { return (unsigned)((q->s != 0) | (q->p != 0) << 1 | (q->o != 0) << 2 | (q->g != 0) << 3); }

/* The order with the most given columns in front; of these one that begins with what is the same for all rows, which keeps lookups close together. */
static void choose_order(Probe *p, unsigned mask) {
  unsigned constant = 0, best = 0;
  bool first = true;
  for (unsigned i = 0; i < 3; i++) constant |= (unsigned)(p->shape.value[i] != 0) << i;
  for (unsigned order = 0; order < PROPTER_ORDER_COUNT; order++) {
    unsigned bound = 0, fixed = 0;
    while (bound < 4 && (mask >> order_columns[order][bound] & 1)) bound++;
    while (fixed < bound && (constant >> order_columns[order][fixed] & 1)) fixed++;
    unsigned useful = order == PROPTER_GSPO && bound ? bound - 1 : bound < 3 ? bound : 3;
    unsigned score = useful * 8 + fixed * 2 + (order == PROPTER_GSPO && bound && !fixed && !(mask & 2));
    if (first || score > best) best = score, p->order = (PropterOrder)order, p->bound = bound, first = false;
  }
  p->mask = mask;
}

/* --- Input ------------------------------------------------------------------------------------------------------------------ */

static int compare_keys(const void *a, const void *b, void *payload) {
  const Probe *p = payload;
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  int c = order_compare(p->order, &p->keys[x], &p->keys[y], 4);
  return c ? c : x < y ? -1 : 1;
}

static void read_keys(Probe *p) {
  const Graphs *graphs = &p->op.alg->graphs;
  size_t n = p->input->count;
  for (size_t i = 0; i < n; i++) {
    PropterId want[4];
    for (unsigned k = 0; k < 4; k++) want[k] = p->shape.slot[k] == NO_SLOT ? p->shape.value[k] : op_get(&p->op, p->input, p->shape.slot[k], i);
    if (graphs->kind == GRAPHS_ONE) want[3] = graphs->graph;
    p->keys[i] = (PropterQuad){want[0], want[1], want[2], want[3]};
    p->sequence[i] = (uint32_t)i;
  }
  choose_order(p, positions(&p->keys[0]));
  bool sorted = true;
  for (size_t i = 1; sorted && i < n; i++) sorted = order_compare(p->order, &p->keys[i - 1], &p->keys[i], 4) <= 0;
  if (!sorted) qsort_r(p->sequence, n, sizeof *p->sequence, compare_keys, p);
}

static PropterStatus next_input(Probe *p, PropterError *err) {
  PROPTER_TRY(op_next(p->op.left, &p->input, err));
  p->next = 0, p->running = false, p->found_whole = false;
  if (p->input) {
    unsigned mask = p->mask;
    PropterOrder order = p->order;
    read_keys(p);
    if (mask != p->mask || order != p->order) cursor_close(p->op.run, &p->cursor);
  }
  return PROPTER_OK;
}

static PropterStatus probe_memory(Probe *p, PropterError *err) {
  Exec *run = p->op.run;
  if (p->keys) return PROPTER_OK;
  if (!(p->keys = exec_alloc(run, BATCH * sizeof *p->keys)) || !(p->sequence = exec_alloc(run, BATCH * sizeof *p->sequence)) ||
      !(p->found = exec_alloc(run, BATCH * sizeof *p->found)) || !(p->rows = exec_alloc(run, BATCH * sizeof *p->rows)) ||
      !(p->quads = exec_alloc(run, BATCH * sizeof *p->quads)))
    return exec_fail_memory(run, err);
  return PROPTER_OK;
}

static PropterStatus probe_start(Op *op, PropterError *err) {
  Probe *p = (Probe *)op;
  PROPTER_TRY(probe_memory(p, err));
  p->input = NULL, p->running = false, p->found_whole = false;
  return op_start(op->left, op->outer, err);
}

/* --- Lookups ------------------------------------------------------------------------------------------------------------------ */

/* Opens the cursor on what is the same for all rows; the scan's bounds then end it early. */
static PropterStatus open_cursor(Probe *p, PropterError *err) {
  unsigned fixed = 0;
  PropterQuad prefix = {p->shape.value[0], p->shape.value[1], p->shape.value[2],
                        p->op.alg->graphs.kind == GRAPHS_ONE ? p->op.alg->graphs.graph : PROPTER_NO_ID};
  while (fixed < p->bound && order_at(&prefix, p->order, fixed)) fixed++;
  return cursor_open(p->op.run, &p->cursor, p->order, prefix, fixed, err);
}

static PropterStatus begin_lookup(Probe *p, const PropterQuad *key, PropterError *err) {
  Exec *run = p->op.run;
  const Graphs *graphs = &p->op.alg->graphs;
  unsigned mask = positions(key);
  PropterId at[4] = {0};
  p->found_count = 0, p->found_whole = true;
  p->filter.graphs = graphs, p->filter.want = *key, p->filter.have_last = false;
  p->filter.once = graphs->kind == GRAPHS_UNION || (graphs->kind == GRAPHS_SET && graphs->set_count > 1);
  p->filter.empty = matcher_cannot(run, graphs, key);
  if (p->filter.empty) return PROPTER_OK;
  if (mask != p->mask) choose_order(p, mask), cursor_close(run, &p->cursor);
  for (unsigned i = 0; i < p->bound; i++) at[order_columns[p->order][i]] = order_at(key, p->order, i);
  PropterQuad target = {at[0], at[1], at[2], at[3]};
  if (!p->cursor.scan || order_compare(p->order, &target, &p->target, 4) <= 0) PROPTER_TRY(open_cursor(p, err));
  p->target = target;
  return cursor_seek(run, &p->cursor, &target, err);
}

static bool same_key(const PropterQuad *a, const PropterQuad *b) { return a->s == b->s && a->p == b->p && a->o == b->o && a->g == b->g; }

static PropterStatus begin_row(Probe *p, PropterError *err) {
  uint32_t row = p->sequence[p->next];
  p->running = true, p->matched = false;
  p->replaying = p->found_whole && p->next > 0 && same_key(&p->keys[row], &p->keys[p->sequence[p->next - 1]]);
  p->replayed = 0;
  return p->replaying ? PROPTER_OK : begin_lookup(p, &p->keys[row], err);
}

/* The next quad of the row; NULL behind the last. */
static PropterStatus next_quad(Probe *p, const PropterQuad **quad, PropterError *err) {
  *quad = NULL;
  if (p->replaying) {
    if (p->replayed < p->found_count) *quad = &p->found[p->replayed++];
    return PROPTER_OK;
  }
  while (!p->filter.empty) {
    const PropterQuad *q;
    PROPTER_TRY(cursor_row(p->op.run, &p->cursor, &q, err));
    if (!q || order_compare(p->order, q, &p->target, p->bound) != 0) break;
    p->cursor.at++;
    if (!matcher_wants(p->op.run, &p->filter, q)) continue;
    if (p->found_count < BATCH)
      p->found[p->found_count++] = *q;
    else
      p->found_whole = false;
    return *quad = q, PROPTER_OK;
  }
  return PROPTER_OK;
}

static void pair(Probe *p, const PropterQuad *quad) {
  size_t n = p->op.batch.count++;
  p->rows[n] = p->sequence[p->next];
  p->quads[n] = quad ? *quad : (PropterQuad){0};
}

/* Columns of the pairs. */
static void gather(Probe *p) {
  Batch *b = &p->op.batch;
  for (size_t c = 0; c < p->op.owned_count; c++) {
    uint32_t slot = p->op.owned[c];
    const PropterId *left = p->input->col[slot];
    PropterId outer = p->op.outer ? p->op.outer[slot] : PROPTER_NO_ID, *to = b->col[slot];
    unsigned position = 0;
    while (position < 4 && p->shape.slot[position] != slot) position++;
    for (size_t i = 0; i < b->count; i++) {
      PropterId id = left ? left[p->rows[i]] : PROPTER_NO_ID;
      if (!id) id = outer;
      to[i] = id || position == 4 ? id : quad_at(&p->quads[i], position);
    }
  }
}

static PropterStatus probe_next(Op *op, Batch **out, PropterError *err) {
  Probe *p = (Probe *)op;
  op->batch.count = 0;
  while (op->batch.count < BATCH) {
    const PropterQuad *quad;
    if (!p->input || p->next == p->input->count) {
      if (op->batch.count > 0) break;
      PROPTER_TRY(next_input(p, err));
      if (!p->input) return PROPTER_OK;
    }
    if (!p->running) PROPTER_TRY(begin_row(p, err));
    PROPTER_TRY(next_quad(p, &quad, err));
    if (quad) {
      p->matched = true;
      pair(p, quad);
      continue;
    }
    if (p->optional && !p->matched) pair(p, NULL);
    p->running = false, p->next++;
    PROPTER_TRY(exec_tick(op->run, err));
  }
  gather(p);
  *out = &op->batch;
  return PROPTER_OK;
}

static void probe_stop(Op *op) {
  Probe *p = (Probe *)op;
  Exec *run = op->run;
  cursor_close(run, &p->cursor);
  exec_free(run, p->keys, BATCH * sizeof *p->keys);
  exec_free(run, p->sequence, BATCH * sizeof *p->sequence);
  exec_free(run, p->found, BATCH * sizeof *p->found);
  exec_free(run, p->rows, BATCH * sizeof *p->rows);
  exec_free(run, p->quads, BATCH * sizeof *p->quads);
  p->keys = p->found = p->quads = NULL;
  p->sequence = p->rows = NULL;
}

static const OpKind probe_kinds[] = {{"index join", probe_start, probe_next, probe_stop}, {"optional index join", probe_start, probe_next, probe_stop}};

PropterStatus op_probe(Exec *run, Op *left, const Alg *alg, bool optional, Op **out, PropterError *err) {
  Probe *p;
  Shape shape = shape_of(alg);
  uint64_t *slots = slots_new(run, err);
  if (!slots) return exec_fail_memory(run, err);
  for (size_t w = 0; w < slots_words(run); w++) slots[w] = alg->maybe[w] | left->slots[w];
  /* Sorted by what is looked up: subject or object of a known predicate, or a subject or object alone. */
  bool sorted = left->sorted != NO_SLOT && !shape.value[0] && !shape.value[2] && (shape.slot[0] == left->sorted || shape.slot[2] == left->sorted);
  PROPTER_TRY(op_make(run, &probe_kinds[optional], sizeof *p, slots, alg, &p, err));
  p->op.left = left;
  p->op.streams = true;
  p->op.slots = slots;
  if (sorted) p->op.sorted = left->sorted;
  p->shape = shape;
  p->filter.repeats = shape.repeats ? &p->shape : NULL;
  p->optional = optional;
  uint64_t *reads = op_reads(&p->op, err);
  if (!reads) return exec_fail_memory(run, err);
  shape_reads(&shape, reads);
  *out = &p->op;
  return PROPTER_OK;
}

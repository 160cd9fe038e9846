/* SPDX-License-Identifier: Apache-2.0 */
/* Distinct values of one position of a triple pattern and how many triples each has, from a permutation sorted by it: DISTINCT ?p, GROUP BY ?p with COUNT,
 * COUNT(DISTINCT ?s), COUNT(*). Where counts of quads tell the number of triples, long runs and whole patterns are counted from the blocks' headers; then
 * seeking skips the run. */
#include "eval.h"

typedef struct {
  Op op;
  Shape shape;
  unsigned position; /* 3: none, the pattern is counted as a whole */
  bool values;       /* only the values matter, not their counts */
  bool single;       /* one row: the number of values, or of triples */
  bool skips;        /* counts of prefixes are counts of triples */
  Matcher matcher;
  PropterId *column; /* the position's values in the rows being read */
  PropterArena scratch;
  size_t at, filled;
  bool done;
} Runs;

static PropterQuad pattern_of(const Runs *r) { return (PropterQuad){r->shape.value[0], r->shape.value[1], r->shape.value[2], PROPTER_NO_ID}; }

static PropterQuad with(PropterQuad q, unsigned position, PropterId id) {
  PropterId v[4] = {q.s, q.p, q.o, q.g};
  v[position] = id;
  return (PropterQuad){v[0], v[1], v[2], v[3]};
}

static PropterStatus runs_start(Op *op, PropterError *err) {
  Runs *r = (Runs *)op;
  r->at = r->filled = 0, r->done = false;
  PROPTER_TRY(exec_exact(op->run, &r->skips, err));
  r->skips = r->skips || (r->values && op->run->options.hidden_count == 0);
  if (!r->column && !(r->column = exec_alloc(op->run, BATCH * sizeof *r->column))) return exec_fail_memory(op->run, err);
  return matcher_open_sorted(op->run, &r->matcher, &op->alg->graphs, pattern_of(r), r->position, err);
}

static PropterStatus fill(Runs *r, PropterError *err) {
  r->at = 0;
  PropterId *to[4] = {NULL};
  if (r->position < 3) to[r->position] = r->column;
  return matcher_columns(r->op.run, &r->matcher, to, &r->filled, err);
}

/* The next value and its count; *value 0 at the end. */
static PropterStatus next_run(Runs *r, PropterId *value, uint64_t *count, PropterError *err) {
  *value = PROPTER_NO_ID, *count = 0;
  if (r->at == r->filled) PROPTER_TRY(fill(r, err));
  if (r->filled == 0) return PROPTER_OK;
  *value = r->column[r->at];
  while (r->filled) {
    size_t from = r->at;
    while (r->at < r->filled && r->column[r->at] == *value) r->at++;
    *count += r->at - from;
    if (r->at < r->filled) return PROPTER_OK;
    if (r->skips && r->at - from >= BATCH / 4) {
      PropterQuad run = with(pattern_of(r), r->position, *value);
      if (!r->values) PROPTER_TRY(exec_count(r->op.run, run, count, err));
      PROPTER_TRY(propter_scan_seek(r->matcher.scan, with(run, r->position, *value + 1), err));
      return fill(r, err);
    }
    PROPTER_TRY(fill(r, err));
  }
  return PROPTER_OK;
}

static PropterStatus put(Runs *r, PropterId value, uint64_t count, PropterError *err) {
  Batch *b = &r->op.batch;
  for (size_t i = 0; i < r->op.owned_count; i++) {
    uint32_t slot = r->op.owned[i];
    Value v = value_integer((int64_t)count);
    if (r->position < 3 && slot == r->shape.slot[r->position])
      b->col[slot][b->count] = value;
    else
      PROPTER_TRY(exec_intern_value(r->op.run, &v, &r->scratch, &b->col[slot][b->count], err));
  }
  b->count++;
  return PROPTER_OK;
}

static PropterStatus count_all(Runs *r, uint64_t *count, PropterError *err) {
  *count = 0;
  if (r->position == 3 && r->skips) return exec_count(r->op.run, pattern_of(r), count, err);
  for (;;) {
    PropterId value;
    uint64_t n = 0;
    if (r->position == 3) {
      PROPTER_TRY(fill(r, err));
      n = value = r->filled;
    } else
      PROPTER_TRY(next_run(r, &value, &n, err));
    if (!value) return PROPTER_OK;
    *count += r->position == 3 ? n : 1;
  }
}

static PropterStatus runs_next(Op *op, Batch **out, PropterError *err) {
  Runs *r = (Runs *)op;
  op->batch.count = 0;
  while (!r->done && op->batch.count < BATCH) {
    PropterId value = PROPTER_NO_ID;
    uint64_t count;
    PROPTER_TRY(r->single ? count_all(r, &count, err) : next_run(r, &value, &count, err));
    r->done = r->single || !value;
    if (r->single || value) PROPTER_TRY(put(r, value, count, err));
    PROPTER_TRY(exec_tick(op->run, err));
  }
  if (op->batch.count) *out = &op->batch;
  return PROPTER_OK;
}

static void runs_stop(Op *op) {
  Runs *r = (Runs *)op;
  matcher_free(op->run, &r->matcher);
  exec_free(op->run, r->column, BATCH * sizeof *r->column);
  r->column = NULL;
  propter_arena_clear(&r->scratch);
}

static const OpKind runs_kind = {"count runs", runs_start, runs_next, runs_stop};

/* Is there a permutation that begins with the pattern's constants and goes on with this position? */
static bool sorted_position(const Shape *s, unsigned position) {
  bool c[3] = {s->value[0] != 0, s->value[1] != 0, s->value[2] != 0};
  if (c[0] + c[1] + c[2] != 1) return true;
  return c[1] ? true : position == (c[0] ? 1U : 0U);
}

static unsigned position_of(const Shape *s, uint32_t slot) {
  unsigned position = 0;
  while (position < 3 && (slot == NO_SLOT || s->slot[position] != slot)) position++;
  return position;
}

static bool counts(const Aggregate *a, const Shape *s) {
  return a->kind == AGG_COUNT && (a->star || (a->arg->op == EXPR_TERM && position_of(s, a->arg->slot) < 3));
}

static PropterStatus make(Exec *run, const Alg *scan, const uint64_t *slots, Runs r, Op **out, PropterError *err) {
  Runs *made;
  PROPTER_TRY(op_make(run, &runs_kind, sizeof *made, slots, scan, &made, err));
  made->shape = r.shape, made->position = r.position, made->values = r.values, made->single = r.single;
  if (!r.single && r.position < 3) made->op.sorted = r.shape.slot[r.position];
  *out = &made->op;
  return matcher_estimate(run, &scan->graphs, (PropterQuad){scan->s.id, scan->p.id, scan->o.id, 0}, &made->op.estimate, err);
}

PropterStatus op_runs(Exec *run, const Alg *alg, Op **out, PropterError *err) {
  const Alg *scan = alg->items[0];
  Runs r = {.position = 3};
  *out = NULL;
  if (run->fixed) return PROPTER_OK;
  if (scan->kind == ALG_PROJECT && alg->kind == ALG_DISTINCT) scan = scan->items[0];
  if (scan->kind != ALG_SCAN || scan->graphs.kind != GRAPHS_UNION || alg->slot_count > 1) return PROPTER_OK;
  r.shape = shape_of(scan);
  if (r.shape.repeats || exec_local(scan->s.id) || exec_local(scan->p.id) || exec_local(scan->o.id)) return PROPTER_OK;
  if (alg->slot_count == 1 && (r.position = position_of(&r.shape, alg->slots[0])) == 3) return PROPTER_OK;
  if (alg->kind == ALG_GROUP) {
    const Aggregate *a = alg->aggregates;
    bool distinct = alg->slot_count == 0 && alg->aggregate_count == 1 && a->distinct && !a->star && counts(a, &r.shape);
    for (size_t i = 0; i < alg->aggregate_count; i++)
      if (!counts(&a[i], &r.shape) || (a[i].distinct && !distinct)) return PROPTER_OK;
    if (distinct) r.position = position_of(&r.shape, a->arg->slot);
    r.single = alg->slot_count == 0, r.values = distinct;
  } else
    r.values = true;
  if (r.position < 3 && !sorted_position(&r.shape, r.position)) return PROPTER_OK;
  return make(run, scan, alg->maybe, r, out, err);
}

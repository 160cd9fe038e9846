/* SPDX-License-Identifier: Apache-2.0 */
/* Operators that look at one row at a time. */
#include <string.h>

#include "eval.h"

/* --- Constant rows: one row without bindings, no row, VALUES ----------------------------------------------------------------- */

typedef struct {
  Op op;
  size_t row;
} Unit;

static PropterStatus unit_start(Op *op, PropterError *err) {
  (void)err;
  ((Unit *)op)->row = 0;
  return PROPTER_OK;
}

static PropterStatus unit_next(Op *op, Batch **out, PropterError *err) {
  Unit *u = (Unit *)op;
  (void)err;
  op->batch.count = u->row == 0 ? 1 : 0;
  if (u->row++ == 0) *out = &op->batch;
  return PROPTER_OK;
}

static PropterStatus none_next(Op *op, Batch **out, PropterError *err) {
  (void)op, (void)err;
  *out = NULL;
  return PROPTER_OK;
}

static PropterStatus values_next(Op *op, Batch **out, PropterError *err) {
  Unit *u = (Unit *)op;
  const Alg *a = op->alg;
  Batch *b = &op->batch;
  b->count = 0;
  for (; u->row < a->row_count && b->count < BATCH; u->row++) {
    bool fits = true;
    for (size_t i = 0; i < a->slot_count; i++) {
      PropterId value = a->rows[u->row * a->slot_count + i], outer = op->outer ? op->outer[a->slots[i]] : PROPTER_NO_ID;
      fits = fits && (!value || !outer || value == outer);
      b->col[a->slots[i]][b->count] = value;
    }
    b->count += fits;
    PROPTER_TRY(exec_tick(op->run, err));
  }
  if (b->count) *out = b;
  return PROPTER_OK;
}

static const OpKind unit_kind = {"unit", unit_start, unit_next, NULL};
static const OpKind none_kind = {"none", unit_start, none_next, NULL};
static const OpKind values_kind = {"values", unit_start, values_next, NULL};

PropterStatus op_unit(Exec *run, const Alg *alg, Op **out, PropterError *err) {
  Unit *u;
  const OpKind *kind = alg->kind == ALG_VALUES ? &values_kind : alg->kind == ALG_NONE ? &none_kind : &unit_kind;
  PROPTER_TRY(op_make(run, kind, sizeof *u, alg->maybe, alg, &u, err));
  uint64_t *reads = op_reads(&u->op, err);
  if (!reads) return exec_fail_memory(run, err);
  memcpy(reads, alg->maybe, slots_words(run) * sizeof *reads);
  *out = &u->op;
  return PROPTER_OK;
}

/* --- Filter, extend ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  Op op;
  PropterArena scratch;
  Column column;
  Memo memo;
  uint64_t solutions;
} Row;

static PropterStatus row_start(Op *op, PropterError *err) { return op_start(op->left, op->outer, err); }
static void row_stop(Op *op) {
  propter_arena_clear(&((Row *)op)->scratch);
  column_clear(op->run, &((Row *)op)->column);
  memo_clear(op->run, &((Row *)op)->memo);
}

static void keep_row(Batch *b, size_t slots, size_t from, size_t to) {
  if (from == to) return;
  for (size_t s = 0; s < slots; s++)
    if (b->col[s]) b->col[s][to] = b->col[s][from];
}

static PropterStatus filter_batch(Row *f, Batch *b, PropterError *err) {
  Env env = {f->op.run, &f->op, b, 0, 0, &f->scratch, &f->column};
  size_t kept = 0;
  column_batch(&f->column, f->op.run, b->count);
  for (env.row = 0; env.row < b->count; env.row++) {
    PropterId id, holds;
    bool known;
    env.solution = f->solutions++;
    PROPTER_TRY(memo_look(&f->memo, &env, &id, &holds, &known, err));
    if (!known) {
      int truth;
      PROPTER_TRY(eval_truth(f->op.expr, &env, &truth, err));
      memo_keep(&f->memo, id, holds = truth == 1);
    }
    if (holds) keep_row(b, f->op.run->slot_names.count, env.row, kept++);
    if ((env.row & 63) == 63) PROPTER_TRY(exec_check(f->op.run, err));
  }
  b->count = kept;
  return PROPTER_OK;
}

static PropterStatus filter_next(Op *op, Batch **out, PropterError *err) {
  Row *f = (Row *)op;
  for (;;) {
    PROPTER_TRY(op_next(op->left, out, err));
    if (!*out) return PROPTER_OK;
    exec_release(op->run);
    PROPTER_TRY(filter_batch(f, *out, err));
    propter_arena_clear(&f->scratch);
    if ((*out)->count > 0) return PROPTER_OK;
  }
}

static const OpKind filter_kind = {"filter", row_start, filter_next, row_stop};

PropterStatus op_filter(Exec *run, Op *child, Expr *expr, Op **out, PropterError *err) {
  Row *f;
  PROPTER_TRY(op_make(run, &filter_kind, sizeof *f, NULL, NULL, &f, err));
  f->op.streams = true;
  column_init(&f->column, expr);
  memo_init(&f->memo, run, expr);
  f->scratch.limit = f->column.texts.limit = (size_t)run->options.memory;
  f->op.left = child, f->op.expr = expr, f->op.slots = child->slots, f->op.estimate = child->estimate, f->op.sorted = child->sorted;
  uint64_t *reads = op_reads(&f->op, err);
  if (!reads) return exec_fail_memory(run, err);
  slots_of_expr(run, expr, reads);
  *out = &f->op;
  return PROPTER_OK;
}

/* Columns of the child and those of this operator. */
static void share(Op *op, const Batch *child) {
  for (size_t s = 0; s < op->run->slot_names.count; s++) op->batch.col[s] = child->col[s];
  for (size_t i = 0; i < op->owned_count; i++) op->batch.col[op->owned[i]] = op->memory + i * BATCH;
  op->batch.count = child->count;
}

static PropterStatus extend_batch(Row *x, const Batch *input, uint32_t slot, PropterError *err) {
  Env env = {x->op.run, &x->op, input, 0, 0, &x->scratch, &x->column};
  size_t kept = 0;
  column_batch(&x->column, x->op.run, input->count);
  for (env.row = 0; env.row < input->count; env.row++) {
    PropterId of, id;
    bool known;
    env.solution = x->solutions++;
    PROPTER_TRY(memo_look(&x->memo, &env, &of, &id, &known, err));
    if (!known) {
      Value v;
      PROPTER_TRY(eval(x->op.expr, &env, &v, err));
      PROPTER_TRY(exec_intern_value(x->op.run, &v, &x->scratch, &id, err));
      memo_keep(&x->memo, of, id);
    }
    PropterId outer = x->op.outer ? x->op.outer[slot] : PROPTER_NO_ID;
    keep_row(&x->op.batch, x->op.run->slot_names.count, env.row, kept);
    x->op.batch.col[slot][kept] = id;
    kept += !outer || !id || outer == id;
    if ((env.row & 63) == 63) PROPTER_TRY(exec_check(x->op.run, err));
  }
  x->op.batch.count = kept;
  return PROPTER_OK;
}

static PropterStatus extend_next(Op *op, Batch **out, PropterError *err) {
  Row *x = (Row *)op;
  do {
    Batch *input;
    PROPTER_TRY(op_next(op->left, &input, err));
    if (!input) return *out = NULL, PROPTER_OK;
    exec_release(op->run);
    share(op, input);
    PROPTER_TRY(extend_batch(x, input, op->alg->slot, err));
    propter_arena_clear(&x->scratch);
  } while (op->batch.count == 0);
  *out = &op->batch;
  return PROPTER_OK;
}

static const OpKind extend_kind = {"extend", row_start, extend_next, row_stop};

static PropterStatus make_one(Exec *run, const OpKind *kind, Op *child, const Alg *alg, size_t size, void *out, PropterError *err) {
  uint64_t *one = slots_new(run, err), *all = slots_new(run, err);
  Op *op;
  if (!one || !all) return exec_fail_memory(run, err);
  slots_add(one, alg->slot);
  memcpy(all, child->slots, slots_words(run) * sizeof *all);
  slots_add(all, alg->slot);
  PROPTER_TRY(op_make(run, kind, size, one, alg, &op, err));
  op->left = child, op->slots = all, op->estimate = child->estimate;
  op->reads = one;
  slots_add(one, alg->from);
  if (alg->expr) slots_of_expr(run, alg->expr, one);
  memcpy(out, &op, sizeof op);
  return PROPTER_OK;
}

PropterStatus op_extend(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err) {
  Row *x;
  PROPTER_TRY(make_one(run, &extend_kind, child, alg, sizeof *x, &x, err));
  x->op.expr = alg->expr, x->op.streams = true;
  column_init(&x->column, alg->expr);
  memo_init(&x->memo, run, alg->expr);
  x->scratch.limit = x->column.texts.limit = (size_t)run->options.memory;
  *out = &x->op;
  return PROPTER_OK;
}

static PropterStatus unify_next(Op *op, Batch **out, PropterError *err) {
  uint32_t slot = op->alg->slot, from = op->alg->from;
  do {
    Batch *input;
    PROPTER_TRY(op_next(op->left, &input, err));
    if (!input) return *out = NULL, PROPTER_OK;
    share(op, input);
    size_t kept = 0;
    for (size_t row = 0; row < input->count; row++) {
      PropterId a = op_get(op, input, slot, row), b = op_get(op, input, from, row);
      if (a && b && a != b) continue;
      keep_row(&op->batch, op->run->slot_names.count, row, kept);
      op->batch.col[slot][kept++] = a ? a : b;
    }
    op->batch.count = kept;
  } while (op->batch.count == 0);
  *out = &op->batch;
  return PROPTER_OK;
}

static const OpKind unify_kind = {"unify", row_start, unify_next, NULL};

PropterStatus op_unify(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err) {
  return make_one(run, &unify_kind, child, alg, sizeof(Op), out, err);
}

/* --- Union ----------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  Op op;
  Op **children;
  size_t count, at;
} Union;

static PropterStatus union_start(Op *op, PropterError *err) {
  Union *u = (Union *)op;
  u->at = 0;
  return u->count ? op_start(u->children[0], op->outer, err) : PROPTER_OK;
}

static PropterStatus union_next(Op *op, Batch **out, PropterError *err) {
  Union *u = (Union *)op;
  while (u->at < u->count) {
    PROPTER_TRY(op_next(u->children[u->at], out, err));
    if (*out) return PROPTER_OK;
    if (++u->at < u->count) PROPTER_TRY(op_start(u->children[u->at], op->outer, err));
  }
  return PROPTER_OK;
}

static const OpKind union_kind = {"union", union_start, union_next, NULL};

PropterStatus op_union(Exec *run, Op **children, size_t count, const Alg *alg, Op **out, PropterError *err) {
  Union *u;
  PROPTER_TRY(op_make(run, &union_kind, sizeof *u, NULL, alg, &u, err));
  u->children = children, u->count = count;
  u->op.slots = alg->maybe;
  for (size_t i = 0; i < count; i++) u->op.estimate += children[i]->estimate;
  *out = &u->op;
  return PROPTER_OK;
}

Op **op_children(Op *op, size_t *count) {
  if (op->kind != &union_kind) return *count = 0, NULL;
  return *count = ((Union *)op)->count, ((Union *)op)->children;
}

/* --- Project, slice, apart ------------------------------------------------------------------------------------------------------- */

static PropterStatus project_next(Op *op, Batch **out, PropterError *err) {
  Batch *input;
  PROPTER_TRY(op_next(op->left, &input, err));
  if (!input) return PROPTER_OK;
  for (size_t i = 0; i < op->alg->slot_count; i++) op->batch.col[op->alg->slots[i]] = input->col[op->alg->slots[i]];
  op->batch.count = input->count;
  *out = &op->batch;
  return PROPTER_OK;
}

static const OpKind project_kind = {"project", row_start, project_next, NULL};

PropterStatus op_project(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err) {
  PROPTER_TRY(op_make(run, &project_kind, sizeof **out, NULL, alg, out, err));
  (*out)->left = child, (*out)->slots = alg->maybe, (*out)->estimate = child->estimate, (*out)->sorted = child->sorted;
  return PROPTER_OK;
}

typedef struct {
  Op op;
  uint64_t skipped, given;
} Slice;

static PropterStatus slice_start(Op *op, PropterError *err) {
  Slice *s = (Slice *)op;
  s->skipped = s->given = 0;
  return op_start(op->left, op->outer, err);
}

static PropterStatus slice_next(Op *op, Batch **out, PropterError *err) {
  Slice *s = (Slice *)op;
  const Alg *a = op->alg;
  for (;;) {
    Batch *b;
    if (a->has_limit && s->given >= a->limit) return *out = NULL, PROPTER_OK;
    PROPTER_TRY(op_next(op->left, &b, err));
    if (!b) return *out = NULL, PROPTER_OK;
    uint64_t skip = a->offset - s->skipped;
    if (skip > b->count) skip = b->count;
    s->skipped += skip;
    if (skip == b->count) continue;
    for (size_t row = (size_t)skip; skip && row < b->count; row++) keep_row(b, op->run->slot_names.count, row, row - (size_t)skip);
    b->count -= (size_t)skip;
    if (a->has_limit && b->count > a->limit - s->given) b->count = (size_t)(a->limit - s->given);
    s->given += b->count;
    *out = b;
    return PROPTER_OK;
  }
}

static const OpKind slice_kind = {"slice", slice_start, slice_next, NULL};

PropterStatus op_slice(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err) {
  Slice *s;
  PROPTER_TRY(op_make(run, &slice_kind, sizeof *s, NULL, alg, &s, err));
  s->op.left = child, s->op.slots = child->slots, s->op.sorted = child->sorted;
  double left = child->estimate - (double)alg->offset;
  s->op.estimate = left < 0 ? 0 : alg->has_limit && left > (double)alg->limit ? (double)alg->limit : left;
  *out = &s->op;
  return PROPTER_OK;
}

typedef struct {
  Op op;
  PropterId *row;
} Apart;

static PropterStatus apart_start(Op *op, PropterError *err) {
  PropterId **row = &((Apart *)op)->row;
  PROPTER_TRY(op_graph_row(op, row, err));
  return op_start(op->left, *row, err);
}

static PropterStatus apart_next(Op *op, Batch **out, PropterError *err) {
  for (;;) {
    Batch *b;
    size_t kept = 0;
    PROPTER_TRY(op_next(op->left, &b, err));
    if (!b) return *out = NULL, PROPTER_OK;
    for (size_t row = 0; row < b->count; row++) {
      bool fits = true;
      for (size_t s = 0; fits && op->outer && s < op->run->slot_names.count; s++)
        fits = !op->outer[s] || !b->col[s] || !b->col[s][row] || b->col[s][row] == op->outer[s];
      if (fits) keep_row(b, op->run->slot_names.count, row, kept++);
    }
    b->count = kept;
    if (kept) return *out = b, PROPTER_OK;
  }
}

static const OpKind apart_kind = {"apart", apart_start, apart_next, NULL};

PropterStatus op_apart(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err) {
  PROPTER_TRY(op_make(run, &apart_kind, sizeof(Apart), NULL, alg, out, err));
  (*out)->left = child, (*out)->slots = child->slots, (*out)->estimate = child->estimate;
  uint64_t *reads = op_reads(*out, err);
  if (!reads) return exec_fail_memory(run, err);
  /* Every slot may have to agree with an outer row. */
  memcpy(reads, child->slots, slots_words(run) * sizeof *reads);
  return PROPTER_OK;
}

/* --- Graph: the child once for each named graph ------------------------------------------------------------------------------------ */

typedef struct {
  Op op;
  const PropterId *graphs;
  size_t count, at;
  bool listed;
  PropterId *row; /* the outer row with the graph */
} Graph;

static PropterStatus graph_go(Graph *g, PropterError *err) {
  uint32_t slot = g->op.alg->slot;
  for (size_t s = 0; s < g->op.run->slot_names.count; s++) g->row[s] = g->op.outer ? g->op.outer[s] : PROPTER_NO_ID;
  /* A graph the outer row names is the only one. */
  while (g->at < g->count && g->op.outer && g->op.outer[slot] && g->op.outer[slot] != g->graphs[g->at]) g->at++;
  if (g->at == g->count) return PROPTER_OK;
  g->row[slot] = g->graphs[g->at];
  return op_start(g->op.left, g->row, err);
}

static PropterStatus graph_start(Op *op, PropterError *err) {
  Graph *g = (Graph *)op;
  if (!g->listed) PROPTER_TRY(exec_named_graphs(op->run, &g->graphs, &g->count, err));
  g->listed = true;
  g->at = 0;
  return graph_go(g, err);
}

static PropterStatus graph_next(Op *op, Batch **out, PropterError *err) {
  Graph *g = (Graph *)op;
  while (g->at < g->count) {
    Batch *input;
    PROPTER_TRY(op_next(op->left, &input, err));
    if (input) {
      share(op, input);
      for (size_t row = 0; row < input->count; row++) op->batch.col[op->alg->slot][row] = g->graphs[g->at];
      *out = &op->batch;
      return PROPTER_OK;
    }
    g->at++;
    PROPTER_TRY(graph_go(g, err));
  }
  return PROPTER_OK;
}

static const OpKind graph_kind = {"graphs", graph_start, graph_next, NULL};

PropterStatus op_graph(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err) {
  Graph *g;
  PROPTER_TRY(make_one(run, &graph_kind, child, alg, sizeof *g, &g, err));
  g->row = exec_plan_alloc(run, run->slot_names.count * sizeof *g->row);
  if (!g->row) return exec_fail_memory(run, err);
  *out = &g->op;
  return PROPTER_OK;
}

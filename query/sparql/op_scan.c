/* SPDX-License-Identifier: Apache-2.0 */
/* Triple patterns: a scan, and a probe for each row of another operator. */
#include <string.h>

#include "op.h"

/* --- Matcher -------------------------------------------------------------------------------------------------------------- */

static PropterStatus smaller_graph(Exec *run, PropterQuad want, bool *graph, PropterError *err) {
  uint64_t in_graph, of_predicate;
  PROPTER_TRY(propter_snapshot_count(run->snapshot, PROPTER_GSPO, want, 1, &in_graph, err));
  PROPTER_TRY(propter_snapshot_count(run->snapshot, PROPTER_PSOG, want, 1, &of_predicate, err));
  *graph = in_graph < of_predicate;
  return PROPTER_OK;
}

/* The order with the longest bound prefix. */
static PropterStatus choose_order(Exec *run, PropterQuad w, PropterOrder *order, unsigned *bound, PropterError *err) {
  bool graph_first = w.g && (w.s ? !w.o || w.p : !w.p && !w.o);
  if (w.g && w.p && !w.s && !w.o) PROPTER_TRY(smaller_graph(run, w, &graph_first, err));
  if (graph_first) {
    *order = PROPTER_GSPO;
    *bound = !w.s ? 1 : !w.p ? 2 : !w.o ? 3 : 4;
  } else if (w.s && w.p) {
    *order = PROPTER_SPOG, *bound = w.o ? 3 : 2;
  } else if (w.p && w.o) {
    *order = PROPTER_POSG, *bound = 2;
  } else if (w.o) {
    *order = PROPTER_OSPG, *bound = w.s ? 2 : 1;
  } else if (w.p) {
    *order = PROPTER_PSOG, *bound = 1;
  } else
    *order = PROPTER_SPOG, *bound = w.s != 0;
  return PROPTER_OK;
}

PropterStatus matcher_open(Exec *run, Matcher *m, const Graphs *graphs, PropterQuad want, PropterError *err) {
  unsigned bound;
  matcher_close(run, m);
  m->graphs = graphs, m->want = want, m->have_last = false;
  if (graphs->kind == GRAPHS_ONE) {
    if (want.g && want.g != graphs->graph) return m->empty = true, PROPTER_OK;
    m->want.g = want.g = graphs->graph;
  }
  m->once = graphs->kind == GRAPHS_UNION || (graphs->kind == GRAPHS_SET && graphs->set_count > 1);
  m->empty = exec_local(want.s) || exec_local(want.p) || exec_local(want.o) || exec_local(want.g) || (graphs->kind == GRAPHS_SET && graphs->set_count == 0) ||
             (want.g && !exec_graph_visible(run, graphs, want.g));
  if (m->empty) return PROPTER_OK;
  if (!m->rows && !(m->rows = exec_alloc(run, BATCH * sizeof *m->rows))) return exec_fail_memory(run, err);
  PROPTER_TRY(choose_order(run, want, &m->order, &bound, err));
  return propter_scan_open(run->snapshot, m->order, want, bound, &m->scan, err);
}

static bool wanted(Exec *run, Matcher *m, const PropterQuad *q) {
  const PropterQuad *w = &m->want;
  if ((w->s && q->s != w->s) || (w->p && q->p != w->p) || (w->o && q->o != w->o) || (w->g && q->g != w->g)) return false;
  if (!w->g && !exec_graph_visible(run, m->graphs, q->g)) return false;
  if (!m->once) return true;
  /* The graph is the last column of every order used here, so repetitions stand side by side. */
  if (m->have_last && m->last.s == q->s && m->last.p == q->p && m->last.o == q->o) return false;
  m->last = *q, m->have_last = true;
  return true;
}

PropterStatus matcher_next(Exec *run, Matcher *m, size_t cap, size_t *count, PropterError *err) {
  *count = 0;
  while (!m->empty && *count == 0) {
    size_t n;
    PROPTER_TRY(propter_scan_next(m->scan, m->rows, cap, &n, err));
    if (n == 0) break;
    for (size_t i = 0; i < n; i++)
      if (wanted(run, m, &m->rows[i])) m->rows[(*count)++] = m->rows[i];
    PROPTER_TRY(exec_tick(run, err));
  }
  return PROPTER_OK;
}

void matcher_close(Exec *run, Matcher *m) {
  (void)run;
  propter_scan_close(m->scan);
  m->scan = NULL;
}

void matcher_free(Exec *run, Matcher *m) {
  matcher_close(run, m);
  exec_free(run, m->rows, BATCH * sizeof *m->rows);
  m->rows = NULL;
}

PropterStatus matcher_estimate(Exec *run, const Graphs *graphs, PropterQuad want, double *rows, PropterError *err) {
  PropterOrder order;
  unsigned bound;
  uint64_t count;
  *rows = 0;
  if (graphs->kind == GRAPHS_ONE) want.g = graphs->graph;
  if (exec_local(want.s) || exec_local(want.p) || exec_local(want.o) || exec_local(want.g)) return PROPTER_OK;
  PROPTER_TRY(choose_order(run, want, &order, &bound, err));
  PROPTER_TRY(propter_snapshot_count(run->snapshot, order, want, bound, &count, err));
  *rows = (double)count;
  return PROPTER_OK;
}

/* --- What a pattern wants and gives --------------------------------------------------------------------------------------- */

typedef struct {
  uint32_t slot[4];   /* subject, predicate, object, graph; NO_SLOT: constant */
  PropterId value[4]; /* constants; 0: none */
} Shape;

static Shape shape_of(const Alg *a) {
  Shape s = {{a->s.slot, a->p.slot, a->o.slot, a->graphs.kind == GRAPHS_NAMED ? a->graphs.slot : NO_SLOT}, {a->s.id, a->p.id, a->o.id, PROPTER_NO_ID}};
  return s;
}

static PropterId quad_at(const PropterQuad *q, unsigned position) { return position == 0 ? q->s : position == 1 ? q->p : position == 2 ? q->o : q->g; }

/* A variable that stands twice must have one value. */
static bool agrees(const Shape *s, const PropterQuad *q) {
  for (unsigned i = 0; i < 3; i++)
    for (unsigned k = i + 1; k < 4; k++)
      if (s->slot[i] != NO_SLOT && s->slot[i] == s->slot[k] && quad_at(q, i) != quad_at(q, k)) return false;
  return true;
}

static bool repeats(const Shape *s) {
  for (unsigned i = 0; i < 3; i++)
    for (unsigned k = i + 1; k < 4; k++)
      if (s->slot[i] != NO_SLOT && s->slot[i] == s->slot[k]) return true;
  return false;
}

/* --- Scan ------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  Op op;
  Shape shape;
  bool repeats;
  Matcher matcher;
} Scan;

static PropterStatus scan_start(Op *op, PropterError *err) {
  Scan *s = (Scan *)op;
  PropterId want[4];
  for (unsigned i = 0; i < 4; i++) {
    want[i] = s->shape.value[i];
    if (s->shape.slot[i] != NO_SLOT && op->outer) want[i] = op->outer[s->shape.slot[i]];
  }
  return matcher_open(op->run, &s->matcher, &op->alg->graphs, (PropterQuad){want[0], want[1], want[2], want[3]}, err);
}

static PropterStatus scan_next(Op *op, Batch **out, PropterError *err) {
  Scan *s = (Scan *)op;
  for (;;) {
    size_t n;
    PROPTER_TRY(matcher_next(op->run, &s->matcher, BATCH, &n, err));
    if (n == 0) return PROPTER_OK;
    const PropterQuad *rows = s->matcher.rows;
    if (s->repeats) {
      size_t kept = 0;
      for (size_t i = 0; i < n; i++)
        if (agrees(&s->shape, &rows[i])) s->matcher.rows[kept++] = rows[i];
      n = kept;
      if (n == 0) continue;
    }
    for (unsigned k = 0; k < 4; k++) {
      if (s->shape.slot[k] == NO_SLOT) continue;
      PropterId *col = op->batch.col[s->shape.slot[k]];
      for (size_t i = 0; i < n; i++) col[i] = quad_at(&rows[i], k);
    }
    op->batch.count = n;
    *out = &op->batch;
    return PROPTER_OK;
  }
}

static void scan_stop(Op *op) { matcher_free(op->run, &((Scan *)op)->matcher); }

static const OpKind scan_kind = {"scan", scan_start, scan_next, scan_stop};

PropterStatus op_scan(Exec *run, const Alg *alg, Op **out, PropterError *err) {
  Scan *s;
  PROPTER_TRY(op_make(run, &scan_kind, sizeof *s, alg->maybe, alg, &s, err));
  s->shape = shape_of(alg);
  s->repeats = repeats(&s->shape);
  *out = &s->op;
  return PROPTER_OK;
}

/* --- Probe ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  Op op;
  Shape shape;
  bool repeats, optional, matched, scanning;
  Batch *input;
  size_t row;
  Matcher matcher;
} Probe;

static PropterStatus probe_start(Op *op, PropterError *err) {
  Probe *p = (Probe *)op;
  p->input = NULL, p->scanning = false;
  matcher_close(op->run, &p->matcher);
  return op_start(op->left, op->outer, err);
}

static PropterStatus probe_open(Probe *p, PropterError *err) {
  PropterId want[4];
  for (unsigned i = 0; i < 4; i++) want[i] = p->shape.slot[i] == NO_SLOT ? p->shape.value[i] : op_get(&p->op, p->input, p->shape.slot[i], p->row);
  p->scanning = true, p->matched = false;
  return matcher_open(p->op.run, &p->matcher, &p->op.alg->graphs, (PropterQuad){want[0], want[1], want[2], want[3]}, err);
}

/* Appends the input row once for each of `n` quads (or once without any). */
static void probe_emit(Probe *p, const PropterQuad *quads, size_t n) {
  Batch *b = &p->op.batch;
  for (size_t c = 0; c < p->op.owned_count; c++) {
    uint32_t slot = p->op.owned[c];
    PropterId known = op_get(&p->op, p->input, slot, p->row), *to = b->col[slot] + b->count;
    unsigned position = 0;
    while (position < 4 && p->shape.slot[position] != slot) position++;
    if (known || position == 4 || !quads)
      for (size_t i = 0; i < n; i++) to[i] = known;
    else
      for (size_t i = 0; i < n; i++) to[i] = quad_at(&quads[i], position);
  }
  b->count += n;
}

static PropterStatus probe_row(Probe *p, bool *done, PropterError *err) {
  size_t n, kept = 0;
  PROPTER_TRY(matcher_next(p->op.run, &p->matcher, BATCH - p->op.batch.count, &n, err));
  *done = n == 0;
  if (n == 0) {
    if (p->optional && !p->matched) probe_emit(p, NULL, 1);
    return PROPTER_OK;
  }
  PropterQuad *rows = p->matcher.rows;
  if (p->repeats) {
    for (size_t i = 0; i < n; i++)
      if (agrees(&p->shape, &rows[i])) rows[kept++] = rows[i];
    n = kept;
  }
  p->matched = p->matched || n > 0;
  probe_emit(p, rows, n);
  return PROPTER_OK;
}

static PropterStatus probe_next(Op *op, Batch **out, PropterError *err) {
  Probe *p = (Probe *)op;
  op->batch.count = 0;
  while (op->batch.count < BATCH) {
    bool done;
    if (!p->input || p->row == p->input->count) {
      if (op->batch.count > 0) break;
      PROPTER_TRY(op_next(op->left, &p->input, err));
      if (!p->input) return PROPTER_OK;
      p->row = 0;
    }
    if (!p->scanning) PROPTER_TRY(probe_open(p, err));
    PROPTER_TRY(probe_row(p, &done, err));
    if (done) p->scanning = false, p->row++;
    PROPTER_TRY(exec_tick(op->run, err));
  }
  *out = &op->batch;
  return PROPTER_OK;
}

static void probe_stop(Op *op) { matcher_free(op->run, &((Probe *)op)->matcher); }

static const OpKind probe_kind = {"index join", probe_start, probe_next, probe_stop};
static const OpKind optional_kind = {"optional index join", probe_start, probe_next, probe_stop};

PropterStatus op_probe(Exec *run, Op *left, const Alg *alg, bool optional, Op **out, PropterError *err) {
  Probe *p;
  uint64_t *slots = slots_new(run, err);
  if (!slots) return exec_fail_memory(run, err);
  for (size_t w = 0; w < slots_words(run); w++) slots[w] = alg->maybe[w] | left->slots[w];
  PROPTER_TRY(op_make(run, optional ? &optional_kind : &probe_kind, sizeof *p, slots, alg, &p, err));
  p->op.left = left;
  p->op.slots = slots;
  p->shape = shape_of(alg);
  p->repeats = repeats(&p->shape);
  p->optional = optional;
  *out = &p->op;
  return PROPTER_OK;
}

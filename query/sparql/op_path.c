/* SPDX-License-Identifier: Apache-2.0 */
/* Property paths with *, + and ?: the path becomes a nondeterministic automaton, answered by a breadth-first search over pairs of node and
 * state (SPARQL 1.1, section 9.3 and 18.4: each end is found once). */
#include <string.h>

#include "op.h"

/* A step of the automaton from one state to another. LINK and ANY read a triple, forward or backward. */
typedef enum { STEP_EMPTY, STEP_LINK, STEP_ANY } StepKind;
typedef struct {
  StepKind kind;
  bool inverse;
  uint32_t from, to;
  PropterId predicate;       /* LINK */
  const PropterId *excluded; /* ANY: all predicates but these */
  size_t excluded_count;
} Step;

typedef struct {
  Op op;
  Step *steps;
  size_t step_count;
  uint32_t states; /* 0 is the start, 1 the end */
  RowSet visited;  /* node and state, in the order found: also the queue */
  RowSet ends;
  RowSet nodes;    /* where to begin, if neither end is known */
  Matcher matcher;
  PropterId begin, goal; /* 0: any */
  bool backward, all, none;
  bool nullable; /* a path of no length will do */
  size_t next_node, next_end;
  bool searching;
} Path;

/* --- Building ----------------------------------------------------------------------------------------------------------------- */

static PropterStatus add_step(Path *p, Step step, PropterError *err) {
  if ((p->step_count & (p->step_count - 1)) == 0) {
    Step *more = exec_plan_alloc(p->op.run, (p->step_count ? p->step_count * 2 : 1) * sizeof *more);
    if (!more) return exec_fail_memory(p->op.run, err);
    if (p->step_count) memcpy(more, p->steps, p->step_count * sizeof *more);
    p->steps = more;
  }
  p->steps[p->step_count++] = step;
  return PROPTER_OK;
}

static PropterStatus find_iri(Path *p, PropterStr iri, PropterId *id, PropterError *err) {
  PropterTerm term = propter_iri(iri);
  return exec_intern(p->op.run, &term, id, err);
}

static PropterStatus build_negated(Path *p, const AstPath *a, bool inverse, uint32_t from, uint32_t to, PropterError *err) {
  bool forward = a->count == 0, backward = false;
  for (int direction = 0; direction < 2; direction++) {
    PropterId *excluded = exec_plan_alloc(p->op.run, (a->count + 1) * sizeof *excluded);
    size_t n = 0;
    if (!excluded) return exec_fail_memory(p->op.run, err);
    for (size_t i = 0; i < a->count; i++) {
      bool is_inverse = a->items[i]->kind == PATH_INVERSE;
      if (is_inverse != (direction == 1)) continue;
      *(is_inverse ? &backward : &forward) = true;
      PROPTER_TRY(find_iri(p, is_inverse ? a->items[i]->items[0]->iri : a->items[i]->iri, &excluded[n++], err));
    }
    if (direction == 0 ? !forward : !backward) continue;
    PROPTER_TRY(add_step(p, (Step){STEP_ANY, inverse != (direction == 1), from, to, PROPTER_NO_ID, excluded, n}, err));
  }
  return PROPTER_OK;
}

static PropterStatus build(Path *p, const AstPath *a, bool inverse, uint32_t from, uint32_t to, PropterError *err) {
  switch (a->kind) {
  case PATH_LINK: {
    PropterId predicate;
    PROPTER_TRY(find_iri(p, a->iri, &predicate, err));
    return add_step(p, (Step){STEP_LINK, inverse, from, to, predicate, NULL, 0}, err);
  }
  case PATH_INVERSE: return build(p, a->items[0], !inverse, from, to, err);
  case PATH_NEGATED: return build_negated(p, a, inverse, from, to, err);
  case PATH_ALTERNATIVE:
    for (size_t i = 0; i < a->count; i++) PROPTER_TRY(build(p, a->items[i], inverse, from, to, err));
    return PROPTER_OK;
  case PATH_SEQUENCE:
    for (size_t i = 0; i < a->count; i++) {
      uint32_t mid = i + 1 < a->count ? p->states++ : to;
      PROPTER_TRY(build(p, a->items[inverse ? a->count - 1 - i : i], inverse, from, mid, err));
      from = mid;
    }
    return PROPTER_OK;
  default: {
    /* *, +, ?: a state of its own in the middle keeps loops apart from what stands around. */
    uint32_t in = p->states++, out = p->states++;
    PROPTER_TRY(add_step(p, (Step){.kind = STEP_EMPTY, .from = from, .to = in}, err));
    PROPTER_TRY(add_step(p, (Step){.kind = STEP_EMPTY, .from = out, .to = to}, err));
    PROPTER_TRY(build(p, a->items[0], inverse, in, out, err));
    if (a->kind != PATH_PLUS) PROPTER_TRY(add_step(p, (Step){.kind = STEP_EMPTY, .from = in, .to = out}, err));
    return a->kind == PATH_OPTIONAL ? PROPTER_OK : add_step(p, (Step){.kind = STEP_EMPTY, .from = out, .to = in}, err);
  }
  }
}

/* --- Searching ---------------------------------------------------------------------------------------------------------------- */

static PropterStatus visit(Path *p, PropterId node, uint32_t state, PropterError *err) {
  PropterId pair[2] = {node, state};
  bool fresh;
  size_t at;
  PROPTER_TRY(rowset_add(p->op.run, &p->visited, pair, &fresh, &at, err));
  if (!fresh || state != (p->backward ? 0 : 1)) return PROPTER_OK;
  if (p->goal && node != p->goal) return PROPTER_OK;
  return rowset_add(p->op.run, &p->ends, &node, &fresh, &at, err);
}

static bool excluded(const Step *s, PropterId predicate) {
  for (size_t i = 0; i < s->excluded_count; i++)
    if (s->excluded[i] == predicate) return true;
  return false;
}

static PropterStatus follow(Path *p, const Step *s, PropterId node, PropterError *err) {
  Exec *run = p->op.run;
  const Graphs *graphs = &p->op.alg->graphs;
  bool against = s->inverse != p->backward;
  uint32_t to = p->backward ? s->from : s->to;
  PropterQuad want = {against ? 0 : node, s->predicate, against ? node : 0, graphs->kind == GRAPHS_NAMED && p->op.outer ? p->op.outer[graphs->slot] : 0};
  PROPTER_TRY(matcher_open(run, &p->matcher, graphs, want, err));
  for (size_t n;;) {
    PROPTER_TRY(matcher_next(run, &p->matcher, BATCH, &n, err));
    if (n == 0) return PROPTER_OK;
    for (size_t i = 0; i < n; i++) {
      const PropterQuad *q = &p->matcher.rows[i];
      if (s->kind == STEP_ANY && excluded(s, q->p)) continue;
      PROPTER_TRY(visit(p, against ? q->s : q->o, to, err));
    }
    PROPTER_TRY(exec_check(run, err));
  }
}

/* All ends of paths from `node`, into p->ends. */
static PropterStatus search(Path *p, PropterId node, PropterError *err) {
  rowset_clear(p->op.run, &p->visited);
  rowset_clear(p->op.run, &p->ends);
  p->next_end = 0;
  PROPTER_TRY(visit(p, node, p->backward ? 1 : 0, err));
  for (size_t at = 0; at < p->visited.table.count && !(p->goal && p->ends.table.count); at++) {
    PropterId here = table_row(&p->visited.table, at)[0];
    uint32_t state = (uint32_t)table_row(&p->visited.table, at)[1];
    for (size_t i = 0; i < p->step_count; i++) {
      const Step *s = &p->steps[i];
      if ((p->backward ? s->to : s->from) != state) continue;
      if (s->kind == STEP_EMPTY)
        PROPTER_TRY(visit(p, here, p->backward ? s->from : s->to, err));
      else
        PROPTER_TRY(follow(p, s, here, err));
    }
    PROPTER_TRY(exec_tick(p->op.run, err));
  }
  return PROPTER_OK;
}

/* Every subject and object: what a path of no length begins at. */
static PropterStatus collect_nodes(Path *p, PropterError *err) {
  Exec *run = p->op.run;
  const Graphs *graphs = &p->op.alg->graphs;
  bool fresh;
  size_t at;
  rowset_clear(run, &p->nodes);
  PropterQuad want = {.g = graphs->kind == GRAPHS_NAMED && p->op.outer ? p->op.outer[graphs->slot] : 0};
  PROPTER_TRY(matcher_open(run, &p->matcher, graphs, want, err));
  for (size_t n;;) {
    PROPTER_TRY(matcher_next(run, &p->matcher, BATCH, &n, err));
    if (n == 0) return PROPTER_OK;
    for (size_t i = 0; i < n; i++) {
      PROPTER_TRY(rowset_add(run, &p->nodes, &p->matcher.rows[i].s, &fresh, &at, err));
      PROPTER_TRY(rowset_add(run, &p->nodes, &p->matcher.rows[i].o, &fresh, &at, err));
    }
    PROPTER_TRY(exec_check(run, err));
  }
}

/* --- Operator ------------------------------------------------------------------------------------------------------------------- */

static bool nullable(const AstPath *a) {
  switch (a->kind) {
  case PATH_STAR:
  case PATH_OPTIONAL: return true;
  case PATH_PLUS:
  case PATH_INVERSE: return nullable(a->items[0]);
  case PATH_SEQUENCE:
    for (size_t i = 0; i < a->count; i++)
      if (!nullable(a->items[i])) return false;
    return true;
  case PATH_ALTERNATIVE:
    for (size_t i = 0; i < a->count; i++)
      if (nullable(a->items[i])) return true;
    return false;
  default: return false;
  }
}

/* A variable stands for nodes of the graph only, also when its value comes from elsewhere. */
static PropterStatus check_node(Path *p, const Item *item, PropterId id, PropterError *err) {
  const Graphs *graphs = &p->op.alg->graphs;
  PropterId g = graphs->kind == GRAPHS_NAMED && p->op.outer ? p->op.outer[graphs->slot] : PROPTER_NO_ID;
  size_t n = 0;
  if (!p->nullable || item->slot == NO_SLOT || !id || p->none) return PROPTER_OK;
  PROPTER_TRY(matcher_open(p->op.run, &p->matcher, graphs, (PropterQuad){.s = id, .g = g}, err));
  PROPTER_TRY(matcher_next(p->op.run, &p->matcher, 1, &n, err));
  if (n) return PROPTER_OK;
  PROPTER_TRY(matcher_open(p->op.run, &p->matcher, graphs, (PropterQuad){.o = id, .g = g}, err));
  PROPTER_TRY(matcher_next(p->op.run, &p->matcher, 1, &n, err));
  p->none = n == 0;
  return PROPTER_OK;
}

static PropterId bound(const Op *op, const Item *item) { return item->slot == NO_SLOT ? item->id : op->outer ? op->outer[item->slot] : PROPTER_NO_ID; }

static PropterStatus path_start(Op *op, PropterError *err) {
  Path *p = (Path *)op;
  PropterId s = bound(op, &op->alg->s), o = bound(op, &op->alg->o);
  p->all = !s && !o;
  p->backward = !s && o;
  p->begin = s ? s : o;
  p->goal = s ? o : PROPTER_NO_ID;
  p->next_node = 0, p->searching = p->none = false;
  PROPTER_TRY(check_node(p, &op->alg->s, s, err));
  PROPTER_TRY(check_node(p, &op->alg->o, o, err));
  return p->all ? collect_nodes(p, err) : PROPTER_OK;
}

/* The next search; *done: there is none. */
static PropterStatus begin_search(Path *p, bool *done, PropterError *err) {
  size_t count = p->none ? 0 : p->all ? p->nodes.table.count : 1;
  *done = p->next_node == count;
  if (*done) return PROPTER_OK;
  if (p->all) p->begin = table_row(&p->nodes.table, p->next_node)[0];
  /* ?x path ?x */
  if (p->op.alg->s.slot != NO_SLOT && p->op.alg->s.slot == p->op.alg->o.slot) p->goal = p->begin;
  p->next_node++;
  p->searching = true;
  return search(p, p->begin, err);
}

static void emit(Path *p, PropterId begin, PropterId end) {
  Batch *b = &p->op.batch;
  uint32_t s = p->op.alg->s.slot, o = p->op.alg->o.slot;
  if (s != NO_SLOT) b->col[s][b->count] = p->backward ? end : begin;
  if (o != NO_SLOT) b->col[o][b->count] = p->backward ? begin : end;
  if (p->op.alg->graphs.kind == GRAPHS_NAMED) b->col[p->op.alg->graphs.slot][b->count] = p->op.outer ? p->op.outer[p->op.alg->graphs.slot] : PROPTER_NO_ID;
  b->count++;
}

static PropterStatus path_next(Op *op, Batch **out, PropterError *err) {
  Path *p = (Path *)op;
  op->batch.count = 0;
  while (op->batch.count < BATCH) {
    bool done;
    if (p->searching && p->next_end < p->ends.table.count) {
      emit(p, p->begin, table_row(&p->ends.table, p->next_end++)[0]);
      continue;
    }
    PROPTER_TRY(begin_search(p, &done, err));
    if (done) break;
  }
  if (op->batch.count) *out = &op->batch;
  return PROPTER_OK;
}

static void path_stop(Op *op) {
  Path *p = (Path *)op;
  matcher_free(op->run, &p->matcher);
  rowset_clear(op->run, &p->visited);
  rowset_clear(op->run, &p->ends);
  rowset_clear(op->run, &p->nodes);
}

static const OpKind path_kind = {"path", path_start, path_next, path_stop};

PropterStatus op_path(Exec *run, const Alg *alg, Op **out, PropterError *err) {
  Path *p;
  PROPTER_TRY(op_make(run, &path_kind, sizeof *p, alg->maybe, alg, &p, err));
  uint64_t *reads = op_reads(&p->op, err);
  if (!reads) return exec_fail_memory(run, err);
  memcpy(reads, alg->maybe, slots_words(run) * sizeof *reads);
  PROPTER_TRY(rowset_init(run, &p->visited, 2, err));
  PROPTER_TRY(rowset_init(run, &p->ends, 1, err));
  PROPTER_TRY(rowset_init(run, &p->nodes, 1, err));
  p->states = 2, p->nullable = nullable(alg->path);
  PROPTER_TRY(build(p, alg->path, false, 0, 1, err));
  *out = &p->op;
  return PROPTER_OK;
}

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

/* All triples a step reads, sorted by where it comes from. */
typedef struct {
  PropterId *from, *to;
  size_t count, from_cap, to_cap;
  bool loaded;
} Edges;

typedef struct {
  Op op;
  Step *steps;
  size_t step_count;
  uint32_t states; /* 0 is the start, 1 the end */
  RowSet visited;  /* node and state, in the order found: also the queue */
  RowSet ends;
  RowSet nodes;    /* where to begin, if neither end is known */
  Matcher matcher;
  Edges *edges;    /* by step, forward then backward: loaded once many nodes were left */
  uint64_t followed;
  PropterId graph; /* the one the edges and the answers kept are from */
  RowSet kept;     /* searches done: where they began and in which direction */
  size_t *kept_ends, kept_cap; /* by search: the end of its part of kept_nodes */
  PropterId *kept_nodes;
  size_t kept_nodes_count, kept_nodes_cap;
  RowSet back;     /* of a search from both ends */
  PropterId begin, goal; /* 0: any */
  bool backward, all, none;
  bool nullable; /* a path of no length will do */
  bool both, met; /* searching from both ends; they met */
  size_t next_node, next_end;
  const PropterId *found; /* the ends of the present search */
  size_t found_count;
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

static PropterStatus visit(Path *p, bool backward, PropterId node, uint32_t state, PropterError *err) {
  Exec *run = p->op.run;
  PropterId pair[2] = {node, state};
  bool fresh;
  size_t at;
  if (p->both) {
    RowSet *mine = backward ? &p->back : &p->visited, *other = backward ? &p->visited : &p->back;
    PROPTER_TRY(rowset_add(run, mine, pair, &fresh, &at, err));
    if (fresh) p->met = p->met || rowset_has(other, pair);
    return PROPTER_OK;
  }
  PROPTER_TRY(rowset_add(run, &p->visited, pair, &fresh, &at, err));
  return fresh && state == (backward ? 0 : 1) ? rowset_add(run, &p->ends, &node, &fresh, &at, err) : PROPTER_OK;
}

static void drop_kept(Path *p) {
  Exec *run = p->op.run;
  rowset_clear(run, &p->kept);
  exec_free(run, p->kept_ends, p->kept_cap * sizeof *p->kept_ends);
  exec_free(run, p->kept_nodes, p->kept_nodes_cap * sizeof *p->kept_nodes);
  p->kept_ends = NULL, p->kept_nodes = NULL;
  p->kept_cap = p->kept_nodes_count = p->kept_nodes_cap = 0;
}

static bool excluded(const Step *s, PropterId predicate) {
  for (size_t i = 0; i < s->excluded_count; i++)
    if (s->excluded[i] == predicate) return true;
  return false;
}

static PropterId outer_graph(const Path *p) {
  const Graphs *graphs = &p->op.alg->graphs;
  return graphs->kind == GRAPHS_NAMED && p->op.outer ? p->op.outer[graphs->slot] : PROPTER_NO_ID;
}

static bool against(const Step *s, bool backward) { return s->inverse != backward; }

static PropterStatus follow(Path *p, const Step *s, bool backward, PropterId node, PropterError *err) {
  Exec *run = p->op.run;
  bool reverse = against(s, backward);
  uint32_t to = backward ? s->from : s->to;
  PropterQuad want = {reverse ? 0 : node, s->predicate, reverse ? node : 0, outer_graph(p)};
  PROPTER_TRY(matcher_open(run, &p->matcher, &p->op.alg->graphs, want, err));
  for (size_t n;;) {
    PROPTER_TRY(matcher_next(run, &p->matcher, BATCH, &n, err));
    if (n == 0) return PROPTER_OK;
    for (size_t i = 0; i < n; i++) {
      const PropterQuad *q = &p->matcher.rows[i];
      if (s->kind == STEP_ANY && excluded(s, q->p)) continue;
      PROPTER_TRY(visit(p, backward, reverse ? q->s : q->o, to, err));
    }
    PROPTER_TRY(exec_check(run, err));
  }
}

static void drop_edges(Path *p) {
  for (size_t i = 0; p->edges && i < 2 * p->step_count; i++) {
    Edges *e = &p->edges[i];
    exec_free(p->op.run, e->from, e->from_cap * sizeof *e->from);
    exec_free(p->op.run, e->to, e->to_cap * sizeof *e->to);
    *e = (Edges){0};
  }
}

static PropterStatus load_edges(Path *p, const Step *s, bool backward, Edges *e, PropterError *err) {
  Exec *run = p->op.run;
  bool reverse = against(s, backward);
  e->loaded = true;
  PROPTER_TRY(matcher_open_sorted(run, &p->matcher, &p->op.alg->graphs, (PropterQuad){.p = s->predicate, .g = outer_graph(p)}, reverse ? 2 : 0, err));
  for (size_t n;;) {
    PROPTER_TRY(matcher_next(run, &p->matcher, BATCH, &n, err));
    if (n == 0) return PROPTER_OK;
    PROPTER_TRY(exec_grow(run, &e->from, &e->from_cap, e->count + n, sizeof *e->from, err));
    PROPTER_TRY(exec_grow(run, &e->to, &e->to_cap, e->count + n, sizeof *e->to, err));
    for (size_t i = 0; i < n; i++, e->count++) {
      const PropterQuad *q = &p->matcher.rows[i];
      e->from[e->count] = reverse ? q->o : q->s, e->to[e->count] = reverse ? q->s : q->o;
    }
    PROPTER_TRY(exec_check(run, err));
  }
}

/* Once so many nodes were left that reading a predicate at once would have been cheaper, its edges are kept. Not in a single graph, where another order than by
 * subject or object may be read, and not if they take more than a part of the memory. */
static PropterStatus worth_loading(Path *p, const Step *s, Edges *e, bool *worth, PropterError *err) {
  double rows;
  *worth = e->loaded;
  if (*worth || s->kind != STEP_LINK || p->op.alg->graphs.kind != GRAPHS_UNION || ++p->followed < 64) return PROPTER_OK;
  PROPTER_TRY(matcher_estimate(p->op.run, &p->op.alg->graphs, (PropterQuad){.p = s->predicate}, &rows, err));
  *worth = rows < (double)p->followed * 64 && rows * 16 < (double)(p->op.run->options.memory / 8);
  return PROPTER_OK;
}

static PropterStatus leave(Path *p, size_t step, bool backward, PropterId node, PropterError *err) {
  const Step *s = &p->steps[step];
  Edges *e = &p->edges[2 * step + backward];
  bool worth;
  PROPTER_TRY(worth_loading(p, s, e, &worth, err));
  if (!worth) return follow(p, s, backward, node, err);
  if (!e->loaded) PROPTER_TRY(load_edges(p, s, backward, e, err));
  size_t low = 0, high = e->count;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (e->from[mid] < node)
      low = mid + 1;
    else
      high = mid;
  }
  for (; low < e->count && e->from[low] == node; low++) PROPTER_TRY(visit(p, backward, e->to[low], backward ? s->from : s->to, err));
  return PROPTER_OK;
}

/* Leaves one pair of node and state by all its steps. */
static PropterStatus expand(Path *p, bool backward, size_t at, PropterError *err) {
  const Table *t = backward && p->both ? &p->back.table : &p->visited.table;
  PropterId here = table_row(t, at)[0];
  uint32_t state = (uint32_t)table_row(t, at)[1];
  for (size_t i = 0; i < p->step_count; i++) {
    const Step *s = &p->steps[i];
    if ((backward ? s->to : s->from) != state) continue;
    if (s->kind == STEP_EMPTY)
      PROPTER_TRY(visit(p, backward, here, backward ? s->from : s->to, err));
    else
      PROPTER_TRY(leave(p, i, backward, here, err));
  }
  return exec_tick(p->op.run, err);
}

/* Both ends known: the smaller of two searches goes on until they meet. */
static PropterStatus search_both(Path *p, PropterError *err) {
  size_t ahead = 0, behind = 0;
  p->both = true, p->met = false;
  rowset_reset(&p->back);
  PropterStatus status = visit(p, false, p->begin, 0, err);
  if (status == PROPTER_OK) status = visit(p, true, p->goal, 1, err);
  while (status == PROPTER_OK && !p->met && ahead < p->visited.table.count && behind < p->back.table.count) {
    bool forward = p->visited.table.count - ahead <= p->back.table.count - behind;
    status = forward ? expand(p, false, ahead++, err) : expand(p, true, behind++, err);
  }
  p->both = false;
  bool fresh;
  size_t at;
  return status == PROPTER_OK && p->met ? rowset_add(p->op.run, &p->ends, &p->goal, &fresh, &at, err) : status;
}

/* All ends of paths from `node`, into p->ends. */
static PropterStatus search(Path *p, PropterId node, PropterError *err) {
  rowset_reset(&p->visited);
  rowset_reset(&p->ends);
  if (p->goal) return search_both(p, err);
  PROPTER_TRY(visit(p, p->backward, node, p->backward ? 1 : 0, err));
  for (size_t at = 0; at < p->visited.table.count; at++) PROPTER_TRY(expand(p, p->backward, at, err));
  return PROPTER_OK;
}

/* The same, from what an earlier search found. */
static PropterStatus search_once(Path *p, PropterId node, PropterError *err) {
  Exec *run = p->op.run;
  PropterId key[2] = {node, p->backward};
  size_t at;
  bool fresh, crowded = run->used > run->options.memory / 4;
  p->next_end = 0;
  if (p->goal || (crowded && !p->kept.table.count)) {
    PROPTER_TRY(search(p, node, err));
    return p->found = p->ends.table.rows, p->found_count = p->ends.table.count, PROPTER_OK;
  }
  if (crowded) drop_kept(p);
  PROPTER_TRY(rowset_add(run, &p->kept, key, &fresh, &at, err));
  if (fresh) {
    PROPTER_TRY(search(p, node, err));
    size_t n = p->ends.table.count;
    PROPTER_TRY(exec_grow(run, &p->kept_ends, &p->kept_cap, at + 1, sizeof *p->kept_ends, err));
    PROPTER_TRY(exec_grow(run, &p->kept_nodes, &p->kept_nodes_cap, p->kept_nodes_count + n, sizeof *p->kept_nodes, err));
    if (n) memcpy(p->kept_nodes + p->kept_nodes_count, p->ends.table.rows, n * sizeof *p->kept_nodes);
    p->kept_ends[at] = p->kept_nodes_count += n;
  }
  size_t from = at ? p->kept_ends[at - 1] : 0;
  p->found = p->kept_nodes + from, p->found_count = p->kept_ends[at] - from;
  return PROPTER_OK;
}

static PropterStatus collect(Path *p, PropterId predicate, bool subjects, bool objects, PropterError *err) {
  Exec *run = p->op.run;
  bool fresh;
  size_t at;
  PROPTER_TRY(matcher_open(run, &p->matcher, &p->op.alg->graphs, (PropterQuad){.p = predicate, .g = outer_graph(p)}, err));
  for (size_t n;;) {
    PROPTER_TRY(matcher_next(run, &p->matcher, BATCH, &n, err));
    if (n == 0) return PROPTER_OK;
    for (size_t i = 0; i < n; i++) {
      if (subjects) PROPTER_TRY(rowset_add(run, &p->nodes, &p->matcher.rows[i].s, &fresh, &at, err));
      if (objects) PROPTER_TRY(rowset_add(run, &p->nodes, &p->matcher.rows[i].o, &fresh, &at, err));
    }
    PROPTER_TRY(exec_check(run, err));
  }
}

/* The states reached without reading a triple from `state`, as bits; more than 64 states: all. */
static uint64_t closure(const Path *p, uint32_t state) {
  uint64_t set = (uint64_t)1 << state, before = 0;
  if (p->states > 64) return UINT64_MAX;
  while (set != before) {
    before = set;
    for (size_t i = 0; i < p->step_count; i++)
      if (p->steps[i].kind == STEP_EMPTY && (set >> p->steps[i].from & 1)) set |= (uint64_t)1 << p->steps[i].to;
  }
  return set;
}

/* Where to begin with neither end known: every subject and object for a path of no length, else what the first steps leave. */
static PropterStatus collect_nodes(Path *p, PropterError *err) {
  rowset_clear(p->op.run, &p->nodes);
  if (p->nullable) return collect(p, PROPTER_NO_ID, true, true, err);
  uint64_t first = closure(p, 0);
  for (size_t i = 0; i < p->step_count; i++) {
    const Step *s = &p->steps[i];
    if (s->kind != STEP_EMPTY && (p->states > 64 || (first >> s->from & 1))) PROPTER_TRY(collect(p, s->predicate, !s->inverse, s->inverse, err));
  }
  return PROPTER_OK;
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
  PropterId g = outer_graph(p);
  size_t n = 0;
  PropterId key[2] = {id, p->backward};
  if (!p->nullable || item->slot == NO_SLOT || !id || p->none || (!p->goal && rowset_has(&p->kept, key))) return PROPTER_OK;
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
  if (p->graph != outer_graph(p)) drop_edges(p), drop_kept(p);
  p->graph = outer_graph(p);
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
  return search_once(p, p->begin, err);
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
    if (p->searching && p->next_end < p->found_count) {
      emit(p, p->begin, p->found[p->next_end++]);
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
  drop_edges(p);
  drop_kept(p);
  rowset_clear(op->run, &p->back);
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
  PROPTER_TRY(rowset_init(run, &p->back, 2, err));
  PROPTER_TRY(rowset_init(run, &p->kept, 2, err));
  p->states = 2, p->nullable = nullable(alg->path);
  PROPTER_TRY(build(p, alg->path, false, 0, 1, err));
  p->edges = exec_plan_alloc(run, 2 * p->step_count * sizeof *p->edges);
  if (!p->edges) return exec_fail_memory(run, err);
  *out = &p->op;
  return PROPTER_OK;
}

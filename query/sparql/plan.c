/* SPDX-License-Identifier: Apache-2.0 */
/* Algebra to operators. Joins are ordered greedily by estimated rows: exact counts of prefixes, and the number of different values in a sample of
 * a predicate's rows. */
#include <math.h>
#include <string.h>

#include "op.h"

/* Costs in units of one row of a scan (measured on scans and probes of a million triples). */
#define PROBE_COST 12.0
#define RESTART_COST 40.0
enum { SAMPLE = 512 };

static PropterStatus plan_pattern(Exec *run, Alg *a, Op **out, PropterError *err);

/* --- Slots ------------------------------------------------------------------------------------------------------------------ */

static bool subset(const Exec *run, const uint64_t *a, const uint64_t *b) {
  for (size_t w = 0; w < slots_words(run); w++)
    if (a[w] & ~b[w]) return false;
  return true;
}

static bool overlap(const Exec *run, const uint64_t *a, const uint64_t *b) {
  for (size_t w = 0; w < slots_words(run); w++)
    if (a[w] & b[w]) return true;
  return false;
}

static void add_slots(const Exec *run, uint64_t *to, const uint64_t *from) {
  for (size_t w = 0; w < slots_words(run); w++) to[w] |= from[w];
}

static PropterStatus common(Exec *run, const uint64_t *a, const uint64_t *b, uint64_t **out, PropterError *err) {
  *out = slots_new(run, err);
  if (!*out) return exec_fail_memory(run, err);
  for (size_t w = 0; w < slots_words(run); w++) (*out)[w] = a[w] & b[w];
  return PROPTER_OK;
}

/* --- Estimates --------------------------------------------------------------------------------------------------------------- */

/* Rows per different value of one column (0 subject, 2 object) among the first rows with this predicate (0: any). */
static PropterStatus fanout(Exec *run, PropterId predicate, unsigned column, double *rows, PropterError *err) {
  PropterOrder order = column == 0 ? (predicate ? PROPTER_PSOG : PROPTER_SPOG) : predicate ? PROPTER_POSG : PROPTER_OSPG;
  PropterScan *scan = NULL;
  PropterQuad quads[64];
  size_t total = 0, different = 0, n = 1;
  PropterId last = PROPTER_NO_ID;
  PropterStatus status = propter_scan_open(run->snapshot, order, (PropterQuad){.p = predicate}, predicate != PROPTER_NO_ID, &scan, err);
  while (status == PROPTER_OK && total < SAMPLE && n > 0) {
    status = propter_scan_next(scan, quads, 64, &n, err);
    for (size_t i = 0; status == PROPTER_OK && i < n; i++) {
      PropterId id = column == 0 ? quads[i].s : quads[i].o;
      different += id != last;
      last = id;
    }
    total += n;
  }
  propter_scan_close(scan);
  *rows = different ? (double)total / (double)different : 0;
  return status;
}

static PropterQuad constants(const Alg *a) { return (PropterQuad){a->s.id, a->p.id, a->o.id, 0}; }

static PropterStatus estimate_leaf(Exec *run, const Alg *a, double *rows, PropterError *err) {
  PROPTER_TRY(matcher_estimate(run, &a->graphs, constants(a), rows, err));
  /* How much a closure grows is not known; this only keeps it behind the plain patterns. */
  if (a->kind == ALG_PATH) *rows = *rows * 4 + 16;
  return PROPTER_OK;
}

/* Rows of a pattern for one row that binds `bound`. */
static PropterStatus estimate_probe(Exec *run, const Alg *a, double all, const uint64_t *bound, double *rows, PropterError *err) {
  bool s = a->s.id || slots_has(bound, a->s.slot), o = a->o.id || slots_has(bound, a->o.slot), p = a->p.id || slots_has(bound, a->p.slot);
  double by_subject = all, by_object = all;
  *rows = all;
  if (exec_local(a->p.id)) return PROPTER_OK;
  if (s && !a->s.id) PROPTER_TRY(fanout(run, a->p.id, 0, &by_subject, err));
  if (o && !a->o.id) PROPTER_TRY(fanout(run, a->p.id, 2, &by_object, err));
  if (s && o)
    *rows = fmin(fmin(by_subject, by_object), 1) * 0.5;
  else if (s)
    *rows = fmin(by_subject, all);
  else if (o)
    *rows = fmin(by_object, all);
  if (p && !a->p.id) *rows = *rows * 0.2;
  return PROPTER_OK;
}

/* --- Joins -------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  Alg *alg;
  Op *op; /* planned, unless it is a SCAN or PATH */
  double rows;
  bool done;
} Part;

typedef struct {
  Exec *run;
  Part *parts;
  size_t count;
  Expr **filters;
  uint64_t **filter_slots;
  size_t filter_count;
  Op *op; /* joined so far */
  double rows;
  uint64_t *maybe, *certain;
} Joining;

static bool leaf(const Alg *a) { return a->kind == ALG_SCAN || a->kind == ALG_PATH; }

/* May `a` be started with the values of a row that binds at most `given`, with the same answer as joining afterwards? It may if nothing in it
 * sees such a value that it does not bind itself. */
static bool bindable(const Exec *run, const Alg *a, const uint64_t *given) {
  uint64_t small[16];
  size_t words = slots_words(run);
  if (words > 16) return false;
  switch (a->kind) {
  case ALG_UNIT:
  case ALG_NONE:
  case ALG_SCAN:
  case ALG_PATH:
  case ALG_VALUES: return true;
  case ALG_JOIN:
  case ALG_UNION:
    for (size_t i = 0; i < a->count; i++)
      if (!bindable(run, a->items[i], given)) return false;
    return true;
  case ALG_FILTER:
  case ALG_EXTEND:
    memset(small, 0, sizeof small);
    slots_of_expr(run, a->expr, small);
    for (size_t w = 0; w < words; w++)
      if (small[w] & given[w] & ~a->items[0]->certain[w]) return false;
    return !slots_has(given, a->kind == ALG_EXTEND ? a->slot : NO_SLOT) && bindable(run, a->items[0], given);
  case ALG_LEFT:
    memset(small, 0, sizeof small);
    slots_mentioned(run, a->items[1], small);
    if (a->expr) slots_of_expr(run, a->expr, small);
    for (size_t w = 0; w < words; w++)
      if (small[w] & given[w] & ~a->items[0]->certain[w]) return false;
    return bindable(run, a->items[0], given) && bindable(run, a->items[1], given);
  default: return false;
  }
}

static PropterStatus plan_leaf(Exec *run, const Alg *a, Op **out, PropterError *err) { return a->kind == ALG_SCAN ? op_scan(run, a, NO_SLOT, out, err) : op_path(run, a, out, err); }

static PropterStatus apply_filters(Joining *j, bool all, PropterError *err) {
  for (size_t i = 0; i < j->filter_count; i++) {
    if (!j->filters[i] || (!all && !subset(j->run, j->filter_slots[i], j->certain))) continue;
    PROPTER_TRY(op_filter(j->run, j->op, j->filters[i], &j->op, err));
    j->filters[i] = NULL;
    j->rows *= 0.5;
    j->op->estimate = j->rows;
  }
  return PROPTER_OK;
}

static PropterStatus take_part(Joining *j, Part *p, PropterError *err) {
  p->done = true;
  add_slots(j->run, j->maybe, p->alg->maybe);
  add_slots(j->run, j->certain, p->alg->certain);
  j->op->estimate = j->rows;
  return apply_filters(j, false, err);
}

static PropterStatus first_part(Joining *j, Part *p, PropterError *err) {
  j->op = p->op;
  if (leaf(p->alg)) PROPTER_TRY(plan_leaf(j->run, p->alg, &j->op, err));
  j->rows = p->rows;
  return take_part(j, p, err);
}

/* Output and cost of joining a part to what there is. `probe`: for each row on its own. */
static PropterStatus judge(Joining *j, const Part *p, double *rows, double *cost, bool *probe, PropterError *err) {
  bool connected = overlap(j->run, j->maybe, p->alg->maybe);
  double each = p->rows;
  if (leaf(p->alg)) PROPTER_TRY(estimate_probe(j->run, p->alg, p->rows, j->certain, &each, err));
  *rows = !connected ? j->rows * p->rows : leaf(p->alg) ? j->rows * each : fmax(j->rows, p->rows);
  double scanning = p->rows + j->rows, probing = j->rows * (leaf(p->alg) ? PROBE_COST + each : RESTART_COST + (p->op ? p->op->estimate * 0.1 : 0));
  bool may = connected && (leaf(p->alg) || bindable(j->run, p->alg, j->maybe));
  /* A path with no end known is a search from every node. */
  bool must = p->alg->kind == ALG_PATH && connected;
  /* A service with a variable for a name waits for its value. */
  if (p->alg->kind == ALG_SERVICE && p->alg->name.slot != NO_SLOT) may = must = true;
  *probe = must || (may && probing < scanning);
  *cost = *probe ? probing : scanning;
  return PROPTER_OK;
}

static PropterStatus join_part(Joining *j, Part *p, double rows, bool probe, PropterError *err) {
  Op *right = p->op;
  if (probe && p->alg->kind == ALG_SCAN) {
    PROPTER_TRY(op_probe(j->run, j->op, p->alg, false, &j->op, err));
  } else {
    if (leaf(p->alg)) PROPTER_TRY(plan_leaf(j->run, p->alg, &right, err));
    if (probe) {
      PROPTER_TRY(op_bind_join(j->run, JOIN_INNER, j->op, right, p->alg, NULL, &j->op, err));
    } else {
      uint64_t *keys;
      PROPTER_TRY(common(j->run, j->certain, p->alg->certain, &keys, err));
      right->estimate = p->rows;
      /* The table is built over the smaller side. */
      bool swap = j->rows < p->rows;
      PROPTER_TRY(op_hash_join(j->run, JOIN_INNER, swap ? right : j->op, swap ? j->op : right, keys, NULL, NULL, &j->op, err));
    }
  }
  j->rows = rows;
  return take_part(j, p, err);
}

/* Order: what connects before what does not, then fewest rows, then least cost, then as written. */
static PropterStatus next_part(Joining *j, PropterError *err) {
  Part *best = NULL;
  double best_rows = 0, best_cost = 0;
  bool best_connected = false, best_probe = false;
  for (size_t i = 0; i < j->count; i++) {
    Part *p = &j->parts[i];
    double rows, cost;
    bool probe, connected;
    if (p->done) continue;
    connected = overlap(j->run, j->maybe, p->alg->maybe);
    PROPTER_TRY(judge(j, p, &rows, &cost, &probe, err));
    bool waits = p->alg->kind == ALG_SERVICE && p->alg->name.slot != NO_SLOT && !slots_has(j->certain, p->alg->name.slot);
    if (waits) connected = false, rows = (double)INFINITY;
    if (!best || (connected && !best_connected) || (connected == best_connected && (rows < best_rows || (!(rows > best_rows) && cost < best_cost)))) best = p, best_rows = rows, best_cost = cost, best_connected = connected, best_probe = probe;
  }
  return join_part(j, best, best_rows < (double)INFINITY ? best_rows : j->rows, best_probe, err);
}

static PropterStatus init_parts(Joining *j, PropterError *err) {
  for (size_t i = 0; i < j->count; i++) {
    Part *p = &j->parts[i];
    if (leaf(p->alg)) {
      PROPTER_TRY(estimate_leaf(j->run, p->alg, &p->rows, err));
    } else {
      PROPTER_TRY(plan_pattern(j->run, p->alg, &p->op, err));
      p->rows = p->op->estimate;
    }
  }
  return PROPTER_OK;
}

/* Nested joins become one; a filter inside is lifted if it only sees what is always bound below it. */
static PropterStatus flatten(Joining *j, Alg *a, PropterError *err) {
  if (a->kind == ALG_JOIN) {
    for (size_t i = 0; i < a->count; i++) PROPTER_TRY(flatten(j, a->items[i], err));
    return PROPTER_OK;
  }
  if (a->kind == ALG_FILTER && (a->items[0]->kind == ALG_JOIN || leaf(a->items[0]))) {
    uint64_t *slots = slots_new(j->run, err);
    if (!slots) return exec_fail_memory(j->run, err);
    slots_of_expr(j->run, a->expr, slots);
    if (subset(j->run, slots, a->items[0]->certain)) {
      PROPTER_TRY(plan_expr(j->run, a->expr, err));
      j->filters[j->filter_count] = a->expr;
      j->filter_slots[j->filter_count++] = slots;
      return flatten(j, a->items[0], err);
    }
  }
  j->parts[j->count++].alg = a;
  return PROPTER_OK;
}

static size_t size_of(const Alg *a) {
  size_t n = 1;
  if (a->kind == ALG_JOIN || a->kind == ALG_FILTER)
    for (size_t i = 0; i < a->count; i++) n += size_of(a->items[i]);
  return n;
}

/* `filters`: conjuncts that hold over the whole join. */
static PropterStatus plan_join(Exec *run, Alg *a, Expr **filters, size_t filter_count, Op **out, PropterError *err) {
  size_t size = size_of(a) + filter_count;
  Joining j = {.run = run};
  j.parts = exec_plan_alloc(run, size * sizeof *j.parts);
  j.filters = exec_plan_alloc(run, size * sizeof *j.filters);
  j.filter_slots = exec_plan_alloc(run, size * sizeof *j.filter_slots);
  j.maybe = slots_new(run, err), j.certain = slots_new(run, err);
  if (!j.parts || !j.filters || !j.filter_slots || !j.maybe || !j.certain) return exec_fail_memory(run, err);
  for (size_t i = 0; i < filter_count; i++) {
    PROPTER_TRY(plan_expr(run, filters[i], err));
    j.filters[i] = filters[i];
    if (!(j.filter_slots[i] = slots_new(run, err))) return exec_fail_memory(run, err);
    slots_of_expr(run, filters[i], j.filter_slots[i]);
  }
  j.filter_count = filter_count;
  PROPTER_TRY(flatten(&j, a, err));
  PROPTER_TRY(init_parts(&j, err));
  Part *first = NULL;
  for (size_t i = 0; i < j.count; i++) {
    bool waits = j.parts[i].alg->kind == ALG_SERVICE && j.parts[i].alg->name.slot != NO_SLOT;
    if (!waits && (!first || j.parts[i].rows < first->rows)) first = &j.parts[i];
  }
  PROPTER_TRY(first_part(&j, first ? first : &j.parts[0], err));
  for (size_t i = 1; i < j.count; i++) PROPTER_TRY(next_part(&j, err));
  PROPTER_TRY(apply_filters(&j, true, err));
  *out = j.op;
  return PROPTER_OK;
}

/* --- Optional, minus, filter -------------------------------------------------------------------------------------------------- */

static PropterStatus plan_left(Exec *run, Alg *a, Op **out, PropterError *err) {
  Alg *left = a->items[0], *right = a->items[1];
  Op *l, *r;
  uint64_t *keys;
  double each = 1, all;
  PROPTER_TRY(plan_pattern(run, left, &l, err));
  if (a->expr) PROPTER_TRY(plan_expr(run, a->expr, err));
  bool connected = overlap(run, left->maybe, right->maybe);
  if (right->kind == ALG_SCAN && !a->expr && connected) {
    PROPTER_TRY(estimate_leaf(run, right, &all, err));
    PROPTER_TRY(estimate_probe(run, right, all, left->certain, &each, err));
    if (l->estimate * (PROBE_COST + each) < all + l->estimate) {
      double rows = l->estimate * fmax(each, 1);
      PROPTER_TRY(op_probe(run, l, right, true, out, err));
      (*out)->estimate = rows;
      return PROPTER_OK;
    }
  }
  PROPTER_TRY(plan_pattern(run, right, &r, err));
  bool service = right->kind == ALG_SERVICE && right->name.slot != NO_SLOT;
  if (service || (connected && bindable(run, right, left->maybe) && l->estimate * RESTART_COST < r->estimate + l->estimate)) {
    PROPTER_TRY(op_bind_join(run, JOIN_LEFT, l, r, right, a->expr, out, err));
  } else {
    PROPTER_TRY(common(run, left->certain, right->certain, &keys, err));
    PROPTER_TRY(op_hash_join(run, JOIN_LEFT, l, r, keys, a->expr, NULL, out, err));
  }
  (*out)->estimate = l->estimate;
  return PROPTER_OK;
}

static PropterStatus plan_minus(Exec *run, Alg *a, Op **out, PropterError *err) {
  Op *l, *r;
  uint64_t *keys;
  PROPTER_TRY(plan_pattern(run, a->items[0], &l, err));
  PROPTER_TRY(plan_pattern(run, a->items[1], &r, err));
  PROPTER_TRY(common(run, a->items[0]->certain, a->items[1]->certain, &keys, err));
  PROPTER_TRY(op_hash_join(run, JOIN_MINUS, l, r, keys, NULL, a, out, err));
  (*out)->estimate = l->estimate;
  return PROPTER_OK;
}

/* Moves a conjunct below operators that leave its slots alone. True: it found a place there. */
static PropterStatus sink(Exec *run, Alg **a, Expr *e, const uint64_t *slots, bool *sunk, PropterError *err) {
  Alg *alg = *a;
  *sunk = false;
  if ((alg->kind == ALG_LEFT || alg->kind == ALG_MINUS || alg->kind == ALG_EXTEND) && subset(run, slots, alg->items[0]->certain)) {
    bool deeper;
    *sunk = true;
    PROPTER_TRY(sink(run, &alg->items[0], e, slots, &deeper, err));
    if (deeper) return PROPTER_OK;
    Alg *filter = exec_plan_alloc(run, sizeof *filter), **items = exec_plan_alloc(run, sizeof *items);
    if (!filter || !items) return exec_fail_memory(run, err);
    items[0] = alg->items[0];
    *filter = (Alg){.kind = ALG_FILTER, .items = items, .count = 1, .expr = e, .slot = NO_SLOT, .from = NO_SLOT, .s = {NO_SLOT, 0}, .p = {NO_SLOT, 0}, .o = {NO_SLOT, 0}, .name = {NO_SLOT, 0}};
    filter->maybe = items[0]->maybe, filter->certain = items[0]->certain;
    alg->items[0] = filter;
  }
  return PROPTER_OK;
}

static PropterStatus plan_filter(Exec *run, Alg *a, Op **out, PropterError *err) {
  Expr *e = a->expr, **parts = e->op == EXPR_AND ? e->args : &a->expr;
  size_t count = e->op == EXPR_AND ? e->count : 1, kept = 0;
  Expr **rest = exec_plan_alloc(run, count * sizeof *rest);
  if (!rest) return exec_fail_memory(run, err);
  for (size_t i = 0; i < count; i++) {
    bool sunk;
    uint64_t *slots = slots_new(run, err);
    if (!slots) return exec_fail_memory(run, err);
    slots_of_expr(run, parts[i], slots);
    PROPTER_TRY(sink(run, &a->items[0], parts[i], slots, &sunk, err));
    if (!sunk) rest[kept++] = parts[i];
  }
  if (a->items[0]->kind == ALG_JOIN || leaf(a->items[0])) return plan_join(run, a->items[0], rest, kept, out, err);
  PROPTER_TRY(plan_pattern(run, a->items[0], out, err));
  for (size_t i = 0; i < kept; i++) {
    PROPTER_TRY(plan_expr(run, rest[i], err));
    PROPTER_TRY(op_filter(run, *out, rest[i], out, err));
  }
  return PROPTER_OK;
}

/* --- The rest ------------------------------------------------------------------------------------------------------------------ */

static PropterStatus plan_union(Exec *run, Alg *a, Op **out, PropterError *err) {
  Op **children = exec_plan_alloc(run, a->count * sizeof *children);
  if (!children) return exec_fail_memory(run, err);
  for (size_t i = 0; i < a->count; i++) PROPTER_TRY(plan_pattern(run, a->items[i], &children[i], err));
  return op_union(run, children, a->count, a, out, err);
}

static bool has_exists(const Expr *e) {
  if (e->pattern) return true;
  for (size_t i = 0; i < e->count; i++)
    if (has_exists(e->args[i])) return true;
  return false;
}

/* Patterns that can be matched in all named graphs at once, the graph being one more column. */
static bool plain(const Alg *a) {
  if (a->kind == ALG_PATH || a->kind == ALG_PROJECT || a->kind == ALG_SERVICE || a->kind == ALG_MINUS || (a->expr && has_exists(a->expr))) return false;
  for (size_t i = 0; i < a->count; i++)
    if (!plain(a->items[i])) return false;
  return true;
}

static PropterStatus plan_graph(Exec *run, Alg *a, Op **out, PropterError *err) {
  Op *child;
  if (plain(a->items[0]) && slots_has(a->items[0]->certain, a->slot)) return plan_pattern(run, a->items[0], out, err);
  PROPTER_TRY(plan_pattern(run, a->items[0], &child, err));
  return op_graph(run, child, a, out, err);
}

static PropterStatus plan_child(Exec *run, Alg *a, Op **child, PropterError *err) { return plan_alg(run, a->items[0], child, err); }

static PropterStatus plan_group(Exec *run, Alg *a, Op **out, PropterError *err) {
  Op *child;
  for (size_t i = 0; i < a->aggregate_count; i++)
    if (a->aggregates[i].arg) PROPTER_TRY(plan_expr(run, a->aggregates[i].arg, err));
  PROPTER_TRY(plan_pattern(run, a->items[0], &child, err));
  return op_group(run, child, a, out, err);
}

static PropterStatus plan_order(Exec *run, Alg *a, uint64_t limit, Op **out, PropterError *err) {
  Op *child;
  for (size_t i = 0; i < a->order_count; i++) PROPTER_TRY(plan_expr(run, a->order[i].expr, err));
  PROPTER_TRY(plan_child(run, a, &child, err));
  return op_order(run, child, a, limit, out, err);
}

/* A limit reaches an ORDER BY through the projection, not through DISTINCT. */
static PropterStatus plan_slice(Exec *run, Alg *a, Op **out, PropterError *err) {
  Alg *project = a->items[0];
  Op *child;
  if (a->has_limit && project->kind == ALG_PROJECT && project->items[0]->kind == ALG_ORDER && a->limit <= UINT32_MAX && a->offset <= UINT32_MAX) {
    PROPTER_TRY(plan_order(run, project->items[0], a->limit + a->offset, &child, err));
    PROPTER_TRY(op_project(run, child, project, &child, err));
  } else
    PROPTER_TRY(plan_child(run, a, &child, err));
  return op_slice(run, child, a, out, err);
}

PropterStatus plan_alg(Exec *run, Alg *a, Op **out, PropterError *err) {
  Op *child;
  PROPTER_TRY(exec_check(run, err));
  switch (a->kind) {
  case ALG_UNIT:
  case ALG_NONE:
  case ALG_VALUES:
    PROPTER_TRY(op_unit(run, a, out, err));
    (*out)->estimate = a->kind == ALG_VALUES ? (double)a->row_count : a->kind == ALG_UNIT ? 1 : 0;
    return PROPTER_OK;
  case ALG_SCAN:
  case ALG_PATH:
  case ALG_JOIN: return plan_join(run, a, NULL, 0, out, err);
  case ALG_LEFT: return plan_left(run, a, out, err);
  case ALG_UNION: return plan_union(run, a, out, err);
  case ALG_MINUS: return plan_minus(run, a, out, err);
  case ALG_FILTER: return plan_filter(run, a, out, err);
  case ALG_EXTEND:
    PROPTER_TRY(plan_expr(run, a->expr, err));
    PROPTER_TRY(plan_pattern(run, a->items[0], &child, err));
    return op_extend(run, child, a, out, err);
  case ALG_GRAPH: return plan_graph(run, a, out, err);
  case ALG_UNIFY:
    PROPTER_TRY(plan_pattern(run, a->items[0], &child, err));
    return op_unify(run, child, a, out, err);
  case ALG_SERVICE: return op_service(run, a, out, err);
  case ALG_GROUP: return plan_group(run, a, out, err);
  case ALG_PROJECT:
    PROPTER_TRY(plan_child(run, a, &child, err));
    return op_project(run, child, a, out, err);
  case ALG_DISTINCT:
    PROPTER_TRY(plan_child(run, a, &child, err));
    return op_distinct(run, child, a, out, err);
  case ALG_ORDER: return plan_order(run, a, UINT64_MAX, out, err);
  case ALG_SLICE: return plan_slice(run, a, out, err);
  default: return propter_fail(err, PROPTER_BUG, "an algebra node of an unknown kind");
  }
}

/* A sub-select never sees the outer row: grouping and slicing would see other rows. */
static PropterStatus plan_pattern(Exec *run, Alg *a, Op **out, PropterError *err) {
  Op *child;
  if (a->kind != ALG_PROJECT && a->kind != ALG_DISTINCT && a->kind != ALG_SLICE) return plan_alg(run, a, out, err);
  PROPTER_TRY(plan_alg(run, a, &child, err));
  return op_apart(run, child, a, out, err);
}

PropterStatus plan_expr(Exec *run, Expr *e, PropterError *err) {
  if (e->pattern && !e->plan) {
    e->outer = exec_plan_alloc(run, run->slot_names.count * sizeof *e->outer);
    if (!e->outer) return exec_fail_memory(run, err);
    PROPTER_TRY(plan_pattern(run, e->pattern, &e->plan, err));
    PROPTER_TRY(op_want(e->plan, NULL, err));
  }
  for (size_t i = 0; i < e->count; i++) PROPTER_TRY(plan_expr(run, e->args[i], err));
  return PROPTER_OK;
}

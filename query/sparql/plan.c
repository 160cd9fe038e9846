/* SPDX-License-Identifier: Apache-2.0 */
/* Algebra to operators: everything but the order of joins. */
#include <math.h>
#include <string.h>

#include "plan.h"

/* --- Slots ------------------------------------------------------------------------------------------------------------------ */

bool slots_subset(const Exec *run, const uint64_t *a, const uint64_t *b) {
  for (size_t w = 0; w < slots_words(run); w++)
    if (a[w] & ~b[w]) return false;
  return true;
}

bool slots_overlap(const Exec *run, const uint64_t *a, const uint64_t *b) {
  for (size_t w = 0; w < slots_words(run); w++)
    if (a[w] & b[w]) return true;
  return false;
}

void slots_unite(const Exec *run, uint64_t *to, const uint64_t *from) {
  for (size_t w = 0; w < slots_words(run); w++) to[w] |= from[w];
}

PropterStatus slots_common(Exec *run, const uint64_t *a, const uint64_t *b, uint64_t **out, PropterError *err) {
  *out = slots_new(run, err);
  if (!*out) return exec_fail_memory(run, err);
  for (size_t w = 0; w < slots_words(run); w++) (*out)[w] = a[w] & b[w];
  return PROPTER_OK;
}

/* --- Starting a part for each row ------------------------------------------------------------------------------------------------ */

/* Are the values given for what a group is made of only values of its keys, which all its rows have? */
static bool groups_by(const Exec *run, const Alg *a, const uint64_t *given, uint64_t *scratch) {
  slots_mentioned(run, a->items[0], scratch);
  for (size_t w = 0; w < slots_words(run); w++) scratch[w] &= given[w];
  for (size_t i = 0; i < a->slot_count; i++)
    if (slots_has(scratch, a->slots[i]) && slots_has(a->items[0]->certain, a->slots[i])) scratch[a->slots[i] / 64] &= ~((uint64_t)1 << (a->slots[i] % 64));
  for (size_t w = 0; w < slots_words(run); w++)
    if (scratch[w]) return false;
  return true;
}

/* `into`: sub-selects that stand here, too. */
static bool bindable(const Exec *run, const Alg *a, const uint64_t *given, bool into) {
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
      if (!bindable(run, a->items[i], given, false)) return false;
    return true;
  case ALG_PROJECT:
  case ALG_DISTINCT:
  case ALG_ORDER: return into && bindable(run, a->items[0], given, true);
  case ALG_GROUP:
    memset(small, 0, sizeof small);
    return into && groups_by(run, a, given, small) && bindable(run, a->items[0], given, false);
  case ALG_FILTER:
  case ALG_EXTEND:
    memset(small, 0, sizeof small);
    slots_of_expr(run, a->expr, small);
    for (size_t w = 0; w < words; w++)
      if (small[w] & given[w] & ~a->items[0]->certain[w]) return false;
    return !slots_has(given, a->kind == ALG_EXTEND ? a->slot : NO_SLOT) && bindable(run, a->items[0], given, into);
  case ALG_LEFT:
    memset(small, 0, sizeof small);
    slots_mentioned(run, a->items[1], small);
    if (a->expr) slots_of_expr(run, a->expr, small);
    for (size_t w = 0; w < words; w++)
      if (small[w] & given[w] & ~a->items[0]->certain[w]) return false;
    return bindable(run, a->items[0], given, false) && bindable(run, a->items[1], given, false);
  default: return false;
  }
}

bool plan_bindable(const Exec *run, const Alg *a, const uint64_t *given) { return bindable(run, a, given, false); }

static bool sub_select(const Alg *a) { return a->kind == ALG_PROJECT || a->kind == ALG_DISTINCT; }

bool plan_passes(const Exec *run, const Alg *a, const uint64_t *given) {
  return sub_select(a) && !run->given && !run->fixed && !run->query->by_chance && bindable(run, a, given, true);
}

/* All rows of the leaves of a tree, and the fewest a leaf gives to one row that binds `certain`. */
static PropterStatus weigh(Exec *run, const Alg *a, const uint64_t *certain, double *all, double *fewest, size_t *leaves, PropterError *err) {
  if (plan_leaf_kind(a)) {
    double rows, each;
    PROPTER_TRY(estimate_leaf(run, a, &rows, err));
    PROPTER_TRY(estimate_probe(run, a, rows, certain, &each, err));
    *all += rows, *fewest = fmin(*fewest, each), ++*leaves;
  }
  for (size_t i = 0; i < a->count; i++) PROPTER_TRY(weigh(run, a->items[i], certain, all, fewest, leaves, err));
  return PROPTER_OK;
}

PropterStatus plan_start_cost(Exec *run, const Alg *a, const uint64_t *certain, double *start, double *once, PropterError *err) {
  double all = 0, fewest = (double)INFINITY;
  size_t leaves = 0;
  PROPTER_TRY(weigh(run, a, certain, &all, &fewest, &leaves, err));
  *start = leaves ? RESTART_COST + (double)leaves * (SEEK_COST + fewest) : (double)INFINITY;
  *once = all * NEXT_COST;
  return PROPTER_OK;
}

/* Is it cheaper to start `a` for each of `rows` rows that bind `certain` than to compute it once? */
static PropterStatus prefers_bind(Exec *run, const Alg *a, double rows, const uint64_t *certain, bool *bind, PropterError *err) {
  double start, once;
  PROPTER_TRY(plan_start_cost(run, a, certain, &start, &once, err));
  *bind = rows * start < once + rows * MATCH_COST;
  return PROPTER_OK;
}

static PropterStatus plan_expr(Exec *run, Expr *e, PropterError *err) {
  if (e->pattern && !e->plan) {
    e->outer = exec_plan_alloc(run, run->slot_names.count * sizeof *e->outer);
    if (!e->outer) return exec_fail_memory(run, err);
    PROPTER_TRY(plan_pattern(run, e->pattern, &e->plan, err));
    PROPTER_TRY(op_want(e->plan, NULL, err));
  }
  for (size_t i = 0; i < e->count; i++) PROPTER_TRY(plan_expr(run, e->args[i], err));
  return PROPTER_OK;
}

PropterStatus plan_started(Exec *run, Alg *a, const uint64_t *certain, Op **out, PropterError *err) {
  const uint64_t *given = run->given;
  bool passes = plan_passes(run, a, certain);
  run->given = certain;
  PropterStatus status = passes ? plan_alg(run, a, out, err) : plan_pattern(run, a, out, err);
  run->given = given;
  return status;
}

double plan_cost(Op *op) {
  size_t count;
  Op **inputs = op_children(op, &count);
  double cost = op->estimate + (op->left ? plan_cost(op->left) : 0) + (op->right ? plan_cost(op->right) : 0);
  if (op->cost > 0) return op->cost;
  for (size_t i = 0; i < count; i++) cost += plan_cost(inputs[i]);
  return cost;
}

/* EXISTS as a plan started for each row of *op, into e->plan, or as one that is computed once, into *once; *once NULL: the former. Both are planned and their
 * costs compared, but not for an EXISTS within another, so that planning does not double with every level. */
static PropterStatus plan_exists(Exec *run, const Op *op, Expr *e, const uint64_t *certain, Op **once, PropterError *err) {
  const uint64_t *given = run->given;
  bool bind, nested = run->weighing;
  *once = NULL;
  PROPTER_TRY(prefers_bind(run, e->pattern, op->estimate, certain, &bind, err));
  if (nested && bind) return PROPTER_OK;
  run->weighing = true;
  PropterStatus status = plan_pattern(run, e->pattern, once, err);
  run->given = certain;
  if (status == PROPTER_OK && !nested) status = plan_expr(run, e, err);
  run->given = given, run->weighing = nested;
  PROPTER_TRY(status);
  if (nested) return PROPTER_OK;
  double each = RESTART_COST + plan_cost(e->plan), whole = plan_cost(*once) + (*once)->estimate * BUILD_COST;
  if (op->estimate * each < whole + op->estimate * MATCH_COST) *once = NULL;
  return PROPTER_OK;
}

PropterStatus plan_condition(Exec *run, Op **op, Expr *e, const uint64_t *maybe, const uint64_t *certain, PropterError *err) {
  bool exists = e->op == EXPR_EXISTS || e->op == EXPR_NOT_EXISTS;
  Op *right = NULL;
  if (exists && !e->plan && slots_overlap(run, certain, e->pattern->certain) && plan_bindable(run, e->pattern, maybe))
    PROPTER_TRY(plan_exists(run, *op, e, certain, &right, err));
  if (!right) {
    const uint64_t *given = run->given;
    run->given = certain;
    PropterStatus status = plan_expr(run, e, err);
    run->given = given;
    return status == PROPTER_OK ? op_filter(run, *op, e, op, err) : status;
  }
  uint64_t *keys;
  PROPTER_TRY(slots_common(run, certain, e->pattern->certain, &keys, err));
  double rows = (*op)->estimate;
  PROPTER_TRY(op_hash_join(run, e->op == EXPR_EXISTS ? JOIN_SEMI : JOIN_ANTI, *op, right, keys, NULL, NULL, op, err));
  (*op)->estimate = rows * 0.5;
  return PROPTER_OK;
}

static PropterStatus plan_apart(Exec *run, Alg *a, Op **out, PropterError *err);

PropterStatus plan_lookup(Exec *run, Op *left, const Alg *a, double all, bool optional, Op **out, PropterError *err) {
  if (merge_fits(left, a) && left->estimate * WINDOW_ROWS >= all) return op_merge(run, left, a, optional, out, err);
  return op_probe(run, left, a, optional, out, err);
}

/* --- Optional, minus, filter -------------------------------------------------------------------------------------------------- */

static PropterStatus plan_left(Exec *run, Alg *a, Op **out, PropterError *err) {
  Alg *left = a->items[0], *right = a->items[1];
  Op *l, *r;
  uint64_t *keys;
  double each = 1, all;
  PROPTER_TRY(plan_pattern(run, left, &l, err));
  if (a->expr) PROPTER_TRY(plan_expr(run, a->expr, err));
  bool connected = slots_overlap(run, left->maybe, right->maybe);
  if (right->kind == ALG_SCAN && !a->expr && connected) {
    PROPTER_TRY(estimate_leaf(run, right, &all, err));
    PROPTER_TRY(estimate_probe(run, right, all, left->certain, &each, err));
    if (l->estimate * (SEEK_COST + each) < all * NEXT_COST + l->estimate * MATCH_COST ||
        (l->sorted != NO_SLOT && (l->sorted == right->s.slot || l->sorted == right->o.slot))) {
      double rows = l->estimate * fmax(each, 1);
      PROPTER_TRY(plan_lookup(run, l, right, all, true, out, err));
      (*out)->estimate = rows;
      return PROPTER_OK;
    }
  }
  bool bind = alg_waits(right), passes = plan_passes(run, right, left->maybe);
  if (!bind && connected && (passes || plan_bindable(run, right, left->maybe)))
    PROPTER_TRY(prefers_bind(run, right, l->estimate, left->certain, &bind, err));
  PROPTER_TRY(bind ? plan_started(run, right, left->certain, &r, err) : plan_pattern(run, right, &r, err));
  if (bind) {
    PROPTER_TRY(op_bind_join(run, JOIN_LEFT, l, r, right, a->expr, out, err));
  } else {
    PROPTER_TRY(slots_common(run, left->certain, right->certain, &keys, err));
    PROPTER_TRY(op_hash_join(run, JOIN_LEFT, l, r, keys, a->expr, NULL, out, err));
  }
  (*out)->estimate = l->estimate;
  return PROPTER_OK;
}

static PropterStatus plan_minus(Exec *run, Alg *a, Op **out, PropterError *err) {
  Op *l, *r;
  uint64_t *keys;
  PROPTER_TRY(plan_pattern(run, a->items[0], &l, err));
  PROPTER_TRY(plan_apart(run, a->items[1], &r, err));
  PROPTER_TRY(slots_common(run, a->items[0]->certain, a->items[1]->certain, &keys, err));
  PROPTER_TRY(op_hash_join(run, JOIN_MINUS, l, r, keys, NULL, a, out, err));
  (*out)->estimate = l->estimate;
  return PROPTER_OK;
}

/* Moves a conjunct below operators that leave its slots alone. True: it found a place there. */
static PropterStatus sink(Exec *run, Alg **a, Expr *e, const uint64_t *slots, bool *sunk, PropterError *err) {
  Alg *alg = *a;
  *sunk = false;
  if ((alg->kind == ALG_LEFT || alg->kind == ALG_MINUS || alg->kind == ALG_EXTEND) && slots_subset(run, slots, alg->items[0]->certain)) {
    bool deeper;
    *sunk = true;
    PROPTER_TRY(sink(run, &alg->items[0], e, slots, &deeper, err));
    if (deeper) return PROPTER_OK;
    Alg *filter = exec_plan_alloc(run, sizeof *filter), **items = exec_plan_alloc(run, sizeof *items);
    if (!filter || !items) return exec_fail_memory(run, err);
    items[0] = alg->items[0];
    *filter = (Alg){.kind = ALG_FILTER,
                    .items = items,
                    .count = 1,
                    .expr = e,
                    .slot = NO_SLOT,
                    .from = NO_SLOT,
                    .s = {NO_SLOT, 0},
                    .p = {NO_SLOT, 0},
                    .o = {NO_SLOT, 0}};
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
  if (kept < count) {
    /* What has sunk stays there if this is planned again. */
    if (!(a->expr = exec_plan_alloc(run, sizeof *a->expr))) return exec_fail_memory(run, err);
    *a->expr = (Expr){.op = EXPR_AND, .slot = NO_SLOT, .args = rest, .count = kept};
  }
  if (a->items[0]->kind == ALG_JOIN || plan_leaf_kind(a->items[0])) return plan_join(run, a->items[0], rest, kept, out, err);
  PROPTER_TRY(plan_pattern(run, a->items[0], out, err));
  for (size_t i = 0; i < kept; i++) {
    PROPTER_TRY(plan_condition(run, out, rest[i], a->items[0]->maybe, a->items[0]->certain, err));
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

/* Patterns that can be matched in all named graphs at once, the graph being one more column. A row that an OPTIONAL may leave as it is must have its graph
 * before: else it would be kept in the graphs that extend it only. */
static bool plain(const Alg *a, uint32_t slot) {
  if (a->kind == ALG_LEFT && !slots_has(a->items[0]->certain, slot)) return false;
  if (a->kind == ALG_PATH || a->kind == ALG_PROJECT || a->kind == ALG_SERVICE || a->kind == ALG_MINUS || (a->expr && has_exists(a->expr))) return false;
  for (size_t i = 0; i < a->count; i++)
    if (!plain(a->items[i], slot)) return false;
  return true;
}

static PropterStatus plan_graph(Exec *run, Alg *a, Op **out, PropterError *err) {
  Op *child;
  if (plain(a->items[0], a->slot) && slots_has(a->items[0]->certain, a->slot)) return plan_pattern(run, a->items[0], out, err);
  PROPTER_TRY(plan_pattern(run, a->items[0], &child, err));
  return op_graph(run, child, a, out, err);
}

static PropterStatus plan_child(Exec *run, Alg *a, Op **child, PropterError *err) {
  PROPTER_TRY(plan_alg(run, a->items[0], child, err));
  return a->items[0] == run->pattern && !run->limited ? op_halves(run, *child, child, err) : PROPTER_OK;
}

/* The same for what reads all of its input, whatever is asked of it. */
static PropterStatus plan_whole(Exec *run, Alg *a, PropterStatus (*plan)(Exec *, Alg *, Op **, PropterError *), Op **child, PropterError *err) {
  bool limited = run->limited;
  const Alg *below = a->items[0];
  while (below->kind == ALG_FILTER || below->kind == ALG_EXTEND) below = below->items[0];
  run->limited = false, run->any_order = below->kind == ALG_SCAN;
  PropterStatus status = plan(run, a->items[0], child, err);
  run->limited = limited, run->any_order = false;
  return status;
}

static PropterStatus plan_group(Exec *run, Alg *a, Op **out, PropterError *err) {
  Op *child;
  if (!run->given) PROPTER_TRY(op_runs(run, a, out, err));
  if (*out) return PROPTER_OK;
  for (size_t i = 0; i < a->aggregate_count; i++)
    if (a->aggregates[i].arg) PROPTER_TRY(plan_expr(run, a->aggregates[i].arg, err));
  PROPTER_TRY(plan_whole(run, a, plan_pattern, &child, err));
  return op_group(run, child, a, out, err);
}

static PropterStatus plan_order(Exec *run, Alg *a, uint64_t limit, Op **out, PropterError *err) {
  Op *child;
  for (size_t i = 0; i < a->order_count; i++) PROPTER_TRY(plan_expr(run, a->order[i].expr, err));
  PROPTER_TRY(plan_whole(run, a, plan_alg, &child, err));
  if (a->items[0] == run->pattern) PROPTER_TRY(op_halves(run, child, &child, err));
  return op_order(run, child, a, limit, out, err);
}

/* A limit reaches an ORDER BY through the projection, not through DISTINCT. */
static PropterStatus plan_slice(Exec *run, Alg *a, Op **out, PropterError *err) {
  Alg *project = a->items[0];
  Op *child;
  bool limited = run->limited;
  run->limited = limited || a->has_limit;
  if (a->has_limit && project->kind == ALG_PROJECT && project->items[0]->kind == ALG_ORDER && a->limit <= UINT32_MAX && a->offset <= UINT32_MAX) {
    PROPTER_TRY(plan_order(run, project->items[0], a->limit + a->offset, &child, err));
    PROPTER_TRY(op_project(run, child, project, &child, err));
  } else
    PROPTER_TRY(plan_child(run, a, &child, err));
  run->limited = limited;
  return op_slice(run, child, a, out, err);
}

PropterStatus plan_select(Exec *run, Alg *a, Op **out, PropterError *err) {
  const Alg *pattern = a;
  while (pattern->kind == ALG_SLICE || pattern->kind == ALG_DISTINCT || pattern->kind == ALG_PROJECT || pattern->kind == ALG_ORDER) pattern = pattern->items[0];
  run->pattern = pattern;
  return plan_alg(run, a, out, err);
}

PropterStatus plan_alg(Exec *run, Alg *a, Op **out, PropterError *err) {
  Op *child;
  *out = NULL;
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
    if (!run->given) PROPTER_TRY(op_runs(run, a, out, err));
    if (*out) return PROPTER_OK;
    PROPTER_TRY(plan_child(run, a, &child, err));
    return op_distinct(run, child, a, out, err);
  case ALG_ORDER: return plan_order(run, a, UINT64_MAX, out, err);
  case ALG_SLICE: return plan_slice(run, a, out, err);
  default: return propter_fail(err, PROPTER_BUG, "an algebra node of an unknown kind");
  }
}

/* Plans what will not see the outer row. */
static PropterStatus plan_apart(Exec *run, Alg *a, Op **out, PropterError *err) {
  const uint64_t *given = run->given;
  run->given = NULL;
  PropterStatus status = plan_alg(run, a, out, err);
  run->given = given;
  return status;
}

/* A sub-select never sees the outer row: grouping and slicing would see other rows. */
PropterStatus plan_pattern(Exec *run, Alg *a, Op **out, PropterError *err) {
  Op *child;
  if (a->kind != ALG_PROJECT && a->kind != ALG_DISTINCT && a->kind != ALG_SLICE) return plan_alg(run, a, out, err);
  PROPTER_TRY(plan_apart(run, a, &child, err));
  return op_apart(run, child, a, out, err);
}

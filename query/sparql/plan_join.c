/* SPDX-License-Identifier: Apache-2.0 */
/* The order and kinds of joins. A greedy order comes first; if it looks expensive, all trees of up to DP_PARTS parts are compared by dynamic programming over
 * subsets in at most 50 ms: each subset extended by one part (Selinger et al., Access path selection, 1979), or two connected subsets joined by hash (bushy
 * trees: Moerkotte and Neumann, Analysis of two existing and one new dynamic programming algorithm, VLDB 2006). */
#include <math.h>
#include <string.h>

#include "ranges.h"

enum { DP_PARTS = 12 };
#define PLAN_NS 50000000U
#define DP_WORTH 20000.0 /* cost from which comparing all orders pays */

typedef enum { BY_LOOKUP, BY_RESTART, BY_HASH, BY_HASH_SWAPPED } Method;

typedef struct {
  Alg *alg;
  Op *op; /* planned, unless it is a SCAN or PATH */
  double rows;
} Part;

/* The best way to join a set of parts, named by their bits: `split`, one of the two sets that are joined, or 0: `last` joined to the others. */
typedef struct {
  double rows, cost;
  uint32_t sorted;
  unsigned split, near; /* near: parts that share a variable with one of these */
  unsigned char last, parts;
} Subset;

/* What has been joined so far, as far as estimates go. */
typedef struct {
  double rows, cost;
  uint32_t sorted;
  uint64_t *maybe, *certain;
  uint64_t joined; /* the first 64 parts */
} State;

typedef struct {
  Exec *run;
  Part *parts;
  size_t count;
  Expr **filters;
  uint64_t **filter_slots;
  bool *counted; /* filters that estimates of the parts know of */
  size_t filter_count;
  Op *op; /* joined so far */
  State state;
  const Subset *sets; /* the best tree, if it is better than the greedy order */
} Joining;

static bool waits(const Part *p, const State *s) {
  for (size_t i = 0; i < p->alg->input_count; i++)
    if (p->alg->inputs[i].slot != NO_SLOT && !slots_has(s->certain, p->alg->inputs[i].slot)) return true;
  return false;
}

/* --- Judging -------------------------------------------------------------------------------------------------------------------- */

/* Cost of looking `rows` rows up in a pattern: one after the other, or in batches that go through it in order. */
static double lookup_cost(double rows, double all, bool sorted) {
  if (sorted) return fmin(rows * SEEK_COST, all) + rows * MERGE_COST;
  double batches = ceil(rows / BATCH), each = rows / fmax(batches, 1);
  return batches * fmin(each * SEEK_COST, all * 2) + rows * NEXT_COST;
}

/* Rows of a pattern also outside of its ranges. */
static double whole_rows(const Part *p) { return p->rows / (alg_share(p->alg, 0) * alg_share(p->alg, 2)); }

static bool star_part(const Alg *a, uint32_t subject) {
  return a->kind == ALG_SCAN && a->s.slot == subject && subject != NO_SLOT && a->p.id && !exec_local(a->p.id) && a->graphs.kind == GRAPHS_UNION;
}

/* Rows of a part for each row where other parts with its subject's variable have been joined, from characteristic sets: how many of the subjects that have
 * those predicates have this one, too, and how often. */
static void star_rows(const Joining *j, const State *s, const Part *p, double *each) {
  enum { MOST_PREDICATES = 16 };
  PropterId predicates[MOST_PREDICATES];
  size_t count = 0;
  double before, subjects, triples, unused;
  bool known;
  if (!j->run->statistics || !star_part(p->alg, p->alg->s.slot) || p->alg->o.id || slots_has(s->certain, p->alg->o.slot)) return;
  for (size_t i = 0; i < j->count && i < 64 && count + 1 < MOST_PREDICATES; i++)
    if (s->joined >> i & 1 && star_part(j->parts[i].alg, p->alg->s.slot)) {
      /* A constant, as of a class, goes with other predicates than most. */
      if (j->parts[i].alg->o.id) return;
      predicates[count++] = j->parts[i].alg->p.id;
    }
  if (!count) return;
  estimate_star(j->run, predicates, count, &before, &unused, &known);
  predicates[count++] = p->alg->p.id;
  if (known) estimate_star(j->run, predicates, count, &subjects, &triples, &known);
  if (known && before > 0) *each = triples / before;
}

/* Has a sub-select at most one row for each row that binds `certain`, the keys of its groups? */
static bool one_each(const Alg *a, const uint64_t *certain) {
  while (a->kind != ALG_GROUP && a->count == 1 && !plan_leaf_kind(a)) a = a->items[0];
  for (size_t i = 0; a->kind == ALG_GROUP && i < a->slot_count; i++)
    if (!slots_has(certain, a->slots[i])) return false;
  return a->kind == ALG_GROUP;
}

/* Output, cost and method of joining a part to what there is. */
static PropterStatus judge(Joining *j, const State *s, const Part *p, double *rows, double *cost, Method *method, PropterError *err) {
  const Alg *a = p->alg;
  bool leaf = plan_leaf_kind(a), connected = slots_overlap(j->run, s->maybe, a->maybe);
  double each = p->rows;
  if (leaf) PROPTER_TRY(estimate_probe(j->run, a, p->rows, s->certain, &each, err));
  if (leaf) star_rows(j, s, p, &each);
  *rows = !connected ? s->rows * p->rows : leaf ? s->rows * each : fmax(s->rows, p->rows);
  bool swap = s->rows < p->rows;
  double small = swap ? s->rows : p->rows, large = swap ? p->rows : s->rows;
  *method = swap ? BY_HASH_SWAPPED : BY_HASH;
  *cost = (leaf ? p->rows : 0) + small * BUILD_COST + large * MATCH_COST;
  if (!connected) return PROPTER_OK;
  /* A path with no end known is a search from every node; one with an end known is searched from there once. */
  bool searched = a->kind == ALG_PATH && (a->s.id || a->o.id), must = (a->kind == ALG_PATH && !searched) || alg_waits(a);
  if (searched) *cost += p->rows * VISIT_COST;
  if (a->kind == ALG_SCAN) {
    bool sorted = s->sorted != NO_SLOT && (s->sorted == a->s.slot || s->sorted == a->o.slot);
    double lookups = lookup_cost(s->rows, whole_rows(p), sorted);
    if (lookups < *cost) *cost = lookups, *method = BY_LOOKUP;
  } else if (must || plan_bindable(j->run, a, s->maybe)) {
    double starts = s->rows * (RESTART_COST + (p->op ? p->op->estimate * 0.1 : 0));
    if (must || starts < *cost) *cost = starts, *method = BY_RESTART;
  } else if (plan_passes(j->run, a, s->maybe)) {
    double start, once;
    PROPTER_TRY(plan_start_cost(j->run, a, s->certain, &start, &once, err));
    if (one_each(a, s->certain)) *rows = s->rows;
    *cost += once;
    if (s->rows * start < *cost) *cost = s->rows * start, *method = BY_RESTART;
  }
  return PROPTER_OK;
}

static bool better(bool connected, double rows, double cost, bool best_connected, double best_rows, double best_cost) {
  return (connected && !best_connected) || (connected == best_connected && (rows < best_rows || (!(rows > best_rows) && cost < best_cost)));
}

/* The slot a first scan should be sorted by: one the second part looks up. */
static uint32_t join_slot(const Exec *run, const Part *first, const Part *second) {
  const uint32_t slots[] = {first->alg->s.slot, first->alg->o.slot}, by_ranges = scan_ranges_slot(run, first->alg);
  if (first->alg->kind != ALG_SCAN || !second || second->alg->kind != ALG_SCAN) return NO_SLOT;
  if (by_ranges != NO_SLOT) return by_ranges;
  for (size_t i = 0; i < 2; i++)
    if (slots[i] != NO_SLOT && (second->alg->s.slot == slots[i] || second->alg->o.slot == slots[i])) return slots[i];
  return NO_SLOT;
}

/* Two of three positions constant: the rows are sorted by the third in any case. */
static uint32_t sole_slot(const Part *p) {
  const Alg *a = p->alg;
  if (a->kind != ALG_SCAN || a->graphs.kind == GRAPHS_ONE || (a->s.id != 0) + (a->p.id != 0) + (a->o.id != 0) != 2) return NO_SLOT;
  return a->s.slot != NO_SLOT ? a->s.slot : a->p.slot != NO_SLOT ? a->p.slot : a->o.slot;
}

/* --- Greedy order ----------------------------------------------------------------------------------------------------------------- */

static PropterStatus new_state(Exec *run, State *s, PropterError *err) {
  *s = (State){.sorted = NO_SLOT, .maybe = slots_new(run, err), .certain = slots_new(run, err)};
  return s->maybe && s->certain ? PROPTER_OK : exec_fail_memory(run, err);
}

static void reset_state(Joining *j, State *s) {
  size_t size = slots_words(j->run) * sizeof *s->maybe;
  memset(s->maybe, 0, size);
  memset(s->certain, 0, size);
  if (j->run->given) memcpy(s->certain, j->run->given, size), memcpy(s->maybe, j->run->given, size);
  s->rows = s->cost = 0, s->sorted = NO_SLOT, s->joined = 0;
}

static uint64_t bit_of(const Joining *j, const Part *p) { return p - j->parts < 64 ? (uint64_t)1 << (p - j->parts) : 0; }

static void add_part(Joining *j, State *s, const Part *p, double rows, double cost) {
  slots_unite(j->run, s->maybe, p->alg->maybe);
  slots_unite(j->run, s->certain, p->alg->certain);
  s->rows = rows, s->cost += cost + rows, s->joined |= bit_of(j, p);
}

static PropterStatus begin_state(Joining *j, State *s, const Part *p, PropterError *err) {
  double rows = p->rows;
  reset_state(j, s);
  double start, once = 0;
  if (plan_leaf_kind(p->alg) && j->run->given) PROPTER_TRY(estimate_probe(j->run, p->alg, p->rows, s->certain, &rows, err));
  if (plan_passes(j->run, p->alg, s->maybe)) PROPTER_TRY(plan_start_cost(j->run, p->alg, s->certain, &start, &once, err));
  s->sorted = sole_slot(p);
  add_part(j, s, p, rows, rows + once);
  return PROPTER_OK;
}

/* Order: what connects before what does not, then fewest rows, then least cost, then as written. */
static PropterStatus greedy(Joining *j, size_t *order, State *s, PropterError *err) {
  bool *taken = exec_plan_alloc(j->run, j->count * sizeof *taken);
  if (!taken) return exec_fail_memory(j->run, err);
  size_t first = SIZE_MAX;
  double first_rows = 0;
  for (size_t i = 0; i < j->count; i++) {
    double rows = j->parts[i].rows;
    reset_state(j, s);
    if (waits(&j->parts[i], s)) continue;
    if (plan_leaf_kind(j->parts[i].alg) && j->run->given) PROPTER_TRY(estimate_probe(j->run, j->parts[i].alg, rows, s->certain, &rows, err));
    if (first == SIZE_MAX || rows < first_rows) first = i, first_rows = rows;
  }
  order[0] = first == SIZE_MAX ? 0 : first;
  taken[order[0]] = true;
  PROPTER_TRY(begin_state(j, s, &j->parts[order[0]], err));
  for (size_t n = 1; n < j->count; n++) {
    size_t best = SIZE_MAX;
    double best_rows = 0, best_cost = 0;
    bool best_connected = false;
    for (size_t i = 0; i < j->count; i++) {
      Part *p = &j->parts[i];
      double rows, cost;
      Method method;
      if (taken[i]) continue;
      bool connected = slots_overlap(j->run, s->maybe, p->alg->maybe);
      PROPTER_TRY(judge(j, s, p, &rows, &cost, &method, err));
      PROPTER_TRY(exec_tick(j->run, err));
      if (waits(p, s)) connected = false, rows = (double)INFINITY;
      if (best == SIZE_MAX || better(connected, rows, cost, best_connected, best_rows, best_cost))
        best = i, best_rows = rows, best_cost = cost, best_connected = connected;
    }
    taken[best] = true;
    if (n == 1 && s->sorted == NO_SLOT) s->sorted = join_slot(j->run, &j->parts[order[0]], &j->parts[best]);
    add_part(j, s, &j->parts[best], best_rows < (double)INFINITY ? best_rows : s->rows, best_cost);
    order[n] = best;
  }
  return PROPTER_OK;
}

/* --- All trees ------------------------------------------------------------------------------------------------------------------------ */

static void state_of(Joining *j, const Subset *sets, unsigned set, State *s) {
  reset_state(j, s);
  for (size_t i = 0; i < j->count; i++)
    if (set >> i & 1) {
      slots_unite(j->run, s->maybe, j->parts[i].alg->maybe);
      slots_unite(j->run, s->certain, j->parts[i].alg->certain);
    }
  s->rows = sets[set].rows, s->cost = sets[set].cost, s->sorted = sets[set].sorted, s->joined = set;
}

static PropterStatus extend_subset(Joining *j, Subset *sets, unsigned set, State *s, PropterError *err) {
  bool any = false;
  state_of(j, sets, set, s);
  for (int pass = 0; pass < 2 && !any; pass++)
    for (size_t i = 0; i < j->count; i++) {
      const Part *p = &j->parts[i];
      double rows, cost;
      Method method;
      uint32_t sorted = s->sorted;
      if (set >> i & 1 || waits(p, s) || (pass == 0 && !slots_overlap(j->run, s->maybe, p->alg->maybe))) continue;
      any = true;
      if (sets[set].parts == 1 && sorted == NO_SLOT) s->sorted = join_slot(j->run, &j->parts[sets[set].last], p);
      PROPTER_TRY(judge(j, s, p, &rows, &cost, &method, err));
      Subset *to = &sets[set | 1U << i];
      if (to->parts == 0 || s->cost + cost + rows < to->cost)
        *to = (Subset){rows, s->cost + cost + rows, s->sorted, 0, sets[set].near | sets[1U << i].near, (unsigned char)i, (unsigned char)(sets[set].parts + 1)};
      s->sorted = sorted;
    }
  return PROPTER_OK;
}

/* Variables that two sets of parts share. */
static size_t shared_slots(const Joining *j, unsigned one, unsigned two) {
  size_t n = 0;
  for (size_t w = 0; w < slots_words(j->run); w++) {
    uint64_t a = 0, b = 0;
    for (size_t i = 0; i < j->count; i++) {
      if (one >> i & 1) a |= j->parts[i].alg->maybe[w];
      if (two >> i & 1) b |= j->parts[i].alg->maybe[w];
    }
    n += (size_t)__builtin_popcountll(a & b);
  }
  return n;
}

/* Two subsets of several parts each that meet in one variable: where they meet in more, as in a cycle, there is no telling how many rows meet. */
static void split_subset(const Joining *j, Subset *sets, unsigned set) {
  Subset *whole = &sets[set];
  for (unsigned one = (set - 1) & set; one > set / 2; one = (one - 1) & set) {
    const Subset *a = &sets[one], *b = &sets[set & ~one];
    if (a->parts < 2 || b->parts < 2 || !(a->near & set & ~one)) continue;
    double cost = a->cost + b->cost + fmin(a->rows, b->rows) * BUILD_COST + fmax(a->rows, b->rows) * MATCH_COST + whole->rows;
    if (cost < whole->cost && shared_slots(j, one, set & ~one) == 1) whole->cost = cost, whole->split = one, whole->sorted = NO_SLOT;
  }
}

static unsigned parts_near(const Joining *j, size_t part) {
  unsigned near = 0;
  for (size_t i = 0; i < j->count; i++)
    if (i != part && slots_overlap(j->run, j->parts[i].alg->maybe, j->parts[part].alg->maybe)) near |= 1U << i;
  return near;
}

static PropterStatus compare_trees(Joining *j, State *s, PropterError *err) {
  unsigned all = (1U << j->count) - 1;
  Subset *sets = exec_plan_alloc(j->run, ((size_t)all + 1) * sizeof *sets);
  if (!sets) return exec_fail_memory(j->run, err);
  memset(sets, 0, ((size_t)all + 1) * sizeof *sets);
  double greedy_cost = s->cost;
  for (size_t i = 0; i < j->count; i++) {
    reset_state(j, s);
    if (waits(&j->parts[i], s)) continue;
    PROPTER_TRY(begin_state(j, s, &j->parts[i], err));
    sets[1U << i] = (Subset){s->rows, s->cost, s->sorted, 0, parts_near(j, i), (unsigned char)i, 1};
  }
  uint64_t end = exec_now() + PLAN_NS;
  for (unsigned set = 1; set <= all; set++) {
    if (sets[set].parts == 0) continue;
    /* What is started for each row would build its hash tables each time; what only has to give its first rows would build them whole. */
    if (sets[set].parts >= 4 && !j->run->given && !j->run->limited) split_subset(j, sets, set);
    if (set == all || sets[set].cost >= greedy_cost) continue;
    if ((set & 63) == 0 && exec_now() > end) break;
    PROPTER_TRY(extend_subset(j, sets, set, s, err));
  }
  s->cost = greedy_cost;
  if (sets[all].parts == 0 || sets[all].cost >= greedy_cost) return PROPTER_OK;
  s->cost = sets[all].cost, j->sets = sets;
  return PROPTER_OK;
}

/* --- Operators ------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus apply_filters(Joining *j, bool all, PropterError *err) {
  for (size_t i = 0; i < j->filter_count; i++) {
    if (!j->filters[i] || (!all && !slots_subset(j->run, j->filter_slots[i], j->state.certain))) continue;
    j->op->estimate = j->state.rows;
    PROPTER_TRY(plan_condition(j->run, &j->op, j->filters[i], j->state.maybe, j->state.certain, err));
    j->filters[i] = NULL;
    if (!j->counted[i]) j->state.rows *= 0.5;
    j->op->estimate = j->state.rows;
  }
  return PROPTER_OK;
}

static PropterStatus make_leaf(Joining *j, const Part *p, uint32_t sorted, Op **out, PropterError *err) {
  if (p->op) return *out = p->op, PROPTER_OK;
  PROPTER_TRY(p->alg->kind == ALG_SCAN ? op_scan(j->run, p->alg, sorted, out, err) : op_path(j->run, p->alg, out, err));
  (*out)->estimate = p->rows;
  return PROPTER_OK;
}

static PropterStatus join_part(Joining *j, const Part *p, PropterError *err) {
  double rows, cost;
  Method method;
  Op *right;
  uint64_t *keys;
  j->state.sorted = j->op->sorted;
  PROPTER_TRY(judge(j, &j->state, p, &rows, &cost, &method, err));
  if (method == BY_LOOKUP) {
    PROPTER_TRY(plan_lookup(j->run, j->op, p->alg, whole_rows(p), false, &j->op, err));
  } else {
    bool passes = method == BY_RESTART && plan_passes(j->run, p->alg, j->state.maybe);
    PROPTER_TRY(passes ? plan_started(j->run, p->alg, j->state.certain, &right, err) : make_leaf(j, p, NO_SLOT, &right, err));
    if (method == BY_RESTART) {
      PROPTER_TRY(op_bind_join(j->run, JOIN_INNER, j->op, right, p->alg, NULL, &j->op, err));
    } else {
      bool swap = method == BY_HASH_SWAPPED;
      PROPTER_TRY(slots_common(j->run, j->state.certain, p->alg->certain, &keys, err));
      PROPTER_TRY(op_hash_join(j->run, JOIN_INNER, swap ? right : j->op, swap ? j->op : right, keys, NULL, NULL, &j->op, err));
    }
  }
  add_part(j, &j->state, p, rows, cost);
  j->op->estimate = rows;
  return apply_filters(j, false, err);
}

/* `second`: what will be joined to it, or NULL. */
static PropterStatus begin(Joining *j, const Part *first, const Part *second, PropterError *err) {
  PROPTER_TRY(make_leaf(j, first, join_slot(j->run, first, second), &j->op, err));
  PROPTER_TRY(begin_state(j, &j->state, first, err));
  if (plan_leaf_kind(first->alg)) j->op->estimate = j->state.rows;
  return apply_filters(j, false, err);
}

static PropterStatus build_set(Joining *j, unsigned set, const Part *next, PropterError *err);

/* What two sets of parts give, joined by hash. */
static PropterStatus build_split(Joining *j, unsigned set, PropterError *err) {
  uint64_t *keys;
  PROPTER_TRY(build_set(j, j->sets[set].split, NULL, err));
  State left = j->state;
  Op *a = j->op;
  PROPTER_TRY(new_state(j->run, &j->state, err));
  PROPTER_TRY(build_set(j, set & ~j->sets[set].split, NULL, err));
  State *s = &j->state;
  PROPTER_TRY(slots_common(j->run, left.certain, s->certain, &keys, err));
  bool swap = left.rows < s->rows;
  PROPTER_TRY(op_hash_join(j->run, JOIN_INNER, swap ? j->op : a, swap ? a : j->op, keys, NULL, NULL, &j->op, err));
  slots_unite(j->run, s->maybe, left.maybe);
  slots_unite(j->run, s->certain, left.certain);
  s->rows = j->sets[set].rows, s->cost += left.cost + s->rows, s->joined |= left.joined;
  j->op->estimate = s->rows;
  return apply_filters(j, false, err);
}

static PropterStatus build_set(Joining *j, unsigned set, const Part *next, PropterError *err) {
  const Subset *s = &j->sets[set];
  const Part *last = &j->parts[s->last];
  if (s->parts == 1) return begin(j, last, next, err);
  if (s->split) return build_split(j, set, err);
  PROPTER_TRY(build_set(j, set & ~(1U << s->last), last, err));
  return join_part(j, last, err);
}

static PropterStatus build(Joining *j, const size_t *order, PropterError *err) {
  if (j->sets) {
    PROPTER_TRY(build_set(j, (1U << j->count) - 1, NULL, err));
    return apply_filters(j, true, err);
  }
  PROPTER_TRY(begin(j, &j->parts[order[0]], j->count > 1 ? &j->parts[order[1]] : NULL, err));
  for (size_t i = 1; i < j->count; i++) PROPTER_TRY(join_part(j, &j->parts[order[i]], err));
  return apply_filters(j, true, err);
}

/* --- Parts -------------------------------------------------------------------------------------------------------------------------------- */

/* What a filter says of the ids of the parts' variables. */
static PropterStatus restrict_parts(Joining *j, size_t filter, PropterError *err) {
  const IdRanges *found = NULL;
  uint32_t of = NO_SLOT;
  for (size_t i = 0; i < j->count; i++) {
    Alg *a = j->parts[i].alg;
    const uint32_t slots[] = {a->s.slot, NO_SLOT, a->o.slot};
    for (unsigned k = 0; a->kind == ALG_SCAN && k < 3; k += 2) {
      if (!slots_has(j->filter_slots[filter], slots[k])) continue;
      if (slots[k] != of) PROPTER_TRY(ranges_of(j->run, j->filters[filter], of = slots[k], &found, err));
      PROPTER_TRY(ranges_meet(j->run, a->within[k], found, &a->within[k], err));
      j->counted[filter] = j->counted[filter] || found;
    }
  }
  return PROPTER_OK;
}

static PropterStatus init_parts(Joining *j, PropterError *err) {
  for (size_t i = 0; i < j->filter_count; i++) PROPTER_TRY(restrict_parts(j, i, err));
  for (size_t i = 0; i < j->count; i++) {
    Part *p = &j->parts[i];
    PROPTER_TRY(exec_check(j->run, err));
    if (plan_leaf_kind(p->alg)) {
      if (p->alg->kind == ALG_SCAN) PROPTER_TRY(estimate_within(j->run, p->alg, err));
      PROPTER_TRY(estimate_leaf(j->run, p->alg, &p->rows, err));
    } else {
      PROPTER_TRY(plan_pattern(j->run, p->alg, &p->op, err));
      p->rows = p->op->estimate;
    }
  }
  return PROPTER_OK;
}

static PropterStatus add_filter(Joining *j, Expr *e, PropterError *err) {
  uint64_t *slots = slots_new(j->run, err);
  if (!slots) return exec_fail_memory(j->run, err);
  slots_of_expr(j->run, e, slots);
  j->filters[j->filter_count] = e;
  j->filter_slots[j->filter_count++] = slots;
  return PROPTER_OK;
}

/* Nested joins become one; a filter inside is lifted if it only sees what is always bound below it. */
static PropterStatus flatten(Joining *j, Alg *a, PropterError *err) {
  if (a->kind == ALG_JOIN) {
    for (size_t i = 0; i < a->count; i++) PROPTER_TRY(flatten(j, a->items[i], err));
    return PROPTER_OK;
  }
  if (a->kind == ALG_FILTER && (a->items[0]->kind == ALG_JOIN || plan_leaf_kind(a->items[0]))) {
    PROPTER_TRY(add_filter(j, a->expr, err));
    if (slots_subset(j->run, j->filter_slots[j->filter_count - 1], a->items[0]->certain)) return flatten(j, a->items[0], err);
    j->filter_count--;
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

/* *out NULL: joining pair by pair, for `cost`, is better than a leapfrog join. */
static PropterStatus build_cycle(Joining *j, double cost, Op **out, PropterError *err) {
  const Alg **scans = exec_plan_alloc(j->run, j->count * sizeof *scans);
  double *rows = exec_plan_alloc(j->run, j->count * sizeof *rows);
  if (!scans || !rows) return exec_fail_memory(j->run, err);
  for (size_t i = 0; i < j->count; i++) scans[i] = j->parts[i].alg, rows[i] = j->parts[i].rows;
  PROPTER_TRY(plan_cycle(j->run, scans, rows, j->count, cost, &j->op, err));
  if (!j->op) return *out = NULL, PROPTER_OK;
  reset_state(j, &j->state);
  for (size_t i = 0; i < j->count; i++) add_part(j, &j->state, &j->parts[i], j->op->estimate, 0);
  PROPTER_TRY(apply_filters(j, true, err));
  return *out = j->op, PROPTER_OK;
}

PropterStatus plan_join(Exec *run, Alg *a, Expr **filters, size_t filter_count, Op **out, PropterError *err) {
  size_t size = size_of(a) + filter_count;
  Joining j = {.run = run};
  State scratch;
  size_t *order = exec_plan_alloc(run, size * sizeof *order);
  j.parts = exec_plan_alloc(run, size * sizeof *j.parts);
  j.filters = exec_plan_alloc(run, size * sizeof *j.filters);
  j.filter_slots = exec_plan_alloc(run, size * sizeof *j.filter_slots);
  j.counted = exec_plan_alloc(run, size * sizeof *j.counted);
  if (!order || !j.parts || !j.filters || !j.filter_slots || !j.counted) return exec_fail_memory(run, err);
  PROPTER_TRY(new_state(run, &j.state, err));
  PROPTER_TRY(new_state(run, &scratch, err));
  for (size_t i = 0; i < filter_count; i++) PROPTER_TRY(add_filter(&j, filters[i], err));
  PROPTER_TRY(flatten(&j, a, err));
  PROPTER_TRY(init_parts(&j, err));
  PROPTER_TRY(greedy(&j, order, &scratch, err));
  if (j.count > 1) {
    bool gathered;
    PROPTER_TRY(estimate_prepare(run, scratch.cost, &gathered, err));
    if (gathered) PROPTER_TRY(greedy(&j, order, &scratch, err));
  }
  if (j.count >= 3 && j.count <= DP_PARTS && scratch.cost > DP_WORTH) PROPTER_TRY(compare_trees(&j, &scratch, err));
  *out = NULL;
  if (j.count >= 3 && !run->given) PROPTER_TRY(build_cycle(&j, scratch.cost, out, err));
  if (*out) return PROPTER_OK;
  PROPTER_TRY(build(&j, order, err));
  *out = j.op, j.op->cost = j.state.cost;
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Leapfrog triejoin (Veldhuizen, ICDT 2014) for cyclic patterns: variable by variable, the sorted values of all patterns that have it are intersected, so that
 * no intermediate result is larger than the worst case of the whole. Each pattern has a known predicate and two variables; its pairs are read once, sorted by
 * the variable that comes first. */
#include <string.h>

#include "op.h"

typedef struct {
  const Alg *scan;
  bool reverse; /* its object's variable comes first */
  PropterId *first, *second;
  size_t count, first_cap, second_cap;
  size_t start, end; /* the run of the first variable's present value */
} Relation;

/* One variable in one relation. */
typedef struct {
  Relation *relation;
  bool second;
  size_t at;
} Iterator;

typedef struct {
  uint32_t slot;
  Iterator *iterators;
  size_t count;
  PropterId value;
} Level;

typedef struct {
  Op op;
  Relation *relations;
  size_t relation_count;
  Level *levels;
  size_t level_count, depth;
  bool loaded, begun, ended;
  Matcher matcher;
} Leapfrog;

/* Adds the pairs of a stretch of rows, each once whatever its graphs, which stand side by side. */
static void add_pairs(const Exec *run, Relation *r, const PropterId *const columns[4], size_t count) {
  const PropterId *first = columns[r->reverse ? 2 : 0], *second = columns[r->reverse ? 0 : 2], *graph = columns[3];
  bool visible = false;
  for (size_t i = 0; i < count; i++) {
    if (i == 0 || graph[i] != graph[i - 1]) visible = exec_graph_visible(run, &r->scan->graphs, graph[i]);
    if (!visible || (r->count && r->first[r->count - 1] == first[i] && r->second[r->count - 1] == second[i])) continue;
    r->first[r->count] = first[i], r->second[r->count++] = second[i];
  }
}

static PropterStatus load(Leapfrog *l, Relation *r, PropterError *err) {
  enum { SUBJECT = 1, OBJECT = 4, GRAPH = 8 };
  Exec *run = l->op.run;
  PROPTER_TRY(matcher_open_sorted(run, &l->matcher, &r->scan->graphs, (PropterQuad){.p = r->scan->p.id}, r->reverse ? 2 : 0, err));
  while (!l->matcher.empty) {
    const PropterId *columns[4];
    size_t n;
    PROPTER_TRY(propter_scan_columns(l->matcher.scan, SUBJECT | OBJECT | GRAPH, columns, &n, err));
    if (n == 0) return PROPTER_OK;
    PROPTER_TRY(exec_grow(run, &r->first, &r->first_cap, r->count + n, sizeof *r->first, err));
    PROPTER_TRY(exec_grow(run, &r->second, &r->second_cap, r->count + n, sizeof *r->second, err));
    add_pairs(run, r, columns, n);
    PROPTER_TRY(exec_check(run, err));
  }
  return PROPTER_OK;
}

static PropterStatus leapfrog_start(Op *op, PropterError *err) {
  Leapfrog *l = (Leapfrog *)op;
  l->begun = l->ended = false;
  for (size_t i = 0; !l->loaded && i < l->relation_count; i++) PROPTER_TRY(load(l, &l->relations[i], err));
  l->loaded = true;
  return PROPTER_OK;
}

/* --- Iterators ------------------------------------------------------------------------------------------------------------------ */

static const PropterId *keys(const Iterator *it) { return it->second ? it->relation->second : it->relation->first; }
static size_t end_of(const Iterator *it) { return it->second ? it->relation->end : it->relation->count; }

/* From `at` on, the first of `end` sorted keys that is not below `least`. */
static size_t gallop(const PropterId *key, size_t at, size_t end, PropterId least) {
  size_t step = 1, low = at;
  if (at == end || key[at] >= least) return at;
  while (low + step < end && key[low + step] < least) low += step, step *= 2;
  size_t high = low + step < end ? low + step : end;
  while (low + 1 < high) {
    size_t mid = low + (high - low) / 2;
    if (key[mid] < least)
      low = mid;
    else
      high = mid;
  }
  return high;
}

static void open_level(Leapfrog *l) {
  Level *v = &l->levels[l->depth];
  for (size_t i = 0; i < v->count; i++) v->iterators[i].at = v->iterators[i].second ? v->iterators[i].relation->start : 0;
}

/* To the next value all iterators have, beginning with where they are. */
static bool meet(Leapfrog *l) {
  Level *v = &l->levels[l->depth];
  PropterId fixed = l->op.outer ? l->op.outer[v->slot] : PROPTER_NO_ID, most = fixed;
  for (size_t agreed = 0, i = 0; agreed < v->count; i = i + 1 == v->count ? 0 : i + 1) {
    Iterator *it = &v->iterators[i];
    it->at = gallop(keys(it), it->at, end_of(it), most);
    if (it->at == end_of(it)) return false;
    PropterId key = keys(it)[it->at];
    agreed = key == most ? agreed + 1 : 1;
    most = key;
  }
  v->value = most;
  if (fixed && most != fixed) return false;
  for (size_t i = 0; i < v->count; i++) {
    Iterator *it = &v->iterators[i];
    if (!it->second) it->relation->start = it->at, it->relation->end = gallop(it->relation->first, it->at, it->relation->count, most + 1);
  }
  return true;
}

/* Leaves the present value; ids never reach their largest number. */
static void advance(Leapfrog *l) {
  Iterator *it = &l->levels[l->depth].iterators[0];
  it->at = gallop(keys(it), it->at, end_of(it), l->levels[l->depth].value + 1);
}

/* The next combination of values; *found false: there is none. */
static PropterStatus next_match(Leapfrog *l, bool *found, PropterError *err) {
  *found = false;
  if (l->ended) return PROPTER_OK;
  if (l->begun)
    advance(l);
  else
    l->depth = 0, open_level(l);
  l->begun = true;
  for (;;) {
    PROPTER_TRY(exec_tick(l->op.run, err));
    if (meet(l)) {
      if (l->depth + 1 == l->level_count) return *found = true, PROPTER_OK;
      l->depth++;
      open_level(l);
    } else if (l->depth == 0) {
      return l->ended = true, PROPTER_OK;
    } else {
      l->depth--;
      advance(l);
    }
  }
}

static PropterStatus leapfrog_next(Op *op, Batch **out, PropterError *err) {
  Leapfrog *l = (Leapfrog *)op;
  Batch *b = &op->batch;
  for (b->count = 0; b->count < BATCH; b->count++) {
    bool found;
    PROPTER_TRY(next_match(l, &found, err));
    if (!found) break;
    for (size_t i = 0; i < l->level_count; i++)
      if (b->col[l->levels[i].slot]) b->col[l->levels[i].slot][b->count] = l->levels[i].value;
  }
  if (b->count) *out = b;
  return PROPTER_OK;
}

static void leapfrog_stop(Op *op) {
  Leapfrog *l = (Leapfrog *)op;
  for (size_t i = 0; i < l->relation_count; i++) {
    Relation *r = &l->relations[i];
    exec_free(op->run, r->first, r->first_cap * sizeof *r->first);
    exec_free(op->run, r->second, r->second_cap * sizeof *r->second);
    *r = (Relation){.scan = r->scan, .reverse = r->reverse};
  }
  l->loaded = false;
  matcher_free(op->run, &l->matcher);
}

static const OpKind leapfrog_kind = {"leapfrog join", leapfrog_start, leapfrog_next, leapfrog_stop};

/* --- Making ------------------------------------------------------------------------------------------------------------------------- */

static size_t level_of(const Leapfrog *l, uint32_t slot) {
  size_t i = 0;
  while (i < l->level_count && l->levels[i].slot != slot) i++;
  return i;
}

/* The variables' order: each next one stands in the most patterns whose other variable came before. */
static void order_levels(Leapfrog *l, const uint32_t *slots, size_t count) {
  while (l->level_count < count) {
    size_t best = 0, best_score = 0;
    for (size_t v = 0; v < count; v++) {
      size_t score = 1;
      if (level_of(l, slots[v]) < l->level_count) continue;
      for (size_t i = 0; i < l->relation_count; i++) {
        const Alg *a = l->relations[i].scan;
        if (a->s.slot != slots[v] && a->o.slot != slots[v]) continue;
        score += level_of(l, a->s.slot == slots[v] ? a->o.slot : a->s.slot) < l->level_count ? 1000 : 1;
      }
      if (score > best_score) best = v, best_score = score;
    }
    l->levels[l->level_count++].slot = slots[best];
  }
}

static PropterStatus make_iterators(Leapfrog *l, PropterError *err) {
  for (size_t i = 0; i < l->level_count; i++) {
    Level *v = &l->levels[i];
    v->iterators = exec_plan_alloc(l->op.run, l->relation_count * sizeof *v->iterators);
    if (!v->iterators) return exec_fail_memory(l->op.run, err);
  }
  for (size_t i = 0; i < l->relation_count; i++) {
    Relation *r = &l->relations[i];
    size_t s = level_of(l, r->scan->s.slot), o = level_of(l, r->scan->o.slot);
    r->reverse = o < s;
    l->levels[s].iterators[l->levels[s].count++] = (Iterator){r, r->reverse, 0};
    l->levels[o].iterators[l->levels[o].count++] = (Iterator){r, !r->reverse, 0};
  }
  return PROPTER_OK;
}

PropterStatus op_leapfrog(Exec *run, const Alg *const *scans, size_t count, Op **out, PropterError *err) {
  Leapfrog *l;
  uint32_t *slots = exec_plan_alloc(run, 2 * count * sizeof *slots);
  uint64_t *all = slots_new(run, err);
  size_t slot_count = 0;
  if (!slots || !all) return exec_fail_memory(run, err);
  for (size_t i = 0; i < 2 * count; i++) {
    uint32_t slot = i % 2 ? scans[i / 2]->o.slot : scans[i / 2]->s.slot;
    if (!slots_has(all, slot)) slots[slot_count++] = slot;
    slots_add(all, slot);
  }
  PROPTER_TRY(op_make(run, &leapfrog_kind, sizeof *l, all, NULL, &l, err));
  l->relations = exec_plan_alloc(run, count * sizeof *l->relations);
  l->levels = exec_plan_alloc(run, slot_count * sizeof *l->levels);
  if (!l->relations || !l->levels) return exec_fail_memory(run, err);
  for (; l->relation_count < count; l->relation_count++) l->relations[l->relation_count] = (Relation){.scan = scans[l->relation_count]};
  order_levels(l, slots, slot_count);
  PROPTER_TRY(make_iterators(l, err));
  l->op.sorted = l->levels[0].slot;
  *out = &l->op;
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Leapfrog triejoin (Veldhuizen, ICDT 2014) for cyclic patterns: variable by variable, the sorted values of all patterns that have it are intersected, so that
 * no intermediate result is larger than the worst case of the whole. Each pattern has a known predicate and two variables; its pairs are read once, sorted by
 * the variable that comes first, whose values are found by a hash table (Freitag et al., VLDB 2020). */
#include <string.h>

#include "op.h"

typedef struct {
  const Alg *scan;
  bool reverse;               /* its object's variable comes first */
  PropterId *first, *second;  /* pairs; once all are read, first[0..keys) are the different values */
  size_t count, first_cap, second_cap;
  uint32_t *begins, *places;  /* where each value's pairs begin, and one more; hash table of values, plus 1 */
  size_t keys, begins_size, places_size;
  size_t start, end;          /* the pairs of the first variable's present value */
} Relation;

/* One variable in one relation. */
typedef struct {
  Relation *relation;
  bool second;
  size_t at;
} Iterator;

typedef struct {
  uint32_t slot;
  Iterator *iterators; /* the first is the shortest: it leads */
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

static PropterStatus read_pairs(Leapfrog *l, Relation *r, PropterError *err) {
  Exec *run = l->op.run;
  PROPTER_TRY(matcher_open_sorted(run, &l->matcher, &r->scan->graphs, (PropterQuad){.p = r->scan->p.id}, r->reverse ? 2 : 0, err));
  for (size_t n = 1; n; r->count += n) {
    if (r->count > UINT32_MAX - BATCH) return propter_fail(err, PROPTER_LIMIT, "more than %u intermediate rows", UINT32_MAX);
    PROPTER_TRY(exec_grow(run, &r->first, &r->first_cap, r->count + BATCH, sizeof *r->first, err));
    PROPTER_TRY(exec_grow(run, &r->second, &r->second_cap, r->count + BATCH, sizeof *r->second, err));
    PropterId *first = r->first + r->count, *second = r->second + r->count, *to[4] = {r->reverse ? second : first, NULL, r->reverse ? first : second, NULL};
    PROPTER_TRY(matcher_columns(run, &l->matcher, to, &n, err));
  }
  return PROPTER_OK;
}

static size_t place_of(const Relation *r, PropterId value) {
  size_t at = index_hash(0, value) & (r->places_size - 1);
  while (r->places[at] && r->first[r->places[at] - 1] != value) at = (at + 1) & (r->places_size - 1);
  return at;
}

static PropterStatus load(Leapfrog *l, Relation *r, PropterError *err) {
  Exec *run = l->op.run;
  size_t keys = 0;
  PROPTER_TRY(read_pairs(l, r, err));
  for (size_t i = 0; i < r->count; i++) keys += i == 0 || r->first[i] != r->first[i - 1];
  for (r->places_size = 16; r->places_size < keys * 2; r->places_size *= 2) continue;
  r->begins_size = keys + 1;
  if (!(r->begins = exec_alloc(run, r->begins_size * sizeof *r->begins)) || !(r->places = exec_alloc(run, r->places_size * sizeof *r->places)))
    return exec_fail_memory(run, err);
  memset(r->places, 0, r->places_size * sizeof *r->places);
  for (size_t i = 0; i < r->count; i++) {
    if (r->keys && r->first[r->keys - 1] == r->first[i]) continue;
    r->first[r->keys] = r->first[i], r->begins[r->keys++] = (uint32_t)i;
    r->places[place_of(r, r->first[i])] = (uint32_t)r->keys;
  }
  r->begins[r->keys] = (uint32_t)r->count;
  return exec_check(run, err);
}

static PropterStatus leapfrog_start(Op *op, PropterError *err) {
  Leapfrog *l = (Leapfrog *)op;
  l->begun = l->ended = false;
  for (size_t i = 0; !l->loaded && i < l->relation_count; i++) PROPTER_TRY(load(l, &l->relations[i], err));
  l->loaded = true;
  return PROPTER_OK;
}

/* --- Iterators ------------------------------------------------------------------------------------------------------------------ */

static const PropterId *values(const Iterator *it) { return it->second ? it->relation->second : it->relation->first; }
static size_t end_of(const Iterator *it) { return it->second ? it->relation->end : it->relation->keys; }

static void open_level(Leapfrog *l) {
  Level *v = &l->levels[l->depth];
  size_t shortest = 0, length = SIZE_MAX;
  for (size_t i = 0; i < v->count; i++) {
    Iterator *it = &v->iterators[i];
    it->at = it->second ? it->relation->start : 0;
    if (end_of(it) - it->at < length) shortest = i, length = end_of(it) - it->at;
  }
  Iterator lead = v->iterators[shortest];
  v->iterators[shortest] = v->iterators[0], v->iterators[0] = lead;
}

/* Has the iterator this value? If not, *least is the first value it may have next; 0: it has ended. */
static bool has(Iterator *it, PropterId value, PropterId *least) {
  Relation *r = it->relation;
  if (it->second) {
    it->at = ids_gallop(r->second, it->at, r->end, value);
    *least = it->at < r->end ? r->second[it->at] : 0;
    return *least == value;
  }
  uint32_t key = r->places[place_of(r, value)];
  *least = value + 1;
  if (key) r->start = r->begins[key - 1], r->end = r->begins[key];
  return key != 0;
}

/* To the next value all iterators have, beginning with where the first is. */
static PropterStatus meet(Leapfrog *l, bool *met, PropterError *err) {
  Level *v = &l->levels[l->depth];
  Iterator *lead = &v->iterators[0];
  const PropterId *list = values(lead);
  PropterId fixed = l->op.outer ? l->op.outer[v->slot] : PROPTER_NO_ID, least = fixed;
  *met = false;
  for (size_t i = 0;;) {
    lead->at = ids_gallop(list, lead->at, end_of(lead), least);
    if (lead->at == end_of(lead) || (fixed && list[lead->at] != fixed)) return PROPTER_OK;
    v->value = list[lead->at];
    for (i = lead->second; i < v->count && has(&v->iterators[i], v->value, &least); i++) continue;
    if (i == v->count) return *met = true, PROPTER_OK;
    if (!least) return PROPTER_OK;
    PROPTER_TRY(exec_tick(l->op.run, err));
  }
}

/* Leaves the present value. */
static void advance(Leapfrog *l) { l->levels[l->depth].iterators[0].at++; }

/* The next combination of values; *found false: there is none. */
static PropterStatus next_match(Leapfrog *l, bool *found, PropterError *err) {
  *found = false;
  if (l->ended) return PROPTER_OK;
  if (l->begun)
    advance(l);
  else
    l->depth = 0, open_level(l);
  l->begun = true;
  for (bool met;;) {
    PROPTER_TRY(meet(l, &met, err));
    PROPTER_TRY(exec_tick(l->op.run, err));
    if (met) {
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
    exec_free(op->run, r->begins, r->begins_size * sizeof *r->begins);
    exec_free(op->run, r->places, r->places_size * sizeof *r->places);
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

PropterStatus op_leapfrog(Exec *run, const Alg *const *scans, size_t count, const uint32_t *order, size_t order_count, Op **out, PropterError *err) {
  Leapfrog *l;
  uint64_t *all = slots_new(run, err);
  if (!all) return exec_fail_memory(run, err);
  for (size_t i = 0; i < order_count; i++) slots_add(all, order[i]);
  PROPTER_TRY(op_make(run, &leapfrog_kind, sizeof *l, all, NULL, &l, err));
  l->relations = exec_plan_alloc(run, count * sizeof *l->relations);
  l->levels = exec_plan_alloc(run, order_count * sizeof *l->levels);
  if (!l->relations || !l->levels) return exec_fail_memory(run, err);
  for (; l->relation_count < count; l->relation_count++) l->relations[l->relation_count] = (Relation){.scan = scans[l->relation_count]};
  for (; l->level_count < order_count; l->level_count++) l->levels[l->level_count].slot = order[l->level_count];
  PROPTER_TRY(make_iterators(l, err));
  l->op.sorted = l->levels[0].slot;
  *out = &l->op;
  return PROPTER_OK;
}

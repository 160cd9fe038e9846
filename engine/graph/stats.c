/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics of a version: one pass over each of four permutations by columns, then kept with the environment. */
#include <stdlib.h>
#include <string.h>

#include "propter/hash.h"
#include "snapshot.h"

enum { SETS_KEPT = 10000, SETS_SEEN = 100000, SET_PREDICATES = 256, NEAR = 50 };

struct Statistics {
  PropterStatistics seen; /* what callers get */
  unsigned uses;          /* of the environment and of snapshots; under its lock */
  PROPTER_VEC(PropterPredicateCount) predicates;
  PROPTER_VEC(PropterCharacteristicSet) sets;
  PropterArena texts; /* of the sets */
};

static void destroy(Statistics *st) {
  propter_vec_clear(&st->predicates);
  propter_vec_clear(&st->sets);
  propter_arena_clear(&st->texts);
  propter_free(st);
}

void statistics_release(Env *env, Statistics *st) {
  if (!st) return;
  (void)pthread_mutex_lock(&env->lock);
  bool last = --st->uses == 0;
  (void)pthread_mutex_unlock(&env->lock);
  if (last) destroy(st);
}

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for statistics"); }

/* Calls `row` with the asked columns of every row of an order. */
typedef PropterStatus (*RowSeen)(Statistics *st, const PropterId *const columns[4], size_t i, void *payload, PropterError *err);
static PropterStatus pass(PropterSnapshot *s, Statistics *st, PropterOrder order, unsigned want, RowSeen row, void *payload, PropterError *err) {
  PropterScan *scan = NULL;
  const PropterId *columns[4];
  size_t n = 1;
  PROPTER_TRY(propter_scan_open(s, order, (PropterQuad){0, 0, 0, 0}, 0, &scan, err));
  PropterStatus status = PROPTER_OK;
  while (status == PROPTER_OK && (status = propter_scan_columns(scan, want, columns, &n, err)) == PROPTER_OK && n)
    for (size_t i = 0; i < n && status == PROPTER_OK; i++) status = row(st, columns, i, payload, err);
  propter_scan_close(scan);
  return status;
}

typedef struct {
  PropterId p, x; /* the predicate and subject or object of the row before */
  size_t at;
} Before;

static PropterStatus see_subject(Statistics *st, const PropterId *const c[4], size_t i, void *payload, PropterError *err) {
  Before *b = payload;
  if (c[1][i] != b->p && !propter_vec_push(&st->predicates, ((PropterPredicateCount){.p = c[1][i]}))) return no_memory(err);
  PropterPredicateCount *p = &st->predicates.items[st->predicates.count - 1];
  p->quads++;
  p->subjects += c[1][i] != b->p || c[0][i] != b->x;
  b->p = c[1][i], b->x = c[0][i];
  return PROPTER_OK;
}

static PropterStatus see_object(Statistics *st, const PropterId *const c[4], size_t i, void *payload, PropterError *err) {
  Before *b = payload;
  if (b->p != PROPTER_NO_ID && c[1][i] != b->p) b->at++;
  if (b->at >= st->predicates.count) return propter_fail(err, PROPTER_DAMAGED, "the permutations disagree about the predicates");
  st->predicates.items[b->at].objects += c[1][i] != b->p || c[2][i] != b->x;
  b->p = c[1][i], b->x = c[2][i];
  return PROPTER_OK;
}

static PropterStatus see_graph(Statistics *st, const PropterId *const c[4], size_t i, void *payload, PropterError *err) {
  (void)err;
  Before *b = payload;
  st->seen.graphs += c[3][i] != b->x;
  b->x = c[3][i];
  return PROPTER_OK;
}

/* The predicates of the subject being read. */
typedef struct {
  PropterId s, predicates[SET_PREDICATES];
  uint64_t quads[SET_PREDICATES];
  size_t count;
  PropterMap sets; /* ids of the predicates → place in st->sets */
} Subject;

static PropterStatus end_subject(Statistics *st, Subject *u, PropterError *err) {
  if (u->s == PROPTER_NO_ID) return PROPTER_OK;
  st->seen.subjects++;
  PropterStr key = {(const char *)u->predicates, u->count * sizeof *u->predicates};
  uint64_t *place = u->count > SET_PREDICATES ? NULL : propter_map_get(&u->sets, key);
  if (!place && (u->count > SET_PREDICATES || st->sets.count == SETS_SEEN)) {
    st->seen.other_subjects++;
    return PROPTER_OK;
  }
  if (!place) {
    PropterStr kept = propter_arena_copy(&st->texts, key);
    uint64_t *quads = propter_arena_alloc(&st->texts, key.len);
    place = propter_map_put(&u->sets, key, st->sets.count, NULL);
    if (!kept.data || !quads || !place ||
        !propter_vec_push(&st->sets, ((PropterCharacteristicSet){(const PropterId *)(const void *)kept.data, quads, u->count, 0})))
      return no_memory(err);
  }
  PropterCharacteristicSet *set = &st->sets.items[*place];
  set->subjects++;
  for (size_t k = 0; k < u->count; k++) ((uint64_t *)(uintptr_t)set->quads)[k] += u->quads[k];
  return PROPTER_OK;
}

static PropterStatus see_star(Statistics *st, const PropterId *const c[4], size_t i, void *payload, PropterError *err) {
  Subject *u = payload;
  if (c[0][i] != u->s) {
    PROPTER_TRY(end_subject(st, u, err));
    u->s = c[0][i];
    u->count = 0;
  }
  if (u->count > SET_PREDICATES) return PROPTER_OK;
  if (!u->count || u->predicates[u->count - 1] != c[1][i]) {
    if (u->count++ == SET_PREDICATES) return PROPTER_OK;
    u->predicates[u->count - 1] = c[1][i];
    u->quads[u->count - 1] = 0;
  }
  u->quads[u->count - 1]++;
  return PROPTER_OK;
}

static int most_first(const void *a, const void *b) {
  const PropterCharacteristicSet *x = a, *y = b;
  return x->subjects != y->subjects ? (x->subjects < y->subjects ? 1 : -1) : (x->predicates > y->predicates) - (x->predicates < y->predicates);
}

static PropterStatus gather(PropterSnapshot *s, Statistics *st, PropterError *err) {
  Before subjects = {0, 0, 0}, objects = {0, 0, 0}, graphs = {0, 0, 0};
  PROPTER_TRY(propter_snapshot_count(s, PROPTER_SPOG, (PropterQuad){0, 0, 0, 0}, 0, &st->seen.quads, err));
  PROPTER_TRY(pass(s, st, PROPTER_PSOG, 3, see_subject, &subjects, err));
  PROPTER_TRY(pass(s, st, PROPTER_POSG, 6, see_object, &objects, err));
  PROPTER_TRY(pass(s, st, PROPTER_GSPO, 8, see_graph, &graphs, err));
  Subject *u = propter_calloc(1, sizeof *u);
  if (!u) return no_memory(err);
  PropterStatus status = pass(s, st, PROPTER_SPOG, 3, see_star, u, err);
  if (status == PROPTER_OK) status = end_subject(st, u, err);
  propter_map_clear(&u->sets);
  propter_free(u);
  PROPTER_TRY(status);
  if (st->sets.count) qsort(st->sets.items, st->sets.count, sizeof *st->sets.items, most_first);
  for (; st->sets.count > SETS_KEPT; st->sets.count--) st->seen.other_subjects += st->sets.items[st->sets.count - 1].subjects;
  st->seen.version = s->version;
  st->seen.predicates = st->predicates.items, st->seen.predicate_count = st->predicates.count;
  st->seen.sets = st->sets.items, st->seen.set_count = st->sets.count;
  return PROPTER_OK;
}

/* Those the environment keeps, if they are of this version or describe it nearly; counts a use. */
static Statistics *kept(PropterSnapshot *s, uint64_t quads) {
  Env *env = s->env;
  (void)pthread_mutex_lock(&env->lock);
  Statistics *st = env->statistics;
  uint64_t off = !st ? 0 : st->seen.quads > quads ? st->seen.quads - quads : quads - st->seen.quads;
  if (st && st->seen.version != s->version && (off > quads / NEAR || st->seen.version > s->version)) st = NULL;
  if (st) st->uses++;
  (void)pthread_mutex_unlock(&env->lock);
  return st;
}

PropterStatus propter_snapshot_has_statistics(PropterSnapshot *s, bool *has, PropterError *err) {
  uint64_t quads;
  *has = false;
  if (s->borrowed) return PROPTER_OK;
  if (!s->statistics) {
    PROPTER_TRY(propter_snapshot_count(s, PROPTER_SPOG, (PropterQuad){0, 0, 0, 0}, 0, &quads, err));
    s->statistics = kept(s, quads);
  }
  *has = s->statistics != NULL;
  return PROPTER_OK;
}

PropterStatus propter_snapshot_statistics(PropterSnapshot *s, const PropterStatistics **out, PropterError *err) {
  bool has;
  if (s->borrowed) return propter_fail(err, PROPTER_NOT_FOUND, "no statistics of what is not committed");
  PROPTER_TRY(propter_snapshot_has_statistics(s, &has, err));
  if (!s->statistics) {
    Statistics *st = propter_calloc(1, sizeof *st), *old = NULL;
    if (!st) return no_memory(err);
    PropterStatus status = gather(s, st, err);
    if (status != PROPTER_OK) {
      destroy(st);
      return status;
    }
    st->uses = 1;
    s->statistics = st;
    (void)pthread_mutex_lock(&s->env->lock);
    if (!s->env->statistics || s->env->statistics->seen.version < st->seen.version) old = s->env->statistics, s->env->statistics = st, st->uses++;
    (void)pthread_mutex_unlock(&s->env->lock);
    statistics_release(s->env, old);
  }
  *out = &s->statistics->seen;
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* FGES: greedy search over equivalence classes. Edges are inserted while the score grows, then deleted while it grows (Chickering 2002). As in Ramsey et al.
 * (2017) the best insertion of every pair is kept, and only pairs near a change are looked at again. */
#include <math.h>

#include "marks.h"
#include "propter/mem.h"
#include "scores.h"

enum { SUBSET = 10 /* neighbours whose subsets are tried */ };
static const double least_gain = 1e-9;

typedef struct {
  size_t p, scored;
  const CausalScore *score;
  CausalScoreCache *cache;
  const PropterKnowledge *know;
  uint8_t *mark, *trial; /* the class, and the graph an operator would leave */
  double *gain;          /* gain[y·p + x]: of the best insertion x → y */
  uint32_t *subset;      /* its set T, as bits over free_neighbours(x, y) */
  bool *seen, *changed;
  size_t *stack;
} Fges;

typedef struct {
  size_t var[SUBSET], count;
} Few;

/* Neighbours of y by an undirected edge, either next to x or not. */
static size_t neighbours(const Fges *f, size_t x, size_t y, bool next_to_x, size_t *out, size_t most) {
  size_t n = 0;
  for (size_t v = 0; v < f->p && n < most; v++)
    if (v != x && marks_undirected(f->mark, f->p, v, y) && marks_adjacent(f->mark, f->p, v, x) == next_to_x) out[n++] = v;
  return n;
}

static bool is_clique(const Fges *f, const size_t *v, size_t n) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++)
      if (!marks_adjacent(f->mark, f->p, v[i], v[j])) return false;
  return true;
}

/* Score of y with its parents, the set and, if it is one, x. */
static double local(Fges *f, size_t y, size_t without, const size_t *set, size_t n, size_t x) {
  size_t parents[CAUSAL_PARENTS], k = 0;
  for (size_t v = 0; v < f->p; v++) {
    bool in = v == x || (v != without && marks_directed(f->mark, f->p, v, y));
    for (size_t i = 0; i < n && !in; i++) in = set[i] == v;
    if (!in) continue;
    if (k == CAUSAL_PARENTS) return -INFINITY;
    parents[k++] = v;
  }
  f->scored++;
  return causal_score_local(f->score, f->cache, f->know, f->p, y, parents, k);
}

/* Whether a path from y to x along edges that do not point backwards avoids the set. */
static bool path_to(Fges *f, size_t y, size_t x, const size_t *set, size_t n) {
  size_t top = 0;
  memset(f->seen, 0, f->p);
  for (size_t i = 0; i < n; i++) f->seen[set[i]] = true;
  f->stack[top++] = y, f->seen[y] = true;
  while (top) {
    size_t at = f->stack[--top];
    if (at == x) return true;
    for (size_t to = 0; to < f->p; to++)
      if (!f->seen[to] && marks_adjacent(f->mark, f->p, at, to) && !marks_directed(f->mark, f->p, to, at)) f->seen[to] = true, f->stack[top++] = to;
  }
  return false;
}

/* The set NA ∪ T of an insertion; false if it is not valid. */
static bool insertion_set(const Fges *f, size_t x, size_t y, const Few *open, uint32_t bits, size_t *set, size_t *n) {
  *n = neighbours(f, x, y, true, set, CAUSAL_PARENTS);
  for (size_t i = 0; i < open->count; i++) {
    if (!(bits >> i & 1)) continue;
    if (*n == CAUSAL_PARENTS || knowledge_forbids(f->know, f->p, open->var[i], y)) return false;
    set[(*n)++] = open->var[i];
  }
  return is_clique(f, set, *n);
}

/* Finds the best insertion x → y; `paths`: only those that close no cycle, otherwise that is left to whoever takes it. */
static void find_insertion(Fges *f, size_t x, size_t y, bool paths) {
  size_t set[CAUSAL_PARENTS], n;
  Few open;
  double *gain = &f->gain[y * f->p + x];
  *gain = -INFINITY;
  if (x == y || marks_adjacent(f->mark, f->p, x, y) || knowledge_forbids(f->know, f->p, x, y)) return;
  open.count = neighbours(f, x, y, false, open.var, SUBSET);
  for (uint32_t bits = 0; bits < (uint32_t)1 << open.count; bits++) {
    if (!insertion_set(f, x, y, &open, bits, set, &n) || (paths && path_to(f, y, x, set, n))) continue;
    double with = local(f, y, SIZE_MAX, set, n, x), without = local(f, y, SIZE_MAX, set, n, SIZE_MAX);
    if (isfinite(with) && with - without > *gain) *gain = with - without, f->subset[y * f->p + x] = bits;
  }
}

/* The class of the trial graph becomes the present one, and what differs is marked in `changed`; false: the trial has no DAG. */
static PropterStatus complete(Fges *f, bool *ok, PropterError *err) {
  size_t p = f->p;
  PROPTER_TRY(marks_extend(p, f->trial, ok, err));
  if (!*ok) return PROPTER_OK;
  PROPTER_TRY(propter_dag_to_cpdag(p, f->trial, err));
  knowledge_direct(f->know, p, f->trial);
  PROPTER_TRY(marks_meek(p, f->trial, err));
  for (size_t i = 0; i < p; i++) f->changed[i] = memcmp(f->mark + i * p, f->trial + i * p, p) != 0;
  for (size_t i = 0; i < p; i++) /* a mark at the far end only */
    for (size_t j = 0; j < p && !f->changed[i]; j++) f->changed[i] = f->mark[j * p + i] != f->trial[j * p + i];
  memcpy(f->mark, f->trial, p * p);
  return PROPTER_OK;
}

static PropterStatus insert(Fges *f, size_t x, size_t y, const size_t *set, size_t n, bool *ok, PropterError *err) {
  size_t p = f->p;
  memcpy(f->trial, f->mark, p * p);
  marks_direct(f->trial, p, x, y);
  for (size_t i = 0; i < n; i++)
    if (!marks_adjacent(f->mark, p, set[i], x)) marks_direct(f->trial, p, set[i], y);
  return complete(f, ok, err);
}

/* Takes the best insertion, or finds that it is not one; *more: there was one. */
static PropterStatus insert_best(Fges *f, bool *more, PropterError *err) {
  size_t p = f->p, best = 0, set[CAUSAL_PARENTS], n;
  bool ok = false;
  for (size_t i = 1; i < p * p; i++)
    if (f->gain[i] > f->gain[best]) best = i;
  size_t y = best / p, x = best % p;
  *more = f->gain[best] > least_gain;
  if (!*more) return PROPTER_OK;
  Few open;
  open.count = neighbours(f, x, y, false, open.var, SUBSET);
  if (!insertion_set(f, x, y, &open, f->subset[best], set, &n) || path_to(f, y, x, set, n)) {
    find_insertion(f, x, y, true);
    return PROPTER_OK;
  }
  PROPTER_TRY(insert(f, x, y, set, n, &ok, err));
  if (!ok) {
    f->gain[best] = -INFINITY;
    return PROPTER_OK;
  }
  for (size_t v = 0; v < p; v++) { /* also those with two neighbours that may be adjacent now */
    size_t near = 0;
    for (size_t w = 0; w < p; w++) near += f->changed[w] && marks_undirected(f->mark, p, v, w);
    for (size_t w = 0; w < p; w++)
      if (f->changed[v] || f->changed[w] || near > 1) find_insertion(f, w, v, false);
  }
  return PROPTER_OK;
}

static PropterStatus forward(Fges *f, PropterError *err) {
  for (bool any = true; any;) { /* an insertion that closed a cycle once may not do so later: look at all again until none is left */
    bool more = true;
    size_t before = 0, after = 0;
    for (size_t i = 0; i < f->p * f->p; i++) before += f->mark[i] != PROPTER_NO_EDGE;
    for (size_t y = 0; y < f->p; y++)
      for (size_t x = 0; x < f->p; x++) find_insertion(f, x, y, before > 0);
    while (more) PROPTER_TRY(insert_best(f, &more, err));
    for (size_t i = 0; i < f->p * f->p; i++) after += f->mark[i] != PROPTER_NO_EDGE;
    any = after > before;
  }
  return PROPTER_OK;
}

/* Best deletion of the edge x → y or x – y: the neighbours in `bits` are no longer needed as y's parents. */
static double find_deletion(Fges *f, size_t x, size_t y, uint32_t *best) {
  size_t near[SUBSET], keep[SUBSET], count = neighbours(f, x, y, true, near, SUBSET);
  double gain = -INFINITY;
  for (uint32_t bits = 0; bits < (uint32_t)1 << count; bits++) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
      if (!(bits >> i & 1)) keep[n++] = near[i];
    if (!is_clique(f, keep, n)) continue;
    double now = local(f, y, x, keep, n, SIZE_MAX) - local(f, y, x, keep, n, x);
    if (now > gain) gain = now, *best = bits;
  }
  return gain;
}

static PropterStatus delete_best(Fges *f, bool *more, PropterError *err) {
  size_t p = f->p, from = 0, to = 0, near[SUBSET];
  uint32_t bits = 0, subset = 0;
  double best = least_gain;
  bool ok = false;
  for (size_t y = 0; y < p; y++)
    for (size_t x = 0; x < p; x++) {
      if (!marks_directed(f->mark, p, x, y) && !marks_undirected(f->mark, p, x, y)) continue;
      if (knowledge_requires(f->know, p, x, y) || knowledge_requires(f->know, p, y, x)) continue;
      double gain = find_deletion(f, x, y, &bits);
      if (gain > best) best = gain, from = x, to = y, subset = bits;
    }
  *more = from != to;
  if (!*more) return PROPTER_OK;
  size_t count = neighbours(f, from, to, true, near, SUBSET);
  memcpy(f->trial, f->mark, p * p);
  marks_set(f->trial, p, from, to, PROPTER_NO_EDGE, PROPTER_NO_EDGE);
  for (size_t i = 0; i < count; i++) {
    if (!(subset >> i & 1)) continue;
    marks_direct(f->trial, p, to, near[i]);
    if (marks_undirected(f->trial, p, from, near[i])) marks_direct(f->trial, p, from, near[i]);
  }
  PROPTER_TRY(complete(f, &ok, err));
  *more = ok;
  return PROPTER_OK;
}

static void clear(Fges *f) {
  propter_free(f->trial), propter_free(f->gain), propter_free(f->subset), propter_free(f->seen), propter_free(f->changed), propter_free(f->stack);
}

static PropterStatus init(Fges *f, PropterError *err) {
  size_t p = f->p;
  f->trial = propter_malloc(p * p + 1), f->gain = propter_malloc((p * p + 1) * sizeof *f->gain), f->subset = propter_calloc(p * p + 1, sizeof *f->subset);
  f->seen = propter_malloc(p + 1), f->changed = propter_calloc(p + 1, sizeof *f->changed), f->stack = propter_malloc((p + 1) * sizeof *f->stack);
  if (f->trial && f->gain && f->subset && f->seen && f->changed && f->stack) return PROPTER_OK;
  clear(f);
  return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a greedy search");
}

static PropterStatus backward(Fges *f, PropterError *err) {
  for (bool more = true; more;) PROPTER_TRY(delete_best(f, &more, err));
  return PROPTER_OK;
}

static PropterStatus climb(Fges *f, PropterError *err) {
  size_t p = f->p;
  for (size_t i = 0; i < p; i++)
    for (size_t j = 0; j < p; j++)
      if (knowledge_requires(f->know, p, i, j)) marks_direct(f->mark, p, i, j);
  PROPTER_TRY(propter_dag_to_cpdag(p, f->mark, err));
  knowledge_direct(f->know, p, f->mark);
  PROPTER_TRY(forward(f, err));
  return backward(f, err);
}

PropterStatus causal_prune(const CausalScore *score, CausalScoreCache *cache, const PropterKnowledge *know, size_t p, uint8_t *mark, size_t *scored,
                           PropterError *err) {
  Fges f = {.p = p, .score = score, .cache = cache, .know = know, .mark = mark};
  PROPTER_TRY(init(&f, err));
  PropterStatus status = backward(&f, err);
  *scored += f.scored;
  clear(&f);
  return status;
}

static PropterStatus run(const PropterData *data, const PropterSearchOptions *o, PropterCausalGraph *graph, PropterError *err) {
  Fges f = {.p = data->p, .know = o->knowledge, .mark = graph->mark};
  PROPTER_TRY(causal_score_find(data, o->score, &f.score, err));
  PROPTER_TRY(init(&f, err));
  PropterStatus status = f.score->prepare(data, o, &f.cache, err);
  if (status == PROPTER_OK && f.p) status = climb(&f, err);
  graph->tests = f.scored;
  if (f.cache) f.score->release(f.cache);
  clear(&f);
  return status;
}

extern const CausalSearch causal_search_fges;
const CausalSearch causal_search_fges = {"fges", "greedy equivalence search", run};

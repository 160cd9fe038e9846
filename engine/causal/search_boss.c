/* SPDX-License-Identifier: Apache-2.0 */
/* BOSS. An order of the variables is scored by giving each the parents that grow-shrink finds among those before it; each variable in turn moves to
 * its best place until nothing improves. What grow-shrink decides depends only on which variables come before, so it is kept in a tree: a
 * node is a set of parents, its branches are the additions that improve, best first, and the first branch that is in the prefix is taken. Moves of one
 * variable end at an order that only moves of several would improve, so the climb begins anew from other orders; the trees are kept, so that costs little. */
#include <math.h>

#include "marks.h"
#include "propter/mem.h"
#include "propter/rng.h"
#include "scores.h"

/* The search ends after so many orders in a row that brought nothing better; where orders are dear, after so many orders once so many scores were computed. */
enum { IN_VAIN = 10, AT_LEAST = 3, ENOUGH = 50000000 };

typedef struct Node Node;
struct Node {
  size_t var; /* the parent added here */
  double score, shrunk_score;
  Node *branches;
  size_t count, kept;
  size_t *keep; /* parents after shrinking */
  bool grown, shrunk;
};

typedef struct {
  size_t p;
  const CausalScore *score;
  CausalScoreCache *cache;
  const PropterKnowledge *know;
  PropterArena arena;
  Node *roots;
  Node *found;           /* scratch of grow */
  size_t *order;
  bool *before;
  size_t scored;
} Boss;

static double local(Boss *b, size_t y, const size_t *parents, size_t k) {
  b->scored++;
  return causal_score_local(b->score, b->cache, b->know, b->p, y, parents, k);
}

static int best_first(const void *a, const void *b) {
  const Node *x = a, *y = b;
  if (x->score != y->score) return x->score < y->score ? 1 : -1;
  return (x->var > y->var) - (x->var < y->var);
}

static bool grow(Boss *b, Node *node, size_t y, size_t *parents, size_t k) {
  size_t n = 0;
  for (size_t w = 0; k < CAUSAL_PARENTS && w < b->p; w++) {
    bool in = w == y || knowledge_forbids(b->know, b->p, w, y);
    for (size_t i = 0; i < k && !in; i++) in = parents[i] == w;
    if (in) continue;
    parents[k] = w;
    double s = local(b, y, parents, k + 1);
    if (s > node->score + 1e-9) b->found[n++] = (Node){.var = w, .score = s};
  }
  node->grown = true;
  if (!n) return true;
  qsort(b->found, n, sizeof *b->found, best_first);
  node->branches = propter_arena_alloc(&b->arena, n * sizeof *node->branches);
  if (!node->branches) return false;
  memcpy(node->branches, b->found, n * sizeof *node->branches);
  node->count = n;
  return true;
}

static bool shrink(Boss *b, Node *node, size_t y, const size_t *parents, size_t k) {
  size_t keep[CAUSAL_PARENTS], less[CAUSAL_PARENTS];
  memcpy(keep, parents, k * sizeof *keep);
  double best = node->score;
  for (bool better = true; better && k;) {
    size_t drop = k;
    for (size_t i = 0; i < k; i++) {
      if (knowledge_requires(b->know, b->p, keep[i], y)) continue;
      size_t n = 0;
      for (size_t j = 0; j < k; j++)
        if (j != i) less[n++] = keep[j];
      double s = local(b, y, less, n);
      if (s > best + 1e-9) best = s, drop = i;
    }
    better = drop < k;
    if (better) memmove(keep + drop, keep + drop + 1, (--k - drop) * sizeof *keep);
  }
  node->keep = propter_arena_alloc(&b->arena, (k + 1) * sizeof *node->keep);
  if (!node->keep) return false;
  memcpy(node->keep, keep, k * sizeof *keep);
  node->kept = k, node->shrunk_score = best, node->shrunk = true;
  return true;
}

/* The node at which growing from the variables before y ends; NULL without memory. */
static Node *trace(Boss *b, size_t y) {
  Node *node = &b->roots[y];
  size_t parents[CAUSAL_PARENTS + 1], k = 0;
  for (size_t w = 0; w < b->p; w++)
    if (knowledge_requires(b->know, b->p, w, y) && k < CAUSAL_PARENTS) parents[k++] = w;
  for (;;) {
    if (!node->grown && !grow(b, node, y, parents, k)) return NULL;
    size_t i = 0;
    while (i < node->count && !b->before[node->branches[i].var]) i++;
    if (i == node->count) break;
    node = &node->branches[i];
    parents[k++] = node->var;
  }
  if (!node->shrunk && !shrink(b, node, y, parents, k)) return NULL;
  return node;
}

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a search over orders"); }

/* Moves x to its best place; *total is the score of the whole order. */
static PropterStatus move(Boss *b, size_t x, double *gain, bool *moved, PropterError *err) {
  size_t n = 0, p = b->p, old = 0, best = 0;
  for (size_t i = 0; i < p; i++) {
    if (b->order[i] == x) old = i;
    else b->order[n++] = b->order[i];
  }
  memset(b->before, 0, p);
  double *place = gain; /* score of x at each place, then of the order */
  double without = 0;
  for (size_t i = 0; i <= n; i++) { /* x at place i: all before i lack x */
    Node *own = trace(b, x);
    if (!own) return no_memory(err);
    place[i] = without + own->shrunk_score;
    if (i == n) break;
    Node *other = trace(b, b->order[i]);
    if (!other) return no_memory(err);
    without += other->shrunk_score;
    b->before[b->order[i]] = true;
  }
  double with = 0;
  b->before[x] = true;
  for (size_t i = n; i-- > 0;) { /* those from i on have x before them */
    b->before[b->order[i]] = false;
    Node *other = trace(b, b->order[i]);
    if (!other) return no_memory(err);
    with += other->shrunk_score;
    place[i] += with;
  }
  size_t low = 0, high = n;
  for (size_t i = 0; i < n; i++) {
    if (knowledge_requires(b->know, p, b->order[i], x)) low = i + 1;
    if (high == n && knowledge_requires(b->know, p, x, b->order[i])) high = i;
  }
  best = old;
  for (size_t i = low; i <= high; i++)
    if (place[i] > place[best] + 1e-9) best = i;
  *moved = best != old;
  memmove(b->order + best + 1, b->order + best, (n - best) * sizeof *b->order);
  b->order[best] = x;
  return PROPTER_OK;
}

static PropterStatus climb(Boss *b, double *places, const size_t *turn, PropterError *err) {
  for (bool any = true; any;) {
    any = false;
    for (size_t i = 0; i < b->p; i++) {
      bool moved = false;
      PROPTER_TRY(move(b, turn[i], places, &moved, err));
      any = any || moved;
    }
  }
  return PROPTER_OK;
}

static PropterStatus write_dag(Boss *b, uint8_t *mark, double *total, PropterError *err) {
  *total = 0;
  memset(b->before, 0, b->p);
  memset(mark, 0, b->p * b->p);
  for (size_t i = 0; i < b->p; i++) {
    size_t y = b->order[i];
    Node *node = trace(b, y);
    if (!node) return no_memory(err);
    *total += node->shrunk_score;
    for (size_t m = 0; m < node->kept; m++) marks_direct(mark, b->p, node->keep[m], y);
    b->before[y] = true;
  }
  return PROPTER_OK;
}

/* A seeded order that keeps required edges forward. */
static void shuffle(Boss *b, PropterRng *rng) {
  size_t p = b->p;
  for (size_t i = 0; i < p; i++) b->order[i] = i;
  for (size_t i = p; i > 1; i--) {
    size_t j = (size_t)propter_rng_below(rng, i), t = b->order[i - 1];
    b->order[i - 1] = b->order[j], b->order[j] = t;
  }
  for (size_t i = 0; b->know && b->know->required && i < p; i++) { /* the first whose required parents all stand */
    size_t pick = i;
    for (size_t c = i; c < p; c++) {
      bool ready = true;
      for (size_t d = i; d < p && ready; d++) ready = !knowledge_requires(b->know, p, b->order[d], b->order[c]);
      if (ready) {
        pick = c;
        break;
      }
    }
    size_t t = b->order[pick];
    memmove(b->order + i + 1, b->order + i, (pick - i) * sizeof *b->order);
    b->order[i] = t;
  }
}

static PropterStatus plant(Boss *b, PropterError *err) {
  size_t parents[CAUSAL_PARENTS + 1];
  for (size_t v = 0; v < b->p; v++) {
    size_t k = 0;
    for (size_t w = 0; w < b->p; w++) {
      if (!knowledge_requires(b->know, b->p, w, v)) continue;
      if (k == CAUSAL_PARENTS) return propter_fail(err, PROPTER_LIMIT, "more than %d required parents of variable %zu", CAUSAL_PARENTS, v);
      parents[k++] = w;
    }
    b->roots[v].score = local(b, v, parents, k);
  }
  return PROPTER_OK;
}

/* From the DAG to its class; an order's grow-shrink may keep an edge that another DAG of the class could spare. */
static PropterStatus finish(Boss *b, uint8_t *mark, PropterError *err) {
  PROPTER_TRY(propter_dag_to_cpdag(b->p, mark, err));
  knowledge_direct(b->know, b->p, mark);
  PROPTER_TRY(marks_meek(b->p, mark, err));
  return causal_prune(b->score, b->cache, b->know, b->p, mark, &b->scored, err);
}

static PropterStatus run(const PropterData *data, const PropterSearchOptions *o, PropterCausalGraph *graph, PropterError *err) {
  size_t p = data->p;
  Boss b = {.p = p, .know = o->knowledge, .arena = {.limit = (size_t)8 << 30}};
  PROPTER_TRY(causal_score_find(data, o->score, &b.score, err));
  b.roots = propter_calloc(p + 1, sizeof *b.roots), b.found = propter_malloc((p + 1) * sizeof *b.found);
  b.order = propter_malloc((p + 1) * sizeof *b.order), b.before = propter_calloc(p + 1, sizeof *b.before);
  double *places = propter_malloc((p + 1) * sizeof *places), best = 0, total;
  size_t *turn = propter_malloc((p + 1) * sizeof *turn);
  uint8_t *mark = propter_malloc(p * p + 1);
  PropterStatus status = b.roots && b.found && b.order && b.before && places && turn && mark ? b.score->prepare(data, o, &b.cache, err) : no_memory(err);
  if (status == PROPTER_OK) status = plant(&b, err);
  PropterRng rng;
  propter_rng_seed(&rng, o->seed + 1);
  for (int begun = 0, in_vain = 0; in_vain < IN_VAIN && (begun < AT_LEAST || b.scored < ENOUGH) && status == PROPTER_OK; begun++, in_vain++) {
    shuffle(&b, &rng);
    memcpy(turn, b.order, p * sizeof *turn);
    status = climb(&b, places, turn, err);
    if (status == PROPTER_OK) status = write_dag(&b, mark, &total, err);
    if (status != PROPTER_OK || (begun && !(total > best + 1e-9))) continue;
    best = total, in_vain = -1;
    memcpy(graph->mark, mark, p * p);
  }
  if (status == PROPTER_OK) status = finish(&b, graph->mark, err);
  graph->tests = b.scored;
  if (b.cache) b.score->release(b.cache);
  propter_arena_clear(&b.arena);
  propter_free(b.roots), propter_free(b.found), propter_free(b.order), propter_free(b.before), propter_free(places), propter_free(turn), propter_free(mark);
  return status;
}

extern const CausalSearch causal_search_boss;
const CausalSearch causal_search_boss = {"boss", "best order score search", run};

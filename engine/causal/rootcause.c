/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/rootcause.h"

#include <math.h>

#include "propter/math.h"
#include "propter/mem.h"

static size_t keep_finite(const double *x, size_t n, double sign, double *out) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (isfinite(x[i])) out[kept++] = sign * x[i];
  return kept;
}

/* Linear between order statistics. */
static double quantile(const double *sorted, size_t n, double p) {
  double at = p * (double)(n - 1);
  size_t low = (size_t)at;
  return low + 1 < n ? sorted[low] + (at - (double)low) * (sorted[low + 1] - sorted[low]) : sorted[low];
}

/* Centre and scale of the sorted observations before. */
static void reference(PropterDeviationKind kind, const double *sorted, size_t n, double *centre, double *scale) {
  *centre = quantile(sorted, n, 0.5);
  *scale = quantile(sorted, n, 0.75) - quantile(sorted, n, 0.25);
  if (kind == PROPTER_DEVIATION_TAIL) {
    *scale = fmax(quantile(sorted, n, 0.995) - *centre, 0.01 * fabs(*centre));
  } else if (kind == PROPTER_DEVIATION_NSIGMA) {
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++) mean += (sorted[i] - mean) / (double)(i + 1);
    for (size_t i = 0; i < n; i++) square += (sorted[i] - mean) * (sorted[i] - mean) / (double)n;
    *centre = mean;
    *scale = sqrt(square);
  }
  if (!(*scale > 0)) *scale = 1;
}

static PropterDeviation one_side(const PropterDisturbance *m, PropterDeviationKind kind, double sign, double *sorted, double *during) {
  PropterDeviation d = {0};
  size_t n = keep_finite(m->before, m->before_count, sign, sorted), k = keep_finite(m->during, m->during_count, sign, during);
  if (n < 3 || !k) return d;
  double centre, scale;
  propter_sort(sorted, n);
  reference(kind, sorted, n, &centre, &scale);
  d.usable = true;
  if (kind == PROPTER_DEVIATION_LEVEL) {
    d.excess = propter_median(during, k) - centre;
  } else {
    d.excess = -INFINITY;
    for (size_t i = 0; i < m->during_count; i++)
      if (isfinite(m->during[i]) && sign * m->during[i] - centre > d.excess) d.excess = sign * m->during[i] - centre, d.at = i;
  }
  d.score = d.excess / scale;
  return d;
}

PropterStatus propter_deviation(const PropterDisturbance *m, PropterDeviationKind kind, int direction, PropterDeviation *out, PropterError *err) {
  if (direction < -1 || direction > 1) return propter_fail(err, PROPTER_INVALID, "a direction of %d; expected -1, 0 or 1", direction);
  double *scratch = propter_malloc((m->before_count + m->during_count + 1) * sizeof *scratch);
  if (!scratch) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a deviation");
  *out = one_side(m, kind, direction < 0 ? -1 : 1, scratch, scratch + m->before_count);
  if (direction == 0) {
    PropterDeviation down = one_side(m, kind, -1, scratch, scratch + m->before_count);
    if (down.score > out->score) *out = down;
  }
  propter_free(scratch);
  return PROPTER_OK;
}

PropterStatus propter_evidence_by_owner(size_t metrics, const double *score, const size_t *owner, size_t entities, double *evidence, PropterError *err) {
  for (size_t e = 0; e < entities; e++) evidence[e] = 0;
  for (size_t i = 0; i < metrics; i++) {
    if (owner[i] >= entities) return propter_fail(err, PROPTER_INVALID, "metric %zu belongs to entity %zu of %zu", i, owner[i], entities);
    if (score[i] > 0) evidence[owner[i]] += log1p(score[i]);
  }
  return PROPTER_OK;
}

typedef struct {
  double value;
  size_t place;
} Ranked;

static int descending(const void *a, const void *b) {
  const Ranked *x = a, *y = b;
  if (isnan(x->value) || isnan(y->value)) {
    int order = (int)isnan(x->value) - (int)isnan(y->value);
    if (order) return order;
  } else if (x->value != y->value) {
    return x->value < y->value ? 1 : -1;
  }
  return (x->place > y->place) - (x->place < y->place);
}

PropterStatus propter_rank(size_t n, const double *value, size_t *order, PropterError *err) {
  Ranked *item = propter_malloc((n + 1) * sizeof *item);
  if (!item) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a ranking of %zu", n);
  for (size_t i = 0; i < n; i++) item[i] = (Ranked){value[i], i};
  qsort(item, n, sizeof *item, descending);
  for (size_t i = 0; i < n; i++) order[i] = item[i].place;
  propter_free(item);
  return PROPTER_OK;
}

/* The dependency graph in compressed rows, and what the search has seen. */
typedef struct {
  size_t *start, *to; /* edges of node n: to[start[n] … start[n + 1]) */
  size_t *stack, *inner;
  size_t *seen, *met; /* met[n] = the node whose dependencies are being gathered, + 1 */
} Walk;

static void fill_rows(size_t nodes, const PropterDependency *edges, size_t count, Walk *w) {
  for (size_t i = 0; i < count; i++) w->start[edges[i].from + 1]++;
  for (size_t n = 0; n < nodes; n++) w->start[n + 1] += w->start[n];
  for (size_t i = count; i > 0; i--) w->to[--w->start[edges[i - 1].from + 1]] = edges[i - 1].to;
  /* Placing from behind moved every start one row down; move them back. */
  for (size_t n = 0; n < nodes; n++) w->start[n] = w->start[n + 1];
  w->start[nodes] = count;
}

/* Puts the disturbed dependencies of `node` on the stack, those behind unobserved nodes too, and returns their excess. */
static double gather(Walk *w, size_t node, const double *score, const double *excess, double threshold, size_t *depth) {
  size_t open = 0;
  double sum = 0;
  w->met[node] = node + 1;
  w->inner[open++] = node;
  while (open) {
    size_t n = w->inner[--open];
    for (size_t i = w->start[n]; i < w->start[n + 1]; i++) {
      size_t to = w->to[i];
      if (w->met[to] == node + 1) continue;
      w->met[to] = node + 1;
      if (isnan(score[to])) {
        w->inner[open++] = to;
      } else if (score[to] > threshold) {
        sum += excess[to] > 0 ? excess[to] : 0;
        if (!w->seen[to]) w->seen[to] = 1, w->stack[(*depth)++] = to;
      }
    }
  }
  return sum;
}

static int by_own(const void *a, const void *b) {
  const PropterOrigin *x = a, *y = b;
  if (x->own != y->own) return x->own < y->own ? 1 : -1;
  return (x->node > y->node) - (x->node < y->node);
}

PropterStatus propter_origins(size_t nodes, const PropterDependency *edges, size_t edge_count, const double *score, const double *excess, double threshold,
                              size_t target, PropterOrigin *origins, size_t *count, PropterError *err) {
  *count = 0;
  if (target >= nodes) return propter_fail(err, PROPTER_INVALID, "target %zu of %zu nodes", target, nodes);
  for (size_t i = 0; i < edge_count; i++)
    if (edges[i].from >= nodes || edges[i].to >= nodes) return propter_fail(err, PROPTER_INVALID, "dependency %zu leaves the %zu nodes", i, nodes);
  size_t *memory = propter_calloc(5 * nodes + edge_count + 2, sizeof *memory), depth = 0;
  if (!memory) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a graph of %zu nodes", nodes);
  Walk w = {memory, memory + nodes + 1, NULL, NULL, NULL, NULL};
  w.stack = w.to + edge_count + 1;
  w.inner = w.stack + nodes, w.seen = w.inner + nodes, w.met = w.seen + nodes;
  fill_rows(nodes, edges, edge_count, &w);
  w.seen[target] = 1;
  w.stack[depth++] = target;
  while (depth) {
    size_t node = w.stack[--depth];
    double below = gather(&w, node, score, excess, threshold, &depth);
    if (score[node] > threshold) origins[(*count)++] = (PropterOrigin){node, excess[node] - below};
  }
  qsort(origins, *count, sizeof *origins, by_own);
  propter_free(memory);
  return PROPTER_OK;
}

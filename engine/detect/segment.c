/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "segment.h"
#include "propter/math.h"

enum { PRUNE_EVERY = 8 /* pruning costs as much as a step */ };

/* Running sums, so that the cost of any segment is a few operations. Values are centred first: sums of squares of large levels would lose digits. */
typedef struct {
  double *y, *yy, *ty, *inverse; /* [n + 1]; of y, y², i·y; 1/i */
  PropterSegmentCost cost;
} Sums;

static PropterStatus sums_init(Sums *s, const double *x, size_t n, PropterSegmentCost cost, PropterError *err) {
  s->cost = cost;
  s->y = propter_calloc(4 * (n + 1), sizeof *s->y);
  if (!s->y) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the segments of %zu values", n);
  s->yy = s->y + n + 1;
  s->ty = s->yy + n + 1;
  s->inverse = s->ty + n + 1;
  for (size_t i = 1; i <= n; i++) s->inverse[i] = 1 / (double)i;
  double mean = 0;
  for (size_t i = 0; i < n; i++) mean += (x[i] - mean) / (double)(i + 1);
  for (size_t i = 0; i < n; i++) {
    double v = x[i] - mean;
    s->y[i + 1] = s->y[i] + v;
    s->yy[i + 1] = s->yy[i] + v * v;
    s->ty[i + 1] = s->ty[i] + (double)i * v;
  }
  return PROPTER_OK;
}

static inline double segment_cost(const Sums *s, size_t from, size_t to) {
  double n = (double)(to - from), sum = s->y[to] - s->y[from], cost = s->yy[to] - s->yy[from] - sum * sum * s->inverse[to - from];
  if (s->cost == PROPTER_COST_LINE && to - from > 2) {
    double middle = ((double)from + (double)to - 1) / 2, spread = n * (n * n - 1) / 12, slope = s->ty[to] - s->ty[from] - middle * sum;
    cost -= slope * slope / spread;
  } else if (s->cost == PROPTER_COST_LINE) {
    cost = 0;
  }
  return cost > 0 ? cost : 0;
}

PropterStatus propter_segment_pelt(const double *x, size_t n, PropterSegmentCost cost, double penalty, size_t shortest, size_t *ends, size_t *count,
                                   PropterError *err) {
  Sums s;
  *count = 0;
  if (!n) return PROPTER_OK;
  if (shortest < 1) shortest = 1;
  PROPTER_TRY(sums_init(&s, x, n, cost, err));
  double *best = propter_malloc((n + 1) * sizeof *best);
  size_t *last = propter_malloc(2 * (n + 1) * sizeof *last), opened = 0, kept;
  if (!best || !last) {
    propter_free(best);
    propter_free(last);
    propter_free(s.y);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the segments of %zu values", n);
  }
  size_t *open = last + n + 1;
  best[0] = -penalty;
  for (size_t t = 1; t <= n; t++) {
    best[t] = INFINITY;
    last[t] = 0;
    if (t >= shortest) {
      size_t start = t - shortest;
      if (start == 0 || isfinite(best[start])) open[opened++] = start;
    }
    for (size_t k = 0; k < opened; k++) {
      double total = best[open[k]] + segment_cost(&s, open[k], t) + penalty;
      if (total < best[t]) best[t] = total, last[t] = open[k];
    }
    /* A start that is already worse than the best by the penalty cannot come back. With a least length it may still be needed for the ends that
     * follow within that length, so it is dropped only when the optimum is older than that. */
    if (t % PRUNE_EVERY) continue;
    kept = 0;
    size_t settled = t > shortest ? t - shortest : 0;
    for (size_t k = 0; k < opened; k++)
      if (open[k] >= settled || best[open[k]] + segment_cost(&s, open[k], settled) <= best[settled]) open[kept++] = open[k];
    opened = kept;
  }
  size_t segments = 0;
  for (size_t t = n; t > 0; t = last[t]) segments++;
  *count = segments;
  for (size_t t = n; t > 0; t = last[t]) ends[--segments] = t;
  propter_free(best);
  propter_free(last);
  propter_free(s.y);
  return PROPTER_OK;
}

static int by_size(const void *a, const void *b) {
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

typedef struct {
  size_t from, to, split;
  double gain;
} Open;

static Open best_split(const Sums *s, size_t from, size_t to, size_t shortest, double penalty) {
  Open o = {from, to, 0, penalty};
  double whole = segment_cost(s, from, to);
  for (size_t t = from + shortest; t + shortest <= to; t++) {
    double now = whole - segment_cost(s, from, t) - segment_cost(s, t, to);
    if (now > o.gain) o.gain = now, o.split = t;
  }
  return o;
}

PropterStatus segment_split(const double *x, size_t n, PropterSegmentCost cost, double penalty, size_t shortest, size_t most, size_t *ends, size_t *count,
                            PropterError *err) {
  Sums s;
  *count = 0;
  if (!n) return PROPTER_OK;
  if (shortest < 1) shortest = 1;
  PROPTER_TRY(sums_init(&s, x, n, cost, err));
  PROPTER_VEC(Open) open = {0};
  bool ok = propter_vec_push(&open, best_split(&s, 0, n, shortest, penalty));
  for (size_t k = 0; ok && k < most; k++) {
    size_t best = 0;
    for (size_t i = 1; i < open.count; i++)
      if (open.items[i].split && (!open.items[best].split || open.items[i].gain > open.items[best].gain)) best = i;
    Open o = open.items[best];
    if (!o.split) break;
    open.items[best] = best_split(&s, o.from, o.split, shortest, penalty);
    ok = propter_vec_push(&open, best_split(&s, o.split, o.to, shortest, penalty));
  }
  for (size_t i = 0; i < open.count; i++) ends[(*count)++] = open.items[i].to;
  qsort(ends, *count, sizeof *ends, by_size);
  propter_vec_clear(&open);
  propter_free(s.y);
  return ok ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the segments of %zu values", n);
}

PropterStatus propter_segment_binary(const double *x, size_t n, PropterSegmentCost cost, double penalty, size_t shortest, size_t *ends, size_t *count,
                                     PropterError *err) {
  return segment_split(x, n, cost, penalty, shortest, SIZE_MAX, ends, count, err);
}

/* Squared error around the line of what was added so far. */
typedef struct {
  double n, t, y, tt, ty, yy;
} Line;

static double line_add(Line *l, double t, double y) {
  double dt = t - l->t, dy = y - l->y;
  l->n += 1;
  l->t += dt / l->n;
  l->y += dy / l->n;
  l->tt += dt * (t - l->t);
  l->ty += dt * (y - l->y);
  l->yy += dy * (y - l->y);
  double rest = l->tt > 0 ? l->yy - l->ty * l->ty / l->tt : 0;
  return rest > 0 ? rest : 0;
}

void segment_split_costs(const double *x, size_t n, size_t first, size_t last, double *cost) {
  Line left = {0}, right = {0};
  double rest = 0;
  for (size_t t = 0; t <= last; t++) {
    if (t >= first) cost[t - first] = rest;
    if (t < n) rest = line_add(&left, (double)t, x[t]);
  }
  for (size_t t = n; t-- > first;) {
    rest = line_add(&right, (double)t, x[t]);
    if (t <= last) cost[t - first] += rest;
  }
}

PropterStatus propter_change_posterior(const double *x, size_t n, double *posterior, PropterError *err) {
  Sums s;
  if (n < 3) return propter_fail(err, PROPTER_INVALID, "a change needs three values, there are %zu", n);
  PROPTER_TRY(sums_init(&s, x, n, PROPTER_COST_MEAN, err));
  double top = -INFINITY, total = 0, floor = 1e-12 * (segment_cost(&s, 0, n) + 1e-300);
  posterior[0] = 0;
  for (size_t t = 1; t < n; t++) {
    double rest = segment_cost(&s, 0, t) + segment_cost(&s, t, n) + floor;
    posterior[t] = -0.5 * log((double)t) - 0.5 * log((double)(n - t)) - 0.5 * (double)(n - 2) * log(rest);
    if (posterior[t] > top) top = posterior[t];
  }
  for (size_t t = 1; t < n; t++) total += posterior[t] = exp(posterior[t] - top);
  for (size_t t = 1; t < n; t++) posterior[t] /= total;
  propter_free(s.y);
  return PROPTER_OK;
}

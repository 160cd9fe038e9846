/* SPDX-License-Identifier: Apache-2.0 */
#include "marks.h"
#include "propter/effects.h"
#include "propter/mem.h"

/* A DAG in which some edges may be cut, and scratch for trails. */
typedef struct {
  size_t p;
  const uint8_t *dag;
  const bool *no_out; /* edges out of these are cut */
  bool *given, *above_given, *seen; /* seen[2·v + (1: arrived from a child)] */
  size_t *queue;
} Trails;

static bool leads(const Trails *g, size_t i, size_t j) { return !(g->no_out && g->no_out[i]) && marks_directed(g->dag, g->p, i, j); }

static void trails_clear(Trails *g) {
  propter_free(g->given), propter_free(g->above_given), propter_free(g->seen), propter_free(g->queue);
}

static PropterStatus trails_open(size_t p, const uint8_t *dag, Trails *g, PropterError *err) {
  *g = (Trails){.p = p, .dag = dag};
  g->given = propter_calloc(p + 1, sizeof(bool)), g->above_given = propter_calloc(p + 1, sizeof(bool)), g->seen = propter_calloc(2 * p + 1, sizeof(bool));
  g->queue = propter_malloc((2 * p + 1) * sizeof(size_t));
  if (g->given && g->above_given && g->seen && g->queue) return PROPTER_OK;
  trails_clear(g);
  return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a graph of %zu variables", p);
}

/* Marks ancestors of what is given, itself included. */
static void mark_above(Trails *g) {
  size_t top = 0;
  for (size_t v = 0; v < g->p; v++)
    if ((g->above_given[v] = g->given[v])) g->queue[top++] = v;
  while (top) {
    size_t v = g->queue[--top];
    for (size_t u = 0; u < g->p; u++)
      if (!g->above_given[u] && leads(g, u, v)) g->above_given[u] = true, g->queue[top++] = u;
  }
}

static bool separated(Trails *g, size_t x, size_t y, const size_t *z, size_t k) {
  memset(g->given, 0, g->p * sizeof(bool)), memset(g->seen, 0, 2 * g->p * sizeof(bool));
  for (size_t i = 0; i < k; i++) g->given[z[i]] = true;
  mark_above(g);
  size_t head = 0, tail = 0;
  g->queue[tail++] = 2 * x + 1, g->seen[2 * x + 1] = true; /* as if from a child: may go anywhere */
  while (head < tail) {
    size_t v = g->queue[head] / 2;
    bool from_child = g->queue[head++] % 2;
    if (v == y) return false;
    bool up = from_child ? !g->given[v] : g->above_given[v], down = !g->given[v];
    for (size_t u = 0; u < g->p; u++) {
      if (up && leads(g, u, v) && !g->seen[2 * u + 1]) g->seen[2 * u + 1] = true, g->queue[tail++] = 2 * u + 1;
      if (down && leads(g, v, u) && !g->seen[2 * u]) g->seen[2 * u] = true, g->queue[tail++] = 2 * u;
    }
  }
  return true;
}

PropterStatus propter_separates(size_t p, const uint8_t *dag, size_t x, size_t y, const size_t *z, size_t k, bool *out, PropterError *err) {
  Trails g;
  if (x >= p || y >= p || x == y) return propter_fail(err, PROPTER_INVALID, "variables %zu and %zu of %zu", x, y, p);
  for (size_t i = 0; i < k; i++)
    if (z[i] >= p || z[i] == x || z[i] == y) return propter_fail(err, PROPTER_INVALID, "condition %zu", z[i]);
  PROPTER_TRY(trails_open(p, dag, &g, err));
  *out = separated(&g, x, y, z, k);
  trails_clear(&g);
  return PROPTER_OK;
}

/* below[v]: a directed path leads from `from` to v (itself included), not through `around` (p: no exception). */
static void mark_below(const Trails *g, size_t from, size_t around, bool *below) {
  size_t top = 0;
  memset(below, 0, g->p * sizeof(bool));
  below[from] = true, g->queue[top++] = from;
  while (top) {
    size_t v = g->queue[--top];
    for (size_t u = 0; u < g->p; u++)
      if (!below[u] && u != around && marks_directed(g->dag, g->p, v, u)) below[u] = true, g->queue[top++] = u;
  }
}

static void drop(PropterAdjustment *a, size_t i) { memmove(a->set + i, a->set + i + 1, (--a->count - i) * sizeof *a->set); }

/* Takes out, last first, what is not needed for x and y to stay apart with the edges out of `cut` cut. */
static void thin(Trails *g, size_t x, size_t y, PropterAdjustment *a) {
  for (size_t i = a->count; i-- > 0;) {
    PropterAdjustment less = *a;
    drop(&less, i);
    if (separated(g, x, y, less.set, less.count)) *a = less;
  }
}

typedef struct {
  Trails g;
  size_t x, y;
  const bool *observed;
  bool *cut, *below_x, *other;
} Ask;

static bool usable(const Ask *q, size_t v) { return v != q->x && v != q->y && (!q->observed || q->observed[v]); }

/* Observed non-descendants of x that lie above x or y: if any set closes the back doors, these do (van der Zander, Liśkiewicz and Textor 2014). */
static bool back_door(Ask *q, PropterAdjustment *a) {
  q->cut[q->x] = true, q->g.no_out = q->cut;
  a->count = 0;
  for (size_t v = 0; v < q->g.p && a->count < PROPTER_ADJUSTMENT; v++) {
    if (!usable(q, v) || q->below_x[v]) continue;
    mark_below(&q->g, v, q->g.p, q->other);
    if (q->other[q->x] || q->other[q->y]) a->set[a->count++] = v;
  }
  bool closed = separated(&q->g, q->x, q->y, a->set, a->count);
  if (closed) thin(&q->g, q->x, q->y, a);
  q->cut[q->x] = false;
  return closed;
}

/* One observed mediator m, or all of them together, on every directed path; no open back door from x to m, none from m to y given x. */
static bool front_door_by(Ask *q, PropterAdjustment *a) {
  bool blocked = true;
  for (size_t i = 0; i < a->count; i++) q->cut[a->set[i]] = true; /* with the mediators' edges cut, nothing of x reaches y on a directed path */
  q->g.no_out = q->cut;
  memset(q->other, 0, q->g.p * sizeof(bool));
  size_t top = 0;
  q->g.queue[top++] = q->x, q->other[q->x] = true;
  while (top) {
    size_t v = q->g.queue[--top];
    for (size_t u = 0; u < q->g.p; u++)
      if (!q->other[u] && leads(&q->g, v, u)) q->other[u] = true, q->g.queue[top++] = u;
  }
  blocked = !q->other[q->y];
  for (size_t i = 0; i < a->count && blocked; i++) blocked = separated(&q->g, a->set[i], q->y, &q->x, 1);
  for (size_t i = 0; i < a->count; i++) q->cut[a->set[i]] = false;
  q->cut[q->x] = true;
  for (size_t i = 0; i < a->count && blocked; i++) blocked = separated(&q->g, q->x, a->set[i], NULL, 0);
  q->cut[q->x] = false;
  return blocked;
}

static bool front_door(Ask *q, PropterAdjustment *a) {
  PropterAdjustment all = {0};
  for (size_t v = 0; v < q->g.p && all.count < PROPTER_ADJUSTMENT; v++) {
    if (!usable(q, v) || !q->below_x[v]) continue;
    mark_below(&q->g, v, q->g.p, q->other);
    if (q->other[q->y]) all.set[all.count++] = v;
  }
  for (size_t i = 0; i < all.count; i++) {
    a->set[0] = all.set[i], a->count = 1;
    if (front_door_by(q, a)) return true;
  }
  *a = all;
  return all.count > 1 && front_door_by(q, a);
}

/* z moves x, and reaches y on no trail once the edges out of x are cut. */
static bool instrument(Ask *q, PropterAdjustment *a) {
  for (size_t v = 0; v < q->g.p; v++) {
    if (!usable(q, v) || q->below_x[v]) continue;
    q->g.no_out = NULL;
    if (separated(&q->g, v, q->x, NULL, 0)) continue;
    q->cut[q->x] = true, q->g.no_out = q->cut;
    bool clean = separated(&q->g, v, q->y, NULL, 0);
    q->cut[q->x] = false;
    if (clean) return a->set[0] = v, a->count = 1, true;
  }
  return false;
}

static void describe(const Ask *q, PropterAdjustment *a) {
  static const char *const starts[] = {"the effect of %zu on %zu cannot be told from what is observed", "%zu has no directed path to %zu",
                                       "the effect of %zu on %zu is seen after adjusting for", "the effect of %zu on %zu passes through",
                                       "the effect of %zu on %zu is seen through the instrument"};
  char start[160];
  (void)snprintf(start, sizeof start, starts[a->by], q->x, q->y);
  size_t at = (size_t)snprintf(a->text, sizeof a->text, "%s%s", start, a->by == PROPTER_BACK_DOOR && !a->count ? " nothing" : "");
  for (size_t i = 0; i < a->count && at < sizeof a->text; i++) at += (size_t)snprintf(a->text + at, sizeof a->text - at, "%s %zu", i ? "," : "", a->set[i]);
}

PropterStatus propter_identify(size_t p, const uint8_t *dag, size_t cause, size_t outcome, const bool *observed, PropterAdjustment *a, PropterError *err) {
  *a = (PropterAdjustment){0};
  if (cause >= p || outcome >= p || cause == outcome)
    return propter_fail(err, PROPTER_INVALID, "cause %zu and outcome %zu of %zu variables", cause, outcome, p);
  uint8_t *copy = propter_malloc(p * p);
  if (!copy) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a graph of %zu variables", p);
  memcpy(copy, dag, p * p);
  PropterStatus status = propter_dag_to_cpdag(p, copy, err);
  propter_free(copy);
  PROPTER_TRY(status);
  Ask q = {.x = cause, .y = outcome, .observed = observed};
  PROPTER_TRY(trails_open(p, dag, &q.g, err));
  q.cut = propter_calloc(p, sizeof(bool)), q.below_x = propter_calloc(p, sizeof(bool)), q.other = propter_calloc(p, sizeof(bool));
  if (!q.cut || !q.below_x || !q.other) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a graph of %zu variables", p);
  else {
    mark_below(&q.g, cause, p, q.below_x);
    if (!q.below_x[outcome]) a->by = PROPTER_NO_EFFECT;
    else if (back_door(&q, a)) a->by = PROPTER_BACK_DOOR;
    else if (front_door(&q, a)) a->by = PROPTER_FRONT_DOOR;
    else if (instrument(&q, a)) a->by = PROPTER_INSTRUMENT;
    if (a->by < PROPTER_BACK_DOOR) a->count = 0;
    describe(&q, a);
  }
  trails_clear(&q.g);
  propter_free(q.cut), propter_free(q.below_x), propter_free(q.other);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* FCI for data with unobserved common causes: PC's skeleton, colliders, possible d-separating sets, colliders again, Zhang's rules 1–4 and 8–10 (those
 * for selection, 5–7, do not apply: no selection is assumed). */
#include <math.h>

#include "independence.h"
#include "marks.h"
#include "propter/mem.h"

enum { PATH = 12, POSSIBLE = 3 }; /* longest path of the rules; largest set from a possible d-separating set */

typedef struct {
  size_t p;
  uint8_t *m;
  const PropterSearchOptions *o;
  PropterCausalGraph *graph;
  CausalSeparation *extra; /* separations by possible d-separating sets */
  size_t extras;
} Fci;

static uint8_t at(const Fci *f, size_t i, size_t j) { return f->m[i * f->p + j]; }
static bool edge(const Fci *f, size_t i, size_t j) { return at(f, i, j) != PROPTER_NO_EDGE; }
static void put(Fci *f, size_t i, size_t j, PropterMark mark, bool *changed) {
  f->m[i * f->p + j] = (uint8_t)mark;
  *changed = true;
}

static void all_circles(Fci *f) {
  for (size_t i = 0; i < f->p * f->p; i++)
    if (f->m[i] != PROPTER_NO_EDGE) f->m[i] = PROPTER_CIRCLE;
  for (size_t i = 0; i < f->p; i++)
    for (size_t j = 0; j < f->p; j++) {
      if (i == j || !edge(f, i, j)) continue;
      if (knowledge_requires(f->o->knowledge, f->p, i, j)) marks_direct(f->m, f->p, i, j);
      else if (knowledge_forbids(f->o->knowledge, f->p, j, i)) f->m[i * f->p + j] = PROPTER_ARROW; /* j is no cause of i's: i does not follow from j */
    }
}

static bool within(const CausalSeparation *s, size_t k) {
  for (size_t m = 0; m < s->k; m++)
    if (s->s[m] == k) return true;
  return false;
}

static void collide(Fci *f, const CausalSeparation *list, size_t count) {
  for (size_t c = 0; c < count; c++) {
    const CausalSeparation *s = &list[c];
    for (size_t x = 0; x < f->extras; x++)
      if (f->extra[x].i == list[c].i && f->extra[x].j == list[c].j) s = &f->extra[x];
    if (s->p < 0 || edge(f, s->i, s->j)) continue;
    for (size_t k = 0; k < f->p; k++) {
      if (!edge(f, s->i, k) || !edge(f, s->j, k) || within(s, k)) continue;
      if (at(f, s->i, k) != PROPTER_TAIL) f->m[s->i * f->p + k] = PROPTER_ARROW;
      if (at(f, s->j, k) != PROPTER_TAIL) f->m[s->j * f->p + k] = PROPTER_ARROW;
    }
  }
}

/* ---- possible d-separating sets ------------------------------------------------------------------------------------------ */

/* Variables reachable from i by paths on which each inner one is a collider or closes a triangle. */
static size_t possible(const Fci *f, size_t i, bool *seen, size_t *queue, size_t *out) {
  size_t p = f->p, head = 0, tail = 0, n = 0;
  memset(seen, 0, p * p * sizeof *seen);
  for (size_t k = 0; k < p; k++)
    if (k != i && edge(f, i, k)) seen[i * p + k] = true, queue[tail++] = i * p + k;
  for (; head < tail; head++) {
    size_t a = queue[head] / p, b = queue[head] % p;
    for (size_t c = 0; c < p; c++) {
      if (c == a || c == i || !edge(f, b, c) || seen[b * p + c]) continue;
      if ((at(f, a, b) == PROPTER_ARROW && at(f, c, b) == PROPTER_ARROW) || edge(f, a, c)) seen[b * p + c] = true, queue[tail++] = b * p + c;
    }
  }
  for (size_t k = 0; k < p; k++) {
    bool reached = false;
    for (size_t a = 0; a < p && !reached; a++) reached = seen[a * p + k];
    if (reached && k != i) out[n++] = k;
  }
  return n;
}

typedef struct {
  const CausalTest *test;
  CausalCache *cache;
  CausalScratch *scratch;
} Tester;

/* The first set of up to POSSIBLE members that separates i and j, smallest first. */
static PropterStatus try_sets(Fci *f, const Tester *t, size_t i, size_t j, const size_t *from, size_t n, bool *gone, PropterError *err) {
  size_t s[POSSIBLE], pick[POSSIBLE], others[64], m = 0;
  for (size_t a = 0; a < n && m < 64; a++)
    if (from[a] != j) others[m++] = from[a];
  for (size_t k = 1; k <= POSSIBLE && k <= m; k++) {
    for (size_t a = 0; a < k; a++) pick[a] = a;
    for (bool more = true; more;) {
      PropterIndependence r;
      for (size_t a = 0; a < k; a++) s[a] = others[pick[a]];
      CausalQuestion q = {.x = i, .k = k, .count = 1, .s = s, .y = &j};
      PROPTER_TRY(t->test->ask(t->cache, t->scratch, &q, &r, err));
      f->graph->tests++;
      if (r.testable && r.p > (f->o->alpha > 0 ? f->o->alpha : .01)) {
        CausalSeparation found = {.i = i < j ? i : j, .j = i < j ? j : i, .k = k, .p = r.p};
        memcpy(found.s, s, k * sizeof *s);
        f->extra[f->extras++] = found;
        return *gone = true, PROPTER_OK;
      }
      more = false;
      for (size_t a = k; a-- > 0 && !more;)
        if (pick[a] + (k - a) < m) {
          pick[a]++, more = true;
          for (size_t b = a + 1; b < k; b++) pick[b] = pick[b - 1] + 1;
        }
    }
  }
  return PROPTER_OK;
}

static PropterStatus prune(Fci *f, const PropterData *data, PropterError *err) {
  size_t p = f->p;
  Tester t = {0};
  PROPTER_TRY(causal_test_find(data, f->o->test, &t.test, err));
  bool *seen = propter_malloc(p * p * sizeof *seen + 1), *cut = propter_calloc(p * p + 1, sizeof *cut);
  size_t *queue = propter_malloc((p * p + p + 1) * sizeof *queue), *out = queue ? queue + p * p : NULL;
  PropterStatus status =
      seen && cut && queue ? t.test->prepare(data, f->o->seed, &t.cache, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu variables", p);
  if (status == PROPTER_OK) status = t.test->scratch(t.cache, &t.scratch, err);
  for (size_t i = 0; i < p && status == PROPTER_OK; i++) {
    size_t n = possible(f, i, seen, queue, out);
    for (size_t j = 0; j < p && status == PROPTER_OK; j++) {
      bool gone = false;
      if (!edge(f, i, j) || cut[j * p + i] || knowledge_requires(f->o->knowledge, p, i, j) || knowledge_requires(f->o->knowledge, p, j, i)) continue;
      status = try_sets(f, &t, i, j, out, n, &gone, err);
      cut[i * p + j] = gone;
    }
  }
  for (size_t i = 0; i < p && status == PROPTER_OK; i++)
    for (size_t j = 0; j < p; j++)
      if (cut[i * p + j]) marks_set(f->m, p, i, j, PROPTER_NO_EDGE, PROPTER_NO_EDGE);
  if (t.scratch) t.test->drop(t.scratch);
  if (t.cache) t.test->release(t.cache);
  propter_free(seen), propter_free(cut), propter_free(queue);
  return status;
}

/* ---- rules -------------------------------------------------------------------------------------------------------------- */

static bool into(const Fci *f, size_t i, size_t j) { return at(f, i, j) == PROPTER_ARROW; }
static bool parent(const Fci *f, size_t i, size_t j) { return into(f, i, j) && at(f, j, i) == PROPTER_TAIL; }
static bool circle(const Fci *f, size_t i, size_t j) { return at(f, i, j) == PROPTER_CIRCLE; }

/* Rules 1–3 for the triple a, b, c with b between them. */
static void triple(Fci *f, size_t a, size_t b, size_t c, bool *changed) {
  if (into(f, a, b) && circle(f, c, b) && !edge(f, a, c)) {
    put(f, c, b, PROPTER_TAIL, changed);
    put(f, b, c, PROPTER_ARROW, changed);
  }
  if (edge(f, a, c) && circle(f, a, c) && ((parent(f, a, b) && into(f, b, c)) || (into(f, a, b) && parent(f, b, c)))) put(f, a, c, PROPTER_ARROW, changed);
  if (!into(f, a, b) || !into(f, c, b) || edge(f, a, c)) return;
  for (size_t d = 0; d < f->p; d++)
    if (d != a && d != b && d != c && circle(f, a, d) && circle(f, c, d) && circle(f, d, b)) put(f, d, b, PROPTER_ARROW, changed);
}

static const CausalSeparation *separation(const Fci *f, const CausalSeparation *list, size_t count, size_t i, size_t j) {
  size_t low = i < j ? i : j, high = i < j ? j : i;
  for (size_t x = 0; x < f->extras; x++)
    if (f->extra[x].i == low && f->extra[x].j == high) return &f->extra[x];
  for (size_t x = 0; x < count; x++)
    if (list[x].i == low && list[x].j == high) return &list[x];
  return NULL;
}

/* Rule 4: a path v … a, b, c on which all between v and b are colliders and parents of c, and v is not adjacent to c. */
static bool discriminates(const Fci *f, size_t a, size_t b, size_t c, size_t *path, size_t length, size_t *end) {
  if (length > PATH) return false;
  for (size_t v = 0; v < f->p; v++) {
    bool used = v == b || v == c;
    for (size_t k = 0; k < length && !used; k++) used = path[k] == v;
    if (used || !into(f, v, a)) continue;
    if (!edge(f, v, c)) return *end = v, true;
    if (!parent(f, v, c) || !into(f, a, v)) continue;
    path[length] = v;
    if (discriminates(f, v, b, c, path, length + 1, end)) return true;
  }
  return false;
}

static void rule4(Fci *f, const CausalSeparation *list, size_t count, bool *changed) {
  for (size_t b = 0; b < f->p; b++)
    for (size_t c = 0; c < f->p; c++) {
      if (c == b || !circle(f, c, b)) continue;
      for (size_t a = 0; a < f->p && circle(f, c, b); a++) {
        size_t path[PATH + 2] = {a}, end;
        if (a == b || a == c || !parent(f, a, c) || !into(f, b, a) || !edge(f, b, c)) continue;
        if (!discriminates(f, a, b, c, path, 1, &end)) continue;
        const CausalSeparation *s = separation(f, list, count, end, c);
        if (!s || s->p < 0) continue;
        if (within(s, b)) put(f, c, b, PROPTER_TAIL, changed), put(f, b, c, PROPTER_ARROW, changed);
        else
          put(f, a, b, PROPTER_ARROW, changed), put(f, b, a, PROPTER_ARROW, changed), put(f, b, c, PROPTER_ARROW, changed),
              put(f, c, b, PROPTER_ARROW, changed);
      }
    }
}

static bool maybe_directed(const Fci *f, size_t i, size_t j) { return edge(f, i, j) && !into(f, j, i) && at(f, i, j) != PROPTER_TAIL; }

/* An uncovered potentially directed path from a, first step b, to c. */
static bool uncovered(const Fci *f, size_t a, size_t b, size_t c, size_t *path, size_t length) {
  if (b == c) return true;
  if (length > PATH) return false;
  for (size_t d = 0; d < f->p; d++) {
    bool used = d == a || d == b;
    for (size_t k = 0; k < length && !used; k++) used = path[k] == d;
    if (used || !maybe_directed(f, b, d) || edge(f, a, d)) continue;
    path[length] = b;
    if (uncovered(f, b, d, c, path, length + 1)) return true;
  }
  return false;
}

/* Rules 8–10: a o→ c becomes a → c. */
static void tails(Fci *f, size_t a, size_t c, bool *changed) {
  if (!into(f, a, c) || !circle(f, c, a)) return;
  size_t path[PATH + 2];
  for (size_t b = 0; b < f->p; b++) {
    if (b == a || b == c || !edge(f, a, b)) continue;
    if (parent(f, b, c) && (parent(f, a, b) || (at(f, a, b) == PROPTER_CIRCLE && at(f, b, a) == PROPTER_TAIL))) {
      put(f, c, a, PROPTER_TAIL, changed);
      return;
    }
    path[0] = a;
    if (!edge(f, b, c) && maybe_directed(f, a, b) && uncovered(f, a, b, c, path, 1)) {
      put(f, c, a, PROPTER_TAIL, changed);
      return;
    }
  }
  for (size_t b = 0; b < f->p; b++)
    for (size_t d = parent(f, b, c) && b != a ? 0 : f->p; d < b; d++) {
      if (d == a || !parent(f, d, c)) continue;
      for (size_t x = 0; x < f->p; x++)
        for (size_t y = x != a && x != c && maybe_directed(f, a, x) ? 0 : f->p; y < f->p; y++) {
          if (y == x || y == a || y == c || edge(f, x, y) || !maybe_directed(f, a, y)) continue;
          path[0] = a;
          if (uncovered(f, a, x, b, path, 1) && uncovered(f, a, y, d, path, 1)) {
      put(f, c, a, PROPTER_TAIL, changed);
      return;
    }
        }
    }
}

static void apply_rules(Fci *f, const CausalSeparation *list, size_t count) {
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t b = 0; b < f->p; b++)
      for (size_t a = 0; a < f->p; a++)
        for (size_t c = a != b && edge(f, a, b) ? 0 : f->p; c < f->p; c++)
          if (c != a && c != b && edge(f, c, b)) triple(f, a, b, c, &changed);
    rule4(f, list, count, &changed);
    for (size_t a = 0; a < f->p; a++)
      for (size_t c = 0; c < f->p; c++)
        if (a != c) tails(f, a, c, &changed);
  }
}

static PropterStatus run(const PropterData *data, const PropterSearchOptions *o, PropterCausalGraph *graph, PropterError *err) {
  Fci f = {.p = data->p, .o = o, .graph = graph};
  CausalSeparation *list = NULL;
  size_t count = 0;
  PROPTER_TRY(causal_skeleton(data, o, graph, err));
  f.m = graph->mark;
  f.extra = propter_malloc((f.p * f.p + 1) * sizeof *f.extra);
  PropterStatus status =
      f.extra ? causal_separations(data, o, graph, &list, &count, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu variables", f.p);
  if (status == PROPTER_OK) {
    all_circles(&f), collide(&f, list, count);
    status = prune(&f, data, err);
  }
  propter_free(list), list = NULL;
  if (status == PROPTER_OK) status = causal_separations(data, o, graph, &list, &count, err);
  if (status == PROPTER_OK) all_circles(&f), collide(&f, list, count), apply_rules(&f, list, count);
  propter_free(list), propter_free(f.extra);
  return status;
}

extern const CausalSearch causal_search_fci;
const CausalSearch causal_search_fci = {"fci", "FCI, unobserved common causes allowed", run};

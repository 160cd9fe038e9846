/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "marks.h"
#include "propter/causal.h"
#include "propter/mem.h"

void propter_causal_graph_free(PropterCausalGraph *graph) {
  propter_free(graph->mark);
  *graph = (PropterCausalGraph){0};
}

PropterStatus marks_neighbours(size_t p, const uint8_t *mark, MarksNeighbours *out, PropterError *err) {
  size_t edges = 0;
  for (size_t i = 0; i < p * p; i++) edges += mark[i] != PROPTER_NO_EDGE;
  out->start = propter_malloc((p + 1) * sizeof(size_t)), out->list = propter_malloc((edges + 1) * sizeof(size_t));
  if (!out->start || !out->list) {
    marks_neighbours_clear(out);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a graph of %zu edges", edges / 2);
  }
  size_t at = 0;
  for (size_t i = 0; i < p; i++) {
    out->start[i] = at;
    for (size_t j = 0; j < p; j++)
      if (mark[i * p + j] != PROPTER_NO_EDGE) out->list[at++] = j;
  }
  out->start[p] = at;
  return PROPTER_OK;
}

void marks_neighbours_clear(MarksNeighbours *n) {
  propter_free(n->start), propter_free(n->list);
  *n = (MarksNeighbours){0};
}

/* Whether one of Meek's rules directs the undirected edge a – b to a → b. */
static bool meek_directs(size_t p, const uint8_t *m, const MarksNeighbours *near, size_t a, size_t b) {
  for (size_t e = near->start[a]; e < near->start[a + 1]; e++) {
    size_t c = near->list[e];
    if (c == b) continue;
    if (marks_directed(m, p, c, a) && !marks_adjacent(m, p, c, b)) return true;                            /* 1: no new collider */
    if (marks_directed(m, p, a, c) && marks_directed(m, p, c, b)) return true;                             /* 2: no cycle */
    if (!marks_undirected(m, p, a, c) || !marks_directed(m, p, c, b)) continue;
    for (size_t f = near->start[a]; f < near->start[a + 1]; f++) {
      size_t d = near->list[f];
      if (d == b || d == c) continue;
      if (marks_undirected(m, p, a, d) && marks_directed(m, p, d, b) && !marks_adjacent(m, p, c, d)) return true; /* 3 */
    }
  }
  for (size_t e = near->start[a]; e < near->start[a + 1]; e++) { /* 4: a – d → c → b, a adjacent to c, d not to b */
    size_t d = near->list[e];
    if (d == b || marks_adjacent(m, p, d, b) || !marks_undirected(m, p, a, d)) continue;
    for (size_t f = near->start[d]; f < near->start[d + 1]; f++) {
      size_t c = near->list[f];
      if (marks_directed(m, p, d, c) && marks_directed(m, p, c, b) && marks_adjacent(m, p, a, c)) return true;
    }
  }
  return false;
}

PropterStatus marks_meek(size_t p, uint8_t *mark, PropterError *err) {
  MarksNeighbours near = {0};
  PROPTER_TRY(marks_neighbours(p, mark, &near, err));
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t a = 0; a < p; a++)
      for (size_t e = near.start[a]; e < near.start[a + 1]; e++) {
        size_t b = near.list[e];
        if (marks_undirected(mark, p, a, b) && meek_directs(p, mark, &near, a, b)) marks_direct(mark, p, a, b), changed = true;
      }
  }
  marks_neighbours_clear(&near);
  return PROPTER_OK;
}

/* Whether x can be the last of the rest: nothing leaves it, and its undirected neighbours are adjacent to all others next to it. */
static bool is_sink(size_t p, const uint8_t *m, const MarksNeighbours *near, const bool *gone, size_t x) {
  for (size_t e = near->start[x]; e < near->start[x + 1]; e++) {
    size_t y = near->list[e];
    if (gone[y]) continue;
    if (marks_directed(m, p, x, y)) return false;
    if (!marks_undirected(m, p, x, y)) continue;
    for (size_t d = near->start[x]; d < near->start[x + 1]; d++) {
      size_t z = near->list[d];
      if (!gone[z] && z != y && !marks_adjacent(m, p, y, z)) return false;
    }
  }
  return true;
}

PropterStatus marks_extend(size_t p, uint8_t *mark, bool *ok, PropterError *err) {
  MarksNeighbours near = {0};
  PROPTER_TRY(marks_neighbours(p, mark, &near, err));
  uint8_t *dag = propter_malloc(p * p + 1);
  bool *gone = propter_calloc(p + 1, sizeof *gone);
  size_t left = p;
  if (dag && gone) memcpy(dag, mark, p * p);
  for (bool any = true; dag && gone && any && left;) {
    any = false;
    for (size_t x = 0; x < p; x++) {
      if (gone[x] || !is_sink(p, mark, &near, gone, x)) continue;
      for (size_t e = near.start[x]; e < near.start[x + 1]; e++)
        if (!gone[near.list[e]]) marks_direct(dag, p, near.list[e], x);
      gone[x] = any = true, left--;
    }
  }
  *ok = !left;
  if (dag && gone && *ok) memcpy(mark, dag, p * p);
  PropterStatus status = dag && gone ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a graph of %zu variables", p);
  propter_free(dag), propter_free(gone);
  marks_neighbours_clear(&near);
  return status;
}

/* A DAG's edges taken away from its ends; what is left over is a cycle. */
static PropterStatus check_dag(size_t p, const uint8_t *mark, PropterError *err) {
  size_t *parents = propter_calloc(p + 1, sizeof *parents), *queue = propter_malloc(p * sizeof *queue + 1), head = 0, tail = 0;
  PropterStatus status = parents && queue ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu variables", p);
  for (size_t i = 0; status == PROPTER_OK && i < p; i++)
    for (size_t j = 0; j < p; j++) {
      if (!marks_adjacent(mark, p, i, j)) continue;
      if (marks_directed(mark, p, j, i)) parents[i]++;
      else if (!marks_directed(mark, p, i, j)) status = propter_fail(err, PROPTER_INVALID, "the edge between %zu and %zu has no single direction", i, j);
    }
  for (size_t i = 0; status == PROPTER_OK && i < p; i++)
    if (!parents[i]) queue[tail++] = i;
  for (; status == PROPTER_OK && head < tail; head++)
    for (size_t j = 0; j < p; j++)
      if (marks_directed(mark, p, queue[head], j) && --parents[j] == 0) queue[tail++] = j;
  if (status == PROPTER_OK && tail < p) status = propter_fail(err, PROPTER_INVALID, "the directed edges form a cycle");
  propter_free(parents), propter_free(queue);
  return status;
}

PropterStatus propter_dag_to_cpdag(size_t p, uint8_t *mark, PropterError *err) {
  PROPTER_TRY(check_dag(p, mark, err));
  uint8_t *collider = propter_calloc(p * p + 1, 1); /* edges into an unshielded collider keep their direction */
  if (!collider) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a graph of %zu variables", p);
  for (size_t k = 0; k < p; k++)
    for (size_t i = 0; i < p; i++)
      for (size_t j = marks_directed(mark, p, i, k) ? 0 : p; j < p; j++)
        if (j != i && marks_directed(mark, p, j, k) && !marks_adjacent(mark, p, i, j)) collider[i * p + k] = 1;
  for (size_t i = 0; i < p; i++)
    for (size_t j = 0; j < p; j++)
      if (marks_directed(mark, p, i, j) && !collider[i * p + j]) marks_set(mark, p, i, j, PROPTER_TAIL, PROPTER_TAIL);
  propter_free(collider);
  return marks_meek(p, mark, err);
}

size_t propter_graph_distance(size_t p, const uint8_t *a, const uint8_t *b, size_t *skeleton) {
  size_t all = 0, bare = 0;
  for (size_t i = 0; i < p; i++)
    for (size_t j = 0; j < i; j++) {
      all += a[i * p + j] != b[i * p + j] || a[j * p + i] != b[j * p + i];
      bare += marks_adjacent(a, p, i, j) != marks_adjacent(b, p, i, j);
    }
  if (skeleton) *skeleton = bare;
  return all;
}

static bool tiers_forbid(const PropterKnowledge *k, size_t i, size_t j) { return k->tier && k->tier[i] >= 0 && k->tier[j] >= 0 && k->tier[i] > k->tier[j]; }

bool knowledge_forbids(const PropterKnowledge *k, size_t p, size_t i, size_t j) {
  return k && ((k->forbidden && k->forbidden[i * p + j]) || knowledge_requires(k, p, j, i) || tiers_forbid(k, i, j));
}

PropterStatus propter_knowledge_check(size_t p, const PropterKnowledge *k, PropterError *err) {
  if (!k || !k->required) return PROPTER_OK;
  uint8_t *mark = propter_calloc(p * p + 1, 1);
  if (!mark) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the knowledge about %zu variables", p);
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < p && status == PROPTER_OK; i++)
    for (size_t j = 0; j < p && status == PROPTER_OK; j++) {
      if (!k->required[i * p + j]) continue;
      if (i == j || k->required[j * p + i]) status = propter_fail(err, PROPTER_INVALID, "required edges form a cycle: %zu and %zu", i, j);
      else if (k->forbidden && k->forbidden[i * p + j])
        status = propter_fail(err, PROPTER_INVALID, "the edge from %zu to %zu is both required and forbidden", i, j);
      else if (tiers_forbid(k, i, j)) status = propter_fail(err, PROPTER_INVALID, "the edge from %zu to %zu is required and leads into an earlier tier", i, j);
      marks_direct(mark, p, i, j);
    }
  if (status == PROPTER_OK) {
    status = check_dag(p, mark, err);
    if (status == PROPTER_INVALID) (void)propter_fail(err, status, "required edges form a cycle");
  }
  propter_free(mark);
  return status;
}

double knowledge_level(double alpha, double prior) {
  if (prior == 0) return alpha;
  double need = propter_p_value_bound(alpha) - prior, low = -700, high = -1; /* ln p */
  if (need <= 0) return 1;
  for (int i = 0; i < 60; i++) {
    double mid = 0.5 * (low + high);
    if (propter_p_value_bound(exp(mid)) > need) low = mid;
    else high = mid;
  }
  return exp(low);
}

void knowledge_direct(const PropterKnowledge *k, size_t p, uint8_t *mark) {
  for (size_t i = 0; k && i < p; i++)
    for (size_t j = 0; j < p; j++)
      if (i != j && marks_adjacent(mark, p, i, j) && knowledge_forbids(k, p, j, i) && !knowledge_forbids(k, p, i, j)) marks_direct(mark, p, i, j);
}

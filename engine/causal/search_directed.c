/* SPDX-License-Identifier: Apache-2.0 */
/* BOSS, and what its equivalence class leaves open directed by the joint values of each pair, the surest first, each followed by what it implies. */
#include <math.h>

#include "marks.h"
#include "propter/direction.h"
#include "propter/mem.h"

extern const CausalSearch causal_search_boss, causal_search_directed;

typedef struct {
  size_t i, j;
  double score;
} Edge;

static int surest_first(const void *a, const void *b) {
  const Edge *x = a, *y = b;
  if (fabs(x->score) != fabs(y->score)) return fabs(x->score) < fabs(y->score) ? 1 : -1;
  if (x->i != y->i) return x->i < y->i ? -1 : 1;
  return (x->j > y->j) - (x->j < y->j);
}

static PropterStatus list_open(const PropterData *data, const uint8_t *mark, Edge *edge, size_t *count, PropterError *err) {
  size_t p = data->p;
  for (size_t i = 0; i < p; i++)
    for (size_t j = 0; j < i; j++) {
      if (!marks_undirected(mark, p, i, j)) continue;
      PropterDirection d;
      PropterStatus status = propter_pair_direction(data->n, data->x + i * data->n, data->x + j * data->n, &d, err);
      if (status == PROPTER_NO_MEMORY) return status;
      edge[(*count)++] = (Edge){i, j, status == PROPTER_OK ? d.score : 0}; /* no score: left open unless implied */
    }
  return PROPTER_OK;
}

static PropterStatus run(const PropterData *data, const PropterSearchOptions *o, PropterCausalGraph *graph, PropterError *err) {
  PROPTER_TRY(causal_search_boss.run(data, o, graph, err));
  size_t p = data->p, count = 0;
  Edge *edge = propter_malloc(p * p * sizeof *edge + 1);
  if (!edge) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the edges of %zu variables", p);
  PropterStatus status = list_open(data, graph->mark, edge, &count, err);
  if (count) qsort(edge, count, sizeof *edge, surest_first);
  for (size_t e = 0; e < count && status == PROPTER_OK; e++) {
    size_t from = edge[e].score > 0 ? edge[e].i : edge[e].j, to = edge[e].score > 0 ? edge[e].j : edge[e].i;
    if (edge[e].score == 0 || !marks_undirected(graph->mark, p, from, to)) continue;
    marks_direct(graph->mark, p, from, to);
    status = marks_meek(p, graph->mark, err);
  }
  propter_free(edge);
  return status;
}

const CausalSearch causal_search_directed = {"directed", "BOSS, then directions from pairs", run};

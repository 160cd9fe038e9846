/* SPDX-License-Identifier: Apache-2.0 */
#include "marks.h"
#include "propter/mem.h"

/* The surest first; equal ones by their place. */
static int by_p(const void *a, const void *b) {
  const CausalSeparation *x = a, *y = b;
  if (x->p != y->p) return x->p < y->p ? 1 : -1;
  if (x->i != y->i) return x->i < y->i ? -1 : 1;
  return (x->j > y->j) - (x->j < y->j);
}

static bool may_point(const PropterKnowledge *k, size_t p, const uint8_t *m, size_t i, size_t to) {
  return marks_directed(m, p, i, to) || (marks_undirected(m, p, i, to) && !knowledge_forbids(k, p, i, to));
}

/* i → k ← j for every common neighbour k outside the set that separates i and j, unless an edge already points the other way. */
static void direct_colliders(const PropterKnowledge *know, size_t p, uint8_t *mark, const CausalSeparation *list, size_t count) {
  for (size_t c = 0; c < count; c++) {
    const CausalSeparation *s = &list[c];
    if (s->p < 0) continue; /* knowledge took the edge; nothing was testable */
    for (size_t k = 0; k < p; k++) {
      if (!marks_adjacent(mark, p, s->i, k) || !marks_adjacent(mark, p, s->j, k)) continue;
      bool in = false;
      for (size_t m = 0; m < s->k && !in; m++) in = s->s[m] == k;
      if (in || !may_point(know, p, mark, s->i, k) || !may_point(know, p, mark, s->j, k)) continue;
      marks_direct(mark, p, s->i, k), marks_direct(mark, p, s->j, k);
    }
  }
}

static PropterStatus run(const PropterData *data, const PropterSearchOptions *o, PropterCausalGraph *graph, PropterError *err) {
  PROPTER_TRY(causal_skeleton(data, o, graph, err));
  CausalSeparation *list;
  size_t count;
  PROPTER_TRY(causal_separations(data, o, graph, &list, &count, err));
  if (count) qsort(list, count, sizeof *list, by_p);
  knowledge_direct(o->knowledge, data->p, graph->mark);
  direct_colliders(o->knowledge, data->p, graph->mark, list, count);
  propter_free(list);
  return marks_meek(data->p, graph->mark, err);
}

extern const CausalSearch causal_search_pc;
const CausalSearch causal_search_pc = {"pc", "PC-stable, colliders by the largest p-value", run};

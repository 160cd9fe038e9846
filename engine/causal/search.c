/* SPDX-License-Identifier: Apache-2.0 */
#include "independence.h"
#include "marks.h"
#include "propter/mem.h"

#define SEARCH(name) extern const CausalSearch causal_search_##name;
#include "searches.def"
#undef SEARCH

static const CausalSearch *const searches[] = {
#define SEARCH(name) &causal_search_##name,
#include "searches.def"
#undef SEARCH
};

enum { MOST_VARIABLES = 20000 };

PropterStatus propter_structure_search(const PropterData *data, const char *name, const PropterSearchOptions *options, PropterCausalGraph *graph,
                                       PropterError *err) {
  static const PropterSearchOptions defaults = {0};
  if (!options) options = &defaults;
  *graph = (PropterCausalGraph){.p = data->p};
  const CausalSearch *search = NULL;
  for (size_t i = 0; i < sizeof searches / sizeof *searches; i++)
    if (strcmp(searches[i]->name, name) == 0) search = searches[i];
  if (!search) return propter_fail(err, PROPTER_NOT_FOUND, "no structure search \"%s\"", name);
  if (data->p > MOST_VARIABLES) return propter_fail(err, PROPTER_LIMIT, "%zu variables, at most %d", data->p, MOST_VARIABLES);
  PROPTER_TRY(causal_data_check(data, NULL, err));
  PROPTER_TRY(propter_knowledge_check(data->p, options->knowledge, err));
  graph->mark = propter_calloc(data->p * data->p + 1, 1);
  if (!graph->mark) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a graph of %zu variables", data->p);
  PropterStatus status = search->run(data, options, graph, err);
  if (status != PROPTER_OK) propter_causal_graph_free(graph);
  return status;
}

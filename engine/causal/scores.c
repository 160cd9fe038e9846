/* SPDX-License-Identifier: Apache-2.0 */
#include "scores.h"

#include <string.h>

#include "marks.h"

#define SCORE(name) extern const CausalScore causal_score_##name;
#include "scores.def"
#undef SCORE

static const CausalScore *const scores[] = {
#define SCORE(name) &causal_score_##name,
#include "scores.def"
#undef SCORE
};

PropterStatus causal_score_find(const PropterData *data, const char *name, const CausalScore **score, PropterError *err) {
  size_t discrete = 0;
  for (size_t v = 0; v < data->p; v++) discrete += data->levels && data->levels[v];
  if (!name) name = !discrete ? "gaussian_bic" : discrete == data->p ? "bdeu" : "conditional_gaussian_bic";
  for (size_t i = 0; i < sizeof scores / sizeof *scores; i++)
    if (strcmp(scores[i]->name, name) == 0) return *score = scores[i], PROPTER_OK;
  return propter_fail(err, PROPTER_NOT_FOUND, "no score \"%s\"", name);
}

double causal_score_local(const CausalScore *score, CausalScoreCache *cache, const PropterKnowledge *know, size_t p, size_t y, const size_t *parents,
                          size_t k) {
  double s = score->local(cache, y, parents, k);
  for (size_t i = 0; i < k; i++) s += knowledge_prior(know, p, parents[i], y);
  return s;
}

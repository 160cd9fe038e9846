/* SPDX-License-Identifier: Apache-2.0 */
/* Conditional Gaussian BIC (Andrews, Ramsey and Cooper 2018): likelihood of y with its parents against that of the parents alone. */
#include <math.h>

#include "mixed.h"
#include "propter/mem.h"
#include "scores.h"

struct CausalScoreCache {
  const PropterData *data;
  unsigned char *whole;
  double *sums, rows, penalty;
};

static void release(CausalScoreCache *c) { propter_free(c->whole), propter_free(c->sums), propter_free(c); }

static PropterStatus prepare(const PropterData *data, const PropterSearchOptions *o, CausalScoreCache **out, PropterError *err) {
  CausalScoreCache *c = propter_calloc(1, sizeof *c);
  if (c) c->whole = propter_malloc(data->n + 1), c->sums = propter_malloc((size_t)(MIXED_CELLS + 1) * MIXED_MOMENTS * sizeof(double));
  if (!c || !c->whole || !c->sums) {
    if (c) release(c);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a conditional Gaussian score");
  }
  c->data = data, c->penalty = o->penalty > 0 ? o->penalty : 1;
  for (size_t t = 0; t < data->n; t++) {
    c->whole[t] = 1;
    for (size_t v = 0; v < data->p; v++) c->whole[t] = c->whole[t] && !isnan(data->x[v * data->n + t]);
    c->rows += c->whole[t];
  }
  if (c->rows < 3) {
    release(c);
    return propter_fail(err, PROPTER_INVALID, "fewer than 3 complete rows, a score needs them");
  }
  *out = c;
  return PROPTER_OK;
}

static double local(CausalScoreCache *c, size_t y, const size_t *parents, size_t k) {
  size_t v[CAUSAL_PARENTS + 1];
  if (k > CAUSAL_PARENTS || k + 1 > MIXED_MOST) return -INFINITY;
  memcpy(v, parents, k * sizeof *v);
  v[k] = y;
  MixedLikelihood with = mixed_likelihood(c->data, c->whole, c->sums, v, k + 1), without = mixed_likelihood(c->data, c->whole, c->sums, v, k);
  if (!with.good || !without.good) return k ? -INFINITY : 0; /* a constant alone: nothing to tell */
  return with.log - without.log - .5 * c->penalty * (with.parameters - without.parameters) * log(c->rows);
}

extern const CausalScore causal_score_conditional_gaussian_bic;
const CausalScore causal_score_conditional_gaussian_bic = {"conditional_gaussian_bic", "conditional Gaussian BIC for mixed data", prepare, release, local};

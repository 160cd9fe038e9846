/* SPDX-License-Identifier: Apache-2.0 */
/* Scores of discrete variables from joint counts: BIC (Schwarz 1978) and BDeu (Buntine 1991; Heckerman, Geiger and Chickering 1995). */
#include <math.h>

#include "counts.h"
#include "propter/mem.h"
#include "scores.h"

struct CausalScoreCache {
  CausalCounts counts;
  double penalty, weight;
  uint32_t *code, *table;
};

static void release(CausalScoreCache *c) {
  causal_counts_clear(&c->counts), propter_free(c->code), propter_free(c->table), propter_free(c);
}

static PropterStatus prepare(const PropterData *data, const PropterSearchOptions *o, CausalScoreCache **out, PropterError *err) {
  CausalScoreCache *c = propter_calloc(1, sizeof *c);
  if (!c) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a score");
  c->penalty = o->penalty > 0 ? o->penalty : 1, c->weight = o->weight > 0 ? o->weight : 1;
  c->code = propter_malloc(data->n * sizeof(uint32_t) + 1), c->table = propter_malloc((CAUSAL_CELLS + 256) * sizeof(uint32_t));
  PropterStatus status = c->code && c->table ? causal_counts_new(data, &c->counts, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a score");
  if (status == PROPTER_OK) *out = c;
  else release(c);
  return status;
}

/* Counts of y within each cell of its parents; false if there are too many cells. */
static bool count(CausalScoreCache *c, size_t y, const size_t *parents, size_t k, size_t *cells) {
  if (!causal_counts_join(&c->counts, parents, k, c->code, cells) || (*cells + 1) * (c->counts.levels[y] + 1) > CAUSAL_CELLS) return false;
  causal_counts_table(&c->counts, c->code, *cells, y, c->table);
  return true;
}

static double local_bic(CausalScoreCache *c, size_t y, const size_t *parents, size_t k) {
  size_t cells, levels = c->counts.levels[y], rows = 0;
  if (!count(c, y, parents, k, &cells)) return -INFINITY;
  const double *f = c->counts.n_log_n;
  double fit = 0;
  for (size_t g = 0; g < cells; g++) {
    const uint32_t *cell = c->table + g * (levels + 1);
    uint32_t total = 0;
    for (size_t l = 0; l < levels; l++) fit += f[cell[l]], total += cell[l];
    fit -= f[total], rows += total;
  }
  return levels && rows ? fit - 0.5 * c->penalty * (double)cells * (double)(levels - 1) * log((double)rows) : 0;
}

static double local_bdeu(CausalScoreCache *c, size_t y, const size_t *parents, size_t k) {
  size_t cells, levels = c->counts.levels[y];
  if (!count(c, y, parents, k, &cells) || !levels) return levels ? -INFINITY : 0;
  double a = c->weight / (double)cells, b = a / (double)levels, lga = lgamma(a), lgb = lgamma(b), sum = 0;
  for (size_t g = 0; g < cells; g++) {
    const uint32_t *cell = c->table + g * (levels + 1);
    double total = 0;
    for (size_t l = 0; l < levels; l++)
      if (cell[l]) sum += lgamma(b + cell[l]) - lgb, total += cell[l];
    if (total > 0) sum += lga - lgamma(a + total);
  }
  return sum;
}

extern const CausalScore causal_score_discrete_bic, causal_score_bdeu;
const CausalScore causal_score_discrete_bic = {"discrete_bic", "BIC of multinomial tables", prepare, release, local_bic};
const CausalScore causal_score_bdeu = {"bdeu", "Bayesian Dirichlet, equivalent and uniform", prepare, release, local_bdeu};

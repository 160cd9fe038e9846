/* SPDX-License-Identifier: Apache-2.0 */
/* Structure searches over series and their past as so many variables: time gives the tiers. */
#include <math.h>

#include "lagged_sums.h"
#include "propter/mem.h"

/* What is known of the series, for each of their lags. */
static void unroll(const LaggedSums *s, const PropterKnowledge *of, int *tier, uint8_t *forbidden, double *prior, PropterKnowledge *out) {
  size_t p = s->p, q = s->q;
  for (size_t v = 0; v < q; v++) tier[v] = (int)(s->depth - v / p);
  *out = (PropterKnowledge){.tier = tier};
  if (!of) return;
  for (size_t a = 0; a < q; a++)
    for (size_t b = 0; b < q; b++) {
      size_t i = a % p, j = b % p;
      bool against = of->tier && of->tier[i] >= 0 && of->tier[j] >= 0 && of->tier[i] > of->tier[j];
      forbidden[a * q + b] = i != j && ((of->forbidden && of->forbidden[i * p + j]) || against);
      prior[a * q + b] = i != j && of->prior ? of->prior[i * p + j] : 0;
    }
  out->forbidden = forbidden, out->prior = prior;
}

/* Strength and p of what leads to y, and of what stands undirected beside it. */
static PropterStatus weigh(const LaggedSums *s, size_t y, size_t *v, double *beta, double *p_value, PropterLaggedGraph *g, PropterError *err) {
  size_t p = s->p, k = 0;
  for (size_t c = 0; c < s->q; c++)
    if (c != y && g->mark[c * p + y] != PROPTER_NO_EDGE && !(c < p && g->mark[c * p + y] == PROPTER_TAIL && g->mark[y * p + c] == PROPTER_ARROW)) v[k++] = c;
  PROPTER_TRY(lagged_explain(s, v, k, y, beta, p_value, err));
  for (size_t i = 0; i < k; i++) {
    size_t cell = v[i] * p + y, back = y * p + v[i];
    g->strength[cell] = beta[i], g->p_value[cell] = p_value[i];
    if (v[i] < p && g->mark[back] == PROPTER_TAIL && g->mark[cell] == PROPTER_ARROW) g->strength[back] = beta[i], g->p_value[back] = p_value[i];
  }
  return PROPTER_OK;
}

static PropterStatus run(const LaggedSums *s, const char *search, const PropterLaggedOptions *o, PropterLaggedGraph *g, PropterError *err) {
  size_t p = s->p, q = s->q, *v = propter_malloc((q + 1) * sizeof *v);
  int *tier = propter_malloc((q + 1) * sizeof *tier);
  uint8_t *forbidden = propter_malloc(q * q + 1);
  double *prior = propter_malloc((q * q + 1) * sizeof *prior), *beta = propter_malloc((2 * q + 1) * sizeof *beta);
  PropterCausalGraph found = {0};
  PropterKnowledge k;
  bool good = v && tier && forbidden && prior && beta;
  PropterStatus status = good ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a search over lags");
  if (good) unroll(s, o->knowledge, tier, forbidden, prior, &k);
  const PropterData data = {q, s->rows, s->z, NULL};
  const PropterSearchOptions options = {.alpha = o->alpha, .depth = o->depth, .threads = o->threads, .seed = o->seed, .knowledge = &k};
  if (status == PROPTER_OK) status = propter_structure_search(&data, search, &options, &found, err);
  for (size_t c = 0; c < q && status == PROPTER_OK; c++)
    for (size_t j = 0; j < p; j++) {
      g->mark[c * p + j] = c == j ? PROPTER_NO_EDGE : found.mark[c * q + j];
      if (c >= p && g->mark[c * p + j] != PROPTER_NO_EDGE) g->mark[c * p + j] = PROPTER_ARROW;
    }
  for (size_t j = 0; j < p && status == PROPTER_OK; j++) status = weigh(s, j, v, beta, beta + q, g, err);
  if (status == PROPTER_OK) status = lagged_adjust(o, true, g, err);
  propter_causal_graph_free(&found);
  propter_free(v), propter_free(tier), propter_free(forbidden), propter_free(prior), propter_free(beta);
  return status;
}

static PropterStatus run_pc(const LaggedSums *s, const PropterLaggedOptions *o, PropterLaggedGraph *g, PropterError *err) { return run(s, "pc", o, g, err); }
static PropterStatus run_boss(const LaggedSums *s, const PropterLaggedOptions *o, PropterLaggedGraph *g, PropterError *err) {
  return run(s, "boss", o, g, err);
}

extern const Lagged causal_lagged_pc, causal_lagged_boss;
const Lagged causal_lagged_pc = {"pc", 1, run_pc};
const Lagged causal_lagged_boss = {"boss", 1, run_boss};

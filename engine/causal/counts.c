/* SPDX-License-Identifier: Apache-2.0 */
#include "counts.h"

#include <math.h>

#include "propter/mem.h"

PropterStatus causal_counts_new(const PropterData *data, CausalCounts *c, PropterError *err) {
  *c = (CausalCounts){.p = data->p, .n = data->n};
  for (size_t v = 0; v < data->p; v++)
    if (!data->levels || !data->levels[v])
      return propter_fail(err, PROPTER_INVALID, "variable %zu is continuous, a test or score of counts needs discrete ones", v);
  if (data->n > UINT32_MAX) return propter_fail(err, PROPTER_LIMIT, "%zu rows", data->n);
  c->levels = propter_calloc(data->p + 1, sizeof *c->levels);
  c->gaps = propter_calloc(data->p + 1, sizeof *c->gaps);
  c->code = propter_malloc(data->p * data->n + 1);
  c->n_log_n = propter_calloc(data->n + 1, sizeof(double));
  if (!c->levels || !c->gaps || !c->code || !c->n_log_n) {
    causal_counts_clear(c);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu discrete variables", data->p);
  }
  for (size_t i = 2; i <= data->n; i++) c->n_log_n[i] = (double)i * log((double)i);
  for (size_t v = 0; v < data->p; v++) { /* levels that never occur would only cost cells */
    const double *x = data->x + v * data->n;
    bool seen[256] = {false};
    unsigned char dense[256] = {0};
    for (size_t t = 0; t < data->n; t++)
      if (isnan(x[t])) c->gaps[v] = true;
      else seen[(size_t)x[t] & 255] = true;
    for (size_t l = 0; l < data->levels[v]; l++)
      if (seen[l]) dense[l] = (unsigned char)c->levels[v]++;
    for (size_t t = 0; t < data->n; t++) c->code[v * data->n + t] = isnan(x[t]) ? (unsigned char)c->levels[v] : dense[(size_t)x[t] & 255];
  }
  return PROPTER_OK;
}

void causal_counts_clear(CausalCounts *c) {
  propter_free(c->levels), propter_free(c->gaps), propter_free(c->code), propter_free(c->n_log_n);
  *c = (CausalCounts){0};
}

bool causal_counts_join_one(const CausalCounts *c, size_t v, const uint32_t *old, size_t old_cells, uint32_t *code, size_t *cells) {
  const unsigned char *x = c->code + v * c->n;
  uint32_t levels = c->levels[v], old_gap = (uint32_t)old_cells;
  if (levels && old_cells > CAUSAL_CELLS / levels) return false;
  uint32_t gap = old_gap * levels;
  if (c->gaps[v])
    for (size_t t = 0; t < c->n; t++) code[t] = old[t] == old_gap || x[t] == levels ? gap : old[t] * levels + x[t];
  else /* old_gap·levels + x would pass the gap, hence the minimum */
    for (size_t t = 0; t < c->n; t++) {
      uint32_t joined = old[t] * levels + x[t];
      code[t] = joined < gap ? joined : gap;
    }
  *cells = gap;
  return true;
}

bool causal_counts_join(const CausalCounts *c, const size_t *v, size_t k, uint32_t *code, size_t *cells) {
  for (size_t t = 0; t < c->n; t++) code[t] = 0;
  *cells = 1;
  for (size_t i = 0; i < k; i++)
    if (!causal_counts_join_one(c, v[i], code, *cells, code, cells)) return false;
  return true;
}

/* Two tables in turn, so that equal neighbours do not wait for each other's increment. */
void causal_counts_table(const CausalCounts *c, const uint32_t *code, size_t cells, size_t v, uint32_t *table) {
  const unsigned char *x = c->code + v * c->n;
  size_t width = c->levels[v] + 1, size = (cells + 1) * width;
  enum { SMALL = 2048 };
  memset(table, 0, size * sizeof *table);
  if (size > SMALL) {
    for (size_t t = 0; t < c->n; t++) table[code[t] * width + x[t]]++;
    return;
  }
  uint32_t other[SMALL];
  memset(other, 0, size * sizeof *other);
  size_t t = 0;
  for (; t + 1 < c->n; t += 2) table[code[t] * width + x[t]]++, other[code[t + 1] * width + x[t + 1]]++;
  if (t < c->n) table[code[t] * width + x[t]]++;
  for (size_t i = 0; i < size; i++) table[i] += other[i];
}

/* SPDX-License-Identifier: Apache-2.0 */
/* BIC of a linear Gaussian regression: −n/2·ln(residual variance) − penalty·k/2·ln n, from the correlation matrix. */
#include <math.h>

#include "propter/math.h"
#include "propter/mem.h"
#include "scores.h"

static const double determined = 1e-9;

struct CausalScoreCache {
  size_t p;
  double n, penalty;
  double *r;
};

static void release(CausalScoreCache *c) {
  propter_free(c->r), propter_free(c);
}

/* Rows with a missing value are left out as a whole: a score must compare sets of parents on the same rows. */
static double *complete_rows(const PropterData *data, size_t *rows) {
  double *x = propter_malloc(data->p * data->n * sizeof *x + 1);
  *rows = 0;
  for (size_t t = 0; x && t < data->n; t++) {
    bool whole = true;
    for (size_t v = 0; v < data->p && whole; v++) whole = !isnan(data->x[v * data->n + t]);
    for (size_t v = 0; v < data->p && whole; v++) x[v * data->n + *rows] = data->x[v * data->n + t];
    *rows += whole;
  }
  for (size_t v = 1; x && v < data->p; v++) memmove(x + v * *rows, x + v * data->n, *rows * sizeof *x);
  return x;
}

static PropterStatus prepare(const PropterData *data, const PropterSearchOptions *o, CausalScoreCache **out, PropterError *err) {
  CausalScoreCache *c = propter_calloc(1, sizeof *c);
  size_t rows = 0;
  double *x = complete_rows(data, &rows);
  if (c) c->r = propter_malloc(data->p * data->p * sizeof(double) + 1);
  PropterStatus status = x && c && c->r ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu variables", data->p);
  if (status == PROPTER_OK && rows < 3) status = propter_fail(err, PROPTER_INVALID, "%zu complete rows, a score needs 3", rows);
  if (status == PROPTER_OK) status = propter_correlation(data->p, rows, x, o->threads, c->r, err);
  propter_free(x);
  if (status == PROPTER_OK) c->p = data->p, c->n = (double)rows, c->penalty = o->penalty > 0 ? o->penalty : 2, *out = c;
  else if (c) release(c);
  return status;
}

static double local(CausalScoreCache *c, size_t y, const size_t *s, size_t k) {
  double l[CAUSAL_PARENTS + 1][CAUSAL_PARENTS + 1], rest = 1;
  if (k > CAUSAL_PARENTS || (double)k + 2 > c->n) return -INFINITY;
  for (size_t i = 0; i <= k; i++) {
    const double *row = c->r + (i < k ? s[i] : y) * c->p;
    rest = 1;
    for (size_t j = 0; j < i; j++) {
      double v = row[s[j]];
      for (size_t m = 0; m < j; m++) v -= l[i][m] * l[j][m];
      l[i][j] = v / l[j][j];
      rest -= l[i][j] * l[i][j];
    }
    if (rest < determined) return -INFINITY; /* collinear parents, or y determined: no evidence for one direction */
    l[i][i] = sqrt(rest);
  }
  return -0.5 * c->n * log(rest) - 0.5 * c->penalty * (double)k * log(c->n);
}

extern const CausalScore causal_score_gaussian_bic;
const CausalScore causal_score_gaussian_bic = {"gaussian_bic", "BIC of linear Gaussian regressions", prepare, release, local};

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "estimator.h"
#include "propter/math.h"
#include "propter/mem.h"

static PropterStatus check(const PropterEffectData *d, PropterError *err) {
  const double *const blocks[] = {d->t, d->y, d->x, d->z};
  const size_t sizes[] = {d->n, d->n, d->n * d->p, d->n * d->m};
  static const char *const names[] = {"the cause", "the outcome", "a covariate", "an instrument"};
  for (size_t b = 0; b < 4; b++)
    for (size_t i = 0; i < sizes[b]; i++)
      if (isinf(blocks[b][i])) return propter_fail(err, PROPTER_INVALID, "row %zu of %s is infinite", i % d->n, names[b]);
  return PROPTER_OK;
}

PropterStatus causal_rows_open(const PropterEffectData *d, size_t least, CausalRows *r, PropterError *err) {
  *r = (CausalRows){.p = d->p, .m = d->m};
  PROPTER_TRY(check(d, err));
  r->space = propter_malloc((2 + d->p + d->m) * d->n * sizeof(double) + 1);
  if (!r->space) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu rows", d->n);
  for (int pass = 0; pass < 2; pass++) {
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++) {
      bool whole = !isnan(d->t[i]) && !isnan(d->y[i]);
      for (size_t v = 0; v < d->p && whole; v++) whole = !isnan(d->x[v * d->n + i]);
      for (size_t v = 0; v < d->m && whole; v++) whole = !isnan(d->z[v * d->n + i]);
      if (!whole) continue;
      if (pass) {
        r->t[n] = d->t[i], r->y[n] = d->y[i];
        for (size_t v = 0; v < d->p; v++) r->x[v * r->n + n] = d->x[v * d->n + i];
        for (size_t v = 0; v < d->m; v++) r->z[v * r->n + n] = d->z[v * d->n + i];
      }
      n++;
    }
    r->n = n, r->t = r->space, r->y = r->t + n, r->x = r->y + n, r->z = r->x + d->p * n;
  }
  if (r->n >= least + d->p + d->m) return PROPTER_OK;
  size_t have = r->n;
  causal_rows_close(r);
  return propter_fail(err, PROPTER_INVALID, "%zu whole rows, an estimate with %zu covariates needs %zu", have, d->p, least + d->p + d->m);
}

void causal_rows_close(CausalRows *r) {
  propter_free(r->space);
  *r = (CausalRows){0};
}

static bool two_values(const double *x, size_t n) {
  double other = NAN;
  for (size_t i = 1; i < n; i++) {
    if (x[i] == x[0]) continue;
    if (isnan(other)) other = x[i];
    else if (x[i] != other) return false;
  }
  return true;
}

static void add_column(CausalDesign *g, const double *x, bool square) {
  double mean = 0, var = 0;
  for (size_t i = 0; i < g->n; i++) mean += x[i] / (double)g->n;
  for (size_t i = 0; i < g->n; i++) var += (x[i] - mean) * (x[i] - mean) / (double)g->n;
  double unit = var > 1e-20 * mean * mean && var > 0 ? 1 / sqrt(var) : 0;
  for (size_t i = 0; i < g->n; i++) {
    double s = (x[i] - mean) * unit;
    g->d[i * g->q] = s; /* moved into place by the caller through the shifted pointer */
    if (square) g->d[i * g->q + 1] = s * s;
  }
}

PropterStatus causal_design_open(size_t n, size_t columns, const double *const *column, bool squares, CausalDesign *g, PropterError *err) {
  *g = (CausalDesign){.n = n, .q = 1};
  for (size_t c = 0; c < columns; c++) g->q += squares && !two_values(column[c], n) ? 2 : 1;
  g->d = propter_calloc(n * g->q + 1, sizeof(double)), g->l = propter_calloc(g->q * g->q, sizeof(double)), g->kept = propter_calloc(g->q, sizeof(bool));
  if (!g->d || !g->l || !g->kept) {
    causal_design_close(g);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu rows and %zu columns", n, columns);
  }
  for (size_t i = 0; i < n; i++) g->d[i * g->q] = 1;
  CausalDesign part = *g;
  part.d++;
  for (size_t c = 0; c < columns; c++) {
    bool square = squares && !two_values(column[c], n);
    add_column(&part, column[c], square);
    part.d += 1 + square;
  }
  causal_design_factor(g, NULL);
  return PROPTER_OK;
}

void causal_design_close(CausalDesign *g) {
  propter_free(g->d), propter_free(g->l), propter_free(g->kept);
  *g = (CausalDesign){0};
}

void causal_design_factor(CausalDesign *g, const double *w) {
  size_t q = g->q;
  memset(g->l, 0, q * q * sizeof(double));
  if (w) {
    for (size_t r = 0; r < g->n; r++)
      for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j <= i; j++) g->l[i * q + j] += w[r] * g->d[r * q + i] * g->d[r * q + j];
  } else propter_gram(g->n, q, g->d, g->l);
  for (size_t i = 0; i < q; i++) {
    double whole = g->l[i * q + i];
    for (size_t j = 0; j <= i; j++) {
      double v = g->l[i * q + j];
      for (size_t m = 0; m < j; m++) v -= g->l[i * q + m] * g->l[j * q + m];
      if (j < i) g->l[i * q + j] = g->kept[j] ? v / g->l[j * q + j] : 0;
      else g->kept[i] = v > 1e-9 * whole && v > 0, g->l[i * q + i] = g->kept[i] ? sqrt(v) : 1;
    }
    for (size_t j = 0; !g->kept[i] && j < i; j++) g->l[i * q + j] = 0;
  }
}

void causal_design_solve(const CausalDesign *g, const double *w, const double *v, double *beta) {
  size_t q = g->q;
  memset(beta, 0, q * sizeof(double));
  for (size_t r = 0; r < g->n; r++)
    for (size_t i = 0; i < q; i++) beta[i] += (w ? w[r] : 1) * g->d[r * q + i] * v[r];
  for (size_t i = 0; i < q; i++)
    if (!g->kept[i]) beta[i] = 0;
  propter_cholesky_solve(q, g->l, 1, beta);
}

double causal_design_fitted(const CausalDesign *g, const double *beta, size_t row) {
  double sum = 0;
  for (size_t i = 0; i < g->q; i++) sum += beta[i] * g->d[row * g->q + i];
  return sum;
}

PropterStatus causal_design_residual(const CausalDesign *g, const double *v, double *out, PropterError *err) {
  double *beta = propter_malloc(g->q * sizeof *beta);
  if (!beta) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu coefficients", g->q);
  causal_design_solve(g, NULL, v, beta);
  for (size_t r = 0; r < g->n; r++) out[r] = v[r] - causal_design_fitted(g, beta, r);
  propter_free(beta);
  return PROPTER_OK;
}

double causal_design_leverage(const CausalDesign *g, size_t row, double *s) {
  double sum = 0;
  for (size_t i = 0; i < g->q; i++) {
    s[i] = g->kept[i] ? g->d[row * g->q + i] : 0;
    for (size_t j = 0; j < i; j++) s[i] -= g->l[i * g->q + j] * s[j];
    s[i] /= g->l[i * g->q + i], sum += s[i] * s[i];
  }
  return sum;
}

size_t causal_design_rank(const CausalDesign *g) {
  size_t rank = 0;
  for (size_t i = 0; i < g->q; i++) rank += g->kept[i];
  return rank;
}

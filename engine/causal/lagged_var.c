/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "lagged_sums.h"
#include "propter/math.h"
#include "propter/mem.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an autoregression"); }

/* Least squares of the columns among one another, from their correlations: v[0..k) explain column y. */
typedef struct {
  size_t k;
  const size_t *v;
  double *a, *inverse, *beta;
} Fit;

/* Factor and inverse; a ridge of a millionth keeps copies of a series defined. */
static PropterStatus factor(const LaggedSums *s, Fit *f, PropterError *err) {
  for (size_t i = 0; i < f->k; i++)
    for (size_t j = 0; j < f->k; j++) {
      f->a[i * f->k + j] = s->r[f->v[i] * s->q + f->v[j]] + (i == j) * 1e-6;
      f->inverse[i * f->k + j] = i == j;
    }
  PROPTER_TRY(propter_cholesky(f->k, f->a, err));
  propter_cholesky_solve(f->k, f->a, f->k, f->inverse);
  return PROPTER_OK;
}

/* Coefficients of y, and their t tests into strength and p_value at the cells of the graph. */
static void explain(const LaggedSums *s, const Fit *f, size_t y, const PropterLaggedOptions *o, PropterLaggedGraph *g) {
  double fitted = 0, freedom = (double)s->rows - (double)f->k - 1;
  for (size_t i = 0; i < f->k; i++) f->beta[i] = s->r[f->v[i] * s->q + y];
  propter_cholesky_solve(f->k, f->a, 1, f->beta);
  for (size_t i = 0; i < f->k; i++) fitted += f->beta[i] * s->r[f->v[i] * s->q + y];
  double noise = fmax(1e-12, 1 - fitted) / freedom;
  for (size_t i = 0; i < f->k; i++) {
    size_t cell = lagged_cell(g, f->v[i] / s->p, f->v[i] % s->p, y);
    double t = f->beta[i] / sqrt(noise * f->inverse[i * f->k + i]), p = 2 * propter_t_cdf(-fabs(t), freedom);
    g->p_value[cell] = p;
    if (!(p < lagged_level(o, s->p, f->v[i] % s->p, y))) continue;
    g->strength[cell] = f->beta[i], g->mark[cell] = PROPTER_ARROW;
    if (f->v[i] < s->p) g->mark[lagged_cell(g, 0, y, f->v[i])] = PROPTER_TAIL;
  }
}

static PropterStatus fit_open(const LaggedSums *s, size_t most, const size_t *v, Fit *f, PropterError *err) {
  if (s->rows < most + 10) return propter_fail(err, PROPTER_INVALID, "%zu usable steps, an autoregression on %zu values needs %zu", s->rows, most, most + 10);
  *f = (Fit){.v = v, .a = propter_malloc((2 * most + 1) * most * sizeof(double) + 1)};
  if (!f->a) return no_memory(err);
  f->inverse = f->a + most * most, f->beta = f->inverse + most * most;
  return PROPTER_OK;
}

static size_t *past(const LaggedSums *s, size_t room) {
  size_t *v = propter_malloc((s->q + room + 1) * sizeof *v);
  for (size_t i = s->p; v && i < s->q; i++) v[i - s->p] = i;
  return v;
}

static PropterStatus run_var(const LaggedSums *s, const PropterLaggedOptions *o, PropterLaggedGraph *g, PropterError *err) {
  Fit f;
  size_t *v = past(s, 0);
  if (!v) return no_memory(err);
  PropterStatus status = fit_open(s, s->q - s->p, v, &f, err);
  if (status == PROPTER_OK) {
    f.k = s->q - s->p;
    status = factor(s, &f, err);
    for (size_t y = 0; status == PROPTER_OK && y < s->p; y++) explain(s, &f, y, o, g);
    propter_free(f.a);
  }
  propter_free(v);
  return status == PROPTER_OK ? lagged_adjust(o, false, g, err) : status;
}

PropterStatus lagged_explain(const LaggedSums *s, const size_t *v, size_t k, size_t y, double *beta, double *p, PropterError *err) {
  Fit f;
  double fitted = 0, freedom = (double)s->rows - (double)k - 1;
  if (!k) return PROPTER_OK;
  PROPTER_TRY(fit_open(s, k, v, &f, err));
  f.k = k;
  PropterStatus status = factor(s, &f, err);
  for (size_t i = 0; i < k; i++) beta[i] = s->r[v[i] * s->q + y];
  if (status == PROPTER_OK) propter_cholesky_solve(k, f.a, 1, beta);
  for (size_t i = 0; i < k; i++) fitted += beta[i] * s->r[v[i] * s->q + y];
  for (size_t i = 0; i < k && status == PROPTER_OK; i++)
    p[i] = 2 * propter_t_cdf(-fabs(beta[i] / sqrt(fmax(1e-12, 1 - fitted) / freedom * f.inverse[i * k + i])), freedom);
  propter_free(f.a);
  return status;
}

/* ---- LiNGAM ------------------------------------------------------------------------------------------------------------- */

/* Maximum entropy approximation of the differential entropy of a standardised variable (Hyvärinen 1998). */
static double entropy(const double *u, size_t n) {
  double a = 0, b = 0;
  for (size_t t = 0; t < n; t++) {
    double x = fabs(u[t]);
    a += x + log1p(exp(-2 * x)) - log(2), b += u[t] * exp(-.5 * u[t] * u[t]);
  }
  a = a / (double)n - .37457, b /= (double)n;
  return .5 * (1 + log(2 * 3.14159265358979)) - 79.047 * a * a - 7.4129 * b * b;
}

static void standardise(double *x, size_t n) {
  double mean = 0, square = 0;
  for (size_t t = 0; t < n; t++) mean += x[t] / (double)n;
  for (size_t t = 0; t < n; t++) x[t] -= mean, square += x[t] * x[t] / (double)n;
  double unit = square > 1e-300 ? 1 / sqrt(square) : 0;
  for (size_t t = 0; t < n; t++) x[t] *= unit;
}

/* Entropy of what b leaves of a, both standardised. */
static double rest_entropy(const double *a, const double *b, size_t n, double *scratch) {
  double r = 0;
  for (size_t t = 0; t < n; t++) r += a[t] * b[t] / (double)n;
  for (size_t t = 0; t < n; t++) scratch[t] = a[t] - r * b[t];
  standardise(scratch, n);
  return entropy(scratch, n);
}

/* The variable that is least an effect of any other left: likelihood ratios of pairs (Hyvärinen and Smith 2013). */
static size_t most_exogenous(const double *e, size_t p, size_t n, const bool *done, double *own, double *scratch) {
  size_t best = p;
  double least = INFINITY;
  for (size_t i = 0; i < p; i++)
    if (!done[i]) own[i] = entropy(e + i * n, n);
  for (size_t i = 0; i < p; i++) {
    double against = 0;
    for (size_t j = 0; j < p && !done[i]; j++) {
      if (done[j] || j == i) continue;
      double ratio = own[j] + rest_entropy(e + i * n, e + j * n, n, scratch) - own[i] - rest_entropy(e + j * n, e + i * n, n, scratch);
      against += ratio < 0 ? ratio * ratio : 0; /* i → j has the smaller total entropy where ratio > 0 */
    }
    if (!done[i] && (best == p || against < least)) best = i, least = against;
  }
  return best;
}

static void remove_from_all(double *e, size_t p, size_t n, const bool *done, size_t root) {
  for (size_t j = 0; j < p; j++) {
    if (done[j]) continue;
    double r = 0;
    for (size_t t = 0; t < n; t++) r += e[j * n + t] * e[root * n + t] / (double)n;
    for (size_t t = 0; t < n; t++) e[j * n + t] -= r * e[root * n + t];
    standardise(e + j * n, n);
  }
}

/* Residuals of the autoregression, standardised. */
static void residuals(const LaggedSums *s, const Fit *f, double *e) {
  for (size_t y = 0; y < s->p; y++) {
    for (size_t i = 0; i < f->k; i++) f->beta[i] = s->r[f->v[i] * s->q + y];
    propter_cholesky_solve(f->k, f->a, 1, f->beta);
    memcpy(e + y * s->rows, s->z + y * s->rows, s->rows * sizeof *e);
    standardise(e + y * s->rows, s->rows);
    for (size_t i = 0; i < f->k; i++) {
      const double *z = s->z + f->v[i] * s->rows;
      double mean = 0, square = 0;
      for (size_t t = 0; t < s->rows; t++) mean += z[t] / (double)s->rows;
      for (size_t t = 0; t < s->rows; t++) square += (z[t] - mean) * (z[t] - mean) / (double)s->rows;
      if (!(square > 0)) continue;
      for (size_t t = 0; t < s->rows; t++) e[y * s->rows + t] -= f->beta[i] * (z[t] - mean) / sqrt(square);
    }
    standardise(e + y * s->rows, s->rows);
  }
}

static PropterStatus run_lingam(const LaggedSums *s, const PropterLaggedOptions *o, PropterLaggedGraph *g, PropterError *err) {
  size_t lagged = s->q - s->p, *v = past(s, s->p), p = s->p;
  double *e = propter_malloc((p + 1) * s->rows * sizeof *e + p * sizeof *e);
  bool *done = propter_calloc(p + 1, sizeof *done);
  Fit f = {0};
  PropterStatus status = v && e && done ? fit_open(s, s->q, v, &f, err) : no_memory(err);
  if (status == PROPTER_OK) f.k = lagged, status = factor(s, &f, err);
  if (status == PROPTER_OK) residuals(s, &f, e);
  for (size_t step = 0; step < p && status == PROPTER_OK; step++) { /* each variable is explained by the past and by those found before it */
    size_t root = most_exogenous(e, p, s->rows, done, e + (p + 1) * s->rows, e + p * s->rows);
    done[root] = true;
    remove_from_all(e, p, s->rows, done, root);
    f.k = lagged + step;
    if (step) status = factor(s, &f, err);
    if (status == PROPTER_OK) explain(s, &f, root, o, g);
    v[lagged + step] = root;
  }
  propter_free(v), propter_free(e), propter_free(done), propter_free(f.a);
  return status == PROPTER_OK ? lagged_adjust(o, true, g, err) : status;
}

extern const Lagged causal_lagged_var, causal_lagged_var_lingam;
const Lagged causal_lagged_var = {"var", 1, run_var};
const Lagged causal_lagged_var_lingam = {"var_lingam", 1, run_lingam};

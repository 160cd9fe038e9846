/* SPDX-License-Identifier: Apache-2.0 */
/* Randomised conditional correlation test, RCoT (Strobl, Zhang and Visweswaran, Journal of Causal Inference 2019): random Fourier features instead of
 * kernel matrices, residuals given the features of the conditions, and the null's weighted χ² by its first three cumulants (Buckley and Eagleson 1988). */
#include <math.h>

#include "independence.h"
#include "propter/math.h"
#include "propter/mem.h"
#include "propter/rng.h"

enum { FEATURES = 5, GIVEN = 100, PRODUCTS = FEATURES * FEATURES, BANDWIDTH_ROWS = 200, LEAST_ROWS = 30 };

struct CausalCache {
  const PropterData *data;
  uint64_t seed;
};

struct CausalScratch {
  double *column;   /* (conditions + 2) × n, standardised */
  double *fx, *fy, *fz;
  double *distance; /* of pairs of the first rows */
};

static void release(CausalCache *c) { propter_free(c); }

static PropterStatus prepare(const PropterData *data, uint64_t seed, CausalCache **out, PropterError *err) {
  PROPTER_TRY(causal_data_check(data, NULL, err));
  CausalCache *c = propter_malloc(sizeof *c);
  if (!c) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a kernel test");
  *c = (CausalCache){data, seed};
  *out = c;
  return PROPTER_OK;
}

static void drop(CausalScratch *s) {
  propter_free(s->column), propter_free(s->fx), propter_free(s->fy), propter_free(s->fz), propter_free(s->distance), propter_free(s);
}

static PropterStatus scratch(const CausalCache *c, CausalScratch **out, PropterError *err) {
  size_t n = c->data->n + 1;
  CausalScratch *s = propter_calloc(1, sizeof *s);
  if (s) {
    s->column = propter_malloc((CAUSAL_CONDITION + 2) * n * sizeof(double)), s->fx = propter_malloc(FEATURES * n * sizeof(double));
    s->fy = propter_malloc(FEATURES * n * sizeof(double)), s->fz = propter_malloc(GIVEN * n * sizeof(double));
    s->distance = propter_malloc((size_t)BANDWIDTH_ROWS * BANDWIDTH_ROWS * sizeof(double));
    if (s->column && s->fx && s->fy && s->fz && s->distance) return *out = s, PROPTER_OK;
    drop(s);
  }
  return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a kernel test of %zu rows", c->data->n);
}

/* Standardised whole rows of x, y and the conditions; 0 rows' worth of spread is told by false. */
static bool gather(const PropterData *d, const size_t *v, size_t m, double *column, size_t *rows) {
  size_t n = 0;
  for (size_t t = 0; t < d->n; t++) {
    bool whole = true;
    for (size_t i = 0; i < m && whole; i++) whole = !isnan(d->x[v[i] * d->n + t]);
    for (size_t i = 0; i < m && whole; i++) column[i * d->n + n] = d->x[v[i] * d->n + t];
    n += whole;
  }
  *rows = n;
  for (size_t i = 0; i < m; i++) {
    double *x = column + i * d->n, mean = 0, square = 0;
    for (size_t t = 0; t < n; t++) mean += x[t] / (double)n;
    for (size_t t = 0; t < n; t++) square += (x[t] - mean) * (x[t] - mean) / (double)n;
    if (!(square > 1e-300) && i < 2) return false;
    for (size_t t = 0; t < n; t++) x[t] = square > 1e-300 ? (x[t] - mean) / sqrt(square) : 0;
  }
  return true;
}

static double bandwidth(const double *x, size_t stride, size_t k, size_t rows, double *distance) {
  size_t n = rows < BANDWIDTH_ROWS ? rows : BANDWIDTH_ROWS, m = 0;
  for (size_t a = 0; a < n; a++)
    for (size_t b = 0; b < a; b++) {
      double sum = 0;
      for (size_t i = 0; i < k; i++) sum += (x[i * stride + a] - x[i * stride + b]) * (x[i * stride + a] - x[i * stride + b]);
      if (sum > 0) distance[m++] = sqrt(sum);
    }
  return m ? propter_median(distance, m) : 1;
}

/* count features √2·cos(w·x + b), centred, one row per feature. */
static void features(const double *x, size_t stride, size_t k, size_t rows, size_t count, double *distance, PropterRng *rng, double *f) {
  double width = bandwidth(x, stride, k, rows, distance);
  for (size_t c = 0; c < count; c++) {
    double w[CAUSAL_CONDITION], b = 6.28318530717959 * propter_rng_unit(rng), mean = 0, *own = f + c * rows;
    for (size_t i = 0; i < k; i++) w[i] = propter_rng_normal(rng) / width;
    for (size_t t = 0; t < rows; t++) {
      double sum = b;
      for (size_t i = 0; i < k; i++) sum += w[i] * x[i * stride + t];
      own[t] = 1.4142135623731 * cos(sum), mean += own[t] / (double)rows;
    }
    for (size_t t = 0; t < rows; t++) own[t] -= mean;
  }
}

/* f := what the features of the conditions leave of it, by ridge regression. */
static bool residuals(const double *fz, double *f, size_t rows) {
  double gram[GIVEN * GIVEN], b[GIVEN * FEATURES];
  propter_gemm(false, true, GIVEN, GIVEN, rows, fz, fz, 0, gram);
  propter_gemm(false, true, GIVEN, FEATURES, rows, fz, f, 0, b);
  for (size_t i = 0; i < GIVEN; i++) gram[i * GIVEN + i] += 1e-6 * (double)rows;
  if (propter_cholesky(GIVEN, gram, NULL) != PROPTER_OK) return false;
  propter_cholesky_solve(GIVEN, gram, FEATURES, b);
  for (size_t i = 0; i < GIVEN * FEATURES; i++) b[i] = -b[i];
  propter_gemm(true, false, FEATURES, rows, GIVEN, b, fz, 1, f);
  return true;
}

/* n·|C|² of the residual features, and its p-value from the traces of the covariance of their products. */
static void conclude(const double *fx, const double *fy, size_t rows, PropterIndependence *a) {
  double c[PRODUCTS] = {0}, s[PRODUCTS * PRODUCTS] = {0}, n = (double)rows, l1 = 0, l2 = 0, l3 = 0, statistic = 0;
  for (size_t t = 0; t < rows; t++) {
    double product[PRODUCTS];
    for (size_t i = 0; i < PRODUCTS; i++) product[i] = fx[i / FEATURES * rows + t] * fy[i % FEATURES * rows + t], c[i] += product[i] / n;
    for (size_t i = 0; i < PRODUCTS; i++)
      for (size_t j = 0; j < PRODUCTS; j++) s[i * PRODUCTS + j] += product[i] * product[j] / n;
  }
  for (size_t i = 0; i < PRODUCTS; i++) statistic += n * c[i] * c[i];
  for (size_t i = 0; i < PRODUCTS; i++)
    for (size_t j = 0; j < PRODUCTS; j++) s[i * PRODUCTS + j] -= c[i] * c[j];
  for (size_t i = 0; i < PRODUCTS; i++) {
    l1 += s[i * PRODUCTS + i];
    for (size_t j = 0; j < PRODUCTS; j++) {
      double square = 0;
      for (size_t k = 0; k < PRODUCTS; k++) square += s[i * PRODUCTS + k] * s[k * PRODUCTS + j];
      l2 += s[i * PRODUCTS + j] * s[j * PRODUCTS + i], l3 += square * s[j * PRODUCTS + i];
    }
  }
  *a = (PropterIndependence){.p = 1, .statistic = statistic, .rows = rows, .reason = "nothing is left beside the conditions"};
  if (!(l2 > 1e-12) || !(l3 > 0)) return;
  double df = l2 * l2 * l2 / (l3 * l3), x = (statistic - l1) * sqrt(df / l2) + df;
  *a = (PropterIndependence){.testable = true, .statistic = statistic, .df = df, .rows = rows, .p = x > 0 ? fmax(0, 1 - propter_chi2_cdf(x, df)) : 1};
}

static PropterStatus ask(const CausalCache *c, CausalScratch *s, const CausalQuestion *q, PropterIndependence *answers, PropterError *err) {
  (void)err;
  for (size_t i = 0; i < q->count; i++) {
    size_t v[CAUSAL_CONDITION + 2] = {q->x, q->y[i]}, rows, n = c->data->n;
    for (size_t m = 0; m < q->k; m++) v[2 + m] = q->s[m];
    bool varies = gather(c->data, v, q->k + 2, s->column, &rows);
    if (rows < LEAST_ROWS || !varies) {
      answers[i] = (PropterIndependence){.p = 1, .rows = rows, .reason = varies ? "too few rows" : "constant"};
      continue;
    }
    PropterRng rng; /* the draws depend on the question alone, not on what was asked before */
    propter_rng_seed(&rng, c->seed * 1000003 + q->x * 8191 + q->y[i] + q->k);
    features(s->column, n, 1, rows, FEATURES, s->distance, &rng, s->fx);
    features(s->column + n, n, 1, rows, FEATURES, s->distance, &rng, s->fy);
    if (q->k) {
      features(s->column + 2 * n, n, q->k, rows, GIVEN, s->distance, &rng, s->fz);
      if (!residuals(s->fz, s->fx, rows) || !residuals(s->fz, s->fy, rows)) {
        answers[i] = (PropterIndependence){.p = 1, .rows = rows, .reason = "the conditions are singular"};
        continue;
      }
    }
    conclude(s->fx, s->fy, rows, &answers[i]);
  }
  return PROPTER_OK;
}

extern const CausalTest causal_test_kernel;
const CausalTest causal_test_kernel = {"kernel", "any dependence, by random features", prepare, release, scratch, drop, ask};

/* SPDX-License-Identifier: Apache-2.0 */
/* Conditional Gaussian likelihood ratio for discrete and continuous variables together (Andrews, Ramsey and Cooper 2018): in each cell of the discrete
 * variables the continuous ones are Gaussian; the test compares the likelihoods of {x, y, S}, {x, S}, {y, S} and S. */
#include <math.h>

#include "independence.h"
#include "mixed.h"
#include "propter/math.h"
#include "propter/mem.h"

struct CausalCache {
  const PropterData *data;
};

struct CausalScratch {
  unsigned char *whole; /* of each row: nothing is missing among the variables of the question */
  double *sums;         /* moments of each cell */
};

static void release(CausalCache *c) { propter_free(c); }

static PropterStatus prepare(const PropterData *data, uint64_t seed, CausalCache **out, PropterError *err) {
  (void)seed;
  PROPTER_TRY(causal_data_check(data, NULL, err));
  CausalCache *c = propter_malloc(sizeof *c);
  if (!c) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a conditional Gaussian test");
  c->data = data, *out = c;
  return PROPTER_OK;
}

static void drop(CausalScratch *s) { propter_free(s->whole), propter_free(s->sums), propter_free(s); }

static PropterStatus scratch(const CausalCache *c, CausalScratch **out, PropterError *err) {
  CausalScratch *s = propter_calloc(1, sizeof *s);
  if (s) s->whole = propter_malloc(c->data->n + 1), s->sums = propter_malloc((size_t)(MIXED_CELLS + 1) * MIXED_MOMENTS * sizeof(double));
  if (s && s->whole && s->sums) return *out = s, PROPTER_OK;
  if (s) drop(s);
  return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a conditional Gaussian test");
}

/* ln det of the covariance in these moments of k variables; false when it is singular. */
static bool spread(const double *sum, size_t k, double *logdet) {
  double a[MIXED_MOST * MIXED_MOST], n = sum[0];
  const double *mean = sum + 1, *square = sum + 1 + k;
  for (size_t i = 0, at = 0; i < k; i++)
    for (size_t j = 0; j <= i; j++, at++) a[i * k + j] = a[j * k + i] = square[at] / n - mean[i] * mean[j] / (n * n);
  for (size_t i = 0; i < k; i++)
    if (!(a[i * k + i] > 1e-12 * (square[i * (i + 1) / 2 + i] / n))) return false;
  if (propter_cholesky(k, a, NULL) != PROPTER_OK) return false;
  *logdet = propter_cholesky_logdet(k, a);
  return isfinite(*logdet) && *logdet > -60 * (double)k;
}

MixedLikelihood mixed_likelihood(const PropterData *d, const unsigned char *whole, double *sums, const size_t *v, size_t m) {
  size_t continuous[MIXED_MOST], k = 0, cells = 1;
  for (size_t i = 0; i < m; i++) {
    if (!causal_discrete(d, v[i])) continuous[k++] = v[i];
    else if ((cells *= d->levels[v[i]]) > MIXED_CELLS) return (MixedLikelihood){0};
  }
  size_t width = 1 + k + k * (k + 1) / 2;
  memset(sums, 0, (cells + 1) * width * sizeof *sums);
  double *all = sums + cells * width;
  for (size_t t = 0; t < d->n; t++) {
    if (!whole[t]) continue;
    size_t cell = 0;
    for (size_t i = 0; i < m; i++)
      if (causal_discrete(d, v[i])) cell = cell * d->levels[v[i]] + (size_t)d->x[v[i] * d->n + t];
    double *sum = sums + cell * width;
    sum[0]++;
    for (size_t i = 0, at = 1 + k; i < k; i++) {
      double x = d->x[continuous[i] * d->n + t];
      sum[1 + i] += x;
      for (size_t j = 0; j <= i; j++) sum[at++] += x * d->x[continuous[j] * d->n + t];
    }
  }
  for (size_t c = 0; c < cells; c++)
    for (size_t i = 0; i < width; i++) all[i] += sums[c * width + i];
  MixedLikelihood l = {.parameters = -1, .good = true};
  double pooled = 0;
  if (k && !spread(all, k, &pooled)) return (MixedLikelihood){0};
  for (size_t c = 0; c < cells; c++) {
    const double *sum = sums + c * width;
    double logdet = pooled, n = sum[0];
    if (!(n > 0)) continue;
    bool own = k && n >= 2 * ((double)k + 2) && spread(sum, k, &logdet);
    if (!own) logdet = pooled;
    l.log += n * log(n / all[0]) - .5 * n * (logdet + (double)k * (1 + log(2 * 3.14159265358979)));
    l.parameters += 1 + (own ? (double)(k + k * (k + 1) / 2) : 0);
  }
  return l;
}

static PropterIndependence compare(const PropterData *d, CausalScratch *s, const CausalQuestion *q, size_t y) {
  size_t v[MIXED_MOST] = {q->x, y}, rows = 0;
  for (size_t m = 0; m < q->k; m++) v[2 + m] = q->s[m];
  for (size_t t = 0; t < d->n; t++) {
    s->whole[t] = 1;
    for (size_t i = 0; i < q->k + 2; i++) s->whole[t] = s->whole[t] && !isnan(d->x[v[i] * d->n + t]);
    rows += s->whole[t];
  }
  PropterIndependence a = {.p = 1, .rows = rows, .reason = "too few rows or a singular cell"};
  if (rows < 2 * (q->k + 4)) return a;
  MixedLikelihood both = mixed_likelihood(d, s->whole, s->sums, v, q->k + 2), only_y = mixed_likelihood(d, s->whole, s->sums, v + 1, q->k + 1),
                  none = mixed_likelihood(d, s->whole, s->sums, v + 2, q->k);
  v[1] = q->x; /* x beside the conditions */
  MixedLikelihood only_x = mixed_likelihood(d, s->whole, s->sums, v + 1, q->k + 1);
  if (!both.good || !only_x.good || !only_y.good || !none.good) return a;
  a.statistic = fmax(0, 2 * (both.log + none.log - only_x.log - only_y.log)), a.df = both.parameters + none.parameters - only_x.parameters - only_y.parameters;
  if (!(a.df > 0)) return a;
  a.testable = true, a.reason = NULL, a.p = fmax(0, 1 - propter_chi2_cdf(a.statistic, a.df));
  return a;
}

static PropterStatus ask(const CausalCache *c, CausalScratch *s, const CausalQuestion *q, PropterIndependence *answers, PropterError *err) {
  (void)err;
  for (size_t i = 0; i < q->count; i++) answers[i] = compare(c->data, s, q, q->y[i]);
  return PROPTER_OK;
}

extern const CausalTest causal_test_conditional_gaussian;
const CausalTest causal_test_conditional_gaussian = {
    "conditional_gaussian", "likelihood ratio of discrete and continuous variables together", prepare, release, scratch, drop, ask};

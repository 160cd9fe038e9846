/* SPDX-License-Identifier: Apache-2.0 */
/* Fisher's z test of a vanishing partial correlation (Fisher 1924; Anderson, An Introduction to Multivariate Statistical Analysis, 4.3.3). */
#include <math.h>

#include "independence.h"
#include "propter/math.h"
#include "propter/mem.h"

static const double singular = 1e-9; /* share of variance left below which a variable counts as determined by the others */

struct CausalCache {
  const PropterData *data;
  bool missing;
  double *r;        /* correlation, without missing values */
  bool *constant;
};

struct CausalScratch {
  double *rows;         /* complete rows of one test, where values are missing */
  double level, square; /* last level of a quick question and its critical squared correlation */
  size_t k;
};

static void release(CausalCache *cache) {
  propter_free(cache->r), propter_free(cache->constant), propter_free(cache);
}

static PropterStatus prepare(const PropterData *data, uint64_t seed, CausalCache **out, PropterError *err) {
  (void)seed;
  bool missing;
  PROPTER_TRY(causal_data_check(data, &missing, err));
  CausalCache *c = propter_calloc(1, sizeof *c);
  if (!c) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for Fisher's z test");
  c->data = data, c->missing = missing;
  c->r = propter_malloc(data->p * data->p * sizeof(double) + 1), c->constant = propter_calloc(data->p + 1, sizeof(bool));
  PropterStatus status = c->r && c->constant ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu variables", data->p);
  if (status == PROPTER_OK && !missing) status = propter_correlation(data->p, data->n, data->x, 0, c->r, err);
  for (size_t v = 0; status == PROPTER_OK && v < data->p; v++) {
    c->constant[v] = true;
    double first = NAN;
    for (size_t t = 0; t < data->n && c->constant[v]; t++) {
      double x = data->x[v * data->n + t];
      if (isnan(first)) first = x;
      else if (x != first && !isnan(x)) c->constant[v] = false;
    }
  }
  if (status == PROPTER_OK) *out = c;
  else release(c);
  return status;
}

static PropterStatus scratch(const CausalCache *cache, CausalScratch **out, PropterError *err) {
  CausalScratch *s = propter_calloc(1, sizeof *s);
  size_t cells = cache->missing ? (CAUSAL_CONDITION + 2) * cache->data->n : 0;
  if (s) s->rows = propter_malloc(cells * sizeof(double) + 1);
  if (!s || !s->rows) {
    propter_free(s);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for Fisher's z test");
  }
  *out = s;
  return PROPTER_OK;
}

static void drop(CausalScratch *s) {
  propter_free(s->rows), propter_free(s);
}

/* L of the k×k correlations among s; a condition that the ones before it determine is left out (its row is zero, its pivot infinite). */
static void factor(size_t k, const double *r, size_t stride, const size_t *s, double l[][CAUSAL_CONDITION]) {
  for (size_t i = 0; i < k; i++) {
    double rest = 1;
    for (size_t j = 0; j < i; j++) {
      double v = r[s[i] * stride + s[j]];
      for (size_t m = 0; m < j; m++) v -= l[i][m] * l[j][m];
      l[i][j] = v / l[j][j];
      rest -= l[i][j] * l[i][j];
    }
    l[i][i] = rest > singular ? sqrt(rest) : INFINITY;
  }
}

static double project(size_t k, const double *row, const size_t *s, double l[][CAUSAL_CONDITION], double *a) {
  double rest = 1;
  for (size_t i = 0; i < k; i++) {
    double v = row[s[i]];
    for (size_t m = 0; m < i; m++) v -= l[i][m] * a[m];
    a[i] = v / l[i][i];
    rest -= a[i] * a[i];
  }
  return rest;
}

static void conclude(PropterIndependence *a, double r, size_t rows, size_t k) {
  *a = (PropterIndependence){.testable = true, .statistic = r, .rows = rows, .df = (double)rows - (double)k - 3};
  double z = atanh(fmin(fabs(r), 1 - 1e-15)) * sqrt(a->df);
  a->p = erfc(z / sqrt(2));
}

static PropterIndependence refuse(const char *reason, size_t rows) { return (PropterIndependence){.p = 1, .rows = rows, .reason = reason}; }

/* Largest squared correlation that is independent at this level. */
static double critical(CausalScratch *s, double level, size_t rows, size_t k) {
  if (s->level == level && s->k == k) return s->square;
  double z = -propter_normal_quantile(level / 2) / sqrt((double)rows - (double)k - 3), r = tanh(z);
  s->level = level, s->k = k;
  return s->square = r * r;
}

static const char too_few[] = "too few rows", constant_variable[] = "constant";

static void ask_matrix(const double *r, size_t stride, const bool *constant, size_t rows, CausalScratch *scratch_, const CausalQuestion *q,
                       PropterIndependence *answers) {
  double l[CAUSAL_CONDITION][CAUSAL_CONDITION], a[CAUSAL_CONDITION], b[CAUSAL_CONDITION];
  factor(q->k, r, stride, q->s, l);
  const double *row = r + q->x * stride;
  double left = project(q->k, row, q->s, l, a);
  for (size_t i = 0; i < q->count; i++) {
    size_t y = q->y[i];
    if (constant[q->x] || constant[y]) {
      answers[i] = refuse(constant_variable, rows);
      continue;
    }
    double right = project(q->k, r + y * stride, q->s, l, b), v = row[y];
    if (rows < q->k + 4 || left < singular || right < singular) {
      answers[i] = refuse(rows < q->k + 4 ? too_few : left < singular ? causal_x_determined : causal_y_determined, rows);
      continue;
    }
    for (size_t m = 0; m < q->k; m++) v -= a[m] * b[m];
    if (q->quick) answers[i] = (PropterIndependence){.testable = true, .p = v * v <= critical(scratch_, q->quick[i], rows, q->k) * left * right};
    else conclude(&answers[i], v / sqrt(left * right), rows, q->k);
  }
}

/* Correlations of the rows in which nothing is missing. */
static PropterStatus ask_complete(const CausalCache *c, CausalScratch *s, const CausalQuestion *q, PropterIndependence *answer, PropterError *err) {
  size_t m = q->k + 2, rows = 0, n = c->data->n, v[CAUSAL_CONDITION + 2] = {q->x, *q->y}, place[CAUSAL_CONDITION];
  for (size_t i = 0; i < q->k; i++) v[2 + i] = q->s[i], place[i] = 2 + i;
  for (size_t t = 0; t < n; t++) {
    bool whole = true;
    for (size_t i = 0; i < m && whole; i++) whole = !isnan(c->data->x[v[i] * n + t]);
    if (!whole) continue;
    for (size_t i = 0; i < m; i++) s->rows[i * n + rows] = c->data->x[v[i] * n + t];
    rows++;
  }
  for (size_t i = 1; i < m; i++) memmove(s->rows + i * rows, s->rows + i * n, rows * sizeof(double));
  double r[(CAUSAL_CONDITION + 2) * (CAUSAL_CONDITION + 2)];
  bool constant[CAUSAL_CONDITION + 2];
  PROPTER_TRY(propter_correlation(m, rows, s->rows, 1, r, err));
  for (size_t i = 0; i < m; i++) {
    constant[i] = true;
    for (size_t t = 1; t < rows && constant[i]; t++) constant[i] = s->rows[i * rows + t] == s->rows[i * rows];
  }
  if (rows < q->k + 4) return *answer = refuse(too_few, rows), PROPTER_OK;
  CausalQuestion here = {.x = 0, .k = q->k, .count = 1, .s = place, .y = (size_t[]){1}};
  ask_matrix(r, m, constant, rows, s, &here, answer);
  return PROPTER_OK;
}

static PropterStatus ask(const CausalCache *c, CausalScratch *s, const CausalQuestion *q, PropterIndependence *answers, PropterError *err) {
  if (!c->missing) return ask_matrix(c->r, c->data->p, c->constant, c->data->n, s, q, answers), PROPTER_OK;
  for (size_t i = 0; i < q->count; i++) {
    CausalQuestion one = *q;
    one.y = q->y + i, one.count = 1;
    PROPTER_TRY(ask_complete(c, s, &one, &answers[i], err));
  }
  return PROPTER_OK;
}

extern const CausalTest causal_test_fisherz;
const CausalTest causal_test_fisherz = {"fisherz", "partial correlation of continuous variables", prepare, release, scratch, drop, ask};

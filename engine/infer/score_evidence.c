/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence of effects for the binned deviations, amplitudes integrated out: given a node of the scale mixture everything is Gaussian, with
 * covariance noise + Σ variance·(shape·shapeᵀ + shape_error²·diag(shape²)). */
#include <math.h>

#include "propter/math.h"
#include "score_parts.h"

enum { DIM = 2 * BINS };

typedef struct {
  double at[DIM][DIM];
} Small;

/* Cholesky of order at most DIM, in place. The noise is positive definite and the rest adds to it. */
static double small_cholesky(Small *m, size_t n) {
  double half_logdet = 0, (*a)[DIM] = m->at;
  for (size_t j = 0; j < n; j++) {
    for (size_t i = j; i < n; i++) {
      double sum = a[i][j];
      for (size_t k = 0; k < j; k++) sum -= a[i][k] * a[j][k];
      a[i][j] = i == j ? sqrt(sum) : sum / a[j][j];
    }
    half_logdet += log(a[j][j]);
  }
  return half_logdet;
}

static void small_solve(const Small *l, size_t n, const double *b, double *x) {
  for (size_t i = 0; i < n; i++) {
    double sum = b[i];
    for (size_t m = 0; m < i; m++) sum -= l->at[i][m] * x[m];
    x[i] = sum / l->at[i][i];
  }
}

static double inner(const double *a, const double *b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

static void add_effect(Small *a, size_t n, const Column *c, double variance) {
  for (size_t i = 0; i < n; i++) {
    double row = variance * c->bin[i];
    for (size_t j = 0; j <= i; j++) a->at[i][j] += row * c->bin[j];
    a->at[i][i] += row * c->bin[i] * c->shape_error * c->shape_error;
  }
}

static void copy_noise(const Frame *f, Small *a, size_t n) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j <= i; j++) a->at[i][j] = f->noise[i][j];
}

void component(const Frame *f, Look look, const Column *const *column, size_t k, double node_variance, Component *out) {
  size_t n = look.window_only ? f->window_bins : f->bins;
  Small a;
  double rest[DIM] = {0}, white[DIM], variance[MEMBERS], mean[MEMBERS];
  copy_noise(f, &a, n);
  memcpy(rest, f->deviation, n * sizeof *rest);
  for (size_t j = 0; j < k; j++) {
    const Column *c = column[j];
    bool sized = c->sized && !look.free_size;
    mean[j] = sized ? c->mean : 0;
    variance[j] = sized ? c->sd * c->sd : f->size * f->size * c->scale * c->scale * node_variance;
    add_effect(&a, n, c, variance[j]);
    for (size_t i = 0; i < n; i++) rest[i] -= mean[j] * c->bin[i];
  }
  double half_logdet = small_cholesky(&a, n);
  small_solve(&a, n, rest, white);
  out->log_evidence = -0.5 * inner(white, white, n) - half_logdet - f->still[look.window_only];
  for (size_t j = 0; j < k; j++) {
    const Column *c = column[j];
    double covariance[DIM], v[DIM], error = c->shape_error * c->shape_error, prior = c->material * c->material;
    for (size_t i = 0; i < n; i++) {
      double own = error * f->part[i] * c->bin[i] * c->bin[i];
      covariance[i] = variance[j] * (c->material * c->bin[i] + own);
      prior += own * f->part[i];
    }
    small_solve(&a, n, covariance, v);
    double posterior = variance[j] * prior - inner(v, v, n);
    out->mean[j] = mean[j] * c->material + inner(v, white, n);
    out->sd[j] = posterior > 0 ? sqrt(posterior) : 0;
    if (!c->sign || c->material == 0 || (c->sized && !look.free_size)) continue;
    /* half the prior, doubled: only amplitudes with the known sign */
    double right = out->sd[j] > 0 ? propter_normal_cdf(c->sign * out->mean[j] / out->sd[j]) : 0.5;
    out->log_evidence += log(2 * right + 1e-300);
  }
}

double component_material(const Column *column, const Component *c, size_t i, Look look, double threshold, int direction) {
  if (column->material == 0 || column->null) return 0;
  double sd = c->sd[i] > 0 ? c->sd[i] : 1e-300;
  double p = propter_normal_cdf((direction * c->mean[i] - threshold) / sd);
  if (!column->sign || (column->sized && !look.free_size)) return p;
  if (column->sign != direction) return 0;
  double right = propter_normal_cdf(column->sign * c->mean[i] / sd);
  return right > p ? p / right : 1;
}

double set_evidence(const Frame *f, Look look, const Column *const *column, size_t k, double threshold, int direction, double *material) {
  const Nodes *node = score_nodes();
  bool any_free = look.free_size;
  for (size_t i = 0; i < k; i++) any_free |= !column[i]->sized;
  size_t count = any_free && k ? NODES : 1;
  double total[NODES], part[NODES];
  for (size_t n = 0; n < count; n++) {
    Component one;
    component(f, look, column, k, node->variance[n], &one);
    total[n] = one.log_evidence + (count > 1 ? node->log_weight[n] : 0);
    if (material) part[n] = total[n] + log(component_material(column[0], &one, 0, look, threshold, direction));
  }
  if (material) *material = propter_log_sum_exp(part, count);
  return propter_log_sum_exp(total, count);
}

double column_power(const Frame *f, const Column *column, const Column *rival) {
  const Nodes *node = score_nodes();
  Small a;
  double white[DIM], typical = node->variance[1] * f->size * f->size; /* near the median of t₃ */
  copy_noise(f, &a, f->bins);
  if (rival) add_effect(&a, f->bins, rival, rival->sized ? rival->sd * rival->sd : typical * rival->scale * rival->scale);
  (void)small_cholesky(&a, f->bins);
  small_solve(&a, f->bins, column->bin, white);
  double length = inner(white, white, f->bins);
  if (column->sized) return 0.5 * column->mean * column->mean * length;
  double variance = typical * column->scale * column->scale;
  return 0.5 * (variance * length - log1p(variance * length));
}

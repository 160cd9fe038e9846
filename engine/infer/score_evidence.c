/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence of effects for the binned deviations, amplitudes integrated out: given a node of the scale mixture everything is Gaussian, with
 * covariance noise + Σ variance·(shape·shapeᵀ + shape_error²·diag(shape²)). */
#include <math.h>
#include <string.h>

#include "propter/math.h"
#include "score_parts.h"

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

/* A set of effects before anything is solved: the covariance of the deviations, what the effects' prior means leave of them, and how each effect on the
 * mean of the window goes with them. */
typedef struct {
  size_t n;
  Small covariance;
  double rest[DIM], with[PROPTER_SCORE_SUBSET][DIM], mean[PROPTER_SCORE_SUBSET], variance[PROPTER_SCORE_SUBSET];
} Sum;

static void sum_effects(const Frame *f, Look look, const Column *const *column, size_t k, double node_variance, Sum *s) {
  size_t n = s->n = look.window_only ? f->lead + f->window_bins : f->bins;
  copy_noise(f, &s->covariance, n);
  memcpy(s->rest, f->deviation, sizeof s->rest);
  for (size_t j = 0; j < k; j++) {
    const Column *c = column[j];
    bool sized = c->sized && !look.free_size;
    double mean = sized ? c->mean : 0, variance = sized ? c->sd * c->sd : f->size * f->size * c->scale * c->scale * node_variance;
    double error = c->shape_error * c->shape_error, prior = c->material * c->material;
    add_effect(&s->covariance, n, c, variance);
    for (size_t i = 0; i < n; i++) {
      double own = error * f->part[i] * c->bin[i] * c->bin[i];
      s->rest[i] -= mean * c->bin[i];
      s->with[j][i] = variance * (c->material * c->bin[i] + own);
      prior += own * f->part[i];
    }
    s->mean[j] = mean * c->material;
    s->variance[j] = variance * prior;
  }
}

/* Amplitudes whose sign is known: half the prior, doubled. */
static void keep_signs(Look look, const Column *const *column, size_t k, Component *out) {
  for (size_t j = 0; j < k; j++) {
    const Column *c = column[j];
    if (!c->sign || c->material == 0 || (c->sized && !look.free_size)) continue;
    double right = out->sd[j] > 0 ? propter_normal_cdf(c->sign * out->mean[j] / out->sd[j]) : 0.5;
    out->log_evidence += log(2 * right + 1e-300);
  }
}

/* The same with each course of the unknown cause added, eight of them side by side. A clone for each width of vectors does the same operations in the same
 * order, so the result has the same bits. */
enum { SIDE = 8 };
typedef double Each __attribute__((vector_size(SIDE * sizeof(double))));
#if defined __x86_64__ && defined __gnu_linux__
#define BY_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define BY_WIDTH
#endif
#define PART_OF static inline __attribute__((always_inline))
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* as gcc has it by -std=c11 */
#endif

/* x − Σ a·b over n */
PART_OF void subtract_products(size_t n, const Each *a, const Each *b, Each *x) {
  Each rest = *x;
  for (size_t m = 0; m < n; m++) rest -= a[m] * b[m];
  *x = rest;
}

/* The rows before `from` are there. */
PART_OF void solve_each(size_t from, size_t n, Each factor[DIM][DIM], const double *b, Each *x) {
  for (size_t i = from; i < n; i++) {
    x[i] = b[i] - (Each){0};
    subtract_products(i, factor[i], x, &x[i]);
    x[i] *= factor[i][i];
  }
}

/* −a·b */
PART_OF void inner_each(size_t n, const Each *a, const Each *b, Each *out) {
  *out = (Each){0};
  subtract_products(n, a, b, out);
}

/* The diagonal holds reciprocals: divisions would take longer than all the rest. The columns before `from` are there. */
PART_OF void factor_each(size_t from, const Sum *s, const Each *course, double variance, Each factor[DIM][DIM]) {
  for (size_t j = from; j < s->n; j++)
    for (size_t i = j; i < s->n; i++) {
      Each own = s->covariance.at[i][j] + variance * (i == j ? 1 + ideal_error * ideal_error : 1) * course[i] * course[j];
      subtract_products(j, factor[i], factor[j], &own);
      for (size_t c = 0; c < SIDE && i == j; c++) own[c] = 1 / sqrt(own[c]);
      factor[i][j] = i == j ? own : own * factor[j][j];
    }
}

/* In how many bins none of them acts yet. */
PART_OF size_t bins_before(const Each *course, size_t n) {
  for (size_t i = 0; i < n; i++)
    for (size_t c = 0; c < SIDE; c++)
      if (course[i][c] != 0) return i;
  return n;
}

/* Courses stand by their beginnings, and what comes before is the same for all. */
BY_WIDTH static void add_courses(const Frame *f, const Sum *s, size_t k, const Small *alone, double base, double variance, Component *beside) {
  Each course[DIM], factor[DIM][DIM], white[DIM], response[PROPTER_SCORE_SUBSET][DIM], smaller, square, along;
  for (size_t first = 0, still = 0; first < f->courses; first += SIDE) {
    const size_t count = f->courses - first < SIDE ? f->courses - first : SIDE;
    for (size_t i = 0; i < s->n; i++) memcpy(&course[i], f->course[i] + first, sizeof course[i]);
    const size_t before = bins_before(course, s->n), from = before < still ? before : still;
    still = before;
    factor_each(from, s, course, variance, factor);
    solve_each(from, s->n, factor, s->rest, white);
    inner_each(s->n, white, white, &square);
    smaller = 1 - (Each){0}; /* the determinant's root of `alone`, the factor without a course, over that of this one */
    for (size_t j = 0; j < s->n; j++) smaller *= factor[j][j] * alone->at[j][j];
    for (size_t c = 0; c < count; c++) beside[first + c].log_evidence = base + 0.5 * square[c] + log(smaller[c]);
    for (size_t j = 0; j < k; j++) {
      solve_each(from, s->n, factor, s->with[j], response[j]);
      inner_each(s->n, response[j], white, &along);
      inner_each(s->n, response[j], response[j], &square);
      for (size_t c = 0; c < count; c++) {
        beside[first + c].mean[j] = s->mean[j] - along[c];
        beside[first + c].sd[j] = s->variance[j] + square[c] > 0 ? sqrt(s->variance[j] + square[c]) : 0;
      }
    }
  }
}

void component(const Frame *f, Look look, const Column *const *column, size_t k, double node_variance, Component *out, Component *beside) {
  Sum s;
  double white[DIM], response[DIM];
  sum_effects(f, look, column, k, node_variance, &s);
  Small factor = s.covariance;
  double base = -small_cholesky(&factor, s.n) - f->still[look.window_only];
  small_solve(&factor, s.n, s.rest, white);
  out->log_evidence = base - 0.5 * inner(white, white, s.n);
  for (size_t j = 0; j < k; j++) {
    small_solve(&factor, s.n, s.with[j], response);
    double left = s.variance[j] - inner(response, response, s.n);
    out->mean[j] = s.mean[j] + inner(response, white, s.n);
    out->sd[j] = left > 0 ? sqrt(left) : 0;
  }
  keep_signs(look, column, k, out);
  if (!beside) return;
  add_courses(f, &s, k, &factor, base, f->size * f->size * node_variance, beside);
  for (size_t c = 0; c < f->courses; c++) keep_signs(look, column, k, &beside[c]);
}

static double component_material(const Column *column, const Component *c, size_t i, Look look, double threshold, int direction) {
  if (column->material == 0 || column->null) return 0;
  double sd = c->sd[i] > 0 ? c->sd[i] : 1e-300;
  double p = propter_normal_cdf((direction * c->mean[i] - threshold) / sd);
  if (!column->sign || (column->sized && !look.free_size)) return p;
  if (column->sign != direction) return 0;
  double right = propter_normal_cdf(column->sign * c->mean[i] / sd);
  return right > p ? p / right : 1;
}

void tally_add(Tally *t, double log_weight, const Tally *other) {
  const double top = log_weight + other->top;
  if (!(other->total > 0) || !(top > -INFINITY)) return;
  if (top > t->top) {
    const double factor = exp(t->top - top);
    t->top = top, t->total *= factor;
    for (size_t i = 0; i < PROPTER_SCORE_SUBSET; i++) t->material[i] *= factor, t->mean[i] *= factor, t->square[i] *= factor;
  }
  const double weight = exp(top - t->top);
  t->total += weight * other->total;
  for (size_t i = 0; i < PROPTER_SCORE_SUBSET; i++) {
    t->material[i] += weight * other->material[i];
    t->mean[i] += weight * other->mean[i];
    t->square[i] += weight * other->square[i];
  }
}

/* ln of a part that does not count beside the rest. */
static const double least = -42;

void tally_component(Tally *t, double log_weight, const Column *const *column, size_t k, const Component *c, Look look, double threshold, int direction) {
  Tally one = {.total = 1};
  log_weight += c->log_evidence;
  if (log_weight < t->top + least) return;
  for (size_t i = 0; i < k; i++) {
    one.material[i] = component_material(column[i], c, i, look, threshold, direction);
    one.mean[i] = c->mean[i], one.square[i] = c->mean[i] * c->mean[i] + c->sd[i] * c->sd[i];
  }
  tally_add(t, log_weight, &one);
}

Evidence set_evidence(const Frame *f, Look look, const Column *const *column, size_t k, bool beside, double threshold, int direction, Tally tally[2]) {
  const Nodes *node = score_nodes();
  bool any_free = k && look.free_size;
  for (size_t i = 0; i < k; i++) any_free |= !column[i]->sized;
  size_t alone = any_free ? NODES : 1, nodes = beside ? NODES : alone, many = 0;
  double total[NODES], all[NODES * COURSES], even = log((double)f->courses);
  if (tally) tally[0] = tally[1] = no_tally;
  for (size_t n = 0; n < nodes; n++) {
    Component one, each[COURSES];
    component(f, look, column, k, node->variance[n], &one, beside ? each : NULL);
    if (n < alone) {
      const double weight = any_free ? node->log_weight[n] : 0;
      total[n] = one.log_evidence + weight;
      if (tally) tally_component(&tally[0], weight, column, k, &one, look, threshold, direction);
    }
    for (size_t c = 0; beside && c < f->courses; c++, many++) {
      all[many] = each[c].log_evidence + node->log_weight[n] - even;
      if (tally) tally_component(&tally[1], node->log_weight[n] - even, column, k, &each[c], look, threshold, direction);
    }
  }
  return (Evidence){propter_log_sum_exp(total, alone), beside ? propter_log_sum_exp(all, many) : -INFINITY};
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

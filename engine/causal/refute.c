/* SPDX-License-Identifier: Apache-2.0 */
/* Every repetition re-solves sums kept from one pass over the rows: g = XᵀX of the covariates, its factor, and the products with t and y. */
#include <math.h>

#include "estimator.h"
#include "propter/math.h"
#include "propter/mem.h"
#include "propter/rng.h"
#include "propter/str.h"

enum { BLOCKS = 20, DROPPED = 4, ROUNDS = 200 };

typedef struct {
  CausalRows rows;
  CausalDesign g;
  double *cross_t, *cross_y, *cross_u; /* L⁻¹Xᵀt, L⁻¹Xᵀy, and of a column of the round */
  double *t_left, *y_left, *column;    /* residuals; a column of the round */
  double own, value, error;            /* t_left·t_left; the estimate and its classical error */
  double *blocks;                      /* sums of [X t y] for each block, (q+2)² */
} Cache;

static double dot(const double *a, const double *b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/* out = L⁻¹Xᵀv */
static void cross(const Cache *c, const double *v, double *out) {
  size_t q = c->g.q;
  memset(out, 0, q * sizeof *out);
  for (size_t r = 0; r < c->rows.n; r++)
    for (size_t i = 0; i < q; i++) out[i] += c->g.d[r * q + i] * v[r];
  for (size_t i = 0; i < q; i++)
    if (!c->g.kept[i]) out[i] = 0;
  propter_solve_lower(q, c->g.l, 1, out);
}

static void fill_blocks(Cache *c) {
  size_t q = c->g.q, w = q + 2, n = c->rows.n;
  for (size_t r = 0; r < n; r++) {
    double *sum = c->blocks + r * BLOCKS / n * w * w;
    for (size_t i = 0; i < w; i++) {
      double a = i < q ? c->g.d[r * q + i] : i == q ? c->rows.t[r] : c->rows.y[r];
      for (size_t j = 0; j <= i; j++) sum[i * w + j] += a * (j < q ? c->g.d[r * q + j] : j == q ? c->rows.t[r] : c->rows.y[r]);
    }
  }
}

/* The coefficient of t in the sums of some blocks: eliminate the covariates in order, as Cholesky does. */
static double from_blocks(const Cache *c, const bool *in, double *a) {
  size_t q = c->g.q, w = q + 2;
  memset(a, 0, w * w * sizeof *a);
  for (size_t b = 0; b < BLOCKS; b++)
    for (size_t i = 0; in[b] && i < w * w; i++) a[i] += c->blocks[b * w * w + i];
  for (size_t k = 0; k < q; k++) {
    double pivot = a[k * w + k];
    if (!c->g.kept[k] || !(pivot > 1e-9)) continue;
    for (size_t i = k + 1; i < w; i++)
      for (size_t j = k + 1; j <= i; j++) a[i * w + j] -= a[i * w + k] * a[j * w + k] / pivot;
  }
  return a[q * w + q] > 0 ? a[(q + 1) * w + q] / a[q * w + q] : 0;
}

static PropterStatus cache_open(const PropterEffectData *data, Cache *c, PropterError *err) {
  *c = (Cache){0};
  PROPTER_TRY(causal_rows_open(data, BLOCKS, &c->rows, err));
  size_t n = c->rows.n, p = c->rows.p;
  const double **column = propter_malloc((p + 1) * sizeof *column);
  for (size_t v = 0; column && v < p; v++) column[v] = c->rows.x + v * n;
  PropterStatus status = column ? causal_design_open(n, p, column, false, &c->g, err) : PROPTER_NO_MEMORY;
  propter_free(column);
  size_t q = c->g.q, w = q + 2;
  double *space = status == PROPTER_OK ? propter_calloc(3 * q + 3 * n + BLOCKS * w * w, sizeof *space) : NULL;
  if (!space) return status == PROPTER_OK || status == PROPTER_NO_MEMORY ? propter_fail(err, PROPTER_NO_MEMORY, "out of memory for refutations") : status;
  c->cross_t = space, c->cross_y = space + q, c->cross_u = c->cross_y + q, c->t_left = c->cross_u + q, c->y_left = c->t_left + n, c->column = c->y_left + n,
  c->blocks = c->column + n;
  cross(c, c->rows.t, c->cross_t), cross(c, c->rows.y, c->cross_y);
  PROPTER_TRY(causal_design_residual(&c->g, c->rows.t, c->t_left, err));
  PROPTER_TRY(causal_design_residual(&c->g, c->rows.y, c->y_left, err));
  c->own = dot(c->t_left, c->t_left, n);
  if (!(c->own > 1e-12 * dot(c->rows.t, c->rows.t, n))) return propter_fail(err, PROPTER_INVALID, "the covariates determine the cause, or it does not vary");
  c->value = dot(c->t_left, c->y_left, n) / c->own;
  double rss = dot(c->y_left, c->y_left, n) - c->value * c->value * c->own, freedom = (double)(n - causal_design_rank(&c->g) - 1);
  c->error = sqrt(fmax(rss, 0) / freedom / c->own);
  fill_blocks(c);
  return PROPTER_OK;
}

/* ---- the attempts: one round each ------------------------------------------------------------------------------------------ */

static void shuffle(double *x, size_t n, PropterRng *rng) {
  for (size_t i = n; i > 1; i--) {
    size_t j = (size_t)propter_rng_below(rng, i);
    double t = x[i - 1];
    x[i - 1] = x[j], x[j] = t;
  }
}

static double placebo(Cache *c, PropterRng *rng, double *scratch) {
  (void)scratch;
  size_t n = c->rows.n, q = c->g.q;
  memcpy(c->column, c->rows.t, n * sizeof *c->column);
  shuffle(c->column, n, rng);
  cross(c, c->column, c->cross_u);
  double own = dot(c->column, c->column, n) - dot(c->cross_u, c->cross_u, q);
  return own > 0 ? (dot(c->column, c->rows.y, n) - dot(c->cross_u, c->cross_y, q)) / own : 0;
}

static double common_cause(Cache *c, PropterRng *rng, double *scratch) {
  (void)scratch;
  size_t n = c->rows.n, q = c->g.q;
  for (size_t i = 0; i < n; i++) c->column[i] = propter_rng_normal(rng);
  cross(c, c->column, c->cross_u);
  double uu = dot(c->column, c->column, n) - dot(c->cross_u, c->cross_u, q), ut = dot(c->column, c->t_left, n), uy = dot(c->column, c->y_left, n);
  return (c->value * c->own - uy * ut / uu) / (c->own - ut * ut / uu);
}

static double subset(Cache *c, PropterRng *rng, double *scratch) {
  bool in[BLOCKS];
  for (size_t b = 0; b < BLOCKS; b++) in[b] = true;
  for (size_t d = 0; d < DROPPED;) {
    size_t b = (size_t)propter_rng_below(rng, BLOCKS);
    if (in[b]) in[b] = false, d++;
  }
  return from_blocks(c, in, scratch);
}

static double dummy_outcome(Cache *c, PropterRng *rng, double *scratch) {
  (void)scratch;
  double sum = 0, square = dot(c->y_left, c->y_left, c->rows.n) / (double)c->rows.n;
  for (size_t i = 0; i < c->rows.n; i++) sum += c->t_left[i] * propter_rng_normal(rng);
  return sum * sqrt(square) / c->own;
}

typedef struct {
  double mean, spread;
  size_t as_large; /* rounds at least as far from zero as the estimate */
} Tally;

static Tally repeat(Cache *c, double (*attempt)(Cache *, PropterRng *, double *), size_t rounds, PropterRng *rng, double *scratch) {
  Tally t = {0};
  double square = 0;
  for (size_t i = 0; i < rounds; i++) {
    double v = attempt(c, rng, scratch), off = v - t.mean;
    t.mean += off / (double)(i + 1), square += off * (v - t.mean);
    t.as_large += fabs(v) >= fabs(c->value);
  }
  t.spread = rounds > 1 ? sqrt(square / (double)(rounds - 1)) : 0;
  return t;
}

static void tell(PropterRefutation *r, const char *name, Tally t, double p, bool passed) {
  *r = (PropterRefutation){.value = t.mean, .spread = t.spread, .p = p, .passed = passed};
  (void)snprintf(r->name, sizeof r->name, "%s", name);
}

static const char *figures(char out[PROPTER_NUMBER], double value) { return propter_number(out, value, propter_number_decimals(value, 4), false); }

static void attempt_all(Cache *c, size_t rounds, PropterRng *rng, double *scratch, PropterRefutation *r) {
  char value[PROPTER_NUMBER], mean[PROPTER_NUMBER], spread[PROPTER_NUMBER];
  double n = (double)rounds;
  Tally t = repeat(c, placebo, rounds, rng, scratch);
  double p = (1 + (double)t.as_large) / (1 + n);
  tell(&r[0], "placebo", t, p, p <= .05);
  (void)snprintf(r[0].text, sizeof r->text, "With the cause shuffled among the rows the effect came out at least as large in %zu of %zu rounds: %s.",
                 t.as_large, rounds,
                 r[0].passed ? "chance does not explain the estimate of the rows as they are" : "the estimate is no larger than chance gives");
  t = repeat(c, common_cause, rounds, rng, scratch);
  figures(value, c->value), figures(mean, t.mean);
  tell(&r[1], "random common cause", t, NAN, fabs(t.mean - c->value) <= .5 * c->error + 1e-12 * fabs(c->value));
  (void)snprintf(r[1].text, sizeof r->text, "A random covariate more moves the effect from %.40s to %.40s on average: %s.", value, mean,
                 r[1].passed ? "the estimate does not hang on such additions" : "the estimate is unstable");
  t = repeat(c, subset, rounds, rng, scratch);
  tell(&r[2], "subset", t, NAN, fabs(t.mean - c->value) <= 2 * t.spread + 1e-9 * fabs(c->value));
  (void)snprintf(r[2].text, sizeof r->text, "On four fifths of the rows the effect is %.40s give or take %.40s, against %.40s on all: %s.",
                 figures(mean, t.mean), figures(spread, t.spread), value,
                 r[2].passed ? "no part of the rows carries it alone" : "it hangs on a part of the rows");
  t = repeat(c, dummy_outcome, rounds, rng, scratch);
  tell(&r[3], "dummy outcome", t, NAN, fabs(t.mean) <= 4 * t.spread / sqrt(n) + 1e-12);
  (void)snprintf(r[3].text, sizeof r->text, "On a random outcome the effect is %.40s give or take %.40s: %s.", figures(mean, t.mean), figures(spread, t.spread),
                 r[3].passed ? "the method finds nothing where there is nothing" : "the method finds an effect where there is none");
  double freedom = (double)(c->rows.n - causal_design_rank(&c->g) - 1), f2 = c->error > 0 ? c->value * c->value / (c->error * c->error) / freedom : 1e12;
  double robustness = .5 * (sqrt(f2 * f2 + 4 * f2) - f2);
  r[4] = (PropterRefutation){.name = "unobserved confounder", .value = robustness, .p = NAN, .passed = robustness >= .1};
  (void)snprintf(r[4].text, sizeof r->text,
                 "An unobserved confounder would have to explain %.1f %% of what is left of both the cause and the outcome to take the effect away: %s.",
                 100 * robustness, r[4].passed ? "a weak one does not suffice" : "a weak one would suffice");
}

PropterStatus propter_refute(const PropterEffectData *data, size_t rounds, uint64_t seed, PropterRefutation *r, PropterError *err) {
  Cache c;
  PropterRng rng;
  propter_rng_seed(&rng, seed);
  PropterStatus status = cache_open(data, &c, err);
  double *scratch = status == PROPTER_OK ? propter_malloc((c.g.q + 2) * (c.g.q + 2) * sizeof *scratch) : NULL;
  if (status == PROPTER_OK && !scratch) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for refutations");
  if (status == PROPTER_OK) attempt_all(&c, rounds ? rounds : ROUNDS, &rng, scratch, r);
  propter_free(scratch), propter_free(c.cross_t);
  causal_design_close(&c.g), causal_rows_close(&c.rows);
  return status;
}

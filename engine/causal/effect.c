/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "estimator.h"
#include "propter/math.h"
#include "propter/mem.h"

enum { LEAST_ROWS = 10 };

#define ESTIMATOR(name) static CausalEstimator causal_effect_##name;
#include "estimators.def"
#undef ESTIMATOR

static const struct {
  const char *name;
  CausalEstimator *run;
} estimators[] = {
#define ESTIMATOR(name) {#name, causal_effect_##name},
#include "estimators.def"
#undef ESTIMATOR
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an estimate"); }

static double dot(const double *a, const double *b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/* The covariates' columns, then the instruments' if asked. */
static PropterStatus open_design(const CausalRows *r, bool instruments, bool squares, CausalDesign *g, PropterError *err) {
  size_t k = r->p + (instruments ? r->m : 0);
  const double **column = propter_malloc((k + 1) * sizeof *column);
  if (!column) return no_memory(err);
  for (size_t v = 0; v < k; v++) column[v] = v < r->p ? r->x + v * r->n : r->z + (v - r->p) * r->n;
  PropterStatus status = causal_design_open(r->n, k, column, squares, g, err);
  propter_free(column);
  return status;
}

/* ---- least squares and instruments: the effect of what the covariates leave of t ------------------------------------------ */

/* value = r·y ÷ r·t for a residual r, with the sandwich error; `rest` gets y's residual less value × t's. */
static PropterStatus ratio(const CausalRows *rows, const CausalDesign *g, const double *r, const double *t_left, double *rest, bool leverage,
                           PropterEffectEstimate *e, PropterError *err) {
  double below = dot(r, rows->t, rows->n), own = dot(r, r, rows->n), scale = dot(rows->t, rows->t, rows->n);
  if (!(own > 1e-12 * scale) || !(fabs(below) > 1e-12 * scale))
    return propter_fail(err, PROPTER_INVALID, "the covariates determine the cause, or it does not vary");
  PROPTER_TRY(causal_design_residual(g, rows->y, rest, err));
  e->value = dot(r, rest, rows->n) / below;
  double *scratch = propter_malloc(g->q * sizeof *scratch), sum = 0;
  if (!scratch) return no_memory(err);
  for (size_t i = 0; i < rows->n; i++) {
    double h = leverage ? causal_design_leverage(g, i, scratch) + r[i] * r[i] / own : 0;
    double off = r[i] * (rest[i] - e->value * t_left[i]) / fmax(1e-6, 1 - h);
    sum += off * off;
  }
  propter_free(scratch);
  double freedom = leverage ? 1 : (double)rows->n / (double)(rows->n - causal_design_rank(g) - 1);
  e->error = sqrt(sum * freedom) / fabs(below), e->rows = rows->n;
  return PROPTER_OK;
}

static PropterStatus causal_effect_regression(const CausalRows *rows, PropterEffectEstimate *e, PropterError *err) {
  CausalDesign g;
  PROPTER_TRY(open_design(rows, false, false, &g, err));
  double *space = propter_malloc(2 * rows->n * sizeof *space);
  PropterStatus status = space ? causal_design_residual(&g, rows->t, space, err) : no_memory(err);
  if (status == PROPTER_OK) status = ratio(rows, &g, space, space, space + rows->n, true, e, err);
  propter_free(space);
  causal_design_close(&g);
  return status;
}

static PropterStatus first_stage(const CausalRows *rows, const CausalDesign *g, const CausalDesign *all, double *t_left, double *guess,
                                 PropterEffectEstimate *e, PropterError *err) {
  PROPTER_TRY(causal_design_residual(g, rows->t, t_left, err));
  PROPTER_TRY(causal_design_residual(all, rows->t, guess, err));
  double without = dot(t_left, t_left, rows->n), with = dot(guess, guess, rows->n);
  size_t used = causal_design_rank(all) - causal_design_rank(g), left = rows->n - causal_design_rank(all);
  if (!used || rows->n <= causal_design_rank(all)) return propter_fail(err, PROPTER_INVALID, "no instrument varies beside the covariates");
  e->first_stage = with > 0 ? (without - with) / (double)used / (with / (double)left) : 1e300;
  e->weak = e->first_stage < 10;
  for (size_t i = 0; i < rows->n; i++) guess[i] = rows->t[i] - guess[i];
  return PROPTER_OK;
}

static PropterStatus causal_effect_instrument(const CausalRows *rows, PropterEffectEstimate *e, PropterError *err) {
  if (!rows->m) return propter_fail(err, PROPTER_INVALID, "no instrument");
  CausalDesign g, all = {0};
  PROPTER_TRY(open_design(rows, false, false, &g, err));
  PropterStatus status = open_design(rows, true, false, &all, err);
  double *space = propter_malloc(4 * rows->n * sizeof *space);
  if (status == PROPTER_OK && !space) status = no_memory(err);
  size_t step = space ? rows->n : 0;
  double *t_left = space, *guess = t_left + step, *r = guess + step, *rest = r + step;
  if (status == PROPTER_OK) status = first_stage(rows, &g, &all, t_left, guess, e, err);
  if (status == PROPTER_OK) status = causal_design_residual(&g, guess, r, err);
  if (status == PROPTER_OK) status = ratio(rows, &g, r, t_left, rest, false, e, err);
  propter_free(space);
  causal_design_close(&g), causal_design_close(&all);
  return status;
}

/* ---- weighting ---------------------------------------------------------------------------------------------------------- */

enum { NEWTON_STEPS = 50 };

/* Propensities by logistic regression; the weights of a Newton step stay away from zero, and separated data end at the bounds of the trim. */
static void propensities(const CausalRows *rows, CausalDesign *g, double *space, double *e) {
  double *w = space, *target = space + rows->n, *beta = target + rows->n;
  for (size_t i = 0; i < rows->n; i++) target[i] = 0, e[i] = .5;
  for (int step = 0; step < NEWTON_STEPS; step++) {
    double change = 0;
    for (size_t i = 0; i < rows->n; i++) { /* working response of the linear predictor */
      double eta = propter_logit(fmin(1 - 1e-6, fmax(1e-6, e[i])));
      w[i] = fmax(1e-6, e[i] * (1 - e[i])), target[i] = eta + (rows->t[i] - e[i]) / w[i];
    }
    causal_design_factor(g, w);
    causal_design_solve(g, w, target, beta);
    for (size_t i = 0; i < rows->n; i++) {
      double next = fmin(1 - 1e-6, fmax(1e-6, propter_expit(causal_design_fitted(g, beta, i))));
      change = fmax(change, fabs(next - e[i])), e[i] = next;
    }
    if (change < 1e-8) break;
  }
}

/* Expected outcomes of one arm by least squares with these weights, for every row. */
static void outcomes(const CausalRows *rows, CausalDesign *g, const double *w, double *beta, double *m) {
  causal_design_factor(g, w);
  causal_design_solve(g, w, rows->y, beta);
  for (size_t i = 0; i < rows->n; i++) m[i] = causal_design_fitted(g, beta, i);
}

static PropterStatus mean_of_scores(const double *score, const double *carrier, size_t n, double sum, PropterEffectEstimate *e) {
  e->value = sum / (double)n;
  double square = 0;
  for (size_t i = 0; i < n; i++) {
    double off = score[i] - (carrier ? carrier[i] : 1) * e->value;
    square += off * off;
  }
  e->error = sqrt(square) / (double)n;
  return PROPTER_OK;
}

/* Average effect of the rows kept. */
static void score_all(const CausalRows *rows, CausalDesign *g, const double *e, const bool *in, double *space, PropterEffectEstimate *out) {
  double *w = space, *m1 = w + rows->n, *m0 = m1 + rows->n, *beta = m0 + rows->n, sum = 0;
  size_t n = 0;
  for (int arm = 0; arm < 2; arm++) {
    for (size_t i = 0; i < rows->n; i++) w[i] = in[i] && rows->t[i] == arm;
    outcomes(rows, g, w, beta, arm ? m1 : m0);
  }
  for (size_t i = 0; i < rows->n; i++) {
    if (!in[i]) continue;
    double s = m1[i] - m0[i] + (rows->t[i] == 1 ? (rows->y[i] - m1[i]) / e[i] : -(rows->y[i] - m0[i]) / (1 - e[i]));
    w[n++] = s, sum += s; /* never overtakes the reading place */
  }
  (void)mean_of_scores(w, NULL, n, sum, out);
  out->rows = n;
}

/* Effect on the treated kept; the outcome without treatment is fitted where the treated are, by the odds of treatment. */
static void score_treated(const CausalRows *rows, CausalDesign *g, const double *e, const bool *in, double *space, PropterEffectEstimate *out) {
  double *w = space, *m0 = w + rows->n, *carrier = m0 + rows->n, *beta = carrier + rows->n, sum = 0, treated = 0;
  size_t n = 0;
  for (size_t i = 0; i < rows->n; i++) {
    w[i] = in[i] && rows->t[i] == 0 ? e[i] / (1 - e[i]) : 0;
    treated += in[i] && rows->t[i] == 1, n += in[i];
  }
  outcomes(rows, g, w, beta, m0);
  double share = treated / (double)n;
  n = 0;
  for (size_t i = 0; i < rows->n; i++) {
    if (!in[i]) continue;
    double s = (rows->t[i] == 1 ? 1 : -e[i] / (1 - e[i])) * (rows->y[i] - m0[i]) / share;
    carrier[n] = rows->t[i] / share, w[n++] = s, sum += s;
  }
  (void)mean_of_scores(w, carrier, n, sum, out);
  out->rows = n;
}

static const double trim = .1;

/* Rows that have their like in the other arm. */
static bool choose(const CausalRows *rows, const double *e, bool treated_only, bool *in, size_t *left_out) {
  double least = 1;
  size_t arms[2] = {0};
  for (size_t i = 0; i < rows->n; i++)
    if (rows->t[i] == 1) least = fmin(least, e[i]);
  *left_out = 0;
  for (size_t i = 0; i < rows->n; i++) {
    in[i] = e[i] <= 1 - trim && e[i] >= (treated_only ? least : trim);
    *left_out += !in[i], arms[rows->t[i] == 1] += in[i];
  }
  return arms[0] >= LEAST_ROWS && arms[1] >= LEAST_ROWS;
}

static PropterStatus weighted(const CausalRows *rows, bool treated_only, PropterEffectEstimate *out, PropterError *err) {
  for (size_t i = 0; i < rows->n; i++)
    if (rows->t[i] != 0 && rows->t[i] != 1) return propter_fail(err, PROPTER_INVALID, "the cause must be 0 or 1 for weighting, row %zu has %g", i, rows->t[i]);
  CausalDesign g;
  PROPTER_TRY(open_design(rows, false, true, &g, err));
  double *space = propter_malloc((4 * rows->n + g.q) * sizeof *space), *e = space ? space + 3 * rows->n + g.q : NULL;
  bool *in = propter_malloc(rows->n * sizeof *in);
  PropterStatus status = space && in ? PROPTER_OK : no_memory(err);
  if (status == PROPTER_OK) {
    propensities(rows, &g, space, e);
    if (!choose(rows, e, treated_only, in, &out->left_out))
      status = propter_fail(err, PROPTER_INVALID, "no overlap: fewer than %d comparable rows in one arm", LEAST_ROWS);
    else (treated_only ? score_treated : score_all)(rows, &g, e, in, space, out);
  }
  propter_free(space), propter_free(in);
  causal_design_close(&g);
  return status;
}

static PropterStatus causal_effect_aipw(const CausalRows *rows, PropterEffectEstimate *e, PropterError *err) { return weighted(rows, false, e, err); }
static PropterStatus causal_effect_aipw_treated(const CausalRows *rows, PropterEffectEstimate *e, PropterError *err) { return weighted(rows, true, e, err); }

PropterStatus propter_effect(const PropterEffectData *data, const char *name, double level, PropterEffectEstimate *effect, PropterError *err) {
  *effect = (PropterEffectEstimate){.first_stage = NAN};
  for (size_t i = 0; i < sizeof estimators / sizeof *estimators; i++) {
    if (strcmp(estimators[i].name, name) != 0) continue;
    CausalRows rows;
    PROPTER_TRY(causal_rows_open(data, LEAST_ROWS, &rows, err));
    PropterStatus status = estimators[i].run(&rows, effect, err);
    causal_rows_close(&rows);
    PROPTER_TRY(status);
    double z = propter_normal_quantile(.5 + (level > 0 ? level : .95) / 2);
    effect->low = effect->value - z * effect->error, effect->high = effect->value + z * effect->error;
    if (!isfinite(effect->value) || !isfinite(effect->error))
      return propter_fail(err, PROPTER_INVALID, "the estimate is not finite: the data are too ill conditioned");
    return PROPTER_OK;
  }
  return propter_fail(err, PROPTER_NOT_FOUND, "no estimator \"%s\"", name);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/direction.h"

#include <math.h>

#include "propter/math.h"
#include "propter/mem.h"

enum { MOST_ROWS = 5000, LEAST_ROWS = 10, BINS = 13, CURVE = 4 };

/* One direction: rows sorted by the presumed cause. Values on the unit interval, and standardised. */
typedef struct {
  size_t n;
  const double *cause, *effect;
  double cause_sd, effect_sd;
  double cell; /* resolution of the effect on the unit interval */
  double *scratch;
} View;

typedef struct {
  double cause, effect;
} Row;

static int by_cause(const void *a, const void *b) {
  const Row *x = a, *y = b;
  if (x->cause != y->cause) return x->cause < y->cause ? -1 : 1;
  return (x->effect > y->effect) - (x->effect < y->effect);
}

/* ---- regression --------------------------------------------------------------------------------------------------------- */

/* Mean squared error of a polynomial of this degree in g(cause); Chebyshev polynomials keep the normal equations tame. */
static double curve_error(const View *v, size_t degree, double (*g)(double)) {
  double gram[CURVE * CURVE] = {0}, b[CURVE] = {0}, basis[CURVE];
  size_t k = degree + 1;
  double low = g(0), high = g(1), square = 0, error = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (size_t t = 0; t < v->n; t++) {
      double s = 2 * (g(v->cause[t]) - low) / (high - low) - 1, y = v->effect[t], fit = 0;
      basis[0] = 1, basis[1] = s;
      for (size_t i = 2; i < k; i++) basis[i] = 2 * s * basis[i - 1] - basis[i - 2];
      for (size_t i = 0; i < k && pass; i++) fit += b[i] * basis[i];
      if (pass) error += (y - fit) * (y - fit);
      else square += y * y;
      for (size_t i = 0; i < k && !pass; i++) {
        b[i] += basis[i] * y;
        for (size_t j = 0; j < k; j++) gram[i * k + j] += basis[i] * basis[j];
      }
    }
    if (pass) break;
    for (size_t i = 0; i < k; i++) gram[i * k + i] += 1e-9 * (double)v->n;
    if (propter_cholesky(k, gram, NULL) != PROPTER_OK) return square / (double)v->n;
    propter_cholesky_solve(k, gram, 1, b);
  }
  return error / (double)v->n;
}

static double as_is(double u) { return u; }
static double root(double u) { return sqrt(u); }
static double logarithm(double u) { return log(u + .05); }
static double exponential(double u) { return exp(3 * u); }
static double inverse(double u) { return 1 / (u + .1); }

static double regression(const View *v) { return log(curve_error(v, 3, as_is) + 1e-12); }

/* ---- code length -------------------------------------------------------------------------------------------------------- */

/* Bits per row of the effect given the cause: the residuals in cells of the effect's resolution, ½ ln n for a parameter. */
static double code(const View *v) {
  static double (*const shapes[])(double) = {as_is, root, logarithm, exponential, inverse};
  double n = (double)v->n, best = INFINITY;
  for (size_t g = 0; g < sizeof shapes / sizeof *shapes; g++)
    for (size_t degree = 1; degree < (g ? 2 : CURVE); degree++) {
      double error = fmax(curve_error(v, degree, shapes[g]), v->cell * v->cell / 12);
      double length = 0.5 * n * log(2 * 3.14159265358979 * exp(1) * error) - n * log(v->cell) + 0.5 * (double)(degree + 2) * log(n) + log(8);
      best = fmin(best, length);
    }
  return best / (-n * log(v->cell)); /* against the length under a uniform code */
}

/* ---- slope -------------------------------------------------------------------------------------------------------------- */

static double slope(const View *v) {
  double sum = 0;
  size_t count = 0;
  for (size_t t = 1; t < v->n; t++) {
    double dx = v->cause[t] - v->cause[t - 1], dy = fabs(v->effect[t] - v->effect[t - 1]);
    if (dx > 0 && dy > 0) sum += log(dy / dx), count++;
  }
  return count ? sum / (double)count : 0;
}

/* ---- shape -------------------------------------------------------------------------------------------------------------- */

static size_t bin(double deviations) { return (size_t)fmin(BINS - 1, fmax(0, floor(deviations * 2 + BINS / 2.0))); }

/* Spread of the conditional frequencies of the centred effect over bins of the cause, half a standard deviation wide. */
static double shape(const View *v) {
  double mean = 0, table[BINS][BINS] = {{0}}, centre[BINS] = {0}, rows[BINS] = {0}, sum = 0;
  for (size_t t = 0; t < v->n; t++) mean += v->cause[t] / (double)v->n;
  for (size_t t = 0; t < v->n; t++) {
    size_t b = bin((v->cause[t] - mean) / v->cause_sd);
    rows[b]++, centre[b] += v->effect[t];
  }
  for (size_t t = 0; t < v->n; t++) {
    size_t b = bin((v->cause[t] - mean) / v->cause_sd);
    table[b][bin((v->effect[t] - centre[b] / rows[b]) / v->effect_sd)] += 1 / rows[b];
  }
  size_t used = 0;
  for (size_t b = 0; b < BINS; b++) used += rows[b] >= 12;
  if (used < 2) return 0;
  for (size_t e = 0; e < BINS; e++) {
    double m = 0, s = 0;
    for (size_t b = 0; b < BINS; b++)
      if (rows[b] >= 12) m += table[b][e] / (double)used;
    for (size_t b = 0; b < BINS; b++)
      if (rows[b] >= 12) s += (table[b][e] - m) * (table[b][e] - m) / (double)used;
    sum += sqrt(s);
  }
  return sum / BINS;
}

/* ---- sequence ----------------------------------------------------------------------------------------------------------- */

/* Length of the effect's steps from row to row in the cause's order, against one cell for all: what a compressor of the sorted effect would find. */
static double sequence(const View *v) {
  double sum = 0;
  for (size_t t = 1; t < v->n; t++) sum += log1p(fabs(v->effect[t] - v->effect[t - 1]) / v->cell);
  return sum / ((double)(v->n - 1) * log1p(1 / v->cell));
}

/* ---- both directions ---------------------------------------------------------------------------------------------------- */

static double deviation(const double *x, size_t n) {
  double mean = 0, square = 0;
  for (size_t t = 0; t < n; t++) mean += x[t] / (double)n;
  for (size_t t = 0; t < n; t++) square += (x[t] - mean) * (x[t] - mean) / (double)n;
  return sqrt(square);
}

/* Smallest gap between different values, on the unit interval. */
static double resolution(double *sorted, size_t n) {
  double least = 1;
  propter_sort(sorted, n);
  for (size_t t = 1; t < n; t++)
    if (sorted[t] > sorted[t - 1]) least = fmin(least, sorted[t] - sorted[t - 1]);
  return fmin(.5, fmax(least, 1e-6));
}

typedef struct {
  double regression, slope, shape, code, sequence;
} Clues;

static Clues look(Row *rows, size_t n, double *space) {
  double *cause = space, *effect = space + n, *scratch = space + 2 * n;
  qsort(rows, n, sizeof *rows, by_cause);
  for (size_t t = 0; t < n; t++) cause[t] = rows[t].cause, scratch[t] = effect[t] = rows[t].effect;
  View v = {n, cause, effect, deviation(cause, n), deviation(effect, n), resolution(scratch, n), scratch};
  return (Clues){regression(&v), slope(&v), shape(&v), code(&v), sequence(&v)};
}

/* Pairs that are whole, thinned evenly, each variable brought to the unit interval. */
static PropterStatus prepare(size_t n, const double *x, const double *y, Row *rows, size_t *count, PropterError *err) {
  size_t whole = 0, kept = 0;
  double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
  for (size_t t = 0; t < n; t++) whole += isfinite(x[t]) && isfinite(y[t]);
  size_t take = whole < MOST_ROWS ? whole : MOST_ROWS, seen = 0;
  for (size_t t = 0; t < n && kept < take; t++) {
    if (!isfinite(x[t]) || !isfinite(y[t])) continue;
    if (seen++ * take / whole < kept) continue;
    rows[kept++] = (Row){x[t], y[t]};
    low[0] = fmin(low[0], x[t]), high[0] = fmax(high[0], x[t]), low[1] = fmin(low[1], y[t]), high[1] = fmax(high[1], y[t]);
  }
  *count = kept;
  if (kept < LEAST_ROWS) return propter_fail(err, PROPTER_INVALID, "%zu pairs of values, a direction needs %d", kept, LEAST_ROWS);
  if (!(high[0] > low[0]) || !(high[1] > low[1])) return propter_fail(err, PROPTER_INVALID, "a variable with a single value has no direction");
  for (size_t t = 0; t < kept; t++) {
    rows[t].cause = fmin(1, fmax(0, (rows[t].cause / 2 - low[0] / 2) / (high[0] / 2 - low[0] / 2)));
    rows[t].effect = fmin(1, fmax(0, (rows[t].effect / 2 - low[1] / 2) / (high[1] / 2 - low[1] / 2)));
  }
  return PROPTER_OK;
}

/* Fitted on generated mechanisms only (tests/bench/direction_pairs.py, 1,000 pairs, seed 1), no real pair among them; in the order of the clues. */
static const struct {
  double scale, weight;
} weights[] = {{2.125, 1.857}, {4.556, 1.376}, {0.0429, 1.29}, {0.2388, 0.1881}, {0.3447, 0.8338}};

PropterStatus propter_pair_direction(size_t n, const double *x, const double *y, PropterDirection *d, PropterError *err) {
  *d = (PropterDirection){0};
  Row *rows = propter_malloc(n * sizeof *rows + 1);
  double *space = propter_malloc(3 * n * sizeof *space + 1);
  PropterStatus status = rows && space ? prepare(n, x, y, rows, &d->rows, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu pairs", n);
  if (status == PROPTER_OK) {
    Clues a = look(rows, d->rows, space);
    for (size_t t = 0; t < d->rows; t++) rows[t] = (Row){rows[t].effect, rows[t].cause};
    Clues b = look(rows, d->rows, space);
    d->regression = b.regression - a.regression, d->slope = b.slope - a.slope;
    d->shape = b.shape - a.shape, d->code = b.code - a.code, d->sequence = b.sequence - a.sequence;
    const double clue[] = {d->regression, d->slope, d->shape, d->code, d->sequence};
    double all = 0;
    for (size_t i = 0; i < sizeof clue / sizeof *clue; i++) d->score += weights[i].weight * tanh(clue[i] / weights[i].scale), all += weights[i].weight;
    d->score /= all;
  }
  propter_free(rows), propter_free(space);
  return status;
}

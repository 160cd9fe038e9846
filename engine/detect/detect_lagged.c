/* SPDX-License-Identifier: Apache-2.0 */
/* Another series that leads: the largest correlation of its earlier changes with the changes of this one. Changes are drawn in to the threshold, so that one
 * common spike does not make an association. */
#include <math.h>

#include "detector.h"
#include "propter/math.h"
#include "propter/mem.h"

enum { FEWEST = 24 };
static const double keep = 0.01;

static double clip(double x, double limit) { return fmax(-limit, fmin(limit, x)); }

/* Correlation of the leader's changes `lag` periods earlier; *n: pairs. */
static double correlation(const DetectInput *in, const PropterSeries *leader, const double *changes, int lag, size_t *n) {
  double xy = 0, xx = 0, yy = 0, limit = in->options->threshold;
  *n = 0;
  for (size_t i = 1; i < in->baseline->n; i++) {
    int64_t k = (int64_t)in->series->first + (int64_t)i - lag - leader->first;
    if (k < 0 || k >= (int64_t)leader->count || isnan(changes[k]) || isnan(in->before[i])) continue;
    double x = clip(changes[k], limit), y = clip(in->before[i], limit);
    xy += x * y, xx += x * x, yy += y * y, ++*n;
  }
  return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
}

enum { MEMORY = 8 };

/* Correlation of a series' changes with its own, 1 … MEMORY periods before. */
static void own_correlation(const double *x, size_t n, double limit, double out[MEMORY + 1]) {
  double all = 0;
  for (size_t i = 0; i < n; i++) all += isnan(x[i]) ? 0 : clip(x[i], limit) * clip(x[i], limit);
  for (size_t k = 1; k <= MEMORY; k++) {
    double sum = 0;
    for (size_t i = k; i < n; i++)
      if (!isnan(x[i]) && !isnan(x[i - k])) sum += clip(x[i], limit) * clip(x[i - k], limit);
    out[k] = all > 0 ? sum / all : 0;
  }
}

/* How much wider than by n independent pairs the correlation of two unrelated series scatters (Bartlett; Brockwell and Davis 1991, theorem 11.2.2): the changes
 * of noise around a level are no noise, each is half taken back by the next. */
static double scatter(const DetectInput *in, const double *changes, size_t count) {
  double a[MEMORY + 1], b[MEMORY + 1], sum = 1;
  own_correlation(in->before, in->baseline->n, in->options->threshold, a);
  own_correlation(changes, count, in->options->threshold, b);
  for (size_t k = 1; k <= MEMORY; k++) sum += 2 * a[k] * b[k];
  return fmax(1, sum);
}

/* t of a correlation of n pairs that scatters so much wider than independent ones, and its p, bounded over the lags. */
static double test(double r, size_t n, double wider, int lags, double *p) {
  double t = r * sqrt((double)(n - 2) / wider / fmax(1e-12, 1 - r * r));
  *p = 2 * propter_t_cdf(-fabs(t), (double)(n - 2)) * lags;
  return t;
}

static PropterStatus try_leader(DetectInput *in, size_t which, PropterDetections *found, PropterError *err) {
  const PropterSeries *leader = in->options->leaders[which];
  Baseline *baseline = NULL;
  double best = 0, usual, spread, *changes = NULL, p = 1;
  size_t pairs = 0, n;
  int at = 0;
  if (leader->grain != in->series->grain || !leader->count) return PROPTER_OK;
  PROPTER_TRY(baseline_changes(leader, 0, &baseline, err));
  PropterStatus status =
      (changes = propter_malloc(2 * baseline->n * sizeof *changes)) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
  if (!status) baseline_standardise(baseline, changes + baseline->n, changes, &usual, &spread);
  for (int lag = 1; lag <= in->options->lags && !status; lag++) {
    double r = correlation(in, leader, changes, lag, &n);
    if (n >= FEWEST && fabs(r) > fabs(best)) best = r, at = lag, pairs = n;
  }
  if (!status && at) (void)test(best, pairs, 1, in->options->lags, &p);
  /* Most pairs are none even of independent changes. */
  if (p < keep) {
    double t = test(best, pairs, scatter(in, changes, baseline->n), in->options->lags, &p);
    if (p < keep)
      status = detect_add(found,
                          (PropterDetection){.kind = PROPTER_PATTERN_LAGGED,
                                             .from = 0,
                                             .to = in->baseline->n - 1,
                                             .size = best,
                                             .score = t,
                                             .p = p,
                                             .low = 0,
                                             .high = 0,
                                             .probability = 1,
                                             .leader = which,
                                             .lag = at},
                          err);
  }
  propter_free(changes);
  baseline_free(baseline);
  return status;
}

PropterStatus detect_lagged(DetectInput *in, PropterDetections *found, PropterError *err) {
  for (size_t k = 0; k < in->options->leader_count; k++)
    if (in->options->leaders[k]->value != in->series->value) PROPTER_TRY(try_leader(in, k, found, err));
  return PROPTER_OK;
}

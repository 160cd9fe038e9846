/* SPDX-License-Identifier: Apache-2.0 */
/* Another series that leads: the largest correlation of its earlier changes with the changes of this one. Changes are drawn in to the threshold, so that one
 * common spike does not make an association. */
#include <math.h>

#include "detector.h"
#include "propter/math.h"
#include "propter/mem.h"
#include "propter/pool.h"

enum { FEWEST = 24 };
static const double keep = 0.01;

void detect_draw_in(double *changes, size_t n, double limit) {
  for (size_t i = 0; i < n; i++)
    if (!isnan(changes[i])) changes[i] = fmax(-limit, fmin(limit, changes[i]));
}

/* Of the leader's changes `lag` periods earlier; *n: pairs. */
static double correlation(const DetectInput *in, const PropterSeries *series, const Leader *leader, int lag, size_t *n) {
  double xy = 0, xx = 0, yy = 0;
  *n = 0;
  for (size_t i = 1; i < in->baseline->n; i++) {
    int64_t k = (int64_t)in->series->first + (int64_t)i - lag - series->first;
    if (k < 0 || k >= (int64_t)leader->count || isnan(leader->changes[k]) || isnan(in->before[i])) continue;
    double x = leader->changes[k], y = in->before[i];
    xy += x * y, xx += x * x, yy += y * y, ++*n;
  }
  return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
}

/* Correlation of a series' changes, drawn in, with its own, 1 … OWN_LAGS periods before. */
static void own_correlation(const double *x, size_t n, double out[OWN_LAGS + 1]) {
  double all = 0;
  for (size_t i = 0; i < n; i++) all += isnan(x[i]) ? 0 : x[i] * x[i];
  for (size_t k = 1; k <= OWN_LAGS; k++) {
    double sum = 0;
    for (size_t i = k; i < n; i++)
      if (!isnan(x[i]) && !isnan(x[i - k])) sum += x[i] * x[i - k];
    out[k] = all > 0 ? sum / all : 0;
  }
}

/* How much wider than by n independent pairs the correlation of two unrelated series scatters (Bartlett; Brockwell and Davis 1991, theorem 11.2.2): the changes
 * of noise around a level are no noise, each is half taken back by the next. */
static double scatter(const DetectInput *in, const Leader *leader) {
  double own[OWN_LAGS + 1], sum = 1;
  own_correlation(in->before, in->baseline->n, own);
  for (size_t k = 1; k <= OWN_LAGS; k++) sum += 2 * own[k] * leader->own[k];
  return fmax(1, sum);
}

typedef struct {
  const PropterDetectOptions *options;
  Leader *leaders;
} Preparing;

static PropterStatus prepare(size_t which, void *payload, PropterError *err) {
  const Preparing *p = payload;
  const PropterSeries *series = p->options->leaders[which];
  Leader *leader = &p->leaders[which];
  Baseline *baseline;
  double usual, spread;
  if (!series->count) return PROPTER_OK;
  PROPTER_TRY(baseline_changes(series, 0, &baseline, err));
  leader->count = baseline->n;
  leader->changes = propter_malloc(2 * baseline->n * sizeof *leader->changes);
  if (leader->changes) {
    baseline_standardise(baseline, leader->changes + baseline->n, leader->changes, &usual, &spread);
    detect_draw_in(leader->changes, leader->count, p->options->threshold);
    own_correlation(leader->changes, leader->count, leader->own);
  }
  baseline_free(baseline);
  return leader->changes ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
}

PropterStatus leaders_new(const PropterDetectOptions *options, unsigned threads, Leader **out, PropterError *err) {
  *out = propter_calloc(options->leader_count + 1, sizeof **out);
  if (!*out) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
  PropterStatus status = propter_pool_run(options->leader_count, threads, prepare, &(Preparing){options, *out}, err);
  if (status) leaders_free(*out, options->leader_count);
  return status;
}

void leaders_free(Leader *leaders, size_t count) {
  for (size_t i = 0; i < count; i++) propter_free(leaders[i].changes);
  propter_free(leaders);
}

/* t of a correlation of n pairs that scatters so much wider than independent ones, and its p, bounded over the lags. */
static double test(double r, size_t n, double wider, int lags, double *p) {
  double t = r * sqrt((double)(n - 2) / wider / fmax(1e-12, 1 - r * r));
  *p = 2 * propter_t_cdf(-fabs(t), (double)(n - 2)) * lags;
  return t;
}

static PropterStatus try_leader(DetectInput *in, size_t which, PropterDetections *found, PropterError *err) {
  const PropterSeries *series = in->options->leaders[which];
  const Leader *leader = &in->leaders[which];
  double best = 0, p = 1;
  size_t pairs = 0, n;
  int at = 0;
  if (series->grain != in->series->grain || !leader->count) return PROPTER_OK;
  for (int lag = 1; lag <= in->options->lags; lag++) {
    double r = correlation(in, series, leader, lag, &n);
    if (n >= FEWEST && fabs(r) > fabs(best)) best = r, at = lag, pairs = n;
  }
  if (at) (void)test(best, pairs, 1, in->options->lags, &p);
  /* Most pairs are none even of independent changes. */
  if (p >= keep) return PROPTER_OK;
  double t = test(best, pairs, scatter(in, leader), in->options->lags, &p);
  if (p >= keep) return PROPTER_OK;
  const PropterDetection one = {.kind = PROPTER_PATTERN_LAGGED, .to = in->baseline->n - 1, .size = best, .score = t, .p = p, .probability = 1, .leader = which,
                                .lag = at};
  return detect_add(found, one, err);
}

PropterStatus detect_lagged(DetectInput *in, PropterDetections *found, PropterError *err) {
  for (size_t k = 0; k < in->options->leader_count; k++)
    if (in->options->leaders[k]->value != in->series->value) PROPTER_TRY(try_leader(in, k, found, err));
  return PROPTER_OK;
}

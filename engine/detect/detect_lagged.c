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

static PropterStatus try_leader(DetectInput *in, size_t which, PropterDetections *found, PropterError *err) {
  const PropterSeries *leader = in->options->leaders[which];
  Baseline *baseline = NULL;
  double best = 0, usual, spread, *changes = NULL;
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
  if (!status && at) {
    double t = best * sqrt((double)(pairs - 2) / fmax(1e-12, 1 - best * best)), p = 2 * propter_t_cdf(-fabs(t), (double)(pairs - 2)) * in->options->lags;
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

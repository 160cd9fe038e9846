/* SPDX-License-Identifier: Apache-2.0 */
/* A change of the noise: the mean of the logarithm of the squared changes is another from some period on (a Gaussian's has the variance π²/2). Changes that
 * other patterns explain are left out. */
#include <math.h>

#include "detector.h"
#include "propter/mem.h"

enum { SHORTEST = 15 };
static const double log_variance = 4.9348022005446793;
/* Keeps a change of exactly nothing from having no bottom. */
static const double least = 0.02;

PropterStatus detect_variance(DetectInput *in, PropterDetections *found, PropterError *err) {
  size_t n = in->baseline->n, count = 0, segments = 0;
  double *x = propter_malloc(n * sizeof *x);
  size_t *at = propter_malloc(2 * n * sizeof *at), *ends = at + n;
  PropterStatus status = x && at ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
  for (size_t i = 1; i < n && !status; i++)
    if (!isnan(in->standard[i]) && in->standard[i] != 0) at[count] = i, x[count++] = log(in->standard[i] * in->standard[i] + least);
  if (!status && count >= 2 * SHORTEST)
    status = propter_segment_pelt(x, count, PROPTER_COST_MEAN, in->options->penalty * log((double)count) * log_variance, SHORTEST, ends, &segments, err);
  double before = 0, length_before = 1;
  for (size_t s = 0; s < segments && !status; s++) {
    size_t from = s ? ends[s - 1] : 0;
    double length = (double)(ends[s] - from), mean = 0;
    for (size_t i = from; i < ends[s]; i++) mean += x[i] / length;
    if (s) {
      double score = (mean - before) / sqrt(log_variance * (1 / length + 1 / length_before));
      PropterDetection d = {.kind = PROPTER_PATTERN_VARIANCE_CHANGE, .from = at[from], .to = at[from], .size = exp((mean - before) / 2), .score = score,
                            .p = detect_p_mean(score, n)};
      status = detect_place_mean(&d, x, at, s > 1 ? ends[s - 2] : 0, ends[s], err);
      if (!status) status = detect_add(found, d, err);
    }
    before = mean;
    length_before = length;
  }
  propter_free(x);
  propter_free(at);
  return status;
}

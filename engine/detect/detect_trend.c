/* SPDX-License-Identifier: Apache-2.0 */
/* A change of trend: the mean of the changes is another from some period on. Changes that are left beyond the threshold are drawn in to it. */
#include <math.h>

#include "detector.h"
#include "propter/mem.h"

enum { SHORTEST = 6 };

PropterStatus detect_trend(DetectInput *in, PropterDetections *found, PropterError *err) {
  size_t n = in->baseline->n, count = 0, segments = 0;
  double *x = propter_malloc(n * sizeof *x), limit = in->options->threshold;
  size_t *at = propter_malloc(2 * n * sizeof *at), *ends = at + n;
  PropterStatus status = x && at ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
  for (size_t i = 1; i < n && status == PROPTER_OK; i++) {
    if (isnan(in->standard[i])) continue;
    at[count] = i;
    x[count++] = in->standard[i] > limit ? limit : in->standard[i] < -limit ? -limit : in->standard[i];
  }
  if (status == PROPTER_OK && count >= 2 * SHORTEST)
    status = propter_segment_pelt(x, count, PROPTER_COST_MEAN, in->options->penalty * log((double)count), SHORTEST, ends, &segments, err);
  double before = 0;
  size_t length_before = 0;
  for (size_t s = 0; s < segments && status == PROPTER_OK; s++) {
    size_t from = s ? ends[s - 1] : 0, length = ends[s] - from;
    double mean = 0;
    for (size_t i = from; i < ends[s]; i++) mean += x[i] / (double)length;
    double se = s ? sqrt(1 / (double)length + 1 / (double)length_before) : 1;
    if (s) {
      PropterDetection d = {.kind = PROPTER_PATTERN_TREND_CHANGE, .from = at[from], .to = at[from], .size = (mean - before) * in->spread,
                            .score = (mean - before) / se, .p = detect_p_mean((mean - before) / se, n)};
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

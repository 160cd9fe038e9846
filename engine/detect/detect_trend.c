/* SPDX-License-Identifier: Apache-2.0 */
/* A change of trend: the mean of the changes is another from some period on. Changes that are left beyond the threshold are drawn in to it. */
#include <math.h>

#include "detector.h"

static bool drawn_in(const DetectInput *in, double standard, double *x) {
  *x = fmax(-in->options->threshold, fmin(in->options->threshold, standard));
  return true;
}
static double growth(const DetectInput *in, double difference) { return difference * in->spread; }

PropterStatus detect_trend(DetectInput *in, PropterDetections *found, PropterError *err) {
  static const MeanChange trend = {.kind = PROPTER_PATTERN_TREND_CHANGE, .shortest = 6, .variance = 1, .value = drawn_in, .size = growth};
  return detect_mean_changes(in, &trend, found, err);
}

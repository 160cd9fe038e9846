/* SPDX-License-Identifier: Apache-2.0 */
/* A change of the noise: the mean of the logarithm of the squared changes is another from some period on (a Gaussian's has the variance π²/2). Changes that
 * other patterns explain are left out. */
#include <math.h>

#include "detector.h"

/* Keeps a change of exactly nothing from having no bottom. */
static const double least = 0.02;

static bool log_square(const DetectInput *in, double standard, double *x) {
  (void)in;
  *x = log(standard * standard + least);
  return standard != 0;
}
static double factor(const DetectInput *in, double difference) {
  (void)in;
  return exp(difference / 2);
}

PropterStatus detect_variance(DetectInput *in, PropterDetections *found, PropterError *err) {
  static const MeanChange variance = {
      .kind = PROPTER_PATTERN_VARIANCE_CHANGE, .shortest = 15, .variance = 4.9348022005446793, .value = log_square, .size = factor};
  return detect_mean_changes(in, &variance, found, err);
}

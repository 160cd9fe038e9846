/* SPDX-License-Identifier: Apache-2.0 */
/* A level shift: one change beyond the usual range, the neighbours not (a run of large changes in one direction is a change of trend). */
#include <math.h>

#include "detector.h"

static bool is_large(const DetectInput *in, size_t i, double than) {
  return i < in->baseline->n && !isnan(in->standard[i]) && in->standard[i] * than > 0 && fabs(in->standard[i]) > fabs(than) / 2;
}

PropterStatus detect_shift(DetectInput *in, PropterDetections *found, PropterError *err) {
  for (size_t i = 1; i < in->baseline->n; i++) {
    double change = in->standard[i];
    if (isnan(change) || fabs(change) < in->options->threshold || is_large(in, i - 1, change) || is_large(in, i + 1, change)) continue;
    PROPTER_TRY(detect_add(found, (PropterDetection){.kind = PROPTER_PATTERN_LEVEL_SHIFT, .from = i, .to = i, .size = change * in->spread, .score = change}, err));
    in->standard[i] = 0;
  }
  return PROPTER_OK;
}

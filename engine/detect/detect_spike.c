/* SPDX-License-Identifier: Apache-2.0 */
/* A spike: the changes run out of the usual range and, within a few periods, back to about where they came from. */
#include <math.h>

#include "detector.h"

/* End of a spike that begins with the change at `from`; 0: none. The way back must leave less than half of the height. */
static size_t find_return(const DetectInput *in, size_t from, double *height) {
  double level = 0, top = 0;
  for (size_t i = from; i < in->baseline->n && i <= from + in->options->longest_spike; i++) {
    if (isnan(in->standard[i])) return 0;
    level += in->standard[i];
    if (fabs(level) > fabs(top)) top = level;
    bool back = fabs(level) < fabs(top) / 2 && fabs(level) < in->options->threshold * sqrt((double)(i - from + 1));
    if (i > from && back && fabs(level - top) >= in->options->threshold) {
      *height = top;
      return i;
    }
  }
  return 0;
}

PropterStatus detect_spike(DetectInput *in, PropterDetections *found, PropterError *err) {
  for (size_t i = 1; i < in->baseline->n; i++) {
    double height;
    if (isnan(in->standard[i]) || fabs(in->standard[i]) < in->options->threshold) continue;
    size_t back = find_return(in, i, &height);
    if (!back) continue;
    PROPTER_TRY(detect_add(found, (PropterDetection){.kind = PROPTER_PATTERN_SPIKE, .from = i, .to = back - 1, .size = height * in->spread, .score = height,
                                                     .p = detect_p(height, in->baseline->n), .low = i, .high = i, .probability = 1}, err));
    for (size_t k = i; k <= back; k++) in->standard[k] = 0;
    i = back;
  }
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A level shift: one change beyond the usual range, the neighbours not (a run of large changes in one direction is a change of trend). */
#include <math.h>

#include "detector.h"

enum { AROUND = 6 };

static bool is_large(const DetectInput *in, size_t i, double than) {
  return i < in->baseline->n && !isnan(in->standard[i]) && in->standard[i] * than > 0 && fabs(in->standard[i]) > fabs(than) / 2;
}

/* The step is in one of the changes around: the likelihood of each, as if all of it were there. */
static void place(const DetectInput *in, PropterDetection *d) {
  double weight[2 * AROUND + 1];
  size_t from = d->from > AROUND ? d->from - AROUND : 1, to = d->from + AROUND < in->baseline->n ? d->from + AROUND : in->baseline->n - 1;
  for (size_t i = from; i <= to; i++) {
    double rest = in->standard[i] - d->score;
    weight[i - from] = isnan(rest) ? -INFINITY : 0.5 * in->standard[i] * in->standard[i] - 0.5 * rest * rest;
  }
  detect_place(d, weight, from, to);
}

PropterStatus detect_shift(DetectInput *in, PropterDetections *found, PropterError *err) {
  for (size_t i = 1; i < in->baseline->n; i++) {
    double change = in->standard[i];
    if (isnan(change) || fabs(change) < in->options->threshold || is_large(in, i - 1, change) || is_large(in, i + 1, change)) continue;
    PropterDetection d = {
        .kind = PROPTER_PATTERN_LEVEL_SHIFT, .from = i, .to = i, .size = change * in->spread, .score = change, .p = detect_p(change, in->baseline->n)};
    place(in, &d);
    PROPTER_TRY(detect_add(found, d, err));
    in->standard[i] = 0;
  }
  return PROPTER_OK;
}

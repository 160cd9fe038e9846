/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/detect.h"

#include "detector.h"

static const struct {
  const char *name;
  DetectorFunction *run;
} detectors[] = {
#define DETECTOR(name, summary) {#name, detect_##name},
#include "detectors.def"
#undef DETECTOR
};

const PropterDetectorInfo *propter_detectors(void) {
  static const PropterDetectorInfo info[] = {
#define DETECTOR(name, summary) {#name, summary},
#include "detectors.def"
#undef DETECTOR
      {NULL, NULL}};
  return info;
}

PropterDetectOptions propter_detect_options(void) { return (PropterDetectOptions){.threshold = 3.5, .longest_spike = 6, .penalty = 3}; }

PropterStatus detect_add(PropterDetections *found, PropterDetection one, PropterError *err) {
  return propter_vec_push(found, one) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
}

static int by_place(const void *a, const void *b) {
  const PropterDetection *x = a, *y = b;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  return (x->kind > y->kind) - (x->kind < y->kind);
}

PropterStatus propter_detect_series(const PropterSeries *series, const PropterDetectOptions *options, PropterDetections *found, PropterError *err) {
  PropterDetectOptions defaults = propter_detect_options();
  Baseline *baseline = NULL;
  size_t before = found->count;
  if (!series->count) return PROPTER_OK;
  PROPTER_TRY(baseline_new(series, 0, &baseline, err));
  double *standard = propter_malloc(2 * baseline->n * sizeof *standard);
  DetectInput input = {.baseline = baseline, .standard = standard, .options = options ? options : &defaults};
  PropterStatus status = standard ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
  if (status == PROPTER_OK) baseline_standardise(baseline, standard + baseline->n, standard, &input.usual, &input.spread);
  for (size_t d = 0; d < sizeof detectors / sizeof *detectors && status == PROPTER_OK; d++) {
    size_t first = found->count;
    status = detectors[d].run(&input, found, err);
    for (size_t i = first; i < found->count; i++) found->items[i].detector = detectors[d].name;
  }
  if (found->count > before) qsort(found->items + before, found->count - before, sizeof *found->items, by_place);
  propter_free(standard);
  baseline_free(baseline);
  return status;
}

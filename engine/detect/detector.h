/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_DETECTOR_H
#define DETECT_DETECTOR_H

#include "baseline.h"
#include "propter/detect.h"

/* What every detector gets. `standard` are the changes in robust standard units; where a detector explains changes it sets them to zero, so that the
 * next one does not find them again. */
typedef struct {
  const Baseline *baseline;
  double *standard;
  double usual, spread;
  const PropterDetectOptions *options;
} DetectInput;

/* Appends to `found`. */
typedef PropterStatus DetectorFunction(DetectInput *input, PropterDetections *found, PropterError *err);

#define DETECTOR(name, summary) DetectorFunction detect_##name;
#include "detectors.def"
#undef DETECTOR

PropterStatus detect_add(PropterDetections *found, PropterDetection one, PropterError *err);

#endif

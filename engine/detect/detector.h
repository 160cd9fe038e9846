/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_DETECTOR_H
#define DETECT_DETECTOR_H

#include "baseline.h"
#include "propter/detect.h"

/* What every detector gets. `standard` are the changes in robust standard units; where a detector explains changes it sets them to zero, so that the
 * next one does not find them again. */
typedef struct {
  const PropterSeries *series;
  const Baseline *baseline;
  double *standard;
  const double *before; /* the same, with nothing explained */
  double usual, spread;
  const PropterDetectOptions *options;
} DetectInput;

/* Appends to `found`. */
typedef PropterStatus DetectorFunction(DetectInput *input, PropterDetections *found, PropterError *err);

#define DETECTOR(name, summary) DetectorFunction detect_##name;
#include "detectors.def"
#undef DETECTOR

/* Two-sided p of a score that is the largest of `places`: Student's t with eight degrees of freedom, because robust scores of real series have heavy tails. */
double detect_p(double score, size_t places);
/* The same of a mean of many, which is nearly Gaussian. */
double detect_p_mean(double score, size_t places);

/* Sets low, high and probability from log weights of the periods from … to (inclusive) around d->from; overwrites `weight`. */
void detect_place(PropterDetection *d, double *weight, size_t from, size_t to);

/* Where a pattern of the mean of x[n] (finite; period at[i]) begins between `from` and `to`: sets low, high, probability. */
PropterStatus detect_place_mean(PropterDetection *d, const double *x, const size_t *at, size_t from, size_t to, PropterError *err);

PropterStatus detect_add(PropterDetections *found, PropterDetection one, PropterError *err);

#endif

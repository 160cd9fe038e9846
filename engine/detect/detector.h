/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_DETECTOR_H
#define DETECT_DETECTOR_H

#include "baseline.h"
#include "propter/detect.h"

/* A series that may lead, made once for all that it may lead: its changes in robust standard units, drawn in to the threshold, and their correlation with
 * themselves 1 … OWN_LAGS periods before. */
enum { OWN_LAGS = 8 };
typedef struct {
  double *changes; /* [count] */
  size_t count;
  double own[OWN_LAGS + 1];
} Leader;

/* Of all options->leaders. Free with leaders_free. */
PropterStatus leaders_new(const PropterDetectOptions *options, unsigned threads, Leader **out, PropterError *err);
void leaders_free(Leader *leaders, size_t count);

/* What every detector gets. `standard` are the changes in robust standard units; where a detector explains changes it sets them to zero, so that the
 * next one does not find them again. */
typedef struct {
  const PropterSeries *series;
  const Baseline *baseline;
  double *standard;
  const double *before; /* the same, with nothing explained, drawn in to the threshold */
  double usual, spread;
  const PropterDetectOptions *options;
  const Leader *leaders;
} DetectInput;

/* Limits standardised changes to ± limit; NaN stays. */
void detect_draw_in(double *changes, size_t n, double limit);

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

/* A pattern that is a change of the mean of some function of the standardised changes. */
typedef struct {
  PropterPatternKind kind;
  size_t shortest; /* values between two changes */
  double variance; /* of a value around the mean */
  bool (*value)(const DetectInput *in, double standard, double *x); /* false: this period is left out */
  double (*size)(const DetectInput *in, double difference);         /* of the pattern, by the difference of the means */
} MeanChange;
PropterStatus detect_mean_changes(const DetectInput *in, const MeanChange *what, PropterDetections *found, PropterError *err);

PropterStatus detect_add(PropterDetections *found, PropterDetection one, PropterError *err);

#endif

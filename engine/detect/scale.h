/* SPDX-License-Identifier: Apache-2.0 */
/* The scale on which the spread of a series is the same at every level: where seasons and noise grow with the level, a baseline of sums is too narrow above
 * and too wide below. Box and Cox's transforms (1964) with λ of 1, ½ and 0. */
#ifndef DETECT_SCALE_H
#define DETECT_SCALE_H

#include "propter/series.h"

/* The scale of a series by how the distance of its values from the median of their neighbours (of the same season, up to three cycles on either side) grows
 * with that median: the slope of ln distance on ln level is the power of the level with which the spread grows (Guerrero 1993 takes λ = 1 − it). LEVEL
 * unless the slope, without what lies far above the line, is three standard errors above zero, which are computed by stretches of time, so that neither a
 * volatile year nor noise with a memory counts for more than one observation of it; otherwise the next of LEVEL, ROOT and LOG. LEVEL where a value is
 * negative, or fewer than eight stretches of six distances are there; LOG needs values above zero. NO_MEMORY. */
PropterStatus scale_choose(const PropterSeries *series, PropterScale *out, PropterError *err);

/* A value on the scale: v, 2√(v + ⅜), ln v; back again; and how many units of the figures one of the scale is at a value. NaN stays NaN. */
double scale_to(PropterScale scale, double value);
double scale_back(PropterScale scale, double y);
double scale_slope(PropterScale scale, double value);
/* Mean of a value whose place on the scale is Gaussian. */
double scale_mean(PropterScale scale, double y, double variance);
/* The value `errors` standard errors (of the figures' units, at `value`) away from `value`, counted on the scale. */
double scale_shift(PropterScale scale, double value, double errors, double se);

#endif

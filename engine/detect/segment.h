/* SPDX-License-Identifier: Apache-2.0 */
/* Segmentation inside the folder. */
#ifndef DETECT_SEGMENT_H
#define DETECT_SEGMENT_H

#include "propter/detect.h"

/* propter_segment_binary with at most `most` changepoints, the best split of all segments first. */
PropterStatus segment_split(const double *x, size_t n, PropterSegmentCost cost, double penalty, size_t shortest, size_t most, size_t *ends, size_t *count,
                            PropterError *err);

/* Squared error of x[n] around two lines, the second from t on, for t = first … last ≤ n: cost[last − first + 1]. */
void segment_split_costs(const double *x, size_t n, size_t first, size_t last, double *cost);

#endif

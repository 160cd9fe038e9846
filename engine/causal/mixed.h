/* SPDX-License-Identifier: Apache-2.0 */
/* Private: the conditional Gaussian likelihood that the test and the score of mixed data share. */
#ifndef CAUSAL_MIXED_H
#define CAUSAL_MIXED_H

#include "propter/structure.h"

enum { MIXED_MOST = 26, MIXED_CELLS = 4096, MIXED_MOMENTS = 1 + MIXED_MOST + MIXED_MOST * (MIXED_MOST + 1) / 2 };

typedef struct {
  double log, parameters;
  bool good; /* false: too many cells, or the continuous variables are singular */
} MixedLikelihood;

/* Of v[0..m) in the rows marked whole; cells too small for a covariance of their own use that of all rows. `sums` has room for
 * (MIXED_CELLS + 1)·MIXED_MOMENTS. */
MixedLikelihood mixed_likelihood(const PropterData *data, const unsigned char *whole, double *sums, const size_t *v, size_t m);

#endif

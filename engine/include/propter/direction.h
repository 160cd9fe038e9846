/* SPDX-License-Identifier: Apache-2.0 */
/* Which of two variables is the cause, from their joint values alone. */
#ifndef PROPTER_DIRECTION_H
#define PROPTER_DIRECTION_H

#include "propter/status.h"

/* Each clue is positive for x → y, negative for y → x, 0 where it says nothing:
 *   regression  ln of the ratio of the errors of cubic regressions on the unit interval (RECI: Blöbaum and others, AISTATS 2018)
 *   slope       mean logarithm of the slopes between neighbours (IGCI, uniform reference: Janzing and others, Artificial Intelligence 2012)
 *   shape       how alike the conditional distributions are once centred (conditional distribution similarity: Fonollosa, NIPS 2013 challenge)
 *   code        two-part code length of the better of several curves, cells of the data's own resolution (after SLOPE: Marx and Vreeken, ICDM 2017)
 *   sequence    code length of the steps of the one in the order of the other */
typedef struct {
  double regression, slope, shape, code, sequence;
  double score; /* the decision: > 0 x → y; the clues squashed to (−1, 1), in a weighted mean */
  size_t rows;  /* pairs used: finite in both, at most 5,000, drawn evenly */
} PropterDirection;

/* INVALID for fewer than 10 pairs or a variable with one value. */
PROPTER_API PropterStatus propter_pair_direction(size_t n, const double *x, const double *y, PropterDirection *direction, PropterError *err);

#endif

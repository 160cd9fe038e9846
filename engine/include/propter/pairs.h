/* SPDX-License-Identifier: Apache-2.0 */
/* Which of many series lead which, from sums that are kept: new steps are added to them, corrected values exchanged in them, and only pairs that can have
 * crossed the threshold since are tested again. Pairwise and unconditional: a screen for programs that hold thousands of series; propter/links.h searches for
 * links given all others. */
#ifndef PROPTER_PAIRS_H
#define PROPTER_PAIRS_H

#include "propter/mem.h"

typedef struct {
  size_t lags;  /* 1 … lags steps by which a series leads; 0: 3, at most 60 */
  double level; /* of the test of a pair at all its lags together, by Bonferroni; 0: .01 */
  double limit; /* values beyond it count as it, so that one common spike is no association; 0: 3.5, at most 30 */
} PropterPairOptions;

/* Sums of products x_i(t − lag)·x_j(t) of all pairs and lags up to a step, and the values themselves. Values enter as whole multiples of 1/1024, so that
 * all sums are whole numbers below 2⁵³ and equal whatever the order in which they came: what was updated equals what is computed anew, bit for bit. One
 * thread at a time. Memory: 9.1·lags·p² bytes and 2 a value. Free with propter_pairs_free. */
typedef struct PropterPairs PropterPairs;
PROPTER_API PropterStatus propter_pairs_new(size_t p, const PropterPairOptions *options, PropterPairs **out, PropterError *err);
PROPTER_API void propter_pairs_free(PropterPairs *pairs);

/* Appends k steps: x[p×k], one row per series, in standard units around 0 that do not move with the new steps (changes ÷ their usual size). NaN where missing:
 * as if nothing had changed (0). Once the new steps are a tenth of the old ones all sums are brought up to date by one product of matrices. INVALID: an
 * infinite value. On failure nothing was added. */
PROPTER_API PropterStatus propter_pairs_add(PropterPairs *pairs, size_t k, const double *x, PropterError *err);
/* Another value of one series at a step that was added, from 0. INVALID: no such series or step, or an infinite value. */
PROPTER_API PropterStatus propter_pairs_correct(PropterPairs *pairs, size_t series, size_t step, double value, PropterError *err);

/* `leader` moves `lag` steps before `follower`: the lag of the largest sample cross-correlation r = Σ x(t − lag)·y(t) ÷ √(Σx²·Σy²) (Brockwell and Davis 1991,
 * §11.2) among the lags. */
typedef struct {
  size_t leader, follower;
  int lag;
  double r;
} PropterPairLink;

/* P-value of its t test times the number of lags. */
PROPTER_API double propter_pairs_p(const PropterPairs *pairs, const PropterPairLink *link);

/* The pairs with such a p below the level, by leader and follower; free *out with propter_free. *tested (may be NULL): sums that were looked at. The others
 * lie, by the Cauchy-Schwarz inequality for what came since they were last summed, on the side of the threshold where they were. Fewer than 24 steps have no
 * links. */
PROPTER_API PropterStatus propter_pairs_links(PropterPairs *pairs, PropterPairLink **out, size_t *count, size_t *tested, PropterError *err);

#endif

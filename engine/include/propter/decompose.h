/* SPDX-License-Identifier: Apache-2.0 */
/* A series as trend + seasons + holidays + remainder, and what comes next with an interval. */
#ifndef PROPTER_DECOMPOSE_H
#define PROPTER_DECOMPOSE_H

#include "propter/status.h"

enum { PROPTER_DECOMPOSE_SEASONS = 4 };

typedef struct {
  size_t season[PROPTER_DECOMPOSE_SEASONS]; /* lengths in periods, ascending, from 2 on; unused: 0. A season of fewer than three full cycles is left out */
  const unsigned char *holiday;             /* n classes of special periods, 0: an ordinary one; NULL: none. A class seen once has no effect. Borrowed */
} PropterDecomposeOptions;

/* Arrays of n, owned; season[k] NULL where it was left out. x = trend + Σ season + holiday + remainder; remainder NaN where x is a gap, all else finite. */
typedef struct {
  size_t n;
  double *trend, *season[PROPTER_DECOMPOSE_SEASONS], *holiday, *remainder;
  double strength[PROPTER_DECOMPOSE_SEASONS]; /* 1 − var(remainder) ÷ var(season + remainder), from 0 to 1 (Wang, Smith and Hyndman 2006) */
  double noise;                               /* robust standard deviation of the remainder */
} PropterDecomposition;

/* Robust STL (Cleveland, Cleveland, McRae and Terpenning 1990), for several seasons in turn as MSTL does it (Bandara, Hyndman and Bergmeir 2021): windows
 * of 11, 15, … cycles, the trend's as STL recommends, five rounds of robustness weights. A season of 60 periods or more is smoothed along itself over a
 * twelfth of it, so a step within it is blurred; what returns sharply is better told as a special period. Gaps are NaN. options NULL: trend only. INVALID:
 * an infinite value or one from 1e150 on, fewer than three values, a season out of order. Free with propter_decomposition_clear. */
PROPTER_API PropterStatus propter_decompose(const double *x, size_t n, const PropterDecomposeOptions *options, PropterDecomposition *out, PropterError *err);
PROPTER_API void propter_decomposition_clear(PropterDecomposition *d);

/* The `count` periods after x[n] (ordinary ones): expected, and the interval of the given level (e.g. .95). The seasons of the last cycle are repeated; level,
 * growth and their errors by horizon are those of the baseline (engine/detect/README.md) on what is left. As above; also INVALID: a level outside (0, 1), or
 * fewer than 21 values (none of whose errors would be known). */
PROPTER_API PropterStatus propter_forecast(const double *x, size_t n, const PropterDecomposeOptions *options, size_t count, double level, double *expected,
                                           double *low, double *high, PropterError *err);

#endif

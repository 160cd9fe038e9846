/* SPDX-License-Identifier: Apache-2.0 */
/* Drill-down: which slices of a cube carry its deviation. */
#ifndef PROPTER_DRILL_H
#define PROPTER_DRILL_H

#include "propter/mem.h"

enum { PROPTER_DRILL_DIMENSIONS = 12 };
/* Any level of a dimension. */
#define PROPTER_LEVEL_ANY UINT32_MAX

/* Finest cells of one period. Borrowed. Values may be negative; a cell with a value that is not finite, and one where nothing was expected and nothing
 * happened, says nothing and is left out. */
typedef struct {
  size_t cells, dimensions;
  const uint32_t *level; /* cells × dimensions, each < levels[dimension] */
  const size_t *levels;
  const double *actual, *expected;
  const uint32_t *decides; /* of each dimension, as bits, coarser ones whose level each of its levels decides; NULL: none. No slice fixes both */
  const double *sd;      /* standard errors of `expected` as known from elsewhere; may be NULL. The noise of a cell is at least this */
} PropterCube;

/* The cells with these levels. */
typedef struct {
  uint32_t level[PROPTER_DRILL_DIMENSIONS];
  double evidence; /* log likelihood ratio that the slice as a whole deviates, against that its cells are usual; of a found slice less its cost */
  double actual, expected;
  double share;    /* of the cube's deviation, counted once: cells of an earlier slice of the list are left out */
  size_t cells;    /* counted once */
} PropterSlice;
typedef PROPTER_VEC(PropterSlice) PropterSlices;

typedef struct {
  size_t depth;     /* dimensions a slice may fix: 4 */
  size_t most;      /* slices at most: 20 */
  double effect;    /* prior standard deviation of a relative deviation: .5 */
  double cap;       /* evidence of a single cell at most, either way: 10 */
  double precision; /* least relative standard error of a cell: .001 */
} PropterDrillOptions;
PROPTER_API PropterDrillOptions propter_drill_options(void);

/* The shortest list of slices that accounts for the cells that deviate, by evidence. Every cell's evidence is the Bayes factor of a deviation of unknown
 * size against its noise, whose scale is learned from the cells of like size; a slice costs the logarithm of the number of slices it was chosen from
 * (minimum description length, so one parent is preferred to its many children and a child to a parent that is half unmoved), and the next slice is sought
 * in the cells not yet accounted for. The search is over all cuboids up to `depth` as in RiskLoc (Kalander 2022) and Squeeze (Li et al. 2019); evidence adds
 * over cells, so one pass over the cells serves every cuboid. `scopes` (count scope_count, may be NULL): slices that are already candidates, as scopes of
 * possible causes; their evidence, values and share are filled in in the same pass (each on its own, not counted once). No slice is a result. INVALID: a level
 * outside; LIMIT: too many dimensions or cells of cuboids. */
PROPTER_API PropterStatus propter_drill(const PropterCube *cube, const PropterDrillOptions *options, PropterSlices *found, PropterSlice *scopes,
                                        size_t scope_count, PropterError *err);

/* The same for a ratio: what is expected of a numerator is its expected ratio times the denominator that happened, so a slice is found where the ratio moved
 * and not where traffic did. actual and expected of a slice are then the numerator's. expected[cells]; NaN where no ratio is known. */
PROPTER_API void propter_drill_ratio(size_t cells, const double *numerator, const double *denominator, const double *expected_numerator,
                                     const double *expected_denominator, double *expected);

/* Adtributor (Bhagwan et al. 2014) for one dimension: explanatory power (share of the cube's deviation) and surprise (Jensen–Shannon divergence of the
 * expected and the actual distribution) of each level; power[levels], surprise[levels]. */
PROPTER_API PropterStatus propter_adtributor(const PropterCube *cube, size_t dimension, double *power, double *surprise, PropterError *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Which mechanism of a known causal graph changed, and what each change did to the mean of one variable. */
#ifndef PROPTER_MECHANISM_H
#define PROPTER_MECHANISM_H

#include "propter/structure.h"

typedef struct {
  size_t draws;     /* of the simulation; 0: 400 */
  size_t resamples; /* of the bootstrap; 0: 100 */
  double level;     /* of the intervals; 0: .95 */
  unsigned threads; /* 0: all processors; the result does not depend on it */
  uint64_t seed;
} PropterAttributionOptions;

/* One variable's part in the change of the target's mean. */
typedef struct {
  double share, low, high; /* in the target's unit, with its bootstrap interval, low ≤ share ≤ high; 0 for what is no ancestor of the target */
  double p;                /* of the test that the function did not change (Wald's, with errors that allow for noise of any kind); NaN where there was none: no
                              parents, or too few rows after */
  bool ancestor;
} PropterMechanismShare;

typedef struct {
  double before, after;     /* simulated mean of the target under all old and all new mechanisms; the shares sum to their difference */
  double observed;          /* difference of the data's means */
} PropterAttribution;

/* Attribution of a change by Shapley values over mechanisms (Budhathoki, Janzing, Blöbaum and Ng, AISTATS 2021). `dag` are the marks of a DAG over the p
 * variables; before and after hold the same variables. A mechanism is a regression on the parents, with those of their squares, products and minima that
 * halve the squared error of left-out rows, plus its residuals, drawn at random; a variable without parents is its own values. Where `after` has too few rows
 * to fit (fewer than 5 for each coefficient) the old function stands and the new residuals, the unusual noise of those rows, are what changed (Budhathoki,
 * Minorics, Blöbaum and Janzing, ICML 2022). A mechanism whose function is not shown to have changed (p times the number of mechanisms below 1 − level) takes
 * no share, and is learned from both periods: what a parent has not been before is then no extrapolation. Intervals: percentiles of the resamples, moved to the
 * estimate. Writes share[p]. INVALID: values that are missing, infinite or from 1e70 on, fewer than 20 rows before or none after, no DAG; LIMIT: more
 * than 14 ancestors. */
PROPTER_API PropterStatus propter_attribute_change(const PropterData *before, const PropterData *after, const uint8_t *dag, size_t target,
                                                   const PropterAttributionOptions *options, PropterMechanismShare *share, PropterAttribution *sum,
                                                   PropterError *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Private: complete rows, linear fits on a fixed design, and the descriptor of an estimator (one function and a row in estimators.def). */
#ifndef CAUSAL_ESTIMATOR_H
#define CAUSAL_ESTIMATOR_H

#include "propter/effects.h"

/* The rows of an effect data set in which nothing is missing. */
typedef struct {
  size_t n, p, m;
  double *t, *y, *x, *z, *space; /* x and z one row per variable; all in space */
} CausalRows;
PropterStatus causal_rows_open(const PropterEffectData *data, size_t least, CausalRows *rows, PropterError *err);
void causal_rows_close(CausalRows *rows);

/* n×q design: constant, then the columns given, standardised; with squares those of columns of more than two values as well. Columns that the ones before
 * determine are left out of every fit. */
typedef struct {
  size_t n, q;
  double *d, *l; /* l: factor of dᵀWd */
  bool *kept;
} CausalDesign;
PropterStatus causal_design_open(size_t n, size_t columns, const double *const *column, bool squares, CausalDesign *design, PropterError *err);
/* Factors dᵀWd; weights NULL: 1. */
void causal_design_factor(CausalDesign *design, const double *weights);
/* Coefficients of v on the design with the weights of the factor. */
void causal_design_solve(const CausalDesign *design, const double *weights, const double *v, double *beta);
double causal_design_fitted(const CausalDesign *design, const double *beta, size_t row);
/* out := v less its fit. */
PropterStatus causal_design_residual(const CausalDesign *design, const double *v, double *out, PropterError *err);
/* dᵢ·(dᵀWd)⁻¹·dᵢ */
double causal_design_leverage(const CausalDesign *design, size_t row, double *scratch);
size_t causal_design_rank(const CausalDesign *design);
void causal_design_close(CausalDesign *design);

typedef PropterStatus CausalEstimator(const CausalRows *rows, PropterEffectEstimate *effect, PropterError *err); /* fills all but the interval */

#endif

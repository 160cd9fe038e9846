/* SPDX-License-Identifier: Apache-2.0 */
/* Private: the correlation of all series at all lags, computed once, from which every test and regression is solved. */
#ifndef CAUSAL_LAGGED_H
#define CAUSAL_LAGGED_H

#include "propter/lagged.h"

/* Column (lag·p + i) is series i, lag steps earlier, for lag 0 … depth. */
typedef struct {
  size_t p, depth, rows, q; /* q = (depth + 1)·p */
  double *r;                /* correlation q×q; a constant has correlation 0 with all */
  double *z;                /* the columns as they are, q×rows */
} LaggedSums;

/* starts[0..count): the steps that count as "now"; each must have depth whole steps before it. */
PropterStatus lagged_sums(size_t p, size_t n, const double *x, size_t depth, const size_t *starts, size_t count, LaggedSums *sums, PropterError *err);
void lagged_sums_clear(LaggedSums *sums);

/* Cholesky factor of the correlations of a set of conditions, columns of the sums. */
enum { LAGGED_CONDITIONS = 64 };
typedef struct {
  size_t k;
  size_t s[LAGGED_CONDITIONS];
  double l[LAGGED_CONDITIONS][LAGGED_CONDITIONS];
} LaggedFactor;
/* One more; none beyond LAGGED_CONDITIONS, or that says nothing beyond the others. */
void lagged_push(const LaggedSums *sums, LaggedFactor *f, size_t column);
/* a[k]: the projection of a column on the conditions; returns what they leave of its variance of 1. */
double lagged_project(const LaggedSums *sums, const LaggedFactor *f, size_t column, double *a);
/* Partial correlation of x with y, whose projection (b, y_rest) is known; 0 where one is determined by the conditions. */
double lagged_partial(const LaggedSums *sums, const LaggedFactor *f, size_t x, size_t y, const double *b, double y_rest);

/* Fills mark, strength and p_value of a graph that is all zero, then calls lagged_adjust. */
typedef PropterStatus LaggedSearch(const LaggedSums *sums, const PropterLaggedOptions *o, PropterLaggedGraph *graph, PropterError *err);
/* How many times its lags a search looks back. */
typedef struct {
  const char *name;
  size_t reach;
  LaggedSearch *run;
} Lagged;

/* Level of a test of i → j: −1 where it is forbidden. */
double lagged_level(const PropterLaggedOptions *o, size_t p, size_t i, size_t j);
/* Fills q_value from p_value, takes out links above the rate and puts in required ones. `now`: there are links of lag 0. */
PropterStatus lagged_adjust(const PropterLaggedOptions *o, bool now, PropterLaggedGraph *graph, PropterError *err);
/* Fills graph->unseen for the links of a finished search. */
PropterStatus lagged_unseen(const LaggedSums *sums, const PropterLaggedOptions *o, PropterLaggedGraph *graph, PropterError *err);
/* Least squares of column y on the columns v[0..k): standardised coefficients and the p-values of their t tests. */
PropterStatus lagged_explain(const LaggedSums *s, const size_t *v, size_t k, size_t y, double *beta, double *p, PropterError *err);

static inline size_t lagged_cell(const PropterLaggedGraph *g, size_t lag, size_t i, size_t j) { return (lag * g->p + i) * g->p + j; }
/* Two-sided p-value of a partial correlation after k conditions. */
double lagged_p(double r, size_t rows, size_t k);

#endif

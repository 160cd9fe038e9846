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

/* Fills mark, strength and p_value of a graph that is all zero. */
typedef PropterStatus LaggedSearch(const LaggedSums *sums, const PropterLaggedOptions *o, PropterLaggedGraph *graph, PropterError *err);
/* How many times its lags a search looks back. */
typedef struct {
  const char *name;
  size_t reach;
  LaggedSearch *run;
} Lagged;

static inline size_t lagged_cell(const PropterLaggedGraph *g, size_t lag, size_t i, size_t j) { return (lag * g->p + i) * g->p + j; }
/* Two-sided p-value of a partial correlation after k conditions. */
double lagged_p(double r, size_t rows, size_t k);

#endif

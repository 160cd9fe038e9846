/* SPDX-License-Identifier: Apache-2.0 */
/* Partial correlations of lagged series, by a Cholesky factor of the conditions that grows one by one. */
#include <math.h>

#include "lagged_sums.h"

static const double determined = 1e-9;

void lagged_push(const LaggedSums *sums, LaggedFactor *f, size_t column) {
  const double *row = sums->r + column * sums->q;
  if (f->k == LAGGED_CONDITIONS) return; /* the strongest come first */
  double rest = 1, *own = f->l[f->k];
  for (size_t j = 0; j < f->k; j++) {
    double v = row[f->s[j]];
    if (f->s[j] == column) return;
    for (size_t m = 0; m < j; m++) v -= own[m] * f->l[j][m];
    own[j] = v / f->l[j][j];
    rest -= own[j] * own[j];
  }
  if (rest < determined) return; /* says nothing beyond the others */
  own[f->k] = sqrt(rest), f->s[f->k++] = column;
}

double lagged_project(const LaggedSums *sums, const LaggedFactor *f, size_t column, double *a) {
  const double *row = sums->r + column * sums->q;
  double rest = 1;
  for (size_t i = 0; i < f->k; i++) {
    double v = row[f->s[i]];
    for (size_t m = 0; m < i; m++) v -= f->l[i][m] * a[m];
    a[i] = v / f->l[i][i];
    rest -= a[i] * a[i];
  }
  return rest;
}

double lagged_partial(const LaggedSums *sums, const LaggedFactor *f, size_t x, size_t y, const double *b, double y_rest) {
  double a[LAGGED_CONDITIONS], x_rest = lagged_project(sums, f, x, a), v = sums->r[x * sums->q + y];
  if (x_rest < determined || y_rest < determined) return 0;
  for (size_t i = 0; i < f->k; i++) v -= a[i] * b[i];
  return fmin(1, fmax(-1, v / sqrt(x_rest * y_rest)));
}

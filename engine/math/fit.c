/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/math.h"

#include <math.h>

enum { MAX_COLUMNS = 8, MAX_PLAYERS = 14 };
/* Supports whose losses differ by less fit alike, and the first is taken: rounding, which differs from processor to processor, is not to choose. */
#define TIE 1e-9

/* Coefficients of one support from the normal equations; false when they are singular or one is negative. */
static bool fit_support(size_t cols, const double *gram, const double *xty, unsigned support, double *beta) {
  double a[MAX_COLUMNS * MAX_COLUMNS], b[MAX_COLUMNS];
  size_t index[MAX_COLUMNS], n = 0;
  for (size_t j = 0; j < cols; j++)
    if (support >> j & 1U) index[n++] = j;
  for (size_t i = 0; i < n; i++) {
    b[i] = xty[index[i]];
    for (size_t j = 0; j < n; j++) a[i * n + j] = gram[index[i] * cols + index[j]];
  }
  if (propter_cholesky(n, a, NULL) != PROPTER_OK) return false;
  propter_cholesky_solve(n, a, 1, b);
  for (size_t j = 0; j < cols; j++) beta[j] = 0;
  for (size_t i = 0; i < n; i++) {
    if (!(b[i] >= 0)) return false;
    beta[index[i]] = b[i];
  }
  return true;
}

PropterStatus propter_nonnegative_fit(size_t rows, size_t cols, const double *x, const double *y, const double *weights, double *coefficient,
                                      PropterError *err) {
  if (cols > MAX_COLUMNS) return propter_fail(err, PROPTER_LIMIT, "%zu columns, at most %d", cols, MAX_COLUMNS);
  double gram[MAX_COLUMNS * MAX_COLUMNS] = {0}, xty[MAX_COLUMNS] = {0}, beta[MAX_COLUMNS];
  for (size_t r = 0; r < rows; r++) {
    double w = weights ? weights[r] : 1;
    for (size_t i = 0; i < cols; i++) {
      xty[i] += w * x[r * cols + i] * y[r];
      for (size_t j = 0; j < cols; j++) gram[i * cols + j] += w * x[r * cols + i] * x[r * cols + j];
    }
  }
  for (size_t j = 0; j < cols; j++) coefficient[j] = 0;
  double best = 0; /* loss of the empty support, less the constant Σwy² */
  for (unsigned support = 1; support < 1U << cols; support++) {
    if (!fit_support(cols, gram, xty, support, beta)) continue;
    double loss = 0;
    for (size_t i = 0; i < cols; i++) {
      loss -= 2 * beta[i] * xty[i];
      for (size_t j = 0; j < cols; j++) loss += beta[i] * gram[i * cols + j] * beta[j];
    }
    if (loss < best - TIE * fabs(best)) {
      best = loss;
      for (size_t j = 0; j < cols; j++) coefficient[j] = beta[j];
    }
  }
  return PROPTER_OK;
}

PropterStatus propter_shapley(size_t n, const double *value, double *share, PropterError *err) {
  if (n > MAX_PLAYERS) return propter_fail(err, PROPTER_LIMIT, "%zu groups, at most %d", n, MAX_PLAYERS);
  double factorial[MAX_PLAYERS + 1] = {1};
  for (size_t i = 1; i <= n; i++) factorial[i] = factorial[i - 1] * (double)i;
  for (size_t j = 0; j < n; j++) share[j] = 0;
  for (unsigned set = 0; set < 1U << n; set++) {
    size_t size = (size_t)__builtin_popcount(set);
    for (size_t j = 0; j < n; j++) {
      if (set >> j & 1U) continue;
      share[j] += factorial[size] * factorial[n - size - 1] / factorial[n] * (value[set | 1U << j] - value[set]);
    }
  }
  return PROPTER_OK;
}

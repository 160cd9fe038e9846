/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/math.h"
#include "propter/score.h"

/* Of n cases in which something never came, no more can be said than that it comes in fewer than 3/n (the "rule of three", Hanley and Lippman-Hand 1983):
 * two stated probabilities nearer to 0 or 1 are not told apart. */
static const double rule_of_three = 3, widest = .05;

static void features(double p, double edge, double x[3]) {
  double q = p < edge ? edge : p > 1 - edge ? 1 - edge : p;
  x[0] = log(q);
  x[1] = -log1p(-q);
  x[2] = 1;
}

double propter_calibration_apply(const PropterCalibration *calibration, double p) {
  const double *abc = calibration->abc;
  double x[3];
  if (abc[0] == 1 && abc[1] == 1 && abc[2] == 0) return p;
  features(p, calibration->edge, x);
  return propter_expit(abc[0] * x[0] + abc[1] * x[1] + abc[2]);
}

static double loss(const double *p, const unsigned char *outcome, size_t n, double edge, const double abc[3], const double start[3]) {
  double sum = 0, x[3];
  for (size_t i = 0; i < n; i++) {
    features(p[i], edge, x);
    double eta = abc[0] * x[0] + abc[1] * x[1] + abc[2];
    sum += eta > 0 ? log1p(exp(-eta)) + (outcome[i] ? 0 : eta) : log1p(exp(eta)) - (outcome[i] ? eta : 0);
  }
  for (int k = 0; k < 3; k++) sum += 0.5 * (abc[k] - start[k]) * (abc[k] - start[k]);
  return sum;
}

/* One Newton step over the coefficients in `free`, halved until the loss falls. */
static bool step(const double *p, const unsigned char *outcome, size_t n, double edge, double abc[3], const double start[3], const bool *free) {
  double gradient[3], hessian[9] = {0}, x[3], now = loss(p, outcome, n, edge, abc, start);
  for (int k = 0; k < 3; k++) gradient[k] = abc[k] - start[k], hessian[k * 3 + k] = 1;
  for (size_t i = 0; i < n; i++) {
    features(p[i], edge, x);
    double mu = propter_expit(abc[0] * x[0] + abc[1] * x[1] + abc[2]), weight = mu * (1 - mu);
    for (int k = 0; k < 3; k++) {
      gradient[k] += (mu - (outcome[i] ? 1 : 0)) * x[k];
      for (int j = 0; j < 3; j++) hessian[k * 3 + j] += weight * x[k] * x[j];
    }
  }
  for (int k = 0; k < 3; k++)
    for (int j = 0; j < 3; j++)
      if (!free[k] || !free[j]) hessian[k * 3 + j] = k == j;
  for (int k = 0; k < 3; k++)
    if (!free[k]) gradient[k] = 0;
  if (propter_cholesky(3, hessian, NULL) != PROPTER_OK) return false;
  propter_cholesky_solve(3, hessian, 1, gradient);
  for (double size = 1; size > 1e-6; size /= 2) {
    double next[3];
    for (int k = 0; k < 3; k++) next[k] = abc[k] - size * gradient[k];
    for (int k = 0; k < 2; k++)
      if (next[k] < 0) next[k] = 0;
    double then = loss(p, outcome, n, edge, next, start);
    if (!(then < now)) continue;
    for (int k = 0; k < 3; k++) abc[k] = next[k];
    return now - then > 1e-12 * (1 + fabs(now));
  }
  return false;
}

PropterStatus propter_calibration_fit(const double *p, const unsigned char *outcome, size_t count, PropterCalibration *out, PropterError *err) {
  static const double start[3] = {1, 1, 0};
  double *abc = out->abc;
  if (!count) return propter_fail(err, PROPTER_INVALID, "no audited case to calibrate with");
  for (size_t i = 0; i < count; i++)
    if (!(p[i] >= 0 && p[i] <= 1)) return propter_fail(err, PROPTER_INVALID, "case %zu: %g is no probability", i + 1, p[i]);
  double edge = out->edge = fmin(rule_of_three / (double)count, widest);
  for (int k = 0; k < 3; k++) abc[k] = start[k];
  for (int round = 0; round < 100; round++) {
    bool free[3] = {true, true, true};
    bool moved = step(p, outcome, count, edge, abc, start, free);
    /* a slope that stands at its bound is held there, so that the others can still improve */
    for (int k = 0; k < 2; k++) free[k] = abc[k] > 0;
    if (!free[0] || !free[1]) moved = step(p, outcome, count, edge, abc, start, free) || moved;
    if (!moved) break;
  }
  return PROPTER_OK;
}

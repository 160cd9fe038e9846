/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/math.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

double propter_normal_log_density(double x, double mean, double sd) {
  double z = (x - mean) / sd;
  return -0.5 * z * z - log(sd) - 0.5 * log(2 * pi);
}

double propter_normal_cdf(double z) { return 0.5 * erfc(-z / sqrt(2)); }

/* Newton's method on the logarithm of the tail, which is nearly a parabola; so the tail keeps full relative precision. */
double propter_normal_quantile(double p) {
  if (!(p > 0)) return p == 0 ? -INFINITY : NAN;
  if (!(p < 1)) return p == 1 ? INFINITY : NAN;
  double tail = p < 0.5 ? p : 1 - p, z = 0;
  for (int i = 0; i < 60; i++) {
    double q = 0.5 * erfc(z / sqrt(2)), density = exp(-0.5 * z * z) / sqrt(2 * pi), step = (log(q) - log(tail)) * q / density;
    z += step;
    if (fabs(step) <= 4e-16 * (1 + z)) break;
  }
  return p < 0.5 ? -z : z;
}

double propter_t_log_density(double t, double df) {
  return lgamma((df + 1) / 2) - lgamma(df / 2) - 0.5 * log(df * pi) - (df + 1) / 2 * log1p(t * t / df);
}

/* Continued fraction of the incomplete beta function by Lentz's method (NIST Digital Library of Mathematical Functions 8.17.22). */
static double beta_fraction(double a, double b, double x) {
  const double tiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  if (fabs(d) < tiny) d = tiny;
  d = 1 / d;
  double f = d;
  for (int m = 1; m < 500; m++) {
    double mm = m;
    for (int odd = 0; odd < 2; odd++) {
      double num = odd ? -(a + mm) * (a + b + mm) * x / ((a + 2 * mm) * (a + 2 * mm + 1)) : mm * (b - mm) * x / ((a + 2 * mm - 1) * (a + 2 * mm));
      d = 1 + num * d;
      if (fabs(d) < tiny) d = tiny;
      d = 1 / d;
      c = 1 + num / c;
      if (fabs(c) < tiny) c = tiny;
      f *= c * d;
    }
    if (fabs(c * d - 1) < 1e-16) break;
  }
  return f;
}

static double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double propter_t_cdf(double t, double df) {
  double tail = 0.5 * incomplete_beta(df / 2, 0.5, df / (df + t * t));
  return t > 0 ? 1 - tail : tail;
}

double propter_t_quantile(double p, double df) {
  if (!(p > 0)) return p == 0 ? -INFINITY : NAN;
  if (!(p < 1)) return p == 1 ? INFINITY : NAN;
  if (p == 0.5) return 0;
  double tail = p < 0.5 ? p : 1 - p, low = 0, high = 1;
  while (propter_t_cdf(-high, df) > tail && high < 1e300) low = high, high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    double mid = 0.5 * (low + high);
    if (propter_t_cdf(-mid, df) > tail) low = mid;
    else high = mid;
  }
  return p < 0.5 ? -0.5 * (low + high) : 0.5 * (low + high);
}

static double wallace(double df) { return (8 * df + 1) / (8 * df + 3); }

double propter_normal_of_t(double t, double df) { return copysign(wallace(df) * sqrt(df * log1p(t * t / df)), t); }

double propter_t_of_normal(double z, double df) {
  const double u = z / wallace(df);
  return copysign(sqrt(df * expm1(u * u / df)), z);
}

double propter_gamma_p(double a, double x) {
  if (!(x > 0)) return 0;
  double front = exp(a * log(x) - x - lgamma(a));
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (int n = 1; n < 1000 && term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return front * sum;
  }
  double b = x + 1 - a, c = 1e300, d = 1 / b, f = d;
  for (int i = 1; i < 1000; i++) {
    double num = -i * (i - a);
    b += 2;
    d = num * d + b;
    if (fabs(d) < 1e-300) d = 1e-300;
    c = b + num / c;
    if (fabs(c) < 1e-300) c = 1e-300;
    d = 1 / d;
    f *= d * c;
    if (fabs(d * c - 1) < 1e-16) break;
  }
  return 1 - front * f;
}

double propter_chi2_cdf(double x, double df) { return propter_gamma_p(df / 2, x / 2); }

double propter_log_add(double a, double b) {
  double m = a > b ? a : b;
  if (!(m > -INFINITY)) return m;
  return m + log1p(exp((a > b ? b : a) - m));
}

double propter_log_sum_exp(const double *x, size_t n) {
  double m = -INFINITY, sum = 0;
  for (size_t i = 0; i < n; i++)
    if (x[i] > m) m = x[i];
  if (!(m > -INFINITY)) return m;
  for (size_t i = 0; i < n; i++) sum += exp(x[i] - m);
  return m + log(sum);
}

double propter_logit(double p) { return log(p) - log1p(-p); }

double propter_expit(double x) { return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)); }

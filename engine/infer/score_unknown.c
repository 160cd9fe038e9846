/* SPDX-License-Identifier: Apache-2.0 */
/* The unknown cause: how often it strikes and how hard, from windows that nobody asks about. */
#include <math.h>
#include <pthread.h>

#include "propter/math.h"
#include "propter/mem.h"
#include "score_parts.h"

/* a ~ t₃ means a | w ~ N(0, w) with 3/w ~ χ²₃. Bins of w grow by 3; a node stands at the middle of its bin on the log scale. */
static Nodes nodes;
static pthread_once_t nodes_once = PTHREAD_ONCE_INIT;

static void make_nodes(void) {
  double upper = 1.0 / 3, below = 0;
  for (int k = 0; k < NODES; k++) {
    double to = k + 1 < NODES ? 1 - propter_chi2_cdf(3 / upper, 3) : 1;
    /* cppcheck-suppress invalidFunctionArg; `below` stays under 1: each node takes a part of the distribution */
    nodes.log_weight[k] = log(to - below);
    nodes.variance[k] = upper / sqrt(3);
    below = to;
    upper *= 3;
  }
}

const Nodes *score_nodes(void) {
  (void)pthread_once(&nodes_once, make_nodes);
  return &nodes;
}

/* --- densities ------------------------------------------------------------------------------------------------------------------------------ */

/* How often and how hard: the grid of the posterior. Scales lie √2 apart round the expected one. */
enum { RATES = UNKNOWN_RATES, SCALES = UNKNOWN_SCALES };
static const double rate[RATES] = {.005, .01, .015, .02, .03, .05, .08, .12, .18, .25};
static double log_factor(int s) { return (s - SCALES / 2) * 0.5 * log(2); }

/* Densities of a standardised deviation that nothing moved ([0]) and that an unknown cause of each scale moved. */
static void exact(const PropterScoreOptions *o, double z, double *out) {
  const Nodes *node = score_nodes();
  out[0] = exp(propter_normal_log_density(z, 0, 1));
  for (int s = 0; s < SCALES; s++) {
    double scale = o->unknown_scale * exp(log_factor(s));
    out[1 + s] = 0;
    for (int k = 0; k < NODES; k++) {
      double sd = sqrt(1 + scale * scale * node->variance[k]);
      out[1 + s] += exp(node->log_weight[k] + propter_normal_log_density(z, 0, sd));
    }
  }
}

/* They are asked for at every period of a series, so a table holds them at steps of |z| with one point on each side of its range. */
enum { STEPS = 8, REACH = 16, POINTS = STEPS * REACH + 3 };

PropterStatus unknown_table(const PropterScoreOptions *o, UnknownDensity **out, PropterError *err) {
  *out = propter_malloc(POINTS * sizeof **out);
  if (!*out) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a model");
  for (int i = 0; i < POINTS; i++) exact(o, (double)(i - 1) / STEPS, (*out)[i]);
  return PROPTER_OK;
}

/* Catmull-Rom between the points: off by less than 1e-6 of the highest density. */
static void densities(const PropterScoreModel *m, double z, double *out) {
  double x = fabs(z) * STEPS;
  if (!(x < STEPS * REACH)) {
    exact(&m->options, z, out);
    return;
  }
  UnknownDensity *at = m->unknown + (size_t)x;
  double t = x - floor(x), u = 1 - t;
  double w[4] = {-.5 * t * u * u, 1 + t * t * (1.5 * t - 2.5), 1 + u * u * (1.5 * u - 2.5), -.5 * u * t * t};
  for (int s = 0; s < 1 + SCALES; s++) out[s] = w[0] * at[0][s] + w[1] * at[1][s] + w[2] * at[2][s] + w[3] * at[3][s];
}

/* --- posterior -------------------------------------------------------------------------------------------------------------------------------- */

static const double least = 1e-200, low = 1e-90; /* of a density, and of a product that must not underflow with the next one */

/* Log likelihoods: products, of which logarithms are taken before they underflow. */
static void take_logs(double product[SCALES][RATES], double share, UnknownLikelihood ll) {
  for (int s = 0; s < SCALES; s++)
    for (int r = 0; r < RATES; r++) {
      ll[s][r] += log(product[s][r]) * share;
      product[s][r] = 1;
    }
}

void unknown_add(const PropterScoreModel *m, const double *z, size_t n, double share, UnknownLikelihood ll) {
  double product[SCALES][RATES], bound = 1, density[1 + SCALES];
  for (int s = 0; s < SCALES; s++)
    for (int r = 0; r < RATES; r++) product[s][r] = 1;
  for (size_t i = 0; i < n; i++) {
    densities(m, z[i], density);
    bound *= (1 - rate[RATES - 1]) * density[0] + least;
    for (int s = 0; s < SCALES; s++)
      for (int r = 0; r < RATES; r++) product[s][r] *= density[0] + rate[r] * (density[1 + s] - density[0]) + least;
    if (bound < low) take_logs(product, share, ll), bound = 1;
  }
  take_logs(product, share, ll);
}

void unknown_read(const PropterScoreModel *m, UnknownLikelihood ll, double *rho, double *scale) {
  const PropterScoreOptions *o = &m->options;
  double post[SCALES][RATES], top = -INFINITY, sum = 0;
  *rho = *scale = 0;
  for (int s = 0; s < SCALES; s++)
    for (int r = 0; r < RATES; r++) {
      /* Beta prior for the rate; for the scale a log-normal one whose standard deviation, 1/2, is that of a scale from four values */
      post[s][r] = ll[s][r] + o->unknown_rate * o->unknown_weight * log(rate[r]) + (1 - o->unknown_rate) * o->unknown_weight * log1p(-rate[r]);
      post[s][r] -= 0.5 * log_factor(s) * log_factor(s) / 0.25;
      top = fmax(top, post[s][r]);
    }
  for (int s = 0; s < SCALES; s++)
    for (int r = 0; r < RATES; r++) {
      double w = exp(post[s][r] - top);
      sum += w;
      *rho += w * rate[r];
      *scale += w * log_factor(s);
    }
  *rho /= sum;
  *scale = o->unknown_scale * exp(*scale / sum);
}

void estimate_unknown(const PropterScoreModel *m, const double *z, size_t n, double overlap, double *rho, double *scale) {
  UnknownLikelihood ll = {{0}};
  unknown_add(m, z, n, 1 / overlap, ll);
  unknown_read(m, ll, rho, scale);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The unknown cause: how often it strikes and how hard, from windows that nobody asks about. */
#include <math.h>
#include <pthread.h>

#include "propter/math.h"
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

/* Density of a standardised deviation when an unknown cause of scale `scale` adds to it. */
static double moved_density(double z, double scale) {
  const Nodes *node = score_nodes();
  double sum = 0;
  for (int k = 0; k < NODES; k++) {
    double sd = sqrt(1 + scale * scale * node->variance[k]);
    sum += exp(node->log_weight[k] + propter_normal_log_density(z, 0, sd));
  }
  return sum;
}

void estimate_unknown(const PropterScoreOptions *o, const double *z, size_t n, double overlap, double *rho, double *scale) {
  enum { RATES = 10, SCALES = 7 };
  static const double rate[RATES] = {.005, .01, .015, .02, .03, .05, .08, .12, .18, .25};
  double log_post[RATES * SCALES], top = -INFINITY, sum = 0;
  *rho = *scale = 0;
  for (int s = 0; s < SCALES; s++) {
    double log_factor = (s - SCALES / 2) * 0.5 * log(2), kappa = o->unknown_scale * exp(log_factor);
    double ll[RATES] = {0};
    for (size_t i = 0; i < n; i++) {
      double still = exp(propter_normal_log_density(z[i], 0, 1)), moved = moved_density(z[i], kappa);
      for (int r = 0; r < RATES; r++) ll[r] += log((1 - rate[r]) * still + rate[r] * moved + 1e-300) / overlap;
    }
    for (int r = 0; r < RATES; r++) {
      /* Beta prior for the rate; for the scale a log-normal one whose standard deviation, 1/2, is that of a scale from four values */
      double prior = o->unknown_rate * o->unknown_weight * log(rate[r]) + (1 - o->unknown_rate) * o->unknown_weight * log1p(-rate[r]);
      double v = ll[r] + prior - 0.5 * log_factor * log_factor / 0.25;
      log_post[s * RATES + r] = v;
      if (v > top) top = v;
    }
  }
  for (int s = 0; s < SCALES; s++)
    for (int r = 0; r < RATES; r++) {
      double w = exp(log_post[s * RATES + r] - top);
      sum += w;
      *rho += w * rate[r];
      *scale += w * (s - SCALES / 2) * 0.5 * log(2);
    }
  *rho /= sum;
  *scale = o->unknown_scale * exp(*scale / sum);
}

double contrast(const Frame *frame, double moved) {
  if (!frame->has_control) return 0;
  return propter_log_add(log1p(-moved), log(moved) + frame->control_ratio);
}

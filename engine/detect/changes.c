/* SPDX-License-Identifier: Apache-2.0 */
/* Changepoints of a trend: which breaks a series with autocorrelated noise has, and how well their places are known. */
#include <math.h>

#include "propter/math.h"
#include "segment.h"

PropterChangeOptions propter_change_options(void) { return (PropterChangeOptions){.shortest = 10, .penalty = 4, .rich = 5}; }

/* Observations without gaps, and where they were. */
typedef struct {
  double *y, *fit;
  size_t *at, *ends;
  size_t n;
} Dense;

static void dense_clear(Dense *d) {
  propter_free(d->y);
  propter_free(d->at);
}

static PropterStatus dense_init(Dense *d, const double *x, size_t n, PropterError *err) {
  d->y = propter_malloc((2 * n + 1) * sizeof *d->y);
  d->at = propter_malloc((2 * n + 2) * sizeof *d->at);
  d->n = 0;
  if (!d->y || !d->at) {
    dense_clear(d);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the changes of %zu values", n);
  }
  d->fit = d->y + n;
  d->ends = d->at + n + 1;
  for (size_t i = 0; i < n; i++)
    if (isfinite(x[i])) d->at[d->n] = i, d->y[d->n++] = x[i];
  d->at[d->n] = n;
  return PROPTER_OK;
}

/* Least-squares line of y[from, to): level in the middle, slope. */
static void line_of(const double *y, size_t from, size_t to, double *level, double *slope) {
  double n = (double)(to - from), middle = (n - 1) / 2, sum = 0, cross = 0, spread = n * (n * n - 1) / 12;
  for (size_t i = from; i < to; i++) sum += y[i] / n;
  for (size_t i = from; i < to; i++) cross += ((double)(i - from) - middle) * (y[i] - sum);
  *level = sum;
  *slope = spread > 0 ? cross / spread : 0;
}

/* Variance of the noise around the lines of a segmentation, inflated to that of a sum of autocorrelated noise: σ²(1 + ρ)/(1 − ρ). Fitted lines make
 * noise look less correlated than it is, by (2 + 4ρ) over the length of a line (Marriott and Pope 1954). */
static double long_run_variance(const Dense *d, size_t segments) {
  double square = 0, product = 0, last = 0;
  for (size_t s = 0, from = 0; s < segments; from = d->ends[s++]) {
    double level, slope, middle = ((double)(d->ends[s] - from) - 1) / 2;
    line_of(d->y, from, d->ends[s], &level, &slope);
    for (size_t i = from; i < d->ends[s]; i++) {
      double e = d->y[i] - level - slope * ((double)(i - from) - middle);
      square += e * e;
      product += i ? e * last : 0;
      last = e;
    }
  }
  double rho = square > 0 ? product / square : 0, length = (double)d->n / (double)segments, free = (double)d->n - 2 * (double)segments;
  rho += (2 + 4 * rho) / length;
  rho = rho < 0 ? 0 : rho > 0.98 ? 0.98 : rho;
  return square / (free > 1 ? free : 1) * (1 + rho) / (1 - rho);
}

/* The jump at the start of a segment: its line less the line before, there; and the change of the slope. */
static PropterChange change_at(const Dense *d, size_t before, size_t from, size_t to, double variance) {
  double level[2], slope[2], left = (double)(from - before), right = (double)(to - from);
  line_of(d->y, before, from, &level[0], &slope[0]);
  line_of(d->y, from, to, &level[1], &slope[1]);
  return (PropterChange){.at = d->at[from],
                         .low = d->at[from],
                         .high = d->at[from],
                         .step = level[1] - slope[1] * (right - 1) / 2 - (level[0] + slope[0] * (left + 1) / 2),
                         .bend = slope[1] - slope[0],
                         .noise = sqrt(variance)};
}

/* Posterior of the place between the neighbouring changes under the two lines, Gaussian with the long-run variance and an even prior; its middle 95 %. */
static void place_change(const Dense *d, size_t before, size_t from, size_t to, double variance, double *cost, PropterChange *change) {
  size_t first = before + 2 < from ? before + 2 : from, last = to > from + 2 ? to - 2 : from;
  double least = INFINITY, total = 0, sum = 0;
  segment_split_costs(d->y + before, to - before, first - before, last - before, cost);
  for (size_t t = first; t <= last; t++)
    if (cost[t - first] < least) least = cost[t - first];
  for (size_t t = first; t <= last; t++) total += cost[t - first] = exp(-0.5 * (cost[t - first] - least) / variance);
  change->probability = cost[from - first] / total;
  bool low = false, high = false;
  for (size_t t = first; t <= last; t++) {
    sum += cost[t - first] / total;
    if (!low && sum >= 0.025) change->low = d->at[t], low = true;
    if (!high && sum >= 0.975) change->high = d->at[t], high = true;
  }
}

PropterStatus propter_changes(const double *x, size_t n, const PropterChangeOptions *options, PropterChanges *found, PropterError *err) {
  PropterChangeOptions o = options ? *options : propter_change_options();
  Dense d = {0};
  size_t segments = 0, first = found->count;
  PROPTER_TRY(dense_init(&d, x, n, err));
  PropterStatus status = PROPTER_OK;
  if (d.n < 2 * o.shortest) goto done;
  if ((status = segment_split(d.y, d.n, PROPTER_COST_LINE, 0, o.shortest, o.rich, d.ends, &segments, err))) goto done;
  double variance = long_run_variance(&d, segments), scale = 0;
  for (size_t i = 0; i < d.n; i++) scale = fmax(scale, fabs(d.y[i]));
  variance = fmax(variance, 1e-24 * scale * scale);
  if (!(variance > 0) || !isfinite(variance)) goto done; /* constant, or too large to be squared */
  if ((status = propter_segment_pelt(d.y, d.n, PROPTER_COST_LINE, o.penalty * log((double)d.n) * variance, o.shortest, d.ends, &segments, err))) goto done;
  for (size_t s = 1; s < segments && !status; s++) {
    size_t before = s > 1 ? d.ends[s - 2] : 0, from = d.ends[s - 1], to = d.ends[s];
    PropterChange change = change_at(&d, before, from, to, variance);
    place_change(&d, before, from, to, variance, d.fit, &change);
    if (!propter_vec_push(found, change)) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for changes");
  }
done:
  dense_clear(&d);
  if (status) found->count = first;
  return status;
}

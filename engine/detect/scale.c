/* SPDX-License-Identifier: Apache-2.0 */
#include "scale.h"

#include <math.h>

#include "baseline.h"
#include "propter/detect.h"
#include "propter/math.h"
#include "propter/mem.h"

/* Anscombe's (1948): so the square roots of counts are even down to a few, and the slope is above zero. */
static const double more = 0.375;

double scale_to(PropterScale scale, double value) {
  switch (scale) {
    case PROPTER_SCALE_ROOT: return 2 * sqrt(value + more);
    case PROPTER_SCALE_LOG: return log(value);
    case PROPTER_SCALE_LEVEL: break;
  }
  return value;
}

double scale_back(PropterScale scale, double y) {
  switch (scale) {
    case PROPTER_SCALE_ROOT: return y > 2 * sqrt(more) ? y * y / 4 - more : isnan(y) ? y : 0;
    case PROPTER_SCALE_LOG: return exp(y);
    case PROPTER_SCALE_LEVEL: break;
  }
  return y;
}

double scale_slope(PropterScale scale, double value) {
  switch (scale) {
    case PROPTER_SCALE_ROOT: return sqrt(value + more);
    case PROPTER_SCALE_LOG: return value;
    case PROPTER_SCALE_LEVEL: break;
  }
  return 1;
}

double scale_mean(PropterScale scale, double y, double variance) {
  switch (scale) {
    case PROPTER_SCALE_ROOT: return scale_back(scale, y) + variance / 4;
    case PROPTER_SCALE_LOG: return exp(y + variance / 2);
    case PROPTER_SCALE_LEVEL: break;
  }
  return y;
}

double scale_shift(PropterScale scale, double value, double errors, double se) {
  double slope = scale_slope(scale, value);
  return slope > 0 ? scale_back(scale, scale_to(scale, value) + errors * se / slope) : value + errors * se;
}

enum { CYCLES = 3, STRETCHES = 30, FEWEST = 8, LONG = 6 };

/* ln level of a value, and ln of its distance from that. */
typedef struct {
  double level, distance;
} Spread;

/* Median of the neighbours as far as they are there on both sides. */
static bool level_of(const PropterSeries *s, size_t i, size_t cycle, double *level) {
  double near[2 * CYCLES];
  size_t n = 0;
  for (size_t k = 1; k <= CYCLES && k * cycle <= i && i + k * cycle < s->count; k++) {
    double before = s->value[i - k * cycle], after = s->value[i + k * cycle];
    if (!isnan(before) && !isnan(after)) near[n++] = before, near[n++] = after;
  }
  if (n) *level = propter_median(near, n);
  return n > 0;
}

/* What is zero or rounded away cannot lie nearer than half of the smallest distance. */
static size_t spreads_of(const PropterSeries *s, size_t cycle, Spread *out) {
  double least = INFINITY;
  size_t n = 0;
  for (size_t i = 0; i < s->count; i++) {
    double level;
    if (isnan(s->value[i]) || !level_of(s, i, cycle, &level) || !(level > 0)) continue;
    double distance = fabs(s->value[i] - level);
    if (distance > 0 && distance < least) least = distance;
    out[n++] = (Spread){log(level), distance};
  }
  for (size_t i = 0; i < n; i++) out[i].distance = log(fmax(out[i].distance, least / 2));
  return isinf(least) ? 0 : n;
}

/* Line of distance on level through the middle of both. */
typedef struct {
  double level, distance, square, slope;
} Line;

static bool line_of(const Spread *x, size_t n, Line *out) {
  double level = 0, distance = 0, square = 0, product = 0;
  for (size_t i = 0; i < n; i++) level += x[i].level / (double)n, distance += x[i].distance / (double)n;
  for (size_t i = 0; i < n; i++) {
    square += (x[i].level - level) * (x[i].level - level);
    product += (x[i].level - level) * (x[i].distance - distance);
  }
  *out = (Line){level, distance, square, product / square};
  return square > 0;
}

static double above(const Spread *x, const Line *line) { return x->distance - line->distance - line->slope * (x->level - line->level); }

/* Keeps those that lie no further above the line than chance takes one of some hundred: what moved is none of the usual spread. scratch[n]. */
static size_t keep_usual(Spread *x, size_t n, const Line *line, double *scratch) {
  static const double far = 2.5;
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) scratch[i] = above(&x[i], line);
  const double middle = propter_median(scratch, n), limit = middle + far * propter_mad(scratch, n, middle);
  for (size_t i = 0; i < n; i++)
    if (above(&x[i], line) <= limit) x[kept++] = x[i];
  return kept;
}

/* Slope with its standard error by stretches (Liang and Zeger 1986). */
static bool power_of(Spread *x, size_t n, double *scratch, double *power, double *se) {
  Line line;
  double sum = 0;
  if (n < FEWEST * LONG || !line_of(x, n, &line)) return false;
  n = keep_usual(x, n, &line, scratch);
  size_t stretches = n / LONG < STRETCHES ? n / LONG : STRETCHES;
  if (stretches < FEWEST || !line_of(x, n, &line)) return false;
  *power = line.slope;
  for (size_t k = 0; k < stretches; k++) {
    double score = 0;
    for (size_t i = k * n / stretches; i < (k + 1) * n / stretches; i++)
      score += (x[i].level - line.level) * above(&x[i], &line);
    sum += score * score;
  }
  *se = sqrt(sum * (double)stretches / (double)(stretches - 1)) / line.square;
  return true;
}

PropterStatus scale_choose(const PropterSeries *series, PropterScale *out, PropterError *err) {
  static const double clear = 3, root_from = .25, log_from = .75;
  double least = INFINITY, power, se, p = 1;
  *out = PROPTER_SCALE_LEVEL;
  for (size_t i = 0; i < series->count; i++)
    if (series->value[i] < least) least = series->value[i];
  if (least < 0 || series->count < FEWEST * LONG) return PROPTER_OK;
  PROPTER_TRY(propter_seasonality_test(series, &p, err));
  Spread *x = propter_malloc(series->count * sizeof *x);
  double *scratch = propter_malloc(series->count * sizeof *scratch);
  PropterStatus status = x && scratch ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the scale of a series");
  size_t n = status ? 0 : spreads_of(series, p < .05 && !series->seasonally_adjusted ? series_cycle(series->grain) : 1, x);
  if (!status && power_of(x, n, scratch, &power, &se) && power > clear * se && power >= root_from)
    *out = power >= log_from && least > 0 ? PROPTER_SCALE_LOG : PROPTER_SCALE_ROOT;
  propter_free(scratch);
  propter_free(x);
  return status;
}

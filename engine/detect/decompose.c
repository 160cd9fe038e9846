/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/decompose.h"

#include <math.h>

#include "baseline.h"
#include "propter/math.h"
#include "propter/mem.h"

enum { CYCLES = 3, ROUNDS = 5, SWEEPS = 2, LONG_SEASON = 60, FEWEST = 3, JUMPS = 10 };
static const double too_large = 1e150;

/* Working arrays of one decomposition. */
typedef struct {
  size_t n;
  const double *x;
  double *y;       /* x without what is not looked at now; n */
  double *weight;  /* robustness, 0 at gaps; n */
  double *cycle;   /* smoothed cycle-subseries, one period longer on either side; n + 2·longest */
  double *low;     /* moving averages of it; as long */
  double *scratch; /* n */
} Stl;

static size_t odd(double width) {
  size_t w = (size_t)ceil(width);
  return w + 1 - w % 2;
}

static double tricube(double distance, double reach) {
  double r = distance / reach;
  return r < 1 ? (1 - r * r * r) * (1 - r * r * r) * (1 - r * r * r) : 0;
}

/* Local line at place `at` through the q points next to it of y[0], y[stride] …; without a point of weight there, of all points; NaN without any. */
static double loess(const double *y, const double *weight, size_t n, size_t stride, size_t q, double at) {
  size_t width = q < n ? q : n;
  double first = floor(at - ((double)width - 1) / 2 + 0.5), last = (double)(n - width);
  size_t from = first < 0 ? 0 : first > last ? (size_t)last : (size_t)first;
  double reach = fmax(at - (double)from, (double)(from + width - 1) - at) + 1e-9 + (q > n ? (double)((q - n) / 2) : 0);
  double sum = 0, mean = 0, level = 0;
  for (size_t i = from; i < from + width; i++) {
    double w = tricube(fabs((double)i - at), 1.001 * reach + 0.5) * (weight ? weight[i * stride] : 1);
    if (w > 0) sum += w, mean += w * (double)i, level += w * y[i * stride];
  }
  if (!(sum > 0)) return width < n ? loess(y, weight, n, stride, 2 * n, at) : NAN;
  mean /= sum, level /= sum;
  double spread = 0, slope = 0;
  for (size_t i = from; i < from + width; i++) {
    double w = tricube(fabs((double)i - at), 1.001 * reach + 0.5) * (weight ? weight[i * stride] : 1) / sum, d = (double)i - mean;
    if (w > 0) spread += w * d * d, slope += w * d * y[i * stride];
  }
  return spread > 1e-6 ? level + (at - mean) * slope / spread : level;
}

/* The same at every place, wide windows only at some and straight between them (as STL's jumps). */
static void smooth(const double *y, const double *weight, size_t n, size_t q, double *out) {
  size_t jump = q / JUMPS > 1 ? q / JUMPS : 1, at = 0;
  out[0] = loess(y, weight, n, 1, q, 0);
  while (at + 1 < n) {
    size_t next = at + jump < n ? at + jump : n - 1;
    out[next] = loess(y, weight, n, 1, q, (double)next);
    for (size_t i = at + 1; i < next; i++) out[i] = out[at] + (out[next] - out[at]) * (double)(i - at) / (double)(next - at);
    at = next;
  }
}

static void moving_average(const double *in, size_t n, size_t width, double *out) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum += in[i] - (i >= width ? in[i - width] : 0);
    if (i + 1 >= width) out[i + 1 - width] = sum / (double)width;
  }
}

/* One inner round: the season of s->y less the trend, then the trend of what is left. */
static void inner(Stl *s, size_t period, size_t window, double *season, double *trend) {
  size_t n = s->n, all = n + 2 * period;
  for (size_t i = 0; i < n; i++) s->scratch[i] = s->weight[i] > 0 ? s->y[i] - trend[i] : 0;
  for (size_t phase = 0; phase < period; phase++) {
    size_t count = (n - phase + period - 1) / period;
    for (size_t i = 0; i < count + 2; i++) {
      double value = loess(s->scratch + phase, s->weight + phase, count, period, window, (double)i - 1);
      s->cycle[phase + i * period] = isnan(value) ? 0 : value;
    }
  }
  moving_average(s->cycle, all, period, s->low);
  moving_average(s->low, all - period + 1, period, s->scratch + n);
  moving_average(s->scratch + n, all - 2 * period + 2, 3, s->low);
  smooth(s->low, NULL, n, odd((double)period), s->scratch);
  for (size_t i = 0; i < n; i++) season[i] = s->cycle[period + i] - s->scratch[i];
  if (period >= LONG_SEASON) {
    smooth(season, NULL, n, odd((double)period / 12), s->scratch);
    memcpy(season, s->scratch, n * sizeof *season);
  }
  for (size_t i = 0; i < n; i++) s->scratch[i] = s->weight[i] > 0 ? s->y[i] - season[i] : 0;
  smooth(s->scratch, s->weight, n, odd(1.5 * (double)period / (1 - 1.5 / (double)window)), trend);
}

/* Bisquare weights of what neither trend nor season explains; season NULL: none. */
static void reweigh(Stl *s, const double *season, const double *trend) {
  size_t known = 0;
  for (size_t i = 0; i < s->n; i++)
    if (!isnan(s->x[i])) s->scratch[known++] = fabs(s->y[i] - trend[i] - (season ? season[i] : 0));
  double six = 6 * propter_median(s->scratch, known);
  for (size_t i = 0; i < s->n; i++) {
    double u = fabs(s->y[i] - trend[i] - (season ? season[i] : 0)) / six;
    s->weight[i] = isnan(s->x[i]) ? 0 : !(six > 0) ? 1 : u < 1 ? (1 - u * u) * (1 - u * u) : 0;
  }
}

/* s->y: x without every part but this season and the trend. */
static void partial(Stl *s, const PropterDecomposition *d, size_t but) {
  for (size_t i = 0; i < s->n; i++) {
    s->y[i] = s->x[i] - d->holiday[i];
    for (size_t k = 0; k < PROPTER_DECOMPOSE_SEASONS; k++)
      if (d->season[k] && k != but) s->y[i] -= d->season[k][i];
  }
}

/* Effect of each class of special periods: the median of what is left there. */
static void fit_holidays(Stl *s, const unsigned char *class, PropterDecomposition *d) {
  partial(s, d, PROPTER_DECOMPOSE_SEASONS);
  for (unsigned c = 1; c < 256; c++) {
    size_t known = 0;
    for (size_t i = 0; i < s->n; i++)
      if (class[i] == c && !isnan(s->x[i])) s->scratch[known++] = s->y[i] + d->holiday[i] - d->trend[i];
    double effect = known > 1 ? propter_median(s->scratch, known) : 0;
    for (size_t i = 0; i < s->n; i++)
      if (class[i] == c) d->holiday[i] = effect;
  }
}

static void fit(Stl *s, const PropterDecomposeOptions *o, PropterDecomposition *d) {
  size_t seasons = 0;
  for (size_t k = 0; k < PROPTER_DECOMPOSE_SEASONS; k++) seasons += d->season[k] != NULL;
  for (int sweep = 0; sweep < (seasons > 1 || o->holiday ? SWEEPS : 1); sweep++) {
    for (size_t k = 0, order = 0; k < PROPTER_DECOMPOSE_SEASONS; k++) {
      if (!d->season[k]) continue;
      partial(s, d, k);
      for (int round = 0; round < ROUNDS; round++) {
        inner(s, o->season[k], 11 + 4 * order, d->season[k], d->trend);
        reweigh(s, d->season[k], d->trend);
      }
      order++;
    }
    for (int round = 0; round < ROUNDS && !seasons; round++) {
      partial(s, d, PROPTER_DECOMPOSE_SEASONS);
      for (size_t i = 0; i < s->n; i++) s->y[i] = isnan(s->y[i]) ? 0 : s->y[i];
      smooth(s->y, s->weight, s->n, odd(fmax(11, (double)s->n / 6)), d->trend);
      reweigh(s, NULL, d->trend);
    }
    if (o->holiday) fit_holidays(s, o->holiday, d);
  }
}

static double variance(const double *a, const double *b, size_t n) {
  double count = 0, mean = 0, square = 0;
  for (size_t i = 0; i < n; i++) {
    double v = a[i] + (b ? b[i] : 0);
    if (isnan(v)) continue;
    double step = v - mean;
    mean += step / ++count;
    square += step * (v - mean);
  }
  return count > 1 ? square / (count - 1) : 0;
}

static void summarise(Stl *s, PropterDecomposition *d) {
  size_t known = 0;
  partial(s, d, PROPTER_DECOMPOSE_SEASONS);
  for (size_t i = 0; i < s->n; i++) {
    d->remainder[i] = isnan(s->x[i]) ? NAN : s->y[i] - d->trend[i];
    if (!isnan(s->x[i])) s->scratch[known++] = d->remainder[i];
  }
  d->noise = propter_mad(s->scratch, known, 0);
  for (size_t k = 0; k < PROPTER_DECOMPOSE_SEASONS; k++) {
    double with = d->season[k] ? variance(d->season[k], d->remainder, s->n) : 0;
    d->strength[k] = with > 0 ? fmax(0, 1 - variance(d->remainder, NULL, s->n) / with) : 0;
  }
}

void propter_decomposition_clear(PropterDecomposition *d) {
  propter_free(d->trend), propter_free(d->holiday), propter_free(d->remainder);
  for (size_t k = 0; k < PROPTER_DECOMPOSE_SEASONS; k++) propter_free(d->season[k]);
  *d = (PropterDecomposition){0};
}

static PropterStatus check(const double *x, size_t n, const PropterDecomposeOptions *o, PropterError *err) {
  size_t known = 0, last = 1;
  for (size_t i = 0; i < n; i++) {
    if (fabs(x[i]) >= too_large) return propter_fail(err, PROPTER_INVALID, "period %zu of a series is infinite or too large to be squared", i + 1);
    if (!isnan(x[i])) known++;
  }
  if (known < FEWEST) return propter_fail(err, PROPTER_INVALID, "a series of %zu values; expected at least %d to be taken apart", known, FEWEST);
  for (size_t k = 0; k < PROPTER_DECOMPOSE_SEASONS; k++) {
    if (o->season[k] && o->season[k] <= last) return propter_fail(err, PROPTER_INVALID, "a season of %zu periods after one of %zu", o->season[k], last);
    if (o->season[k]) last = o->season[k];
  }
  return PROPTER_OK;
}

static PropterStatus make(Stl *s, const PropterDecomposeOptions *o, PropterDecomposition *d, PropterError *err) {
  size_t n = s->n, longest = 0;
  bool ok = (d->trend = propter_calloc(n, sizeof(double))) && (d->holiday = propter_calloc(n, sizeof(double))) &&
            (d->remainder = propter_malloc(n * sizeof(double)));
  for (size_t k = 0; k < PROPTER_DECOMPOSE_SEASONS && ok; k++) {
    if (!o->season[k] || o->season[k] > n / CYCLES) continue;
    ok = (d->season[k] = propter_calloc(n, sizeof(double)));
    longest = o->season[k];
  }
  if (ok) s->y = propter_malloc((7 * n + 6 * longest) * sizeof *s->y);
  if (!ok || !s->y) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the parts of %zu periods", n);
  s->weight = s->y + n, s->cycle = s->weight + n, s->low = s->cycle + n + 2 * longest, s->scratch = s->low + n + 2 * longest;
  for (size_t i = 0; i < n; i++) s->weight[i] = !isnan(s->x[i]);
  return PROPTER_OK;
}

PropterStatus propter_decompose(const double *x, size_t n, const PropterDecomposeOptions *options, PropterDecomposition *out, PropterError *err) {
  PropterDecomposeOptions o = options ? *options : (PropterDecomposeOptions){0};
  Stl s = {.n = n, .x = x};
  *out = (PropterDecomposition){.n = n};
  PROPTER_TRY(check(x, n, &o, err));
  PropterStatus status = make(&s, &o, out, err);
  if (!status) fit(&s, &o, out), summarise(&s, out);
  else propter_decomposition_clear(out);
  propter_free(s.y);
  return status;
}

/* What level, growth and their errors say of the seasonally adjusted values. */
static PropterStatus extend(const double *adjusted, size_t n, size_t count, double z, double *expected, double *low, double *high, PropterError *err) {
  PropterSeries series = {.grain = PROPTER_GRAIN_YEAR, .count = n, .value = adjusted};
  Baseline *b = NULL;
  ErrorModel model;
  size_t horizon = count < n / 4 ? count : n / 4;
  double drift;
  PROPTER_TRY(baseline_new(&series, n, &b, err));
  double *rows = propter_malloc((n * horizon + 1) * sizeof *rows), *scratch = propter_malloc((2 * n + count) * sizeof *scratch);
  unsigned char *use = propter_malloc(n + 1);
  PropterStatus status = rows && scratch && use ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a forecast of %zu periods", count);
  if (!status) status = baseline_errors(b, 1, horizon, n, n, rows, err);
  if (!status) memset(use, 1, n);
  if (!status && (!baseline_expect(b, n, 1, count, scratch, expected, &drift, NULL) || !baseline_fit(b, rows, horizon, use, n, n, scratch, &model)))
    status = propter_fail(err, PROPTER_INVALID, "a history of %zu periods is too short to tell the errors of a forecast", n);
  for (size_t h = 0; h < count && !status; h++) {
    const double reach = propter_t_of_normal(z, baseline_freedom((double)n)) * sqrt(error_covariance(&model, h + 1, h + 1));
    low[h] = expected[h] - reach, high[h] = expected[h] + reach;
  }
  propter_free(rows), propter_free(scratch), propter_free(use);
  baseline_free(b);
  return status;
}

PropterStatus propter_forecast(const double *x, size_t n, const PropterDecomposeOptions *options, size_t count, double level, double *expected, double *low,
                               double *high, PropterError *err) {
  PropterDecomposition d;
  if (!(level > 0 && level < 1)) return propter_fail(err, PROPTER_INVALID, "an interval of level %g; expected one between 0 and 1", level);
  PROPTER_TRY(propter_decompose(x, n, options, &d, err));
  for (size_t i = 0; i < n; i++) d.trend[i] += d.remainder[i];
  PropterStatus status = extend(d.trend, n, count, propter_normal_quantile((1 + level) / 2), expected, low, high, err);
  for (size_t h = 0; h < count && !status; h++)
    for (size_t k = 0; k < PROPTER_DECOMPOSE_SEASONS; k++) {
      if (!d.season[k]) continue;
      double season = d.season[k][n - options->season[k] + h % options->season[k]];
      expected[h] += season, low[h] += season, high[h] += season;
    }
  propter_decomposition_clear(&d);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A seasonal course that changes: the mean changes of the seasons before and after a place differ by more than their noise (a χ² over the seasons, at the best
 * place between full cycles). */
#include <math.h>

#include "detector.h"
#include "propter/math.h"
#include "propter/mem.h"

enum { SIDE = 3 /* cycles on either side */ };
static const double keep = 0.001;

typedef struct {
  double sum[2], count[2], square;
} Season;

/* χ² of the seasons' differences at a place, given the sums before and after; the largest difference of a season's change. */
static double statistic(const Season *season, size_t cycle, double variance, double *largest) {
  double chi = 0;
  *largest = 0;
  for (size_t s = 0; s < cycle; s++) {
    double a = season[s].count[0], b = season[s].count[1];
    if (a < 2 || b < 2) continue;
    double difference = season[s].sum[1] / b - season[s].sum[0] / a;
    chi += difference * difference * a * b / (a + b) / variance;
    if (fabs(difference) > fabs(*largest)) *largest = difference;
  }
  return chi;
}

PropterStatus detect_season(DetectInput *in, PropterDetections *found, PropterError *err) {
  size_t n = in->baseline->n, cycle = series_cycle(in->series->grain), places = 0, at = 0;
  if (cycle == 1 || n < 2 * SIDE * cycle) return PROPTER_OK;
  Season *season = propter_calloc(cycle, sizeof *season);
  double *weight = propter_malloc(n * sizeof *weight), best = 0, size = 0, largest;
  PropterStatus status = season && weight ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for patterns");
  if (status) goto done;
  double limit = in->options->threshold, square = 0, count = 0, product = 0, last = 0;
  for (size_t i = 1; i < n; i++) {
    double x = fmax(-limit, fmin(limit, in->standard[i]));
    if (isnan(in->standard[i])) continue;
    Season *s = &season[series_season(in->series, i)];
    s->sum[1] += x, s->count[1] += 1;
    square += x * x, count += 1, product += x * last, last = x;
  }
  double variance = count > 0 ? square / count : 0, rho = square > 0 ? product / square : 0;
  /* Seasons next to each other share a value, so their differences correlate by rho and the sum is χ² only with fewer degrees of freedom (Satterthwaite 1946).
   */
  double wide = 1 + 2 * rho * rho;
  for (size_t i = 1; i < n && variance > 0; i++) {
    if (i >= SIDE * cycle && i + SIDE * cycle <= n) {
      double chi = statistic(season, cycle, variance, &largest);
      weight[places++] = chi / wide / 2;
      if (chi > best) best = chi, at = i, size = largest;
    }
    if (isnan(in->standard[i])) continue;
    double x = fmax(-limit, fmin(limit, in->standard[i]));
    Season *s = &season[series_season(in->series, i)];
    s->sum[0] += x, s->count[0] += 1, s->sum[1] -= x, s->count[1] -= 1;
  }
  double p = (1 - propter_chi2_cdf(best / wide, (double)(cycle - 1) / wide)) * (double)places / (double)cycle; /* places within a cycle are nearly one */
  if (places && p < keep) {
    PropterDetection d = {.kind = PROPTER_PATTERN_SEASON_BREAK, .from = at, .to = at, .size = size * in->spread, .score = sqrt(best / wide), .p = p};
    detect_place(&d, weight, SIDE * cycle, SIDE * cycle + places - 1);
    status = detect_add(found, d, err);
  }
done:
  propter_free(season);
  propter_free(weight);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "baseline.h"
#include "propter/detect.h"
#include "propter/math.h"
#include "propter/mem.h"

typedef struct {
  double change;
  size_t season;
} Ranked;

static int by_change(const void *a, const void *b) {
  double x = ((const Ranked *)a)->change, y = ((const Ranked *)b)->change;
  return (x > y) - (x < y);
}

/* Kruskal–Wallis H of sorted items, corrected for ties; groups with an observation are counted in *groups. */
static double rank_statistic(const Ranked *item, size_t n, size_t cycle, double *sum, double *count, size_t *groups) {
  double ties = 0, total = (double)n;
  for (size_t s = 0; s < cycle; s++) sum[s] = count[s] = 0;
  for (size_t i = 0; i < n;) {
    size_t j = i;
    while (j < n && item[j].change == item[i].change) j++;
    double tied = (double)(j - i), rank = (double)(i + j + 1) / 2;
    ties += tied * tied * tied - tied;
    for (; i < j; i++) sum[item[i].season] += rank, count[item[i].season] += 1;
  }
  double h = 0;
  *groups = 0;
  for (size_t s = 0; s < cycle; s++)
    if (count[s] > 0) h += sum[s] * sum[s] / count[s], *groups += 1;
  h = 12 / (total * (total + 1)) * h - 3 * (total + 1);
  double correction = 1 - ties / (total * total * total - total);
  return correction > 0 ? h / correction : 0;
}

PropterStatus propter_seasonality_test(const PropterSeries *series, double *p, PropterError *err) {
  size_t cycle = series_cycle(series->grain), n = 0, groups;
  *p = 1;
  if (cycle == 1 || series->count < 3 * cycle) return PROPTER_OK;
  Ranked *item = propter_malloc(series->count * sizeof *item);
  double *sum = propter_malloc(2 * cycle * sizeof *sum);
  if (!item || !sum) {
    propter_free(item);
    propter_free(sum);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a test of seasonality");
  }
  for (size_t i = 1; i < series->count; i++) {
    double change = series->value[i] - series->value[i - 1];
    if (!isnan(change)) item[n++] = (Ranked){change, series_season(series, i)};
  }
  if (n >= 3 * cycle - 1) {
    qsort(item, n, sizeof *item, by_change);
    double h = rank_statistic(item, n, cycle, sum, sum + cycle, &groups);
    if (groups > 1) *p = 1 - propter_chi2_cdf(h, (double)(groups - 1));
  }
  propter_free(item);
  propter_free(sum);
  return PROPTER_OK;
}

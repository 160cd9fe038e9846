/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

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

/* --- the term --------------------------------------------------------------------------------------------------------------------- */

enum { MOST = 52, OFTEN = 26 /* changes into a season of which one more or less no longer counts */ };

/* A change from the season before, less the usual one. */
typedef struct {
  double excess;
  size_t at, before;
} Into;

struct Seasons {
  size_t cycle, count;
  unsigned char *phase;    /* [count] season of each period */
  Into *into;              /* by season and size */
  size_t first[MOST + 1];  /* of each season's */
  double usual, grain;     /* change from one period to the next; to what steps are held, 0: as they are */
  double level[MOST];      /* what all of them say */
};

void seasons_free(Seasons *s) {
  if (!s) return;
  propter_free(s->phase);
  propter_free(s->into);
  propter_free(s);
}

static int by_excess(const void *a, const void *b) {
  const Into *x = a, *y = b;
  if (x->excess != y->excess) return x->excess < y->excess ? -1 : 1;
  return x->at < y->at ? -1 : x->at > y->at;
}

/* Changes into a season from the one before it; where there never is one before, as before Mondays in a business week, from the last observation. */
static size_t collect(const Baseline *b, const Seasons *s, size_t season, double usual, Into *out) {
  size_t n = 0;
  for (int over_gaps = 0; over_gaps < 2 && !n; over_gaps++)
    for (size_t i = 0; i < b->n; i++) {
      const size_t gap = i - b->before[i];
      if (!isnan(b->change[i]) && (over_gaps || gap == 1) && s->phase[i] == season) out[n++] = (Into){(b->change[i] - usual) * (double)gap, i, b->before[i]};
    }
  if (n) qsort(out, n, sizeof *out, by_excess);
  return n;
}

static bool is_aside(const Into *x, const Block *blocks, size_t count) {
  for (size_t k = 0; k < count; k++)
    if (x->at >= blocks[k].from && x->before < blocks[k].to) return true;
  return false;
}

/* Median of those into a season that touch no block, of all where each does. 0: there are none. */
static double median_into(const Seasons *s, size_t season, const Block *blocks, size_t count) {
  const Into *into = s->into + s->first[season];
  const size_t n = s->first[season + 1] - s->first[season];
  size_t left = 0, seen = 0;
  for (size_t i = 0; i < n; i++) left += !is_aside(&into[i], blocks, count);
  if (!left) left = n, count = 0;
  double low = 0;
  for (size_t i = 0; i < n; i++) {
    if (is_aside(&into[i], blocks, count)) continue;
    if (seen == (left - 1) / 2) low = into[i].excess;
    if (seen++ == left / 2) return 0.5 * (low + into[i].excess);
  }
  return 0;
}

/* Held to the grain with the usual change, which is the same in all and goes with their mean. */
static double step_into(const Seasons *s, size_t season, const Block *blocks, size_t count) {
  const double step = median_into(s, season, blocks, count);
  return s->grain > 0 ? in_steps(step + s->usual, s->grain) : step;
}

/* Between an eighth and a sixteenth of the robust standard deviation of what goes into a season. Of OFTEN changes the median has a standard error of a quarter
 * of that, of a hundred of an eighth, and rounding has one of a fortieth, so that little is lost. */
static double grain_of(const Seasons *s, double *scratch) {
  size_t n = 0;
  for (size_t k = 0; k < s->cycle; k++) {
    const double step = median_into(s, k, NULL, 0);
    for (size_t i = s->first[k]; i < s->first[k + 1]; i++) scratch[n++] = s->into[i].excess - step;
  }
  return n ? digit_step(propter_mad(scratch, n, 0), 4) : 0;
}

/* The steps cumulated over a cycle and centred. */
static void find_levels(const Seasons *s, const Block *blocks, size_t count, double *level) {
  double sum = 0, height = 0, mean = 0;
  for (size_t k = 0; k < s->cycle; k++) sum += level[k] = step_into(s, k, blocks, count);
  for (size_t k = 0; k < s->cycle; k++) {
    height += level[k] - sum / (double)s->cycle;
    level[k] = height;
    mean += height / (double)s->cycle;
  }
  for (size_t k = 0; k < s->cycle; k++) level[k] -= mean;
}

PropterStatus seasons_find(const Baseline *b, const PropterSeries *series, double usual, double *scratch, Seasons **out, PropterError *err) {
  Seasons *s = *out = propter_calloc(1, sizeof *s);
  if (s) *s = (Seasons){series_cycle(series->grain), b->n, propter_malloc(b->n + 1), propter_malloc((b->n + 1) * sizeof *s->into), {0}, usual, 0, {0}};
  if (!s || !s->phase || !s->into) {
    seasons_free(s);
    *out = NULL;
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a seasonal term");
  }
  for (size_t i = 0; i < b->n; i++) s->phase[i] = (unsigned char)series_season(series, i);
  for (size_t k = 0; k < s->cycle; k++) s->first[k + 1] = s->first[k] + collect(b, s, k, usual, s->into + s->first[k]);
  if (scratch && seasons_often(s)) s->grain = grain_of(s, scratch);
  find_levels(s, NULL, 0, s->level);
  return PROPTER_OK;
}

double seasons_at(const Seasons *s, size_t i) { return s->level[s->phase[i]]; }

bool seasons_often(const Seasons *s) { return s->count >= OFTEN * s->cycle; }

void seasons_aside(const Seasons *s, const Block *blocks, size_t count, double *y, double *season) {
  double level[MOST];
  find_levels(s, blocks, count, level);
  for (size_t i = 0; i < s->count; i++) {
    const double more = level[s->phase[i]] - s->level[s->phase[i]];
    y[i] -= more;
    if (season) season[i] += more;
  }
}

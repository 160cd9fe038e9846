/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/pairs.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "propter/math.h"

enum { UNIT = 1024, MOST_LAGS = 60, FEWEST = 24, GROUP = 16, FINEST = 255 };

/* A bound is computed in single precision: so much below the threshold it must lie. */
static const float sure = 1 - 1e-5f;

struct PropterPairs {
  size_t p, lags, steps, base, room, stride; /* stride: p in whole groups */
  double level, limit;
  int16_t *x;     /* [p × room] */
  double *xy;     /* [lags × p × p] up to step `base` */
  double *square; /* [p] Σx² up to there */
  uint8_t *bound; /* [lags × p × stride] least whole number of 1/FINEST that |r| did not exceed there */
  uint8_t *most;  /* [lags × p × stride/GROUP] largest bound of a group of followers */
};

static PropterStatus no_memory(const PropterPairs *s, PropterError *err) {
  return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for pairs of %zu series", s->p);
}

PropterStatus propter_pairs_new(size_t p, const PropterPairOptions *o, PropterPairs **out, PropterError *err) {
  static const PropterPairOptions defaults = {0};
  if (!o) o = &defaults;
  *out = NULL;
  if (o->lags > MOST_LAGS) return propter_fail(err, PROPTER_LIMIT, "%zu lags, at most %d", o->lags, MOST_LAGS);
  if (!(o->limit >= 0 && o->limit <= 30) || !(o->level >= 0 && o->level < 1))
    return propter_fail(err, PROPTER_INVALID, "a limit of %g or a level of %g: expected 0 to 30, and 0 to 1", o->limit, o->level);
  PropterPairs *s = propter_calloc(1, sizeof *s);
  if (!s) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for pairs of %zu series", p);
  *s = (PropterPairs){.p = p, .lags = o->lags ? o->lags : 3, .level = o->level > 0 ? o->level : .01, .limit = o->limit > 0 ? o->limit : 3.5};
  s->stride = (p + GROUP - 1) / GROUP * GROUP;
  s->xy = propter_calloc(s->lags * p * p + 1, sizeof *s->xy);
  s->square = propter_calloc(p + 1, sizeof *s->square);
  s->bound = propter_calloc(s->lags * p * s->stride + 1, 1);
  s->most = propter_calloc(s->lags * p * s->stride / GROUP + 1, 1);
  if (!s->xy || !s->square || !s->bound || !s->most) {
    PropterStatus status = no_memory(s, err);
    propter_pairs_free(s);
    return status;
  }
  *out = s;
  return PROPTER_OK;
}

void propter_pairs_free(PropterPairs *s) {
  if (!s) return;
  propter_free(s->x);
  propter_free(s->xy);
  propter_free(s->square);
  propter_free(s->bound);
  propter_free(s->most);
  propter_free(s);
}

static double *sums_of(PropterPairs *s, size_t lag) { return s->xy + (lag - 1) * s->p * s->p; }
static uint8_t *bounds_of(PropterPairs *s, size_t lag) { return s->bound + (lag - 1) * s->p * s->stride; }

/* --- sums ----------------------------------------------------------------------------------------------------------------------------------- */

static int16_t whole(const PropterPairs *s, double value) { return isnan(value) ? 0 : (int16_t)lrint(UNIT * fmax(-s->limit, fmin(s->limit, value))); }

static uint8_t bound_of(const PropterPairs *s, double xy, size_t i, size_t j) {
  double both = sqrt(s->square[i]) * sqrt(s->square[j]);
  double r = both > 0 ? fabs(xy) / both * (1 + 1e-12) : 0;
  return (uint8_t)fmin(FINEST, ceil(FINEST * r));
}

/* Sets the bounds of one leader's followers from … to, whole groups of them. */
static void set_bounds(PropterPairs *s, size_t lag, size_t i, size_t from, size_t to) {
  uint8_t *bound = bounds_of(s, lag) + i * s->stride, *most = s->most + ((lag - 1) * s->p + i) * (s->stride / GROUP);
  const double *xy = sums_of(s, lag) + i * s->p;
  for (size_t j = from / GROUP * GROUP; j < to; j += GROUP) {
    uint8_t top = 0;
    for (size_t k = j; k < j + GROUP && k < s->p; k++) {
      bound[k] = k == i ? 0 : bound_of(s, xy[k], i, k); /* no series leads itself */
      if (bound[k] > top) top = bound[k];
    }
    most[j / GROUP] = top;
  }
}

/* Columns from … to of the values, row by row. */
static void take_columns(const PropterPairs *s, size_t from, size_t to, double *out) {
  for (size_t i = 0; i < s->p; i++)
    for (size_t t = from; t < to; t++) *out++ = s->x[i * s->room + t];
}

/* Brings all sums up to the last step. */
static PropterStatus catch_up(PropterPairs *s, PropterError *err) {
  const size_t p = s->p, k = s->steps - s->base;
  double *now = propter_malloc((2 * p * k + 1) * sizeof *now);
  if (!now) return no_memory(s, err);
  double *const earlier = now + p * k;
  for (size_t lag = 1; lag <= s->lags; lag++) {
    const size_t from = s->base > lag ? s->base : lag;
    if (from >= s->steps) continue;
    take_columns(s, from, s->steps, now);
    take_columns(s, from - lag, s->steps - lag, earlier);
    propter_gemm(false, true, p, p, s->steps - from, earlier, now, 1, sums_of(s, lag));
  }
  for (size_t i = 0; i < p; i++)
    for (size_t t = s->base; t < s->steps; t++) s->square[i] += (double)s->x[i * s->room + t] * s->x[i * s->room + t];
  s->base = s->steps;
  for (size_t lag = 1; lag <= s->lags; lag++)
    for (size_t i = 0; i < p; i++) set_bounds(s, lag, i, 0, p);
  propter_free(now);
  return PROPTER_OK;
}

static PropterStatus make_room(PropterPairs *s, size_t steps, PropterError *err) {
  if (steps <= s->room) return PROPTER_OK;
  const size_t room = steps + steps / 4;
  int16_t *x = propter_malloc(s->p * room * sizeof *x + 1);
  if (!x) return no_memory(s, err);
  for (size_t i = 0; i < s->p && s->steps; i++) memcpy(x + i * room, s->x + i * s->room, s->steps * sizeof *x);
  propter_free(s->x);
  s->x = x, s->room = room;
  return PROPTER_OK;
}

PropterStatus propter_pairs_add(PropterPairs *s, size_t k, const double *x, PropterError *err) {
  enum { TENTH = 10 };
  for (size_t c = 0; c < s->p * k; c++)
    if (isinf(x[c])) return propter_fail(err, PROPTER_INVALID, "step %zu of series %zu is infinite", s->steps + c % k, c / k);
  PROPTER_TRY(make_room(s, s->steps + k, err));
  for (size_t i = 0; i < s->p; i++)
    for (size_t t = 0; t < k; t++) s->x[i * s->room + s->steps + t] = whole(s, x[i * k + t]);
  s->steps += k;
  PropterStatus status = TENTH * (s->steps - s->base) > s->base ? catch_up(s, err) : PROPTER_OK;
  if (status) s->steps -= k;
  return status;
}

PropterStatus propter_pairs_correct(PropterPairs *s, size_t series, size_t step, double value, PropterError *err) {
  if (series >= s->p || step >= s->steps || isinf(value))
    return propter_fail(err, PROPTER_INVALID, "series %zu, step %zu of %zu series with %zu steps: no such value, or an infinite one", series, step, s->p,
                        s->steps);
  int16_t *own = s->x + series * s->room;
  const double old = own[step], now = whole(s, value);
  own[step] = (int16_t)now;
  if (step >= s->base) return PROPTER_OK; /* not summed yet */
  s->square[series] += now * now - old * old;
  for (size_t lag = 1; lag <= s->lags; lag++) {
    double *xy = sums_of(s, lag);
    for (size_t j = 0; j < s->p; j++) {
      const int16_t *other = s->x + j * s->room;
      if (step + lag < s->base) xy[series * s->p + j] += (now - old) * other[step + lag];
      if (step >= lag) xy[j * s->p + series] += (now - old) * other[step - lag];
    }
    for (size_t j = 0; j < s->p; j++) set_bounds(s, lag, j, series, series + 1);
    set_bounds(s, lag, series, 0, s->p);
  }
  return PROPTER_OK;
}

/* --- tests ---------------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  double *square;       /* Σx² of all steps */
  float *before, *since; /* [p] √ of the part of it up to `base` ÷ FINEST, and of what the steps since then can bring */
  float *most_before, *most_since; /* [stride/GROUP] the largest in each group */
  double *threshold;    /* by lag − 1 */
  double *r;            /* [p] of one leader: the largest so far */
  int *lag;
} Test;

static PropterStatus test_open(const PropterPairs *s, Test *test, PropterError *err) {
  const size_t p = s->p;
  *test = (Test){.square = propter_malloc((2 * p + s->lags + 1) * sizeof(double)), .before = propter_calloc(2 * (p + s->stride / GROUP) + 1, sizeof(float)),
                 .lag = propter_malloc((p + 1) * sizeof(int))};
  if (!test->square || !test->before || !test->lag) return no_memory(s, err);
  test->r = test->square + p, test->threshold = test->r + p, test->since = test->before + p;
  test->most_before = test->since + p, test->most_since = test->most_before + s->stride / GROUP;
  for (size_t i = 0; i < p; i++) {
    const int16_t *x = s->x + i * s->room;
    double more = 0, reached = 0;
    for (size_t t = s->base; t < s->steps; t++) more += (double)x[t] * x[t];
    /* Products with steps since `base` reach back by the lags. */
    for (size_t t = s->base > s->lags ? s->base - s->lags : 0; t < s->base && s->base < s->steps; t++) reached += (double)x[t] * x[t];
    double all = test->square[i] = s->square[i] + more;
    if (!(all > 0)) continue;
    test->before[i] = (float)sqrt(s->square[i] / all / FINEST);
    test->since[i] = (float)sqrt((more + reached) / all);
    test->most_before[i / GROUP] = fmaxf(test->most_before[i / GROUP], test->before[i]);
    test->most_since[i / GROUP] = fmaxf(test->most_since[i / GROUP], test->since[i]);
  }
  for (size_t lag = 1; lag <= s->lags; lag++) {
    double freedom = (double)(s->steps - lag) - 2, t = propter_t_quantile(1 - s->level / (double)s->lags / 2, freedom);
    test->threshold[lag - 1] = t / sqrt(freedom + t * t);
  }
  return PROPTER_OK;
}

static void test_close(Test *test) {
  propter_free(test->square);
  propter_free(test->before);
  propter_free(test->lag);
}

static double correlation(PropterPairs *s, const Test *test, size_t i, size_t j, size_t lag) {
  const int16_t *x = s->x + i * s->room, *y = s->x + j * s->room;
  double sum = sums_of(s, lag)[i * s->p + j];
  for (size_t t = s->base > lag ? s->base : lag; t < s->steps; t++) sum += (double)x[t - lag] * y[t];
  double both = sqrt(test->square[i]) * sqrt(test->square[j]);
  return both > 0 ? fmax(-1, fmin(1, sum / both)) : 0;
}

/* The followers of one leader. */
static size_t test_leader(PropterPairs *s, Test *test, size_t i) {
  const size_t groups = s->stride / GROUP;
  const float before = test->before[i], since = test->since[i];
  size_t tested = 0;
  memset(test->lag, 0, s->p * sizeof *test->lag);
  for (size_t lag = 1; lag <= s->lags; lag++) {
    const uint8_t *bound = bounds_of(s, lag) + i * s->stride, *most = s->most + ((lag - 1) * s->p + i) * groups;
    const float threshold = (float)test->threshold[lag - 1] * sure;
    for (size_t g = 0; g < groups; g++) {
      if ((float)most[g] * before * test->most_before[g] + since * test->most_since[g] < threshold) continue;
      for (size_t j = g * GROUP; j < (g + 1) * GROUP && j < s->p; j++) {
        if ((float)bound[j] * before * test->before[j] + since * test->since[j] < threshold || j == i) continue;
        double r = correlation(s, test, i, j, lag);
        tested++;
        if (fabs(r) >= test->threshold[lag - 1] && (!test->lag[j] || fabs(r) > fabs(test->r[j]))) test->lag[j] = (int)lag, test->r[j] = r;
      }
    }
  }
  return tested;
}

double propter_pairs_p(const PropterPairs *s, const PropterPairLink *link) {
  const double freedom = (double)s->steps - link->lag - 2, t = link->r * sqrt(freedom / fmax(1e-12, 1 - link->r * link->r));
  return 2 * propter_t_cdf(-fabs(t), freedom) * (double)s->lags;
}

PropterStatus propter_pairs_links(PropterPairs *s, PropterPairLink **out, size_t *count, size_t *tested, PropterError *err) {
  PROPTER_VEC(PropterPairLink) links = {0};
  Test test;
  size_t looked = 0;
  *out = NULL;
  *count = 0;
  if (tested) *tested = 0;
  if (s->steps < FEWEST || s->steps < s->lags + FEWEST) return PROPTER_OK;
  PropterStatus status = test_open(s, &test, err);
  for (size_t i = 0; i < s->p && !status; i++) {
    looked += test_leader(s, &test, i);
    for (size_t j = 0; j < s->p && !status; j++) {
      if (test.lag[j] && !propter_vec_push(&links, ((PropterPairLink){i, j, test.lag[j], test.r[j]}))) status = no_memory(s, err);
    }
  }
  test_close(&test);
  if (status) {
    propter_vec_clear(&links);
    return status;
  }
  if (tested) *tested = looked;
  *out = links.items;
  *count = links.count;
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Days that stand apart every year, such as Christmas, Whit Monday or the last Friday of November: what a level of seven days' season does not know. No
 * calendar of holidays is needed, since a day is held to recur only where the figures say so in each year but one in five, and in three years at least. */
#include <math.h>
#include <string.h>

#include "baseline.h"
#include "propter/math.h"
#include "propter/mem.h"

enum { YEARS_MIN = 3, NAMED_MIN = 2, YEAR = 365, REACH = 45, /* days on either side whose median is the level */
       ASIDE = 2, KEYS = 2 * ASIDE * PROPTER_HOLIDAYS, APART = 60 /* days of one key that lie further apart are two times */ };
/* In units of the robust scale of all days, for a day in each of its years: with normal errors .005 ^ 3 for a key, over some 1,500 keys 1 in 5,000 series. */
static const double apart = 2.576;

/* --- the ways in which a day recurs: a number below KEYS, -1: not this way ------------------------------------------------------------------------- */

typedef int Way(const PropterSeries *series, size_t i);

static PropterDay day_at(const PropterSeries *s, size_t i) { return propter_period_first(s->grain, s->first + (int32_t)i); }

static int by_name(const PropterSeries *s, size_t i) { return s->holiday[i] - 1; }

/* Of the nearest holiday, a later one first. */
static int beside_name(const PropterSeries *s, size_t i) {
  for (size_t k = 1; k <= ASIDE && !s->holiday[i]; k++) {
    if (i + k < s->count && s->holiday[i + k]) return (int)(2 * k - 2) * PROPTER_HOLIDAYS + s->holiday[i + k] - 1;
    if (i >= k && s->holiday[i - k]) return (int)(2 * k - 1) * PROPTER_HOLIDAYS + s->holiday[i - k] - 1;
  }
  return -1;
}

static int by_date(const PropterSeries *s, size_t i) {
  const PropterDay day = day_at(s, i);
  int year, month, dom;
  propter_day_civil(day, &year, &month, &dom);
  return (month - 1) * 31 + dom - 1;
}

/* From carnival to ten days after Corpus Christi. */
static int by_easter(const PropterSeries *s, size_t i) {
  const PropterDay day = day_at(s, i);
  enum { BEFORE = 55, AFTER = 70 };
  int year, month, dom;
  propter_day_civil(day, &year, &month, &dom);
  PropterDay distance = day - propter_day_easter(year);
  return distance >= -BEFORE && distance <= AFTER ? distance + BEFORE : -1;
}

static int by_weekday(const PropterSeries *s, size_t i) {
  const PropterDay day = day_at(s, i);
  int year, month, dom;
  propter_day_civil(day, &year, &month, &dom);
  return ((month - 1) * 7 + propter_day_weekday(day) - 1) * 5 + (dom - 1) / 7;
}

static int by_last_weekday(const PropterSeries *s, size_t i) {
  const PropterDay day = day_at(s, i);
  int year, month, dom;
  propter_day_civil(day, &year, &month, &dom);
  return ((month - 1) * 7 + propter_day_weekday(day) - 1) * 5 + (propter_month_length(year, month) - dom) / 7;
}

static Way *const named[] = {by_name, beside_name}, *const unnamed[] = {by_date, by_easter, by_weekday, by_last_weekday};

/* --- levels ------------------------------------------------------------------------------------------------------------------------------------------ */

static size_t place_of(const double *sorted, size_t n, double x) {
  size_t low = 0;
  while (low < n) {
    size_t middle = low + (n - low) / 2;
    if (sorted[middle] < x) low = middle + 1;
    else n = middle;
  }
  return low;
}

/* Median of the days around each day. */
static void levels(const double *y, size_t n, double *out) {
  double sorted[2 * REACH + 1];
  size_t held = 0, to = 0;
  for (size_t i = 0; i < n; i++) {
    if (i > REACH && !isnan(y[i - REACH - 1])) {
      size_t at = place_of(sorted, held, y[i - REACH - 1]);
      memmove(sorted + at, sorted + at + 1, (--held - at) * sizeof *sorted);
    }
    for (; to < n && to <= i + REACH; to++) {
      if (isnan(y[to])) continue;
      size_t at = place_of(sorted, held, y[to]);
      memmove(sorted + at + 1, sorted + at, (held++ - at) * sizeof *sorted);
      sorted[at] = y[to];
    }
    out[i] = !held ? NAN : held % 2 ? sorted[held / 2] : 0.5 * (sorted[held / 2 - 1] + sorted[held / 2]);
  }
}

/* --- one way --------------------------------------------------------------------------------------------------------------------------------------------- */

/* Median of what stood apart, of two times the lesser, 0: it does not recur. */
static double recurs(double *x, size_t n, double bound) {
  size_t above = 0, below = 0;
  for (size_t i = 0; i < n; i++) above += x[i] >= bound, below += x[i] <= -bound;
  if (!n || (above < n - n / 5 && below < n - n / 5)) return 0;
  return n > 2 ? propter_median(x, n) : fabs(x[0]) < fabs(x[n - 1]) ? x[0] : x[n - 1];
}

typedef struct {
  double *level, *apart_by, *part, *scratch; /* [n] each; relative or absolute distances from the level are apart_by */
  int *key;
} Work;

/* Takes the days that recur in this way at least so many times off `apart_by` into `part`. */
static bool take_off(const PropterSeries *series, Way *way, size_t least, const Work *w) {
  size_t n = series->count, known = 0, begin[KEYS + 1] = {0}, times[KEYS] = {0}, last[KEYS];
  bool any = false;
  for (size_t i = 0; i < n; i++) {
    const int key = w->key[i] = isnan(w->apart_by[i]) ? -1 : way(series, i);
    if (!isnan(w->apart_by[i])) w->scratch[known++] = w->apart_by[i];
    if (key < 0) continue;
    times[key] += !times[key] || i - last[key] > APART;
    last[key] = i;
    begin[key + 1]++;
  }
  const double bound = apart * propter_mad(w->scratch, known, 0);
  if (!(bound > 0)) return false;
  for (size_t k = 0; k < KEYS; k++) begin[k + 1] += begin[k];
  size_t next[KEYS];
  double effect[KEYS];
  memcpy(next, begin, sizeof next);
  for (size_t i = 0; i < n; i++)
    if (w->key[i] >= 0) w->scratch[next[w->key[i]]++] = w->apart_by[i];
  for (size_t k = 0; k < KEYS; k++) any |= (effect[k] = times[k] < least ? 0 : recurs(w->scratch + begin[k], begin[k + 1] - begin[k], bound)) != 0;
  for (size_t i = 0; i < n && any; i++) {
    if (w->key[i] < 0) continue;
    w->part[i] += effect[w->key[i]];
    w->apart_by[i] -= effect[w->key[i]];
  }
  return any;
}

/* Distances from the level with the usual of its weekday, as parts of it where that is above 0 throughout. */
static bool stand_apart(const PropterSeries *series, const double *y, const Work *w) {
  bool relative = true;
  levels(y, series->count, w->level);
  for (size_t i = 0; i < series->count; i++) {
    w->level[i] += series->value[i] - y[i];
    relative &= isnan(w->level[i]) || (w->level[i] > 0 && series->value[i] >= 0);
  }
  for (size_t i = 0; i < series->count; i++) w->apart_by[i] = (series->value[i] - w->level[i]) / (relative ? w->level[i] : 1);
  return relative;
}

PropterStatus yearly_part(const PropterSeries *series, const double *y, double **out, PropterError *err) {
  const size_t n = series->count;
  const bool years = n >= YEARS_MIN * YEAR && !series->seasonally_adjusted;
  *out = NULL;
  if (series->grain != PROPTER_GRAIN_DAY || (!years && !series->holiday)) return PROPTER_OK;
  double *part = propter_calloc(n, sizeof *part), *level = propter_malloc(3 * n * sizeof *level);
  int *key = propter_malloc(n * sizeof *key);
  bool any = false;
  if (part && level && key) {
    const Work w = {level, level + n, part, level + 2 * n, key};
    const bool relative = stand_apart(series, y, &w);
    for (size_t k = 0; k < sizeof named / sizeof *named && series->holiday; k++) any |= take_off(series, named[k], NAMED_MIN, &w);
    for (size_t k = 0; k < sizeof unnamed / sizeof *unnamed && years; k++) any |= take_off(series, unnamed[k], YEARS_MIN, &w);
    for (size_t i = 0; i < n; i++) part[i] = isnan(level[i]) ? 0 : part[i] * (relative ? level[i] : 1);
  }
  PropterStatus status = part && level && key ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a yearly season");
  propter_free(level);
  propter_free(key);
  if (status || !any) propter_free(part);
  else *out = part;
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "baseline.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "propter/detect.h"
#include "propter/math.h"
#include "propter/mem.h"

enum { REACH = 36, FIT_HORIZON = 24, FIT_ROWS = 8, TAIL_ERRORS = 60 };

/* A seasonal term for an adjusted series needs strong evidence: a false one would hide causes that return every year. */
static const double residual_season_p = 0.001;
static const double season_p = 0.05;

double digit_step(double x, int digits) {
  int exponent;
  (void)frexp(x, &exponent);
  return x > 0 && isfinite(x) ? ldexp(1, exponent - digits) : 0;
}

double in_steps(double x, double step) {
  const double steps = x / step;
  return isfinite(steps) ? step * nearbyint(steps) : x;
}

void baseline_free(Baseline *b) {
  if (!b) return;
  propter_free(b->y);
  propter_free(b->season);
  propter_free(b->yearly);
  propter_free(b->change);
  propter_free(b->before);
  propter_free(b->left);
  seasons_free(b->seasons);
  propter_free(b);
}

static void find_changes(Baseline *b) {
  size_t last = SIZE_MAX;
  for (size_t i = 0; i < b->n; i++) {
    b->before[i] = last;
    b->change[i] = NAN;
    if (isnan(b->y[i])) continue;
    if (last != SIZE_MAX) b->change[i] = (b->y[i] - b->y[last]) / (double)(i - last);
    last = i;
  }
  b->before[b->n] = last;
}

/* Smallest positive step between neighbours, as a floor for every standard error: rounding to r has a variance of r²/12. */
static double find_resolution(const Baseline *b) {
  double least = INFINITY;
  for (size_t i = 0; i < b->n; i++) {
    double step = fabs(b->change[i]);
    if (step > 0 && step < least) least = step;
  }
  return isinf(least) ? 1e-9 : least;
}

static PropterStatus remove_season(Baseline *b, const PropterSeries *series, bool coarse, PropterError *err) {
  double p = 1;
  PROPTER_TRY(propter_seasonality_test(series, &p, err));
  if (p >= (series->seasonally_adjusted ? residual_season_p : season_p)) return PROPTER_OK;
  double *scratch = propter_malloc(b->n * sizeof *scratch);
  if (!scratch) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a seasonal term");
  size_t n = 0;
  for (size_t i = 0; i < b->n; i++)
    if (!isnan(b->change[i]) && b->before[i] + 1 == i) scratch[n++] = b->change[i];
  PropterStatus status = seasons_find(b, series, propter_median(scratch, n), coarse ? scratch : NULL, &b->seasons, err);
  propter_free(scratch);
  if (status) return status;
  for (size_t i = 0; i < b->n; i++) b->y[i] -= b->season[i] = seasons_at(b->seasons, i);
  if (seasons_often(b->seasons)) seasons_free(b->seasons), b->seasons = NULL;
  b->seasonal = true;
  find_changes(b);
  return PROPTER_OK;
}

/* y without what the window of `length` periods from `from`, an equal time after it and the block say of the season; in own[n], unless it is the same. */
static const double *set_aside(const Baseline *b, size_t from, size_t length, Block other, double *own) {
  const Block blocks[] = {{from, from + 2 * length}, other};
  if (!b->seasons) return b->y;
  memcpy(own, b->y, b->n * sizeof *own);
  seasons_aside(b->seasons, blocks, other.from < other.to ? 2 : 1, own, NULL);
  return own;
}

void baseline_set_aside(const Baseline *b, size_t from, size_t length, double *y, double *season) {
  const Block own = {from, from + 2 * length};
  if (b->seasons) seasons_aside(b->seasons, &own, 1, y, season);
}

static PropterStatus remove_yearly(Baseline *b, const PropterSeries *series, PropterError *err) {
  PROPTER_TRY(yearly_part(series, b->y, &b->yearly, err));
  for (size_t i = 0; i < b->n && b->yearly; i++) {
    b->season[i] += b->yearly[i];
    b->y[i] -= b->yearly[i];
  }
  if (b->yearly) find_changes(b);
  return PROPTER_OK;
}

static void levels_before(const Baseline *b, const double *path, size_t from, double drift, const size_t *widths, size_t count, double *level);

/* --- usual growth at one origin after the other ------------------------------------------------------------------------------- */

/* The changes from which baseline_drift takes a median move on with the origin, so that they are kept in order and few come and go. */
typedef struct {
  const Baseline *b;
  Block block;                                       /* besides the origin's own window */
  size_t length, reach;
  size_t left_from, left_to, right_from, right_to;   /* periods before the window, and behind it, whose changes are held */
  double *sorted;
  size_t held;
} Growths;

static size_t place_of(const Growths *g, double change) {
  size_t low = 0, high = g->held;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (g->sorted[middle] < change) low = middle + 1;
    else high = middle;
  }
  return low;
}

static bool counts(const Growths *g, size_t i) {
  const Baseline *b = g->b;
  return !isnan(b->change[i]) && !(i >= g->block.from && b->before[i] < g->block.to);
}

static void take_in(Growths *g, size_t i) {
  if (!counts(g, i)) return;
  size_t at = place_of(g, g->b->change[i]);
  memmove(g->sorted + at + 1, g->sorted + at, (g->held - at) * sizeof *g->sorted);
  g->sorted[at] = g->b->change[i];
  g->held++;
}

static void let_go(Growths *g, size_t i) {
  if (!counts(g, i)) return;
  size_t at = place_of(g, g->b->change[i]);
  g->held--;
  memmove(g->sorted + at, g->sorted + at + 1, (g->held - at) * sizeof *g->sorted);
}

/* Moves a stretch of periods on; neither end ever moves back. */
static void move_on(Growths *g, size_t *from, size_t *to, size_t new_from, size_t new_to) {
  for (; *from < *to && *from < new_from; ++*from) let_go(g, *from);
  if (*from < new_from) *from = *to = new_from;
  for (; *to < new_to; ++*to) take_in(g, *to);
}

/* sorted[n]. */
static Growths growths_open(const Baseline *b, size_t length, size_t block_from, size_t block_to, double *sorted) {
  return (Growths){.b = b, .block = {block_from, block_to}, .length = length, .reach = b->reach > 3 * length ? b->reach : 3 * length, .sorted = sorted};
}

/* Median of the changes that baseline_drift looks at without the periods [from, from + length) and the block; `from` must not go back. */
static bool growths_median(Growths *g, size_t from, double *median) {
  const Baseline *b = g->b;
  size_t after = g->right_from > from ? g->right_from : from, last = from + 2 * g->length + g->reach;
  if (last > b->n) last = b->n;
  while (after < b->n && (b->before[after] == SIZE_MAX || b->before[after] < from + g->length)) after++;
  move_on(g, &g->left_from, &g->left_to, from > g->reach ? from - g->reach : 0, from);
  move_on(g, &g->right_from, &g->right_to, after, last);
  if (g->held < BASELINE_MIN_CHANGES) return false;
  const double *middle = g->sorted + g->held / 2;
  *median = g->held % 2 ? *middle : 0.5 * (middle[-1] + *middle);
  return true;
}

double baseline_mean(const double *row, size_t length) {
  double sum = 0;
  size_t known = 0;
  for (size_t h = 0; h < length; h++)
    if (!isnan(row[h])) sum += row[h], known++;
  return known && 2 * known >= length ? sum / (double)known : (double)NAN;
}

PropterStatus baseline_choose_width(Baseline *b, size_t length, size_t block_from, size_t block_to, PropterError *err) {
  static const size_t widths[] = {1, 3, 5, 9, 15};
  static const double growths[] = {1, 0.5, 0};
  enum { WIDTHS = sizeof widths / sizeof *widths, GROWTHS = sizeof growths / sizeof *growths, WAYS = WIDTHS * GROWTHS };
  size_t count[WAYS] = {0}, chosen = 0;
  double *scratch = propter_malloc(((WAYS + 2) * b->n + length) * sizeof *scratch), best = INFINITY, drift;
  if (!scratch) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a baseline");
  double *errors = scratch + b->n, *own = errors + WAYS * b->n, *off = own + b->n;
  Growths near = growths_open(b, length, block_from, block_to, scratch);
  for (size_t o = 0; o + length <= b->n; o++) {
    if (b->before[o] == SIZE_MAX || (o < block_to && o + length > block_from) || !growths_median(&near, o, &drift)) continue;
    const double *y = set_aside(b, o, length, near.block, own);
    for (size_t g = 0; g < GROWTHS; g++) {
      double level[WIDTHS], step = growths[g] * drift;
      levels_before(b, y, o, step, widths, WIDTHS, level);
      for (size_t k = 0; k < WIDTHS; k++) {
        const size_t w = k * GROWTHS + g;
        for (size_t h = 0; h < length; h++) off[h] = y[o + h] - (level[k] + step * (double)(h + 1));
        const double mean = baseline_mean(off, length);
        if (!isnan(mean)) errors[w * b->n + count[w]++] = mean;
      }
    }
  }
  for (size_t w = 0; w < WAYS && 4 * widths[w / GROWTHS] <= b->n; w++) {
    double scale = count[w] ? propter_mad(errors + w * b->n, count[w], 0) : INFINITY;
    if (scale < 0.95 * best) best = scale, chosen = w;
  }
  b->width = widths[chosen / GROWTHS];
  b->growth = growths[chosen % GROWTHS];
  propter_free(scratch);
  return PROPTER_OK;
}

static PropterStatus find_baseline(const PropterSeries *series, size_t reach, bool coarse, Baseline **out, PropterError *err) {
  if (!series->count) return propter_fail(err, PROPTER_INVALID, "a series without periods");
  for (size_t i = 0; i < series->count; i++)
    if (isinf(series->value[i])) return propter_fail(err, PROPTER_INVALID, "an infinite value in period %zu of a series", i + 1);
  Baseline *b = propter_calloc(1, sizeof *b);
  if (!b) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a baseline");
  b->grain = series->grain;
  b->n = series->count;
  b->width = 1;
  b->growth = 1;
  size_t seasons = 3 * series_cycle(series->grain);
  b->reach = reach ? reach : seasons > REACH ? seasons : REACH;
  b->y = propter_malloc(b->n * sizeof *b->y);
  b->season = propter_calloc(b->n, sizeof *b->season);
  b->change = propter_malloc(b->n * sizeof *b->change);
  b->before = propter_malloc((b->n + 1) * sizeof *b->before);
  PropterStatus status = PROPTER_OK;
  if (!b->y || !b->season || !b->change || !b->before) {
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a baseline");
    goto done;
  }
  memcpy(b->y, series->value, b->n * sizeof *b->y);
  find_changes(b);
  b->resolution = find_resolution(b);
  status = remove_season(b, series, coarse, err);
  if (!status) status = remove_yearly(b, series, err);
done:
  if (status != PROPTER_OK) {
    baseline_free(b);
    return status;
  }
  *out = b;
  return PROPTER_OK;
}

PropterStatus baseline_changes(const PropterSeries *series, size_t reach, Baseline **out, PropterError *err) {
  return find_baseline(series, reach, false, out, err);
}

PropterStatus baseline_new(const PropterSeries *series, size_t reach, Baseline **out, PropterError *err) {
  Baseline *b;
  PROPTER_TRY(find_baseline(series, reach, true, &b, err));
  PropterStatus status = baseline_choose_width(b, 1, 0, 0, err);
  if (!status) status = baseline_leave_out(b, err);
  if (status != PROPTER_OK) {
    baseline_free(b);
    return status;
  }
  *out = b;
  return PROPTER_OK;
}

PropterStatus baseline_scaled(const PropterSeries *series, double *y, size_t reach, bool width, PropterScale *scale, Baseline **out, PropterError *err) {
  PropterSeries on = *series;
  PROPTER_TRY(scale_choose(series, scale, err));
  for (size_t i = 0; i < series->count; i++) y[i] = scale_to(*scale, series->value[i]);
  on.value = y;
  return width ? baseline_new(&on, reach, out, err) : baseline_changes(&on, reach, out, err);
}

bool baseline_drift(const Baseline *b, size_t from, size_t length, const Block *blocks, size_t block_count, double *scratch, double *drift, size_t *used) {
  size_t after = from + 2 * length, reach = b->reach > 3 * length ? b->reach : 3 * length, n = 0;
  size_t first = from > reach ? from - reach : 0, last = after + reach < b->n ? after + reach : b->n;
  for (size_t i = first; i < last; i++) {
    bool blocked = isnan(b->change[i]);
    for (size_t k = 0; k < block_count && !blocked; k++) blocked = i >= blocks[k].from && b->before[i] < blocks[k].to;
    if (!blocked) scratch[n++] = b->change[i];
  }
  if (used) *used = n;
  if (n < BASELINE_MIN_CHANGES) return false;
  *drift = b->growth * propter_median(scratch, n);
  return true;
}

/* Changes in robust standard units; a series that never changes gives zeros. */
void baseline_standardise(const Baseline *b, double *scratch, double *out, double *usual, double *spread) {
  size_t n = 0;
  for (size_t i = 0; i < b->n; i++)
    if (!isnan(b->change[i])) scratch[n++] = b->change[i];
  *usual = n ? propter_median(scratch, n) : 0;
  double scale = n ? propter_mad(scratch, n, *usual) : 0, floor = b->resolution / sqrt(6);
  *spread = fmax(DBL_MIN, fmax(scale, floor));
  for (size_t i = 0; i < b->n; i++) out[i] = (b->change[i] - *usual) / *spread;
}

size_t baseline_back(const Baseline *b, size_t from, size_t i) {
  i = b->before[i];
  while (b->left && i != SIZE_MAX && b->left[i] != SIZE_MAX && (b->inside || b->left[i] != b->left[from])) i = b->before[b->left[i]];
  return i;
}

/* By each of the widths, which ascend: what a wider level has before a narrower one is in order already. */
static void levels_before(const Baseline *b, const double *path, size_t from, double drift, const size_t *widths, size_t count, double *level) {
  double sorted[16];
  size_t n = 0, i = baseline_back(b, from, from);
  for (size_t w = 0; w < count; w++) {
    for (; n < widths[w] && i != SIZE_MAX; i = baseline_back(b, from, i), n++) {
      const double value = path[i] + drift * (double)(from - 1 - i);
      size_t place = n;
      for (; place && sorted[place - 1] > value; place--) sorted[place] = sorted[place - 1];
      sorted[place] = value;
    }
    level[w] = !n ? NAN : n % 2 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
  }
}

double baseline_level_before(const Baseline *b, size_t from, double drift, const double *path) {
  double level;
  levels_before(b, path, from, drift, &b->width, 1, &level);
  return level;
}

static void extrapolate(const Baseline *b, const double *y, size_t from, double drift, size_t count, double *expected) {
  double level = baseline_level_before(b, from, drift, y);
  for (size_t h = 0; h < count; h++) expected[h] = level + drift * (double)(h + 1);
}

bool baseline_expect(const Baseline *b, size_t from, size_t length, size_t count, double *scratch, double *expected, double *drift, size_t *used) {
  Block own = {from, from + 2 * length};
  if (b->before[from] == SIZE_MAX || !baseline_drift(b, from, length, &own, 1, scratch, drift, used)) return false;
  extrapolate(b, b->y, from, *drift, count, expected);
  return true;
}

PropterStatus baseline_errors(const Baseline *b, size_t length, size_t horizon, size_t block_from, size_t block_to, double *rows, PropterError *err) {
  double *scratch = propter_malloc((2 * b->n + horizon) * sizeof *scratch), drift;
  if (!scratch) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a baseline");
  double *own = scratch + b->n, *expected = own + b->n;
  Growths near = growths_open(b, length, block_from, block_to, scratch);
  for (size_t o = 0; o < b->n; o++) {
    const bool known = b->before[o] != SIZE_MAX && growths_median(&near, o, &drift);
    const double *y = known ? set_aside(b, o, length, near.block, own) : b->y;
    if (known) extrapolate(b, y, o, b->growth * drift, horizon, expected);
    for (size_t h = 0; h < horizon; h++) rows[o * horizon + h] = known && o + h < b->n ? y[o + h] - expected[h] : NAN;
  }
  propter_free(scratch);
  return PROPTER_OK;
}

/* What is looked at of the errors at horizon h (from 0). How far the error at twice the distance is from twice the error (bend): slopes cancel there, so that
 * it shows the noise which a smooth series has from one period to the next. How far from the error of the first period (apart): the level before cancels there,
 * so that it shows how long noise goes on. */
typedef enum { LOOK_AT, LOOK_BEND, LOOK_APART, LOOKS } LookAt;

static double error_at(const double *row, size_t h, LookAt look) {
  return look == LOOK_BEND ? row[2 * h + 1] - 2 * row[h] : look == LOOK_APART ? row[h] - row[0] : row[h];
}

static bool is_blocked(size_t origin, size_t h, LookAt look, size_t block_from, size_t block_to) {
  const size_t first = look == LOOK_APART ? 0 : h, last = look == LOOK_BEND ? 2 * h + 1 : h;
  return (origin > block_from && origin <= block_to) || (origin + last >= block_from && origin + first < block_to);
}

static double variance_of(const Baseline *b, double scale) { return scale * scale + b->resolution * b->resolution / 6; }

/* How far off rounding alone takes an error. */
static double rounding(const Baseline *b) { return b->resolution / sqrt(6); }

/* Part of the errors that must be more than nothing to say what is usual then; of fewer each stands out. */
static const double often = .02;

/* The k-th of those in order without the places `out`, which ascend. */
static double kth_without(const Ordered *x, const size_t *out, size_t outs, size_t k) {
  for (size_t i = 0; i < outs; i++) k += out[i] <= k;
  return x->sorted[k];
}

/* Of `count` errors in order of which the first `nothing`, more than half, are no more than rounding. Where the rest is often, its median lies as many standard
 * deviations off as it is rare; else all have the spread that it gives them. */
static double rare_scale(const Ordered *x, const size_t *out, size_t outs, size_t count, size_t nothing) {
  const size_t place = nothing + (count - nothing) / 2;
  double sum = 0;
  if ((double)(count - nothing) >= often * (double)count)
    return kth_without(x, out, outs, place) / propter_normal_quantile(.5 + .5 * ((double)place + .5) / (double)count);
  for (size_t i = nothing; i < count; i++) sum += pow(kth_without(x, out, outs, i), 2);
  return sqrt(sum / (double)count);
}

double baseline_error_scale(const Baseline *b, double *error, size_t n) {
  const double scale = n ? propter_mad(error, n, 0) : 0;
  size_t nothing = 0;
  for (size_t i = 0; i < n; i++) nothing += error[i] <= rounding(b);
  if (2 * nothing <= n || nothing == n) return scale;
  propter_sort(error, n);
  return rare_scale(&(Ordered){.sorted = error, .count = n}, NULL, 0, n, nothing);
}

static size_t error_variance(const Baseline *b, const double *rows, size_t horizon, const unsigned char *use, size_t block_from, size_t block_to, size_t h,
                             LookAt look, double *scratch, double *variance) {
  size_t n = 0;
  for (size_t o = 0; o < b->n; o++) {
    const double value = error_at(rows + o * horizon, h, look);
    if (use[o] && !is_blocked(o, h, look, block_from, block_to) && !isnan(value)) scratch[n++] = value;
  }
  *variance = variance_of(b, n ? baseline_error_scale(b, scratch, n) : (double)NAN);
  return n;
}

/* Points to which an error model is fitted, by least squares. */
enum { TERMS = 3 + BASELINE_SWINGS };
typedef struct {
  double x[LOOKS * FIT_HORIZON * TERMS], y[LOOKS * FIT_HORIZON], weight[LOOKS * FIT_HORIZON];
  size_t count, terms; /* of the first terms alone is something known where no two periods of a window are looked at */
} Points;

/* The level before is one observation (as noisy as the window's own) or a median of several (variance π/2 of a mean's). */
static double level_noise(const Baseline *b) { return b->width == 1 ? 1 : 1.5707963267948966 / (double)b->width; }

static ErrorModel model_of(const Baseline *b, const double c[TERMS]) {
  const double ratio = level_noise(b);
  ErrorModel m = {.noise = c[0], .walk = c[1], .slope = c[2], .shared = ratio / (1 + ratio), .width = (double)b->width};
  memcpy(m.swing, c + 3, sizeof m.swing);
  return m;
}

/* Variance of what is looked at, by the model. */
static double look_variance(const ErrorModel *m, size_t h, LookAt look) {
  const double own = error_covariance(m, h, h);
  if (look == LOOK_AT) return own;
  if (look == LOOK_APART) return own + error_covariance(m, 1, 1) - 2 * error_covariance(m, 1, h);
  return error_covariance(m, 2 * h, 2 * h) + 4 * own - 4 * error_covariance(m, h, 2 * h);
}

static void add_point(const Baseline *b, Points *p, size_t h, LookAt look, size_t n, double variance) {
  if (n < FIT_ROWS) return;
  for (size_t k = 0; k < p->terms; k++) {
    double unit[TERMS] = {0};
    unit[k] = 1;
    const ErrorModel m = model_of(b, unit);
    p->x[p->terms * p->count + k] = look_variance(&m, h + 1, look);
  }
  p->y[p->count] = variance;
  p->weight[p->count++] = (double)n / (variance * variance); /* relative errors of the variances are alike */
}

static bool fit_points(const Baseline *b, const Points *p, ErrorModel *model) {
  const double floor = b->resolution * b->resolution / 6;
  double c[TERMS] = {0};
  if (!p->count || propter_nonnegative_fit(p->count, p->terms, p->x, p->y, p->weight, c, NULL) != PROPTER_OK) return false;
  if (c[0] < floor) c[0] = floor;
  *model = model_of(b, c);
  return true;
}

bool baseline_fit(const Baseline *b, const double *rows, size_t horizon, const unsigned char *use, size_t block_from, size_t block_to,
                  double *scratch, ErrorModel *model) {
  const size_t top = horizon < FIT_HORIZON ? horizon : FIT_HORIZON;
  const bool single = horizon <= 2;
  Points p = {.terms = single ? 3 : TERMS};
  for (size_t k = 0; k < LOOKS * top; k++) {
    /* up to FIT_HORIZON horizons, spread evenly over those that are asked for */
    const size_t i = k / LOOKS, h = horizon <= FIT_HORIZON ? i : i * (horizon - 1) / (FIT_HORIZON - 1);
    const LookAt look = (LookAt)(k % LOOKS);
    double variance;
    if ((look == LOOK_BEND && 2 * h + 1 >= horizon) || (look == LOOK_APART && (single || !h))) continue;
    const size_t n = error_variance(b, rows, horizon, use, block_from, block_to, h, look, scratch, &variance);
    add_point(b, &p, h, look, n, variance);
  }
  return fit_points(b, &p, model);
}

/* --- one period after the other ------------------------------------------------------------------------------------------------ */

static const struct {
  size_t h;
  LookAt look;
} ordered_points[BASELINE_ORDERED] = {{0, LOOK_AT}, {0, LOOK_BEND}, {1, LOOK_AT}};

typedef struct {
  double size;
  size_t origin;
} Sized;

static int by_size(const void *a, const void *b) {
  const Sized *x = a, *y = b;
  if (x->size != y->size) return x->size < y->size ? -1 : 1;
  return x->origin < y->origin ? -1 : x->origin > y->origin;
}

PropterStatus baseline_order(const Baseline *b, const double *rows, const unsigned char *use, Ordered order[BASELINE_ORDERED], PropterError *err) {
  Sized *all = propter_malloc(b->n * sizeof *all);
  memset(order, 0, BASELINE_ORDERED * sizeof *order);
  PropterStatus status = all ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a baseline");
  for (int k = 0; k < BASELINE_ORDERED && !status; k++) {
    Ordered *x = &order[k];
    *x = (Ordered){.sorted = propter_malloc(b->n * sizeof *x->sorted), .place = propter_malloc(b->n * sizeof *x->place)};
    if (!x->sorted || !x->place) {
      status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a baseline");
      break;
    }
    for (size_t o = 0; o < b->n; o++) {
      const double value = error_at(rows + 2 * o, ordered_points[k].h, ordered_points[k].look);
      x->place[o] = SIZE_MAX;
      if (use[o] && !isnan(value)) all[x->count++] = (Sized){fabs(value), o};
    }
    if (x->count) qsort(all, x->count, sizeof *all, by_size);
    for (size_t i = 0; i < x->count; i++) x->sorted[i] = all[i].size, x->place[all[i].origin] = i;
  }
  propter_free(all);
  return status;
}

void baseline_order_free(Ordered order[BASELINE_ORDERED]) {
  for (int k = 0; k < BASELINE_ORDERED; k++) {
    propter_free(order[k].sorted);
    propter_free(order[k].place);
  }
}

/* baseline_error_scale of those in order without the places `out`. */
static double ordered_scale(const Baseline *b, const Ordered *x, const size_t *out, size_t outs) {
  const size_t n = x->count - outs;
  size_t nothing = 0, high = x->count;
  while (nothing < high) {
    const size_t middle = nothing + (high - nothing) / 2;
    if (x->sorted[middle] <= rounding(b)) nothing = middle + 1;
    else high = middle;
  }
  for (size_t i = outs; i-- > 0;) nothing -= out[i] < high;
  if (2 * nothing > n && nothing < n) return rare_scale(x, out, outs, n, nothing);
  const double upper = kth_without(x, out, outs, n / 2);
  return PROPTER_MAD * (n % 2 ? upper : 0.5 * (kth_without(x, out, outs, n / 2 - 1) + upper));
}

bool baseline_fit_ordered(const Baseline *b, const Ordered order[BASELINE_ORDERED], size_t from, ErrorModel *model) {
  Points p = {.terms = 3};
  for (int k = 0; k < BASELINE_ORDERED; k++) {
    const Ordered *x = &order[k];
    const size_t h = ordered_points[k].h;
    const LookAt look = ordered_points[k].look;
    size_t out[4], outs = 0;
    for (size_t o = from ? from - 1 : 0; o <= from + 2 && o < b->n; o++) {
      if (x->place[o] == SIZE_MAX || (o != from && o != from + 1 && !is_blocked(o, h, look, from, from + 2))) continue;
      size_t at = outs++;
      for (; at && out[at - 1] > x->place[o]; at--) out[at] = out[at - 1];
      out[at] = x->place[o];
    }
    const size_t n = x->count - outs;
    if (!n) continue;
    add_point(b, &p, h, look, n, variance_of(b, ordered_scale(b, x, out, outs)));
  }
  return fit_points(b, &p, model);
}

/* Of independent errors the median size has .37 degrees of freedom each. Those of neighbouring windows share observations, and the width is chosen for their
 * being small; what is left was measured on made series of 18 to 730 periods. */
double baseline_freedom(double errors) { return 3 + errors / 7; }

static const double middle = .67448975019608171; /* half of the sizes of a normal distribution are less */

/* Size of Student's t that a part of all sizes exceeds as one of a hundred exceeds 2.576 (`normal`); tail: 1/degrees of freedom, 0 the normal distribution. */
static double size_at(double normal, double tail) { return tail > 0 ? propter_t_of_normal(normal, 1 / tail) : normal; }

/* The middle says how wide the errors are, so that the size of one in twenty says how heavy their tails are; real moves are rarer than that. Of n errors the
 * ratio of the two is off by 1.3/√n of itself, half of which is not taken for tails. In steps, as little more can be known. */
double baseline_tail(const Baseline *b, const Ordered *sizes) {
  static const double step = .05, most = .3, far = 1.959963984540054;
  const size_t n = sizes->count;
  if (n < TAIL_ERRORS || sizes->sorted[n / 2] <= rounding(b)) return 0;
  const double ratio = sizes->sorted[n - 1 - n / 20] / sizes->sorted[n / 2] * (1 - .65 / sqrt((double)n));
  double tail = 0;
  while (tail < most && ratio > size_at(far, tail + step / 2) / size_at(middle, tail + step / 2)) tail += step;
  return tail;
}

/* Half of what is lost when periods go together is made up for by the fit, which takes many horizons together; measured as well. */
double baseline_wider(double normal, size_t errors, double together, double tail) {
  const double all = baseline_freedom((double)errors), own = baseline_freedom((double)errors * fmin(1, 2 / together));
  return propter_t_of_normal(normal, 1 / (1 / own + tail)) / propter_t_of_normal(normal, all) * (middle / size_at(middle, tail));
}

/* From one period to the next, what is left of a swing: half of it is gone after a day, three, a fortnight. */
static const double swing_kept[BASELINE_SWINGS] = {.5, .8, .95};

/* Of an autoregression of variance 1, less its mean over the `width` observations before the first horizon. */
static double swing_covariance(double kept, double width, size_t g, size_t h) {
  const double left = pow(kept, width), mean = (1 - left) / (width * (1 - kept));
  const double own = (1 + kept) / (width * (1 - kept)) - 2 * kept * (1 - left) / pow(width * (1 - kept), 2);
  const double far = (double)(g < h ? h - g : g - h);
  return pow(kept, far) - mean * (pow(kept, (double)g) + pow(kept, (double)h)) + own;
}

double error_covariance(const ErrorModel *m, size_t g, size_t h) {
  double low = (double)(g < h ? g : h), sum = m->noise * (g == h ? 1 : m->shared) + m->walk * low + m->slope * (double)g * (double)h;
  for (int k = 0; k < BASELINE_SWINGS; k++)
    if (m->swing[k] > 0) sum += m->swing[k] * swing_covariance(swing_kept[k], m->width, g, h);
  return sum;
}

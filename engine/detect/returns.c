/* SPDX-License-Identifier: Apache-2.0 */
/* Moves that are over: stretches in which a series left its level and after which it was back at it. They are no part of the level before what follows.
 * The level must have been lived on for longer than it was left: what lies between two outages is not a move away from them. */
#include <math.h>

#include "baseline.h"
#include "propter/math.h"
#include "propter/mem.h"

enum { BACK = 3 /* observations whose median must be back */, DAYS = 36, WEEKS = 5 /* a longer stretch is a level of its own */ };

/* Of a stretch, in robust standard errors of a forecast of its length, and of its mean. */
static const double least_mean = 4, least_part = 0.25, back_part = 0.5;

/* Days and weeks alone: longer periods are read one against the other, and the way back is a move of its own there. */
size_t baseline_longest_move(PropterGrain grain) { return grain == PROPTER_GRAIN_DAY ? DAYS : grain == PROPTER_GRAIN_WEEK ? WEEKS : 0; }

static bool is_back(const Baseline *b, size_t at, double level, double sign, double half) {
  double away[BACK];
  size_t n = 0;
  for (size_t i = at; i < b->n && n < BACK; i++)
    if (!isnan(b->y[i])) away[n++] = sign * (b->y[i] - level);
  return n && away[0] < half && propter_median(away, n) < half;
}

/* Twice as many observations before a stretch as it has lie at the level before it. */
static bool was_held(const Baseline *b, size_t from, size_t count, double level, double half) {
  double away[2 * DAYS];
  size_t n = 0;
  for (size_t i = baseline_back(b, from, from); i != SIZE_MAX && n < 2 * count; i = baseline_back(b, from, i)) away[n++] = b->y[i] - level;
  return n && fabs(propter_median(away, n)) < half;
}

/* First period after a move that begins with `from`; SIZE_MAX: none begins there, or it is not over. */
static size_t move_end(const Baseline *b, size_t from, double level, const double *error) {
  const double sign = b->y[from] < level ? -1 : 1;
  double sum = 0, least = INFINITY;
  size_t count = 0;
  for (size_t i = from; i < b->n && i - from <= baseline_longest_move(b->grain); i++) {
    const double away = sign * (b->y[i] - level), mean = count ? sum / (double)count : 0;
    if (isnan(away)) continue;
    if (count && mean >= least_mean * error[i - from - 1] && least >= least_part * mean && is_back(b, i, level, sign, back_part * mean))
      return was_held(b, from, count, level, back_part * mean) ? i : SIZE_MAX;
    sum += away;
    least = fmin(least, away);
    count++;
  }
  return SIZE_MAX;
}

/* Robust errors of the forecast of each of the `count` next periods by the level before, none less than that of a nearer one: of a series that wanders, more is
 * needed of a longer stretch to be a move. level[n], scratch[n]. */
static void forecast_errors(const Baseline *b, const double *level, size_t count, double *scratch, double *error) {
  error[0] = b->resolution / sqrt(6);
  for (size_t h = 0; h < count; h++) {
    size_t n = 0;
    if (h) error[h] = error[h - 1];
    for (size_t i = 0; i + h < b->n; i++) {
      const double off = b->y[i + h] - level[i];
      if (!isnan(off)) scratch[n++] = off;
    }
    error[h] = fmax(baseline_error_scale(b, scratch, n), error[h]);
  }
}

bool baseline_in_one_move(const Baseline *b, size_t from, size_t to) { return b->left && b->left[from] != SIZE_MAX && b->left[from] == b->left[to]; }

PropterStatus baseline_leave_out(Baseline *b, PropterError *err) {
  const size_t longest = baseline_longest_move(b->grain);
  double error[DAYS + 1];
  if (!longest) return PROPTER_OK;
  double *before = propter_malloc(2 * b->n * sizeof *before);
  size_t *left = propter_malloc((b->n + 1) * sizeof *left);
  if (!before || !left) {
    propter_free(before);
    propter_free(left);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a baseline");
  }
  for (size_t i = 0; i < b->n; i++) before[i] = baseline_level_before(b, i, 0, b->y);
  forecast_errors(b, before, longest + 1, before + b->n, error);
  propter_free(before);
  for (size_t i = 0; i <= b->n; i++) left[i] = SIZE_MAX;
  b->left = left;
  for (size_t i = 0; i < b->n; i++) {
    const double level = baseline_level_before(b, i, 0, b->y);
    const size_t end = fabs(b->y[i] - level) >= least_part * least_mean * error[0] ? move_end(b, i, level, error) : SIZE_MAX;
    if (end == SIZE_MAX) continue;
    for (size_t k = i; k < end; k++) left[k] = i;
    i = end - 1;
  }
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/causal.h"
#include "propter/mem.h"
#include "propter/rng.h"

double propter_p_value_bound(double p) {
  if (!(p < exp(-1))) return 0;
  return -1 - log(p) - log(-log(p));
}

/* Where a view's shape is not 0: of an event's course a few periods of years. */
typedef struct {
  const PropterEffectView *view;
  const size_t *at;
  size_t count;
} Support;

/* Log likelihood ratio of the effect, `shift` periods late, with unit noise. */
static double fit(const Support *s, size_t length, size_t shift, const PropterPlaceboOptions *o) {
  double g = 0, b = 0;
  for (size_t i = 0; i < s->count; i++) {
    size_t t = s->at[i], at = t + shift < length ? t + shift : t + shift - length;
    double shape = s->view->shape[t], change = s->view->change[at];
    if (isnan(change)) continue;
    g += shape * shape;
    b += shape * change;
  }
  if (g == 0) return 0;
  if (o->dosed) {
    double v = o->dose_error * o->dose_error, rest = b - g;
    return b - g / 2 + 0.5 * rest * rest * v / (1 + g * v) - 0.5 * log1p(g * v);
  }
  double best = 0.5 * b * b / g;
  return o->sign && (b < 0) != (o->sign < 0) ? -best : best;
}

static double best_fit(const Support *support, size_t count, size_t length, size_t shift, const PropterPlaceboOptions *o) {
  double best = -INFINITY;
  for (size_t v = 0; v < count; v++) {
    double f = fit(&support[v], length, shift, o);
    if (f > best) best = f;
  }
  return best;
}

/* at: room for view_count × length places. */
static void find_support(const PropterEffectView *views, size_t view_count, size_t length, size_t *at, Support *out) {
  for (size_t v = 0; v < view_count; v++) {
    out[v] = (Support){.view = &views[v], .at = at};
    for (size_t t = 0; t < length; t++)
      if (views[v].shape[t] != 0) at[out[v].count++] = t;
    at += out[v].count;
  }
}

PropterStatus propter_shift_placebo(const PropterEffectView *views, size_t view_count, size_t length, const PropterPlaceboOptions *options,
                                    double *p, size_t *used, PropterError *err) {
  *p = 1;
  *used = 0;
  if (length < 2 * options->blur + 2 || !view_count) return PROPTER_OK;
  size_t count = length - 2 * options->blur - 1, take = options->shifts < count ? options->shifts : count;
  size_t *shift = propter_malloc((count + view_count * length) * sizeof *shift);
  Support *support = propter_malloc(view_count * sizeof *support);
  if (!shift || !support) {
    propter_free(shift);
    propter_free(support);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a timing test");
  }
  find_support(views, view_count, length, shift + count, support);
  for (size_t i = 0; i < count; i++) shift[i] = options->blur + 1 + i;
  PropterRng rng;
  propter_rng_seed(&rng, options->seed);
  if (take < count)
    for (size_t i = 0; i < take; i++) { /* the first steps of a Fisher–Yates shuffle */
      size_t j = i + (size_t)propter_rng_below(&rng, count - i), t = shift[i];
      shift[i] = shift[j];
      shift[j] = t;
    }
  double own = best_fit(support, view_count, length, 0, options);
  size_t as_good = 0;
  for (size_t i = 0; i < take; i++) as_good += best_fit(support, view_count, length, shift[i], options) >= own;
  *p = (1 + (double)as_good) / (1 + (double)take);
  *used = take;
  propter_free(support);
  propter_free(shift);
  return PROPTER_OK;
}

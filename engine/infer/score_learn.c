/* SPDX-License-Identifier: Apache-2.0 */
/* What the other windows of a series say of one: how wrong its expectation is, how often and how hard an unknown cause strikes. */
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "propter/math.h"
#include "propter/mem.h"
#include "score_parts.h"

enum { CLEAN_WINDOWS = 24 };

/* Binary digits of a variance, and of how often and how hard unknown causes strike: half a step is at most 1/16 and 1/8, of a standard error 1/32. The scale
 * of 1,000 errors is known to 4 % at best, the others much less, so that nothing is lost, and a corrected figure or another window left out seldom changes
 * what all the windows rest on. */
enum { DIGITS = 4, FEW_DIGITS = 3 };

/* What walk and slope add counts by what it is of the variance at the farthest period that is forecast. */
static void coarse_errors(ErrorModel *e, size_t horizon) {
  const double far = (double)horizon, step = digit_step(e->noise + e->walk * far + e->slope * far * far, DIGITS);
  e->noise = in_steps(e->noise, digit_step(e->noise, DIGITS));
  e->walk = in_steps(e->walk * far, step) / far;
  e->slope = in_steps(e->slope * far * far, step) / (far * far);
  for (int k = 0; k < BASELINE_SWINGS; k++) e->swing[k] = in_steps(e->swing[k], digit_step(e->swing[k], DIGITS));
}

void learn_from(const PropterScoreModel *m, size_t from, size_t length, unsigned char *use) {
  size_t n = m->base->n, clean = 0;
  for (size_t o = 0; o < n; o++) {
    bool own = o + length > from && o < from + 2 * length, covered = false;
    for (size_t i = o; i < o + length && i < n; i++) covered |= m->covered[i] != 0;
    use[o] = own ? 0 : covered ? 2 : 1;
    clean += use[o] == 1;
  }
  bool keep = clean >= CLEAN_WINDOWS;
  for (size_t o = 0; o < n; o++) use[o] = use[o] == 1 || (use[o] == 2 && !keep);
}

double learn_mean_error(const ErrorModel *e, size_t length) {
  double sum = 0;
  for (size_t g = 1; g <= length; g++)
    for (size_t h = 1; h <= length; h++) sum += error_covariance(e, g, h);
  return sqrt(sum) / (double)length;
}

size_t learn_deviations(size_t windows, const double *rows, size_t horizon, size_t length, const unsigned char *use, double se, double *z) {
  size_t n = 0;
  for (size_t o = 0; o + length <= windows; o++) {
    const double mean = baseline_mean(rows + o * horizon, length);
    if (use[o] && !isnan(mean)) z[n++] = mean / se;
  }
  return n;
}

/* --- windows of one period ------------------------------------------------------------------------------------------------------------------- */

/* The likelihoods of all such windows by one standard error: as it has few digits, few are met. */
typedef struct {
  double se;
  UnknownLikelihood all;
} Total;

struct Singles {
  unsigned char *use; /* [n] */
  double *deviation;  /* [count] of those in use, not standardised */
  size_t count;
  Ordered order[BASELINE_ORDERED];
  pthread_mutex_t lock; /* of the totals */
  bool locking;
  PROPTER_VEC(Total *) totals;
};

void singles_free(struct Singles *s) {
  if (!s) return;
  for (size_t i = 0; i < s->totals.count; i++) propter_free(s->totals.items[i]);
  propter_vec_clear(&s->totals);
  if (s->locking) (void)pthread_mutex_destroy(&s->lock);
  baseline_order_free(s->order);
  propter_free(s->deviation);
  propter_free(s->use);
  propter_free(s);
}

PropterStatus singles_new(PropterScoreModel *m, PropterError *err) {
  const size_t n = m->base->n;
  size_t clean = 0;
  for (size_t o = 0; o < n; o++) clean += !m->covered[o];
  if (clean < CLEAN_WINDOWS + 2) return PROPTER_OK; /* whichever two are the window's own */
  struct Singles *s = m->singles = propter_calloc(1, sizeof *s);
  if (s) s->use = propter_malloc(n), s->deviation = propter_malloc(n * sizeof *s->deviation), s->locking = pthread_mutex_init(&s->lock, NULL) == 0;
  if (!s || !s->use || !s->deviation || !s->locking) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a model");
  for (size_t o = 0; o < n; o++) s->use[o] = !m->covered[o];
  s->count = learn_deviations(n, m->rows, 2, 1, s->use, 1, s->deviation);
  PROPTER_TRY(baseline_order(m->base, m->rows, s->use, s->order, err));
  m->tail = baseline_tail(m->base, &s->order[0]);
  return PROPTER_OK;
}

static PropterStatus make_total(const PropterScoreModel *m, double se, Total **out, PropterError *err) {
  const struct Singles *s = m->singles;
  Total *t = *out = propter_calloc(1, sizeof *t);
  double *z = propter_malloc((s->count + 1) * sizeof *z);
  if (!t || !z) {
    propter_free(z);
    propter_free(t);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a window");
  }
  t->se = se;
  for (size_t i = 0; i < s->count; i++) z[i] = s->deviation[i] / se;
  unknown_add(m, z, s->count, 1, t->all);
  propter_free(z);
  return PROPTER_OK;
}

static PropterStatus find_total(const PropterScoreModel *m, double se, const Total **out, PropterError *err) {
  struct Singles *s = m->singles;
  PropterStatus status = PROPTER_OK;
  Total *made = NULL;
  *out = NULL;
  (void)pthread_mutex_lock(&s->lock);
  for (size_t i = 0; i < s->totals.count && !*out; i++)
    if (s->totals.items[i]->se == se) *out = s->totals.items[i];
  if (!*out && !(status = make_total(m, se, &made, err))) {
    if (propter_vec_push(&s->totals, made)) *out = made;
    else propter_free(made), status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a window");
  }
  (void)pthread_mutex_unlock(&s->lock);
  return status;
}

static PropterStatus learn_single(const PropterScoreModel *m, size_t from, Learned *out, PropterError *err) {
  const struct Singles *s = m->singles;
  const Total *total;
  UnknownLikelihood ll;
  double z[2];
  size_t own = 0;
  out->known = baseline_fit_ordered(m->base, s->order, from, &out->error);
  if (!out->known) return PROPTER_OK;
  coarse_errors(&out->error, 2);
  const double se = learn_mean_error(&out->error, 1);
  PROPTER_TRY(find_total(m, se, &total, err));
  for (size_t o = from; o < from + 2 && o < m->base->n; o++)
    if (s->use[o] && !isnan(m->rows[2 * o])) z[own++] = m->rows[2 * o] / se;
  memcpy(ll, total->all, sizeof ll);
  unknown_add(m, z, own, -1, ll);
  out->others = s->count - own;
  unknown_read(m, ll, &out->rho, &out->scale);
  return PROPTER_OK;
}

/* --- others ------------------------------------------------------------------------------------------------------------------------------------ */

/* A window of several periods, or of a series with few that nothing documented touches. */
static PropterStatus learn_window(const PropterScoreModel *m, const Baseline *base, size_t from, size_t length, Learned *out, PropterError *err) {
  const size_t n = base->n, horizon = 2 * length;
  unsigned char *use = propter_malloc(n);
  double *scratch = propter_malloc((n + (length > 1 ? n * horizon : 0)) * sizeof *scratch);
  const double *rows = length > 1 && scratch ? scratch + n : m->rows;
  PropterStatus status = use && scratch ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a window");
  if (!status && length > 1) status = baseline_errors(base, length, horizon, from, from + horizon, scratch + n, err);
  if (!status) {
    learn_from(m, from, length, use);
    out->known = baseline_fit(base, rows, horizon, use, from, from + horizon, scratch, &out->error);
  }
  if (!status && out->known) {
    coarse_errors(&out->error, horizon);
    out->others = learn_deviations(n, rows, horizon, length, use, learn_mean_error(&out->error, length), scratch);
    estimate_unknown(m, scratch, out->others, (double)length, &out->rho, &out->scale);
  }
  propter_free(scratch);
  propter_free(use);
  return status;
}

PropterStatus learn(const PropterScoreModel *m, Baseline *base, size_t from, size_t length, Learned *out, PropterError *err) {
  *out = (Learned){.width = base->width, .growth = base->growth};
  if (length > 1) {
    PROPTER_TRY(baseline_choose_width(base, length, from, from + 2 * length, err));
    out->width = base->width, out->growth = base->growth;
  }
  base->inside = baseline_in_one_move(m->base, from, from + length - 1);
  PROPTER_TRY(length == 1 && m->singles ? learn_single(m, from, out, err) : learn_window(m, base, from, length, out, err));
  out->rho = in_steps(out->rho, digit_step(out->rho, FEW_DIGITS));
  out->scale = in_steps(out->scale, digit_step(out->scale, FEW_DIGITS));
  return PROPTER_OK;
}

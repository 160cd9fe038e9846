/* SPDX-License-Identifier: Apache-2.0 */
/* A window: expectation, error covariance, whitened deviations, controls. */
#include <math.h>
#include <string.h>

#include "kept.h"
#include "propter/math.h"
#include "propter/mem.h"
#include "score_parts.h"

void frame_clear(Frame *f) {
  propter_free(f->aside);
  propter_free(f->expected);
  propter_free(f->middle);
  propter_free(f->slope);
  propter_free(f->error);
  propter_free(f->at);
  propter_free(f->cholesky);
  propter_free(f->white);
  propter_free(f->average);
}

/* Of the errors of two periods, in units of the figures. */
static double covariance(const Frame *f, const ErrorModel *error, size_t g, size_t h) {
  return f->slope[g] * f->slope[h] * error_covariance(error, g + 1, h + 1);
}

/* What days of the year that stand apart add to what is expected of a period. */
static double yearly_of(const Frame *f, size_t h) {
  const PropterScale scale = f->model->scale;
  return scale_back(scale, f->middle[h]) - scale_back(scale, f->middle[h] - f->base.yearly[f->from + h]);
}

/* The window as one number, over the periods with an observation. */
static void summarise(Frame *f, const ErrorModel *error) {
  const PropterScoreModel *m = f->model;
  double variance = 0, apart = 0, count = (double)f->window_rows;
  for (size_t i = 0; i < f->window_rows; i++) {
    f->observed += m->value[f->from + f->at[i]] / count;
    f->expected_mean += f->expected[f->at[i]] / count;
    if (f->base.yearly) f->yearly += yearly_of(f, f->at[i]) / count;
    for (size_t j = 0; j < f->window_rows; j++) variance += covariance(f, error, f->at[i], f->at[j]) / (count * count);
    apart += pow(f->error[f->at[i]], 2) / (count * count); /* the variance if no period had a part of its error in common with another */
  }
  f->mean = f->observed - f->expected_mean;
  f->mean_se = sqrt(variance);
  f->unit = scale_slope(m->scale, f->expected_mean);
  f->end_at = f->at[f->window_rows - 1];
  f->end = m->value[f->from + f->end_at] - f->expected[f->end_at];
  f->end_se = f->error[f->end_at];
  const double end = (scale_to(m->scale, m->value[f->from + f->end_at]) - f->middle[f->end_at]) * f->slope[f->end_at] / f->end_se;
  const double mean = (scale_to(m->scale, f->observed) - scale_to(m->scale, f->expected_mean)) * f->unit / f->mean_se;
  const double together = variance / apart, several = m->tail / count;
  const double single = f->length > 1 ? m->tail : 0; /* what is asked about is one far day: it may well be one of those that make the tails */
  const double freedom = baseline_freedom((double)f->others), rare = propter_normal_quantile(.995), within = propter_normal_quantile(.975);
  f->end_z = propter_normal_of_t(end / baseline_wider(rare, f->others, 1, single), freedom);
  f->mean_z = f->window_rows == 1 ? f->end_z : propter_normal_of_t(mean / baseline_wider(rare, f->others, together, several), freedom);
  f->reach = propter_t_of_normal(within, freedom) * baseline_wider(within, f->others, 1, single);
  f->mean_reach = propter_t_of_normal(within, freedom) * baseline_wider(within, f->others, together, several);
}

/* The days just before the window, as far as the level rests on them or on older ones and no move that is over takes them. */
static void fill_lead(Frame *f) {
  size_t day[LEAD], count = 0;
  for (size_t i = f->from; f->base.grain == PROPTER_GRAIN_DAY && count < LEAD; count++) {
    size_t back = baseline_back(&f->base, f->from, i);
    if (back == SIZE_MAX || back + LEAD < f->from || back != f->base.before[i]) break;
    day[count] = i = back;
  }
  f->lead = count;
  for (size_t b = 0; b < count; b++) f->lead_at[b] = day[count - 1 - b];
}

/* Means over some parts of the window and as many of the time after it. */
static void fill_bins(Frame *f) {
  size_t most = f->base.grain == PROPTER_GRAIN_DAY ? BINS : FEW_BINS;
  size_t after = f->rows - f->window_rows, parts = f->window_rows < most ? f->window_rows : most, later = after < most ? after : most;
  f->window_bins = parts;
  f->bins = f->lead + parts + later;
  memset(f->average, 0, f->bins * f->periods * sizeof *f->average);
  for (size_t bin = f->lead; bin < f->bins; bin++) {
    const size_t b = bin - f->lead;
    bool in = b < parts;
    size_t k = in ? b : b - parts, of = in ? parts : later, rows = in ? f->window_rows : after, first = in ? 0 : f->window_rows;
    size_t low = first + k * rows / of, high = first + (k + 1) * rows / of;
    for (size_t i = low; i < high; i++) f->average[bin * f->periods + f->at[i]] = 1 / (double)(high - low);
    f->part[bin] = in ? (double)(high - low) / (double)f->window_rows : 0;
  }
}

/* Deviations of the days before the window from the level that it starts from, and their covariance: the errors of a forecast that goes back as far. They are
 * apart from those after it, since the level rests on these days. */
static void bin_lead(Frame *f, const ErrorModel *error) {
  const PropterScale scale = f->model->scale;
  double level = baseline_level_before(&f->base, f->from, f->drift, f->base.y), slope[LEAD];
  for (size_t b = 0; b < f->lead; b++) {
    const size_t at = f->lead_at[b];
    const double expected = scale_mean(scale, level - f->drift * (double)(f->from - 1 - at) + f->base.season[at], error->noise * (1 - error->shared));
    slope[b] = scale_slope(scale, expected);
    f->deviation[b] = f->model->value[at] - expected;
    for (size_t c = 0; c <= b; c++)
      f->noise[b][c] = f->noise[c][b] = slope[b] * slope[c] * error_covariance(error, f->from - at, f->from - f->lead_at[c]);
  }
}

/* Deviations and covariance of the bins, and their density when nothing acts. */
static PropterStatus bin_window(Frame *f, const ErrorModel *error, const double *covariance, PropterError *err) {
  const size_t n = f->bins, lead = f->lead, own = n - lead;
  double small[DIM * DIM], *half = propter_malloc(own * f->rows * sizeof *half), *average = propter_malloc(own * f->rows * sizeof *average);
  if (!half || !average) {
    propter_free(half);
    propter_free(average);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a window");
  }
  bin_lead(f, error);
  for (size_t b = 0; b < own; b++) {
    f->deviation[lead + b] = 0;
    for (size_t i = 0; i < f->rows; i++) {
      average[b * f->rows + i] = f->average[(lead + b) * f->periods + f->at[i]];
      f->deviation[lead + b] += average[b * f->rows + i] * f->white[i];
    }
  }
  propter_gemm(false, false, own, f->rows, f->rows, average, covariance, 0, half);
  propter_gemm(false, true, own, own, f->rows, half, average, 0, small);
  propter_free(half);
  propter_free(average);
  for (size_t b = 0; b < own; b++)
    for (size_t c = 0; c < own; c++) f->noise[lead + b][lead + c] = small[b * own + c];
  for (size_t b = 0; b < n; b++)
    for (size_t c = 0; c < n; c++) small[b * n + c] = f->noise[b][c];
  PROPTER_TRY(propter_cholesky(n, small, err));
  double white[DIM], sum = 0;
  memcpy(white, f->deviation, n * sizeof *white);
  propter_solve_lower(n, small, 1, white);
  for (size_t b = 0; b < n; b++) {
    sum -= 0.5 * white[b] * white[b] + log(small[b * n + b]);
    if (b + 1 == lead + f->window_bins) f->still[1] = sum;
  }
  f->still[0] = sum;
  return PROPTER_OK;
}

static PropterStatus whiten(Frame *f, const ErrorModel *error, double *scratch, PropterError *err) {
  const PropterScoreModel *m = f->model;
  for (size_t h = 0; h < f->periods; h++) {
    f->middle[h] += f->base.season[f->from + h];
    f->expected[h] = scale_mean(m->scale, f->middle[h], error->noise * (1 - error->shared));
    f->slope[h] = scale_slope(m->scale, f->expected[h]);
    f->error[h] = sqrt(covariance(f, error, h, h));
    if (!isnan(m->value[f->from + h])) f->at[f->rows++] = h;
  }
  for (size_t i = 0; i < f->rows; i++) {
    f->window_rows += f->at[i] < f->length;
    f->white[i] = m->value[f->from + f->at[i]] - f->expected[f->at[i]];
    for (size_t j = 0; j < f->rows; j++) f->cholesky[i * f->rows + j] = covariance(f, error, f->at[i], f->at[j]);
  }
  fill_lead(f);
  fill_bins(f);
  fill_courses(f, scratch);
  PROPTER_TRY(bin_window(f, error, f->cholesky, err));
  PROPTER_TRY(propter_cholesky(f->rows, f->cholesky, err));
  propter_solve_lower(f->rows, f->cholesky, 1, f->white);
  summarise(f, error);
  return PROPTER_OK;
}

/* From the memo where it is there: several periods are learned about by a look at the whole series. One is found at once. */
static PropterStatus learn_kept(Frame *f, Learned *out, PropterError *err) {
  const PropterHash128 key = f->memo ? kept_key(f->own, KEPT_LEARNED, f->from, f->from + f->length - 1) : f->own;
  PropterStr kept;
  Memo *memo = f->length > 1 ? f->memo : NULL;
  if (memo_get(memo, key, &kept) && kept.len == sizeof *out) {
    memcpy(out, kept.data, sizeof *out);
    f->base.width = (size_t)out->width, f->base.growth = out->growth;
    f->base.inside = baseline_in_one_move(f->model->base, f->from, f->from + f->length - 1);
    return PROPTER_OK;
  }
  PROPTER_TRY(learn(f->model, &f->base, f->from, f->length, out, err));
  return memo_put(memo, key, (PropterStr){(const char *)out, sizeof *out}, err);
}

/* The window says nothing of what is usual in its season. */
static PropterStatus set_aside(Frame *f, PropterError *err) {
  const size_t n = f->base.n;
  if (!f->base.seasons) return PROPTER_OK;
  if (!(f->aside = propter_malloc(2 * n * sizeof *f->aside))) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a window");
  memcpy(f->aside, f->base.y, n * sizeof *f->aside);
  memcpy(f->aside + n, f->base.season, n * sizeof *f->aside);
  f->base.y = f->aside, f->base.season = f->aside + n;
  baseline_set_aside(&f->base, f->from, f->length, f->base.y, f->base.season);
  return PROPTER_OK;
}

static bool has_observation(const Frame *f) {
  for (size_t i = f->from; i < f->from + f->length; i++)
    if (!isnan(f->model->value[i])) return true;
  return false;
}

static PropterStatus fill(Frame *f, double *scratch, PropterError *err) {
  const PropterScoreModel *m = f->model;
  Learned l;
  if (!has_observation(f)) f->reason = "no observation in the window";
  else if (m->base->before[f->from] == SIZE_MAX) f->reason = "no observation before the window";
  if (f->reason) return PROPTER_OK;
  PROPTER_TRY(learn_kept(f, &l, err));
  PROPTER_TRY(set_aside(f, err));
  if (!baseline_expect(&f->base, f->from, f->length, f->periods, scratch, f->middle, &f->drift, &f->usable))
    f->reason = "fewer than 12 changes outside the window";
  else if (!l.known) f->reason = "fewer than 8 other windows to measure the error of the expectation";
  if (f->reason) return PROPTER_OK;
  f->error_model = l.error;
  f->others = (size_t)l.others;
  PROPTER_TRY(whiten(f, &l.error, scratch, err));
  f->rho = l.rho;
  f->size = l.scale * f->mean_se;
  return PROPTER_OK;
}

PropterStatus frame_init(Frame *f, const PropterScoreModel *m, size_t from, size_t to, Memo *memo, PropterHash128 own, PropterError *err) {
  *f = (Frame){.model = m, .base = *m->base, .from = from, .length = to - from + 1, .memo = memo, .own = own};
  size_t n = m->base->n, horizon = 2 * f->length;
  f->periods = n - from < horizon ? n - from : horizon;
  f->expected = propter_malloc(f->periods * sizeof *f->expected);
  f->middle = propter_malloc(f->periods * sizeof *f->middle);
  f->slope = propter_malloc(f->periods * sizeof *f->slope);
  f->error = propter_malloc(f->periods * sizeof *f->error);
  f->at = propter_malloc(f->periods * sizeof *f->at);
  f->cholesky = propter_malloc(f->periods * f->periods * sizeof *f->cholesky);
  f->white = propter_malloc(f->periods * sizeof *f->white);
  f->average = propter_malloc(DIM * f->periods * sizeof *f->average);
  double *scratch = propter_malloc(2 * n * sizeof *scratch);
  const bool whole = f->expected && f->middle && f->slope && f->error && f->at && f->cholesky && f->white && f->average && scratch;
  PropterStatus status = whole ? fill(f, scratch, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a window");
  propter_free(scratch);
  return status;
}

/* Controls: did their median move in the window? */
static PropterStatus judge_controls(Frame *f, const unsigned char *use, double *scratch, PropterError *err) {
  const PropterScoreModel *m = f->model;
  Baseline *b = m->composite;
  size_t horizon = 2 * f->length;
  double *own = NULL, *rows = m->composite_rows, drift, *expected = propter_malloc((horizon + b->n) * sizeof *expected);
  PropterStatus status = PROPTER_OK;
  if (!expected) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for controls");
  if (f->length > 1) {
    rows = own = propter_malloc(b->n * horizon * sizeof *own);
    status =
        own ? baseline_errors(b, f->length, horizon, f->from, f->from + horizon, own, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for controls");
    if (status != PROPTER_OK) goto done;
  }
  ErrorModel error;
  double *z = expected + horizon, scale;
  if (!baseline_fit(b, rows, horizon, use, f->from, f->from + 2 * f->length, scratch, &error)) goto done;
  if (!baseline_expect(b, f->from, f->length, f->length, scratch, expected, &drift, NULL)) goto done;
  for (size_t h = 0; h < f->length; h++) expected[h] = b->y[f->from + h] - expected[h];
  const double mean = baseline_mean(expected, f->length);
  if (isnan(mean)) goto done;
  double se = learn_mean_error(&error, f->length);
  size_t n = learn_deviations(b->n, rows, horizon, f->length, use, se, z);
  estimate_unknown(m, z, n, (double)f->length, &f->control_rho, &scale);
  f->control_z = mean / se;
  const Nodes *node = score_nodes();
  double moved[NODES];
  for (int k = 0; k < NODES; k++)
    moved[k] = node->log_weight[k] + propter_normal_log_density(f->control_z, 0, sqrt(1 + scale * scale * node->variance[k]));
  f->control_ratio = propter_log_sum_exp(moved, NODES) - propter_normal_log_density(f->control_z, 0, 1);
  f->has_control = true;
done:
  propter_free(expected);
  propter_free(own);
  return status;
}

PropterStatus frame_compare(Frame *f, PropterError *err) {
  size_t n = f->model->base->n;
  if (f->compared || f->reason || !f->model->composite) return PROPTER_OK;
  unsigned char *use = propter_malloc(n);
  double *scratch = propter_malloc(2 * n * sizeof *scratch);
  PropterStatus status = use && scratch ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for controls");
  if (status == PROPTER_OK) {
    learn_from(f->model, f->from, f->length, use);
    status = judge_controls(f, use, scratch, err);
  }
  f->compared = status == PROPTER_OK;
  propter_free(scratch);
  propter_free(use);
  return status;
}

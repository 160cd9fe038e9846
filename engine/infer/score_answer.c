/* SPDX-License-Identifier: Apache-2.0 */
#include "score_answer.h"

#include <math.h>

#include "propter/causal.h"
#include "propter/math.h"
#include "propter/mem.h"

/* ---- the window --------------------------------------------------------------------------------------------------------- */

/* Posterior of onset and shape under one change of unknown size, from every period of the window and after it. */
static PropterStatus find_pattern(const Frame *f, PropterAnswer *a, PropterError *err) {
  size_t most = 3 * f->length;
  Column *column = propter_malloc(most * sizeof *column);
  double *shape = propter_malloc(most * (f->periods + f->rows + 1) * sizeof *shape), kinds[3] = {0}, total = 0, top = -INFINITY;
  size_t *onset = propter_malloc(most * sizeof *onset);
  PropterPatternKind *kind = propter_malloc(most * sizeof *kind);
  PropterStatus status = PROPTER_OK;
  if (!column || !shape || !onset || !kind) {
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an onset");
    goto done;
  }
  size_t count = pattern_columns(f, column, shape, kind, onset);
  double *white = shape + most * f->periods, *evidence = white + most * f->rows;
  const Nodes *node = score_nodes();
  for (size_t i = 0; i < f->rows; i++)
    for (size_t c = 0; c < count; c++) white[i * count + c] = shape[c * f->periods + f->at[i]];
  propter_solve_lower(f->rows, f->cholesky, count, white);
  for (size_t c = 0; c < count; c++) {
    double g = 0, b = 0, each[NODES];
    for (size_t i = 0; i < f->rows; i++) {
      g += white[i * count + c] * white[i * count + c];
      b += white[i * count + c] * f->white[i];
    }
    for (int k = 0; k < NODES; k++) {
      double v = node->variance[k] * f->size * f->size;
      each[k] = node->log_weight[k] + 0.5 * b * b * v / (1 + g * v) - 0.5 * log1p(g * v);
    }
    evidence[c] = propter_log_sum_exp(each, NODES);
    if (evidence[c] > top) top = evidence[c];
  }
  for (size_t c = 0; c < count; c++) {
    double w = exp(evidence[c] - top);
    a->onset[onset[c]] += w;
    kinds[kind[c]] += w;
    total += w;
  }
  for (size_t h = 0; h < f->length; h++) a->onset[h] /= total;
  for (int k = 1; k < 3; k++)
    if (kinds[k] > kinds[a->pattern]) a->pattern = (PropterPatternKind)k;
  /* Where nothing after the window is known, a spike and a shift look the same: what went on to the end of the figures has not come back. */
  if (a->pattern == PROPTER_PATTERN_SPIKE && f->window_rows > 1 && f->rows == f->window_rows) a->pattern = PROPTER_PATTERN_LEVEL_SHIFT;
done:
  propter_free(column);
  propter_free(shape);
  propter_free(onset);
  propter_free(kind);
  return status;
}

/* The larger of two looks, so each is held to half the error rate. */
static void look_at(const Frame *f, PropterAnswer *a) {
  const double mean = f->mean_z, end = f->end_z, limit = f->model->options.moved_z;
  const bool two = f->window_rows > 1;
  a->z = two && fabs(end) > fabs(mean) ? end : mean;
  a->moved_z = two ? -propter_normal_quantile(propter_normal_cdf(-limit) / 2) : limit;
  a->outcome = fabs(a->z) >= a->moved_z ? PROPTER_OUTCOME_CAUSE_UNKNOWN : PROPTER_OUTCOME_DID_NOT_MOVE;
}

/* Of what is expected of a period, so many standard errors off; a quantile, since the scale keeps the order. */
static double bound_of(const Frame *f, size_t h, double errors) {
  return scale_back(f->model->scale, f->middle[h] + errors * f->error[h] / f->slope[h]);
}

PropterStatus answer_window(const Frame *f, PropterAnswer *a, PropterError *err) {
  a->usable = f->usable;
  a->other_windows = f->others;
  a->reason = f->reason;
  if (a->reason) {
    double sum = 0, count = 0;
    for (size_t i = f->from; i < f->from + f->length; i++)
      if (!isnan(f->model->value[i])) sum += f->model->value[i], count++;
    a->observed = count > 0 ? sum / count : NAN;
    a->expected = a->expected_low = a->expected_high = a->deviation = a->se = a->z = a->moved_z = NAN;
    a->end_observed = a->end_expected = a->end_deviation = NAN;
    return PROPTER_OK;
  }
  const double z = f->reach;
  a->observed = f->observed;
  a->expected = f->expected_mean;
  a->yearly = f->yearly;
  a->scale = f->model->scale;
  a->expected_low = f->window_rows == 1 ? bound_of(f, f->at[0], -z) : scale_shift(a->scale, f->expected_mean, -f->mean_reach, f->mean_se);
  a->expected_high = f->window_rows == 1 ? bound_of(f, f->at[0], z) : scale_shift(a->scale, f->expected_mean, f->mean_reach, f->mean_se);
  a->deviation = f->mean;
  a->se = f->mean_se;
  a->end_expected = f->expected[f->end_at];
  a->end_observed = f->expected[f->end_at] + f->end;
  a->end_deviation = f->end;
  a->rho = f->rho;
  a->unknown_size = f->size;
  a->periods = f->periods;
  a->window = f->length;
  a->path = propter_malloc(f->periods * sizeof *a->path);
  a->path_low = propter_malloc(f->periods * sizeof *a->path_low);
  a->path_high = propter_malloc(f->periods * sizeof *a->path_high);
  a->onset = propter_calloc(f->length, sizeof *a->onset);
  if (!a->path || !a->path_low || !a->path_high || !a->onset) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an answer");
  for (size_t h = 0; h < f->periods; h++) {
    a->path[h] = f->expected[h];
    a->path_low[h] = bound_of(f, h, -z);
    a->path_high[h] = bound_of(f, h, z);
  }
  look_at(f, a);
  return find_pattern(f, a, err);
}

/* ---- tests -------------------------------------------------------------------------------------------------------------- */

PropterTests answer_tests(const Set *set, size_t i, const Solo *dated, const double unknown[2]) {
  const Frame *f = set->frame;
  PropterTests t = {.dose = NAN, .back = NAN, .contrast = NAN, .placebo = NAN, .placebo_p = NAN};
  if (candidate_is_sized(set->candidate[i])) t.dose = dated->alone[0][0] - propter_log_add(dated->alone[0][1], 0) + log(2);
  if (is_dated(set->candidate[i]) && f->rows > f->window_rows) t.back = (dated->alone[0][0] - dated->alone[1][0]) - (unknown[0] - unknown[1]);
  if (f->has_control) t.contrast = set_contrast(set, &i, 1, false) - set_contrast(set, NULL, 0, true);
  const Group *g = set_group(set, i);
  if (g->studied) t.contrast_touched = g->touched, t.contrast_untouched = g->untouched;
  return t;
}

/* Changes of the cause's own slice in standard units of that slice, on the target's calendar. */
static PropterStatus slice_changes(const Frame *f, const PropterSeries *slice, double *out, double *spread, PropterError *err) {
  const PropterSeries *target = &f->model->series;
  PropterSeries aligned = *target;
  Baseline *b = NULL;
  if (slice->grain != target->grain) return propter_fail(err, PROPTER_INVALID, "the slice of a cause has another grain than the series");
  for (size_t i = 0; i < target->count; i++) {
    int64_t at = (int64_t)target->first + (int64_t)i - slice->first;
    out[i] = at >= 0 && at < (int64_t)slice->count ? slice->value[at] : NAN;
  }
  aligned.value = out;
  aligned.seasonally_adjusted = slice->seasonally_adjusted;
  PROPTER_TRY(baseline_new(&aligned, f->model->base->reach, &b, err));
  double *scratch = propter_malloc(b->n * sizeof *scratch), usual;
  if (!scratch) {
    baseline_free(b);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a timing test");
  }
  baseline_standardise(b, scratch, out, &usual, spread);
  propter_free(scratch);
  baseline_free(b);
  return PROPTER_OK;
}

/* One standard unit of the change into a period, in units of the figures. */
static double change_unit(const PropterScoreModel *m, size_t t) {
  size_t before = m->base->before[t];
  double slope = before == SIZE_MAX ? 0 : scale_slope(m->scale, m->value[before]);
  return m->spread * (slope > 0 ? slope : 1);
}

PropterStatus answer_placebo(const Set *set, size_t i, double *p, size_t *used, PropterError *err) {
  const Frame *f = set->frame;
  const PropterScoreModel *m = f->model;
  const PropterCandidate *c = set->candidate[i];
  size_t n = m->series.count;
  double *work = propter_malloc((2 * VARIANTS + 1) * n * sizeof *work), *own = work ? work + 2 * VARIANTS * n : NULL, spread = 1;
  PropterEffectView view[2 * VARIANTS];
  PropterStatus status = work ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a timing test");
  if (status != PROPTER_OK) return status;
  size_t variants = candidate_changes(f, c, work, err), views = variants;
  *p = NAN, *used = 0;
  bool dosed = candidate_is_sized(c);
  if (variants == SIZE_MAX) status = PROPTER_INVALID;
  if (status != PROPTER_OK || !variants) goto done;
  if (c->slice) {
    status = slice_changes(f, c->slice, own, &spread, err);
    if (status != PROPTER_OK) goto done;
    memcpy(work + variants * n, work, variants * n * sizeof *work);
    for (size_t v = variants; v < 2 * variants; v++) {
      for (size_t t = 0; dosed && t < n; t++) work[v * n + t] /= spread;
      view[v] = (PropterEffectView){own, work + v * n};
    }
    views = 2 * variants;
  }
  for (size_t v = 0; v < variants; v++) {
    for (size_t t = 0; dosed && t < n; t++) work[v * n + t] /= change_unit(m, t);
    view[v] = (PropterEffectView){m->standard, work + v * n};
  }
  double error = c->effect.dose_sd > 0 && c->effect.dose != 0 ? c->effect.dose_sd / fabs(c->effect.dose) : m->options.dose_error;
  PropterPlaceboOptions options = {.dosed = dosed, .dose_error = error, .sign = c->effect.profile == PROPTER_PROFILE_PATH ? 0 : c->direction,
                                   .blur = c->lag_max > c->lag_min ? (size_t)(c->lag_max - c->lag_min) : 0, .shifts = (size_t)m->options.shifts,
                                   .seed = m->options.seed};
  status = propter_shift_placebo(view, views, n, &options, p, used, err);
done:
  propter_free(work);
  return status;
}

/* ---- grades ------------------------------------------------------------------------------------------------------------- */

/* What the data would say for candidate i on average if it acted, beside a rival (set->count: none) that may imitate it. */
static double power(const Set *set, size_t i, size_t rival) {
  double best = 0;
  for (size_t v = set->start[i]; v < set->start[i + 1]; v++) {
    const Column *own = &set->column[v];
    if (own->null) continue;
    double least = column_power(set->frame, own, NULL);
    for (size_t x = rival < set->count ? set->start[rival] : 0; rival < set->count && x < set->start[rival + 1]; x++) {
      double left = set->column[x].null ? least : column_power(set->frame, own, &set->column[x]);
      if (left < least) least = left;
    }
    if (least > best) best = least;
  }
  return best;
}

static double larger(double a, double b) { return isnan(b) || a > b ? a : b; }

/* The likeliest other cause that may matter and is at least as likely as `least`; count: none. */
static size_t find_rival(const Set *set, const size_t *index, const PropterCauseScore *score, size_t i, double least) {
  const double matters = set->frame->model->options.material; /* below that chance it is no rival */
  size_t best = set->count;
  for (size_t k = 0; k < set->count; k++) {
    double p = score[index[k]].p;
    if (k != i && p >= matters && p >= least && (best == set->count || p > score[index[best]].p)) best = k;
  }
  return best;
}

/* "Text only" claims less than "both", so half of that belief is enough for it. */
static bool is_named(const PropterScoreOptions *o, const PropterCandidate *c) {
  return c->belief_for >= o->text_belief / 2 && c->belief_for >= c->belief_against;
}

static bool is_denied(const PropterScoreOptions *o, const PropterCandidate *c) {
  return c->belief_against >= o->text_belief && c->belief_against > c->belief_for;
}

/* It is in force in the window (and then may have changed nothing in it), or its course changes something there or in the time after it. */
static bool touches(const Set *set, size_t i) {
  const PropterSeries *s = &set->frame->model->series;
  const PropterEffect *e = &set->candidate[i]->effect;
  int32_t from = s->first + (int32_t)set->frame->from, to = from + (int32_t)set->frame->length - 1;
  for (size_t v = set->start[i]; v < set->start[i + 1]; v++)
    for (size_t b = set->frame->lead; b < set->frame->bins; b++)
      if (set->column[v].bin[b] != 0) return true;
  return e->start != PROPTER_NO_DAY && e->start <= propter_period_last(s->grain, to) &&
         (e->end == PROPTER_NO_DAY || e->end >= propter_period_first(s->grain, from));
}

/* A source gives the size of what happened, and it happened in this window: as good as a text that says it mattered, since the size is what can be checked. */
static bool is_documented(const Set *set, size_t i) {
  const PropterCandidate *c = set->candidate[i];
  bool here = false;
  for (size_t v = set->start[i]; v < set->start[i + 1]; v++) here |= !set->column[v].null && set->column[v].material > 0;
  return here && candidate_is_sized(c) && c->happened >= set->frame->model->options.text_belief && c->belief_against <= c->belief_for;
}

static PropterGrade grade_one(const Set *set, const size_t *index, size_t i, bool moved, PropterCauseScore *all) {
  const PropterScoreOptions *o = &set->frame->model->options;
  const PropterCandidate *c = set->candidate[i];
  PropterCauseScore *s = &all[index[i]];
  double bar = log(o->test_lr), test = -INFINITY;
  bool text = c->belief_for >= o->text_belief && c->belief_for >= c->belief_against, named = is_named(o, c) || is_documented(set, i), denied = is_denied(o, c);
  test = larger(larger(larger(larger(test, s->tests.dose), s->tests.back), s->tests.contrast), s->tests.placebo);
  bool data = moved && s->data_lr >= bar && test >= bar;
  if (data) return text ? PROPTER_GRADE_BOTH : PROPTER_GRADE_DATA_ONLY;
  size_t rival = find_rival(set, index, all, i, s->p); /* one that is less likely hides nothing */
  bool testable = power(set, i, rival) >= bar;
  if ((testable && s->data_lr <= -log(o->contradict_lr)) || denied) return PROPTER_GRADE_CONTRADICTED;
  if (!named || !touches(set, i)) return PROPTER_GRADE_UNSUPPORTED;
  if (!moved && testable) return PROPTER_GRADE_UNSUPPORTED;
  if (!testable && rival < set->count) {
    s->inseparable_from = (int)index[rival];
    return PROPTER_GRADE_NOT_SEPARABLE;
  }
  return PROPTER_GRADE_TEXT_ONLY;
}

/* A share needs a size from outside: a dose, or controls that the cause leaves alone and no other cause of free size beside it. */
static bool is_identified(const Set *set, const size_t *index, size_t i, const PropterCauseScore *score) {
  if (candidate_is_sized(set->candidate[i])) return true;
  if (!is_dated(set->candidate[i])) return false;
  if (!set->frame->has_control || set->frame->model->control_count < 3 || set->candidate[i]->controls_in_scope >= 0.5) return false;
  return find_rival(set, index, score, i, 0) == set->count;
}

void answer_grades(const Set *set, const size_t *index, const PropterCandidate *candidates, size_t count, PropterAnswer *a) {
  const PropterScoreOptions *o = &set->frame->model->options;
  bool moved = a->outcome != PROPTER_OUTCOME_DID_NOT_MOVE;
  for (size_t i = 0; i < count; i++) {
    const PropterCandidate *c = &candidates[i];
    a->cause[i].inseparable_from = -1;
    a->cause[i].grade = is_denied(o, c) ? PROPTER_GRADE_CONTRADICTED : is_named(o, c) && moved ? PROPTER_GRADE_TEXT_ONLY : PROPTER_GRADE_UNSUPPORTED;
  }
  for (size_t i = 0; i < set->count; i++) {
    /* without a date there is nothing to test */
    if (is_dated(set->candidate[i])) a->cause[index[i]].grade = grade_one(set, index, i, moved, a->cause);
    a->cause[index[i]].share_identified = is_identified(set, index, i, a->cause);
  }
}

/* ---- predictions -------------------------------------------------------------------------------------------------------- */

static PropterDay day_of(const Frame *f, size_t index) {
  const PropterSeries *s = &f->model->series;
  PropterDay first = propter_period_first(s->grain, s->first + (int32_t)index);
  return s->reference_day > 0 ? first + s->reference_day - 1 : first;
}

/* Interval of the first control's mean in the window as its own baseline expects it. */
static PropterStatus control_interval(const Frame *f, double *low, double *high, bool *found, PropterError *err) {
  const Baseline *b = f->model->control[0];
  const PropterScale scale = f->model->control_scale[0];
  size_t horizon = 2 * f->length;
  *found = false;
  double *rows = propter_malloc((b->n * horizon + b->n + horizon) * sizeof *rows), drift, mean = 0, variance = 0;
  unsigned char *use = propter_malloc(b->n);
  PropterStatus status = rows && use ? baseline_errors(b, f->length, horizon, f->from, f->from + horizon, rows, err)
                                     : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a prediction");
  if (status == PROPTER_OK) {
    double *scratch = rows + b->n * horizon, *expected = scratch + b->n, length = (double)f->length;
    ErrorModel error;
    memset(use, 1, b->n);
    *found = baseline_expect(b, f->from, f->length, f->length, scratch, expected, &drift, NULL) &&
             baseline_fit(b, rows, horizon, use, f->from, f->from + horizon, scratch, &error);
    if (*found) {
      for (size_t h = 0; h < f->length; h++) {
        expected[h] = scale_mean(scale, expected[h] + b->season[f->from + h], error.noise * (1 - error.shared));
        mean += expected[h] / length;
        for (size_t g = 0; g <= h; g++) {
          double slopes = scale_slope(scale, expected[g]) * scale_slope(scale, expected[h]);
          variance += (g < h ? 2 : 1) * slopes * error_covariance(&error, g + 1, h + 1) / (length * length);
        }
      }
      const double z = propter_t_of_normal(propter_normal_quantile(0.975), baseline_freedom((double)b->n));
      *low = scale_shift(scale, mean, -z, sqrt(variance));
      *high = scale_shift(scale, mean, z, sqrt(variance));
    }
  }
  propter_free(use);
  propter_free(rows);
  return status;
}

PropterStatus answer_predictions(const Frame *f, const PropterCandidate *candidates, PropterAnswer *a, PropterError *err) {
  int lead = -1;
  for (size_t i = 0; i < a->causes; i++)
    if (a->cause[i].rank == 1) lead = (int)i;
  if (lead < 0) return PROPTER_OK;
  const PropterCandidate *c = &candidates[lead];
  const PropterCauseScore *s = &a->cause[lead];
  PropterPrediction *out = a->prediction;
  const double z = f->reach;
  size_t end;
  bool pulse = c->effect.profile == PROPTER_PROFILE_PULSE && c->effect.end != PROPTER_NO_DAY;
  if (pulse && propter_series_find(&f->model->series, c->effect.end, &end)) {
    /* the first count after the last day */
    while (day_of(f, end) <= c->effect.end || end < f->from) end++;
    size_t h = end - f->from;
    double error = h < f->periods ? f->error[h] : f->error[f->periods - 1];
    out[a->predictions++] = (PropterPrediction){PROPTER_PREDICT_RETURN, lead, -1, day_of(f, end), -z * error, z * error};
  }
  out[a->predictions++] = (PropterPrediction){PROPTER_PREDICT_SIZE, lead, -1, day_of(f, f->from), s->effect_low, s->effect_high};
  if (f->model->control_count && c->controls_in_scope < 0.5) {
    double low, high;
    bool found;
    PROPTER_TRY(control_interval(f, &low, &high, &found, err));
    if (found) out[a->predictions++] = (PropterPrediction){PROPTER_PREDICT_UNTOUCHED, lead, 0, day_of(f, f->from), low, high};
  }
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What is learned once per series. */
#include <math.h>

#include "propter/math.h"
#include "propter/mem.h"
#include "score_parts.h"

PropterScoreOptions propter_score_options(void) {
  return (PropterScoreOptions){
      .budget = {.50, .25, .05, .10},
      .material = .20,
      .moved_z = 2.576,
      .cost_wrong = 3,
      .cost_silent = 1,
      .text_belief = .5,
      .test_lr = 3,
      .contradict_lr = 10,
      .dose_error = .20,
      .unknown_rate = .02,
      .unknown_weight = 50,
      .unknown_scale = 4,
      .scope_reach = .80,
      .unknown_reach = .50,
      .unknown_wider = 1.0 / 3,
      .history_weight = 4,
      .happened_undated = .10,
      .calibration = {{1, 1, 0}, 0},
      .drift_reach = 0,
      .seed = 1,
      .shifts = 400,
  };
}

double propter_score_named(const PropterScoreOptions *o) { return o->cost_wrong / (o->cost_wrong + o->cost_silent); }

static void clear_controls(PropterScoreModel *m) {
  for (size_t i = 0; i < m->control_count && m->control; i++) baseline_free(m->control[i]);
  propter_free(m->control);
  propter_free(m->control_scale);
  propter_free(m->control_spread);
  propter_free(m->composite_rows);
  baseline_free(m->composite);
  m->control = NULL;
  m->control_scale = NULL;
  m->control_spread = m->composite_rows = NULL;
  m->composite = NULL;
  m->control_count = 0;
}

void propter_score_model_free(PropterScoreModel *m) {
  if (!m) return;
  clear_controls(m);
  baseline_free(m->base);
  propter_free(m->value);
  propter_free(m->covered);
  propter_free(m->rows);
  propter_free(m->standard);
  propter_free(m->unknown);
  singles_free(m->singles);
  propter_free(m);
}

size_t propter_score_longest_move(PropterGrain grain) { return baseline_longest_move(grain); }

size_t propter_score_move_end(const PropterScoreModel *m, size_t i) {
  const size_t *left = m->base->left, n = m->base->n;
  if (!left || i >= n || left[i] == SIZE_MAX) return 0;
  size_t end = i;
  while (end < n && left[end] == left[i]) end++;
  return end;
}

/* Values of a control on the target's calendar. */
static void align(const PropterSeries *control, const PropterSeries *target, double *out) {
  for (size_t i = 0; i < target->count; i++) {
    int64_t at = (int64_t)target->first + (int64_t)i - control->first;
    out[i] = at >= 0 && at < (int64_t)control->count ? control->value[at] : NAN;
  }
}

/* The median over controls: one control that moves for a reason of its own does not move it. */
static PropterStatus build_composite(PropterScoreModel *m, PropterError *err) {
  size_t n = m->series.count, k = m->control_count;
  double *standard = propter_malloc((k * n + n + n + k) * sizeof *standard), usual;
  m->control_spread = propter_malloc(k * sizeof *m->control_spread);
  if (!standard || !m->control_spread) {
    propter_free(standard);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for controls");
  }
  double *level = standard + k * n, *scratch = level + n, *column = scratch + n, height = 0;
  for (size_t c = 0; c < k; c++) baseline_standardise(m->control[c], scratch, standard + c * n, &usual, &m->control_spread[c]);
  for (size_t i = 0; i < n; i++) {
    size_t have = 0;
    for (size_t c = 0; c < k; c++)
      if (!isnan(standard[c * n + i])) column[have++] = standard[c * n + i];
    if (have) height += propter_median(column, have);
    level[i] = have || i == 0 ? height : NAN;
  }
  PropterSeries series = m->series;
  series.value = level;
  series.seasonally_adjusted = true;
  PropterStatus status = baseline_new(&series, (size_t)m->options.drift_reach, &m->composite, err);
  propter_free(standard);
  return status;
}

static PropterStatus build_controls(PropterScoreModel *m, const PropterSeries *const *controls, size_t count, PropterError *err) {
  if (!count) return PROPTER_OK;
  double *aligned = propter_malloc(2 * m->series.count * sizeof *aligned);
  m->control = propter_calloc(count, sizeof *m->control);
  m->control_scale = propter_calloc(count, sizeof *m->control_scale);
  if (!aligned || !m->control || !m->control_scale) {
    propter_free(aligned);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for controls");
  }
  m->control_count = count;
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) {
    if (controls[i]->grain != m->series.grain) {
      status = propter_fail(err, PROPTER_INVALID, "control %zu has another grain than the series", i + 1);
      break;
    }
    PropterSeries series = m->series;
    align(controls[i], &m->series, aligned);
    series.value = aligned;
    series.seasonally_adjusted = controls[i]->seasonally_adjusted;
    status = baseline_scaled(&series, aligned + m->series.count, (size_t)m->options.drift_reach, false, &m->control_scale[i], &m->control[i], err);
  }
  propter_free(aligned);
  if (status == PROPTER_OK) status = baseline_choose_width(m->control[0], 1, 0, 0, err);
  if (status == PROPTER_OK) status = build_composite(m, err);
  if (status != PROPTER_OK) return status;
  m->composite_rows = propter_malloc(2 * m->series.count * sizeof *m->composite_rows);
  if (!m->composite_rows) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for controls");
  return baseline_errors(m->composite, 1, 2, 0, 0, m->composite_rows, err);
}

PropterStatus propter_score_model_compare(PropterScoreModel *m, const PropterSeries *const *controls, size_t count, PropterError *err) {
  if (m->control_count) return propter_fail(err, PROPTER_INVALID, "the model has controls");
  PropterStatus status = build_controls(m, controls, count, err);
  if (status != PROPTER_OK) clear_controls(m);
  return status;
}

PropterStatus propter_score_model_new(const PropterSeries *target, const PropterSeries *const *controls, size_t control_count,
                                      const unsigned char *covered, const PropterScoreOptions *options, PropterScoreModel **model,
                                      PropterError *err) {
  PropterScoreModel *m = propter_calloc(1, sizeof *m);
  if (!m) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a model");
  size_t n = target->count;
  PropterStatus status = PROPTER_OK;
  m->options = options ? *options : propter_score_options();
  m->series = *target;
  m->value = propter_malloc((n + 1) * sizeof *m->value);
  m->covered = propter_calloc(n + 1, 1);
  m->rows = propter_malloc(2 * (n + 1) * sizeof *m->rows);
  m->standard = propter_malloc((n + 1) * sizeof *m->standard);
  if (!m->value || !m->covered || !m->rows || !m->standard) {
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a model");
    goto done;
  }
  if (n) memcpy(m->value, target->value, n * sizeof *m->value);
  if (n && covered) memcpy(m->covered, covered, n);
  m->series.value = m->value;
  if ((status = unknown_table(&m->options, &m->unknown, err)) != PROPTER_OK) goto done;
  status = baseline_scaled(&m->series, m->standard, (size_t)m->options.drift_reach, true, &m->scale, &m->base, err);
  if (status == PROPTER_OK) status = baseline_errors(m->base, 1, 2, 0, 0, m->rows, err);
  if (status != PROPTER_OK) goto done;
  double *scratch = propter_malloc(n * sizeof *scratch);
  if (!scratch) {
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a model");
    goto done;
  }
  baseline_standardise(m->base, scratch, m->standard, &m->usual, &m->spread);
  propter_free(scratch);
  status = singles_new(m, err);
  if (status == PROPTER_OK) status = build_controls(m, controls, control_count, err);
done:
  if (status != PROPTER_OK) {
    propter_score_model_free(m);
    return status;
  }
  *model = m;
  return PROPTER_OK;
}

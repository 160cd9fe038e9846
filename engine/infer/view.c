/* SPDX-License-Identifier: Apache-2.0 */
/* What a window is judged by. Where a period is a day or a week, a window that was over when the last month ended, with an equal time after it, is judged by the
 * series up to that end: what is learned from the whole of a series then moves once a month, and what has long been over is not judged anew each day. */
#include "judge.h"

KnowView *view_at(KnowMetric *m, size_t from, size_t to) {
  const size_t closed = m->view[VIEW_CLOSED].series.count, whole = m->view[VIEW_WHOLE].series.count;
  return closed && (closed == whole || to + (to - from + 1) < closed) ? &m->view[VIEW_CLOSED] : &m->view[VIEW_WHOLE];
}

/* Their series; to be freed with propter_free, the others' values are borrowed. */
static PropterStatus control_series(Know *know, KnowMetric *m, const PropterSeries ***out, size_t *count, PropterError *err) {
  Case c = {.know = know, .metric = m};
  PropterStatus status = controls_find(&c, err);
  *count = c.controls.count;
  *out = status ? NULL : propter_calloc(*count + 1, sizeof **out);
  if (!status && !*out) status = propter_fail(err, PROPTER_NO_MEMORY, "controls");
  for (size_t i = 0; i < *count && !status; i++) (*out)[i] = &c.controls.items[i]->series.series;
  case_clear(&c);
  return status;
}

/* Flags the periods in which a documented event of the series' scope can show. */
static void cover(Know *know, KnowMetric *m, KnowView *view) {
  const PropterSeries *s = &view->series;
  const Case c = {.know = know, .metric = m};
  for (size_t e = 0; e < know->events.count; e++) {
    const KnowEvent *event = &know->events.items[e];
    PropterDay first, last;
    double part;
    if (event->told || scope_relation(know, &event->scope, &m->scope, &part) == RELATION_DISJOINT || !event_days(&c, event, &first, &last)) continue;
    int64_t from = (int64_t)propter_period_of(s->grain, first) - s->first, to = last == INT32_MAX ? last : (int64_t)propter_period_of(s->grain, last) + 1 - s->first;
    for (int64_t i = from > 0 ? from : 0; i <= to && i < (int64_t)s->count; i++) view->covered[i] = 1;
  }
}

static PropterStatus prepare(Know *know, KnowMetric *m, KnowView *view, PropterError *err) {
  const PropterSeries **controls = NULL;
  size_t count = 0;
  if (view->ready) return PROPTER_OK;
  if (!view->series.count) return propter_fail(err, PROPTER_INVALID, "metric <%.*s> has no observations", (int)m->def.iri.len, m->def.iri.data);
  if (!view->covered && !(view->covered = propter_calloc(view->series.count, 1)))
    return propter_fail(err, PROPTER_NO_MEMORY, "%zu periods", view->series.count);
  cover(know, m, view);
  PropterStatus status = know->memo ? control_series(know, m, &controls, &count, err) : PROPTER_OK;
  if (!status && know->memo) status = kept_model_key(&view->series, controls, count, view->covered, &know->options.score, &view->key, err);
  view->ready = !status;
  propter_free((void *)(uintptr_t)controls);
  return status;
}

static PropterStatus build_model(Know *know, KnowMetric *m, KnowView *view, PropterError *err) {
  const PropterSeries **controls = NULL;
  size_t count;
  if (view->model) return PROPTER_OK;
  PropterStatus status = control_series(know, m, &controls, &count, err);
  if (!status) status = propter_score_model_new(&view->series, controls, count, view->covered, &know->options.score, &view->model, err);
  propter_free((void *)(uintptr_t)controls);
  return status;
}

PropterStatus view_open(Know *know, KnowMetric *m, size_t from, size_t to, KnowView **view, PropterError *err) {
  (void)pthread_mutex_lock(&know->lock);
  PropterStatus status = know_series(know, m, err);
  *view = view_at(m, from, to);
  if (!status) status = prepare(know, m, *view, err);
  (void)pthread_mutex_unlock(&know->lock);
  return status;
}

PropterStatus view_frame(Know *know, KnowMetric *m, KnowView *view, size_t from, size_t to, PropterScoreFrame **frame, PropterError *err) {
  if (*frame) return PROPTER_OK;
  (void)pthread_mutex_lock(&know->lock);
  PropterStatus status = build_model(know, m, view, err);
  (void)pthread_mutex_unlock(&know->lock);
  return status ? status : propter_score_open(view->model, from, to, frame, err);
}

PropterStatus judge_move(Know *know, KnowMetric *metric, size_t from, size_t to, PropterAnswer *answer, PropterError *err) {
  KnowView *view;
  PropterScoreFrame *frame = NULL;
  PROPTER_TRY(view_open(know, metric, from, to, &view, err));
  PROPTER_TRY(view_frame(know, metric, view, from, to, &frame, err));
  PropterStatus status = propter_score_causes(frame, NULL, 0, answer, err);
  propter_score_free(frame);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a window is judged by. Where a period is a day or a week, a window that was over when the last month ended, with an equal time after it, is judged by
 * the series up to that end: what is learned from the whole of a series then moves once a month, and what has long been over is not judged anew each day. */
#include "judge.h"

KnowView *view_at(KnowMetric *m, size_t from, size_t to) {
  const size_t closed = m->view[VIEW_CLOSED].series.count, whole = m->view[VIEW_WHOLE].series.count;
  return closed && (closed == whole || to + (to - from + 1) < closed) ? &m->view[VIEW_CLOSED] : &m->view[VIEW_WHOLE];
}

PropterStatus view_figures(KnowView *view, PropterError *err) {
  return view->figures.low | view->figures.high ? PROPTER_OK : kept_series(&view->series, &view->figures, err);
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
    int64_t from = (int64_t)propter_period_of(s->grain, first) - s->first,
            to = last == INT32_MAX ? last : (int64_t)propter_period_of(s->grain, last) + 1 - s->first;
    for (int64_t i = from > 0 ? from : 0; i <= to && i < (int64_t)s->count; i++) view->covered[i] = 1;
  }
}

static PropterStatus prepare(Know *know, KnowMetric *m, KnowView *view, PropterError *err) {
  if (view->ready) return PROPTER_OK;
  if (!view->series.count) return propter_fail(err, PROPTER_INVALID, "metric <%.*s> has no observations", (int)m->def.iri.len, m->def.iri.data);
  if (!view->covered && !(view->covered = propter_calloc(view->series.count, 1)))
    return propter_fail(err, PROPTER_NO_MEMORY, "%zu periods", view->series.count);
  cover(know, m, view);
  if (know->memo) {
    PROPTER_TRY(view_figures(view, err));
    PROPTER_TRY(kept_model_key(view->figures, view->covered, view->series.count, &know->options.score, &view->key, err));
  }
  view->ready = true;
  return PROPTER_OK;
}

PropterStatus view_open(Know *know, KnowMetric *m, size_t from, size_t to, KnowView **view, PropterError *err) {
  (void)pthread_mutex_lock(&know->lock);
  PropterStatus status = know_series(know, m, err);
  *view = view_at(m, from, to);
  if (!status) status = prepare(know, m, *view, err);
  (void)pthread_mutex_unlock(&know->lock);
  return status;
}

PropterStatus view_frame(Know *know, KnowView *view, size_t from, size_t to, PropterScoreFrame **frame, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  if (*frame) return PROPTER_OK;
  (void)pthread_mutex_lock(&know->lock);
  if (!view->model) status = propter_score_model_new(&view->series, NULL, 0, view->covered, &know->options.score, &view->model, err);
  (void)pthread_mutex_unlock(&know->lock);
  return status ? status : kept_open(view->model, from, to, know->memo, view->key, frame, err);
}

/* Controls count as the model sees them, on the series' calendar; most have the same one, and are hashed once for all that they are controls of. */
static PropterStatus hash_controls(KnowMetric *m, KnowView *view, PropterError *err) {
  const ptrdiff_t which = view - m->view;
  PropterBuf all = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < m->controls.count && !status; i++) {
    KnowView *same = &m->controls.items[i]->view[which];
    PropterHash128 one;
    if (same->series.first == view->series.first && same->series.count == view->series.count) {
      status = view_figures(same, err);
      one = same->figures;
    } else {
      status = kept_control(&m->controls.items[i]->series.series, &view->series, &one, err);
    }
    if (!status) propter_buf_add(&all, (PropterStr){(const char *)&one, sizeof one});
  }
  propter_buf_add(&all, (PropterStr){(const char *)&view->key, sizeof view->key});
  if (!status) status = propter_buf_status(&all, err);
  if (!status) view->answers = propter_hash128(propter_buf_str(&all));
  propter_buf_clear(&all);
  return status;
}

PropterStatus view_key(Know *know, KnowMetric *m, KnowView *view, PropterHash128 *key, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  (void)pthread_mutex_lock(&know->lock);
  if (!view->compared && !(status = controls_compare(know, m, err))) status = hash_controls(m, view, err);
  view->compared = !status;
  *key = view->answers;
  (void)pthread_mutex_unlock(&know->lock);
  return status;
}

static PropterStatus give_controls(Know *know, KnowMetric *m, KnowView *view, PropterError *err) {
  PROPTER_TRY(controls_compare(know, m, err));
  const PropterSeries **controls = propter_calloc(m->controls.count + 1, sizeof *controls);
  if (!controls) return propter_fail(err, PROPTER_NO_MEMORY, "controls");
  for (size_t i = 0; i < m->controls.count; i++) controls[i] = &m->controls.items[i]->series.series;
  PropterStatus status = propter_score_model_compare(view->model, controls, m->controls.count, err);
  propter_free((void *)(uintptr_t)controls);
  return status;
}

PropterStatus view_compare(Know *know, KnowMetric *m, KnowView *view, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  (void)pthread_mutex_lock(&know->lock);
  if (!view->has_controls) status = give_controls(know, m, view, err);
  view->has_controls = !status;
  (void)pthread_mutex_unlock(&know->lock);
  return status;
}

PropterStatus judge_move(Know *know, KnowMetric *metric, size_t from, size_t to, PropterAnswer *answer, PropterError *err) {
  KnowView *view;
  PropterScoreFrame *frame = NULL;
  PROPTER_TRY(view_open(know, metric, from, to, &view, err));
  PROPTER_TRY(view_frame(know, view, from, to, &frame, err));
  PropterStatus status = propter_score_move(frame, answer, err);
  propter_score_free(frame);
  return status;
}

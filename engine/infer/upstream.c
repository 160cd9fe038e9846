/* SPDX-License-Identifier: Apache-2.0 */
/* What moved upstream of a deviation, and why that did. */
#include <math.h>
#include <string.h>

#include "links.h"

enum { RESAMPLES = 100, MOST_METRICS = 64 }; /* a reader waits for it */

typedef PROPTER_VEC(PropterUpstream) Upstreams;

/* The surest link from i to j; false: there is none. */
static bool surest(const LinkPanel *x, size_t i, size_t j, size_t *lag) {
  bool found = false;
  for (size_t l = 0; l <= x->lags; l++) {
    size_t c = link_cell(x, l, i, j);
    if (i == j || x->graph.mark[c] != PROPTER_ARROW || (found && x->graph.q_value[c] >= x->graph.q_value[link_cell(x, *lag, i, j)])) continue;
    *lag = l, found = true;
  }
  return found;
}

/* The likeliest cause of the move, where one may be named. */
static PropterStatus add_cause(const LinkPanel *x, KnowMetric *m, size_t from, size_t to, PropterUpstream *out, PropterError *err) {
  PropterInference *own = NULL;
  PROPTER_TRY(infer_result(x->know, m, from, to, &own, err));
  PropterStatus status = PROPTER_OK;
  out->outcome = own->outcome;
  if (own->outcome == PROPTER_ANSWER_ANSWERED && own->causes) {
    out->cause = propter_arena_copy(x->arena, own->cause[0].label), out->probability = own->cause[0].score.p;
    if (!out->cause.data) status = propter_fail(err, PROPTER_NO_MEMORY, "a cause");
  }
  propter_inference_free(own);
  return status;
}

/* Nothing where it did not move, or its figures do not reach so far back. */
static PropterStatus try_metric(const LinkPanel *x, size_t i, size_t j, size_t lag, int32_t first, int32_t last, Upstreams *found, PropterError *err) {
  KnowMetric *m = x->metric[i];
  const PropterSeries *s = &m->series.series;
  int64_t from = (int64_t)first - (int64_t)lag - s->first, to = (int64_t)last - (int64_t)lag - s->first;
  PropterAnswer move;
  PropterMetricLink link = {.value = NAN, .low = NAN, .high = NAN};
  if (from < 1 || to >= (int64_t)s->count) return PROPTER_OK;
  PROPTER_TRY(judge_move(x->know, m, (size_t)from, (size_t)to, &move, err));
  bool moved = move.outcome != PROPTER_OUTCOME_DID_NOT_MOVE && move.outcome != PROPTER_OUTCOME_NOT_TESTABLE;
  size_t c = link_cell(x, lag, i, j);
  PropterUpstream one = {.metric = m->def.iri, .label = m->def.label, .lag = (int)lag, .grain = x->grain, .deviation = move.deviation, .z = move.z,
                         .first = propter_period_first(s->grain, first - (int32_t)lag), .last = propter_period_last(s->grain, last - (int32_t)lag),
                         .q = x->graph.q_value[c], .stability = x->graph.stability[c], .knowledge = x->said[i * x->p + j], .probability = NAN,
                         .cause = {"", 0}};
  propter_answer_clear(&move);
  if (!moved) return PROPTER_OK;
  PROPTER_TRY(link_effect(x, i, j, lag, RESAMPLES, &link, err));
  one.value = link.value, one.low = link.low, one.high = link.high, one.adjustment = link.adjustment;
  PROPTER_TRY(add_cause(x, m, (size_t)from, (size_t)to, &one, err));
  return propter_vec_push(found, one) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "what is upstream");
}

/* What brings more of the deviation first. */
static int by_part(const void *a, const void *b) {
  const PropterUpstream *x = a, *y = b;
  double p = fabs(x->value * x->deviation), q = fabs(y->value * y->deviation);
  if (isnan(p) || isnan(q)) return (int)isnan(p) - (int)isnan(q) ? (int)isnan(p) - (int)isnan(q) : propter_str_compare(x->metric, y->metric);
  return p != q ? (p < q ? 1 : -1) : propter_str_compare(x->metric, y->metric);
}

static PropterStatus keep_all(const LinkPanel *x, Upstreams *found, PropterUpstream **out, size_t *count, PropterError *err) {
  if (!found->count) return PROPTER_OK;
  qsort(found->items, found->count, sizeof *found->items, by_part);
  if (!(*out = propter_arena_alloc(x->arena, found->count * sizeof **out))) return propter_fail(err, PROPTER_NO_MEMORY, "what is upstream");
  memcpy(*out, found->items, found->count * sizeof **out);
  *count = found->count;
  return PROPTER_OK;
}

PropterStatus propter_upstream(PropterInferrer *know, PropterStr metric, PropterDay from, PropterDay to, PropterArena *arena, PropterUpstream **out,
                               size_t *count, PropterError *err) {
  LinkPanel x;
  Upstreams found = {0};
  PropterError unfit;
  const PropterLinkOptions o = {.metric = &metric, .metrics = 1, .most = MOST_METRICS};
  KnowMetric *m = know_metric(know, metric);
  *out = NULL, *count = 0;
  if (!m) return propter_fail(err, PROPTER_NOT_FOUND, "<%.*s> is no propter:Metric of this graph", (int)metric.len, metric.data);
  PropterStatus status = link_panel_open(know, &o, RESAMPLES, arena, &x, &unfit);
  if (status == PROPTER_INVALID || status == PROPTER_LIMIT) { /* too few figures, or too many series to search: nothing is known */
    link_panel_close(&x);
    return PROPTER_OK;
  }
  if (status) (void)propter_fail(err, status, "%s", unfit.message);
  size_t j = status ? SIZE_MAX : link_panel_find(&x, m), lag = 0;
  for (size_t i = 0; !status && j != SIZE_MAX && i < x.p; i++)
    if (surest(&x, i, j, &lag)) status = try_metric(&x, i, j, lag, propter_period_of(x.grain, from), propter_period_of(x.grain, to), &found, err);
  if (!status) status = keep_all(&x, &found, out, count, err);
  propter_vec_clear(&found);
  link_panel_close(&x);
  return status;
}

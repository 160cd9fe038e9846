/* SPDX-License-Identifier: Apache-2.0 */
/* What moved upstream of a deviation, and why that did. */
#include <math.h>
#include <string.h>

#include "links.h"

enum { RESAMPLES = 100, MOST_METRICS = 64 }; /* a reader waits for it */

typedef struct {
  PropterUpstream told;
  size_t series, parent;
  int32_t first, last; /* periods of its window */
  bool listed;         /* it is no mere sibling of what it drives */
} Moved;

typedef enum { NOT_SEEN, SEEN, HAS_MOVED } Seen;

typedef struct {
  LinkPanel *x;
  PROPTER_VEC(Moved) moved; /* level by level; those of one parent follow each other */
  Seen *seen;               /* p */
} Walk;

/* The surest link from i to j; false: there is none. */
static bool surest(const LinkPanel *x, size_t i, size_t j, size_t *lag) {
  bool found = false;
  for (size_t l = 0; l <= x->lags; l++) {
    size_t c = link_cell(x, l, i, j);
    if (i == j || !link_acts(x, l, i, j) || (found && x->graph.q_value[c] >= x->graph.q_value[link_cell(x, *lag, i, j)])) continue;
    *lag = l, found = true;
  }
  return found;
}

/* The table that a figure was read from: that of one of its cells, or, where these are sums of many, of all of it; empty: none is known. */
static PropterStatus table_of(const LinkPanel *x, size_t i, PropterStr *file, PropterError *err) {
  KnowMetric *m = x->metric[i];
  PropterSourceCell cell;
  Node node;
  PROPTER_TRY(know_cell(x->know, m, m->series.series.count - 1, x->arena, &cell, err));
  *file = cell.file;
  if (file->len) return PROPTER_OK;
  PropterStatus status = node_open(x->know->snapshot, x->know->v, m->def.id, &node, err);
  if (!status) status = node_string(&node, VOCAB_propter_sourceFile, x->arena, file, err);
  node_close(&node);
  return status;
}

/* Measures of one table move in the same period because one is made of the other or all are of the same things: revenue of rooms. The figures do not tell which
 * follows which; where nobody says it, one of them is upstream only on the way to what is. */
static PropterStatus is_sibling(const LinkPanel *x, size_t lag, size_t i, size_t j, bool *sibling, PropterError *err) {
  PropterStr a, b;
  *sibling = false;
  if (lag || x->said[i * x->p + j].len) return PROPTER_OK;
  PROPTER_TRY(table_of(x, i, &a, err));
  PROPTER_TRY(table_of(x, j, &b, err));
  *sibling = a.len && propter_str_equal(a, b);
  return PROPTER_OK;
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
static PropterStatus try_metric(Walk *w, size_t i, size_t j, size_t lag, int32_t first, int32_t last, size_t parent, PropterError *err) {
  LinkPanel *x = w->x;
  KnowMetric *m = x->metric[i];
  const PropterSeries *s = &m->series.series;
  const int32_t after = first;
  link_window_back(x, lag, &first, &last);
  int64_t from = (int64_t)first - s->first, to = (int64_t)last - s->first;
  PropterAnswer move;
  PropterMetricLink link = {.value = NAN, .low = NAN, .high = NAN};
  if (from < 1 || from > to || to >= (int64_t)s->count) return PROPTER_OK;
  PROPTER_TRY(judge_move(x->know, m, (size_t)from, (size_t)to, &move, err));
  bool moved = move.outcome != PROPTER_OUTCOME_DID_NOT_MOVE && move.outcome != PROPTER_OUTCOME_NOT_TESTABLE;
  size_t c = link_cell(x, lag, i, j);
  PropterUpstream one = {.metric = m->def.iri, .label = m->def.label, .lag = after - first, .grain = x->grain, .deviation = move.deviation, .z = move.z,
                         .first = propter_period_first(s->grain, first), .last = propter_period_last(s->grain, last),
                         .q = x->graph.q_value[c], .knowledge = x->said[i * x->p + j], .probability = NAN,
                         .cause = {"", 0}};
  propter_answer_clear(&move);
  if (!moved) return PROPTER_OK;
  PROPTER_TRY(link_effect(x, i, j, lag, LINK_TOTAL, RESAMPLES, &link, NULL, err));
  if (link.low <= 0 && link.high >= 0 && !one.knowledge.len) return PROPTER_OK; /* the figures do not say which way it acts, nor does anybody */
  if (!x->graph.stability) PROPTER_TRY(link_panel_resample(x, RESAMPLES, err)); /* nearly all of the time: only where one moved */
  one.stability = x->graph.stability[c];
  one.value = link.value, one.low = link.low, one.high = link.high, one.adjustment = link.adjustment;
  PROPTER_TRY(add_cause(x, m, (size_t)from, (size_t)to, &one, err));
  bool sibling;
  PROPTER_TRY(is_sibling(x, lag, i, j, &sibling, err));
  w->seen[i] = HAS_MOVED;
  const Moved met = {one, i, parent, first, last, !sibling};
  return propter_vec_push(&w->moved, met) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "what is upstream");
}

/* What brings more of the deviation first. */
static int by_part(const void *a, const void *b) {
  const PropterUpstream *x = &((const Moved *)a)->told, *y = &((const Moved *)b)->told;
  double p = fabs(x->value * x->deviation), q = fabs(y->value * y->deviation);
  if (isnan(p) || isnan(q)) return (int)isnan(p) - (int)isnan(q) ? (int)isnan(p) - (int)isnan(q) : propter_str_compare(x->metric, y->metric);
  return p != q ? (p < q ? 1 : -1) : propter_str_compare(x->metric, y->metric);
}

/* What drives j directly; *driven: some of that moved, here or on a shorter way. */
static PropterStatus look_above(Walk *w, size_t j, int32_t first, int32_t last, size_t parent, bool *driven, PropterError *err) {
  size_t begin = w->moved.count, lag = 0;
  *driven = false;
  for (size_t i = 0; i < w->x->p; i++) {
    if (!surest(w->x, i, j, &lag)) continue;
    if (w->seen[i] == NOT_SEEN) {
      w->seen[i] = SEEN;
      PROPTER_TRY(try_metric(w, i, j, lag, first, last, parent, err));
    }
    *driven |= w->seen[i] == HAS_MOVED;
  }
  if (w->moved.count > begin + 1) qsort(w->moved.items + begin, w->moved.count - begin, sizeof *w->moved.items, by_part);
  return PROPTER_OK;
}

static PropterStatus walk(Walk *w, size_t target, int32_t first, int32_t last, PropterError *err) {
  bool driven;
  w->seen[target] = SEEN;
  PROPTER_TRY(look_above(w, target, first, last, SIZE_MAX, &driven, err));
  for (size_t k = 0; k < w->moved.count; k++) { /* grows */
    const Moved m = w->moved.items[k];
    PROPTER_TRY(look_above(w, m.series, m.first, m.last, k, &driven, err));
    w->moved.items[k].told.origin = !driven;
  }
  for (size_t k = w->moved.count; k-- > 0;) /* what is above stands behind */
    if (w->moved.items[k].listed && w->moved.items[k].parent != SIZE_MAX) w->moved.items[w->moved.items[k].parent].listed = true;
  return PROPTER_OK;
}

/* Each followed by what is above it. */
static void lay_out(const Walk *w, size_t parent, size_t place, size_t depth, PropterUpstream *out, size_t *count) {
  for (size_t k = 0; k < w->moved.count; k++) {
    if (w->moved.items[k].parent != parent || !w->moved.items[k].listed) continue;
    size_t own = (*count)++;
    out[own] = w->moved.items[k].told;
    out[own].parent = place, out[own].depth = depth;
    lay_out(w, k, own, depth + 1, out, count);
  }
}

static PropterStatus walk_up(LinkPanel *x, size_t target, int32_t first, int32_t last, PropterUpstream **out, size_t *count, PropterError *err) {
  Walk w = {.x = x, .seen = propter_calloc(x->p + 1, sizeof *w.seen)};
  PropterStatus status = w.seen ? walk(&w, target, first, last, err) : propter_fail(err, PROPTER_NO_MEMORY, "what is upstream");
  if (!status && w.moved.count) {
    *out = propter_arena_alloc(x->arena, w.moved.count * sizeof **out);
    if (*out) lay_out(&w, SIZE_MAX, SIZE_MAX, 0, *out, count);
    else status = propter_fail(err, PROPTER_NO_MEMORY, "what is upstream");
  }
  propter_vec_clear(&w.moved);
  propter_free(w.seen);
  return status;
}

PropterStatus propter_upstream(PropterInferrer *know, PropterStr metric, PropterDay from, PropterDay to, PropterArena *arena, PropterUpstream **out,
                               size_t *count, PropterError *err) {
  LinkPanel x;
  PropterError unfit;
  const PropterLinkOptions o = {.metric = &metric, .metrics = 1, .most = MOST_METRICS};
  KnowMetric *m = know_metric(know, metric);
  *out = NULL, *count = 0;
  if (!m) return propter_fail(err, PROPTER_NOT_FOUND, "<%.*s> is no propter:Metric of this graph", (int)metric.len, metric.data);
  PropterStatus status = link_panel_open(know, &o, arena, &x, &unfit);
  if (status == PROPTER_INVALID || status == PROPTER_LIMIT) { /* too few figures, or too many series to search: nothing is known */
    link_panel_close(&x);
    return PROPTER_OK;
  }
  if (status) (void)propter_fail(err, status, "%s", unfit.message);
  size_t target = status ? SIZE_MAX : link_panel_find(&x, m);
  if (target != SIZE_MAX) status = walk_up(&x, target, propter_period_of(x.grain, from), propter_period_of(x.grain, to), out, count, err);
  link_panel_close(&x);
  return status;
}

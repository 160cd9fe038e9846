/* SPDX-License-Identifier: Apache-2.0 */
/* Where a deviation lies: the slices, or the summands, that carry it. */
#include <math.h>

#include "patterns.h"

enum { LEVELS = 3 };
static const double listed = .05, divided = .25; /* shares from which a part is listed, and taken apart itself */

typedef PROPTER_VEC(PropterPart) Parts;

typedef struct {
  KnowMetric *metric;
  double observed, expected;
} Summand;
typedef PROPTER_VEC(Summand) Summands;

typedef struct {
  Know *know;
  PropterDay from, to;
  double periods;
  Parts parts;
  PropterError *err;
} Search;

static double deviation(const Summand *s) { return s->observed - s->expected; }

static int larger_first(const void *a, const void *b) {
  const Summand *x = a, *y = b;
  double d = fabs(deviation(x)), e = fabs(deviation(y));
  return d < e ? 1 : d > e ? -1 : propter_str_compare(x->metric->def.iri, y->metric->def.iri);
}

/* The summands of one definition by size, and their sum. Empty: one cannot be judged, or they cancel out. */
static PropterStatus weigh(Search *s, PropterId definition, PropterId whole, Summands *out, double *sum) {
  Know *know = s->know;
  out->count = 0, *sum = 0;
  for (size_t e = 0; e < know->edges.count; e++) {
    const KnowEdge *edge = &know->edges.items[e];
    if (edge->sum != definition || edge->whole != whole) continue;
    Summand part = {.metric = know_metric_id(know, edge->part), .observed = NAN};
    double sd;
    if (part.metric) {
      PROPTER_TRY(know_series(know, part.metric, s->err));
      PROPTER_TRY(window_sum(&part.metric->series.series, s->from, s->to, &part.observed, &part.expected, &sd, s->err));
    }
    if (!isfinite(part.observed) || !isfinite(part.expected)) return out->count = 0, PROPTER_OK;
    if (!propter_vec_push(out, part)) return propter_fail(s->err, PROPTER_NO_MEMORY, "parts of a figure");
    *sum += deviation(&part);
  }
  if (!out->count) return PROPTER_OK;
  qsort(out->items, out->count, sizeof *out->items, larger_first);
  if (!(fabs(*sum) * 2 > fabs(deviation(&out->items[0])))) out->count = 0;
  return PROPTER_OK;
}

/* The definition whose largest part carries most. */
static PropterStatus choose(Search *s, PropterId whole, Summands *best, double *sum) {
  Summands now = {0};
  double most = 0, total;
  PropterStatus status = PROPTER_OK;
  const KnowEdge *edge = s->know->edges.items;
  for (size_t e = 0; e < s->know->edges.count && !status; e++) {
    bool seen = !edge[e].sum || edge[e].whole != whole;
    for (size_t k = 0; k < e && !seen; k++) seen = edge[k].sum == edge[e].sum && edge[k].whole == whole;
    if (seen) continue;
    status = weigh(s, edge[e].sum, whole, &now, &total);
    double all = 0;
    for (size_t i = 0; i < now.count; i++) all += fabs(deviation(&now.items[i]));
    if (status || !now.count || !(fabs(deviation(&now.items[0])) > most * all)) continue;
    most = fabs(deviation(&now.items[0])) / all, *sum = total;
    const Summands kept = *best;
    *best = now, now = kept;
  }
  propter_vec_clear(&now);
  return status;
}

/* Lists what `whole` is the sum of, below the part `parent`, whose share is given. */
static PropterStatus divide(Search *s, PropterId whole, size_t parent, double share, unsigned level) {
  Summands found = {0};
  double sum = 0;
  PropterStatus status = choose(s, whole, &found, &sum);
  for (size_t i = 0; i < found.count && !status; i++) {
    const Summand *part = &found.items[i];
    double own = deviation(part) / sum * share;
    if (fabs(own) < listed) break;
    const PropterPart row = {part->metric->def.label, part->metric->def.iri, parent, part->observed / s->periods, part->expected / s->periods, own};
    if (!propter_vec_push(&s->parts, row)) status = propter_fail(s->err, PROPTER_NO_MEMORY, "parts of a figure");
    if (!status && level + 1 < LEVELS && fabs(own) >= divided) status = divide(s, part->metric->def.id, s->parts.count - 1, own, level + 1);
  }
  propter_vec_clear(&found);
  return status;
}

static PropterStatus by_slices(Search *s, const KnowMetric *m, PropterArena *arena) {
  PropterDrilled *found = NULL;
  size_t count = 0;
  PropterStatus status = propter_drill_metric(s->know, m->def.iri, s->from, s->to, arena, &found, &count, s->err);
  for (size_t i = 0; i < count && !status; i++) {
    double scale = metric_is_quotient(s->know->v, &m->def) ? NAN : 1 / s->periods;
    const PropterPart row = {found[i].members, {"", 0}, SIZE_MAX, found[i].observed * scale, found[i].expected * scale, found[i].share};
    if (!propter_vec_push(&s->parts, row)) status = propter_fail(s->err, PROPTER_NO_MEMORY, "parts of a figure");
  }
  propter_free(found);
  return status;
}

static PropterStatus copy_texts(Search *s, PropterArena *arena) {
  for (size_t i = 0; i < s->parts.count; i++) {
    PropterPart *p = &s->parts.items[i];
    p->label = propter_arena_copy(arena, p->label), p->metric = propter_arena_copy(arena, p->metric);
    if (!p->label.data || !p->metric.data) return propter_fail(s->err, PROPTER_NO_MEMORY, "parts of a figure");
  }
  return PROPTER_OK;
}

PropterStatus propter_where(PropterInferrer *know, PropterStr iri, PropterDay from, PropterDay to, PropterArena *arena, PropterPart **out, size_t *count,
                            PropterError *err) {
  KnowMetric *m = know_metric(know, iri);
  Search s = {.know = know, .from = from, .to = to, .err = err};
  size_t first = 0, last = 0;
  *out = NULL, *count = 0;
  if (!m) return propter_fail(err, PROPTER_NOT_FOUND, "<%.*s> is no propter:Metric of this graph", (int)iri.len, iri.data);
  if (m->slice_count) return PROPTER_OK;
  PROPTER_TRY(know_series(know, m, err));
  if (!propter_series_find(&m->series.series, from, &first) || !propter_series_find(&m->series.series, to, &last) || last < first) return PROPTER_OK;
  s.periods = (double)(last - first + 1);
  PropterStatus status = m->def.slice_dimensions ? by_slices(&s, m, arena) : divide(&s, m->def.id, SIZE_MAX, 1, 0);
  if (!status) status = copy_texts(&s, arena);
  if (status) propter_vec_clear(&s.parts); /* leaves it empty */
  *out = s.parts.items, *count = s.parts.count;
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What of the metrics cannot be judged, and what would make it possible. */
#include <math.h>
#include <string.h>

#include "../detect/baseline.h"
#include "node.h"
#include "patterns.h"

size_t series_figures(const PropterSeries *s) {
  size_t n = 0;
  for (size_t i = 0; i < s->count; i++) n += isfinite(s->value[i]) ? 1 : 0;
  return n;
}

/* No period has enough changes around it and enough other periods to be measured by. A long series without many gaps always has. */
static PropterStatus is_thin(const PropterSeries *s, size_t n, bool *thin, PropterError *err) {
  enum { MANY = 64, GAPS = 4, OTHERS = 9 };
  Baseline *b = NULL;
  double expected, drift;
  size_t known = 0;
  *thin = false;
  if (n >= MANY && GAPS * n >= s->count) return PROPTER_OK;
  PROPTER_TRY(baseline_changes(s, 0, &b, err));
  double *scratch = propter_malloc((b->n + 1) * sizeof *scratch);
  for (size_t i = 0; scratch && i < b->n && known < OTHERS; i++)
    known += isfinite(s->value[i]) && baseline_expect(b, i, 1, 1, scratch, &expected, &drift, NULL);
  baseline_free(b);
  *thin = known < OTHERS;
  propter_free(scratch);
  return scratch ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "%zu periods", s->count);
}

static PropterStatus apart_reason(const Know *know, const PropterMetricSeries *m, PropterArena *arena, PropterStr *out, PropterError *err) {
  PropterStr dimension, one, other;
  PROPTER_TRY(label_of(know->snapshot, know->v, m->apart, arena, &dimension, err));
  PROPTER_TRY(label_of(know->snapshot, know->v, m->apart_member[0], arena, &one, err));
  PROPTER_TRY(label_of(know->snapshot, know->v, m->apart_member[1], arena, &other, err));
  *out = propter_arena_printf(arena, "it does not add up over %.*s, of which it has %.*s and %.*s", (int)dimension.len, dimension.data, (int)one.len, one.data,
                              (int)other.len, other.data);
  return out->data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "reason");
}

PropterStatus left_out_metric(Know *know, KnowMetric *m, PropterArena *arena, PropterLeftOut *out, PropterError *err) {
  PROPTER_TRY(know_series(know, m, err));
  const PropterMetricSeries *figure = &m->series;
  const size_t n = series_figures(&figure->series);
  bool thin = false;
  char day[16];
  *out = (PropterLeftOut){.metric = m->def.iri, .label = m->def.label, .whole = true, .reason = {"", 0}, .needed = {"", 0}};
  if (figure->apart) {
    out->needed = PROPTER_STR("a metric of one of them (propter:fixed), or a question about one");
    return apart_reason(know, figure, arena, &out->reason, err);
  }
  if (n) PROPTER_TRY(is_thin(&figure->series, n, &thin, err));
  if (!n && figure->series.count) {
    out->reason = PROPTER_STR("none of its periods has a figure that can be used");
    out->needed = PROPTER_STR("figures below 1e150 for all parts of a period");
  } else if (!n && figure->complete == PROPTER_NO_DAY) {
    out->reason = PROPTER_STR("it has no observations");
    out->needed = PROPTER_STR("figures");
  } else if (!n) {
    out->reason = PROPTER_STR("none of its periods is complete yet");
    out->needed = PROPTER_STR("figures of later days");
  } else if (thin) {
    out->reason = propter_arena_printf(arena, "it has %zu figure%s, too few near each other to know its usual course", n, n == 1 ? "" : "s");
    out->needed = PROPTER_STR("14 periods on end with figures, or a longer propter:grain");
  } else if (figure->complete != PROPTER_NO_DAY) {
    propter_day_format(figure->complete, day);
    out->whole = false;
    out->reason = propter_arena_printf(arena, "figures after %s are not complete yet", day);
    out->needed = PROPTER_STR("figures of later days");
  }
  return out->reason.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "reason");
}

PropterStatus left_out_of(Know *know, KnowMetric *const *metrics, size_t count, PropterArena *arena, PropterLeftOut **out, size_t *found, PropterError *err) {
  PROPTER_VEC(PropterLeftOut) list = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < count && !status; i++) {
    PropterLeftOut one;
    status = left_out_metric(know, metrics[i], arena, &one, err);
    if (status || !one.reason.len) continue;
    one.metric = propter_arena_copy(arena, one.metric);
    one.label = propter_arena_copy(arena, one.label);
    if (!one.metric.data || !one.label.data || !propter_vec_push(&list, one)) status = propter_fail(err, PROPTER_NO_MEMORY, "metrics left out");
  }
  *out = NULL;
  *found = 0;
  if (!status && list.count) {
    *out = propter_arena_alloc(arena, list.count * sizeof **out);
    if (*out) memcpy(*out, list.items, (*found = list.count) * sizeof **out);
    else status = propter_fail(err, PROPTER_NO_MEMORY, "metrics left out");
  }
  propter_vec_clear(&list);
  return status;
}

PropterStatus propter_left_out(PropterInferrer *know, PropterStr metric, PropterArena *arena, PropterLeftOut **out, size_t *count, PropterError *err) {
  KnowMetric **metrics = NULL;
  size_t n;
  *out = NULL, *count = 0;
  PROPTER_TRY(metrics_named(know, &metric, metric.len ? 1 : 0, &metrics, &n, err));
  PropterStatus status = left_out_of(know, metrics, n, arena, out, count, err);
  propter_free(metrics);
  return status;
}

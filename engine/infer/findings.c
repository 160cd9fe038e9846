/* SPDX-License-Identifier: Apache-2.0 */
/* Every detector over the series of metrics, adjusted for their number. */
#include "patterns.h"

enum { LEADERS_MAX = 64 };

typedef struct {
  KnowMetric **metric;
  size_t count;
  PropterSeries *series;
  const PropterSeries **leaders;
  PropterDetections found;
} Search;

static PropterDay day_of(const PropterSeries *s, size_t i, bool last) {
  int32_t period = s->first + (int32_t)i;
  return last ? propter_period_last(s->grain, period) : propter_period_first(s->grain, period);
}

static PropterStatus search(Know *know, Search *s, PropterError *err) {
  PropterDetectOptions options = propter_detect_options();
  s->series = propter_calloc(s->count + 1, sizeof *s->series);
  s->leaders = propter_calloc(s->count + 1, sizeof *s->leaders);
  if (!s->series || !s->leaders) return propter_fail(err, PROPTER_NO_MEMORY, "series of %zu metrics", s->count);
  for (size_t i = 0; i < s->count; i++) {
    PROPTER_TRY(know_series(know, s->metric[i], err));
    s->series[i] = s->metric[i]->series.series;
    s->leaders[i] = &s->series[i];
  }
  options.leaders = s->leaders;
  options.leader_count = s->count <= LEADERS_MAX ? s->count : 0;
  return propter_detect_many(s->series, s->count, &options, know->options.threads, &s->found, err);
}

static PropterFinding describe(const Search *s, const PropterDetection *d) {
  const KnowMetric *m = s->metric[d->series];
  const PropterSeries *series = &s->series[d->series];
  bool lagged = d->kind == PROPTER_PATTERN_LAGGED;
  return (PropterFinding){.metric = m->def.iri, .label = m->def.label, .detector = d->detector, .kind = d->kind, .first = day_of(series, d->from, false),
                          .last = day_of(series, d->to, true), .onset_low = day_of(series, d->low, false), .onset_high = day_of(series, d->high, true),
                          .onset_probability = d->probability, .size = d->size, .score = d->score, .p = d->p, .q = d->q,
                          .leader = lagged ? s->metric[d->leader]->def.label : (PropterStr){"", 0}, .lag = d->lag};
}

PropterStatus propter_findings(PropterInferrer *know, PropterStr metric, double rate, PropterFinding **out, size_t *count, PropterError *err) {
  Search s = {0};
  *out = NULL;
  *count = 0;
  PROPTER_TRY(metrics_named(know, &metric, metric.len ? 1 : 0, &s.metric, &s.count, err));
  PropterStatus status = search(know, &s, err);
  if (!status && !(*out = propter_calloc(s.found.count + 1, sizeof **out))) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu findings", s.found.count);
  for (size_t i = 0; i < s.found.count && !status; i++)
    if (s.found.items[i].q <= rate) (*out)[(*count)++] = describe(&s, &s.found.items[i]);
  propter_vec_clear(&s.found);
  propter_free(s.series);
  propter_free(s.leaders);
  propter_free(s.metric);
  return status;
}

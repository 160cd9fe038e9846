/* SPDX-License-Identifier: Apache-2.0 */
/* What an intervention would do: the effects of the same thing in the past, each an event study with the untouched slices as controls, pooled. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../detect/baseline.h"
#include "../graph/id.h"
#include "judge.h"
#include "propter/event.h"
#include "propter/math.h"
#include "words.h"

/* Periods before an event: four times as many as from it on, at least. */
enum { LEAST_BEFORE = 10 };

typedef struct {
  PropterPastEffect told;
  double effect, error; /* as it is pooled */
} Studied;

typedef struct {
  Know *know;
  KnowMetric *metric;
  PropterId cause;
  PropterStr name; /* of the cause, as asked: every event called so is meant, not the first alone */
  PropterArena *arena;
  PropterScale scale; /* of the metric; other than LEVEL, rows are logarithms and effects ratios */
  PROPTER_VEC(Studied) past;
  size_t events, told, crowded, thin;
} Study;

static PropterId find_event(const Know *know, PropterStr name, bool told, PropterStr *label) {
  for (size_t i = 0; i < know->events.count; i++) {
    const KnowEvent *e = &know->events.items[i];
    if (e->told == told && (propter_str_equal(e->iri, name) || propter_str_equal_caseless(e->label, name))) return *label = e->label, e->id;
  }
  return PROPTER_NO_ID;
}

/* By IRI or by label: a kind, or one event. */
static PropterId find_cause(const Know *know, PropterStr name, PropterStr *label) {
  const PropterId event = find_event(know, name, false, label);
  if (event) return event;
  for (size_t i = 0; i < know->events.count; i++)
    if (propter_str_equal_caseless(know->events.items[i].kind_label, name)) return *label = know->events.items[i].kind_label, know->events.items[i].kind;
  return PROPTER_NO_ID;
}

static PropterStatus find_concept(Know *know, PropterStr name, PropterId *id, PropterStr *label, PropterError *err) {
  if ((*id = find_cause(know, name, label))) return PROPTER_OK;
  for (size_t i = 0; i < know->concepts.count; i++)
    if (propter_str_equal_caseless(know->concepts.items[i].label, name)) *id = know->concepts.items[i].id, *label = know->concepts.items[i].label;
  if (!*id) *id = find_event(know, name, true, label);
  PropterTerm term = propter_iri(name);
  if (*id || !propter_iri_valid(name, NULL)) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_find(know->snapshot, &term, id, err));
  const KnowConcept *c = concept_find(know, *id);
  if (c) *label = c->label;
  if (!c) *id = PROPTER_NO_ID;
  return PROPTER_OK;
}

static bool is_meant(const Study *s, const KnowEvent *e) {
  return e->id == s->cause || propter_str_equal_caseless(e->label, s->name) || (e->kind && concept_covers(s->know, s->cause, e->kind));
}

/* Something else that is documented for this series began or ended within the days studied and shares half of the event's: what it did cannot be told apart. */
static bool is_crowded(const Study *s, const KnowEvent *e, PropterDay last) {
  for (size_t i = 0; i < s->know->events.count; i++) {
    const KnowEvent *x = &s->know->events.items[i];
    double part;
    if (x == e || x->told || x->start == PROPTER_NO_DAY || (is_meant(s, x) && x->start != e->start)) continue;
    if (scope_relation(s->know, &x->scope, &s->metric->scope, &part) == RELATION_DISJOINT) continue;
    if (event_shares(x, e->start, last)) return true;
  }
  return false;
}

/* The series without its seasonal part, from `first` on, as a logarithm where effects are ratios; false where one is missing or has none. From `holiday` on
 * what a holiday adds each time stays: its effect. */
static PropterStatus take_row(const Study *s, const PropterSeries *series, int32_t first, size_t count, size_t holiday, double *out, bool *whole,
                              PropterError *err) {
  Baseline *b = NULL;
  PropterScale scale = PROPTER_SCALE_LEVEL;
  int64_t at = (int64_t)first - series->first;
  *whole = at >= 0 && at + (int64_t)count <= (int64_t)series->count;
  if (!*whole) return PROPTER_OK;
  double *y = s->scale == PROPTER_SCALE_LEVEL ? NULL : propter_malloc(series->count * sizeof *y);
  if (s->scale != PROPTER_SCALE_LEVEL && !y) return propter_fail(err, PROPTER_NO_MEMORY, "%zu figures", series->count);
  PropterStatus status = y ? baseline_scaled(series, y, 0, false, &scale, &b, err) : baseline_changes(series, 0, &b, err);
  for (size_t i = 0; i < count && !status; i++) {
    const double value = b->y[(size_t)at + i] + (i >= holiday && b->yearly ? b->yearly[(size_t)at + i] : 0);
    out[i] = y ? log(scale_back(scale, value)) : value;
    *whole &= isfinite(out[i]) != 0;
  }
  baseline_free(b);
  propter_free(y);
  return status;
}

/* A change of the figure, or the part of it that a logarithm tells. */
static void put_effect(const Study *s, PropterBuf *buf, double effect) {
  const double part = 100 * expm1(effect);
  char text[PROPTER_NUMBER];
  if (s->scale == PROPTER_SCALE_LEVEL) say_change(buf, &s->metric->def, effect);
  else propter_buf_printf(buf, "%s %%", propter_number(text, part, fabs(part) < 9.95 ? 1 : 0, true));
}

/* The text of an effect and that of its range, one behind the other in the arena. */
static PropterStatus put_words(Study *s, double effect, double low, double high, PropterStr *effect_text, PropterStr *range_text, PropterError *err) {
  PropterBuf buf = {.max = 1 << 12};
  put_effect(s, &buf, effect);
  const size_t cut = buf.len;
  put_effect(s, &buf, low);
  propter_buf_printf(&buf, " to ");
  put_effect(s, &buf, high);
  PropterStr all;
  const PropterStatus status = keep(&buf, s->arena, &all, err);
  propter_buf_clear(&buf);
  if (status) return status;
  *effect_text = (PropterStr){all.data, cut};
  *range_text = (PropterStr){all.data + cut, all.len - cut};
  return PROPTER_OK;
}

/* Level of the figure while the event lasted, without it. */
static double level_without(const double *after, size_t count, double effect) {
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += after[i] - effect;
  return exp(sum / (double)count);
}

static PropterStatus add_past(Study *s, const KnowEvent *e, const PropterEventPanel *panel, PropterDay last, PropterError *err) {
  PropterEventEffect effect;
  PROPTER_TRY(propter_event_effect(panel, NULL, &effect, err));
  Studied one = {.told = {.event = e->iri, .label = e->label, .first = e->start, .last = last, .effect = effect.effect, .low = effect.low, .high = effect.high,
                          .error = effect.error, .controls = panel->controls},
                 .effect = effect.effect, .error = effect.error};
  if (!isfinite(effect.effect) || !(effect.error > 0)) return PROPTER_OK;
  if (panel->logs) {
    const double level = level_without(panel->treated + panel->before, panel->after, effect.effect);
    one.told.effect = level * expm1(effect.effect), one.told.low = level * expm1(effect.low), one.told.high = level * expm1(effect.high);
    one.told.error *= level;
  }
  PROPTER_TRY(put_words(s, effect.effect, effect.low, effect.high, &one.told.effect_text, &one.told.range_text, err));
  if (!(one.told.checks = propter_arena_copy(s->arena, propter_str(effect.text))).data) return propter_fail(err, PROPTER_NO_MEMORY, "an event study");
  return propter_vec_push(&s->past, one) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "%zu effects", s->past.count);
}

/* What an event acts on: the figure, or, of one that is cut by dimensions and adds up, the part in which it happened, and what it leaves alone beside that. */
typedef struct {
  const PropterSeries *treated; /* NULL: what it acts on cannot be told apart */
  PROPTER_VEC(const PropterSeries *) untouched;
} Acted;

static PropterStatus add_untouched(const Study *s, const KnowEvent *e, const KnowMetric *m, Acted *out, PropterError *err) {
  double part;
  if (scope_relation(s->know, &e->scope, &m->scope, &part) != RELATION_DISJOINT) return PROPTER_OK;
  return propter_vec_push(&out->untouched, &m->series.series) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "controls");
}

static PropterStatus acted_on(Study *s, const KnowEvent *e, Acted *out, PropterError *err) {
  Case c = {.know = s->know, .metric = s->metric};
  KnowCuts *cuts;
  PropterSeries *sum = NULL;
  double part;
  const bool inside = place_relation(s->know, &e->scope, &s->metric->scope, &part) == RELATION_CHILD;
  if (inside && s->scale == PROPTER_SCALE_LEVEL) PROPTER_TRY(know_part(s->know, s->metric, &e->scope, s->arena, &sum, err));
  out->treated = sum ? sum : scope_relation(s->know, &e->scope, &s->metric->scope, &part) == RELATION_CHILD ? NULL : &s->metric->series.series;
  if (sum) {
    PROPTER_TRY(know_cuts(s->know, s->metric, false, &cuts, err));
    for (size_t i = 0; i < cuts->count; i++) PROPTER_TRY(add_untouched(s, e, &cuts->items[i], out, err));
    return PROPTER_OK;
  }
  PropterStatus status = controls_find(&c, err);
  for (size_t i = 0; i < c.controls.count && !status; i++) status = add_untouched(s, e, c.controls.items[i], out, err);
  case_clear(&c);
  return status;
}

static PropterStatus study_rows(Study *s, const KnowEvent *e, const Acted *on, PropterError *err) {
  const PropterSeries *series = on->treated;
  Case c = {.know = s->know, .metric = s->metric};
  int32_t first, last;
  event_study_periods(&c, e, &first, &last);
  size_t after = (size_t)(last - first) + 1, before = 4 * after < LEAST_BEFORE ? LEAST_BEFORE : 4 * after, steps = before + after, rows = 0;
  if (is_crowded(s, e, propter_period_last(series->grain, last))) return s->crowded++, PROPTER_OK;
  double *row = propter_malloc((on->untouched.count + 1) * steps * sizeof *row);
  bool whole = false;
  if (!row) return propter_fail(err, PROPTER_NO_MEMORY, "an event study of %zu series", on->untouched.count);
  PropterStatus status = take_row(s, series, first - (int32_t)before, steps, e->holiday ? before : steps, row, &whole, err);
  for (size_t i = 0; i < on->untouched.count && whole && !status; i++) {
    bool full = false;
    status = take_row(s, on->untouched.items[i], first - (int32_t)before, steps, steps, row + (rows + 1) * steps, &full, err);
    rows += full;
  }
  if (!status && !whole) s->thin++;
  const PropterEventPanel panel = {.controls = rows, .before = before, .after = after, .treated = row, .control = row + steps,
                                   .logs = s->scale != PROPTER_SCALE_LEVEL};
  if (!status && whole) status = add_past(s, e, &panel, propter_period_last(series->grain, last), err);
  propter_free(row);
  return status;
}

static PropterStatus study_event(Study *s, const KnowEvent *e, PropterError *err) {
  Acted on = {0};
  PropterStatus status = acted_on(s, e, &on, err);
  if (!status && on.treated) status = study_rows(s, e, &on, err);
  else if (!status) s->thin++;
  propter_vec_clear(&on.untouched);
  return status;
}

/* What one event, or two, cannot show: how much the next will differ. */
static const double assumed_spread = .5; /* of the effect, one standard deviation */

/* Random effects (DerSimonian and Laird, Controlled Clinical Trials 1986); the interval is that of one more event of the kind (Higgins, Thompson and
 * Spiegelhalter, Journal of the Royal Statistical Society A 2009). */
static void pool(const Studied *past, size_t n, PropterWhatIf *out) {
  double w = 0, ww = 0, mean = 0, q = 0, between = 0, sum = 0, effect = 0;
  for (size_t i = 0; i < n; i++) {
    double v = 1 / (past[i].error * past[i].error);
    w += v, ww += v * v, mean += v * past[i].effect;
  }
  mean /= w;
  for (size_t i = 0; i < n; i++) q += (past[i].effect - mean) * (past[i].effect - mean) / (past[i].error * past[i].error);
  if (n > 1) between = fmax(0, (q - (double)(n - 1)) / (w - ww / w));
  for (size_t i = 0; i < n; i++) {
    double v = 1 / (past[i].error * past[i].error + between);
    sum += v, effect += v * past[i].effect;
  }
  out->effect = effect / sum;
  out->between_assumed = n < 3;
  if (out->between_assumed) between = fmax(between, pow(assumed_spread * out->effect, 2));
  out->between = sqrt(between);
  double reach = n > 2 ? propter_t_quantile(.975, (double)(n - 2)) : propter_normal_quantile(.975);
  out->low = out->effect - reach * sqrt(between + 1 / sum);
  out->high = out->effect + reach * sqrt(between + 1 / sum);
}

static PropterStatus say_missing(Study *s, PropterStr cause, PropterWhatIf *out, PropterError *err) {
  const char *metric = propter_arena_copy(s->arena, s->metric->def.label).data;
  const char *name = propter_arena_copy(s->arena, cause).data;
  if (!metric || !name) return propter_fail(err, PROPTER_NO_MEMORY, "a reason");
  if (!s->events)
    out->reason = propter_arena_printf(s->arena,
                                       "no event of %s with days and a place is on record or told by a document for %s; one would be needed "
                                       "(propter events takes a list)",
                                       name, metric);
  else if (s->crowded >= s->events)
    out->reason = propter_arena_printf(s->arena, "each of the %zu events of %s coincides with something else there; one that happens alone would be needed",
                                       s->events, name);
  else
    out->reason =
        propter_arena_printf(s->arena, "the figures of %s do not reach far enough before and into the %zu events of %s (%zu coincide with something else)",
                             metric, s->events, name, s->crowded);
  return out->reason.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "a reason");
}

/* Knowledge that it cannot act here. */
static const KnowLink *forbidden(const Study *s) {
  for (size_t i = 0; i < s->know->links.count; i++) {
    const KnowLink *link = &s->know->links.items[i];
    double part;
    PropterId one[1] = {link->effect};
    PropterIds scope = {one, 1, 1};
    if (!link->forbidden || !concept_covers(s->know, link->cause, s->cause)) continue;
    Relation r = scope_relation(s->know, &scope, &s->metric->scope, &part);
    if (ids_have(&s->metric->scope, link->effect) && r != RELATION_DISJOINT) return link;
  }
  return NULL;
}

static PropterDay end_of(const KnowEvent *e) { return e->end == PROPTER_NO_DAY ? e->start : e->end; }

typedef PROPTER_VEC(const KnowEvent *) Events;

static int by_start(const void *a, const void *b) {
  const KnowEvent *x = *(const KnowEvent *const *)a, *y = *(const KnowEvent *const *)b;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  if (x->told != y->told) return x->told ? 1 : -1;
  return x < y ? -1 : 1;
}

/* In the metric's scope, or in a part of it that may be read, on record or told by a document. */
static bool is_in_scope(const Study *s, const KnowEvent *e) {
  double part;
  const Relation r = scope_relation(s->know, &e->scope, &s->metric->scope, &part);
  return e->same_as == SIZE_MAX && (r == RELATION_SAME || r == RELATION_PARENT || (r == RELATION_CHILD && s->metric->def.slice_dimensions));
}

/* Those that are meant, by their days, without what is told of days that another of them has, the one on record or else the one that began first. */
static PropterStatus meant_events(const Study *s, Events *out, PropterError *err) {
  for (size_t i = 0; i < s->know->events.count; i++) {
    const KnowEvent *e = &s->know->events.items[i];
    if (e->start != PROPTER_NO_DAY && is_meant(s, e) && !propter_vec_push(out, e)) return propter_fail(err, PROPTER_NO_MEMORY, "%zu events", out->count);
  }
  const size_t n = out->count;
  if (!n) return PROPTER_OK;
  bool *again = propter_calloc(n, sizeof *again);
  if (!again) return propter_fail(err, PROPTER_NO_MEMORY, "%zu events", n);
  qsort(out->items, n, sizeof *out->items, by_start);
  PropterDay reach = PROPTER_NO_DAY, recorded = PROPTER_NO_DAY;
  for (size_t i = 0; i < n; i++) {
    const KnowEvent *e = out->items[i];
    again[i] = e->told && reach != PROPTER_NO_DAY && reach >= e->start;
    if (reach == PROPTER_NO_DAY || end_of(e) > reach) reach = end_of(e);
  }
  for (size_t i = n; i-- > 0;) {
    const KnowEvent *e = out->items[i];
    again[i] |= e->told && recorded != PROPTER_NO_DAY && recorded <= end_of(e);
    if (!e->told) recorded = e->start;
  }
  out->count = 0;
  for (size_t i = 0; i < n; i++)
    if (!again[i] && is_in_scope(s, out->items[i])) out->items[out->count++] = out->items[i];
  propter_free(again);
  return PROPTER_OK;
}

static int by_day(const void *a, const void *b) {
  const PropterPastEffect *x = &((const Studied *)a)->told, *y = &((const Studied *)b)->told;
  return x->first != y->first ? (x->first < y->first ? -1 : 1) : propter_str_compare(x->event, y->event);
}

static PropterStatus study_each(Study *s, PropterError *err) {
  Events meant = {0};
  PropterStatus status = meant_events(s, &meant, err);
  for (size_t i = 0; i < meant.count && !status; i++) {
    s->events++, s->told += meant.items[i]->told;
    status = study_event(s, meant.items[i], err);
  }
  propter_vec_clear(&meant);
  return status;
}

/* Median of the last periods, seasons and all. */
static PropterStatus present_level(const Study *s, double *out, PropterError *err) {
  const PropterSeries *series = &s->metric->series.series;
  double *last = propter_malloc((LEAST_BEFORE + 1) * sizeof *last);
  if (!last) return propter_fail(err, PROPTER_NO_MEMORY, "a level");
  size_t n = 0;
  for (size_t i = series->count; i-- > 0 && n < LEAST_BEFORE;)
    if (isfinite(series->value[i])) last[n++] = series->value[i];
  *out = n ? propter_median(last, n) : NAN;
  propter_free(last);
  return PROPTER_OK;
}

static PropterStatus put_level(const Study *s, PropterWhatIf *out, PropterError *err) {
  PropterBuf buf = {.max = 1 << 12};
  PROPTER_TRY(present_level(s, &out->level, err));
  say_change(&buf, &s->metric->def, out->level * out->part);
  propter_buf_printf(&buf, " at its present level of ");
  say_value(&buf, &s->metric->def, out->level);
  PropterStatus status = keep(&buf, s->arena, &out->level_text, err);
  propter_buf_clear(&buf);
  return status;
}

/* `amount` times what was pooled; of a ratio its power. */
static PropterStatus tell_effect(Study *s, double amount, PropterWhatIf *out, PropterError *err) {
  const double low = fmin(amount * out->low, amount * out->high), high = fmax(amount * out->low, amount * out->high);
  out->effect *= amount, out->low = low, out->high = high;
  PROPTER_TRY(put_words(s, out->effect, low, high, &out->effect_text, &out->range_text, err));
  if (s->scale == PROPTER_SCALE_LEVEL) return PROPTER_OK;
  out->relative = true;
  out->part = expm1(out->effect), out->part_low = expm1(low), out->part_high = expm1(high);
  PROPTER_TRY(put_level(s, out, err));
  out->effect = out->level * out->part, out->low = out->level * out->part_low, out->high = out->level * out->part_high;
  return PROPTER_OK;
}

static PropterStatus study_all(Study *s, PropterStr label, double amount, PropterWhatIf *out, PropterError *err) {
  const KnowLink *no = forbidden(s);
  PROPTER_TRY(know_series(s->know, s->metric, err));
  PROPTER_TRY(scale_choose(&s->metric->series.series, &s->scale, err));
  if (!no) PROPTER_TRY(study_each(s, err));
  out->events = s->events;
  out->told = s->told;
  out->pasts = s->past.count;
  if (no) {
    out->reason = no->reason;
    return PROPTER_OK;
  }
  if (!s->past.count) return say_missing(s, label, out, err);
  PropterPastEffect *kept = propter_arena_alloc(s->arena, s->past.count * sizeof *kept);
  if (!kept) return propter_fail(err, PROPTER_NO_MEMORY, "%zu effects", s->past.count);
  qsort(s->past.items, s->past.count, sizeof *s->past.items, by_day);
  for (size_t i = 0; i < s->past.count; i++) kept[i] = s->past.items[i].told;
  out->past = kept;
  out->identified = true;
  pool(s->past.items, out->pasts, out);
  return tell_effect(s, amount, out, err);
}

PropterStatus propter_what_if(PropterInferrer *know, PropterStr metric, PropterStr cause, double amount, PropterArena *arena, PropterWhatIf *out,
                              PropterError *err) {
  Study s = {.know = know, .metric = know_metric_named(know, metric), .name = cause, .arena = arena};
  *out = (PropterWhatIf){.effect = NAN, .low = NAN, .high = NAN, .between = NAN, .part = NAN, .part_low = NAN, .part_high = NAN, .level = NAN,
                         .reason = {"", 0}};
  if (!s.metric) return propter_fail(err, PROPTER_NOT_FOUND, "no metric is called \"%.*s\"", (int)metric.len, metric.data);
  if (!isfinite(amount)) return propter_fail(err, PROPTER_INVALID, "an amount that is no number");
  const KnowMetric *figure = know_metric_named(know, cause);
  if (figure) {
    out->metric = s.metric->def.label, out->cause = figure->def.label, out->figure = true;
    out->reason = PROPTER_STR("the cause is a figure, no event");
    return PROPTER_OK;
  }
  (void)pthread_mutex_lock(&know->lock);
  PropterStatus status = find_concept(know, cause, &s.cause, &out->cause, err);
  if (!status && !s.cause) status = propter_fail(err, PROPTER_NOT_FOUND, "no event and no kind of event is called \"%.*s\"", (int)cause.len, cause.data);
  out->metric = s.metric->def.label;
  if (!status) status = study_all(&s, out->cause, amount, out, err);
  propter_vec_clear(&s.past);
  (void)pthread_mutex_unlock(&know->lock);
  return status;
}

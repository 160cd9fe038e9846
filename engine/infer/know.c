/* SPDX-License-Identifier: Apache-2.0 */
#include "know.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "../graph/id.h"

/* --- what is left out -------------------------------------------------------------------------------------------------------- */

/* The name, or, of a file, the end of it from a slash on. */
static bool is_named(PropterStr iri, bool file, PropterStr name) {
  if (propter_str_equal(name, iri)) return true;
  if (!file || !name.len || name.len >= iri.len) return false;
  const PropterStr end = {iri.data + iri.len - name.len, name.len};
  return (name.data[0] == '/' || end.data[-1] == '/') && propter_str_equal(end, name);
}

/* Also marks the names as met, so that a name nothing answers to can be told from one that left something out. */
static bool leaves_out(Know *know, PropterStr iri, bool file) {
  bool found = false;
  for (size_t i = 0; i < know->options.without_count; i++)
    if (is_named(iri, file, know->options.without[i])) found = know->met[i] = true;
  return found;
}

static bool left_out(Know *know, PropterStr iri) { return leaves_out(know, iri, false); }

static PropterStatus all_met(const Know *know, PropterError *err) {
  for (size_t i = 0; i < know->options.without_count; i++) {
    PropterStr name = know->options.without[i];
    if (!know->met[i])
      return propter_fail(err, PROPTER_NOT_FOUND,
                          "cannot leave out \"%.*s\": the graph has no document, list of events, claim, event, link or review of that name",
                          (int)(name.len < 300 ? name.len : 300), name.data);
  }
  return PROPTER_OK;
}

static bool too_new(const Know *know, PropterDay known, PropterDay superseded) {
  PropterDay by = know->options.known_by;
  if (superseded != PROPTER_NO_DAY && (by == PROPTER_NO_DAY || superseded <= by)) return true;
  return by != PROPTER_NO_DAY && (known == PROPTER_NO_DAY || known > by);
}

static PropterDay day_or_none(Node *node, PropterVocab property) {
  PropterDay day;
  return node_day(node, property, &day) ? day : PROPTER_NO_DAY;
}

/* Calls `read` for each subject of a class. */
static PropterStatus each_of(Know *know, PropterVocab type, PropterStatus (*read)(Know *, Node *, PropterStr, PropterError *), PropterError *err) {
  PropterIds ids = {0};
  PropterStatus status = PROPTER_OK;
  if (!know->v[VOCAB_rdf_type] || !know->v[type]) return PROPTER_OK;
  if ((status = propter_snapshot_subjects(know->snapshot, know->v[VOCAB_rdf_type], know->v[type], &ids, err)) ||
      (status = sort_by_iri(know->snapshot, ids.items, ids.count, err)))
    goto done;
  for (size_t i = 0; i < ids.count && !status; i++) {
    Node node;
    PropterStr iri;
    if ((status = node_open(know->snapshot, know->v, ids.items[i], &node, err))) break;
    status = node_text(know->snapshot, ids.items[i], &know->arena, &iri, err);
    if (!status && !left_out(know, iri)) status = read(know, &node, iri, err);
    if (!status) status = node_failed(&node, err);
    node_close(&node);
  }
done:
  propter_vec_clear(&ids);
  return status;
}

/* --- metrics ------------------------------------------------------------------------------------------------------------------ */

static PropterStatus add_scope(PropterIds *scope, PropterId id, PropterError *err) {
  for (size_t i = 0; i < scope->count; i++)
    if (scope->items[i] == id) return PROPTER_OK;
  return propter_vec_push(scope, id) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "scope");
}

/* Its own, else that of its concept. */
static PropterStatus read_tier(Know *know, Node *node, KnowMetric *m, PropterError *err) {
  double tier = -1;
  Node concept;
  m->tier = -1;
  bool said = node_number(node, VOCAB_propter_tier, &tier);
  if (!said && m->def.concept_id) {
    PropterStatus status = node_open(know->snapshot, know->v, m->def.concept_id, &concept, err);
    said = !status && node_number(&concept, VOCAB_propter_tier, &tier);
    if (!status) status = node_failed(&concept, err);
    node_close(&concept);
    if (status) return status;
  }
  if (said && !(tier >= 0 && tier <= 1000 && tier == floor(tier)))
    return propter_fail(err, PROPTER_INVALID, "metric <%.*s>: propter:tier is %g; expected a whole number from 0 to 1000", (int)m->def.iri.len, m->def.iri.data,
                        tier);
  if (said) m->tier = (int)tier;
  return PROPTER_OK;
}

static PropterStatus read_other_labels(Know *know, const Node *node, KnowMetric *m, PropterError *err) {
  PropterIds ids = {0};
  PropterStatus status = node_all(node, VOCAB_skos_altLabel, &ids, err);
  if (!status) status = node_all(node, VOCAB_skos_notation, &ids, err);
  if (!status && ids.count && !(m->also = propter_arena_alloc(&know->arena, ids.count * sizeof *m->also)))
    status = propter_fail(err, PROPTER_NO_MEMORY, "%zu labels", ids.count);
  for (size_t i = 0; i < ids.count && !status; i++) status = node_text(know->snapshot, ids.items[i], &know->arena, &m->also[m->also_count++], err);
  propter_vec_clear(&ids);
  return status;
}

static PropterStatus read_metric(Know *know, Node *node, PropterStr iri, PropterError *err) {
  (void)iri;
  KnowMetric m = {0};
  PropterError ignored = {0};
  PropterStatus status = metric_read(know->snapshot, know->v, node->id, &know->arena, &m.def, &ignored);
  /* A metric that cannot be read is told to who asks for it; it must not keep others from being judged. */
  if (status == PROPTER_INVALID) return PROPTER_OK;
  if (status) return propter_fail(err, status, "%s", ignored.message);
  status = read_tier(know, node, &m, err);
  if (!status) status = read_other_labels(know, node, &m, err);
  if (!status && m.def.concept_id) status = add_scope(&m.scope, m.def.concept_id, err);
  for (size_t i = 0; i < m.def.fixed_count && !status; i++)
    if (concept_find(know, m.def.fixed[i].concept_id)) status = add_scope(&m.scope, m.def.fixed[i].concept_id, err);
  if (!status && !propter_vec_push(&know->metrics, m)) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu metrics", know->metrics.count);
  if (status) propter_vec_clear(&m.scope);
  return status;
}

static PropterStatus read_definition(Know *know, Node *node, PropterStr iri, PropterError *err) {
  (void)iri;
  PropterIds wholes = {0}, parts = {0};
  const PropterId sum = node_has(node, VOCAB_propter_operator, know->v[VOCAB_propter_SumOf]) ? node->id : PROPTER_NO_ID;
  PropterStatus status = node_all(node, VOCAB_propter_whole, &wholes, err);
  if (!status) status = node_all(node, VOCAB_propter_part, &parts, err);
  for (size_t i = 0; i < wholes.count && !status; i++)
    for (size_t k = 0; k < parts.count && !status; k++)
      if (!propter_vec_push(&know->edges, ((KnowEdge){wholes.items[i], parts.items[k], sum}))) status = propter_fail(err, PROPTER_NO_MEMORY, "definitions");
  propter_vec_clear(&wholes);
  propter_vec_clear(&parts);
  return status;
}

static PropterStatus ratio_edges(Know *know, PropterError *err) {
  for (size_t i = 0; i < know->metrics.count; i++) {
    const PropterMetric *m = &know->metrics.items[i].def;
    if (m->numerator && (!propter_vec_push(&know->edges, ((KnowEdge){m->id, m->numerator, PROPTER_NO_ID})) ||
                         !propter_vec_push(&know->edges, ((KnowEdge){m->id, m->denominator, PROPTER_NO_ID}))))
      return propter_fail(err, PROPTER_NO_MEMORY, "definitions");
  }
  return PROPTER_OK;
}

/* Everything above, and everything below: a part of a part, a whole of a whole; not the siblings. */
static PropterStatus find_kin(Know *know, KnowMetric *m, PropterError *err) {
  for (int up = 0; up < 2; up++) {
    PropterIds front = {0};
    PropterStatus status = propter_vec_push(&front, m->def.id) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "definitions");
    for (size_t i = 0; i < front.count && !status; i++)
      for (size_t e = 0; e < know->edges.count && !status; e++) {
        PropterId near = up ? know->edges.items[e].part : know->edges.items[e].whole, far = up ? know->edges.items[e].whole : know->edges.items[e].part;
        bool seen = near != front.items[i];
        for (size_t k = 0; k < front.count && !seen; k++) seen = front.items[k] == far;
        if (!seen && (!propter_vec_push(&front, far) || !propter_vec_push(&m->kin, far))) status = propter_fail(err, PROPTER_NO_MEMORY, "definitions");
      }
    propter_vec_clear(&front);
    if (status) return status;
  }
  ids_sort(&m->kin, 0);
  return PROPTER_OK;
}

KnowMetric *know_metric(Know *know, PropterStr iri) {
  for (size_t i = 0; i < know->metrics.count; i++)
    if (propter_str_equal(know->metrics.items[i].def.iri, iri)) return &know->metrics.items[i];
  return NULL;
}

KnowMetric *know_metric_named(Know *know, PropterStr name) {
  KnowMetric *m = know_metric(know, name);
  for (size_t i = 0; i < know->metrics.count && !m; i++)
    if (propter_str_equal_caseless(know->metrics.items[i].def.label, name)) m = &know->metrics.items[i];
  for (size_t i = 0; i < know->metrics.count && !m; i++)
    for (size_t k = 0; k < know->metrics.items[i].also_count && !m; k++)
      if (propter_str_equal_caseless(know->metrics.items[i].also[k], name)) m = &know->metrics.items[i];
  return m;
}

KnowMetric *know_metric_id(Know *know, PropterId id) {
  for (size_t i = 0; i < know->metrics.count; i++)
    if (know->metrics.items[i].def.id == id) return &know->metrics.items[i];
  return NULL;
}

/* Periods of the months that are over, where there is at least a year of them and a period is shorter than a month; else 0. */
static size_t closed_periods(const PropterSeries *s) {
  enum { LEAST_DAYS = 365 };
  if (!s->count || (s->grain != PROPTER_GRAIN_DAY && s->grain != PROPTER_GRAIN_WEEK)) return 0;
  PropterDay end = propter_period_last(s->grain, s->first + (int32_t)s->count - 1) + 1;
  PropterDay month = propter_period_first(PROPTER_GRAIN_MONTH, propter_period_of(PROPTER_GRAIN_MONTH, end));
  if (month - propter_period_first(s->grain, s->first) < LEAST_DAYS) return 0;
  size_t count = s->count;
  while (count && propter_period_last(s->grain, s->first + (int32_t)count - 1) >= month) count--;
  return count;
}

PropterStatus know_series(Know *know, KnowMetric *m, PropterError *err) {
  if (m->loaded) return PROPTER_OK;
  PROPTER_TRY(metric_series(know->snapshot, know->v, &m->def, m->slice, m->slice_count, know->options.known_by, &m->series, err));
  return know_take_series(know, m, err);
}

PropterStatus know_take_series(Know *know, KnowMetric *m, PropterError *err) {
  PROPTER_TRY(holidays_mark(know, m, &m->series.series, err));
  for (int k = 0; k < VIEWS; k++) m->view[k].series = m->series.series;
  m->view[VIEW_CLOSED].series.count = closed_periods(&m->series.series);
  m->loaded = true;
  return PROPTER_OK;
}

PropterStatus know_cell(Know *know, const KnowMetric *m, size_t index, PropterArena *arena, PropterSourceCell *out, PropterError *err) {
  const PropterSeries *s = &m->series.series;
  int32_t period = s->first + (int32_t)index;
  *out = (PropterSourceCell){.first = propter_period_first(s->grain, period),
                       .last = propter_period_last(s->grain, period),
                       .value = s->value[index],
                       .observation = {"", 0},
                       .file = {"", 0},
                       .column = {"", 0}};
  if (!m->series.observation[index]) return PROPTER_OK;
  Node node;
  double row = 0;
  PropterStatus status = node_open(know->snapshot, know->v, m->series.observation[index], &node, err);
  if (!status) status = node_text(know->snapshot, node.id, arena, &out->observation, err);
  if (!status) status = node_string(&node, VOCAB_propter_sourceFile, arena, &out->file, err);
  if (!status) status = node_string(&node, VOCAB_propter_sourceColumn, arena, &out->column, err);
  if (!status && node_number(&node, VOCAB_propter_sourceRow, &row) && row >= 1) out->row = (uint64_t)row;
  if (!status) status = node_failed(&node, err);
  node_close(&node);
  return status;
}

bool know_is_scope(const Know *know, PropterId id) {
  for (size_t i = 0; i < know->metrics.count; i++) {
    const KnowMetric *m = &know->metrics.items[i];
    if (m->def.id == id) return true;
    for (size_t k = 0; k < m->scope.count; k++)
      if (m->scope.items[k] == id || concept_covers(know, id, m->scope.items[k]) || concept_covers(know, m->scope.items[k], id)) return true;
  }
  return false;
}

/* --- events ------------------------------------------------------------------------------------------------------------------- */

static PropterProfile profile_of(const Know *know, PropterId id) {
  if (!id) return PROPTER_PROFILE_UNKNOWN;
  if (id == know->v[VOCAB_propter_Pulse]) return PROPTER_PROFILE_PULSE;
  if (id == know->v[VOCAB_propter_Step]) return PROPTER_PROFILE_STEP;
  if (id == know->v[VOCAB_propter_Ramp]) return PROPTER_PROFILE_RAMP;
  return id == know->v[VOCAB_propter_Path] ? PROPTER_PROFILE_PATH : PROPTER_PROFILE_UNKNOWN;
}

static int by_point(const void *a, const void *b) {
  const PropterPoint *x = a, *y = b;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  return x->value < y->value ? -1 : x->value > y->value;
}

static PropterStatus read_points(Know *know, Node *dose, KnowEvent *e, PropterError *err) {
  PropterIds ids = {0};
  PropterStatus status = node_all(dose, VOCAB_propter_point, &ids, err);
  if (!status && ids.count && !(e->point = propter_arena_alloc(&know->arena, ids.count * sizeof *e->point)))
    status = propter_fail(err, PROPTER_NO_MEMORY, "points");
  for (size_t i = 0; i < ids.count && !status; i++) {
    Node node;
    PropterPoint point;
    if ((status = node_open(know->snapshot, know->v, ids.items[i], &node, err))) break;
    PropterDay from = day_or_none(&node, VOCAB_propter_knownFrom), until = day_or_none(&node, VOCAB_propter_supersededAt);
    if (from == PROPTER_NO_DAY) from = e->known;
    if (node_day(&node, VOCAB_propter_at, &point.at) && node_number(&node, VOCAB_propter_value, &point.value) && !too_new(know, from, until))
      e->point[e->points++] = point;
    status = node_failed(&node, err);
    node_close(&node);
  }
  if (e->points) qsort(e->point, e->points, sizeof *e->point, by_point);
  propter_vec_clear(&ids);
  return status;
}

static PropterStatus read_dose(Know *know, Node *node, KnowEvent *e, PropterError *err) {
  PropterId id = node_one(node, VOCAB_propter_dose);
  if (!id) return PROPTER_OK;
  Node dose;
  PropterStatus status = node_open(know->snapshot, know->v, id, &dose, err);
  if (!status) status = node_string(&dose, VOCAB_propter_unit, &know->arena, &e->dose_unit, err);
  if (!status) status = node_string(&dose, VOCAB_propter_source, &know->arena, &e->dose_source, err);
  if (!status) status = read_points(know, &dose, e, err);
  if (!status) {
    e->profile = profile_of(know, node_one(&dose, VOCAB_propter_profile));
    bool plain = node_number(&dose, VOCAB_propter_value, &e->dose);
    if (e->points && (e->profile == PROPTER_PROFILE_PATH || !plain)) {
      e->profile = PROPTER_PROFILE_PATH;
      e->dose = 0;
      for (size_t i = 0; i < e->points; i++)
        if (fabs(e->point[i].value) > fabs(e->dose)) e->dose = e->point[i].value;
      e->has_dose = true;
    } else {
      e->has_dose = plain && e->profile != PROPTER_PROFILE_PATH && e->profile != PROPTER_PROFILE_UNKNOWN;
    }
    status = node_failed(&dose, err);
  }
  node_close(&dose);
  return status;
}

static int by_id(const void *a, const void *b) {
  const KnowPlace *x = a, *y = b;
  if (x->id != y->id) return x->id < y->id ? -1 : 1;
  return x->at < y->at ? -1 : x->at > y->at;
}

/* The first of that id, SIZE_MAX: none. */
static size_t at_id(const KnowPlaces *places, PropterId id) {
  size_t low = 0, high = places->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (places->items[middle].id < id) low = middle + 1;
    else high = middle;
  }
  return id && low < places->count && places->items[low].id == id ? places->items[low].at : SIZE_MAX;
}

/* Events that claims tell of and no statement names come later, and have no id. */
static PropterStatus index_ids(Know *know, PropterError *err) {
  bool kept = true;
  for (size_t i = 0; i < know->claims.count; i++) kept &= propter_vec_push(&know->claim_at, ((KnowPlace){know->claims.items[i].id, i}));
  for (size_t i = 0; i < know->events.count; i++) kept &= propter_vec_push(&know->event_at, ((KnowPlace){know->events.items[i].id, i}));
  if (!kept) return propter_fail(err, PROPTER_NO_MEMORY, "%zu claims and %zu events", know->claims.count, know->events.count);
  if (know->claim_at.count) qsort(know->claim_at.items, know->claim_at.count, sizeof *know->claim_at.items, by_id);
  if (know->event_at.count) qsort(know->event_at.items, know->event_at.count, sizeof *know->event_at.items, by_id);
  return PROPTER_OK;
}

size_t know_claim(const Know *know, PropterId id) { return at_id(&know->claim_at, id); }

/* Concepts that stand for what is measured and for nothing else: no slice of a metric, no place of an event on record, nothing broader and no parts. */
static PropterStatus find_measured(Know *know, PropterError *err) {
  PropterIds places = {0};
  bool kept = true;
  for (size_t i = 0; i < know->metrics.count; i++) {
    const PropterMetric *m = &know->metrics.items[i].def;
    for (size_t k = 0; k < m->fixed_count; k++) kept &= propter_vec_push(&places, m->fixed[k].concept_id);
  }
  for (size_t i = 0; i < know->events.count; i++) {
    const KnowEvent *e = &know->events.items[i];
    for (size_t k = 0; k < e->scope.count && !e->told; k++) kept &= propter_vec_push(&places, e->scope.items[k]);
  }
  ids_sort(&places, 0);
  for (size_t i = 0; i < know->metrics.count; i++) {
    const PropterId id = know->metrics.items[i].def.concept_id;
    const KnowConcept *c = concept_find(know, id);
    if (c && !c->above.count && c->leaves.count == 1 && !ids_have(&places, id)) kept &= propter_vec_push(&know->measured, id);
  }
  ids_sort(&know->measured, 0);
  propter_vec_clear(&places);
  return kept ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "concepts of %zu metrics", know->metrics.count);
}

static bool one_dataset(const Know *know) {
  for (size_t i = 1; i < know->metrics.count; i++)
    if (know->metrics.items[i].def.dataset != know->metrics.items[0].def.dataset) return false;
  return true;
}

void told_scope(const Know *know, KnowEvent *told) {
  size_t kept = 0, places = 0;
  for (size_t i = 0; i < told->scope.count; i++) places += !ids_have(&know->measured, told->scope.items[i]);
  if (told->has_dose || places == told->scope.count || (!places && !one_dataset(know))) return;
  for (size_t i = 0; i < told->scope.count; i++)
    if (!ids_have(&know->measured, told->scope.items[i])) told->scope.items[kept++] = told->scope.items[i];
  told->scope.count = kept;
}

/* A sentence about an event that is documented adds its words to that one, not another event: whether it is linked, or of its kind, time and place. */
PropterStatus match_told(Know *know, PropterError *err) {
  for (size_t i = 0; i < know->events.count; i++) {
    KnowEvent *e = &know->events.items[i];
    for (size_t k = 0; e->told && k < know->events.count && e->same_as == SIZE_MAX; k++) {
      const KnowEvent *other = &know->events.items[k];
      if (!other->told && ids_have(&e->close, other->id)) e->same_as = k;
    }
    for (size_t k = 0; e->told && k < know->events.count && e->same_as == SIZE_MAX; k++) {
      const KnowEvent *other = &know->events.items[k];
      double part;
      if (other->told || (e->kind && !other->kind) || e->start == PROPTER_NO_DAY || other->start == PROPTER_NO_DAY) continue;
      if (e->kind && !concept_covers(know, e->kind, other->kind) && !concept_covers(know, other->kind, e->kind)) continue;
      PropterDay end = e->end == PROPTER_NO_DAY ? e->start : e->end, other_end = other->end == PROPTER_NO_DAY ? other->start : other->end;
      bool same = e->start <= other_end && other->start <= end && scope_relation(know, &e->scope, &other->scope, &part) != RELATION_DISJOINT;
      /* By a word alone only what has at least half of its days in common. */
      PropterDay all = (end > other_end ? end : other_end) - (e->start < other->start ? e->start : other->start) + 1;
      PropterDay common = (end < other_end ? end : other_end) - (e->start > other->start ? e->start : other->start) + 1;
      same &= e->kind || 2 * common >= all;
      if (same && !e->kind) PROPTER_TRY(told_by_name(know, e, other, &same, err));
      if (same) e->same_as = k;
    }
  }
  return PROPTER_OK;
}

static bool same_sentence(const KnowClaim *a, const KnowClaim *b) {
  return a->document == b->document && a->document != SIZE_MAX && a->char_start == b->char_start && a->char_end == b->char_end;
}

/* What happened is of the kind that a claim gives as the cause, or an event of that kind is. */
static bool is_its_cause(Know *know, const KnowClaim *claim, const KnowEvent *e) {
  for (size_t i = 0; i < claim->causes.count && e->kind; i++) {
    const KnowEvent *named = know_event(know, claim->causes.items[i]);
    PropterId kind = named ? named->kind : claim->causes.items[i];
    if (kind && (concept_covers(know, kind, e->kind) || concept_covers(know, e->kind, kind))) return true;
  }
  return false;
}

/* "The rise between 1 and 6 April was the strike" dates the rise: days that a claim gives to the effect are not also those of the cause that its sentence
 * tells, or every wrong explanation of a move would have happened just then. */
static void undate_told(Know *know) {
  for (size_t i = 0; i < know->events.count; i++) {
    KnowEvent *e = &know->events.items[i];
    size_t said = e->told ? know_claim(know, e->quote) : SIZE_MAX;
    for (size_t k = 0; k < know->claims.count && said != SIZE_MAX; k++) {
      const KnowClaim *claim = &know->claims.items[k];
      bool own = claim->cause_start != PROPTER_NO_DAY || claim->effect_start == PROPTER_NO_DAY || !is_its_cause(know, claim, e);
      if (own || claim->effect_start != e->start || claim->effect_end != e->end || !same_sentence(claim, &know->claims.items[said])) continue;
      e->start = e->end = PROPTER_NO_DAY;
      break;
    }
  }
}

KnowEvent *know_event(Know *know, PropterId id) {
  const size_t at = at_id(&know->event_at, id);
  return at == SIZE_MAX ? NULL : &know->events.items[at];
}

/* --- documents and claims --------------------------------------------------------------------------------------------------------- */

/* "Note of March, v2" and "Note of March, v1" are one series. */
static PropterStatus series_of(const KnowDocument *d, uint64_t *series, PropterError *err) {
  PropterStr name = d->title.len ? d->title : propter_str_base_name(d->path);
  PropterBuf words = {.max = name.len + 1};
  size_t end = name.len;
  while (!d->title.len && end > 0 && name.data[end - 1] != '.') end--; /* a file's name goes as far as its last dot */
  end = end ? end - !d->title.len : name.len;
  for (size_t at = 0, from = 0; at <= end; at++) {
    if (at < end && !strchr(" \t-_.,;:/()", name.data[at])) continue;
    size_t before = words.len;
    for (size_t i = from; i < at; i++)
      if (!isdigit((unsigned char)name.data[i])) propter_buf_add_char(&words, (char)tolower((unsigned char)name.data[i]));
    if (words.len > before) propter_buf_add_char(&words, ' ');
    from = at + 1;
  }
  PropterStatus status = propter_buf_status(&words, err);
  *series = words.len ? propter_hash64(propter_buf_str(&words)) : 0;
  propter_buf_clear(&words);
  return status;
}

static PropterStatus read_document(Know *know, Node *node, PropterStr iri, PropterError *err) {
  KnowDocument d = {.id = node->id, .iri = iri};
  PROPTER_TRY(node_string(node, VOCAB_propter_path, &know->arena, &d.path, err));
  if (d.path.len && leaves_out(know, d.path, true)) return PROPTER_OK;
  PROPTER_TRY(node_string(node, VOCAB_dct_title, &know->arena, &d.title, err));
  d.published = day_or_none(node, VOCAB_propter_published);
  if (d.published == PROPTER_NO_DAY) d.published = day_or_none(node, VOCAB_dct_date);
  PROPTER_TRY(series_of(&d, &d.series, err));
  if (!propter_vec_push(&know->documents, d)) return propter_fail(err, PROPTER_NO_MEMORY, "%zu documents", know->documents.count);
  return PROPTER_OK;
}

static size_t find_document(const Know *know, PropterId id) {
  for (size_t i = 0; i < know->documents.count; i++)
    if (know->documents.items[i].id == id) return i;
  return SIZE_MAX;
}

static int by_hash(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

/* Words that say nothing about what a sentence is about. */
static bool empty_word(PropterStr word) {
  static const char *const empty[] = {
#define EMPTY(word) word,
#include "empty.def"
#undef EMPTY
  };
  for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
    if (propter_str_equal(word, propter_str(empty[i]))) return true;
  return false;
}

PropterStatus claim_words(Know *know, KnowClaim *claim, PropterError *err) {
  PropterStr q = claim->quote;
  char word[64];
  size_t max = q.len / 2 + 1, n = 0;
  uint64_t *hashes = propter_arena_alloc(&know->arena, max * sizeof *hashes);
  PropterBuf folded = {.max = q.len + 1};
  if (!hashes) return propter_fail(err, PROPTER_NO_MEMORY, "words of a quote");
  for (size_t i = 0; i < q.len;) {
    size_t len = 0;
    bool digits = false;
    for (; i < q.len; i++) {
      unsigned char c = (unsigned char)q.data[i];
      if (c == ',' && digits && i + 1 < q.len && isdigit((unsigned char)q.data[i + 1])) continue; /* 45,000 */
      if (c < 0x80 && !isalnum(c)) break;
      digits = digits ? c >= 0x80 || isdigit(c) : len == 0 && isdigit(c);
      if (len < sizeof word) word[len++] = (char)tolower(c);
    }
    if (len) {
      propter_buf_add(&folded, (PropterStr){word, len});
      propter_buf_add_char(&folded, ' ');
      bool number = isdigit((unsigned char)word[0]);
      if ((number || len > 3) && !empty_word((PropterStr){word, len})) {
        if (!number && len > 6) len = 6; /* endings carry grammar, not matter */
        hashes[n++] = propter_hash64((PropterStr){word, len});
      }
    } else {
      i++;
    }
  }
  claim->quote_hash = propter_hash64(propter_buf_str(&folded));
  PropterStatus status = propter_buf_status(&folded, err);
  propter_buf_clear(&folded);
  qsort(hashes, n, sizeof *hashes, by_hash);
  size_t distinct = 0;
  for (size_t i = 0; i < n; i++)
    if (i == 0 || hashes[i] != hashes[i - 1]) hashes[distinct++] = hashes[i];
  claim->words = hashes;
  claim->word_count = distinct;
  return status;
}

double claim_trust(const Know *know, const KnowClaim *claim) {
  (void)know;
  return claim->said * fmin(claim->cause_score, claim->effect_score);
}

double claim_similarity(const KnowClaim *a, const KnowClaim *b) {
  if (a->quote_hash == b->quote_hash) return 1;
  size_t common = 0;
  for (size_t i = 0, j = 0; i < a->word_count && j < b->word_count;) {
    if (a->words[i] < b->words[j])
      i++;
    else if (a->words[i] > b->words[j])
      j++;
    else
      common++, i++, j++;
  }
  size_t all = a->word_count + b->word_count - common, least = a->word_count < b->word_count ? a->word_count : b->word_count;
  double inside = least >= 6 ? (double)common / (double)least : 0;
  double jaccard = all ? (double)common / (double)all : 0;
  return inside >= 0.8 && inside > jaccard ? inside : jaccard;
}

static PropterStatus read_texts(Know *know, const Node *node, KnowClaim *c, PropterError *err) {
  const struct { PropterVocab property; PropterStr *to;
  } texts[] = {{VOCAB_propter_quote, &c->quote},
               {VOCAB_propter_causeText, &c->cause_text},
               {VOCAB_propter_effectText, &c->effect_text},
               {VOCAB_propter_section, &c->section},
               {VOCAB_propter_filePart, &c->part},
               {VOCAB_propter_rule, &c->rule},
               {VOCAB_propter_condition, &c->condition},
               {VOCAB_propter_quantityText, &c->quantity_text}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) PROPTER_TRY(node_string(node, texts[i].property, &know->arena, texts[i].to, err));
  return PROPTER_OK;
}

static bool place(Node *node, PropterVocab from, PropterVocab to, uint64_t *start, uint64_t *end) {
  double a, b;
  if (!node_number(node, from, &a) || !node_number(node, to, &b) || a < 0 || b < a) return false;
  *start = (uint64_t)a;
  *end = (uint64_t)b;
  return true;
}

static int polarity_of(const Know *know, PropterId polarity) {
  if (!polarity) return 0;
  if (polarity == know->v[VOCAB_propter_Increase] || polarity == know->v[VOCAB_propter_Enable]) return 1;
  return polarity == know->v[VOCAB_propter_Decrease] || polarity == know->v[VOCAB_propter_Prevent] ? -1 : 0;
}

static void read_flags(const Know *know, Node *node, KnowClaim *c) {
  double n;
  PropterId polarity = node_one(node, VOCAB_propter_polarity), kind = node_one(node, VOCAB_propter_claimKind);
  c->polarity = polarity_of(know, polarity);
  c->negated = node_true(node, VOCAB_propter_negated);
  c->hedge = node_number(node, VOCAB_propter_hedge, &n) && n > 0 ? fmin(n, 1) : 0;
  c->confidence = node_number(node, VOCAB_propter_confidence, &n) && n >= 0 && n <= 1 ? n : NAN;
  c->cause_score = node_number(node, VOCAB_propter_causeScore, &n) && n >= 0 && n <= 1 ? n : 1;
  c->effect_score = node_number(node, VOCAB_propter_effectScore, &n) && n >= 0 && n <= 1 ? n : 1;
  /* What has a unit is no number of single things. */
  c->has_quantity = !node_one(node, VOCAB_propter_unit) && node_number(node, VOCAB_propter_quantity, &c->quantity);
  c->kind = !kind                                      ? CLAIM_POST_HOC
            : kind == know->v[VOCAB_propter_TypeLevel] ? CLAIM_TYPE_LEVEL
            : kind == know->v[VOCAB_propter_ExAnte]    ? CLAIM_EX_ANTE
                                                       : CLAIM_POST_HOC;
  c->cause_start = day_or_none(node, VOCAB_propter_causeStart);
  c->cause_end = day_or_none(node, VOCAB_propter_causeEnd);
  c->effect_start = day_or_none(node, VOCAB_propter_effectStart);
  c->effect_end = day_or_none(node, VOCAB_propter_effectEnd);
  c->period_guessed = c->effect_start != PROPTER_NO_DAY && node_one(node, VOCAB_propter_periodFrom) != 0;
  c->has_bytes = place(node, VOCAB_propter_byteStart, VOCAB_propter_byteEnd, &c->byte_start, &c->byte_end);
  (void)place(node, VOCAB_propter_charStart, VOCAB_propter_charEnd, &c->char_start, &c->char_end);
}

/* A document that was left out takes what it says with it; one the graph does not describe is only a name. */
static PropterStatus place_document(Know *know, PropterId document, size_t *index, bool *left, PropterError *err) {
  PropterStr name;
  Node named;
  *left = false;
  if ((*index = find_document(know, document)) != SIZE_MAX) return PROPTER_OK;
  PROPTER_TRY(node_text(know->snapshot, document, &know->arena, &name, err));
  PROPTER_TRY(node_open(know->snapshot, know->v, document, &named, err));
  *left = node_has(&named, VOCAB_rdf_type, know->v[VOCAB_propter_Document]) || left_out(know, name);
  node_close(&named);
  return PROPTER_OK;
}

static void claim_clear(KnowClaim *c) { propter_vec_clear(&c->causes), propter_vec_clear(&c->scope), propter_vec_clear(&c->place); }

static PropterStatus read_claim(Know *know, Node *node, PropterStr iri, PropterError *err) {
  KnowClaim c = {.id = node->id, .iri = iri, .document = SIZE_MAX};
  PropterId document = node_one(node, VOCAB_propter_document);
  bool left = false;
  if (document) PROPTER_TRY(place_document(know, document, &c.document, &left, err));
  if (left) return PROPTER_OK;
  c.known = day_or_none(node, VOCAB_propter_knownFrom);
  if (c.known == PROPTER_NO_DAY && c.document != SIZE_MAX) c.known = know->documents.items[c.document].published;
  if (too_new(know, c.known, day_or_none(node, VOCAB_propter_supersededAt))) return PROPTER_OK;
  c.cause = node_one(node, VOCAB_propter_cause);
  c.effect = node_one(node, VOCAB_propter_effect);
  PROPTER_TRY(read_texts(know, node, &c, err));
  read_flags(know, node, &c);
  PROPTER_TRY(claim_words(know, &c, err));
  PropterStatus status = node_all(node, VOCAB_propter_cause, &c.causes, err);
  if (!status) status = node_all(node, VOCAB_propter_scope, &c.scope, err);
  if (!status && !propter_vec_push(&know->claims, c)) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu claims", know->claims.count);
  if (status) claim_clear(&c);
  return status;
}

/* An event with a document is what a sentence tells; the sentence is kept like a claim that names nothing. */
static PropterStatus read_told(Know *know, Node *node, PropterStr iri, KnowEvent *e, bool *left, PropterError *err) {
  KnowClaim c = {.id = node->id, .iri = iri, .document = SIZE_MAX};
  PropterId document = node_one(node, VOCAB_propter_document);
  if (!document) return PROPTER_OK;
  PROPTER_TRY(place_document(know, document, &c.document, left, err));
  if (*left) return PROPTER_OK;
  c.known = day_or_none(node, VOCAB_propter_knownFrom);
  if (c.known == PROPTER_NO_DAY && c.document != SIZE_MAX) c.known = know->documents.items[c.document].published;
  PROPTER_TRY(read_texts(know, node, &c, err));
  read_flags(know, node, &c);
  PROPTER_TRY(claim_words(know, &c, err));
  e->told = true;
  e->quote = node->id;
  e->happened = isnan(c.confidence) ? 1 - know->options.belief.sentence_error : c.confidence;
  if (e->known == PROPTER_NO_DAY) e->known = c.known;
  if (!propter_vec_push(&know->claims, c)) return propter_fail(err, PROPTER_NO_MEMORY, "%zu claims", know->claims.count);
  return PROPTER_OK;
}

enum { FILE_HOLIDAYS = 1, FILE_LEFT_OUT = 2 };

/* What follows from the file of an event, found out once a file. */
static PropterStatus file_of(Know *know, PropterId file, uint64_t *flags, PropterError *err) {
  bool added;
  PropterStr iri;
  uint64_t *known = propter_map_put(&know->files, (PropterStr){(const char *)&file, sizeof file}, 0, &added);
  if (!known) return propter_fail(err, PROPTER_NO_MEMORY, "files of events");
  if (added) {
    PROPTER_TRY(node_text(know->snapshot, file, &know->arena, &iri, err));
    *known = (names_holidays(iri) ? FILE_HOLIDAYS : 0) | (leaves_out(know, iri, true) ? FILE_LEFT_OUT : 0);
  }
  *flags = *known;
  return PROPTER_OK;
}

static PropterStatus read_holiday(Know *know, Node *node, KnowEvent *e, bool *left, PropterError *err) {
  PropterStr subject = {"", 0};
  uint64_t flags = 0;
  if (e->told) return PROPTER_OK;
  PropterId file = node_one(node, VOCAB_propter_sourceFile);
  PROPTER_TRY(node_string(node, VOCAB_dct_subject, &know->arena, &subject, err));
  if (file) PROPTER_TRY(file_of(know, file, &flags, err));
  e->holiday = (flags & FILE_HOLIDAYS) || event_names_holiday(e->kind_label, subject, e->label);
  *left = flags & FILE_LEFT_OUT;
  return PROPTER_OK;
}

static PropterStatus read_event(Know *know, Node *node, PropterStr iri, PropterError *err) {
  KnowEvent e = {.id = node->id, .iri = iri, .happened = 1, .same_as = SIZE_MAX, .kind_label = {"", 0}, .dose_source = {"", 0}, .dose_unit = {"", 0}};
  PropterStatus status = PROPTER_OK;
  bool left = false;
  PROPTER_TRY(read_told(know, node, iri, &e, &left, err));
  if (left) return PROPTER_OK;
  e.start = day_or_none(node, VOCAB_propter_start);
  e.end = day_or_none(node, VOCAB_propter_end);
  e.known = day_or_none(node, VOCAB_propter_knownFrom);
  if (e.known == PROPTER_NO_DAY) e.known = e.start;
  e.superseded = day_or_none(node, VOCAB_propter_supersededAt);
  if (too_new(know, e.known, e.superseded)) return PROPTER_OK;
  /* Its end is no more known before it came than the event itself. */
  if (know->options.known_by != PROPTER_NO_DAY && e.end != PROPTER_NO_DAY && e.end > know->options.known_by) e.end = PROPTER_NO_DAY;
  e.kind = node_one(node, VOCAB_propter_concept);
  if (!(status = label_of(know->snapshot, know->v, e.id, &know->arena, &e.label, err)) && e.kind)
    status = label_of(know->snapshot, know->v, e.kind, &know->arena, &e.kind_label, err);
  if (!status) status = read_holiday(know, node, &e, &left, err);
  if (left) return status;
  if (!status) status = node_string(node, VOCAB_dct_source, &know->arena, &e.source, err);
  if (!status && !e.source.len) status = node_string(node, VOCAB_propter_source, &know->arena, &e.source, err);
  if (!status) status = node_all(node, VOCAB_propter_scope, &e.scope, err);
  if (!status) status = node_all(node, VOCAB_propter_leadsTo, &e.leads, err);
  if (!status) status = node_all(node, VOCAB_skos_closeMatch, &e.close, err);
  if (!status) status = read_dose(know, node, &e, err);
  if (!status && !propter_vec_push(&know->events, e)) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu events", know->events.count);
  if (status) {
    propter_vec_clear(&e.scope);
    propter_vec_clear(&e.leads);
    propter_vec_clear(&e.close);
  }
  return status;
}

static int by_place(const void *a, const void *b) {
  const KnowClaim *x = a, *y = b;
  if (x->document != y->document) return x->document < y->document ? -1 : 1;
  if (x->char_start != y->char_start) return x->char_start < y->char_start ? -1 : 1;
  return propter_str_compare(x->iri, y->iri);
}

/* --- links and reviews ------------------------------------------------------------------------------------------------------------ */

/* Days of a duration of days, weeks or months (of 30 days): P3D, P2W, P1M; 0 for others. */
static int lag_days(PropterStr text) {
  int64_t n;
  if (text.len < 3 || text.data[0] != 'P' || !propter_str_to_int64((PropterStr){text.data + 1, text.len - 2}, &n) || n < 0 || n > 3660) return 0;
  char unit = text.data[text.len - 1];
  return (int)n * (unit == 'D' ? 1 : unit == 'W' ? 7 : unit == 'M' ? 30 : 0);
}

/* The metric or concept of that name: a metric's label or notation, then a concept's label; PROPTER_NO_ID: none. */
static PropterId thing_named(Know *know, PropterStr name) {
  const KnowMetric *m = know_metric_named(know, name);
  if (m) return m->def.id;
  for (size_t i = 0; i < know->concepts.count; i++)
    if (propter_str_equal_caseless(know->concepts.items[i].label, name)) return know->concepts.items[i].id;
  return PROPTER_NO_ID;
}

/* The end of a link that is said by name. */
static PropterStatus read_named_end(Know *know, Node *node, PropterVocab word, PropterStr reason, PropterId *end, bool *named, PropterError *err) {
  PropterStr name = {"", 0};
  PROPTER_TRY(node_string(node, word, &know->arena, &name, err));
  *named = name.len > 0;
  if (!name.len || (*end = thing_named(know, name))) return PROPTER_OK;
  if (!propter_vec_push(&know->unnamed, ((KnowUnnamed){name, reason}))) return propter_fail(err, PROPTER_NO_MEMORY, "links");
  return PROPTER_OK;
}

/* A constraint that says its ends by name: with one of them only, it holds for everything at the other. */
static PropterStatus read_named_ends(Know *know, Node *node, KnowLink *l, PropterError *err) {
  bool cause, effect;
  PROPTER_TRY(read_named_end(know, node, VOCAB_propter_causeText, l->reason, &l->cause, &cause, err));
  PROPTER_TRY(read_named_end(know, node, VOCAB_propter_effectText, l->reason, &l->effect, &effect, err));
  const PropterId one = cause ? l->cause : l->effect;
  if (cause == effect || !one || !l->forbidden) return PROPTER_OK;
  return propter_vec_push(&know->ends, ((KnowEnd){one, effect, l->reason})) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "links");
}

static PropterStatus read_link(Know *know, Node *node, PropterStr iri, PropterError *err) {
  KnowLink l = {.id = node->id, .iri = iri};
  /* Links that a run derived from claims are results, not knowledge. */
  if (node_one(node, VOCAB_propter_run)) return PROPTER_OK;
  PropterId constraint = node_one(node, VOCAB_propter_constraint);
  l.cause = node_one(node, VOCAB_propter_cause);
  l.effect = node_one(node, VOCAB_propter_effect);
  l.required = constraint && constraint == know->v[VOCAB_propter_Required];
  l.forbidden = constraint && constraint == know->v[VOCAB_propter_Forbidden];
  if (!node_number(node, VOCAB_propter_beliefFor, &l.belief) || l.belief < 0 || l.belief > 1) l.belief = l.required ? 1 : 0;
  PROPTER_TRY(node_string(node, VOCAB_propter_reason, &know->arena, &l.reason, err));
  if (constraint && !l.cause && !l.effect) PROPTER_TRY(read_named_ends(know, node, &l, err));
  if (!l.cause || !l.effect) return PROPTER_OK;
  l.polarity = polarity_of(know, node_one(node, VOCAB_propter_polarity));
  PropterStr lag = {"", 0};
  PROPTER_TRY(node_string(node, VOCAB_propter_lag, &know->arena, &lag, err));
  l.lag = lag_days(lag);
  if (!propter_vec_push(&know->links, l)) return propter_fail(err, PROPTER_NO_MEMORY, "%zu links", know->links.count);
  return PROPTER_OK;
}

static PropterStatus read_review(Know *know, Node *node, PropterStr iri, PropterError *err) {
  KnowReview r = {.id = node->id, .iri = iri, .time = {"", 0}, .reviewer = {"", 0}};
  PropterId verdict = node_one(node, VOCAB_propter_verdict), reviewer = node_one(node, VOCAB_propter_reviewer), time = node_one(node, VOCAB_prov_atTime);
  r.about = node_one(node, VOCAB_propter_hypothesis);
  if (!r.about) r.about = node_one(node, VOCAB_propter_basedOn);
  if (!r.about || !verdict) return PROPTER_OK;
  r.verdict = verdict == know->v[VOCAB_propter_Confirmed] ? 1 : verdict == know->v[VOCAB_propter_Refuted] ? -1 : 0;
  r.blind = node_true(node, VOCAB_propter_blind);
  r.audit = node_true(node, VOCAB_propter_audit);
  r.source_wrong = node_true(node, VOCAB_propter_sourceWrong);
  PROPTER_TRY(node_string(node, VOCAB_propter_reason, &know->arena, &r.reason, err));
  if (time) PROPTER_TRY(node_text(know->snapshot, time, &know->arena, &r.time, err));
  if (reviewer) PROPTER_TRY(node_text(know->snapshot, reviewer, &know->arena, &r.reviewer, err));
  if (know->options.known_by != PROPTER_NO_DAY) {
    PropterDay day;
    if (!propter_day_parse(r.time, &day) || day > know->options.known_by) return PROPTER_OK;
  }
  if (!propter_vec_push(&know->reviews, r)) return propter_fail(err, PROPTER_NO_MEMORY, "%zu reviews", know->reviews.count);
  return PROPTER_OK;
}

static int by_time(const void *a, const void *b) {
  const KnowReview *x = a, *y = b;
  int c = propter_str_compare(x->time, y->time);
  return c ? c : propter_str_compare(x->iri, y->iri);
}

/* The record so far: audited verdicts against the probability that is stored for what they judged. From 200 on it calibrates. */
static PropterStatus read_record(Know *know, PropterError *err) {
  PROPTER_VEC(double) p = {0};
  PROPTER_VEC(unsigned char) right = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < know->reviews.count && !status; i++) {
    const KnowReview *r = &know->reviews.items[i];
    Node node;
    double stored;
    if (!r->audit || !r->verdict) continue;
    if ((status = node_open(know->snapshot, know->v, r->about, &node, err))) break;
    bool has = node_number(&node, VOCAB_propter_probability, &stored);
    status = node_failed(&node, err);
    if (has) {
      know->audited++;
      know->audited_right += (stored >= .5) == (r->verdict > 0);
      if (!propter_vec_push(&p, stored) || !propter_vec_push(&right, (unsigned char)(r->verdict > 0)))
        status = propter_fail(err, PROPTER_NO_MEMORY, "audited reviews");
    }
    node_close(&node);
  }
  if (!status && know->audited >= 200) {
    know->calibrated = true;
    status = propter_calibration_fit(p.items, right.items, p.count, &know->options.score.calibration, err);
  }
  propter_vec_clear(&p);
  propter_vec_clear(&right);
  return status;
}

/* --- all of it -------------------------------------------------------------------------------------------------------------------- */

PropterStatus know_load(Know *know, PropterError *err) {
  know->met = propter_arena_alloc(&know->arena, (know->options.without_count + 1) * sizeof *know->met);
  if (!know->met) return propter_fail(err, PROPTER_NO_MEMORY, "%zu names to leave out", know->options.without_count);
  memset(know->met, 0, (know->options.without_count + 1) * sizeof *know->met);
  PROPTER_TRY(propter_vocab_ids(know->snapshot, know->v, err));
  PROPTER_TRY(concepts_load(know, err));
  PROPTER_TRY(each_of(know, VOCAB_propter_Metric, read_metric, err));
  PROPTER_TRY(each_of(know, VOCAB_propter_Definition, read_definition, err));
  PROPTER_TRY(ratio_edges(know, err));
  for (size_t i = 0; i < know->metrics.count; i++) PROPTER_TRY(find_kin(know, &know->metrics.items[i], err));
  PROPTER_TRY(each_of(know, VOCAB_propter_Document, read_document, err));
  PROPTER_TRY(each_of(know, VOCAB_propter_Event, read_event, err));
  PROPTER_TRY(each_of(know, VOCAB_propter_Claim, read_claim, err));
  if (know->claims.count) qsort(know->claims.items, know->claims.count, sizeof *know->claims.items, by_place);
  PROPTER_TRY(index_ids(know, err));
  PROPTER_TRY(events_rekind(know, err));
  undate_told(know);
  PROPTER_TRY(find_measured(know, err));
  for (size_t i = 0; i < know->events.count; i++) {
    const KnowEvent *e = &know->events.items[i];
    if (e->told || e->start == PROPTER_NO_DAY) continue;
    know->dated++, know->ended += e->end != PROPTER_NO_DAY;
  }
  for (size_t i = 0; i < know->events.count; i++)
    if (know->events.items[i].told) told_scope(know, &know->events.items[i]);
  PROPTER_TRY(match_told(know, err));
  PROPTER_TRY(claims_relink(know, err));
  PROPTER_TRY(claims_date(know, err));
  PROPTER_TRY(each_of(know, VOCAB_propter_CausalLink, read_link, err));
  PROPTER_TRY(each_of(know, VOCAB_propter_Review, read_review, err));
  PROPTER_TRY(all_met(know, err));
  if (know->reviews.count) qsort(know->reviews.items, know->reviews.count, sizeof *know->reviews.items, by_time);
  PROPTER_TRY(rates_learn(know, NULL, err));
  return read_record(know, err);
}

void know_metric_clear(KnowMetric *m) {
  cuts_clear(m);
  propter_vec_clear(&m->scope);
  propter_vec_clear(&m->kin);
  propter_vec_clear(&m->controls);
  propter_metric_series_clear(&m->series);
  for (int k = 0; k < VIEWS; k++) {
    propter_score_model_free(m->view[k].model);
    propter_free(m->view[k].covered);
  }
}

void know_clear(Know *know) {
  propter_vec_clear(&know->measured);
  propter_vec_clear(&know->event_at);
  propter_vec_clear(&know->claim_at);
  propter_map_clear(&know->files);
  history_clear(know);
  for (size_t i = 0; i < know->metrics.count; i++) know_metric_clear(&know->metrics.items[i]);
  for (size_t i = 0; i < know->events.count; i++) {
    propter_vec_clear(&know->events.items[i].scope);
    propter_vec_clear(&know->events.items[i].leads);
    propter_vec_clear(&know->events.items[i].close);
  }
  for (size_t i = 0; i < know->claims.count; i++) claim_clear(&know->claims.items[i]);
  propter_vec_clear(&know->metrics);
  propter_vec_clear(&know->events);
  propter_vec_clear(&know->documents);
  propter_vec_clear(&know->claims);
  propter_vec_clear(&know->links);
  propter_vec_clear(&know->ends);
  propter_vec_clear(&know->unnamed);
  propter_vec_clear(&know->reviews);
  propter_vec_clear(&know->edges);
  concepts_clear(know);
  propter_arena_clear(&know->arena);
}

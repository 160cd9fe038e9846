/* SPDX-License-Identifier: Apache-2.0 */
/* Names from the graph: concepts, metrics and events with their labels. */
#include <string.h>

#include "propter/vocab.h"
#include "names.h"

typedef struct {
  PropterNames *names;
  PropterSnapshot *snapshot;
  PropterId v[VOCAB_COUNT];
  PropterArena arena;
} Load;

static PropterStatus text_of(Load *l, PropterId id, PropterStr *out, PropterError *err) {
  PropterTerm term;
  PROPTER_TRY(propter_snapshot_term(l->snapshot, id, &l->arena, &term, err));
  *out = term.value;
  return PROPTER_OK;
}

static PropterStatus index_of(Load *l, PropterId id, unsigned roles, size_t *index, PropterError *err) {
  PropterStr iri;
  PROPTER_TRY(text_of(l, id, &iri, err));
  return propter_names_add(l->names, iri, roles, index, err);
}

static PropterStatus one(Load *l, PropterId s, PropterVocab p, PropterId *o, PropterError *err) {
  *o = PROPTER_NO_ID;
  return l->v[p] ? propter_snapshot_object(l->snapshot, s, l->v[p], o, err) : PROPTER_OK;
}

/* One more thing that bounds an event or a metric. */
static PropterStatus bound(Load *l, size_t index, PropterId place, PropterError *err) {
  size_t at;
  PROPTER_TRY(index_of(l, place, PROPTER_ROLE_SCOPE, &at, err));
  PropterNamed *n = propter_names_get(l->names, index);
  for (size_t i = 0; i < n->places; i++)
    if (n->place[i] == at) return PROPTER_OK;
  if (n->places < PROPTER_PLACES) n->place[n->places++] = at;
  return PROPTER_OK;
}

static PropterStatus labels(Load *l, PropterId s, size_t index, PropterError *err) {
  static const struct {
    PropterVocab property;
    double quality;
  } kinds[] = {
      {VOCAB_skos_prefLabel, 1}, {VOCAB_skos_altLabel, .97}, {VOCAB_skos_hiddenLabel, .93}, {VOCAB_rdfs_label, .97}, {VOCAB_skos_notation, READ_NOTATION},
      {VOCAB_skos_example, .86}};
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    PropterIds ids = {0};
    if (!l->v[kinds[k].property]) continue;
    PropterStatus status = propter_snapshot_objects(l->snapshot, s, l->v[kinds[k].property], &ids, err);
    for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++) {
      PropterTerm term;
      status = propter_snapshot_term(l->snapshot, ids.items[i], &l->arena, &term, err);
      if (status != PROPTER_OK || term.kind != PROPTER_TERM_LITERAL) continue;
      if (term.language.len && !propter_str_starts(term.language, propter_str(l->names->language.code))) continue;
      char spaced[256];
      PropterStr text = term.value;
      if (kinds[k].property == VOCAB_skos_notation && text.len < sizeof spaced) {
        memcpy(spaced, text.data, text.len);
        for (size_t c = 0; c < text.len; c++)
          if (spaced[c] == '_') spaced[c] = ' ';
        text.data = spaced;
      }
      status = (kinds[k].property == VOCAB_skos_example ? propter_names_describe : propter_names_label)(l->names, index, text, kinds[k].quality, err);
    }
    propter_vec_clear(&ids);
    PROPTER_TRY(status);
  }
  return PROPTER_OK;
}

static PropterStatus all_of(Load *l, PropterVocab class, PropterStatus (*each)(Load *, PropterId, PropterError *), PropterError *err) {
  PropterIds ids = {0};
  if (!l->v[class] || !l->v[VOCAB_rdf_type]) return PROPTER_OK;
  PropterStatus status = propter_snapshot_subjects(l->snapshot, l->v[VOCAB_rdf_type], l->v[class], &ids, err);
  for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++)
    if (propter_id_kind(ids.items[i]) == PROPTER_TERM_IRI) status = each(l, ids.items[i], err);
  propter_vec_clear(&ids);
  return status;
}

static PropterStatus each_concept(Load *l, PropterId s, PropterError *err) {
  size_t index, broad;
  PropterId scheme;
  PROPTER_TRY(index_of(l, s, PROPTER_ROLE_CONCEPT, &index, err));
  PROPTER_TRY(one(l, s, VOCAB_skos_inScheme, &scheme, err));
  propter_names_get(l->names, index)->scheme = scheme;
  PROPTER_TRY(labels(l, s, index, err));
  if (!l->v[VOCAB_skos_broader]) return PROPTER_OK;
  PropterIds ids = {0};
  PropterStatus status = propter_snapshot_objects(l->snapshot, s, l->v[VOCAB_skos_broader], &ids, err);
  for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++) {
    status = index_of(l, ids.items[i], 0, &broad, err);
    if (status == PROPTER_OK) status = propter_names_broader(l->names, index, broad, err);
  }
  propter_vec_clear(&ids);
  return status;
}

/* Every concept of the scheme of one has its role: all sectors are scopes, all causes kinds. */
static PropterStatus spread(Load *l, PropterId concept, unsigned role, PropterError *err) {
  PropterId scheme;
  PropterIds ids = {0};
  size_t index;
  PROPTER_TRY(index_of(l, concept, role, &index, err));
  PROPTER_TRY(one(l, concept, VOCAB_skos_inScheme, &scheme, err));
  if (!scheme) return PROPTER_OK;
  PropterStatus status = propter_snapshot_subjects(l->snapshot, l->v[VOCAB_skos_inScheme], scheme, &ids, err);
  for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++) status = index_of(l, ids.items[i], role, &index, err);
  propter_vec_clear(&ids);
  return status;
}

/* The members that a metric is fixed to are places of it. */
static PropterStatus fixed_members(Load *l, PropterId s, size_t index, PropterError *err) {
  PropterIds holders = {0};
  if (!l->v[VOCAB_propter_fixed]) return PROPTER_OK;
  PropterStatus status = propter_snapshot_objects(l->snapshot, s, l->v[VOCAB_propter_fixed], &holders, err);
  for (size_t i = 0; i < holders.count && status == PROPTER_OK; i++) {
    PropterId member;
    status = one(l, holders.items[i], VOCAB_propter_concept, &member, err);
    if (status == PROPTER_OK && !member) status = one(l, holders.items[i], VOCAB_propter_member, &member, err);
    if (status || !member || propter_id_kind(member) != PROPTER_TERM_IRI) continue;
    if ((status = spread(l, member, PROPTER_ROLE_SCOPE, err)) == PROPTER_OK) status = bound(l, index, member, err);
  }
  propter_vec_clear(&holders);
  return status;
}

static PropterStatus each_metric(Load *l, PropterId s, PropterError *err) {
  size_t index, scope;
  PropterId concept, scale, unit;
  PROPTER_TRY(index_of(l, s, PROPTER_ROLE_METRIC, &index, err));
  PROPTER_TRY(labels(l, s, index, err));
  PROPTER_TRY(one(l, s, VOCAB_propter_concept, &concept, err));
  PROPTER_TRY(one(l, s, VOCAB_propter_scale, &scale, err));
  PROPTER_TRY(one(l, s, VOCAB_propter_unit, &unit, err));
  double value = 0;
  PropterStr unit_text = {"", 0};
  if (scale) (void)propter_id_number(scale, &value);
  if (unit) PROPTER_TRY(text_of(l, unit, &unit_text, err));
  PropterNamed *m = propter_names_get(l->names, index);
  m->scale = value;
  if (unit_text.len && !(m->unit = names_keep(l->names, unit_text)).data) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for names");
  PROPTER_TRY(fixed_members(l, s, index, err));
  if (!concept) return PROPTER_OK;
  PROPTER_TRY(spread(l, concept, PROPTER_ROLE_SCOPE, err));
  PROPTER_TRY(index_of(l, concept, 0, &scope, err));
  PROPTER_TRY(bound(l, index, concept, err));
  m = propter_names_get(l->names, index);
  m->scope = scope;
  PropterNamed *sector = propter_names_get(l->names, scope);
  /* Metrics that are not counts of things (scale absent) lend a sector no unit. */
  if (m->scale > 0 && !(sector->scale > 0)) sector->scale = m->scale, sector->unit = m->unit;
  return PROPTER_OK;
}

static PropterStatus each_event(Load *l, PropterId s, PropterError *err) {
  PropterId document, kind, scope, start, end;
  size_t index, at;
  /* Events read from documents must not find themselves again. */
  PROPTER_TRY(one(l, s, VOCAB_propter_document, &document, err));
  if (document) return PROPTER_OK;
  PROPTER_TRY(index_of(l, s, PROPTER_ROLE_EVENT, &index, err));
  PROPTER_TRY(labels(l, s, index, err));
  PROPTER_TRY(one(l, s, VOCAB_propter_concept, &kind, err));
  PROPTER_TRY(one(l, s, VOCAB_propter_scope, &scope, err));
  PROPTER_TRY(one(l, s, VOCAB_propter_start, &start, err));
  PROPTER_TRY(one(l, s, VOCAB_propter_end, &end, err));
  PropterPeriod when = {PROPTER_NO_DAY, PROPTER_NO_DAY};
  if (start && propter_id_day(start, &when.first)) when.last = when.first;
  if (end) (void)propter_id_day(end, &when.last);
  propter_names_get(l->names, index)->when = when;
  if (kind) {
    PROPTER_TRY(spread(l, kind, PROPTER_ROLE_KIND, err));
    PROPTER_TRY(index_of(l, kind, 0, &at, err));
    propter_names_get(l->names, index)->kind = at;
  }
  if (!scope) return PROPTER_OK;
  PROPTER_TRY(index_of(l, scope, PROPTER_ROLE_SCOPE, &at, err));
  propter_names_get(l->names, index)->scope = at;
  PropterIds scopes = {0};
  PropterStatus status = propter_snapshot_objects(l->snapshot, s, l->v[VOCAB_propter_scope], &scopes, err);
  for (size_t i = 0; i < scopes.count && status == PROPTER_OK; i++) status = bound(l, index, scopes.items[i], err);
  propter_vec_clear(&scopes);
  return status;
}

/* A concept that a link names as a cause is a kind, though no event of it is known. Links that a run concluded do not count: they rest on what was read. */
static PropterStatus each_link(Load *l, PropterId s, PropterError *err) {
  PropterId cause, run;
  PROPTER_TRY(one(l, s, VOCAB_propter_run, &run, err));
  PROPTER_TRY(one(l, s, VOCAB_propter_cause, &cause, err));
  return !run && cause && propter_id_kind(cause) == PROPTER_TERM_IRI ? spread(l, cause, PROPTER_ROLE_KIND, err) : PROPTER_OK;
}

static PropterStatus each_kind(Load *l, PropterId s, PropterError *err) { return spread(l, s, PROPTER_ROLE_KIND, err); }

PropterStatus propter_names_load(PropterNames *names, PropterSnapshot *snapshot, PropterError *err) {
  Load l = {.names = names, .snapshot = snapshot};
  PropterStatus status = propter_vocab_ids(snapshot, l.v, err);
  if (status == PROPTER_OK) status = all_of(&l, VOCAB_skos_Concept, each_concept, err);
  if (status == PROPTER_OK) status = all_of(&l, VOCAB_propter_Metric, each_metric, err);
  if (status == PROPTER_OK) status = all_of(&l, VOCAB_propter_Event, each_event, err);
  if (status == PROPTER_OK) status = all_of(&l, VOCAB_propter_EventKind, each_kind, err);
  if (status == PROPTER_OK) status = all_of(&l, VOCAB_propter_CausalLink, each_link, err);
  if (status == PROPTER_OK) status = names_settle(names, err);
  propter_arena_clear(&l.arena);
  return status;
}

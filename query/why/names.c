/* SPDX-License-Identifier: Apache-2.0 */
/* The names of a graph's metrics and of the parts of their data. */
#include "propter/sparql.h"
#include "propter/vocab.h"
#include "lexicon.h"
#include "question.h"
#include "render.h"

typedef struct {
  PropterSnapshot *snapshot;
  PropterLexicon *lexicon;
  const PropterId *vocab;
  PropterArena arena;
  PropterIds ids;
  PropterError *err;
} Load;

typedef PropterStatus UseLabel(PropterStr label, void *payload, PropterError *err);

/* The literals that a subject has by one property; they live as long as the load's arena. */
static PropterStatus each_label(Load *l, PropterId subject, PropterVocab property, UseLabel *use, void *payload) {
  if (subject == PROPTER_NO_ID || l->vocab[property] == PROPTER_NO_ID) return PROPTER_OK;
  PropterIds labels = {0};
  PropterStatus status = propter_snapshot_objects(l->snapshot, subject, l->vocab[property], &labels, l->err);
  for (size_t i = 0; i < labels.count && status == PROPTER_OK; i++) {
    PropterTerm term;
    status = propter_snapshot_term(l->snapshot, labels.items[i], &l->arena, &term, l->err);
    if (status == PROPTER_OK && term.kind == PROPTER_TERM_LITERAL) status = use(term.value, payload, l->err);
  }
  propter_vec_clear(&labels);
  return status;
}

typedef struct {
  PropterLexicon *lexicon;
  size_t metric;
  PropterNameKind kind;
} Named;

static PropterStatus name_metric(PropterStr label, void *payload, PropterError *err) {
  const Named *n = payload;
  return propter_lexicon_add_name(n->lexicon, n->metric, n->kind, label, err);
}

/* The first of two properties that the subject has; empty: neither. */
static PropterStatus text_of(Load *l, PropterId subject, PropterVocab first, PropterVocab second, PropterStr *text) {
  const PropterVocab properties[] = {first, second};
  *text = (PropterStr){"", 0};
  for (size_t k = 0; k < 2 && !text->len && subject != PROPTER_NO_ID; k++) {
    PropterId o = PROPTER_NO_ID;
    PropterTerm term;
    if (l->vocab[properties[k]] != PROPTER_NO_ID) PROPTER_TRY(propter_snapshot_object(l->snapshot, subject, l->vocab[properties[k]], &o, l->err));
    if (o == PROPTER_NO_ID) continue;
    PROPTER_TRY(propter_snapshot_term(l->snapshot, o, &l->arena, &term, l->err));
    *text = term.value;
  }
  return PROPTER_OK;
}

static PropterStatus metric(Load *l, PropterId id) {
  static const struct {
    PropterVocab property;
    PropterNameKind kind;
  } kinds[] = {{VOCAB_skos_prefLabel, PROPTER_NAME_PREFERRED},
               {VOCAB_skos_altLabel, PROPTER_NAME_ALTERNATIVE},
               {VOCAB_skos_hiddenLabel, PROPTER_NAME_HIDDEN},
               {VOCAB_rdfs_label, PROPTER_NAME_ALTERNATIVE}};
  PropterMetric m;
  PropterStr title;
  size_t index;
  PROPTER_TRY(propter_metric_read(l->snapshot, id, &l->arena, &m, l->err));
  PROPTER_TRY(text_of(l, m.dataset, VOCAB_dct_title, VOCAB_rdfs_label, &title));
  PROPTER_TRY(propter_lexicon_add_metric(l->lexicon, m.iri, m.label, title, &index, l->err));
  propter_lexicon_set_good(l->lexicon, index, m.good_direction);
  for (int concept = 0; concept < 2; concept++)
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
      Named named = {l->lexicon, index, concept ? PROPTER_NAME_CONCEPT : kinds[k].kind};
      PROPTER_TRY(each_label(l, concept ? m.concept_id : id, kinds[k].property, name_metric, &named));
    }
  return PROPTER_OK;
}

PropterStatus propter_lexicon_load(PropterSnapshot *snapshot, PropterLexicon **out, PropterError *err) {
  *out = NULL;
  PropterId vocab[VOCAB_COUNT];
  Load l = {.snapshot = snapshot, .vocab = vocab, .err = err};
  PropterIds metrics = {0};
  PropterStatus status = propter_vocab_ids(snapshot, vocab, err);
  if (status == PROPTER_OK) status = propter_lexicon_new(&l.lexicon, err);
  if (status == PROPTER_OK) status = propter_metric_list(snapshot, &metrics, err);
  for (size_t i = 0; i < metrics.count && status == PROPTER_OK; i++) {
    status = metric(&l, metrics.items[i]);
    propter_arena_clear(&l.arena);
  }
  propter_vec_clear(&metrics);
  propter_vec_clear(&l.ids);
  propter_arena_clear(&l.arena);
  if (status != PROPTER_OK) {
    propter_lexicon_free(l.lexicon);
    return status;
  }
  *out = l.lexicon;
  return PROPTER_OK;
}

/* --- parts of the data --------------------------------------------------------------------------------------------------------- */

PropterStatus why_each_row(PropterSnapshot *snapshot, PropterBuf *text, PropterUseRow use, void *payload, PropterError *err) {
  PropterStatus status = propter_buf_status(text, err);
  if (status == PROPTER_OK) status = propter_query_each(snapshot, propter_buf_str(text), use, payload, err);
  propter_buf_clear(text);
  return status;
}

static PropterStr local_name(PropterStr iri) {
  size_t at = iri.len;
  while (at > 0 && iri.data[at - 1] != '#' && iri.data[at - 1] != '/' && iri.data[at - 1] != ':') at--;
  return (PropterStr){iri.data + at, iri.len - at};
}

enum { DIMENSION_NAMES = 4, RATIO_DEPTH = 4 };

typedef struct {
  PropterLexicon *lexicon;
  size_t metric, rows;
  PropterStr dimension, dimension_name[DIMENSION_NAMES];
  size_t dimension_names;
  PropterArena arena;
  PropterTerm last; /* the member whose names are being read */
  size_t member;
} Members;

static bool same(const PropterTerm *a, const PropterTerm *b) {
  return a->kind == b->kind && propter_str_equal(a->value, b->value) && propter_str_equal(a->datatype, b->datatype) &&
         propter_str_equal(a->language, b->language);
}

static PropterStatus add_member(const PropterTerm *row, void *payload, PropterError *err) {
  Members *m = payload;
  if (row[0].kind == PROPTER_TERM_BLANK) return PROPTER_OK;
  if (!m->rows++ || !same(&row[0], &m->last)) {
    propter_arena_clear(&m->arena);
    m->last = row[0];
    m->last.value = propter_arena_copy(&m->arena, row[0].value), m->last.datatype = propter_arena_copy(&m->arena, row[0].datatype);
    m->last.language = propter_arena_copy(&m->arena, row[0].language);
    if (!m->last.value.data || !m->last.datatype.data || !m->last.language.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    PROPTER_TRY(propter_lexicon_add_member(m->lexicon, m->metric, (PropterCut){m->dimension, row[0]}, &m->member, err));
  }
  const PropterStr name = row[1].kind == PROPTER_TERM_LITERAL ? row[1].value : row[0].kind == PROPTER_TERM_IRI ? local_name(row[0].value) : row[0].value;
  for (size_t i = 0; i < m->dimension_names; i++) PROPTER_TRY(propter_lexicon_add_member_name(m->lexicon, m->member, m->dimension_name[i], name, err));
  return PROPTER_OK;
}

/* Name of a dimension or member for people. */
static PropterStatus called(Load *l, PropterId id, PropterStr *name) {
  PropterTerm term;
  PROPTER_TRY(text_of(l, id, VOCAB_skos_prefLabel, VOCAB_rdfs_label, name));
  if (name->len) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_term(l->snapshot, id, &l->arena, &term, l->err));
  *name = term.kind == PROPTER_TERM_IRI ? local_name(term.value) : term.value;
  return PROPTER_OK;
}

static PropterStatus name_dimension(PropterStr label, void *payload, PropterError *err) {
  Members *m = payload;
  (void)err;
  if (m->dimension_names < DIMENSION_NAMES) m->dimension_name[m->dimension_names++] = label;
  return PROPTER_OK;
}

/* What a dimension is called, its alternative labels as well. */
static PropterStatus names_of_dimension(Load *l, PropterId dimension, Members *m) {
  PROPTER_TRY(called(l, dimension, &m->dimension_name[m->dimension_names++]));
  return each_label(l, dimension, VOCAB_skos_altLabel, name_dimension, m);
}

static PropterStatus count_row(const PropterTerm *row, void *payload, PropterError *err) {
  (void)err;
  int64_t n = 0;
  if (propter_str_to_int64(row[0].value, &n)) *(int64_t *)payload += n;
  return PROPTER_OK;
}

static PropterStatus add_group(const PropterTerm *row, void *payload, PropterError *err) {
  const PropterLexicon *members = ((Members *)payload)->lexicon->members;
  for (size_t i = 0; members && i < members->names.count; i++)
    if (propter_str_equal_caseless(members->names.items[i].text, row[1].value)) return PROPTER_OK; /* what observations hold goes first */
  return add_member(row, payload, err);
}

/* What members of the dimension are narrower than stands for them, if no observation holds it. */
static PropterStatus groups_of(Load *l, Members *m) {
  PropterBuf text = {0};
  propter_buf_printf(
      &text,
      "PREFIX p: <https://w3id.org/propter#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
      "SELECT ?m ?name { { SELECT DISTINCT ?m { { SELECT DISTINCT ?x { ?o <%.*s> ?x } } ?x (^p:member/p:concept)?/(skos:broader|^skos:narrower)+ ?m "
      "FILTER NOT EXISTS { ?held <%.*s> ?m } } } "
      "?m skos:prefLabel|skos:altLabel|rdfs:label ?name } ORDER BY ?m ?name",
      (int)m->dimension.len, m->dimension.data, (int)m->dimension.len, m->dimension.data);
  return why_each_row(l->snapshot, &text, add_group, m, l->err);
}

static PropterStatus members_of(Load *l, size_t metric, PropterId dimension, int64_t *room) {
  Members m = {.lexicon = l->lexicon, .metric = metric};
  PropterBuf text = {0};
  PropterTerm term;
  int64_t count = 0;
  PROPTER_TRY(propter_snapshot_term(l->snapshot, dimension, &l->arena, &term, l->err));
  m.dimension = term.value;
  PROPTER_TRY(names_of_dimension(l, dimension, &m));
  propter_buf_printf(&text, "SELECT (COUNT(DISTINCT ?m) AS ?n) { ?o <%.*s> ?m }", (int)term.value.len, term.value.data);
  PROPTER_TRY(why_each_row(l->snapshot, &text, count_row, &count, l->err));
  *room -= count;
  if (*room < 0) return PROPTER_OK;
  propter_buf_printf(
      &text,
      "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
      "SELECT ?m ?name { { SELECT DISTINCT ?m { ?o <%.*s> ?m } } OPTIONAL { ?m skos:prefLabel|skos:altLabel|rdfs:label ?name } } ORDER BY ?m ?name",
      (int)term.value.len, term.value.data);
  PropterStatus status = why_each_row(l->snapshot, &text, add_member, &m, l->err);
  if (!status) status = groups_of(l, &m);
  propter_arena_clear(&m.arena);
  return status;
}

static PropterStatus use_dimension(const PropterTerm *row, void *payload, PropterError *err) {
  Load *l = payload;
  PropterId id = PROPTER_NO_ID;
  PROPTER_TRY(propter_snapshot_find(l->snapshot, &row[0], &id, err));
  return id == PROPTER_NO_ID || propter_vec_push(&l->ids, id) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

/* The dimensions by which a metric that is a part of another ("tickets, phone") can be cut further: those of the whole that it does not hold. */
static PropterStatus dimensions_of_whole(Load *l, PropterStr iri, PropterMetric *m) {
  PropterBuf text = {0};
  l->ids.count = 0;
  propter_buf_printf(&text,
                     "PREFIX p: <https://w3id.org/propter#> SELECT DISTINCT ?d { <%.*s> p:dataset ?set ; p:measure ?measure . "
                     "?whole p:dataset ?set ; p:measure ?measure ; p:sliceBy ?d FILTER NOT EXISTS { <%.*s> p:fixed/p:dimension ?d } } ORDER BY ?d",
                     (int)iri.len, iri.data, (int)iri.len, iri.data);
  PROPTER_TRY(why_each_row(l->snapshot, &text, use_dimension, l, l->err));
  m->slice_dimension = l->ids.items, m->slice_dimensions = l->ids.count;
  return PROPTER_OK;
}

PropterStatus propter_lexicon_load_members(PropterLexicon *lexicon, PropterSnapshot *snapshot, size_t metric, size_t most, PropterError *err) {
  PropterId vocab[VOCAB_COUNT];
  Load l = {.snapshot = snapshot, .lexicon = lexicon, .vocab = vocab, .err = err};
  const PropterTerm iri = propter_iri(propter_lexicon_iri(lexicon, metric));
  PropterId id = PROPTER_NO_ID;
  PropterMetric m = {0};
  int64_t room = (int64_t)most;
  if (lexicon->members && lexicon->members_of == metric) return PROPTER_OK; /* they are there, from when it was asked with fewer names */
  PropterStatus status = propter_vocab_ids(snapshot, vocab, err);
  if (status == PROPTER_OK) status = propter_snapshot_find(snapshot, &iri, &id, err);
  if (status == PROPTER_OK && id != PROPTER_NO_ID) status = propter_metric_read(snapshot, id, &l.arena, &m, err);
  if (status == PROPTER_OK && m.fixed_count && !m.slice_dimensions) status = dimensions_of_whole(&l, iri.value, &m);
  if (status == PROPTER_OK) status = propter_metric_cut(snapshot, &m, RATIO_DEPTH, &l.arena, err);
  for (size_t i = 0; i < m.slice_dimensions && room >= 0 && status == PROPTER_OK; i++) status = members_of(&l, metric, m.slice_dimension[i], &room);
  propter_vec_clear(&l.ids);
  propter_arena_clear(&l.arena);
  return status;
}

PropterStatus why_slice_words(PropterSnapshot *snapshot, const PropterMember *slice, size_t count, PropterArena *arena, PropterStr *out, PropterError *err) {
  PropterId vocab[VOCAB_COUNT];
  Load l = {.snapshot = snapshot, .vocab = vocab, .err = err};
  PropterBuf text = {0};
  PropterStatus status = propter_vocab_ids(snapshot, vocab, err);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) {
    PropterStr dimension = {"", 0}, member = {"", 0};
    const bool again = i && slice[i].dimension == slice[i - 1].dimension, more = i + 1 < count && slice[i].dimension == slice[i + 1].dimension;
    if (!again) status = called(&l, slice[i].dimension, &dimension);
    if (status == PROPTER_OK) status = called(&l, slice[i].member, &member);
    propter_buf_add(&text, propter_str(!i ? "" : again && !more ? " and " : ", "));
    if (!again) propter_buf_printf(&text, "%.*s ", (int)dimension.len, dimension.data);
    propter_buf_add(&text, member);
  }
  if (status == PROPTER_OK) status = why_keep(&text, arena, out, err);
  propter_buf_clear(&text);
  propter_arena_clear(&l.arena);
  return status;
}

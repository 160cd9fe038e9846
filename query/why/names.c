/* SPDX-License-Identifier: Apache-2.0 */
/* The names of a graph's metrics. */
#include "propter/vocab.h"
#include "question.h"

typedef struct {
  PropterSnapshot *snapshot;
  PropterLexicon *lexicon;
  const PropterId *vocab;
  PropterArena arena;
  PropterIds ids;
  PropterError *err;
} Load;

/* Names of a subject, of one property. */
static PropterStatus names_of(Load *l, size_t metric, PropterId subject, PropterVocab property, PropterNameKind kind) {
  if (subject == PROPTER_NO_ID || l->vocab[property] == PROPTER_NO_ID) return PROPTER_OK;
  l->ids.count = 0;
  PROPTER_TRY(propter_snapshot_objects(l->snapshot, subject, l->vocab[property], &l->ids, l->err));
  for (size_t i = 0; i < l->ids.count; i++) {
    PropterTerm term;
    PROPTER_TRY(propter_snapshot_term(l->snapshot, l->ids.items[i], &l->arena, &term, l->err));
    if (term.kind == PROPTER_TERM_LITERAL) PROPTER_TRY(propter_lexicon_add_name(l->lexicon, metric, kind, term.value, l->err));
  }
  return PROPTER_OK;
}

static PropterStatus title_of(Load *l, PropterId dataset, PropterStr *title) {
  static const PropterVocab properties[] = {VOCAB_dct_title, VOCAB_rdfs_label};
  *title = (PropterStr){"", 0};
  for (size_t k = 0; k < 2 && !title->len && dataset != PROPTER_NO_ID; k++) {
    PropterId o = PROPTER_NO_ID;
    PropterTerm term;
    if (l->vocab[properties[k]] != PROPTER_NO_ID) PROPTER_TRY(propter_snapshot_object(l->snapshot, dataset, l->vocab[properties[k]], &o, l->err));
    if (o == PROPTER_NO_ID) continue;
    PROPTER_TRY(propter_snapshot_term(l->snapshot, o, &l->arena, &term, l->err));
    *title = term.value;
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
  PROPTER_TRY(title_of(l, m.dataset, &title));
  PROPTER_TRY(propter_lexicon_add_metric(l->lexicon, m.iri, m.label, title, &index, l->err));
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) PROPTER_TRY(names_of(l, index, id, kinds[k].property, kinds[k].kind));
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) PROPTER_TRY(names_of(l, index, m.concept_id, kinds[k].property, PROPTER_NAME_CONCEPT));
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

/* SPDX-License-Identifier: Apache-2.0 */
/* Candidate concepts: what unlinked arguments speak of, by the stems of their words; their list, counted from the claims that are there. */
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "propter/hash.h"
#include "propter/vocab.h"

enum { PHRASE_WORDS = 6 };

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for candidates"); }

/* Appends the stems that carry the phrase; false: they are too many, or none has letters. */
static bool key_of(const PropterNames *names, const NameWords *words, PropterBuf *key) {
  size_t count = 0;
  bool letters = false;
  for (size_t i = 0; i < words->count; i++) {
    PropterStr stem = propter_str(words->items[i].stem);
    if (propter_map_get(&names->small, propter_str(words->items[i].plain))) continue;
    if (++count > PHRASE_WORDS) return false;
    propter_buf_add(key, stem);
    propter_buf_add_char(key, ' ');
    letters |= stem.len > 2 && (stem.data[0] < '0' || stem.data[0] > '9');
  }
  return letters;
}

PropterStatus candidate_of(const PropterNames *names, PropterStr phrase, PropterArena *arena, PropterStr *iri, PropterError *err) {
  NameWords words = {0};
  PropterBuf key = {0};
  char hex[33];
  *iri = (PropterStr){"", 0};
  PropterStatus status = names_words(names, phrase, &words) ? PROPTER_OK : no_memory(err);
  /* An IRI is no phrase, though it may name nothing. */
  bool fits = status == PROPTER_OK && !propter_iri_valid(phrase, NULL) && key_of(names, &words, &key);
  if (status == PROPTER_OK) status = propter_buf_status(&key, err);
  if (status == PROPTER_OK && fits) {
    propter_hash_hex(propter_buf_str(&key), hex);
    *iri = propter_arena_printf(arena, "urn:propter:candidate:%.16s", hex);
    if (!iri->data) status = no_memory(err);
  }
  propter_vec_clear(&words);
  propter_buf_clear(&key);
  return status;
}

/* --- the list ------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterSnapshot *snapshot;
  PropterId v[VOCAB_COUNT];
  PropterArena *arena;
} List;

static PropterStatus claims_of(List *l, PropterId candidate, PropterVocab property, size_t *count, PropterStr *quote, PropterError *err) {
  PropterIds ids = {0};
  PropterStatus status = l->v[property] ? propter_snapshot_subjects(l->snapshot, l->v[property], candidate, &ids, err) : PROPTER_OK;
  *count = ids.count;
  PropterId words = PROPTER_NO_ID;
  if (status == PROPTER_OK && ids.count && !quote->len && l->v[VOCAB_propter_quote])
    status = propter_snapshot_object(l->snapshot, ids.items[0], l->v[VOCAB_propter_quote], &words, err);
  PropterTerm term;
  if (status == PROPTER_OK && words != PROPTER_NO_ID && (status = propter_snapshot_term(l->snapshot, words, l->arena, &term, err)) == PROPTER_OK)
    *quote = term.value;
  propter_vec_clear(&ids);
  return status;
}

/* In small letters before capital ones, short before long: words from the middle of a sentence, singular. */
static int by_form(const void *a_, const void *b_) {
  const PropterStr *a = a_, *b = b_;
  const bool small_a = a->len < 2 || a->data[1] >= 'a', small_b = b->len < 2 || b->data[1] >= 'a';
  if (small_a != small_b) return small_a ? -1 : 1;
  if (a->len != b->len) return a->len < b->len ? -1 : 1;
  return memcmp(a->data, b->data, a->len);
}

static PropterStatus labels_of(List *l, PropterId candidate, PropterConceptCandidate *out, PropterError *err) {
  PropterIds ids = {0};
  PropterStatus status = l->v[VOCAB_rdfs_label] ? propter_snapshot_objects(l->snapshot, candidate, l->v[VOCAB_rdfs_label], &ids, err) : PROPTER_OK;
  if (status == PROPTER_OK && ids.count && !(out->labels = propter_arena_alloc(l->arena, ids.count * sizeof *out->labels))) status = no_memory(err);
  PropterBuf b = {0};
  for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++) {
    PropterTerm term;
    status = propter_snapshot_term(l->snapshot, ids.items[i], l->arena, &term, err);
    propter_buf_reset(&b);
    if (status == PROPTER_OK) propter_term_write(&term, &b);
    if (status == PROPTER_OK) status = propter_buf_status(&b, err);
    if (status == PROPTER_OK && !(out->labels[out->label_count++] = propter_arena_copy(l->arena, propter_buf_str(&b))).data) status = no_memory(err);
  }
  if (status == PROPTER_OK && out->label_count) qsort(out->labels, out->label_count, sizeof *out->labels, by_form);
  propter_buf_clear(&b);
  propter_vec_clear(&ids);
  return status;
}

static int by_claims(const void *a_, const void *b_) {
  const PropterConceptCandidate *a = a_, *b = b_;
  size_t m = a->causes + a->effects, n = b->causes + b->effects;
  if (m != n) return m > n ? -1 : 1;
  return propter_str_compare(a->iri, b->iri);
}

PropterStatus propter_concept_candidates(PropterSnapshot *snapshot, PropterConceptCandidates *out, PropterError *err) {
  List l = {.snapshot = snapshot, .arena = &out->arena};
  PropterIds ids = {0};
  PropterStatus status = propter_vocab_ids(snapshot, l.v, err);
  if (status == PROPTER_OK && l.v[VOCAB_rdf_type] && l.v[VOCAB_propter_Candidate])
    status = propter_snapshot_subjects(snapshot, l.v[VOCAB_rdf_type], l.v[VOCAB_propter_Candidate], &ids, err);
  for (size_t i = 0; i < ids.count && status == PROPTER_OK; i++) {
    PropterConceptCandidate c = {.quote = {"", 0}};
    PropterTerm term;
    status = propter_snapshot_term(snapshot, ids.items[i], l.arena, &term, err);
    if (status == PROPTER_OK) c.iri = term.value, status = labels_of(&l, ids.items[i], &c, err);
    if (status == PROPTER_OK) status = claims_of(&l, ids.items[i], VOCAB_propter_causeCandidate, &c.causes, &c.quote, err);
    if (status == PROPTER_OK) status = claims_of(&l, ids.items[i], VOCAB_propter_effectCandidate, &c.effects, &c.quote, err);
    if (status == PROPTER_OK && c.label_count && !propter_vec_push(out, c)) status = no_memory(err);
  }
  if (status == PROPTER_OK && out->count) qsort(out->items, out->count, sizeof *out->items, by_claims);
  if (status != PROPTER_OK) propter_concept_candidates_clear(out);
  propter_vec_clear(&ids);
  return status;
}

/* Of a literal as N-Triples have it, in this language; else empty. */
static PropterStr words_in(PropterStr literal, const char *language) {
  size_t at = literal.len;
  while (at && literal.data[at - 1] != '@') at--;
  bool in = at > 3 && propter_str_equal((PropterStr){literal.data + at, literal.len - at}, propter_str(language));
  return in ? (PropterStr){literal.data + 1, at - 3} : (PropterStr){"", 0};
}

static PropterStatus near_in(const PropterNames *names, PropterArena *arena, PropterStr words, PropterConceptCandidate *c, PropterError *err) {
  PropterNameMatches found = {0};
  PropterStatus status = propter_names_rank(names, words, PROPTER_ROLE_CONCEPT | PROPTER_ROLE_KIND | PROPTER_ROLE_SCOPE | PROPTER_ROLE_METRIC, &found, err);
  for (size_t i = 0; i < found.count && c->near_count < PROPTER_NEAR && status == PROPTER_OK; i++) {
    PropterStr iri = propter_arena_copy(arena, names->things.items[found.items[i].index].iri);
    PropterNearConcept *near = &c->near[c->near_count++];
    *near = (PropterNearConcept){.iri = iri, .closeness = found.items[i].quality};
    status = iri.data ? names_like_words(names, words, found.items[i].index, arena, near, err) : no_memory(err);
  }
  propter_vec_clear(&found);
  return status;
}

/* Those of one language, whose names are made with the first of them. */
static PropterStatus near_of(PropterSnapshot *snapshot, const Language *language, size_t first, PropterConceptCandidates *list, PropterError *err) {
  PropterRules *rules = NULL;
  PropterNames *names = NULL;
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < first && i < list->count && status == PROPTER_OK; i++) {
    PropterConceptCandidate *c = &list->items[i];
    PropterStr words = words_in(c->labels[0], language->code);
    if (!words.len) continue;
    if (!rules) {
      status = propter_rules_open(language->code, NULL, 0, NULL, &rules, err);
      if (status == PROPTER_OK) status = names_new_in(language, &names, err);
      if (status == PROPTER_OK) status = rules_lexicon(rules, names, err);
      if (status == PROPTER_OK) status = names_near(names, err);
      if (status == PROPTER_OK) status = propter_names_load(names, snapshot, err);
    }
    c->near_count = 0;
    if (status == PROPTER_OK) status = near_in(names, &list->arena, words, c, err);
  }
  propter_names_free(names);
  propter_rules_free(rules);
  return status;
}

PropterStatus propter_concept_candidates_near(PropterSnapshot *snapshot, size_t first, PropterConceptCandidates *list, PropterError *err) {
  for (size_t l = 0; l < LANGUAGES; l++) PROPTER_TRY(near_of(snapshot, &languages[l], first, list, err));
  return PROPTER_OK;
}

void propter_concept_candidates_clear(PropterConceptCandidates *c) {
  propter_vec_clear(c);
  propter_arena_clear(&c->arena);
}

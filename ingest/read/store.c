/* SPDX-License-Identifier: Apache-2.0 */
/* A document's graph: the document, its claims, its happenings. Only IRIs, no blank nodes, so that equal documents give equal graphs but for their runs. */
#include <math.h>
#include <string.h>
#include <sys/types.h>

#include "propter/hash.h"
#include "propter/vocab.h"
#include "reading.h"

typedef struct {
  PropterWriter *writer;
  PropterNames *names;
  const PropterRules *rules;
  const PropterDocument *d;
  PropterStr iri, path;
  PropterId graph;
  PropterId v[VOCAB_COUNT]; /* made when first used */
  PropterMap said;          /* how often the same was said */
  PropterStr *happened;     /* by happening: the IRI of its event, or empty */
  size_t *told;             /* by claim: the happening that it gives as its cause, SIZE_MAX: none */
  const PropterReadings *readings;
  PropterArena arena;
} Sheet;

/* How sure it is that a clause which a claim gives as its cause is the event that the clause tells. */
static const double told_cause = .9;

/* What a clause tells that no expression knows and no claim gives as its cause is less sure. */
static const double told_loosely = .3;
/* What a claim must be to make a happening of a clause that alone may only report. */
static const double named_least = .3;
enum { SOON_DAYS = 7 };

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a document's graph"); }

static PropterStatus vocab(Sheet *s, PropterVocab term, PropterId *id, PropterError *err) {
  if (!s->v[term]) PROPTER_TRY(propter_vocab_intern(s->writer, term, &s->v[term], err));
  *id = s->v[term];
  return PROPTER_OK;
}

static PropterStatus intern(Sheet *s, const PropterTerm *term, PropterId *id, PropterError *err) { return propter_writer_intern(s->writer, term, id, err); }

static PropterStatus put(Sheet *s, PropterId subject, PropterVocab p, PropterId o, PropterError *err) {
  PropterId property;
  PROPTER_TRY(vocab(s, p, &property, err));
  return propter_writer_add(s->writer, (PropterQuad){subject, property, o, s->graph}, err);
}

static PropterStatus put_term(Sheet *s, PropterId subject, PropterVocab p, PropterTerm term, PropterError *err) {
  PropterId o;
  PROPTER_TRY(intern(s, &term, &o, err));
  return put(s, subject, p, o, err);
}

static PropterStatus put_is(Sheet *s, PropterId subject, PropterVocab p, PropterVocab o, PropterError *err) {
  PropterId id;
  PROPTER_TRY(vocab(s, o, &id, err));
  return put(s, subject, p, id, err);
}

static PropterStatus put_text(Sheet *s, PropterId subject, PropterVocab p, PropterStr text, PropterError *err) {
  return text.len ? put_term(s, subject, p, propter_literal(text), err) : PROPTER_OK;
}

static PropterStatus put_iri(Sheet *s, PropterId subject, PropterVocab p, PropterStr iri, PropterError *err) {
  return put_term(s, subject, p, propter_iri(iri), err);
}

static PropterStatus put_integer(Sheet *s, PropterId subject, PropterVocab p, uint64_t n, PropterError *err) {
  char text[24];
  (void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
  return put_term(s, subject, p, propter_typed(propter_str(text), propter_vocab_iri(VOCAB_xsd_integer)), err);
}

static PropterStatus put_decimal(Sheet *s, PropterId subject, PropterVocab p, double n, PropterError *err) {
  char text[64];
  (void)snprintf(text, sizeof text, "%.4f", n);
  size_t len = strlen(text);
  while (len > 2 && text[len - 1] == '0' && text[len - 2] != '.') text[--len] = '\0';
  return put_term(s, subject, p, propter_typed(propter_str(text), propter_vocab_iri(VOCAB_xsd_decimal)), err);
}

static PropterStatus put_duration(Sheet *s, PropterId subject, PropterVocab p, const char *duration, PropterError *err) {
  return duration[0] ? put_term(s, subject, p, propter_typed(propter_str(duration), propter_vocab_iri(VOCAB_xsd_duration)), err) : PROPTER_OK;
}

static PropterStatus put_day(Sheet *s, PropterId subject, PropterVocab p, PropterDay day, PropterError *err) {
  char text[16];
  if (day == PROPTER_NO_DAY) return PROPTER_OK;
  propter_day_format(day, text);
  return put_term(s, subject, p, propter_typed(propter_str(text), propter_vocab_iri(VOCAB_xsd_date)), err);
}

static PropterStatus put_true(Sheet *s, PropterId subject, PropterVocab p, PropterError *err) {
  return put_term(s, subject, p, propter_typed(PROPTER_STR("true"), propter_vocab_iri(VOCAB_xsd_boolean)), err);
}

static PropterStr words_of(const Sheet *s, PropterSpan span) {
  return (PropterStr){s->d->text.data + span.start, span.end > span.start ? span.end - span.start : 0};
}

/* A guess of the document's date gives way to the last day that the quote tells of as past, `told`. */
static PropterDay known_from(const Sheet *s, PropterDay told) {
  return s->d->published_guessed && told != PROPTER_NO_DAY && told > s->d->published ? told : s->d->published;
}

/* Where the quote stands, for claims and happenings alike. */
static PropterStatus put_quote(Sheet *s, PropterId node, PropterSpan quote, PropterDay known, PropterError *err) {
  PropterPlace place = propter_document_place(s->d, quote.start, quote.end);
  const PropterBlock *block = propter_document_block_at(s->d, quote.start);
  PROPTER_TRY(put_text(s, node, VOCAB_propter_quote, words_of(s, quote), err));
  PROPTER_TRY(put_iri(s, node, VOCAB_propter_document, s->iri, err));
  if (block) PROPTER_TRY(put_text(s, node, VOCAB_propter_section, block->section, err));
  PROPTER_TRY(put_integer(s, node, VOCAB_propter_charStart, place.char_start, err));
  PROPTER_TRY(put_integer(s, node, VOCAB_propter_charEnd, place.char_end, err));
  PROPTER_TRY(put_text(s, node, VOCAB_propter_filePart, place.part, err));
  PROPTER_TRY(put_text(s, node, VOCAB_propter_elementPath, place.path, err));
  PROPTER_TRY(put_integer(s, node, VOCAB_propter_byteStart, place.byte_start, err));
  PROPTER_TRY(put_integer(s, node, VOCAB_propter_byteEnd, place.byte_end, err));
  return put_day(s, node, VOCAB_propter_knownFrom, known, err);
}

/* Name of a node: what is said, by which rule, which of several it is, and the how manieth time; so a change elsewhere in the document leaves it. */
static PropterStatus name_node(Sheet *s, const char *what, PropterSpan quote, PropterSpan trigger, const char *rule, size_t n, PropterStr *iri,
                               PropterError *err) {
  char hex[33];
  PropterStr words = words_of(s, quote);
  PropterStr key = propter_arena_printf(&s->arena, "%.*s|%zd|%zu|%s|%zu", (int)words.len, words.data, (ssize_t)(trigger.start - quote.start),
                                        trigger.end - trigger.start, rule, n);
  uint64_t *times = key.data ? propter_map_put(&s->said, key, 0, NULL) : NULL;
  if (times && (*times)++) key = propter_arena_printf(&s->arena, "%.*s|%llu", (int)key.len, key.data, (unsigned long long)*times);
  if (!times || !key.data) return no_memory(err);
  propter_hash_hex(key, hex);
  *iri = propter_arena_printf(&s->arena, "%.*s#%s-%.16s", (int)s->iri.len, s->iri.data, what, hex);
  return iri->data ? PROPTER_OK : no_memory(err);
}

static PropterDay later(PropterDay a, PropterDay b) { return a == PROPTER_NO_DAY || (b != PROPTER_NO_DAY && b > a) ? b : a; }

/* --- claims ------------------------------------------------------------------------------------------------------------------- */

static bool happens(const Sheet *s, const Link *link) {
  return link->index != SIZE_MAX && propter_names_get(s->names, link->index)->roles & (PROPTER_ROLE_KIND | PROPTER_ROLE_EVENT);
}

/* The event of the clause that tells the claim's cause, unless that has a name of its own; empty: none. */
static PropterStr happened(const Sheet *s, const PropterReading *r, const Link *cause) {
  size_t told = s->told[r - s->readings->claims.items];
  return told == SIZE_MAX || happens(s, cause) ? (PropterStr){"", 0} : s->happened[told];
}

static PropterStatus put_link(Sheet *s, PropterId node, PropterVocab property, PropterVocab score, const Link *link, PropterError *err) {
  if (link->index == SIZE_MAX) return PROPTER_OK;
  PROPTER_TRY(put_iri(s, node, property, propter_names_get(s->names, link->index)->iri, err));
  return put_decimal(s, node, score, link->score > 1 ? 1 : link->score, err);
}

/* An argument that leads to nothing: what a person could make a concept of. Without tags only a short one is a phrase. */
static PropterStatus put_candidate(Sheet *s, PropterId node, PropterVocab property, PropterSpan phrase, PropterSpan argument, PropterError *err) {
  if (phrase.end <= phrase.start && (s->rules->tagged_phrase.count == 0 || s->d->column_count)) phrase = argument;
  PropterStr label = words_of(s, phrase), iri;
  PROPTER_TRY(candidate_of(s->names, label, &s->arena, &iri, err));
  if (!iri.len) return PROPTER_OK;
  PropterTerm term = propter_iri(iri), text = propter_literal(label);
  PropterId candidate;
  PROPTER_TRY(intern(s, &term, &candidate, err));
  PROPTER_TRY(put(s, node, property, candidate, err));
  text.language = propter_str(s->rules->language.code);
  PROPTER_TRY(put_term(s, candidate, VOCAB_rdfs_label, text, err));
  return put_is(s, candidate, VOCAB_rdf_type, VOCAB_propter_Candidate, err);
}

/* Who wrote it, and in which row of the table. */
static PropterStatus put_author(Sheet *s, PropterId node, const PropterReading *r, PropterError *err) {
  size_t base = s->path.len;
  while (base > 0 && s->path.data[base - 1] != '/') base--;
  PropterStr locator = propter_arena_printf(&s->arena, "%.*s:%llu", (int)(s->path.len - base), s->path.data + base, (unsigned long long)r->line);
  if (!locator.data) return no_memory(err);
  PROPTER_TRY(put_text(s, node, VOCAB_propter_locator, locator, err));
  PROPTER_TRY(put_text(s, node, VOCAB_dct_creator, words_of(s, r->author), err));
  return put_iri(s, node, VOCAB_prov_wasQuotedFrom, s->iri, err);
}

static PropterStatus put_claim(Sheet *s, const PropterReading *r, const Linked *l, const Link *cause, const Link *effect, size_t n, PropterError *err) {
  static const PropterVocab polarities[2][2] = {{VOCAB_propter_Decrease, VOCAB_propter_Increase}, {VOCAB_propter_Prevent, VOCAB_propter_Enable}};
  static const PropterVocab kinds[] = {VOCAB_propter_TypeLevel, VOCAB_propter_ExAnte, VOCAB_propter_PostHoc};
  PropterStr iri;
  PropterId node;
  PROPTER_TRY(name_node(s, "claim", r->quote, r->trigger, r->rule, n, &iri, err));
  PropterTerm term = propter_iri(iri);
  PROPTER_TRY(intern(s, &term, &node, err));
  PROPTER_TRY(put_is(s, node, VOCAB_rdf_type, VOCAB_propter_Claim, err));
  PropterDay past = kinds[l->kind] == VOCAB_propter_PostHoc ? later(r->when_cause.last, r->when_effect.last) : PROPTER_NO_DAY;
  PROPTER_TRY(put_quote(s, node, r->quote, r->line ? r->written : known_from(s, past), err));
  if (r->line) PROPTER_TRY(put_author(s, node, r, err));
  PROPTER_TRY(put_text(s, node, VOCAB_propter_rule, propter_str(r->rule), err));
  PROPTER_TRY(put_text(s, node, VOCAB_propter_causeText, words_of(s, r->cause), err));
  PROPTER_TRY(put_text(s, node, VOCAB_propter_effectText, words_of(s, r->effect), err));
  const PropterStr told_event = happened(s, r, cause);
  if (told_event.len) {
    PROPTER_TRY(put_iri(s, node, VOCAB_propter_cause, told_event, err));
    PROPTER_TRY(put_decimal(s, node, VOCAB_propter_causeScore, told_cause, err));
  } else {
    PROPTER_TRY(put_link(s, node, VOCAB_propter_cause, VOCAB_propter_causeScore, cause, err));
  }
  PROPTER_TRY(put_link(s, node, VOCAB_propter_effect, VOCAB_propter_effectScore, effect, err));
  const size_t told = s->told[r - s->readings->claims.items];
  const bool clause = told_event.len && !s->readings->happenings.items[told].moved.end;
  if (cause->index == SIZE_MAX && !clause) PROPTER_TRY(put_candidate(s, node, VOCAB_propter_causeCandidate, r->cause_phrase, r->cause, err));
  if (effect->index == SIZE_MAX) PROPTER_TRY(put_candidate(s, node, VOCAB_propter_effectCandidate, r->effect_phrase, r->effect, err));
  if (r->polarity && !l->elsewhere) PROPTER_TRY(put_is(s, node, VOCAB_propter_polarity, polarities[r->enabling][r->polarity > 0], err));
  if (r->counterfactual) PROPTER_TRY(put_true(s, node, VOCAB_propter_counterfactual, err));
  PROPTER_TRY(put_text(s, node, VOCAB_propter_attributedTo, words_of(s, r->speaker), err));
  if (r->negated) PROPTER_TRY(put_true(s, node, VOCAB_propter_negated, err));
  if (r->hedge > 0) PROPTER_TRY(put_decimal(s, node, VOCAB_propter_hedge, r->hedge, err));
  PROPTER_TRY(put_decimal(s, node, VOCAB_propter_confidence, r->confidence * (1 - r->hedge), err));
  PROPTER_TRY(put_text(s, node, VOCAB_propter_condition, words_of(s, r->condition), err));
  PROPTER_TRY(put_text(s, node, VOCAB_propter_exception, words_of(s, r->exception), err));
  PROPTER_TRY(put_is(s, node, VOCAB_propter_claimKind, kinds[l->kind], err));
  PROPTER_TRY(put_day(s, node, VOCAB_propter_causeStart, r->when_cause.first, err));
  PROPTER_TRY(put_day(s, node, VOCAB_propter_causeEnd, r->when_cause.last, err));
  PROPTER_TRY(put_day(s, node, VOCAB_propter_effectStart, r->when_effect.first, err));
  PROPTER_TRY(put_day(s, node, VOCAB_propter_effectEnd, r->when_effect.last, err));
  if (r->when_from) PROPTER_TRY(put_text(s, node, VOCAB_propter_periodFrom, propter_str(r->when_from), err));
  PROPTER_TRY(put_duration(s, node, VOCAB_propter_causeDuration, r->cause_duration, err));
  PROPTER_TRY(put_duration(s, node, VOCAB_propter_effectDuration, r->duration, err));
  if (r->quantity > 0) {
    PROPTER_TRY(put_decimal(s, node, VOCAB_propter_quantity, r->quantity, err));
    PROPTER_TRY(put_text(s, node, VOCAB_propter_quantityText, words_of(s, r->quantity_words), err));
    PropterStr unit =
        r->unit_per.len ? propter_arena_printf(&s->arena, "%.*s/%.*s", (int)r->unit.len, r->unit.data, (int)r->unit_per.len, r->unit_per.data) : r->unit;
    if (!unit.data && r->unit_per.len) return no_memory(err);
    PROPTER_TRY(put_text(s, node, VOCAB_propter_unit, unit, err));
  }
  for (size_t i = 0; i < l->scope_count; i++) PROPTER_TRY(put_iri(s, node, VOCAB_propter_scope, propter_names_get(s->names, l->scopes[i])->iri, err));
  return PROPTER_OK;
}

static PropterStatus put_claims(Sheet *s, const PropterReading *r, Stored *stored, PropterError *err) {
  Linked l;
  size_t n = 0;
  PROPTER_TRY(link_claim(s->names, s->rules, s->d, r, &l, err));
  for (size_t c = 0; c < l.cause_count; c++)
    for (size_t e = 0; e < l.effect_count; e++) {
      PROPTER_TRY(put_claim(s, r, &l, &l.causes[c], &l.effects[e], n++, err));
      stored->claims++;
      stored->linked += (l.causes[c].index != SIZE_MAX || happened(s, r, &l.causes[c]).len) && l.effects[e].index != SIZE_MAX;
    }
  return PROPTER_OK;
}

/* --- happenings ------------------------------------------------------------------------------------------------------------------ */

static PropterStatus put_dose(Sheet *s, PropterId event, PropterStr event_iri, double value, PropterStr unit, PropterError *err) {
  PropterStr iri = propter_arena_printf(&s->arena, "%.*s-dose", (int)event_iri.len, event_iri.data);
  PropterId node;
  if (!iri.data) return no_memory(err);
  PropterTerm term = propter_iri(iri);
  PROPTER_TRY(intern(s, &term, &node, err));
  PROPTER_TRY(put(s, event, VOCAB_propter_dose, node, err));
  PROPTER_TRY(put_decimal(s, node, VOCAB_propter_value, value, err));
  PROPTER_TRY(put_text(s, node, VOCAB_propter_unit, unit, err));
  PROPTER_TRY(put_is(s, node, VOCAB_propter_profile, VOCAB_propter_Pulse, err));
  return put_iri(s, node, VOCAB_propter_source, s->iri, err);
}

/* What a claim calls the happening that a clause tells without its kind: "the price rise" of "we raised the price". */
static PropterStatus named_by_claim(Sheet *s, const PropterHappening *h, size_t *kind, bool *named, PropterError *err) {
  for (size_t i = 0; i < s->readings->claims.count; i++) {
    Linked l;
    if (s->told[i] != (size_t)(h - s->readings->happenings.items)) continue;
    if (s->readings->claims.items[i].confidence < named_least) continue;
    *named = true;
    if (*kind != SIZE_MAX) return PROPTER_OK;
    PROPTER_TRY(link_claim(s->names, s->rules, s->d, &s->readings->claims.items[i], &l, err));
    if (l.cause_count == 1 && happens(s, &l.causes[0]) && propter_names_get(s->names, l.causes[0].index)->roles & PROPTER_ROLE_KIND) *kind = l.causes[0].index;
  }
  return PROPTER_OK;
}

/* The last of a path of headings. */
static PropterStr last_heading(PropterStr section) {
  for (size_t i = section.len; i-- > 3;)
    if (memcmp(section.data + i - 3, " > ", 3) == 0) return (PropterStr){section.data + i, section.len - i};
  return section;
}

/* What the happening is called; NULL data: no memory. */
static PropterStr label_of(Sheet *s, const PropterHappening *h) {
  if (h->label) return propter_str(h->label);
  PropterSpan name = h->name.end > h->name.start ? h->name : h->words;
  const PropterBlock *block = propter_document_block_at(s->d, h->quote.start);
  if (block && block->section.len && rules_any(s->rules, s->rules->pronoun.items, s->rules->pronoun.count, words_of(s, h->subject)))
    return last_heading(block->section); /* "It was closed from 3 to 9 May" */
  if (h->name_gap.start <= name.start || h->name_gap.end > name.end) return words_of(s, name);
  PropterStr front = words_of(s, (PropterSpan){name.start, h->name_gap.start}), back = words_of(s, (PropterSpan){h->name_gap.end, name.end});
  return propter_arena_printf(&s->arena, "%.*s%.*s", (int)front.len, front.data, (int)back.len, back.data);
}

static PropterStr file_of(const Sheet *s) {
  PropterStr name = propter_str_base_name(s->path);
  for (size_t i = name.len; i-- > 0;)
    if (name.data[i] == '.') return (PropterStr){name.data, i};
  return name;
}

/* What a surer one of its paragraph began, up to some days before, is what came of it: "The fan failed. From tomorrow only a cold buffet." */
static bool came_of(const Sheet *s, const PropterHappening *h) {
  const PropterBlock *block = propter_document_block_at(s->d, h->quote.start);
  for (size_t i = 0; block && i < s->readings->happenings.count; i++) {
    const PropterHappening *k = &s->readings->happenings.items[i];
    if (k == h || k->named || k->quote.start < block->start || k->quote.start >= block->end) continue;
    if (k->quote.start == h->quote.start || (k->when.first <= h->when.first && h->when.first - k->when.first <= SOON_DAYS)) return true;
  }
  return false;
}

static PropterStatus put_happening(Sheet *s, const PropterHappening *h, Stored *stored, PropterError *err) {
  LinkedHappening l;
  bool named = false;
  if (h->hedge >= .45) return PROPTER_OK;
  PROPTER_TRY(link_happening(s->names, s->rules, s->d, h, file_of(s), &l, err));
  PROPTER_TRY(named_by_claim(s, h, &l.kind, &named, err));
  const bool loose = h->loose && !named && !came_of(s, h);
  if ((h->named && !named && !loose) || l.figure) return PROPTER_OK;
  if (!l.scope_count && (!h->told || l.apart)) return PROPTER_OK;
  PropterStr iri;
  PropterId node;
  PROPTER_TRY(name_node(s, "event", h->quote, h->words, "happening", 0, &iri, err));
  PropterTerm term = propter_iri(iri);
  PROPTER_TRY(intern(s, &term, &node, err));
  s->happened[h - s->readings->happenings.items] = iri;
  const PropterNamed *scope = l.scope_count ? propter_names_get(s->names, l.scopes[0]) : NULL;
  PROPTER_TRY(put_is(s, node, VOCAB_rdf_type, VOCAB_propter_Event, err));
  PropterStr label = label_of(s, h);
  if (!label.data) return no_memory(err);
  PROPTER_TRY(put_text(s, node, VOCAB_rdfs_label, label, err));
  PROPTER_TRY(put_quote(s, node, h->quote, known_from(s, h->when.last), err));
  PROPTER_TRY(put_iri(s, node, VOCAB_propter_source, s->iri, err));
  if (l.kind != SIZE_MAX) PROPTER_TRY(put_iri(s, node, VOCAB_propter_concept, propter_names_get(s->names, l.kind)->iri, err));
  for (size_t i = 0; i < l.scope_count; i++) PROPTER_TRY(put_iri(s, node, VOCAB_propter_scope, propter_names_get(s->names, l.scopes[i])->iri, err));
  PROPTER_TRY(put_day(s, node, VOCAB_propter_start, h->when.first, err));
  if (h->ends) PROPTER_TRY(put_day(s, node, VOCAB_propter_end, h->when.last, err));
  PROPTER_TRY(put_decimal(s, node, VOCAB_propter_confidence, (loose ? told_loosely : 1) * h->confidence * (1 - h->hedge), err));
  if (h->quantity > 0) {
    PROPTER_TRY(put_decimal(s, node, VOCAB_propter_quantity, h->quantity, err));
    PROPTER_TRY(put_text(s, node, VOCAB_propter_quantityText, words_of(s, h->quantity_words), err));
    if (h->polarity && l.scope_count == 1 && scope && scope->scale > 0)
      PROPTER_TRY(put_dose(s, node, iri, h->polarity * h->quantity / scope->scale, scope->unit, err));
  }
  if (l.event != SIZE_MAX) PROPTER_TRY(put_iri(s, node, VOCAB_skos_closeMatch, propter_names_get(s->names, l.event)->iri, err));
  stored->happenings++;
  return PROPTER_OK;
}

static PropterStatus put_retold(Sheet *s, size_t i, PropterError *err) {
  PropterId node;
  const size_t again = s->readings->happenings.items[i].again;
  if (!again || !s->happened[i].len || !s->happened[again - 1].len) return PROPTER_OK;
  PropterTerm term = propter_iri(s->happened[i]);
  PROPTER_TRY(intern(s, &term, &node, err));
  return put_iri(s, node, VOCAB_skos_closeMatch, s->happened[again - 1], err);
}

PropterStatus store_document(PropterWriter *writer, PropterStr iri, PropterStr path, PropterStr fingerprint, PropterNames *names, const PropterRules *rules,
                             const PropterDocument *d, PropterReadings *readings, Stored *stored, PropterError *err) {
  Sheet *s = propter_calloc(1, sizeof *s);
  if (!s) return no_memory(err);
  *s = (Sheet){.writer = writer, .names = names, .rules = rules, .d = d, .iri = iri, .path = path};
  PropterTerm term = propter_iri(iri);
  PropterStatus status = intern(s, &term, &s->graph, err);
  PropterId node = s->graph;
  if (status == PROPTER_OK) status = put_is(s, node, VOCAB_rdf_type, VOCAB_propter_Document, err);
  if (status == PROPTER_OK) status = put_text(s, node, VOCAB_dct_title, d->title, err);
  if (status == PROPTER_OK) status = put_text(s, node, VOCAB_propter_path, path, err);
  if (status == PROPTER_OK) status = put_text(s, node, VOCAB_propter_hash, propter_str(d->hash), err);
  if (status == PROPTER_OK) status = put_text(s, node, VOCAB_propter_format, propter_str(d->format), err);
  if (status == PROPTER_OK) status = put_day(s, node, VOCAB_propter_published, d->published, err);
  /* A table with rejected rows is read again, so that they are told again. */
  if (status == PROPTER_OK && !readings->rejects.count) status = put_text(s, node, VOCAB_propter_parameters, fingerprint, err);
  s->readings = readings;
  if (status == PROPTER_OK && !(s->told = propter_arena_alloc(&s->arena, (readings->claims.count + 1) * sizeof *s->told))) status = no_memory(err);
  if (status == PROPTER_OK) status = told_join(names, rules, d, readings, s->told, err);
  if (status == PROPTER_OK && !(s->happened = propter_arena_alloc(&s->arena, (readings->happenings.count + 1) * sizeof *s->happened))) status = no_memory(err);
  for (size_t i = 0; status == PROPTER_OK && i < readings->happenings.count; i++) s->happened[i] = (PropterStr){"", 0};
  for (size_t i = 0; i < readings->happenings.count && status == PROPTER_OK; i++) status = put_happening(s, &readings->happenings.items[i], stored, err);
  for (size_t i = 0; i < readings->happenings.count && status == PROPTER_OK; i++) status = put_retold(s, i, err);
  for (size_t i = 0; i < readings->claims.count && status == PROPTER_OK; i++) status = put_claims(s, &readings->claims.items[i], stored, err);
  propter_map_clear(&s->said);
  propter_arena_clear(&s->arena);
  propter_free(s);
  return status;
}

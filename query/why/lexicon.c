/* SPDX-License-Identifier: Apache-2.0 */
/* Names of metrics, of the members of their dimensions and of causes. */
#include "lexicon.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory"); }

PropterStatus propter_lexicon_new(PropterLexicon **out, PropterError *err) {
  *out = NULL;
  PropterLexicon *l = propter_calloc(1, sizeof *l);
  if (!l) return no_memory(err);
  l->stemmer = sb_stemmer_new("english", "UTF_8");
  if (!l->stemmer) {
    propter_free(l);
    return no_memory(err);
  }
  *out = l;
  return PROPTER_OK;
}

void propter_lexicon_free(PropterLexicon *l) {
  if (!l) return;
  propter_lexicon_free(l->causes);
  propter_lexicon_free(l->members);
  propter_vec_clear(&l->slices);
  propter_vec_clear(&l->dimensions);
  propter_vec_clear(&l->terms);
  for (size_t i = 0; i < l->metrics.count; i++) propter_map_clear(&l->metrics.items[i].about);
  propter_vec_clear(&l->metrics);
  propter_vec_clear(&l->names);
  propter_map_clear(&l->vocabulary);
  propter_map_clear(&l->stems);
  propter_map_clear(&l->idle);
  propter_wordnet_close(l->wordnet);
  propter_arena_clear(&l->arena);
  sb_stemmer_delete(l->stemmer);
  propter_free(l);
}

size_t propter_lexicon_count(const PropterLexicon *lexicon) { return lexicon->metrics.count; }
PropterStr propter_lexicon_iri(const PropterLexicon *l, size_t metric) {
  return metric < l->metrics.count ? l->metrics.items[metric].iri : (PropterStr){"", 0};
}
PropterStr propter_lexicon_label(const PropterLexicon *l, size_t metric) {
  return metric < l->metrics.count ? l->metrics.items[metric].label : (PropterStr){"", 0};
}
struct sb_stemmer *why_lexicon_stemmer(PropterLexicon *l) {
  return l->stemmer;
}
bool why_lexicon_knows(const PropterLexicon *l, const Word *w) {
  return propter_map_get(&l->vocabulary, w->text) != NULL || propter_map_get(&l->stems, w->stem) != NULL;
}

bool why_lexicon_spells(const PropterLexicon *l, const Word *w) { return propter_map_get(&l->vocabulary, w->text) != NULL; }

bool why_lexicon_calls(const PropterLexicon *l, const Word *w) {
  for (size_t i = 0; i < l->names.count; i++) {
    const Name *n = &l->names.items[i];
    if (n->count == 1 && (propter_str_equal(l->terms.items[n->word[0]].text, w->text) || propter_str_equal(l->terms.items[n->word[0]].stem, w->stem)))
      return true;
  }
  return false;
}

static PropterStatus add_about(PropterLexicon *l, Metric *m, PropterStr text, PropterError *err) {
  Words words;
  PropterArena scratch = {0};
  PropterStatus status = why_words_split(text, l->stemmer, PROPTER_QUESTION_WORDS, &scratch, &words, err);
  for (size_t i = 0; status == PROPTER_OK && i < words.count; i++)
    if (!words.word[i].number && (!propter_map_put(&m->about, words.word[i].stem, 1, NULL) || !propter_map_put(&m->about, words.word[i].text, 1, NULL)))
      status = no_memory(err);
  propter_arena_clear(&scratch);
  return status;
}

PropterStatus propter_lexicon_add_metric(PropterLexicon *l, PropterStr iri, PropterStr label, PropterStr about, size_t *metric, PropterError *err) {
  Metric m = {.iri = propter_arena_copy(&l->arena, iri), .label = propter_arena_copy(&l->arena, label), .first = PROPTER_NO_DAY, .last = PROPTER_NO_DAY};
  if (!m.iri.data || !m.label.data || !propter_vec_push(&l->metrics, m)) return no_memory(err);
  if (metric) *metric = l->metrics.count - 1;
  return add_about(l, &l->metrics.items[l->metrics.count - 1], about, err);
}

void propter_lexicon_set_good(PropterLexicon *l, size_t metric, int direction) {
  if (metric < l->metrics.count) l->metrics.items[metric].good = direction;
}

int why_lexicon_good(const PropterLexicon *l, size_t metric) { return l->metrics.items[metric].good; }

PropterStatus why_lexicon_wordnet(PropterLexicon *l, const PropterWordnet **out, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  if (!l->looked) status = propter_wordnet_open(NULL, &l->wordnet, err);
  l->looked |= status != PROPTER_NO_MEMORY, *out = l->wordnet;
  return status == PROPTER_NO_MEMORY ? status : PROPTER_OK;
}

static PropterStatus add_term(PropterLexicon *l, const Word *w, uint32_t *index, PropterError *err) {
  bool added;
  uint64_t *at = propter_map_put(&l->vocabulary, w->text, l->terms.count, &added);
  if (!at || !propter_map_put(&l->stems, w->stem, 1, NULL)) return no_memory(err);
  *index = (uint32_t)*at;
  return !added || propter_vec_push(&l->terms, ((Term){w->text, w->stem})) ? PROPTER_OK : no_memory(err);
}

PropterStatus propter_lexicon_add_name(PropterLexicon *l, size_t metric, PropterNameKind kind, PropterStr name, PropterError *err) {
  if (metric >= l->metrics.count) return propter_fail(err, PROPTER_INVALID, "no such metric: %zu", metric);
  if (!propter_utf8_valid(name, NULL) || name.len > PROPTER_QUESTION_BYTES) return PROPTER_OK; /* nobody can ask by such a name */
  Words words;
  PROPTER_TRY(why_words_split(name, l->stemmer, PROPTER_QUESTION_WORDS, &l->arena, &words, err));
  Name n = {.metric = metric, .kind = kind, .text = propter_arena_copy(&l->arena, name)};
  n.word = propter_arena_alloc(&l->arena, (words.count + 1) * sizeof *n.word);
  if (!n.text.data || !n.word) return no_memory(err);
  for (int all = 0; all < 2 && n.count == 0; all++)
    for (size_t i = 0; i < words.count; i++)
      if (all || !why_joins(&words.word[i])) PROPTER_TRY(add_term(l, &words.word[i], &n.word[n.count++], err));
  if (n.count == 0) return PROPTER_OK;
  if (!propter_vec_push(&l->names, n)) return no_memory(err);
  return add_about(l, &l->metrics.items[metric], name, err);
}

void why_lexicon_days(const PropterLexicon *c, size_t cause, PropterDay *first, PropterDay *last) {
  const Metric *m = &c->metrics.items[cause];
  *first = m->first, *last = m->last;
}

PropterLexicon *why_lexicon_causes(PropterLexicon *l) { return l->causes; }

/* A name up to the first number or month in it: "Verizon strike" of "Verizon strike, August 2011". */
static PropterStr undated(const Words *words, PropterStr name) {
  size_t end = 0;
  for (size_t i = 0; i < words->count; i++) {
    if (words->word[i].number || why_date_word(words->word[i].text, DATE_MONTH, NULL, NULL)) break;
    end = words->word[i].end;
  }
  return (PropterStr){name.data, end};
}

PropterStatus propter_lexicon_add_cause(PropterLexicon *l, PropterStr iri, PropterStr name, PropterDay start, PropterDay end, PropterError *err) {
  if (!propter_utf8_valid(name, NULL) || name.len > PROPTER_QUESTION_BYTES) return PROPTER_OK;
  if (!l->causes) PROPTER_TRY(propter_lexicon_new(&l->causes, err));
  PropterLexicon *c = l->causes;
  size_t at = c->metrics.count;
  Words words;
  for (size_t i = c->metrics.count; i-- > 0 && at == c->metrics.count;)
    if (propter_str_equal(c->metrics.items[i].iri, iri)) at = i;
  if (at == c->metrics.count) PROPTER_TRY(propter_lexicon_add_metric(c, iri, name, PROPTER_STR(""), &at, err));
  c->metrics.items[at].first = start, c->metrics.items[at].last = end == PROPTER_NO_DAY ? start : end;
  PROPTER_TRY(propter_lexicon_add_name(c, at, PROPTER_NAME_PREFERRED, name, err));
  PROPTER_TRY(why_words_split(name, c->stemmer, PROPTER_QUESTION_WORDS, &c->arena, &words, err));
  const PropterStr plain = undated(&words, name);
  return plain.len && plain.len < name.len ? propter_lexicon_add_name(c, at, PROPTER_NAME_ALTERNATIVE, plain, err) : PROPTER_OK;
}

bool why_lexicon_harmless(const PropterLexicon *l, size_t metric, const Word *w) {
  const PropterMap *about = &l->metrics.items[metric].about;
  return propter_map_get(about, w->text) || (propter_map_get(about, w->stem) && !why_derived(w));
}

bool why_lexicon_idle(const PropterLexicon *l, size_t metric, const Word *w) {
  return l->members && l->members_of == metric && propter_map_get(&l->members->idle, w->text) != NULL;
}

/* --- parts of the data --- */

bool why_lexicon_divides(const PropterLexicon *l, size_t metric, const Word *w) {
  for (size_t d = 0; l->members && l->members_of == metric && d < l->members->dimensions.count; d++) {
    const Words *name = &l->members->dimensions.items[d].words;
    for (size_t k = 0; k < name->count; k++)
      if (propter_str_equal(name->word[k].text, w->text) || (propter_str_equal(name->word[k].stem, w->stem) && !why_derived(w))) return true;
  }
  return false;
}

static bool in_name(const PropterLexicon *l, const Name *n, const Word *w) {
  for (size_t k = 0; k < n->count; k++) {
    const Term *t = &l->terms.items[n->word[k]];
    if (propter_str_equal(t->text, w->text) || propter_str_equal(t->stem, w->stem)) return true;
  }
  return false;
}

static bool names_metric(const PropterLexicon *l, size_t metric, const Word *w) {
  for (size_t i = 0; i < l->names.count; i++)
    if (l->names.items[i].metric == metric && in_name(l, &l->names.items[i], w)) return true;
  return false;
}

bool why_lexicon_names_only(const PropterLexicon *l, size_t metric, const Word *w) {
  for (size_t i = 0; i < l->names.count; i++)
    if (l->names.items[i].metric != metric && in_name(l, &l->names.items[i], w)) return false;
  return names_metric(l, metric, w);
}

/* A name of nothing but small words, numbers or words of the metric it is a part of would be read where nobody means it. */
static bool weak(const PropterLexicon *l, const Words *words) {
  for (size_t i = 0; i < words->count; i++) {
    const Word *w = &words->word[i];
    if (i && w->mark == '-' && !w->space) return false; /* "e-bikes" */
    if (!w->number && (w->kind == WORD_NONE || w->kind == WORD_WHO) && propter_utf8_length(w->text) > 1 && !names_metric(l, l->members_of, w)) return false;
  }
  return true;
}

void why_lexicon_alone(PropterLexicon *l, size_t metric) { l->alone = metric + 1; }

PropterStatus propter_lexicon_add_member(PropterLexicon *l, size_t metric, PropterCut slice, size_t *member, PropterError *err) {
  if (l->members && l->members_of != metric) propter_lexicon_free(l->members), l->members = NULL;
  if (!l->members) PROPTER_TRY(propter_lexicon_new(&l->members, err));
  PropterLexicon *m = l->members;
  m->proper = true, l->members_of = metric;
  slice.dimension = propter_arena_copy(&m->arena, slice.dimension);
  PropterStr *text[] = {&slice.member.value, &slice.member.datatype, &slice.member.language};
  for (size_t i = 0; i < 3; i++) *text[i] = propter_arena_copy(&m->arena, *text[i]);
  if (!slice.dimension.data || !text[0]->data || !text[1]->data || !text[2]->data) return no_memory(err);
  PROPTER_TRY(propter_lexicon_add_metric(m, slice.dimension, slice.member.value, PROPTER_STR(""), member, err));
  return propter_vec_push(&m->slices, slice) ? PROPTER_OK : no_memory(err);
}

static PropterStatus add_dimension(PropterLexicon *m, PropterStr iri, PropterStr name, PropterError *err) {
  Dimension d = {.iri = iri, .name = propter_arena_copy(&m->arena, name)};
  for (size_t i = 0; i < m->dimensions.count; i++)
    if (propter_str_equal(m->dimensions.items[i].iri, iri) && propter_str_equal(m->dimensions.items[i].name, name)) return PROPTER_OK;
  PROPTER_TRY(why_words_split(name, m->stemmer, PROPTER_QUESTION_WORDS, &m->arena, &d.words, err));
  return d.name.data && propter_vec_push(&m->dimensions, d) ? PROPTER_OK : no_memory(err);
}

PropterStatus propter_lexicon_add_member_name(PropterLexicon *l, size_t member, PropterStr dimension, PropterStr name, PropterError *err) {
  PropterLexicon *m = l->members;
  Words words;
  if (!m || !propter_utf8_valid(name, NULL) || name.len + dimension.len >= PROPTER_QUESTION_BYTES) return PROPTER_OK;
  PROPTER_TRY(why_words_split(name, m->stemmer, PROPTER_QUESTION_WORDS, &m->arena, &words, err));
  if (!words.count) return PROPTER_OK;
  if (words.count == 1 && !why_joins(&words.word[0]) && words.word[0].kind != WORD_NONE && !propter_map_put(&m->idle, words.word[0].text, 1, NULL))
    return no_memory(err);
  if (!weak(l, &words)) PROPTER_TRY(propter_lexicon_add_name(m, member, PROPTER_NAME_PREFERRED, name, err));
  if (!dimension.len) return PROPTER_OK;
  PROPTER_TRY(add_dimension(m, m->slices.items[member].dimension, dimension, err));
  const PropterStr both = propter_arena_printf(&m->arena, "%.*s %.*s", (int)dimension.len, dimension.data, (int)name.len, name.data);
  return both.data ? propter_lexicon_add_name(m, member, PROPTER_NAME_ALTERNATIVE, both, err) : no_memory(err);
}

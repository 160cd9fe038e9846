/* SPDX-License-Identifier: Apache-2.0 */
/* Unknown words of a question by their senses in WordNet: what moves, the asker's own acts, and what only colours. Each is said in a note, and no name, number
 * or denial is among them. */
#include "senses.h"

static const struct {
  WordKind kind;
  PropterWordnetPos pos;
  PropterStr word, with;
} rows[] = {
#define SENSE(kind, pos, word, with) {WORD_##kind, PROPTER_WORDNET_##pos, {word, sizeof word - 1}, {with, sizeof with - 1}},
#include "senses.def"
#undef SENSE
};

enum { ROWS = sizeof rows / sizeof *rows, SENSES = 8, UP_TO = 16, SHORTEST = 3 };

static bool same_sense(PropterSynset a, PropterSynset b) { return a.pos == b.pos && a.offset == b.offset; }

static bool same_word(PropterStr a, PropterStr b) {
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len; i++)
    if (a.data[i] != b.data[i] && !(a.data[i] == '_' && b.data[i] == ' ')) return false;
  return true;
}

static bool holds(const PropterWordnet *w, PropterSynset s, PropterStr word) {
  PropterStr synonyms[UP_TO];
  for (size_t i = 0, n = propter_wordnet_words(w, s, synonyms, UP_TO); i < n; i++)
    if (same_word(synonyms[i], word)) return true;
  return !word.len;
}

static PropterStatus find_roots(Look *k, PropterError *err) {
  for (size_t r = 0; r < ROWS; r++) {
    PropterSynset s[SENSES];
    for (size_t i = 0, n = propter_wordnet_senses(k->w, rows[r].word, rows[r].pos, s, SENSES); i < n; i++) {
      const char *class_ = propter_wordnet_class(k->w, s[i]);
      if (!holds(k->w, s[i], rows[r].with) || !class_ || strcmp(class_, "noun.quantity") == 0) continue;
      if (!propter_vec_push(&k->roots, ((Root){s[i], rows[r].kind}))) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    }
  }
  return PROPTER_OK;
}

static WordKind under(const Look *k, PropterSynset s) {
  PropterSynset up[UP_TO] = {s};
  const size_t n = 1 + propter_wordnet_hypernyms(k->w, s, up + 1, UP_TO - 1);
  for (size_t i = 0; i < n; i++)
    for (size_t r = 0; r < k->roots.count; r++)
      if (same_sense(up[i], k->roots.items[r].sense)) return k->roots.items[r].kind;
  return WORD_NONE;
}

/* The way its commonest senses go, if they do not go both ways. */
static WordKind way(const Look *k, PropterStr word, PropterWordnetPos pos) {
  PropterSynset s[LOOKED];
  WordKind found = WORD_NONE;
  for (size_t i = 0, n = propter_wordnet_senses(k->w, word, pos, s, LOOKED); i < n; i++) {
    const WordKind kind = under(k, s[i]);
    if (kind == WORD_NONE || kind == WORD_LIMIT) continue;
    if (found != WORD_NONE && found != kind) return WORD_NONE;
    found = kind;
  }
  return found;
}

static bool is(const Look *k, PropterStr word, PropterWordnetPos pos) {
  PropterSynset s;
  return propter_wordnet_senses(k->w, word, pos, &s, 1) > 0;
}

bool why_of_class(const Look *k, PropterStr word, PropterWordnetPos pos, const char *classes, size_t most) {
  PropterSynset s[LOOKED];
  for (size_t i = 0, n = propter_wordnet_senses(k->w, word, pos, s, most); i < n; i++) {
    const char *class_ = propter_wordnet_class(k->w, s[i]);
    const char *at = class_ ? strstr(classes, class_) : NULL;
    if (at && (at[strlen(class_)] == ' ' || !at[strlen(class_)])) return true;
  }
  return false;
}

/* Does one of its senses as an adjective say which part of the data is meant ("regional"), or how often? */
static bool narrows(const Look *k, PropterSynset s) {
  const char *class_ = propter_wordnet_class(k->w, s);
  return !class_ || strcmp(class_, "adj.pert") == 0 || under(k, s) == WORD_LIMIT;
}

bool why_colours(const Look *k, PropterStr word) {
  PropterSynset s[SENSES];
  const size_t n = propter_wordnet_senses(k->w, word, PROPTER_WORDNET_ADJ, s, SENSES);
  for (size_t i = 0; i < n; i++)
    if (narrows(k, s[i])) return false;
  return n > 0;
}

/* "Nearly", "reportedly", but not "regionally". */
static bool idle_adverb(const Look *k, PropterStr word) {
  PropterSynset s[SENSES], adjectives[SENSES];
  const size_t n = propter_wordnet_senses(k->w, word, PROPTER_WORDNET_ADV, s, SENSES);
  if (is(k, word, PROPTER_WORDNET_NOUN) || is(k, word, PROPTER_WORDNET_VERB)) return false;
  if (propter_str_ends(word, PROPTER_STR("er")) || propter_str_ends(word, PROPTER_STR("est"))) return false; /* "slower" than what? */
  for (size_t i = 0; i < n; i++)
    for (size_t a = 0, m = propter_wordnet_pointers(k->w, s[i], "\\", adjectives, SENSES); a < m; a++)
      if (narrows(k, adjectives[a])) return false;
  return n > 0;
}

/* --- where it stands ------------------------------------------------------------------------------------------------------------------ */

static bool named(const Word *w) { return w && (w->used == USED_METRIC || w->used == USED_AGAIN || w->used == USED_SLICE); }

/* Is it the act of somebody who asks: "I'd appreciate", "who knows", "kindly enlighten us", "to what do we owe"? */
static bool somebody_does(const Look *k, size_t i) {
  if (i == 0 || why_at(k, i)->mark == '.') return true;
  while (i > 0) {
    const Word *w = why_at(k, --i);
    if (w->kind == WORD_SPEAKER || why_has(w, ROLE_ANYBODY)) return true;
    if (w->used != USED_NOT || (w->kind != WORD_FILLER && w->kind != WORD_ASK && !why_has(w, ROLE_TO))) return false;
  }
  return false;
}

/* Behind "did" and the like a plain word is a verb. */
static bool helped(const Look *k, size_t i) {
  for (size_t b = 0; b < i; b++)
    if (why_has(why_at(k, b), ROLE_AUXILIARY)) return true;
  return false;
}

/* Does it belong to what is named, right behind it or by a preposition ("revenue from contracts")? */
static bool tied(const Look *k, size_t i) {
  while (i > 0 && (why_has(why_at(k, i - 1), ROLE_ONE_OF) || why_has(why_at(k, i - 1), ROLE_ARTICLE))) i--;
  if (i == 0) return false;
  const Word *last = why_at(k, i - 1), *before = i > 1 ? why_at(k, i - 2) : NULL;
  if (last->kind != WORD_STOP && last->kind != WORD_BY && !why_has(last, ROLE_FROM)) return named(last) && !why_at(k, i)->mark;
  return !before || before->used != USED_NOT || !(why_asks(before) || before->kind == WORD_ASK);
}

static bool thought_about(const Look *k, size_t i) {
  if (i == 0 || !why_has(why_at(k, i - 1), ROLE_ONE_OF)) return false;
  if (tied(k, i)) return false;
  if (why_has(why_at(k, i + 1), ROLE_ABOUT) || i + 1 == k->words->count || why_at(k, i + 1)->mark)
    return why_of_class(k, why_at(k, i)->text, PROPTER_WORDNET_NOUN, "noun.cognition noun.communication noun.feeling noun.relation", LOOKED);
  return why_of_class(k, why_at(k, i)->text, PROPTER_WORDNET_NOUN, "noun.cognition noun.feeling noun.relation", 1);
}

static bool inflected(PropterStr word) { return propter_str_ends(word, PROPTER_STR("ed")) || propter_str_ends(word, PROPTER_STR("ing")); }

/* "Crept": another form of a verb. */
static bool irregular(const Look *k, PropterStr word) {
  PropterStr base;
  return propter_wordnet_bases(k->w, word, PROPTER_WORDNET_VERB, &base, 1) && !propter_str_equal(base, word);
}

/* "Which channels | pulled sales down". */
static bool parts_do(const Look *k, const Word *last) {
  return last && last->used == USED_PERIOD && k->q->parted && why_lexicon_divides(k->l, k->q->metric, last);
}

/* Does a verb before a name do something to it ("did the launch dampen churn", "what dented sales"), or say which ("discounted sales")? */
static bool acts_on(const Look *k, size_t i) {
  const Word *last = i ? why_at(k, i - 1) : NULL;
  return (last && last->used == USED_CAUSE) || why_has(last, ROLE_SUBJECT) || parts_do(k, last) || (helped(k, i) && !inflected(why_at(k, i)->text));
}

/* "We introduced the new app", "the strike hit": what is done with a cause. */
static bool beside_cause(const Look *k, size_t i) {
  size_t next = i + 1, last = i;
  while (next < k->words->count && (why_at(k, next)->kind == WORD_STOP || why_at(k, next)->kind == WORD_FILLER)) next++;
  while (last > 0 && why_at(k, last - 1)->kind == WORD_ASK) last--;
  if (next < k->words->count && why_at(k, next)->used == USED_CAUSE) return true;
  while (next < k->words->count && !named(why_at(k, next)) && !why_at(k, next)->mark) next++;
  if (last > 0 && why_at(k, last - 1)->used == USED_PERIOD && k->q->told_by.len) return inflected(why_at(k, i)->text); /* since the shop opened */
  return last > 0 && why_at(k, last - 1)->used == USED_CAUSE && !helped(k, i) && !(next < k->words->count && named(why_at(k, next)));
}

/* "Wiped out a chunk of demand": how much, not which. */
static bool chunk_of(const Look *k, size_t i) {
  const Word *next = why_at(k, i + 1);
  if (i < 2 || !why_has(why_at(k, i - 1), ROLE_ARTICLE) || !next || !why_has(next, ROLE_GENITIVE)) return false;
  return why_goes(why_at(k, i - 2)) || (i > 2 && why_at(k, i - 2)->phrase && why_goes(why_at(k, i - 3)));
}

/* "What sent power use soaring": the way is said by another word. */
static bool moved_behind(const Look *k, size_t i) {
  bool metric = false;
  for (i++; i < k->words->count && !why_ends_clause(why_at(k, i), ENDS_BRACKET); i++) {
    if (metric && why_goes(why_at(k, i)) && !why_at(k, i)->mild) return true;
    metric |= why_at(k, i)->used == USED_METRIC;
  }
  return false;
}

/* Is a way said in the same clause? */
static bool moved_beside(const Look *k, size_t i) {
  size_t from = i;
  while (from > 0 && !why_ends_clause(why_at(k, from), ENDS_BRACKET)) from--;
  for (; from < k->words->count && (from <= i || !why_ends_clause(why_at(k, from), ENDS_BRACKET)); from++)
    if (from != i && why_goes(why_at(k, from)) && why_at(k, from)->kind != WORD_MOVE && !why_at(k, from)->mild) return true;
  return false;
}

/* What stands right behind, past words that say nothing. */
static const Word *amount(const Look *k, size_t i) {
  do i++;
  while (why_at(k, i) && !why_at(k, i)->mark && why_at(k, i)->kind == WORD_FILLER && !why_has(why_at(k, i), ROLE_SMALL));
  return why_at(k, i);
}

/* What the unknown word is taken for: UP, DOWN, FILLER (passed over), or NONE. */
static WordKind meant(const Look *k, size_t i) {
  const Word *w = why_at(k, i), *next = why_at(k, i + 1), *last = i ? why_at(k, i - 1) : NULL;
  const PropterStr word = w->text;
  const bool verb = is(k, word, PROPTER_WORDNET_VERB), noun = is(k, word, PROPTER_WORDNET_NOUN);
  if (named(next) && !next->mark && !(verb && acts_on(k, i))) return WORD_NONE;                            /* it says which */
  const bool of_answer = next && !next->mark && (why_has(next, ROLE_REASON) || why_has(next, ROLE_ANSWERS));
  if (of_answer && (verb || is(k, word, PROPTER_WORDNET_ADJ))) return WORD_FILLER;                         /* "documented reasons" */
  if ((w->known || propter_str_ends(word, PROPTER_STR("ly"))) && idle_adverb(k, word)) return WORD_FILLER; /* not "abroad" */
  if (verb && (inflected(word) || irregular(k, word)) && why_has(next, ROLE_UPWARD) && why_of_class(k, word, PROPTER_WORDNET_VERB, "verb.motion", LOOKED))
    return WORD_FILLER;                                                                       /* inched up */
  const bool adjacent = named(last) && !w->mark && !inflected(word) && noun && !helped(k, i); /* "revenue leakage" */
  if (!adjacent) {
    const WordKind as_verb = verb ? way(k, word, PROPTER_WORDNET_VERB) : WORD_NONE, as_noun = noun ? way(k, word, PROPTER_WORDNET_NOUN) : WORD_NONE;
    if (as_verb != WORD_NONE && (as_noun == WORD_NONE || as_noun == as_verb)) return as_verb;
    if (as_verb == WORD_NONE && as_noun != WORD_NONE) return as_noun;
  }
  if (named(last) && !w->mark && noun && propter_str_ends(word, PROPTER_STR("ing"))) return WORD_NONE; /* "claims handling" */
  const bool apart = w->mark == '(' || (next && next->mark && (next->space || next->mark == ')')); /* "visits (organic) fell" */
  const bool tied = why_has(last, ROLE_FOR) || why_has(last, ROLE_FROM) || why_has(last, ROLE_BY);   /* "visits for juniors fell" */
  const bool of_change = why_goes(next) && !apart && !tied;
  if (why_colours(k, word) && (of_change || (why_has(last, ROLE_LINK) && (!noun || inflected(word) || propter_str_ends(word, PROPTER_STR("er"))))))
    return WORD_FILLER;
  if (verb && (why_has(last, ROLE_SUBJECT) || parts_do(k, last)) && moved_behind(k, i)) return WORD_FILLER;
  if (verb && !noun && (inflected(word) || irregular(k, word)) && !named(last) && !named(next) && moved_beside(k, i) &&
      why_of_class(k, word, PROPTER_WORDNET_VERB, "verb.motion verb.change verb.stative", 1))
    return WORD_FILLER; /* "more refunds have arrived" */
  if (verb && !noun && named(last) && !w->mark && (inflected(word) || irregular(k, word)) && why_goes(amount(k, i)) &&
      why_of_class(k, word, PROPTER_WORDNET_VERB, "verb.possession", LOOKED))
    return WORD_FILLER;                                                                            /* "the bar sold too little" */
  if (noun && why_has(last, ROLE_LIKE) && i > 1 && why_goes(why_at(k, i - 2))) return WORD_FILLER; /* like flies */
  static const char acts[] = "verb.cognition verb.communication verb.perception verb.emotion verb.possession verb.stative verb.creation";
  if (verb && !(i == 0 && noun && why_has(next, ROLE_OF)) && somebody_does(k, i) && why_of_class(k, word, PROPTER_WORDNET_VERB, acts, LOOKED))
    return WORD_FILLER;
  if (verb && !helped(k, i) && !noun && why_of_class(k, word, PROPTER_WORDNET_VERB, "verb.perception", 1)) return WORD_FILLER; /* "the fall seen at Leeds" */
  if (verb && beside_cause(k, i)) return WORD_FILLER;
  if (noun && thought_about(k, i)) return WORD_FILLER;
  if (noun && chunk_of(k, i)) return WORD_FILLER;
  return WORD_NONE;
}

static bool unknown(const Look *k, const Word *w) {
  if (w->used != USED_NOT || w->kind != WORD_NONE || w->number || w->text.len < SHORTEST || w->proper) return false;
  if (why_of_dates(w->text) && !(k->q->compared && why_date_word(w->text, DATE_EARLIER, NULL, NULL))) return false; /* "…, the month before", "late in May" */
  return !why_lexicon_harmless(k->l, k->q->metric, w) && !(k->l->causes && why_lexicon_knows(k->l->causes, w));
}

static PropterStatus note(PropterQuestion *q, const Word *w, WordKind kind, PropterArena *arena, PropterError *err) {
  const int len = (int)(w->end - w->begin);
  const char *said = q->text.data + w->begin;
  if (kind == WORD_FILLER) return why_question_note(q, arena, err, "\"%.*s\" was passed over", len, said);
  return why_question_note(q, arena, err, "\"%.*s\" was read as a %s", len, said, kind == WORD_UP ? "rise" : "fall");
}

PropterStatus why_senses(PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  Look k = {.l = l, .words = words, .q = q};
  size_t i = 0;
  while (i < words->count && !unknown(&k, &words->word[i])) i++;
  if (i == words->count) return PROPTER_OK;
  PROPTER_TRY(why_lexicon_wordnet(l, &k.w, err));
  PropterStatus status = k.w ? find_roots(&k, err) : PROPTER_OK;
  for (; k.w && i < words->count && status == PROPTER_OK && q->note_count < PROPTER_QUESTION_NOTES; i++) {
    Word *w = &words->word[i];
    const WordKind kind = unknown(&k, w) ? meant(&k, i) : WORD_NONE;
    if (kind == WORD_NONE) continue;
    w->kind = kind, w->known = true;
    if (kind != WORD_FILLER && why_has(why_at(&k, i + 1), ROLE_PARTICLE)) w[1].kind = WORD_FILLER; /* "fizzled out" */
    status = note(q, w, kind, arena, err);
  }
  propter_vec_clear(&k.roots);
  return status;
}

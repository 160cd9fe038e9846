/* SPDX-License-Identifier: Apache-2.0 */
/* Talk beside the question: whole clauses in which somebody speaks and that hold nothing of it, concessions, and what such clauses deny. */
#include <string.h>

#include "senses.h"

/* The end of a clause: a mark, or a word that opens the next. */
static size_t clause_end(const Words *words, size_t from, bool *opened) {
  size_t end = from + 1;
  *opened = false;
  for (; end < words->count; end++) {
    const Word *w = &words->word[end];
    if (why_ends_clause(w, ENDS_ANY)) return end;
    if (why_has(w, ROLE_OPENS) && !(why_has(w, ROLE_POINTS) && why_has(&words->word[end - 1], ROLE_FINITE)))
      return *opened = true, end; /* "how was that done" */
    if (!why_goes(w)) continue;
    while (end > from + 1 && words->word[end - 1].kind == WORD_STOP) end--; /* "… need an explanation | for the decline" */
    return *opened = true, end;
  }
  return end;
}

/* Can it stand behind a preposition in talk: "a meeting with the board", but not "a shop in the suburbs"? */
static bool talked_of(const Look *k, const Word *w) {
  static const char of_people[] = "noun.person noun.group noun.communication noun.cognition noun.feeling noun.event noun.food";
  return k->w && why_of_class(k, w->text, PROPTER_WORDNET_NOUN, of_people, 1);
}

static bool somebody(const Look *k, const Word *w) {
  return w->kind == WORD_SPEAKER || w->kind == WORD_WHO ||
         (k->w && w->kind == WORD_NONE && why_of_class(k, w->text, PROPTER_WORDNET_NOUN, "noun.person noun.group", 2));
}

/* Is it a verb of saying, thinking or feeling? */
static bool says(const Look *k, const Word *w) {
  static const char classes[] = "verb.communication verb.cognition verb.emotion";
  if (w->kind == WORD_SPEAKER || (w->kind == WORD_FILLER && why_has(w, ROLE_SAYS))) return true;
  return w->kind == WORD_NONE && !w->proper && why_of_class(k, w->text, PROPTER_WORDNET_VERB, classes, 1);
}

/* "Just the first-time buyers." */
static bool narrows_to(const Word *first) { return why_has(first, ROLE_FEW) && !first->phrase; }

/* "Was it the weather?", "was that because of freshers' week?" name a cause that nobody knows. */
static bool supposes(const Look *k, size_t from) {
  if (why_at(k, from)->kind == WORD_JOIN) from++; /* "or was it …" */
  size_t i = from + 2;
  if (!why_has(why_at(k, from), ROLE_FINITE) || !why_has(why_at(k, from + 1), ROLE_POINTS)) return false;
  while (why_at(k, i) && (why_joins(why_at(k, i)) || why_has(why_at(k, i), ROLE_ONE_OF) || why_at(k, i)->kind == WORD_ASK || why_at(k, i)->phrase)) i++;
  return i > from + 2 && why_at(k, i) && why_at(k, i)->kind == WORD_NONE;
}

/* A clause that somebody speaks in, or a statement between marks of its own (`apart`), that holds nothing of a question: no name, time, number, direction,
 * comparison, cause or part, no denial of more than what is said, and nothing that a preposition ties to the rest. */
static bool is_talk(const Look *k, size_t from, size_t end, bool apart) {
  bool speaks = false, states = false, asks = false, spoken = false, unread = false, behind = false;
  const bool aside = why_at(k, from)->mark == ',' && why_at(k, from)->kind == WORD_WHICH;
  if ((why_has(why_at(k, from), ROLE_TIES) && !aside) || (apart && supposes(k, from)) || narrows_to(why_at(k, from))) return false;
  for (size_t i = from; i < end; i++) {
    const Word *w = why_at(k, i);
    asks = (asks || why_has(w, ROLE_QUESTIONS)) &&
           !(asks && w->kind == WORD_STOP && (why_has(w, ROLE_TO) || !why_has(w, ROLE_ARTICLE))); /* "what gives?", not "why in the suburbs?" */
    speaks |= somebody(k, w), states |= apart && (why_has(w, ROLE_FINITE) || (k->w && says(k, w)));
  }
  for (size_t i = from; i < end; i++) {
    const Word *w = why_at(k, i);
    if (why_has(w, ROLE_MEANS) && i + 1 < end) return false; /* "I mean repeat customers" */
    const bool tie = w->kind == WORD_STOP && !why_has(w, ROLE_ARTICLE);
    if (w->used != USED_NOT || (w->number && !speaks) ||
        (w->kind != WORD_NONE && !why_asks(w) && !why_joins(w) && w->kind != WORD_WHO && !(apart && why_has(w, ROLE_ADVISES)) &&
         !(spoken && (w->kind == WORD_NOT || why_has(w, ROLE_MODAL)))))
      return false;
    const bool title = w->proper && (somebody(k, w) || (i > from && w[-1].kind == WORD_NONE && somebody(k, w - 1))); /* "the MD", "Councillor Hughes" */
    if (w->kind == WORD_NONE && ((w->proper && !title) || why_lexicon_calls(k->l, w) || why_lexicon_idle(k->l, k->q->metric, w))) return false;
    if (w->kind == WORD_NONE && k->l->causes && why_lexicon_knows(k->l->causes, w)) return false;
    if (behind && !apart && w->kind == WORD_NONE && !talked_of(k, w) && !why_colours(k, w->text)) return false;
    spoken |= somebody(k, w);
    unread |= w->kind == WORD_NONE || w->kind == WORD_WHO || w->kind == WORD_LIMIT || why_has(w, ROLE_ADVISES);
    behind = tie || (behind && w->kind != WORD_NONE);
  }
  return (speaks || states || (apart && asks)) && unread && end - from > 2;
}

static PropterStatus pass_over(const Look *k, size_t from, size_t end, PropterArena *arena, PropterError *err) {
  for (size_t i = from; i < end; i++) k->words->word[i].used = USED_PERIOD;
  const size_t begin = why_at(k, from)->begin;
  k->q->passed = true;
  return why_question_note(k->q, arena, err, "\"%.*s\" was passed over", (int)(why_at(k, end - 1)->end - begin), k->q->text.data + begin);
}

/* "… even though it was blowing hard": what should have worked the other way is passed over, if nothing of a question is in it. */
static PropterStatus concede(const Look *k, PropterArena *arena, PropterError *err) {
  for (size_t i = 0; i < k->words->count; i++) {
    size_t end = i + 1, unread = 0;
    const Word *first = why_at(k, i);
    if ((first->kind != WORD_DESPITE && !why_has(first, ROLE_WHILE)) || first->used != USED_NOT) continue;
    if (k->q->negated && !why_has(why_at(k, i + 1), ROLE_POINTS)) continue; /* that cause is asked about */
    for (; end < k->words->count && !(why_at(k, end)->mark && why_at(k, end)->space); end++) {
      const Word *w = why_at(k, end);
      if (w->used != USED_NOT || w->number || (w->kind != WORD_NONE && w->kind != WORD_STOP && !why_asks(w)) || (w->kind == WORD_NONE && w->proper)) break;
      if (why_lexicon_spells(k->l, w)) break;
      unread += w->kind == WORD_NONE;
    }
    if ((unread || end > i + 2) && (end == k->words->count || why_at(k, end)->mark)) PROPTER_TRY(pass_over(k, i, end, arena, err));
  }
  return PROPTER_OK;
}

/* "On 15 April we had to …": the word behind a time that stands before all else. */
static size_t behind_time(const Look *k, size_t from, size_t end) {
  size_t begin = from;
  for (size_t i = from; i < end && (why_at(k, i)->used == USED_PERIOD || why_at(k, i)->kind == WORD_STOP); i++)
    if (why_at(k, i)->used == USED_PERIOD) begin = i + 1;
  return begin < end ? begin : from;
}

/* "The harbour master swears (that) the strike …", "the staff blame the menu": who says it says nothing about what is asked. */
static PropterStatus attribute(const Look *k, PropterArena *arena, PropterError *err) {
  enum { SUBJECT_WORDS = 6 };
  for (size_t from = 0; k->w && from + 2 < k->words->count; from++) {
    bool person = false, unread = false;
    if (from && !why_ends_clause(why_at(k, from), ENDS_ANY) && !why_has(why_at(k, from - 1), ROLE_OPENS) && !why_joins(why_at(k, from - 1))) continue;
    for (size_t i = from; i < from + SUBJECT_WORDS && i + 1 < k->words->count; i++) {
      const Word *w = why_at(k, i);
      if (w->used != USED_NOT || w->number || (i > from && w->mark && w->space)) break;
      if (person && (says(k, w) || why_has(w, ROLE_BLAMES))) {
        if (unread && !why_at(k, i + 1)->mark && why_at(k, i + 1)->kind != WORD_NOT) PROPTER_TRY(pass_over(k, from, i + says(k, w), arena, err));
        break;
      }
      if (w->kind != WORD_NONE && !why_asks(w) && w->kind != WORD_WHO && w->kind != WORD_STOP) break;
      if (w->kind == WORD_NONE && (w->proper || why_lexicon_calls(k->l, w))) break;
      person = somebody(k, w) ||
               (w->kind == WORD_NONE && why_of_class(k, w->text, PROPTER_WORDNET_NOUN, "noun.cognition noun.feeling noun.communication", 1)) ||
               (person && why_asks(w));
      unread |= w->kind == WORD_NONE;
    }
  }
  return PROPTER_OK;
}

/* "Dear Anna, …", "… Many thanks, Petra": a name of nothing that is asked about. */
static bool addresses(const Look *k, size_t from, size_t end) {
  const bool signs = end == k->words->count && from && why_has(why_at(k, from - 1), ROLE_SIGNS), greets = !signs && why_has(why_at(k, from), ROLE_GREETS);
  if ((!signs && !greets) || end - from > 3 || (greets && end - from < 2)) return false;
  for (size_t i = from + greets; i < end; i++) {
    const Word *w = why_at(k, i);
    if (w->used != USED_NOT || w->kind != WORD_NONE || w->number || !(w->proper || i == from) || why_lexicon_spells(k->l, w)) return false;
  }
  return true;
}

PropterStatus why_talk(PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  Look k = {.l = l, .words = words, .q = q};
  bool opened = false;
  PROPTER_TRY(why_lexicon_wordnet(l, &k.w, err));
  PROPTER_TRY(concede(&k, arena, err));
  for (size_t from = 0, end; from < words->count; from = end) {
    const bool inner = opened; /* what a word opens without a mark belongs to what stands before it */
    end = clause_end(words, from, &opened);
    const size_t begin = behind_time(&k, from, end);
    if (inner || (from == 0 && end == words->count) || !(addresses(&k, from, end) || is_talk(&k, begin, end, !opened))) continue;
    PROPTER_TRY(pass_over(&k, begin, end, arena, err));
  }
  return attribute(&k, arena, err);
}

/* --- whole sentences, before anything is looked for ------------------------------------------------------------------------------------ */

/* Is the word in the name of a metric, a part or a cause? */
static bool in_names(const PropterLexicon *l, const Word *w) {
  if (w->kind != WORD_NONE && w->kind != WORD_WHO && w->kind != WORD_PARTS && !why_moves(w)) return false;
  return why_lexicon_knows(l, w) || (l->members && why_lexicon_knows(l->members, w)) || (l->causes && why_lexicon_spells(l->causes, w));
}

/* May the word stand in a sentence beside the question: no direction, comparison, part or limit? `named`: something that nobody knows was named before it. */
static bool may_be_aside(const Look *k, size_t i, bool named, bool spoken) {
  const Word *w = why_at(k, i), *next = why_at(k, i + 1);
  if (in_names(k->l, w) || why_has(w, ROLE_MEANS)) return false;
  if (w->kind == WORD_GOOD || w->kind == WORD_BAD || w->kind == WORD_SIZE) return named;
  if (w->kind == WORD_BY) return spoken && next && why_of_dates(next->text);
  if (w->kind == WORD_MOVE || w->kind == WORD_NOT) return spoken || why_has(w, ROLE_ANYBODY);
  if (w->kind == WORD_ASK) return why_has(w, ROLE_FINITE) || why_has(w, ROLE_LINK) || !named;
  return w->kind == WORD_NONE || w->kind == WORD_WHO || w->kind == WORD_NORM || why_has(w, ROLE_MODAL) || why_has(w, ROLE_ADVISES) || why_asks(w) ||
         why_joins(w);
}

/* Can it be what somebody does? */
static bool acts(const Look *k, const Word *w) {
  static const char verbs[] = "verb.body verb.change verb.cognition verb.communication verb.competition verb.consumption verb.contact verb.creation "
                              "verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative";
  return w->kind == WORD_NONE && k->w && why_of_class(k, w->text, PROPTER_WORDNET_VERB, verbs, LOOKED);
}

/* A sentence that somebody speaks in or that states something, and that holds nothing of a question: "My boss is waiting. Why …?" */
static bool is_aside(const Look *k, size_t from, size_t end, bool *dated) {
  bool spoken = false, stated = false, named = false, unread = false;
  const Word *first = why_at(k, from);
  *dated = false;
  for (size_t i = from; i < end; i++) {
    const Word *w = why_at(k, i);
    if (!may_be_aside(k, i, named, spoken || stated)) return false;
    stated |= w->kind == WORD_SPEAKER || (spoken && acts(k, w));
    spoken |= somebody(k, w) || why_has(w, ROLE_ANYBODY), stated |= why_has(w, ROLE_SUBJECT) || why_has(w, ROLE_FINITE) || why_has(w, ROLE_ADVISES);
    if (w->kind == WORD_NONE && w->proper && !spoken) return false;
    *dated |= w->number || (w->kind == WORD_NONE && why_of_dates(w->text));
    named |= w->kind == WORD_NONE, unread |= w->kind == WORD_NONE || w->kind == WORD_NOT || w->kind == WORD_LIMIT || w->number;
  }
  if ((first->kind == WORD_STOP && !why_has(first, ROLE_ARTICLE) && !spoken) || narrows_to(first)) return false;
  return unread && stated && (spoken || !*dated) && end - from > 1 && !supposes(k, from);
}

/* Does what is left without this sentence name a time by itself? */
static PropterStatus rest_has_time(const Look *k, size_t from, size_t end, PropterDay today, PropterArena *arena, bool *has_time, PropterError *err) {
  Words rest = {propter_arena_alloc(arena, (k->words->count + 1) * sizeof(Word)), k->words->count, false};
  PropterQuestion there = why_question_empty();
  if (!rest.word) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  memcpy(rest.word, k->words->word, rest.count * sizeof(Word));
  for (size_t i = from; i < end; i++) rest.word[i].used = USED_PERIOD;
  PROPTER_TRY(why_period_find(&rest, k->q->text, today, k->l->causes, arena, &there, err));
  return *has_time = there.has_period, PROPTER_OK;
}

PropterStatus why_asides(PropterLexicon *l, Words *words, PropterDay today, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  Look k = {.l = l, .words = words, .q = q};
  PROPTER_TRY(why_lexicon_wordnet(l, &k.w, err));
  for (size_t from = 0, end; from < words->count; from = end) {
    bool dated, apart = true;
    for (end = from + 1; end < words->count && !why_ends_clause(&words->word[end], ENDS_SENTENCE);) end++;
    if ((from == 0 && end == words->count) || !is_aside(&k, from, end, &dated)) continue;
    if (dated) PROPTER_TRY(rest_has_time(&k, from, end, today, arena, &apart, err));
    if (apart) PROPTER_TRY(pass_over(&k, from, end, arena, err));
  }
  return PROPTER_OK;
}

/* "…, haven't they?" */
static bool tags(const Words *words, size_t from, size_t end) {
  const Word *first = &words->word[from];
  if (from == 0 || end < words->count || first->mark != ',' || end - from > 4 || why_has(first, ROLE_OPENS)) return false;
  for (size_t i = from; i < end; i++)
    if (!why_asks(&words->word[i]) && words->word[i].kind != WORD_NOT) return false;
  return end - from > 1;
}

/* "… are going up while nothing has changed, …": a clause that holds no name says nothing of the question. */
static void while_nothing(const PropterLexicon *l, Words *words) {
  for (size_t from = 0, end; from < words->count; from++) {
    bool denies = false;
    if (!why_has(&words->word[from], ROLE_WHILE)) continue;
    for (end = from + 1; end < words->count && !why_ends_clause(&words->word[end], ENDS_ANY); end++) {
      const Word *w = &words->word[end];
      if (w->number || why_lexicon_spells(l, w) || !(w->kind == WORD_NOT || w->kind == WORD_MOVE || w->kind == WORD_STOP || why_asks(w))) break;
      denies |= w->kind == WORD_NOT;
    }
    if (end < words->count && !why_ends_clause(&words->word[end], ENDS_ANY)) continue;
    for (size_t i = from + 1; denies && i < end; i++)
      if (words->word[i].kind == WORD_NOT || words->word[i].kind == WORD_MOVE) words->word[i].kind = WORD_FILLER;
  }
}

/* "Nobody", "no one". */
static bool nobody(const Words *words, size_t i) {
  const Word *w = &words->word[i];
  const bool no_one = why_has(w, ROLE_NO) && w->phrase && i + 1 < words->count && why_has(&w[1], ROLE_SPAN);
  return w->kind == WORD_NOT && (no_one || why_has(w, ROLE_ANYBODY));
}

/* "Visits fell and | nobody can tell me why": what is denied of somebody is a clause of its own. */
static size_t before_nobody(const Words *words, size_t from, size_t end, bool *opened) {
  for (size_t i = from + 1; i + 1 < end; i++)
    if (words->word[i].kind == WORD_JOIN && nobody(words, i + 1)) return *opened = false, i;
  return end;
}

void why_talk_denies(const PropterLexicon *l, Words *words) {
  while_nothing(l, words);
  bool opened;
  Word *last = &words->word[words->count - 1];
  if (words->count > 2 && why_has(last, ROLE_NO)) last->kind = WORD_FILLER; /* "…, no?" */
  for (size_t from = 0, end; from < words->count; from = end) {
    bool speaks = false, asks = false, reason = false;
    end = clause_end(words, from, &opened);
    end = before_nobody(words, from, end, &opened);
    size_t next = end;
    while (next < words->count && words->word[next].kind == WORD_STOP) next++;
    const bool goes = opened && next < words->count && why_goes(&words->word[next]);
    const size_t first = from + (words->word[from].kind == WORD_JOIN && from + 1 < end);
    for (size_t i = from; i < end; i++) {
      const Word *w = &words->word[i];
      reason |= why_has(w, ROLE_REASON) && nobody(words, first); /* "no one can tell me the reason" */
      asks |= goes && !speaks && why_has(w, ROLE_QUESTIONS);     /* "why don't we see | a fall" */
      speaks |= w->kind == WORD_SPEAKER || nobody(words, i);
      asks |= why_moves(w) || (w->kind == WORD_NONE && why_lexicon_spells(l, w));
      asks |= goes && w->kind == WORD_NOT && i + 1 == end; /* "we did not | cut" */
    }
    const bool set_off = from ? why_ends_clause(&words->word[from], ENDS_ANY) : end < words->count && why_ends_clause(&words->word[end], ENDS_CLAUSE);
    const bool apart = set_off && nobody(words, first); /* "Nobody saw it coming: …", ", nobody warned us, why" */
    const bool aside = apart || (words->word[from].mark == ',' && words->word[from].kind == WORD_WHICH); /* ", which nobody had foreseen" */
    for (size_t i = from; ((((speaks && (opened || reason)) || aside) && !asks) || tags(words, from, end)) && i < end; i++)
      if (words->word[i].kind == WORD_NOT) words->word[i].kind = WORD_FILLER;
  }
}

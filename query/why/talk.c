/* SPDX-License-Identifier: Apache-2.0 */
/* Talk beside the question: whole clauses in which somebody speaks and that hold nothing of it, concessions, and what such clauses deny. */
#include "senses.h"

/* The end of a clause: a mark, or a word that opens the next. */
static size_t clause_end(const Words *words, size_t from, bool *opened) {
  size_t end = from + 1;
  *opened = false;
  for (; end < words->count; end++) {
    const Word *w = &words->word[end];
    if (why_ends_clause(w, ENDS_ANY)) return end;
    if (why_has(w, ROLE_OPENS)) return *opened = true, end;
    if (!why_goes(w)) continue;
    while (end > from + 1 && words->word[end - 1].kind == WORD_STOP) end--; /* "… need an explanation | for the decline" */
    return *opened = true, end;
  }
  return end;
}

/* Can it stand behind a preposition in talk: "a meeting with the board", but not "a shop in the suburbs"? */
static bool talked_of(const Look *k, const Word *w) {
  return k->w && why_of_class(k, w->text, PROPTER_WORDNET_NOUN, "noun.person noun.group noun.communication noun.cognition noun.feeling noun.event", 1);
}

static bool somebody(const Look *k, const Word *w) {
  return w->kind == WORD_SPEAKER || w->kind == WORD_WHO ||
         (k->w && w->kind == WORD_NONE && why_of_class(k, w->text, PROPTER_WORDNET_NOUN, "noun.person noun.group", 2));
}

/* A clause that somebody speaks in and that holds nothing of a question: no name, time, number, direction, comparison, cause or part, no denial of more than
 * what is said, and nothing that a preposition ties to the rest. */
static bool is_talk(const Look *k, size_t from, size_t end) {
  bool speaks = false, unread = false, behind = false;
  if (why_has(why_at(k, from), ROLE_TIES)) return false;
  for (size_t i = from; i < end; i++) {
    const Word *w = why_at(k, i);
    const bool tie = w->kind == WORD_STOP && !why_has(w, ROLE_ARTICLE);
    if (w->used != USED_NOT || w->number ||
        (w->kind != WORD_NONE && !why_asks(w) && !why_joins(w) && w->kind != WORD_WHO && !(speaks && (w->kind == WORD_NOT || why_has(w, ROLE_MODAL)))))
      return false;
    if (w->kind == WORD_NONE && (w->proper || why_lexicon_spells(k->l, w) || why_lexicon_idle(k->l, k->q->metric, w))) return false;
    if (w->kind == WORD_NONE && k->l->causes && why_lexicon_knows(k->l->causes, w)) return false;
    if (behind && w->kind == WORD_NONE && !talked_of(k, w) && !why_colours(k, w->text)) return false;
    speaks |= somebody(k, w);
    unread |= w->kind == WORD_NONE || w->kind == WORD_WHO || w->kind == WORD_LIMIT;
    behind = tie || (behind && w->kind != WORD_NONE);
  }
  return speaks && unread && end - from > 2;
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
      if (w->used != USED_NOT || w->number || (w->kind != WORD_NONE && w->kind != WORD_STOP && !why_asks(w)) || (w->kind == WORD_NONE && w->proper))
        break;
      if (why_lexicon_spells(k->l, w) || (k->l->causes && why_lexicon_knows(k->l->causes, w))) break;
      unread += w->kind == WORD_NONE;
    }
    if ((unread || end > i + 2) && (end == k->words->count || why_at(k, end)->mark)) PROPTER_TRY(pass_over(k, i, end, arena, err));
  }
  return PROPTER_OK;
}

PropterStatus why_talk(PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  Look k = {.l = l, .words = words, .q = q};
  bool opened = false;
  PROPTER_TRY(why_lexicon_wordnet(l, &k.w, err));
  PROPTER_TRY(concede(&k, arena, err));
  for (size_t from = 0, end; from < words->count; from = end) {
    const bool inner = opened; /* what a word opens without a mark belongs to what stands before it */
    end = clause_end(words, from, &opened);
    if (inner || (from == 0 && end == words->count) || !is_talk(&k, from, end)) continue;
    PROPTER_TRY(pass_over(&k, from, end, arena, err));
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

void why_talk_denies(const PropterLexicon *l, Words *words) {
  bool opened;
  for (size_t from = 0, end; from < words->count; from = end) {
    bool speaks = false, asks = false;
    end = clause_end(words, from, &opened);
    for (size_t i = from; i < end; i++) {
      const Word *w = &words->word[i];
      speaks |= w->kind == WORD_SPEAKER || (w->kind == WORD_NOT && why_has(w, ROLE_ANYBODY));
      asks |= w->kind == WORD_UP || w->kind == WORD_DOWN || w->kind == WORD_MOVE || (w->kind == WORD_NONE && why_lexicon_spells(l, w));
    }
    for (size_t i = from; ((speaks && opened && !asks) || tags(words, from, end)) && i < end; i++)
      if (words->word[i].kind == WORD_NOT) words->word[i].kind = WORD_FILLER;
  }
}

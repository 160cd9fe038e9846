/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

#include <stdarg.h>

static const struct {
  const char *code, *text, *help;
} gaps[PROPTER_GAP_COUNT] = {
#define GAP(name, code, text, help) [PROPTER_GAP_##name] = {code, text, help},
#include "gaps.def"
#undef GAP
};

const char *propter_gap_code(PropterGap gap) { return gaps[gap < PROPTER_GAP_COUNT ? gap : PROPTER_GAP_EMPTY].code; }
const char *propter_gap_text(PropterGap gap) { return gaps[gap < PROPTER_GAP_COUNT ? gap : PROPTER_GAP_EMPTY].text; }
const char *propter_gap_help(PropterGap gap) { return gaps[gap < PROPTER_GAP_COUNT ? gap : PROPTER_GAP_EMPTY].help; }

PropterStatus why_question_note(PropterQuestion *q, PropterArena *arena, PropterError *err, const char *format, ...) {
  if (q->note_count == PROPTER_QUESTION_NOTES) return PROPTER_OK;
  char text[512];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  PropterStr copy = propter_arena_copy(arena, propter_str(text));
  if (!copy.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  q->note[q->note_count++] = copy;
  return PROPTER_OK;
}

PropterQuestion why_question_empty(void) {
  const PropterStr none = {"", 0};
  return (PropterQuestion){.text = none,
                           .about = none,
                           .metric_iri = none,
                           .metric_label = none,
                           .metric_words = none,
                           .despite = none,
                           .suspect = none,
                           .told_by = none,
                           .by = none,
                           .by_label = none,
                           .slice_words = none,
                           .period_words = none,
                           .from = PROPTER_NO_DAY,
                           .to = PROPTER_NO_DAY};
}

/* What says how good it was counts only where nothing else says which way; where words go both ways, those in the clause of the metric ("we lost bikes - thefts
 * doubled"), or of what is denied ("high all summer, why does it not come down"). A fall that slows goes both ways. */
static PropterStatus direction(PropterQuestion *q, const Words *words, PropterArena *arena, PropterError *err) {
  enum { ANYWHERE, BESIDE, MILD };
  bool down[3] = {false}, up[3] = {false}, denied = false;
  for (size_t i = 0; i < words->count; i++) denied |= words->word[i].kind == WORD_NOT && words->word[i].used == USED_NOT;
  for (size_t from = 0, end; from < words->count; from = end) {
    bool beside = false;
    for (end = from; end < words->count && (end == from || !why_ends_clause(&words->word[end], ENDS_BRACKET)); end++) {
      const Word *w = &words->word[end];
      beside |= denied ? w->kind == WORD_NOT && w->used == USED_NOT : w->used == USED_METRIC;
    }
    bool moved = false;
    for (size_t i = from; i < end; i++) {
      const Word *w = &words->word[i];
      const bool goes = w->used == USED_NOT && (w->kind == WORD_UP || w->kind == WORD_DOWN);
      if (goes && moved && why_has(w, ROLE_PACE)) {
        if (w->kind == WORD_DOWN) down[ANYWHERE] = up[ANYWHERE] = down[BESIDE] = up[BESIDE] = true;
        continue;
      }
      moved |= goes;
      const bool level = q->compared && w->used != USED_SLICE && w->used != USED_METRIC, free = w->used == USED_NOT || w->number; /* "+30 %" */
      const int how = w->mild ? MILD : ANYWHERE;
      const bool falls = (level && w->kind == WORD_UNDER) || (free && w->kind == WORD_DOWN);
      const bool rises = (level && w->kind == WORD_ABOVE) || (free && w->kind == WORD_UP);
      down[how] |= falls, up[how] |= rises;
      if (beside && how == ANYWHERE) down[BESIDE] |= falls, up[BESIDE] |= rises;
    }
  }
  const int how = down[ANYWHERE] && up[ANYWHERE] ? BESIDE : down[ANYWHERE] || up[ANYWHERE] ? ANYWHERE : MILD;
  q->direction = up[how] - down[how];
  if (!up[how] || !down[how]) return PROPTER_OK;
  return why_question_note(q, arena, err, "no direction was taken: words of the question go both ways");
}

/* "Monday night": no data are finer than a day. */
static PropterStatus read_daytime(PropterQuestion *q, const Words *words, PropterArena *arena, PropterError *err) {
  for (size_t i = 1; i < words->count; i++) {
    Word *w = &words->word[i];
    size_t next = i + 1, last = i - 1;
    while (next < words->count && words->word[next].kind == WORD_STOP) next++;
    while (last > 0 && words->word[last].used == USED_NOT && (words->word[last].kind == WORD_STOP || words->word[last].kind == WORD_FILLER)) last--;
    const bool before = next < words->count && words->word[next].used == USED_PERIOD;
    if (w->used != USED_NOT || (words->word[last].used != USED_PERIOD && !before) || !why_date_word(w->text, DATE_DAYTIME, NULL, NULL)) continue;
    w->used = USED_PERIOD;
    PROPTER_TRY(why_question_note(q, arena, err, "\"%.*s\" was passed over: the whole day is looked at", (int)(w->end - w->begin), q->text.data + w->begin));
  }
  return PROPTER_OK;
}

/* "the spring sale", "the Christmas sale" are things, not times: a season, holiday or month right before a word that names the metric only by its stem or
 * once more, or that was passed over as harmless. */
static void names_no_time(const PropterLexicon *l, PropterQuestion *q, const Words *words) {
  for (size_t i = 0; i + 1 < words->count; i++) {
    const Word *w = &words->word[i], *next = w + 1;
    if (w->used != USED_PERIOD || next->kind != WORD_NONE || next->number || next->mark || next->used == USED_PERIOD || next->used == USED_SLICE ||
        next->used == USED_CAUSE)
      continue;
    if (next->used == USED_METRIC && why_lexicon_spells(l, next)) continue;
    if (!why_date_word(w->text, DATE_SEASON, NULL, NULL) && !why_date_word(w->text, DATE_HOLIDAY, NULL, NULL) &&
        !why_date_word(w->text, DATE_MONTH, NULL, NULL))
      continue;
    q->gap = PROPTER_GAP_UNCLEAR_PERIOD, q->has_period = false;
    q->about = (PropterStr){q->text.data + w->begin, next->end - w->begin};
    return;
  }
}

/* "Did Easter affect sales": a day that does something is meant as a cause. */
static void acts_as_cause(PropterQuestion *q, const Words *words) {
  int a, b;
  for (size_t i = 0; i + 1 < words->count; i++) {
    const Word *next = &words->word[i + 1];
    if (!why_has(&words->word[i], ROLE_DOES) || next->used != USED_PERIOD || !why_date_word(next->text, DATE_HOLIDAY, &a, &b)) continue;
    q->gap = PROPTER_GAP_NO_CAUSE, q->about = (PropterStr){q->text.data + next->begin, next->end - next->begin};
  }
}

/* --- the whole question ---------------------------------------------------------------------------------------------------------- */

/* A name within the text ("Los Angeles") has a capital, and says nothing of its language. */
static bool says_word(PropterStr text, PropterStr word, bool names) {
  static const char ends[] = " \t\n,;:.?!\"'()";
  for (size_t at = 0; at < text.len; at++) {
    size_t len = 0;
    while (at + len < text.len && !strchr(ends, text.data[at + len])) len++;
    const bool name = at && text.data[at] >= 'A' && text.data[at] <= 'Z';
    if (len && (names || !name) && propter_str_equal_caseless((PropterStr){text.data + at, len}, word)) return true;
    at += len;
  }
  return false;
}

/* A word that asks, or three different others. */
static bool is_in_another_language(const PropterQuestion *q) {
  enum { SURE = 3 };
  static const struct {
    const char *word;
    unsigned worth;
  } known[] = {
#define ASKS(word) {word, SURE},
#define OTHER(word) {word, 1},
#include "languages.def"
#undef ASKS
#undef OTHER
  };
  unsigned worth = 0;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (says_word(q->text, propter_str(known[i].word), known[i].worth >= SURE)) worth += known[i].worth;
  return worth >= SURE;
}

/* The words, or the gap of a question that has none or too many. */
static PropterStatus split(Reading *r, PropterStr text) {
  PropterQuestion *q = r->q;
  size_t bad;
  if (!propter_utf8_valid(text, &bad)) {
    propter_error_at_byte(r->err, "question", bad);
    return propter_fail(r->err, PROPTER_INVALID, "expected UTF-8");
  }
  q->text = propter_arena_copy(r->arena, propter_str_trim(text));
  if (!q->text.data) return propter_fail(r->err, PROPTER_NO_MEMORY, "out of memory");
  q->gap = q->text.len > PROPTER_QUESTION_BYTES ? PROPTER_GAP_TOO_LONG : PROPTER_GAP_NONE;
  if (q->gap != PROPTER_GAP_NONE) return PROPTER_OK;
  bool german;
  PROPTER_TRY(why_german(r->lexicon, q->text, PROPTER_QUESTION_WORDS, r->arena, &r->words, q, &german, r->err));
  if (!german) PROPTER_TRY(why_words_split(q->text, why_lexicon_stemmer(r->lexicon), PROPTER_QUESTION_WORDS, r->arena, &r->words, r->err));
  q->gap = r->words.too_many              ? PROPTER_GAP_TOO_LONG
           : r->words.count == 0          ? PROPTER_GAP_EMPTY
           : is_in_another_language(q)    ? PROPTER_GAP_LANGUAGE
                                          : PROPTER_GAP_NONE;
  return PROPTER_OK;
}

/* What words mean beside each other, before anything is looked for. */
static PropterStatus weigh(Reading *r) {
  Words *words = &r->words;
  for (size_t i = 0; i < words->count; i++) words->word[i].known |= why_lexicon_knows(r->lexicon, &words->word[i]);
  PROPTER_TRY(why_reword(r->lexicon, words, r->arena, r->q, r->err));
  const PropterLexicon *causes = why_lexicon_causes(r->lexicon);
  for (size_t i = 0; causes && i < words->count; i++) { /* "the avalanche", where an event is called so */
    Word *w = &words->word[i];
    if ((w->kind == WORD_UP || w->kind == WORD_DOWN) && !w->phrase && why_lexicon_calls(causes, w) && why_lexicon_spells(causes, w)) w->kind = WORD_NONE;
  }
  PROPTER_TRY(why_asides(r->lexicon, words, r->today, r->arena, r->q, r->err));
  PROPTER_TRY(why_wording(r->lexicon, words, r->arena, r->q, r->err));
  why_talk_denies(r->lexicon, words);
  r->compare = why_first_of(words, WORD_COMPARE, WORD_NORM), r->despite = why_first_of(words, WORD_DESPITE, WORD_NONE);
  r->causes = r->despite < words->count ? NULL : why_lexicon_causes(r->lexicon);
  return PROPTER_OK;
}

/* "Fewer than a year ago": what is compared is the present. */
static bool ago(const Words *words, size_t from) {
  for (size_t i = from; i < words->count; i++)
    if (why_date_word(words->word[i].text, DATE_AGO, NULL, NULL)) return true;
  return false;
}

static PropterStatus read_times(Reading *r) {
  PropterQuestion *q = r->q;
  PROPTER_TRY(why_comparison(&r->words, r->compare, r->today, r->arena, q, r->err));
  PROPTER_TRY(why_period_find(&r->words, q->text, r->today, why_lexicon_causes(r->lexicon), r->arena, q, r->err));
  if (!q->has_period && q->gap == PROPTER_GAP_NONE && q->compared && ago(&r->words, r->compare)) q->has_period = true, q->when = PROPTER_WHEN_DAY; /* now */
  r->no_time = q->gap, r->about_time = q->about;
  return PROPTER_OK;
}

/* The metric, the parts of its data, and what unknown words say of it. */
static PropterStatus read_metric(Reading *r) {
  PROPTER_TRY(why_lexicon_find(r->lexicon, &r->words, r->q->text, r->arena, r->q, r->err));
  if (!r->q->has_metric) return PROPTER_OK;
  PROPTER_TRY(why_turn_valued(r->lexicon, &r->words, r->arena, r->q, r->err));
  why_amounts(&r->words);
  return why_senses(r->lexicon, &r->words, r->arena, r->q, r->err);
}

/* Which way, how much, and what is passed over. */
static PropterStatus read_change(Reading *r) {
  PropterQuestion *q = r->q;
  PROPTER_TRY(why_read_sizes(q, &r->words, &r->sized, r->arena, r->err));
  PROPTER_TRY(why_read_figures(q, &r->words, r->arena, r->err));
  PROPTER_TRY(direction(q, &r->words, r->arena, r->err));
  why_negate(q, &r->words);
  PROPTER_TRY(read_daytime(q, &r->words, r->arena, r->err));
  return q->gap == PROPTER_GAP_NONE && q->has_metric ? why_talk(r->lexicon, &r->words, r->arena, q, r->err) : PROPTER_OK;
}

/* "Way down on last August", where no time is asked about: that is what it is compared with. */
static void compared_alone(PropterQuestion *q, const Words *words) {
  for (size_t i = 2; i + 1 < words->count && !q->compared && q->has_period; i++) {
    const Word *w = &words->word[i];
    const bool goes = (w[-2].kind == WORD_UP || w[-2].kind == WORD_DOWN) && why_has(w - 1, ROLE_ON) && !w[-1].mark && !w->mark;
    if (!goes || w->used != USED_PERIOD || !why_date_word(w->text, DATE_LAST, NULL, NULL) || why_date_word(w[1].text, DATE_WEEKDAY, NULL, NULL)) continue;
    if (i + 2 < words->count && why_has(w + 2, ROLE_OWNS)) continue; /* "on last year's 1 January" */
    q->gap = PROPTER_GAP_COMPARISON, q->about = (PropterStr){q->text.data + w[-1].begin, w[1].end - w[-1].begin};
    return;
  }
}

/* Why the question is not understood, the weightiest reason first. */
static void judge(Reading *r) {
  PropterQuestion *q = r->q;
  const Words *words = &r->words;
  if (q->gap == PROPTER_GAP_NONE || q->gap == PROPTER_GAP_MANY_PERIODS) why_leftovers(r->lexicon, q, words);
  if (q->gap == PROPTER_GAP_WORDS_LEFT && q->has_period && q->when == PROPTER_WHEN_FIXED && !q->open && q->from > r->today)
    q->gap = PROPTER_GAP_AHEAD, q->about = q->period_words; /* "why will sales fall in December" */
  why_names_no_cause(r->causes, q, words);
  if (q->gap == PROPTER_GAP_NONE && !q->has_period) q->gap = PROPTER_GAP_NO_PERIOD;
  if (q->gap == PROPTER_GAP_NONE && r->no_time != PROPTER_GAP_NONE) q->gap = r->no_time, q->about = r->about_time;
  if (q->gap == PROPTER_GAP_NONE) names_no_time(r->lexicon, q, words);
  if (q->gap == PROPTER_GAP_NONE) acts_as_cause(q, words);
  if (q->gap == PROPTER_GAP_NONE) compared_alone(q, words);
  if (q->gap == PROPTER_GAP_NONE && r->sized) why_size_of_a_change(q, words);
  if (r->several != PROPTER_GAP_NONE && q->gap == PROPTER_GAP_WORDS_LEFT) q->gap = r->several, q->about = r->about_several;
  if (r->no_cause == PROPTER_GAP_NONE || (q->gap != PROPTER_GAP_NONE && q->gap != PROPTER_GAP_WORDS_LEFT)) return;
  const Word *first = &words->word[r->despite];
  q->gap = r->no_cause, q->about = (PropterStr){q->text.data + first->begin, words->word[words->count - 1].end - first->begin};
  q->nearest_count = r->named.nearest_count;
  memcpy(q->nearest, r->named.nearest, sizeof q->nearest);
}

PropterStatus propter_question_parse(PropterLexicon *lexicon, PropterStr text, PropterDay today, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  Reading r = {.lexicon = lexicon, .today = today, .arena = arena, .q = q, .err = err, .named = why_question_empty()};
  *q = why_question_empty();
  PROPTER_TRY(split(&r, text));
  if (q->gap != PROPTER_GAP_NONE) return PROPTER_OK;
  PROPTER_TRY(weigh(&r));
  PROPTER_TRY(why_read_conceded(&r));
  PROPTER_TRY(read_times(&r));
  PROPTER_TRY(why_read_free_cause(&r, true));
  PROPTER_TRY(read_metric(&r));
  if (q->has_metric) PROPTER_TRY(why_read_free_cause(&r, false));
  if (q->suspect.len || q->despite.len) PROPTER_TRY(why_senses(lexicon, &r.words, arena, q, err)); /* what it does */
  PROPTER_TRY(why_settle_cause(&r));
  PROPTER_TRY(read_change(&r));
  judge(&r);
  return PROPTER_OK;
}

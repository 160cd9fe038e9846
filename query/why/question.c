/* SPDX-License-Identifier: Apache-2.0 */
#include "question.h"

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
 * doubled"). A fall that slows goes both ways. */
static PropterStatus direction(PropterQuestion *q, const Words *words, PropterArena *arena, PropterError *err) {
  enum { ANYWHERE, BESIDE, MILD };
  bool down[3] = {false}, up[3] = {false};
  for (size_t from = 0, end; from < words->count; from = end) {
    bool metric = false;
    for (end = from; end < words->count && (end == from || !why_ends_clause(&words->word[end], ENDS_BRACKET)); end++)
      metric |= words->word[end].used == USED_METRIC;
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
      if (metric && how == ANYWHERE) down[BESIDE] |= falls, up[BESIDE] |= rises;
    }
  }
  const int how = down[ANYWHERE] && up[ANYWHERE] ? BESIDE : down[ANYWHERE] || up[ANYWHERE] ? ANYWHERE : MILD;
  q->direction = up[how] - down[how];
  if (!up[how] || !down[how]) return PROPTER_OK;
  return why_question_note(q, arena, err, "no direction was taken: words of the question go both ways");
}

/* "Morning!" */
static void greets(Words *words) {
  const bool mark = words->count > 1 && words->word[1].mark && strchr("!,.", words->word[1].mark);
  if (mark && why_date_word(words->word[0].text, DATE_DAYTIME, NULL, NULL)) words->word[0].kind = WORD_FILLER;
}

/* "More than halved", "fell more": how much, not than what; what "fell less" goes both ways. "Above normal" is high. */
static void more_than(Words *words) {
  for (size_t i = 1; i + 1 < words->count; i++) {
    Word *than = &words->word[i];
    const WordKind next = than[1].kind;
    if ((than->kind == WORD_ABOVE || than->kind == WORD_UNDER) && next == WORD_NORM) than->kind = than->kind == WORD_ABOVE ? WORD_UP : WORD_DOWN;
    const bool behind_fall = than[-1].kind == WORD_DOWN && !than->mark && !than->phrase;
    if (why_has(than, ROLE_MORE) && behind_fall) than->kind = WORD_FILLER;
    if (why_has(than, ROLE_LESS) && behind_fall) than->kind = WORD_UP;
    if (why_has(than, ROLE_THAN) && !than[1].mark && (next == WORD_UP || next == WORD_DOWN) && (than[-1].kind == WORD_UP || than[-1].kind == WORD_DOWN))
      than->kind = than[-1].kind = WORD_FILLER; /* not "other than lower" */
  }
}

/* "All but vanished" nearly did. */
static void all_but(Words *words) {
  for (size_t i = 0; i + 2 < words->count; i++)
    if (words->word[i].kind == WORD_LIMIT && why_has(&words->word[i + 1], ROLE_BUT) && words->word[i + 1].phrase && why_moves(&words->word[i + 2]))
      words->word[i].kind = WORD_FILLER;
}

/* "Dropped back", "thinned out". */
static void particles(Words *words) {
  for (size_t i = 1; i < words->count; i++) {
    Word *w = &words->word[i];
    const bool moves = w[-1].kind == WORD_DOWN || w[-1].kind == WORD_UP;
    if (moves && !w->mark && !w->phrase && why_has(w, ROLE_PARTICLE) && w->kind != WORD_DOWN) w->kind = WORD_FILLER, w->known = true;
  }
}

/* "Than anyone expected", "than we had hoped": more than usual. */
static void than_expected(Words *words) {
  enum { BETWEEN = 4 };
  for (size_t i = 0; i + 1 < words->count; i++) {
    size_t end = i + 1;
    if (!why_has(&words->word[i], ROLE_THAN)) continue;
    while (end < words->count && end <= i + BETWEEN && !words->word[end].mark && words->word[end].kind != WORD_NORM &&
           (why_idles(&words->word[end]) || words->word[end].kind == WORD_ASK || words->word[end].kind == WORD_WHO || why_has(&words->word[end], ROLE_ANYBODY)))
      end++;
    if (end == i + 1 || end == words->count || words->word[end].mark || !(words->word[end].kind == WORD_NORM || why_has(&words->word[end], ROLE_HOPES)))
      continue;
    for (size_t k = i; k <= end; k++) words->word[k].kind = WORD_FILLER;
  }
}

/* "Held up in July" did not fall, if nothing else is said of it: "held up by the strike" waited. "Not a single bike" is few, "not a single rise" denies. */
static void none_of(Words *words) {
  for (size_t i = 0; i + 1 < words->count; i++) {
    Word *w = &words->word[i];
    size_t next = i + 1;
    while (next < words->count && words->word[next].kind == WORD_FILLER) next++;
    if (w->kind == WORD_NIL) w->kind = next < words->count && why_moves(&words->word[next]) ? WORD_NOT : WORD_DOWN;
    if (w->kind != WORD_HELD) continue;
    const bool waited = next < words->count && words->word[next].kind == WORD_BY;
    w->kind = waited ? WORD_LIMIT : WORD_NOT, w[1].kind = waited ? WORD_FILLER : WORD_DOWN;
  }
}

/* "What kept it from falling" denies the fall; "where has all the revenue gone" supposes one. */
static void prevented_or_gone(Words *words) {
  size_t verb = words->count, where = words->count;
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i], *next = i + 1 < words->count ? w + 1 : NULL;
    if (i && why_ends_clause(w, ENDS_CLAUSE)) verb = where = words->count;
    if (why_has(w, ROLE_PREVENTS)) verb = i;
    if (why_has(w, ROLE_WHERE)) where = i;
    if (verb < i && next && why_has(w, ROLE_FROM) && why_moves(next) && propter_str_ends(next->text, PROPTER_STR("ing")))
      w->kind = WORD_NOT, words->word[verb].kind = WORD_FILLER;
    const bool led = next && !next->mark && (why_moves(next) || next->kind == WORD_NONE || why_has(next, ROLE_PARTICLE)); /* "gone up", "gone wrong" */
    if (where < i && why_has(w, ROLE_GONE) && !w->phrase && !led) w->kind = WORD_DOWN, words->word[where].kind = WORD_FILLER;
  }
}

/* "More long" is longer, and what is "so long" is too long. */
static PropterStatus more_of(Words *words, PropterArena *arena, PropterError *err) {
  for (size_t i = 0; i + 1 < words->count; i++) {
    Word *w = &words->word[i];
    const bool more = why_has(w, ROLE_MORE), told = why_has(w, ROLE_LINK) || propter_str_ends(w->text, PROPTER_STR("ly"));
    if ((!more && !(told && w[1].kind == WORD_NONE && !w[1].known)) || w->phrase || w[1].mark || w[1].number) continue;
    const PropterStr longer = propter_arena_printf(arena, "%.*ser", (int)w[1].text.len, w[1].text.data);
    if (!longer.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    const WordKind kind = why_word_kind(longer);
    if (kind == WORD_UP || kind == WORD_DOWN) w->kind = more ? WORD_FILLER : w->kind, w[1].kind = kind, w[1].known = true;
  }
  return PROPTER_OK;
}

/* "Break the change in revenue down by region" speaks of no fall, "… Help!" of no rise. */
static void break_down(Words *words) {
  if (why_has(&words->word[words->count - 1], ROLE_CALLS)) words->word[words->count - 1].kind = WORD_FILLER;
  for (size_t i = 0; i + 1 < words->count; i++) { /* "break down May's visits by museum" */
    Word *w = &words->word[i];
    size_t by = i + 2;
    if (!why_has(w, ROLE_BREAKS) || !w->phrase || !why_has(w + 1, ROLE_DOWN)) continue;
    while (by < words->count && words->word[by].kind != WORD_BY && !why_ends_clause(&words->word[by], ENDS_SENTENCE)) by++;
    if (by < words->count && words->word[by].kind == WORD_BY) w->kind = WORD_FILLER;
  }
  for (size_t i = 0; i + 1 < words->count; i++)
    for (size_t j = 0; why_has(&words->word[i], ROLE_DOWN) && words->word[i + 1].kind == WORD_BY && j < i; j++)
      if (why_has(&words->word[j], ROLE_BREAKS)) words->word[i].kind = words->word[j].kind = WORD_FILLER;
}

/* "…, huge, why": a clause with nothing else. */
static bool stands_alone(const Words *words, size_t i) {
  size_t from = i;
  while (from > 0 && !why_ends_clause(&words->word[from], ENDS_CLAUSE) && words->word[from - 1].kind == WORD_FILLER) from--;
  return why_ends_clause(&words->word[from], ENDS_CLAUSE) && (i + 1 == words->count || why_ends_clause(&words->word[i + 1], ENDS_CLAUSE));
}

/* Says a quality how the metric was, not how its change was: "so bad", "a strong day", but not "a bad drop"? */
static bool told_of_metric(const Words *words, size_t i) {
  size_t before = i, next = i + 1;
  int unit;
  if (why_has(&words->word[i], ROLE_AMISS)) return true;                         /* "went wrong" */
  if (next < words->count && why_has(&words->word[next], ROLE_FOR)) return true; /* "a disaster for" */
  if (next < words->count && !words->word[next].mark &&
      (why_date_word(words->word[next].text, DATE_UNIT, &unit, NULL) || why_date_word(words->word[next].text, DATE_MONTH, NULL, NULL)))
    return true; /* "a strong May" */
  while (before > 0 && (words->word[before - 1].kind == WORD_FILLER || why_has(&words->word[before - 1], ROLE_ARTICLE)) &&
         !why_has(&words->word[before - 1], ROLE_LINK))
    before--;
  while (next < words->count && words->word[next].kind == WORD_FILLER && !words->word[next].mark) next++;
  if (next < words->count && !words->word[next].mark && why_date_word(words->word[next].text, DATE_UNIT, &unit, NULL)) return true;
  if (next < words->count && !words->word[next].mark &&
      (why_moves(&words->word[next]) || words->word[next].kind == WORD_ASK || (words->word[next].kind == WORD_NONE && !why_has(&words->word[next], ROLE_WHEN))))
    return false;
  if (before > 0 && (why_has(&words->word[before - 1], ROLE_LINK) || words->word[before - 1].kind == WORD_NOT)) return true; /* "not as bad" */
  const bool ends = next == words->count || words->word[next].mark; /* "cafe sales on Monday brilliant, why" */
  return before == i && i > 0 && !words->word[i].mark && ends && next == i + 1;
}

/* "Did so well", "performed badly". */
static void fares(Words *words) {
  for (size_t i = 1; i < words->count; i++) {
    Word *w = &words->word[i];
    size_t verb = i;
    if ((!why_has(w, ROLE_WELL) && !why_has(w, ROLE_BADLY)) || w->phrase || w->mark) continue;
    while (verb > 1 && (words->word[verb - 1].kind == WORD_FILLER || why_has(&words->word[verb - 1], ROLE_LINK)) &&
           !why_has(&words->word[verb - 1], ROLE_FARES))
      verb--;
    if (why_has(&words->word[verb - 1], ROLE_FARES)) w->kind = why_has(w, ROLE_WELL) ? WORD_BETTER : WORD_WORSE;
  }
}

/* "Month after month", "week by week": how it went on, not when. */
static void repeats_unit(Words *words) {
  for (size_t i = 1; i + 1 < words->count; i++) {
    Word *w = &words->word[i];
    if (!why_has(w, ROLE_BY) && !why_date_word(w->text, DATE_AFTER, NULL, NULL)) continue;
    if (!why_date_word(w[-1].text, DATE_UNIT, NULL, NULL) || !propter_str_equal(w[-1].text, w[1].text) || w->used != USED_NOT) continue;
    for (int k = -1; k < 2; k++) w[k].kind = WORD_FILLER, w[k].used = USED_PERIOD;
  }
}

/* "Up 3 weeks in a row", "four days running": how long it went on. */
static void goes_on_for(Words *words) {
  int n, unit;
  for (size_t i = 1; i + 1 < words->count; i++) {
    Word *w = &words->word[i];
    const bool row = w[1].phrase && w[1].kind == WORD_FILLER && !w[1].mark && (why_has(w + 1, ROLE_IN) || why_has(w + 1, ROLE_ON));
    if (!why_date_word(w->text, DATE_UNIT, &unit, NULL) || !why_count_of(w - 1, &n) || !(row || why_has(w + 1, ROLE_INCESSANT))) continue;
    for (int k = -1; k < 2; k++) w[k].kind = WORD_FILLER, w[k].used = USED_PERIOD;
  }
}

/* "What held butter back", "minus 70 %". */
static void falls_short(Words *words) {
  size_t held = words->count;
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i];
    if (why_ends_clause(w, ENDS_CLAUSE)) held = words->count;
    if (why_has(w, ROLE_HOLDS)) held = i;
    if (held < i && i <= held + 4 && why_has(w, ROLE_PARTICLE) && w->kind != WORD_DOWN && !w->phrase) words->word[held].kind = WORD_DOWN, w->kind = WORD_FILLER;
    if (why_has(w, ROLE_TAKES) && i + 1 < words->count && w[1].number && !w[1].mark) w->kind = WORD_DOWN;
  }
}

/* "More in May then in April". */
static PropterStatus then_for_than(Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  bool more = false;
  for (size_t i = 0; i + 1 < words->count; i++) {
    Word *w = &words->word[i];
    if (why_ends_clause(w, ENDS_CLAUSE)) more = false;
    size_t next = i + 1 + (words->word[i + 1].kind == WORD_STOP && i + 2 < words->count);
    if (more && why_has(w, ROLE_NEXT) &&
        (why_date_word(words->word[next].text, DATE_MONTH, NULL, NULL) || why_date_word(words->word[next].text, DATE_LAST, NULL, NULL))) {
      w->text = PROPTER_STR("than"), w->kind = WORD_COMPARE;
      why_word_roles(w);
      PROPTER_TRY(why_question_note(q, arena, err, "\"then\" was read as \"than\""));
    }
    more |= why_has(w, ROLE_MORE) || why_has(w, ROLE_LESS);
  }
  return PROPTER_OK;
}

/* "They will bring up the donations" speaks of them. */
static void brings_up(Words *words) {
  bool somebody = false;
  for (size_t i = 0; i + 1 < words->count; i++) {
    Word *w = &words->word[i];
    if (why_ends_clause(w, ENDS_CLAUSE)) somebody = false;
    somebody |= w->kind == WORD_SPEAKER;
    if (somebody && propter_str_equal(w->stem, PROPTER_STR("bring")) && why_has(w + 1, ROLE_UPWARD) && w[1].kind == WORD_UP) w[1].kind = WORD_FILLER;
  }
}

/* "Only half of what they were". */
static void only_half(Words *words) {
  for (size_t i = 0; i + 1 < words->count; i++) {
    const Word *next = &words->word[i + 1];
    if (why_has(&words->word[i], ROLE_ONLY) && (next->kind == WORD_UNDER || next->kind == WORD_ABOVE || why_has(next, ROLE_HALF)))
      words->word[i].kind = WORD_FILLER;
  }
}

/* "How can we raise visits" asks what to do. */
static void asks_advice(Words *words) {
  for (size_t i = 0; i + 3 < words->count; i++) {
    const Word *modal = &words->word[i + 1];
    const bool can = why_has(modal, ROLE_MODAL) || (why_has(modal, ROLE_AUXILIARY) && !why_has(modal, ROLE_PAST));
    if (why_has(&words->word[i], ROLE_HOW) && can && modal[1].kind == WORD_SPEAKER && (modal[2].kind == WORD_UP || modal[2].kind == WORD_DOWN))
      words->word[i].kind = WORD_LIMIT;
  }
}

/* "Recovered", "worse": which way that is depends on the metric. */
static void value(Words *words) {
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i];
    const bool unit = i + 1 < words->count && why_date_word(w[1].text, DATE_UNIT, NULL, NULL);
    if (unit && w->kind == WORD_MOST && (why_has(w, ROLE_BEST) || why_has(w, ROLE_WORST))) w->kind = why_has(w, ROLE_BEST) ? WORD_GOOD : WORD_BAD;
    if (w->kind == WORD_SIZE && (stands_alone(words, i) || told_of_metric(words, i))) w->kind = why_has(w, ROLE_SMALL) ? WORD_DOWN : WORD_UP, w->mild = true;
    if (w->mild) continue;
    w->mild = w->kind == WORD_GOOD || w->kind == WORD_BAD;
    if (w->mild) w->kind = !told_of_metric(words, i) && !(i && stands_alone(words, i)) ? WORD_FILLER : w->kind == WORD_GOOD ? WORD_BETTER : WORD_WORSE;
    if (w->kind != WORD_BETTER && w->kind != WORD_WORSE) continue;
    w->kind = w->kind == WORD_BETTER ? WORD_UP : WORD_DOWN, w->valued = true;
  }
}

static PropterStatus turn_valued(const PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  const int good = why_lexicon_good(l, q->metric);
  bool lasts = false;
  for (size_t i = 0; i < words->count; i++) lasts |= words->word[i].used == USED_METRIC && why_has(&words->word[i], ROLE_LASTS);
  for (size_t i = 0; i < words->count; i++)
    if (lasts && words->word[i].kind == WORD_DOWN && why_has(&words->word[i], ROLE_SLOW)) words->word[i].kind = WORD_UP; /* "handling time too slow" */
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i];
    const bool before = i + 1 < words->count && w[1].used == USED_METRIC && !w[1].mark, behind = i && w[-1].used == USED_METRIC && !w->mark;
    if (w->mild && w->kind == WORD_FILLER && w->used == USED_NOT && (before || behind))
      w->kind = why_word_kind(w->text) == WORD_GOOD ? WORD_UP : WORD_DOWN, w->valued = true; /* "the poor passenger numbers" */
    if (!w->valued || w->used != USED_NOT || good > 0 || why_has(w, ROLE_AMOUNT)) continue;
    if (w->mild && !good) {
      w->kind = WORD_FILLER;
      PROPTER_TRY(why_question_note(q, arena, err, "\"%.*s\" was passed over: the graph does not say which way is better", (int)(w->end - w->begin),
                                    q->text.data + w->begin));
      continue;
    }
    if (good < 0) w->kind = w->kind == WORD_UP ? WORD_DOWN : WORD_UP;
    PROPTER_TRY(why_question_note(q, arena, err, "\"%.*s\" was read as a %s: %s", (int)(w->end - w->begin), q->text.data + w->begin,
                                  w->kind == WORD_UP ? "rise" : "fall", good ? "less is better" : "the graph does not say which way is better"));
  }
  return PROPTER_OK;
}

/* "The huge number of refunds". */
static bool number_of_metric(const Words *words, size_t i) {
  const Word *w = &words->word[i];
  return i + 3 < words->count && why_has(w + 1, ROLE_COUNTS) && why_has(w + 2, ROLE_OF) &&
         (w[3].used == USED_METRIC || (i + 4 < words->count && w[4].used == USED_METRIC));
}

/* "So little scrap", "few orders", and "no accidents", where no change is denied: how much of the metric there was. */
static void amounts(Words *words) {
  bool moves = false;
  for (size_t i = 0; i < words->count; i++) moves |= words->word[i].used == USED_NOT && why_moves(&words->word[i]);
  const Word end = {.mark = '.', .space = true}; /* "why so little?" */
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i];
    const Word *next = i + 1 < words->count ? w + 1 : &end;
    const bool metric = next->used == USED_METRIC && !next->mark, none = why_has(w, ROLE_NO);
    const bool small = why_has(w, ROLE_SMALL) && (w->kind == WORD_FILLER || w->kind == WORD_NONE) && !w->phrase;
    if (w->used == USED_NOT && w->kind == WORD_SIZE && number_of_metric(words, i)) w->kind = why_has(w, ROLE_SMALL) ? WORD_DOWN : WORD_UP;
    if (w->used == USED_NOT && why_has(w, ROLE_NONE) && !moves && why_ends_clause(w, ENDS_CLAUSE)) w->kind = WORD_DOWN; /* "sign-ups: none" */
    if (w->used != USED_NOT || !(none || small) || (i && why_has(&w[-1], ROLE_A))) continue;
    if (small && next->kind == WORD_MOVE && !next->mark) w->kind = WORD_NOT; /* "little changed" */
    else if (none ? metric && !moves : metric || (i && why_has(&w[-1], ROLE_LINK) && (next->mark || next->kind == WORD_STOP || next->used == USED_PERIOD)))
      w->kind = WORD_DOWN;
  }
}

#define OWN_TIME "no other time was named: taken as that of the cause"
#define UNSEEN_SIZE "the size in the question (%.*s) was not looked at; what is observed and expected says how much it was"

/* "From" and "to" of sizes are judged with the times they may stand before. */
static bool time_word(const Word *w) { return why_has(w, ROLE_FROM) || why_has(w, ROLE_TO); }

/* "Sank below 2 million"; but "days with sales below 5,000" are a part of the data. */
static bool sets_size(const Words *words, const Word *w) {
  const bool limit = w->kind == WORD_UNDER || w->kind == WORD_ABOVE || why_has(w, ROLE_BEYOND);
  for (const Word *v = words->word; limit && v < w; v++)
    if (v->used == USED_NOT && (v->kind == WORD_UP || v->kind == WORD_DOWN || why_has(v, ROLE_PUSHES))) return true;
  return time_word(w) || why_has(w, ROLE_BY);
}

/* "Pushed past 300": the word before the size says which way. */
static void pass_size(Word *w) {
  if (why_has(w, ROLE_BY)) w->used = USED_PERIOD;
  else if (!time_word(w)) w->kind = w->kind == WORD_UNDER ? WORD_DOWN : WORD_UP;
}

/* "by 3 %", "a 20 % drop", "40 thousand": a size that the asker has in mind. It is not compared with the figures, which the note says. */
static PropterStatus read_sizes(PropterQuestion *q, const Words *words, bool *sized, PropterArena *arena, PropterError *err) {
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i], *next = i + 1 < words->count ? w + 1 : NULL;
    int n;
    const bool fewer = next && (why_has(next, ROLE_MORE) || why_has(next, ROLE_LESS));
    if (w->used != USED_NOT || !(w->number || (next && (fewer || why_has(next, ROLE_SCALE)) && why_count_of(w, &n)))) continue; /* "ten percent" */
    size_t end = w->end;
    while (end < q->text.len && q->text.data[end] == ' ') end++;
    bool size = end < q->text.len && q->text.data[end] == '%';
    const bool cent = next && i + 2 < words->count && why_has(next, ROLE_PER) && why_has(&next[1], ROLE_CENT);
    const bool scaled = next && next->used == USED_NOT && (why_has(next, ROLE_SCALE) || cent);
    const bool counted = fewer && !next->mark;
    if (counted && i + 2 < words->count && next[1].kind == WORD_COMPARE) { /* "three more than in April" */
      w->used = USED_PERIOD;
      PROPTER_TRY(why_question_note(q, arena, err, UNSEEN_SIZE, (int)(w->end - w->begin), q->text.data + w->begin));
      continue;
    }
    const bool decimal = next && next->number && next->mark == '.' && !next->space;                                        /* by 0.3 */
    if (decimal && i + 2 < words->count && why_has(&w[2], ROLE_SCALE) && !w[2].mark) continue;                             /* by 0.3 points: from the 3 on */
    const bool grouped = next && next->number && next->digits == 3 && next->mark == ',' && !next->space && w->digits <= 3; /* 4,200 */
    const bool plain = w->digits > 2 && !(w->digits == 4 && w->value >= 1900 && w->value < 2100);
    const bool said = w > words->word && sets_size(words, &w[-1]);
    const bool by = i > 1 && !w->mark && why_has(&w[-1], ROLE_BY) && (w[-2].kind == WORD_UP || w[-2].kind == WORD_DOWN); /* "dropped by 40" */
    if (!size && !scaled && said && (grouped || plain || decimal || by)) {
      Word *end_word = grouped || decimal ? next : w;
      w->used = end_word->used = USED_PERIOD;
      pass_size(&w[-1]);
      PROPTER_TRY(why_question_note(q, arena, err, UNSEEN_SIZE, (int)(end_word->end - w->begin), q->text.data + w->begin));
      continue;
    }
    if (!size && !scaled) continue;
    *sized = true;
    if (scaled) next->used = USED_PERIOD;
    const bool below_one = i && w->mark == '.' && !w->space && w[-1].number && !w[-1].value; /* 0.5x */
    if (scaled && why_has(next, ROLE_FOLD) && i + 2 < words->count && next[1].kind == WORD_NORM) w->kind = below_one ? WORD_DOWN : WORD_UP;
    if (cent) (++next)->used = USED_PERIOD;
    end = (scaled ? next : w)->end;
    if (w->mark == '+' || (w->mark == '-' && w->space && w->begin && q->text.data[w->begin - 1] == '-')) w->kind = w->mark == '+' ? WORD_UP : WORD_DOWN;
    if (i && w->mark == '.' && !w->space && w[-1].number && w[-1].used == USED_NOT) w->used = USED_PERIOD, w--; /* 3.5 */
    w->used = USED_PERIOD;
    if (w > words->word && w[-1].used == USED_NOT && sets_size(words, &w[-1])) pass_size(&w[-1]);
    size_t before = (size_t)(w - words->word);
    if (before && why_has(&w[-1], ROLE_BY)) before--;
    if (before && why_has(&words->word[before - 1], ROLE_LACKS)) words->word[before - 1].kind = WORD_DOWN; /* "off by 5 %" */
    PROPTER_TRY(why_question_note(q, arena, err, UNSEEN_SIZE, (int)(end - w->begin), q->text.data + w->begin));
  }
  return PROPTER_OK;
}

/* "Only 38 in week 39", "212 new members", "as against 61": figures that the asker has seen. A number behind an unknown word may be part of a name. */
static PropterStatus read_figures(PropterQuestion *q, const Words *words, PropterArena *arena, PropterError *err) {
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i], *last = i ? w - 1 : NULL, *next = i + 1 < words->count ? w + 1 : NULL;
    const bool grouped = next && next->number && next->digits == 3 && next->mark == ',' && !next->space && w->digits <= 3;
    const Word *behind = grouped ? (i + 2 < words->count ? next + 1 : NULL) : next;
    if (!w->number || w->used != USED_NOT || w->named) continue;
    const bool few = last && !w->mark && why_has(last, ROLE_FEW) && last->used == USED_NOT, of_metric = behind && !behind->mark && behind->used == USED_METRIC;
    const bool against = q->compared && last && !w->mark && why_word_kind(last->text) == WORD_COMPARE;
    if (!few && !of_metric && !against) continue;
    if (few) last->kind = WORD_DOWN, last->mild = true;
    w->used = USED_PERIOD;
    if (grouped) next->used = USED_PERIOD;
    PROPTER_TRY(why_question_note(q, arena, err, UNSEEN_SIZE, (int)((grouped ? next : w)->end - w->begin), q->text.data + w->begin));
  }
  return PROPTER_OK;
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

/* "A drop of 20 % from April to May" is a change between the two, not one within them: with a size it is asked back. */
static void size_of_a_change(PropterQuestion *q, const Words *words) {
  for (size_t i = 0; i < words->count; i++) {
    const Word *w = &words->word[i];
    if (w->used != USED_PERIOD || !why_has(w, ROLE_FROM)) continue;
    q->gap = PROPTER_GAP_UNCLEAR_PERIOD, q->has_period = false;
    q->about = (PropterStr){q->text.data + w->begin, words->word[words->count - 1].end - w->begin};
    return;
  }
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

/* "By a third", "a fifth lower", "two thirds down": how much, which is not looked at. */
static void fractions(Words *words) {
  for (size_t i = 1; i < words->count; i++) {
    int n;
    Word *w = &words->word[i], *count = w - 1;
    if (!why_has(w, ROLE_FRACTION) || w->mark || w->used != USED_NOT) continue;
    if (!why_has(count, ROLE_ANY) && !why_has(count, ROLE_HALF) && !why_count_of(count, &n)) {
      if (!why_has(w, ROLE_HALF) || !why_has(count, ROLE_BY)) continue;
      count = w;
    }
    size_t before = (size_t)(count - words->word);
    while (before > 0 && !words->word[before].mark && words->word[before - 1].kind == WORD_FILLER) before--;
    Word *by = before > 0 && !words->word[before].mark && why_has(&words->word[before - 1], ROLE_BY) ? &words->word[before - 1] : NULL;
    const Word *last = before > 0 && !words->word[before].mark ? &words->word[before - 1] : NULL, *next = i + 1 < words->count && !w[1].mark ? w + 1 : NULL;
    if (!by && !(last && why_moves(last)) && !(next && (next->kind == WORD_UP || next->kind == WORD_DOWN))) continue;
    if (by) by->kind = WORD_FILLER, by->used = USED_PERIOD;
    for (Word *k = count; k <= w; k++) k->kind = WORD_FILLER, k->used = USED_PERIOD;
  }
}

/* --- denials ------------------------------------------------------------------------------------------------------------------ */

static size_t first_of(const Words *words, WordKind kind, WordKind unless_before) {
  for (size_t i = 0; i < words->count; i++)
    if (words->word[i].kind == kind && !(unless_before && i + 1 < words->count && words->word[i + 1].kind == unless_before)) return i;
  return words->count;
}

/* "Even though the strike lasted a whole week, …": what else is said of the cause, up to a mark, says nothing of the question. */
static void concede(PropterLexicon *l, PropterLexicon *causes, Words *part) {
  size_t end = 1;
  while (end < part->count && !why_ends_clause(&part->word[end], ENDS_ANY)) {
    const Word *w = &part->word[end++];
    if (w->number || (w->kind != WORD_NONE && w->kind != WORD_STOP && !why_asks(w)) || (why_lexicon_spells(l, w) && !why_lexicon_spells(causes, w))) return;
  }
  for (size_t i = 1; i < end && end < part->count; i++)
    if (part->word[i].used == USED_NOT) part->word[i].used = USED_PERIOD;
}

/* The cause that stands behind "despite". */
static PropterStatus read_despite(PropterLexicon *l, Words *part, PropterStr text, PropterArena *arena, PropterQuestion *q, PropterGap *gap,
                                  PropterError *err) {
  PropterQuestion there = why_question_empty();
  PropterLexicon *causes = why_lexicon_causes(l);
  *gap = PROPTER_GAP_NO_CAUSE;
  if (causes) PROPTER_TRY(why_lexicon_find(causes, part, text, arena, &there, err));
  part->word[0].used = USED_PERIOD;
  if (causes && there.has_metric) {
    *gap = PROPTER_GAP_NONE, q->despite = there.metric_iri;
    why_lexicon_days(causes, there.metric, &q->from, &q->to);
    concede(l, causes, part);
  }
  if (causes && there.gap == PROPTER_GAP_MANY_METRICS) *gap = PROPTER_GAP_MANY_CAUSES;
  for (size_t i = 1; causes && i < part->count && *gap == PROPTER_GAP_NO_CAUSE; i++) { /* part of one's name: "despite Sandy" */
    WhyEvent event;
    PROPTER_TRY(why_lexicon_event(causes, part, i, &there, false, arena, &event, err));
    if (!event.end) continue;
    *gap = event.many ? PROPTER_GAP_MANY_CAUSES : PROPTER_GAP_NONE;
    if (!event.many) q->despite = event.iri, q->from = event.first, q->to = event.last;
    const int n = (int)(part->word[event.end - 1].end - part->word[i].begin);
    for (size_t k = i; k < event.end && !event.many; k++) part->word[k].used = USED_CAUSE;
    PROPTER_TRY(why_question_note(q, arena, err, "\"%.*s\" was read as %.*s", n, text.data + part->word[i].begin, (int)event.label.len, event.label.data));
  }
  q->nearest_count = there.nearest_count;
  for (size_t i = 0; i < there.nearest_count; i++) q->nearest[i] = there.nearest[i];
  return PROPTER_OK;
}

PropterStatus why_question_names_cause(PropterLexicon *lexicon, PropterStr text, bool *names, PropterError *err) {
  PropterArena arena = {0};
  Words words = {0};
  *names = false;
  if (text.len > PROPTER_QUESTION_BYTES || !propter_utf8_valid(text, NULL)) return PROPTER_OK;
  PropterStatus status = why_words_split(text, why_lexicon_stemmer(lexicon), PROPTER_QUESTION_WORDS, &arena, &words, err);
  if (status == PROPTER_OK) *names = first_of(&words, WORD_DESPITE, WORD_NONE) < words.count;
  propter_arena_clear(&arena);
  return status;
}

/* --- causes asked about -------------------------------------------------------------------------------------------------------- */

static bool has(const Words *words, WordKind kind) { return first_of(words, kind, WORD_NONE) < words->count; }

/* The "no" of "no-shows" denies nothing. */
static bool denies(const Words *words) {
  for (size_t i = 0; i < words->count; i++)
    if (words->word[i].kind == WORD_NOT && words->word[i].used == USED_NOT && !(i + 1 < words->count && why_tight(&words->word[i + 1]))) return true;
  return false;
}

static bool says(const Words *words, WordRole role) {
  for (size_t i = 0; i < words->count; i++)
    if (why_has(&words->word[i], role)) return true;
  return false;
}

/* Is the time that of an event: "during the strike"? */
static bool goes_on(const Words *words) {
  for (size_t i = 0; i < words->count; i++)
    if (words->word[i].during) return true;
  return false;
}

/* Does the metric stand in the rest of the clause? */
static bool metric_behind(const Words *words, size_t i) {
  for (; i < words->count && !why_ends_clause(&words->word[i], ENDS_BRACKET); i++)
    if (words->word[i].used == USED_METRIC) return true;
  return false;
}

/* Would one of these words be left over? */
static bool unread(const PropterLexicon *l, const PropterQuestion *q, const Words *words, size_t from, size_t end) {
  for (size_t i = from; i < end; i++) {
    const Word *w = &words->word[i];
    if (w->kind == WORD_NONE && !w->number && !(q->has_metric && why_lexicon_harmless(l, q->metric, w))) return true;
  }
  return false;
}

/* Is the cause named in a clause of its own: "my hunch is the strike, but …", "… when we opened the shop"? */
static bool own_clause(const Words *words, size_t from, size_t end) {
  const size_t first = from, behind = end;
  while (from > 0 && !why_ends_clause(&words->word[from], ENDS_BRACKET)) from--;
  while (end < words->count && !why_ends_clause(&words->word[end], ENDS_BRACKET)) end++;
  if (from == 0 && end == words->count) return false;
  for (size_t i = from; i < end; i++) {
    const Word *w = &words->word[i];
    if (i >= first && i < behind) continue;
    if (w->used != USED_NOT || w->number || (w->kind != WORD_NONE && w->kind != WORD_STOP && !why_asks(w))) return false;
  }
  return true;
}

/* Is it said to do something: "the strike would bring sales down", "the outage wiped out demand"? */
static bool acts(const Words *words, size_t end) {
  const size_t verb = end;
  while (end < words->count && why_has(&words->word[end], ROLE_MODAL)) end++;
  return end > verb || (end < words->count && why_moves(&words->word[end]) && !words->word[end].mark && metric_behind(words, end));
}

/* "Those affected by the strike", "why did orders hit by the strike fall": some of what is measured. "Were orders hit by the strike", "orders hit by the
 * strike" ask about it. */
static bool some_of_it(const Words *words, size_t at, size_t end) {
  bool moves = false;
  if (at < 3 || words->word[at - 1].kind != WORD_BY) return false;
  const size_t verb = at - 2, noun = verb - 1;
  const WordKind kind = words->word[verb].kind;
  const bool hit = kind == WORD_ASK || kind == WORD_DOWN || kind == WORD_UP; /* "logged by the app" says which */
  if (!hit && !propter_str_ends(words->word[verb].text, PROPTER_STR("ed"))) return false;
  for (size_t from = noun; from > 0 && !why_ends_clause(&words->word[from], ENDS_CLAUSE); from--)
    if (why_has(&words->word[from - 1], ROLE_LINK) || why_has(&words->word[from], ROLE_LINK)) return false; /* "were orders hit by …" */
  for (size_t i = end; i < words->count && !why_ends_clause(&words->word[i], ENDS_CLAUSE); i++) moves |= why_moves(&words->word[i]);
  const Word *w = &words->word[noun];
  if (w->used == USED_METRIC) return !hit || moves || (noun > 0 && why_has(&words->word[noun - 1], ROLE_ARTICLE));
  return w->used == USED_NOT && (w->kind == WORD_WHO || w->kind == WORD_NONE || why_has(w, ROLE_POINTS));
}

/* A cause of the graph that a question names is asked about, unless it stands there as something else: a time ("since the strike"), what is left out or
 * compared ("without the strike"), or a part of what is measured ("sales of the launch"). */
static bool suspected(const PropterLexicon *l, const Words *words, size_t from, const WhyEvent *event) {
  size_t at = from, end = event->end;
  if (own_clause(words, from, end) || acts(words, end)) return true;
  while (end < words->count && words->word[end].kind == WORD_STOP) end++;
  if (end < words->count && words->word[end].kind == WORD_ASK) return true; /* "the strike the reason" */
  while (at > 0 && !words->word[at].mark && (why_has(&words->word[at - 1], ROLE_ARTICLE) || why_has(&words->word[at - 1], ROLE_ONE_OF))) at--;
  if (at == 0 || why_ends_clause(&words->word[at], ENDS_BRACKET)) return true;
  const Word *last = &words->word[at - 1], *before = at > 1 ? last - 1 : NULL;
  if (some_of_it(words, at, event->end)) return false;
  if (last->kind == WORD_LIMIT || last->kind == WORD_COMPARE || last->kind == WORD_DESPITE || why_has(last, ROLE_WHILE) || last->used == USED_METRIC ||
      last->used == USED_SLICE)
    return false;
  if (why_has(last, ROLE_WHEN) || (!event->whole && at == from && last->kind == WORD_NONE && last->used == USED_NOT))
    return false; /* "hours worked" of "shorter hours worked" */
  const bool ties = last->kind == WORD_STOP || last->kind == WORD_FILLER || last->kind == WORD_BY;
  const bool named = before && (before->used == USED_METRIC || before->used == USED_SLICE || (before->kind == WORD_NONE && why_lexicon_spells(l, before)));
  if (why_has(last, ROLE_FROM) && has(words, WORD_NOT)) return true; /* "no dip in calls from the outage" */
  if (ties && named && !last->mark) return false;                    /* "calls about the outage" */
  return !why_has(last, ROLE_OF) || !before || before->kind == WORD_ASK || why_idles(before);
}

/* "The moratorium of 2010": the time right behind the cause is not the question's but that of the cause. */
static bool dates(const Words *words, const PropterQuestion *q, size_t end) {
  if (end + 1 >= words->count || !why_has(&words->word[end], ROLE_GENITIVE)) return false;
  return words->word[end + 1].used == USED_PERIOD && q->text.data + words->word[end + 1].begin == q->period_words.data;
}

/* The cause that free words name: the one asked about, or, where a why is denied, the one that should have shown. Before the metric is looked for only a whole
 * name of several words counts. Without any other time its own is meant. */
static PropterStatus read_cause(const PropterLexicon *l, PropterLexicon *causes, Words *words, bool early, PropterArena *arena, PropterQuestion *q,
                                PropterGap *gap, PropterStr *about, PropterError *err) {
  const bool denied = denies(words);
  for (size_t i = 0; i < words->count && !q->suspect.len && !q->despite.len; i++) {
    WhyEvent event;
    PROPTER_TRY(why_lexicon_event(causes, words, i, q, !q->has_period && q->gap == PROPTER_GAP_NONE, arena, &event, err));
    const bool part = event.end == i + 1 && !event.whole && q->has_metric; /* "of the museums" is no museum night */
    if (part && (why_lexicon_divides(l, q->metric, &words->word[i]) || why_has(&words->word[i], ROLE_COUNTS))) continue;
    if (!event.end || (early && (!event.whole || event.many || event.end < i + 2)) || (!early && !unread(l, q, words, i, event.end))) continue;
    if (!early && event.end < words->count && words->word[event.end].used >= USED_METRIC && words->word[event.end].used <= USED_AGAIN &&
        !words->word[event.end].mark)
      continue; /* "outage tickets" */
    if (propter_str_equal(event.iri, q->told_by) && i > 1 && words->word[i - 1].kind == WORD_ASK && words->word[i - 2].used == USED_PERIOD &&
        propter_str_ends(words->word[i].text, PROPTER_STR("ed"))) { /* "since version 5 was launched" */
      for (size_t k = i; k < event.end; k++) words->word[k].used = USED_CAUSE;
      continue;
    }
    if (!suspected(l, words, i, &event) || (denied && !says(words, ROLE_WHY) && !says(words, ROLE_HOW))) continue;
    const PropterStr said = {q->text.data + words->word[i].begin, words->word[event.end - 1].end - words->word[i].begin};
    if (event.many) {
      *gap = PROPTER_GAP_MANY_CAUSES, *about = said;
      continue;
    }
    if (denied) q->despite = event.iri;
    else q->suspect = event.iri;
    for (size_t k = i; k < event.end; k++) words->word[k].used = USED_CAUSE;
    for (size_t k = i; k-- > 0 && (words->word[k].kind == WORD_STOP || words->word[k].kind == WORD_BY);)
      if (words->word[k].kind == WORD_BY) words->word[k].used = USED_CAUSE; /* "caused by the strike" */
    *gap = PROPTER_GAP_NONE;
    if (!propter_str_equal_caseless(said, event.label))
      PROPTER_TRY(why_question_note(q, arena, err, "\"%.*s\" was read as %.*s", (int)said.len, said.data, (int)event.label.len, event.label.data));
    const bool own = q->has_period && dates(words, q, event.end);
    if ((q->has_period && !own) || q->gap != PROPTER_GAP_NONE || event.first == PROPTER_NO_DAY) continue;
    q->has_period = true, q->when = PROPTER_WHEN_EVENT, q->open = PROPTER_OPEN_NOT, q->period_words = said;
    q->from = event.first, q->to = event.last;
    PROPTER_TRY(why_question_note(q, arena, err, OWN_TIME));
  }
  return PROPTER_OK;
}

/* "… since the roadworks started - is that the reason?": the cause by which the time was told. */
static bool points_back(const Words *words) {
  if (why_has(&words->word[words->count - 1], ROLE_CHANCE)) return true; /* "Coincidence?" */
  for (size_t i = 1; i + 1 < words->count; i++) {
    size_t end = i + 1;
    if (!why_has(&words->word[i], ROLE_POINTS) || words->word[i - 1].kind != WORD_ASK) continue;
    while (end < words->count && words->word[end].kind == WORD_STOP) end++;
    if (end + 1 == words->count && words->word[end].kind == WORD_ASK) return true;
  }
  return false;
}

/* One denying word turns the question round; what another sentence denies is the same again. */
static void negate(PropterQuestion *q, const Words *words) {
  bool again = true;
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i];
    again |= why_ends_clause(w, ENDS_SENTENCE);
    if (w->kind != WORD_NOT || w->used != USED_NOT || !again) continue;
    w->used = USED_PERIOD, q->negated = true, again = false;
  }
}

/* "Fewer than a year ago": what is compared is the present. */
static bool ago(const Words *words, size_t from) {
  for (size_t i = from; i < words->count; i++)
    if (why_date_word(words->word[i].text, DATE_AGO, NULL, NULL)) return true;
  return false;
}

/* --- the whole question ---------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterLexicon *lexicon, *causes; /* NULL: names of causes are not looked for */
  Words words;
  size_t compare, despite; /* the first word that does so; the count of words: none */
  PropterDay today;
  PropterArena *arena;
  PropterQuestion *q;
  PropterError *err;
  PropterQuestion named;                 /* what stands behind "despite" */
  PropterGap no_cause, no_time, several; /* why that, the time or a free cause is not known */
  PropterStr about_time, about_several;
  bool sized;
} Reading;

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
  PROPTER_TRY(why_words_split(q->text, why_lexicon_stemmer(r->lexicon), PROPTER_QUESTION_WORDS, r->arena, &r->words, r->err));
  q->gap = r->words.too_many ? PROPTER_GAP_TOO_LONG : r->words.count == 0 ? PROPTER_GAP_EMPTY : PROPTER_GAP_NONE;
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
  PROPTER_TRY(then_for_than(words, r->arena, r->q, r->err));
  break_down(words);
  why_lexicon_names_numbers(r->lexicon, words);
  than_expected(words);
  more_than(words);
  all_but(words);
  none_of(words);
  fractions(words);
  particles(words);
  prevented_or_gone(words);
  PROPTER_TRY(more_of(words, r->arena, r->err));
  greets(words);
  asks_advice(words);
  only_half(words);
  repeats_unit(words);
  goes_on_for(words);
  falls_short(words);
  brings_up(words);
  fares(words);
  value(words);
  why_talk_denies(r->lexicon, words);
  r->compare = first_of(words, WORD_COMPARE, WORD_NORM), r->despite = first_of(words, WORD_DESPITE, WORD_NONE);
  r->causes = r->despite < words->count ? NULL : why_lexicon_causes(r->lexicon);
  return PROPTER_OK;
}

/* The cause that should have moved what did not move. */
static PropterStatus read_conceded(Reading *r) {
  const Words *words = &r->words;
  PropterQuestion *q = r->q;
  if (r->despite == words->count || !has(words, WORD_NOT)) return PROPTER_OK;
  if (r->despite + 1 < words->count && why_has(&words->word[r->despite + 1], ROLE_POINTS)) return PROPTER_OK;
  Words part = {words->word + r->despite, words->count - r->despite, false};
  PROPTER_TRY(read_despite(r->lexicon, &part, q->text, r->arena, &r->named, &r->no_cause, r->err));
  q->despite = r->named.despite;
  for (size_t i = 0; i < r->named.note_count && q->note_count < PROPTER_QUESTION_NOTES; i++) q->note[q->note_count++] = r->named.note[i];
  return PROPTER_OK;
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
  PROPTER_TRY(turn_valued(r->lexicon, &r->words, r->arena, r->q, r->err));
  amounts(&r->words);
  return why_senses(r->lexicon, &r->words, r->arena, r->q, r->err);
}

/* The cause by which the time was told, where the question asks about it; the time of the cause, where there is no other. */
static PropterStatus settle_cause(Reading *r) {
  PropterQuestion *q = r->q;
  const bool told = r->causes && q->told_by.len && !q->suspect.len && !q->despite.len, denied = denies(&r->words);
  if (told && !denied && points_back(&r->words)) q->suspect = q->told_by;
  if (told && denied && goes_on(&r->words)) q->despite = q->told_by;
  if (!q->despite.len || q->has_period || q->gap != PROPTER_GAP_NONE || r->no_time != PROPTER_GAP_NONE || r->named.from == PROPTER_NO_DAY) return PROPTER_OK;
  q->has_period = true, q->when = PROPTER_WHEN_EVENT, q->from = r->named.from, q->to = r->named.to, q->period_words = q->text;
  return why_question_note(q, r->arena, r->err, OWN_TIME);
}

static PropterStatus read_free_cause(Reading *r, bool early) {
  return r->causes ? read_cause(r->lexicon, r->causes, &r->words, early, r->arena, r->q, &r->several, &r->about_several, r->err) : PROPTER_OK;
}

/* Which way, how much, and what is passed over. */
static PropterStatus read_change(Reading *r) {
  PropterQuestion *q = r->q;
  PROPTER_TRY(read_sizes(q, &r->words, &r->sized, r->arena, r->err));
  PROPTER_TRY(read_figures(q, &r->words, r->arena, r->err));
  PROPTER_TRY(direction(q, &r->words, r->arena, r->err));
  negate(q, &r->words);
  PROPTER_TRY(read_daytime(q, &r->words, r->arena, r->err));
  return q->gap == PROPTER_GAP_NONE && q->has_metric ? why_talk(r->lexicon, &r->words, r->arena, q, r->err) : PROPTER_OK;
}

/* Why the question is not understood, the weightiest reason first. */
static void judge(Reading *r) {
  PropterQuestion *q = r->q;
  const Words *words = &r->words;
  if (q->gap == PROPTER_GAP_NONE || q->gap == PROPTER_GAP_MANY_PERIODS) why_leftovers(r->lexicon, q, words);
  if (q->gap == PROPTER_GAP_NONE && !q->has_period) q->gap = PROPTER_GAP_NO_PERIOD;
  if (q->gap == PROPTER_GAP_NONE && r->no_time != PROPTER_GAP_NONE) q->gap = r->no_time, q->about = r->about_time;
  if (q->gap == PROPTER_GAP_NONE) names_no_time(r->lexicon, q, words);
  if (q->gap == PROPTER_GAP_NONE) acts_as_cause(q, words);
  if (q->gap == PROPTER_GAP_NONE && r->sized) size_of_a_change(q, words);
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
  PROPTER_TRY(read_conceded(&r));
  PROPTER_TRY(read_times(&r));
  PROPTER_TRY(read_free_cause(&r, true));
  PROPTER_TRY(read_metric(&r));
  if (q->has_metric) PROPTER_TRY(read_free_cause(&r, false));
  if (q->suspect.len || q->despite.len) PROPTER_TRY(why_senses(lexicon, &r.words, arena, q, err)); /* what it does */
  PROPTER_TRY(settle_cause(&r));
  PROPTER_TRY(read_change(&r));
  judge(&r);
  return PROPTER_OK;
}

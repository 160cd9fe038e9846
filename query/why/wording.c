/* SPDX-License-Identifier: Apache-2.0 */
/* What words mean beside each other, before anything is looked for; and which way the good and the bad go. */
#include "reading.h"

/* "Any1 know why". */
static void one_for_one(Words *words) {
  for (size_t i = 1; i < words->count; i++) {
    Word *w = &words->word[i];
    if (!w->number || w->digits != 1 || w->value != 1 || w->space || w->mark || !why_has(w - 1, ROLE_ONES)) continue;
    w->used = USED_PERIOD, w->kind = w[-1].kind = WORD_FILLER;
  }
}

/* "Morning!", "FW: RE: …" */
static void greets(Words *words) {
  for (size_t i = 0; i + 1 < words->count && why_has(&words->word[i], ROLE_MAIL) && words->word[i + 1].mark == ':'; i++)
    words->word[i].kind = WORD_FILLER, words->word[i].known = true;
  const bool mark = words->count > 1 && words->word[1].mark && strchr("!,.", words->word[1].mark);
  if (mark && why_date_word(words->word[0].text, DATE_DAYTIME, NULL, NULL)) words->word[0].kind = WORD_FILLER;
}

/* "Three times as many in May as in April". */
static void times_as(Words *words) {
  int n;
  for (size_t i = 1; i + 2 < words->count; i++) {
    Word *w = &words->word[i];
    if (!why_has(w, ROLE_FOLD) || w->phrase || !why_count_of(w - 1, &n) || n < 2 || !why_has(w + 1, ROLE_AS) || w[1].mark || w[2].mark || w[2].number) continue;
    w[1].kind = WORD_UP, w[2].kind = WORD_FILLER, w[2].known = true;
  }
}

/* "More than halved", "fell more": how much, not than what; what "fell less" goes both ways. "Above normal" is high. */
static void more_than(Words *words) {
  for (size_t i = 1; i + 1 < words->count; i++) {
    Word *than = &words->word[i];
    const WordKind next = than[1].kind;
    if ((than->kind == WORD_ABOVE || than->kind == WORD_UNDER) && why_has(than + 1, ROLE_ONE_OF) && i + 2 < words->count && than[2].kind == WORD_NORM) {
      than->kind = than->kind == WORD_ABOVE ? WORD_UP : WORD_DOWN, than[2].kind = WORD_FILLER; /* "above its usual level" */
      if (i + 3 < words->count && !than[3].mark && why_has(than + 3, ROLE_COUNTS)) than[3].kind = WORD_FILLER, than[3].known = true;
    }
    if ((than->kind == WORD_ABOVE || than->kind == WORD_UNDER) && next == WORD_NORM) than->kind = than->kind == WORD_ABOVE ? WORD_UP : WORD_DOWN;
    const bool behind_fall = than[-1].kind == WORD_DOWN && !than->mark && !than->phrase;
    if (why_has(than, ROLE_MORE) && behind_fall) than->kind = WORD_FILLER;
    if (why_has(than, ROLE_LESS) && behind_fall) than->kind = WORD_UP;
    if (why_has(than, ROLE_THAN) && !than[1].mark && (next == WORD_UP || next == WORD_DOWN) && (than[-1].kind == WORD_UP || than[-1].kind == WORD_DOWN))
      than->kind = than[-1].kind = WORD_FILLER; /* not "other than lower" */
  }
}

/* "How much of the fall", "what share of the rise": the change is asked about, and no part of the figure; "was down to the rain" tells of no fall. */
static void share_of_change(Words *words) {
  enum { BETWEEN = 3 };
  for (size_t i = 0; i < words->count; i++) {
    size_t share = i + 1, moves;
    if (words->word[i].kind != WORD_WHICH && !why_has(&words->word[i], ROLE_HOW)) continue;
    while (share < words->count && share < i + BETWEEN && !why_has(&words->word[share], ROLE_SHARE)) share++;
    if (share + 2 >= words->count || !why_has(&words->word[share], ROLE_SHARE) || !why_has(&words->word[share + 1], ROLE_GENITIVE)) continue;
    for (moves = share + 2; moves < words->count && moves < share + 2 + BETWEEN && !why_moves(&words->word[moves]);) {
      if (words->word[moves].kind != WORD_STOP && !why_idles(&words->word[moves])) break;
      moves++;
    }
    if (moves == words->count || !why_moves(&words->word[moves])) continue;
    for (size_t k = i; k <= share + 1; k++) words->word[k].kind = WORD_FILLER, words->word[k].known = true;
  }
  for (size_t i = 0; i + 2 < words->count; i++) { /* "what part did the strike play" */
    size_t play = i + 2;
    const size_t what = i;
    const bool how = why_has(&words->word[i], ROLE_HOW) && why_has(&words->word[i + 2], ROLE_A); /* "how big a part" */
    if (how && i + 4 < words->count) i += 2, play += 2;
    const bool share = why_has(&words->word[i + 1], ROLE_SHARE) && why_has(&words->word[i + 2], ROLE_AUXILIARY);
    if ((words->word[i].kind != WORD_WHICH && !how) || !share) {
      i = what;
      continue;
    }
    while (play < words->count && !why_ends_clause(&words->word[play], ENDS_CLAUSE) && !propter_str_equal(words->word[play].stem, PROPTER_STR("play"))) play++;
    if (play < words->count && propter_str_equal(words->word[play].stem, PROPTER_STR("play"))) words->word[i].kind = words->word[i + 1].kind = WORD_FILLER;
    for (size_t k = what; how && k < i; k++) words->word[k].kind = WORD_FILLER;
  }
  for (size_t i = 1; i + 2 < words->count; i++) {
    Word *w = &words->word[i];
    const Word *of = why_has(&w[2], ROLE_ARTICLE) && i + 3 < words->count ? w + 3 : w + 2;
    if (!why_has(w, ROLE_DOWN) || w->phrase || !why_has(&w[1], ROLE_TO) || !why_has(&w[-1], ROLE_LINK)) continue;
    if (of->kind == WORD_NONE && !of->number && !why_of_dates(of->text)) w->kind = WORD_ASK;
  }
}

/* "A link between the strike and the fall" is no range of times; "up instead of down" went up. */
static void links_and_opposites(Words *words) {
  for (size_t i = 1; i + 2 < words->count; i++) {
    Word *w = &words->word[i];
    if (why_has(w, ROLE_BETWEENS) && (why_has(w - 1, ROLE_LINKS) || (w->phrase && w[-1].phrase))) {
      size_t join = i + 1;
      while (join < words->count && !why_ends_clause(&words->word[join], ENDS_CLAUSE) && words->word[join].kind != WORD_JOIN) join++;
      if (join == words->count || words->word[join].kind != WORD_JOIN) continue;
      w->kind = words->word[join].kind = WORD_FILLER, w->used = words->word[join].used = USED_PERIOD;
      memset(w->roles, 0, sizeof w->roles);
    }
    const bool moved = w[-1].kind == WORD_UP || w[-1].kind == WORD_DOWN;
    if (moved && why_has(w, ROLE_INSTEAD) && why_has(&w[1], ROLE_GENITIVE) && (w[2].kind == WORD_UP || w[2].kind == WORD_DOWN))
      w->kind = w[1].kind = w[2].kind = WORD_FILLER;
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

/* "Than anyone expected", "than we had hoped", "below what we usually see": more, or less, than usual. */
static void than_expected(Words *words) {
  enum { BETWEEN = 5 };
  for (size_t i = 0; i + 1 < words->count; i++) {
    size_t end = i + 1;
    Word *first = &words->word[i];
    const bool level = (first->kind == WORD_UNDER || first->kind == WORD_ABOVE) && why_has(first + 1, ROLE_WHAT);
    bool usual = false;
    if (!level && !why_has(first, ROLE_THAN)) continue;
    for (; end < words->count && end <= i + BETWEEN && !words->word[end].mark && words->word[end].kind != WORD_NORM; end++) {
      const Word *w = &words->word[end];
      if (!why_idles(w) && w->kind != WORD_ASK && w->kind != WORD_WHO && !why_has(w, ROLE_ANYBODY) && !why_has(w, ROLE_WHAT)) break;
      usual |= why_has(w, ROLE_USUALLY);
    }
    const bool hoped = end < words->count && !words->word[end].mark && (words->word[end].kind == WORD_NORM || why_has(&words->word[end], ROLE_HOPES));
    if (end == i + 1 || !(hoped || usual)) continue;
    for (size_t k = i + 1; k < end + hoped; k++) words->word[k].kind = WORD_FILLER;
    first->kind = !level ? WORD_FILLER : first->kind == WORD_UNDER ? WORD_DOWN : WORD_UP;
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
  const bool timed = next == i + 1 && next < words->count && (why_has(&words->word[next], ROLE_WHEN) || words->word[next].kind == WORD_STOP);
  for (size_t k = i; timed && k > 0 && !why_ends_clause(&words->word[k], ENDS_CLAUSE); k--)
    if (why_has(&words->word[k - 1], ROLE_LINK)) return true;       /* "was tonnage huge in May" */
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
    const bool told = why_count_of(w - 1, &n) || why_date_word(w[-1].text, DATE_ORDINAL, &n, NULL); /* "the third month running" */
    if (!why_date_word(w->text, DATE_UNIT, &unit, NULL) || !told || !(row || why_has(w + 1, ROLE_INCESSANT))) continue;
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

static bool plenty(const Words *words, size_t i) { return i < words->count && words->word[i].phrase && why_has(&words->word[i], ROLE_PLENTY); }

/* "Recovered", "worse": which way that is depends on the metric. */
static void value(Words *words) {
  for (size_t i = 0; i < words->count; i++) {
    Word *w = &words->word[i];
    const bool unit = i + 1 < words->count && why_date_word(w[1].text, DATE_UNIT, NULL, NULL);
    if (unit && w->kind == WORD_MOST && (why_has(w, ROLE_BEST) || why_has(w, ROLE_WORST))) w->kind = why_has(w, ROLE_BEST) ? WORD_GOOD : WORD_BAD;
    if (w->kind == WORD_SIZE && (stands_alone(words, i) || told_of_metric(words, i))) w->kind = why_has(w, ROLE_SMALL) ? WORD_DOWN : WORD_UP, w->mild = true;
    w->mild |= w->kind == WORD_UP && w->phrase && why_has(w, ROLE_DEGREE) && (plenty(words, i + 1) || plenty(words, i + 2)); /* "so many" */
    if (w->mild) continue;
    w->mild = w->kind == WORD_GOOD || w->kind == WORD_BAD;
    if (w->mild) w->kind = !told_of_metric(words, i) && !(i && stands_alone(words, i)) ? WORD_FILLER : w->kind == WORD_GOOD ? WORD_BETTER : WORD_WORSE;
    if (w->kind != WORD_BETTER && w->kind != WORD_WORSE) continue;
    w->kind = w->kind == WORD_BETTER ? WORD_UP : WORD_DOWN, w->valued = true;
  }
}

PropterStatus why_wording(const PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  PROPTER_TRY(then_for_than(words, arena, q, err));
  break_down(words);
  why_lexicon_names_numbers(l, words);
  than_expected(words);
  times_as(words);
  more_than(words);
  all_but(words);
  share_of_change(words);
  links_and_opposites(words);
  none_of(words);
  why_fractions(words);
  particles(words);
  prevented_or_gone(words);
  PROPTER_TRY(more_of(words, arena, err));
  greets(words);
  one_for_one(words);
  asks_advice(words);
  only_half(words);
  repeats_unit(words);
  goes_on_for(words);
  falls_short(words);
  brings_up(words);
  fares(words);
  value(words);
  return PROPTER_OK;
}

/* "Hit hardest by cancellations": there were more of them. */
static void suffers(Words *words) {
  for (size_t i = 0; i + 1 < words->count; i++) {
    size_t by = i + 1;
    while (by < words->count && words->word[by].used == USED_NOT && (why_idles(&words->word[by]) || words->word[by].kind == WORD_MOST)) by++;
    const bool us = i + 1 < words->count && why_has(&words->word[i], ROLE_SUFFERS) && words->word[i + 1].kind == WORD_SPEAKER && !words->word[i + 1].mark;
    for (size_t k = 0; us && k < i; k++)
      if (words->word[k].used == USED_METRIC) words->word[i].kind = WORD_UP; /* "no-shows are killing us" */
    if (!why_has(&words->word[i], ROLE_SUFFERS) || by + 1 >= words->count || !why_has(&words->word[by], ROLE_BY)) continue;
    if (words->word[by + 1].used == USED_METRIC) words->word[i].kind = WORD_UP;
  }
}

PropterStatus why_turn_valued(const PropterLexicon *l, Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  const int good = why_lexicon_good(l, q->metric);
  if (good < 0) suffers(words);
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

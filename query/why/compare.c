/* SPDX-License-Identifier: Apache-2.0 */
/* Two times that are compared: which words say so, and which of the two is asked about. */
#include "calendar.h"
#include "question.h"

/* "Last 4 weeks": so many of this unit. */
static bool counted(const Words *words, int count, unsigned unit) {
  int n, u;
  for (size_t i = 0; i + 1 < words->count; i++)
    if (why_count_of(&words->word[i], &n) && n == count && why_date_word(words->word[i + 1].text, DATE_UNIT, &u, NULL) && (unsigned)u == unit) return true;
  return false;
}

/* "This month": the unit with which "than last" compares. */
static bool counted_from(const Words *words, int *unit) {
  for (size_t i = 0; i + 1 < words->count; i++)
    if (why_date_word(words->word[i].text, DATE_THIS, NULL, NULL) && why_date_word(words->word[i + 1].text, DATE_UNIT, unit, NULL)) return true;
  return false;
}

/* "a year earlier", "the month before", "the same month of the previous year", "the period before", "the 4 weeks before" such a stretch: words that say so and
 * nothing else. */
static bool earlier_unit(const Words *part, const Words *asked, int days, unsigned *unit) {
  bool earlier = false, same = false, any = false, period = false, one = false;
  int count = 1;
  for (size_t i = 1; i < part->count; i++) {
    const PropterStr text = part->word[i].text;
    int u, many = 1;
    bool day = false, fine = why_has(&part->word[i], ROLE_BESIDE) || (part->word[i].phrase && part->word[i].kind == WORD_FILLER);
    if (why_date_word(text, DATE_UNIT, &u, &many)) {
      count *= many; /* a fortnight */
      if (!any || (unsigned)u > *unit) *unit = (unsigned)u;
      any = fine = true, day = u == UNIT_DAY;
    }
    if (why_date_word(text, DATE_WEEKDAY, NULL, NULL)) *unit = PROPTER_UNIT_WEEKDAY, any = fine = true;
    if (why_date_word(text, DATE_EARLIER, NULL, NULL) || why_date_word(text, DATE_AGO, NULL, NULL)) earlier = fine = true;
    if (why_date_word(text, DATE_LAST, NULL, NULL) && (same || part->count == 2)) earlier = fine = true;
    same |= why_has(&part->word[i], ROLE_SAME);
    period |= why_has(&part->word[i], ROLE_SPAN);
    one |= why_has(&part->word[i], ROLE_A) || (same && day);
    if (i == 1 && part->word[i].number && part->count > 2 && why_has(&part->word[2], ROLE_THE)) continue; /* "vs 17 the week before" */
    if (!fine && why_count_of(&part->word[i], &count)) fine = true;
    if (!fine) return false;
  }
  int counted_by;
  if (part->count == 2 && why_date_word(part->word[1].text, DATE_LAST, NULL, NULL) && counted_from(asked, &counted_by))
    return *unit = (unsigned)counted_by, true;
  for (unsigned u = UNIT_DAY; !any && count > 1 && u <= UNIT_YEAR; u++)
    if (counted(asked, count, u)) *unit = u, any = true; /* "the last 30 days against the 30 before that" */
  const bool whole = *unit <= UNIT_WEEK && days == count * (*unit == UNIT_WEEK ? 7 : 1);
  const bool stretch = any && count > 1 && (whole || counted(asked, count, *unit));
  if (stretch || (!any && period)) *unit = PROPTER_UNIT_SAME;
  if (any && one && *unit == UNIT_WEEK) *unit = PROPTER_UNIT_WEEKDAY; /* "a week earlier", "the same day last week": not that whole week */
  return earlier && (any ? count == 1 || stretch : period);
}

/* The time of these words, which stay unused. */
static PropterStatus time_of(const Words *words, PropterStr text, PropterDay today, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  Words copy = {propter_arena_alloc(arena, (words->count + 1) * sizeof(Word)), words->count, false};
  if (!copy.word) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  memcpy(copy.word, words->word, words->count * sizeof(Word));
  return why_period_find(&copy, text, today, NULL, arena, q, err);
}

/* "This year compared with last year": both count from now, and one is the unit before the other. Elsewhere "last year" could be meant from the window. */
static bool unit_before(const PropterQuestion *there, Words *asked, PropterStr text, PropterDay today, PropterArena *arena, PropterStatus *status,
                        PropterError *err) {
  PropterQuestion here = why_question_empty();
  if (there->when != PROPTER_WHEN_BACK && there->when != PROPTER_WHEN_MONTHS && there->when != PROPTER_WHEN_WEEKDAY && there->when != PROPTER_WHEN_DAY)
    return false;
  *status = time_of(asked, text, today, arena, &here, err);
  if (here.gap != PROPTER_GAP_NONE || !here.has_period) return false;
  if (there->when == PROPTER_WHEN_BACK && there->unit == UNIT_YEAR && there->count == 1 &&
      (here.when == PROPTER_WHEN_LATEST || here.when == PROPTER_WHEN_TO_DATE || (here.when == PROPTER_WHEN_BACK && here.unit < UNIT_YEAR && !here.count)))
    return true; /* "Q3 vs last year" */
  if (here.when != there->when || here.count + 1 != there->count) return false;
  if (there->when == PROPTER_WHEN_DAY) return true; /* "yesterday against the day before" */
  return there->when == PROPTER_WHEN_BACK ? here.unit == there->unit : here.run.month == there->run.month && here.run.month_last == there->run.month_last;
}

/* "The second quarter of 2026 relative to the first": the unit and all behind it are those of the time asked about. */
static PropterStatus read_ordinal(Words *part, const Words *clause, const Words *asked, PropterStr text, PropterDay today, PropterArena *arena,
                                  PropterQuestion *q, PropterError *err) {
  size_t i = asked->count, first = 1;
  int which;
  while (first + 1 < clause->count && (part->word[first].kind == WORD_STOP || part->word[first].phrase || why_has(&part->word[first], ROLE_ARTICLE) ||
                                       why_has(&part->word[first], ROLE_POINTS)))
    first++;
  if (first + 1 != clause->count || !why_date_word(part->word[first].text, DATE_ORDINAL, NULL, NULL)) return PROPTER_OK;
  while (i > 0 && !(i < asked->count && why_date_word(asked->word[i - 1].text, DATE_ORDINAL, &which, NULL) && which > 0 &&
                    why_date_word(asked->word[i].text, DATE_UNIT, NULL, NULL)))
    i--;
  Words whole = {propter_arena_alloc(arena, (asked->count + 1) * sizeof(Word)), i ? asked->count - i + 1 : 0, false};
  if (!whole.word) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  if (!i) return PROPTER_OK;
  whole.word[0] = part->word[first];
  memcpy(whole.word + 1, asked->word + i, (asked->count - i) * sizeof(Word));
  PROPTER_TRY(why_period_find(&whole, text, today, NULL, arena, q, err));
  if (q->has_period) part->word[first].used = USED_PERIOD;
  return PROPTER_OK;
}

/* How many days the time in these words has; 0: not known. */
static PropterStatus days_of(const Words *words, PropterStr text, PropterDay today, PropterArena *arena, int *days, PropterError *err) {
  enum { COMMON = 2023 }; /* a year without a leap day */
  PropterQuestion here = why_question_empty();
  PROPTER_TRY(time_of(words, text, today, arena, &here, err));
  PropterDay from = here.from, to = here.to;
  const bool known = here.when == PROPTER_WHEN_FIXED || (here.when == PROPTER_WHEN_LATEST && why_run_in(COMMON, &here.run, &from, &to));
  if (!here.has_period || here.gap != PROPTER_GAP_NONE || here.open || !known) return *days = 0, PROPTER_OK;
  int y, m, first, behind;
  propter_day_civil(from, &y, &m, &first), propter_day_civil(to + 1, &y, &m, &behind);
  *days = first == 1 && behind == 1 ? 0 : (int)(to - from + 1); /* whole months are as long as their neighbours, not as many days */
  return PROPTER_OK;
}

/* What stands from the comparing word on, if it is one time; `asked`: what stands before. */
static PropterStatus read_compared(Words *part, Words *asked, PropterStr text, PropterDay today, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  PropterQuestion there = why_question_empty();
  Words clause = {part->word, 1, false}; /* up to a comma, or all */
  while (clause.count < part->count && !why_ends_clause(&part->word[clause.count], ENDS_CLAUSE)) clause.count++;
  int days;
  PROPTER_TRY(days_of(asked, text, today, arena, &days, err));
  if (earlier_unit(&clause, asked, days, &q->compared_unit)) {
    q->compared_when = PROPTER_WHEN_BACK;
    for (size_t i = 0; i < clause.count; i++) part->word[i].used = USED_PERIOD;
    return q->compared = true, PROPTER_OK;
  }
  PROPTER_TRY(why_period_find(part, text, today, NULL, arena, &there, err));
  if (!there.has_period && there.gap == PROPTER_GAP_NONE) PROPTER_TRY(read_ordinal(part, &clause, asked, text, today, arena, &there, err));
  if (there.open) there.has_period = false;
  const bool weekday = there.when == PROPTER_WHEN_WEEKDAY && !there.count && there.run.month == there.run.month_last;
  q->compared = there.gap == PROPTER_GAP_NONE && there.has_period && (there.when == PROPTER_WHEN_FIXED || there.when == PROPTER_WHEN_LATEST || weekday);
  if (!q->compared && there.gap == PROPTER_GAP_NONE && there.has_period) {
    PropterStatus status = PROPTER_OK;
    q->compared = unit_before(&there, asked, text, today, arena, &status, err);
    PROPTER_TRY(status);
    if (there.when == PROPTER_WHEN_MONTHS) there.when = PROPTER_WHEN_BACK, there.unit = UNIT_YEAR; /* "this spring with last spring" */
    if (there.when == PROPTER_WHEN_DAY) there.when = PROPTER_WHEN_BACK, there.unit = UNIT_DAY;
    q->compared_unit = there.unit;
  }
  q->compared_when = there.when, q->compared_from = there.from, q->compared_to = there.to;
  q->compared_run = there.run;
  for (size_t i = 0; !q->compared && i < part->count; i++) part->word[i].used = USED_NOT;
  if (q->compared) part->word[0].used = USED_PERIOD;
  for (size_t i = 1; q->compared && i < part->count && part->word[i].used == USED_NOT && why_has(&part->word[i], ROLE_BESIDE); i++) {
    part->word[i].used = USED_PERIOD; /* "the same period of" */
    if (why_has(&part->word[i], ROLE_SAME) || (why_has(&part->word[i], ROLE_THAT) && i + 1 < part->count && why_has(&part->word[i + 1], ROLE_OF)))
      q->compared_unit = PROPTER_UNIT_SAME; /* "that of last year" */
  }
  return PROPTER_OK;
}

/* Does the time that was read from the part begin right behind its first word? */
static bool time_behind(const Words *part) {
  size_t i = 1;
  for (; i < part->count && part->word[i].used == USED_NOT; i++)
    if (part->word[i].kind != WORD_STOP && !why_has(&part->word[i], ROLE_POINTS) && !part->word[i].phrase) return false;
  return i < part->count && part->word[i].used == USED_PERIOD;
}

/* "Last week", "the previous month", "a year ago"; "May" and "Q1", but no day. */
static bool before_now(const Words *words, size_t i) {
  if (i + 1 < words->count && why_has(&words->word[i], ROLE_POINTS) && why_has(&words->word[i + 1], ROLE_GENITIVE)) i += 2; /* "those of" */
  if (i < words->count && why_has(&words->word[i], ROLE_ARTICLE)) i++;
  if (i < words->count && (why_has(&words->word[i], ROLE_SAME) || why_date_phrase(words, i, DATE_WEEK_OF, NULL, NULL))) return true;
  if (i + 1 < words->count && why_date_word(words->word[i].text, DATE_WEEKDAY, NULL, NULL) && why_date_word(words->word[i + 1].text, DATE_EARLIER, NULL, NULL))
    return true; /* "the Saturday before" */
  const bool day = i + 1 < words->count && words->word[i + 1].number && words->word[i + 1].digits < 3;
  if (i < words->count && !day && why_date_word(words->word[i].text, DATE_MONTH, NULL, NULL)) return true;
  if (i < words->count && day && (why_date_word(words->word[i].text, DATE_UNIT, NULL, NULL) || why_date_word(words->word[i].text, DATE_FISCAL, NULL, NULL)))
    return true; /* "week 23", "FY24" */
  if (i < words->count && day && !words->word[i + 1].space && why_date_word(words->word[i].text, DATE_LETTER, NULL, NULL)) return true;
  return i < words->count && (why_date_word(words->word[i].text, DATE_LAST, NULL, NULL) || why_date_word(words->word[i].text, DATE_EARLIER, NULL, NULL));
}

/* A month or a year. */
static bool whole_unit(const Words *words, size_t i) {
  return i < words->count && ((words->word[i].number && words->word[i].digits == 4) || why_date_word(words->word[i].text, DATE_MONTH, NULL, NULL));
}

/* "Q2". */
static bool quarter(const Words *words, size_t i) {
  return i + 1 < words->count && words->word[i + 1].number && !words->word[i + 1].space && why_date_word(words->word[i].text, DATE_LETTER, NULL, NULL);
}

/* "From April to June": a range. */
static bool runs_on(const Words *words, size_t i) {
  i += i + 1 < words->count && words->word[i + 1].number && words->word[i + 1].digits == 4 ? 2 : 1;
  return i < words->count &&
         (words->word[i].mark == '-' || why_date_phrase(words, i, DATE_TO, NULL, NULL) || why_date_phrase(words, i, DATE_ONWARDS, NULL, NULL));
}

/* "(Three times) the level of", "the figure for": what stands between that and a time. */
static size_t level_of(const Words *words, size_t i) {
  const size_t from = i;
  if (i < words->count && why_has(&words->word[i], ROLE_ARTICLE)) i++;
  const bool level = i + 1 < words->count && (why_has(&words->word[i], ROLE_COUNTS) || why_has(&words->word[i], ROLE_POINTS));
  return level && why_has(&words->word[i + 1], ROLE_OF) ? i + 2 : from;
}

/* "Below", "above", "double" (the Friday before), the "on" of "up on last week", and the second "as" of "twice as many in April as in March". */
static bool levels(const Words *words, size_t i) {
  const Word *w = &words->word[i];
  int n;
  if (i && why_has(w, ROLE_FOLD) && why_count_of(w - 1, &n)) /* "three times those of May", "three times the level of May" */
    return before_now(words, level_of(words, i + 1)) || whole_unit(words, level_of(words, i + 1));
  if (w->kind == WORD_UNDER || w->kind == WORD_ABOVE || (why_has(w, ROLE_TIMES) && !w->phrase)) return true;
  if (why_has(w, ROLE_REFERS) && i + 1 < words->count && why_has(&w[1], ROLE_TO)) return true;
  if (why_has(w, ROLE_BEHIND)) return before_now(words, i + 1) || whole_unit(words, i + 1);
  if (why_has(w, ROLE_FROM) && i + 2 < words->count && why_has(&w[1], ROLE_THE) && why_date_word(w[2].text, DATE_ORDINAL, NULL, NULL) &&
      (i + 3 == words->count || w[3].mark))
    for (size_t k = 0; k < i; k++)
      if (words->word[k].kind == WORD_UP || words->word[k].kind == WORD_DOWN || words->word[k].kind == WORD_MOVE) return true; /* "up in Q4 from the third" */
  if (i > 0 && (why_has(w, ROLE_ON) || why_has(w, ROLE_FROM) || why_has(w, ROLE_TOPS))) { /* "up on last week", "down from April", "May 2026 over May 2025" */
    size_t verb = i - 1; /* "down 5 % on" */
    while (verb && (words->word[verb].number || why_has(&words->word[verb], ROLE_SCALE))) verb--;
    const bool goes = words->word[verb].kind == WORD_UP || words->word[verb].kind == WORD_DOWN;
    const bool quarters = i > 1 && quarter(words, i - 2) && quarter(words, i + 1);
    const bool times = quarters || (whole_unit(words, i - 1) && whole_unit(words, i + 1));
    const bool unit = before_now(words, i + 1) || whole_unit(words, i + 1);
    return (times || (goes && unit && !why_has(w, ROLE_TOPS))) && (why_has(w, ROLE_ON) || !runs_on(words, i + 1));
  }
  for (size_t k = 0; k < i && why_has(w, ROLE_AS); k++)
    if (why_has(&words->word[k], ROLE_AS)) return true;
  return false;
}

/* "4 % below last year in June": where the time asked about stands behind the one compared with, the word before it; else all words. */
static PropterStatus behind_compared(const Words *words, size_t from, PropterStr text, PropterDay today, PropterArena *arena, size_t *at, PropterError *err) {
  for (*at = from + 2; *at + 1 < words->count; ++*at) {
    Words asked = {words->word + *at, words->count - *at, false};
    PropterQuestion here = why_question_empty();
    if (!why_has(&asked.word[0], ROLE_WITHIN) && asked.word[0].mark != ',') continue;
    PROPTER_TRY(time_of(&asked, text, today, arena, &here, err));
    if (here.has_period && here.gap == PROPTER_GAP_NONE) return PROPTER_OK;
  }
  *at = words->count;
  return PROPTER_OK;
}

/* "Q2 sales below Q1": a comparison if a time stands right behind the word and another is asked about. */
static PropterStatus read_level(Words *words, PropterDay today, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  for (size_t i = 1; i + 1 < words->count && !q->compared; i++) {
    if (!levels(words, i)) continue;
    Words part = {words->word + i, words->count - i, false}, asked = {words->word, i, false};
    PropterQuestion here = why_question_empty();
    PROPTER_TRY(time_of(&asked, q->text, today, arena, &here, err));
    if (here.gap != PROPTER_GAP_NONE) continue;
    if (!here.has_period) {
      size_t at;
      PROPTER_TRY(behind_compared(words, i, q->text, today, arena, &at, err));
      if (at == words->count) continue;
      part.count = at - i, asked = (Words){words->word + at, words->count - at, false};
    }
    Word *level = &words->word[i];
    if (why_has(level, ROLE_FROM)) level->used = USED_PERIOD; /* opens no time here */
    PROPTER_TRY(read_compared(&part, &asked, q->text, today, arena, q, err));
    if (q->compared && time_behind(&part)) {
      if (why_has(level, ROLE_BEHIND)) level->kind = WORD_UNDER;
      if (why_has(level, ROLE_FOLD)) level->kind = WORD_ABOVE, level[-1].used = USED_PERIOD;
      if (why_has(level, ROLE_TIMES)) level->kind = why_has(level, ROLE_HALF) ? WORD_UNDER : WORD_ABOVE;
      continue;
    }
    if (!q->compared) continue;
    for (size_t k = 0; k < part.count; k++) part.word[k].used = USED_NOT;
    q->compared = false;
  }
  return PROPTER_OK;
}

/* The unit of two times that follow each other, "2024" and "2025", "Nov" and "Dec"; -1: they do not. */
static int unit_of_step(const Word *a, const Word *b) {
  int from, to;
  if (a->digits == 4 && b->digits == 4) return b->value == a->value + 1 ? UNIT_YEAR : -1;
  return why_date_word(a->text, DATE_MONTH, &from, NULL) && why_date_word(b->text, DATE_MONTH, &to, NULL) && to == from % 12 + 1 ? UNIT_MONTH : -1;
}

/* "Halved from 2024 to 2025", "went up from Nov to Dec": of times that follow each other one is compared with the other. */
static bool from_one_to_next(Words *words, PropterQuestion *q) {
  for (size_t i = 1; i + 3 < words->count; i++) {
    Word *w = &words->word[i];
    size_t verb = i - 1;
    while (verb > 0 && words->word[verb].kind == WORD_FILLER && words->word[verb].used == USED_PERIOD) verb--; /* "rose by a quarter from" */
    if (words->word[verb].kind != WORD_UP && words->word[verb].kind != WORD_DOWN) continue;
    if (!why_has(w, ROLE_FROM) || !why_has(&w[2], ROLE_TO)) continue;
    const int unit = unit_of_step(&w[1], &w[3]);
    if (unit < 0 || (i + 4 < words->count && (w[4].mark == '-' || (w[4].number && w[4].digits < 4)))) continue;
    q->compared = true, q->compared_when = PROPTER_WHEN_BACK, q->compared_unit = (unsigned)unit;
    for (int k = 0; k < 3; k++) w[k].used = USED_PERIOD;
    return true;
  }
  return false;
}

/* Are the two the same days of different years: "the change between Q2 2025 and Q2 2026"? */
static bool same_of_years(const PropterQuestion *a, const PropterQuestion *b) {
  const PropterDay day[4] = {a->from, b->from, a->to + 1, b->to + 1};
  int y[4], m[4], d[4];
  if (a->when != PROPTER_WHEN_FIXED || b->when != PROPTER_WHEN_FIXED || a->open || b->open || a->to - a->from > 200) return false;
  for (size_t i = 0; i < 4; i++) propter_day_civil(day[i], &y[i], &m[i], &d[i]);
  return y[0] != y[1] && m[0] == m[1] && d[0] == d[1] && m[2] == m[3] && d[2] == d[3];
}

/* "The difference between X in June and X in May". */
static PropterStatus read_difference(Words *words, PropterDay today, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  size_t from = 0;
  while (from + 1 < words->count && !why_date_word(words->word[from + 1].text, DATE_BETWEEN, NULL, NULL)) from++;
  bool difference = false;
  for (size_t i = 0; i <= from && i < words->count; i++) difference |= why_has(&words->word[i], ROLE_APART);
  for (size_t join = from + 2; join + 1 < words->count && !q->compared; join++) {
    Words part = {words->word + join, words->count - join, false}, asked = {words->word + from + 1, join - from - 1, false};
    PropterQuestion here = why_question_empty(), there = why_question_empty();
    if (words->word[join].kind != WORD_JOIN) continue;
    PROPTER_TRY(time_of(&asked, q->text, today, arena, &here, err));
    PROPTER_TRY(time_of(&part, q->text, today, arena, &there, err));
    if (!here.has_period || !there.has_period || here.when != there.when || !(difference || same_of_years(&here, &there))) continue; /* "April and May 2025" */
    const bool later = here.when == PROPTER_WHEN_FIXED ? here.from < there.from : here.when == PROPTER_WHEN_LATEST && here.run.month < there.run.month;
    PROPTER_TRY(later ? read_compared(&asked, &part, q->text, today, arena, q, err) : read_compared(&part, &asked, q->text, today, arena, q, err));
    if (!q->compared) continue;
    words->word[from + 1].kind = WORD_FILLER;
    for (size_t i = 0; i <= from; i++)
      if (why_has(&words->word[i], ROLE_APART)) words->word[i].kind = WORD_FILLER;
    words->word[join].used = USED_PERIOD;
  }
  return PROPTER_OK;
}

/* "X against last year, August: why": the time asked about stands last. */
static PropterStatus read_time_behind(Words *words, size_t compare, PropterDay today, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  Words before = {words->word, compare, false};
  PropterQuestion here = why_question_empty();
  size_t at;
  PROPTER_TRY(time_of(&before, q->text, today, arena, &here, err));
  if (here.has_period || here.gap != PROPTER_GAP_NONE) return PROPTER_OK;
  PROPTER_TRY(behind_compared(words, compare, q->text, today, arena, &at, err));
  Words part = {words->word + compare, at - compare, false}, asked = {words->word + at, words->count - at, false};
  return at < words->count ? read_compared(&part, &asked, q->text, today, arena, q, err) : PROPTER_OK;
}

/* "X in June compared with May", "compare X in June with May". */
static PropterStatus read_comparison(Words *words, size_t compare, PropterDay today, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  size_t with, before = 0; /* with runs below 0 to the largest */
  while (before < compare && why_names_nothing(&words->word[before])) before++;
  if (compare == words->count) {
    if (from_one_to_next(words, q)) return PROPTER_OK;
    PROPTER_TRY(read_difference(words, today, arena, q, err));
    return q->compared ? PROPTER_OK : read_level(words, today, arena, q, err);
  }
  const bool first = before == compare;
  if (first) { /* "In comparison with last year, why …": what stands behind the comma is compared */
    size_t comma = compare + 1;
    while (comma < words->count && words->word[comma].mark != ',') comma++;
    Words part = {words->word + compare, comma - compare, false}, behind = {words->word + comma, words->count - comma, false};
    if (behind.count) PROPTER_TRY(read_compared(&part, &behind, q->text, today, arena, q, err));
    if (q->compared) return PROPTER_OK;
    for (size_t i = compare; i < words->count; i++) words->word[i].used = USED_NOT;
    if (why_has(&words->word[compare], ROLE_THAN)) return PROPTER_OK; /* "rather than the strike, what …" */
  }
  const bool comparing = why_has(&words->word[compare], ROLE_COMPARING);
  /* what is compared stands behind the word, and that with which it is, behind the last "with" before a time */
  for (with = first || comparing ? words->count - 1 : compare; with >= compare && with < words->count && !q->compared; with--) {
    if (with > compare && !why_has(&words->word[with], ROLE_WITH)) continue;
    Words part = {words->word + with, words->count - with, false}, asked = {words->word, with, false};
    PROPTER_TRY(read_compared(&part, &asked, q->text, today, arena, q, err));
  }
  if (!q->compared && !first) PROPTER_TRY(read_time_behind(words, compare, today, arena, q, err));
  if (q->compared) words->word[compare].used = USED_PERIOD;
  return PROPTER_OK;
}

/* "… yesterday: wow". */
static bool exclaims(const Words *words, size_t i) {
  const Word *w = &words->word[i];
  return w->kind == WORD_FILLER && i + 1 == words->count && w->mark && strchr(":.!?-", w->mark);
}

/* "Week on week", "qtr over qtr": how many words. */
static size_t unit_over_unit(const Words *words, size_t i, int *unit) {
  int other;
  if (i + 2 >= words->count || words->word[i].used != USED_NOT || words->word[i + 2].used != USED_NOT) return 0;
  if (!why_has(&words->word[i + 1], ROLE_ON) && !why_has(&words->word[i + 1], ROLE_TOPS)) return 0;
  if (!why_date_word(words->word[i].text, DATE_UNIT, unit, NULL) || !why_date_word(words->word[i + 2].text, DATE_UNIT, &other, NULL)) return 0;
  return *unit == other ? 3 : 0;
}

/* "Year over year" and the like compare with the unit before, wherever they stand. */
static PropterStatus read_over(Words *words, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  int unit, unused;
  for (size_t i = 0, n; i < words->count && !q->compared; i++) {
    if (!(n = why_date_phrase(words, i, DATE_OVER, &unit, &unused)) && !(n = unit_over_unit(words, i, &unit))) continue;
    const Word *next = i + n < words->count ? &words->word[i + n] : NULL;
    if (next && (next->number || why_has(next, ROLE_OWNS) || why_has(next, ROLE_GENITIVE))) continue; /* "on last year's 1 January", "on the week of" */
    if (exclaims(words, i))
      return why_question_note(q, arena, err, "\"%.*s\" was passed over", (int)(q->text.len - words->word[i].begin), q->text.data + words->word[i].begin);
    q->compared = true, q->compared_when = PROPTER_WHEN_BACK, q->compared_unit = (unsigned)unit;
    while (n-- > 0) words->word[i + n].used = USED_PERIOD;
  }
  return PROPTER_OK;
}

PropterStatus why_comparison(Words *words, size_t compare, PropterDay today, PropterArena *arena, PropterQuestion *q, PropterError *err) {
  PROPTER_TRY(read_comparison(words, compare, today, arena, q, err));
  return read_over(words, arena, q, err);
}

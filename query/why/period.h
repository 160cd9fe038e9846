/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader of single times (moment.c) and that of ranges and lists of them (period.c) share. */
#ifndef WHY_PERIOD_H
#define WHY_PERIOD_H

#include "calendar.h"
#include "question.h"

typedef struct {
  Words *words;
  PropterStr text;
  PropterDay today;
  PropterLexicon *causes; /* NULL: no events are known */
  bool whole;             /* the event read last was called by all of its name */
  bool its_days;          /* behind its name stood "day" or "days", which is no part of it: "launch day" */
  bool events;            /* an event may stand for its days here: "since the strike" */
  PropterArena *arena;
  PropterQuestion *question;
  PropterStatus status;
  PropterError *err;
  PropterGap gap; /* a gap found inside the words tried last */
} Reader;

/* What a moment means. Without a year it is a run of the calendar that waits for one. */
typedef struct {
  bool has_year;
  PropterDay from, to;
  PropterRecurring run;
  PropterWhen when;
  PropterOpen open;
  unsigned unit;
  int count;
} Span;

/* One moment (a day, month, part of one, season, quarter, year, "last month", an event) from word i on: index after it, 0 if there is none. A gap in it is in
 * r->gap. */
size_t why_moment(Reader *r, size_t i, Span *s);
/* "15" behind "May 14" or "week 14": one more of the kind that `before` is, perhaps with the year of both; index after it or 0. */
size_t why_moment_more(Reader *r, size_t i, Span *before, Span *s);
/* "May 14" is a day where another stands beside it. */
void why_moment_as_day(Span *s);
/* Gives a run its days in a year; r->gap if that year has none. */
void why_moment_give_year(Reader *r, Span *s, int year);

/* The words as the readers look at them: used ones are none. */
const Word *why_word_at(const Reader *r, size_t i);
bool why_is(const Reader *r, size_t i, DateKind kind, int *a, int *b);
bool why_plays(const Reader *r, size_t i, WordRole role);
/* i, or the next where the word has this role. */
size_t why_skip(const Reader *r, size_t i, WordRole role);
/* why_date_phrase: how many words from i on are a row of this kind; 0: none. */
size_t why_phrase(const Reader *r, size_t i, DateKind kind, int *a, int *b);
bool why_small_number(const Reader *r, size_t i, int *n);
void why_period_note(Reader *r, const char *format, ...) PROPTER_PRINTF(2, 3);

#endif

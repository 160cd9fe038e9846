/* SPDX-License-Identifier: Apache-2.0 */
/* Text as the tokens that dates are made of: words of the calendar, names of months and weekdays, units of time, numbers. */
#ifndef DOC_CALENDAR_H
#define DOC_CALENDAR_H

#include "when.h"

/* Words of the calendar by the names that rule files have for them. DATES: a sentence with one may hold a date though it holds no figure. */
/* clang-format off */
#define CALENDAR(row)                                                                                                                            \
  row(AFTER, "after", 0) row(AGO, "ago", 0) row(AND, "and", 0) row(AUTUMN, "autumn", DATES) row(BEFORE, "before", 0) row(BEFORE_AGO, "before-ago", 0)  \
  row(BEGINNING, "beginning", 0) row(BETWEEN, "between", 0) row(BY, "by", 0) row(DAY, "day", DATES) row(DURING, "during", 0)                     \
  row(EARLY, "early", 0) row(END, "end", 0) row(ENDED, "ended", 0) row(ENDING, "ending", 0) row(FALL, "fall", DATES) row(FIRST, "first", 0)      \
  row(FISCAL, "fiscal", 0) row(FOR, "for", 0) row(FOURTH, "fourth", 0) row(FROM, "from", 0) row(FY, "fy", 0) row(H, "h", 0)                      \
  row(HALF, "half", DATES) row(HOUR, "hour", DATES) row(IN, "in", 0) row(LAST, "last", 0) row(LATE, "late", 0) row(MID, "mid", 0)                \
  row(MIDDLE, "middle", 0) row(MINUTE, "minute", 0) row(MONTH, "month", DATES) row(NEXT, "next", 0) row(OF, "of", 0) row(ON, "on", 0)            \
  row(OVER, "over", 0) row(PAST, "past", 0) row(Q, "q", 0) row(QUARTER, "quarter", DATES) row(SECOND, "second", 0) row(SINCE, "since", 0)        \
  row(SPRING, "spring", DATES) row(START, "start", 0) row(SUMMER, "summer", DATES) row(THAT, "that", 0) row(THE, "the", 0)                       \
  row(THIRD, "third", 0) row(THIS, "this", 0) row(THROUGH, "through", 0) row(THROUGHOUT, "throughout", 0) row(TILL, "till", 0) row(TO, "to", 0)  \
  row(TODAY, "today", DATES) row(TOMORROW, "tomorrow", DATES) row(UNTIL, "until", 0) row(WEEK, "week", DATES) row(WINTER, "winter", DATES)       \
  row(YEAR, "year", DATES) row(YESTERDAY, "yesterday", DATES)
/* clang-format on */
typedef enum {
#define ROW(name, text, kind) name,
  CALENDAR(ROW)
#undef ROW
      OTHER
} Word;
_Static_assert(OTHER < 64, "sets of words are bits of a number");
typedef uint64_t WordSet;
#define SET(word) (UINT64_C(1) << (word))

typedef enum { T_WORD, T_NUMBER, T_DASH, T_COMMA, T_OTHER } TokenKind;
struct WhenToken {
  uint32_t start, end;
  int number;
  unsigned char kind;    /* TokenKind */
  unsigned char word;    /* Word */
  unsigned char month;   /* the word is one; 0: none */
  unsigned char weekday; /* 1 Monday … 7 Sunday; 0: none */
  unsigned char feast;   /* a day with a name of its own, calendar_feast(feast); 0: none */
  unsigned char digits;
  bool capital, ordinal;
  bool cut;      /* an abbreviation */
  bool doubtful; /* also a word that is no month */
  bool spelled;  /* a number in words: it counts, but is no day or year */
  bool plural;
};

/* The day of a year that a name stands for: month and day, or month 0 and days from Easter Sunday. */
void calendar_feast(unsigned char feast, int *month, int *day);

#endif

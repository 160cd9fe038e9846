/* SPDX-License-Identifier: Apache-2.0 */
/* Text as the tokens that dates are made of: words of the calendar, names of months and weekdays, units of time, numbers. */
#ifndef DOC_CALENDAR_H
#define DOC_CALENDAR_H

#include "when.h"

/* The words of the calendar in alphabetical order. */
/* clang-format off */
#define CALENDAR(row)                                                                                                                                        \
  row(AFTER, "after") row(AGO, "ago") row(AND, "and") row(AUTUMN, "autumn") row(BEFORE, "before") row(BEGINNING, "beginning") row(BETWEEN, "between")        \
  row(BY, "by") row(DAY, "day") row(DURING, "during") row(EARLY, "early") row(END, "end") row(ENDED, "ended") row(ENDING, "ending") row(FALL, "fall") row(FIRST, "first")          \
  row(FISCAL, "fiscal") row(FOR, "for") row(FOURTH, "fourth") row(FROM, "from") row(FY, "fy") row(H, "h") row(HALF, "half") row(HOUR, "hour")                \
  row(IN, "in") row(LAST, "last") row(LATE, "late") row(MID, "mid") row(MIDDLE, "middle") row(MINUTE, "minute") row(MONTH, "month") row(NEXT, "next")        \
  row(OF, "of") row(ON, "on") row(OVER, "over") row(PAST, "past") row(Q, "q") row(QUARTER, "quarter") row(SECOND, "second") row(SINCE, "since")              \
  row(SPRING, "spring") row(START, "start") row(SUMMER, "summer") row(THAT, "that") row(THE, "the") row(THIRD, "third") row(THIS, "this")                    \
  row(THROUGH, "through") row(THROUGHOUT, "throughout") row(TILL, "till") row(TO, "to") row(TODAY, "today") row(TOMORROW, "tomorrow")                        \
  row(UNTIL, "until") row(WEEK, "week") row(WINTER, "winter") row(YEAR, "year") row(YESTERDAY, "yesterday")
/* clang-format on */
typedef enum {
#define ROW(name, text) name,
  CALENDAR(ROW)
#undef ROW
      OTHER
} Word;
_Static_assert(OTHER < 64, "sets of words are bits of a number");
typedef uint64_t WordSet;
#define SET(word) (UINT64_C(1) << (word))

typedef enum { T_WORD, T_NUMBER, T_DASH, T_COMMA, T_OTHER } TokenKind;
typedef struct {
  TokenKind kind;
  size_t start, end;
  Word word;
  int month;   /* the word is one, or the beginning of one ("aug", "sept"); 0: neither */
  int weekday; /* 1 Monday … 7 Sunday; 0: none */
  int number, digits;
  bool capital, ordinal, cut;
  bool spelled; /* a number in words: it counts, but is no day or year */
  bool plural;
} Token;
typedef PROPTER_VEC(Token) Tokens;

/* False: no memory. */
bool calendar_tokens(PropterStr text, const WhenWords *words, Tokens *out);

#endif

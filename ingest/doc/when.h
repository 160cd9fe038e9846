/* SPDX-License-Identifier: Apache-2.0 */
/* Dates and periods in text. */
#ifndef DOC_WHEN_H
#define DOC_WHEN_H

#include "propter/date.h"
#include "propter/mem.h"

typedef enum { WHEN_DAY, WHEN_MONTH, WHEN_SEASON, WHEN_YEAR } WhenGrain;

typedef struct {
  size_t start, end; /* bytes of the text */
  PropterDay first, last;
  WhenGrain grain;
  bool year_given; /* the words say which year */
  bool relative;   /* counted from the reference day, or a length before a day: "last week" */
  bool open;       /* "since March": it lasts, as far as the reference day knows */
} When;
typedef PROPTER_VEC(When) Whens;

/* A word of another language's calendar, in lower case, and the English one that it stands for ("mai", "may"); none: it says nothing here ("zum"). The word
 * "." says that a full stop after a number makes it an ordinal ("3. Juni") and that figures apart by stops are a date ("3.6.2024"). */
typedef struct {
  PropterStr word, english;
} WhenWord;
typedef PROPTER_VEC(WhenWord) WhenWords;

/* True if numbers with a full stop are ordinals. */
bool when_ordinals(const WhenWords *words);

/* Which of 05/03/2024 is the month. */
typedef enum { WHEN_ORDER_UNKNOWN, WHEN_DAY_FIRST, WHEN_MONTH_FIRST } WhenOrder;

typedef struct {
  const WhenWords *words; /* NULL or empty: English */
  PropterDay reference;   /* the day of writing; PROPTER_NO_DAY: unknown */
  int year;               /* of periods that name none; 0: unknown */
  bool forward;           /* it speaks of what is to come */
  WhenOrder order;
} WhenContext;

typedef struct {
  size_t start, end; /* bytes of the text; equal: none */
  char duration[16]; /* xsd:duration: P21D, PT40M */
} WhenDuration;

/* False: it holds none, seen quickly. `words` NULL or empty: English. */
bool when_possible(PropterStr text, const WhenWords *words);

/* Appends every date or period of `text` ("7 August 2011", "August 7–22", "in August", "late 2014", "this spring", "from December 2007 to June 2009", "1H 2023",
 * "fiscal 2023", "yesterday", "last week", "on Monday", "two weeks ago", "over the past two years", "week 21", "since March", "three months ended March 31") in
 * order, in English or in a language with these words, which should order the parts of a date much as English does. A period without a year belongs to the
 * context's year, otherwise it is the last one that had begun on the reference day (unknown: such periods are left out), or with `forward` the first that had
 * not ended. Figures such as 05/03/2024 that could be two days are left out unless the order is known. False: no memory. */
bool when_scan(PropterStr text, const WhenContext *context, Whens *out);

/* The order of day and month that the figures of a text show which can be read in one way only (25/04/2024); unknown if none or both do. False: no memory. */
bool when_order(PropterStr text, WhenOrder *order);

/* The first length of time that something is said to have lasted ("for three weeks", "for 40 minutes"). False: no memory. */
bool when_duration(PropterStr text, const WhenWords *words, WhenDuration *out);

#endif

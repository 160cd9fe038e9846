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

/* False: it holds none, seen quickly. `words` NULL or empty: English. */
bool when_possible(PropterStr text, const WhenWords *words);

/* Appends every date or period of `text` ("7 August 2011", "August 7–22", "in August", "late 2014", "this spring", "from December 2007 to June
 * 2009") in order, in English or in a language with these words, which should order the parts of a date much as English does. A period
 * without a year belongs to `year` (0: unknown), otherwise it is the last one that had begun on `reference` (PROPTER_NO_DAY: unknown; such
 * periods are left out then), or with `forward` the first that had not ended. False: no memory. */
bool when_scan(PropterStr text, const WhenWords *words, PropterDay reference, int year, bool forward, Whens *out);

#endif

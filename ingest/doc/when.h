/* SPDX-License-Identifier: Apache-2.0 */
/* Dates and periods in English text. */
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

/* False: it holds none, seen quickly. */
bool when_possible(PropterStr text);

/* Appends every date or period of `text` ("7 August 2011", "August 7–22", "in August", "late 2014", "this spring", "from December 2007 to June
 * 2009") in order. A period without a year belongs to `year` (0: unknown), otherwise it is the last one that had begun on `reference`
 * (PROPTER_NO_DAY: unknown; such periods are left out then), or with `forward` the first that had not ended. False: no memory. */
bool when_scan(PropterStr text, PropterDay reference, int year, bool forward, Whens *out);

#endif

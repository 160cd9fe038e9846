/* SPDX-License-Identifier: Apache-2.0 */
/* Dates and periods in text. */
#ifndef DOC_WHEN_H
#define DOC_WHEN_H

#include "propter/date.h"
#include "propter/document.h"
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

/* The words that a language has for the calendar. */
typedef struct Calendar Calendar;
/* Without words; NULL: no memory. */
Calendar *calendar_new(void);
void calendar_free(Calendar *c);
/* The first language's, never freed. */
const Calendar *calendar_default(void);
/* "january January Jan.": what stands for a word of the calendar, as `date` lines of rule files say it (ontology/rules/README.md). NULL: fine; else what was
 * expected, and *bad is what was found. */
const char *calendar_add(Calendar *c, PropterStr line, PropterStr *bad);
/* True if a full stop after a number makes it an ordinal ("3. Juni") and figures apart by stops are a date ("3.6.2024"). */
bool calendar_stops(const Calendar *c);
/* True if such a word labels a document's own date ("Date: …"); capitals make no difference. */
bool calendar_labels(const Calendar *c, PropterStr word);
/* Likewise its title ("Subject: …"). */
bool calendar_titles(const Calendar *c, PropterStr word);

/* Which of 05/03/2024 is the month. */
typedef enum { WHEN_ORDER_UNKNOWN, WHEN_DAY_FIRST, WHEN_MONTH_FIRST } WhenOrder;

typedef struct {
  const Calendar *calendar; /* NULL: the default */
  PropterDay reference;     /* the day of writing; PROPTER_NO_DAY: unknown */
  int year;                 /* of periods that name none; 0: unknown */
  bool forward;             /* it speaks of what is to come */
  WhenOrder order;
  int month, month_year;    /* that was named last, for days that name none ("on the 3rd"); month 0: unknown */
} WhenContext;

typedef struct {
  size_t start, end; /* bytes of the text; equal: none */
  char duration[16]; /* xsd:duration: P21D, PT40M */
  int days, months;  /* one of them; part of a day is one */
} WhenDuration;

/* False: it holds no date, seen quickly. */
bool when_possible(PropterStr text, const Calendar *calendar);

/* A text cut into the words of the calendar. */
typedef struct WhenToken WhenToken;
typedef struct {
  PropterStr text;
  PROPTER_VEC(WhenToken) tokens;
} WhenText;
/* Replaces what `out` held and keeps its room; free with propter_vec_clear(&out->tokens). False: no memory. */
bool when_cut(PropterStr text, const Calendar *calendar, WhenText *out);
/* True if it may say which year. */
bool when_says_year(const WhenText *text);

/* Appends every date or period of `text` ("7 August 2011", "August 7–22", "in August", "late 2014", "this spring", "from December 2007 to June 2009", "1H
 * 2023", "fiscal 2023", "yesterday", "last week", "on Monday", "two weeks ago", "over the past two years", "week 21", "since March", "three months ended March
 * 31"; "the 22nd" behind "until" and an earlier day; "on the 3rd" of the month that the text or the context named last, else the last one before the
 * reference day), in order. The language should order the parts of a date much as English does. A period without a year belongs to the context's year,
 * otherwise it is the last one that had begun on the reference day (unknown: such periods are left out), or with `forward` the first that had not ended. Figures such as
 * 05/03/2024 that could be two days are left out unless the order is known. False: no memory. */
bool when_dates(const WhenText *text, const WhenContext *context, Whens *out);
/* Cuts a text and appends its dates. False: no memory. */
bool when_scan(PropterStr text, const WhenContext *context, Whens *out);

/* The order of day and month that the figures of a text show which can be read in one way only (25/04/2024); unknown if none or both do. False: no memory. */
bool when_order(PropterStr text, WhenOrder *order);

/* The first length of time that something is said to have lasted ("for three weeks", "for 40 minutes"). */
void when_duration(const WhenText *text, WhenDuration *out);
/* The last day of what lasted so long from `first` on. */
PropterDay when_lasted(const WhenDuration *duration, PropterDay first);

/* --- document.c --- */
/* Title and day of a document whose metadata tell none, found by the words of its language, where they tell one; else they stay what they are. The day on which
 * its file was made stands back behind an earlier one on a line of its own, and, where it lies after today, behind any that the text tells. */
void document_head(PropterDocument *document, const Calendar *calendar, PropterDay today);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a column while its table is looked at. */
#ifndef MAP_SNIFF_SEEN_H
#define MAP_SNIFF_SEEN_H

#include "model.h"
#include "propter/sniff.h"

enum { TYPES = 6, NUMBERS = 3, SIGNS = 6 };

/* What a word of sniff.def tells. */
typedef enum {
  KIND_IDENTIFIER,
  KIND_PART,
  KIND_TIME,
  KIND_CALENDAR,
  KIND_YEAR,
  KIND_MEAN,
  KIND_AVERAGE,
  KIND_MARKS,
  KIND_SPAN,
  KIND_STOCK,
  KIND_TOTAL,
  KIND_PLAN,
  KIND_UP,
  KIND_DOWN,
  KIND_COUNTS,
  KIND_SAYS_WHAT,
  KIND_NEVER_ADDED,
  KIND_MANY,
  KIND_NUMBER,
  KIND_UNIT,
  KIND_NOUN,
  KIND_SHORT,
  KIND_SCALE,
  KIND_MULTIPLE,
  KIND_GERMAN
} WordKind;
typedef struct {
  const char *word;
  WordKind kind;
  const char *unit, *label;
} SniffWord;
/* The row of sniff.def of that kind, whatever the case of the letters; NULL: none. */
const SniffWord *sniff_word(PropterStr words, WordKind kind);

/* Signs beside numbers and in names, and the words of sniff.def for their units. */
typedef struct {
  const char *sign, *word;
} SniffSign;
extern const SniffSign sniff_signs[SIGNS];

typedef struct {
  unsigned possible; /* bit n: every value so far is of types[n] */
  unsigned plain;    /* bit n: enough values are of types[n], a number */
  uint64_t days;     /* bit 0: enough values are ISO days or periods; bit n: days by written_dates[n - 1] */
  uint64_t numbers;  /* bit n: enough values are numbers by written_numbers[n] */
  uint64_t plain_misses[NUMBERS], day_misses[WRITTEN_MOST + 1], number_misses[WRITTEN_MOST]; /* values that are not, by bit */
  uint64_t missing, numeric, clock; /* values that say there is none; that are numbers in some way; times of day */
  unsigned signs;    /* bit n: every number has signs[n] */
  size_t form;       /* the bit of `days` that was chosen */
  bool zeros;        /* a number has a zero before it, as codes have */
  bool says_time, names_year;
  bool part;     /* the last word of its name is that of a part of the whole */
  bool calendar; /* its numbers are weeks, years and the like */
  bool span;     /* something that takes its time */
  bool stock;    /* a level */
  bool total;    /* a sum, whatever else the name says */
  bool plan;     /* planned, or set against a plan */
  bool counts;   /* its name ends in what is counted */
  unsigned digits; /* after the decimal character, at most */
  size_t longest;
  bool quarter, week;
  PropterMap values;
  struct {
    PropterMap set;
    PropterDay last;
    uint64_t falls; /* rows whose day is before that of the row above */
  } day[WRITTEN_MOST + 1];
} Seen;

/* What a name says goes into the column and into what is seen of it; labels of all columns are told apart afterwards. NO_MEMORY. */
PropterStatus sniff_read_name(PropterSniff *out, size_t i, PropterStr name, Seen *c, PropterError *err);
PropterStatus sniff_tell_apart(PropterSniff *out, PropterError *err);
/* In a table whose days are called in German nouns keep their capitals. NO_MEMORY. */
PropterStatus sniff_write_nouns(PropterSniff *out, PropterError *err);
/* A cell that says "Total", "Summe Nord", "Grand total". */
bool sniff_says_total(PropterStr text);
/* The value of a cell in the form that numbers of its column were found to have; false: it is none. */
bool sniff_number(const PropterColumn *column, PropterStr cell, double *value);
/* Sets out->counted after the column that names the rows: "tickets" of "Ticket ID". NO_MEMORY. */
PropterStatus sniff_counted(PropterSniff *out, const PropterColumn *key, PropterError *err);
/* One word of sniff.def. */
void sniff_read_word(PropterStr word, PropterColumn *column, Seen *c);

#endif

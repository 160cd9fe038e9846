/* SPDX-License-Identifier: Apache-2.0 */
/* Days and numbers as people write them in tables, read into what XSD writes. */
#ifndef MAP_WRITTEN_H
#define MAP_WRITTEN_H

#include "propter/date.h"
#include "propter/mem.h"

/* How a column is written. Zero-initialise for XSD's way. */
typedef struct {
  PropterStr date;    /* date field symbols of UTS #35, the subset d, dd, M, MM, MMM, MMMM, yy, yyyy; empty: ISO 8601 days, weeks, months, quarters, years */
  PropterStr decimal; /* character before the fraction; empty: XSD's numbers only */
  PropterStr group;   /* character between groups of digits; empty: none */
} Written;

static inline bool written_digit(char c) { return c >= '0' && c <= '9'; }

/* What written.def lists, in its order; the last row has NULL. */
enum { WRITTEN_MOST = 32 };
typedef struct {
  const char *pattern;
  bool says_time; /* believed only where the column's name speaks of time */
} WrittenDate;
typedef struct {
  const char *decimal, *group;
} WrittenNumber;
extern const WrittenDate written_dates[WRITTEN_MOST];
extern const WrittenNumber written_numbers[WRITTEN_MOST];

/* True if it says that there is no number: n/a, k.A., a dash, an error of a spreadsheet. */
bool written_missing(PropterStr text);

/* True if the pattern is one that written_day reads: its symbols are those above, with a year and a month. */
bool written_pattern(PropterStr pattern);
/* The day (of a month without day: its first) that `text` says by the pattern. A time of day behind it is passed over. Two digits of a year are those from
 * 1950 to 2049. False: it does not say one. */
bool written_day(PropterStr pattern, PropterStr text, PropterDay *day);

/* A day, a time of day or both. What the pattern does not have is 0. */
typedef struct {
  int year, month, day, hour, minute, second;
  PropterStr fraction; /* digits of the second's fraction; points into the text */
  bool has_zone;
  int zone; /* minutes east of UTC */
} WrittenMoment;
/* The patterns of CSVW: the symbols above and HH, mm, ss, S (digits of a fraction, at most), X and x (one to three: zones
 * as +02, +0200, +02:00; X takes Z, too). */
bool written_moment_pattern(PropterStr pattern);
bool written_moment(PropterStr pattern, PropterStr text, WrittenMoment *out);

/* Reads a number into `out` (at least text.len + 2 bytes) as xsd:decimal: groups of two or three digits, the last of
 * three; signs (- and U+2212, or accounts' parentheses); a currency sign or % around it means nothing. *length without NUL. False: no number. */
bool written_number(const Written *w, PropterStr text, char *out, size_t *length);

/* A number with an exponent (1.239e+03), as spreadsheets and statistics programs write them, into `out` (at least text.len + WRITTEN_EXPONENT + 2 bytes) as
 * xsd:decimal, digit by digit. *length without NUL. False: it has no exponent, or one beyond ±WRITTEN_EXPONENT. */
enum { WRITTEN_EXPONENT = 30 };
bool written_exponent(PropterStr text, char *out, size_t *length);

#endif

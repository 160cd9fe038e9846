/* SPDX-License-Identifier: Apache-2.0 */
/* What a table holds, guessed from its cells and column names: types, time, measures, slices, keys, units. */
#ifndef PROPTER_SNIFF_H
#define PROPTER_SNIFF_H

#include "propter/table.h"

typedef enum { PROPTER_COLUMN_OTHER, PROPTER_COLUMN_TIME, PROPTER_COLUMN_MEASURE, PROPTER_COLUMN_SLICE, PROPTER_COLUMN_KEY } PropterColumnRole;

typedef struct {
  PropterStr name;
  PropterStr words;       /* of the name: "unit price usd" of "UnitPriceUSD" */
  PropterStr label;       /* these without the unit at their end, where that names one column only */
  PropterStr datatype;    /* IRI of the XSD datatype that every value (of a measure: but its strays) is in; empty: text */
  PropterColumnRole role;
  bool identifier;        /* its name or its values are those of an identifier */
  bool primary;           /* declared the primary key of the table of a database, or a part of it */
  bool refers;            /* declared a foreign key, or a part of one */
  size_t row_key;         /* place in the key that names rows (propter_sniff_row_key), from 1; 0: no part of it */
  PropterStr parent, parent_column; /* declared a reference to a column of that table; empty: it is not */
  PropterStr parent_row;  /* the caller's: what IRIs of rows of the parent begin with, as propter_sniff_write is to write them; empty: values are written */
  uint64_t values;        /* cells that are not empty */
  uint64_t distinct;      /* different values, counted up to PROPTER_SNIFF_DISTINCT */
  const char *unit, *unit_label; /* of a measure, from its name: UCUM code or ISO 4217 code, and words; NULL: not known */
  const char *scale, *scale_label; /* of a measure, from its name: "1000", "thousand": its values are in so many of the unit; NULL: in one */
  bool mean;              /* of a measure: several values of a period combine by their mean, not their sum */
  int direction;          /* of a measure: 1 more is good, -1 more is bad, 0 not known */
  const char *date_format; /* how its days are written, in symbols of UTS #35; NULL: ISO 8601 */
  uint64_t strays, stray_line; /* of a measure: cells that are no numbers, and the line of the first with its text: a mapping rejects them */
  PropterStr stray;
  const char *why;         /* it is not used: because of that; static; NULL: it is used */
  uint64_t ranged;        /* cells that low, high and mean are of: numbers, and days since 1970-01-01 of the time column */
  double low, high, mean_value;
  const char *decimal, *group; /* of numbers that are not written as XSD writes them: characters before the fraction and between groups; NULL: they are */
} PropterColumn;
enum { PROPTER_SNIFF_KEY = 8 }; /* most columns of a key */
/* A declared foreign key of several columns. */
typedef struct {
  PropterStr parent, parent_columns[PROPTER_SNIFF_KEY];
  size_t columns[PROPTER_SNIFF_KEY], count;
  PropterStr parent_row; /* the caller's, as that of a column; then the columns stand in the order of the key that names rows of the parent */
} PropterReference;
enum { PROPTER_SNIFF_DISTINCT = 100000, PROPTER_SNIFF_ROWS = 1000000 };

/* Zero-initialise; free with propter_sniff_clear. */
typedef struct {
  PropterColumn *columns;
  size_t count;
  uint64_t rows;      /* looked at: PROPTER_SNIFF_ROWS at most */
  uint64_t bad_rows;  /* with a wrong number of cells */
  uint64_t aside,
      aside_line; /* rows whose time cell is no day (totals, footnotes), in nothing below and rejected by a mapping; the line of the first, with its text */
  PropterStr aside_text;
  const char *formulation; /* "JSONPath", "XPath": the columns are such expressions; NULL: they have names */
  PropterStr lists;   /* JSON and XML: what is not looked at because a row has several, with commas between them */
  bool whole;         /* all rows were looked at */
  uint64_t cells;     /* rows of a day, where at least nineteen days of twenty have as many; else 0 */
  PROPTER_VEC(PropterReference) references;
  size_t time;        /* the time column, or SIZE_MAX: then there are no measures, slices and keys but perhaps one key that names the row */
  PropterTableOptions options; /* those given, with the delimiter and encoding that were found where they named none */
  const char *grain;  /* of the time column: "P1D", "P7D", "P1M", "P3M" or "P1Y" */
  PropterStr counted; /* rows are single happenings with names of their own: what many are called ("tickets" of "Ticket ID", else "rows"); empty: not so */
  PropterStr sizes;   /* the caller's: the column that says of how many values the means of a row are, borrowed; empty: none does */
  uint64_t repeated;  /* rows that have time, slices and keys of an earlier row: what a mapping will reject */
  PropterArena arena;
} PropterSniff;

/* Reads a table twice: one that has a header, or JSON or XML, whose columns are the expressions found in the first rows; rows are then those of
 * options.iterator, else the longest list of objects, or the elements of the first name that several have. `options` and `limits` NULL: defaults; the options
 * are borrowed as long as `out` lives. Where they name none, the delimiter is that of the file's first line sep=; or the one of , ; tab and | that makes most
 * columns of a header that most rows agree with, the header the first row that is filled like most (titles stand above it), and the encoding of bytes that are
 * not UTF-8 windows-1252, of those with NUL bytes UTF-16. A column of days may have up to a quarter of other cells, one of numbers one in 50 and any that say
 * there is no number (map/written.def). A column of days or numbers that can be read in several ways is read as a column beside it must be, else by the first
 * way of map/written.def. INVALID: no header to go by; else as propter_table_open and propter_table_next. */
PROPTER_API PropterStatus propter_sniff(const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterSniff *out,
                                        PropterError *err);
PROPTER_API void propter_sniff_clear(PropterSniff *sniff);

/* True if the table at `path` (a sheet of it where `sheet` is not NULL) has the columns of one that was looked at, so that both can be read alike: the same
 * header, or in JSON and XML the same expressions for rows in the same place, in any order. False also where it cannot be read. */
PROPTER_API bool propter_sniff_same(const PropterSniff *sniff, const char *path, const char *sheet, const PropterLimits *limits);

/* Appends a mapping in Turtle that can be edited and ingested: with a time column and measures a propter:Metric for each measure, else RML for the rows.
 * `source` is the path of the table as the mapping's folder sees it, `base` what the IRIs begin with ("https://example.org/shop#"). NO_MEMORY. */
PROPTER_API PropterStatus propter_sniff_write(const PropterSniff *sniff, PropterStr source, PropterStr base, PropterBuf *out, PropterError *err);

/* How many columns name rows in the mapping that propter_sniff_write makes, in IRIs that begin with its base and "row-", and which, in their order; 0: rows
 * have no names, or the mapping is one of metrics. A declared primary key; else, without a time column, the first column that is different in every row; else one
 * identifier, two, then three that are so together. */
PROPTER_API size_t propter_sniff_row_key(const PropterSniff *sniff, const PropterColumn *key[PROPTER_SNIFF_KEY]);

/* What of the table is not used or will be rejected, a line of text for each reason; nothing where all is used. NO_MEMORY. */
PROPTER_API PropterStatus propter_sniff_left_out(const PropterSniff *sniff, PropterBuf *out, PropterError *err);

#endif

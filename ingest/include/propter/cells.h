/* SPDX-License-Identifier: Apache-2.0 */
/* Facts to cells: rows of events added up by period and slice, so that a table that says when each thing happened becomes one that says how much happened. */
#ifndef PROPTER_CELLS_H
#define PROPTER_CELLS_H

#include "propter/sniff.h"

enum { PROPTER_CELLS_MOST = 1000000, PROPTER_CELLS_SLICE = 60 };

/* A file, and of a workbook the sheet (NULL: none, or the first). Borrowed. */
typedef struct {
  const char *path, *sheet;
} PropterCellsTable;

/* What was added up. */
typedef struct {
  uint64_t rows, cells;
  uint64_t left_out; /* rows without a period, or with a wrong number of cells; cells of measures that are no numbers */
  uint64_t repeated; /* of the rows: those equal to an earlier one in every column (one of the first four millions) */
  const PropterCellsTable *repeated_table; /* of the first of them; borrowed from the argument */
  uint64_t repeated_line;
  /* Bit n: column n of the sniff (the first 64), a mean, is the same in all rows of each combination of slices: it describes them and is no measure. */
  uint64_t fixed;
} PropterCellsSummary;

/* Reads tables that all have the columns of `sniff` (which has a time column) and appends one table as CSV: a row for each period of the sniffed grain and each
 * combination of its slices (those with at most PROPTER_CELLS_SLICE values), in order; columns are the first day of the period, the slices, the measures
 * (added up, or their mean where the sniffed column combines so; without whole numbers that never repeat, which only name the row, and what is fixed) and how
 * many rows there were (called as sniff->counted, else "rows"). A value of a slice that has rows in at least half of the periods, and none in one that has
 * others, gets a cell of no rows there, with one of its combinations: nothing happened, which is no gap. LIMIT: more than PROPTER_CELLS_MOST cells; else as
 * propter_table_open and propter_table_next. What was left out is appended to `left` (NULL: to nothing) as CSV: file, sheet, line, column, value, reason. */
PROPTER_API PropterStatus propter_cells(const PropterCellsTable *tables, size_t count, const PropterSniff *sniff, PropterBuf *out, PropterBuf *left,
                                        PropterCellsSummary *summary, PropterError *err);

/* What was turned. */
typedef struct {
  size_t periods;    /* columns of periods; 0: it is no such table, nothing was appended */
  uint64_t rows;     /* appended */
  uint64_t totals, total_line; /* rows left out that say they are totals, or hold the sums of the rows above them; the line of the first */
  const char *mixed; /* a column that says what each row measures, with more than one value: nothing was appended; else NULL. Borrowed from the sniff */
} PropterMelted;

/* Wide to long: a table with a column for each period ("Jan 2022", "2022-01", "2022-Q1", "2022"; at least PROPTER_MELT_LEAST, and one way of writing for all)
 * is appended as CSV with a row for each: the other columns that differ from row to row, "period", and a value named like the file (of a workbook: the sheet).
 * `sniff` is that of the table. Errors as propter_table_open and propter_table_next. */
enum { PROPTER_MELT_LEAST = 6 };
PROPTER_API PropterStatus propter_melt(const char *path, const PropterSniff *sniff, PropterBuf *out, PropterMelted *melted, PropterError *err);

#endif

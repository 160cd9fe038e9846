/* SPDX-License-Identifier: Apache-2.0 */
/* One sheet of a workbook, held in memory, for the readers of workbooks: a zip archive of XML. */
#ifndef TABLE_SHEET_H
#define TABLE_SHEET_H

#include "propter/xml.h"
#include "propter/zip.h"
#include "reader.h"

typedef enum { SHEET_TEXT, SHEET_INTEGER, SHEET_DECIMAL, SHEET_DOUBLE, SHEET_BOOLEAN, SHEET_DATE, SHEET_TIME, SHEET_DATETIME } SheetType;

typedef struct {
  PropterStr text;
  uint32_t column, repeat; /* from 0; the same value in `repeat` columns */
  SheetType type;
} SheetCell;

typedef struct {
  uint64_t line; /* number of the row in the sheet, from 1 */
  uint64_t repeat;
  size_t first, count; /* of its cells, by column */
} SheetRow;

/* Zero-initialise. */
typedef struct {
  const char *path;
  PropterLimits limits;
  PropterBuf packed;
  PropterZip *zip;
  PropterArena arena;
  PROPTER_VEC(SheetCell) cells;
  PROPTER_VEC(SheetRow) rows;
  size_t at;         /* the next row, and how often it was handed over */
  uint64_t repeated;
  bool no_header, started;
  uint64_t header_line;
  size_t width;
  PROPTER_VEC(PropterStr) names;
  PROPTER_VEC(PropterCell) row_cells;
  PROPTER_VEC(PropterCells) values;
} Sheet;

/* Reads and opens the archive. SYNTAX: it is none; INVALID: an encrypted workbook or one from before 2007. */
PropterStatus table_sheet_open(Sheet *s, const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterError *err);
/* Parses a part of the archive; failures name it. The part's bytes are gone afterwards. */
PropterStatus table_sheet_part(Sheet *s, const char *name, const PropterXmlStream *stream, void *payload, PropterError *err);
/* The archive is not needed any more. */
void table_sheet_close_archive(Sheet *s);

/* Begins a row; lines go up. LIMIT: beyond what a sheet can have. Adds a cell to it, columns go up; text is borrowed from the arena. No text: no cell. */
PropterStatus table_sheet_row(Sheet *s, uint64_t line, uint64_t repeat, PropterError *err);
PropterStatus table_sheet_cell(Sheet *s, uint64_t column, uint64_t repeat, PropterStr text, SheetType type, PropterError *err);
/* A number as people see it: 15 digits, which is what workbooks show. Text that is none stays text. In the arena. */
PropterStatus table_sheet_number(Sheet *s, PropterStr stored, PropterStr *text, SheetType *type, PropterError *err);
PropterStatus table_sheet_copy(Sheet *s, PropterStr text, PropterStr *out, PropterError *err);

PropterStatus table_sheet_next(Sheet *s, PropterRow *row, bool *found, PropterError *err);
void table_sheet_clear(Sheet *s);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader of tables is: one file with one descriptor and one row in readers.def. */
#ifndef TABLE_READER_H
#define TABLE_READER_H

#include "propter/table.h"

typedef struct {
  const char *name;
  const char *extensions; /* separated by blanks */
  const char *summary;
  /* `state` is freed by close, also after a failed open if it was set. */
  PropterStatus (*open)(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err);
  /* Next raw row (the first may be the header); *found false at the end; the row's number is the caller's. Its problem is NULL
   * before the call: a reader of lists may set why an entry is none (static). */
  PropterStatus (*next)(void *state, PropterRow *row, bool *found, PropterError *err);
  void (*close)(void *state);
  /* The bytes of the next row as they stand in the file, with its line end, if equal bytes are equal rows; empty: unknown, `next` reads it. `peek_bytes` gives
   * the next `size` bytes, of rows or not; `skip` passes over bytes of such rows. NULL: always unknown. */
  PropterStatus (*peek)(void *state, PropterStr *bytes, PropterError *err);
  PropterStatus (*peek_bytes)(void *state, size_t size, PropterStr *bytes, PropterError *err);
  void (*skip)(void *state, size_t size, uint64_t rows);
  /* Passes over the rows that follow the one given last as long as it knows that their first `columns` cells are the same. NULL: it never knows. */
  PropterStatus (*skip_same)(void *state, size_t columns, uint64_t *skipped, PropterError *err);
  /* Where columns are expressions: parses one and gives its index, from 0; NULL: the first row is the header. */
  PropterStatus (*column)(void *state, PropterStr expression, size_t *index, PropterError *err);
  /* The same, to be evaluated at each value of the column `parent`. */
  PropterStatus (*nested)(void *state, size_t parent, PropterStr expression, size_t *index, PropterError *err);
  /* Where columns are expressions: that for whose sake the whole document is held, or NULL: one row at a time is. */
  const char *(*whole)(const void *state);
  /* Workbooks: the sheets that are shown; NULL: it is none. */
  PropterStatus (*sheets)(const char *path, const PropterLimits *limits, PropterArena *arena, PropterSheets *out, PropterError *err);
  /* Databases: the query that lists their tables and views; NULL: it is none, or it cannot. */
  const char *tables;
  /* Databases: which dialect of SQL it is, by the name of the reader that speaks it; NULL: the reader's own name. */
  const char *(*dialect)(const void *state);
  /* The character between cells; NULL: there is none. */
  char (*delimiter)(const void *state);
  /* The encoding that was found out because nobody named it, known once bytes were read; NULL: none was, and where the reader does not tell. */
  const char *(*encoding)(const void *state);
  bool any_case; /* column names are found whatever their case */
  bool sheet;    /* rows with a header, as `values`: a mapping that says CSV of a file with this extension means it */
} TableReader;

#endif

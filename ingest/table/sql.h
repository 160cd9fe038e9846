/* SPDX-License-Identifier: Apache-2.0 */
/* Values of SQL as RDF literals: the natural mapping of R2RML §10.2, for the database readers. */
#ifndef TABLE_SQL_H
#define TABLE_SQL_H

#include "reader.h"

typedef enum {
  SQLTYPE_TEXT,
  SQLTYPE_INTEGER,
  SQLTYPE_DECIMAL,
  SQLTYPE_DOUBLE,
  SQLTYPE_BOOLEAN,
  SQLTYPE_DATE,
  SQLTYPE_TIME,
  SQLTYPE_TIMESTAMP,
  SQLTYPE_BINARY
} SqlType;

/* From the name of a type as it was declared ("VARCHAR(50)", "double precision"). */
SqlType sql_type_of_name(const char *name);
/* The literal of a value that the database wrote as `text` (binary: its bytes), copied into the arena. */
PropterStatus sql_cell(SqlType type, PropterStr text, PropterArena *arena, PropterCell *out, PropterError *err);
/* The statement that reads a source: its query without a last semicolon, or its whole table with the name quoted. In the arena. */
PropterStatus sql_statement(const PropterTableOptions *options, PropterArena *arena, PropterStr *out, PropterError *err);

/* The name of a table, each part between dots quoted unless it is. */
void sql_put_name(PropterStr name, PropterBuf *out);
/* True if a name needs no quotes. */
bool sql_is_name(PropterStr name);
/* The dialect of an open table's database: "sqlite", "postgres", or another word. */
const char *table_dialect(const PropterTable *table);

/* True if the source is a table whose name needs no quotes. */
bool sql_plain_name(const PropterTableOptions *options);

/* Rows of a query while it runs: header first. */
typedef struct {
  PropterArena arena, texts; /* of the table; of the row */
  size_t count;
  SqlType *types;
  PropterStr *names;
  PropterCell *cells;
  PropterCells *values;
  uint64_t row; /* 0: the header is next */
} SqlRows;
PropterStatus sql_rows_init(SqlRows *rows, size_t count, PropterError *err);
PropterStatus sql_rows_name(SqlRows *rows, size_t column, const char *name, PropterError *err);
/* The header as a row. */
void sql_rows_header(SqlRows *rows, PropterRow *row);
/* Starts a row; sets a value; hands it over. Columns not set are NULL. */
void sql_rows_begin(SqlRows *rows);
PropterStatus sql_rows_set(SqlRows *rows, size_t column, PropterStr text, PropterError *err);
void sql_rows_end(SqlRows *rows, PropterRow *row);
void sql_rows_clear(SqlRows *rows);

#endif

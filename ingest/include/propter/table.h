/* SPDX-License-Identifier: Apache-2.0 */
/* Tables read row by row with bounded memory. */
#ifndef PROPTER_TABLE_H
#define PROPTER_TABLE_H

#include "propter/graph.h"
#include "propter/limits.h"
#include "propter/mem.h"

typedef struct {
  const char *prefix, *iri;
} PropterTablePrefix;

/* Solutions of a query. `next` gives a row of `columns` terms (kind NONE: unbound), borrowed until the following call, or NULL at the end. */
typedef struct {
  const PropterStr *names;
  size_t columns;
  PropterStatus (*next)(void *state, const PropterTerm **row, PropterError *err);
  void (*close)(void *state);
  void *state;
} PropterTableSolutions;
/* Answers a SELECT query over a file with RDF. Tables stand below queries, so who may use both hands such a function down. `limits` outlive the solutions. */
typedef PropterStatus (*PropterTableAnswer)(const char *path, const char *query, const PropterLimits *limits, PropterTableSolutions *out, PropterError *err);

/* Zero-initialise for the defaults. Strings are borrowed until the table is closed. */
typedef struct {
  PropterStr text;       /* CSV, JSON, XML: the table itself instead of a file; the path is its name in errors. NULL data: none */
  const char *format;    /* name of a reader (table/readers.def); NULL: by the file's extension, else "csv" */
  const char *iterator;  /* JSON: JSONPath of the rows (NULL: the document, of NDJSON each line); XML: XPath of the rows (NULL: the root element) */
  const PropterTablePrefix *prefixes; /* of names in XPaths */
  size_t prefix_count;
  const char *query;     /* databases: SQL, its result is the table; RDF: SPARQL, answered by `answer` */
  PropterTableAnswer answer;
  const char *table;     /* databases: name of a table or view, used when there is no query; workbooks: of a sheet (NULL: the first that is shown) */
  const char *user, *password; /* databases, where the address does not hold them */
  char delimiter;        /* 0: what a first line sep=; declares (no row in either case), else a tab for .tsv and .tab, else a comma */
  char quote;            /* 0: '"' */
  bool no_quote;         /* no character quotes */
  char escape;           /* takes its meaning from the character behind it and goes, in quotes or not; a cell of \N alone stays. 0: none */
  bool trailing;         /* rows may end with a delimiter that no cell follows: one cell too many is none where it is the last and empty */
  const char *comment;   /* lines that begin so are skipped; NULL: none */
  const char *encoding;  /* name known to iconv; NULL: UTF-16 or UTF-32 where the first bytes show it (a mark, a byte 0 in each pair), else UTF-8 */
  uint64_t header_line;  /* lines (of a sheet: rows) before this one are no part of the table; 0: there are none */
  bool no_header;        /* the first row is data; the columns are called "1", "2", … */
  bool trim;             /* white space around cells is dropped */
} PropterTableOptions;

/* A value with the RDF datatype that its source gives it. */
typedef struct {
  PropterStr text;
  PropterStr datatype; /* IRI; empty: text */
  bool compound;       /* no value but an array or object, written as JSON */
  uint32_t of;         /* of a nested column: number of the value of its parent that it stands in */
} PropterCell;
typedef struct {
  const PropterCell *items;
  size_t count;
} PropterCells;

/* One row, borrowed until the next call. */
typedef struct {
  uint64_t number;         /* of the data row, from 1 */
  uint64_t line;           /* of the file where the row begins, from 1; the header is line 1 */
  const PropterStr *cells; /* UTF-8 without NUL; as many as there are */
  size_t count;
  const PropterCells *values; /* where a column may have no value, several or typed ones: `count` lists instead of `cells`; else NULL */
  const char *problem; /* NULL, or why the row is no row of this table: fewer or more cells than columns, no JSON */
  const char *rule;    /* what the problem is against; NULL: "columns", or "syntax" where `text` stands */
  PropterStr text;     /* with a problem and without cells: what stands there instead */
} PropterRow;

typedef struct PropterTable PropterTable;

/* Opens a table and reads its header. "-" is standard input; gzip, xz, bzip2, zstd, and the one file of a zip or tar are unpacked. `limits` NULL: defaults
 * (line_bytes for a row, table_columns, table_bytes, unpack_ratio and unpack_free for the whole unpacked file; a workbook is held in memory: document_bytes,
 * zip_bytes, zip_ratio; document_bytes for a page of Parquet). NOT_FOUND, USAGE (unknown format or encoding), INVALID (empty file, wrong encoding with the
 * byte), SYNTAX, LIMIT, IO. Free with propter_table_close. */
PROPTER_API PropterStatus propter_table_open(const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterTable **out,
                                             PropterError *err);
PROPTER_API void propter_table_close(PropterTable *table);

/* The sheets of a workbook that are shown, in their order; of any other file none. Texts live in the arena; free the list with propter_vec_clear. Each is a
 * table of its own: PropterTableOptions.table. Errors as propter_table_open. */
typedef PROPTER_VEC(PropterStr) PropterSheets;
PROPTER_API PropterStatus propter_table_sheets(const char *path, const PropterLimits *limits, PropterArena *arena, PropterSheets *out, PropterError *err);

/* The reader (PropterTableOptions.format) of a database whose tables can be listed, an SQLite file or a postgresql:// address; NULL: it is none. Static. */
PROPTER_API const char *propter_table_database(const char *path);
/* Its tables and views, as propter_table_sheets gives sheets. */
PROPTER_API PropterStatus propter_table_tables(const char *path, const PropterLimits *limits, PropterArena *arena, PropterSheets *out, PropterError *err);

/* True if columns are expressions (JSON, XML): every propter_table_column that can be parsed makes one, and there is no header. */
PROPTER_API bool propter_table_has_expressions(const PropterTable *table);
/* Once all columns were asked for, where they are expressions: NULL, or the one for whose sake the whole document is held (document_bytes) and not a row at a
 * time. Borrowed. */
PROPTER_API const char *propter_table_whole(const PropterTable *table);
/* True if rows come as `values`. */
PROPTER_API bool propter_table_has_values(const PropterTable *table);
/* The character between cells, known once the table is open; 0: the reader has none. */
PROPTER_API char propter_table_delimiter(const PropterTable *table);
/* The encoding that the first bytes showed, where the options name none and it is not UTF-8 ("UTF-16" and "UTF-32" by a byte order mark,
 * "UTF-16LE" and "UTF-16BE" without one); NULL else. Known once a row was read. */
PROPTER_API const char *propter_table_encoding(const PropterTable *table);
/* Column names, borrowed. */
PROPTER_API const PropterStr *propter_table_columns(const PropterTable *table, size_t *count);
/* Index of a column. NOT_FOUND with the list of columns; INVALID when the name stands twice in the header. Names of database columns are found
 * whatever their case if no other differs by case only. SYNTAX: an expression that is none. */
PROPTER_API PropterStatus propter_table_column(PropterTable *table, PropterStr name, size_t *index, PropterError *err);

/* Where columns are expressions: the column of what an expression gives at each value of the column `parent`, a node. USAGE: columns are none. */
PROPTER_API PropterStatus propter_table_nested(PropterTable *table, size_t parent, PropterStr expression, size_t *index, PropterError *err);

/* A table of rows that someone else makes, named columns with `values`: `next` as a reader's, `close` frees the state, also after a failure here. */
typedef struct {
  PropterStatus (*next)(void *state, PropterRow *row, bool *found, PropterError *err);
  void (*close)(void *state);
  void *state;
} PropterTableRows;
PROPTER_API PropterStatus propter_table_of_rows(const PropterStr *names, size_t count, const PropterTableRows *rows, PropterTable **out, PropterError *err);

/* The next row; *found false at the end. Rows without any byte are skipped. A row with the wrong number of cells is a row with a problem, as is a line of
 * NDJSON that is no JSON, or an object that has a member twice where the reader knows where it ends; what makes the rest of the file unreadable is an error
 * with line and column (or byte): SYNTAX for broken quotes, INVALID for bytes that are not text in the encoding, LIMIT. */
PROPTER_API PropterStatus propter_table_next(PropterTable *table, PropterRow *row, bool *found, PropterError *err);
/* The bytes of the next row as they stand in the file, with its line end, borrowed until the next call: rows of tables with one header and one set of options
 * that have equal bytes are equal. Empty where a reader does not know them, also at the end. Errors as propter_table_next. */
PROPTER_API PropterStatus propter_table_peek(PropterTable *table, PropterStr *bytes, PropterError *err);
/* The next `size` bytes, whatever they are, borrowed until the next call; empty where propter_table_peek would give none, or the file has fewer. */
PROPTER_API PropterStatus propter_table_peek_bytes(PropterTable *table, size_t size, PropterStr *bytes, PropterError *err);
/* Passes over so many bytes that are `rows` rows as propter_table_peek gave them, now or at another time. Whether they are text is not looked at. */
PROPTER_API void propter_table_skip(PropterTable *table, size_t size, uint64_t rows);
/* Passes over following rows whose first `columns` cells are those of the row given last: all of them or some or none, as the reader can tell. Errors as
 * propter_table_next. */
PROPTER_API PropterStatus propter_table_skip_same(PropterTable *table, size_t columns, PropterError *err);
/* The text of a column, of several values the first, white space at both ends dropped; empty where there is none. Borrowed from the row. */
PROPTER_API PropterStr propter_row_text(const PropterRow *row, size_t column);
/* Appends text between double quotes, those in it doubled: a field of CSV (RFC 4180 §2), a name of SQL. */
PROPTER_API void propter_put_quoted(PropterBuf *out, PropterStr text);

#endif

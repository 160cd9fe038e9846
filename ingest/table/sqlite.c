/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite: a table or the result of a query. The file is opened for reading only; values are typed by the declared type of their column, where it has
 * none by what is stored. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql.h"

typedef struct {
  sqlite3 *db;
  sqlite3_stmt *statement;
  const char *path;
  SqlRows rows;
  bool *declared;
} Sqlite;

static PropterStatus fail(const Sqlite *s, PropterError *err) {
  int code = s->db ? sqlite3_errcode(s->db) : SQLITE_NOMEM;
  propter_error_at(err, s->path, 0, 0);
  PropterStatus status = code == SQLITE_NOMEM ? PROPTER_NO_MEMORY : code == SQLITE_IOERR ? PROPTER_IO : PROPTER_INVALID;
  return propter_fail(err, status, "SQLite: %s", s->db ? sqlite3_errmsg(s->db) : "out of memory");
}

/* --- percentile(value, share): linear between the two nearest ranks, as percentile_cont of SQL:2003 -------------------------------------------- */

typedef struct {
  double *items;
  size_t count, room;
  double share;
} Values;

enum { VALUES_MOST = 1 << 26 };

static void add_value(sqlite3_context *context, int count, sqlite3_value **value) {
  Values *v = sqlite3_aggregate_context(context, sizeof *v);
  (void)count;
  if (!v || sqlite3_value_type(value[0]) == SQLITE_NULL) return;
  if (v->count == v->room) {
    size_t room = v->room ? 2 * v->room : 64;
    double *items = room > VALUES_MOST ? NULL : sqlite3_realloc64(v->items, room * sizeof *items);
    if (!items) {
      sqlite3_result_error_nomem(context);
      return;
    }
    v->items = items, v->room = room;
  }
  v->share = sqlite3_value_double(value[1]);
  v->items[v->count++] = sqlite3_value_double(value[0]);
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void end_values(sqlite3_context *context) {
  Values *v = sqlite3_aggregate_context(context, 0);
  if (!v || !v->count) return;
  qsort(v->items, v->count, sizeof *v->items, by_value);
  double rank = v->share * (double)(v->count - 1);
  size_t low = rank > 0 ? (size_t)rank : 0, high = low + 1 < v->count ? low + 1 : low;
  if (low >= v->count) low = high = v->count - 1;
  sqlite3_result_double(context, v->items[low] + (rank - (double)low) * (v->items[high] - v->items[low]));
  sqlite3_free(v->items);
  *v = (Values){0};
}

/* ---------------------------------------------------------------------------------------------------------------------------------------------- */

static void close_sqlite(void *state) {
  Sqlite *s = state;
  sqlite3_finalize(s->statement);
  sqlite3_close(s->db);
  sql_rows_clear(&s->rows);
  propter_free(s);
}

static PropterStatus open_sqlite(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  Sqlite *s = propter_calloc(1, sizeof *s);
  if (!s) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  *state = s;
  s->path = path;
  if (access(path, F_OK) != 0) return propter_error_at(err, path, 0, 0), propter_fail(err, PROPTER_NOT_FOUND, "no such file");
  if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) return fail(s, err);
  (void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  (void)sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, (int)(limits->line_bytes < 1 << 30 ? limits->line_bytes : 1 << 30));
  if (sqlite3_create_function(s->db, "percentile", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, NULL, add_value, end_values) != SQLITE_OK) return fail(s, err);
  PropterStr sql;
  PROPTER_TRY(sql_statement(options, &s->rows.arena, &sql, err));
  if (sqlite3_prepare_v2(s->db, sql.data, (int)sql.len + 1, &s->statement, NULL) != SQLITE_OK || !s->statement) return fail(s, err);
  size_t count = (size_t)sqlite3_column_count(s->statement);
  if (!count) return propter_fail(err, PROPTER_INVALID, "SQLite: expected a query that gives rows");
  PROPTER_TRY(sql_rows_init(&s->rows, count, err));
  s->declared = propter_arena_alloc(&s->rows.arena, count + 1);
  if (!s->declared) return fail(s, err);
  for (size_t i = 0; i < count; i++) {
    const char *type = sqlite3_column_decltype(s->statement, (int)i);
    s->declared[i] = type != NULL;
    s->rows.types[i] = sql_type_of_name(type);
    PROPTER_TRY(sql_rows_name(&s->rows, i, sqlite3_column_name(s->statement, (int)i), err));
  }
  return PROPTER_OK;
}

/* Columns of expressions have no declared type, and SQLite stores any value in any column. */
static SqlType stored_type(const Sqlite *s, size_t i, int stored) {
  SqlType declared = s->rows.types[i];
  if (stored == SQLITE_BLOB) return SQLTYPE_BINARY;
  if (!s->declared[i]) return stored == SQLITE_INTEGER ? SQLTYPE_INTEGER : stored == SQLITE_FLOAT ? SQLTYPE_DOUBLE : SQLTYPE_TEXT;
  bool numeric = declared == SQLTYPE_INTEGER || declared == SQLTYPE_DOUBLE || declared == SQLTYPE_DECIMAL;
  return stored == SQLITE_TEXT && (numeric || declared == SQLTYPE_BINARY) ? SQLTYPE_TEXT : declared;
}

static PropterStatus next_row(void *state, PropterRow *row, bool *found, PropterError *err) {
  Sqlite *s = state;
  *found = true;
  if (!s->rows.row) return sql_rows_header(&s->rows, row), PROPTER_OK;
  int step = sqlite3_step(s->statement);
  *found = step == SQLITE_ROW;
  if (step == SQLITE_DONE) return PROPTER_OK;
  if (!*found) return fail(s, err);
  sql_rows_begin(&s->rows);
  for (size_t i = 0; i < s->rows.count; i++) {
    int stored = sqlite3_column_type(s->statement, (int)i);
    if (stored == SQLITE_NULL) continue;
    SqlType declared = s->rows.types[i];
    s->rows.types[i] = stored_type(s, i, stored);
    const char *bytes = stored == SQLITE_BLOB ? sqlite3_column_blob(s->statement, (int)i) : (const char *)sqlite3_column_text(s->statement, (int)i);
    PropterStr text = {bytes ? bytes : "", (size_t)sqlite3_column_bytes(s->statement, (int)i)};
    PropterStatus status = stored != SQLITE_BLOB && !propter_utf8_valid(text, NULL) ? propter_fail(err, PROPTER_INVALID, "row %llu, column %s: expected UTF-8",
                                                                                                   (unsigned long long)s->rows.row, s->rows.names[i].data)
                                                                                    : sql_rows_set(&s->rows, i, text, err);
    s->rows.types[i] = declared;
    PROPTER_TRY(status);
  }
  sql_rows_end(&s->rows, row);
  return PROPTER_OK;
}

const TableReader table_reader_sqlite = {.name = "sqlite",
                                         .extensions = "sqlite sqlite3 db",
                                         .summary = "tables and queries of an SQLite file",
                                         .open = open_sqlite,
                                         .next = next_row,
                                         .close = close_sqlite,
                                         .tables = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
                                                   "ESCAPE '\\' ORDER BY rowid",
                                         .any_case = true};

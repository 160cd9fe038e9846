/* SPDX-License-Identifier: Apache-2.0 */
/* Any database with an ODBC driver: a table or the result of a query, row by row. The address is a connection string ("DSN=shop", "Driver=…;Server=…"). */
#include <string.h>
#include <strings.h>

#include "sql.h"

#include <sql.h>
#include <sqlext.h>

enum { CHUNK = 4096 };

typedef struct {
  SQLHENV environment;
  SQLHDBC connection;
  SQLHSTMT statement;
  uint64_t most; /* bytes of a row */
  PropterBuf value;
  SqlRows rows;
} Odbc;

static bool fine(SQLRETURN r) { return r == SQL_SUCCESS || r == SQL_SUCCESS_WITH_INFO; }

/* What the driver says of its last call: `status`, or IO where it says that the connection is lost. */
static PropterStatus fail(const Odbc *o, PropterStatus status, PropterError *err) {
  SQLCHAR state[6] = "", text[400] = "";
  SQLINTEGER native;
  SQLSMALLINT length;
  const struct {
    SQLSMALLINT kind;
    SQLHANDLE handle;
  } places[] = {{SQL_HANDLE_STMT, o->statement}, {SQL_HANDLE_DBC, o->connection}, {SQL_HANDLE_ENV, o->environment}};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (places[i].handle &&
        fine(SQLGetDiagRec(places[i].kind, places[i].handle, 1, state, &native, text, (SQLSMALLINT)sizeof text, &length)))
      break;
  if (memcmp(state, "HY001", 5) == 0) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading a database");
  if (memcmp(state, "08", 2) == 0) status = PROPTER_IO;
  if (memcmp(state, "28", 2) == 0) status = PROPTER_INVALID; /* invalid authorization: it will not be another one later on */
  return propter_fail(err, status, "ODBC: %s", *text ? (const char *)text : "the driver says nothing of its failure");
}

static void close_odbc(void *state) {
  Odbc *o = state;
  if (o->statement) (void)SQLFreeHandle(SQL_HANDLE_STMT, o->statement);
  if (o->connection) (void)SQLDisconnect(o->connection), (void)SQLFreeHandle(SQL_HANDLE_DBC, o->connection);
  if (o->environment) (void)SQLFreeHandle(SQL_HANDLE_ENV, o->environment);
  propter_buf_clear(&o->value);
  sql_rows_clear(&o->rows);
  propter_free(o);
}

static SqlType type_of(SQLSMALLINT type) {
  switch (type) {
  case SQL_BIT: return SQLTYPE_BOOLEAN;
  case SQL_TINYINT: case SQL_SMALLINT: case SQL_INTEGER: case SQL_BIGINT: return SQLTYPE_INTEGER;
  case SQL_DECIMAL: case SQL_NUMERIC: return SQLTYPE_DECIMAL;
  case SQL_REAL: case SQL_FLOAT: case SQL_DOUBLE: return SQLTYPE_DOUBLE;
  case SQL_TYPE_DATE: case SQL_DATE: return SQLTYPE_DATE;
  case SQL_TYPE_TIME: case SQL_TIME: return SQLTYPE_TIME;
  case SQL_TYPE_TIMESTAMP: case SQL_TIMESTAMP: return SQLTYPE_TIMESTAMP;
  case SQL_BINARY: case SQL_VARBINARY: case SQL_LONGVARBINARY: return SQLTYPE_BINARY;
  default: return SQLTYPE_TEXT;
  }
}

/* A value of a connection string; braces keep what would end it. */
static void add_attribute(PropterBuf *out, const char *name, const char *value) {
  if (!value) return;
  propter_buf_printf(out, ";%s={", name);
  for (; *value; value++) {
    if (*value == '}') propter_buf_add_char(out, '}');
    propter_buf_add_char(out, *value);
  }
  propter_buf_add_char(out, '}');
}

static PropterStatus connect(Odbc *o, const char *address, const PropterTableOptions *options, PropterError *err) {
  PropterBuf text = {.max = 1 << 16};
  propter_buf_add(&text, propter_str(address));
  add_attribute(&text, "UID", options->user);
  add_attribute(&text, "PWD", options->password);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) {
    SQLSMALLINT length;
    bool made = fine(SQLDriverConnect(o->connection, NULL, (SQLCHAR *)text.data, SQL_NTS, NULL, 0, &length, SQL_DRIVER_NOPROMPT));
    if (!made) status = fail(o, PROPTER_IO, err);
  }
  if (text.data) memset(text.data, 0, text.len);
  propter_buf_clear(&text);
  return status;
}

/* The statement, with names quoted as the database quotes them. */
static PropterStatus statement(Odbc *o, const PropterTableOptions *options, PropterStr *sql, PropterError *err) {
  char quote[8] = "\"";
  SQLSMALLINT length;
  PROPTER_TRY(sql_statement(options, &o->rows.arena, sql, err));
  if (options->query && *options->query) return PROPTER_OK;
  if (sql_plain_name(options)) {
    *sql = propter_arena_printf(&o->rows.arena, "SELECT * FROM %s", options->table);
    return sql->data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening a database");
  }
  if (!fine(SQLGetInfo(o->connection, SQL_IDENTIFIER_QUOTE_CHAR, quote, (SQLSMALLINT)sizeof quote, &length)) || strlen(quote) != 1) return PROPTER_OK;
  for (char *p = (char *)(uintptr_t)sql->data; *p; p++) /* the arena's copy is ours */
    if (*p == '"') *p = *quote;
  return PROPTER_OK;
}

static PropterStatus columns(Odbc *o, PropterError *err) {
  SQLSMALLINT count, length, type, digits, null;
  SQLULEN size;
  SQLCHAR name[1024];
  if (!fine(SQLNumResultCols(o->statement, &count))) return fail(o, PROPTER_INVALID, err);
  if (count <= 0) return propter_fail(err, PROPTER_INVALID, "ODBC: expected a query that gives rows");
  PROPTER_TRY(sql_rows_init(&o->rows, (size_t)count, err));
  for (SQLSMALLINT i = 0; i < count; i++) {
    if (!fine(SQLDescribeCol(o->statement, (SQLUSMALLINT)(i + 1), name, (SQLSMALLINT)sizeof name, &length, &type, &size, &digits, &null)))
      return fail(o, PROPTER_INVALID, err);
    o->rows.types[i] = type_of(type);
    PROPTER_TRY(sql_rows_name(&o->rows, (size_t)i, (const char *)name, err));
  }
  return PROPTER_OK;
}

static PropterStatus open_odbc(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  Odbc *o = propter_calloc(1, sizeof *o);
  if (!o) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening a database");
  *state = o;
  o->value.max = limits->line_bytes;
  if (!fine(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &o->environment)) ||
      !fine(SQLSetEnvAttr(o->environment, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(uintptr_t)SQL_OV_ODBC3, 0)) ||
      !fine(SQLAllocHandle(SQL_HANDLE_DBC, o->environment, &o->connection)))
    return fail(o, PROPTER_IO, err);
  /* Drivers that cannot do without writing or waiting say so, which is no reason to stop. */
  (void)SQLSetConnectAttr(o->connection, SQL_ATTR_ACCESS_MODE, (SQLPOINTER)(uintptr_t)SQL_MODE_READ_ONLY, 0);
  (void)SQLSetConnectAttr(o->connection, SQL_ATTR_LOGIN_TIMEOUT, (SQLPOINTER)(uintptr_t)30, 0);
  PROPTER_TRY(connect(o, path, options, err));
  PropterStr sql;
  PROPTER_TRY(statement(o, options, &sql, err));
  if (!fine(SQLAllocHandle(SQL_HANDLE_STMT, o->connection, &o->statement))) return fail(o, PROPTER_INVALID, err);
  if (!fine(SQLExecDirect(o->statement, (SQLCHAR *)(uintptr_t)sql.data, SQL_NTS))) return fail(o, PROPTER_INVALID, err);
  return columns(o, err);
}

/* Wide characters, which are the same in every driver and locale, as UTF-8. */
static void add_wide(PropterBuf *out, const SQLWCHAR *text, size_t count, uint32_t *lead) {
  for (size_t i = 0; i < count; i++) {
    uint32_t c = text[i];
    if (*lead && c >= 0xDC00 && c < 0xE000)
      propter_buf_add_utf8(out, 0x10000 + ((*lead - 0xD800) << 10) + (c - 0xDC00));
    else if (c < 0xD800 || c > 0xDFFF)
      propter_buf_add_utf8(out, c);
    else if (c >= 0xDC00)
      propter_buf_add_utf8(out, 0xFFFD);
    *lead = c >= 0xD800 && c < 0xDC00 ? c : 0;
  }
}

/* All of a value, piece by piece. */
static PropterStatus value(Odbc *o, size_t column, bool *null, PropterError *err) {
  bool binary = o->rows.types[column] == SQLTYPE_BINARY;
  SQLWCHAR piece[CHUNK / sizeof(SQLWCHAR)];
  uint32_t lead = 0;
  propter_buf_reset(&o->value);
  *null = false;
  for (;;) {
    SQLLEN length = 0;
    SQLRETURN r = SQLGetData(o->statement, (SQLUSMALLINT)(column + 1), binary ? SQL_C_BINARY : SQL_C_WCHAR, piece, sizeof piece, &length);
    if (r == SQL_NO_DATA) return propter_buf_status(&o->value, err);
    if (!fine(r)) return fail(o, PROPTER_INVALID, err);
    if (length == SQL_NULL_DATA) return *null = true, PROPTER_OK;
    size_t room = binary ? sizeof piece : sizeof piece - sizeof *piece, n = length == SQL_NO_TOTAL || (size_t)length > room ? room : (size_t)length;
    if (binary)
      propter_buf_add(&o->value, (PropterStr){(const char *)piece, n});
    else
      add_wide(&o->value, piece, n / sizeof *piece, &lead);
    PROPTER_TRY(propter_buf_status(&o->value, err));
    if (r == SQL_SUCCESS) return PROPTER_OK;
  }
}

static PropterStatus next_row(void *state, PropterRow *row, bool *found, PropterError *err) {
  Odbc *o = state;
  *found = true;
  if (!o->rows.row) return sql_rows_header(&o->rows, row), PROPTER_OK;
  SQLRETURN r = SQLFetch(o->statement);
  *found = r != SQL_NO_DATA;
  if (!*found) return PROPTER_OK;
  if (!fine(r)) return fail(o, PROPTER_INVALID, err);
  sql_rows_begin(&o->rows);
  for (size_t i = 0; i < o->rows.count; i++) {
    bool null;
    PROPTER_TRY(value(o, i, &null, err));
    if (!null) PROPTER_TRY(sql_rows_set(&o->rows, i, o->value.data ? propter_buf_str(&o->value) : PROPTER_STR(""), err));
  }
  sql_rows_end(&o->rows, row);
  return PROPTER_OK;
}

/* The product behind the driver. */
static const char *dialect(const void *state) {
  const Odbc *o = state;
  char name[64] = "";
  SQLSMALLINT length;
  if (!fine(SQLGetInfo(o->connection, SQL_DBMS_NAME, name, (SQLSMALLINT)sizeof name, &length))) return "odbc";
  return strcasecmp(name, "SQLite") == 0 ? "sqlite" : strcasecmp(name, "PostgreSQL") == 0 ? "postgres" : "odbc";
}

const TableReader table_reader_odbc = {.name = "odbc",
                                       .extensions = "",
                                       .summary = "tables and queries of any database with an ODBC driver, by odbc: and a connection string",
                                       .open = open_odbc,
                                       .next = next_row,
                                       .close = close_odbc,
                                       .dialect = dialect,
                                       .any_case = true};

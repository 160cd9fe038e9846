/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL: a table or the result of a query, row by row (libpq's single-row mode) in a read-only transaction. */
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <string.h>

#include "sql.h"

#define UNDEFINED_TABLE "42P01"

typedef struct {
  PGconn *connection;
  PGresult *result;
  SqlRows rows;
} Postgres;

/* Whether the server ended the connection: it says so before the connection is seen to be gone. */
static bool is_gone(const Postgres *p) {
  const char *severity = p->result ? PQresultErrorField(p->result, PG_DIAG_SEVERITY_NONLOCALIZED) : NULL;
  return PQstatus(p->connection) == CONNECTION_BAD || (severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0));
}

static PropterStatus fail(const Postgres *p, PropterStatus status, PropterError *err) {
  const char *why = p->result && *PQresultErrorMessage(p->result) ? PQresultErrorMessage(p->result) : PQerrorMessage(p->connection);
  /* The first line names the mistake; what follows points into the query. */
  return propter_fail(err, is_gone(p) ? PROPTER_IO : status, "PostgreSQL: %.*s", (int)strcspn(why, "\n"), why);
}

static void close_postgres(void *state) {
  Postgres *p = state;
  PQclear(p->result);
  PQfinish(p->connection);
  sql_rows_clear(&p->rows);
  propter_free(p);
}

/* Built-in object identifiers of types do not change (pg_type.dat). */
static SqlType type_of(Oid oid) {
  switch (oid) {
  case 16: return SQLTYPE_BOOLEAN;
  case 17: return SQLTYPE_BINARY;
  case 20: case 21: case 23: case 26: return SQLTYPE_INTEGER;
  case 700: case 701: return SQLTYPE_DOUBLE;
  case 1700: return SQLTYPE_DECIMAL;
  case 1082: return SQLTYPE_DATE;
  case 1083: case 1266: return SQLTYPE_TIME;
  case 1114: case 1184: return SQLTYPE_TIMESTAMP;
  default: return SQLTYPE_TEXT;
  }
}

static PropterStatus check_result(Postgres *p, PropterError *err) {
  if (!p->result) return PROPTER_OK;
  ExecStatusType status = PQresultStatus(p->result);
  if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) return PROPTER_OK;
  return status == PGRES_COMMAND_OK ? propter_fail(err, PROPTER_INVALID, "PostgreSQL: expected a query that gives rows") : fail(p, PROPTER_INVALID, err);
}

static PropterStatus next_result(Postgres *p, PropterError *err) {
  PQclear(p->result);
  p->result = PQgetResult(p->connection);
  return check_result(p, err);
}

static PropterStatus start(Postgres *p, const char *sql, PropterError *err) {
  if (!PQsendQuery(p->connection, sql) || !PQsetSingleRowMode(p->connection)) return fail(p, PROPTER_INVALID, err);
  p->result = PQgetResult(p->connection);
  return PROPTER_OK;
}

static PropterStatus columns(Postgres *p, PropterError *err) {
  size_t count = (size_t)PQnfields(p->result);
  PROPTER_TRY(sql_rows_init(&p->rows, count, err));
  for (size_t i = 0; i < count; i++) {
    p->rows.types[i] = type_of(PQftype(p->result, (int)i));
    PROPTER_TRY(sql_rows_name(&p->rows, i, PQfname(p->result, (int)i), err));
  }
  return PROPTER_OK;
}

enum { CONNECT_SECONDS = 30 };

/* As PQconnectdb, within CONNECT_SECONDS for each step. */
static bool wait_for(Postgres *p) {
  PostgresPollingStatusType wants = PGRES_POLLING_WRITING;
  while (PQstatus(p->connection) != CONNECTION_BAD && wants != PGRES_POLLING_OK && wants != PGRES_POLLING_FAILED) {
    struct pollfd fd = {.fd = PQsocket(p->connection), .events = wants == PGRES_POLLING_READING ? POLLIN : POLLOUT};
    int ready = poll(&fd, 1, CONNECT_SECONDS * 1000);
    if (ready == 0 || (ready < 0 && errno != EINTR)) return false;
    if (ready > 0) wants = PQconnectPoll(p->connection);
  }
  return PQstatus(p->connection) == CONNECTION_OK;
}

/* Invalid authorization, a wrong password, no such database (SQLSTATE): to try again only locks the account. */
static bool is_refused(const Postgres *p) {
  static const char *const states[] = {" 28000: ", " 28P01: ", " 3D000: "};
  for (size_t i = 0; i < sizeof states / sizeof *states; i++)
    if (strstr(PQerrorMessage(p->connection), states[i])) return true;
  return PQconnectionNeedsPassword(p->connection);
}

static PropterStatus refused(const Postgres *p, PropterError *err) {
  const char *why = PQerrorMessage(p->connection);
  return propter_fail(err, PROPTER_INVALID, "PostgreSQL: %.*s", (int)strcspn(why, "\n"), why);
}

static PropterStatus open_postgres(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  (void)limits;
  Postgres *p = propter_calloc(1, sizeof *p);
  if (!p) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening a database");
  *state = p;
  const char *names[] = {"dbname", "user", "password", "application_name", "client_encoding", "options", NULL};
  const char *values[] = {path,      options->user, options->password,
                          "propter", "UTF8",        "-c default_transaction_read_only=on -c bytea_output=hex -c datestyle=ISO -c extra_float_digits=1",
                          NULL};
  p->connection = PQconnectStartParams(names, values, 1);
  if (!p->connection) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening a database");
  /* The state that says why a connection is refused stands in the message alone, and there only if one asks before there is one. */
  (void)PQsetErrorVerbosity(p->connection, PQERRORS_VERBOSE);
  if (!wait_for(p)) return is_refused(p) ? refused(p, err) : fail(p, PROPTER_IO, err);
  (void)PQsetErrorVerbosity(p->connection, PQERRORS_DEFAULT);
  PropterStr sql;
  PROPTER_TRY(sql_statement(options, &p->rows.arena, &sql, err));
  PROPTER_TRY(start(p, sql.data, err));
  const char *state_of = p->result ? PQresultErrorField(p->result, PG_DIAG_SQLSTATE) : NULL;
  if (state_of && strcmp(state_of, UNDEFINED_TABLE) == 0 && sql_plain_name(options)) {
    /* A table made without quotes has a name in lower case, whatever the mapping writes. */
    while (p->result) PQclear(p->result), p->result = PQgetResult(p->connection);
    sql = propter_arena_printf(&p->rows.arena, "SELECT * FROM %s", options->table);
    if (!sql.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening a database");
    PROPTER_TRY(start(p, sql.data, err));
  }
  PROPTER_TRY(check_result(p, err));
  return columns(p, err);
}

static PropterStatus set(Postgres *p, size_t i, PropterError *err) {
  PropterStr text = {PQgetvalue(p->result, 0, (int)i), (size_t)PQgetlength(p->result, 0, (int)i)};
  if (p->rows.types[i] != SQLTYPE_BINARY) return sql_rows_set(&p->rows, i, text, err);
  size_t length;
  unsigned char *bytes = PQunescapeBytea((const unsigned char *)text.data, &length);
  if (!bytes) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading a database");
  PropterStatus status = sql_rows_set(&p->rows, i, (PropterStr){(const char *)bytes, length}, err);
  PQfreemem(bytes);
  return status;
}

static PropterStatus next_row(void *state, PropterRow *row, bool *found, PropterError *err) {
  Postgres *p = state;
  *found = true;
  if (!p->rows.row) return sql_rows_header(&p->rows, row), PROPTER_OK;
  if (p->rows.row > 1) PROPTER_TRY(next_result(p, err));
  *found = p->result && PQntuples(p->result) > 0;
  if (!*found) return PROPTER_OK;
  sql_rows_begin(&p->rows);
  for (size_t i = 0; i < p->rows.count; i++)
    if (!PQgetisnull(p->result, 0, (int)i)) PROPTER_TRY(set(p, i, err));
  sql_rows_end(&p->rows, row);
  return PROPTER_OK;
}

const TableReader table_reader_postgres = {.name = "postgres",
                                           .extensions = "",
                                           .summary = "tables and queries of a PostgreSQL database, by its postgresql:// address",
                                           .open = open_postgres,
                                           .next = next_row,
                                           .close = close_postgres,
                                           .tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name",
                                           .any_case = true};

/* SPDX-License-Identifier: Apache-2.0 */
#include "sql.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propter/vocab.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading a database"); }

SqlType sql_type_of_name(const char *name) {
  /* The first word that fits decides. */
  static const struct {
    const char *word;
    SqlType type;
  } words[] = {{"VARCHAR", SQLTYPE_TEXT},       {"CHARACTER VARYING", SQLTYPE_TEXT},
               {"CHAR", SQLTYPE_TEXT},          {"TIMESTAMP", SQLTYPE_TIMESTAMP},
               {"DATETIME", SQLTYPE_TIMESTAMP}, {"DATE", SQLTYPE_DATE},
               {"TIME", SQLTYPE_TIME},          {"BOOL", SQLTYPE_BOOLEAN},
               {"BIT", SQLTYPE_BOOLEAN},        {"BINARY", SQLTYPE_BINARY},
               {"BLOB", SQLTYPE_BINARY},        {"BYTEA", SQLTYPE_BINARY},
               {"POINT", SQLTYPE_TEXT},         {"INTERVAL", SQLTYPE_TEXT},
               {"INT", SQLTYPE_INTEGER},        {"SERIAL", SQLTYPE_INTEGER},
               {"DECIMAL", SQLTYPE_DECIMAL},    {"NUMERIC", SQLTYPE_DECIMAL},
               {"REAL", SQLTYPE_DOUBLE},        {"FLOAT", SQLTYPE_DOUBLE},
               {"DOUBLE", SQLTYPE_DOUBLE}};
  for (size_t i = 0; name && i < sizeof words / sizeof *words; i++)
    if (strcasestr(name, words[i].word)) return words[i].type;
  return SQLTYPE_TEXT;
}

/* Canonical form of xsd:double: one digit before the point, at least one after it. */
static void canonical_double(double d, char out[64]) {
  char text[40];
  if (isnan(d) || isinf(d)) {
    (void)snprintf(out, 64, "%s", isnan(d) ? "NaN" : d > 0 ? "INF" : "-INF");
    return;
  }
  for (int digits = 14; digits <= 16; digits++) {
    (void)snprintf(text, sizeof text, "%.*e", digits, d);
    double back;
    if (propter_str_to_double(propter_str(text), &back) && back >= d && back <= d) break;
  }
  char *e = strchr(text, 'e');
  long exponent = strtol(e + 1, NULL, 10);
  *e = '\0';
  size_t n = strlen(text);
  while (n > 3 && text[n - 1] == '0' && text[n - 2] != '.') text[--n] = '\0';
  if (!strchr(text, '.'))
    (void)snprintf(out, 64, "%s.0E%ld", text, exponent);
  else
    (void)snprintf(out, 64, "%sE%ld", text, exponent);
}

static PropterStatus hexadecimal(PropterStr bytes, PropterArena *arena, PropterStr *out, PropterError *err) {
  static const char digits[] = "0123456789ABCDEF";
  char *p = propter_arena_alloc(arena, 2 * bytes.len + 1);
  if (!p) return no_memory(err);
  for (size_t i = 0; i < bytes.len; i++) {
    p[2 * i] = digits[(unsigned char)bytes.data[i] >> 4];
    p[2 * i + 1] = digits[(unsigned char)bytes.data[i] & 15];
  }
  *out = (PropterStr){p, 2 * bytes.len};
  return PROPTER_OK;
}

/* 2009-10-10 12:12:22.500+02 → 2009-10-10T12:12:22.5+02:00 */
static void timestamp(PropterStr text, char *out, size_t size) {
  (void)snprintf(out, size, "%.*s", (int)text.len, text.data);
  size_t n = strlen(out);
  char *blank = n > 10 && out[10] == ' ' ? out + 10 : NULL;
  if (blank) *blank = 'T';
  if (n > 3 && n + 4 < size && (out[n - 3] == '+' || out[n - 3] == '-') && n > 13) memcpy(out + n, ":00", 4);
}

PropterStatus sql_cell(SqlType type, PropterStr text, PropterArena *arena, PropterCell *out, PropterError *err) {
  char buf[64];
  double d;
  *out = (PropterCell){text, {"", 0}, false, 0};
  switch (type) {
  case SQLTYPE_TEXT: break;
  case SQLTYPE_INTEGER: out->datatype = propter_vocab_iri(VOCAB_xsd_integer); break;
  case SQLTYPE_DECIMAL: {
    out->datatype = propter_vocab_iri(VOCAB_xsd_decimal);
    /* Canonical form: no zeros behind that say nothing. */
    if (memchr(text.data, '.', text.len)) {
      while (text.data[text.len - 1] == '0') text.len--;
      if (text.data[text.len - 1] == '.') text.len--;
    }
    out->text = text;
    break;
  }
  case SQLTYPE_DOUBLE:
    out->datatype = propter_vocab_iri(VOCAB_xsd_double);
    if (!propter_str_to_double(text, &d)) break;
    canonical_double(d, buf);
    out->text = propter_str(buf);
    break;
  case SQLTYPE_BOOLEAN: {
    bool yes = text.len == 1 ? strchr("1tTyY", text.data[0]) != NULL : strncasecmp(text.data, "true", text.len) == 0;
    out->datatype = propter_vocab_iri(VOCAB_xsd_boolean);
    out->text = yes ? PROPTER_STR("true") : PROPTER_STR("false");
    return PROPTER_OK;
  }
  case SQLTYPE_DATE: out->datatype = propter_vocab_iri(VOCAB_xsd_date); break;
  case SQLTYPE_TIME: out->datatype = propter_vocab_iri(VOCAB_xsd_time); break;
  case SQLTYPE_TIMESTAMP:
    out->datatype = propter_vocab_iri(VOCAB_xsd_dateTime);
    timestamp(text, buf, sizeof buf);
    out->text = propter_str(buf);
    break;
  case SQLTYPE_BINARY: out->datatype = propter_vocab_iri(VOCAB_xsd_hexBinary); return hexadecimal(text, arena, &out->text, err);
  }
  out->text = propter_arena_copy(arena, out->text);
  return out->text.data ? PROPTER_OK : no_memory(err);
}

void sql_put_name(PropterStr name, PropterBuf *out) {
  if (name.len && name.data[0] == '"') {
    propter_buf_add(out, name);
    return;
  }
  propter_buf_add_char(out, '"');
  for (size_t i = 0; i < name.len; i++) {
    if (name.data[i] == '"') propter_buf_add_char(out, '"');
    if (name.data[i] == '.')
      propter_buf_add(out, PROPTER_STR("\".\""));
    else
      propter_buf_add_char(out, name.data[i]);
  }
  propter_buf_add_char(out, '"');
}

PropterStatus sql_statement(const PropterTableOptions *options, PropterArena *arena, PropterStr *out, PropterError *err) {
  PropterBuf sql = {0};
  PropterStr query = propter_str_trim(propter_str(options->query));
  while (query.len && query.data[query.len - 1] == ';') query = propter_str_trim((PropterStr){query.data, query.len - 1});
  if (query.len) {
    propter_buf_add(&sql, query);
  } else if (options->table) {
    propter_buf_add(&sql, PROPTER_STR("SELECT * FROM "));
    sql_put_name(propter_str(options->table), &sql);
  } else {
    return propter_fail(err, PROPTER_INVALID, "expected a table name or an SQL query for the database, found neither");
  }
  PropterStatus status = propter_buf_status(&sql, err);
  if (status == PROPTER_OK && !(*out = propter_arena_copy(arena, propter_buf_str(&sql))).data) status = no_memory(err);
  propter_buf_clear(&sql);
  return status;
}

bool sql_is_name(PropterStr name) {
  for (size_t i = 0; i < name.len; i++)
    if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.", name.data[i])) return false;
  return name.len > 0;
}

bool sql_plain_name(const PropterTableOptions *options) {
  return !options->query && options->table && !strchr(options->table, '.') && sql_is_name(propter_str(options->table));
}

/* --- Rows ------------------------------------------------------------------------------------------------------------------------ */

PropterStatus sql_rows_init(SqlRows *r, size_t count, PropterError *err) {
  r->count = count;
  r->types = propter_arena_alloc(&r->arena, (count + 1) * sizeof *r->types);
  r->names = propter_arena_alloc(&r->arena, (count + 1) * sizeof *r->names);
  r->cells = propter_arena_alloc(&r->arena, (count + 1) * sizeof *r->cells);
  r->values = propter_arena_alloc(&r->arena, (count + 1) * sizeof *r->values);
  return r->types && r->names && r->cells && r->values ? PROPTER_OK : no_memory(err);
}

PropterStatus sql_rows_name(SqlRows *r, size_t column, const char *name, PropterError *err) {
  r->names[column] = propter_arena_copy(&r->arena, propter_str(name));
  return r->names[column].data ? PROPTER_OK : no_memory(err);
}

void sql_rows_header(SqlRows *r, PropterRow *row) {
  *row = (PropterRow){.cells = r->names, .count = r->count};
  r->row = 1;
}

void sql_rows_begin(SqlRows *r) {
  propter_arena_clear(&r->texts);
  for (size_t i = 0; i < r->count; i++) r->values[i] = (PropterCells){&r->cells[i], 0};
}

PropterStatus sql_rows_set(SqlRows *r, size_t column, PropterStr text, PropterError *err) {
  PROPTER_TRY(sql_cell(r->types[column], text, &r->texts, &r->cells[column], err));
  r->values[column].count = 1;
  return PROPTER_OK;
}

void sql_rows_end(SqlRows *r, PropterRow *row) { *row = (PropterRow){.line = r->row++, .values = r->values, .count = r->count}; }

void sql_rows_clear(SqlRows *r) {
  propter_arena_clear(&r->arena);
  propter_arena_clear(&r->texts);
}

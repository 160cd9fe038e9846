/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "reader.h"
#include "sql.h"

#define READER(name) extern const TableReader table_reader_##name;
#include "readers.def"
#undef READER

static const TableReader *const readers[] = {
#define READER(name) &table_reader_##name,
#include "readers.def"
#undef READER
};

struct PropterTable {
  const TableReader *reader;
  void *state;
  char *path;
  PropterArena arena;
  PropterStr *columns;
  size_t column_count;
  PropterRow first; /* without a header: the row that was read to count the columns */
  bool pending, trailing;
  uint64_t rows;
  char problem[192];
};

static bool has_word(const char *words, PropterStr word) {
  while (*words) {
    size_t n = strcspn(words, " ");
    if (n == word.len && strncasecmp(words, word.data, n) == 0) return true;
    words += n + (words[n] == ' ');
  }
  return false;
}

static const TableReader *reader_named(const char *name) {
  size_t i = 0;
  while (i < sizeof readers / sizeof *readers && strcmp(readers[i]->name, name) != 0) i++;
  return i < sizeof readers / sizeof *readers ? readers[i] : NULL;
}

static const TableReader *reader_of_file(const char *path) {
  PropterStr name = propter_str(path);
  if (propter_str_starts(name, PROPTER_STR("postgresql://")) || propter_str_starts(name, PROPTER_STR("postgres://"))) return reader_named("postgres");
  if (propter_str_ends(name, PROPTER_STR(".gz"))) name.len -= 3;
  const char *dot = memrchr(name.data, '.', name.len);
  for (size_t i = 0; dot && i < sizeof readers / sizeof *readers; i++)
    if (has_word(readers[i]->extensions, (PropterStr){dot + 1, name.len - (size_t)(dot - name.data) - 1})) return readers[i];
  return readers[0];
}

static PropterStatus find_reader(const char *path, const char *format, const TableReader **out, PropterError *err) {
  *out = reader_of_file(path);
  if (!format || ((*out)->sheet && strcmp(format, readers[0]->name) == 0)) return PROPTER_OK;
  const TableReader *named = reader_named(format);
  if (!named) return propter_fail(err, PROPTER_USAGE, "unknown table format \"%s\"", format);
  *out = named;
  return PROPTER_OK;
}

/* The names outlive the row they come from. */
static PropterStatus take_header(PropterTable *t, const PropterRow *row, bool numbered, PropterError *err) {
  t->columns = propter_arena_alloc(&t->arena, row->count * sizeof *t->columns);
  if (!t->columns) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu columns", row->count);
  for (size_t i = 0; i < row->count; i++) {
    t->columns[i] = numbered ? propter_arena_printf(&t->arena, "%zu", i + 1) : propter_arena_copy(&t->arena, row->cells[i]);
    if (!t->columns[i].data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu columns", row->count);
  }
  t->column_count = row->count;
  return PROPTER_OK;
}

PropterStatus propter_table_open(const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterTable **out, PropterError *err) {
  static const PropterTableOptions defaults;
  if (!options) options = &defaults;
  PropterLimits l = limits ? *limits : propter_limits_default();
  PropterTable *t = propter_calloc(1, sizeof *t);
  if (!t) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  PropterStatus status = find_reader(path, options->format, &t->reader, err);
  if (status == PROPTER_OK && !(t->path = propter_strdup(propter_str(path)))) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  if (status == PROPTER_OK) status = t->reader->open(t->path, options, &l, &t->state, err);
  t->trailing = options->trailing;
  PropterRow row = {0};
  bool found = false;
  bool header = !t->reader->column;
  do
    if (status == PROPTER_OK && header) status = t->reader->next(t->state, &row, &found, err);
  while (status == PROPTER_OK && header && found && row.line < options->header_line);
  if (status == PROPTER_OK && header && !found && !options->no_header) {
    propter_error_at(err, path, 0, 0);
    status = propter_fail(err, PROPTER_INVALID, "expected a header line, found an empty file");
  }
  if (status == PROPTER_OK && found) status = take_header(t, &row, options->no_header, err);
  if (status == PROPTER_OK && found && options->no_header) t->first = row, t->pending = true;
  if (status != PROPTER_OK) {
    propter_table_close(t);
    return status;
  }
  *out = t;
  return PROPTER_OK;
}

PropterStatus propter_table_sheets(const char *path, const PropterLimits *limits, PropterArena *arena, PropterSheets *out, PropterError *err) {
  const PropterLimits l = limits ? *limits : propter_limits_default();
  const TableReader *reader = reader_of_file(path);
  return reader->sheets ? reader->sheets(path, &l, arena, out, err) : PROPTER_OK;
}

const char *propter_table_database(const char *path) {
  const TableReader *reader = reader_of_file(path);
  return reader->tables ? reader->name : NULL;
}

PropterStatus propter_table_tables(const char *path, const PropterLimits *limits, PropterArena *arena, PropterSheets *out, PropterError *err) {
  const TableReader *reader = reader_of_file(path);
  const PropterTableOptions options = {.format = reader->name, .query = reader->tables};
  PropterTable *table = NULL;
  PropterRow row;
  bool found = true;
  if (!reader->tables) return PROPTER_OK;
  PropterStatus status = propter_table_open(path, &options, limits, &table, err);
  while (status == PROPTER_OK && (status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) {
    PropterStr name = propter_arena_copy(arena, propter_row_text(&row, 0));
    if (!name.data || !propter_vec_push(out, name)) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading %s", path);
  }
  propter_table_close(table);
  return status;
}

void propter_table_close(PropterTable *table) {
  if (!table) return;
  if (table->state) table->reader->close(table->state);
  propter_free(table->path);
  propter_arena_clear(&table->arena);
  propter_free(table);
}

const PropterStr *propter_table_columns(const PropterTable *table, size_t *count) {
  *count = table->column_count;
  return table->columns;
}

bool propter_table_has_expressions(const PropterTable *table) { return table->reader->column != NULL; }

const char *propter_table_whole(const PropterTable *table) { return table->reader->whole ? table->reader->whole(table->state) : NULL; }

const char *table_dialect(const PropterTable *table) { return table->reader->dialect ? table->reader->dialect(table->state) : table->reader->name; }

char propter_table_delimiter(const PropterTable *table) { return table->reader->delimiter ? table->reader->delimiter(table->state) : 0; }

const char *propter_table_encoding(const PropterTable *table) { return table->reader->encoding ? table->reader->encoding(table->state) : NULL; }

bool propter_table_has_values(const PropterTable *table) { return table->reader->column || table->reader->any_case || table->reader->sheet; }

PropterStatus propter_table_column(PropterTable *table, PropterStr name, size_t *index, PropterError *err) {
  if (table->reader->column) {
    PROPTER_TRY(table->reader->column(table->state, name, index, err));
    if (*index >= table->column_count) table->column_count = *index + 1;
    return PROPTER_OK;
  }
  size_t hits = 0;
  for (size_t i = 0; i < table->column_count; i++)
    if (propter_str_equal(table->columns[i], name) && hits++ == 0) *index = i;
  /* Databases: a delimited name is the name between its quotes. */
  if (!hits && table->reader->any_case && name.len > 2 && name.data[0] == '"' && name.data[name.len - 1] == '"')
    return propter_table_column(table, (PropterStr){name.data + 1, name.len - 2}, index, err);
  for (size_t i = 0; !hits && table->reader->any_case && i < table->column_count; i++)
    if (table->columns[i].len == name.len && strncasecmp(table->columns[i].data, name.data, name.len) == 0) *index = i, hits = 1;
  if (hits == 1) return PROPTER_OK;
  if (hits) return propter_fail(err, PROPTER_INVALID, "column \"%.*s\" stands %zu times in the header of %s", (int)name.len, name.data, hits, table->path);
  PropterBuf list = {.max = 300};
  for (size_t i = 0; i < table->column_count; i++) {
    if (list.len + table->columns[i].len > 260) {
      propter_buf_printf(&list, ", … (%zu in all)", table->column_count);
      break;
    }
    propter_buf_printf(&list, "%s%.*s", i ? ", " : "", (int)table->columns[i].len, table->columns[i].data);
  }
  PropterStatus status =
      propter_fail(err, PROPTER_NOT_FOUND, "no column \"%.*s\" in %s; its columns: %s", (int)name.len, name.data, table->path, list.data ? list.data : "none");
  propter_buf_clear(&list);
  return status;
}

PropterStatus propter_table_nested(PropterTable *table, size_t parent, PropterStr expression, size_t *index, PropterError *err) {
  if (!table->reader->nested) return propter_fail(err, PROPTER_USAGE, "%s has no values inside values", table->path);
  PROPTER_TRY(table->reader->nested(table->state, parent, expression, index, err));
  if (*index >= table->column_count) table->column_count = *index + 1;
  return PROPTER_OK;
}

static PropterStatus next_made(void *state, PropterRow *row, bool *found, PropterError *err) {
  const PropterTableRows *rows = state;
  return rows->next(rows->state, row, found, err);
}

static void close_made(void *state) {
  const PropterTableRows *rows = state;
  rows->close(rows->state);
  propter_free(state);
}

static const TableReader made = {
    .name = "rows", .extensions = "", .summary = "rows that someone else makes", .next = next_made, .close = close_made, .sheet = true};

PropterStatus propter_table_of_rows(const PropterStr *names, size_t count, const PropterTableRows *rows, PropterTable **out, PropterError *err) {
  PropterTable *t = propter_calloc(1, sizeof *t);
  PropterTableRows *state = propter_calloc(1, sizeof *state);
  char *path = propter_strdup(PROPTER_STR("the view"));
  if (!t || !state || !path) {
    rows->close(rows->state);
    propter_free(t), propter_free(state), propter_free(path);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a view");
  }
  *state = *rows;
  *t = (PropterTable){.reader = &made, .state = state, .path = path};
  PropterStatus status = take_header(t, &(PropterRow){.cells = names, .count = count}, false, err);
  if (status != PROPTER_OK) return propter_table_close(t), status;
  *out = t;
  return PROPTER_OK;
}

PropterStatus propter_table_next(PropterTable *table, PropterRow *row, bool *found, PropterError *err) {
  if (table->pending) {
    *row = table->first;
    *found = true;
    table->pending = false;
  } else {
    row->problem = row->rule = NULL;
    PROPTER_TRY(table->reader->next(table->state, row, found, err));
  }
  if (!*found) return PROPTER_OK;
  row->number = ++table->rows;
  bool spare = row->cells && row->count == table->column_count + 1 && !row->cells[row->count - 1].len;
  if (spare && table->trailing) row->count--;
  if (row->count != table->column_count) {
    (void)snprintf(table->problem, sizeof table->problem, "expected %zu cells as in the header, found %zu%s", table->column_count, row->count,
                   spare ? ", the last one empty (a delimiter at the end of rows is declared by propter:trailingDelimiter)" : "");
    row->problem = table->problem;
  }
  return PROPTER_OK;
}

PropterStatus propter_table_peek(PropterTable *table, PropterStr *bytes, PropterError *err) {
  *bytes = (PropterStr){"", 0};
  return table->reader->peek && !table->pending ? table->reader->peek(table->state, bytes, err) : PROPTER_OK;
}

PropterStatus propter_table_peek_bytes(PropterTable *table, size_t size, PropterStr *bytes, PropterError *err) {
  *bytes = (PropterStr){"", 0};
  return table->reader->peek && !table->pending ? table->reader->peek_bytes(table->state, size, bytes, err) : PROPTER_OK;
}

void propter_table_skip(PropterTable *table, size_t size, uint64_t rows) {
  table->reader->skip(table->state, size, rows);
  table->rows += rows;
}

PropterStatus propter_table_skip_same(PropterTable *table, size_t columns, PropterError *err) {
  uint64_t skipped = 0;
  PropterStatus status = table->reader->skip_same ? table->reader->skip_same(table->state, columns, &skipped, err) : PROPTER_OK;
  table->rows += skipped;
  return status;
}

PropterStr propter_row_text(const PropterRow *row, size_t column) {
  PropterStr text = {"", 0};
  if (column >= row->count) return text;
  if (!row->values) text = row->cells[column];
  else if (row->values[column].count) text = row->values[column].items[0].text;
  return propter_str_trim(text);
}

void propter_put_quoted(PropterBuf *out, PropterStr text) {
  propter_buf_add_char(out, '"');
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] == '"') propter_buf_add_char(out, '"');
    propter_buf_add_char(out, text.data[i]);
  }
  propter_buf_add_char(out, '"');
}

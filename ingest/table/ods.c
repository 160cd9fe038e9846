/* SPDX-License-Identifier: Apache-2.0 */
/* Spreadsheets of OpenDocument (ODF 1.3 part 3, §9): one table of content.xml; values by their attributes, not as they are shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sheet.h"

typedef struct {
  Sheet sheet;
  const char *wanted; /* name of a table; NULL: the first */
  PropterBuf names;   /* of all tables, for the message */
  PropterSheets *sheets; /* names only are wanted, in `arena` */
  PropterArena *arena;
  bool inside, found; /* in the table wanted; it was there */
  uint64_t line, next_line;
  uint64_t column, next_column;
  size_t depth, cell_depth, skip_depth; /* elements; of the present cell; of what is beside its text (a note, a nested table): 0: none */
  bool paragraph;                       /* a paragraph of the cell was there */
  PropterBuf text;
  PropterStr stored;
  SheetType type;
  bool typed;
} Ods;

static bool named(PropterXmlName name, const char *local) { return propter_str_equal(name.local, propter_str(local)); }

static PropterStr attribute(const PropterXmlElement *e, const char *name) {
  for (size_t i = 0; i < e->count; i++)
    if (named(e->attributes[i].name, name)) return e->attributes[i].value;
  return (PropterStr){"", 0};
}

static uint64_t repeated(const PropterXmlElement *e, const char *name) {
  int64_t n;
  return propter_str_to_int64(attribute(e, name), &n) && n > 0 ? (uint64_t)n : 1;
}

/* PT08H30M00S as the time of a day; what is no time of a day stays as it is. */
static PropterStatus time_of(Ods *o, PropterStr stored, PropterError *err) {
  char text[64], clock[24];
  unsigned h, m;
  double s;
  int end = 0;
  (void)snprintf(text, sizeof text, "%.*s", (int)stored.len, stored.data);
  if (stored.len >= sizeof text || sscanf(text, "PT%uH%uM%lfS%n", &h, &m, &s, &end) != 3 || text[end] || h > 23 || m > 59 || s < 0 || s >= 60) {
    o->type = SHEET_TEXT;
    return table_sheet_copy(&o->sheet, stored, &o->stored, err);
  }
  (void)snprintf(clock, sizeof clock, "%02u:%02u:%02d", h, m, (int)s);
  return table_sheet_copy(&o->sheet, propter_str(clock), &o->stored, err);
}

/* The value that a cell states; of text without one, its paragraphs are the value. */
static PropterStatus state_value(Ods *o, const PropterXmlElement *e, PropterError *err) {
  static const struct {
    const char *name, *value;
    SheetType type;
  } types[] = {{"float", "value", SHEET_DOUBLE},   {"percentage", "value", SHEET_DOUBLE},       {"currency", "value", SHEET_DOUBLE},
               {"date", "date-value", SHEET_DATE}, {"boolean", "boolean-value", SHEET_BOOLEAN}, {"time", "time-value", SHEET_TIME}};
  PropterStr kind = attribute(e, "value-type"), string = attribute(e, "string-value");
  o->type = SHEET_TEXT;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (!propter_str_equal(kind, propter_str(types[i].name))) continue;
    PropterStr stored = attribute(e, types[i].value);
    o->typed = true;
    o->type = types[i].type;
    if (o->type == SHEET_DOUBLE) return table_sheet_number(&o->sheet, stored, &o->stored, &o->type, err);
    if (o->type == SHEET_TIME) return time_of(o, stored, err);
    if (o->type == SHEET_DATE && stored.len && memchr(stored.data, 'T', stored.len)) o->type = SHEET_DATETIME;
    return table_sheet_copy(&o->sheet, stored, &o->stored, err);
  }
  o->typed = string.len > 0;
  return o->typed ? table_sheet_copy(&o->sheet, string, &o->stored, err) : PROPTER_OK;
}

static PropterStatus cell_start(Ods *o, const PropterXmlElement *e, PropterError *err) {
  o->column = o->next_column;
  o->next_column += repeated(e, "number-columns-repeated");
  o->cell_depth = o->depth;
  o->paragraph = o->typed = false;
  o->type = SHEET_TEXT;
  propter_buf_reset(&o->text);
  if (!o->line) return propter_fail(err, PROPTER_INVALID, "a cell stands outside a row");
  return named(e->name, "table-cell") ? state_value(o, e, err) : PROPTER_OK;
}

static PropterStatus table_start(Ods *o, const PropterXmlElement *e, PropterError *err) {
  PropterStr name = attribute(e, "name");
  if (o->sheets) {
    name = propter_arena_copy(o->arena, name);
    return name.data && propter_vec_push(o->sheets, name) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading %s", o->sheet.path);
  }
  bool known = o->wanted ? propter_str_equal(name, propter_str(o->wanted)) : !o->found;
  propter_buf_printf(&o->names, "%s%.*s", o->names.len ? ", " : "", (int)name.len, name.data);
  o->inside = known && !o->found;
  o->found |= known;
  return o->names.failed == PROPTER_NO_MEMORY ? propter_buf_status(&o->names, err) : PROPTER_OK;
}

static PropterStatus on_start(void *payload, const PropterXmlElement *e, uint64_t line, PropterError *err) {
  Ods *o = payload;
  (void)line;
  o->depth++;
  if (named(e->name, "table") && !o->cell_depth) return table_start(o, e, err);
  if (!o->inside || o->skip_depth) return PROPTER_OK;
  if (o->cell_depth) {
    if (named(e->name, "annotation") || named(e->name, "table")) o->skip_depth = o->depth;
    if (named(e->name, "p") && o->paragraph) propter_buf_add_char(&o->text, '\n');
    if (named(e->name, "p")) o->paragraph = true;
    if (named(e->name, "tab")) propter_buf_add_char(&o->text, '\t');
    if (named(e->name, "line-break")) propter_buf_add_char(&o->text, '\n');
    uint64_t blanks = named(e->name, "s") ? repeated(e, "c") : 0;
    for (uint64_t i = 0; i < blanks && o->text.failed == PROPTER_OK; i++) propter_buf_add_char(&o->text, ' ');
    return propter_buf_status(&o->text, err);
  }
  if (named(e->name, "table-row")) {
    uint64_t n = repeated(e, "number-rows-repeated");
    o->line = o->next_line;
    o->next_line += n;
    o->next_column = 0;
    /* What follows the last row is one empty row, repeated to the end of the sheet. */
    return o->line > 1 << 20 ? PROPTER_OK : table_sheet_row(&o->sheet, o->line, n, err);
  }
  return named(e->name, "table-cell") || named(e->name, "covered-table-cell") ? cell_start(o, e, err) : PROPTER_OK;
}

static PropterStatus on_text(void *payload, PropterStr text, PropterError *err) {
  Ods *o = payload;
  if (!o->cell_depth || o->skip_depth || !o->paragraph || o->typed) return PROPTER_OK;
  propter_buf_add(&o->text, text);
  return propter_buf_status(&o->text, err);
}

static PropterStatus on_end(void *payload, PropterXmlName name, PropterStr prefix, uint64_t line, PropterError *err) {
  Ods *o = payload;
  (void)prefix, (void)line;
  size_t depth = o->depth--;
  if (depth == o->skip_depth) o->skip_depth = 0;
  if (named(name, "table") && !o->cell_depth) o->inside = false;
  if (!o->cell_depth || depth != o->cell_depth) return PROPTER_OK;
  o->cell_depth = 0;
  PropterStr text = o->stored;
  if (!o->typed) PROPTER_TRY(table_sheet_copy(&o->sheet, propter_buf_str(&o->text), &text, err));
  if (text.len && o->line > 1 << 20) return propter_fail(err, PROPTER_LIMIT, "row %llu is beyond the limit of %d rows", (unsigned long long)o->line, 1 << 20);
  return text.len ? table_sheet_cell(&o->sheet, o->column, o->next_column - o->column, text, o->type, err) : PROPTER_OK;
}

static void close_ods(void *state) {
  Ods *o = state;
  propter_buf_clear(&o->names);
  propter_buf_clear(&o->text);
  table_sheet_clear(&o->sheet);
  propter_free(o);
}

static const PropterXmlStream stream = {.start = on_start, .end = on_end, .text = on_text, .no_doctype = true};

static PropterStatus sheets_ods(const char *path, const PropterLimits *limits, PropterArena *arena, PropterSheets *out, PropterError *err) {
  static const PropterTableOptions options;
  Ods *o = propter_calloc(1, sizeof *o);
  if (!o) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  o->sheets = out, o->arena = arena;
  PropterStatus status = table_sheet_open(&o->sheet, path, &options, limits, err);
  if (status == PROPTER_OK) status = table_sheet_part(&o->sheet, "content.xml", &stream, o, err);
  close_ods(o);
  return status;
}

static PropterStatus open_ods(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  Ods *o = propter_calloc(1, sizeof *o);
  if (!o) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  *state = o;
  o->wanted = options->table;
  o->next_line = 1;
  o->text.max = limits->line_bytes;
  o->names.max = 300;
  PROPTER_TRY(table_sheet_open(&o->sheet, path, options, limits, err));
  PROPTER_TRY(table_sheet_part(&o->sheet, "content.xml", &stream, o, err));
  table_sheet_close_archive(&o->sheet);
  if (o->found) return PROPTER_OK;
  propter_error_at(err, path, 0, 0);
  return propter_fail(err, PROPTER_NOT_FOUND, "no sheet \"%s\"; its sheets: %s", o->wanted ? o->wanted : "", o->names.data ? o->names.data : "none");
}

static PropterStatus next_ods(void *state, PropterRow *row, bool *found, PropterError *err) {
  Ods *o = state;
  return table_sheet_next(&o->sheet, row, found, err);
}

const TableReader table_reader_ods = {.name = "ods",
                                      .extensions = "ods",
                                      .summary = "a sheet of an OpenDocument spreadsheet",
                                      .open = open_ods,
                                      .next = next_ods,
                                      .close = close_ods,
                                      .sheets = sheets_ods,
                                      .sheet = true};

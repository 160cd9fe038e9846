/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "propter/io.h"
#include "propter/vocab.h"

enum { MOST_ROWS = 1 << 24 /* the most that a program for sheets offers */ };

static PropterStatus no_memory(const Sheet *s, PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading %s", s->path); }

PropterStatus table_sheet_open(Sheet *s, const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterError *err) {
  s->path = path;
  s->limits = *limits;
  s->no_header = options->no_header;
  s->header_line = options->header_line;
  PROPTER_TRY(propter_io_read_file(path, limits->document_bytes, &s->packed, err));
  propter_error_at(err, path, 0, 0);
  if (propter_str_starts(propter_buf_str(&s->packed), PROPTER_STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")))
    return propter_fail(err, PROPTER_INVALID, "expected a workbook that is a zip archive, found an encrypted one or one from before 2007 (.xls): "
                                              "save it as .xlsx without a password");
  return propter_zip_open(propter_buf_str(&s->packed), limits, &s->zip, err);
}

typedef struct {
  PropterStr rest;
} Bytes;

static PropterStatus read_bytes(void *payload, void *bytes, size_t size, size_t *count, PropterError *err) {
  (void)err;
  Bytes *b = payload;
  *count = size < b->rest.len ? size : b->rest.len;
  memcpy(bytes, b->rest.data, *count);
  b->rest.data += *count, b->rest.len -= *count;
  return PROPTER_OK;
}

PropterStatus table_sheet_part(Sheet *s, const char *name, const PropterXmlStream *stream, void *payload, PropterError *err) {
  PropterBuf text = {.max = s->limits.document_bytes};
  PropterStatus status = propter_zip_read(s->zip, name, &text, err);
  Bytes bytes = {propter_buf_str(&text)};
  if (status == PROPTER_OK) status = propter_xml_stream(read_bytes, &bytes, name, &s->limits, stream, payload, err);
  propter_buf_clear(&text);
  if (status == PROPTER_OK || !err) return status;
  char message[sizeof err->message];
  bool says = strstr(err->message, name) != NULL;
  (void)snprintf(message, sizeof message, "%s", err->message);
  propter_error_at(err, s->path, err->line, err->column);
  return propter_fail(err, status, "%s%s%s", says ? "" : name, says ? "" : ": ", message);
}

void table_sheet_close_archive(Sheet *s) {
  propter_zip_close(s->zip);
  s->zip = NULL;
  propter_buf_clear(&s->packed);
}

PropterStatus table_sheet_row(Sheet *s, uint64_t line, uint64_t repeat, PropterError *err) {
  uint64_t last = s->rows.count ? s->rows.items[s->rows.count - 1].line + s->rows.items[s->rows.count - 1].repeat - 1 : 0;
  if (line <= last) return propter_fail(err, PROPTER_INVALID, "row %llu stands behind row %llu", (unsigned long long)line, (unsigned long long)last);
  if (line > MOST_ROWS) return propter_fail(err, PROPTER_LIMIT, "row %llu is beyond the limit of %d rows", (unsigned long long)line, MOST_ROWS);
  if (s->rows.count && !s->rows.items[s->rows.count - 1].count) s->rows.count--; /* a row without cells is none */
  SheetRow row = {line, repeat < MOST_ROWS - line + 1 ? repeat : MOST_ROWS - line + 1, s->cells.count, 0};
  return propter_vec_push(&s->rows, row) ? PROPTER_OK : no_memory(s, err);
}

PropterStatus table_sheet_cell(Sheet *s, uint64_t column, uint64_t repeat, PropterStr text, SheetType type, PropterError *err) {
  SheetRow *row = &s->rows.items[s->rows.count - 1];
  uint64_t most = s->limits.table_columns;
  if (!text.len) return PROPTER_OK;
  if (column >= most || repeat > most - column)
    return propter_fail(err, PROPTER_LIMIT, "row %llu has more than the limit of %llu columns", (unsigned long long)row->line, (unsigned long long)most);
  const SheetCell *last = row->count ? &s->cells.items[s->cells.count - 1] : NULL;
  if (last && column < last->column + last->repeat)
    return propter_fail(err, PROPTER_INVALID, "row %llu: column %llu stands behind a later one", (unsigned long long)row->line, (unsigned long long)column + 1);
  SheetCell cell = {text, (uint32_t)column, (uint32_t)repeat, type};
  if (!propter_vec_push(&s->cells, cell)) return no_memory(s, err);
  row->count++;
  if (column + repeat > s->width) s->width = column + repeat;
  return PROPTER_OK;
}

PropterStatus table_sheet_copy(Sheet *s, PropterStr text, PropterStr *out, PropterError *err) {
  *out = propter_arena_copy(&s->arena, text);
  return out->data ? PROPTER_OK : no_memory(s, err);
}

PropterStatus table_sheet_number(Sheet *s, PropterStr stored, PropterStr *text, SheetType *type, PropterError *err) {
  double d;
  char shown[40];
  *type = SHEET_TEXT;
  if (!propter_str_to_double(stored, &d) || !isfinite(d)) return table_sheet_copy(s, stored, text, err);
  (void)snprintf(shown, sizeof shown, "%.15g", d);
  *type = strchr(shown, 'e') ? SHEET_DOUBLE : strchr(shown, '.') ? SHEET_DECIMAL : SHEET_INTEGER;
  return table_sheet_copy(s, propter_str(shown), text, err);
}

/* --- Rows -------------------------------------------------------------------------------------------------------------------- */

static PropterStatus header(Sheet *s, const SheetRow *r, PropterRow *row, PropterError *err) {
  const SheetCell *cells = s->cells.items + r->first;
  s->width = cells[r->count - 1].column + cells[r->count - 1].repeat;
  if (!propter_vec_reserve(&s->names, s->width)) return no_memory(s, err);
  for (size_t i = 0; i < s->width; i++) s->names.items[i] = (PropterStr){"", 0};
  for (size_t i = 0; i < r->count; i++)
    for (size_t k = 0; k < cells[i].repeat; k++) s->names.items[cells[i].column + k] = cells[i].text;
  *row = (PropterRow){.line = r->line, .cells = s->names.items, .count = s->width};
  return PROPTER_OK;
}

static PropterStr datatype(SheetType type) {
  static const PropterVocab types[] = {[SHEET_INTEGER] = VOCAB_xsd_integer, [SHEET_DECIMAL] = VOCAB_xsd_decimal,  [SHEET_DOUBLE] = VOCAB_xsd_double,
                                       [SHEET_BOOLEAN] = VOCAB_xsd_boolean, [SHEET_DATE] = VOCAB_xsd_date,        [SHEET_TIME] = VOCAB_xsd_time,
                                       [SHEET_DATETIME] = VOCAB_xsd_dateTime};
  return type == SHEET_TEXT ? (PropterStr){"", 0} : propter_vocab_iri(types[type]);
}

/* Cells that the header has no column for make a row wider, which is for the table to say. */
static PropterStatus data(Sheet *s, const SheetRow *r, PropterRow *row, PropterError *err) {
  const SheetCell *cells = s->cells.items + r->first;
  size_t count = cells[r->count - 1].column + cells[r->count - 1].repeat;
  if (count < s->width) count = s->width;
  if (!propter_vec_reserve(&s->row_cells, count) || !propter_vec_reserve(&s->values, count)) return no_memory(s, err);
  for (size_t i = 0; i < count; i++) s->values.items[i] = (PropterCells){s->row_cells.items + i, 0};
  for (size_t i = 0; i < r->count; i++)
    for (size_t k = cells[i].column; k < cells[i].column + (size_t)cells[i].repeat; k++) {
      s->row_cells.items[k] = (PropterCell){cells[i].text, datatype(cells[i].type), false, 0};
      s->values.items[k].count = 1;
    }
  *row = (PropterRow){.line = r->line + s->repeated, .values = s->values.items, .count = count};
  return PROPTER_OK;
}

PropterStatus table_sheet_next(Sheet *s, PropterRow *row, bool *found, PropterError *err) {
  for (; s->at < s->rows.count; s->at++, s->repeated = 0) {
    const SheetRow *r = &s->rows.items[s->at];
    if (!s->started && r->line < s->header_line) s->repeated = r->repeat < s->header_line - r->line ? r->repeat : s->header_line - r->line;
    if (r->count && s->repeated < r->repeat) break;
  }
  *found = s->at < s->rows.count;
  if (!*found) return PROPTER_OK;
  const SheetRow *r = &s->rows.items[s->at];
  bool first = !s->started && !s->no_header;
  s->started = true;
  PROPTER_TRY(first ? header(s, r, row, err) : data(s, r, row, err));
  s->repeated++;
  return PROPTER_OK;
}

void table_sheet_clear(Sheet *s) {
  table_sheet_close_archive(s);
  propter_vec_clear(&s->cells);
  propter_vec_clear(&s->rows);
  propter_vec_clear(&s->names);
  propter_vec_clear(&s->row_cells);
  propter_vec_clear(&s->values);
  propter_arena_clear(&s->arena);
}

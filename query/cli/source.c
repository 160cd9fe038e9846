/* SPDX-License-Identifier: Apache-2.0 */
#include "source.h"

#include <string.h>

#include "propter/hash.h"
#include "propter/sniff.h"

enum { AROUND = 300, MOST_INPUTS = 1 << 20 };

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory"); }

PropterStatus source_value(SourceGraph *g, PropterId node, PropterVocab property, PropterStr *out, PropterError *err) {
  PropterId o = PROPTER_NO_ID;
  PropterTerm term;
  *out = (PropterStr){"", 0};
  if (g->v[property]) PROPTER_TRY(propter_snapshot_object(g->snapshot, node, g->v[property], &o, err));
  if (!o) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_term(g->snapshot, o, &g->arena, &term, err));
  *out = term.value;
  return PROPTER_OK;
}

/* A problem with the file is part of the answer; one of memory is not. */
static PropterStatus problem(SourceGraph *g, const PropterError *why, PropterStr *out, PropterError *err) {
  if (why->status == PROPTER_NO_MEMORY) return propter_fail(err, why->status, "%s", why->message);
  *out = propter_arena_printf(&g->arena, "cannot be opened now: %s", why->message);
  return out->data ? PROPTER_OK : no_memory(err);
}

/* --- words in their document ------------------------------------------------------------------------------------------------------- */

PropterStatus source_open_document(SourceGraph *g, PropterId document, PropterDocument **out, PropterStr *trouble, PropterError *err) {
  PropterStr path, hash;
  PropterError why = {0};
  *out = NULL, *trouble = (PropterStr){"", 0};
  PROPTER_TRY(source_value(g, document, VOCAB_propter_path, &path, err));
  PROPTER_TRY(source_value(g, document, VOCAB_propter_hash, &hash, err));
  if (propter_document_open(path.data, NULL, out, &why) != PROPTER_OK) return problem(g, &why, trouble, err);
  if (propter_str_equal(propter_str((*out)->hash), hash)) return PROPTER_OK;
  propter_document_free(*out), *out = NULL;
  *trouble = PROPTER_STR("has changed since it was read; read it again");
  return PROPTER_OK;
}

/* The text around [start, end), from the last block or sentence border to the next, at most AROUND bytes each way. */
static void around(Source *s, size_t start, size_t end) {
  const PropterDocument *d = s->document;
  const PropterBlock *block = propter_document_block_at(d, start);
  size_t from = block ? block->start : start, to = block && block->end > end ? block->end : end;
  s->cut_before = start - from > AROUND, s->cut_after = to - end > AROUND;
  if (s->cut_before)
    for (from = start - AROUND; from < start && d->text.data[from] != ' ';) from++;
  if (s->cut_after)
    for (to = end + AROUND; to > end && d->text.data[to] != ' ';) to--;
  s->before = (PropterStr){d->text.data + from, start - from}, s->after = (PropterStr){d->text.data + end, to - end};
}

static PropterStatus words(SourceGraph *g, PropterId node, PropterId document, Source *out, PropterError *err) {
  const struct {
    PropterVocab property;
    PropterStr *to;
  } rows[] = {{VOCAB_propter_section, &out->section},        {VOCAB_propter_filePart, &out->part},     {VOCAB_propter_elementPath, &out->element},
              {VOCAB_propter_charStart, &out->char_start},   {VOCAB_propter_charEnd, &out->char_end}, {VOCAB_propter_byteStart, &out->byte_start},
              {VOCAB_propter_byteEnd, &out->byte_end}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) PROPTER_TRY(source_value(g, node, rows[i].property, rows[i].to, err));
  PROPTER_TRY(source_value(g, document, VOCAB_propter_path, &out->path, err));
  PROPTER_TRY(source_value(g, document, VOCAB_dct_title, &out->title, err));
  PROPTER_TRY(source_value(g, document, VOCAB_propter_published, &out->published, err));
  PropterTerm term;
  PROPTER_TRY(propter_snapshot_term(g->snapshot, document, &g->arena, &term, err));
  out->document_iri = term.value;
  PROPTER_TRY(source_open_document(g, document, &out->document, &out->problem, err));
  if (!out->document) return PROPTER_OK;
  int64_t from = 0, to = 0;
  (void)propter_str_to_int64(out->char_start, &from), (void)propter_str_to_int64(out->char_end, &to);
  size_t start = propter_document_byte_of(out->document, (size_t)from), end = propter_document_byte_of(out->document, (size_t)to);
  if (end <= start || !propter_str_equal((PropterStr){out->document->text.data + start, end - start}, out->quote))
    out->problem = PROPTER_STR("does not hold these words at this place; read it again");
  else around(out, start, end);
  return PROPTER_OK;
}

/* --- a row in its table ---------------------------------------------------------------------------------------------------------------- */

static bool same_file(PropterStr path, PropterStr file) {
  return propter_str_equal(path, file) || (propter_str_ends(path, file) && path.len > file.len && path.data[path.len - file.len - 1] == '/');
}

/* The path of a file of this name among the inputs of runs whose bytes are there as they were; empty and a problem otherwise. */
static PropterStatus input_path(SourceGraph *g, PropterStr file, PropterStr *path, PropterStr *trouble, PropterError *err) {
  PropterQuads rows = {0};
  bool seen = false;
  *path = (PropterStr){"", 0};
  PropterStatus status = !g->v[VOCAB_propter_path]
                             ? PROPTER_OK
                             : propter_snapshot_match(g->snapshot, (PropterQuad){.p = g->v[VOCAB_propter_path]}, MOST_INPUTS, &rows, err);
  for (size_t i = rows.count; i-- > 0 && status == PROPTER_OK && !path->len;) {
    PropterTerm name;
    PropterStr hash;
    char now[33];
    status = propter_snapshot_term(g->snapshot, rows.items[i].o, &g->arena, &name, err);
    if (status != PROPTER_OK || !same_file(name.value, file)) continue;
    status = source_value(g, rows.items[i].s, VOCAB_propter_hash, &hash, err);
    if (status != PROPTER_OK || !hash.len) continue;
    seen = true;
    if (propter_hash_file(name.value.data, 0, now, NULL) == PROPTER_OK && propter_str_equal(propter_str(now), hash)) *path = name.value;
  }
  propter_vec_clear(&rows);
  if (!path->len) *trouble = seen ? PROPTER_STR("is gone or has changed since it was ingested") : PROPTER_STR("is no file that a run of this graph has read");
  return status;
}

static PropterStatus keep_row(SourceGraph *g, Source *s, const PropterRow *row, PropterError *err) {
  PropterStr *cells = propter_arena_alloc(&g->arena, (s->columns + 1) * sizeof *cells);
  if (!cells) return no_memory(err);
  for (size_t i = 0; i < s->columns; i++) {
    PropterStr cell = row->values ? (row->values[i].count ? row->values[i].items[0].text : (PropterStr){"", 0})
                      : i < row->count ? row->cells[i]
                                       : (PropterStr){"", 0};
    cells[i] = propter_arena_copy(&g->arena, cell);
    if (!cells[i].data) return no_memory(err);
  }
  if (s->rows == SOURCE_ROWS) memmove(&s->near[0], &s->near[1], sizeof s->near - sizeof s->near[0]), s->rows--;
  s->near[s->rows].line = row->line, s->near[s->rows++].cell = cells;
  return PROPTER_OK;
}

static PropterStatus near_rows(SourceGraph *g, Source *s, PropterTable *table, PropterError *err) {
  const PropterStr *names = propter_table_columns(table, &s->columns);
  PropterStr *copies = propter_arena_alloc(&g->arena, (s->columns + 1) * sizeof *copies);
  PropterRow row;
  bool found = true;
  if (!copies) return no_memory(err);
  for (size_t i = 0; i < s->columns; i++)
    if (!(copies[i] = propter_arena_copy(&g->arena, names[i])).data) return no_memory(err);
  s->name = copies;
  while (found) {
    PROPTER_TRY(propter_table_next(table, &row, &found, err));
    if (!found || row.line > s->row + SOURCE_ROWS / 2) return PROPTER_OK;
    if (row.line + SOURCE_ROWS / 2 >= s->row) PROPTER_TRY(keep_row(g, s, &row, err));
  }
  return PROPTER_OK;
}

/* The sheet that the metric of an observation's data set names. */
static PropterStatus sheet_of(SourceGraph *g, PropterId node, PropterStr *sheet, PropterError *err) {
  PropterId set = PROPTER_NO_ID;
  PropterIds metrics = {0};
  *sheet = (PropterStr){"", 0};
  if (!g->v[VOCAB_propter_sheet] || !g->v[VOCAB_qb_dataSet] || !g->v[VOCAB_propter_dataset]) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_object(g->snapshot, node, g->v[VOCAB_qb_dataSet], &set, err));
  PropterStatus status = set ? propter_snapshot_subjects(g->snapshot, g->v[VOCAB_propter_dataset], set, &metrics, err) : PROPTER_OK;
  for (size_t i = 0; i < metrics.count && status == PROPTER_OK && !sheet->len; i++) status = source_value(g, metrics.items[i], VOCAB_propter_sheet, sheet, err);
  propter_vec_clear(&metrics);
  return status;
}

static PropterStatus row(SourceGraph *g, PropterId node, PropterStr file, PropterStr line, Source *out, PropterError *err) {
  PropterStr path;
  int64_t number = 0;
  out->is_row = true, out->path = file;
  PROPTER_TRY(source_value(g, node, VOCAB_propter_sourceColumn, &out->column, err));
  (void)propter_str_to_int64(line, &number);
  out->row = number > 0 ? (uint64_t)number : 0;
  PROPTER_TRY(sheet_of(g, node, &out->sheet, err));
  PROPTER_TRY(input_path(g, file, &path, &out->problem, err));
  if (!path.len) return PROPTER_OK;
  const PropterTableOptions options = {.table = out->sheet.len ? out->sheet.data : NULL};
  PropterSniff sniff = {0};
  PropterTable *table = NULL;
  PropterError why = {0};
  PropterStatus status = propter_sniff(path.data, &options, NULL, &sniff, NULL); /* its delimiter, encoding and header, if it can tell */
  status = propter_table_open(path.data, status == PROPTER_OK ? &sniff.options : &options, NULL, &table, &why);
  if (status == PROPTER_OK) status = near_rows(g, out, table, &why);
  propter_table_close(table);
  propter_sniff_clear(&sniff);
  return status == PROPTER_OK ? PROPTER_OK : problem(g, &why, &out->problem, err);
}

PropterStatus source_find(SourceGraph *g, PropterId node, Source *out, bool *found, PropterError *err) {
  PropterId document = PROPTER_NO_ID;
  PropterStr file, line;
  PROPTER_TRY(source_value(g, node, VOCAB_propter_quote, &out->quote, err));
  PROPTER_TRY(source_value(g, node, VOCAB_propter_sourceRow, &line, err));
  PROPTER_TRY(source_value(g, node, VOCAB_propter_sourceFile, &file, err));
  if (g->v[VOCAB_propter_document]) PROPTER_TRY(propter_snapshot_object(g->snapshot, node, g->v[VOCAB_propter_document], &document, err));
  *found = (document && out->quote.len) || (file.len && line.len);
  if (!*found) return PROPTER_OK;
  return document && out->quote.len ? words(g, node, document, out, err) : row(g, node, file, line, out, err);
}

void source_clear(Source *s) {
  propter_document_free(s->document);
  *s = (Source){0};
}

/* --- for the page ------------------------------------------------------------------------------------------------------------------- */

static void text(PropterBuf *out, const char *name, PropterStr value) {
  propter_buf_printf(out, "%s\"%s\":", out->len > 1 ? "," : "", name), propter_buf_add_json(out, value);
}

static PropterStr last_part(PropterStr path) {
  size_t at = path.len;
  while (at > 0 && path.data[at - 1] != '/') at--;
  return (PropterStr){path.data + at, path.len - at};
}

static void strings(PropterBuf *out, const PropterStr *list, size_t count) {
  propter_buf_add_char(out, '[');
  for (size_t i = 0; i < count; i++) {
    if (i) propter_buf_add_char(out, ',');
    propter_buf_add_json(out, list[i]);
  }
  propter_buf_add_char(out, ']');
}

static void put_json(const Source *s, PropterBuf *out) {
  propter_buf_add_char(out, '{');
  text(out, "kind", s->is_row ? PROPTER_STR("row") : PROPTER_STR("words"));
  text(out, "file", last_part(s->path)), text(out, "problem", s->problem);
  if (s->is_row) {
    propter_buf_printf(out, ",\"row\":%llu", (unsigned long long)s->row), text(out, "column", s->column), text(out, "sheet", s->sheet);
    propter_buf_add(out, PROPTER_STR(",\"columns\":")), strings(out, s->name, s->columns), propter_buf_add(out, PROPTER_STR(",\"rows\":["));
    for (size_t i = 0; i < s->rows; i++)
      propter_buf_printf(out, "%s{\"row\":%llu,\"cells\":", i ? "," : "", (unsigned long long)s->near[i].line), strings(out, s->near[i].cell, s->columns),
          propter_buf_add_char(out, '}');
    propter_buf_add_char(out, ']');
  } else {
    text(out, "document", s->document_iri), text(out, "title", s->title), text(out, "published", s->published);
    text(out, "section", s->section), text(out, "part", s->part), text(out, "charStart", s->char_start), text(out, "charEnd", s->char_end);
    text(out, "before", s->before), text(out, "words", s->quote), text(out, "after", s->after);
    propter_buf_printf(out, ",\"cutBefore\":%s,\"cutAfter\":%s", s->cut_before ? "true" : "false", s->cut_after ? "true" : "false");
  }
  propter_buf_add(out, PROPTER_STR("}\n"));
}

PropterStatus source_json(PropterSnapshot *snapshot, PropterStr iri, PropterBuf *out, PropterError *err) {
  SourceGraph g = {.snapshot = snapshot};
  Source s = {0};
  PropterTerm term = propter_iri(iri);
  PropterId node = PROPTER_NO_ID;
  bool found = false;
  PropterStatus status = propter_vocab_ids(snapshot, g.v, err);
  if (status == PROPTER_OK) status = propter_snapshot_find(snapshot, &term, &node, err);
  if (status == PROPTER_OK && node) status = source_find(&g, node, &s, &found, err);
  if (status == PROPTER_OK && !found) status = propter_fail(err, PROPTER_NOT_FOUND, "no words of a document and no row of a table stand behind this IRI");
  if (status == PROPTER_OK) put_json(&s, out);
  source_clear(&s);
  propter_arena_clear(&g.arena);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Claims that a person wrote into a table (RFC 4180; comma, semicolon or tab): a block per row, and where each of its cells stands. ingest/table reads tables,
 * too, but gives values without their place in the file. */
#include <string.h>

#include "doc.h"

typedef struct {
  DocBuilder *b;
  PropterStr s; /* decoded */
  size_t at;
  uint64_t line;
  char delimiter;
} Table;

typedef struct {
  PropterStr raw; /* between the quotes if it is quoted */
  bool quoted, ends_row;
  uint64_t line;
} Cell;

static bool ends(const Table *t, size_t at) { return at >= t->s.len || t->s.data[at] == t->delimiter || t->s.data[at] == '\n'; }

static PropterStatus broken(uint64_t line, const char *problem, PropterError *err) {
  PropterStatus status = propter_fail(err, PROPTER_SYNTAX, "%s", problem);
  if (err) err->line = line;
  return status;
}

static PropterStatus next_cell(Table *t, Cell *c, PropterError *err) {
  *c = (Cell){.line = t->line};
  size_t start = t->at;
  if (start < t->s.len && t->s.data[start] == '"') {
    size_t end = ++start;
    for (; end < t->s.len && (t->s.data[end] != '"' || (end + 1 < t->s.len && t->s.data[end + 1] == '"')); end++) {
      t->line += t->s.data[end] == '\n';
      end += t->s.data[end] == '"';
    }
    if (end >= t->s.len) return broken(c->line, "expected a closing quotation mark, found the end of the file", err);
    if (!ends(t, end + 1)) return broken(t->line, "expected a delimiter after the closing quotation mark", err);
    c->quoted = true;
    c->raw = (PropterStr){t->s.data + start, end - start};
    t->at = end + 1;
  } else {
    while (!ends(t, t->at)) t->at++;
    c->raw = (PropterStr){t->s.data + start, t->at - start};
  }
  c->ends_row = t->at >= t->s.len || t->s.data[t->at] == '\n';
  t->line += t->at < t->s.len && c->ends_row;
  t->at += t->at < t->s.len;
  return PROPTER_OK;
}

/* Doubled quotation marks are one. */
static PropterStatus put(Table *t, const Cell *c, PropterError *err) {
  size_t at = (size_t)(c->raw.data - t->s.data), end = at + c->raw.len;
  while (at < end) {
    const char *mark = c->quoted ? memchr(t->s.data + at, '"', end - at) : NULL;
    size_t stop = mark ? (size_t)(mark - t->s.data) + 1 : end;
    PROPTER_TRY(doc_text(t->b, (PropterStr){t->s.data + at, stop - at}, at, stop - at, err));
    at = stop + (mark != NULL);
  }
  return PROPTER_OK;
}

static PropterStatus row(Table *t, PropterError *err) {
  DocBuilder *b = t->b;
  Cell c = {0};
  size_t n = 0;
  PROPTER_TRY(doc_row(b, err));
  for (; !c.ends_row; n++) {
    PROPTER_TRY(next_cell(t, &c, err));
    size_t delimiter = (size_t)(c.raw.data - t->s.data) - c.quoted - 1; /* before it */
    c.raw = propter_str_trim(c.raw);
    PropterDocumentCell cell = {.column = {"", 0}, .number = (unsigned)n + 1, .line = c.line};
    if (n < b->columns.count) cell.column = b->columns.items[n].name;
    PROPTER_TRY(doc_cell(b, cell, c.raw.len > 0, delimiter, err));
    if (c.raw.len) PROPTER_TRY(put(t, &c, err));
    doc_cell_end(b);
  }
  if (n < b->columns.count) b->cells.items[b->cells.count - 1].column = (PropterStr){"", 0};
  doc_row_end(b);
  return PROPTER_OK;
}

static PropterStatus header(Table *t, PropterError *err) {
  Cell c = {0};
  for (unsigned n = 1; !c.ends_row; n++) {
    PROPTER_TRY(next_cell(t, &c, err));
    PROPTER_TRY(doc_column(t->b, (PropterDocumentColumn){c.raw, 1, n}, err));
  }
  return PROPTER_OK;
}

/* The delimiter with which the first line names the columns "cause" and "effect", or 0. */
static char delimiter_of(PropterStr bytes) {
  if (propter_str_starts(bytes, PROPTER_STR("\xEF\xBB\xBF"))) bytes.data += 3, bytes.len -= 3;
  const char *stop = memchr(bytes.data, '\n', bytes.len);
  if (stop) bytes.len = (size_t)(stop - bytes.data);
  for (const char *delimiter = ",;\t"; *delimiter; delimiter++) {
    bool cause = false, effect = false;
    for (size_t at = 0, end; at <= bytes.len; at = end + 1) {
      for (end = at; end < bytes.len && bytes.data[end] != *delimiter;) end++;
      PropterStr name = propter_str_trim((PropterStr){bytes.data + at, end - at});
      if (name.len > 2 && name.data[0] == '"' && name.data[name.len - 1] == '"') name.data++, name.len -= 2;
      cause |= propter_str_equal_caseless(name, PROPTER_STR("cause"));
      effect |= propter_str_equal_caseless(name, PROPTER_STR("effect"));
    }
    if (cause && effect) return *delimiter;
  }
  return 0;
}

static bool sniff(PropterStr bytes) { return delimiter_of(bytes) != 0; }

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  Table t = {.b = b, .line = 1, .delimiter = delimiter_of(bytes)};
  PROPTER_TRY(doc_part(b, PROPTER_STR(""), bytes, PROPTER_STR(""), &t.s, err));
  PROPTER_TRY(header(&t, err));
  while (t.at < t.s.len) PROPTER_TRY(row(&t, err));
  return PROPTER_OK;
}

const DocReader doc_reader_claims = {"claims", "", sniff, read};

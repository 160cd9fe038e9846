/* SPDX-License-Identifier: Apache-2.0 */
/* Claims that a person wrote as YAML: a list under the key "claims", each a mapping of what a table's columns are called to words. Read event by event
 * (libyaml), so that nothing grows but the text, and aliases stand for nothing. */
#include <string.h>
#include <yaml.h>

#include "doc.h"

enum { MAX_KEYS = 100 };

typedef struct {
  DocBuilder *b;
  PropterStr s; /* decoded */
  yaml_parser_t parser;
  yaml_event_t event;
  size_t byte, character; /* the same place: libyaml counts characters */
  PropterError *err;
} Yaml;

static PropterStatus unexpected(Yaml *y, const char *expected) {
  if (y->err) y->err->line = y->event.start_mark.line + 1, y->err->column = y->event.start_mark.column + 1;
  return propter_fail(y->err, PROPTER_SYNTAX, "expected %s", expected);
}

static PropterStatus broken(Yaml *y) {
  const yaml_parser_t *p = &y->parser;
  if (p->error == YAML_MEMORY_ERROR) return propter_fail(y->err, PROPTER_NO_MEMORY, "no memory for YAML");
  if (y->err) y->err->line = p->problem_mark.line + 1, y->err->column = p->problem_mark.column + 1;
  return propter_fail(y->err, PROPTER_SYNTAX, "YAML: %s", p->problem ? p->problem : "cannot be read");
}

/* The next event, which must be of this type unless that is NO_EVENT. */
static PropterStatus next(Yaml *y, yaml_event_type_t type, const char *expected) {
  yaml_event_delete(&y->event);
  if (!yaml_parser_parse(&y->parser, &y->event)) {
    y->event = (yaml_event_t){0};
    return broken(y);
  }
  return type == YAML_NO_EVENT || y->event.type == type ? PROPTER_OK : unexpected(y, expected);
}

/* Byte of a mark; marks only go forward. */
static size_t byte_of(Yaml *y, yaml_mark_t mark) {
  for (; y->character < mark.index && y->byte < y->s.len; y->character++)
    for (y->byte++; y->byte < y->s.len && ((unsigned char)y->s.data[y->byte] & 0xC0) == 0x80;) y->byte++;
  return y->byte;
}

static PropterStr scalar(const Yaml *y) { return (PropterStr){(const char *)y->event.data.scalar.value, y->event.data.scalar.length}; }

/* A value: literally where it is written so, else all that is written for it. */
static PropterStatus value(Yaml *y, PropterDocumentCell cell) {
  PROPTER_TRY(next(y, YAML_SCALAR_EVENT, "words or a number as a claim's value"));
  yaml_scalar_style_t style = y->event.data.scalar.style;
  bool quoted = style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
  size_t start = byte_of(y, y->event.start_mark) + quoted, end = byte_of(y, y->event.end_mark) - quoted;
  PropterStr text = scalar(y);
  bool filled = propter_str_trim(text).len > 0 && end > start;
  PROPTER_TRY(doc_cell(y->b, cell, filled, start - 1, y->err));
  if (filled) PROPTER_TRY(doc_text(y->b, text, start, end - start, y->err));
  doc_cell_end(y->b);
  return PROPTER_OK;
}

static PropterStatus claim(Yaml *y) {
  PROPTER_TRY(doc_row(y->b, y->err));
  for (;;) {
    PROPTER_TRY(next(y, YAML_NO_EVENT, "a claim"));
    if (y->event.type == YAML_MAPPING_END_EVENT) break;
    if (y->event.type != YAML_SCALAR_EVENT) return unexpected(y, "a word as a claim's key");
    PropterDocumentCell cell = {.line = y->event.start_mark.line + 1, .number = (unsigned)y->event.start_mark.column + 1};
    bool known = doc_column_named(y->b, scalar(y)).data != NULL;
    if (!known && y->b->columns.count == MAX_KEYS) return propter_fail(y->err, PROPTER_LIMIT, "more than %d different keys", MAX_KEYS);
    if (!known) PROPTER_TRY(doc_column(y->b, (PropterDocumentColumn){scalar(y), cell.line, cell.number}, y->err));
    cell.column = doc_column_named(y->b, scalar(y));
    PROPTER_TRY(value(y, cell));
  }
  doc_row_end(y->b);
  return PROPTER_OK;
}

static PropterStatus claims(Yaml *y) {
  PROPTER_TRY(next(y, YAML_STREAM_START_EVENT, "YAML"));
  PROPTER_TRY(next(y, YAML_DOCUMENT_START_EVENT, "YAML"));
  PROPTER_TRY(next(y, YAML_MAPPING_START_EVENT, "the key claims"));
  PROPTER_TRY(next(y, YAML_SCALAR_EVENT, "the key claims"));
  PROPTER_TRY(next(y, YAML_SEQUENCE_START_EVENT, "a list of claims"));
  for (;;) {
    PROPTER_TRY(next(y, YAML_NO_EVENT, "a list of claims"));
    if (y->event.type == YAML_SEQUENCE_END_EVENT) break;
    if (y->event.type != YAML_MAPPING_START_EVENT) return unexpected(y, "a claim: keys and values");
    PROPTER_TRY(claim(y));
  }
  PROPTER_TRY(next(y, YAML_MAPPING_END_EVENT, "no key but claims"));
  PROPTER_TRY(next(y, YAML_DOCUMENT_END_EVENT, "the end of the claims"));
  return next(y, YAML_STREAM_END_EVENT, "one YAML document");
}

/* The first line that says anything begins with "claims:". */
static bool sniff(PropterStr bytes) {
  if (propter_str_starts(bytes, PROPTER_STR("\xEF\xBB\xBF"))) bytes.data += 3, bytes.len -= 3;
  while (bytes.len) {
    const char *stop = memchr(bytes.data, '\n', bytes.len);
    size_t len = stop ? (size_t)(stop - bytes.data) : bytes.len;
    PropterStr line = propter_str_trim((PropterStr){bytes.data, len});
    if (line.len && line.data[0] != '#' && line.data[0] != '%' && !propter_str_equal(line, PROPTER_STR("---")))
      return propter_str_starts(line, PROPTER_STR("claims:"));
    bytes.data += len + (stop != NULL), bytes.len -= len + (stop != NULL);
  }
  return false;
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  Yaml y = {.b = b, .err = err};
  PROPTER_TRY(doc_part(b, PROPTER_STR(""), bytes, PROPTER_STR(""), &y.s, err));
  if (!yaml_parser_initialize(&y.parser)) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for YAML");
  yaml_parser_set_encoding(&y.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&y.parser, (const unsigned char *)y.s.data, y.s.len);
  PropterStatus status = claims(&y);
  yaml_event_delete(&y.event);
  yaml_parser_delete(&y.parser);
  return status;
}

const DocReader doc_reader_claims_yaml = {"claims_yaml", "", sniff, read};

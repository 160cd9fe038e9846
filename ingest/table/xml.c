/* SPDX-License-Identifier: Apache-2.0 */
/* XML: rows and values by XPath on the document's tree. */
#include "propter/xml.h"

#include <string.h>

#include "reader.h"
#include "text.h"

typedef struct {
  PropterXmlTree *tree;
  PROPTER_VEC(PropterXmlNode) rows;
  size_t next;
  PROPTER_VEC(PropterXmlPath *) columns;
  PROPTER_VEC(PropterStr) names;
  PROPTER_VEC(PropterCells) values;
  PROPTER_VEC(PropterCell) cells;
  PropterArena arena, texts; /* of the table; of the row */
} Xml;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading XML"); }

static void close_xml(void *state) {
  Xml *x = state;
  propter_xml_tree_free(x->tree);
  propter_vec_clear(&x->rows);
  propter_vec_clear(&x->columns);
  propter_vec_clear(&x->names);
  propter_vec_clear(&x->values);
  propter_vec_clear(&x->cells);
  propter_arena_clear(&x->arena);
  propter_arena_clear(&x->texts);
  propter_free(x);
}

static PropterStatus add_row(PropterXmlNode node, PropterStr text, void *payload, PropterError *err) {
  Xml *x = payload;
  (void)text;
  if (!node) return propter_fail(err, PROPTER_INVALID, "expected an iterator that gives nodes, found a value");
  return propter_vec_push(&x->rows, node) ? PROPTER_OK : no_memory(err);
}

static PropterStatus parse(Xml *x, const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterError *err) {
  Text *text = NULL;
  PropterStr all;
  PROPTER_TRY(text_open(path, options->encoding, limits->table_bytes, (size_t)limits->document_bytes, &text, err));
  PropterStatus status = text_all(text, &all, err);
  if (status == PROPTER_OK) status = propter_xml_tree_parse(all, text_converted(text) ? "UTF-8" : NULL, limits, &x->tree, err);
  if (status != PROPTER_OK && err) propter_error_at(err, path, err->line, 0);
  text_close(text);
  return status;
}

static PropterStatus open_xml(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  Xml *x = propter_calloc(1, sizeof *x);
  if (!x) return no_memory(err);
  *state = x;
  PROPTER_TRY(parse(x, path, options, limits, err));
  for (size_t i = 0; i < options->prefix_count; i++) PROPTER_TRY(propter_xml_tree_prefix(x->tree, options->prefixes[i].prefix, options->prefixes[i].iri, err));
  PropterXmlPath *iterator;
  PROPTER_TRY(propter_xml_path(x->tree, propter_str(options->iterator ? options->iterator : "/*"), &iterator, err));
  return propter_xml_path_each(iterator, NULL, add_row, x, err);
}

static PropterStatus column_xml(void *state, PropterStr expression, size_t *index, PropterError *err) {
  Xml *x = state;
  for (size_t i = 0; i < x->names.count; i++)
    if (propter_str_equal(x->names.items[i], expression)) return *index = i, PROPTER_OK;
  PropterXmlPath *path;
  PropterStr name = propter_arena_copy(&x->arena, expression);
  if (!name.data) return no_memory(err);
  PROPTER_TRY(propter_xml_path(x->tree, expression, &path, err));
  *index = x->columns.count;
  return propter_vec_push(&x->columns, path) && propter_vec_push(&x->names, name) ? PROPTER_OK : no_memory(err);
}

static PropterStatus add_value(PropterXmlNode node, PropterStr text, void *payload, PropterError *err) {
  Xml *x = payload;
  (void)node;
  PropterCell cell = {propter_arena_copy(&x->texts, text), {"", 0}, false};
  return cell.text.data && propter_vec_push(&x->cells, cell) ? PROPTER_OK : no_memory(err);
}

static PropterStatus next_row(void *state, PropterRow *row, bool *found, PropterError *err) {
  Xml *x = state;
  *found = x->next < x->rows.count;
  if (!*found) return PROPTER_OK;
  PropterXmlNode node = x->rows.items[x->next++];
  propter_arena_clear(&x->texts);
  x->cells.count = 0;
  if (!propter_vec_reserve(&x->values, x->columns.count + 1)) return no_memory(err);
  for (size_t i = 0; i < x->columns.count; i++) {
    size_t before = x->cells.count;
    PROPTER_TRY(propter_xml_path_each(x->columns.items[i], node, add_value, x, err));
    x->values.items[i].count = x->cells.count - before;
  }
  for (size_t i = 0, at = 0; i < x->columns.count; at += x->values.items[i++].count) x->values.items[i].items = x->cells.items + at;
  *row = (PropterRow){.line = propter_xml_line(node), .values = x->values.items, .count = x->columns.count};
  return PROPTER_OK;
}

const TableReader table_reader_xml = {.name = "xml",
                                      .extensions = "xml",
                                      .summary = "XML, rows and values by XPath 1.0",
                                      .open = open_xml,
                                      .next = next_row,
                                      .close = close_xml,
                                      .column = column_xml};

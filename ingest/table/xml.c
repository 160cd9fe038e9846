/* SPDX-License-Identifier: Apache-2.0 */
/* XML: rows and values by XPath, one row held where that is possible. */
#include "propter/xml.h"

#include <string.h>

#include "reader.h"
#include "text.h"

typedef struct {
  Text *text;
  PropterXmlRows *rows;
  PROPTER_VEC(PropterXmlPath *) columns;
  PROPTER_VEC(size_t) parents; /* of each column: that at whose values it is evaluated; SIZE_MAX: at the row */
  PROPTER_VEC(PropterStr) names;
  PROPTER_VEC(PropterCells) values;
  PROPTER_VEC(size_t) begins; /* of the values of each column among the cells */
  PROPTER_VEC(PropterCell) cells;
  PROPTER_VEC(PropterXmlNode) nodes; /* of each cell */
  uint32_t of; /* value of the parent that is at hand */
  PropterArena arena, texts; /* of the table; of the row */
} Xml;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading XML"); }

static void close_xml(void *state) {
  Xml *x = state;
  propter_xml_rows_free(x->rows);
  text_close(x->text);
  propter_vec_clear(&x->columns);
  propter_vec_clear(&x->parents);
  propter_vec_clear(&x->begins);
  propter_vec_clear(&x->nodes);
  propter_vec_clear(&x->names);
  propter_vec_clear(&x->values);
  propter_vec_clear(&x->cells);
  propter_arena_clear(&x->arena);
  propter_arena_clear(&x->texts);
  propter_free(x);
}

static PropterStatus read_text(void *payload, void *bytes, size_t size, size_t *count, PropterError *err) {
  Text *text = payload;
  bool more = true;
  if (!text_held(text).len) PROPTER_TRY(text_more(text, &more, err));
  PropterStr held = text_held(text);
  *count = held.len < size ? held.len : size;
  if (*count) memcpy(bytes, held.data, *count);
  text_drop(text, *count);
  return PROPTER_OK;
}

static PropterStatus open_xml(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  Xml *x = propter_calloc(1, sizeof *x);
  bool more;
  if (!x) return no_memory(err);
  *state = x;
  PROPTER_TRY(text_open(path, options, limits, 0, &x->text, err));
  PROPTER_TRY(text_more(x->text, &more, err)); /* its first bytes say how it is encoded */
  PROPTER_TRY(propter_xml_rows_new(limits, &x->rows, err));
  for (size_t i = 0; i < options->prefix_count; i++) PROPTER_TRY(propter_xml_rows_prefix(x->rows, options->prefixes[i].prefix, options->prefixes[i].iri, err));
  propter_xml_rows_input(x->rows, read_text, x->text, path, text_converted(x->text));
  return propter_xml_rows_iterator(x->rows, propter_str(options->iterator ? options->iterator : "/*"), err);
}

static PropterStatus nested_xml(void *state, size_t parent, PropterStr expression, size_t *index, PropterError *err) {
  Xml *x = state;
  for (size_t i = 0; i < x->names.count; i++)
    if (x->parents.items[i] == parent && propter_str_equal(x->names.items[i], expression)) return *index = i, PROPTER_OK;
  PropterXmlPath *path;
  PropterStr name = propter_arena_copy(&x->arena, expression);
  if (!name.data) return no_memory(err);
  PROPTER_TRY(propter_xml_path(x->rows, expression, &path, err));
  *index = x->columns.count;
  return propter_vec_push(&x->columns, path) && propter_vec_push(&x->parents, parent) && propter_vec_push(&x->names, name) ? PROPTER_OK : no_memory(err);
}

static PropterStatus column_xml(void *state, PropterStr expression, size_t *index, PropterError *err) {
  return nested_xml(state, SIZE_MAX, expression, index, err);
}

static PropterStatus add_value(PropterXmlNode node, PropterStr text, void *payload, PropterError *err) {
  Xml *x = payload;
  PropterCell cell = {.text = propter_arena_copy(&x->texts, text), .datatype = {"", 0}, .of = x->of};
  return cell.text.data && propter_vec_push(&x->cells, cell) && propter_vec_push(&x->nodes, node) ? PROPTER_OK : no_memory(err);
}

static PropterStatus add_values(Xml *x, size_t column, PropterXmlNode row, PropterError *err) {
  size_t parent = x->parents.items[column];
  x->of = 0;
  if (parent == SIZE_MAX) return propter_xml_path_each(x->columns.items[column], row, add_value, x, err);
  for (; x->of < x->values.items[parent].count; x->of++) {
    PropterXmlNode node = x->nodes.items[x->begins.items[parent] + x->of];
    if (node) PROPTER_TRY(propter_xml_path_each(x->columns.items[column], node, add_value, x, err));
  }
  return PROPTER_OK;
}

static PropterStatus next_row(void *state, PropterRow *row, bool *found, PropterError *err) {
  Xml *x = state;
  PropterXmlNode node;
  uint64_t line;
  PROPTER_TRY(propter_xml_rows_next(x->rows, &node, &line, err));
  *found = node != NULL;
  if (!*found) return PROPTER_OK;
  propter_arena_clear(&x->texts);
  x->cells.count = x->nodes.count = x->begins.count = 0;
  if (!propter_vec_reserve(&x->values, x->columns.count + 1)) return no_memory(err);
  for (size_t i = 0; i < x->columns.count; i++) {
    if (!propter_vec_push(&x->begins, x->cells.count)) return no_memory(err);
    PROPTER_TRY(add_values(x, i, node, err));
    x->values.items[i].count = x->cells.count - x->begins.items[i];
  }
  for (size_t i = 0; i < x->columns.count; i++)
    x->values.items[i].items = x->values.items[i].count ? x->cells.items + x->begins.items[i] : NULL;
  *row = (PropterRow){.line = line, .values = x->values.items, .count = x->columns.count};
  return PROPTER_OK;
}

static const char *whole_xml(const void *state) { return propter_xml_rows_whole(((const Xml *)state)->rows); }

const TableReader table_reader_xml = {.name = "xml",
                                      .extensions = "xml",
                                      .summary = "XML, rows and values by XPath 1.0",
                                      .open = open_xml,
                                      .next = next_row,
                                      .close = close_xml,
                                      .column = column_xml,
                                      .nested = nested_xml,
                                      .whole = whole_xml};

/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of lists of claims share: columns, and rows of cells that are blocks of text. */
#include <string.h>

#include "doc.h"

enum { MAX_CELLS = 1000000 };

PropterStatus doc_column(DocBuilder *b, PropterDocumentColumn column, PropterError *err) {
  if (b->columns.count == b->limits->table_columns) return propter_fail(err, PROPTER_LIMIT, "more than %zu columns", b->columns.count);
  column.name = propter_arena_copy(b->arena, propter_str_trim(column.name));
  for (size_t i = 0; i < column.name.len; i++)
    if (column.name.data[i] >= 'A' && column.name.data[i] <= 'Z') ((char *)(uintptr_t)column.name.data)[i] += 'a' - 'A';
  return column.name.data && propter_vec_push(&b->columns, column) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for columns");
}

PropterStr doc_column_named(const DocBuilder *b, PropterStr name) {
  name = propter_str_trim(name);
  for (size_t i = 0; i < b->columns.count; i++) {
    PropterStr known = b->columns.items[i].name;
    if (propter_str_equal_caseless(known, name)) return known;
  }
  return (PropterStr){NULL, 0};
}

PropterStatus doc_row(DocBuilder *b, PropterError *err) {
  PROPTER_TRY(doc_block(b, PROPTER_BLOCK_TABLE_CELL, 0, err));
  b->row = b->cells.count;
  return PROPTER_OK;
}

PropterStatus doc_cell(DocBuilder *b, PropterDocumentCell cell, bool filled, size_t gap, PropterError *err) {
  if (b->cells.count == MAX_CELLS) return propter_fail(err, PROPTER_LIMIT, "more than %d cells in a list of claims", MAX_CELLS);
  bool open = b->open;
  if (open && filled) PROPTER_TRY(doc_text(b, PROPTER_STR(", "), gap, 1, err));
  cell.block = b->blocks.count;
  cell.start = open ? b->text.len + 1 : SIZE_MAX; /* behind the blank that is still to come */
  return propter_vec_push(&b->cells, cell) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "no memory for cells");
}

void doc_cell_end(DocBuilder *b) {
  PropterDocumentCell *cell = &b->cells.items[b->cells.count - 1];
  cell->end = b->text.len;
  if (cell->start == SIZE_MAX) cell->start = b->open ? b->start : cell->end;
  if (cell->start > cell->end) cell->start = cell->end;
}

void doc_row_end(DocBuilder *b) {
  if (!b->open) b->cells.count = b->row;
}

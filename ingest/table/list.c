/* SPDX-License-Identifier: Apache-2.0 */
#include "list.h"

#include <string.h>

#include "propter/io.h"

enum { LIST_ROWS = 1000000 };

PropterStatus list_read(const char *path, const PropterLimits *limits, PropterBuf *text, PropterError *err) {
  size_t at = 0;
  PROPTER_TRY(propter_io_read_file(path, limits->document_bytes, text, err));
  if (!text->len) return PROPTER_OK;
  bool valid = propter_utf8_valid(propter_buf_str(text), &at);
  const char *nul = memchr(text->data, 0, text->len);
  if (valid && !nul) return PROPTER_OK;
  propter_error_at_byte(err, path, valid ? (uint64_t)(nul - text->data) : (uint64_t)at);
  return propter_fail(err, PROPTER_INVALID, "expected text in UTF-8");
}

PropterStatus list_add(List *list, uint64_t line, ListRow **out, PropterError *err) {
  ListRow row = {.line = line};
  for (size_t i = 0; i < LIST_COLUMNS; i++) row.cells[i] = (PropterStr){"", 0};
  if (list->rows.count == LIST_ROWS) return propter_fail(err, PROPTER_LIMIT, "more than %d entries", LIST_ROWS);
  if (!propter_vec_push(&list->rows, row)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a list of entries");
  *out = &list->rows.items[list->rows.count - 1];
  return PROPTER_OK;
}

PropterStatus list_set(List *list, ListRow *row, size_t column, PropterStr text, PropterError *err) {
  row->cells[column] = propter_arena_copy(&list->arena, text);
  return row->cells[column].data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a list of entries");
}

PropterStatus list_next(List *list, PropterRow *row, bool *found, PropterError *err) {
  (void)err;
  size_t width = 0;
  for (; list->names[width]; width++) list->header[width] = propter_str(list->names[width]);
  *found = list->next <= list->rows.count;
  if (!*found) return PROPTER_OK;
  const ListRow *r = list->next ? &list->rows.items[list->next - 1] : NULL;
  *row = (PropterRow){.line = r ? r->line : 1, .cells = r ? r->cells : list->header, .count = width, .problem = r ? r->problem : NULL};
  list->next++;
  return PROPTER_OK;
}

void list_clear(List *list) {
  propter_vec_clear(&list->rows);
  propter_arena_clear(&list->arena);
}

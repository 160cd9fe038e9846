/* SPDX-License-Identifier: Apache-2.0 */
#include "terms.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a table of terms"); }

PropterStatus terms_name(Terms *t, PropterStr name, PropterError *err) {
  PropterStr copy = propter_arena_copy(&t->arena, name);
  return copy.data && propter_vec_push(&t->names, copy) ? PROPTER_OK : no_memory(err);
}

bool terms_header(Terms *t, PropterRow *row) {
  if (t->header) return false;
  *row = (PropterRow){.line = 1, .cells = t->names.items, .count = t->names.count};
  return t->header = true;
}

PropterStatus terms_begin(Terms *t, PropterRow *row, uint64_t line, PropterError *err) {
  size_t n = t->names.count;
  propter_arena_clear(&t->texts);
  if (!propter_vec_reserve(&t->values, n) || !propter_vec_reserve(&t->cells, n)) return no_memory(err);
  for (size_t i = 0; i < n; i++) t->values.items[i] = (PropterCells){&t->cells.items[i], 0};
  *row = (PropterRow){.line = line, .values = t->values.items, .count = n};
  return PROPTER_OK;
}

PropterStatus terms_set(Terms *t, size_t column, PropterStr text, PropterStr datatype, PropterError *err) {
  PropterCell *cell = &t->cells.items[column];
  *cell = (PropterCell){.text = propter_arena_copy(&t->texts, text), .datatype = propter_arena_copy(&t->texts, datatype)};
  t->values.items[column].count = 1;
  return cell->text.data && cell->datatype.data ? PROPTER_OK : no_memory(err);
}

void terms_clear(Terms *t) {
  propter_vec_clear(&t->names);
  propter_vec_clear(&t->values);
  propter_vec_clear(&t->cells);
  propter_arena_clear(&t->arena);
  propter_arena_clear(&t->texts);
}

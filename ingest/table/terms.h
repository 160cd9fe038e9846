/* SPDX-License-Identifier: Apache-2.0 */
/* Rows whose cells are RDF terms, for the readers of RDF and of solutions. */
#ifndef TABLE_TERMS_H
#define TABLE_TERMS_H

#include "reader.h"

/* Zero-initialise; `names` are in the arena. */
typedef struct {
  PROPTER_VEC(PropterStr) names;
  bool header; /* was given */
  PROPTER_VEC(PropterCells) values;
  PROPTER_VEC(PropterCell) cells;
  PropterArena arena, texts; /* of the table; of the row */
} Terms;

PropterStatus terms_name(Terms *t, PropterStr name, PropterError *err);
/* The names as a first row; false: it was given. */
bool terms_header(Terms *t, PropterRow *row);
/* Begins a row without a value in any column. */
PropterStatus terms_begin(Terms *t, PropterRow *row, uint64_t line, PropterError *err);
/* Sets the value of a column; texts are copied. */
PropterStatus terms_set(Terms *t, size_t column, PropterStr text, PropterStr datatype, PropterError *err);
void terms_clear(Terms *t);

#endif

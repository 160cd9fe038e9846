/* SPDX-License-Identifier: Apache-2.0 */
/* A table of named columns held in memory, for readers of lists of entries. */
#ifndef TABLE_LIST_H
#define TABLE_LIST_H

#include "reader.h"

enum { LIST_COLUMNS = 12 };

typedef struct {
  uint64_t line;
  PropterStr cells[LIST_COLUMNS]; /* in the arena */
  const char *problem;            /* static; NULL: none */
} ListRow;

/* Zero-initialise but for `names`. */
typedef struct {
  const char *const *names; /* of the columns, ended by NULL */
  PropterArena arena;
  PROPTER_VEC(ListRow) rows;
  size_t next; /* 0: the header */
  PropterStr header[LIST_COLUMNS];
} List;

/* Reads a whole file. INVALID with the byte: it is no text in UTF-8. */
PropterStatus list_read(const char *path, const PropterLimits *limits, PropterBuf *text, PropterError *err);
/* A new row, until the next one. LIMIT: more rows than a list may have. */
PropterStatus list_add(List *list, uint64_t line, ListRow **out, PropterError *err);
/* A copy of the text as a cell. */
PropterStatus list_set(List *list, ListRow *row, size_t column, PropterStr text, PropterError *err);
/* The header, then the rows. */
PropterStatus list_next(List *list, PropterRow *row, bool *found, PropterError *err);
void list_clear(List *list);

#endif

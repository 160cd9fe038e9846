/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader of tables is: one file with one descriptor and one row in readers.def. */
#ifndef TABLE_READER_H
#define TABLE_READER_H

#include "propter/table.h"

typedef struct {
  const char *name;
  const char *extensions; /* separated by blanks */
  const char *summary;
  /* `state` is freed by close, also after a failed open if it was set. */
  PropterStatus (*open)(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err);
  /* Next raw row (the first may be the header); *found false at the end; the row's number and problem are the caller's. */
  PropterStatus (*next)(void *state, PropterRow *row, bool *found, PropterError *err);
  void (*close)(void *state);
} TableReader;

#endif

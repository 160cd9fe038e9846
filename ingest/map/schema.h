/* SPDX-License-Identifier: Apache-2.0 */
/* What a database declares: columns, primary and foreign keys. */
#ifndef MAP_SCHEMA_H
#define MAP_SCHEMA_H

#include "propter/table.h"

typedef struct {
  PropterStr table, column;
  size_t key; /* place in the primary key, from 1; 0: no part of it */
} SchemaColumn;

typedef struct {
  PropterStr table, number, column, parent, parent_column; /* rows of one foreign key (by table and number) follow one another */
} SchemaKey;

/* Zero-initialise; free with schema_clear. Columns of one table follow one another, in their order. */
typedef struct {
  PROPTER_VEC(SchemaColumn) columns;
  PROPTER_VEC(SchemaKey) keys;
} Schema;

/* Texts live in the arena. Nothing for formats other than those of SQLite and PostgreSQL, whose current schema is meant. Errors as propter_table_next. */
PropterStatus schema_read(const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterArena *arena, Schema *out,
                          PropterError *err);
void schema_clear(Schema *schema);

#endif

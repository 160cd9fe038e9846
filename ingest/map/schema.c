/* SPDX-License-Identifier: Apache-2.0 */
#include "schema.h"

#include <string.h>

static const struct {
  const char *format, *columns, *keys;
} queries[] = {
    {"sqlite",
     "SELECT m.name, c.name, c.pk FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.rowid, c.cid",
     "SELECT m.name, f.id, f.\"from\", f.\"table\", coalesce(f.\"to\", '') FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.rowid, f.id, f.seq"},
    {"postgres",
     "SELECT r.relname, a.attname, coalesce(array_position(k.conkey, a.attnum), 0) FROM pg_class r JOIN pg_namespace s ON s.oid = r.relnamespace"
     " JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype = 'p'"
     " WHERE r.relkind IN ('r', 'p') AND s.nspname = current_schema() ORDER BY r.oid, a.attnum",
     "SELECT r.relname, k.oid, a.attname, p.relname, b.attname FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid"
     " JOIN pg_namespace s ON s.oid = r.relnamespace CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY u(c, p, n)"
     " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.c JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.p"
     " WHERE k.contype = 'f' AND s.nspname = current_schema() ORDER BY k.oid, u.n"}};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading what a database declares"); }

static PropterStatus take(Schema *s, const PropterStr *cells, size_t count, PropterError *err) {
  if (count == 3) {
    int64_t key = 0;
    (void)propter_str_to_int64(cells[2], &key);
    return propter_vec_push(&s->columns, ((SchemaColumn){cells[0], cells[1], (size_t)key})) ? PROPTER_OK : no_memory(err);
  }
  return propter_vec_push(&s->keys, ((SchemaKey){cells[0], cells[1], cells[2], cells[3], cells[4]})) ? PROPTER_OK : no_memory(err);
}

static PropterStatus read_rows(Schema *s, const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterArena *arena,
                               PropterError *err) {
  PropterTable *table;
  PropterRow row;
  bool found = true;
  PROPTER_TRY(propter_table_open(path, options, limits, &table, err));
  PropterStatus status = PROPTER_OK;
  while (status == PROPTER_OK && (status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) {
    PropterStr cells[5];
    for (size_t i = 0; i < row.count && i < 5 && status == PROPTER_OK; i++) {
      cells[i] = propter_arena_copy(arena, row.values[i].count ? row.values[i].items[0].text : (PropterStr){"", 0});
      if (!cells[i].data) status = no_memory(err);
    }
    if (status == PROPTER_OK) status = take(s, cells, row.count, err);
  }
  propter_table_close(table);
  return status;
}

/* A foreign key that names no columns of its parent means its primary key. */
static void name_parents(Schema *s) {
  for (size_t k = 0, place = 1; k < s->keys.count; k++) {
    SchemaKey *key = &s->keys.items[k];
    place = k && propter_str_equal(key->table, key[-1].table) && propter_str_equal(key->number, key[-1].number) ? place + 1 : 1;
    for (size_t i = 0; i < s->columns.count && !key->parent_column.len; i++)
      if (s->columns.items[i].key == place && propter_str_equal(s->columns.items[i].table, key->parent)) key->parent_column = s->columns.items[i].column;
  }
}

PropterStatus schema_read(const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterArena *arena, Schema *out,
                          PropterError *err) {
  for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
    if (strcmp(queries[i].format, options->format) != 0) continue;
    PropterTableOptions one = *options;
    one.table = NULL, one.query = queries[i].columns;
    PROPTER_TRY(read_rows(out, path, &one, limits, arena, err));
    one.query = queries[i].keys;
    PROPTER_TRY(read_rows(out, path, &one, limits, arena, err));
  }
  name_parents(out);
  return PROPTER_OK;
}

void schema_clear(Schema *schema) {
  propter_vec_clear(&schema->columns);
  propter_vec_clear(&schema->keys);
}

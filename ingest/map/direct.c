/* SPDX-License-Identifier: Apache-2.0 */
/* A Direct Mapping of Relational Data to RDF (W3C): triples maps from the tables, primary and foreign keys of a database. */
#include <stdlib.h>
#include <string.h>

#include "model.h"

typedef struct {
  PropterStr table, column;
  size_t key; /* place in the primary key, from 1; 0: no part of it */
} ColumnInfo;

typedef struct {
  PropterStr table, number, column, parent, parent_column; /* rows of one foreign key follow one another */
} KeyInfo;

typedef struct {
  PropterMapping *m;
  const DocTriple *at;
  PROPTER_VEC(ColumnInfo) columns;
  PROPTER_VEC(KeyInfo) keys;
} Schema;

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

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a direct mapping"); }

/* --- The schema ------------------------------------------------------------------------------------------------------------------ */

static PropterStatus take(Schema *s, const PropterStr *cells, size_t count, PropterError *err) {
  if (count == 3) {
    int64_t key = 0;
    (void)propter_str_to_int64(cells[2], &key);
    return propter_vec_push(&s->columns, ((ColumnInfo){cells[0], cells[1], (size_t)key})) ? PROPTER_OK : no_memory(err);
  }
  return propter_vec_push(&s->keys, ((KeyInfo){cells[0], cells[1], cells[2], cells[3], cells[4]})) ? PROPTER_OK : no_memory(err);
}

static PropterStatus read_rows(Schema *s, const LogicalSource *source, const char *query, PropterError *err) {
  PropterTableOptions options = source->options;
  PropterTable *table;
  PropterRow row;
  bool found = true;
  options.query = query;
  PROPTER_TRY(propter_table_open(source->is.path.data, &options, s->m->options->limits, &table, err));
  PropterStatus status = PROPTER_OK;
  while (status == PROPTER_OK && (status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) {
    PropterStr cells[5];
    for (size_t i = 0; i < row.count && i < 5 && status == PROPTER_OK; i++) {
      cells[i] = propter_arena_copy(&s->m->arena, row.values[i].count ? row.values[i].items[0].text : (PropterStr){"", 0});
      if (!cells[i].data) status = no_memory(err);
    }
    if (status == PROPTER_OK) status = take(s, cells, row.count, err);
  }
  propter_table_close(table);
  return status;
}

/* A foreign key that names no columns of its parent means its primary key. */
static PropterStr parent_column(const Schema *s, const KeyInfo *k, size_t place) {
  if (k->parent_column.len) return k->parent_column;
  for (size_t i = 0; i < s->columns.count; i++)
    if (s->columns.items[i].key == place && propter_str_equal(s->columns.items[i].table, k->parent)) return s->columns.items[i].column;
  return k->parent_column;
}

/* --- Triples maps ---------------------------------------------------------------------------------------------------------------- */

static void add_template_text(PropterBuf *out, PropterStr name) {
  PropterBuf encoded = {0};
  model_encode(&encoded, name);
  propter_buf_add(out, propter_buf_str(&encoded));
  propter_buf_clear(&encoded);
}

static void add_reference(PropterBuf *out, PropterStr name) {
  propter_buf_add_char(out, '{');
  for (size_t i = 0; i < name.len; i++) {
    if (strchr("{}\\", name.data[i])) propter_buf_add_char(out, '\\');
    propter_buf_add_char(out, name.data[i]);
  }
  propter_buf_add_char(out, '}');
}

static PropterStatus make_iri(Schema *s, PropterBuf *text, TermMap **out, PropterError *err) {
  PropterStatus status = propter_buf_status(text, err);
  PropterStr base = s->m->options->base;
  PropterStr iri =
      status == PROPTER_OK ? propter_arena_printf(&s->m->arena, "%.*s%.*s", (int)base.len, base.data, (int)text->len, text->data) : (PropterStr){NULL, 0};
  propter_buf_clear(text);
  if (status != PROPTER_OK) return status;
  if (!iri.data) return no_memory(err);
  PropterTerm term = propter_iri(iri);
  return model_constant(s->m, &term, s->at, out, err);
}

/* <Table/key=value;key=value>, or a blank node for each row of a table without a primary key. */
static PropterStatus make_subject(Schema *s, PropterStr table, TermMap **out, PropterError *err) {
  PropterBuf text = {0};
  size_t places = 0;
  add_template_text(&text, table);
  for (size_t place = 1, found = 1; found; place++) {
    found = 0;
    for (size_t i = 0; i < s->columns.count && !found; i++) {
      const ColumnInfo *c = &s->columns.items[i];
      if (c->key != place || !propter_str_equal(c->table, table)) continue;
      propter_buf_add_char(&text, place == 1 ? '/' : ';');
      add_template_text(&text, c->column);
      propter_buf_add_char(&text, '=');
      add_reference(&text, c->column);
      places = found = place;
    }
  }
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK && places) {
    PropterStr kept = propter_arena_copy(&s->m->arena, propter_buf_str(&text));
    status = kept.data ? model_template(s->m, kept, TYPE_IRI, s->at, out, err) : no_memory(err);
    if (status == PROPTER_OK) (*out)->base = s->m->options->base;
  } else if (status == PROPTER_OK) {
    TermMap *t = *out = model_alloc(s->m, sizeof *t, err);
    status = t ? PROPTER_OK : PROPTER_NO_MEMORY;
    if (t) *t = (TermMap){.type = TYPE_BLANK, .number = ++s->m->fresh_count, .at = s->at};
  }
  propter_buf_clear(&text);
  return status;
}

static PropterStatus say(Schema *s, TriplesMap *map, TermMap *predicate, ObjectMap object, PropterError *err) {
  PredicateObject po = {0};
  (void)s;
  if (propter_vec_push(&po.predicates, predicate) && propter_vec_push(&po.objects, object) && propter_vec_push(&map->says, po)) return PROPTER_OK;
  propter_vec_clear(&po.predicates);
  propter_vec_clear(&po.objects);
  return no_memory(err);
}

static PropterStatus add_table(Schema *s, PropterStr table, size_t source, PropterError *err) {
  PropterMapping *m = s->m;
  TriplesMap map = {.node = NO_NODE, .source = source, .at = s->at};
  PropterTerm type = model_word(VOCAB_rdf_type);
  PropterBuf text = {0};
  TermMap *predicate;
  ObjectMap object = {.at = s->at};
  PROPTER_TRY(make_subject(s, table, &map.subject, err));
  if (!propter_vec_push(&m->maps, map)) return no_memory(err);
  TriplesMap *to = &m->maps.items[m->maps.count - 1];
  add_template_text(&text, table);
  PROPTER_TRY(make_iri(s, &text, &object.map, err));
  PROPTER_TRY(model_constant(m, &type, s->at, &predicate, err));
  PROPTER_TRY(say(s, to, predicate, object, err));
  for (size_t i = 0; i < s->columns.count; i++) {
    const ColumnInfo *c = &s->columns.items[i];
    if (!propter_str_equal(c->table, table)) continue;
    add_template_text(&text, table);
    propter_buf_add_char(&text, '#');
    add_template_text(&text, c->column);
    PROPTER_TRY(make_iri(s, &text, &predicate, err));
    PROPTER_TRY(model_reference(m, c->column, TYPE_LITERAL, s->at, &object.map, err));
    PROPTER_TRY(say(s, to, predicate, object, err));
  }
  return PROPTER_OK;
}

static size_t find_map(const Schema *s, PropterStr table) {
  const PropterMapping *m = s->m;
  for (size_t i = 0; i < m->maps.count; i++)
    if (propter_str_equal(propter_str(m->sources.items[m->maps.items[i].source].options.table), table)) return i;
  return SIZE_MAX;
}

/* <Table#ref-column;column>: the row that the foreign key names. */
static PropterStatus add_reference_to(Schema *s, size_t first, size_t count, PropterError *err) {
  PropterMapping *m = s->m;
  const KeyInfo *k = &s->keys.items[first];
  size_t child = find_map(s, k->table);
  ObjectMap object = {.parent = find_map(s, k->parent), .join_count = count, .number = m->join_count++, .at = s->at};
  if (child == SIZE_MAX || object.parent == SIZE_MAX) return PROPTER_OK;
  PropterBuf text = {0};
  TermMap *predicate;
  object.joins = model_alloc(m, count * sizeof *object.joins, err);
  if (!object.joins) return PROPTER_NO_MEMORY;
  add_template_text(&text, k->table);
  propter_buf_add(&text, PROPTER_STR("#ref-"));
  for (size_t i = 0; i < count; i++) {
    if (i) propter_buf_add_char(&text, ';');
    add_template_text(&text, k[i].column);
    PropterStatus status = model_reference(m, k[i].column, TYPE_LITERAL, s->at, &object.joins[i].child, err);
    if (status == PROPTER_OK) status = model_reference(m, parent_column(s, &k[i], i + 1), TYPE_LITERAL, s->at, &object.joins[i].parent, err);
    if (status != PROPTER_OK) return propter_buf_clear(&text), status;
  }
  PROPTER_TRY(make_iri(s, &text, &predicate, err));
  return say(s, &m->maps.items[child], predicate, object, err);
}

static PropterStatus build(Schema *s, const LogicalSource *source, PropterError *err) {
  for (size_t i = 0; i < s->columns.count; i++) {
    PropterStr table = s->columns.items[i].table;
    size_t index;
    if (i && propter_str_equal(table, s->columns.items[i - 1].table)) continue;
    LogicalSource one = *source;
    one.options.table = table.data;
    index = s->m->sources.count;
    PROPTER_TRY(source_files(s->m, &one, err));
    if (!propter_vec_push(&s->m->sources, one)) return no_memory(err);
    PROPTER_TRY(add_table(s, table, index, err));
  }
  for (size_t i = 0, n; i < s->keys.count; i += n) {
    const KeyInfo *k = &s->keys.items[i];
    for (n = 1; i + n < s->keys.count && propter_str_equal(k[n].table, k->table) && propter_str_equal(k[n].number, k->number); n++) {}
    PROPTER_TRY(add_reference_to(s, i, n, err));
  }
  return PROPTER_OK;
}

PropterStatus direct_compile(PropterMapping *m, PropterError *err) {
  LogicalSource source = {0};
  DocTriple *at = model_alloc(m, sizeof *at, err);
  Schema s = {.m = m, .at = at};
  if (!at) return PROPTER_NO_MEMORY;
  source.at = at;
  PROPTER_TRY(source_of_database(m, &source, err));
  const DocFile file = {.path = source.is.path.data, .directory = {"", 0}, .iri = source.is.graph, .base = {"", 0}};
  if (!propter_vec_push(&m->doc.files, file)) return no_memory(err);
  if (strcmp(source.options.format, "odbc") == 0)
    return propter_fail(err, PROPTER_INVALID, "the direct mapping reads SQLite and PostgreSQL, not odbc: write a mapping");
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < sizeof queries / sizeof *queries && status == PROPTER_OK; i++) {
    if (strcmp(queries[i].format, source.options.format) != 0) continue;
    status = read_rows(&s, &source, queries[i].columns, err);
    if (status == PROPTER_OK) status = read_rows(&s, &source, queries[i].keys, err);
  }
  if (status == PROPTER_OK) status = build(&s, &source, err);
  propter_vec_clear(&s.columns);
  propter_vec_clear(&s.keys);
  return status;
}

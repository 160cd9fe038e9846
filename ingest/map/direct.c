/* SPDX-License-Identifier: Apache-2.0 */
/* A Direct Mapping of Relational Data to RDF (W3C): triples maps from the tables, primary and foreign keys of a database. */
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "schema.h"

typedef struct {
  PropterMapping *m;
  const DocTriple *at;
  Schema is;
} Direct;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a direct mapping"); }

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

static PropterStatus make_iri(Direct *s, PropterBuf *text, TermMap **out, PropterError *err) {
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
static PropterStatus make_subject(Direct *s, PropterStr table, TermMap **out, PropterError *err) {
  PropterBuf text = {0};
  size_t places = 0;
  add_template_text(&text, table);
  for (size_t place = 1, found = 1; found; place++) {
    found = 0;
    for (size_t i = 0; i < s->is.columns.count && !found; i++) {
      const SchemaColumn *c = &s->is.columns.items[i];
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

static PropterStatus say(Direct *s, TriplesMap *map, TermMap *predicate, ObjectMap object, PropterError *err) {
  PredicateObject po = {0};
  (void)s;
  if (propter_vec_push(&po.predicates, predicate) && propter_vec_push(&po.objects, object) && propter_vec_push(&map->says, po)) return PROPTER_OK;
  propter_vec_clear(&po.predicates);
  propter_vec_clear(&po.objects);
  return no_memory(err);
}

static PropterStatus add_table(Direct *s, PropterStr table, size_t source, PropterError *err) {
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
  for (size_t i = 0; i < s->is.columns.count; i++) {
    const SchemaColumn *c = &s->is.columns.items[i];
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

static size_t find_map(const Direct *s, PropterStr table) {
  const PropterMapping *m = s->m;
  for (size_t i = 0; i < m->maps.count; i++)
    if (propter_str_equal(propter_str(m->sources.items[m->maps.items[i].source].options.table), table)) return i;
  return SIZE_MAX;
}

/* <Table#ref-column;column>: the row that the foreign key names. */
static PropterStatus add_reference_to(Direct *s, size_t first, size_t count, PropterError *err) {
  PropterMapping *m = s->m;
  const SchemaKey *k = &s->is.keys.items[first];
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
    if (status == PROPTER_OK) status = model_reference(m, k[i].parent_column, TYPE_LITERAL, s->at, &object.joins[i].parent, err);
    if (status != PROPTER_OK) return propter_buf_clear(&text), status;
  }
  PROPTER_TRY(make_iri(s, &text, &predicate, err));
  return say(s, &m->maps.items[child], predicate, object, err);
}

static PropterStatus build(Direct *s, const LogicalSource *source, PropterError *err) {
  for (size_t i = 0; i < s->is.columns.count; i++) {
    PropterStr table = s->is.columns.items[i].table;
    size_t index;
    if (i && propter_str_equal(table, s->is.columns.items[i - 1].table)) continue;
    LogicalSource one = *source;
    one.options.table = table.data;
    index = s->m->sources.count;
    PROPTER_TRY(source_files(s->m, &one, err));
    if (!propter_vec_push(&s->m->sources, one)) return no_memory(err);
    PROPTER_TRY(add_table(s, table, index, err));
  }
  for (size_t i = 0, n; i < s->is.keys.count; i += n) {
    const SchemaKey *k = &s->is.keys.items[i];
    for (n = 1; i + n < s->is.keys.count && propter_str_equal(k[n].table, k->table) && propter_str_equal(k[n].number, k->number); n++) {}
    PROPTER_TRY(add_reference_to(s, i, n, err));
  }
  return PROPTER_OK;
}

PropterStatus direct_compile(PropterMapping *m, PropterError *err) {
  LogicalSource source = {0};
  DocTriple *at = model_alloc(m, sizeof *at, err);
  Direct s = {.m = m, .at = at};
  if (!at) return PROPTER_NO_MEMORY;
  source.at = at;
  PROPTER_TRY(source_of_database(m, &source, err));
  const DocFile file = {.path = source.is.path.data, .directory = {"", 0}, .iri = source.is.graph, .base = {"", 0}};
  if (!propter_vec_push(&m->doc.files, file)) return no_memory(err);
  if (strcmp(source.options.format, "odbc") == 0)
    return propter_fail(err, PROPTER_INVALID, "the direct mapping reads SQLite and PostgreSQL, not odbc: write a mapping");
  PropterStatus status = schema_read(source.is.path.data, &source.options, m->options->limits, &m->arena, &s.is, err);
  if (status == PROPTER_OK) status = build(&s, &source, err);
  schema_clear(&s.is);
  return status;
}

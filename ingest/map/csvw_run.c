/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that metadata describe: their rows to quads (CSV2RDF §4), JSON or the check of keys. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "csvw_row.h"
#include "propter/rdf.h"

static const PropterStr nothing = {NULL, 0};

/* --- Terms ------------------------------------------------------------------------------------------------------------------------ */

static uint32_t term(CsvwRow *r, PropterTerm t) {
  uint32_t index = 0;
  if (r->status == PROPTER_OK) row_fail(r, eval_add(r->x, &(PropterMapTerm){.term = t}, &index, r->err));
  return index;
}

static uint32_t iri(CsvwRow *r, PropterStr text) { return term(r, propter_iri(text)); }
static uint32_t word(CsvwRow *r, const char *text) { return iri(r, propter_str(text)); }

/* A blank node that is the same in every run. */
static uint32_t blank(CsvwRow *r, const char *what, uint64_t n) {
  char label[34];
  PropterStr name = row_checked(r, propter_arena_printf(&r->arena, "%s %" PRIu64, what, n));
  model_blank(r->x->m, r->t->document, name, label);
  return term(r, (PropterTerm){PROPTER_TERM_BLANK, row_keep(r, propter_str(label)), {"", 0}, {"", 0}});
}

static void triple(CsvwRow *r, uint32_t s, uint32_t p, uint32_t o) {
  if (r->status == PROPTER_OK && !propter_vec_push(&r->x->quads, ((PropterMapQuad){s, p, o, PROPTER_MAP_DEFAULT, 0}))) (void)row_checked(r, nothing);
}

/* Hands over what was made. */
static void flush(CsvwRow *r) {
  Execution *x = r->x;
  if (r->status == PROPTER_OK && x->quads.count) {
    PropterMapRecord record = {x->source, r->map, r->line, x->terms.items, x->terms.count, x->quads.items, x->quads.count, NULL};
    row_fail(r, x->sink->record(&record, x->sink->payload, r->err));
  }
  x->terms.count = x->quads.count = 0;
}

/* --- Annotations ------------------------------------------------------------------------------------------------------------------- */

static void annotations(CsvwRow *r, uint32_t subject, const json_t *object);

static uint32_t literal(CsvwRow *r, const json_t *v, PropterStr language, PropterStr datatype) {
  PropterTerm t = propter_literal((PropterStr){"", 0});
  if (json_is_string(v)) {
    t.value = propter_str(json_string_value(v));
    if (datatype.data && !propter_str_equal(datatype, PROPTER_STR(XSD "string"))) t.datatype = datatype;
    else if (language.len && !propter_str_equal(language, PROPTER_STR("und"))) t.language = language;
  } else if (json_is_boolean(v)) {
    t = propter_typed(propter_str(json_is_true(v) ? "true" : "false"), datatype.data ? datatype : PROPTER_STR(XSD "boolean"));
  } else if (json_is_integer(v)) {
    t = propter_typed(row_checked(r, propter_arena_printf(&r->arena, "%lld", (long long)json_integer_value(v))),
                      datatype.data ? datatype : PROPTER_STR(XSD "integer"));
  } else {
    t = propter_typed(row_checked(r, propter_arena_printf(&r->arena, "%.15g", json_number_value(v))), datatype.data ? datatype : PROPTER_STR(XSD "double"));
  }
  return term(r, t);
}

static void say_value(CsvwRow *r, uint32_t s, uint32_t p, const json_t *v) {
  const json_t *value = json_is_object(v) ? json_object_get(v, "@value") : NULL;
  for (size_t i = 0; json_is_array(v) && i < json_array_size(v); i++) say_value(r, s, p, json_array_get(v, i));
  if (json_is_array(v) || json_is_null(v)) return;
  if (value) {
    const char *language = json_string_value(json_object_get(v, "@language")), *type = json_string_value(json_object_get(v, "@type"));
    PropterStr datatype = nothing;
    CsvwKind kind;
    if (type && !csvw_datatype(type, &r->arena, &datatype, &kind)) datatype = row_named(r, propter_str(type));
    triple(r, s, p, literal(r, value, language ? propter_str(language) : nothing, datatype));
  } else if (json_is_object(v)) {
    const char *id = json_string_value(json_object_get(v, "@id"));
    PropterStr own = id ? row_named(r, propter_str(id)) : nothing;
    uint32_t o =
        id ? iri(r, own.data ? own : row_resolved(r, r->t->base, propter_str(id))) : blank(r, r->t->url.data, UINT32_MAX + (uint64_t)r->x->terms.count);
    triple(r, s, p, o);
    annotations(r, o, v);
  } else {
    triple(r, s, p, literal(r, v, r->t->lang, nothing));
  }
}

/* What a description says with prefixed properties, and its types where it is no part of a table group. */
static void annotations(CsvwRow *r, uint32_t subject, const json_t *object) {
  static const char *const parts[] = {"url", "tables", "tableSchema"};
  const char *key;
  json_t *v;
  bool part = false;
  for (size_t i = 0; i < 3; i++) part |= json_object_get(object, parts[i]) != NULL;
  json_object_foreach((json_t *)object, key, v) {
    PropterStr predicate = strchr(key, ':') ? row_named(r, propter_str(key)) : nothing;
    if (predicate.data) say_value(r, subject, iri(r, predicate), v);
    for (size_t i = 0; !part && strcmp(key, "@type") == 0 && i < (json_is_array(v) ? json_array_size(v) : 1); i++) {
      const char *type = json_string_value(json_is_array(v) ? json_array_get(v, i) : v);
      PropterStr class = type ? row_named(r, propter_str(type)) : nothing;
      if (class.data) triple(r, subject, word(r, RDF "type"), iri(r, class));
    }
  }
  if (part && json_object_get(object, "notes")) say_value(r, subject, word(r, CSVW "note"), json_object_get(object, "notes"));
}

static uint32_t node(CsvwRow *r, const json_t *json, const char *what) {
  const json_t *id = json ? json_object_get(json, "@id") : NULL;
  return id ? iri(r, row_resolved(r, r->t->base, propter_str(json_string_value(id)))) : blank(r, what, 0);
}

/* The group and the table; the table's term is made again for each record. */
static void say_table(CsvwRow *r) {
  uint32_t group = node(r, r->t->group, "group"), type = word(r, RDF "type"), table = node(r, r->t->json, r->t->url.data);
  triple(r, group, type, word(r, CSVW "TableGroup"));
  if (r->t->group) annotations(r, group, r->t->group);
  if (!r->t->suppressed) {
    triple(r, group, word(r, CSVW "table"), table);
    triple(r, table, type, word(r, CSVW "Table"));
    triple(r, table, word(r, CSVW "url"), iri(r, r->t->url));
    annotations(r, table, r->t->json);
  }
  flush(r);
}

/* --- Rows -------------------------------------------------------------------------------------------------------------------------- */

static void list(CsvwRow *r, uint32_t s, uint32_t p, const CsvwValues *values, size_t column) {
  uint32_t nil = word(r, RDF "nil"), first = word(r, RDF "first"), rest = word(r, RDF "rest");
  char what[32];
  (void)snprintf(what, sizeof what, "list %zu %" PRIu64, column, r->number);
  PropterStr name = row_checked(r, propter_arena_printf(&r->arena, "%s %s", r->t->url.data, what));
  for (size_t i = 0; i < values->count; i++) {
    uint32_t head = blank(r, name.data, i);
    triple(r, s, i ? rest : p, head);
    triple(r, head, first, term(r, values->items[i]));
    s = head;
  }
  triple(r, s, values->count ? rest : p, nil);
}

static void say_cell(CsvwRow *r, uint32_t subject, const CsvwColumn *c, const CsvwValues *values) {
  PropterStr property = c->property.data ? row_expand(r, c->property, c) : nothing;
  if (c->property.data && !property.data) return;
  if (!property.data) property = row_checked(r, propter_arena_printf(&r->arena, "%s#%s", r->t->url.data, c->name.data));
  uint32_t p = iri(r, property);
  if (c->value.data && (values->count || c->is_virtual)) {
    PropterStr object = row_expand(r, c->value, c);
    if (object.len) triple(r, subject, p, iri(r, object));
  } else if (c->separator.data && c->ordered && values->count) {
    list(r, subject, p, values, (size_t)(c - r->t->columns.items));
  } else {
    for (size_t i = 0; i < values->count; i++) triple(r, subject, p, term(r, values->items[i]));
  }
}

static void say_titles(CsvwRow *r, uint32_t row) {
  const json_t *titles = r->t->row_titles;
  for (size_t i = 0; titles && i < (json_is_array(titles) ? json_array_size(titles) : 1); i++) {
    const char *name = json_string_value(json_is_array(titles) ? json_array_get(titles, i) : titles);
    for (size_t c = 0; name && c < r->t->columns.count; c++)
      for (size_t k = 0; propter_str_equal(r->t->columns.items[c].name, propter_str(name)) && k < r->cells[c].count; k++) {
        PropterTerm title = r->cells[c].items[k];
        title.datatype = (PropterStr){"", 0};
        triple(r, row, word(r, CSVW "title"), term(r, title));
      }
  }
}

static uint32_t say_row(CsvwRow *r) {
  uint32_t table = node(r, r->t->json, r->t->url.data),
           row = blank(r, row_checked(r, propter_arena_printf(&r->arena, "row %s", r->t->url.data)).data, r->number);
  triple(r, table, word(r, CSVW "row"), row);
  triple(r, row, word(r, RDF "type"), word(r, CSVW "Row"));
  triple(r, row, word(r, CSVW "rownum"),
         term(r, propter_typed(row_checked(r, propter_arena_printf(&r->arena, "%" PRIu64, r->number)), PROPTER_STR(XSD "integer"))));
  triple(r, row, word(r, CSVW "url"), iri(r, row_checked(r, propter_arena_printf(&r->arena, "%s#row=%" PRIu64, r->t->url.data, r->line))));
  return row;
}

static void say(CsvwRow *r) {
  const CsvwTable *t = r->t;
  uint32_t own = UINT32_MAX, standing = t->minimal ? 0 : say_row(r);
  if (!t->minimal) say_titles(r, standing);
  for (size_t i = 0; i < t->columns.count; i++) {
    const CsvwColumn *c = &t->columns.items[i];
    if (c->suppressed) continue;
    bool named_by = c->about.data != NULL;
    if (!named_by && own == UINT32_MAX) own = blank(r, row_checked(r, propter_arena_printf(&r->arena, "subject %s", t->url.data)).data, r->number);
    PropterStr about = named_by ? row_expand(r, c->about, c) : nothing;
    if (named_by && !about.data) continue;
    uint32_t subject = named_by ? iri(r, about) : own;
    if (!t->minimal) triple(r, standing, word(r, CSVW "describes"), subject);
    say_cell(r, subject, c, &r->cells[i]);
  }
  flush(r);
}

/* --- Tables ----------------------------------------------------------------------------------------------------------------------- */

static uint64_t breaks_in(const PropterRow *row) {
  uint64_t n = 0;
  for (size_t i = 0; i < row->count; i++)
    for (size_t k = 0; k < row->cells[i].len; k++) n += row->cells[i].data[k] == '\n';
  return n;
}

static void run_row(CsvwRow *r, const PropterRow *row) {
  if (row->problem && row->count != r->t->columns.count + r->t->skip_columns)
    row_reject(r, NULL, row->count ? row->cells[0] : (PropterStr){"", 0}, "columns", "%s", row->problem);
  row_read(r, row);
  if (r->x->m->csvw->validate) csvw_keys_row(r);
  else if (r->x->sink->json) csvw_json_row(r);
  else say(r);
  propter_arena_clear(&r->arena);
}

static void run_table(CsvwRow *r, PropterTable *table) {
  PropterRow row;
  bool found = true;
  for (size_t i = 0; i < r->t->problems.count; i++) {
    const CsvwProblem *p = &r->t->problems.items[i];
    r->place = p->line;
    row_reject(r, p->column < r->t->columns.count ? &r->t->columns.items[p->column] : NULL, p->value, "header", "%s", p->reason);
  }
  for (size_t headers = r->t->header_rows; r->status == PROPTER_OK && found;) {
    row_fail(r, propter_table_next(table, &row, &found, r->err));
    if (r->status != PROPTER_OK || !found) return;
    r->place = row.line, r->line = row.line - r->breaks;
    r->breaks += breaks_in(&row);
    if (row.line <= r->t->skip_rows) continue;
    if (headers) {
      headers--;
      continue;
    }
    r->number++;
    r->x->counts->rows++;
    run_row(r, &row);
  }
}

static PropterStatus run(CsvwRow *r) {
  Execution *x = r->x;
  const LogicalSource *s = &x->m->sources.items[x->source];
  bool json = x->sink->json && !x->m->csvw->validate;
  PropterTable *table = NULL;
  r->cells = propter_calloc(r->t->columns.count, sizeof *r->cells);
  r->values = propter_calloc(r->t->columns.count, sizeof *r->values);
  if (!r->cells || !r->values) (void)row_checked(r, nothing);
  if (json) csvw_json_begin(r);
  else if (!r->t->minimal && !x->m->csvw->validate && r->status == PROPTER_OK) say_table(r);
  if (!r->t->suppressed && r->status == PROPTER_OK) row_fail(r, propter_table_open(s->is.path.data, &s->options, x->options->limits, &table, r->err));
  if (table) run_table(r, table);
  propter_table_close(table);
  if (json) csvw_json_end(r);
  for (size_t i = 0; r->cells && i < r->t->columns.count; i++) propter_vec_clear(&r->cells[i]);
  propter_free(r->cells);
  propter_free(r->values);
  propter_buf_clear(&r->text);
  propter_buf_clear(&r->value);
  propter_arena_clear(&r->arena);
  return r->status;
}

PropterStatus csvw_run(Execution *x, size_t source, PropterError *err) {
  const Csvw *c = x->m->csvw;
  x->source = source, x->file = 0;
  x->terms.count = x->quads.count = 0;
  if (x->options->subjects_only) return PROPTER_OK;
  CsvwRow r = {.x = x, .err = err};
  size_t n = 0;
  while (c->tables.items[n].source != source) n++;
  r.t = &c->tables.items[n];
  while (x->m->maps.items[r.map].source != source) r.map++;
  for (size_t i = 0; !n && i < c->warnings.count; i++) propter_log(x->options->log, PROPTER_LOG_WARNING, "ingest", "%s", c->warnings.items[i].data);
  PROPTER_TRY(run(&r));
  return c->validate && n + 1 == c->tables.count ? csvw_keys_end(x, err) : PROPTER_OK;
}

bool propter_mapping_is_csvw(const PropterMapping *m) { return m->csvw && m->doc.files.count == 1; }

const char *propter_mapping_warning(const PropterMapping *m, size_t n) {
  if (n < m->doc.warnings.count) return m->doc.warnings.items[n];
  n -= m->doc.warnings.count;
  return m->csvw && n < m->csvw->warnings.count ? m->csvw->warnings.items[n].data : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that metadata describe, to quads: CSV2RDF §4 with URI templates of RFC 6570. A failure is kept and what follows it does nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "csvw.h"
#include "propter/rdf.h"

#define CSVW "http://www.w3.org/ns/csvw#"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define XSD "http://www.w3.org/2001/XMLSchema#"

typedef struct {
  Execution *x;
  const CsvwTable *t;
  size_t map;         /* the table's triples map */
  PropterArena arena; /* of one record */
  PropterBuf text, value;
  PropterStr *values;    /* of each column, as templates see it; no data: none */
  uint64_t number, line; /* of the row: among the data, in the file */
  uint64_t breaks;       /* lines inside cells so far */
  const CsvwColumn *column;
  PropterStatus status;
  PropterError *err;
} Run;

static const PropterStr nothing = {NULL, 0};

static void fail(Run *r, PropterStatus status) {
  if (r->status == PROPTER_OK && status != PROPTER_OK) r->status = status;
}

static PropterStr checked(Run *r, PropterStr text) {
  if (!text.data && r->status == PROPTER_OK) r->status = propter_fail(r->err, PROPTER_NO_MEMORY, "out of memory executing a mapping");
  return text.data ? text : (PropterStr){"", 0};
}

static PropterStr keep(Run *r, PropterStr text) { return checked(r, propter_arena_copy(&r->arena, text)); }

/* What a buffer holds. */
static PropterStr kept(Run *r, const PropterBuf *text) {
  fail(r, propter_buf_status(text, r->err));
  return keep(r, propter_buf_str(text));
}

/* --- Terms ------------------------------------------------------------------------------------------------------------------------ */

static uint32_t term(Run *r, PropterTerm t) {
  uint32_t index = 0;
  if (r->status == PROPTER_OK) fail(r, eval_add(r->x, &(PropterMapTerm){.term = t}, &index, r->err));
  return index;
}

static uint32_t iri(Run *r, PropterStr text) { return term(r, propter_iri(text)); }
static uint32_t word(Run *r, const char *text) { return iri(r, propter_str(text)); }

/* A blank node that is the same in every run. */
static uint32_t blank(Run *r, const char *what, uint64_t n) {
  char label[34];
  PropterStr name = checked(r, propter_arena_printf(&r->arena, "%s %" PRIu64, what, n));
  model_blank(r->x->m, r->t->document, name, label);
  return term(r, (PropterTerm){PROPTER_TERM_BLANK, keep(r, propter_str(label)), {"", 0}, {"", 0}});
}

static void triple(Run *r, uint32_t s, uint32_t p, uint32_t o) {
  if (r->status == PROPTER_OK && !propter_vec_push(&r->x->quads, ((PropterMapQuad){s, p, o, PROPTER_MAP_DEFAULT, 0}))) (void)checked(r, nothing);
}

/* csvw_expand. */
static PropterStr named(Run *r, PropterStr text) {
  PropterStr made = csvw_expand(&r->arena, text);
  if (!made.data && made.len) (void)checked(r, nothing);
  return made;
}

static PropterStr resolved(Run *r, PropterStr base, PropterStr reference) {
  PropterBuf out = {0};
  PropterStr made = {"", 0};
  if (r->status == PROPTER_OK && propter_iri_resolve(base, reference, &out, NULL) == PROPTER_OK) made = kept(r, &out);
  propter_buf_clear(&out);
  return made;
}

/* Hands over what was made. */
static void flush(Run *r) {
  Execution *x = r->x;
  if (r->status == PROPTER_OK && x->quads.count) {
    PropterMapRecord record = {x->source, r->map, r->line, x->terms.items, x->terms.count, x->quads.items, x->quads.count};
    fail(r, x->sink->record(&record, x->sink->payload, r->err));
  }
  x->terms.count = x->quads.count = 0;
  propter_arena_clear(&r->arena);
}

/* --- Annotations ------------------------------------------------------------------------------------------------------------------- */

static void annotations(Run *r, uint32_t subject, const json_t *object);

static uint32_t literal(Run *r, const json_t *v, PropterStr language, PropterStr datatype) {
  PropterTerm t = propter_literal((PropterStr){"", 0});
  if (json_is_string(v)) {
    t.value = propter_str(json_string_value(v));
    if (datatype.data && !propter_str_equal(datatype, PROPTER_STR(XSD "string"))) t.datatype = datatype;
    else if (language.len && !propter_str_equal(language, PROPTER_STR("und"))) t.language = language;
  } else if (json_is_boolean(v)) {
    t = propter_typed(propter_str(json_is_true(v) ? "true" : "false"), datatype.data ? datatype : PROPTER_STR(XSD "boolean"));
  } else if (json_is_integer(v)) {
    t = propter_typed(checked(r, propter_arena_printf(&r->arena, "%lld", (long long)json_integer_value(v))),
                      datatype.data ? datatype : PROPTER_STR(XSD "integer"));
  } else {
    t = propter_typed(checked(r, propter_arena_printf(&r->arena, "%.15g", json_number_value(v))), datatype.data ? datatype : PROPTER_STR(XSD "double"));
  }
  return term(r, t);
}

static void say(Run *r, uint32_t s, uint32_t p, const json_t *v) {
  const json_t *value = json_is_object(v) ? json_object_get(v, "@value") : NULL;
  for (size_t i = 0; json_is_array(v) && i < json_array_size(v); i++) say(r, s, p, json_array_get(v, i));
  if (json_is_array(v) || json_is_null(v)) return;
  if (value) {
    const char *language = json_string_value(json_object_get(v, "@language")), *type = json_string_value(json_object_get(v, "@type"));
    PropterStr datatype = nothing;
    CsvwKind kind;
    if (type && !csvw_datatype(type, &r->arena, &datatype, &kind)) datatype = named(r, propter_str(type));
    triple(r, s, p, literal(r, value, language ? propter_str(language) : nothing, datatype));
  } else if (json_is_object(v)) {
    const char *id = json_string_value(json_object_get(v, "@id"));
    PropterStr own = id ? named(r, propter_str(id)) : nothing;
    uint32_t o = id ? iri(r, own.data ? own : resolved(r, r->t->base, propter_str(id))) : blank(r, r->t->url.data, UINT32_MAX + (uint64_t)r->x->terms.count);
    triple(r, s, p, o);
    annotations(r, o, v);
  } else {
    triple(r, s, p, literal(r, v, r->t->lang, nothing));
  }
}

/* What a description says with prefixed properties, and its types where it is no part of a table group. */
static void annotations(Run *r, uint32_t subject, const json_t *object) {
  static const char *const parts[] = {"url", "tables", "tableSchema"};
  const char *key;
  json_t *v;
  bool part = false;
  for (size_t i = 0; i < 3; i++) part |= json_object_get(object, parts[i]) != NULL;
  json_object_foreach((json_t *)object, key, v) {
    PropterStr predicate = strchr(key, ':') ? named(r, propter_str(key)) : nothing;
    if (predicate.data) say(r, subject, iri(r, predicate), v);
    for (size_t i = 0; !part && strcmp(key, "@type") == 0 && i < (json_is_array(v) ? json_array_size(v) : 1); i++) {
      const char *type = json_string_value(json_is_array(v) ? json_array_get(v, i) : v);
      PropterStr class = type ? named(r, propter_str(type)) : nothing;
      if (class.data) triple(r, subject, word(r, RDF "type"), iri(r, class));
    }
  }
  if (part && json_object_get(object, "notes")) say(r, subject, word(r, CSVW "note"), json_object_get(object, "notes"));
}

static uint32_t node(Run *r, const json_t *json, const char *what) {
  const json_t *id = json ? json_object_get(json, "@id") : NULL;
  return id ? iri(r, resolved(r, r->t->base, propter_str(json_string_value(id)))) : blank(r, what, 0);
}

/* The group and the table; the table's term is made again for each record. */
static void say_table(Run *r) {
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

static void reject(Run *r, const CsvwColumn *c, PropterStr text, const char *wanted) {
  Execution *x = r->x;
  char reason[300];
  (void)snprintf(reason, sizeof reason, "expected %s, found \"%.*s\"", wanted, (int)(text.len < 60 ? text.len : 60), text.data);
  PropterReject reject = {
      x->m->sources.items[x->source].is.path, r->line, c->title.len ? c->title : c->name, text, PROPTER_STR("datatype"), propter_str(reason)};
  x->counts->rejects++;
  if (!x->options->subjects_only) fail(r, x->sink->reject(&reject, x->sink->payload, r->err));
}

/* --- URI templates ------------------------------------------------------------------------------------------------------------------ */

static int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

static PropterStr decoded(Run *r, PropterStr text) {
  PropterBuf out = {0};
  for (size_t i = 0; i < text.len; i++) {
    bool escaped = text.data[i] == '%' && i + 2 < text.len && hex(text.data[i + 1]) >= 0 && hex(text.data[i + 2]) >= 0;
    propter_buf_add_char(&out, escaped ? (char)(hex(text.data[i + 1]) * 16 + hex(text.data[i + 2])) : text.data[i]);
    if (escaped) i += 2;
  }
  PropterStr made = kept(r, &out);
  propter_buf_clear(&out);
  return made;
}

static PropterStr variable(Run *r, PropterStr name) {
  const struct {
    const char *name;
    uint64_t value;
  } numbers[] = {{"_row", r->number},
                 {"_sourceRow", r->line},
                 {"_column", r->column ? (uint64_t)(r->column - r->t->columns.items) + 1 : 0},
                 {"_sourceColumn", r->column ? (uint64_t)(r->column - r->t->columns.items) + 1 + r->t->skip_columns : 0}};
  for (size_t i = 0; i < 4; i++)
    if (propter_str_equal(name, propter_str(numbers[i].name))) return checked(r, propter_arena_printf(&r->arena, "%" PRIu64, numbers[i].value));
  if (propter_str_equal(name, PROPTER_STR("_name")) && r->column) return decoded(r, r->column->name);
  for (size_t i = 0; i < r->t->columns.count; i++)
    if (propter_str_equal(name, r->t->columns.items[i].name)) return r->values[i];
  return nothing;
}

static void add_encoded(PropterBuf *out, PropterStr value, bool reserved) {
  for (size_t i = 0; i < value.len; i++) {
    unsigned char c = (unsigned char)value.data[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c)) ||
                 (reserved && c && strchr(":/?#[]@!$&'()*+,;=", c)) ||
                 (reserved && c == '%' && i + 2 < value.len && hex(value.data[i + 1]) >= 0 && hex(value.data[i + 2]) >= 0);
    if (plain) propter_buf_add_char(out, (char)c);
    else propter_buf_printf(out, "%%%02X", c);
  }
}

/* One expression without its braces. */
static void expression(Run *r, PropterStr e) {
  char operator= e.len && strchr("+#./;?&", *e.data) ? *e.data : '\0';
  bool named = operator&& strchr(";?&", operator), first = true;
  char separator = operator== '/' || operator== '.' || operator== ';' ? operator: operator== '?' || operator== '&' ? '&' : ',';
  if (operator) e.data++, e.len--;
  while (e.len) {
    const char *comma = memchr(e.data, ',', e.len);
    PropterStr name = {e.data, comma ? (size_t)(comma - e.data) : e.len};
    e.data += name.len + (comma != NULL), e.len -= name.len + (comma != NULL);
    if (name.len && name.data[name.len - 1] == '*') name.len--;
    PropterStr value = variable(r, name);
    if (!value.data) continue;
    if (!first || (operator&& operator!= '+')) propter_buf_add_char(&r->text, first ? operator : separator);
    if (named) propter_buf_printf(&r->text, "%.*s%s", (int)name.len, name.data, operator== ';' && !value.len ? "" : "=");
    add_encoded(&r->text, value, operator== '+' || operator== '#');
    first = false;
  }
}

/* A template's IRI, its prefix expanded, resolved against the table's URL; no data: it is none, which is rejected. */
static PropterStr expand(Run *r, PropterStr template, const CsvwColumn *column) {
  r->column = column;
  propter_buf_reset(&r->text);
  for (size_t i = 0; i < template.len; i++) {
    const char *end = template.data[i] == '{' ? memchr(template.data + i, '}', template.len - i) : NULL;
    if (!end) {
      propter_buf_add_char(&r->text, template.data[i]);
      continue;
    }
    expression(r, (PropterStr){template.data + i + 1, (size_t)(end - template.data) - i - 1});
    i = (size_t)(end - template.data);
  }
  fail(r, propter_buf_status(&r->text, r->err));
  PropterStr text = keep(r, propter_buf_str(&r->text)), made = named(r, text);
  if (!made.data) made = resolved(r, r->t->url, text);
  if (propter_iri_valid(made, NULL)) return made;
  reject(r, column, made, "an IRI");
  return nothing;
}

/* --- Cells -------------------------------------------------------------------------------------------------------------------------- */

static bool is_null(const CsvwColumn *c, PropterStr text) {
  if (!c->nulls) return !text.len;
  for (size_t i = 0; i < (json_is_array(c->nulls) ? json_array_size(c->nulls) : 1); i++)
    if (propter_str_equal(text, propter_str(json_string_value(json_is_array(c->nulls) ? json_array_get(c->nulls, i) : c->nulls)))) return true;
  return false;
}

/* White space as the datatype wants it: kept, each a blank, or runs of it one blank. */
static PropterStr normal(Run *r, const CsvwType *type, PropterStr text) {
  static const char *const keeps[] = {"string", "json", "xml", "html", "anyAtomicType", "any"};
  for (size_t i = 0; i < sizeof keeps / sizeof *keeps; i++)
    if (strcmp(type->base, keeps[i]) == 0) return text;
  bool collapse = strcmp(type->base, "normalizedString") != 0, changed = false;
  PropterBuf out = {0};
  if (collapse) text = propter_str_trim(text);
  for (size_t i = 0; i < text.len; i++) {
    bool space = strchr(" \t\r\n", text.data[i]) != NULL;
    if (space && collapse && strchr(" \t\r\n", text.data[i - 1])) changed = true;
    else propter_buf_add_char(&out, space ? ' ' : text.data[i]), changed |= space && text.data[i] != ' ';
  }
  if (changed) text = kept(r, &out);
  propter_buf_clear(&out);
  return text;
}

/* The literal of one value; false: there is none. */
static bool value_term(Run *r, const CsvwColumn *c, PropterStr text, PropterTerm *out) {
  const char *wanted;
  text = normal(r, &c->type, text);
  if (!text.len && c->otherwise.data) text = c->otherwise;
  if (is_null(c, text)) return false;
  bool good = csvw_value(&c->type, text, &r->value, &wanted);
  fail(r, propter_buf_status(&r->value, r->err));
  if (!good) reject(r, c, text, wanted);
  *out = propter_literal(keep(r, propter_buf_str(&r->value)));
  bool plain = !good || strcmp(c->type.base, "string") == 0;
  if (good && !propter_str_equal(c->type.iri, PROPTER_STR(XSD "string"))) out->datatype = c->type.iri;
  else if (plain && c->lang.len && !propter_str_equal(c->lang, PROPTER_STR("und"))) out->language = c->lang;
  return true;
}

typedef PROPTER_VEC(PropterTerm) Values;

static void cell_values(Run *r, const CsvwColumn *c, PropterStr text, Values *out) {
  PropterTerm t;
  PropterStr rest = c->separator.data ? normal(r, &c->type, text) : text;
  if (c->separator.data && !rest.len && c->otherwise.data) rest = c->otherwise;
  bool listed = c->separator.data && rest.len && !is_null(c, rest);
  if (!c->separator.data) {
    if (value_term(r, c, text, &t) && !propter_vec_push(out, t)) (void)checked(r, nothing);
    else if (!out->count && c->required) reject(r, c, text, "a value, which the column requires");
  }
  while (listed) {
    size_t end = propter_str_find(rest, c->separator);
    PropterStr item = {rest.data, end == SIZE_MAX ? rest.len : end};
    if (c->type.kind != CSVW_ANY && strcmp(c->type.base, "string") != 0) item = propter_str_trim(item);
    if (value_term(r, c, item, &t) && !propter_vec_push(out, t)) (void)checked(r, nothing);
    if (end == SIZE_MAX) break;
    rest.data += end + c->separator.len, rest.len -= end + c->separator.len;
  }
}

static PropterStr joined(Run *r, const Values *values) {
  if (!values->count) return nothing;
  if (values->count == 1) return values->items[0].value;
  PropterBuf out = {0};
  for (size_t i = 0; i < values->count; i++) propter_buf_printf(&out, "%s%.*s", i ? "," : "", (int)values->items[i].value.len, values->items[i].value.data);
  PropterStr made = kept(r, &out);
  propter_buf_clear(&out);
  return made;
}

/* --- Rows -------------------------------------------------------------------------------------------------------------------------- */

static void list(Run *r, uint32_t s, uint32_t p, const Values *values, size_t column) {
  uint32_t nil = word(r, RDF "nil"), first = word(r, RDF "first"), rest = word(r, RDF "rest");
  char what[32];
  (void)snprintf(what, sizeof what, "list %zu %" PRIu64, column, r->number);
  PropterStr name = checked(r, propter_arena_printf(&r->arena, "%s %s", r->t->url.data, what));
  for (size_t i = 0; i < values->count; i++) {
    uint32_t head = blank(r, name.data, i);
    triple(r, s, i ? rest : p, head);
    triple(r, head, first, term(r, values->items[i]));
    s = head;
  }
  triple(r, s, values->count ? rest : p, nil);
}

static void say_cell(Run *r, uint32_t subject, const CsvwColumn *c, const Values *values) {
  PropterStr property = c->property.data ? expand(r, c->property, c) : nothing;
  if (c->property.data && !property.data) return;
  if (!property.data) property = checked(r, propter_arena_printf(&r->arena, "%s#%s", r->t->url.data, c->name.data));
  uint32_t p = iri(r, property);
  if (c->value.data && (values->count || c->is_virtual)) {
    PropterStr object = expand(r, c->value, c);
    if (object.len) triple(r, subject, p, iri(r, object));
  } else if (c->separator.data && c->ordered && values->count) {
    list(r, subject, p, values, (size_t)(c - r->t->columns.items));
  } else {
    for (size_t i = 0; i < values->count; i++) triple(r, subject, p, term(r, values->items[i]));
  }
}

static void say_titles(Run *r, uint32_t row, const Values *values) {
  const json_t *titles = r->t->row_titles;
  for (size_t i = 0; titles && i < (json_is_array(titles) ? json_array_size(titles) : 1); i++) {
    const char *name = json_string_value(json_is_array(titles) ? json_array_get(titles, i) : titles);
    for (size_t c = 0; name && c < r->t->columns.count; c++)
      for (size_t k = 0; propter_str_equal(r->t->columns.items[c].name, propter_str(name)) && k < values[c].count; k++) {
        PropterTerm title = values[c].items[k];
        title.datatype = (PropterStr){"", 0};
        triple(r, row, word(r, CSVW "title"), term(r, title));
      }
  }
}

static uint32_t say_row(Run *r) {
  uint32_t table = node(r, r->t->json, r->t->url.data), row = blank(r, checked(r, propter_arena_printf(&r->arena, "row %s", r->t->url.data)).data, r->number);
  triple(r, table, word(r, CSVW "row"), row);
  triple(r, row, word(r, RDF "type"), word(r, CSVW "Row"));
  triple(r, row, word(r, CSVW "rownum"),
         term(r, propter_typed(checked(r, propter_arena_printf(&r->arena, "%" PRIu64, r->number)), PROPTER_STR(XSD "integer"))));
  triple(r, row, word(r, CSVW "url"), iri(r, checked(r, propter_arena_printf(&r->arena, "%s#row=%" PRIu64, r->t->url.data, r->line))));
  return row;
}

static PropterStr trimmed(const CsvwTable *t, PropterStr text) {
  PropterStr inner = propter_str_trim(text);
  if (!inner.len) return t->trim_start || t->trim_end ? inner : text;
  PropterStr out = text;
  if (t->trim_start) out.len -= (size_t)(inner.data - out.data), out.data = inner.data;
  if (t->trim_end) out.len = (size_t)(inner.data + inner.len - out.data);
  return out;
}

static void run_row(Run *r, const PropterRow *row, Values *values) {
  const CsvwTable *t = r->t;
  for (size_t i = 0; i < t->columns.count; i++) {
    const CsvwColumn *c = &t->columns.items[i];
    size_t at = i + t->skip_columns;
    values[i].count = 0;
    r->values[i] = nothing;
    if (!c->is_virtual && at < row->count) cell_values(r, c, trimmed(t, row->cells[at]), &values[i]);
    if (c->is_virtual && c->otherwise.data) cell_values(r, c, c->otherwise, &values[i]);
    r->values[i] = joined(r, &values[i]);
  }
  uint32_t own = UINT32_MAX, standing = t->minimal ? 0 : say_row(r);
  if (!t->minimal) say_titles(r, standing, values);
  for (size_t i = 0; i < t->columns.count; i++) {
    const CsvwColumn *c = &t->columns.items[i];
    if (c->suppressed) continue;
    bool named_by = c->about.data != NULL;
    if (!named_by && own == UINT32_MAX) own = blank(r, checked(r, propter_arena_printf(&r->arena, "subject %s", t->url.data)).data, r->number);
    PropterStr about = named_by ? expand(r, c->about, c) : nothing;
    if (named_by && !about.data) continue;
    uint32_t subject = named_by ? iri(r, about) : own;
    if (!t->minimal) triple(r, standing, word(r, CSVW "describes"), subject);
    say_cell(r, subject, c, &values[i]);
  }
}

static uint64_t breaks_in(const PropterRow *row) {
  uint64_t n = 0;
  for (size_t i = 0; i < row->count; i++)
    for (size_t k = 0; k < row->cells[i].len; k++) n += row->cells[i].data[k] == '\n';
  return n;
}

static void run_table(Run *r, PropterTable *table, Values *values) {
  PropterRow row;
  bool found = true;
  for (uint64_t i = 0; r->status == PROPTER_OK && found; i++) {
    fail(r, propter_table_next(table, &row, &found, r->err));
    if (r->status != PROPTER_OK || !found) return;
    r->line = row.line - r->breaks;
    r->breaks += breaks_in(&row);
    if (i < r->t->skip_rows + r->t->header_rows) continue;
    r->number++;
    r->x->counts->rows++;
    if (row.problem && row.count != r->t->columns.count + r->t->skip_columns) {
      PropterReject bad = {r->x->m->sources.items[r->x->source].is.path,
                           row.line,
                           {"", 0},
                           row.count ? row.cells[0] : (PropterStr){"", 0},
                           PROPTER_STR("columns"),
                           propter_str(row.problem)};
      r->x->counts->rejects++;
      fail(r, r->x->sink->reject(&bad, r->x->sink->payload, r->err));
    }
    run_row(r, &row, values);
    flush(r);
  }
}

static PropterStatus run(Run *r) {
  Execution *x = r->x;
  const LogicalSource *s = &x->m->sources.items[x->source];
  PropterTable *table = NULL;
  Values *values = propter_calloc(r->t->columns.count, sizeof *values);
  r->values = propter_calloc(r->t->columns.count, sizeof *r->values);
  if (!values || !r->values) (void)checked(r, nothing);
  if (!r->t->minimal && r->status == PROPTER_OK) say_table(r);
  if (!r->t->suppressed && r->status == PROPTER_OK) fail(r, propter_table_open(s->is.path.data, &s->options, x->options->limits, &table, r->err));
  if (table) run_table(r, table, values);
  propter_table_close(table);
  for (size_t i = 0; values && i < r->t->columns.count; i++) propter_vec_clear(&values[i]);
  propter_free(values);
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
  Run r = {.x = x, .err = err};
  for (size_t i = 0; i < c->tables.count; i++)
    if (c->tables.items[i].source == source) r.t = &c->tables.items[i];
  while (x->m->maps.items[r.map].source != source) r.map++;
  for (size_t i = 0; !source && i < c->warnings.count; i++) propter_log(x->options->log, PROPTER_LOG_WARNING, "ingest", "%s", c->warnings.items[i].data);
  return run(&r);
}

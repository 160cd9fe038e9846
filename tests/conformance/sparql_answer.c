/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and comparing results. */
#include <jansson.h>

#include "propter/io.h"
#include "propter/rdf.h"
#include "propter/xml.h"
#include "sparql_case.h"

#define RS "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
#define XSD "http://www.w3.org/2001/XMLSchema#"

static PropterTerm blank(PropterStr label) { return (PropterTerm){PROPTER_TERM_BLANK, label, {"", 0}, {"", 0}}; }

static bool numeric(PropterStr type) {
  static const char *const names[] = {"integer", "decimal", "double", "float", NULL};
  for (size_t i = 0; names[i]; i++)
    if (propter_str_equal((PropterStr){type.data + sizeof XSD - 1, type.len - sizeof XSD + 1}, propter_str(names[i]))) return true;
  return false;
}

/* Numbers are compared by datatype and value: "2.0" and "2" are the same decimal. */
static PropterTerm by_value(PropterTerm t, char text[64]) {
  double d;
  /* Language tags that differ in case are the same (RDF 1.1 Concepts, 3.3). */
  if (t.language.len > 0 && t.language.len < 64) {
    for (size_t i = 0; i < t.language.len; i++)
      text[i] = (char)(t.language.data[i] >= 'A' && t.language.data[i] <= 'Z' ? t.language.data[i] + 32 : t.language.data[i]);
    t.language.data = text;
  }
  if (t.kind != PROPTER_TERM_LITERAL || !propter_str_starts(t.datatype, PROPTER_STR(XSD)) || !numeric(t.datatype) || t.value.len > 40) return t;
  PropterStr v = t.value.len && t.value.data[0] == '+' ? (PropterStr){t.value.data + 1, t.value.len - 1} : t.value;
  if (!propter_str_to_double(v, &d)) return t;
  t.value = (PropterStr){text, (size_t)snprintf(text, 64, "%.12g", d)};
  return t;
}

void answer_row(Answer *a, const PropterStr *names, const PropterTerm *terms, size_t columns) {
  char label[32], number[64], index[32];
  PropterTerm row = blank((PropterStr){label, (size_t)snprintf(label, sizeof label, "row%zu", a->count++)}),
              none = {.value = {"", 0}, .datatype = {"", 0}, .language = {"", 0}};
  PropterTerm quad[4] = {row, propter_iri(PROPTER_STR("urn:row")), propter_literal(PROPTER_STR("")), none};
  if (a->ordered) quad[2].value = (PropterStr){index, (size_t)snprintf(index, sizeof index, "%zu", a->count)};
  (void)dataset_add(&a->rows, quad);
  for (size_t i = 0; i < columns; i++) {
    PropterBuf name = {0}, value = {0};
    if (terms[i].kind == PROPTER_TERM_NONE) continue;
    propter_buf_printf(&name, "urn:var:%.*s", (int)names[i].len, names[i].data);
    quad[1] = propter_iri(propter_buf_str(&name));
    quad[2] = terms[i];
    if (terms[i].kind == PROPTER_TERM_BLANK) {
      propter_buf_printf(&value, "v%.*s", (int)terms[i].value.len, terms[i].value.data);
      quad[2] = blank(propter_buf_str(&value));
    } else if (a->lexical)
      quad[2] = propter_literal(terms[i].value);
    else
      quad[2] = by_value(terms[i], number);
    (void)dataset_add(&a->rows, quad);
    propter_buf_clear(&name);
    propter_buf_clear(&value);
  }
}

/* The rows of both, each once, as text; only for rows without blank nodes. */
static size_t distinct_rows(Answer *a, PropterMap *rows) {
  for (size_t i = 0; i < a->rows.count;) {
    PropterBuf text = {0};
    PropterStr row = a->rows.items[i].term[0].value;
    for (; i < a->rows.count && propter_str_equal(a->rows.items[i].term[0].value, row); i++)
      for (int k = 1; k < 3; k++) propter_term_write(&a->rows.items[i].term[k], &text);
    (void)propter_map_put(rows, propter_buf_str(&text), 0, NULL);
    propter_buf_clear(&text);
  }
  return rows->count;
}

static bool at_most(Answer *a, Answer *b, PropterBuf *difference) {
  PropterMap x = {0}, y = {0};
  bool same = distinct_rows(a, &x) == distinct_rows(b, &y) && a->count <= b->count;
  for (size_t i = 0; same && i < x.count; i++) same = propter_map_get(&y, x.entries[i].key) != NULL;
  if (!same) propter_buf_printf(difference, "%zu rows, at most wanted %zu; %zu different ones, wanted %zu", a->count, b->count, x.count, y.count);
  propter_map_clear(&x);
  propter_map_clear(&y);
  return same;
}

bool answer_equal(Answer *a, Answer *b, PropterBuf *difference) {
  if (a->is_boolean != b->is_boolean) return propter_buf_add(difference, PROPTER_STR("a boolean and solutions")), false;
  if (a->is_boolean) return a->boolean == b->boolean || (propter_buf_add(difference, PROPTER_STR("the other boolean")), false);
  if (a->at_most) return at_most(a, b, difference);
  if (a->count != b->count) {
    propter_buf_printf(difference, "%zu rows, wanted %zu; ", a->count, b->count);
    (void)dataset_equal(&a->rows, &b->rows, difference);
    return false;
  }
  return dataset_equal(&a->rows, &b->rows, difference);
}

void answer_clear(Answer *a) { dataset_clear(&a->rows); }

/* --- XML --------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  Answer *answer;
  PropterArena arena;
  PropterStr names[64];
  PropterTerm terms[64], term;
  size_t columns, column;
  PropterBuf text;
  PropterStr base;
} Xml;

static PropterStr attribute(const PropterXmlAttribute *attributes, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (propter_str_equal(attributes[i].name.local, propter_str(name))) return attributes[i].value;
  return PROPTER_STR("");
}

static bool is(PropterXmlName name, const char *local) { return propter_str_equal(name.local, propter_str(local)); }

static PropterStatus xml_start(void *payload, PropterXmlName name, const PropterXmlAttribute *attributes, size_t count, PropterError *err) {
  Xml *x = payload;
  (void)err;
  propter_buf_reset(&x->text);
  if (is(name, "variable") && x->columns < 64) x->names[x->columns++] = propter_arena_copy(&x->arena, attribute(attributes, count, "name"));
  if (is(name, "result")) memset(x->terms, 0, sizeof x->terms);
  if (is(name, "binding")) {
    PropterStr wanted = attribute(attributes, count, "name");
    for (x->column = 0; x->column < x->columns && !propter_str_equal(x->names[x->column], wanted);) x->column++;
    if (x->column == x->columns && x->columns < 64) x->names[x->columns++] = propter_arena_copy(&x->arena, wanted);
  }
  if (is(name, "literal")) {
    x->term = propter_typed(PROPTER_STR(""), propter_arena_copy(&x->arena, attribute(attributes, count, "datatype")));
    x->term.language = propter_arena_copy(&x->arena, attribute(attributes, count, "lang"));
    if (propter_str_equal(x->term.datatype, PROPTER_STR(XSD "string"))) x->term.datatype = PROPTER_STR("");
  }
  return PROPTER_OK;
}

static PropterStatus xml_end(void *payload, PropterXmlName name, PropterError *err) {
  Xml *x = payload;
  PropterStr text = propter_arena_copy(&x->arena, x->text.len ? propter_buf_str(&x->text) : PROPTER_STR(""));
  (void)err;
  if (is(name, "boolean")) x->answer->is_boolean = true, x->answer->boolean = propter_str_equal(propter_str_trim(text), PROPTER_STR("true"));
  if (is(name, "uri")) {
    PropterBuf iri = {0};
    if (propter_iri_resolve(x->base, text, &iri, NULL) == PROPTER_OK) text = propter_arena_copy(&x->arena, propter_buf_str(&iri));
    propter_buf_clear(&iri);
    x->terms[x->column] = propter_iri(text);
  }
  if (is(name, "bnode")) x->terms[x->column] = blank(text);
  if (is(name, "literal")) x->term.value = text, x->terms[x->column] = x->term;
  if (is(name, "result")) answer_row(x->answer, x->names, x->terms, x->columns);
  return PROPTER_OK;
}

static PropterStatus xml_text(void *payload, PropterStr text, size_t byte, size_t bytes, PropterError *err) {
  (void)byte, (void)bytes, (void)err;
  propter_buf_add(&((Xml *)payload)->text, text);
  return PROPTER_OK;
}

static PropterStatus read_xml(Answer *a, PropterStr text, PropterStr base, PropterError *err) {
  Xml x = {.answer = a, .base = base};
  PropterXmlHandler handler = {xml_start, xml_end, xml_text};
  PropterStatus status = propter_xml_parse(PROPTER_XML, text, NULL, &handler, &x, err);
  propter_buf_clear(&x.text);
  propter_arena_clear(&x.arena);
  return status;
}

/* --- JSON -------------------------------------------------------------------------------------------------------------------------- */

static PropterStr json_str(const json_t *object, const char *key) {
  const json_t *v = json_object_get(object, key);
  return json_is_string(v) ? (PropterStr){json_string_value(v), json_string_length(v)} : PROPTER_STR("");
}

static PropterTerm json_term(const json_t *object) {
  PropterStr type = json_str(object, "type"), value = json_str(object, "value");
  if (propter_str_equal(type, PROPTER_STR("uri"))) return propter_iri(value);
  if (propter_str_equal(type, PROPTER_STR("bnode"))) return blank(value);
  PropterTerm t = propter_typed(value, json_str(object, "datatype"));
  t.language = json_str(object, "xml:lang");
  if (propter_str_equal(t.datatype, PROPTER_STR(XSD "string"))) t.datatype = PROPTER_STR("");
  return t;
}

static PropterStatus read_json(Answer *a, PropterStr text, PropterError *err) {
  json_t *root = json_loadb(text.data, text.len, 0, NULL), *row, *value = json_object_get(root, "boolean");
  size_t index;
  const char *key;
  if (!root) return propter_fail(err, PROPTER_SYNTAX, "no JSON");
  if (json_is_boolean(value)) a->is_boolean = true, a->boolean = json_is_true(value);
  json_array_foreach(json_object_get(json_object_get(root, "results"), "bindings"), index, row) {
    PropterStr names[64];
    PropterTerm terms[64];
    size_t n = 0;
    json_object_foreach(row, key, value) {
      if (n == 64) break;
      names[n] = propter_str(key);
      terms[n++] = json_term(value);
    }
    answer_row(a, names, terms, n);
  }
  json_decref(root);
  return PROPTER_OK;
}

/* --- CSV, TSV ---------------------------------------------------------------------------------------------------------------------- */

/* One field; *last: it ends its line. */
static PropterStr field(PropterStr text, size_t *at, char separator, PropterArena *arena, bool *last) {
  PropterBuf out = {0};
  bool quoted = separator == ',' && *at < text.len && text.data[*at] == '"';
  if (quoted) ++*at;
  while (*at < text.len) {
    char c = text.data[*at];
    if (quoted && c == '"') {
      if (*at + 1 < text.len && text.data[*at + 1] == '"')
        ++*at;
      else {
        quoted = false, ++*at;
        continue;
      }
    } else if (!quoted && (c == separator || c == '\n' || c == '\r'))
      break;
    propter_buf_add_char(&out, c);
    ++*at;
  }
  *last = *at >= text.len || text.data[*at] != separator;
  if (*at < text.len && text.data[*at] == separator) ++*at;
  while (*last && *at < text.len && (text.data[*at] == '\r' || text.data[*at] == '\n')) {
    bool line = text.data[(*at)++] == '\n';
    if (line) break;
  }
  PropterStr result = propter_arena_copy(arena, out.len ? propter_buf_str(&out) : PROPTER_STR(""));
  propter_buf_clear(&out);
  return result;
}

static PropterStatus keep_object(const PropterStatement *s, void *payload, PropterError *err) {
  Answer *a = payload;
  PropterTerm quad[4] = {s->s, s->p, s->o, s->g};
  (void)err;
  (void)dataset_add(&a->rows, quad);
  return PROPTER_OK;
}

/* A term of a TSV field is one of Turtle. */
static PropterTerm tsv_term(PropterStr text, Answer *holder) {
  PropterBuf turtle = {0};
  PropterRdfSink sink = {keep_object, NULL, holder};
  PropterRdfOptions options = {.format = "turtle", .base = PROPTER_STR("http://base/")};
  PropterTerm none = {.value = {"", 0}};
  if (text.len == 0) return none;
  if (propter_str_starts(text, PROPTER_STR("_:"))) return blank((PropterStr){text.data + 2, text.len - 2});
  size_t before = holder->rows.count;
  propter_buf_printf(&turtle, "<s> <p> %.*s .", (int)text.len, text.data);
  /* Each under a subject of its own, or equal terms would be one triple. */
  dataset_clear(&holder->rows);
  holder->rows = (Dataset){0};
  before = 0;
  PropterStatus status = propter_rdf_read_text(propter_buf_str(&turtle), "field", &options, &sink, NULL);
  propter_buf_clear(&turtle);
  return status == PROPTER_OK && holder->rows.count > before ? holder->rows.items[before].term[2] : none;
}

static PropterStatus read_separated(Answer *a, PropterStr text, char separator) {
  PropterArena arena = {0};
  PropterStr names[64];
  PropterTerm terms[64];
  Answer holders[64] = {0};
  size_t at = 0, columns = 0;
  bool last = false;
  a->lexical = separator == ',';
  while (!last && columns < 64) {
    PropterStr name = field(text, &at, separator, &arena, &last);
    if (name.len && name.data[0] == '?') name = (PropterStr){name.data + 1, name.len - 1};
    names[columns++] = name;
  }
  while (at < text.len) {
    last = false;
    for (size_t i = 0; i < columns && !last; i++) {
      PropterStr value = field(text, &at, separator, &arena, &last);
      terms[i] = (PropterTerm){.value = {"", 0}};
      if (separator == '\t')
        terms[i] = tsv_term(value, &holders[i]);
      else if (propter_str_starts(value, PROPTER_STR("_:")))
        terms[i] = blank((PropterStr){value.data + 2, value.len - 2});
      else if (value.len)
        terms[i] = propter_literal(value);
    }
    answer_row(a, names, terms, columns);
  }
  for (size_t i = 0; i < 64; i++) dataset_clear(&holders[i].rows);
  propter_arena_clear(&arena);
  return PROPTER_OK;
}

/* --- Result sets as RDF ---------------------------------------------------------------------------------------------------------------- */

static const PropterTerm *object_of(const Dataset *d, const PropterTerm *subject, const char *predicate, size_t nth) {
  for (size_t i = 0; i < d->count; i++) {
    const PropterTerm *t = d->items[i].term;
    if (t[0].kind == subject->kind && propter_str_equal(t[0].value, subject->value) && propter_str_equal(t[1].value, propter_str(predicate)) && nth-- == 0)
      return &t[2];
  }
  return NULL;
}

typedef struct {
  const PropterTerm *solution;
  int64_t index;
} Solution;

static int by_index(const void *a, const void *b) {
  int64_t x = ((const Solution *)a)->index, y = ((const Solution *)b)->index;
  return (x > y) - (x < y);
}

static void read_solution(Answer *a, const Dataset *d, const PropterTerm *solution) {
  PropterStr names[64];
  PropterTerm terms[64];
  size_t n = 0;
  for (const PropterTerm *binding; n < 64 && (binding = object_of(d, solution, RS "binding", n)); n++) {
    names[n] = object_of(d, binding, RS "variable", 0)->value;
    terms[n] = *object_of(d, binding, RS "value", 0);
  }
  answer_row(a, names, terms, n);
}

static PropterStatus read_rdf(Answer *a, const char *path, PropterError *err) {
  Dataset d = {0};
  PROPTER_VEC(Solution) solutions = {0};
  PropterStatus status = dataset_read(&d, path, NULL, err);
  for (size_t i = 0; status == PROPTER_OK && i < d.count; i++) {
    const PropterTerm *t = d.items[i].term;
    if (propter_str_equal(t[1].value, PROPTER_STR(RS "boolean"))) a->is_boolean = true, a->boolean = propter_str_equal(t[2].value, PROPTER_STR("true"));
    if (!propter_str_equal(t[1].value, PROPTER_STR(RS "solution"))) continue;
    const PropterTerm *index = object_of(&d, &t[2], RS "index", 0);
    Solution s = {&t[2], 0};
    if (index && propter_str_to_int64(index->value, &s.index)) a->ordered = true;
    (void)propter_vec_push(&solutions, s);
  }
  if (a->ordered) qsort(solutions.items, solutions.count, sizeof *solutions.items, by_index);
  for (size_t i = 0; i < solutions.count; i++) read_solution(a, &d, solutions.items[i].solution);
  propter_vec_clear(&solutions);
  dataset_clear(&d);
  return status;
}

PropterStatus answer_read_text(Answer *a, PropterStr text, const char *format, PropterError *err) {
  if (strcmp(format, "xml") == 0) return read_xml(a, text, PROPTER_STR("http://base/"), err);
  if (strcmp(format, "json") == 0) return read_json(a, text, err);
  return read_separated(a, text, strcmp(format, "csv") == 0 ? ',' : '\t');
}

PropterStatus answer_read(Answer *a, const char *path, PropterError *err) {
  PropterStr name = propter_str(path);
  if (propter_str_ends(name, PROPTER_STR(".ttl")) || propter_str_ends(name, PROPTER_STR(".rdf"))) return read_rdf(a, path, err);
  PropterBuf text = {0}, base = {0};
  PropterStatus status = propter_io_read_file(path, 0, &text, err);
  if (status == PROPTER_OK) status = propter_iri_of_file(path, &base, err);
  PropterStr t = propter_buf_str(&text);
  if (status == PROPTER_OK && propter_str_ends(name, PROPTER_STR(".srx")))
    status = read_xml(a, t, propter_buf_str(&base), err);
  else if (status == PROPTER_OK)
    status = answer_read_text(a, t, propter_str_ends(name, PROPTER_STR(".srj")) ? "json" : propter_str_ends(name, PROPTER_STR(".csv")) ? "csv" : "tsv", err);
  propter_buf_clear(&text);
  propter_buf_clear(&base);
  return status;
}

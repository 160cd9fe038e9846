/* SPDX-License-Identifier: Apache-2.0 */
/* Solutions from outside: SPARQL Query Results XML (second edition, https://www.w3.org/TR/rdf-sparql-XMLres/). */
#include <string.h>

#include "propter/results.h"
#include "propter/xml.h"

#define SPACE "http://www.w3.org/2005/sparql-results#"

typedef struct {
  PropterStr rest;
  PropterStr blanks;
  PropterArena arena;
  PROPTER_VEC(PropterStr) names;
  PROPTER_VEC(PropterTerm) terms;
  size_t rows, column, depth;
  uint64_t memory;
  bool in_row, bound, valued;
  PropterTerm term; /* being read */
  PropterBuf text;
} Reader;

static const PropterTerm unbound = {PROPTER_TERM_NONE, {"", 0}, {"", 0}, {"", 0}};

static PropterStatus full(PropterError *err) { return propter_fail(err, PROPTER_LIMIT, "the solutions take more memory than a query may use"); }

static PropterStatus keep(Reader *r, PropterStr *text, PropterError *err) {
  *text = propter_arena_copy(&r->arena, *text);
  return text->data ? PROPTER_OK : full(err);
}

static PropterStr attribute(const PropterXmlElement *e, const char *prefix, const char *name) {
  for (size_t i = 0; i < e->count; i++)
    if (propter_str_equal(e->attributes[i].name.local, propter_str(name)) && propter_str_equal(e->attributes[i].prefix, propter_str(prefix)))
      return e->attributes[i].value;
  return PROPTER_STR("");
}

static bool is(PropterXmlName name, const char *local) {
  return propter_str_equal(name.local, propter_str(local)) && propter_str_equal(name.space, PROPTER_STR(SPACE));
}

static PropterStatus unexpected(PropterXmlName name, PropterError *err) {
  return propter_fail(err, PROPTER_INVALID, "expected solutions in SPARQL Query Results XML, found the element %.*s",
                      (int)(name.local.len < 80 ? name.local.len : 80), name.local.data);
}

static PropterStatus add_name(Reader *r, PropterStr name, PropterError *err) {
  if (r->rows || !name.len) return propter_fail(err, PROPTER_INVALID, "expected the names of all variables before the first solution");
  PROPTER_TRY(keep(r, &name, err));
  return propter_vec_push(&r->names, name) ? PROPTER_OK : full(err);
}

static PropterStatus begin_row(Reader *r, PropterError *err) {
  if ((r->terms.count + r->names.count) * sizeof *r->terms.items > r->memory) return full(err);
  for (size_t i = 0; i < r->names.count; i++)
    if (!propter_vec_push(&r->terms, unbound)) return full(err);
  r->rows++;
  return r->in_row = true, PROPTER_OK;
}

static PropterStatus begin_binding(Reader *r, PropterStr name, PropterError *err) {
  for (r->column = 0; r->column < r->names.count && !propter_str_equal(r->names.items[r->column], name);) r->column++;
  if (r->column == r->names.count)
    return propter_fail(err, PROPTER_INVALID, "a value for ?%.*s, which is not among the variables", (int)(name.len < 80 ? name.len : 80), name.data);
  return r->bound = true, PROPTER_OK;
}

static PropterStatus begin_value(Reader *r, const PropterXmlElement *e, PropterError *err) {
  PropterStr type = attribute(e, "", "datatype"), language = attribute(e, "xml", "lang");
  if (r->valued) return unexpected(e->name, err);
  r->term = unbound;
  r->term.kind = is(e->name, "uri") ? PROPTER_TERM_IRI : is(e->name, "bnode") ? PROPTER_TERM_BLANK : PROPTER_TERM_LITERAL;
  r->valued = true;
  propter_buf_reset(&r->text);
  if (r->term.kind != PROPTER_TERM_LITERAL) return PROPTER_OK;
  r->term = propter_typed(PROPTER_STR(""), language.len ? PROPTER_STR("") : type);
  r->term.language = language;
  if (propter_str_equal(r->term.datatype, PROPTER_STR("http://www.w3.org/2001/XMLSchema#string"))) r->term.datatype = PROPTER_STR("");
  PROPTER_TRY(keep(r, &r->term.datatype, err));
  return keep(r, &r->term.language, err);
}

static PropterStatus on_start(void *payload, const PropterXmlElement *e, uint64_t line, PropterError *err) {
  Reader *r = payload;
  (void)line;
  if (r->depth++ == 0) return is(e->name, "sparql") ? PROPTER_OK : unexpected(e->name, err);
  if (r->bound) return is(e->name, "uri") || is(e->name, "bnode") || is(e->name, "literal") ? begin_value(r, e, err) : unexpected(e->name, err);
  if (r->in_row) return is(e->name, "binding") ? begin_binding(r, attribute(e, "", "name"), err) : unexpected(e->name, err);
  if (is(e->name, "variable")) return add_name(r, attribute(e, "", "name"), err);
  if (is(e->name, "result")) return begin_row(r, err);
  return is(e->name, "head") || is(e->name, "link") || is(e->name, "results") ? PROPTER_OK : unexpected(e->name, err);
}

static PropterStatus on_text(void *payload, PropterStr text, PropterError *err) {
  Reader *r = payload;
  if (!r->valued || r->term.kind == PROPTER_TERM_NONE) return PROPTER_OK;
  propter_buf_add(&r->text, text);
  return propter_buf_status(&r->text, err);
}

static PropterStatus end_value(Reader *r, PropterError *err) {
  PropterStr text = r->text.len ? propter_buf_str(&r->text) : PROPTER_STR("");
  const char *why = "";
  if (r->term.kind == PROPTER_TERM_IRI && !propter_iri_valid(text, &why)) return propter_fail(err, PROPTER_INVALID, "a value is no IRI: %s", why);
  if (r->term.datatype.len && !propter_iri_valid(r->term.datatype, &why)) return propter_fail(err, PROPTER_INVALID, "a datatype is no IRI: %s", why);
  if (r->term.language.len && !propter_language_valid(r->term.language)) return propter_fail(err, PROPTER_INVALID, "a value has no valid language tag");
  r->term.value = r->term.kind == PROPTER_TERM_BLANK ? propter_arena_printf(&r->arena, "%.*s%.*s", (int)r->blanks.len, r->blanks.data, (int)text.len, text.data)
                                                     : propter_arena_copy(&r->arena, text);
  if (!r->term.value.data) return full(err);
  r->terms.items[(r->rows - 1) * r->names.count + r->column] = r->term;
  r->term.kind = PROPTER_TERM_NONE;
  return PROPTER_OK;
}

static PropterStatus on_end(void *payload, PropterXmlName name, PropterStr prefix, uint64_t line, PropterError *err) {
  Reader *r = payload;
  (void)prefix, (void)line;
  r->depth--;
  if (is(name, "result")) r->in_row = false;
  if (is(name, "binding")) {
    if (!r->valued) return propter_fail(err, PROPTER_INVALID, "a binding without a value");
    r->bound = r->valued = false;
  }
  return r->valued && r->term.kind != PROPTER_TERM_NONE ? end_value(r, err) : PROPTER_OK;
}

static PropterStatus read_bytes(void *payload, void *bytes, size_t size, size_t *count, PropterError *err) {
  Reader *r = payload;
  (void)err;
  *count = r->rest.len < size ? r->rest.len : size;
  memcpy(bytes, r->rest.data, *count);
  r->rest = (PropterStr){r->rest.data + *count, r->rest.len - *count};
  return PROPTER_OK;
}

PropterStatus propter_results_read(PropterStr xml, const char *source, PropterStr blanks, uint64_t memory, PropterResults **out, PropterError *err) {
  static const PropterXmlStream stream = {.start = on_start, .end = on_end, .text = on_text};
  Reader r = {.rest = xml, .blanks = blanks, .memory = memory, .arena = {.limit = memory}, .term = unbound};
  *out = NULL;
  PropterStatus status = propter_xml_stream(read_bytes, &r, source, NULL, &stream, &r, err);
  if (status == PROPTER_OK) status = propter_results_make(r.names.items, r.names.count, r.terms.items, r.rows, out, err);
  propter_vec_clear(&r.names);
  propter_vec_clear(&r.terms);
  propter_buf_clear(&r.text);
  propter_arena_clear(&r.arena);
  return status;
}

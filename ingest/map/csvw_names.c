/* SPDX-License-Identifier: Apache-2.0 */
/* What the properties of metadata mean: names, datatypes, inherited properties. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "csvw.h"

static const struct {
  const char *prefix, *iri;
} prefixes[] = {
#define PREFIX(prefix, iri) {#prefix, iri},
#include "csvw.def"
};

static const struct {
  const char *name, *iri;
  CsvwKind kind;
} datatypes[] = {
#define DATATYPE(name, iri, kind) {#name, iri, CSVW_##kind},
#include "csvw.def"
};

PropterStatus csvw_fail(const CsvwTable *t, PropterError *err, const char *format, ...) {
  char text[400];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  propter_error_at(err, t->file, 0, 0);
  return propter_fail(err, PROPTER_INVALID, "%s", text);
}

PropterStatus csvw_warn(PropterMapping *m, const char *format, ...) {
  char text[400];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  PropterStr kept = propter_arena_copy(&m->arena, propter_str(text));
  return kept.data && propter_vec_push(&m->csvw->warnings, kept) ? PROPTER_OK : PROPTER_NO_MEMORY;
}

static PropterStr made_of(PropterStr text) { return text.data ? text : (PropterStr){NULL, 1}; }

PropterStr csvw_expand(PropterArena *arena, PropterStr name) {
  static const char *const terms[] = {"TableGroup", "Table", "Schema", "Column", "Dialect", "Template", "Row", "Cell", "Datatype"};
  const char *colon = memchr(name.data, ':', name.len);
  for (size_t i = 0; !colon && i < sizeof terms / sizeof *terms; i++)
    if (propter_str_equal(name, propter_str(terms[i]))) return made_of(propter_arena_printf(arena, "http://www.w3.org/ns/csvw#%s", terms[i]));
  if (!colon) return (PropterStr){NULL, 0};
  PropterStr prefix = {name.data, (size_t)(colon - name.data)};
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
    if (propter_str_equal(prefix, propter_str(prefixes[i].prefix)))
      return made_of(propter_arena_printf(arena, "%s%.*s", prefixes[i].iri, (int)(name.len - prefix.len - 1), colon + 1));
  return prefix.len > 1 && propter_iri_valid(name, NULL) ? name : (PropterStr){NULL, 0};
}

PropterStr csvw_compact(PropterArena *arena, PropterStr iri) {
  PropterStr own = PROPTER_STR("http://www.w3.org/ns/csvw#");
  if (propter_str_equal(iri, PROPTER_STR("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"))) return PROPTER_STR("@type");
  if (propter_str_starts(iri, own)) return (PropterStr){iri.data + own.len, iri.len - own.len};
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    PropterStr space = propter_str(prefixes[i].iri);
    if (propter_str_starts(iri, space)) return propter_arena_printf(arena, "%s:%.*s", prefixes[i].prefix, (int)(iri.len - space.len), iri.data + space.len);
  }
  return iri;
}

const char *csvw_datatype(const char *name, PropterArena *arena, PropterStr *iri, CsvwKind *kind) {
  for (size_t i = 0; name && i < sizeof datatypes / sizeof *datatypes; i++) {
    if (strcmp(name, datatypes[i].name) != 0) continue;
    *iri = *datatypes[i].iri ? propter_str(datatypes[i].iri) : propter_arena_printf(arena, "http://www.w3.org/2001/XMLSchema#%s", name);
    *kind = datatypes[i].kind;
    return iri->data ? datatypes[i].name : NULL;
  }
  return NULL;
}

/* --- Inherited properties ------------------------------------------------------------------------------------------------------- */

bool csvw_is_texts(const json_t *v) {
  for (size_t i = 0; json_is_array(v) && i < json_array_size(v); i++)
    if (!json_is_string(json_array_get(v, i))) return false;
  return json_is_string(v) || json_is_array(v);
}

bool csvw_is_datatype(const json_t *v) {
  PropterArena none = {.limit = 4096};
  PropterStr iri;
  CsvwKind kind;
  const char *base = json_is_object(v) ? json_string_value(json_object_get(v, "base")) : json_string_value(v);
  bool known = (json_is_object(v) && !json_object_get(v, "base")) || csvw_datatype(base, &none, &iri, &kind) != NULL;
  propter_arena_clear(&none);
  return known;
}

bool csvw_language(const char *text) {
  size_t first = text ? strcspn(text, "-") : 0;
  return first && propter_language_valid(propter_str(text)) && (first > 1 || strchr("xiXI", *text));
}

static bool valid(const char *name, const json_t *v) {
  const char *text = json_string_value(v);
  if (strcmp(name, "null") == 0) return csvw_is_texts(v);
  if (strcmp(name, "datatype") == 0) return csvw_is_datatype(v);
  if (strcmp(name, "lang") == 0) return csvw_language(text);
  if (strcmp(name, "ordered") == 0 || strcmp(name, "required") == 0) return json_is_boolean(v);
  if (strcmp(name, "separator") == 0) return json_is_null(v) || (text && *text);
  /* A template that is no text stands for an empty one. */
  return text || propter_str_ends(propter_str(name), PROPTER_STR("Url"));
}

json_t *csvw_inherited(const CsvwTable *t, const json_t *column, const char *name) {
  const json_t *from[] = {column, t->schema, t->json, t->group};
  for (size_t i = 0; i < 4; i++) {
    json_t *v = from[i] ? json_object_get(from[i], name) : NULL;
    if (v && valid(name, v)) return v;
  }
  return NULL;
}

static PropterStr inherited_text(const CsvwTable *t, const json_t *column, const char *name) {
  const json_t *v = csvw_inherited(t, column, name);
  return !v || json_is_null(v) ? (PropterStr){NULL, 0} : json_is_string(v) ? propter_str(json_string_value(v)) : (PropterStr){"", 0};
}

/* --- Datatypes ------------------------------------------------------------------------------------------------------------------- */

static PropterStatus bound(PropterMapping *m, const CsvwTable *t, const json_t *v, const CsvwType *type, PropterStr *out, PropterError *err) {
  if (json_is_string(v)) {
    PropterBuf text = {0};
    const char *wanted;
    CsvwType plain = *type;
    plain.low = plain.high = (PropterStr){"", 0};
    (void)csvw_value(&plain, propter_str(json_string_value(v)), &text, &wanted);
    *out = propter_arena_copy(&m->arena, propter_buf_str(&text));
    propter_buf_clear(&text);
  } else if (json_is_number(v)) {
    *out = propter_arena_printf(&m->arena, "%.15g", json_number_value(v));
  } else {
    return csvw_fail(t, err, "expected a number or text as a bound of a datatype");
  }
  return out->data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for metadata");
}

static PropterStatus bounds(PropterMapping *m, const CsvwTable *t, const json_t *v, CsvwType *out, PropterError *err) {
  static const char *const names[] = {"minimum", "minInclusive", "minExclusive", "maximum", "maxInclusive", "maxExclusive"};
  const json_t *given[6];
  for (size_t i = 0; i < 6; i++) {
    given[i] = json_object_get(v, names[i]);
    if (given[i] && out->kind != CSVW_NUMBER && out->kind != CSVW_DATE && out->kind != CSVW_OTHER)
      return csvw_fail(t, err, "%s: the datatype %s has no order", names[i], out->base);
  }
  if ((given[2] && (given[0] || given[1])) || (given[5] && (given[3] || given[4]))) return csvw_fail(t, err, "a bound of a datatype both inside and outside");
  for (size_t i = 0; i < 6; i++)
    if (given[i]) PROPTER_TRY(bound(m, t, given[i], out, i < 3 ? &out->low : &out->high, err));
  out->low_open = given[2], out->high_open = given[5];
  double low, high;
  if (!out->low.len || !out->high.len) return PROPTER_OK;
  bool numbers = propter_str_to_double(out->low, &low) && propter_str_to_double(out->high, &high);
  int order = numbers ? (low > high) - (low < high) : propter_str_compare(out->low, out->high);
  if (order > 0 || (!order && (out->low_open != out->high_open))) return csvw_fail(t, err, "the least value of a datatype is greater than its greatest");
  return PROPTER_OK;
}

static PropterStatus lengths(const CsvwTable *t, const json_t *v, CsvwType *out, PropterError *err) {
  const json_t *length = json_object_get(v, "length"), *least = json_object_get(v, "minLength"), *most = json_object_get(v, "maxLength");
  out->length = json_is_integer(length) ? json_integer_value(length) : -1;
  out->shortest = json_is_integer(least) ? json_integer_value(least) : -1;
  out->longest = json_is_integer(most) ? json_integer_value(most) : -1;
  if ((length || least || most) && out->kind != CSVW_TEXT && out->kind != CSVW_BINARY && strcmp(out->base, "anyURI") != 0)
    return csvw_fail(t, err, "the datatype %s has no length", out->base);
  bool wrong = (out->length >= 0 && ((out->shortest >= 0 && out->length < out->shortest) || (out->longest >= 0 && out->length > out->longest))) ||
               (out->shortest >= 0 && out->longest >= 0 && out->longest < out->shortest);
  return wrong ? csvw_fail(t, err, "length, minLength and maxLength of a datatype contradict one another") : PROPTER_OK;
}

static PropterStatus format(PropterMapping *m, const json_t *v, CsvwType *out) {
  const json_t *f = json_object_get(v, "format");
  const char *text = json_string_value(f), *decimal = json_string_value(json_object_get(v, "decimalChar")),
             *group = json_string_value(json_object_get(v, "groupChar"));
  out->written.decimal = decimal ? propter_str(decimal) : PROPTER_STR(".");
  if (group) out->written.group = propter_str(group);
  if (!f) return PROPTER_OK;
  if (json_is_object(f) && out->kind == CSVW_NUMBER) {
    const char *pattern = json_string_value(json_object_get(f, "pattern"));
    if ((decimal = json_string_value(json_object_get(f, "decimalChar")))) out->written.decimal = propter_str(decimal);
    if ((group = json_string_value(json_object_get(f, "groupChar")))) out->written.group = propter_str(group);
    text = pattern;
    if (!pattern) return PROPTER_OK;
  }
  if (!text) return csvw_warn(m, "the format of a datatype is no text: passed over");
  if (out->kind == CSVW_NUMBER || out->kind == CSVW_DATE || out->kind == CSVW_BOOLEAN) {
    if (!csvw_format_known(out, propter_str(text))) return csvw_warn(m, "the format \"%s\" of a datatype is not known: passed over", text);
    out->format = propter_str(text);
    if (out->kind == CSVW_NUMBER && !group) out->written.group = PROPTER_STR(",");
    return PROPTER_OK;
  }
  PropterStatus status = propter_regex_compile(propter_str(text), PROPTER_REGEX_UNICODE, m->options->limits, &out->regex, NULL);
  return status == PROPTER_OK ? PROPTER_OK : csvw_warn(m, "the format \"%s\" of a datatype is no regular expression: passed over", text);
}

PropterStatus csvw_type(PropterMapping *m, const CsvwTable *t, const json_t *column, CsvwType *out, PropterError *err) {
  const json_t *v = csvw_inherited(t, column, "datatype");
  const char *name = json_is_object(v) ? json_string_value(json_object_get(v, "base")) : json_string_value(v);
  *out = (CsvwType){.length = -1, .shortest = -1, .longest = -1, .written.decimal = PROPTER_STR(".")};
  out->base = csvw_datatype(name ? name : "string", &m->arena, &out->base_iri, &out->kind);
  if (!out->base) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for metadata");
  out->iri = out->base_iri;
  if (!json_is_object(v)) return PROPTER_OK;
  const char *id = json_string_value(json_object_get(v, "@id"));
  if (json_object_get(v, "@id")) {
    PropterStr own = id ? csvw_expand(&m->arena, propter_str(id)) : (PropterStr){NULL, 0};
    bool builtin = own.data && (propter_str_starts(own, PROPTER_STR("http://www.w3.org/2001/XMLSchema#")) ||
                                propter_str_starts(own, PROPTER_STR("http://www.w3.org/ns/csvw#")));
    if (!id || strncmp(id, "_:", 2) == 0 || builtin) return csvw_fail(t, err, "@id of a datatype: expected an IRI of its own, found \"%s\"", id ? id : "");
    if (own.data) out->iri = own;
  }
  if (format(m, v, out) != PROPTER_OK) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for metadata");
  PROPTER_TRY(lengths(t, v, out, err));
  return bounds(m, t, v, out, err);
}

/* --- Columns --------------------------------------------------------------------------------------------------------------------- */

/* The first title in the column's language, of any where it has none. */
static const char *first_title(const CsvwTable *t, const json_t *column) {
  const json_t *titles = column ? json_object_get(column, "titles") : NULL;
  const char *language = json_string_value(csvw_inherited(t, column, "lang")), *any;
  if (json_is_object(titles)) {
    json_t *v, *chosen = NULL;
    if (!language) language = t->lang.data;
    if (language) chosen = json_object_get(titles, language);
    else json_object_foreach((json_t *)titles, any, v) if (!chosen) chosen = v;
    titles = chosen;
  }
  return json_string_value(json_is_array(titles) ? json_array_get(titles, 0) : titles);
}

/* A varname of RFC 6570 that does not begin with _. */
static bool is_variable(const char *name) {
  if (!name || !*name || *name == '_') return false;
  for (; *name; name++)
    if (!(*name >= 'a' && *name <= 'z') && !(*name >= 'A' && *name <= 'Z') && !(*name >= '0' && *name <= '9') && !strchr("_.%", *name)) return false;
  return true;
}

PropterStatus csvw_column(PropterMapping *m, const CsvwTable *t, json_t *json, CsvwColumn *out, PropterError *err) {
  const char *name = json ? json_string_value(json_object_get(json, "name")) : NULL, *title = first_title(t, json);
  if (json && json_object_get(json, "name") && !is_variable(name)) {
    if (csvw_warn(m, "the name of a column cannot stand in a URI template or begins with _: passed over") != PROPTER_OK)
      return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for metadata");
    name = NULL;
  }
  out->json = json;
  if (name) out->name = propter_str(name);
  if (title) out->title = propter_str(title);
  out->lang = inherited_text(t, json, "lang");
  out->separator = inherited_text(t, json, "separator");
  out->otherwise = inherited_text(t, json, "default");
  out->about = inherited_text(t, json, "aboutUrl");
  out->property = inherited_text(t, json, "propertyUrl");
  out->value = inherited_text(t, json, "valueUrl");
  out->ordered = json_is_true(csvw_inherited(t, json, "ordered"));
  out->required = json_is_true(csvw_inherited(t, json, "required"));
  out->suppressed = json && json_is_true(json_object_get(json, "suppressOutput"));
  out->is_virtual = json && json_is_true(json_object_get(json, "virtual"));
  out->nulls = csvw_inherited(t, json, "null");
  return csvw_type(m, t, json, &out->type, err);
}

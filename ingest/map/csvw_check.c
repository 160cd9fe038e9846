/* SPDX-License-Identifier: Apache-2.0 */
/* Whether descriptions in metadata are well formed: properties by csvw.def, annotations as JSON-LD of this dialect. */
#include <string.h>

#include "csvw.h"

/* --- Properties -------------------------------------------------------------------------------------------------------------------- */

static bool is_ANY(const json_t *v) { return v != NULL; }
static bool is_TEXT(const json_t *v) { return json_is_string(v); }
static bool is_TEXT_OR_NULL(const json_t *v) { return json_is_string(v) || json_is_null(v); }
static bool is_TEXTS(const json_t *v) { return csvw_is_texts(v); }
static bool is_LINK(const json_t *v) { return json_is_string(v); }
static bool is_BOOLEAN(const json_t *v) { return json_is_boolean(v); }
static bool is_COUNT(const json_t *v) { return json_is_integer(v) && json_integer_value(v) >= 0; }
static bool is_LANGUAGE(const json_t *v) { return csvw_language(json_string_value(v)); }
static bool is_DATATYPE(const json_t *v) { return csvw_is_datatype(v); }
static bool is_OBJECT(const json_t *v) { return json_is_object(v) || json_is_string(v); }

static bool is_one_of(const json_t *v, const char *const *words) {
  const char *text = json_string_value(v);
  for (; text && *words; words++)
    if (strcmp(text, *words) == 0) return true;
  return false;
}

static bool is_TRIM(const json_t *v) { return json_is_boolean(v) || is_one_of(v, (const char *const[]){"true", "false", "start", "end", NULL}); }
static bool is_DIRECTION(const json_t *v) { return is_one_of(v, (const char *const[]){"ltr", "rtl", "auto", "inherit", NULL}); }

static bool is_OBJECTS(const json_t *v) {
  for (size_t i = 0; json_is_array(v) && i < json_array_size(v); i++)
    if (!json_is_object(json_array_get(v, i))) return false;
  return json_is_array(v);
}

static bool is_TITLES(const json_t *v) {
  const char *language;
  json_t *texts;
  json_object_foreach((json_t *)v, language, texts) if (!csvw_language(language) || !csvw_is_texts(texts)) return false;
  return json_is_object(v) || csvw_is_texts(v);
}

static const struct {
  const char *name;
  bool (*is)(const json_t *v);
  const char *where;
} properties[] = {
#define PROPERTY(name, values, where) {name, is_##values, where},
#include "csvw.def"
};

static PropterStatus check_property(PropterMapping *m, const char *name, const json_t *v, char where) {
  for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
    if (strcmp(name, properties[i].name) != 0 || !strchr(properties[i].where, where)) continue;
    return properties[i].is(v) ? PROPTER_OK : csvw_warn(m, "%s: not a value that this property may have: passed over", name);
  }
  return csvw_warn(m, "%s: not a property that may stand there: passed over", name);
}

PropterStatus csvw_check_properties(PropterMapping *m, const json_t *object, char where, PropterError *err) {
  const char *key;
  json_t *v;
  json_object_foreach((json_t *)object, key, v) {
    if (strchr(key, ':')) continue;
    if (check_property(m, key, v, where) != PROPTER_OK) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for metadata");
  }
  return PROPTER_OK;
}

/* --- Annotations ------------------------------------------------------------------------------------------------------------------ */

static const char *type_problem(const json_t *type) {
  for (size_t i = 0; i < (json_is_array(type) ? json_array_size(type) : 1); i++) {
    const char *name = json_string_value(json_is_array(type) ? json_array_get(type, i) : type);
    PropterArena none = {.limit = 8192};
    bool known = name && csvw_expand(&none, propter_str(name)).data;
    propter_arena_clear(&none);
    if (!known) return "@type: expected an IRI or a term of the vocabulary";
  }
  return NULL;
}

static const char *value_problem(const json_t *v) {
  const char *key;
  json_t *inner;
  const json_t *type = json_object_get(v, "@type");
  const json_t *language = json_object_get(v, "@language");
  if (type && language) return "@value has both @type and @language";
  if (language && !json_is_null(language) && !csvw_language(json_string_value(language))) return "@language: expected a language tag";
  json_object_foreach((json_t *)v, key, inner) if (strcmp(key, "@value") != 0 && strcmp(key, "@type") != 0 &&
                                                   strcmp(key, "@language") != 0) return "an object with @value has other properties, too";
  const char *name = json_string_value(type);
  PropterStr iri;
  CsvwKind kind;
  PropterArena none = {.limit = 8192};
  bool known = !type || (name && (csvw_datatype(name, &none, &iri, &kind) || (strchr(name, ':') && csvw_expand(&none, propter_str(name)).data)));
  propter_arena_clear(&none);
  return known ? NULL : "@type of a @value: expected a datatype";
}

static const char *node_problem(const json_t *v) {
  const char *key, *problem = NULL;
  json_t *inner;
  if (json_is_array(v)) {
    for (size_t i = 0; !problem && i < json_array_size(v); i++) problem = node_problem(json_array_get(v, i));
    return problem;
  }
  if (!json_is_object(v)) return NULL;
  if (json_object_get(v, "@value")) return value_problem(v);
  json_object_foreach((json_t *)v, key, inner) {
    if (strcmp(key, "@language") == 0) return "@language without @value";
    if (*key == '@' && strcmp(key, "@id") != 0 && strcmp(key, "@type") != 0) return "an annotation has a keyword that is not allowed there";
    if (strcmp(key, "@type") == 0) problem = type_problem(inner);
    if (strcmp(key, "@id") == 0 && (!json_is_string(inner) || strncmp(json_string_value(inner), "_:", 2) == 0)) problem = "@id: expected an IRI";
    if (*key != '@' && !problem) problem = node_problem(inner);
    if (problem) return problem;
  }
  return NULL;
}

const char *csvw_annotation_problem(const json_t *object) {
  const char *key, *problem;
  json_t *v;
  json_object_foreach((json_t *)object, key, v) {
    if (*key == '@' && strcmp(key, "@id") != 0 && strcmp(key, "@type") != 0 && strcmp(key, "@context") != 0) return "a keyword that is not known";
    if (strcmp(key, "@id") == 0 && json_is_string(v) && strncmp(json_string_value(v), "_:", 2) == 0) return "@id: expected an IRI";
    if ((strchr(key, ':') || strcmp(key, "notes") == 0) && (problem = node_problem(v))) return problem;
  }
  return NULL;
}

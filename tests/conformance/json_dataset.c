/* SPDX-License-Identifier: Apache-2.0 */
/* RDF written as JSON, as far as dumps of the suites go: JSON-LD with prefixes in its context, expanded or not, named graphs one inside the document; RDF/JSON,
 * where a value that is a number counts as its text. */
#include <jansson.h>
#include <string.h>

#include "conformance.h"

#define RDF_TYPE "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

typedef struct {
  Dataset *d;
  const json_t *context;
  PropterArena texts;
  bool bad;
} Json;

static PropterStr copy(Json *j, const char *text) { return propter_arena_copy(&j->texts, propter_str(text)); }

/* prefix:local of the context, else as it is. */
static PropterStr expand(Json *j, const char *text) {
  const char *colon = strchr(text, ':'), *whole = json_string_value(json_object_get(j->context, text));
  if (whole) return copy(j, whole);
  if (!colon) return copy(j, text);
  PropterStr prefix = propter_arena_copy(&j->texts, (PropterStr){text, (size_t)(colon - text)});
  const char *iri = json_string_value(json_object_get(j->context, prefix.data));
  return iri ? propter_arena_printf(&j->texts, "%s%s", iri, colon + 1) : copy(j, text);
}

static PropterTerm node(Json *j, const char *id) {
  if (strncmp(id, "_:", 2) == 0) return (PropterTerm){.kind = PROPTER_TERM_BLANK, .value = copy(j, id + 2)};
  return propter_iri(expand(j, id));
}

static const char *text_of(const json_t *object, const char *key) { return json_string_value(json_object_get(object, key)); }

static PropterTerm literal(Json *j, const json_t *value, const char *type, const char *language) {
  char number[40];
  const char *text = json_string_value(value);
  if (json_is_integer(value)) (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value)), text = number;
  if (!text) j->bad = true, text = "";
  PropterTerm t = propter_typed(copy(j, text), type ? expand(j, type) : PROPTER_STR(""));
  if (language) t.language = copy(j, language);
  return t;
}

static void say(Json *j, PropterTerm s, PropterStr p, PropterTerm o, PropterTerm g) {
  if (!dataset_add(j->d, (PropterTerm[]){s, propter_iri(p), o, g})) j->bad = true;
}

static void ld_value(Json *j, PropterTerm s, const char *key, const json_t *v, PropterTerm g) {
  PropterStr p = strcmp(key, "@type") == 0 ? PROPTER_STR(RDF_TYPE) : expand(j, key);
  if (strcmp(key, "@type") == 0 && json_is_string(v)) say(j, s, p, node(j, json_string_value(v)), g);
  else if (text_of(v, "@id")) say(j, s, p, node(j, text_of(v, "@id")), g);
  else if (json_object_get(v, "@value")) say(j, s, p, literal(j, json_object_get(v, "@value"), text_of(v, "@type"), text_of(v, "@language")), g);
  else say(j, s, p, literal(j, v, NULL, NULL), g);
}

/* Objects of one graph. */
static void ld_nodes(Json *j, const json_t *nodes, PropterTerm g) {
  size_t i, n;
  json_t *object, *values, *value;
  const char *key;
  json_array_foreach(nodes, i, object) {
    const char *id = text_of(object, "@id");
    if (!id) j->bad = true;
    if (!id) return;
    json_object_foreach(object, key, values) {
      if (strcmp(key, "@id") == 0) continue;
      if (strcmp(key, "@graph") == 0) ld_nodes(j, values, node(j, id));
      else if (json_is_array(values)) json_array_foreach(values, n, value) ld_value(j, node(j, id), key, value, g);
      else ld_value(j, node(j, id), key, values, g);
    }
  }
}

static void read_rdf_json(Json *j, json_t *root) {
  const char *s, *p;
  json_t *says, *values, *v;
  size_t i;
  json_object_foreach(root, s, says) json_object_foreach(says, p, values) json_array_foreach(values, i, v) {
    const char *type = text_of(v, "type");
    json_t *value = json_object_get(v, "value");
    PropterTerm o = !type || strcmp(type, "literal") == 0 ? literal(j, value, text_of(v, "datatype"), text_of(v, "lang"))
                                                          : node(j, json_is_string(value) ? json_string_value(value) : "");
    say(j, node(j, s), copy(j, p), o, (PropterTerm){.kind = PROPTER_TERM_NONE});
  }
}

PropterStatus dataset_read_json(Dataset *d, PropterStr text, bool linked, PropterError *err) {
  json_error_t why;
  json_t *root = json_loadb(text.data, text.len, 0, &why);
  Json j = {.d = d, .context = json_object_get(root, "@context")};
  if (!root) return propter_fail(err, PROPTER_SYNTAX, "%s", why.text);
  if (!linked) read_rdf_json(&j, root);
  else if (json_is_array(root)) ld_nodes(&j, root, (PropterTerm){.kind = PROPTER_TERM_NONE});
  else ld_nodes(&j, json_object_get(root, "@graph"), (PropterTerm){.kind = PROPTER_TERM_NONE});
  json_decref(root);
  propter_arena_clear(&j.texts);
  return j.bad ? propter_fail(err, PROPTER_INVALID, "JSON that is no RDF") : PROPTER_OK;
}

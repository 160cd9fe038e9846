/* SPDX-License-Identifier: Apache-2.0 */
#include "schema.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  const json_t *root;
  char *why;
  size_t size;
} Check;

static bool no(Check *c, const char *path, const char *what, const char *detail) {
  (void)snprintf(c->why, c->size, "%s: %s %s", path[0] ? path : "/", what, detail ? detail : "");
  return false;
}

static bool has_type(const json_t *v, const char *name) {
  if (!strcmp(name, "integer")) return json_is_integer(v);
  if (!strcmp(name, "number")) return json_is_number(v);
  if (!strcmp(name, "string")) return json_is_string(v);
  if (!strcmp(name, "boolean")) return json_is_boolean(v);
  if (!strcmp(name, "null")) return json_is_null(v);
  if (!strcmp(name, "array")) return json_is_array(v);
  return !strcmp(name, "object") && json_is_object(v);
}

static bool type_ok(const json_t *types, const json_t *v) {
  if (json_is_string(types)) return has_type(v, json_string_value(types));
  for (size_t i = 0; i < json_array_size(types); i++)
    if (has_type(v, json_string_value(json_array_get(types, i)))) return true;
  return false;
}

static bool in_enum(const json_t *list, const json_t *v) {
  for (size_t i = 0; i < json_array_size(list); i++)
    if (json_equal(json_array_get(list, i), v)) return true;
  return false;
}

static bool valid(Check *c, const json_t *schema, const json_t *v, const char *path);

static bool object_ok(Check *c, const json_t *schema, const json_t *v, const char *path) {
  const json_t *properties = json_object_get(schema, "properties"), *required = json_object_get(schema, "required");
  for (size_t i = 0; i < json_array_size(required); i++) {
    const char *name = json_string_value(json_array_get(required, i));
    if (!json_object_get(v, name)) return no(c, path, "misses", name);
  }
  const char *key;
  json_t *member;
  json_object_foreach((json_t *)v, key, member) {
    const json_t *sub = json_object_get(properties, key);
    if (!sub && json_is_false(json_object_get(schema, "additionalProperties"))) return no(c, path, "may not have", key);
    char deeper[512];
    (void)snprintf(deeper, sizeof deeper, "%s/%s", path, key);
    if (sub && !valid(c, sub, member, deeper)) return false;
  }
  return true;
}

static bool valid(Check *c, const json_t *schema, const json_t *v, const char *path) {
  static const char *const known[] = {"$schema", "$id",     "$comment", "$defs", "$ref",       "title",    "description",         "type", "enum", "const",
                                      "pattern", "minimum", "maximum",  "items", "properties", "required", "additionalProperties"};
  const char *key;
  json_t *k;
  json_object_foreach((json_t *)schema, key, k) {
    bool found = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) found |= strcmp(known[i], key) == 0;
    if (!found) return no(c, path, "the schema has an unknown keyword", key);
    if (strcmp(key, "$ref") == 0) {
      const char *name = json_string_value(k);
      if (strncmp(name, "#/$defs/", 8) != 0) return no(c, path, "the schema refers to", name);
      const json_t *target = json_object_get(json_object_get(c->root, "$defs"), name + 8);
      if (!target) return no(c, path, "the schema refers to nothing:", name);
      if (!valid(c, target, v, path)) return false;
    } else if (strcmp(key, "type") == 0) {
      if (!type_ok(k, v)) return no(c, path, "has the wrong type", NULL);
    } else if (strcmp(key, "enum") == 0) {
      if (!in_enum(k, v)) return no(c, path, "is none of the allowed values:", json_string_value(v));
    } else if (strcmp(key, "const") == 0) {
      if (!json_equal(k, v)) return no(c, path, "is not the constant", NULL);
    } else if (strcmp(key, "pattern") == 0 && json_is_string(v)) {
      regex_t regex;
      if (regcomp(&regex, json_string_value(k), REG_EXTENDED | REG_NOSUB) != 0) return no(c, path, "the schema has a bad pattern", json_string_value(k));
      bool match = regexec(&regex, json_string_value(v), 0, NULL, 0) == 0;
      regfree(&regex);
      if (!match) return no(c, path, "does not match", json_string_value(k));
    } else if (strcmp(key, "minimum") == 0 && json_is_number(v)) {
      if (json_number_value(v) < json_number_value(k)) return no(c, path, "is too small", NULL);
    } else if (strcmp(key, "maximum") == 0 && json_is_number(v)) {
      if (json_number_value(v) > json_number_value(k)) return no(c, path, "is too large", NULL);
    } else if (strcmp(key, "items") == 0 && json_is_array(v)) {
      for (size_t i = 0; i < json_array_size(v); i++) {
        char deeper[512];
        (void)snprintf(deeper, sizeof deeper, "%s/%zu", path, i);
        if (!valid(c, k, json_array_get(v, i), deeper)) return false;
      }
    }
  }
  return !json_is_object(v) || object_ok(c, schema, v, path);
}

bool schema_valid(const json_t *schema, const json_t *value, char *why, size_t size) {
  Check c = {schema, why, size};
  return valid(&c, schema, value, "");
}

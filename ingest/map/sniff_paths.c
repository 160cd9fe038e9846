/* SPDX-License-Identifier: Apache-2.0 */
/* Documents are looked at through their own readers: of JSON the text of whole rows, of XML the names of what stands at each place. */
#include "sniff_paths.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "../table/sql.h"
#include "propter/hash.h"

enum { ROWS = 200, DEPTH = 4, PLACES = 48, INNER = 12 };

typedef struct {
  SniffPaths *out;
  PropterArena *arena;
  PropterMap seen; /* paths, of columns (0) and of lists (1) */
} Paths;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory looking at a document"); }

static PropterStatus add(Paths *p, PropterStr path, bool list, PropterError *err) {
  bool added;
  uint64_t *kind = propter_map_put(&p->seen, path, list, &added);
  if (!kind) return no_memory(err);
  if (!added) return PROPTER_OK;
  if (list) {
    propter_buf_printf(&p->out->lists, "%s%.*s", p->out->lists.len ? ", " : "", (int)path.len, path.data);
    return propter_buf_status(&p->out->lists, err);
  }
  PropterStr kept = propter_arena_copy(p->arena, path);
  return kept.data && propter_vec_push(&p->out->names, kept) ? PROPTER_OK : no_memory(err);
}

/* --- JSON ------------------------------------------------------------------------------------------------------------------------------- */

/* ".name", or "['a b']" where a name is more than letters, digits and _; at the beginning "name" and "@['a b']". */
static void add_step(PropterBuf *path, const char *name) {
  bool plain = *name && !(*name >= '0' && *name <= '9');
  for (const char *c = name; *c; c++) plain &= *c == '_' || (unsigned char)*c >= 0x80 || (*c >= '0' && *c <= '9') || ((*c | 32) >= 'a' && (*c | 32) <= 'z');
  if (plain) {
    propter_buf_printf(path, "%s%s", path->len ? "." : "", name);
    return;
  }
  propter_buf_printf(path, "%s['", path->len ? "" : "@");
  for (const char *c = name; *c; c++) {
    if (*c == '\'' || *c == '\\') propter_buf_add_char(path, '\\');
    propter_buf_add_char(path, *c);
  }
  propter_buf_printf(path, "']");
}

static PropterStatus add_members(Paths *p, json_t *object, PropterBuf *path, int depth, PropterError *err) {
  const char *name;
  json_t *value;
  PropterStatus status = PROPTER_OK;
  json_object_foreach(object, name, value) {
    size_t length = path->len;
    add_step(path, name);
    status = propter_buf_status(path, err);
    bool inside = json_is_object(value) && depth < DEPTH;
    if (status == PROPTER_OK && inside) status = add_members(p, value, path, depth + 1, err);
    else if (status == PROPTER_OK && !json_is_null(value)) status = add(p, propter_buf_str(path), json_is_array(value) || json_is_object(value), err);
    path->len = length;
    if (path->data) path->data[length] = '\0';
    if (status != PROPTER_OK) return status;
  }
  return status;
}

static size_t objects_in(json_t *value) { return json_is_array(value) && json_is_object(json_array_get(value, 0)) ? json_array_size(value) : 0; }

/* The longest list of objects under names; `best` holds its path behind "$". */
static json_t *longest_list(json_t *value, PropterBuf *path, PropterBuf *best, int depth, json_t *found) {
  const char *name;
  json_t *member;
  if (objects_in(value) > objects_in(found)) {
    propter_buf_reset(best);
    propter_buf_add(best, propter_buf_str(path));
    found = value;
  }
  if (!json_is_object(value) || depth == DEPTH) return found;
  json_object_foreach(value, name, member) {
    size_t length = path->len;
    propter_buf_printf(path, "['%s']", name);
    if (!strpbrk(name, "'\\")) found = longest_list(member, path, best, depth + 1, found);
    path->len = length;
    if (path->data) path->data[length] = '\0';
  }
  return found;
}

/* "$['a'][*]" is "$.a[*]", which is read a row at a time. */
static const char *iterator_of(Paths *p, PropterStr path) {
  PropterBuf text = {0};
  propter_buf_add_char(&text, '$');
  for (size_t i = 0; i < path.len; i++) {
    PropterStr rest = {path.data + i, path.len - i};
    bool begin = propter_str_starts(rest, PROPTER_STR("['"));
    if (begin) propter_buf_add_char(&text, '.'), i++;
    else if (propter_str_starts(rest, PROPTER_STR("']"))) i++;
    else propter_buf_add_char(&text, path.data[i]);
  }
  propter_buf_add(&text, PROPTER_STR("[*]"));
  PropterStr kept = propter_buf_status(&text, NULL) == PROPTER_OK ? propter_arena_copy(p->arena, propter_buf_str(&text)) : (PropterStr){NULL, 0};
  propter_buf_clear(&text);
  return kept.data;
}

/* One document: its longest list of objects holds the rows; a value of several: it is one. */
static PropterStatus look_at_json(Paths *p, json_t *value, bool alone, PropterTableOptions *options, PropterError *err) {
  PropterBuf path = {0}, best = {0};
  PropterStatus status = PROPTER_OK;
  json_t *list = alone && !options->iterator ? longest_list(value, &path, &best, 0, NULL) : NULL;
  if (path.failed || best.failed) status = no_memory(err);
  if (list && status == PROPTER_OK) {
    options->iterator = iterator_of(p, propter_buf_str(&best));
    if (!options->iterator) status = no_memory(err);
    propter_buf_reset(&path);
    for (size_t i = 0; i < json_array_size(list) && i < ROWS && status == PROPTER_OK; i++) status = add_members(p, json_array_get(list, i), &path, 0, err);
  } else if (status == PROPTER_OK) {
    propter_buf_reset(&path);
    status = add_members(p, value, &path, 0, err);
  }
  propter_buf_clear(&path);
  propter_buf_clear(&best);
  return status;
}

static PropterStatus look_at_text(Paths *p, PropterStr text, bool alone, PropterTableOptions *options, PropterError *err) {
  if (!text.len) return PROPTER_OK;
  json_t *value = json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
  if (!value) return no_memory(err); /* the reader wrote it */
  PropterStatus status = look_at_json(p, value, alone, options, err);
  json_decref(value);
  return status;
}

static PropterStatus json_paths(Paths *p, PropterTable *table, PropterTableOptions *options, PropterError *err) {
  PropterRow row;
  PropterStr first = {"", 0};
  bool found;
  size_t column, rows = 0;
  PROPTER_TRY(propter_table_column(table, PROPTER_STR("$"), &column, err));
  for (; rows < ROWS; rows++) {
    PROPTER_TRY(propter_table_next(table, &row, &found, err));
    if (!found) break;
    bool holds = row.values && column < row.count && row.values[column].count && row.values[column].items[0].compound;
    PropterStr text = holds ? row.values[column].items[0].text : (PropterStr){"", 0};
    /* Whether it is alone shows when the next one is asked for. */
    if (!rows) first = propter_arena_copy(p->arena, text);
    if (!first.data) return no_memory(err);
    if (rows == 1) PROPTER_TRY(look_at_text(p, first, false, options, err));
    if (rows) PROPTER_TRY(look_at_text(p, text, false, options, err));
  }
  return rows == 1 ? look_at_text(p, first, true, options, err) : PROPTER_OK;
}

/* --- XML -------------------------------------------------------------------------------------------------------------------------------- */

/* A row's columns there: how many children and attributes it has and what they are called, and what their children are called. */
typedef struct {
  PropterTable *table;
  size_t own, attributes[INNER], names[PLACES], inside[PLACES], inner[PLACES][INNER];
} Places;

static PropterStatus column_of(PropterTable *table, size_t *index, PropterError *err, const char *form, int a, int b) {
  char text[96];
  /* cppcheck-suppress wrongPrintfScanfArgNum; a form without numbers ignores them */
  (void)snprintf(text, sizeof text, form, a, b);
  return propter_table_column(table, propter_str(text), index, err);
}

/* In a namespace of its own a name is found by its local part. */
#define NAME(step) "concat(substring('*', 1, namespace-uri(" step ") != ''), local-name(" step "))"

static PropterStatus bind(Places *x, PropterError *err) {
  PROPTER_TRY(column_of(x->table, &x->own, err, NAME("."), 0, 0));
  for (int i = 0; i < INNER; i++) PROPTER_TRY(column_of(x->table, &x->attributes[i], err, "name(@*[%d])", i + 1, 0));
  for (int i = 0; i < PLACES; i++) {
    char text[160];
    (void)snprintf(text, sizeof text, NAME("*[%d]"), i + 1, i + 1);
    PROPTER_TRY(propter_table_column(x->table, propter_str(text), &x->names[i], err));
    PROPTER_TRY(column_of(x->table, &x->inside[i], err, "count(*[%d]/*)", i + 1, 0));
    for (int k = 0; k < INNER; k++) {
      (void)snprintf(text, sizeof text, NAME("*[%d]/*[%d]"), i + 1, k + 1, i + 1, k + 1);
      PROPTER_TRY(propter_table_column(x->table, propter_str(text), &x->inner[i][k], err));
    }
  }
  return PROPTER_OK;
}

/* "name", or "*[local-name()='name']" of one that NAME marked. */
static void add_element(PropterBuf *path, PropterStr name) {
  if (name.len && name.data[0] == '*') propter_buf_printf(path, "*[local-name()='%.*s']", (int)name.len - 1, name.data + 1);
  else propter_buf_add(path, name);
}

static PropterStatus put(Paths *p, PropterBuf *path, bool list, PropterError *err) {
  PROPTER_TRY(propter_buf_status(path, err));
  PROPTER_TRY(add(p, propter_buf_str(path), list, err));
  propter_buf_reset(path);
  return PROPTER_OK;
}

static PropterStatus add_children(Paths *p, const Places *x, const PropterRow *row, PropterBuf *path, PropterError *err) {
  for (int i = 0; i < INNER && propter_row_text(row, x->attributes[i]).len; i++) {
    PropterStr name = propter_row_text(row, x->attributes[i]);
    if (memchr(name.data, ':', name.len)) continue;
    propter_buf_printf(path, "@%.*s", (int)name.len, name.data);
    PROPTER_TRY(put(p, path, false, err));
  }
  for (int i = 0; i < PLACES; i++) {
    PropterStr name = propter_row_text(row, x->names[i]);
    bool again = false, leaf = propter_str_equal(propter_row_text(row, x->inside[i]), PROPTER_STR("0"));
    if (!name.len) return PROPTER_OK;
    for (int k = 0; k < i && !again; k++) again = propter_str_equal(propter_row_text(row, x->names[k]), name);
    for (int k = 0; !leaf && !again && k < INNER; k++) {
      PropterStr inner = propter_row_text(row, x->inner[i][k]);
      if (!inner.len) break;
      add_element(path, name), propter_buf_add_char(path, '/'), add_element(path, inner);
      PROPTER_TRY(put(p, path, false, err));
    }
    if (!leaf && !again) continue;
    if (again) propter_buf_printf(path, "further ");
    add_element(path, name);
    PROPTER_TRY(put(p, path, again, err));
  }
  return PROPTER_OK;
}

/* Rows there, if two have the first one's name and one of them holds something. */
static PropterStatus xml_paths_at(Paths *p, Places *x, const char *place, PropterTableOptions *options, PropterError *err) {
  PropterRow row;
  PropterBuf name = {0}, path = {0};
  bool found = true;
  size_t same = 0;
  PropterStatus status = bind(x, err);
  for (size_t rows = 0; status == PROPTER_OK && rows < ROWS; rows++) {
    status = propter_table_next(x->table, &row, &found, err);
    if (status != PROPTER_OK || !found) break;
    PropterStr own = propter_row_text(&row, x->own);
    if (!rows) propter_buf_add(&name, own), status = propter_buf_status(&name, err);
    if (status != PROPTER_OK || !propter_str_equal(own, propter_buf_str(&name))) continue;
    same++;
    status = add_children(p, x, &row, &path, err);
  }
  if (status == PROPTER_OK && (same < 2 || !p->out->names.count)) {
    p->out->names.count = 0;
    propter_buf_reset(&p->out->lists);
    propter_map_clear(&p->seen);
  } else if (status == PROPTER_OK && !options->iterator) {
    propter_buf_reset(&path);
    propter_buf_add(&path, propter_str(place));
    add_element(&path, propter_buf_str(&name));
    status = propter_buf_status(&path, err);
    options->iterator = propter_arena_copy(p->arena, propter_buf_str(&path)).data;
    if (status == PROPTER_OK && !options->iterator) status = no_memory(err);
  }
  propter_buf_clear(&name);
  propter_buf_clear(&path);
  return status;
}

static PropterStatus xml_paths(Paths *p, const char *path, PropterTableOptions *options, const PropterLimits *limits, PropterError *err) {
  static const char *const places[] = {"/*/", "/*/*/", "/*/*/*/"};
  const char *given = options->iterator;
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < sizeof places / sizeof *places && status == PROPTER_OK && !p->out->names.count; i++) {
    PropterTableOptions at = *options;
    char all[16];
    (void)snprintf(all, sizeof all, "%s*", places[i]);
    if (!given) at.iterator = all;
    Places *x = propter_calloc(1, sizeof *x);
    if (!x) return no_memory(err);
    status = propter_table_open(path, &at, limits, &x->table, err);
    if (status == PROPTER_OK) status = xml_paths_at(p, x, places[i], options, err);
    propter_table_close(x->table);
    propter_free(x);
    if (given) break;
  }
  return status;
}

PropterStatus sniff_paths(const char *path, PropterTableOptions *options, const PropterLimits *limits, PropterArena *arena, SniffPaths *out,
                          PropterError *err) {
  Paths p = {.out = out, .arena = arena};
  PropterTable *table = NULL;
  PROPTER_TRY(propter_table_open(path, options, limits, &table, err));
  bool expressions = propter_table_has_expressions(table), xml = expressions && strcmp(table_dialect(table), "xml") == 0;
  if (expressions) out->formulation = xml ? "XPath" : "JSONPath";
  PropterStatus status = expressions && !xml ? json_paths(&p, table, options, err) : PROPTER_OK;
  propter_table_close(table);
  if (status == PROPTER_OK && xml) status = xml_paths(&p, path, options, limits, err);
  propter_map_clear(&p.seen);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that metadata describe, as JSON: CSV2JSON §4, its objects nested where one cell's value names what another is about (§4.4). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "csvw_row.h"

/* What cells of one row are about. */
typedef struct {
  PropterStr about; /* no data: the row itself */
  json_t *object;
  size_t parent; /* SIZE_MAX: none */
} Subject;
typedef PROPTER_VEC(Subject) Subjects;

static json_t *checked(CsvwRow *r, json_t *v) {
  if (!v) (void)row_checked(r, (PropterStr){NULL, 0});
  return v;
}

static json_t *text(CsvwRow *r, PropterStr s) { return checked(r, json_stringn(s.data, s.len)); }

/* Takes `v`. Several values of one name are an array. */
static void put(CsvwRow *r, json_t *object, PropterStr name, json_t *v) {
  if (!v) { /* no memory for it */
    (void)row_checked(r, (PropterStr){NULL, 0});
    return;
  }
  json_t *before = json_object_get(object, name.data);
  int failed;
  if (!before) failed = json_object_set_new(object, name.data, v);
  else if (json_is_array(before) && json_is_array(v)) failed = json_array_extend(before, v), json_decref(v);
  else if (json_is_array(before)) failed = json_array_append_new(before, v);
  else {
    json_t *both = json_array();
    failed = !both || json_array_append(both, before) || (json_is_array(v) ? json_array_extend(both, v) : json_array_append(both, v)) ||
             json_object_set(object, name.data, both);
    json_decref(both);
    json_decref(v);
  }
  if (failed) (void)row_checked(r, (PropterStr){NULL, 0});
}

static void piece(CsvwRow *r, const char *text) {
  if (r->status == PROPTER_OK) row_fail(r, r->x->sink->json(propter_str(text), r->x->sink->payload, r->err));
}

/* Takes `v`. */
static void write_value(CsvwRow *r, json_t *v, size_t flags) {
  char *made = v && r->status == PROPTER_OK ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | flags) : NULL;
  if (r->status == PROPTER_OK && !made) (void)row_checked(r, (PropterStr){NULL, 0});
  if (made) piece(r, made);
  free(made);
  json_decref(v);
}

/* --- Annotations ------------------------------------------------------------------------------------------------------------------ */

static PropterStr compacted(CsvwRow *r, PropterStr iri) { return row_checked(r, csvw_compact(&r->arena, iri)); }

static PropterStr address(CsvwRow *r, const char *reference) {
  PropterStr own = row_named(r, propter_str(reference));
  return own.data ? own : row_resolved(r, r->t->base, propter_str(reference));
}

static json_t *plain(CsvwRow *r, const json_t *v);

static json_t *plain_object(CsvwRow *r, const json_t *v) {
  const char *key, *id = json_string_value(json_object_get(v, "@id"));
  json_t *inner, *value = json_object_get(v, "@value"), *made;
  if (value) return json_incref(value);
  if (id && json_object_size(v) == 1) return text(r, address(r, id));
  if (!(made = checked(r, json_object()))) return NULL;
  json_object_foreach((json_t *)v, key, inner) {
    put(r, made, propter_str(key), strcmp(key, "@id") == 0 ? text(r, address(r, id)) : plain(r, inner));
  }
  return made;
}

/* A value of JSON-LD as people write it. */
static json_t *plain(CsvwRow *r, const json_t *v) {
  if (json_is_object(v)) return plain_object(r, v);
  if (!json_is_array(v)) return json_incref((json_t *)v);
  json_t *made = checked(r, json_array());
  for (size_t i = 0; made && i < json_array_size(v); i++)
    if (json_array_append_new(made, plain(r, json_array_get(v, i))) != 0) (void)checked(r, NULL);
  return made;
}

static void annotate(CsvwRow *r, json_t *object, const json_t *from) {
  const char *key;
  json_t *v;
  json_object_foreach((json_t *)from, key, v) {
    PropterStr id = propter_str(json_is_string(v) ? json_string_value(v) : "");
    if (strcmp(key, "@id") == 0) put(r, object, PROPTER_STR("@id"), text(r, row_resolved(r, r->t->base, id)));
    PropterStr predicate = strchr(key, ':') ? row_named(r, propter_str(key)) : (PropterStr){NULL, 0};
    if (predicate.data) put(r, object, compacted(r, predicate), plain(r, v));
    if (strcmp(key, "notes") == 0 && json_is_array(v)) put(r, object, PROPTER_STR("notes"), plain(r, v));
  }
}

/* --- Rows ------------------------------------------------------------------------------------------------------------------------- */

/* Digits as JSON wants them: no plus, no zeros before others, some on both sides of the point. INF and NaN are no numbers there. */
static json_t *number(CsvwRow *r, PropterStr s) {
  PropterBuf out = {0};
  size_t i = 0;
  if (!memchr("+-.0123456789", *s.data, 13) || memchr(s.data, 'I', s.len)) return text(r, s);
  if (s.data[i] == '+' || s.data[i] == '-') {
    if (s.data[i++] == '-') propter_buf_add_char(&out, '-');
  }
  while (i + 1 < s.len && s.data[i] == '0' && s.data[i + 1] >= '0' && s.data[i + 1] <= '9') i++;
  if (i < s.len && s.data[i] == '.') propter_buf_add_char(&out, '0');
  for (; i < s.len; i++) {
    bool last = i + 1 == s.len || s.data[i + 1] == 'E' || s.data[i + 1] == 'e';
    if (s.data[i] != '.' || !last) propter_buf_add_char(&out, s.data[i]);
  }
  PropterStr made = row_kept(r, &out);
  propter_buf_clear(&out);
  json_t *v = json_loadb(made.data, made.len, JSON_DECODE_ANY, NULL);
  return v ? v : text(r, s);
}

static json_t *cell_value(CsvwRow *r, const CsvwColumn *c, const PropterTerm *t) {
  bool typed = t->datatype.len > 0;
  if (typed && c->type.kind == CSVW_NUMBER) return number(r, t->value);
  if (typed && c->type.kind == CSVW_BOOLEAN)
    return json_boolean(propter_str_equal(t->value, PROPTER_STR("true")) || propter_str_equal(t->value, PROPTER_STR("1")));
  return text(r, t->value);
}

static size_t find_subject(CsvwRow *r, Subjects *subjects, PropterStr about) {
  for (size_t i = 0; i < subjects->count; i++)
    if (!subjects->items[i].about.data == !about.data && propter_str_equal(subjects->items[i].about, about)) return i;
  Subject one = {about, checked(r, json_object()), SIZE_MAX};
  if (one.object && about.data) put(r, one.object, PROPTER_STR("@id"), text(r, about));
  if (one.object && propter_vec_push(subjects, one)) return subjects->count - 1;
  json_decref(one.object);
  (void)checked(r, NULL);
  return SIZE_MAX;
}

/* The object that the value of a cell of `of` names and that becomes part of it: named once in the row, part of nothing else, and not what `of` is part of. */
static size_t nested(const CsvwRow *r, const Subjects *subjects, const PropterStr *named, size_t of, PropterStr value) {
  size_t found = SIZE_MAX, times = 0, root = of;
  for (size_t i = 0; i < subjects->count; i++)
    if (subjects->items[i].about.data && propter_str_equal(subjects->items[i].about, value)) found = i;
  for (size_t i = 0; i < r->t->columns.count; i++) times += named[i].data && propter_str_equal(named[i], value);
  while (subjects->items[root].parent != SIZE_MAX) root = subjects->items[root].parent;
  return found != SIZE_MAX && times == 1 && subjects->items[found].parent == SIZE_MAX && found != root ? found : SIZE_MAX;
}

static void put_cell(CsvwRow *r, Subjects *subjects, const PropterStr *named, size_t of, size_t column) {
  const CsvwColumn *c = &r->t->columns.items[column];
  const CsvwValues *values = &r->cells[column];
  json_t *object = subjects->items[of].object;
  PropterStr property = c->property.data ? row_expand(r, c->property, c) : (PropterStr){NULL, 0};
  if (c->property.data && !property.data) return;
  property = property.data ? compacted(r, property) : row_decoded(r, c->name);
  if (named[column].data) {
    size_t inner = nested(r, subjects, named, of, named[column]);
    bool type = propter_str_equal(property, PROPTER_STR("@type"));
    if (inner != SIZE_MAX) subjects->items[inner].parent = of, put(r, object, property, json_incref(subjects->items[inner].object));
    else put(r, object, property, text(r, type ? compacted(r, named[column]) : named[column]));
    return;
  }
  if (c->value.data && (values->count || c->is_virtual)) return;
  if (!c->separator.data && values->count) put(r, object, property, cell_value(r, c, &values->items[0]));
  if (!c->separator.data || !values->count) return;
  json_t *list = checked(r, json_array());
  for (size_t i = 0; list && i < values->count; i++)
    if (json_array_append_new(list, cell_value(r, c, &values->items[i])) != 0) (void)checked(r, NULL);
  put(r, object, property, list);
}

/* What the cells of the row are about, each cell with what it names. */
static void make_subjects(CsvwRow *r, Subjects *subjects) {
  size_t count = r->t->columns.count;
  PropterStr *named = propter_calloc(count, sizeof *named);
  size_t *of = propter_calloc(count, sizeof *of);
  if (!named || !of) (void)checked(r, NULL);
  for (size_t i = 0; i < count && r->status == PROPTER_OK; i++) {
    const CsvwColumn *c = &r->t->columns.items[i];
    of[i] = SIZE_MAX;
    if (c->suppressed) continue;
    PropterStr about = c->about.data ? row_expand(r, c->about, c) : (PropterStr){NULL, 0};
    if (c->about.data && !about.data) continue;
    of[i] = find_subject(r, subjects, about);
    if (c->value.data && (r->cells[i].count || c->is_virtual)) named[i] = row_expand(r, c->value, c);
  }
  for (size_t i = 0; i < count && r->status == PROPTER_OK; i++)
    if (of[i] != SIZE_MAX) put_cell(r, subjects, named, of[i], i);
  propter_free(named);
  propter_free(of);
}

static json_t *titles(CsvwRow *r) {
  const json_t *names = r->t->row_titles;
  json_t *made = checked(r, json_array()), *only;
  bool several = json_is_array(names);
  for (size_t i = 0; made && names && i < (several ? json_array_size(names) : 1); i++) {
    const char *name = json_string_value(several ? json_array_get(names, i) : names);
    for (size_t c = 0; name && c < r->t->columns.count; c++)
      for (size_t k = 0; propter_str_equal(r->t->columns.items[c].name, propter_str(name)) && k < r->cells[c].count; k++)
        if (json_array_append_new(made, text(r, r->cells[c].items[k].value)) != 0) (void)checked(r, NULL);
  }
  only = json_array_size(made) == 1 ? json_incref(json_array_get(made, 0)) : NULL;
  if (only) json_decref(made);
  return only ? only : made;
}

static void write_row(CsvwRow *r, const Subjects *subjects) {
  json_t *row = checked(r, json_object()), *describes = checked(r, json_array());
  put(r, row, PROPTER_STR("url"), text(r, row_checked(r, propter_arena_printf(&r->arena, "%s#row=%" PRIu64, r->t->url.data, r->line))));
  put(r, row, PROPTER_STR("rownum"), json_integer((json_int_t)r->number));
  if (r->t->row_titles) put(r, row, PROPTER_STR("titles"), titles(r));
  for (size_t i = 0; describes && i < subjects->count; i++)
    if (subjects->items[i].parent == SIZE_MAX && json_array_append(describes, subjects->items[i].object) != 0) (void)checked(r, NULL);
  if (row && describes) put(r, row, PROPTER_STR("describes"), json_incref(describes));
  json_decref(describes);
  piece(r, r->x->csvw_open ? ",\n" : "\n");
  r->x->csvw_open = true;
  write_value(r, row, 0);
}

void csvw_json_row(CsvwRow *r) {
  Subjects subjects = {0};
  make_subjects(r, &subjects);
  if (r->status == PROPTER_OK && !r->t->minimal) write_row(r, &subjects);
  for (size_t i = 0; r->t->minimal && i < subjects.count; i++) {
    if (subjects.items[i].parent != SIZE_MAX) continue;
    piece(r, r->x->csvw_open ? ",\n" : "\n");
    r->x->csvw_open = true;
    write_value(r, json_incref(subjects.items[i].object), 0);
  }
  for (size_t i = 0; i < subjects.count; i++) json_decref(subjects.items[i].object);
  propter_vec_clear(&subjects);
}

/* --- Tables ----------------------------------------------------------------------------------------------------------------------- */

/* The object without its closing brace, so that an array may follow as its last member. */
static void open_object(CsvwRow *r, json_t *object, const char *member) {
  piece(r, "{");
  if (object && json_object_size(object)) write_value(r, object, JSON_EMBED), piece(r, ",");
  else json_decref(object);
  piece(r, member);
}

static bool is_first(const CsvwRow *r) { return r->t == r->x->m->csvw->tables.items; }

void csvw_json_begin(CsvwRow *r) {
  if (r->t->minimal && is_first(r)) piece(r, "[");
  if (r->t->minimal) return;
  if (is_first(r)) {
    json_t *group = checked(r, json_object());
    if (group && r->t->group) annotate(r, group, r->t->group);
    open_object(r, group, "\"tables\":[");
  }
  if (r->t->suppressed) return;
  json_t *table = checked(r, json_object());
  if (table) put(r, table, PROPTER_STR("url"), text(r, r->t->url)), annotate(r, table, r->t->json);
  bool before = false;
  for (const CsvwTable *t = r->x->m->csvw->tables.items; t < r->t; t++) before |= !t->suppressed;
  piece(r, before ? ",\n" : "\n");
  open_object(r, table, "\"row\":[");
  r->x->csvw_open = false;
}

void csvw_json_end(CsvwRow *r) {
  const Csvw *c = r->x->m->csvw;
  bool last = r->t + 1 == c->tables.items + c->tables.count;
  if (!r->t->minimal && !r->t->suppressed) piece(r, "]}");
  if (last) piece(r, r->t->minimal ? "\n]\n" : "\n]}\n");
}

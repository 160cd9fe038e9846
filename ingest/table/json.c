/* SPDX-License-Identifier: Apache-2.0 */
/* JSON and NDJSON. Where the iterator is names and a last [*], or ..name[*], or nothing for NDJSON, one record at a time is held; its end is found by
 * counting brackets outside of texts, then jansson reads it. Of ..name[*] what stands inside a record comes behind it and before the next one. Any other
 * iterator needs the whole document. Of NDJSON a line that is no value is a row with a problem; a value may go over several lines as long as it is short. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "json_path.h"
#include "propter/vocab.h"
#include "reader.h"
#include "text.h"

typedef struct {
  Text *text;
  PropterLimits limits;
  bool lines;         /* NDJSON: values one after the other */
  JsonPath *iterator; /* NULL: the value itself */
  size_t depth;       /* names before the array that is read value by value; SIZE_MAX: the whole document */
  const char *whole;  /* the iterator for whose sake the document is held */
  bool searches;      /* the values are those of all members `wanted`, wherever they are */
  PropterStr wanted;
  PropterBuf open;    /* brackets open around the next value, see below */
  bool fresh;         /* the last of them was the last thing seen */
  bool entered, ended;
  bool in_object;     /* the values are those of an object */
  size_t level;       /* brackets open around the values */

  json_t *root;       /* the value held */
  JsonNodes nodes;    /* the rows in it */
  size_t next;
  uint64_t line;
  char problem[200]; /* of the record held; empty: none */
  PropterStr bad;    /* its text */

  PROPTER_VEC(JsonPath *) columns;
  PROPTER_VEC(size_t) parents; /* of each column: that at whose values it is evaluated; SIZE_MAX: at the row */
  PROPTER_VEC(PropterStr) names;
  PROPTER_VEC(PropterCells) values;
  PROPTER_VEC(size_t) begins; /* of the values of each column among the cells */
  PROPTER_VEC(PropterCell) cells;
  JsonNodes cell_nodes; /* of each cell */
  PropterArena arena, texts; /* of the table; of the row */
  JsonNodes found;
} Json;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading JSON"); }

static void close_json(void *state) {
  Json *j = state;
  text_close(j->text);
  json_path_free(j->iterator);
  json_decref(j->root);
  for (size_t i = 0; i < j->columns.count; i++) json_path_free(j->columns.items[i]);
  propter_vec_clear(&j->nodes);
  propter_vec_clear(&j->columns);
  propter_vec_clear(&j->parents);
  propter_vec_clear(&j->names);
  propter_vec_clear(&j->values);
  propter_vec_clear(&j->begins);
  propter_vec_clear(&j->cells);
  propter_vec_clear(&j->cell_nodes);
  propter_vec_clear(&j->found);
  propter_buf_clear(&j->open);
  propter_arena_clear(&j->arena);
  propter_arena_clear(&j->texts);
  propter_free(j);
}

static bool names_lines(const char *path) {
  PropterStr name = propter_str(path);
  if (propter_str_ends(name, PROPTER_STR(".gz"))) name.len -= 3;
  if (propter_str_ends(name, PROPTER_STR(".zst"))) name.len -= 4;
  return propter_str_ends(name, PROPTER_STR(".ndjson")) || propter_str_ends(name, PROPTER_STR(".jsonl"));
}

static PropterStatus open_json(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  Json *j = propter_calloc(1, sizeof *j);
  if (!j) return no_memory(err);
  *state = j;
  j->limits = *limits;
  j->lines = names_lines(path);
  j->depth = SIZE_MAX;
  if (options->iterator) PROPTER_TRY(json_path_parse(propter_str(options->iterator), &j->limits, &j->iterator, err));
  if (j->iterator && !j->lines) j->depth = json_path_array_depth(j->iterator);
  j->searches = j->iterator && !j->lines && json_path_searches(j->iterator, &j->wanted);
  if (!j->lines && j->depth == SIZE_MAX && !j->searches) j->whole = options->iterator ? options->iterator : "$";
  return text_open(path, options, limits, (size_t)(j->whole ? limits->document_bytes : limits->line_bytes), &j->text, err);
}

static PropterStatus nested_json(void *state, size_t parent, PropterStr expression, size_t *index, PropterError *err) {
  Json *j = state;
  for (size_t i = 0; i < j->names.count; i++)
    if (j->parents.items[i] == parent && propter_str_equal(j->names.items[i], expression)) return *index = i, PROPTER_OK;
  JsonPath *path;
  PropterStr name = propter_arena_copy(&j->arena, expression);
  if (!name.data) return no_memory(err);
  PROPTER_TRY(json_path_parse(expression, &j->limits, &path, err));
  *index = j->columns.count;
  if (propter_vec_push(&j->columns, path) && propter_vec_push(&j->parents, parent) && propter_vec_push(&j->names, name)) return PROPTER_OK;
  if (j->columns.count == *index) json_path_free(path);
  return no_memory(err);
}

static PropterStatus column_json(void *state, PropterStr expression, size_t *index, PropterError *err) {
  return nested_json(state, SIZE_MAX, expression, index, err);
}

/* --- Where the values are -------------------------------------------------------------------------------------------------------- */

static PropterStatus peek(Json *j, size_t at, char *c, PropterError *err) {
  bool more = true;
  while (text_held(j->text).len <= at && more) PROPTER_TRY(text_more(j->text, &more, err));
  PropterStr held = text_held(j->text);
  *c = at < held.len ? held.data[at] : '\0';
  return PROPTER_OK;
}

/* Drops blanks; *c is what follows, NUL at the end. */
static PropterStatus skip_blanks(Json *j, char *c, PropterError *err) {
  for (;;) {
    PROPTER_TRY(peek(j, 0, c, err));
    if (!*c || !strchr(" \t\r\n", *c)) return PROPTER_OK;
    PropterStr held = text_held(j->text);
    size_t n = 0;
    while (n < held.len && strchr(" \t\r\n", held.data[n]) && held.data[n]) n++;
    text_drop(j->text, n);
  }
}

static PropterStatus expected(Json *j, const char *what, char found, PropterError *err) {
  char shown[8] = {found, '\0'};
  return text_fail(j->text, 0, err, PROPTER_SYNTAX, "expected %s, found %s", what, found ? shown : "the end of the file");
}

static PropterStatus take(Json *j, char wanted, const char *what, PropterError *err) {
  char c;
  PROPTER_TRY(skip_blanks(j, &c, err));
  if (c != wanted) return expected(j, what, c, err);
  text_drop(j->text, 1);
  return PROPTER_OK;
}

enum { SEVERAL_LINES = 1 << 16 };

/* Length of the value that begins at the first byte held, in NDJSON at most SEVERAL_LINES or its first line. */
static PropterStatus value_length(Json *j, size_t *length, PropterError *err) {
  size_t at = 0, depth = 0, first = 0;
  bool in_text = false;
  PropterStr held = text_held(j->text);
  char c;
  for (;; at++) {
    if (at >= held.len) {
      PROPTER_TRY(peek(j, at, &c, err));
      held = text_held(j->text);
    }
    c = at < held.len ? held.data[at] : '\0';
    if (j->lines && !first && c == '\n') first = at;
    if (j->lines && first && ((c == '\n' && in_text) || at - first > SEVERAL_LINES)) {
      at = first;
      break;
    }
    if (!c && at >= text_held(j->text).len) {
      if (j->lines && first) at = first;
      else if ((in_text || depth) && !j->lines)
        return text_fail(j->text, at, err, PROPTER_SYNTAX, "the value that begins on line %llu is not finished: expected %s, found the end of the file",
                         (unsigned long long)text_line(j->text), in_text ? "\"" : "] or }");
      break;
    }
    if (in_text) {
      if (c == '\\')
        at++;
      else if (c == '"')
        in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      depth++;
    } else if (c == ']' || c == '}') {
      if (!depth) break;
      depth--;
    } else if (!depth && (c == ',' || c == ':' || strchr(" \t\r\n", c))) {
      break;
    }
    if (!in_text && !depth && (c == '"' || c == ']' || c == '}')) {
      at++;
      break;
    }
  }
  *length = at;
  return PROPTER_OK;
}

/* Makes the value of `n` bytes the one held, or root NULL and *why. */
static PropterStatus load(Json *j, size_t n, json_error_t *why, PropterError *err) {
  json_decref(j->root);
  j->line = text_line(j->text);
  j->root = json_loadb(text_held(j->text).data, n, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, why);
  if (j->root) text_drop(j->text, n);
  return !j->root && json_error_code(why) == json_error_out_of_memory ? no_memory(err) : PROPTER_OK;
}

static PropterStatus parse(Json *j, size_t n, PropterError *err) {
  json_error_t why;
  PROPTER_TRY(load(j, n, &why, err));
  if (j->root) return PROPTER_OK;
  size_t at = why.position > 0 ? (size_t)why.position : 0;
  return text_fail(j->text, at < n ? at : n, err, PROPTER_SYNTAX, "not JSON: %s", why.text);
}

/* The `n` bytes held are passed over as a record with a problem. */
static PropterStatus pass_over(Json *j, size_t n, const json_error_t *why, PropterError *err) {
  (void)snprintf(j->problem, sizeof j->problem, "not JSON: %s", why->text);
  propter_arena_clear(&j->texts);
  j->bad = propter_arena_copy(&j->texts, propter_str_trim((PropterStr){text_held(j->text).data, n}));
  text_drop(j->text, n);
  return j->bad.data ? PROPTER_OK : no_memory(err);
}

/* An element whose end is known although an object in it has a member twice. */
static PropterStatus parse_element(Json *j, size_t n, PropterError *err) {
  json_error_t why;
  PROPTER_TRY(load(j, n, &why, err));
  if (j->root) return PROPTER_OK;
  return json_error_code(&why) == json_error_duplicate_key ? pass_over(j, n, &why, err) : parse(j, n, err);
}

static PropterStatus member_name(Json *j, PropterStr *name, PropterError *err) {
  char c;
  size_t n;
  PROPTER_TRY(skip_blanks(j, &c, err));
  if (c != '"') return expected(j, "the name of a member in quotes", c, err);
  PROPTER_TRY(value_length(j, &n, err));
  PROPTER_TRY(parse(j, n, err));
  *name = (PropterStr){json_string_value(j->root), json_string_length(j->root)};
  return take(j, ':', ":", err);
}

/* Stands before the member's value, or behind the object. */
static PropterStatus find_member(Json *j, PropterStr wanted, bool *found, PropterError *err) {
  char c;
  PropterStr name;
  size_t n;
  *found = false;
  PROPTER_TRY(skip_blanks(j, &c, err));
  if (c != '{') return PROPTER_OK;
  text_drop(j->text, 1);
  PROPTER_TRY(skip_blanks(j, &c, err));
  while (c != '}') {
    PROPTER_TRY(member_name(j, &name, err));
    if (propter_str_equal(name, wanted)) return *found = true, PROPTER_OK;
    PROPTER_TRY(skip_blanks(j, &c, err));
    PROPTER_TRY(value_length(j, &n, err));
    PROPTER_TRY(parse(j, n, err));
    PROPTER_TRY(skip_blanks(j, &c, err));
    if (c == ',') text_drop(j->text, 1);
    if (c != ',' && c != '}') return expected(j, ", or }", c, err);
  }
  return PROPTER_OK;
}

static PropterStatus enter(Json *j, PropterError *err) {
  char c;
  bool found = true;
  j->entered = true;
  for (size_t i = 0; i < j->depth && found; i++) {
    PROPTER_TRY(find_member(j, json_path_name(j->iterator, i), &found, err));
    if (found) j->level++;
  }
  PROPTER_TRY(skip_blanks(j, &c, err));
  j->ended = !found || (c != '[' && c != '{');
  j->in_object = c == '{';
  if (!j->ended) text_drop(j->text, 1);
  return PROPTER_OK;
}

/* What stands behind the values must still be JSON: the rest of the members of the objects around them, then nothing. */
static PropterStatus leave(Json *j, PropterError *err) {
  char c;
  PropterStr name;
  size_t n;
  for (; j->level; j->level--) {
    PROPTER_TRY(skip_blanks(j, &c, err));
    while (c == ',') {
      text_drop(j->text, 1);
      PROPTER_TRY(member_name(j, &name, err));
      if (propter_str_equal(name, json_path_name(j->iterator, j->level - 1)))
        return text_fail(j->text, 0, err, PROPTER_SYNTAX, "not JSON: duplicate object key: %s", name.data);
      PROPTER_TRY(skip_blanks(j, &c, err));
      PROPTER_TRY(value_length(j, &n, err));
      PROPTER_TRY(parse(j, n, err));
      PROPTER_TRY(skip_blanks(j, &c, err));
    }
    PROPTER_TRY(take(j, '}', ", or }", err));
  }
  PROPTER_TRY(skip_blanks(j, &c, err));
  return c ? expected(j, "the end of the file", c, err) : PROPTER_OK;
}

static PropterStatus next_element(Json *j, bool *found, PropterError *err) {
  char c, close = j->in_object ? '}' : ']';
  size_t n;
  PropterStr name;
  *found = false;
  PROPTER_TRY(skip_blanks(j, &c, err));
  bool first = j->next == 0;
  if (c == close) {
    text_drop(j->text, 1);
    j->ended = true;
    return leave(j, err);
  }
  if (!first && c != ',') return expected(j, j->in_object ? ", or }" : ", or ]", c, err);
  if (!first) text_drop(j->text, 1);
  if (j->in_object) PROPTER_TRY(member_name(j, &name, err));
  PROPTER_TRY(skip_blanks(j, &c, err));
  if (!c) return expected(j, "a value", c, err);
  PROPTER_TRY(value_length(j, &n, err));
  PROPTER_TRY(parse_element(j, n, err));
  j->next = 1;
  *found = true;
  return PROPTER_OK;
}

/* Brackets on the way to members of a name: a list, an object, one that had a member of the name, and a list or an object whose values are rows. */
enum { LIST = '[', OBJECT = '{', HAD = 'h', ROW_LIST = 'l', ROW_OBJECT = 'o', DEEPEST = 2048 };

static PropterStatus go_in(Json *j, char bracket, bool wanted, PropterError *err) {
  if (j->open.len == DEEPEST) return text_fail(j->text, 0, err, PROPTER_SYNTAX, "not JSON: nested deeper than %d brackets", DEEPEST);
  propter_buf_add_char(&j->open, !wanted ? bracket : bracket == LIST ? ROW_LIST : ROW_OBJECT);
  text_drop(j->text, 1);
  j->fresh = true;
  return propter_buf_status(&j->open, err);
}

/* Stands before the next value, which begins with *c, or at the end of the file. *wanted: it is a member of the name. */
static PropterStatus go_on(Json *j, char *c, bool *wanted, PropterError *err) {
  PropterStr name;
  *wanted = false;
  for (;; j->fresh = false) {
    char *in = j->open.len ? &j->open.data[j->open.len - 1] : NULL;
    PROPTER_TRY(skip_blanks(j, c, err));
    if (!in) {
      j->ended = j->entered;
      j->entered = true;
      if (!*c == j->ended) return PROPTER_OK;
      return expected(j, *c ? "the end of the file" : "a JSON value", *c, err);
    }
    const bool list = *in == LIST || *in == ROW_LIST;
    if (*c == (list ? ']' : '}')) {
      text_drop(j->text, 1);
      j->open.len--;
      continue;
    }
    if (!j->fresh) PROPTER_TRY(take(j, ',', list ? ", or ]" : ", or }", err));
    j->fresh = false;
    if (!list) PROPTER_TRY(member_name(j, &name, err));
    *wanted = !list && propter_str_equal(name, j->wanted);
    if (*wanted && *in == HAD) return text_fail(j->text, 0, err, PROPTER_SYNTAX, "not JSON: duplicate object key: %s", name.data);
    if (*wanted && *in == OBJECT) *in = HAD;
    PROPTER_TRY(skip_blanks(j, c, err));
    return *c ? PROPTER_OK : expected(j, "a value", *c, err);
  }
}

/* The row held, and those inside of it; one that bears the name itself gives its values, too. */
static PropterStatus select_inside(Json *j, bool wanted, PropterError *err) {
  json_t *row = j->root;
  if (!propter_vec_push(&j->nodes, row)) return no_memory(err);
  if (wanted) {
    json_t *around = json_object();
    j->root = around; /* the row is its, or gone */
    if (json_object_setn_new_nocheck(around, j->wanted.data, j->wanted.len, row) != 0) return no_memory(err);
  }
  return json_path_select(j->iterator, j->root, j->root, &j->nodes, err);
}

static PropterStatus next_found(Json *j, PropterError *err) {
  char c;
  bool wanted;
  size_t n;
  j->nodes.count = j->next = 0;
  for (;;) {
    PROPTER_TRY(go_on(j, &c, &wanted, err));
    if (j->ended) return PROPTER_OK;
    const char in = j->open.len ? j->open.data[j->open.len - 1] : LIST;
    const bool row = in == ROW_LIST || in == ROW_OBJECT;
    if (!row && (c == LIST || c == OBJECT)) {
      PROPTER_TRY(go_in(j, c, wanted, err));
      continue;
    }
    PROPTER_TRY(value_length(j, &n, err));
    if (row) break;
    PROPTER_TRY(parse(j, n, err));
  }
  PROPTER_TRY(parse_element(j, n, err));
  return j->root ? select_inside(j, wanted, err) : PROPTER_OK;
}

/* The value that begins here; where there is none, the line. */
static PropterStatus parse_line(Json *j, PropterError *err) {
  json_error_t why;
  size_t n, end = 0;
  char c;
  PROPTER_TRY(value_length(j, &n, err));
  PROPTER_TRY(load(j, n, &why, err));
  if (j->root) return PROPTER_OK;
  do PROPTER_TRY(peek(j, end, &c, err));
  while (end < text_held(j->text).len && c != '\n' && ++end);
  return pass_over(j, end, &why, err);
}

static PropterStatus next_document(Json *j, bool *found, PropterError *err) {
  char c;
  size_t n;
  *found = false;
  PROPTER_TRY(skip_blanks(j, &c, err));
  if (!c) {
    j->ended = true;
    return j->entered || j->lines ? PROPTER_OK : expected(j, "a JSON value", c, err);
  }
  if (j->entered && !j->lines) return expected(j, "the end of the file", c, err);
  j->entered = true;
  PROPTER_TRY(j->lines ? parse_line(j, err) : value_length(j, &n, err));
  if (!j->lines) PROPTER_TRY(parse(j, n, err));
  j->nodes.count = j->next = 0;
  *found = true;
  if (j->problem[0]) return PROPTER_OK;
  if (j->iterator) return json_path_select(j->iterator, j->root, j->root, &j->nodes, err);
  return propter_vec_push(&j->nodes, j->root) ? PROPTER_OK : no_memory(err);
}

static PropterStatus next_node(Json *j, json_t **node, PropterError *err) {
  bool found = true;
  *node = NULL;
  if (j->depth != SIZE_MAX) {
    if (!j->entered) PROPTER_TRY(enter(j, err));
    if (j->ended) return PROPTER_OK;
    PROPTER_TRY(next_element(j, &found, err));
    *node = found ? j->root : NULL;
    return PROPTER_OK;
  }
  while (j->next == j->nodes.count && !j->ended && !j->problem[0]) PROPTER_TRY(j->searches ? next_found(j, err) : next_document(j, &found, err));
  if (j->next < j->nodes.count) *node = j->nodes.items[j->next++];
  return PROPTER_OK;
}

/* --- Rows ------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus text_of(Json *j, const json_t *node, PropterCell *out, PropterError *err) {
  char number[64];
  *out = (PropterCell){.text = {"", 0}, .datatype = {"", 0}};
  switch (json_typeof(node)) {
  case JSON_STRING: out->text = (PropterStr){json_string_value(node), json_string_length(node)}; return PROPTER_OK;
  case JSON_TRUE:
  case JSON_FALSE:
    out->text = json_is_true(node) ? PROPTER_STR("true") : PROPTER_STR("false");
    out->datatype = propter_vocab_iri(VOCAB_xsd_boolean);
    return PROPTER_OK;
  case JSON_INTEGER:
    (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(node));
    out->datatype = propter_vocab_iri(VOCAB_xsd_integer);
    break;
  case JSON_REAL:
    for (int digits = 15; digits <= 17; digits++) {
      (void)snprintf(number, sizeof number, "%.*g", digits, json_real_value(node));
      double back;
      if (propter_str_to_double(propter_str(number), &back) && back >= json_real_value(node) && back <= json_real_value(node)) break;
    }
    out->datatype = propter_vocab_iri(VOCAB_xsd_double);
    break;
  default: {
    char *dump = json_dumps(node, JSON_COMPACT);
    out->compound = true;
    if (dump) out->text = propter_arena_copy(&j->texts, propter_str(dump));
    free(dump);
    return dump && out->text.data ? PROPTER_OK : no_memory(err);
  }
  }
  out->text = propter_arena_copy(&j->texts, propter_str(number));
  return out->text.data ? PROPTER_OK : no_memory(err);
}

/* What a column's expression gives at a node, which is value number `of` of the column it is nested in. */
static PropterStatus add_values(Json *j, size_t column, json_t *node, size_t of, PropterError *err) {
  j->found.count = 0;
  PROPTER_TRY(json_path_select(j->columns.items[column], node, node, &j->found, err));
  for (size_t k = 0; k < j->found.count; k++) {
    PropterCell cell;
    if (json_is_null(j->found.items[k])) continue;
    PROPTER_TRY(text_of(j, j->found.items[k], &cell, err));
    cell.of = (uint32_t)of;
    if (!propter_vec_push(&j->cells, cell) || !propter_vec_push(&j->cell_nodes, j->found.items[k])) return no_memory(err);
  }
  return PROPTER_OK;
}

static PropterStatus next_row(void *state, PropterRow *row, bool *found, PropterError *err) {
  Json *j = state;
  json_t *node;
  j->problem[0] = '\0';
  PROPTER_TRY(next_node(j, &node, err));
  *found = node != NULL || j->problem[0];
  if (!*found) return PROPTER_OK;
  if (node) propter_arena_clear(&j->texts);
  j->cells.count = j->cell_nodes.count = j->begins.count = 0;
  if (!propter_vec_reserve(&j->values, j->columns.count + 1)) return no_memory(err);
  for (size_t i = 0; i < j->columns.count; i++) {
    size_t parent = j->parents.items[i];
    if (!propter_vec_push(&j->begins, j->cells.count)) return no_memory(err);
    if (node && parent == SIZE_MAX) PROPTER_TRY(add_values(j, i, node, 0, err));
    if (parent != SIZE_MAX)
      for (size_t k = 0; k < j->values.items[parent].count; k++) PROPTER_TRY(add_values(j, i, j->cell_nodes.items[j->begins.items[parent] + k], k, err));
    j->values.items[i].count = j->cells.count - j->begins.items[i];
  }
  for (size_t i = 0; i < j->columns.count; i++)
    j->values.items[i].items = j->values.items[i].count ? j->cells.items + j->begins.items[i] : NULL;
  *row = (PropterRow){.line = j->line, .values = j->values.items, .count = j->columns.count, .problem = node ? NULL : j->problem, .text = j->bad};
  return PROPTER_OK;
}

static const char *encoding_json(const void *state) { return text_encoding(((const Json *)state)->text); }

static const char *whole_json(const void *state) { return ((const Json *)state)->whole; }

const TableReader table_reader_json = {.name = "json",
                                       .extensions = "json ndjson jsonl",
                                       .summary = "JSON and NDJSON, rows and values by JSONPath (RFC 9535)",
                                       .open = open_json,
                                       .next = next_row,
                                       .close = close_json,
                                       .column = column_json,
                                       .nested = nested_json,
                                       .encoding = encoding_json,
                                       .whole = whole_json};

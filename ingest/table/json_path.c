/* SPDX-License-Identifier: Apache-2.0 */
/* JSONPath, RFC 9535: a recursive descent parser (§2.1 to §2.5) and a selector that walks jansson's trees. */
#include "json_path.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "json_filter.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a JSONPath"); }

/* --- Parser -------------------------------------------------------------------------------------------------------------------- */

PropterStatus path_expected(const PathParser *p, const char *what, PropterError *err) {
  PropterStr rest = {p->text.data + p->at, p->text.len - p->at};
  return propter_fail(err, PROPTER_SYNTAX, "JSONPath \"%.*s\", character %zu: expected %s, found %s%.*s%s", (int)(p->text.len < 200 ? p->text.len : 200),
                      p->text.data, p->at + 1, what, rest.len ? "\"" : "the end", (int)(rest.len < 20 ? rest.len : 20), rest.data, rest.len ? "\"" : "");
}

bool path_peek(const PathParser *p, char c) { return p->at < p->text.len && p->text.data[p->at] == c; }
bool path_take(PathParser *p, const char *word) {
  size_t n = strlen(word);
  if (p->text.len - p->at < n || memcmp(p->text.data + p->at, word, n) != 0) return false;
  p->at += n;
  return true;
}
void path_blanks(PathParser *p) {
  while (p->at < p->text.len && strchr(" \t\r\n", p->text.data[p->at])) p->at++;
}

static bool hex4(const PathParser *p, size_t at, uint32_t *out) {
  *out = 0;
  if (p->text.len - at < 4) return false;
  for (size_t i = 0; i < 4; i++) {
    char c = p->text.data[at + i];
    uint32_t d = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                 : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                 : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                        : 99;
    if (d == 99) return false;
    *out = *out * 16 + d;
  }
  return true;
}

static PropterStatus escape(PathParser *p, char quote, PropterBuf *out, PropterError *err) {
  static const char from[] = "bfnrt/\\", to[] = "\b\f\n\r\t/\\";
  char c = p->at < p->text.len ? p->text.data[p->at++] : '\0';
  const char *known = c ? strchr(from, c) : NULL;
  uint32_t u, low;
  if (known) return propter_buf_add_char(out, to[known - from]), PROPTER_OK;
  if (c == quote) return propter_buf_add_char(out, c), PROPTER_OK;
  if (c != 'u' || !hex4(p, p->at, &u)) {
    p->at -= c ? 1 : 0;
    return path_expected(p, "an escape", err);
  }
  p->at += 4;
  if (u >= 0xD800 && u < 0xDC00) {
    if (!path_take(p, "\\u") || !hex4(p, p->at, &low) || low < 0xDC00 || low > 0xDFFF) return path_expected(p, "the second half of a surrogate pair", err);
    p->at += 4;
    u = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
  } else if (u >= 0xDC00 && u < 0xE000) {
    return path_expected(p, "the first half of a surrogate pair before this", err);
  }
  propter_buf_add_utf8(out, u);
  return PROPTER_OK;
}

PropterStatus path_string(PathParser *p, PropterStr *out, PropterError *err) {
  char quote = p->text.data[p->at++];
  PropterBuf text = {0};
  PropterStatus status = PROPTER_OK;
  while (status == PROPTER_OK && !path_peek(p, quote)) {
    if (p->at == p->text.len)
      status = path_expected(p, "the closing quote", err);
    else if ((unsigned char)p->text.data[p->at] < 0x20)
      status = path_expected(p, "an escape for a control character", err);
    else if (path_take(p, "\\"))
      status = escape(p, quote, &text, err);
    else
      propter_buf_add_char(&text, p->text.data[p->at++]);
  }
  p->at++;
  if (status == PROPTER_OK) status = propter_buf_status(&text, err);
  if (status == PROPTER_OK) {
    *out = propter_arena_copy(p->arena, propter_buf_str(&text));
    if (!out->data) status = no_memory(err);
  }
  propter_buf_clear(&text);
  return status;
}

/* RFC 9535 §2.1: exact integers of I-JSON. */
static bool integer(PathParser *p, int64_t *out) {
  size_t from = p->at, digits;
  if (path_peek(p, '-')) p->at++;
  digits = p->at;
  while (p->at < p->text.len && p->text.data[p->at] >= '0' && p->text.data[p->at] <= '9') p->at++;
  size_t n = p->at - digits;
  bool leading = n > 1 && p->text.data[digits] == '0', minus_zero = n == 1 && digits > from && p->text.data[digits] == '0';
  if (n && !leading && !minus_zero && propter_str_to_int64((PropterStr){p->text.data + from, p->at - from}, out) && *out <= 9007199254740991 &&
      *out >= -9007199254740991)
    return true;
  p->at = from;
  return false;
}

static PropterStatus index_or_slice(PathParser *p, Selector *s, PropterError *err) {
  bool first = integer(p, &s->from);
  s->kind = SELECT_INDEX;
  size_t before = p->at;
  path_blanks(p);
  if (!path_take(p, ":")) {
    p->at = before;
    return first ? PROPTER_OK : path_expected(p, "a name in quotes, a number, *, ? or a slice", err);
  }
  s->kind = SELECT_SLICE;
  s->has_from = first;
  path_blanks(p);
  s->has_to = integer(p, &s->to);
  path_blanks(p);
  s->step = 1;
  if (!path_take(p, ":")) return PROPTER_OK;
  path_blanks(p);
  if (!integer(p, &s->step)) s->step = 1;
  return PROPTER_OK;
}

static PropterStatus selector(PathParser *p, Selector *s, PropterError *err) {
  if (path_peek(p, '"') || path_peek(p, '\'')) {
    s->kind = SELECT_NAME;
    return path_string(p, &s->name, err);
  }
  if (path_take(p, "*")) {
    s->kind = SELECT_ALL;
    return PROPTER_OK;
  }
  if (path_take(p, "?")) {
    s->kind = SELECT_FILTER;
    return filter_parse(p, &s->filter, err);
  }
  return index_or_slice(p, s, err);
}

static Selector *add_selector(PathParser *p, Segment *segment) {
  Selector *s = propter_arena_alloc(p->arena, sizeof *s), **end = &segment->selectors;
  while (*end) end = &(*end)->next;
  return s ? *end = s : NULL;
}

static PropterStatus bracket(PathParser *p, Segment *segment, PropterError *err) {
  do {
    Selector *s = add_selector(p, segment);
    if (!s) return no_memory(err);
    path_blanks(p);
    PROPTER_TRY(selector(p, s, err));
    path_blanks(p);
  } while (path_take(p, ","));
  return path_take(p, "]") ? PROPTER_OK : path_expected(p, "] or ,", err);
}

/* A member name after a dot. Outside filters everything up to the next dot or bracket is taken, as mappings write "$.Country Code". */
static PropterStatus dot_name(PathParser *p, Segment *segment, PropterError *err) {
  Selector *s = add_selector(p, segment);
  if (!s) return no_memory(err);
  if (path_take(p, "*")) {
    s->kind = SELECT_ALL;
    return PROPTER_OK;
  }
  size_t from = p->at;
  while (p->at < p->text.len) {
    unsigned char c = (unsigned char)p->text.data[p->at];
    bool plain = c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!plain && (p->depth || strchr(".[]()*?,\"'", c))) break;
    p->at++;
  }
  while (p->at > from && strchr(" \t\r\n", p->text.data[p->at - 1])) p->at--;
  s->kind = SELECT_NAME;
  s->name = propter_arena_copy(p->arena, (PropterStr){p->text.data + from, p->at - from});
  if (!s->name.data) return no_memory(err);
  bool digit = p->at > from && p->text.data[from] >= '0' && p->text.data[from] <= '9';
  return p->at > from && !(p->depth && digit) ? PROPTER_OK : (p->at = from, path_expected(p, "a name", err));
}

PropterStatus path_segments(PathParser *p, bool bare, Segment **out, PropterError *err) {
  Segment **end = out;
  for (;; bare = false) {
    size_t before = p->at;
    path_blanks(p);
    bool down = path_take(p, ".."), dot = !down && path_take(p, "."), open = !dot && path_take(p, "[");
    if (!down && !dot && !open && !(bare && p->at < p->text.len)) {
      p->at = before;
      return PROPTER_OK;
    }
    Segment *segment = propter_arena_alloc(p->arena, sizeof *segment);
    if (!segment) return no_memory(err);
    segment->descendants = down;
    *end = segment;
    end = &segment->next;
    PROPTER_TRY(open ? bracket(p, segment, err) : dot_name(p, segment, err));
  }
}

PropterStatus json_path_parse(PropterStr text, const PropterLimits *limits, JsonPath **out, PropterError *err) {
  JsonPath *path = propter_calloc(1, sizeof *path);
  if (!path) return no_memory(err);
  PathParser p = {.text = propter_str_trim(text), .arena = &path->arena, .limits = limits};
  bool marked = path_take(&p, "$") || path_take(&p, "@");
  PropterStatus status = text.len ? path_segments(&p, !marked, &path->segments, err) : path_expected(&p, "$", err);
  if (status == PROPTER_OK && p.at < p.text.len) status = path_expected(&p, ". or [ or the end", err);
  path->held = p.held;
  if (status != PROPTER_OK) {
    json_path_free(path);
    return status;
  }
  *out = path;
  return PROPTER_OK;
}

void json_path_free(JsonPath *path) {
  if (!path) return;
  filter_free(path->held);
  propter_arena_clear(&path->arena);
  propter_free(path);
}

/* --- Selection ----------------------------------------------------------------------------------------------------------------- */

static PropterStatus add(JsonNodes *out, json_t *node, PropterError *err) { return propter_vec_push(out, node) ? PROPTER_OK : no_memory(err); }

/* RFC 9535 §2.3.4.2. */
static PropterStatus slice(const Selector *s, json_t *array, JsonNodes *out, PropterError *err) {
  int64_t n = (int64_t)json_array_size(array), from = s->from, to = s->to, step = s->step;
  if (step == 0) return PROPTER_OK;
  if (!s->has_from) from = step > 0 ? 0 : n - 1;
  if (!s->has_to) to = step > 0 ? n : -n - 1;
  if (from < 0) from += n;
  if (to < 0) to += n;
  int64_t low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
  from = from < low ? low : from > high ? high : from;
  to = to < low ? low : to > high ? high : to;
  for (int64_t i = from; step > 0 ? i < to : i > to; i += step) PROPTER_TRY(add(out, json_array_get(array, (size_t)i), err));
  return PROPTER_OK;
}

static PropterStatus children(const Selector *s, const Selection *x, json_t *node, JsonNodes *out, PropterError *err) {
  const char *key;
  json_t *child;
  size_t i;
  bool keep = true;
  if (json_is_array(node)) {
    json_array_foreach(node, i, child) {
      if (s->kind == SELECT_FILTER) PROPTER_TRY(filter_test(s->filter, x, child, &keep, err));
      if (keep) PROPTER_TRY(add(out, child, err));
    }
  } else if (json_is_object(node)) {
    json_object_foreach(node, key, child) {
      if (s->kind == SELECT_FILTER) PROPTER_TRY(filter_test(s->filter, x, child, &keep, err));
      if (keep) PROPTER_TRY(add(out, child, err));
    }
  }
  return PROPTER_OK;
}

static PropterStatus apply(const Selector *s, const Selection *x, json_t *node, JsonNodes *out, PropterError *err) {
  json_t *child = NULL;
  int64_t i = s->from;
  switch (s->kind) {
  case SELECT_NAME: child = json_object_getn(node, s->name.data, s->name.len); break;
  case SELECT_INDEX:
    if (i < 0) i += (int64_t)json_array_size(node);
    child = i >= 0 ? json_array_get(node, (size_t)i) : NULL;
    break;
  case SELECT_SLICE: return json_is_array(node) ? slice(s, node, out, err) : PROPTER_OK;
  case SELECT_ALL:
  case SELECT_FILTER: return children(s, x, node, out, err);
  }
  return child ? add(out, child, err) : PROPTER_OK;
}

static PropterStatus apply_all(const Segment *segment, const Selection *x, json_t *node, JsonNodes *out, PropterError *err) {
  for (const Selector *s = segment->selectors; s; s = s->next) PROPTER_TRY(apply(s, x, node, out, err));
  if (!segment->descendants) return PROPTER_OK;
  const char *key;
  json_t *child;
  size_t i;
  /* The depth of a tree is bounded by its parser. */
  json_array_foreach(node, i, child) PROPTER_TRY(apply_all(segment, x, child, out, err));
  json_object_foreach(node, key, child) PROPTER_TRY(apply_all(segment, x, child, out, err));
  return PROPTER_OK;
}

PropterStatus path_select(const Segment *segments, const Selection *x, json_t *node, JsonNodes *out, PropterError *err) {
  JsonNodes now = {0}, next = {0};
  PropterStatus status = add(&now, node, err);
  for (const Segment *s = segments; s && status == PROPTER_OK; s = s->next) {
    next.count = 0;
    for (size_t i = 0; i < now.count && status == PROPTER_OK; i++) status = apply_all(s, x, now.items[i], &next, err);
    JsonNodes swap = now;
    now = next;
    next = swap;
  }
  for (size_t i = 0; i < now.count && status == PROPTER_OK; i++) status = add(out, now.items[i], err);
  propter_vec_clear(&now);
  propter_vec_clear(&next);
  return status;
}

PropterStatus json_path_select(const JsonPath *path, json_t *root, json_t *node, JsonNodes *out, PropterError *err) {
  /* Plain member names, the usual references, need no lists. */
  const Segment *s = path->segments;
  while (s && !s->descendants && s->selectors->kind == SELECT_NAME && !s->selectors->next) {
    node = json_object_getn(node, s->selectors->name.data, s->selectors->name.len);
    if (!node) return PROPTER_OK;
    s = s->next;
  }
  if (!s) return add(out, node, err);
  return path_select(s, &(Selection){root}, node, out, err);
}

size_t json_path_array_depth(const JsonPath *path) {
  size_t n = 0;
  const Segment *s = path->segments;
  for (; s && s->next; s = s->next, n++)
    if (s->descendants || s->selectors->next || s->selectors->kind != SELECT_NAME) return SIZE_MAX;
  return s && !s->descendants && !s->selectors->next && s->selectors->kind == SELECT_ALL ? n : SIZE_MAX;
}

PropterStr json_path_name(const JsonPath *path, size_t n) {
  const Segment *s = path->segments;
  while (n--) s = s->next;
  return s->selectors->name;
}

static bool is_one(const Segment *s, SelectorKind kind, bool descendants) {
  return s && s->descendants == descendants && !s->selectors->next && s->selectors->kind == kind;
}

bool json_path_searches(const JsonPath *path, PropterStr *name) {
  const Segment *s = path->segments;
  if (!is_one(s, SELECT_NAME, true) || !is_one(s->next, SELECT_ALL, false) || s->next->next) return false;
  *name = s->selectors->name;
  return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings, forms and the headers that say what a client can read. */
#include <string.h>
#include <strings.h>

#include "http.h"

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

PropterStr http_decode(PropterArena *arena, PropterStr text, bool form) {
  char *out = propter_arena_alloc(arena, text.len + 1);
  size_t n = 0;
  if (!out) return (PropterStr){NULL, 0};
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i];
    if (c == '%' && i + 2 < text.len && digit(text.data[i + 1]) >= 0 && digit(text.data[i + 2]) >= 0) {
      out[n++] = (char)(digit(text.data[i + 1]) * 16 + digit(text.data[i + 2]));
      i += 2;
    } else {
      out[n++] = form && c == '+' ? ' ' : c;
    }
  }
  return (PropterStr){out, n};
}

/* What stands before the next `c`; *text moves behind it. */
static PropterStr cut(PropterStr *text, char c) {
  const char *at = text->len ? memchr(text->data, c, text->len) : NULL;
  PropterStr head = {text->data, at ? (size_t)(at - text->data) : text->len};
  size_t skip = at ? head.len + 1 : head.len;
  *text = (PropterStr){text->data + skip, text->len - skip};
  return head;
}

PropterStatus http_params_parse(PropterArena *arena, PropterStr text, bool form, HttpParams *out, PropterError *err) {
  enum { MOST = 1000 };
  while (text.len) {
    PropterStr value = cut(&text, '&');
    if (!value.len) continue;
    PropterStr name = cut(&value, '=');
    HttpParam p = {http_decode(arena, name, form), http_decode(arena, value, form)};
    if (out->count >= MOST) return propter_fail(err, PROPTER_LIMIT, "more than %d parameters", MOST);
    if (!p.name.data || !p.value.data || !propter_vec_push(out, p)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  return PROPTER_OK;
}

PropterStatus http_param(const HttpParams *params, const char *name, PropterStr *value, bool *given, PropterError *err) {
  size_t count = 0;
  *value = PROPTER_STR("");
  for (size_t i = 0; i < params->count; i++)
    if (propter_str_equal(params->items[i].name, propter_str(name)) && count++ == 0) *value = params->items[i].value;
  if (given) *given = count > 0;
  if (count > 1) return propter_fail(err, PROPTER_INVALID, "parameter %s: expected once, found %zu times", name, count);
  size_t bad;
  if (!propter_utf8_valid(*value, &bad)) return propter_fail(err, PROPTER_INVALID, "parameter %s: not UTF-8 at byte %zu", name, bad);
  return PROPTER_OK;
}

PropterStatus http_param_all(const HttpParams *params, const char *name, PropterArena *arena, PropterStr **values, size_t *count, PropterError *err) {
  *count = 0;
  *values = propter_arena_alloc(arena, (params->count + 1) * sizeof **values);
  if (!*values) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < params->count; i++)
    if (propter_str_equal(params->items[i].name, propter_str(name))) {
      const char *why;
      if (!propter_utf8_valid(params->items[i].value, NULL)) return propter_fail(err, PROPTER_INVALID, "parameter %s: not UTF-8", name);
      if (!propter_iri_valid(params->items[i].value, &why)) return propter_fail(err, PROPTER_INVALID, "parameter %s: %s", name, why);
      (*values)[(*count)++] = params->items[i].value;
    }
  return PROPTER_OK;
}

PropterStr http_header(const HttpRequest *request, const char *name) {
  return propter_str(MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name));
}

PropterStr http_media_type(PropterStr header) { return propter_str_trim(cut(&header, ';')); }

PropterStr http_media_parameter(PropterStr header, const char *name) {
  (void)cut(&header, ';');
  while (header.len) {
    PropterStr value = cut(&header, ';'), key = propter_str_trim(cut(&value, '='));
    value = propter_str_trim(value);
    if (key.len != strlen(name) || strncasecmp(key.data, name, key.len) != 0) continue;
    if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"') value = (PropterStr){value.data + 1, value.len - 2};
    return value;
  }
  return PROPTER_STR("");
}

static bool same(PropterStr a, const char *b, size_t n) { return a.len == n && strncasecmp(a.data, b, n) == 0; }

/* How closely a media range names an offer: 0 not at all, 1 by its wildcards, 2 by its type, 3 exactly. */
static int closeness(PropterStr range, const char *offer) {
  const char *slash = strchr(offer, '/');
  size_t type = slash ? (size_t)(slash - offer) : strlen(offer);
  if (propter_str_equal(range, PROPTER_STR("*/*")) || propter_str_equal(range, PROPTER_STR("*"))) return 1;
  if (same(range, offer, strcspn(offer, ";"))) return 3;
  if (range.len == type + 2 && strncasecmp(range.data, offer, type + 1) == 0 && range.data[range.len - 1] == '*') return 2;
  return 0;
}

static double quality(PropterStr item) {
  PropterStr q = http_media_parameter(item, "q");
  double v = 1;
  if (q.len && (!propter_str_to_double(q, &v) || !(v >= 0 && v <= 1))) v = 0;
  return v;
}

size_t http_negotiate(PropterStr accept, const char *const *offers, size_t count) {
  double best = 0;
  size_t found = SIZE_MAX;
  if (!propter_str_trim(accept).len) return 0;
  for (size_t i = 0; i < count; i++) {
    int close = 0;
    double q = 0;
    PropterStr rest = accept;
    while (rest.len) {
      PropterStr item = cut(&rest, ',');
      int c = closeness(http_media_type(item), offers[i]);
      if (c > close) close = c, q = quality(item);
    }
    if (q > best) best = q, found = i;
  }
  return found;
}

bool http_accepts_coding(PropterStr header, const char *coding) {
  double q = 0;
  while (header.len) {
    PropterStr item = cut(&header, ',');
    if (same(http_media_type(item), coding, strlen(coding))) q = quality(item);
  }
  return q > 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "iri.h"

#include <ctype.h>
#include <string.h>

/* The five parts of a reference; a part that is absent has data NULL. */
typedef struct {
  PropterStr scheme, authority, path, query, fragment;
} Parts;

static PropterStr cut(PropterStr s, size_t from, size_t to) { return (PropterStr){s.data + from, to - from}; }

/* Where a scheme that the text begins with ends (RFC 3986, 3.1), or 0. */
static size_t scheme_end(PropterStr s) {
  if (s.len == 0 || !isalpha((unsigned char)s.data[0])) return 0;
  size_t i = 1;
  while (i < s.len && (isalnum((unsigned char)s.data[i]) || strchr("+-.", s.data[i]))) i++;
  return i < s.len && s.data[i] == ':' ? i : 0;
}

static size_t until(PropterStr s, size_t i, const char *stop) {
  while (i < s.len && !strchr(stop, s.data[i])) i++;
  return i;
}

static Parts split(PropterStr s) {
  Parts p = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
  size_t i = 0, end = scheme_end(s);
  if (end) p.scheme = cut(s, 0, end), i = end + 1;
  if (i + 1 < s.len && s.data[i] == '/' && s.data[i + 1] == '/') {
    end = until(s, i + 2, "/?#");
    p.authority = cut(s, i + 2, end), i = end;
  }
  end = until(s, i, "?#");
  p.path = cut(s, i, end), i = end;
  if (i < s.len && s.data[i] == '?') {
    end = until(s, i, "#");
    p.query = cut(s, i + 1, end), i = end;
  }
  if (i < s.len && s.data[i] == '#') p.fragment = cut(s, i + 1, s.len);
  return p;
}

/* Removes "." and ".." segments in place (RFC 3986, 5.2.4); returns the new length. */
static size_t remove_dots(char *path, size_t len) {
  size_t out = 0, i = 0;
  while (i < len) {
    const char *rest = path + i;
    size_t left = len - i;
    if (left >= 3 && memcmp(rest, "../", 3) == 0)
      i += 3;
    else if (left >= 2 && memcmp(rest, "./", 2) == 0)
      i += 2;
    else if (left >= 3 && memcmp(rest, "/./", 3) == 0)
      i += 2;
    else if (left == 2 && memcmp(rest, "/.", 2) == 0)
      path[out++] = '/', i = len;
    else if ((left >= 4 && memcmp(rest, "/../", 4) == 0) || (left == 3 && memcmp(rest, "/..", 3) == 0)) {
      while (out > 0 && path[--out] != '/') {}
      if (left == 3) path[out++] = '/';
      i += 3;
    } else if ((left == 1 && rest[0] == '.') || (left == 2 && memcmp(rest, "..", 2) == 0))
      i = len;
    else
      do path[out++] = path[i++];
      while (i < len && path[i] != '/');
  }
  return out;
}

PropterStr iri_resolve(PropterStr base, PropterStr reference, PropterArena *arena) {
  if (base.len == 0 || scheme_end(reference) > 0) return propter_arena_copy(arena, reference);
  Parts b = split(base), r = split(reference), t = r;
  PropterBuf path = {0}, out = {0};
  PropterStr result = {NULL, 0};
  t.scheme = b.scheme;
  if (!r.authority.data) {
    t.authority = b.authority;
    if (r.path.len == 0) {
      propter_buf_add(&path, b.path);
      if (!r.query.data) t.query = b.query;
    } else if (r.path.data[0] == '/')
      propter_buf_add(&path, r.path);
    else {
      size_t slash = b.path.len;
      while (slash > 0 && b.path.data[slash - 1] != '/') slash--;
      if (slash == 0 && b.authority.data) propter_buf_add_char(&path, '/');
      propter_buf_add(&path, cut(b.path, 0, slash));
      propter_buf_add(&path, r.path);
    }
  } else
    propter_buf_add(&path, r.path);
  if (path.len && r.path.len) path.len = remove_dots(path.data, path.len);
  propter_buf_add(&out, t.scheme);
  propter_buf_add_char(&out, ':');
  if (t.authority.data) {
    propter_buf_add(&out, PROPTER_STR("//"));
    propter_buf_add(&out, t.authority);
  }
  propter_buf_add(&out, propter_buf_str(&path));
  if (t.query.data) {
    propter_buf_add_char(&out, '?');
    propter_buf_add(&out, t.query);
  }
  if (t.fragment.data) {
    propter_buf_add_char(&out, '#');
    propter_buf_add(&out, t.fragment);
  }
  if (!path.failed && !out.failed) result = propter_arena_copy(arena, propter_buf_str(&out));
  propter_buf_clear(&path);
  propter_buf_clear(&out);
  return result;
}

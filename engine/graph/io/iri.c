/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "propter/io.h"

static bool is_alpha(unsigned char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

/* Length of the scheme before its ':', or 0. */
static size_t scheme_length(PropterStr iri) {
  if (!iri.len || !is_alpha((unsigned char)iri.data[0])) return 0;
  for (size_t i = 1; i < iri.len; i++) {
    unsigned char c = (unsigned char)iri.data[i];
    if (c == ':') return i;
    if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return 0;
  }
  return 0;
}

/* Parts of an IRI reference (RFC 3986, appendix B). */
typedef struct {
  PropterStr scheme, authority, path, query, fragment;
  bool has_authority, has_query, has_fragment;
} Parts;

static PropterStr cut(PropterStr *rest, size_t n) {
  PropterStr head = {rest->data, n};
  rest->data += n;
  rest->len -= n;
  return head;
}

static size_t until(PropterStr s, const char *stop) {
  size_t i = 0;
  while (i < s.len && !strchr(stop, s.data[i])) i++;
  return i;
}

static Parts split(PropterStr iri) {
  Parts p = {.scheme = {"", 0}};
  size_t scheme = scheme_length(iri);
  if (scheme) {
    p.scheme = cut(&iri, scheme);
    (void)cut(&iri, 1);
  }
  if (iri.len >= 2 && iri.data[0] == '/' && iri.data[1] == '/') {
    (void)cut(&iri, 2);
    p.has_authority = true;
    p.authority = cut(&iri, until(iri, "/?#"));
  }
  p.path = cut(&iri, until(iri, "?#"));
  if (iri.len && iri.data[0] == '?') {
    (void)cut(&iri, 1);
    p.has_query = true;
    p.query = cut(&iri, until(iri, "#"));
  }
  if (iri.len) {
    (void)cut(&iri, 1);
    p.has_fragment = true;
    p.fragment = iri;
  }
  return p;
}

/* RFC 3986 §5.2.4 in place: segments are copied to the front, ".." takes one back. */
static size_t remove_dots(char *path, size_t len) {
  size_t out = 0, i = 0;
  bool rooted = len && path[0] == '/';
  while (i < len) {
    size_t start = i + (path[i] == '/'), end = start;
    while (end < len && path[end] != '/') end++;
    size_t n = end - start;
    bool last = end == len, one = n == 1 && path[start] == '.', two = n == 2 && path[start] == '.' && path[start + 1] == '.';
    if (two) {
      while (out && path[out - 1] != '/') out--;
      if (out) out--;
    }
    if (one || two) {
      if (last && (rooted || out)) path[out++] = '/';
    } else {
      memmove(path + out, path + i, end - i);
      out += end - i;
    }
    i = end;
  }
  return out;
}

PropterStatus propter_iri_resolve(PropterStr base, PropterStr reference, PropterBuf *out, PropterError *err) {
  if (scheme_length(reference)) {
    propter_buf_add(out, reference);
    return PROPTER_OK;
  }
  if (!base.len)
    return propter_fail(err, PROPTER_INVALID, "relative IRI \"%.*s\" without a base", (int)(reference.len < 200 ? reference.len : 200), reference.data);
  Parts r = split(reference), b = split(base);
  propter_buf_add(out, b.scheme);
  propter_buf_add_char(out, ':');
  const Parts *authority = r.has_authority ? &r : &b;
  if (authority->has_authority) {
    propter_buf_add(out, PROPTER_STR("//"));
    propter_buf_add(out, authority->authority);
  }
  size_t start = out->len;
  bool use_base_query = false;
  if (r.has_authority || (r.path.len && r.path.data[0] == '/')) {
    propter_buf_add(out, r.path);
  } else if (!r.path.len) {
    propter_buf_add(out, b.path);
    use_base_query = !r.has_query;
  } else {
    size_t slash = b.path.len;
    while (slash && b.path.data[slash - 1] != '/') slash--;
    if (b.has_authority && !b.path.len)
      propter_buf_add_char(out, '/');
    else
      propter_buf_add(out, (PropterStr){b.path.data, slash});
    propter_buf_add(out, r.path);
  }
  if (!out->failed && out->data && (r.has_authority || r.path.len)) {
    out->len = start + remove_dots(out->data + start, out->len - start);
    out->data[out->len] = '\0';
  }
  const Parts *query = use_base_query ? &b : &r;
  if (query->has_query) {
    propter_buf_add_char(out, '?');
    propter_buf_add(out, query->query);
  }
  if (r.has_fragment) {
    propter_buf_add_char(out, '#');
    propter_buf_add(out, r.fragment);
  }
  return PROPTER_OK;
}

PropterStatus propter_iri_of_file(const char *path, PropterBuf *out, PropterError *err) {
  if (strcmp(path, "-") == 0) {
    propter_buf_add(out, PROPTER_STR("stdin:"));
    return propter_buf_status(out, err);
  }
  char full[PATH_MAX * 2 + 2];
  if (!realpath(path, full)) {
    if (errno != ENOENT && errno != ENOTDIR) return propter_io_fail(err, path, "find");
    char here[PATH_MAX];
    if (path[0] == '/')
      here[0] = '\0';
    else if (!getcwd(here, sizeof here))
      return propter_io_fail(err, path, "find");
    int n = snprintf(full, sizeof full, "%s%s%s", here, path[0] == '/' ? "" : "/", path);
    if (n < 0 || (size_t)n >= sizeof full) return propter_fail(err, PROPTER_LIMIT, "path is too long");
  }
  propter_buf_add(out, PROPTER_STR("file://"));
  for (const char *p = full; *p; p++) {
    unsigned char c = (unsigned char)*p;
    if (is_alpha(c) || is_digit(c) || strchr("/-._~!$&'()*+,;=:@", c))
      propter_buf_add_char(out, *p);
    else
      propter_buf_printf(out, "%%%02X", c);
  }
  return propter_buf_status(out, err);
}

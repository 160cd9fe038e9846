/* SPDX-License-Identifier: Apache-2.0 */
#include "multipart.h"

#include <string.h>
#include <strings.h>

static PropterStr from(PropterStr s, size_t n) { return n < s.len ? (PropterStr){s.data + n, s.len - n} : (PropterStr){s.data + s.len, 0}; }

/* Where the next delimiter line begins ("--boundary" at the start of a line), or SIZE_MAX. */
static size_t delimiter(PropterStr body, PropterStr boundary) {
  for (size_t i = 0; i + boundary.len + 2 <= body.len; i++)
    if (body.data[i] == '-' && body.data[i + 1] == '-' && (i == 0 || body.data[i - 1] == '\n') && memcmp(body.data + i + 2, boundary.data, boundary.len) == 0)
      return i;
  return SIZE_MAX;
}

/* Takes the header lines off `part`; gives the value of Content-Type. */
static PropterStr take_headers(PropterStr *part) {
  PropterStr type = PROPTER_STR(""), name = PROPTER_STR("content-type:");
  while (part->len) {
    const char *end = memchr(part->data, '\n', part->len);
    PropterStr line = {part->data, end ? (size_t)(end - part->data) : part->len};
    *part = from(*part, line.len + 1);
    line = propter_str_trim(line);
    if (!line.len) break;
    if (line.len > name.len && strncasecmp(line.data, name.data, name.len) == 0) type = propter_str_trim(from(line, name.len));
  }
  return type;
}

PropterStatus multipart_each(PropterStr body, PropterStr boundary, PropterStatus (*part)(PropterStr, PropterStr, void *, PropterError *), void *payload,
                             PropterError *err) {
  enum { BOUNDARY_MAX = 70 }; /* RFC 2046 §5.1.1 */
  if (!boundary.len || boundary.len > BOUNDARY_MAX)
    return propter_fail(err, PROPTER_INVALID, "multipart: expected a boundary of 1 to %d characters", BOUNDARY_MAX);
  size_t at = delimiter(body, boundary);
  while (at != SIZE_MAX) {
    body = from(body, at + 2 + boundary.len);
    if (body.len >= 2 && body.data[0] == '-' && body.data[1] == '-') return PROPTER_OK;
    at = delimiter(body, boundary);
    if (at == SIZE_MAX) break;
    PropterStr one = {body.data, at};
    const char *line = memchr(one.data, '\n', one.len);
    one = line ? from(one, (size_t)(line - one.data) + 1) : PROPTER_STR("");
    PropterStr type = take_headers(&one);
    PROPTER_TRY(part(type, one, payload, err));
  }
  return propter_fail(err, PROPTER_INVALID, "multipart: expected the closing delimiter --%.*s--", (int)boundary.len, boundary.data);
}

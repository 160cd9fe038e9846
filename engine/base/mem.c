/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

void *propter_malloc(size_t size) { return fault_allocation() ? NULL : malloc(size ? size : 1); }

void *propter_calloc(size_t count, size_t size) { return fault_allocation() ? NULL : calloc(count ? count : 1, size ? size : 1); }

void *propter_realloc(void *old, size_t size) { return fault_allocation() ? NULL : realloc(old, size ? size : 1); }

void propter_free(void *ptr) { free(ptr); }

char *propter_strdup(PropterStr text) {
  if (text.len == SIZE_MAX) return NULL;
  char *copy = propter_malloc(text.len + 1);
  if (!copy) return NULL;
  if (text.len) memcpy(copy, text.data, text.len);
  copy[text.len] = '\0';
  return copy;
}

enum { CHUNK = 1 << 16, DEFAULT_LIMIT = 1 << 30 };

struct PropterArenaChunk {
  PropterArenaChunk *next;
  size_t used;
  size_t size;
  _Alignas(16) unsigned char bytes[];
};

static void *take(PropterArena *arena, size_t size) {
  size_t limit = arena->limit ? arena->limit : DEFAULT_LIMIT;
  if (size > limit || arena->used > limit - size) return NULL;
  size_t rounded = (size + 15) & ~(size_t)15;
  PropterArenaChunk *c = arena->chunks;
  if (!c || c->size - c->used < rounded) {
    size_t want = rounded > CHUNK ? rounded : CHUNK;
    c = propter_malloc(sizeof *c + want);
    if (!c) return NULL;
    c->used = 0;
    c->size = want;
    c->next = arena->chunks;
    arena->chunks = c;
  }
  void *p = c->bytes + c->used;
  c->used += rounded;
  arena->used += size;
  return p;
}

void *propter_arena_alloc(PropterArena *arena, size_t size) {
  void *p = take(arena, size);
  return p ? memset(p, 0, size) : NULL;
}

PropterStr propter_arena_copy(PropterArena *arena, PropterStr text) {
  char *p = text.len == SIZE_MAX ? NULL : take(arena, text.len + 1);
  if (!p) return (PropterStr){NULL, 0};
  if (text.len) memcpy(p, text.data, text.len);
  p[text.len] = '\0';
  return (PropterStr){p, text.len};
}

PropterStr propter_arena_printf(PropterArena *arena, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *p = n < 0 ? NULL : propter_arena_alloc(arena, (size_t)n + 1);
  if (p) (void)vsnprintf(p, (size_t)n + 1, format, again);
  va_end(again);
  return p ? (PropterStr){p, (size_t)n} : (PropterStr){NULL, 0};
}

void propter_arena_clear(PropterArena *arena) {
  for (PropterArenaChunk *c = arena->chunks, *next; c; c = next) {
    next = c->next;
    propter_free(c);
  }
  arena->chunks = NULL;
  arena->used = 0;
}

/* Room for `more` bytes and the terminator. */
bool propter_buf_reserve(PropterBuf *buf, size_t more) {
  if (buf->failed) return false;
  size_t max = buf->max ? buf->max : DEFAULT_LIMIT;
  if (more > max || buf->len > max - more) {
    buf->failed = PROPTER_LIMIT;
    return false;
  }
  size_t need = buf->len + more + 1;
  if (need <= buf->cap) return true;
  size_t cap = buf->cap ? buf->cap : 64;
  while (cap < need) cap += cap / 2;
  char *data = propter_realloc(buf->data, cap);
  if (!data) {
    buf->failed = PROPTER_NO_MEMORY;
    return false;
  }
  buf->data = data;
  buf->cap = cap;
  return true;
}

void propter_buf_add(PropterBuf *buf, PropterStr text) {
  if (!propter_buf_reserve(buf, text.len)) return;
  if (text.len) memcpy(buf->data + buf->len, text.data, text.len);
  buf->len += text.len;
  buf->data[buf->len] = '\0';
}

void propter_buf_add_char(PropterBuf *buf, char c) {
  if (!propter_buf_reserve(buf, 1)) return;
  buf->data[buf->len++] = c;
  buf->data[buf->len] = '\0';
}

void propter_buf_printf(PropterBuf *buf, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (n >= 0 && propter_buf_reserve(buf, (size_t)n)) {
    (void)vsnprintf(buf->data + buf->len, (size_t)n + 1, format, again);
    buf->len += (size_t)n;
  }
  va_end(again);
}

void propter_buf_add_json(PropterBuf *buf, PropterStr text) {
  propter_buf_add_char(buf, '"');
  size_t from = 0;
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) continue;
    propter_buf_add(buf, (PropterStr){text.data + from, i - from});
    from = i + 1;
    switch (c) {
    case '"': propter_buf_add(buf, PROPTER_STR("\\\"")); break;
    case '\\': propter_buf_add(buf, PROPTER_STR("\\\\")); break;
    case '\n': propter_buf_add(buf, PROPTER_STR("\\n")); break;
    case '\r': propter_buf_add(buf, PROPTER_STR("\\r")); break;
    case '\t': propter_buf_add(buf, PROPTER_STR("\\t")); break;
    default: propter_buf_printf(buf, "\\u%04x", c); break;
    }
  }
  propter_buf_add(buf, (PropterStr){text.data + from, text.len - from});
  propter_buf_add_char(buf, '"');
}

static int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

void propter_buf_add_decoded(PropterBuf *buf, PropterStr text) {
  for (size_t i = 0; i < text.len; i++) {
    const bool escaped = text.data[i] == '%' && i + 2 < text.len && hex(text.data[i + 1]) >= 0 && hex(text.data[i + 2]) >= 0;
    propter_buf_add_char(buf, escaped ? (char)(hex(text.data[i + 1]) * 16 + hex(text.data[i + 2])) : text.data[i]);
    if (escaped) i += 2;
  }
}

void propter_buf_add_utf8(PropterBuf *buf, uint32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = 0xFFFD;
  char b[4];
  size_t n;
  if (c < 0x80) {
    b[0] = (char)c, n = 1;
  } else if (c < 0x800) {
    b[0] = (char)(0xC0 | c >> 6), b[1] = (char)(0x80 | (c & 63)), n = 2;
  } else if (c < 0x10000) {
    b[0] = (char)(0xE0 | c >> 12), b[1] = (char)(0x80 | (c >> 6 & 63)), b[2] = (char)(0x80 | (c & 63)), n = 3;
  } else {
    b[0] = (char)(0xF0 | c >> 18), b[1] = (char)(0x80 | (c >> 12 & 63)), b[2] = (char)(0x80 | (c >> 6 & 63)), b[3] = (char)(0x80 | (c & 63));
    n = 4;
  }
  propter_buf_add(buf, (PropterStr){b, n});
}

PropterStr propter_buf_str(const PropterBuf *buf) { return buf->data ? (PropterStr){buf->data, buf->len} : (PropterStr){"", 0}; }

PropterStatus propter_buf_status(const PropterBuf *buf, PropterError *err) {
  if (buf->failed == PROPTER_LIMIT)
    return propter_fail(err, PROPTER_LIMIT, "text is longer than the limit of %zu bytes", buf->max ? buf->max : (size_t)DEFAULT_LIMIT);
  if (buf->failed) return propter_fail(err, buf->failed, "out of memory after %zu bytes of text", buf->len);
  return PROPTER_OK;
}

void propter_buf_reset(PropterBuf *buf) {
  buf->len = 0;
  buf->failed = PROPTER_OK;
  if (buf->data) buf->data[0] = '\0';
}

void propter_buf_clear(PropterBuf *buf) {
  propter_free(buf->data);
  *buf = (PropterBuf){.max = buf->max};
}

bool propter_vec_grow(void **items, size_t *cap, size_t need, size_t item_size) {
  if (need <= *cap) return true;
  size_t next = *cap ? *cap + *cap / 2 + 1 : 8;
  if (next < need) next = need;
  if (next > SIZE_MAX / item_size) return false;
  void *grown = propter_realloc(*items, next * item_size);
  if (!grown) return false;
  *items = grown;
  *cap = next;
  return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: the allocator shims, arenas, bounded buffers and growable arrays. */
#ifndef PROPTER_MEM_H
#define PROPTER_MEM_H

#include "propter/str.h"

/* As malloc, calloc, realloc, free; the only ones the library calls, so that a test can make the n-th call fail (fault.h).
 * NULL on failure or when a size overflows. */
PROPTER_API void *propter_malloc(size_t size) PROPTER_MUST_USE;
PROPTER_API void *propter_calloc(size_t count, size_t size) PROPTER_MUST_USE;
PROPTER_API void *propter_realloc(void *old, size_t size) PROPTER_MUST_USE;
PROPTER_API void propter_free(void *ptr);
/* Terminated copy, or NULL. Free with propter_free. */
PROPTER_API char *propter_strdup(PropterStr text) PROPTER_MUST_USE;

/* Arena: many small allocations dropped together. Zero-initialise ({0}); `limit` in bytes (0: 1 GiB) is fixed before first use. */
typedef struct PropterArenaChunk PropterArenaChunk;
typedef struct {
  PropterArenaChunk *chunks;
  size_t used; /* bytes handed out */
  size_t limit;
} PropterArena;

/* Zeroed, 16-byte aligned memory that lives until the arena is cleared; NULL when memory or the arena's limit is exhausted. */
PROPTER_API void *propter_arena_alloc(PropterArena *arena, size_t size) PROPTER_MUST_USE;
/* Terminated copy in the arena; data is NULL on failure. */
PROPTER_API PropterStr propter_arena_copy(PropterArena *arena, PropterStr text) PROPTER_MUST_USE;
/* Formatted text in the arena; data is NULL on failure. */
PROPTER_API PropterStr propter_arena_printf(PropterArena *arena, const char *format, ...) PROPTER_PRINTF(2, 3);
/* Frees everything; the arena can be used again. */
PROPTER_API void propter_arena_clear(PropterArena *arena);

/* Bounded buffer. Zero-initialise; `max` in bytes (0: 1 GiB). Appending to a failed buffer does nothing, so a sequence of
 * appends needs one check at the end: propter_buf_status. `data` is always terminated once something was appended. */
typedef struct {
  char *data;
  size_t len;
  size_t cap;
  size_t max;
  PropterStatus failed; /* PROPTER_OK, PROPTER_NO_MEMORY or PROPTER_LIMIT */
} PropterBuf;

PROPTER_API void propter_buf_add(PropterBuf *buf, PropterStr text);
PROPTER_API void propter_buf_add_char(PropterBuf *buf, char c);
/* Room for `more` bytes behind the last, which the caller may fill and count in `len`, or append without `data` moving; false: failed. */
PROPTER_API bool propter_buf_reserve(PropterBuf *buf, size_t more);
PROPTER_API void propter_buf_printf(PropterBuf *buf, const char *format, ...) PROPTER_PRINTF(2, 3);
/* Appends text as a JSON string, quotes included. */
PROPTER_API void propter_buf_add_json(PropterBuf *buf, PropterStr text);
/* Appends a Unicode character as UTF-8 (U+FFFD for what is not a character). */
PROPTER_API void propter_buf_add_utf8(PropterBuf *buf, uint32_t character);
/* What percent-encoded text says (RFC 3986, section 2.1); a percent sign without two hexadecimal digits stays. */
PROPTER_API void propter_buf_add_decoded(PropterBuf *buf, PropterStr text);
PROPTER_API PropterStr propter_buf_str(const PropterBuf *buf);
/* PROPTER_OK, or the failure with a message naming the limit. */
PROPTER_API PropterStatus propter_buf_status(const PropterBuf *buf, PropterError *err);
PROPTER_API void propter_buf_reset(PropterBuf *buf); /* empty, memory kept, failure forgotten */
PROPTER_API void propter_buf_clear(PropterBuf *buf); /* frees */

/* Growable array of any element type: struct with `items`, `count`, `cap`. PROPTER_VEC(double) declares the type;
 * propter_vec_push(&v, x) is false when memory is exhausted (the array is unchanged then); free with propter_vec_clear(&v). */
#define PROPTER_VEC(type)                                                                                                        \
  struct {                                                                                                                       \
    type *items;                                                                                                                 \
    size_t count;                                                                                                                \
    size_t cap;                                                                                                                  \
  }
#define propter_vec_push(vec, value)                                                                                             \
  (propter_vec_grow((void **)&(vec)->items, &(vec)->cap, (vec)->count + 1, sizeof *(vec)->items)                                 \
       ? ((vec)->items[(vec)->count++] = (value), true)                                                                          \
       : false)
#define propter_vec_reserve(vec, n) propter_vec_grow((void **)&(vec)->items, &(vec)->cap, (n), sizeof *(vec)->items)
#define propter_vec_clear(vec) (propter_free((vec)->items), (vec)->items = NULL, (vec)->count = (vec)->cap = 0)
PROPTER_API bool propter_vec_grow(void **items, size_t *cap, size_t need, size_t item_size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Outcomes and errors. Every function that can fail returns a PropterStatus and describes the failure in a PropterError that the
 * caller owns; a NULL error is allowed everywhere and only loses the description. */
#ifndef PROPTER_STATUS_H
#define PROPTER_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define PROPTER_API __attribute__((visibility("default")))
#define PROPTER_MUST_USE __attribute__((warn_unused_result))
#define PROPTER_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define PROPTER_API
#define PROPTER_MUST_USE
#define PROPTER_PRINTF(f, a)
#endif

typedef enum {
#define STATUS(name, exit_code, text) PROPTER_##name,
#include "propter/status.def"
#undef STATUS
  PROPTER_STATUS_COUNT
} PropterStatus;

/* What failed and where. Zero-initialise before first use. `source` is a file name or the name of an input; `line` and `column`
 * count from 1, 0 means unknown; `byte` counts from 0 and holds only if `has_byte`. Strings are truncated, never unterminated. */
typedef struct {
  PropterStatus status;
  char source[256];
  uint64_t line;
  uint64_t column;
  uint64_t byte;
  bool has_byte;
  char message[512];
} PropterError;

/* Text of a status, e.g. "done". Borrowed, static. Unknown values give the text of BUG. */
PROPTER_API const char *propter_strerror(PropterStatus status);

/* Name of a status as in the table, e.g. "NOT_FOUND". Borrowed, static. */
PROPTER_API const char *propter_status_name(PropterStatus status);

/* Exit code of the program for a status (design: 0, 1, 2, 3, 4, 5, 6, 7, 70, 75, 128+n). */
PROPTER_API int propter_exit_code(PropterStatus status);

/* Fills `err` (if not NULL) with status and formatted message, keeps its place fields, and returns `status`. */
PROPTER_API PropterStatus propter_fail(PropterError *err, PropterStatus status, const char *format, ...) PROPTER_PRINTF(3, 4);

/* Sets the place of an error: source (NULL keeps the present one), line and column (0: unknown). Returns err->status, or
 * PROPTER_OK without an error object. */
PROPTER_API void propter_error_at(PropterError *err, const char *source, uint64_t line, uint64_t column);

/* Sets the byte offset of an error. */
PROPTER_API void propter_error_at_byte(PropterError *err, const char *source, uint64_t byte);

/* Makes `err` empty again. */
PROPTER_API void propter_error_clear(PropterError *err);

/* Overwrites the passwords in a message: scheme://user:PASSWORD@host (RFC 3986, 3.2.1), PWD= and password= of connection strings. Every error that is formatted
 * and every message of a log goes through it. */
PROPTER_API void propter_mask_passwords(char *text);

/* Writes "source:line:column: message" (the known parts) into `out`, always terminated; returns the full length. */
PROPTER_API size_t propter_error_format(const PropterError *err, char *out, size_t size);

/* Returns from the calling function when `call` fails. */
#define PROPTER_TRY(call)                                                                                                        \
  do {                                                                                                                           \
    PropterStatus propter_try_status_ = (call);                                                                                  \
    if (propter_try_status_ != PROPTER_OK) return propter_try_status_;                                                           \
  } while (0)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  const char *text;
  int exit_code;
} rows[] = {
#define STATUS(name, exit_code, text) {#name, text, exit_code},
#include "propter/status.def"
#undef STATUS
};

_Static_assert(PROPTER_STATUS_COUNT <= 16, "the status table stays readable: at most 16 rows");

static size_t row_of(PropterStatus status) {
  return (unsigned)status < PROPTER_STATUS_COUNT ? (size_t)status : (size_t)PROPTER_BUG;
}

const char *propter_strerror(PropterStatus status) { return rows[row_of(status)].text; }

int propter_exit_code(PropterStatus status) { return rows[row_of(status)].exit_code; }

const char *propter_status_name(PropterStatus status) { return rows[row_of(status)].name; }

PropterStatus propter_fail(PropterError *err, PropterStatus status, const char *format, ...) {
  if (!err) return status;
  err->status = status;
  va_list args;
  va_start(args, format);
  (void)vsnprintf(err->message, sizeof err->message, format, args);
  va_end(args);
  return status;
}

static void set_source(PropterError *err, const char *source) {
  if (source) (void)snprintf(err->source, sizeof err->source, "%s", source);
}

void propter_error_at(PropterError *err, const char *source, uint64_t line, uint64_t column) {
  if (!err) return;
  set_source(err, source);
  err->line = line;
  err->column = column;
}

void propter_error_at_byte(PropterError *err, const char *source, uint64_t byte) {
  if (!err) return;
  set_source(err, source);
  err->byte = byte;
  err->has_byte = true;
}

void propter_error_clear(PropterError *err) {
  if (err) memset(err, 0, sizeof *err);
}

/* Stars for what stands between `from` and `to`, at most three of them; where the text goes on. */
static char *hide(char *from, char *to) {
  size_t stars = (size_t)(to - from) < 3 ? (size_t)(to - from) : 3;
  memset(from, '*', stars);
  memmove(from + stars, to, strlen(to) + 1);
  return from + stars;
}

void propter_mask_passwords(char *text) {
  static const char *const names[] = {"pwd=", "password="};
  for (char *at = text; (at = strstr(at, "://")); at += 3) {
    char *user = at + 3, *end = user + strcspn(user, "/?# \t\n"), *sign = memrchr(user, '@', (size_t)(end - user));
    char *colon = sign ? memchr(user, ':', (size_t)(sign - user)) : NULL;
    if (colon) (void)hide(colon + 1, sign);
  }
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    for (char *at = text; (at = strcasestr(at, names[i]));) {
      at += strlen(names[i]);
      at = hide(at, at + strcspn(at, ":;& \t\n"));
    }
}

size_t propter_error_format(const PropterError *err, char *out, size_t size) {
  char place[64] = "";
  if (err->line && err->column)
    (void)snprintf(place, sizeof place, ":%llu:%llu", (unsigned long long)err->line, (unsigned long long)err->column);
  else if (err->line)
    (void)snprintf(place, sizeof place, ":%llu", (unsigned long long)err->line);
  else if (err->has_byte)
    (void)snprintf(place, sizeof place, ": byte %llu", (unsigned long long)err->byte);
  const char *message = err->message[0] ? err->message : propter_strerror(err->status);
  int n = snprintf(out, size, "%s%s%s%s", err->source, place, err->source[0] || place[0] ? ": " : "", message);
  if (size) propter_mask_passwords(out);
  return n < 0 ? 0 : (size_t)n;
}

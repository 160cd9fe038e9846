/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <errno.h>
#include <iconv.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../../engine/graph/io/io.h"
#include "encoding.h"

enum { BLOCK = 1 << 16 };

struct Text {
  const char *path;
  Source *source, *file; /* what is read; the same if it is to be closed */
  TextSource given;
  iconv_t convert;
  bool converting, started, ended;
  const char *found; /* the encoding that the first bytes showed */
  char raw[BLOCK]; /* bytes of the file that are still to be converted */
  size_t raw_len;
  char *buf;
  size_t begin, end, cap, most;
  uint64_t line;
};

static PropterStatus no_memory(const Text *t, PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading %s", t->path); }

static PropterStatus start_convert(Text *t, const char *encoding, PropterError *err) {
  t->convert = iconv_open("UTF-8", encoding);
  if (t->convert == (iconv_t)-1)
    return errno == ENOMEM ? no_memory(t, err)
                           : propter_fail(err, PROPTER_USAGE, "unknown encoding \"%s\"; examples: UTF-8, UTF-16, ISO-8859-1, windows-1252", encoding);
  t->converting = true;
  return PROPTER_OK;
}

PropterStatus text_open(const char *path, const PropterTableOptions *options, const PropterLimits *limits, size_t buffer, Text **out, PropterError *err) {
  Text *t = propter_calloc(1, sizeof *t);
  if (!t) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  t->path = path;
  t->line = 1;
  t->most = buffer + 2 * BLOCK;
  PropterStatus status = encoding_is_utf8(options->encoding) ? PROPTER_OK : start_convert(t, options->encoding, err);
  t->given = source_of_text(options->text, path, limits->table_bytes);
  t->source = &t->given.source;
  if (status == PROPTER_OK && !options->text.data) status = source_open_file(path, limits->table_bytes, limits, &t->file, err);
  if (t->file) t->source = t->file;
  if (status != PROPTER_OK) {
    text_close(t);
    return status;
  }
  *out = t;
  return PROPTER_OK;
}

const char *text_encoding(const Text *t) { return t->found; }

void text_close(Text *t) {
  if (!t) return;
  if (t->file) source_close_file(t->file);
  if (t->converting) (void)iconv_close(t->convert);
  propter_free(t->buf);
  propter_free(t);
}

static PropterStatus read_raw(Text *t, size_t *n, PropterError *err) {
  PROPTER_TRY(source_read(t->source, t->raw + t->raw_len, sizeof t->raw - t->raw_len, n, err));
  t->raw_len += *n;
  return PROPTER_OK;
}

/* What the first bytes show is obeyed where no encoding was named. */
static PropterStatus start(Text *t, PropterError *err) {
  size_t n = 1;
  t->started = true;
  while (t->raw_len < ENCODING_HEAD && n) PROPTER_TRY(read_raw(t, &n, err));
  if (!t->converting) t->found = encoding_found((PropterStr){t->raw, t->raw_len < ENCODING_HEAD ? t->raw_len : ENCODING_HEAD});
  return t->found ? start_convert(t, t->found, err) : PROPTER_OK;
}

static PropterStatus room(Text *t, PropterError *err) {
  if (t->begin) memmove(t->buf, t->buf + t->begin, t->end - t->begin);
  t->end -= t->begin;
  t->begin = 0;
  if (t->cap - t->end >= BLOCK) return PROPTER_OK;
  if (t->cap >= t->most) {
    propter_error_at(err, t->path, t->line, 0);
    return propter_fail(err, PROPTER_LIMIT, "one record is longer than the limit of %zu bytes", t->most - 2 * BLOCK);
  }
  size_t cap = t->cap ? 2 * t->cap : 2 * BLOCK;
  if (cap > t->most) cap = t->most;
  char *grown = propter_realloc(t->buf, cap);
  if (!grown) return no_memory(t, err);
  t->buf = grown;
  t->cap = cap;
  return PROPTER_OK;
}

static PropterStatus convert(Text *t, PropterError *err) {
  char *in = t->raw, *out = t->buf + t->end;
  size_t in_left = t->raw_len, out_left = t->cap - t->end;
  size_t r = iconv(t->convert, &in, &in_left, &out, &out_left);
  int e = errno;
  t->end = t->cap - out_left;
  memmove(t->raw, in, in_left);
  t->raw_len = in_left;
  if (r != (size_t)-1 || e != EILSEQ) return PROPTER_OK;
  propter_error_at(err, t->path, t->line, 0);
  return propter_fail(err, PROPTER_INVALID, "expected text in the encoding named, found byte 0x%02X", (unsigned)(unsigned char)t->raw[0]);
}

PropterStatus text_more(Text *t, bool *more, PropterError *err) {
  bool first = !t->started;
  if (first) PROPTER_TRY(start(t, err));
  PROPTER_TRY(room(t, err));
  size_t before = t->end, n = 0;
  while (t->end == before && !t->ended) {
    PROPTER_TRY(read_raw(t, &n, err));
    t->ended = n == 0 && !(first && t->raw_len);
    size_t left = t->raw_len;
    if (t->converting) {
      PROPTER_TRY(convert(t, err));
      if (t->ended && t->raw_len == left && left) return text_fail(t, t->end, err, PROPTER_INVALID, "the file ends inside a character");
    } else {
      memcpy(t->buf + t->end, t->raw, t->raw_len);
      t->end += t->raw_len;
      t->raw_len = 0;
    }
    first = false;
  }
  if (before == 0 && t->line == 1 && propter_str_starts(text_held(t), PROPTER_STR("\xEF\xBB\xBF"))) t->begin += 3;
  *more = t->end > before;
  return PROPTER_OK;
}

PropterStr text_held(const Text *t) { return (PropterStr){t->buf ? t->buf + t->begin : "", t->end - t->begin}; }

void text_drop(Text *t, size_t n) {
  size_t end = t->begin + n;
  for (const char *at; t->begin < end && (at = memchr(t->buf + t->begin, '\n', end - t->begin)); t->begin = (size_t)(at - t->buf) + 1) t->line++;
  t->begin = end;
}

bool text_converted(const Text *t) { return t->converting; }

uint64_t text_line(const Text *t) { return t->line; }

PropterStatus text_fail(const Text *t, size_t at, PropterError *err, PropterStatus status, const char *format, ...) {
  char message[400];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(message, sizeof message, format, args);
  va_end(args);
  uint64_t line = t->line;
  for (size_t i = 0; i < at && t->begin + i < t->end; i++) line += t->buf[t->begin + i] == '\n';
  propter_error_at(err, t->path, line, 0);
  return propter_fail(err, status, "%s", message);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>
#include <uchardet/uchardet.h>

#include "doc.h"

bool doc_runs_add(DocRuns *runs, DocRun run) {
  if (!run.len) return true;
  DocRun *last = runs->count ? &runs->items[runs->count - 1] : NULL;
  if (last && run.stride && last->stride == run.stride && last->at + last->len == run.at && last->source + last->source_len == run.source) {
    last->len += run.len, last->source_len += run.source_len;
    return true;
  }
  return propter_vec_push(runs, run);
}

/* Last run that starts at or before `at`. */
static const DocRun *run_at(const DocRuns *runs, size_t at) {
  size_t low = 0, high = runs->count;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (runs->items[mid].at <= at)
      low = mid + 1;
    else
      high = mid;
  }
  return low ? &runs->items[low - 1] : NULL;
}

void doc_runs_find(const DocRuns *runs, size_t start, size_t end, size_t *source_start, size_t *source_end) {
  const DocRun *r = run_at(runs, start);
  *source_start = r ? (start < r->at + r->len ? r->source + (start - r->at) * r->stride : r->source + r->source_len) : 0;
  r = run_at(runs, end ? end - 1 : 0);
  *source_end = !r ? 0 : r->stride && end < r->at + r->len ? r->source + (end - r->at) * r->stride : r->source + r->source_len;
}

enum { LOOK = 1 << 16 };

static bool add(DocDecoded *d, uint32_t c, size_t source, size_t source_len) {
  size_t at = d->text.len;
  propter_buf_add_utf8(&d->text, c);
  size_t len = d->text.len - at;
  unsigned stride = len == source_len ? 1 : len * 2 == source_len ? 2 : 0;
  return doc_runs_add(&d->runs, (DocRun){at, len, source, source_len, stride});
}

static bool add_literal(DocDecoded *d, PropterStr bytes, size_t source) {
  size_t at = d->text.len;
  propter_buf_add(&d->text, bytes);
  return doc_runs_add(&d->runs, (DocRun){at, bytes.len, source, bytes.len, 1});
}

static size_t plain(PropterStr s, size_t i, bool ascii) {
  size_t end = i;
  while (end < s.len && s.data[end] != '\r' && s.data[end] && (!ascii || (unsigned char)s.data[end] < 0x80)) end++;
  return end - i;
}

static bool utf8(DocDecoded *d, PropterStr s, size_t offset) {
  for (size_t i = 0, n; i < s.len; i += n) {
    n = plain(s, i, false);
    if (n) {
      if (!add_literal(d, (PropterStr){s.data + i, n}, offset + i)) return false;
      continue;
    }
    n = s.data[i] == '\r' && i + 1 < s.len && s.data[i + 1] == '\n' ? 2 : 1;
    if (!add(d, s.data[i] == '\r' ? '\n' : 0xFFFD, offset + i, n)) return false;
  }
  return true;
}

/* One character at `i`, U+FFFD for what is none; its bytes are found by giving one more each time, which iconv takes only when they suffice. */
static size_t one(iconv_t cd, PropterStr s, size_t i, uint32_t *c) {
  for (size_t n = 1; n <= 8 && i + n <= s.len; n++) {
    unsigned char out[8];
    char *from = (char *)(uintptr_t)(s.data + i), *to = (char *)out;
    size_t left = n, room = sizeof out;
    size_t done = iconv(cd, &from, &left, &to, &room);
    if (done == (size_t)-1 && errno == EINVAL) continue;
    size_t used = n - left, made = sizeof out - room;
    if (done == (size_t)-1 || made < 4) {
      /* A shift sequence makes no character; what cannot be read is skipped byte by byte. */
      *c = done != (size_t)-1 && used ? 0 : 0xFFFD;
      return used ? used : 1;
    }
    *c = (uint32_t)out[0] | (uint32_t)out[1] << 8 | (uint32_t)out[2] << 16 | (uint32_t)out[3] << 24;
    if (!*c) *c = 0xFFFD;
    return used;
  }
  *c = 0xFFFD;
  return s.len - i;
}

/* `ascii`: bytes below 128 are ASCII wherever they stand. */
static bool convert(DocDecoded *d, iconv_t cd, PropterStr s, size_t offset, bool ascii) {
  uint32_t c = 0, next = 0;
  for (size_t i = 0, n, ahead = 0; i < s.len; i += n) {
    n = ascii && !ahead ? plain(s, i, true) : 0;
    if (n) {
      if (!add_literal(d, (PropterStr){s.data + i, n}, offset + i)) return false;
      continue;
    }
    if (ahead)
      n = ahead, c = next, ahead = 0;
    else
      n = one(cd, s, i, &c);
    if (!c) continue;
    if (c == '\r') {
      c = '\n';
      if (i + n < s.len) ahead = one(cd, s, i + n, &next);
      if (ahead && next == '\n') n += ahead, ahead = 0;
    }
    if (!add(d, c, offset + i, n)) return false;
  }
  return true;
}

PropterStr doc_declared(PropterStr s) {
  size_t end = s.len < 1024 ? s.len : 1024;
  static const char *const keys[] = {"charset=", "encoding="};
  for (size_t i = 0; i < end; i++)
    for (size_t k = 0; k < 2; k++) {
      size_t n = strlen(keys[k]), at = i + n;
      if (at >= end || strncasecmp(s.data + i, keys[k], n) != 0) continue;
      if (s.data[at] == '"' || s.data[at] == '\'') at++;
      size_t stop = at;
      while (stop < end &&
             (strchr("-_.:+", s.data[stop]) ? s.data[stop] != 0
                                            : (s.data[stop] >= '0' && s.data[stop] <= '9') || ((s.data[stop] | 32) >= 'a' && (s.data[stop] | 32) <= 'z')))
        stop++;
      return (PropterStr){s.data + at, stop - at};
    }
  return (PropterStr){"", 0};
}

/* Pages that say Latin-1 or ASCII mean Windows-1252 (WHATWG Encoding Standard). */
static void settle(char encoding[DOC_ENCODING], PropterStr name) {
  static const char *const latin[] = {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "cp1252", "us-ascii", "ascii"};
  (void)snprintf(encoding, DOC_ENCODING, "%.*s", (int)(name.len < DOC_ENCODING - 1 ? name.len : DOC_ENCODING - 1), name.data);
  for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
    if (strcasecmp(encoding, latin[i]) == 0) (void)snprintf(encoding, DOC_ENCODING, "windows-1252");
}

/* Encodings in which ASCII bytes may be parts of other characters. */
static bool shifting(const char *encoding) {
  static const char *const names[] = {"UTF-16", "UTF-32", "UTF-7", "ISO-2022", "HZ",    "SHIFT", "SJIS", "GB18030",
                                      "GBK",    "GB2312", "BIG5",  "CP93",     "JOHAB", "EUC",   "UCS"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strncasecmp(encoding, names[i], strlen(names[i])) == 0) return true;
  return false;
}

static iconv_t open_encoding(const char *encoding) {
  /* Names with a suffix would ask iconv to invent or drop characters. */
  return encoding[0] && !strchr(encoding, '/') ? iconv_open("UTF-32LE", encoding) : (iconv_t)-1;
}

/* Text in UTF-16 without a mark: of Western text most of every other byte are zero. */
static const char *wide(PropterStr s) {
  size_t zeros[2] = {0, 0}, head = (s.len < 4096 ? s.len : 4096) & ~(size_t)1;
  for (size_t i = 0; i < head; i++) zeros[i & 1] += !s.data[i];
  if (zeros[1] > head / 4 && zeros[0] <= head / 64) return "UTF-16LE";
  if (zeros[0] > head / 4 && zeros[1] <= head / 64) return "UTF-16BE";
  return NULL;
}

/* Bytes that text does not hold: zeros, control characters but for tabulators, line ends, form feeds and escapes. */
static bool binary(PropterStr s, size_t *at) {
  size_t bad = 0, head = s.len < 4096 ? s.len : 4096;
  for (size_t i = 0; i < head; i++) {
    unsigned char c = (unsigned char)s.data[i];
    if (c >= 0x20 || (c >= '\t' && c <= '\r') || c == 0x1B) continue;
    if (!bad++) *at = i;
  }
  return bad > head / 64;
}

static void guess(PropterStr s, char encoding[DOC_ENCODING]) {
  uchardet_t detector = uchardet_new();
  const char *name = NULL;
  if (detector && uchardet_handle_data(detector, s.data, s.len < LOOK ? s.len : LOOK) == 0) {
    uchardet_data_end(detector);
    name = uchardet_get_charset(detector);
  }
  settle(encoding, name && *name ? propter_str(name) : PROPTER_STR("windows-1252"));
  if (detector) uchardet_delete(detector);
}

static PropterStatus choose(PropterStr s, PropterStr declared, size_t *mark, char encoding[DOC_ENCODING], PropterError *err) {
  static const struct {
    const char *mark, *name;
    size_t len;
  } marks[] = {{"\xEF\xBB\xBF", "UTF-8", 3}, {"\xFF\xFE", "UTF-16LE", 2}, {"\xFE\xFF", "UTF-16BE", 2}};
  for (size_t i = 0; i < 3; i++)
    if (s.len >= marks[i].len && memcmp(s.data, marks[i].mark, marks[i].len) == 0) {
      *mark = marks[i].len;
      settle(encoding, propter_str(marks[i].name));
      return PROPTER_OK;
    }
  size_t at = 0;
  const char *two = wide(s);
  if (two) {
    settle(encoding, propter_str(two));
    return PROPTER_OK;
  }
  if (binary(s, &at)) {
    propter_error_at_byte(err, NULL, at);
    return propter_fail(err, PROPTER_INVALID, "expected text, found binary data");
  }
  settle(encoding, declared);
  /* What is valid UTF-8 is UTF-8, whatever it says about itself, but for encodings that are ASCII to look at. */
  bool stateful = strncasecmp(encoding, "ISO-2022", 8) == 0 || strncasecmp(encoding, "HZ", 2) == 0 || strcasecmp(encoding, "UTF-7") == 0;
  if (!stateful && propter_utf8_valid(s, NULL)) settle(encoding, PROPTER_STR("UTF-8"));
  return PROPTER_OK;
}

PropterStatus doc_decode(PropterStr bytes, PropterStr declared, size_t max, DocDecoded *out, PropterError *err) {
  /* A decoded text is at most three times its Latin-1 bytes. */
  out->text.max = max > SIZE_MAX / 3 ? SIZE_MAX : max * 3 + 16;
  size_t mark = 0;
  PROPTER_TRY(choose(bytes, declared, &mark, out->encoding, err));
  PropterStr rest = {bytes.data + mark, bytes.len - mark};
  bool fits;
  if (strcasecmp(out->encoding, "UTF-8") == 0 && propter_utf8_valid(rest, NULL)) {
    fits = utf8(out, rest, mark);
  } else {
    iconv_t cd = strcasecmp(out->encoding, "UTF-8") == 0 ? (iconv_t)-1 : open_encoding(out->encoding);
    if (cd == (iconv_t)-1) {
      guess(rest, out->encoding);
      cd = open_encoding(out->encoding);
    }
    if (cd == (iconv_t)-1) {
      settle(out->encoding, PROPTER_STR("windows-1252"));
      cd = open_encoding(out->encoding);
    }
    if (cd == (iconv_t)-1) return propter_fail(err, PROPTER_NO_MEMORY, "no converter from %s", out->encoding);
    fits = convert(out, cd, rest, mark, !shifting(out->encoding));
    (void)iconv_close(cd);
  }
  if (!fits) return propter_fail(err, PROPTER_NO_MEMORY, "no memory to decode a document");
  return propter_buf_status(&out->text, err);
}

void doc_decoded_clear(DocDecoded *d) {
  propter_buf_clear(&d->text);
  propter_vec_clear(&d->runs);
}

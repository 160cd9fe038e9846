/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

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

/* Windows-1252 for what Latin-1 leaves to control characters: pages that say Latin-1 mean it (WHATWG Encoding Standard). */
static const uint16_t cp1252[32] = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

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

static bool latin1(DocDecoded *d, PropterStr s) {
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.data[i];
    size_t run = i;
    while (run < s.len && (unsigned char)s.data[run] < 0x80 && s.data[run] != '\r' && s.data[run]) run++;
    if (run > i) {
      if (!add_literal(d, (PropterStr){s.data + i, run - i}, i)) return false;
      i = run - 1;
      continue;
    }
    bool crlf = c == '\r' && i + 1 < s.len && s.data[i + 1] == '\n';
    if (!add(d, c == '\r' ? '\n' : !c ? 0xFFFD : c >= 0x80 && c < 0xA0 ? cp1252[c - 0x80] : c, i, crlf ? 2 : 1)) return false;
    i += crlf;
  }
  return true;
}

static bool utf8(DocDecoded *d, PropterStr s, size_t offset) {
  for (size_t i = 0; i < s.len;) {
    size_t run = i;
    while (run < s.len && s.data[run] != '\r' && s.data[run]) run++;
    if (run > i) {
      if (!add_literal(d, (PropterStr){s.data + i, run - i}, offset + i)) return false;
      i = run;
      continue;
    }
    bool crlf = s.data[i] == '\r' && i + 1 < s.len && s.data[i + 1] == '\n';
    if (!add(d, s.data[i] == '\r' ? '\n' : 0xFFFD, offset + i, crlf ? 2 : 1)) return false;
    i += crlf ? 2 : 1;
  }
  return true;
}

static uint32_t unit(PropterStr s, size_t i, bool big) {
  uint32_t a = (unsigned char)s.data[i], b = (unsigned char)s.data[i + 1];
  return big ? a << 8 | b : b << 8 | a;
}

static bool utf16(DocDecoded *d, PropterStr s, bool big) {
  for (size_t i = 2; i + 1 < s.len;) {
    uint32_t c = unit(s, i, big);
    size_t len = 2;
    if (c >= 0xD800 && c < 0xDC00 && i + 3 < s.len && unit(s, i + 2, big) >= 0xDC00 && unit(s, i + 2, big) < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (unit(s, i + 2, big) - 0xDC00);
      len = 4;
    } else if (c == '\r') {
      c = '\n';
      if (i + 3 < s.len && unit(s, i + 2, big) == '\n') len = 4;
    } else if (!c || (c >= 0xD800 && c < 0xE000)) {
      c = 0xFFFD;
    }
    if (!add(d, c, i, len)) return false;
    i += len;
  }
  return true;
}

/* The name after charset= in the first 1,024 bytes of HTML (where the standard asks for it), as "utf-8", "latin1" or neither. */
static bool says_latin1(PropterStr s) {
  size_t end = s.len < 1024 ? s.len : 1024;
  for (size_t i = 0; i + 8 < end; i++) {
    if (strncasecmp(s.data + i, "charset=", 8) != 0) continue;
    i += 8;
    if (s.data[i] == '"' || s.data[i] == '\'') i++;
    static const char *const names[] = {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "us-ascii"};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
      if (i + strlen(names[n]) <= end && strncasecmp(s.data + i, names[n], strlen(names[n])) == 0) return true;
    return false;
  }
  return false;
}

PropterStatus doc_decode(PropterStr bytes, bool html, size_t max, DocDecoded *out, PropterError *err) {
  /* A decoded text is at most three times its Latin-1 bytes. */
  out->text.max = max > SIZE_MAX / 3 ? SIZE_MAX : max * 3 + 16;
  const unsigned char *b = (const unsigned char *)bytes.data;
  bool fits;
  if (bytes.len >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF))) {
    bool big = b[0] == 0xFE;
    out->encoding = big ? "UTF-16BE" : "UTF-16LE";
    fits = utf16(out, bytes, big);
  } else {
    size_t zeros = 0, head = bytes.len < 4096 ? bytes.len : 4096;
    for (size_t i = 0; i < head; i++) zeros += !b[i];
    if (zeros > head / 64) {
      for (size_t i = 0; i < head; i++)
        if (!b[i]) propter_error_at_byte(err, NULL, i), i = head;
      return propter_fail(err, PROPTER_INVALID, "expected text, found binary data");
    }
    size_t bom = bytes.len >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF ? 3 : 0;
    PropterStr rest = {bytes.data + bom, bytes.len - bom};
    /* What is valid UTF-8 and not ASCII is UTF-8, whatever a page says about itself; the rest is Latin-1. */
    if (propter_utf8_valid(rest, NULL)) {
      out->encoding = "UTF-8";
      fits = utf8(out, rest, bom);
    } else {
      out->encoding = html && says_latin1(bytes) ? "windows-1252" : "ISO-8859-1";
      fits = latin1(out, bytes);
    }
  }
  if (!fits) return propter_fail(err, PROPTER_NO_MEMORY, "no memory to decode a document");
  return propter_buf_status(&out->text, err);
}

void doc_decoded_clear(DocDecoded *d) {
  propter_buf_clear(&d->text);
  propter_vec_clear(&d->runs);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* N-Triples and N-Quads (RDF 1.1), read in blocks of whole lines. Spans without anything special are taken as they stand in the block; sixteen bytes are looked
 * at at a time. */
#include <stdio.h>
#include <string.h>

#include "io.h"

enum { SLOTS = 5, WIDE = 16 };

typedef struct {
  const ReadJob *job;
  const PropterRdfSink *sink;
  const char *name;
  PropterError *err;
  bool quads;
  PropterBuf block;
  const unsigned char *line_start, *end; /* of the block's whole lines */
  uint64_t line;
  PropterStr subject; /* of the line before, if it is an IRI that stands in the block */
  PropterBuf texts[SLOTS]; /* of terms that do not stand in the block as they are */
} Lines;

typedef const unsigned char *At; /* a place in the block, NULL after a failure */

static At fail_at(Lines *l, At at, PropterStatus status, const char *text) {
  uint64_t column = at < l->end ? 1 : 0;
  for (At p = l->line_start; p < at; p++) column += (*p & 0xC0) != 0x80;
  (void)propter_fail(l->err, status, "%s", text);
  propter_error_at(l->err, l->name, l->job->no_lines ? 0 : l->line, column);
  return NULL;
}

static At expected(Lines *l, At at, const char *what) {
  char text[200];
  if (at >= l->end)
    (void)snprintf(text, sizeof text, "expected %s, found the end of the document", what);
  else if (*at == '\n' || *at == '\r')
    (void)snprintf(text, sizeof text, "expected %s, found the end of the line", what);
  else
    (void)snprintf(text, sizeof text, *at > 0x20 && *at < 0x7F ? "expected %s, found \"%c\"" : "expected %s, found byte 0x%02X", what, *at);
  return fail_at(l, at, PROPTER_SYNTAX, text);
}

static At too_long(Lines *l, At at, const char *what, uint64_t limit) {
  char text[80];
  (void)snprintf(text, sizeof text, "%s is longer than the limit of %llu bytes", what, (unsigned long long)limit);
  return fail_at(l, at, PROPTER_LIMIT, text);
}

static At long_term(Lines *l, At at) { return too_long(l, at, "a term", l->job->limits.term_bytes); }
static At long_line(Lines *l, At at) { return too_long(l, at, "the line", l->job->limits.line_bytes); }

/* ---- bytes ---------------------------------------------------------------------------------------------------------------- */

typedef unsigned char Vector __attribute__((vector_size(WIDE)));

static inline Vector vector_at(At p) {
  Vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

static inline bool any(Vector v) {
  uint64_t halves[2];
  memcpy(halves, &v, sizeof halves);
  return halves[0] | halves[1];
}

/* Bytes that need a closer look inside an IRI: not printable ASCII, or one of " % < \ ^ ` { | }. */
static inline Vector odd_in_iri(Vector v) {
  return (Vector)(v - 0x21 > 0x5D) | (Vector)(v == '"') | (Vector)(v == '%') | (Vector)(v == '<') | (Vector)(v == '\\') | (Vector)(v == '^') |
         (Vector)(v == '`') | (Vector)(v - '{' < 3);
}

/* The same in a string: its end, an escape, the end of the line, UTF-8. */
static inline Vector odd_in_string(Vector v) {
  return (Vector)(v == '"') | (Vector)(v == '\\') | (Vector)(v == '\n') | (Vector)(v == '\r') | (Vector)(v >= 0x80);
}

static bool plain_iri(At p, At end) {
  Vector odd = {0};
  if (end - p < WIDE) {
    unsigned char few[WIDE];
    memset(few, 'a', sizeof few);
    memcpy(few, p, (size_t)(end - p));
    return !any(odd_in_iri(vector_at(few)));
  }
  for (; end - p >= WIDE; p += WIDE) odd |= odd_in_iri(vector_at(p));
  return !any(odd | odd_in_iri(vector_at(end - WIDE)));
}

static bool is_letter(unsigned char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

static bool has_scheme(At p, At end) {
  if (p == end || !is_letter(*p)) return false;
  while (p < end && (is_letter(*p) || is_digit(*p) || *p == '+' || *p == '-' || *p == '.')) p++;
  return p < end && *p == ':';
}

static At skip_blanks(At p, At end) {
  while (p < end && (*p == ' ' || *p == '\t')) p++;
  return p;
}

/* \u or \U at `p` (on the backslash), as UTF-8 into `out`. */
static At escaped_code(Lines *l, At p, PropterBuf *out) {
  unsigned digits = p[1] == 'u' ? 4 : 8;
  uint32_t code = 0;
  p += 2;
  for (unsigned i = 0; i < digits; i++, p++) {
    unsigned char c = p < l->end ? *p : 0, low = c | 32;
    if (!is_digit(c) && !(low >= 'a' && low <= 'f')) return expected(l, p, "a hexadecimal digit");
    code = code << 4 | (uint32_t)(is_digit(c) ? c - '0' : low - 'a' + 10);
  }
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
    return fail_at(l, p - 1, PROPTER_SYNTAX, "expected the escape of a character, found one of no character");
  propter_buf_add_utf8(out, code);
  return p;
}

static At bad_utf8(Lines *l, At from, At to) {
  size_t bad = 0;
  if (propter_utf8_valid((PropterStr){(const char *)from, (size_t)(to - from)}, &bad)) return to;
  return expected(l, from + bad, "UTF-8");
}

static At out_of(Lines *l, At p, const PropterBuf *text) {
  if (!text->failed) return p;
  (void)propter_buf_status(text, l->err);
  return NULL;
}

/* ---- terms ---------------------------------------------------------------------------------------------------------------- */

/* An IRI that holds an escape, a percent sign, UTF-8 or something wrong. */
static At odd_iri(Lines *l, At p, At close, PropterBuf *text, PropterStr *iri) {
  propter_buf_reset(text);
  if (!bad_utf8(l, p, close)) return NULL;
  for (At from = p; p < close;) {
    if (*p <= 0x20 || (*p < 0x80 && strchr("<\"{}|^`", *p))) return expected(l, p, "\">\" or a character of an IRI");
    bool escape = *p == '\\';
    if (escape) propter_buf_add(text, (PropterStr){(const char *)from, (size_t)(p - from)});
    if (escape && (p + 1 == l->end || (p[1] != 'u' && p[1] != 'U'))) return expected(l, p + 1, "\\u or \\U in an IRI");
    p = escape ? escaped_code(l, p, text) : p + 1;
    if (!p) return NULL;
    if (escape) from = p;
    if (p >= close) propter_buf_add(text, (PropterStr){(const char *)from, from < close ? (size_t)(close - from) : 0});
  }
  if (!out_of(l, p, text)) return NULL;
  *iri = propter_buf_str(text);
  const char *why = NULL;
  if (propter_iri_valid(*iri, &why)) return close;
  char message[400];
  (void)snprintf(message, sizeof message, "invalid IRI <%.*s>: %s", (int)(iri->len < 200 ? iri->len : 200), iri->data, why);
  return fail_at(l, close, PROPTER_INVALID, message);
}

/* `p` behind "<"; returns the place behind ">". */
static At read_iri(Lines *l, At p, PropterBuf *text, PropterStr *iri) {
  At close = memchr(p, '>', (size_t)(l->end - p));
  if (!close) {
    close = p;
    while (close < l->end && *close > 0x20) close++;
    return expected(l, close, "\">\"");
  }
  *iri = (PropterStr){(const char *)p, (size_t)(close - p)};
  bool plain = plain_iri(p, close);
  if (plain && !has_scheme(p, close)) return fail_at(l, p, PROPTER_SYNTAX, "expected an absolute IRI (scheme:...), found a relative one");
  if (!plain && !odd_iri(l, p, close, text, iri)) return NULL;
  return iri->len > l->job->limits.term_bytes ? long_term(l, p) : close + 1;
}

/* PN_CHARS beyond ASCII; `first`: those a label may begin with. */
static bool name_character(uint32_t c, bool first) {
  return propter_utf8_letter(c) || (!first && (c == 0xB7 || (c >= 0x300 && c <= 0x36F) || c == 0x203F || c == 0x2040));
}

/* Length of the character of a label at `p`, 0 if there is none. */
static size_t label_character(Lines *l, At p, bool first) {
  if (p >= l->end) return 0;
  if (*p < 0x80) return is_letter(*p) || is_digit(*p) || *p == '_' || (!first && (*p == '-' || *p == '.'));
  size_t n = *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
  if ((size_t)(l->end - p) < n || !propter_utf8_valid((PropterStr){(const char *)p, n}, NULL)) return 0;
  uint32_t code = *p & (0xFFU >> (n + 1));
  for (size_t i = 1; i < n; i++) code = code << 6 | (p[i] & 0x3F);
  return name_character(code, first) ? n : 0;
}

/* `p` behind "_". Labels get an "x" in front, as those of the other readers do, so that documents agree whatever their syntax. */
static At read_blank(Lines *l, At p, PropterBuf *text, PropterStr *label) {
  if (p >= l->end || *p != ':') return expected(l, p, "\":\" after \"_\"");
  At from = ++p;
  size_t n = label_character(l, p, true);
  if (!n) return expected(l, p, "the first character of a blank node label");
  while (n) p += n, n = label_character(l, p, false);
  while (p[-1] == '.') p--;
  propter_buf_reset(text);
  propter_buf_add_char(text, 'x');
  propter_buf_add(text, (PropterStr){(const char *)from, (size_t)(p - from)});
  if (!out_of(l, p, text)) return NULL;
  *label = propter_buf_str(text);
  return label->len > l->job->limits.term_bytes ? long_term(l, from) : p;
}

static At unescape(Lines *l, At p, PropterBuf *text) {
  static const char names[] = "tbnrf\"'\\", values[] = "\t\b\n\r\f\"'\\";
  unsigned char c = p + 1 < l->end ? p[1] : 0;
  if (c == 'u' || c == 'U') return escaped_code(l, p, text);
  const char *name = c ? strchr(names, c) : NULL;
  if (!name) return expected(l, p + 1, "one of t b n r f \" ' \\ u U after \"\\\"");
  propter_buf_add_char(text, values[name - names]);
  return p + 2;
}

/* `p` behind the opening quote; returns the place behind the closing one. */
static At read_string(Lines *l, At p, PropterBuf *text, PropterStr *value) {
  At from = p, piece = p;
  bool wide = false, escapes = false;
  for (;;) {
    while (l->end - p >= WIDE && !any(odd_in_string(vector_at(p)))) p += WIDE;
    while (p < l->end && *p != '"' && *p != '\\' && *p != '\n' && *p != '\r') wide |= *p++ >= 0x80;
    if (p >= l->end || *p == '\n' || *p == '\r') return expected(l, p, "the end of the string");
    if (*p == '"') break;
    if (!escapes) propter_buf_reset(text);
    escapes = true;
    propter_buf_add(text, (PropterStr){(const char *)piece, (size_t)(p - piece)});
    p = piece = unescape(l, p, text);
    if (!p) return NULL;
  }
  if (wide && !bad_utf8(l, from, p)) return NULL;
  *value = (PropterStr){(const char *)from, (size_t)(p - from)};
  if (escapes) {
    propter_buf_add(text, (PropterStr){(const char *)piece, (size_t)(p - piece)});
    if (!out_of(l, p, text)) return NULL;
    *value = propter_buf_str(text);
  }
  return value->len > l->job->limits.term_bytes ? long_term(l, from) : p + 1;
}

static At read_literal(Lines *l, At p, PropterBuf *text, PropterBuf *type, PropterTerm *term) {
  *term = (PropterTerm){PROPTER_TERM_LITERAL, {"", 0}, {"", 0}, {"", 0}};
  p = read_string(l, p, text, &term->value);
  if (!p) return NULL;
  At after = skip_blanks(p, l->end);
  if (after < l->end && *after == '@') {
    At from = p = after + 1;
    while (p < l->end && (is_letter(*p) || is_digit(*p) || *p == '-')) p++;
    term->language = (PropterStr){(const char *)from, (size_t)(p - from)};
    return propter_language_valid(term->language) ? p : expected(l, from, "a language tag");
  }
  if (after < l->end && *after == '^') {
    p = after + 1;
    if (p >= l->end || *p != '^') return expected(l, p, "\"^\"");
    p = skip_blanks(p + 1, l->end);
    if (p >= l->end || *p != '<') return expected(l, p, "the IRI of a datatype");
    p = read_iri(l, p + 1, type, &term->datatype);
    if (p && propter_str_equal(term->datatype, PROPTER_STR("http://www.w3.org/2001/XMLSchema#string"))) term->datatype = (PropterStr){"", 0};
  }
  return p;
}

/* An IRI or a blank node, where allowed a literal. */
static At read_term(Lines *l, At p, unsigned slot, bool blank, bool literal, const char *what, PropterTerm *term) {
  p = skip_blanks(p, l->end);
  unsigned char c = p < l->end ? *p : 0;
  *term = (PropterTerm){c == '<' ? PROPTER_TERM_IRI : PROPTER_TERM_BLANK, {"", 0}, {"", 0}, {"", 0}};
  if (c == '<') return read_iri(l, p + 1, &l->texts[slot], &term->value);
  if (c == '_' && blank) return read_blank(l, p + 1, &l->texts[slot], &term->value);
  if (c == '"' && literal) return read_literal(l, p + 1, &l->texts[slot], &l->texts[SLOTS - 1], term);
  return expected(l, p, what);
}

/* ---- lines ---------------------------------------------------------------------------------------------------------------- */

static At read_statement(Lines *l, At p) {
  PropterStatement st = {.line = l->job->no_lines ? 0 : l->line};
  size_t known = l->subject.len;
  if (known && *p == '<' && (size_t)(l->end - p) > known + 2 && memcmp(p + 1, l->subject.data, known + 1) == 0) {
    st.s = propter_iri(l->subject);
    p += known + 2;
  } else {
    if (!(p = read_term(l, p, 0, true, false, "an IRI or a blank node", &st.s))) return NULL;
    bool stands = st.s.kind == PROPTER_TERM_IRI && st.s.value.data != l->texts[0].data;
    l->subject = stands ? st.s.value : (PropterStr){NULL, 0};
  }
  if (!(p = read_term(l, p, 1, false, false, "an IRI", &st.p))) return NULL;
  if (!(p = read_term(l, p, 2, true, true, "an IRI, a blank node or a literal", &st.o))) return NULL;
  p = skip_blanks(p, l->end);
  if (l->quads && p < l->end && *p != '.') {
    if (!(p = read_term(l, p, 3, true, false, "an IRI, a blank node or \".\"", &st.g))) return NULL;
    p = skip_blanks(p, l->end);
  }
  if (p >= l->end || *p != '.') return expected(l, p, "\".\"");
  p = skip_blanks(p + 1, l->end);
  if (p < l->end && *p != '\n' && *p != '\r' && *p != '#') return expected(l, p, "the end of the line after \".\"");
  if ((uint64_t)(p - l->line_start) > l->job->limits.line_bytes) return long_line(l, p);
  PropterError own = {0};
  PropterStatus status = l->sink->statement(&st, l->sink->payload, &own);
  if (status == PROPTER_OK) return p;
  if (!own.source[0]) return fail_at(l, p, status, own.message);
  if (l->err) *l->err = own;
  return NULL;
}

static At skip_comment(Lines *l, At p) {
  At from = p;
  while (p < l->end && *p != '\n' && *p != '\r') {
    if (!*p) return expected(l, p, "text");
    p++;
  }
  return bad_utf8(l, from, p);
}

/* All of the block up to l->end. */
static bool read_block(Lines *l, At p) {
  l->line_start = p;
  l->subject = (PropterStr){NULL, 0};
  while (p && p < l->end) {
    if (*p == '\n') {
      l->line++;
      l->line_start = ++p;
    } else if (*p == ' ' || *p == '\t' || *p == '\r') {
      p++;
    } else {
      p = *p == '#' ? skip_comment(l, p) : read_statement(l, p);
    }
  }
  return p != NULL;
}

static At last_line_end(At from, At to) {
  while (to > from && to[-1] != '\n' && to[-1] != '\r') to--;
  return to;
}

typedef struct {
  Source *source;
  PropterBuf rest; /* the beginning of the line that the last block ended in */
  bool begun, ended;
  Lines places[SPREAD_PLACES];
} Document;

/* A byte order mark at the beginning of a document is none of its characters. Returns the end of the bytes without it. */
static At skip_mark(unsigned char *from, At end) {
  size_t n = (size_t)(end - from);
  if (n < 3 || memcmp(from, "\xEF\xBB\xBF", 3) != 0) return end;
  memmove(from, from + 3, n - 3);
  return end - 3;
}

static PropterStatus next_block(void *payload, unsigned place, bool *more, PropterError *err) {
  Document *d = payload;
  Lines *l = &d->places[place];
  l->err = err;
  l->end = NULL;
  propter_buf_reset(&l->block);
  propter_buf_add(&l->block, propter_buf_str(&d->rest));
  propter_buf_reset(&d->rest);
  At start = NULL;
  while (!d->ended && l->end == start) {
    size_t n = 0;
    if (!propter_buf_reserve(&l->block, l->job->block)) return propter_buf_status(&l->block, err);
    PROPTER_TRY(source_read(d->source, l->block.data + l->block.len, l->job->block, &n, err));
    l->block.len += n;
    d->ended = n == 0;
    start = (At)l->block.data;
    At whole = start + l->block.len;
    l->end = n ? last_line_end(start, whole) : whole;
    if (n && l->end == start && l->block.len > l->job->limits.line_bytes) {
      l->line_start = start;
      l->end = whole;
      (void)long_line(l, l->end);
      return PROPTER_LIMIT;
    }
    if (l->end > start) propter_buf_add(&d->rest, (PropterStr){(const char *)l->end, (size_t)(whole - l->end)});
  }
  if (!d->begun) l->end = skip_mark((unsigned char *)l->block.data, l->end);
  d->begun = true;
  *more = l->end != start;
  return propter_buf_status(&d->rest, err);
}

static PropterStatus read_stretch(void *payload, unsigned place, uint64_t *lines, PropterError *err) {
  Document *d = payload;
  Lines *l = &d->places[place];
  l->err = err;
  l->line = 1;
  bool read = read_block(l, (At)l->block.data);
  *lines = l->line - 1;
  return read ? PROPTER_OK : err->status;
}

static PropterStatus read_in_order(Document *d, PropterError *err) {
  Lines *l = &d->places[0];
  for (bool more = true;;) {
    PROPTER_TRY(next_block(d, 0, &more, err));
    if (!more) return PROPTER_OK;
    if (!read_block(l, (At)l->block.data)) return err->status;
  }
}

PropterStatus read_lines(Source *source, const ReadJob *job, int quads, PropterError *err) {
  PropterError own = {0};
  Document *d = propter_calloc(1, sizeof *d);
  if (!d) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading %s", source->name);
  d->source = source;
  d->rest.max = SIZE_MAX / 2;
  for (unsigned i = 0; i < SPREAD_PLACES; i++) {
    d->places[i] = (Lines){.job = job, .name = source->name, .quads = quads, .line = 1, .block.max = SIZE_MAX / 2};
    d->places[i].sink = job->spread ? &job->spread->sinks[i] : job->sink;
    for (int k = 0; k < SLOTS; k++) d->places[i].texts[k].max = job->limits.term_bytes + 64;
  }
  Stretches stretches = {next_block, read_stretch, d};
  PropterStatus status = job->spread ? job->spread->run(job->spread->payload, &stretches, &own) : read_in_order(d, &own);
  if (status != PROPTER_OK && !own.source[0]) propter_error_at(&own, source->name, 0, 0);
  if (status != PROPTER_OK && err) *err = own;
  propter_buf_clear(&d->rest);
  for (unsigned i = 0; i < SPREAD_PLACES; i++) {
    propter_buf_clear(&d->places[i].block);
    for (int k = 0; k < SLOTS; k++) propter_buf_clear(&d->places[i].texts[k]);
  }
  propter_free(d);
  return status;
}

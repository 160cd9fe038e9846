/* SPDX-License-Identifier: Apache-2.0 */
/* CSV as in RFC 4180, with the freedom files take: any delimiter and quote, LF, CRLF or CR, a quote inside an unquoted cell stands for
 * itself. A row is scanned once while its bytes arrive; offsets are relative to the row, so that the buffer may move. */
#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "../../engine/graph/io/io.h"
#include "encoding.h"
#include "reader.h"

enum { BLOCK = 1 << 16 };

typedef enum { CELL, PLAIN, QUOTED, AFTER_QUOTE, COMMENT } State;

typedef struct {
  size_t begin, end;
  bool quoted, marked; /* marked: holds doubled quotes or escaped characters */
} Span;

typedef struct {
  const char *path;
  Source *source, *file; /* what is read; the same if it is to be closed */
  TextSource given;
  PropterLimits limits;
  char delimiter, quote, escape;
  bool quoting, trim, told; /* told: which delimiter */
  PropterStr comment;

  iconv_t convert;
  const char *encoding; /* what is converted from; NULL: nothing is */
  const char *found;    /* the same where nobody named it */
  bool converting, checked_mark, begun; /* begun: what stands before the first row was passed */
  char raw[BLOCK]; /* bytes of the file before conversion, or its first bytes */
  size_t raw_at, raw_end;
  uint64_t raw_total; /* file offset of raw[raw_at] */

  char *buf;
  size_t cap, row, end; /* the row begins at buf[row]; bytes up to buf[end] */
  bool ended;
  uint64_t offset; /* file offset of buf[row], without conversion */

  uint64_t line; /* of the next byte */
  bool after_cr;
  size_t quote_at, cr_at; /* where from buf[row] on the next quote and the next carriage return are; before it: not looked for */
  size_t plain;    /* bytes of the plain row that was looked at last; 0: the row was not plain */
  PropterBuf model; /* what the rows that are skipped begin with */
  PROPTER_VEC(Span) spans;
  PROPTER_VEC(PropterStr) cells;
} Csv;

static PropterStatus no_memory(const Csv *c, PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading %s", c->path); }

static void close_csv(void *state) {
  Csv *c = state;
  if (c->file) source_close_file(c->file);
  if (c->converting) (void)iconv_close(c->convert);
  propter_free(c->buf);
  propter_buf_clear(&c->model);
  propter_vec_clear(&c->spans);
  propter_vec_clear(&c->cells);
  propter_free(c);
}

static PropterStatus start_convert(Csv *c, const char *encoding, PropterError *err) {
  c->convert = iconv_open("UTF-8", encoding);
  if (c->convert == (iconv_t)-1) {
    if (errno == ENOMEM) return no_memory(c, err);
    return propter_fail(err, PROPTER_USAGE, "unknown encoding \"%s\"; examples: UTF-8, UTF-16, ISO-8859-1, windows-1252", encoding);
  }
  c->converting = true;
  c->encoding = encoding;
  return PROPTER_OK;
}

static PropterStatus open_csv(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  Csv *c = propter_calloc(1, sizeof *c);
  if (!c) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  *state = c;
  c->path = path;
  c->limits = *limits;
  c->line = 1;
  PropterStr name = propter_str(path);
  if (propter_str_ends(name, PROPTER_STR(".gz"))) name.len -= 3;
  bool tabs = propter_str_ends(name, PROPTER_STR(".tsv")) || propter_str_ends(name, PROPTER_STR(".tab"));
  c->told = options->delimiter != 0;
  c->delimiter = options->delimiter ? options->delimiter : tabs ? '\t' : ',';
  c->quoting = !options->no_quote;
  c->quote = options->quote ? options->quote : '"';
  c->trim = options->trim;
  c->comment = propter_str(options->comment);
  c->escape = options->escape;
  if (c->quoting && c->quote == c->delimiter) return propter_fail(err, PROPTER_USAGE, "delimiter and quote are the same character");
  if (c->escape && (c->escape == c->delimiter || (c->quoting && c->escape == c->quote)))
    return propter_fail(err, PROPTER_USAGE, "the escape character is the delimiter or the quote");
  if (!encoding_is_utf8(options->encoding)) PROPTER_TRY(start_convert(c, options->encoding, err));
  c->checked_mark = c->converting;
  c->given = source_of_text(options->text, path, limits->table_bytes);
  if (!options->text.data) PROPTER_TRY(source_open_file(path, limits->table_bytes, limits, &c->file, err));
  c->source = c->file ? c->file : &c->given.source;
  return PROPTER_OK;
}

/* What the first bytes show is obeyed where no encoding was named. */
static PropterStatus check_mark(Csv *c, PropterError *err) {
  c->checked_mark = true;
  while (c->raw_end < ENCODING_HEAD) {
    size_t n;
    PROPTER_TRY(source_read(c->source, c->raw + c->raw_end, sizeof c->raw - c->raw_end, &n, err));
    if (!n) break;
    c->raw_end += n;
  }
  c->found = encoding_found((PropterStr){c->raw, c->raw_end < ENCODING_HEAD ? c->raw_end : ENCODING_HEAD});
  return c->found ? start_convert(c, c->found, err) : PROPTER_OK;
}

/* Converts what lies in `raw` into the buffer's free room; *moved tells whether anything came of it. */
static PropterStatus convert(Csv *c, bool *moved, PropterError *err) {
  char *in = c->raw + c->raw_at, *out = c->buf + c->end;
  size_t in_left = c->raw_end - c->raw_at, out_left = c->cap - c->end, before = out_left;
  size_t r = iconv(c->convert, &in, &in_left, &out, &out_left);
  int e = errno;
  c->raw_total += (size_t)(in - c->raw) - c->raw_at;
  c->raw_at = (size_t)(in - c->raw);
  c->end = c->cap - out_left;
  *moved = out_left != before;
  if (r == (size_t)-1 && e == EILSEQ) {
    propter_error_at_byte(err, c->path, c->raw_total);
    return propter_fail(err, PROPTER_INVALID, "byte %llu: expected text in %s, found byte 0x%02X", (unsigned long long)c->raw_total, c->encoding,
                        (unsigned)(unsigned char)c->raw[c->raw_at]);
  }
  return PROPTER_OK;
}

static PropterStatus read_raw(Csv *c, PropterError *err) {
  size_t left = c->raw_end - c->raw_at, n;
  memmove(c->raw, c->raw + c->raw_at, left);
  c->raw_at = 0;
  c->raw_end = left;
  PROPTER_TRY(source_read(c->source, c->raw + left, sizeof c->raw - left, &n, err));
  c->raw_end += n;
  if (n) return PROPTER_OK;
  if (left) {
    propter_error_at_byte(err, c->path, c->raw_total);
    return propter_fail(err, PROPTER_INVALID, "byte %llu: the file ends inside a character", (unsigned long long)c->raw_total);
  }
  c->ended = true;
  return PROPTER_OK;
}

/* More bytes behind buf[end]: the row moves to the front, the buffer grows up to the limit of a row. */
static PropterStatus more(Csv *c, PropterError *err) {
  if (!c->checked_mark) PROPTER_TRY(check_mark(c, err));
  c->quote_at = c->cr_at = SIZE_MAX;
  if (c->row) {
    memmove(c->buf, c->buf + c->row, c->end - c->row);
    c->end -= c->row;
    c->row = 0;
  }
  if (c->end > c->limits.line_bytes) {
    propter_error_at(err, c->path, c->line, 0);
    return propter_fail(err, PROPTER_LIMIT, "row is longer than the limit of %llu bytes", (unsigned long long)c->limits.line_bytes);
  }
  if (c->cap - c->end < BLOCK) {
    size_t cap = c->cap ? c->cap * 2 : 2 * BLOCK, most = (size_t)c->limits.line_bytes + 2 * BLOCK;
    if (cap > most) cap = most;
    char *grown = propter_realloc(c->buf, cap);
    if (!grown) return no_memory(c, err);
    c->buf = grown;
    c->cap = cap;
  }
  if (!c->converting) {
    size_t n = c->raw_end - c->raw_at;
    if (n) { /* what the byte order mark's check had read */
      if (n > c->cap - c->end) n = c->cap - c->end;
      memcpy(c->buf + c->end, c->raw + c->raw_at, n);
      c->raw_at += n;
    } else {
      PROPTER_TRY(source_read(c->source, c->buf + c->end, c->cap - c->end, &n, err));
      c->ended = n == 0;
    }
    c->end += n;
    return PROPTER_OK;
  }
  for (bool moved = false; !moved && !c->ended;) {
    if (c->raw_at < c->raw_end) PROPTER_TRY(convert(c, &moved, err));
    if (!moved) PROPTER_TRY(read_raw(c, err));
  }
  return PROPTER_OK;
}

static PropterStatus too_many(const Csv *c, PropterError *err) {
  propter_error_at(err, c->path, c->line, 0);
  return propter_fail(err, PROPTER_LIMIT, "row has more than the limit of %llu columns", (unsigned long long)c->limits.table_columns);
}

static PropterStatus end_cell(Csv *c, Span span, PropterError *err) {
  if (c->spans.count >= c->limits.table_columns) return too_many(c, err);
  return propter_vec_push(&c->spans, span) ? PROPTER_OK : no_memory(c, err);
}

/* Bytes must be UTF-8 text without NUL; names the byte of the file where they are not. */
static PropterStatus check_text(const Csv *c, uint64_t line, size_t length, PropterError *err) {
  PropterStr row = {c->buf + c->row, length};
  size_t bad;
  const char *nul = memchr(row.data, '\0', row.len);
  if (!nul && propter_utf8_valid(row, &bad)) return PROPTER_OK;
  if (nul) bad = (size_t)(nul - row.data);
  for (size_t i = 0; i < bad; i++) line += row.data[i] == '\n';
  propter_error_at(err, c->path, line, 0);
  if (nul) return propter_fail(err, PROPTER_INVALID, "expected text, found a NUL byte");
  if (!c->converting) propter_error_at_byte(err, c->path, c->offset + bad);
  return propter_fail(err, PROPTER_INVALID, "byte %llu: expected UTF-8, found byte 0x%02X; if the file is windows-1252 or ISO-8859-1, name that encoding (--encoding)",
                      (unsigned long long)(c->offset + bad), (unsigned)(unsigned char)row.data[bad]);
}

/* A cell of \N alone is how databases write that there is no value: it stays, for the mapping to name. */
static PropterStr unmark(Csv *c, const Span *s) {
  char *p = c->buf + c->row + s->begin, *to = p;
  if (c->escape && s->end - s->begin == 2 && p[1] == 'N') return (PropterStr){p, 2};
  for (char *from = p, *end = c->buf + c->row + s->end; from < end; from++) {
    bool escapes = c->escape && *from == c->escape && from + 1 < end;
    if (escapes) from++;
    *to++ = *from;
    if (!escapes && s->quoted && *from == c->quote) from++;
  }
  return (PropterStr){p, (size_t)(to - p)};
}

static PropterStatus make_cells(Csv *c, PropterError *err) {
  if (!propter_vec_reserve(&c->cells, c->spans.count)) return no_memory(c, err);
  for (size_t i = 0; i < c->spans.count; i++) {
    const Span *s = &c->spans.items[i];
    PropterStr cell = s->marked ? unmark(c, s) : (PropterStr){c->buf + c->row + s->begin, s->end - s->begin};
    c->cells.items[i] = c->trim ? propter_str_trim(cell) : cell;
  }
  c->cells.count = c->spans.count;
  return PROPTER_OK;
}

/* Where the scan of a row stands. */
typedef struct {
  State state;
  size_t at;
  Span span;
  uint64_t line, quote_line; /* where the row and the open quote began */
  bool done, bare; /* bare: no cell of the row was quoted */
} Scan;

static void count_line(Csv *c, char ch) {
  if (ch == '\r' || (ch == '\n' && !c->after_cr)) c->line++;
  c->after_cr = ch == '\r';
}

static PropterStatus bad_quote(const Csv *c, const Scan *s, char found, PropterError *err) {
  propter_error_at(err, c->path, c->line, 0);
  return propter_fail(
      err, PROPTER_SYNTAX,
      "cell %zu, quoted since line %llu: expected '%c' or a line end after the closing quote, found '%c'; a quote inside a quoted cell is doubled",
      c->spans.count + 1, (unsigned long long)s->quote_line, c->delimiter == '\t' ? ' ' : c->delimiter, found);
}

/* Passes over an escape character and the one behind it; false: that one is not there yet. */
static bool pass_escaped(Csv *c, Scan *s, size_t have) {
  s->span.marked = true;
  s->span.end = have;
  if (s->at + 1 == have) return false;
  count_line(c, c->buf[c->row + s->at + 1]);
  s->at += 2;
  return true;
}

/* Scans the bytes that are there; `s->done` at the end of the row. */
static PropterStatus scan(Csv *c, Scan *s, PropterError *err) {
  const char *p = c->buf + c->row;
  size_t have = c->end - c->row;
  while (s->at < have) {
    char ch = p[s->at];
    switch (s->state) {
    case CELL:
      s->span = (Span){s->at, s->at, false, false};
      s->state = PLAIN;
      if (c->quoting && ch == c->quote) {
        s->state = QUOTED;
        s->span.quoted = true;
        s->span.begin = ++s->at;
        s->quote_line = c->line;
        s->bare = false;
      }
      continue;
    case PLAIN:
      while (ch != c->delimiter && ch != '\n' && ch != '\r') {
        bool escapes = c->escape && ch == c->escape;
        if (escapes && !pass_escaped(c, s, have)) return PROPTER_OK;
        if (!escapes) s->at++;
        if (s->at == have) {
          s->span.end = s->at;
          return PROPTER_OK;
        }
        ch = p[s->at];
      }
      s->span.end = s->at;
      break;
    case QUOTED:
      if (c->escape && ch == c->escape) {
        if (!pass_escaped(c, s, have)) return PROPTER_OK;
        continue;
      }
      if (ch == c->quote) {
        s->span.end = s->at;
        s->state = AFTER_QUOTE;
        c->after_cr = false;
      } else if (ch == '\n' || ch == '\r') {
        count_line(c, ch);
      } else {
        c->after_cr = false;
      }
      s->at++;
      continue;
    case AFTER_QUOTE:
      if (ch == c->quote) {
        s->span.marked = true;
        s->state = QUOTED;
        s->at++;
        continue;
      }
      if (ch != c->delimiter && ch != '\n' && ch != '\r') return bad_quote(c, s, ch, err);
      break;
    case COMMENT:
      s->at++;
      if (ch != '\n' && ch != '\r') continue;
      count_line(c, ch);
      s->done = true;
      return PROPTER_OK;
    }
    PROPTER_TRY(end_cell(c, s->span, err));
    s->at++;
    s->state = CELL;
    if (ch == c->delimiter) continue;
    count_line(c, ch);
    s->done = true;
    return PROPTER_OK;
  }
  return PROPTER_OK;
}

/* The last row need not end with a line end. */
static PropterStatus finish_at_end(Csv *c, Scan *s, PropterError *err) {
  if (s->state == QUOTED) {
    propter_error_at(err, c->path, s->quote_line, 0);
    return propter_fail(err, PROPTER_SYNTAX, "cell %zu: the quote opened here is never closed: expected %c, found the end of the file", c->spans.count + 1,
                        c->quote);
  }
  if (s->state == CELL) s->span = (Span){s->at, s->at, false, false};
  s->at = c->end - c->row; /* an escape character with nothing behind it is itself */
  s->done = true;
  return s->state == COMMENT ? PROPTER_OK : end_cell(c, s->span, err);
}

static void skip(void *state, size_t size, uint64_t rows) {
  Csv *c = state;
  c->row += size;
  c->offset += size;
  c->line += rows;
}

/* Bytes of `sep=;` before its line end, also between quotes, or 0. */
static size_t declaration(PropterStr text, char *delimiter) {
  size_t quoted = text.len && text.data[0] == '"', size = 5 + 2 * quoted;
  if (text.len < size || strncasecmp(text.data + quoted, "sep=", 4) != 0) return 0;
  *delimiter = text.data[size - 1 - quoted];
  bool fits = *delimiter == '\t' || (*delimiter >= ' ' && *delimiter < 0x7F && !isalnum((unsigned char)*delimiter) && *delimiter != '"');
  if (!fits || (quoted && text.data[size - 1] != '"')) return 0;
  return text.len == size || text.data[size] == '\n' || text.data[size] == '\r' ? size : 0;
}

/* Before the first row: a byte order mark, and the line by which a spreadsheet program declares the delimiter. */
static PropterStatus pass_preamble(Csv *c, PropterError *err) {
  enum { LONGEST = 3 + 7 + 1 };
  static const PropterStr mark = {"\xEF\xBB\xBF", 3};
  char delimiter;
  while (!c->ended && c->end < LONGEST) PROPTER_TRY(more(c, err));
  c->begun = true;
  if (propter_str_starts((PropterStr){c->buf, c->end}, mark)) skip(c, mark.len, 0);
  size_t size = declaration((PropterStr){c->buf + c->row, c->end - c->row}, &delimiter);
  if (!size || (c->quoting && delimiter == c->quote)) return PROPTER_OK;
  if (!c->told) c->delimiter = delimiter;
  skip(c, size, 0);
  if (c->row == c->end) return PROPTER_OK;
  count_line(c, c->buf[c->row]);
  skip(c, 1, 0);
  return PROPTER_OK;
}

/* Bytes of the next row are there; a line feed after the carriage return that ended the last row belongs to it. */
static PropterStatus start_row(Csv *c, PropterError *err) {
  if (!c->begun) PROPTER_TRY(pass_preamble(c, err));
  size_t least = c->comment.len > 1 ? c->comment.len : 1;
  for (;;) {
    while (!c->ended && c->end - c->row < least) PROPTER_TRY(more(c, err));
    bool feed = c->after_cr && c->row < c->end && c->buf[c->row] == '\n';
    c->after_cr = false;
    if (!feed) return PROPTER_OK;
    c->row++;
    c->offset++;
  }
}

/* --- Plain rows: no quotes, no comments, nothing escaped, and a carriage return before the line feed only ----------------------------------------- */

static size_t find(const Csv *c, size_t known, char byte) {
  if (known != SIZE_MAX && known >= c->row) return known;
  const char *at = memchr(c->buf + c->row, byte, c->end - c->row);
  return at ? (size_t)(at - c->buf) : c->end;
}

/* The next row where it is plain, and how many bytes it takes with its line end (c->plain; 0: it is not). Reads on until all of it is there. */
static PropterStatus plain_row(Csv *c, PropterStr *row, PropterError *err) {
  c->plain = 0;
  if (c->comment.len || c->escape) return PROPTER_OK;
  PROPTER_TRY(start_row(c, err));
  const char *feed = NULL;
  for (size_t seen = 0; !feed;) {
    if (seen < c->end - c->row) feed = memchr(c->buf + c->row + seen, '\n', c->end - c->row - seen);
    seen = c->end - c->row;
    /* In a file that knows carriage returns alone there is no line feed to wait for. */
    if (!feed && (c->ended || find(c, SIZE_MAX, '\r') + 1 < c->end)) return PROPTER_OK;
    if (!feed) PROPTER_TRY(more(c, err));
  }
  size_t end = (size_t)(feed - c->buf);
  if (c->quoting && (c->quote_at = find(c, c->quote_at, c->quote)) < end) return PROPTER_OK;
  c->cr_at = find(c, c->cr_at, '\r');
  if (c->cr_at + 1 < end) return PROPTER_OK;
  *row = (PropterStr){c->buf + c->row, (c->cr_at < end ? c->cr_at : end) - c->row};
  if (row->len && row->len < c->limits.line_bytes) c->plain = end + 1 - c->row;
  return PROPTER_OK;
}

static PropterStatus split_plain(Csv *c, PropterStr row, PropterError *err) {
  PROPTER_TRY(check_text(c, c->line, row.len, err));
  c->cells.count = 0;
  for (const char *end = row.data + row.len, *p = row.data, *to = p; to; p = to ? to + 1 : end) {
    to = memchr(p, c->delimiter, (size_t)(end - p));
    PropterStr cell = {p, (size_t)((to ? to : end) - p)};
    if (c->cells.count >= c->limits.table_columns) return too_many(c, err);
    if (!propter_vec_push(&c->cells, c->trim ? propter_str_trim(cell) : cell)) return no_memory(c, err);
  }
  return PROPTER_OK;
}

static PropterStatus peek_row(void *state, PropterStr *bytes, PropterError *err) {
  Csv *c = state;
  PROPTER_TRY(plain_row(c, bytes, err));
  *bytes = (PropterStr){c->buf + c->row, c->plain};
  return PROPTER_OK;
}

static PropterStatus peek_bytes(void *state, size_t size, PropterStr *bytes, PropterError *err) {
  Csv *c = state;
  if (c->comment.len || c->escape || size > c->limits.line_bytes) return PROPTER_OK;
  PROPTER_TRY(start_row(c, err));
  while (!c->ended && c->end - c->row < size) PROPTER_TRY(more(c, err));
  if (c->end - c->row >= size) *bytes = (PropterStr){c->buf + c->row, size};
  return PROPTER_OK;
}

/* Passes over plain rows that begin so, as far as the buffer holds them. */
static uint64_t skip_held(Csv *c, PropterStr begin) {
  uint64_t rows = 0;
  size_t end = c->quoting && c->quote_at < c->end ? c->quote_at : c->end, at = c->row;
  while (end - at > begin.len && memcmp(c->buf + at, begin.data, begin.len) == 0) {
    const char *feed = memchr(c->buf + at + begin.len, '\n', end - at - begin.len);
    if (!feed) break;
    at = (size_t)(feed + 1 - c->buf);
    rows++;
  }
  skip(c, at - c->row, rows);
  return rows;
}

static PropterStatus skip_same(void *state, size_t columns, uint64_t *skipped, PropterError *err) {
  Csv *c = state;
  PropterStr row;
  size_t from = c->row - c->plain, length = 0;
  for (; columns && length < c->plain; columns--) {
    const char *to = memchr(c->buf + from + length, c->delimiter, c->plain - length);
    length = to ? (size_t)(to - (c->buf + from)) + 1 : c->plain;
  }
  if (columns || !length || length == c->plain) return PROPTER_OK;
  /* The buffer may move. */
  propter_buf_reset(&c->model);
  propter_buf_add(&c->model, (PropterStr){c->buf + from, length});
  PROPTER_TRY(propter_buf_status(&c->model, err));
  for (;;) {
    PROPTER_TRY(plain_row(c, &row, err));
    if (!c->plain || !propter_str_starts(row, propter_buf_str(&c->model))) return PROPTER_OK;
    skip(c, c->plain, 1);
    *skipped += 1 + (c->cr_at < c->end ? 0 : skip_held(c, propter_buf_str(&c->model)));
  }
}

/* --- Any row ------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus next_row(void *state, PropterRow *row, bool *found, PropterError *err) {
  Csv *c = state;
  PropterStr plain;
  PROPTER_TRY(plain_row(c, &plain, err));
  *found = c->plain > 0;
  if (*found) {
    PropterStatus status = split_plain(c, plain, err);
    *row = (PropterRow){.line = c->line, .cells = c->cells.items, .count = c->cells.count};
    skip(c, c->plain, 1);
    return status;
  }
  for (;;) {
    PROPTER_TRY(start_row(c, err));
    if (c->row == c->end) return PROPTER_OK;
    Scan s = {.line = c->line, .bare = true};
    c->spans.count = 0;
    if (c->comment.len && propter_str_starts((PropterStr){c->buf + c->row, c->end - c->row}, c->comment)) s.state = COMMENT;
    bool comment = s.state == COMMENT;
    while (!s.done) {
      PROPTER_TRY(scan(c, &s, err));
      if (s.done) break;
      if (c->ended)
        PROPTER_TRY(finish_at_end(c, &s, err));
      else
        PROPTER_TRY(more(c, err));
    }
    PropterStatus status = check_text(c, s.line, s.at, err);
    if (status == PROPTER_OK && s.at > c->limits.line_bytes) {
      propter_error_at(err, c->path, s.line, 0);
      status = propter_fail(err, PROPTER_LIMIT, "row is longer than the limit of %llu bytes", (unsigned long long)c->limits.line_bytes);
    }
    bool blank = s.bare && c->spans.count == 1 && c->spans.items[0].begin == c->spans.items[0].end;
    if (status == PROPTER_OK && !blank && !comment) status = make_cells(c, err);
    c->row += s.at;
    c->offset += s.at;
    if (status != PROPTER_OK) return status;
    if (blank || comment) continue;
    *row = (PropterRow){.line = s.line, .cells = c->cells.items, .count = c->cells.count};
    *found = true;
    return PROPTER_OK;
  }
}

static char delimiter_of(const void *state) { return ((const Csv *)state)->delimiter; }

static const char *encoding_of(const void *state) { return ((const Csv *)state)->found; }

const TableReader table_reader_csv = {.name = "csv",
                                      .extensions = "csv tsv tab txt",
                                      .summary = "comma-separated values (RFC 4180) and tables with other delimiters",
                                      .open = open_csv,
                                      .next = next_row,
                                      .peek = peek_row,
                                      .peek_bytes = peek_bytes,
                                      .skip = skip,
                                      .skip_same = skip_same,
                                      .delimiter = delimiter_of,
                                      .encoding = encoding_of,
                                      .close = close_csv};

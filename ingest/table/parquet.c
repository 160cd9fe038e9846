/* SPDX-License-Identifier: Apache-2.0 */
/* Parquet: the columns that are no lists, row by row, a page of each column in memory. Values have the types that the schema gives them; bytes without a type
 * are text where they are UTF-8. */
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parquet.h"
#include "propter/date.h"
#include "propter/io.h"
#include "sql.h"

enum { MARK = 4, TAIL = 8 }; /* "PAR1" at both ends, before the last one the footer's length */

typedef struct {
  const char *path;
  int fd;
  ParquetFile file;
  ParquetCursor **cursors;
  SqlRows rows;
  size_t group;
  int64_t left; /* rows of the group */
} Parquet;

static void close_parquet(void *state) {
  Parquet *p = state;
  for (size_t i = 0; p->cursors && i < p->file.columns.count; i++) parquet_cursor_free(p->cursors[i]);
  propter_free(p->cursors);
  if (p->fd >= 0) (void)propter_io_close(p->fd);
  parquet_clear(&p->file);
  sql_rows_clear(&p->rows);
  propter_free(p);
}

static PropterStatus read_at(Parquet *p, uint64_t offset, char *to, size_t size, PropterError *err) {
  if (lseek(p->fd, (off_t)offset, SEEK_SET) < 0) return propter_io_fail(err, p->path, "read");
  for (size_t done = 0; done < size;) {
    ssize_t n = propter_io_read(p->fd, to + done, size - done);
    if (n <= 0) return propter_io_fail(err, p->path, "read");
    done += (size_t)n;
  }
  return PROPTER_OK;
}

static PropterStatus no_parquet(const Parquet *p, const char *what, PropterError *err) {
  propter_error_at(err, p->path, 0, 0);
  return propter_fail(err, PROPTER_INVALID, "expected a Parquet file, found %s", what);
}

static PropterStatus read_file(Parquet *p, const PropterLimits *limits, PropterError *err) {
  struct stat st;
  unsigned char head[MARK] = {0}, tail[TAIL] = {0};
  if (fstat(p->fd, &st) != 0) return propter_io_fail(err, p->path, "read");
  if (!S_ISREG(st.st_mode)) return no_parquet(p, "no regular file: its end is read first", err);
  uint64_t size = (uint64_t)st.st_size;
  if (size < MARK + TAIL) return no_parquet(p, "a file too short for one", err);
  PROPTER_TRY(read_at(p, 0, (char *)head, MARK, err));
  PROPTER_TRY(read_at(p, size - TAIL, (char *)tail, TAIL, err));
  if (memcmp(tail + TAIL - MARK, "PARE", MARK) == 0) return no_parquet(p, "one that is encrypted", err);
  if (memcmp(head, "PAR1", MARK) != 0) return no_parquet(p, "other bytes at its start", err);
  if (memcmp(tail + TAIL - MARK, "PAR1", MARK) != 0) return no_parquet(p, "one that is cut short: its last bytes are not PAR1", err);
  uint64_t length = (uint64_t)tail[0] | (uint64_t)tail[1] << 8 | (uint64_t)tail[2] << 16 | (uint64_t)tail[3] << 24;
  if (length > size - MARK - TAIL) return no_parquet(p, "a footer longer than the file", err);
  if (length > limits->document_bytes)
    return propter_error_at(err, p->path, 0, 0),
           propter_fail(err, PROPTER_LIMIT, "the footer is longer than the limit of %" PRIu64 " bytes", limits->document_bytes);
  char *footer = propter_malloc((size_t)length + 1);
  if (!footer) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading %s", p->path);
  PropterStatus status = read_at(p, size - TAIL - length, footer, (size_t)length, err);
  if (status == PROPTER_OK) status = parquet_read_footer((PropterStr){footer, (size_t)length}, size, &p->file, err);
  propter_free(footer);
  if (status == PROPTER_INVALID) propter_error_at(err, p->path, 0, 0);
  return status;
}

static PropterStatus open_parquet(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  Parquet *p = propter_calloc(1, sizeof *p);
  if (!p) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  *state = p;
  p->path = path;
  p->fd = propter_io_open(path, O_RDONLY | O_CLOEXEC, 0);
  if (p->fd < 0) return propter_io_fail(err, path, "open");
  PROPTER_TRY(read_file(p, limits, err));
  size_t count = p->file.columns.count;
  if (count > limits->table_columns) {
    propter_error_at(err, path, 0, 0);
    return propter_fail(err, PROPTER_LIMIT, "more than the limit of %" PRIu64 " columns", limits->table_columns);
  }
  PROPTER_TRY(sql_rows_init(&p->rows, count, err));
  if (!(p->cursors = propter_calloc(count, sizeof(ParquetCursor *)))) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory opening %s", path);
  for (size_t i = 0; i < count; i++) {
    PROPTER_TRY(sql_rows_name(&p->rows, i, p->file.columns.items[i].name.data, err));
    PROPTER_TRY(parquet_cursor_new(p->fd, path, limits, &p->file.columns.items[i], &p->cursors[i], err));
  }
  p->rows.row = options->no_header;
  return PROPTER_OK;
}

/* --- Values as text ------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  SqlType type;
  PropterStr text; /* the value itself, or `buf` */
  char buf[128];
} Value;

static uint64_t little(PropterStr bytes) {
  uint64_t v = 0;
  for (size_t i = 0; i < bytes.len && i < 8; i++) v |= (uint64_t)(unsigned char)bytes.data[i] << 8 * i;
  return v;
}

static int64_t whole(PropterStr bytes) { return bytes.len == 4 ? (int32_t)(uint32_t)little(bytes) : (int64_t)little(bytes); }

/* Digits of a big-endian number in two's complement, with the point before the last `scale`. False: too long. */
static bool decimal(PropterStr bytes, int scale, Value *out) {
  unsigned char number[32], digits[80];
  size_t count = 0, n = bytes.len;
  if (!n || n > sizeof number || scale > 60) return false;
  memcpy(number, bytes.data, n);
  bool negative = number[0] & 0x80;
  for (size_t i = n, carry = 1; negative && i-- > 0;) {
    unsigned v = (unsigned char)~number[i] + (unsigned)carry;
    number[i] = (unsigned char)v;
    carry = v >> 8;
  }
  for (bool more = true; more || count <= (size_t)scale;) {
    unsigned rest = 0;
    more = false;
    for (size_t i = 0; i < n; i++) {
      unsigned v = rest << 8 | number[i];
      number[i] = (unsigned char)(v / 10);
      rest = v % 10;
      more |= number[i] != 0;
    }
    digits[count++] = (unsigned char)rest;
  }
  char *to = out->buf;
  if (negative) *to++ = '-';
  for (size_t i = count; i-- > 0;) {
    *to++ = (char)('0' + digits[i]);
    if (scale && i == (size_t)scale) *to++ = '.';
  }
  out->type = SQLTYPE_DECIMAL;
  out->text = (PropterStr){out->buf, (size_t)(to - out->buf)};
  return true;
}

static bool decimal_of(const ParquetColumn *c, PropterStr bytes, Value *out) {
  if (c->type == PARQUET_BYTES || c->type == PARQUET_FIXED) return decimal(bytes, c->scale, out);
  uint64_t v = (uint64_t)whole(bytes);
  char big[8];
  for (int i = 0; i < 8; i++) big[i] = (char)(v >> 8 * (7 - i));
  return decimal((PropterStr){big, 8}, c->scale, out);
}

/* The text ends up in `buf`. */
static void print_seconds(char *to, size_t size, uint64_t nanoseconds, bool utc) {
  uint64_t seconds = nanoseconds / 1000000000, fraction = nanoseconds % 1000000000;
  int n = snprintf(to, size, "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64, seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (fraction) n += snprintf(to + n, size - (size_t)n, ".%09" PRIu64, fraction);
  while (fraction && to[n - 1] == '0') n--;
  (void)snprintf(to + n, size - (size_t)n, "%s", utc ? "Z" : "");
}

static bool time_of(const ParquetColumn *c, int64_t v, Value *out) {
  uint64_t unit = c->digits == 3 ? 1000000 : c->digits == 6 ? 1000 : 1;
  if (v < 0 || (uint64_t)v >= 86400000000000 / unit) return false;
  print_seconds(out->buf, sizeof out->buf, (uint64_t)v * unit, c->utc);
  out->type = SQLTYPE_TIME;
  return true;
}

static bool instant_of(int64_t day, uint64_t nanoseconds, bool utc, Value *out) {
  if (day < INT32_MIN / 2 || day > INT32_MAX / 2) return false;
  propter_day_format((PropterDay)day, out->buf);
  size_t n = strlen(out->buf);
  out->buf[n++] = 'T';
  print_seconds(out->buf + n, sizeof out->buf - n, nanoseconds, utc);
  out->type = SQLTYPE_TIMESTAMP;
  return true;
}

static bool timestamp_of(const ParquetColumn *c, int64_t v, Value *out) {
  int64_t unit = c->digits == 3 ? 1000000 : c->digits == 6 ? 1000 : 1, a_day = 86400000000000 / unit, day = v / a_day, rest = v % a_day;
  if (rest < 0) day--, rest += a_day;
  return instant_of(day, (uint64_t)(rest * unit), c->utc, out);
}

/* Nanoseconds of the day, and the day by Julian count (of old files). */
static bool julian_of(PropterStr bytes, Value *out) {
  uint64_t nanoseconds = little((PropterStr){bytes.data, 8});
  int64_t day = (int64_t)(uint32_t)little((PropterStr){bytes.data + 8, 4}) - 2440588;
  return nanoseconds < 86400000000000 && instant_of(day, nanoseconds, false, out);
}

static bool is_special(double d, Value *out) {
  if (!isnan(d) && !isinf(d)) return false;
  (void)snprintf(out->buf, sizeof out->buf, "%s", isnan(d) ? "NaN" : d > 0 ? "INF" : "-INF");
  return true;
}

/* The fewest digits that give the same number again. */
static void single_of(float f, Value *out) {
  out->type = SQLTYPE_DOUBLE;
  if (is_special((double)f, out)) return;
  for (int digits = 6; digits <= 9; digits++) {
    double back;
    (void)snprintf(out->buf, sizeof out->buf, "%.*g", digits, (double)f);
    if (propter_str_to_double(propter_str(out->buf), &back) && !((float)back < f) && !((float)back > f)) break;
  }
}

static float half(uint64_t bits) {
  int exponent = (int)(bits >> 10 & 31), fraction = (int)(bits & 1023);
  float f = exponent == 31 ? (fraction ? NAN : INFINITY) : exponent ? ldexpf((float)(fraction + 1024), exponent - 25) : ldexpf((float)fraction, -24);
  return bits >> 15 ? -f : f;
}

static void float_of(const ParquetColumn *c, PropterStr bytes, Value *out) {
  float f;
  double d;
  if (c->type == PARQUET_FLOAT) {
    memcpy(&f, bytes.data, sizeof f);
    single_of(f, out);
  } else {
    memcpy(&d, bytes.data, sizeof d);
    out->type = SQLTYPE_DOUBLE;
    if (!is_special(d, out)) (void)snprintf(out->buf, sizeof out->buf, "%.17g", d);
  }
}

static void uuid_of(PropterStr bytes, Value *out) {
  char *to = out->buf;
  for (size_t i = 0; i < 16; i++) to += snprintf(to, 4, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", (unsigned)(unsigned char)bytes.data[i]);
  out->type = SQLTYPE_TEXT;
}

static bool is_text(PropterStr bytes) { return !memchr(bytes.data, '\0', bytes.len) && propter_utf8_valid(bytes, NULL); }

/* What the physical type says. */
static void plainly(const ParquetColumn *c, PropterStr bytes, Value *out) {
  switch (c->type) {
  case PARQUET_BOOLEAN:
    (void)snprintf(out->buf, sizeof out->buf, "%d", bytes.data[0] != 0);
    out->type = SQLTYPE_BOOLEAN;
    break;
  case PARQUET_INT32:
  case PARQUET_INT64:
    (void)snprintf(out->buf, sizeof out->buf, "%" PRId64, whole(bytes));
    out->type = SQLTYPE_INTEGER;
    break;
  case PARQUET_FLOAT:
  case PARQUET_DOUBLE:
    float_of(c, bytes, out);
    break;
  case PARQUET_INT96:
    if (julian_of(bytes, out)) break;
    /* fall through */
  default:
    out->type = c->type == PARQUET_BYTES && is_text(bytes) ? SQLTYPE_TEXT : SQLTYPE_BINARY;
    out->text = bytes;
  }
}

/* False: a text that is none. */
static bool value_of(const ParquetColumn *c, PropterStr bytes, Value *out) {
  bool said = true;
  out->text = (PropterStr){NULL, 0};
  switch (c->meaning) {
  case PARQUET_PLAINLY:
    said = false;
    break;
  case PARQUET_TEXT:
    out->type = SQLTYPE_TEXT;
    out->text = bytes;
    return is_text(bytes);
  case PARQUET_UNSIGNED:
    (void)snprintf(out->buf, sizeof out->buf, "%" PRIu64, little(bytes));
    out->type = SQLTYPE_INTEGER;
    break;
  case PARQUET_DECIMAL:
    said = decimal_of(c, bytes, out);
    break;
  case PARQUET_DATE:
    propter_day_format((PropterDay)whole(bytes), out->buf);
    out->type = SQLTYPE_DATE;
    break;
  case PARQUET_TIME:
    said = time_of(c, whole(bytes), out);
    break;
  case PARQUET_TIMESTAMP:
    said = timestamp_of(c, whole(bytes), out);
    break;
  case PARQUET_UUID:
    uuid_of(bytes, out);
    break;
  case PARQUET_HALF:
    single_of(half(little(bytes)), out);
    break;
  }
  if (!said) plainly(c, bytes, out);
  if (!out->text.data) out->text = propter_str(out->buf);
  return true;
}

static PropterStatus set(Parquet *p, size_t column, PropterError *err) {
  PropterStr bytes = {"", 0};
  bool null;
  Value value;
  PROPTER_TRY(parquet_cursor_next(p->cursors[column], &bytes, &null, err));
  if (null) return PROPTER_OK;
  if (!value_of(&p->file.columns.items[column], bytes, &value)) {
    propter_error_at(err, p->path, p->rows.row, 0);
    return propter_fail(err, PROPTER_INVALID, "row %" PRIu64 ", column %s: expected UTF-8", p->rows.row, p->rows.names[column].data);
  }
  p->rows.types[column] = value.type;
  return sql_rows_set(&p->rows, column, value.text, err);
}

static PropterStatus next_row(void *state, PropterRow *row, bool *found, PropterError *err) {
  Parquet *p = state;
  *found = true;
  if (!p->rows.row) return sql_rows_header(&p->rows, row), PROPTER_OK;
  while (!p->left) {
    *found = p->group < p->file.groups.count;
    if (!*found) return PROPTER_OK;
    const struct ParquetGroup *g = &p->file.groups.items[p->group++];
    p->left = g->rows;
    for (size_t i = 0; i < p->file.columns.count; i++) parquet_cursor_start(p->cursors[i], &g->chunks[p->file.columns.items[i].leaf]);
  }
  p->left--;
  sql_rows_begin(&p->rows);
  for (size_t i = 0; i < p->rows.count; i++) PROPTER_TRY(set(p, i, err));
  sql_rows_end(&p->rows, row);
  return PROPTER_OK;
}

const TableReader table_reader_parquet = {.name = "parquet",
                                          .extensions = "parquet pq",
                                          .summary = "Parquet files, of which the columns that are no lists",
                                          .open = open_parquet,
                                          .next = next_row,
                                          .close = close_parquet,
                                          .sheet = true};

/* SPDX-License-Identifier: Apache-2.0 */
/* Parquet, from files that a small writer here makes: one group of rows, one page a column (and its dictionary), in each encoding, codec and page version. */
#include <snappy-c.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "../../ingest/table/parquet.h"
#include "propter/table.h"
#include "support.h"

Suite *suite_parquet(void);

/* --- The writer ------------------------------------------------------------------------------------------------------------------ */

enum { NO_CODEC, SNAPPY, GZIP, ZSTD = 6 };
enum { REQUIRED, OPTIONAL, REPEATED };

/* `levels` and `values` are written by hand below; `dictionary`: entries as PLAIN has them. */
typedef struct {
  const char *name;
  int type, length, repetition, converted, scale, encoding, values, entries;
  PropterStr levels, bytes, dictionary;
} Column;

static void varint(PropterBuf *out, uint64_t v) {
  for (; v >= 0x80; v >>= 7) propter_buf_add_char(out, (char)(v | 0x80));
  propter_buf_add_char(out, (char)v);
}

static void field(PropterBuf *out, int delta, int type) { propter_buf_add_char(out, (char)(delta << 4 | type)); }

static void number(PropterBuf *out, int delta, int64_t v) {
  field(out, delta, 6);
  varint(out, (uint64_t)v << 1 ^ (uint64_t)(v >> 63));
}

static void text(PropterBuf *out, int delta, const char *s) {
  field(out, delta, 8);
  varint(out, strlen(s));
  propter_buf_add(out, propter_str(s));
}

static void list(PropterBuf *out, int delta, size_t n) {
  field(out, delta, 9);
  propter_buf_add_char(out, (char)(n << 4 | 12));
}

static void end(PropterBuf *out) { propter_buf_add_char(out, '\0'); }

static void four(PropterBuf *out, size_t n) {
  for (int i = 0; i < 4; i++) propter_buf_add_char(out, (char)(n >> 8 * i));
}

static void pack(PropterBuf *out, PropterStr bytes, int codec) {
  size_t room = 2 * bytes.len + 1000, made = room;
  ck_assert(propter_buf_reserve(out, room));
  char *to = out->data + out->len;
  z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes.data, .avail_in = (uInt)bytes.len, .next_out = (Bytef *)to, .avail_out = (uInt)room};
  switch (codec) {
  case SNAPPY:
    ck_assert_int_eq(snappy_compress(bytes.data, bytes.len, to, &made), SNAPPY_OK);
    break;
  case ZSTD:
    made = ZSTD_compress(to, room, bytes.data, bytes.len, 3);
    break;
  case GZIP:
    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    made = room - z.avail_out;
    (void)deflateEnd(&z);
    break;
  default:
    made = bytes.len;
    if (made) memcpy(to, bytes.data, made);
  }
  out->len += made;
}

static void page(PropterBuf *out, int kind, const Column *c, int codec, bool crc) {
  PropterBuf plain = {0}, packed = {0};
  PropterStr body = kind == PARQUET_DICTIONARY_PAGE ? c->dictionary : c->bytes;
  if (kind == PARQUET_DATA_PAGE && c->repetition) four(&plain, c->levels.len);
  if (kind == PARQUET_DATA_PAGE) propter_buf_add(&plain, c->levels);
  if (kind == PARQUET_DATA_PAGE_2) propter_buf_add(&packed, c->levels);
  propter_buf_add(&plain, body);
  pack(&packed, propter_buf_str(&plain), codec);
  size_t levels = kind == PARQUET_DATA_PAGE_2 ? c->levels.len : 0;
  number(out, 1, kind);
  number(out, 1, (int64_t)(plain.len + levels));
  number(out, 1, (int64_t)packed.len);
  if (crc) number(out, 1, (int32_t)crc32(0, (const Bytef *)packed.data, (uInt)packed.len));
  field(out, (kind == PARQUET_DATA_PAGE ? 5 : kind == PARQUET_DATA_PAGE_2 ? 8 : 7) - (crc ? 4 : 3), 12);
  number(out, 1, kind == PARQUET_DICTIONARY_PAGE ? c->entries : c->values);
  if (kind == PARQUET_DATA_PAGE_2)
    number(out, 1, 0), number(out, 1, c->values), number(out, 1, c->encoding), number(out, 1, (int64_t)levels), number(out, 1, 0);
  if (kind == PARQUET_DATA_PAGE) number(out, 1, c->encoding), number(out, 1, PARQUET_RLE), number(out, 1, PARQUET_RLE);
  if (kind == PARQUET_DICTIONARY_PAGE) number(out, 1, PARQUET_PLAIN);
  end(out), end(out);
  propter_buf_add(out, propter_buf_str(&packed));
  propter_buf_clear(&plain);
  propter_buf_clear(&packed);
}

/* A file of these columns; a group "g" around the last one. */
static void make(const Column *columns, size_t count, int codec, bool second, bool crc, PropterBuf *out) {
  size_t begin[20], dictionary[20], stop[20];
  PropterBuf foot = {0};
  propter_buf_add(out, PROPTER_STR("PAR1"));
  for (size_t i = 0; i < count; i++) {
    dictionary[i] = out->len;
    if (columns[i].entries) page(out, PARQUET_DICTIONARY_PAGE, &columns[i], codec, crc);
    begin[i] = out->len;
    page(out, second ? PARQUET_DATA_PAGE_2 : PARQUET_DATA_PAGE, &columns[i], codec, crc);
    stop[i] = out->len;
  }
  number(&foot, 1, 2);
  ck_assert_uint_lt(count + 2, 15);
  list(&foot, 1, count + 2);
  text(&foot, 4, "schema"), number(&foot, 1, (int64_t)count), end(&foot);
  for (size_t i = 0; i < count; i++) {
    const Column *c = &columns[i];
    if (i + 1 == count) number(&foot, 3, REQUIRED), text(&foot, 1, "g"), number(&foot, 1, 1), end(&foot);
    number(&foot, 1, c->type);
    number(&foot, 1, c->length), number(&foot, 1, c->repetition);
    text(&foot, 1, c->name);
    if (c->converted >= 0) number(&foot, 2, c->converted);
    if (c->scale) number(&foot, 1, c->scale);
    end(&foot);
  }
  number(&foot, 1, columns->values);
  list(&foot, 1, 1);
  list(&foot, 1, count);
  for (size_t i = 0; i < count; i++) {
    field(&foot, 3, 12);
    number(&foot, 4, codec), number(&foot, 1, columns[i].values), number(&foot, 2, (int64_t)(stop[i] - dictionary[i])), number(&foot, 2, (int64_t)begin[i]);
    if (columns[i].entries) number(&foot, 2, (int64_t)dictionary[i]);
    end(&foot), end(&foot);
  }
  number(&foot, 2, columns->values);
  end(&foot), end(&foot);
  propter_buf_add(out, propter_buf_str(&foot));
  four(out, foot.len);
  propter_buf_add(out, PROPTER_STR("PAR1"));
  propter_buf_clear(&foot);
}

/* --- What is in it ----------------------------------------------------------------------------------------------------------------- */

#define S(bytes)                                                                                                                                               \
  { bytes, sizeof bytes - 1 }
#define ALL S("\x06\x01")            /* a run of three times level 1 */
#define FIRST_AND_LAST S("\x03\x05") /* eight packed levels 1 0 1 … */
static const Column columns[] = {
    {"id", PARQUET_INT32, 0, REQUIRED, -1, 0, PARQUET_PLAIN, 3, 0, S(""), S("\1\0\0\0\xFE\xFF\xFF\xFF\3\0\0\0"), S("")},
    {"name", PARQUET_BYTES, 0, OPTIONAL, 0, 0, PARQUET_DICTIONARY, 3, 2, FIRST_AND_LAST, S("\1\3\2"), S("\2\0\0\0\xC3\xA9\1\0\0\0b")},
    {"day", PARQUET_INT32, 0, OPTIONAL, 6, 0, PARQUET_PLAIN, 3, 0, FIRST_AND_LAST, S("\0\0\0\0\xFF\xFF\xFF\xFF"), S("")},
    {"price", PARQUET_INT64, 0, REQUIRED, 5, 2, PARQUET_DELTA, 3, 0, S(""), S("\x80\1\4\3\xF1\xC0\1\2\1\0\0\0\3\0\0\0"), S("")},
    {"ok", PARQUET_BOOLEAN, 0, REQUIRED, -1, 0, PARQUET_PLAIN, 3, 0, S(""), S("\5"), S("")},
    /* Prefixes 0 5 0, lengths 5 1 2, and the rest of each word. */
    {"word", PARQUET_BYTES, 0, REQUIRED, 0, 0, PARQUET_DELTA_BYTES, 3, 0, S(""),
     S("\x80\1\4\3\0\x09\4\0\0\0\x0A\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80\1\4\3\x0A\7\3\0\0\0\x28\0\0\0\0\0\0\0\0\0\0\0"
       "appletsy"),
     S("")},
    {"x", PARQUET_DOUBLE, 0, REQUIRED, -1, 0, PARQUET_SPLIT, 3, 0, S(""), S("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xE0\xF8\xF8\x3F\x7F\xBF"), S("")},
    {"at", PARQUET_INT64, 0, REQUIRED, 9, 0, PARQUET_PLAIN, 3, 0, S(""), S("\0\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xF4\1\0\0\0\0\0\0"), S("")},
    {"big", PARQUET_FIXED, 9, REQUIRED, 5, 3, PARQUET_PLAIN, 3, 0, S(""),
     S("\0\0\0\0\0\0\0\0\7"
       "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
       "\1\0\0\0\0\0\0\0\0"),
     S("")},
    {"deep", PARQUET_BYTES, 0, OPTIONAL, -1, 0, PARQUET_PLAIN, 3, 0, ALL, S("\1\0\0\0a\1\0\0\0\xFF\0\0\0\0"), S("")},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static const char rows[] = "id|name|day|price|ok|word|x|at|big|g.deep\n"
                           "1|\xC3\xA9|1970-01-01|-123.45|true|apple|5.0E-1|1970-01-01T00:00:00Z|0.007|a\n"
                           "-2|-|-|-123.43|false|applet|NaN|1969-12-31T23:59:59.999Z|-0.001|FF\n"
                           "3|b|1969-12-31|-123.41|true|sy|-1.5E0|1970-01-01T00:00:00.5Z|18446744073709551.616|\n";

static PropterStatus dump(const char *path, PropterBuf *out, PropterError *err) {
  PropterTable *table = NULL;
  PropterRow row;
  size_t count;
  bool found = true;
  PROPTER_TRY(propter_table_open(path, &(PropterTableOptions){.format = "csv"}, NULL, &table, err));
  const PropterStr *names = propter_table_columns(table, &count);
  for (size_t i = 0; i < count; i++) propter_buf_printf(out, "%s%.*s", i ? "|" : "", (int)names[i].len, names[i].data);
  propter_buf_add_char(out, '\n');
  PropterStatus status = PROPTER_OK;
  while (status == PROPTER_OK && (status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) {
    for (size_t i = 0; i < row.count; i++) {
      PropterStr cell = row.values[i].count ? row.values[i].items->text : PROPTER_STR("-");
      propter_buf_printf(out, "%s%.*s", i ? "|" : "", (int)cell.len, cell.data);
    }
    propter_buf_add_char(out, '\n');
  }
  propter_table_close(table);
  return status;
}

static const char *file_of(const PropterBuf *bytes) {
  static const char *path;
  if (!path) path = support_path(support_folder(), "t.parquet");
  support_write(path, propter_buf_str(bytes));
  return path;
}

START_TEST(types_encodings_codecs_and_versions) {
  static const int codecs[] = {NO_CODEC, SNAPPY, GZIP, ZSTD};
  for (size_t k = 0; k < 16; k++) {
    PropterBuf bytes = {0}, out = {0};
    make(columns, COLUMNS, codecs[k % 4], k & 4, k & 8, &bytes);
    ck_ok(dump(file_of(&bytes), &out, err));
    ck_assert_str_eq(out.data, rows);
    propter_buf_clear(&bytes);
    propter_buf_clear(&out);
  }
}
END_TEST

/* Every byte of a file is damaged in turn, and the file cut at every byte: what comes is an answer or an error, and no cut goes unseen. */
START_TEST(damage_is_an_error_or_harmless) {
  PropterBuf bytes = {0};
  make(columns, COLUMNS, NO_CODEC, false, true, &bytes);
  for (size_t i = 0; i < bytes.len; i++)
    for (int k = 0; k < 3; k++) {
      PropterBuf out = {0};
      PropterError err = {0};
      char kept = bytes.data[i];
      bytes.data[i] = (char)(k == 0 ? ~kept : k == 1 ? kept + 1 : 0x7F);
      PropterStatus status = dump(file_of(&bytes), &out, &err);
      ck_assert(status == PROPTER_OK || err.message[0]);
      ck_assert_int_ne(status, PROPTER_BUG);
      bytes.data[i] = kept;
      propter_buf_clear(&out);
    }
  for (size_t whole = bytes.len--; bytes.len > 0; bytes.len--) {
    PropterBuf out = {0};
    PropterError err = {0};
    ck_assert_int_eq(dump(file_of(&bytes), &out, &err), PROPTER_INVALID);
    propter_buf_clear(&out);
    ck_assert_uint_lt(bytes.len, whole);
  }
  propter_buf_clear(&bytes);
}
END_TEST

static void refuse(PropterBuf *bytes, const char *words) {
  PropterBuf out = {0};
  PropterError err = {0};
  ck_assert_int_eq(dump(file_of(bytes), &out, &err), PROPTER_INVALID);
  ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
  propter_buf_clear(&out);
  propter_buf_clear(bytes);
}

START_TEST(mistakes_are_named) {
  PropterBuf bytes = {0};
  make(columns, COLUMNS, NO_CODEC, false, true, &bytes);
  *(char *)memmem(bytes.data, bytes.len, "appletsy", 8) = 'b';
  refuse(&bytes, "column word: a page does not have its checksum");
  make(columns, COLUMNS, NO_CODEC, false, false, &bytes);
  memcpy(bytes.data + bytes.len - 4, "PARE", 4);
  refuse(&bytes, "encrypted");
  make(columns, COLUMNS, 4, false, false, &bytes);
  refuse(&bytes, "found another one");
  Column wrong = columns[1];
  wrong.bytes = (PropterStr)S("\2\3\x0F\0");
  make(&wrong, 1, NO_CODEC, false, false, &bytes);
  refuse(&bytes, "column g.name: a page with fewer values than it says");
  wrong = columns[0];
  wrong.values = 4;
  make(&wrong, 1, ZSTD, true, false, &bytes);
  refuse(&bytes, "column g.id: a page with fewer values than it says");
}
END_TEST

static PropterStatus read_once(void *payload, PropterError *err) {
  PropterBuf out = {0};
  PropterStatus status = dump(payload, &out, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(failing_calls) {
  PropterBuf bytes = {0};
  make(columns, COLUMNS, SNAPPY, true, true, &bytes);
  char *path = (char *)(uintptr_t)file_of(&bytes);
  propter_buf_clear(&bytes);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_once, path, true), 20);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, read_once, path, true), 10);
}
END_TEST

Suite *suite_parquet(void) {
  Suite *s = suite_create("parquet");
  TCase *tc = tcase_create("parquet");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, types_encodings_codecs_and_versions);
  tcase_add_test(tc, damage_is_an_error_or_harmless);
  tcase_add_test(tc, mistakes_are_named);
  tcase_add_test(tc, failing_calls);
  suite_add_tcase(s, tc);
  return s;
}

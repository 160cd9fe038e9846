/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "propter/rng.h"
#include "propter/table.h"
#include "support.h"

Suite *suite_csv(void);

/* Whole table as text: cells joined by '|', rows by '\n', each row before its line; problems in brackets. */
static PropterStatus dump(const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterBuf *out, PropterError *err) {
  PropterTable *table = NULL;
  PROPTER_TRY(propter_table_open(path, options, limits, &table, err));
  size_t n;
  const PropterStr *columns = propter_table_columns(table, &n);
  for (size_t i = 0; i < n; i++) propter_buf_printf(out, "%s%.*s", i ? "|" : "", (int)columns[i].len, columns[i].data);
  propter_buf_add_char(out, '\n');
  PropterRow row;
  bool found;
  PropterStatus status;
  while ((status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) {
    propter_buf_printf(out, "%llu:", (unsigned long long)row.line);
    for (size_t i = 0; i < row.count; i++) propter_buf_printf(out, "%s%.*s", i ? "|" : "", (int)row.cells[i].len, row.cells[i].data);
    if (row.problem) propter_buf_printf(out, " [%s]", row.problem);
    propter_buf_add_char(out, '\n');
  }
  propter_table_close(table);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

static const char *file_of(PropterStr bytes, const char *name) {
  const char *path = support_path(support_folder(), name);
  support_write(path, bytes);
  return path;
}

static void expect(PropterStr bytes, const PropterTableOptions *options, const char *wanted) {
  PropterBuf out = {0};
  ck_ok(dump(file_of(bytes, "t.csv"), options, NULL, &out, err));
  ck_assert_str_eq(out.data, wanted);
  propter_buf_clear(&out);
}

static void expect_error(PropterStr bytes, const PropterTableOptions *options, PropterStatus wanted, uint64_t line, const char *words) {
  PropterBuf out = {0};
  PropterError err = {0};
  ck_assert_int_eq(dump(file_of(bytes, "t.csv"), options, NULL, &out, &err), wanted);
  ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
  ck_assert_uint_eq(err.line, line);
  propter_buf_clear(&out);
}

START_TEST(rows_cells_and_lines) {
  expect(PROPTER_STR("a,b\n1,2\n3,4\n"), NULL, "a|b\n2:1|2\n3:3|4\n");
  expect(PROPTER_STR("a,b\r\n1,2\r\n\r\n3,4"), NULL, "a|b\n2:1|2\n4:3|4\n");
  expect(PROPTER_STR("a,b\r1,2\r3,4\r"), NULL, "a|b\n2:1|2\n3:3|4\n");
  expect(PROPTER_STR("a,b\n\"x,\"\"y\"\"\n\r\nz\",2\n,\n"), NULL, "a|b\n2:x,\"y\"\n\r\nz|2\n5:|\n");
  expect(PROPTER_STR("a\n\"\"\n5\" pipe\n"), NULL, "a\n2:\n3:5\" pipe\n");
  expect(PROPTER_STR("a,b\n1,\"\"\n"), NULL, "a|b\n2:1|\n");
  expect(PROPTER_STR("only"), NULL, "only\n");
}
END_TEST

/* What is passed over by its bytes, or because it begins as the row before does, is what would have been read; the rest is read as ever. */
static PropterStatus dump_passing(const char *path, bool bytes, PropterBuf *out, PropterError *err) {
  PropterTable *table = NULL;
  PROPTER_TRY(propter_table_open(path, NULL, NULL, &table, err));
  PropterRow row;
  PropterStr peeked;
  PropterStatus status = PROPTER_OK;
  for (bool found = true; status == PROPTER_OK && found;) {
    if (bytes) status = propter_table_peek(table, &peeked, err);
    if (status != PROPTER_OK) break;
    if (bytes && peeked.len && peeked.data[0] == 'a') {
      propter_buf_printf(out, "passed\n");
      propter_table_skip(table, peeked.len, 1);
      continue;
    }
    status = propter_table_next(table, &row, &found, err);
    if (status != PROPTER_OK || !found) break;
    propter_buf_printf(out, "%llu:%llu:", (unsigned long long)row.number, (unsigned long long)row.line);
    for (size_t i = 0; i < row.count; i++) propter_buf_printf(out, "%s%.*s", i ? "|" : "", (int)row.cells[i].len, row.cells[i].data);
    if (row.problem) propter_buf_printf(out, " [%s]", row.problem);
    propter_buf_add_char(out, '\n');
    if (!bytes) status = propter_table_skip_same(table, 1, err);
  }
  propter_table_close(table);
  return status;
}

/* The lines of a whole dump that are left out by `passing` are rows that could be passed over. */
static void compare(const char *whole, const char *passing, bool bytes) {
  char first[64] = "";
  unsigned long long number = 0;
  for (whole = strchr(whole, '\n') + 1; *whole; whole = strchr(whole, '\n') + 1) {
    size_t length = strcspn(whole, "\n");
    const char *cells = strchr(whole, ':') + 1;
    char line[256];
    (void)snprintf(line, sizeof line, "%llu:%.*s\n", ++number, (int)length, whole);
    size_t cell = strcspn(cells, "|\n");
    if (strncmp(passing, line, strlen(line)) == 0) {
      passing += strlen(line);
    } else if (bytes) {
      ck_assert_msg(*cells == 'a' && strncmp(passing, "passed\n", 7) == 0, "%.60s\n%.60s", whole, passing);
      passing += 7;
    } else {
      ck_assert_msg(cell == strlen(first) && strncmp(cells, first, cell) == 0, "%.60s\n%.60s", whole, passing);
    }
    (void)snprintf(first, sizeof first, "%.*s", (int)cell, cells);
  }
  ck_assert_str_eq(passing, "");
}

/* Rows without quotes are read in another way than those with them; a comment that never comes has every row read in the same way. */
START_TEST(ways_to_read_agree) {
  static const char *const pieces[] = {"a,1", "a,2", "b,1", "b", "\"a\",1", "\"q\"\"\",2", "", "b\xC3\xA9,\"2\"", "a,1,3", "\r", "b,\xC3\xA9", ","};
  static const char *const ends[] = {"\n", "\n", "\n", "\r\n", "\r", "\n\n"};
  PropterRng rng;
  propter_rng_seed(&rng, 11);
  for (int round = 0; round < 60; round++) {
    PropterBuf text = {0}, one = {0}, other = {0};
    PropterError why = {0}, because = {0};
    propter_buf_printf(&text, "x,y\n");
    /* Some are longer than what is read at once. */
    uint64_t rows = round % 10 ? propter_rng_below(&rng, 60) : 30000, kinds = 1 + propter_rng_below(&rng, 12), breaks = 1 + propter_rng_below(&rng, 6);
    for (uint64_t i = 0; i < rows; i++)
      propter_buf_printf(&text, "%s%s", pieces[propter_rng_below(&rng, kinds)], ends[propter_rng_below(&rng, breaks)]);
    const char *path = file_of(propter_buf_str(&text), "t.csv");
    PropterStatus status = dump(path, NULL, NULL, &one, &why);
    ck_assert_int_eq(dump(path, &(PropterTableOptions){.comment = "never"}, NULL, &other, &because), status);
    ck_assert_str_eq(one.data, other.data);
    ck_assert_str_eq(why.message, because.message);
    ck_assert_uint_eq(why.line, because.line);
    for (int bytes = 0; bytes < 2 && status == PROPTER_OK; bytes++) {
      propter_buf_reset(&other);
      propter_buf_add_char(&other, '\n');
      ck_ok(dump_passing(path, bytes, &other, err));
      compare(one.data, other.data + 1, bytes);
    }
    propter_buf_clear(&text), propter_buf_clear(&one), propter_buf_clear(&other);
  }
}
END_TEST

START_TEST(rows_that_do_not_fit_the_header_have_a_problem) {
  expect(PROPTER_STR("a,b\n1\n1,2,3\n4,5\n"), NULL,
         "a|b\n2:1 [expected 2 cells as in the header, found 1]\n3:1|2|3 [expected 2 cells as in the header, found 3]\n4:4|5\n");
}
END_TEST

START_TEST(dialects) {
  expect(PROPTER_STR("a;b\n'x;''y';2\n"), &(PropterTableOptions){.delimiter = ';', .quote = '\''}, "a|b\n2:x;'y|2\n");
  expect(PROPTER_STR("# c, \"\na,b\n#x\n 1 ,2\n"), &(PropterTableOptions){.comment = "#", .trim = true}, "a|b\n4:1|2\n");
  expect(PROPTER_STR("1,2\n3,4\n"), &(PropterTableOptions){.no_header = true}, "1|2\n1:1|2\n2:3|4\n");
  expect(PROPTER_STR("a,b\n\"1,2\n"), &(PropterTableOptions){.no_quote = true}, "a|b\n2:\"1|2\n");
  PropterBuf out = {0};
  ck_ok(dump(file_of(PROPTER_STR("a\tb\n1\t2\n"), "t.tsv"), NULL, NULL, &out, err));
  ck_assert_str_eq(out.data, "a|b\n2:1|2\n");
  propter_buf_clear(&out);
  expect(PROPTER_STR(""), &(PropterTableOptions){.no_header = true}, "\n");
}
END_TEST

/* As databases write them: what is escaped is itself, in quotes or not. */
START_TEST(escaped_characters) {
  const PropterTableOptions o = {.escape = '\\'};
  expect(PROPTER_STR("a,b\n\"x \\\"y\\\" z\",2\n"), &o, "a|b\n2:x \"y\" z|2\n");
  expect(PROPTER_STR("a,b\nx\\,y,5\"\"\\\\\n"), &o, "a|b\n2:x,y|5\"\"\\\n");
  expect(PROPTER_STR("a,b\n\"x\"\"y\",\\N\n"), &o, "a|b\n2:x\"y|\\N\n");
  expect(PROPTER_STR("a,b\nx\\\ny,1\n2,3\n"), &o, "a|b\n2:x\ny|1\n4:2|3\n");
  expect(PROPTER_STR("a,b\n1,2\\"), &o, "a|b\n2:1|2\\\n");
  expect(PROPTER_STR("a,b\n1,\\\"2"), &o, "a|b\n2:1|\"2\n");
  expect_error(PROPTER_STR("a\n\"1\\\"\n"), &o, PROPTER_SYNTAX, 2, "never closed");
  expect_error(PROPTER_STR("a\n1\n"), &(PropterTableOptions){.escape = '"'}, PROPTER_USAGE, 0, "escape character");
}
END_TEST

START_TEST(delimiters_at_the_end_of_rows) {
  const PropterStr text = PROPTER_STR("a,b\n1,2,\n3,4\n5,,\n6,7,8\n");
  expect(text, &(PropterTableOptions){.trailing = true}, "a|b\n2:1|2\n3:3|4\n4:5|\n5:6|7|8 [expected 2 cells as in the header, found 3]\n");
  expect(PROPTER_STR("a,b\n1,2,\n"), NULL,
         "a|b\n2:1|2| [expected 2 cells as in the header, found 3, the last one empty (a delimiter at the end of rows is declared by propter:trailingDelimiter)]\n");
}
END_TEST

START_TEST(encodings) {
  expect(PROPTER_STR("\xEF\xBB\xBF" "a,b\n\xC3\xA9,2\n"), NULL, "a|b\n2:\xC3\xA9|2\n");
  expect(PROPTER_STR("\xFF\xFE" "a\0,\0b\0\n\0\xE9\0,\0" "2\0\n\0"), NULL, "a|b\n2:\xC3\xA9|2\n");
  expect(PROPTER_STR("\xFE\xFF\0a\0\n\0\xE9"), NULL, "a\n2:\xC3\xA9\n");
  expect(PROPTER_STR("a,b\n\xE9,\x80\n"), &(PropterTableOptions){.encoding = "windows-1252"}, "a|b\n2:\xC3\xA9|\xE2\x82\xAC\n");
  expect(PROPTER_STR("a,b\n\xE9,2\n"), &(PropterTableOptions){.encoding = "ISO-8859-1"}, "a|b\n2:\xC3\xA9|2\n");
  expect_error(PROPTER_STR("a,b\n1,2\ncaf\xE9,2\n"), NULL, PROPTER_INVALID, 3, "byte 11: expected UTF-8, found byte 0xE9");
  expect_error(PROPTER_STR("\xEF\xBB\xBF" "a\n\xFF\n"), NULL, PROPTER_INVALID, 2, "byte 5:");
  expect_error(PROPTER_STR("a,b\n1,\0\n"), NULL, PROPTER_INVALID, 2, "found a NUL byte");
  expect_error(PROPTER_STR("a\n\x81\n"), &(PropterTableOptions){.encoding = "windows-1252"}, PROPTER_INVALID, 0,
               "byte 2: expected text in windows-1252, found byte 0x81");
  expect(PROPTER_STR("a\0,\0b\0\n\0\xE9\0,\0" "2\0\n\0"), NULL, "a|b\n2:\xC3\xA9|2\n");
  expect(PROPTER_STR("\0a\0,\0b\0\n\x04\x16\0,\0" "2"), NULL, "a|b\n2:\xD0\x96|2\n");
  expect(PROPTER_STR("\0\0\xFE\xFF\0\0\0a\0\0\0\n\0\0\0" "1"), NULL, "a\n2:1\n");
  expect_error(PROPTER_STR("a\0,\0b\0\n\0\x01\xDC\n\0"), NULL, PROPTER_INVALID, 0, "expected text in UTF-16LE");
  expect_error(PROPTER_STR("a,b\n\0\0,\0\0\n\0\n"), NULL, PROPTER_INVALID, 2, "found a NUL byte");
  expect_error(PROPTER_STR("\xFF\xFE" "a\0\n\0b"), NULL, PROPTER_INVALID, 0, "ends inside a character");
  expect_error(PROPTER_STR("a\n"), &(PropterTableOptions){.encoding = "klingon"}, PROPTER_USAGE, 0, "unknown encoding");
}
END_TEST

/* The mark of an encoding that was named is no part of the first cell. */
START_TEST(marks_are_dropped) {
  expect(PROPTER_STR("\xFF\xFE" "a\0\n\0" "1\0\n\0"), &(PropterTableOptions){.encoding = "UTF-16LE"}, "a\n2:1\n");
  expect(PROPTER_STR("\xFE\xFF\0a\0\n\0" "1"), &(PropterTableOptions){.encoding = "UTF-16BE"}, "a\n2:1\n");
  expect(PROPTER_STR("\xFE\xFF\0a\0\n\0" "1"), &(PropterTableOptions){.encoding = "UTF-16"}, "a\n2:1\n");
  expect(PROPTER_STR("\xEF\xBB\xBF" "a\n1\n"), &(PropterTableOptions){.encoding = "UTF-8"}, "a\n2:1\n");
}
END_TEST

/* The line by which spreadsheet programs declare the delimiter is no row, but a line. */
START_TEST(a_declared_delimiter) {
  expect(PROPTER_STR("sep=;\na;b\n1;2,5\n3\n"), NULL, "a|b\n3:1|2,5\n4:3 [expected 2 cells as in the header, found 1]\n");
  expect(PROPTER_STR("sep=\t\r\na\tb\r\n1\t2\r\n"), NULL, "a|b\n3:1|2\n");
  expect(PROPTER_STR("SEP=|\ra|b\r\"x|y\"|2\r"), NULL, "a|b\n3:x|y|2\n");
  expect(PROPTER_STR("\"sep=;\"\na;b\n1;2\n"), NULL, "a|b\n3:1|2\n");
  expect(PROPTER_STR("sep=,\n\na,b\n1,2\n"), NULL, "a|b\n4:1|2\n");
  expect(PROPTER_STR("\xEF\xBB\xBFsep=;\na;b\n1;2\n"), NULL, "a|b\n3:1|2\n");
  expect(PROPTER_STR("\xFF\xFEs\0e\0p\0=\0;\0\n\0" "a\0;\0b\0\n\0" "1\0;\0" "2\0"), NULL, "a|b\n3:1|2\n");
  expect(PROPTER_STR("sep=;\n1;2\n"), &(PropterTableOptions){.no_header = true}, "1|2\n2:1|2\n");
  expect(PROPTER_STR("sep=;\n#x\na;b\n1;2\n"), &(PropterTableOptions){.comment = "#"}, "a|b\n4:1|2\n");
  /* Who names a delimiter knows better. */
  expect(PROPTER_STR("sep=;\na,b\n1,2\n"), &(PropterTableOptions){.delimiter = ','}, "a|b\n3:1|2\n");
  /* Anywhere else, and of anything else, it is a row. */
  expect(PROPTER_STR("a\nsep=;\n"), NULL, "a\n2:sep=;\n");
  expect(PROPTER_STR("sep=;,b\n1,2\n"), NULL, "sep=;|b\n2:1|2\n");
  expect(PROPTER_STR("sep=x\n1\n"), NULL, "sep=x\n2:1\n");
  expect(PROPTER_STR("sep=\"\n1\n"), NULL, "sep=\"\n2:1\n");
  expect_error(PROPTER_STR("sep=;"), NULL, PROPTER_INVALID, 0, "found an empty file");
  expect_error(PROPTER_STR("sep=;\na;b\n1;\xE9\n"), NULL, PROPTER_INVALID, 3, "byte 12: expected UTF-8, found byte 0xE9");
  expect_error(PROPTER_STR("sep=;\na;b\n\"1;2\n"), NULL, PROPTER_SYNTAX, 3, "never closed");
}
END_TEST

START_TEST(broken_files_say_where) {
  expect_error(PROPTER_STR(""), NULL, PROPTER_INVALID, 0, "expected a header line, found an empty file");
  expect_error(PROPTER_STR("\n\n"), NULL, PROPTER_INVALID, 0, "found an empty file");
  expect_error(PROPTER_STR("a,b\n1,\"2\n3,4\n"), NULL, PROPTER_SYNTAX, 2, "never closed");
  expect_error(PROPTER_STR("a,b\n1,2\n\"x\"y,2\n"), NULL, PROPTER_SYNTAX, 3, "found 'y'");
  PropterError err = {0};
  PropterTable *table = NULL;
  ck_assert_int_eq(propter_table_open("/nowhere/t.csv", NULL, NULL, &table, &err), PROPTER_NOT_FOUND);
  ck_assert_str_eq(err.source, "/nowhere/t.csv");
  ck_assert_int_eq(propter_table_open(support_folder(), NULL, NULL, &table, &err), PROPTER_NOT_FOUND);
  ck_assert_int_eq(propter_table_open("x", &(PropterTableOptions){.format = "xyz"}, NULL, &table, &err), PROPTER_USAGE);
}
END_TEST

START_TEST(columns_are_found_by_name) {
  PropterTable *table = NULL;
  size_t i = 9;
  ck_ok(propter_table_open(file_of(PROPTER_STR("a,b,b\n"), "t.csv"), NULL, NULL, &table, err));
  ck_ok(propter_table_column(table, PROPTER_STR("a"), &i, err));
  ck_assert_uint_eq(i, 0);
  PropterError err = {0};
  ck_assert_int_eq(propter_table_column(table, PROPTER_STR("b"), &i, &err), PROPTER_INVALID);
  ck_assert_int_eq(propter_table_column(table, PROPTER_STR("c"), &i, &err), PROPTER_NOT_FOUND);
  ck_assert_ptr_nonnull(strstr(err.message, "its columns: a, b, b"));
  propter_table_close(table);
}
END_TEST

START_TEST(limits_hold) {
  PropterLimits limits = propter_limits_default();
  PropterBuf bytes = {0}, out = {0};
  propter_buf_add(&bytes, PROPTER_STR("a\n"));
  for (int i = 0; i < 500000; i++) propter_buf_add(&bytes, PROPTER_STR("x"));
  const char *path = file_of(propter_buf_str(&bytes), "t.csv");
  PropterError e = {0};
  limits.line_bytes = 100000;
  ck_assert_int_eq(dump(path, NULL, &limits, &out, &e), PROPTER_LIMIT);
  ck_assert_uint_eq(e.line, 2);
  limits.line_bytes = 500000;
  ck_ok(dump(path, NULL, &limits, &out, err));
  limits.table_bytes = 1000;
  ck_assert_int_eq(dump(path, NULL, &limits, &out, &e), PROPTER_LIMIT);
  limits = propter_limits_default();
  limits.table_columns = 2;
  ck_assert_int_eq(dump(file_of(PROPTER_STR("a,b,c\n"), "t.csv"), NULL, &limits, &out, &e), PROPTER_LIMIT);
  propter_buf_clear(&bytes);
  propter_buf_clear(&out);
}
END_TEST

/* 2 GB without a line end, as a file with a hole: refused after the limit's worth of bytes. */
START_TEST(a_line_of_two_gigabytes_is_refused) {
  const char *path = file_of(PROPTER_STR("a\n"), "big.csv");
  ck_assert_int_eq(truncate(path, (off_t)2 << 30), 0);
  PropterBuf out = {0};
  PropterError err = {0};
  ck_assert_int_eq(dump(path, NULL, NULL, &out, &err), PROPTER_LIMIT);
  ck_assert_uint_eq(err.line, 2);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(gzip_is_unpacked) {
  const char *path = support_path(support_folder(), "t.csv.gz");
  gzFile z = gzopen(path, "wb");
  ck_assert_int_eq(gzputs(z, "a,b\n1,2\n"), 8);
  ck_assert_int_eq(gzclose(z), Z_OK);
  PropterBuf out = {0};
  ck_ok(dump(path, NULL, NULL, &out, err));
  ck_assert_str_eq(out.data, "a|b\n2:1|2\n");
  propter_buf_clear(&out);
}
END_TEST

/* Every kind of byte at every position around the reader's block size. */
START_TEST(block_edges_do_not_matter) {
  static const char body[] = "k,v\r\n1,\"a\"\"b\r\nc\"\r\n2,\xE2\x82\xAC\r\n3,plain\r\n";
  static const char rest[] = "2:1|a\"b\r\nc\n4:2|\xE2\x82\xAC\n5:3|plain\n";
  for (size_t shift = 0; shift < sizeof body + 4; shift++) {
    PropterBuf bytes = {0}, out = {0}, wanted = {0};
    for (size_t i = 0; i < (1 << 16) - shift - 1; i++) propter_buf_add_char(&bytes, 'h');
    propter_buf_add(&wanted, propter_buf_str(&bytes));
    propter_buf_add(&bytes, propter_str(body));
    propter_buf_add(&wanted, PROPTER_STR("k|v\n"));
    propter_buf_add(&wanted, propter_str(rest));
    for (int i = 0; i < 30000; i++) {
      propter_buf_add(&bytes, PROPTER_STR("7,8\r\n"));
      propter_buf_printf(&wanted, "%d:7|8\n", i + 6);
    }
    ck_ok(dump(file_of(propter_buf_str(&bytes), "t.csv"), NULL, NULL, &out, err));
    ck_assert_str_eq(out.data, wanted.data);
    propter_buf_clear(&bytes);
    propter_buf_clear(&out);
    propter_buf_clear(&wanted);
  }
}
END_TEST

typedef struct {
  const char *path;
} Reading;

static PropterStatus read_all(void *payload, PropterError *err) {
  Reading *r = payload;
  PropterBuf out = {0};
  PropterStatus status = dump(r->path, NULL, NULL, &out, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(failures_everywhere_are_reported) {
  Reading r = {file_of(PROPTER_STR("a,b\n1,\"2\"\"\"\n3,4\n"), "t.csv")};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_all, &r, false), 5);
  ck_assert_uint_ge(support_fail_everywhere(PROPTER_FAULT_IO, read_all, &r, true), 3);
  r.path = file_of(PROPTER_STR("\xFF\xFEs\0e\0p\0=\0;\0\n\0" "a\0;\0b\0\n\0"), "declared.csv");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_all, &r, false), 5);
}
END_TEST

Suite *suite_csv(void) {
  Suite *s = suite_create("csv");
  TCase *tc = tcase_create("csv");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, rows_cells_and_lines);
  tcase_add_test(tc, ways_to_read_agree);
  tcase_add_test(tc, rows_that_do_not_fit_the_header_have_a_problem);
  tcase_add_test(tc, dialects);
  tcase_add_test(tc, escaped_characters);
  tcase_add_test(tc, delimiters_at_the_end_of_rows);
  tcase_add_test(tc, encodings);
  tcase_add_test(tc, marks_are_dropped);
  tcase_add_test(tc, a_declared_delimiter);
  tcase_add_test(tc, broken_files_say_where);
  tcase_add_test(tc, columns_are_found_by_name);
  tcase_add_test(tc, limits_hold);
  tcase_add_test(tc, a_line_of_two_gigabytes_is_refused);
  tcase_add_test(tc, gzip_is_unpacked);
  tcase_add_test(tc, block_edges_do_not_matter);
  tcase_add_test(tc, failures_everywhere_are_reported);
  suite_add_tcase(s, tc);
  return s;
}

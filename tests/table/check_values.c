/* SPDX-License-Identifier: Apache-2.0 */
/* Readers whose columns are expressions or typed: JSON, XML, SQLite. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "propter/table.h"
#include "support.h"

Suite *suite_values(void);

typedef struct {
  const char *path;
  PropterTableOptions options;
  const char *const *columns; /* ended by NULL */
  PropterBuf out;
} Dump;

/* Rows as text: values of a column joined by ',', columns by '|', a typed value with the local name of its type. */
static PropterStatus read_rows(Dump *d, PropterTable *table, size_t *indexes, size_t count, PropterError *err) {
  PropterRow row;
  bool found;
  PropterStatus status;
  while ((status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) {
    propter_buf_printf(&d->out, "%llu:", (unsigned long long)row.line);
    for (size_t i = 0; i < count; i++) {
      if (i) propter_buf_add_char(&d->out, '|');
      for (size_t k = 0; k < row.values[indexes[i]].count; k++) {
        PropterCell c = row.values[indexes[i]].items[k];
        propter_buf_printf(&d->out, "%s%.*s", k ? "," : "", (int)c.text.len, c.text.data);
        if (c.datatype.len) propter_buf_printf(&d->out, "^%s", strchr(c.datatype.data, '#') + 1);
        if (c.compound) propter_buf_add(&d->out, PROPTER_STR("^compound"));
      }
    }
    propter_buf_add_char(&d->out, ';');
  }
  return status;
}

static PropterStatus dump(void *payload, PropterError *err) {
  Dump *d = payload;
  PropterTable *table = NULL;
  size_t indexes[8], count = 0;
  propter_buf_clear(&d->out);
  PROPTER_TRY(propter_table_open(d->path, &d->options, NULL, &table, err));
  PropterStatus status = PROPTER_OK;
  for (; d->columns[count] && status == PROPTER_OK; count++) status = propter_table_column(table, propter_str(d->columns[count]), &indexes[count], err);
  if (status == PROPTER_OK) status = read_rows(d, table, indexes, count, err);
  propter_table_close(table);
  return status == PROPTER_OK ? propter_buf_status(&d->out, err) : status;
}

static const char *file_of(const char *text, const char *name) {
  const char *path = support_path(support_folder(), name);
  support_write(path, propter_str(text));
  return path;
}

static void expect(const char *text, const char *name, const char *iterator, const char *const *columns, const char *wanted) {
  Dump d = {.path = file_of(text, name), .options = {.iterator = iterator}, .columns = columns};
  ck_ok(dump(&d, err));
  ck_assert_str_eq(d.out.data ? d.out.data : "", wanted);
  propter_buf_clear(&d.out);
}

static void expect_error(const char *text, const char *name, const char *iterator, const char *column, PropterStatus status, uint64_t line, const char *words) {
  PropterError err = {0};
  Dump d = {.path = file_of(text, name), .options = {.iterator = iterator}, .columns = (const char *const[]){column, NULL}};
  ck_assert_int_eq(dump(&d, &err), status);
  ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
  ck_assert_uint_eq(err.line, line);
  propter_buf_clear(&d.out);
}

#define COLUMNS(...) ((const char *const[]){__VA_ARGS__, NULL})

START_TEST(json_values) {
  const char *text = "{\"n\": 1, \"a\": [\n{\"x\": 1, \"y\": [true, null, \"z\"], \"o\": {\"p\": 2.5}},\n{\"x\": \"\\u00e9\"}], \"z\": {}}\n";
  expect(text, "t.json", "$.a[*]", COLUMNS("$.x", "y[*]", "$.o.p", "$.o"), "2:1^integer|true^boolean,z|2.5^double|{\"p\":2.5}^compound;3:\xC3\xA9|||;");
  expect(text, "t.json", "$.missing[*]", COLUMNS("x"), "");
  expect(text, "t.json", NULL, COLUMNS("$.n", "$..x"), "1:1^integer|1^integer,\xC3\xA9;");
  expect("{\"a\":1}\n\n{\"a\":[2,3]}\n", "t.ndjson", NULL, COLUMNS("$.a", "$.a[*]"), "1:1^integer|;3:[2,3]^compound|2^integer,3^integer;");
  expect("{\"Country Code\": \"DE\"}", "t.json", NULL, COLUMNS("$['Country Code']", "Country Code"), "1:DE|DE;");
  expect("{\"a\": {\"k\": 1, \"l\": 2}}", "t.json", "$.a.*", COLUMNS("@"), "1:1^integer;1:2^integer;");
}
END_TEST

/* Examples in the manner of RFC 9535 §1.5 and §2.3.5. */
START_TEST(json_paths) {
  const char *store =
      "{\"book\": [{\"c\": \"reference\", \"p\": 8, \"t\": \"A\"}, {\"c\": \"fiction\", \"p\": 12, \"t\": \"B\"}, {\"c\": \"fiction\", \"p\": 9, \"t\": \"C\", \"i\": 7}], \"max\": 10}";
  static const struct {
    const char *path, *wanted;
  } cases[] = {
      {"$.book[0,2].t", "A,C"},           {"$.book[-1].t", "C"},
      {"$.book[:2].t", "A,B"},            {"$.book[::-1].t", "C,B,A"},
      {"$.book[1:][\"t\"]", "B,C"},       {"$..t", "A,B,C"},
      {"$.book[?@.p < 10].t", "A,C"},     {"$.book[?@.p < $.max && @.i].t", "C"},
      {"$.book[?!@.i].t", "A,B"},         {"$.book[?(@.c == 'fiction' || @.p == 8)].t", "A,B,C"},
      {"$.book[?match(@.c, 'fic.*')].t", "B,C"}, {"$.book[?search(@.c, 'ref')].t", "A"},
      {"$.book[?length(@.t) == 1].p", "8^integer,12^integer,9^integer"}, {"$.book[?count(@.*) > 3].t", "C"},
      {"$.book[?value(@..p) >= 12].t", "B"}, {"$.book[?@.c != \"fiction\"].t", "A"},
      {"$.nothing", ""}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char wanted[80];
    (void)snprintf(wanted, sizeof wanted, "1:%s;", cases[i].wanted);
    expect(store, "t.json", NULL, COLUMNS(cases[i].path), wanted);
  }
  static const char *const bad[] = {
      "$.a[", "$.a]", "$[01]", "$[?@.a]x", "$[?@.a ==]", "$[?1]", "$.", "$[?count(1) > 0]", "$['a", "$[?@..a == 1]", "$[?match(@.a, '(')]"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    PropterError err = {0};
    Dump d = {.path = file_of("{}", "t.json"), .columns = COLUMNS(bad[i])};
    ck_assert_msg(dump(&d, &err) == PROPTER_SYNTAX, "%s: %s", bad[i], err.message);
    propter_buf_clear(&d.out);
  }
}
END_TEST

START_TEST(json_mistakes) {
  expect_error("[{\"a\": 1},\n{\"a\": tru}]", "t.json", "$[*]", "a", PROPTER_SYNTAX, 2, "not JSON");
  expect_error("[{\"a\": 1},\n{\"a\": \"half", "t.json", "$[*]", "a", PROPTER_SYNTAX, 2, "is not finished: expected \"");
  expect_error("[{\"a\": 1}\n{\"a\": 2}]", "t.json", "$[*]", "a", PROPTER_SYNTAX, 2, "expected , or ], found {");
  expect_error("{\"b\": [{\"a\": 1}], \"c\": }", "t.json", "$.b[*]", "a", PROPTER_SYNTAX, 1, "not JSON");
  expect_error("{\"a\": 1} x", "t.json", NULL, "a", PROPTER_SYNTAX, 1, "expected the end of the file");
  expect_error("", "t.json", NULL, "a", PROPTER_SYNTAX, 1, "expected a JSON value");
}
END_TEST

/* Rows anywhere in the document, one at a time. */
START_TEST(json_searched) {
  const char *text =
      "{\"v\": [1, {\"items\": [{\"n\": 1},\n{\"n\": 2, \"items\": [{\"n\": 3}]}]}], \"items\": {\"a\": {\"n\": 4},\n\"items\": {\"b\": {\"n\": 5}}},"
      " \"x\": {\"items\": 6, \"y\": {}, \"z\": []}}";
  expect(text, "t.json", "$..items[*]", COLUMNS("n"), "1:1^integer;2:2^integer;2:3^integer;2:4^integer;3:;3:5^integer;");
  expect("[[{\"items\": []}]]", "t.json", "$..items[*]", COLUMNS("n"), "");
  expect("7", "t.json", "$..items[*]", COLUMNS("n"), "");
  expect("{\"items\": [1, \"a\", null]}", "t.json", "$..items[*]", COLUMNS("$"), "1:1^integer;1:a;1:;");
  expect_error("{\"a\": 1,\n\"items\": [{\"n\": 1} {\"n\": 2}]}", "t.json", "$..items[*]", "n", PROPTER_SYNTAX, 2, "expected , or ], found {");
  expect_error("{\"items\": [1],\n\"items\": [2]}", "t.json", "$..items[*]", "$", PROPTER_SYNTAX, 2, "duplicate object key: items");
  expect_error("{\"a\": [1,]}", "t.json", "$..items[*]", "$", PROPTER_SYNTAX, 1, "not JSON");
  expect_error("{\"a\": [1", "t.json", "$..items[*]", "$", PROPTER_SYNTAX, 1, "expected , or ], found the end of the file");
  expect_error("{\"a\": 1} 2", "t.json", "$..items[*]", "$", PROPTER_SYNTAX, 1, "expected the end of the file");
  expect_error("", "t.json", "$..items[*]", "$", PROPTER_SYNTAX, 1, "expected a JSON value");
  /* A document that could not be held. */
  PropterBuf large = {0}, deep = {0};
  PropterLimits limits = propter_limits_default();
  limits.document_bytes = limits.line_bytes = 1 << 16;
  propter_buf_add(&large, PROPTER_STR("{\"a\": {\"items\": [0"));
  for (int i = 1; i < 100000; i++) propter_buf_printf(&large, ", {\"n\": %d}", i);
  propter_buf_add(&large, PROPTER_STR("]}}"));
  PropterTable *table;
  PropterRow row;
  size_t rows = 0;
  ck_ok(propter_table_open(file_of(large.data, "t.json"), &(PropterTableOptions){.iterator = "$..items[*]"}, &limits, &table, err));
  ck_assert_ptr_null(propter_table_whole(table));
  for (bool found = true; found; rows += found) ck_ok(propter_table_next(table, &row, &found, err));
  ck_assert_uint_eq(rows, 100000);
  propter_table_close(table);
  for (int i = 0; i < 3000; i++) propter_buf_add_char(&deep, '[');
  expect_error(deep.data, "t.json", "$..items[*]", "$", PROPTER_SYNTAX, 1, "nested deeper than 2048");
  propter_buf_clear(&large);
  propter_buf_clear(&deep);
}
END_TEST

START_TEST(xml_values) {
  const char *text = "<r xmlns:e='http://e/'>\n<p id='1'><n>a</n><n>b</n></p>\n<p id='2'><e:n>c</e:n></p></r>";
  static const PropterTablePrefix prefixes[] = {{"x", "http://e/"}};
  expect(text, "t.xml", "/r/p", COLUMNS("@id", "n", "count(n)"), "2:1|a,b|2;3:2||0;");
  Dump d = {.path = file_of(text, "t.xml"), .options = {.iterator = "//p", .prefixes = prefixes, .prefix_count = 1}, .columns = COLUMNS("x:n/text()")};
  ck_ok(dump(&d, err));
  ck_assert_str_eq(d.out.data, "2:;3:c;");
  propter_buf_clear(&d.out);
  expect_error("<r>\n<p></r>", "t.xml", "/r", "p", PROPTER_SYNTAX, 2, "not well-formed XML");
  expect_error("<!DOCTYPE r [<!ENTITY a 'aaaa'>]><r>&a;</r>", "t.xml", "/r", "p", PROPTER_INVALID, 1, "without a DOCTYPE");
  expect_error("<r/>", "t.xml", "/r", "p[", PROPTER_SYNTAX, 0, "is no XPath");
  expect_error("<r/>", "t.xml", "count(/r)", "p", PROPTER_INVALID, 0, "expected an iterator that gives nodes");
  expect_error("<r/>", "t.xml", "/r[y:z]", "p", PROPTER_INVALID, 0, "XPath");
}
END_TEST

static const char *database(void) {
  const char *path = support_path(support_folder(), "t.db");
  sqlite3 *db;
  ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
  ck_assert_int_eq(
      sqlite3_exec(db,
                   "CREATE TABLE \"T\" (\"ID\" INTEGER, name VARCHAR(9), w REAL, d DATE, t TIMESTAMP, b BOOLEAN, p BLOB, n NUMERIC(6,2));"
                   "INSERT INTO T VALUES (1, 'a', 80.25, '2011-08-07', '2011-08-07 10:00:01', 1, X'00FF', 12.50), (2, NULL, 1e300, NULL, NULL, 0, NULL, 3)",
                   NULL, NULL, NULL),
      SQLITE_OK);
  sqlite3_close(db);
  return path;
}

START_TEST(sqlite_values) {
  Dump d = {.path = database(), .options = {.table = "T"}, .columns = COLUMNS("ID", "NAME", "w", "\"d\"", "t", "b", "p", "n")};
  ck_ok(dump(&d, err));
  ck_assert_str_eq(
      d.out.data,
      "1:1^integer|a|8.025E1^double|2011-08-07^date|2011-08-07T10:00:01^dateTime|true^boolean|00FF^hexBinary|12.5^decimal;2:2^integer||1.0E300^double|||false^boolean||3^decimal;");
  d.options = (PropterTableOptions){.query = "SELECT count(*) AS c, avg(w) AS a FROM T;"};
  d.columns = COLUMNS("c", "a");
  ck_ok(dump(&d, err));
  ck_assert_str_eq(d.out.data, "1:2^integer|5.0E299^double;");
  PropterError err = {0};
  d.options = (PropterTableOptions){.query = "DROP TABLE T"};
  ck_assert_int_eq(dump(&d, &err), PROPTER_INVALID);
  d.options = (PropterTableOptions){.query = "SELECT missing"};
  ck_assert_int_eq(dump(&d, &err), PROPTER_INVALID);
  ck_assert_msg(strstr(err.message, "no such column: missing") != NULL, "%s", err.message);
  propter_buf_clear(&d.out);
}
END_TEST

START_TEST(odbc_values) {
  PropterError err = {0};
  Dump d = {.path = "Driver={no such driver}", .options = {.format = "odbc", .table = "T", .password = "s3cret}"}, .columns = COLUMNS("x")};
  ck_assert_int_eq(dump(&d, &err), PROPTER_IO);
  ck_assert_msg(strstr(err.message, "ODBC: ") && !strstr(err.message, "s3cret"), "%s", err.message);
  if (!support_sqlite_odbc()) return;
  const char *file = database();
  char address[4200];
  (void)snprintf(address, sizeof address, "Driver=SQLite3;Database=%s", file);
  d = (Dump){.path = address, .options = {.format = "odbc", .table = "T"}, .columns = COLUMNS("ID", "NAME", "w", "\"d\"", "t", "b", "p", "n")};
  ck_assert_msg(dump(&d, &err) == PROPTER_OK, "%s", err.message);
  /* This driver calls NUMERIC a double. */
  ck_assert_str_eq(
      d.out.data,
      "1:1^integer|a|8.025E1^double|2011-08-07^date|2011-08-07T10:00:01^dateTime|true^boolean|00FF^hexBinary|1.25E1^double;2:2^integer||1.0E300^double|||false^boolean||3.0E0^double;");
  d.options = (PropterTableOptions){.format = "odbc", .query = "SELECT replace(hex(zeroblob(5000)), '0', 'x') || char(128512) AS long"};
  d.columns = COLUMNS("long");
  ck_assert_msg(dump(&d, &err) == PROPTER_OK, "%s", err.message);
  ck_assert_uint_eq(d.out.len, 2 + 10000 + 4 + 1);
  ck_assert_msg(strstr(d.out.data, "x\xF0\x9F\x98\x80;") != NULL, "%s", d.out.data + d.out.len - 20);
  d.options.query = "SELECT missing";
  ck_assert_int_eq(dump(&d, &err), PROPTER_INVALID);
  ck_assert_msg(strstr(err.message, "missing") != NULL, "%s", err.message);
  d.options = (PropterTableOptions){.format = "odbc", .table = "no table"};
  ck_assert_int_eq(dump(&d, &err), PROPTER_INVALID);
  propter_buf_clear(&d.out);
}
END_TEST

START_TEST(failing_calls) {
  Dump d = {.path = file_of("{\"a\": [{\"x\": [1, 2.5]}, {\"x\": \"t\"}], \"b\": 1}", "t.json"),
            .options = {.iterator = "$.a[*]"},
            .columns = COLUMNS("$.x[?@ > 1]", "x")};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump, &d, false), 5);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, dump, &d, true), 1);
  d.path = file_of("{\"v\": {\"items\": {\"x\": 1, \"items\": {\"x\": [2]}}}}", "s.json");
  d.options.iterator = "$..items[*]";
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump, &d, false), 5);
  d.path = file_of("<r><p>1</p><p>2</p></r>", "t.xml");
  d.options.iterator = "/r/p";
  d.columns = COLUMNS("text()");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump, &d, false), 5);
  d.path = database();
  d.options = (PropterTableOptions){.table = "T"};
  d.columns = COLUMNS("name");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump, &d, false), 5);
  propter_buf_clear(&d.out);
}
END_TEST

Suite *suite_values(void) {
  Suite *s = suite_create("values");
  TCase *t = tcase_create("values");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, json_values);
  tcase_add_test(t, json_paths);
  tcase_add_test(t, json_mistakes);
  tcase_add_test(t, json_searched);
  tcase_add_test(t, xml_values);
  tcase_add_test(t, sqlite_values);
  tcase_add_test(t, odbc_values);
  tcase_add_test(t, failing_calls);
  suite_add_tcase(s, t);
  return s;
}

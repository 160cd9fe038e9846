/* SPDX-License-Identifier: Apache-2.0 */
/* Solutions of SPARQL and RDF files as tables. */
#include <stdio.h>
#include <string.h>

#include "propter/table.h"
#include "support.h"

Suite *suite_solutions(void);

typedef struct {
  const char *path;
  PropterTableOptions options;
  size_t rows; /* at most; 0: all */
  PropterBuf out;
} Dump;

/* The header, then each row with its line: cells by '|', a typed value with the local name of its type, a problem with '!'. */
static PropterStatus read_rows(Dump *d, PropterTable *table, PropterError *err) {
  size_t count;
  PropterRow row;
  bool found = true;
  const PropterStr *names = propter_table_columns(table, &count);
  for (size_t i = 0; i < count; i++) propter_buf_printf(&d->out, "%s%.*s", i ? "|" : "", (int)names[i].len, names[i].data);
  for (size_t n = 0; !d->rows || n < d->rows; n++) {
    PROPTER_TRY(propter_table_next(table, &row, &found, err));
    if (!found) break;
    propter_buf_printf(&d->out, ";%llu:", (unsigned long long)row.line);
    for (size_t i = 0; i < row.count && !row.problem; i++) {
      if (i) propter_buf_add_char(&d->out, '|');
      if (!row.values[i].count) continue;
      PropterCell c = row.values[i].items[0];
      propter_buf_printf(&d->out, "%.*s", (int)c.text.len, c.text.data);
      if (c.datatype.len) propter_buf_printf(&d->out, "^%s", strchr(c.datatype.data, '#') + 1);
    }
    if (row.problem) propter_buf_printf(&d->out, "!%s", row.problem);
  }
  return PROPTER_OK;
}

static PropterStatus dump(void *payload, PropterError *err) {
  Dump *d = payload;
  PropterTable *table = NULL;
  propter_buf_clear(&d->out);
  PROPTER_TRY(propter_table_open(d->path, &d->options, NULL, &table, err));
  PropterStatus status = read_rows(d, table, err);
  propter_table_close(table);
  return status == PROPTER_OK ? propter_buf_status(&d->out, err) : status;
}

static const char *file_of(const char *text, const char *name) {
  const char *path = support_path(support_folder(), name);
  support_write(path, propter_str(text));
  return path;
}

static void expect(const char *text, const char *name, PropterTableOptions options, const char *wanted) {
  Dump d = {.path = file_of(text, name), .options = options};
  ck_ok(dump(&d, err));
  ck_assert_str_eq(d.out.data, wanted);
  propter_buf_clear(&d.out);
}

static void expect_error(const char *text, const char *name, PropterTableOptions options, PropterStatus status, uint64_t line, const char *words) {
  PropterError err = {0};
  Dump d = {.path = file_of(text, name), .options = options};
  ck_assert_msg(dump(&d, &err) == status, "%s", err.message);
  ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
  ck_assert_uint_eq(err.line, line);
  propter_buf_clear(&d.out);
}

#define XSD "http://www.w3.org/2001/XMLSchema#"
#define XML(head, body)                                                                                                               \
  "<?xml version='1.0'?>\n<sparql xmlns='http://www.w3.org/2005/sparql-results#'>\n<head>" head "</head>\n<results>\n" body "</results>\n</sparql>"
#define ROWS                                                                                                                          \
  "<result><binding name='p'><uri>http://e/1</uri></binding><binding name='n'><literal xml:lang='de'>&lt;\xC3\xA9</literal></binding></result>\n" \
  "<result><binding name='n'><literal datatype='" XSD "integer'>7</literal></binding></result>\n<result><binding name='p'><bnode>b</bnode></binding></result>\n"

START_TEST(results_xml) {
  expect(XML("<variable name='p'/><variable name='n'/>", ROWS), "t.srx", (PropterTableOptions){0}, "p|n;5:http://e/1|<\xC3\xA9;6:|7^integer;7:b|");
  expect(XML("<variable name='p'/>", ""), "t.xml", (PropterTableOptions){.format = "srx"}, "p");
  expect(XML("<variable name='p'/>", ""), "t.srx", (PropterTableOptions){.format = "csv"}, "p");
  expect_error("<sparql xmlns='http://www.w3.org/2005/sparql-results#'><head/><boolean>true</boolean></sparql>", "t.srx", (PropterTableOptions){0},
               PROPTER_INVALID, 0, "expected the variables of SPARQL solutions");
  expect_error(XML("<variable name='p'/>", "<result>\n"), "t.srx", (PropterTableOptions){0}, PROPTER_SYNTAX, 6, "not well-formed XML");
  expect_error(XML("<variable name=\"p'] | //*['\"/>", ROWS), "t.srx", (PropterTableOptions){0}, PROPTER_INVALID, 0, "expected the name of a variable");
}
END_TEST

START_TEST(results_json) {
  const char *text =
      "{\"head\": {\"vars\": [\"p\", \"n\"]},\n\"results\": {\"bindings\": [\n{\"p\": {\"type\": \"uri\", \"value\": \"http://e/1\"}, \"n\": {\"type\": \"literal\", "
      "\"value\": \"x\", \"xml:lang\": \"de\"}},\n{\"n\": {\"type\": \"literal\", \"value\": \"7\", \"datatype\": \"" XSD "integer\"}}]}}";
  expect(text, "t.srj", (PropterTableOptions){0}, "p|n;3:http://e/1|x;4:|7^integer");
  expect(text, "t.json", (PropterTableOptions){.format = "srj"}, "p|n;3:http://e/1|x;4:|7^integer");
  expect_error("{\"head\": {}, \"boolean\": true}", "t.srj", (PropterTableOptions){0}, PROPTER_INVALID, 0, "expected the variables");
  expect_error("{\"head\": {\"vars\": [\"p\"]},\n\"results\": {\"bindings\": [\n{\"p\": {\"value\": \"ha", "t.srj", (PropterTableOptions){0}, PROPTER_SYNTAX, 3,
               "not finished");
}
END_TEST

START_TEST(results_tsv) {
  const PropterTableOptions tsv = {.format = "srt"};
  expect("?p\t$n\n<http://e/1>\t\"a\\tb \\u00E9\"@de\n\t7\n_:b\t\"1\"^^<" XSD "byte>\nfalse\t2.5e0\n", "t.tsv", tsv,
         "p|n;2:http://e/1|a\tb \xC3\xA9;3:|7^integer;4:xb|1^byte;5:false^boolean|2.5e0^double");
  static const char *const wrong[] = {"<a b>", "\"x", "x", "1 . <x:row> <x:1> 2", "<a> <b> <c>", "1 ; <x:1> 2", "1, 2", "1 2"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char text[200];
    (void)snprintf(text, sizeof text, "?p\t?n\n%s\t\n1\t2\n", wrong[i]);
    expect(text, "t.tsv", tsv, "p|n;2:!expected terms in Turtle's syntax between the tabs;3:1^integer|2^integer");
  }
  expect("?p\t?n\n1\n", "t.tsv", tsv, "p|n;2:!expected 2 cells as in the header, found 1");
  expect_error("p\tn\n1\t2\n", "t.tsv", tsv, PROPTER_INVALID, 1, "expected ? and the name of a variable");
}
END_TEST

START_TEST(statements) {
  PropterTableOptions rdf = {.format = "rdf"};
  expect("<http://e/s> <http://e/p> \"x\"@de , 7 .\n", "t.ttl", rdf,
         "subject|predicate|object|datatype|language|graph;1:http://e/s|http://e/p|x||de|;1:http://e/s|http://e/p|7^integer|" XSD "integer||");
  expect("_:a <http://e/p> <http://e/o> <http://e/g> .\n", "t.nq", rdf,
         "subject|predicate|object|datatype|language|graph;1:xa|http://e/p|http://e/o|||http://e/g");
  expect("", "t.nt", rdf, "subject|predicate|object|datatype|language|graph");
  expect_error("<http://e/s> <http://e/p> 1 .\n<http://e/s> <http://e/p> .\n", "t.nt", rdf, PROPTER_SYNTAX, 1, "expected");
  expect_error("x", "t.txt", rdf, PROPTER_USAGE, 0, "whose ending says its RDF syntax");
  rdf.query = "SELECT * {}";
  expect_error("", "t.nt", rdf, PROPTER_USAGE, 0, "nobody here answers a query");
}
END_TEST

/* Several batches; closed before the end, too. */
START_TEST(many_statements) {
  PropterBuf text = {0};
  for (int i = 0; i < 5000; i++) propter_buf_printf(&text, "<http://e/%d> <http://e/p> \"%d\" .\n", i, i);
  Dump d = {.path = file_of(text.data, "t.nt"), .options = {.format = "rdf"}};
  ck_ok(dump(&d, err));
  ck_assert_msg(strstr(d.out.data, ";5000:http://e/4999|http://e/p|4999") != NULL, "%s", d.out.data + d.out.len - 100);
  for (d.rows = 1; d.rows < 5000; d.rows += 1111) ck_ok(dump(&d, err));
  propter_buf_clear(&d.out);
  propter_buf_clear(&text);
}
END_TEST

typedef struct {
  int row, closed;
} Asked;
static Asked asked;

static PropterStatus next_row(void *state, const PropterTerm **row, PropterError *err) {
  static PropterTerm terms[2];
  Asked *a = state;
  if (a->row == 2) return propter_fail(err, PROPTER_TIMEOUT, "too long");
  terms[0] = propter_iri(PROPTER_STR("http://e/1"));
  terms[1] = a->row ? (PropterTerm){.kind = PROPTER_TERM_NONE} : propter_typed(PROPTER_STR("7"), PROPTER_STR(XSD "integer"));
  *row = a->row++ ? NULL : terms;
  return PROPTER_OK;
}

static void close_rows(void *state) { ((Asked *)state)->closed++; }

static PropterStatus answer(const char *path, const char *query, const PropterLimits *limits, PropterTableSolutions *out, PropterError *err) {
  static const PropterStr names[] = {{"a", 1}, {"b", 1}};
  (void)limits;
  if (!strstr(path, "t.nt") || strcmp(query, "Q") != 0) return propter_fail(err, PROPTER_INVALID, "unexpected");
  asked.row = 0;
  *out = (PropterTableSolutions){names, 2, next_row, close_rows, &asked};
  return PROPTER_OK;
}

START_TEST(queries) {
  PropterTableOptions rdf = {.format = "rdf", .query = "Q", .answer = answer};
  expect("", "t.nt", rdf, "a|b;1:http://e/1|7^integer");
  ck_assert_int_eq(asked.closed, 1);
  rdf.query = "other";
  expect_error("", "t.nt", rdf, PROPTER_INVALID, 0, "unexpected");
  ck_assert_int_eq(asked.closed, 1);
}
END_TEST

START_TEST(failing_calls) {
  Dump d = {.path = file_of(XML("<variable name='p'/><variable name='n'/>", ROWS), "t.srx")};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump, &d, false), 10);
  d.path = file_of("?p\n1\n<http://e/>\n", "t.tsv"), d.options.format = "srt";
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump, &d, false), 10);
  d = (Dump){.path = file_of("<http://e/s> <http://e/p> \"x\"@de .\n", "t.nt"), .options = {.format = "rdf"}, .out = d.out};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump, &d, false), 5);
  d.options.query = "Q", d.options.answer = answer;
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, dump, &d, false), 3);
  propter_buf_clear(&d.out);
}
END_TEST

Suite *suite_solutions(void) {
  Suite *s = suite_create("solutions");
  TCase *t = tcase_create("solutions");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, results_xml);
  tcase_add_test(t, results_json);
  tcase_add_test(t, results_tsv);
  tcase_add_test(t, statements);
  tcase_add_test(t, many_statements);
  tcase_add_test(t, queries);
  tcase_add_test(t, failing_calls);
  suite_add_tcase(s, t);
  return s;
}

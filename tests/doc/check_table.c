/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of claims as documents (tables, YAML, RDF): rows, cells and their places; what is no such list, and broken ones. */
#include <string.h>

#include "doc_support.h"

Suite *suite_table(void);

static PropterStr cell(const PropterDocument *d, size_t i) {
  ck_assert_uint_lt(i, d->cell_count);
  return (PropterStr){d->text.data + d->cells[i].start, d->cells[i].end - d->cells[i].start};
}

static void is_cell(const PropterDocument *d, size_t i, uint64_t line, unsigned number, const char *column, const char *text) {
  ck_assert_msg(propter_str_equal(cell(d, i), propter_str(text)), "cell %zu: \"%.*s\"", i, (int)cell(d, i).len, cell(d, i).data);
  ck_assert_uint_eq(d->cells[i].line, line);
  ck_assert_uint_eq(d->cells[i].number, number);
  ck_assert(propter_str_equal(d->cells[i].column, propter_str(column)));
}

static const char plain[] = "Cause , EFFECT,who\ncrane  strike,exports,\n\n,,\n frost,caf\xC3\xA9 sales, Ann\nrain,mud,Bo,late\nshort\n";

START_TEST(rows_and_cells) {
  PropterDocument *d = doc_of(propter_str(plain), "a.csv");
  ck_assert_str_eq(d->format, "claims");
  ck_assert_int_eq(d->published, PROPTER_NO_DAY);
  ck_assert_uint_eq(d->column_count, 3);
  ck_assert_uint_eq(d->block_count, 4); /* rows without text are none */
  ck_assert_uint_eq(d->cell_count, 11);
  is_cell(d, 0, 2, 1, "cause", "crane strike");
  is_cell(d, 2, 2, 3, "who", "");
  is_cell(d, 3, 5, 1, "cause", "frost");
  is_cell(d, 4, 5, 2, "effect", "caf\xC3\xA9 sales");
  is_cell(d, 5, 5, 3, "who", "Ann");
  is_cell(d, 9, 6, 4, "", "late");
  is_cell(d, 10, 7, 1, "", "short"); /* fewer cells than columns */
  ck_assert_ptr_nonnull(strstr(d->text.data, "frost, caf\xC3\xA9 sales, Ann"));
  doc_check_places(d, propter_str(plain));
  propter_document_free(d);
}
END_TEST

START_TEST(quoted_cells) {
  static const char text[] = "\xEF\xBB\xBF\"effect\";\"cause\"\r\n\"sales;\r\nof \"\"bread\"\"\";\"flood\"\r\n\"\";storm\r\n";
  PropterDocument *d = doc_of(propter_str(text), "a.csv");
  ck_assert_str_eq(d->format, "claims");
  is_cell(d, 0, 2, 1, "effect", "sales; of \"bread\"");
  is_cell(d, 1, 3, 2, "cause", "flood");
  is_cell(d, 2, 4, 1, "effect", "");
  is_cell(d, 3, 4, 2, "cause", "storm");
  PropterPlace p = propter_document_place(d, d->cells[0].start, d->cells[0].end);
  PropterStr bytes = {text + p.byte_start, p.byte_end - p.byte_start};
  ck_assert_msg(propter_str_equal(bytes, PROPTER_STR("sales;\r\nof \"\"bread\"")) || propter_str_equal(bytes, PROPTER_STR("sales;\r\nof \"\"bread\"\"")),
                "%.*s", (int)bytes.len, bytes.data);
  p = propter_document_place(d, d->cells[1].start, d->cells[1].end);
  ck_assert(propter_str_equal((PropterStr){text + p.byte_start, p.byte_end - p.byte_start}, PROPTER_STR("flood")));
  propter_document_free(d);
}
END_TEST

START_TEST(what_is_no_table_of_claims) {
  static const char *const texts[] = {"Cause, effect and blame\n\nSales fell.\n", "month,cause\n1,2\n", "causes,effects\na,b\n", "cause;effect,x\na,b\n",
                                      "Our claims:\n- cause: a\n", "@prefix p: <https://w3id.org/propter#> .\np:Claim a p:Class .\n"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    PropterDocument *d = doc_of(propter_str(texts[i]), "a.txt");
    ck_assert_str_eq(d->format, "text");
    ck_assert_uint_eq(d->column_count, 0);
    propter_document_free(d);
  }
  PropterDocument *d = doc_of(PROPTER_STR("cause\teffect"), "a.txt");
  ck_assert_str_eq(d->format, "claims");
  ck_assert_uint_eq(d->block_count, 0);
  propter_document_free(d);
}
END_TEST

static bool stands(const PropterDocument *d, const char *text, size_t i, const char *bytes) {
  PropterPlace p = propter_document_place(d, d->cells[i].start, d->cells[i].end);
  return propter_str_equal((PropterStr){text + p.byte_start, p.byte_end - p.byte_start}, propter_str(bytes));
}

START_TEST(yaml_lists) {
  static const char text[] = "# Ours.\n---\nclaims:\n  - cause: caf\xC3\xA9 strike\n    Effect: 'sales'\n    quote: \"They\\tleft.\"\n"
                             "  - {effect: mud, cause: \"\xC3\xBC rain\", reason: so}\n  - {cause: }\n  - reason: >-\n      so it\n      is\n";
  PropterDocument *d = doc_of(propter_str(text), "a.yaml");
  ck_assert_str_eq(d->format, "claims_yaml");
  ck_assert_uint_eq(d->column_count, 4);
  ck_assert_uint_eq(d->block_count, 3);
  is_cell(d, 6, 9, 5, "reason", "so it is");
  is_cell(d, 0, 4, 5, "cause", "caf\xC3\xA9 strike");
  is_cell(d, 1, 5, 5, "effect", "sales");
  is_cell(d, 2, 6, 5, "quote", "They left.");
  is_cell(d, 3, 7, 6, "effect", "mud");
  is_cell(d, 4, 7, 19, "cause", "\xC3\xBC rain");
  ck_assert(stands(d, text, 0, "caf\xC3\xA9 strike"));
  ck_assert(stands(d, text, 1, "sales"));
  ck_assert(stands(d, text, 2, "They\\tleft."));
  ck_assert(stands(d, text, 4, "\xC3\xBC rain"));
  propter_document_free(d);
}
END_TEST

static const char turtle[] = "@prefix p: <https://w3id.org/propter#> .\n<urn:x:1> a p:Claim ;\n  p:cause <urn:k:strike> ; p:effectText \"sales\" ;\n"
                             "  p:polarity p:Decrease ; p:negated true .\n[] a p:Claim ; p:causeText \"rain\" ; p:effectText \"mud\" .\n";

START_TEST(rdf_lists) {
  PropterDocument *d = doc_of(propter_str(turtle), "a.ttl");
  ck_assert_str_eq(d->format, "claims_rdf");
  ck_assert_uint_eq(d->block_count, 2);
  is_cell(d, 0, 3, 0, "cause", "urn:k:strike");
  is_cell(d, 1, 3, 0, "effect", "sales");
  is_cell(d, 2, 4, 0, "direction", "Decrease");
  is_cell(d, 3, 4, 0, "denied", "true");
  is_cell(d, 4, 5, 0, "cause", "rain");
  ck_assert(stands(d, turtle, 1, "  p:cause <urn:k:strike> ; p:effectText \"sales\" ;"));
  propter_document_free(d);
  static const char xml[] = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:p=\"https://w3id.org/propter#\">\n"
                            "<p:Claim>\n<p:causeText>rain</p:causeText>\n<p:effectText>mud</p:effectText></p:Claim></rdf:RDF>\n";
  d = doc_of(propter_str(xml), "a.rdf");
  ck_assert_str_eq(d->format, "claims_rdf");
  is_cell(d, 0, 3, 0, "cause", "rain");
  is_cell(d, 1, 4, 0, "effect", "mud");
  propter_document_free(d);
}
END_TEST

static PropterStatus parse(void *payload, PropterError *err) {
  PropterDocument *d = NULL;
  PropterStatus status = propter_document_parse(propter_str(payload), "a.csv", NULL, &d, err);
  propter_document_free(d);
  return status;
}

static void fails(char *text, PropterStatus status, uint64_t line, const char *message) {
  PropterError e = {0};
  ck_assert_int_eq(parse(text, &e), status);
  ck_assert_uint_eq(e.line, line);
  ck_assert_msg(strstr(e.message, message) != NULL, "%s", e.message);
}

START_TEST(broken_tables) {
  char open[] = "cause,effect\na,b\nc,\"d\ne\n", more[] = "cause,effect\n\"a\" b,c\n", bytes[] = "cause,effect\na,\001\002\003b\n";
  fails(open, PROPTER_SYNTAX, 3, "closing quotation mark, found the end");
  fails(more, PROPTER_SYNTAX, 2, "delimiter after the closing");
  fails(bytes, PROPTER_INVALID, 0, "");
  char list[] = "claims: yes\n", row[] = "claims:\n- cause: a\n- b\n", nested[] = "claims:\n- cause: [a]\n", alias[] = "claims:\n- cause: &x a\n  effect: *x\n",
       more_yaml[] = "claims: []\nothers: 1\n", second[] = "claims: []\n---\nx\n", no_yaml[] = "claims:\n- \"a\n", binary[] = "claims:\n- \001\n";
  fails(list, PROPTER_SYNTAX, 1, "expected a list of claims");
  fails(row, PROPTER_SYNTAX, 3, "expected a claim");
  fails(nested, PROPTER_SYNTAX, 2, "expected words or a number");
  fails(alias, PROPTER_SYNTAX, 3, "expected words or a number");
  fails(more_yaml, PROPTER_SYNTAX, 2, "no key but claims");
  fails(second, PROPTER_SYNTAX, 2, "expected one YAML document");
  fails(no_yaml, PROPTER_SYNTAX, 3, "YAML: ");
  fails(binary, PROPTER_INVALID, 0, "binary data");
#define P "@prefix p: <https://w3id.org/propter#> .\n"
  char property[] = P "[] a p:Claim ;\n  p:rule \"x\" .\n", blank[] = P "[] a p:Claim ; p:cause [] .\n",
       other[] = P "[] a p:Claim ; p:quote \"x\" .\n<urn:x> p:quote \"y\" .\n",
       no_turtle[] = P "[] a p:Claim ;\n p:quote \"x .\n", relative[] = P "[] a p:Claim ; p:cause <x> .\n";
  fails(property, PROPTER_INVALID, 3, "found <https://w3id.org/propter#rule>");
  fails(blank, PROPTER_INVALID, 2, "found a blank node");
  fails(other, PROPTER_INVALID, 3, "no propter:Claim");
  fails(no_turtle, PROPTER_SYNTAX, 3, "");
  fails(relative, PROPTER_INVALID, 2, "");
  PropterLimits limits = propter_limits_default();
  PropterError e = {0};
  PropterDocument *d = NULL;
  limits.table_columns = 2;
  ck_assert_int_eq(propter_document_parse(PROPTER_STR("cause,effect,who\na,b,c\n"), "a.csv", &limits, &d, &e), PROPTER_LIMIT);
}
END_TEST

START_TEST(too_many_cells) {
  PropterBuf b = {.max = 8 << 20};
  PropterDocument *d = NULL;
  PropterError e = {0};
  propter_buf_add(&b, PROPTER_STR("cause,effect\na"));
  for (int i = 0; i < 1000001; i++) propter_buf_add_char(&b, ',');
  ck_assert_int_eq(propter_document_parse(propter_buf_str(&b), "a.csv", NULL, &d, &e), PROPTER_LIMIT);
  ck_assert_ptr_nonnull(strstr(e.message, "more than 1000000 cells"));
  propter_buf_reset(&b);
  propter_buf_add(&b, PROPTER_STR("claims:\n- cause: a\n"));
  for (int i = 0; i < 100; i++) propter_buf_printf(&b, "  key%d: x\n", i);
  ck_assert_int_eq(propter_document_parse(propter_buf_str(&b), "a.yaml", NULL, &d, &e), PROPTER_LIMIT);
  ck_assert_ptr_nonnull(strstr(e.message, "more than 100 different keys"));
  propter_buf_clear(&b);
}
END_TEST

START_TEST(failing_allocations) {
  char yaml[] = "claims:\n- {cause: frost, effect: sales}\n", rdf[sizeof turtle];
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, parse, yaml, true), 3);
  memcpy(rdf, turtle, sizeof rdf);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, parse, rdf, true), 3);
  char text[] = "cause,effect,quote\nfrost,sales,\"as \"\"Ann\"\" said\"\nrain,mud,\n";
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, parse, text, true), 3);
}
END_TEST

Suite *suite_table(void) {
  Suite *s = suite_create("table");
  TCase *tc = tcase_create("table");
  tcase_add_test(tc, rows_and_cells);
  tcase_add_test(tc, quoted_cells);
  tcase_add_test(tc, yaml_lists);
  tcase_add_test(tc, rdf_lists);
  tcase_add_test(tc, what_is_no_table_of_claims);
  tcase_add_test(tc, broken_tables);
  tcase_add_test(tc, too_many_cells);
  tcase_add_test(tc, failing_allocations);
  suite_add_tcase(s, tc);
  return s;
}

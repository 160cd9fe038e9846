/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "propter/sparql.h"
#include "support.h"

Suite *suite_parse(void);

static const char *const good[] = {
    "SELECT * { ?s ?p ?o }",
    ("PREFIX : <http://e/> SELECT DISTINCT ?a (COUNT(DISTINCT ?b) AS ?n) FROM <g> FROM NAMED :h WHERE { ?a :p/^:q*|!(:r|^a) ?b ; :s 'x'@en, 1.5e3, -2, true . [ :t ( 1 2 ) ] :u () } "
     "GROUP BY ?a HAVING (?n > 1) ORDER BY DESC(?n) ?a LIMIT 5 OFFSET 2 VALUES ?a { UNDEF <x> 'y'^^:d }"),
    "BASE <http://e/> ASK { { ?a <p> ?b } UNION { ?a <q> ?b FILTER (?a + 1 * 2 -3 < 4 && ?b IN (1, 2) || !BOUND(?b) && ?b NOT IN ()) } OPTIONAL { ?b <r> ?c } MINUS { ?c <s> ?d } }",
    "CONSTRUCT { ?s <p> _:x . _:x <q> [] } WHERE { GRAPH ?g { ?s ?p ?o } SERVICE SILENT <e> { ?s ?p ?o } BIND (IF(EXISTS { ?s ?p ?o }, 1, COALESCE(?o, 2)) AS ?n) }",
    "CONSTRUCT WHERE { ?s ?p ?o . ?o <q> 1 }",
    "DESCRIBE <x> ?y WHERE { ?y <p> 1 } LIMIT 1",
    "DESCRIBE *",
    "SELECT ?x { { SELECT ?x (GROUP_CONCAT(?y; SEPARATOR=', ') AS ?all) { ?x <p> ?y } GROUP BY ?x } FILTER NOT EXISTS { ?x <q> '''a\"b\nc''' } }",
    "",
    "INSERT DATA { <a> <b> _:c . GRAPH <g> { _:c <d> 1 } } ; DELETE DATA { <a> <b> <c> } ;",
    "WITH <g> DELETE { ?s ?p ?o } INSERT { GRAPH ?o { ?s ?p [] } } USING <h> USING NAMED <i> WHERE { ?s ?p ?o }",
    "DELETE WHERE { ?s <p> ?o . GRAPH ?g { ?o <q> 1 } }",
    "LOAD SILENT <d> INTO GRAPH <g> ; CLEAR ALL ; DROP SILENT GRAPH <g> ; CREATE GRAPH <g> ; ADD <a> TO DEFAULT ; MOVE DEFAULT TO <b> ; COPY GRAPH <a> TO GRAPH <b>",
    "SELECT ?\\u0061 { ?a <p> '\\U0001F600' }",
    ("PREFIX m: <http://m/> WHY m:x DURING '2011-08-01'^^<http://www.w3.org/2001/XMLSchema#date> TO '2011-08-31' WHERE { ?s m:region m:US ; m:sex <f> } "
     "COMPARED TO '2010-08-01' TO '2010-08-31' DEPTH 3 LIMIT 5"),
    "why <x> suspect <c> during '2011-08-01' to '2011-08-31' limit 2",
    "why not <x> despite <c> during '2011-08-01' to '2011-08-31'",
    "SELECT ?cause { ?m <p> ?from , ?to . { WHY ?m DURING ?from TO ?to LIMIT 1 } OPTIONAL { { WHY NOT ?m DESPITE ?cause DURING ?from TO ?to } } }",
};

static PropterStr printed(PropterStr text, PropterBuf *out) {
  PropterQuery *q = NULL;
  ck_ok(propter_query_parse(text, PROPTER_STR("http://base/"), &q, err));
  propter_buf_reset(out);
  ck_ok(propter_query_print(q, out, err));
  propter_query_free(q);
  return propter_buf_str(out);
}

START_TEST(printing_and_parsing_again_changes_nothing) {
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    PropterBuf a = {0}, b = {0}, c = {0};
    /* Blank node numbers follow the order of the text, so they settle with the first printing. */
    printed(propter_str(good[i]), &a);
    printed(propter_buf_str(&a), &b);
    printed(propter_buf_str(&b), &c);
    ck_assert_msg(propter_str_equal(propter_buf_str(&b), propter_buf_str(&c)), "%s\n%s", b.data, c.data);
    propter_buf_clear(&a);
    propter_buf_clear(&b);
    propter_buf_clear(&c);
  }
}
END_TEST

START_TEST(operators_bind_as_the_grammar_says) {
  PropterBuf out = {0};
  ck_assert_ptr_nonnull(strstr(
      printed(PROPTER_STR("ASK { FILTER (1 + 2 * 3 - ?x = -4 && !?y || ?z) }"), &out).data,
      "((((1 + (2 * 3)) - ?x) "
      "= \"-4\"^^<http://www.w3.org/2001/XMLSchema#integer>) && (! ?y)) || ?z"));
  ck_assert_ptr_nonnull(strstr(printed(PROPTER_STR("ASK { ?s <p>/<q>|^<r>+ ?o }"), &out).data, "((<http://base/p>/<http://base/q>)|^(<http://base/r>)+)"));
  /* The function IRI still resolves against the same base. */
  ck_assert_ptr_nonnull(strstr(printed(PROPTER_STR("BASE <../e/> ASK { FILTER (IRI('x') = <y>) }"), &out).data, "BASE <http://base/e/>\n"));
  propter_buf_clear(&out);
}
END_TEST

START_TEST(a_mistake_is_named_with_its_place) {
  static const struct { const char *text; unsigned line, column; const char *says; } cases[] = {
      {"SELECT ?x {\n  ?x <p> }", 2, 10, "expected a term, found \"}\""},
      {"SELECT * { ?s ?p ?o", 1, 20, "found the end of the text"},
      {"SELECT ?x { ?x y:p 1 }", 1, 16, "expected a declared prefix, found \"y:\""},
      {"ASK { ?x <p> 'abc\n' }", 1, 18, "found the end of the line"},
      {"ASK { ?x <p> 'ä' . \\u00 }", 1, 20, "character escape"},
      {"ASK { ?x <p> '\\u00e4' ?y }", 1, 23, "found \"?y\""},
      {"SELECT (SUM(?a) AS ?s) ?b { ?a <p> ?b }", 1, 24, "expected an aggregate or a variable of GROUP BY, found ?b"},
      {"SELECT * { ?a <p> ?b BIND (1 AS ?b) }", 1, 33, "in scope"},
      {"SELECT * { _:a <p> 1 OPTIONAL { _:a <q> 2 } }", 1, 33, "another basic graph pattern"},
      {"SELECT * { VALUES (?a ?b) { (1) } }", 1, 31, "expected an IRI, a literal or UNDEF, found \")\""},
      {"INSERT DATA { ?x <p> 1 }", 1, 15, "variables are not allowed"},
      {"DELETE { _:x <p> 1 } WHERE { }", 1, 10, "blank nodes are not allowed"},
      {"ASK { ?x <p> 1 } LIMIT -1", 1, 24, "whole number"},
      {"ASK { FILTER (COUNT(?x) > 1) }", 1, 15, "without aggregates"},
      {"ASK { FILTER (STRLEN(1, 2)) }", 1, 15, "arguments of STRLEN"},
      {"ASK { ?x <p> 1 } }", 1, 18, "expected the end of the query"},
      {"FROB", 1, 1, "expected SELECT, ASK"},
      {"WHY 5", 1, 5, "expected NOT, the IRI of a metric or a variable, found \"5\""},
      {"WHY <m> DESPITE <c> DURING", 1, 9, "expected DURING"},
      {"WHY <m>\nDURING '2011' TO '2012'", 2, 8, "expected a date like \"2011-08-31\"^^xsd:date, found \"2011\""},
      {"WHY <m> DURING '2011-08-31' TO '2011-08-01'", 1, 32, "ends before it begins"},
      {"WHY <m> DURING '2011-08-01' TO '2011-08-31' WHERE { ?s <p> ?o }", 1, 51, "expected the slice"},
      {"WHY <m> DURING '2011-08-01' TO '2011-08-31' COMPARED WITH", 1, 54, "expected TO"},
      {"WHY <m> DURING '2011-08-01' TO '2011-08-31' DEPTH 6", 1, 51, "expected DEPTH from 1 to 5"},
      {"WHY <m> DURING '2011-08-01' TO '2011-08-31' ORDER BY ?x", 1, 45, "expected the end of the query"},
      {"ASK { { WHY <m> DURING ?a TO ?b } ?x }", 1, 38, "expected"},
      {"ASK { { WHY <m> DURING ?a TO ?b . ?x <p> 1 } }", 1, 33, "\"}\" after the sub-query"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    PropterQuery *q = NULL;
    PropterError err = {0};
    ck_assert_msg(propter_query_parse(propter_str(cases[i].text), PROPTER_STR(""), &q, &err) == PROPTER_SYNTAX, "%s", cases[i].text);
    ck_assert_ptr_null(q);
    ck_assert_msg(strstr(err.message, cases[i].says) != NULL, "%s: %s", cases[i].text, err.message);
    ck_assert_msg(err.line == cases[i].line && err.column == cases[i].column, "%s: %u:%u", cases[i].text, (unsigned)err.line, (unsigned)err.column);
  }
  PropterError err = {0};
  PropterQuery *q = NULL;
  ck_assert_int_eq(propter_query_parse(PROPTER_STR("ASK { \xC0\x80 }"), PROPTER_STR(""), &q, &err), PROPTER_SYNTAX);
  ck_assert_uint_eq(err.column, 7);
}
END_TEST

static void repeat(PropterBuf *out, const char *text, size_t times) {
  for (size_t i = 0; i < times; i++) propter_buf_add(out, propter_str(text));
}

START_TEST(deep_nesting_is_a_limit_not_a_crash) {
  static const struct { const char *head, *open, *middle, *close, *tail; } shapes[] = {
      {"ASK { FILTER ", "(", "1", ")", " }"},       {"ASK ", "{", "", "}", ""},
      {"ASK { FILTER (", "!", "1", "", ") }"},       {"ASK { ?s ?p ", "(", "1", ")", " }"},
      {"ASK { ?s ?p ", "[ <p> ", "1", "]", " }"},    {"ASK { ?s ", "(", "<p>", ")", " ?o }"},
      {"ASK { ", "{ SELECT * { ", "", "} }", " }"},  {"ASK { FILTER (1", " + 1", "", "", ") }"},
      {"ASK { FILTER ", "EXISTS { FILTER ", "(1)", "}", " }"}, {"ASK { ", "OPTIONAL { ", "", "}", " }"},
      {"ASK { ?s ", "^(", "<p>", ")", " ?o }"},
  };
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    PropterBuf text = {0};
    propter_buf_add(&text, propter_str(shapes[i].head));
    repeat(&text, shapes[i].open, 100000);
    propter_buf_add(&text, propter_str(shapes[i].middle));
    repeat(&text, shapes[i].close, 100000);
    propter_buf_add(&text, propter_str(shapes[i].tail));
    PropterQuery *q = NULL;
    PropterError err = {0};
    ck_assert_msg(propter_query_parse(propter_buf_str(&text), PROPTER_STR(""), &q, &err) == PROPTER_LIMIT, "shape %zu: %s", i, err.message);
    propter_buf_clear(&text);
  }
  /* Long but flat is fine. */
  PropterBuf text = {0};
  propter_buf_add(&text, PROPTER_STR("ASK { FILTER (?x"));
  repeat(&text, " || ?x && ?y", 50000);
  propter_buf_add(&text, PROPTER_STR(") VALUES ?x {"));
  repeat(&text, " 1", 200000);
  propter_buf_add(&text, PROPTER_STR("}"));
  repeat(&text, " UNION {}", 0);
  propter_buf_add(&text, PROPTER_STR("}"));
  PropterQuery *q = NULL;
  ck_ok(propter_query_parse(propter_buf_str(&text), PROPTER_STR(""), &q, err));
  propter_query_free(q);
  propter_buf_clear(&text);
}
END_TEST

static PropterStatus parse_all(void *payload, PropterError *err) {
  (void)payload;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    PropterQuery *q = NULL;
    PropterBuf out = {0};
    PropterStatus status = propter_query_parse(propter_str(good[i]), PROPTER_STR("http://base/"), &q, err);
    if (status == PROPTER_OK) status = propter_query_print(q, &out, err);
    propter_buf_clear(&out);
    propter_query_free(q);
    if (status != PROPTER_OK) return status;
  }
  return PROPTER_OK;
}

START_TEST(every_failed_allocation_is_an_error) { ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, parse_all, NULL, false), 50); }
END_TEST

Suite *suite_parse(void) {
  Suite *s = suite_create("parse");
  TCase *tc = tcase_create("parse");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, printing_and_parsing_again_changes_nothing);
  tcase_add_test(tc, operators_bind_as_the_grammar_says);
  tcase_add_test(tc, a_mistake_is_named_with_its_place);
  tcase_add_test(tc, deep_nesting_is_a_limit_not_a_crash);
  tcase_add_test(tc, every_failed_allocation_is_an_error);
  suite_add_tcase(s, tc);
  return s;
}

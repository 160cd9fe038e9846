/* SPDX-License-Identifier: Apache-2.0 */
/* YARRRML, executed. That it becomes the RML of the reference translator is a suite of make conformance. */
#include <string.h>

#include "mapping.h"

Suite *suite_yarrrml(void);

static const char *write_yarrrml(const char *yaml, const char *csv) {
  const char *folder = support_folder(), *path = support_path(folder, "m.yml");
  support_write(path, propter_str(yaml));
  support_write(support_path(folder, "t.csv"), propter_str(csv));
  support_write(support_path(folder, "u.csv"), PROPTER_STR("code,country\nat,Austria\nfr,France\n"));
  return path;
}

static void expect(const char *yaml, const char *csv, const char *wanted) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(mapping_run_at(write_yarrrml(yaml, csv), false, &out, &counts, err));
  ck_assert_str_eq(out.data ? out.data : "", wanted);
  propter_buf_clear(&out);
}

static void refuse(const char *yaml, PropterStatus wanted, uint64_t line, const char *words) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  PropterError err = {0};
  ck_assert_msg(mapping_run_at(write_yarrrml(yaml, "id,name\n1,Ann\n"), false, &out, &counts, &err) == wanted, "%s%s", yaml, err.message);
  ck_assert_msg(strstr(err.message, words), "%s", err.message);
  ck_assert_msg(strstr(err.source, "m.yml"), "%s", err.source);
  if (line) ck_assert_uint_eq(err.line, line);
  propter_buf_clear(&out);
}

#define EX "http://example.org/"
#define TYPE "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"

START_TEST(terms) {
  expect(
      "prefixes:\n  ex: " EX "\nexternal:\n  site: \"{x}\"\nmappings:\n  m:\n    sources: [ [t.csv~csv] ]\n    s: ex:$(id)\n    g: ex:g\n    po:\n"
      "      - [a, [ex:P, foaf:Person]]\n      - [[ex:name, rdfs:label], $(name), en~lang]\n      - [ex:n, $(n), xsd:integer]\n      - [ex:page, \"http://x.org/$(name)~iri\"]\n"
      "      - {p: ex:own, o: {value: '$(_site) $(n\\)) \\\\ $(name)', type: literal}, g: [ex:h]}\n",
      "id,name,n,n)\n1,Ann,7,8\n",
      "<" EX "1> <" EX "n> \"7\"^^<http://www.w3.org/2001/XMLSchema#integer> <" EX "g>\n<" EX "1> <" EX "name> \"Ann\"@en <" EX "g>\n"
      "<" EX "1> <" EX "own> \"{x} 8 \\\\ Ann\" <" EX "g>\n<" EX "1> <" EX "own> \"{x} 8 \\\\ Ann\" <" EX "h>\n"
      "<" EX "1> <" EX "page> <http://x.org/Ann> <" EX "g>\n"
      "<" EX "1> " TYPE " <" EX "P> <" EX "g>\n<" EX "1> " TYPE " <http://xmlns.com/foaf/0.1/Person> <" EX "g>\n"
      "<" EX "1> <http://www.w3.org/2000/01/rdf-schema#label> \"Ann\"@en <" EX "g>\n");
}
END_TEST

START_TEST(conditions_and_functions) {
  expect("prefixes: {ex: " EX "}\nmappings:\n  m:\n    sources: t.csv~csv\n    s: ex:$(id)\n    po:\n"
         "      - p: ex:big\n        o:\n          function: grel:toUpperCase(valueParameter = $(name))\n"
         "      - p: ex:a\n        o: $(name)\n        condition:\n          function: equal\n          parameters: [[str1, $(id)], [str2, \"2\"]]\n",
         "id,name\n1,Ann\n2,Bo\n", "<" EX "1> <" EX "big> \"ANN\"\n<" EX "2> <" EX "a> \"Bo\"\n<" EX "2> <" EX "big> \"BO\"\n");
}
END_TEST

START_TEST(condition_of_a_mapping) {
  expect("prefixes: {ex: " EX
         "}\nmappings:\n  m:\n    sources: [t.csv]\n    subjects: ex:$(id)\n    condition: {function: notEqual, parameters: [[str1, $(name)], [str2, Bo]]}\n"
         "    po: [a, ex:P]\n",
         "id,name\n1,Ann\n2,Bo\n", "<" EX "1> " TYPE " <" EX "P>\n");
}
END_TEST

#define JOIN(condition)                                                                                                                                        \
  "prefixes: {ex: " EX "}\nsources:\n  people: [t.csv~csv]\nmappings:\n  m:\n    sources: people\n    s: ex:$(id)\n    po:\n      - p: ex:in\n        o:\n"    \
  "          mapping: c\n          condition: " condition "\n  c:\n    sources: [[u.csv~csv]]\n    s: ex:$(country)\n"
#define JOINED "<" EX "1> <" EX "in> <" EX "Austria>\n<" EX "2> <" EX "in> <" EX "France>\n"

START_TEST(joins_by_columns_and_by_functions) {
  const char *csv = "id,c\n1,AT\n2,FR\n3,DE\n", *low = "id,c\n1,at\n2,fr\n3,de\n";
  expect(JOIN("{function: equal, parameters: [[str1, $(c)], [str2, $(code)]]}"), low, JOINED);
  expect(JOIN("{function: equal, parameters: [[str1, $(code), o], [str2, $(c), s]]}"), low, JOINED);
  expect(JOIN("{function: equal, parameters: [[str1, x$(c)], [str2, x$(code)]]}"), low, JOINED);
  expect(JOIN("{function: equal, parameters: [[str1, $(c)], [str2, \"at\"]]}"), low,
         "<" EX "1> <" EX "in> <" EX "Austria>\n<" EX "1> <" EX "in> <" EX "France>\n");
  expect(
      JOIN(
          "{function: equal, parameters: [[str1, $(c)], {parameter: str2, value: {function: grel:toUpperCase, parameters: [[grel:valueParameter, $(code), o]]}}]}"),
      csv, JOINED);
  expect(JOIN("{function: grel:boolean_and, parameters: [{parameter: grel:param_rep_b, value: {function: equal, parameters: [[str1, $(c)], [str2, $(code)]]}}, "
              "{parameter: grel:param_rep_b2, value: {function: equal, parameters: [[str1, fr], [str2, $(code)]]}}]}"),
         low, "<" EX "2> <" EX "in> <" EX "France>\n");
}
END_TEST

START_TEST(every_source_and_subject_is_a_triples_map) {
  expect("prefixes: {ex: " EX
         "}\nmappings:\n  m:\n    sources: [[t.csv~csv], {access: t.csv, delimiter: ','}]\n    subjects: [ex:$(id), ex:x$(id)]\n    po:\n      - [a, ex:P]\n",
         "id\n1\n", "<" EX "1> " TYPE " <" EX "P>\n<" EX "x1> " TYPE " <" EX "P>\n");
}
END_TEST

#define HEAD "mappings:\n  m:\n    sources: [[t.csv~csv]]\n    s: http://example.org/$(id)\n    po:\n"

START_TEST(mistakes_have_their_line) {
  refuse("mappings:\n  m: [\n", PROPTER_SYNTAX, 3, "YAML");
  refuse("mappings: {}\n---\nmappings: {}\n", PROPTER_SYNTAX, 3, "second");
  refuse("a: &x [1]\nmappings: {}\n", PROPTER_INVALID, 1, "expected one of the keys");
  refuse(HEAD "      - [a]\n", PROPTER_INVALID, 6, "no object");
  refuse(HEAD "      - [a, b, c, d]\n", PROPTER_INVALID, 6, "one annotation");
  refuse(HEAD "      - p: a\n        o: b\n        o: c\n", PROPTER_INVALID, 8, "twice");
  refuse(HEAD "      - p: a\n        obj: b\n", PROPTER_INVALID, 7, "\"obj\"");
  refuse(HEAD "      - [a, \"$(id\"]\n", PROPTER_INVALID, 6, "expected ')'");
  refuse(HEAD "      - [a, $()]\n", PROPTER_INVALID, 6, "name between");
  refuse(HEAD "      - [not an iri, $(id)]\n", PROPTER_INVALID, 6, "expected an IRI");
  refuse(HEAD "      - [rdfs:label, {value: x, type: number}]\n", PROPTER_INVALID, 6, "iri, blank or literal");
  refuse(HEAD "      - [rdfs:label, {mapping: other}]\n", PROPTER_INVALID, 6, "no mapping \"other\"");
  refuse(HEAD "      - [rdfs:label, {function: grel:nothing}]\n", PROPTER_INVALID, 6, "no function");
  refuse(HEAD "      - [rdfs:label, {function: grel:toUpperCase($(id))}]\n", PROPTER_INVALID, 6, "parameter = value");
  refuse(HEAD "      - [rdfs:label, $(nobody)]\n", PROPTER_NOT_FOUND, 6, "nobody");
  refuse("mappings:\n  m:\n    sources: [[t.csv~abc]]\n", PROPTER_INVALID, 3, "no reference formulation \"abc\"");
  refuse("mappings:\n  m:\n    sources: [[no.csv~csv]]\n    s: http://example.org/a\n", PROPTER_NOT_FOUND, 0, "");
  refuse("mappings:\n  m:\n    s: http://example.org/a\n", PROPTER_INVALID, 2, "logical source");
  refuse("targets: {t: {access: \"$(id).nq\"}}\n" HEAD "      - [a, b]\n", PROPTER_INVALID, 1, "\"source\"");
  refuse("", PROPTER_INVALID, 0, "expected RML");
}
END_TEST

#define EIGHT "x:a, x:a, x:a, x:a, x:a, x:a, x:a, x:a, "

/* An anchor inside itself is a call without end; many aliases are read many times, but no more than a million statements. */
START_TEST(anchors_do_no_harm) {
  refuse(HEAD
         "      - p: rdfs:label\n        o: &f\n          function: grel:toUpperCase\n          parameters: [{parameter: grel:valueParameter, value: *f}]\n",
         PROPTER_LIMIT, 0, "inside one another");
  refuse("mappings:\n  m: &m\n    sources: &s [" EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT "x:b]\n    s: *s\n"
         "    po: [[*s, *s], [*s, *s], [*s, *s], [*s, *s], [*s, *s]]\n",
         PROPTER_LIMIT, 0, "statements");
}
END_TEST

static PropterStatus run_once(void *payload, PropterError *err) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  PropterStatus status = mapping_run_at(payload, false, &out, &counts, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(every_allocation_and_file_call_may_fail) {
  const char *path = write_yarrrml(JOIN("{function: equal, parameters: [[str1, x$(c)], [str2, x$(code)]]}"), "id,c\n1,at\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, run_once, (char *)(uintptr_t)path, false), 50);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, run_once, (char *)(uintptr_t)path, true), 5);
}
END_TEST

Suite *suite_yarrrml(void) {
  Suite *s = suite_create("yarrrml");
  TCase *t = tcase_create("yarrrml");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, terms);
  tcase_add_test(t, conditions_and_functions);
  tcase_add_test(t, condition_of_a_mapping);
  tcase_add_test(t, joins_by_columns_and_by_functions);
  tcase_add_test(t, every_source_and_subject_is_a_triples_map);
  tcase_add_test(t, mistakes_have_their_line);
  tcase_add_test(t, anchors_do_no_harm);
  tcase_add_test(t, every_allocation_and_file_call_may_fail);
  suite_add_tcase(s, t);
  return s;
}

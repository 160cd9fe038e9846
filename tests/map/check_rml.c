/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "archive.h"
#include "mapping.h"

Suite *suite_rml(void);

#define SOURCE "rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"t.csv\" ] ; rml:referenceFormulation rml:CSV ] ;\n"
#define OLD "old:logicalSource [ old:source \"t.csv\" ; old:referenceFormulation ql:CSV ] ;\n"
#define XSD "http://www.w3.org/2001/XMLSchema#"

START_TEST(both_vocabularies_say_the_same) {
  static const char wanted[] =
      "<http://example.org/1> <http://example.org/name> \"Ann\"\n<http://example.org/1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/P>\n";
  mapping_expect(
      "ex:m " SOURCE
      " rml:subjectMap [ rml:template \"http://example.org/{id}\" ; rml:class ex:P ] ;\n rml:predicateObjectMap [ rml:predicate ex:name ; rml:objectMap [ rml:reference \"name\" ] ] .",
      "id,name\n1,Ann\n", NULL, wanted);
  mapping_expect(
      "ex:m " OLD
      " rr:subjectMap [ rr:template \"http://example.org/{id}\" ; rr:class ex:P ] ;\n rr:predicateObjectMap [ rr:predicate ex:name ; rr:objectMap [ old:reference \"name\" ] ] .",
      "id,name\n1,Ann\n", NULL, wanted);
}
END_TEST

START_TEST(term_types_datatypes_and_languages) {
  mapping_expect(
      "ex:m " SOURCE
      " rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference \"n\" ; rml:datatype xsd:decimal ] , [ rml:reference \"t\" ; rml:language \"de\" ] ,\n"
      " [ rml:template \"{n} {t}\" ; rml:termType rml:Literal ] , [ rml:reference \"t\" ; rml:languageMap [ rml:reference \"l\" ] ] , [ rml:template \"http://example.org/{t}\" ] , \n"
      " [ rml:template \"http://example.org/{t}\" ; rml:termType rml:URI ] , [ rml:reference \"t\" ; rml:datatypeMap [ rml:template \"http://example.org/{l}\" ] ] ] .",
      "n,t,l\n 1.50 ,\xC3\xA4 b,fr\n", NULL,
      "<http://example.org/s> <http://example.org/p> \" 1.50  \xC3\xA4 b\"\n"
      "<http://example.org/s> <http://example.org/p> \"1.50\"^^<" XSD "decimal>\n"
      "<http://example.org/s> <http://example.org/p> \"\xC3\xA4 b\"@de\n"
      "<http://example.org/s> <http://example.org/p> \"\xC3\xA4 b\"@fr\n"
      "<http://example.org/s> <http://example.org/p> \"\xC3\xA4 b\"^^<http://example.org/fr>\n"
      "<http://example.org/s> <http://example.org/p> <http://example.org/%C3%A4%20b>\n"
      "<http://example.org/s> <http://example.org/p> <http://example.org/\xC3\xA4%20b>\n");
}
END_TEST

#define ODF "urn:oasis:names:tc:opendocument:xmlns:"
#define CELL(text) "<t:table-cell o:value-type='string'><x:p>" text "</x:p></t:table-cell>"

START_TEST(a_sheet_is_a_source) {
  static const ArchivePart parts[] = {
      {"content.xml", "<o:document-content xmlns:o='" ODF "office:1.0' xmlns:t='" ODF "table:1.0' xmlns:x='" ODF
                      "text:1.0'><t:table t:name='A'><t:table-row>" CELL("no") "</t:table-row></t:table><t:table t:name='B'><t:table-row>" CELL("id")
                          CELL("n") "</t:table-row><t:table-row>" CELL("a") "<t:table-cell "
                                                                            "o:value-type='float' o:value='2'/></t:table-row></t:table></o:document-content>"},
      {NULL, NULL}};
  PropterBuf bytes = {0}, out = {0};
  PropterMapCounts counts;
  const char *path =
      mapping_write("ex:m rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"t.ods\" ] ; rml:referenceFormulation rml:CSV ; "
                    "rml:tableName \"B\" ] ; rml:subjectMap [ rml:template \"http://example.org/{id}\" ] ;\n"
                    " rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference \"n\" ] ] .",
                    "", NULL);
  archive_make(&bytes, parts);
  char *folder = propter_strdup((PropterStr){path, (size_t)(strrchr(path, '/') - path)});
  support_write(support_path(folder, "t.ods"), propter_buf_str(&bytes));
  ck_ok(mapping_run_at(path, false, &out, &counts, err));
  ck_assert_str_eq(out.data, "<http://example.org/a> <http://example.org/n> \"2\"^^<" XSD "integer>\n");
  propter_free(folder);
  propter_buf_clear(&bytes);
  propter_buf_clear(&out);
}
END_TEST

START_TEST(graphs_add_up) {
  mapping_expect("ex:m " SOURCE " rml:subjectMap [ rml:constant ex:s ; rml:graph ex:g ; rml:graphMap [ rml:template \"http://example.org/g{a}\" ] ] ;\n"
                 " rml:predicateObjectMap [ rml:predicate ex:p ; rml:object ex:o ; rml:graph ex:h , rml:defaultGraph ] .",
                 "a\n1\n", NULL,
                 "<http://example.org/s> <http://example.org/p> <http://example.org/o>\n"
                 "<http://example.org/s> <http://example.org/p> <http://example.org/o> <http://example.org/g1>\n"
                 "<http://example.org/s> <http://example.org/p> <http://example.org/o> <http://example.org/g>\n"
                 "<http://example.org/s> <http://example.org/p> <http://example.org/o> <http://example.org/h>\n");
}
END_TEST

START_TEST(missing_values_give_no_term) {
  static const char says[] = " rr:predicateObjectMap [ rr:predicate ex:p ; rr:objectMap [ old:reference \"b\" ] ] .";
  PropterBuf text = {0}, out = {0};
  PropterMapCounts counts;
  propter_buf_printf(&text, "ex:m " OLD " rr:subjectMap [ rr:template \"http://example.org/{a}\" ] ; %s", says);
  ck_ok(mapping_run(text.data, "a,b\n1,\n,2\n", NULL, false, &out, &counts, err));
  ck_assert_ptr_null(out.data);
  ck_assert_uint_eq(counts.rows, 2);
  ck_assert_uint_eq(counts.empty, 1);
  ck_assert_uint_eq(counts.rejects, 0);
  propter_buf_clear(&text);
  /* RML-IO: only what rml:null names is missing, but no number is empty. */
  mapping_expect(
      "ex:m " SOURCE
      " rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference \"a\" ] , [ rml:reference \"a\" ; rml:datatype xsd:integer ] ] .",
      "a,b\n,x\n", NULL, "<http://example.org/s> <http://example.org/p> \"\"\n");
  mapping_expect(
      "ex:m rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"t.csv\" ; rml:null \"\" , \"NULL\" ] ; rml:referenceFormulation rml:CSV ] ;\n"
      " rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference \"a\" ] ] .",
      "a,b\n,x\nNULL,x\nnull,x\n", NULL, "<http://example.org/s> <http://example.org/p> \"null\"\n");
}
END_TEST

START_TEST(bad_values_reject_their_record_only) {
  mapping_expect(
      "ex:m " SOURCE
      " rml:subjectMap [ rml:template \"http://example.org/{id}\" ] ; rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference \"n\" ; rml:datatype xsd:decimal ] ] .\n"
      "ex:w " SOURCE " rml:subjectMap [ rml:reference \"url\" ] ; rml:predicateObjectMap [ rml:predicate ex:id ; rml:objectMap [ rml:reference \"id\" ] ] .",
      "id,n,url\n1,2.5,http://a.org/x\n2,abc,http://a.org/y\n3,4,not an iri\n4\n", NULL,
      "<http://a.org/x> <http://example.org/id> \"1\"\n"
      "<http://a.org/y> <http://example.org/id> \"2\"\n"
      "<http://example.org/1> <http://example.org/n> \"2.5\"^^<" XSD "decimal>\n"
      "<http://example.org/3> <http://example.org/n> \"4\"^^<" XSD "decimal>\n"
      "reject 3:n:datatype\n"
      "reject 4:url:iri\n"
      "reject 5::columns\n");
}
END_TEST

START_TEST(joins) {
  static const char mapping[] =
      "ex:m " SOURCE " rml:subjectMap [ rml:template \"http://example.org/s{id}\" ] ;\n"
      " rml:predicateObjectMap [ rml:predicate ex:plays ; rml:objectMap [ rml:parentTriplesMap ex:n ; rml:joinCondition [ rml:child \"sport\" ; rml:parent \"code\" ] , [ rml:child \"land\" ; rml:parent \"land\" ] ] ] .\n"
      "ex:n rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"u.csv\" ] ; rml:referenceFormulation rml:CSV ] ;\n rml:subjectMap [ rml:template \"http://example.org/p{nr}\" ] .";
  mapping_expect(mapping, "id,sport,land\n1,t,de\n2,t,fr\n3,x,de\n4,,\n", "nr,code,land\n7,t,de\n8,t,de\n9,t,fr\n10,,\n",
                 "<http://example.org/s1> <http://example.org/plays> <http://example.org/p7>\n"
                 "<http://example.org/s1> <http://example.org/plays> <http://example.org/p8>\n"
                 "<http://example.org/s2> <http://example.org/plays> <http://example.org/p9>\n"
                 "<http://example.org/s4> <http://example.org/plays> <http://example.org/p10>\n");
  /* The same source: the row names the parent itself. */
  mapping_expect(
      "ex:m " SOURCE
      " rml:subjectMap [ rml:template \"http://example.org/s{id}\" ] ; rml:predicateObjectMap [ rml:predicate ex:in ; rml:objectMap [ rml:parentTriplesMap ex:n ] ] ;\n"
      " rml:predicateObjectMap [ rml:predicate ex:of ; rml:objectMap [ rml:parentTriplesMap ex:n ; rml:joinCondition [ rml:child \"land\" ; rml:parent \"land\" ] ] ] .\n"
      "ex:n " SOURCE " rml:subjectMap [ rml:template \"http://example.org/{land}\" ] .",
      "id,land\n1,de\n2,fr\n", NULL,
      "<http://example.org/s1> <http://example.org/in> <http://example.org/de>\n<http://example.org/s1> <http://example.org/of> <http://example.org/de>\n"
      "<http://example.org/s2> <http://example.org/in> <http://example.org/fr>\n<http://example.org/s2> <http://example.org/of> <http://example.org/fr>\n");
  /* The other way round: what the child says needs the join column only. */
  static const char points[] =
      "ex:m " SOURCE
      " rml:subjectMap [ rml:template \"http://example.org/{land}\" ] ; rml:predicateObjectMap [ rml:predicate ex:has ; rml:objectMap [ rml:parentTriplesMap ex:n ;\n"
      " rml:joinCondition [ rml:child \"land\" ; rml:parent \"land\" ] ] ] .\nex:n " SOURCE " rml:subjectMap [ rml:template \"http://example.org/s{id}\" ] .";
  static const char wanted[] =
      "<http://example.org/de> <http://example.org/has> <http://example.org/s1>\n<http://example.org/de> <http://example.org/has> <http://example.org/s3>\n"
      "<http://example.org/fr> <http://example.org/has> <http://example.org/s2>\n";
  mapping_expect(points, "id,land\n1,de\n2,fr\n3,de\n", NULL, wanted);
  PropterBuf big = {0}, out = {0};
  PropterMapCounts counts;
  propter_buf_add(&big, PROPTER_STR("id,land\n"));
  for (int i = 0; i < 30000; i++) propter_buf_printf(&big, "%d,de\n", i);
  ck_ok(mapping_run(points, big.data, NULL, false, &out, &counts, err)); /* 900 million pairs otherwise */
  propter_buf_clear(&big), propter_buf_clear(&out);
}
END_TEST

START_TEST(observations_say_where_they_come_from) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(mapping_run(
      "ex:v a qb:MeasureProperty . ex:m " SOURCE " rml:subjectMap [ rml:template \"http://example.org/{month}\" ; rml:class qb:Observation ] ;\n"
      " rml:predicateObjectMap [ rml:predicate ex:t ; rml:objectMap [ rml:reference \"month\" ] ] , [ rml:predicate ex:v ; rml:objectMap [ rml:reference \"value\" ] ] , [ rml:predicate ex:note ; rml:objectMap [ rml:reference \"note\" ] ] .",
      "month,value,note\n2011-07,1,\"two\nlines\"\n2011-08,2,b\n", NULL, true, &out, &counts, err));
  ck_assert_ptr_nonnull(strstr(out.data, "<http://example.org/2011-07> <https://w3id.org/propter#sourceRow> \"2\"^^"));
  ck_assert_ptr_nonnull(strstr(out.data, "<http://example.org/2011-08> <https://w3id.org/propter#sourceRow> \"4\"^^"));
  ck_assert_ptr_nonnull(strstr(out.data, "<http://example.org/2011-08> <https://w3id.org/propter#sourceColumn> \"value\"\n"));
  ck_assert_ptr_nonnull(strstr(out.data, "/t.csv\"\n"));
  ck_assert_ptr_null(strstr(out.data, "sourceColumn> \"note\""));
  ck_assert_ptr_null(strstr(out.data, "sourceColumn> \"month\""));
  propter_buf_clear(&out);
}
END_TEST

#define SUBJECT "rml:subjectMap [ rml:template \"http://example.org/{a}\" ] ;\n"

START_TEST(mistakes_name_their_line) {
  static const struct {
    const char *turtle;
    PropterStatus status;
    uint64_t line;
    const char *words;
  } bad[] = {
      {"ex:m " SOURCE " rml:predicateObjectMap [ rml:predicate ex:p ; rml:object ex:o ] .", PROPTER_INVALID, 0, "has no subject map"},
      {"ex:m " SOURCE SUBJECT " rml:subjectMap [ rml:constant ex:s ] .", PROPTER_INVALID, 0, "expected one subject map, found several"},
      {"ex:m " SOURCE " rml:subjectMap [ rml:template \"http://example.org/{a\" ] .", PROPTER_INVALID, 2, "expected '}'"},
      {"ex:m " SOURCE " rml:subjectMap [ rml:template \"http://example.org/a}\" ] .", PROPTER_INVALID, 2, "has no '{'"},
      {"ex:m " SOURCE " rml:subjectMap [ rml:template \"http://example.org/{{a}}\" ] .", PROPTER_INVALID, 2, "found another '{'"},
      {"ex:m " SOURCE " rml:subjectMap [ rml:template \"http://example.org/{}\" ] .", PROPTER_INVALID, 2, "a column name between the braces"},
      {"ex:m " SOURCE SUBJECT " rml:predicateObjectMap [ rml:predicate ex:p ;\n rml:objectMap [ rml:reference \"nope\" ] ] .", PROPTER_NOT_FOUND, 4,
       "no column \"nope\""},
      {"ex:m " SOURCE SUBJECT " rml:predicateObjectMap [ rml:object ex:o ] .", PROPTER_INVALID, 3, "has no predicate"},
      {"ex:m " SOURCE SUBJECT " rml:predicateObjectMap [ rml:predicate ex:p ] .", PROPTER_INVALID, 3, "has no object"},
      {"ex:m " SOURCE SUBJECT " rml:predicateObjectMap [ rml:predicate \"p\" ; rml:object ex:o ] .", PROPTER_INVALID, 3, "a predicate cannot be a literal"},
      {"ex:m " SOURCE SUBJECT " rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference \"a\" ; rml:language \"english\" ] ] .",
       PROPTER_INVALID, 3, "expected a language tag"},
      {"ex:m " SOURCE SUBJECT
       " rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference \"a\" ; rml:language \"en\" ; rml:datatype xsd:date ] ] .",
       PROPTER_INVALID, 3, "not both"},
      {"ex:m " SOURCE SUBJECT " rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference \"a\" ; rml:template \"x{a}\" ] ] .",
       PROPTER_INVALID, 3, "found several"},
      {"ex:m " SOURCE SUBJECT " rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:parentTriplesMap ex:zz ] ] .", PROPTER_INVALID, 3,
       "no triples map http://example.org/zz"},
      {"ex:m " SOURCE " rml:subjectMap [ rml:reference \"a\" ; rml:termType rml:Literal ] .", PROPTER_INVALID, 2, "a subject cannot be a literal"},
      {"ex:m " SOURCE " rml:subjectMap [ rml:reference \"a\" ; rml:termType ex:Odd ] .", PROPTER_INVALID, 2, "as term type"},
      {"ex:m " SOURCE " rml:subjectMap [ rml:class ex:C ] .", PROPTER_INVALID, 2, "found none"},
      {"ex:m " SUBJECT " a rml:TriplesMap .", PROPTER_INVALID, 0, "expected a logical source"},
      {"ex:m rml:logicalSource [ rml:source \"t.csv\" ; rml:referenceFormulation rml:PDF ] ; " SUBJECT " a rml:TriplesMap .", PROPTER_INVALID, 1,
       "expected rml:CSV, rml:JSONPath or rml:XPath as reference formulation"},
      {"ex:m rml:logicalSource [ rml:source \"none.csv\" ; rml:referenceFormulation rml:CSV ] ; " SUBJECT " a rml:TriplesMap .", PROPTER_NOT_FOUND, 1,
       "none.csv: cannot open"},
      {"ex:x ex:y ex:z .", PROPTER_INVALID, 0, "found neither"},
  };
  mapping_refuse(bad[_i].turtle, "a,b\n1,2\n", bad[_i].status, bad[_i].line, bad[_i].words);
}
END_TEST
enum { MISTAKES = 21 };

static PropterStatus run_case(void *payload, PropterError *err) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  PropterStatus status = mapping_run_at(payload, true, &out, &counts, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(every_failure_is_reported) {
  const char *path = mapping_write(
      "ex:m " OLD " rr:subjectMap [ rr:template \"http://example.org/{id}\" ; rr:class qb:Observation ] ;\n"
      " rr:predicateObjectMap [ rr:predicate ex:plays ; rr:objectMap [ rr:parentTriplesMap ex:n ; rr:joinCondition [ rr:child \"sport\" ; rr:parent \"code\" ] ] ] .\n"
      "ex:n old:logicalSource [ old:source \"u.csv\" ; old:referenceFormulation ql:CSV ] ; rr:subjectMap [ rr:template \"{nr}\" ; rr:termType rr:BlankNode ] .",
      "id,sport\n1,t\n2\n", "nr,code\n7,t\n");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, run_case, (char *)(uintptr_t)path, true), 50);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, run_case, (char *)(uintptr_t)path, true), 5);
}
END_TEST

/* The address names the graph and stands in records: the password of a database does not. */
START_TEST(a_password_leaves_the_address) {
  PropterMapping *m = NULL;
  const char *path = support_path(support_folder(), "m.ttl");
  support_write(
      path,
      PROPTER_STR(
          "@prefix rml: <http://w3id.org/rml/> . @prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> . @prefix ex: <http://example.org/> .\n"
          "ex:db d2rq:jdbcDSN \"postgresql://u:a%3Ab@localhost/shop\" .\n"
          "ex:m rml:logicalSource [ rml:source ex:db ; rml:referenceFormulation rml:SQL2008Table ; rml:iterator \"t\" ] ;\n"
          "  rml:subjectMap [ rml:template \"http://example.org/{id}\" ; rml:class ex:C ] ."));
  ck_ok(propter_mapping_read(&path, 1, NULL, &m, err));
  const PropterMapSource *source = propter_mapping_source(m, 0);
  ck_assert_ptr_nonnull(source);
  ck_assert(propter_str_equal(source->path, PROPTER_STR("postgresql://u@localhost/shop")));
  ck_assert(propter_str_equal(source->graph, source->path));
  propter_mapping_free(m);
}
END_TEST

Suite *suite_rml(void) {
  Suite *s = suite_create("rml");
  TCase *tc = tcase_create("rml");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, both_vocabularies_say_the_same);
  tcase_add_test(tc, term_types_datatypes_and_languages);
  tcase_add_test(tc, a_sheet_is_a_source);
  tcase_add_test(tc, graphs_add_up);
  tcase_add_test(tc, missing_values_give_no_term);
  tcase_add_test(tc, bad_values_reject_their_record_only);
  tcase_add_test(tc, joins);
  tcase_add_test(tc, observations_say_where_they_come_from);
  tcase_add_loop_test(tc, mistakes_name_their_line, 0, MISTAKES);
  tcase_add_test(tc, every_failure_is_reported);
  tcase_add_test(tc, a_password_leaves_the_address);
  suite_add_tcase(s, tc);
  return s;
}

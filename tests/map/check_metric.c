/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "mapping.h"

Suite *suite_metric(void);

#define METRIC "ex:refunds a propter:Metric ; skos:prefLabel \"refunds\"@en ; propter:sourceFile \"t.csv\" ;\n"
#define WHOLE                                                                                                                                                  \
  METRIC " propter:timeColumn \"day\" ; propter:sourceColumn \"refunds\" ; propter:grain \"P1D\"^^xsd:duration ; propter:aggregation propter:Sum ;\n"
#define OBS "<http://example.org/refunds/observation/"
#define XSD "http://www.w3.org/2001/XMLSchema#"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

START_TEST(a_metric_definition_makes_observations) {
  mapping_expect(WHOLE " propter:sliceColumn \"region\" .", "day,region,refunds\n2011-08-01,north east,12\n2011-08-02,north east,\n", NULL,
                 OBS "2011-08-01/north%20east> <http://example.org/refunds/dimension/region> \"north east\"\n" OBS
                     "2011-08-01/north%20east> <http://example.org/refunds/value> \"12\"^^<" XSD "decimal>\n" OBS
                     "2011-08-01/north%20east> <http://purl.org/linked-data/cube#dataSet> <http://example.org/refunds/data>\n" OBS
                     "2011-08-01/north%20east> <http://purl.org/linked-data/sdmx/2009/dimension#refPeriod> \"2011-08-01\"^^<" XSD "date>\n" OBS
                     "2011-08-01/north%20east> <" RDF "type> <http://purl.org/linked-data/cube#Observation>\n");
}
END_TEST

START_TEST(names_that_are_given_are_used) {
  mapping_expect(WHOLE " propter:dataset ex:d ; propter:measure ex:m ; propter:timeDimension ex:t .", "day,refunds\n2011-Q3,1\n", NULL,
                 OBS "2011-07-01> <http://example.org/m> \"1\"^^<" XSD "decimal>\n" OBS "2011-07-01> <http://example.org/t> \"2011-07-01\"^^<" XSD "date>\n" OBS
                     "2011-07-01> <http://purl.org/linked-data/cube#dataSet> <http://example.org/d>\n" OBS "2011-07-01> <" RDF
                     "type> <http://purl.org/linked-data/cube#Observation>\n");
}
END_TEST

START_TEST(bad_and_double_rows_are_rejected) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(mapping_run(WHOLE " propter:keyColumn \"order\" .",
                    "day,order,refunds\n2011-08-01,1,5\n2011-08-01,2,5\n2011-08-01,2,7\n1 Aug,3,5\n2011-08-02,4,\"1,200\"\n", NULL, false, &out, &counts, err));
  ck_assert_uint_eq(counts.rejects, 3);
  ck_assert_ptr_nonnull(strstr(out.data, OBS "2011-08-01/1>"));
  ck_assert_ptr_nonnull(strstr(out.data, OBS "2011-08-01/2> <http://example.org/refunds/value> \"5\""));
  ck_assert_ptr_null(strstr(out.data, "\"7\""));
  ck_assert_ptr_nonnull(strstr(out.data, "reject 4::duplicate\n"));
  ck_assert_ptr_nonnull(strstr(out.data, "reject 5:day:time\n"));
  ck_assert_ptr_nonnull(strstr(out.data, "reject 6:refunds:datatype\n"));
  propter_buf_clear(&out);
}
END_TEST

START_TEST(exponents_are_amounts) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(mapping_run(WHOLE " .", "day,refunds\n2011-08-01,1.25e2\n2011-08-02,-4E-1\n2011-08-03,1e99\n", NULL, false, &out, &counts, err));
  ck_assert_uint_eq(counts.rejects, 1);
  ck_assert_ptr_nonnull(strstr(out.data, OBS "2011-08-01> <http://example.org/refunds/value> \"125\"^^"));
  ck_assert_ptr_nonnull(strstr(out.data, OBS "2011-08-02> <http://example.org/refunds/value> \"-0.4\"^^"));
  ck_assert_ptr_nonnull(strstr(out.data, "reject 4:refunds:datatype\n"));
  propter_buf_clear(&out);
}
END_TEST

START_TEST(days_and_numbers_in_the_form_the_definition_names) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(mapping_run(
      WHOLE " propter:delimiter \";\" ; propter:dateFormat \"d.M.yyyy\" ; propter:decimalChar \",\" ; propter:groupChar \".\" .",
      "day;refunds\n1.8.2011;1.234,5 €\n02.08.2011 10:30;-7\n2011-08-03;5\n4.8.2011;1.23\n5.8.2011;(2,50)\n6.8.2011;\n7.8.2011;1234567\n31.6.2011;1\n", NULL,
      false, &out, &counts, err));
  ck_assert_uint_eq(counts.rejects, 3);
  ck_assert_ptr_nonnull(strstr(out.data, OBS "2011-08-01> <http://example.org/refunds/value> \"1234.5\"^^"));
  ck_assert_ptr_nonnull(strstr(out.data, OBS "2011-08-02> <http://example.org/refunds/value> \"-7\"^^"));
  ck_assert_ptr_nonnull(strstr(out.data, OBS "2011-08-05> <http://example.org/refunds/value> \"-2.50\"^^"));
  ck_assert_ptr_null(strstr(out.data, OBS "2011-08-06> <http://example.org/refunds/value>"));
  ck_assert_ptr_nonnull(strstr(out.data, OBS "2011-08-07> <http://example.org/refunds/value> \"1234567\"^^"));
  ck_assert_ptr_nonnull(strstr(out.data, "reject 4:day:time\n"));
  ck_assert_ptr_nonnull(strstr(out.data, "reject 5:refunds:number\n"));
  ck_assert_ptr_nonnull(strstr(out.data, "reject 9:day:time\n"));
  propter_buf_clear(&out);
}
END_TEST

START_TEST(places_name_file_line_and_column) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(mapping_run(WHOLE " propter:sliceColumn \"region\" .", "day,region,refunds\n2011-08-01,n,12\n", NULL, true, &out, &counts, err));
  ck_assert_ptr_nonnull(strstr(out.data, "sourceColumn> \"refunds\"\n"));
  ck_assert_ptr_null(strstr(out.data, "sourceColumn> \"region\""));
  ck_assert_ptr_nonnull(strstr(out.data, "sourceRow> \"2\"^^"));
  propter_buf_clear(&out);
}
END_TEST

static PropterStatus on_definition(const PropterTerm q[4], void *payload, PropterError *err) {
  PropterBuf *out = payload;
  for (int i = 0; i < 3; i++) propter_term_write(&q[i], out), propter_buf_add_char(out, i < 2 ? ' ' : '\n');
  return propter_buf_status(out, err);
}

START_TEST(definitions_are_completed) {
  const char *path =
      mapping_write(WHOLE " propter:sliceColumn \"region\" ; propter:goodDirection propter:Down .\nex:note ex:about ex:refunds , [ ex:a ex:b ] .",
                    "day,region,refunds\n", NULL);
  PropterMapping *mapping = NULL;
  PropterBuf out = {0};
  ck_ok(propter_mapping_read(&path, 1, NULL, &mapping, err));
  ck_ok(propter_mapping_definitions(mapping, on_definition, &out, err));
  static const char *const wanted[] = {"<http://example.org/refunds> <https://w3id.org/propter#goodDirection> <https://w3id.org/propter#Down>\n",
                                       "<http://example.org/refunds> <https://w3id.org/propter#dataset> <http://example.org/refunds/data>\n",
                                       "<http://example.org/refunds> <https://w3id.org/propter#measure> <http://example.org/refunds/value>\n",
                                       "<http://example.org/refunds> <https://w3id.org/propter#sliceBy> <http://example.org/refunds/dimension/region>\n",
                                       "<http://example.org/refunds/data> <" RDF "type> <http://purl.org/linked-data/cube#DataSet>\n",
                                       "<http://example.org/refunds/value> <" RDF "type> <http://purl.org/linked-data/cube#MeasureProperty>\n",
                                       "<http://example.org/note> <http://example.org/about> _:m"};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) ck_assert_msg(strstr(out.data, wanted[i]) != NULL, "no %s in %s", wanted[i], out.data);
  propter_buf_clear(&out);
  propter_mapping_free(mapping);
}
END_TEST

/* A table that is joined is read once for all, its dimension rolls up from the column that it is joined by. */
START_TEST(a_joined_table_gives_dimensions) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(mapping_run(
      WHOLE
      " propter:sliceColumn \"region\" ; propter:nonAdditiveColumn \"place.land\" ; propter:join [ skos:notation \"place\" ; propter:sourceFile \"u.csv\" ;\n"
      " propter:sliceColumn \"land\" ; rml:joinCondition [ rml:child \"region\" ; rml:parent \"code\" ] ] .",
      "day,region,refunds\n2011-08-01,n,12\n2011-08-02,s,5\n2011-08-02,x,5\n", "code,land\nn,Nord\ns,\xC3\x9C land\n", false, &out, &counts, err));
  ck_assert_uint_eq(counts.rejects, 1);
  ck_assert_ptr_nonnull(strstr(out.data, OBS "2011-08-01/n/Nord> <http://example.org/refunds/dimension/place.land> \"Nord\"\n"));
  ck_assert_ptr_nonnull(strstr(out.data, "reject 4::join\n"));
  propter_buf_clear(&out);
}
END_TEST

/* Each joined file is written in its own way. */
START_TEST(a_joined_table_has_its_own_dialect) {
  PropterBuf out = {0};
  PropterMapCounts counts;
  ck_ok(mapping_run(
      WHOLE
      " propter:sliceColumn \"region\" ; propter:join [ skos:notation \"place\" ; propter:sourceFile \"u.csv\" ; propter:sliceColumn \"land\" ;\n"
      " propter:delimiter \";\" ; propter:encoding \"windows-1252\" ; propter:headerLine 2 ; rml:joinCondition [ rml:child \"region\" ; rml:parent \"code\" ] ] .",
      "day,region,refunds\n2011-08-01,n,12\n", "Liste\ncode;land\nn;\xDC land\n", false, &out, &counts, err));
  ck_assert_uint_eq(counts.rejects, 0);
  ck_assert_ptr_nonnull(strstr(out.data, "/dimension/place.land> \"\xC3\x9C land\"\n"));
  propter_buf_clear(&out);
}
END_TEST

START_TEST(mistakes_name_their_line) {
  mapping_refuse(WHOLE " propter:dateFormat \"d.yyyy\" .", "day,refunds\n", PROPTER_INVALID, 3, "with a month and a year");
  mapping_refuse(WHOLE " propter:delimiter \";;\" .", "day,refunds\n", PROPTER_INVALID, 3, "one ASCII character");
  mapping_refuse(WHOLE " propter:groupChar \",\" .", "day,refunds\n", PROPTER_INVALID, 3, "expected a propter:decimalChar");
  mapping_refuse(METRIC " propter:sourceColumn \"refunds\" .", "day,refunds\n", PROPTER_INVALID, 1, "has no propter:timeColumn");
  mapping_refuse(METRIC " propter:timeColumn \"day\" .", "day,refunds\n", PROPTER_INVALID, 1, "has no propter:sourceColumn");
  mapping_refuse(METRIC " propter:timeColumn \"day\" ; propter:sourceColumn \"refunds\" .", "day,refunds\n", PROPTER_INVALID, 1, "has no propter:grain");
  mapping_refuse(METRIC " propter:timeColumn \"day\" ; propter:sourceColumn \"refunds\" ; propter:grain \"daily\" .", "day,refunds\n", PROPTER_INVALID, 2,
                 "expected P1D");
  mapping_refuse(WHOLE " propter:nonAdditiveColumn \"day\" .", "day,refunds\n2011-08-01,1\n", PROPTER_INVALID, 3, "expected one of its slices");
  mapping_refuse(WHOLE " propter:completenessDelay \"2\" .", "day,refunds\n2011-08-01,1\n", PROPTER_INVALID, 3, "expected days such as");
  mapping_refuse(WHOLE " propter:mutabilityWindow \"P1M\" .", "day,refunds\n2011-08-01,1\n", PROPTER_INVALID, 3, "found \"P1M\"");
  mapping_refuse(WHOLE " propter:join [ skos:notation \"u\" ; propter:sourceFile \"u.csv\" ; propter:delimiter \";;\" ] .", "day,refunds\n2011-08-01,1\n",
                 PROPTER_INVALID, 3, "one ASCII character");
  mapping_refuse(WHOLE " propter:join [ propter:sourceFile \"u.csv\" ] .", "day,refunds\n2011-08-01,1\n", PROPTER_INVALID, 3, "has no skos:notation");
  mapping_refuse(WHOLE " propter:join [ skos:notation \"u\" ; propter:sourceFile \"u.csv\" ] .", "day,refunds\n2011-08-01,1\n", PROPTER_INVALID, 3,
                 "has no rml:joinCondition");
  mapping_refuse(WHOLE " propter:join ex:j . ex:j skos:notation \"u\" ; propter:join ex:j ; rml:joinCondition [ rml:child \"a\" ; rml:parent \"b\" ] .",
                 "day,refunds\n2011-08-01,1\n", PROPTER_INVALID, 3, "one is inside itself");
  mapping_refuse(WHOLE " propter:sliceColumn \"nope\" .", "day,refunds\n", PROPTER_NOT_FOUND, 3, "no column \"nope\"");
  mapping_refuse(
      "ex:m a propter:Metric ; propter:sourceFile \"t.csv\" ; propter:timeColumn \"day\" ; propter:sourceColumn \"refunds\" ; propter:grain \"P1D\" .",
      "day,refunds\n", PROPTER_INVALID, 1, "has no skos:prefLabel");
}
END_TEST

Suite *suite_metric(void) {
  Suite *s = suite_create("metric");
  TCase *tc = tcase_create("metric");
  tcase_add_test(tc, a_metric_definition_makes_observations);
  tcase_add_test(tc, names_that_are_given_are_used);
  tcase_add_test(tc, bad_and_double_rows_are_rejected);
  tcase_add_test(tc, exponents_are_amounts);
  tcase_add_test(tc, days_and_numbers_in_the_form_the_definition_names);
  tcase_add_test(tc, places_name_file_line_and_column);
  tcase_add_test(tc, definitions_are_completed);
  tcase_add_test(tc, a_joined_table_gives_dimensions);
  tcase_add_test(tc, a_joined_table_has_its_own_dialect);
  tcase_add_test(tc, mistakes_name_their_line);
  suite_add_tcase(s, tc);
  return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of a graph as a semantic model of Apache Ossie, and back. */
#include "propter/ossie.h"

#include <string.h>

#include "graphs.h"
#include "support.h"

Suite *suite_ossie(void);

static const char definitions[] =
    "@prefix p: <https://w3id.org/propter#> . @prefix k: <http://www.w3.org/2004/02/skos/core#> . @prefix : <http://example.org/> .\n"
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    ":sales a p:Metric ; k:prefLabel \"Sales\" ; k:altLabel \"turnover \\\"net\\\"\" ; rdfs:comment \"What shops sell.\" ; p:sourceFile \"shop.csv\" ;\n"
    " p:timeColumn \"day\" ; p:sourceColumn \"sales\" ; p:sliceColumn \"region\" ; p:grain \"P1M\"^^xsd:duration ; p:aggregation p:Mean ; p:unit \"EUR\" ;\n"
    " p:goodDirection p:Up ; p:owner \"sales desk\" ; p:nonAdditiveColumn \"region\" ; p:completenessDelay \"P2D\"^^xsd:duration ;\n"
    " p:mutabilityWindow \"P7D\"^^xsd:duration .\n"
    ":visits a p:Metric ; k:prefLabel \"Visits\" ; p:sourceFile \"shop.csv\" ; p:timeColumn \"day\" ; p:keyColumn \"region\" ;\n"
    " p:grain \"P1D\"^^xsd:duration ; p:aggregation p:Count .\n"
    ":share a p:Metric ; k:prefLabel \"Share\" ; p:numerator :sales ; p:denominator :visits .\n"
    ":north a p:Metric ; k:prefLabel \"North\" ; p:sourceFile \"shop.csv\" ; p:timeColumn \"day\" ; p:sourceColumn \"sales\" ; p:sliceColumn \"region\" ;\n"
    " p:grain \"P1D\"^^xsd:duration ; p:aggregation p:Sum ; p:fixed [ p:dimension <http://example.org/north/dimension/region> ; p:member \"north\" ] .\n";

static PropterGraph *graph_of(const char *name, const char *text) {
  const char *folder = support_folder(), *mapping = support_path(folder, name);
  PropterIngestResult result = {0};
  PropterGraph *graph = new_graph();
  support_write(mapping, propter_str(text));
  support_write(support_path(folder, "shop.csv"), PROPTER_STR("day,region,sales\n2024-01-01,north,3\n2024-01-01,south,4\n"));
  ck_ok(ingest(graph, mapping, NULL, &result, err));
  propter_ingest_result_clear(&result);
  return graph;
}

static void count_left(PropterStr metric, const char *reason, void *payload) {
  ck_assert_msg(strcmp(metric.data, "http://example.org/north") == 0 && strstr(reason, "propter:fixed"), "%s: %s", metric.data, reason);
  ++*(size_t *)payload;
}

static PropterStatus write_model(PropterGraph *graph, PropterBuf *out, size_t *written, size_t *left, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  *left = 0;
  PROPTER_TRY(propter_snapshot_open(graph, 0, &snapshot, err));
  PropterStatus status = propter_ossie_write(snapshot, out, written, count_left, left, err);
  propter_snapshot_close(snapshot);
  return status;
}

START_TEST(a_model_is_read_back_as_it_was_written) {
  PropterBuf first = {0}, second = {0};
  size_t written, left;
  PropterGraph *graph = graph_of("m.ttl", definitions);
  ck_ok(write_model(graph, &first, &written, &left, err));
  ck_assert_uint_eq(written, 3);
  ck_assert_uint_eq(left, 1);
  propter_graph_close(graph);
  static const char *const wanted[] = {
      "expression: \"AVG(shop.sales)\"\n", "expression: \"COUNT(shop_2.region)\"\n", "expression: \"AVG(shop.sales) / COUNT(shop_2.region)\"\n",
      "- \"turnover \\\"net\\\"\"\n",      "description: \"What shops sell.\"\n",    "\\\"good_direction\\\": \\\"up\\\"", "\\\"owner\\\": \\\"sales desk\\\"",
      "\\\"completeness_delay\\\": \\\"P2D\\\", \\\"mutability_window\\\": \\\"P7D\\\", \\\"non_additive_dimensions\\\": [\\\"region\\\"]"};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) ck_assert_msg(strstr(first.data, wanted[i]) != NULL, "no %s", wanted[i]);
  graph = graph_of("m.yaml", first.data);
  ck_ok(write_model(graph, &second, &written, &left, err));
  ck_assert_uint_eq(written, 5); /* numerator and denominator are metrics of their own */
  ck_assert_uint_eq(left, 0);
  const char *metrics = strstr(first.data, "      - name: sales\n");
  ck_assert_ptr_nonnull(metrics);
  ck_assert_ptr_nonnull(strstr(second.data, "expression: \"AVG(shop.sales) / COUNT(shop_2.region)\"\n"));
  ck_assert_ptr_nonnull(strstr(second.data, "\\\"label\\\": \\\"Sales\\\", \\\"grain\\\": \\\"P1M\\\", \\\"unit\\\": \\\"EUR\\\""));
  propter_graph_close(graph);
  propter_buf_clear(&first);
  propter_buf_clear(&second);
}
END_TEST

static PropterStatus write_once(void *payload, PropterError *err) {
  PropterBuf out = {0};
  size_t written, left;
  PropterStatus status = write_model(payload, &out, &written, &left, err);
  propter_buf_clear(&out);
  return status;
}

START_TEST(every_allocation_may_fail) {
  PropterGraph *graph = graph_of("m.ttl", definitions);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, write_once, graph, true), 30);
  propter_graph_close(graph);
}
END_TEST

Suite *suite_ossie(void) {
  Suite *s = suite_create("ossie");
  TCase *t = tcase_create("ossie");
  tcase_add_test(t, a_model_is_read_back_as_it_was_written);
  tcase_add_test(t, every_allocation_may_fail);
  suite_add_tcase(s, t);
  return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "propter/ingest.h"
#include "propter/io.h"
#include "propter/run.h"
#include "propter/vocab.h"
#include "graphs.h"
#include "support.h"

Suite *suite_ingest(void);

static const char *pack(const char *file) {
  const char *source = getenv("srcdir");
  return support_path(source ? source : ".", file);
}

static uint64_t count_type(PropterGraph *graph, PropterVocab class) {
  PropterSnapshot *snapshot = NULL;
  PropterQuad q = {0};
  uint64_t count = 0;
  PropterTerm p = propter_iri(propter_vocab_iri(VOCAB_rdf_type)), o = propter_iri(propter_vocab_iri(class));
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_snapshot_find(snapshot, &p, &q.p, err));
  ck_ok(propter_snapshot_find(snapshot, &o, &q.o, err));
  if (q.p && q.o) ck_ok(propter_snapshot_count(snapshot, PROPTER_POSG, q, 2, &count, err));
  propter_snapshot_close(snapshot);
  return count;
}

START_TEST(the_pack_becomes_a_cube) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf out = {0};
  ck_ok(ingest(graph, pack("ontology/packs/us-employment/mapping.ttl"), NULL, &result, err));
  ck_assert_uint_eq(result.rows.rows, 120);
  ck_assert_uint_eq(result.rows.rejects, 0);
  ck_assert_uint_eq(count_type(graph, VOCAB_qb_Observation), 2760);
  dump(graph, &out);
#define OBS "\n<https://w3id.org/propter/pack/us-employment#obs-2011-08-01-information> "
#define IN " <https://w3id.org/propter/pack/us-employment/mapping#source>\n"
  ck_assert_ptr_nonnull(strstr(out.data, OBS "<https://w3id.org/propter#sourceRow> \"69\"^^<http://www.w3.org/2001/XMLSchema#integer>" IN));
  ck_assert_ptr_nonnull(strstr(out.data, OBS "<https://w3id.org/propter#sourceColumn> \"information\"" IN));
  ck_assert_ptr_nonnull(
      strstr(out.data, OBS "<https://w3id.org/propter/pack/us-employment#employees> \"2634\"^^<http://www.w3.org/2001/XMLSchema#decimal>" IN));
  propter_buf_clear(&out);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}
END_TEST

#define PREFIXES                                                                                                                                               \
  "@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix qb: <http://purl.org/linked-data/cube#> .\n"
#define MAPPING PREFIXES "ex:m rml:logicalSource ex:source ; rml:subjectMap [ rml:template \"http://example.org/o/{id}\" ; rml:class qb:Observation ] ;\n" \
  "  rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference \"n\" ; rml:datatype xsd:integer ] ] .\n" \
  "ex:source rml:source [ rml:root rml:MappingDirectory ; rml:path \"t.csv\" ] ; rml:referenceFormulation rml:CSV .\n"

typedef struct {
  const char *folder, *mapping, *csv;
} Place;

static Place place_of(const char *turtle, const char *csv) {
  Place p = {.folder = support_folder()};
  p.mapping = support_path(p.folder, "m.ttl");
  p.csv = support_path(p.folder, "t.csv");
  support_write(p.mapping, propter_str(turtle));
  support_write(p.csv, propter_str(csv));
  return p;
}

START_TEST(twice_changes_nothing_and_a_correction_replaces) {
  PropterGraph *graph = new_graph();
  PropterIngestResult first = {0}, second = {0}, third = {0}, fourth = {0};
  PropterBuf one = {0}, two = {0};
  Place p = place_of(MAPPING, "id,n\n1,10\n2,20\n");
  ck_ok(ingest(graph, p.mapping, NULL, &first, err));
  ck_assert_uint_eq(first.added, 10);
  dump(graph, &one);
  ck_ok(ingest(graph, p.mapping, NULL, &second, err));
  ck_assert(second.unchanged);
  ck_assert_str_eq(second.run.data, first.run.data);
  ck_ok(ingest(graph, p.mapping, &(PropterIngestOptions){.force = true}, &second, err));
  ck_assert(!second.unchanged);
  ck_assert_uint_eq(second.added + second.removed, 0);
  dump(graph, &two);
  ck_assert_str_eq(one.data, two.data);
  support_write(p.csv, PROPTER_STR("id,n\n2,21\n3,30\n"));
  ck_ok(ingest(graph, p.mapping, NULL, &third, err));
  ck_assert_uint_eq(count_type(graph, VOCAB_qb_Observation), 2);
  dump(graph, &two);
  ck_assert_ptr_null(strstr(two.data, "/o/1>"));
  ck_assert_ptr_null(strstr(two.data, "\"20\""));
  support_write(p.csv, PROPTER_STR("id,n\n1,10\n2,20\n"));
  ck_ok(ingest(graph, p.mapping, NULL, &fourth, err));
  ck_assert(!fourth.unchanged);
  dump(graph, &two);
  ck_assert_str_eq(one.data, two.data);
  propter_buf_clear(&one), propter_buf_clear(&two);
  propter_ingest_result_clear(&first), propter_ingest_result_clear(&second), propter_ingest_result_clear(&third), propter_ingest_result_clear(&fourth);
  propter_graph_close(graph);
}
END_TEST

START_TEST(named_graphs_of_a_mapping_are_replaced_too) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf out = {0};
  Place p = place_of(
      PREFIXES "ex:m rml:logicalSource [ rml:source [ rml:root rml:MappingDirectory ; rml:path \"t.csv\" ] ; rml:referenceFormulation rml:CSV ] ;\n"
               " rml:subjectMap [ rml:template \"http://example.org/{id}\" ; rml:graphMap [ rml:template \"http://example.org/g/{g}\" ] ; rml:class ex:C ] .",
      "id,g\n1,a\n2,b\n");
  ck_ok(ingest(graph, p.mapping, NULL, &result, err));
  support_write(p.csv, PROPTER_STR("id,g\n3,a\n"));
  ck_ok(ingest(graph, p.mapping, NULL, &result, err));
  dump(graph, &out);
  ck_assert_str_eq(out.data, "\n<http://example.org/3> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/C> <http://example.org/g/a>\n");
  propter_buf_clear(&out);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}
END_TEST

START_TEST(a_graph_belongs_to_its_mapping) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  Place p = place_of(MAPPING, "id,n\n1,10\n");
  const char *other = support_path(p.folder, "other.ttl");
  support_write(other, propter_str(MAPPING));
  ck_ok(ingest(graph, p.mapping, NULL, &result, err));
  PropterError e = {0};
  ck_assert_int_eq(ingest(graph, other, NULL, &result, &e), PROPTER_INVALID);
  ck_assert_msg(strstr(e.message, "m.ttl") && strstr(e.message, "--replace"), "%s", e.message);
  ck_ok(ingest(graph, other, &(PropterIngestOptions){.replace = true}, &result, err));
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}
END_TEST

START_TEST(bad_rows_are_kept_counted_or_refused) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  Place p = place_of(MAPPING, "id,n\n1,10\n2,x\n3\n4,y\n");
  PropterError e = {0};
  ck_assert_int_eq(ingest(graph, p.mapping, &(PropterIngestOptions){.on_error = PROPTER_INGEST_STOP}, &result, &e), PROPTER_INVALID);
  ck_assert_uint_eq(e.line, 3);
  ck_assert_msg(strstr(e.message, "column n: expected a whole number") != NULL, "%s", e.message);
  ck_assert_int_eq(ingest(graph, p.mapping, &(PropterIngestOptions){.bounded = true, .max_errors = 2}, &result, &e), PROPTER_INVALID);
  ck_assert_uint_eq(e.line, 5);
  ck_assert_uint_eq(count_type(graph, VOCAB_propter_Run), 0);
  ck_ok(ingest(graph, p.mapping, &(PropterIngestOptions){.bounded = true, .max_errors = 3}, &result, err));
  ck_assert_uint_eq(result.rows.rejects, 3);
  ck_assert_uint_eq(count_type(graph, VOCAB_qb_Observation), 1);
  PropterSnapshot *snapshot = NULL;
  PropterRunList list = {0};
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_run_list(snapshot, &list, err));
  ck_assert_uint_eq(list.items[0].rows_rejected, 3);
  ck_assert_uint_eq(list.items[0].inputs.count, 2);
  propter_run_list_clear(&list);
  propter_snapshot_close(snapshot);
  ck_ok(ingest(graph, p.mapping, &(PropterIngestOptions){.on_error = PROPTER_INGEST_SKIP, .now = 5}, &result, err));
  ck_assert_uint_eq(result.rows.rejects, 3);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}
END_TEST

START_TEST(broken_input_leaves_the_graph_as_it_was) {
  static const struct {
    const char *csv;
    size_t length; /* 0: the text's */
    PropterStatus status;
    const char *words;
  } broken[] = {{"id,n\n1,\"10\n2,20\n", 0, PROPTER_SYNTAX, "never closed"},
                {"id,n\n1,10\n\xE9,20\n", 0, PROPTER_INVALID, "expected UTF-8"},
                {"", 0, PROPTER_INVALID, "empty file"},
                {"id,m\n1,10\n", 0, PROPTER_NOT_FOUND, "no column \"n\""}};
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf before = {0}, after = {0};
  Place p = place_of(MAPPING, "id,n\n1,10\n2,20\n");
  ck_ok(ingest(graph, p.mapping, NULL, &result, err));
  dump(graph, &before);
  for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
    PropterError e = {0};
    support_write(p.csv, propter_str(broken[i].csv));
    ck_assert_int_eq(ingest(graph, p.mapping, NULL, &result, &e), broken[i].status);
    ck_assert_msg(strstr(e.message, broken[i].words) != NULL, "%s", e.message);
    dump(graph, &after);
    ck_assert_str_eq(before.data, after.data);
  }
  propter_buf_clear(&before), propter_buf_clear(&after);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}
END_TEST

START_TEST(undo_takes_an_ingest_back) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf before = {0}, after = {0};
  Place p = place_of(MAPPING, "id,n\n1,10\n2,20\n");
  ck_ok(ingest(graph, p.mapping, NULL, &result, err));
  dump(graph, &before);
  support_write(p.csv, PROPTER_STR("id,n\n2,22\n7,70\n"));
  ck_ok(ingest(graph, p.mapping, &(PropterIngestOptions){.now = 9}, &result, err));
  PropterWriter *w = NULL;
  ck_ok(propter_writer_open(graph, false, &w, err));
  ck_ok(propter_run_undo(w, PROPTER_STR("last"), 10, PROPTER_STR("test 1"), NULL, NULL, err));
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  dump(graph, &after);
  ck_assert_str_eq(before.data, after.data);
  propter_buf_clear(&before), propter_buf_clear(&after);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}
END_TEST

/* A metric definition and its table, without an RML mapping. */
START_TEST(a_metric_definition_is_enough) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf out = {0};
  Place p = place_of(
      "@prefix propter: <https://w3id.org/propter#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <https://example.org/shop#> .\n"
      ":refunds a propter:Metric ; skos:prefLabel \"refunds\"@en ; propter:sourceFile \"t.csv\" ; propter:timeColumn \"day\" ; propter:sourceColumn \"refunds\" ;\n"
      "  propter:grain \"P1D\"^^xsd:duration ; propter:aggregation propter:Sum .",
      "day,refunds\n2011-08-01,3\n2011-08-02,4\n");
  ck_ok(ingest(graph, p.mapping, NULL, &result, err));
  ck_assert_uint_eq(count_type(graph, VOCAB_qb_Observation), 2);
  ck_assert_uint_eq(count_type(graph, VOCAB_propter_Metric), 1);
  dump(graph, &out);
  ck_assert_ptr_nonnull(strstr(out.data, "/m.ttl#definitions>\n"));
  ck_ok(ingest(graph, p.mapping, NULL, &result, err));
  ck_assert(result.unchanged);
  propter_buf_clear(&out);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}
END_TEST

/* Every allocation and file call of an ingest fails once and for ever: the graph is as it was, or holds the whole result. */
static void fail_everywhere(PropterFaultKind kind) {
  PropterGraph *graph = new_graph();
  PropterIngestResult result = {0};
  PropterBuf before = {0}, after = {0}, found = {0};
  Place p = place_of(MAPPING, "id,n\n1,10\n2,x\n");
  ck_ok(ingest(graph, p.mapping, NULL, &result, err));
  dump(graph, &after);
  support_write(p.csv, PROPTER_STR("id,n\n5,50\n"));
  ck_ok(ingest(graph, p.mapping, NULL, &result, err));
  dump(graph, &before);
  uint64_t points = 0;
  for (int forever = 0; forever < 2; forever++) {
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
      PropterError e = {0};
      support_write(p.csv, PROPTER_STR("id,n\n1,10\n2,x\n"));
      propter_fault_plan(kind, n, forever, ENOSPC);
      PropterStatus status = ingest(graph, p.mapping, &(PropterIngestOptions){.force = true}, &result, &e);
      done = propter_fault_end(kind) < n;
      points = n;
      dump(graph, &found);
      ck_assert_msg(strcmp(found.data, status == PROPTER_OK ? after.data : before.data) == 0 || (status != PROPTER_OK && strcmp(found.data, after.data) == 0),
                    "point %llu: %s", (unsigned long long)n, propter_status_name(status));
      ck_assert_msg(!done || status == PROPTER_OK, "%s", e.message);
      if (strcmp(found.data, after.data) != 0) continue;
      support_write(p.csv, PROPTER_STR("id,n\n5,50\n"));
      ck_ok(ingest(graph, p.mapping, &(PropterIngestOptions){.force = true}, &result, err));
    }
  }
  ck_assert_uint_gt(points, kind == PROPTER_FAULT_IO ? 5 : 100);
  propter_buf_clear(&before), propter_buf_clear(&after), propter_buf_clear(&found);
  propter_ingest_result_clear(&result);
  propter_graph_close(graph);
}

START_TEST(failing_memory_changes_nothing) { fail_everywhere(PROPTER_FAULT_ALLOCATION); }
END_TEST

START_TEST(failing_files_change_nothing) { fail_everywhere(PROPTER_FAULT_IO); }
END_TEST

Suite *suite_ingest(void) {
  Suite *s = suite_create("ingest");
  TCase *tc = tcase_create("ingest");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, the_pack_becomes_a_cube);
  tcase_add_test(tc, twice_changes_nothing_and_a_correction_replaces);
  tcase_add_test(tc, named_graphs_of_a_mapping_are_replaced_too);
  tcase_add_test(tc, a_graph_belongs_to_its_mapping);
  tcase_add_test(tc, bad_rows_are_kept_counted_or_refused);
  tcase_add_test(tc, broken_input_leaves_the_graph_as_it_was);
  tcase_add_test(tc, undo_takes_an_ingest_back);
  tcase_add_test(tc, a_metric_definition_is_enough);
  tcase_add_test(tc, failing_memory_changes_nothing);
  tcase_add_test(tc, failing_files_change_nothing);
  suite_add_tcase(s, tc);
  return s;
}

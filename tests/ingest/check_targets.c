/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a mapping names: one for each value of a column, event streams, and what changed since the last run. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "graphs.h"
#include "propter/io.h"
#include "support.h"

Suite *suite_targets(void);

static const char *folder;

static void put(const char *name, const char *text) { support_write(support_path(folder, name), propter_str(text)); }

static void expect_file(const char *name, const char *wanted) {
  PropterBuf text = {0};
  ck_ok(propter_io_read_file(support_path(folder, name), 0, &text, err));
  ck_assert_str_eq(text.data ? text.data : "", wanted);
  propter_buf_clear(&text);
}

static PropterStatus run(PropterIngestResult *result, PropterError *err) {
  const char *mapping = support_path(folder, "m.yml");
  PropterIngestOptions options = {.mappings = &mapping, .count = 1, .on_error = PROPTER_INGEST_SKIP};
  return propter_ingest_write(&options, support_path(folder, "out.nq"), result, err);
}

static void refuse(const char *yaml, PropterStatus wanted, uint64_t line, const char *words) {
  PropterIngestResult result = {0};
  PropterError err = {0};
  put("m.yml", yaml);
  ck_assert_msg(run(&result, &err) == wanted, "%s%s", yaml, err.message);
  ck_assert_msg(strstr(err.message, words), "%s", err.message);
  if (line) ck_assert_uint_eq(err.line, line);
  propter_ingest_result_clear(&result);
}

#define SOURCE "sources: {s: [t.csv~csv]}\n"
#define PEOPLE(targets) "mappings:\n  m:\n    sources: s\n    s: {value: 'http://example.org/$(id)', targets: " targets "}\n    po: [rdfs:label, $(name)]\n"
#define LABEL " <http://www.w3.org/2000/01/rdf-schema#label> "

START_TEST(a_file_for_each_value) {
  PropterIngestResult result = {0};
  folder = support_folder();
  put("t.csv", "id,name,to\n1,Ann,a\n2,Bo,b c\n3,Cy,../a\n4,Di,\n5,Ed,a\n");
  put("m.yml", SOURCE "targets:\n  t: {source: s, access: 'to $(to).nt', serialization: ntriples}\n"
                      "  u: {source: s, id: \"i$(id)\", access: 'all.nt', serialization: ntriples}\n" PEOPLE("[t, u]"));
  ck_ok(run(&result, err));
  ck_assert_uint_eq(result.rows.rejects, 2);
  expect_file("to a.nt", "<http://example.org/1>" LABEL "\"Ann\" .\n<http://example.org/5>" LABEL "\"Ed\" .\n");
  expect_file("to b c.nt", "<http://example.org/2>" LABEL "\"Bo\" .\n");
  expect_file("all.nt", "<http://example.org/1>" LABEL "\"Ann\" .\n<http://example.org/2>" LABEL "\"Bo\" .\n<http://example.org/5>" LABEL "\"Ed\" .\n");
  expect_file("out.nq", "");
  propter_ingest_result_clear(&result);
}
END_TEST

START_TEST(what_is_no_file_beside_the_mapping_is_refused) {
  folder = support_folder();
  put("t.csv", "id,name,to\n1,Ann,a\n");
  refuse(SOURCE "targets:\n  t: {source: s, access: '/tmp/$(to).nt'}\n" PEOPLE("t"), PROPTER_INVALID, 3, "beside the mapping");
  refuse(SOURCE "targets:\n  t: {source: s, access: '../$(to).nt'}\n" PEOPLE("t"), PROPTER_INVALID, 3, "beside the mapping");
  refuse(SOURCE "targets:\n  t: {source: s, type: directhttprequest, access: 'https://example.org/$(to)'}\n" PEOPLE("t"), PROPTER_INVALID, 3,
         "nothing is sent to");
  refuse(SOURCE "targets:\n  t: {type: linkedhttprequest, access: 'https://example.org/', rel: acl}\n" PEOPLE("t"), PROPTER_INVALID, 3, "nothing is sent to");
  refuse(SOURCE "targets:\n  t: {access: 'https://example.org/', type: sparql}\n" PEOPLE("t"), PROPTER_INVALID, 3, "nothing is sent to");
  refuse(SOURCE "targets:\n  t: {access: '$(to).nt'}\n" PEOPLE("t"), PROPTER_INVALID, 3, "\"source\"");
  refuse(SOURCE "targets:\n  t: {source: s, access: '$(nobody).nt'}\n" PEOPLE("t"), PROPTER_NOT_FOUND, 3, "nobody");
  refuse(SOURCE "targets:\n  t: {access: a.nt, authentication: me}\n" PEOPLE("t"), PROPTER_INVALID, 3, "no authentication \"me\"");
  refuse(SOURCE "targets:\n  t: {source: s, access: '$(to).nt'}\n  u: {access: a.nt}\n" PEOPLE("[t, u]"), PROPTER_INVALID, 0, "are the file");
  refuse(SOURCE "targets:\n  t: {access: a.nt, ldes: {id: 'http://example.org/l', generateImmutableIRI: true}}\n" PEOPLE("t"), PROPTER_INVALID, 3, "versions");
}
END_TEST

START_TEST(no_more_than_ten_thousand_files) {
  PropterBuf csv = {0};
  PropterError err = {0};
  PropterIngestResult result = {0};
  folder = support_folder();
  propter_buf_add(&csv, PROPTER_STR("id,name,to\n"));
  for (int i = 0; i <= 10000; i++) propter_buf_printf(&csv, "%d,x,f%d\n", i, i);
  support_write(support_path(folder, "t.csv"), propter_buf_str(&csv));
  put("m.yml", SOURCE "targets: {t: {source: s, access: '$(to).nt', serialization: ntriples}}\n" PEOPLE("t"));
  ck_assert_int_eq(run(&result, &err), PROPTER_LIMIT);
  ck_assert_int_ne(access(support_path(folder, "f1.nt"), F_OK), 0);
  propter_buf_clear(&csv);
  propter_ingest_result_clear(&result);
}
END_TEST

#define CHANGES                                                                                                                                                \
  "prefixes: {ex: 'http://example.org/'}\n" SOURCE "targets: {t: {access: out.nt, serialization: ntriples}}\nmappings:\n  m:\n    sources: s\n"                \
  "    s: {value: ex:$(id), targets: t}\n    po: [ex:name, $(name)]\n    changeDetection:\n      create: {explicit: false}\n"                                  \
  "      update: {explicit: false, watchedProperties: [$(name)]}\n      delete: {explicit: false, mappingAdd: {po: [ex:is, gone]}}\n"

typedef struct {
  PropterGraph *graph;
  const char *state;
} Night;

static PropterStatus night(void *payload, PropterError *err) {
  const Night *n = payload;
  PropterIngestResult result = {0};
  PropterStatus status = ingest(n->graph, support_path(folder, "m.yml"), &(PropterIngestOptions){.state = n->state, .force = true}, &result, err);
  if (status == PROPTER_OK) ck_assert_uint_eq(result.rows.empty, 0);
  propter_ingest_result_clear(&result);
  return status;
}

static void expect_night(Night *n, const char *csv, const char *wanted) {
  put("t.csv", csv);
  ck_ok(night(n, err));
  expect_file("out.nt", wanted);
}

#define NAME(id, name) "<http://example.org/" id "> <http://example.org/name> \"" name "\" .\n"
#define GONE(id) "<http://example.org/" id "> <http://example.org/is> \"gone\" .\n"

START_TEST(what_is_new_changed_or_gone) {
  folder = support_folder();
  Night n = {new_graph(), support_path(folder, "rows")};
  put("m.yml", CHANGES);
  expect_night(&n, "id,name,other\n1,Ann,x\n2,Bo,x\n", NAME("1", "Ann") NAME("2", "Bo"));
  expect_night(&n, "id,name,other\n1,Ann,y\n2,Bob,x\n3,Cy,x\n", NAME("2", "Bob") NAME("3", "Cy"));
  expect_night(&n, "id,name,other\n3,Cy,x\n", GONE("1") GONE("2"));
  expect_night(&n, "id,name,other\n3,Cy,x\n1,Ann,x\n1,Anna,x\n", NAME("1", "Ann") NAME("1", "Anna"));
  expect_night(&n, "id,name,other\n3,Cy,x\n1,Anna,x\n", "");
  /* Nothing is kept without the state: all is new, and the last run's is not touched. */
  Night plain = {n.graph, NULL};
  expect_night(&plain, "id,name,other\n3,Cy,x\n", NAME("3", "Cy"));
  expect_night(&n, "id,name,other\n3,Cy,x\n", GONE("1"));
  propter_graph_close(n.graph);
}
END_TEST

START_TEST(changes_need_a_target_and_constants_of_what_is_gone) {
  folder = support_folder();
  put("t.csv", "id,name\n1,Ann\n");
#define FIND(subject, change) SOURCE "targets: {t: {access: out.nt}}\nmappings:\n  m:\n    sources: s\n    s: " subject "\n    changeDetection: {" change "}\n"
#define TARGETED "{value: 'http://example.org/$(id)', targets: t}"
  refuse(FIND("http://example.org/$(id)", "create: {explicit: false}") "    po: [rdfs:label, $(name)]\n", PROPTER_INVALID, 0, "needs a target");
  refuse(FIND(TARGETED, "delete: {explicit: false, mappingAdd: {po: [rdfs:label, $(name)]}}"), PROPTER_INVALID, 0, "constants only");
  refuse(FIND(TARGETED, "create: {}"), PROPTER_INVALID, 7, "explicit");
  refuse(FIND(TARGETED, "made: {explicit: true}"), PROPTER_INVALID, 7, "\"made\"");
  refuse(FIND(TARGETED, "create: {explicit: false}") "  n:\n    sources: s\n    s: http://example.org/n$(id)\n    po: [rdfs:label, {mapping: m}]\n",
         PROPTER_INVALID, 11, "m");
  PropterIngestResult result = {0};
  put("m.yml", FIND(TARGETED, "create: {explicit: true}") "    po: [rdfs:label, $(name)]\n");
  ck_ok(run(&result, err));
  expect_file("out.nt", "<http://example.org/1>" LABEL "\"Ann\" .\n");
  propter_ingest_result_clear(&result);
}
END_TEST

START_TEST(a_damaged_state_is_no_state) {
  PropterMapChanges *changes = NULL;
  PropterError err = {0};
  folder = support_folder();
  put("c", "propter changes 1 00000000000000000000000000000000\n0000000000000000 3 abc\n");
  ck_assert_int_eq(propter_map_changes_open(support_path(folder, "c"), &changes, &err), PROPTER_DAMAGED);
  ck_assert_msg(strstr(err.source, "/c"), "%s", err.source);
  propter_map_changes_free(changes);
  put("c", "prop");
  ck_assert_int_eq(propter_map_changes_open(support_path(folder, "c"), &changes, &err), PROPTER_DAMAGED);
  propter_map_changes_free(changes);
}
END_TEST

static PropterStatus run_once(void *payload, PropterError *err) {
  PropterIngestResult result = {0};
  (void)payload;
  PropterStatus status = run(&result, err);
  propter_ingest_result_clear(&result);
  return status;
}

START_TEST(every_failure_is_reported) {
  folder = support_folder();
  put("t.csv", "id,name,to\n1,Ann,a\n2,Bo,b\n");
  put("m.yml",
      SOURCE "targets: {t: {source: s, access: '$(to).nt', ldes: {id: 'http://example.org/l', timestampPath: dcterms:created}}}\n"
             "authentications: {a: {type: cssclientcredentials, email: e, password: p, oidcIssuer: 'http://e.org/', webId: 'http://e.org/m'}}\n" PEOPLE("t"));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, run_once, NULL, false), 100);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, run_once, NULL, true), 5);
  put("m.yml", CHANGES);
  Night n = {new_graph(), support_path(folder, "rows")};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, night, &n, true), 100);
  propter_graph_close(n.graph);
}
END_TEST

Suite *suite_targets(void) {
  Suite *s = suite_create("targets");
  TCase *tc = tcase_create("targets");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, a_file_for_each_value);
  tcase_add_test(tc, what_is_no_file_beside_the_mapping_is_refused);
  tcase_add_test(tc, no_more_than_ten_thousand_files);
  tcase_add_test(tc, what_is_new_changed_or_gone);
  tcase_add_test(tc, changes_need_a_target_and_constants_of_what_is_gone);
  tcase_add_test(tc, a_damaged_state_is_no_state);
  tcase_add_test(tc, every_failure_is_reported);
  suite_add_tcase(s, tc);
  return s;
}

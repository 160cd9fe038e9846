/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of events: fields, links, rejects, replacement, CloudEvents. */
#include <errno.h>
#include <string.h>

#include "graphs.h"
#include "propter/events.h"
#include "propter/run.h"
#include "propter/vocab.h"
#include "support.h"

Suite *suite_events(void);

static void add(PropterWriter *w, const char *s, PropterVocab p, PropterTerm o) {
  PropterTerm subject = propter_iri(propter_str(s)), graph = propter_iri(PROPTER_STR("urn:t:knowledge"));
  PropterQuad q;
  ck_ok(propter_writer_intern(w, &subject, &q.s, err));
  ck_ok(propter_vocab_intern(w, p, &q.p, err));
  ck_ok(propter_writer_intern(w, &o, &q.o, err));
  ck_ok(propter_writer_intern(w, &graph, &q.g, err));
  ck_ok(propter_writer_add(w, q, err));
}

/* Concepts by label; two are called "Springfield". */
static PropterGraph *knowledge(void) {
  static const char *const concepts[][2] = {
      {"urn:t:north", "North"}, {"urn:t:south", "South"}, {"urn:t:strike", "strike"}, {"urn:t:one", "Springfield"}, {"urn:t:other", "Springfield"}};
  PropterGraph *g = new_graph();
  PropterWriter *w = NULL;
  ck_ok(propter_writer_open(g, false, &w, err));
  for (size_t i = 0; i < 5; i++) {
    add(w, concepts[i][0], VOCAB_rdf_type, propter_iri(propter_vocab_iri(VOCAB_skos_Concept)));
    add(w, concepts[i][0], VOCAB_skos_prefLabel, propter_literal(propter_str(concepts[i][1])));
  }
  add(w, "urn:t:fixed", VOCAB_propter_dimension, propter_iri(PROPTER_STR("urn:t:country")));
  add(w, "urn:t:country", VOCAB_rdfs_label, propter_literal(PROPTER_STR("Sales country")));
  add(w, "urn:t:unfixed", VOCAB_rdfs_label, propter_literal(PROPTER_STR("owner")));
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  return g;
}

static const char *file(const char *name, const char *text) {
  const char *path = support_path(support_folder(), name);
  support_write(path, propter_str(text));
  return path;
}

static PropterStatus read_events(PropterGraph *g, const char *path, PropterEventsResult *result, PropterError *err) {
  PropterEventsOptions o = {.paths = &path, .count = 1, .software = PROPTER_STR("test"), .now = 1300000000};
  return propter_events(g, &o, result, err);
}

static void has(PropterGraph *g, const char *text) {
  PropterBuf out = {0};
  dump(g, &out);
  ck_assert_msg(strstr(out.data, text) != NULL, "no %s in\n%s", text, out.data);
  propter_buf_clear(&out);
}

static void has_not(PropterGraph *g, const char *text) {
  PropterBuf out = {0};
  dump(g, &out);
  ck_assert_msg(strstr(out.data, text) == NULL, "%s in\n%s", text, out.data);
  propter_buf_clear(&out);
}

START_TEST(an_entry_says_what_happened_and_when_it_was_known) {
  PropterGraph *g = knowledge();
  PropterEventsResult r = {0};
  ck_ok(read_events(g, file("e.csv", "Event,Start_Date,until,Known from,TYPE,Region,planned\n"
                                     "Tram strike,2024-03-01,2024-03-05,2024-02-20 10:00,Strikes,north,yes\n"),
                    &r, err));
  ck_assert_uint_eq(r.events, 1);
  ck_assert_uint_eq(r.planned, 1);
  has(g, "#type> <https://w3id.org/propter#Event>"), has(g, "#type> <https://w3id.org/propter#PlannedChange>"), has(g, "#prefLabel> \"Tram strike\"");
  has(g, "#start> \"2024-03-01\""), has(g, "#end> \"2024-03-05\""), has(g, "#knownFrom> \"2024-02-20\"");
  has(g, "#concept> <urn:t:strike>"), has(g, "#scope> <urn:t:north>"), has(g, "#sourceRow> \"2\"");
  propter_events_result_clear(&r);
  propter_graph_close(g);
}
END_TEST

/* What each row is rejected for: the field and the rule. */
static PropterStatus on_reject(const PropterReject *r, void *payload, PropterError *err) {
  PropterBuf *out = payload;
  (void)err;
  propter_buf_printf(out, "%llu %.*s %.*s\n", (unsigned long long)r->row, (int)r->column.len, r->column.data, (int)r->rule.len, r->rule.data);
  return PROPTER_OK;
}

static void rejects_are(PropterGraph *g, const char *expected) {
  PropterSnapshot *s = NULL;
  PropterRunList list = {0};
  PropterBuf out = {0};
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  ck_ok(propter_run_list(s, &list, err));
  ck_assert_uint_gt(list.count, 0);
  ck_ok(propter_run_rejects(s, &list.items[list.count - 1], on_reject, &out, err));
  ck_assert_str_eq(out.data ? out.data : "", expected);
  propter_buf_clear(&out);
  propter_run_list_clear(&list);
  propter_snapshot_close(s);
}

START_TEST(what_is_no_event_is_rejected_with_its_line) {
  PropterGraph *g = knowledge();
  PropterEventsResult r = {0};
  ck_ok(read_events(g, file("e.csv", "title,start,end,known,kind,scope,planned\n"
                                     "A,2024-03-01,2024-03-05,,,North; South,\n"
                                     ",2024-03-01,,,,,\n"
                                     "B,,,,,,\n"
                                     "C,1.3.2024,,,,,\n"
                                     "D,2024-02-30,,,,,\n"
                                     "E,2024-03-05,2024-03-01,,,,\n"
                                     "F,2024-03-01,,soon,,,\n"
                                     "G,2024-03-01,,,,West,\n"
                                     "H,2024-03-01,,,,Springfield,\n"
                                     "I,2024-03-01,,,,,perhaps\n"
                                     "A,2024-03-01,2024-04-05,,,North; South,\n"
                                     "J,2024-03-01\n"
                                     ",2024-03-01,,,strike,,no\n"),
                    &r, err));
  ck_assert_uint_eq(r.entries, 13);
  ck_assert_uint_eq(r.events, 2);
  ck_assert_uint_eq(r.rejected, 11);
  rejects_are(g, "3 title missing\n4 start missing\n5 start date\n6 start date\n7 end interval\n8 known date\n9 scope unknown\n10 scope ambiguous\n"
                 "11 planned boolean\n12 title duplicate\n13 title columns\n");
  has(g, "#scope> <urn:t:north>");
  has(g, "#scope> <urn:t:south>");
  has(g, "#prefLabel> \"strike\" <file:");
  propter_events_result_clear(&r);
  propter_graph_close(g);
}
END_TEST

START_TEST(a_file_is_replaced_and_its_columns_can_be_told) {
  static const char *const columns[] = {"start=Beginn", "title=Was"}, *const wrong[] = {"when=Beginn"};
  PropterGraph *g = knowledge();
  PropterEventsResult r = {0};
  PropterError e = {0};
  const char *path = file("e.csv", "Was,Beginn\nMesse,2024-03-01\nMarkt,2024-03-02\n");
  PropterEventsOptions o = {.paths = &path, .count = 1, .software = PROPTER_STR("test"), .now = 1300000000};
  ck_assert_int_eq(propter_events(g, &o, &r, &e), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(e.message, "--column start=NAME"));
  o.columns = wrong, o.column_count = 1;
  ck_assert_int_eq(propter_events(g, &o, &r, &e), PROPTER_USAGE);
  o.columns = columns, o.column_count = 2;
  ck_ok(propter_events(g, &o, &r, err));
  ck_assert_uint_eq(r.events, 2);
  ck_ok(propter_events(g, &o, &r, err));
  ck_assert_uint_eq(r.run.len, 0);
  support_write(path, PROPTER_STR("Was,Beginn\nMarkt,2024-03-02\n"));
  ck_ok(propter_events(g, &o, &r, err));
  has(g, "\"Markt\"");
  has_not(g, "\"Messe\"");
  propter_events_result_clear(&r);
  propter_graph_close(g);
}
END_TEST

/* As ThirdEye, Jira and GitHub export them, and the shape whose dimensions have a column each. */
START_TEST(exports_of_other_programs_are_read_as_they_are) {
  PropterGraph *g = knowledge();
  PropterEventsResult r = {0};
  ck_ok(read_events(
      g, file("t.csv", "eventName,eventType,startTime,endTime,metric\nNew Year,HOLIDAY,1704067200000,1704153600000,\nLeap,HOLIDAY,1709164800,,\n"), &r, err));
  ck_assert_uint_eq(r.rejected, 0);
  has(g, "#start> \"2024-01-01\""), has(g, "#end> \"2024-01-02\""), has(g, "#start> \"2024-02-29\"");
  ck_ok(read_events(
      g, file("j.csv", "Summary,Issue key,Issue Type,Created,Resolved,Labels,Labels\nCheckout down,OPS-1,Incident,05/Jan/24 10:00 AM,06/Jan/24 1:00 PM,a,b\n"),
      &r, err));
  ck_assert_uint_eq(r.rejected, 0);
  has(g, "#start> \"2024-01-05\""), has(g, "#end> \"2024-01-06\"");
  ck_ok(read_events(g, file("g.json", "[{\"tag_name\":\"v1.2\",\"name\":\"\",\"published_at\":\"2024-03-07T10:00:00Z\",\"created_at\":\"2024-03-06T10:00:00Z\","
                                      "\"html_url\":\"https://example.org/v1.2\",\"draft\":false,\"body\":\"notes\"}]"),
                    &r, err));
  ck_assert_uint_eq(r.events, 1);
  has(g, "#prefLabel> \"v1.2\""), has(g, "#start> \"2024-03-07\""), has(g, "#knownFrom> \"2024-03-06\""), has(g, "source> \"https://example.org/v1.2\"");
  ck_ok(read_events(g,
                    file("s.csv", "id,type,start,title,scope.region,scope.product\n1,strike,2024-04-01,Walkout,North,\n2,strike,2024-04-02,Both,North,South\n"
                                  "3,strike,2024-04-03,Where,East,\n"),
                    &r, err));
  ck_assert_uint_eq(r.events, 2);
  rejects_are(g, "4 scope unknown\n");
  has(g, "#scope> <urn:t:north>"), has(g, "#scope> <urn:t:south>");
  propter_events_result_clear(&r);
  propter_graph_close(g);
}
END_TEST

#define ENVELOPE "\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/a\",\"type\":\"com.example.strike\",\"time\":\"2024-03-01T23:30:00-05:00\""

START_TEST(a_column_called_as_a_dimension_of_the_data_is_one_of_the_scope) {
  PropterGraph *g = knowledge();
  PropterEventsResult r = {0};
  const char *path = file("d.csv", "title,start,sales_COUNTRY,owner\nA,2024-03-01,North,South\nB,2024-03-01,,South\nC,2024-03-01,East,South\n");
  ck_ok(read_events(g, path, &r, err));
  ck_assert_uint_eq(r.events, 2);
  rejects_are(g, "4 scope unknown\n");
  has(g, "#scope> <urn:t:north>"), has_not(g, "#scope> <urn:t:south>");
  /* What the caller says the column is, it is. */
  const char *columns[] = {"text=sales_COUNTRY"};
  const PropterEventsOptions o = {.paths = &path, .count = 1, .columns = columns, .column_count = 1, .software = PROPTER_STR("test"), .now = 1300000000};
  ck_ok(propter_events(g, &o, &r, err));
  ck_assert_uint_eq(r.events, 3);
  has_not(g, "#scope> <urn:t:north>");
  propter_events_result_clear(&r);
  propter_graph_close(g);
}
END_TEST

START_TEST(cloudevents_come_alone_in_batches_and_in_lines) {
  static const char *const names[] = {"one.json", "batch.json", "lines.ndjson"};
  static const char *const texts[] = {
      "{" ENVELOPE ",\"subject\":\"South\",\"recordedtime\":\"2024-03-04T00:00:00Z\",\"data\":{\"title\":\"Walkout\",\"end\":\"2024-03-02\"}}",
      "[{" ENVELOPE ",\"data\":{}},\n {\"id\":\"8\",\"source\":\"/a\",\"type\":\"x\",\"time\":\"2024-03-01T00:00:00Z\"}]",
      "{" ENVELOPE "}\n{" ENVELOPE "}\n"};
  PropterGraph *g = knowledge();
  PropterEventsResult r = {0};
  for (int i = 0; i < 3; i++) {
    ck_ok(read_events(g, file(names[i], texts[i]), &r, err));
    ck_assert_uint_eq(r.events, 1);
    ck_assert_uint_eq(r.kinds, 0);
    if (i == 0) {
      has(g, "#concept> <urn:t:strike>"), has(g, "#scope> <urn:t:south>"), has(g, "#prefLabel> \"Walkout\"");
      has(g, "#start> \"2024-03-01\""), has(g, "#end> \"2024-03-02\""), has(g, "#knownFrom> \"2024-03-04\"");
    } else {
      rejects_are(g, i == 1 ? "2 specversion cloudevents\n" : "2 id duplicate\n");
    }
  }
  propter_events_result_clear(&r);
  propter_graph_close(g);
}
END_TEST

/* Every allocation and file call fails once and for ever: the graph is as it was, or holds the whole result. */
static void fail_everywhere(PropterFaultKind kind) {
  PropterGraph *g = knowledge();
  PropterEventsResult r = {0};
  PropterBuf before = {0}, after = {0}, found = {0};
  const char *path = file("e.csv", "title,start\nC,2024-03-03\n");
  uint64_t points = 0;
  ck_ok(read_events(g, path, &r, err));
  dump(g, &before);
  support_write(path, PROPTER_STR("title,start,kind,sales country\nA,2024-03-01,strike,North\nB,2024-03-01,,West\n"));
  ck_ok(read_events(g, path, &r, err));
  dump(g, &after);
  for (int forever = 0; forever < 2; forever++) {
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
      PropterError e = {0};
      support_write(path, PROPTER_STR("title,start\nC,2024-03-03\n"));
      ck_ok(read_events(g, path, &r, err));
      support_write(path, PROPTER_STR("title,start,kind,sales country\nA,2024-03-01,strike,North\nB,2024-03-01,,West\n"));
      propter_fault_plan(kind, n, forever, ENOSPC);
      PropterStatus status = read_events(g, path, &r, &e);
      done = propter_fault_end(kind) < n;
      points = n;
      dump(g, &found);
      ck_assert_msg(strcmp(found.data, status == PROPTER_OK ? after.data : before.data) == 0 || (status != PROPTER_OK && strcmp(found.data, after.data) == 0),
                    "point %llu: %s", (unsigned long long)n, propter_status_name(status));
      ck_assert_msg(!done || status == PROPTER_OK, "%s", e.message);
    }
  }
  ck_assert_uint_gt(points, kind == PROPTER_FAULT_IO ? 3 : 100);
  propter_buf_clear(&before), propter_buf_clear(&after), propter_buf_clear(&found);
  propter_events_result_clear(&r);
  propter_graph_close(g);
}

START_TEST(failing_memory_changes_nothing) { fail_everywhere(PROPTER_FAULT_ALLOCATION); }
END_TEST

START_TEST(failing_files_change_nothing) { fail_everywhere(PROPTER_FAULT_IO); }
END_TEST

Suite *suite_events(void) {
  Suite *s = suite_create("events");
  TCase *t = tcase_create("events");
  tcase_add_test(t, an_entry_says_what_happened_and_when_it_was_known);
  tcase_add_test(t, what_is_no_event_is_rejected_with_its_line);
  tcase_add_test(t, a_file_is_replaced_and_its_columns_can_be_told);
  tcase_add_test(t, exports_of_other_programs_are_read_as_they_are);
  tcase_add_test(t, a_column_called_as_a_dimension_of_the_data_is_one_of_the_scope);
  tcase_add_test(t, cloudevents_come_alone_in_batches_and_in_lines);
  tcase_add_test(t, failing_memory_changes_nothing);
  tcase_add_test(t, failing_files_change_nothing);
  tcase_set_timeout(t, 60);
  suite_add_tcase(s, t);
  return s;
}

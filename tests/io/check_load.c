/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "document.h"
#include "support.h"

static PropterStatus take(PropterStr bytes, void *payload, PropterError *err) {
  propter_buf_add(payload, bytes);
  return propter_buf_status(payload, err);
}

/* The whole graph as canonical N-Quads. */
static PropterStatus dump(PropterGraph *graph, PropterBuf *out, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterRdfWriterOptions options = {.canonical = true};
  propter_buf_reset(out);
  propter_buf_add(out, (PropterStr){"", 0});
  PROPTER_TRY(propter_snapshot_open(graph, 0, &snapshot, err));
  PropterStatus status = propter_rdf_write(snapshot, PROPTER_NO_ID, &options, take, out, NULL, err);
  propter_snapshot_close(snapshot);
  return status;
}

typedef struct {
  uint64_t added, removed;
  PropterRdfLoaded loaded;
} Outcome;

static PropterStatus load(PropterGraph *graph, const char *text, PropterRdfLoadOptions options, Outcome *outcome, PropterError *err) {
  PropterWriter *w = NULL;
  memset(outcome, 0, sizeof *outcome);
  PROPTER_TRY(propter_writer_open(graph, false, &w, err));
  PropterStatus status = propter_rdf_load_text(w, propter_str(text), "test", &options, &outcome->loaded, err);
  if (status == PROPTER_OK) status = propter_writer_commit(w, err);
  if (status == PROPTER_OK) propter_writer_counts(w, &outcome->added, &outcome->removed);
  propter_writer_close(w);
  propter_rdf_loaded_clear(&outcome->loaded);
  return status;
}

static const PropterRdfLoadOptions into_g = {.read = {.format = "ttl"}, .graph = {"a:g", 3}};
static const PropterRdfLoadOptions own_graph = {.read = {.format = "trig", .base = {"a:doc", 5}}};
static const PropterRdfLoadOptions into_default = {.read = {.format = "trig", .base = {"a:doc", 5}}, .default_graph = true};

START_TEST(test_replace) {
  PropterGraph *graph = NULL;
  Outcome o;
  PropterBuf text = {.max = 1 << 20}, before = {.max = 1 << 20};
  ck_ok(propter_graph_open(support_path(support_folder(), "g"), PROPTER_GRAPH_CREATE, NULL, &graph, err));
  ck_ok(load(graph, "<a:s> <a:p> 1, 2, [ <a:q> 3 ] .", into_g, &o, err));
  ck_assert_uint_eq(o.added, 4);
  ck_assert_uint_eq(o.loaded.statements, 4);
  ck_ok(dump(graph, &before, err));
  /* The same again changes nothing, blank nodes included. */
  ck_ok(load(graph, "<a:s> <a:p> 1, 2, [ <a:q> 3 ] .", into_g, &o, err));
  ck_assert_uint_eq(o.added, 0);
  ck_assert_uint_eq(o.removed, 0);
  /* Another document leaves this one alone, and its blank nodes are others. */
  ck_ok(load(graph, "<a:s> <a:p> [ <a:q> 4 ] . <a:h> { <a:s> <a:p> 5 }", own_graph, &o, err));
  ck_assert_uint_eq(o.added, 3);
  ck_ok(load(graph, "<a:s> <a:p> 2 .", into_g, &o, err));
  ck_assert_uint_eq(o.removed, 3);
  ck_ok(load(graph, "", own_graph, &o, err));
  ck_assert_uint_eq(o.removed, 2); /* a:h is not named any more and stays */
  ck_ok(load(graph, "<a:x> <a:y> 1 . <a:h> {}", into_default, &o, err));
  ck_ok(load(graph, "<a:x> <a:y> 2 . <a:h> { <a:s> <a:p> 6 }", into_default, &o, err));
  ck_assert_uint_eq(o.removed, 1);
  ck_ok(dump(graph, &text, err));
  ck_assert_str_eq(
      text.data,
      "<a:x> <a:y> \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n<a:x> <a:y> \"2\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n"
      "<a:s> <a:p> \"2\"^^<http://www.w3.org/2001/XMLSchema#integer> <a:g> .\n<a:s> <a:p> \"6\"^^<http://www.w3.org/2001/XMLSchema#integer> <a:h> .\n");
  PropterSnapshot *snapshot = NULL;
  PropterIds graphs = {0}, counts = {0};
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_rdf_graphs(snapshot, &graphs, &counts, err));
  ck_assert_uint_eq(graphs.count, 3);
  ck_assert_uint_eq(graphs.items[0], PROPTER_DEFAULT_GRAPH);
  ck_assert_uint_eq(counts.items[0], 2);
  PropterBuf one = {.max = 1000};
  PropterRdfWriterOptions options = {.format = "nt"};
  uint64_t count = 0;
  ck_ok(propter_rdf_write(snapshot, graphs.items[1], &options, take, &one, &count, err));
  ck_assert_uint_eq(count, 1);
  PropterIds without = {.items = graphs.items, .count = 2};
  propter_buf_reset(&one);
  options = (PropterRdfWriterOptions){.without = &without};
  ck_ok(propter_rdf_write(snapshot, PROPTER_NO_ID, &options, take, &one, &count, err));
  ck_assert_uint_eq(count, 1);
  propter_snapshot_close(snapshot);
  propter_vec_clear(&graphs);
  propter_vec_clear(&counts);
  propter_buf_clear(&one);
  propter_buf_clear(&text);
  propter_buf_clear(&before);
  propter_graph_close(graph);
}
END_TEST

START_TEST(test_failure_changes_nothing) {
  PropterGraph *graph = NULL;
  Outcome o;
  PropterError error = {0};
  PropterBuf before = {.max = 1 << 20}, after = {.max = 1 << 20};
  ck_ok(propter_graph_open(support_path(support_folder(), "g"), PROPTER_GRAPH_CREATE, NULL, &graph, err));
  ck_ok(load(graph, "<a:s> <a:p> 1 .", into_g, &o, err));
  ck_ok(dump(graph, &before, err));
  static const char *const bad[] = {"<a:s> <a:p> 2 . <><>{", "<a:s> <a:p> 2 .\n<a:s> <a:p> <a:%>.", "<a:s> <a:p> 2 . <a:s> <a:p> \"x\"@toolonglanguage .",
                                    "<a:s> <a:p> 2 . <a:s> <rel> 1 . \xFF"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    PropterStatus status = load(graph, bad[i], into_g, &o, &error);
    ck_assert_int_eq(propter_exit_code(status), 3);
    ck_assert_str_eq(error.source, "test");
    ck_assert_uint_gt(error.line, 0);
    ck_ok(dump(graph, &after, err));
    ck_assert_str_eq(before.data, after.data);
  }
  PropterRdfLoadOptions relative = {.read = {.format = "ttl"}, .graph = {"g", 1}};
  ck_assert_int_eq(load(graph, "", relative, &o, &error), PROPTER_INVALID);
  propter_buf_clear(&before);
  propter_buf_clear(&after);
  propter_graph_close(graph);
}
END_TEST

typedef struct {
  const char *folder;
  unsigned run;
} Faulty;

/* One load into a graph that has something: afterwards either the old or the new is there, whole. */
static PropterStatus load_once(void *payload, PropterError *err) {
  Faulty *f = payload;
  Outcome o;
  PropterGraph *graph = NULL;
  char text[200];
  (void)snprintf(text, sizeof text, "@prefix p: <a:> . <a:s> p:run %u, [ p:q (1 2) ] .", ++f->run);
  PROPTER_TRY(propter_graph_open(f->folder, PROPTER_GRAPH_CREATE, NULL, &graph, err));
  PropterStatus status = load(graph, text, into_g, &o, err);
  PropterBuf out = {.max = 1 << 20};
  if (status == PROPTER_OK) status = dump(graph, &out, err);
  propter_buf_clear(&out);
  propter_graph_close(graph);
  return status;
}

START_TEST(test_faults) {
  Faulty f = {support_path(support_folder(), "g"), 0};
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, load_once, &f, true), 20);
  ck_ok(propter_graph_verify(f.folder, NULL, err));
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  uint64_t count = 0;
  ck_ok(propter_graph_open(f.folder, 0, NULL, &graph, err));
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_snapshot_count(snapshot, PROPTER_SPOG, (PropterQuad){0, 0, 0, 0}, 0, &count, err));
  ck_assert_uint_eq(count, 7);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
}
END_TEST

START_TEST(test_compact) {
  const char *folder = support_path(support_folder(), "g");
  PropterGraph *graph = NULL;
  Outcome o;
  PropterError error = {0};
  PropterBuf text = {.max = 1 << 22}, before = {.max = 1 << 22}, after = {.max = 1 << 22};
  ck_ok(propter_graph_open(folder, PROPTER_GRAPH_CREATE, NULL, &graph, err));
  for (int i = 0; i < 20000; i++) propter_buf_printf(&text, "<a:s%d> <a:p> %d .\n", i % 100, i);
  ck_ok(load(graph, text.data, into_g, &o, err));
  ck_ok(load(graph, "<a:s> <a:p> 1 .", into_g, &o, err));
  ck_ok(dump(graph, &before, err));
  /* Open twice here: refused. */
  PropterGraph *second = NULL;
  ck_ok(propter_graph_open(folder, 0, NULL, &second, err));
  ck_assert_int_eq(propter_graph_compact(folder, NULL, NULL, &error), PROPTER_LOCKED);
  propter_graph_close(second);
  propter_graph_close(graph);
  uint64_t large = 0, small = 0;
  ck_ok(propter_graph_compact(folder, &large, &small, err));
  ck_assert_uint_lt(small, large);
  ck_ok(propter_graph_verify(folder, NULL, err));
  ck_ok(propter_graph_open(folder, 0, NULL, &graph, err));
  ck_ok(dump(graph, &after, err));
  ck_assert_str_eq(before.data, after.data);
  ck_ok(load(graph, "<a:s> <a:p> 2 .", into_g, &o, err));
  ck_assert_uint_eq(o.added, 1);
  propter_graph_close(graph);
  ck_assert_int_eq(propter_graph_compact(support_path(folder, "nothing"), NULL, NULL, &error), PROPTER_NOT_FOUND);
  propter_buf_clear(&text);
  propter_buf_clear(&before);
  propter_buf_clear(&after);
}
END_TEST

Suite *suite_load(void);
Suite *suite_load(void) {
  Suite *s = suite_create("load");
  TCase *t = tcase_create("load");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, test_replace);
  tcase_add_test(t, test_failure_changes_nothing);
  tcase_add_test(t, test_faults);
  tcase_add_test(t, test_compact);
  suite_add_tcase(s, t);
  return s;
}

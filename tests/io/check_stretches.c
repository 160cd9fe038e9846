/* SPDX-License-Identifier: Apache-2.0 */
/* Loads of documents that are read in many stretches, by two threads and by one. */
#include <string.h>
#include <sys/stat.h>

#include "document.h"
#include "propter/hash.h"
#include "support.h"

enum { LINES = 70000 };

/* `lines` lines of N-Quads with all kinds of terms; line `bad`, if it is one, lacks its "." */
static const char *document(const char *name, unsigned lines, unsigned bad) {
  PropterBuf text = {.max = 1 << 24};
  for (unsigned i = 1; i <= lines; i++) {
    static const char *const objects[] = {"\"text %u\"", "\"%u\"^^<http://www.w3.org/2001/XMLSchema#integer>", "\"%u\"^^<http://e/own>", "_:b%u", "\"w%u\"@en"};
    propter_buf_printf(&text, "<http://e/s%u> <http://e/p%u> ", i / 7, i % 7);
    propter_buf_printf(&text, objects[i % 5], i % 997);
    propter_buf_printf(&text, "%s%s\n", i % 100 == 0 ? " <http://e/g>" : "", i == bad ? "" : " .");
  }
  const char *path = support_path(support_folder(), name);
  ck_assert_int_eq(text.failed, PROPTER_OK);
  support_write(path, propter_buf_str(&text));
  propter_buf_clear(&text);
  return path;
}

typedef struct {
  const char *folder, *path;
  size_t block;
  uint64_t read, added;
  char hash[33];
} Load;

static PropterStatus load(Load *l, PropterError *err) {
  PropterGraph *graph = NULL;
  PropterWriter *w = NULL;
  PropterRdfLoaded loaded = {0};
  PropterRdfLoadOptions options = {.read = {.base = {"http://e/doc", 12}, .block = l->block, .hash = l->hash}};
  PROPTER_TRY(propter_graph_open(l->folder, PROPTER_GRAPH_CREATE, NULL, &graph, err));
  PropterStatus status = propter_writer_open(graph, false, &w, err);
  if (status == PROPTER_OK) status = propter_rdf_load(w, l->path, &options, &loaded, err);
  if (status == PROPTER_OK) status = propter_writer_commit(w, err);
  if (status == PROPTER_OK) propter_writer_counts(w, &l->added, NULL);
  l->read = loaded.statements;
  propter_rdf_loaded_clear(&loaded);
  propter_writer_close(w);
  propter_graph_close(graph);
  return status;
}

/* The hash of a new graph's file after a load. */
static void load_anew(const char *path, size_t block, char hash[33]) {
  Load l = {.folder = support_path(support_folder(), "g"), .path = path, .block = block};
  ck_ok(load(&l, err));
  ck_assert_uint_eq(l.read, LINES);
  ck_assert_uint_gt(l.added, LINES - 10);
  ck_ok(propter_graph_verify(l.folder, NULL, err));
  ck_ok(propter_hash_file(support_path(l.folder, "data.mdb"), 0, hash, err));
}

START_TEST(the_file_is_the_same_whoever_reads) {
  const char *path = document("a.nq", LINES, 0);
  char usual[33], small[33], alone[33];
  load_anew(path, 0, usual);
  load_anew(path, 5000, small);
  propter_fault_plan(PROPTER_FAULT_THREAD, 1, true, 0);
  load_anew(path, 5000, alone);
  ck_assert_uint_gt(propter_fault_end(PROPTER_FAULT_THREAD), 10);
  ck_assert_str_eq(usual, small);
  ck_assert_str_eq(usual, alone);
}
END_TEST

START_TEST(many_rows_behind_those_of_a_graph) {
  Load first = {.folder = support_path(support_folder(), "g"), .path = document("few.nq", 1000, 0)}, l = first;
  ck_ok(load(&first, err));
  l.path = document("a.nq", LINES, 0);
  ck_ok(load(&l, err));
  /* The first's content was replaced, and was the beginning of the second. */
  ck_assert_uint_gt(l.added, LINES - 1010);
  ck_ok(propter_graph_verify(l.folder, NULL, err));
  char hash[33];
  ck_ok(propter_hash_file(l.path, 0, hash, err));
  ck_assert_str_eq(l.hash, hash);
}
END_TEST

START_TEST(an_error_late_in_a_document_has_its_line) {
  enum { BAD = 19999 };
  Load l = {.folder = support_path(support_folder(), "g"), .path = document("a.nq", 20000, BAD), .block = 3000};
  for (int threads = 2; threads > 0; threads--) {
    PropterError error = {0};
    if (threads == 1) propter_fault_plan(PROPTER_FAULT_THREAD, 1, true, 0);
    ck_assert_int_eq(load(&l, &error), PROPTER_SYNTAX);
    ck_assert_uint_eq(propter_fault_end(PROPTER_FAULT_THREAD) > 0, threads == 1);
    ck_assert_str_eq(error.source, l.path);
    ck_assert_uint_eq(error.line, BAD);
    ck_assert_uint_eq(error.column, strlen("<http://e/s2857> <http://e/p0> \"w59\"@en") + 1);
    ck_assert_ptr_nonnull(strstr(error.message, "found the end of the line"));
  }
  ck_ok(propter_graph_verify(l.folder, NULL, err));
}
END_TEST

typedef struct {
  const char *folder, *paths[2];
  uint64_t counts[2];
  unsigned round;
  bool anew; /* each time into a graph that is not there */
} Faulty;

/* One of two documents in place of the other: afterwards one of them is there, whole. */
static PropterStatus replace(void *payload, PropterError *err) {
  Faulty *f = payload;
  unsigned which = f->round++ % 2;
  char folder[300];
  (void)snprintf(folder, sizeof folder, "%s/%u", f->folder, f->anew ? f->round : 0);
  Load l = {.folder = folder, .path = f->paths[which], .block = 150};
  PropterStatus status = load(&l, err);
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterError ignored = {0};
  uint64_t count = 0;
  if (propter_graph_open(folder, 0, NULL, &graph, &ignored) == PROPTER_OK && propter_snapshot_open(graph, 0, &snapshot, &ignored) == PROPTER_OK &&
      propter_snapshot_count(snapshot, PROPTER_SPOG, (PropterQuad){0}, 0, &count, &ignored) == PROPTER_OK) {
    ck_assert(count == f->counts[which] || (status != PROPTER_OK && count == (f->anew ? 0 : f->counts[!which])));
  }
  if (snapshot) propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  return status;
}

static void fail_everywhere(const char *first, const char *second, uint64_t n, uint64_t m, bool anew) {
  for (PropterFaultKind kind = PROPTER_FAULT_ALLOCATION; kind <= PROPTER_FAULT_IO; kind++) {
    Faulty f = {.folder = support_folder(), .paths = {first, second}, .counts = {n, m}, .anew = anew};
    ck_assert_uint_gt(support_fail_everywhere(kind, replace, &f, true), kind == PROPTER_FAULT_IO ? 5 : 30);
    if (!anew) ck_ok(propter_graph_verify(support_path(f.folder, "0"), NULL, err));
  }
}

START_TEST(every_failure_of_a_load_of_stretches) { fail_everywhere(document("a.nq", 24, 0), document("b.nq", 15, 0), 24, 15, _i); }
END_TEST

START_TEST(every_failure_of_a_load_of_turtle) {
  const char *a = support_path(support_folder(), "a.ttl"), *b = support_path(support_folder(), "b.ttl");
  support_write(a, PROPTER_STR("@prefix e: <http://e/> . e:a e:p 1, 'x'@en, [ e:q (1 2) ] . e:b e:p \"2\"^^e:own .\n"));
  support_write(b, PROPTER_STR("<http://e/a> <http://e/p> 1 ."));
  fail_everywhere(a, b, 9, 1, false);
}
END_TEST

Suite *suite_stretches(void);
Suite *suite_stretches(void) {
  Suite *s = suite_create("stretches");
  TCase *c = tcase_create("stretches");
  tcase_set_timeout(c, 60);
  tcase_add_test(c, the_file_is_the_same_whoever_reads);
  tcase_add_test(c, many_rows_behind_those_of_a_graph);
  tcase_add_test(c, an_error_late_in_a_document_has_its_line);
  tcase_add_loop_test(c, every_failure_of_a_load_of_stretches, 0, 2);
  tcase_add_test(c, every_failure_of_a_load_of_turtle);
  suite_add_tcase(s, c);
  return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The storage through librdf's own interface: changes, streams, contexts, transactions. */
#include <string.h>

#include "storage.h"
#include "support.h"

typedef struct {
  librdf_world *world;
  librdf_storage *storage;
  librdf_model *model;
  unsigned errors;
  int code;
} Fixture;

static int on_log(void *user, librdf_log_message *message) {
  Fixture *f = user;
  if (librdf_log_message_level(message) >= LIBRDF_LOG_ERROR) f->errors++, f->code = librdf_log_message_code(message);
  return 1;
}

static void open_storage(Fixture *f, const char *folder, const char *options) {
  f->storage = librdf_new_storage(f->world, "propter", folder, options);
  ck_assert_ptr_nonnull(f->storage);
  f->model = librdf_new_model(f->world, f->storage, NULL);
  ck_assert_ptr_nonnull(f->model);
}

static void close_storage(Fixture *f) {
  librdf_free_model(f->model);
  librdf_free_storage(f->storage);
}

static void begin(Fixture *f, const char *folder) {
  memset(f, 0, sizeof *f);
  ck_assert_int_eq(setenv("REDLAND_MODULE_PATH", "/nonexistent", 1), 0);
  f->world = librdf_new_world();
  librdf_world_set_logger(f->world, f, on_log);
  librdf_world_open(f->world);
  ck_assert_int_eq(librdf_storage_register_factory(f->world, "propter", "test", storage_factory), 0);
  if (folder) open_storage(f, folder, NULL);
}

static void end(Fixture *f) {
  close_storage(f);
  librdf_free_world(f->world);
}

static librdf_node *iri(Fixture *f, const char *text) { return text ? librdf_new_node_from_uri_string(f->world, (const unsigned char *)text) : NULL; }

static librdf_statement *triple(Fixture *f, const char *s, const char *p, const char *o) {
  librdf_node *object = o && o[0] == '"' ? librdf_new_node_from_literal(f->world, (const unsigned char *)o + 1, NULL, 0) : iri(f, o);
  return librdf_new_statement_from_nodes(f->world, iri(f, s), iri(f, p), object);
}

static int add(Fixture *f, const char *s, const char *p, const char *o, const char *context) {
  librdf_statement *st = triple(f, s, p, o);
  librdf_node *c = iri(f, context);
  int r = librdf_model_context_add_statement(f->model, c, st);
  librdf_free_statement(st);
  if (c) librdf_free_node(c);
  return r;
}

static bool has(Fixture *f, const char *s, const char *p, const char *o) {
  librdf_statement *st = triple(f, s, p, o);
  bool r = librdf_model_contains_statement(f->model, st) != 0;
  librdf_free_statement(st);
  return r;
}

static unsigned count(Fixture *f, const char *s, const char *p, const char *o, const char *context) {
  librdf_statement *st = triple(f, s, p, o);
  librdf_node *c = iri(f, context);
  librdf_stream *stream = context ? librdf_model_find_statements_in_context(f->model, st, c) : librdf_model_find_statements(f->model, st);
  ck_assert_ptr_nonnull(stream);
  unsigned n = 0;
  for (; !librdf_stream_end(stream); librdf_stream_next(stream)) {
    librdf_statement *found = librdf_stream_get_object(stream);
    ck_assert(librdf_statement_match(found, st));
    n++;
  }
  librdf_free_stream(stream);
  librdf_free_statement(st);
  if (c) librdf_free_node(c);
  return n;
}

START_TEST(test_changes) {
  Fixture f;
  begin(&f, support_path(support_folder(), "g"));
  ck_assert_int_eq(librdf_model_size(f.model), 0);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:o", NULL), 0);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:o", NULL), 0);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "\"text", "a:g"), 0);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:o", "a:g"), 0);
  ck_assert_int_eq(librdf_model_size(f.model), 3);
  ck_assert(has(&f, "a:s", "a:p", "a:o"));
  ck_assert(!has(&f, "a:s", "a:p", "a:x"));
  ck_assert_uint_eq(count(&f, "a:s", NULL, NULL, NULL), 3);
  ck_assert_uint_eq(count(&f, NULL, "a:p", "a:o", NULL), 2);
  ck_assert_uint_eq(count(&f, NULL, NULL, NULL, "a:g"), 2);
  ck_assert_uint_eq(count(&f, NULL, NULL, "\"text", "a:g"), 1);
  ck_assert_uint_eq(count(&f, NULL, NULL, NULL, "a:none"), 0);
  librdf_node *s = iri(&f, "a:s"), *p = iri(&f, "a:p"), *o = iri(&f, "a:o"), *g = iri(&f, "a:g");
  ck_assert(librdf_model_has_arc_out(f.model, s, p));
  ck_assert(librdf_model_has_arc_in(f.model, o, p));
  ck_assert(!librdf_model_has_arc_in(f.model, s, p));
  ck_assert(librdf_model_contains_context(f.model, g));
  librdf_iterator *sources = librdf_model_get_sources(f.model, p, o);
  ck_assert(!librdf_iterator_end(sources));
  ck_assert(librdf_node_equals(librdf_iterator_get_object(sources), s));
  librdf_free_iterator(sources);
  ck_assert_int_eq(librdf_model_context_remove_statements(f.model, g), 0);
  ck_assert_int_eq(librdf_model_size(f.model), 1);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:o", "a:g"), 0);
  librdf_statement *st = triple(&f, "a:s", "a:p", "a:o");
  /* Without a context it goes from everywhere. */
  ck_assert_int_eq(librdf_model_remove_statement(f.model, st), 0);
  ck_assert_int_eq(librdf_model_size(f.model), 0);
  librdf_free_statement(st);
  librdf_free_node(s);
  librdf_free_node(p);
  librdf_free_node(o);
  librdf_free_node(g);
  ck_assert_uint_eq(f.errors, 0);
  end(&f);
}
END_TEST

START_TEST(test_kept_and_renewed) {
  const char *folder = support_path(support_folder(), "g");
  Fixture f;
  begin(&f, folder);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:o", "a:g"), 0);
  close_storage(&f);
  open_storage(&f, folder, "write='no'");
  ck_assert_int_eq(librdf_model_size(f.model), 1);
  ck_assert_int_ne(add(&f, "a:s", "a:p", "a:q", NULL), 0);
  ck_assert_int_eq(f.code, PROPTER_INVALID);
  librdf_iterator *contexts = librdf_model_get_contexts(f.model);
  librdf_node *g = iri(&f, "a:g");
  ck_assert(librdf_node_equals(librdf_iterator_get_object(contexts), g));
  ck_assert(librdf_iterator_next(contexts));
  librdf_free_iterator(contexts);
  librdf_free_node(g);
  close_storage(&f);
  open_storage(&f, folder, "new='yes'");
  ck_assert_int_eq(librdf_model_size(f.model), 0);
  end(&f);
}
END_TEST

START_TEST(test_illegal) {
  Fixture f;
  begin(&f, support_path(support_folder(), "g"));
  librdf_statement *st =
      librdf_new_statement_from_nodes(f.world, librdf_new_node_from_literal(f.world, (const unsigned char *)"x", NULL, 0), iri(&f, "a:p"), iri(&f, "a:o"));
  ck_assert_int_gt(librdf_model_add_statement(f.model, st), 0);
  librdf_free_statement(st);
  ck_assert_int_gt(add(&f, "not absolute", "a:p", "a:o", NULL), 0);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:o", NULL), 0);
  ck_assert_int_eq(librdf_model_size(f.model), 1);
  end(&f);
}
END_TEST

START_TEST(test_transactions) {
  const char *folder = support_path(support_folder(), "g");
  Fixture f;
  begin(&f, folder);
  int mark = 0;
  ck_assert_int_ne(librdf_model_transaction_commit(f.model), 0);
  ck_assert_int_eq(librdf_model_transaction_start_with_handle(f.model, &mark), 0);
  ck_assert_ptr_eq(librdf_model_transaction_get_handle(f.model), &mark);
  ck_assert_int_ne(librdf_model_transaction_start(f.model), 0);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:o", NULL), 0);
  ck_assert_int_eq(librdf_model_size(f.model), 1);
  ck_assert_uint_eq(count(&f, "a:s", NULL, NULL, NULL), 1);
  ck_assert_int_eq(librdf_model_transaction_rollback(f.model), 0);
  ck_assert_int_eq(librdf_model_size(f.model), 0);

  ck_assert_int_eq(librdf_model_transaction_start(f.model), 0);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:o", "a:g"), 0);
  /* Another program sees nothing yet, and may not write. */
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterWriter *writer = NULL;
  PropterError error = {0};
  uint64_t n = 1;
  ck_ok(propter_graph_open(folder, 0, NULL, &graph, err));
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_snapshot_count(snapshot, PROPTER_SPOG, (PropterQuad){0, 0, 0, 0}, 0, &n, err));
  ck_assert_uint_eq(n, 0);
  propter_snapshot_close(snapshot);
  ck_assert_int_eq(propter_writer_open(graph, false, &writer, &error), PROPTER_LOCKED);
  /* A stream of a transaction outlives it. */
  librdf_stream *stream = librdf_model_as_stream(f.model);
  ck_assert_int_eq(librdf_model_transaction_commit(f.model), 0);
  ck_assert(!librdf_stream_end(stream));
  librdf_node *object = librdf_statement_get_object(librdf_stream_get_object(stream)), *o = iri(&f, "a:o");
  ck_assert(librdf_node_equals(object, o));
  librdf_free_node(o);
  ck_assert(librdf_stream_next(stream));
  librdf_free_stream(stream);
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_snapshot_count(snapshot, PROPTER_SPOG, (PropterQuad){0, 0, 0, 0}, 0, &n, err));
  ck_assert_uint_eq(n, 1);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  /* What is not committed when the storage closes is gone. */
  ck_assert_int_eq(librdf_model_transaction_start(f.model), 0);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:q", NULL), 0);
  close_storage(&f);
  open_storage(&f, folder, NULL);
  ck_assert_int_eq(librdf_model_size(f.model), 1);
  end(&f);
}
END_TEST

START_TEST(test_streams_stand) {
  Fixture f;
  begin(&f, support_path(support_folder(), "g"));
  char object[20];
  for (int i = 0; i < 1000; i++) {
    (void)snprintf(object, sizeof object, "a:o%d", i);
    ck_assert_int_eq(add(&f, "a:s", "a:p", object, NULL), 0);
  }
  /* Everything is removed while it is read. */
  librdf_stream *stream = librdf_model_as_stream(f.model);
  unsigned n = 0;
  for (; !librdf_stream_end(stream); librdf_stream_next(stream), n++)
    ck_assert_int_eq(librdf_model_remove_statement(f.model, librdf_stream_get_object(stream)), 0);
  ck_assert_uint_eq(n, 1000);
  ck_assert_int_eq(librdf_model_size(f.model), 0);
  librdf_free_stream(stream);
  /* A stream that is still read when the model goes. */
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:o", NULL), 0);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:q", NULL), 0);
  stream = librdf_model_as_stream(f.model);
  close_storage(&f);
  for (n = 0; !librdf_stream_end(stream); librdf_stream_next(stream)) n++;
  ck_assert_uint_eq(n, 2);
  librdf_free_stream(stream);
  librdf_free_world(f.world);
}
END_TEST

START_TEST(test_merge_and_bulk) {
  const char *folder = support_path(support_folder(), "g");
  Fixture f;
  begin(&f, folder);
  librdf_storage *memory = librdf_new_storage(f.world, "memory", NULL, NULL);
  librdf_model *other = librdf_new_model(f.world, memory, NULL);
  char object[20];
  for (int i = 0; i < 300; i++) {
    librdf_statement *st = NULL;
    (void)snprintf(object, sizeof object, "\"%d", i);
    st = triple(&f, "a:s", "a:p", object);
    ck_assert_int_eq(librdf_model_add_statement(other, st), 0);
    librdf_free_statement(st);
  }
  for (int g = 0; g < 2; g++) {
    librdf_stream *stream = librdf_model_as_stream(other);
    librdf_node *c = iri(&f, g ? "a:g" : "a:h");
    ck_assert_int_eq(librdf_model_context_add_statements(f.model, c, stream), 0);
    librdf_free_node(c);
    librdf_free_stream(stream);
  }
  ck_assert_uint_eq(count(&f, NULL, "a:p", NULL, NULL), 600);
  close_storage(&f);
  open_storage(&f, folder, "merge='yes'");
  ck_assert_uint_eq(count(&f, NULL, "a:p", NULL, NULL), 300);
  ck_assert_uint_eq(count(&f, NULL, "a:p", NULL, "a:g"), 300);
  librdf_free_model(other);
  librdf_free_storage(memory);
  end(&f);
}
END_TEST

START_TEST(test_locked_and_missing) {
  const char *folder = support_path(support_folder(), "g");
  Fixture f;
  begin(&f, folder);
  PropterGraph *graph = NULL;
  PropterWriter *writer = NULL;
  ck_ok(propter_graph_open(folder, 0, NULL, &graph, err));
  ck_ok(propter_writer_open(graph, false, &writer, err));
  ck_assert_int_lt(add(&f, "a:s", "a:p", "a:o", NULL), 0);
  ck_assert_int_eq(f.code, PROPTER_LOCKED);
  propter_writer_close(writer);
  propter_graph_close(graph);
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:o", NULL), 0);
  librdf_storage *absent = librdf_new_storage(f.world, "propter", support_path(folder, "absent"), "write='no'");
  ck_assert_ptr_nonnull(absent);
  ck_assert_ptr_null(librdf_new_model(f.world, absent, NULL));
  ck_assert_int_eq(f.code, PROPTER_NOT_FOUND);
  librdf_free_storage(absent);
  end(&f);
}
END_TEST

/* Rows, or triples of a graph, or whether it is so; -1: librdf refuses. */
static int answers(Fixture *f, const char *text) {
  librdf_query *query = librdf_new_query(f->world, "sparql", NULL, (const unsigned char *)text, NULL);
  ck_assert_ptr_nonnull(query);
  librdf_query_results *results = librdf_model_query_execute(f->model, query);
  int n = results ? 0 : -1;
  if (results && librdf_query_results_is_boolean(results)) {
    n = librdf_query_results_get_boolean(results);
  } else if (results && librdf_query_results_is_graph(results)) {
    librdf_stream *stream = librdf_query_results_as_stream(results);
    ck_assert_ptr_nonnull(stream);
    for (; !librdf_stream_end(stream); librdf_stream_next(stream)) n++;
    librdf_free_stream(stream);
  } else if (results) {
    for (; !librdf_query_results_finished(results); librdf_query_results_next(results)) n++;
  }
  if (results) librdf_free_query_results(results);
  librdf_free_query(query);
  return n;
}

START_TEST(test_queries_of_librdf) {
  Fixture f;
  begin(&f, support_path(support_folder(), "g"));
  ck_assert_int_eq(add(&f, "a:s", "a:p", "a:t", NULL), 0);
  ck_assert_int_eq(add(&f, "a:t", "a:p", "a:u", "a:g"), 0);
  ck_assert_int_eq(add(&f, "a:t", "a:name", "\"t", NULL), 0);
  /* Pending changes are seen. */
  ck_assert_int_eq(answers(&f, "SELECT ?x ?z WHERE { ?x <a:p> ?y . ?y <a:p> ?z }"), 1);
  ck_assert_int_eq(answers(&f, "SELECT ?x ?n WHERE { ?x <a:p> ?y OPTIONAL { ?x <a:name> ?n } }"), 2);
  /* GRAPH is not asked here: rasqal answers it and loses a term, which the sanitizers report. */
  ck_assert_int_eq(answers(&f, "ASK { <a:s> <a:p> <a:t> }"), 1);
  ck_assert_int_eq(answers(&f, "ASK { <a:s> <a:p> <a:u> }"), 0);
  ck_assert_int_eq(answers(&f, "CONSTRUCT { ?y <a:q> ?x } WHERE { ?x <a:p> ?y }"), 2);
  ck_assert_uint_eq(f.errors, 0);
  /* Still rasqal, whose grammar has no paths: an error, not an answer. */
  ck_assert_int_eq(answers(&f, "SELECT ?x WHERE { ?x <a:p>+ <a:u> }"), -1);
  ck_assert_uint_gt(f.errors, 0);
  end(&f);
}
END_TEST

Suite *suite_storage(void);
Suite *suite_storage(void) {
  Suite *s = suite_create("storage");
  TCase *t = tcase_create("storage");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, test_changes);
  tcase_add_test(t, test_kept_and_renewed);
  tcase_add_test(t, test_illegal);
  tcase_add_test(t, test_transactions);
  tcase_add_test(t, test_streams_stand);
  tcase_add_test(t, test_merge_and_bulk);
  tcase_add_test(t, test_locked_and_missing);
  tcase_add_test(t, test_queries_of_librdf);
  suite_add_tcase(s, t);
  return s;
}

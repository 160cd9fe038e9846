/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile queries, each of which would run for minutes and more, end with an error; failing allocations are errors. */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "hostile.h"
#include "world.h"

Suite *suite_limits(void);

static PropterGraph *numbers(void) {
  static char quads[200000];
  size_t len = 0;
  for (int i = 0; i < 1500; i++) len += (size_t)snprintf(quads + len, sizeof quads - len, "n%d next n%d. n%d value %d.\n", i, (i + 1) % 1500, i, i % 97);
  return world_open(quads);
}

START_TEST(a_hostile_query_ends) {
  const Hostile *h = &hostile[_i];
  PropterGraph *graph = world_open("");
  PropterQueryOptions options = world_options();
  PropterBuf text = {0};
  /* Where one status is named, the other limit is out of reach on any machine. */
  options.deadline_ms = strcmp(h->outcome, "LIMIT") == 0 ? 100000 : 100;
  options.memory = strcmp(h->outcome, "TIMEOUT") == 0 ? (size_t)4 << 30 : 64 << 20;
  hostile_graph(&text);
  ck_ok(world_update(graph, text.data, err));
  hostile_text(h, &text);
  const char *rows = world_ask(graph, text.data, &options);
  size_t name = strcspn(rows, " ");
  const char *found = strstr(h->outcome, "LIMIT");
  ck_assert_msg((strncmp(rows, "TIMEOUT", 7) == 0 && strncmp(h->outcome, "TIMEOUT", 7) == 0) || (name == 5 && strncmp(rows, "LIMIT", 5) == 0 && found != NULL),
                "%.100s: %.200s", text.data, rows);
  propter_buf_clear(&text);
  propter_graph_close(graph);
}
END_TEST

/* A dense network: 300 nodes, each with 60 others. */
static PropterGraph *dense(void) {
  static char quads[300 * 60 * 16];
  size_t len = 0;
  for (int a = 0; a < 300; a++)
    for (int i = 1; i <= 60; i++) len += (size_t)snprintf(quads + len, sizeof quads - len, "n%d r n%d.\n", a, (a + i * i) % 300);
  return world_open(quads);
}

static void check_ends(PropterGraph *graph, const char *text, const PropterQueryOptions *options) {
  const char *rows = world_ask(graph, text, options);
  ck_assert_msg(strncmp(rows, "TIMEOUT", 7) == 0, "%.80s: %.80s", text, rows);
}

START_TEST(a_deadline_holds_in_a_leapfrog_join) {
  PropterGraph *graph = dense();
  PropterQueryOptions options = world_options();
  options.deadline_ms = 20;
  options.default_is_union = true;
  check_ends(graph, "SELECT (COUNT(*) AS ?n) { ?a :r ?b . ?b :r ?c . ?c :r ?d . ?d :r ?e . ?e :r ?f . ?f :r ?a }", &options);
  check_ends(graph, "SELECT ?a { ?a :r ?b . ?b :r ?c . ?c :r ?d . ?d :r ?a FILTER(COALESCE(?a) = 1) }", &options);
  propter_graph_close(graph);
}
END_TEST

START_TEST(a_deadline_holds_while_a_query_is_planned) {
  PropterGraph *graph = dense();
  PropterBuf text = {0};
  PropterQueryOptions options = world_options();
  options.deadline_ms = 20;
  options.default_is_union = true;
  /* names and values that must be looked up */
  propter_buf_add(&text, PROPTER_STR("SELECT (COUNT(*) AS ?n) { ?a :r ?x VALUES ?x {"));
  for (int i = 0; i < 300000; i++) propter_buf_printf(&text, " :n%d", i);
  propter_buf_add(&text, PROPTER_STR(" } }"));
  check_ends(graph, text.data, &options);
  /* a star, a path, and all nodes with one another: the orders of many patterns are compared */
  for (int kind = 0; kind < 3; kind++) {
    propter_buf_reset(&text);
    propter_buf_add(&text, PROPTER_STR("SELECT (COUNT(*) AS ?n) {"));
    for (int i = 0; i < 400; i++)
      propter_buf_printf(&text, " ?v%d :r ?v%d .", kind == 0 ? 0 : kind == 1 ? i : i % 20, kind == 2 ? 20 + i / 20 : i + 1);
    propter_buf_add_char(&text, '}');
    check_ends(graph, text.data, &options);
  }
  propter_buf_clear(&text);
  propter_graph_close(graph);
}
END_TEST

static void check_update_ends(PropterGraph *graph, const char *text) {
  PropterQueryOptions options = world_options();
  PropterQuery *query = NULL;
  PropterWriter *writer = NULL;
  PropterError failure = {0};
  options.deadline_ms = 100;
  ck_ok(propter_query_parse(propter_str(text), PROPTER_STR("urn:"), &query, err));
  ck_ok(propter_writer_open(graph, true, &writer, err));
  ck_assert_int_eq(propter_update_run(query, writer, &options, &failure), PROPTER_TIMEOUT);
  propter_writer_close(writer);
  propter_query_free(query);
}

START_TEST(a_deadline_holds_for_a_whole_update) {
  PropterGraph *graph = dense();
  PropterBuf text = {0};
  check_update_ends(graph, "INSERT { ?a <p> ?b } WHERE { ?a <r> ?x . ?b <r> ?y . ?c <r> ?z }");
  check_update_ends(graph, "DELETE { ?a <r> ?b } WHERE { ?a <r> ?x . ?b <r> ?y . ?x <r> ?z . ?z <r> ?y . ?y <r> ?a }");
  /* many operations, none of them long */
  for (int i = 0; i < 400; i++) propter_buf_printf(&text, "COPY DEFAULT TO <g%d> ; ", i);
  check_update_ends(graph, text.data);
  propter_buf_clear(&text);
  ck_assert_str_eq(world_ask(graph, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", NULL), "12000");
  propter_graph_close(graph);
}
END_TEST

START_TEST(a_memory_cap_holds) {
  static const char *const queries[] = {
      "SELECT ?a ?b ?c { ?a :value ?x . ?b :value ?y . ?c :value ?z } ORDER BY ?x",
      "SELECT ?a ?b ?c (COUNT(*) AS ?n) { ?a :value ?x . ?b :value ?y . ?c :value ?z } GROUP BY ?a ?b ?c",
      "SELECT (GROUP_CONCAT(?t) AS ?n) { ?a :value ?x . ?b :value ?y BIND(CONCAT(STR(?a), STR(?b)) AS ?t) }",
      "CONSTRUCT { ?a :p ?b } { ?a :value ?x . ?b :value ?y }",
  };
  PropterGraph *graph = numbers();
  PropterQueryOptions options = world_options();
  options.memory = 4 << 20;
  for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
    const char *rows = world_ask(graph, queries[i], &options);
    ck_assert_msg(strncmp(rows, "LIMIT", 5) == 0, "%s: %.80s", queries[i], rows);
  }
  /* What fits is answered. */
  ck_assert_str_eq(world_ask(graph, "SELECT (COUNT(*) AS ?n) { ?a :value ?x . ?b :value ?x }", &options), "23220");
  propter_graph_close(graph);
}
END_TEST

/* Operators that hand out rows while they run: the flag is set after the first one. */
static const struct {
  const char *name, *text;
} running[] = {
    {"scan", "SELECT * { ?a ?b ?c }"},
    {"path", "SELECT * { ?a :r+ ?b }"},
    {"hash join", "SELECT * { ?a :r ?b . ?b :r ?c . ?c :r ?a }"},
    {"distinct", "SELECT DISTINCT ?a ?d { ?a :r ?b . ?c :r ?d }"},
    {"union", "SELECT * { { ?a :r ?b } UNION { ?b :r ?a } }"},
    {"filter", "SELECT * { ?a :r ?b FILTER(STRLEN(STR(?a)) + STRLEN(STR(?b)) > 0) }"},
}, waiting[] = {
    /* Operators that read all their input before their first row: another thread sets it. */
    {"order", "SELECT * { ?a :r ?b . ?c :r ?d . ?e :r ?f } ORDER BY ?f"},
    {"group", "SELECT ?a (MAX(?f) AS ?m) { ?a :r ?b . ?c :r ?d . ?e :r ?f } GROUP BY ?a"},
    {"hash join", "SELECT (COUNT(*) AS ?n) { { SELECT ?a ?c { ?a :r ?b . ?c :r ?d . ?e :r ?f } } { SELECT ?a ?c { ?a :r ?b . ?c :r ?d . ?e :r ?g } } }"},
    {"hash join", "SELECT (COUNT(*) AS ?n) { ?a :r ?b . ?b :r ?c . ?c :r ?d . ?d :r ?e . ?e :r ?f . ?f :r ?a }"},
    {"path", "SELECT (COUNT(*) AS ?n) { ?a :r+ ?b . ?c :r+ ?d . ?e :r+ ?f FILTER(?b != ?d && ?d != ?f) }"},
};

typedef struct {
  PropterGraph *graph;
  PropterSnapshot *snapshot;
  PropterQuery *query;
  PropterQueryOptions options;
  atomic_bool cancel;
  long delay_ms;
  pthread_t thread;
} Cancelled;

static void *set_flag(void *payload) {
  Cancelled *c = payload;
  struct timespec delay = {c->delay_ms / 1000, c->delay_ms % 1000 * 1000000};
  (void)nanosleep(&delay, NULL);
  atomic_store(&c->cancel, true);
  return NULL;
}

static void flag_later(Cancelled *c) {
  atomic_store(&c->cancel, false);
  ck_assert_int_eq(pthread_create(&c->thread, NULL, set_flag, c), 0);
}

static void cancelled_open(Cancelled *c, const char *text) {
  PropterBuf whole = {0};
  *c = (Cancelled){.graph = dense(), .options = world_options(), .delay_ms = 20};
  c->options.cancel = &c->cancel;
  propter_buf_printf(&whole, "PREFIX : <urn:> %s", text);
  ck_ok(propter_query_parse(propter_buf_str(&whole), PROPTER_STR(""), &c->query, err));
  propter_buf_clear(&whole);
}

static void cancelled_close(Cancelled *c) {
  propter_snapshot_close(c->snapshot);
  propter_query_free(c->query);
  propter_graph_close(c->graph);
}

START_TEST(an_operator_is_cancelled_while_it_gives_rows) {
  Cancelled c;
  PropterResults *results = NULL;
  PropterBuf plan = {0};
  PropterError failure = {0};
  const PropterTerm *row = NULL;
  PropterStatus status;
  cancelled_open(&c, running[_i].text);
  ck_ok(propter_snapshot_open(c.graph, 0, &c.snapshot, err));
  ck_ok(propter_query_run(c.query, c.snapshot, &c.options, &results, err));
  ck_ok(propter_results_next(results, &row, err));
  ck_assert_ptr_nonnull(row);
  atomic_store(&c.cancel, true);
  do status = propter_results_next(results, &row, &failure);
  while (status == PROPTER_OK && row);
  ck_assert_int_eq(status, PROPTER_CANCELLED);
  ck_ok(propter_results_explain(results, false, &plan, err));
  ck_assert_msg(strstr(plan.data, running[_i].name) != NULL, "%s", plan.data);
  propter_buf_clear(&plan);
  propter_results_close(results);
  cancelled_close(&c);
}
END_TEST

START_TEST(an_operator_is_cancelled_before_its_first_row) {
  Cancelled c;
  PropterBuf plan = {0};
  cancelled_open(&c, waiting[_i].text);
  ck_ok(propter_snapshot_open(c.graph, 0, &c.snapshot, err));
  /* On a busy machine the flag may be there before the plan is. */
  for (; !plan.len; c.delay_ms *= 2) {
    PropterError failure = {0};
    ck_assert_int_lt(c.delay_ms, 20000);
    flag_later(&c);
    ck_assert_int_eq(propter_query_explain(c.query, c.snapshot, &c.options, false, &plan, &failure), PROPTER_CANCELLED);
    ck_assert_int_eq(pthread_join(c.thread, NULL), 0);
  }
  ck_assert_msg(strstr(plan.data, waiting[_i].name) != NULL, "%s", plan.data);
  propter_buf_clear(&plan);
  cancelled_close(&c);
}
END_TEST

START_TEST(an_update_is_cancelled) {
  Cancelled c;
  PropterWriter *writer = NULL;
  PropterError failure = {0};
  cancelled_open(&c, "INSERT DATA { :x :p :y } ; INSERT { ?a :p ?f } WHERE { ?a :r ?b . ?c :r ?d . ?e :r ?f }");
  ck_ok(propter_writer_open(c.graph, true, &writer, err));
  flag_later(&c);
  ck_assert_int_eq(propter_update_run(c.query, writer, &c.options, &failure), PROPTER_CANCELLED);
  ck_assert_int_eq(pthread_join(c.thread, NULL), 0);
  propter_writer_close(writer);
  ck_assert_str_eq(world_ask(c.graph, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", NULL), "12000");
  cancelled_close(&c);
}
END_TEST

START_TEST(a_query_is_cancelled) {
  PropterGraph *graph = numbers();
  PropterQueryOptions options = world_options();
  atomic_bool cancel = true;
  options.cancel = &cancel;
  ck_assert_int_eq(strncmp(world_ask(graph, "SELECT * { ?a ?b ?c }", &options), "CANCELLED", 9), 0);
  propter_graph_close(graph);
}
END_TEST

START_TEST(long_queries_are_answered) {
  PropterGraph *graph = numbers();
  PropterBuf text = {0};
  propter_buf_add(&text, PROPTER_STR("SELECT (COUNT(*) AS ?n) { ?a :value ?x VALUES ?x {"));
  for (int i = 0; i < 100000; i++) propter_buf_printf(&text, " %d", i);
  propter_buf_add(&text, PROPTER_STR(" } }"));
  ck_assert_str_eq(world_ask(graph, text.data, NULL), "1500");
  propter_buf_reset(&text);
  propter_buf_add(&text, PROPTER_STR("SELECT (COUNT(*) AS ?n) { ?v0 :next ?v1 ."));
  for (int i = 1; i < 60; i++) propter_buf_printf(&text, " ?v%d :next ?v%d .", i, i + 1);
  propter_buf_add(&text, PROPTER_STR(" }"));
  ck_assert_str_eq(world_ask(graph, text.data, NULL), "1500");
  propter_buf_reset(&text);
  propter_buf_add(&text, PROPTER_STR("SELECT (COUNT(*) AS ?n) { ?v0 :next ?v1"));
  for (int i = 1; i < 100; i++) propter_buf_printf(&text, " OPTIONAL { ?v%d :next ?v%d", i, i + 1);
  for (int i = 1; i < 100; i++) propter_buf_add_char(&text, '}');
  propter_buf_add_char(&text, '}');
  ck_assert_str_eq(world_ask(graph, text.data, NULL), "1500");
  propter_buf_clear(&text);
  propter_graph_close(graph);
}
END_TEST

START_TEST(every_failed_allocation_of_a_query_is_an_error) {
  static const char *const queries[] = {
      "SELECT DISTINCT ?a ?t { ?a <p> ?b OPTIONAL { ?b <q> ?c FILTER(?c > 1) } BIND(CONCAT(STR(?a), 'x') AS ?t) FILTER(REGEX(?t, 'urn')) } ORDER BY ?t LIMIT 3",
      "SELECT ?g (COUNT(DISTINCT ?s) AS ?n) (GROUP_CONCAT(?o) AS ?t) (MIN(?o) AS ?m) { GRAPH ?g { ?s ?p ?o MINUS { ?s <q> 5 } } FILTER EXISTS { ?s <p>|<q> ?x } } GROUP BY ?g",
      "CONSTRUCT { ?s <r> ?x . ?x <r> _:b } { { ?s (<p>/<q>)* ?x } UNION { ?x ^<p>+ ?s } VALUES ?s { <a> <b> UNDEF } }",
      "DESCRIBE ?s { ?s <p> ?o { SELECT ?o { ?o <q> ?z } } }",
  };
  PropterGraph *graph = world_open("a p b. b q 1. b q 2. c p b. a p b g. b q 3 g. d q 5 h.");
  /* A pattern whose just-in-time compilation fails is interpreted. */
  for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
    ck_assert_uint_gt(world_fail_everywhere(graph, queries[i], NULL, strstr(queries[i], "REGEX") != NULL), 50);
  propter_graph_close(graph);
}
END_TEST

static PropterStatus run_update(void *payload, PropterError *err) {
  return world_update(
      payload,
      "INSERT { ?s :r ?n . _:b :r ?s } WHERE { ?s :p ?o BIND(CONCAT('x', STR(?o)) AS ?n) } ; DELETE WHERE { ?s :r ?o } ; COPY :g TO :h ; DROP GRAPH :h", err);
}

START_TEST(every_failure_of_an_update_is_an_error) {
  PropterGraph *graph = world_open("a p b. c p d. a q 1 g.");
  /* Once before, so that the graph knows all terms and every run does the same. */
  ck_ok(run_update(graph, err));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, run_update, graph, false), 50);
  /* The mark of a commit that stands may fail: then the next to open the graph verifies it. */
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, run_update, graph, true), 1);
  ck_assert_str_eq(world_ask_sorted(graph, "SELECT ?s ?p ?o ?g { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"), "a p b -\na q 1 g\nc p d -");
  propter_graph_close(graph);
}
END_TEST

Suite *suite_limits(void) {
  Suite *s = suite_create("limits");
  TCase *tc = tcase_create("limits");
  tcase_set_timeout(tc, 120);
  tcase_add_loop_test(tc, a_hostile_query_ends, 0, HOSTILE_COUNT);
  tcase_add_test(tc, a_deadline_holds_in_a_leapfrog_join);
  tcase_add_test(tc, a_deadline_holds_while_a_query_is_planned);
  tcase_add_test(tc, a_deadline_holds_for_a_whole_update);
  tcase_add_test(tc, a_memory_cap_holds);
  tcase_add_test(tc, a_query_is_cancelled);
  tcase_add_loop_test(tc, an_operator_is_cancelled_while_it_gives_rows, 0, sizeof running / sizeof *running);
  tcase_add_loop_test(tc, an_operator_is_cancelled_before_its_first_row, 0, sizeof waiting / sizeof *waiting);
  tcase_add_test(tc, an_update_is_cancelled);
  tcase_add_test(tc, long_queries_are_answered);
  tcase_add_test(tc, every_failed_allocation_of_a_query_is_an_error);
  tcase_add_test(tc, every_failure_of_an_update_is_an_error);
  suite_add_tcase(s, tc);
  return s;
}

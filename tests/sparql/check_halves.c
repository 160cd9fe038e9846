/* SPDX-License-Identifier: Apache-2.0 */
/* Long aggregates read in two halves: the same answer on one thread, on two, and where the scan is not cut at all. */
#include <string.h>

#include "world.h"

Suite *suite_halves(void);

enum { SUBJECTS = 9000 };

/* Each subject has a number, a kind in one of two graphs besides, every third a friend. */
static PropterGraph *many(void) {
  PropterBuf quads = {0};
  for (int i = 0; i < SUBJECTS; i++) {
    propter_buf_printf(&quads, "s%d value %d.s%d kind k%d.", i, (i * 7919) % 1000 - 500, i, (i * i) % 7);
    if (i % 4 == 0) propter_buf_printf(&quads, "s%d kind k%d g.s%d kind k%d h.", i, (i * i) % 7, i, i % 7);
    if (i % 3 == 0) propter_buf_printf(&quads, "s%d friend s%d.", i, (i * 31) % SUBJECTS);
  }
  PropterGraph *graph = world_open(quads.data);
  propter_buf_clear(&quads);
  return graph;
}

/* A condition on chance keeps the scan in one piece; it is always true. */
#define WHOLE "FILTER(RAND() < 2)"

static const char *const queries[] = {
    "SELECT (COUNT(*) AS ?n) (SUM(?v) AS ?sum) (MIN(?v) AS ?least) (MAX(?v) AS ?most) { ?s :value ?v FILTER(?v != 3) %s }",
    "SELECT ?k (COUNT(*) AS ?n) (AVG(?v) AS ?mean) { ?s :value ?v ; :kind ?k %s } GROUP BY ?k",
    "SELECT ?k (COUNT(DISTINCT ?v) AS ?n) (SUM(DISTINCT ?v) AS ?sum) { ?s :kind ?k ; :value ?v %s } GROUP BY ?k",
    "SELECT (COUNT(DISTINCT *) AS ?n) { ?s :value ?v ; :kind ?k FILTER(?v > 0) %s }",
    /* groups and extremes that only the query knows */
    "SELECT ?t (COUNT(*) AS ?n) (MAX(?u) AS ?most) { ?s :value ?v BIND(CONCAT('t', STR(?v / 100)) AS ?t) BIND(CONCAT(STR(?s), '!') AS ?u) %s } GROUP BY ?t",
    /* what depends on the order: texts one after the other, the first value, doubles */
    "SELECT ?k (GROUP_CONCAT(STR(?v); SEPARATOR='/') AS ?texts) (SAMPLE(?s) AS ?some) { ?s :kind ?k ; :value ?v FILTER(?v > 480) %s } GROUP BY ?k",
    "SELECT (SUM(?v * 1.1e-3) AS ?sum) (AVG(?v * 3.3e5) AS ?mean) { ?s :value ?v %s }",
    "SELECT (SUM(IF(?v > 490, ?v * 1.7e-3, ?v * 0.1)) AS ?sum) { ?s :value ?v %s }",
    "SELECT (SUM(?v * 0.001) AS ?sum) (SUM(STR(?v)) AS ?none) { ?s :value ?v %s }",
    "SELECT ?k (COUNT(?f) AS ?n) { ?s :value ?v ; :kind ?k OPTIONAL { ?s :friend ?f } %s } GROUP BY ?k",
    "SELECT ?v (COUNT(*) AS ?n) { ?s :value ?v FILTER EXISTS { ?s :friend ?f } %s } GROUP BY ?v",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s :kind ?k } ?s :value ?v FILTER(?v < 400) %s } GROUP BY ?g",
    "SELECT (COUNT(*) AS ?n) { ?s :value ?v FILTER(?v > 10000) %s }",
    "SELECT ?o (COUNT(*) AS ?n) { ?s ?p ?o FILTER(isNumeric(?o) || ?o = :k3) %s } GROUP BY ?o",
    /* what is not cut, too */
    "SELECT ?s ?v { ?s :value ?v ; :kind ?k FILTER(?v > 450) %s }",
    "SELECT DISTINCT ?k ?w { ?s :kind ?k ; :friend ?f . ?f :value ?w FILTER(?w < -490) %s }",
    "SELECT ?s ?v { ?s :value ?v OPTIONAL { ?s :friend ?f } FILTER(!BOUND(?f)) %s } ORDER BY DESC(?v) ?s LIMIT 40",
    "SELECT ?s ?t { ?s :friend/:friend ?t ; :value 3 %s }",
    "SELECT ?s { { ?s :value 7 } UNION { ?s :value 8 MINUS { ?s :friend ?f } } %s }",
    "SELECT ?k ?n { ?s :value 499 ; :kind ?k { SELECT ?k (COUNT(*) AS ?n) { ?x :kind ?k ; :value ?v FILTER(?v != 1) } GROUP BY ?k } %s } ORDER BY ?k",
};

static char *answer_of(PropterGraph *graph, size_t i, const char *more, unsigned threads, bool all_graphs, uint64_t memory) {
  char text[1000];
  PropterQueryOptions options = world_options();
  options.threads = threads, options.default_is_union = all_graphs;
  if (memory) options.memory = memory;
  (void)snprintf(text, sizeof text, queries[i], more);
  char *copy = strdup(world_ask(graph, text, &options));
  ck_assert_ptr_nonnull(copy);
  return copy;
}

static void compare(PropterGraph *graph, size_t i, bool all_graphs, uint64_t memory) {
  char *whole = answer_of(graph, i, WHOLE, 1, all_graphs, 0), *one = answer_of(graph, i, "", 1, all_graphs, memory);
  ck_assert_str_ne(one, "");
  ck_assert_msg(memory || strcmp(whole, one) == 0, "%s: %.300s instead of %.300s", queries[i], one, whole);
  for (unsigned threads = 0; threads <= 4; threads += 2) {
    char *two = answer_of(graph, i, "", threads, all_graphs, memory);
    ck_assert_msg(strcmp(one, two) == 0, "%u threads: %s: %.300s instead of %.300s", threads, queries[i], two, one);
    free(two);
  }
  free(whole), free(one);
}

START_TEST(answers_do_not_depend_on_threads) {
  PropterGraph *graph = many();
  for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) compare(graph, i, false, 0), compare(graph, i, true, 0);
  propter_graph_close(graph);
}
END_TEST

START_TEST(nor_where_memory_is_short) {
  PropterGraph *graph = many();
  for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) compare(graph, i, true, 2 << 20);
  propter_graph_close(graph);
}
END_TEST

START_TEST(two_threads_are_used_and_told) {
  PropterGraph *graph = many();
  PropterQueryOptions options = world_options();
  options.threads = 2;
  const char *plan = world_plan(graph, "SELECT (COUNT(*) AS ?n) { ?s :value ?v FILTER(?v != 3) }", &options);
  ck_assert_msg(strstr(plan, "threads 2") != NULL, "%s", plan);
  ck_assert_msg(strstr(plan, "rows 9000") != NULL, "%s", plan);
  /* doubles are added in their order, which two cannot; a short scan is not worth it */
  const char *const single[] = {"SELECT (SUM(?v * 1.1e0) AS ?n) { ?s :value ?v }", "SELECT (COUNT(*) AS ?n) { ?s :kind :k3 ; :value ?v }"};
  for (size_t i = 0; i < 2; i++) {
    plan = world_plan(graph, single[i], &options);
    ck_assert_msg(strstr(plan, "threads") == NULL, "%s", plan);
  }
  options.threads = 1;
  plan = world_plan(graph, "SELECT (COUNT(*) AS ?n) { ?s :value ?v FILTER(?v != 3) }", &options);
  ck_assert_msg(strstr(plan, "threads") == NULL, "%s", plan);
  propter_graph_close(graph);
}
END_TEST

/* Rows of joins, filters and BIND, as they come, sorted or once each: with names that only the query knows, too. */
START_TEST(rows_come_from_two_threads) {
  static const char *const texts[] = {
      "SELECT ?s ?v ?k { ?s :value ?v ; :kind ?k FILTER(?v != 3) }",
      "SELECT ?t ?u { ?s :value ?v ; :kind ?k BIND(CONCAT('t', STR(?v / 100)) AS ?t) BIND(CONCAT(STR(?k), '/', STR(?s)) AS ?u) }",
      "SELECT DISTINCT ?t { ?s :value ?v ; :kind ?k BIND(CONCAT('t', STR(?v / 10)) AS ?t) }",
      "SELECT ?s ?t { ?s :value ?v OPTIONAL { ?s :friend ?f } BIND(COALESCE(STR(?f), STR(?v)) AS ?t) } ORDER BY ?t ?s",
      "SELECT ?s (STRLEN(STR(?s)) + ?v AS ?n) { ?s :value ?v ; :kind ?k FILTER(?k != :k4) } ORDER BY DESC(?n) ?s LIMIT 100",
  };
  PropterGraph *graph = many();
  PropterQueryOptions options = world_options();
  options.default_is_union = true;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    options.threads = 1;
    char *one = strdup(world_ask(graph, texts[i], &options));
    ck_assert(one && strchr(one, '\n'));
    ck_assert_msg(strstr(world_plan(graph, texts[i], &options), "halves") != NULL, "%s: %s", texts[i], world_plan(graph, texts[i], &options));
    for (options.threads = 2; options.threads <= 4; options.threads += 2) {
      ck_assert_msg(strcmp(one, world_ask(graph, texts[i], &options)) == 0, "%s on %u threads", texts[i], options.threads);
      const char *plan = world_plan(graph, texts[i], &options);
      ck_assert_msg(strstr(plan, "threads 2") != NULL, "%s: %s", texts[i], plan);
    }
    free(one);
  }
  /* A limit asks for the first rows alone. */
  options.threads = 2;
  ck_assert_ptr_null(strstr(world_plan(graph, "SELECT ?s ?v ?k { ?s :value ?v ; :kind ?k FILTER(?v != 3) } LIMIT 5", &options), "halves"));
  propter_graph_close(graph);
}
END_TEST

/* The second thread keeps no more than its memory allows; what it could not keep is computed by the first one. */
START_TEST(rows_too_many_to_keep) {
  PropterGraph *graph = many();
  PropterQueryOptions options = world_options();
  options.default_is_union = true;
  const char *text = "SELECT ?s ?v ?k ?t { ?s :value ?v ; :kind ?k BIND(CONCAT('t', STR(?v)) AS ?t) }";
  options.threads = 1;
  char *one = strdup(world_ask(graph, text, &options));
  options.threads = 2, options.memory = 2 << 20;
  ck_assert_msg(strcmp(one, world_ask(graph, text, &options)) == 0, "%.200s", world_ask(graph, text, &options));
  const char *plan = world_plan(graph, text, &options);
  ck_assert_msg(strstr(plan, "halves") && !strstr(plan, "threads"), "%s", plan);
  free(one);
  propter_graph_close(graph);
}
END_TEST

/* Whoever stops reading ends the second thread as well. */
START_TEST(rows_not_asked_for) {
  PropterGraph *graph = many();
  PropterSnapshot *snapshot = NULL;
  PropterQuery *query = NULL;
  PropterResults *results = NULL;
  PropterQueryOptions options = world_options();
  const PropterTerm *row = NULL;
  options.threads = 2, options.default_is_union = true;
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_query_parse(PROPTER_STR("SELECT * { ?s <value> ?v ; <kind> ?k FILTER(SHA512(SHA512(STR(?s))) != 'x') }"), PROPTER_STR("urn:"), &query, err));
  for (int rows = 0; rows < 3; rows++) {
    ck_ok(propter_query_run(query, snapshot, &options, &results, err));
    for (int i = 0; i < rows; i++) ck_ok(propter_results_next(results, &row, err));
    ck_assert_int_eq(row != NULL, rows > 0);
    propter_results_close(results);
  }
  propter_query_free(query);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
}
END_TEST

START_TEST(deadline_and_cancelling_hold) {
  PropterGraph *graph = many();
  PropterQueryOptions options = world_options();
  atomic_bool cancel = true;
  options.threads = 2, options.deadline_ms = 4;
  const char *query = "SELECT (COUNT(*) AS ?n) { ?s :value ?v ; :kind ?k FILTER(SHA512(SHA512(SHA512(SHA512(SHA512(SHA512(SHA512(SHA512("
                      "CONCAT(STR(?s), STR(?v)))))))))) = 'x') }";
  ck_assert_int_eq(strncmp(world_ask(graph, query, &options), "TIMEOUT", 7), 0);
  options.deadline_ms = 0, options.cancel = &cancel;
  ck_assert_int_eq(strncmp(world_ask(graph, query, &options), "CANCELLED", 9), 0);
  propter_graph_close(graph);
}
END_TEST

START_TEST(every_failed_allocation_is_an_error) {
  PropterGraph *graph = many();
  const char *query = "SELECT ?v (COUNT(DISTINCT ?s) AS ?n) { ?s :value ?v FILTER(?v != 400) } GROUP BY ?v";
  ck_assert_uint_gt(world_fail_everywhere(graph, query, NULL, false), 30);
  PropterQueryOptions options = world_options();
  options.default_is_union = true;
  ck_assert_uint_gt(world_fail_everywhere(graph, "SELECT ?s ?k { ?s :value ?v ; :kind ?k FILTER(?v > 400) } ORDER BY ?k", &options, false), 30);
  propter_graph_close(graph);
}
END_TEST

Suite *suite_halves(void) {
  Suite *s = suite_create("halves");
  TCase *tc = tcase_create("halves");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, answers_do_not_depend_on_threads);
  tcase_add_test(tc, nor_where_memory_is_short);
  tcase_add_test(tc, two_threads_are_used_and_told);
  tcase_add_test(tc, rows_come_from_two_threads);
  tcase_add_test(tc, rows_too_many_to_keep);
  tcase_add_test(tc, rows_not_asked_for);
  tcase_add_test(tc, deadline_and_cancelling_hold);
  tcase_add_test(tc, every_failed_allocation_is_an_error);
  suite_add_tcase(s, tc);
  return s;
}

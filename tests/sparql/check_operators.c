/* SPDX-License-Identifier: Apache-2.0 */
/* Operators the planner chooses by the size of the data: their answers beside a count made by hand, and that they were chosen. */
#include <string.h>

#include "propter/rng.h"
#include "world.h"

Suite *suite_operators(void);

enum { NODES = 80, EDGES = 1400, RELATIONS = 3 };

static bool edge[RELATIONS][NODES][NODES];

/* Three random relations over the same nodes, and a number for every third node. */
static PropterGraph *network(void) {
  static char quads[RELATIONS * EDGES * 24 + NODES * 24];
  PropterRng rng;
  size_t len = 0;
  memset(edge, 0, sizeof edge);
  propter_rng_seed(&rng, 5);
  for (int r = 0; r < RELATIONS; r++)
    for (int i = 0; i < EDGES; i++) {
      size_t a = (size_t)propter_rng_below(&rng, NODES), b = (size_t)propter_rng_below(&rng, NODES);
      edge[r][a][b] = true;
      len += (size_t)snprintf(quads + len, sizeof quads - len, "n%zu r%d n%zu.\n", a, r, b);
    }
  for (int i = 0; i < NODES; i += 3) len += (size_t)snprintf(quads + len, sizeof quads - len, "n%d value %d.\n", i, i);
  return world_open(quads);
}

static PropterQueryOptions all_graphs(void) {
  PropterQueryOptions options = world_options();
  options.default_is_union = true;
  return options;
}

static const char *plan_of(PropterGraph *graph, const char *text) {
  PropterQueryOptions options = all_graphs();
  return world_plan(graph, text, &options);
}

static void check_count(PropterGraph *graph, const char *query, const char *operator, size_t count) {
  char text[32];
  (void)snprintf(text, sizeof text, "%zu", count);
  PropterQueryOptions options = all_graphs();
  const char *rows = world_ask(graph, query, &options);
  ck_assert_msg(strcmp(rows, text) == 0, "%s: %s instead of %s", query, rows, text);
  const char *plan = plan_of(graph, query);
  ck_assert_msg(strstr(plan, operator) != NULL, "no %s in the plan of %s:\n%s", operator, query, plan);
}

START_TEST(cycles_are_joined_by_leapfrog) {
  PropterGraph *graph = network();
  size_t triangles = 0, squares = 0;
  for (size_t a = 0; a < NODES; a++)
    for (size_t b = 0; b < NODES; b++)
      for (size_t c = 0; c < NODES && edge[0][a][b]; c++) {
        triangles += edge[1][b][c] && edge[2][c][a];
        for (size_t d = 0; d < NODES && edge[1][b][c]; d++) squares += edge[2][c][d] && edge[0][d][a];
      }
  check_count(graph, "SELECT (COUNT(*) AS ?n) { ?a <r0> ?b . ?b <r1> ?c . ?c <r2> ?a }", "leapfrog join", triangles);
  check_count(graph, "SELECT (COUNT(*) AS ?n) { ?a <r0> ?b . ?b <r1> ?c . ?c <r2> ?d . ?d <r0> ?a }", "leapfrog join", squares);
  propter_graph_close(graph);
}
END_TEST

/* Half of the things have a size, all have a colour, none of the sized ones a weight: what goes with what is only in the characteristic sets. */
START_TEST(an_expensive_plan_is_judged_by_statistics) {
  static char quads[200000];
  size_t len = 0;
  for (int i = 0; i < 1000; i++) {
    len += (size_t)snprintf(quads + len, sizeof quads - len, "t%d colour c%d. t%d %s %d. ", i, i % 10, i, i % 2 ? "size" : "weight", i % 7);
    if (i % 2) len += (size_t)snprintf(quads + len, sizeof quads - len, "t%d label l%d. t%d label m%d. ", i, i, i, i);
  }
  PropterGraph *graph = world_open(quads);
  /* cheap: no pass is made for it */
  const char *plan = plan_of(graph, "SELECT (COUNT(*) AS ?n) { ?t <colour> ?c ; <size> ?s ; <label> ?l }");
  ck_assert_msg(strstr(plan, "statistics") == NULL, "%s", plan);
  check_count(graph, "SELECT (COUNT(*) AS ?n) { ?t <colour> ?c ; <size> ?s ; <label> ?l . ?u <colour> ?c }", "join", 100000);
  plan = plan_of(graph, "SELECT (COUNT(*) AS ?n) { ?t <colour> ?c ; <size> ?s ; <label> ?l . ?u <colour> ?c . ?v <colour> ?c }");
  ck_assert_msg(strstr(plan, "estimates from statistics of 3000 quads") != NULL, "%s", plan);
  /* now they are there for others, too */
  plan = plan_of(graph, "SELECT (COUNT(*) AS ?n) { ?t <colour> ?c ; <size> ?s ; <label> ?l }");
  ck_assert_msg(strstr(plan, "estimated 1000  rows 1000") != NULL && strstr(plan, "statistics of 3000 quads") != NULL, "%s", plan);
  plan = plan_of(graph, "SELECT (COUNT(*) AS ?n) { ?t <size> ?c ; <weight> ?s }");
  ck_assert_msg(strstr(plan, "estimated 0  rows 0") != NULL, "%s", plan);
  propter_graph_close(graph);
}
END_TEST

START_TEST(exists_is_a_semi_join) {
  PropterGraph *graph = network();
  size_t with = 0, without = 0;
  for (size_t a = 0; a < NODES; a++)
    for (size_t b = 0; b < NODES; b++) {
      bool found = false;
      for (size_t c = 0; c < NODES; c++) found = found || (edge[1][b][c] && c % 3 == 0);
      with += edge[0][a][b] && found, without += edge[0][a][b] && !found;
    }
  check_count(graph, "SELECT (COUNT(*) AS ?n) { ?a <r0> ?b FILTER EXISTS { ?b <r1> ?c . ?c <value> ?v } }", "semi join", with);
  check_count(graph, "SELECT (COUNT(*) AS ?n) { ?a <r0> ?b FILTER NOT EXISTS { ?b <r1> ?c . ?c <value> ?v } }", "anti join", without);
  propter_graph_close(graph);
}
END_TEST

START_TEST(sorted_rows_are_merged) {
  PropterGraph *graph = network();
  size_t pairs = 0;
  for (size_t a = 0; a < NODES; a++)
    for (size_t b = 0; b < NODES; b++)
      for (size_t c = 0; c < NODES; c++) pairs += edge[0][a][b] && edge[1][a][c];
  check_count(graph, "SELECT (COUNT(*) AS ?n) { ?a <r0> ?b . ?a <r1> ?c }", "merge join", pairs);
  propter_graph_close(graph);
}
END_TEST

START_TEST(counts_come_from_runs) {
  /* The triple "a p b" stands in three graphs and is one. */
  PropterGraph *graph = world_open("a p b g. a p b h. a p b. a p c g. d q b h. e q b.");
  PropterQueryOptions options = all_graphs();
  check_count(graph, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "count runs", 4);
  check_count(graph, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }", "count runs", 3);
  check_count(graph, "SELECT (COUNT(*) AS ?n) { ?s <p> ?o }", "count runs", 2);
  ck_assert_str_eq(world_ask(graph, "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p", &options), "p 2\nq 2");
  ck_assert_str_eq(world_ask(graph, "SELECT DISTINCT ?p { ?s ?p ?o } ORDER BY ?p", &options), "p\nq");
  /* What stands in a hidden graph alone does not count. */
  PropterSnapshot *snapshot = NULL;
  PropterId hidden;
  PropterTerm h = propter_iri(PROPTER_STR("urn:h"));
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_snapshot_find(snapshot, &h, &hidden, err));
  propter_snapshot_close(snapshot);
  options.hidden = &hidden, options.hidden_count = 1;
  ck_assert_str_eq(world_ask(graph, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", &options), "3");
  ck_assert_str_eq(world_ask(graph, "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p", &options), "p 2\nq 1");
  propter_graph_close(graph);
}
END_TEST

START_TEST(paths_with_both_ends_meet) {
  PropterGraph *graph = world_open("a p b. b p c. c p d. d p a. d q e. f p f.");
  ck_assert_str_eq(world_ask(graph, "ASK { :a :p+ :a }", NULL), "true");
  ck_assert_str_eq(world_ask(graph, "ASK { :a (:p/:p)+ :c }", NULL), "true");
  ck_assert_str_eq(world_ask(graph, "ASK { :a (:p/:p)+ :b }", NULL), "false");
  ck_assert_str_eq(world_ask(graph, "ASK { :a :p*/:q :e }", NULL), "true");
  ck_assert_str_eq(world_ask(graph, "ASK { :e :p+ :a }", NULL), "false");
  ck_assert_str_eq(world_ask_sorted(graph, "SELECT ?x { ?x :p+ ?x }"), "a\nb\nc\nd\nf");
  ck_assert_str_eq(world_ask(graph, "SELECT (COUNT(*) AS ?n) { ?x :p+ ?y }", NULL), "17");
  propter_graph_close(graph);
}
END_TEST

/* A limit gives the beginning of the whole order: by names, texts with long beginnings in common and with languages, computed numbers, one key and two. */
START_TEST(a_limit_is_the_beginning_of_the_order) {
  static const char *const orders[] = {"?a DESC(?b)",        "DESC(?b) ?a",       "DESC(?v) ?b ?a",    "?v ?b ?a", "CONCAT(\"all begin alike \", STR(?b)) ?a",
                                       "(?v + 1) ?a DESC(?b)", "(-?v) DESC(?a) ?b", "(?v > 30) DESC(?b) ?a", "DESC(CONCAT(\"all begin alike \", STR(?b))) ?a",
                                       "STRLANG(CONCAT(\"all begin alike \", STR(?b)), IF(STR(?a) > \"n5\", \"en\", \"de\")) ?a",
                                       "DESC(STRLANG(CONCAT(\"all begin alike \", STR(?b)), IF(STR(?a) > \"n5\", \"en\", \"de\"))) ?a"};
  PropterGraph *graph = network();
  for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
    char text[300];
    (void)snprintf(text, sizeof text, "SELECT ?a ?b ?v { ?a <r0> ?b . ?x <r1> ?y OPTIONAL { ?a <value> ?v } FILTER(?y = <n3>) } ORDER BY %s", orders[i]);
    char *all = propter_strdup(propter_str(world_ask(graph, text, NULL)));
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), " LIMIT 70");
    const char *few = world_ask(graph, text, NULL);
    ck_assert_uint_gt(strlen(few), 400);
    ck_assert_msg(strncmp(all, few, strlen(few)) == 0, "%s", text);
    propter_free(all);
  }
  propter_graph_close(graph);
}
END_TEST

START_TEST(every_failed_allocation_is_an_error) {
  static const char *const queries[] = {
      "SELECT (COUNT(*) AS ?n) { ?a <r0> ?b . ?b <r1> ?c . ?c <r2> ?a }",
      "SELECT (COUNT(*) AS ?n) { ?a <r0> ?b . ?a <r1> ?c FILTER NOT EXISTS { ?b <r1> ?d . ?d <value> ?v } }",
      "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
      "SELECT ?a ?b { ?a <r0> ?b } ORDER BY ?b DESC(?a)",
  };
  PropterGraph *graph = network();
  PropterQueryOptions options = all_graphs();
  for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) ck_assert_uint_gt(world_fail_everywhere(graph, queries[i], &options, false), 20);
  propter_graph_close(graph);
}
END_TEST

Suite *suite_operators(void) {
  Suite *s = suite_create("operators");
  TCase *tc = tcase_create("operators");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, cycles_are_joined_by_leapfrog);
  tcase_add_test(tc, an_expensive_plan_is_judged_by_statistics);
  tcase_add_test(tc, exists_is_a_semi_join);
  tcase_add_test(tc, sorted_rows_are_merged);
  tcase_add_test(tc, counts_come_from_runs);
  tcase_add_test(tc, paths_with_both_ends_meet);
  tcase_add_test(tc, a_limit_is_the_beginning_of_the_order);
  tcase_add_test(tc, every_failed_allocation_is_an_error);
  suite_add_tcase(s, tc);
  return s;
}

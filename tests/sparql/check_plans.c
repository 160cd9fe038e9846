/* SPDX-License-Identifier: Apache-2.0 */
/* Plans that only pay on many rows, and that they give the answers of plainer ones. */
#include <stdlib.h>
#include <string.h>

#include "world.h"

Suite *suite_plans(void);

enum { SHOPS = 4000 };

/* Shops with a town each, three sales each, some closed; every sale has an amount, every tenth none. */
static PropterGraph *shops(void) {
  PropterBuf quads = {0};
  for (int i = 0; i < SHOPS; i++) {
    propter_buf_printf(&quads, "s%d town t%d. s%d name \"shop%d\".", i, i % 400, i, i);
    if (i % 7 == 0) propter_buf_printf(&quads, "s%d closed d%d.", i, i % 5);
    for (int k = 0; k < 3; k++) {
      propter_buf_printf(&quads, "x%d shop s%d.", i * 3 + k, i);
      if (i % 10) propter_buf_printf(&quads, "x%d amount %d.", i * 3 + k, (i * 31 + k) % 1000);
    }
  }
  PropterGraph *graph = world_open(quads.data);
  propter_buf_clear(&quads);
  return graph;
}

static char *answer_of(PropterGraph *graph, const char *text) {
  char *copy = strdup(world_ask_sorted(graph, text));
  ck_assert_ptr_nonnull(copy);
  return copy;
}

/* Asks with and without a limit in the sub-select, which cuts nothing off but keeps values out. */
static void compare(PropterGraph *graph, const char *text, bool passes) {
  char free_text[1000], kept_text[1000];
  (void)snprintf(free_text, sizeof free_text, text, "");
  (void)snprintf(kept_text, sizeof kept_text, text, "LIMIT 1000000");
  char *expected = answer_of(graph, kept_text), *found = answer_of(graph, free_text);
  ck_assert_msg(strcmp(expected, found) == 0, "%s: %s instead of %s", free_text, found, expected);
  ck_assert_str_ne(found, "");
  free(expected), free(found);
  const char *plan = world_plan(graph, free_text, NULL);
  ck_assert_msg((strstr(plan, "bind join") != NULL) == passes, "%s: %s", free_text, plan);
}

START_TEST(values_go_into_a_sub_select) {
  static const char *const passing[] = {
      "SELECT ?s ?n { ?s :town :t7 . { SELECT ?s (SUM(?a) AS ?n) { ?x :shop ?s ; :amount ?a } GROUP BY ?s %s } }",
      "SELECT ?s ?n { ?s :town :t7 . { SELECT ?s (SUM(?a) AS ?n) { ?x :shop ?s ; :amount ?a } GROUP BY ?s HAVING (COUNT(*) > 2) %s } }",
      "SELECT ?s ?n { ?s :town :t7 . { SELECT ?s (COUNT(?a) + 1 AS ?n) { ?x :shop ?s OPTIONAL { ?x :amount ?a } } GROUP BY ?s %s } }",
      "SELECT ?s ?x { ?s :town :t7 . { SELECT ?s ?x { ?x :shop ?s ; :amount ?a FILTER(?a > 200 && EXISTS { ?s :name ?b }) } %s } }",
      "SELECT ?s ?d { ?s :town :t7 . { SELECT DISTINCT ?s ?d { ?x :shop ?s ; :amount ?a BIND(?a / 100 AS ?d) } %s } }",
      "SELECT ?s ?t ?n { ?s :town :t7 . { SELECT ?s ?t (COUNT(*) AS ?n) { ?x :shop ?s . ?s :town ?t } GROUP BY ?s ?t ORDER BY ?n %s } }",
      "SELECT ?s ?n { ?s :town :t7 OPTIONAL { SELECT ?s (SUM(?a) AS ?n) { ?x :shop ?s ; :amount ?a FILTER(?a > 500) } GROUP BY ?s %s } }",
      /* the same shop twice */
      "SELECT ?s ?n { { ?s :town :t7 } UNION { ?s :town :t7 } { SELECT ?s (COUNT(*) AS ?n) { ?x :shop ?s ; :amount ?a } GROUP BY ?s %s } }",
  };
  static const char *const staying[] = {
      /* what is grouped is not what is given, or what is given is computed there */
      "SELECT ?s ?n { ?s :town :t7 . { SELECT (COUNT(?x) AS ?n) (SAMPLE(?y) AS ?s) { ?x :shop ?y ; :amount ?a } GROUP BY ?a %s } FILTER(?n > 1) }",
      /* a value that need not be there */
      "SELECT ?x ?n { ?x :shop :s70 . OPTIONAL { ?x :amount ?a } { SELECT ?a (COUNT(*) AS ?n) { ?y :shop ?z OPTIONAL { ?y :amount ?a } } GROUP BY ?a %s } }",
      /* most of it is needed */
      "SELECT (SUM(?n) AS ?m) { ?s :town ?t . { SELECT ?s (COUNT(*) AS ?n) { ?x :shop ?s } GROUP BY ?s %s } }",
  };
  PropterGraph *graph = shops();
  for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) compare(graph, passing[i], true);
  for (size_t i = 0; i < sizeof staying / sizeof *staying; i++) compare(graph, staying[i], false);
  /* one value for the whole query */
  const char *plan = world_plan(graph, "SELECT ?s ?r { ?s :town :t7 . { SELECT ?s (RAND() AS ?r) { ?x :shop ?s } } }", NULL);
  ck_assert_msg(strstr(plan, "bind join") == NULL, "%s", plan);
  propter_graph_close(graph);
}
END_TEST

/* Things that are offered by sellers and judged by users, ten of each, all from twenty countries. */
static PropterGraph *market(void) {
  enum { THINGS = 1500, PEOPLE = 600 };
  PropterBuf quads = {0};
  for (int i = 0; i < PEOPLE; i++) propter_buf_printf(&quads, "v%d country c%d. u%d country c%d. v%d size %d.", i, i % 20, i, (i * 7 + 3) % 20, i, i % 11);
  for (int i = 0; i < THINGS; i++)
    for (int k = 0; k < 10; k++) {
      propter_buf_printf(&quads, "o%d thing p%d. o%d seller v%d.", i * 10 + k, i, i * 10 + k, (i * 37 + k * 101) % PEOPLE);
      propter_buf_printf(&quads, "r%d about p%d. r%d user u%d.", i * 10 + k, i, i * 10 + k, (i * 53 + k * 211) % PEOPLE);
    }
  PropterGraph *graph = world_open(quads.data);
  propter_buf_clear(&quads);
  return graph;
}

/* How deep a line of a plan is indented. */
static size_t depth_of(const char *plan, const char *detail) {
  const char *at = strstr(plan, detail), *line = at;
  ck_assert_msg(at != NULL, "no %s: %s", detail, plan);
  while (line > plan && line[-1] != '\n') line--;
  return strspn(line, " ");
}

START_TEST(two_stars_are_joined_as_wholes) {
  PropterGraph *graph = market();
  const char *text = "SELECT ?o ?r { ?v :country :c3 . ?o :seller ?v ; :thing ?p . ?r :about ?p ; :user ?u . ?u :country :c4 }";
  const char *plan = world_plan(graph, text, NULL), *join = strstr(plan, "hash join");
  ck_assert_msg(join != NULL, "%s", plan);
  /* each country is below the join, and neither is below the other */
  const char *one = strstr(join, "<urn:c3>"), *two = strstr(join, "<urn:c4>");
  ck_assert_msg(one && two, "%s", plan);
  ck_assert_msg(depth_of(plan, "<urn:seller>") > depth_of(plan, "hash join") && depth_of(plan, "<urn:user>") > depth_of(plan, "hash join"), "%s", plan);
  ck_assert_uint_eq(depth_of(plan, "<urn:c3>"), depth_of(plan, "<urn:c4>"));
  /* braces around each star, a limit so that they stay as they are */
  static const char *const pairs[][2] = {
      {"SELECT (COUNT(*) AS ?n) { ?v :country :c3 . ?o :seller ?v ; :thing ?p . ?r :about ?p ; :user ?u . ?u :country :c4 }",
       "SELECT (COUNT(*) AS ?n) { { SELECT * { ?v :country :c3 . ?o :seller ?v ; :thing ?p } LIMIT 1000000 } { SELECT * { ?r :about ?p ; :user ?u . ?u :country :c4 } "
       "LIMIT 1000000 } }"},
      {"SELECT (COUNT(*) AS ?n) (SUM(?s) AS ?m) { ?v :country :c3 ; :size ?s . ?o :seller ?v ; :thing ?p . ?r :about ?p ; :user ?u . ?u :country :c4 "
       "FILTER(?s > 5 && STR(?o) < STR(?r)) }",
       "SELECT (COUNT(*) AS ?n) (SUM(?s) AS ?m) { { SELECT * { ?v :country :c3 ; :size ?s . ?o :seller ?v ; :thing ?p FILTER(?s > 5) } LIMIT 1000000 } "
       "{ SELECT * { ?r :about ?p ; :user ?u . ?u :country :c4 } LIMIT 1000000 } FILTER(STR(?o) < STR(?r)) }"},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    char *expected = answer_of(graph, pairs[i][1]), *found = answer_of(graph, pairs[i][0]);
    ck_assert_str_eq(found, expected);
    ck_assert_str_ne(found, "0");
    free(expected), free(found);
  }
  propter_graph_close(graph);
}
END_TEST

static void same_count(PropterGraph *graph, const char *query, const char *plainer, const char *operator) {
  char *expected = answer_of(graph, plainer), *found = answer_of(graph, query);
  ck_assert_msg(strcmp(expected, found) == 0, "%s: %s instead of %s", query, found, expected);
  ck_assert_str_ne(found, "0");
  free(expected), free(found);
  const char *plan = world_plan(graph, query, NULL);
  ck_assert_msg(strstr(plan, operator) != NULL, "no %s for %s: %s", operator, query, plan);
}

START_TEST(exists_is_computed_once_where_that_is_cheaper) {
  PropterGraph *graph = shops();
  same_count(graph, "SELECT (COUNT(*) AS ?n) { ?s :town ?t FILTER EXISTS { ?x :shop ?s ; :amount 31 } }",
             "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s :town ?t . ?x :shop ?s ; :amount 31 }", "semi join");
  same_count(graph, "SELECT (COUNT(*) AS ?n) { ?s :town ?t FILTER NOT EXISTS { ?x :shop ?s ; :amount ?a FILTER(?a < 990) } }",
             "SELECT (COUNT(*) AS ?n) { ?s :town ?t MINUS { ?x :shop ?s ; :amount ?a FILTER(?a < 990) } }", "anti join");
  /* for one town alone each shop is looked up */
  same_count(graph, "SELECT (COUNT(*) AS ?n) { ?s :town :t7 FILTER EXISTS { ?x :shop ?s ; :amount ?a } }",
             "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s :town :t7 . ?x :shop ?s ; :amount ?a }", "filter");
  /* one within another: both ways are not tried at every level */
  PropterBuf deep = {0};
  enum { LEVELS = 60 };
  propter_buf_add(&deep, PROPTER_STR("SELECT (COUNT(*) AS ?n) { ?s :town :t7 "));
  for (int i = 0; i < LEVELS; i++) propter_buf_add(&deep, PROPTER_STR("FILTER EXISTS { ?x :shop ?s ; :amount ?a "));
  for (int i = 0; i <= LEVELS; i++) propter_buf_add_char(&deep, '}');
  propter_buf_add_char(&deep, '\0');
  ck_ok(propter_buf_status(&deep, err));
  same_count(graph, deep.data, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s :town :t7 . ?x :shop ?s ; :amount ?a }", "filter");
  propter_buf_clear(&deep);
  propter_graph_close(graph);
}
END_TEST

/* Things of thirty kinds, each kind below the one before. */
START_TEST(a_path_to_a_known_end_is_searched_once) {
  enum { THINGS = 3000, TYPES = 30 };
  PropterBuf quads = {0};
  int below = 0;
  for (int i = 1; i < TYPES; i++) propter_buf_printf(&quads, "k%d sub k%d.", i, i - 1);
  for (int i = 0; i < THINGS; i++) propter_buf_printf(&quads, "x%d kind k%d.", i, i % TYPES), below += i % TYPES >= 7;
  PropterGraph *graph = world_open(quads.data);
  char count[32];
  (void)snprintf(count, sizeof count, "%d", below);
  const char *query = "SELECT (COUNT(*) AS ?n) { ?x :kind/:sub* :k7 }";
  ck_assert_str_eq(world_ask(graph, query, NULL), count);
  const char *plan = world_plan(graph, query, NULL), *path = strstr(plan, "path ");
  ck_assert_msg(path && !strstr(path, "starts"), "%s", plan);
  /* for the kinds of one thing it is asked the other way */
  ck_assert_str_eq(world_ask(graph, "SELECT (COUNT(*) AS ?n) { :x8 :kind/:sub* ?k }", NULL), "9");
  propter_buf_clear(&quads);
  propter_graph_close(graph);
}
END_TEST

/* Expressions over values that come again (amounts), that do not (sales), and that are not bound. */
START_TEST(results_kept_by_value_are_right) {
  PropterGraph *graph = shops();
  long long above = 0, hundreds = 0, letters = 0, all = 0, none = 0;
  for (int i = 0; i < SHOPS; i++)
    for (int k = 0; k < 3; k++) {
      int amount = (i * 31 + k) % 1000;
      char name[32];
      letters += snprintf(name, sizeof name, "urn:x%d", i * 3 + k);
      none += i % 10 == 0, all += i % 10 ? amount : 0;
      if (i % 10 && amount > 500 && amount != 700) above++, hundreds += amount / 100;
    }
  char expected[100];
  (void)snprintf(expected, sizeof expected, "%lld %lld", above, hundreds);
  const char *again = "SELECT (COUNT(*) AS ?n) (SUM(?d) AS ?m) { ?x :amount ?a BIND(xsd:integer(FLOOR(?a / 100)) AS ?d) FILTER(?a > 500 && ?a != 700) }";
  ck_assert_str_eq(world_ask(graph, again, NULL), expected);
  (void)snprintf(expected, sizeof expected, "%d %lld", SHOPS * 3, letters);
  ck_assert_str_eq(
      world_ask(graph, "SELECT (COUNT(*) AS ?n) (SUM(?l) AS ?m) { ?x :shop ?s BIND(STRLEN(STR(?x)) AS ?l) FILTER(STRSTARTS(STR(?x), 'urn:x')) }", NULL),
      expected);
  (void)snprintf(expected, sizeof expected, "%lld", all - none);
  ck_assert_str_eq(world_ask(graph, "SELECT (SUM(?v) AS ?m) { ?x :shop ?s OPTIONAL { ?x :amount ?a } BIND(IF(BOUND(?a), ?a, -1) AS ?v) }", NULL), expected);
  /* an error is kept as one */
  (void)snprintf(expected, sizeof expected, "%lld", SHOPS * 3 - none);
  ck_assert_str_eq(world_ask(graph, "SELECT (COUNT(?e) AS ?n) { ?x :shop ?s OPTIONAL { ?x :amount ?a } BIND(?a + 1 AS ?e) }", NULL), expected);
  propter_graph_close(graph);
}
END_TEST

Suite *suite_plans(void) {
  Suite *s = suite_create("plans");
  TCase *tc = tcase_create("plans");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, values_go_into_a_sub_select);
  tcase_add_test(tc, two_stars_are_joined_as_wholes);
  tcase_add_test(tc, exists_is_computed_once_where_that_is_cheaper);
  tcase_add_test(tc, a_path_to_a_known_end_is_searched_once);
  tcase_add_test(tc, results_kept_by_value_are_right);
  suite_add_tcase(s, tc);
  return s;
}

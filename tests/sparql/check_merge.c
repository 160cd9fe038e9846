/* SPDX-License-Identifier: Apache-2.0 */
/* Merge joins beside counts and sums made by hand: rows that stand alone, repeat, are missing on either side, or go on over several windows of 1,024. */
#include <string.h>

#include "world.h"

Suite *suite_merge(void);

enum { SUBJECTS = 3000, LONG_RUN = 2600 };

/* How many values a subject has on either side. */
static int lefts_of(int i) { return i == 700 || i == 701 ? 3 : i == 1500 ? 40 : i == 1501 ? LONG_RUN : i % 5 == 4 ? 0 : 1 + (i % 7 == 0); }
static int rights_of(int i) { return i == 700 || i == 1500 ? LONG_RUN : i == 1501 ? 40 : i == 2999 ? 0 : i % 3; }

/* The left values of subject i are 0, 1, …, the right ones 10000, 10001, …; each third right triple is in two graphs more. */
static PropterGraph *sides(void) {
  PropterBuf quads = {0};
  for (int i = 0; i < SUBJECTS; i++) propter_buf_printf(&quads, "s%d number %d.", i, i);
  for (int i = 0; i < SUBJECTS; i++) {
    for (int k = 0; k < lefts_of(i); k++) propter_buf_printf(&quads, "s%d left %d.", i, k);
    for (int k = 0; k < rights_of(i); k++) {
      propter_buf_printf(&quads, "s%d right %d.", i, 10000 + k);
      if (k % 3 == 0) propter_buf_printf(&quads, "s%d right %d g.s%d right %d h.", i, 10000 + k, i, 10000 + k);
    }
    if (i % 4 == 0) propter_buf_printf(&quads, "s%d twin %d.s%d twin s%d.", i, i % 2, i, i);
  }
  PropterGraph *graph = world_open(quads.data);
  propter_buf_clear(&quads);
  return graph;
}

static void check(PropterGraph *graph, const char *query, const char *operator, long long rows, long long sum) {
  char text[64];
  PropterQueryOptions options = world_options();
  options.default_is_union = true;
  (void)snprintf(text, sizeof text, "%lld %lld", rows, sum);
  const char *found = world_ask(graph, query, &options);
  ck_assert_msg(strcmp(found, text) == 0, "%s: %s instead of %s", query, found, text);
  const char *plan = world_plan(graph, query, &options);
  ck_assert_msg(strstr(plan, operator) != NULL, "no %s in the plan of %s:\n%s", operator, query, plan);
}

static long long triangle(long long n) { return n * (n - 1) / 2; }

START_TEST(every_pair_is_there_once) {
  PropterGraph *graph = sides();
  long long rows = 0, sum = 0, alone = 0, alone_sum = 0, three = 0, three_sum = 0;
  for (int i = 0; i < SUBJECTS; i++) {
    long long l = lefts_of(i), r = rights_of(i);
    rows += l * r, sum += r * triangle(l) + l * (10000 * r + triangle(r));
    alone += l * (r ? r : 1), alone_sum += r ? r * triangle(l) + l * (10000 * r + triangle(r)) : triangle(l);
    if (i != 1501) three += l * l * r, three_sum += r * triangle(l) * l;
  }
  check(graph, "SELECT (COUNT(*) AS ?n) (SUM(?a + ?b) AS ?sum) { ?s :left ?a ; :right ?b }", "merge join", rows, sum);
  check(graph, "SELECT (COUNT(*) AS ?n) (SUM(?a + IF(BOUND(?b), ?b, 0)) AS ?sum) { ?s :left ?a OPTIONAL { ?s :right ?b } }", "optional merge join", alone,
        alone_sum);
  check(graph, "SELECT (COUNT(*) AS ?n) (SUM(?a) AS ?sum) { ?s :left ?a ; :right ?b ; :left ?c FILTER(?s NOT IN (:s1501)) }", "merge join", three, three_sum);
  propter_graph_close(graph);
}
END_TEST

START_TEST(other_positions_agree_too) {
  PropterGraph *graph = sides();
  long long same = 0, number = 0, number_sum = 0;
  for (int i = 0; i < SUBJECTS; i++) {
    for (int k = 0; k < lefts_of(i); k++) same += i % 4 == 0 && k == i % 2;
    if (lefts_of(i) > 1) number += 2, number_sum += i + 1;
  }
  check(graph, "SELECT (COUNT(*) AS ?n) (SUM(?a) AS ?sum) { ?s :left ?a . ?s :twin ?a }", "merge join", same, 0);
  /* the variable stands twice in the pattern that is merged: one twin of two is the subject itself */
  check(graph, "SELECT (COUNT(*) AS ?n) (SUM(?i) AS ?sum) { ?s :number ?i OPTIONAL { ?s :twin ?s } }", "optional merge join", SUBJECTS, triangle(SUBJECTS));
  /* sorted by objects: who has a one among the left values, with the number */
  check(graph, "SELECT (COUNT(*) AS ?n) (SUM(?v) AS ?sum) { ?s :left 1 . ?s ?p ?v FILTER(?p IN (:number, :left) && (?p = :number || ?v = 1)) }", "merge join",
        number, number_sum);
  check(graph, "SELECT (COUNT(*) AS ?n) (SUM(?v) AS ?sum) { ?x :number ?v . ?y :twin ?v }", "merge join", SUBJECTS / 4, 0);
  propter_graph_close(graph);
}
END_TEST

/* Graphs that are asked for, and a row from outside. */
START_TEST(data_sets_and_outer_rows) {
  PropterGraph *graph = sides();
  PropterQueryOptions options = world_options();
  char text[64];
  long long in_two = 0, found = 0;
  for (int i = 0; i < SUBJECTS; i++) in_two += (rights_of(i) + 2) / 3;
  (void)snprintf(text, sizeof text, "%lld", in_two);
  const char *query = "SELECT (COUNT(*) AS ?n) FROM :g FROM :h { ?s :right ?a . ?s :right ?b FILTER(?a = ?b) }";
  ck_assert_str_eq(world_ask(graph, query, &options), text);
  ck_assert_msg(strstr(world_plan(graph, query, &options), "merge join") != NULL, "%s", world_plan(graph, query, &options));
  /* for each of two values the subjects that have it, merged */
  const char *outer = "SELECT (COUNT(*) AS ?n) (COUNT(?s) AS ?m) { VALUES ?a { 0 1 99999 } OPTIONAL { ?s :left ?a ; :number ?i FILTER(?i < 2000) } }";
  for (int i = 0; i < 2000; i++) found += lefts_of(i) < 2 ? lefts_of(i) : 2;
  check(graph, outer, "join", found + 1, found);
  propter_graph_close(graph);
}
END_TEST

START_TEST(every_failed_allocation_is_an_error) {
  PropterGraph *graph = world_open("a p b. a q 1. a q 2. b p c. b q 3. c p a.");
  PropterQueryOptions options = world_options();
  options.default_is_union = true;
  ck_assert_uint_gt(world_fail_everywhere(graph, "SELECT * { ?s :p ?o ; :q ?v OPTIONAL { ?s :r ?w } }", &options, false), 20);
  ck_assert_msg(strstr(world_plan(graph, "SELECT * { ?s :p ?o ; :q ?v OPTIONAL { ?s :r ?w } }", &options), "optional merge join") != NULL, "not merged");
  propter_graph_close(graph);
}
END_TEST

Suite *suite_merge(void) {
  Suite *s = suite_create("merge");
  TCase *tc = tcase_create("merge");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, every_pair_is_there_once);
  tcase_add_test(tc, other_positions_agree_too);
  tcase_add_test(tc, data_sets_and_outer_rows);
  tcase_add_test(tc, every_failed_allocation_is_an_error);
  suite_add_tcase(s, tc);
  return s;
}

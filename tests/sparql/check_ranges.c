/* SPDX-License-Identifier: Apache-2.0 */
/* Filters as ranges of ids: the same answers as without them, over every kind of term; rows that are not read. */
#include <string.h>

#include "world.h"

Suite *suite_ranges(void);

/* So long that the dictionary keeps it with the long texts. */
#define FIFTY "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define LONG FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY

static const char *const values[] = {
    "1",
    "2",
    "3",
    "-7",
    "'01'^^xsd:integer",
    "'3'^^xsd:int",
    "'2'^^xsd:unsignedByte",
    "36028797018963967",
    "36028797018963968",
    "-36028797018963968",
    "2.5",
    "2.50",
    "3.0",
    "-0.000001",
    "'12345678901234567890.5'^^xsd:decimal",
    "2.5e0",
    "0.1e0",
    "'-0.0E0'^^xsd:double",
    "3.0E0",
    "'3.0'^^xsd:float",
    "'1.5E-1'^^xsd:float",
    "'INF'^^xsd:double",
    "'-INF'^^xsd:float",
    "'NaN'^^xsd:double",
    "'x'^^xsd:integer",
    "'2024-01-01'^^xsd:date",
    "'2024-01-02'^^xsd:date",
    "'2024-01-02Z'^^xsd:date",
    "'2024-01-02+14:00'^^xsd:date",
    "'2024-01-03'^^xsd:date",
    "'-20000-01-01'^^xsd:date",
    "'2024-01-01T00:00:00'^^xsd:dateTime",
    "'2024-01-01T13:00:00Z'^^xsd:dateTime",
    "'2024-01-01T23:59:59.999'^^xsd:dateTime",
    "'2024-01-02T00:00:00-05:00'^^xsd:dateTime",
    "'2024-01-02T00:00:00.0005Z'^^xsd:dateTime",
    "'9999999-01-02T00:00:00Z'^^xsd:dateTime",
    "'10:00:00'^^xsd:time",
    "true",
    "false",
    "'1'^^xsd:boolean",
    "'b'",
    "'a'",
    "''",
    "'a'@en",
    "'a'@EN",
    "'b'@de",
    "'a'^^:unknown",
    "'" LONG "'",
    "'" LONG "'@en",
    "'" LONG "'^^:unknown",
    ":a",
    ":b",
};
enum { VALUES = sizeof values / sizeof *values };

static PropterGraph *all_kinds(void) {
  PropterGraph *graph = world_open("");
  PropterBuf insert = {0};
  propter_buf_add(&insert, PROPTER_STR("INSERT DATA {"));
  for (int i = 0; i < VALUES; i++) propter_buf_printf(&insert, " :s%d :value %s . GRAPH :g { :s%d :value %s }", i, values[i], i, values[VALUES - 1 - i]);
  propter_buf_add(&insert, PROPTER_STR(" :s99 :value _:blank }"));
  ck_ok(world_update(graph, insert.data, err));
  propter_buf_clear(&insert);
  return graph;
}

/* Asks for the values that meet a condition on ?v; COALESCE hides the variable from whoever looks for ranges. */
static void compare(PropterGraph *graph, const char *condition, const char *hidden, bool all_graphs) {
  static const char *const shapes[] = {"SELECT ?s ?v { ?s :value ?v FILTER(%s) } ORDER BY ?s ?v",
                                       "SELECT ?s ?v { ?s :value ?w . ?s :value ?v FILTER(%s) } ORDER BY ?s ?v",
                                       "SELECT ?v (COUNT(*) AS ?n) { ?s ?p ?v FILTER(%s) } GROUP BY ?v ORDER BY ?v"};
  char text[2][1000];
  PropterQueryOptions options = world_options();
  options.default_is_union = all_graphs;
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    (void)snprintf(text[0], sizeof text[0], shapes[i], hidden);
    (void)snprintf(text[1], sizeof text[1], shapes[i], condition);
    char *expected = strdup(world_ask(graph, text[0], &options));
    ck_assert_ptr_nonnull(expected);
    const char *found = world_ask(graph, text[1], &options);
    ck_assert_msg(strcmp(found, expected) == 0, "%s: %s instead of %s", text[1], found, expected);
    free(expected);
  }
}

START_TEST(ranges_leave_out_nothing) {
  static const char *const relations[] = {"=", "<", ">", "<=", ">=", "!="};
  PropterGraph *graph = all_kinds();
  char condition[300], hidden[300];
  for (int i = 0; i < VALUES; i++)
    for (size_t r = 0; r < sizeof relations / sizeof *relations; r++) {
      (void)snprintf(condition, sizeof condition, "?v %s %s", relations[r], values[i]);
      (void)snprintf(hidden, sizeof hidden, "COALESCE(?v) %s %s", relations[r], values[i]);
      compare(graph, condition, hidden, i % 2 == 0);
      (void)snprintf(condition, sizeof condition, "%s %s ?v", values[i], relations[r]);
      (void)snprintf(hidden, sizeof hidden, "%s %s COALESCE(?v)", values[i], relations[r]);
      compare(graph, condition, hidden, i % 2 == 1);
    }
  propter_graph_close(graph);
}
END_TEST

START_TEST(nor_do_compound_conditions) {
  static const char *const conditions[][2] = {
      {"?v > 1 && ?v < 3", "COALESCE(?v) > 1 && COALESCE(?v) < 3"},
      {"?v < 2 || ?v = 'b' || ?v = :a", "COALESCE(?v) < 2 || COALESCE(?v) = 'b' || COALESCE(?v) = :a"},
      {"?v > 1 || ?s = :s3", "COALESCE(?v) > 1 || COALESCE(?s) = :s3"},
      {"?v IN (3, 'a', :b, 'nowhere', :nowhere, '2024-01-02'^^xsd:date)", "COALESCE(?v) IN (3, 'a', :b, 'nowhere', :nowhere, '2024-01-02'^^xsd:date)"},
      {"?v IN (3, ?s)", "COALESCE(?v) IN (3, ?s)"},
      {"?v IN ()", "COALESCE(?v) IN ()"},
      {"?v > xsd:date('2024-01-01') && ?v <= xsd:date('2024-01-02')", "COALESCE(?v) > xsd:date('2024-01-01') && COALESCE(?v) <= xsd:date('2024-01-02')"},
      {"?v > -(2 - 5) / 2", "COALESCE(?v) > -(2 - 5) / 2"},
      {"?v = xsd:string('b')", "COALESCE(?v) = xsd:string('b')"},
      {"?v > 1 / 0", "COALESCE(?v) > 1 / 0"},
      {"isIRI(?v)", "isIRI(COALESCE(?v))"},
      {"isBlank(?v)", "isBlank(COALESCE(?v))"},
      {"isLiteral(?v) && ! isNumeric(?v)", "isLiteral(COALESCE(?v)) && ! isNumeric(COALESCE(?v))"},
      {"isNumeric(?v)", "isNumeric(COALESCE(?v))"},
      {"sameTerm(?v, 3.0)", "sameTerm(COALESCE(?v), 3.0)"},
      {"sameTerm('a', ?v) || sameTerm(?v, ?s)", "sameTerm('a', COALESCE(?v)) || sameTerm(COALESCE(?v), ?s)"},
      {"?s IN (:s3, :s4, :s40) && ?v != 3", "COALESCE(?s) IN (:s3, :s4, :s40) && COALESCE(?v) != 3"},
      {"?v < 0 && ?v > 0", "COALESCE(?v) < 0 && COALESCE(?v) > 0"},
  };
  PropterGraph *graph = all_kinds();
  for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
    for (int all = 0; all < 2; all++)
      compare(graph, conditions[i][0], conditions[i][1], all);
  propter_graph_close(graph);
}
END_TEST

static PropterGraph *many(void) {
  PropterBuf quads = {0};
  for (int i = 0; i < 20000; i++) propter_buf_printf(&quads, "s%d price %d. s%d kind k%d.", i, (i * 7919) % 20000, i, i % 5);
  PropterGraph *graph = world_open(quads.data);
  propter_buf_clear(&quads);
  return graph;
}

/* The rows that a plan's line with `operator` and `detail` says. */
static long rows_of(const char *plan, const char *detail) {
  const char *line = strstr(plan, detail), *rows = line ? strstr(line, "  rows ") : NULL;
  ck_assert_msg(rows != NULL, "no %s: %s", detail, plan);
  return strtol(rows + 7, NULL, 10);
}

START_TEST(few_rows_are_read) {
  PropterGraph *graph = many();
  const char *plan = world_plan(graph, "SELECT ?s ?k { ?s :kind ?k ; :price ?p FILTER(?p >= 19990) }", NULL);
  ck_assert_msg(strstr(plan, "ranges of ids") != NULL, "%s", plan);
  ck_assert_int_eq(rows_of(plan, "scan  ?s <urn:price> ?p"), 10);
  ck_assert_int_eq(rows_of(plan, "index join  ?s <urn:kind> ?k"), 10);
  plan = world_plan(graph, "SELECT (COUNT(*) AS ?n) { ?s :price ?p FILTER(?p IN (5, 17, 19999, 30000)) }", NULL);
  ck_assert_int_eq(rows_of(plan, "scan  ?s <urn:price> ?p"), 3);
  plan = world_plan(graph, "SELECT (COUNT(*) AS ?n) { ?s :price ?p FILTER(?s IN (:s5, :s17, :s19999, :none)) }", NULL);
  ck_assert_int_eq(rows_of(plan, "scan  ?s <urn:price> ?p"), 3);
  plan = world_plan(graph, "SELECT (COUNT(*) AS ?n) { ?s :price ?p FILTER(?p < 19000 && ?p >= 18000) }", NULL);
  ck_assert_int_eq(rows_of(plan, "scan  ?s <urn:price> ?p"), 1000);
  plan = world_plan(graph, "SELECT (COUNT(*) AS ?n) { ?s :price ?p FILTER(?p > 'a') }", NULL);
  ck_assert_int_eq(rows_of(plan, "scan  ?s <urn:price> ?p"), 0);
  propter_graph_close(graph);
}
END_TEST

START_TEST(ranges_and_halves) {
  PropterGraph *graph = many();
  for (unsigned threads = 1; threads <= 2; threads++) {
    PropterQueryOptions options = world_options();
    options.threads = threads;
    ck_assert_str_eq(world_ask(graph, "SELECT (COUNT(*) AS ?n) (SUM(?p) AS ?sum) { ?s :price ?p ; :kind ?k FILTER(?p >= 2000 && ?p < 18000) }", &options),
                     "16000 159992000");
    ck_assert_str_eq(world_ask(graph, "SELECT (COUNT(*) AS ?n) (MAX(?p) AS ?most) { ?s :price ?p ; :kind ?k FILTER(?p < 4000) }", &options), "4000 3999");
  }
  propter_graph_close(graph);
}
END_TEST

START_TEST(every_failed_allocation_is_an_error) {
  PropterGraph *graph = all_kinds();
  ck_assert_uint_gt(world_fail_everywhere(graph, "SELECT * { ?s :value ?v FILTER((?v > 1 && ?v < 3) || ?v IN (7, :a)) }", NULL, false), 20);
  propter_graph_close(graph);
}
END_TEST

Suite *suite_ranges(void) {
  Suite *s = suite_create("ranges");
  TCase *tc = tcase_create("ranges");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, ranges_leave_out_nothing);
  tcase_add_test(tc, nor_do_compound_conditions);
  tcase_add_test(tc, few_rows_are_read);
  tcase_add_test(tc, ranges_and_halves);
  tcase_add_test(tc, every_failed_allocation_is_an_error);
  suite_add_tcase(s, tc);
  return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Queries whose state outgrows their memory give the same answers by way of the disk; failures there are errors. */
#include <stdlib.h>
#include <string.h>

#include "propter/hash.h"
#include "world.h"

Suite *suite_spill(void);

enum { NODES = 1500, SMALL = 2 << 20, LEAST = 1 << 20 };

static PropterGraph *numbers(void) {
  static char quads[200000];
  size_t len = 0;
  for (int i = 0; i < NODES; i++) len += (size_t)snprintf(quads + len, sizeof quads - len, "n%d next n%d. n%d value %d.\n", i, (i + 1) % NODES, i, i % 97);
  return world_open(quads);
}

typedef struct {
  PropterStatus status;
  uint64_t rows, sum, sequence; /* hashes of all rows: in any order, and in theirs */
} Answer;

static uint64_t hash_row(const PropterResults *results, const PropterTerm *row) {
  uint64_t hash = 0;
  for (size_t c = 0; c < propter_results_columns(results); c++) hash = hash * 31 + (row[c].kind == PROPTER_TERM_NONE ? 7 : propter_hash64(row[c].value));
  return hash;
}

static char plan[4096]; /* of the query that was answered last */

static Answer answer(PropterGraph *graph, const char *text, uint64_t memory, PropterError *err) {
  Answer a = {PROPTER_OK, 0, 0, 0};
  PropterQueryOptions options = world_options();
  PropterSnapshot *snapshot = NULL;
  PropterQuery *query = NULL;
  PropterResults *results = NULL;
  const PropterTerm *row = NULL;
  options.memory = memory;
  a.status = propter_query_parse(propter_str(text), PROPTER_STR("urn:"), &query, err);
  if (a.status == PROPTER_OK) a.status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (a.status == PROPTER_OK) a.status = propter_query_run(query, snapshot, &options, &results, err);
  while (a.status == PROPTER_OK && (a.status = propter_results_next(results, &row, err)) == PROPTER_OK && row) {
    uint64_t hash = hash_row(results, row);
    a.rows++, a.sum += hash, a.sequence = a.sequence * 131 + hash;
  }
  PropterBuf explained = {0};
  if (a.status == PROPTER_OK) a.status = propter_results_explain(results, false, &explained, err);
  (void)snprintf(plan, sizeof plan, "%s", explained.data ? explained.data : "");
  propter_buf_clear(&explained);
  propter_results_close(results);
  propter_query_free(query);
  propter_snapshot_close(snapshot);
  return a;
}

/* 70,000 rows. */
#define MANY "?a <value> ?x . ?b <value> ?y FILTER(?x < 3)"

static const struct {
  const char *text;
  bool ordered;
} queries[] = {
    {"SELECT DISTINCT ?a ?b { " MANY " }", false},
    {"SELECT ?a ?b ?y { " MANY " } ORDER BY DESC(?y) ?b", true},
    {"SELECT ?a ?b (COUNT(*) AS ?n) (SUM(?y) AS ?s) (MAX(?y) AS ?m) { " MANY " } GROUP BY ?a ?b", false},
    {"SELECT (COUNT(DISTINCT *) AS ?n) { " MANY " }", false},
    {"SELECT (COUNT(*) AS ?n) (SUM(?y) AS ?s) { { SELECT ?a ?b { " MANY " } } { SELECT ?a ?b ?y { ?b <value> ?y . ?a <value> ?x FILTER(?x < 2) } } }", false},
    {"SELECT ?a ?b ?y { { SELECT ?a ?b { " MANY " } } OPTIONAL { SELECT ?a ?b ?y { ?b <value> ?y . ?a <value> ?x FILTER(?x < 2 && ?y != 3) } } }", false},
    {"SELECT ?a ?b { { SELECT ?a ?b { " MANY " } } MINUS { SELECT ?a ?b ?y { ?b <value> ?y . ?a <value> ?x FILTER(?x < 2 && ?y != 3) } } }", false},
};

START_TEST(the_answer_is_the_same_with_little_memory) {
  PropterGraph *graph = numbers();
  for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
    PropterError err = {0};
    Answer large = answer(graph, queries[i].text, (uint64_t)1 << 30, &err), small = answer(graph, queries[i].text, SMALL, &err);
    ck_assert_msg(large.status == PROPTER_OK && small.status == PROPTER_OK, "%s: %s", queries[i].text, err.message);
    ck_assert_msg(large.rows == small.rows && large.sum == small.sum, "%s: %llu rows, with little memory %llu", queries[i].text, (unsigned long long)large.rows,
                  (unsigned long long)small.rows);
    /* It went by way of the disk. */
    Answer without = {PROPTER_OK, 0, 0, 0};
    ck_assert_int_eq(setenv("TMPDIR", "/nowhere", 1), 0);
    without = answer(graph, queries[i].text, SMALL, NULL);
    ck_assert_int_eq(unsetenv("TMPDIR"), 0);
    ck_assert_msg(without.status != PROPTER_OK, "%s did not need the disk", queries[i].text);
    if (queries[i].ordered) ck_assert_uint_eq(large.sequence, small.sequence);
  }
  propter_graph_close(graph);
}
END_TEST

typedef struct {
  PropterGraph *graph;
  const char *text;
} Case;

static PropterStatus run_case(void *payload, PropterError *err) {
  const Case *c = payload;
  return answer(c->graph, c->text, LEAST, err).status;
}

/* 24,000 and 48,000 rows. */
#define FEW "?a <value> ?x . ?b <value> ?y FILTER(?x < 1)"
#define SOME "?a <value> ?x . ?b <value> ?y FILTER(?x < 2)"

static const char *const on_disk[] = {
    "SELECT ?a ?b { " FEW " } ORDER BY DESC(?y)",
    "SELECT DISTINCT ?a ?b { " SOME " }",
    "SELECT ?a ?b (COUNT(*) AS ?n) { " SOME " } GROUP BY ?a ?b",
    "SELECT (COUNT(*) AS ?n) { { SELECT ?a ?b { " SOME " } } { SELECT ?a ?b ?y { " SOME " } } }",
    "SELECT ?a ?b ?y { { SELECT ?a ?b { " SOME " } } OPTIONAL { SELECT ?a ?b ?y { " SOME " } } }",
    "SELECT ?a ?b { { SELECT ?a ?b { " SOME " } } MINUS { SELECT ?a ?b { " SOME " FILTER(?y != 3) } } }",
};

START_TEST(every_failed_file_operation_is_an_error) {
  PropterGraph *graph = numbers();
  Case c = {graph, on_disk[_i]};
  ck_ok(run_case(&c, err));
  ck_assert_msg(strstr(plan, "spilled ") != NULL, "%s", plan);
  /* That a file without a name is not closed well does no harm. */
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, run_case, &c, true), 20);
  propter_graph_close(graph);
}
END_TEST

/* The right side is ten times the memory: its parts are split again. The plan says what went to disk. */
START_TEST(parts_that_do_not_fit_are_split_again) {
  static const char text[] = "SELECT (COUNT(*) AS ?n) { { SELECT ?a ?b ?x { ?a <value> ?x . ?b <value> ?y FILTER(?x < 2) } }"
                             " { SELECT ?a ?b ?y { ?b <value> ?y . ?a <value> ?x FILTER(?x < 28) } } }";
  PropterGraph *graph = numbers();
  PropterError err = {0};
  Answer large = answer(graph, text, (uint64_t)1 << 30, &err), small = answer(graph, text, LEAST, &err);
  ck_assert_msg(large.status == PROPTER_OK && small.status == PROPTER_OK, "%s", err.message);
  ck_assert_uint_eq(large.sum, small.sum);
  ck_assert_msg(strstr(plan, "spilled ") != NULL, "%s", plan);
  propter_graph_close(graph);
}
END_TEST

START_TEST(the_disk_has_a_limit_too) {
  PropterGraph *graph = numbers();
  PropterError err = {0};
  ck_assert_int_eq(answer(graph, "SELECT DISTINCT ?a ?b ?c { ?a <value> ?x . ?b <value> ?y . ?c <value> ?z }", LEAST, &err).status, PROPTER_LIMIT);
  propter_graph_close(graph);
}
END_TEST

/* 400 texts of 20,000 bytes. */
START_TEST(an_answer_longer_than_memory_is_decoded_in_parts) {
  PropterBuf quads = {0};
  PropterError err = {0};
  char text[20001];
  for (int i = 0; i < 400; i++) {
    memset(text, 'a' + i % 26, sizeof text - 1), text[sizeof text - 1] = '\0';
    propter_buf_printf(&quads, "n%d says \"%d%s\".\n", i, i, text);
  }
  PropterGraph *graph = world_open(quads.data);
  propter_buf_clear(&quads);
  Answer large = answer(graph, "SELECT ?a ?t { ?a <says> ?t }", (uint64_t)1 << 30, &err), small = answer(graph, "SELECT ?a ?t { ?a <says> ?t }", SMALL, &err);
  ck_assert_msg(large.status == PROPTER_OK && small.status == PROPTER_OK, "%s", err.message);
  ck_assert_uint_eq(large.rows, 400);
  ck_assert_uint_eq(small.rows, 400);
  ck_assert_uint_eq(large.sequence, small.sequence);
  propter_graph_close(graph);
}
END_TEST

Suite *suite_spill(void) {
  Suite *s = suite_create("spill");
  TCase *tc = tcase_create("spill");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, the_answer_is_the_same_with_little_memory);
  tcase_add_loop_test(tc, every_failed_file_operation_is_an_error, 0, sizeof on_disk / sizeof *on_disk);
  tcase_add_test(tc, parts_that_do_not_fit_are_split_again);
  tcase_add_test(tc, the_disk_has_a_limit_too);
  tcase_add_test(tc, an_answer_longer_than_memory_is_decoded_in_parts);
  suite_add_tcase(s, tc);
  return s;
}

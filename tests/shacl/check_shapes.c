/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes that are not well formed, limits, failing calls, the report graph. */
#include <string.h>

#include "shop.h"

Suite *suite_shapes(void);

static const struct {
  const char *shapes, *error;
} bad[] = {
    {":s sh:targetNode :a ;\n sh:property [ sh:minCount 1 ] .", "INVALID 2: expected a property shape, found a node without sh:path"},
    {":s sh:targetNode :a ; sh:path :p ;\n\n sh:minCount \"many\" .", "INVALID 3: expected a whole number of 0 or more"},
    {":s sh:targetNode :a ; sh:path :p ; sh:maxCount -1 .", "INVALID 1: expected a whole number of 0 or more"},
    {":s sh:targetNode :a ; sh:path :p ; sh:maxCount 1 ;\n sh:maxCount 2 .", "INVALID 2: expected one value, found a second"},
    {":s sh:targetNode :a ; sh:path :p ; sh:pattern \"(\" .", "INVALID 1: expected a regular expression of XPath, found \"(\""},
    {":s sh:targetNode :a ; sh:path :p ; sh:uniqueLang \"yes\" .", "INVALID 1: expected true or false"},
    {":s sh:targetNode :a ; sh:path :p ; sh:in :x .", "INVALID 1: expected a list that ends with rdf:nil"},
    {":s sh:targetNode :a ; sh:in :l . :l rdf:first 1 ; rdf:rest :l .", "INVALID 1: expected a list that ends with rdf:nil"},
    {":s sh:targetNode :a ; sh:path ( :p ) .", "INVALID 1: expected a property path: "},
    {":s sh:targetNode :a ; sh:property [ sh:path :p ;\n sh:node :s ] .", "INVALID 2: a shape refers to itself here; SHACL gives such shapes no meaning"},
    {":s sh:targetNode :a ; sh:sparql [ sh:message \"x\" ] .", "INVALID 1: expected a node with sh:select or sh:ask"},
    {":s sh:targetNode :a ; sh:sparql [ sh:select \"ASK {}\" ] .", "INVALID 1: expected a SELECT query"},
    {":s sh:targetNode :a ; sh:sparql [ sh:select \"SELECT $this {\" ] .", "SYNTAX 1: line 1 of the query: "},
    {":s sh:targetNode :a ; sh:sparql [ sh:select \"SELECT $this { MINUS { $this ?p ?o } }\" ] .", "INVALID 1: a query of SHACL must not hold MINUS"},
    {":s sh:targetNode :a ; sh:sparql [ sh:select \"SELECT $this { SERVICE <urn:x> {} }\" ] .", "INVALID 1: a query of SHACL must not hold SERVICE"},
    {":s sh:targetNode :a ; sh:sparql [ sh:select \"SELECT $this { BIND (1 AS $this) }\" ] .",
     "INVALID 1: a query of SHACL must not hold BIND to a variable that is given"},
    {":s sh:targetNode :a ; sh:sparql [ sh:select \"SELECT $this { $this $PATH ?value }\" ] .",
     "INVALID 1: a query of SHACL must not hold $PATH in a node shape"},
    {":s sh:targetNode :a ; sh:sparql [ sh:select \"SELECT $this { { SELECT ?x { ?x ?y ?z } } }\" ] .",
     "INVALID 1: a sub-select of a query of SHACL must select $this"},
    {"nonsense", "SYNTAX 1: "},
};

START_TEST(bad_shapes_are_refused_with_their_place) {
  PropterGraph *graph = shop_open(":a :p 1 .");
  const char *found = shop_validate(graph, shop_shapes(bad[_i].shapes), NULL);
  ck_assert_msg(strncmp(found, bad[_i].error, strlen(bad[_i].error)) == 0, "expected %s, found %s", bad[_i].error, found);
  propter_graph_close(graph);
}
END_TEST

START_TEST(results_beyond_the_limit_are_counted) {
  PropterGraph *graph = shop_open(":a :p 1, 2, 3 .");
  PropterShaclOptions options = {.query = propter_query_options(), .max_results = 2};
  PropterShaclReport *report = NULL;
  PropterSnapshot *snapshot = NULL;
  const PropterShaclResult *r;
  const char *shapes = shop_shapes(":s sh:targetNode :a ; sh:path :p ; sh:nodeKind sh:IRI ; sh:severity sh:Warning .");
  uint64_t nodes, targeted;
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_shacl_validate(snapshot, &shapes, 1, &options, &report, err));
  ck_assert_uint_eq(propter_shacl_count(report, PROPTER_SHACL_WARNING), 3);
  ck_assert_uint_eq(propter_shacl_count(report, PROPTER_SHACL_VIOLATION), 0);
  ck_ok(propter_shacl_result(report, 1, &r, err));
  ck_assert_ptr_nonnull(r);
  ck_ok(propter_shacl_result(report, 2, &r, err));
  ck_assert_ptr_null(r);
  propter_shacl_looked(report, &nodes, &targeted);
  ck_assert_uint_eq(nodes, 1);
  ck_assert_uint_eq(targeted, 1);
  propter_shacl_free(report);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
}
END_TEST

START_TEST(a_deadline_ends_a_validation) {
  PropterBuf text = {0};
  for (int i = 0; i < 3000; i++) propter_buf_printf(&text, ":n%d :p :n%d . ", i, (i + 1) % 3000);
  PropterGraph *graph = shop_open(text.data);
  PropterShaclOptions options = {.query = propter_query_options()};
  options.query.deadline_ms = 20;
  const char *found = shop_validate(graph, shop_shapes(":s sh:targetSubjectsOf :p ; sh:path [ sh:oneOrMorePath :p ] ; sh:maxCount 1 ."), &options);
  ck_assert_msg(strncmp(found, "TIMEOUT", 7) == 0, "%s", found);
  propter_buf_clear(&text);
  propter_graph_close(graph);
}
END_TEST

/* --- Failing calls ---------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterGraph *graph;
  const char *shapes;
} World;

static PropterStatus count(const PropterStatement *st, void *payload, PropterError *err) {
  (void)err;
  ck_assert(st->s.kind != PROPTER_TERM_NONE && st->p.kind == PROPTER_TERM_IRI && st->o.kind != PROPTER_TERM_NONE);
  ++*(size_t *)payload;
  return PROPTER_OK;
}

static PropterStatus validate(void *payload, PropterError *err) {
  World *w = payload;
  PropterShaclOptions options = {.query = propter_query_options()};
  PropterShaclReport *report = NULL;
  PropterSnapshot *snapshot = NULL;
  size_t statements = 0;
  const PropterShaclResult *r;
  PropterRdfSink sink = {count, NULL, &statements};
  PropterStatus status = propter_snapshot_open(w->graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_shacl_validate(snapshot, &w->shapes, 1, &options, &report, err);
  if (status == PROPTER_OK) status = propter_shacl_result(report, 0, &r, err);
  if (status == PROPTER_OK) status = propter_shacl_statements(report, NULL, &sink, err);
  /* Two of the report, eight or nine of each of its four results, one of a path. */
  if (status == PROPTER_OK) ck_assert_uint_eq(statements, 39);
  propter_shacl_free(report);
  if (snapshot) propter_snapshot_close(snapshot);
  return status;
}

START_TEST(every_allocation_may_fail) {
  World w = {shop_open(":a :p \"a long enough text to be in the dictionary\"@en, :b ; :q \"x\" . :b a :C ."), NULL};
  w.shapes = shop_shapes(
      ":s sh:targetNode :a ; sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:class :C ; sh:maxCount 9 ] , [ sh:path :q ; sh:pattern \"y\" ; sh:languageIn ( \"en\" ) ] ;"
      " sh:sparql [ sh:message \"{$this}\" ; sh:select \"SELECT $this ?value { $this ?path ?value FILTER(isIRI(?value)) }\" ] .");
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, validate, &w, true), 50);
  propter_graph_close(w.graph);
}
END_TEST

Suite *suite_shapes(void) {
  Suite *s = suite_create("shapes");
  TCase *t = tcase_create("shapes");
  tcase_add_loop_test(t, bad_shapes_are_refused_with_their_place, 0, (int)(sizeof bad / sizeof *bad));
  tcase_add_test(t, results_beyond_the_limit_are_counted);
  tcase_add_test(t, a_deadline_ends_a_validation);
  tcase_add_test(t, every_allocation_may_fail);
  suite_add_tcase(s, t);
  return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Solutions from outside, as text; the way there is tested by tests/cli/federation.sh. */
#include <string.h>

#include "propter/remote.h"
#include "propter/results.h"
#include "world.h"

Suite *suite_remote(void);

#define HEAD "<?xml version=\"1.0\"?><sparql xmlns=\"http://www.w3.org/2005/sparql-results#\"><head>"
#define GOOD                                                                                                                                                   \
  HEAD "<variable name=\"a\"/><variable name=\"b\"/><link href=\"x\"/></head><results>"                                                                        \
       "<result><binding name=\"a\"><uri>urn:x</uri></binding><binding name=\"b\"><literal xml:lang=\"en\">a &lt;b&gt; c</literal></binding></result>"         \
       "<result><binding name=\"b\"><literal datatype=\"http://www.w3.org/2001/XMLSchema#integer\">07</literal></binding></result>"                            \
       "<result/><result><binding name=\"a\"><bnode>r1</bnode></binding><binding name=\"b\"><literal></literal></binding></result></results></sparql>"

static PropterStatus take(PropterStr bytes, void *payload, PropterError *err) {
  propter_buf_add(payload, bytes);
  return propter_buf_status(payload, err);
}

/* The rows as TSV, or the error. */
static const char *read_as_tsv(const char *xml, uint64_t memory) {
  static char text[1024];
  PropterResults *r = NULL;
  PropterBuf out = {0};
  PropterError err = {0};
  PropterStatus status = propter_results_read(propter_str(xml), "there", PROPTER_STR("s1."), memory, &r, &err);
  if (status == PROPTER_OK) status = propter_results_write(r, "tsv", false, take, &out, &err);
  if (status == PROPTER_OK) (void)snprintf(text, sizeof text, "%s", out.data);
  else (void)snprintf(text, sizeof text, "%s %s:%llu: %s", propter_status_name(status), err.source, (unsigned long long)err.line, err.message);
  propter_results_close(r);
  propter_buf_clear(&out);
  return text;
}

START_TEST(solutions_come_through_whole) {
  ck_assert_str_eq(read_as_tsv(GOOD, 1 << 20), "?a\t?b\n<urn:x>\t\"a <b> c\"@en\n\t\"07\"^^<http://www.w3.org/2001/XMLSchema#integer>\n\t\n_:s1.r1\t\"\"\n");
  ck_assert_str_eq(read_as_tsv(HEAD "</head><results/></sparql>", 1 << 20), "\n");
}
END_TEST

START_TEST(what_is_no_solution_is_refused_with_its_place) {
  static const struct {
    const char *xml, *wanted;
  } rows[] = {
      {"", "SYNTAX there:"},
      {"<html/>", "INVALID there:1: expected solutions in SPARQL Query Results XML, found the element html"},
      {"<sparql/>", "INVALID there:1: expected solutions in SPARQL Query Results XML, found the element sparql"},
      {HEAD "</head><boolean>true</boolean></sparql>", "INVALID there:1: expected solutions in SPARQL Query Results XML, found the element boolean"},
      {HEAD "<variable name=\"a\"/></head>\n<results><result><binding name=\"c\"><uri>urn:x</uri></binding></result></results></sparql>",
       "INVALID there:2: a value for ?c"},
      {HEAD "<variable name=\"a\"/></head><results><result><binding name=\"a\"><uri>not one</uri></binding></result></results></sparql>",
       "INVALID there:1: a value is no IRI"},
      {HEAD "<variable name=\"a\"/></head><results><result><binding name=\"a\"></binding></result></results></sparql>",
       "INVALID there:1: a binding without a value"},
      {HEAD "<variable name=\"a\"/></head><results><result><binding name=\"a\"><uri>urn:x</uri><uri>urn:y</uri></binding></result></results></sparql>",
       "INVALID there:1: expected solutions"},
      {HEAD "<variable name=\"a\"/></head><results><result><binding name=\"a\"><literal xml:lang=\"no tag\">x</literal></binding></result></results></sparql>",
       "INVALID there:1: a value has no valid language tag"},
      {HEAD "<variable name=\"a\"/></head><results><result><binding name=\"a\"><triple/></binding></result></results></sparql>",
       "INVALID there:1: expected solutions"},
      {HEAD "</head><results><result/></results><head><variable name=\"a\"/></head></sparql>", "INVALID there:1: expected the names of all variables before"},
      {HEAD "<variable name=\"a\"/></head><results><result>", "SYNTAX there:1"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *found = read_as_tsv(rows[i].xml, 1 << 20);
    ck_assert_msg(strncmp(found, rows[i].wanted, strlen(rows[i].wanted)) == 0, "%s\nwanted %s\nfound  %s", rows[i].xml, rows[i].wanted, found);
  }
  ck_assert(strncmp(read_as_tsv(GOOD, 200), "LIMIT ", 6) == 0);
}
END_TEST

static PropterStatus read_good(void *payload, PropterError *err) {
  PropterResults *r;
  (void)payload;
  PROPTER_TRY(propter_results_read(PROPTER_STR(GOOD), "there", PROPTER_STR("s1."), 1 << 20, &r, err));
  propter_results_close(r);
  return PROPTER_OK;
}

START_TEST(no_memory_at_any_point) { ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, read_good, NULL, false), 5); }
END_TEST

/* --- LOAD ------------------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterGraph *graph;
  const char *update;
  PropterRemote remote;
} Loading;

static PropterStatus load(void *payload, PropterError *err) {
  Loading *l = payload;
  PropterQuery *query = NULL;
  PropterWriter *writer = NULL;
  PropterQueryOptions options = world_options();
  propter_remote_use(&l->remote, &options);
  PropterStatus status = propter_query_parse(propter_str(l->update), PROPTER_STR(""), &query, err);
  if (status == PROPTER_OK) status = propter_writer_open(l->graph, true, &writer, err);
  if (status == PROPTER_OK) status = propter_update_run(query, writer, &options, err);
  propter_writer_close(writer);
  propter_query_free(query);
  return status;
}

START_TEST(load_fails_well_at_every_point) {
  char update[400], rule[300];
  const char *folder = support_folder(), *file = support_path(folder, "a.ttl"), *rules[] = {rule, NULL};
  support_write(file, PROPTER_STR("<urn:a> <urn:p> [ <urn:q> 1, \"x\"@en ], <urn:c> ."));
  (void)snprintf(rule, sizeof rule, "file://%s", folder);
  (void)snprintf(update, sizeof update, "LOAD <file://%s> INTO GRAPH <urn:g>", file);
  Loading l = {world_open(""), update, {.loads = rules}};
  ck_ok(load(&l, err));
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, load, &l, false), 10);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_IO, load, &l, true), 0);
  propter_graph_close(l.graph);
}
END_TEST

Suite *suite_remote(void) {
  Suite *s = suite_create("remote");
  TCase *t = tcase_create("remote");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, solutions_come_through_whole);
  tcase_add_test(t, what_is_no_solution_is_refused_with_its_place);
  tcase_add_test(t, no_memory_at_any_point);
  tcase_add_test(t, load_fails_well_at_every_point);
  suite_add_tcase(s, t);
  return s;
}

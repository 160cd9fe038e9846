/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "propter/run.h"
#include "support.h"

Suite *suite_run(void);

static PropterId iri(PropterWriter *w, const char *name) {
  char text[128];
  PropterId id = 0;
  (void)snprintf(text, sizeof text, "http://example.org/%s", name);
  PropterTerm t = propter_iri(propter_str(text));
  ck_ok(propter_writer_intern(w, &t, &id, err));
  return id;
}

typedef struct {
  const char *graph;     /* written */
  const char *used;      /* NULL: none */
  int first, last;       /* quads s{i} p {i} of that graph are made present, all others absent */
  const char *hash;
  int64_t now;
  unsigned rejects;
  bool untracked;
  bool sign; /* the graph says whose work it is */
} Step;

static PropterStatus do_step(PropterGraph *graph, const Step *step, char name[128], bool *same, PropterError *err) {
  PropterWriter *w = NULL;
  PropterRun *run = NULL;
  PropterStr text = {"", 0};
  PropterRunOptions options = {
      .kind = "ingest", .now = step->now, .software = PROPTER_STR("test 1"), .parameters = PROPTER_STR("a=b"), .untracked = step->untracked};
  PropterStatus status = propter_writer_open(graph, false, &w, err);
  if (status == PROPTER_OK) status = propter_run_begin(w, &options, NULL, &run, err);
  PropterTerm g = propter_iri(propter_str(step->graph)), used = propter_iri(propter_str(step->used)), p = propter_iri(PROPTER_STR("http://example.org/p"));
  PropterQuad q = {0};
  PropterId id = 0;
  if (status == PROPTER_OK) status = propter_run_input(run, PROPTER_STR("data"), PROPTER_STR("a.csv"), propter_str(step->hash), err);
  if (status == PROPTER_OK) status = propter_writer_intern(w, &g, &q.g, err);
  if (status == PROPTER_OK) status = propter_writer_intern(w, &p, &q.p, err);
  if (status == PROPTER_OK) status = propter_run_generated(run, q.g, err);
  if (status == PROPTER_OK && step->used) status = propter_writer_intern(w, &used, &id, err);
  if (status == PROPTER_OK && step->used) status = propter_run_used(run, id, err);
  if (status == PROPTER_OK) status = propter_run_unchanged(run, same, NULL, err);
  if (status == PROPTER_OK) status = propter_writer_clear_graph(w, q.g, err);
  for (int i = step->first; i <= step->last && status == PROPTER_OK; i++) {
    char value[32];
    (void)snprintf(value, sizeof value, "http://example.org/s%d", i);
    PropterTerm s = propter_iri(propter_str(value)), o = propter_typed(propter_str(value + 20), PROPTER_STR("http://www.w3.org/2001/XMLSchema#integer"));
    status = propter_writer_intern(w, &s, &q.s, err);
    if (status == PROPTER_OK) status = propter_writer_intern(w, &o, &q.o, err);
    if (status == PROPTER_OK) status = propter_writer_add(w, q, err);
  }
  if (run) propter_run_rows(run, (uint64_t)(step->last - step->first + 1));
  for (unsigned i = 0; i < step->rejects && status == PROPTER_OK; i++) {
    PropterReject r = {PROPTER_STR("a.csv"), i + 2, PROPTER_STR("n"), PROPTER_STR("caf\xE9"), PROPTER_STR("datatype"), PROPTER_STR("expected a number")};
    status = propter_run_reject(run, &r, err);
  }
  if (status == PROPTER_OK && step->sign) status = propter_run_sign(run, q.g, q.g, err);
  if (status == PROPTER_OK) status = propter_run_finish(run, err);
  if (status == PROPTER_OK) status = propter_run_iri(run, &text, err);
  if (status == PROPTER_OK && name) (void)snprintf(name, 128, "%s", text.data + sizeof "https://w3id.org/propter/run/" - 1);
  if (status == PROPTER_OK) status = propter_writer_commit(w, err);
  propter_run_free(run);
  propter_writer_close(w);
  return status;
}

/* All quads but those of run records, as sorted N-Quads without the graph. */
static void dump(PropterGraph *graph, PropterBuf *out) {
  PropterSnapshot *snapshot = NULL;
  PropterQuads quads = {0};
  PropterArena arena = {0};
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_snapshot_match(snapshot, (PropterQuad){0}, 0, &quads, err));
  propter_buf_reset(out);
  for (size_t i = 0; i < quads.count; i++) {
    const PropterId ids[] = {quads.items[i].s, quads.items[i].p, quads.items[i].o, quads.items[i].g};
    PropterTerm term[4];
    for (int k = 0; k < 4; k++) ck_ok(propter_snapshot_term(snapshot, ids[k], &arena, &term[k], err));
    if (propter_str_starts(term[3].value, PROPTER_STR("https://w3id.org/propter/run/"))) continue;
    for (int k = 0; k < 4; k++) propter_term_write(&term[k], out), propter_buf_add_char(out, k < 3 ? ' ' : '\n');
  }
  propter_buf_add(out, PROPTER_STR("."));
  propter_vec_clear(&quads);
  propter_arena_clear(&arena);
  propter_snapshot_close(snapshot);
}

static PropterStatus undo(PropterGraph *graph, const char *name, int64_t now, PropterError *err) {
  PropterWriter *w = NULL;
  PropterStatus status = propter_writer_open(graph, false, &w, err);
  if (status == PROPTER_OK) status = propter_run_undo(w, propter_str(name), now, PROPTER_STR("test 1"), NULL, NULL, err);
  if (status == PROPTER_OK) status = propter_writer_commit(w, err);
  propter_writer_close(w);
  return status;
}

/* With memory for so many changes of a commit; 0: as ever. */
static PropterGraph *new_graph_spilling(int changes) {
  PropterGraph *graph = NULL;
  PropterLimits limits = propter_limits_default();
  if (changes) limits.commit_bytes = (uint64_t)changes * 144;
  ck_ok(propter_graph_open(support_path(support_folder(), "g"), PROPTER_GRAPH_CREATE, &limits, &graph, err));
  return graph;
}

static PropterGraph *new_graph(void) { return new_graph_spilling(0); }

#define G "http://example.org/g"

START_TEST(a_run_says_what_it_did) {
  PropterGraph *graph = new_graph();
  PropterRunList list = {0};
  PropterSnapshot *snapshot = NULL;
  char name[128];
  bool same = true;
  ck_ok(do_step(graph, &(Step){.graph = G, .used = "http://example.org/u", .first = 1, .last = 5, .hash = "abc", .now = 1325376000, .rejects = 2}, name, &same,
                err));
  ck_assert(!same);
  ck_assert_msg(strncmp(name, "r-20120101T000000Z-ingest-", 26) == 0, "%s", name);
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_run_list(snapshot, &list, err));
  ck_assert_uint_eq(list.count, 1);
  const PropterRunInfo *r = &list.items[0];
  ck_assert_str_eq(r->name.data, name);
  ck_assert_str_eq(r->kind.data, "ingest");
  ck_assert_str_eq(r->started.data, "2012-01-01T00:00:00Z");
  ck_assert_str_eq(r->software.data, "test 1");
  ck_assert_str_eq(r->parameters.data, "a=b");
  ck_assert_uint_eq(r->rows_read, 5);
  ck_assert_uint_eq(r->rows_rejected, 2);
  ck_assert_uint_eq(r->added, 5);
  ck_assert_uint_eq(r->inputs.count, 1);
  ck_assert_str_eq(r->inputs.items[0].role.data, "data");
  ck_assert_str_eq(r->inputs.items[0].name.data, "a.csv");
  ck_assert_str_eq(r->inputs.items[0].hash.data, "abc");
  ck_assert_uint_eq(r->generated.count, 1);
  ck_assert_uint_eq(r->used.count, 1);
  const PropterRunInfo *found;
  ck_ok(propter_run_find(&list, PROPTER_STR("last"), &found, err));
  ck_assert_ptr_eq(found, r);
  ck_ok(propter_run_find(&list, PROPTER_STR("r-2012"), &found, err));
  ck_assert_ptr_eq(found, r);
  PropterError e = {0};
  ck_assert_int_eq(propter_run_find(&list, PROPTER_STR("r-2013"), &found, &e), PROPTER_NOT_FOUND);
  propter_run_list_clear(&list);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
}
END_TEST

static PropterStatus note_reject(const PropterReject *r, void *payload, PropterError *err) {
  PropterBuf *out = payload;
  propter_buf_printf(out, "%s:%llu:%s %s %s %s\n", r->file.data, (unsigned long long)r->row, r->column.data, r->value.data, r->rule.data, r->reason.data);
  return propter_buf_status(out, err);
}

START_TEST(what_is_signed_names_its_run) {
  static const char *const expected[] = {
      "<%s> <http://www.w3.org/ns/prov#generatedAtTime> \"2012-01-01T00:00:00Z\"%s^^<http://www.w3.org/2001/XMLSchema#dateTime> <%s>\n",
      "<%s> <http://www.w3.org/ns/prov#wasGeneratedBy> <https://w3id.org/propter/run/%s> <%s>\n"};
  PropterGraph *graph = new_graph();
  PropterBuf found = {0};
  PropterStatus status = PROPTER_NO_MEMORY;
  char name[128], wanted[640];
  bool same;
  for (uint64_t n = 1; n < 5000 && status != PROPTER_OK; n++) {
    PropterError e = {0};
    propter_fault_plan(PROPTER_FAULT_ALLOCATION, n, true, 0);
    status = do_step(graph, &(Step){.graph = G, .first = 1, .last = 0, .hash = "x", .now = 1325376000, .sign = true}, name, &same, &e);
    (void)propter_fault_end(PROPTER_FAULT_ALLOCATION);
    dump(graph, &found);
    if (status != PROPTER_OK) ck_assert_str_eq(found.data, ".");
  }
  ck_assert_int_eq(status, PROPTER_OK);
  for (size_t i = 0; i < 2; i++) {
    (void)snprintf(wanted, sizeof wanted, expected[i], G, i ? name : "", G);
    ck_assert_msg(strstr(found.data, wanted) != NULL, "%s", found.data);
  }
  propter_buf_clear(&found);
  propter_graph_close(graph);
}
END_TEST

START_TEST(rejects_come_back_in_order) {
  PropterGraph *graph = new_graph();
  PropterRunList list = {0};
  PropterSnapshot *snapshot = NULL;
  PropterBuf out = {0};
  bool same;
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 1, .last = 1, .hash = "abc", .rejects = 12}, NULL, &same, err));
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_run_list(snapshot, &list, err));
  ck_ok(propter_run_rejects(snapshot, &list.items[0], note_reject, &out, err));
  /* The byte that is no UTF-8 came back as U+FFFD. */
  ck_assert_msg(strncmp(out.data, "a.csv:2:n caf\xEF\xBF\xBD datatype expected a number\na.csv:3:n ", 50) == 0, "%s", out.data);
  ck_assert_ptr_nonnull(strstr(out.data, "a.csv:13:n "));
  propter_buf_clear(&out);
  propter_run_list_clear(&list);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
}
END_TEST

START_TEST(the_same_inputs_are_recognised) {
  PropterGraph *graph = new_graph();
  bool same = true;
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 1, .last = 5, .hash = "abc", .now = 10}, NULL, &same, err));
  ck_assert(!same);
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 1, .last = 5, .hash = "abc", .now = 10}, NULL, &same, err));
  ck_assert(same);
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 1, .last = 6, .hash = "abd", .now = 20}, NULL, &same, err));
  ck_assert(!same);
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 1, .last = 5, .hash = "abc", .now = 30}, NULL, &same, err));
  ck_assert_msg(!same, "an older run with these inputs does not count");
  /* Another program took a quad away. */
  PropterWriter *w = NULL;
  ck_ok(propter_writer_open(graph, false, &w, err));
  PropterQuad q = {iri(w, "s1"), iri(w, "p"), 0, iri(w, "g")};
  PropterTerm one = propter_typed(PROPTER_STR("1"), PROPTER_STR("http://www.w3.org/2001/XMLSchema#integer"));
  ck_ok(propter_writer_intern(w, &one, &q.o, err));
  ck_ok(propter_writer_remove(w, q, err));
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 1, .last = 5, .hash = "abc", .now = 40}, NULL, &same, err));
  ck_assert(!same);
  propter_graph_close(graph);
}
END_TEST

START_TEST(undo_restores_exactly) {
  PropterGraph *graph = new_graph_spilling(_i);
  PropterBuf empty = {0}, first = {0}, second = {0}, now = {0};
  char one[128], two[128];
  bool same;
  dump(graph, &empty);
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 1, .last = 3000, .hash = "a", .now = 10}, one, &same, err));
  dump(graph, &first);
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 1500, .last = 4000, .hash = "b", .now = 20}, two, &same, err));
  dump(graph, &second);
  PropterError e = {0};
  ck_assert_int_eq(undo(graph, one, 30, &e), PROPTER_INVALID);
  ck_assert_msg(strstr(e.message, two) != NULL, "%s", e.message);
  ck_ok(undo(graph, two, 30, err));
  dump(graph, &now);
  ck_assert_str_eq(now.data, first.data);
  ck_assert_int_eq(undo(graph, two, 40, &e), PROPTER_INVALID);
  /* An undo can be undone. */
  ck_ok(undo(graph, "last", 50, err));
  dump(graph, &now);
  ck_assert_str_eq(now.data, second.data);
  ck_ok(undo(graph, two, 60, err));
  ck_ok(undo(graph, one, 70, err));
  dump(graph, &now);
  ck_assert_str_eq(now.data, empty.data);
  /* After the undo the same inputs are new again. */
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 1, .last = 3000, .hash = "a", .now = 80}, NULL, &same, err));
  ck_assert(!same);
  dump(graph, &now);
  ck_assert_str_eq(now.data, first.data);
  propter_buf_clear(&empty), propter_buf_clear(&first), propter_buf_clear(&second), propter_buf_clear(&now);
  propter_graph_close(graph);
}
END_TEST

START_TEST(undo_asks_later_runs) {
  PropterGraph *graph = new_graph_spilling(_i);
  char one[128], two[128], three[128];
  bool same;
  PropterError e = {0};
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 1, .last = 3, .hash = "a", .now = 10}, one, &same, err));
  ck_ok(do_step(graph, &(Step){.graph = "http://example.org/h", .used = G, .first = 1, .last = 3, .hash = "b", .now = 20}, two, &same, err));
  ck_ok(do_step(graph, &(Step){.graph = "http://example.org/i", .first = 1, .last = 3, .hash = "c", .now = 30, .untracked = true}, three, &same, err));
  ck_assert_int_eq(undo(graph, one, 40, &e), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(e.message, two));
  ck_assert_ptr_null(strstr(e.message, three));
  ck_assert_int_eq(undo(graph, three, 40, &e), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(e.message, "did not record"));
  ck_ok(undo(graph, two, 50, err));
  ck_ok(undo(graph, one, 60, err));
  propter_graph_close(graph);
}
END_TEST

START_TEST(the_content_of_a_created_graph_is_known_later) {
  PropterGraph *graph = new_graph_spilling(_i);
  PropterSnapshot *snapshot = NULL;
  PropterRunList list = {0};
  PropterQuads added = {0}, removed = {0};
  bool same;
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 1, .last = 10, .hash = "a", .now = 10}, NULL, &same, err));
  ck_ok(do_step(graph, &(Step){.graph = G, .first = 6, .last = 12, .hash = "b", .now = 20}, NULL, &same, err));
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_run_list(snapshot, &list, err));
  ck_ok(propter_run_delta(snapshot, &list.items[0], &added, &removed, err));
  ck_assert_uint_eq(added.count, 10);
  ck_assert_uint_eq(removed.count, 0);
  added.count = 0;
  ck_ok(propter_run_delta(snapshot, &list.items[1], &added, &removed, err));
  ck_assert_uint_eq(added.count, 2);
  ck_assert_uint_eq(removed.count, 5);
  propter_vec_clear(&added);
  propter_vec_clear(&removed);
  propter_run_list_clear(&list);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
}
END_TEST

START_TEST(failures_change_nothing) {
  PropterGraph *graph = new_graph();
  PropterBuf before = {0}, after = {0}, found = {0};
  const Step from = {.graph = G, .first = 1, .last = 3, .hash = "y"}, to = {.graph = G, .first = 2, .last = 4, .hash = "x", .rejects = 1};
  bool same;
  ck_ok(do_step(graph, &to, NULL, &same, err));
  dump(graph, &after);
  ck_ok(do_step(graph, &from, NULL, &same, err));
  dump(graph, &before);
  PropterStatus status = PROPTER_NO_MEMORY;
  /* Only the step runs under the plan: the dump must not fail. */
  for (uint64_t n = 1; n < 5000 && status != PROPTER_OK; n++) {
    PropterError e = {0};
    propter_fault_plan(PROPTER_FAULT_ALLOCATION, n, true, 0);
    status = do_step(graph, &to, NULL, &same, &e);
    (void)propter_fault_end(PROPTER_FAULT_ALLOCATION);
    dump(graph, &found);
    ck_assert_str_eq(found.data, status == PROPTER_OK ? after.data : before.data);
  }
  ck_assert_int_eq(status, PROPTER_OK);
  propter_buf_clear(&before), propter_buf_clear(&after), propter_buf_clear(&found);
  propter_graph_close(graph);
}
END_TEST

/* --- the graph as a run left it ------------------------------------------------------------------------------------------------ */

static PropterStatus rewind_to(PropterGraph *graph, const char *name, PropterQuads *quads, PropterError *err) {
  PropterWriter *w = NULL;
  PropterSnapshot *snapshot = NULL;
  uint64_t version = 0;
  PropterStatus status = propter_writer_open(graph, false, &w, err);
  if (status == PROPTER_OK) status = propter_run_past(w, propter_str(name), &snapshot, &version, err);
  if (status == PROPTER_OK) status = propter_snapshot_match(snapshot, (PropterQuad){0}, 0, quads, err);
  propter_writer_close(w);
  return status;
}

static void all(PropterGraph *graph, PropterQuads *quads) {
  PropterSnapshot *snapshot = NULL;
  ck_ok(propter_snapshot_open(graph, 0, &snapshot, err));
  ck_ok(propter_snapshot_match(snapshot, (PropterQuad){0}, 0, quads, err));
  propter_snapshot_close(snapshot);
}

typedef struct {
  PropterGraph *graph;
  const char *name;
  const PropterQuads *want;
} Past;

static PropterStatus as_it_was(void *payload, PropterError *err) {
  const Past *past = payload;
  PropterQuads quads = {0};
  PropterStatus status = rewind_to(past->graph, past->name, &quads, err);
  if (status == PROPTER_OK) {
    ck_assert_uint_eq(quads.count, past->want->count);
    ck_assert_int_eq(memcmp(quads.items, past->want->items, quads.count * sizeof *quads.items), 0);
  }
  propter_vec_clear(&quads);
  return status;
}

START_TEST(the_past_is_what_it_was) {
  enum { DAY = 86400 };
  static const Step steps[] = {{.graph = G, .first = 1, .last = 4, .hash = "a", .now = 4 * DAY},
                               {.graph = G, .first = 3, .last = 9, .hash = "b", .now = 5 * DAY - 1, .rejects = 2},
                               {.graph = G "2", .used = G, .first = 1, .last = 2, .hash = "c", .now = 5 * DAY},
                               {.graph = G, .first = 5, .last = 5, .hash = "d", .now = 6 * DAY}};
  static const struct {
    const char *day;
    int step; /* the last by the day's end */
  } days[] = {{"1970-01-05", 1}, {"1970-01-06", 2}, {"1970-01-07", 3}, {"1970-01-09", 3}, {"2026-01-01", 4}};
  PropterGraph *graph = new_graph_spilling(_i);
  PropterQuads quads[5] = {{0}};
  char name[4][128];
  bool same;
  for (int i = 0; i < 4; i++) {
    ck_ok(do_step(graph, &steps[i], name[i], &same, err));
    all(graph, &quads[i]);
  }
  ck_ok(undo(graph, "last", 9 * DAY, err));
  all(graph, &quads[4]);
  for (int i = 0; i < 4; i++) ck_ok(as_it_was(&(Past){graph, name[i], &quads[i]}, err));
  ck_ok(as_it_was(&(Past){graph, "last", &quads[4]}, err));
  for (size_t i = 0; i < sizeof days / sizeof *days; i++) ck_ok(as_it_was(&(Past){graph, days[i].day, &quads[days[i].step]}, err));
  PropterQuads now = {0};
  all(graph, &now); /* and nothing was written */
  ck_assert_uint_eq(now.count, quads[4].count);
  ck_assert_uint_gt(support_fail_everywhere(PROPTER_FAULT_ALLOCATION, as_it_was, &(Past){graph, name[1], &quads[1]}, false), 10);
  propter_vec_clear(&now);
  for (int i = 0; i < 5; i++) propter_vec_clear(&quads[i]);
  propter_graph_close(graph);
}
END_TEST

START_TEST(a_past_that_is_not_known_is_refused) {
  const Step tracked = {.graph = G, .first = 1, .last = 4, .hash = "a", .now = 1};
  const Step untracked = {.graph = G, .first = 2, .last = 4, .hash = "b", .now = 2, .untracked = true};
  PropterGraph *graph = new_graph();
  PropterQuads quads = {0};
  PropterError e = {0};
  PropterWriter *w = NULL;
  char one[128], two[128];
  bool same;
  ck_ok(do_step(graph, &tracked, one, &same, err));
  ck_ok(do_step(graph, &untracked, two, &same, err));
  ck_assert_int_eq(rewind_to(graph, "1969-12-31", &quads, &e), PROPTER_NOT_FOUND);
  ck_assert_ptr_nonnull(strstr(e.message, "no run by the end of 1969-12-31; the first is r-"));
  ck_assert_int_eq(rewind_to(graph, "1969-12-32", &quads, &e), PROPTER_NOT_FOUND);
  ck_assert_int_eq(rewind_to(graph, one, &quads, &e), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(e.message, "did not record what it changed"));
  ck_ok(rewind_to(graph, two, &quads, err));
  ck_ok(propter_writer_open(graph, false, &w, err));
  PropterQuad q = quads.items[0];
  q.o = q.s;
  ck_ok(propter_writer_add(w, q, err));
  ck_ok(propter_writer_commit(w, err));
  propter_writer_close(w);
  ck_assert_int_eq(rewind_to(graph, two, &quads, &e), PROPTER_INVALID);
  ck_assert_ptr_nonnull(strstr(e.message, "by something that is no run"));
  propter_vec_clear(&quads);
  propter_graph_close(graph);
}
END_TEST

Suite *suite_run(void) {
  Suite *s = suite_create("run");
  TCase *tc = tcase_create("run");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, a_run_says_what_it_did);
  tcase_add_test(tc, what_is_signed_names_its_run);
  tcase_add_test(tc, rejects_come_back_in_order);
  tcase_add_test(tc, the_same_inputs_are_recognised);
  tcase_add_loop_test(tc, undo_restores_exactly, 0, 4);
  tcase_add_loop_test(tc, undo_asks_later_runs, 0, 4);
  tcase_add_loop_test(tc, the_content_of_a_created_graph_is_known_later, 0, 4);
  tcase_add_test(tc, failures_change_nothing);
  tcase_add_loop_test(tc, the_past_is_what_it_was, 0, 4);
  tcase_add_test(tc, a_past_that_is_not_known_is_refused);
  suite_add_tcase(s, tc);
  return s;
}

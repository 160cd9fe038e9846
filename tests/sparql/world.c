/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>

#define XSD "http://www.w3.org/2001/XMLSchema#"

static PropterBuf answer;

static PropterTerm word_term(PropterStr w, PropterArena *arena) {
  if (w.data[0] == '"') return propter_literal((PropterStr){w.data + 1, w.len - 2});
  if (w.data[0] == '_') return (PropterTerm){PROPTER_TERM_BLANK, w, {"", 0}, {"", 0}};
  if (strchr("-0123456789", w.data[0])) return propter_typed(w, PROPTER_STR(XSD "integer"));
  return propter_iri(propter_arena_printf(arena, "urn:%.*s", (int)w.len, w.data));
}

static void add_quad(PropterWriter *writer, PropterStr line) {
  PropterArena arena = {0};
  PropterId id[4] = {0, 0, 0, PROPTER_DEFAULT_GRAPH};
  size_t n = 0;
  for (size_t i = 0; i < line.len;) {
    size_t start = i;
    while (i < line.len && line.data[i] != ' ') i++;
    if (i > start) {
      PropterTerm t = word_term((PropterStr){line.data + start, i - start}, &arena);
      ck_ok(propter_writer_intern(writer, &t, &id[n++], err));
    }
    i++;
  }
  if (n >= 3) ck_ok(propter_writer_add(writer, (PropterQuad){id[0], id[1], id[2], id[3]}, err));
  propter_arena_clear(&arena);
}

PropterGraph *world_open(const char *quads) {
  PropterGraph *graph = NULL;
  PropterWriter *writer = NULL;
  ck_ok(propter_graph_open(support_path(support_folder(), "g"), PROPTER_GRAPH_CREATE, NULL, &graph, err));
  ck_ok(propter_writer_open(graph, true, &writer, err));
  for (const char *p = quads; *p;) {
    size_t n = strcspn(p, ".\n");
    add_quad(writer, propter_str_trim((PropterStr){p, n}));
    p += n + (p[n] != '\0');
  }
  ck_ok(propter_writer_commit(writer, err));
  propter_writer_close(writer);
  return graph;
}

PropterQueryOptions world_options(void) {
  PropterQueryOptions o = propter_query_options();
  o.default_is_union = false;
  o.now_ms = 1322697600000; /* 2011-12-01 */
  o.seed = 7;
  return o;
}

static void put_term(const PropterTerm *t) {
  PropterStr urn = PROPTER_STR("urn:");
  if (t->kind == PROPTER_TERM_NONE)
    propter_buf_add_char(&answer, '-');
  else if (t->kind == PROPTER_TERM_BLANK)
    propter_buf_add(&answer, PROPTER_STR("_"));
  else if (t->kind == PROPTER_TERM_IRI && propter_str_starts(t->value, urn))
    propter_buf_add(&answer, (PropterStr){t->value.data + urn.len, t->value.len - urn.len});
  else if (propter_str_equal(t->datatype, PROPTER_STR(XSD "integer")))
    propter_buf_add(&answer, t->value);
  else
    propter_term_write(t, &answer);
}

static PropterStatus pull(PropterResults *r, PropterError *err) {
  if (propter_results_kind(r) == PROPTER_RESULTS_BOOLEAN)
    return propter_buf_add(&answer, propter_results_boolean(r) ? PROPTER_STR("true") : PROPTER_STR("false")), PROPTER_OK;
  for (const PropterTerm *row;;) {
    PropterStatus status = propter_results_next(r, &row, err);
    if (status != PROPTER_OK || !row) return status;
    if (answer.len) propter_buf_add_char(&answer, '\n');
    for (size_t i = 0; i < propter_results_columns(r); i++) {
      if (i) propter_buf_add_char(&answer, ' ');
      put_term(&row[i]);
    }
  }
}

static PropterStatus with_prefix(const char *text, PropterQuery **query, PropterError *err) {
  PropterBuf whole = {0};
  propter_buf_printf(&whole, "PREFIX : <urn:> PREFIX xsd: <" XSD "> %s", text);
  PropterStatus status = propter_buf_status(&whole, err);
  if (status == PROPTER_OK) status = propter_query_parse(propter_buf_str(&whole), PROPTER_STR("urn:"), query, err);
  propter_buf_clear(&whole);
  return status;
}

typedef struct {
  PropterGraph *graph;
  const char *text;
  PropterQueryOptions options;
  PropterSnapshot *snapshot;
  PropterQuery *query;
  PropterResults *results;
} Asked;

static Asked asked(PropterGraph *graph, const char *text, const PropterQueryOptions *options) {
  return (Asked){.graph = graph, .text = text, .options = options ? *options : world_options()};
}

static PropterStatus begin(Asked *a, PropterError *err) {
  a->snapshot = NULL, a->query = NULL, a->results = NULL;
  PropterStatus status = propter_snapshot_open(a->graph, 0, &a->snapshot, err);
  if (status == PROPTER_OK) status = with_prefix(a->text, &a->query, err);
  if (status == PROPTER_OK) status = propter_query_run(a->query, a->snapshot, &a->options, &a->results, err);
  return status;
}

static void end(Asked *a) {
  propter_results_close(a->results);
  propter_query_free(a->query);
  propter_snapshot_close(a->snapshot);
}

/* The rows, or how they were found. */
static const char *ask(PropterGraph *graph, const char *text, const PropterQueryOptions *options, bool plan) {
  Asked a = asked(graph, text, options);
  PropterError why = {0};
  propter_buf_reset(&answer);
  PropterStatus status = begin(&a, &why);
  if (status == PROPTER_OK) status = pull(a.results, &why);
  if (status != PROPTER_OK || plan) propter_buf_reset(&answer);
  if (status == PROPTER_OK && plan) status = propter_results_explain(a.results, false, &answer, &why);
  if (status != PROPTER_OK) propter_buf_printf(&answer, "%s %s", propter_status_name(status), why.message);
  end(&a);
  return answer.len ? answer.data : "";
}

static PropterStatus run(void *payload, PropterError *err) {
  Asked *a = payload;
  PropterBuf plan = {0};
  const PropterTerm *row = NULL;
  PropterStatus status = begin(a, err);
  do
    if (status == PROPTER_OK) status = propter_results_next(a->results, &row, err);
  while (status == PROPTER_OK && row);
  if (status == PROPTER_OK) status = propter_results_explain(a->results, true, &plan, err);
  propter_buf_clear(&plan);
  end(a);
  return status;
}

uint64_t world_fail_everywhere(PropterGraph *graph, const char *text, const PropterQueryOptions *options, bool may_recover) {
  Asked a = asked(graph, text, options);
  ck_ok(run(&a, err));
  return support_fail_everywhere(PROPTER_FAULT_ALLOCATION, run, &a, may_recover);
}

const char *world_ask(PropterGraph *graph, const char *text, const PropterQueryOptions *options) { return ask(graph, text, options, false); }
const char *world_plan(PropterGraph *graph, const char *text, const PropterQueryOptions *options) { return ask(graph, text, options, true); }

static int by_text(const void *a, const void *b) { return propter_str_compare(*(const PropterStr *)a, *(const PropterStr *)b); }

const char *world_ask_sorted(PropterGraph *graph, const char *query) {
  PropterStr lines[256];
  size_t n = 0;
  PropterBuf sorted = {0};
  (void)world_ask(graph, query, NULL);
  for (size_t i = 0; i < answer.len && n < 256; i++) {
    size_t start = i;
    while (i < answer.len && answer.data[i] != '\n') i++;
    lines[n++] = (PropterStr){answer.data + start, i - start};
  }
  if (n) qsort(lines, n, sizeof *lines, by_text);
  for (size_t i = 0; i < n; i++) {
    if (i) propter_buf_add_char(&sorted, '\n');
    propter_buf_add(&sorted, lines[i]);
  }
  propter_buf_clear(&answer);
  answer = sorted;
  return answer.len ? answer.data : "";
}

PropterStatus world_update(PropterGraph *graph, const char *text, PropterError *err) {
  PropterQueryOptions options = world_options();
  PropterQuery *query = NULL;
  PropterWriter *writer = NULL;
  PropterStatus status = with_prefix(text, &query, err);
  if (status == PROPTER_OK) status = propter_writer_open(graph, true, &writer, err);
  if (status == PROPTER_OK) status = propter_update_run(query, writer, &options, err);
  if (status == PROPTER_OK) status = propter_writer_commit(writer, err);
  propter_writer_close(writer);
  propter_query_free(query);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Queries and updates run over a small graph within a cap and a deadline: they are answered or end with an error that says why, and the answer is the same on
 * one thread and on two. No update is committed. */
#include "folder.h"
#include "propter/hash.h"
#include "propter/sparql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE PROPTER_STR("http://x/")

static const char quads[] =
    "PREFIX : <http://x/> INSERT DATA { :a :p :b . :b :p :c . :c :p :a . :a :q 1 , 2.5 , 3e0 , 'x'@en , 'y' ; :r '2011-08-07'^^<http://www.w3.org/2001/XMLSchema#date> . "
    "_:n :p :a ; :q true . GRAPH :g { :a :p :b . :b :q 4 } GRAPH :h { :c :p :c , 'z' } }";

static PropterGraph *graph;

static void close_graph(void) { propter_graph_close(graph); }

static PropterQueryOptions limited(unsigned threads) {
  PropterQueryOptions o = propter_query_options();
  o.memory = 4 << 20, o.deadline_ms = 50, o.now_ms = 1312675200000, o.seed = 1, o.threads = threads;
  return o;
}

static void update(const PropterQuery *query, bool commit) {
  PropterQueryOptions options = limited(1);
  PropterWriter *writer = NULL;
  PropterError err = {0};
  must(propter_writer_open(graph, true, &writer, NULL) == PROPTER_OK);
  PropterStatus status = propter_update_run(query, writer, &options, &err);
  must(status == PROPTER_OK || (status != PROPTER_BUG && err.message[0] && !commit));
  if (commit) must(propter_writer_commit(writer, NULL) == PROPTER_OK);
  propter_writer_close(writer);
}

static void build(void) {
  PropterQuery *query = NULL;
  folder_make();
  (void)atexit(close_graph); /* before the folder goes: what was registered last is called first */
  must(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &graph, NULL) == PROPTER_OK);
  must(propter_query_parse(propter_str(quads), BASE, &query, NULL) == PROPTER_OK);
  update(query, true);
  propter_query_free(query);
}

/* *digest: of all rows in their order. */
static PropterStatus run(const PropterQuery *query, PropterSnapshot *snapshot, unsigned threads, uint64_t *digest) {
  PropterQueryOptions options = limited(threads);
  PropterResults *results = NULL;
  const PropterTerm *row = NULL;
  PropterError err = {0};
  PropterStatus status = propter_query_run(query, snapshot, &options, &results, &err);
  *digest = status == PROPTER_OK && propter_results_boolean(results);
  while (status == PROPTER_OK && (status = propter_results_next(results, &row, &err)) == PROPTER_OK && row)
    for (size_t c = 0; c < propter_results_columns(results); c++) {
      must(propter_utf8_valid(row[c].value, NULL));
      uint64_t parts[3] = {*digest, row[c].kind, row[c].kind == PROPTER_TERM_NONE ? 0 : propter_hash64(row[c].value)};
      *digest = propter_hash64((PropterStr){(const char *)parts, sizeof parts});
    }
  must(status == PROPTER_OK || (status != PROPTER_BUG && err.message[0]));
  propter_results_close(results);
  return status;
}

static void answer(const PropterQuery *query) {
  PropterSnapshot *snapshot = NULL;
  uint64_t one, two;
  must(propter_snapshot_open(graph, 0, &snapshot, NULL) == PROPTER_OK);
  if (run(query, snapshot, 1, &one) == PROPTER_OK && run(query, snapshot, 2, &two) == PROPTER_OK) must(one == two);
  propter_snapshot_close(snapshot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  PropterQuery *query = NULL;
  PropterError err = {0};
  if (!graph) build();
  if (propter_query_parse((PropterStr){(const char *)data, size}, BASE, &query, &err) != PROPTER_OK) return 0;
  if (propter_query_is_update(query))
    update(query, false);
  else
    answer(query);
  propter_query_free(query);
  return 0;
}

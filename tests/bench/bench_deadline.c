/* SPDX-License-Identifier: Apache-2.0 */
/* How soon queries and updates end after their deadline: each of hostile.def with 100 ms. A second thread reads the first one's processor time when the
 * deadline passes, so that what the machine does beside is not counted. Argument: a folder for the graph, which is made. Prints the largest and the median
 * reaction; on standard error that of each. */
#include <pthread.h>
#include <string.h>

#include "../sparql/hostile.h"
#include "bench.h"
#include "propter/sparql.h"

enum { DEADLINE_MS = 100 };

typedef struct {
  clockid_t clock; /* of the thread that works */
  double at;       /* its time at the deadline */
} Watch;

static void *watch(void *payload) {
  Watch *w = payload;
  struct timespec pause = {0, DEADLINE_MS * 1000000L};
  (void)nanosleep(&pause, NULL);
  w->at = bench_clock(w->clock);
  return NULL;
}

static PropterStatus ask(PropterGraph *graph, const PropterQuery *query, const PropterQueryOptions *options, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterResults *results = NULL;
  const PropterTerm *row;
  PropterStatus status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_query_run(query, snapshot, options, &results, err);
  for (bool more = true; status == PROPTER_OK && more;)
    if ((status = propter_results_next(results, &row, err)) == PROPTER_OK) more = row != NULL;
  propter_results_close(results);
  propter_snapshot_close(snapshot);
  return status;
}

static PropterStatus change(PropterGraph *graph, const PropterQuery *query, const PropterQueryOptions *options, PropterError *err) {
  PropterWriter *writer = NULL;
  PropterStatus status = propter_writer_open(graph, true, &writer, err);
  if (status == PROPTER_OK) status = propter_update_run(query, writer, options, err);
  propter_writer_close(writer);
  return status;
}

/* Milliseconds of processor time from the deadline to the end, with all that closing takes; below 0: it ended before. */
static double reaction(PropterGraph *graph, PropterStr text, bool update) {
  PropterQuery *query = NULL;
  PropterError err = {0};
  Watch w = {.at = 0};
  pthread_t thread;
  PropterQueryOptions options = propter_query_options();
  options.deadline_ms = DEADLINE_MS, options.memory = (uint64_t)256 << 20;
  PropterStatus status = propter_query_parse(text, PROPTER_STR("urn:"), &query, &err);
  if (status != PROPTER_OK) return -1;
  (void)pthread_getcpuclockid(pthread_self(), &w.clock);
  if (pthread_create(&thread, NULL, watch, &w)) fprintf(stderr, "no thread\n"), exit(70);
  status = update ? change(graph, query, &options, &err) : ask(graph, query, &options, &err);
  double end = bench_cpu();
  (void)pthread_join(thread, NULL);
  propter_query_free(query);
  fprintf(stderr, "# %7.1f ms  %s  %.90s\n", 1000 * (end - w.at), propter_status_name(status), text.data + strlen("PREFIX : <urn:> "));
  return status == PROPTER_TIMEOUT ? 1000 * (end - w.at) : -1;
}

int main(int argc, char **argv) {
  static const char *const updates[] = {"PREFIX : <urn:> INSERT { ?a :p ?b } WHERE { ?a :value ?x . ?b :value ?y . ?c :value ?z }",
                                        "PREFIX : <urn:> DELETE { ?a :value ?y } INSERT { ?a :value ?z } WHERE { ?a :value ?x . ?b :value ?y . ?c :value ?z }",
                                        "PREFIX : <urn:> INSERT { ?a ?b ?n } WHERE { ?a ?b ?x . ?c ?d ?y BIND(CONCAT(STR(?a), STR(?c)) AS ?n) }"};
  enum { UPDATES = sizeof updates / sizeof *updates };
  double reactions[HOSTILE_COUNT + UPDATES + 1];
  size_t count = 0;
  PropterGraph *graph = NULL;
  PropterBuf text = {0};
  PropterQuery *query = NULL;
  PropterWriter *writer = NULL;
  PropterQueryOptions options = propter_query_options();
  if (argc != 2) return fprintf(stderr, "usage: %s FOLDER\n", argv[0]), 2;
  must(propter_graph_open(argv[1], PROPTER_GRAPH_CREATE, NULL, &graph, errp));
  hostile_graph(&text);
  must(propter_query_parse(propter_buf_str(&text), PROPTER_STR("urn:"), &query, errp));
  must(propter_writer_open(graph, true, &writer, errp));
  must(propter_update_run(query, writer, &options, errp));
  must(propter_writer_commit(writer, errp));
  propter_writer_close(writer);
  propter_query_free(query);
  for (size_t i = 0; i < HOSTILE_COUNT + UPDATES; i++) {
    if (i < HOSTILE_COUNT)
      hostile_text(&hostile[i], &text);
    else
      propter_buf_reset(&text), propter_buf_add(&text, propter_str(updates[i - HOSTILE_COUNT]));
    double ms = reaction(graph, propter_buf_str(&text), i >= HOSTILE_COUNT);
    if (ms >= 0) reactions[count++] = ms;
  }
  propter_buf_clear(&text);
  propter_graph_close(graph);
  if (!count) return fprintf(stderr, "nothing reached its deadline\n"), 70;
  qsort(reactions, count, sizeof *reactions, bench_compare);
  bench_print("deadline-reaction", reactions[count - 1], "ms");
  bench_print("deadline-reaction-median", reactions[count / 2], "ms");
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* propter as one engine of sparql.py: a process that answers queries over a graph, asked by lines on standard input, in the words every peer's driver
 * understands: query FILE OUT     answers the query in FILE, writes the whole result (TSV, N-Triples, or true and false) to OUT, or counts its bytes if OUT is
 * "-" mix PREFIX N       N threads answer the queries of PREFIX.0 … PREFIX.N-1 (a line "----" after each), a thread its file in order An answer is one line:
 * "ok SECONDS BYTES" or "fail MESSAGE". Arguments: the graph, milliseconds a query may take, and "own" if the default graph is the graph of triples that have
 * none, instead of the union of all graphs. */
#include <pthread.h>
#include <string.h>

#include "bench.h"
#include "propter/io.h"
#include "propter/results.h"
#include "propter/run.h"
#include "propter/sparql.h"

enum { TEXT_MAX = 64 << 20, CLIENTS = 64 };

typedef struct {
  PropterGraph *graph;
  PropterSnapshot *snapshot; /* each client has its own */
  PropterRunList runs;
  PropterIds hidden;
  uint32_t deadline_ms;
  bool own_default;
  unsigned threads; /* of one query */
} Engine;

typedef struct {
  FILE *file; /* NULL: only count */
  uint64_t bytes;
} Sink;

static PropterStatus take(PropterStr bytes, void *payload, PropterError *err) {
  Sink *s = payload;
  s->bytes += bytes.len;
  if (s->file && fwrite(bytes.data, 1, bytes.len, s->file) != bytes.len) return propter_fail(err, PROPTER_IO, "cannot write the result");
  return PROPTER_OK;
}

static PropterStatus pull(void *payload, const PropterTerm **row, PropterError *err) { return propter_results_next(payload, row, err); }

static PropterStatus write_solutions(PropterResults *r, Sink *sink, PropterError *err) {
  PropterStr names[256];
  PropterRows rows = {names, propter_results_columns(r), pull, r};
  if (rows.columns > sizeof names / sizeof *names) return propter_fail(err, PROPTER_LIMIT, "more than 256 columns");
  for (size_t i = 0; i < rows.columns; i++) names[i] = propter_results_name(r, i);
  return propter_rows_write(&rows, "tsv", true, take, sink, NULL, err);
}

static PropterStatus write_triples(PropterResults *r, Sink *sink, PropterError *err) {
  PropterRdfWriterOptions options = {.format = "ntriples"};
  PropterRdfWriter *w = NULL;
  const PropterTerm *row = NULL;
  PropterStatus status = propter_rdf_writer_open(&options, take, sink, &w, err);
  while (status == PROPTER_OK && (status = propter_results_next(r, &row, err)) == PROPTER_OK && row) {
    PropterStatement st = {.s = row[0], .p = row[1], .o = row[2]};
    status = propter_rdf_writer_add(w, &st, err);
  }
  if (status == PROPTER_OK) status = propter_rdf_writer_finish(w, err);
  propter_rdf_writer_close(w);
  return status;
}

static PropterStatus answer(const Engine *e, PropterStr text, Sink *sink, PropterError *err) {
  PropterQueryOptions options = propter_query_options();
  PropterQuery *query = NULL;
  PropterResults *r = NULL;
  options.memory = (uint64_t)4 << 30;
  options.deadline_ms = e->deadline_ms;
  options.threads = e->threads;
  options.default_is_union = !e->own_default;
  options.hidden = e->hidden.items, options.hidden_count = e->hidden.count;
  PropterStatus status = propter_query_parse(text, PROPTER_STR(""), &query, err);
  if (status == PROPTER_OK) status = propter_query_run(query, e->snapshot, &options, &r, err);
  if (status == PROPTER_OK) switch (propter_results_kind(r)) {
    case PROPTER_RESULTS_SOLUTIONS: status = write_solutions(r, sink, err); break;
    case PROPTER_RESULTS_TRIPLES: status = write_triples(r, sink, err); break;
    default: status = take(propter_results_boolean(r) ? PROPTER_STR("true\n") : PROPTER_STR("false\n"), sink, err);
    }
  propter_results_close(r);
  propter_query_free(query);
  return status;
}

static PropterStatus run_query(const Engine *e, const char *file, const char *out, double *seconds, uint64_t *bytes, PropterError *err) {
  PropterBuf text = {.max = TEXT_MAX};
  Sink sink = {NULL, 0};
  PropterStatus status = propter_io_read_file(file, TEXT_MAX, &text, err);
  if (status == PROPTER_OK && strcmp(out, "-") != 0 && !(sink.file = fopen(out, "w"))) status = propter_fail(err, PROPTER_IO, "cannot write %s", out);
  double start = bench_now();
  if (status == PROPTER_OK) status = answer(e, propter_buf_str(&text), &sink, err);
  *seconds = bench_now() - start, *bytes = sink.bytes;
  if (sink.file && fclose(sink.file) != 0 && status == PROPTER_OK) status = propter_fail(err, PROPTER_IO, "cannot write %s", out);
  propter_buf_clear(&text);
  return status;
}

typedef struct {
  pthread_t thread;
  Engine engine;
  PropterBuf text;
  uint64_t bytes;
  PropterStatus status;
  PropterError err;
} Client;

static void *client_run(void *payload) {
  Client *c = payload;
  static const char mark[] = "\n----\n";
  char *at = c->text.data, *end;
  while (c->status == PROPTER_OK && (end = strstr(at, mark))) {
    Sink sink = {NULL, 0};
    c->status = answer(&c->engine, (PropterStr){at, (size_t)(end - at)}, &sink, &c->err);
    c->bytes += sink.bytes;
    at = end + strlen(mark);
  }
  return NULL;
}

static PropterStatus client_open(Client *c, const Engine *e, const char *prefix, size_t number, PropterError *err) {
  char path[4200];
  (void)snprintf(path, sizeof path, "%s.%zu", prefix, number);
  *c = (Client){.engine = *e, .text = {.max = (size_t)1 << 30}};
  c->engine.snapshot = NULL, c->engine.threads = 1;
  PROPTER_TRY(propter_io_read_file(path, c->text.max, &c->text, err));
  propter_buf_add(&c->text, PROPTER_STR("")); /* so that the text ends in a zero byte */
  return propter_snapshot_open(e->graph, 0, &c->engine.snapshot, err);
}

static PropterStatus run_mix(const Engine *e, const char *prefix, size_t clients, double *seconds, uint64_t *bytes, PropterError *err) {
  static Client c[CLIENTS];
  PropterStatus status = clients <= CLIENTS ? PROPTER_OK : propter_fail(err, PROPTER_LIMIT, "at most %d clients", CLIENTS);
  size_t opened = 0, started = 0;
  for (; opened < clients && status == PROPTER_OK; opened++) status = client_open(&c[opened], e, prefix, opened, err);
  double start = bench_now();
  for (; started < clients && status == PROPTER_OK; started++)
    if (pthread_create(&c[started].thread, NULL, client_run, &c[started]) != 0) status = propter_fail(err, PROPTER_NO_MEMORY, "cannot start a thread");
  if (status != PROPTER_OK && started) started--;
  for (size_t i = 0; i < started; i++) (void)pthread_join(c[i].thread, NULL);
  *seconds = bench_now() - start, *bytes = 0;
  for (size_t i = 0; i < opened; i++) {
    *bytes += c[i].bytes;
    if (status == PROPTER_OK && c[i].status != PROPTER_OK) status = c[i].status, *err = c[i].err;
    propter_snapshot_close(c[i].engine.snapshot);
    propter_buf_clear(&c[i].text);
  }
  return status;
}

static void serve(const Engine *e) {
  char line[9000], a[4096], b[4096];
  while (fgets(line, sizeof line, stdin)) {
    PropterError err = {0};
    double seconds = 0;
    uint64_t bytes = 0;
    PropterStatus status;
    if (sscanf(line, "query %4095s %4095s", a, b) == 2)
      status = run_query(e, a, b, &seconds, &bytes, &err);
    else if (sscanf(line, "mix %4095s %4095s", a, b) == 2)
      status = run_mix(e, a, (size_t)strtoul(b, NULL, 10), &seconds, &bytes, &err);
    else
      status = propter_fail(&err, PROPTER_USAGE, "expected query or mix, found %.20s", line);
    for (char *p = err.message; *p; p++)
      if (*p == '\n') *p = ' ';
    if (status == PROPTER_OK)
      printf("ok %.9f %llu\n", seconds, (unsigned long long)bytes);
    else
      printf("fail %s\n", err.message);
    (void)fflush(stdout);
  }
}

int main(int argc, char **argv) {
  Engine e = {.deadline_ms = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 60000, .own_default = argc > 3};
  PropterError err = {0};
  PropterStatus status = argc > 1 ? propter_graph_open(argv[1], PROPTER_GRAPH_READ_ONLY, NULL, &e.graph, &err)
                                  : propter_fail(&err, PROPTER_USAGE, "usage: bench_engine GRAPH [MILLISECONDS]");
  if (status == PROPTER_OK) status = propter_snapshot_open(e.graph, 0, &e.snapshot, &err);
  if (status == PROPTER_OK) status = propter_run_list(e.snapshot, &e.runs, &err);
  for (size_t i = 0; i < e.runs.count && status == PROPTER_OK; i++)
    if (!propter_vec_push(&e.hidden, e.runs.items[i].id)) status = propter_fail(&err, PROPTER_NO_MEMORY, "out of memory");
  if (status == PROPTER_OK) serve(&e);
  if (status != PROPTER_OK) fprintf(stderr, "bench_engine: %s\n", err.message);
  propter_vec_clear(&e.hidden);
  propter_run_list_clear(&e.runs);
  propter_snapshot_close(e.snapshot);
  propter_graph_close(e.graph);
  return status == PROPTER_OK ? 0 : 70;
}

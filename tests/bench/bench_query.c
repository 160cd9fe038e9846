/* SPDX-License-Identifier: Apache-2.0 */
/* Queries of a folder, each parsed, planned, run and written as JSON (triples: drained), in one process. Arguments: graph directory, folder of .rq files, runs
 * of each (default 5), threads (default 1), "explain" to print each plan too, or "estimates" for how far estimated rows of joins are from the actual ones, as
 * factors of 1 and more (q-errors; Moerkotte et al., Preventing bad plans by bounding the impact of cardinality estimation errors, VLDB 2009). Prints the
 * median wall and CPU time per query, the sum of the medians and their geometric mean. */
#include "bench.h"

#include <dirent.h>
#include <math.h>
#include <string.h>

#include "propter/io.h"
#include "propter/results.h"
#include "propter/sparql.h"

typedef struct {
  PropterSnapshot *snapshot;
  PropterStr text;
  uint64_t rows, bytes;
  unsigned threads;
  bool explain, print; /* the plan of the first run is looked at, and printed */
} Query;

static PropterStatus drop(PropterStr bytes, void *payload, PropterError *err) {
  (void)err;
  *(uint64_t *)payload += bytes.len;
  return PROPTER_OK;
}

static PropterStatus next(void *payload, const PropterTerm **row, PropterError *err) { return propter_results_next(payload, row, err); }

/* The factors of all joins. */
enum { MOST_JOINS = 20000 };
static double factors[MOST_JOINS];
static size_t joins;

/* From the lines of a plan; what is started again and again is estimated for one start. */
static void weigh(char *plan) {
  char *rest = plan;
  for (char *line; joins < MOST_JOINS && (line = strsep(&rest, "\n")) != NULL;) {
    const char *join = strstr(line, "join  "), *numbers = strstr(line, "  estimated "), *starts = strstr(line, "  starts ");
    double estimated, rows;
    if (!join || !numbers || join > numbers || (starts && atoi(starts + 9) > 3) || sscanf(numbers, " estimated %lf rows %lf", &estimated, &rows) != 2) continue;
    estimated = fmax(estimated, 1), rows = fmax(rows, 1);
    factors[joins++] = fmax(estimated / rows, rows / estimated);
  }
}

static void explain(PropterResults *results, bool print) {
  PropterBuf plan = {0};
  must(propter_results_explain(results, false, &plan, errp));
  propter_buf_add_char(&plan, 0);
  must(propter_buf_status(&plan, errp));
  if (print) printf("%s", plan.data);
  weigh(plan.data);
  propter_buf_clear(&plan);
}

static PropterStatus drain(Query *q, PropterResults *results, PropterError *err) {
  if (propter_results_kind(results) == PROPTER_RESULTS_BOOLEAN) return PROPTER_OK;
  PropterStr names[256];
  size_t columns = propter_results_columns(results);
  for (size_t i = 0; i < columns && i < 256; i++) names[i] = propter_results_name(results, i);
  PropterRows rows = {names, columns < 256 ? columns : 256, next, results};
  return propter_rows_write(&rows, "json", false, drop, &q->bytes, &q->rows, err);
}

static void run(Query *q) {
  PropterQuery *query = NULL;
  PropterResults *results = NULL;
  PropterError err = {0};
  PropterQueryOptions options = propter_query_options();
  options.deadline_ms = 60000;
  options.threads = q->threads;
  q->rows = q->bytes = 0;
  PropterStatus status = propter_query_parse(q->text, PROPTER_STR(""), &query, &err);
  if (status == PROPTER_OK) status = propter_query_run(query, q->snapshot, &options, &results, &err);
  if (status == PROPTER_OK) status = drain(q, results, &err);
  if (status != PROPTER_OK) printf("failed: %s\n", err.message);
  if (q->explain && results) explain(results, q->print);
  propter_results_close(results);
  propter_query_free(query);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static size_t list(const char *folder, char **names, size_t cap) {
  DIR *dir = opendir(folder);
  size_t n = 0;
  if (!dir) perror(folder), exit(2);
  for (struct dirent *e; n < cap && (e = readdir(dir)) != NULL;) {
    size_t len = strlen(e->d_name);
    if (len > 3 && strcmp(e->d_name + len - 3, ".rq") == 0) names[n++] = strdup(e->d_name);
  }
  (void)closedir(dir);
  qsort(names, n, sizeof *names, by_name);
  return n;
}

static void median(Query *q, int runs, double *wall, double *cpu) {
  double *seconds = malloc((size_t)runs * sizeof *seconds), *busy = malloc((size_t)runs * sizeof *busy);
  if (!seconds || !busy) exit(70);
  for (int i = 0; i < runs; i++) {
    double start = bench_now(), start_cpu = bench_clock(CLOCK_PROCESS_CPUTIME_ID);
    run(q);
    seconds[i] = bench_now() - start, busy[i] = bench_clock(CLOCK_PROCESS_CPUTIME_ID) - start_cpu;
    q->explain = false;
  }
  qsort(seconds, (size_t)runs, sizeof *seconds, bench_compare);
  qsort(busy, (size_t)runs, sizeof *busy, bench_compare);
  *wall = seconds[runs / 2], *cpu = busy[runs / 2];
  free(seconds);
  free(busy);
}

int main(int argc, char **argv) {
  /* Without a graph there is nothing to measure: `make bench` calls every program so. */
  if (argc < 3) return 0;
  enum { MOST = 20000 };
  char **names = calloc(MOST, sizeof *names);
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  double sum = 0, cpus = 0, logs = 0;
  int runs = argc > 3 ? atoi(argv[3]) : 5;
  if (!names || runs < 1) return 2;
  must(propter_graph_open(argv[1], PROPTER_GRAPH_READ_ONLY, NULL, &graph, errp));
  must(propter_snapshot_open(graph, 0, &snapshot, errp));
  size_t count = list(argv[2], names, MOST);
  for (size_t i = 0; i < count; i++) {
    char path[4096];
    PropterBuf text = {0};
    (void)snprintf(path, sizeof path, "%s/%s", argv[2], names[i]);
    must(propter_io_read_file(path, 1 << 24, &text, errp));
    Query q = {.snapshot = snapshot,
               .text = propter_buf_str(&text),
               .threads = argc > 4 ? (unsigned)atoi(argv[4]) : 1,
               .explain = argc > 5,
               .print = argc > 5 && strcmp(argv[5], "explain") == 0};
    double seconds, cpu;
    median(&q, runs, &seconds, &cpu);
    sum += seconds, logs += log(seconds), cpus += cpu;
    printf("bench %.*s %.4f ms cpu %.4f ms rows %llu bytes %llu\n", (int)strlen(names[i]) - 3, names[i], seconds * 1e3, cpu * 1e3, (unsigned long long)q.rows,
           (unsigned long long)q.bytes);
    propter_buf_clear(&text);
    free(names[i]);
  }
  printf("bench sum %.4f ms cpu %.4f ms\nbench geometric_mean %.4f ms\n", sum * 1e3, cpus * 1e3, count ? exp(logs / (double)count) * 1e3 : 0);
  qsort(factors, joins, sizeof *factors, bench_compare);
  if (joins) printf("bench q_error joins %zu median %.2f p90 %.1f max %.0f\n", joins, factors[joins / 2], factors[joins * 9 / 10], factors[joins - 1]);
  free(names);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  return 0;
}

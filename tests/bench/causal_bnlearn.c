/* SPDX-License-Identifier: Apache-2.0 */
/* Discrete networks: discrete_10000/data/NAME.txt.gz with truth_dag_graph/NAME.graph.txt. PC at level .05, BOSS and FGES with the defaults against
 * the true equivalence class; the output of causal-learn's PC (χ², .05) beside them where the folder has it. */
#include <math.h>
#include <string.h>

#include "causal.h"
#include "propter/structure.h"

/* "N. A --> B" lines into a DAG over the table's columns. */
static uint8_t *read_truth(const Table *t, const char *text) {
  uint8_t *mark = propter_calloc(t->cols * t->cols, 1);
  if (!mark) exit(75);
  for (const char *line = text; line; line = strchr(line, '\n')) {
    char a[64], b[64];
    while (*line == '\n') line++;
    if (sscanf(line, "%*d. %63s --> %63s", a, b) != 2) continue;
    size_t i = 0, j = 0;
    while (i < t->cols && strcmp(t->names[i], a) != 0) i++;
    while (j < t->cols && strcmp(t->names[j], b) != 0) j++;
    if (i < t->cols && j < t->cols) mark[i * t->cols + j] = PROPTER_ARROW, mark[j * t->cols + i] = PROPTER_TAIL;
  }
  return mark;
}

static double skeleton_f1(size_t p, const uint8_t *found, const uint8_t *truth) {
  size_t both = 0, a = 0, b = 0;
  for (size_t i = 0; i < p; i++)
    for (size_t j = 0; j < i; j++) a += found[i * p + j] != 0, b += truth[i * p + j] != 0, both += found[i * p + j] && truth[i * p + j];
  return a + b ? 2.0 * (double)both / (double)(a + b) : 1;
}

/* What causal-learn's PC wrote: entry (i, j) is −1 for a tail and 1 for an arrow at i. False if the folder has none. */
static bool read_reference(const char *folder, const char *network, size_t p, uint8_t *mark) {
  char file[256];
  (void)snprintf(file, sizeof file, "discrete_10000/benchmark_returned_results/%s_pc_chisq_0.05_stable_0_-1.txt", network);
  char *text = file_text(folder, file), *at = text;
  for (size_t i = 0; text && i < p * p; i++) {
    long v = strtol(at, &at, 10);
    mark[i % p * p + i / p] = v == 0 ? PROPTER_NO_EDGE : v > 0 ? PROPTER_ARROW : PROPTER_TAIL;
  }
  propter_free(text);
  return text != NULL;
}

typedef struct {
  const char *network;
  PropterData data;
  uint8_t *truth, *reference; /* reference NULL: none */
} Network;

static void line(const Network *n, const char *label, const char *what, const char *unit, double value, double reference) {
  char name[128];
  (void)snprintf(name, sizeof name, "bnlearn-%s-%s-%s", n->network, label, what);
  if (isnan(reference)) bench_print(name, value, unit);
  else bench_versus(name, value, unit, "causal-learn-pc", reference);
}

static void score(const Network *n, const char *label, const char *search, const PropterSearchOptions *o) {
  PropterError err = {0};
  PropterCausalGraph graph;
  size_t p = n->data.p;
  double begin = bench_now(), worked = bench_clock(CLOCK_PROCESS_CPUTIME_ID);
  need(propter_structure_search(&n->data, search, o, &graph, &err), &err);
  double seconds = bench_now() - begin;
  worked = bench_clock(CLOCK_PROCESS_CPUTIME_ID) - worked;
  line(n, label, "skeleton", "F1", skeleton_f1(p, graph.mark, n->truth), n->reference ? skeleton_f1(p, n->reference, n->truth) : NAN);
  line(n, label, "shd", "edges", (double)propter_graph_distance(p, graph.mark, n->truth, NULL),
       n->reference ? (double)propter_graph_distance(p, n->reference, n->truth, NULL) : NAN);
  line(n, label, "time", "s", seconds, NAN);
  line(n, label, "processor", "s", worked, NAN);
  propter_causal_graph_free(&graph);
}

static void score_network(const char *folder, const char *file, const char *only) {
  char network[128], path[256];
  (void)snprintf(network, sizeof network, "%.*s", (int)(strchr(file, '.') - file), file);
  if (only && strcmp(only, network) != 0) return;
  (void)snprintf(path, sizeof path, "discrete_10000/data/%s", file);
  Table t;
  table_read(&t, folder, path, " \t");
  (void)snprintf(path, sizeof path, "discrete_10000/truth_dag_graph/%s.graph.txt", network);
  char *text = file_text(folder, path);
  unsigned *levels = propter_calloc(t.cols, sizeof *levels);
  if (!text || !levels) exit(3);
  for (size_t v = 0; v < t.cols; v++) {
    double low = INFINITY, high = 0;
    for (size_t r = 0; r < t.rows; r++) low = fmin(low, t.values[v * t.rows + r]);
    for (size_t r = 0; r < t.rows; r++) high = fmax(high, t.values[v * t.rows + r] -= low);
    levels[v] = (unsigned)high + 1;
  }
  PropterError err = {0};
  Network n = {network, {t.cols, t.rows, t.values, levels}, read_truth(&t, text), propter_calloc(t.cols * t.cols, 1)};
  if (!n.reference) exit(75);
  if (!read_reference(folder, network, t.cols, n.reference)) propter_free(n.reference), n.reference = NULL;
  need(propter_dag_to_cpdag(t.cols, n.truth, &err), &err);
  score(&n, "pc", "pc", &(PropterSearchOptions){.alpha = .05, .test = "chisquare"});
  score(&n, "pc-gsquare", "pc", &(PropterSearchOptions){.alpha = .05});
  score(&n, "boss", "boss", NULL);
  score(&n, "fges", "fges", NULL);
  propter_free(n.truth), propter_free(n.reference), propter_free(levels), propter_free(text);
  table_free(&t);
}

int causal_bnlearn(const char *folder, int argc, char **argv) {
  char path[4096];
  (void)snprintf(path, sizeof path, "%s/discrete_10000/data", folder);
  size_t count;
  char **files = folder_names(path, ".txt.gz", &count);
  for (size_t i = 0; i < count; i++) score_network(folder, files[i], argc ? argv[0] : NULL);
  names_free(files, count);
  return count ? 0 : 3;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Micro-service issues: which node is the root cause of what the entry node shows? FOLDER/dataset/SCENARIO/{graph.csv, noissue/metrics.csv,
 * train|test/ISSUE/{metrics.csv,target.json}}; scenarios without a normal period cannot be used.
 * Preprocessing: the target's metric in its statistic for every node, as distance beyond the median in units of the distance of the 99.5 % point of the
 * normal period, upwards for latency, downwards for availability; excess in total (times the requests of the five minutes).
 * Quiet: the last two fifths of a normal period in windows of the length of an issue, the rest as their normal period; right is to name no node. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "causal.h"
#include "propter/rootcause.h"

/* 1 would be the 99.5 % point itself, which five values of forty nodes pass in a quiet window too. */
static const double disturbed = 1.5;
enum { HEADER_ROWS = 3, NODES_MAX = 256, EDGES_MAX = 4096, WINDOW = 5 };

/* Three header rows: node, metric, statistic; then a row with the name of the index. */
typedef struct {
  Table t;
  size_t from, to; /* rows that are used */
} Metrics;

typedef struct {
  size_t nodes, edges;
  char **name;
  PropterDependency edge[EDGES_MAX];
  Table table;
} Graph;

typedef struct {
  size_t issues, first, third, quiet, silent;
} Result;

static void metrics_read(Metrics *m, const char *folder) {
  table_read(&m->t, folder, "metrics.csv", ",");
  m->from = HEADER_ROWS, m->to = m->t.rows;
}

static const double *metrics_column(const Metrics *m, const char *node, const char *metric, const char *statistic) {
  for (size_t c = 1; c < m->t.cols; c++)
    if (strcmp(m->t.names[c], node) == 0 && m->t.level_count[c] >= 2 && strcmp(m->t.levels[c][0], metric) == 0 &&
        strcmp(m->t.levels[c][1], statistic) == 0)
      return m->t.values + c * m->t.rows;
  return NULL;
}

static void graph_read(Graph *g, const char *folder) {
  table_read(&g->table, folder, "graph.csv", ",");
  g->name = g->table.names + 1;
  g->nodes = g->table.cols - 1;
  g->edges = 0;
  if (g->nodes > NODES_MAX) exit(5);
  for (size_t r = 0; r < g->table.rows; r++) { /* the rows need not be in the order of the columns */
    size_t from = 0;
    while (from < g->nodes && strcmp(g->name[from], g->table.levels[0][(size_t)g->table.values[r]]) != 0) from++;
    for (size_t c = 0; c < g->nodes; c++)
      if (g->table.values[(c + 1) * g->table.rows + r] != 0 && from < g->nodes && g->edges < EDGES_MAX) g->edge[g->edges++] = (PropterDependency){from, c};
  }
}

/* Writes the nodes found, best first, and returns their number. */
static size_t find_origins(const Graph *g, const Metrics *normal, const Metrics *issue, const char *target, const char *metric, const char *statistic,
                           PropterOrigin *origin) {
  double score[NODES_MAX], excess[NODES_MAX];
  size_t goal = 0, count;
  PropterError err = {0};
  int direction = strcmp(metric, "availability") == 0 ? -1 : 1;
  for (size_t n = 0; n < g->nodes; n++) {
    const double *before = metrics_column(normal, g->name[n], metric, statistic), *during = metrics_column(issue, g->name[n], metric, statistic);
    const double *calls = metrics_column(issue, g->name[n], "requests", "Sum");
    if (strcmp(g->name[n], target) == 0) goal = n;
    score[n] = NAN;
    excess[n] = 0;
    if (!before || !during) continue;
    PropterDisturbance m = {before + normal->from, normal->to - normal->from, during + issue->from, issue->to - issue->from};
    PropterDeviation d;
    need(propter_deviation(&m, PROPTER_DEVIATION_TAIL, direction, &d, &err), &err);
    if (!d.usable) continue;
    double times = calls ? calls[issue->from + d.at] : 1;
    score[n] = d.score;
    excess[n] = d.excess * (isnan(times) ? 0 : times);
  }
  need(propter_origins(g->nodes, g->edge, g->edges, score, excess, disturbed, goal, origin, &count, &err), &err);
  return count;
}

static void run_issue(const Graph *g, const Metrics *normal, const char *folder, Result *result) {
  PropterOrigin origin[NODES_MAX];
  Metrics issue;
  char *text = file_text(folder, "target.json");
  json_t *json = text ? json_loads(text, 0, NULL) : NULL, *target = json_object_get(json, "target");
  const char *truth = json_string_value(json_object_get(json_object_get(json, "root_cause"), "node")),
             *metric = json_string_value(json_object_get(target, "metric"));
  if (!truth || !metric) exit(3);
  metrics_read(&issue, folder);
  size_t count =
      find_origins(g, normal, &issue, json_string_value(json_object_get(target, "node")), metric, json_string_value(json_object_get(target, "agg")), origin);
  size_t rank = 0;
  while (rank < count && strcmp(g->name[origin[rank].node], truth) != 0) rank++;
  result->issues++;
  result->first += count && rank == 0;
  result->third += rank < count && rank < 3;
  if (rank || !count) fprintf(stderr, "%s: %s, rank %zu of %zu, first %s\n", folder, truth, rank + 1, count, count ? g->name[origin[0].node] : "none");
  table_free(&issue.t);
  json_decref(json);
  propter_free(text);
}

static void run_quiet(const Graph *g, const Metrics *all, Result *result) {
  static const char *const metrics[] = {"latency", "availability"};
  PropterOrigin origin[NODES_MAX];
  Metrics normal = *all, window = *all;
  normal.to = all->from + (all->to - all->from) * 3 / 5;
  for (size_t m = 0; m < 2; m++)
    for (window.from = normal.to; window.from + WINDOW <= all->to; window.from += WINDOW) {
      window.to = window.from + WINDOW;
      result->quiet++;
      result->silent += find_origins(g, &normal, &window, "PetSite", metrics[m], "Average", origin) == 0;
    }
}

static void run_scenario(const char *root, Result *result) {
  static const char *const parts[] = {"train", "test"};
  static Graph g;
  char path[4096];
  Metrics normal;
  size_t count;
  path_format(path, sizeof path, "%s/noissue", root);
  char *there = file_text(path, "metrics.csv");
  if (!there) return;
  propter_free(there);
  metrics_read(&normal, path);
  graph_read(&g, root);
  for (size_t p = 0; p < 2; p++) {
    path_format(path, sizeof path, "%s/%s", root, parts[p]);
    char **issues = folder_names(path, "", &count);
    for (size_t i = 0; i < count; i++) {
      path_format(path, sizeof path, "%s/%s/%s", root, parts[p], issues[i]);
      run_issue(&g, &normal, path, result);
    }
    names_free(issues, count);
  }
  run_quiet(&g, &normal, result);
  table_free(&g.table);
  table_free(&normal.t);
}

int causal_petshop(const char *folder, int argc, char **argv) {
  char root[2048], path[4096];
  size_t count;
  Result result = {0};
  (void)argc, (void)argv;
  path_format(root, sizeof root, "%s/dataset", folder);
  char **scenarios = folder_names(root, "", &count);
  for (size_t i = 0; i < count; i++) {
    path_format(path, sizeof path, "%s/%s", root, scenarios[i]);
    run_scenario(path, &result);
  }
  names_free(scenarios, count);
  if (!result.issues || !result.quiet) return 3;
  bench_versus("petshop-top1", (double)result.first / (double)result.issues, "share", "traversal", 0.654);
  bench_versus("petshop-top3", (double)result.third / (double)result.issues, "share", "traversal", 0.827);
  bench_versus("petshop-specificity", (double)result.silent / (double)result.quiet, "share", "traversal", 0.60);
  bench_print("petshop-issues", (double)result.issues, "issues");
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fault injections in a web shop: which service was disturbed? FOLDER/sock-shop-data/SERVICE-FAULT/RUN/{normal,anomalous}.csv.gz.
 * Preprocessing as in RCAEval (README of the data): columns where at most a tenth of the values differ from the first are dropped, of the latencies the 90 %
 * point is used, memory in whole megabytes. */
#include <math.h>
#include <string.h>

#include "causal.h"
#include "propter/rootcause.h"

enum { FAULTS = 2, DEEPEST = 5, METRICS_MAX = 512 };

typedef struct {
  size_t cases, hits[DEEPEST + 1];
  double seconds;
} Result;

static bool ends(const char *name, const char *suffix) {
  size_t n = strlen(name), k = strlen(suffix);
  return n >= k && strcmp(name + n - k, suffix) == 0;
}

/* Length of the service's name in that of a metric: SERVICE_cpu, SERVICE_mem, SERVICE_lod, SERVICE_lat_90; 0: not a metric to be used. */
static size_t service_length(const char *name) {
  static const char *const suffixes[] = {"_cpu", "_mem", "_lod", "_lat_90"};
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
    if (ends(name, suffixes[i])) return strlen(name) - strlen(suffixes[i]);
  return 0;
}

static void to_megabytes(double *x, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] = trunc(x[i] / 1e6);
}

static bool nearly_constant(const PropterDisturbance *m) {
  size_t differ = 0;
  for (size_t i = 0; i < m->before_count; i++) differ += m->before[i] != m->before[0];
  for (size_t i = 0; i < m->during_count; i++) differ += m->during[i] != m->before[0];
  return 10 * differ <= m->before_count + m->during_count;
}

/* Rank of the true service from 1; 0 when it was not found. */
static size_t rank_case(Table *normal, Table *anomalous, const char *truth, size_t truth_len) {
  PropterError err = {0};
  const char *service[METRICS_MAX];
  size_t length[METRICS_MAX], owner[METRICS_MAX], order[METRICS_MAX], metrics = 0, services = 0;
  double score[METRICS_MAX], evidence[METRICS_MAX];
  for (size_t c = 0; c < normal->cols && metrics < METRICS_MAX; c++) {
    const char *name = normal->names[c];
    size_t len = service_length(name);
    if (!len) continue;
    double *before = normal->values + c * normal->rows, *during = anomalous->values + c * anomalous->rows;
    if (ends(name, "_mem")) to_megabytes(before, normal->rows), to_megabytes(during, anomalous->rows);
    PropterDisturbance m = {before, normal->rows, during, anomalous->rows};
    PropterDeviation d;
    if (nearly_constant(&m)) continue;
    need(propter_deviation(&m, PROPTER_DEVIATION_LEVEL, 1, &d, &err), &err);
    size_t s = 0;
    while (s < services && (length[s] != len || memcmp(service[s], name, len) != 0)) s++;
    if (s == services) service[s] = name, length[s] = len, services++;
    owner[metrics] = s;
    score[metrics++] = d.score;
  }
  need(propter_evidence_by_owner(metrics, score, owner, services, evidence, &err), &err);
  need(propter_rank(services, evidence, order, &err), &err);
  for (size_t i = 0; i < services; i++)
    if (length[order[i]] == truth_len && memcmp(service[order[i]], truth, truth_len) == 0) return i + 1;
  return 0;
}

static void run_case(const char *folder, const char *name, Result *result) {
  Table normal, anomalous;
  const char *dash = strrchr(name, '-');
  table_read(&normal, folder, "normal.csv.gz", ",");
  table_read(&anomalous, folder, "anomalous.csv.gz", ",");
  double start = bench_cpu();
  size_t rank = rank_case(&normal, &anomalous, name, (size_t)(dash - name));
  result->seconds += bench_cpu() - start;
  result->cases++;
  for (size_t k = rank; rank && k <= DEEPEST; k++) result->hits[k]++;
  if (rank != 1) fprintf(stderr, "%s: rank %zu\n", folder, rank);
  table_free(&normal);
  table_free(&anomalous);
}

int causal_rcd_sockshop(const char *folder, int argc, char **argv) {
  static const char *const faults[FAULTS] = {"cpu", "mem"};
  char root[2048], path[4096], label[64];
  Result result[FAULTS] = {0};
  size_t cases, runs;
  (void)argc, (void)argv;
  path_format(root, sizeof root, "%s/sock-shop-data", folder);
  char **names = folder_names(root, "", &cases);
  for (size_t c = 0; c < cases; c++)
    for (size_t f = 0; f < FAULTS; f++) {
      if (!ends(names[c], faults[f])) continue;
      path_format(path, sizeof path, "%s/%s", root, names[c]);
      char **run = folder_names(path, "", &runs);
      for (size_t r = 0; r < runs; r++) {
        path_format(path, sizeof path, "%s/%s/%s", root, names[c], run[r]);
        run_case(path, names[c], &result[f]);
      }
      names_free(run, runs);
    }
  names_free(names, cases);
  size_t all = 0, first = 0;
  double seconds = 0;
  for (size_t f = 0; f < FAULTS; f++) {
    double average = 0;
    for (size_t k = 1; k <= DEEPEST; k++) average += (double)result[f].hits[k] / (double)result[f].cases / DEEPEST;
    path_format(label, sizeof label, "rcd_sockshop-%s-avg@5", faults[f]);
    bench_versus(label, average, "share", "BARO", 0.99);
    all += result[f].cases, first += result[f].hits[1], seconds += result[f].seconds;
  }
  if (!all) return 3;
  bench_versus("rcd_sockshop-ac@1", (double)first / (double)all, "share", "BARO", 0.96);
  bench_versus("rcd_sockshop-case", 1e3 * seconds / (double)all, "ms", "BARO", 10);
  return 0;
}

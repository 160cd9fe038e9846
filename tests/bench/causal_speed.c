/* SPDX-License-Identifier: Apache-2.0 */
/* Detection in many series (a number after the folder: only that, in so many series on all processors); correlation (processor time, one thread) and PC on
 * generated data of the size of the DREAM5 in-silico set: 1,643 variables, 850 rows, 4,012 edges, linear Gaussian. */
#include <cblas.h>
#include <math.h>
#include <sys/resource.h>

#include "causal.h"
#include "propter/detect.h"
#include "propter/math.h"
#include "propter/rng.h"
#include "propter/structure.h"

enum { P = 1643, N = 850, EDGES = 4012, REGULATORS = 195, DAYS = 365 };

typedef struct {
  double *x, *r;
  float *single, *product;
} Work;

static void correlate(void *payload) {
  Work *w = payload;
  PropterError err = {0};
  need(propter_correlation(P, N, w->x, 1, w->r, &err), &err);
}

static void bare(void *payload) {
  Work *w = payload;
  cblas_ssyrk(CblasRowMajor, CblasLower, CblasNoTrans, P, N, 1, w->single, N, 0, w->product, P);
}

/* Every edge leads from one of a few regulators to a later variable, as genes are regulated. */
static void generate(double *x) {
  PropterRng rng;
  propter_rng_seed(&rng, 1);
  unsigned char(*parent)[REGULATORS] = propter_calloc(P, sizeof *parent);
  if (!parent) exit(75);
  for (size_t e = 0; e < EDGES;) {
    size_t to = 1 + (size_t)propter_rng_below(&rng, P - 1), from = (size_t)propter_rng_below(&rng, to < REGULATORS ? to : REGULATORS);
    if (!parent[to][from]) parent[to][from] = 1, e++;
  }
  for (size_t i = 0; i < P; i++) {
    for (size_t t = 0; t < N; t++) x[i * N + t] = propter_rng_normal(&rng);
    for (size_t j = 0; j < REGULATORS; j++) {
      if (!parent[i][j]) continue;
      double weight = (.2 + .6 * propter_rng_unit(&rng)) * (propter_rng_unit(&rng) < .5 ? -1 : 1);
      for (size_t t = 0; t < N; t++) x[i * N + t] += weight * x[j * N + t];
    }
    double square = 0;
    for (size_t t = 0; t < N; t++) square += x[i * N + t] * x[i * N + t] / N;
    for (size_t t = 0; t < N; t++) x[i * N + t] /= sqrt(square);
  }
  propter_free(parent);
}

static void search(const double *x) {
  PropterError err = {0};
  PropterData data = {P, N, x, NULL};
  PropterCausalGraph graph;
  double begin = bench_now();
  need(propter_structure_search(&data, "pc", &(PropterSearchOptions){.alpha = .01}, &graph, &err), &err);
  double seconds = bench_now() - begin;
  size_t edges = 0;
  for (size_t i = 0; i < (size_t)P * P; i++) edges += graph.mark[i] != PROPTER_NO_EDGE;
  bench_versus("pc-gaussian-1643x850", seconds, "s", "target", 60);
  bench_print("pc-gaussian-1643x850-tests", (double)graph.tests, "tests");
  bench_print("pc-gaussian-1643x850-edges", (double)edges / 2, "edges");
  propter_causal_graph_free(&graph);
}

/* A year of days: a weekly course, autocorrelated noise in every second, a level that wanders in every fourth; a spike, a shift or a change of growth or
 * of the noise in four of five. */
static void year_of_days(PropterRng *rng, size_t s, double *x) {
  size_t at = (size_t)propter_rng_below(rng, DAYS), kind = s % 5;
  double noise = 0, level = 100, rho = s % 2 ? .6 : 0;
  for (size_t i = 0; i < DAYS; i++) {
    noise = rho * noise + propter_rng_normal(rng), level += s % 4 == 3 ? .3 * propter_rng_normal(rng) : 0;
    double after = i >= at, planted = kind == 1 ? 12 * (i == at) : kind == 2 ? 6 * after : kind == 3 ? 2 * after * ((double)i - (double)at) : 0;
    x[i] = level + (s % 3 ? 10 * sin(2 * M_PI * (double)(i % 7) / 7) : 0) + noise * (kind == 4 && i >= at ? 6 : 1) + planted;
  }
}

/* Processor time of all threads a series; a million of these in ten minutes on two cores leave 1.2 ms for each. */
static void detect(size_t count, unsigned threads) {
  PropterRng rng;
  PropterDetections found = {0};
  PropterError err = {0};
  double *x = propter_malloc(count * DAYS * sizeof *x);
  PropterSeries *series = propter_calloc(count, sizeof *series);
  if (!x || !series) exit(75);
  propter_rng_seed(&rng, 1);
  for (size_t s = 0; s < count; s++) {
    year_of_days(&rng, s, x + s * DAYS);
    series[s] = (PropterSeries){.grain = PROPTER_GRAIN_DAY, .first = 19000, .count = DAYS, .value = x + s * DAYS};
  }
  double begin = bench_now(), worked = bench_clock(CLOCK_PROCESS_CPUTIME_ID);
  need(propter_detect_many(series, count, NULL, threads, &found, &err), &err);
  bench_print("detect-365-days-wall", bench_now() - begin, "s");
  bench_versus("detect-365-days", 1e3 * (bench_clock(CLOCK_PROCESS_CPUTIME_ID) - worked) / (double)count, "ms", "target", 1.2);
  bench_print("detect-365-days-found", (double)found.count / (double)count, "patterns");
  struct rusage used;
  if (getrusage(RUSAGE_SELF, &used) == 0) bench_versus("detect-365-days-peak", (double)used.ru_maxrss / 1024, "MB", "target", 4096);
  propter_vec_clear(&found);
  propter_free(x), propter_free(series);
}

int causal_speed(const char *folder, int argc, char **argv) {
  (void)folder;
  if (argc) return detect(strtoul(argv[0], NULL, 10), 0), 0;
  size_t cells = (size_t)P * N, square = (size_t)P * P;
  Work w = {propter_malloc(cells * sizeof(double)), propter_malloc(square * sizeof(double)), propter_malloc(cells * sizeof(float)),
            propter_malloc(square * sizeof(float))};
  if (!w.x || !w.r || !w.single || !w.product) return 75;
  generate(w.x);
  for (size_t i = 0; i < cells; i++) w.single[i] = (float)w.x[i];
  double own = bench_processor(correlate, &w);
  bench_versus("correlation-1643x850", own, "s", "ssyrk", bench_processor(bare, &w));
  detect(2000, 1);
  search(w.x);
  propter_free(w.x), propter_free(w.r), propter_free(w.single), propter_free(w.product);
  return 0;
}

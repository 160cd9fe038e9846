/* SPDX-License-Identifier: Apache-2.0 */
/* Correlation and PC on generated data of the size of the DREAM5 in-silico set: 1,643 variables, 850 rows, 4,012 edges, linear Gaussian. */
#include <cblas.h>
#include <math.h>

#include "causal.h"
#include "propter/math.h"
#include "propter/rng.h"
#include "propter/structure.h"

enum { P = 1643, N = 850, EDGES = 4012, REGULATORS = 195 };

typedef struct {
  double *x, *r;
  float *single, *product;
} Work;

static void correlate(void *payload) {
  Work *w = payload;
  PropterError err = {0};
  must(propter_correlation(P, N, w->x, 0, w->r, &err), &err);
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
  must(propter_structure_search(&data, "pc", &(PropterSearchOptions){.alpha = .01}, &graph, &err), &err);
  double seconds = bench_now() - begin;
  size_t edges = 0;
  for (size_t i = 0; i < (size_t)P * P; i++) edges += graph.mark[i] != PROPTER_NO_EDGE;
  bench_versus("pc-gaussian-1643x850", seconds, "s", "target", 60);
  bench_print("pc-gaussian-1643x850-tests", (double)graph.tests, "tests");
  bench_print("pc-gaussian-1643x850-edges", (double)edges / 2, "edges");
  propter_causal_graph_free(&graph);
}

int causal_speed(const char *folder, int argc, char **argv) {
  (void)folder, (void)argc, (void)argv;
  size_t cells = (size_t)P * N, square = (size_t)P * P;
  Work w = {propter_malloc(cells * sizeof(double)), propter_malloc(square * sizeof(double)), propter_malloc(cells * sizeof(float)),
            propter_malloc(square * sizeof(float))};
  if (!w.x || !w.r || !w.single || !w.product) return 75;
  generate(w.x);
  for (size_t i = 0; i < cells; i++) w.single[i] = (float)w.x[i];
  double own = bench_median(correlate, &w);
  bench_versus("correlation-1643x850", own, "s", "ssyrk", bench_median(bare, &w));
  search(w.x);
  propter_free(w.x), propter_free(w.r), propter_free(w.single), propter_free(w.product);
  return 0;
}

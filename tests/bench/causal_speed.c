/* SPDX-License-Identifier: Apache-2.0 */
/* Correlation of generated data of the size of the DREAM5 in-silico set (1,643 variables, 850 rows) beside the bare matrix product. */
#include "causal.h"
#include "propter/math.h"
#include "propter/rng.h"

enum { P = 1643, N = 850 };

typedef struct {
  double *x, *r;
} Work;

static void correlate(void *payload) {
  Work *w = payload;
  PropterError err = {0};
  must(propter_correlation(P, N, w->x, 0, w->r, &err), &err);
}

static void bare(void *payload) {
  Work *w = payload;
  propter_gemm(false, true, P, P, N, w->x, w->x, 0, w->r);
}

int causal_speed(const char *folder, int argc, char **argv) {
  (void)folder, (void)argc, (void)argv;
  Work w = {propter_malloc((size_t)P * N * sizeof(double)), propter_malloc((size_t)P * P * sizeof(double))};
  if (!w.x || !w.r) return 75;
  PropterRng rng;
  propter_rng_seed(&rng, 1);
  for (size_t i = 0; i < (size_t)P * N; i++) w.x[i] = propter_rng_normal(&rng);
  bench_versus("correlation-1643x850", bench_median(correlate, &w), "s", "gemm", bench_median(bare, &w));
  propter_free(w.x), propter_free(w.r);
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* PCMCI+ on a generated sparse autoregression: 100 series, 1,000 steps, lags up to 5. "write FILE" writes the series for a peer (lagged_peer.py).
 * Then pairs of many series from sums that are kept, against the same sums made anew. */
#include <string.h>

#include "causal.h"
#include "propter/lagged.h"
#include "propter/rng.h"

enum { P = 100, N = 1000, LAGS = 5, LINKS = 150 };

typedef struct {
  size_t from, to, lag;
  double weight;
} Link;

static void generate(double *x, Link *link) {
  PropterRng rng;
  propter_rng_seed(&rng, 7);
  for (size_t k = 0; k < LINKS; k++) {
    link[k] = (Link){(size_t)propter_rng_below(&rng, P), (size_t)propter_rng_below(&rng, P), 1 + (size_t)propter_rng_below(&rng, LAGS),
                     .15 + .15 * propter_rng_unit(&rng)};
    if (propter_rng_unit(&rng) < .3 && link[k].from < link[k].to) link[k].lag = 0; /* within one step only from the lower to the higher number */
  }
  for (size_t t = 0; t < N; t++)
    for (size_t j = 0; j < P; j++) {
      double v = propter_rng_normal(&rng) + (t ? .3 * x[j * N + t - 1] : 0);
      for (size_t k = 0; k < LINKS; k++)
        if (link[k].to == j && link[k].from != j && t >= link[k].lag) v += link[k].weight * x[link[k].from * N + t - link[k].lag];
      x[j * N + t] = v;
    }
}

static void score(const PropterLaggedGraph *g, const Link *link, const char *name) {
  char label[64];
  size_t found = 0, true_links = 0, right = 0;
  for (size_t k = 0; k < LINKS; k++) true_links += link[k].from != link[k].to;
  for (size_t c = 0; c < (size_t)(LAGS + 1) * P * P; c++) {
    size_t lag = c / (P * P), i = c / P % P, j = c % P;
    if (!g->mark[c] || i == j || (!lag && i > j)) continue;
    found++;
    for (size_t k = 0; k < LINKS; k++)
      if (link[k].lag == lag && link[k].from == i && link[k].to == j) {
        right++;
        break;
      }
  }
  (void)snprintf(label, sizeof label, "%s-precision", name);
  bench_print(label, (double)right / (double)(found ? found : 1), "of 1");
  (void)snprintf(label, sizeof label, "%s-recall", name);
  bench_print(label, (double)right / (double)true_links, "of 1");
}

static void search(const double *x, const char *name, const Link *link) {
  PropterLaggedGraph g;
  PropterError err = {0};
  struct timespec before, after;
  char label[64];
  double begin = bench_now();
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  need(propter_lagged_search(P, N, x, name, &(PropterLaggedOptions){.lags = LAGS}, &g, &err), &err);
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  (void)snprintf(label, sizeof label, "%s-100x1000x5-wall", name);
  bench_print(label, bench_now() - begin, "s");
  (void)snprintf(label, sizeof label, "%s-100x1000x5-processor", name);
  bench_print(label, (double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec), "s");
  propter_lagged_graph_free(&g);
  for (int k = 0; k < 2 && strcmp(name, "pcmci_plus") == 0; k++) {
    need(propter_lagged_search(P, N, x, name, &(PropterLaggedOptions){.lags = LAGS, .rate = k ? .05 : 0}, &g, &err), &err);
    score(&g, link, k ? "pcmci-plus-fdr-.05" : "pcmci-plus-level-.01");
    propter_lagged_graph_free(&g);
  }
}

static int write_series(const char *path, const double *x) {
  FILE *out = fopen(path, "w");
  if (!out) return 75;
  for (size_t t = 0; t < N; t++)
    for (size_t i = 0; i < P; i++) (void)fprintf(out, "%.9g%c", x[i * N + t], i + 1 < P ? ',' : '\n');
  return fclose(out) == 0 ? 0 : 75;
}

int causal_lagged(const char *folder, int argc, char **argv) {
  (void)folder;
  double *x = propter_malloc((size_t)P * N * sizeof *x);
  Link link[LINKS];
  if (!x) return 75;
  generate(x, link);
  int code = 0;
  if (argc > 1 && strcmp(argv[0], "write") == 0) code = write_series(argv[1], x);
  else search(x, "var", link), search(x, "pcmci_plus", link);
  propter_free(x);
  return code;
}

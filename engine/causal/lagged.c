/* SPDX-License-Identifier: Apache-2.0 */
#include "lagged_sums.h"
#include "marks.h"

#include <math.h>
#include <pthread.h>

#include "propter/math.h"
#include "propter/mem.h"
#include "propter/pool.h"
#include "propter/rng.h"

enum { MOST_LAGS = 60 };

#define LAGGED(name) extern const Lagged causal_lagged_##name;
#include "lagged.def"
#undef LAGGED

static const Lagged *const searches[] = {
#define LAGGED(name) &causal_lagged_##name,
#include "lagged.def"
#undef LAGGED
};

double lagged_p(double r, size_t rows, size_t k) {
  if (rows < k + 4) return 1;
  return erfc(atanh(fmin(fabs(r), 1 - 1e-15)) * sqrt((double)(rows - k - 3)) / sqrt(2));
}

void propter_lagged_graph_free(PropterLaggedGraph *g) {
  propter_free(g->mark), propter_free(g->strength), propter_free(g->p_value), propter_free(g->q_value), propter_free(g->stability);
  propter_free(g->unseen);
  *g = (PropterLaggedGraph){0};
}

double lagged_level(const PropterLaggedOptions *o, size_t p, size_t i, size_t j) {
  double alpha = o->alpha > 0 ? o->alpha : .01;
  if (i == j) return alpha;
  return knowledge_forbids(o->knowledge, p, i, j) ? -1 : knowledge_level(alpha, knowledge_prior(o->knowledge, p, i, j));
}

static void drop_link(PropterLaggedGraph *g, size_t c) { g->mark[c] = PROPTER_NO_EDGE, g->strength[c] = 0; }

/* The pairs and lags that were tested, one cell of the two of lag 0. */
static size_t list_tests(const PropterLaggedGraph *g, const PropterLaggedOptions *o, bool now, size_t *cell, double *p, double *weight) {
  size_t n = 0;
  double sum = 0;
  for (size_t c = now ? 0 : g->p * g->p; c < (g->lags + 1) * g->p * g->p; c++) {
    size_t lag = c / (g->p * g->p), i = c / g->p % g->p, j = c % g->p, other = j * g->p + i;
    bool back = !lag && !knowledge_forbids(o->knowledge, g->p, j, i);
    if (i == j || (!lag && i > j) || (knowledge_forbids(o->knowledge, g->p, i, j) && !back)) continue;
    double prior = knowledge_prior(o->knowledge, g->p, i, j);
    if (back) prior = fmax(prior, knowledge_prior(o->knowledge, g->p, j, i));
    cell[n] = c, p[n] = lag ? g->p_value[c] : fmax(g->p_value[c], g->p_value[other]), sum += weight[n] = exp(prior), n++;
  }
  for (size_t t = 0; t < n; t++) p[t] = fmin(1, p[t] * sum / (weight[t] * (double)n));
  return n;
}

/* The lags at which a required link may stand: of one that says its lag this one, one more or one less, and never at once. */
static void find_lags(uint8_t required, bool now, size_t lags, size_t *from, size_t *to) {
  const size_t said = required > 1 ? (size_t)required - 1 : 0;
  *from = said > 1 ? said - 1 : said || !now ? 1 : 0;
  *to = said && said < lags ? said + 1 : lags;
}

static void require_links(const PropterLaggedOptions *o, bool now, PropterLaggedGraph *g) {
  for (size_t i = 0; i < g->p; i++)
    for (size_t j = 0; j < g->p; j++) {
      size_t best = SIZE_MAX, from = 0, to = 0;
      bool there = i == j || !knowledge_requires(o->knowledge, g->p, i, j);
      if (!there) find_lags(o->knowledge->required[i * g->p + j], now, g->lags, &from, &to);
      for (size_t lag = from; lag <= to && !there; lag++) {
        size_t c = lagged_cell(g, lag, i, j);
        there = g->mark[c] != PROPTER_NO_EDGE;
        if (best == SIZE_MAX || g->p_value[c] < g->p_value[best]) best = c;
      }
      if (there || best == SIZE_MAX) continue;
      g->mark[best] = PROPTER_ARROW;
      if (best < g->p * g->p) g->mark[lagged_cell(g, 0, j, i)] = PROPTER_TAIL;
    }
}

PropterStatus lagged_adjust(const PropterLaggedOptions *o, bool now, PropterLaggedGraph *g, PropterError *err) {
  size_t cells = (g->lags + 1) * g->p * g->p, *cell = propter_malloc((cells + 1) * sizeof *cell);
  double *p = propter_malloc((2 * cells + 1) * sizeof *p), *q = p + cells;
  PropterStatus status = cell && p ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a search over lags");
  size_t tests = status == PROPTER_OK ? list_tests(g, o, now, cell, p, q) : 0;
  if (status == PROPTER_OK) status = propter_false_discovery(p, tests, tests, false, q, err);
  for (size_t c = 0; c < cells && status == PROPTER_OK; c++) g->q_value[c] = g->p_value[c];
  for (size_t t = 0; t < tests && status == PROPTER_OK; t++) {
    size_t c = cell[t], other = c < g->p * g->p ? c % g->p * g->p + c / g->p : c;
    g->q_value[c] = g->q_value[other] = q[t];
    if (o->rate > 0 && q[t] > o->rate) drop_link(g, c), drop_link(g, other);
  }
  if (status == PROPTER_OK) require_links(o, now, g);
  propter_free(cell), propter_free(p);
  return status;
}

void lagged_sums_clear(LaggedSums *s) {
  propter_free(s->r), propter_free(s->z);
  *s = (LaggedSums){0};
}

PropterStatus lagged_sums(size_t p, size_t n, const double *x, size_t depth, const size_t *starts, size_t count, LaggedSums *s, PropterError *err) {
  *s = (LaggedSums){.p = p, .depth = depth, .rows = count, .q = (depth + 1) * p};
  s->z = propter_malloc(s->q * count * sizeof(double) + 1), s->r = propter_malloc(s->q * s->q * sizeof(double) + 1);
  if (!s->z || !s->r) {
    lagged_sums_clear(s);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu series at %zu lags", p, depth);
  }
  for (size_t lag = 0; lag <= depth; lag++)
    for (size_t i = 0; i < p; i++)
      for (size_t t = 0; t < count; t++) s->z[(lag * p + i) * count + t] = x[i * n + starts[t] - lag];
  PropterStatus status = propter_correlation(s->q, count, s->z, 1, s->r, err);
  if (status != PROPTER_OK) lagged_sums_clear(s);
  return status;
}

/* Steps with depth whole steps before them. */
static PropterStatus whole_steps(size_t p, size_t n, const double *x, size_t depth, size_t *starts, size_t *count, PropterError *err) {
  size_t run = 0;
  *count = 0;
  for (size_t t = 0; t < n; t++) {
    bool whole = true;
    for (size_t i = 0; i < p; i++) {
      if (isinf(x[i * n + t])) return propter_fail(err, PROPTER_INVALID, "step %zu of series %zu is infinite", t, i);
      whole = whole && !isnan(x[i * n + t]);
    }
    run = whole ? run + 1 : 0;
    if (run > depth) starts[(*count)++] = t;
  }
  return PROPTER_OK;
}

static PropterStatus graph_open(size_t p, size_t lags, PropterLaggedGraph *g, PropterError *err) {
  size_t cells = (lags + 1) * p * p + 1;
  *g = (PropterLaggedGraph){.p = p, .lags = lags};
  g->mark = propter_calloc(cells, 1), g->strength = propter_calloc(cells, sizeof(double)), g->p_value = propter_malloc(cells * sizeof(double));
  g->q_value = propter_malloc(cells * sizeof(double));
  if (!g->mark || !g->strength || !g->p_value || !g->q_value) {
    propter_lagged_graph_free(g);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a graph of %zu series", p);
  }
  for (size_t i = 0; i < cells; i++) g->p_value[i] = g->q_value[i] = 1;
  return PROPTER_OK;
}

typedef struct {
  size_t p, n, lags, depth;
  const double *x;
  const Lagged *search;
  const PropterLaggedOptions *o;
} Input;

static PropterStatus search_on(const Input *in, const size_t *starts, size_t count, PropterLaggedGraph *g, PropterError *err) {
  LaggedSums sums;
  PROPTER_TRY(graph_open(in->p, in->lags, g, err));
  PropterStatus status = lagged_sums(in->p, in->n, in->x, in->depth, starts, count, &sums, err);
  if (status == PROPTER_OK) status = in->search->run(&sums, in->o, g, err);
  if (status == PROPTER_OK && in->o->unseen) status = lagged_unseen(&sums, in->o, g, err);
  g->rows = count;
  lagged_sums_clear(&sums);
  if (status != PROPTER_OK) propter_lagged_graph_free(g);
  return status;
}

typedef struct {
  const Input *in;
  const size_t *starts, *from; /* from: where each block of each resample begins */
  size_t count, block, blocks;
  uint32_t *shown;
  pthread_mutex_t lock;
} Bootstrap;

static PropterStatus resample(size_t item, void *payload, PropterError *err) {
  Bootstrap *b = payload;
  PropterLaggedGraph again;
  size_t cells = (b->in->lags + 1) * b->in->p * b->in->p, *drawn = propter_malloc((b->count + 1) * sizeof *drawn);
  if (!drawn) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a bootstrap");
  for (size_t t = 0; t < b->count; t++) drawn[t] = b->starts[b->from[item * b->blocks + t / b->block] + t % b->block];
  PropterStatus status = search_on(b->in, drawn, b->count, &again, err);
  propter_free(drawn);
  if (status != PROPTER_OK) return status;
  (void)pthread_mutex_lock(&b->lock);
  for (size_t c = 0; c < cells; c++) b->shown[c] += again.mark[c] != PROPTER_NO_EDGE;
  (void)pthread_mutex_unlock(&b->lock);
  propter_lagged_graph_free(&again);
  return PROPTER_OK;
}

/* Moving blocks of steps (Künsch 1989), each step with its own past, so that no lag crosses a seam. The resamples share the threads. */
static PropterStatus draw(const Input *in, const size_t *starts, size_t count, size_t first, size_t resamples, uint32_t *shown, PropterError *err) {
  size_t block = in->o->block ? in->o->block : (size_t)fmax(2 * (double)in->lags, cbrt((double)count));
  if (block > count) block = count;
  size_t blocks = (count + block - 1) / block, *from = propter_malloc((resamples * blocks + 1) * sizeof *from);
  if (!from) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a bootstrap");
  PropterLaggedOptions one = *in->o;
  Input alone = *in;
  one.threads = 1, one.unseen = false, alone.o = &one;
  Bootstrap b = {&alone, starts, from, count, block, blocks, shown, PTHREAD_MUTEX_INITIALIZER};
  PropterRng rng;
  propter_rng_seed(&rng, in->o->seed);
  for (size_t i = 0; i < first * blocks; i++) (void)propter_rng_below(&rng, count - block + 1); /* those of the resamples before */
  for (size_t i = 0; i < resamples * blocks; i++) from[i] = (size_t)propter_rng_below(&rng, count - block + 1);
  PropterStatus status = propter_pool_run(resamples, in->o->threads, resample, &b, err);
  (void)pthread_mutex_destroy(&b.lock);
  propter_free(from);
  return status;
}

static PropterStatus stability(const Input *in, const size_t *starts, size_t count, PropterLaggedGraph *g, PropterError *err) {
  const size_t cells = (in->lags + 1) * in->p * in->p;
  uint32_t *shown = propter_calloc(cells + 1, sizeof *shown);
  g->stability = propter_calloc(cells + 1, sizeof *g->stability);
  PropterStatus status = shown && g->stability ? draw(in, starts, count, 0, in->o->resamples, shown, err)
                                               : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a bootstrap");
  for (size_t c = 0; c < cells && status == PROPTER_OK; c++) g->stability[c] = shown[c] / (double)in->o->resamples;
  propter_free(shown);
  return status;
}

/* `starts` is to be freed, after a failure too. */
static PropterStatus open_input(size_t p, size_t n, const double *x, const char *name, const PropterLaggedOptions *o, Input *in, size_t **starts, size_t *count,
                                PropterError *err) {
  *in = (Input){.p = p, .n = n, .x = x, .o = o, .lags = o->lags ? o->lags : 1};
  *starts = NULL, *count = 0;
  for (size_t i = 0; i < sizeof searches / sizeof *searches; i++)
    if (strcmp(searches[i]->name, name) == 0) in->search = searches[i];
  if (!in->search) return propter_fail(err, PROPTER_NOT_FOUND, "no search of lagged links \"%s\"", name);
  if (o->knowledge) PROPTER_TRY(propter_knowledge_check(p, o->knowledge, err));
  if (in->lags > MOST_LAGS) return propter_fail(err, PROPTER_LIMIT, "%zu lags, at most %d", in->lags, MOST_LAGS);
  in->depth = in->search->reach * in->lags;
  if (!(*starts = propter_malloc((n + 1) * sizeof **starts))) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu steps", n);
  PROPTER_TRY(whole_steps(p, n, x, in->depth, *starts, count, err));
  if (*count >= in->depth + 10) return PROPTER_OK;
  return propter_fail(err, PROPTER_INVALID, "%zu steps have %zu whole steps before them, lags up to %zu need %zu such", *count, in->depth, in->lags,
                      in->depth + 10);
}

PropterStatus propter_lagged_search(size_t p, size_t n, const double *x, const char *name, const PropterLaggedOptions *options, PropterLaggedGraph *g,
                                    PropterError *err) {
  static const PropterLaggedOptions defaults = {0};
  Input in;
  size_t *starts, count;
  *g = (PropterLaggedGraph){0};
  PropterStatus status = open_input(p, n, x, name, options ? options : &defaults, &in, &starts, &count, err);
  if (status == PROPTER_OK) status = search_on(&in, starts, count, g, err);
  if (status == PROPTER_OK && in.o->resamples) status = stability(&in, starts, count, g, err);
  propter_free(starts);
  if (status != PROPTER_OK) propter_lagged_graph_free(g);
  return status;
}

PropterStatus propter_lagged_resample(size_t p, size_t n, const double *x, const char *name, const PropterLaggedOptions *options, size_t first,
                                      size_t resamples, uint32_t *shown, PropterError *err) {
  static const PropterLaggedOptions defaults = {0};
  Input in;
  size_t *starts, count;
  PropterStatus status = open_input(p, n, x, name, options ? options : &defaults, &in, &starts, &count, err);
  if (status == PROPTER_OK) status = draw(&in, starts, count, first, resamples, shown, err);
  propter_free(starts);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "lagged_sums.h"
#include "marks.h"
#include "propter/math.h"
#include "propter/mem.h"
#include "propter/pool.h"

enum { SEPARATORS = 8 };

typedef struct {
  size_t column; /* lag·p + series */
  double least;  /* smallest |partial correlation| so far */
  double value;  /* that, with its sign */
} Candidate;

typedef struct {
  const LaggedSums *s;
  PropterLaggedGraph *g;
  size_t lags, depth, level;
  double *alpha;    /* by pair: level of i → j */
  const PropterKnowledge *knowledge;
  Candidate *past;  /* past[j·p·lags …]: the lagged conditions of j, strongest first */
  size_t *count;    /* by j */
  bool *link;       /* frozen adjacency, by cell */
  bool *gone;       /* by cell, from j's side */
  double *most_p;   /* by cell: largest p-value seen from j's side */
  uint16_t *sep;    /* by cell: 1 + number, then the contemporaneous separators */
} Job;

/* ---- lagged conditions (PC1) ----------------------------------------------------------------------------------------------- */

static int strongest_first(const void *a, const void *b) {
  const Candidate *x = a, *y = b;
  if (x->least != y->least) return x->least < y->least ? 1 : -1;
  return (x->column > y->column) - (x->column < y->column);
}

static double level_of(const Job *job, size_t column, size_t j) { return job->alpha[column % job->s->p * job->s->p + j]; }

static size_t keep(const Job *job, Candidate *c, size_t n, size_t q, size_t j) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (lagged_p(c[i].value, job->s->rows, q) <= level_of(job, c[i].column, j)) c[kept++] = c[i];
  qsort(c, kept, sizeof *c, strongest_first);
  return kept;
}

/* Each candidate against the q strongest others. */
static size_t weed(const Job *job, Candidate *c, size_t n, size_t q, size_t j, LaggedFactor *all, LaggedFactor *own, bool *gone) {
  double b[LAGGED_CONDITIONS];
  size_t kept = 0;
  memset(gone, 0, n * sizeof *gone);
  all->k = 0;
  for (size_t i = 0; i < q; i++) lagged_push(job->s, all, c[i].column);
  double rest = lagged_project(job->s, all, j, b);
  for (size_t i = 0; i < n; i++) {
    double r;
    if (i >= q) r = lagged_partial(job->s, all, c[i].column, j, b, rest);
    else {
      double d[LAGGED_CONDITIONS];
      own->k = 0;
      for (size_t m = 0; m <= q; m++)
        if (m != i) lagged_push(job->s, own, c[m].column);
      double left = lagged_project(job->s, own, j, d);
      r = lagged_partial(job->s, own, c[i].column, j, d, left);
    }
    if (fabs(r) < c[i].least) c[i].least = fabs(r), c[i].value = r;
    if (lagged_p(r, job->s->rows, q) > level_of(job, c[i].column, j)) gone[i] = true;
  }
  for (size_t i = 0; i < n; i++)
    if (!gone[i]) c[kept++] = c[i];
  qsort(c, kept, sizeof *c, strongest_first);
  return kept;
}

static PropterStatus work_past(size_t j, void *payload, PropterError *err) {
  Job *job = payload;
  size_t n = job->s->p * job->lags;
  Candidate *c = job->past + j * n;
  LaggedFactor *f = propter_malloc(2 * sizeof *f + n);
  if (!f) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a search over lags");
  bool *gone = (bool *)(f + 2);
  for (size_t i = 0; i < n; i++) {
    size_t column = job->s->p + i;
    double r = job->s->r[column * job->s->q + j];
    c[i] = (Candidate){column, fabs(r), r};
  }
  n = keep(job, c, n, 0, j);
  for (size_t q = 1; q < n && q < LAGGED_CONDITIONS; q++) n = weed(job, c, n, q, j, f, f + 1, gone);
  job->count[j] = n;
  propter_free(f);
  return PROPTER_OK;
}

/* ---- momentary conditional independence ------------------------------------------------------------------------------------ */

static bool next_subset(size_t *pick, size_t k, size_t n) {
  for (size_t i = k; i-- > 0;) {
    if (pick[i] + (k - i) >= n) continue;
    pick[i]++;
    for (size_t m = i + 1; m < k; m++) pick[m] = pick[m - 1] + 1;
    return true;
  }
  return false;
}

/* x = series i at `lag`, against j now, given the contemporaneous ones, the past of j and the past of i. */
static double momentary(const Job *job, LaggedFactor *f, size_t i, size_t lag, size_t j, const size_t *now, size_t k, size_t *conditions) {
  size_t p = job->s->p, x = lag * p + i;
  double b[LAGGED_CONDITIONS];
  f->k = 0;
  for (size_t m = 0; m < k; m++) lagged_push(job->s, f, now[m]);
  for (size_t m = 0; m < job->count[j]; m++)
    if (job->past[j * p * job->lags + m].column != x) lagged_push(job->s, f, job->past[j * p * job->lags + m].column);
  for (size_t m = 0; m < job->count[i]; m++) lagged_push(job->s, f, job->past[i * p * job->lags + m].column + lag * p);
  double rest = lagged_project(job->s, f, j, b);
  *conditions = f->k;
  return lagged_partial(job->s, f, x, j, b, rest);
}

static void test_link(Job *job, LaggedFactor *f, size_t i, size_t lag, size_t j, const size_t *near, size_t n) {
  size_t pick[SEPARATORS], now[SEPARATORS], others[UINT8_MAX + 1], m = 0, cell = lagged_cell(job->g, lag, i, j), k = job->level;
  double level = lag ? level_of(job, i, j) : fmax(level_of(job, i, j), level_of(job, j, i));
  for (size_t a = 0; a < n && m <= UINT8_MAX; a++)
    if (lag || near[a] != i) others[m++] = near[a];
  if (m < k) return;
  for (size_t a = 0; a < k; a++) pick[a] = a;
  do {
    size_t conditions;
    for (size_t a = 0; a < k; a++) now[a] = others[pick[a]];
    double r = momentary(job, f, i, lag, j, now, k, &conditions), p = lagged_p(r, job->s->rows, conditions);
    if (p <= job->most_p[cell]) continue;
    job->most_p[cell] = p, job->g->strength[cell] = r;
    if (!(p > level)) continue;
    job->gone[cell] = true;
    uint16_t *sep = job->sep + cell * (SEPARATORS + 1);
    sep[0] = (uint16_t)(1 + k);
    for (size_t a = 0; a < k; a++) sep[1 + a] = (uint16_t)now[a];
    break;
  } while (next_subset(pick, k, m));
}

static PropterStatus work_links(size_t j, void *payload, PropterError *err) {
  Job *job = payload;
  size_t p = job->s->p, n = 0, *near = propter_malloc((p + 1) * sizeof *near);
  LaggedFactor *f = propter_malloc(sizeof *f);
  if (!near || !f) {
    propter_free(near), propter_free(f);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a search over lags");
  }
  for (size_t i = 0; i < p; i++)
    if (job->link[lagged_cell(job->g, 0, i, j)]) near[n++] = i;
  for (size_t lag = 0; lag <= job->lags; lag++)
    for (size_t i = 0; i < p; i++)
      if (job->link[lagged_cell(job->g, lag, i, j)]) test_link(job, f, i, lag, j, near, n);
  propter_free(near), propter_free(f);
  return PROPTER_OK;
}

static PropterStatus find_links(Job *job, unsigned threads, PropterError *err) {
  size_t p = job->s->p;
  for (size_t j = 0; j < p; j++) {
    for (size_t i = 0; i < p; i++) job->link[lagged_cell(job->g, 0, i, j)] = i != j && (level_of(job, i, j) >= 0 || level_of(job, j, i) >= 0);
    for (size_t m = 0; m < job->count[j]; m++) {
      size_t column = job->past[j * p * job->lags + m].column;
      job->link[lagged_cell(job->g, column / p, column % p, j)] = true;
    }
  }
  for (job->level = 0; job->level <= job->depth; job->level++) {
    PROPTER_TRY(propter_pool_run(p, threads, work_links, job, err));
    for (size_t c = 0; c < (job->lags + 1) * p * p; c++)
      if (job->gone[c]) job->link[c] = false;
    for (size_t i = 0; i < p; i++)
      for (size_t j = 0; j < i; j++) {
        size_t a = lagged_cell(job->g, 0, i, j), b = lagged_cell(job->g, 0, j, i);
        job->link[a] = job->link[b] = job->link[a] && job->link[b];
      }
  }
  return PROPTER_OK;
}

/* ---- directions --------------------------------------------------------------------------------------------------------- */

/* Whether k is in the set that separated series i at `lag` from j; false where neither side was ever separated on contemporaneous grounds. */
static bool separates(const Job *job, size_t i, size_t lag, size_t j, size_t k) {
  size_t a = lagged_cell(job->g, lag, i, j), b = lagged_cell(job->g, 0, j, i);
  if (!lag && job->gone[b] && (!job->gone[a] || job->most_p[b] > job->most_p[a])) a = b;
  const uint16_t *sep = job->sep + a * (SEPARATORS + 1);
  for (size_t m = 0; m + 1 < sep[0]; m++)
    if (sep[1 + m] == k) return true;
  return false;
}

static void try_collider(Job *job, uint8_t *mark, size_t i, size_t lag, size_t k, size_t j) {
  size_t p = job->s->p;
  if (separates(job, i, lag, j, k) || !marks_undirected(mark, p, j, k)) return;
  if (!lag && !marks_undirected(mark, p, i, k) && !marks_directed(mark, p, i, k)) return;
  marks_direct(mark, p, j, k);
  if (!lag) marks_direct(mark, p, i, k);
}

/* Colliders with a lagged arm first, since time has fixed that arm; then those within one step; then what they imply. */
static PropterStatus direct(Job *job, PropterError *err) {
  size_t p = job->s->p;
  uint8_t *mark = job->g->mark;
  knowledge_direct(job->knowledge, p, mark);
  for (size_t lag = job->lags + 1; lag-- > 0;)
    for (size_t k = 0; k < p; k++)
      for (size_t i = 0; i < p; i++)
        for (size_t j = job->link[lagged_cell(job->g, lag, i, k)] ? 0 : p; j < p; j++)
          if (j != k && !(j == i && !lag) && job->link[lagged_cell(job->g, 0, j, k)] && !job->link[lagged_cell(job->g, lag, i, j)])
            try_collider(job, mark, i, lag, k, j);
  for (bool changed = true; changed;) { /* Meek's first rule with a lagged arm: i → k – j without a link from i to j makes k → j */
    changed = false;
    PROPTER_TRY(marks_meek(p, mark, err));
    for (size_t lag = 1; lag <= job->lags; lag++)
      for (size_t k = 0; k < p; k++)
        for (size_t i = 0; i < p; i++)
          for (size_t j = job->link[lagged_cell(job->g, lag, i, k)] ? 0 : p; j < p; j++)
            if (marks_undirected(mark, p, k, j) && !job->link[lagged_cell(job->g, lag, i, j)]) marks_direct(mark, p, k, j), changed = true;
  }
  return PROPTER_OK;
}

static void write_links(const Job *job) {
  size_t p = job->s->p;
  PropterLaggedGraph *g = job->g;
  for (size_t lag = 0; lag <= job->lags; lag++)
    for (size_t i = 0; i < p; i++)
      for (size_t j = 0; j < p; j++) {
        size_t c = lagged_cell(g, lag, i, j);
        g->mark[c] = job->link[c] ? lag ? PROPTER_ARROW : PROPTER_TAIL : PROPTER_NO_EDGE;
        g->p_value[c] = job->most_p[c] >= 0 ? job->most_p[c] : 1;
        if (!job->link[c]) g->strength[c] = 0;
      }
}

static PropterStatus run(const LaggedSums *s, const PropterLaggedOptions *o, PropterLaggedGraph *g, PropterError *err) {
  size_t p = s->p, cells = (g->lags + 1) * p * p;
  Job job = {.s = s, .g = g, .lags = g->lags, .depth = o->depth ? o->depth : 4, .knowledge = o->knowledge};
  if (job.depth > SEPARATORS) return propter_fail(err, PROPTER_INVALID, "depth %zu, at most %d", job.depth, SEPARATORS);
  if (p > UINT16_MAX) return propter_fail(err, PROPTER_LIMIT, "%zu series", p);
  job.past = propter_malloc(p * p * job.lags * sizeof *job.past + 1), job.count = propter_calloc(p + 1, sizeof *job.count);
  job.link = propter_calloc(cells + 1, sizeof(bool)), job.gone = propter_calloc(cells + 1, sizeof(bool));
  job.most_p = propter_malloc(cells * sizeof(double) + 1), job.sep = propter_calloc(cells * (SEPARATORS + 1) + 1, sizeof *job.sep);
  job.alpha = propter_malloc((p * p + 1) * sizeof(double));
  PropterStatus status = PROPTER_OK;
  if (!job.alpha || !job.past || !job.count || !job.link || !job.gone || !job.most_p || !job.sep)
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a search over lags");
  for (size_t c = 0; status == PROPTER_OK && c < cells; c++) job.most_p[c] = -1;
  for (size_t c = 0; status == PROPTER_OK && c < p * p; c++) job.alpha[c] = lagged_level(o, p, c / p, c % p);
  if (status == PROPTER_OK) status = propter_pool_run(p, o->threads, work_past, &job, err);
  if (status == PROPTER_OK) status = find_links(&job, o->threads, err);
  if (status == PROPTER_OK) write_links(&job), status = lagged_adjust(o, true, g, err);
  for (size_t c = 0; status == PROPTER_OK && c < cells; c++) job.link[c] = g->mark[c] != PROPTER_NO_EDGE;
  if (status == PROPTER_OK) status = direct(&job, err);
  propter_free(job.alpha), propter_free(job.past), propter_free(job.count), propter_free(job.link), propter_free(job.gone), propter_free(job.most_p),
      propter_free(job.sep);
  return status;
}

extern const Lagged causal_lagged_pcmci_plus;
const Lagged causal_lagged_pcmci_plus = {"pcmci_plus", 2, run};

/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an unseen common cause may be behind a link x → y: what comes before x bears witness. */
#include <math.h>

#include "lagged_sums.h"
#include "marks.h"
#include "propter/mem.h"
#include "propter/pool.h"

/* Of the p-values of a witness: at most `dependent` by its number of tests, and beyond `independent`. */
static const double dependent = .01, independent = .1;

typedef struct {
  const LaggedSums *s;
  const PropterKnowledge *knowledge;
  PropterLaggedGraph *g;
} Job;

/* What leads to one series. */
typedef struct {
  const Job *job;
  size_t y, count, *column; /* count: its causes, the series' own past among them */
  bool *held;               /* by cause: a condition; not, where its link is due to an unseen cause */
  size_t *witness;
  LaggedFactor *f;
} Effect;

static size_t series_of(const Effect *e, size_t column) { return column % e->job->s->p; }

static uint8_t *mark_of(const Effect *e, size_t cause) { return &e->job->g->unseen[e->column[cause] * e->job->s->p + e->y]; }

static size_t causes_of(const Job *job, size_t y, size_t *column) {
  size_t n = 0, p = job->s->p;
  for (size_t c = 0; c < (job->g->lags + 1) * p; c++)
    if (c != y && job->g->mark[c * p + y] == PROPTER_ARROW) column[n++] = c;
  return n;
}

/* p-value of w and y given the held causes but for w and `but`, of which x (SIZE_MAX: none) is one more; those of series `without` are none. */
static double test(const Effect *e, size_t w, size_t but, size_t x, size_t without) {
  double b[LAGGED_CONDITIONS];
  const LaggedSums *s = e->job->s;
  e->f->k = 0;
  if (x != SIZE_MAX) lagged_push(s, e->f, x);
  for (size_t i = 0; i < e->count; i++)
    if (e->held[i] && e->column[i] != w && e->column[i] != but && series_of(e, e->column[i]) != without) lagged_push(s, e->f, e->column[i]);
  const double rest = lagged_project(s, e->f, e->y, b);
  return lagged_p(lagged_partial(s, e->f, w, e->y, b, rest), s->rows, e->f->k);
}

/* What lies before x and leads to it, or is its own past, as far as the sums reach. */
static size_t witnesses(const Effect *e, size_t x) {
  const Job *job = e->job;
  const size_t p = job->s->p;
  size_t n = 0;
  for (size_t c = p; c < (job->g->lags + 1) * p; c++)
    if ((c % p == x % p || job->g->mark[c * p + x % p] == PROPTER_ARROW) && c + x - x % p < job->s->q) e->witness[n++] = c + x - x % p;
  return n;
}

/* With all other causes as conditions, and without those that are x at another time: a collider among these would speak for x. A witness that acts on y by
 * other ways than x, or shares a cause with it that has a memory, leaves it open. */
static PropterUnseen hear(const Effect *e, size_t x) {
  const size_t n = witnesses(e, x), without[] = {SIZE_MAX, series_of(e, x)};
  size_t through = 0, blocked = 0, tied = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < 2; k++) {
      const double bare = test(e, e->witness[i], x, SIZE_MAX, without[k]), given = test(e, e->witness[i], x, x, without[k]), level = dependent / (double)n;
      through += bare <= level && given > independent;
      blocked += given <= level && bare > independent;
      tied += !k && bare <= level && given <= level;
    }
  if (tied) return PROPTER_UNSEEN_OPEN;
  return through && !blocked ? PROPTER_UNSEEN_RULED_OUT : blocked && !through ? PROPTER_UNSEEN_SHOWN : PROPTER_UNSEEN_OPEN;
}

static bool is_judged(const Effect *e, size_t cause) { return series_of(e, e->column[cause]) != e->y; }

static bool is_required(const Effect *e, size_t cause) {
  return knowledge_requires(e->job->knowledge, e->job->s->p, series_of(e, e->column[cause]), e->y);
}

/* Takes out the causes whose link is due to an unseen one, and those that only seemed to act because such a one was held fixed. */
static bool take_out(Effect *e) {
  bool any = false;
  for (size_t c = 0; c < e->count; c++)
    if (e->held[c] && is_judged(e, c) && !is_required(e, c) && hear(e, e->column[c]) == PROPTER_UNSEEN_SHOWN) e->held[c] = false, any = true;
  for (size_t c = 0; c < e->count && any; c++)
    if (e->held[c] && is_judged(e, c) && !is_required(e, c) && test(e, e->column[c], SIZE_MAX, SIZE_MAX, SIZE_MAX) > independent) e->held[c] = false;
  return any;
}

static void judge(Effect *e) {
  while (take_out(e)) continue;
  for (size_t c = 0; c < e->count; c++) {
    if (!is_judged(e, c)) continue;
    PropterUnseen heard = e->held[c] ? hear(e, e->column[c]) : PROPTER_UNSEEN_SHOWN;
    *mark_of(e, c) = (uint8_t)(heard == PROPTER_UNSEEN_SHOWN && is_required(e, c) ? PROPTER_UNSEEN_OPEN : heard);
  }
}

static PropterStatus work(size_t y, void *payload, PropterError *err) {
  const Job *job = payload;
  const size_t q = job->s->q;
  size_t *list = propter_malloc((2 * q + 1) * sizeof *list);
  LaggedFactor *f = propter_malloc(sizeof *f + q);
  if (!list || !f) {
    propter_free(list), propter_free(f);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a search over lags");
  }
  Effect e = {.job = job, .y = y, .column = list, .witness = list + q, .held = (bool *)(f + 1), .f = f};
  e.count = causes_of(job, y, e.column);
  memset(e.held, true, q);
  judge(&e);
  propter_free(list), propter_free(f);
  return PROPTER_OK;
}

PropterStatus lagged_unseen(const LaggedSums *s, const PropterLaggedOptions *o, PropterLaggedGraph *g, PropterError *err) {
  g->unseen = propter_calloc((g->lags + 1) * g->p * g->p + 1, 1);
  if (!g->unseen) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a graph of %zu series", g->p);
  Job job = {s, o->knowledge, g};
  return propter_pool_run(s->p, o->threads, work, &job, err);
}

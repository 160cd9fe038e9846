/* SPDX-License-Identifier: Apache-2.0 */
/* The skeleton of PC-stable, level by level: the neighbours of a level are frozen, each variable i asks for every subset S of its neighbours
 * about all other neighbours at once, and edges go at the end of the level; so neither order nor threads matter. */
#include <math.h>

#include "independence.h"
#include "marks.h"
#include "propter/causal.h"
#include "propter/mem.h"
#include "propter/pool.h"

typedef struct {
  const PropterData *data;
  const PropterSearchOptions *o;
  const CausalTest *test;
  CausalCache *cache;
  PropterCausalGraph *graph;
  MarksNeighbours near;
  size_t level;
  double alpha;
  uint8_t *gone;               /* gone[i·p+j]: i found j separated */
  size_t *tests, *untestable;  /* by variable */
  CausalSeparation *separations;
  size_t *first;               /* separations[first[i] … first[i+1]) have this i */
} Job;

static double pair_level(const Job *job, size_t i, size_t j) {
  double a = knowledge_prior(job->o->knowledge, job->data->p, i, j), b = knowledge_prior(job->o->knowledge, job->data->p, j, i);
  return a == 0 && b == 0 ? job->alpha : knowledge_level(job->alpha, fmax(a, b));
}

/* Next subset of size k from 0 … n−1 in lexical order. */
static bool next_subset(size_t *pick, size_t k, size_t n) {
  for (size_t i = k; i-- > 0;) {
    if (pick[i] + (k - i) >= n) continue;
    pick[i]++;
    for (size_t j = i + 1; j < k; j++) pick[j] = pick[j - 1] + 1;
    return true;
  }
  return false;
}

typedef struct {
  CausalScratch *scratch;
  size_t *y;
  double *quick;
  PropterIndependence *answers;
} Desk;

static void desk_clear(const CausalTest *test, Desk *d) {
  if (d->scratch) test->drop(d->scratch);
  propter_free(d->y), propter_free(d->quick), propter_free(d->answers);
}

static PropterStatus desk_open(const Job *job, Desk *d, PropterError *err) {
  size_t p = job->data->p + 1;
  d->y = propter_malloc(p * sizeof *d->y), d->quick = propter_malloc(p * sizeof *d->quick), d->answers = propter_malloc(p * sizeof *d->answers);
  PropterStatus status =
      d->y && d->quick && d->answers ? job->test->scratch(job->cache, &d->scratch, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a search");
  if (status != PROPTER_OK) desk_clear(job->test, d);
  return status;
}

/* Whether y is a function of `given`, as a question of i sees it. */
static PropterStatus determined(Job *job, Desk *d, size_t i, size_t y, size_t given, bool *yes, PropterError *err) {
  PropterIndependence answer;
  CausalQuestion q = {.x = i, .k = 1, .count = 1, .s = &given, .y = &y};
  PROPTER_TRY(job->test->ask(job->cache, d->scratch, &q, &answer, err));
  *yes = answer.reason == causal_y_determined;
  return PROPTER_OK;
}

/* y is a function of the conditions, all of them neighbours of x still: then y's edge to x says nothing that theirs do not, unless a condition is a
 * copy of y, where either would explain the other away. The reverse, x as a function of the conditions, tells nothing about x and y. */
static PropterStatus explained_away(Job *job, Desk *d, size_t i, size_t y, const size_t *s, bool *away, PropterError *err) {
  *away = true;
  for (size_t m = 0; m < job->level && *away; m++) {
    bool there, back = false;
    PROPTER_TRY(determined(job, d, i, y, s[m], &there, err));
    if (there) PROPTER_TRY(determined(job, d, i, s[m], y, &back, err));
    *away = !(there && back);
  }
  return PROPTER_OK;
}

static PropterStatus ask_level(Job *job, Desk *d, size_t i, const size_t *s, PropterError *err) {
  size_t p = job->data->p, count = 0;
  for (size_t e = job->near.start[i]; e < job->near.start[i + 1]; e++) {
    size_t j = job->near.list[e];
    bool in =
        job->gone[i * p + j] || knowledge_requires(job->o->knowledge, p, i, j) || knowledge_requires(job->o->knowledge, p, j, i) || (!job->level && j < i);
    for (size_t m = 0; m < job->level && !in; m++) in = s[m] == j;
    if (!in) d->y[count] = j, d->quick[count++] = pair_level(job, i, j);
  }
  if (!count) return PROPTER_OK;
  CausalQuestion q = {.x = i, .k = job->level, .count = count, .s = s, .y = d->y, .quick = d->quick};
  PROPTER_TRY(job->test->ask(job->cache, d->scratch, &q, d->answers, err));
  job->tests[i] += count;
  for (size_t m = 0; m < count; m++) {
    const PropterIndependence *a = &d->answers[m];
    bool away = a->testable && a->p > d->quick[m];
    job->untestable[i] += !a->testable;
    if (a->reason == causal_y_determined) PROPTER_TRY(explained_away(job, d, i, d->y[m], s, &away, err));
    if (away) job->gone[i * p + d->y[m]] = 1;
  }
  return PROPTER_OK;
}

static PropterStatus work_level(size_t i, void *payload, PropterError *err) {
  Job *job = payload;
  size_t n = job->near.start[i + 1] - job->near.start[i], pick[CAUSAL_CONDITION], s[CAUSAL_CONDITION];
  if (n < job->level + 1) return PROPTER_OK;
  Desk d = {0};
  PROPTER_TRY(desk_open(job, &d, err));
  for (size_t m = 0; m < job->level; m++) pick[m] = m;
  PropterStatus status;
  do {
    for (size_t m = 0; m < job->level; m++) s[m] = job->near.list[job->near.start[i] + pick[m]];
    status = ask_level(job, &d, i, s, err);
  } while (status == PROPTER_OK && next_subset(pick, job->level, n));
  desk_clear(job->test, &d);
  return status;
}

static bool constant(const PropterData *data, size_t v) {
  double first = NAN;
  for (size_t t = 0; t < data->n; t++) {
    double x = data->x[v * data->n + t];
    if (isnan(first)) first = x;
    else if (x != first && !isnan(x)) return false;
  }
  return true;
}

static PropterStatus start(const PropterData *data, const PropterSearchOptions *o, Job *job, PropterCausalGraph *graph, PropterError *err) {
  size_t p = data->p;
  *job = (Job){.data = data, .o = o, .graph = graph, .alpha = o->alpha > 0 ? o->alpha : .01};
  PROPTER_TRY(causal_test_find(data, o->test, &job->test, err));
  job->gone = propter_calloc(p * p + 1, 1), job->tests = propter_calloc(p + 1, sizeof(size_t)), job->untestable = propter_calloc(p + 1, sizeof(size_t));
  if (!job->gone || !job->tests || !job->untestable) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a search over %zu variables", p);
  return job->test->prepare(data, o->seed, &job->cache, err);
}

static void finish(Job *job) {
  for (size_t i = 0; job->tests && job->untestable && i < job->data->p; i++) job->graph->tests += job->tests[i], job->graph->untestable += job->untestable[i];
  if (job->cache) job->test->release(job->cache);
  marks_neighbours_clear(&job->near);
  propter_free(job->gone), propter_free(job->tests), propter_free(job->untestable), propter_free(job->first);
}

static void full_graph(const PropterData *data, const PropterKnowledge *k, uint8_t *mark, bool *still) {
  size_t p = data->p;
  for (size_t v = 0; v < p; v++) still[v] = constant(data, v);
  for (size_t i = 0; i < p; i++)
    for (size_t j = 0; j < i; j++) {
      bool required = knowledge_requires(k, p, i, j) || knowledge_requires(k, p, j, i);
      bool out = knowledge_forbids(k, p, i, j) && knowledge_forbids(k, p, j, i);
      if (required || (!out && !still[i] && !still[j])) marks_set(mark, p, i, j, PROPTER_TAIL, PROPTER_TAIL);
    }
}

static PropterStatus run_levels(Job *job, PropterError *err) {
  size_t p = job->data->p, depth = job->o->depth ? job->o->depth : 4;
  if (depth > CAUSAL_CONDITION) return propter_fail(err, PROPTER_INVALID, "depth %zu, at most %d", depth, CAUSAL_CONDITION);
  for (job->level = 0; job->level <= depth; job->level++) {
    marks_neighbours_clear(&job->near);
    PROPTER_TRY(marks_neighbours(p, job->graph->mark, &job->near, err));
    size_t most = 0;
    for (size_t i = 0; i < p; i++)
      if (job->near.start[i + 1] - job->near.start[i] > most) most = job->near.start[i + 1] - job->near.start[i];
    if (most < job->level + 1) break;
    PROPTER_TRY(propter_pool_run(p, job->o->threads, work_level, job, err));
    for (size_t i = 0; i < p; i++)
      for (size_t j = 0; j < i; j++)
        if (job->gone[i * p + j] || job->gone[j * p + i]) marks_set(job->graph->mark, p, i, j, PROPTER_NO_EDGE, PROPTER_NO_EDGE);
  }
  return PROPTER_OK;
}

PropterStatus causal_skeleton(const PropterData *data, const PropterSearchOptions *o, PropterCausalGraph *graph, PropterError *err) {
  Job job;
  PropterStatus status = start(data, o, &job, graph, err);
  bool *still = propter_calloc(data->p + 1, sizeof *still);
  if (status == PROPTER_OK && !still) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a search over %zu variables", data->p);
  if (status == PROPTER_OK) {
    full_graph(data, o->knowledge, graph->mark, still);
    status = run_levels(&job, err);
  }
  propter_free(still);
  finish(&job);
  return status;
}

/* ---- separating sets with the largest p-value --------------------------------------------------------------------------- */

static void keep_largest(CausalSeparation *best, const PropterIndependence *a, const size_t *s, size_t k) {
  if (!a->testable || a->p <= best->p) return;
  best->p = a->p, best->k = k;
  for (size_t m = 0; m < k; m++) best->s[m] = s[m];
}

/* The separations in which variable i is asked from its side; its own (i < j) and mirrored ones lie in separate slots. */
static PropterStatus work_separations(size_t i, void *payload, PropterError *err) {
  Job *job = payload;
  size_t n = job->near.start[i + 1] - job->near.start[i], depth = job->o->depth ? job->o->depth : 4, s[CAUSAL_CONDITION], pick[CAUSAL_CONDITION];
  CausalSeparation *mine = job->separations + job->first[i];
  size_t count = job->first[i + 1] - job->first[i];
  if (!count) return PROPTER_OK;
  Desk d = {0};
  PROPTER_TRY(desk_open(job, &d, err));
  for (size_t m = 0; m < count; m++) d.y[m] = mine[m].j;
  PropterStatus status = PROPTER_OK;
  for (size_t k = 0; k <= depth && k <= n && status == PROPTER_OK; k++) {
    for (size_t m = 0; m < k; m++) pick[m] = m;
    do {
      for (size_t m = 0; m < k; m++) s[m] = job->near.list[job->near.start[i] + pick[m]];
      CausalQuestion q = {.x = i, .k = k, .count = count, .s = s, .y = d.y};
      status = job->test->ask(job->cache, d.scratch, &q, d.answers, err);
      job->tests[i] += count;
      for (size_t m = 0; status == PROPTER_OK && m < count; m++) keep_largest(&mine[m], &d.answers[m], s, k);
    } while (status == PROPTER_OK && next_subset(pick, k, n));
  }
  desk_clear(job->test, &d);
  return status;
}

static bool share_neighbour(const Job *job, size_t i, size_t j) {
  size_t p = job->data->p;
  for (size_t e = job->near.start[i]; e < job->near.start[i + 1]; e++)
    if (marks_adjacent(job->graph->mark, p, job->near.list[e], j)) return true;
  return false;
}

static PropterStatus list_pairs(Job *job, PropterError *err) {
  size_t p = job->data->p, count = 0;
  job->first = propter_malloc((p + 1) * sizeof(size_t));
  if (!job->first) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a search over %zu variables", p);
  for (int fill = 0; fill < 2; fill++) {
    if (fill && !(job->separations = propter_calloc(count + 1, sizeof *job->separations)))
      return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu separations", count);
    count = 0;
    for (size_t i = 0; i < p; i++) {
      job->first[i] = count;
      for (size_t j = 0; j < p; j++) {
        if (i == j || marks_adjacent(job->graph->mark, p, i, j) || !share_neighbour(job, i, j)) continue;
        if (fill) job->separations[count] = (CausalSeparation){.i = i, .j = j, .p = -1};
        count++;
      }
    }
    job->first[p] = count;
  }
  return PROPTER_OK;
}

PropterStatus causal_separations(const PropterData *data, const PropterSearchOptions *o, PropterCausalGraph *graph, CausalSeparation **list, size_t *count,
                                 PropterError *err) {
  Job job;
  *list = NULL, *count = 0;
  PropterStatus status = start(data, o, &job, graph, err);
  if (status == PROPTER_OK) status = marks_neighbours(data->p, graph->mark, &job.near, err);
  if (status == PROPTER_OK) status = list_pairs(&job, err);
  if (status == PROPTER_OK) status = propter_pool_run(data->p, o->threads, work_separations, &job, err);
  if (status == PROPTER_OK) { /* each pair once, with the better of its two sides */
    CausalSeparation *all = job.separations;
    for (size_t m = 0; m < job.first[data->p]; m++) {
      if (all[m].i > all[m].j) continue;
      CausalSeparation own = all[m];
      for (size_t w = job.first[own.j]; w < job.first[own.j + 1]; w++)
        if (all[w].j == own.i && all[w].p > own.p) own = all[w], own.i = all[m].i, own.j = all[m].j;
      all[(*count)++] = own; /* never overtakes: the mirrored slots of a later j lie behind m */
    }
    *list = all;
  } else propter_free(job.separations);
  finish(&job);
  return status;
}

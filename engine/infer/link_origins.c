/* SPDX-License-Identifier: Apache-2.0 */
/* Where among metrics a deviation came from: what moved upstream, and what came in where. */
#include <math.h>
#include <string.h>

#include "links.h"
#include "patterns.h"
#include "propter/math.h"
#include "propter/mechanism.h"
#include "propter/rootcause.h"

enum { MOST = 14, LEAST_BEFORE = 20 };

/* The metric asked about (0) and those upstream, each at the lag of the strongest path to it. */
typedef struct {
  LinkPanel *x;
  size_t from, to; /* steps of the window */
  size_t count, series[MOST], back[MOST];
  uint8_t dag[MOST * MOST];
  PropterOrigins origin[MOST];
} Upstream;

static size_t find_series(const Upstream *u, size_t series) {
  for (size_t k = 0; k < u->count; k++)
    if (u->series[k] == series) return k;
  return SIZE_MAX;
}

static bool drives(const LinkPanel *x, size_t lag, size_t i, size_t j) { return i != j && link_acts(x, lag, i, j); }

/* The strongest link into anything listed whose cause is not; so each metric comes once. */
static void gather(Upstream *u, size_t target) {
  const LinkPanel *x = u->x;
  u->series[0] = target, u->back[0] = 0, u->count = 1;
  while (u->count < MOST) {
    double most = -1;
    size_t series = 0, back = 0;
    for (size_t k = 0; k < u->count; k++)
      for (size_t lag = 0; lag <= x->lags; lag++)
        for (size_t i = 0; i < x->p; i++) {
          if (!drives(x, lag, i, u->series[k]) || find_series(u, i) != SIZE_MAX || u->back[k] + lag > u->from) continue;
          double strength = fabs(x->graph.strength[link_cell(x, lag, i, u->series[k])]);
          if (strength > most) most = strength, series = i, back = u->back[k] + lag;
        }
    if (most < 0) return;
    u->series[u->count] = series, u->back[u->count++] = back;
  }
}

static void connect(Upstream *u) {
  for (size_t a = 0; a < u->count; a++)
    for (size_t b = 0; b < u->count; b++) {
      size_t lag = u->back[a] - u->back[b];
      if (u->back[a] < u->back[b] || lag > u->x->lags || !drives(u->x, lag, u->series[a], u->series[b])) continue;
      u->dag[a * u->count + b] = PROPTER_ARROW, u->dag[b * u->count + a] = PROPTER_TAIL;
    }
}

/* --- figures -------------------------------------------------------------------------------------------------------------------------------------------- */

/* One row per step of from … to with nothing missing, above the level before the step, of the window above that before the window, so that a move does not
 * become its own level; x[count×rows]. */
static PropterStatus take_rows(const Upstream *u, size_t from, size_t to, bool window, double **out, size_t *rows, PropterError *err) {
  double *all = propter_malloc((to - from + 1) * u->count * sizeof *all);
  *rows = 0, *out = NULL;
  if (!all) return propter_fail(err, PROPTER_NO_MEMORY, "%zu rows", to - from);
  for (size_t t = from; t < to; t++) {
    bool whole = true;
    for (size_t k = 0; k < u->count; k++) {
      double v = link_above_level(u->x, u->series[k], t - u->back[k], (window ? u->from : t) - u->back[k]);
      all[*rows * u->count + k] = v, whole &= isfinite(v) != 0;
    }
    *rows += whole;
  }
  double *turned = propter_malloc((*rows * u->count + 1) * sizeof *turned);
  for (size_t t = 0; turned && t < *rows; t++)
    for (size_t k = 0; k < u->count; k++) turned[k * *rows + t] = all[t * u->count + k];
  propter_free(all);
  *out = turned;
  return turned ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "%zu rows", *rows);
}

static PropterStatus attribute(Upstream *u, PropterExplained *out, PropterError *err) {
  double *before = NULL, *after = NULL;
  size_t n = 0, m = 0, deepest = 0;
  PropterMechanismShare share[MOST];
  PropterAttribution sum = {0};
  for (size_t k = 0; k < u->count; k++) deepest = u->back[k] > deepest ? u->back[k] : deepest;
  PropterStatus status = take_rows(u, LINK_LEVEL / 2 + deepest, u->from, false, &before, &n, err);
  if (!status) status = take_rows(u, u->from, u->to + 1, true, &after, &m, err);
  if (!status && (n < LEAST_BEFORE || !m))
    status = propter_fail(err, PROPTER_INVALID, "%zu whole periods before the window and %zu in it, expected at least %d and 1", n, m, LEAST_BEFORE);
  const PropterData a = {u->count, n, before, NULL}, b = {u->count, m, after, NULL};
  const PropterAttributionOptions o = {.seed = u->x->know->options.score.seed, .threads = u->x->know->options.threads};
  if (!status) status = propter_attribute_change(&a, &b, u->dag, 0, &o, share, &sum, err);
  for (size_t k = 0; k < u->count && !status; k++)
    u->origin[k].share = share[k].share, u->origin[k].low = share[k].low, u->origin[k].high = share[k].high;
  if (!status) out->explained = sum.after - sum.before;
  propter_free(before);
  propter_free(after);
  return status;
}

/* --- deviations and the traversal ----------------------------------------------------------------------------------------------------------------------- */

static PropterStatus look(Upstream *u, size_t k, PropterError *err) {
  const LinkPanel *x = u->x;
  KnowMetric *m = x->metric[u->series[k]];
  const int32_t start = m->series.series.first;
  const size_t from = (size_t)(x->period[u->from - u->back[k]] - start), to = (size_t)(x->period[u->to - u->back[k]] - start);
  PropterOrigins *o = &u->origin[k];
  PropterAnswer a;
  PropterDeviation robust;
  *o = (PropterOrigins){.metric = m->def.iri, .label = m->def.label, .lag = (int)u->back[k], .own = NAN};
  PROPTER_TRY(judge_move(x->know, m, from, to, &a, err));
  o->deviation = a.deviation, o->z = a.z;
  propter_answer_clear(&a);
  const double *value = x->value + u->series[k] * x->n;
  const PropterDisturbance d = {value, u->from - u->back[k], value + u->from - u->back[k], u->to - u->from + 1};
  PROPTER_TRY(propter_deviation(&d, PROPTER_DEVIATION_PEAK, 0, &robust, err));
  o->score = robust.score;
  return PROPTER_OK;
}

/* From the metric asked about through what moved: standard errors that the metrics above do not make up for. */
static PropterStatus walk(Upstream *u, PropterError *err) {
  PropterDependency edge[MOST * MOST];
  PropterOrigin found[MOST];
  double z[MOST], excess[MOST];
  size_t edges = 0, count = 0;
  for (size_t k = 0; k < u->count; k++) {
    z[k] = fabs(u->origin[k].z), excess[k] = fabs(u->origin[k].z);
    for (size_t c = 0; c < u->count; c++)
      if (u->dag[c * u->count + k] == PROPTER_ARROW && u->dag[k * u->count + c] == PROPTER_TAIL) edge[edges++] = (PropterDependency){k, c};
  }
  double threshold = u->x->know->options.score.moved_z;
  PROPTER_TRY(propter_origins(u->count, edge, edges, z, excess, threshold, 0, found, &count, err));
  for (size_t i = 0; i < count; i++) {
    PropterOrigins *o = &u->origin[found[i].node];
    bool moved_above = false;
    for (size_t e = 0; e < edges; e++) moved_above |= edge[e].from == found[i].node && z[edge[e].to] > threshold;
    o->own = found[i].own, o->origin = !moved_above;
  }
  return PROPTER_OK;
}

static int by_share(const void *a, const void *b) {
  const PropterOrigins *x = a, *y = b;
  if (fabs(x->share) != fabs(y->share)) return fabs(x->share) < fabs(y->share) ? 1 : -1;
  return propter_str_compare(x->metric, y->metric);
}

static PropterStatus explain(Upstream *u, KnowMetric *m, PropterDay from, PropterDay to, PropterExplained *out, PropterError *err) {
  const LinkPanel *x = u->x;
  size_t target = link_panel_find(x, m);
  int32_t first = propter_period_of(x->grain, from), last = propter_period_of(x->grain, to);
  if (target == SIZE_MAX) return propter_fail(err, PROPTER_INVALID, "the figures of <%.*s> cannot be searched", (int)m->def.iri.len, m->def.iri.data);
  u->from = link_step(x, first), u->to = link_step(x, last + 1);
  if (from > to || first < x->period[0] || last > x->period[x->n - 1] || u->from == u->to) {
    char a[16], b[16];
    propter_day_format(propter_period_first(x->grain, x->period[0]), a);
    propter_day_format(propter_period_last(x->grain, x->period[x->n - 1]), b);
    return propter_fail(err, PROPTER_INVALID, "the window lies outside the periods that all metrics searched have: %s to %s", a, b);
  }
  u->to--;
  gather(u, target);
  connect(u);
  for (size_t k = 0; k < u->count; k++) PROPTER_TRY(look(u, k, err));
  PROPTER_TRY(attribute(u, out, err));
  PROPTER_TRY(walk(u, err));
  out->metric = m->def, out->first = propter_period_first(x->grain, first), out->last = propter_period_last(x->grain, last);
  out->deviation = u->origin[0].deviation, out->z = u->origin[0].z;
  qsort(u->origin, u->count, sizeof *u->origin, by_share);
  PropterOrigins *kept = propter_arena_alloc(x->arena, u->count * sizeof *kept);
  if (!kept) return propter_fail(err, PROPTER_NO_MEMORY, "%zu metrics", u->count);
  memcpy(kept, u->origin, u->count * sizeof *kept);
  out->origin = kept, out->origins = u->count;
  return PROPTER_OK;
}

PropterStatus propter_explain(PropterInferrer *know, PropterStr metric, PropterDay from, PropterDay to, const PropterLinkOptions *options, PropterArena *arena,
                              PropterExplained *out, PropterError *err) {
  LinkPanel x;
  PropterLinkOptions o = *options;
  KnowMetric *m = know_metric_named(know, metric);
  *out = (PropterExplained){0};
  if (!m) return propter_fail(err, PROPTER_NOT_FOUND, "no metric is called \"%.*s\"", (int)metric.len, metric.data);
  o.metric = &metric, o.metrics = 1;
  Upstream *u = propter_calloc(1, sizeof *u);
  if (!u) return propter_fail(err, PROPTER_NO_MEMORY, "an explanation");
  u->x = &x;
  PropterStatus status = link_panel_open(know, &o, arena, &x, err);
  if (!status) status = explain(u, m, from, to, out, err);
  link_panel_close(&x);
  propter_free(u);
  return status;
}

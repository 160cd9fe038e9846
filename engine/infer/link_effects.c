/* SPDX-License-Identifier: Apache-2.0 */
/* The effect of one metric on another in the graph of their links, unrolled in time. */
#include <math.h>
#include <string.h>

#include "links.h"
#include "propter/math.h"
#include "propter/rng.h"

enum { NODES = 240, ROUNDS = 100 };

/* Series `series`, `back` steps before the outcome's. */
typedef struct {
  size_t series, back;
} Moment;

typedef struct {
  const LinkPanel *x;
  size_t depth, count;
  Moment node[NODES];
  uint8_t *dag;  /* count×count */
  bool observed[NODES];
  bool assumed;  /* a link without direction was given one */
} Unrolled;

/* Does i at `lag` lead to j? A link without direction is read from the first of the two to the second: every graph of the class fits the data alike. */
static bool leads(const LinkPanel *x, size_t lag, size_t i, size_t j, bool *assumed) {
  uint8_t there = x->graph.mark[link_cell(x, lag, i, j)];
  if (there == PROPTER_NO_EDGE || (lag == 0 && there == PROPTER_TAIL && (x->graph.mark[j * x->p + i] == PROPTER_ARROW || i > j))) return false;
  if (there == PROPTER_TAIL) *assumed = true;
  return true;
}

static size_t find_node(const Unrolled *u, size_t series, size_t back) {
  for (size_t k = 0; k < u->count; k++)
    if (u->node[k].series == series && u->node[k].back == back) return k;
  return SIZE_MAX;
}

static bool is_parent(const Unrolled *u, size_t a, size_t b) { return u->dag[a * u->count + b] == PROPTER_ARROW; }

/* The outcome, the cause and all that leads to them, the nearest first. */
static void gather(Unrolled *u, size_t cause, size_t outcome, size_t lag) {
  const LinkPanel *x = u->x;
  bool ignored = false;
  u->node[u->count++] = (Moment){outcome, 0}, u->node[u->count++] = (Moment){cause, lag};
  for (size_t k = 0; k < u->count; k++)
    for (size_t l = 0; l <= x->lags && u->node[k].back + l <= u->depth; l++)
      for (size_t i = 0; i < x->p && u->count < NODES; i++)
        if (leads(x, l, i, u->node[k].series, &ignored) && find_node(u, i, u->node[k].back + l) == SIZE_MAX)
          u->node[u->count++] = (Moment){i, u->node[k].back + l};
}

static PropterStatus unroll(Unrolled *u, size_t cause, size_t outcome, size_t lag, PropterError *err) {
  const LinkPanel *x = u->x;
  gather(u, cause, outcome, lag);
  u->dag = propter_calloc(u->count * u->count, 1);
  if (!u->dag) return propter_fail(err, PROPTER_NO_MEMORY, "a graph of %zu values", u->count);
  for (size_t a = 0; a < u->count; a++) {
    u->observed[a] = true;
    for (size_t h = 0; h < x->o->hiddens; h++) u->observed[a] &= know_metric_named(x->know, x->o->hidden[h]) != x->metric[u->node[a].series];
    for (size_t b = 0; b < u->count; b++) {
      size_t l = u->node[a].back - u->node[b].back;
      if (u->node[a].back < u->node[b].back || l > x->lags || a == b || !leads(x, l, u->node[a].series, u->node[b].series, &u->assumed)) continue;
      u->dag[a * u->count + b] = PROPTER_ARROW, u->dag[b * u->count + a] = PROPTER_TAIL;
    }
  }
  return PROPTER_OK;
}

/* --- in words -------------------------------------------------------------------------------------------------------------------------------------------- */

static void say_node(const Unrolled *u, size_t k, size_t base, PropterBuf *out) {
  const PropterStr label = u->x->metric[u->node[k].series]->def.label;
  size_t back = u->node[k].back > base ? u->node[k].back - base : base - u->node[k].back;
  propter_buf_printf(out, "%.*s", (int)label.len, label.data);
  if (back) propter_buf_printf(out, " %zu %s%s %s", back, propter_grain_name(u->x->grain), back == 1 ? "" : "s", u->node[k].back > base ? "before" : "later");
}

static PropterStatus say_adjustment(const Unrolled *u, const PropterAdjustment *a, PropterStr *text, PropterError *err) {
  static const char *const starts[] = {[PROPTER_NOT_IDENTIFIED] =
                                           ("cannot be told from what is observed; a figure that stands between the two, or one that moves only "
                                            "the cause, would tell"),
                                       [PROPTER_NO_EFFECT] = "none: no path leads there",
                                       [PROPTER_BACK_DOOR] = "seen after adjusting for ",
                                       [PROPTER_INSTRUMENT] = "seen through the instrument "};
  PropterBuf out = {.max = 1 << 16};
  propter_buf_printf(&out, "%s", starts[a->by]);
  if (a->by == PROPTER_BACK_DOOR && !a->count) propter_buf_printf(&out, "nothing");
  for (size_t i = 0; i < a->count; i++) {
    if (i) propter_buf_printf(&out, ", ");
    say_node(u, a->set[i], u->node[1].back, &out);
  }
  if (a->count) propter_buf_printf(&out, " (counted from the cause)");
  if (u->assumed) propter_buf_printf(&out, "; links without a direction are read in one of the two");
  PropterStatus status = keep(&out, u->x->arena, text, err);
  propter_buf_clear(&out);
  return status;
}

/* --- the estimate --------------------------------------------------------------------------------------------------------------------------------------- */

/* Rows of cause, outcome and set, all steps with their past; NaN where missing. */
typedef struct {
  size_t rows, count;
  double *t, *y, *s; /* s[count×rows] */
} Rows;

/* Cause, outcome, and the adjustment set. */
static const Moment *node_of(const Unrolled *u, const PropterAdjustment *a, size_t c) { return &u->node[c == 0 ? 1 : c == 1 ? 0 : a->set[c - 2]]; }

/* All steps of `from` that have so much past. */
static PropterStatus take_rows(const Unrolled *u, const LinkPanel *from, const PropterAdjustment *a, Rows *r, PropterError *err) {
  const size_t rows = from->n - u->depth;
  double *space = propter_malloc((a->count + 2) * rows * sizeof *space);
  if (!space) return propter_fail(err, PROPTER_NO_MEMORY, "%zu rows", rows);
  *r = (Rows){rows, a->count, space, space + rows, space + 2 * rows};
  for (size_t c = 0; c < a->count + 2; c++) {
    const Moment *m = node_of(u, a, c);
    memcpy(space + c * rows, from->own + m->series * from->n + (u->depth - m->back), rows * sizeof *space);
  }
  return PROPTER_OK;
}

/* A link is a step of the graph itself, so that no door in front of it can stand in for it: adjustment or an instrument. */
static PropterStatus estimate(const Rows *r, PropterIdentification by, PropterEffectEstimate *e, PropterError *err) {
  const PropterEffectData data = {r->rows, by == PROPTER_BACK_DOOR ? r->count : 0, by == PROPTER_INSTRUMENT ? r->count : 0, r->t, r->y, r->s, r->s};
  return propter_effect(&data, by == PROPTER_INSTRUMENT ? "instrument" : "regression", 0, e, err);
}

/* Standard deviation over moving blocks of steps (Künsch 1989): neighbouring steps are not independent. */
static PropterStatus block_error(const Rows *r, PropterIdentification by, size_t resamples, uint64_t seed, double *draws, double *error, PropterError *err) {
  size_t width = r->count + 2, block = (size_t)fmax(4, cbrt((double)r->rows)), done = 0;
  double *space = propter_malloc(width * r->rows * sizeof *space), mean = 0, square = 0;
  Rows again = {r->rows, r->count, space, space ? space + r->rows : NULL, space ? space + 2 * r->rows : NULL};
  PropterRng rng;
  if (!space) return propter_fail(err, PROPTER_NO_MEMORY, "%zu rows", r->rows);
  propter_rng_seed(&rng, seed);
  PropterStatus status = PROPTER_OK;
  for (size_t b = 0; b < resamples && !status; b++) {
    PropterEffectEstimate e;
    for (size_t t = 0; t < r->rows;)
      for (size_t from = (size_t)propter_rng_below(&rng, r->rows - block + 1), k = 0; k < block && t < r->rows; k++, t++) {
        again.t[t] = r->t[from + k], again.y[t] = r->y[from + k];
        for (size_t c = 0; c < r->count; c++) again.s[c * r->rows + t] = r->s[c * r->rows + from + k];
      }
    status = estimate(&again, by, &e, err);
    if (draws) draws[b] = status ? NAN : e.value;
    if (status == PROPTER_INVALID) status = PROPTER_OK; /* a resample in which nothing varies says nothing */
    else if (!status) {
      double off = e.value - mean;
      mean += off / (double)++done, square += off * (e.value - mean);
    }
  }
  propter_free(space);
  *error = done * 2 > resamples && done > 1 ? sqrt(square / (double)(done - 1)) : NAN;
  return status;
}

static PropterStatus resample(const Rows *r, PropterIdentification by, size_t resamples, uint64_t seed, double *draws, LinkDoubt *out, PropterError *err) {
  const PropterEffectData data = {r->rows, r->count, 0, r->t, r->y, r->s, NULL};
  PROPTER_TRY(block_error(r, by, resamples, seed, draws, &out->error, err));
  if (!isfinite(out->error) || by != PROPTER_BACK_DOOR) return PROPTER_OK;
  out->attempts = PROPTER_REFUTATIONS;
  return propter_refute(&data, ROUNDS, seed, out->attempt, err);
}

/* What decides it besides the panel. */
static PropterStatus doubt_key(const Unrolled *u, const PropterAdjustment *a, size_t resamples, PropterHash128 *key, PropterError *err) {
  PropterBuf what = {0};
  propter_buf_printf(&what, "%d %zu", (int)a->by, resamples);
  for (size_t c = 0; c < a->count + 2; c++) {
    const Moment *m = node_of(u, a, c);
    propter_buf_printf(&what, " %zu-%zu", m->series, m->back);
  }
  PropterStatus status = propter_buf_status(&what, err);
  if (!status) *key = link_doubt_key(u->x, propter_buf_str(&what));
  propter_buf_clear(&what);
  return status;
}

/* What is kept of it, else made and kept, but for each resample. `all`: by all steps, which the panel's key does not know where some are not over. */
static PropterStatus doubt(const Unrolled *u, bool all, const PropterAdjustment *a, size_t resamples, double *draws, LinkDoubt *out, PropterError *err) {
  Know *know = u->x->know;
  const LinkPanel *from = u->x;
  const bool keeps = !draws && (!all || !from->over);
  PropterHash128 key;
  Rows r;
  PROPTER_TRY(doubt_key(u, a, resamples, &key, err));
  if (keeps && link_doubt_get(know, key, out)) return PROPTER_OK;
  if (!all) PROPTER_TRY(link_resampled(u->x, &from, err));
  PROPTER_TRY(take_rows(u, from, a, &r, err));
  memset(out, 0, sizeof *out);
  PropterStatus status = resample(&r, a->by, resamples, know->options.score.seed, draws, out, err);
  propter_free(r.t);
  return status || !keeps ? status : link_doubt_put(know, key, out, err);
}

static PropterStatus tell_effect(const LinkPanel *x, const PropterEffectEstimate *e, const LinkDoubt *doubt, PropterMetricLink *out, PropterError *err) {
  const double reach = propter_normal_quantile(.975) * doubt->error;
  PropterRefutation *tries = propter_arena_alloc(x->arena, sizeof doubt->attempt);
  if (!tries) return propter_fail(err, PROPTER_NO_MEMORY, "refutations");
  memcpy(tries, doubt->attempt, sizeof doubt->attempt);
  out->value = e->value, out->low = e->value - reach, out->high = e->value + reach, out->rows = e->rows;
  out->refutation = tries, out->refutations = doubt->attempts;
  return PROPTER_OK;
}

static PropterStatus measure(const Unrolled *u, const PropterAdjustment *a, size_t resamples, PropterMetricLink *out, double *draws, PropterError *err) {
  const LinkPanel *x = u->x;
  Rows r;
  PropterEffectEstimate e;
  PropterError unfit;
  PROPTER_TRY(take_rows(u, x, a, &r, err));
  PropterStatus status = estimate(&r, a->by, &e, &unfit);
  propter_free(r.t);
  if (status == PROPTER_INVALID) { /* as collinear data: the sentence says why there is no number */
    PropterStr text = propter_arena_printf(x->arena, "%.*s; no estimate: %s", (int)out->adjustment.len, out->adjustment.data, unfit.message);
    if (!text.data) return propter_fail(err, PROPTER_NO_MEMORY, "an adjustment");
    out->adjustment = text;
    return PROPTER_OK;
  }
  if (status) return propter_fail(err, status, "%s", unfit.message);
  LinkDoubt resampled = {.error = NAN};
  if (x->over && !draws) PROPTER_TRY(doubt(u, false, a, resamples, NULL, &resampled, err));
  if (!isfinite(resampled.error)) PROPTER_TRY(doubt(u, true, a, resamples, draws, &resampled, err));
  return isfinite(resampled.error) ? tell_effect(x, &e, &resampled, out, err) : PROPTER_OK;
}

/* Does the cause (node 1) reach the outcome (node 0) by way of another of its parents? */
static bool has_other_way(const Unrolled *u) {
  bool reached[NODES] = {[1] = true};
  for (bool more = true; more;) {
    more = false;
    for (size_t a = 0; a < u->count; a++)
      for (size_t b = 1; b < u->count; b++)
        if (reached[a] && !reached[b] && is_parent(u, a, b)) reached[b] = more = true;
  }
  for (size_t k = 2; k < u->count; k++)
    if (reached[k] && is_parent(u, k, 0)) return true;
  return false;
}

/* With all that acts on the outcome beside the cause held fixed, what is left is the link alone (Pearl 2009, theorem 5.3.1). */
static void beside_parents(const Unrolled *u, PropterAdjustment *a) {
  *a = (PropterAdjustment){.by = PROPTER_BACK_DOOR};
  for (size_t k = 2; k < u->count && a->by; k++) {
    if (!is_parent(u, k, 0)) continue;
    if (!u->observed[k] || a->count == PROPTER_ADJUSTMENT) *a = (PropterAdjustment){.by = PROPTER_NOT_IDENTIFIED};
    else a->set[a->count++] = k;
  }
}

PropterStatus link_effect(const LinkPanel *x, size_t i, size_t j, size_t lag, LinkEffect which, size_t resamples, PropterMetricLink *out, double *draws,
                          PropterError *err) {
  if (x->graph.unseen[link_cell(x, lag, i, j)] == PROPTER_UNSEEN_SHOWN) {
    out->adjustment = PROPTER_STR("none shows: what comes before the cause does not reach the effect, so something unseen moves both");
    return PROPTER_OK;
  }
  Unrolled *u = propter_calloc(1, sizeof *u);
  PropterAdjustment a = {.by = PROPTER_NOT_IDENTIFIED};
  if (!u) return propter_fail(err, PROPTER_NO_MEMORY, "an effect");
  u->x = x, u->depth = 2 * x->lags;
  PropterStatus status = unroll(u, i, j, lag, err);
  PropterStatus found = status;
  if (!status && which == LINK_DIRECT && has_other_way(u)) beside_parents(u, &a);
  else if (!status) found = propter_identify(u->count, u->dag, 1, 0, u->observed, &a, err);
  if (!status && found == PROPTER_INVALID) { /* a cycle */
    out->adjustment = PROPTER_STR("cannot be told: links of one time lead in a circle, and knowledge does not say where it opens");
    a.by = PROPTER_NOT_IDENTIFIED;
  } else if (!(status = found)) status = say_adjustment(u, &a, &out->adjustment, err);
  if (!status) out->by = a.by;
  if (!status && a.by >= PROPTER_BACK_DOOR) status = measure(u, &a, resamples, out, draws, err);
  propter_free(u->dag);
  propter_free(u);
  return status;
}

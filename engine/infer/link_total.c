/* SPDX-License-Identifier: Apache-2.0 */
/* What setting one metric does to another: all ways through the graph of their links, each link measured by itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "links.h"
#include "propter/math.h"

/* `RESAMPLES` of the interval; most periods that an effect is followed through, or until what comes is less than a thousandth of the largest. */
enum { RESAMPLES = 200, PERIODS = 90 };

typedef struct {
  size_t from, to, lag, rank; /* rank: most links of one period that lead to its start */
  PropterMetricLink link;
  double *draws; /* RESAMPLES */
} Step;

typedef struct {
  const LinkPanel *x;
  size_t cause, outcome;
  bool *below, *above; /* p: may lie on a way: the cause leads there; it leads to the outcome */
  PROPTER_VEC(Step) steps;
} Ways;

static uint8_t mark(const LinkPanel *x, size_t lag, size_t i, size_t j) { return x->graph.mark[link_cell(x, lag, i, j)]; }

/* May i act on j? A link without direction may go either way. Nothing acts on what is set. */
static bool may_lead(const Ways *w, size_t lag, size_t i, size_t j) {
  if (j == w->cause || (i == j && !lag) || mark(w->x, lag, i, j) == PROPTER_NO_EDGE) return false;
  return link_acts(w->x, lag, i, j) || (!lag && mark(w->x, 0, j, i) == PROPTER_TAIL);
}

/* Marks what the cause may lead to, or what may lead to the outcome. */
static void spread(const Ways *w, bool down, bool *reached) {
  bool more = true;
  reached[down ? w->cause : w->outcome] = true;
  while (more) {
    more = false;
    for (size_t lag = 0; lag <= w->x->lags; lag++)
      for (size_t i = 0; i < w->x->p; i++)
        for (size_t j = 0; j < w->x->p; j++)
          if (may_lead(w, lag, i, j) && reached[down ? i : j] && !reached[down ? j : i]) reached[down ? j : i] = more = true;
  }
}

static bool is_on_the_way(const Ways *w, size_t lag, size_t i, size_t j) { return may_lead(w, lag, i, j) && w->below[i] && w->above[j]; }

static PropterStatus why_not(const LinkPanel *x, const PropterMetricLink *l, PropterTotalEffect *out, PropterError *err) {
  out->reason = propter_arena_printf(x->arena, "of the link from %.*s to %.*s on the way: %.*s", (int)l->cause_label.len, l->cause_label.data,
                                     (int)l->effect_label.len, l->effect_label.data, (int)l->adjustment.len, l->adjustment.data);
  return out->reason.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "a reason");
}

/* Measures each link on a way; the first that cannot be measured is the reason why the whole cannot. */
static PropterStatus measure_each(Ways *w, PropterTotalEffect *out, PropterError *err) {
  const LinkPanel *x = w->x;
  for (size_t c = 0; c < (x->lags + 1) * x->p * x->p && !out->reason.len; c++) {
    const size_t lag = c / (x->p * x->p), i = c / x->p % x->p, j = c % x->p;
    if (!is_on_the_way(w, lag, i, j)) continue;
    Step step = {.from = i, .to = j, .lag = lag, .draws = propter_arena_alloc(x->arena, RESAMPLES * sizeof(double))};
    if (!step.draws) return propter_fail(err, PROPTER_NO_MEMORY, "an effect");
    link_describe(x, i, j, lag, &step.link);
    if (step.link.directed) PROPTER_TRY(link_effect(x, i, j, lag, LINK_DIRECT, RESAMPLES, &step.link, step.draws, err));
    if (!isfinite(step.link.value)) PROPTER_TRY(why_not(x, &step.link, out, err));
    if (!propter_vec_push(&w->steps, step)) return propter_fail(err, PROPTER_NO_MEMORY, "%zu links", w->steps.count);
  }
  return PROPTER_OK;
}

static int by_order(const void *a, const void *b) {
  const Step *x = a, *y = b;
  if (!x->lag != !y->lag) return x->lag ? -1 : 1;
  if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
  if (x->lag != y->lag) return x->lag < y->lag ? -1 : 1;
  return x->from != y->from ? (x->from < y->from ? -1 : 1) : (x->to > y->to) - (x->to < y->to);
}

/* Those of one period behind those of earlier ones, and each behind all that lead to where it starts: so one round carries an effect through a period. */
static void put_in_order(Ways *w) {
  for (size_t round = 0; round < w->x->p; round++)
    for (size_t i = 0; i < w->steps.count; i++)
      for (size_t k = 0; k < w->steps.count && !w->steps.items[i].lag; k++)
        if (!w->steps.items[k].lag && w->steps.items[k].to == w->steps.items[i].from && w->steps.items[i].rank <= w->steps.items[k].rank)
          w->steps.items[i].rank = w->steps.items[k].rank + 1;
  qsort(w->steps.items, w->steps.count, sizeof *w->steps.items, by_order);
}

static double weight(const Step *s, size_t draw) { return draw == RESAMPLES ? s->link.value : s->draws[draw]; }

/* What one unit more in period 0 does to each metric in the periods from then on, by a resample's links (RESAMPLES: by the links themselves): at[k·p + v].
 * Returns the sum at the outcome. */
static double respond(const Ways *w, size_t draw, size_t periods, double *at) {
  const size_t p = w->x->p;
  double sum = 0;
  memset(at, 0, periods * p * sizeof *at);
  for (size_t k = 0; k < periods; k++) {
    at[k * p + w->cause] = k ? 0 : 1;
    for (size_t i = 0; i < w->steps.count; i++) {
      const Step *s = &w->steps.items[i];
      if (s->lag <= k) at[k * p + s->to] += weight(s, draw) * at[(k - s->lag) * p + s->from];
    }
    sum += at[k * p + w->outcome];
  }
  return sum;
}

/* Periods until nothing of a thousandth of the largest comes any more. */
static size_t settle(const Ways *w, const double *at) {
  double largest = 0;
  size_t last = 0;
  for (size_t k = 0; k < PERIODS; k++) largest = fmax(largest, fabs(at[k * w->x->p + w->outcome]));
  for (size_t k = 0; k < PERIODS; k++)
    if (fabs(at[k * w->x->p + w->outcome]) > largest / 1000) last = k;
  return last + 1;
}

static PropterStatus add_up(const Ways *w, PropterTotalEffect *out, PropterError *err) {
  double *at = propter_malloc(PERIODS * w->x->p * sizeof *at), mean = 0, square = 0;
  size_t done = 0;
  if (!at) return propter_fail(err, PROPTER_NO_MEMORY, "an effect");
  (void)respond(w, RESAMPLES, PERIODS, at);
  out->periods = settle(w, at);
  double *after = propter_arena_alloc(w->x->arena, out->periods * sizeof *after);
  for (size_t k = 0; k < out->periods && after; k++) after[k] = at[k * w->x->p + w->outcome];
  out->after = after;
  out->value = respond(w, RESAMPLES, out->periods, at);
  for (size_t b = 0; b < RESAMPLES; b++) {
    const double value = respond(w, b, out->periods, at), off = value - mean;
    if (isfinite(value)) mean += off / (double)++done, square += off * (value - mean);
  }
  propter_free(at);
  if (!after) return propter_fail(err, PROPTER_NO_MEMORY, "an effect");
  if (done * 2 <= RESAMPLES) {
    out->reason = PROPTER_STR("too few resamples of the periods could be fitted to tell an interval; more of them would be needed");
    return PROPTER_OK;
  }
  const double reach = propter_normal_quantile(.975) * sqrt(square / (double)(done - 1));
  out->identified = true, out->low = out->value - reach, out->high = out->value + reach;
  return PROPTER_OK;
}

static PropterStatus keep_links(const Ways *w, PropterTotalEffect *out, PropterError *err) {
  PropterMetricLink *kept = propter_arena_alloc(w->x->arena, w->steps.count * sizeof *kept);
  if (!kept) return propter_fail(err, PROPTER_NO_MEMORY, "%zu links", w->steps.count);
  for (size_t i = 0; i < w->steps.count; i++) kept[i] = w->steps.items[i].link;
  out->link = kept, out->links = w->steps.count;
  return PROPTER_OK;
}

/* A link by which a way from the one end to the other would lead, were it not due to something unseen. */
static bool is_broken_way(const Ways *w, size_t i, size_t j) { return (w->below[i] && w->above[j]) || (w->below[j] && w->above[i]); }

/* Keeps them as ways that cannot be followed, and names the first. */
static PropterStatus keep_unseen(Ways *w, PropterBuf *named, PropterError *err) {
  const LinkPanel *x = w->x;
  for (size_t c = 0; c < (x->lags + 1) * x->p * x->p; c++) {
    const size_t lag = c / (x->p * x->p), i = c / x->p % x->p, j = c % x->p;
    if (x->graph.unseen[c] != PROPTER_UNSEEN_SHOWN || x->graph.mark[c] != PROPTER_ARROW || !is_broken_way(w, i, j)) continue;
    Step step = {.from = i, .to = j, .lag = lag};
    link_describe(x, i, j, lag, &step.link);
    PROPTER_TRY(link_effect(x, i, j, lag, LINK_DIRECT, RESAMPLES, &step.link, NULL, err));
    if (!w->steps.count)
      propter_buf_printf(named,
                         ": something unseen moves %.*s and %.*s, and setting the one leaves the other where it is; the figures of that, put in as a metric",
                         (int)step.link.cause_label.len, step.link.cause_label.data, (int)step.link.effect_label.len, step.link.effect_label.data);
    if (!propter_vec_push(&w->steps, step)) return propter_fail(err, PROPTER_NO_MEMORY, "%zu links", w->steps.count);
  }
  return PROPTER_OK;
}

static PropterStatus say_no_way(Ways *w, PropterTotalEffect *out, PropterError *err) {
  PropterBuf text = {.max = 1 << 16};
  propter_buf_printf(&text, "no link leads from %.*s to %.*s in what %zu %ss show", (int)out->cause.len, out->cause.data, (int)out->outcome.len,
                     out->outcome.data, out->steps, out->closed ? "working day" : propter_grain_name(out->grain));
  PropterStatus status = keep_unseen(w, &text, err);
  if (!w->steps.count) propter_buf_printf(&text, ", which is no proof that it does nothing; more of them");
  propter_buf_printf(&text, ", a required link, or a dated event that set it would be needed");
  if (!status) status = keep(&text, w->x->arena, &out->reason, err);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus follow(Ways *w, PropterTotalEffect *out, PropterError *err) {
  spread(w, true, w->below), spread(w, false, w->above);
  if (!w->below[w->outcome]) {
    PROPTER_TRY(say_no_way(w, out, err));
    return keep_links(w, out, err);
  }
  PROPTER_TRY(measure_each(w, out, err));
  put_in_order(w);
  PROPTER_TRY(keep_links(w, out, err));
  return out->reason.len ? PROPTER_OK : add_up(w, out, err);
}

/* Why a metric is not among those searched. */
static PropterStr left_out(const LinkPanel *x, const KnowMetric *m) {
  for (size_t i = 0; i < x->left_out.count; i++)
    if (x->left_out.items[i].metric == m) return x->left_out.items[i].text;
  return PROPTER_STR("their periods are of another length, or one of them has too few");
}

PropterStatus propter_total_effect(PropterInferrer *know, PropterStr cause, PropterStr outcome, const PropterLinkOptions *options, PropterArena *arena,
                                   PropterTotalEffect *out, PropterError *err) {
  LinkPanel x;
  PropterLinkOptions o = *options;
  const PropterStr both[] = {outcome, cause};
  const KnowMetric *from = know_metric_named(know, cause), *to = know_metric_named(know, outcome);
  *out = (PropterTotalEffect){.value = NAN, .low = NAN, .high = NAN, .reason = {"", 0}, .method = link_method(&o)};
  if (!from || !to)
    return propter_fail(err, PROPTER_NOT_FOUND, "no metric is called \"%.*s\"", (int)(to ? cause : outcome).len, (to ? cause : outcome).data);
  if (from == to) return propter_fail(err, PROPTER_INVALID, "cause and outcome are one metric, %.*s", (int)from->def.label.len, from->def.label.data);
  o.metric = both, o.metrics = 2;
  PropterStatus status = link_panel_open(know, &o, arena, &x, err);
  Ways w = {.x = &x};
  if (!status) {
    w.cause = link_panel_find(&x, from), w.outcome = link_panel_find(&x, to);
    out->cause = from->def.label, out->outcome = to->def.label;
    out->grain = x.grain, out->closed = x.closed, out->steps = x.n;
    w.below = propter_calloc(x.p, sizeof *w.below), w.above = propter_calloc(x.p, sizeof *w.above);
    if (!w.below || !w.above) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu metrics", x.p);
    else if (w.cause == SIZE_MAX || w.outcome == SIZE_MAX) out->reason = left_out(&x, w.cause == SIZE_MAX ? from : to);
    else status = follow(&w, out, err);
  }
  propter_free(w.below), propter_free(w.above);
  propter_vec_clear(&w.steps);
  link_panel_close(&x);
  return status;
}

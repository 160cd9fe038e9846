/* SPDX-License-Identifier: Apache-2.0 */
/* How often events of a kind moved a measure: every documented event in the figure of its own scope, the level while it lasted against the level before, less
 * what the untouched slices did, in units of the same difference at other dates of that figure. Where several events share a place and a time it stays open
 * which of them acted: a noisy or (Pearl 1988) whose rates, one a kind, are found by expectation and maximisation. */
#include <math.h>
#include <string.h>

#include "../detect/baseline.h"
#include "judge.h"
#include "propter/math.h"

/* Periods of the level before (at least, at most), dates the difference is compared with, untouched slices, rounds, sizes of an effect. */
enum { LEAST_BEFORE = 7, MOST_BEFORE = 28, PLACES = 64, LEAST_PLACES = 12, MOST_OTHERS = 24, ROUNDS = 40, SIZES = 16 };

/* Differences in robust units have heavier tails than Gaussian ones. */
static const double still_freedom = 4, most_ratio = 30;

typedef struct {
  size_t event, kind;      /* kind: index into the history's */
  PropterDay first, last;
  double up, down;         /* density of the difference if something raised (lowered) the figure to that if nothing did */
  size_t rivals, rival;    /* other events there and then: kinds in rival_kind[rival …] */
} Study;

struct History {
  struct History *next;
  const KnowMetric *like; /* one of the measure's figures */
  KnowViews view;         /* by what it is studied: a window that is judged by months that are over hears of no later ones */
  PropterIds kinds;
  PROPTER_VEC(Study) studies;
  PROPTER_VEC(size_t) rival_kind;
};
typedef struct History History;

void history_clear(Know *know) {
  while (know->history) {
    History *h = know->history;
    know->history = h->next;
    propter_vec_clear(&h->kinds);
    propter_vec_clear(&h->studies);
    propter_vec_clear(&h->rival_kind);
    propter_free(h);
  }
}

/* One measure of one cube; a ratio stands for itself. */
static bool same_measure(const KnowMetric *a, const KnowMetric *b) {
  if (!a->def.dataset) return a->def.id == b->def.id;
  return a->def.dataset == b->def.dataset && a->def.measure == b->def.measure && a->def.grain == b->def.grain;
}

/* --- figures ------------------------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  KnowMetric *metric;
  KnowView *view;
  const PropterSeries *series;
  Baseline *base; /* NULL until it is asked for */
  double spread;
  Case controls; /* only its controls */
} Figure;

typedef struct {
  Know *know;
  History *history;
  double size[SIZES]; /* an event that moved its figure moved it by one of these */
  PROPTER_VEC(Figure) figures;
} Build;

static PropterStatus add_figure(Build *b, KnowMetric *m, PropterError *err) {
  Figure f = {.metric = m, .controls = {.know = b->know, .metric = m}};
  PROPTER_TRY(know_series(b->know, m, err));
  f.view = &m->view[m->view[b->history->view].series.count ? b->history->view : VIEW_WHOLE];
  f.series = &f.view->series;
  if (f.series->count < 2) return PROPTER_OK;
  PropterStatus status = controls_find(&f.controls, err);
  if (!status && b->know->memo) status = view_figures(f.view, err);
  if (!status && !propter_vec_push(&b->figures, f)) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu figures", b->figures.count);
  if (status) case_clear(&f.controls);
  return status;
}

static PropterStatus make_base(Figure *f, PropterError *err) {
  if (f->base) return PROPTER_OK;
  PropterScale scale;
  double *scratch = propter_malloc(2 * f->series->count * sizeof *scratch), usual;
  if (!scratch) return propter_fail(err, PROPTER_NO_MEMORY, "%zu periods", f->series->count);
  PropterStatus status = baseline_scaled(f->series, scratch, 0, false, &scale, &f->base, err);
  if (!status) baseline_standardise(f->base, scratch, scratch + f->base->n, &usual, &f->spread);
  propter_free(scratch);
  return status;
}

static void build_clear(Build *b) {
  for (size_t i = 0; i < b->figures.count; i++) {
    baseline_free(b->figures.items[i].base);
    case_clear(&b->figures.items[i].controls);
  }
  propter_vec_clear(&b->figures);
}

/* They stand in the order of the metrics. */
static Figure *figure_of(const Build *b, const KnowMetric *m) {
  size_t low = 0, high = b->figures.count;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (b->figures.items[mid].metric == m) return &b->figures.items[mid];
    if (b->figures.items[mid].metric < m) low = mid + 1;
    else high = mid;
  }
  return NULL;
}

/* Mean of `after` periods from `first` less the median of `before` periods before them, in units of the figure's changes. */
static bool difference(const Figure *f, int32_t first, size_t before, size_t after, double *out) {
  int64_t at = (int64_t)first - f->series->first;
  double level[MOST_BEFORE], mean = 0;
  bool whole = f->spread > 0 && at >= (int64_t)before && at + (int64_t)after <= (int64_t)f->base->n;
  for (size_t i = 0; i < after && whole; i++) whole = isfinite(mean += f->base->y[(size_t)at + i] / (double)after) != 0;
  for (size_t i = 0; i < before && whole; i++) whole = isfinite(level[i] = f->base->y[(size_t)at - before + i]) != 0;
  if (whole) *out = (mean - propter_median(level, before)) / f->spread;
  return whole;
}

/* The same less the median of those that the event leaves alone. */
static bool contrast(const Figure *own, Figure *const *other, size_t others, int32_t first, size_t before, size_t after, double *scratch, double *out) {
  size_t n = 0;
  double d;
  if (!difference(own, first, before, after, out)) return false;
  for (size_t i = 0; i < others; i++)
    if (difference(other[i], first, before, after, &d)) scratch[n++] = d;
  if (n) *out -= propter_median(scratch, n);
  return true;
}

/* --- one event ------------------------------------------------------------------------------------------------------------------------------------ */

/* The figure whose scope is the event's; else of those that it covers the one that is most of it. */
static Figure *own_figure(const Build *b, const KnowEvent *e) {
  Figure *best = NULL;
  double part, most = 0;
  for (size_t i = 0; i < b->figures.count; i++) {
    Figure *f = &b->figures.items[i];
    Relation r = scope_relation(b->know, &e->scope, &f->metric->scope, &part);
    if (r == RELATION_SAME) return f;
    if (r == RELATION_PARENT) (void)scope_relation(b->know, &f->metric->scope, &e->scope, &part);
    if (r == RELATION_PARENT && (!best || part > most)) best = f, most = part;
  }
  return best;
}

/* What is worth asking about is `moved_z` at least and beyond that as large as the unknown cause: with effects of next to nothing among them, no figure could
 * say that nothing was done. */
static void find_sizes(double size[SIZES], const PropterScoreOptions *o) {
  for (int k = 0; k < SIZES; k++) size[k] = o->moved_z + o->unknown_scale * propter_t_quantile(.5 + (k + .5) / (2 * SIZES), 3);
}

/* Density of a difference that something made to that of one that nothing made; `z` counts upwards. */
static double moved_ratio(double z, const double size[SIZES], const PropterScoreOptions *o) {
  double each[SIZES];
  for (int k = 0; k < SIZES; k++)
    each[k] = propter_t_log_density((z - size[k]) / hypot(1, o->dose_error * size[k]), still_freedom) - log(hypot(1, o->dose_error * size[k]));
  double ratio = propter_log_sum_exp(each, SIZES) - log(SIZES) - propter_t_log_density(z, still_freedom);
  return exp(fmax(-most_ratio, fmin(most_ratio, ratio)));
}

static PropterStatus kind_index(History *h, PropterId kind, size_t *out, PropterError *err) {
  for (*out = 0; *out < h->kinds.count; ++*out)
    if (h->kinds.items[*out] == kind) return PROPTER_OK;
  return propter_vec_push(&h->kinds, kind) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "%zu kinds", h->kinds.count);
}

/* What else is documented there and shares half of the time studied. */
static PropterStatus find_rivals(Build *b, const Figure *f, Study *s, PropterError *err) {
  History *h = b->history;
  const KnowEvent *e = &b->know->events.items[s->event];
  s->rival = h->rival_kind.count;
  for (size_t i = 0; i < b->know->events.count; i++) {
    const KnowEvent *x = &b->know->events.items[i];
    double part;
    size_t kind;
    if (x == e || x->told || x->start == PROPTER_NO_DAY || !x->kind || same_event(b->know, e, x)) continue;
    if (!event_shares(x, s->first, s->last)) continue;
    if (scope_relation(b->know, &x->scope, &f->metric->scope, &part) == RELATION_DISJOINT) continue;
    PROPTER_TRY(kind_index(h, x->kind, &kind, err));
    if (!propter_vec_push(&h->rival_kind, kind)) return propter_fail(err, PROPTER_NO_MEMORY, "rivals");
    s->rivals++;
  }
  return PROPTER_OK;
}

/* An event's figure, those that it leaves alone, and the time studied. */
typedef struct {
  Figure *own, *other[MOST_OTHERS];
  size_t others;
  int32_t first;
  size_t before, after;
} Design;

/* By how many robust standard errors the figure moved in that time; NaN: the figures do not tell. */
static PropterStatus measure(const Design *d, double *z, PropterError *err) {
  const PropterSeries *series = d->own->series;
  const size_t span = d->before + d->after;
  double scratch[MOST_OTHERS], place[PLACES], own;
  size_t n = 0;
  *z = NAN;
  PROPTER_TRY(make_base(d->own, err));
  for (size_t i = 0; i < d->others; i++) PROPTER_TRY(make_base(d->other[i], err));
  if (!contrast(d->own, d->other, d->others, d->first, d->before, d->after, scratch, &own)) return PROPTER_OK;
  for (size_t k = 0; k < PLACES && series->count > span; k++)
    n += contrast(d->own, d->other, d->others, series->first + (int32_t)(d->before + k * (series->count - span) / (PLACES - 1)), d->before, d->after, scratch,
                  &place[n]);
  const double usual = n >= LEAST_PLACES ? propter_median(place, n) : 0, spread = n >= LEAST_PLACES ? propter_mad(place, n, usual) : 0;
  if (spread > 0) *z = (own - usual) / spread;
  return PROPTER_OK;
}

/* The same from the memo where it is there: it rests on the figures and the time alone. */
static PropterStatus measure_kept(Memo *memo, const Design *d, double *z, PropterError *err) {
  PropterHash128 figures[MOST_OTHERS + 1] = {d->own->view->figures}, key;
  PropterStr kept;
  if (!memo) return measure(d, z, err);
  for (size_t i = 0; i < d->others; i++) figures[i + 1] = d->other[i]->view->figures;
  key = propter_hash128((PropterStr){(const char *)figures, (d->others + 1) * sizeof *figures});
  key = kept_key(kept_key(key, KEPT_STUDY, d->before, d->after), KEPT_STUDY, (size_t)(uint32_t)d->first, 0);
  if (memo_get(memo, key, &kept) && kept.len == sizeof *z) {
    memcpy(z, kept.data, sizeof *z);
    return PROPTER_OK;
  }
  PROPTER_TRY(measure(d, z, err));
  return memo_put(memo, key, (PropterStr){(const char *)z, sizeof *z}, err);
}

static PropterStatus study(Build *b, size_t event, PropterError *err) {
  const KnowEvent *e = &b->know->events.items[event];
  Figure *f = own_figure(b, e);
  if (!f) return PROPTER_OK;
  Case c = {.know = b->know, .metric = f->metric};
  int32_t first, last;
  double part, z;
  event_study_periods(&c, e, &first, &last);
  if (last < first) return PROPTER_OK;
  const size_t after = (size_t)(last - first) + 1;
  Design d = {.own = f, .first = first, .before = after < LEAST_BEFORE ? LEAST_BEFORE : after > MOST_BEFORE ? MOST_BEFORE : after, .after = after};
  for (size_t i = 0; i < f->controls.controls.count && d.others < MOST_OTHERS; i++) {
    Figure *x = figure_of(b, f->controls.controls.items[i]);
    if (x && scope_relation(b->know, &e->scope, &x->metric->scope, &part) == RELATION_DISJOINT) d.other[d.others++] = x;
  }
  PROPTER_TRY(measure_kept(b->know->memo, &d, &z, err));
  if (isnan(z)) return PROPTER_OK;
  const PropterScoreOptions *o = &b->know->options.score;
  Study s = {.event = event, .first = propter_period_first(f->series->grain, first), .last = propter_period_last(f->series->grain, last),
             .up = moved_ratio(z, b->size, o), .down = moved_ratio(-z, b->size, o)};
  PROPTER_TRY(kind_index(b->history, e->kind, &s.kind, err));
  PROPTER_TRY(find_rivals(b, f, &s, err));
  return propter_vec_push(&b->history->studies, s) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "%zu events", b->history->studies.count);
}

/* The second and further names of one event say nothing more. */
static bool is_repeated(Know *know, size_t event) {
  for (size_t i = 0; i < event; i++)
    if (!know->events.items[i].told && same_event(know, &know->events.items[i], &know->events.items[event])) return true;
  return false;
}

static PropterStatus build(Know *know, const KnowMetric *like, KnowViews view, History **out, PropterError *err) {
  Build b = {.know = know, .history = propter_calloc(1, sizeof *b.history)};
  PropterStatus status = b.history ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "earlier events");
  if (status) return status;
  *b.history = (History){.next = know->history, .like = like, .view = view};
  know->history = *out = b.history;
  find_sizes(b.size, &know->options.score);
  for (size_t i = 0; i < know->metrics.count && !status; i++)
    if (same_measure(like, &know->metrics.items[i])) status = add_figure(&b, &know->metrics.items[i], err);
  for (size_t i = 0; i < know->events.count && !status; i++) {
    const KnowEvent *e = &know->events.items[i];
    if (!e->told && e->kind && e->start != PROPTER_NO_DAY && !is_repeated(know, i)) status = study(&b, i, err);
  }
  build_clear(&b);
  return status;
}

/* --- rates ---------------------------------------------------------------------------------------------------------------------------------------- */

static bool is_member(const Cause *cause, size_t event) {
  for (size_t i = 0; i < cause->members.count; i++)
    if (cause->members.items[i] == event) return true;
  return false;
}

/* What is asked about does not vouch for itself. */
static bool is_another(const Case *c, const Study *s) {
  for (size_t i = 0; i < c->causes.count; i++)
    if (is_member(&c->causes.items[i], s->event)) return false;
  return s->last < c->before || s->first > c->last;
}

/* What the rates are learned from and what is found with them, for one case. */
typedef struct {
  bool *another;     /* [studies]: is_another */
  bool *covered;     /* [kinds]: by the kind of the cause at hand */
  double *past;      /* [studies] */
  double *rate, *sum; /* [kinds], [2 × kinds]: room */
} Learning;

/* past[i]: likelihood ratio that study i's event moved its figure this way, when the rates of the kinds of the others there are what all studies together say.
 */
static void expect(const Case *c, const History *h, int sign, const Learning *l) {
  const PropterScoreOptions *o = &c->know->options.score;
  size_t kinds = h->kinds.count;
  double mean = .5, *past = l->past, *rate = l->rate, *sum = l->sum;
  for (size_t k = 0; k < kinds; k++) rate[k] = mean;
  for (int round = 0; round < ROUNDS; round++) {
    double all = 1, total = 2;
    for (size_t k = 0; k < 2 * kinds; k++) sum[k] = 0;
    for (size_t i = 0; i < h->studies.count; i++) {
      const Study *s = &h->studies.items[i];
      if (!l->another[i]) continue;
      double still = 1 - o->unknown_rate, ratio = sign > 0 ? s->up : s->down, own = rate[s->kind];
      for (size_t k = 0; k < s->rivals; k++) still *= 1 - rate[h->rival_kind.items[s->rival + k]];
      past[i] = ratio / ((1 - still) * ratio + still);
      double acted = own * past[i] / (own * past[i] + 1 - own);
      sum[s->kind] += acted, sum[kinds + s->kind]++;
      all += acted, total++;
    }
    mean = all / total;
    for (size_t k = 0; k < kinds; k++) rate[k] = (o->history_weight * mean + sum[k]) / (o->history_weight + sum[kinds + k]);
  }
}

static PropterStatus keep_past(const Case *c, const History *h, const Learning *l, Cause *cause, PropterError *err) {
  PropterId kind = cause->root == SIZE_MAX ? cause->id : c->know->events.items[cause->root].kind;
  for (size_t k = 0; k < h->kinds.count; k++) l->covered[k] = kind && concept_covers(c->know, kind, h->kinds.items[k]);
  double *kept = propter_arena_alloc(c->arena, h->studies.count * sizeof *kept);
  PropterCandidate *n = &cause->number;
  if (!kept) return propter_fail(err, PROPTER_NO_MEMORY, "%zu events", h->studies.count);
  for (size_t i = 0; i < h->studies.count; i++)
    if (l->another[i] && l->covered[h->studies.items[i].kind]) kept[n->pasts++] = l->past[i];
  n->past = kept;
  return PROPTER_OK;
}

/* Which way it is said to move the figure; else the way that is asked about. */
static int said_way(const Case *c, const PropterCandidate *n) {
  if (n->effect.has_dose && n->effect.dose != 0) return n->effect.dose > 0 ? 1 : -1;
  return n->direction ? n->direction : c->sign;
}

PropterStatus history_find(Case *c, PropterError *err) {
  History *h = c->know->history;
  KnowViews view = c->view == &c->metric->view[VIEW_CLOSED] ? VIEW_CLOSED : VIEW_WHOLE;
  if (!c->causes.count) return PROPTER_OK;
  while (h && (h->view != view || !same_measure(h->like, c->metric))) h = h->next;
  if (!h) PROPTER_TRY(build(c->know, c->metric, view, &h, err));
  size_t n = h->studies.count, kinds = h->kinds.count;
  PropterStatus status = PROPTER_OK;
  if (!n) return PROPTER_OK;
  Learning l = {.another = propter_malloc((n + kinds) * sizeof *l.another), .past = propter_malloc((n + 3 * kinds) * sizeof *l.past)};
  if (!l.another || !l.past) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu events", n);
  else l.covered = l.another + n, l.rate = l.past + n, l.sum = l.rate + kinds;
  for (size_t i = 0; i < n && !status; i++) l.another[i] = is_another(c, &h->studies.items[i]);
  for (int sign = -1; sign <= 1 && !status; sign += 2) {
    bool known = false; /* what was expected of that sign */
    for (size_t i = 0; i < c->causes.count && !status; i++) {
      if (said_way(c, &c->causes.items[i].number) != sign) continue;
      if (!known) expect(c, h, sign, &l);
      known = true;
      status = keep_past(c, h, &l, &c->causes.items[i], err);
    }
  }
  propter_free(l.another);
  propter_free(l.past);
  return status;
}

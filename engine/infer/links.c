/* SPDX-License-Identifier: Apache-2.0 */
#include "links.h"

#include <math.h>
#include <string.h>

#include "../detect/baseline.h"
#include "../graph/id.h"
#include "patterns.h"
#include "propter/math.h"

/* As the detectors have it: one common spike makes no association. */
static const double drawn_in = 3.5;
enum { FEWEST_STEPS = 48, MOST_LAGS = 30, LAGS = 3, RESAMPLES = 100 };

/* --- which metrics ------------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus add_place(const PropterMember *member, size_t count, PropterIds *place, PropterError *err) {
  for (size_t i = 0; i < count; i++)
    if (!propter_vec_push(place, member[i].concept_id)) return propter_fail(err, PROPTER_NO_MEMORY, "place of a metric");
  return PROPTER_OK;
}

static PropterStatus place_of(const KnowMetric *m, PropterIds *place, PropterError *err) {
  PROPTER_TRY(add_place(m->def.fixed, m->def.fixed_count, place, err));
  PROPTER_TRY(add_place(m->slice, m->slice_count, place, err));
  ids_sort(place, 0);
  return PROPTER_OK;
}

static bool apart(const Know *know, const PropterIds *a, const PropterIds *b) {
  double part;
  return a->count && b->count && scope_relation(know, a, b, &part) == RELATION_DISJOINT;
}

static PropterStatus leave_out(LinkPanel *x, const KnowMetric *m, const char *why, PropterError *err) {
  const LinkLeftOut one = {m, propter_arena_printf(x->arena, "%.*s: %s", (int)m->def.label.len, m->def.label.data, why)};
  return one.text.data && propter_vec_push(&x->left_out, one) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "metrics left out");
}

/* Drops metric i of those listed. */
static void drop_metric(LinkPanel *x, size_t i) {
  propter_vec_clear(&x->place[i]);
  memmove(x->metric + i, x->metric + i + 1, (x->p - i - 1) * sizeof *x->metric);
  memmove(x->place + i, x->place + i + 1, (x->p - i - 1) * sizeof *x->place);
  x->place[--x->p] = (PropterIds){0};
}

static bool is_named(KnowMetric *const *named, size_t count, const KnowMetric *m) {
  for (size_t i = 0; i < count; i++)
    if (named[i] == m) return true;
  return false;
}

/* Those asked about and those of overlapping places. */
static PropterStatus list_metrics(LinkPanel *x, PropterError *err) {
  KnowMetric **named = NULL;
  size_t count = 0;
  PROPTER_TRY(metrics_named(x->know, x->o->metric, x->o->metrics, &named, &count, err));
  PropterStatus status = metrics_named(x->know, x->o->among, x->o->amongs, &x->metric, &x->p, err);
  size_t all = x->p;
  if (!status && !(x->place = propter_calloc(all + 1, sizeof *x->place))) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu metrics", all);
  for (size_t i = 0; i < all && !status; i++) status = place_of(x->metric[i], &x->place[i], err);
  for (size_t i = x->p; i-- > 0 && !status && x->o->metrics;) {
    bool near = is_named(named, count, x->metric[i]);
    for (size_t k = 0; k < count && !near && !status; k++) {
      PropterIds place = {0};
      status = place_of(named[k], &place, err);
      near = !apart(x->know, &place, &x->place[i]);
      propter_vec_clear(&place);
    }
    if (!near) drop_metric(x, i);
  }
  for (size_t k = 0; k < count && !status && x->o->metrics; k++)
    if (link_panel_find(x, named[k]) == SIZE_MAX)
      status = propter_fail(err, PROPTER_INVALID, "metric <%.*s> is asked about, but not among those to be searched", (int)named[k]->def.iri.len,
                            named[k]->def.iri.data);
  propter_free(named);
  return status;
}

size_t link_panel_find(const LinkPanel *x, const KnowMetric *metric) {
  for (size_t i = 0; i < x->p; i++)
    if (x->metric[i] == metric) return i;
  return SIZE_MAX;
}

/* --- their common periods -------------------------------------------------------------------------------------------------------------------------- */

static const PropterSeries *series_of(const LinkPanel *x, size_t i) { return &x->metric[i]->view[x->view].series; }

/* The grain of the first metric asked about, else that of most. */
static PropterGrain choose_grain(const LinkPanel *x) {
  size_t votes[PROPTER_GRAIN_YEAR + 1] = {0};
  PropterGrain best = PROPTER_GRAIN_DAY;
  KnowMetric *asked = x->o->metrics ? know_metric_named(x->know, x->o->metric[0]) : NULL;
  if (asked) return asked->def.grain;
  for (size_t i = 0; i < x->p; i++) votes[x->metric[i]->def.grain]++;
  for (int g = PROPTER_GRAIN_DAY; g <= PROPTER_GRAIN_YEAR; g++)
    if (votes[g] > votes[best]) best = (PropterGrain)g;
  return best;
}

static PropterStatus keep_comparable(LinkPanel *x, PropterError *err) {
  size_t longest = 0;
  x->grain = choose_grain(x);
  for (size_t i = 0; i < x->p; i++) PROPTER_TRY(know_series(x->know, x->metric[i], err));
  for (size_t i = 0; i < x->p; i++) {
    const PropterSeries *s = series_of(x, i);
    if (s->grain == x->grain && series_figures(s) > longest) longest = series_figures(s);
  }
  for (size_t i = x->p; i-- > 0;) {
    const PropterSeries *s = series_of(x, i);
    PropterLeftOut empty = {.reason = {"", 0}};
    if (!s->count) PROPTER_TRY(left_out_metric(x->know, x->metric[i], x->arena, &empty, err));
    const char *why = empty.reason.len            ? empty.reason.data
                      : s->grain != x->grain      ? "its periods are of another length"
                      : series_figures(s) * 2 < longest ? "it has less than half of the periods of the longest series"
                                                  : NULL;
    if (!why) continue;
    PROPTER_TRY(leave_out(x, x->metric[i], why, err));
    drop_metric(x, i);
  }
  return PROPTER_OK;
}

double link_above_level(const LinkPanel *x, size_t series, size_t step, size_t origin) {
  const double *value = x->value + series * x->n;
  double before = 0;
  size_t n = 0;
  for (size_t t = origin > LINK_LEVEL ? origin - LINK_LEVEL : 0; t < origin; t++)
    if (!isnan(value[t])) before += value[t], n++;
  return n * 2 >= LINK_LEVEL ? value[step] - before / (double)n : NAN;
}

size_t link_step(const LinkPanel *x, int32_t period) {
  size_t low = 0, high = x->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (x->period[middle] < period) low = middle + 1;
    else high = middle;
  }
  return low;
}

void link_window_back(const LinkPanel *x, size_t lag, int32_t *first, int32_t *last) {
  size_t from = link_step(x, *first), end = *last < INT32_MAX ? link_step(x, *last + 1) : x->n;
  bool inside = x->n && *first >= x->period[0] && *last <= x->period[x->n - 1] && from >= lag && from < end;
  *first = inside ? x->period[from - lag] : *first - (int32_t)lag;
  *last = inside ? x->period[end - 1 - lag] : *last - (int32_t)lag;
}

/* Without its season, and its changes. */
static PropterStatus fill_row(const LinkPanel *x, size_t i, PropterError *err) {
  const PropterSeries *s = series_of(x, i);
  Baseline *b = NULL;
  size_t at = (size_t)(x->period[0] - s->first);
  PROPTER_TRY(baseline_changes(s, 0, &b, err));
  memcpy(x->value + i * x->n, b->y + at, x->n * sizeof *b->y);
  memcpy(x->own + i * x->n, b->change + at, x->n * sizeof *b->change);
  baseline_free(b);
  return PROPTER_OK;
}

/* What part of a change the next one takes back, as minus their correlation: a half of noise around a level, none of a level that wanders. */
static double taken_back(const double *own, size_t n) {
  double product = 0, square = 1e-300;
  for (size_t t = 1; t < n; t++)
    if (!isnan(own[t]) && !isnan(own[t - 1])) product += own[t] * own[t - 1], square += own[t] * own[t];
  return -product / square;
}

enum { WEEK = 7 };
static int weekday(int32_t day) { return propter_day_weekday(day) - 1; }

/* Flags the days of the week on which one of the series never has a figure, if it has some on most. */
static bool find_closed(const LinkPanel *x, bool closed[WEEK]) {
  bool any = false;
  for (size_t i = 0; i < x->p; i++) {
    bool seen[WEEK] = {false};
    size_t days = 0;
    for (size_t t = 0; t < x->n; t++) seen[weekday(x->period[t])] |= !isnan(x->value[i * x->n + t]);
    for (size_t d = 0; d < WEEK; d++) days += seen[d];
    for (size_t d = 0; d < WEEK && 2 * days > WEEK; d++) closed[d] |= !seen[d], any |= !seen[d];
  }
  return any;
}

static bool is_seen(const LinkPanel *x, size_t t) {
  for (size_t i = 0; i < x->p; i++)
    if (!isnan(x->value[i * x->n + t])) return true;
  return false;
}

/* Where a series has no weekends, Friday and Monday are neighbours, for all; days without any figure, holidays, are none either. */
static void leave_out_closed(LinkPanel *x) {
  bool closed[WEEK] = {false};
  size_t n = 0, before = x->n;
  if (x->grain != PROPTER_GRAIN_DAY || !find_closed(x, closed)) return;
  for (size_t t = 0; t < before; t++) {
    if (closed[weekday(x->period[t])] || !is_seen(x, t)) continue;
    x->period[n] = x->period[t];
    for (size_t i = 0; i < x->p; i++) x->value[i * before + n] = x->value[i * before + t];
    n++;
  }
  x->n = n, x->closed = before - n;
  for (size_t i = 0; i < x->p; i++) {
    double *value = x->value + i * n, *own = x->own + i * n;
    memmove(value, x->value + i * before, n * sizeof *value);
    for (size_t t = 0; t < n; t++) own[t] = t ? value[t] - value[t - 1] : NAN;
  }
}

static void standardise(const LinkPanel *x, size_t i, double *scratch) {
  double *own = x->own + i * x->n, *out = x->standard + i * x->n;
  size_t n = 0;
  for (size_t t = 0; t < x->n; t++) {
    if (x->levels) own[t] = link_above_level(x, i, t, t);
    if (!isnan(own[t])) scratch[n++] = own[t];
  }
  double middle = n ? propter_median(scratch, n) : 0, spread = n ? propter_mad(scratch, n, middle) : 0;
  for (size_t t = 0; t < x->n; t++) out[t] = spread > 0 ? fmax(-drawn_in, fmin(drawn_in, (own[t] - middle) / spread)) : own[t];
  for (size_t t = 0; t < x->n; t++)
    if (isnan(own[t])) out[t] = NAN; /* fmin would take the bound */
}

/* The same of every series, since what one does to another is that of their distances only if both are taken alike. */
static PropterStatus fill_rows(LinkPanel *x, PropterError *err) {
  const double half_way = .25; /* between a level that wanders and one that is returned to */
  double *scratch = propter_malloc((x->p + x->n) * sizeof *scratch);
  PropterStatus status = scratch ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "%zu series", x->p);
  for (size_t i = 0; i < x->p && !status; i++) status = fill_row(x, i, err);
  if (!status) leave_out_closed(x);
  for (size_t i = 0; i < x->p && !status; i++) scratch[i] = taken_back(x->own + i * x->n, x->n);
  if (!status && x->view == VIEW_WHOLE)
    x->levels = x->o->as == PROPTER_LINKS_LEVELS || (x->o->as == PROPTER_LINKS_AS_THEY_ARE && propter_median(scratch, x->p) > half_way);
  for (size_t i = 0; i < x->p && !status; i++) standardise(x, i, scratch);
  propter_free(scratch);
  return status;
}

/* Steps that every series has, and `depth` before them. */
static size_t whole_steps(const size_t *missing, size_t n, size_t depth) {
  size_t run = 0, whole = 0;
  for (size_t t = 0; t < n; t++) {
    run = missing[t] ? 0 : run + 1;
    whole += run > depth;
  }
  return whole;
}

/* Takes series i out of the panel. */
static void drop_row(LinkPanel *x, size_t i) {
  double *const part[] = {x->value, x->own, x->standard};
  for (size_t k = 0; k < sizeof part / sizeof *part; k++) memmove(part[k] + i * x->n, part[k] + (i + 1) * x->n, (x->p - i - 1) * x->n * sizeof(double));
  drop_metric(x, i);
}

static bool is_asked(const LinkPanel *x, size_t i) {
  for (size_t k = 0; k < x->o->metrics; k++)
    if (know_metric_named(x->know, x->o->metric[k]) == x->metric[i]) return true;
  return false;
}

/* The metric with most gaps that nobody asked about; SIZE_MAX: none has any. */
static size_t most_gaps(const LinkPanel *x) {
  size_t worst = SIZE_MAX, most = 0;
  for (size_t i = 0; i < x->p; i++) {
    size_t gaps = 0;
    for (size_t t = 0; t < x->n; t++) gaps += isnan(x->standard[i * x->n + t]) ? 1 : 0;
    if (!is_asked(x, i) && gaps > most) most = gaps, worst = i;
  }
  return worst;
}

static bool is_still(const LinkPanel *x, size_t i) {
  size_t n = 0;
  for (size_t t = 0; t < x->n; t++) {
    if (isnan(x->own[i * x->n + t])) continue;
    if (x->own[i * x->n + t] != 0) return false;
    n++;
  }
  return n > 0;
}

/* One is a multiple of the other wherever both have figures. */
static bool are_one(const LinkPanel *x, size_t i, size_t j) {
  const double *a = x->own + i * x->n, *b = x->own + j * x->n, exact = 1e-9;
  double ratio = NAN;
  size_t both = 0;
  for (size_t t = 0; t < x->n; t++) {
    if (isnan(a[t]) || isnan(b[t])) continue;
    if (isnan(ratio) && a[t] != 0) ratio = b[t] / a[t];
    if (fabs(b[t] - (isnan(ratio) ? 0 : ratio * a[t])) > exact * fabs(b[t])) return false;
    both++;
  }
  return both >= FEWEST_STEPS && ratio != 0 && !isnan(ratio);
}

/* The metric that stays instead of metric i; x->p: none does. */
static size_t original_of(const LinkPanel *x, size_t i) {
  for (size_t j = 0; j < x->p; j++)
    if (j != i && (j < i || is_asked(x, j)) && are_one(x, i, j)) return j;
  return x->p;
}

/* Nothing can be told of what never changes, and whatever is found of one of two that are one holds for the other. */
static PropterStatus leave_out_copies(LinkPanel *x, PropterError *err) {
  for (size_t i = x->p; i-- > 0;) {
    if (is_asked(x, i)) continue;
    const size_t original = original_of(x, i);
    const char *why = is_still(x, i) ? "it never changes" : NULL;
    if (original < x->p) {
      const PropterStr label = x->metric[original]->def.label;
      why = propter_arena_printf(x->arena, "its figures are those of %.*s, or a multiple of them", (int)label.len, label.data).data;
      if (!why) return propter_fail(err, PROPTER_NO_MEMORY, "metrics left out");
    }
    if (!why) continue;
    PROPTER_TRY(leave_out(x, x->metric[i], why, err));
    drop_row(x, i);
  }
  return PROPTER_OK;
}

/* Only steps count that all series have, and the steps before them as far as a search looks back: a few series with gaps would leave none. */
static PropterStatus leave_out_gaps(LinkPanel *x, PropterError *err) {
  const size_t depth = 2 * x->lags;
  size_t *missing = propter_calloc(x->n + 1, sizeof *missing), worst;
  PropterStatus status = missing ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "%zu periods", x->n);
  for (size_t c = 0; c < x->p * x->n && !status; c++) missing[c % x->n] += isnan(x->standard[c]) ? 1 : 0;
  while (!status && x->p > 2 && whole_steps(missing, x->n, depth) < FEWEST_STEPS && (worst = most_gaps(x)) != SIZE_MAX) {
    for (size_t t = 0; t < x->n; t++) missing[t] -= isnan(x->standard[worst * x->n + t]) ? 1 : 0;
    status = leave_out(x, x->metric[worst], "its gaps leave too few periods that all have", err);
    drop_row(x, worst);
  }
  propter_free(missing);
  return status;
}

/* The days of the week on which a series of days has figures. */
static void days_seen(const PropterSeries *s, bool seen[WEEK]) {
  memset(seen, 0, WEEK * sizeof *seen);
  for (size_t t = 0; t < s->count; t++) seen[weekday(s->first + (int32_t)t)] |= !isnan(s->value[t]);
}

/* INVALID where the series have no day of the week in common: which has figures on which. */
static PropterStatus share_days(const LinkPanel *x, PropterError *err) {
  static const char *const names[WEEK] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  enum { NAMED = 3 };
  bool seen[WEEK], shared[WEEK] = {true, true, true, true, true, true, true}, any = x->grain != PROPTER_GRAIN_DAY;
  for (size_t i = 0; i < x->p && !any; i++) {
    days_seen(series_of(x, i), seen);
    for (size_t d = 0; d < WEEK; d++) shared[d] &= seen[d];
  }
  for (size_t d = 0; d < WEEK; d++) any |= shared[d];
  if (any) return PROPTER_OK;
  PropterBuf out = {.max = 1 << 16};
  for (size_t i = 0; i < x->p && i < NAMED; i++) {
    const PropterStr label = x->metric[i]->def.label;
    days_seen(series_of(x, i), seen);
    propter_buf_printf(&out, "%s%.*s has figures on", i ? "; " : "", (int)label.len, label.data);
    for (size_t d = 0, n = 0; d < WEEK; d++)
      if (seen[d]) propter_buf_printf(&out, "%s%s", n++ ? ", " : " ", names[d]);
  }
  const PropterStr text = propter_buf_str(&out);
  PropterStatus status = propter_buf_status(&out, err);
  if (!status) status = propter_fail(err, PROPTER_INVALID, "the %zu metrics have no day of the week in common: %.*s", x->p, (int)text.len, text.data);
  propter_buf_clear(&out);
  return status;
}

/* Periods that all have, from the first of them on. */
static size_t common_periods(const LinkPanel *x, int32_t *from) {
  int64_t first = INT64_MIN, end = INT64_MAX;
  for (size_t i = 0; i < x->p; i++) {
    const PropterSeries *s = series_of(x, i);
    if (s->first > first) first = s->first;
    if ((int64_t)s->first + (int64_t)s->count < end) end = (int64_t)s->first + (int64_t)s->count;
  }
  *from = (int32_t)first;
  return end > first ? (size_t)(end - first) : 0;
}

static PropterStatus fill_steps(LinkPanel *x, int32_t first, size_t n, PropterError *err) {
  x->n = n;
  x->value = propter_malloc(3 * x->p * x->n * sizeof *x->value);
  x->period = propter_malloc(x->n * sizeof *x->period);
  if (!x->value || !x->period) return propter_fail(err, PROPTER_NO_MEMORY, "%zu series of %zu periods", x->p, x->n);
  x->own = x->value + x->p * x->n, x->standard = x->own + x->p * x->n;
  for (size_t t = 0; t < x->n; t++) x->period[t] = first + (int32_t)t;
  return fill_rows(x, err);
}

/* Of the periods from `first` on those with a figure of every series. */
static size_t whole_periods(const LinkPanel *x, int32_t first, size_t n) {
  size_t whole = 0;
  for (size_t t = 0; t < n; t++) {
    bool seen = true;
    for (size_t i = 0; i < x->p && seen; i++) seen = !isnan(series_of(x, i)->value[(size_t)(first - series_of(x, i)->first) + t]);
    whole += seen;
  }
  return whole;
}

static void drop_over(LinkPanel *x) {
  if (!x->over) return;
  propter_free(x->over->value);
  propter_free(x->over->period);
  x->over = NULL, x->until = PROPTER_NO_DAY;
}

/* What resamples are drawn from, where the months that are over have most of the whole periods; else it stays NULL. */
static PropterStatus find_over(LinkPanel *x, PropterError *err) {
  const double most = .9;
  int32_t first, first_over;
  LinkPanel *over = propter_arena_alloc(x->arena, sizeof *over);
  if (!over) return propter_fail(err, PROPTER_NO_MEMORY, "%zu series", x->p);
  *over = *x;
  over->view = VIEW_CLOSED, over->value = NULL, over->period = NULL;
  const size_t n = common_periods(x, &first), n_over = common_periods(over, &first_over);
  if (n_over < FEWEST_STEPS || (double)whole_periods(over, first_over, n_over) < most * (double)whole_periods(x, first, n)) return PROPTER_OK;
  x->over = over, x->until = propter_period_last(x->grain, first_over + (int32_t)n_over - 1);
  return PROPTER_OK;
}

PropterStatus link_resampled(const LinkPanel *x, const LinkPanel **out, PropterError *err) {
  int32_t first;
  *out = x->over ? x->over : x;
  if (!x->over || x->over->value) return PROPTER_OK;
  const size_t n = common_periods(x->over, &first);
  return fill_steps(x->over, first, n, err);
}

static PropterStatus need_two(const LinkPanel *x, PropterError *err) {
  if (x->p >= 2) return PROPTER_OK;
  return propter_fail(err, PROPTER_INVALID, "links are sought between metrics, and %s can be searched", x->p ? "only one" : "none");
}

static PropterStatus fill_panel(LinkPanel *x, PropterError *err) {
  int32_t first;
  PROPTER_TRY(need_two(x, err));
  const size_t n = common_periods(x, &first);
  if (n < FEWEST_STEPS)
    return propter_fail(err, PROPTER_INVALID, "the %zu metrics have %zu periods in common, expected at least %d: name those to be searched", x->p, n,
                        FEWEST_STEPS);
  PROPTER_TRY(fill_steps(x, first, n, err));
  PROPTER_TRY(leave_out_copies(x, err));
  PROPTER_TRY(need_two(x, err));
  PROPTER_TRY(leave_out_gaps(x, err));
  return share_days(x, err);
}

/* --- what is known beforehand ----------------------------------------------------------------------------------------------------------------------- */

/* The id is the metric, or what it measures, or something broader. */
static bool means(const Know *know, PropterId id, const KnowMetric *m) {
  return id && (id == m->def.id || (m->def.concept_id && (id == m->def.concept_id || concept_covers(know, id, m->def.concept_id))));
}

static bool is_derived(const KnowMetric *a, const KnowMetric *b) {
  return ids_have(&a->kin, b->def.id) || ids_have(&b->kin, a->def.id) || a->def.numerator == b->def.id || a->def.denominator == b->def.id ||
         b->def.numerator == a->def.id || b->def.denominator == a->def.id ||
         (a->def.measure && a->def.dataset == b->def.dataset && a->def.measure == b->def.measure);
}

static bool claim_means(const Know *know, const KnowClaim *claim, const KnowMetric *cause, const KnowMetric *effect) {
  bool met = false;
  for (size_t k = 0; k < claim->causes.count && !met; k++) met = means(know, claim->causes.items[k], cause);
  double part;
  if (claim->place.count && scope_relation(know, &claim->place, &effect->scope, &part) == RELATION_DISJOINT) return false;
  return met && means(know, claim->effect, effect) &&
         !(means(know, claim->effect, cause) && claim->causes.count == 1 && claim->causes.items[0] == claim->effect);
}

typedef struct {
  size_t cell, claim;
} PairClaim;
typedef PROPTER_VEC(PairClaim) PairClaims;

static int by_cell(const void *a, const void *b) {
  const PairClaim *x = a, *y = b;
  if (x->cell != y->cell) return x->cell < y->cell ? -1 : 1;
  return (x->claim > y->claim) - (x->claim < y->claim);
}

/* The claims of each pair. */
static PropterStatus claims_by_pair(const LinkPanel *x, PairClaims *out, PropterError *err) {
  for (size_t c = 0; c < x->know->claims.count; c++) {
    const KnowClaim *claim = &x->know->claims.items[c];
    for (size_t j = 0; claim->causes.count && j < x->p; j++) {
      if (!means(x->know, claim->effect, x->metric[j])) continue;
      for (size_t i = 0; i < x->p; i++)
        if (i != j && claim_means(x->know, claim, x->metric[i], x->metric[j]) && !propter_vec_push(out, ((PairClaim){i * x->p + j, c})))
          return propter_fail(err, PROPTER_NO_MEMORY, "claims of %zu metrics", x->p);
    }
  }
  if (out->count) qsort(out->items, out->count, sizeof *out->items, by_cell);
  return PROPTER_OK;
}

/* Of the curated links of each pair that which binds most: one that forbids, then one that requires. */
static const KnowLink **links_by_pair(const LinkPanel *x) {
  const KnowLink **curated = propter_calloc(x->p * x->p + 1, sizeof *curated);
  for (size_t k = 0; curated && k < x->know->links.count; k++) {
    const KnowLink *link = &x->know->links.items[k];
    for (size_t j = 0; j < x->p; j++) {
      if (link->chained || !means(x->know, link->effect, x->metric[j])) continue;
      for (size_t i = 0; i < x->p; i++) {
        const KnowLink **held = &curated[i * x->p + j];
        if (means(x->know, link->cause, x->metric[i]) && (!*held || link->forbidden || (link->required && !(*held)->forbidden))) *held = link;
      }
    }
  }
  return curated;
}

/* INVALID: one and the same pair is required and forbidden. */
static PropterStatus agree(const Know *know, PropterError *err) {
  for (size_t i = 0; i < know->links.count; i++)
    for (size_t k = 0; know->links.items[i].required && k < know->links.count; k++) {
      const KnowLink *a = &know->links.items[i], *b = &know->links.items[k];
      if (b->forbidden && a->cause == b->cause && a->effect == b->effect)
        return propter_fail(err, PROPTER_INVALID, "<%.*s> requires what <%.*s> forbids: expected one of them", (int)a->iri.len, a->iri.data, (int)b->iri.len,
                            b->iri.data);
    }
  return PROPTER_OK;
}

/* Log odds from what documents say of a pair, weighed as claims are: copies once, denials against. */
static PropterStatus add_claims(LinkPanel *x, const PairClaim *told, size_t count, double *prior, double *belief, PropterError *err) {
  Cause held = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t c = 0; c < count && !status; c++) {
    const KnowClaim *claim = &x->know->claims.items[told[c].claim];
    CauseClaim said = {.claim = told[c].claim, .against = claim->negated, .acts = claim_trust(x->know, claim), .as = CLAIM_TYPE_LEVEL, .copy_of = SIZE_MAX};
    said.strength = said.acts;
    if (!propter_vec_push(&held.claims, said)) status = propter_fail(err, PROPTER_NO_MEMORY, "claims of a link");
  }
  if (!status && count) {
    status = claims_believe(x->know, x->arena, &held, err);
    *prior += log(held.number.text_lr), *belief = held.belief_for;
  }
  propter_vec_clear(&held.claims);
  return status;
}

/* Days of a link's lag as steps; 0: it says none. */
static size_t lag_steps(const LinkPanel *x, const KnowLink *link) {
  static const double days[] = {1, 7, 365.25 / 12, 365.25 / 4, 365.25};
  const double open = x->closed ? (double)x->n / (double)(x->n + x->closed) : 1, steps = (double)link->lag / days[x->grain] * open;
  return steps > 0 ? (size_t)lround(fmax(1, steps)) : 0;
}

/* A link that comes later than the search looks back cannot be kept in it. */
static PropterStatus leave_out_link(LinkPanel *x, size_t i, size_t j, size_t lag, PropterError *err) {
  const PropterStr cause = x->metric[i]->def.label, effect = x->metric[j]->def.label;
  const LinkLeftOut one = {NULL, propter_arena_printf(x->arena, "%.*s → %.*s is required %zu %ss later, and lags up to %zu are searched", (int)cause.len,
                                                      cause.data, (int)effect.len, effect.data, lag, propter_grain_name(x->grain), x->lags)};
  return one.text.data && propter_vec_push(&x->left_out, one) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "links left out");
}

static PropterStatus tell(LinkPanel *x, size_t cell, const KnowLink *link, size_t claims, double belief, PropterError *err) {
  PropterBuf text = {.max = 1 << 16};
  if (link) {
    propter_buf_printf(&text, link->required ? "required" : link->forbidden ? "forbidden" : "believed %.2f", link->belief);
    if (link->required && link->lag) propter_buf_printf(&text, " %d day%s later", link->lag, link->lag == 1 ? "" : "s");
    if (link->reason.len) propter_buf_printf(&text, ": %.*s", (int)link->reason.len, link->reason.data);
  }
  if (claims) propter_buf_printf(&text, "%sdocuments say so (%zu statement%s, belief %.2f)", link ? "; " : "", claims, claims == 1 ? "" : "s", belief);
  PropterStatus status = keep(&text, x->arena, &x->said[cell], err);
  propter_buf_clear(&text);
  return status;
}

/* What knows no cause, or no effect, has none here. */
static bool is_ended(const LinkPanel *x, size_t cause, size_t effect) {
  for (size_t k = 0; k < x->know->ends.count; k++)
    if (means(x->know, x->know->ends.items[k].id, x->metric[x->know->ends.items[k].root ? effect : cause])) return true;
  return false;
}

/* `told`: its claims. */
static PropterStatus know_pair(LinkPanel *x, size_t cell, const KnowLink *curated, const PairClaim *told, size_t claims, uint8_t *required, uint8_t *forbidden,
                               double *prior, PropterError *err) {
  size_t i = cell / x->p, j = cell % x->p;
  double belief = 0;
  bool late = x->tier[i] >= 0 && x->tier[j] >= 0 && x->tier[i] > x->tier[j], placed = x->place_in[i] && x->place_in[j] && x->place_in[i] > x->place_in[j];
  forbidden[cell] = is_derived(x->metric[i], x->metric[j]) || apart(x->know, &x->place[i], &x->place[j]);
  if ((late || placed) && curated && curated->required)
    return propter_fail(err, PROPTER_INVALID, "<%.*s> is required to act on <%.*s>, and comes after it in the order of %s", (int)x->metric[i]->def.iri.len,
                        x->metric[i]->def.iri.data, (int)x->metric[j]->def.iri.len, x->metric[j]->def.iri.data, placed ? "the search" : "propter:tier");
  if (late || placed || is_ended(x, i, j) || (curated && curated->forbidden)) forbidden[cell] = 1;
  if (!forbidden[cell] && curated && curated->required) {
    const size_t lag = lag_steps(x, curated);
    if (lag > x->lags) PROPTER_TRY(leave_out_link(x, i, j, lag, err));
    else required[cell] = (uint8_t)(1 + lag);
  }
  const double sure = .99; /* from here on a belief says "required" */
  if (curated && !curated->required && !curated->forbidden && curated->belief > .5)
    prior[cell] = log(fmin(curated->belief, sure) / (1 - fmin(curated->belief, sure)));
  if (forbidden[cell]) claims = 0;
  PROPTER_TRY(add_claims(x, told, claims, &prior[cell], &belief, err));
  x->forbidden += forbidden[cell];
  return tell(x, cell, curated, claims, belief, err);
}

/* What knowledge says of all, and what the search says of some. */
static PropterStatus know_order(LinkPanel *x, PropterError *err) {
  x->tier = propter_arena_alloc(x->arena, (x->p + 1) * sizeof *x->tier), x->place_in = propter_arena_alloc(x->arena, (x->p + 1) * sizeof *x->place_in);
  if (!x->tier || !x->place_in) return propter_fail(err, PROPTER_NO_MEMORY, "order of %zu metrics", x->p);
  for (size_t i = 0; i < x->p; i++) x->tier[i] = x->metric[i]->tier, x->place_in[i] = 0;
  for (size_t k = 0; k < x->o->orders; k++) {
    size_t i = link_panel_find(x, know_metric_named(x->know, x->o->order[k]));
    if (i != SIZE_MAX) x->place_in[i] = k + 1;
  }
  return PROPTER_OK;
}

static PropterStatus know_pairs(LinkPanel *x, PropterError *err) {
  size_t cells = x->p * x->p;
  uint8_t *flags = propter_arena_alloc(x->arena, 2 * cells + 1);
  double *prior = propter_arena_alloc(x->arena, cells * sizeof *prior);
  x->said = propter_arena_alloc(x->arena, cells * sizeof *x->said);
  if (!flags || !prior || !x->said) return propter_fail(err, PROPTER_NO_MEMORY, "knowledge of %zu metrics", x->p);
  memset(flags, 0, 2 * cells);
  PROPTER_TRY(know_order(x, err));
  for (size_t c = 0; c < cells; c++) prior[c] = 0, x->said[c] = (PropterStr){"", 0};
  x->knowledge = (PropterKnowledge){.required = flags, .forbidden = flags + cells, .prior = prior};
  PairClaims claims = {0};
  const KnowLink **curated = links_by_pair(x);
  PropterStatus status = curated ? claims_by_pair(x, &claims, err) : propter_fail(err, PROPTER_NO_MEMORY, "knowledge of %zu metrics", x->p);
  for (size_t c = 0, from = 0, to; c < cells && !status; c++, from = to) {
    for (to = from; to < claims.count && claims.items[to].cell == c;) to++;
    if (c / x->p != c % x->p) status = know_pair(x, c, curated[c], from < to ? &claims.items[from] : NULL, to - from, flags, flags + cells, prior, err);
  }
  propter_free(curated);
  propter_vec_clear(&claims);
  return status;
}

/* --- the search ----------------------------------------------------------------------------------------------------------------------------------------- */

/* What a search holds at once: the correlations of all lags twice, its own tables and those of a resample. */
static PropterStatus check_size(const LinkPanel *x, PropterError *err) {
  const double most = 8e9, all = (double)x->p * (double)(x->lags + 1);
  double bytes = 2 * all * all * sizeof(double) + 96 * all * (double)x->p;
  if (x->o->most && x->p > x->o->most) return propter_fail(err, PROPTER_LIMIT, "%zu metrics, at most %zu are searched together here", x->p, x->o->most);
  if (bytes <= most) return PROPTER_OK;
  return propter_fail(err, PROPTER_LIMIT, "%zu metrics at lags up to %zu take %.0f GB, at most %.0f: name those to be searched, or take fewer lags", x->p,
                      x->lags, bytes / 1e9, most / 1e9);
}

static PropterStatus open_locked(LinkPanel *x, PropterError *err) {
  KnowMetric **hidden = NULL;
  size_t hiddens = 0;
  PROPTER_TRY(metrics_named(x->know, x->o->hidden, x->o->hiddens, &hidden, &hiddens, err)); /* says which is none */
  propter_free(hidden);
  KnowMetric **order = NULL;
  PROPTER_TRY(metrics_named(x->know, x->o->order, x->o->orders, &order, &hiddens, err));
  propter_free(order);
  PROPTER_TRY(agree(x->know, err));
  PROPTER_TRY(list_metrics(x, err));
  PROPTER_TRY(keep_comparable(x, err));
  PROPTER_TRY(check_size(x, err));
  PROPTER_TRY(fill_panel(x, err));
  PROPTER_TRY(find_over(x, err));
  return know_pairs(x, err);
}

const char *link_method(const PropterLinkOptions *o) { return o->method ? o->method : "pcmci_plus"; }

static PropterLaggedOptions options_of(const LinkPanel *x, size_t resamples) {
  return (PropterLaggedOptions){.lags = x->lags,
                                .rate = x->o->rate > 0 ? x->o->rate : .05,
                                .resamples = resamples,
                                .threads = x->know->options.threads,
                                .seed = x->know->options.score.seed,
                                .unseen = true,
                                .knowledge = &x->knowledge};
}

PropterStatus link_panel_open(Know *know, const PropterLinkOptions *o, PropterArena *arena, LinkPanel *x, PropterError *err) {
  *x = (LinkPanel){.know = know, .o = o, .arena = arena, .view = VIEW_WHOLE, .until = PROPTER_NO_DAY, .lags = o->lags ? o->lags : LAGS};
  if (know->unnamed.count) {
    const KnowUnnamed *u = &know->unnamed.items[0];
    return propter_fail(err, PROPTER_INVALID, "%.*s: no metric or concept is called \"%.*s\": such a constraint cannot be kept", (int)u->reason.len,
                        u->reason.data, (int)u->name.len, u->name.data);
  }
  if (x->lags > MOST_LAGS) return propter_fail(err, PROPTER_LIMIT, "%zu lags, at most %d", x->lags, MOST_LAGS);
  (void)pthread_mutex_lock(&know->lock);
  PropterStatus status = open_locked(x, err);
  (void)pthread_mutex_unlock(&know->lock);
  const PropterLaggedOptions search = options_of(x, 0);
  return status ? status : propter_lagged_search(x->p, x->n, x->standard, link_method(o), &search, &x->graph, err);
}

PropterStatus link_panel_resample(LinkPanel *x, size_t resamples, PropterError *err) {
  const PropterLaggedOptions search = options_of(x, resamples);
  PropterError few;
  PropterStatus status = link_stability(x, link_method(x->o), &search, &few);
  if (status == PROPTER_INVALID && x->over) { /* what is over is too little for this search */
    drop_over(x);
    return link_stability(x, link_method(x->o), &search, err);
  }
  return status ? propter_fail(err, status, "%s", few.message) : PROPTER_OK;
}

void link_panel_close(LinkPanel *x) {
  for (size_t i = 0; x->place && i < x->p; i++) propter_vec_clear(&x->place[i]);
  propter_free(x->place);
  drop_over(x);
  propter_free(x->metric);
  propter_free(x->value);
  propter_free(x->period);
  propter_lagged_graph_free(&x->graph);
  propter_vec_clear(&x->left_out);
}

/* --- what is told ---------------------------------------------------------------------------------------------------------------------------------------- */

static bool is_shown(const LinkPanel *x, size_t i, size_t j) {
  bool shown = !x->o->metrics;
  for (size_t k = 0; k < x->o->metrics && !shown; k++) {
    const KnowMetric *m = know_metric_named(x->know, x->o->metric[k]);
    shown = m == x->metric[i] || m == x->metric[j];
  }
  return shown;
}

/* Of changes from period to period nothing is ruled out: those of a level that is returned to look back on their own errors, so that what comes before the cause
 * may seem to act through it alone. */
static PropterUnseen unseen_cause(const LinkPanel *x, size_t c) {
  const PropterUnseen found = (PropterUnseen)x->graph.unseen[c];
  return found == PROPTER_UNSEEN_RULED_OUT && !x->levels ? PROPTER_UNSEEN_OPEN : found;
}

void link_describe(const LinkPanel *x, size_t i, size_t j, size_t lag, PropterMetricLink *out) {
  size_t c = link_cell(x, lag, i, j);
  const PropterLaggedGraph *g = &x->graph;
  *out = (PropterMetricLink){.cause = x->metric[i]->def.iri, .cause_label = x->metric[i]->def.label, .effect = x->metric[j]->def.iri,
                             .effect_label = x->metric[j]->def.label, .lag = (int)lag, .directed = g->mark[c] == PROPTER_ARROW,
                             .required = x->knowledge.required[i * x->p + j], .unseen = unseen_cause(x, c),
                             .strength = g->strength[c], .p = g->p_value[c], .q = g->q_value[c],
                             .stability = g->stability ? g->stability[c] : NAN, .prior = x->knowledge.prior[i * x->p + j], .knowledge = x->said[i * x->p + j],
                             .adjustment = PROPTER_STR("neither the data nor knowledge say which way it goes; a required link or a documented cause would"),
                             .value = NAN, .low = NAN, .high = NAN};
}

static int by_effect(const void *a, const void *b) {
  const PropterMetricLink *x = a, *y = b;
  int order = propter_str_compare(x->effect, y->effect);
  if (order) return order;
  if (x->q != y->q) return x->q < y->q ? -1 : 1;
  order = propter_str_compare(x->cause, y->cause);
  return order ? order : (x->lag > y->lag) - (x->lag < y->lag);
}

static PropterStatus tell_links(LinkPanel *x, size_t resamples, PropterMetricLinks *out, PropterError *err) {
  PROPTER_VEC(PropterMetricLink) links = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t c = 0; c < (x->lags + 1) * x->p * x->p && !status; c++) {
    size_t lag = c / (x->p * x->p), i = c / x->p % x->p, j = c % x->p;
    bool ruled_out = x->knowledge.forbidden[i * x->p + j] && (lag || x->knowledge.forbidden[j * x->p + i]);
    out->tests += i != j && (lag || i < j) && !ruled_out;
    /* Of a link without direction the first of the two, of a directed one its own cell. */
    bool other_end = !lag && x->graph.mark[c] == PROPTER_TAIL && (i > j || x->graph.mark[j * x->p + i] != PROPTER_TAIL);
    if (i == j || x->graph.mark[c] == PROPTER_NO_EDGE || other_end || !is_shown(x, i, j)) continue;
    PropterMetricLink link;
    link_describe(x, i, j, lag, &link);
    if (link.directed) status = link_effect(x, i, j, lag, LINK_TOTAL, resamples, &link, NULL, err);
    if (!status && !propter_vec_push(&links, link)) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu links", links.count);
  }
  if (!status && links.count) qsort(links.items, links.count, sizeof *links.items, by_effect);
  PropterMetricLink *kept = status ? NULL : propter_arena_alloc(x->arena, (links.count + 1) * sizeof *kept);
  PropterStr *left = status ? NULL : propter_arena_alloc(x->arena, (x->left_out.count + 1) * sizeof *left);
  if (!status && (!kept || !left)) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu links", links.count);
  if (!status) {
    if (links.count) memcpy(kept, links.items, links.count * sizeof *kept);
    for (size_t i = 0; i < x->left_out.count; i++) left[i] = x->left_out.items[i].text;
    out->link = kept, out->links = links.count, out->left_out_text = left, out->left_out = x->left_out.count;
  }
  propter_vec_clear(&links);
  return status;
}

/* A search with what is kept of earlier ones. */
static PropterStatus search(Know *know, const PropterLinkOptions *options, size_t resamples, PropterArena *arena, PropterMetricLinks *out, PropterError *err) {
  LinkPanel x;
  PropterStatus status = link_panel_open(know, options, arena, &x, err);
  if (!status) status = link_panel_resample(&x, resamples, err);
  if (!status) {
    out->metrics = x.p, out->steps = x.n, out->rows = x.graph.rows, out->grain = x.grain, out->forbidden = x.forbidden, out->lags = x.lags;
    out->levels = x.levels, out->closed = x.closed, out->until = x.until;
    status = tell_links(&x, resamples, out, err);
  }
  link_panel_close(&x);
  memo_counts(know->memo, &out->kept, &out->made);
  return status ? status : memo_settle(know->memo, false, err);
}

PropterStatus propter_links(PropterInferrer *know, const PropterLinkOptions *options, PropterArena *arena, PropterMetricLinks *out, PropterError *err) {
  PropterHash128 maker;
  PropterStatus status = PROPTER_OK;
  *out = (PropterMetricLinks){.method = link_method(options), .until = PROPTER_NO_DAY};
  if (options->kept && !(status = kept_maker(&maker, err))) status = memo_open(options->kept, maker, options->keep, &know->memo, err);
  if (!status) status = search(know, options, options->resamples ? options->resamples : RESAMPLES, arena, out, err);
  memo_close(know->memo);
  know->memo = NULL;
  return status;
}

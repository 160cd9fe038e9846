/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "propter/hash.h"
#include "propter/math.h"
#include "propter/vocab.h"

enum { LOOKED_AT = 4000, SERIES_MIN = 5, FEW = 3 };

static const struct {
  double value;
  const char *what;
} factors[] = {
#define FACTOR(value, what) {value, what},
#include "units.def"
#undef FACTOR
};

/* A figure of an observation, as the logarithm of its size. */
typedef struct {
  PropterId subject;
  uint64_t series;
  double size, value;
  bool added;
} Figure;
typedef PROPTER_VEC(Figure) Figures;
typedef PROPTER_VEC(double) Numbers;

typedef struct {
  PropterSnapshot *snapshot;
  PropterIds dimensions;
  PropterId measure, graph;
  Figures changed, fresh, former;
  Numbers ratios, before, now, spreads, scratch;
  PropterStatus (*found)(const UnitChange *change, void *payload, PropterError *err);
  void *payload;
} Check;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory comparing figures with those before"); }

static bool contains(const PropterIds *ids, PropterId id) {
  for (size_t i = 0; i < ids->count; i++)
    if (ids->items[i] == id) return true;
  return false;
}

static double median(Numbers *n) { return propter_median(n->items, n->count); }

static int by_subject(const void *a, const void *b) {
  const Figure *x = a, *y = b;
  return x->subject != y->subject ? (x->subject > y->subject) - (x->subject < y->subject) : x->added - y->added;
}

static int by_series(const void *a, const void *b) {
  const Figure *x = a, *y = b;
  return x->series != y->series ? (x->series > y->series) - (x->series < y->series) : (x->size > y->size) - (x->size < y->size);
}

static bool figure_of(const PropterQuad *q, Figure *out) {
  double value;
  if (!propter_id_number(q->o, &value) || !(fabs(value) > 0) || isinf(value)) return false;
  *out = (Figure){.subject = q->s, .value = value, .size = log(fabs(value))};
  return true;
}

/* The values of all dimensions but the period. */
static PropterStatus find_series(Check *c, Figure *f, PropterError *err) {
  PropterQuads says = {0};
  PropterStatus status = propter_snapshot_match(c->snapshot, (PropterQuad){.s = f->subject, .g = c->graph}, 0, &says, err);
  for (size_t i = 0; i < says.count && status == PROPTER_OK; i++) {
    int32_t day;
    PropterId pair[2] = {says.items[i].p, says.items[i].o};
    if (contains(&c->dimensions, pair[0]) && !propter_id_day(pair[1], &day)) f->series += propter_hash64((PropterStr){(const char *)pair, sizeof pair});
  }
  propter_vec_clear(&says);
  return status;
}

/* --- What there was ------------------------------------------------------------------------------------------------------------ */

/* Former figures of the measure that the run left alone, spread over all of them. */
static PropterStatus take_former(Check *c, PropterError *err) {
  PropterQuad rows[256], prefix = {.p = c->measure};
  uint64_t all = 0, seen = 0;
  PropterScan *scan;
  size_t n;
  PROPTER_TRY(propter_snapshot_count(c->snapshot, PROPTER_PSOG, prefix, 1, &all, err));
  uint64_t step = all / LOOKED_AT + 1;
  PROPTER_TRY(propter_scan_open(c->snapshot, PROPTER_PSOG, prefix, 1, &scan, err));
  PropterStatus status = propter_scan_next(scan, rows, sizeof rows / sizeof *rows, &n, err);
  for (; status == PROPTER_OK && n; status = propter_scan_next(scan, rows, sizeof rows / sizeof *rows, &n, err))
    for (size_t i = 0; i < n && status == PROPTER_OK; i++) {
      Figure f;
      if (seen++ % step || rows[i].g != c->graph || !figure_of(&rows[i], &f)) continue;
      if (bsearch(&(Figure){.subject = f.subject, .added = true}, c->changed.items, c->changed.count, sizeof f, by_subject)) continue;
      status = find_series(c, &f, err);
      if (status == PROPTER_OK && !propter_vec_push(&c->former, f)) status = no_memory(err);
    }
  propter_scan_close(scan);
  if (status == PROPTER_OK && c->former.count) qsort(c->former.items, c->former.count, sizeof *c->former.items, by_series);
  return status;
}

/* The former figures of one series; fewer than SERIES_MIN count as none. */
static size_t series_of(const Check *c, uint64_t series, size_t *first) {
  size_t low = 0, high = c->former.count, end;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (c->former.items[middle].series < series) low = middle + 1;
    else high = middle;
  }
  for (end = low; end < c->former.count && c->former.items[end].series == series;) end++;
  *first = low;
  return end - low < SERIES_MIN ? 0 : end - low;
}

static PropterStatus compare_new(Check *c, const Figure *f, PropterError *err) {
  size_t first, n = series_of(c, f->series, &first);
  if (!n) return PROPTER_OK;
  double middle = c->former.items[first + n / 2].size, scatter;
  c->scratch.count = 0;
  for (size_t i = 0; i < n; i++)
    if (!propter_vec_push(&c->scratch, c->former.items[first + i].size)) return no_memory(err);
  scatter = propter_mad(c->scratch.items, c->scratch.count, middle);
  bool kept = propter_vec_push(&c->spreads, scatter) && propter_vec_push(&c->ratios, f->size - middle) && propter_vec_push(&c->now, f->value) &&
              propter_vec_push(&c->before, c->former.items[first + n / 2].value);
  return kept ? PROPTER_OK : no_memory(err);
}

/* --- Judging --------------------------------------------------------------------------------------------------------------------- */

/* Calls `found` if the median ratio is a factor's within `tolerance` and nine in ten ratios lie within `agree` of it. */
static PropterStatus judge(Check *c, double tolerance, double agree, PropterError *err) {
  double middle = median(&c->ratios), nearest = tolerance;
  size_t same = 0, best = sizeof factors / sizeof *factors;
  for (size_t i = 0; i < c->ratios.count; i++) same += fabs(c->ratios.items[i] - middle) <= agree;
  for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
    double off = fabs(fabs(middle) - log(factors[i].value));
    if (off < nearest) nearest = off, best = i;
  }
  if (same * 10 < c->ratios.count * 9 || best == sizeof factors / sizeof *factors) return PROPTER_OK;
  UnitChange change = {c->measure, c->graph, median(&c->before), median(&c->now), factors[best].value, factors[best].what, c->ratios.count};
  return c->found(&change, c->payload, err);
}

static void forget(Check *c) { c->ratios.count = c->before.count = c->now.count = c->spreads.count = 0; }

static PropterStatus judge_corrections(Check *c, PropterError *err) {
  forget(c);
  for (size_t i = 0; i + 1 < c->changed.count; i++) {
    const Figure *was = &c->changed.items[i], *is = was + 1;
    if (was->subject != is->subject || was->added || !is->added) continue;
    if (!propter_vec_push(&c->ratios, is->size - was->size) || !propter_vec_push(&c->before, was->value) || !propter_vec_push(&c->now, is->value))
      return no_memory(err);
  }
  return c->ratios.count >= FEW ? judge(c, .02, .02, err) : PROPTER_OK;
}

/* Keeps the changed figures that are of new observations, with their series. */
static PropterStatus keep_new(Check *c, PropterError *err) {
  size_t kept = 0, step = c->changed.count / LOOKED_AT + 1, seen = 0;
  for (size_t i = 0; i < c->changed.count; i++) {
    Figure *f = &c->changed.items[i];
    bool corrected = i && f[-1].subject == f->subject && !f[-1].added;
    if (!f->added || corrected || seen++ % step) continue;
    PROPTER_TRY(find_series(c, f, err));
    c->fresh.items[kept++] = *f;
  }
  c->fresh.count = kept;
  return PROPTER_OK;
}

static PropterStatus compare_all(Check *c, PropterError *err) {
  forget(c);
  for (size_t i = 0; i < c->fresh.count; i++) PROPTER_TRY(compare_new(c, &c->fresh.items[i], err));
  return PROPTER_OK;
}

static PropterStatus judge_new(Check *c, PropterError *err) {
  if (!propter_vec_reserve(&c->fresh, c->changed.count)) return no_memory(err);
  PROPTER_TRY(keep_new(c, err));
  if (!c->fresh.count) return PROPTER_OK;
  PROPTER_TRY(take_former(c, err));
  PROPTER_TRY(compare_all(c, err));
  if (c->ratios.count * 2 < c->fresh.count) {
    /* Keys that never come back, such as numbers of orders: the measure is one series. */
    for (size_t i = 0; i < c->former.count; i++) c->former.items[i].series = 0;
    for (size_t i = 0; i < c->fresh.count; i++) c->fresh.items[i].series = 0;
    if (c->former.count) qsort(c->former.items, c->former.count, sizeof *c->former.items, by_series);
    PROPTER_TRY(compare_all(c, err));
  }
  size_t n = c->ratios.count;
  if (!n) return PROPTER_OK;
  double spread = fmax(median(&c->spreads), .05), middle = fabs(median(&c->ratios));
  if (n >= FEW ? middle <= 4 * spread : middle <= fmax(6 * spread, log(50))) return PROPTER_OK;
  return judge(c, fmax(.1, 2 * spread / sqrt((double)n)), 3 * spread, err);
}

/* What changed of the measure in its graph. */
static PropterStatus take_changed(Check *c, const PropterWriter *writer, PropterError *err) {
  PropterDelta *delta = NULL;
  PropterQuad q;
  Figure f;
  bool added, more;
  c->changed.count = 0;
  PropterStatus status = propter_delta_open(writer, &delta, err);
  while (status == PROPTER_OK && (status = propter_delta_next(delta, &q, &added, &more, err)) == PROPTER_OK && more) {
    if (q.p != c->measure || q.g != c->graph || !figure_of(&q, &f)) continue;
    f.added = added;
    if (!propter_vec_push(&c->changed, f)) status = no_memory(err);
  }
  propter_delta_close(delta);
  return status;
}

static PropterStatus check_measure(Check *c, const PropterWriter *writer, PropterError *err) {
  c->former.count = 0;
  PROPTER_TRY(take_changed(c, writer, err));
  if (!c->changed.count) return PROPTER_OK;
  qsort(c->changed.items, c->changed.count, sizeof *c->changed.items, by_subject);
  PROPTER_TRY(judge_corrections(c, err));
  return judge_new(c, err);
}

static PropterStatus words(PropterSnapshot *snapshot, PropterVocab kind, PropterIds *out, PropterError *err) {
  PropterTerm type = propter_iri(propter_vocab_iri(VOCAB_rdf_type)), class = propter_iri(propter_vocab_iri(kind));
  PropterId p, o;
  PROPTER_TRY(propter_snapshot_find(snapshot, &type, &p, err));
  PROPTER_TRY(propter_snapshot_find(snapshot, &class, &o, err));
  return p && o ? propter_snapshot_subjects(snapshot, p, o, out, err) : PROPTER_OK;
}

PropterStatus unit_check(PropterWriter *writer, const PropterIds *graphs, PropterStatus (*found)(const UnitChange *change, void *payload, PropterError *err),
                         void *payload, PropterError *err) {
  Check c = {.found = found, .payload = payload};
  PropterIds measures = {0};
  PropterStatus status = propter_writer_snapshot(writer, &c.snapshot, err);
  if (status == PROPTER_OK) status = words(c.snapshot, VOCAB_qb_MeasureProperty, &measures, err);
  if (status == PROPTER_OK && measures.count) status = words(c.snapshot, VOCAB_qb_DimensionProperty, &c.dimensions, err);
  for (size_t i = 0; i < measures.count * graphs->count && status == PROPTER_OK; i++) {
    c.measure = measures.items[i / graphs->count], c.graph = graphs->items[i % graphs->count];
    status = check_measure(&c, writer, err);
  }
  propter_vec_clear(&measures);
  propter_vec_clear(&c.dimensions);
  propter_vec_clear(&c.changed);
  propter_vec_clear(&c.fresh);
  propter_vec_clear(&c.former);
  propter_vec_clear(&c.ratios);
  propter_vec_clear(&c.before);
  propter_vec_clear(&c.now);
  propter_vec_clear(&c.spreads);
  propter_vec_clear(&c.scratch);
  return status;
}

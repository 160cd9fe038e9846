/* SPDX-License-Identifier: Apache-2.0 */
/* Drill-down of a metric: its finest slices, what each would have done, and the slices that carry the difference. */
#include <math.h>

#include "../detect/baseline.h"
#include "node.h"
#include "patterns.h"
#include "propter/drill.h"
#include "propter/hash.h"
#include "propter/math.h"
#include "propter/pool.h"

/* Members of the slices as levels, and the sums of the window. */
typedef struct {
  size_t cells, dimensions;
  uint32_t *level;
  size_t levels[PROPTER_DRILL_DIMENSIONS];
  PropterIds member[PROPTER_DRILL_DIMENSIONS]; /* of each level */
  double *actual, *expected, *sd;
} Cube;

static void cube_clear(Cube *c) {
  propter_free(c->level);
  propter_free(c->actual);
  for (size_t d = 0; d < c->dimensions; d++) propter_vec_clear(&c->member[d]);
}

static PropterStatus set_levels(const PropterMetricSlices *slices, Cube *c, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  for (size_t d = 0; d < c->dimensions && !status; d++) {
    PropterMap index = {0};
    for (size_t i = 0; i < c->cells && !status; i++) {
      const PropterId *member = &slices->member[i * c->dimensions + d];
      bool added;
      uint64_t *place = propter_map_put(&index, (PropterStr){(const char *)member, sizeof *member}, c->member[d].count, &added);
      if (!place || (added && !propter_vec_push(&c->member[d], *member))) status = propter_fail(err, PROPTER_NO_MEMORY, "slices of a cube");
      if (!status) c->level[i * c->dimensions + d] = (uint32_t)*place;
    }
    c->levels[d] = c->member[d].count;
    propter_map_clear(&index);
  }
  return status;
}

/* Robust scale of the errors that the same forecast makes at every other origin, in the sum of the window. */
static PropterStatus forecast_error(const Baseline *b, size_t first, size_t length, double *sd, PropterError *err) {
  double *rows = propter_malloc((b->n * (length + 1) + 1) * sizeof *rows);
  size_t n = 0;
  if (!rows) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a window");
  double *sum = rows + b->n * length;
  PropterStatus status = baseline_errors(b, length, length, first, first + length, rows, err);
  for (size_t o = 0; o < b->n && !status; o++) {
    double error = 0;
    for (size_t h = 0; h < length; h++) error += rows[o * length + h];
    if (!isnan(error) && (o + length <= first || o > first + length)) sum[n++] = error;
  }
  *sd = n ? propter_mad(sum, n, 0) : 0;
  propter_free(rows);
  return status;
}

PropterStatus window_sum(const PropterSeries *s, PropterDay from, PropterDay to, double *actual, double *expected, double *sd, PropterError *err) {
  size_t first, last;
  Baseline *b = NULL;
  *actual = *expected = *sd = NAN;
  if (!propter_series_find(s, from, &first) || !propter_series_find(s, to, &last) || last < first) return PROPTER_OK;
  PROPTER_TRY(baseline_new(s, 0, &b, err));
  size_t length = last - first + 1;
  double *scratch = propter_malloc((b->n + length) * sizeof *scratch), drift, sum = 0, usual = 0, spread;
  PropterStatus status = scratch ? forecast_error(b, first, length, &spread, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a window");
  if (!status) baseline_set_aside(b, first, length, b->y, b->season);
  if (!status && baseline_expect(b, first, length, length, scratch, scratch + b->n, &drift, NULL)) {
    for (size_t i = 0; i < length; i++) sum += s->value[first + i], usual += scratch[b->n + i] + b->season[first + i];
    *actual = sum;
    *expected = usual;
    *sd = spread;
  }
  propter_free(scratch);
  baseline_free(b);
  return status;
}

typedef struct {
  const PropterMetricSlices *slices;
  PropterDay from, to;
  Cube *cube;
} Summing;

static PropterStatus sum_one(size_t i, void *payload, PropterError *err) {
  const Summing *s = payload;
  return window_sum(&s->slices->series[i].series, s->from, s->to, &s->cube->actual[i], &s->cube->expected[i], &s->cube->sd[i], err);
}

static PropterStatus fill_cube(const Know *know, const PropterMetricSlices *slices, PropterDay from, PropterDay to, Cube *c, PropterError *err) {
  c->cells = slices->count;
  c->dimensions = slices->dimensions;
  c->level = propter_malloc((c->cells * c->dimensions + 1) * sizeof *c->level);
  c->actual = propter_malloc((3 * c->cells + 1) * sizeof *c->actual);
  if (!c->level || !c->actual) return propter_fail(err, PROPTER_NO_MEMORY, "%zu slices", c->cells);
  c->expected = c->actual + c->cells;
  c->sd = c->expected + c->cells;
  PROPTER_TRY(set_levels(slices, c, err));
  return propter_pool_run(c->cells, know->options.threads, sum_one, &(Summing){slices, from, to, c}, err);
}

/* Turns the numerator's expectation into that given the denominator that happened. */
static PropterStatus divide(const PropterMetricSlices *top, const PropterMetricSlices *bottom, const Cube *below, Cube *c, PropterError *err) {
  PropterMap index = {0};
  PropterStatus status = PROPTER_OK;
  bool added;
  for (size_t i = 0; i < bottom->count && !status; i++)
    if (!propter_map_put(&index, (PropterStr){(const char *)&bottom->member[i * bottom->dimensions], bottom->dimensions * sizeof *bottom->member}, i, &added))
      status = propter_fail(err, PROPTER_NO_MEMORY, "%zu slices", bottom->count);
  for (size_t i = 0; i < c->cells && !status; i++) {
    double actual = NAN, expected = NAN;
    uint64_t *place = propter_map_get(&index, (PropterStr){(const char *)&top->member[i * top->dimensions], top->dimensions * sizeof *top->member});
    if (place) actual = below->actual[*place], expected = below->expected[*place];
    propter_drill_ratio(1, &c->actual[i], &actual, &c->expected[i], &expected, &c->expected[i]);
  }
  propter_map_clear(&index);
  return status;
}

static PropterStatus describe(Know *know, const Cube *c, const PropterSlice *slice, const PropterId *dimension, PropterArena *arena, PropterDrilled *out,
                              PropterError *err) {
  PropterStr text = {"", 0}, name, member;
  for (size_t d = 0; d < c->dimensions; d++) {
    if (slice->level[d] == PROPTER_LEVEL_ANY) continue;
    PROPTER_TRY(label_of(know->snapshot, know->v, dimension[d], arena, &name, err));
    PROPTER_TRY(label_of(know->snapshot, know->v, c->member[d].items[slice->level[d]], arena, &member, err));
    text =
        propter_arena_printf(arena, "%.*s%s%.*s %.*s", (int)text.len, text.data, text.len ? ", " : "", (int)name.len, name.data, (int)member.len, member.data);
    if (!text.data) return propter_fail(err, PROPTER_NO_MEMORY, "name of a slice");
  }
  *out = (PropterDrilled){text, slice->actual, slice->expected, slice->share, slice->evidence, slice->cells};
  return PROPTER_OK;
}

/* Slices of a metric or of a part of it, in the order of the metric's dimensions. */
static PropterStatus slices_of(Know *know, const PropterMetric *m, const PropterMetric *part, PropterArena *arena, PropterMetricSlices *out,
                               PropterError *err) {
  PropterId *dimension = propter_arena_alloc(arena, (m->slice_dimensions + 1) * sizeof *dimension);
  if (!dimension) return propter_fail(err, PROPTER_NO_MEMORY, "dimensions of a metric");
  for (size_t d = 0; d < m->slice_dimensions; d++)
    PROPTER_TRY(metric_dimension(know->snapshot, know->v, part, m->slice_dimension[d], arena, &dimension[d], err));
  return propter_metric_slices(know->snapshot, part, dimension, m->slice_dimensions, know->options.known_by, out, err);
}

/* The metrics whose slices are read: itself, or numerator and denominator. *adds_up false: values of slices make no whole. */
static PropterStatus read_slices(Know *know, const PropterMetric *m, PropterArena *arena, PropterMetricSlices slices[2], bool *adds_up, PropterError *err) {
  *adds_up = true;
  for (int k = 0; k < (metric_is_quotient(know->v, m) ? 2 : 1) && *adds_up; k++) {
    PropterMetric part = *m;
    if (m->numerator) PROPTER_TRY(metric_read(know->snapshot, know->v, k ? m->denominator : m->numerator, arena, &part, err));
    else if (metric_is_quotient(know->v, m)) part.cells = k ? PROPTER_CELLS_SIZE : PROPTER_CELLS_SUM;
    *adds_up = metric_adds_up(know->v, &part) && (!m->numerator || !metric_is_quotient(know->v, &part)); /* what is divided is no sum itself */
    if (*adds_up) PROPTER_TRY(slices_of(know, m, &part, arena, &slices[k], err));
  }
  return PROPTER_OK;
}

/* Without a cell where slices make no whole. */
static PropterStatus read_cube(Know *know, const PropterMetric *m, PropterDay from, PropterDay to, PropterArena *arena, PropterMetricSlices slices[2], Cube *c,
                               PropterError *err) {
  bool adds_up;
  Cube below = {0};
  PROPTER_TRY(read_slices(know, m, arena, slices, &adds_up, err));
  if (!adds_up) slices[0].dimensions = m->slice_dimensions;
  PROPTER_TRY(fill_cube(know, &slices[0], from, to, c, err));
  if (!adds_up || !metric_is_quotient(know->v, m)) return PROPTER_OK;
  PropterStatus status = fill_cube(know, &slices[1], from, to, &below, err);
  if (!status) status = divide(&slices[0], &slices[1], &below, c, err);
  cube_clear(&below);
  return status;
}

/* Which levels of the hierarchy decide which: propter:rollsUpTo, over any number of steps. */
static PropterStatus find_levels(Know *know, const PropterMetric *m, uint32_t *decides, PropterError *err) {
  const PropterId up = know->v[VOCAB_propter_rollsUpTo];
  PropterIds above = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t d = 0; up && d < m->slice_dimensions && d < PROPTER_DRILL_DIMENSIONS && !status; d++) {
    above.count = 0;
    status = propter_snapshot_objects(know->snapshot, m->slice_dimension[d], up, &above, err);
    for (size_t i = 0; i < above.count && !status; i++) {
      for (size_t k = 0; k < m->slice_dimensions; k++)
        if (k != d && m->slice_dimension[k] == above.items[i]) decides[d] |= 1U << k;
      status = propter_snapshot_objects(know->snapshot, above.items[i], up, &above, err);
      if (above.count > PROPTER_DRILL_DIMENSIONS * PROPTER_DRILL_DIMENSIONS) break; /* a circle */
    }
  }
  propter_vec_clear(&above);
  return status;
}

PropterStatus propter_drill_metric(PropterInferrer *know, PropterStr iri, PropterDay from, PropterDay to, PropterArena *arena, PropterDrilled **out,
                                   size_t *count, PropterError *err) {
  KnowMetric *metric = know_metric(know, iri);
  PropterMetricSlices slices[2] = {0};
  PropterSlices found = {0};
  Cube c = {0};
  *out = NULL;
  *count = 0;
  if (!metric) return propter_fail(err, PROPTER_NOT_FOUND, "<%.*s> is no propter:Metric of this graph", (int)iri.len, iri.data);
  PropterMetric cut = metric->def;
  const PropterMetric *m = &cut;
  PROPTER_TRY(metric_cut(know->snapshot, know->v, &cut, 1, arena, err));
  if (!m->slice_dimensions)
    return propter_fail(err, PROPTER_INVALID, "metric <%.*s> has no propter:sliceBy; expected at least one dimension to be cut by", (int)iri.len, iri.data);
  PropterLeftOut left;
  PROPTER_TRY(left_out_metric(know, metric, arena, &left, err));
  if (metric->series.apart)
    return propter_fail(err, PROPTER_INVALID, "%.*s cannot be cut: %.*s; expected %.*s", (int)left.label.len, left.label.data, (int)left.reason.len,
                        left.reason.data, (int)left.needed.len, left.needed.data);
  uint32_t decides[PROPTER_DRILL_DIMENSIONS] = {0};
  PropterStatus status = read_cube(know, m, from, to, arena, slices, &c, err);
  const PropterCube cube = {.cells = c.cells, .dimensions = c.dimensions, .level = c.level, .levels = c.levels, .actual = c.actual, .expected = c.expected,
                            .decides = decides, .sd = c.sd};
  if (!status) status = find_levels(know, m, decides, err);
  if (!status && c.cells) status = propter_drill(&cube, NULL, &found, NULL, 0, err);
  if (!status && !(*out = propter_calloc(found.count + 1, sizeof **out))) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu slices", found.count);
  for (size_t i = 0; i < found.count && !status; i++) status = describe(know, &c, &found.items[i], m->slice_dimension, arena, &(*out)[i], err);
  if (status) {
    propter_free(*out);
    *out = NULL;
  } else {
    *count = found.count;
  }
  propter_vec_clear(&found);
  cube_clear(&c);
  for (int k = 0; k < 2; k++) propter_metric_slices_clear(&slices[k]);
  return status;
}

static int most_share_first(const void *a, const void *b) {
  const PropterPart *x = a, *y = b;
  const bool judged = isfinite(x->share), other = isfinite(y->share);
  if (judged != other) return judged ? -1 : 1;
  if (judged && x->share != y->share) return x->share > y->share ? -1 : 1;
  return propter_str_compare(x->label, y->label);
}

/* Sums of the finest slices with each level of dimension d; the part's label is the member's. */
static PropterStatus add_up(Know *know, const Cube *c, size_t d, double scale, PropterArena *arena, PropterPart *out, PropterError *err) {
  double whole = 0;
  for (size_t l = 0; l < c->levels[d]; l++) {
    out[l] = (PropterPart){.metric = {"", 0}, .parent = SIZE_MAX};
    PROPTER_TRY(label_of(know->snapshot, know->v, c->member[d].items[l], arena, &out[l].label, err));
    bool judged = false;
    for (size_t i = 0; i < c->cells; i++) {
      if (c->level[i * c->dimensions + d] != l || !isfinite(c->actual[i]) || !isfinite(c->expected[i])) continue;
      judged = true, out[l].observed += c->actual[i], out[l].expected += c->expected[i];
    }
    if (!judged) out[l].observed = out[l].expected = NAN;
    else whole += out[l].observed - out[l].expected;
  }
  for (size_t l = 0; l < c->levels[d]; l++) {
    out[l].share = whole != 0 ? (out[l].observed - out[l].expected) / whole : NAN; /* of nothing, none has a part */
    out[l].observed *= scale, out[l].expected *= scale;
  }
  qsort(out, c->levels[d], sizeof *out, most_share_first);
  return PROPTER_OK;
}

PropterStatus propter_members(PropterInferrer *know, PropterStr iri, PropterStr dimension, PropterDay from, PropterDay to, PropterArena *arena,
                              PropterPart **out, size_t *count, PropterError *err) {
  KnowMetric *metric = know_metric(know, iri);
  PropterMetricSlices slices[2] = {0};
  Cube c = {0};
  size_t first = 0, last = 0, d = 0;
  *out = NULL, *count = 0;
  if (!metric) return propter_fail(err, PROPTER_NOT_FOUND, "<%.*s> is no propter:Metric of this graph", (int)iri.len, iri.data);
  PropterMetric cut = metric->def;
  const PropterMetric *m = &cut;
  if (metric->slice_count) return PROPTER_OK;
  PropterId id;
  const PropterTerm term = propter_iri(dimension);
  PROPTER_TRY(propter_snapshot_find(know->snapshot, &term, &id, err));
  if (!id) return PROPTER_OK;
  PROPTER_TRY(metric_cut(know->snapshot, know->v, &cut, 1, arena, err));
  PROPTER_TRY(metric_dimension(know->snapshot, know->v, m, id, arena, &id, err));
  while (d < m->slice_dimensions && m->slice_dimension[d] != id) d++;
  if (d == m->slice_dimensions) return PROPTER_OK;
  PROPTER_TRY(know_series(know, metric, err));
  if (!propter_series_find(&metric->series.series, from, &first) || !propter_series_find(&metric->series.series, to, &last) || last < first) return PROPTER_OK;
  PropterStatus status = read_cube(know, m, from, to, arena, slices, &c, err);
  if (!status && !(*out = propter_calloc(c.levels[d] + 1, sizeof **out))) status = propter_fail(err, PROPTER_NO_MEMORY, "members of a dimension");
  if (!status) status = add_up(know, &c, d, metric_is_quotient(know->v, m) ? NAN : 1 / (double)(last - first + 1), arena, *out, err);
  if (status) {
    propter_free(*out);
    *out = NULL;
  } else {
    *count = c.levels[d];
  }
  cube_clear(&c);
  for (int k = 0; k < 2; k++) propter_metric_slices_clear(&slices[k]);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/drill.h"

#include <math.h>
#include <string.h>

#include "propter/math.h"

enum { CUBOIDS_MAX = 1024, OCTAVES = 128, LIKE_CELLS = 200 };
static const size_t table_max = (size_t)1 << 26; /* sums of slices, and places of cells in them */

PropterDrillOptions propter_drill_options(void) {
  return (PropterDrillOptions){.depth = 4, .most = 20, .effect = 0.5, .cap = 10, .precision = 0.001};
}

/* Cells that say something, and the sums of their evidence over every slice. */
typedef struct {
  const PropterCube *cube;
  const PropterDrillOptions *o;
  size_t n;
  size_t *cell;        /* place in the cube; by octave of size */
  size_t start[OCTAVES + 1];
  double *evidence;
  bool *taken;
  size_t cuboids;
  uint32_t *mask;      /* dimensions that a cuboid fixes */
  size_t *first;       /* its place in `sum` */
  size_t *stride;      /* and the step from level to level there; cuboids × dimensions, 0: not fixed */
  double *cost;        /* of choosing a slice of it */
  double *sum;
  size_t sums;
} Search;

static double size_of(const PropterCube *c, size_t cell) { return c->expected[cell] != 0 ? fabs(c->expected[cell]) : fabs(c->actual[cell]); }

/* Power of two of a size, from 0. */
static size_t octave(double size) {
  int power = ilogb(size) + OCTAVES / 2;
  return power < 0 ? 0 : power >= OCTAVES ? OCTAVES - 1 : (size_t)power;
}

static double deviation_of(const PropterCube *c, size_t cell) { return (c->actual[cell] - c->expected[cell]) / size_of(c, cell); }

/* Relative noise of the cells by octave of their size, neighbouring octaves together until there are enough: the lower quartile of the relative deviations,
 * as of a Gaussian, because up to half of the cells may be disturbed. scratch[n]. */
static void learn_noise(const Search *s, double *scratch, double *noise) {
  for (size_t from = 0, to; from < OCTAVES; from = to) {
    size_t n = 0;
    for (to = from; to < OCTAVES && n < LIKE_CELLS; to++)
      for (size_t i = s->start[to]; i < s->start[to + 1]; i++) scratch[n++] = fabs(deviation_of(s->cube, s->cell[i]));
    if (to < OCTAVES && s->n - s->start[to] < LIKE_CELLS) /* too few are left for a group of their own */
      for (; to < OCTAVES; to++)
        for (size_t i = s->start[to]; i < s->start[to + 1]; i++) scratch[n++] = fabs(deviation_of(s->cube, s->cell[i]));
    double middle = n ? propter_median(scratch, n) : 0, low = n ? propter_median(scratch, (n + 1) / 2) : 0; /* the median leaves the lower half in front */
    for (size_t k = from; k < to; k++) noise[k] = fmax(low > 0 ? low / 0.3186 : middle / 0.6745, s->o->precision);
  }
}

static double least_noise(const Search *s, size_t i, double noise, double size) {
  double own = s->cube->sd ? s->cube->sd[s->cell[i]] / size : 0;
  return own > noise ? own : noise; /* an unknown one (NaN) says nothing */
}

/* Bayes factor of a deviation with prior N(0, effect²) of the size against none, capped; a cell smaller than the median counts less, since its
 * figures are rounded and its part in the whole is small. */
static PropterStatus weigh(Search *s, PropterError *err) {
  double noise[OCTAVES], *scratch = propter_malloc((s->n + 1) * sizeof *scratch);
  if (!scratch) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a drill-down");
  learn_noise(s, scratch, noise);
  for (size_t i = 0; i < s->n; i++) scratch[i] = size_of(s->cube, s->cell[i]);
  double typical = s->n ? propter_median(scratch, s->n) : 1;
  for (size_t i = 0; i < s->n; i++) {
    double size = size_of(s->cube, s->cell[i]), sd = least_noise(s, i, noise[octave(size)], size), z = deviation_of(s->cube, s->cell[i]) / sd,
           odds = s->o->effect / sd;
    odds *= odds;
    double e = 0.5 * z * z * odds / (1 + odds) - 0.5 * log1p(odds);
    s->evidence[i] = fmax(-s->o->cap, fmin(s->o->cap, e)) * size / (size + typical);
  }
  propter_free(scratch);
  return PROPTER_OK;
}

/* Adds to the slice of every cuboid that holds the cell. */
static void add(Search *s, size_t i, double evidence) {
  size_t dims = s->cube->dimensions;
  const uint32_t *level = s->cube->level + s->cell[i] * dims;
  for (size_t c = 0; c < s->cuboids; c++) {
    size_t at = s->first[c];
    for (size_t d = 0; d < dims; d++) at += s->stride[c * dims + d] * level[d];
    s->sum[at] += evidence;
  }
}

/* A level that another one decides says nothing more. */
static bool is_redundant(const PropterCube *c, uint32_t mask) {
  for (size_t d = 0; c->decides && d < c->dimensions; d++)
    if (mask >> d & 1U && c->decides[d] & mask & ~(1U << d)) return true;
  return false;
}

/* The cuboids of up to `depth` dimensions and the room for their slices. */
static PropterStatus lay_out(Search *s, PropterError *err) {
  size_t dims = s->cube->dimensions;
  s->cuboids = 0;
  s->sums = 0;
  for (uint32_t mask = 1; mask < 1U << dims; mask++) {
    if ((size_t)__builtin_popcount(mask) > s->o->depth || is_redundant(s->cube, mask)) continue;
    double slices = 1;
    for (size_t d = dims; d-- > 0;) {
      if (s->cuboids < CUBOIDS_MAX) s->stride[s->cuboids * dims + d] = mask >> d & 1U ? (size_t)slices : 0;
      if (mask >> d & 1U && slices <= (double)table_max) slices *= (double)s->cube->levels[d];
    }
    if (s->cuboids == CUBOIDS_MAX || slices + (double)s->sums > (double)table_max)
      return propter_fail(err, PROPTER_LIMIT, "a drill-down over more than %d cuboids or %zu slices; expected fewer dimensions or a smaller depth", CUBOIDS_MAX,
                          table_max);
    s->mask[s->cuboids] = mask;
    s->first[s->cuboids] = s->sums;
    s->cost[s->cuboids++] = log(slices);
    s->sums += (size_t)slices;
  }
  for (size_t c = 0; c < s->cuboids; c++) s->cost[c] += log((double)s->cuboids);
  return PROPTER_OK;
}

static void search_clear(Search *s) {
  propter_free(s->cell);
  propter_free(s->evidence);
  propter_free(s->taken);
  propter_free(s->mask);
  propter_free(s->first);
  propter_free(s->stride);
  propter_free(s->cost);
  propter_free(s->sum);
}

static bool speaks(const PropterCube *c, size_t i) {
  return isfinite(c->actual[i]) && isfinite(c->expected[i]) && (c->actual[i] != 0 || c->expected[i] != 0);
}

static void sort_cells(Search *s) {
  const PropterCube *c = s->cube;
  size_t at[OCTAVES];
  for (size_t i = 0; i < c->cells; i++)
    if (speaks(c, i)) s->start[octave(size_of(c, i)) + 1]++;
  for (size_t k = 0; k < OCTAVES; k++) s->start[k + 1] += s->start[k], at[k] = s->start[k];
  for (size_t i = 0; i < c->cells; i++)
    if (speaks(c, i)) s->cell[at[octave(size_of(c, i))]++] = i;
  s->n = s->start[OCTAVES];
}

static PropterStatus search_open(Search *s, PropterError *err) {
  const PropterCube *c = s->cube;
  s->cell = propter_malloc((c->cells + 1) * sizeof *s->cell);
  s->evidence = propter_malloc((c->cells + 1) * sizeof *s->evidence);
  s->taken = propter_calloc(c->cells + 1, sizeof *s->taken);
  s->mask = propter_malloc(CUBOIDS_MAX * sizeof *s->mask);
  s->first = propter_malloc(CUBOIDS_MAX * sizeof *s->first);
  s->stride = propter_malloc(CUBOIDS_MAX * c->dimensions * sizeof *s->stride);
  s->cost = propter_malloc(CUBOIDS_MAX * sizeof *s->cost);
  if (!s->cell || !s->evidence || !s->taken || !s->mask || !s->first || !s->stride || !s->cost)
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a drill-down");
  sort_cells(s);
  PROPTER_TRY(lay_out(s, err));
  s->sum = propter_calloc(s->sums + 1, sizeof *s->sum);
  if (!s->sum) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the %zu slices of a drill-down", s->sums);
  PROPTER_TRY(weigh(s, err));
  for (size_t i = 0; i < s->n; i++) add(s, i, s->evidence[i]);
  return PROPTER_OK;
}

static bool holds(const Search *s, const PropterSlice *slice, size_t cell) {
  const uint32_t *level = s->cube->level + cell * s->cube->dimensions;
  for (size_t d = 0; d < s->cube->dimensions; d++)
    if (slice->level[d] != PROPTER_LEVEL_ANY && slice->level[d] != level[d]) return false;
  return true;
}

/* Values of a slice over the cells not yet taken. */
static void describe(const Search *s, PropterSlice *slice, double deviation) {
  slice->actual = slice->expected = slice->evidence = 0;
  slice->cells = 0;
  for (size_t i = 0; i < s->n; i++) {
    if (s->taken[i] || !holds(s, slice, s->cell[i])) continue;
    slice->actual += s->cube->actual[s->cell[i]];
    slice->expected += s->cube->expected[s->cell[i]];
    slice->evidence += s->evidence[i];
    slice->cells++;
  }
  double share = (slice->actual - slice->expected) / deviation;
  slice->share = isfinite(share) ? share : 0;
}

/* The slice whose evidence most exceeds its cost; false when none does. */
static bool best_slice(const Search *s, PropterSlice *out) {
  double most = 0;
  size_t at = 0, cuboid = SIZE_MAX;
  for (size_t c = 0; c < s->cuboids; c++) {
    size_t end = c + 1 < s->cuboids ? s->first[c + 1] : s->sums;
    for (size_t i = s->first[c]; i < end; i++)
      if (s->sum[i] - s->cost[c] > most) most = s->sum[i] - s->cost[c], at = i, cuboid = c;
  }
  if (cuboid == SIZE_MAX) return false;
  at -= s->first[cuboid];
  for (size_t d = s->cube->dimensions; d-- > 0;) {
    bool fixed = s->mask[cuboid] >> d & 1U;
    out->level[d] = fixed ? (uint32_t)(at % s->cube->levels[d]) : PROPTER_LEVEL_ANY;
    if (fixed) at /= s->cube->levels[d];
  }
  return true;
}

static PropterStatus check(const PropterCube *c, PropterError *err) {
  if (c->dimensions < 1 || c->dimensions > PROPTER_DRILL_DIMENSIONS)
    return propter_fail(err, PROPTER_LIMIT, "a cube of %zu dimensions; expected 1 to %d", c->dimensions, PROPTER_DRILL_DIMENSIONS);
  for (size_t i = 0; i < c->cells; i++)
    for (size_t d = 0; d < c->dimensions; d++)
      if (c->level[i * c->dimensions + d] >= c->levels[d])
        return propter_fail(err, PROPTER_INVALID, "cell %zu has level %u of dimension %zu, which has %zu", i, c->level[i * c->dimensions + d], d, c->levels[d]);
  return PROPTER_OK;
}

PropterStatus propter_drill(const PropterCube *cube, const PropterDrillOptions *options, PropterSlices *found, PropterSlice *scopes, size_t scope_count,
                            PropterError *err) {
  PropterDrillOptions o = options ? *options : propter_drill_options();
  Search s = {.cube = cube, .o = &o};
  double deviation = 0;
  PROPTER_TRY(check(cube, err));
  PropterStatus status = search_open(&s, err);
  for (size_t i = 0; i < s.n && !status; i++) deviation += cube->actual[s.cell[i]] - cube->expected[s.cell[i]];
  for (size_t k = 0; k < scope_count && !status; k++) describe(&s, &scopes[k], deviation);
  PropterSlice one;
  for (size_t k = 0; k < o.most && !status && best_slice(&s, &one); k++) {
    double cost = 0;
    uint32_t mask = 0;
    for (size_t d = 0; d < cube->dimensions; d++) mask |= one.level[d] != PROPTER_LEVEL_ANY ? 1U << d : 0;
    for (size_t c = 0; c < s.cuboids; c++)
      if (s.mask[c] == mask) cost = s.cost[c];
    describe(&s, &one, deviation);
    one.evidence -= cost;
    for (size_t i = 0; i < s.n; i++)
      if (!s.taken[i] && holds(&s, &one, s.cell[i])) s.taken[i] = true, add(&s, i, -s.evidence[i]);
    if (!propter_vec_push(found, one)) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a drill-down");
  }
  search_clear(&s);
  return status;
}

void propter_drill_ratio(size_t cells, const double *numerator, const double *denominator, const double *expected_numerator, const double *expected_denominator,
                         double *expected) {
  for (size_t i = 0; i < cells; i++) {
    bool known = expected_denominator[i] > 0 && isfinite(expected_numerator[i]) && isfinite(denominator[i]) && isfinite(numerator[i]);
    expected[i] = known ? expected_numerator[i] / expected_denominator[i] * denominator[i] : NAN;
  }
}

PropterStatus propter_adtributor(const PropterCube *cube, size_t dimension, double *power, double *surprise, PropterError *err) {
  PROPTER_TRY(check(cube, err));
  if (dimension >= cube->dimensions) return propter_fail(err, PROPTER_INVALID, "dimension %zu of %zu", dimension, cube->dimensions);
  double actual = 0, expected = 0;
  for (size_t l = 0; l < cube->levels[dimension]; l++) power[l] = surprise[l] = 0;
  for (size_t i = 0; i < cube->cells; i++) {
    if (!isfinite(cube->actual[i]) || !isfinite(cube->expected[i])) continue;
    uint32_t l = cube->level[i * cube->dimensions + dimension];
    power[l] += cube->actual[i];
    surprise[l] += cube->expected[i];
    actual += cube->actual[i];
    expected += cube->expected[i];
  }
  for (size_t l = 0; l < cube->levels[dimension]; l++) {
    double was = expected != 0 ? surprise[l] / expected : 0, is = actual != 0 ? power[l] / actual : 0, middle = 0.5 * (was + is);
    power[l] = actual != expected ? (power[l] - surprise[l]) / (actual - expected) : 0;
    surprise[l] = (was > 0 && middle > 0 ? 0.5 * was * log(was / middle) : 0) + (is > 0 && middle > 0 ? 0.5 * is * log(is / middle) : 0);
  }
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* G² (likelihood ratio) and Pearson's χ² of conditional independence of discrete variables; degrees of freedom by the margins that occur in each
 * cell of the conditions (Bishop, Fienberg and Holland, Discrete Multivariate Analysis, 1975, 3.8). */
#include <math.h>

#include "counts.h"
#include "independence.h"
#include "propter/math.h"
#include "propter/mem.h"

struct CausalCache {
  CausalCounts counts;
};

struct CausalScratch {
  uint32_t *given, *code; /* of each row: the cell of the conditions, that with x */
  uint32_t *table;        /* joint counts */
  size_t table_size;
};

static void release(CausalCache *c) {
  causal_counts_clear(&c->counts), propter_free(c);
}

static PropterStatus prepare(const PropterData *data, uint64_t seed, CausalCache **out, PropterError *err) {
  (void)seed;
  PROPTER_TRY(causal_data_check(data, NULL, err));
  CausalCache *c = propter_calloc(1, sizeof *c);
  if (!c) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a test of counts");
  PropterStatus status = causal_counts_new(data, &c->counts, err);
  if (status == PROPTER_OK) *out = c;
  else propter_free(c);
  return status;
}

static void drop(CausalScratch *s) {
  propter_free(s->given), propter_free(s->code), propter_free(s->table), propter_free(s);
}

static PropterStatus scratch(const CausalCache *c, CausalScratch **out, PropterError *err) {
  CausalScratch *s = propter_calloc(1, sizeof *s);
  size_t bytes = c->counts.n * sizeof(uint32_t) + 1;
  if (s) s->given = propter_malloc(bytes), s->code = propter_malloc(bytes);
  if (s && s->given && s->code) return *out = s, PROPTER_OK;
  if (s) drop(s);
  return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a test of %zu rows", c->counts.n);
}

typedef struct {
  double g, chi, df;
  size_t rows;
  bool x_varies; /* within some cell */
} Sums;

/* One cell of the conditions: nx×ny counts with a row of `stride`. */
static void add_cell(const CausalCounts *c, const uint32_t *cell, size_t nx, size_t ny, size_t stride, bool pearson, Sums *sums) {
  uint32_t column[256] = {0}, total = 0;
  size_t seen_x = 0, seen_y = 0;
  double f = 0;
  for (size_t i = 0; i < nx; i++) {
    uint32_t row = 0;
    for (size_t j = 0; j < ny; j++) {
      uint32_t n = cell[i * stride + j];
      row += n, column[j] += n, f += c->n_log_n[n];
    }
    total += row, seen_x += row > 0, f -= c->n_log_n[row];
  }
  if (!total) return;
  for (size_t j = 0; j < ny; j++) seen_y += column[j] > 0, f -= c->n_log_n[column[j]];
  sums->g += 2 * (f + c->n_log_n[total]);
  sums->df += (double)((seen_x - 1) * (seen_y - 1));
  sums->rows += total, sums->x_varies |= seen_x > 1;
  if (!pearson || seen_x < 2 || seen_y < 2) return;
  for (size_t i = 0; i < nx; i++) {
    double row = 0;
    for (size_t j = 0; j < ny; j++) row += cell[i * stride + j];
    for (size_t j = 0; j < ny && row > 0; j++) {
      if (!column[j]) continue;
      double expected = row * column[j] / total, off = cell[i * stride + j] - expected;
      sums->chi += off * off / expected;
    }
  }
}

static bool table_fits(CausalScratch *s, size_t size) {
  if (size <= s->table_size) return true;
  uint32_t *table = propter_realloc(s->table, size * sizeof *table);
  if (!table) return false;
  s->table = table, s->table_size = size;
  return true;
}

static PropterStatus ask_one(const CausalCounts *c, CausalScratch *s, size_t given, size_t cells, size_t x, size_t y, bool pearson, PropterIndependence *a,
                             PropterError *err) {
  size_t nx = c->levels[x], ny = c->levels[y], stride = ny + 1;
  if (!table_fits(s, (cells + 1) * stride)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a table of %zu cells", cells * stride);
  causal_counts_table(c, s->code, cells, y, s->table);
  Sums sums = {0};
  for (size_t g = 0; g < given; g++) add_cell(c, s->table + g * nx * stride, nx, ny, stride, pearson, &sums);
  double statistic = fmax(0, pearson ? sums.chi : sums.g);
  bool testable = sums.df > 0;
  *a = (PropterIndependence){.testable = testable,
                             .statistic = statistic,
                             .df = sums.df,
                             .rows = sums.rows,
                             .p = 1,
                             .reason = testable        ? NULL
                                       : sums.x_varies ? causal_y_determined
                                                       : causal_x_determined};
  if (testable) a->p = fmax(0, 1 - propter_chi2_cdf(statistic, sums.df));
  return PROPTER_OK;
}

static PropterStatus ask_counts(const CausalCache *cache, CausalScratch *s, const CausalQuestion *q, bool pearson, PropterIndependence *answers,
                                PropterError *err) {
  const CausalCounts *c = &cache->counts;
  size_t given, cells;
  bool fits = causal_counts_join(c, q->s, q->k, s->given, &given) && causal_counts_join_one(c, q->x, s->given, given, s->code, &cells);
  for (size_t i = 0; i < q->count; i++) {
    if (!fits || cells > CAUSAL_CELLS / (c->levels[q->y[i]] + 1))
      answers[i] = (PropterIndependence){.p = 1, .rows = c->n, .reason = "too many cells for the rows"};
    else PROPTER_TRY(ask_one(c, s, given, cells, q->x, q->y[i], pearson, &answers[i], err));
  }
  return PROPTER_OK;
}

static PropterStatus ask_gsquare(const CausalCache *c, CausalScratch *s, const CausalQuestion *q, PropterIndependence *answers, PropterError *err) {
  return ask_counts(c, s, q, false, answers, err);
}

static PropterStatus ask_chisquare(const CausalCache *c, CausalScratch *s, const CausalQuestion *q, PropterIndependence *answers, PropterError *err) {
  return ask_counts(c, s, q, true, answers, err);
}

extern const CausalTest causal_test_gsquare, causal_test_chisquare;
const CausalTest causal_test_gsquare = {"gsquare", "likelihood ratio of discrete variables", prepare, release, scratch, drop, ask_gsquare};
const CausalTest causal_test_chisquare = {"chisquare", "Pearson's test of discrete variables", prepare, release, scratch, drop, ask_chisquare};

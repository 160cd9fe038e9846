/* SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>

#include "blas.h"
#include "propter/math.h"
#include "propter/mem.h"
#include "propter/pool.h"

enum { BLOCK = 416, TILE = 32 };

typedef struct {
  size_t p, n;
  const double *x;
  double *z, *r;
} Product;

/* Sums go in lanes of a register each, so that an addition does not wait for the one before. */
enum { LANES = 2 };
typedef double Lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double)), may_alias));

/* z = x·unit − middle (z may be x); its sum and sum of squares. */
typedef struct {
  double sum, square;
} Moments;

static Moments centre(const double *x, size_t n, double unit, double middle, double *z) {
  Lanes sum[2] = {{0}}, square[2] = {{0}};
  size_t t = 0;
  for (; t + 2 * LANES <= n; t += 2 * LANES) {
    const Lanes a = *(const Lanes *)(const void *)(x + t) * unit - middle, b = *(const Lanes *)(const void *)(x + t + LANES) * unit - middle;
    *(Lanes *)(void *)(z + t) = a, *(Lanes *)(void *)(z + t + LANES) = b;
    sum[0] += a, sum[1] += b, square[0] += a * a, square[1] += b * b;
  }
  for (; t < n; t++) {
    z[t] = x[t] * unit - middle;
    sum[0][0] += z[t], square[0][0] += z[t] * z[t];
  }
  return (Moments){(sum[0][0] + sum[0][1]) + (sum[1][0] + sum[1][1]), (square[0][0] + square[0][1]) + (square[1][0] + square[1][1])};
}

static PropterStatus largest_of(const double *x, size_t n, size_t i, double *big, PropterError *err) {
  *big = 0;
  for (size_t t = 0; t < n; t++) {
    if (!isfinite(x[t])) return propter_fail(err, PROPTER_INVALID, "value %zu of variable %zu is not finite", t, i);
    *big = fmax(*big, fabs(x[t]));
  }
  return PROPTER_OK;
}

/* Twice centred, so that a large common offset does not eat the digits of the spread. Scaled first where squares would leave the range of a double. */
static PropterStatus standardise(size_t i, void *payload, PropterError *err) {
  const Product *job = payload;
  double *z = job->z + i * job->n, n = (double)job->n, big;
  Moments raw = centre(job->x + i * job->n, job->n, 1, 0, z);
  if (!(raw.square >= 1e-200 && raw.square <= DBL_MAX)) {
    PROPTER_TRY(largest_of(z, job->n, i, &big, err));
    for (size_t t = 0; t < job->n && big > 0; t++) z[t] /= big; /* 1 / big may be infinite */
    raw = centre(z, job->n, 1, 0, z);
  }
  const Moments once = centre(z, job->n, 1, raw.sum / n, z), twice = centre(z, job->n, 1, once.sum / n, z);
  (void)centre(z, job->n, twice.square > 1e-26 * raw.square ? 1 / sqrt(twice.square) : 0, 0, z); /* constant up to rounding: 0 */
  return PROPTER_OK;
}

/* The upper triangle from the lower one, in tiles that stay in the cache whichever way they are walked; rounding may have left [-1, 1]. */
static void mirror(const Product *job, size_t row, size_t col, size_t m, size_t k) {
  for (size_t a = row; a < row + m; a += TILE)
    for (size_t b = col; b < col + k && b <= a; b += TILE) {
      const size_t to_a = a + TILE < row + m ? a + TILE : row + m, to_b = b + TILE < col + k ? b + TILE : col + k;
      for (size_t i = a; i < to_a; i++)
        for (size_t j = b; j < to_b && j <= i; j++) {
          double *v = &job->r[i * job->p + j];
          *v = *v > 1 ? 1 : *v < -1 ? -1 : *v;
        }
      for (size_t j = b; j < to_b; j++)
        for (size_t i = a > j ? a : j; i < to_a; i++) job->r[j * job->p + i] = job->r[i * job->p + j];
    }
}

static PropterStatus multiply(size_t item, void *payload, PropterError *err) {
  (void)err;
  const Product *job = payload;
  size_t a = 0;
  while (item >= a + 1) item -= ++a; /* item-th block of the lower triangle: row a, column item */
  const size_t row = a * BLOCK, col = item * BLOCK, m = job->p - row < BLOCK ? job->p - row : BLOCK, k = job->p - col < BLOCK ? job->p - col : BLOCK;
  blas_products(m, k, job->n, job->z + row * job->n, job->z + col * job->n, job->p, job->r + row * job->p + col);
  mirror(job, row, col, m, k);
  return PROPTER_OK;
}

PropterStatus propter_correlation(size_t p, size_t n, const double *x, unsigned threads, double *r, PropterError *err) {
  size_t blocks = (p + BLOCK - 1) / BLOCK;
  Product job = {p, n, x, propter_malloc(p * n * sizeof *x + 1), r};
  if (!job.z) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the correlation of %zu variables", p);
  PropterStatus status = propter_pool_run(p, threads, standardise, &job, err);
  if (status == PROPTER_OK) status = propter_pool_run(blocks * (blocks + 1) / 2, threads, multiply, &job, err);
  for (size_t i = 0; status == PROPTER_OK && i < p; i++) r[i * p + i] = 1;
  propter_free(job.z);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>

#include "propter/math.h"
#include "propter/mem.h"
#include "propter/pool.h"

enum { BLOCK = 256, TILE = 32 };

typedef struct {
  size_t p, n, blocks;
  const double *x;
  double *z, *r;
} Product;

/* Four sums, so that an addition does not wait for the one before. */
static double sum_of(const double *z, size_t n) {
  double sum[4] = {0};
  size_t t = 0;
  for (; t + 4 <= n; t += 4)
    for (size_t k = 0; k < 4; k++) sum[k] += z[t + k];
  for (; t < n; t++) sum[0] += z[t];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static double square_of(const double *z, size_t n) {
  double sum[4] = {0};
  size_t t = 0;
  for (; t + 4 <= n; t += 4)
    for (size_t k = 0; k < 4; k++) sum[k] += z[t + k] * z[t + k];
  for (; t < n; t++) sum[0] += z[t] * z[t];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* Twice centred, so that a large common offset does not eat the digits of the spread. Scaled first where squares would leave the range of a double. */
static PropterStatus standardise(size_t i, void *payload, PropterError *err) {
  const Product *job = payload;
  const double *x = job->x + i * job->n;
  double *z = job->z + i * job->n, n = (double)job->n, big = 0, most = 0;
  for (size_t t = 0; t < job->n; t++) {
    double size = fabs(x[t]);
    if (!(size <= DBL_MAX)) return propter_fail(err, PROPTER_INVALID, "value %zu of variable %zu is not finite", t, i);
    big = size > big ? size : big;
  }
  memcpy(z, x, job->n * sizeof *z);
  if (big > 0 && (big < 1e-100 || big > 1e100)) {
    for (size_t t = 0; t < job->n; t++) z[t] /= big;
    big = 1;
  }
  for (int twice = 0; twice < 2; twice++) {
    double mean = sum_of(z, job->n) / n;
    for (size_t t = 0; t < job->n; t++) z[t] -= mean;
  }
  for (size_t t = 0; t < job->n; t++) most = fabs(z[t]) > most ? fabs(z[t]) : most;
  double unit = most > 1e-13 * big ? 1 / sqrt(square_of(z, job->n)) : 0; /* otherwise constant up to rounding */
  for (size_t t = 0; t < job->n; t++) z[t] *= unit;
  return PROPTER_OK;
}

/* Both triangles of r from a block of products, in tiles that stay in the cache whichever way they are walked. */
static void scatter(const Product *job, const double *block, size_t row, size_t col, size_t m, size_t k) {
  for (size_t a = 0; a < m; a += TILE)
    for (size_t b = 0; b < k; b += TILE) {
      size_t to_a = a + TILE < m ? a + TILE : m, to_b = b + TILE < k ? b + TILE : k;
      for (size_t i = a; i < to_a; i++)
        for (size_t j = b; j < to_b; j++) {
          double v = block[i * k + j];
          job->r[(row + i) * job->p + col + j] = v > 1 ? 1 : v < -1 ? -1 : v;
        }
      for (size_t j = b; j < to_b; j++)
        for (size_t i = a; i < to_a; i++) job->r[(col + j) * job->p + row + i] = job->r[(row + i) * job->p + col + j];
    }
}

static PropterStatus multiply(size_t item, void *payload, PropterError *err) {
  (void)err;
  const Product *job = payload;
  size_t a = 0;
  while (item >= a + 1) item -= ++a; /* item-th block of the lower triangle: row a, column item */
  size_t row = a * BLOCK, col = item * BLOCK, m = job->p - row < BLOCK ? job->p - row : BLOCK, k = job->p - col < BLOCK ? job->p - col : BLOCK;
  double block[BLOCK * BLOCK];
  propter_gemm(false, true, m, k, job->n, job->z + row * job->n, job->z + col * job->n, 0, block);
  scatter(job, block, row, col, m, k);
  return PROPTER_OK;
}

PropterStatus propter_correlation(size_t p, size_t n, const double *x, unsigned threads, double *r, PropterError *err) {
  size_t blocks = (p + BLOCK - 1) / BLOCK;
  Product job = {p, n, blocks, x, propter_malloc(p * n * sizeof *x + 1), r};
  if (!job.z) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the correlation of %zu variables", p);
  PropterStatus status = propter_pool_run(p, threads, standardise, &job, err);
  if (status == PROPTER_OK) status = propter_pool_run(blocks * (blocks + 1) / 2, threads, multiply, &job, err);
  for (size_t i = 0; status == PROPTER_OK && i < p; i++) r[i * p + i] = 1;
  propter_free(job.z);
  return status;
}

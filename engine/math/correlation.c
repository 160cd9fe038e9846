/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/math.h"
#include "propter/mem.h"
#include "propter/pool.h"

enum { BLOCK = 256 };

typedef struct {
  size_t p, n, blocks;
  const double *x;
  double *z, *r;
} Product;

/* Twice centred, so that a large common offset does not eat the digits of the spread. Scaled by the largest deviation first: squares of huge or
 * denormal values would leave the range of a double. */
static PropterStatus standardise(size_t i, void *payload, PropterError *err) {
  const Product *job = payload;
  const double *x = job->x + i * job->n;
  double *z = job->z + i * job->n, n = (double)job->n, mean = 0, big = 0, rest = 0, square = 0;
  for (size_t t = 0; t < job->n; t++) {
    if (!isfinite(x[t])) return propter_fail(err, PROPTER_INVALID, "value %zu of variable %zu is not finite", t, i);
    big = fmax(big, fabs(x[t]));
  }
  double scale = big > 0 ? big : 1;
  for (size_t t = 0; t < job->n; t++) mean += x[t] / scale / n;
  for (size_t t = 0; t < job->n; t++) z[t] = x[t] / scale - mean, rest += z[t] / n;
  double most = 0;
  for (size_t t = 0; t < job->n; t++) z[t] -= rest, most = fmax(most, fabs(z[t]));
  if (most <= 1e-13) most = 0; /* constant up to rounding */
  for (size_t t = 0; t < job->n; t++) z[t] = most > 0 ? z[t] / most : 0, square += z[t] * z[t];
  double unit = square > 0 ? 1 / sqrt(square) : 0;
  for (size_t t = 0; t < job->n; t++) z[t] *= unit;
  return PROPTER_OK;
}

static PropterStatus multiply(size_t item, void *payload, PropterError *err) {
  (void)err;
  const Product *job = payload;
  size_t a = 0;
  while (item >= a + 1) item -= ++a; /* item-th block of the lower triangle: row a, column item */
  size_t row = a * BLOCK, col = item * BLOCK, m = job->p - row < BLOCK ? job->p - row : BLOCK, k = job->p - col < BLOCK ? job->p - col : BLOCK;
  double block[BLOCK * BLOCK];
  propter_gemm(false, true, m, k, job->n, job->z + row * job->n, job->z + col * job->n, 0, block);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < k; j++) {
      double v = fmin(1, fmax(-1, block[i * k + j]));
      job->r[(row + i) * job->p + col + j] = job->r[(col + j) * job->p + row + i] = v;
    }
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

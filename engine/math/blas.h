/* SPDX-License-Identifier: Apache-2.0 */
/* A product that is a part of a larger matrix. */
#ifndef MATH_BLAS_H
#define MATH_BLAS_H

#include <stddef.h>

/* c[m×n] = a[m×k]·b[n×k]ᵀ, rows of c `stride` apart. Where a is b (then m = n) only its lower triangle is written. */
void blas_products(size_t m, size_t n, size_t k, const double *a, const double *b, size_t stride, double *c);

#endif

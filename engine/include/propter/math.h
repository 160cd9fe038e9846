/* SPDX-License-Identifier: Apache-2.0 */
/* Matrices over OpenBLAS, distributions, robust summaries, Shapley values. Matrices are dense, row-major, without padding. Nothing here
 * allocates from the library's shims except where a function lists NO_MEMORY. OpenBLAS runs on one thread; parallelism is the caller's. */
#ifndef PROPTER_MATH_H
#define PROPTER_MATH_H

#include "propter/status.h"

/* ---- kernel ------------------------------------------------------------------------------------------------------------- */

/* Name of the kernel OpenBLAS chose, e.g. "Haswell". Static. */
PROPTER_API const char *propter_math_kernel(void);

/* True when the chosen kernel uses narrower vectors than this processor has (seen under virtualisation: Prescott on a processor with
 * AVX-512). *better (may be NULL) is then the value for OPENBLAS_CORETYPE, to be set before the process starts; the library itself
 * changes nothing. Static. */
PROPTER_API bool propter_math_kernel_slow(const char **better);

/* ---- matrices ----------------------------------------------------------------------------------------------------------- */

/* c[m×n] = op(a)·op(b) + beta·c, where op transposes if asked; the inner dimension is k. */
PROPTER_API void propter_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const double *a, const double *b, double beta,
                              double *c);

/* c[n×n] = aᵀ·a for a[k×n]; both triangles are filled. */
PROPTER_API void propter_gram(size_t k, size_t n, const double *a, double *c);

/* Pearson correlation r[p×p] of p variables with n values each, x[p×n] (one row per variable, finite). A variable whose spread is below its rounding
 * error has correlation 0 with all others and 1 with itself. The product runs in blocks on `threads` threads (0: all processors). INVALID if a
 * value is not finite, NO_MEMORY. */
PROPTER_API PropterStatus propter_correlation(size_t p, size_t n, const double *x, unsigned threads, double *r, PropterError *err);

/* In place: the lower triangle of a symmetric a[n×n] becomes L with a = L·Lᵀ, the upper one zero. INVALID if a is not positive definite. */
PROPTER_API PropterStatus propter_cholesky(size_t n, double *a, PropterError *err);

/* b[n×m] := L⁻¹·b. */
PROPTER_API void propter_solve_lower(size_t n, const double *l, size_t m, double *b);

/* b[n×m] := (L·Lᵀ)⁻¹·b. */
PROPTER_API void propter_cholesky_solve(size_t n, const double *l, size_t m, double *b);

/* log det(L·Lᵀ). */
PROPTER_API double propter_cholesky_logdet(size_t n, const double *l);

/* Least squares of y[rows] on x[rows×cols], weights[rows] ≥ 0 or NULL, all coefficients ≥ 0; exact, by trying every support, so cols ≤ 8
 * (LIMIT above). Of supports that fit alike (losses within 1e-9 of each other) the first is taken, counted in binary from column 0: the same one on every
 * processor. Writes coefficient[cols]. */
PROPTER_API PropterStatus propter_nonnegative_fit(size_t rows, size_t cols, const double *x, const double *y, const double *weights,
                                                  double *coefficient, PropterError *err);

/* ---- distributions ------------------------------------------------------------------------------------------------------ */

PROPTER_API double propter_normal_log_density(double x, double mean, double sd);
PROPTER_API double propter_normal_cdf(double z);
/* Inverse of the above; p in (0, 1), ±infinity at 0 and 1. */
PROPTER_API double propter_normal_quantile(double p);
/* Student's t with df > 0 degrees of freedom, standard scale. */
PROPTER_API double propter_t_log_density(double t, double df);
PROPTER_API double propter_t_cdf(double t, double df);
PROPTER_API double propter_t_quantile(double p, double df);
/* The normal deviate that is as rare as t, and its inverse (Wallace 1959): for df ≥ 3 and deviates up to 3 within a fiftieth of it, up to 6 a twentieth. Finite
 * wherever t is. */
PROPTER_API double propter_normal_of_t(double t, double df);
PROPTER_API double propter_t_of_normal(double z, double df);
/* Regularised incomplete gamma P(a, x) and the χ² distribution function, by series and continued fraction. */
PROPTER_API double propter_gamma_p(double a, double x);
PROPTER_API double propter_chi2_cdf(double x, double df);
/* log Σ exp(x); −infinity for none. */
PROPTER_API double propter_log_sum_exp(const double *x, size_t n);
PROPTER_API double propter_log_add(double a, double b);
PROPTER_API double propter_logit(double p);
PROPTER_API double propter_expit(double x);

/* Ascending; NaN is not allowed. */
PROPTER_API void propter_sort(double *x, size_t n);

/* ---- robust summaries: reorder x; NaN is not allowed; NaN for n = 0 ------------------------------------------------------- */

PROPTER_API double propter_median(double *x, size_t n);
/* The standard deviation of Gaussian data over the median of |x − centre|. */
#define PROPTER_MAD 1.4826
/* PROPTER_MAD × median |x − centre|. */
PROPTER_API double propter_mad(double *x, size_t n, double centre);

/* ---- attribution -------------------------------------------------------------------------------------------------------- */

/* Exact Shapley values of n ≤ 14 players (Shapley 1953): value[S] for every set S of players as a bit mask; share[n] sums to
 * value[all] − value[none] up to rounding. LIMIT above 14. */
PROPTER_API PropterStatus propter_shapley(size_t n, const double *value, double *share, PropterError *err);

/* False discovery rate: q[i] is the least rate at which p[i] would be kept among the p[count], by Benjamini and Hochberg (1995), or under any
 * dependence by Benjamini and Yekutieli (2001). `tests` ≥ count: tests made in all, where those without a finding have no row (their p counts as 1).
 * A p that is not a number counts as 1. */
PROPTER_API PropterStatus propter_false_discovery(const double *p, size_t count, size_t tests, bool dependent, double *q, PropterError *err);

#endif

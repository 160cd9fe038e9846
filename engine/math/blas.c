/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/math.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <pthread.h>

#include "blas.h"

static pthread_once_t single = PTHREAD_ONCE_INIT;

/* OpenBLAS, where it was built with threads, starts them when it is loaded, and they wait for work by turning for tens of milliseconds. It ends them by this
 * function before a fork, and starts them again should they be wanted. */
extern int blas_thread_shutdown_(void) __attribute__((weak));

static void use_one_thread(void) {
  openblas_set_num_threads(1);
  if (blas_thread_shutdown_) (void)blas_thread_shutdown_();
}

static void ready(void) { (void)pthread_once(&single, use_one_thread); }

const char *propter_math_kernel(void) {
  ready();
  return openblas_get_corename();
}

/* Vector width in bits that a kernel's code uses; kernels not named here are not second-guessed. */
static int kernel_width(const char *name) {
  static const struct {
    const char *name;
    int width;
  } rows[] = {{"Prescott", 128}, {"Core2", 128},       {"Penryn", 128},    {"Dunnington", 128},     {"Nehalem", 128}, {"Atom", 128},
              {"Opteron", 128},  {"Opteron_SSE3", 128}, {"Barcelona", 128}, {"Bobcat", 128},         {"Sandybridge", 256}, {"Bulldozer", 256},
              {"Piledriver", 256}, {"Steamroller", 256}, {"Haswell", 256}, {"Excavator", 256},      {"Zen", 256},     {"SkylakeX", 512},
              {"Cooperlake", 512}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (strcmp(rows[i].name, name) == 0) return rows[i].width;
  return 0;
}

bool propter_math_kernel_slow(const char **better) {
  if (better) *better = NULL;
#if defined(__x86_64__) && defined(__GNUC__)
  int have = kernel_width(propter_math_kernel());
  const char *name = NULL;
  int width = 0;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) name = "Haswell", width = 256;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
    name = "SkylakeX", width = 512;
  if (!have || width <= have) return false;
  if (better) *better = name;
  return true;
#else
  return false;
#endif
}

void propter_gemm(bool ta, bool tb, size_t m, size_t n, size_t k, const double *a, const double *b, double beta, double *c) {
  ready();
  if (!m || !n) return;
  cblas_dgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, (blasint)m, (blasint)n, (blasint)k, 1.0, a,
              (blasint)(ta ? m : k), b, (blasint)(tb ? k : n), beta, c, (blasint)n);
}

void propter_gram(size_t k, size_t n, const double *a, double *c) {
  ready();
  if (!n) return;
  cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (blasint)n, (blasint)k, 1.0, a, (blasint)n, 0.0, c, (blasint)n);
  for (size_t i = 0; i < n; i++)
    for (size_t j = i + 1; j < n; j++) c[i * n + j] = c[j * n + i];
}

void blas_products(size_t m, size_t n, size_t k, const double *a, const double *b, size_t stride, double *c) {
  const blasint inner = (blasint)k, across = (blasint)stride, lead = k ? inner : 1;
  ready();
  if (a == b) cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (blasint)n, inner, 1, a, lead, 0, c, across);
  else cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)m, (blasint)n, inner, 1, a, lead, b, lead, 0, c, across);
}

PropterStatus propter_cholesky(size_t n, double *a, PropterError *err) {
  ready();
  if (!n) return PROPTER_OK;
  lapack_int info = LAPACKE_dpotrf_work(LAPACK_ROW_MAJOR, 'L', (lapack_int)n, a, (lapack_int)n);
  if (info) return propter_fail(err, PROPTER_INVALID, "matrix of order %zu is not positive definite (pivot %d)", n, (int)info);
  for (size_t i = 0; i < n; i++)
    for (size_t j = i + 1; j < n; j++) a[i * n + j] = 0;
  return PROPTER_OK;
}

void propter_solve_lower(size_t n, const double *l, size_t m, double *b) {
  ready();
  if (!n || !m) return;
  cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, (blasint)n, (blasint)m, 1.0, l, (blasint)n, b, (blasint)m);
}

void propter_cholesky_solve(size_t n, const double *l, size_t m, double *b) {
  propter_solve_lower(n, l, m, b);
  if (!n || !m) return;
  cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, (blasint)n, (blasint)m, 1.0, l, (blasint)n, b, (blasint)m);
}

double propter_cholesky_logdet(size_t n, const double *l) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += log(l[i * n + i]);
  return 2 * sum;
}

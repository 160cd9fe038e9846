/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/math.h"

#include <math.h>

static void swap(double *x, size_t i, size_t j) {
  double t = x[i];
  x[i] = x[j];
  x[j] = t;
}

/* k-th smallest; afterwards x[0..k) ≤ x[k] ≤ x(k..n). Quickselect with the median of three. */
static double select_kth(double *x, size_t n, size_t k) {
  size_t low = 0, high = n - 1;
  while (high > low + 1) {
    size_t mid = low + (high - low) / 2;
    swap(x, mid, low + 1);
    if (x[low] > x[high]) swap(x, low, high);
    if (x[low + 1] > x[high]) swap(x, low + 1, high);
    if (x[low] > x[low + 1]) swap(x, low, low + 1);
    double pivot = x[low + 1];
    size_t i = low + 1, j = high;
    for (;;) {
      do i++;
      while (x[i] < pivot);
      do j--;
      while (x[j] > pivot);
      if (j < i) break;
      swap(x, i, j);
    }
    x[low + 1] = x[j];
    x[j] = pivot;
    if (j >= k) high = j - 1;
    if (j <= k) low = i;
  }
  if (high == low + 1 && x[high] < x[low]) swap(x, low, high);
  return x[k];
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void propter_sort(double *x, size_t n) {
  if (n) qsort(x, n, sizeof *x, by_value);
}

double propter_median(double *x, size_t n) {
  if (!n) return NAN;
  double upper = select_kth(x, n, n / 2);
  if (n % 2) return upper;
  double lower = x[0];
  for (size_t i = 1; i < n / 2; i++)
    if (x[i] > lower) lower = x[i];
  return 0.5 * (lower + upper);
}

double propter_mad(double *x, size_t n, double centre) {
  for (size_t i = 0; i < n; i++) x[i] = fabs(x[i] - centre);
  return PROPTER_MAD * propter_median(x, n);
}

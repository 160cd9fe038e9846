/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "propter/math.h"
#include "propter/mem.h"

typedef struct {
  double p;
  size_t place;
} Test;

static int by_p(const void *a, const void *b) {
  const Test *x = a, *y = b;
  if (x->p != y->p) return x->p < y->p ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

PropterStatus propter_false_discovery(const double *p, size_t count, size_t tests, bool dependent, double *q, PropterError *err) {
  Test *test = propter_malloc((count + 1) * sizeof *test);
  double factor = 1, least = 1;
  if (!test) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu tests", count);
  if (tests < count) tests = count;
  if (dependent)
    for (size_t k = 2; k <= tests; k++) factor += 1 / (double)k;
  for (size_t i = 0; i < count; i++) test[i] = (Test){p[i] >= 0 ? fmin(p[i], 1) : 1, i};
  qsort(test, count, sizeof *test, by_p);
  for (size_t i = count; i-- > 0;) {
    least = fmin(least, test[i].p * (double)tests * factor / (double)(i + 1));
    q[test[i].place] = least;
  }
  propter_free(test);
  return PROPTER_OK;
}

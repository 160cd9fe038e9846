/* SPDX-License-Identifier: Apache-2.0 */
/* Private: what an independence test is made of. A test is one file with one (or two) const descriptors and a row each in independence.def. */
#ifndef CAUSAL_INDEPENDENCE_H
#define CAUSAL_INDEPENDENCE_H

#include "propter/structure.h"

enum { CAUSAL_CONDITION = 16 }; /* largest conditioning set */

typedef struct CausalCache CausalCache; /* what a test computes once from the data; read-only afterwards, shared by threads */
typedef struct CausalScratch CausalScratch;

/* One question put to many: x ⟂ y | s for every y of a list; what depends only on x and s is computed once. */
typedef struct {
  size_t x, k, count;
  const size_t *s, *y;
  const double *quick; /* NULL, or a level for each y: then p need only stand on the right side of it */
} CausalQuestion;

typedef struct {
  const char *name, *text;
  PropterStatus (*prepare)(const PropterData *data, uint64_t seed, CausalCache **cache, PropterError *err);
  void (*release)(CausalCache *cache);
  PropterStatus (*scratch)(const CausalCache *cache, CausalScratch **scratch, PropterError *err); /* one per thread */
  void (*drop)(CausalScratch *scratch);
  PropterStatus (*ask)(const CausalCache *cache, CausalScratch *scratch, const CausalQuestion *q, PropterIndependence *answers, PropterError *err);
} CausalTest;

/* Reasons of what is not testable that a search tells apart. */
extern const char causal_x_determined[], causal_y_determined[];

/* The row of this name; NULL: the one for the kind of data. */
PropterStatus causal_test_find(const PropterData *data, const char *name, const CausalTest **test, PropterError *err);
/* Finite or NaN, codes inside their levels; *missing (may be NULL): any NaN. */
PropterStatus causal_data_check(const PropterData *data, bool *missing, PropterError *err);
static inline bool causal_discrete(const PropterData *data, size_t v) { return data->levels && data->levels[v]; }

#endif

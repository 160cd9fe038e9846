/* SPDX-License-Identifier: Apache-2.0 */
#include "independence.h"

#include <math.h>

#include "propter/mem.h"

#define INDEPENDENCE(name) extern const CausalTest causal_test_##name;
#include "independence.def"
#undef INDEPENDENCE

static const CausalTest *const tests[] = {
#define INDEPENDENCE(name) &causal_test_##name,
#include "independence.def"
#undef INDEPENDENCE
};

const char causal_x_determined[] = "x is determined by the conditions", causal_y_determined[] = "y is determined by the conditions";

struct PropterIndependenceTest {
  const CausalTest *test;
  size_t p;
  CausalCache *cache;
  CausalScratch *scratch;
};

PropterStatus causal_data_check(const PropterData *data, bool *missing, PropterError *err) {
  bool any = false;
  for (size_t v = 0; v < data->p; v++)
    for (size_t t = 0; t < data->n; t++) {
      double x = data->x[v * data->n + t];
      if (isnan(x)) any = true;
      else if (!isfinite(x)) return propter_fail(err, PROPTER_INVALID, "row %zu of variable %zu is infinite", t, v);
      else if (causal_discrete(data, v) && !(x >= 0 && x < data->levels[v] && x == floor(x)))
        return propter_fail(err, PROPTER_INVALID, "row %zu of variable %zu is %g, expected a code from 0 to %u", t, v, x, data->levels[v] - 1);
    }
  for (size_t v = 0; v < data->p; v++)
    if (causal_discrete(data, v) && data->levels[v] > 250)
      return propter_fail(err, PROPTER_LIMIT, "variable %zu has %u levels, at most 250", v, data->levels[v]);
  if (missing) *missing = any;
  return PROPTER_OK;
}

PropterStatus causal_test_find(const PropterData *data, const char *name, const CausalTest **test, PropterError *err) {
  size_t discrete = 0;
  for (size_t v = 0; v < data->p; v++) discrete += causal_discrete(data, v);
  if (!name) name = !discrete ? "fisherz" : discrete == data->p ? "gsquare" : "conditional_gaussian";
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
    if (strcmp(tests[i]->name, name) == 0) return *test = tests[i], PROPTER_OK;
  return propter_fail(err, PROPTER_NOT_FOUND, "no independence test \"%s\"", name);
}

PropterStatus propter_independence_new(const PropterData *data, const char *name, uint64_t seed, PropterIndependenceTest **out, PropterError *err) {
  *out = NULL;
  const CausalTest *test;
  PROPTER_TRY(causal_test_find(data, name, &test, err));
  PropterIndependenceTest *t = propter_calloc(1, sizeof *t);
  if (!t) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an independence test");
  t->test = test, t->p = data->p;
  PropterStatus status = test->prepare(data, seed, &t->cache, err);
  if (status == PROPTER_OK) status = test->scratch(t->cache, &t->scratch, err);
  if (status == PROPTER_OK) *out = t;
  else propter_independence_free(t);
  return status;
}

void propter_independence_free(PropterIndependenceTest *test) {
  if (!test) return;
  if (test->scratch) test->test->drop(test->scratch);
  if (test->cache) test->test->release(test->cache);
  propter_free(test);
}

PropterStatus propter_independent(PropterIndependenceTest *t, size_t x, size_t y, const size_t *s, size_t k, PropterIndependence *result, PropterError *err) {
  if (k > CAUSAL_CONDITION) return propter_fail(err, PROPTER_INVALID, "%zu conditions, at most %d", k, CAUSAL_CONDITION);
  size_t all[CAUSAL_CONDITION + 2] = {x, y};
  for (size_t i = 0; i < k; i++) all[2 + i] = s[i];
  for (size_t i = 0; i < k + 2; i++) {
    if (all[i] >= t->p) return propter_fail(err, PROPTER_INVALID, "variable %zu of %zu", all[i], t->p);
    for (size_t j = 0; j < i; j++)
      if (all[i] == all[j]) return propter_fail(err, PROPTER_INVALID, "variable %zu stands twice in a test", all[i]);
  }
  CausalQuestion q = {.x = x, .k = k, .count = 1, .s = s, .y = &y};
  return t->test->ask(t->cache, t->scratch, &q, result, err);
}

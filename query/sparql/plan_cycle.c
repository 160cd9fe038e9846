/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns that make a cycle: whether a leapfrog join, whose cost stays within what a worst case has (Veldhuizen, Leapfrog triejoin, ICDT 2014), is cheaper
 * than joining them pair by pair. */
#include <math.h>
#include <string.h>

#include "plan.h"

#define LEAP_READ 8.0 /* of a pair read for a leapfrog join */
#define LEAP_TRY 4.0  /* of a value tried there */

typedef struct {
  Exec *run;
  const Alg *const *scans;
  const double *rows; /* of each */
  size_t count;
} Cycle;

static bool binary(const Alg *a) {
  return a->kind == ALG_SCAN && a->graphs.kind == GRAPHS_UNION && a->p.id && !exec_local(a->p.id) && a->s.slot != NO_SLOT && a->o.slot != NO_SLOT &&
         a->s.slot != a->o.slot;
}

static bool same_pair(const Alg *a, const Alg *b) {
  return (a->s.slot == b->s.slot && a->o.slot == b->o.slot) || (a->s.slot == b->o.slot && a->o.slot == b->s.slot);
}

/* Is the whole join one connected graph of variables with a cycle of three or more? `slots`: the variables. */
static bool cyclic(const Cycle *c, uint64_t *seen, uint32_t *slots, size_t *slot_count) {
  size_t edges = 0, reached = 1;
  *slot_count = 0;
  for (size_t i = 0; i < c->count; i++) {
    const Alg *a = c->scans[i];
    const uint32_t ends[] = {a->s.slot, a->o.slot};
    bool again = false;
    if (!binary(a)) return false;
    for (size_t k = 0; k < i; k++) again = again || same_pair(a, c->scans[k]);
    edges += !again;
    for (size_t k = 0; k < 2; k++) {
      if (!slots_has(seen, ends[k])) slots[(*slot_count)++] = ends[k];
      slots_add(seen, ends[k]);
    }
  }
  memset(seen, 0, slots_words(c->run) * sizeof *seen);
  slots_add(seen, slots[0]);
  for (size_t before = 0; before != reached;) {
    before = reached;
    for (size_t i = 0; i < c->count; i++) {
      const Alg *a = c->scans[i];
      if (slots_has(seen, a->s.slot) == slots_has(seen, a->o.slot)) continue;
      slots_add(seen, a->s.slot);
      slots_add(seen, a->o.slot);
      reached++;
    }
  }
  return edges >= *slot_count && reached == *slot_count;
}

/* How many values a variable is tried with where `bound` are bound, and how many of them agree with all patterns. */
static PropterStatus leap_values(const Cycle *c, uint32_t slot, uint64_t *bound, double *tried, double *agree, PropterError *err) {
  double most = 1;
  *tried = (double)INFINITY, *agree = 1;
  for (size_t i = 0; i < c->count; i++) {
    const Alg *a = c->scans[i];
    if (a->s.slot != slot && a->o.slot != slot) continue;
    uint32_t other = a->s.slot == slot ? a->o.slot : a->s.slot;
    double rows = c->rows[i], per_value, values;
    uint64_t *alone = slots_new(c->run, err);
    if (!alone) return exec_fail_memory(c->run, err);
    slots_add(alone, slot);
    PROPTER_TRY(estimate_probe(c->run, a, rows, alone, &per_value, err));
    values = rows / fmax(per_value, 1);
    most = fmax(most, values);
    if (slots_has(bound, other)) {
      memset(alone, 0, slots_words(c->run) * sizeof *alone);
      slots_add(alone, other);
      PROPTER_TRY(estimate_probe(c->run, a, rows, alone, &values, err));
    }
    *tried = fmin(*tried, values);
    *agree = *agree * values / most;
  }
  *agree *= most;
  return PROPTER_OK;
}

/* The variables in the order of fewest values to try; *rows: solutions, *cost: of reading all patterns and trying. */
static PropterStatus leap_order(const Cycle *c, uint32_t *slots, size_t count, double *rows, double *cost, PropterError *err) {
  uint64_t *bound = slots_new(c->run, err);
  if (!bound) return exec_fail_memory(c->run, err);
  *rows = 1, *cost = 0;
  for (size_t i = 0; i < c->count; i++) *cost += c->rows[i] * LEAP_READ;
  for (size_t n = 0; n < count; n++) {
    size_t best = n;
    double tried, agree, best_tried = (double)INFINITY, best_agree = (double)INFINITY;
    for (size_t i = n; i < count; i++) {
      PROPTER_TRY(leap_values(c, slots[i], bound, &tried, &agree, err));
      if (tried < best_tried) best = i, best_tried = tried, best_agree = agree;
    }
    uint32_t slot = slots[best];
    memmove(&slots[n + 1], &slots[n], (best - n) * sizeof *slots);
    slots[n] = slot;
    slots_add(bound, slot);
    *cost += *rows * best_tried * LEAP_TRY;
    *rows *= best_agree;
  }
  return PROPTER_OK;
}

PropterStatus plan_cycle(Exec *run, const Alg *const *scans, const double *rows_each, size_t count, double cost, Op **out, PropterError *err) {
  const Cycle c = {run, scans, rows_each, count};
  uint32_t *slots = exec_plan_alloc(run, 2 * count * sizeof *slots);
  uint64_t *seen = slots_new(run, err);
  size_t slot_count;
  double read = 0, rows = 0, leap_cost = 0;
  if (!slots || !seen) return exec_fail_memory(run, err);
  *out = NULL;
  if (!cyclic(&c, seen, slots, &slot_count)) return PROPTER_OK;
  PROPTER_TRY(leap_order(&c, slots, slot_count, &rows, &leap_cost, err));
  for (size_t i = 0; i < count; i++) read += rows_each[i];
  if (leap_cost >= cost || read * 32 >= (double)(run->options.memory / 4)) return PROPTER_OK;
  PROPTER_TRY(op_leapfrog(run, scans, count, slots, slot_count, out, err));
  (*out)->estimate = rows, (*out)->cost = leap_cost;
  return PROPTER_OK;
}

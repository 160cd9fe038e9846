/* SPDX-License-Identifier: Apache-2.0 */
/* What moves are to each other: the way back of one before, and the same time of another year. */
#include <math.h>
#include <stdlib.h>

#include "propter/mem.h"
#include "propter/why.h"

enum { RETURN_DAYS = 62, YEAR = 364 /* the same day of the week */, NEAR = 8 /* as Easter Monday or the last Friday of November move by weeks */ };

static int by_measure(const void *a, const void *b) {
  const PropterMoveKin *x = *(PropterMoveKin *const *)a, *y = *(PropterMoveKin *const *)b;
  const int c = propter_str_compare(x->measure, y->measure);
  if (c) return c;
  if (x->first != y->first) return x->first < y->first ? -1 : 1;
  return x < y ? -1 : x > y;
}

static bool same_metric(const PropterMoveKin *a, const PropterMoveKin *b) { return propter_str_equal(a->metric, b->metric); }
static bool same_way(const PropterMoveKin *a, const PropterMoveKin *b) { return (a->score > 0) == (b->score > 0); }

/* Of the figure, or of a part of it, the other way, as far. */
static bool is_way_back(const PropterMoveKin *m, const PropterMoveKin *before) {
  const bool soon = before->first < m->first && m->first - before->first <= RETURN_DAYS;
  return soon && (same_metric(m, before) || !m->part) && !same_way(m, before) && before->stands && fabs(before->score) * 2 >= fabs(m->score);
}

/* Of the figure, the same way, half as far or more and no more than twice. */
static bool is_of_year(const PropterMoveKin *m, const PropterMoveKin *other) {
  const PropterDay apart = abs((int)(m->first - other->first));
  const double less = fmin(fabs(m->share), fabs(other->share)), more = fmax(fabs(m->share), fabs(other->share));
  return apart >= YEAR - NEAR && apart <= YEAR + NEAR && same_metric(m, other) && same_way(m, other) && more > 0 && less * 2 >= more;
}

PropterStatus propter_why_relate(PropterMoveKin *moves, size_t count, PropterError *err) {
  PropterMoveKin **order = propter_malloc((count + 1) * sizeof *order);
  if (!order) return propter_fail(err, PROPTER_NO_MEMORY, "%zu moves", count);
  for (size_t i = 0; i < count; i++) order[i] = &moves[i];
  if (count) qsort(order, count, sizeof *order, by_measure);
  for (size_t i = 0; i < count; i++) {
    PropterMoveKin *m = order[i];
    m->back_of = m->as_on = PROPTER_NO_DAY;
    for (size_t k = i; k-- > 0 && propter_str_equal(order[k]->measure, m->measure) && m->first - order[k]->first <= YEAR + NEAR;) {
      PropterMoveKin *before = order[k];
      if (m->back_of == PROPTER_NO_DAY && is_way_back(m, before)) m->back_of = before->first;
      if (!is_of_year(m, before)) continue;
      m->as_on = before->first;
      if (before->as_on == PROPTER_NO_DAY) before->as_on = m->first;
    }
  }
  propter_free(order);
  return PROPTER_OK;
}

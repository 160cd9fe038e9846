/* SPDX-License-Identifier: Apache-2.0 */
/* Moves that look like faults of the data: no cause in the business makes a figure exactly a thousand times what it was. Said beside the outcome, never in
 * place of it. */
#include <math.h>

#include "judge.h"

/* Decimal places, and factors between units. A figure rarely moves so far, so that being near one is remarkable; near smaller ones (2.2 pounds, 7 days) it is
 * not. */
static const double units[] = {10, 24, 60, 100, 1000, 1000000};
static const double near = .05;   /* of the window's mean to the factor */
static const double even = .35;   /* of each period to the mean, in logarithms: all of the window is off by it */

/* The factor, 0: none. */
static double told_in_another_unit(const PropterSeries *s, const PropterAnswer *a, double ratio) {
  const double size = fabs(log(ratio));
  double factor = 0;
  for (size_t k = 0; k < sizeof units / sizeof *units; k++)
    if (fabs(size - log(units[k])) < near) factor = units[k];
  for (size_t i = a->from; i <= a->to && factor > 0; i++) {
    const double expected = a->path[i - a->from];
    if (isnan(s->value[i])) continue;
    if (!(expected > 0) || !(s->value[i] / expected > 0) || fabs(log(s->value[i] / expected / ratio)) > even) factor = 0;
  }
  return factor;
}

/* What happened then on record, or by a document, and is likelier than not explains the move better than a slip would. */
static bool is_explained(const PropterInference *x) {
  for (size_t i = 0; i < x->causes; i++)
    if (x->cause[i].start != PROPTER_NO_DAY && x->cause[i].score.p >= .5) return true;
  return false;
}

void say_fault(const Judged *j, const PropterInference *x, PropterBuf *out) {
  const PropterAnswer *a = &j->answer;
  const double ratio = a->observed / a->expected;
  if (a->outcome == PROPTER_OUTCOME_DID_NOT_MOVE || a->outcome == PROPTER_OUTCOME_NOT_TESTABLE || !(ratio > 0) || !isfinite(ratio) || is_explained(x)) return;
  const double factor = told_in_another_unit(&j->c.metric->series.series, a, ratio);
  if (factor > 0)
    propter_buf_printf(out, "; look at the data first: %s%.0f%s what was to be expected looks like a change of unit", ratio > 1 ? "" : "1/", factor,
                       ratio > 1 ? " times" : " of");
}

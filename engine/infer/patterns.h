/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INFER_PATTERNS_H
#define INFER_PATTERNS_H

#include "judge.h"

/* Periods from … to of a metric, inclusive. */
typedef struct {
  KnowMetric *metric;
  size_t from, to;
  int direction; /* of the move: +1, −1 */
} Stretch;
typedef PROPTER_VEC(Stretch) Stretches;

/* Patterns of the metrics in their order, by time; appended. */
PropterStatus patterns_find(Know *know, KnowMetric *const *metrics, size_t count, PropterDay from, PropterDay to, Stretches *out, PropterError *err);
/* The metrics of these names, all for none. Free *out with propter_free. */
PropterStatus metrics_named(Know *know, const PropterStr *names, size_t count, KnowMetric ***out, size_t *found, PropterError *err);

/* Sums of a series over a window, what its baseline expects of them and with what error (slices.c); NaN where a period is missing or nothing can be expected.
 */
PropterStatus window_sum(const PropterSeries *series, PropterDay from, PropterDay to, double *actual, double *expected, double *sd, PropterError *err);

/* Periods with a figure. */
size_t series_figures(const PropterSeries *series);

/* What of a metric cannot be judged; an empty reason: nothing. Reasons are in `arena`, names live as long as `know`. */
PropterStatus left_out_metric(Know *know, KnowMetric *metric, PropterArena *arena, PropterLeftOut *out, PropterError *err);
/* Those of the metrics of which something cannot, in their order; the list is in `arena`, too. */
PropterStatus left_out_of(Know *know, KnowMetric *const *metrics, size_t count, PropterArena *arena, PropterLeftOut **out, size_t *found, PropterError *err);

#endif

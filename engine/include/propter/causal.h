/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of cause and effect on numbers alone. */
#ifndef PROPTER_CAUSAL_H
#define PROPTER_CAUSAL_H

#include "propter/status.h"

/* One way in which an effect may show in one series: changes of the series in standard units (usual change removed, NaN at gaps), and the
 * changes that an effect of unit size would bring at its documented date. Borrowed, both of the test's length. */
typedef struct {
  const double *change;
  const double *shape;
} PropterEffectView;

typedef struct {
  bool dosed;      /* the shapes have their documented size; otherwise the size is free */
  double dose_error; /* relative standard error of a documented size */
  int sign;        /* of a free size: +1 or -1 known, 0 not */
  size_t blur;     /* shifts of at most this many periods count as the same date and are left out (a lag window is such a blur) */
  size_t shifts;   /* at most so many shifts, drawn with `seed` where the series has more */
  uint64_t seed;
} PropterPlaceboOptions;

/* Event study with a timing placebo: the fit of the effect to the series at its own date, as a log likelihood ratio against no effect, maximal
 * over the views (lags, profiles, slices), is ranked among the fits at the circular shifts of the calendar; so whatever is tried at the
 * true date is tried at every false one. *p = (1 + shifts that fit as well) / (1 + shifts); 1 where nothing can be shifted. *used: shifts tried. */
PROPTER_API PropterStatus propter_shift_placebo(const PropterEffectView *views, size_t view_count, size_t length,
                                                const PropterPlaceboOptions *options, double *p, size_t *used, PropterError *err);

/* Natural logarithm of 1/(−e·p·ln p), at least 0: the most that a p-value can speak for its alternative (Sellke, Bayarri and Berger 2001). */
PROPTER_API double propter_p_value_bound(double p);

#endif

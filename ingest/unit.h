/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the figures of a run are most likely in another unit than those before them. */
#ifndef INGEST_UNIT_H
#define INGEST_UNIT_H

#include "propter/ingest.h"

typedef struct {
  PropterId measure, graph;
  double before, now; /* medians of what is compared */
  double factor;      /* of units.def: now is so many times as large, or one part of so many */
  const char *what;
  size_t count;       /* observations compared */
} UnitChange;

/* Looks at what the writer changed in the given graphs, measure by measure (qb:MeasureProperty). Corrected observations: nine in ten of at least 3 are `factor`
 * times what they were, within 2 %. New ones: their ratios to the medians of their series (same slices, at least 5 former values, of up to 4,000 looked at; all
 * former ones where most have no such series) agree
 * among themselves and are a factor's, and far outside of the scatter of the series (4 robust standard deviations for 3 and more; fewer: 6, and at least 50
 * times). `found` is called for each. NO_MEMORY; what `found` fails with. */
PropterStatus unit_check(PropterWriter *writer, const PropterIds *graphs, PropterStatus (*found)(const UnitChange *change, void *payload, PropterError *err),
                         void *payload, PropterError *err);

#endif

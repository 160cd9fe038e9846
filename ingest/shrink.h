/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a run would leave much less than there was: an export that is empty or cut short looks like many deletions. */
#ifndef INGEST_SHRINK_H
#define INGEST_SHRINK_H

#include "propter/ingest.h"

typedef struct {
  PropterId graph;
  const PropterMapSource *source; /* NULL: no source's own graph */
  uint64_t before;                /* quads */
} ShrinkGraph;
typedef PROPTER_VEC(ShrinkGraph) Shrink;

/* Notes what a graph holds before the run changes it: what `run` says that it left there, or counted (PROPTER_NO_ID). A graph that is noted already is not
 * noted again. Free with propter_vec_clear. */
PropterStatus shrink_hold(Shrink *shrink, PropterWriter *writer, PropterId graph, const PropterMapSource *source, PropterId run, PropterError *err);
/* After the record of `run` (its IRI) was made, which says what is there now. INVALID: a source's graph, or all together, are smaller by more than
 * options->max_removed. A source that shrank and whose file is text without an end of line is warned of. */
PropterStatus shrink_check(const Shrink *shrink, PropterWriter *writer, PropterStr run, const PropterIngestOptions *options, PropterError *err);

#endif

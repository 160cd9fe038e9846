/* SPDX-License-Identifier: Apache-2.0 */
/* A document read on several threads, and who takes it. */
#ifndef GRAPH_SPREAD_H
#define GRAPH_SPREAD_H

#include "propter/rdf.h"

enum { SPREAD_PLACES = 4 };

/* A document that can be read in stretches, of which up to SPREAD_PLACES are at work at a time, each at a place of its own. */
typedef struct {
  /* Puts the next stretch at `place`; *more false if there is none. One call at a time. */
  PropterStatus (*next)(void *payload, unsigned place, bool *more, PropterError *err);
  /* Hands the statements at `place` to the sink of that place, at the same time as those of other places; their lines and that of an error are counted from the
   * stretch's first. *lines: how many line ends it has. */
  PropterStatus (*read)(void *payload, unsigned place, uint64_t *lines, PropterError *err);
  void *payload;
} Stretches;

/* Who can take the statements of stretches on several threads. `run` calls next until there is no more and read for each stretch; of several errors it
 * returns the one that comes first in the document. */
typedef struct {
  const PropterRdfSink *sinks; /* one a place */
  PropterStatus (*run)(void *payload, const Stretches *stretches, PropterError *err);
  void *payload;
} Spread;

/* propter_rdf_read with a spread, which may be NULL. */
PropterStatus rdf_read(const char *path, const PropterRdfOptions *options, const PropterRdfSink *sink, const Spread *spread, PropterError *err);

#endif

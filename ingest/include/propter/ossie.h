/* SPDX-License-Identifier: Apache-2.0 */
/* The metrics of a graph as a semantic model of Apache Ossie (core specification 0.2.0.dev0). */
#ifndef PROPTER_OSSIE_H
#define PROPTER_OSSIE_H

#include "propter/graph.h"

/* Appends the document (YAML): a dataset for each table with the same time column, slices and keys, and the metrics over it; what Ossie has no word for (unit,
 * grain, good direction, label, file) stands in custom_extensions of the vendor PROPTER, as `propter ingest` reads it. A metric that Ossie cannot say is left
 * out: `left_out` is called with its IRI and the reason (static), and *written counts the others. The order is that of the IRIs. */
PROPTER_API PropterStatus propter_ossie_write(PropterSnapshot *snapshot, PropterBuf *out, size_t *written,
                                              void (*left_out)(PropterStr metric, const char *reason, void *payload), void *payload, PropterError *err);

#endif

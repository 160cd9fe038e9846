/* SPDX-License-Identifier: Apache-2.0 */
/* What the suites of this folder share. */
#ifndef TESTS_INGEST_GRAPHS_H
#define TESTS_INGEST_GRAPHS_H

#include "propter/ingest.h"

/* An empty graph in a folder of its own. */
PropterGraph *new_graph(void);
/* Ingests one mapping; `more` (NULL: none) gives the other options. */
PropterStatus ingest(PropterGraph *graph, const char *mapping, const PropterIngestOptions *more, PropterIngestResult *result, PropterError *err);
/* All quads but those of run records, in N-Triples terms. */
void dump(PropterGraph *graph, PropterBuf *out);

#endif

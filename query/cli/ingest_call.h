/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the command ingest beside its call: what a dry run shows, a guessed mapping, shapes before the commit. */
#ifndef CLI_INGEST_CALL_H
#define CLI_INGEST_CALL_H

#include "output.h"
#include "propter/ingest.h"

/* How the mappings read their documents (a row at a time, or whole) and what they join, a line each. */
PropterStatus ingest_plan(const CommandCall *call, const PropterIngestOptions *o, PropterError *err);
/* Twenty triples spread over what would be added, without those of the run's `record`. */
PropterStatus ingest_samples(const CommandCall *call, PropterWriter *writer, PropterId record, PropterError *err);
/* Writes a mapping guessed from the table at `path`; without a base the IRIs begin with an example's address and the file's name. */
PropterStatus ingest_sniff(const CommandCall *call, const char *path, PropterStr base, PropterError *err);
/* What the run would change against the shapes of --validate: NEGATIVE with violations, otherwise a report with results goes to the graph of the run. */
PropterStatus ingest_shapes(const CommandCall *call, PropterWriter *writer, PropterStr run, PropterId graph, PropterError *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the command ingest beside its call: what a dry run shows, a guessed mapping, shapes before the commit. */
#ifndef CLI_INGEST_CALL_H
#define CLI_INGEST_CALL_H

#include "output.h"
#include "propter/ingest.h"
#include "propter/rdf.h"

/* How the mappings read their documents (a row at a time, or whole) and what they join, a line each. */
PropterStatus ingest_plan(const CommandCall *call, const PropterIngestOptions *o, PropterError *err);
/* Twenty triples spread over what would be added, without those of the run's `record`. */
PropterStatus ingest_samples(const CommandCall *call, PropterWriter *writer, PropterId record, PropterError *err);
/* Writes a mapping guessed from the table at `path`; without a base the IRIs begin with an example's address and the file's name. */
PropterStatus ingest_sniff(const CommandCall *call, const char *path, PropterStr base, PropterError *err);
/* What the tables must be like (--limits), and what they are like. NULL where nothing is asked. */
typedef struct IngestLimits IngestLimits;
/* Reads the limits and measures the tables of the mapping. USAGE: a limit that is none. *out is to be closed, also after a failure. */
PropterStatus ingest_limits_open(const CommandCall *call, const PropterIngestOptions *o, IngestLimits **out, PropterError *err);
void ingest_limits_close(IngestLimits *limits);
/* Compares with the limits, and with what the last run measured; graph NULL: there is none. Says each that is broken, with old and new figures; NEGATIVE
 * where one does not only warn. */
PropterStatus ingest_limits_check(IngestLimits *limits, PropterGraph *graph, PropterError *err);
/* The measurements (DQV) for the record of the run. */
PropterStatus ingest_limits_keep(const IngestLimits *limits, PropterStr run, const PropterRdfSink *sink, PropterError *err);
/* A statement into a graph, such as the record of a run: the sink's function and its payload. */
typedef struct {
  PropterWriter *writer;
  PropterId graph;
} IngestRecord;
PropterStatus ingest_record(const PropterStatement *st, void *payload, PropterError *err);
/* What the run would change against the shapes of --validate: NEGATIVE with violations, otherwise a report with results goes to the graph of the run. */
PropterStatus ingest_shapes(const CommandCall *call, PropterWriter *writer, PropterStr run, PropterId graph, PropterError *err);

#endif

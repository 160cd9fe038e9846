/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings into a graph: one run, one transaction, one graph per source. */
#ifndef PROPTER_INGEST_H
#define PROPTER_INGEST_H

#include "propter/graph.h"
#include "propter/map.h"

typedef enum {
  PROPTER_INGEST_QUARANTINE, /* bad rows are recorded in the run and left out */
  PROPTER_INGEST_SKIP,       /* bad rows are counted and left out */
  PROPTER_INGEST_STOP        /* the first bad row ends the run; the graph stays as it was */
} PropterIngestOnError;

typedef enum { PROPTER_INGEST_UNGUARDED, PROPTER_INGEST_PERCENT, PROPTER_INGEST_QUADS } PropterIngestGuard;

typedef struct {
  const char *const *mappings; /* mapping documents, executed as one mapping */
  size_t count;
  PropterMappingOptions how; /* how they are read; its limits are those below */
  PropterIngestOnError on_error;
  bool bounded; /* more than `max_errors` bad rows end the run; the graph stays as it was */
  uint64_t max_errors;
  PropterIngestGuard guard; /* what max_removed is: the graph of a source, or all that the mapping gives, may come out smaller by so many quads or percent */
  uint64_t max_removed;
  bool triples, append; /* of propter_ingest_write: names of graphs are left out; what stands in the file stays before what is written */
  unsigned threads;  /* 0: as many as there are processors */
  bool dry_run;      /* do everything but the commit */
  bool force;        /* also when nothing changed since the last run */
  bool replace;      /* also graphs that another mapping wrote */
  const char *state; /* not NULL: only rows that are new are executed, and what rows that are gone gave is taken back; the folder that keeps the state of rows
                        between runs, made if need be. The graph is the same as without it. */
  /* Called before the commit, all changes and the record of the run (its IRI) made: a failure leaves the graph as it was. What it adds goes on record but is
   * not part of what undoing the run takes back. NULL: nothing is checked. */
  PropterStatus (*check)(PropterWriter *writer, PropterStr run, void *payload, PropterError *err);
  void *payload;
  int64_t now; /* clock: seconds since 1970 */
  PropterStr software;
  const PropterLimits *limits; /* NULL: defaults */
  const PropterLog *log;
} PropterIngestOptions;

/* Zero-initialise; free with propter_ingest_result_clear. */
typedef struct {
  PropterStr run; /* name of the run, or of the last one when nothing changed */
  bool unchanged; /* inputs, mapping and software are those of the last run: nothing was done; rejects and figures in another unit are those of that run */
  PropterMapCounts rows;
  uint64_t known; /* rows that the last run had, so that they were not executed (options.state) */
  uint64_t quads; /* made, repeated ones included */
  uint64_t added, removed;
  uint64_t suspect; /* measures whose new figures look like ones in another unit: rejects of rule "unit", though the figures are in the graph */
  PropterArena arena;
} PropterIngestResult;

/* Executes the mappings into the graph. What a mapping makes outside named graphs goes to the graph of its source
 * (propter_mapping_source), what a document of metric definitions says to the graph <file: IRI of the document>#definitions. Every graph
 * that the last run of this mapping wrote is replaced. All in one transaction with the record of the run: after any failure the graph
 * is as it was. Quads with targets of the mapping (propter_mapping_target) go into those files instead, which are written just before the commit. OK also with
 * rejects (result->rows.rejects) and figures in another unit (result->suspect; with PROPTER_INGEST_STOP INVALID). INVALID: mistakes in the mapping, a bad row
 * with PROPTER_INGEST_STOP, too many bad rows, a graph that shrinks by more than max_removed, a graph that another mapping wrote; USAGE: targets together with
 * `state`; LOCKED: another writer; else as propter_mapping_run and the writer. */
PROPTER_API PropterStatus propter_ingest(PropterGraph *graph, const PropterIngestOptions *options, PropterIngestResult *result, PropterError *err);
/* The same into a file of N-Quads ("-": standard output), each quad once, without a graph: quads outside named graphs are written without one. Deterministic
 * whatever the number of threads. On failure the file is removed, or with `append` what was added to it. A path that ends in .json: JSON by CSV2JSON; USAGE for
 * mappings that are no CSVW. */
PROPTER_API PropterStatus propter_ingest_write(const PropterIngestOptions *options, const char *path, PropterIngestResult *result, PropterError *err);
PROPTER_API void propter_ingest_result_clear(PropterIngestResult *result);

#endif

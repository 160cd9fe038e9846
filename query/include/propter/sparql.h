/* SPDX-License-Identifier: Apache-2.0 */
/* SPARQL 1.1 Query and Update over a graph (https://www.w3.org/TR/sparql11-query/, …/sparql11-update/). */
#ifndef PROPTER_SPARQL_H
#define PROPTER_SPARQL_H

#include <stdatomic.h>

#include "propter/run.h"

/* --- Queries as text ---------------------------------------------------------------------------------------------------- */

/* A query or an update request, parsed. Independent of any graph; may be run any number of times, also by several threads at once. */
typedef struct PropterQuery PropterQuery;

/* Parses a query or an update. `base`: absolute IRI against which relative ones are resolved, or empty. SYNTAX, with line and column (in
 * characters) of what was not expected; LIMIT: nested too deeply. Free with propter_query_free. */
PROPTER_API PropterStatus propter_query_parse(PropterStr text, PropterStr base, PropterQuery **out, PropterError *err);
PROPTER_API void propter_query_free(PropterQuery *query);
PROPTER_API bool propter_query_is_update(const PropterQuery *query);
/* Appends text that parses to the same query: absolute IRIs, no prefixes (the base, if any, is for the function IRI), lists and brackets spelled out. */
PROPTER_API PropterStatus propter_query_print(const PropterQuery *query, PropterBuf *out, PropterError *err);

/* --- Running a query ---------------------------------------------------------------------------------------------------- */

typedef enum { PROPTER_RESULTS_SOLUTIONS, PROPTER_RESULTS_BOOLEAN, PROPTER_RESULTS_TRIPLES } PropterResultsKind;

typedef struct PropterResults PropterResults;

/* What stands at another endpoint: answers the SELECT query `text` within `ms` (0: no deadline) with results the caller of this function closes. */
typedef PropterStatus (*PropterService)(PropterStr endpoint, PropterStr text, uint32_t ms, void *payload, PropterResults **out, PropterError *err);

/* Adds the triples of the document `iri` to graph `graph` through the writer, within `ms` (0: no deadline). */
typedef PropterStatus (*PropterLoad)(PropterStr iri, PropterId graph, PropterWriter *writer, uint32_t ms, void *payload, PropterError *err);

typedef struct {
  uint64_t memory;            /* bytes all intermediate results may take together; beyond: LIMIT */
  uint32_t deadline_ms;       /* 0: none; beyond: TIMEOUT; for all operations of an update together */
  const atomic_bool *cancel;  /* NULL, or set by another thread: CANCELLED */
  int64_t now_ms;             /* NOW(): milliseconds since 1970 */
  uint64_t seed;              /* RAND(), UUID() */
  unsigned threads;           /* 1: only the caller's; 0: as many as there are processors; a long aggregate uses two. The answer is the same */
  bool default_is_union;      /* default graph: the union of all graphs instead of the graph of triples that have none */
  const PropterId *hidden;    /* graphs left out of that union and of GRAPH ?g */
  size_t hidden_count;
  const PropterStr *from, *from_named; /* the protocol's dataset; overrides FROM and FROM NAMED when there is any; with USING or WITH: INVALID */
  size_t from_count, from_named_count;
  PropterService service;     /* NULL: SERVICE fails; propter/remote.h has one */
  PropterLoad load;           /* NULL: LOAD fails */
  void *payload;              /* of service and load */
} PropterQueryOptions;

/* Defaults: 1 GiB, no deadline, union as default graph, no service, no load. */
PROPTER_API PropterQueryOptions propter_query_options(void);

/* Starts a query. The snapshot, the query and what `options` points to must outlive the results. INVALID: an update was given. */
PROPTER_API PropterStatus propter_query_run(const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, PropterResults **out,
                                            PropterError *err);
/* Results from outside, for a PropterService: `rows` rows of `columns` terms (kind NONE: unbound) are copied. */
PROPTER_API PropterStatus propter_results_make(const PropterStr *names, size_t columns, const PropterTerm *terms, size_t rows, PropterResults **out,
                                               PropterError *err);
PROPTER_API PropterResultsKind propter_results_kind(const PropterResults *results);
/* Number and names of the columns: the variables of SELECT; none for a boolean; subject, predicate, object for triples. */
PROPTER_API size_t propter_results_columns(const PropterResults *results);
PROPTER_API PropterStr propter_results_name(const PropterResults *results, size_t column);
/* The next row, or NULL at the end; borrowed until the following call. An unbound column has kind NONE. Triples are distinct and
 * valid RDF. TIMEOUT, LIMIT, CANCELLED: the rows so far are not the whole answer. */
PROPTER_API PropterStatus propter_results_next(PropterResults *results, const PropterTerm **row, PropterError *err);
/* The answer of ASK. */
PROPTER_API bool propter_results_boolean(const PropterResults *results);
/* The plan with estimated and, as far as it has run, actual rows and times; as text or as JSON. */
PROPTER_API PropterStatus propter_results_explain(const PropterResults *results, bool json, PropterBuf *out, PropterError *err);
/* Runs a whole query and appends its plan. TIMEOUT, LIMIT, CANCELLED and whatever else ends it early: the plan with the rows so far is appended all the same,
 * unless there was none yet. */
PROPTER_API PropterStatus propter_query_explain(const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, bool json,
                                                PropterBuf *out, PropterError *err);
PROPTER_API void propter_results_close(PropterResults *results);
/* Parses and runs a query with the default options and no base; `use` gets each row, until it fails. As propter_query_parse, _run and propter_results_next. */
typedef PropterStatus (*PropterUseRow)(const PropterTerm *row, void *payload, PropterError *err);
PROPTER_API PropterStatus propter_query_each(PropterSnapshot *snapshot, PropterStr text, PropterUseRow use, void *payload, PropterError *err);

/* --- Running an update --------------------------------------------------------------------------------------------------- */

/* Applies all operations in order through the writer; each sees the effect of those before it. Commits nothing: on failure the caller drops the
 * writer, on success it commits. INVALID: a query was given, a graph to be created has triples, or one to be copied has none. A
 * graph without triples is not recorded, so that clearing or dropping one that is not there changes nothing. */
PROPTER_API PropterStatus propter_update_run(const PropterQuery *query, PropterWriter *writer, const PropterQueryOptions *options, PropterError *err);
/* The same as a run on record, the records of runs hidden; *run (propter_run_free, also after a failure) tells what was added and removed. */
PROPTER_API PropterStatus propter_update_record(const PropterQuery *query, PropterWriter *writer, const PropterQueryOptions *options,
                                                const PropterRunOptions *record, PropterRun **run, PropterError *err);

#endif

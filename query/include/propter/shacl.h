/* SPDX-License-Identifier: Apache-2.0 */
/* SHACL Core and SHACL-SPARQL (https://www.w3.org/TR/shacl/) over a snapshot, or over what a change may have affected in it. */
#ifndef PROPTER_SHACL_H
#define PROPTER_SHACL_H

#include "propter/rdf.h"
#include "propter/sparql.h"

typedef enum { PROPTER_SHACL_VIOLATION, PROPTER_SHACL_WARNING, PROPTER_SHACL_INFO, PROPTER_SHACL_OTHER, PROPTER_SHACL_SEVERITIES } PropterShaclSeverity;

typedef struct {
  PropterQueryOptions query;   /* the data graph (hidden graphs, dataset), deadline, memory, cancelling, clock; propter_query_options has defaults */
  /* Only what added or removed quads may have affected is looked at: the next one, *more false behind the last, in any order. Called until then before nodes
   * are looked at; only quads whose predicate the shapes name are kept. NULL: everything is looked at. */
  PropterStatus (*changed)(void *payload, PropterQuad *quad, bool *more, PropterError *err);
  void *payload;
  bool cubes;                  /* also the integrity constraints of RDF Data Cube (ontology/cube.ttl) */
  size_t max_results;          /* results kept, all are counted; 0: 100,000 */
} PropterShaclOptions;

/* What a validation found. Needs its snapshot as long as it lives. Free with propter_shacl_free. */
typedef struct PropterShaclReport PropterShaclReport;

/* Validates a snapshot against the shapes of `count` RDF files. The data graph is the default graph of options->query. INVALID, SYNTAX: the shapes are not well
 * formed, with file and line; also a shape that refers to itself, which SHACL gives no meaning. TIMEOUT, LIMIT, CANCELLED: as a query. */
PROPTER_API PropterStatus propter_shacl_validate(PropterSnapshot *snapshot, const char *const *shapes, size_t count, const PropterShaclOptions *options,
                                                 PropterShaclReport **out, PropterError *err);
PROPTER_API void propter_shacl_free(PropterShaclReport *report);

/* Results of a severity; PROPTER_SHACL_SEVERITIES: of all. Without any the data conforms. */
PROPTER_API uint64_t propter_shacl_count(const PropterShaclReport *report, PropterShaclSeverity severity);
/* Focus nodes looked at (each once for each shape), and shapes with a target. */
PROPTER_API void propter_shacl_looked(const PropterShaclReport *report, uint64_t *nodes, uint64_t *shapes);

/* One result, for people. Borrowed until the next call. Texts are short forms by the prefixes of the shapes; empty: does not apply. */
typedef struct {
  PropterStr severity; /* "Violation", "Warning", "Info", or a name */
  PropterStr focus, path, value;
  PropterStr rule; /* local name of the constraint component without "ConstraintComponent": "MinCount" */
  PropterStr message;
  PropterStr shape;
  PropterStr file; /* where the constraint stands */
  uint64_t line;
} PropterShaclResult;
/* The n-th result kept; *result NULL behind the last. */
PROPTER_API PropterStatus propter_shacl_result(PropterShaclReport *report, size_t n, const PropterShaclResult **result, PropterError *err);

/* Hands the report over in SHACL's vocabulary (section 3.6): `sink->statement` for each triple of it. `subject`: the report's node, an IRI, whose
 * results are named after it; NULL: blank nodes. */
PROPTER_API PropterStatus propter_shacl_statements(PropterShaclReport *report, const PropterTerm *subject, const PropterRdfSink *sink, PropterError *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Solutions of a query in the standard result formats. */
#ifndef PROPTER_RESULTS_H
#define PROPTER_RESULTS_H

#include "propter/rdf.h"
#include "propter/sparql.h"

/* A row of sparql/results.def. */
typedef struct {
  const char *name;
  const char *media_type;
  bool booleans; /* the format can say the answer of ASK */
} PropterResultFormat;

/* By name or media type (parameters after ';' are ignored); NULL: none. Borrowed, static. */
PROPTER_API const PropterResultFormat *propter_result_format(PropterStr name);
/* The n-th row of the table; NULL after the last. */
PROPTER_API const PropterResultFormat *propter_result_format_at(size_t n);

/* Where rows come from. `next` gives a row of `columns` terms (kind NONE: unbound), borrowed until the following call, or NULL at the end. */
typedef struct {
  const PropterStr *names;
  size_t columns;
  PropterStatus (*next)(void *payload, const PropterTerm **row, PropterError *err);
  void *payload;
} PropterRows;

/* Writes all rows: SPARQL 1.1 Query Results JSON, CSV and TSV, SPARQL Query Results XML (second edition), or a table for people. In CSV a value
 * that a spreadsheet would take for a formula (it begins with = + - @ tab or return and is no number) gets a leading apostrophe unless `raw`; the table cuts
 * values after 60 characters unless `raw`. Rows pass through one by one, but for the table, which is held (LIMIT beyond 256 MiB). *count (if not NULL): rows
 * written. After a failure of `next` the output is incomplete and the failure is returned. USAGE: unknown format. */
PROPTER_API PropterStatus propter_rows_write(const PropterRows *rows, const char *format, bool raw, PropterWrite write, void *payload, uint64_t *count,
                                             PropterError *err);
/* Solutions of SPARQL Query Results XML (second edition), whole. `source` names the document in errors, `blanks` is put before the labels of its blank nodes.
 * SYNTAX or INVALID with the line: not well formed, a boolean, no valid term; LIMIT: they take more than `memory` bytes. Close with propter_results_close. */
PROPTER_API PropterStatus propter_results_read(PropterStr xml, const char *source, PropterStr blanks, uint64_t memory, PropterResults **out, PropterError *err);
/* Writes the answer of ASK. USAGE: unknown format, or one without booleans (CSV and TSV). */
PROPTER_API PropterStatus propter_boolean_write(bool answer, const char *format, PropterWrite write, void *payload, PropterError *err);
/* Writes whatever a query gave, to its end: solutions and booleans as above (format NULL: table), triples as propter/rdf.h does (format NULL: turtle). */
PROPTER_API PropterStatus propter_results_write(PropterResults *results, const char *format, bool raw, PropterWrite write, void *payload, PropterError *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A small graph and its answers, as text. */
#ifndef SPARQL_WORLD_H
#define SPARQL_WORLD_H

#include "propter/sparql.h"
#include "support.h"

/* A graph with these quads: "s p o [g]." in words: a word is the IRI urn:WORD, a number an xsd:integer, "text" a string; g missing: the default graph. */
PropterGraph *world_open(const char *quads);
/* Rows of a query on it, in order: columns by blanks, "-" for unbound, rows by newlines; "true" or "false"; or the status's name and message. The prefix : is
 * urn:. Valid until the next call. */
const char *world_ask(PropterGraph *graph, const char *query, const PropterQueryOptions *options);
/* The same, but its plan after all rows have come. */
const char *world_plan(PropterGraph *graph, const char *query, const PropterQueryOptions *options);
/* world_ask, rows sorted. */
const char *world_ask_sorted(PropterGraph *graph, const char *query);
/* Runs a query to its end and explains it under failing allocations, as support_fail_everywhere does, after a good run, so that what the environment keeps is
 * there in every one. Returns the number of points. */
uint64_t world_fail_everywhere(PropterGraph *graph, const char *query, const PropterQueryOptions *options, bool may_recover);
/* Runs an update and commits it. */
PropterStatus world_update(PropterGraph *graph, const char *update, PropterError *err);
PropterQueryOptions world_options(void);

#endif

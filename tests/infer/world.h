/* SPDX-License-Identifier: Apache-2.0 */
/* A small world in a graph: five regions with monthly orders, and what a test adds as Turtle. */
#ifndef WORLD_H
#define WORLD_H

#include "propter/infer.h"
#include "propter/vocab.h"
#include "support.h"

#define W "https://example.org/w#"
#define NS TERMS_propter

enum { WORLD_MONTHS = 72 /* January 2010 to December 2015 */ };

/* A graph in a new folder with the regions (world, of it north, south, east, west, centre), their metrics (w:north-orders …), sums and observations.
 * North falls by 40 in June 2013 (a strike of 1 to 28 June) and is back in July; nothing else happens. `extra`: Turtle with the prefixes w, p,
 * xsd, skos declared, in a graph of its own. */
const char *world_make(const char *extra);
/* Loads more Turtle as the graph `name`, replacing it. */
void world_load(const char *dir, const char *name, const char *extra);
/* The strike as an event, with its size. */
extern const char world_strike[];

typedef struct {
  PropterGraph *graph;
  PropterSnapshot *snapshot;
} World;
World world_open(const char *dir);
void world_close(World *world);
PropterId world_id(World *world, const char *iri);
/* June 2013 in the north, unless said otherwise. */
PropterInference *world_ask(const char *dir, const PropterInferOptions *options);
PropterInference *world_ask_at(const char *dir, const char *metric, int year, int month, const PropterInferOptions *options);
/* The cause of that local name, or NULL. */
const PropterCause *world_cause(const PropterInference *x, const char *local);
/* propter:current as canonical N-Quads; the caller clears it. */
PropterBuf world_current(const char *dir);
PropterInferOptions world_options(void); /* one thread */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The librdf storage "propter": one graph directory as a librdf model. Uses what librdf installs and propter's public headers only. */
#ifndef QUERY_LIBRDF_STORAGE_H
#define QUERY_LIBRDF_STORAGE_H

#include <redland.h>

#include "propter/rdf.h"

/* One opened storage; librdf keeps it as the instance. */
typedef struct {
  librdf_storage *storage;
  librdf_world *world;
  char *folder;
  bool empty;       /* option new='yes': everything there goes at the next open */
  bool writable;    /* option write, default 'yes' */
  bool merged;      /* option merge='yes': a triple in several graphs is found once */
  bool no_runs;     /* option runs='no': records of runs are left out, except where a graph is named */
  uint32_t deadline_ms; /* option deadline='MS': for each stream */
  PropterGraph *graph;
  PropterWriter *writer; /* changes not yet committed; NULL: none */
  bool transaction;      /* the writer belongs to a transaction: nothing commits it but its end */
  void *handle;          /* of the transaction */
  size_t streams;        /* that still read */
  bool closed;           /* by librdf; the graph is closed when the last stream ends */
} Store;

/* Fills librdf's table of functions. */
void storage_factory(librdf_storage_factory *factory);

/* Says an error to librdf's logger (its code is the PropterStatus) and returns it. */
PropterStatus storage_complain(const Store *store, PropterStatus status, const PropterError *err);

/* A librdf node as a term with views into the node; false: it is none. */
bool node_term(librdf_node *node, PropterTerm *term);
/* A new librdf node, or NULL (out of memory, or librdf refuses the text). */
librdf_node *node_new(librdf_world *world, const PropterTerm *term);

/* What one reader sees. Outside a transaction pending changes are committed first and the snapshot is new: close it with view_close. Inside
 * one it is the writer's and stands until the next change. */
PropterStatus view_open(Store *store, PropterSnapshot **snapshot, PropterError *err);
void view_close(const Store *store, PropterSnapshot *snapshot);

/* Ids of a pattern; *possible false: a term is unknown, so nothing matches. Missing nodes are wildcards. */
PropterStatus pattern_find(PropterSnapshot *snapshot, librdf_statement *statement, librdf_node *context, PropterQuad *pattern, bool *possible,
                           PropterError *err);
/* All that matches, as a librdf stream with its own snapshot (in a transaction: its own copy). NULL on failure. `context` NULL: all graphs. */
librdf_stream *stream_find(Store *store, librdf_statement *statement, librdf_node *context);
librdf_iterator *stream_contexts(Store *store);
/* Counts a stream in and out: the graph stays open while one reads. */
void stream_enter(Store *store);
void stream_leave(Store *store);

/* The best permutation for a pattern and how many of its first columns are bound. */
PropterOrder pattern_order(PropterQuad pattern, unsigned *bound);
bool pattern_matches(PropterQuad pattern, PropterQuad row);

#endif

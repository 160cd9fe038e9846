/* SPDX-License-Identifier: Apache-2.0 */
/* Statements into a writer on two threads: the caller's makes records, another their hashes, finds or makes their ids and hands the quads to the writer, in
 * the order they came. So ids are the same as on one thread, which is what happens if no second one can be started. */
#ifndef GRAPH_FEED_H
#define GRAPH_FEED_H

#include "propter/rdf.h"

typedef struct Feed Feed;

/* `fallback`: the graph of statements without one. `graph`, if not NULL, is called on the other thread whenever the graph of a statement that has one differs
 * from the one before. Until feed_close nobody else may use the writer. */
PropterStatus feed_open(PropterWriter *writer, PropterId fallback, PropterStatus (*graph)(PropterId graph, void *payload, PropterError *err), void *payload,
                        Feed **out, PropterError *err);
/* Takes one statement, whose terms must be valid (as those of PropterRdfSink are). A failure may be that of an earlier statement. */
PropterStatus feed_add(Feed *feed, const PropterStatement *statement, PropterError *err);
/* Waits until everything is with the writer; adds to `hash` the hashes of all statements, whatever their order. */
PropterStatus feed_finish(Feed *feed, uint64_t hash[2], PropterError *err);
/* Ends the thread; drops what was not finished. NULL is allowed. */
void feed_close(Feed *feed);

#endif

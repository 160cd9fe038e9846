/* SPDX-License-Identifier: Apache-2.0 */
/* Statements into a writer on two threads, in batches: what can be said of a batch by itself (records, hashes) is done on either; its ids are found or made
 * and its quads handed to the writer in the order of the batches. So ids are the same as on one thread, which is what happens if no second one can be
 * started. */
#ifndef GRAPH_FEED_H
#define GRAPH_FEED_H

#include "spread.h"

typedef struct Feed Feed;

/* `fallback`: the graph of statements without one. `graph`, if not NULL, is called on one of the threads at a time whenever the graph of a statement that has
 * one differs from the one before. Until feed_close nobody else may use the writer. */
PropterStatus feed_open(PropterWriter *writer, PropterId fallback, PropterStatus (*graph)(PropterId graph, void *payload, PropterError *err), void *payload,
                        Feed **out, PropterError *err);
/* Takes one statement, whose terms must be valid (as those of PropterRdfSink are). A failure may be that of an earlier statement. `place`: of the stretch it is
 * from, in feed_run. */
PropterStatus feed_add(Feed *feed, unsigned place, const PropterStatement *statement, PropterError *err);
/* Reads a document in stretches on both threads (a Spread's `run`); returns when everything is with the writer. */
PropterStatus feed_run(void *feed, const Stretches *stretches, PropterError *err);
/* Waits until everything is with the writer; adds to the count of statements and to the hash of all, whatever their order. */
PropterStatus feed_finish(Feed *feed, PropterRdfLoaded *loaded, PropterError *err);
/* Ends the thread; drops what was not finished. NULL is allowed. */
void feed_close(Feed *feed);

#endif

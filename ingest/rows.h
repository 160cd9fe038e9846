/* SPDX-License-Identifier: Apache-2.0 */
/* What each row of the last run gave, kept beside the graph, so that the next run executes only rows that are new and takes back what rows that are gone
 * gave. A row is known by a 128-bit hash of all that decides its outcome (PropterMapSink.row). The file names the run that wrote it; it is believed only while
 * that run is the last one of its graphs. */
#ifndef INGEST_ROWS_H
#define INGEST_ROWS_H

#include "propter/graph.h"

typedef struct Rows Rows;

/* Opens the state `path` for reading, if there is one of this `fingerprint` (32 characters), and begins the next one beside it. A damaged file counts as none.
 * NO_MEMORY, IO. Free with rows_close, which drops the next one unless rows_commit was called. */
PropterStatus rows_open(const char *path, const char *fingerprint, Rows **out, PropterError *err);
void rows_close(Rows *rows);

/* IRI of the run that the state belongs to; empty: there is none. */
PropterStr rows_run(const Rows *rows);
/* Forgets the state that was read: all rows are new. */
void rows_forget(Rows *rows);

/* The next row: *known if the last run had it and nothing of it was rejected; else what follows is what it gives. */
PropterStatus rows_next(Rows *rows, PropterStr content, bool *known, PropterError *err);
void rows_add(Rows *rows, PropterQuad quad);
/* Something of the present row was rejected: it is executed again in every run. */
void rows_reject(Rows *rows);

/* Ends the next state as that of `run`, and hands over the quads that rows gone since gave and no row of now gives, each once, in no order. */
PropterStatus rows_finish(Rows *rows, PropterStr run, PropterStatus (*gone)(PropterQuad quad, void *payload, PropterError *err), void *payload, PropterError *err);
/* Puts the next state into the place of the last; after the graph's commit. */
PropterStatus rows_commit(Rows *rows, PropterError *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What each row of the last run gave, kept beside the graph, so that the next run executes only rows that are new and takes back what rows that are gone
 * gave. A row is known by a 64-bit hash of all that decides its outcome (PropterMapSink.row). The state names the run that wrote it; it is believed only while
 * that run is the last one of its graphs. */
#ifndef INGEST_ROWS_H
#define INGEST_ROWS_H

#include "propter/graph.h"
#include "propter/map.h"

typedef struct Rows Rows;

/* Reads the state `path`, if there is one of this `fingerprint` (32 characters). NO_MEMORY, IO. Free with rows_close. */
PropterStatus rows_open(const char *path, const char *fingerprint, Rows **out, PropterError *err);
/* The last state stays what it was unless rows_commit was called. */
void rows_close(Rows *rows);

/* IRI of the run that the state belongs to; empty: there is none. */
PropterStr rows_run(const Rows *rows);
/* NULL, or why the state that is there says nothing: static. Damage may show only when a record is needed: what was called then fails with DAMAGED. */
const char *rows_lost(const Rows *rows);

/* Begins the next state; `known` false: nothing of the last one is believed, all rows are new. */
PropterStatus rows_begin(Rows *rows, bool known, PropterError *err);
/* The next row: *known if the last run had it and nothing of it was rejected; else what follows is what it gives. */
PropterStatus rows_next(Rows *rows, uint64_t hash, bool *known, PropterError *err);
/* Groups of rows, as PropterMapSink has them: a group in which nothing was rejected is passed over whole when it is found again. */
PropterStatus rows_group(Rows *rows, const PropterMapGroup *group, PropterError *err);
const PropterMapGroup *rows_expected(Rows *rows);
PropterStatus rows_passed(Rows *rows, PropterError *err);
/* A quad that the present row gives, and a hash of its terms. */
void rows_add(Rows *rows, PropterQuad quad, uint64_t hash);
/* Whether the row that stood here in the last state gave a quad of that hash; most of what a row that was changed gives is what it gave. */
PropterStatus rows_recall(Rows *rows, uint64_t hash, PropterQuad *quad, bool *found, PropterError *err);
/* Something of the present row was rejected: it is executed again in every run. */
void rows_reject(Rows *rows);

/* What has changed since the last state; each quad once, in no order. */
typedef struct {
  PropterStatus (*come)(PropterQuad quad, void *payload, PropterError *err); /* of a row that is new; other rows may give it, too */
  PropterStatus (*gone)(PropterQuad quad, void *payload, PropterError *err); /* of a row that is gone, and no row of now gives it */
  void *payload;
} RowsChange;

/* Ends the next state as that of `run`; where the last one was believed, hands over what has changed. */
PropterStatus rows_finish(Rows *rows, PropterStr run, const RowsChange *change, PropterError *err);
/* Puts the next state into the place of the last; after the graph's commit. */
PropterStatus rows_commit(Rows *rows, PropterError *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A long scan in two halves: it is cut at an id in its middle, and where a second thread may be had, that one reads the upper half
 * in a run of its own: same query, same plan, a clone of the snapshot. The cut is made on one thread too, so that answers do not depend on their number. */
#ifndef SPARQL_HALVES_H
#define SPARQL_HALVES_H

#include "op.h"

/* The scan whose rows alone decide what `op` receives from its left input, if reading it is long enough to be cut; else NULL. */
Op *half_scan(const Op *op);

/* A second run of the same query. */
typedef struct {
  Exec run;
  PropterSnapshot *snapshot;
  Op *op; /* the operator that is `op` there, not started */
} Twin;
/* twin->op NULL: there is none, for whatever reason. Within a quarter of the memory that is left, until the same deadline. */
void twin_open(const Op *op, Twin *twin);
/* Counts its rows as those of `op`'s run. */
void twin_close(const Op *op, Twin *twin);
/* Makes an id of a run that has ended one of another. */
PropterStatus twin_adopt(Exec *run, Exec *from, PropterArena *scratch, PropterId *id, PropterError *err);

#endif

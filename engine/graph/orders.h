/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of quads applied to all five permutations: to SPOG first, which tells what has an effect, then that to the others; if they are few, to the
 * delta (delta.h). */
#ifndef GRAPH_ORDERS_H
#define GRAPH_ORDERS_H

#include "sorted.h"

/* Sorts changes as rows of SPOG and leaves the last word on each quad: how many are left. NO_MEMORY; LIMIT: too many for one call. */
PropterStatus orders_settle(Change *changes, size_t *count, PropterError *err);

/* Applies settled changes and notes in `done` which had an effect. With `aside` (a file for each order) the orders behind SPOG wait there, each call's changes as
 * runs, for orders_finish. LIMIT without a message: the map is full. */
PropterStatus orders_apply(const Env *env, MDB_txn *txn, Change *changes, size_t count, SortedFile *aside, PropterError *err);

/* Applies what waits. The files are closed one after the other. */
PropterStatus orders_finish(const Env *env, MDB_txn *txn, SortedFile *aside, PropterError *err);

#endif

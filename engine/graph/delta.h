/* SPDX-License-Identifier: Apache-2.0 */
/* What came and went lately stands beside the permutations, in five small tables of blocks, one an order (a differential file: Severance and Lohman, ACM
 * TODS 1976; differential indexes: Neumann and Weikum, VLDB 2010). A quad stands there if the permutations and the graph disagree about it, so the graph is
 * what either has and not both: no row needs to say whether it came or went, and a change that is taken back leaves nothing. */
#ifndef GRAPH_DELTA_H
#define GRAPH_DELTA_H

#include "block.h"

/* Of so many quads of a graph one may stand in the delta; but never more than this. */
enum { DELTA_SHARE = 64, DELTA_MOST = 1 << 20 };

/* How many quads stand in the delta, and how many may, the graph being of its size. */
PropterStatus delta_count(const Env *env, MDB_txn *txn, uint64_t *count, PropterError *err);
PropterStatus delta_room(const Env *env, MDB_txn *txn, uint64_t *most, PropterError *err);

/* Notes in SPOG changes (ascending, each quad once) which have an effect on the graph. `out`, with room for all, gets what that changes of the delta. */
PropterStatus delta_find(const Env *env, MDB_txn *txn, Change *changes, size_t count, Change *out, size_t *found, PropterError *err);

/* What the permutations lack, as SPOG changes of them: `changes` has room for all. Empties the delta. */
PropterStatus delta_take(const Env *env, MDB_txn *txn, Change *changes, size_t count, PropterError *err);

#endif

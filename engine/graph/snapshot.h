/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_SNAPSHOT_H
#define GRAPH_SNAPSHOT_H

#include "block.h"
#include "propter/vocab.h"

struct PropterGraph {
  Env *env;
  bool read_only;
};

struct PropterSnapshot {
  Env *env;
  MDB_txn *txn;
  bool borrowed; /* the writer's own transaction */
  bool cloned;   /* the transaction of another snapshot */
  bool delta;    /* there is one */
  uint64_t deadline; /* monotonic milliseconds, 0: none */
  const atomic_bool *cancel; /* may be NULL */
  uint64_t version;
  Statistics *statistics;
  bool named; /* `vocab` is filled */
  PropterId vocab[VOCAB_COUNT];
};

/* Looks whether its transaction has a delta. */
PropterStatus snapshot_delta(PropterSnapshot *s, PropterError *err);

/* Gives up one use. NULL is allowed. */
void statistics_release(Env *env, Statistics *statistics);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Rows on disk, for operators whose state outgrows the query's memory: sorted runs and partitions by hash. Files have no name (or lose it at once) and lie in
 * $TMPDIR or /tmp. */
#ifndef SPARQL_SPILL_H
#define SPARQL_SPILL_H

#include "op.h"

/* Is so much of the query's memory in use that growing state should go to disk? */
bool exec_crowded(const Exec *run);

/* A file of rows of `width` ids: written, then read once from the beginning. All zero: none. */
typedef struct {
  Op *op; /* whose rows they are */
  int fd; /* + 1 */
  size_t width;
  uint64_t rows;
  PropterId *buffer;
  size_t at, filled; /* in ids */
} Spill;

/* What goes to disk is counted for `op`. */
PropterStatus spill_add(Op *op, Spill *s, size_t width, const PropterId *row, PropterError *err);
/* Ends writing. */
PropterStatus spill_rewind(Exec *run, Spill *s, PropterError *err);
/* *row NULL: the end. Borrowed until the next call. */
PropterStatus spill_next(Exec *run, Spill *s, const PropterId **row, PropterError *err);
void spill_close(Exec *run, Spill *s);

/* Rows as a batch of columns: `slots` names them. */
typedef struct {
  const uint32_t *slots;
  size_t width;
  PropterId *memory;
  Batch batch;
} Replay;
/* *out NULL: no row left. */
PropterStatus replay_next(Exec *run, Replay *r, Spill *s, const uint32_t *slots, size_t width, Batch **out, PropterError *err);
void replay_close(Exec *run, Replay *r);

/* Rows split by the next four bits of their hashes, up to PARTITION_LEVELS times. */
enum { PARTITIONS = 16, PARTITION_LEVELS = 8 };
typedef struct {
  Spill files[PARTITIONS];
  unsigned level; /* of the rows being added */
  struct {
    Spill file;
    unsigned level;
  } *pending;
  size_t pending_count, pending_cap;
} Partitions;
PropterStatus partitions_add(Op *op, Partitions *p, uint64_t hash, size_t width, const PropterId *row, PropterError *err);
/* Ends the files being written and hands the next one out, ready to be read; its rows, split again, will be of the next level. *more false: none is left. */
PropterStatus partitions_next(Exec *run, Partitions *p, Spill *out, bool *more, PropterError *err);
/* The same of two sides, which were split alike: the next part with left rows; parts of the right alone are dropped. */
PropterStatus partitions_pair(Exec *run, Partitions *left, Partitions *right, Spill *left_out, Spill *right_out, bool *more, PropterError *err);
void partitions_close(Exec *run, Partitions *p);
uint64_t partition_hash(const PropterId *row, size_t count);

#endif

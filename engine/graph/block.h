/* SPDX-License-Identifier: Apache-2.0 */
/* A permutation is an LMDB table of blocks: the key is the first row (four big-endian columns in the order's sequence), the value up to BLOCK_ROWS rows that
 * fit one page: checksum, count, then each column as fixed-width codes that can be read and searched one by one. A column has a frame per tag that occurs in
 * it; a code is the frame's number above the distance from the frame's smallest id, counted in steps of the largest number that divides all its distances (a
 * day, a cent), so codes are in the order of ids (frame of reference, Goldstein, Ramakrishnan and Shaft, ICDE 1998, per tag). */
#ifndef GRAPH_BLOCK_H
#define GRAPH_BLOCK_H

#include "env.h"

enum { BLOCK_ROWS = 2048, BLOCK_BYTES = 4080, BLOCK_FRAMES = 16 };

/* A quad in the sequence of an order; compares column by column. */
typedef struct {
  PropterId c[4];
} Row;

Row row_of(PropterOrder order, PropterQuad quad);
PropterQuad row_quad(PropterOrder order, Row row);
/* Which column of a quad stands where in an order's rows. */
extern const unsigned char row_sequence[PROPTER_ORDER_COUNT][4];

static inline int row_compare(const Row *a, const Row *b, unsigned columns) {
  for (unsigned i = 0; i < columns; i++)
    if (a->c[i] != b->c[i]) return a->c[i] < b->c[i] ? -1 : 1;
  return 0;
}

/* A checked block that is read in place: borrowed from its transaction. */
typedef struct {
  struct {
    const unsigned char *bits;
    uint64_t mask;             /* of the distance */
    unsigned width, low;       /* bits of a code, of its distance */
    PropterId base[BLOCK_FRAMES];
    uint64_t step[BLOCK_FRAMES];
  } column[4];
  size_t count;
} Block;

/* Checks a block and makes it readable. DAMAGED. */
PropterStatus block_open(MDB_val key, MDB_val value, Block *block, PropterError *err);

/* One value of an open block. */
static inline PropterId block_get(const Block *block, unsigned column, size_t row) {
  size_t at = row * block->column[column].width;
  uint64_t code;
  __builtin_memcpy(&code, block->column[column].bits + (at >> 3), sizeof code);
  if (block->column[column].width == 64) return code;
  code = code >> (at & 7) & ((UINT64_C(1) << block->column[column].width) - 1);
  size_t frame = code >> block->column[column].low;
  return block->column[column].base[frame] + (code & block->column[column].mask) * block->column[column].step[frame];
}

/* Values [from, from+count) of a column. */
void block_column(const Block *block, unsigned column, size_t from, size_t count, PropterId *out);
/* One row. */
Row block_row(const Block *block, size_t row);
/* The first row from `from` on that is not before `target` in its first `columns` columns (not after it, if `behind`: then the first beyond). */
size_t block_search(const Block *block, size_t from, const Row *target, unsigned columns, bool behind);

/* One change of a permutation. */
typedef struct {
  Row row;
  bool add;
  bool done; /* it had an effect */
} Change;

/* Applies changes (ascending, each row once) to a table (an order, or ENV_HASHES) and rewrites the blocks they touch. `first`: whether the row really came or
 * went is noted in `done`; else every change must be effective, otherwise the permutations disagree: DAMAGED. LIMIT without a message: the map is full. */
PropterStatus block_apply(const Env *env, MDB_txn *txn, unsigned table, Change *changes, size_t count, bool first, PropterError *err);

/* The cursor on the block that holds or would hold `row`: the last that begins at or before it, else the first. An LMDB code. */
int block_seek(MDB_cursor *cursor, const Row *row, MDB_val *key, MDB_val *value);

#endif

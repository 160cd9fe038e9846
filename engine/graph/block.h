/* SPDX-License-Identifier: Apache-2.0 */
/* A permutation is an LMDB table of blocks: the key is the first row (four big-endian columns in the order's sequence), the value up to BLOCK_ROWS rows that fit
 * one page: checksum, count, last row, then each row as the differences from the one before. */
#ifndef GRAPH_BLOCK_H
#define GRAPH_BLOCK_H

#include "env.h"

enum { BLOCK_ROWS = 1024, BLOCK_BYTES = 4080 };

/* A quad in the sequence of an order; compares column by column. */
typedef struct {
  PropterId c[4];
} Row;

Row row_of(PropterOrder order, PropterQuad quad);
PropterQuad row_quad(PropterOrder order, Row row);

static inline int row_compare(const Row *a, const Row *b, unsigned columns) {
  for (unsigned i = 0; i < columns; i++)
    if (a->c[i] != b->c[i]) return a->c[i] < b->c[i] ? -1 : 1;
  return 0;
}

void row_key(const Row *row, unsigned char key[32]);
Row row_from_key(const unsigned char *key);

/* Encodes as many of the `count` ascending rows as fit, at most `most`; returns how many, *size is the bytes used. */
size_t block_encode(const Row *rows, size_t count, size_t most, unsigned char out[BLOCK_BYTES], size_t *size);

/* Checks and decodes a block. DAMAGED. */
PropterStatus block_decode(MDB_val key, MDB_val value, Row rows[BLOCK_ROWS], size_t *count, PropterError *err);

/* Checks a block and reads its first row, last row and count only. */
PropterStatus block_span(MDB_val key, MDB_val value, Row *first, Row *last, size_t *count, PropterError *err);

/* One change of a permutation. */
typedef struct {
  Row row;
  bool add;
} Change;

/* Applies changes (ascending, each row once) and rewrites the blocks they touch. changes[i].effective… is written to `done` if given: whether the row really came or went.
 * If `done` is NULL every change must be effective, otherwise the permutations disagree: DAMAGED. LIMIT without a message: the map is full. */
PropterStatus block_apply(const Env *env, MDB_txn *txn, PropterOrder order, const Change *changes, size_t count, unsigned char *done, PropterError *err);

#endif

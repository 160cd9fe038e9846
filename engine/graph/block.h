/* SPDX-License-Identifier: Apache-2.0 */
/* A permutation is an LMDB table of blocks: the key is the first row (four big-endian columns in the order's sequence), the value up to BLOCK_ROWS rows that
 * fit one page: checksum, count, then each column as fixed-width codes that can be read and searched one by one. A column has a frame per tag that occurs in
 * it; a code is the frame's number above the distance from the frame's smallest id, counted in steps of the largest number that divides all its distances (a
 * day, a cent), so codes are in the order of ids (frame of reference, Goldstein, Ramakrishnan and Shaft, ICDE 1998, per tag). */
#ifndef GRAPH_BLOCK_H
#define GRAPH_BLOCK_H

#include "env.h"

enum { BLOCK_ROWS = 2048, BLOCK_BYTES = 4080, BLOCK_FRAMES = 16 };
/* checksum 4, count 2; per column frames 1 (0: ids as they are; BLOCK_STEPS added: has steps), bits of the distance 1, its frames' smallest ids, then their
 * steps; codes of each column, of at most BLOCK_WIDEST bits; 8 zero bytes, so that a code can be read as eight bytes */
enum { BLOCK_HEADER = 6, BLOCK_STEPS = 128, BLOCK_WIDEST = 57, BLOCK_SPARE = 8 };

static inline unsigned block_bits(uint64_t v) { return v ? 64 - (unsigned)__builtin_clzll(v) : 0; }
uint32_t block_checksum(const unsigned char key[32], const unsigned char *value, size_t size);

/* A quad in the sequence of an order; compares column by column. */
typedef struct {
  PropterId c[4];
} Row;

/* A row as a key of its table. */
void row_key(const Row *row, unsigned char key[32]);
Row row_from_key(const unsigned char *key);

Row row_of(PropterOrder order, PropterQuad quad);
PropterQuad row_quad(PropterOrder order, Row row);
/* Which column of a quad stands where in an order's rows. */
extern const unsigned char row_sequence[PROPTER_ORDER_COUNT][4];

static inline int row_compare(const Row *a, const Row *b, unsigned columns) {
  for (unsigned i = 0; i < columns; i++)
    if (a->c[i] != b->c[i]) return a->c[i] < b->c[i] ? -1 : 1;
  return 0;
}

/* Ascending rows by column, so that a column is read, measured and written in one go. */
typedef struct {
  PropterId *c[4];
  size_t cap[4], count;
} BlockRows;

/* Room for so many rows in all; false: out of memory. */
bool rows_reserve(BlockRows *rows, size_t count);
void rows_clear(BlockRows *rows);

static inline Row rows_at(const BlockRows *rows, size_t i) { return (Row){{rows->c[0][i], rows->c[1][i], rows->c[2][i], rows->c[3][i]}}; }

/* There must be room. */
static inline void rows_push(BlockRows *rows, const Row *row) {
  for (unsigned c = 0; c < 4; c++) rows->c[c][rows->count] = row->c[c];
  rows->count++;
}

typedef struct {
  const unsigned char *bits;
  uint64_t mask;               /* of the distance */
  unsigned width, low, frames; /* bits of a code, of its distance; no frames: ids as they are */
  PropterId base[BLOCK_FRAMES];
  uint64_t step[BLOCK_FRAMES];
} BlockColumn;

/* A checked block that is read in place: borrowed from its transaction. */
typedef struct {
  BlockColumn column[4];
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

/* What rows need in a block, as narrow as they allow. */
typedef struct {
  struct ColumnShape {
    struct Frame {
      PropterId low;
      uint64_t step, most; /* 0: only one id so far; most steps from `low` */
      uint64_t inverse;    /* of the odd part of `step` */
      unsigned even;       /* how often 2 divides it */
    } frame[BLOCK_FRAMES]; /* by tag, ascending */
    unsigned frames, bits, distance;
    bool raw, steps;           /* raw: too many tags or bits, ids as they are; steps: one is not 1 */
    unsigned char of_tag[256]; /* a tag's frame, counted from 1; 0: none */
  } column[4];
} BlockShape;

/* The shape of rows [at, at+count); how many bytes a block of a shape and so many rows takes, which may be more than BLOCK_BYTES. */
void block_measure(const BlockRows *rows, size_t at, size_t count, BlockShape *shape);
size_t block_bytes(const BlockShape *shape, size_t rows);
/* How many rows from `at` on one block can hold, and their shape. */
size_t block_fit(const BlockRows *rows, size_t at, BlockShape *shape);
/* Writes rows that fit by their shape, or one of more rows; returns the block's size. */
size_t block_write(const BlockRows *rows, size_t at, size_t count, const BlockShape *shape, unsigned char out[BLOCK_BYTES]);

/* A row that comes in before row `at` of a block; NULL: row `at` goes. */
typedef struct {
  const Row *row;
  size_t at;
} BlockEdit;

/* A block after edits (in the order of rows), written by moving the codes it has; *first is its first row. A column is written anew where it must be wider or,
 * if `narrow`, can be narrower. Returns the size; more than BLOCK_BYTES: that would be too large, or (SIZE_MAX) have too many rows, none, or a new column of
 * ids as they are, and nothing is written. */
size_t block_edit(const Block *block, const BlockEdit *edits, size_t count, bool narrow, unsigned char out[BLOCK_BYTES], Row *first);

/* Rows [from, to) of a block, `from` a multiple of 8, so that its codes begin with a byte. */
Block block_part(const Block *block, size_t from, size_t to);

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

/* SPDX-License-Identifier: Apache-2.0 */
#include "block.h"

#include <string.h>

#include "propter/hash.h"

/* Which column of a quad stands where. */
const unsigned char row_sequence[PROPTER_ORDER_COUNT][4] = {{0, 1, 2, 3}, {1, 0, 2, 3}, {1, 2, 0, 3}, {2, 0, 1, 3}, {3, 0, 1, 2}};

Row row_of(PropterOrder order, PropterQuad quad) {
  const PropterId columns[4] = {quad.s, quad.p, quad.o, quad.g};
  Row row;
  for (int i = 0; i < 4; i++) row.c[i] = columns[row_sequence[order][i]];
  return row;
}

PropterQuad row_quad(PropterOrder order, Row row) {
  PropterId columns[4];
  for (int i = 0; i < 4; i++) columns[row_sequence[order][i]] = row.c[i];
  return (PropterQuad){columns[0], columns[1], columns[2], columns[3]};
}

void row_key(const Row *row, unsigned char key[32]) {
  for (int i = 0; i < 4; i++)
    for (int b = 0; b < 8; b++) key[i * 8 + b] = (unsigned char)(row->c[i] >> (56 - 8 * b));
}

Row row_from_key(const unsigned char *key) {
  Row row = {{0}};
  for (int i = 0; i < 4; i++)
    for (int b = 0; b < 8; b++) row.c[i] = row.c[i] << 8 | key[i * 8 + b];
  return row;
}

bool rows_reserve(BlockRows *rows, size_t count) {
  bool enough = true;
  for (unsigned c = 0; c < 4; c++) enough = enough && propter_vec_grow((void **)&rows->c[c], &rows->cap[c], count, sizeof *rows->c[c]);
  return enough;
}

void rows_clear(BlockRows *rows) {
  for (unsigned c = 0; c < 4; c++) propter_free(rows->c[c]);
  *rows = (BlockRows){0};
}

uint32_t block_checksum(const unsigned char key[32], const unsigned char *value, size_t size) {
  return (uint32_t)(propter_hash64((PropterStr){(const char *)value + 4, size - 4}) ^ propter_hash64((PropterStr){(const char *)key, 32}) * 3);
}

static PropterStatus ends_early(PropterError *err) { return propter_fail(err, PROPTER_DAMAGED, "a block ends within its columns"); }

PropterStatus block_open(MDB_val key, MDB_val value, Block *block, PropterError *err) {
  const unsigned char *v = value.mv_data, *p = v + BLOCK_HEADER, *end = v + value.mv_size;
  if (key.mv_size != 32 || value.mv_size < BLOCK_HEADER + 4 * 2 + BLOCK_SPARE || value.mv_size > BLOCK_BYTES)
    return propter_fail(err, PROPTER_DAMAGED, "block of %zu bytes under a key of %zu", value.mv_size, key.mv_size);
  uint32_t sum;
  memcpy(&sum, v, sizeof sum);
  if (sum != block_checksum(key.mv_data, v, value.mv_size)) return propter_fail(err, PROPTER_DAMAGED, "a block fails its checksum");
  block->count = (size_t)v[4] | (size_t)v[5] << 8;
  if (block->count == 0 || block->count > BLOCK_ROWS) return propter_fail(err, PROPTER_DAMAGED, "a block has %zu rows", block->count);
  for (unsigned c = 0; c < 4; c++) {
    if (end - p < 2) return ends_early(err);
    bool steps = *p & BLOCK_STEPS;
    unsigned frames = *p++ & ~(unsigned)BLOCK_STEPS, low = *p++, above = frames ? block_bits(frames - 1) : 0;
    size_t bytes = (size_t)frames * (steps ? 16 : 8);
    if (frames > BLOCK_FRAMES || (frames ? low + above > BLOCK_WIDEST : low != 64) || (size_t)(end - p) < bytes) return ends_early(err);
    block->column[c].frames = frames;
    block->column[c].low = low;
    block->column[c].width = low + above;
    block->column[c].mask = low == 64 ? UINT64_MAX : (UINT64_C(1) << low) - 1;
    for (unsigned f = 0; f < BLOCK_FRAMES; f++) block->column[c].base[f] = 0, block->column[c].step[f] = 1;
    memcpy(block->column[c].base, p, (size_t)frames * 8);
    if (steps) memcpy(block->column[c].step, p + (size_t)frames * 8, (size_t)frames * 8);
    p += bytes;
  }
  for (unsigned c = 0; c < 4; c++) {
    size_t bytes = (block->count * block->column[c].width + 7) / 8;
    if ((size_t)(end - p) < bytes + BLOCK_SPARE) return ends_early(err);
    block->column[c].bits = p;
    p += bytes;
  }
  if (end - p != BLOCK_SPARE) return propter_fail(err, PROPTER_DAMAGED, "a block does not end with its columns");
  Row first = block_row(block, 0), expected = row_from_key(key.mv_data);
  return row_compare(&first, &expected, 4) == 0 ? PROPTER_OK : propter_fail(err, PROPTER_DAMAGED, "a block does not begin with its key");
}

Row block_row(const Block *block, size_t row) {
  Row r;
  for (unsigned c = 0; c < 4; c++) r.c[c] = block_get(block, c, row);
  return r;
}

Block block_part(const Block *block, size_t from, size_t to) {
  Block part = *block;
  for (unsigned c = 0; c < 4; c++) part.column[c].bits += from / 8 * part.column[c].width;
  part.count = to - from;
  return part;
}

void block_column(const Block *block, unsigned column, size_t from, size_t count, PropterId *out) {
  const unsigned char *bits = block->column[column].bits;
  unsigned width = block->column[column].width, low = block->column[column].low;
  const PropterId *bases = block->column[column].base;
  const uint64_t *steps = block->column[column].step;
  if (width == 64) {
    memcpy(out, bits + from * 8, count * 8);
    return;
  }
  PropterId base = bases[0];
  uint64_t step = steps[0];
  uint64_t mask = (UINT64_C(1) << width) - 1, distance = block->column[column].mask;
  size_t at = from * width;
  if (width == 0)
    for (size_t i = 0; i < count; i++) out[i] = base;
  else if (width == low)
    for (size_t i = 0; i < count; i++, at += width) {
      uint64_t code;
      memcpy(&code, bits + (at >> 3), sizeof code);
      out[i] = base + (code >> (at & 7) & mask) * step;
    }
  else
    for (size_t i = 0; i < count; i++, at += width) {
      uint64_t code;
      memcpy(&code, bits + (at >> 3), sizeof code);
      code = code >> (at & 7) & mask;
      out[i] = bases[code >> low] + (code & distance) * steps[code >> low];
    }
}

static inline uint64_t code_at(const BlockColumn *column, size_t row) {
  size_t at = row * column->width;
  uint64_t code;
  memcpy(&code, column->bits + (at >> 3), sizeof code);
  return column->width == 64 ? code : code >> (at & 7) & ((UINT64_C(1) << column->width) - 1);
}

/* The smallest code whose id is not before `id`, which may be one that no row has; whether that would be `id` itself. */
static uint64_t code_of(const BlockColumn *column, PropterId id, bool *exact) {
  *exact = true;
  if (!column->frames) return id;
  unsigned frame = column->frames - 1;
  while (frame && column->base[frame] > id) frame--;
  *exact = id >= column->base[frame];
  if (!*exact) return 0;
  uint64_t distance = id - column->base[frame], steps = distance, step = column->step[frame];
  if (step != 1) {
    steps = step ? distance / step : 0;
    *exact = steps * step == distance;
    steps += !*exact;
  }
  *exact = *exact && steps <= column->mask;
  return steps <= column->mask ? (uint64_t)frame << column->low | steps : (uint64_t)(frame + 1) << column->low;
}

/* The first row of [from, to) whose code is not below `code`. */
static size_t lower_bound(const BlockColumn *column, size_t from, size_t to, uint64_t code) {
  for (size_t count = to - from; count;) {
    size_t half = count / 2;
    from += code_at(column, from + half) < code ? count - half : 0;
    count = half;
  }
  return from;
}

/* The same where it is likely to be near. */
static size_t near_bound(const BlockColumn *column, size_t from, size_t to, uint64_t code) {
  size_t step = 1;
  for (; from + step <= to && code_at(column, from + step - 1) < code; step *= 2) from += step;
  return lower_bound(column, from, from + step <= to ? from + step - 1 : to, code);
}

size_t block_search(const Block *block, size_t from, const Row *target, unsigned columns, bool behind) {
  size_t to = block->count;
  for (unsigned c = 0; c < columns && from < to; c++) {
    const BlockColumn *column = &block->column[c];
    bool exact;
    uint64_t code = code_of(column, target->c[c], &exact);
    if (!column->width && code) return to;
    if (column->width) from = from || c ? near_bound(column, from, to, code) : lower_bound(column, from, to, code);
    if (!exact || from == to || code_at(column, from) != code) return from;
    if (column->width && code != UINT64_MAX) to = near_bound(column, from, to, code + 1);
  }
  return behind ? to : from;
}

int block_seek(MDB_cursor *cursor, const Row *row, MDB_val *key, MDB_val *value) {
  unsigned char k[32];
  row_key(row, k);
  *key = (MDB_val){sizeof k, k};
  int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
  if (rc == MDB_NOTFOUND) return mdb_cursor_get(cursor, key, value, MDB_LAST);
  if (rc || (key->mv_size == sizeof k && memcmp(key->mv_data, k, sizeof k) == 0)) return rc;
  MDB_val before_key, before;
  rc = mdb_cursor_get(cursor, &before_key, &before, MDB_PREV);
  if (rc == 0) *key = before_key, *value = before;
  return rc == MDB_NOTFOUND ? mdb_cursor_get(cursor, key, value, MDB_FIRST) : rc;
}

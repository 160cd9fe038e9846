/* SPDX-License-Identifier: Apache-2.0 */
#include "block.h"

#include <string.h>

#include "propter/hash.h"

/* Which column of a quad stands where. */
static const unsigned char sequence[PROPTER_ORDER_COUNT][4] = {{0, 1, 2, 3}, {1, 0, 2, 3}, {1, 2, 0, 3}, {2, 0, 1, 3}, {3, 0, 1, 2}};

Row row_of(PropterOrder order, PropterQuad quad) {
  const PropterId columns[4] = {quad.s, quad.p, quad.o, quad.g};
  Row row;
  for (int i = 0; i < 4; i++) row.c[i] = columns[sequence[order][i]];
  return row;
}

PropterQuad row_quad(PropterOrder order, Row row) {
  PropterId columns[4];
  for (int i = 0; i < 4; i++) columns[sequence[order][i]] = row.c[i];
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

/* checksum 4, count 2, zero 2, last row 32 */
enum { HEADER = 40, ROW_MOST = 1 + 4 * 10, PART = 64 * BLOCK_ROWS };

static unsigned char *put_varint(unsigned char *p, uint64_t v) {
  for (; v >= 128; v >>= 7) *p++ = (unsigned char)(v | 128);
  *p++ = (unsigned char)v;
  return p;
}

static const unsigned char *get_varint(const unsigned char *p, const unsigned char *end, uint64_t *v) {
  *v = 0;
  for (unsigned shift = 0; p < end && shift < 64; shift += 7) {
    unsigned char b = *p++;
    *v |= (uint64_t)(b & 127) << shift;
    if (b < 128) return p;
  }
  return NULL;
}

static uint64_t zigzag(uint64_t d) { return d << 1 ^ (0 - (d >> 63)); }
static uint64_t unzigzag(uint64_t z) { return z >> 1 ^ (0 - (z & 1)); }

static uint32_t checksum(const unsigned char *key, const unsigned char *value, size_t size) {
  return (uint32_t)(propter_hash64((PropterStr){(const char *)value + 4, size - 4}) ^ propter_hash64((PropterStr){(const char *)key, 32}) * 3);
}

size_t block_encode(const Row *rows, size_t count, size_t most, unsigned char out[BLOCK_BYTES], size_t *size) {
  unsigned char *p = out + HEADER;
  if (most > BLOCK_ROWS) most = BLOCK_ROWS;
  size_t n = 1;
  for (; n < count && n < most && p + ROW_MOST <= out + BLOCK_BYTES; n++) {
    const Row *a = &rows[n - 1], *b = &rows[n];
    unsigned c = 0;
    while (a->c[c] == b->c[c]) c++;
    *p++ = (unsigned char)c;
    p = put_varint(p, b->c[c] - a->c[c]);
    for (c++; c < 4; c++) p = put_varint(p, zigzag(b->c[c] - a->c[c]));
  }
  unsigned char key[32];
  row_key(&rows[0], key);
  row_key(&rows[n - 1], out + 8);
  out[4] = (unsigned char)n, out[5] = (unsigned char)(n >> 8), out[6] = out[7] = 0;
  *size = (size_t)(p - out);
  uint32_t sum = checksum(key, out, *size);
  for (int i = 0; i < 4; i++) out[i] = (unsigned char)(sum >> 8 * i);
  return n;
}

PropterStatus block_span(MDB_val key, MDB_val value, Row *first, Row *last, size_t *count, PropterError *err) {
  const unsigned char *k = key.mv_data, *v = value.mv_data;
  if (key.mv_size != 32 || value.mv_size < HEADER || value.mv_size > BLOCK_BYTES)
    return propter_fail(err, PROPTER_DAMAGED, "block of %zu bytes under a key of %zu", value.mv_size, key.mv_size);
  uint32_t sum = (uint32_t)v[0] | (uint32_t)v[1] << 8 | (uint32_t)v[2] << 16 | (uint32_t)v[3] << 24;
  if (sum != checksum(k, v, value.mv_size)) return propter_fail(err, PROPTER_DAMAGED, "a block fails its checksum");
  *count = (size_t)v[4] | (size_t)v[5] << 8;
  *first = row_from_key(k);
  *last = row_from_key(v + 8);
  if (*count == 0 || *count > BLOCK_ROWS) return propter_fail(err, PROPTER_DAMAGED, "a block has %zu rows", *count);
  return PROPTER_OK;
}

PropterStatus block_decode(MDB_val key, MDB_val value, Row rows[BLOCK_ROWS], size_t *count, PropterError *err) {
  Row last;
  PROPTER_TRY(block_span(key, value, &rows[0], &last, count, err));
  const unsigned char *p = (const unsigned char *)value.mv_data + HEADER, *end = (const unsigned char *)value.mv_data + value.mv_size;
  for (size_t n = 1; n < *count; n++) {
    uint64_t d;
    Row *b = &rows[n];
    *b = rows[n - 1];
    unsigned c = p < end ? *p++ : 4;
    if (c > 3 || !(p = get_varint(p, end, &d))) return propter_fail(err, PROPTER_DAMAGED, "a block ends within its rows");
    b->c[c] += d;
    for (c++; c < 4; c++) {
      if (!(p = get_varint(p, end, &d))) return propter_fail(err, PROPTER_DAMAGED, "a block ends within its rows");
      b->c[c] += unzigzag(d);
    }
  }
  if (p != end || row_compare(&rows[*count - 1], &last, 4) != 0) return propter_fail(err, PROPTER_DAMAGED, "a block does not end with its last row");
  return PROPTER_OK;
}

typedef PROPTER_VEC(Row) Rows;

typedef struct {
  const Env *env;
  MDB_txn *txn;
  MDB_dbi db;
  MDB_cursor *cursor;
  PropterError *err;
} Table;

static PropterStatus failed(const Table *t, int rc) { return rc == MDB_MAP_FULL ? PROPTER_LIMIT : env_fail(t->env, rc, "write", t->err); }

/* The cursor on the block that holds or would hold `row`; *found false: the table is empty. */
static PropterStatus locate(Table *t, const Row *row, MDB_val *key, MDB_val *value, bool *found) {
  unsigned char k[32];
  row_key(row, k);
  *key = (MDB_val){sizeof k, k};
  int rc = mdb_cursor_get(t->cursor, key, value, MDB_SET_RANGE);
  if (rc == 0 && !(key->mv_size == 32 && memcmp(key->mv_data, k, 32) == 0)) {
    MDB_val pk, pv;
    int back = mdb_cursor_get(t->cursor, &pk, &pv, MDB_PREV);
    if (back == 0)
      *key = pk, *value = pv;
    else if (back == MDB_NOTFOUND)
      rc = mdb_cursor_get(t->cursor, key, value, MDB_FIRST);
    else
      rc = back;
  } else if (rc == MDB_NOTFOUND) {
    rc = mdb_cursor_get(t->cursor, key, value, MDB_LAST);
  }
  *found = rc == 0;
  return rc == 0 || rc == MDB_NOTFOUND ? PROPTER_OK : failed(t, rc);
}

/* Takes the block under the cursor out of the table and appends its rows; then *limit is the first row of the block after it, *bounded false if there is none. */
static PropterStatus take(Table *t, Rows *rows, MDB_val key, MDB_val value, Row *limit, bool *bounded) {
  if (!propter_vec_reserve(rows, rows->count + BLOCK_ROWS)) return propter_fail(t->err, PROPTER_NO_MEMORY, "out of memory");
  size_t n = 0;
  PROPTER_TRY(block_decode(key, value, rows->items + rows->count, &n, t->err));
  rows->count += n;
  int rc = mdb_cursor_del(t->cursor, 0);
  if (rc) return failed(t, rc);
  /* After a deletion the cursor stands before the next block; GET_CURRENT gives it, or nothing at the end. */
  MDB_val nk, nv;
  rc = mdb_cursor_get(t->cursor, &nk, &nv, MDB_NEXT);
  *bounded = rc == 0;
  if (rc == 0 && nk.mv_size != 32) return propter_fail(t->err, PROPTER_DAMAGED, "key of %zu bytes", nk.mv_size);
  if (rc == 0) *limit = row_from_key(nk.mv_data);
  return rc == 0 || rc == MDB_NOTFOUND ? PROPTER_OK : failed(t, rc);
}

static PropterStatus write_rows(Table *t, const Row *rows, size_t count, bool last) {
  unsigned char block[BLOCK_BYTES], k[32];
  /* Rewritten blocks are filled evenly, so that the next change does not split again; a load fills them up. */
  size_t parts = (count + BLOCK_ROWS - 1) / BLOCK_ROWS, most = parts < 2 || parts > 8 ? BLOCK_ROWS : (count + parts - 1) / parts;
  for (size_t at = 0; at < count;) {
    size_t size, n = block_encode(rows + at, count - at, most, block, &size);
    row_key(&rows[at], k);
    MDB_val key = {sizeof k, k}, value = {size, block};
    int rc = mdb_put(t->txn, t->db, &key, &value, last ? MDB_APPEND : MDB_NOOVERWRITE);
    if (rc) return failed(t, rc);
    at += n;
  }
  return PROPTER_OK;
}

/* Merges changes[from..to) into `old` from index *taken on; rows before it are merged already. */
static PropterStatus merge(Table *t, const Rows *old, size_t *taken, const Change *changes, size_t from, size_t to, unsigned char *done, Rows *out) {
  if (!propter_vec_reserve(out, out->count + old->count - *taken + (to - from))) return propter_fail(t->err, PROPTER_NO_MEMORY, "out of memory");
  size_t i = *taken, n = out->count;
  for (size_t c = from; c < to; c++) {
    int order = -1;
    for (; i < old->count && (order = row_compare(&old->items[i], &changes[c].row, 4)) < 0; i++) out->items[n++] = old->items[i];
    bool present = i < old->count && order == 0, effective = present != changes[c].add;
    if (done)
      done[c] = effective;
    else if (!effective)
      return propter_fail(t->err, PROPTER_DAMAGED, "the permutations disagree about a quad");
    if (present) i++;
    if (changes[c].add) out->items[n++] = changes[c].row;
  }
  *taken = i;
  out->count = n;
  return PROPTER_OK;
}

/* Handles the changes that fall into one block (and its neighbours where it became small); *at moves behind them. */
static PropterStatus apply_here(Table *t, const Change *changes, size_t count, size_t *at, unsigned char *done, Rows *old, Rows *out) {
  MDB_val key, value;
  Row limit = {{0}};
  bool found, bounded = false;
  size_t taken = 0;
  old->count = out->count = 0;
  PROPTER_TRY(locate(t, &changes[*at].row, &key, &value, &found));
  if (found) PROPTER_TRY(take(t, old, key, value, &limit, &bounded));
  for (;;) {
    size_t to = *at;
    /* Behind the last block there may be very many: in parts, so that memory stays bounded. */
    while (to < count && (bounded ? row_compare(&changes[to].row, &limit, 4) < 0 : to - *at < PART)) to++;
    PROPTER_TRY(merge(t, old, &taken, changes, *at, to, done, out));
    *at = to;
    size_t left = out->count + old->count - taken;
    if (!bounded || left >= BLOCK_ROWS / 4 || out->count == 0) break;
    PROPTER_TRY(locate(t, &limit, &key, &value, &found));
    PROPTER_TRY(take(t, old, key, value, &limit, &bounded));
  }
  for (; taken < old->count; taken++)
    if (!propter_vec_push(out, old->items[taken])) return propter_fail(t->err, PROPTER_NO_MEMORY, "out of memory");
  return write_rows(t, out->items, out->count, !bounded);
}

PropterStatus block_apply(const Env *env, MDB_txn *txn, PropterOrder order, const Change *changes, size_t count, unsigned char *done, PropterError *err) {
  Table t = {.env = env, .txn = txn, .db = env->db[order], .err = err};
  int rc = mdb_cursor_open(txn, t.db, &t.cursor);
  if (rc) return env_fail(env, rc, "write", err);
  Rows old = {0}, out = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t at = 0; at < count && status == PROPTER_OK;) status = apply_here(&t, changes, count, &at, done, &old, &out);
  propter_vec_clear(&old);
  propter_vec_clear(&out);
  mdb_cursor_close(t.cursor);
  return status;
}

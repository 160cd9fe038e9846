/* SPDX-License-Identifier: Apache-2.0 */
#include "block.h"

#include <string.h>

#include "propter/hash.h"
#include "propter/pool.h"

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

static void row_key(const Row *row, unsigned char key[32]) {
  for (int i = 0; i < 4; i++)
    for (int b = 0; b < 8; b++) key[i * 8 + b] = (unsigned char)(row->c[i] >> (56 - 8 * b));
}

static Row row_from_key(const unsigned char *key) {
  Row row = {{0}};
  for (int i = 0; i < 4; i++)
    for (int b = 0; b < 8; b++) row.c[i] = row.c[i] << 8 | key[i * 8 + b];
  return row;
}

/* checksum 4, count 2; per column frames 1 (0: ids as they are; STEPS added: has steps), bits of the distance 1, its frames' smallest ids, then their steps;
 * codes of each column; 8 zero bytes, so that a code can be read as eight bytes */
enum { HEADER = 6, SPARE = 8, WIDEST = 57, STEPS = 128, PART = 128 * BLOCK_ROWS };

static uint32_t checksum(const unsigned char *key, const unsigned char *value, size_t size) {
  return (uint32_t)(propter_hash64((PropterStr){(const char *)value + 4, size - 4}) ^ propter_hash64((PropterStr){(const char *)key, 32}) * 3);
}

/* ---- encoding ------------------------------------------------------------------------------------------------------------- */

/* What a column needs for the rows seen so far. */
typedef struct {
  PropterId low[BLOCK_FRAMES], high[BLOCK_FRAMES]; /* by tag, ascending */
  uint64_t step[BLOCK_FRAMES];                     /* 0: only one id so far */
  unsigned frames, last, bits, distance;
  bool raw, steps; /* raw: too many tags or bits, ids as they are; steps: one is not 1 */
} Shape;

static unsigned bits_for(uint64_t v) { return v ? 64 - (unsigned)__builtin_clzll(v) : 0; }

static void measure(Shape *s) {
  unsigned widest = 0;
  s->steps = false;
  for (unsigned f = 0; f < s->frames; f++) {
    unsigned n = s->step[f] ? bits_for((s->high[f] - s->low[f]) / s->step[f]) : 0;
    if (n > widest) widest = n;
    s->steps |= s->step[f] > 1;
  }
  s->distance = widest;
  s->bits = widest + bits_for(s->frames - 1);
  s->raw |= s->bits > WIDEST;
  if (s->raw) s->bits = 64;
}

static uint64_t divisor(uint64_t a, uint64_t b) {
  while (b) {
    uint64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* Can the id be written as things are? */
static bool fits(Shape *s, PropterId id) {
  if (s->raw) return true;
  if (!s->frames) return false;
  if (s->low[s->last] >> 56 != id >> 56)
    for (s->last = 0; s->last + 1 < s->frames && s->low[s->last] >> 56 != id >> 56;) s->last++;
  unsigned f = s->last;
  return id >= s->low[f] && id <= s->high[f] && (s->step[f] <= 1 || (id - s->low[f]) % s->step[f] == 0);
}

/* Makes room for one more id. */
static void widen(Shape *s, PropterId id) {
  unsigned f = 0;
  while (f < s->frames && s->high[f] >> 56 < id >> 56) f++;
  if (f == s->frames || s->high[f] >> 56 != id >> 56) {
    if (s->frames == BLOCK_FRAMES) {
      s->raw = true;
      return;
    }
    for (unsigned k = s->frames++; k > f; k--) s->low[k] = s->low[k - 1], s->high[k] = s->high[k - 1], s->step[k] = s->step[k - 1];
    s->low[f] = s->high[f] = id;
    s->step[f] = 0;
  }
  s->last = f;
  if (s->step[f] != 1) s->step[f] = divisor(s->step[f], id > s->low[f] ? id - s->low[f] : s->low[f] - id);
  if (id < s->low[f]) s->low[f] = id;
  if (id > s->high[f]) s->high[f] = id;
}

static size_t bytes_for(const Shape shapes[4], size_t rows) {
  size_t bytes = HEADER + SPARE;
  for (unsigned c = 0; c < 4; c++) bytes += 2 + (shapes[c].raw ? 0 : (shapes[c].steps ? 16 : 8) * shapes[c].frames) + (rows * shapes[c].bits + 7) / 8;
  return bytes;
}

/* Makes room in a column for the ids of more rows. */
static void take_rows(Shape *s, const Row *rows, size_t count, unsigned c) {
  bool changed = false;
  for (size_t i = 0; i < count; i++) {
    PropterId id = rows[i].c[c];
    /* most ids, in a column that has one already */
    if (s->frames && id - s->low[s->last] <= s->high[s->last] - s->low[s->last] && s->step[s->last] <= 1) continue;
    if (fits(s, id)) continue;
    widen(s, id);
    changed = true;
  }
  if (changed) measure(s);
}

/* How many rows fit; leaves in `shapes` what they need. Rows are tried by the group; one that is too many is tried again in halves. */
static size_t fit(const Row *rows, size_t count, Shape shapes[4]) {
  enum { GROUP = 64 };
  memset(shapes, 0, 4 * sizeof *shapes);
  size_t n = 0;
  for (size_t group = GROUP; n < count && group;) {
    Shape before[4];
    size_t more = count - n < group ? count - n : group;
    memcpy(before, shapes, sizeof before);
    for (unsigned c = 0; c < 4; c++) take_rows(&shapes[c], rows + n, more, c);
    if (bytes_for(shapes, n + more) <= BLOCK_BYTES) {
      n += more;
      continue;
    }
    memcpy(shapes, before, sizeof before);
    group = more / 2;
  }
  return n;
}

static unsigned char *pack(unsigned char *p, const Shape *s, const Row *rows, size_t count, unsigned c) {
  if (s->raw) {
    for (size_t i = 0; i < count; i++, p += 8) memcpy(p, &rows[i].c[c], 8);
    return p;
  }
  uint64_t held = 0;
  unsigned fill = 0, f = 0;
  for (size_t i = 0; i < count && s->bits; i++) {
    PropterId id = rows[i].c[c];
    if (id < s->low[f] || id > s->high[f])
      for (f = 0; id > s->high[f];) f++;
    uint64_t code = (uint64_t)f << s->distance | (s->step[f] > 1 ? (id - s->low[f]) / s->step[f] : id - s->low[f]);
    held |= code << fill;
    fill += s->bits;
    if (fill < 64) continue;
    memcpy(p, &held, 8);
    p += 8;
    fill -= 64;
    held = fill ? code >> (s->bits - fill) : 0;
  }
  memcpy(p, &held, 8); /* the spare bytes come after */
  return p + (fill + 7) / 8;
}

/* Encodes as many of the `count` ascending rows as fit, at most `most`; returns how many, *size is the bytes used. */
static size_t encode(const Row *rows, size_t count, size_t most, unsigned char out[BLOCK_BYTES], size_t *size) {
  Shape shapes[4];
  if (most > BLOCK_ROWS) most = BLOCK_ROWS;
  size_t n = fit(rows, count < most ? count : most, shapes);
  unsigned char *p = out + HEADER, key[32];
  out[4] = (unsigned char)n, out[5] = (unsigned char)(n >> 8);
  for (unsigned c = 0; c < 4; c++) {
    const Shape *s = &shapes[c];
    *p++ = (unsigned char)(s->raw ? 0 : s->frames + (s->steps ? STEPS : 0));
    *p++ = (unsigned char)(s->raw ? 64 : s->distance);
    for (unsigned f = 0; f < s->frames && !s->raw; f++, p += 8) memcpy(p, &s->low[f], 8);
    for (unsigned f = 0; f < s->frames && !s->raw && s->steps; f++, p += 8) memcpy(p, &s->step[f], 8);
  }
  for (unsigned c = 0; c < 4; c++) p = pack(p, &shapes[c], rows, n, c);
  memset(p, 0, SPARE);
  *size = (size_t)(p + SPARE - out);
  row_key(&rows[0], key);
  uint32_t sum = checksum(key, out, *size);
  memcpy(out, &sum, sizeof sum);
  return n;
}

/* ---- reading -------------------------------------------------------------------------------------------------------------- */

static PropterStatus ends_early(PropterError *err) { return propter_fail(err, PROPTER_DAMAGED, "a block ends within its columns"); }

PropterStatus block_open(MDB_val key, MDB_val value, Block *block, PropterError *err) {
  const unsigned char *v = value.mv_data, *p = v + HEADER, *end = v + value.mv_size;
  if (key.mv_size != 32 || value.mv_size < HEADER + 4 * 2 + SPARE || value.mv_size > BLOCK_BYTES)
    return propter_fail(err, PROPTER_DAMAGED, "block of %zu bytes under a key of %zu", value.mv_size, key.mv_size);
  uint32_t sum;
  memcpy(&sum, v, sizeof sum);
  if (sum != checksum(key.mv_data, v, value.mv_size)) return propter_fail(err, PROPTER_DAMAGED, "a block fails its checksum");
  block->count = (size_t)v[4] | (size_t)v[5] << 8;
  if (block->count == 0 || block->count > BLOCK_ROWS) return propter_fail(err, PROPTER_DAMAGED, "a block has %zu rows", block->count);
  for (unsigned c = 0; c < 4; c++) {
    if (end - p < 2) return ends_early(err);
    bool steps = *p & STEPS;
    unsigned frames = *p++ & ~(unsigned)STEPS, low = *p++, above = frames ? bits_for(frames - 1) : 0;
    if (frames > BLOCK_FRAMES || (frames ? low + above > WIDEST : low != 64) || (size_t)(end - p) < (size_t)frames * (steps ? 16 : 8)) return ends_early(err);
    block->column[c].low = low;
    block->column[c].width = low + above;
    block->column[c].mask = low == 64 ? UINT64_MAX : (UINT64_C(1) << low) - 1;
    for (unsigned f = 0; f < BLOCK_FRAMES; f++) block->column[c].base[f] = 0, block->column[c].step[f] = 1;
    memcpy(block->column[c].base, p, (size_t)frames * 8);
    if (steps) memcpy(block->column[c].step, p + (size_t)frames * 8, (size_t)frames * 8);
    p += (size_t)frames * (steps ? 16 : 8);
  }
  for (unsigned c = 0; c < 4; c++) {
    size_t bytes = (block->count * block->column[c].width + 7) / 8;
    if ((size_t)(end - p) < bytes + SPARE) return ends_early(err);
    block->column[c].bits = p;
    p += bytes;
  }
  if (end - p != SPARE) return propter_fail(err, PROPTER_DAMAGED, "a block does not end with its columns");
  Row first = block_row(block, 0), expected = row_from_key(key.mv_data);
  return row_compare(&first, &expected, 4) == 0 ? PROPTER_OK : propter_fail(err, PROPTER_DAMAGED, "a block does not begin with its key");
}

Row block_row(const Block *block, size_t row) {
  Row r;
  for (unsigned c = 0; c < 4; c++) r.c[c] = block_get(block, c, row);
  return r;
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

size_t block_search(const Block *block, size_t from, const Row *target, unsigned columns, bool behind) {
  size_t low = from, high = block->count;
  while (low < high) {
    size_t mid = (low + high) / 2;
    int order = 0;
    for (unsigned c = 0; c < columns && order == 0; c++) {
      PropterId id = block_get(block, c, mid);
      order = id < target->c[c] ? -1 : id > target->c[c];
    }
    if (order < 0 || (behind && order == 0))
      low = mid + 1;
    else
      high = mid;
  }
  return low;
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

/* ---- changing ------------------------------------------------------------------------------------------------------------- */

typedef PROPTER_VEC(Row) Rows;

typedef struct {
  const Env *env;
  MDB_txn *txn;
  MDB_dbi db;
  MDB_cursor *cursor;
  PropterError *err;
} Table;

static PropterStatus failed(const Table *t, int rc) { return rc == MDB_MAP_FULL ? PROPTER_LIMIT : env_fail(t->env, rc, "write", t->err); }

/* *found false: the table is empty. */
static PropterStatus locate(Table *t, const Row *row, MDB_val *key, MDB_val *value, bool *found) {
  int rc = block_seek(t->cursor, row, key, value);
  *found = rc == 0;
  return rc == 0 || rc == MDB_NOTFOUND ? PROPTER_OK : failed(t, rc);
}

/* Takes the block under the cursor out of the table and appends its rows; then *limit is the first row of the block after it, *bounded false if there is none.
 */
static PropterStatus take(Table *t, Rows *rows, MDB_val key, MDB_val value, Row *limit, bool *bounded) {
  if (!propter_vec_reserve(rows, rows->count + BLOCK_ROWS)) return propter_fail(t->err, PROPTER_NO_MEMORY, "out of memory");
  Block block;
  PROPTER_TRY(block_open(key, value, &block, t->err));
  for (size_t i = 0; i < block.count; i++) rows->items[rows->count++] = block_row(&block, i);
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

static PropterStatus put(Table *t, const Row *first, const void *block, size_t size, unsigned how) {
  unsigned char k[32];
  row_key(first, k);
  MDB_val key = {sizeof k, k}, value = {size, (void *)(uintptr_t)block};
  int rc = mdb_put(t->txn, t->db, &key, &value, how);
  return rc ? failed(t, rc) : PROPTER_OK;
}

/* Many changes behind the end of a table: their blocks, made in stretches on all processors, so the same on any number, and put in one after the other. */
enum { STRETCH = 16 * BLOCK_ROWS, MANY = 2 * STRETCH, SLOTS = 8 };

typedef struct {
  Table *table;
  Change *changes;
  size_t count, at; /* at: where the next stretch begins */
  bool first;
  struct Made {
    Change *from;
    size_t count;
    PropterBuf bytes; /* blocks one after the other */
    PROPTER_VEC(struct Size { size_t size; Row first; }) blocks;
  } slots[SLOTS];
} Making;

static PropterStatus disagree(PropterError *err) { return propter_fail(err, PROPTER_DAMAGED, "the permutations disagree about a quad"); }

static PropterStatus next_stretch(size_t slot, bool *more, void *payload, PropterError *err) {
  (void)err;
  Making *m = payload;
  struct Made *made = &m->slots[slot];
  made->from = m->changes + m->at;
  made->count = m->count - m->at < STRETCH ? m->count - m->at : STRETCH;
  m->at += made->count;
  *more = made->count > 0;
  return PROPTER_OK;
}

static PropterStatus make_stretch(size_t slot, void *payload, PropterError *err) {
  Making *m = payload;
  struct Made *made = &m->slots[slot];
  Row *rows = propter_malloc(STRETCH * sizeof *rows);
  if (!rows) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for blocks");
  PropterStatus status = PROPTER_OK;
  size_t count = 0;
  for (Change *c = made->from; c < made->from + made->count && status == PROPTER_OK; c++) {
    c->done = c->add;
    if (c->add)
      rows[count++] = c->row;
    else if (!m->first)
      status = disagree(err);
  }
  made->bytes.max = SIZE_MAX / 2;
  for (size_t at = 0, n; at < count && status == PROPTER_OK; at += n) {
    struct Size block = {0, rows[at]};
    if (!propter_buf_reserve(&made->bytes, BLOCK_BYTES)) break;
    n = encode(rows + at, count - at, BLOCK_ROWS, (unsigned char *)made->bytes.data + made->bytes.len, &block.size);
    made->bytes.len += block.size;
    if (!propter_vec_push(&made->blocks, block)) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for blocks");
  }
  propter_free(rows);
  return status == PROPTER_OK ? propter_buf_status(&made->bytes, err) : status;
}

static PropterStatus put_stretch(size_t slot, void *payload, PropterError *err) {
  Making *m = payload;
  struct Made *made = &m->slots[slot];
  const char *block = made->bytes.data;
  m->table->err = err;
  for (size_t k = 0; k < made->blocks.count; block += made->blocks.items[k++].size)
    PROPTER_TRY(put(m->table, &made->blocks.items[k].first, block, made->blocks.items[k].size, MDB_APPEND));
  propter_buf_reset(&made->bytes);
  made->blocks.count = 0;
  return PROPTER_OK;
}

static PropterStatus append_many(Table *t, Change *changes, size_t count, bool first) {
  static const PropterPipe pipe = {next_stretch, make_stretch, put_stretch};
  PropterError *err = t->err;
  Making m = {t, changes, count, 0, first, {{0}}};
  PropterStatus status = propter_pool_pipe(&pipe, SLOTS, 0, &m, err);
  t->err = err;
  for (size_t i = 0; i < SLOTS; i++) {
    propter_buf_clear(&m.slots[i].bytes);
    propter_vec_clear(&m.slots[i].blocks);
  }
  return status;
}

/* Is the row behind all of the table? */
static PropterStatus is_behind(Table *t, const Row *row, bool *behind) {
  MDB_val key, value;
  Block block;
  int rc = mdb_cursor_get(t->cursor, &key, &value, MDB_LAST);
  *behind = rc == MDB_NOTFOUND;
  if (rc) return *behind ? PROPTER_OK : failed(t, rc);
  PROPTER_TRY(block_open(key, value, &block, t->err));
  Row last = block_row(&block, block.count - 1);
  *behind = row_compare(&last, row, 4) < 0;
  return PROPTER_OK;
}

static PropterStatus write_rows(Table *t, const Row *rows, size_t count, bool last) {
  unsigned char block[BLOCK_BYTES];
  size_t most = BLOCK_ROWS;
  for (size_t at = 0; at < count;) {
    size_t size, n = encode(rows + at, count - at, most, block, &size), parts = (count + n - 1) / n;
    /* Rewritten blocks are filled evenly, so that the next change does not split again; a load fills them up. */
    if (at == 0 && parts > 1 && parts <= 8) {
      most = (count + parts - 1) / parts;
      n = encode(rows, count, most, block, &size);
    }
    PROPTER_TRY(put(t, &rows[at], block, size, last ? MDB_APPEND : MDB_NOOVERWRITE));
    at += n;
  }
  return PROPTER_OK;
}

/* Merges changes[from..to) into `old` from index *taken on; rows before it are merged already. */
static PropterStatus merge(Table *t, const Rows *old, size_t *taken, Change *changes, size_t from, size_t to, bool first, Rows *out) {
  if (!propter_vec_reserve(out, out->count + old->count - *taken + (to - from))) return propter_fail(t->err, PROPTER_NO_MEMORY, "out of memory");
  size_t i = *taken, n = out->count;
  for (size_t c = from; c < to; c++) {
    int order = -1;
    for (; i < old->count && (order = row_compare(&old->items[i], &changes[c].row, 4)) < 0; i++) out->items[n++] = old->items[i];
    bool present = i < old->count && order == 0, effective = present != changes[c].add;
    changes[c].done = effective;
    if (!first && !effective) return disagree(t->err);
    if (present) i++;
    if (changes[c].add) out->items[n++] = changes[c].row;
  }
  *taken = i;
  out->count = n;
  return PROPTER_OK;
}

/* Handles the changes that fall into one block (and its neighbours where it became small); *at moves behind them. */
static PropterStatus apply_here(Table *t, Change *changes, size_t count, size_t *at, bool first, Rows *old, Rows *out) {
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
    PROPTER_TRY(merge(t, old, &taken, changes, *at, to, first, out));
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

PropterStatus block_apply(const Env *env, MDB_txn *txn, unsigned table, Change *changes, size_t count, bool first, PropterError *err) {
  Table t = {.env = env, .txn = txn, .db = env->db[table], .err = err};
  int rc = mdb_cursor_open(txn, t.db, &t.cursor);
  if (rc) return env_fail(env, rc, "write", err);
  Rows old = {0}, out = {0};
  PropterStatus status = PROPTER_OK;
  bool behind = false;
  for (size_t at = 0; at < count && status == PROPTER_OK;) {
    if (count - at >= MANY) status = is_behind(&t, &changes[at].row, &behind);
    if (status == PROPTER_OK && behind)
      status = append_many(&t, changes + at, count - at, first), at = count;
    else if (status == PROPTER_OK)
      status = apply_here(&t, changes, count, &at, first, &old, &out);
  }
  propter_vec_clear(&old);
  propter_vec_clear(&out);
  mdb_cursor_close(t.cursor);
  return status;
}

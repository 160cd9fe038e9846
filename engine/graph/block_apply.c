/* SPDX-License-Identifier: Apache-2.0 */
/* A sorted batch of changes into a table of blocks. A block that has room for what comes, and codes, is edited as it is; any other is read as rows, merged and
 * encoded anew, several where it became too large, with its neighbours where it became small. */
#include <string.h>

#include "block.h"
#include "propter/pool.h"

typedef struct {
  const Env *env;
  MDB_txn *txn;
  MDB_dbi db;
  MDB_cursor *cursor;
  PropterError *err;
} Table;

static PropterStatus failed(const Table *t, int rc) { return rc == MDB_MAP_FULL ? PROPTER_LIMIT : env_fail(t->env, rc, "write", t->err); }

/* A block, and where the next one begins. */
typedef struct {
  MDB_val key, value;
  Row limit;
  bool found, bounded; /* the table is not empty; there is a next one */
} Place;

static PropterStatus key_row(const Table *t, MDB_val key, Row *row) {
  if (key.mv_size != 32) return propter_fail(t->err, PROPTER_DAMAGED, "key of %zu bytes", key.mv_size);
  *row = row_from_key(key.mv_data);
  return PROPTER_OK;
}

/* Puts the cursor on the block that holds or would hold a row. */
static PropterStatus locate(Table *t, const Row *row, Place *place) {
  MDB_val next;
  int rc = block_seek(t->cursor, row, &place->key, &place->value);
  place->found = rc == 0;
  if (rc == 0 && (rc = mdb_cursor_get(t->cursor, &next, NULL, MDB_NEXT)) == 0) {
    PROPTER_TRY(key_row(t, next, &place->limit));
    rc = mdb_cursor_get(t->cursor, &next, NULL, MDB_PREV);
    place->bounded = true;
  } else {
    place->bounded = false;
  }
  return rc == 0 || rc == MDB_NOTFOUND ? PROPTER_OK : failed(t, rc);
}

/* Takes the block under the cursor out of the table and appends its rows. */
static PropterStatus take(Table *t, BlockRows *rows, const Place *place) {
  Block block;
  if (!rows_reserve(rows, rows->count + BLOCK_ROWS)) return propter_fail(t->err, PROPTER_NO_MEMORY, "out of memory");
  PROPTER_TRY(block_open(place->key, place->value, &block, t->err));
  for (unsigned c = 0; c < 4; c++) block_column(&block, c, 0, block.count, rows->c[c] + rows->count);
  rows->count += block.count;
  int rc = mdb_cursor_del(t->cursor, 0);
  return rc ? failed(t, rc) : PROPTER_OK;
}

static PropterStatus put(Table *t, const Row *first, const void *block, size_t size, unsigned how) {
  unsigned char k[32];
  row_key(first, k);
  MDB_val key = {sizeof k, k}, value = {size, (void *)(uintptr_t)block};
  int rc = mdb_cursor_put(t->cursor, &key, &value, how);
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
  BlockRows rows = {0};
  BlockShape shape;
  PropterStatus status = rows_reserve(&rows, made->count) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for blocks");
  for (Change *c = made->from; c < made->from + made->count && status == PROPTER_OK; c++) {
    c->done = c->add;
    if (c->add)
      rows_push(&rows, &c->row);
    else if (!m->first)
      status = disagree(err);
  }
  made->bytes.max = SIZE_MAX / 2;
  for (size_t at = 0, n; at < rows.count && status == PROPTER_OK; at += n) {
    struct Size block = {0, rows_at(&rows, at)};
    if (!propter_buf_reserve(&made->bytes, BLOCK_BYTES)) break;
    n = block_fit(&rows, at, &shape);
    block.size = block_write(&rows, at, n, &shape, (unsigned char *)made->bytes.data + made->bytes.len);
    made->bytes.len += block.size;
    if (!propter_vec_push(&made->blocks, block)) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for blocks");
  }
  rows_clear(&rows);
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

static size_t parts_of(size_t whole, size_t part) { return (whole + part - 1) / part; }

/* Rows that take about so many bytes as blocks: a few are filled evenly, so that the next change does not split them again; many, as a load has them, are
 * filled up. */
static PropterStatus write_rows(Table *t, const BlockRows *rows, size_t bytes, bool last) {
  enum { EVENLY = 8 };
  unsigned char block[BLOCK_BYTES];
  BlockShape shape;
  size_t parts = parts_of(bytes, BLOCK_BYTES), least = parts_of(rows->count, BLOCK_ROWS);
  if (parts < least) parts = least;
  for (size_t at = 0, n; at < rows->count; at += n) {
    n = parts_of(rows->count, parts);
    if (n > rows->count - at) n = rows->count - at;
    if (parts <= EVENLY) block_measure(rows, at, n, &shape);
    while (at == 0 && parts < EVENLY && block_bytes(&shape, n) > BLOCK_BYTES) {
      n = parts_of(rows->count, ++parts);
      block_measure(rows, at, n, &shape);
    }
    if (parts > EVENLY || block_bytes(&shape, n) > BLOCK_BYTES) n = block_fit(rows, at, &shape);
    Row first = rows_at(rows, at);
    PROPTER_TRY(put(t, &first, block, block_write(rows, at, n, &shape, block), last ? MDB_APPEND : MDB_NOOVERWRITE));
  }
  return PROPTER_OK;
}

static bool precedes(const BlockRows *rows, size_t i, const Row *target) {
  Row row = rows_at(rows, i);
  return row_compare(&row, target, 4) < 0;
}

/* The first row from `at` on that is not before `target`, sought in steps that double, then in halves. */
static size_t seek(const BlockRows *rows, size_t at, const Row *target) {
  size_t step = 1;
  for (; at + step <= rows->count && precedes(rows, at + step - 1, target); step *= 2) at += step;
  for (; step; step /= 2)
    if (at + step <= rows->count && precedes(rows, at + step - 1, target)) at += step;
  return at;
}

static void copy_rows(BlockRows *to, const BlockRows *from, size_t start, size_t end) {
  for (unsigned c = 0; c < 4 && end > start; c++) memcpy(to->c[c] + to->count, from->c[c] + start, (end - start) * sizeof(PropterId));
  to->count += end - start;
}

/* Merges changes[from..to) into `old` from index *taken on; rows before it are merged already. */
static PropterStatus merge(Table *t, const BlockRows *old, size_t *taken, Change *changes, size_t from, size_t to, bool first, BlockRows *out) {
  if (!rows_reserve(out, out->count + old->count - *taken + (to - from))) return propter_fail(t->err, PROPTER_NO_MEMORY, "out of memory");
  for (Change *c = changes + from; c < changes + to; c++) {
    size_t at = seek(old, *taken, &c->row);
    copy_rows(out, old, *taken, at);
    Row here = {{0}};
    if (at < old->count) here = rows_at(old, at);
    bool present = at < old->count && row_compare(&here, &c->row, 4) == 0;
    c->done = present != c->add;
    if (!first && !c->done) return disagree(t->err);
    *taken = at + present;
    if (c->add) rows_push(out, &c->row);
  }
  return PROPTER_OK;
}

enum { PART = 128 * BLOCK_ROWS };

/* Behind the last block there may be very many changes: in parts, so that memory stays bounded. */
static size_t changes_here(const Place *place, const Change *changes, size_t count) {
  size_t n = 0;
  while (n < count && (place->bounded ? row_compare(&changes[n].row, &place->limit, 4) < 0 : n < PART)) n++;
  return n;
}

/* A block of so few rows in so few bytes is put together with the next one. */
static bool is_small(size_t rows, size_t bytes) { return rows < BLOCK_ROWS / 4 && bytes < BLOCK_BYTES / 4; }

/* Which changes have an effect on a block, as edits of it. */
static PropterStatus find_edits(Table *t, const Block *block, Change *changes, size_t count, bool first, BlockEdit *edits, size_t *found) {
  size_t at = 0;
  *found = 0;
  for (Change *c = changes; c < changes + count; c++) {
    at = block_search(block, at, &c->row, 4, false);
    Row here = {{0}};
    if (at < block->count) here = block_row(block, at);
    bool present = at < block->count && row_compare(&here, &c->row, 4) == 0;
    c->done = present != c->add;
    if (!first && !c->done) return disagree(t->err);
    if (c->done) edits[(*found)++] = (BlockEdit){c->add ? &c->row : NULL, at};
  }
  return PROPTER_OK;
}

/* Blocks made of one by editing it. */
enum { PIECES = 4 };
typedef struct {
  unsigned char bytes[PIECES][BLOCK_BYTES];
  size_t size[PIECES], count;
  Row first[PIECES];
} Pieces;

/* Edits a block piece by piece, of about so many rows each; false: a piece is too large, or empty. */
static bool cut(const Block *block, BlockEdit *edits, size_t count, size_t pieces, Pieces *out) {
  size_t rows = (parts_of(block->count, pieces) + 7) / 8 * 8, k = 0;
  for (out->count = 0; out->count < pieces; out->count++) {
    size_t n = out->count, from = n * rows, to = n + 1 < pieces ? from + rows : block->count, end = k;
    if (from >= to || to > block->count) return false;
    for (; end < count && (n + 1 == pieces || edits[end].at < to); end++) edits[end].at -= from;
    Block part;
    if (pieces > 1) part = block_part(block, from, to);
    out->size[n] = block_edit(pieces > 1 ? &part : block, edits + k, end - k, pieces > 1, out->bytes[n], &out->first[n]);
    if (out->size[n] > BLOCK_BYTES) return false;
    k = end;
  }
  return true;
}

/* Puts pieces in the place of the block under the cursor. */
static PropterStatus put_pieces(Table *t, const Block *old, const Pieces *pieces) {
  Row key = block_row(old, 0);
  bool same = row_compare(&pieces->first[0], &key, 4) == 0;
  int rc = same ? 0 : mdb_cursor_del(t->cursor, 0);
  if (rc) return failed(t, rc);
  for (size_t i = 0; i < pieces->count; i++)
    PROPTER_TRY(put(t, &pieces->first[i], pieces->bytes[i], pieces->size[i], i == 0 && same ? MDB_CURRENT : MDB_NOOVERWRITE));
  return PROPTER_OK;
}

/* Edits the block under the cursor, or pieces of it, if that leaves none that is too large or too small. */
static PropterStatus edit_here(Table *t, const Place *place, Change *changes, size_t count, bool first, bool *edited) {
  enum { FEW = BLOCK_ROWS / 8 };
  BlockEdit edits[FEW];
  Pieces pieces;
  size_t found;
  Block old;
  *edited = false;
  if (!place->found || count > FEW) return PROPTER_OK;
  PROPTER_TRY(block_open(place->key, place->value, &old, t->err));
  PROPTER_TRY(find_edits(t, &old, changes, count, first, edits, &found));
  *edited = found == 0;
  if (*edited) return PROPTER_OK;
  *edited = cut(&old, edits, found, 1, &pieces);
  size_t need = pieces.size[0], rows = old.count;
  for (size_t k = 0; k < found; k++) rows += edits[k].row ? 1 : (size_t)-1;
  if (!*edited && need <= PIECES * BLOCK_BYTES) *edited = cut(&old, edits, found, parts_of(need, BLOCK_BYTES), &pieces);
  if (pieces.count == 1 && place->bounded && rows < old.count && is_small(rows, need)) *edited = false;
  return *edited ? put_pieces(t, &old, &pieces) : PROPTER_OK;
}

/* Handles the changes that fall into one block (and its neighbours where it became small); *at moves behind them. */
static PropterStatus apply_here(Table *t, Change *changes, size_t count, size_t *at, bool first, BlockRows *old, BlockRows *out) {
  Place place;
  bool edited;
  size_t bytes = 0, old_bytes = 0, taken = 0;
  PROPTER_TRY(locate(t, &changes[*at].row, &place));
  size_t to = *at + changes_here(&place, changes + *at, count - *at);
  PROPTER_TRY(edit_here(t, &place, changes + *at, to - *at, first, &edited));
  old->count = out->count = 0;
  while (!edited) {
    if (place.found) old_bytes += place.value.mv_size;
    if (place.found) PROPTER_TRY(take(t, old, &place));
    PROPTER_TRY(merge(t, old, &taken, changes, *at, to, first, out));
    *at = to;
    size_t left = out->count + old->count - taken;
    if (place.found) bytes = left * old_bytes / old->count;
    if (!place.bounded || left == 0 || !is_small(left, bytes)) break;
    Row next = place.limit;
    PROPTER_TRY(locate(t, &next, &place));
    to = *at + changes_here(&place, changes + *at, count - *at);
  }
  *at = to;
  if (edited) return PROPTER_OK;
  if (!rows_reserve(out, out->count + old->count - taken)) return propter_fail(t->err, PROPTER_NO_MEMORY, "out of memory");
  copy_rows(out, old, taken, old->count);
  return write_rows(t, out, bytes, !place.bounded);
}

PropterStatus block_apply(const Env *env, MDB_txn *txn, unsigned table, Change *changes, size_t count, bool first, PropterError *err) {
  Table t = {.env = env, .txn = txn, .db = env->db[table], .err = err};
  int rc = mdb_cursor_open(txn, t.db, &t.cursor);
  if (rc) return env_fail(env, rc, "write", err);
  BlockRows old = {0}, out = {0};
  PropterStatus status = PROPTER_OK;
  bool behind = false;
  for (size_t at = 0; at < count && status == PROPTER_OK;) {
    if (count - at >= MANY) status = is_behind(&t, &changes[at].row, &behind);
    if (status == PROPTER_OK && behind)
      status = append_many(&t, changes + at, count - at, first), at = count;
    else if (status == PROPTER_OK)
      status = apply_here(&t, changes, count, &at, first, &old, &out);
  }
  rows_clear(&old);
  rows_clear(&out);
  mdb_cursor_close(t.cursor);
  return status;
}

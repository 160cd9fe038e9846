/* SPDX-License-Identifier: Apache-2.0 */
#include "dict.h"

#include <pthread.h>
#include <string.h>
#define ZSTD_STATIC_LINKING_ONLY /* for contexts with an allocator of one's own */
#include <zstd.h>
#include <zstd_errors.h>

#include "block.h"
#include "propter/hash.h"
#include "propter/pool.h"
#include "sort.h"
#include "term.h"

static void big_endian(uint64_t v, unsigned char out[8]) {
  for (int i = 7; i >= 0; i--, v >>= 8) out[i] = (unsigned char)v;
}

/* From how many bytes on a literal's record is a long one: data in README.md, "Size". */
enum { LONG = 256 };

void dict_record(const PropterTerm *term, PropterId datatype, PropterBuf *record) {
  unsigned tag = term->kind == PROPTER_TERM_BLANK    ? ID_BLANK
                 : term->kind == PROPTER_TERM_IRI    ? ID_IRI
                 : term->language.len                ? ID_LANGUAGE
                 : term_is_string(term)              ? ID_STRING
                                                     : ID_TYPED;
  size_t start = record->len;
  propter_buf_add_char(record, (char)tag);
  if (tag == ID_TYPED) propter_buf_add(record, (PropterStr){(const char *)&datatype, sizeof datatype});
  if (tag == ID_LANGUAGE) {
    /* Tags that differ in case only are the same (RDF 1.1 Concepts, 3.3): kept in lower case. */
    for (size_t i = 0; i < term->language.len; i++) {
      char c = term->language.data[i];
      propter_buf_add_char(record, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    propter_buf_add_char(record, '\0');
  }
  propter_buf_add(record, term->value);
  if (tag >= ID_STRING && !record->failed && record->len - start >= LONG) record->data[start]++;
}

/* checksum 4, records 2, method 2, bytes unpacked 4; then the records, each behind its length as a varint */
enum { HEADER = 12, RECORDS = 256, LEVEL = 1, LARGE = 1 << 16, STRIPES = 8, WAYS = 4 };
enum { PLAIN, PACKED };

/* By table, from ENV_TERMS on: bytes a block may have as it is stored (one page, four) and unpacked; sets of cache slots before its own, and its own. */
static const struct {
  size_t page, unpacked, slot_sets[2];
} shapes[ENV_NUMBERED] = {{BLOCK_BYTES, 16384, {0, 1024}}, {BLOCK_BYTES + 3 * 4096, LARGE, {1024, 256}}};
enum { SLOT_SETS = 1280 };

/* zstd's memory is ours, so that its failing is tested like ours. */
static void *zstd_malloc(void *opaque, size_t size) {
  (void)opaque;
  return propter_malloc(size);
}

static void zstd_free(void *opaque, void *address) {
  (void)opaque;
  propter_free(address);
}

static const ZSTD_customMem zstd_memory = {zstd_malloc, zstd_free, NULL};

static uint32_t four(const unsigned char *p) {
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

static uint32_t checksum(uint64_t first, PropterStr value) {
  return (uint32_t)(propter_hash64((PropterStr){value.data + 4, value.len - 4}) + first * UINT64_C(0x9E3779B97F4A7C15));
}

/* ---- reading -------------------------------------------------------------------------------------------------------------- */

/* An unpacked block: record i is bytes[starts[i]..ends[i]). */
typedef struct {
  uint64_t first;
  uint32_t sum, count;
  size_t size;
  unsigned char *bytes; /* NULL: nothing here */
  uint32_t *starts, *ends;
  uint64_t used; /* when, by the clock of its stripe */
} Unpacked;

/* A block has WAYS slots that it may be kept in. A lock guards its share of the slots. */
struct DictCache {
  struct {
    pthread_mutex_t lock;
    ZSTD_DCtx *unpacker;
    uint64_t clock;
  } stripes[STRIPES];
  Unpacked slots[SLOT_SETS][WAYS];
};

static void drop(Unpacked *u) {
  propter_free(u->bytes);
  *u = (Unpacked){0};
}

DictCache *dict_cache_new(void) {
  DictCache *cache = propter_calloc(1, sizeof *cache);
  for (int i = 0; cache && i < STRIPES; i++) (void)pthread_mutex_init(&cache->stripes[i].lock, NULL);
  return cache;
}

void dict_cache_free(DictCache *cache) {
  if (!cache) return;
  for (int i = 0; i < STRIPES; i++) {
    (void)pthread_mutex_destroy(&cache->stripes[i].lock);
    (void)ZSTD_freeDCtx(cache->stripes[i].unpacker);
  }
  for (size_t i = 0; i < SLOT_SETS * WAYS; i++) drop(&cache->slots[i / WAYS][i % WAYS]);
  propter_free(cache);
}

static PropterStatus bad_block(uint64_t first, const char *what, PropterError *err) {
  return propter_fail(err, PROPTER_DAMAGED, "the block of terms from %llu on %s", (unsigned long long)first, what);
}

static PropterStatus check(uint64_t first, PropterStr value, PropterError *err) {
  if (value.len < HEADER || four((const unsigned char *)value.data) != checksum(first, value)) return bad_block(first, "fails its checksum", err);
  return PROPTER_OK;
}

/* Fills an empty Unpacked from a checked value; on failure it is empty. */
static PropterStatus unpack(uint64_t first, PropterStr value, ZSTD_DCtx **unpacker, Unpacked *out, PropterError *err) {
  const unsigned char *v = (const unsigned char *)value.data;
  size_t size = four(v + 8), count = (size_t)v[4] | (size_t)v[5] << 8;
  if (count == 0 || count > RECORDS || size < count * 2) return bad_block(first, "has an impossible size", err);
  if (!*unpacker && v[6] == PACKED && !(*unpacker = ZSTD_createDCtx_advanced(zstd_memory)))
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for unpacking terms");
  size_t ends = (size + 7) / 8 * 8;
  *out = (Unpacked){first, four(v), (uint32_t)count, size, propter_malloc(ends + 2 * count * sizeof(uint32_t)), NULL, NULL, 0};
  if (!out->bytes) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for unpacking terms");
  out->starts = (uint32_t *)(void *)(out->bytes + ends);
  out->ends = out->starts + count;
  bool good =
      v[6] == PACKED ? ZSTD_decompressDCtx(*unpacker, out->bytes, size, v + HEADER, value.len - HEADER) == size : v[6] == PLAIN && value.len - HEADER == size;
  if (good && v[6] == PLAIN) memcpy(out->bytes, v + HEADER, size);
  size_t at = 0;
  for (size_t i = 0; i < count && good; i++) {
    size_t length = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      if (!(good = at < size)) break;
      length |= (size_t)(out->bytes[at] & 127) << shift;
      if (out->bytes[at++] < 128) break;
    }
    good = good && length > 0 && length <= size - at;
    out->starts[i] = (uint32_t)at;
    at += good ? length : 0;
    out->ends[i] = (uint32_t)at;
  }
  if (good && at == size) return PROPTER_OK;
  drop(out);
  return bad_block(first, "does not unpack", err);
}

/* The block that holds a number, found by a cursor: the last that begins at or before it. */
static PropterStatus find_block(const Env *env, MDB_txn *txn, unsigned table, uint64_t number, uint64_t *first, PropterStr *value, PropterError *err) {
  unsigned char k[8];
  big_endian(number, k);
  MDB_val key = {sizeof k, k}, data;
  MDB_cursor *cursor;
  int rc = mdb_cursor_open(txn, env->db[table], &cursor);
  if (rc) return env_fail(env, rc, "read", err);
  rc = mdb_cursor_get(cursor, &key, &data, MDB_SET_RANGE);
  if (rc == MDB_NOTFOUND)
    rc = mdb_cursor_get(cursor, &key, &data, MDB_LAST);
  else if (rc == 0 && memcmp(key.mv_data, k, key.mv_size < sizeof k ? key.mv_size : sizeof k) != 0)
    rc = mdb_cursor_get(cursor, &key, &data, MDB_PREV);
  mdb_cursor_close(cursor);
  if (rc && rc != MDB_NOTFOUND) return env_fail(env, rc, "read", err);
  *value = rc ? (PropterStr){NULL, 0} : (PropterStr){data.mv_data, data.mv_size};
  *first = 0;
  for (size_t i = 0; rc == 0 && i < key.mv_size && i < 8; i++) *first = *first << 8 | ((const unsigned char *)key.mv_data)[i];
  return PROPTER_OK;
}

static PropterStatus record_of(const Unpacked *u, PropterId id, PropterStr *record, PropterError *err) {
  uint64_t i = (id & ID_PAYLOAD) - u->first;
  if (i >= u->count) return propter_fail(err, PROPTER_NOT_FOUND, "the graph has no term %llx", (unsigned long long)id);
  *record = (PropterStr){(const char *)u->bytes + u->starts[i], u->ends[i] - u->starts[i]};
  if ((unsigned char)record->data[0] != id_tag(id)) return propter_fail(err, PROPTER_DAMAGED, "term %llx is of another kind", (unsigned long long)id);
  return PROPTER_OK;
}

/* Of a block's slots the one that keeps it, or what it was before a commit, else the one used longest ago. */
static Unpacked *slot_of(Unpacked ways[WAYS], uint64_t first) {
  Unpacked *oldest = ways;
  for (size_t i = 0; i < WAYS; i++) {
    if (ways[i].bytes && ways[i].first == first) return &ways[i];
    if (ways[i].used < oldest->used) oldest = &ways[i];
  }
  return oldest;
}

/* Finds the record of an id; the stripe's lock is held when it succeeds, and guards the record. */
static PropterStatus hold(const Env *env, MDB_txn *txn, PropterId id, Unpacked **slot, pthread_mutex_t **lock, PropterStr *record, PropterError *err) {
  uint64_t first;
  PropterStr value;
  unsigned table = dict_table(id_tag(id));
  PROPTER_TRY(find_block(env, txn, table, id & ID_PAYLOAD, &first, &value, err));
  if (!value.data) return propter_fail(err, PROPTER_NOT_FOUND, "the graph has no term %llx", (unsigned long long)id);
  if (value.len < HEADER) return bad_block(first, "is too short", err);
  const size_t *sets = shapes[table - ENV_TERMS].slot_sets;
  size_t at = sets[0] + (size_t)(first * UINT64_C(0x9E3779B97F4A7C15) >> 52) % sets[1], stripe = at % STRIPES;
  *lock = &env->cache->stripes[stripe].lock;
  (void)pthread_mutex_lock(*lock);
  Unpacked *u = slot_of(env->cache->slots[at], first);
  PropterStatus status = PROPTER_OK;
  /* What is kept was checked when it was unpacked, and is of the same bytes if first number and checksum agree. */
  if (!u->bytes || u->first != first || u->sum != four((const unsigned char *)value.data)) {
    drop(u);
    status = check(first, value, err);
    if (status == PROPTER_OK) status = unpack(first, value, &env->cache->stripes[stripe].unpacker, u, err);
  }
  u->used = ++env->cache->stripes[stripe].clock;
  if (status == PROPTER_OK) status = record_of(u, id, record, err);
  status = env_unmoved(env, txn, status, err);
  *slot = u;
  if (status != PROPTER_OK) (void)pthread_mutex_unlock(*lock);
  return status;
}

static void release(Unpacked *u, pthread_mutex_t *lock) {
  if (u->size > LARGE) drop(u);
  (void)pthread_mutex_unlock(lock);
}

PropterStatus dict_get(const Env *env, MDB_txn *txn, PropterId id, PropterArena *arena, PropterStr *record, PropterError *err) {
  Unpacked *u;
  pthread_mutex_t *lock;
  PropterStr held;
  PROPTER_TRY(hold(env, txn, id, &u, &lock, &held, err));
  *record = propter_arena_copy(arena, held);
  release(u, lock);
  return record->data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

/* Does a block that holds one id hold the other? */
static bool beside(const Unpacked *u, PropterId one, PropterId other) {
  return dict_table(id_tag(one)) == dict_table(id_tag(other)) && (other & ID_PAYLOAD) - u->first < u->count;
}

PropterStatus dict_get_many(const Env *env, MDB_txn *txn, const PropterId *ids, size_t count, PropterArena *arena, PropterStr *records, size_t *done,
                            PropterError *err) {
  Unpacked *u;
  pthread_mutex_t *lock;
  PropterStr held;
  size_t i = 0;
  PROPTER_TRY(hold(env, txn, ids[0], &u, &lock, &held, err));
  PropterStatus status = PROPTER_OK;
  do {
    records[i] = propter_arena_copy(arena, held);
    if (!records[i].data) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    i++;
    if (status == PROPTER_OK && i < count && beside(u, ids[0], ids[i])) status = record_of(u, ids[i], &held, err);
  } while (status == PROPTER_OK && i < count && beside(u, ids[0], ids[i]));
  release(u, lock);
  *done = i;
  return status;
}

PropterStatus dict_neighbours(const Env *env, MDB_txn *txn, PropterId id,
                              PropterStatus (*see)(void *payload, PropterId id, PropterStr record, PropterError *err), void *payload, PropterError *err) {
  Unpacked *u;
  pthread_mutex_t *lock;
  PropterStr record;
  PROPTER_TRY(hold(env, txn, id, &u, &lock, &record, err));
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < u->count && status == PROPTER_OK; i++) {
    record = (PropterStr){(const char *)u->bytes + u->starts[i], u->ends[i] - u->starts[i]};
    status = see(payload, id_make((unsigned char)record.data[0], u->first + i), record, err);
  }
  release(u, lock);
  return status;
}

/* Is that the record of an id of the index? */
static PropterStatus same(const Env *env, MDB_txn *txn, PropterId id, PropterStr record, bool *equal, PropterError *err) {
  Unpacked *u;
  pthread_mutex_t *lock;
  PropterStr held;
  PropterStatus status = hold(env, txn, id, &u, &lock, &held, err);
  if (status == PROPTER_NOT_FOUND) return propter_fail(err, PROPTER_DAMAGED, "the index names the absent term %llx", (unsigned long long)id);
  PROPTER_TRY(status);
  *equal = propter_str_equal(held, record);
  release(u, lock);
  return PROPTER_OK;
}

PropterStatus dict_find(const Env *env, MDB_txn *txn, PropterStr record, uint64_t hash, PropterId *id, PropterError *err) {
  *id = PROPTER_NO_ID;
  MDB_cursor *cursor;
  int rc = mdb_cursor_open(txn, env->db[ENV_HASHES], &cursor);
  if (rc) return env_fail(env, rc, "read", err);
  Row target = {{dict_index(hash)}};
  MDB_val key, value;
  PropterStatus status = PROPTER_OK;
  for (rc = block_seek(cursor, &target, &key, &value); rc == 0 && status == PROPTER_OK; rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
    Block block;
    status = block_open(key, value, &block, err);
    size_t at = status == PROPTER_OK ? block_search(&block, 0, &target, 1, false) : 0;
    for (; status == PROPTER_OK && *id == PROPTER_NO_ID && at < block.count && block_get(&block, 0, at) == target.c[0]; at++) {
      PropterId found = block_get(&block, 1, at);
      bool equal = false;
      if (id_tag(found) != (unsigned char)record.data[0]) continue;
      status = same(env, txn, found, record, &equal, err);
      if (equal) *id = found;
    }
    if (*id != PROPTER_NO_ID || (status == PROPTER_OK && at < block.count)) break;
  }
  mdb_cursor_close(cursor);
  if (status == PROPTER_OK && rc && rc != MDB_NOTFOUND) status = env_fail(env, rc, "read", err);
  return env_unmoved(env, txn, status, err);
}

PropterStatus dict_walk(PropterStr key, PropterStr value, uint64_t first,
                        PropterStatus (*see)(void *payload, uint64_t number, PropterStr record, PropterError *err), void *payload, PropterError *err) {
  unsigned char expected[8];
  Unpacked u = {0};
  ZSTD_DCtx *unpacker = NULL;
  big_endian(first, expected);
  if (key.len != sizeof expected || memcmp(key.data, expected, sizeof expected) != 0) return bad_block(first, "is missing", err);
  PropterStatus status = check(first, value, err);
  if (status == PROPTER_OK) status = unpack(first, value, &unpacker, &u, err);
  for (uint32_t i = 0; status == PROPTER_OK && i < u.count; i++)
    status = see(payload, first + i, (PropterStr){(const char *)u.bytes + u.starts[i], u.ends[i] - u.starts[i]}, err);
  drop(&u);
  (void)ZSTD_freeDCtx(unpacker);
  return status;
}

/* ---- writing -------------------------------------------------------------------------------------------------------------- */

static PropterStatus failed(const Env *env, int rc, PropterError *err) { return rc == MDB_MAP_FULL ? PROPTER_LIMIT : env_fail(env, rc, "write", err); }

/* A stretch of records becomes blocks of its own, so that stretches can be packed at the same time and give the same blocks on any number of threads. */
typedef struct {
  size_t from, to;
  PropterBuf values; /* the blocks one after the other */
  PROPTER_VEC(struct Packed { uint64_t first; size_t at; }) blocks;
} Stretch;

enum { STRETCH = 1 << 20, SLOTS = 8, INDEX_PART = 1 << 18 };

typedef struct {
  const Env *env;
  MDB_txn *txn;
  unsigned table;
  Unpacked tail; /* of the block before, which is written anew with the new records behind it */
  const PropterMapEntry *terms;
  uint32_t *places; /* among `terms` of those of the table */
  size_t count;
  uint64_t first;
  size_t at; /* of the records, where the next stretch begins */
  Stretch stretches[SLOTS];
} Packing;

static PropterStr record_at(const Packing *p, size_t i) {
  const Unpacked *tail = &p->tail;
  return i < tail->count ? (PropterStr){(const char *)tail->bytes + tail->starts[i], tail->ends[i] - tail->starts[i]}
                         : p->terms[p->places[i - tail->count]].key;
}

static void add_record(PropterBuf *plain, PropterStr record) {
  size_t length = record.len;
  for (; length >= 128; length >>= 7) propter_buf_add_char(plain, (char)(length | 128));
  propter_buf_add_char(plain, (char)length);
  propter_buf_add(plain, record);
}

/* Appends records [from, *to) as one block; false and a smaller *to: they are more than a page. */
static bool add_block(const Packing *p, Stretch *s, ZSTD_CCtx *packer, PropterBuf *plain, size_t from, size_t *to, double *ratio) {
  size_t start = s->values.len, room = ZSTD_compressBound(plain->len);
  propter_buf_add(&s->values, (PropterStr){"\0\0\0\0\0\0\0\0\0\0\0\0", HEADER});
  if (!propter_buf_reserve(&s->values, room)) return true;
  unsigned char *v = (unsigned char *)s->values.data + start;
  size_t size = ZSTD_compressCCtx(packer, v + HEADER, room, plain->data, plain->len, LEVEL);
  if (ZSTD_isError(size) && ZSTD_getErrorCode(size) == ZSTD_error_memory_allocation) {
    s->values.failed = PROPTER_NO_MEMORY;
    return true;
  }
  bool packed = !ZSTD_isError(size) && size < plain->len;
  if (!packed) memcpy(v + HEADER, plain->data, size = plain->len);
  *ratio = (double)plain->len / (double)size;
  if (size + HEADER > shapes[p->table - ENV_TERMS].page && *to - from > 1) {
    s->values.len = start;
    *to = from + (*to - from) / 2;
    return false;
  }
  uint32_t bytes = (uint32_t)plain->len;
  v[4] = (unsigned char)(*to - from), v[5] = (unsigned char)((*to - from) >> 8), v[6] = packed ? PACKED : PLAIN;
  memcpy(v + 8, &bytes, sizeof bytes);
  s->values.len = start + HEADER + size;
  uint32_t sum = checksum(p->first + from, (PropterStr){(const char *)v, HEADER + size});
  memcpy(v, &sum, sizeof sum);
  if (!propter_vec_push(&s->blocks, ((struct Packed){p->first + from, start}))) s->values.failed = PROPTER_NO_MEMORY;
  return true;
}

static PropterStatus pack_stretch(size_t slot, void *payload, PropterError *err) {
  Packing *p = payload;
  Stretch *s = &p->stretches[slot];
  ZSTD_CCtx *packer = ZSTD_createCCtx_advanced(zstd_memory);
  if (!packer) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for packing terms");
  PropterBuf plain = {.max = UINT32_MAX};
  const size_t stored = shapes[p->table - ENV_TERMS].page, most = shapes[p->table - ENV_TERMS].unpacked;
  double want = (double)stored * 2, ratio = 2;
  for (size_t from = s->from; from < s->to && !plain.failed && !s->values.failed;) {
    size_t to = from;
    propter_buf_reset(&plain);
    while (to < s->to && to - from < RECORDS && (to == from || (double)(plain.len + record_at(p, to).len + 3) <= want)) add_record(&plain, record_at(p, to++));
    if (plain.failed) break;
    bool whole = add_block(p, s, packer, &plain, from, &to, &ratio);
    /* How much text makes a page, from the last blocks; a block too many costs little. */
    double page = ratio * (double)(stored - HEADER) * (whole ? .97 : .93);
    want = whole ? (want + page) / 2 : page;
    if (want > (double)most) want = (double)most;
    if (whole) from = to;
  }
  (void)ZSTD_freeCCtx(packer);
  PropterStatus status = propter_buf_status(plain.failed ? &plain : &s->values, err);
  propter_buf_clear(&plain);
  return status;
}

static PropterStatus next_stretch(size_t slot, bool *more, void *payload, PropterError *err) {
  (void)err;
  Packing *p = payload;
  size_t count = p->tail.count + p->count, bytes = 0;
  Stretch *s = &p->stretches[slot];
  s->from = p->at;
  while (p->at < count && bytes < STRETCH) bytes += record_at(p, p->at++).len;
  s->to = p->at;
  *more = s->from < count;
  return PROPTER_OK;
}

static PropterStatus put_stretch(size_t slot, void *payload, PropterError *err) {
  Packing *p = payload;
  Stretch *s = &p->stretches[slot];
  for (size_t i = 0; i < s->blocks.count; i++) {
    size_t at = s->blocks.items[i].at, end = i + 1 < s->blocks.count ? s->blocks.items[i + 1].at : s->values.len;
    unsigned char k[8];
    big_endian(s->blocks.items[i].first, k);
    MDB_val key = {sizeof k, k}, data = {end - at, s->values.data + at};
    int rc = mdb_put(p->txn, p->env->db[p->table], &key, &data, MDB_APPEND);
    if (rc) return failed(p->env, rc, err);
  }
  propter_buf_reset(&s->values);
  s->blocks.count = 0;
  return PROPTER_OK;
}

static PropterStatus put_records(Packing *p, PropterError *err) {
  static const PropterPipe pipe = {next_stretch, pack_stretch, put_stretch};
  for (size_t i = 0; i < SLOTS; i++) p->stretches[i].values.max = SIZE_MAX / 2;
  PropterStatus status = propter_pool_pipe(&pipe, SLOTS, 0, p, err);
  for (size_t i = 0; i < SLOTS; i++) {
    propter_buf_clear(&p->stretches[i].values);
    propter_vec_clear(&p->stretches[i].blocks);
  }
  return status;
}

/* The last block, taken out of the table if there is room in it. */
static PropterStatus take_tail(const Env *env, MDB_txn *txn, unsigned table, Unpacked *tail, PropterError *err) {
  uint64_t first;
  PropterStr value;
  PROPTER_TRY(find_block(env, txn, table, UINT64_MAX, &first, &value, err));
  if (!value.data || value.len > shapes[table - ENV_TERMS].page * 3 / 4) return PROPTER_OK;
  ZSTD_DCtx *unpacker = NULL;
  PropterStatus status = check(first, value, err);
  if (status == PROPTER_OK) status = unpack(first, value, &unpacker, tail, err);
  (void)ZSTD_freeDCtx(unpacker);
  PROPTER_TRY(status);
  if (tail->count == RECORDS) {
    drop(tail);
    return PROPTER_OK;
  }
  unsigned char k[8];
  big_endian(first, k);
  MDB_val key = {sizeof k, k};
  int rc = mdb_del(txn, env->db[table], &key, NULL);
  return rc ? failed(env, rc, err) : PROPTER_OK;
}

static PropterStatus put_index(const Env *env, MDB_txn *txn, const PropterMapEntry *terms, size_t count, PropterError *err) {
  size_t part = count < INDEX_PART ? count : INDEX_PART;
  SortKey *keys = propter_malloc(count * sizeof *keys), *spare = propter_malloc(count * sizeof *spare);
  Change *rows = propter_malloc(part * sizeof *rows);
  PropterStatus status = keys && spare && rows ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu new terms", count);
  for (size_t i = 0; status == PROPTER_OK && i < count; i++) keys[i] = (SortKey){dict_index(terms[i].hash), (uint32_t)i};
  const SortKey *sorted = status == PROPTER_OK ? sort_keys(keys, spare, count) : NULL;
  for (size_t at = 0; status == PROPTER_OK && at < count; at += part) {
    size_t n = count - at < part ? count - at : part;
    for (size_t i = 0; i < n; i++) rows[i] = (Change){{{sorted[at + i].key, terms[sorted[at + i].at].value, 0, 0}}, true, false};
    status = block_apply(env, txn, ENV_HASHES, rows, n, false, err);
  }
  propter_free(keys);
  propter_free(spare);
  propter_free(rows);
  return status;
}

/* The records of a table among the new ones; `places` has room for all. */
static PropterStatus put_table(const Env *env, MDB_txn *txn, unsigned table, const PropterMapEntry *terms, size_t count, uint32_t *places, PropterError *err) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    if (dict_table(id_tag(terms[i].value)) == table) places[n++] = (uint32_t)i;
  if (!n) return PROPTER_OK;
  Packing *p = propter_calloc(1, sizeof *p);
  if (!p) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu new terms", count);
  PropterStatus status = take_tail(env, txn, table, &p->tail, err);
  if (status == PROPTER_OK) {
    p->env = env;
    p->txn = txn;
    p->table = table;
    p->terms = terms;
    p->places = places;
    p->count = n;
    p->first = (terms[places[0]].value & ID_PAYLOAD) - p->tail.count;
    status = put_records(p, err);
  }
  drop(&p->tail);
  propter_free(p);
  return status;
}

PropterStatus dict_put(const Env *env, MDB_txn *txn, const PropterMapEntry *terms, size_t count, PropterError *err) {
  if (!count) return PROPTER_OK;
  uint32_t *places = count < UINT32_MAX ? propter_malloc(count * sizeof *places) : NULL;
  if (!places) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu new terms", count);
  PropterStatus status = PROPTER_OK;
  for (unsigned i = 0; i < ENV_NUMBERED && status == PROPTER_OK; i++) status = put_table(env, txn, ENV_TERMS + i, terms, count, places, err);
  propter_free(places);
  return status == PROPTER_OK ? put_index(env, txn, terms, count, err) : status;
}

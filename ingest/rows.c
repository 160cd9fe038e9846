/* SPDX-License-Identifier: Apache-2.0 */
/* The file: a line "propter rows 1", the fingerprint and a line end; for each row its hash, a length (high bit: something was rejected) and its quads; then the
 * run's IRI, the length of it and a hash of all before. Numbers are little-endian, as on all machines this runs on; ids are those of the graph. */
#include "rows.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "propter/hash.h"
#include "propter/io.h"

#define MAGIC "propter rows 1\n"
enum { PRINT = 32, HEAD = sizeof MAGIC - 1 + PRINT + 1, ENTRY = 20, TAIL = 12, BLOCK = 1 << 18, FILTER = 1 << 20 };
#define REJECTED_BIT 0x80000000u

typedef struct {
  XXH128_hash_t hash;
  const char *data; /* of the state that was read; NULL: a row of now only */
  uint32_t length;
  bool rejected, now, again; /* now: the present run has it; again: it was executed although the last run had it */
} Entry;

struct Rows {
  char *path, *next;
  int fd;
  char *map;
  size_t size, end; /* end of the entries */
  PropterStr run;
  PROPTER_VEC(Entry) entries;
  uint32_t *slots; /* number of an entry + 1 */
  size_t slot_count;
  size_t row;         /* entry of the present row; SIZE_MAX: it is not written */
  PropterQuad before; /* of the present row */
  PropterBuf quads, out;
  XXH3_state_t *hash;
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the state of rows"); }

/* --- Quads of a row ---------------------------------------------------------------------------------------------------------- */

/* The tag of an id goes to its low end, so that small numbers stay small. */
static void put_id(PropterBuf *out, PropterId id) {
  uint64_t v = id << 8 | id >> 56;
  char bytes[10];
  size_t n = 0;
  for (; v >= 0x80; v >>= 7) bytes[n++] = (char)(v | 0x80);
  bytes[n++] = (char)v;
  propter_buf_add(out, (PropterStr){bytes, n});
}

static const unsigned char *get_id(const unsigned char *p, PropterId *id) {
  uint64_t v = 0;
  unsigned shift = 0;
  for (; *p & 0x80; p++, shift += 7) v |= (uint64_t)(*p & 0x7F) << shift;
  v |= (uint64_t)*p++ << shift;
  *id = v >> 8 | v << 56;
  return p;
}

void rows_add(Rows *r, PropterQuad q) {
  if (r->row == SIZE_MAX) return;
  const PropterId id[4] = {q.s, q.p, q.o, q.g}, before[4] = {r->before.s, r->before.p, r->before.o, r->before.g};
  unsigned same = 0;
  for (unsigned i = 0; i < 4; i++) same |= (unsigned)(id[i] == before[i]) << i;
  propter_buf_add_char(&r->quads, (char)same);
  for (unsigned i = 0; i < 4; i++)
    if (!(same >> i & 1)) put_id(&r->quads, id[i]);
  r->before = q;
}

static const unsigned char *get_quad(const unsigned char *p, PropterQuad *q) {
  PropterId *id[4] = {&q->s, &q->p, &q->o, &q->g};
  unsigned same = *p++;
  for (unsigned i = 0; i < 4; i++)
    if (!(same >> i & 1)) p = get_id(p, id[i]);
  return p;
}

/* --- Reading the last state -------------------------------------------------------------------------------------------------- */

static size_t slot_of(const Rows *r, XXH128_hash_t hash) {
  size_t i = (size_t)hash.low64 & (r->slot_count - 1);
  while (r->slots[i] && !XXH128_isEqual(r->entries.items[r->slots[i] - 1].hash, hash)) i = (i + 1) & (r->slot_count - 1);
  return i;
}

static PropterStatus grow(Rows *r, PropterError *err) {
  if (r->entries.count * 2 < r->slot_count) return PROPTER_OK;
  size_t count = r->slot_count ? r->slot_count * 2 : 1024;
  uint32_t *slots = propter_calloc(count, sizeof *slots);
  if (!slots) return no_memory(err);
  propter_free(r->slots);
  r->slots = slots;
  r->slot_count = count;
  for (size_t i = 0; i < r->entries.count; i++) r->slots[slot_of(r, r->entries.items[i].hash)] = (uint32_t)i + 1;
  return PROPTER_OK;
}

static PropterStatus add_entry(Rows *r, Entry e, PropterError *err) {
  if (r->entries.count >= UINT32_MAX - 1) return propter_fail(err, PROPTER_LIMIT, "more than 4 billion rows");
  PROPTER_TRY(grow(r, err));
  size_t slot = slot_of(r, e.hash);
  if (!propter_vec_push(&r->entries, e)) return no_memory(err);
  r->slots[slot] = (uint32_t)r->entries.count;
  return PROPTER_OK;
}

static bool is_whole(Rows *r, const char *fingerprint) {
  uint64_t hash;
  uint32_t run;
  if (r->size < HEAD + TAIL || memcmp(r->map, MAGIC, sizeof MAGIC - 1) != 0 || memcmp(r->map + sizeof MAGIC - 1, fingerprint, PRINT) != 0) return false;
  memcpy(&run, r->map + r->size - TAIL, sizeof run);
  memcpy(&hash, r->map + r->size - sizeof hash, sizeof hash);
  if (run > r->size - HEAD - TAIL || XXH3_64bits(r->map, r->size - sizeof hash) != hash) return false;
  r->end = r->size - TAIL - run;
  r->run = (PropterStr){r->map + r->end, run};
  return true;
}

static PropterStatus read_entries(Rows *r, PropterError *err) {
  size_t at = HEAD;
  while (at + ENTRY <= r->end) {
    Entry e = {.data = r->map + at + ENTRY};
    memcpy(&e.hash, r->map + at, sizeof e.hash);
    memcpy(&e.length, r->map + at + sizeof e.hash, sizeof e.length);
    e.rejected = (e.length & REJECTED_BIT) != 0;
    e.length &= ~REJECTED_BIT;
    PROPTER_TRY(add_entry(r, e, err));
    at += ENTRY + e.length;
  }
  return PROPTER_OK;
}

static PropterStatus read_state(Rows *r, const char *fingerprint, PropterError *err) {
  struct stat st;
  int fd = propter_io_open(r->path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return PROPTER_OK;
  if (fstat(fd, &st) == 0 && st.st_size > 0) {
    void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map != MAP_FAILED) r->map = map, r->size = (size_t)st.st_size;
  }
  (void)propter_io_close(fd);
  return r->map && is_whole(r, fingerprint) ? read_entries(r, err) : PROPTER_OK;
}

void rows_forget(Rows *r) {
  r->entries.count = 0;
  r->run = (PropterStr){"", 0};
  if (r->slots) memset(r->slots, 0, r->slot_count * sizeof *r->slots);
}

PropterStr rows_run(const Rows *r) { return r->run; }

/* --- Writing the next one ------------------------------------------------------------------------------------------------------ */

static PropterStatus flush(Rows *r, PropterError *err) {
  PROPTER_TRY(propter_buf_status(&r->out, err));
  if (r->out.len) (void)XXH3_64bits_update(r->hash, r->out.data, r->out.len);
  int failed = r->out.len ? propter_io_write_all(r->fd, r->out.data, r->out.len) : 0;
  propter_buf_reset(&r->out);
  return failed ? propter_io_fail(err, r->next, "write") : PROPTER_OK;
}

static PropterStatus write_entry(Rows *r, const Entry *e, PropterStr quads, PropterError *err) {
  if (quads.len >= REJECTED_BIT) return propter_fail(err, PROPTER_LIMIT, "one row gives more than 2 GiB of quads");
  uint32_t length = (uint32_t)quads.len | (e->rejected ? REJECTED_BIT : 0);
  propter_buf_add(&r->out, (PropterStr){(const char *)&e->hash, sizeof e->hash});
  propter_buf_add(&r->out, (PropterStr){(const char *)&length, sizeof length});
  propter_buf_add(&r->out, quads);
  return r->out.len >= BLOCK ? flush(r, err) : PROPTER_OK;
}

static PropterStatus end_row(Rows *r, PropterError *err) {
  if (r->row == SIZE_MAX) return PROPTER_OK;
  PROPTER_TRY(propter_buf_status(&r->quads, err));
  PROPTER_TRY(write_entry(r, &r->entries.items[r->row], propter_buf_str(&r->quads), err));
  r->row = SIZE_MAX;
  propter_buf_reset(&r->quads);
  return PROPTER_OK;
}

PropterStatus rows_next(Rows *r, PropterStr content, bool *known, PropterError *err) {
  XXH128_hash_t hash = XXH3_128bits(content.data, content.len);
  PROPTER_TRY(end_row(r, err));
  PROPTER_TRY(grow(r, err));
  uint32_t number = r->slots[slot_of(r, hash)];
  r->before = (PropterQuad){0};
  if (!number) {
    *known = false;
    PROPTER_TRY(add_entry(r, (Entry){.hash = hash, .now = true}, err));
    r->row = r->entries.count - 1;
    return PROPTER_OK;
  }
  Entry *e = &r->entries.items[number - 1];
  *known = !e->rejected;
  if (e->now) return PROPTER_OK; /* an equal row came before: what it gives is written */
  e->now = true;
  if (*known) return write_entry(r, e, (PropterStr){e->data, e->length}, err);
  e->rejected = false;
  e->again = true;
  r->row = number - 1;
  return PROPTER_OK;
}

void rows_reject(Rows *r) {
  if (r->row != SIZE_MAX) r->entries.items[r->row].rejected = true;
}

PropterStatus rows_open(const char *path, const char *fingerprint, Rows **out, PropterError *err) {
  Rows *r = propter_calloc(1, sizeof *r);
  if (!r) return no_memory(err);
  r->fd = -1;
  r->row = SIZE_MAX;
  r->run = (PropterStr){"", 0};
  PropterBuf name = {0};
  propter_buf_printf(&name, "%s.next", path);
  PropterStatus status = propter_buf_status(&name, err);
  if (status == PROPTER_OK && (!(r->path = propter_strdup(propter_str(path))) || !(r->next = propter_strdup(propter_buf_str(&name))) || !(r->hash = XXH3_createState())))
    status = no_memory(err);
  propter_buf_clear(&name);
  if (status == PROPTER_OK) status = read_state(r, fingerprint, err);
  if (status == PROPTER_OK && (r->fd = propter_io_open(r->next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) < 0) status = propter_io_fail(err, r->next, "create");
  if (status != PROPTER_OK) {
    rows_close(r);
    return status;
  }
  (void)XXH3_64bits_reset(r->hash);
  propter_buf_printf(&r->out, "%s%.*s\n", MAGIC, PRINT, fingerprint);
  *out = r;
  return PROPTER_OK;
}

void rows_close(Rows *r) {
  if (!r) return;
  if (r->fd >= 0) {
    (void)propter_io_close(r->fd);
    (void)propter_io_unlink(r->next);
  }
  if (r->map) (void)munmap(r->map, r->size);
  if (r->hash) (void)XXH3_freeState(r->hash);
  propter_free(r->path);
  propter_free(r->next);
  propter_free(r->slots);
  propter_vec_clear(&r->entries);
  propter_buf_clear(&r->quads);
  propter_buf_clear(&r->out);
  propter_free(r);
}

/* --- Rows that are gone -------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterMap quads;      /* value: 1 while no row of now gives it */
  unsigned char *filter; /* bits of the subjects */
} Gone;

static size_t filter_bit(PropterId s) { return (size_t)(s * UINT64_C(0x9E3779B97F4A7C15) >> 44) & (FILTER - 1); }

typedef PropterStatus (*WithQuad)(Gone *g, PropterQuad quad, PropterError *err);

static PropterStatus each_quad(Gone *g, const char *data, size_t length, WithQuad with, PropterError *err) {
  const unsigned char *p = (const unsigned char *)data, *end = p + length;
  PropterQuad quad = {0};
  while (p < end) {
    p = get_quad(p, &quad);
    PROPTER_TRY(with(g, quad, err));
  }
  return PROPTER_OK;
}

static PropterStatus may_go(Gone *g, PropterQuad quad, PropterError *err) {
  g->filter[filter_bit(quad.s) / 8] |= (unsigned char)(1u << filter_bit(quad.s) % 8);
  return propter_map_put(&g->quads, (PropterStr){(const char *)&quad, sizeof quad}, 1, NULL) ? PROPTER_OK : no_memory(err);
}

static PropterStatus stays(Gone *g, PropterQuad quad, PropterError *err) {
  (void)err;
  if (!(g->filter[filter_bit(quad.s) / 8] >> filter_bit(quad.s) % 8 & 1)) return PROPTER_OK;
  uint64_t *value = propter_map_get(&g->quads, (PropterStr){(const char *)&quad, sizeof quad});
  if (value) *value = 0;
  return PROPTER_OK;
}

/* The next state holds what all rows of now give, in a file that was just written. */
static PropterStatus keep_what_stays(Rows *r, Gone *g, size_t end, PropterError *err) {
  int fd = propter_io_open(r->next, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return propter_io_fail(err, r->next, "open");
  char *map = mmap(NULL, end, PROT_READ, MAP_PRIVATE, fd, 0);
  PropterStatus status = map == MAP_FAILED ? propter_io_fail(err, r->next, "read") : PROPTER_OK;
  (void)propter_io_close(fd);
  if (status != PROPTER_OK) return status;
  for (size_t at = HEAD; at + ENTRY <= end && status == PROPTER_OK;) {
    uint32_t length;
    memcpy(&length, map + at + sizeof(XXH128_hash_t), sizeof length);
    length &= ~REJECTED_BIT;
    status = each_quad(g, map + at + ENTRY, length, stays, err);
    at += ENTRY + length;
  }
  (void)munmap(map, end);
  return status;
}

static PropterStatus find_gone(Rows *r, size_t end, PropterStatus (*gone)(PropterQuad quad, void *payload, PropterError *err), void *payload, PropterError *err) {
  Gone g = {.filter = propter_calloc(FILTER / 8, 1)};
  PropterStatus status = g.filter ? PROPTER_OK : no_memory(err);
  for (size_t i = 0; i < r->entries.count && status == PROPTER_OK; i++) {
    const Entry *e = &r->entries.items[i];
    if (e->data && (!e->now || e->again)) status = each_quad(&g, e->data, e->length, may_go, err);
  }
  if (status == PROPTER_OK && g.quads.count) status = keep_what_stays(r, &g, end, err);
  for (size_t i = 0; i < g.quads.count && status == PROPTER_OK; i++) {
    PropterQuad quad;
    memcpy(&quad, g.quads.entries[i].key.data, sizeof quad);
    if (g.quads.entries[i].value) status = gone(quad, payload, err);
  }
  propter_map_clear(&g.quads);
  propter_free(g.filter);
  return status;
}

PropterStatus rows_finish(Rows *r, PropterStr run, PropterStatus (*gone)(PropterQuad quad, void *payload, PropterError *err), void *payload, PropterError *err) {
  PROPTER_TRY(end_row(r, err));
  PROPTER_TRY(flush(r, err));
  off_t end = lseek(r->fd, 0, SEEK_CUR);
  if (end < 0) return propter_io_fail(err, r->next, "write");
  uint32_t length = (uint32_t)run.len;
  propter_buf_add(&r->out, run);
  propter_buf_add(&r->out, (PropterStr){(const char *)&length, sizeof length});
  PROPTER_TRY(flush(r, err));
  uint64_t hash = XXH3_64bits_digest(r->hash);
  if (propter_io_write_all(r->fd, &hash, sizeof hash) != 0) return propter_io_fail(err, r->next, "write");
  return find_gone(r, (size_t)end, gone, payload, err);
}

PropterStatus rows_commit(Rows *r, PropterError *err) {
  int failed = propter_io_sync(r->fd) != 0;
  failed |= propter_io_close(r->fd) != 0;
  r->fd = -1;
  if (!failed && propter_io_rename(r->next, r->path) == 0) return PROPTER_OK;
  PropterStatus status = propter_io_fail(err, r->next, "write");
  (void)propter_io_unlink(r->next);
  return status;
}

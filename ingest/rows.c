/* SPDX-License-Identifier: Apache-2.0 */
/* Two files. PATH.0 or PATH.1 holds a record for each row: a Record, a 64-bit hash of the terms of each of its quads, the quads themselves. It only
 * grows, until half of it is of rows that are gone: then the living are copied to the other. PATH is written anew by every run: a line "propter rows 3",
 * the fingerprint and a line end; for each row, in the order of the run, an Entry; Groups of them; the run's IRI; a Tail. Numbers are little-endian, as on all
 * machines this runs on; ids are those of the graph. */
#include "rows.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "propter/hash.h"
#include "propter/io.h"

#define MAGIC "propter rows 3\n"
/* How far behind its place a row is looked for at once, and after how many new rows in a row anywhere. */
enum { PRINT = 32, HEAD = sizeof MAGIC - 1 + PRINT + 1, BLOCK = 1 << 18, NEAR = 32, STRANGERS = 16 };
#define REJECTED_BIT (UINT64_C(1) << 63)

typedef struct {
  uint64_t hash;
  uint64_t place; /* of the row's record; high bit: something was rejected */
} Entry;

typedef struct {
  uint32_t check;         /* hash of what follows, and of the row */
  uint32_t count, length; /* quads, bytes of them */
} Record;

typedef struct {
  PropterMapGroup is;
  uint64_t entry; /* the first of its rows */
} Group;

typedef struct {
  uint64_t size, dead; /* bytes of records in all, and of rows that are gone */
  uint64_t groups;
  uint32_t run;        /* bytes of the run's IRI */
  uint32_t number;     /* of the file with the records */
  uint64_t hash;       /* of all before */
} Tail;

/* Entries that follow one another, of the last state or of those that are new. */
typedef struct {
  bool old;
  size_t begin, count;
} Stretch;

typedef struct {
  char *data;
  size_t size;
} Mapped;

struct Rows {
  char *path, *next, *records[2];
  char head[HEAD + 1];
  const char *lost;

  /* The last state. */
  Mapped entries_map, records_map;
  const Entry *old;
  size_t old_count;
  const Group *old_groups;
  size_t group; /* that begins at `at` or is the next one behind it */
  PropterStr run;
  bool believed;
  Tail tail;
  unsigned char *stays; /* of each entry: the present run has the row */
  uint32_t *slots;      /* by hash: number of an entry + 1; made when first needed */
  size_t slot_count;
  size_t at;   /* entry that the next row is expected to be */
  size_t news; /* rows since the last one that it has */

  /* The next one. */
  PROPTER_VEC(Entry) entries; /* of new rows, and of all where their records are copied */
  PROPTER_VEC(Stretch) stretches;
  size_t count; /* rows of all stretches */
  size_t rejected_at; /* rows up to the last one with a reject */
  PROPTER_VEC(Group) groups;
  PROPTER_VEC(uint64_t) fresh; /* records of rows that are new */
  PropterBuf next_run;
  unsigned number;
  int fd;
  uint64_t size;  /* where the next record goes */
  PropterBuf out; /* ends there */
  bool in_row, rejected;
  uint64_t hash; /* of the present row */
  PropterQuad before;
  uint32_t quad_count;
  PropterBuf hashes, quads;
  size_t model; /* entry of the row that stood in its place; SIZE_MAX: none */
  const char *model_hashes; /* of its quads; NULL: they were not asked for */
  PROPTER_VEC(PropterQuad) model_quads;
};

static const char damaged[] = "is damaged";

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

static PropterStr bytes_of(const PropterQuad *quad) { return (PropterStr){(const char *)quad, sizeof *quad}; }

void rows_add(Rows *r, PropterQuad q, uint64_t hash) {
  if (!r->in_row) return;
  const PropterId id[4] = {q.s, q.p, q.o, q.g}, before[4] = {r->before.s, r->before.p, r->before.o, r->before.g};
  unsigned same = 0;
  for (unsigned i = 0; i < 4; i++) same |= (unsigned)(id[i] == before[i]) << i;
  propter_buf_add_char(&r->quads, (char)same);
  for (unsigned i = 0; i < 4; i++)
    if (!(same >> i & 1)) put_id(&r->quads, id[i]);
  propter_buf_add(&r->hashes, (PropterStr){(const char *)&hash, sizeof hash});
  r->before = q;
  r->quad_count++;
}

static const unsigned char *get_quad(const unsigned char *p, PropterQuad *q) {
  PropterId *id[4] = {&q->s, &q->p, &q->o, &q->g};
  unsigned same = *p++;
  for (unsigned i = 0; i < 4; i++)
    if (!(same >> i & 1)) p = get_id(p, id[i]);
  return p;
}

/* --- Records ------------------------------------------------------------------------------------------------------------------- */

static size_t record_size(const Record *record) { return sizeof *record + sizeof(uint64_t) * (size_t)record->count + record->length; }

static uint64_t hash_at(const char *hashes, size_t i) {
  uint64_t hash;
  memcpy(&hash, hashes + i * sizeof hash, sizeof hash);
  return hash;
}

static uint32_t check_of(const char *record, size_t size, uint64_t row) {
  return (uint32_t)XXH3_64bits_withSeed(record + sizeof(uint32_t), size - sizeof(uint32_t), row);
}

/* The record of a row of the last state, if it is what was written; looked at when it is needed and not before. */
static PropterStatus old_record(Rows *r, size_t entry, const char **at, Record *record, PropterError *err) {
  const Entry *e = &r->old[entry];
  uint64_t place = e->place & ~REJECTED_BIT, size = r->tail.size;
  *at = r->records_map.data + place;
  if (place <= size && size - place >= sizeof *record) {
    memcpy(record, *at, sizeof *record);
    if (record_size(record) <= size - place && check_of(*at, record_size(record), e->hash) == record->check) return PROPTER_OK;
  }
  r->lost = damaged;
  return propter_fail(err, PROPTER_DAMAGED, "the state of rows %s", damaged);
}

typedef PropterStatus (*WithQuad)(void *payload, PropterQuad quad, PropterError *err);

static PropterStatus each_quad(const char *data, WithQuad with, void *payload, PropterError *err) {
  Record record;
  memcpy(&record, data, sizeof record);
  const unsigned char *end = (const unsigned char *)data + record_size(&record), *p = end - record.length;
  PropterQuad quad = {0};
  while (p < end) {
    p = get_quad(p, &quad);
    PROPTER_TRY(with(payload, quad, err));
  }
  return PROPTER_OK;
}

/* --- Reading the last state -------------------------------------------------------------------------------------------------- */

/* No file and one that cannot be read are none. */
static Mapped map_file(const char *path) {
  struct stat st;
  Mapped m = {NULL, 0};
  int fd = propter_io_open(path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return m;
  if (fstat(fd, &st) == 0 && st.st_size > 0) {
    void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED) m = (Mapped){map, (size_t)st.st_size};
  }
  (void)propter_io_close(fd);
  return m;
}

static void unmap(Mapped *m) {
  if (m->data) (void)munmap(m->data, m->size);
  *m = (Mapped){NULL, 0};
}

static const char *read_entries(Rows *r) {
  static const char other[] = "is of another mapping or another version of propter";
  const Mapped *m = &r->entries_map;
  if (m->size < HEAD + sizeof(Tail)) return damaged;
  if (memcmp(m->data, MAGIC, sizeof MAGIC - 1) != 0) return other;
  Tail tail;
  size_t end = m->size - sizeof tail;
  memcpy(&tail, m->data + end, sizeof tail);
  if (XXH3_64bits(m->data, m->size - sizeof tail.hash) != tail.hash || tail.run > end - HEAD || tail.number > 1 ||
      tail.groups > (end - HEAD - tail.run) / sizeof(Group))
    return damaged;
  r->tail = tail;
  if (memcmp(m->data, r->head, HEAD) != 0) return other;
  r->run = (PropterStr){m->data + end - tail.run, tail.run};
  r->old = (const Entry *)(const void *)(m->data + HEAD);
  end -= tail.run + tail.groups * sizeof *r->old_groups;
  r->old_count = (end - HEAD) / sizeof *r->old;
  r->old_groups = (const Group *)(const void *)(m->data + end);
  r->records_map = map_file(r->records[tail.number]);
  if (r->records_map.size < tail.size) return damaged;
  return NULL;
}

static void forget(Rows *r) {
  r->old_count = 0;
  r->tail.groups = 0;
  r->run = (PropterStr){"", 0};
}

PropterStr rows_run(const Rows *r) { return r->run; }
const char *rows_lost(const Rows *r) { return r->lost; }

static PropterStatus name(const char *path, const char *end, char **out, PropterError *err) {
  PropterBuf text = {0};
  propter_buf_printf(&text, "%s%s", path, end);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK && !(*out = propter_strdup(propter_buf_str(&text)))) status = no_memory(err);
  propter_buf_clear(&text);
  return status;
}

PropterStatus rows_open(const char *path, const char *fingerprint, Rows **out, PropterError *err) {
  Rows *r = propter_calloc(1, sizeof *r);
  if (!r) return no_memory(err);
  r->fd = -1;
  forget(r);
  PropterStatus status = name(path, "", &r->path, err);
  if (status == PROPTER_OK) status = name(path, ".next", &r->next, err);
  if (status == PROPTER_OK) status = name(path, ".0", &r->records[0], err);
  if (status == PROPTER_OK) status = name(path, ".1", &r->records[1], err);
  if (status != PROPTER_OK) return rows_close(r), status;
  (void)snprintf(r->head, sizeof r->head, "%s%.*s\n", MAGIC, PRINT, fingerprint);
  r->entries_map = map_file(path);
  if (r->entries_map.data && (r->lost = read_entries(r))) forget(r);
  *out = r;
  return PROPTER_OK;
}

void rows_close(Rows *r) {
  if (!r) return;
  if (r->fd >= 0) {
    (void)propter_io_close(r->fd);
    if (r->number != r->tail.number) (void)propter_io_unlink(r->records[r->number]);
  }
  unmap(&r->entries_map), unmap(&r->records_map);
  propter_free(r->path), propter_free(r->next), propter_free(r->records[0]), propter_free(r->records[1]);
  propter_free(r->stays), propter_free(r->slots);
  propter_vec_clear(&r->entries);
  propter_vec_clear(&r->stretches);
  propter_vec_clear(&r->groups);
  propter_vec_clear(&r->fresh);
  propter_vec_clear(&r->model_quads);
  propter_buf_clear(&r->next_run), propter_buf_clear(&r->hashes), propter_buf_clear(&r->quads), propter_buf_clear(&r->out);
  propter_free(r);
}

/* --- Writing the next one ------------------------------------------------------------------------------------------------------ */

PropterStatus rows_begin(Rows *r, bool known, PropterError *err) {
  bool grows = known && r->tail.dead <= r->tail.size / 2;
  /* What an earlier run left behind the records that count is written over. */
  r->number = grows ? r->tail.number : !r->tail.number;
  r->size = grows ? r->tail.size : 0;
  r->believed = known;
  if (!known) forget(r);
  if (r->old_count && !(r->stays = propter_calloc(r->old_count, 1))) return no_memory(err);
  r->fd = propter_io_open(r->records[r->number], O_RDWR | O_CREAT | O_CLOEXEC | (grows ? 0 : O_TRUNC), 0666);
  if (r->fd < 0) return propter_io_fail(err, r->records[r->number], "open");
  return lseek(r->fd, (off_t)r->size, SEEK_SET) >= 0 ? PROPTER_OK : propter_io_fail(err, r->records[r->number], "write");
}

static PropterStatus flush(Rows *r, PropterError *err) {
  PROPTER_TRY(propter_buf_status(&r->out, err));
  int failed = r->out.len ? propter_io_write_all(r->fd, r->out.data, r->out.len) : 0;
  propter_buf_reset(&r->out);
  return failed ? propter_io_fail(err, r->records[r->number], "write") : PROPTER_OK;
}

static PropterStatus add_stretch(Rows *r, bool old, size_t entry, size_t count, PropterError *err) {
  Stretch *last = r->stretches.count ? &r->stretches.items[r->stretches.count - 1] : NULL;
  r->count += count;
  if (last && last->old == old && last->begin + last->count == entry) return last->count += count, PROPTER_OK;
  return propter_vec_push(&r->stretches, ((Stretch){old, entry, count})) ? PROPTER_OK : no_memory(err);
}

static PropterStatus add_entry(Rows *r, Entry e, PropterError *err) {
  return propter_vec_push(&r->entries, e) ? add_stretch(r, false, r->entries.count - 1, 1, err) : no_memory(err);
}

static PropterStatus end_row(Rows *r, PropterError *err) {
  if (!r->in_row) return PROPTER_OK;
  PROPTER_TRY(propter_buf_status(&r->hashes, err));
  PROPTER_TRY(propter_buf_status(&r->quads, err));
  if (r->quads.len > UINT32_MAX) return propter_fail(err, PROPTER_LIMIT, "one row gives more than 4 GiB of quads");
  Record record = {.count = r->quad_count, .length = (uint32_t)r->quads.len};
  size_t begin = r->out.len;
  propter_buf_add(&r->out, (PropterStr){(const char *)&record, sizeof record});
  propter_buf_add(&r->out, propter_buf_str(&r->hashes));
  propter_buf_add(&r->out, propter_buf_str(&r->quads));
  PROPTER_TRY(propter_buf_status(&r->out, err));
  record.check = check_of(r->out.data + begin, r->out.len - begin, r->hash);
  memcpy(r->out.data + begin, &record, sizeof record);
  PROPTER_TRY(add_entry(r, (Entry){r->hash, r->size | (r->rejected ? REJECTED_BIT : 0)}, err));
  if (r->rejected) r->rejected_at = r->count;
  if (r->believed && !propter_vec_push(&r->fresh, r->size)) return no_memory(err);
  r->size += r->out.len - begin;
  r->in_row = false;
  propter_buf_reset(&r->hashes), propter_buf_reset(&r->quads);
  return r->out.len >= BLOCK ? flush(r, err) : PROPTER_OK;
}

/* A row of the last state: its record stays where it is, or is copied. */
static PropterStatus keep(Rows *r, size_t entry, PropterError *err) {
  r->stays[entry] = 1;
  if (r->number == r->tail.number) return add_stretch(r, true, entry, 1, err);
  const char *at;
  Record record;
  PROPTER_TRY(old_record(r, entry, &at, &record, err));
  propter_buf_add(&r->out, (PropterStr){at, record_size(&record)});
  PROPTER_TRY(add_entry(r, (Entry){r->old[entry].hash, r->size}, err));
  r->size += record_size(&record);
  return r->out.len >= BLOCK ? flush(r, err) : PROPTER_OK;
}

static PropterStatus make_slots(Rows *r, PropterError *err) {
  if (r->old_count >= UINT32_MAX / 2) return propter_fail(err, PROPTER_LIMIT, "more than 2 billion rows");
  for (r->slot_count = 1024; r->slot_count < 2 * r->old_count;) r->slot_count *= 2;
  if (!(r->slots = propter_calloc(r->slot_count, sizeof *r->slots))) return no_memory(err);
  for (size_t i = 0; i < r->old_count; i++) {
    size_t slot = (size_t)r->old[i].hash & (r->slot_count - 1);
    while (r->slots[slot] && r->old[r->slots[slot] - 1].hash != r->old[i].hash) slot = (slot + 1) & (r->slot_count - 1);
    if (!r->slots[slot]) r->slots[slot] = (uint32_t)i + 1; /* of equal rows the first */
  }
  return PROPTER_OK;
}

/* Most rows stand where they stood: behind the row before, or a little further. SIZE_MAX: the last state does not have it, or far away, which costs its
 * execution and nothing else. */
static PropterStatus find(Rows *r, uint64_t hash, size_t *entry, PropterError *err) {
  size_t end = r->old_count - r->at < NEAR ? r->old_count : r->at + NEAR;
  for (*entry = r->at; *entry < end; ++*entry)
    if (r->old[*entry].hash == hash) return PROPTER_OK;
  *entry = SIZE_MAX;
  if (r->news < STRANGERS || !r->old_count) return PROPTER_OK;
  if (!r->slots) PROPTER_TRY(make_slots(r, err));
  size_t slot = (size_t)hash & (r->slot_count - 1);
  while (r->slots[slot] && r->old[r->slots[slot] - 1].hash != hash) slot = (slot + 1) & (r->slot_count - 1);
  if (r->slots[slot]) *entry = r->slots[slot] - 1;
  return PROPTER_OK;
}

PropterStatus rows_next(Rows *r, uint64_t hash, bool *known, PropterError *err) {
  size_t entry;
  PROPTER_TRY(end_row(r, err));
  PROPTER_TRY(find(r, hash, &entry, err));
  *known = entry != SIZE_MAX && !(r->old[entry].place & REJECTED_BIT);
  if (entry != SIZE_MAX) r->at = entry + 1, r->news = 0;
  if (*known) return keep(r, entry, err);
  r->model = entry != SIZE_MAX ? entry : r->at + r->news++;
  if (r->model >= r->old_count) r->model = SIZE_MAX;
  r->model_hashes = NULL;
  r->hash = hash;
  r->in_row = true;
  r->rejected = false;
  r->before = (PropterQuad){0};
  r->quad_count = 0;
  return PROPTER_OK;
}

PropterStatus rows_group(Rows *r, const PropterMapGroup *group, PropterError *err) {
  PROPTER_TRY(end_row(r, err));
  size_t begin = r->count - group->rows;
  if (r->rejected_at > begin) return PROPTER_OK;
  return propter_vec_push(&r->groups, ((Group){*group, begin})) ? PROPTER_OK : no_memory(err);
}

/* Most groups stand behind the one before. */
static void seek_group(Rows *r) {
  const Group *g = r->old_groups;
  size_t low = 0, high = r->tail.groups;
  if (r->group < high && g[r->group].entry < r->at) r->group++;
  if ((r->group == high || g[r->group].entry >= r->at) && (r->group == 0 || g[r->group - 1].entry < r->at)) return;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (g[middle].entry < r->at) low = middle + 1;
    else high = middle;
  }
  r->group = low;
}

const PropterMapGroup *rows_expected(Rows *r) {
  const Group *g = r->old_groups;
  seek_group(r);
  bool here = r->group < r->tail.groups && g[r->group].entry == r->at && g[r->group].is.rows <= r->old_count - r->at;
  return here ? &g[r->group].is : NULL;
}

PropterStatus rows_passed(Rows *r, PropterError *err) {
  const PropterMapGroup *group = rows_expected(r);
  PROPTER_TRY(end_row(r, err));
  if (!propter_vec_push(&r->groups, ((Group){*group, r->count}))) return no_memory(err);
  for (uint32_t i = 0; i < group->rows; i++) PROPTER_TRY(keep(r, r->at++, err));
  r->news = 0;
  return PROPTER_OK;
}

static PropterStatus take_model(void *payload, PropterQuad quad, PropterError *err) {
  return propter_vec_push(&((Rows *)payload)->model_quads, quad) ? PROPTER_OK : no_memory(err);
}

PropterStatus rows_recall(Rows *r, uint64_t hash, PropterQuad *quad, bool *found, PropterError *err) {
  const char *at;
  Record record;
  *found = false;
  if (r->model == SIZE_MAX) return PROPTER_OK;
  if (!r->model_hashes) {
    r->model_quads.count = 0;
    PROPTER_TRY(old_record(r, r->model, &at, &record, err));
    PROPTER_TRY(each_quad(at, take_model, r, err));
    r->model_hashes = at + sizeof record;
  }
  for (size_t i = 0; i < r->model_quads.count && !*found; i++)
    if (hash_at(r->model_hashes, i) == hash) *quad = r->model_quads.items[i], *found = true;
  return PROPTER_OK;
}

void rows_reject(Rows *r) { r->rejected = true; }

/* --- What has changed ---------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterMap quads; /* of rows that are gone; value: its hash while no row of now gives it, else 0 */
  const char *hashes; /* of the quads of the present record that are still to come */
  const RowsChange *change;
  unsigned char *filter; /* bits of the hashes of those that may go */
  unsigned bits;
} Gone;

static PropterStatus may_go(void *payload, PropterQuad quad, PropterError *err) {
  Gone *g = payload;
  uint64_t hash = hash_at(g->hashes, 0) | 1;
  g->hashes += sizeof hash;
  return propter_map_put(&g->quads, bytes_of(&quad), hash, NULL) ? PROPTER_OK : no_memory(err);
}

static PropterStatus comes(void *payload, PropterQuad quad, PropterError *err) {
  Gone *g = payload;
  uint64_t *value = propter_map_get(&g->quads, bytes_of(&quad));
  if (!value) return g->change->come(quad, g->change->payload, err);
  *value = 0;
  return PROPTER_OK;
}

static PropterStatus stays(void *payload, PropterQuad quad, PropterError *err) {
  (void)err;
  uint64_t *value = propter_map_get(&((Gone *)payload)->quads, bytes_of(&quad));
  if (value) *value = 0;
  return PROPTER_OK;
}

static PropterStatus take_gone(Rows *r, Gone *g, PropterError *err) {
  const char *at;
  Record record;
  if (r->number != r->tail.number) r->tail.dead = 0;
  for (size_t i = 0; i < r->old_count; i++) {
    if (r->stays[i]) continue;
    PROPTER_TRY(old_record(r, i, &at, &record, err));
    if (r->number == r->tail.number) r->tail.dead += record_size(&record);
    g->hashes = at + sizeof record;
    PROPTER_TRY(each_quad(at, may_go, g, err));
  }
  return PROPTER_OK;
}

static PropterStatus take_fresh(Rows *r, Gone *g, PropterError *err) {
  if (!r->fresh.count) return PROPTER_OK;
  Mapped now = map_file(r->records[r->number]);
  if (now.size < r->size) return unmap(&now), propter_io_fail(err, r->records[r->number], "read");
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < r->fresh.count && status == PROPTER_OK; i++) status = each_quad(now.data + r->fresh.items[i], comes, g, err);
  unmap(&now);
  return status;
}

/* Some 256 bits for each quad that may go, so that few are looked up in vain and the filter stays in the cache. */
static PropterStatus make_filter(Gone *g, PropterError *err) {
  uint64_t count = 0;
  for (size_t i = 0; i < g->quads.count; i++) count += g->quads.entries[i].value != 0;
  for (g->bits = 16; g->bits < 40 && UINT64_C(1) << g->bits < 256 * count;) g->bits++;
  if (!(g->filter = propter_calloc((size_t)1 << (g->bits - 3), 1))) return no_memory(err);
  for (size_t i = 0; i < g->quads.count; i++) {
    uint64_t hash = g->quads.entries[i].value, bit = hash >> (64 - g->bits);
    if (hash) g->filter[bit / 8] |= (unsigned char)(1u << bit % 8);
  }
  return PROPTER_OK;
}

static bool may_hold(const Gone *g, const char *hashes, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    uint64_t bit = hash_at(hashes, i) >> (64 - g->bits);
    if (g->filter[bit / 8] >> bit % 8 & 1) return true;
  }
  return false;
}

static PropterStatus keep_what_stays(Rows *r, Gone *g, PropterError *err) {
  const char *at;
  Record record;
  PROPTER_TRY(make_filter(g, err));
  for (size_t i = 0; i < r->old_count; i++) {
    if (!r->stays[i]) continue;
    PROPTER_TRY(old_record(r, i, &at, &record, err));
    if (may_hold(g, at + sizeof record, record.count)) PROPTER_TRY(each_quad(at, stays, g, err));
  }
  return PROPTER_OK;
}

static PropterStatus find_changes(Rows *r, Gone *g, PropterError *err) {
  PROPTER_TRY(take_gone(r, g, err));
  PROPTER_TRY(take_fresh(r, g, err));
  if (g->quads.count) PROPTER_TRY(keep_what_stays(r, g, err));
  for (size_t i = 0; i < g->quads.count; i++) {
    PropterQuad quad;
    memcpy(&quad, g->quads.entries[i].key.data, sizeof quad);
    if (g->quads.entries[i].value) PROPTER_TRY(g->change->gone(quad, g->change->payload, err));
  }
  return PROPTER_OK;
}

PropterStatus rows_finish(Rows *r, PropterStr run, const RowsChange *change, PropterError *err) {
  PROPTER_TRY(end_row(r, err));
  PROPTER_TRY(flush(r, err));
  propter_buf_add(&r->next_run, run);
  PROPTER_TRY(propter_buf_status(&r->next_run, err));
  if (!r->believed) return PROPTER_OK;
  Gone g = {.change = change};
  PropterStatus status = find_changes(r, &g, err);
  propter_map_clear(&g.quads);
  propter_free(g.filter);
  return status;
}

/* --- Into the place of the last ------------------------------------------------------------------------------------------------ */

static int write_part(int fd, XXH3_state_t *hash, const void *bytes, size_t size) {
  (void)XXH3_64bits_update(hash, bytes, size);
  return propter_io_write_all(fd, bytes, size);
}

/* Stretches are short where much has changed: some are written at once. */
static int write_stretches(Rows *r, int fd, XXH3_state_t *hash) {
  propter_buf_reset(&r->out);
  for (size_t i = 0; i <= r->stretches.count; i++) {
    if ((i == r->stretches.count || r->out.len >= BLOCK) && write_part(fd, hash, r->out.data, r->out.len)) return -1;
    if (i == r->stretches.count) break;
    const Stretch *s = &r->stretches.items[i];
    const Entry *from = s->old ? r->old : r->entries.items;
    if (r->out.len >= BLOCK) propter_buf_reset(&r->out);
    propter_buf_add(&r->out, (PropterStr){(const char *)(from + s->begin), s->count * sizeof *from});
    if (r->out.failed) return -1;
  }
  return 0;
}

static int write_entries(Rows *r, int fd, XXH3_state_t *hash) {
  Tail tail = {r->size, r->tail.dead, r->groups.count, (uint32_t)r->next_run.len, r->number, 0};
  (void)XXH3_64bits_reset(hash);
  int failed = write_part(fd, hash, r->head, HEAD) || write_stretches(r, fd, hash) ||
               write_part(fd, hash, r->groups.items, r->groups.count * sizeof *r->groups.items) || write_part(fd, hash, r->next_run.data, r->next_run.len) ||
               write_part(fd, hash, &tail, offsetof(Tail, hash));
  tail.hash = XXH3_64bits_digest(hash);
  return failed || propter_io_write_all(fd, &tail.hash, sizeof tail.hash);
}

/* Nothing is waited for: what a power failure takes from either file shows in the hashes. */
PropterStatus rows_commit(Rows *r, PropterError *err) {
  int closed = propter_io_close(r->fd);
  r->fd = -1;
  if (closed) return propter_io_fail(err, r->records[r->number], "write");
  int fd = propter_io_open(r->next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return propter_io_fail(err, r->next, "create");
  XXH3_state_t *hash = XXH3_createState();
  int failed = !hash || write_entries(r, fd, hash);
  failed |= propter_io_close(fd) != 0;
  if (hash) (void)XXH3_freeState(hash);
  if (failed || propter_io_rename(r->next, r->path) != 0) {
    PropterStatus status = propter_io_fail(err, r->next, "write");
    (void)propter_io_unlink(r->next);
    return status;
  }
  (void)propter_io_unlink(r->records[!r->number]);
  return PROPTER_OK;
}

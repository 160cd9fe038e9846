/* SPDX-License-Identifier: Apache-2.0 */
#include "memo.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>

#include "propter/io.h"

static const char magic[16] = "propter memo 1\n";

/* A record: this, and the value's bytes. Numbers as this machine has them, since another one does not take over the file. */
typedef struct {
  PropterHash128 key;
  uint64_t size, check; /* of the value */
} Record;

typedef struct {
  PropterHash128 key;
  PropterStr value;
  bool used, counted; /* to be kept; among those asked for, or made */
} Entry;

struct Memo {
  char *path;
  PropterHash128 maker;
  PropterBuf file;   /* as it was read; entries point into it */
  PropterArena made; /* values that came since */
  PROPTER_VEC(Entry) entries;
  PropterMap index; /* key → entry */
  size_t found, fresh;
  bool write, whole; /* may be written; the file is as it was read, so that records can follow */
  int fd;
  pthread_mutex_t lock;
  bool locking;
};

static PropterStr bytes_of(const void *data, size_t size) { return (PropterStr){data, size}; }

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for kept results"); }

static PropterStatus enter(Memo *m, PropterHash128 key, PropterStr value, bool used, PropterError *err) {
  bool added;
  uint64_t *at = propter_map_put(&m->index, bytes_of(&key, sizeof key), m->entries.count, &added);
  if (!at || (added && !propter_vec_push(&m->entries, ((Entry){key, value, used, used})))) return no_memory(err);
  Entry *entry = &m->entries.items[*at];
  if (!added) entry->value = value, entry->used |= used, entry->counted |= used;
  return PROPTER_OK;
}

static PropterStatus read_records(Memo *m, PropterError *err) {
  const size_t head = sizeof magic + sizeof m->maker;
  size_t at = head;
  if (m->file.len < head || memcmp(m->file.data, magic, sizeof magic) != 0 || memcmp(m->file.data + sizeof magic, &m->maker, sizeof m->maker) != 0)
    return PROPTER_OK;
  while (m->file.len - at >= sizeof(Record)) {
    Record r;
    memcpy(&r, m->file.data + at, sizeof r);
    if (r.size > m->file.len - at - sizeof r) break;
    PropterStr value = {m->file.data + at + sizeof r, (size_t)r.size};
    if (propter_hash64(value) != r.check) break;
    PROPTER_TRY(enter(m, r.key, value, false, err));
    at += sizeof r + value.len;
  }
  m->whole = at == m->file.len;
  return PROPTER_OK;
}

PropterStatus memo_open(const char *path, PropterHash128 maker, bool write, Memo **out, PropterError *err) {
  *out = NULL;
  Memo *m = propter_calloc(1, sizeof *m);
  if (!m) return no_memory(err);
  *m = (Memo){.maker = maker, .write = write, .fd = -1, .path = propter_strdup(propter_str(path))};
  PropterStatus status = m->path && pthread_mutex_init(&m->lock, NULL) == 0 ? PROPTER_OK : no_memory(err);
  m->locking = status == PROPTER_OK;
  if (!status && propter_io_read_file(path, 0, &m->file, NULL) == PROPTER_OK) status = read_records(m, err);
  if (status) {
    memo_close(m);
    return status;
  }
  *out = m;
  return PROPTER_OK;
}

void memo_close(Memo *m) {
  if (!m) return;
  if (m->fd >= 0) (void)propter_io_close(m->fd);
  if (m->locking) (void)pthread_mutex_destroy(&m->lock);
  propter_vec_clear(&m->entries);
  propter_map_clear(&m->index);
  propter_arena_clear(&m->made);
  propter_buf_clear(&m->file);
  propter_free(m->path);
  propter_free(m);
}

static bool look_up(Memo *m, PropterHash128 key, bool counts, PropterStr *value) {
  if (!m) return false;
  (void)pthread_mutex_lock(&m->lock);
  const uint64_t *at = propter_map_get(&m->index, bytes_of(&key, sizeof key));
  if (at) {
    Entry *entry = &m->entries.items[*at];
    m->found += counts && !entry->counted;
    entry->counted |= counts;
    entry->used = true;
    if (value) *value = entry->value;
  }
  (void)pthread_mutex_unlock(&m->lock);
  return at != NULL;
}

bool memo_get(Memo *m, PropterHash128 key, PropterStr *value) { return look_up(m, key, true, value); }

bool memo_touch(Memo *m, PropterHash128 key, PropterStr *value) { return look_up(m, key, false, value); }

static void add_head(const Memo *m, PropterBuf *out) {
  propter_buf_add(out, bytes_of(magic, sizeof magic));
  propter_buf_add(out, bytes_of(&m->maker, sizeof m->maker));
}

static void add_record(PropterBuf *out, PropterHash128 key, PropterStr value) {
  Record r = {key, value.len, propter_hash64(value)};
  propter_buf_add(out, bytes_of(&r, sizeof r));
  propter_buf_add(out, value);
}

/* All that is kept, or what this run used. Not to be able to write is no error: the file only saves time. */
static PropterStatus rewrite(Memo *m, bool others, PropterError *err) {
  PropterBuf out = {0};
  add_head(m, &out);
  for (size_t i = 0; i < m->entries.count; i++)
    if (others || m->entries.items[i].used) add_record(&out, m->entries.items[i].key, m->entries.items[i].value);
  PropterStatus status = out.failed == PROPTER_NO_MEMORY ? no_memory(err) : PROPTER_OK;
  if (out.failed || propter_io_write_file(m->path, propter_buf_str(&out), NULL) != PROPTER_OK) m->write = false;
  propter_buf_clear(&out);
  return status;
}

/* Behind what is there. */
static PropterStatus append(Memo *m, PropterHash128 key, PropterStr value, PropterError *err) {
  PropterBuf record = {0};
  if (!m->write) return PROPTER_OK;
  if (!m->whole) PROPTER_TRY(rewrite(m, true, err));
  m->whole = true;
  if (m->write && m->fd < 0) m->fd = propter_io_open(m->path, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
  add_record(&record, key, value);
  PropterStatus status = record.failed ? no_memory(err) : PROPTER_OK;
  if (!status && (m->fd < 0 || propter_io_write_all(m->fd, record.data, record.len) != 0)) m->write = false;
  propter_buf_clear(&record);
  return status;
}

PropterStatus memo_put(Memo *m, PropterHash128 key, PropterStr value, PropterError *err) {
  if (!m) return PROPTER_OK;
  (void)pthread_mutex_lock(&m->lock);
  PropterStr copy = propter_arena_copy(&m->made, value);
  PropterStatus status = copy.data ? append(m, key, copy, err) : no_memory(err);
  const size_t before = m->entries.count;
  if (!status) status = enter(m, key, copy, true, err);
  m->fresh += m->entries.count - before;
  (void)pthread_mutex_unlock(&m->lock);
  return status;
}

static int by_key(const void *a, const void *b) {
  const PropterHash128 *x = &((const Entry *)a)->key, *y = &((const Entry *)b)->key;
  if (x->high != y->high) return x->high < y->high ? -1 : 1;
  return x->low < y->low ? -1 : x->low > y->low;
}

PropterStatus memo_settle(Memo *m, bool others, PropterError *err) {
  size_t dropped = 0;
  for (size_t i = 0; m && i < m->entries.count; i++) dropped += !others && !m->entries.items[i].used;
  if (!m || !m->write || (!m->fresh && !dropped && m->whole)) return PROPTER_OK;
  qsort(m->entries.items, m->entries.count, sizeof *m->entries.items, by_key); /* the index is not asked any more */
  propter_map_clear(&m->index);
  return rewrite(m, others, err);
}

void memo_counts(const Memo *m, size_t *found, size_t *made) {
  *found = m ? m->found : 0;
  *made = m ? m->fresh : 0;
}

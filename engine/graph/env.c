/* SPDX-License-Identifier: Apache-2.0 */
#include "env.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "delta.h"
#include "dict.h"
#include "guard.h"
#include "propter/hash.h"
#include "propter/io.h"
#include "snapshot.h"

enum { MAX_READERS = 1022, WAIT_SECONDS = 10, SMALL_HEADROOM = 64 << 20, LOCK_BYTES = 96 << 10, MAPS = 16 };
#define HEADROOM (UINT64_C(64) << 30) /* addresses, not memory: more than one commit needs */

const char *const env_next[ENV_NUMBERED] = {"next", "next-text"};
const char *const env_names[ENV_DATABASES] = {"spog", "psog", "posg", "ospg", "gspo",
                                              "delta-spog", "delta-psog", "delta-posg", "delta-ospg", "delta-gspo", "terms", "texts", "hashes", "meta"};

/* The one piece of process-wide state: LMDB allows one environment per file and process. */
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static Env *table;

/* LMDB says EIO of a write that was cut short, as the last one on a disk that becomes full is. */
static bool disk_is_full(const char *dir) {
  struct statvfs disk;
  return statvfs(dir, &disk) == 0 && disk.f_bavail < 16;
}

PropterStatus env_fail(const Env *env, int code, const char *what, PropterError *err) {
  propter_error_at(err, env->dir, 0, 0);
  if (code == EIO && disk_is_full(env->dir)) code = ENOSPC;
  switch (code) {
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_BAD_TXN: return propter_fail(err, PROPTER_DAMAGED, "%s: %s", what, mdb_strerror(code));
    case MDB_VERSION_MISMATCH: return propter_fail(err, PROPTER_INVALID, "%s: %s", what, mdb_strerror(code));
    case MDB_MAP_FULL:
      return propter_fail(err, PROPTER_LIMIT, "%s: the graph has reached its limit of %llu bytes", what, (unsigned long long)env->limits.graph_bytes);
    case MDB_READERS_FULL: return propter_fail(err, PROPTER_LIMIT, "%s: more than %d readers", what, MAX_READERS);
    case MDB_PANIC: return propter_fail(err, PROPTER_IO, "%s: an earlier write failed; close the graph and open it again", what);
    case ENOMEM: return propter_fail(err, PROPTER_NO_MEMORY, "%s: out of memory", what);
    case ENOENT: return propter_fail(err, PROPTER_NOT_FOUND, "%s: %s", what, mdb_strerror(code));
    default: return propter_fail(err, PROPTER_IO, "%s: %s", what, mdb_strerror(code));
  }
}

/* A number of the meta table as it is stored: with a checksum over name and value. */
typedef struct {
  uint64_t value, sum;
} Stored;

static uint64_t meta_sum(PropterStr name, uint64_t value) {
  return propter_hash64(name) * 3 + propter_hash64((PropterStr){(const char *)&value, sizeof value});
}

PropterStatus env_meta_open(PropterStr name, PropterStr stored, uint64_t *value, PropterError *err) {
  Stored s;
  /* Before format 2 there was no checksum: the format's number must stay readable. */
  if (stored.len == sizeof *value && propter_str_equal(name, PROPTER_STR("format"))) {
    memcpy(value, stored.data, sizeof *value);
    return PROPTER_OK;
  }
  if (stored.len != sizeof s) return propter_fail(err, PROPTER_DAMAGED, "meta record %.*s has %zu bytes", (int)name.len, name.data, stored.len);
  memcpy(&s, stored.data, sizeof s);
  *value = s.value;
  return s.sum == meta_sum(name, s.value) ? PROPTER_OK : propter_fail(err, PROPTER_DAMAGED, "meta record %.*s fails its checksum", (int)name.len, name.data);
}

PropterStatus env_meta(const Env *env, MDB_txn *txn, const char *name, uint64_t *value, PropterError *err) {
  MDB_val key = {strlen(name), (void *)(uintptr_t)name}, data;
  *value = 0;
  int rc = mdb_get(txn, env->db[ENV_META], &key, &data);
  if (rc == MDB_NOTFOUND) return PROPTER_OK;
  if (rc) return env_fail(env, rc, "read", err);
  return env_meta_open(propter_str(name), (PropterStr){data.mv_data, data.mv_size}, value, err);
}

PropterStatus env_set_meta(const Env *env, MDB_txn *txn, const char *name, uint64_t value, PropterError *err) {
  Stored s = {value, meta_sum(propter_str(name), value)};
  MDB_val key = {strlen(name), (void *)(uintptr_t)name}, data = {sizeof s, &s};
  int rc = mdb_put(txn, env->db[ENV_META], &key, &data, 0);
  /* MAP_FULL must reach the writer as itself: it grows the map and starts again. */
  return rc == 0 ? PROPTER_OK : rc == MDB_MAP_FULL ? PROPTER_LIMIT : env_fail(env, rc, "write", err);
}

static PropterStatus open_table(Env *env, MDB_txn *txn, unsigned number, bool create, PropterError *err) {
  int rc = mdb_dbi_open(txn, env_names[number], create ? MDB_CREATE : 0, &env->db[number]);
  if (rc == MDB_NOTFOUND) return propter_fail(err, PROPTER_DAMAGED, "table %s is missing", env_names[number]);
  return rc ? env_fail(env, rc, "open", err) : PROPTER_OK;
}

static PropterStatus first_meta(const Env *env, MDB_txn *txn, PropterError *err) {
  PROPTER_TRY(env_set_meta(env, txn, "format", ENV_FORMAT, err));
  for (unsigned i = 0; i < ENV_NUMBERED; i++) PROPTER_TRY(env_set_meta(env, txn, env_next[i], 1, err));
  return PROPTER_OK;
}

PropterStatus env_known_format(uint64_t format, PropterError *err) {
  if (format == ENV_FORMAT) return PROPTER_OK;
  return propter_fail(err, PROPTER_INVALID, "the graph has format %llu, this program reads format %d", (unsigned long long)format, ENV_FORMAT);
}

static PropterStatus known_format(const Env *env, MDB_txn *txn, PropterError *err) {
  uint64_t format;
  PROPTER_TRY(env_meta(env, txn, "format", &format, err));
  return env_known_format(format, err);
}

/* What the meta table says of the format comes first: another has other tables. */
static PropterStatus open_databases(Env *env, bool create, PropterError *err) {
  MDB_txn *txn = NULL;
  int rc = mdb_txn_begin(env->lmdb, NULL, create ? 0 : MDB_RDONLY, &txn);
  if (rc) return env_fail(env, rc, "open", err);
  PropterStatus status = open_table(env, txn, ENV_META, create, err);
  if (status == PROPTER_OK) status = create ? first_meta(env, txn, err) : known_format(env, txn, err);
  for (unsigned i = 0; i < ENV_META && status == PROPTER_OK; i++) status = open_table(env, txn, i, create, err);
  if (status != PROPTER_OK) {
    mdb_txn_abort(txn);
    return status;
  }
  rc = mdb_txn_commit(txn);
  return rc ? env_fail(env, rc, "open", err) : PROPTER_OK;
}

/* The map is larger than the file by this much, so that it need not move in the middle of a commit. */
static uint64_t headroom(const Env *env) {
  uint64_t sixteenth = env->limits.graph_bytes / 16;
  return sixteenth < env->headroom ? sixteenth : env->headroom;
}

static uint64_t map_size(const Env *env, uint64_t used) {
  uint64_t want = used + used / 2 + headroom(env);
  return want < env->limits.graph_bytes ? want : env->limits.graph_bytes;
}

/* LMDB maps lock.mdb and writes to it: with the disk full, a hole in it would end in SIGBUS. */
static PropterStatus reserve_locks(const Env *env, PropterError *err) {
  char path[GUARD_PATH];
  PROPTER_TRY(guard_path(env->dir, "lock.mdb", path, err));
  int fd = propter_io_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return propter_io_fail(err, path, "open");
  int rc = posix_fallocate(fd, 0, LOCK_BYTES);
  (void)propter_io_close(fd);
  errno = rc;
  return rc == ENOSPC || rc == EDQUOT || rc == EFBIG ? propter_io_fail(err, path, "make room for") : PROPTER_OK;
}

/* The maps of this process, for a signal handler. */
static struct {
  _Atomic uintptr_t from, to;
} maps[MAPS];
static atomic_bool asserted;

static void on_assertion(MDB_env *lmdb, const char *text) {
  (void)lmdb, (void)text;
  atomic_store(&asserted, true);
}

/* LMDB does not tell where its map is; the kernel does. */
static void note_map(Env *env) {
  char path[GUARD_PATH], line[512];
  struct stat st;
  if (guard_path(env->dir, "data.mdb", path, NULL) != PROPTER_OK || stat(path, &st) < 0) return;
  if (!env->map_slot)
    for (unsigned i = 0; i < MAPS && !env->map_slot; i++)
      if (!atomic_load(&maps[i].to)) env->map_slot = i + 1;
  FILE *f = env->map_slot ? fopen("/proc/self/maps", "re") : NULL;
  if (!f) return;
  while (fgets(line, sizeof line, f)) {
    unsigned long from, to, inode;
    if (sscanf(line, "%lx-%lx %*s %*s %*s %lu", &from, &to, &inode) != 3 || inode != st.st_ino) continue;
    atomic_store(&maps[env->map_slot - 1].from, from);
    atomic_store(&maps[env->map_slot - 1].to, to);
  }
  (void)fclose(f);
}

bool propter_graph_faulted(const void *address) {
  uintptr_t at = (uintptr_t)address;
  for (unsigned i = 0; i < MAPS && at; i++)
    if (at >= atomic_load(&maps[i].from) && at < atomic_load(&maps[i].to)) return true;
  return atomic_load(&asserted);
}

static int open_lmdb(Env *env, uint64_t used) {
  int rc = mdb_env_create(&env->lmdb);
  if (rc) return rc;
  (void)mdb_env_set_maxdbs(env->lmdb, ENV_DATABASES);
  (void)mdb_env_set_maxreaders(env->lmdb, MAX_READERS);
  (void)mdb_env_set_mapsize(env->lmdb, (size_t)map_size(env, used));
  (void)mdb_env_set_assert(env->lmdb, on_assertion);
  bool read_only = guard_read_only(env->dir);
  env->unlisted = read_only && !guard_listed(env->dir);
  return mdb_env_open(env->lmdb, env->dir, MDB_NOTLS | (read_only ? MDB_RDONLY : 0u) | (env->unlisted ? MDB_NOLOCK : 0u), 0666);
}

static PropterStatus start_lmdb(Env *env, bool fresh, PropterError *err) {
  char path[GUARD_PATH];
  struct stat st = {0};
  PROPTER_TRY(guard_path(env->dir, "data.mdb", path, err));
  (void)stat(path, &st);
  if (!guard_read_only(env->dir) || guard_listed(env->dir)) PROPTER_TRY(reserve_locks(env, err));
  int rc = open_lmdb(env, (uint64_t)st.st_size);
  /* Addresses are limited (ulimit -v): make do with less. */
  for (; rc == ENOMEM && env->headroom > SMALL_HEADROOM; rc = open_lmdb(env, (uint64_t)st.st_size)) {
    mdb_env_close(env->lmdb);
    env->lmdb = NULL;
    env->headroom = env->headroom / 16 > SMALL_HEADROOM ? env->headroom / 16 : SMALL_HEADROOM;
  }
  if (rc) return env_fail(env, rc, "open", err);
  note_map(env);
  return open_databases(env, fresh, err);
}

static PropterStatus start(Env *env, bool create, PropterError *err) {
  int lock;
  PROPTER_TRY(guard_admit(env->dir, create, &lock, err));
  PropterStatus status = start_lmdb(env, lock >= 0, err);
  if (lock >= 0) guard_made(env->dir, lock, status == PROPTER_OK);
  return status;
}

static void destroy(Env *env) {
  statistics_release(env, env->statistics);
  if (env->map_slot) atomic_store(&maps[env->map_slot - 1].to, 0);
  if (env->lmdb) mdb_env_close(env->lmdb);
  (void)pthread_mutex_destroy(&env->lock);
  (void)pthread_cond_destroy(&env->idle);
  propter_vec_clear(&env->readers);
  dict_cache_free(env->cache);
  propter_free(env->dir);
  propter_free(env);
}

PropterStatus env_open(const char *dir, unsigned flags, const PropterLimits *limits, Env **out, PropterError *err) {
  bool create = flags & PROPTER_GRAPH_CREATE;
  struct stat st;
  if (create && mkdir(dir, 0777) < 0 && errno != EEXIST) return propter_io_fail(err, dir, "create");
  if (stat(dir, &st) < 0) return errno == ENOENT ? guard_absent(dir, err) : propter_io_fail(err, dir, "open");
  if (!S_ISDIR(st.st_mode)) return propter_error_at(err, dir, 0, 0), propter_fail(err, PROPTER_INVALID, "expected a graph directory, found a file");
  (void)pthread_mutex_lock(&table_lock);
  PropterStatus status = PROPTER_OK;
  Env *env = table;
  while (env && (env->device != st.st_dev || env->inode != st.st_ino)) env = env->next;
  if (env) {
    env->opens++;
  } else {
    env = propter_calloc(1, sizeof *env);
    if (env) env->dir = propter_strdup(propter_str(dir)), env->cache = dict_cache_new();
    if (!env || !env->dir || !env->cache) {
      if (env) dict_cache_free(env->cache), propter_free(env->dir);
      propter_free(env);
      status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    } else {
      env->device = st.st_dev;
      env->inode = st.st_ino;
      env->opens = 1;
      env->limits = limits ? *limits : propter_limits_default();
      env->headroom = HEADROOM;
      env->delta_share = DELTA_SHARE;
      env->writer_fd = -1;
      (void)pthread_mutex_init(&env->lock, NULL);
      (void)pthread_cond_init(&env->idle, NULL);
      status = start(env, create, err);
      if (status == PROPTER_OK) {
        env->next = table;
        table = env;
      } else {
        destroy(env);
      }
    }
  }
  (void)pthread_mutex_unlock(&table_lock);
  if (status == PROPTER_OK) *out = env;
  return status;
}

void env_close(Env *env) {
  (void)pthread_mutex_lock(&table_lock);
  if (--env->opens == 0) {
    Env **at = &table;
    while (*at != env) at = &(*at)->next;
    *at = env->next;
    destroy(env);
  }
  (void)pthread_mutex_unlock(&table_lock);
}

/* Waits until no one grows the map, or until this process has no reader; false: too long. */
static bool wait_until(Env *env, bool for_growing) {
  struct timespec end;
  (void)clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += WAIT_SECONDS;
  while (for_growing ? env->growing : env->readers.count > 0)
    if (pthread_cond_timedwait(&env->idle, &env->lock, &end) == ETIMEDOUT) return !(for_growing ? env->growing : env->readers.count > 0);
  return true;
}

/* A reader of this thread cannot end while the thread waits. */
static bool reads_itself(const Env *env) {
  for (size_t i = 0; i < env->readers.count; i++)
    if (pthread_equal(env->readers.items[i].thread, pthread_self())) return true;
  return false;
}

/* Moves the map, for which this process must have no transaction. EBUSY: it has. */
static int resize(Env *env, uint64_t size, bool wait) {
  if (wait && env->readers.count && !reads_itself(env)) {
    env->growing = true;
    (void)wait_until(env, false);
    env->growing = false;
    (void)pthread_cond_broadcast(&env->idle);
  }
  int rc = env->readers.count || env->writing ? EBUSY : mdb_env_set_mapsize(env->lmdb, (size_t)size);
  if (rc == 0) note_map(env);
  return rc;
}

static uint64_t used_bytes(const Env *env, uint64_t *map) {
  MDB_envinfo info;
  MDB_stat stats;
  (void)mdb_env_info(env->lmdb, &info);
  (void)mdb_env_stat(env->lmdb, &stats);
  *map = info.me_mapsize;
  return ((uint64_t)info.me_last_pgno + 1) * stats.ms_psize;
}

bool env_roomy(const Env *env) {
  uint64_t map, used = used_bytes(env, &map);
  return map >= env->limits.graph_bytes || map - used >= HEADROOM / 2;
}

/* Makes room ahead of need while nobody reads. Failing does not matter yet. */
static void grow_early(Env *env) {
  uint64_t map, used = used_bytes(env, &map);
  if (!env->readers.count && !env->writing && map < env->limits.graph_bytes && map < used + used / 4 + headroom(env) / 2)
    (void)resize(env, map_size(env, used), false);
}

PropterStatus env_read(Env *env, MDB_txn **txn, PropterError *err) {
  (void)pthread_mutex_lock(&env->lock);
  int rc = wait_until(env, true) ? 0 : EBUSY;
  if (rc == 0 && !propter_vec_reserve(&env->readers, env->readers.count + 1)) rc = ENOMEM;
  if (rc == 0) {
    grow_early(env);
    rc = mdb_txn_begin(env->lmdb, NULL, MDB_RDONLY, txn);
    /* Another process grew the file beyond this one's map. */
    if (rc == MDB_MAP_RESIZED && (rc = resize(env, 0, true)) == 0) rc = mdb_txn_begin(env->lmdb, NULL, MDB_RDONLY, txn);
  }
  if (rc == 0) env->readers.items[env->readers.count++] = (Reader){*txn, pthread_self()};
  (void)pthread_mutex_unlock(&env->lock);
  if (rc == EBUSY)
    return propter_error_at(err, env->dir, 0, 0),
           propter_fail(err, PROPTER_LIMIT, "the graph has grown; older readers of this process must end before new ones can begin");
  return rc ? env_fail(env, rc, "read", err) : PROPTER_OK;
}

void env_read_end(Env *env, MDB_txn *txn) {
  mdb_txn_abort(txn);
  (void)pthread_mutex_lock(&env->lock);
  size_t i = 0;
  while (env->readers.items[i].txn != txn) i++;
  env->readers.items[i] = env->readers.items[--env->readers.count];
  if (env->readers.count == 0) (void)pthread_cond_broadcast(&env->idle);
  (void)pthread_mutex_unlock(&env->lock);
}

PropterStatus env_unmoved(const Env *env, MDB_txn *txn, PropterStatus status, PropterError *err) {
  MDB_envinfo info;
  if (!env->unlisted || (mdb_env_info(env->lmdb, &info) == 0 && info.me_last_txnid == mdb_txn_id(txn))) return status;
  propter_error_clear(err);
  propter_error_at(err, env->dir, 0, 0);
  return propter_fail(err, PROPTER_IO, "the graph was written to while it was read, which without permission to write lock.mdb nothing prevents; try again");
}

int env_write(Env *env, MDB_txn **txn) {
  (void)pthread_mutex_lock(&env->lock);
  int rc = mdb_txn_begin(env->lmdb, NULL, 0, txn);
  env->writing = rc == 0;
  (void)pthread_mutex_unlock(&env->lock);
  return rc;
}

static void end_write(Env *env) {
  (void)pthread_mutex_lock(&env->lock);
  env->writing = false;
  (void)pthread_mutex_unlock(&env->lock);
}

void env_write_abort(Env *env, MDB_txn *txn) {
  mdb_txn_abort(txn);
  end_write(env);
}

PropterStatus env_grow(Env *env, uint64_t more, PropterError *err) {
  (void)pthread_mutex_lock(&env->lock);
  uint64_t now, used = used_bytes(env, &now), want = (used > now ? used : now) + now / 2 + more;
  if (want > env->limits.graph_bytes) want = env->limits.graph_bytes;
  int rc = want <= now ? MDB_MAP_FULL : resize(env, want, true);
  bool own = reads_itself(env);
  (void)pthread_mutex_unlock(&env->lock);
  if (rc == EBUSY && own)
    return propter_fail(err, PROPTER_LIMIT, "the graph must grow for this commit, which it cannot while the same thread holds a snapshot");
  if (rc == EBUSY) return propter_fail(err, PROPTER_LIMIT, "the graph must grow, but a reader of this process has not ended for %d seconds", WAIT_SECONDS);
  return rc ? env_fail(env, rc, "grow", err) : PROPTER_OK;
}

PropterStatus env_lock_writer(Env *env, bool wait, PropterError *err) {
  int lock;
  PROPTER_TRY(guard_writer_begin(env->dir, wait, &lock, err));
  env->writer_fd = lock;
  int dead = 0;
  (void)mdb_reader_check(env->lmdb, &dead); /* readers that were killed would hold their pages for ever */
  return PROPTER_OK;
}

bool env_shared(const char *dir) {
  struct stat st;
  if (stat(dir, &st) < 0) return false;
  bool shared = false;
  (void)pthread_mutex_lock(&table_lock);
  for (const Env *env = table; env; env = env->next) shared |= env->device == st.st_dev && env->inode == st.st_ino && env->opens > 1;
  (void)pthread_mutex_unlock(&table_lock);
  return shared;
}

void env_unlock_writer(Env *env) {
  int fd = env->writer_fd;
  env->writer_fd = -1;
  guard_writer_end(env->dir, fd, !env->doubtful);
}

/* LMDB has no setting for it. But before a put it makes room for as much as the put says that it brings, and writes pages out if there is none among the
 * DIRTY_MOST that it keeps; a put to the record of a table among the tables is refused (MDB_INCOMPATIBLE) after that, from version 0.9.16 on. */
int env_relieve(const Env *env, MDB_txn *txn) {
  enum { DIRTY_MOST = (1 << 17) - 1, DIRTY = 1 << 14, REFUSES = 9 * 1000 + 16 };
  int major, minor, patch;
  MDB_stat stats;
  MDB_dbi tables;
  MDB_cursor *cursor;
  MDB_val key = {strlen(env_names[ENV_META]), (void *)(uintptr_t)env_names[ENV_META]}, data;
  (void)mdb_version(&major, &minor, &patch);
  if ((major * 1000 + minor) * 1000 + patch < REFUSES) return 0;
  int rc = mdb_env_stat(env->lmdb, &stats);
  if (rc == 0) rc = mdb_dbi_open(txn, NULL, 0, &tables);
  if (rc == 0) rc = mdb_cursor_open(txn, tables, &cursor);
  if (rc) return rc;
  rc = mdb_cursor_get(cursor, &key, &data, MDB_SET);
  data.mv_size = (DIRTY_MOST - DIRTY) / 2 * (size_t)stats.ms_psize; /* it counts double */
  if (rc == 0) rc = mdb_cursor_put(cursor, &key, &data, MDB_CURRENT);
  mdb_cursor_close(cursor);
  return rc == MDB_INCOMPATIBLE ? 0 : rc;
}

int env_commit(Env *env, MDB_txn *txn) {
  int rc = mdb_txn_commit(txn);
  end_write(env);
  if (rc == 0) guard_mark(env->dir);
  /* A meta page that could not be written or synced: LMDB stops, and the next open verifies. */
  MDB_txn *probe = NULL;
  if (rc && mdb_txn_begin(env->lmdb, NULL, MDB_RDONLY, &probe) == MDB_PANIC) env->doubtful = true;
  if (probe) mdb_txn_abort(probe);
  return rc;
}

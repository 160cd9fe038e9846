/* SPDX-License-Identifier: Apache-2.0 */
/* The LMDB environment of a graph directory, shared by all opens of it in this process, and the rules of its map. */
#ifndef GRAPH_ENV_H
#define GRAPH_ENV_H

#include <lmdb.h>
#include <pthread.h>
#include <sys/types.h>

#include "propter/graph.h"

enum { ENV_DELTA = PROPTER_ORDER_COUNT, ENV_TERMS = 2 * PROPTER_ORDER_COUNT, ENV_TEXTS, ENV_HASHES, ENV_META, ENV_DATABASES };
enum { ENV_FORMAT = 6 };
extern const char *const env_names[ENV_DATABASES];
/* The meta records with the next numbers of ENV_TERMS and ENV_TEXTS. */
enum { ENV_NUMBERED = 2 };
extern const char *const env_next[ENV_NUMBERED];

typedef struct {
  MDB_txn *txn;
  pthread_t thread; /* that began it */
} Reader;

typedef struct DictCache DictCache;   /* dict.h */
typedef struct Statistics Statistics; /* stats.c */

typedef struct Env {
  struct Env *next;
  dev_t device;
  ino_t inode;
  unsigned opens;
  char *dir;
  MDB_env *lmdb;
  MDB_dbi db[ENV_DATABASES]; /* one per order, as many for the delta, terms and texts (first number → records), hashes (rows of hash and id), meta */
  PropterLimits limits;
  uint64_t delta_share; /* delta.h: of so many quads one may wait beside the permutations */
  DictCache *cache;
  Statistics *statistics; /* of the newest version that was asked for; guarded by `lock` */
  pthread_mutex_t lock; /* guards readers and growing */
  pthread_cond_t idle;
  PROPTER_VEC(Reader) readers; /* read transactions of this process: the map may not move under them */
  bool writing;                /* nor under its write transaction */
  uint64_t headroom;
  unsigned map_slot; /* 1 + the place of this map among those a signal handler may ask for; 0: none */
  bool growing;
  int writer_fd; /* the write lock's descriptor while this process writes, else -1 */
  bool doubtful; /* a write failed so that the file may not be marked as sound */
  bool unlisted; /* readers are not on LMDB's list: see env_unmoved */
} Env;

PropterStatus env_open(const char *dir, unsigned flags, const PropterLimits *limits, Env **out, PropterError *err);
void env_close(Env *env);

/* A read transaction; env_read_end ends it. */
PropterStatus env_read(Env *env, MDB_txn **txn, PropterError *err);
void env_read_end(Env *env, MDB_txn *txn);

/* What came of a read. A writer of another process does not know of readers that are not on LMDB's list. It writes over what they read only after a further
 * commit, so what was read, or seemed damaged, is good if none has come since the transaction began: then `status`, else IO: try again. */
PropterStatus env_unmoved(const Env *env, MDB_txn *txn, PropterStatus status, PropterError *err);

/* Write transactions, with the write lock held: LMDB's codes. env_commit or env_write_abort ends them. */
int env_write(Env *env, MDB_txn **txn);
void env_write_abort(Env *env, MDB_txn *txn);

/* Makes room for about `more` further bytes. Waits some seconds for this process's other readers, not for those of this thread; then gives LIMIT. */
PropterStatus env_grow(Env *env, uint64_t more, PropterError *err);

/* Is there room in the map for any commit that the limits allow, or nearly? Not where addresses are limited. */
bool env_roomy(const Env *env);

/* Has LMDB write out what a write transaction has changed when that is more than 64 MiB; by itself it does so at 512 MiB. An LMDB code. */
int env_relieve(const Env *env, MDB_txn *txn);

/* The write lock of the graph, over all processes. */
PropterStatus env_lock_writer(Env *env, bool wait, PropterError *err);
void env_unlock_writer(Env *env);
/* Has this process opened the graph more than once? */
bool env_shared(const char *dir);
/* mdb_txn_commit, then the mark of the file. */
int env_commit(Env *env, MDB_txn *txn);

/* An LMDB code as a status: corrupted pages are DAMAGED, a full disk or I/O error IO. */
PropterStatus env_fail(const Env *env, int code, const char *what, PropterError *err);

/* A number of the meta table: "format", "version" (commits), env_next, "quads", "delta". *value 0 if absent. */
PropterStatus env_meta(const Env *env, MDB_txn *txn, const char *name, uint64_t *value, PropterError *err);
/* The same from a stored record; checks it. */
PropterStatus env_meta_open(PropterStr name, PropterStr stored, uint64_t *value, PropterError *err);
/* INVALID: not that of this program. */
PropterStatus env_known_format(uint64_t format, PropterError *err);
PropterStatus env_set_meta(const Env *env, MDB_txn *txn, const char *name, uint64_t value, PropterError *err);

#endif

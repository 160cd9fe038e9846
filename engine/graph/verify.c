/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a graph file from end to end without LMDB, in a child: an input error of a mapped file is a signal. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "delta.h"
#include "dict.h"
#include "guard.h"
#include "pages.h"
#include "propter/hash.h"
#include "propter/io.h"
#include "snapshot.h"

/* The walk visits each page once; these only end what a failing disk makes endless. */
enum { CPU_SECONDS = 3600, WALL_SECONDS = 4 * 3600, EXTRA_BYTES = 256 << 20 };

/* What tables must agree on, independent of their order. */
typedef struct {
  uint64_t count, sum;
} Digest;

typedef struct {
  Digest orders[ENV_TERMS], terms, hashes; /* permutations, then their deltas */
  uint64_t records[ENV_NUMBERED], next[ENV_NUMBERED];
  unsigned table; /* of the two that the records come from */
  Row before[ENV_TERMS], index_before;
  PROPTER_VEC(Row) delta; /* in SPOG */
  size_t compared;        /* of it */
  uint64_t format, quads, waiting, gone; /* gone: quads of the permutations that the delta has, too */
} Findings;

static void add_pair(Digest *digest, uint64_t hash, PropterId id) {
  uint64_t pair[2] = {hash, id};
  digest->count++;
  digest->sum += propter_hash64((PropterStr){(const char *)pair, sizeof pair});
}

/* Notes a row of the delta, and later which of the noted rows SPOG has, too: pages_walk visits the tables of the delta before those of the permutations. */
static PropterStatus see_delta(Findings *f, unsigned table, const Row *row, PropterError *err) {
  if (table == ENV_DELTA + PROPTER_SPOG) {
    if (f->delta.count == 2 * (size_t)DELTA_MOST) return propter_fail(err, PROPTER_DAMAGED, "the delta has more than %zu quads", f->delta.count);
    if (!propter_vec_push(&f->delta, *row)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the delta");
  } else if (table == PROPTER_SPOG) {
    while (f->compared < f->delta.count && row_compare(&f->delta.items[f->compared], row, 4) < 0) f->compared++;
    f->gone += f->compared < f->delta.count && row_compare(&f->delta.items[f->compared], row, 4) == 0;
  }
  return PROPTER_OK;
}

static PropterStatus see_block(Findings *f, unsigned table, PropterStr key, PropterStr value, PropterError *err) {
  Block block;
  PROPTER_TRY(block_open((MDB_val){key.len, (void *)(uintptr_t)key.data}, (MDB_val){value.len, (void *)(uintptr_t)value.data}, &block, err));
  Digest *digest = &f->orders[table];
  for (size_t i = 0; i < block.count; i++) {
    Row row = block_row(&block, i);
    if (digest->count && row_compare(&f->before[table], &row, 4) >= 0) return propter_fail(err, PROPTER_DAMAGED, "rows of a permutation are out of order");
    f->before[table] = row;
    PROPTER_TRY(see_delta(f, table, &row, err));
    PropterQuad quad = row_quad((PropterOrder)(table % PROPTER_ORDER_COUNT), row);
    digest->count++;
    digest->sum += propter_hash64((PropterStr){(const char *)&quad, sizeof quad});
  }
  return PROPTER_OK;
}

static PropterStatus see_record(void *payload, uint64_t number, PropterStr record, PropterError *err) {
  Findings *f = payload;
  unsigned tag = (unsigned char)record.data[0];
  if (dict_table(tag) != f->table) return propter_fail(err, PROPTER_DAMAGED, "a term of kind %u in table %s", tag, env_names[f->table]);
  f->records[f->table - ENV_TERMS]++;
  add_pair(&f->terms, dict_index(propter_hash64(record)), id_make(tag, number));
  return PROPTER_OK;
}

static PropterStatus see_index(Findings *f, PropterStr key, PropterStr value, PropterError *err) {
  Block block;
  PROPTER_TRY(block_open((MDB_val){key.len, (void *)(uintptr_t)key.data}, (MDB_val){value.len, (void *)(uintptr_t)value.data}, &block, err));
  for (size_t i = 0; i < block.count; i++) {
    Row row = block_row(&block, i);
    if (f->hashes.count && row_compare(&f->index_before, &row, 4) >= 0)
      return propter_fail(err, PROPTER_DAMAGED, "rows of the index of terms are out of order");
    f->index_before = row;
    add_pair(&f->hashes, row.c[0], row.c[1]);
  }
  return PROPTER_OK;
}

static PropterStatus see_meta(Findings *f, PropterStr key, PropterStr value, PropterError *err) {
  uint64_t v, ignored = 0, *to = propter_str_equal(key, PROPTER_STR("format"))         ? &f->format
                             : propter_str_equal(key, propter_str(env_next[0])) ? &f->next[0]
                             : propter_str_equal(key, propter_str(env_next[1])) ? &f->next[1]
                             : propter_str_equal(key, PROPTER_STR("quads"))     ? &f->quads
                             : propter_str_equal(key, PROPTER_STR("delta"))     ? &f->waiting
                                                                                : &ignored;
  PROPTER_TRY(env_meta_open(key, value, &v, err));
  *to = v;
  return to == &f->format ? env_known_format(v, err) : PROPTER_OK;
}

static PropterStatus see(void *payload, unsigned table, PropterStr key, PropterStr value, PropterError *err) {
  Findings *f = payload;
  switch (table) {
    case ENV_TERMS:
    case ENV_TEXTS: f->table = table; return dict_walk(key, value, f->records[table - ENV_TERMS] + 1, see_record, f, err);
    case ENV_HASHES: return see_index(f, key, value, err);
    case ENV_META: return see_meta(f, key, value, err);
    default: return see_block(f, table, key, value, err);
  }
}

/* Do five tables hold the same quads, so many? */
static PropterStatus judge_orders(const Findings *f, unsigned tables, uint64_t expected, PropterError *err) {
  for (unsigned table = tables; table < tables + PROPTER_ORDER_COUNT; table++)
    if (f->orders[table].count != expected || f->orders[table].sum != f->orders[tables].sum)
      return propter_fail(err, PROPTER_DAMAGED, "table %s holds %llu quads, expected %llu", env_names[table], (unsigned long long)f->orders[table].count,
                          (unsigned long long)expected);
  return PROPTER_OK;
}

static PropterStatus judge(const Findings *f, PropterError *err) {
  PROPTER_TRY(env_known_format(f->format, err));
  PROPTER_TRY(judge_orders(f, 0, f->quads + 2 * f->gone - f->waiting, err));
  PROPTER_TRY(judge_orders(f, ENV_DELTA, f->waiting, err));
  for (unsigned i = 0; i < ENV_NUMBERED; i++)
    if (f->records[i] + 1 != f->next[i])
      return propter_fail(err, PROPTER_DAMAGED, "%llu %s, expected %llu", (unsigned long long)f->records[i], env_names[ENV_TERMS + i],
                          (unsigned long long)f->next[i] - 1);
  if (f->terms.count != f->hashes.count || f->terms.sum != f->hashes.sum)
    return propter_fail(err, PROPTER_DAMAGED, "the index of the terms does not agree with the terms");
  return PROPTER_OK;
}

/* The mark may be older than the file (a writer died), never newer, and of the same commit only with the same meta page. */
static PropterStatus against_mark(int fd, const struct stat *st, const Mark *mark, PropterError *err) {
  PagesMeta meta;
  PropterStatus status = pages_meta(fd, (uint64_t)st->st_size, &meta, err);
  if (status == PROPTER_NOT_FOUND)
    return mark->txn ? propter_fail(err, PROPTER_DAMAGED, "the file is empty, but it held commit %llu", (unsigned long long)mark->txn) : status;
  PROPTER_TRY(status);
  if (mark->inode != (uint64_t)st->st_ino) return PROPTER_OK; /* a copy, or compacted: another file that counts anew */
  if (meta.txn < mark->txn)
    return propter_fail(err, PROPTER_DAMAGED, "the file holds commit %llu, but commit %llu was made", (unsigned long long)meta.txn,
                        (unsigned long long)mark->txn);
  if (meta.txn == mark->txn && meta.checksum != mark->meta)
    return propter_fail(err, PROPTER_DAMAGED, "the meta page of commit %llu has changed", (unsigned long long)meta.txn);
  return PROPTER_OK;
}

PropterStatus verify_walk(int fd, const struct stat *st, const Mark *mark, PropterError *err) {
  static Findings findings;
  findings = (Findings){0};
  PROPTER_TRY(against_mark(fd, st, mark, err));
  PropterStatus status = pages_walk(fd, (uint64_t)st->st_size, env_names, ENV_DATABASES, see, &findings, err);
  propter_vec_clear(&findings.delta);
  return status == PROPTER_OK ? judge(&findings, err) : status;
}

typedef struct {
  PropterStatus status;
  char message[400];
} Verdict;

static void limit_child(uint64_t size) {
  struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS}, core = {0, 0}, space;
  (void)setrlimit(RLIMIT_CPU, &cpu);
  (void)setrlimit(RLIMIT_CORE, &core);
  /* The child begins with all its parent has. */
  unsigned long long pages = 0;
  FILE *f = fopen("/proc/self/statm", "re");
  if (f && fscanf(f, "%llu", &pages) == 1 && getrlimit(RLIMIT_AS, &space) == 0) {
    rlim_t most = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + size + size / 1024 + EXTRA_BYTES;
    if (most < space.rlim_cur) space.rlim_cur = most, (void)setrlimit(RLIMIT_AS, &space);
  }
  if (f) (void)fclose(f);
  (void)alarm(WALL_SECONDS);
}

/* In the child: never returns. */
static void child(int fd, const struct stat *st, const Mark *mark, int out, pid_t parent) {
  /* It holds the write lock as its parent does: when that is killed, nobody waits for the answer. */
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent) _exit(1);
  static const int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGXCPU};
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) (void)signal(crashes[i], SIG_DFL);
  limit_child((uint64_t)st->st_size);
  PropterError err = {0};
  Verdict verdict = {.status = verify_walk(fd, st, mark, &err)};
  (void)snprintf(verdict.message, sizeof verdict.message, "%.399s", err.message);
  _exit(write(out, &verdict, sizeof verdict) == (ssize_t)sizeof verdict ? 0 : 1);
}

static PropterStatus run_child(const char *dir, int fd, PropterError *err) {
  int pipes[2], state = 0;
  struct stat st;
  Mark mark = {0};
  if (!guard_load(dir, &mark)) mark = (Mark){0};
  if (fstat(fd, &st) < 0 || pipe2(pipes, O_CLOEXEC) < 0) return propter_io_fail(err, dir, "verify");
  pid_t parent = getpid(), pid = fork();
  if (pid == 0) child(fd, &st, &mark, pipes[1], parent);
  (void)close(pipes[1]);
  Verdict verdict = {0};
  size_t got = 0;
  for (ssize_t n; pid > 0 && got < sizeof verdict && (n = propter_io_read(pipes[0], (char *)&verdict + got, sizeof verdict - got)) > 0;) got += (size_t)n;
  (void)close(pipes[0]);
  if (pid < 0) return propter_io_fail(err, dir, "start a process to verify");
  while (waitpid(pid, &state, 0) < 0 && errno == EINTR) continue;
  propter_error_at(err, dir, 0, 0);
  if (got != sizeof verdict && WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL) return propter_fail(err, PROPTER_IO, "verifying was killed");
  if (got != sizeof verdict && WIFSIGNALED(state)) return propter_fail(err, PROPTER_DAMAGED, "reading the file ended in signal %d", WTERMSIG(state));
  if (got != sizeof verdict) return propter_fail(err, PROPTER_IO, "verifying did not end well");
  return verdict.status == PROPTER_OK ? PROPTER_OK : propter_fail(err, verdict.status, "%s", verdict.message);
}

PropterStatus verify_file(const char *dir, PropterError *err) {
  char path[GUARD_PATH];
  Mark mark;
  PROPTER_TRY(guard_path(dir, "data.mdb", path, err));
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) {
    if (!guard_load(dir, &mark)) return guard_absent(dir, err);
    propter_error_at(err, dir, 0, 0);
    return propter_fail(err, PROPTER_DAMAGED, "data.mdb is gone, but it held commit %llu", (unsigned long long)mark.txn);
  }
  if (fd < 0) return propter_io_fail(err, path, "open");
  PropterStatus status = run_child(dir, fd, err);
  (void)close(fd);
  return status;
}

PropterStatus propter_graph_verify(const char *dir, const PropterLog *log, PropterError *err) {
  struct stat st;
  int lock;
  if (stat(dir, &st) < 0) return propter_io_fail(err, dir, "open");
  if (!S_ISDIR(st.st_mode)) return propter_error_at(err, dir, 0, 0), propter_fail(err, PROPTER_INVALID, "expected a graph directory, found a file");
  propter_log_progress(log, "verify", 0, 0, "graphs");
  if (!guard_present(dir)) return verify_file(dir, err); /* which says what is missing */
  PROPTER_TRY(guard_check_begin(dir, &lock, err));
  PropterStatus status = verify_file(dir, err);
  /* A file that was found damaged once is never trusted for its looks again. */
  if (status == PROPTER_OK)
    guard_mark(dir);
  else if (status == PROPTER_DAMAGED)
    guard_distrust(dir);
  if (lock >= 0) (void)close(lock);
  return status;
}

/* The copy, its folder, and the folder that names it. */
static PropterStatus sync_copy(const char *to, PropterError *err) {
  char path[GUARD_PATH];
  PROPTER_TRY(guard_path(to, "data.mdb", path, err));
  PROPTER_TRY(guard_sync(path, O_RDWR, err));
  PROPTER_TRY(guard_sync(to, O_RDONLY | O_DIRECTORY, err));
  PROPTER_TRY(guard_path(to, "..", path, err));
  return guard_sync(path, O_RDONLY | O_DIRECTORY, err);
}

static PropterStatus copy_to(Env *env, const char *to, PropterError *err) {
  MDB_txn *txn;
  PROPTER_TRY(env_read(env, &txn, err));
  int rc = mdb_env_copy2(env->lmdb, to, MDB_CP_COMPACT);
  PropterStatus status = env_unmoved(env, txn, rc ? env_fail(env, rc, "backup", err) : PROPTER_OK, err);
  env_read_end(env, txn);
  return status;
}

PropterStatus propter_graph_backup(PropterGraph *graph, const char *to, PropterError *err) {
  if (mkdir(to, 0777) < 0) {
    if (errno == EEXIST) return propter_error_at(err, to, 0, 0), propter_fail(err, PROPTER_INVALID, "expected a new directory, this one is there already");
    return propter_io_fail(err, to, "create");
  }
  PropterStatus status = copy_to(graph->env, to, err);
  if (status != PROPTER_OK) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/data.mdb", to) < (int)sizeof path) (void)unlink(path);
    (void)rmdir(to);
    return status;
  }
  return sync_copy(to, err);
}

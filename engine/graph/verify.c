/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a graph file from end to end. LMDB trusts its pages, so a damaged file can crash or hang the walker: it runs in a child. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dict.h"
#include "propter/hash.h"
#include "propter/io.h"
#include "snapshot.h"

enum { CPU_SECONDS = 3600 };

/* What all permutations must agree on, independent of their order. */
typedef struct {
  uint64_t count, sum;
} Digest;

static PropterStatus walk_order(const Env *env, MDB_txn *txn, PropterOrder order, Digest *digest, PropterError *err) {
  static Row rows[BLOCK_ROWS];
  MDB_cursor *cursor;
  MDB_val key, value;
  Row before = {{0}};
  bool any = false;
  int rc = mdb_cursor_open(txn, env->db[order], &cursor);
  if (rc) return env_fail(env, rc, "verify", err);
  PropterStatus status = PROPTER_OK;
  while (status == PROPTER_OK && (rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
    size_t n;
    if ((status = block_decode(key, value, rows, &n, err)) != PROPTER_OK) break;
    for (size_t i = 0; i < n; i++) {
      if (any && row_compare(&before, &rows[i], 4) >= 0) {
        status = propter_fail(err, PROPTER_DAMAGED, "rows of a permutation are out of order");
        break;
      }
      before = rows[i];
      any = true;
      PropterQuad quad = row_quad(order, rows[i]);
      digest->count++;
      digest->sum += propter_hash64((PropterStr){(const char *)&quad, sizeof quad});
    }
  }
  mdb_cursor_close(cursor);
  return status != PROPTER_OK ? status : rc == MDB_NOTFOUND ? PROPTER_OK : env_fail(env, rc, "verify", err);
}

static PropterStatus walk_terms(const Env *env, MDB_txn *txn, uint64_t next, PropterError *err) {
  MDB_cursor *cursor;
  MDB_val key, value;
  int rc = mdb_cursor_open(txn, env->db[ENV_TERMS], &cursor);
  if (rc) return env_fail(env, rc, "verify", err);
  PropterStatus status = PROPTER_OK;
  uint64_t expected = 1;
  for (; status == PROPTER_OK && (rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0; expected++) {
    uint64_t number = 0;
    for (size_t i = 0; i < key.mv_size && i < 8; i++) number = number << 8 | ((const unsigned char *)key.mv_data)[i];
    if (key.mv_size != 8 || number != expected || value.mv_size < 5) {
      status = propter_fail(err, PROPTER_DAMAGED, "expected term %llu, found %llu", (unsigned long long)expected, (unsigned long long)number);
      break;
    }
    PropterId id = id_make(*(const unsigned char *)value.mv_data, number), found;
    PropterStr record;
    if ((status = dict_get(env, txn, id, &record, err)) == PROPTER_OK && (status = dict_find(env, txn, record, &found, err)) == PROPTER_OK && found != id)
      status = propter_fail(err, PROPTER_DAMAGED, "term %llu is not found by its text", (unsigned long long)number);
  }
  mdb_cursor_close(cursor);
  if (status != PROPTER_OK) return status;
  if (rc != MDB_NOTFOUND) return env_fail(env, rc, "verify", err);
  return expected == next ? PROPTER_OK : propter_fail(err, PROPTER_DAMAGED, "%llu terms, expected %llu", (unsigned long long)expected - 1, (unsigned long long)next - 1);
}

static PropterStatus walk(const char *dir, PropterError *err) {
  Env *env = NULL;
  MDB_txn *txn = NULL;
  PROPTER_TRY(env_open(dir, PROPTER_GRAPH_READ_ONLY, NULL, &env, err));
  PropterStatus status = env_read(env, &txn, err);
  if (status == PROPTER_OK) {
    uint64_t quads = 0, next = 0;
    Digest first = {0};
    status = env_meta(env, txn, "quads", &quads, err);
    if (status == PROPTER_OK) status = env_meta(env, txn, "next", &next, err);
    for (int order = 0; order < PROPTER_ORDER_COUNT && status == PROPTER_OK; order++) {
      Digest digest = {0};
      status = walk_order(env, txn, (PropterOrder)order, &digest, err);
      if (order == 0) first = digest;
      if (status == PROPTER_OK && (digest.count != quads || digest.sum != first.sum))
        status = propter_fail(err, PROPTER_DAMAGED, "permutation %d holds %llu quads, expected %llu", order, (unsigned long long)digest.count, (unsigned long long)quads);
    }
    if (status == PROPTER_OK) status = walk_terms(env, txn, next, err);
    env_read_end(env, txn);
  }
  env_close(env);
  return status;
}

typedef struct {
  PropterStatus status;
  char message[400];
} Verdict;

/* In the child: never returns. */
static void child(const char *dir, int out) {
  struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS}, core = {0, 0};
  (void)setrlimit(RLIMIT_CPU, &cpu);
  (void)setrlimit(RLIMIT_CORE, &core);
  static const int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) (void)signal(crashes[i], SIG_DFL);
  int null = open("/dev/null", O_WRONLY);
  if (null >= 0) (void)dup2(null, STDERR_FILENO); /* an assertion of LMDB is a finding, not a message */
  PropterError err = {0};
  Verdict verdict = {.status = walk(dir, &err)};
  (void)snprintf(verdict.message, sizeof verdict.message, "%.399s", err.message);
  _exit(write(out, &verdict, sizeof verdict) == (ssize_t)sizeof verdict ? 0 : 1);
}

PropterStatus propter_graph_verify(const char *dir, const PropterLog *log, PropterError *err) {
  int pipes[2], state = 0;
  struct stat st;
  if (stat(dir, &st) < 0) return propter_io_fail(err, dir, "open");
  propter_log_progress(log, "verify", 0, 0, "graphs");
  if (pipe2(pipes, O_CLOEXEC) < 0) return propter_io_fail(err, dir, "verify");
  pid_t pid = fork();
  if (pid == 0) child(dir, pipes[1]);
  (void)close(pipes[1]);
  Verdict verdict = {0};
  ssize_t got = pid > 0 ? propter_io_read(pipes[0], &verdict, sizeof verdict) : -1;
  (void)close(pipes[0]);
  if (pid < 0) return propter_io_fail(err, dir, "start a process to verify");
  while (waitpid(pid, &state, 0) < 0 && errno == EINTR) continue;
  propter_error_at(err, dir, 0, 0);
  if (WIFSIGNALED(state)) return propter_fail(err, PROPTER_DAMAGED, "reading the file ended in signal %d", WTERMSIG(state));
  if (got != (ssize_t)sizeof verdict || WEXITSTATUS(state) != 0) return propter_fail(err, PROPTER_DAMAGED, "reading the file did not end well");
  return verdict.status == PROPTER_OK ? PROPTER_OK : propter_fail(err, verdict.status, "%s", verdict.message);
}

PropterStatus propter_graph_backup(PropterGraph *graph, const char *to, PropterError *err) {
  if (mkdir(to, 0777) < 0) {
    if (errno == EEXIST) return propter_error_at(err, to, 0, 0), propter_fail(err, PROPTER_INVALID, "expected a new directory, this one is there already");
    return propter_io_fail(err, to, "create");
  }
  int rc = mdb_env_copy2(graph->env->lmdb, to, MDB_CP_COMPACT);
  if (rc) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/data.mdb", to) < (int)sizeof path) (void)unlink(path);
    (void)rmdir(to);
    return env_fail(graph->env, rc, "backup", err);
  }
  return PROPTER_OK;
}

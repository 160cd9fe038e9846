/* SPDX-License-Identifier: Apache-2.0 */
/* Writers that are killed, disks and maps that are full, readers and writers in several processes: an acknowledged commit stays, nothing else appears.
 * PROPTER_KILLS sets the number of kills. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "propter/graph.h"
#include "propter/rng.h"
#include "snapshot.h"
#include "support.h"

Suite *suite_crash(void);

enum { PER_COMMIT = 30 };

static PropterStatus intern(PropterWriter *w, const char *form, uint64_t a, uint64_t b, PropterId *id, PropterError *err) {
  char text[96];
  (void)snprintf(text, sizeof text, "http://example.org/%s/%llu/%llu", form, (unsigned long long)a, (unsigned long long)b);
  PropterTerm t = propter_iri(propter_str(text));
  return propter_writer_intern(w, &t, id, err);
}

/* Commit number n: PER_COMMIT new quads, and some of commit n - 2 removed but its first. */
static PropterStatus commit_one(PropterGraph *g, uint64_t n, uint64_t quads, PropterError *err) {
  PropterWriter *w = NULL;
  PropterId p, s;
  PropterStatus status = propter_writer_open(g, false, &w, err);
  if (status == PROPTER_OK) status = intern(w, "p", 0, 0, &p, err);
  for (uint64_t i = 0; i < quads && status == PROPTER_OK; i++) {
    if ((status = intern(w, "s", n, i, &s, err)) == PROPTER_OK) status = propter_writer_add(w, (PropterQuad){s, p, s, PROPTER_DEFAULT_GRAPH}, err);
    if (status == PROPTER_OK && n > 1 && i && quads == PER_COMMIT && (status = intern(w, "s", n - 2, i, &s, err)) == PROPTER_OK)
      status = propter_writer_remove(w, (PropterQuad){s, p, s, PROPTER_DEFAULT_GRAPH}, err);
  }
  if (status == PROPTER_OK) status = propter_writer_commit(w, err);
  propter_writer_close(w);
  return status;
}

/* Quads after `n` commits of PER_COMMIT: the last two whole, one of each before. */
static uint64_t after_commits(uint64_t n) { return n < 3 ? n * PER_COMMIT : 2 * PER_COMMIT + (n - 2); }

static uint64_t count_in(PropterSnapshot *s) {
  uint64_t counted = 0, seen = 0;
  PropterScan *scan = NULL;
  PropterQuad rows[256];
  size_t n = 1;
  ck_ok(propter_snapshot_count(s, PROPTER_SPOG, (PropterQuad){0}, 0, &counted, err));
  ck_ok(propter_scan_open(s, PROPTER_OSPG, (PropterQuad){0}, 0, &scan, err));
  while (n) {
    ck_ok(propter_scan_next(scan, rows, 256, &n, err));
    seen += n;
  }
  propter_scan_close(scan);
  ck_assert_uint_eq(seen, counted);
  return counted;
}

static uint64_t count_all(PropterGraph *g) {
  PropterSnapshot *s = NULL;
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  uint64_t n = count_in(s);
  propter_snapshot_close(s);
  return n;
}

static PropterGraph *open_graph(const char *dir, const PropterLimits *limits) {
  PropterGraph *g = NULL;
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_CREATE, limits, &g, err));
  g->env->delta_share = 1; /* every other commit waits in the delta, the next one folds it */
  return g;
}

/* In a child: commits from number `n` on and tells each through the pipe, until it is killed. */
static void commit_for_ever(const char *dir, uint64_t n, int out) {
  PropterGraph *g = NULL;
  if (propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &g, NULL) != PROPTER_OK) _exit(2);
  g->env->delta_share = 1;
  for (;; n++) {
    if (commit_one(g, n, PER_COMMIT, NULL) != PROPTER_OK) _exit(3);
    if (write(out, &n, sizeof n) != (ssize_t)sizeof n) _exit(4);
  }
}

START_TEST(a_killed_writer_loses_nothing_it_acknowledged) {
  const char *dir = support_path(support_folder(), "g");
  PropterRng rng;
  propter_rng_seed(&rng, 5);
  uint64_t made = 0;
  const char *many = getenv("PROPTER_KILLS");
  int kills = many ? atoi(many) : 50;
  for (int round = 0; round < kills; round++) {
    int pipes[2], state;
    ck_assert_int_eq(pipe(pipes), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) commit_for_ever(dir, made, pipes[1]);
    (void)close(pipes[1]);
    uint64_t last = 0, acknowledged = made;
    /* Some rounds die while the graph is opened, made or verified. */
    if (round % 5)
      for (int k = round % 3; k >= 0 && read(pipes[0], &last, sizeof last) == (ssize_t)sizeof last; k--) acknowledged = last + 1;
    (void)usleep((useconds_t)propter_rng_below(&rng, round % 2 ? 800 : 6000));
    (void)kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, &state, 0), pid);
    ck_assert_msg(WIFSIGNALED(state), "round %d: the writer ended by itself, %d", round, WEXITSTATUS(state));
    while (read(pipes[0], &last, sizeof last) == (ssize_t)sizeof last) acknowledged = last + 1;
    (void)close(pipes[0]);
    PropterGraph *g = open_graph(dir, NULL);
    uint64_t n = count_all(g);
    /* The kill may fall between the commit and its acknowledgement. */
    ck_assert_msg(n == after_commits(acknowledged) || n == after_commits(acknowledged + 1), "round %d: %llu quads after %llu commits", round,
                  (unsigned long long)n, (unsigned long long)acknowledged);
    made = n == after_commits(acknowledged) ? acknowledged : acknowledged + 1;
    propter_graph_close(g);
    if (round % 10 == 9) ck_ok(propter_graph_verify(dir, NULL, err));
  }
  ck_assert_uint_gt(made, 20);
}
END_TEST

/* Commits of growing size until one fails; then the graph holds exactly what was there, here and after opening it again. */
static void fill_until(const char *dir, PropterStatus expected, const PropterLimits *limits, void (*relieve)(void)) {
  PropterGraph *g = open_graph(dir, limits);
  ck_ok(commit_one(g, 0, PER_COMMIT, err));
  uint64_t before = count_all(g);
  PropterStatus status = PROPTER_OK;
  PropterError error = {0};
  for (uint64_t n = 1; n < 40 && status == PROPTER_OK; n++) {
    before = count_all(g);
    status = commit_one(g, n + 1000, 2000, &error);
  }
  ck_assert_msg(status == expected, "%s %s", propter_status_name(status), error.message);
  ck_assert_uint_gt(strlen(error.message), 10);
  if (relieve) relieve();
  ck_assert_uint_eq(count_all(g), before);
  propter_graph_close(g);
  ck_ok(propter_graph_verify(dir, NULL, err));
  g = open_graph(dir, NULL);
  ck_assert_uint_eq(count_all(g), before);
  ck_ok(commit_one(g, 5000, 2000, err));
  ck_assert_uint_eq(count_all(g), before + 2000);
  propter_graph_close(g);
}

static void lift_file_size(void) {
  struct rlimit all;
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &all), 0);
  all.rlim_cur = all.rlim_max;
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &all), 0);
}

START_TEST(a_file_that_may_not_grow_is_an_error_and_no_loss) {
  struct rlimit small;
  (void)signal(SIGXFSZ, SIG_IGN);
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &small), 0);
  small.rlim_cur = 1500000 + 4096 * (rlim_t)_i + 300 * (rlim_t)_i;
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
  fill_until(support_path(support_folder(), "g"), PROPTER_IO, NULL, lift_file_size);
}
END_TEST

/* The calls by which LMDB changes its file stand here instead of the C library's. They are counted; number `fails` fails, and for `ever` all after it; `cut`:
 * it writes half of what it should, as on a disk that becomes full. */
static struct {
  atomic_uint made;
  unsigned fails;
  bool ever, cut;
  int error;
} disk;

static bool disk_fails(void) {
  unsigned n = ++disk.made;
  errno = disk.error;
  return disk.fails && (n == disk.fails || (disk.ever && n > disk.fails));
}

PROPTER_API ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at) {
  bool fails = disk_fails();
  return fails && !(disk.cut && n > 1) ? -1 : syscall(SYS_pwrite64, fd, bytes, fails ? n / 2 : n, at);
}

PROPTER_API ssize_t writev(int fd, const struct iovec *parts, int count) {
  bool fails = disk_fails();
  return fails && !(disk.cut && count > 1) ? -1 : syscall(SYS_writev, fd, parts, fails ? count / 2 : count);
}

PROPTER_API int fdatasync(int fd) { return disk_fails() ? -1 : (int)syscall(SYS_fdatasync, fd); }

START_TEST(every_failed_write_or_sync_of_a_commit_is_an_error_and_no_loss) {
  const char *dir = support_path(support_folder(), "g");
  static const int errors[] = {EIO, ENOSPC, EDQUOT};
  uint64_t made = 0;
  unsigned points = 0;
  PropterGraph *g = open_graph(dir, NULL);
  for (; made < 3; made++) ck_ok(commit_one(g, made, PER_COMMIT, err));
  propter_graph_close(g);
  disk.ever = _i & 1, disk.cut = _i & 2;
  for (bool reached = true; reached; points++) {
    PropterError error = {0};
    g = open_graph(dir, NULL);
    disk.error = errors[points % 3];
    atomic_store(&disk.made, 0);
    disk.fails = points + 1;
    PropterStatus status = commit_one(g, made, PER_COMMIT, &error);
    disk.fails = 0;
    reached = disk.made > points;
    ck_assert_msg(status == PROPTER_OK || (reached && status == PROPTER_IO && error.message[0]), "point %u: %s %s", points, propter_status_name(status),
                  error.message);
    propter_graph_close(g);
    ck_ok(propter_graph_verify(dir, NULL, err));
    g = open_graph(dir, NULL);
    uint64_t n = count_all(g);
    propter_graph_close(g);
    /* What failed at its last step may have happened. */
    ck_assert_msg(n == after_commits(made + 1) || (status != PROPTER_OK && n == after_commits(made)), "point %u: %llu quads after %llu commits", points,
                  (unsigned long long)n, (unsigned long long)made);
    made += n == after_commits(made + 1);
  }
  ck_assert_uint_gt(points, 4);
}
END_TEST

static const char *mounted;
static void enlarge_disk(void) { ck_assert_int_eq(mount("propter", mounted, "tmpfs", MS_REMOUNT, "size=64m"), 0); }

START_TEST(a_full_disk_is_an_error_and_no_loss) {
  mounted = support_folder();
  if (geteuid() != 0 || mount("propter", mounted, "tmpfs", 0, _i & 1 ? "size=1900k" : "size=2500k") != 0)
    return; /* only root may mount; RLIMIT_FSIZE stands for it otherwise */
  PropterLimits limits = propter_limits_default();
  if (_i & 2) limits.commit_bytes = 20000; /* most of a commit waits in temporary files */
  fill_until(support_path(mounted, "g"), PROPTER_IO, &limits, enlarge_disk);
  ck_assert_int_eq(umount(mounted), 0);
}
END_TEST

START_TEST(a_full_map_is_a_limit_and_no_loss) {
  PropterLimits limits = propter_limits_default();
  limits.graph_bytes = 2000000 + 50000 * (uint64_t)_i;
  fill_until(support_path(support_folder(), "g"), PROPTER_LIMIT, &limits, NULL);
}
END_TEST

static void *hold_and_close(void *snapshot) {
  (void)usleep(200000);
  propter_snapshot_close(snapshot);
  return NULL;
}

static void *open_in_thread(void *graph) {
  PropterSnapshot *s = NULL;
  return propter_snapshot_open(graph, 0, &s, NULL) == PROPTER_OK ? s : NULL;
}

START_TEST(the_map_grows_around_snapshots) {
  PropterLimits limits = propter_limits_default();
  limits.graph_bytes = 64 << 20; /* headroom 4 MB */
  PropterGraph *g = open_graph(support_path(support_folder(), "g"), &limits);
  ck_ok(commit_one(g, 0, PER_COMMIT, err));
  PropterSnapshot *s = NULL;
  PropterError error = {0};
  /* Small commits never need the map to move. */
  ck_ok(propter_snapshot_open(g, 0, &s, err));
  for (uint64_t n = 1; n < 4; n++) ck_ok(commit_one(g, n, PER_COMMIT, err));
  /* A commit larger than the headroom cannot, while its own thread reads: told, not waited for. */
  ck_assert_int_eq(commit_one(g, 100, 400000, &error), PROPTER_LIMIT);
  ck_assert_ptr_nonnull(strstr(error.message, "same thread"));
  ck_assert_uint_eq(count_in(s), PER_COMMIT);
  propter_snapshot_close(s);
  ck_assert_uint_eq(count_all(g), after_commits(4));
  /* It waits for another thread's. */
  pthread_t thread;
  void *made = NULL;
  ck_assert_int_eq(pthread_create(&thread, NULL, open_in_thread, g), 0);
  ck_assert_int_eq(pthread_join(thread, &made), 0);
  ck_assert_ptr_nonnull(made);
  ck_assert_int_eq(pthread_create(&thread, NULL, hold_and_close, made), 0);
  ck_ok(commit_one(g, 100, 400000, err));
  ck_assert_int_eq(pthread_join(thread, NULL), 0);
  ck_assert_uint_eq(count_all(g), after_commits(4) + 400000);
  propter_graph_close(g);
}
END_TEST

/* In a child: snapshots until told to stop; each must hold a whole number of commits, and not change while it is read. */
static void read_for_ever(const char *dir, const char *stop) {
  PropterGraph *g = NULL;
  uint64_t newest = 0;
  if (propter_graph_open(dir, PROPTER_GRAPH_READ_ONLY, NULL, &g, NULL) != PROPTER_OK) _exit(2);
  while (access(stop, F_OK) != 0) {
    PropterSnapshot *s = NULL;
    if (propter_snapshot_open(g, 0, &s, NULL) != PROPTER_OK) _exit(3);
    uint64_t version = propter_snapshot_version(s);
    if (version < newest) _exit(4);
    newest = version;
    for (int twice = 0; twice < 2; twice++)
      if (count_in(s) != after_commits(version)) _exit(5);
    propter_snapshot_close(s);
    /* Opening must not be slowed by the writer's being at work, nor find fault with it. */
    propter_graph_close(g);
    g = NULL;
    if (propter_graph_open(dir, PROPTER_GRAPH_READ_ONLY, NULL, &g, NULL) != PROPTER_OK) _exit(6);
  }
  propter_graph_close(g);
  _exit(0);
}

START_TEST(readers_of_other_processes_see_whole_commits) {
  const char *folder = support_folder(), *dir = support_path(folder, "g"), *stop = support_path(folder, "stop");
  PropterGraph *g = open_graph(dir, NULL);
  ck_ok(commit_one(g, 0, PER_COMMIT, err));
  propter_graph_close(g); /* no open environment may go through a fork */
  pid_t pids[4];
  for (size_t i = 0; i < 4; i++) {
    pids[i] = fork();
    ck_assert_int_ge(pids[i], 0);
    if (pids[i] == 0) read_for_ever(dir, stop);
  }
  g = open_graph(dir, NULL);
  for (uint64_t n = 1; n < 60; n++) ck_ok(commit_one(g, n, PER_COMMIT, err));
  support_write(stop, PROPTER_STR(""));
  for (size_t i = 0; i < 4; i++) {
    int state;
    ck_assert_int_eq(waitpid(pids[i], &state, 0), pids[i]);
    ck_assert_msg(WIFEXITED(state) && WEXITSTATUS(state) == 0, "reader %zu ended with %d", i, WIFEXITED(state) ? WEXITSTATUS(state) : -WTERMSIG(state));
  }
  ck_assert_uint_eq(count_all(g), after_commits(60));
  propter_graph_close(g);
  ck_ok(propter_graph_verify(dir, NULL, err));
}
END_TEST

START_TEST(a_writer_of_another_process_is_locked_out_at_once) {
  const char *dir = support_path(support_folder(), "g");
  PropterGraph *g = open_graph(dir, NULL);
  ck_ok(commit_one(g, 0, PER_COMMIT, err));
  propter_graph_close(g);
  int ready[2], done[2], state;
  char byte;
  ck_assert_int_eq(pipe(ready) | pipe(done), 0);
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    PropterWriter *w = NULL;
    if (propter_graph_open(dir, 0, NULL, &g, NULL) != PROPTER_OK || propter_writer_open(g, false, &w, NULL) != PROPTER_OK) _exit(2);
    if (write(ready[1], "r", 1) != 1 || read(done[0], &byte, 1) != 1) _exit(3);
    propter_writer_close(w);
    propter_graph_close(g);
    _exit(0);
  }
  ck_assert_int_eq((int)read(ready[0], &byte, 1), 1);
  g = open_graph(dir, NULL);
  PropterError error = {0};
  ck_assert_int_eq(commit_one(g, 1, PER_COMMIT, &error), PROPTER_LOCKED);
  ck_assert_int_eq(propter_graph_verify(dir, NULL, &error), PROPTER_LOCKED);
  ck_assert_uint_eq(count_all(g), PER_COMMIT);
  ck_assert_int_eq((int)write(done[1], "d", 1), 1);
  ck_assert_int_eq(waitpid(pid, &state, 0), pid);
  ck_assert(WIFEXITED(state) && WEXITSTATUS(state) == 0);
  ck_ok(commit_one(g, 1, PER_COMMIT, err));
  propter_graph_close(g);
}
END_TEST

static void permit(const char *folder, mode_t files, mode_t folders) {
  static const char *const names[] = {"g/data.mdb", "g/lock.mdb", "g/write.lock", "g/data.mark"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) ck_assert_int_eq(chmod(support_path(folder, names[i]), files), 0);
  ck_assert_int_eq(chmod(support_path(folder, "g"), folders), 0);
  ck_assert_int_eq(chmod(folder, 0755), 0);
}

/* In a child that may not write: a snapshot, then, when there is another commit, the same snapshot and a new one. */
static void read_unlisted(const char *dir, int ready, int go) {
  PropterGraph *g = NULL;
  PropterSnapshot *s = NULL;
  PropterScan *scan = NULL;
  PropterQuad row;
  PropterError error = {0};
  size_t n;
  char byte;
  if (getuid() == 0 && (setgid(65534) || setuid(65534))) _exit(77);
  if (access(dir, R_OK | X_OK) != 0) _exit(77);
  if (propter_graph_open(dir, PROPTER_GRAPH_READ_ONLY, NULL, &g, NULL) != PROPTER_OK || propter_snapshot_open(g, 0, &s, NULL) != PROPTER_OK) _exit(2);
  if (count_in(s) != PER_COMMIT || propter_scan_open(s, PROPTER_SPOG, (PropterQuad){0}, 0, &scan, NULL) != PROPTER_OK) _exit(3);
  if (write(ready, "r", 1) != 1 || read(go, &byte, 1) != 1) _exit(4);
  if (propter_scan_next(scan, &row, 1, &n, &error) != PROPTER_IO || !strstr(error.message, "try again")) _exit(5);
  propter_scan_close(scan);
  propter_snapshot_close(s);
  if (count_all(g) != 2 * PER_COMMIT) _exit(6);
  propter_graph_close(g);
  _exit(0);
}

START_TEST(a_reader_that_a_writer_cannot_know_of_is_told_of_a_commit) {
  const char *folder = support_folder(), *dir = support_path(folder, "g");
  int ready[2], go[2], state;
  char byte;
  PropterGraph *g = open_graph(dir, NULL);
  ck_ok(commit_one(g, 0, PER_COMMIT, err));
  propter_graph_close(g);
  permit(folder, getuid() ? 0444 : 0644, getuid() ? 0555 : 0755);
  ck_assert_int_eq(pipe(ready) | pipe(go), 0);
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) read_unlisted(dir, ready[1], go[0]);
  (void)close(ready[1]);
  bool began = read(ready[0], &byte, 1) == 1;
  permit(folder, 0644, 0755);
  if (began) {
    g = open_graph(dir, NULL);
    ck_ok(commit_one(g, 1, PER_COMMIT, err));
    propter_graph_close(g);
    ck_assert_int_eq((int)write(go[1], "g", 1), 1);
  }
  ck_assert_int_eq(waitpid(pid, &state, 0), pid);
  int end = WIFEXITED(state) ? WEXITSTATUS(state) : -WTERMSIG(state);
  ck_assert_msg(end == (began ? 0 : 77), "the reader ended with %d", end);
  if (!began) printf("# no other user can read %s: a reader without permission to write is not tested\n", dir);
}
END_TEST

Suite *suite_crash(void) {
  Suite *s = suite_create("crash");
  TCase *tc = tcase_create("crash");
  tcase_set_timeout(tc, 1200);
  tcase_add_test(tc, a_killed_writer_loses_nothing_it_acknowledged);
  tcase_add_loop_test(tc, a_file_that_may_not_grow_is_an_error_and_no_loss, 0, 4);
  tcase_add_loop_test(tc, every_failed_write_or_sync_of_a_commit_is_an_error_and_no_loss, 0, 4);
  tcase_add_loop_test(tc, a_full_disk_is_an_error_and_no_loss, 0, 4);
  tcase_add_loop_test(tc, a_full_map_is_a_limit_and_no_loss, 0, 4);
  tcase_add_test(tc, the_map_grows_around_snapshots);
  tcase_add_test(tc, readers_of_other_processes_see_whole_commits);
  tcase_add_test(tc, a_writer_of_another_process_is_locked_out_at_once);
  tcase_add_test(tc, a_reader_that_a_writer_cannot_know_of_is_told_of_a_commit);
  suite_add_tcase(s, tc);
  return s;
}

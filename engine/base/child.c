/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "propter/io.h"

enum { NO_PROGRAM = 127, NOT_LIMITED = 126 };

static PropterStatus failed(PropterError *err, const char *program) {
  return propter_fail(err, errno == ENOMEM ? PROPTER_NO_MEMORY : PROPTER_IO, "cannot run %s: %s", program, strerror(errno));
}

/* The files stand above 2, so that none is lost when they become 0, 1 and 2. */
static int scratch(const char *name) {
  int fd = memfd_create(name, MFD_CLOEXEC);
  if (fd < 0 || fd > 2) return fd;
  int moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  (void)close(fd);
  return moved;
}

static bool limit(unsigned what, uint64_t value) {
  struct rlimit r = {(rlim_t)value, (rlim_t)value};
  return setrlimit(what, &r) == 0;
}

/* Between fork and exec only system calls: another thread may have held a lock. */
static _Noreturn void become(const char *const *argv, char **environment, const int fd[3], const PropterChildLimits *l) {
  sigset_t none;
  sigemptyset(&none);
  bool ready = sigprocmask(SIG_SETMASK, &none, NULL) == 0 && limit(RLIMIT_CPU, l->seconds) && limit(RLIMIT_AS, l->memory_bytes) &&
               limit(RLIMIT_FSIZE, l->output_bytes) && limit(RLIMIT_CORE, 0);
  for (int i = 0; i < 3 && ready; i++) ready = dup2(fd[i], i) == i;
  if (!ready || close_range(3, ~0U, 0) != 0) _exit(NOT_LIMITED);
  (void)execvpe(argv[0], (char *const *)(uintptr_t)argv, environment);
  _exit(NO_PROGRAM);
}

/* -1 and errno on failure, 0 when the time is up. */
static int wait_for(pid_t pid, uint64_t seconds, int *how) {
  int fd = pidfd_open(pid, 0), ended = fd < 0 ? -1 : 1;
  if (fd >= 0) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    struct timespec now, until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(2 * seconds);
    do {
      (void)clock_gettime(CLOCK_MONOTONIC, &now);
      int64_t left = (int64_t)(until.tv_sec - now.tv_sec) * 1000 + (until.tv_nsec - now.tv_nsec) / 1000000;
      ended = left <= 0 ? 0 : poll(&p, 1, left > 1000000 ? 1000000 : (int)left);
    } while (ended == 0 ? now.tv_sec < until.tv_sec : ended < 0 && errno == EINTR);
    (void)close(fd);
  }
  int problem = errno;
  if (ended <= 0) (void)kill(pid, SIGKILL);
  while (waitpid(pid, how, 0) < 0 && errno == EINTR) continue;
  errno = problem;
  return ended;
}

static PropterStatus collect(int fd, const PropterChildLimits *l, PropterBuf *out, PropterError *err) {
  struct stat st;
  if (fstat(fd, &st) != 0 || lseek(fd, 0, SEEK_SET) != 0) return failed(err, "a program");
  if ((uint64_t)st.st_size >= l->output_bytes) return propter_fail(err, PROPTER_LIMIT, "output of more than %llu bytes", (unsigned long long)l->output_bytes);
  if (!propter_buf_reserve(out, (size_t)st.st_size)) return propter_buf_status(out, err);
  for (ssize_t n; (n = propter_io_read(fd, out->data + out->len, (size_t)st.st_size - out->len)) != 0; out->len += (size_t)n)
    if (n < 0) return failed(err, "a program");
  return PROPTER_OK;
}

static PropterStatus verdict(const char *program, int ended, int how, int *code, PropterError *err) {
  if (ended < 0) return failed(err, program);
  bool stopped = ended == 0 || (WIFSIGNALED(how) && WTERMSIG(how) == SIGXCPU) || (WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
  if (stopped) return propter_fail(err, PROPTER_TIMEOUT, "%s was stopped: it used up its time", program);
  if (WIFSIGNALED(how) && WTERMSIG(how) == SIGXFSZ) return propter_fail(err, PROPTER_LIMIT, "%s writes too much", program);
  if (WIFSIGNALED(how)) return propter_fail(err, PROPTER_SYNTAX, "%s failed on this document (%s)", program, strsignal(WTERMSIG(how)));
  *code = WEXITSTATUS(how);
  if (*code == NO_PROGRAM) return propter_fail(err, PROPTER_NOT_FOUND, "expected the program %s, found none in PATH", program);
  return *code == NOT_LIMITED ? propter_fail(err, PROPTER_IO, "%s cannot be limited", program) : PROPTER_OK;
}

PropterStatus propter_child_run(const char *const *argv, PropterStr input, const PropterChildLimits *limits, int *code, PropterBuf *out, PropterBuf *said,
                                PropterError *err) {
  const char *path = getenv("PATH");
  PropterBuf search = {0};
  propter_buf_printf(&search, "PATH=%s", path ? path : "/usr/bin:/bin");
  PropterStatus status = propter_buf_status(&search, err);
  int fd[3] = {scratch("input"), scratch("output"), scratch("error")}, how = 0;
  if (status == PROPTER_OK && (fd[0] < 0 || fd[1] < 0 || fd[2] < 0)) status = failed(err, argv[0]);
  if (status == PROPTER_OK && (propter_io_write_all(fd[0], input.data, input.len) != 0 || lseek(fd[0], 0, SEEK_SET) != 0)) status = failed(err, argv[0]);
  if (status == PROPTER_OK) {
    char *environment[] = {search.data, (char[]){"LC_ALL=C.UTF-8"}, NULL};
    pid_t pid = fork();
    if (pid == 0) become(argv, environment, fd, limits);
    int ended = pid < 0 ? -1 : wait_for(pid, limits->seconds, &how);
    status = verdict(argv[0], ended, how, code, err);
  }
  if (status == PROPTER_OK) status = collect(fd[1], limits, out, err);
  if (status == PROPTER_OK) status = collect(fd[2], limits, said, err);
  for (int i = 0; i < 3; i++)
    if (fd[i] >= 0) (void)close(fd[i]);
  propter_buf_clear(&search);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pages.h"
#include "propter/hash.h"
#include "propter/io.h"

enum { GUARD_WRITER, GUARD_CHECK, GUARD_ACTIVE };
enum { PATIENCE_MS = 2000, PAUSE_MS = 10 };

static const char magic[8] = {'p', 'r', 'o', 'p', 'm', 'a', 'r', 'k'};

/* The file's content: magic, mark, XXH3 of both; from TIMES on a ring of the commits' times, for telling how long a reader has been behind, on which
 * nothing depends. */
typedef struct {
  char magic[8];
  Mark mark;
  uint64_t sum;
} Sealed;
enum { TIMES = 128, TIMES_KEPT = 1024 };
typedef struct {
  uint64_t txn;
  int64_t seconds;
} CommitTime;
static off_t place_of(uint64_t txn) { return TIMES + (off_t)(txn % TIMES_KEPT * sizeof(CommitTime)); }

PropterStatus guard_path(const char *dir, const char *name, char path[GUARD_PATH], PropterError *err) {
  if (snprintf(path, GUARD_PATH, "%s/%s", dir, name) >= GUARD_PATH) return propter_fail(err, PROPTER_INVALID, "the graph directory's name is too long");
  return PROPTER_OK;
}

bool guard_load(const char *dir, Mark *mark) {
  char path[GUARD_PATH];
  Sealed s;
  if (guard_path(dir, "data.mark", path, NULL) != PROPTER_OK) return false;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t n = pread(fd, &s, sizeof s, 0);
  (void)close(fd);
  *mark = s.mark;
  return n == (ssize_t)sizeof s && memcmp(s.magic, magic, sizeof magic) == 0 && s.sum == propter_hash64((PropterStr){(const char *)&s, offsetof(Sealed, sum)});
}

/* What the data file is now; false if it cannot be told. */
static bool look(const char *dir, Mark *mark) {
  char path[GUARD_PATH];
  struct stat st;
  PagesMeta meta;
  if (guard_path(dir, "data.mdb", path, NULL) != PROPTER_OK) return false;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool good = fstat(fd, &st) == 0 && pages_meta(fd, (uint64_t)st.st_size, &meta, NULL) == PROPTER_OK;
  (void)close(fd);
  if (good)
    *mark = (Mark){
        meta.txn, meta.checksum, (uint64_t)st.st_size, (uint64_t)st.st_ino, {st.st_mtim.tv_sec, st.st_mtim.tv_nsec}, {st.st_ctim.tv_sec, st.st_ctim.tv_nsec}};
  return good;
}

static bool matches(const char *dir) {
  Mark then, now;
  return guard_load(dir, &then) && look(dir, &now) && memcmp(&then, &now, sizeof now) == 0;
}

int64_t guard_time(const char *dir, uint64_t txn) {
  char path[GUARD_PATH];
  CommitTime t = {0, 0};
  int fd = guard_path(dir, "data.mark", path, NULL) == PROPTER_OK ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return 0;
  bool known = pread(fd, &t, sizeof t, place_of(txn)) == (ssize_t)sizeof t && t.txn == txn;
  (void)close(fd);
  return known ? t.seconds : 0;
}

static void save(const char *dir, const Mark *mark) {
  char path[GUARD_PATH];
  Sealed s;
  memset(&s, 0, sizeof s);
  memcpy(s.magic, magic, sizeof magic);
  s.mark = *mark;
  s.sum = propter_hash64((PropterStr){(const char *)&s, offsetof(Sealed, sum)});
  /* Overwritten in place: a torn mark fails its checksum. Not synced: after a power cut an old mark costs a verification, nothing else. */
  if (guard_path(dir, "data.mark", path, NULL) != PROPTER_OK) return;
  int fd = propter_io_open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return;
  (void)propter_io_write_all(fd, &s, sizeof s);
  CommitTime then = {mark->txn, (int64_t)time(NULL)};
  if (mark->size && !guard_time(dir, mark->txn)) (void)(pwrite(fd, &then, sizeof then, place_of(mark->txn)) < 0);
  (void)propter_io_close(fd);
}

void guard_mark(const char *dir) {
  Mark mark;
  if (look(dir, &mark)) save(dir, &mark);
}

void guard_distrust(const char *dir) {
  Mark mark;
  if (!guard_load(dir, &mark)) return;
  mark.size = 0;
  save(dir, &mark);
}

/* ---- locks ---------------------------------------------------------------------------------------------------------------- */

static PropterStatus open_lock(const char *dir, int *fd, PropterError *err) {
  char path[GUARD_PATH];
  PROPTER_TRY(guard_path(dir, "write.lock", path, err));
  *fd = propter_io_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  return *fd < 0 ? propter_io_fail(err, path, "open") : PROPTER_OK;
}

bool guard_read_only(const char *dir) {
  char path[GUARD_PATH];
  bool there = guard_path(dir, "data.mdb", path, NULL) == PROPTER_OK && access(path, F_OK) == 0;
  return access(there ? path : dir, W_OK) < 0 && (errno == EROFS || errno == EACCES);
}

bool guard_listed(const char *dir) {
  char path[GUARD_PATH];
  return guard_path(dir, "lock.mdb", path, NULL) == PROPTER_OK && access(path, W_OK) == 0;
}

PropterStatus guard_sync(const char *path, int flags, PropterError *err) {
  int fd = propter_io_open(path, flags | O_CLOEXEC, 0);
  if (fd < 0) return propter_io_fail(err, path, "open");
  PropterStatus status = propter_io_sync(fd) < 0 ? propter_io_fail(err, path, "sync") : PROPTER_OK;
  (void)propter_io_close(fd);
  return status;
}

/* 0, EAGAIN if another has it, or an errno. */
static int take(int fd, int byte, bool wait) {
  struct flock one = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
  int rc;
  do rc = fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &one);
  while (rc < 0 && errno == EINTR);
  return rc == 0 ? 0 : errno == EACCES ? EAGAIN : errno;
}

static void give(int fd, int byte) {
  struct flock one = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
  (void)fcntl(fd, F_OFD_SETLK, &one);
}

static bool taken(int fd, int byte) {
  struct flock one = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
  return fcntl(fd, F_OFD_GETLK, &one) == 0 && one.l_type != F_UNLCK;
}

static PropterStatus refused(const char *dir, int code, const char *who, PropterError *err) {
  propter_error_at(err, dir, 0, 0);
  if (code == EAGAIN) return propter_fail(err, PROPTER_LOCKED, "%s", who);
  errno = code;
  return propter_io_fail(err, dir, "lock");
}

/* With GUARD_CHECK held: no writer can begin, so what is seen stays. */
static PropterStatus check(const char *dir, int fd, PropterError *err) {
  if (taken(fd, GUARD_ACTIVE) || matches(dir)) return PROPTER_OK;
  PROPTER_TRY(verify_file(dir, err));
  guard_mark(dir);
  return PROPTER_OK;
}

/* Who may not lock may still ask: of a lock file that can only be read. */
static bool written_to(const char *dir) {
  char path[GUARD_PATH];
  int fd = guard_path(dir, "write.lock", path, NULL) == PROPTER_OK ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return false;
  bool busy = taken(fd, GUARD_WRITER);
  (void)close(fd);
  return busy;
}

static PropterStatus admit_reader(const char *dir, PropterError *err) {
  /* Between a commit and its mark there is a moment. */
  for (int left = PATIENCE_MS; written_to(dir) && left > 0; left -= PAUSE_MS) {
    (void)nanosleep(&(struct timespec){0, PAUSE_MS * 1000000L}, NULL);
    if (matches(dir)) return PROPTER_OK;
  }
  return written_to(dir) ? refused(dir, EAGAIN, "another program writes to this graph, which this one may only read", err) : verify_file(dir, err);
}

bool guard_present(const char *dir) {
  char path[GUARD_PATH];
  struct stat st;
  return guard_path(dir, "data.mdb", path, NULL) == PROPTER_OK && stat(path, &st) == 0 && st.st_size > 0;
}

PropterStatus guard_absent(const char *dir, PropterError *err) {
  propter_error_at(err, dir, 0, 0);
  return propter_fail(err, PROPTER_NOT_FOUND, "no graph here; propter start FOLDER makes one of a folder, propter init an empty one");
}

PropterStatus guard_admit(const char *dir, bool create, int *lock, PropterError *err) {
  char path[GUARD_PATH];
  *lock = -1;
  PROPTER_TRY(guard_path(dir, "data.mdb", path, err));
  if (guard_present(dir) && matches(dir)) return PROPTER_OK;
  if (!guard_present(dir) && !create && !guard_load(dir, &(Mark){0})) return guard_absent(dir, err);
  if (guard_present(dir) && guard_read_only(dir)) return admit_reader(dir, err);
  int fd;
  PROPTER_TRY(open_lock(dir, &fd, err));
  int code = take(fd, GUARD_CHECK, true);
  PropterStatus status = code ? refused(dir, code, "", err) : check(dir, fd, err);
  if (status == PROPTER_NOT_FOUND && create) {
    (void)truncate(path, 0); /* what a creator that died may have left */
    *lock = fd;
    propter_error_clear(err);
    return PROPTER_OK;
  }
  (void)propter_io_close(fd);
  return status;
}

void guard_made(const char *dir, int lock, bool ok) {
  if (ok) guard_mark(dir);
  (void)propter_io_close(lock);
}

PropterStatus guard_writer_begin(const char *dir, bool wait, int *lock, PropterError *err) {
  int fd;
  PROPTER_TRY(open_lock(dir, &fd, err));
  int code = take(fd, GUARD_WRITER, wait);
  PropterStatus status = code ? refused(dir, code, "another program or thread writes to this graph", err) : PROPTER_OK;
  if (status == PROPTER_OK) {
    /* Others hold this byte for microseconds, unless they verify. */
    for (int left = PATIENCE_MS; (code = take(fd, GUARD_CHECK, wait)) == EAGAIN && left > 0; left -= PAUSE_MS)
      (void)nanosleep(&(struct timespec){0, PAUSE_MS * 1000000L}, NULL);
    status = code ? refused(dir, code, "the graph is being verified", err) : matches(dir) ? PROPTER_OK : check(dir, fd, err);
  }
  if (status == PROPTER_OK && (code = take(fd, GUARD_ACTIVE, true)) != 0) status = refused(dir, code, "", err);
  if (status != PROPTER_OK) {
    (void)propter_io_close(fd);
    return status;
  }
  give(fd, GUARD_CHECK);
  *lock = fd;
  return PROPTER_OK;
}

void guard_writer_end(const char *dir, int lock, bool sound) {
  if (sound && !matches(dir)) guard_mark(dir);
  (void)propter_io_close(lock);
}

PropterStatus guard_check_begin(const char *dir, int *lock, PropterError *err) {
  static const char *const busy = "another program or thread writes to this graph; verify it afterwards";
  *lock = -1;
  if (guard_read_only(dir)) return written_to(dir) ? refused(dir, EAGAIN, busy, err) : PROPTER_OK;
  PROPTER_TRY(open_lock(dir, lock, err));
  int code = take(*lock, GUARD_CHECK, true);
  PropterStatus status = code                        ? refused(dir, code, "", err)
                         : taken(*lock, GUARD_ACTIVE) ? refused(dir, EAGAIN, busy, err)
                                                      : PROPTER_OK;
  if (status != PROPTER_OK) (void)propter_io_close(*lock);
  return status;
}

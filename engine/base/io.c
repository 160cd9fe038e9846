/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_TMPFILE */
#endif
#include "propter/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"

int propter_io_open(const char *path, int flags, mode_t mode) {
  if (fault_io()) return -1;
  int fd;
  do fd = open(path, flags | O_CLOEXEC, mode);
  while (fd < 0 && errno == EINTR);
  return fd;
}

ssize_t propter_io_read(int fd, void *buf, size_t size) {
  if (fault_io()) return -1;
  ssize_t n;
  do n = read(fd, buf, size);
  while (n < 0 && errno == EINTR);
  return n;
}

ssize_t propter_io_write(int fd, const void *buf, size_t size) {
  if (fault_io()) return -1;
  ssize_t n;
  do n = write(fd, buf, size);
  while (n < 0 && errno == EINTR);
  return n;
}

ssize_t propter_io_read_at(int fd, void *buf, size_t size, uint64_t offset) {
  if (fault_io()) return -1;
  ssize_t n;
  do n = pread(fd, buf, size, (off_t)offset);
  while (n < 0 && errno == EINTR);
  return n;
}

int propter_io_sync(int fd) {
  if (fault_io()) return -1;
  /* Never retried: after a failed fsync the kernel may have dropped the dirty pages. */
  return fsync(fd);
}

int propter_io_close(int fd) {
  bool fail = fault_io();
  int saved = errno, r = close(fd);
  if (fail) {
    errno = saved;
    return -1;
  }
  return r;
}

int propter_io_rename(const char *from, const char *to) { return fault_io() ? -1 : rename(from, to); }

int propter_io_unlink(const char *path) { return fault_io() ? -1 : unlink(path); }

int propter_io_write_all(int fd, const void *buf, size_t size) {
  for (const char *p = buf; size;) {
    ssize_t n = propter_io_write(fd, p, size);
    if (n < 0) return -1;
    p += n;
    size -= (size_t)n;
  }
  return 0;
}

PropterStatus propter_io_fail(PropterError *err, const char *path, const char *what) {
  int e = errno;
  propter_error_at(err, path, 0, 0);
  PropterStatus s = e == ENOENT || e == ENOTDIR ? PROPTER_NOT_FOUND : e == ENOMEM ? PROPTER_NO_MEMORY : PROPTER_IO;
  return propter_fail(err, s, "cannot %s: %s", what, strerror(e));
}

PropterStatus propter_io_read_file(const char *path, size_t limit, PropterBuf *out, PropterError *err) {
  if (!limit) limit = (size_t)1 << 30;
  int fd = propter_io_open(path, O_RDONLY, 0);
  if (fd < 0) return propter_io_fail(err, path, "open");
  PropterStatus status = PROPTER_OK;
  char block[1 << 16];
  size_t total = 0;
  for (;;) {
    ssize_t n = propter_io_read(fd, block, sizeof block);
    if (n < 0) {
      status = propter_io_fail(err, path, "read");
      break;
    }
    if (n == 0) break;
    total += (size_t)n;
    if (total > limit) {
      propter_error_at(err, path, 0, 0);
      status = propter_fail(err, PROPTER_LIMIT, "file is longer than the limit of %zu bytes", limit);
      break;
    }
    propter_buf_add(out, (PropterStr){block, (size_t)n});
  }
  (void)propter_io_close(fd);
  if (status == PROPTER_OK) status = propter_buf_status(out, err);
  return status;
}

int propter_io_temporary(const char *folder) {
  char path[4096];
  int fd = propter_io_open(folder, O_TMPFILE | O_RDWR, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  if ((size_t)snprintf(path, sizeof path, "%s/propter-XXXXXX", folder) >= sizeof path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  fd = mkostemp(path, O_CLOEXEC);
  if (fd >= 0) (void)unlink(path); /* not what a test makes fail: nothing could be done about it */
  return fd;
}

static PropterStatus copy_input(int to, uint64_t limit, PropterError *err) {
  char block[1 << 16];
  uint64_t total = 0;
  for (;;) {
    ssize_t n = propter_io_read(STDIN_FILENO, block, sizeof block);
    if (n < 0) return propter_io_fail(err, "standard input", "read");
    if (n == 0) return PROPTER_OK;
    total += (uint64_t)n;
    if (total > limit) return propter_fail(err, PROPTER_LIMIT, "standard input is longer than the limit of %llu bytes", (unsigned long long)limit);
    if (propter_io_write_all(to, block, (size_t)n) < 0) return propter_io_fail(err, "a temporary file", "write");
  }
}

PropterStatus propter_io_keep_input(uint64_t limit, PropterError *err) {
  struct stat st;
  if (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode)) return PROPTER_OK;
  const char *folder = getenv("TMPDIR");
  if (!folder || !*folder) folder = "/tmp";
  int fd = propter_io_temporary(folder);
  if (fd < 0) return propter_io_fail(err, folder, "make a temporary file");
  PropterStatus status = copy_input(fd, limit, err);
  if (status == PROPTER_OK && dup2(fd, STDIN_FILENO) < 0) status = propter_io_fail(err, folder, "open a temporary file");
  (void)propter_io_close(fd);
  return status;
}

/* A rename is durable only when the folder that holds the name is synced. */
static int sync_folder(const char *path) {
  char folder[4096];
  const char *slash = strrchr(path, '/');
  size_t n = slash ? (size_t)(slash - path) : 0;
  if (n >= sizeof folder) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(folder, path, n);
  folder[n] = '\0';
  int fd = propter_io_open(slash ? (n ? folder : "/") : ".", O_RDONLY | O_DIRECTORY, 0);
  if (fd < 0) return -1;
  int r = propter_io_sync(fd);
  return propter_io_close(fd) < 0 ? -1 : r;
}

PropterStatus propter_io_write_file(const char *path, PropterStr bytes, PropterError *err) {
  PropterBuf name = {.max = 4096};
  propter_buf_printf(&name, "%s.%ld.tmp", path, (long)getpid());
  PROPTER_TRY(propter_buf_status(&name, err));
  PropterStatus status = PROPTER_OK;
  int fd = propter_io_open(name.data, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644);
  if (fd < 0) {
    status = propter_io_fail(err, path, "create");
    goto done;
  }
  if (propter_io_write_all(fd, bytes.data, bytes.len) < 0 || propter_io_sync(fd) < 0) status = propter_io_fail(err, path, "write");
  if (propter_io_close(fd) < 0 && status == PROPTER_OK) status = propter_io_fail(err, path, "write");
  if (status == PROPTER_OK && (propter_io_rename(name.data, path) < 0 || sync_folder(path) < 0))
    status = propter_io_fail(err, path, "replace");
  if (status != PROPTER_OK) (void)unlink(name.data); /* not what a test makes fail: nothing could be done about it */
done:
  propter_buf_clear(&name);
  return status;
}

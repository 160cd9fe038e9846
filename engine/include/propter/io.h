/* SPDX-License-Identifier: Apache-2.0 */
/* File operations through shims that tests can make fail (fault.h), and the two whole-file operations built on them. */
#ifndef PROPTER_IO_H
#define PROPTER_IO_H

#include <sys/types.h>

#include "propter/mem.h"

/* As open(2), read(2), write(2), fsync(2), close(2), rename(2), unlink(2), retried on EINTR. -1 and errno on failure; close
 * always releases the descriptor. */
PROPTER_API int propter_io_open(const char *path, int flags, mode_t mode);
PROPTER_API ssize_t propter_io_read(int fd, void *buf, size_t size);
PROPTER_API ssize_t propter_io_write(int fd, const void *buf, size_t size);
PROPTER_API int propter_io_sync(int fd);
PROPTER_API int propter_io_close(int fd);
PROPTER_API int propter_io_rename(const char *from, const char *to);
PROPTER_API int propter_io_unlink(const char *path);

/* As pread(2). */
PROPTER_API ssize_t propter_io_read_at(int fd, void *buf, size_t size, uint64_t offset);

/* A file for reading and writing in the folder that has no name (O_TMPFILE; where that is not to be had its name goes at once). -1 and errno. */
PROPTER_API int propter_io_temporary(const char *folder);

/* Writes all of it or fails. */
PROPTER_API int propter_io_write_all(int fd, const void *buf, size_t size);

/* Appends the file's bytes to `out`. NOT_FOUND: no such file; LIMIT: more than `limit` bytes (0: 1 GiB); IO: anything else. */
PROPTER_API PropterStatus propter_io_read_file(const char *path, size_t limit, PropterBuf *out, PropterError *err);

/* Makes standard input a file that can be opened as /dev/stdin again and again: where it is none, what it holds goes into a temporary file (in $TMPDIR or
 * /tmp, gone with the process) that takes its place. LIMIT: more than `limit` bytes; IO. */
PROPTER_API PropterStatus propter_io_keep_input(uint64_t limit, PropterError *err);

/* Replaces the file: written beside it, synced, renamed, the folder synced; on failure the old file stands unchanged. */
PROPTER_API PropterStatus propter_io_write_file(const char *path, PropterStr bytes, PropterError *err);

/* propter_fail for the last file operation on `path`: NOT_FOUND for ENOENT/ENOTDIR, NO_MEMORY for ENOMEM, else IO, with errno's text. */
PROPTER_API PropterStatus propter_io_fail(PropterError *err, const char *path, const char *what);

#endif

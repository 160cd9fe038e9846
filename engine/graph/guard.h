/* SPDX-License-Identifier: Apache-2.0 */
/* Decides whether a graph's file may be used, and who may change it. The file `data.mark` says what the data file was when the last commit ended: commit
 * number, checksum of its meta page, size, inode, times. While they agree, the file is what the last writer left. Otherwise either a writer is at work, or one
 * died, or something else touched the file: then it is verified in a child before it is used. `write.lock` has three bytes to lock: GUARD_WRITER  the one
 * writer; GUARD_CHECK   whoever verifies or makes the file; a writer needs it for a moment to begin; GUARD_ACTIVE  a writer at work that has checked the file:
 * for its time a file that differs from its mark is nothing to wonder about. */
#ifndef GRAPH_GUARD_H
#define GRAPH_GUARD_H

#include <sys/stat.h>

#include "propter/graph.h"

/* What a data file was, or is. */
typedef struct {
  uint64_t txn, meta, size, inode;
  int64_t modified[2], changed[2]; /* seconds, nanoseconds */
} Mark;

/* Before LMDB sees the file. *lock is a descriptor to be given to guard_made if the file is to be made (`create` and nothing there), else -1. NOT_FOUND,
 * DAMAGED, IO. */
PropterStatus guard_admit(const char *dir, bool create, int *lock, PropterError *err);
/* The file is made (or could not be: `ok` false): leaves its mark, lets others in. */
void guard_made(const char *dir, int lock, bool ok);

/* Becomes the writer; checks the file again, as the writer before may have died. LOCKED, DAMAGED, IO. */
PropterStatus guard_writer_begin(const char *dir, bool wait, int *lock, PropterError *err);
/* `sound`: no write of this writer left the file in doubt. */
void guard_writer_end(const char *dir, int lock, bool sound);

/* Leaves the mark of the file as it is now. Failing leaves an old mark or none, and then the next open verifies. */
void guard_mark(const char *dir);
/* When a commit was made, in seconds since 1970; 0: not known (the last 1,024 are, unless something failed). */
int64_t guard_time(const char *dir, uint64_t txn);
/* Keeps the mark's commit number, but makes the next open verify. */
void guard_distrust(const char *dir);
/* NOT_FOUND, with what makes a graph. */
PropterStatus guard_absent(const char *dir, PropterError *err);
/* Whether there is a data file with something in it. */
bool guard_present(const char *dir);
/* The mark, if there is a whole one. */
bool guard_load(const char *dir, Mark *mark);

/* Takes GUARD_CHECK for verifying on demand; LOCKED if a writer is at work. Close the descriptor to end; -1 where guard_read_only. */
PropterStatus guard_check_begin(const char *dir, int *lock, PropterError *err);

/* This process cannot write the graph: it lies on a CD or a mount for reading, or permission is missing. */
bool guard_read_only(const char *dir);
/* Its readers can all the same be put on LMDB's list, from which a writer knows what it may not write over. */
bool guard_listed(const char *dir);
/* Makes a file, or a folder's list of names (flags O_RDONLY | O_DIRECTORY), last a power cut. */
PropterStatus guard_sync(const char *path, int flags, PropterError *err);

/* "dir/name". */
enum { GUARD_PATH = 4096 };
PropterStatus guard_path(const char *dir, const char *name, char path[GUARD_PATH], PropterError *err);

/* In verify.c: walks the file in a child process. NOT_FOUND: it never held a commit. */
PropterStatus verify_file(const char *dir, PropterError *err);
/* What that child does, for its fuzzer: one at a time, and an input error of the file is a signal. */
PropterStatus verify_walk(int fd, const struct stat *st, const Mark *mark, PropterError *err);

#endif

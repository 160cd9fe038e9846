/* SPDX-License-Identifier: Apache-2.0 */
/* The graph file without its free pages: copied, verified, put in the place of the old one while nobody has it open. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "env.h"
#include "guard.h"
#include "propter/io.h"

typedef struct {
  char data[4096], lock[4096], copy[4096], copy_data[4096], copy_lock[4096], copy_mark[4096], copy_write[4096];
} Paths;

static PropterStatus make_paths(const char *dir, Paths *p, PropterError *err) {
  bool fits = snprintf(p->data, sizeof p->data, "%s/data.mdb", dir) < (int)sizeof p->data &&
              snprintf(p->lock, sizeof p->lock, "%s/lock.mdb", dir) < (int)sizeof p->lock &&
              snprintf(p->copy, sizeof p->copy, "%s/compact", dir) < (int)sizeof p->copy &&
              snprintf(p->copy_data, sizeof p->copy_data, "%s/compact/data.mdb", dir) < (int)sizeof p->copy_data &&
              snprintf(p->copy_lock, sizeof p->copy_lock, "%s/compact/lock.mdb", dir) < (int)sizeof p->copy_lock &&
              snprintf(p->copy_mark, sizeof p->copy_mark, "%s/compact/data.mark", dir) < (int)sizeof p->copy_mark &&
              snprintf(p->copy_write, sizeof p->copy_write, "%s/compact/write.lock", dir) < (int)sizeof p->copy_write;
  return fits ? PROPTER_OK : propter_fail(err, PROPTER_INVALID, "the graph directory's name is too long");
}

static void remove_copy(const Paths *p) {
  (void)unlink(p->copy_data);
  (void)unlink(p->copy_lock);
  (void)unlink(p->copy_mark);
  (void)unlink(p->copy_write);
  (void)rmdir(p->copy);
}

/* LMDB keeps a shared lock on the first byte of lock.mdb as long as a process has the file open; so the exclusive one means that none has, and
 * who opens it meanwhile waits and then finds the new file. */
static PropterStatus replace(const char *dir, const Paths *p, PropterError *err) {
  int fd = propter_io_open(p->lock, O_RDWR | O_CREAT, 0666);
  if (fd < 0) return propter_io_fail(err, p->lock, "open");
  struct flock first = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
  PropterStatus status = PROPTER_OK;
  if (fcntl(fd, F_SETLK, &first) < 0) {
    propter_error_at(err, dir, 0, 0);
    status =
        errno == EAGAIN || errno == EACCES ? propter_fail(err, PROPTER_LOCKED, "another program has this graph open") : propter_io_fail(err, p->lock, "lock");
  }
  if (status == PROPTER_OK && propter_io_rename(p->copy_data, p->data) < 0) status = propter_io_fail(err, p->data, "replace");
  if (status == PROPTER_OK) status = guard_sync(dir, O_RDONLY | O_DIRECTORY, err);
  (void)propter_io_close(fd);
  return status;
}

PropterStatus propter_graph_compact(const char *dir, uint64_t *before, uint64_t *after, PropterError *err) {
  Paths p = {0};
  struct stat st;
  int write_fd = -1;
  PropterGraph *graph = NULL;
  PROPTER_TRY(make_paths(dir, &p, err));
  if (stat(p.data, &st) < 0) return propter_io_fail(err, dir, "find a graph");
  if (before) *before = (uint64_t)st.st_size;
  PROPTER_TRY(guard_writer_begin(dir, false, &write_fd, err));
  remove_copy(&p); /* of a run that was killed */
  PropterStatus status = propter_graph_open(dir, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err);
  if (status == PROPTER_OK) {
    status = env_shared(dir) ? propter_fail(err, PROPTER_LOCKED, "this program has the graph open elsewhere") : propter_graph_backup(graph, p.copy, err);
    propter_graph_close(graph);
  }
  if (status == PROPTER_OK) status = propter_graph_verify(p.copy, NULL, err);
  if (status == PROPTER_OK) status = guard_sync(p.copy_data, O_RDWR, err);
  if (status == PROPTER_OK && stat(p.copy_data, &st) < 0) status = propter_io_fail(err, p.copy_data, "look at");
  if (status == PROPTER_OK) status = replace(dir, &p, err);
  if (status == PROPTER_OK && after) *after = (uint64_t)st.st_size;
  remove_copy(&p);
  guard_writer_end(dir, write_fd, true);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FOLDERS = 512 }; /* of a whole suite, where its tests run in one process */
static char folders[FOLDERS][256];
static unsigned folder_count;
static pid_t owner;

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
  (void)st, (void)flag, (void)ftw;
  return remove(path);
}

static void remove_folders(void) {
  if (getpid() != owner) return;
  for (unsigned i = 0; i < folder_count; i++) (void)nftw(folders[i], remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *support_folder(void) {
  if (owner != getpid()) {
    /* Check runs each test in a child of its own: that child cleans up what it made. */
    owner = getpid();
    folder_count = 0;
    (void)atexit(remove_folders);
  }
  ck_assert_uint_lt(folder_count, FOLDERS);
  const char *tmp = getenv("TMPDIR");
  (void)snprintf(folders[folder_count], sizeof folders[0], "%s/propter-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
  ck_assert_ptr_nonnull(mkdtemp(folders[folder_count]));
  return folders[folder_count++];
}

const char *support_path(const char *folder, const char *name) {
  static PropterArena arena;
  return propter_arena_printf(&arena, "%s/%s", folder, name).data;
}

void support_write(const char *path, PropterStr bytes) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ck_assert_int_ge(fd, 0);
  for (size_t at = 0; at < bytes.len;) {
    ssize_t n = write(fd, bytes.data + at, bytes.len - at);
    ck_assert_int_gt((int)(n > 0), 0);
    at += (size_t)n;
  }
  ck_assert_int_eq(close(fd), 0);
}

uint64_t support_fail_everywhere(PropterFaultKind kind, SupportOperation operation, void *payload, bool may_recover) {
  PropterError err = {0};
  (void)operation(payload, &err); /* what is made once and kept is made now */
  memset(&err, 0, sizeof err);
  propter_fault_plan(kind, 0, false, ENOSPC);
  PropterStatus status = operation(payload, &err);
  uint64_t points = propter_fault_end(kind);
  ck_assert_msg(status == PROPTER_OK, "good run failed: %s", err.message);
  for (int forever = 0; forever < 2; forever++)
    for (uint64_t n = 1; n <= points; n++) {
      memset(&err, 0, sizeof err);
      propter_fault_plan(kind, n, forever, ENOSPC);
      status = operation(payload, &err);
      /* Caches may spare a later run its last points: what was not reached did not fail. */
      bool failed = propter_fault_end(kind) >= n;
      ck_assert_msg(may_recover || !failed || status != PROPTER_OK, "point %llu of %llu: failure went unnoticed", (unsigned long long)n,
                    (unsigned long long)points);
    }
  memset(&err, 0, sizeof err);
  status = operation(payload, &err);
  ck_assert_msg(status == PROPTER_OK, "good run after failures failed: %s", err.message);
  return points;
}

bool support_sqlite_odbc(void) {
  FILE *f = fopen("/etc/odbcinst.ini", "r");
  char line[256];
  bool found = false;
  while (f && !found && fgets(line, sizeof line, f)) found = strncmp(line, "[SQLite3]", 9) == 0;
  if (f) fclose(f);
  if (!found) printf("# no driver SQLite3 in /etc/odbcinst.ini (Debian package libsqliteodbc): not tested over ODBC\n");
  return found;
}

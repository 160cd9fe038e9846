/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of its own for the graph of a target, made once and removed at the end. */
#ifndef FUZZ_FOLDER_H
#define FUZZ_FOLDER_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[64];

static void must(bool ok) {
  if (!ok) abort();
}

static void folder_clear(void) {
  static const char *const names[] = {"data.mdb", "data.mark", "lock.mdb", "write.lock"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
    (void)unlink(path);
  }
  (void)rmdir(dir);
}

static void folder_make(void) {
  const char *tmp = getenv("TMPDIR");
  (void)snprintf(dir, sizeof dir, "%.40s/propter-fuzz-XXXXXX", tmp && *tmp ? tmp : "/tmp");
  must(mkdtemp(dir));
  (void)atexit(folder_clear);
}

#endif

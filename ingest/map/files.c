/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a logical source: one, those of a directory, or those that a pattern matches. */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "model.h"
#include "propter/io.h"

static int by_name(const void *a, const void *b) { return propter_str_compare(*(const PropterStr *)a, *(const PropterStr *)b); }

static bool is_file(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Names that begin with a dot are left out, as in a shell; so are folders. */
static PropterStatus expand(PropterMapping *m, LogicalSource *s, const char *pattern, PropterError *err) {
  glob_t found = {0};
  int failed = glob(pattern, GLOB_NOSORT, NULL, &found);
  PropterStatus status = PROPTER_OK;
  if (failed == GLOB_NOSPACE) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory listing files");
  PropterStr *files = status == PROPTER_OK ? model_alloc(m, (found.gl_pathc + 1) * sizeof *files, err) : NULL;
  if (status == PROPTER_OK && !files) status = PROPTER_NO_MEMORY;
  for (size_t i = 0; i < found.gl_pathc && status == PROPTER_OK; i++) {
    if (!is_file(found.gl_pathv[i])) continue;
    files[s->is.file_count] = propter_arena_copy(&m->arena, propter_str(found.gl_pathv[i]));
    if (!files[s->is.file_count++].data) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory listing files");
  }
  globfree(&found);
  if (status != PROPTER_OK) return status;
  if (!s->is.file_count) return doc_fail(&m->doc, s->at, err, PROPTER_NOT_FOUND, "source %s: no file matches %s", s->is.path.data, pattern);
  qsort(files, s->is.file_count, sizeof *files, by_name);
  s->is.files = files;
  return PROPTER_OK;
}

PropterStatus source_files(PropterMapping *m, LogicalSource *s, PropterError *err) {
  struct stat st;
  bool there = !s->is.database && stat(s->is.path.data, &st) == 0;
  s->is.file_count = 0;
  if (there && S_ISDIR(st.st_mode)) {
    bool slash = propter_str_ends(s->is.path, PROPTER_STR("/"));
    PropterStr pattern = propter_arena_printf(&m->arena, "%s%s*", s->is.path.data, slash ? "" : "/");
    return pattern.data ? expand(m, s, pattern.data, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory listing files");
  }
  if (!there && !s->is.database && strpbrk(s->is.path.data, "*?[")) return expand(m, s, s->is.path.data, err);
  PropterStr *file = model_alloc(m, sizeof *file, err);
  if (!file) return PROPTER_NO_MEMORY;
  *file = s->is.path;
  if (!s->is.database && propter_str_equal(s->is.path, PROPTER_STR("-"))) {
    /* It is read more than once: for its hash, for joins, for a first look. */
    *file = PROPTER_STR("/dev/stdin");
    PROPTER_TRY(propter_io_keep_input(m->options->limits ? m->options->limits->table_bytes : propter_limits_default().table_bytes, err));
  }
  s->is.files = file;
  s->is.file_count = 1;
  return PROPTER_OK;
}

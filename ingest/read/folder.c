/* SPDX-License-Identifier: Apache-2.0 */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "propter/document.h"
#include "propter/hash.h"
#include "propter/io.h"

enum { MAX_FOLDERS = 64, MAX_FILES = 1000000 };

typedef struct Folder {
  const struct Folder *above;
  dev_t device;
  ino_t inode;
  unsigned depth;
} Folder;

typedef struct {
  PropterArena *arena;
  FolderFiles *out;
} Walk;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory to list documents"); }

static PropterStatus add_file(Walk *w, const char *path, PropterStr relative, bool below, const PropterError *bad, PropterError *err) {
  if (w->out->files.count >= MAX_FILES) return propter_fail(err, PROPTER_LIMIT, "more than %d documents", MAX_FILES);
  FolderFile f = {.path = path, .relative = relative, .below = below};
  char *real = realpath(path, NULL);
  if (bad) f.bad = *bad;
  else if (!real) (void)propter_io_fail(&f.bad, path, "open");
  f.real = real ? propter_arena_copy(w->arena, propter_str(real)) : propter_str(path);
  free(real);
  if (!f.real.data || f.bad.status == PROPTER_NO_MEMORY) return no_memory(err);
  if (f.bad.status != PROPTER_OK && !below) {
    if (err) *err = f.bad;
    return f.bad.status;
  }
  return propter_vec_push(&w->out->files, f) ? PROPTER_OK : no_memory(err);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static PropterStatus list_folder(Walk *w, const char *path, char ***names, size_t *count, PropterError *err) {
  PROPTER_VEC(char *) list = {0};
  DIR *dir = opendir(path);
  if (!dir) return propter_io_fail(err, path, "open");
  PropterStatus status = PROPTER_OK;
  errno = 0;
  for (struct dirent *e; status == PROPTER_OK && (e = readdir(dir));) {
    if (e->d_name[0] == '.') continue;
    char *copy = (char *)(uintptr_t)propter_arena_copy(w->arena, propter_str(e->d_name)).data;
    if (!copy || !propter_vec_push(&list, copy)) status = no_memory(err);
  }
  if (status == PROPTER_OK && errno) status = propter_io_fail(err, path, "read");
  (void)closedir(dir);
  if (status == PROPTER_OK && list.count) qsort(list.items, list.count, sizeof *list.items, by_name);
  *names = list.items;
  *count = list.count;
  return status;
}

static PropterStatus walk(Walk *w, const char *path, PropterStr relative, const Folder *above, PropterError *err) {
  struct stat st;
  PropterError bad = {0};
  if (stat(path, &st) != 0) {
    (void)propter_io_fail(&bad, path, "open");
    return add_file(w, path, relative, above, &bad, err);
  }
  if (!S_ISDIR(st.st_mode)) {
    if (above && !S_ISREG(st.st_mode)) return PROPTER_OK;
    if (!above || propter_document_recognised(path)) return add_file(w, path, relative, above, NULL, err);
    w->out->passed++;
    return PROPTER_OK;
  }
  Folder here = {.above = above, .device = st.st_dev, .inode = st.st_ino, .depth = above ? above->depth + 1 : 0};
  for (const Folder *f = above; f; f = f->above)
    if (f->device == st.st_dev && f->inode == st.st_ino) return PROPTER_OK;
  char **names = NULL;
  size_t count = 0;
  PropterStatus status = here.depth > MAX_FOLDERS ? propter_fail(&bad, PROPTER_LIMIT, "folders are nested deeper than %d", MAX_FOLDERS)
                                                  : list_folder(w, path, &names, &count, &bad);
  if (status != PROPTER_OK) status = status == PROPTER_NO_MEMORY ? no_memory(err) : add_file(w, path, relative, above, &bad, err);
  else
    for (size_t i = 0; i < count && status == PROPTER_OK; i++) {
      PropterStr below = propter_arena_printf(w->arena, "%s/%s", path, names[i]),
                 rel = propter_arena_printf(w->arena, "%.*s/%s", (int)relative.len, relative.data, names[i]);
      status = below.data && rel.data ? walk(w, below.data, rel, &here, err) : no_memory(err);
    }
  propter_free(names);
  return status;
}

static PropterStatus operand(Walk *w, const char *path, PropterError *err) {
  struct stat st;
  char *real = realpath(path, NULL);
  if (!real || stat(real, &st) != 0) {
    PropterStatus status = propter_io_fail(err, path, "open");
    free(real);
    return status;
  }
  PropterStr whole = propter_arena_copy(w->arena, propter_str(real));
  free(real);
  if (!whole.data) return no_memory(err);
  PropterStr relative = propter_str_base_name(whole);
  if (!S_ISDIR(st.st_mode)) {
    /* A file has the name it would have if its folder had been given. */
    PropterStr parent = propter_str_base_name((PropterStr){whole.data, whole.len - relative.len - (whole.len > relative.len)});
    relative = propter_arena_printf(w->arena, "%.*s/%.*s", (int)parent.len, parent.data, (int)relative.len, relative.data);
    if (!relative.data) return no_memory(err);
  }
  PropterStr shown = propter_arena_copy(w->arena, propter_str(path));
  while (shown.len > 1 && shown.data && shown.data[shown.len - 1] == '/') ((char *)(uintptr_t)shown.data)[--shown.len] = '\0';
  return shown.data ? walk(w, shown.data, relative, NULL, err) : no_memory(err);
}

PropterStatus folder_files(const char *const *paths, size_t count, PropterArena *arena, FolderFiles *out, PropterError *err) {
  Walk w = {.arena = arena, .out = out};
  for (size_t i = 0; i < count; i++) PROPTER_TRY(operand(&w, paths[i], err));
  PropterMap seen = {0};
  PropterStatus status = PROPTER_OK;
  size_t n = 0;
  for (size_t i = 0; i < out->files.count && status == PROPTER_OK; i++) {
    bool added = false;
    uint64_t *slot = propter_map_put(&seen, out->files.items[i].real, n, &added);
    if (!slot) status = no_memory(err);
    else if (added) out->files.items[n++] = out->files.items[i];
  }
  out->files.count = n;
  propter_map_clear(&seen);
  return status;
}

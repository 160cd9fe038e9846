/* SPDX-License-Identifier: Apache-2.0 */
#include "corpus.h"

#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a labelled set"); }

void corpus_clear(Corpus *c) {
  propter_vec_clear(&c->items);
  propter_vec_clear(&c->relations);
  propter_vec_clear(&c->documents);
  propter_arena_clear(&c->arena);
}

unsigned corpus_document(Corpus *c, PropterStr name) {
  for (size_t i = c->documents.count; i-- > 0;)
    if (propter_str_equal(c->documents.items[i], name)) return (unsigned)i;
  PropterStr copy = propter_arena_copy(&c->arena, name);
  return copy.data && propter_vec_push(&c->documents, copy) ? (unsigned)c->documents.count - 1 : UINT_MAX;
}

PropterStatus corpus_item(Corpus *c, PropterStr text, unsigned document, int label, PropterError *err) {
  CorpusItem item = {propter_arena_copy(&c->arena, text), document, label, c->relations.count, 0};
  return item.text.data && document != UINT_MAX && propter_vec_push(&c->items, item) ? PROPTER_OK : no_memory(err);
}

PropterStatus corpus_relation(Corpus *c, CorpusRelation r, PropterError *err) {
  if (!propter_vec_push(&c->relations, r)) return no_memory(err);
  c->items.items[c->items.count - 1].count++;
  return PROPTER_OK;
}

/* nftw has no payload. */
static struct {
  CorpusFiles *out;
  PropterStr prefix, suffix;
  bool failed;
} walk;

static int visit(const char *path, const struct stat *st, int type, struct FTW *at) {
  (void)st;
  PropterStr name = propter_str(path + at->base);
  if (type != FTW_F || !propter_str_starts(name, walk.prefix) || !propter_str_ends(name, walk.suffix)) return 0;
  const char *copy = propter_arena_copy(&walk.out->arena, propter_str(path)).data;
  walk.failed = !copy || !propter_vec_push(&walk.out->paths, copy);
  return walk.failed;
}

static int by_path(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

PropterStatus corpus_files(const char *folder, const char *prefix, const char *suffix, CorpusFiles *out, PropterError *err) {
  walk.out = out, walk.prefix = propter_str(prefix), walk.suffix = propter_str(suffix), walk.failed = false;
  (void)nftw(folder, visit, 16, FTW_PHYS);
  if (walk.failed) return no_memory(err);
  if (!out->paths.count) return propter_fail(err, PROPTER_NOT_FOUND, "%s: no file %s…%s", folder, prefix, suffix);
  qsort(out->paths.items, out->paths.count, sizeof *out->paths.items, by_path);
  return PROPTER_OK;
}

void corpus_files_clear(CorpusFiles *files) {
  propter_vec_clear(&files->paths);
  propter_arena_clear(&files->arena);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "pages.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "propter/hash.h"
#include "propter/io.h"

enum {
  HEADER = 16,     /* number 8, pad 2, flags 2, lower 2 and upper 2 (overflow: pages 4) */
  META = 136,      /* magic 4, version 4, address 8, map size 8, two trees, last page 8, transaction 8 */
  TREE = 48,
  DEPTH = 32,      /* LMDB's own bound */
  NODE = 8,        /* low 2, high 2, flags 2, key size 2 */
  PAGE_BRANCH = 1, PAGE_LEAF = 2, PAGE_OVERFLOW = 4, PAGE_META = 8,
  NODE_BIG = 1, NODE_TABLE = 2,
  TREE_INTEGERS = 8,
  LONGEST_KEY = 511,
  MOST_TABLES = 16
};
#define NO_PAGE UINT64_MAX

static uint16_t two(const unsigned char *p) {
  uint16_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

static uint32_t four(const unsigned char *p) {
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

static uint64_t eight(const unsigned char *p) {
  uint64_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

static PagesTree tree_at(const unsigned char *p) {
  return (PagesTree){four(p), two(p + 4), two(p + 6), eight(p + 8), eight(p + 16), eight(p + 24), eight(p + 32), eight(p + 40)};
}

static PropterStatus bad_meta(PropterError *err, unsigned which, const char *what) {
  return propter_fail(err, PROPTER_DAMAGED, "meta page %u: %s", which, what);
}

/* One meta page into *meta. */
static PropterStatus read_meta(int fd, uint64_t at, unsigned which, PagesMeta *meta, PropterError *err) {
  unsigned char b[HEADER + META];
  ssize_t n = pread(fd, b, sizeof b, (off_t)at);
  if (n < 0) return propter_io_fail(err, NULL, "read");
  if (n != (ssize_t)sizeof b) return bad_meta(err, which, "the file ends before it");
  const unsigned char *m = b + HEADER;
  if (eight(b) != which || two(b + 10) != PAGE_META) return bad_meta(err, which, "its header is wrong");
  if (four(m) != 0xBEEFC0DE) return bad_meta(err, which, "it does not begin as one");
  if (four(m + 4) != 1) return propter_fail(err, PROPTER_INVALID, "the file has LMDB format %u, this program reads format 1", four(m + 4));
  *meta = (PagesMeta){.txn = eight(m + 128),
                      .last_page = eight(m + 120),
                      .checksum = propter_hash64((PropterStr){(const char *)b, sizeof b}),
                      .free = tree_at(m + 24),
                      .main = tree_at(m + 72)};
  meta->page_size = meta->free.pad;
  if (meta->page_size < 512 || meta->page_size > 65536 || (meta->page_size & (meta->page_size - 1))) return bad_meta(err, which, "impossible page size");
  if (meta->free.flags != TREE_INTEGERS || meta->main.flags != 0) return bad_meta(err, which, "unknown flags");
  if (eight(m + 16) > UINT64_C(1) << 47) return bad_meta(err, which, "impossible map size");
  return PROPTER_OK;
}

PropterStatus pages_meta(int fd, uint64_t file_size, PagesMeta *meta, PropterError *err) {
  if (file_size == 0) return propter_fail(err, PROPTER_NOT_FOUND, "the file is empty");
  PagesMeta other;
  PROPTER_TRY(read_meta(fd, 0, 0, meta, err));
  /* Whoever made the file may have died between its two pages. */
  if (meta->txn == 0 && file_size <= meta->page_size) return propter_fail(err, PROPTER_NOT_FOUND, "the file never held a commit");
  PROPTER_TRY(read_meta(fd, meta->page_size, 1, &other, err));
  if (other.page_size != meta->page_size) return bad_meta(err, 1, "another page size");
  /* A commit takes the page its number says and leaves the one before it. */
  if (meta->txn == 0 && other.txn == 0) return propter_fail(err, PROPTER_NOT_FOUND, "the file never held a commit");
  if (meta->txn % 2 || other.txn % 2 == 0 || (meta->txn + 1 != other.txn && other.txn + 1 != meta->txn))
    return propter_fail(err, PROPTER_DAMAGED, "the meta pages are of commits %llu and %llu", (unsigned long long)meta->txn, (unsigned long long)other.txn);
  if (other.txn > meta->txn) *meta = other;
  if (meta->last_page < 1 || meta->last_page >= UINT64_C(1) << 40) return propter_fail(err, PROPTER_DAMAGED, "impossible number of pages");
  return PROPTER_OK;
}

/* ---- the walk ------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const unsigned char *bytes;
  size_t size, page_size;
  uint64_t pages, txn;
  unsigned char *used; /* a bit per page */
  PropterError *err;
} File;

/* A tree being walked: what was counted, and who gets its entries. */
typedef struct Walk Walk;
struct Walk {
  File *file;
  PagesTree tree, seen;
  bool integers;
  uint16_t node_flags; /* that a leaf's nodes may have beside NODE_BIG */
  PropterStatus (*entry)(Walk *walk, PropterStr key, PropterStr value);
  const char *const *names;
  unsigned count, table;
  unsigned found; /* bits of the tables met */
  PagesTree *tables;
  PagesEntry next;
  void *payload;
};

static PropterStatus bad_page(const File *f, uint64_t page, const char *what) {
  return propter_fail(f->err, PROPTER_DAMAGED, "page %llu: %s", (unsigned long long)page, what);
}

static PropterStatus use(File *f, uint64_t page, bool in_file) {
  if (page < 2 || page >= f->pages) return bad_page(f, page, "no such page");
  if (in_file && (page + 1) * f->page_size > f->size) return bad_page(f, page, "behind the end of the file");
  if (f->used[page / 8] & 1U << page % 8) return bad_page(f, page, "used twice");
  f->used[page / 8] |= (unsigned char)(1U << page % 8);
  return PROPTER_OK;
}

static int compare(const Walk *w, PropterStr a, PropterStr b) {
  if (!w->integers) return propter_str_compare(a, b);
  uint64_t x = eight((const unsigned char *)a.data), y = eight((const unsigned char *)b.data);
  return (x > y) - (x < y);
}

/* The value on overflow pages. */
static PropterStatus big_value(Walk *w, uint64_t page, size_t size, PropterStr *value) {
  File *f = w->file;
  PROPTER_TRY(use(f, page, true));
  const unsigned char *p = f->bytes + page * f->page_size;
  uint64_t need = (HEADER - 1 + (uint64_t)size) / f->page_size + 1, have = four(p + 12);
  if (eight(p) != page || two(p + 10) != PAGE_OVERFLOW || have < need || have > f->pages) return bad_page(f, page, "not the overflow page its entry needs");
  for (uint64_t i = 1; i < have; i++) PROPTER_TRY(use(f, page + i, i < need));
  w->seen.overflows += have;
  *value = (PropterStr){(const char *)p + HEADER, size};
  return PROPTER_OK;
}

/* Checks that node `i` of a page lies inside it, in a place of its own; *length: its bytes. */
static PropterStatus place_node(const File *f, const unsigned char *p, uint64_t page, size_t i, size_t upper, bool leaf, unsigned char *taken, size_t *length) {
  size_t at = two(p + HEADER + 2 * i);
  if (at < upper || at % 2 || at + NODE > f->page_size) return bad_page(f, page, "a node outside its page");
  const unsigned char *n = p + at;
  size_t bytes = NODE + (size_t)two(n + 6);
  if (two(n + 6) > LONGEST_KEY) return bad_page(f, page, "a key is too long");
  if (leaf) bytes += two(n + 4) & NODE_BIG ? 8 : (size_t)two(n) | (size_t)two(n + 2) << 16;
  bytes += bytes % 2;
  if (at + bytes > f->page_size) return bad_page(f, page, "a node outside its page");
  for (size_t k = at / 2; k < (at + bytes) / 2; k++) {
    if (taken[k / 8] & 1U << k % 8) return bad_page(f, page, "two nodes in one place");
    taken[k / 8] |= (unsigned char)(1U << k % 8);
  }
  *length = bytes;
  return PROPTER_OK;
}

static PropterStatus leaf_node(Walk *w, uint64_t page, const unsigned char *n, PropterStr key) {
  File *f = w->file;
  const unsigned char *data = n + NODE + key.len;
  uint16_t flags = two(n + 4);
  PropterStr value = {(const char *)data, (size_t)two(n) | (size_t)two(n + 2) << 16};
  if ((flags & ~NODE_BIG) != w->node_flags) return bad_page(f, page, "a node of unknown kind");
  if (flags & NODE_BIG) PROPTER_TRY(big_value(w, eight(data), value.len, &value));
  w->seen.entries++;
  return w->entry(w, key, value);
}

/* One page and all below it. Keys lie in [low, high); data NULL: unbounded. */
static PropterStatus walk_page(Walk *w, uint64_t page, unsigned level, PropterStr low, PropterStr high) {
  File *f = w->file;
  PROPTER_TRY(use(f, page, true));
  const unsigned char *p = f->bytes + page * f->page_size;
  bool leaf = level == w->tree.depth;
  size_t lower = two(p + 12), upper = two(p + 14), n = (lower - HEADER) / 2, sum = 0;
  if (eight(p) != page || two(p + 10) != (leaf ? PAGE_LEAF : PAGE_BRANCH)) return bad_page(f, page, "its header is wrong");
  if (lower <= HEADER || lower % 2 || lower > upper || upper > f->page_size) return bad_page(f, page, "impossible bounds");
  *(leaf ? &w->seen.leaves : &w->seen.branches) += 1;
  unsigned char taken[65536 / 16];
  memset(taken, 0, f->page_size / 16);
  for (size_t i = 0; i < n; i++) {
    size_t length = 0;
    PROPTER_TRY(place_node(f, p, page, i, upper, leaf, taken, &length));
    sum += length;
  }
  if (sum != f->page_size - upper) return bad_page(f, page, "its nodes do not fill their place");
  PropterStr before = low;
  for (size_t i = 0; i < n; i++) {
    const unsigned char *node = p + two(p + HEADER + 2 * i);
    PropterStr key = {(const char *)node + NODE, two(node + 6)};
    bool counts = leaf || i > 0; /* the first key of a branch page means nothing */
    if (counts && w->integers && key.len != 8) return bad_page(f, page, "a key of the free list has another size");
    if (counts && before.data && compare(w, before, key) >= (leaf && i == 0 ? 1 : 0)) return bad_page(f, page, "keys out of order");
    if (counts && high.data && compare(w, key, high) >= 0) return bad_page(f, page, "a key beyond its page's range");
    if (counts) before = key;
    if (leaf) {
      PROPTER_TRY(leaf_node(w, page, node, key));
      continue;
    }
    PropterStr end = high;
    if (i + 1 < n) {
      const unsigned char *following = p + two(p + HEADER + 2 * (i + 1));
      end = (PropterStr){(const char *)following + NODE, two(following + 6)};
      if (w->integers && end.len != 8) return bad_page(f, page, "a key of the free list has another size");
    }
    uint64_t child = (uint64_t)two(node) | (uint64_t)two(node + 2) << 16 | (uint64_t)two(node + 4) << 32;
    PROPTER_TRY(walk_page(w, child, level + 1, i ? key : low, end));
  }
  return PROPTER_OK;
}

static PropterStatus walk_tree(Walk *w, const char *name) {
  const PagesTree *t = &w->tree, *s = &w->seen;
  if (t->depth > DEPTH || (t->root == NO_PAGE) != (t->depth == 0)) return propter_fail(w->file->err, PROPTER_DAMAGED, "%s: impossible depth", name);
  if (t->root != NO_PAGE) PROPTER_TRY(walk_page(w, t->root, 1, (PropterStr){NULL, 0}, (PropterStr){NULL, 0}));
  if (t->branches != s->branches || t->leaves != s->leaves || t->overflows != s->overflows || t->entries != s->entries)
    return propter_fail(w->file->err, PROPTER_DAMAGED, "%s: its pages or entries are not as many as recorded", name);
  return PROPTER_OK;
}

/* An entry of the free list: a commit, and how many and which pages it freed, descending. */
static PropterStatus free_entry(Walk *w, PropterStr key, PropterStr value) {
  File *f = w->file;
  const unsigned char *v = (const unsigned char *)value.data;
  if (eight((const unsigned char *)key.data) > f->txn) return propter_fail(f->err, PROPTER_DAMAGED, "free list: pages freed by a later commit");
  if (value.len < 8 || value.len % 8 || eight(v) > value.len / 8 - 1) return propter_fail(f->err, PROPTER_DAMAGED, "free list: a list of impossible size");
  for (uint64_t i = 1, n = eight(v); i <= n; i++) {
    if (i > 1 && eight(v + 8 * i) >= eight(v + 8 * (i - 1))) return propter_fail(f->err, PROPTER_DAMAGED, "free list: out of order");
    PROPTER_TRY(use(f, eight(v + 8 * i), false));
  }
  return PROPTER_OK;
}

/* An entry of the table of tables. */
static PropterStatus table_entry(Walk *w, PropterStr key, PropterStr value) {
  for (unsigned i = 0; i < w->count; i++) {
    if (!propter_str_equal(key, propter_str(w->names[i]))) continue;
    if (value.len != TREE) break;
    w->tables[i] = tree_at((const unsigned char *)value.data);
    if (w->tables[i].flags || w->tables[i].pad) break;
    w->found |= 1U << i;
    return PROPTER_OK;
  }
  return propter_fail(w->file->err, PROPTER_DAMAGED, "a table of unknown name or kind");
}

static PropterStatus data_entry(Walk *w, PropterStr key, PropterStr value) { return w->next(w->payload, w->table, key, value, w->file->err); }

static PropterStatus walk_all(File *f, const PagesMeta *meta, const char *const *names, unsigned count, PagesEntry entry, void *payload) {
  PagesTree tables[MOST_TABLES];
  Walk main = {.file = f, .tree = meta->main, .node_flags = NODE_TABLE, .entry = table_entry, .names = names, .count = count, .tables = tables};
  PROPTER_TRY(walk_tree(&main, "table of tables"));
  for (unsigned i = count; i-- > 0;) {
    if (!(main.found & 1U << i)) return propter_fail(f->err, PROPTER_DAMAGED, "table %s is missing", names[i]);
    Walk data = {.file = f, .tree = tables[i], .entry = data_entry, .table = i, .next = entry, .payload = payload};
    PROPTER_TRY(walk_tree(&data, names[i]));
  }
  Walk list = {.file = f, .tree = meta->free, .integers = true, .entry = free_entry};
  return walk_tree(&list, "free list");
}

PropterStatus pages_walk(int fd, uint64_t file_size, const char *const *names, unsigned count, PagesEntry entry, void *payload, PropterError *err) {
  PagesMeta meta;
  PROPTER_TRY(pages_meta(fd, file_size, &meta, err));
  if (count > MOST_TABLES) return propter_fail(err, PROPTER_BUG, "more than %d tables", MOST_TABLES);
  void *bytes = mmap(NULL, (size_t)file_size, PROT_READ, MAP_SHARED, fd, 0);
  if (bytes == MAP_FAILED) return propter_io_fail(err, NULL, "map");
  File f = {.bytes = bytes, .size = (size_t)file_size, .page_size = meta.page_size, .pages = meta.last_page + 1, .txn = meta.txn, .err = err};
  /* Pages behind the end of the file are free ones that were never written: LMDB's growth in one commit bounds them, a wrong number of pages does not. */
  bool possible = f.pages <= 2 * (file_size / meta.page_size) + 65536;
  f.used = possible ? propter_calloc((size_t)(f.pages / 8 + 1), 1) : NULL;
  PropterStatus status = !possible ? propter_fail(err, PROPTER_DAMAGED, "the file has %llu bytes, its last commit needs %llu pages",
                                                  (unsigned long long)file_size, (unsigned long long)f.pages)
                         : !f.used ? propter_fail(err, PROPTER_NO_MEMORY, "out of memory")
                                   : walk_all(&f, &meta, names, count, entry, payload);
  propter_free(f.used);
  (void)munmap(bytes, (size_t)file_size);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads an LMDB data file (format 1, as liblmdb 0.9 writes it) without LMDB, which trusts every number in it. Nothing here follows a number that was not
 * checked, visits a page twice or reads beyond the file. */
#ifndef GRAPH_PAGES_H
#define GRAPH_PAGES_H

#include "propter/mem.h"

/* The root of a tree as it stands in a meta page or in the record of a named table. */
typedef struct {
  uint32_t pad;
  uint16_t flags, depth;
  uint64_t branches, leaves, overflows, entries, root;
} PagesTree;

/* The newer of a file's two meta pages: its last commit. */
typedef struct {
  uint64_t txn, last_page, checksum;
  size_t page_size;
  PagesTree free, main;
} PagesMeta;

/* Both meta pages checked, the newer one read. NOT_FOUND: the file never held a commit; INVALID: not this format; DAMAGED. */
PropterStatus pages_meta(int fd, uint64_t file_size, PagesMeta *meta, PropterError *err);

/* Called with each entry of each named table, in order, the last table first; `table` is the index of its name. */
typedef PropterStatus (*PagesEntry)(void *payload, unsigned table, PropterStr key, PropterStr value, PropterError *err);

/* Walks every page the file uses: page headers, order and bounds of all keys, counts, and the free list, whose pages must be in range, unique and in no tree.
 * Exactly the tables of `names` must be there. Maps the file, so a file cut short meanwhile ends in SIGBUS: call it in a child. */
PropterStatus pages_walk(int fd, uint64_t file_size, const char *const *names, unsigned count, PagesEntry entry, void *payload, PropterError *err);

#endif

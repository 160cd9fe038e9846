/* SPDX-License-Identifier: Apache-2.0 */
/* The store's file: each four bytes of the input are a place in the file of a small graph (three bytes) and what is changed there; a byte left over cuts the
 * file. The walk that an open makes in a child is made here, in this process; of the files that it lets pass (the change met bytes that nothing uses)
 * one in sixteen is opened: everything in it is as it was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "folder.h"
#include "guard.h"
#include "propter/hash.h"
#include "propter/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char file[96];
static PropterBuf good;
static uint64_t expected;

static void fill(PropterWriter *w, unsigned round) {
  PropterId ids[60];
  for (unsigned i = 0; i < 60; i++) {
    char text[512];
    (void)snprintf(text, sizeof text,
                   i % 10 == 9 ? "http://example.org/%-400u"
                   : i % 3     ? "http://example.org/%u"
                               : "http://example.org/text/%u",
                   i + round * 20);
    PropterTerm term = i % 5 == 4 ? propter_literal(propter_str(text)) : propter_iri(propter_str(text));
    must(propter_writer_intern(w, &term, &ids[i], NULL) == PROPTER_OK);
  }
  for (unsigned i = 0; i < 600; i++) {
    PropterQuad q = {ids[5 * (i % 12)], ids[1 + 5 * (i % 7)], ids[i * 7 % 60], PROPTER_DEFAULT_GRAPH};
    must((i % 11 < 9 ? propter_writer_add(w, q, NULL) : propter_writer_remove(w, q, NULL)) == PROPTER_OK);
  }
}

/* A hash of all quads in all orders and of the text of their objects. */
static PropterStatus read_all(uint64_t *digest, PropterError *err) {
  PropterGraph *g = NULL;
  PropterSnapshot *s = NULL;
  PropterArena arena = {0};
  PropterStatus status = propter_graph_open(dir, PROPTER_GRAPH_READ_ONLY, NULL, &g, err);
  if (status == PROPTER_OK) status = propter_snapshot_open(g, 0, &s, err);
  *digest = 0;
  for (int order = 0; order < PROPTER_ORDER_COUNT && status == PROPTER_OK; order++) {
    PropterScan *scan = NULL;
    PropterQuad rows[64];
    size_t n = 1;
    status = propter_scan_open(s, (PropterOrder)order, (PropterQuad){0}, 0, &scan, err);
    while (status == PROPTER_OK && n && (status = propter_scan_next(scan, rows, 64, &n, err)) == PROPTER_OK)
      for (size_t i = 0; i < n && status == PROPTER_OK; i++) {
        PropterTerm term;
        status = propter_snapshot_term(s, rows[i].o, &arena, &term, err);
        if (status != PROPTER_OK) break;
        uint64_t parts[3] = {*digest, propter_hash64((PropterStr){(const char *)&rows[i], sizeof rows[i]}), propter_hash64(term.value)};
        *digest = propter_hash64((PropterStr){(const char *)parts, sizeof parts});
      }
    propter_scan_close(scan);
  }
  propter_arena_clear(&arena);
  propter_snapshot_close(s);
  propter_graph_close(g);
  return status;
}

static void build(void) {
  folder_make();
  (void)snprintf(file, sizeof file, "%s/data.mdb", dir);
  PropterGraph *g = NULL;
  must(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &g, NULL) == PROPTER_OK);
  for (unsigned round = 0; round < 3; round++) {
    PropterWriter *w = NULL;
    must(propter_writer_open(g, false, &w, NULL) == PROPTER_OK);
    fill(w, round);
    must(propter_writer_commit(w, NULL) == PROPTER_OK);
    propter_writer_close(w);
  }
  propter_graph_close(g);
  must(propter_graph_compact(dir, NULL, NULL, NULL) == PROPTER_OK); /* pages that are free could hold anything */
  must(read_all(&expected, NULL) == PROPTER_OK && propter_io_read_file(file, 0, &good, NULL) == PROPTER_OK);
}

/* How the walk judges a file of these bytes. */
static PropterStatus walk(const char *bytes, size_t size) {
  int fd = memfd_create("data.mdb", MFD_CLOEXEC);
  struct stat st;
  Mark none = {0};
  PropterError err = {0};
  must(fd >= 0 && write(fd, bytes, size) == (ssize_t)size && fstat(fd, &st) == 0);
  PropterStatus status = verify_walk(fd, &st, &none, &err);
  (void)close(fd);
  return status;
}

static PropterStatus open_and_read(const char *bytes, size_t size, uint64_t *digest) {
  char mark[128];
  FILE *f = fopen(file, "wb");
  PropterError err = {0};
  must(f && fwrite(bytes, 1, size, f) == size && fclose(f) == 0);
  (void)snprintf(mark, sizeof mark, "%s/data.mark", dir);
  (void)unlink(mark);
  return read_all(digest, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!good.len) build();
  bool open = propter_hash64((PropterStr){(const char *)data, size}) % 16 == 0;
  char *bad = malloc(good.len);
  uint64_t digest = 0;
  must(bad != NULL);
  memcpy(bad, good.data, good.len);
  size_t left = good.len;
  for (; size >= 4; data += 4, size -= 4) bad[(data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16) % good.len] ^= (char)data[3];
  if (size & 1) left = good.len * data[0] / 256;
  PropterStatus status = walk(bad, left);
  if (status == PROPTER_OK && open) {
    must(open_and_read(bad, left, &digest) == PROPTER_OK && digest == expected);
  } else {
    must(status == PROPTER_OK || status == PROPTER_DAMAGED || status == PROPTER_INVALID || status == PROPTER_NOT_FOUND);
  }
  free(bad);
  return 0;
}

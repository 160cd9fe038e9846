/* SPDX-License-Identifier: Apache-2.0 */
/* Changes that are too many for memory: sorted runs in a temporary file, and their merge (external merge sort; Knuth, The Art of Computer Programming, vol. 3,
 * 5.4). The file has no name, so nothing is left of it whatever becomes of the program; it lies in $TMPDIR, or else beside the graph, where there must be room
 * anyway. A change takes some ten bytes there: what differs from the one before it. */
#ifndef GRAPH_SORTED_H
#define GRAPH_SORTED_H

#include "block.h"

typedef PROPTER_VEC(Change) Changes;

/* Runs one after the other, oldest first. Zero-initialise. */
typedef struct {
  const char *folder; /* of the graph */
  int fd;             /* + 1; 0: nothing was written yet */
  uint64_t size;      /* what was added, be it written or in `buffer` */
  unsigned char *buffer;
  size_t used;
  Row before;
  PROPTER_VEC(struct SortedRun { uint64_t from; uint64_t to; size_t mark; size_t count; }) runs;
  PROPTER_VEC(struct SortedMark { Row first; uint64_t at; }) marks; /* places where reading can begin */
} SortedFile;

/* Begins a further run. */
PropterStatus sorted_begin(SortedFile *file, PropterError *err);
/* Appends ascending changes to the last run. */
PropterStatus sorted_add(SortedFile *file, const Change *changes, size_t count, PropterError *err);
/* Ends writing: from here on it can be read. */
PropterStatus sorted_end(SortedFile *file, PropterError *err);
void sorted_close(SortedFile *file);

/* Runs that are read together. Of a row that several have the newest has the last word, and it is done if it is in an odd number of them. Zero-initialise. */
typedef struct {
  PROPTER_VEC(struct SortedSource) sources; /* oldest first */
  PROPTER_VEC(uint32_t) heap;               /* of sources that are not at their end, the least row first, of equals the oldest */
  bool begun;
} Merge;

/* Adds all runs of a file that stays as it is meanwhile; sorted changes in memory. */
PropterStatus merge_file(Merge *merge, const SortedFile *file, PropterError *err);
PropterStatus merge_memory(Merge *merge, const Change *changes, size_t count, PropterError *err);
/* Up to `most` further changes, ascending; *count 0: the end. */
PropterStatus merge_next(Merge *merge, Change *out, size_t most, size_t *count, PropterError *err);
/* Instead of that: what is said of a row, for rows that ascend; *found false: nothing. */
PropterStatus merge_find(Merge *merge, const Row *row, Change *change, bool *found, PropterError *err);
void merge_close(Merge *merge);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "sorted.h"

#include <stdlib.h>
#include <string.h>

#include "propter/io.h"

/* A change: two bytes that say how many bytes follow of each column and what the change is, then for each column the low bytes of what differs from the row
 * before. Reading can begin at every MARK-th. WORD: bytes that are read or written at once, of which some may be spare. */
enum { MARK = 4096, WRITE = 1 << 18, READ = 1 << 15, WORD = 8, LARGEST = 2 + 4 * WORD, LENGTH = 3, ADD = 1 << 12, DONE = 1 << 13 };

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for changes that wait in a temporary file"); }

static const char *folder_of(const SortedFile *file) {
  const char *folder = getenv("TMPDIR");
  return folder && *folder ? folder : file->folder;
}

/* ---- writing -------------------------------------------------------------------------------------------------------------- */

static PropterStatus write_out(SortedFile *file, PropterError *err) {
  if (!file->fd && (file->fd = propter_io_temporary(folder_of(file)) + 1) == 0) return propter_io_fail(err, folder_of(file), "make a temporary file");
  if (file->used && propter_io_write_all(file->fd - 1, file->buffer, file->used) < 0)
    return propter_io_fail(err, folder_of(file), "write the changes of a commit to a temporary file");
  file->used = 0;
  return PROPTER_OK;
}

static size_t put_change(unsigned char *out, const Change *change, const Row *before) {
  unsigned char *p = out + 2;
  unsigned head = (change->add ? ADD : 0U) | (change->done ? DONE : 0U);
  for (unsigned c = 0; c < 4; c++) {
    uint64_t other = change->row.c[c] ^ before->c[c];
    unsigned bytes = (block_bits(other) + 7) / 8, length = bytes < 7 ? bytes : 7;
    memcpy(p, &other, WORD);
    p += length < 7 ? length : WORD;
    head |= length << (c * LENGTH);
  }
  out[0] = (unsigned char)head, out[1] = (unsigned char)(head >> 8);
  return (size_t)(p - out);
}

PropterStatus sorted_begin(SortedFile *file, PropterError *err) {
  struct SortedRun run = {file->size, file->size, file->marks.count, 0};
  if (!file->buffer && !(file->buffer = propter_malloc(WRITE))) return no_memory(err);
  return propter_vec_push(&file->runs, run) ? PROPTER_OK : no_memory(err);
}

PropterStatus sorted_add(SortedFile *file, const Change *changes, size_t count, PropterError *err) {
  struct SortedRun *run = &file->runs.items[file->runs.count - 1];
  for (size_t i = 0; i < count; i++) {
    if (run->count++ % MARK == 0) {
      if (!propter_vec_push(&file->marks, ((struct SortedMark){changes[i].row, file->size}))) return no_memory(err);
      file->before = (Row){{0}};
    }
    if (file->used + LARGEST > WRITE) PROPTER_TRY(write_out(file, err));
    size_t size = put_change(file->buffer + file->used, &changes[i], &file->before);
    file->used += size;
    file->size += size;
    file->before = changes[i].row;
  }
  run->to = file->size;
  return PROPTER_OK;
}

PropterStatus sorted_end(SortedFile *file, PropterError *err) {
  PROPTER_TRY(write_out(file, err));
  propter_free(file->buffer);
  file->buffer = NULL;
  return PROPTER_OK;
}

void sorted_close(SortedFile *file) {
  if (file->fd) (void)propter_io_close(file->fd - 1);
  propter_free(file->buffer);
  propter_vec_clear(&file->runs);
  propter_vec_clear(&file->marks);
  *file = (SortedFile){.folder = file->folder};
}

/* ---- reading -------------------------------------------------------------------------------------------------------------- */

/* One run as it is read, or changes in memory. */
typedef struct SortedSource {
  const Change *at, *end; /* in memory */
  const SortedFile *file; /* or NULL */
  size_t run, left;       /* left: changes behind `now` */
  uint64_t next;          /* where the bytes behind those in the buffer begin */
  unsigned char *buffer;
  size_t used, filled;
  Change now;
  bool over;
} Source;

static PropterStatus add_source(Merge *merge, Source source, PropterError *err) {
  if (source.file && !(source.buffer = propter_malloc(READ + WORD))) return no_memory(err);
  if (propter_vec_push(&merge->sources, source)) return PROPTER_OK;
  propter_free(source.buffer);
  return no_memory(err);
}

PropterStatus merge_file(Merge *merge, const SortedFile *file, PropterError *err) {
  for (size_t i = 0; i < file->runs.count; i++) {
    const struct SortedRun *run = &file->runs.items[i];
    PROPTER_TRY(add_source(merge, (Source){.file = file, .run = i, .left = run->count, .next = run->from}, err));
  }
  return PROPTER_OK;
}

PropterStatus merge_memory(Merge *merge, const Change *changes, size_t count, PropterError *err) {
  return count ? add_source(merge, (Source){.at = changes, .end = changes + count}, err) : PROPTER_OK;
}

/* Moves what is left to the front and reads on. */
static PropterStatus refill(Source *s, PropterError *err) {
  uint64_t rest = s->file->runs.items[s->run].to - s->next;
  s->filled -= s->used;
  memmove(s->buffer, s->buffer + s->used, s->filled);
  s->used = 0;
  size_t want = READ - s->filled < rest ? READ - s->filled : (size_t)rest;
  for (size_t have = 0; have < want;) {
    ssize_t n = propter_io_read_at(s->file->fd - 1, s->buffer + s->filled, want - have, s->next);
    if (n < 0) return propter_io_fail(err, folder_of(s->file), "read the changes of a commit from a temporary file");
    if (n == 0) return propter_fail(err, PROPTER_IO, "a temporary file ends early");
    s->filled += (size_t)n, s->next += (uint64_t)n, have += (size_t)n;
  }
  return PROPTER_OK;
}

/* Spare bytes behind the buffer's end are read, but masked. */
static size_t get_change(const unsigned char *in, Change *change) {
  const unsigned char *p = in + 2;
  unsigned head = in[0] | (unsigned)in[1] << 8;
  for (unsigned c = 0; c < 4; c++) {
    unsigned length = head >> (c * LENGTH) & 7;
    uint64_t other;
    memcpy(&other, p, WORD);
    change->row.c[c] ^= length < 7 ? other & ((UINT64_C(1) << (8 * length)) - 1) : other;
    p += length < 7 ? length : WORD;
  }
  change->add = head & ADD, change->done = head & DONE;
  return (size_t)(p - in);
}

/* The next change comes into `now`. */
static PropterStatus advance(Source *s, PropterError *err) {
  if (!s->file) {
    s->over = s->at == s->end;
    if (!s->over) s->now = *s->at++;
    return PROPTER_OK;
  }
  s->over = s->left == 0;
  if (s->over) return PROPTER_OK;
  if (s->filled - s->used < LARGEST) PROPTER_TRY(refill(s, err));
  if ((s->file->runs.items[s->run].count - s->left--) % MARK == 0) s->now.row = (Row){{0}};
  s->used += get_change(s->buffer + s->used, &s->now);
  return PROPTER_OK;
}

static PropterStatus begin(Merge *merge, PropterError *err) {
  merge->begun = true;
  for (size_t i = 0; i < merge->sources.count; i++) PROPTER_TRY(advance(&merge->sources.items[i], err));
  return PROPTER_OK;
}

static bool is_before(const Merge *merge, uint32_t a, uint32_t b) {
  int order = row_compare(&merge->sources.items[a].now.row, &merge->sources.items[b].now.row, 4);
  return order ? order < 0 : a < b;
}

/* Lets the one at `at` go down to its place. */
static void sift(Merge *merge, size_t at) {
  uint32_t *heap = merge->heap.items, moved = heap[at];
  for (size_t child; (child = 2 * at + 1) < merge->heap.count; at = child) {
    if (child + 1 < merge->heap.count && is_before(merge, heap[child + 1], heap[child])) child++;
    if (!is_before(merge, heap[child], moved)) break;
    heap[at] = heap[child];
  }
  heap[at] = moved;
}

static PropterStatus build(Merge *merge, PropterError *err) {
  PROPTER_TRY(begin(merge, err));
  for (uint32_t i = 0; i < merge->sources.count; i++)
    if (!merge->sources.items[i].over && !propter_vec_push(&merge->heap, i)) return no_memory(err);
  for (size_t i = merge->heap.count / 2; i-- > 0;) sift(merge, i);
  return PROPTER_OK;
}

/* A newer change of the row of an older one joins it. */
static void join(Change *older, const Change *newer) {
  older->add = newer->add;
  older->done ^= newer->done;
}

PropterStatus merge_next(Merge *merge, Change *out, size_t most, size_t *count, PropterError *err) {
  size_t n = 0;
  if (!merge->begun) PROPTER_TRY(build(merge, err));
  while (merge->heap.count) {
    Source *first = &merge->sources.items[merge->heap.items[0]];
    bool again = n && row_compare(&out[n - 1].row, &first->now.row, 4) == 0;
    if (n == most && !again) break;
    if (again)
      join(&out[n - 1], &first->now);
    else
      out[n++] = first->now;
    PROPTER_TRY(advance(first, err));
    if (first->over) merge->heap.items[0] = merge->heap.items[--merge->heap.count];
    if (merge->heap.count) sift(merge, 0);
  }
  *count = n;
  return PROPTER_OK;
}

/* Leaps to the last mark at or before the row, if that is further on. */
static void leap(Source *s, const Row *row) {
  const struct SortedRun *run = &s->file->runs.items[s->run];
  const struct SortedMark *marks = &s->file->marks.items[run->mark];
  size_t at = (run->count - s->left - 1) / MARK, low = at, high = (run->count - 1) / MARK;
  while (low < high) {
    size_t middle = high - (high - low) / 2;
    if (row_compare(&marks[middle].first, row, 4) <= 0)
      low = middle;
    else
      high = middle - 1;
  }
  if (low == at) return;
  s->left = run->count - low * MARK;
  s->next = marks[low].at;
  s->used = s->filled = 0;
}

/* The first change that is not before the row. */
static PropterStatus seek(Source *s, const Row *row, PropterError *err) {
  if (s->over || row_compare(&s->now.row, row, 4) >= 0) return PROPTER_OK;
  if (s->file)
    leap(s, row);
  else
    for (size_t step = 1; step < (size_t)(s->end - s->at) && row_compare(&s->at[step].row, row, 4) < 0; step *= 2) s->at += step;
  do PROPTER_TRY(advance(s, err));
  while (!s->over && row_compare(&s->now.row, row, 4) < 0);
  return PROPTER_OK;
}

PropterStatus merge_find(Merge *merge, const Row *row, Change *change, bool *found, PropterError *err) {
  *found = false;
  if (!merge->begun) PROPTER_TRY(begin(merge, err));
  for (size_t i = 0; i < merge->sources.count; i++) {
    Source *s = &merge->sources.items[i];
    PROPTER_TRY(seek(s, row, err));
    if (s->over || row_compare(&s->now.row, row, 4) != 0) continue;
    if (*found)
      join(change, &s->now);
    else
      *change = s->now;
    *found = true;
  }
  return PROPTER_OK;
}

void merge_close(Merge *merge) {
  for (size_t i = 0; i < merge->sources.count; i++) propter_free(merge->sources.items[i].buffer);
  propter_vec_clear(&merge->sources);
  propter_vec_clear(&merge->heap);
  *merge = (Merge){0};
}

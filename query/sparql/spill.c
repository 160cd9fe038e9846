/* SPDX-License-Identifier: Apache-2.0 */
#include "spill.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "propter/io.h"

enum { BUFFER = 1024 };  /* ids */
#define DISK_TIMES 64U   /* as many bytes on disk as in memory */

bool exec_crowded(const Exec *run) { return run->used + run->arena.used + run->local_text.used + run->cache_text.used > run->options.memory / 2; }

/* --- Files -------------------------------------------------------------------------------------------------------------------- */

static const char *folder(void) {
  const char *dir = getenv("TMPDIR");
  return dir && *dir ? dir : "/tmp";
}

static PropterStatus open_file(Spill *s, PropterError *err) {
  int fd = propter_io_temporary(folder());
  if (fd < 0) return propter_io_fail(err, folder(), "make a temporary file");
  s->fd = fd + 1;
  return PROPTER_OK;
}

static PropterStatus flush(Exec *run, Spill *s, PropterError *err) {
  size_t size = s->at * sizeof *s->buffer;
  if (size == 0) return PROPTER_OK;
  if (!s->fd) {
    PROPTER_TRY(open_file(s, err));
    s->op->files++;
  }
  run->spilled += size, s->op->spilled += size;
  if (run->spilled / DISK_TIMES > run->options.memory) return run->over = true, exec_fail_memory(run, err);
  if (propter_io_write_all(s->fd - 1, s->buffer, size) != 0) return propter_io_fail(err, folder(), "write a temporary file");
  s->at = 0;
  return exec_check(run, err);
}

static size_t buffer_size(const Spill *s) { return s->width > BUFFER ? s->width : BUFFER / (s->width ? s->width : 1) * (s->width ? s->width : 1); }

PropterStatus spill_add(Op *op, Spill *s, size_t width, const PropterId *row, PropterError *err) {
  Exec *run = op->run;
  s->op = op, s->width = width;
  if (!s->buffer && !(s->buffer = exec_alloc(run, buffer_size(s) * sizeof *s->buffer))) return exec_fail_memory(run, err);
  if (s->at + width > buffer_size(s)) PROPTER_TRY(flush(run, s, err));
  if (width) memcpy(s->buffer + s->at, row, width * sizeof *row);
  s->at += width;
  s->rows++;
  return PROPTER_OK;
}

PropterStatus spill_rewind(Exec *run, Spill *s, PropterError *err) {
  s->filled = s->at;
  if (!s->fd) return s->at = 0, PROPTER_OK; /* all of it is still in the buffer */
  PROPTER_TRY(flush(run, s, err));
  /* Many files may wait to be read. */
  exec_free(run, s->buffer, buffer_size(s) * sizeof *s->buffer);
  s->buffer = NULL;
  s->at = s->filled = 0;
  return lseek(s->fd - 1, 0, SEEK_SET) == 0 ? PROPTER_OK : propter_io_fail(err, folder(), "read a temporary file");
}

static PropterStatus refill(Exec *run, Spill *s, PropterError *err) {
  if (!s->buffer && !(s->buffer = exec_alloc(run, buffer_size(s) * sizeof *s->buffer))) return exec_fail_memory(run, err);
  char *to = (char *)s->buffer;
  size_t size = buffer_size(s) * sizeof *s->buffer, have = 0, left = (size_t)s->rows * s->width * sizeof *s->buffer;
  if (size > left) size = left;
  while (have < size) {
    ssize_t n = propter_io_read(s->fd - 1, to + have, size - have);
    if (n < 0) return propter_io_fail(err, folder(), "read a temporary file");
    if (n == 0) return propter_fail(err, PROPTER_IO, "a temporary file ends early");
    have += (size_t)n;
  }
  s->at = 0, s->filled = size / sizeof *s->buffer;
  return exec_check(run, err);
}

PropterStatus spill_next(Exec *run, Spill *s, const PropterId **row, PropterError *err) {
  *row = NULL;
  if (s->rows == 0) return PROPTER_OK;
  if (s->width && s->at == s->filled) PROPTER_TRY(refill(run, s, err));
  *row = s->buffer + s->at;
  s->at += s->width;
  s->rows--;
  return PROPTER_OK;
}

void spill_close(Exec *run, Spill *s) {
  if (s->fd) (void)propter_io_close(s->fd - 1);
  exec_free(run, s->buffer, s->buffer ? buffer_size(s) * sizeof *s->buffer : 0);
  *s = (Spill){0};
}

/* --- Batches -------------------------------------------------------------------------------------------------------------------- */

static PropterStatus replay_open(Exec *run, Replay *r, const uint32_t *slots, size_t width, PropterError *err) {
  r->slots = slots, r->width = width;
  r->memory = exec_alloc(run, width * BATCH * sizeof *r->memory);
  if (!r->batch.col) r->batch.col = exec_plan_alloc(run, run->slot_names.count * sizeof *r->batch.col);
  if (!r->memory || !r->batch.col) return exec_fail_memory(run, err);
  for (size_t i = 0; i < width; i++) r->batch.col[slots[i]] = r->memory + i * BATCH;
  return PROPTER_OK;
}

PropterStatus replay_next(Exec *run, Replay *r, Spill *s, const uint32_t *slots, size_t width, Batch **out, PropterError *err) {
  *out = NULL;
  if (!r->memory) PROPTER_TRY(replay_open(run, r, slots, width, err));
  for (r->batch.count = 0; r->batch.count < BATCH; r->batch.count++) {
    const PropterId *row;
    PROPTER_TRY(spill_next(run, s, &row, err));
    if (!row) break;
    for (size_t i = 0; i < width; i++) r->memory[i * BATCH + r->batch.count] = row[i];
  }
  if (r->batch.count) *out = &r->batch;
  return PROPTER_OK;
}

void replay_close(Exec *run, Replay *r) {
  exec_free(run, r->memory, r->width * BATCH * sizeof *r->memory);
  r->memory = NULL;
}

/* --- Partitions ------------------------------------------------------------------------------------------------------------------- */

uint64_t partition_hash(const PropterId *row, size_t count) {
  uint64_t hash = 0x5DEECE66D;
  for (size_t i = 0; i < count; i++) hash = index_hash(hash, row[i]);
  return hash * 0xD6E8FEB86659FD93U;
}

static unsigned partition_of(uint64_t hash, unsigned level) { return (unsigned)(hash >> (60 - 4 * level) & (PARTITIONS - 1)); }

PropterStatus partitions_add(Op *op, Partitions *p, uint64_t hash, size_t width, const PropterId *row, PropterError *err) {
  if (p->level >= PARTITION_LEVELS) return op->run->over = true, exec_fail_memory(op->run, err);
  return spill_add(op, &p->files[partition_of(hash, p->level)], width, row, err);
}

/* Ends a file and puts it before the others that wait. */
static PropterStatus set_aside(Exec *run, Partitions *p, size_t i, PropterError *err) {
  PROPTER_TRY(exec_grow(run, &p->pending, &p->pending_cap, p->pending_count + 1, sizeof *p->pending, err));
  PROPTER_TRY(spill_rewind(run, &p->files[i], err));
  p->pending[p->pending_count].file = p->files[i];
  p->pending[p->pending_count++].level = p->level + 1;
  p->files[i] = (Spill){0};
  return PROPTER_OK;
}

static bool take(Partitions *p, Spill *out) {
  if (!p->pending_count) return p->level = 0, false;
  *out = p->pending[--p->pending_count].file;
  p->level = p->pending[p->pending_count].level;
  return true;
}

PropterStatus partitions_next(Exec *run, Partitions *p, Spill *out, bool *more, PropterError *err) {
  for (size_t i = PARTITIONS; i-- > 0;)
    if (p->files[i].rows) PROPTER_TRY(set_aside(run, p, i, err));
  *more = take(p, out);
  return PROPTER_OK;
}

PropterStatus partitions_pair(Exec *run, Partitions *left, Partitions *right, Spill *left_out, Spill *right_out, bool *more, PropterError *err) {
  for (size_t i = PARTITIONS; i-- > 0;) {
    if (left->files[i].rows) {
      PROPTER_TRY(set_aside(run, left, i, err));
      PROPTER_TRY(set_aside(run, right, i, err));
    } else {
      spill_close(run, &left->files[i]), spill_close(run, &right->files[i]);
    }
  }
  *more = take(left, left_out);
  (void)take(right, right_out);
  return PROPTER_OK;
}

void partitions_close(Exec *run, Partitions *p) {
  for (size_t i = 0; i < PARTITIONS; i++) spill_close(run, &p->files[i]);
  for (size_t i = 0; i < p->pending_count; i++) spill_close(run, &p->pending[i].file);
  exec_free(run, p->pending, p->pending_cap * sizeof *p->pending);
  p->pending = NULL;
  p->pending_count = p->pending_cap = 0, p->level = 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a long scan and what follows it (joins, filters, BIND) in two halves: those of the lower half are handed on while a second thread computes those
 * of the upper one and keeps them, which then follow. They come in the order in which one thread computes both. */
#include <pthread.h>
#include <stdatomic.h>

#include "../../engine/base/fault.h"
#include "halves.h"
#include "spill.h"

typedef enum { BEGIN, WHOLE, LOWER, UPPER, KEPT } Phase; /* KEPT: the upper half, as the other thread has left it */

typedef struct {
  Op op;
  Phase phase;
  Op *scan;
  PropterId middle;
  Twin twin;
  pthread_t thread;
  bool running;
  atomic_bool stop;
  PropterStatus status; /* of the thread's work, once it has ended */
  Table kept;
  size_t at;
  PropterArena scratch;
} HalvesOp;

/* --- The other thread ------------------------------------------------------------------------------------------------------------- */

static void *read_upper(void *payload) {
  HalvesOp *h = payload;
  Op *source = h->twin.op->left;
  PropterError ignored = {0};
  Batch *b = NULL;
  h->status = op_start(source, NULL, &ignored);
  do {
    if (h->status == PROPTER_OK) h->status = op_next(source, &b, &ignored);
    if (h->status == PROPTER_OK && b) h->status = table_add(source, &h->kept, b, &ignored);
    if (h->status == PROPTER_OK && exec_crowded(&h->twin.run)) h->status = PROPTER_LIMIT;
  } while (h->status == PROPTER_OK && b);
  return NULL;
}

static void end_thread(HalvesOp *h) {
  if (h->running) (void)pthread_join(h->thread, NULL);
  h->running = false;
}

static void release(HalvesOp *h) {
  atomic_store_explicit(&h->stop, true, memory_order_relaxed);
  end_thread(h);
  if (h->twin.op) table_clear(&h->twin.run, &h->kept);
  twin_close(&h->op, &h->twin);
  h->twin = (Twin){0}, h->kept = (Table){0};
  if (h->scan) scan_range(h->scan, PROPTER_NO_ID, PROPTER_NO_ID);
  h->scan = NULL, h->at = 0, h->phase = BEGIN;
}

/* --- Operator ----------------------------------------------------------------------------------------------------------------------- */

static PropterStatus halves_start(Op *op, PropterError *err) {
  release((HalvesOp *)op);
  return op_start(op->left, op->outer, err);
}

static void begin_upper(HalvesOp *h) {
  PropterError ignored = {0};
  twin_open(&h->op, &h->twin);
  if (!h->twin.op || table_init(&h->twin.run, &h->kept, h->twin.op->left->slots, &ignored) != PROPTER_OK) return;
  atomic_store_explicit(&h->stop, false, memory_order_relaxed);
  h->twin.run.stop = &h->stop;
  scan_range(half_scan(h->twin.op), h->middle, PROPTER_NO_ID);
  h->running = !fault_thread() && pthread_create(&h->thread, NULL, read_upper, h) == 0;
}

static PropterStatus begin(HalvesOp *h, PropterError *err) {
  h->phase = WHOLE;
  h->scan = half_scan(&h->op);
  if (!h->scan) return PROPTER_OK;
  PROPTER_TRY(scan_middle(h->scan, &h->middle, err));
  if (h->middle) scan_range(h->scan, PROPTER_NO_ID, h->middle), h->phase = LOWER;
  PROPTER_TRY(op_start(h->scan, h->op.outer, err));
  if (h->middle) begin_upper(h);
  return PROPTER_OK;
}

/* The upper half: as the thread has left it, or, where it has not come to its end within its memory, read here. */
static PropterStatus go_up(HalvesOp *h, PropterError *err) {
  bool threaded = h->running;
  end_thread(h);
  if (threaded && h->status == PROPTER_OK && !h->twin.run.spilled) return h->phase = KEPT, h->op.threads = 2, PROPTER_OK;
  Op *scan = h->scan;
  PropterId middle = h->middle;
  release(h);
  h->scan = scan, h->phase = UPPER;
  scan_range(scan, middle, PROPTER_NO_ID);
  return op_start(h->op.left, h->op.outer, err);
}

static PropterStatus kept_rows(HalvesOp *h, Batch **out, PropterError *err) {
  Batch *b = &h->op.batch;
  size_t left = h->kept.count - h->at;
  b->count = left < BATCH ? left : BATCH;
  for (size_t c = 0; c < h->kept.width; c++) {
    PropterId *to = b->col[h->kept.slots[c]];
    for (size_t i = 0; to && i < b->count; i++) {
      to[i] = table_row(&h->kept, h->at + i)[c];
      if (exec_local(to[i])) PROPTER_TRY(twin_adopt(h->op.run, &h->twin.run, &h->scratch, &to[i], err));
    }
  }
  propter_arena_clear(&h->scratch);
  h->at += b->count;
  if (b->count) *out = b;
  return PROPTER_OK;
}

static PropterStatus halves_next(Op *op, Batch **out, PropterError *err) {
  HalvesOp *h = (HalvesOp *)op;
  if (h->phase == BEGIN) PROPTER_TRY(begin(h, err));
  if (h->phase == KEPT) return kept_rows(h, out, err);
  PROPTER_TRY(op_next(op->left, out, err));
  if (*out || h->phase != LOWER) return PROPTER_OK;
  PROPTER_TRY(go_up(h, err));
  return halves_next(op, out, err);
}

static void halves_stop(Op *op) {
  release((HalvesOp *)op);
  propter_arena_clear(&((HalvesOp *)op)->scratch);
}

static const OpKind halves_kind = {"halves", halves_start, halves_next, halves_stop};

PropterStatus op_halves(Exec *run, Op *child, Op **out, PropterError *err) {
  HalvesOp *h;
  PROPTER_TRY(op_make(run, &halves_kind, sizeof *h, child->slots, NULL, &h, err));
  h->op.left = child, h->op.sorted = child->sorted, h->op.estimate = child->estimate;
  h->scratch.limit = (size_t)run->options.memory;
  /* Rows of a scan alone are read faster than kept; those of a short one are not worth a second run. */
  *out = child->streams && half_scan(&h->op) ? &h->op : child;
  return PROPTER_OK;
}

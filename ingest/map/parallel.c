/* SPDX-License-Identifier: Apache-2.0 */
/* Rows executed by several threads: batches, read one after the other, executed and rendered at the same time, handed over in their order. So the result does
 * not depend on the number of threads. */
#include <string.h>

#include "execute.h"
#include "propter/pool.h"

enum { BATCHES = 8, BATCH_BYTES = 1 << 15 };

typedef struct {
  size_t cells, count; /* of the batch's cells */
  uint64_t number, line;
  size_t problem; /* offset of its text, SIZE_MAX: none */
} RowPlace;

typedef struct {
  size_t offset, len;
} CellPlace;

typedef struct {
  const Execution *main;
  Execution x;
  PropterMapSink sink;
  PropterMapCounts counts;
  PropterBuf bytes, out;
  PROPTER_VEC(CellPlace) places;
  PROPTER_VEC(PropterStr) cells;
  PROPTER_VEC(RowPlace) rows;
  PROPTER_VEC(PropterReject) rejects;
  PropterArena texts; /* of the rejects */
} Batch;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory executing a mapping"); }

static PropterStatus render(const PropterMapRecord *record, void *payload, PropterError *err) {
  Batch *b = payload;
  return b->main->sink->render(record, &b->out, b->main->sink->payload, err);
}

static PropterStatus keep_reject(const PropterReject *r, void *payload, PropterError *err) {
  Batch *b = payload;
  PropterReject copy = {
      r->file, r->row, propter_arena_copy(&b->texts, r->column), propter_arena_copy(&b->texts, r->value), r->rule, propter_arena_copy(&b->texts, r->reason)};
  return copy.column.data && copy.value.data && copy.reason.data && propter_vec_push(&b->rejects, copy) ? PROPTER_OK : no_memory(err);
}

static size_t keep_bytes(Batch *b, PropterStr text) {
  size_t at = b->bytes.len;
  propter_buf_add(&b->bytes, text);
  propter_buf_add_char(&b->bytes, '\0');
  return at;
}

static PropterStatus keep_row(Batch *b, const PropterRow *row, PropterError *err) {
  RowPlace place = {b->places.count, row->count, row->number, row->line, row->problem ? keep_bytes(b, propter_str(row->problem)) : SIZE_MAX};
  if (!propter_vec_reserve(&b->places, b->places.count + row->count)) return no_memory(err);
  for (size_t i = 0; i < row->count; i++) b->places.items[b->places.count++] = (CellPlace){keep_bytes(b, row->cells[i]), row->cells[i].len};
  return propter_vec_push(&b->rows, place) ? propter_buf_status(&b->bytes, err) : no_memory(err);
}

/* All batches, and what each step of the pipe uses besides. */
typedef struct {
  Batch batches[BATCHES];
  PropterTable *table;
  Execution *x;
} Parallel;

static PropterStatus read(size_t slot, bool *more, void *payload, PropterError *err) {
  Parallel *p = payload;
  Batch *b = &p->batches[slot];
  PropterRow row;
  b->places.count = b->rows.count = b->rejects.count = 0;
  propter_buf_reset(&b->bytes);
  propter_buf_reset(&b->out);
  propter_arena_clear(&b->texts);
  b->counts = (PropterMapCounts){0};
  for (bool found = true; b->bytes.len < BATCH_BYTES;) {
    PROPTER_TRY(propter_table_next(p->table, &row, &found, err));
    if (!found) break;
    PROPTER_TRY(keep_row(b, &row, err));
  }
  *more = b->rows.count > 0;
  return PROPTER_OK;
}

static PropterStatus work(size_t slot, void *payload, PropterError *err) {
  Batch *b = &((Parallel *)payload)->batches[slot];
  Execution *x = &b->x;
  if (!propter_vec_reserve(&b->cells, b->places.count + 1)) return no_memory(err);
  for (size_t i = 0; i < b->places.count; i++) b->cells.items[i] = (PropterStr){b->bytes.data + b->places.items[i].offset, b->places.items[i].len};
  x->source = b->main->source;
  x->file = b->main->file;
  for (size_t i = 0; i < b->rows.count; i++) {
    const RowPlace *r = &b->rows.items[i];
    x->row = (PropterRow){.number = r->number,
                          .line = r->line,
                          .cells = b->cells.items + r->cells,
                          .count = r->count,
                          .problem = r->problem != SIZE_MAX ? b->bytes.data + r->problem : NULL};
    count_row(x);
    PROPTER_TRY(execute_row(x, err));
  }
  return propter_buf_status(&b->out, err);
}

static PropterStatus take(size_t slot, void *payload, PropterError *err) {
  Parallel *p = payload;
  Batch *b = &p->batches[slot];
  Execution *x = p->x;
  x->counts->rows += b->counts.rows;
  x->counts->empty += b->counts.empty;
  x->counts->rejects += b->counts.rejects;
  for (size_t i = 0; i < b->rejects.count; i++) PROPTER_TRY(x->sink->reject(&b->rejects.items[i], x->sink->payload, err));
  PROPTER_TRY(x->sink->take(propter_buf_str(&b->out), x->sink->payload, err));
  propter_log_progress(x->options->log, "ingest", x->counts->rows, 0, "rows");
  return PROPTER_OK;
}

static PropterStatus start(Batch *b, const Execution *x, PropterError *err) {
  b->main = x;
  b->sink = (PropterMapSink){.record = render, .reject = keep_reject, .payload = b};
  b->x = (Execution){
      .m = x->m, .options = x->options, .sink = &b->sink, .counts = &b->counts, .slots = x->slots, .joins = x->joins, .seen = x->seen, .shown = x->shown};
  b->x.uses = propter_calloc(x->m->slot_count, sizeof *b->x.uses);
  return b->x.uses ? PROPTER_OK : no_memory(err);
}

static void stop(Batch *b) {
  execute_clear_scratch(&b->x);
  propter_free(b->x.uses);
  propter_buf_clear(&b->bytes);
  propter_buf_clear(&b->out);
  propter_vec_clear(&b->places);
  propter_vec_clear(&b->cells);
  propter_vec_clear(&b->rows);
  propter_vec_clear(&b->rejects);
  propter_arena_clear(&b->texts);
}

bool parallel_can(const Execution *x, const PropterTable *table) {
  if (!x->sink->render || propter_table_has_expressions(table) || x->m->gather_count || x->m->change_count) return false;
  for (size_t i = 0; i < x->m->maps.count; i++)
    if (x->m->maps.items[i].source == x->source && x->m->maps.items[i].unique) return false;
  return !x->sink->row && !propter_table_has_values(table);
}

PropterStatus parallel_run(Execution *x, PropterTable *table, PropterError *err) {
  Parallel *p = propter_calloc(1, sizeof *p);
  if (!p) return no_memory(err);
  p->table = table;
  p->x = x;
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < BATCHES && status == PROPTER_OK; i++) status = start(&p->batches[i], x, err);
  if (status == PROPTER_OK) status = propter_pool_pipe(&(PropterPipe){read, work, take}, BATCHES, x->options->threads, p, err);
  for (size_t i = 0; i < BATCHES; i++) stop(&p->batches[i]);
  propter_free(p);
  return status;
}

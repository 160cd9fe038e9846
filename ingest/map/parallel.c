/* SPDX-License-Identifier: Apache-2.0 */
/* Rows executed by several threads: rounds of batches, read one after the other, executed and rendered at the same time, handed over in their order. So
 * the result does not depend on the number of threads. */
#include <string.h>

#include "execute.h"
#include "propter/pool.h"

enum { BATCHES = 8, BATCH_BYTES = 1 << 18 };

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

static PropterStatus fill(Batch *b, PropterTable *table, bool *found, PropterError *err) {
  PropterRow row;
  b->places.count = b->rows.count = b->rejects.count = 0;
  propter_buf_reset(&b->bytes);
  propter_buf_reset(&b->out);
  propter_arena_clear(&b->texts);
  b->counts = (PropterMapCounts){0};
  while (b->bytes.len < BATCH_BYTES) {
    PROPTER_TRY(propter_table_next(table, &row, found, err));
    if (!*found) return PROPTER_OK;
    PROPTER_TRY(keep_row(b, &row, err));
  }
  return PROPTER_OK;
}

static PropterStatus work(size_t item, void *payload, PropterError *err) {
  Batch *b = (Batch *)payload + item;
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
    PROPTER_TRY(execute_row(x, err));
  }
  return propter_buf_status(&b->out, err);
}

static PropterStatus hand_over(Execution *x, Batch *b, PropterError *err) {
  x->counts->rows += b->counts.rows;
  x->counts->empty += b->counts.empty;
  x->counts->rejects += b->counts.rejects;
  for (size_t i = 0; i < b->rejects.count; i++) PROPTER_TRY(x->sink->reject(&b->rejects.items[i], x->sink->payload, err));
  return x->sink->take(propter_buf_str(&b->out), x->sink->payload, err);
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
  if (!x->sink->render || propter_table_has_expressions(table) || x->m->gather_count) return false;
  for (size_t i = 0; i < x->m->maps.count; i++)
    if (x->m->maps.items[i].source == x->source && x->m->maps.items[i].unique) return false;
  return !x->sink->row && !propter_table_has_values(table);
}

PropterStatus parallel_run(Execution *x, PropterTable *table, PropterError *err) {
  Batch *batches = propter_calloc(BATCHES, sizeof *batches);
  if (!batches) return no_memory(err);
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < BATCHES && status == PROPTER_OK; i++) status = start(&batches[i], x, err);
  for (bool found = true; found && status == PROPTER_OK;) {
    size_t count = 0;
    while (count < BATCHES && found && status == PROPTER_OK) status = fill(&batches[count++], table, &found, err);
    if (status == PROPTER_OK) status = propter_pool_run(count, x->options->threads, work, batches, err);
    for (size_t i = 0; i < count && status == PROPTER_OK; i++) status = hand_over(x, &batches[i], err);
    propter_log_progress(x->options->log, "ingest", x->counts->rows, 0, "rows");
  }
  for (size_t i = 0; i < BATCHES; i++) stop(&batches[i]);
  propter_free(batches);
  return status;
}

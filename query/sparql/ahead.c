/* SPDX-License-Identifier: Apache-2.0 */
#include "ahead.h"

enum { FIRST_ROWS = 64, CELLS = 1 << 16, CELL_BYTES = 2 * sizeof(PropterId) + sizeof(PropterTerm) };
#define TEXT_BYTES ((size_t)32 << 20)

static size_t cells(const Ahead *a, size_t rows) { return rows * (a->width ? a->width : 1); }

static void drop(Exec *run, Ahead *a) {
  exec_free(run, a->ids, cells(a, a->cap) * CELL_BYTES);
  a->ids = NULL, a->cap = 0;
}

/* Few rows at first, so that the first ones come soon; then more. */
static PropterStatus make_room(Exec *run, Ahead *a, PropterError *err) {
  uint64_t most = run->options.memory / 16 / CELL_BYTES;
  if (most > CELLS) most = CELLS;
  most /= cells(a, 1);
  a->ask = a->ask == 0 ? FIRST_ROWS : a->ask * 4;
  if (a->ask > most) a->ask = most ? (size_t)most : 1;
  if (a->ask <= a->cap) return PROPTER_OK;
  drop(run, a);
  a->ids = exec_alloc(run, cells(a, a->ask) * CELL_BYTES);
  if (!a->ids) return exec_fail_memory(run, err);
  a->cap = a->ask;
  a->terms = (PropterTerm *)(void *)(a->ids + 2 * cells(a, a->cap));
  return PROPTER_OK;
}

static PropterStatus fetch(Exec *run, Ahead *a, AheadSource source, void *payload, PropterError *err) {
  a->at = a->decoded = a->count = 0;
  PROPTER_TRY(make_room(run, a, err));
  while (!a->ended && a->count < a->ask) {
    PROPTER_TRY(source(payload, a->ids + a->count * a->width, &a->ended, err));
    a->count += !a->ended;
  }
  return PROPTER_OK;
}

static PropterStatus decode(Exec *run, Ahead *a, size_t rows, PropterError *err) {
  propter_arena_clear(&a->text);
  /* One row may need all of the query's memory; several should not. */
  a->text.limit = rows == 1 || run->options.memory / 8 < TEXT_BYTES ? run->options.memory : TEXT_BYTES;
  return exec_terms(run, a->ids + a->at * a->width, rows * a->width, a->ids + cells(a, a->cap), &a->text, a->terms, err);
}

PropterStatus ahead_next(Exec *run, Ahead *a, AheadSource source, void *payload, const PropterTerm **row, PropterError *err) {
  *row = NULL;
  if (a->at == a->count && !a->ended) PROPTER_TRY(fetch(run, a, source, payload, err));
  if (a->at == a->count) return PROPTER_OK;
  if (a->at == a->decoded) {
    PropterError why = {0};
    PropterStatus status;
    size_t rows = a->count - a->at;
    /* Fewer rows where the texts of so many are too long; memory that cannot be had is an error at once. */
    while ((status = decode(run, a, rows, &why)) == PROPTER_NO_MEMORY && rows > 1 && a->text.used > a->text.limit / 2)
      rows = rows / 4 + 1, why = (PropterError){0};
    if (status != PROPTER_OK) return propter_fail(err, status, "%s", why.message);
    a->from = a->at, a->decoded = a->at + rows;
  }
  *row = a->terms + (a->at++ - a->from) * a->width;
  return PROPTER_OK;
}

void ahead_clear(Exec *run, Ahead *a) {
  drop(run, a);
  propter_arena_clear(&a->text);
}

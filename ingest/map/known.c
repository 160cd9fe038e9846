/* SPDX-License-Identifier: Apache-2.0 */
/* What decides the outcome of a row: its cells, what it is joined with, and its place where the outcome says it or depends on it. Where that is the
 * cells alone, the bytes of the row in its file will do, and a row that is known is not even taken apart. */
#include <string.h>

#include "execute.h"
#include "propter/hash.h"

static void add_number(PropterBuf *out, uint64_t n) { propter_buf_add(out, (PropterStr){(const char *)&n, sizeof n}); }

static void add_text(PropterBuf *out, PropterStr text) {
  add_number(out, text.len);
  propter_buf_add(out, text);
}

static void add_cells(PropterBuf *out, const PropterRow *row) {
  add_number(out, row->count);
  for (size_t i = 0; i < row->count; i++) {
    if (!row->values) {
      add_text(out, row->cells[i]);
      continue;
    }
    add_number(out, row->values[i].count);
    for (size_t k = 0; k < row->values[i].count; k++) {
      const PropterCell *cell = &row->values[i].items[k];
      propter_buf_add_char(out, (char)cell->compound);
      add_text(out, cell->datatype);
      add_text(out, cell->text);
    }
  }
}

/* Fresh blank nodes are numbered; observations name their line and columns. */
static void add_place(Execution *x) {
  const TriplesMap *maps = x->m->maps.items;
  add_text(&x->content, x->m->sources.items[x->source].is.files[x->file]);
  add_number(&x->content, x->row.line);
  if (x->m->fresh_count) add_number(&x->content, x->file), add_number(&x->content, x->row.number);
  for (size_t i = 0; i < x->m->maps.count; i++)
    for (size_t k = 0; maps[i].source == x->source && k < maps[i].columns.count; k++) propter_buf_add_char(&x->content, (char)x->shown[i][k]);
}

static PropterStatus add_joined(Execution *x, const TriplesMap *map, PropterError *err) {
  for (size_t k = 0; k < map->says.count; k++)
    for (size_t o = 0; o < map->says.items[k].objects.count; o++) {
      const ObjectMap *object = &map->says.items[k].objects.items[o];
      uint64_t hash;
      if (object->map || !x->joins[object->number].built) continue;
      PROPTER_TRY(join_hash(x, object, &hash, err));
      add_number(&x->content, hash);
    }
  return PROPTER_OK;
}

/* Of rows with one subject the first counts. */
static PropterStatus add_rank(Execution *x, const TriplesMap *map, PropterError *err) {
  Range subjects;
  Outcome outcome = GOT;
  PROPTER_TRY(eval_terms(x, map->subject, &subjects, &outcome, err));
  for (size_t s = subjects.begin; s < subjects.end && outcome == GOT; s++) PROPTER_TRY(check_unique(x, map, x->terms.items[s].term.value, &outcome, err));
  propter_buf_add_char(&x->content, (char)outcome);
  if (outcome == REJECTED) add_text(&x->content, propter_str(x->reason));
  return PROPTER_OK;
}

/* Columns of expressions are judged at the end by the values that rows had. */
static void note_values(Execution *x) {
  for (size_t i = 0; x->row.values && i < x->m->slot_count; i++)
    if (x->uses[i].part && x->uses[i].source == x->source) x->uses[i].found |= x->row.values[x->slots[i]].count > 0;
}

/* The bytes of a row are all that it gives: it is joined with nothing, says no place and has no rank. */
static bool cells_decide(const Execution *x) {
  for (size_t i = 0; i < x->m->maps.count; i++) {
    const TriplesMap *map = &x->m->maps.items[i];
    if (map->source != x->source) continue;
    if (map->unique) return false;
    for (size_t k = 0; k < map->says.count; k++)
      for (size_t o = 0; o < map->says.items[k].objects.count; o++)
        if (!map->says.items[k].objects.items[o].map && x->joins[map->says.items[k].objects.items[o].number].built) return false;
  }
  return !x->placed;
}

/* The cells of a row mean what the header says. */
PropterStatus known_header(Execution *x, const PropterTable *table, PropterError *err) {
  size_t count;
  const PropterStr *names = propter_table_columns(table, &count);
  propter_buf_reset(&x->content);
  add_number(&x->content, x->source);
  for (size_t i = 0; names && i < count; i++) add_text(&x->content, names[i]);
  x->header = propter_hash64(propter_buf_str(&x->content));
  x->by_bytes = x->sink->row && cells_decide(x);
  return propter_buf_status(&x->content, err);
}

PropterStatus known_skip(Execution *x, PropterTable *table, bool *asked, PropterError *err) {
  for (bool known = x->by_bytes; known;) {
    PropterStr bytes;
    PROPTER_TRY(propter_table_peek(table, &bytes, err));
    if (!bytes.len) return PROPTER_OK;
    PROPTER_TRY(x->sink->row(propter_hash64(bytes) + x->header, &known, x->sink->payload, err));
    *asked = !known;
    if (!known) return PROPTER_OK;
    propter_table_skip(table);
    count_row(x);
  }
  return PROPTER_OK;
}

PropterStatus row_is_known(Execution *x, bool *known, PropterError *err) {
  propter_buf_reset(&x->content);
  add_number(&x->content, x->header);
  add_cells(&x->content, &x->row);
  if (x->placed || x->row.problem) add_place(x);
  for (x->map = 0; x->map < x->m->maps.count && !x->row.problem; x->map++) {
    const TriplesMap *map = &x->m->maps.items[x->map];
    if (map->source != x->source) continue;
    scratch_rewind(&x->scratch);
    x->terms.count = x->texts.count = 0;
    if (map->unique) PROPTER_TRY(add_rank(x, map, err));
    PROPTER_TRY(add_joined(x, map, err));
  }
  PROPTER_TRY(propter_buf_status(&x->content, err));
  PROPTER_TRY(x->sink->row(propter_hash64(propter_buf_str(&x->content)), known, x->sink->payload, err));
  if (*known) note_values(x);
  return PROPTER_OK;
}

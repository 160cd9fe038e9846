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

/* The cells of a row, and what it is joined with, are all that decides what it gives: it says no place and has no rank. Adds to the context the joins; *joined:
 * there are some. */
static bool cells_decide(Execution *x, bool *joined) {
  *joined = false;
  for (size_t i = 0; i < x->m->maps.count; i++) {
    const TriplesMap *map = &x->m->maps.items[i];
    if (map->source != x->source) continue;
    if (map->unique) return false;
    for (size_t k = 0; k < map->says.count; k++)
      for (size_t o = 0; o < map->says.items[k].objects.count; o++) {
        const ObjectMap *object = &map->says.items[k].objects.items[o];
        if (object->map || !x->joins[object->number].built) continue;
        *joined = true;
        x->context = x->context * 31 + join_print(x, object);
      }
  }
  return !x->placed;
}

/* The cells of a row mean what the header says. */
PropterStatus known_header(Execution *x, const PropterTable *table, PropterError *err) {
  size_t count;
  bool joined;
  const PropterStr *names = propter_table_columns(table, &count);
  propter_buf_reset(&x->content);
  add_number(&x->content, x->source);
  for (size_t i = 0; names && i < count; i++) add_text(&x->content, names[i]);
  x->header = x->context = propter_hash64(propter_buf_str(&x->content));
  x->grouped = x->sink->row && cells_decide(x, &joined);
  x->by_bytes = x->grouped && !joined;
  return propter_buf_status(&x->content, err);
}

/* Of so few rows that most groups hold none of a few changes, of so many that a group is cheaper than its rows. A row more or less changes its group only: the
 * next one begins where it began. */
enum { GROUP = 8, GROUP_BYTES = 1 << 16 };

static PropterStatus end_group(Execution *x, PropterError *err) {
  PropterMapGroup group = {propter_hash64(propter_buf_str(&x->group)) + x->context, x->group_rows, (uint32_t)x->group.len};
  propter_buf_reset(&x->group);
  x->group_rows = 0;
  return group.rows ? x->sink->group(&group, x->sink->payload, err) : PROPTER_OK;
}

/* The group that stood here, if it does again. */
static PropterStatus pass_group(Execution *x, PropterTable *table, bool *passed, PropterError *err) {
  PropterStr bytes;
  *passed = false;
  const PropterMapGroup *group = x->sink->expected(x->sink->payload);
  if (!group) return PROPTER_OK;
  size_t size = group->bytes;
  uint32_t rows = group->rows;
  PROPTER_TRY(propter_table_peek_bytes(table, size, &bytes, err));
  if (bytes.len != size || propter_hash64(bytes) + x->context != group->hash) return PROPTER_OK;
  PROPTER_TRY(end_group(x, err));
  PROPTER_TRY(x->sink->passed(x->sink->payload, err));
  propter_table_skip(table, size, rows);
  for (uint32_t i = 0; i < rows; i++) count_row(x);
  *passed = true;
  return PROPTER_OK;
}

/* Adds the row to come to the present group; a row without bytes that are known belongs to none. */
static PropterStatus join_group(Execution *x, PropterStr bytes, PropterError *err) {
  if (!bytes.len || x->group.len + bytes.len > GROUP_BYTES) PROPTER_TRY(end_group(x, err));
  if (!bytes.len || bytes.len > GROUP_BYTES) return PROPTER_OK;
  propter_buf_add(&x->group, bytes);
  x->group_rows++;
  return propter_buf_status(&x->group, err);
}

static PropterStr without_line_end(PropterStr row) {
  row.len--;
  if (row.len && row.data[row.len - 1] == '\r') row.len--;
  return row;
}

PropterStatus known_skip(Execution *x, PropterTable *table, bool *asked, PropterError *err) {
  for (bool known = x->grouped; known;) {
    PropterStr bytes;
    bool passed;
    if (x->group_rows >= GROUP) PROPTER_TRY(end_group(x, err));
    PROPTER_TRY(pass_group(x, table, &passed, err));
    if (passed) continue;
    PROPTER_TRY(propter_table_peek(table, &bytes, err));
    PROPTER_TRY(join_group(x, bytes, err));
    if (!bytes.len || !x->by_bytes) return PROPTER_OK;
    PROPTER_TRY(x->sink->row(propter_hash64(without_line_end(bytes)) + x->header, &known, x->sink->payload, err));
    *asked = !known;
    if (!known) return PROPTER_OK;
    propter_table_skip(table, bytes.len, 1);
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

/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/cells.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "propter/date.h"
#include "propter/hash.h"
#include "sniff_seen.h"

/* A cell being filled: a key (period, then the slices, each ended by a NUL), then a sum and a count for each measure. */
typedef struct {
  double sum;
  uint64_t count;
} Amount;

enum { REPEATED_MOST = 4000000 /* rows that later ones are compared with */, DAY = 11 /* bytes of a day in a key */ };

typedef struct {
  const PropterSniff *sniff;
  PropterGrain grain;
  size_t *slice, slices, *measure, measures;
  PropterMap index;            /* key → place */
  PROPTER_VEC(Amount) amounts; /* measures + 1 of each cell; the last counts rows */
  PropterMap seen;             /* hashes of whole rows */
  PropterBuf key, name;
  PropterMap firsts;              /* of the means by combination of slices: the bits of the first value */
  bool *varied;                   /* by measure: it is no mean, or some combination has two values */
  const PropterCellsTable *table; /* the present one */
  PropterBuf *left;
  PropterCellsSummary *summary;
  PropterError *err;
} Adding;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for the cells of a table"); }

static void leave_out(Adding *a, const PropterRow *row, PropterStr column, PropterStr value, const char *reason) {
  a->summary->left_out++;
  if (!a->left) return;
  if (!a->left->len) propter_buf_printf(a->left, "file,sheet,line,column,value,reason\n");
  propter_put_quoted(a->left, propter_str(a->table->path)), propter_buf_add_char(a->left, ',');
  if (a->table->sheet) propter_put_quoted(a->left, propter_str(a->table->sheet));
  propter_buf_printf(a->left, ",%" PRIu64 ",", row->line);
  propter_put_quoted(a->left, column), propter_buf_add_char(a->left, ','), propter_put_quoted(a->left, value);
  propter_buf_printf(a->left, ",%s\n", reason);
}

/* Period first: its day in a form whose bytes sort as days do. */
static PropterStatus make_key(Adding *a, const PropterRow *row, PropterDay day) {
  char text[16];
  propter_day_format(propter_period_first(a->grain, propter_period_of(a->grain, day)), text);
  propter_buf_reset(&a->key);
  propter_buf_add(&a->key, propter_str(text)), propter_buf_add_char(&a->key, '\0');
  for (size_t i = 0; i < a->slices; i++) propter_buf_add(&a->key, propter_row_text(row, a->slice[i])), propter_buf_add_char(&a->key, '\0');
  return propter_buf_status(&a->key, a->err);
}

/* Rows that were told before, in every column: a file exported twice, or things that no column tells apart. Added up all the same. */
static PropterStatus count_repeated(Adding *a, const PropterRow *row) {
  bool fresh = true;
  propter_buf_reset(&a->key);
  for (size_t i = 0; i < a->sniff->count; i++) propter_buf_add(&a->key, propter_row_text(row, i)), propter_buf_add_char(&a->key, '\0');
  PROPTER_TRY(propter_buf_status(&a->key, a->err));
  const PropterHash128 hash = propter_hash128(propter_buf_str(&a->key));
  const PropterStr key = {(const char *)&hash, sizeof hash};
  if (a->seen.count < REPEATED_MOST ? !propter_map_put(&a->seen, key, 0, &fresh) : false) return no_memory(a->err);
  if (a->seen.count == REPEATED_MOST) fresh = !propter_map_get(&a->seen, key);
  if (!fresh && !a->summary->repeated++) a->summary->repeated_table = a->table, a->summary->repeated_line = row->line;
  return PROPTER_OK;
}

/* A tax rate or a list price that goes with the product is no figure of its own. */
static PropterStatus see_fixed(Adding *a, size_t measure, double value) {
  uint64_t bits;
  if (a->varied[measure]) return PROPTER_OK;
  memcpy(&bits, &value, sizeof bits);
  propter_buf_reset(&a->name);
  propter_buf_printf(&a->name, "%zu:", measure), propter_buf_add(&a->name, (PropterStr){a->key.data + DAY, a->key.len - DAY});
  PROPTER_TRY(propter_buf_status(&a->name, a->err));
  const uint64_t *first = propter_map_put(&a->firsts, propter_buf_str(&a->name), bits, NULL);
  if (!first) return no_memory(a->err);
  a->varied[measure] = *first != bits;
  return PROPTER_OK;
}

static PropterStatus add_row(Adding *a, const PropterRow *row) {
  PropterDay day;
  bool fresh;
  a->summary->rows++;
  PropterStr pattern = propter_str(a->sniff->columns[a->sniff->time].date_format);
  const PropterColumn *columns = a->sniff->columns;
  PropterStr when = propter_row_text(row, a->sniff->time);
  if (row->problem) return leave_out(a, row, (PropterStr){"", 0}, propter_row_text(row, 0), "a wrong number of cells"), PROPTER_OK;
  if (!lexical_first_day(pattern, when, &day)) return leave_out(a, row, columns[a->sniff->time].name, when, "no day"), PROPTER_OK;
  PROPTER_TRY(count_repeated(a, row));
  PROPTER_TRY(make_key(a, row, day));
  uint64_t *at = propter_map_put(&a->index, propter_buf_str(&a->key), a->summary->cells, &fresh);
  if (!at) return no_memory(a->err);
  if (fresh) {
    if (++a->summary->cells > PROPTER_CELLS_MOST)
      return propter_fail(a->err, PROPTER_LIMIT, "more than %d cells; expected fewer slices or a coarser time", PROPTER_CELLS_MOST);
    for (size_t i = 0; i <= a->measures; i++)
      if (!propter_vec_push(&a->amounts, ((Amount){0, 0}))) return no_memory(a->err);
  }
  Amount *amount = a->amounts.items + *at * (a->measures + 1);
  for (size_t i = 0; i < a->measures; i++) {
    double value;
    const PropterColumn *column = &columns[a->measure[i]];
    PropterStr text = propter_row_text(row, a->measure[i]);
    if (sniff_number(column, text, &value)) {
      amount[i].sum += value, amount[i].count++;
      PROPTER_TRY(see_fixed(a, i, value));
    } else if (text.len) {
      leave_out(a, row, column->name, text, "no number");
    }
  }
  amount[a->measures].count++;
  return PROPTER_OK;
}

static PropterStatus add_table(Adding *a, const PropterCellsTable *from) {
  PropterTable *table;
  PropterRow row;
  bool found = true;
  PropterTableOptions options = a->sniff->options;
  options.table = from->sheet;
  a->table = from;
  PROPTER_TRY(propter_table_open(from->path, &options, NULL, &table, a->err));
  PropterStatus status = PROPTER_OK;
  size_t index; /* of expressions: as many as were asked for before */
  for (size_t i = 0; a->sniff->formulation && i < a->sniff->count && status == PROPTER_OK; i++)
    status = propter_table_column(table, a->sniff->columns[i].name, &index, a->err);
  while (status == PROPTER_OK && (status = propter_table_next(table, &row, &found, a->err)) == PROPTER_OK && found) status = add_row(a, &row);
  propter_table_close(table);
  return status;
}

/* A whole number that never comes twice names something. */
static bool names(const PropterSniff *s, const PropterColumn *c) {
  return s->rows >= 50 && c->distinct == c->values && propter_str_equal(c->datatype, PROPTER_STR("http://www.w3.org/2001/XMLSchema#integer"));
}

static PropterStatus choose(Adding *a) {
  const PropterSniff *s = a->sniff;
  a->slice = propter_calloc(s->count + 1, sizeof *a->slice);
  a->measure = propter_calloc(s->count + 1, sizeof *a->measure);
  a->varied = propter_calloc(s->count + 1, sizeof *a->varied);
  if (!a->slice || !a->measure || !a->varied) return no_memory(a->err);
  for (size_t i = 0; i < s->count; i++) {
    if (s->columns[i].role == PROPTER_COLUMN_SLICE && s->columns[i].distinct <= PROPTER_CELLS_SLICE) a->slice[a->slices++] = i;
    if (s->columns[i].role != PROPTER_COLUMN_MEASURE || names(s, &s->columns[i])) continue;
    a->varied[a->measures] = !s->columns[i].mean || i >= 64;
    a->measure[a->measures++] = i;
  }
  return PROPTER_OK;
}

static void put_field(PropterBuf *out, PropterStr text) {
  bool plain = true;
  for (size_t i = 0; i < text.len; i++) plain &= text.data[i] != ',' && text.data[i] != '"' && text.data[i] != '\n' && text.data[i] != '\r';
  if (plain) propter_buf_add(out, text);
  else propter_put_quoted(out, text);
}

static int by_key(const void *a, const void *b) {
  const PropterStr x = ((const PropterMapEntry *)a)->key, y = ((const PropterMapEntry *)b)->key;
  int order = memcmp(x.data, y.data, x.len < y.len ? x.len : y.len);
  return order ? order : (x.len > y.len) - (x.len < y.len);
}

static PropterStr key_part(const char **at) {
  PropterStr part = propter_str(*at);
  *at += part.len + 1;
  return part;
}

static bool is_fixed(const Adding *a, size_t measure) { return a->measure[measure] < 64 && a->summary->fixed >> a->measure[measure] & 1; }

/* `amount` NULL: nothing happened. */
static void put_cell(const Adding *a, PropterStr period, const char *slices, const Amount *amount, PropterBuf *out) {
  put_field(out, period);
  for (size_t i = 0; i < a->slices; i++) propter_buf_add_char(out, ','), put_field(out, key_part(&slices));
  for (size_t i = 0; i < a->measures; i++) {
    bool mean = a->sniff->columns[a->measure[i]].mean;
    if (is_fixed(a, i)) continue;
    propter_buf_add_char(out, ',');
    if (!amount && !mean) propter_buf_add_char(out, '0');
    if (amount && amount[i].count) propter_buf_printf(out, "%.15g", mean ? amount[i].sum / (double)amount[i].count : amount[i].sum);
  }
  propter_buf_printf(out, ",%" PRIu64 "\n", amount ? amount[a->measures].count : 0);
}

/* --- Where nothing happened ------------------------------------------------------------------------------------------------- */

/* A value of a slice: the slices of a cell that has it, in how many periods it is, the last of them that was seen. */
typedef struct {
  const char *slices;
  size_t periods, last;
} Member;

typedef struct {
  PropterMap index; /* number of the slice and the value → place */
  PROPTER_VEC(Member) items;
  size_t seen;  /* periods so far, counted on the second time */
  bool counted; /* in how many periods each value is */
} Members;

static PropterStatus see_members(const Adding *a, Members *members, const char *slices, PropterBuf *name) {
  const char *at = slices;
  for (size_t i = 0; i < a->slices; i++) {
    bool fresh;
    propter_buf_reset(name);
    propter_buf_printf(name, "%zu:", i), propter_buf_add(name, key_part(&at));
    PROPTER_TRY(propter_buf_status(name, a->err));
    uint64_t *place = propter_map_put(&members->index, propter_buf_str(name), members->items.count, &fresh);
    if (!place || (fresh && !propter_vec_push(&members->items, ((Member){.slices = slices})))) return no_memory(a->err);
    Member *m = &members->items.items[*place];
    m->periods += !members->counted && m->last != members->seen;
    m->last = members->seen;
  }
  return PROPTER_OK;
}

/* The cells in order, period by period; `out` NULL: only to see the values of the slices. A value that is in `least` periods, but not in this one, is written
 * with no rows. */
static PropterStatus each_period(const Adding *a, Members *members, size_t least, PropterBuf *out) {
  const PropterMapEntry *cells = a->index.entries;
  PropterBuf name = {.max = 1 << 20};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0, j; i < a->index.count && status == PROPTER_OK; i = j) {
    const PropterStr period = propter_str(cells[i].key.data);
    members->seen++;
    for (j = i; j < a->index.count && status == PROPTER_OK && propter_str_equal(propter_str(cells[j].key.data), period); j++) {
      const char *slices = cells[j].key.data + period.len + 1;
      status = see_members(a, members, slices, &name);
      if (out) put_cell(a, period, slices, a->amounts.items + cells[j].value * (a->measures + 1), out);
    }
    for (size_t m = 0; out && m < members->items.count && status == PROPTER_OK; m++) {
      const Member *member = &members->items.items[m];
      if (member->last == members->seen || member->periods < least) continue;
      put_cell(a, period, member->slices, NULL, out);
      status = see_members(a, members, member->slices, &name); /* one cell may do for several */
    }
  }
  propter_buf_clear(&name);
  return status;
}

static PropterStatus put_table(Adding *a, PropterBuf *out) {
  const PropterColumn *columns = a->sniff->columns;
  Members members = {.seen = 0};
  put_field(out, columns[a->sniff->time].name);
  for (size_t i = 0; i < a->slices; i++) propter_buf_add_char(out, ','), put_field(out, columns[a->slice[i]].name);
  for (size_t i = 0; i < a->measures; i++) { /* of a row for each combination nothing can be said */
    if (!a->varied[i] && a->firsts.count * 2 <= a->summary->rows) a->summary->fixed |= UINT64_C(1) << a->measure[i];
    if (!is_fixed(a, i)) propter_buf_add_char(out, ','), put_field(out, columns[a->measure[i]].name);
  }
  propter_buf_add_char(out, ','), put_field(out, a->sniff->counted.len ? a->sniff->counted : PROPTER_STR("rows")), propter_buf_add_char(out, '\n');
  /* The map is no map any more. */
  if (a->index.count) qsort(a->index.entries, a->index.count, sizeof *a->index.entries, by_key);
  PropterStatus status = each_period(a, &members, 0, NULL);
  members.counted = true;
  if (status == PROPTER_OK) status = each_period(a, &members, (members.seen + 1) / 2, out);
  propter_map_clear(&members.index);
  propter_vec_clear(&members.items);
  return status == PROPTER_OK ? propter_buf_status(out, a->err) : status;
}

PropterStatus propter_cells(const PropterCellsTable *tables, size_t count, const PropterSniff *sniff, PropterBuf *out, PropterBuf *left,
                            PropterCellsSummary *summary, PropterError *err) {
  *summary = (PropterCellsSummary){0};
  if (sniff->time == SIZE_MAX) return propter_fail(err, PROPTER_INVALID, "expected a time column");
  PropterGrain grain;
  if (!propter_grain_parse(propter_str(sniff->grain), &grain))
    return propter_fail(err, PROPTER_INVALID, "expected a grain such as P1D, found \"%s\"", sniff->grain);
  Adding a = {.sniff = sniff, .grain = grain, .key = {.max = 1 << 20}, .name = {.max = 1 << 20}, .left = left, .summary = summary, .err = err};
  PropterStatus status = choose(&a);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) status = add_table(&a, &tables[i]);
  if (status == PROPTER_OK) status = put_table(&a, out);
  if (status == PROPTER_OK && left) status = propter_buf_status(left, err);
  propter_map_clear(&a.index);
  propter_map_clear(&a.seen);
  propter_map_clear(&a.firsts);
  propter_vec_clear(&a.amounts);
  propter_buf_clear(&a.key), propter_buf_clear(&a.name);
  propter_free(a.slice);
  propter_free(a.measure);
  propter_free(a.varied);
  return status;
}

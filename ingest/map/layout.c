/* SPDX-License-Identifier: Apache-2.0 */
#include "layout.h"

#include <stdlib.h>
#include <string.h>

#include "model.h"

/* One row in numbers. */
typedef struct {
  uint64_t line;
  size_t cells, filled;
  size_t values, days; /* cells that are numbers or days; that are days, months or years */
  bool text_first;     /* the first cell that is filled is text */
  bool repeats;        /* two cells are the same, or one is empty */
} Line;

typedef struct {
  Line lines[LAYOUT_ROWS];
  size_t count, header;
} Layout;

static bool is_day(PropterStr text) {
  PropterDay day;
  if (text.len && lexical_first_day((PropterStr){"", 0}, text, &day)) return true;
  for (size_t k = 0; written_dates[k].pattern; k++)
    if (!written_dates[k].says_time && written_day(propter_str(written_dates[k].pattern), text, &day)) return true;
  return false;
}

static bool is_number(PropterStr text) {
  char number[64];
  size_t length;
  double value;
  if (text.len > sizeof number - 2) return false;
  if (propter_str_to_double(text, &value)) return true;
  for (size_t k = 0; written_numbers[k].decimal; k++) {
    Written w = {.decimal = propter_str(written_numbers[k].decimal), .group = propter_str(written_numbers[k].group)};
    if (written_number(&w, text, number, &length)) return true;
  }
  return false;
}

static Line look(const PropterRow *row) {
  Line l = {.line = row->line, .cells = row->count};
  for (size_t i = 0; i < row->count; i++) {
    PropterStr text = propter_row_text(row, i);
    if (!text.len) continue;
    bool day = is_day(text), value = day || is_number(text);
    if (!l.filled++) l.text_first = !value;
    l.days += day, l.values += value;
    for (size_t k = 0; k < i && k < 64; k++) l.repeats |= propter_str_equal(propter_row_text(row, k), text);
  }
  l.repeats |= l.filled < l.cells;
  return l;
}

static PropterStatus read_lines(const char *path, PropterTableOptions *options, const PropterLimits *limits, Layout *out, bool *typed, PropterError *err) {
  PropterTableOptions bare = *options;
  PropterTable *table = NULL;
  PropterRow row;
  bool found = true;
  bare.no_header = true;
  PropterStatus status = propter_table_open(path, &bare, limits, &table, err);
  if (status == PROPTER_OK) *typed = propter_table_has_values(table) || propter_table_has_expressions(table);
  if (status == PROPTER_OK && propter_table_has_expressions(table)) found = false;
  /* A comma goes without saying, also of the next file that has the same mapping. */
  if (status == PROPTER_OK && propter_table_delimiter(table) != ',') options->delimiter = propter_table_delimiter(table);
  while (status == PROPTER_OK && found && out->count < LAYOUT_ROWS)
    if ((status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) out->lines[out->count++] = look(&row);
  propter_table_close(table);
  return status;
}

static int by_size(const void *a, const void *b) { return (*(const size_t *)a > *(const size_t *)b) - (*(const size_t *)a < *(const size_t *)b); }

/* Cells filled in a row of the table: a quarter of the rows have at least as many. */
static size_t usual_width(const Layout *l) {
  size_t filled[LAYOUT_ROWS];
  if (!l->count) return 0;
  for (size_t i = 0; i < l->count; i++) filled[i] = l->lines[i].filled;
  qsort(filled, l->count, sizeof *filled, by_size);
  return filled[l->count - 1 - l->count / 4];
}

/* Names; some may be periods where the first is text. */
static bool can_be_names(const Line *l) { return !l->values || (l->text_first && l->values == l->days); }

/* The first row that is filled like most; of two such rows of text where the first has gaps or repeats names (parts of the year over their figures), the one
 * that values follow. */
static void find_header(Layout *l) {
  size_t wanted = (usual_width(l) * 7 + 9) / 10, first = 0;
  l->header = 0;
  while (first < l->count && l->lines[first].filled < wanted) first++;
  if (first + 1 >= l->count || !can_be_names(&l->lines[first])) return;
  const Line *at = &l->lines[first];
  if (at[0].repeats && !at[0].values && !at[1].values && at[1].filled >= at[0].filled && first + 2 < l->count && at[2].values) first++;
  l->header = first;
}

/* Columns of the header if most rows below have as many. */
static size_t columns_of(const Layout *l) {
  size_t same = 0;
  if (!l->count) return 0;
  for (size_t i = l->header + 1; i < l->count; i++) same += l->lines[i].cells == l->lines[l->header].cells;
  return same * 2 + l->header + 1 >= l->count ? l->lines[l->header].cells : 1;
}

PropterStatus layout_find(const char *path, const PropterLimits *limits, PropterTableOptions *options, PropterError *err) {
  static const char others[] = ";\t|";
  const PropterTableOptions given = *options;
  Layout *l = propter_malloc(sizeof *l);
  size_t most = 0;
  bool typed = false;
  PropterStatus status = l ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory looking at a table");
  for (size_t k = 0; k < sizeof others && status == PROPTER_OK && !typed && (!k || !given.delimiter); k++) {
    PropterTableOptions tried = given;
    PropterError bad = {0};
    if (k) tried.delimiter = others[k - 1];
    l->count = 0;
    PropterStatus read = read_lines(path, &tried, limits, l, &typed, &bad);
    if (read == PROPTER_NO_MEMORY || (!k && read == PROPTER_INVALID)) {
      if (err) *err = bad;
      status = read;
    }
    find_header(l);
    size_t columns = columns_of(l);
    if (status != PROPTER_OK || columns <= most) continue;
    most = columns;
    if (l->header && !given.header_line) tried.header_line = l->lines[l->header].line;
    *options = tried;
  }
  propter_free(l);
  return status;
}

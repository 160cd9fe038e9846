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
  bool spare, hash;    /* the last cell is empty; the first one begins with # */
} Line;

typedef struct {
  Line lines[LAYOUT_ROWS];
  size_t count, header, columns, misfits; /* misfits: rows below the header with another number of cells */
  size_t ticked, hashes; /* rows with a cell in single quotes; that begin with # */
  bool escapes;          /* a cell holds a backslash before a quote, or ends with one */
  bool trailing, broken; /* rows end with a delimiter; a mistake ends the reading */
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
  l.spare = row->count && !propter_row_text(row, row->count - 1).len;
  l.hash = row->count && propter_str_starts(propter_row_text(row, 0), PROPTER_STR("#"));
  return l;
}

/* Traces of other dialects. */
static void look_for_marks(Layout *l, const PropterRow *row) {
  bool ticked = false;
  for (size_t i = 0; i < row->count; i++) {
    PropterStr text = propter_row_text(row, i);
    ticked |= text.len > 1 && text.data[0] == '\'' && text.data[text.len - 1] == '\'';
    l->escapes |= propter_str_ends(text, PROPTER_STR("\\")) || propter_str_find(text, PROPTER_STR("\\\"")) != SIZE_MAX ||
                  propter_str_equal(text, PROPTER_STR("\\N"));
  }
  l->ticked += ticked;
  l->hashes += l->lines[l->count - 1].hash;
}

/* What the next file of this kind is read as, too; a byte order mark goes without saying. */
static const char *unmarked_encoding(const PropterTable *table) {
  const char *found = propter_table_encoding(table);
  return found && strlen(found) > strlen("UTF-16") ? found : NULL;
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
  while (status == PROPTER_OK && found && out->count < LAYOUT_ROWS) {
    status = propter_table_next(table, &row, &found, err);
    if (status != PROPTER_OK || !found) break;
    out->lines[out->count++] = look(&row);
    look_for_marks(out, &row);
  }
  if (status == PROPTER_OK && !options->encoding) options->encoding = unmarked_encoding(table);
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

/* As many cells as the header, or one more that is empty behind a delimiter at the end. */
static bool fits(const Layout *l, const Line *row) {
  size_t cells = l->lines[l->header].cells;
  return row->cells == cells || (row->cells == cells + 1 && row->spare);
}

/* Columns of the header if most rows below have as many. */
static void judge(Layout *l) {
  size_t same = 0, spare = 0, below;
  find_header(l);
  l->columns = l->misfits = 0;
  l->trailing = false;
  if (!l->count) return;
  below = l->count - l->header - 1;
  for (size_t i = l->header + 1; i < l->count; i++) {
    same += fits(l, &l->lines[i]);
    spare += l->lines[i].cells > l->lines[l->header].cells && fits(l, &l->lines[i]);
  }
  l->columns = same * 2 >= below ? l->lines[l->header].cells : 1;
  l->misfits = below - same + l->broken;
  l->trailing = below && spare == same && spare;
}

typedef struct {
  const char *path;
  const PropterLimits *limits;
  PropterTableOptions given, best;
  Layout *at, *kept; /* of what is tried, and of the best */
  bool typed;
} Search;

/* Reads the first rows so; a file that cannot be read so has the rows before the mistake. */
static PropterStatus try(Search *s, PropterTableOptions *tried, bool first, PropterError *err) {
  PropterError bad = {0};
  *s->at = (Layout){.count = 0};
  PropterStatus read = read_lines(s->path, tried, s->limits, s->at, &s->typed, &bad);
  if (read == PROPTER_NO_MEMORY || (first && read == PROPTER_INVALID)) {
    if (err) *err = bad;
    return read;
  }
  s->at->broken = read != PROPTER_OK;
  judge(s->at);
  return PROPTER_OK;
}

static void keep(Search *s, PropterTableOptions tried) {
  Layout *at = s->at;
  tried.trailing |= at->trailing;
  if (!s->given.header_line) tried.header_line = at->header ? at->lines[at->header].line : 0;
  s->best = tried;
  s->at = s->kept, s->kept = at;
}

static PropterStatus find_delimiter(Search *s, PropterError *err) {
  static const char others[] = ";\t|";
  for (size_t k = 0; k < sizeof others && !s->typed && (!k || !s->given.delimiter); k++) {
    PropterTableOptions tried = s->given;
    if (k) tried.delimiter = others[k - 1];
    PROPTER_TRY(try(s, &tried, !k, err));
    if (s->at->columns > s->kept->columns) keep(s, tried);
  }
  return PROPTER_OK;
}

/* Dialects that show: what would be odd cells otherwise is none. */
static PropterStatus find_dialect(Search *s, PropterError *err) {
  enum { ESCAPE, QUOTE, COMMENT, DIALECTS };
  for (int k = 0; k < DIALECTS && !s->typed; k++) {
    const Layout *l = s->kept;
    PropterTableOptions tried = s->best;
    bool shows = k == ESCAPE ? l->broken || l->escapes : k == QUOTE ? l->count && l->ticked * 2 >= l->count : l->hashes && !l->lines[l->header].hash;
    if (!shows) continue;
    if (k == ESCAPE && !tried.escape) tried.escape = '\\';
    if (k == QUOTE && !tried.quote && !tried.no_quote) tried.quote = '\'';
    if (k == COMMENT && !tried.comment) tried.comment = "#", tried.header_line = s->given.header_line;
    size_t columns = l->columns, misfits = l->misfits;
    PROPTER_TRY(try(s, &tried, false, err));
    if (s->at->columns >= columns && (s->at->misfits < misfits || (k != ESCAPE && s->at->misfits == misfits))) keep(s, tried);
  }
  return PROPTER_OK;
}

PropterStatus layout_find(const char *path, const PropterLimits *limits, PropterTableOptions *options, PropterError *err) {
  Layout *both = propter_calloc(2, sizeof *both);
  Search s = {.path = path, .limits = limits, .given = *options, .best = *options, .at = both, .kept = both ? both + 1 : NULL};
  PropterStatus status = both ? find_delimiter(&s, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory looking at a table");
  if (status == PROPTER_OK) status = find_dialect(&s, err);
  if (status == PROPTER_OK) *options = s.best;
  propter_free(both);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Wide tables to long ones. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "propter/cells.h"
#include "sniff_seen.h"
#include "written.h"

static const double SUM_ERROR = 1e-3; /* parts are rounded */

typedef struct {
  const PropterSniff *sniff;
  bool *period;          /* by column */
  const char *pattern;   /* how they are written; NULL: ISO 8601 */
  size_t periods;
  double *group, *all;   /* by column: sums of the rows since the last total, and of all that are none */
  size_t grouped, added; /* rows in them */
} Wide;

/* 2022, 2022-01, 2022-01-31, 2022-Q1, 2022-W05 */
static bool iso_period(PropterStr t) {
  char shape[16];
  if (t.len < 4 || t.len > 10) return false;
  for (size_t i = 0; i < t.len; i++) shape[i] = isdigit((unsigned char)t.data[i]) ? '9' : t.data[i];
  shape[t.len] = 0;
  static const char *const shapes[] = {"9999", "9999-99", "9999-99-99", "9999-Q9", "9999-W99", NULL};
  for (size_t i = 0; shapes[i]; i++)
    if (strcmp(shape, shapes[i]) == 0) return t.data[0] == '1' || t.data[0] == '2';
  return false;
}

static bool says_period(PropterStr name, const char *pattern, PropterDay *day) {
  return pattern ? written_day(propter_str(pattern), name, day) : iso_period(name);
}

/* The way of writing that most names have. */
static void find_periods(Wide *w) {
  for (size_t k = 0; k == 0 || (k <= WRITTEN_MOST && written_dates[k - 1].pattern); k++) {
    const char *pattern = k ? written_dates[k - 1].pattern : NULL;
    size_t n = 0;
    PropterDay day;
    for (size_t i = 0; i < w->sniff->count; i++) n += says_period(w->sniff->columns[i].name, pattern, &day);
    if (n > w->periods) w->periods = n, w->pattern = pattern;
  }
  if (w->periods < PROPTER_MELT_LEAST) w->periods = 0;
  for (size_t i = 0; i < w->sniff->count && w->periods; i++) {
    PropterDay day;
    w->period[i] = says_period(w->sniff->columns[i].name, w->pattern, &day);
  }
}

static const char *mixed(const Wide *w) {
  for (size_t i = 0; i < w->sniff->count; i++)
    if (!w->period[i] && w->sniff->columns[i].distinct > 1 && sniff_word(w->sniff->columns[i].words, KIND_SAYS_WHAT)) return w->sniff->columns[i].name.data;
  return NULL;
}

static bool kept(const Wide *w, size_t i) { return !w->period[i] && w->sniff->columns[i].distinct > 1; }

static PropterStr text_of(const PropterRow *row, size_t i) {
  if (!row->values) return row->cells[i];
  return row->values[i].count ? row->values[i].items[0].text : (PropterStr){"", 0};
}

/* Numbers that are the sums of those above, all of them. */
static bool is_sum(const Wide *w, const PropterRow *row, const double *sums) {
  size_t equal = 0;
  for (size_t p = 0; p < w->sniff->count; p++) {
    double value;
    if (!w->period[p] || !sniff_number(&w->sniff->columns[p], text_of(row, p), &value)) continue;
    if (fabs(value - sums[p]) > SUM_ERROR * fabs(sums[p])) return false;
    equal += value != 0;
  }
  return equal >= PROPTER_MELT_LEAST;
}

static bool is_total(const Wide *w, const PropterRow *row) {
  for (size_t i = 0; i < w->sniff->count; i++)
    if (kept(w, i) && sniff_says_total(text_of(row, i))) return true;
  return (w->grouped > 1 && is_sum(w, row, w->group)) || (w->added > 1 && is_sum(w, row, w->all));
}

static void add_row(Wide *w, const PropterRow *row) {
  w->grouped++, w->added++;
  for (size_t p = 0; p < w->sniff->count; p++) {
    double value;
    if (w->period[p] && sniff_number(&w->sniff->columns[p], text_of(row, p), &value)) w->group[p] += value, w->all[p] += value;
  }
}

static void leave_out(Wide *w, const PropterRow *row, PropterMelted *melted) {
  if (!melted->totals++) melted->total_line = row->line;
  w->grouped = 0;
  memset(w->group, 0, w->sniff->count * sizeof *w->group);
}

static void put_row(const Wide *w, const PropterRow *row, PropterBuf *out, PropterMelted *melted) {
  for (size_t p = 0; p < w->sniff->count; p++) {
    PropterStr cell = w->period[p] ? text_of(row, p) : (PropterStr){"", 0};
    PropterDay day;
    char text[16];
    if (!propter_str_trim(cell).len) continue;
    for (size_t i = 0; i < w->sniff->count; i++)
      if (kept(w, i)) propter_put_quoted(out, text_of(row, i)), propter_buf_add_char(out, ',');
    PropterStr period = w->sniff->columns[p].name;
    if (w->pattern && says_period(period, w->pattern, &day)) propter_day_format(day, text), period = propter_str(text);
    propter_put_quoted(out, period), propter_buf_add_char(out, ','), propter_put_quoted(out, cell), propter_buf_add_char(out, '\n');
    melted->rows++;
  }
}

/* A word of averages or a sign of per cent. */
static bool says_mean(PropterStr title) {
  for (size_t at = 0; at < title.len; at++) {
    PropterStr word = {title.data + at, 0};
    while (at < title.len && !strchr(" ,:()", title.data[at])) at++, word.len++;
    if (memchr(word.data, '%', word.len) || sniff_word(word, KIND_MEAN)) return true;
  }
  return false;
}

static bool has_caseless(PropterStr text, PropterStr part) {
  for (size_t at = 0; part.len && at + part.len <= text.len; at++)
    if (propter_str_equal_caseless((PropterStr){text.data + at, part.len}, part)) return true;
  return false;
}

/* "Sickness rate in %" of a title "Sickness rate in % by month" in the lines above the header, where it has the name of the sheet or says that values are no
 * sums; else the name. Titles of many words are sentences. */
static PropterStatus titled(const Wide *w, const char *path, PropterStr name, PropterArena *arena, PropterStr *out, PropterError *err) {
  static const char *const by[] = {" by ", " per month", " nach ", " je "};
  enum { LINES = 8, WORDS = 6 };
  *out = name;
  for (uint64_t line = 1; line < w->sniff->options.header_line && line <= LINES; line++) {
    PropterTable *table = NULL;
    PropterTableOptions options = w->sniff->options;
    size_t count = 0, words = 1;
    PropterStr title = {"", 0};
    options.header_line = line;
    PropterError unread = {0}; /* a line that is no header is no title either */
    const PropterStatus status = propter_table_open(path, &options, NULL, &table, &unread);
    if (status == PROPTER_NO_MEMORY) return propter_fail(err, status, "%s", unread.message);
    if (status != PROPTER_OK) continue;
    const PropterStr *cells = propter_table_columns(table, &count);
    for (size_t i = 0; i < count && !title.len; i++) title = propter_str_trim(cells[i]);
    for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
      const size_t at = propter_str_find(title, propter_str(by[i]));
      if (at != SIZE_MAX) title.len = at;
    }
    for (size_t i = 0; i < title.len; i++) words += title.data[i] == ' ';
    const bool fits = title.len && words <= WORDS && (has_caseless(title, name) || says_mean(title));
    if (fits) *out = propter_arena_copy(arena, title);
    propter_table_close(table);
    if (fits) return out->data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  return PROPTER_OK;
}

/* "energy use" of ".../energy use.csv". */
static PropterStr name_of(const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strchr(name, '.');
  return (PropterStr){name, dot && dot != name ? (size_t)(dot - name) : strlen(name)};
}

static PropterStatus melt(Wide *w, const char *path, PropterBuf *out, PropterMelted *melted, PropterError *err) {
  PropterTable *table = NULL;
  PropterRow row;
  bool found = true;
  PROPTER_TRY(propter_table_open(path, &w->sniff->options, NULL, &table, err));
  for (size_t i = 0; i < w->sniff->count; i++)
    if (kept(w, i)) propter_put_quoted(out, w->sniff->columns[i].name), propter_buf_add_char(out, ',');
  PropterArena arena = {0};
  PropterStr called;
  PropterStatus status = titled(w, path, w->sniff->options.table ? propter_str(w->sniff->options.table) : name_of(path), &arena, &called, err);
  if (status == PROPTER_OK) propter_buf_add(out, PROPTER_STR("period,")), propter_put_quoted(out, called), propter_buf_add_char(out, '\n');
  propter_arena_clear(&arena);
  while (status == PROPTER_OK && (status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) {
    if (row.problem) continue;
    if (is_total(w, &row)) leave_out(w, &row, melted);
    else add_row(w, &row), put_row(w, &row, out, melted);
  }
  propter_table_close(table);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

PropterStatus propter_melt(const char *path, const PropterSniff *sniff, PropterBuf *out, PropterMelted *melted, PropterError *err) {
  Wide w = {.sniff = sniff,
            .period = propter_calloc(sniff->count + 1, sizeof *w.period),
            .group = propter_calloc(sniff->count + 1, sizeof *w.group),
            .all = propter_calloc(sniff->count + 1, sizeof *w.all)};
  PropterStatus status = w.period && w.group && w.all ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  *melted = (PropterMelted){0};
  if (status == PROPTER_OK) find_periods(&w);
  melted->periods = w.periods;
  if (w.periods) melted->mixed = mixed(&w);
  if (w.periods && !melted->mixed) status = melt(&w, path, out, melted, err);
  propter_free(w.period), propter_free(w.group), propter_free(w.all);
  return status;
}

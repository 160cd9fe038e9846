/* SPDX-License-Identifier: Apache-2.0 */
/* Two passes: the first finds what every cell of a column is and chooses roles, the second which columns tell the rows apart. */
#include "propter/sniff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "means.h"
#include "propter/hash.h"
#include "schema.h"
#include "sniff_paths.h"
#include "sniff_seen.h"

/* In the order of preference: a column of 0 and 1 holds numbers. */
static const PropterVocab types[TYPES] = {VOCAB_xsd_integer, VOCAB_xsd_decimal, VOCAB_xsd_double, VOCAB_xsd_date, VOCAB_xsd_dateTime, VOCAB_xsd_boolean};
enum { SLICE_VALUES = 200, KEY_SETS = 24 };

typedef struct {
  PropterSniff *out;
  Seen *columns;
  const PropterLimits *limits;
  const char *path;
  SniffPaths paths; /* of columns that are expressions */
  Schema declared;  /* by the database */
  bool comma; /* the file writes a comma before fractions */
  bool second_look;        /* rows without a day in this column are left aside */
  size_t day_column;
  const char *day_pattern;
} Sniff;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory looking at a table"); }

/* --- First pass: cells ------------------------------------------------------------------------------------------------------- */

static PropterStatus count_distinct(PropterMap *map, PropterStr value, PropterError *err) {
  if (map->count >= PROPTER_SNIFF_DISTINCT) return PROPTER_OK;
  uint64_t hash = propter_hash64(value);
  return propter_map_put(map, (PropterStr){(const char *)&hash, sizeof hash}, 0, NULL) ? PROPTER_OK : no_memory(err);
}

/* A way of writing that too many values are not in is given up while the table is read. */
static bool missed(uint64_t *misses, uint64_t values) { return ++*misses > 16 + values / 2; }

static PropterStatus look_at_day(Seen *c, PropterStr text, uint64_t values, PropterError *err) {
  bool iso = false;
  for (size_t k = 0; c->days >> k; k++) {
    PropterDay day;
    if (!(c->days >> k & 1)) continue;
    if (!lexical_first_day(propter_str(k ? written_dates[k - 1].pattern : NULL), text, &day)) {
      if (missed(&c->day_misses[k], values)) c->days &= ~(UINT64_C(1) << k);
      continue;
    }
    iso |= k == 0;
    PropterMap *set = &c->day[k].set;
    c->day[k].falls += set->count && day < c->day[k].last;
    c->day[k].last = day;
    if (set->count >= PROPTER_SNIFF_DISTINCT) continue;
    uint64_t *rows = propter_map_put(set, (PropterStr){(const char *)&day, sizeof day}, 0, NULL);
    if (!rows) return no_memory(err);
    ++*rows;
  }
  if (!iso) return PROPTER_OK;
  if (text.len > c->longest) c->longest = text.len;
  c->quarter |= memchr(text.data, 'Q', text.len) != NULL;
  c->week |= memchr(text.data, 'W', text.len) != NULL;
  return PROPTER_OK;
}

/* Whether it is one in any way. */
static bool look_at_number(Seen *c, PropterStr text, uint64_t values) {
  char number[64];
  size_t length;
  bool any = false;
  for (unsigned t = 0; t < NUMBERS; t++) {
    const char *wanted;
    if (!(c->plain >> t & 1)) continue;
    if (propter_lexical_valid(propter_vocab_iri(types[t]), text, &wanted)) any = true;
    else if (missed(&c->plain_misses[t], values)) c->plain &= ~(1u << t);
  }
  for (size_t k = 0; c->numbers >> k; k++) {
    Written w = {.decimal = propter_str(written_numbers[k].decimal), .group = propter_str(written_numbers[k].group)};
    if (!(c->numbers >> k & 1)) continue;
    if (text.len <= sizeof number - 2 && written_number(&w, text, number, &length)) any = true;
    else if (missed(&c->number_misses[k], values)) c->numbers &= ~(UINT64_C(1) << k);
  }
  unsigned digits = 0;
  while (digits < text.len && written_digit(text.data[text.len - 1 - digits])) digits++;
  bool point = digits < text.len && strchr(".,", text.data[text.len - 1 - digits]);
  if (point && digits > c->digits) c->digits = digits;
  for (unsigned k = 0; k < SIGNS && any; k++)
    if (c->signs >> k & 1 && !memmem(text.data, text.len, sniff_signs[k].sign, strlen(sniff_signs[k].sign))) c->signs &= ~(1u << k);
  return any;
}

/* 08:30, 00:02:30 */
static bool is_clock(PropterStr text) {
  bool colon = false;
  for (size_t i = 0; i < text.len; i++) {
    if (!written_digit(text.data[i]) && text.data[i] != ':' && text.data[i] != '.') return false;
    colon |= text.data[i] == ':';
  }
  return colon;
}

static PropterStatus look_at(Sniff *s, size_t i, uint64_t line, PropterStr text, PropterError *err) {
  Seen *c = &s->columns[i];
  PropterColumn *column = &s->out->columns[i];
  const char *wanted;
  if (!text.len) return PROPTER_OK;
  column->values++;
  for (unsigned t = 0; t < TYPES; t++)
    if (c->possible >> t & 1 && !propter_lexical_valid(propter_vocab_iri(types[t]), text, &wanted)) c->possible &= ~(1u << t);
  c->zeros |= text.len > 1 && text.data[0] == '0' && written_digit(text.data[1]);
  bool missing = written_missing(text), number = !missing && look_at_number(c, text, column->values);
  c->missing += missing, c->numeric += number;
  c->clock += is_clock(text);
  if (!number && !column->strays++) {
    column->stray_line = line;
    column->stray = propter_arena_copy(&s->out->arena, (PropterStr){text.data, text.len > 40 ? 40 : text.len});
    if (!column->stray.data) return no_memory(err);
  }
  PROPTER_TRY(look_at_day(c, text, column->values, err));
  return count_distinct(&c->values, text, err);
}

/* Of the ways of writing with few enough misses, those with the fewest. */
static uint64_t least_missed(uint64_t bits, const uint64_t *misses, uint64_t most) {
  uint64_t least = most + 1, out = 0;
  for (size_t k = 0; bits >> k; k++)
    if (bits >> k & 1 && misses[k] < least) least = misses[k];
  for (size_t k = 0; bits >> k && least <= most; k++)
    if (bits >> k & 1 && misses[k] == least) out |= UINT64_C(1) << k;
  return out;
}

/* Totals and footnotes among days: a quarter. Among numbers: one in 50, one in ten values, none in fewer. */
static void settle(Seen *c, uint64_t values) {
  uint64_t known = values - c->missing, strays = known < 10 ? 0 : known < 50 ? 1 : known / 50;
  bool any = c->missing * 2 <= values;
  c->days = least_missed(c->days, c->day_misses, values / 4);
  c->plain = any ? (unsigned)least_missed(c->plain, c->plain_misses, strays) : 0;
  c->numbers = any ? least_missed(c->numbers, c->number_misses, strays) : 0;
}

typedef PropterStatus (*WithRow)(Sniff *s, const PropterRow *row, void *payload, PropterError *err);

static PropterStatus each_row(Sniff *s, PropterTable *table, WithRow with, void *payload, PropterError *err) {
  PropterRow row;
  bool found = true;
  uint64_t rows = 0, bad = 0;
  while (rows < PROPTER_SNIFF_ROWS) {
    PROPTER_TRY(propter_table_next(table, &row, &found, err));
    if (!found) break;
    rows++;
    if (row.problem) bad++;
    else PROPTER_TRY(with(s, &row, payload, err));
  }
  s->out->rows = rows, s->out->bad_rows = bad, s->out->whole = !found;
  return PROPTER_OK;
}

static PropterStatus set_aside(Sniff *s, const PropterRow *row, PropterError *err) {
  PropterStr text = {"", 0};
  if (s->out->aside++) return PROPTER_OK;
  for (size_t i = 0; i < row->count && !text.len; i++) text = propter_row_text(row, i);
  s->out->aside_line = row->line;
  s->out->aside_text = propter_arena_copy(&s->out->arena, (PropterStr){text.data, text.len > 40 ? 40 : text.len});
  return s->out->aside_text.data ? PROPTER_OK : no_memory(err);
}

/* Databases and sheets hand over lists of typed values: the first one counts. */
static PropterStatus first_pass(Sniff *s, const PropterRow *row, void *payload, PropterError *err) {
  PropterDay day;
  (void)payload;
  if (s->second_look && !lexical_first_day(propter_str(s->day_pattern), propter_row_text(row, s->day_column), &day)) return set_aside(s, row, err);
  for (size_t i = 0; i < s->out->count; i++) PROPTER_TRY(look_at(s, i, row->line, propter_row_text(row, i), err));
  return PROPTER_OK;
}

/* --- Roles ------------------------------------------------------------------------------------------------------------------- */

static int by_day(const void *a, const void *b) {
  PropterDay x, y;
  memcpy(&x, ((const PropterMapEntry *)a)->key.data, sizeof x);
  memcpy(&y, ((const PropterMapEntry *)b)->key.data, sizeof y);
  return (x > y) - (x < y);
}

/* Months, quarters and years are dated by their first day or by their last; months also by any other (the 15th, the last working day) where half of them have
 * one and none has two. */
static const char *grain_of_days(const PropterMap *set) {
  bool first = true, last = true, starts_quarter = true, ends_quarter = true, starts_year = true, ends_year = true, weeks = true, apart = true;
  PropterDay before = 0;
  const size_t fewest = 6; /* that chance does not put into months of their own */
  int month = 0, months = 0;
  for (size_t i = 0; i < set->count; i++) {
    PropterDay day;
    int y, m, d;
    memcpy(&day, set->entries[i].key.data, sizeof day);
    propter_day_civil(day, &y, &m, &d);
    first &= d == 1, last &= d == propter_month_length(y, m);
    starts_quarter &= m % 3 == 1, ends_quarter &= m % 3 == 0, starts_year &= m == 1, ends_year &= m == 12;
    weeks &= i == 0 || (day - before) % 7 == 0;
    apart &= i == 0 || 12 * y + m > month;
    months += i ? 12 * y + m - month : 0;
    before = day, month = 12 * y + m;
  }
  if ((first && starts_year) || (last && ends_year)) return "P1Y";
  if ((first && starts_quarter) || (last && ends_quarter)) return "P3M";
  if (first || last) return "P1M";
  return weeks ? "P7D" : apart && set->count >= fewest && (size_t)months <= 2 * set->count ? "P1M" : "P1D";
}

/* From how the periods are written, else from the distances of the days. The set is in no use as a map afterwards. */
static const char *grain_of(Seen *c) {
  PropterMap *set = &c->day[c->form].set;
  bool iso = c->form == 0;
  if (!iso && !strchr(written_dates[c->form - 1].pattern, 'd')) return "P1M";
  if (iso && c->quarter) return "P3M";
  if (iso && c->week) return "P7D";
  if (iso && c->longest == 4) return "P1Y";
  if (iso && c->longest == 7) return "P1M";
  qsort(set->entries, set->count, sizeof *set->entries, by_day);
  return set->count > 2 ? grain_of_days(set) : "P1D";
}

/* Four digits are a year only where the name says so, and so are digits that could be any number. */
static bool is_time(const Seen *c) {
  if (!c->days) return false;
  return c->form ? !written_dates[c->form - 1].says_time || c->says_time : c->longest > 4 || c->names_year;
}

/* Of several ways to read a column's days the one in which they go back least often from row to row, then the first; where the fraction follows a comma, days
 * stand before months. */
static void choose_day_form(Sniff *s, Seen *c) {
  for (size_t k = c->form = 0; c->days >> k; k++) {
    if (!(c->days >> k & 1)) continue;
    bool fewer = !(c->days >> c->form & 1) || c->day[k].falls < c->day[c->form].falls;
    bool comma = c->form && c->day[k].falls == c->day[c->form].falls && s->comma && written_dates[c->form - 1].pattern[0] == 'M' &&
                 written_dates[k - 1].pattern[0] == 'd';
    if (fewer || comma) c->form = k;
  }
}

static bool is_plain(const Seen *c) { return c->plain != 0; }

/* All columns of a file write numbers alike, unless they cannot. */
static void choose_number_forms(Sniff *s) {
  uint64_t all = UINT64_MAX;
  bool point = false;
  for (size_t i = 0; i < s->out->count; i++) {
    const Seen *c = &s->columns[i];
    if (!s->out->columns[i].values) continue;
    point |= is_plain(c) && !(c->plain & 1);
    if (!is_plain(c) && c->numbers) all &= c->numbers;
  }
  s->comma = s->out->options.delimiter == ';' && !point;
  for (size_t i = 0; i < s->out->count; i++) {
    Seen *c = &s->columns[i];
    PropterColumn *column = &s->out->columns[i];
    if (!column->values || is_plain(c) || !c->numbers) continue;
    uint64_t bits = c->numbers & all ? c->numbers & all : c->numbers;
    for (size_t k = 0; bits >> k; k++) {
      if (!(bits >> k & 1)) continue;
      if (!column->decimal || (s->comma && *column->decimal == '.' && *written_numbers[k].decimal == ','))
        column->decimal = written_numbers[k].decimal, column->group = written_numbers[k].group;
    }
    s->comma |= *column->decimal == ',';
    for (unsigned k = 0; k < SIGNS; k++)
      if (c->signs >> k & 1) sniff_read_word(propter_str(sniff_signs[k].word), column, c);
  }
}

static uint64_t days_of(const Seen *c, const PropterColumn *column) { return column->values - c->day_misses[c->form]; }

/* Rows that count. */
static uint64_t good_rows(const PropterSniff *out) { return out->rows - out->bad_rows - out->aside; }

static bool can_be_time(const Seen *c, const PropterColumn *column, uint64_t rows) {
  return is_time(c) && column->values && days_of(c, column) * 4 >= rows * 3;
}

static uint64_t cells_of(const PropterMap *days) {
  uint64_t most = 0, full = 0;
  for (size_t i = 0; i < days->count; i++) most = days->entries[i].value > most ? days->entries[i].value : most;
  for (size_t i = 0; i < days->count; i++) full += days->entries[i].value == most;
  return full * 20 >= days->count * 19 ? most : 0;
}

static void choose_time(Sniff *s) {
  s->out->time = SIZE_MAX;
  for (size_t i = 0; i < s->out->count; i++) {
    const Seen *c = &s->columns[i], *best = s->out->time == SIZE_MAX ? NULL : &s->columns[s->out->time];
    if (!can_be_time(c, &s->out->columns[i], good_rows(s->out))) continue;
    bool fuller = best && days_of(c, &s->out->columns[i]) * 50 > days_of(best, &s->out->columns[s->out->time]) * 51;
    if (!best || c->says_time > best->says_time || (c->says_time == best->says_time && fuller)) s->out->time = i;
  }
  if (s->out->time == SIZE_MAX) return;
  const Seen *c = &s->columns[s->out->time];
  s->out->columns[s->out->time].role = PROPTER_COLUMN_TIME;
  s->out->columns[s->out->time].date_format = c->form ? written_dates[c->form - 1].pattern : NULL;
  s->out->cells = cells_of(&c->day[c->form].set);
  s->out->grain = grain_of(&s->columns[s->out->time]);
}

static void choose_type(PropterColumn *column, Seen *c) {
  PropterStr none = {"", 0};
  column->distinct = c->values.count;
  column->datatype = none;
  column->identifier |= c->zeros && is_plain(c);
  if (!column->values || (c->zeros && c->possible & 1)) return;
  if (column->decimal) column->datatype = propter_vocab_iri(VOCAB_xsd_decimal);
  for (unsigned t = 0; t < TYPES; t++)
    if (c->possible >> t & 1) {
      column->datatype = propter_vocab_iri(types[t]);
      return;
    }
}

static bool is_number(const Sniff *s, size_t i) { return is_plain(&s->columns[i]) || s->out->columns[i].decimal; }

/* Mappings find columns by their names. */
static bool twice(const PropterSniff *out, size_t i) {
  for (size_t k = 0; k < out->count; k++)
    if (k != i && propter_str_equal(out->columns[k].name, out->columns[i].name)) return true;
  return false;
}

/* "store": 12, 7, N7. Its name says that they name parts; few, whole, each one often and in at least half of the periods. */
static bool names_parts(const Sniff *s, size_t i) {
  const Seen *c = &s->columns[i], *time = &s->columns[s->out->time];
  const PropterColumn *column = &s->out->columns[i];
  const uint64_t periods = time->day[time->form].set.count;
  if (!(column->identifier || c->part) || c->numeric * 2 <= column->values || c->digits || column->unit || column->mean) return false;
  return column->values == good_rows(s->out) && column->distinct > 1 && column->distinct <= SLICE_VALUES / 4 &&
         column->distinct * 4 <= s->out->rows && column->distinct * periods <= 2 * s->out->rows;
}

/* What a column beside the time column is; else why it is not used. */
static const char *choose_role(const Sniff *s, size_t i) {
  const PropterSniff *out = s->out;
  const Seen *c = &s->columns[i];
  PropterColumn *column = &out->columns[i];
  bool refers = column->refers; /* its numbers are names */
  uint64_t most = column->identifier && !refers ? SLICE_VALUES / 4 : SLICE_VALUES;
  bool number = is_number(s, i) && !refers;
  if (!column->values) return "it is empty";
  if (!column->name.len) return "it has no name";
  if (twice(out, i)) return "another column has the same name";
  if (is_time(c)) return "the periods are those of another column";
  if (names_parts(s, i)) return column->role = PROPTER_COLUMN_SLICE, NULL;
  if (number && c->calendar) return "its name says that its numbers are those of a calendar";
  if (number && column->identifier) return "its numbers name things";
  if (number && !column->label.len) return "its name has no letters";
  if (number) return column->role = PROPTER_COLUMN_MEASURE, NULL;
  if (!refers && c->numeric * 2 > column->values - c->missing) return "too many of its cells are no numbers, or they are written in different ways";
  if (c->clock * 2 > column->values) return "times of day and lengths of time are no numbers here";
  if (column->mean) return "its name is that of numbers, and its cells are none";
  if (column->values < good_rows(out)) return "not every row has one";
  if (column->distinct < 2) return "it is the same in every row";
  if (column->distinct > most || column->distinct * 2 > out->rows) return "it has too many different values for a slice";
  return column->role = PROPTER_COLUMN_SLICE, NULL;
}

/* Beside what came about, what was planned is no measure of its own. */
static void set_plans_aside(Sniff *s) {
  bool actual = false;
  for (size_t i = 0; i < s->out->count; i++) actual |= s->out->columns[i].role == PROPTER_COLUMN_MEASURE && !s->columns[i].plan;
  for (size_t i = 0; i < s->out->count && actual; i++) {
    PropterColumn *column = &s->out->columns[i];
    if (column->role != PROPTER_COLUMN_MEASURE || !s->columns[i].plan) continue;
    column->role = PROPTER_COLUMN_OTHER, column->why = "by its name it is planned or set against a plan, not what came about";
  }
}

/* What is counted, in whole numbers, is added up, although the kind of it is that of something else ("low pressure calls", "phone orders"). */
static void choose_counts(Sniff *s) {
  for (size_t i = 0; i < s->out->count; i++) {
    Seen *c = &s->columns[i];
    PropterColumn *column = &s->out->columns[i];
    if (!c->counts || !is_number(s, i) || c->digits || c->zeros || column->unit || column->refers || column->primary) continue;
    column->mean = column->identifier = c->calendar = false;
  }
}

static void choose_roles(Sniff *s) {
  PropterSniff *out = s->out;
  for (size_t i = 0; i < out->count; i++) settle(&s->columns[i], out->columns[i].values);
  choose_number_forms(s);
  choose_counts(s);
  for (size_t i = 0; i < out->count; i++) choose_type(&out->columns[i], &s->columns[i]), choose_day_form(s, &s->columns[i]);
  choose_time(s);
  for (size_t i = 0; i < out->count && out->time == SIZE_MAX; i++)
    if (s->columns[i].says_time && out->columns[i].values) out->columns[i].why = "too few of its cells are days, or they are written in different ways";
  for (size_t i = 0; i < out->count && out->time != SIZE_MAX; i++) {
    PropterColumn *column = &out->columns[i];
    if (i != out->time) column->why = choose_role(s, i);
    if (column->role != PROPTER_COLUMN_MEASURE) continue;
    for (unsigned t = 0; t < NUMBERS && !column->datatype.len; t++)
      if (s->columns[i].plain >> t & 1) column->datatype = propter_vocab_iri(types[t]);
  }
  set_plans_aside(s);
}

/* --- Second pass: which columns tell rows apart ---------------------------------------------------------------------------------- */

typedef struct {
  size_t columns[KEY_SETS]; /* of sets 1 to singles: the one column besides; set 0 has none */
  size_t singles, sets;     /* set singles + 1: all identifiers; + 2: all that is no measure */
  PropterMap seen[KEY_SETS + 3];
  uint64_t repeated[KEY_SETS + 3];
  Means means; /* of the measures */
} Keys;

/* A row without one of its keys would be no row; measured numbers name nothing. */
static bool can_be_key(const Sniff *s, const PropterColumn *column) {
  bool measured =
      propter_str_equal(column->datatype, propter_vocab_iri(VOCAB_xsd_decimal)) || propter_str_equal(column->datatype, propter_vocab_iri(VOCAB_xsd_double));
  const size_t i = (size_t)(column - s->out->columns);
  return !twice(s->out, i) && !s->columns[i].plan && column->role == PROPTER_COLUMN_OTHER && column->values == good_rows(s->out) &&
         (!measured || column->identifier);
}

static bool in_set(const Sniff *s, const Keys *k, size_t set, size_t i) {
  const PropterColumn *column = &s->out->columns[i];
  if (column->role == PROPTER_COLUMN_TIME || column->role == PROPTER_COLUMN_SLICE) return true;
  if (!set || !can_be_key(s, column)) return false;
  if (set <= k->singles) return k->columns[set - 1] == i;
  return set == k->singles + 2 || column->identifier;
}

bool sniff_number(const PropterColumn *column, PropterStr cell, double *value) {
  const PropterStr text = propter_str_trim(cell);
  char number[64];
  size_t length = 0;
  Written w = {.decimal = propter_str(column->decimal), .group = propter_str(column->group)};
  if (text.len > sizeof number - 2) return false;
  if (!column->decimal) return propter_str_to_double(text, value);
  return written_number(&w, text, number, &length) && propter_str_to_double((PropterStr){number, length}, value);
}

static bool value_of(const Sniff *s, size_t i, PropterStr cell, double *value) {
  const PropterColumn *column = &s->out->columns[i];
  PropterDay day;
  if (i == s->out->time) return lexical_first_day(propter_str(column->date_format), propter_str_trim(cell), &day) && (*value = day, true);
  return is_number(s, i) && sniff_number(column, cell, value);
}

static double look_at_range(Sniff *s, size_t i, PropterStr cell) {
  PropterColumn *column = &s->out->columns[i];
  double value;
  if (!value_of(s, i, cell, &value)) return (double)NAN;
  if (!column->ranged || value < column->low) column->low = value;
  if (!column->ranged || value > column->high) column->high = value;
  column->mean_value += (value - column->mean_value) / (double)++column->ranged;
  return value;
}

static void look_at_numbers(Sniff *s, const PropterRow *row, Means *means) {
  for (size_t i = 0, n = 0; i < s->out->count; i++) {
    double value = look_at_range(s, i, propter_row_text(row, i));
    if (n < means->count && means->of[n].column == i) means->of[n++].value = value;
  }
  means_row(means);
}

static void choose_measures(const Sniff *s, Means *means) {
  for (size_t i = 0; i < s->out->count && means->count < MEANS_COLUMNS; i++) {
    if (s->out->columns[i].role != PROPTER_COLUMN_MEASURE || s->out->columns[i].mean) continue;
    means->of[means->count].column = i;
    means->of[means->count++].digits = s->columns[i].digits;
  }
}

/* What no sum is: parts of one, quotients of whole sums, levels at several moments of one period. */
static void choose_means(const Sniff *s, const Means *means) {
  enum { LEAST_VALUES = 20 };
  for (size_t i = 0; i < s->out->count; i++) {
    PropterColumn *column = &s->out->columns[i];
    bool fraction = column->low >= 0 && column->high <= 1 && column->high > 0 && s->columns[i].digits && column->ranged >= LEAST_VALUES;
    if (column->role == PROPTER_COLUMN_MEASURE) column->mean |= fraction || (s->columns[i].stock && (s->out->repeated || s->out->counted.len));
  }
  for (size_t n = 0; n < means->count; n++)
    if (s->columns[means->of[n].column].digits && means_ratio(means, n)) s->out->columns[means->of[n].column].mean = true;
}

/* A key of several cells, and whether it is new. */
static void add_cell(PropterBuf *key, PropterStr cell) {
  propter_buf_printf(key, "%zu:", cell.len);
  propter_buf_add(key, cell);
}

static PropterStatus see_key(const PropterBuf *key, PropterMap *seen, bool *added, PropterError *err) {
  PROPTER_TRY(propter_buf_status(key, err));
  uint64_t hash = propter_hash64(propter_buf_str(key));
  return propter_map_put(seen, (PropterStr){(const char *)&hash, sizeof hash}, 0, added) ? PROPTER_OK : no_memory(err);
}

static PropterStatus second_pass(Sniff *s, const PropterRow *row, void *payload, PropterError *err) {
  Keys *k = payload;
  PropterBuf key = {0};
  PropterStatus status = PROPTER_OK;
  double day = 0;
  char text[16];
  if (s->out->time != SIZE_MAX && !value_of(s, s->out->time, propter_row_text(row, s->out->time), &day)) return PROPTER_OK;
  look_at_numbers(s, row, &k->means);
  for (size_t set = 0; set < k->sets && status == PROPTER_OK; set++) {
    propter_buf_reset(&key);
    for (size_t i = 0; i < s->out->count; i++) {
      if (!in_set(s, k, set, i)) continue;
      PropterStr cell = propter_row_text(row, i);
      if (i == s->out->time) propter_day_format((PropterDay)day, text), cell = propter_str(text); /* hours of a day are one period */
      add_cell(&key, cell);
    }
    bool added = true;
    status = see_key(&key, &k->seen[set], &added, err);
    k->repeated[set] += !added;
  }
  propter_buf_clear(&key);
  return status;
}

/* A column names the rows, several rows fall into one cell, and periods have now more, now fewer: a row is a happening. */
static PropterStatus see_happenings(const Sniff *s, const Keys *k, size_t best, PropterError *err) {
  PropterSniff *out = s->out;
  if (!best || best > k->singles || out->time == SIZE_MAX || out->cells || k->repeated[best] || k->repeated[0] * 50 < out->rows) return PROPTER_OK;
  const PropterColumn *key = &out->columns[k->columns[best - 1]];
  const bool names = key->distinct * 50 >= key->values * 49; /* some rows may be told twice */
  return names || key->distinct == PROPTER_SNIFF_DISTINCT ? sniff_counted(out, key, err) : PROPTER_OK;
}

static PropterStatus choose_keys(Sniff *s, PropterTable *table, PropterError *err) {
  PropterSniff *out = s->out;
  Keys *k = propter_calloc(1, sizeof *k);
  if (!k) return no_memory(err);
  /* What is declared first, then identifiers: of equally good columns the first is taken. */
  for (int pass = 0; pass < 3; pass++)
    for (size_t i = 0; i < out->count; i++) {
      const PropterColumn *column = &out->columns[i];
      if (can_be_key(s, column) && pass == (column->primary ? 0 : column->identifier ? 1 : 2) && k->singles < KEY_SETS) k->columns[k->singles++] = i;
    }
  choose_measures(s, &k->means);
  k->sets = out->time == SIZE_MAX ? k->singles + 1 : k->singles + 3;
  PropterStatus status = each_row(s, table, second_pass, k, err);
  /* Without time set 0 has no column at all: a key must be one column that names each row. */
  size_t best = 0;
  for (size_t set = 1; set < k->sets; set++)
    if (k->repeated[set] < k->repeated[best]) best = set;
  if (out->time == SIZE_MAX && k->repeated[best]) best = 0;
  for (size_t i = 0; i < out->count && status == PROPTER_OK && best; i++)
    if (out->columns[i].role == PROPTER_COLUMN_OTHER && in_set(s, k, best, i)) out->columns[i].role = PROPTER_COLUMN_KEY, out->columns[i].why = NULL;
  out->repeated = out->time == SIZE_MAX && !best ? 0 : k->repeated[best];
  if (status == PROPTER_OK) status = see_happenings(s, k, best, err);
  if (status == PROPTER_OK) choose_means(s, &k->means);
  for (size_t set = 0; set < KEY_SETS + 3; set++) propter_map_clear(&k->seen[set]);
  propter_free(k);
  return status;
}

/* --- Which columns name the rows of a table without measures ---------------------------------------------------------------------- */

enum { ROW_COLUMNS = 8, ROW_SETS = 56 }; /* sets of three of eight columns */

typedef struct {
  size_t columns[3], count;
  PropterMap seen;
  bool repeated;
} RowSet;

typedef struct {
  RowSet sets[ROW_SETS];
  size_t count;
} RowSets;

/* By chance two columns tell rows apart soon: only what names things is asked. */
static bool can_name(const Sniff *s, size_t i) {
  const PropterColumn *c = &s->out->columns[i];
  return c->identifier && c->role != PROPTER_COLUMN_TIME && c->values && c->values == good_rows(s->out) && !twice(s->out, i) && !s->columns[i].plan;
}

/* All sets of so many of the columns, in their order. */
static void make_sets(const Sniff *s, size_t together, RowSets *r) {
  size_t columns[ROW_COLUMNS], count = 0;
  for (size_t i = 0; i < s->out->count && count < ROW_COLUMNS; i++)
    if (can_name(s, i)) columns[count++] = i;
  for (unsigned bits = 1; bits < 1u << count; bits++) {
    if ((size_t)__builtin_popcount(bits) != together) continue;
    RowSet *set = &r->sets[r->count++];
    for (size_t i = 0; i < count; i++)
      if (bits >> i & 1) set->columns[set->count++] = columns[i];
  }
}

static PropterStatus row_pass(Sniff *s, const PropterRow *row, void *payload, PropterError *err) {
  RowSets *r = payload;
  PropterBuf key = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t n = 0; n < r->count && status == PROPTER_OK; n++) {
    RowSet *set = &r->sets[n];
    bool added = true;
    if (set->repeated) continue;
    propter_buf_reset(&key);
    for (size_t i = 0; i < set->count; i++) add_cell(&key, propter_row_text(row, set->columns[i]));
    status = see_key(&key, &set->seen, &added, err);
    if (!added) set->repeated = true, propter_map_clear(&set->seen);
  }
  propter_buf_clear(&key);
  (void)s;
  return status;
}

static void take_key(Sniff *s, const size_t *columns, size_t count) {
  for (size_t i = 0; i < s->out->count; i++)
    if (s->out->columns[i].role == PROPTER_COLUMN_KEY) s->out->columns[i].role = PROPTER_COLUMN_OTHER;
  for (size_t i = 0; i < count; i++) {
    PropterColumn *c = &s->out->columns[columns[i]];
    c->role = PROPTER_COLUMN_KEY, c->why = NULL, c->row_key = i + 1;
  }
}

static PropterColumn *column_named(PropterSniff *out, PropterStr name) {
  for (size_t i = 0; i < out->count; i++)
    if (propter_str_equal(out->columns[i].name, name)) return &out->columns[i];
  return NULL;
}

/* The primary key that the database declares. */
static bool declared_key(Sniff *s) {
  const PropterStr table = propter_str(s->out->options.table);
  size_t columns[PROPTER_SNIFF_KEY], count = 0, found = 0;
  for (size_t i = 0; i < s->declared.columns.count; i++) {
    const SchemaColumn *c = &s->declared.columns.items[i];
    if (!c->key || !propter_str_equal(c->table, table)) continue;
    if (++count > PROPTER_SNIFF_KEY || c->key > PROPTER_SNIFF_KEY) return false;
    const PropterColumn *column = column_named(s->out, c->column);
    if (column) columns[c->key - 1] = (size_t)(column - s->out->columns), found++;
  }
  if (count && found == count) take_key(s, columns, count);
  return count && found == count;
}

static PropterStatus try_sets(Sniff *s, PropterTable *table, size_t together, bool *found, PropterError *err) {
  RowSets *r = propter_calloc(1, sizeof *r);
  if (!r) return no_memory(err);
  make_sets(s, together, r);
  PropterStatus status = r->count ? each_row(s, table, row_pass, r, err) : PROPTER_OK;
  for (size_t n = 0; n < r->count && status == PROPTER_OK && !*found; n++)
    if (!r->sets[n].repeated) *found = true, take_key(s, r->sets[n].columns, together);
  for (size_t n = 0; n < r->count; n++) propter_map_clear(&r->sets[n].seen);
  propter_free(r);
  return status;
}

/* Where a column alone names the rows (choose_keys found it), or the database says which do, the table is not read again. */
static bool has_row_key(Sniff *s) {
  for (size_t i = 0; i < s->out->count; i++)
    if (s->out->columns[i].role == PROPTER_COLUMN_MEASURE) return true;
  if (declared_key(s)) return true;
  for (size_t i = 0; i < s->out->count && s->out->time == SIZE_MAX; i++)
    if (s->out->columns[i].role == PROPTER_COLUMN_KEY) return take_key(s, &i, 1), true;
  return false;
}

static void begin(Seen *c) {
  c->possible = (1u << TYPES) - 1, c->plain = (1u << NUMBERS) - 1, c->signs = (1u << SIGNS) - 1, c->days = 1;
  for (size_t k = 0; written_dates[k].pattern; k++) c->days |= UINT64_C(2) << k;
  for (size_t k = 0; written_numbers[k].decimal; k++) c->numbers |= UINT64_C(1) << k;
}

static void forget_columns(Sniff *s) {
  for (size_t i = 0; s->columns && i < s->out->count; i++) {
    propter_map_clear(&s->columns[i].values);
    for (size_t k = 0; k <= WRITTEN_MOST; k++) propter_map_clear(&s->columns[i].day[k].set);
  }
  propter_free(s->columns);
  s->columns = NULL;
}

/* The names of a header, or expressions, each asked for in its order. */
static PropterStatus columns_of(Sniff *s, PropterTable *table, const PropterStr **names, size_t *count, PropterError *err) {
  *names = propter_table_columns(table, count);
  if (!s->paths.formulation) return PROPTER_OK;
  *names = s->paths.names.items, *count = s->paths.names.count;
  for (size_t i = 0, index; i < *count; i++) PROPTER_TRY(propter_table_column(table, (*names)[i], &index, err));
  return PROPTER_OK;
}

/* One foreign key: rows `begin` up to `end` of what is declared. */
static PropterStatus declare_reference(Sniff *s, size_t begin, size_t end, PropterError *err) {
  const SchemaKey *keys = s->declared.keys.items;
  PropterReference r = {.parent = keys[begin].parent};
  for (size_t i = begin; i < end; i++) {
    PropterColumn *column = column_named(s->out, keys[i].column);
    if (!column || r.count == PROPTER_SNIFF_KEY) return PROPTER_OK;
    r.columns[r.count] = (size_t)(column - s->out->columns);
    r.parent_columns[r.count++] = keys[i].parent_column;
  }
  for (size_t i = 0; i < r.count; i++) {
    PropterColumn *column = &s->out->columns[r.columns[i]];
    column->refers = column->identifier = true;
    if (r.count == 1) column->parent = r.parent, column->parent_column = r.parent_columns[0];
  }
  return r.count < 2 || propter_vec_push(&s->out->references, r) ? PROPTER_OK : no_memory(err);
}

static PropterStatus declare(Sniff *s, PropterError *err) {
  const PropterStr table = propter_str(s->out->options.table);
  const SchemaKey *keys = s->declared.keys.items;
  s->out->references.count = 0;
  for (size_t i = 0; i < s->declared.columns.count; i++) {
    const SchemaColumn *c = &s->declared.columns.items[i];
    PropterColumn *column = c->key && propter_str_equal(c->table, table) ? column_named(s->out, c->column) : NULL;
    if (column) column->primary = column->identifier = true;
  }
  for (size_t i = 0, end; i < s->declared.keys.count; i = end) {
    for (end = i + 1; end < s->declared.keys.count && propter_str_equal(keys[end].table, keys[i].table) && propter_str_equal(keys[end].number, keys[i].number);)
      end++;
    if (propter_str_equal(keys[i].table, table)) PROPTER_TRY(declare_reference(s, i, end, err));
  }
  return PROPTER_OK;
}

static PropterStatus read_columns(Sniff *s, PropterTable *table, const PropterStr *names, size_t count, PropterError *err) {
  forget_columns(s);
  s->out->count = count, s->out->aside = 0;
  s->out->columns = propter_arena_alloc(&s->out->arena, count * sizeof *s->out->columns);
  s->columns = propter_calloc(count, sizeof *s->columns);
  if (!s->out->columns || !s->columns) return no_memory(err);
  for (size_t i = 0; i < count; i++) begin(&s->columns[i]);
  for (size_t i = 0; i < count; i++) PROPTER_TRY(sniff_read_name(s->out, i, names[i], &s->columns[i], err));
  PROPTER_TRY(declare(s, err));
  PROPTER_TRY(sniff_tell_apart(s->out, err));
  PROPTER_TRY(each_row(s, table, first_pass, NULL, err));
  choose_roles(s);
  return sniff_write_nouns(s->out, err);
}

typedef enum { PASS_CELLS, PASS_KEYS, PASS_ROWS } Pass; /* and PASS_ROWS + n: sets of n + 1 columns */

static PropterStatus pass(Sniff *s, unsigned which, bool *found, PropterError *err) {
  PropterTable *table = NULL;
  PROPTER_TRY(propter_table_open(s->path, &s->out->options, s->limits, &table, err));
  size_t count;
  const PropterStr *names;
  PropterStatus status = columns_of(s, table, &names, &count, err);
  if (status == PROPTER_OK && !count) {
    propter_error_at(err, s->path, 0, 0);
    status = propter_fail(err, PROPTER_INVALID, s->paths.formulation ? "expected rows with values in them" : "expected a table with a header");
  }
  if (status == PROPTER_OK && which == PASS_CELLS) status = read_columns(s, table, names, count, err);
  else if (status == PROPTER_OK) status = which == PASS_KEYS ? choose_keys(s, table, err) : try_sets(s, table, which - PASS_ROWS + 1, found, err);
  propter_table_close(table);
  return status;
}

/* Totals and footnotes would spoil the columns beside the days: these are looked at once more without them. */
static bool needs_second_look(Sniff *s) {
  const PropterSniff *out = s->out;
  if (out->time == SIZE_MAX || days_of(&s->columns[out->time], &out->columns[out->time]) == good_rows(out)) return false;
  s->second_look = true;
  s->day_column = out->time, s->day_pattern = out->columns[out->time].date_format;
  return true;
}

/* Where the rows and their columns are. */
static PropterStatus find_rows(Sniff *s, PropterError *err) {
  PROPTER_TRY(layout_find(s->path, s->limits, &s->out->options, err));
  PROPTER_TRY(sniff_paths(s->path, &s->out->options, s->limits, &s->out->arena, &s->paths, err));
  s->out->formulation = s->paths.formulation;
  s->out->lists = propter_arena_copy(&s->out->arena, propter_buf_str(&s->paths.lists));
  return s->out->lists.data ? PROPTER_OK : no_memory(err);
}

/* A database that cannot be asked declares nothing. */
static PropterStatus read_declared(Sniff *s, PropterError *err) {
  PropterError bad = {0};
  PropterStatus status = schema_read(s->path, &s->out->options, s->limits, &s->out->arena, &s->declared, &bad);
  if (status == PROPTER_NO_MEMORY) return no_memory(err);
  if (status != PROPTER_OK) schema_clear(&s->declared);
  return PROPTER_OK;
}

static PropterStatus all_passes(Sniff *s, PropterError *err) {
  s->second_look = false;
  PropterStatus status = find_rows(s, err);
  if (status == PROPTER_OK && s->out->options.format) status = read_declared(s, err);
  bool found = false;
  if (status == PROPTER_OK) status = pass(s, PASS_CELLS, NULL, err);
  if (status == PROPTER_OK && needs_second_look(s)) status = pass(s, PASS_CELLS, NULL, err);
  if (status == PROPTER_OK) status = pass(s, PASS_KEYS, NULL, err);
  if (status == PROPTER_OK) found = has_row_key(s);
  for (unsigned n = 0; n < 3 && status == PROPTER_OK && !found; n++) status = pass(s, PASS_ROWS + n, &found, err);
  forget_columns(s);
  schema_clear(&s->declared);
  propter_vec_clear(&s->paths.names);
  propter_buf_clear(&s->paths.lists);
  return status;
}

PropterStatus propter_sniff(const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterSniff *out, PropterError *err) {
  static const PropterTableOptions none;
  Sniff s = {.out = out, .limits = limits, .path = path};
  const PropterTableOptions given = options ? *options : none;
  out->options = given;
  PropterStatus status = all_passes(&s, err);
  if (status == PROPTER_INVALID && !given.encoding) {
    PropterError bad = {0};
    propter_sniff_clear(out);
    out->options = given, out->options.encoding = "windows-1252";
    if (all_passes(&s, &bad) == PROPTER_OK) return PROPTER_OK;
  }
  if (status != PROPTER_OK) propter_sniff_clear(out);
  return status;
}

static bool same_names(const PropterSniff *s, const PropterStr *names, size_t count, bool in_order) {
  size_t found = 0;
  for (size_t i = 0; count == s->count && i < count; i++)
    for (size_t k = in_order ? i : 0; k < (in_order ? i + 1 : count); k++) found += propter_str_equal(names[i], s->columns[k].name);
  return count == s->count && found == count;
}

static bool same_expressions(const PropterSniff *s, const char *path, const PropterLimits *limits) {
  SniffPaths paths = {0};
  PropterArena arena = {0};
  PropterTableOptions options = {.encoding = s->options.encoding};
  bool same = sniff_paths(path, &options, limits, &arena, &paths, NULL) == PROPTER_OK && paths.formulation && strcmp(paths.formulation, s->formulation) == 0 &&
              propter_str_equal(propter_str(options.iterator), propter_str(s->options.iterator)) && same_names(s, paths.names.items, paths.names.count, false);
  propter_vec_clear(&paths.names);
  propter_buf_clear(&paths.lists);
  propter_arena_clear(&arena);
  return same;
}

bool propter_sniff_same(const PropterSniff *s, const char *path, const char *sheet, const PropterLimits *limits) {
  PropterTable *table;
  PropterTableOptions options = s->options;
  size_t count = 0;
  if (s->formulation) return same_expressions(s, path, limits);
  options.table = sheet;
  if (propter_table_open(path, &options, limits, &table, NULL) != PROPTER_OK) return false;
  const PropterStr *names = propter_table_columns(table, &count);
  bool same = same_names(s, names, count, true);
  propter_table_close(table);
  return same;
}

void propter_sniff_clear(PropterSniff *sniff) {
  propter_arena_clear(&sniff->arena);
  propter_vec_clear(&sniff->references);
  *sniff = (PropterSniff){0};
}

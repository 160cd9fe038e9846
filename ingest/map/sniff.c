/* SPDX-License-Identifier: Apache-2.0 */
/* Two passes: the first finds what every cell of a column is and chooses roles, the second which columns tell the rows apart. */
#include "propter/sniff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "means.h"
#include "model.h"
#include "propter/hash.h"

typedef enum { KIND_IDENTIFIER, KIND_TIME, KIND_CALENDAR, KIND_MEAN, KIND_STOCK, KIND_TOTAL, KIND_UP, KIND_DOWN, KIND_UNIT, KIND_SHORT } WordKind;

static const struct {
  const char *word;
  WordKind kind;
  const char *unit, *label;
} known_words[] = {
#define WORD(word, kind, unit, label) {#word, KIND_##kind, unit, label},
#include "sniff.def"
#undef WORD
};

/* In the order of preference: a column of 0 and 1 holds numbers. */
static const PropterVocab types[] = {VOCAB_xsd_integer, VOCAB_xsd_decimal, VOCAB_xsd_double, VOCAB_xsd_date, VOCAB_xsd_dateTime, VOCAB_xsd_boolean};
enum { TYPES = sizeof types / sizeof *types, NUMBERS = 3, SLICE_VALUES = 200, KEY_SETS = 24 };

/* Signs beside numbers and in names, and the words of sniff.def for their units. */
static const struct { const char *sign, *word; } signs[] = {{"%", "percent"}, {"€", "eur"}, {"$", "usd"}, {"£", "gbp"}, {"°C", "celsius"}, {"°F", "fahrenheit"}};
enum { SIGNS = sizeof signs / sizeof *signs };

typedef struct {
  unsigned possible; /* bit n: every value so far is of types[n] */
  uint64_t days;     /* bit 0: every value is an ISO day or period; bit n: a day by written_dates[n - 1] */
  uint64_t numbers;  /* bit n: every value is a number by written_numbers[n] */
  unsigned signs;    /* bit n: every value has signs[n] */
  size_t form;       /* the bit of `days` that was chosen */
  bool zeros;        /* a number has a zero before it, as codes have */
  bool says_time, names_year;
  bool calendar; /* its numbers are weeks, years and the like */
  bool stock;    /* a level */
  bool total;    /* a sum, whatever else the name says */
  unsigned digits; /* after the decimal character, at most */
  size_t longest;
  bool quarter, week;
  PropterMap values;
  struct {
    PropterMap set;
    PropterDay last;
    uint64_t falls; /* rows whose day is before that of the row above */
  } day[WRITTEN_MOST + 1];
} Seen;

typedef struct {
  PropterSniff *out;
  Seen *columns;
  const PropterLimits *limits;
  const char *path;
  bool comma; /* the file writes a comma before fractions */
} Sniff;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory looking at a table"); }

/* --- Names ------------------------------------------------------------------------------------------------------------------- */

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_alpha(char c) { return is_upper(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80; }

/* A unit's sign at `i` of a name becomes a word. */
static bool put_sign(PropterStr name, size_t *i, PropterBuf *out) {
  for (size_t k = 0; k < SIGNS; k++) {
    PropterStr sign = propter_str(signs[k].sign);
    if (!propter_str_starts((PropterStr){name.data + *i, name.len - *i}, sign)) continue;
    propter_buf_printf(out, "%s%s ", out->len && out->data[out->len - 1] != ' ' ? " " : "", signs[k].word);
    *i += sign.len - 1;
    return true;
  }
  return false;
}

/* "UnitPrice", "unit_price" and "unit price (USD)" are words with one blank between them. */
static PropterStatus split_name(PropterStr name, PropterArena *arena, PropterStr *label, PropterError *err) {
  PropterBuf out = {0};
  for (size_t i = 0; i < name.len; i++) {
    if (put_sign(name, &i, &out)) continue;
    char c = name.data[i], before = i ? name.data[i - 1] : ' ', after = i + 1 < name.len ? name.data[i + 1] : ' ';
    bool inside = is_alpha(c) || written_digit(c);
    bool single = i < 2 || !is_alpha(name.data[i - 2]); /* kWh and MWh are one word */
    bool begins = is_upper(c) && is_alpha(before) && !single && (!is_upper(before) || (is_alpha(after) && !is_upper(after)));
    bool blank = out.len && out.data[out.len - 1] != ' ';
    if (blank && (!inside || begins)) propter_buf_add_char(&out, ' ');
    if (inside) propter_buf_add_char(&out, is_upper(c) ? (char)(c + 32) : c);
  }
  PropterStatus status = propter_buf_status(&out, err);
  if (status == PROPTER_OK) {
    *label = propter_arena_copy(arena, propter_str_trim(propter_buf_str(&out)));
    if (!label->data) status = no_memory(err);
  }
  propter_buf_clear(&out);
  return status;
}

static void take_unit(PropterColumn *column, const char *unit, const char *label) {
  column->unit = unit, column->unit_label = label;
  column->mean |= unit[0] == '%' || strcmp(unit, "Cel") == 0 || strcmp(unit, "[degF]") == 0;
}

static void read_word(PropterStr word, PropterColumn *column, Seen *c) {
  for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++) {
    if (!propter_str_equal(word, propter_str(known_words[i].word))) continue;
    switch (known_words[i].kind) {
    case KIND_IDENTIFIER:
      column->identifier = true;
      break;
    case KIND_CALENDAR:
      c->calendar = true;
      c->says_time = true;
      break;
    case KIND_TIME:
      c->says_time = true;
      break;
    case KIND_MEAN:
      column->mean = true;
      break;
    case KIND_STOCK:
      c->stock = true;
      break;
    case KIND_TOTAL:
      c->total = true;
      break;
    case KIND_UP:
      column->direction = 1;
      break;
    case KIND_DOWN:
      column->direction = -1;
      break;
    case KIND_UNIT:
      take_unit(column, known_words[i].unit, known_words[i].label);
      break;
    case KIND_SHORT:
      break;
    }
  }
  c->names_year |=
      propter_str_equal(word, PROPTER_STR("year")) || propter_str_equal(word, PROPTER_STR("jahr")) || propter_str_equal(word, PROPTER_STR("period"));
}

/* "response time (h)", "energy [kWh]": the unit in brackets at the end of a name, and what stands before them. */
static PropterStatus bracketed_unit(Sniff *s, PropterColumn *column, PropterStr *before, PropterError *err) {
  PropterStr name = propter_str_trim(column->name), word;
  *before = column->name;
  if (name.len < 3 || !strchr(")]", name.data[name.len - 1])) return PROPTER_OK;
  const char *open = memrchr(name.data, name.data[name.len - 1] == ')' ? '(' : '[', name.len);
  if (!open || open == name.data) return PROPTER_OK;
  PropterStr inside = {open + 1, (size_t)(name.data + name.len - 1 - open) - 1};
  PROPTER_TRY(split_name(inside, &s->out->arena, &word, err));
  if (propter_str_starts(word, PROPTER_STR("in "))) word.data += 3, word.len -= 3;
  for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++)
    if (known_words[i].kind >= KIND_UNIT && propter_str_equal(word, propter_str(known_words[i].word))) {
      take_unit(column, known_words[i].unit, known_words[i].label);
      *before = (PropterStr){name.data, (size_t)(open - name.data)};
      break;
    }
  return PROPTER_OK;
}

/* "No. of orders" counts. */
static bool counts(PropterStr label) {
  return propter_str_starts(label, PROPTER_STR("no of ")) || propter_str_starts(label, PROPTER_STR("nr of "));
}

static PropterStatus read_name(Sniff *s, size_t i, PropterStr name, PropterError *err) {
  PropterColumn *column = &s->out->columns[i];
  Seen *c = &s->columns[i];
  PropterStr before;
  column->name = propter_arena_copy(&s->out->arena, name);
  if (!column->name.data) return no_memory(err);
  PROPTER_TRY(split_name(column->name, &s->out->arena, &column->words, err));
  PROPTER_TRY(bracketed_unit(s, column, &before, err));
  PROPTER_TRY(split_name(before, &s->out->arena, &column->label, err));
  bool unit_last = false;
  size_t last = 0;
  for (size_t at = 0; at < column->label.len; at++) {
    PropterStr word = {column->label.data + at, 0};
    const char *unit = column->unit;
    last = at;
    while (at < column->label.len && column->label.data[at] != ' ') at++, word.len++;
    read_word(word, column, c);
    unit_last = column->unit != unit;
  }
  if (counts(column->label)) column->identifier = false;
  if (c->total && !(column->unit && column->unit[0] == '%')) column->mean = false;
  /* "net revenue eur" is called net revenue, in euros. */
  if (unit_last && last) column->label = propter_str_trim((PropterStr){column->label.data, last});
  if (unit_last && propter_str_ends(column->label, PROPTER_STR(" in"))) column->label.len -= 3;
  c->possible = (1u << TYPES) - 1, c->signs = (1u << SIGNS) - 1, c->days = 1;
  for (size_t k = 0; written_dates[k].pattern; k++) c->days |= UINT64_C(2) << k;
  for (size_t k = 0; written_numbers[k].decimal; k++) c->numbers |= UINT64_C(1) << k;
  return PROPTER_OK;
}

/* "avg rate" is called average rate. */
static PropterStatus write_out(PropterSniff *out, PropterColumn *column, PropterError *err) {
  PropterBuf label = {0};
  bool any = false;
  for (size_t at = 0; at < column->label.len; at++) {
    PropterStr word = {column->label.data + at, 0};
    while (at < column->label.len && column->label.data[at] != ' ') at++, word.len++;
    for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++)
      if (known_words[i].kind == KIND_MEAN && known_words[i].label && propter_str_equal(word, propter_str(known_words[i].word)))
        word = propter_str(known_words[i].label), any = true;
    propter_buf_printf(&label, "%s%.*s", label.len ? " " : "", (int)word.len, word.data);
  }
  PropterStatus status = propter_buf_status(&label, err);
  if (status == PROPTER_OK && any) {
    column->label = propter_arena_copy(&out->arena, propter_buf_str(&label));
    if (!column->label.data) status = no_memory(err);
  }
  propter_buf_clear(&label);
  return status;
}

/* Amounts in two units keep the unit in their names. */
static PropterStatus tell_apart(PropterSniff *out, PropterError *err) {
  for (size_t i = 0; i < out->count; i++) {
    bool same = false;
    if (out->columns[i].label.len == out->columns[i].words.len) continue;
    for (size_t k = 0; k < out->count && !same; k++)
      same = k != i && out->columns[k].words.len >= out->columns[i].label.len &&
             propter_str_equal((PropterStr){out->columns[k].words.data, out->columns[i].label.len}, out->columns[i].label);
    if (same) out->columns[i].label = out->columns[i].words;
  }
  for (size_t i = 0; i < out->count; i++) PROPTER_TRY(write_out(out, &out->columns[i], err));
  return PROPTER_OK;
}

/* --- First pass: cells ------------------------------------------------------------------------------------------------------- */

static PropterStatus count_distinct(PropterMap *map, PropterStr value, PropterError *err) {
  if (map->count >= PROPTER_SNIFF_DISTINCT) return PROPTER_OK;
  uint64_t hash = propter_hash64(value);
  return propter_map_put(map, (PropterStr){(const char *)&hash, sizeof hash}, 0, NULL) ? PROPTER_OK : no_memory(err);
}

static PropterStatus look_at_day(Seen *c, PropterStr text, PropterError *err) {
  for (size_t k = 0; c->days >> k; k++) {
    PropterDay day;
    if (!(c->days >> k & 1)) continue;
    if (!lexical_first_day(propter_str(k ? written_dates[k - 1].pattern : NULL), text, &day)) {
      c->days &= ~(UINT64_C(1) << k);
      continue;
    }
    PropterMap *set = &c->day[k].set;
    c->day[k].falls += set->count && day < c->day[k].last;
    c->day[k].last = day;
    if (set->count < PROPTER_SNIFF_DISTINCT && !propter_map_put(set, (PropterStr){(const char *)&day, sizeof day}, 0, NULL)) return no_memory(err);
  }
  if (!(c->days & 1)) return PROPTER_OK;
  if (text.len > c->longest) c->longest = text.len;
  c->quarter |= memchr(text.data, 'Q', text.len) != NULL;
  c->week |= memchr(text.data, 'W', text.len) != NULL;
  return PROPTER_OK;
}

static void look_at_number(Seen *c, PropterStr text) {
  char number[64];
  size_t length;
  if (text.len > sizeof number - 2) c->numbers = 0;
  for (size_t k = 0; c->numbers >> k; k++) {
    Written w = {.decimal = propter_str(written_numbers[k].decimal), .group = propter_str(written_numbers[k].group)};
    if (c->numbers >> k & 1 && !written_number(&w, text, number, &length)) c->numbers &= ~(UINT64_C(1) << k);
  }
  unsigned digits = 0;
  while (digits < text.len && written_digit(text.data[text.len - 1 - digits])) digits++;
  bool point = digits < text.len && strchr(".,", text.data[text.len - 1 - digits]);
  if (point && digits > c->digits) c->digits = digits;
  for (unsigned k = 0; k < SIGNS; k++)
    if (c->signs >> k & 1 && !memmem(text.data, text.len, signs[k].sign, strlen(signs[k].sign))) c->signs &= ~(1u << k);
}

static PropterStatus look_at(Sniff *s, size_t i, PropterStr cell, PropterError *err) {
  Seen *c = &s->columns[i];
  PropterStr text = propter_str_trim(cell);
  const char *wanted;
  if (!text.len) return PROPTER_OK;
  s->out->columns[i].values++;
  for (unsigned t = 0; t < TYPES; t++)
    if (c->possible >> t & 1 && !propter_lexical_valid(propter_vocab_iri(types[t]), text, &wanted)) c->possible &= ~(1u << t);
  c->zeros |= text.len > 1 && text.data[0] == '0' && written_digit(text.data[1]);
  look_at_number(c, text);
  PROPTER_TRY(look_at_day(c, text, err));
  return count_distinct(&c->values, text, err);
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

/* Databases and sheets hand over lists of typed values: the first one counts. */
static PropterStatus first_pass(Sniff *s, const PropterRow *row, void *payload, PropterError *err) {
  (void)payload;
  for (size_t i = 0; i < s->out->count; i++) PROPTER_TRY(look_at(s, i, propter_row_text(row, i), err));
  return PROPTER_OK;
}

/* --- Roles ------------------------------------------------------------------------------------------------------------------- */

static int by_day(const void *a, const void *b) {
  PropterDay x, y;
  memcpy(&x, ((const PropterMapEntry *)a)->key.data, sizeof x);
  memcpy(&y, ((const PropterMapEntry *)b)->key.data, sizeof y);
  return (x > y) - (x < y);
}

/* From how the periods are written, else from the distances of the days. The set is in no use as a map afterwards. */
static const char *grain_of(Seen *c) {
  PropterMap *set = &c->day[c->form].set;
  bool iso = c->form == 0;
  if (!iso && !strchr(written_dates[c->form - 1].pattern, 'd')) return "P1M";
  if (iso && c->quarter) return "P3M";
  if (iso && c->week) return "P7D";
  if (iso && c->longest == 4) return "P1Y";
  qsort(set->entries, set->count, sizeof *set->entries, by_day);
  bool first = true, quarters = true, years = true, weeks = set->count > 2;
  PropterDay before = 0;
  for (size_t i = 0; i < set->count; i++) {
    PropterDay day;
    int y, m, d;
    memcpy(&day, set->entries[i].key.data, sizeof day);
    propter_day_civil(day, &y, &m, &d);
    first &= d == 1, quarters &= m % 3 == 1, years &= m == 1;
    weeks &= i == 0 || (day - before) % 7 == 0;
    before = day;
  }
  if (iso && c->longest == 7) return "P1M";
  if (first && set->count > 2) return years ? "P1Y" : quarters ? "P3M" : "P1M";
  return weeks ? "P7D" : "P1D";
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

static bool is_plain(const Seen *c) { return (c->possible & ((1u << NUMBERS) - 1)) != 0; }

/* All columns of a file write numbers alike, unless they cannot. */
static void choose_number_forms(Sniff *s) {
  uint64_t all = UINT64_MAX;
  bool point = false;
  for (size_t i = 0; i < s->out->count; i++) {
    const Seen *c = &s->columns[i];
    if (!s->out->columns[i].values) continue;
    point |= is_plain(c) && !(c->possible & 1);
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
      if (c->signs >> k & 1) read_word(propter_str(signs[k].word), column, c);
  }
}

static bool can_be_time(const Seen *c, const PropterColumn *column, uint64_t rows) { return is_time(c) && column->values && column->values * 10 >= rows * 9; }

static void choose_time(Sniff *s) {
  s->out->time = SIZE_MAX;
  for (size_t i = 0; i < s->out->count; i++) {
    if (!can_be_time(&s->columns[i], &s->out->columns[i], s->out->rows)) continue;
    if (s->out->time == SIZE_MAX || (s->columns[i].says_time && !s->columns[s->out->time].says_time)) s->out->time = i;
  }
  if (s->out->time == SIZE_MAX) return;
  const Seen *c = &s->columns[s->out->time];
  s->out->columns[s->out->time].role = PROPTER_COLUMN_TIME;
  s->out->columns[s->out->time].date_format = c->form ? written_dates[c->form - 1].pattern : NULL;
  s->out->grain = grain_of(&s->columns[s->out->time]);
}

static void choose_type(PropterColumn *column, Seen *c) {
  PropterStr none = {"", 0};
  column->distinct = c->values.count;
  column->datatype = none;
  column->identifier |= c->zeros && c->possible & ((1u << NUMBERS) - 1);
  if (!column->values || (c->zeros && c->possible & 1)) return;
  if (column->decimal) column->datatype = propter_vocab_iri(VOCAB_xsd_decimal);
  for (unsigned t = 0; t < TYPES; t++)
    if (c->possible >> t & 1) {
      column->datatype = propter_vocab_iri(types[t]);
      return;
    }
}

static bool is_number(const Sniff *s, size_t i) { return is_plain(&s->columns[i]) || s->out->columns[i].decimal; }

static void choose_roles(Sniff *s) {
  PropterSniff *out = s->out;
  choose_number_forms(s);
  for (size_t i = 0; i < out->count; i++) choose_type(&out->columns[i], &s->columns[i]), choose_day_form(s, &s->columns[i]);
  choose_time(s);
  for (size_t i = 0; i < out->count && out->time != SIZE_MAX; i++) {
    PropterColumn *column = &out->columns[i];
    uint64_t most = column->identifier ? SLICE_VALUES / 4 : SLICE_VALUES;
    if (column->role == PROPTER_COLUMN_TIME || !column->values || is_time(&s->columns[i])) continue;
    if (is_number(s, i) && !column->identifier && !s->columns[i].calendar && column->label.len) column->role = PROPTER_COLUMN_MEASURE;
    else if (column->values + out->bad_rows == out->rows && column->distinct > 1 && column->distinct <= most && column->distinct * 2 <= out->rows &&
             !is_number(s, i))
      column->role = PROPTER_COLUMN_SLICE;
  }
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
  return column->role == PROPTER_COLUMN_OTHER && column->values + s->out->bad_rows == s->out->rows && (!measured || column->identifier);
}

static bool in_set(const Sniff *s, const Keys *k, size_t set, size_t i) {
  const PropterColumn *column = &s->out->columns[i];
  if (column->role == PROPTER_COLUMN_TIME || column->role == PROPTER_COLUMN_SLICE) return true;
  if (!set || !can_be_key(s, column)) return false;
  if (set <= k->singles) return k->columns[set - 1] == i;
  return set == k->singles + 2 || column->identifier;
}

/* The value of a cell in the form its column was found to have. */
static bool value_of(const Sniff *s, size_t i, PropterStr cell, double *value) {
  const PropterColumn *column = &s->out->columns[i];
  PropterStr text = propter_str_trim(cell);
  char number[64];
  size_t length = 0;
  PropterDay day;
  if (i == s->out->time) return lexical_first_day(propter_str(column->date_format), text, &day) && (*value = day, true);
  if (!is_number(s, i) || text.len > sizeof number - 2) return false;
  Written w = {.decimal = propter_str(column->decimal), .group = propter_str(column->group)};
  if (!column->decimal) return propter_str_to_double(text, value);
  return written_number(&w, text, number, &length) && propter_str_to_double((PropterStr){number, length}, value);
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
    if (column->role == PROPTER_COLUMN_MEASURE) column->mean |= fraction || (s->columns[i].stock && s->out->repeated);
  }
  for (size_t n = 0; n < means->count; n++)
    if (s->columns[means->of[n].column].digits && means_ratio(means, n)) s->out->columns[means->of[n].column].mean = true;
}

static PropterStatus second_pass(Sniff *s, const PropterRow *row, void *payload, PropterError *err) {
  Keys *k = payload;
  PropterBuf key = {0};
  PropterStatus status = PROPTER_OK;
  look_at_numbers(s, row, &k->means);
  for (size_t set = 0; set < k->sets && status == PROPTER_OK; set++) {
    propter_buf_reset(&key);
    for (size_t i = 0; i < s->out->count; i++) {
      if (!in_set(s, k, set, i)) continue;
      PropterStr cell = propter_row_text(row, i);
      double day;
      /* An observation is of a day, whatever the hour. */
      if (i == s->out->time && value_of(s, i, cell, &day)) propter_buf_printf(&key, "%.0f:", day);
      else propter_buf_printf(&key, "%zu:%.*s", cell.len, (int)cell.len, cell.data);
    }
    status = propter_buf_status(&key, err);
    uint64_t hash = propter_hash64(propter_buf_str(&key));
    bool added = true;
    if (status == PROPTER_OK && !propter_map_put(&k->seen[set], (PropterStr){(const char *)&hash, sizeof hash}, 0, &added)) status = no_memory(err);
    k->repeated[set] += !added;
  }
  propter_buf_clear(&key);
  return status;
}

static PropterStatus choose_keys(Sniff *s, PropterTable *table, PropterError *err) {
  PropterSniff *out = s->out;
  Keys *k = propter_calloc(1, sizeof *k);
  if (!k) return no_memory(err);
  /* Identifiers first: of equally good columns the first is taken. */
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < out->count; i++) {
      const PropterColumn *column = &out->columns[i];
      if (can_be_key(s, column) && column->identifier == (pass == 0) && k->singles < KEY_SETS) k->columns[k->singles++] = i;
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
    if (out->columns[i].role == PROPTER_COLUMN_OTHER && in_set(s, k, best, i)) out->columns[i].role = PROPTER_COLUMN_KEY;
  out->repeated = out->time == SIZE_MAX && !best ? 0 : k->repeated[best];
  if (status == PROPTER_OK) choose_means(s, &k->means);
  for (size_t set = 0; set < KEY_SETS + 3; set++) propter_map_clear(&k->seen[set]);
  propter_free(k);
  return status;
}

static PropterStatus pass(Sniff *s, bool first, PropterError *err) {
  PropterTable *table = NULL;
  PROPTER_TRY(propter_table_open(s->path, &s->out->options, s->limits, &table, err));
  size_t count;
  const PropterStr *names = propter_table_columns(table, &count);
  PropterStatus status = PROPTER_OK;
  if (propter_table_has_expressions(table) || !count) {
    propter_error_at(err, s->path, 0, 0);
    status = propter_fail(err, PROPTER_INVALID, "expected a table with a header");
  }
  if (status == PROPTER_OK && first) {
    s->out->count = count;
    s->out->columns = propter_arena_alloc(&s->out->arena, count * sizeof *s->out->columns);
    s->columns = propter_calloc(count, sizeof *s->columns);
    if (!s->out->columns || !s->columns) status = no_memory(err);
    for (size_t i = 0; i < count && status == PROPTER_OK; i++) status = read_name(s, i, names[i], err);
    if (status == PROPTER_OK) status = tell_apart(s->out, err);
    if (status == PROPTER_OK) status = each_row(s, table, first_pass, NULL, err);
    if (status == PROPTER_OK) choose_roles(s);
  } else if (status == PROPTER_OK) {
    status = choose_keys(s, table, err);
  }
  propter_table_close(table);
  return status;
}

static PropterStatus both_passes(Sniff *s, PropterError *err) {
  PropterStatus status = pass(s, true, err);
  if (status == PROPTER_OK) status = pass(s, false, err);
  for (size_t i = 0; s->columns && i < s->out->count; i++) {
    propter_map_clear(&s->columns[i].values);
    for (size_t k = 0; k <= WRITTEN_MOST; k++) propter_map_clear(&s->columns[i].day[k].set);
  }
  propter_free(s->columns);
  s->columns = NULL;
  return status;
}

/* The delimiter that makes most columns of the header; a file that cannot be opened so is none of that delimiter. */
static PropterStatus find_delimiter(Sniff *s, PropterError *err) {
  static const char others[] = ";\t|";
  size_t most = 0;
  for (size_t k = 0; k < sizeof others; k++) {
    PropterTable *table = NULL;
    PropterTableOptions options = s->out->options;
    PropterError bad = {0};
    size_t count = 0;
    if (k) options.delimiter = others[k - 1];
    PropterStatus status = propter_table_open(s->path, &options, s->limits, &table, &bad);
    bool typed = table && (propter_table_has_values(table) || propter_table_has_expressions(table));
    if (status == PROPTER_OK) (void)propter_table_columns(table, &count);
    propter_table_close(table);
    if (status == PROPTER_NO_MEMORY) return no_memory(err);
    if (typed || (!k && status != PROPTER_OK)) return PROPTER_OK;
    if (status == PROPTER_OK && count > most) most = count, s->out->options = options;
  }
  return PROPTER_OK;
}

PropterStatus propter_sniff(const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterSniff *out, PropterError *err) {
  Sniff s = {.out = out, .limits = limits, .path = path};
  if (options) out->options = *options;
  PropterStatus status = out->options.delimiter ? PROPTER_OK : find_delimiter(&s, err);
  if (status == PROPTER_OK) status = both_passes(&s, err);
  if (status == PROPTER_INVALID && !out->options.encoding) {
    PropterTableOptions found = out->options;
    PropterError bad = {0};
    propter_sniff_clear(out);
    out->options = found, out->options.encoding = "windows-1252";
    PropterStatus again = both_passes(&s, &bad);
    if (again == PROPTER_OK) return again;
  }
  if (status != PROPTER_OK) propter_sniff_clear(out);
  return status;
}

void propter_sniff_clear(PropterSniff *sniff) {
  propter_arena_clear(&sniff->arena);
  *sniff = (PropterSniff){0};
}

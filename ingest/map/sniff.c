/* SPDX-License-Identifier: Apache-2.0 */
/* Two passes: the first finds what every cell of a column is and chooses roles, the second which columns tell the rows apart. */
#include "propter/sniff.h"

#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "propter/hash.h"

typedef enum { KIND_IDENTIFIER, KIND_TIME, KIND_MEAN, KIND_UP, KIND_DOWN, KIND_UNIT } WordKind;

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

typedef struct {
  unsigned possible; /* bit n: every value so far is of types[n] */
  bool days;         /* every value is a day or period */
  bool zeros;        /* a number has a zero before it, as codes have */
  bool says_time, names_year;
  size_t longest;
  bool quarter, week;
  PropterMap values, day_set;
} Seen;

typedef struct {
  PropterSniff *out;
  Seen *columns;
  const PropterTableOptions *options;
  const PropterLimits *limits;
  const char *path;
} Sniff;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory looking at a table"); }

/* --- Names ------------------------------------------------------------------------------------------------------------------- */

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_alpha(char c) { return is_upper(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* "UnitPrice", "unit_price" and "unit price (USD)" are words with one blank between them. */
static PropterStatus split_name(PropterStr name, PropterArena *arena, PropterStr *label, PropterError *err) {
  PropterBuf out = {0};
  for (size_t i = 0; i < name.len; i++) {
    char c = name.data[i], before = i ? name.data[i - 1] : ' ', after = i + 1 < name.len ? name.data[i + 1] : ' ';
    bool inside = is_alpha(c) || is_digit(c);
    bool begins = is_upper(c) && is_alpha(before) && (!is_upper(before) || (is_alpha(after) && !is_upper(after)));
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

static void read_word(PropterStr word, PropterColumn *column, Seen *c) {
  for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++) {
    if (!propter_str_equal(word, propter_str(known_words[i].word))) continue;
    switch (known_words[i].kind) {
    case KIND_IDENTIFIER: column->identifier = true; break;
    case KIND_TIME: c->says_time = true; break;
    case KIND_MEAN: column->mean = true; break;
    case KIND_UP: column->direction = 1; break;
    case KIND_DOWN: column->direction = -1; break;
    case KIND_UNIT:
      column->unit = known_words[i].unit, column->unit_label = known_words[i].label;
      column->mean |= column->unit[0] == '%' || strcmp(column->unit, "Cel") == 0 || strcmp(column->unit, "[degF]") == 0;
      break;
    }
  }
  c->names_year |= propter_str_equal(word, PROPTER_STR("year")) || propter_str_equal(word, PROPTER_STR("jahr")) || propter_str_equal(word, PROPTER_STR("period"));
}

static PropterStatus read_name(Sniff *s, size_t i, PropterStr name, PropterError *err) {
  PropterColumn *column = &s->out->columns[i];
  column->name = propter_arena_copy(&s->out->arena, name);
  if (!column->name.data) return no_memory(err);
  PROPTER_TRY(split_name(name, &s->out->arena, &column->label, err));
  for (PropterStr rest = column->label; rest.len;) {
    const char *blank = memchr(rest.data, ' ', rest.len);
    size_t n = blank ? (size_t)(blank - rest.data) : rest.len;
    read_word((PropterStr){rest.data, n}, column, &s->columns[i]);
    n += blank != NULL;
    rest.data += n, rest.len -= n;
  }
  s->columns[i].possible = (1u << TYPES) - 1;
  s->columns[i].days = true;
  return PROPTER_OK;
}

/* --- First pass: cells ------------------------------------------------------------------------------------------------------- */

static PropterStatus count_distinct(PropterMap *map, PropterStr value, PropterError *err) {
  if (map->count >= PROPTER_SNIFF_DISTINCT) return PROPTER_OK;
  uint64_t hash = propter_hash64(value);
  return propter_map_put(map, (PropterStr){(const char *)&hash, sizeof hash}, 0, NULL) ? PROPTER_OK : no_memory(err);
}

static PropterStatus look_at(Sniff *s, size_t i, PropterStr cell, PropterError *err) {
  Seen *c = &s->columns[i];
  PropterStr text = propter_str_trim(cell);
  const char *wanted;
  PropterDay day;
  if (!text.len) return PROPTER_OK;
  s->out->columns[i].values++;
  for (unsigned t = 0; t < TYPES; t++)
    if (c->possible >> t & 1 && !propter_lexical_valid(propter_vocab_iri(types[t]), text, &wanted)) c->possible &= ~(1u << t);
  c->zeros |= text.len > 1 && text.data[0] == '0' && is_digit(text.data[1]);
  if (c->days && (c->days = lexical_first_day(text, &day))) {
    if (text.len > c->longest) c->longest = text.len;
    c->quarter |= memchr(text.data, 'Q', text.len) != NULL;
    c->week |= memchr(text.data, 'W', text.len) != NULL;
    if (c->day_set.count < PROPTER_SNIFF_DISTINCT && !propter_map_put(&c->day_set, (PropterStr){(const char *)&day, sizeof day}, 0, NULL)) return no_memory(err);
  }
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
    if (row.problem)
      bad++;
    else
      PROPTER_TRY(with(s, &row, payload, err));
  }
  s->out->rows = rows, s->out->bad_rows = bad, s->out->whole = !found;
  return PROPTER_OK;
}

/* Databases and sheets hand over lists of typed values: the first one counts. */
static PropterStr cell_of(const PropterRow *row, size_t i) {
  if (!row->values) return row->cells[i];
  return row->values[i].count ? row->values[i].items[0].text : (PropterStr){"", 0};
}

static PropterStatus first_pass(Sniff *s, const PropterRow *row, void *payload, PropterError *err) {
  (void)payload;
  for (size_t i = 0; i < s->out->count; i++) PROPTER_TRY(look_at(s, i, cell_of(row, i), err));
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
  if (c->quarter) return "P3M";
  if (c->week) return "P7D";
  if (c->longest == 4) return "P1Y";
  qsort(c->day_set.entries, c->day_set.count, sizeof *c->day_set.entries, by_day);
  bool first = true, quarters = true, years = true, weeks = c->day_set.count > 2;
  PropterDay before = 0;
  for (size_t i = 0; i < c->day_set.count; i++) {
    PropterDay day;
    int y, m, d;
    memcpy(&day, c->day_set.entries[i].key.data, sizeof day);
    propter_day_civil(day, &y, &m, &d);
    first &= d == 1, quarters &= m % 3 == 1, years &= m == 1;
    weeks &= i == 0 || (day - before) % 7 == 0;
    before = day;
  }
  if (c->longest == 7) return "P1M";
  if (first && c->day_set.count > 2) return years ? "P1Y" : quarters ? "P3M" : "P1M";
  return weeks ? "P7D" : "P1D";
}

/* Four digits are a year only where the name says so. */
static bool is_time(const Seen *c) { return c->days && (c->longest > 4 || c->names_year); }

static bool can_be_time(const Seen *c, const PropterColumn *column, uint64_t rows) {
  return is_time(c) && column->values && column->values * 10 >= rows * 9;
}

static void choose_time(Sniff *s) {
  s->out->time = SIZE_MAX;
  for (size_t i = 0; i < s->out->count; i++) {
    if (!can_be_time(&s->columns[i], &s->out->columns[i], s->out->rows)) continue;
    if (s->out->time == SIZE_MAX || (s->columns[i].says_time && !s->columns[s->out->time].says_time)) s->out->time = i;
  }
  if (s->out->time == SIZE_MAX) return;
  s->out->columns[s->out->time].role = PROPTER_COLUMN_TIME;
  s->out->grain = grain_of(&s->columns[s->out->time]);
}

static void choose_type(PropterColumn *column, Seen *c) {
  PropterStr none = {"", 0};
  column->distinct = c->values.count;
  column->datatype = none;
  column->identifier |= c->zeros && c->possible & ((1u << NUMBERS) - 1);
  if (!column->values || (c->zeros && c->possible & 1)) return;
  for (unsigned t = 0; t < TYPES; t++)
    if (c->possible >> t & 1) {
      column->datatype = propter_vocab_iri(types[t]);
      return;
    }
}

static bool is_number(const Seen *c) { return (c->possible & ((1u << NUMBERS) - 1)) != 0; }

static void choose_roles(Sniff *s) {
  PropterSniff *out = s->out;
  for (size_t i = 0; i < out->count; i++) choose_type(&out->columns[i], &s->columns[i]);
  choose_time(s);
  for (size_t i = 0; i < out->count && out->time != SIZE_MAX; i++) {
    PropterColumn *column = &out->columns[i];
    uint64_t most = column->identifier ? SLICE_VALUES / 4 : SLICE_VALUES;
    if (column->role == PROPTER_COLUMN_TIME || !column->values || is_time(&s->columns[i])) continue;
    if (is_number(&s->columns[i]) && !column->identifier && !s->columns[i].says_time && column->label.len)
      column->role = PROPTER_COLUMN_MEASURE;
    else if (column->values + out->bad_rows == out->rows && column->distinct > 1 && column->distinct <= most && column->distinct * 2 <= out->rows &&
             !is_number(&s->columns[i]))
      column->role = PROPTER_COLUMN_SLICE;
  }
}

/* --- Second pass: which columns tell rows apart ---------------------------------------------------------------------------------- */

typedef struct {
  size_t columns[KEY_SETS]; /* of sets 1 to singles: the one column besides; set 0 has none */
  size_t singles, sets;     /* set singles + 1: all identifiers; + 2: all that is no measure */
  PropterMap seen[KEY_SETS + 3];
  uint64_t repeated[KEY_SETS + 3];
} Keys;

/* A row without one of its keys would be no row; measured numbers name nothing. */
static bool can_be_key(const Sniff *s, const PropterColumn *column) {
  bool measured = propter_str_equal(column->datatype, propter_vocab_iri(VOCAB_xsd_decimal)) || propter_str_equal(column->datatype, propter_vocab_iri(VOCAB_xsd_double));
  return column->role == PROPTER_COLUMN_OTHER && column->values + s->out->bad_rows == s->out->rows && (!measured || column->identifier);
}

static bool in_set(const Sniff *s, const Keys *k, size_t set, size_t i) {
  const PropterColumn *column = &s->out->columns[i];
  if (column->role == PROPTER_COLUMN_TIME || column->role == PROPTER_COLUMN_SLICE) return true;
  if (!set || !can_be_key(s, column)) return false;
  if (set <= k->singles) return k->columns[set - 1] == i;
  return set == k->singles + 2 || column->identifier;
}

static PropterStatus second_pass(Sniff *s, const PropterRow *row, void *payload, PropterError *err) {
  Keys *k = payload;
  PropterBuf key = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t set = 0; set < k->sets && status == PROPTER_OK; set++) {
    propter_buf_reset(&key);
    for (size_t i = 0; i < s->out->count; i++) {
      if (!in_set(s, k, set, i)) continue;
      PropterStr cell = cell_of(row, i);
      propter_buf_printf(&key, "%zu:", cell.len);
      propter_buf_add(&key, cell);
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
  for (size_t set = 0; set < KEY_SETS + 3; set++) propter_map_clear(&k->seen[set]);
  propter_free(k);
  return status;
}

static PropterStatus pass(Sniff *s, bool first, PropterError *err) {
  PropterTable *table = NULL;
  PROPTER_TRY(propter_table_open(s->path, s->options, s->limits, &table, err));
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
    if (status == PROPTER_OK) status = each_row(s, table, first_pass, NULL, err);
    if (status == PROPTER_OK) choose_roles(s);
  } else if (status == PROPTER_OK) {
    status = choose_keys(s, table, err);
  }
  propter_table_close(table);
  return status;
}

PropterStatus propter_sniff(const char *path, const PropterTableOptions *options, const PropterLimits *limits, PropterSniff *out, PropterError *err) {
  Sniff s = {.out = out, .options = options, .limits = limits, .path = path};
  PropterStatus status = pass(&s, true, err);
  if (status == PROPTER_OK) status = pass(&s, false, err);
  for (size_t i = 0; s.columns && i < out->count; i++) {
    propter_map_clear(&s.columns[i].values);
    propter_map_clear(&s.columns[i].day_set);
  }
  propter_free(s.columns);
  if (status != PROPTER_OK) propter_sniff_clear(out);
  return status;
}

void propter_sniff_clear(PropterSniff *sniff) {
  propter_arena_clear(&sniff->arena);
  *sniff = (PropterSniff){0};
}

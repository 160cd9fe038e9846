/* SPDX-License-Identifier: Apache-2.0 */
/* Claims that a person wrote down: each row is a claim as a sentence would make it, and goes the same way from there. */
#include <string.h>

#include "../doc/when.h"
#include "reading.h"

typedef struct {
  const PropterDocument *d;
  PropterReading r;
} Row;

typedef enum { FITS, WRONG, FULL } Fit; /* FULL: no memory */

static PropterStr text_of(const PropterDocument *d, const PropterDocumentCell *c) { return (PropterStr){d->text.data + c->start, c->end - c->start}; }

static PropterSpan span_of(const PropterDocumentCell *c) { return (PropterSpan){c->start, c->end}; }

PropterStr read_beginning(PropterStr text, size_t max) {
  if (text.len <= max) return text;
  while (max && ((unsigned char)text.data[max] & 0xC0) == 0x80) max--;
  return (PropterStr){text.data, max};
}

/* Index of the word that a cell holds, or -1. */
static int one_of(PropterStr text, const char *const *words) {
  for (int i = 0; words[i]; i++)
    if (propter_str_equal_caseless(text, propter_str(words[i]))) return i;
  return -1;
}

static Fit take_cause(Row *row, const PropterDocumentCell *c) { return row->r.cause = span_of(c), FITS; }
static Fit take_effect(Row *row, const PropterDocumentCell *c) { return row->r.effect = span_of(c), FITS; }
static Fit take_condition(Row *row, const PropterDocumentCell *c) { return row->r.condition = span_of(c), FITS; }
static Fit take_author(Row *row, const PropterDocumentCell *c) { return row->r.author = span_of(c), FITS; }
static Fit take_quote(Row *row, const PropterDocumentCell *c) { return row->r.quote = span_of(c), FITS; }

static Fit take_direction(Row *row, const PropterDocumentCell *c) {
  static const char *const words[] = {"increase", "decrease", "up", "down", "rise", "fall", "+", "-", NULL};
  int which = one_of(text_of(row->d, c), words);
  row->r.polarity = which % 2 ? -1 : 1;
  return which < 0 ? WRONG : FITS;
}

static Fit take_denied(Row *row, const PropterDocumentCell *c) {
  static const char *const words[] = {"yes", "no", "true", "false", NULL};
  int which = one_of(text_of(row->d, c), words);
  row->r.negated = which % 2 == 0;
  return which < 0 ? WRONG : FITS;
}

static Fit take_confidence(Row *row, const PropterDocumentCell *c) {
  return propter_str_to_double(text_of(row->d, c), &row->r.confidence) && row->r.confidence >= 0 && row->r.confidence <= 1 ? FITS : WRONG;
}

/* All the days and periods of the cell as one; "2011-08" is August. */
static Fit period_of(PropterStr text, PropterPeriod *period) {
  char month[] = "0000-00-01";
  *period = (PropterPeriod){PROPTER_NO_DAY, PROPTER_NO_DAY};
  if (text.len == 7) memcpy(month, text.data, 7);
  if (text.len == 7 && propter_day_parse(propter_str(month), &period->first)) {
    int y, m, day;
    propter_day_civil(period->first, &y, &m, &day);
    period->last = period->first + propter_month_length(y, m) - 1;
    return FITS;
  }
  Whens found = {0};
  bool memory = when_scan(text, &(WhenContext){.reference = PROPTER_NO_DAY}, &found), dated = found.count > 0;
  for (size_t i = 0; i < found.count; i++) {
    const When *w = &found.items[i];
    dated &= w->year_given;
    if (!i || w->first < period->first) period->first = w->first;
    if (!i || w->last > period->last) period->last = w->last;
  }
  propter_vec_clear(&found);
  return !memory ? FULL : dated ? FITS : WRONG;
}

/* What says when speaks of a case. */
static void of_a_case(Row *row) {
  row->r.when_effect_said = true;
  row->r.generic = false;
}

static Fit take_when(Row *row, const PropterDocumentCell *c) {
  of_a_case(row);
  return period_of(text_of(row->d, c), &row->r.when_effect);
}

static Fit take_from(Row *row, const PropterDocumentCell *c) {
  of_a_case(row);
  return propter_day_parse(text_of(row->d, c), &row->r.when_effect.first) ? FITS : WRONG;
}

static Fit take_to(Row *row, const PropterDocumentCell *c) {
  of_a_case(row);
  return propter_day_parse(text_of(row->d, c), &row->r.when_effect.last) ? FITS : WRONG;
}

static Fit take_written(Row *row, const PropterDocumentCell *c) { return propter_day_parse(text_of(row->d, c), &row->r.written) ? FITS : WRONG; }

static const struct {
  const char *name;
  Fit (*take)(Row *row, const PropterDocumentCell *cell);
  const char *expected;
} columns[] = {{"cause", take_cause, "the words of a cause"},
               {"effect", take_effect, "the words of an effect"},
               {"direction", take_direction, "increase, decrease, up, down, rise, fall, + or -"},
               {"denied", take_denied, "yes or no"},
               {"condition", take_condition, ""},
               {"when", take_when, "a day or period with its year, as 2011-08-07, 2011-08 or August 2011"},
               {"from", take_from, "a day as 2011-08-07"},
               {"to", take_to, "a day as 2011-08-07"},
               {"who", take_author, ""},
               {"written", take_written, "a day as 2011-08-07"},
               {"confidence", take_confidence, "a number from 0 to 1"},
               {"quote", take_quote, ""},
               {"reason", take_quote, ""}};
#define NAMES "cause, effect, direction, denied, condition, when, from, to, who, written, confidence, quote, reason"
enum { COLUMNS = sizeof columns / sizeof *columns, REQUIRED = 2 };

static size_t column_of(PropterStr name) {
  size_t i = 0;
  while (i < COLUMNS && !propter_str_equal(name, propter_str(columns[i].name))) i++;
  return i;
}

/* Every column must be known, and none stand twice, so that no word of the table is passed over. */
static PropterStatus check_header(const PropterDocument *d, PropterError *err) {
  bool seen[COLUMNS] = {false};
  for (size_t i = 0; i < d->column_count; i++) {
    const PropterDocumentColumn *column = &d->columns[i];
    size_t which = column_of(column->name);
    if (which < COLUMNS && !seen[which]) {
      seen[which] = true;
      continue;
    }
    PropterStr found = read_beginning(column->name, 60);
    PropterStatus status =
        which < COLUMNS ? propter_fail(err, PROPTER_INVALID, "the column \"%s\" stands there twice", columns[which].name)
                        : propter_fail(err, PROPTER_INVALID, "expected a column of claims (%s), found \"%.*s\"", NAMES, (int)found.len, found.data);
    if (err) err->line = column->line, err->column = column->number;
    return status;
  }
  return PROPTER_OK;
}

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "no memory for claims"); }

static PropterStatus reject(PropterReadings *out, const PropterDocument *d, const PropterDocumentCell *c, const char *expected, PropterError *err) {
  PropterRowReject bad = {.line = c->line, .number = c->number, .column = c->column, .value = text_of(d, c), .expected = expected};
  return propter_vec_push(&out->rejects, bad) ? PROPTER_OK : no_memory(err);
}

/* The cells [c, c + n) of one row; a row is rejected at its first wrong cell. */
static PropterStatus take_row(const PropterDocument *d, const PropterDocumentCell *c, size_t n, PropterReadings *out, PropterError *err) {
  PropterSpan all = {d->blocks[c->block].start, d->blocks[c->block].end};
  PropterPeriod never = {PROPTER_NO_DAY, PROPTER_NO_DAY};
  Row row = {.d = d,
             .r = {.rule = "authored",
                   .prior = 1,
                   .confidence = 1,
                   .quote = all,
                   .sentence = all,
                   .trigger = all,
                   .generic = true,
                   .when_cause = never,
                   .when_effect = never,
                   .line = c->line,
                   .written = PROPTER_NO_DAY}};
  out->sentences++;
  bool seen[COLUMNS] = {false};
  for (size_t i = 0; i < n; i++) {
    size_t which = column_of(c[i].column);
    if (which == COLUMNS) return reject(out, d, &c[i], "as many cells as columns", err);
    if (seen[which]) return reject(out, d, &c[i], "one value", err);
    seen[which] = true;
    if (c[i].end == c[i].start && which >= REQUIRED) continue;
    Fit fit = c[i].end == c[i].start ? WRONG : columns[which].take(&row, &c[i]);
    if (fit == FULL) return no_memory(err);
    if (fit == WRONG) return reject(out, d, &c[i], columns[which].expected, err);
  }
  for (size_t which = 0; which < REQUIRED; which++)
    if (!seen[which]) return reject(out, d, &c[0], columns[which].expected, err);
  PropterPeriod *when = &row.r.when_effect;
  if (when->last == PROPTER_NO_DAY) when->last = when->first;
  if (when->first == PROPTER_NO_DAY) when->first = when->last;
  if (when->last < when->first) return reject(out, d, &c[0], "a last day that is not before the first", err);
  row.r.when_cause = *when;
  return propter_vec_push(&out->claims, row.r) ? PROPTER_OK : no_memory(err);
}

PropterStatus read_authored(const PropterDocument *d, PropterReadings *out, PropterError *err) {
  PROPTER_TRY(check_header(d, err));
  for (size_t i = 0, n; i < d->cell_count; i += n) {
    for (n = 1; i + n < d->cell_count && d->cells[i + n].block == d->cells[i].block;) n++;
    PROPTER_TRY(take_row(d, &d->cells[i], n, out, err));
  }
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Solutions of SPARQL queries: SPARQL Query Results XML, SPARQL 1.1 Query Results JSON and TSV, each read by the reader of its syntax. The columns are the
 * variables; a literal keeps its datatype. (CSV is a table as it is.) */
#include <string.h>

#include "propter/rdf.h"
#include "terms.h"

typedef struct {
  Terms terms;
  PropterTable *rows;
  const char *path;
  size_t (*columns)[2]; /* of each variable in the table of rows: its value, its datatype */
  PropterBuf text; /* of a row of TSV as Turtle */
  size_t next;     /* column that is read */
  bool wrong;
} Solutions;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading solutions"); }

static void close_solutions(void *state) {
  Solutions *s = state;
  propter_table_close(s->rows);
  propter_free(s->columns);
  propter_buf_clear(&s->text);
  terms_clear(&s->terms);
  propter_free(s);
}

static PropterStatus begin(const char *path, void **state, Solutions **out, PropterError *err) {
  Solutions *s = *out = propter_calloc(1, sizeof *s);
  if (!s) return no_memory(err);
  *state = s;
  s->path = path;
  if (strcmp(path, "-") != 0) return PROPTER_OK;
  return propter_fail(err, PROPTER_USAGE, "solutions are read twice: expected a file, found standard input");
}

/* --- XML and JSON ----------------------------------------------------------------------------------------------------------------- */

/* Where a syntax has its variables, and of a variable ("%s") its value and datatype. */
typedef struct {
  const char *format, *names, *name, *rows, *value, *datatype;
} Syntax;

/* A variable's name stands in expressions as it is. */
static PropterStatus add_names(Solutions *s, PropterTable *head, size_t column, PropterError *err) {
  PropterRow row;
  bool found;
  for (;;) {
    PROPTER_TRY(propter_table_next(head, &row, &found, err));
    if (!found) return PROPTER_OK;
    PropterStr name = propter_row_text(&row, column);
    for (size_t i = 0; i < name.len; i++)
      if (strchr("'\"\\<&", name.data[i])) return propter_fail(err, PROPTER_INVALID, "expected the name of a variable, found %.*s", (int)name.len, name.data);
    if (name.len) PROPTER_TRY(terms_name(&s->terms, name, err));
  }
}

static PropterStatus read_names(Solutions *s, const Syntax *syntax, const PropterTableOptions *options, const PropterLimits *limits, PropterError *err) {
  PropterTable *head;
  PropterTableOptions o = *options;
  size_t column;
  o.iterator = syntax->names;
  PROPTER_TRY(propter_table_open(s->path, &o, limits, &head, err));
  PropterStatus status = propter_table_column(head, propter_str(syntax->name), &column, err);
  if (status == PROPTER_OK) status = add_names(s, head, column, err);
  if (status == PROPTER_OK && !s->terms.names.count) status = propter_fail(err, PROPTER_INVALID, "expected the variables of SPARQL solutions, found none");
  if (status != PROPTER_OK && err) propter_error_at(err, s->path, err->line, err->column);
  propter_table_close(head);
  return status;
}

static PropterStatus find_columns(Solutions *s, const Syntax *syntax, PropterError *err) {
  s->columns = propter_calloc(s->terms.names.count, sizeof *s->columns);
  if (!s->columns) return no_memory(err);
  for (size_t i = 0; i < 2 * s->terms.names.count; i++) {
    const char *form = i % 2 ? syntax->datatype : syntax->value, *at = strstr(form, "%s");
    PropterStr name = s->terms.names.items[i / 2];
    propter_buf_reset(&s->text);
    propter_buf_add(&s->text, (PropterStr){form, (size_t)(at - form)});
    propter_buf_add(&s->text, name);
    propter_buf_add(&s->text, propter_str(at + 2));
    PROPTER_TRY(propter_buf_status(&s->text, err));
    PROPTER_TRY(propter_table_column(s->rows, propter_buf_str(&s->text), &s->columns[i / 2][i % 2], err));
  }
  return PROPTER_OK;
}

static PropterStatus open_syntax(const char *path, const Syntax *syntax, const PropterTableOptions *options, const PropterLimits *limits, void **state,
                                 PropterError *err) {
  static const PropterTablePrefix prefix = {"s", "http://www.w3.org/2005/sparql-results#"};
  PropterTableOptions o = {.format = syntax->format, .prefixes = &prefix, .prefix_count = 1, .encoding = options->encoding, .iterator = syntax->rows};
  Solutions *s;
  PROPTER_TRY(begin(path, state, &s, err));
  PROPTER_TRY(read_names(s, syntax, &o, limits, err));
  PROPTER_TRY(propter_table_open(path, &o, limits, &s->rows, err));
  return find_columns(s, syntax, err);
}

static PropterStatus open_srx(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  static const Syntax xml = {"xml", "/s:sparql/s:head/s:variable", "@name", "/s:sparql/s:results/s:result", "s:binding[@name='%s']/*",
                             "s:binding[@name='%s']/s:literal/@datatype"};
  return open_syntax(path, &xml, options, limits, state, err);
}

static PropterStatus open_srj(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  static const Syntax json = {"json", "$.head.vars[*]", "@", "$.results.bindings[*]", "$['%s'].value", "$['%s'].datatype"};
  return open_syntax(path, &json, options, limits, state, err);
}

static PropterStatus next_solution(void *state, PropterRow *row, bool *found, PropterError *err) {
  Solutions *s = state;
  PropterRow r;
  *found = true;
  if (terms_header(&s->terms, row)) return PROPTER_OK;
  PROPTER_TRY(propter_table_next(s->rows, &r, found, err));
  if (!*found) return PROPTER_OK;
  PROPTER_TRY(terms_begin(&s->terms, row, r.line, err));
  for (size_t i = 0; i < s->terms.names.count; i++) {
    const PropterCells value = r.values[s->columns[i][0]], type = r.values[s->columns[i][1]];
    if (value.count) PROPTER_TRY(terms_set(&s->terms, i, value.items[0].text, type.count ? type.items[0].text : PROPTER_STR(""), err));
  }
  return PROPTER_OK;
}

/* --- TSV -------------------------------------------------------------------------------------------------------------------------- */

#define ROW "x:row"

static PropterStatus open_srt(const char *path, const PropterTableOptions *options, const PropterLimits *limits, void **state, PropterError *err) {
  PropterTableOptions o = {.format = "csv", .delimiter = '\t', .no_quote = true, .encoding = options->encoding};
  Solutions *s;
  size_t count;
  PROPTER_TRY(begin(path, state, &s, err));
  PROPTER_TRY(propter_table_open(path, &o, limits, &s->rows, err));
  const PropterStr *names = propter_table_columns(s->rows, &count);
  for (size_t i = 0; i < count; i++) {
    if (names[i].len < 2 || (names[i].data[0] != '?' && names[i].data[0] != '$')) {
      propter_error_at(err, path, 1, 0);
      return propter_fail(err, PROPTER_INVALID, "expected ? and the name of a variable, found \"%.*s\"", (int)names[i].len, names[i].data);
    }
    PROPTER_TRY(terms_name(&s->terms, (PropterStr){names[i].data + 1, names[i].len - 1}, err));
  }
  return PROPTER_OK;
}

/* The values come in the order of the columns that have one. */
static PropterStatus take_value(const PropterStatement *st, void *payload, PropterError *err) {
  Solutions *s = payload;
  size_t column = s->next;
  PropterStr number = st->p.value;
  s->wrong |= !propter_str_equal(st->s.value, PROPTER_STR(ROW)) || number.len < 3 || st->g.kind != PROPTER_TERM_NONE;
  for (column = 0; !s->wrong && number.len > 2; number.data++, number.len--) column = column * 10 + (size_t)(number.data[2] - '0');
  s->wrong |= column < s->next || column >= s->terms.names.count;
  if (s->wrong) return PROPTER_OK;
  s->next = column + 1;
  return terms_set(&s->terms, column, st->o.value, st->o.datatype, err);
}

/* The terms of a row are Turtle's: a statement is made of each, so that the reader of Turtle reads them. */
static PropterStatus next_srt(void *state, PropterRow *row, bool *found, PropterError *err) {
  Solutions *s = state;
  const PropterRdfOptions turtle = {.format = "turtle"};
  const PropterRdfSink sink = {.statement = take_value, .payload = s};
  PropterRow r;
  size_t given = 0;
  *found = true;
  if (terms_header(&s->terms, row)) return PROPTER_OK;
  PROPTER_TRY(propter_table_next(s->rows, &r, found, err));
  if (!*found) return PROPTER_OK;
  propter_buf_reset(&s->text);
  for (size_t i = 0; i < r.count && !r.problem; i++) {
    PropterStr cell = propter_str_trim(r.cells[i]);
    if (cell.len) propter_buf_printf(&s->text, "<" ROW "> <x:%zu> %.*s .\n", i, (int)cell.len, cell.data), given++;
  }
  PROPTER_TRY(propter_buf_status(&s->text, err));
  PROPTER_TRY(terms_begin(&s->terms, row, r.line, err));
  s->next = 0, s->wrong = false;
  row->problem = r.problem;
  PropterError why = {0};
  PropterStatus status = given ? propter_rdf_read_text(propter_buf_str(&s->text), s->path, &turtle, &sink, &why) : PROPTER_OK;
  if (status == PROPTER_NO_MEMORY) return no_memory(err);
  size_t made = 0;
  for (size_t i = 0; i < row->count; i++) made += row->values[i].count;
  if (status != PROPTER_OK || s->wrong || made != given) row->problem = "expected terms in Turtle's syntax between the tabs";
  return PROPTER_OK;
}

#define SOLUTIONS(reader, word, endings, text, opens, gives)                                                                          \
  const TableReader reader = {.name = word, .extensions = endings, .summary = text, .open = opens, .next = gives, .close = close_solutions, .sheet = true}
SOLUTIONS(table_reader_srx, "srx", "srx", "SPARQL Query Results XML, a column for each variable", open_srx, next_solution);
SOLUTIONS(table_reader_srj, "srj", "srj", "SPARQL 1.1 Query Results JSON, a column for each variable", open_srj, next_solution);
SOLUTIONS(table_reader_srt, "srt", "", "SPARQL 1.1 Query Results TSV, a column for each variable", open_srt, next_srt);

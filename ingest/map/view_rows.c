/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a logical view: for each row of what it is on, every combination of the values of its fields, and for each of those every row of the views
 * joined with it, whose fields are kept in memory by the values of the conditions. */
#include <stdio.h>
#include <string.h>

#include "propter/vocab.h"
#include "view.h"

enum { COMBINATIONS = 1 << 20 };
#define NOTHING ((PropterCell){.text = {NULL, 0}, .datatype = {"", 0}})

/* A row of a parent: its fields, and the next one with the same key. */
typedef struct {
  PropterCell *cells;
  size_t next;
} Partner;

typedef struct {
  PropterMap first; /* key → number of the partner; its last in `last` */
  PROPTER_VEC(Partner) partners;
  PROPTER_VEC(size_t) last; /* of each partner that is the first of its key */
  PropterArena texts;
} Partners;

typedef struct {
  const PropterMapping *m;
  const View *view;
  PropterTable *table;
  size_t *columns; /* of each part, in the table */
  Partners *partners; /* of each join */
  PropterRow row;     /* of the table */
  size_t *records;    /* of each field: number of its present value in its column; SIZE_MAX: none */
  PropterCell *present; /* of each field: that value */
  PropterRow *rows;     /* of each field that reads documents: the row at hand */
  PropterLimits limits;
  char trouble[400];  /* with a document of the row */
  PropterCell *now;   /* of each column */
  PROPTER_VEC(PropterCell) made; /* rows, one behind the other */
  size_t next;
  uint64_t count; /* rows of the table */
  PropterCells *values;
  PropterArena texts; /* of the present row of the table */
  PropterBuf text;
} ViewRows;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a logical view"); }

static void close_view(void *state) {
  ViewRows *r = state;
  propter_table_close(r->table);
  for (size_t i = 0; r->partners && i < r->view->joins.count; i++) {
    propter_map_clear(&r->partners[i].first);
    propter_vec_clear(&r->partners[i].partners);
    propter_vec_clear(&r->partners[i].last);
    propter_arena_clear(&r->partners[i].texts);
  }
  propter_free(r->partners);
  propter_free(r->columns);
  propter_free(r->records);
  propter_free(r->present);
  propter_free(r->rows);
  propter_free(r->now);
  propter_free(r->values);
  propter_vec_clear(&r->made);
  propter_arena_clear(&r->texts);
  propter_buf_clear(&r->text);
  propter_free(r);
}

/* --- Values ------------------------------------------------------------------------------------------------------------------------- */

/* The k-th value of a column; false: there are no more. A plain cell is one value. */
static bool value_at(const PropterRow *row, size_t column, size_t k, PropterCell *out) {
  if (column >= row->count) return false;
  if (row->values) return k < row->values[column].count && (*out = row->values[column].items[k], true);
  *out = (PropterCell){.text = row->cells[column], .datatype = {"", 0}};
  return k == 0;
}

static PropterStatus make_number(PropterArena *arena, size_t n, PropterCell *out, PropterError *err) {
  *out = (PropterCell){.text = propter_arena_printf(arena, "%zu", n), .datatype = propter_vocab_iri(VOCAB_xsd_integer)};
  return out->text.data ? PROPTER_OK : no_memory(err);
}

/* What an expression gives where every column has one value at most: false: nothing. `columns`: of the parts by their slots, or NULL: the slots are columns. */
static bool single(const LogicalSource *s, const TermMap *t, const PropterRow *row, const size_t *columns, PropterBuf *text, PropterCell *out) {
  *out = NOTHING;
  if (t->kind == EXPRESSION_CONSTANT) return *out = (PropterCell){.text = t->constant.value, .datatype = t->constant.datatype}, true;
  propter_buf_reset(text);
  for (size_t i = 0; i < t->part_count; i++) {
    const Part *p = &t->parts[i];
    PropterCell cell = {.text = p->text, .datatype = {"", 0}};
    if (p->is_column && (!value_at(row, columns ? columns[p->slot] : p->slot, 0, &cell) || !cell.text.data || (s && source_null(s, cell.text)))) return false;
    if (t->kind == EXPRESSION_REFERENCE) return *out = cell, true;
    propter_buf_add(text, cell.text);
  }
  out->text = text->len ? propter_buf_str(text) : PROPTER_STR("");
  return true;
}

/* --- Partners ------------------------------------------------------------------------------------------------------------------------- */

/* Lengths stand before the values, so that no two lists of values look alike. False: a value is missing. */
static bool make_key(const LogicalSource *s, const ViewJoin *j, bool parent, const PropterRow *row, const size_t *columns, PropterBuf *text, PropterBuf *key) {
  propter_buf_reset(key);
  for (size_t i = 0; i < j->condition_count; i++) {
    PropterCell cell;
    if (!single(s, parent ? j->conditions[i].parent : j->conditions[i].child, row, columns, text, &cell)) return false;
    propter_buf_add(key, (PropterStr){(const char *)&cell.text.len, sizeof cell.text.len});
    propter_buf_add(key, cell.text);
  }
  return true;
}

/* Of two rows with one key, which say the same, one is as good as the other. */
static PropterStatus same_partner(const ViewRows *r, size_t n, const LogicalSource *s, const PropterRow *row, const Partner *a, const Partner *b,
                                  PropterError *err) {
  const ViewJoin *j = &r->view->joins.items[n];
  for (size_t i = 0; i < j->fields.count; i++) {
    PropterStr x = a->cells[i].text, y = b->cells[i].text;
    if (!x.data == !y.data && (!x.data || propter_str_equal(x, y))) continue;
    propter_error_at(err, s->is.path.data, row->line, 0);
    return propter_fail(err, PROPTER_INVALID, "expected one row for each %s (a join is many to one), found another one that says \"%.*s\", not \"%.*s\"",
                        j->conditions[0].parent->parts[0].text.data, (int)y.len, y.data ? y.data : "", (int)x.len, x.data ? x.data : "");
  }
  return PROPTER_OK;
}

static PropterStatus add_partner(ViewRows *r, size_t n, const LogicalSource *s, const PropterRow *row, const size_t *columns, PropterStr key,
                                 PropterError *err) {
  Partners *p = &r->partners[n];
  const ViewFields *fields = &r->view->joins.items[n].fields;
  Partner new = {propter_arena_alloc(&p->texts, (fields->count + 1) * sizeof *new.cells), SIZE_MAX};
  if (!new.cells)
    return propter_fail(err, p->texts.used > (SIZE_MAX >> 34) ? PROPTER_LIMIT : PROPTER_NO_MEMORY, "a join of views needs more memory than there is");
  for (size_t i = 0; i < fields->count; i++) {
    if (!single(s, fields->items[i].expression, row, columns, &r->text, &new.cells[i])) continue;
    PropterCell *c = &new.cells[i];
    c->text = propter_arena_copy(&p->texts, c->text), c->datatype = propter_arena_copy(&p->texts, c->datatype);
    if (!c->text.data || !c->datatype.data) return no_memory(err);
  }
  bool added;
  uint64_t *first = propter_map_put(&p->first, key, p->partners.count, &added);
  if (first && !added && r->view->joins.items[n].single) return same_partner(r, n, s, row, &p->partners.items[*first], &new, err);
  if (!first || !propter_vec_push(&p->partners, new) || !propter_vec_push(&p->last, p->partners.count - 1)) return no_memory(err);
  if (!added) p->partners.items[p->last.items[*first]].next = p->partners.count - 1;
  p->last.items[*first] = p->partners.count - 1;
  return PROPTER_OK;
}

static PropterStatus find_columns(const PropterMapping *m, PropterTable *table, const TermMap *t, size_t around, size_t *columns, PropterError *err) {
  for (size_t i = 0; i < t->part_count; i++) {
    const Part *p = &t->parts[i];
    PropterError why = {0};
    if (!p->is_column) continue;
    PropterStatus status = around == SIZE_MAX ? propter_table_column(table, p->text, &columns[p->slot], &why)
                                              : propter_table_nested(table, around, p->text, &columns[p->slot], &why);
    if (status != PROPTER_OK) return doc_fail(&m->doc, p->at ? p->at : t->at, err, status, "%s", why.message);
  }
  return PROPTER_OK;
}

static PropterStatus read_partners(ViewRows *r, size_t n, PropterTable *table, PropterError *err) {
  const ViewJoin *j = &r->view->joins.items[n];
  const LogicalSource *s = &r->m->sources.items[j->source];
  size_t *columns = propter_calloc(j->part_count + 1, sizeof *columns);
  PropterBuf key = {0};
  PropterRow row;
  bool found = true;
  PropterStatus status = columns ? PROPTER_OK : no_memory(err);
  for (size_t i = 0; i < j->condition_count && status == PROPTER_OK; i++) status = find_columns(r->m, table, j->conditions[i].parent, SIZE_MAX, columns, err);
  for (size_t i = 0; i < j->fields.count && status == PROPTER_OK; i++)
    status = find_columns(r->m, table, j->fields.items[i].expression, SIZE_MAX, columns, err);
  while (status == PROPTER_OK && (status = propter_table_next(table, &row, &found, err)) == PROPTER_OK && found) {
    if (row.problem || !make_key(s, j, true, &row, columns, &r->text, &key)) continue;
    status = propter_buf_status(&key, err);
    if (status == PROPTER_OK) status = add_partner(r, n, s, &row, columns, propter_buf_str(&key), err);
  }
  propter_free(columns);
  propter_buf_clear(&key);
  return status;
}

static PropterStatus find_partners(ViewRows *r, size_t n, const PropterLimits *limits, PropterError *err) {
  size_t source = r->view->joins.items[n].source;
  for (size_t file = 0; file < r->m->sources.items[source].is.file_count; file++) {
    PropterTable *table = NULL;
    PROPTER_TRY(source_open(r->m, source, file, limits, &table, err));
    PropterStatus status = read_partners(r, n, table, err);
    propter_table_close(table);
    PROPTER_TRY(status);
  }
  return PROPTER_OK;
}

/* --- Combinations --------------------------------------------------------------------------------------------------------------------- */

static PropterStatus emit(ViewRows *r, PropterError *err) {
  size_t width = r->view->names.count;
  if (r->made.count / width == COMBINATIONS) return propter_fail(err, PROPTER_LIMIT, "one row of the source makes more than %d rows of a view", COMBINATIONS);
  for (size_t i = 0; i < width; i++)
    if (!propter_vec_push(&r->made, r->now[i])) return no_memory(err);
  return PROPTER_OK;
}

/* The row would be missing from every slice by that table. */
static void without_partner(ViewRows *r, size_t n) {
  const ViewJoin *j = &r->view->joins.items[n];
  const PropterCell *cell = &r->now[j->conditions[0].child->parts[0].slot];
  const PropterStr key = cell->text.data ? cell->text : PROPTER_STR("");
  (void)snprintf(r->trouble, sizeof r->trouble, "no row of %s has \"%.*s\" as %s", r->m->sources.items[j->source].is.path.data, (int)key.len, key.data,
                 j->conditions[0].parent->parts[0].text.data);
  r->row.problem = r->trouble, r->row.rule = "join";
}

static PropterStatus add_joined(ViewRows *r, size_t n, PropterError *err) {
  if (n == r->view->joins.count) return emit(r, err);
  const ViewJoin *j = &r->view->joins.items[n];
  const Partners *p = &r->partners[n];
  PropterBuf key = {0};
  size_t width = r->view->names.count, matches = 0;
  PropterCells *cells = r->values;
  for (size_t i = 0; i < width; i++) cells[i] = (PropterCells){&r->now[i], r->now[i].text.data != NULL};
  PropterRow row = {.values = cells, .count = width};
  bool told = make_key(NULL, j, false, &row, NULL, &r->text, &key);
  PropterStatus status = propter_buf_status(&key, err);
  const uint64_t *first = told && status == PROPTER_OK ? propter_map_get(&p->first, propter_buf_str(&key)) : NULL;
  propter_buf_clear(&key);
  for (size_t at = first ? (size_t)*first : SIZE_MAX; at != SIZE_MAX && status == PROPTER_OK; at = p->partners.items[at].next, matches++) {
    for (size_t i = 0; i < j->fields.count && status == PROPTER_OK; i++) {
      status = make_number(&r->texts, matches, &r->now[j->fields.items[i].column], err);
      r->now[j->fields.items[i].column + 1] = p->partners.items[at].cells[i];
    }
    if (status == PROPTER_OK) status = add_joined(r, n + 1, err);
  }
  if (matches || j->inner || status != PROPTER_OK) return status;
  if (j->single) return without_partner(r, n), PROPTER_OK;
  for (size_t i = 0; i < j->fields.count; i++) r->now[j->fields.items[i].column] = r->now[j->fields.items[i].column + 1] = NOTHING;
  return add_joined(r, n + 1, err);
}

/* Columns of the fields that are parts of one table: that of the source (within: SIZE_MAX) or a document. */
static PropterStatus find_fields(ViewRows *r, PropterTable *table, size_t within, PropterError *err) {
  const ViewFields *fields = &r->view->fields;
  for (size_t i = 0; i < fields->count; i++) {
    const ViewField *f = &fields->items[i];
    if (f->within != within || f->document) continue;
    size_t around = f->parent == within ? SIZE_MAX : r->columns[fields->items[f->parent].expression->parts[0].slot];
    PROPTER_TRY(find_columns(r->m, table, f->expression, around, r->columns, err));
  }
  return PROPTER_OK;
}

static PropterStatus combine(ViewRows *r, size_t n, PropterError *err);

/* One value of field n, the index-th. What a document gives lasts as long as its row only. */
static PropterStatus take(ViewRows *r, size_t n, size_t record, size_t index, PropterCell value, PropterError *err) {
  const ViewField *f = &r->view->fields.items[n];
  r->records[n] = record;
  PROPTER_TRY(make_number(&r->texts, index, &r->now[f->column], err));
  value.of = 0;
  if (f->within != SIZE_MAX && value.text.data && !(value.text = propter_arena_copy(&r->texts, value.text)).data) return no_memory(err);
  r->present[n] = value;
  if (!f->iterable) r->now[f->column + 1] = value;
  return combine(r, n + 1, err);
}

static const PropterRow *row_of(const ViewRows *r, const ViewField *f) { return f->within == SIZE_MAX ? &r->row : &r->rows[f->within]; }

/* Documents name what is no value nowhere. */
static bool is_null(const ViewRows *r, const ViewField *f, PropterStr text) {
  return !text.data || (f->within == SIZE_MAX && source_null(&r->m->sources.items[r->view->source], text));
}

/* Combinations of the values of a template's parts, from part i on. */
static PropterStatus fill_template(ViewRows *r, size_t n, size_t i, PropterStr made, size_t around, size_t *index, PropterError *err) {
  const ViewField *f = &r->view->fields.items[n];
  const TermMap *t = f->expression;
  if (i == t->part_count) {
    size_t at = (*index)++;
    return take(r, n, at, at, (PropterCell){.text = made, .datatype = {"", 0}}, err);
  }
  const Part *p = &t->parts[i];
  PropterCell cell = {.text = p->text, .datatype = {"", 0}, .of = (uint32_t)around};
  for (size_t k = 0; p->is_column ? value_at(row_of(r, f), r->columns[p->slot], k, &cell) : k == 0; k++) {
    if (cell.of != around || (p->is_column && is_null(r, f, cell.text))) continue;
    PropterStr longer = propter_arena_printf(&r->texts, "%.*s%.*s", (int)made.len, made.data, (int)cell.text.len, cell.text.data);
    if (!longer.data) return no_memory(err);
    PROPTER_TRY(fill_template(r, n, i + 1, longer, around, index, err));
  }
  return PROPTER_OK;
}

static PropterStatus open_document(ViewRows *r, size_t n, PropterStr text, PropterTable **table, PropterError *err) {
  const ViewField *f = &r->view->fields.items[n];
  PropterTableOptions options = f->document->options;
  options.text = text;
  PROPTER_TRY(propter_table_open(r->view->fields.items[f->parent].name.data, &options, &r->limits, table, err));
  PropterStatus status = find_fields(r, *table, n, err);
  if (status == PROPTER_OK) return status;
  propter_table_close(*table);
  *table = NULL;
  return status;
}

/* Expressions that are none are mistakes of the mapping, whatever the documents are. */
static PropterStatus check_document(ViewRows *r, size_t n, PropterError *err) {
  PropterTable *table = NULL;
  PropterError why = {0};
  PropterStatus status = open_document(r, n, PROPTER_STR(""), &table, &why);
  propter_table_close(table);
  if (status != PROPTER_OK && !why.source[0]) return doc_fail(&r->m->doc, r->view->fields.items[n].at, err, status, "%s", why.message);
  if (status != PROPTER_OK && err) *err = why;
  return status;
}

/* The rows of the document that the field around holds. What is wrong with it is a problem of the row of the source. */
static PropterStatus read_document(ViewRows *r, size_t n, size_t *index, PropterError *err) {
  PropterTable *table = NULL;
  PropterError why = {0};
  PropterStr text = r->present[r->view->fields.items[n].parent].text;
  bool found = true;
  if (!propter_str_trim(text).len) return PROPTER_OK;
  PropterStatus status = open_document(r, n, text, &table, &why), used = PROPTER_OK;
  while (status == PROPTER_OK && used == PROPTER_OK && !r->row.problem) {
    status = propter_table_next(table, &r->rows[n], &found, &why);
    if (status != PROPTER_OK || !found) break;
    if (r->rows[n].problem) status = propter_fail(&why, PROPTER_INVALID, "%s", r->rows[n].problem);
    else used = take(r, n, 0, (*index)++, NOTHING, err);
  }
  propter_table_close(table);
  if (status == PROPTER_NO_MEMORY) return no_memory(err);
  if (status != PROPTER_OK) {
    (void)propter_error_format(&why, r->trouble, sizeof r->trouble);
    r->row.problem = r->trouble, r->row.rule = "document";
  }
  return used;
}

/* Every value of field n. */
static PropterStatus take_all(ViewRows *r, size_t n, size_t around, size_t *index, PropterError *err) {
  const ViewField *f = &r->view->fields.items[n];
  const TermMap *t = f->expression;
  PropterCell cell;
  if (f->document) return read_document(r, n, index, err);
  if (t->kind == EXPRESSION_CONSTANT) return take(r, n, 0, (*index)++, (PropterCell){.text = t->constant.value, .datatype = t->constant.datatype}, err);
  if (t->kind == EXPRESSION_TEMPLATE) return fill_template(r, n, 0, PROPTER_STR(""), around, index, err);
  for (size_t k = 0; value_at(row_of(r, f), r->columns[t->parts[0].slot], k, &cell); k++)
    if (cell.of == around && !is_null(r, f, cell.text)) PROPTER_TRY(take(r, n, k, (*index)++, cell, err));
  return PROPTER_OK;
}

/* Every combination of the values of the fields from the n-th on. */
static PropterStatus combine(ViewRows *r, size_t n, PropterError *err) {
  if (r->row.problem) return PROPTER_OK;
  if (n == r->view->fields.count) return add_joined(r, 0, err);
  const ViewField *f = &r->view->fields.items[n];
  size_t around = f->parent == SIZE_MAX ? 0 : r->records[f->parent], index = 0;
  if (around != SIZE_MAX) PROPTER_TRY(take_all(r, n, around, &index, err));
  if (index || r->row.problem) return PROPTER_OK;
  r->records[n] = SIZE_MAX;
  r->now[f->column] = NOTHING;
  if (!f->iterable) r->now[f->column + 1] = NOTHING;
  return combine(r, n + 1, err);
}

/* The rows that one row of the source makes: one with its problem, where it has one. */
static PropterStatus make_rows(ViewRows *r, PropterError *err) {
  size_t width = r->view->names.count;
  for (size_t i = 0; i < width; i++) r->now[i] = NOTHING;
  PROPTER_TRY(make_number(&r->texts, (size_t)r->count++, &r->now[0], err));
  PROPTER_TRY(combine(r, 0, err));
  if (!r->row.problem) return PROPTER_OK;
  r->made.count = 0;
  return emit(r, err);
}

static PropterStatus next_view(void *state, PropterRow *row, bool *found, PropterError *err) {
  ViewRows *r = state;
  size_t width = r->view->names.count;
  while (r->next == r->made.count) {
    propter_arena_clear(&r->texts);
    r->next = r->made.count = 0;
    PROPTER_TRY(propter_table_next(r->table, &r->row, found, err));
    if (!*found) return PROPTER_OK;
    PROPTER_TRY(make_rows(r, err));
  }
  for (size_t i = 0; i < width; i++) r->values[i] = (PropterCells){&r->made.items[r->next + i], r->made.items[r->next + i].text.data != NULL};
  r->next += width;
  *found = true;
  *row = (PropterRow){.line = r->row.line, .values = r->values, .count = width, .problem = r->row.problem, .rule = r->row.rule};
  return PROPTER_OK;
}

/* --- Opening -------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus prepare(ViewRows *r, size_t file, const PropterLimits *limits, PropterError *err) {
  const View *v = r->view;
  r->columns = propter_calloc(v->part_count + 1, sizeof *r->columns);
  r->records = propter_calloc(v->fields.count + 1, sizeof *r->records);
  r->present = propter_calloc(v->fields.count + 1, sizeof *r->present);
  r->rows = propter_calloc(v->fields.count + 1, sizeof *r->rows);
  r->limits = limits ? *limits : propter_limits_default();
  r->now = propter_calloc(v->names.count, sizeof *r->now);
  r->values = propter_calloc(v->names.count, sizeof *r->values);
  r->partners = propter_calloc(v->joins.count + 1, sizeof *r->partners);
  if (!r->columns || !r->records || !r->present || !r->rows || !r->now || !r->values || !r->partners) return no_memory(err);
  PROPTER_TRY(source_open(r->m, v->source, file, limits, &r->table, err));
  PROPTER_TRY(find_fields(r, r->table, SIZE_MAX, err));
  for (size_t i = 0; i < v->fields.count; i++)
    if (v->fields.items[i].document && v->fields.items[i].document->several) PROPTER_TRY(check_document(r, i, err));
  for (size_t i = 0; i < v->joins.count; i++) PROPTER_TRY(find_partners(r, i, limits, err));
  return PROPTER_OK;
}

static PropterStatus open_view(const PropterMapping *m, const View *v, size_t file, const PropterLimits *limits, PropterTable **table, PropterError *err) {
  ViewRows *r = propter_calloc(1, sizeof *r);
  if (!r) return no_memory(err);
  r->m = m, r->view = v;
  PropterStatus status = prepare(r, file, limits, err);
  if (status != PROPTER_OK) return close_view(r), status;
  return propter_table_of_rows(v->names.items, v->names.count, &(PropterTableRows){next_view, close_view, r}, table, err);
}

PropterStatus source_failed(const PropterMapping *m, size_t source, size_t file, PropterStatus status, const PropterError *why, PropterError *err) {
  const LogicalSource *s = &m->sources.items[source];
  if (status != PROPTER_OK && status != PROPTER_NO_MEMORY && !why->line && !why->has_byte && s->at)
    return doc_fail(&m->doc, s->at, err, status, "source %s: %s", s->is.files[file].data, why->message);
  if (status != PROPTER_OK && err) *err = *why;
  return status;
}

PropterStatus source_open(const PropterMapping *m, size_t source, size_t file, const PropterLimits *limits, PropterTable **table, PropterError *err) {
  const LogicalSource *s = &m->sources.items[source];
  const char *path = s->is.files[file].data;
  PropterError why = {0};
  if (s->view) return open_view(m, s->view, file, limits, table, err);
  PropterStatus status = propter_table_open(path, &s->options, limits, table, &why);
  return source_failed(m, source, file, status == PROPTER_USAGE ? PROPTER_INVALID : status, &why, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "warehouse.h"

#include <string.h>

#include "../table/sql.h"

typedef struct {
  const char *dialect, *grain, *pattern, *sql;
} Period;
typedef struct {
  PropterVocab word;
  bool combines;
  const char *dialect, *sql;
} Aggregate;
typedef struct {
  const char *dialect, *sql;
} Number;

typedef struct {
  const char *dialect;
  char unit;
  const char *grains, *order, *exactly, *within;
} Frame;

static const Period periods[] = {
#define PERIOD(dialect, grain, pattern, sql) {dialect, grain, pattern, sql},
#include "warehouse.def"
};
static const Aggregate aggregates[] = {
#define AGGREGATE(word, combines, dialect, sql) {VOCAB_propter_##word, combines, dialect, sql},
#include "warehouse.def"
};
static const Frame frames[] = {
#define FRAME(dialect, unit, grains, order, exactly, within) {dialect, unit, grains, order, exactly, within},
#include "warehouse.def"
};
static const Number numbers[] = {
#define NUMBER(dialect, sql) {dialect, sql},
#include "warehouse.def"
};

static bool fits(const char *row, const char *dialect) { return !*row || strcmp(row, dialect) == 0; }

bool warehouse_aggregates(PropterStr aggregation, bool *combines) {
  for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates; i++)
    if (propter_str_equal(aggregation, propter_vocab_iri(aggregates[i].word))) return *combines = aggregates[i].combines, true;
  return false;
}

bool warehouse_only(PropterStr aggregation) {
  static const PropterVocab words[] = {VOCAB_propter_CountDistinct, VOCAB_propter_CumulativeSum, VOCAB_propter_Median, VOCAB_propter_Percentile,
                                       VOCAB_propter_Formula};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (propter_str_equal(aggregation, propter_vocab_iri(words[i]))) return true;
  return false;
}

bool warehouse_reach(PropterStr text) {
  size_t n = 1;
  while (n < text.len && text.data[n] >= '0' && text.data[n] <= '9') n++;
  return n > 1 && n < 6 && n + 1 == text.len && *text.data == 'P' && strchr("DM", text.data[n]);
}

/* What stands for the signs ? @ # ~ of the table. */
typedef struct {
  PropterStr column, period, number, frame;
} Filling;

static void fill(PropterBuf *out, const char *sql, Filling with) {
  for (; *sql; sql++) {
    if (*sql == '?') propter_buf_add(out, with.column);
    else if (*sql == '@') propter_buf_add(out, with.period);
    else if (*sql == '#') propter_buf_add(out, with.number);
    else if (*sql == '~') propter_buf_add(out, with.frame);
    else propter_buf_add_char(out, *sql);
  }
}

bool warehouse_aggregate(PropterVocab word, PropterStr column, PropterBuf *sql) {
  for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates; i++) {
    if (aggregates[i].word != word) continue;
    if (*aggregates[i].dialect || strchr(aggregates[i].sql, '~')) return false;
    return fill(sql, aggregates[i].sql, (Filling){.column = column}), true;
  }
  return false;
}

typedef struct {
  PropterMapping *m;
  const LogicalSource *s; /* the database */
  Warehouse *w;
  PropterTable *table; /* its columns, without rows */
  const char *dialect;
  PropterBuf from, time, period, frame, value, number, group;
} Query;

static PropterStatus failed(const Query *q, PropterError *err, PropterStatus status, const char *why) {
  return doc_fail(&q->m->doc, q->w->at, err, status, "%s", why);
}

/* ALIAS."COLUMN", as the database writes its name. */
static PropterStatus put_name(const Query *q, const DocTriple *at, PropterTable *table, const char *alias, PropterStr column, PropterBuf *out,
                              PropterError *err) {
  size_t index, count;
  PropterError why = {0};
  PropterStatus status = propter_table_column(table, column, &index, &why);
  if (status != PROPTER_OK) return doc_fail(&q->m->doc, at, err, status, "%s", why.message);
  propter_buf_printf(out, "%s.", alias);
  propter_put_quoted(out, propter_table_columns(table, &count)[index]);
  return PROPTER_OK;
}

static PropterStatus put_column(const Query *q, PropterStr column, PropterBuf *out, PropterError *err) {
  return put_name(q, q->w->at, q->table, "t", column, out, err);
}

static void put_text(PropterBuf *out, PropterStr text) {
  propter_buf_add_char(out, '\'');
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] == '\'') propter_buf_add_char(out, '\'');
    propter_buf_add_char(out, text.data[i]);
  }
  propter_buf_add_char(out, '\'');
}

/* The columns of a table, and how it is named; a name without capitals or signs is tried without quotes, too, since databases fold names in their own ways. */
static PropterStatus open_table(const Query *q, const DocTriple *at, PropterStr name, PropterBuf *from, PropterTable **table, PropterError *err) {
  PropterTableOptions options = q->s->options;
  PropterError why = {0};
  PropterStatus status = PROPTER_OK;
  for (int plain = 0; plain < 2; plain++) {
    PropterBuf text = {0};
    propter_buf_reset(from);
    if (plain) propter_buf_add(from, name);
    else sql_put_name(name, from);
    propter_buf_printf(&text, "SELECT * FROM %s t WHERE 1 = 0", from->data ? from->data : "");
    options.query = text.data, options.table = NULL;
    status = propter_buf_status(&text, err);
    if (status == PROPTER_OK) status = propter_table_open(q->s->is.path.data, &options, q->m->options->limits, table, &why);
    propter_buf_clear(&text);
    if (status != PROPTER_INVALID || !sql_is_name(name)) break;
  }
  return status == PROPTER_OK || status == PROPTER_NO_MEMORY ? status : doc_fail(&q->m->doc, at, err, status, "%s", why.message);
}

/* --- Joins ------------------------------------------------------------------------------------------------------------------------------ */

/* A joined table, its columns called "JOIN.COLUMN", so that SQL over the metric's own columns stays as it is. */
typedef struct {
  Query *q;
  size_t join;
  PropterTable *table;
  PropterBuf from, columns, keys;
  PropterMap taken;
} Joined;

static const MetricJoin *join_at(const Query *q, size_t n) { return &q->w->joined->joins.items[n]; }

/* "JOIN.COLUMN" */
static void put_joined_name(const Query *q, size_t join, PropterStr column, PropterBuf *out) {
  PropterBuf name = {0};
  propter_buf_printf(&name, "%s.%.*s", join_at(q, join)->name.data, (int)column.len, column.data);
  propter_put_quoted(out, propter_buf_str(&name));
  if (name.failed) out->failed = name.failed;
  propter_buf_clear(&name);
}

/* jN."JOIN.COLUMN" */
static void put_joined(const Query *q, size_t join, PropterStr column, PropterBuf *out) {
  propter_buf_printf(out, "j%zu.", join);
  put_joined_name(q, join, column, out);
}

static PropterStatus take_column(Joined *j, PropterStr column, const DocTriple *at, PropterError *err) {
  bool added;
  if (!propter_map_put(&j->taken, column, 0, &added)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a query");
  if (!added) return PROPTER_OK;
  if (j->columns.len) propter_buf_add(&j->columns, PROPTER_STR(", "));
  PROPTER_TRY(put_name(j->q, at, j->table, "c", column, &j->columns, err));
  propter_buf_add(&j->columns, PROPTER_STR(" AS "));
  put_joined_name(j->q, j->join, column, &j->columns);
  return PROPTER_OK;
}

/* Those that it is joined by, that others are joined to it by, and dimensions. */
static PropterStatus take_columns(Joined *j, PropterError *err) {
  const MetricJoin *own = join_at(j->q, j->join);
  const MetricSlices *all = j->q->w->joined;
  for (size_t c = 0; c < own->condition_count; c++) {
    PROPTER_TRY(take_column(j, metric_parent(own, c), own->at, err));
    if (c) propter_buf_add(&j->keys, PROPTER_STR(", "));
    put_joined(j->q, j->join, metric_parent(own, c), &j->keys);
  }
  for (size_t i = 0; i < all->joins.count; i++)
    for (size_t c = 0; all->joins.items[i].around == j->join && c < all->joins.items[i].condition_count; c++)
      PROPTER_TRY(take_column(j, metric_child(&all->joins.items[i], c), all->joins.items[i].at, err));
  for (size_t i = 0; i < all->slices.count; i++)
    if (all->slices.items[i].join == j->join) PROPTER_TRY(take_column(j, all->slices.items[i].column, all->slices.items[i].at, err));
  PROPTER_TRY(propter_buf_status(&j->keys, err));
  return propter_buf_status(&j->columns, err);
}

/* With two partners a row would count twice. */
static PropterStatus check_single(const Joined *j, PropterError *err) {
  const MetricJoin *own = join_at(j->q, j->join);
  PropterTableOptions options = j->q->s->options;
  PropterTable *table = NULL;
  PropterBuf text = {0};
  PropterError why = {0};
  PropterRow row;
  bool found = false;
  propter_buf_printf(&text, "SELECT %s FROM (SELECT DISTINCT %s FROM %s c) j%zu GROUP BY %s HAVING COUNT(*) > 1", j->keys.data, j->columns.data, j->from.data,
                     j->join, j->keys.data);
  options.query = text.data, options.table = NULL;
  PropterStatus status = propter_buf_status(&text, &why);
  if (status == PROPTER_OK) status = propter_table_open(j->q->s->is.path.data, &options, j->q->m->options->limits, &table, &why);
  if (status == PROPTER_OK) status = propter_table_next(table, &row, &found, &why);
  if (status == PROPTER_OK && found)
    status = propter_fail(&why, PROPTER_INVALID, "expected one row of %s for each %s (a join is many to one), found several that differ", j->from.data,
                          metric_parent(own, 0).data);
  propter_table_close(table);
  propter_buf_clear(&text);
  return status == PROPTER_OK ? status : doc_fail(&j->q->m->doc, own->at, err, status, "%s", why.message);
}

static PropterStatus put_conditions(const Joined *j, PropterBuf *out, PropterError *err) {
  const MetricJoin *own = join_at(j->q, j->join);
  for (size_t c = 0; c < own->condition_count; c++) {
    propter_buf_add(out, c ? PROPTER_STR(" AND ") : PROPTER_STR(" ON "));
    if (own->around == SIZE_MAX) PROPTER_TRY(put_name(j->q, own->at, j->q->table, "t", metric_child(own, c), out, err));
    else put_joined(j->q, own->around, metric_child(own, c), out);
    propter_buf_add(out, PROPTER_STR(" = "));
    put_joined(j->q, j->join, metric_parent(own, c), out);
  }
  return PROPTER_OK;
}

static PropterStatus add_join(Query *q, size_t n, PropterError *err) {
  Joined j = {.q = q, .join = n};
  const DocTriple *at = join_at(q, n)->at, *name = doc_find(&q->m->doc, at->o, VOCAB_propter_sourceTable, 0);
  if (!name) return doc_fail(&q->m->doc, at, err, PROPTER_INVALID, "the join names no table: expected propter:sourceTable");
  PropterStatus status = open_table(q, at, doc_node(&q->m->doc, name->o)->term.value, &j.from, &j.table, err);
  if (status == PROPTER_OK) status = take_columns(&j, err);
  if (status == PROPTER_OK) status = check_single(&j, err);
  if (status == PROPTER_OK) {
    propter_buf_printf(&q->from, " LEFT JOIN (SELECT DISTINCT %s FROM %s c) j%zu", j.columns.data, j.from.data, n);
    status = put_conditions(&j, &q->from, err);
  }
  propter_table_close(j.table);
  propter_map_clear(&j.taken);
  propter_buf_clear(&j.from);
  propter_buf_clear(&j.columns);
  propter_buf_clear(&j.keys);
  return status == PROPTER_OK ? propter_buf_status(&q->from, err) : status;
}

/* The tables, joined where a dimension stands in another one. */
static PropterStatus open_tables(Query *q, PropterError *err) {
  bool joins = false;
  PROPTER_TRY(open_table(q, q->w->at, q->w->table, &q->from, &q->table, err));
  q->dialect = table_dialect(q->table);
  propter_buf_add(&q->from, PROPTER_STR(" t"));
  for (size_t i = 0; i < q->w->slices; i++) joins |= q->w->slice[i].is->join != SIZE_MAX;
  for (size_t n = 0; joins && n < q->w->joined->joins.count; n++) PROPTER_TRY(add_join(q, n, err));
  return propter_buf_status(&q->from, err);
}

static PropterStatus put_slice(const Query *q, const MetricSlice *slice, PropterBuf *out, PropterError *err) {
  if (slice->join == SIZE_MAX) return put_name(q, slice->at, q->table, "t", slice->column, out, err);
  put_joined(q, slice->join, slice->column, out);
  return PROPTER_OK;
}

/* --- The query -------------------------------------------------------------------------------------------------------------------------- */

static const Period *period_of(const Query *q, PropterStr grain) {
  for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
    if (fits(periods[i].dialect, q->dialect) && propter_str_equal(grain, propter_str(periods[i].grain))) return &periods[i];
  return NULL;
}

/* "ORDER BY … RANGE …": up to here from so far back (P7D, P3M), or the period that is so far back alone. */
static PropterStatus put_frame(Query *q, PropterStr reach, bool alone, PropterBuf *out, PropterError *err) {
  char unit = reach.data[reach.len - 1], step = q->w->grain.data[q->w->grain.len - 1];
  Filling with = {.period = propter_buf_str(&q->period), .number = {reach.data + 1, reach.len - 2}};
  for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
    const Frame *f = &frames[i];
    if (!fits(f->dialect, q->dialect) || f->unit != unit || !strchr(f->grains, step) || (alone && !f->exactly)) continue;
    propter_buf_add(out, PROPTER_STR("ORDER BY "));
    fill(out, f->order, with);
    propter_buf_add(out, PROPTER_STR(" RANGE BETWEEN "));
    fill(out, alone ? f->exactly : f->within, with);
    propter_buf_add(out, PROPTER_STR(" PRECEDING AND "));
    if (alone) fill(out, f->exactly, with);
    propter_buf_add(out, alone ? PROPTER_STR(" PRECEDING") : PROPTER_STR("CURRENT ROW"));
    return propter_buf_status(out, err);
  }
  return doc_fail(&q->m->doc, q->w->at, err, PROPTER_INVALID, "no SQL is known that goes %.*s back over periods of %.*s in a database of this kind",
                  (int)reach.len, reach.data, (int)q->w->grain.len, q->w->grain.data);
}

/* What a cumulative sum goes over. */
static PropterStatus choose_frame(Query *q, PropterError *err) {
  const Warehouse *w = q->w;
  PropterStr period = propter_buf_str(&q->period);
  const Period *since = w->since.len ? period_of(q, w->since) : NULL;
  if (w->since.len && (!since || since->pattern)) return failed(q, err, PROPTER_INVALID, "no SQL is known for this propter:since in a database of this kind");
  if (since) {
    propter_buf_add(&q->frame, PROPTER_STR("PARTITION BY "));
    fill(&q->frame, since->sql, (Filling){.column = period});
    propter_buf_add_char(&q->frame, ' ');
  }
  if (w->window.len) return put_frame(q, w->window, false, &q->frame, err);
  propter_buf_printf(&q->frame, "ORDER BY %.*s", (int)period.len, period.data);
  return propter_buf_status(&q->frame, err);
}

static PropterStatus choose_period(Query *q, PropterError *err) {
  const Period *period = period_of(q, q->w->grain);
  if (!period) return failed(q, err, PROPTER_INVALID, "no SQL is known for this grain in a database of this kind");
  q->w->pattern = period->pattern;
  fill(&q->period, period->sql, (Filling){.column = propter_buf_str(&q->time)});
  return propter_buf_status(&q->period, err);
}

/* The expression, in which {ago P1M} is the window of the period so long before. */
static PropterStatus put_expression(Query *q, PropterError *err) {
  const PropterStr ago = PROPTER_STR("{ago ");
  PropterStr rest = q->w->expression;
  propter_buf_add_char(&q->value, '(');
  for (size_t at; (at = propter_str_find(rest, ago)) != SIZE_MAX;) {
    propter_buf_add(&q->value, (PropterStr){rest.data, at});
    rest = (PropterStr){rest.data + at + ago.len, rest.len - at - ago.len};
    PropterStr reach = {rest.data, propter_str_find(rest, PROPTER_STR("}"))};
    if (reach.len == SIZE_MAX || !warehouse_reach(reach)) return failed(q, err, PROPTER_INVALID, "expected a duration such as {ago P7D} or {ago P3M}");
    PROPTER_TRY(put_frame(q, reach, true, &q->value, err));
    rest = (PropterStr){rest.data + reach.len + 1, rest.len - reach.len - 1};
  }
  propter_buf_add(&q->value, rest);
  propter_buf_add(&q->value, PROPTER_STR("\n)"));
  return propter_buf_status(&q->value, err);
}

static PropterStatus choose(Query *q, PropterError *err) {
  const Aggregate *aggregate = NULL;
  const Number *number = numbers;
  Warehouse *w = q->w;
  for (size_t i = 0; !aggregate && i < sizeof aggregates / sizeof *aggregates; i++)
    if (fits(aggregates[i].dialect, q->dialect) && propter_str_equal(w->aggregation, propter_vocab_iri(aggregates[i].word))) aggregate = &aggregates[i];
  while (!fits(number->dialect, q->dialect)) number++;
  if (!aggregate) return failed(q, err, PROPTER_INVALID, "no SQL is known for this aggregation");
  PROPTER_TRY(choose_frame(q, err));
  PropterBuf all = {0};
  fill(&all, aggregate->sql,
       (Filling){.column = q->value.len ? propter_buf_str(&q->value) : PROPTER_STR("*"), .number = w->share, .frame = propter_buf_str(&q->frame)});
  fill(&q->number, number->sql, (Filling){.column = propter_buf_str(&all)});
  PropterStatus status = propter_buf_status(&all, err);
  propter_buf_clear(&all);
  return status;
}

static PropterStatus write(Query *q, PropterBuf *sql, PropterError *err) {
  Warehouse *w = q->w;
  bool where = false;
  PROPTER_TRY(put_column(q, w->time, &q->time, err));
  PROPTER_TRY(propter_buf_status(&q->time, err));
  PROPTER_TRY(choose_period(q, err));
  w->sized = propter_str_equal(w->aggregation, propter_vocab_iri(VOCAB_propter_Mean));
  if (w->expression.len) PROPTER_TRY(put_expression(q, err));
  else if (w->value.len) PROPTER_TRY(put_column(q, w->value, &q->value, err));
  PROPTER_TRY(propter_buf_status(&q->value, err));
  PROPTER_TRY(choose(q, err));
  propter_buf_printf(sql, "SELECT %s AS ", q->period.data ? q->period.data : "");
  propter_put_quoted(sql, w->time);
  propter_buf_add(&q->group, propter_buf_str(&q->period));
  for (size_t i = 0; i < w->slices; i++) {
    propter_buf_add(sql, PROPTER_STR(", ")), propter_buf_add(&q->group, PROPTER_STR(", "));
    PROPTER_TRY(put_slice(q, w->slice[i].is, sql, err));
    PROPTER_TRY(put_slice(q, w->slice[i].is, &q->group, err));
    propter_buf_add(sql, PROPTER_STR(" AS ")), propter_put_quoted(sql, w->slice[i].is->name);
  }
  propter_buf_printf(sql, ", %s AS ", q->number.data ? q->number.data : "");
  propter_put_quoted(sql, w->value.len ? w->value : PROPTER_STR("value"));
  /* The weight of a mean where cells are combined. */
  if (w->sized) fill(sql, ", COUNT(?) AS ", (Filling){.column = propter_buf_str(&q->value)}), propter_put_quoted(sql, PROPTER_STR(WAREHOUSE_SIZE));
  propter_buf_printf(sql, " FROM %s", q->from.data);
  for (size_t i = 0; i < w->slices; i++) {
    if (!w->slice[i].fixed) continue;
    propter_buf_add(sql, where ? PROPTER_STR(" AND ") : PROPTER_STR(" WHERE "));
    where = true;
    PROPTER_TRY(put_slice(q, w->slice[i].is, sql, err));
    propter_buf_add(sql, PROPTER_STR(" = ")), put_text(sql, w->slice[i].member);
  }
  PROPTER_TRY(propter_buf_status(&q->group, err));
  propter_buf_printf(sql, " GROUP BY %s ORDER BY %s", q->group.data, q->group.data);
  return propter_buf_status(sql, err);
}

PropterStatus warehouse_query(PropterMapping *m, const LogicalSource *s, Warehouse *w, PropterError *err) {
  Query q = {.m = m, .s = s, .w = w};
  PropterBuf sql = {0};
  PropterStatus status = open_tables(&q, err);
  if (status == PROPTER_OK) status = write(&q, &sql, err);
  if (status == PROPTER_OK && !(w->sql = propter_arena_copy(&m->arena, propter_buf_str(&sql))).data)
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a query");
  PropterBuf *all[] = {&q.from, &q.time, &q.period, &q.frame, &q.value, &q.number, &q.group, &sql};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) propter_buf_clear(all[i]);
  propter_table_close(q.table);
  return status;
}

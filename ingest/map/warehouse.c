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

static const Period periods[] = {
#define PERIOD(dialect, grain, pattern, sql) {dialect, grain, pattern, sql},
#include "warehouse.def"
};
static const Aggregate aggregates[] = {
#define AGGREGATE(word, combines, dialect, sql) {VOCAB_propter_##word, combines, dialect, sql},
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

static void fill(PropterBuf *out, const char *sql, PropterStr column, PropterStr period, PropterStr share) {
  for (; *sql; sql++) {
    if (*sql == '?') propter_buf_add(out, column);
    else if (*sql == '@') propter_buf_add(out, period);
    else if (*sql == '#') propter_buf_add(out, share);
    else propter_buf_add_char(out, *sql);
  }
}

bool warehouse_aggregate(PropterVocab word, PropterStr column, PropterBuf *sql) {
  PropterStr none = {"", 0};
  for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates; i++) {
    if (aggregates[i].word != word) continue;
    if (*aggregates[i].dialect || strchr(aggregates[i].sql, '@')) return false;
    return fill(sql, aggregates[i].sql, column, none, none), true;
  }
  return false;
}

typedef struct {
  PropterMapping *m;
  Warehouse *w;
  PropterTable *table; /* its columns, without rows */
  const char *dialect;
  PropterBuf from, time, period, value, number, group;
} Query;

static PropterStatus failed(const Query *q, PropterError *err, PropterStatus status, const char *why) {
  return doc_fail(&q->m->doc, q->w->at, err, status, "%s", why);
}

/* t."COLUMN", as the database writes its name. */
static PropterStatus put_column(Query *q, PropterStr column, PropterBuf *out, PropterError *err) {
  size_t index, count;
  PropterError why = {0};
  PropterStatus status = propter_table_column(q->table, column, &index, &why);
  if (status != PROPTER_OK) return failed(q, err, status, why.message);
  propter_buf_add(out, PROPTER_STR("t."));
  propter_put_quoted(out, propter_table_columns(q->table, &count)[index]);
  return PROPTER_OK;
}

static void put_text(PropterBuf *out, PropterStr text) {
  propter_buf_add_char(out, '\'');
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] == '\'') propter_buf_add_char(out, '\'');
    propter_buf_add_char(out, text.data[i]);
  }
  propter_buf_add_char(out, '\'');
}

/* The columns of the table; a name without capitals or signs is tried without quotes, too, since databases fold names in their own ways. */
static PropterStatus open_table(Query *q, const LogicalSource *s, PropterError *err) {
  PropterTableOptions options = s->options;
  PropterError why = {0};
  PropterStatus status = PROPTER_OK;
  for (int plain = 0; plain < 2; plain++) {
    PropterBuf text = {0};
    propter_buf_reset(&q->from);
    if (plain) propter_buf_add(&q->from, q->w->table);
    else sql_put_name(q->w->table, &q->from);
    propter_buf_add(&q->from, PROPTER_STR(" t"));
    propter_buf_printf(&text, "SELECT * FROM %s WHERE 1 = 0", q->from.data ? q->from.data : "");
    options.query = text.data, options.table = NULL;
    status = propter_buf_status(&text, err);
    if (status == PROPTER_OK) status = propter_table_open(s->is.path.data, &options, q->m->options->limits, &q->table, &why);
    propter_buf_clear(&text);
    if (status != PROPTER_INVALID || !sql_is_name(q->w->table)) break;
  }
  if (status == PROPTER_OK) q->dialect = table_dialect(q->table);
  return status == PROPTER_OK || status == PROPTER_NO_MEMORY ? status : failed(q, err, status, why.message);
}

static PropterStatus choose(Query *q, PropterError *err) {
  const Period *period = NULL;
  const Aggregate *aggregate = NULL;
  const Number *number = numbers;
  Warehouse *w = q->w;
  PropterStr none = {"", 0};
  for (size_t i = 0; !period && i < sizeof periods / sizeof *periods; i++)
    if (fits(periods[i].dialect, q->dialect) && propter_str_equal(w->grain, propter_str(periods[i].grain))) period = &periods[i];
  for (size_t i = 0; !aggregate && i < sizeof aggregates / sizeof *aggregates; i++)
    if (fits(aggregates[i].dialect, q->dialect) && propter_str_equal(w->aggregation, propter_vocab_iri(aggregates[i].word))) aggregate = &aggregates[i];
  while (!fits(number->dialect, q->dialect)) number++;
  if (!period) return failed(q, err, PROPTER_INVALID, "no SQL is known for this grain in a database of this kind");
  if (!aggregate) return failed(q, err, PROPTER_INVALID, "no SQL is known for this aggregation");
  w->pattern = period->pattern;
  fill(&q->period, period->sql, propter_buf_str(&q->time), none, none);
  PropterBuf all = {0};
  fill(&all, aggregate->sql, q->value.len ? propter_buf_str(&q->value) : PROPTER_STR("*"), propter_buf_str(&q->period), w->share);
  fill(&q->number, number->sql, propter_buf_str(&all), none, none);
  PropterStatus status = propter_buf_status(&all, err);
  propter_buf_clear(&all);
  return status;
}

static PropterStatus write(Query *q, PropterBuf *sql, PropterError *err) {
  Warehouse *w = q->w;
  bool where = false;
  PROPTER_TRY(put_column(q, w->time, &q->time, err));
  if (w->expression.len) propter_buf_printf(&q->value, "(%s\n)", w->expression.data);
  else if (w->value.len) PROPTER_TRY(put_column(q, w->value, &q->value, err));
  PROPTER_TRY(propter_buf_status(&q->time, err));
  PROPTER_TRY(propter_buf_status(&q->value, err));
  PROPTER_TRY(choose(q, err));
  propter_buf_printf(sql, "SELECT %s AS ", q->period.data ? q->period.data : "");
  propter_put_quoted(sql, w->time);
  propter_buf_add(&q->group, propter_buf_str(&q->period));
  for (size_t i = 0; i < w->slices; i++) {
    propter_buf_add(sql, PROPTER_STR(", ")), propter_buf_add(&q->group, PROPTER_STR(", "));
    PROPTER_TRY(put_column(q, w->slice[i].column, sql, err));
    PROPTER_TRY(put_column(q, w->slice[i].column, &q->group, err));
    propter_buf_add(sql, PROPTER_STR(" AS ")), propter_put_quoted(sql, w->slice[i].column);
  }
  propter_buf_printf(sql, ", %s AS ", q->number.data ? q->number.data : "");
  propter_put_quoted(sql, w->value.len ? w->value : PROPTER_STR("value"));
  propter_buf_printf(sql, " FROM %s", q->from.data);
  for (size_t i = 0; i < w->slices; i++) {
    if (!w->slice[i].fixed) continue;
    propter_buf_add(sql, where ? PROPTER_STR(" AND ") : PROPTER_STR(" WHERE "));
    where = true;
    PROPTER_TRY(put_column(q, w->slice[i].column, sql, err));
    propter_buf_add(sql, PROPTER_STR(" = ")), put_text(sql, w->slice[i].member);
  }
  PROPTER_TRY(propter_buf_status(&q->group, err));
  propter_buf_printf(sql, " GROUP BY %s ORDER BY %s", q->group.data, q->group.data);
  return propter_buf_status(sql, err);
}

PropterStatus warehouse_query(PropterMapping *m, const LogicalSource *s, Warehouse *w, PropterError *err) {
  Query q = {.m = m, .w = w};
  PropterBuf sql = {0};
  PropterStatus status = open_table(&q, s, err);
  if (status == PROPTER_OK) status = write(&q, &sql, err);
  if (status == PROPTER_OK && !(w->sql = propter_arena_copy(&m->arena, propter_buf_str(&sql))).data)
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a query");
  PropterBuf *all[] = {&q.from, &q.time, &q.period, &q.value, &q.number, &q.group, &sql};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) propter_buf_clear(all[i]);
  propter_table_close(q.table);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A join of two triples maps that read one database becomes one query, which the database answers (R2RML §8, "joint SQL query"): a triples map of its own,
 * whose source is that query. Nothing of the parent is kept in memory. */
#include <string.h>

#include "../table/sql.h"
#include "model.h"

/* The two sides of a join, as the query names them. */
typedef struct {
  const char *name;
  PropterStr query;
  PropterTable *table; /* without rows: what its columns are called */
} Side;

typedef struct {
  PropterMapping *m;
  size_t child, parent; /* triples maps */
  const PredicateObject *po;
  const ObjectMap *object;
  Side sides[2];
  PropterBuf columns, conditions;
} Joint;

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool same_database(const LogicalSource *a, const LogicalSource *b) {
  bool sql = a->options.format && (strcmp(a->options.format, "sqlite") == 0 || a->is.database);
  return sql && same_text(a->options.format, b->options.format) && propter_str_equal(a->is.path, b->is.path) && same_text(a->options.user, b->options.user) &&
         same_text(a->options.password, b->options.password) && a->plain_values == b->plain_values && !a->nulls.count && !b->nulls.count;
}

/* Of columns alone. */
static bool is_plain(const TermMap *t) {
  return !t || ((t->kind == EXPRESSION_CONSTANT || t->kind == EXPRESSION_REFERENCE || t->kind == EXPRESSION_TEMPLATE) && !t->condition && !t->datatype &&
                !t->language);
}

static bool all_plain(const TermMaps *maps) {
  for (size_t i = 0; i < maps->count; i++)
    if (!is_plain(maps->items[i])) return false;
  return true;
}

static bool can_be_query(const PropterMapping *m, const TriplesMap *child, const PredicateObject *po, const ObjectMap *object) {
  if (object->map || !object->join_count) return false;
  const TriplesMap *parent = &m->maps.items[object->parent];
  if (!same_database(&m->sources.items[child->source], &m->sources.items[parent->source]) || join_is_projection(m, child, po, object)) return false;
  for (size_t i = 0; i < object->join_count; i++)
    if (object->joins[i].child->kind != EXPRESSION_REFERENCE || object->joins[i].parent->kind != EXPRESSION_REFERENCE) return false;
  /* Blank nodes are those of the document that their triples map stands in. */
  if (!is_plain(child->subject) || !is_plain(parent->subject) || (parent->subject->type == TYPE_BLANK && parent->at->file != child->at->file)) return false;
  return all_plain(&child->graphs) && all_plain(&po->graphs) && all_plain(&po->predicates) && !child->unique;
}

/* Opens a query's columns without its rows. */
static PropterStatus open_empty(const LogicalSource *s, PropterStr query, const PropterLimits *limits, PropterTable **table, PropterError *err) {
  PropterBuf sql = {0};
  propter_buf_printf(&sql, "SELECT * FROM (%.*s) q WHERE 1 = 0", (int)query.len, query.data);
  PropterTableOptions options = s->options;
  options.table = NULL;
  options.query = sql.data;
  PropterStatus status = propter_buf_status(&sql, err);
  if (status == PROPTER_OK) status = propter_table_open(s->is.files[0].data, &options, limits, table, err);
  propter_buf_clear(&sql);
  return status;
}

static PropterStatus open_side(Joint *j, Side *side, const LogicalSource *s, PropterError *err) {
  PROPTER_TRY(sql_statement(&s->options, &j->m->arena, &side->query, err));
  PropterStatus status = open_empty(s, side->query, j->m->options->limits, &side->table, err);
  if (status != PROPTER_INVALID || !sql_plain_name(&s->options)) return status;
  /* The database may know the name in other letters only without quotes. */
  side->query = propter_arena_printf(&j->m->arena, "SELECT * FROM %s", s->options.table);
  return side->query.data ? open_empty(s, side->query, j->m->options->limits, &side->table, err)
                          : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a join");
}

/* The name of a column as the database has it, quoted. */
static PropterStatus add_column(const Side *side, PropterStr column, PropterBuf *out, PropterError *err) {
  size_t index, count;
  PROPTER_TRY(propter_table_column(side->table, column, &index, err));
  propter_buf_printf(out, "%s.", side->name);
  propter_put_quoted(out, propter_table_columns(side->table, &count)[index]);
  return PROPTER_OK;
}

/* A copy of a term map that reads the query's columns. */
static PropterStatus copy_term(Joint *j, const Side *side, const TermMap *from, TermMap **out, PropterError *err) {
  *out = NULL;
  if (!from) return PROPTER_OK;
  TermMap *t = *out = model_alloc(j->m, sizeof *t, err);
  if (!t) return PROPTER_NO_MEMORY;
  *t = *from;
  if (!(t->parts = model_alloc(j->m, (from->part_count + 1) * sizeof *t->parts, err))) return PROPTER_NO_MEMORY;
  for (size_t i = 0; i < from->part_count; i++) {
    Part *part = &t->parts[i];
    *part = from->parts[i];
    if (!part->is_column) continue;
    part->text = propter_arena_printf(&j->m->arena, "%s.%.*s", side->name, (int)from->parts[i].text.len, from->parts[i].text.data);
    if (!part->text.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a join");
    part->slot = j->m->slot_count++;
    PropterBuf alias = {0};
    propter_put_quoted(&alias, part->text);
    PropterStr text = propter_buf_str(&alias);
    /* Each column once. */
    if (propter_buf_status(&alias, err) == PROPTER_OK && propter_str_find(propter_buf_str(&j->columns), text) == SIZE_MAX) {
      if (j->columns.len) propter_buf_add(&j->columns, PROPTER_STR(", "));
      PropterStatus status = add_column(side, from->parts[i].text, &j->columns, err);
      if (status != PROPTER_OK) return propter_buf_clear(&alias), status;
      propter_buf_printf(&j->columns, " AS %.*s", (int)text.len, text.data);
    }
    PropterStatus status = propter_buf_status(&alias, err);
    propter_buf_clear(&alias);
    PROPTER_TRY(status);
  }
  return PROPTER_OK;
}

static PropterStatus copy_terms(Joint *j, const TermMaps *from, TermMaps *out, PropterError *err) {
  for (size_t i = 0; i < from->count; i++) {
    TermMap *t;
    PROPTER_TRY(copy_term(j, &j->sides[0], from->items[i], &t, err));
    if (!propter_vec_push(out, t)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a join");
  }
  return PROPTER_OK;
}

static PropterStatus add_conditions(Joint *j, PropterError *err) {
  for (size_t i = 0; i < j->object->join_count; i++) {
    if (i) propter_buf_add(&j->conditions, PROPTER_STR(" AND "));
    PROPTER_TRY(add_column(&j->sides[0], j->object->joins[i].child->parts[0].text, &j->conditions, err));
    propter_buf_add(&j->conditions, PROPTER_STR(" = "));
    PROPTER_TRY(add_column(&j->sides[1], j->object->joins[i].parent->parts[0].text, &j->conditions, err));
  }
  return PROPTER_OK;
}

static PropterStatus fill_map(Joint *j, TriplesMap *map, PredicateObject *po, PropterError *err) {
  const TriplesMap *child = &j->m->maps.items[j->child], *parent = &j->m->maps.items[j->parent];
  ObjectMap object = {.parent = j->parent, .queried = j->object->join_count, .at = j->object->at};
  PROPTER_TRY(copy_term(j, &j->sides[0], child->subject, &map->subject, err));
  PROPTER_TRY(copy_terms(j, &child->graphs, &map->graphs, err));
  PROPTER_TRY(copy_terms(j, &j->po->graphs, &po->graphs, err));
  PROPTER_TRY(copy_terms(j, &j->po->predicates, &po->predicates, err));
  PROPTER_TRY(copy_term(j, &j->sides[1], parent->subject, &object.map, err));
  PROPTER_TRY(add_conditions(j, err));
  if (!propter_vec_push(&po->objects, object)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a join");
  PROPTER_TRY(propter_buf_status(&j->columns, err));
  return propter_buf_status(&j->conditions, err);
}

/* The source of the query, if the database takes it: types that it does not compare are compared here. */
static PropterStatus fill_source(Joint *j, LogicalSource *s, PropterError *err) {
  PropterTable *table = NULL;
  PropterStr query = propter_arena_printf(&j->m->arena, "SELECT %s FROM (%s) child, (%s) parent WHERE %s", j->columns.data, j->sides[0].query.data,
                                          j->sides[1].query.data, j->conditions.data);
  if (!query.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a join");
  *s = j->m->sources.items[j->m->maps.items[j->child].source];
  s->options.table = NULL;
  s->options.query = query.data;
  PROPTER_TRY(open_empty(s, query, j->m->options->limits, &table, err));
  propter_table_close(table);
  return PROPTER_OK;
}

static void clear_terms(PredicateObject *po) {
  propter_vec_clear(&po->predicates);
  propter_vec_clear(&po->objects);
  propter_vec_clear(&po->graphs);
}

/* Appends the triples map of a join; not OK: the mapping is as it was. */
static PropterStatus add_joint(PropterMapping *m, size_t child, const PredicateObject *po, const ObjectMap *object, PropterError *err) {
  Joint j = {.m = m, .child = child, .parent = object->parent, .po = po, .object = object, .sides = {{.name = "child"}, {.name = "parent"}}};
  const TriplesMap *own = &m->maps.items[child];
  TriplesMap map = {.node = own->node, .at = own->at, .source = m->sources.count};
  PredicateObject says = {0};
  LogicalSource source;
  PropterStatus status = open_side(&j, &j.sides[0], &m->sources.items[own->source], err);
  if (status == PROPTER_OK) status = open_side(&j, &j.sides[1], &m->sources.items[m->maps.items[object->parent].source], err);
  if (status == PROPTER_OK) status = fill_map(&j, &map, &says, err);
  if (status == PROPTER_OK) status = fill_source(&j, &source, err);
  if (status == PROPTER_OK && !(propter_vec_push(&map.says, says) && propter_vec_reserve(&m->maps, m->maps.count + 1) && propter_vec_push(&m->sources, source)))
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a join");
  if (status == PROPTER_OK) {
    (void)propter_vec_push(&m->maps, map);
  } else {
    propter_vec_clear(&map.says);
    propter_vec_clear(&map.graphs);
    clear_terms(&says);
  }
  for (int i = 0; i < 2; i++) propter_table_close(j.sides[i].table);
  propter_buf_clear(&j.columns);
  propter_buf_clear(&j.conditions);
  return status;
}

PropterStatus database_joins(PropterMapping *m, PropterError *err) {
  size_t count = m->maps.count;
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < m->maps.items[i].says.count; k++)
      for (size_t o = 0; o < m->maps.items[i].says.items[k].objects.count;) {
        const PredicateObject *po = &m->maps.items[i].says.items[k];
        PropterError why = {0};
        PropterStatus status =
            can_be_query(m, &m->maps.items[i], po, &po->objects.items[o]) ? add_joint(m, i, po, &po->objects.items[o], &why) : PROPTER_INVALID;
        if (status == PROPTER_NO_MEMORY) return propter_fail(err, status, "%s", why.message);
        /* A database that cannot be reached, or does not take the query: reading the two sources will say why, or join them here. */
        if (status == PROPTER_IO) return PROPTER_OK;
        PredicateObject *own = &m->maps.items[i].says.items[k];
        if (status == PROPTER_OK) memmove(own->objects.items + o, own->objects.items + o + 1, (--own->objects.count - o) * sizeof *own->objects.items);
        else o++;
      }
  return PROPTER_OK;
}

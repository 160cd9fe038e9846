/* SPDX-License-Identifier: Apache-2.0 */
/* Joins: the parent's subjects are kept in memory by the values of the join columns; the children are streamed. */
#include <string.h>

#include "execute.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a join"); }

static bool same_column(const TermMap *a, const TermMap *b) {
  return a->kind == EXPRESSION_REFERENCE && b->kind == EXPRESSION_REFERENCE && propter_str_equal(a->parts[0].text, b->parts[0].text);
}

/* All columns of a term map are among those that the join compares. */
static bool inside(const ObjectMap *object, const TermMap *t) {
  if (!t || t->kind == EXPRESSION_CONSTANT) return true;
  if (t->kind == EXPRESSION_NONE) return false;
  for (size_t i = 0; i < t->part_count; i++) {
    bool joined = !t->parts[i].is_column;
    for (size_t k = 0; k < object->join_count && !joined; k++) joined = propter_str_equal(t->parts[i].text, object->joins[k].child->parts[0].text);
    if (!joined) return false;
  }
  return true;
}

static bool all_inside(const ObjectMap *object, const TermMaps *maps) {
  for (size_t i = 0; i < maps->count; i++)
    if (!inside(object, maps->items[i])) return false;
  return true;
}

/* On one source with equal columns on both sides, every row joins itself. Where those columns hold all that one of the two ends needs, the
 * other rows of the join add nothing: they name the same parent, or are named by the same child. */
bool join_is_projection(const PropterMapping *m, const TriplesMap *map, const PredicateObject *po, const ObjectMap *object) {
  const TriplesMap *parent = &m->maps.items[object->parent];
  if (!object->join_count) return true;
  if (parent->source != map->source) return false;
  for (size_t i = 0; i < object->join_count; i++)
    if (!same_column(object->joins[i].child, object->joins[i].parent)) return false;
  if (inside(object, parent->subject)) return true;
  return parent->subject->kind != EXPRESSION_NONE && inside(object, map->subject) && all_inside(object, &map->graphs) && all_inside(object, &po->graphs) && all_inside(object, &po->predicates);
}

/* Values of one side, each with its length before it, so that no two lists of values look alike. */
static PropterStatus make_key(Execution *x, const ObjectMap *object, bool parent, PropterBuf *key, Outcome *outcome, PropterError *err) {
  *outcome = GOT;
  propter_buf_reset(key);
  for (size_t i = 0; i < object->join_count && *outcome == GOT; i++) {
    PropterMapTerm term;
    PROPTER_TRY(eval_term(x, parent ? object->joins[i].parent : object->joins[i].child, &term, outcome, err));
    if (*outcome == GOT) propter_buf_printf(key, "%zu:", term.term.value.len), propter_buf_add(key, term.term.value);
  }
  return propter_buf_status(key, err);
}

static PropterStatus add_entry(JoinIndex *index, PropterStr key, const PropterTerm *subject, PropterError *err) {
  JoinEntry e = {*subject, SIZE_MAX};
  e.subject.value = propter_arena_copy(&index->texts, subject->value);
  if (!e.subject.value.data) return index->texts.used > (SIZE_MAX >> 34) ? propter_fail(err, PROPTER_LIMIT, "a join needs more than 1 GiB of memory") : no_memory(err);
  bool added;
  uint64_t *first = propter_map_put(&index->first, key, index->entries.count, &added);
  if (!first) return no_memory(err);
  uint64_t *last = propter_map_put(&index->last, key, index->entries.count, NULL);
  if (!last || !propter_vec_push(&index->entries, e)) return no_memory(err);
  if (!added) index->entries.items[*last].next = index->entries.count - 1;
  *last = index->entries.count - 1;
  return PROPTER_OK;
}

static PropterStatus build(Execution *x, const ObjectMap *object, PropterError *err) {
  JoinIndex *index = &x->joins[object->number];
  const TriplesMap *parent = &x->m->maps.items[object->parent];
  PropterTable *table = NULL;
  PropterBuf key = {0};
  PropterStatus status = open_source(x, parent->source, &table, err);
  x->source = parent->source;
  x->map = object->parent;
  bool found = true;
  while (status == PROPTER_OK && (status = propter_table_next(table, &x->row, &found, err)) == PROPTER_OK && found) {
    Outcome outcome;
    PropterMapTerm subject;
    if (x->row.problem) continue;
    scratch_rewind(&x->scratch);
    status = make_key(x, object, true, &key, &outcome, err);
    if (status != PROPTER_OK || outcome != GOT) continue;
    status = eval_term(x, parent->subject, &subject, &outcome, err);
    if (status == PROPTER_OK && outcome == GOT) status = add_entry(index, propter_buf_str(&key), &subject.term, err);
  }
  propter_table_close(table);
  propter_buf_clear(&key);
  index->built = status == PROPTER_OK;
  return status;
}

PropterStatus join_build_all(Execution *x, PropterError *err) {
  for (size_t i = 0; i < x->m->maps.count; i++) {
    const TriplesMap *map = &x->m->maps.items[i];
    for (size_t k = 0; k < map->says.count; k++)
      for (size_t o = 0; o < map->says.items[k].objects.count; o++) {
        const ObjectMap *object = &map->says.items[k].objects.items[o];
        if (object->map) continue;
        if (!object->join_count && x->m->maps.items[object->parent].source != map->source)
          return doc_fail(&x->m->doc, object->at, err, PROPTER_INVALID, "the two triples maps read different sources: expected a join condition");
        if (!join_is_projection(x->m, map, &map->says.items[k], object)) PROPTER_TRY(build(x, object, err));
      }
  }
  return PROPTER_OK;
}

PropterStatus join_each(Execution *x, const ObjectMap *object, PropterStatus (*each)(Execution *x, const PropterTerm *subject, PropterError *err), PropterError *err) {
  Outcome outcome = GOT;
  JoinIndex *index = &x->joins[object->number];
  PropterBuf key = {0};
  PropterStatus status = make_key(x, object, false, &key, &outcome, err);
  if (index->built) {
    uint64_t *at = status == PROPTER_OK && outcome == GOT ? propter_map_get(&index->first, propter_buf_str(&key)) : NULL;
    for (size_t e = at ? (size_t)*at : SIZE_MAX; status == PROPTER_OK && e != SIZE_MAX; e = index->entries.items[e].next) status = each(x, &index->entries.items[e].subject, err);
  } else if (status == PROPTER_OK && outcome == GOT) {
    size_t child = x->map;
    PropterMapTerm subject;
    x->map = object->parent;
    status = eval_term(x, x->m->maps.items[object->parent].subject, &subject, &outcome, err);
    x->map = child;
    /* A subject that cannot be is rejected where it is the subject. */
    if (status == PROPTER_OK && outcome == GOT) status = each(x, &subject.term, err);
  }
  propter_buf_clear(&key);
  return status;
}

void join_clear(JoinIndex *index) {
  propter_map_clear(&index->first);
  propter_map_clear(&index->last);
  propter_vec_clear(&index->entries);
  propter_arena_clear(&index->texts);
}

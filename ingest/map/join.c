/* SPDX-License-Identifier: Apache-2.0 */
/* Joins: the parent's subjects are kept in memory by the values of the join columns; the children are streamed. */
#include <string.h>

#include "execute.h"
#include "propter/hash.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a join"); }

static bool same_column(const TermMap *a, const TermMap *b) {
  return a->kind == EXPRESSION_REFERENCE && b->kind == EXPRESSION_REFERENCE && propter_str_equal(a->parts[0].text, b->parts[0].text);
}

/* All columns of a term map are among those that the join compares. */
static bool inside(const ObjectMap *object, const TermMap *t) {
  if (!t || t->kind == EXPRESSION_CONSTANT) return true;
  if (t->kind == EXPRESSION_NONE || t->kind == EXPRESSION_GATHER || t->condition || t->call) return false;
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
  /* Where a column may hold several values, a row need not join itself by the same one. */
  if (parent->source != map->source || m->sources.items[map->source].several) return false;
  for (size_t i = 0; i < object->join_count; i++)
    if (!same_column(object->joins[i].child, object->joins[i].parent)) return false;
  if (inside(object, parent->subject)) return true;
  return parent->subject->kind != EXPRESSION_NONE && inside(object, map->subject) && all_inside(object, &map->graphs) && all_inside(object, &po->graphs) &&
         all_inside(object, &po->predicates);
}

typedef PropterStatus (*WithKey)(Execution *x, PropterStr key, void *payload, PropterError *err);

/* Calls back for each combination of the values of one side from the n-th condition on; each value with its length before it, so that no two
 * lists of values look alike. */
static PropterStatus each_key(Execution *x, const ObjectMap *object, bool parent, size_t n, PropterBuf *key, WithKey with, void *payload, PropterError *err) {
  PROPTER_TRY(propter_buf_status(key, err));
  if (n == object->join_count) return with(x, propter_buf_str(key), payload, err);
  Range range;
  Outcome outcome;
  size_t length = key->len;
  PROPTER_TRY(eval_terms(x, parent ? object->joins[n].parent : object->joins[n].child, &range, &outcome, err));
  for (size_t i = range.begin; i < range.end && outcome == GOT; i++) {
    PropterStr value = x->terms.items[i].term.value;
    key->len = length;
    propter_buf_add(key, (PropterStr){(const char *)&value.len, sizeof value.len});
    propter_buf_add(key, value);
    PROPTER_TRY(each_key(x, object, parent, n + 1, key, with, payload, err));
  }
  return PROPTER_OK;
}

static PropterStatus add_entry(JoinIndex *index, PropterStr key, const PropterMapTerm *subject, PropterError *err) {
  JoinEntry e = {.subject = subject->term, .targets = subject->targets, .next = SIZE_MAX};
  PropterHash128 pair = propter_hash128(key), other = propter_hash128(subject->term.value);
  pair.low += other.low * 3 + subject->targets;
  pair.high += other.high * 3;
  bool added;
  if (!propter_hash_set_add(&index->pairs, pair, &added)) return no_memory(err);
  if (!added) return PROPTER_OK;
  index->print += propter_hash64((PropterStr){(const char *)&pair, sizeof pair});
  e.subject.value = propter_arena_copy(&index->texts, subject->term.value);
  if (!e.subject.value.data)
    return index->texts.used > (SIZE_MAX >> 34) ? propter_fail(err, PROPTER_LIMIT, "a join needs more than 1 GiB of memory") : no_memory(err);
  uint64_t *first = propter_map_put(&index->first, key, index->entries.count, &added);
  if (!first || !propter_vec_push(&index->entries, e)) return no_memory(err);
  JoinEntry *of_key = &index->entries.items[*first];
  if (!added) index->entries.items[of_key->last].next = index->entries.count - 1;
  of_key->last = index->entries.count - 1;
  of_key->sum += other.low + subject->targets;
  return PROPTER_OK;
}

typedef struct {
  JoinIndex *index;
  Range subjects;
} Build;

static PropterStatus add_subjects(Execution *x, PropterStr key, void *payload, PropterError *err) {
  const Build *b = payload;
  for (size_t i = b->subjects.begin; i < b->subjects.end; i++) PROPTER_TRY(add_entry(b->index, key, &x->terms.items[i], err));
  return PROPTER_OK;
}

/* Takes in how many columns from the first on hold all that a term map needs; false: it needs more than columns. */
static bool add_columns(const Execution *x, const TermMap *t, size_t *count) {
  if (t->call || t->gather || t->condition || t->datatype || t->language || t->kind == EXPRESSION_NONE) return false;
  for (size_t i = 0; i < t->part_count; i++)
    if (t->parts[i].is_column && x->slots[t->parts[i].slot] >= *count) *count = x->slots[t->parts[i].slot] + 1;
  return true;
}

/* Rows of a parent often stand together: those with the same cells up to this column name it by the same values; 0: that cannot be told. */
static size_t leading_columns(const Execution *x, const ObjectMap *object) {
  size_t count = 0;
  bool told = add_columns(x, x->m->maps.items[object->parent].subject, &count);
  for (size_t i = 0; i < object->join_count && told; i++) told = add_columns(x, object->joins[i].parent, &count);
  return told ? count : 0;
}

static PropterStatus build_from(Execution *x, const ObjectMap *object, size_t file, PropterError *err) {
  JoinIndex *index = &x->joins[object->number];
  const TriplesMap *parent = &x->m->maps.items[object->parent];
  PropterTable *table = NULL;
  PropterBuf key = {0};
  PropterStatus status = open_source(x, parent->source, file, &table, err);
  x->map = object->parent;
  size_t columns = status == PROPTER_OK ? leading_columns(x, object) : 0;
  bool found = true;
  while (status == PROPTER_OK && (status = propter_table_next(table, &x->row, &found, err)) == PROPTER_OK && found) {
    Outcome outcome;
    Build b = {.index = index};
    if (x->row.problem) continue;
    scratch_rewind(&x->scratch);
    propter_buf_reset(&key);
    x->terms.count = x->texts.count = 0;
    status = eval_terms(x, parent->subject, &b.subjects, &outcome, err);
    if (status == PROPTER_OK && outcome == GOT) status = each_key(x, object, true, 0, &key, add_subjects, &b, err);
    if (status == PROPTER_OK && columns) status = propter_table_skip_same(table, columns, err);
  }
  propter_table_close(table);
  propter_buf_clear(&key);
  return status;
}

/* An index that was built before and serves this join, too: the same parent by the same columns. */
static const JoinIndex *find_same(const Execution *x, const ObjectMap *object) {
  for (size_t i = 0; i < x->m->maps.count; i++)
    for (size_t k = 0; k < x->m->maps.items[i].says.count; k++)
      for (size_t o = 0; o < x->m->maps.items[i].says.items[k].objects.count; o++) {
        const ObjectMap *other = &x->m->maps.items[i].says.items[k].objects.items[o];
        if (other->map || other == object || !x->joins[other->number].built || x->joins[other->number].same) continue;
        bool same = other->parent == object->parent && other->join_count == object->join_count;
        for (size_t n = 0; n < object->join_count && same; n++) same = same_column(other->joins[n].parent, object->joins[n].parent);
        if (same) return &x->joins[other->number];
      }
  return NULL;
}

static const JoinIndex *index_of(const Execution *x, const ObjectMap *object) {
  const JoinIndex *index = &x->joins[object->number];
  return index->same ? index->same : index;
}

static PropterStatus build(Execution *x, const ObjectMap *object, PropterError *err) {
  JoinIndex *index = &x->joins[object->number];
  index->same = find_same(x, object);
  index->built = true;
  if (index->same) return PROPTER_OK;
  const LogicalSource *source = &x->m->sources.items[x->m->maps.items[object->parent].source];
  for (size_t i = 0; i < source->is.file_count; i++) PROPTER_TRY(build_from(x, object, i, err));
  propter_hash_set_clear(&index->pairs);
  return PROPTER_OK;
}

static PropterStatus build_object(Execution *x, const TriplesMap *map, const PredicateObject *po, const ObjectMap *object, PropterError *err) {
  if (object->map) {
    const Gather *g = object->map->gather;
    for (size_t i = 0; g && i < g->item_count; i++) PROPTER_TRY(build_object(x, map, po, &g->items[i], err));
    return PROPTER_OK;
  }
  if (!object->join_count && x->m->maps.items[object->parent].source != map->source)
    return doc_fail(&x->m->doc, object->at, err, PROPTER_INVALID, "the two triples maps read different sources: expected a join condition");
  return join_is_projection(x->m, map, po, object) ? PROPTER_OK : build(x, object, err);
}

PropterStatus join_build_all(Execution *x, PropterError *err) {
  for (size_t i = 0; i < x->m->maps.count; i++) {
    const TriplesMap *map = &x->m->maps.items[i];
    const Gather *g = map->subject->gather;
    for (size_t k = 0; g && k < g->item_count; k++) PROPTER_TRY(build_object(x, map, &(PredicateObject){0}, &g->items[k], err));
    for (size_t k = 0; k < map->says.count; k++)
      for (size_t o = 0; o < map->says.items[k].objects.count; o++)
        PROPTER_TRY(build_object(x, map, &map->says.items[k], &map->says.items[k].objects.items[o], err));
  }
  return PROPTER_OK;
}

typedef struct {
  const JoinIndex *index;
  uint64_t sum;
} Probe;

static PropterStatus probe(Execution *x, PropterStr key, void *payload, PropterError *err) {
  const JoinIndex *index = ((const Probe *)payload)->index;
  const uint64_t *at = propter_map_get(&index->first, key);
  for (size_t e = at ? (size_t)*at : SIZE_MAX; e != SIZE_MAX; e = index->entries.items[e].next)
    if (!propter_vec_push(&x->found, ((PropterMapTerm){.term = index->entries.items[e].subject, .targets = index->entries.items[e].targets})))
      return no_memory(err);
  return PROPTER_OK;
}

/* The row names the parent itself. A subject that cannot be is rejected where it is the subject. */
static PropterStatus project(Execution *x, const ObjectMap *object, Range *out, PropterError *err) {
  size_t child = x->map, terms = x->terms.count;
  Outcome outcome = GOT;
  for (size_t i = 0; i < object->join_count && outcome == GOT; i++) PROPTER_TRY(eval_terms(x, object->joins[i].child, out, &outcome, err));
  x->terms.count = terms;
  *out = (Range){terms, terms};
  if (outcome != GOT) return PROPTER_OK;
  x->map = object->parent;
  PropterStatus status = eval_terms(x, x->m->maps.items[object->parent].subject, out, &outcome, err);
  x->map = child;
  if (outcome != GOT) x->terms.count = out->end = terms;
  return status;
}

PropterStatus join_terms(Execution *x, const ObjectMap *object, Range *out, PropterError *err) {
  Probe p = {index_of(x, object), 0};
  if (!p.index->built) return project(x, object, out, err);
  uint32_t at;
  size_t terms = x->terms.count;
  x->found.count = 0;
  propter_buf_reset(&x->key);
  PropterStatus status = each_key(x, object, false, 0, &x->key, probe, &p, err);
  /* The values of the keys were terms, too. */
  x->terms.count = terms;
  for (size_t i = 0; i < x->found.count && status == PROPTER_OK; i++) status = eval_add(x, &x->found.items[i], &at, err);
  *out = (Range){terms, x->terms.count};
  return status;
}

static PropterStatus add_sum(Execution *x, PropterStr key, void *payload, PropterError *err) {
  (void)x, (void)err;
  Probe *p = payload;
  const uint64_t *at = propter_map_get(&p->index->first, key);
  if (at) p->sum += p->index->entries.items[*at].sum;
  return PROPTER_OK;
}

PropterStatus join_hash(Execution *x, const ObjectMap *object, uint64_t *hash, PropterError *err) {
  Probe p = {index_of(x, object), 0};
  size_t terms = x->terms.count;
  propter_buf_reset(&x->key);
  PropterStatus status = each_key(x, object, false, 0, &x->key, add_sum, &p, err);
  x->terms.count = terms;
  *hash = p.sum;
  return status;
}

uint64_t join_print(const Execution *x, const ObjectMap *object) { return index_of(x, object)->print; }

void join_clear(JoinIndex *index) {
  propter_map_clear(&index->first);
  propter_hash_set_clear(&index->pairs);
  propter_vec_clear(&index->entries);
  propter_arena_clear(&index->texts);
}

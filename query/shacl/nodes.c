/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of nodes: targets, classes and the values of paths, for all focus nodes at once. */
#include <string.h>

#include "../../engine/graph/id.h"
#include "shacl.h"

static bool same_triple(const PropterQuad *a, const PropterQuad *b) { return a->s == b->s && a->p == b->p && a->o == b->o; }

/* The values of one focus node; the cursor stands before them or on the first. */
static PropterStatus values_of(Validator *v, Cursor *c, bool inverse, PropterQuad want, PropterIds *values, PropterError *err) {
  PropterQuad last = {0};
  PROPTER_TRY(cursor_seek(&v->run, c, &want, err));
  for (const PropterQuad *row;; c->at++) {
    PROPTER_TRY(cursor_row(&v->run, c, &row, err));
    if (!row || (inverse ? row->o != want.o : row->s != want.s)) return PROPTER_OK;
    if (!exec_graph_visible(&v->run, &v->run.default_graph, row->g) || same_triple(row, &last)) continue;
    last = *row;
    if (!propter_vec_push(values, inverse ? row->s : row->o)) return exec_fail_memory(&v->run, err);
  }
}

/* A focus node that stands there again has the same values again. */
static PropterStatus repeat(Validator *v, PropterIds *values, size_t from, PropterError *err) {
  size_t to = values->count;
  if (!propter_vec_reserve(values, to + (to - from))) return exec_fail_memory(&v->run, err);
  for (size_t k = from; k < to; k++) values->items[values->count++] = values->items[k];
  return PROPTER_OK;
}

PropterStatus nodes_step(Validator *v, PropterId predicate, bool inverse, const PropterId *focus, size_t count, PropterIds *values, size_t *first,
                         PropterError *err) {
  Cursor c = {0};
  PropterStatus status = PROPTER_OK;
  bool known = !exec_local(predicate) && predicate != PROPTER_NO_ID;
  if (known) status = cursor_open(&v->run, &c, inverse ? PROPTER_POSG : PROPTER_PSOG, (PropterQuad){.p = predicate}, 1, err);
  first[0] = values->count;
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) {
    if (i && focus[i] == focus[i - 1]) {
      status = repeat(v, values, first[i - 1], err);
      first[i + 1] = values->count;
      continue;
    }
    PropterQuad want = {.s = inverse ? 0 : focus[i], .p = predicate, .o = inverse ? focus[i] : 0};
    if (known && !exec_local(focus[i])) status = values_of(v, &c, inverse, want, values, err);
    first[i + 1] = values->count;
  }
  cursor_close(&v->run, &c);
  return status;
}

static PropterStatus walk(Validator *v, const ShaclShape *shape, const PropterId *focus, size_t count, PropterIds *values, size_t *first, PropterError *err) {
  size_t column = prepared_column(shape->walk, PROPTER_STR("value"));
  first[0] = values->count;
  for (size_t i = 0; i < count; i++) {
    PROPTER_TRY(exec_check(&v->run, err));
    PROPTER_TRY(prepared_give(shape->walk, 0, &v->run, focus[i], err));
    PROPTER_TRY(prepared_start(shape->walk, err));
    for (bool end;;) {
      PropterId id;
      PROPTER_TRY(prepared_next(shape->walk, &end, err));
      if (end) break;
      PROPTER_TRY(prepared_value(shape->walk, column, &v->run, &id, err));
      if (!propter_vec_push(values, id)) return exec_fail_memory(&v->run, err);
    }
    ids_sort(values, first[i]);
    first[i + 1] = values->count;
  }
  return PROPTER_OK;
}

PropterStatus nodes_values(Validator *v, const ShaclShape *shape, const PropterId *focus, size_t count, PropterIds *values, size_t *first, PropterError *err) {
  if (shape->walk) return walk(v, shape, focus, count, values, first, err);
  return nodes_step(v, shape->link, shape->inverse, focus, count, values, first, err);
}

/* All nodes one predicate leads to from nodes given in any order, in ascending order. */
static PropterStatus leap(Validator *v, PropterId predicate, bool inverse, PropterIds *from, PropterIds *to, PropterError *err) {
  size_t start = to->count;
  ids_sort(from, 0);
  size_t *first = propter_malloc((from->count + 1) * sizeof *first);
  PropterStatus status = first ? nodes_step(v, predicate, inverse, from->items, from->count, to, first, err) : exec_fail_memory(&v->run, err);
  propter_free(first);
  ids_sort(to, start);
  return status;
}

PropterStatus nodes_subclasses(Validator *v, PropterIds *classes, PropterError *err) {
  PropterIds level = {0}, next = {0};
  PropterStatus status = propter_vec_reserve(&level, classes->count) ? PROPTER_OK : exec_fail_memory(&v->run, err);
  for (size_t i = 0; i < classes->count && status == PROPTER_OK; i++) level.items[level.count++] = classes->items[i];
  while (status == PROPTER_OK && level.count) {
    next.count = 0;
    status = leap(v, v->word[VOCAB_rdfs_subClassOf], true, &level, &next, err);
    level.count = 0;
    for (size_t i = 0; status == PROPTER_OK && i < next.count; i++)
      if (!ids_have(classes, next.items[i]) && !propter_vec_push(&level, next.items[i])) status = exec_fail_memory(&v->run, err);
    for (size_t i = 0; status == PROPTER_OK && i < level.count; i++)
      if (!propter_vec_push(classes, level.items[i])) status = exec_fail_memory(&v->run, err);
    ids_sort(classes, 0);
  }
  propter_vec_clear(&level);
  propter_vec_clear(&next);
  return status;
}

PropterStatus nodes_classes(Validator *v, PropterId class, PropterIds *out, PropterError *err) {
  if (!propter_vec_push(out, class)) return exec_fail_memory(&v->run, err);
  return nodes_subclasses(v, out, err);
}

static PropterStatus class_targets(Validator *v, PropterId class, PropterIds *out, PropterError *err) {
  PropterIds classes = {0};
  PropterStatus status = nodes_classes(v, class, &classes, err);
  if (status == PROPTER_OK) status = leap(v, v->word[VOCAB_rdf_type], true, &classes, out, err);
  propter_vec_clear(&classes);
  return status;
}

static PropterStatus predicate_targets(Validator *v, PropterId predicate, bool objects, PropterIds *out, PropterError *err) {
  Matcher m = {0};
  PropterStatus status = matcher_open_sorted(&v->run, &m, &v->run.default_graph, (PropterQuad){.p = predicate}, objects ? 2 : 0, err);
  for (size_t n = 1; status == PROPTER_OK && n;) {
    status = matcher_next(&v->run, &m, BATCH, &n, err);
    for (size_t i = 0; i < n && status == PROPTER_OK; i++) {
      PropterId id = objects ? m.rows[i].o : m.rows[i].s;
      if ((!out->count || out->items[out->count - 1] != id) && !propter_vec_push(out, id)) status = exec_fail_memory(&v->run, err);
    }
  }
  matcher_free(&v->run, &m);
  return status;
}

/* Is it a class in the shapes graph? */
static bool is_class(const Validator *v, PropterId node, unsigned depth) {
  for (const ShapesTriple *t = NULL; (t = shapes_next(v, node, v->word[depth ? VOCAB_rdfs_subClassOf : VOCAB_rdf_type], t));)
    if (t->o == v->word[VOCAB_rdfs_Class] || t->o == v->word[VOCAB_owl_Class] || (depth < 4 && is_class(v, t->o, depth + 1))) return true;
  return false;
}

PropterStatus nodes_targets(Validator *v, const ShaclShape *shape, PropterIds *out, PropterError *err) {
  for (const ShapesTriple *t = NULL; (t = shapes_next(v, shape->node, PROPTER_NO_ID, t));) {
    if (t->p == v->word[VOCAB_sh_targetNode] && !propter_vec_push(out, t->o)) return exec_fail_memory(&v->run, err);
    if (t->p == v->word[VOCAB_sh_targetClass]) PROPTER_TRY(class_targets(v, t->o, out, err));
    if (t->p == v->word[VOCAB_sh_targetSubjectsOf]) PROPTER_TRY(predicate_targets(v, t->o, false, out, err));
    if (t->p == v->word[VOCAB_sh_targetObjectsOf]) PROPTER_TRY(predicate_targets(v, t->o, true, out, err));
  }
  if (is_class(v, shape->node, 0)) PROPTER_TRY(class_targets(v, shape->node, out, err));
  ids_sort(out, 0);
  return PROPTER_OK;
}

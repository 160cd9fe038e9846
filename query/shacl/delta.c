/* SPDX-License-Identifier: Apache-2.0 */
/* Which focus nodes a change may have affected: from the changed quads outwards, along the paths of the shapes. A node that is not found has the same results
 * before and after the change. Where a query or a longer path meets the change, every node may be affected. */
#include <stdlib.h>

#include "../../engine/graph/id.h"
#include "shacl.h"

static PropterStatus put(Validator *v, PropterIds *ids, PropterId id, PropterError *err) {
  return propter_vec_push(ids, id) ? PROPTER_OK : exec_fail_memory(&v->run, err);
}

/* Predicates that a shape looks at are named by the documents, all but two; a closed shape looks at every one. Queries do, too, but of them any change affects
 * all nodes. */
static PropterStatus seen_predicates(Validator *v, PropterIds *out, bool *every, PropterError *err) {
  PROPTER_TRY(put(v, out, v->word[VOCAB_rdf_type], err));
  PROPTER_TRY(put(v, out, v->word[VOCAB_rdfs_subClassOf], err));
  for (size_t i = 0; i < v->triples.count; i++) {
    *every = *every || v->triples.items[i].p == v->word[VOCAB_sh_closed];
    PROPTER_TRY(put(v, out, v->triples.items[i].o, err));
  }
  return ids_sort(out, 0), PROPTER_OK;
}

PropterStatus delta_read(Validator *v, PropterError *err) {
  PropterIds seen = {0};
  PropterQuad quad;
  bool every = false, more = true;
  if (!v->options.changed) return PROPTER_OK;
  PropterStatus status = seen_predicates(v, &seen, &every, err);
  while (status == PROPTER_OK && (status = v->options.changed(v->options.payload, &quad, &more, err)) == PROPTER_OK && more) {
    v->any_changed = true;
    bool seen_one = every || bsearch(&quad.p, seen.items, seen.count, sizeof *seen.items, id_order);
    if (seen_one && !propter_vec_push(&v->changed, quad)) status = exec_fail_memory(&v->run, err);
  }
  propter_vec_clear(&seen);
  return status;
}

/* Subjects or objects of changed quads with a predicate (PROPTER_NO_ID: any). */
static PropterStatus ends(Validator *v, PropterId predicate, bool objects, PropterIds *out, PropterError *err) {
  const PropterQuads *changed = &v->changed;
  for (size_t i = 0; i < changed->count; i++)
    if (!predicate || changed->items[i].p == predicate) PROPTER_TRY(put(v, out, objects ? changed->items[i].o : changed->items[i].s, err));
  return PROPTER_OK;
}

static bool changed_predicate(const Validator *v, PropterId predicate) {
  const PropterQuads *changed = &v->changed;
  for (size_t i = 0; i < changed->count; i++)
    if (changed->items[i].p == predicate) return true;
  return false;
}

static PropterStatus path_changed(Validator *v, const AstPath *path, bool *is, PropterError *err) {
  if (path->kind == PATH_LINK) {
    PropterTerm term = propter_iri(path->iri);
    PropterId id;
    PROPTER_TRY(exec_intern(&v->run, &term, &id, err));
    *is = *is || changed_predicate(v, id);
  }
  for (size_t i = 0; i < path->count && !*is; i++) PROPTER_TRY(path_changed(v, path->items[i], is, err));
  return PROPTER_OK;
}

/* Value nodes on which the outcome of a constraint may have changed; focus nodes in `focus`. */
static PropterStatus by_constraint(Validator *v, const Constraint *c, PropterIds *values, PropterIds *focus, bool *all, PropterError *err) {
  Check *check = c->component->check;
  for (size_t i = 0; i < c->shape_count; i++) {
    ShaclShape *inner = c->shapes[i];
    PROPTER_TRY(delta_affected(v, inner, err));
    *all = *all || inner->affected_all;
    for (size_t k = 0; k < inner->affected.count; k++) PROPTER_TRY(put(v, values, inner->affected.items[k], err));
  }
  if (c->query) *all = true;
  if (check == check_class) {
    *all = *all || changed_predicate(v, v->word[VOCAB_rdfs_subClassOf]);
    PROPTER_TRY(ends(v, v->word[VOCAB_rdf_type], false, values, err));
  }
  if (check == check_closed) PROPTER_TRY(ends(v, PROPTER_NO_ID, false, values, err));
  if (check == check_equals || check == check_disjoint || check == check_lessThan || check == check_lessThanOrEquals)
    PROPTER_TRY(ends(v, c->value, false, focus, err));
  return PROPTER_OK;
}

/* From value nodes back to the focus nodes that have them now; those that had them are found by the change of the path. */
static PropterStatus lift(Validator *v, ShaclShape *shape, PropterIds *values, PropterError *err) {
  size_t *first;
  ids_sort(values, 0);
  if (!shape->path) {
    for (size_t i = 0; i < values->count; i++) PROPTER_TRY(put(v, &shape->affected, values->items[i], err));
    return PROPTER_OK;
  }
  if (shape->walk) return shape->affected_all = shape->affected_all || values->count > 0, PROPTER_OK;
  if (!(first = propter_malloc((values->count + 1) * sizeof *first))) return exec_fail_memory(&v->run, err);
  PropterStatus status = nodes_step(v, shape->link, !shape->inverse, values->items, values->count, &shape->affected, first, err);
  propter_free(first);
  return status;
}

PropterStatus delta_affected(Validator *v, ShaclShape *shape, PropterError *err) {
  PropterIds values = {0};
  PropterStatus status = PROPTER_OK;
  if (shape->affected_known || shape->deactivated) return PROPTER_OK;
  shape->affected_known = true;
  if (shape->walk) status = path_changed(v, shape->path, &shape->affected_all, err);
  else if (shape->path) status = ends(v, shape->link, shape->inverse, &shape->affected, err);
  for (size_t i = 0; i < shape->constraints.count && status == PROPTER_OK; i++)
    status = by_constraint(v, shape->constraints.items[i], &values, &shape->affected, &shape->affected_all, err);
  if (status == PROPTER_OK) status = lift(v, shape, &values, err);
  propter_vec_clear(&values);
  ids_sort(&shape->affected, 0);
  return status;
}

/* Nodes that may have become a target. */
static PropterStatus new_targets(Validator *v, ShaclShape *shape, PropterError *err) {
  shape->affected_all = shape->affected_all || changed_predicate(v, v->word[VOCAB_rdfs_subClassOf]);
  PROPTER_TRY(ends(v, v->word[VOCAB_rdf_type], false, &shape->affected, err));
  for (const ShapesTriple *t = NULL; (t = shapes_next(v, shape->node, PROPTER_NO_ID, t));)
    if (t->p == v->word[VOCAB_sh_targetSubjectsOf] || t->p == v->word[VOCAB_sh_targetObjectsOf])
      PROPTER_TRY(ends(v, t->o, t->p == v->word[VOCAB_sh_targetObjectsOf], &shape->affected, err));
  ids_sort(&shape->affected, 0);
  return PROPTER_OK;
}

PropterStatus delta_keep(Validator *v, ShaclShape *shape, PropterIds *focus, PropterError *err) {
  size_t kept = 0;
  if (!v->any_changed) return focus->count = 0, PROPTER_OK;
  PROPTER_TRY(delta_affected(v, shape, err));
  PROPTER_TRY(new_targets(v, shape, err));
  if (shape->affected_all) return PROPTER_OK;
  for (size_t i = 0, k = 0; i < focus->count; i++) {
    while (k < shape->affected.count && shape->affected.items[k] < focus->items[i]) k++;
    if (k < shape->affected.count && shape->affected.items[k] == focus->items[i]) focus->items[kept++] = focus->items[i];
  }
  focus->count = kept;
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which focus nodes a change may have affected: from the changed quads outwards, along the paths of the shapes. A node that is not found has the same results
 * before and after the change. Where a query or a longer path meets the change, every node may be affected. */
#include "../../engine/graph/id.h"
#include "shacl.h"

static PropterStatus put(Validator *v, PropterIds *ids, PropterId id, PropterError *err) {
  return propter_vec_push(ids, id) ? PROPTER_OK : exec_fail_memory(&v->run, err);
}

/* What the documents speak of: the predicates that shapes look at (and rdfs:subClassOf) and, with their subclasses in the data, the classes. Queries look at more,
 * but of them any change affects all nodes. */
typedef struct {
  PropterIds predicates, classes;
  bool types;  /* all: rdf:type is a path, or the like */
  bool closed; /* of every change the subject counts */
  size_t room; /* for subjects, until they are sorted again so that each stands once */
} Seen;

/* How often the lists of properties that a closed shape passes over name rdf:type; each list once. */
static PropterStatus ignored_types(Validator *v, size_t *count, PropterError *err) {
  PropterIds lists = {0}, members = {0};
  PropterStatus status = PROPTER_OK;
  *count = 0;
  for (size_t i = 0; i < v->triples.count && status == PROPTER_OK; i++) {
    const ShapesTriple *t = &v->triples.items[i];
    bool known = t->p != v->word[VOCAB_sh_ignoredProperties];
    for (size_t k = 0; k < lists.count && !known; k++) known = lists.items[k] == t->o;
    if (known) continue;
    members.count = 0;
    status = put(v, &lists, t->o, err);
    if (status == PROPTER_OK) status = shapes_list(v, t, &members, err);
    for (size_t k = 0; k < members.count; k++) *count += members.items[k] == v->word[VOCAB_rdf_type];
  }
  propter_vec_clear(&lists);
  propter_vec_clear(&members);
  return status;
}

static PropterStatus see(Validator *v, Seen *s, PropterError *err) {
  size_t ignored, types = 0;
  PROPTER_TRY(ignored_types(v, &ignored, err));
  PROPTER_TRY(put(v, &s->predicates, v->word[VOCAB_rdfs_subClassOf], err));
  for (size_t i = 0; i < v->triples.count; i++) {
    const ShapesTriple *t = &v->triples.items[i];
    s->closed = s->closed || t->p == v->word[VOCAB_sh_closed];
    types += t->o == v->word[VOCAB_rdf_type];
    PROPTER_TRY(put(v, &s->predicates, t->o, err));
    if (i == 0 || t->s != t[-1].s) PROPTER_TRY(put(v, &s->classes, t->s, err)); /* a shape may be a class itself */
    PROPTER_TRY(put(v, &s->classes, t->o, err));
  }
  s->types = types > ignored;
  ids_sort(&s->predicates, 0);
  ids_sort(&s->classes, 0);
  return s->types ? PROPTER_OK : nodes_subclasses(v, &s->classes, err);
}

static PropterStatus touch(Validator *v, Seen *s, PropterId subject, PropterError *err) {
  if (v->touched.count && v->touched.items[v->touched.count - 1] == subject) return PROPTER_OK;
  if (v->touched.count >= s->room) {
    ids_sort(&v->touched, 0);
    s->room = 2 * v->touched.count + 65536;
  }
  return put(v, &v->touched, subject, err);
}

static PropterStatus keep(Validator *v, Seen *s, const PropterQuad *quad, PropterError *err) {
  bool type = quad->p == v->word[VOCAB_rdf_type];
  if (s->closed) PROPTER_TRY(touch(v, s, quad->s, err));
  const PropterIds *seen = type ? &s->classes : &s->predicates;
  if (!(type && s->types) && !ids_have(seen, type ? quad->o : quad->p)) return PROPTER_OK;
  return propter_vec_push(&v->changed, *quad) ? PROPTER_OK : exec_fail_memory(&v->run, err);
}

PropterStatus delta_read(Validator *v, PropterError *err) {
  Seen seen = {.types = false};
  PropterQuad quad;
  bool more = true;
  if (!v->options.changed) return PROPTER_OK;
  PropterStatus status = see(v, &seen, err);
  while (status == PROPTER_OK && (status = v->options.changed(v->options.payload, &quad, &more, err)) == PROPTER_OK && more) {
    v->any_changed = true;
    status = keep(v, &seen, &quad, err);
  }
  ids_sort(&v->touched, 0);
  propter_vec_clear(&seen.predicates);
  propter_vec_clear(&seen.classes);
  return status;
}

/* Subjects or objects of changed quads with a predicate. */
static PropterStatus ends(Validator *v, PropterId predicate, bool objects, PropterIds *out, PropterError *err) {
  const PropterQuads *changed = &v->changed;
  for (size_t i = 0; i < changed->count; i++)
    if (changed->items[i].p == predicate) PROPTER_TRY(put(v, out, objects ? changed->items[i].o : changed->items[i].s, err));
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
  for (size_t i = 0; check == check_closed && i < v->touched.count; i++) PROPTER_TRY(put(v, values, v->touched.items[i], err));
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

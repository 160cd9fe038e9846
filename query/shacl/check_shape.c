/* SPDX-License-Identifier: Apache-2.0 */
/* Constraints by other shapes, by classes and by boolean operations (SHACL 1.0, sections 4.1.1, 4.6 and 4.7). */
#include <stdlib.h>
#include <string.h>

#include "../../engine/graph/id.h"
#include "shacl.h"

/* Value nodes in ascending order, each once unless what is found is to be reported for every focus node they belong to, and a mark for each. */
typedef struct {
  PropterIds own; /* empty if the focus nodes themselves are the values */
  const PropterId *value;
  size_t count;
  bool *marked;
} Judged;

static void judged_clear(Judged *j) {
  propter_vec_clear(&j->own);
  propter_free(j->marked);
}

static PropterStatus judged_init(Validator *v, const Nodes *n, bool repeated, Judged *j, PropterError *err) {
  *j = (Judged){.value = n->value, .count = nodes_value_count(n)};
  if (n->value != n->focus && j->count) {
    if (!propter_vec_reserve(&j->own, j->count)) return exec_fail_memory(&v->run, err);
    memcpy(j->own.items, n->value, j->count * sizeof *n->value);
    j->own.count = j->count;
    if (repeated) qsort(j->own.items, j->count, sizeof *n->value, id_order);
    else ids_sort(&j->own, 0);
    j->value = j->own.items, j->count = j->own.count;
  }
  j->marked = propter_calloc(j->count + 1, sizeof *j->marked);
  return j->marked ? PROPTER_OK : exec_fail_memory(&v->run, err);
}

static bool marked(const Judged *j, PropterId value) {
  const PropterId *at = bsearch(&value, j->value, j->count, sizeof value, id_order);
  return at && j->marked[at - j->value];
}

/* Marks the values that do not conform to a shape. */
static PropterStatus judge(Validator *v, const ShaclShape *shape, const Nodes *n, bool record, Judged *j, PropterError *err) {
  PROPTER_TRY(judged_init(v, n, record, j, err));
  Verdict to = {j->marked, record};
  return shape_validate(v, shape, j->value, j->count, &to, err);
}

/* --- Classes ----------------------------------------------------------------------------------------------------------------------- */

/* Marks the values that are no instances of the class. */
static PropterStatus judge_class(Validator *v, PropterId class, Judged *j, PropterError *err) {
  PropterIds classes = {0}, types = {0};
  size_t *first = propter_malloc((j->count + 1) * sizeof *first);
  PropterStatus status = first ? nodes_classes(v, class, &classes, err) : exec_fail_memory(&v->run, err);
  if (status == PROPTER_OK) status = nodes_step(v, v->word[VOCAB_rdf_type], false, j->value, j->count, &types, first, err);
  for (size_t i = 0; i < j->count && status == PROPTER_OK; i++) {
    j->marked[i] = true;
    for (size_t k = first[i]; k < first[i + 1] && j->marked[i]; k++)
      j->marked[i] = !ids_have(&classes, types.items[k]);
  }
  propter_free(first);
  propter_vec_clear(&classes);
  propter_vec_clear(&types);
  return status;
}

static PropterStatus report_marked(Validator *v, const Constraint *c, const Nodes *n, const Judged *j, bool wanted, Verdict *to, PropterError *err) {
  for (size_t i = 0; i < n->count; i++)
    for (size_t k = n->first[i]; k < n->first[i + 1]; k++)
      if (marked(j, n->value[k]) == wanted) PROPTER_TRY(shacl_found(v, c, n, i, n->value[k], to, err));
  return PROPTER_OK;
}

PropterStatus check_class(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  Judged j;
  PropterStatus status = judged_init(v, n, false, &j, err);
  if (status == PROPTER_OK) status = judge_class(v, c->value, &j, err);
  if (status == PROPTER_OK) status = report_marked(v, c, n, &j, true, to, err);
  judged_clear(&j);
  return status;
}

/* --- One shape ---------------------------------------------------------------------------------------------------------------------- */

static PropterStatus by_shape(Validator *v, const Constraint *c, const Nodes *n, bool wanted, Verdict *to, PropterError *err) {
  Judged j;
  PropterStatus status = judge(v, c->shapes[0], n, false, &j, err);
  if (status == PROPTER_OK) status = report_marked(v, c, n, &j, wanted, to, err);
  judged_clear(&j);
  return status;
}

PropterStatus check_node(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) { return by_shape(v, c, n, true, to, err); }
PropterStatus check_not(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) { return by_shape(v, c, n, false, to, err); }

/* What a property shape finds is reported as its own. */
PropterStatus check_property(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  Judged j;
  PropterStatus status = judge(v, c->shapes[0], n, to->record, &j, err);
  for (size_t i = 0; i < n->count && status == PROPTER_OK; i++)
    for (size_t k = n->first[i]; k < n->first[i + 1] && !to->failed[i]; k++) to->failed[i] = marked(&j, n->value[k]);
  judged_clear(&j);
  return status;
}

/* --- Several shapes ----------------------------------------------------------------------------------------------------------------- */

/* How many shapes of the list each value conforms to; `least` and `most` are asked for. */
static PropterStatus by_shapes(Validator *v, const Constraint *c, const Nodes *n, size_t least, size_t most, Verdict *to, PropterError *err) {
  size_t all = nodes_value_count(n);
  size_t *conforms = propter_calloc(all + 1, sizeof *conforms);
  PropterStatus status = conforms ? PROPTER_OK : exec_fail_memory(&v->run, err);
  for (size_t s = 0; s < c->shape_count && status == PROPTER_OK; s++) {
    Judged j;
    status = judge(v, c->shapes[s], n, false, &j, err);
    for (size_t k = 0; k < all && status == PROPTER_OK; k++) conforms[k] += !marked(&j, n->value[k]);
    judged_clear(&j);
  }
  for (size_t i = 0; i < n->count && status == PROPTER_OK; i++)
    for (size_t k = n->first[i]; k < n->first[i + 1] && status == PROPTER_OK; k++)
      if (conforms[k] < least || conforms[k] > most) status = shacl_found(v, c, n, i, n->value[k], to, err);
  propter_free(conforms);
  return status;
}

PropterStatus check_and(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return by_shapes(v, c, n, c->shape_count, c->shape_count, to, err);
}
PropterStatus check_or(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) { return by_shapes(v, c, n, 1, SIZE_MAX, to, err); }
PropterStatus check_xone(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) { return by_shapes(v, c, n, 1, 1, to, err); }

/* Values of the qualified shape that conform to none of its siblings. */
static PropterStatus count_qualified(Validator *v, const Constraint *c, const Nodes *n, size_t *counts, PropterError *err) {
  size_t all = nodes_value_count(n);
  bool *out = propter_calloc(all + 1, sizeof *out);
  PropterStatus status = out ? PROPTER_OK : exec_fail_memory(&v->run, err);
  for (size_t s = 0; s < c->shape_count && status == PROPTER_OK; s++) {
    Judged j;
    status = judge(v, c->shapes[s], n, false, &j, err);
    for (size_t k = 0; k < all && status == PROPTER_OK; k++) out[k] = out[k] || marked(&j, n->value[k]) == (s == 0);
    judged_clear(&j);
  }
  for (size_t i = 0; i < n->count && status == PROPTER_OK; i++)
    for (size_t k = n->first[i]; k < n->first[i + 1]; k++) counts[i] += !out[k];
  propter_free(out);
  return status;
}

static PropterStatus by_count(Validator *v, const Constraint *c, const Nodes *n, uint64_t least, uint64_t most, Verdict *to, PropterError *err) {
  size_t *counts = propter_calloc(n->count + 1, sizeof *counts);
  PropterStatus status = counts ? count_qualified(v, c, n, counts, err) : exec_fail_memory(&v->run, err);
  for (size_t i = 0; i < n->count && status == PROPTER_OK; i++)
    if (counts[i] < least || counts[i] > most) status = shacl_found(v, c, n, i, PROPTER_NO_ID, to, err);
  propter_free(counts);
  return status;
}

PropterStatus check_qualifiedMinCount(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return by_count(v, c, n, (uint64_t)c->number, UINT64_MAX, to, err);
}
PropterStatus check_qualifiedMaxCount(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return by_count(v, c, n, 0, (uint64_t)c->number, to, err);
}

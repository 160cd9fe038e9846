/* SPDX-License-Identifier: Apache-2.0 */
/* Constraints on all value nodes of a focus node together (SHACL 1.0, sections 4.2, 4.4.5, 4.5 and 4.8.2). */
#include <stdlib.h>
#include <strings.h>

#include "../../engine/graph/id.h"
#include "../sparql/eval.h"
#include "../sparql/ids.h"
#include "shacl.h"

static size_t values_of(const Nodes *n, size_t i) { return n->first[i + 1] - n->first[i]; }

PropterStatus check_minCount(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  for (size_t i = 0; i < n->count; i++)
    if (values_of(n, i) < (uint64_t)c->number) PROPTER_TRY(shacl_found(v, c, n, i, PROPTER_NO_ID, to, err));
  return PROPTER_OK;
}

PropterStatus check_maxCount(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  for (size_t i = 0; i < n->count; i++)
    if (values_of(n, i) > (uint64_t)c->number) PROPTER_TRY(shacl_found(v, c, n, i, PROPTER_NO_ID, to, err));
  return PROPTER_OK;
}

PropterStatus check_hasValue(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  for (size_t i = 0; i < n->count; i++)
    if (!id_among(n->value + n->first[i], values_of(n, i), c->value)) PROPTER_TRY(shacl_found(v, c, n, i, PROPTER_NO_ID, to, err));
  return PROPTER_OK;
}

/* --- Languages -------------------------------------------------------------------------------------------------------------------- */

static int by_tag(const void *a, const void *b) {
  const PropterStr *x = a, *y = b;
  int c = strncasecmp(x->data, y->data, x->len < y->len ? x->len : y->len);
  return c ? c : (x->len > y->len) - (x->len < y->len);
}

/* One result for each language that is used more than once. */
static PropterStatus unique_of(Validator *v, const Constraint *c, const Nodes *n, size_t i, PropterArena *scratch, Verdict *to, PropterError *err) {
  size_t count = 0;
  PropterStr *tags = propter_arena_alloc(scratch, values_of(n, i) * sizeof *tags);
  if (!tags) return exec_fail_memory(&v->run, err);
  for (size_t k = n->first[i]; k < n->first[i + 1]; k++) {
    PropterTerm term;
    if (id_tag(n->value[k]) >= ID_INLINE && !exec_local(n->value[k])) continue;
    PROPTER_TRY(exec_term(&v->run, n->value[k], scratch, &term, err));
    if (term.language.len) tags[count++] = term.language;
  }
  if (count > 1) qsort(tags, count, sizeof *tags, by_tag);
  for (size_t k = 1; k < count; k++)
    if (by_tag(&tags[k - 1], &tags[k]) == 0 && (k == 1 || by_tag(&tags[k - 2], &tags[k]) != 0)) PROPTER_TRY(shacl_found(v, c, n, i, PROPTER_NO_ID, to, err));
  return PROPTER_OK;
}

PropterStatus check_uniqueLang(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  PropterArena scratch = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < n->count && status == PROPTER_OK; i++) {
    propter_arena_clear(&scratch);
    if (values_of(n, i) > 1) status = unique_of(v, c, n, i, &scratch, to, err);
  }
  propter_arena_clear(&scratch);
  return status;
}

/* --- Pairs of properties ---------------------------------------------------------------------------------------------------------- */

/* Compares the value nodes of focus node i with its values of the other property. */
typedef PropterStatus Compare(Validator *v, const Constraint *c, const Nodes *n, size_t i, const PropterId *other, size_t count, Verdict *to,
                              PropterError *err);

static PropterStatus each_pair(Validator *v, const Constraint *c, const Nodes *n, Compare *compare, Verdict *to, PropterError *err) {
  PropterIds other = {0};
  size_t *first = propter_malloc((n->count + 1) * sizeof *first);
  PropterStatus status = first ? nodes_step(v, c->value, false, n->focus, n->count, &other, first, err) : exec_fail_memory(&v->run, err);
  for (size_t i = 0; i < n->count && status == PROPTER_OK; i++) status = compare(v, c, n, i, other.items + first[i], first[i + 1] - first[i], to, err);
  propter_free(first);
  propter_vec_clear(&other);
  return status;
}

static PropterStatus compare_equal(Validator *v, const Constraint *c, const Nodes *n, size_t i, const PropterId *other, size_t count, Verdict *to,
                                   PropterError *err) {
  const PropterId *own = n->value + n->first[i];
  for (size_t k = 0; k < values_of(n, i); k++)
    if (!id_among(other, count, own[k])) PROPTER_TRY(shacl_found(v, c, n, i, own[k], to, err));
  for (size_t k = 0; k < count; k++)
    if (!id_among(own, values_of(n, i), other[k])) PROPTER_TRY(shacl_found(v, c, n, i, other[k], to, err));
  return PROPTER_OK;
}

static PropterStatus compare_disjoint(Validator *v, const Constraint *c, const Nodes *n, size_t i, const PropterId *other, size_t count, Verdict *to,
                                      PropterError *err) {
  for (size_t k = n->first[i]; k < n->first[i + 1]; k++)
    if (id_among(other, count, n->value[k])) PROPTER_TRY(shacl_found(v, c, n, i, n->value[k], to, err));
  return PROPTER_OK;
}

static PropterStatus less(Validator *v, PropterId a, PropterId b, bool or_equal, bool *is, PropterError *err) {
  Value x, y;
  int order;
  if (id_compare(a, b, &order)) return *is = or_equal ? order <= 0 : order < 0, PROPTER_OK;
  exec_release(&v->run);
  PROPTER_TRY(exec_value(&v->run, a, &x, err));
  PROPTER_TRY(exec_value(&v->run, b, &y, err));
  *is = value_less(&x, &y, or_equal) == 1;
  return PROPTER_OK;
}

static PropterStatus compare_less(Validator *v, const Constraint *c, const Nodes *n, size_t i, const PropterId *other, size_t count, Verdict *to,
                                  PropterError *err) {
  for (size_t k = n->first[i]; k < n->first[i + 1]; k++)
    for (size_t o = 0; o < count; o++) {
      bool is;
      PROPTER_TRY(less(v, n->value[k], other[o], c->component->check == check_lessThanOrEquals, &is, err));
      if (!is) PROPTER_TRY(shacl_found(v, c, n, i, n->value[k], to, err));
    }
  return PROPTER_OK;
}

PropterStatus check_equals(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_pair(v, c, n, compare_equal, to, err);
}
PropterStatus check_disjoint(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_pair(v, c, n, compare_disjoint, to, err);
}
PropterStatus check_lessThan(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_pair(v, c, n, compare_less, to, err);
}
PropterStatus check_lessThanOrEquals(Validator *v, const Constraint *c, const Nodes *n, Verdict *to, PropterError *err) {
  return each_pair(v, c, n, compare_less, to, err);
}

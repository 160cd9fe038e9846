/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes: which part of the world a metric, an event or a claim speaks of. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../graph/id.h"
#include "know.h"

static KnowConcept *find(const Know *know, PropterId id) {
  size_t low = 0, high = know->concepts.count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (know->concepts.items[middle].id < id) low = middle + 1;
    else high = middle;
  }
  return low < know->concepts.count && know->concepts.items[low].id == id ? &know->concepts.items[low] : NULL;
}

const KnowConcept *concept_find(const Know *know, PropterId id) { return find(know, id); }

bool concept_covers(const Know *know, PropterId a, PropterId b) {
  if (a == b) return true;
  const KnowConcept *c = find(know, b);
  return c && ids_have(&c->above, a);
}

bool concept_related(const Know *know, PropterId a, PropterId b) {
  if (!a || !b) return false;
  if (concept_covers(know, a, b) || concept_covers(know, b, a)) return true;
  const KnowConcept *x = find(know, a), *y = find(know, b);
  for (size_t i = 0; x && y && i < x->above.count; i++)
    if (ids_have(&y->above, x->above.items[i])) return true;
  return false;
}

static PropterStatus add_concept(Know *know, PropterId id, PropterError *err) {
  if (!propter_vec_push(&know->concepts, ((KnowConcept){.id = id}))) return propter_fail(err, PROPTER_NO_MEMORY, "%zu concepts", know->concepts.count);
  return PROPTER_OK;
}

static PropterStatus add_ends(Know *know, PropterVocab property, PropterIds *ids, PropterQuads *rows, PropterError *err) {
  if (!know->v[property]) return PROPTER_OK;
  size_t from = rows->count;
  PROPTER_TRY(propter_snapshot_match(know->snapshot, (PropterQuad){.p = know->v[property]}, 0, rows, err));
  for (size_t i = from; i < rows->count; i++)
    if (!propter_vec_push(ids, rows->items[i].s) || !propter_vec_push(ids, rows->items[i].o)) return propter_fail(err, PROPTER_NO_MEMORY, "concepts");
  return PROPTER_OK;
}

/* One step up for all; repeated until nothing is added, so a circle ends too. */
static PropterStatus close_above(Know *know, PropterError *err) {
  for (bool grown = true; grown;) {
    grown = false;
    for (size_t i = 0; i < know->concepts.count; i++) {
      KnowConcept *c = &know->concepts.items[i];
      size_t before = c->above.count;
      for (size_t k = 0; k < before; k++) {
        const KnowConcept *up = find(know, c->above.items[k]);
        for (size_t j = 0; up && up != c && j < up->above.count; j++)
          if (up->above.items[j] != c->id && !propter_vec_push(&c->above, up->above.items[j])) return propter_fail(err, PROPTER_NO_MEMORY, "broader concepts");
      }
      ids_sort(&c->above, 0);
      grown |= c->above.count > before;
    }
  }
  return PROPTER_OK;
}

static PropterStatus find_leaves(Know *know, PropterError *err) {
  size_t n = know->concepts.count;
  bool *inner = propter_calloc(n ? n : 1, sizeof *inner);
  PropterStatus status = inner ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "%zu concepts", n);
  for (size_t i = 0; !status && i < n; i++)
    for (size_t k = 0; k < know->concepts.items[i].above.count; k++) {
      const KnowConcept *up = find(know, know->concepts.items[i].above.items[k]);
      if (up) inner[up - know->concepts.items] = true;
    }
  for (size_t i = 0; !status && i < n; i++) {
    KnowConcept *leaf = &know->concepts.items[i];
    if (inner[i]) continue;
    if (!propter_vec_push(&leaf->leaves, leaf->id)) status = propter_fail(err, PROPTER_NO_MEMORY, "leaves");
    for (size_t k = 0; !status && k < leaf->above.count; k++) {
      KnowConcept *up = find(know, leaf->above.items[k]);
      if (up && !propter_vec_push(&up->leaves, leaf->id)) status = propter_fail(err, PROPTER_NO_MEMORY, "leaves");
    }
  }
  propter_free(inner);
  return status;
}

/* A group that stands in no scheme is of those of its members. */
static PropterStatus find_schemes(Know *know, PropterError *err) {
  for (size_t i = 0; i < know->concepts.count; i++) {
    KnowConcept *group = &know->concepts.items[i];
    if (group->schemes.count) continue;
    for (size_t k = 0; k < group->leaves.count; k++) {
      const KnowConcept *leaf = find(know, group->leaves.items[k]);
      for (size_t j = 0; leaf && leaf != group && j < leaf->schemes.count; j++)
        if (!propter_vec_push(&group->schemes, leaf->schemes.items[j])) return propter_fail(err, PROPTER_NO_MEMORY, "schemes");
    }
    ids_sort(&group->schemes, 0);
  }
  return PROPTER_OK;
}

/* How often it is there. */
static size_t count_id(const PropterIds *sorted, PropterId id) {
  size_t low = 0, high = sorted->count, from;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (sorted->items[middle] < id) low = middle + 1;
    else high = middle;
  }
  for (from = low; low < sorted->count && sorted->items[low] == id;) low++;
  return low - from;
}

static PropterStatus count_beside(Know *know, PropterError *err) {
  PropterIds of_leaf = {0}; /* the scheme of each leaf */
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < know->concepts.count; i++) {
    const KnowConcept *c = &know->concepts.items[i];
    for (size_t k = 0; c->leaves.count == 1 && c->leaves.items[0] == c->id && k < c->schemes.count && !status; k++)
      if (!propter_vec_push(&of_leaf, c->schemes.items[k])) status = propter_fail(err, PROPTER_NO_MEMORY, "leaves of schemes");
  }
  if (of_leaf.count) qsort(of_leaf.items, of_leaf.count, sizeof *of_leaf.items, id_order);
  for (size_t i = 0; i < know->concepts.count && !status; i++) {
    KnowConcept *c = &know->concepts.items[i];
    c->beside = c->leaves.count;
    for (size_t k = 0; k < c->schemes.count; k++) {
      const size_t n = count_id(&of_leaf, c->schemes.items[k]);
      if (n > c->beside) c->beside = n;
    }
    for (size_t k = 0; k < c->above.count; k++) {
      const KnowConcept *up = find(know, c->above.items[k]);
      if (up && up->leaves.count > c->beside) c->beside = up->leaves.count;
    }
  }
  propter_vec_clear(&of_leaf);
  return status;
}

PropterStatus concepts_load(Know *know, PropterError *err) {
  PropterIds ids = {0};
  PropterQuads up = {0}, down = {0}, schemes = {0};
  PropterStatus status = PROPTER_OK;
  if ((status = add_ends(know, VOCAB_skos_broader, &ids, &up, err)) || (status = add_ends(know, VOCAB_skos_narrower, &ids, &down, err))) goto done;
  if (know->v[VOCAB_skos_inScheme] && (status = propter_snapshot_match(know->snapshot, (PropterQuad){.p = know->v[VOCAB_skos_inScheme]}, 0, &schemes, err)))
    goto done;
  for (size_t i = 0; i < schemes.count; i++)
    if (!propter_vec_push(&ids, schemes.items[i].s)) { status = propter_fail(err, PROPTER_NO_MEMORY, "concepts"); goto done; }
  if (know->v[VOCAB_rdf_type] && know->v[VOCAB_skos_Concept] &&
      (status = propter_snapshot_subjects(know->snapshot, know->v[VOCAB_rdf_type], know->v[VOCAB_skos_Concept], &ids, err)))
    goto done;
  ids_sort(&ids, 0);
  for (size_t i = 0; i < ids.count && !status; i++) status = add_concept(know, ids.items[i], err);
  for (size_t i = 0; i < know->concepts.count && !status; i++)
    status = label_of(know->snapshot, know->v, know->concepts.items[i].id, &know->arena, &know->concepts.items[i].label, err);
  for (size_t i = 0; i < up.count + down.count && !status; i++) {
    PropterQuad q = i < up.count ? up.items[i] : down.items[i - up.count];
    PropterId low = i < up.count ? q.s : q.o, high = i < up.count ? q.o : q.s;
    KnowConcept *c = find(know, low);
    if (low != high && !propter_vec_push(&c->above, high)) status = propter_fail(err, PROPTER_NO_MEMORY, "broader concepts");
  }
  for (size_t i = 0; i < schemes.count && !status; i++) {
    KnowConcept *c = find(know, schemes.items[i].s);
    if (!propter_vec_push(&c->schemes, schemes.items[i].o)) status = propter_fail(err, PROPTER_NO_MEMORY, "schemes");
  }
  if (status) goto done;
  for (size_t i = 0; i < know->concepts.count; i++) ids_sort(&know->concepts.items[i].above, 0), ids_sort(&know->concepts.items[i].schemes, 0);
  if ((status = close_above(know, err)) || (status = find_leaves(know, err))) goto done;
  for (size_t i = 0; i < know->concepts.count; i++) ids_sort(&know->concepts.items[i].leaves, 0);
  if (!(status = find_schemes(know, err))) status = count_beside(know, err);
done:
  propter_vec_clear(&ids);
  propter_vec_clear(&up);
  propter_vec_clear(&down);
  propter_vec_clear(&schemes);
  return status;
}

void concepts_clear(Know *know) {
  for (size_t i = 0; i < know->concepts.count; i++) {
    propter_vec_clear(&know->concepts.items[i].above);
    propter_vec_clear(&know->concepts.items[i].leaves);
    propter_vec_clear(&know->concepts.items[i].schemes);
  }
  propter_vec_clear(&know->concepts);
}

static size_t common_leaves(const KnowConcept *a, const KnowConcept *b) {
  size_t n = 0;
  for (size_t i = 0, j = 0; i < a->leaves.count && j < b->leaves.count;) {
    if (a->leaves.items[i] < b->leaves.items[j])
      i++;
    else if (a->leaves.items[i] > b->leaves.items[j])
      j++;
    else
      n++, i++, j++;
  }
  return n;
}

bool concept_comparable(const Know *know, PropterId a, PropterId b) {
  if (a == b || concept_covers(know, a, b) || concept_covers(know, b, a)) return true;
  const KnowConcept *x = find(know, a), *y = find(know, b);
  if (!x || !y) return false;
  for (size_t i = 0; i < x->schemes.count; i++)
    if (ids_have(&y->schemes, x->schemes.items[i])) return true;
  return common_leaves(x, y) > 0;
}

static Relation concept_relation(const Know *know, PropterId a, PropterId b, double *part) {
  *part = 1;
  if (a == b) return RELATION_SAME;
  if (concept_covers(know, a, b)) return RELATION_PARENT;
  const KnowConcept *x = find(know, a), *y = find(know, b);
  size_t common = x && y ? common_leaves(x, y) : 0;
  if (!common) return RELATION_DISJOINT;
  *part = (double)common / (double)y->leaves.count;
  return common == y->leaves.count ? (x->leaves.count > common ? RELATION_PARENT : RELATION_SAME) : RELATION_CHILD;
}

static bool is_met(const Know *know, PropterId id, const PropterIds *others, size_t count) {
  for (size_t j = 0; j < count; j++)
    if (concept_comparable(know, id, others->items[j])) return true;
  return false;
}

/* What part of the dimensions that b does not split is in `a`: of each the leaves of those that `a` names together. 1: it names none. */
static double part_of_rest(const Know *know, const PropterIds *a, const PropterIds *b) {
  double part = 1;
  for (size_t i = 0; i < a->count; i++) {
    if (is_met(know, a->items[i], b, b->count) || is_met(know, a->items[i], a, i)) continue;
    double leaves = 0, all = 2; /* of what stands alone nobody knows how much there is beside it */
    for (size_t k = i; k < a->count; k++) {
      const KnowConcept *x = concept_comparable(know, a->items[i], a->items[k]) ? find(know, a->items[k]) : NULL;
      if (x) leaves += (double)x->leaves.count, all = fmax(all, (double)x->beside);
    }
    part *= leaves > 0 && leaves < all ? leaves / all : .5;
  }
  return part;
}

/* Two that stand beside each other in one scheme are a union. */
static bool are_union(const Know *know, PropterId x, PropterId y) {
  return concept_comparable(know, x, y) && !concept_covers(know, x, y) && !concept_covers(know, y, x);
}

typedef struct {
  bool met;        /* one of `a` can be compared with it */
  Relation best;
  double touched;
} Met;

static Met meet(const Know *know, const PropterIds *a, PropterId b) {
  Met m = {.best = RELATION_DISJOINT};
  for (size_t i = 0; i < a->count; i++) {
    double share;
    if (!concept_comparable(know, a->items[i], b)) continue;
    m.met = true;
    const Relation r = concept_relation(know, a->items[i], b, &share);
    if (r == RELATION_DISJOINT) continue;
    m.touched = fmin(1, m.touched + share);
    if (m.best == RELATION_DISJOINT || r == RELATION_SAME || (m.best == RELATION_CHILD && r == RELATION_PARENT)) m.best = r;
  }
  return m;
}

/* A scope of several concepts is a product of dimensions where they stand in different schemes, and a union inside one scheme. */
static Relation relate(const Know *know, const PropterIds *a, const PropterIds *b, bool by_place, double *part) {
  bool parent = false, child = false;
  *part = 1;
  if (!a->count) return RELATION_PARENT;
  for (size_t j = 0; j < b->count; j++) {
    bool met = false, told = false;
    double touched = 0, members = 0;
    for (size_t k = 0; k < j && !told; k++) told = are_union(know, b->items[k], b->items[j]);
    for (size_t k = j; k < b->count && !told; k++) {
      if (k > j && !are_union(know, b->items[j], b->items[k])) continue;
      const Met m = meet(know, a, b->items[k]);
      met |= m.met, touched += m.touched, members++;
      parent |= m.best == RELATION_PARENT;
      child |= m.met && (m.best == RELATION_CHILD || m.best == RELATION_DISJOINT);
    }
    if (told) continue;
    if (met && touched == 0) return RELATION_DISJOINT;
    if (met) *part *= touched / members;
    else parent |= !by_place || !ids_have(&know->measured, b->items[j]); /* the cause says nothing of this dimension: it covers it */
  }
  const double whole = part_of_rest(know, a, b);
  child |= whole < 1;
  *part *= whole;
  /* Wider in one dimension and narrower in another: the documented size is no size of the common part. */
  if (parent) return RELATION_PARENT;
  return child ? RELATION_CHILD : RELATION_SAME;
}

Relation scope_relation(const Know *know, const PropterIds *a, const PropterIds *b, double *part) { return relate(know, a, b, false, part); }

Relation place_relation(const Know *know, const PropterIds *a, const PropterIds *b, double *part) { return relate(know, a, b, true, part); }

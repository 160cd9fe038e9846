/* SPDX-License-Identifier: Apache-2.0 */
/* What knowledge says of a cause and its distant effect: links, and statements that one kind of thing causes another, one behind the other. */
#include <stdlib.h>
#include <string.h>

#include "know.h"

enum { MOST_CHAINS = 4096 };

typedef PROPTER_VEC(KnowLink) Links;

static int by_ends(const void *a, const void *b) {
  const KnowLink *x = a, *y = b;
  if (x->cause != y->cause) return x->cause < y->cause ? -1 : 1;
  if (x->effect != y->effect) return x->effect < y->effect ? -1 : 1;
  if (x->forbidden != y->forbidden) return x->forbidden ? -1 : 1;
  if (x->belief != y->belief) return x->belief > y->belief ? -1 : 1;
  return propter_str_compare(x->iri, y->iri);
}

/* The first with such a cause. */
static size_t first_from(const Links *l, PropterId cause) {
  size_t low = 0, high = l->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (l->items[middle].cause < cause) low = middle + 1;
    else high = middle;
  }
  return low;
}

static bool have(const Links *l, PropterId cause, PropterId effect) {
  for (size_t i = first_from(l, cause); i < l->count && l->items[i].cause == cause; i++)
    if (l->items[i].effect == effect) return true;
  return false;
}

/* The words of a step, when a chain first needs them: most steps are in none. */
static PropterStatus say_step(Know *know, KnowLink *l, PropterError *err) {
  PropterStr cause, effect, later = {"", 0};
  if (l->reason.data) return PROPTER_OK;
  PROPTER_TRY(label_of(know->snapshot, know->v, l->cause, &know->arena, &cause, err));
  PROPTER_TRY(label_of(know->snapshot, know->v, l->effect, &know->arena, &effect, err));
  if (l->lag) later = propter_arena_printf(&know->arena, ", %d day%s later", l->lag, l->lag == 1 ? "" : "s");
  l->reason = propter_arena_printf(&know->arena, "%.*s \xE2\x86\x92 %.*s%.*s (believed %.2f)", (int)cause.len, cause.data, (int)effect.len, effect.data,
                                   (int)later.len, later.data, l->belief);
  return later.data && l->reason.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "a chain");
}

/* Links that are believed or forbidden, and statements about kinds, which hold everywhere; of equal ends the best. */
static PropterStatus list_steps(Know *know, Links *out, PropterError *err) {
  bool good = true;
  for (size_t i = 0; i < know->links.count && good; i++)
    if (know->links.items[i].forbidden || know->links.items[i].belief > 0) good = propter_vec_push(out, know->links.items[i]);
  for (size_t i = 0; i < know->claims.count && good; i++) {
    const KnowClaim *c = &know->claims.items[i];
    const KnowLink said = {
        .id = c->id, .cause = c->cause, .effect = c->effect, .iri = c->iri, .belief = claim_trust(know, c), .polarity = c->polarity, .told = true};
    if (c->kind == CLAIM_TYPE_LEVEL && !c->negated && c->cause && c->effect && !c->place.count && said.belief > 0) good = propter_vec_push(out, said);
  }
  if (!good) return propter_fail(err, PROPTER_NO_MEMORY, "chains");
  if (out->count) qsort(out->items, out->count, sizeof *out->items, by_ends);
  size_t kept = 0;
  for (size_t i = 0; i < out->count; i++) {
    const KnowLink *last = kept ? &out->items[kept - 1] : NULL;
    if (last && last->cause == out->items[i].cause && last->effect == out->items[i].effect) continue;
    out->items[kept] = out->items[i];
    out->items[kept++].reason = (PropterStr){NULL, 0};
  }
  out->count = kept;
  return PROPTER_OK;
}

static KnowLink *held(Links *l, PropterId cause, PropterId effect) {
  for (size_t i = 0; i < l->count; i++)
    if (l->items[i].cause == cause && l->items[i].effect == effect) return &l->items[i];
  return NULL;
}

/* Steps that go on from `at`, where the chain has come to. */
static PropterStatus go_on(Know *know, Links *steps, KnowLink *chain, PropterId at, Links *out, PropterError *err) {
  for (size_t i = first_from(steps, at); i < steps->count && steps->items[i].cause == at; i++) {
    KnowLink *step = &steps->items[i];
    if (step->forbidden || step->effect == chain->effect || concept_covers(know, step->effect, chain->cause)) continue;
    if (have(steps, chain->cause, step->effect)) continue;
    KnowLink longer = *chain, *other = held(out, chain->cause, step->effect);
    longer.effect = step->effect, longer.belief *= step->belief, longer.polarity *= step->polarity, longer.lag += step->lag, longer.told |= step->told;
    longer.required = false, longer.chained = true;
    if ((other && other->belief >= longer.belief) || (!other && out->count == MOST_CHAINS)) continue;
    PROPTER_TRY(say_step(know, chain, err));
    PROPTER_TRY(say_step(know, step, err));
    longer.reason = propter_arena_printf(&know->arena, "%.*s, %.*s", (int)chain->reason.len, chain->reason.data, (int)step->reason.len, step->reason.data);
    if (!longer.reason.data) return propter_fail(err, PROPTER_NO_MEMORY, "a chain");
    if (other) *other = longer;
    else if (!propter_vec_push(out, longer)) return propter_fail(err, PROPTER_NO_MEMORY, "%zu chains", out->count);
  }
  return PROPTER_OK;
}

/* What acts on a thing acts on what is broader, and a metric is of what it measures. */
static PropterStatus lengthen(Know *know, Links *steps, KnowLink *chain, Links *out, PropterError *err) {
  const KnowMetric *metric = know_metric_id(know, chain->effect);
  const PropterId meant = metric && metric->def.concept_id ? metric->def.concept_id : chain->effect;
  const KnowConcept *concept = concept_find(know, meant);
  if (meant != chain->effect) PROPTER_TRY(go_on(know, steps, chain, chain->effect, out, err));
  PROPTER_TRY(go_on(know, steps, chain, meant, out, err));
  for (size_t k = 0; concept && k < concept->above.count; k++) PROPTER_TRY(go_on(know, steps, chain, concept->above.items[k], out, err));
  return PROPTER_OK;
}

PropterStatus links_chain(Know *know, PropterError *err) {
  Links steps = {0}, all = {0};
  size_t from = 0;
  if (know->options.depth < 2) return PROPTER_OK;
  PropterStatus status = list_steps(know, &steps, err);
  for (size_t i = 0; i < steps.count && !status; i++)
    if (!steps.items[i].forbidden) status = lengthen(know, &steps, &steps.items[i], &all, err);
  for (unsigned hops = 3; hops <= know->options.depth && !status; hops++) {
    const size_t end = all.count;
    for (; from < end && !status; from++) {
      KnowLink chain = all.items[from]; /* the list grows */
      status = lengthen(know, &steps, &chain, &all, err);
    }
  }
  for (size_t i = 0; i < all.count && !status; i++)
    if (!propter_vec_push(&know->links, all.items[i])) status = propter_fail(err, PROPTER_NO_MEMORY, "%zu links", know->links.count);
  propter_vec_clear(&steps);
  propter_vec_clear(&all);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* How far text and people are believed. Belief in what documents say (INDRA's form, with dependent evidence told once):
 * b = 1 − Πₛ (σ + (1 − σ)·Πₑ ρₑ) over sources s and what each says, for and against apart. Statements that repeat another are one statement, and documents
 * that share one are one source, so a release copied fifty times counts as often as printed once. */
#include <math.h>
#include <string.h>

#include "candidate.h"

enum { CLAIM_KINDS = 3 };

PropterInferOptions propter_infer_options(void) {
  return (PropterInferOptions){.known_by = PROPTER_NO_DAY,
                               .depth = 3,
                               .belief = {.source_error = .05,
                                          .sentence_error = .30,
                                          .copy_similarity = .5,
                                          .overtaken = .5,
                                          .attribution_lr = 3,
                                          .forecast_lr = 10,
                                          .type_lr = 3,
                                          .stretched = .10,
                                          .reviewer_right = 4,
                                          .reviewer_wrong = 1,
                                          .seen_weight = .5},
                               .score = propter_score_options()};
}

/* --- statements told twice --------------------------------------------------------------------------------------------------------- */

static bool same_figure(const KnowClaim *a, const KnowClaim *b) {
  return a->has_quantity && b->has_quantity && a->quantity == b->quantity && fabs(a->quantity) >= 100;
}

/* Half the words in common; or a quarter, and the same count of things. */
static bool retold(const Know *know, const KnowClaim *a, const KnowClaim *b) {
  double s = claim_similarity(a, b), limit = know->options.belief.copy_similarity;
  return s >= limit || (s >= limit / 2 && same_figure(a, b));
}

static void mark_copies(const Know *know, Cause *cause) {
  for (size_t i = 0; i < cause->claims.count; i++) {
    CauseClaim *x = &cause->claims.items[i];
    x->copy_of = SIZE_MAX;
    for (size_t k = 0; k < i && x->copy_of == SIZE_MAX; k++) {
      const CauseClaim *y = &cause->claims.items[k];
      if (y->against == x->against && y->as == x->as && retold(know, &know->claims.items[x->claim], &know->claims.items[y->claim]))
        x->copy_of = y->copy_of == SIZE_MAX ? k : y->copy_of;
    }
  }
}

/* Of statements of one kind that contradict each other the later one stands; of what another source said before half remains, of what the same source
 * said (a version, an issue of the same series) nothing. */
static void mark_overtaken(const Know *know, Cause *cause) {
  for (size_t i = 0; i < cause->claims.count; i++) {
    CauseClaim *x = &cause->claims.items[i];
    const KnowClaim *a = &know->claims.items[x->claim];
    x->overtaken = SIZE_MAX, x->stands = 1;
    for (size_t k = 0; k < cause->claims.count; k++) {
      const CauseClaim *y = &cause->claims.items[k];
      const KnowClaim *b = &know->claims.items[y->claim];
      if (y->against == x->against || y->as != x->as || a->known == PROPTER_NO_DAY || b->known == PROPTER_NO_DAY || b->known <= a->known) continue;
      uint64_t series = a->document == SIZE_MAX ? 0 : know->documents.items[a->document].series;
      bool same = series && b->document != SIZE_MAX && know->documents.items[b->document].series == series;
      double stands = same ? 0 : know->options.belief.overtaken;
      if (stands < x->stands) x->overtaken = k, x->stands = stands;
    }
  }
}

static size_t top(const size_t *join, size_t i) {
  while (join[i] != i) i = join[i];
  return i;
}

/* The source of each claim: its document, joined with those that share a statement with it. */
static void join_sources(const Know *know, const Cause *cause, size_t *join) {
  for (size_t i = 0; i < cause->claims.count; i++) {
    join[i] = i;
    const CauseClaim *x = &cause->claims.items[i];
    for (size_t k = 0; k < i; k++) {
      const CauseClaim *y = &cause->claims.items[k];
      bool one = know->claims.items[x->claim].document == know->claims.items[y->claim].document && know->claims.items[x->claim].document != SIZE_MAX;
      if (one || x->copy_of == k || (x->copy_of != SIZE_MAX && x->copy_of == y->copy_of)) join[top(join, i)] = top(join, k);
    }
  }
}

static double strength_of(const CauseClaim *x, int kind) { return x->stands * (kind < 0 ? x->acts : x->strength); }

/* kind −1: all kinds together, that the cause acts on this series at all. */
static double belief(const Know *know, const Cause *cause, const size_t *join, bool against, int kind) {
  const PropterBeliefOptions *o = &know->options.belief;
  double wrong = 1;
  for (size_t s = 0; s < cause->claims.count; s++) {
    double missed = 1, error = 0;
    bool any = false;
    if (join[s] != s) continue;
    for (size_t i = 0; i < cause->claims.count; i++) {
      const CauseClaim *x = &cause->claims.items[i];
      if (top(join, i) != s || x->against != against || (kind >= 0 && (int)x->as != kind) || x->copy_of != SIZE_MAX) continue;
      /* Of several ways to say it the clearest counts. */
      double strength = strength_of(x, kind);
      for (size_t k = i + 1; k < cause->claims.count; k++)
        if (cause->claims.items[k].copy_of == i && strength_of(&cause->claims.items[k], kind) > strength) strength = strength_of(&cause->claims.items[k], kind);
      double rho = 1 - strength;
      missed *= rho < .05 ? .05 : rho;
      any = true;
      /* Documents that tell the same are as good as the worst of them. */
      size_t document = know->claims.items[x->claim].document;
      error = fmax(error, document == SIZE_MAX ? o->source_error : know->documents.items[document].error);
    }
    if (any) wrong *= error + (1 - error) * missed;
  }
  return 1 - wrong;
}

/* --- people ----------------------------------------------------------------------------------------------------------------------------- */

/* A reviewer's rate of right verdicts: the prior, and where another reviewer has judged the same thing, agreement counts half (either may err). What
 * is judged here is left out, so that a verdict does not vouch for itself. */
double reviewer_rate(const Know *know, PropterStr reviewer, PropterId about) {
  double right = know->options.belief.reviewer_right, wrong = know->options.belief.reviewer_wrong;
  for (size_t i = 0; i < know->reviews.count; i++) {
    const KnowReview *a = &know->reviews.items[i];
    if (!a->verdict || a->about == about || !propter_str_equal(a->reviewer, reviewer)) continue;
    for (size_t k = 0; k < know->reviews.count; k++) {
      const KnowReview *b = &know->reviews.items[k];
      if (b->about != a->about || !b->verdict || propter_str_equal(b->reviewer, reviewer)) continue;
      *(a->verdict == b->verdict ? &right : &wrong) += .5;
    }
  }
  double rate = right / (right + wrong);
  return rate > .95 ? .95 : rate < .5 ? .5 : rate;
}

static PropterStatus weigh_reviews(Case *c, Cause *cause, PropterError *err) {
  Know *know = c->know;
  PropterStr iri = hypothesis_iri(c->pattern, cause->iri, c->arena);
  PropterTerm term = propter_iri(iri);
  PropterId id = PROPTER_NO_ID;
  if (!iri.data) return propter_fail(err, PROPTER_NO_MEMORY, "name of a hypothesis");
  cause->number.review_lr = 1;
  if (!know->reviews.count) return PROPTER_OK;
  PROPTER_TRY(propter_snapshot_find(know->snapshot, &term, &id, err));
  for (size_t i = 0; id && i < know->reviews.count; i++) {
    const KnowReview *r = &know->reviews.items[i];
    bool later = false;
    if (r->about != id) continue;
    for (size_t k = i + 1; k < know->reviews.count; k++)
      later |= know->reviews.items[k].about == id && propter_str_equal(know->reviews.items[k].reviewer, r->reviewer);
    if (!propter_vec_push(&cause->reviews, i)) return propter_fail(err, PROPTER_NO_MEMORY, "reviews");
    if (later || !r->verdict) continue; /* the last word of each reviewer counts */
    double rate = reviewer_rate(know, r->reviewer, id), lr = rate / (1 - rate);
    if (!r->blind) lr = pow(lr, know->options.belief.seen_weight);
    cause->number.review_lr *= r->verdict > 0 ? lr : 1 / lr;
  }
  return PROPTER_OK;
}

/* --- both ------------------------------------------------------------------------------------------------------------------------------- */

PropterStatus claims_believe(const Know *know, PropterArena *arena, Cause *cause, PropterError *err) {
  const PropterBeliefOptions *o = &know->options.belief;
  const double most[CLAIM_KINDS] = {[CLAIM_TYPE_LEVEL] = o->type_lr, [CLAIM_EX_ANTE] = o->forecast_lr, [CLAIM_POST_HOC] = o->attribution_lr};
  mark_copies(know, cause);
  mark_overtaken(know, cause);
  size_t n = cause->claims.count;
  size_t *join = propter_arena_alloc(arena, (n ? n : 1) * sizeof *join);
  if (!join) return propter_fail(err, PROPTER_NO_MEMORY, "sources of %zu claims", n);
  join_sources(know, cause, join);
  cause->belief_for = belief(know, cause, join, false, -1);
  cause->belief_against = belief(know, cause, join, true, -1);
  cause->foretold = fmax(belief(know, cause, join, false, CLAIM_TYPE_LEVEL), belief(know, cause, join, false, CLAIM_EX_ANTE));
  cause->number.text_lr = 1;
  for (int kind = 0; kind < CLAIM_KINDS; kind++) {
    cause->number.text_lr *= 1 + (most[kind] - 1) * belief(know, cause, join, false, kind);
    cause->number.text_lr /= 1 + (most[kind] - 1) * belief(know, cause, join, true, kind);
  }
  return PROPTER_OK;
}

PropterStatus cause_believe(Case *c, Cause *cause, PropterError *err) {
  PROPTER_TRY(claims_believe(c->know, c->arena, cause, err));
  return weigh_reviews(c, cause, err);
}

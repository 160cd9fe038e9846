/* SPDX-License-Identifier: Apache-2.0 */
/* How often rules and documents go wrong, by the verdicts on claims: Beta posteriors (Gelman et al. 2013, §2.4) whose prior is what the model of claims states
 * for the very claims that were judged, so that verdicts which agree with it change nothing. */
#include <math.h>
#include <stdlib.h>

#include "know.h"
#include "propter/review.h"

#define RULE_PRIOR 10  /* verdicts that the stated confidence of a rule's claims is worth */
#define SOURCE_PRIOR 20 /* and the error of sources that is assumed */

static double stated(const Know *know, const KnowClaim *c) {
  if (isnan(c->confidence)) return 1 - know->options.belief.sentence_error;
  return c->hedge < 1 ? fmin(c->confidence / (1 - c->hedge), .99) : c->confidence; /* whether it says so, however carefully */
}

static double bounded(double p) { return p < .02 ? .02 : p > .98 ? .98 : p; }
static double odds(double p) { return p / (1 - p); }

/* The last word of a reviewer about a claim. */
typedef struct {
  size_t claim;
  bool confirmed, reads, blind; /* reads: the sentence says so, whether it is so or not */
  double rate;                  /* how often the reviewer is right */
} Verdict;
typedef PROPTER_VEC(Verdict) Verdicts;

static PropterStatus verdicts_on_claims(const Know *know, Verdicts *out, PropterError *err) {
  for (size_t i = 0; i < know->reviews.count; i++) {
    const KnowReview *r = &know->reviews.items[i];
    size_t claim = r->verdict ? know_claim(know, r->about) : SIZE_MAX;
    bool later = false;
    for (size_t k = i + 1; k < know->reviews.count && claim != SIZE_MAX && !later; k++)
      later = know->reviews.items[k].about == r->about && propter_str_equal(know->reviews.items[k].reviewer, r->reviewer);
    if (claim == SIZE_MAX || later) continue;
    Verdict v = {claim, r->verdict > 0, r->verdict > 0 || r->source_wrong, r->blind, reviewer_rate(know, r->reviewer, r->about)};
    if (!propter_vec_push(out, v)) return propter_fail(err, PROPTER_NO_MEMORY, "verdicts");
  }
  return PROPTER_OK;
}

typedef struct {
  double right, wrong, stated;
  size_t judged;
} Tally;

static void tally(Tally *t, bool right, double rate) {
  t->right += right ? rate : 1 - rate;
  t->wrong += right ? 1 - rate : rate;
  t->judged++;
}

/* Verdicts on the claims of a rule, without those on one claim (SIZE_MAX: with all), which count for it directly. */
static Tally tally_rule(const Know *know, const Verdicts *all, PropterStr rule, size_t without) {
  Tally t = {0};
  for (size_t i = 0; i < all->count; i++) {
    const Verdict *v = &all->items[i];
    const KnowClaim *c = &know->claims.items[v->claim];
    if (v->claim == without || !propter_str_equal(c->rule, rule)) continue;
    tally(&t, v->reads, v->rate);
    t.stated += stated(know, c);
  }
  return t;
}

/* A sentence that was read wrongly says nothing of its document. */
static Tally tally_document(const Know *know, const Verdicts *all, size_t document) {
  Tally t = {0};
  for (size_t i = 0; i < all->count; i++)
    if (know->claims.items[all->items[i].claim].document == document && all->items[i].reads) tally(&t, all->items[i].confirmed, all->items[i].rate);
  return t;
}

static PropterRate rate_of(const Tally *t, double prior, double worth) {
  PropterRate r = {.name = {"", 0}, .right = t->right, .wrong = t->wrong, .prior = prior};
  double a = worth * prior + t->right, b = worth * (1 - prior) + t->wrong, n = a + b;
  r.mean = a / n;
  r.deviation = sqrt(a * b / (n * n * (n + 1)));
  return r;
}

static void learn_claim(Know *know, const Verdicts *all, size_t index) {
  KnowClaim *c = &know->claims.items[index];
  double o = odds(bounded(stated(know, c)));
  Tally t = tally_rule(know, all, c->rule, index);
  bool touched = t.judged > 0;
  if (touched) {
    double prior = bounded(t.stated / (double)t.judged);
    o *= odds(bounded(rate_of(&t, prior, RULE_PRIOR).mean)) / odds(prior);
  }
  for (size_t i = 0; i < all->count; i++) {
    const Verdict *v = &all->items[i];
    if (v->claim != index) continue;
    double lr = pow(odds(v->rate), v->blind ? 1 : know->options.belief.seen_weight);
    o *= v->confirmed ? lr : 1 / lr;
    touched = true;
  }
  if (touched) c->said = o / (1 + o) * (1 - c->hedge);
}

static int by_name(const void *a_, const void *b_) {
  const PropterRate *a = a_, *b = b_;
  return a->document != b->document ? (a->document ? 1 : -1) : propter_str_compare(a->name, b->name);
}

static PropterStatus add_rate(PropterRates *out, PropterRate rate, PropterStr name, bool document, PropterError *err) {
  for (size_t i = 0; i < out->count; i++)
    if (out->items[i].document == document && propter_str_equal(out->items[i].name, name)) return PROPTER_OK;
  rate.document = document;
  rate.name = propter_arena_copy(&out->arena, name);
  return rate.name.data && propter_vec_push(out, rate) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "rates");
}

/* Of each rule and document with a verdict. */
static PropterStatus list(const Know *know, const Verdicts *all, PropterRates *out, PropterError *err) {
  for (size_t i = 0; i < all->count; i++) {
    const KnowClaim *c = &know->claims.items[all->items[i].claim];
    Tally t = tally_rule(know, all, c->rule, SIZE_MAX), d = tally_document(know, all, c->document);
    if (c->rule.len) PROPTER_TRY(add_rate(out, rate_of(&t, bounded(t.stated / (double)t.judged), RULE_PRIOR), c->rule, false, err));
    if (c->document == SIZE_MAX || !d.judged) continue;
    PropterRate r = rate_of(&d, 1 - know->options.belief.source_error, SOURCE_PRIOR);
    PROPTER_TRY(add_rate(out, r, know->documents.items[c->document].iri, true, err));
  }
  if (out->count) qsort(out->items, out->count, sizeof *out->items, by_name);
  return PROPTER_OK;
}

PropterStatus rates_learn(Know *know, PropterRates *out, PropterError *err) {
  double source = know->options.belief.source_error;
  Verdicts all = {0};
  PropterStatus status = verdicts_on_claims(know, &all, err);
  for (size_t i = 0; i < know->claims.count && status == PROPTER_OK; i++) {
    KnowClaim *c = &know->claims.items[i];
    c->said = isnan(c->confidence) ? (1 - know->options.belief.sentence_error) * (1 - c->hedge) : c->confidence;
    if (all.count) learn_claim(know, &all, i);
  }
  for (size_t i = 0; i < know->documents.count && status == PROPTER_OK; i++) {
    Tally t = tally_document(know, &all, i);
    know->documents.items[i].error = t.judged ? 1 - rate_of(&t, 1 - source, SOURCE_PRIOR).mean : source;
  }
  if (status == PROPTER_OK && out) status = list(know, &all, out, err);
  propter_vec_clear(&all);
  return status;
}

PropterStatus propter_rates_list(PropterSnapshot *snapshot, PropterRates *out, PropterError *err) {
  Know *know = propter_calloc(1, sizeof *know);
  if (!know) return propter_fail(err, PROPTER_NO_MEMORY, "rates");
  know->snapshot = snapshot;
  know->options = propter_infer_options();
  PropterStatus status = know_load(know, err);
  if (status == PROPTER_OK) status = rates_learn(know, out, err);
  if (status != PROPTER_OK) propter_rates_clear(out);
  know_clear(know);
  propter_free(know);
  return status;
}

void propter_rates_clear(PropterRates *rates) {
  propter_vec_clear(rates);
  propter_arena_clear(&rates->arena);
}

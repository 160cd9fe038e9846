/* SPDX-License-Identifier: Apache-2.0 */
#include "candidate.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "../graph/id.h"
#include "kept.h"
#include "patterns.h"
#include "propter/math.h"

/* A statement about a whole holds for a given part of it about as likely as not. */
static const double said_of_whole = .5;
/* No record is surer than this of its dates and sizes, so that figures can speak against it. */
static const double documented_most = .99;
/* So does one about another time of a cause that goes on. */
static const double said_of_other = .5;
/* A period that headings or the sentences before gave to a claim is the one it means as often as that; set, not fitted. */
static const double guessed_period = .8;
/* What a told event of no known kind weighs among the events of the calendar; set, not fitted. */
static const double unnamed_kind = .25;
/* What a happening told where the figure is spoken of, or of just the part that the series is, weighs beside an explanation; set, not fitted. */
static const double told_of_figure = .5, told_of_slice = .25;

PropterStr pattern_iri(const KnowMetric *metric, PropterDay first, PropterDay last, PropterArena *arena) {
  char hex[33], a[16], b[16];
  PropterBuf buf = {.max = 1 << 20};
  propter_day_format(first, a);
  propter_day_format(last, b);
  propter_buf_printf(&buf, "%.*s\n%s\n%s", (int)metric->def.iri.len, metric->def.iri.data, a, b);
  if (metric->slice_key.len) propter_buf_printf(&buf, "\n%.*s", (int)metric->slice_key.len, metric->slice_key.data);
  PropterStatus status = propter_buf_status(&buf, NULL);
  propter_hash_hex(propter_buf_str(&buf), hex);
  propter_buf_clear(&buf);
  return status ? (PropterStr){NULL, 0} : propter_arena_printf(arena, "https://w3id.org/propter/id/pattern/%s", hex);
}

PropterStr hypothesis_iri(PropterStr pattern, PropterStr cause, PropterArena *arena) {
  char hex[33];
  PropterStr key = propter_arena_printf(arena, "%.*s\n%.*s", (int)pattern.len, pattern.data, (int)cause.len, cause.data);
  if (!key.data) return key;
  propter_hash_hex(key, hex);
  return propter_arena_printf(arena, "https://w3id.org/propter/id/hypothesis/%s", hex);
}

void case_clear(Case *c) {
  for (size_t i = 0; i < c->causes.count; i++) {
    Cause *x = &c->causes.items[i];
    propter_vec_clear(&x->members);
    propter_vec_clear(&x->claims);
    propter_vec_clear(&x->links);
    propter_vec_clear(&x->hops);
    propter_vec_clear(&x->reviews);
  }
  propter_vec_clear(&c->causes);
  propter_vec_clear(&c->controls);
}

/* --- controls ----------------------------------------------------------------------------------------------------------------------------- */

static bool is_kin(const KnowMetric *a, const KnowMetric *b) { return ids_have(&a->kin, b->def.id) || ids_have(&b->kin, a->def.id); }

static bool can_control(Know *know, const KnowMetric *t, const KnowMetric *m) {
  double part;
  if (m == t || !m->scope.count || m->def.grain != t->def.grain || m->def.dataset != t->def.dataset || m->def.measure != t->def.measure ||
      !m->def.dataset)
    return false;
  return !is_kin(t, m) && scope_relation(know, &m->scope, &t->scope, &part) == RELATION_DISJOINT;
}

PropterStatus controls_compare(Know *know, KnowMetric *metric, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  if (metric->compared) return PROPTER_OK;
  bool *can = propter_calloc(know->metrics.count + 1, sizeof *can);
  if (!can) return propter_fail(err, PROPTER_NO_MEMORY, "controls");
  metric->controls.count = 0;
  for (size_t i = 0; i < know->metrics.count; i++) can[i] = can_control(know, metric, &know->metrics.items[i]);
  for (size_t i = 0; i < know->metrics.count && !status; i++) {
    KnowMetric *m = &know->metrics.items[i];
    bool whole = false;
    for (size_t k = 0; k < know->metrics.count && can[i] && !whole; k++) {
      const KnowMetric *x = &know->metrics.items[k];
      double part;
      whole = x != m && can[k] && is_kin(m, x) && scope_relation(know, &x->scope, &m->scope, &part) == RELATION_CHILD;
    }
    if (!can[i] || whole || (status = know_series(know, m, err))) continue;
    if (m->series.series.count && !propter_vec_push(&metric->controls, m)) status = propter_fail(err, PROPTER_NO_MEMORY, "controls");
  }
  propter_free(can);
  metric->compared = !status;
  return status;
}

PropterStatus controls_beside(Know *know, KnowMetric *metric, PropterError *err) {
  KnowCuts *cuts;
  if (!metric->slice_count || metric->cuts[1].read) return PROPTER_OK;
  PROPTER_TRY(controls_compare(know, metric, err));
  PROPTER_TRY(know_cuts(know, metric, true, &cuts, err));
  for (size_t i = 0; i < cuts->count; i++)
    if (can_control(know, metric, &cuts->items[i]) && !propter_vec_push(&metric->controls, &cuts->items[i]))
      return propter_fail(err, PROPTER_NO_MEMORY, "controls");
  return PROPTER_OK;
}

PropterStatus controls_find(Case *c, PropterError *err) {
  PROPTER_TRY(controls_compare(c->know, c->metric, err));
  for (size_t i = 0; i < c->metric->controls.count; i++)
    if (!propter_vec_push(&c->controls, c->metric->controls.items[i])) return propter_fail(err, PROPTER_NO_MEMORY, "controls");
  return PROPTER_OK;
}

static Relation effect_relation(const Case *c, PropterId effect, double *part);

/* --- time ----------------------------------------------------------------------------------------------------------------------------------- */

static PropterDay last_day(const KnowEvent *e) {
  if (e->profile == PROPTER_PROFILE_STEP) return e->start;
  if (e->profile == PROPTER_PROFILE_PATH && e->points && e->point[e->points - 1].at > e->end) return e->point[e->points - 1].at;
  return e->end == PROPTER_NO_DAY ? e->start : e->end;
}

int event_lag(const Case *c, const KnowEvent *e) {
  int lag = 0;
  for (size_t i = 0; i < c->know->links.count; i++) {
    const KnowLink *link = &c->know->links.items[i];
    double part;
    if (link->lag > lag && !link->forbidden && (link->cause == e->id || (e->kind && concept_covers(c->know, link->cause, e->kind))) &&
        effect_relation(c, link->effect, &part) != RELATION_DISJOINT)
      lag = link->lag;
  }
  return lag;
}

bool event_days(const Case *c, const KnowEvent *e, PropterDay *first, PropterDay *last) {
  if (e->start == PROPTER_NO_DAY) return false;
  /* An event whose end lies beyond what was known goes on. */
  bool goes_on = e->end == PROPTER_NO_DAY && c->know->options.known_by != PROPTER_NO_DAY && e->profile != PROPTER_PROFILE_STEP;
  *first = e->start;
  *last = goes_on ? INT32_MAX : last_day(e) + event_lag(c, e);
  return true;
}

void event_study_periods(const Case *c, const KnowEvent *e, int32_t *first, int32_t *last) {
  enum { OPEN_END = 14, LONGEST = 60 };
  const PropterGrain grain = c->metric->series.series.grain;
  int lag = event_lag(c, e);
  *first = propter_period_of(grain, e->start + lag);
  *last = e->end == PROPTER_NO_DAY || e->profile == PROPTER_PROFILE_STEP ? *first + OPEN_END - 1 : propter_period_of(grain, e->end + lag);
  if (*last - *first >= LONGEST) *last = *first + LONGEST - 1;
}

bool event_shares(const KnowEvent *e, PropterDay first, PropterDay last) {
  PropterDay end = e->end == PROPTER_NO_DAY ? e->start : e->end, from = e->start > first ? e->start : first, to = end < last ? end : last;
  return 2 * (to - from + 1) >= last - first + 1;
}

bool event_in_time(const Case *c, const KnowEvent *e) {
  PropterDay first, last;
  /* The lag asks every link: only of what is not too late anyway. */
  return e->start != PROPTER_NO_DAY && e->start <= c->last && event_days(c, e, &first, &last) && last >= c->before;
}

/* --- one and the same ------------------------------------------------------------------------------------------------------------------------- */

bool same_course(Know *know, const KnowEvent *a, const KnowEvent *b) {
  double part;
  return ids_have(&a->leads, b->id) && !b->has_dose && concept_related(know, a->kind, b->kind) &&
         scope_relation(know, &a->scope, &b->scope, &part) == RELATION_SAME;
}

static double overlap(PropterDay a0, PropterDay a1, PropterDay b0, PropterDay b1) {
  double low = a0 > b0 ? a0 : b0, high = a1 < b1 ? a1 : b1, from = a0 < b0 ? a0 : b0, to = a1 > b1 ? a1 : b1;
  return high < low ? 0 : (high - low + 1) / (to - from + 1);
}

/* The last day; where a sentence tells only the beginning, that of the other. */
static PropterDay end_beside(const KnowEvent *e, const KnowEvent *other) {
  if (e->end != PROPTER_NO_DAY) return e->end;
  return e->told && other->end != PROPTER_NO_DAY && other->end > e->start ? other->end : e->start;
}

/* Words of so many letters that both hold; capitals make no difference. */
static size_t words_in_common(PropterStr a, PropterStr b) {
  enum { LETTERS = 4 };
  size_t count = 0;
  for (size_t i = 0, end; i < a.len; i = end + 1) {
    for (end = i; end < a.len && a.data[end] != ' ';) end++;
    const size_t n = end - i;
    for (size_t k = 0; n >= LETTERS && k + n <= b.len; k++)
      if ((k == 0 || b.data[k - 1] == ' ') && (k + n == b.len || b.data[k + n] == ' ') && strncasecmp(a.data + i, b.data + k, n) == 0) {
        count++;
        break;
      }
  }
  return count;
}

/* One document tells of several days, and of the same again. */
static bool told_again(const KnowEvent *a, const KnowEvent *b) {
  return a->end != PROPTER_NO_DAY && a->end > a->start && a->end == b->end && a->source.len && propter_str_equal(a->source, b->source);
}

/* What is on record and what is told of its place, its first and its last day are one. */
static bool same_days(Know *know, const KnowEvent *a, const KnowEvent *b) {
  double part;
  return a->told != b->told && a->end != PROPTER_NO_DAY && a->end > a->start && a->end == b->end && a->scope.count &&
         scope_relation(know, &a->scope, &b->scope, &part) == RELATION_SAME;
}

/* What clauses tell of the same days, or one of what is on record: alike, with two words in common, in one document, or of one place. */
static bool told_alike(Know *know, const KnowEvent *a, const KnowEvent *b) {
  double part;
  return (a->told || b->told) && !a->kind && !b->kind && a->start != PROPTER_NO_DAY && a->start == b->start && end_beside(a, b) == end_beside(b, a) &&
         scope_relation(know, &a->scope, &b->scope, &part) != RELATION_DISJOINT &&
         (same_label(a->label, b->label) || words_in_common(a->label, b->label) > 1 || told_again(a, b) || same_days(know, a, b));
}

/* Linked as the same; or told alike; or of one kind, in one scope, at most of the same days, and not of two sizes. Sentences differ in how much they say of the
 * place. */
bool same_event(Know *know, const KnowEvent *a, const KnowEvent *b) {
  double part;
  if (ids_have(&a->close, b->id) || ids_have(&b->close, a->id) || told_alike(know, a, b)) return true;
  if (!a->kind || !b->kind || !(concept_covers(know, a->kind, b->kind) || concept_covers(know, b->kind, a->kind))) return false;
  if (a->start == PROPTER_NO_DAY || b->start == PROPTER_NO_DAY) return false;
  Relation r = scope_relation(know, &a->scope, &b->scope, &part);
  if (r == RELATION_DISJOINT || (r != RELATION_SAME && !(a->told && b->told))) return false;
  if (overlap(a->start, end_beside(a, b), b->start, end_beside(b, a)) < .5) return false;
  double most = fmax(fabs(a->dose), fabs(b->dose));
  return !a->has_dose || !b->has_dose || fabs(a->dose - b->dose) <= 2 * know->options.score.dose_error * most;
}

/* The first of a course of events. */
static size_t root_of(Know *know, size_t event) {
  for (int steps = 0; steps < 8; steps++) {
    size_t up = SIZE_MAX;
    for (size_t i = 0; i < know->events.count && up == SIZE_MAX; i++)
      if (i != event && know->events.items[i].same_as == SIZE_MAX && same_course(know, &know->events.items[i], &know->events.items[event]) &&
          !same_course(know, &know->events.items[event], &know->events.items[i]))
        up = i;
    if (up == SIZE_MAX) return event;
    event = up;
  }
  return event;
}

/* --- claims ------------------------------------------------------------------------------------------------------------------------------------ */

static bool effect_scope(Know *know, PropterId effect, PropterIds *scope, PropterIds *single) {
  KnowMetric *m = know_metric_id(know, effect);
  if (m) {
    *scope = m->scope;
    return m->scope.count > 0;
  }
  single->items[0] = effect;
  *scope = *single;
  return concept_find(know, effect) != NULL;
}

static bool related_scope(const Know *know, PropterId a, const PropterIds *b) {
  const KnowConcept *x = concept_find(know, a);
  for (size_t i = 0; x && i < b->count; i++) {
    const KnowConcept *y = concept_find(know, b->items[i]);
    if (a == b->items[i]) return true;
    for (size_t k = 0; y && k < x->schemes.count; k++)
      if (ids_have(&y->schemes, x->schemes.items[k])) return true;
    if (concept_covers(know, a, b->items[i]) || concept_covers(know, b->items[i], a)) return true;
  }
  return false;
}

static Relation effect_relation(const Case *c, PropterId effect, double *part) {
  PropterId one[1];
  PropterIds single = {one, 1, 1}, scope;
  *part = 1;
  if (effect == c->metric->def.id) return RELATION_SAME;
  if (!effect || !effect_scope(c->know, effect, &scope, &single)) return RELATION_DISJOINT;
  /* A kind of cause is no part of the world's sectors, though a scope relation would take it for one that covers all of them. */
  bool met = false;
  for (size_t i = 0; i < scope.count; i++) met |= related_scope(c->know, scope.items[i], &c->metric->scope);
  return met ? scope_relation(c->know, &scope, &c->metric->scope, part) : RELATION_DISJOINT;
}

static Relation claim_relation(const Case *c, const KnowClaim *claim, double *part) {
  const Relation r = effect_relation(c, claim->effect, part);
  return r == RELATION_DISJOINT || !claim->place.count ? r : scope_relation(c->know, &claim->place, &c->metric->scope, part);
}

/* A sentence about the refunds of a country has the refunds for its effect and the country for its scope: what the scope adds to the effect's own, or names
 * inside it, is where the effect is. */
static PropterStatus place_of(Know *know, KnowClaim *claim, PropterError *err) {
  PropterId one[1];
  PropterIds single = {one, 1, 1}, own = {0}, *place = &claim->place;
  bool limits = false, good = true;
  if (!claim->scope.count || !claim->effect || !effect_scope(know, claim->effect, &own, &single)) own.count = 0;
  for (size_t i = 0; i < claim->scope.count; i++) {
    const PropterId p = claim->scope.items[i];
    bool met = false, inside = false;
    for (size_t k = 0; k < own.count; k++) {
      met |= concept_comparable(know, p, own.items[k]);
      inside |= p != own.items[k] && concept_covers(know, own.items[k], p);
    }
    if (!concept_find(know, p) || (met && !inside)) continue;
    limits = true;
    good &= propter_vec_push(place, p);
  }
  const size_t added = place->count;
  for (size_t k = 0; k < own.count && limits; k++) {
    bool narrowed = false;
    for (size_t i = 0; i < added; i++) narrowed |= concept_covers(know, own.items[k], place->items[i]);
    if (!narrowed) good &= propter_vec_push(place, own.items[k]);
  }
  return good ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "places of claims");
}

PropterStatus claims_place(Know *know, PropterError *err) {
  for (size_t i = 0; i < know->claims.count; i++) PROPTER_TRY(place_of(know, &know->claims.items[i], err));
  return PROPTER_OK;
}

static bool names_kind(const Know *know, const KnowClaim *claim, PropterId kind) {
  for (size_t i = 0; kind && i < claim->causes.count; i++)
    if (concept_covers(know, claim->causes.items[i], kind)) return true;
  return false;
}

/* An undated account of a kind of thing means the last one before it was written. */
static size_t last_of_kind(const Know *know, const KnowClaim *claim) {
  size_t last = SIZE_MAX;
  for (size_t i = 0; i < know->events.count && claim->known != PROPTER_NO_DAY; i++) {
    const KnowEvent *e = &know->events.items[i];
    if (e->told || !e->kind || e->start == PROPTER_NO_DAY || e->start > claim->known || !names_kind(know, claim, e->kind)) continue;
    if (last == SIZE_MAX || e->start > know->events.items[last].start) last = i;
  }
  return last;
}

void claims_settle(Know *know) {
  for (size_t i = 0; i < know->claims.count; i++) {
    KnowClaim *claim = &know->claims.items[i];
    claim->cause_is_scope = know_is_scope(know, claim->cause);
    claim->last_of_kind = claim->kind == CLAIM_TYPE_LEVEL || know_event(know, claim->cause) ? SIZE_MAX : last_of_kind(know, claim);
  }
}

/* A sentence that dates nothing speaks from its own day: of what came shortly before it, or, a forecast, of what comes; of kinds of things whenever they
 * happen. */
static bool undated_speaks_of(const Case *c, const KnowClaim *claim) {
  if (claim->kind == CLAIM_TYPE_LEVEL || claim->known == PROPTER_NO_DAY) return true;
  if (claim->kind == CLAIM_EX_ANTE) return c->last >= claim->known && claim->known + PROPTER_ACCOUNT_DAYS >= c->first;
  return claim->known >= c->first && claim->known - PROPTER_ACCOUNT_DAYS <= c->last;
}

void claim_view(const Case *c, const KnowClaim *claim, ClaimView *out) {
  *out = (ClaimView){.start = PROPTER_NO_DAY, .end = PROPTER_NO_DAY};
  out->relation = claim_relation(c, claim, &out->part);
  PropterDay from = c->first;
  if (claim->effect_start != PROPTER_NO_DAY) {
    out->start = claim->effect_start;
    out->end = claim->effect_end == PROPTER_NO_DAY ? claim->effect_start : claim->effect_end;
    out->of_effect = true;
  } else if (claim->cause_start != PROPTER_NO_DAY) {
    out->start = claim->cause_start;
    out->end = claim->cause_end == PROPTER_NO_DAY ? claim->cause_start : claim->cause_end;
    from = c->before;
  } else {
    const KnowEvent *e = know_event(c->know, claim->cause);
    if (!e && claim->last_of_kind != SIZE_MAX) e = &c->know->events.items[claim->last_of_kind];
    if (e && e->start != PROPTER_NO_DAY && claim->kind != CLAIM_TYPE_LEVEL) {
      out->start = e->start;
      out->end = last_day(e);
      from = c->before;
    }
  }
  out->in_window = out->start == PROPTER_NO_DAY ? undated_speaks_of(c, claim) : out->start <= c->last && out->end >= from;
}

static bool names_member(const Know *know, const KnowClaim *claim, const Cause *cause, size_t *which) {
  for (size_t i = 0; i < cause->members.count; i++)
    if (ids_have(&claim->causes, know->events.items[cause->members.items[i]].id)) {
      *which = cause->members.items[i];
      return true;
    }
  return false;
}

/* A kind named with dates means what happened then. */
static bool dates_agree(const KnowClaim *claim, const KnowEvent *e) {
  if (claim->cause_start == PROPTER_NO_DAY || e->start == PROPTER_NO_DAY) return true;
  PropterDay end = claim->cause_end == PROPTER_NO_DAY ? claim->cause_start : claim->cause_end;
  return claim->cause_start <= last_day(e) + 31 && end >= e->start - 31;
}

/* Of a cause that is documented for this slice, or for a part of it, a statement about the whole speaks here; of one documented for a part, so does a
 * statement about that part. */
static double claim_strength(const Know *know, const Cause *cause, const KnowClaim *claim, const ClaimView *view) {
  bool here = cause->in_scope && (view->relation == RELATION_CHILD ? cause->relation == RELATION_CHILD : cause->relation != RELATION_PARENT);
  double p = claim_trust(know, claim);
  if (view->relation == RELATION_PARENT && !here) p *= said_of_whole;
  if (view->relation == RELATION_CHILD && !here) p *= view->part;
  return p;
}

static PropterStatus add_claim(Cause *cause, const Know *know, size_t index, const ClaimView *view, KnowClaimKind as, double share, PropterError *err) {
  const KnowClaim *claim = &know->claims.items[index];
  double acts = claim_strength(know, cause, claim, view);
  CauseClaim x = {.claim = index, .against = claim->negated, .acts = acts, .strength = share * acts, .as = as, .copy_of = SIZE_MAX};
  return propter_vec_push(&cause->claims, x) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "claims of a cause");
}

/* What the sentence says of the level while the cause lasts: what the end of something raises, the thing itself lowers. */
static int said_direction(const Know *know, const Cause *cause, const KnowClaim *claim) {
  size_t which;
  if (!claim->polarity) return 0;
  if (names_member(know, claim, cause, &which) && which != cause->root && cause->root != SIZE_MAX) {
    const KnowEvent *root = &know->events.items[cause->root], *e = &know->events.items[which];
    if (ids_have(&root->leads, e->id) && e->start > root->start) return -claim->polarity;
  }
  return claim->polarity;
}

/* The claim speaks of a time in which an event of the course went on. */
static bool in_course(const Know *know, const Cause *cause, const ClaimView *view) {
  for (size_t i = 0; i < cause->members.count && view->start != PROPTER_NO_DAY; i++) {
    const KnowEvent *e = &know->events.items[cause->members.items[i]];
    if (e->start != PROPTER_NO_DAY && view->start <= last_day(e) && view->end >= e->start) return true;
  }
  return false;
}

/* What ends can move the figure both ways: its size has a course, or its end is an event. */
static bool can_turn(const Know *know, const Cause *cause) {
  const KnowEvent *root = &know->events.items[cause->root];
  if (root->profile == PROPTER_PROFILE_PULSE || root->profile == PROPTER_PROFILE_PATH) return true;
  for (size_t i = 0; i < cause->members.count; i++)
    if (cause->members.items[i] != cause->root && know->events.items[cause->members.items[i]].kind != root->kind) return true;
  return false;
}

static PropterStatus collect_claims(Case *c, Cause *cause, PropterError *err) {
  Know *know = c->know;
  double up = 0, down = 0;
  for (size_t i = 0; i < know->claims.count; i++) {
    const KnowClaim *claim = &know->claims.items[i];
    ClaimView view;
    size_t which;
    bool named = cause->root == SIZE_MAX ? ids_have(&claim->causes, cause->id) : names_member(know, claim, cause, &which);
    bool kind = !named && cause->root != SIZE_MAX && names_kind(know, claim, know->events.items[cause->root].kind) &&
                dates_agree(claim, &know->events.items[cause->root]);
    if (!named && !kind) continue;
    claim_view(c, claim, &view);
    if (view.relation == RELATION_DISJOINT || (view.relation == RELATION_PARENT && cause->root != SIZE_MAX && !cause->in_scope)) continue;
    double strength = claim_strength(know, cause, claim, &view);
    if (!claim->negated && claim->polarity) *(said_direction(know, cause, claim) > 0 ? &up : &down) += strength;
    KnowClaimKind as = kind && !view.of_effect && claim->cause_start == PROPTER_NO_DAY ? CLAIM_TYPE_LEVEL : claim->kind;
    /* What is said of another time of the same course tells that it acts here, not that it did so in this window; of a course that turns it is the other
     * half of the same story. */
    bool other_way = claim->polarity && c->sign && claim->polarity != c->sign;
    double share = view.of_effect && claim->period_guessed ? guessed_period : 1;
    if (!view.in_window) {
      bool turns = named && cause->in_scope && can_turn(know, cause);
      if (!named || !cause->in_scope || claim->negated || !in_course(know, cause, &view) || (other_way && !turns)) continue;
      as = CLAIM_TYPE_LEVEL;
      share *= turns ? 1 : said_of_other;
    } else if (other_way) {
      continue; /* a statement of the other direction is none of this move's */
    }
    PROPTER_TRY(add_claim(cause, know, i, &view, as, share, err));
  }
  cause->number.direction = up > 2 * down ? 1 : down > 2 * up ? -1 : 0;
  return PROPTER_OK;
}

/* --- links ------------------------------------------------------------------------------------------------------------------------------------- */

static bool link_names(const Know *know, const KnowLink *link, const Cause *cause) {
  for (size_t i = 0; i < cause->members.count; i++) {
    const KnowEvent *e = &know->events.items[cause->members.items[i]];
    if (link->cause == e->id || (e->kind && concept_covers(know, link->cause, e->kind))) return true;
  }
  return cause->root == SIZE_MAX && concept_covers(know, link->cause, cause->id);
}

/* What cannot act on the whole cannot act on its parts. */
static bool forbids(const Case *c, const KnowLink *link) {
  double part;
  Relation r = effect_relation(c, link->effect, &part);
  return r == RELATION_SAME || r == RELATION_PARENT;
}

/* A stated lag is rounded to the period, and one more or less is as good. */
static void set_lag(const Case *c, const KnowLink *link, PropterCandidate *n) {
  PropterGrain grain = c->metric->def.grain;
  int periods = (int)(propter_period_of(grain, c->first + link->lag) - propter_period_of(grain, c->first));
  if (!periods) return;
  n->lag_min = periods - 1;
  n->lag_max = periods + 1;
}

static PropterStatus collect_links(Case *c, Cause *cause, PropterError *err) {
  Know *know = c->know;
  cause->forbidden_by = SIZE_MAX;
  for (size_t i = 0; i < know->links.count; i++) {
    const KnowLink *link = &know->links.items[i];
    double part;
    if (!link_names(know, link, cause)) continue;
    if (link->forbidden) {
      if (forbids(c, link) && cause->forbidden_by == SIZE_MAX) cause->forbidden_by = i;
      continue;
    }
    if (link->belief <= 0 || effect_relation(c, link->effect, &part) == RELATION_DISJOINT) continue;
    if (cause->root != SIZE_MAX && !cause->in_scope) continue; /* "when it happens there" */
    double weight = link->belief * part, *channel = &cause->number.weight[link->told ? PROPTER_CHANNEL_TEXT : PROPTER_CHANNEL_CURATED];
    if (link->chained && cause->links.count) continue; /* what is said of both ends goes before */
    if (weight > *channel) *channel = weight;
    /* What the pack says of the direction goes before what documents say. */
    if (link->polarity) cause->number.direction = link->polarity;
    set_lag(c, link, &cause->number);
    if (!propter_vec_push(&cause->links, i)) return propter_fail(err, PROPTER_NO_MEMORY, "links of a cause");
  }
  return PROPTER_OK;
}

/* --- gathering ------------------------------------------------------------------------------------------------------------------------------------ */

static Cause *with_member(Case *c, size_t event) {
  for (size_t i = 0; i < c->causes.count; i++)
    for (size_t k = 0; k < c->causes.items[i].members.count; k++)
      if (c->causes.items[i].members.items[k] == event) return &c->causes.items[i];
  return NULL;
}

static PropterStatus add_member(Cause *cause, size_t event, PropterError *err) {
  for (size_t i = 0; i < cause->members.count; i++)
    if (cause->members.items[i] == event) return PROPTER_OK;
  return propter_vec_push(&cause->members, event) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "members of a cause");
}

static PropterStatus add_cause(Case *c, Cause cause, Cause **out, PropterError *err) {
  if (!propter_vec_push(&c->causes, cause)) return propter_fail(err, PROPTER_NO_MEMORY, "%zu causes", c->causes.count);
  *out = &c->causes.items[c->causes.count - 1];
  return PROPTER_OK;
}

/* An event with all that belongs to its course. */
static PropterStatus add_event(Case *c, size_t event, PropterError *err) {
  Know *know = c->know;
  Cause *cause;
  event = root_of(know, event);
  if (with_member(c, event)) return PROPTER_OK;
  const KnowEvent *e = &know->events.items[event];
  PROPTER_TRY(add_cause(c, (Cause){.id = e->id, .iri = e->iri, .label = e->label, .root = event}, &cause, err));
  PROPTER_TRY(add_member(cause, event, err));
  for (size_t i = 0; i < cause->members.count; i++)
    for (size_t k = 0; k < know->events.count; k++)
      if (k != cause->members.items[i] && same_course(know, &know->events.items[cause->members.items[i]], &know->events.items[k]))
        PROPTER_TRY(add_member(cause, k, err));
  return PROPTER_OK;
}

/* Which of two names for one thing leads: a documented event before one from text, one with a size before one without, one that names fewer dimensions (a
 * sentence about an effect adds those of the effect), one known earlier, by IRI. */
static bool leads(const KnowEvent *a, const KnowEvent *b) {
  if (a->told != b->told) return !a->told;
  if (a->has_dose != b->has_dose) return a->has_dose;
  if (a->told && a->scope.count != b->scope.count) return a->scope.count < b->scope.count;
  if (a->known != b->known) return a->known < b->known;
  return propter_str_compare(a->iri, b->iri) < 0;
}

static void drop_cause(Case *c, size_t at) {
  Cause *x = &c->causes.items[at];
  propter_vec_clear(&x->members);
  propter_vec_clear(&x->claims);
  propter_vec_clear(&x->links);
  propter_vec_clear(&x->hops);
  propter_vec_clear(&x->reviews);
  memmove(x, x + 1, (c->causes.count - at - 1) * sizeof *x);
  c->causes.count--;
}

static PropterStatus merge_aliases(Case *c, PropterError *err) {
  Know *know = c->know;
  for (size_t i = 0; i < c->causes.count; i++)
    for (size_t k = i + 1; k < c->causes.count;) {
      Cause *a = &c->causes.items[i], *b = &c->causes.items[k];
      if (a->root == SIZE_MAX || b->root == SIZE_MAX || !same_event(know, &know->events.items[a->root], &know->events.items[b->root])) {
        k++;
        continue;
      }
      const KnowEvent *x = &know->events.items[a->root], *y = &know->events.items[b->root];
      if (leads(y, x)) a->root = b->root, a->id = y->id, a->iri = y->iri, a->label = y->label;
      for (size_t m = 0; m < b->members.count; m++) PROPTER_TRY(add_member(a, b->members.items[m], err));
      drop_cause(c, k);
      k = i + 1;
    }
  return PROPTER_OK;
}

/* A statement about a whole does not carry an event from the part it is documented for into another part. */
static bool brings_here(const ClaimView *view) { return view->relation == RELATION_SAME || view->relation == RELATION_CHILD; }

/* What is measured, by the widest metric of it: names of slices are not in its label. */
static PropterStr measure_name(const Know *know, const KnowMetric *metric) {
  const KnowMetric *widest = metric;
  for (size_t i = 0; i < know->metrics.count; i++) {
    const KnowMetric *m = &know->metrics.items[i];
    if (m->def.dataset == widest->def.dataset && m->def.measure == widest->def.measure && m->scope.count < widest->scope.count) widest = m;
  }
  return widest->def.label;
}

/* The passage that tells it (its words, its headings, the title) names what is measured. */
static bool told_beside_figure(const Know *know, const KnowEvent *e, const KnowMetric *metric) {
  const size_t said = e->told && !e->kind ? know_claim(know, e->quote) : SIZE_MAX;
  if (said == SIZE_MAX) return false;
  const KnowClaim *own = &know->claims.items[said];
  const PropterStr name = measure_name(know, metric);
  return shares_word(own->quote, name) || shares_word(own->section, name) ||
         (own->document != SIZE_MAX && shares_word(know->documents.items[own->document].title, name));
}

/* It holds in just the places that the series has, or inside of them. */
static bool told_of_places(const Case *c, const KnowEvent *e) {
  bool placed = false;
  double part;
  for (size_t i = 0; i < c->metric->scope.count; i++) placed |= !ids_have(&c->know->measured, c->metric->scope.items[i]);
  if (!placed || !e->scope.count || !e->told || e->kind) return false;
  const Relation r = place_relation(c->know, &e->scope, &c->metric->scope, &part);
  return r == RELATION_SAME || r == RELATION_CHILD;
}

/* A place by which other figures are split and this one's are not. */
static bool is_place_of_others(const Case *c, PropterId place) {
  const Know *know = c->know;
  bool others = false;
  if (ids_have(&know->measured, place)) return false;
  for (size_t i = 0; i < know->metrics.count; i++) {
    const KnowMetric *m = &know->metrics.items[i];
    bool split = false;
    for (size_t k = 0; k < m->scope.count && !split; k++) split = concept_comparable(know, place, m->scope.items[k]);
    if (split && m->def.dataset == c->metric->def.dataset) return false;
    others |= split;
  }
  return others;
}

/* A passage that tells it of a part of other figures (a country, where these here are split by channel), names what is measured there, and does not speak of
 * this figure. */
static bool told_of_others(const Case *c, const KnowEvent *e) {
  const Know *know = c->know;
  bool apart = false;
  for (size_t i = 0; e->told && !e->kind && i < e->scope.count && !apart; i++) apart = is_place_of_others(c, e->scope.items[i]);
  if (!apart || told_beside_figure(know, e, c->metric)) return false;
  for (size_t i = 0; i < know->metrics.count; i++)
    if (know->metrics.items[i].def.dataset != c->metric->def.dataset && told_beside_figure(know, e, &know->metrics.items[i])) return true;
  return false;
}

static PropterStatus gather_events(Case *c, PropterError *err) {
  Know *know = c->know;
  for (size_t i = 0; i < know->events.count; i++) {
    const KnowEvent *e = &know->events.items[i];
    double part;
    if (e->same_as != SIZE_MAX || !event_in_time(c, e)) continue;
    bool named = scope_relation(know, &e->scope, &c->metric->scope, &part) != RELATION_DISJOINT && !told_of_others(c, e);
    for (size_t k = 0; k < know->claims.count && !named; k++) {
      ClaimView view;
      if (!ids_have(&know->claims.items[k].causes, e->id)) continue;
      claim_view(c, &know->claims.items[k], &view);
      named = brings_here(&view) && view.in_window && !know->claims.items[k].negated;
    }
    if (named) PROPTER_TRY(add_event(c, i, err));
  }
  return PROPTER_OK;
}

/* A kind of cause that a sentence gives for this window though no event of it is known then. */
static PropterStatus gather_kinds(Case *c, PropterError *err) {
  Know *know = c->know;
  for (size_t i = 0; i < know->claims.count; i++) {
    const KnowClaim *claim = &know->claims.items[i];
    ClaimView view;
    if (claim->kind == CLAIM_TYPE_LEVEL || claim->negated || !claim->cause || know_event(know, claim->cause) || claim->cause_is_scope) continue;
    claim_view(c, claim, &view);
    if (view.relation == RELATION_DISJOINT || !view.in_window || (claim->polarity && c->sign && claim->polarity != c->sign)) continue;
    bool held = false;
    for (size_t k = 0; k < c->causes.count && !held; k++) {
      const Cause *x = &c->causes.items[k];
      held = x->id == claim->cause;
      if (x->root != SIZE_MAX) held |= names_kind(know, claim, know->events.items[x->root].kind) && dates_agree(claim, &know->events.items[x->root]);
    }
    /* A statement about a whole brings no kind here whose event then is documented for another part. */
    for (size_t k = 0; k < know->events.count && !held && view.relation == RELATION_PARENT; k++)
      held = !know->events.items[k].told && names_kind(know, claim, know->events.items[k].kind) && event_in_time(c, &know->events.items[k]);
    if (held) continue;
    Cause cause = {.id = claim->cause, .root = SIZE_MAX}, *added;
    PROPTER_TRY(node_text(know->snapshot, claim->cause, c->arena, &cause.iri, err));
    PROPTER_TRY(label_of(know->snapshot, know->v, claim->cause, c->arena, &cause.label, err));
    PROPTER_TRY(add_cause(c, cause, &added, err));
  }
  return PROPTER_OK;
}

/* --- chains --------------------------------------------------------------------------------------------------------------------------------------- */

static bool stands_for(const Know *know, const Cause *cause, PropterId id) {
  if (id == cause->id) return true;
  for (size_t i = 0; i < cause->members.count; i++) {
    const KnowEvent *e = &know->events.items[cause->members.items[i]];
    if (e->id == id || (e->kind && concept_covers(know, id, e->kind))) return true;
  }
  return false;
}

/* What is said to have brought about the head of the chain: the best believed statement. */
static bool step_back(Know *know, const Cause *cause, PropterId head, Hop *hop) {
  bool first = head == cause->id;
  hop->belief = 0;
  for (size_t i = 0; i < know->claims.count; i++) {
    const KnowClaim *claim = &know->claims.items[i];
    bool fits = claim->effect && (claim->effect == head || (first && stands_for(know, cause, claim->effect)));
    if (!fits || claim->negated || !claim->cause || stands_for(know, cause, claim->cause) || claim->cause_is_scope) continue;
    double p = claim_trust(know, claim);
    if (p > hop->belief) *hop = (Hop){claim->cause, head, claim->iri, p};
  }
  for (size_t i = 0; i < know->links.count; i++) {
    const KnowLink *link = &know->links.items[i];
    bool fits = link->effect == head || (first && stands_for(know, cause, link->effect));
    if (fits && !link->forbidden && !link->chained && link->belief > hop->belief && !stands_for(know, cause, link->cause))
      *hop = (Hop){link->cause, head, link->iri, link->belief};
  }
  for (size_t i = 0; i < know->events.count; i++) {
    const KnowEvent *e = &know->events.items[i];
    bool before = ids_have(&e->leads, head);
    for (size_t k = 0; first && k < cause->members.count; k++) before |= ids_have(&e->leads, know->events.items[cause->members.items[k]].id);
    if (before && hop->belief < 1 && !stands_for(know, cause, e->id)) *hop = (Hop){e->id, head, e->iri, 1};
  }
  return hop->belief > 0;
}

static PropterStatus chain(Case *c, Cause *cause, PropterError *err) {
  PropterId head = cause->id;
  for (unsigned depth = 1; depth < c->know->options.depth; depth++) {
    Hop hop;
    bool circle = false;
    if (!step_back(c->know, cause, head, &hop)) break;
    for (size_t i = 0; i < cause->hops.count; i++) circle |= cause->hops.items[i].effect == hop.cause;
    if (circle) break;
    if (!propter_vec_push(&cause->hops, hop)) return propter_fail(err, PROPTER_NO_MEMORY, "chain");
    memmove(cause->hops.items + 1, cause->hops.items, (cause->hops.count - 1) * sizeof hop);
    cause->hops.items[0] = hop;
    head = hop.cause;
  }
  return PROPTER_OK;
}

/* --- numbers for the score ------------------------------------------------------------------------------------------------------------------------- */

static bool unit_factor(const PropterMetric *m, PropterStr unit, double *factor) {
  *factor = 1;
  if (!unit.len || propter_str_equal(unit, m->unit) || propter_str_equal(unit, m->unit_label)) return true;
  *factor = 1 / m->scale;
  return propter_str_equal(unit, PROPTER_STR("1"));
}

/* Without a size, a stage of the same kind that begins in the window dates the effect more closely than the whole course does. */
static PropterDay effect_start(const Case *c, const Cause *cause, const KnowEvent *root) {
  PropterDay start = root->start;
  for (size_t i = 0; i < cause->members.count && !root->has_dose && root->start < c->first; i++) {
    const KnowEvent *e = &c->know->events.items[cause->members.items[i]];
    if (e->kind == root->kind && e->start >= c->first && e->start <= c->last && (start < c->first || e->start < start)) start = e->start;
  }
  return start;
}

/* Days until the next day that a told event's passage gives to something: as good an idea of its end as an end of another event of its kind; 0: none. */
static double told_until(Know *know, const KnowEvent *e) {
  enum { LONGEST = 365 };
  const size_t said = e->told ? know_claim(know, e->quote) : SIZE_MAX;
  if (said == SIZE_MAX) return 0;
  const KnowClaim *own = &know->claims.items[said];
  for (size_t i = said + 1; i < know->claims.count; i++) {
    const KnowClaim *next = &know->claims.items[i];
    if (next->document != own->document || !propter_str_equal(next->section, own->section)) break;
    const KnowEvent *x = know_event(know, next->id);
    if (x && x->start != PROPTER_NO_DAY && x->start > e->start && x->start - e->start < LONGEST) return x->start - e->start + 1;
  }
  return 0;
}

/* How long events of its kind last that are known to have ended, and how many were left open, which tells something where half of all events on record have
 * an end. Told ones are left out: an end that is read may be that of a sentence. */
static PropterStatus set_lasted(const Case *c, Cause *cause, PropterError *err) {
  Know *know = c->know;
  const KnowEvent *e = cause->root == SIZE_MAX ? NULL : &know->events.items[cause->root];
  PropterCandidate *n = &cause->number;
  if (!e || e->end != PROPTER_NO_DAY || e->profile != PROPTER_PROFILE_UNKNOWN) return PROPTER_OK;
  double *days = propter_malloc((know->ended + 2) * sizeof *days);
  if (!days) return propter_fail(err, PROPTER_NO_MEMORY, "%zu events", know->ended);
  for (size_t i = 0; i < know->events.count; i++) {
    const KnowEvent *x = &know->events.items[i];
    if (x->told || x->start == PROPTER_NO_DAY || !(x == e || (e->kind && x->kind == e->kind))) continue;
    if (x->end == PROPTER_NO_DAY) n->open++;
    else days[n->ended++] = fmax(1, x->end - x->start + 1);
  }
  if (2 * know->ended < know->dated) n->open = 0;
  const double until = told_until(know, e);
  if (until > 0) days[n->ended++] = until;
  if (n->ended) n->lasted = propter_median(days, n->ended);
  propter_free(days);
  return PROPTER_OK;
}

static void set_effect(const Case *c, Cause *cause) {
  const KnowEvent *e = cause->root == SIZE_MAX ? NULL : &c->know->events.items[cause->root];
  PropterEffect *effect = &cause->number.effect;
  *effect = (PropterEffect){.start = PROPTER_NO_DAY, .end = PROPTER_NO_DAY};
  if (!e) return;
  double factor;
  effect->start = effect_start(c, cause, e);
  effect->end = e->end;
  effect->profile = e->profile;
  bool dosed = e->has_dose && cause->in_scope && unit_factor(&c->metric->def, e->dose_unit, &factor);
  if (e->profile == PROPTER_PROFILE_PATH && !dosed) effect->profile = PROPTER_PROFILE_UNKNOWN;
  if (!dosed) return;
  effect->has_dose = true;
  effect->dose = e->dose * factor;
  effect->dose_sd = e->dose_sd * factor;
  effect->points = e->points;
  effect->point = e->point;
  if (factor != 1 && e->points) {
    PropterPoint *scaled = propter_arena_alloc(c->arena, e->points * sizeof *scaled);
    for (size_t i = 0; scaled && i < e->points; i++) scaled[i] = (PropterPoint){e->point[i].at, e->point[i].value * factor};
    effect->point = scaled;
    if (!scaled) effect->has_dose = false, effect->points = 0, effect->profile = PROPTER_PROFILE_UNKNOWN;
  }
}

/* What part of a control the cause touches as well if it acted. Of what only text knows the text says how far that reaches, however little it is believed:
 * if the cause is none, it is so here as well. What else is said of a known event may be wrong while the event is right, so there belief counts. */
static double control_touched(const Case *c, const Cause *cause, KnowMetric *control) {
  Know *know = c->know;
  double part, touched = 0;
  if (cause->root != SIZE_MAX && scope_relation(know, &know->events.items[cause->root].scope, &control->scope, &part) != RELATION_DISJOINT) touched = part;
  /* Text may say that it went further. */
  Case other = *c;
  other.metric = control;
  for (size_t k = 0; k < know->claims.count && touched < 1; k++) {
    const KnowClaim *claim = &know->claims.items[k];
    size_t which;
    if (claim->negated || !claim->effect || !(cause->root == SIZE_MAX ? ids_have(&claim->causes, cause->id) : names_member(know, claim, cause, &which)))
      continue;
    Relation r = claim_relation(&other, claim, &part);
    if (r == RELATION_DISJOINT) continue;
    double p = cause->root == SIZE_MAX ? 1 : claim_trust(know, claim) * (r == RELATION_PARENT ? said_of_whole : 1);
    if (p * part > touched) touched = p * part;
  }
  return touched;
}

static PropterStatus set_controls(Case *c, Cause *cause, PropterError *err) {
  size_t n = c->controls.count;
  double sum = 0, *part = propter_arena_alloc(c->arena, (n + 1) * sizeof *part);
  if (!part) return propter_fail(err, PROPTER_NO_MEMORY, "%zu controls", n);
  for (size_t i = 0; i < n; i++) sum += part[i] = control_touched(c, cause, c->controls.items[i]);
  cause->number.control_part = part;
  cause->number.controls_in_scope = n ? sum / (double)n : 0;
  return PROPTER_OK;
}

/* As far as the window's own series is looked at. */
static PropterStatus view_of_slice(const Case *c, const PropterSeries *whole, const PropterSeries **out, PropterError *err) {
  const PropterSeries *own = &c->view->series;
  int64_t end = (int64_t)own->first + (int64_t)own->count - whole->first;
  PropterSeries *slice = propter_arena_alloc(c->arena, sizeof *slice);
  if (!slice) return propter_fail(err, PROPTER_NO_MEMORY, "slice of a cause");
  *slice = *whole;
  if (c->view != &c->metric->view[VIEW_WHOLE] && end < (int64_t)slice->count) slice->count = end > 0 ? (size_t)end : 0;
  if (slice->count) *out = slice;
  return PROPTER_OK;
}

/* Another metric that is just the part of the series in `scope`. */
static KnowMetric *part_metric(const Case *c, const PropterIds *scope) {
  for (size_t i = 0; i < c->know->metrics.count; i++) {
    KnowMetric *m = &c->know->metrics.items[i];
    double part;
    if (m != c->metric && m->def.dataset == c->metric->def.dataset && m->def.measure == c->metric->def.measure && m->def.grain == c->metric->def.grain &&
        m->scope.count && scope_relation(c->know, scope, &m->scope, &part) == RELATION_SAME)
      return m;
  }
  return NULL;
}

/* Kept, since a baseline of the slice is learned for it. */
static PropterStatus part_deviation(const Case *c, PropterCandidate *n, PropterError *err) {
  const double periods = (double)(c->to - c->from + 1);
  Memo *memo = c->know->memo;
  PropterHash128 key = {0, 0};
  PropterStr kept;
  double actual, expected, part[2];
  if (memo) {
    PROPTER_TRY(kept_series(n->slice, &key, err));
    key = kept_key(key, KEPT_PART, (size_t)(int64_t)c->first, (size_t)(int64_t)c->last);
  }
  if (memo_get(memo, key, &kept) && kept.len == sizeof part) {
    memcpy(part, kept.data, sizeof part);
  } else {
    PROPTER_TRY(window_sum(n->slice, c->first, c->last, &actual, &expected, &part[1], err));
    part[0] = actual - expected;
    PROPTER_TRY(memo_put(memo, key, (PropterStr){(const char *)part, sizeof part}, err));
  }
  n->part = part[0] / periods, n->part_error = part[1] / periods;
  return PROPTER_OK;
}

static PropterStatus set_slice(Case *c, Cause *cause, PropterError *err) {
  Know *know = c->know;
  PropterCandidate *n = &cause->number;
  double part;
  if (cause->root == SIZE_MAX || !cause->in_scope) return PROPTER_OK;
  const PropterIds *scope = &know->events.items[cause->root].scope;
  /* Of what names no measure the size may be that of another. */
  if (cause->relation != RELATION_CHILD && (n->effect.has_dose || place_relation(know, scope, &c->metric->scope, &part) != RELATION_CHILD)) return PROPTER_OK;
  KnowMetric *m = part_metric(c, scope);
  PropterSeries *found = NULL;
  if (m) {
    PROPTER_TRY(know_series(know, m, err));
    found = &m->series.series;
  }
  if (!found || !found->count) PROPTER_TRY(know_part(know, c->metric, scope, c->arena, &found, err));
  if (!found) return PROPTER_OK;
  PROPTER_TRY(view_of_slice(c, found, &n->slice, err));
  if (!n->slice) return PROPTER_OK;
  n->scope = PROPTER_SCOPE_CHILD;
  return part_deviation(c, n, err);
}

static PropterStatus set_scope(Case *c, Cause *cause, PropterError *err) {
  Know *know = c->know;
  cause->relation = RELATION_DISJOINT;
  cause->part = 1;
  if (cause->root != SIZE_MAX) cause->relation = scope_relation(know, &know->events.items[cause->root].scope, &c->metric->scope, &cause->part);
  cause->in_scope = cause->relation != RELATION_DISJOINT;
  PROPTER_TRY(collect_claims(c, cause, err));
  for (size_t i = 0; i < cause->claims.count && cause->relation == RELATION_DISJOINT; i++) {
    ClaimView view;
    claim_view(c, &know->claims.items[cause->claims.items[i].claim], &view);
    cause->relation = view.relation;
    cause->part = view.part;
  }
  return PROPTER_OK;
}

static double t3_log(double x) { return -2 * log1p(x * x / 3); }

/* Log likelihood ratio of a documented course for the periods outside the window and the time after it (those the score weighs): the changes that the course
 * predicts there against none, in robust standard errors with the tails of t₃. Far below 0: the thing did not happen like that, then. */
static PropterStatus course_elsewhere(const Case *c, const Cause *cause, double *fit, PropterError *err) {
  const PropterSeries *s = &c->view->series;
  size_t n = 0, after = c->to + (c->to - c->from + 1);
  *fit = 0;
  if (!cause->number.effect.has_dose || cause->relation == RELATION_PARENT) return PROPTER_OK;
  double *path = propter_malloc(2 * s->count * sizeof *path), *change = path ? path + s->count : NULL;
  if (!path) return propter_fail(err, PROPTER_NO_MEMORY, "course of a cause");
  PropterStatus status = propter_effect_path(&cause->number.effect, s, 0, path, err);
  for (size_t i = 1; i < s->count && !status; i++)
    if (isfinite(s->value[i]) && isfinite(s->value[i - 1])) change[n++] = s->value[i] - s->value[i - 1];
  double usual = n ? propter_median(change, n) : 0, noise = n ? propter_mad(change, n, usual) : 0;
  for (size_t i = 1; i < s->count && !status && noise > 0; i++) {
    double step = path[i] - path[i - 1], own = s->value[i] - s->value[i - 1] - usual;
    if ((i >= c->from && i <= after) || step == 0 || !isfinite(own)) continue;
    double error = hypot(noise, c->know->options.score.dose_error * step);
    *fit += t3_log((own - step) / error) - log(error / noise) - t3_log(own / noise);
  }
  propter_free(path);
  return status;
}

/* Where no knowledge says how late it acts on this series, and no record how it went, it may show the day after as well. */
static void set_late(const Case *c, Cause *cause) {
  PropterCandidate *n = &cause->number;
  if (c->metric->def.grain == PROPTER_GRAIN_DAY && !cause->links.count && n->effect.profile == PROPTER_PROFILE_UNKNOWN) n->lag_max = 1;
}

static PropterStatus set_numbers(Case *c, Cause *cause, PropterError *err) {
  Know *know = c->know;
  PropterCandidate *n = &cause->number;
  const KnowEvent *e = cause->root == SIZE_MAX ? NULL : &know->events.items[cause->root];
  bool documented = e && !e->told;
  PROPTER_TRY(cause_believe(c, cause, err));
  /* Curated knowledge that this kind acts here is a statement too; its belief counts where text does: for the grade. */
  n->belief_for = cause->belief_for;
  for (size_t i = 0; i < cause->links.count; i++) n->belief_for = fmax(n->belief_for, know->links.items[cause->links.items[i]].belief);
  n->belief_against = cause->belief_against;
  n->scope = cause->relation == RELATION_PARENT ? PROPTER_SCOPE_PARENT : cause->relation == RELATION_CHILD ? PROPTER_SCOPE_CHILD : PROPTER_SCOPE_SAME;
  /* An explanation given afterwards was looked for: in the prior it counts a part, so that the prior does not say twice what its likelihood ratio says. */
  double said = cause->foretold + fmax(0, cause->belief_for - cause->foretold) / know->options.belief.attribution_lr;
  n->weight[PROPTER_CHANNEL_TEXT] = fmax(n->weight[PROPTER_CHANNEL_TEXT], said) * (1 - cause->belief_against);
  /* A sentence tells that something happened, and nothing what kind of thing it was: little speaks for its acting on just this. */
  if (e && cause->in_scope) n->weight[PROPTER_CHANNEL_CALENDAR] = cause->part * e->happened * (e->told && !e->kind ? unnamed_kind : 1);
  for (size_t i = 0; cause->in_scope && i < cause->members.count; i++) {
    const KnowEvent *m = &know->events.items[cause->members.items[i]];
    const double told = (told_beside_figure(know, m, c->metric) ? told_of_figure : told_of_places(c, m) ? told_of_slice : 0) * m->happened;
    n->weight[PROPTER_CHANNEL_TEXT] =
        fmax(n->weight[PROPTER_CHANNEL_TEXT], told * cause->part * (1 - cause->belief_against) / know->options.belief.attribution_lr);
  }
  cause->stretched = documented && !cause->in_scope;
  n->happened = documented ? 1 : e ? fmax(e->happened, cause->belief_for) : cause->belief_for;
  set_effect(c, cause);
  set_late(c, cause);
  PROPTER_TRY(set_lasted(c, cause, err));
  PROPTER_TRY(course_elsewhere(c, cause, &cause->course, err));
  if (cause->course > 0) cause->course = 0; /* that it fits elsewhere is no news of this window */
  if (cause->course < 0) n->happened = propter_expit(propter_logit(fmin(n->happened, documented_most)) + cause->course);
  PROPTER_TRY(set_controls(c, cause, err));
  PROPTER_TRY(set_slice(c, cause, err));
  return chain(c, cause, err);
}

static int by_rank(const void *a, const void *b) {
  const Cause *x = a, *y = b;
  int gx = x->forbidden_by != SIZE_MAX ? 2 : x->stretched, gy = y->forbidden_by != SIZE_MAX ? 2 : y->stretched;
  return gx != gy ? gx - gy : propter_str_compare(x->iri, y->iri);
}

PropterStatus candidates_find(Case *c, PropterError *err) {
  PROPTER_TRY(gather_events(c, err));
  PROPTER_TRY(merge_aliases(c, err));
  PROPTER_TRY(gather_kinds(c, err));
  for (size_t i = 0; i < c->causes.count; i++) {
    Cause *cause = &c->causes.items[i];
    PROPTER_TRY(set_scope(c, cause, err));
    PROPTER_TRY(collect_links(c, cause, err));
    PROPTER_TRY(set_numbers(c, cause, err));
  }
  /* Named for this series by nothing any more (a claim of the other direction): no candidate. */
  for (size_t i = c->causes.count; i-- > 0;)
    if (c->causes.items[i].relation == RELATION_DISJOINT) drop_cause(c, i);
  PROPTER_TRY(history_find(c, err));
  if (c->causes.count) qsort(c->causes.items, c->causes.count, sizeof *c->causes.items, by_rank);
  while (c->allowed < c->causes.count && c->causes.items[c->allowed].forbidden_by == SIZE_MAX) c->allowed++;
  while (c->scored < c->allowed && !c->causes.items[c->scored].stretched) c->scored++;
  return PROPTER_OK;
}

/* --- facts in sentences ---------------------------------------------------------------------------------------------------------------------------- */

static bool covered(Know *know, PropterId kind, PropterDay start, PropterDay end, const PropterIds *scope, size_t upto) {
  for (size_t i = 0; i < upto; i++) {
    const KnowEvent *e = &know->events.items[i];
    double part;
    if (!e->kind || e->start == PROPTER_NO_DAY || !(concept_covers(know, kind, e->kind) || concept_covers(know, e->kind, kind))) continue;
    if (e->start <= end && last_day(e) >= start && scope_relation(know, &e->scope, scope, &part) != RELATION_DISJOINT) return true;
  }
  return false;
}

PropterStatus events_from_text(Know *know, PropterError *err) {
  for (size_t i = 0; i < know->claims.count; i++) {
    const KnowClaim *claim = &know->claims.items[i];
    PropterId one[1];
    PropterIds single = {one, 1, 1}, scope;
    char hex[33], from[16];
    if (claim->negated || claim->kind == CLAIM_TYPE_LEVEL || !claim->cause || claim->cause_start == PROPTER_NO_DAY || know_event(know, claim->cause) ||
        know_is_scope(know, claim->cause))
      continue;
    if (!concept_find(know, claim->cause) || !claim->effect || !know_is_scope(know, claim->effect) || !effect_scope(know, claim->effect, &scope, &single))
      continue;
    if (claim->place.count) scope = claim->place;
    PropterDay end = claim->cause_end == PROPTER_NO_DAY ? claim->cause_start : claim->cause_end;
    if (covered(know, claim->cause, claim->cause_start, end, &scope, know->events.count)) continue;
    KnowEvent e = {.kind = claim->cause,
                   .start = claim->cause_start,
                   .end = claim->cause_end,
                   .known = claim->known,
                   .superseded = PROPTER_NO_DAY,
                   .told = true,
                   .quote = claim->id,
                   .same_as = SIZE_MAX,
                   .happened = isnan(claim->confidence) ? 1 - know->options.belief.sentence_error : claim->confidence,
                   .dose_source = {"", 0},
                   .dose_unit = {"", 0},
                   .source = {"", 0}};
    PropterStr kind, place;
    PROPTER_TRY(node_text(know->snapshot, claim->cause, &know->arena, &kind, err));
    PROPTER_TRY(node_text(know->snapshot, claim->effect, &know->arena, &place, err));
    PROPTER_TRY(label_of(know->snapshot, know->v, claim->cause, &know->arena, &e.kind_label, err));
    propter_day_format(e.start, from);
    PropterStr key = propter_arena_printf(&know->arena, "%.*s\n%s\n%.*s", (int)kind.len, kind.data, from, (int)place.len, place.data);
    if (!key.data) return propter_fail(err, PROPTER_NO_MEMORY, "event from text");
    propter_hash_hex(key, hex);
    e.iri = propter_arena_printf(&know->arena, KNOW_TOLD "%s", hex);
    e.label = propter_arena_printf(&know->arena, "%.*s, %s", (int)e.kind_label.len, e.kind_label.data, from);
    if (!e.iri.data || !e.label.data) return propter_fail(err, PROPTER_NO_MEMORY, "event from text");
    for (size_t k = 0; k < scope.count; k++)
      if (!propter_vec_push(&e.scope, scope.items[k])) {
        propter_vec_clear(&e.scope);
        return propter_fail(err, PROPTER_NO_MEMORY, "event from text");
      }
    told_scope(know, &e);
    if (!propter_vec_push(&know->events, e)) {
      propter_vec_clear(&e.scope);
      return propter_fail(err, PROPTER_NO_MEMORY, "event from text");
    }
  }
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What may have moved one series in one window: candidates from events, claims, links and chains, aliases merged, with the belief in what is said
 * of them. */
#ifndef INFER_CANDIDATE_H
#define INFER_CANDIDATE_H

#include "know.h"

/* A claim that speaks of a candidate. */
typedef struct {
  size_t claim;      /* index into know->claims */
  bool against;      /* it denies the cause */
  double acts;       /* probability that it says that the cause acts on this series: confidence × links × scope */
  double strength;   /* and that it did so in this window */
  KnowClaimKind as;  /* how it counts here */
  size_t copy_of;    /* index into the candidate's claims, SIZE_MAX: the first to say so */
  size_t overtaken;  /* index into the candidate's claims of a later one that says the opposite, SIZE_MAX: none */
  double stands;     /* what that leaves of it */
} CauseClaim;

typedef struct {
  PropterId cause, effect;
  PropterStr statement; /* IRI of the claim, link or event that states it */
  double belief;
} Hop;

typedef struct {
  PropterId id;         /* of the root event, or of a kind without one */
  PropterStr iri, label;
  size_t root;          /* index into know->events, SIZE_MAX: none */
  PROPTER_VEC(size_t) members; /* root, aliases, ends; by index */
  PROPTER_VEC(CauseClaim) claims;
  PROPTER_VEC(size_t) links;
  PROPTER_VEC(Hop) hops; /* most distant first; the last leads to the series */
  Relation relation;
  double part;
  bool in_scope;        /* by its own documented scope */
  bool stretched;       /* documented elsewhere; only text brings it here */
  size_t forbidden_by;  /* index into know->links, SIZE_MAX: allowed */
  double belief_for, belief_against;
  double foretold;       /* belief in what was said of it without knowing this move: kinds of things, announcements */
  double course;        /* log likelihood ratio of its documented course outside this window, at most 0; 0 without a course */
  PropterCandidate number;
  PROPTER_VEC(size_t) reviews;
} Cause;

typedef struct {
  Know *know;
  KnowMetric *metric;
  KnowView *view;        /* what the window is judged by */
  size_t from, to;       /* window as indexes of the series */
  PropterDay before;     /* first day of the period before the window */
  PropterDay first, last;
  int sign;              /* of the deviation; 0: none */
  PropterStr pattern;    /* IRI */
  PropterArena *arena;
  PROPTER_VEC(Cause) causes;    /* those to be scored, then those that only text brings here, then the forbidden; each by IRI */
  size_t scored, allowed;       /* so many are scored; so many may be causes */
  PROPTER_VEC(KnowMetric *) controls;
} Case;

/* How a claim's effect lies to the series, and the period it speaks of. */
typedef struct {
  Relation relation;     /* DISJOINT: not about this series */
  double part;
  PropterDay start, end; /* PROPTER_NO_DAY: at no particular time */
  bool of_effect;        /* the sentence dates the effect itself */
  bool in_window;
} ClaimView;
void claim_view(const Case *c, const KnowClaim *claim, ClaimView *out);

/* Fills causes; case->sign must be set. */
PropterStatus candidates_find(Case *c, PropterError *err);
PropterStatus controls_find(Case *c, PropterError *err);
/* Fills metric->controls, once: slices of the same cube that nothing ties to the series, elsewhere in scope, and no sum over others that are controls. */
PropterStatus controls_compare(Know *know, KnowMetric *metric, PropterError *err);
/* Of a slice that a question asks for the slices beside it in the metric's own cube as well. Before its controls are used. */
PropterStatus controls_beside(Know *know, KnowMetric *metric, PropterError *err);
void case_clear(Case *c);

/* Text events: facts that sentences state of causes no documented event covers (appended to know->events). */
PropterStatus events_from_text(Know *know, PropterError *err);
/* Where the effects of claims are; before events are taken from text. */
PropterStatus claims_place(Know *know, PropterError *err);
/* What claims mean whatever the window; when all events are known. */
void claims_settle(Know *know);

/* Whether an event can show in the window: it, or its end, falls into it or into the period before. */
bool event_in_time(const Case *c, const KnowEvent *e);
/* The days in which it can show: the window must reach the first, the period before it may hold the last. False: it has no date. */
bool event_days(const Case *c, const KnowEvent *e, PropterDay *first, PropterDay *last);
/* Days after which it shows in the series, by the links from its kind: the longest. */
int event_lag(const Case *c, const KnowEvent *e);
/* The periods in which an event study looks at it: up to its end, of an event without one (it lasts on) 14, at most 60. */
void event_study_periods(const Case *c, const KnowEvent *e, int32_t *first, int32_t *last);
/* The event takes half of the days or more. */
bool event_shares(const KnowEvent *e, PropterDay first, PropterDay last);
/* One course of events: the second is the end or a stage of the first. */
bool same_course(Know *know, const KnowEvent *a, const KnowEvent *b);
bool same_event(Know *know, const KnowEvent *a, const KnowEvent *b);

/* history.c: number.past of every cause, from the other documented events of its kind; left out are those that may have acted here, and what was studied
 * over the window. */
PropterStatus history_find(Case *c, PropterError *err);

/* Belief (belief.c): marks copies, sets belief_for, belief_against, number.text_lr from the claims alone; and number.review_lr. */
PropterStatus claims_believe(const Know *know, PropterArena *arena, Cause *cause, PropterError *err);
PropterStatus cause_believe(Case *c, Cause *cause, PropterError *err);

PropterStr pattern_iri(const KnowMetric *metric, PropterDay first, PropterDay last, PropterArena *arena);
PropterStr hypothesis_iri(PropterStr pattern, PropterStr cause, PropterArena *arena);

#endif

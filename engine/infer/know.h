/* SPDX-License-Identifier: Apache-2.0 */
/* What a snapshot knows, loaded once: concepts, metrics, events, documents, claims, links, reviews. Read only afterwards, except that series
 * are loaded on first use. What the options leave out is not loaded. */
#ifndef INFER_KNOW_H
#define INFER_KNOW_H

#include <pthread.h>

#include "node.h"
#include "memo.h"
#include "propter/review.h"

/* Concepts by id, with all that is broader (transitive), the leaves below, and the schemes. */
typedef struct {
  PropterId id;
  PropterIds above;   /* ascending, without itself */
  PropterIds leaves;  /* ascending; itself if nothing is narrower */
  PropterIds schemes; /* ascending */
  size_t beside;      /* leaves that it can be compared with: of its schemes and of what is broader, its own among them */
  PropterStr label;
} KnowConcept;

/* A series as some of its windows are judged by it (window.c), and what its model is made of. */
typedef struct {
  PropterSeries series; /* values borrowed from the metric's */
  bool ready, compared; /* `covered`, `figures` and `key` are set; `answers` is */
  unsigned char *covered;
  PropterHash128 figures, key, answers; /* of the series; of all that says how it moves; of the controls, too */
  PropterScoreModel *model;
  bool has_controls;
} KnowView;

typedef enum { VIEW_CLOSED, VIEW_WHOLE, VIEWS } KnowViews;

/* Slices of a metric, each a metric of its own (cuts.c). */
typedef struct {
  struct KnowMetric *items;
  size_t count;
  bool read;
} KnowCuts;

typedef struct KnowMetric {
  PropterMetric def;
  const PropterMember *slice; /* borrowed from the options; only with def.id of the question */
  size_t slice_count;
  PropterIds scope;     /* concepts of the metric, its fixed members and its slice */
  PropterIds kin;       /* metrics tied to it by definition edges, up and down (transitive) */
  PropterMetricSeries series;
  bool loaded;
  PropterStr *also;     /* its other labels, and its notation */
  size_t also_count;
  int tier;             /* of the metric, else of what it measures; −1: none */
  PropterStr slice_key; /* IRIs of the slice, for names that do not depend on ids */
  PropterStr slice_label;
  PROPTER_VEC(struct KnowMetric *) controls; /* candidate.c finds them on first use */
  bool compared;
  KnowCuts cuts[2];     /* its parts, and the slices beside it */
  KnowView view[VIEWS]; /* of the months that are over (no periods: there is no such view), and of all */
} KnowMetric;

typedef struct {
  PropterId id;
  PropterStr iri, label, kind_label, source, dose_source;
  PropterId kind;
  PropterIds scope, leads, close;
  PropterDay start, end, known, superseded; /* PROPTER_NO_DAY: not said */
  bool has_dose;
  double dose;          /* as given, in dose_unit */
  double dose_sd;
  PropterStr dose_unit;
  PropterProfile profile;
  PropterPoint *point;  /* known by the day in question */
  size_t points;
  bool holiday;         /* a day that recurs by its name (holidays.c); known by kind, name or calendar */
  bool told;            /* only a document's sentence states it */
  PropterId quote;      /* of a told one: the claim or happening in know->claims that says so */
  size_t same_as;       /* of a told one: index of the documented event it speaks of, SIZE_MAX: none */
  double happened;      /* 1, or the confidence that the sentence says so */
} KnowEvent;

typedef struct {
  PropterId id;
  PropterStr iri, path, title;
  PropterDay published;
  double error;         /* how often it is wrong by itself (rates.c) */
  uint64_t series;      /* its title, else its file's name, without numbers: issues and versions of one have the same */
} KnowDocument;

typedef enum { CLAIM_TYPE_LEVEL, CLAIM_EX_ANTE, CLAIM_POST_HOC } KnowClaimKind;

typedef struct {
  PropterId id;
  PropterStr iri, quote, cause_text, effect_text, section, part, rule, condition, quantity_text;
  PropterId cause, effect;
  PropterIds causes;    /* every propter:cause, ascending; `cause` is the first */
  PropterIds scope;     /* where it applies, ascending */
  PropterIds place;     /* of its effect, where the scope limits that; else empty */
  int polarity;
  bool negated, has_bytes, has_quantity;
  bool period_guessed;  /* headings or other sentences gave the effect's period */
  double hedge, confidence, cause_score, effect_score, quantity;
  double said;          /* probability that the sentence says so, by the verdicts on it and on others of its rule (rates.c) */
  KnowClaimKind kind;
  PropterDay cause_start, cause_end, effect_start, effect_end, known;
  size_t document;      /* index, SIZE_MAX: none */
  uint64_t char_start, char_end, byte_start, byte_end;
  uint64_t *words;      /* hashes of the content words of the quote, ascending and distinct */
  size_t word_count;
  uint64_t quote_hash;
  bool cause_is_scope;  /* names a series as the cause, nothing that happens */
  size_t last_of_kind;  /* index of the event that it means where it names a kind without a date, SIZE_MAX: none */
} KnowClaim;

typedef struct {
  PropterId id, cause, effect;
  PropterStr iri, reason;
  bool required, forbidden;
  double belief;        /* of a link that is neither: beliefFor */
  int polarity;         /* +1, -1, 0: which way the cause moves the effect */
  int lag;              /* days until the effect comes */
  bool chained;         /* several, one behind the other (chains.c); reason: the steps in words, iri: of the first */
  bool told;            /* documents say one of them */
} KnowLink;

/* Nothing acts on it (root), or it acts on nothing. */
typedef struct {
  PropterId id;
  bool root;
  PropterStr reason;
} KnowEnd;
/* An end of a constraint that is said by a name which nothing has. */
typedef struct {
  PropterStr name, reason;
} KnowUnnamed;

typedef struct {
  PropterId id, about;
  PropterStr iri, reviewer, reason, time;
  int verdict;          /* +1, -1, 0 */
  bool blind, audit, source_wrong;
} KnowReview;

typedef struct {
  PropterId whole, part;
  PropterId sum; /* the definition, if the whole is the sum of its parts */
} KnowEdge;

/* Where in its list something of that id stands. */
typedef struct {
  PropterId id;
  size_t at;
} KnowPlace;
typedef PROPTER_VEC(KnowPlace) KnowPlaces;

typedef struct PropterInferrer {
  PropterSnapshot *snapshot;
  PropterInferOptions options;
  PropterId v[VOCAB_COUNT];
  PropterArena arena;
  PropterMap files;                    /* of events, by id: what follows from their names (know.c) */
  bool *met;                           /* of each name in options.without: something answered to it */
  PROPTER_VEC(KnowConcept) concepts;   /* ascending by id */
  PROPTER_VEC(KnowMetric) metrics;     /* by IRI */
  PROPTER_VEC(KnowEvent) events;       /* by IRI; those taken from text last */
  PROPTER_VEC(KnowDocument) documents; /* by IRI */
  PROPTER_VEC(KnowClaim) claims;       /* by document, place, IRI; those without cause and effect are the sentences of told events */
  PROPTER_VEC(KnowLink) links;         /* by IRI; then chains of them */
  PROPTER_VEC(KnowEnd) ends;
  PROPTER_VEC(KnowUnnamed) unnamed;
  PROPTER_VEC(KnowReview) reviews;     /* by time, IRI */
  PROPTER_VEC(KnowEdge) edges;
  KnowPlaces event_at, claim_at;       /* of events and claims that the graph names, ascending by id */
  struct History *history; /* what events did, a measure each (history.c); made on first use */
  PropterIds measured;                 /* concepts of metrics that stand for nothing else, ascending */
  size_t dated, ended;                 /* events on record with a start, and of these those with an end */
  size_t audited, audited_right;
  bool calibrated;
  Memo *memo; /* borrowed; NULL: nothing is kept */
  pthread_mutex_t lock; /* the snapshot, the arena and the series */
  bool locking;
} Know;

/* --- concepts (scope.c) --- */

PropterStatus concepts_load(Know *know, PropterError *err);
void concepts_clear(Know *know);
const KnowConcept *concept_find(const Know *know, PropterId id);
/* a is b or broader than b. */
bool concept_covers(const Know *know, PropterId a, PropterId b);
bool concept_comparable(const Know *know, PropterId a, PropterId b); /* of one scheme or one hierarchy */
bool concept_related(const Know *know, PropterId a, PropterId b); /* equal, broader, narrower, or with a common broader one */

typedef enum { RELATION_DISJOINT, RELATION_SAME, RELATION_PARENT, RELATION_CHILD } Relation;
/* How the scope `a` (of a cause) lies to the scope `b` (of a series); *part: share of b's leaves that a touches, of a dimension that b does not name the share
 * of all its leaves. No scope covers everything. */
Relation scope_relation(const Know *know, const PropterIds *a, const PropterIds *b, double *part);
/* By place alone: what names no measure is no wider for that. */
Relation place_relation(const Know *know, const PropterIds *a, const PropterIds *b, double *part);

/* --- the rest (know.c) --- */

/* Index of a claim, SIZE_MAX: none. */
size_t know_claim(const Know *know, PropterId id);
void history_clear(Know *know);
PropterStatus know_load(Know *know, PropterError *err);
void know_clear(Know *know);
KnowMetric *know_metric(Know *know, PropterStr iri);
/* By IRI, else by label, else by another of its labels, in any case. */
KnowMetric *know_metric_named(Know *know, PropterStr name);
KnowMetric *know_metric_id(Know *know, PropterId id);
/* Loads the series of a metric on first use. */
PropterStatus know_series(Know *know, KnowMetric *metric, PropterError *err);
/* Makes its views of figures that were read (metric->series). */
PropterStatus know_take_series(Know *know, KnowMetric *m, PropterError *err);
void know_metric_clear(KnowMetric *m);
/* Of a slice of a metric (the one asked about) those beside it, of the first 64 members of each of its dimensions; else its parts, by each dimension that it
 * may be cut by. Members that no scope can name have none, nor have ratios. Read on first use, the metric's until know_metric_clear. (cuts.c) */
PropterStatus know_cuts(Know *know, KnowMetric *m, bool beside, KnowCuts **out, PropterError *err);
void cuts_clear(KnowMetric *m);
/* The sum of the parts of m in `scope`, on its calendar, in `arena`. NULL: m does not add up, or no dimension has just these parts. */
PropterStatus know_part(Know *know, KnowMetric *m, const PropterIds *scope, PropterArena *arena, PropterSeries **out, PropterError *err);
KnowEvent *know_event(Know *know, PropterId id);
/* IRIs of events that are only told begin with it. */
#define KNOW_TOLD "https://w3id.org/propter/id/told/"
/* A metric, a concept of one, or a concept above or below these: a place where effects show, not something that happens. */
bool know_is_scope(const Know *know, PropterId id);
/* What a sentence about an event says of the effect's measure is the claim's matter, not the event's scope: drops from the scope of a told event what is
 * measured and no place (no metric is fixed to it, nothing is broader or narrower, no event on record holds in it), unless the event has a size, or would hold
 * in several data sets then. */
void told_scope(const Know *know, KnowEvent *told);
PropterStatus know_cell(Know *know, const KnowMetric *metric, size_t index, PropterArena *arena, PropterSourceCell *out, PropterError *err);

/* Appends what links and statements about kinds say one behind the other, of at most options.depth steps, where nothing is said of both ends together (the best
 * believed way; at most 4,096). When the places of claims are known. (chains.c) */
PropterStatus links_chain(Know *know, PropterError *err);
/* Which documented events the told ones speak of. */
PropterStatus match_told(Know *know, PropterError *err);

/* relink.c: kinds of events that are recorded without one, by the names of causes in claims. */
PropterStatus events_rekind(Know *know, PropterError *err);
/* … whether a told event without a kind bears the name of one on record. */
PropterStatus told_by_name(Know *know, const KnowEvent *told, const KnowEvent *known, bool *same, PropterError *err);
/* … whether two names are the same words, but for case, articles and the s of a plural. */
bool same_label(PropterStr a, PropterStr b);
/* … whether a word of the name stands in the text, by its first six letters. */
bool shares_word(PropterStr text, PropterStr name);
/* … claims linked to a place, whose words name an event. */
PropterStatus claims_relink(Know *know, PropterError *err);
/* … claims about something without a date, beside which their passage dates what happened. */
PropterStatus claims_date(Know *know, PropterError *err);

/* Probability that a claim says so of these two things: the sentence's confidence times the weaker of its two links (they go wrong together: a sentence
 * about something else is usually wrong at both ends). */
double claim_trust(const Know *know, const KnowClaim *claim);

/* Common part of two claims' words: |a ∩ b| ÷ |a ∪ b|, or ÷ the smaller if that is at least 6 words and all but contained. */
double claim_similarity(const KnowClaim *a, const KnowClaim *b);
PropterStatus claim_words(Know *know, KnowClaim *claim, PropterError *err);

/* --- holidays.c --- */

/* The text of an event's kind, of what was given as one, or its own label says that it is a holiday. */
bool event_names_holiday(PropterStr kind, PropterStr subject, PropterStr label);
/* The name of a file of events says that they are holidays. */
bool names_holidays(PropterStr file);
/* Sets series->holiday where holidays of its days hold in the metric's scope, one class a name; values are the arena's. NO_MEMORY. */
PropterStatus holidays_mark(Know *know, const KnowMetric *metric, PropterSeries *series, PropterError *err);
/* Days before and after a holiday on which it acts, too (engine/detect/yearly.c). */
enum { HOLIDAY_NEAR = 2 };
/* The first that holds there in these days, or NULL. */
const KnowEvent *holiday_of(const Know *know, const KnowMetric *metric, PropterDay first, PropterDay last);

/* --- rates.c --- */

/* Fills in KnowClaim.said and KnowDocument.error; `out` (may be NULL) gets the rates. */
PropterStatus rates_learn(Know *know, PropterRates *out, PropterError *err);

/* --- belief.c --- */

/* How often this reviewer is right, without what is judged here. */
double reviewer_rate(const Know *know, PropterStr reviewer, PropterId about);

#endif

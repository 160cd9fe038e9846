/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts of people and agents: append-only records with PROV; which hypothesis to show next; the record of each reviewer. A verdict on a hypothesis enters
 * the next inference as its likelihood ratio (PropterBeliefOptions) and is never counted as evidence of the sources it judged. A verdict on a claim says
 * whether the sentence says so: it counts for that claim and teaches how often its rule and its document go wrong (propter_rates). */
#ifndef PROPTER_REVIEW_H
#define PROPTER_REVIEW_H

#include "propter/infer.h"

typedef enum { PROPTER_VERDICT_REFUTED = -1, PROPTER_VERDICT_UNSURE = 0, PROPTER_VERDICT_CONFIRMED = 1 } PropterVerdict;

/* One verdict to record. Texts are borrowed for the call. */
typedef struct {
  PropterStr hypothesis; /* IRI, as in PropterCause.hypothesis or propter:current; or of a claim */
  PropterStr reviewer;   /* IRI, or a name (then urn:propter:person:NAME is used) */
  PropterVerdict verdict;
  PropterStr reason;
  bool blind;            /* given before the score was shown */
  bool audit;            /* the hypothesis was picked at random */
  bool source_wrong;     /* of a refuted claim: the sentence says so, but it is not so */
  PropterStr shown;      /* what the reviewer saw before the verdict, in words or as IRIs */
} PropterReviewEntry;

/* Appends the verdict in a graph of its own named like the review, inside a run of kind "review". Earlier verdicts stay; the last of each
 * reviewer counts. *iri (may be NULL) is copied into `arena`. INVALID: no verdict can be about it (no propter:Hypothesis of the graph), or a confirmation
 * or refutation without a reason. LOCKED. `now`: seconds since 1970. */
PROPTER_API PropterStatus propter_review_add(PropterGraph *graph, const PropterReviewEntry *entry, PropterStr software, int64_t now, PropterArena *arena,
                                             PropterStr *iri, PropterError *err);

/* How often a reading rule, or a document, is right. */
typedef struct {
  bool document;      /* else a rule */
  PropterStr name;    /* of the rule, or IRI of the document */
  double right, wrong; /* verdicts, a reviewer's last word each, by how reliable the reviewer is */
  double prior;       /* what was thought before: the mean stated confidence of the rule's judged claims; 1 − source_error */
  double mean;        /* of the Beta posterior */
  double deviation;   /* its standard deviation */
} PropterRate;

typedef struct {
  PropterRate *items;
  size_t count, cap;
  PropterArena arena;
} PropterRates;

/* The rates that inference uses, computed from the verdicts on claims that the graph holds: rules by name, then documents by IRI. A rule's rate is the mean of
 * Beta(10·prior + right, 10·(1 − prior) + wrong); a document's that of Beta(20·prior + right, 20·(1 − prior) + wrong). Zero-initialise; free with
 * propter_rates_clear. */
PROPTER_API PropterStatus propter_rates_list(PropterSnapshot *snapshot, PropterRates *out, PropterError *err);
PROPTER_API void propter_rates_clear(PropterRates *rates);

/* A hypothesis waiting for a verdict. Texts live in the queue's arena. */
typedef struct {
  PropterStr hypothesis, pattern, metric, metric_label, cause, cause_label;
  PropterDay first, last;
  double probability;
  PropterGrade grade;
  bool audit;       /* picked at random */
  unsigned reviews; /* verdicts by others so far */
} PropterReviewItem;

typedef struct {
  PropterReviewItem *items;
  size_t count, cap;
  PropterArena arena;
} PropterReviewQueue;

/* Hypotheses of propter:current that `reviewer` (as in PropterReviewEntry) has not judged: every tenth place is drawn at random (seeded, the same for everybody
 * who uses the seed), so that the track record rests on a fair sample; the others come by how much a verdict would tell, |P − ½| ascending. `limit` 0: all.
 * Zero-initialise; free with propter_review_queue_clear. */
PROPTER_API PropterStatus propter_review_queue(PropterSnapshot *snapshot, PropterStr reviewer, uint64_t seed, size_t limit, PropterReviewQueue *queue,
                                               PropterError *err);
PROPTER_API void propter_review_queue_clear(PropterReviewQueue *queue);
/* Appends a queue as JSON (engine/infer/review-queue.schema.json, version 1): what there is to judge and nothing of what propter makes of it (probability,
 * grade), so that whoever is shown it judges blind. */
PROPTER_API void propter_review_queue_json(const PropterReviewQueue *queue, PropterStr reviewer, PropterBuf *out);

/* True when this hypothesis is one of the random tenth under the seed: what `audit` must be set to in a record. */
PROPTER_API bool propter_review_is_audit(PropterStr hypothesis, uint64_t seed);

/* A recorded verdict. */
typedef struct {
  PropterStr iri, hypothesis, reviewer, reason, shown, time;
  PropterVerdict verdict;
  bool blind, audit;
} PropterReviewRecord;

typedef struct {
  PropterReviewRecord *items;
  size_t count, cap;
  PropterArena arena;
} PropterReviewRecords;

/* All verdicts about a hypothesis (empty: about all), oldest first. */
PROPTER_API PropterStatus propter_review_list(PropterSnapshot *snapshot, PropterStr hypothesis, PropterReviewRecords *out, PropterError *err);
PROPTER_API void propter_review_records_clear(PropterReviewRecords *records);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What two runs say differently about causes: the results as they stood after either, compared hypothesis by hypothesis. */
#ifndef PROPTER_CHANGED_H
#define PROPTER_CHANGED_H

#include "propter/run.h"
#include "propter/score.h"

/* What a run held of a hypothesis; texts borrowed from the changes. */
typedef struct {
  bool held;             /* false: it did not have it; the rest is empty then */
  double p, prior;       /* NAN: not said */
  double term[PROPTER_TERMS];
  PropterStr grade, outcome; /* local names: "TextOnly", "CauseUnknown"; the outcome is that of its pattern */
} PropterHeld;

/* Evidence that one of the two has and the other has not. */
typedef struct {
  PropterStr text, source; /* what it says; the IRI it comes from, may be empty */
  bool now, against;       /* now: the second has it */
} PropterEvidenceChange;

typedef struct {
  PropterStr hypothesis, metric, metric_label, cause, cause_label; /* IRIs and labels */
  PropterDay first, last;                                          /* of the pattern */
  PropterHeld before, after;
  PropterEvidenceChange *evidence; /* by whether it is now there, then by text */
  size_t evidences;
} PropterChangedCause;

/* A pattern that only one of the two has, and for which nothing names a cause. */
typedef struct {
  PropterStr pattern, metric, metric_label;
  PropterDay first, last;
  bool now; /* the second has it */
} PropterChangedMove;

typedef struct {
  const PropterRunInfo *from, *to; /* of the list */
  PropterChangedCause *cause;      /* by the size of the change of probability, largest first (not held: 0), then by IRI */
  size_t count, same;              /* same: hypotheses that both have and say the same of */
  PropterChangedMove *move;        /* by first day, then by IRI */
  size_t moves;
  PropterRunList runs;             /* all runs of the graph */
  PropterArena arena;
} PropterResultChanges;

/* Compares the results after the run `from` with those after `to` (names or days as in propter_run_find_past; either may be the later one;
 * `from` empty: the run before the newest inference, or before the newest run where there is none). A hypothesis is listed when
 * its probability (to six digits), grade, outcome or evidence differs. NOT_FOUND, INVALID: no such run, or one of the later runs did not record what it
 * changed in the results. Free with propter_result_changes_clear, on OK only. */
PROPTER_API PropterStatus propter_result_changes(PropterSnapshot *snapshot, PropterStr from, PropterStr to, PropterResultChanges *out, PropterError *err);
PROPTER_API void propter_result_changes_clear(PropterResultChanges *changes);

#endif

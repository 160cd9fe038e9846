/* SPDX-License-Identifier: Apache-2.0 */
/* From numbers to verdicts: pattern, tests, grades, predictions. */
#ifndef INFER_SCORE_ANSWER_H
#define INFER_SCORE_ANSWER_H

#include "score_sets.h"

/* Observed, expected, deviation, pattern and onset; outcome DID_NOT_MOVE or CAUSE_UNKNOWN for now; with a reason, what can be said. */
PropterStatus answer_window(const Frame *frame, PropterAnswer *answer, PropterError *err);

PropterTests answer_tests(const Set *set, size_t i, const Solo *dated, const double unknown[2]);

/* The circular-shift test: its p-value; *used: shifts, 0 where there is no such test. */
PropterStatus answer_placebo(const Set *set, size_t i, double *p, size_t *used, PropterError *err);

/* Grades all causes; index[i] is the candidate behind place i of the set. */
void answer_grades(const Set *set, const size_t *index, const PropterCandidate *candidates, size_t count, PropterAnswer *answer);

PropterStatus answer_predictions(const Frame *frame, const PropterCandidate *candidates, PropterAnswer *answer, PropterError *err);

#endif

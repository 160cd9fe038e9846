/* SPDX-License-Identifier: Apache-2.0 */
/* From a scored case to an inference that people can read. */
#ifndef INFER_JUDGE_H
#define INFER_JUDGE_H

#include "candidate.h"
#include "words.h"

/* A scored case: answer->cause[i] belongs to causes.items[i]. */
typedef struct {
  Case c;
  PropterAnswer answer;
} Judged;

/* Models, controls, candidates and score of the periods from … to of a metric. Takes and leaves the lock of `know`. `judged` is to be cleared. */
PropterStatus judge(Know *know, KnowMetric *metric, size_t from, size_t to, PropterArena *arena, Judged *judged, PropterError *err);
/* The same without candidates, from indexes alone: did it move, and how. */
PropterStatus judge_move(Know *know, KnowMetric *metric, size_t from, size_t to, PropterAnswer *answer, PropterError *err);
void judged_clear(Judged *judged);

/* evidence.c: fills causes (but for their scores), saying, excluded. */
PropterStatus evidence_of(Judged *judged, PropterInference *out, PropterError *err);
/* said.c: what the judge makes of every claim about the window. */
PropterStatus said_of(Judged *judged, PropterInference *out, PropterError *err);
/* conclude.c: outcome in words, what would change it, forecasts. */
PropterStatus conclude(Judged *judged, PropterInference *out, PropterError *err);

/* Copies a finished text into the arena and empties the buffer. */
PropterStatus keep(PropterBuf *buf, PropterArena *arena, PropterStr *out, PropterError *err);
/* A claim as evidence, without judgement. */
PropterStatus quote_of(Judged *judged, size_t claim, PropterArena *arena, PropterEvidence *out, PropterError *err);

#endif

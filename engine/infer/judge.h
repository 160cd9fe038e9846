/* SPDX-License-Identifier: Apache-2.0 */
/* From a scored case to an inference that people can read. */
#ifndef INFER_JUDGE_H
#define INFER_JUDGE_H

#include "candidate.h"
#include "kept.h"
#include "words.h"

/* A scored case: answer->cause[i] belongs to causes.items[i]. */
typedef struct {
  Case c;
  PropterAnswer answer;
} Judged;

/* Models, controls, candidates and score of the periods from … to of a metric. Takes and leaves the lock of `know`. `judged` is to be cleared. */
PropterStatus judge(Know *know, KnowMetric *metric, size_t from, size_t to, PropterArena *arena, Judged *judged, PropterError *err);
/* What these periods are judged by; only the series is set. */
KnowView *view_at(KnowMetric *metric, size_t from, size_t to);
/* The same with all that says how it moves but the model. Takes and leaves the lock. */
PropterStatus view_open(Know *know, KnowMetric *metric, size_t from, size_t to, KnowView **view, PropterError *err);
/* The window in the view's model, which is made if need be; nothing where there is a frame already. Free with propter_score_free. Takes and leaves the lock. */
PropterStatus view_frame(Know *know, KnowView *view, size_t from, size_t to, PropterScoreFrame **frame, PropterError *err);
/* Fills view->figures, under the lock. */
PropterStatus view_figures(KnowView *view, PropterError *err);
/* Hash of all that answers of an open view rest on but the candidates; its model given its controls, before one is scored. They take and leave the lock. */
PropterStatus view_key(Know *know, KnowMetric *metric, KnowView *view, PropterHash128 *key, PropterError *err);
PropterStatus view_compare(Know *know, KnowMetric *metric, KnowView *view, PropterError *err);
/* Did it move, and how: the series' own figures say it. */
PropterStatus judge_move(Know *know, KnowMetric *metric, size_t from, size_t to, PropterAnswer *answer, PropterError *err);
void judged_clear(Judged *judged);

/* evidence.c: fills causes (but for their scores), saying, excluded. */
PropterStatus evidence_of(Judged *judged, PropterInference *out, PropterError *err);
/* said.c: what the judge makes of every claim about the window. */
PropterStatus said_of(Judged *judged, PropterInference *out, PropterError *err);
/* faults.c: adds to the reason that the move looks like a fault of the data, where it does and no cause with a date is likely. */
void say_fault(const Judged *judged, const PropterInference *inference, PropterBuf *out);
/* conclude.c: fills usual, usual_text, usual_cause; before the causes are written up. */
PropterStatus usual_of(Judged *judged, PropterInference *out, PropterError *err);
/* conclude.c: outcome in words, forecasts; and what would change it. */
PropterStatus conclude(Judged *judged, PropterInference *out, PropterError *err);
PropterStatus wishes_of(Judged *judged, PropterInference *out, PropterError *err);

/* The periods from … to judged and written up, but for what only a reader sees: path, cells, wrong claims, what would change it. Takes and leaves the lock. */
PropterStatus infer_result(Know *know, KnowMetric *metric, size_t from, size_t to, PropterInference **out, PropterError *err);

/* Mean of the periods from … to less that of as many before them; NaN where the series does not reach back so far. */
double window_change(const PropterSeries *series, size_t from, size_t to);
/* Copies a finished text into the arena and empties the buffer. */
PropterStatus keep(PropterBuf *buf, PropterArena *arena, PropterStr *out, PropterError *err);
/* A claim as evidence, without judgement. */
PropterStatus quote_of(Judged *judged, size_t claim, PropterArena *arena, PropterEvidence *out, PropterError *err);

#endif

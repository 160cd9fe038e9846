/* SPDX-License-Identifier: Apache-2.0 */
/* What the score made of a series, a window and its candidates, as entries of a memo. Their keys hold every argument of the score: a field that is added to one
 * of its inputs belongs into a key. */
#ifndef INFER_KEPT_H
#define INFER_KEPT_H

#include "memo.h"
#include "propter/score.h"

/* The machine code that computes, the kernel of its matrices and the C library: results of others may differ in a bit. */
PropterStatus kept_maker(PropterHash128 *out, PropterError *err);

/* Of a series with its calendar, and of a control as the model of `series` sees it: on that calendar. */
PropterStatus kept_series(const PropterSeries *series, PropterHash128 *out, PropterError *err);
PropterStatus kept_control(const PropterSeries *control, const PropterSeries *series, PropterHash128 *out, PropterError *err);
/* Of all that propter_score_model_new is given but controls; `covered` has `count` flags. */
PropterStatus kept_model_key(PropterHash128 series, const unsigned char *covered, size_t count, const PropterScoreOptions *options, PropterHash128 *out,
                             PropterError *err);

/* What is asked of a model about the periods from … to. KEPT_EVIDENCE: what score_known.h keeps. KEPT_LEARNED: of
 * windows of several periods (Learned). KEPT_STUDY: of an event in several series (history.c). KEPT_PART: of a series alone, about days (candidate.c).
 * KEPT_RESAMPLES, KEPT_DOUBT: of a search for links (link_kept.c). */
typedef enum {
  KEPT_MOVES,
  KEPT_RETURN,
  KEPT_UNSEEN,
  KEPT_BACK,
  KEPT_OVER,
  KEPT_EARLY,
  KEPT_SIGN,
  KEPT_ANSWER,
  KEPT_EVIDENCE,
  KEPT_LEARNED,
  KEPT_STUDY,
  KEPT_PART,
  KEPT_RESAMPLES,
  KEPT_DOUBT
} KeptKind;
PropterHash128 kept_key(PropterHash128 model, KeptKind kind, size_t from, size_t to);
/* The same with candidates; `controls`: how many the model has. */
PropterStatus kept_answer_key(PropterHash128 model, size_t from, size_t to, const PropterCandidate *candidates, size_t count, size_t controls,
                              PropterHash128 *out, PropterError *err);

/* Of what a candidate does to the series if it acts, without what is said of it. */
PropterStatus kept_effect(const PropterCandidate *candidate, PropterHash128 *out, PropterError *err);
/* propter_score_open of a model whose key is `own`, with what the memo has of it; what is learned and weighed is kept there. */
PropterStatus kept_open(const PropterScoreModel *model, size_t from, size_t to, Memo *memo, PropterHash128 own, PropterScoreFrame **frame, PropterError *err);

/* Takes so many bytes off a kept value; false: it has fewer, or there is no place for them. */
bool kept_take(PropterStr *rest, void *to, size_t size);
/* An answer as bytes and back; decoded ones are cleared with propter_answer_clear. Their reason is borrowed from `value`. */
PropterStatus kept_encode(const PropterAnswer *answer, PropterBuf *out, PropterError *err);
PropterStatus kept_decode(PropterStr value, PropterAnswer *answer, PropterError *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What is weighed in a window whatever the controls did and whatever is said: evidence of the unknown cause, of each candidate's course, of sets of them. A
 * frame with a memo keeps it under what it was computed from: the window's deviations with their errors, and the courses as they would look in it. So a figure
 * that is corrected elsewhere in the series leaves it. */
#ifndef INFER_SCORE_KNOWN_H
#define INFER_SCORE_KNOWN_H

#include "score_sets.h"

/* Of numbers of eight bytes alone, since they are kept as they are; what they are found by comes first. */
typedef struct {
  PropterHash128 key; /* of its course in the window */
  uint64_t weighed;   /* the rest is set */
  Solo dated;
} KnownCause;
typedef struct {
  PropterHash128 key; /* of what it does, and when the periods are */
  Solo undated;
} KnownTiming;
typedef struct {
  PropterHash128 key; /* of what it does, and of the whole series */
  double p;
  uint64_t shifts;
} KnownPlacebo;
typedef struct {
  PropterHash128 key; /* of its members' */
  Tally acting[2];    /* without the unknown cause, with it */
} KnownSet;

enum { KNOWN_CAUSES, KNOWN_TIMINGS, KNOWN_PLACEBOS, KNOWN_SETS, KNOWN_PARTS };

typedef struct Known {
  const Frame *frame;
  const PropterCandidate *candidate;
  size_t count;
  KnownCause *cause; /* [count] */
  PROPTER_VEC(KnownTiming) timings;
  PROPTER_VEC(KnownPlacebo) placebos;
  PROPTER_VEC(KnownSet) sets;
  double unknown[2]; /* frame_unknown */
  bool fresh;        /* something was added to what is kept */
  PropterHash128 key, periods;  /* kept_deviations and kept_periods; with a memo alone */
  PropterStr kept[KNOWN_PARTS]; /* as the memo has them */
} Known;

/* What the frame's memo has of effects that are material from `threshold` on. known_clear always. */
PropterStatus known_open(Known *known, const Frame *frame, const PropterCandidate *candidates, size_t count, double threshold, int direction, PropterError *err);
/* Keeps it. */
PropterStatus known_keep(const Known *known, PropterError *err);
void known_clear(Known *known);

/* Fills cause[candidate] with what is known of the only member of `alone`. */
PropterStatus known_cause(Known *known, size_t candidate, const Set *alone, PropterError *err);
/* The timing of a candidate, the test of its date, the tallies of an ordered set of candidates; *fresh: they are to be filled in. Borrowed until the next
 * call. */
PropterStatus known_timing(Known *known, size_t candidate, KnownTiming **out, bool *fresh, PropterError *err);
PropterStatus known_placebo(Known *known, size_t candidate, KnownPlacebo **out, bool *fresh, PropterError *err);
PropterStatus known_set(Known *known, const size_t *candidate, size_t members, KnownSet **out, bool *fresh, PropterError *err);

/* Keys (kept.c). */
/* Of all that evidence of effects rests on but the effects: the deviations of the window and the time after it with their errors, the unknown cause's courses and
 * size, and what makes an effect material. */
PropterStatus kept_deviations(const PropterScoreFrame *frame, double threshold, int direction, PropterHash128 *out, PropterError *err);
/* Of the courses of a candidate as they look there. */
PropterStatus kept_columns(const Column *column, size_t count, bool dated, PropterHash128 *out, PropterError *err);
/* Of what says how an effect of another date would look there. */
PropterStatus kept_periods(const PropterScoreFrame *frame, PropterHash128 *out, PropterError *err);

#endif

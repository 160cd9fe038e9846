/* SPDX-License-Identifier: Apache-2.0 */
/* What is weighed in a window whatever the controls did and whatever is said: evidence of the unknown cause, of each candidate's course, of sets of them. It
 * rests on the series' own figures and on the candidates' effects alone, so a frame with a memo keeps it under a key of these. */
#ifndef INFER_SCORE_KNOWN_H
#define INFER_SCORE_KNOWN_H

#include "score_sets.h"

/* Of numbers of eight bytes alone, since they are kept as they are; what they are found by comes first. */
typedef struct {
  PropterHash128 effect;
  uint64_t weighed; /* the rest is set */
  Solo dated;
} KnownCause;
typedef struct {
  PropterHash128 effect;
  Solo undated;
  double placebo_p;
  uint64_t shifts;
} KnownTiming;
typedef struct {
  PropterHash128 effects;
  Tally acting[2]; /* without the unknown cause, with it */
} KnownSet;

typedef struct Known {
  const Frame *frame;
  size_t count;
  KnownCause *cause; /* [count] */
  PROPTER_VEC(KnownTiming) timings;
  PROPTER_VEC(KnownSet) sets;
  double unknown[2]; /* frame_unknown */
  bool fresh;        /* something was added to what is kept */
  PropterStr kept[3]; /* causes, timings, sets as the memo has them */
} Known;

/* What the frame's memo has of these candidates. known_clear always. */
PropterStatus known_open(Known *known, const Frame *frame, const PropterCandidate *candidates, size_t count, PropterError *err);
/* Keeps it. */
PropterStatus known_keep(const Known *known, PropterError *err);
void known_clear(Known *known);

/* The timing of a candidate, the tallies of an ordered set of candidates; *fresh: they are to be filled in. Borrowed until the next call. */
PropterStatus known_timing(Known *known, size_t candidate, KnownTiming **out, bool *fresh, PropterError *err);
PropterStatus known_set(Known *known, const size_t *candidate, size_t members, Tally **acting, bool *fresh, PropterError *err);

#endif

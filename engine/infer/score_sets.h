/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of causes for one window. */
#ifndef INFER_SCORE_SETS_H
#define INFER_SCORE_SETS_H

#include "score_parts.h"

/* Groups of evidence, as bits; the first three look at nothing of this window. */
enum {
  GROUP_TEXT = 1, GROUP_REVIEW = 2, GROUP_HISTORY = 4, GROUP_TIMING = 8, GROUP_SIZE = 16, GROUP_RETURN = 32, GROUP_CONTRAST = 64, GROUPS = 7
};

/* Candidates that touch the same controls: what these did in the window, against those that they leave alone. */
typedef struct {
  size_t touched, untouched;
  bool studied; /* there are enough of both */
  double ratio; /* ln of the density of the effect if the cause moved them to that if nothing did */
} Group;

typedef struct {
  const PropterCandidate *candidate;
  size_t *group_of; /* of each candidate */
  Group *group;
  size_t groups;
} Contrasts;

/* contrasts_clear always. */
PropterStatus contrasts_init(Contrasts *contrasts, const Frame *frame, const PropterCandidate *candidates, size_t count, PropterError *err);
void contrasts_clear(Contrasts *contrasts);

/* Evidence of one candidate alone: ln, [rows][free size]; with and without the unknown cause; `part` where it is material. */
typedef struct {
  double alone[2][2], alone_part[2][2], joint[2][2], joint_part[2][2];
  Tally acting[2]; /* courses that leave the window untouched are left out: without the unknown cause, with it */
} Solo;

/* Some candidates with their columns. */
typedef struct {
  const Frame *frame;
  const Contrasts *contrasts; /* of all candidates; these are some of them */
  size_t count;
  const PropterCandidate *candidate[PROPTER_SCORE_CANDIDATES];
  double log_odds[PROPTER_SCORE_CANDIDATES]; /* prior, happened, text, review */
  size_t start[PROPTER_SCORE_CANDIDATES + 1]; /* variants of candidate i: columns start[i] … start[i + 1] − 1 */
  Column *column;
  double threshold; /* of a material effect, in units of the series */
  int direction;
} Set;

/* Where member i stands among all candidates. */
size_t set_place(const Set *set, size_t i);
/* The study that bears on candidate i. */
const Group *set_group(const Set *set, size_t i);
/* Log density of what the controls did if these members acted, with the unknown cause or without, against nothing having moved them. */
double set_contrast(const Set *set, const size_t *member, size_t members, bool unknown);

PropterStatus set_init(Set *set, const Frame *frame, const Contrasts *contrasts, const PropterCandidate *const *candidates, const double *log_odds,
                       size_t count, double threshold, int direction, PropterError *err);
void set_clear(Set *set);

/* Posterior over all subsets of at most PROPTER_SCORE_SUBSET candidates, with and without the unknown cause. */
typedef struct {
  double unknown, none;
  double active[PROPTER_SCORE_CANDIDATES], material[PROPTER_SCORE_CANDIDATES];
  double mean[PROPTER_SCORE_CANDIDATES], square[PROPTER_SCORE_CANDIDATES]; /* of the effect on the window's mean; 0 where not active */
} Posterior;
struct Known;
PropterStatus set_posterior(const Set *set, struct Known *known, Posterior *out, PropterError *err);

void set_solo(const Set *set, size_t i, Solo *out);
/* The same with the date shifted at random (all shifts averaged): what the event would say if its date were not known. */
PropterStatus shifted_solo(const Set *set, size_t i, const double unknown[2], Solo *out, PropterError *err);
/* Evidence of the unknown cause alone by rows. */
void frame_unknown(const Frame *frame, double out[2]);

/* What is known of a candidate before this window's figures: probability that it acts by the channels, by the earlier events of its kind as well; that it
 * happened. */
typedef struct {
  double stated, seen, happened;
  double acted; /* expected number of those that did */
} Prior;

/* Log odds of candidate i being material, it and the unknown cause alone in the world, from the groups of evidence in `groups`. */
double solo_logit(const Set *set, size_t i, const Solo *dated, const Solo *undated, const double unknown[2], const Prior *prior, unsigned groups);

#endif

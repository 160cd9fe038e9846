/* SPDX-License-Identifier: Apache-2.0 */
/* Private: a decomposable score, larger is better. One file each with a const descriptor, one row in scores.def. */
#ifndef CAUSAL_SCORES_H
#define CAUSAL_SCORES_H

#include "propter/structure.h"

enum { CAUSAL_PARENTS = 24 }; /* most parents of a variable in a search */

typedef struct CausalScoreCache CausalScoreCache;

typedef struct {
  const char *name, *text;
  PropterStatus (*prepare)(const PropterData *data, const PropterSearchOptions *o, CausalScoreCache **cache, PropterError *err);
  void (*release)(CausalScoreCache *cache);
  /* Score of y with these parents, without the prior; −infinity where it cannot be told (too many cells, a determined variable). One thread at a time for a
   * cache. */
  double (*local)(CausalScoreCache *cache, size_t y, const size_t *parents, size_t k);
} CausalScore;

/* The same with the prior of these parents. */
double causal_score_local(const CausalScore *score, CausalScoreCache *cache, const PropterKnowledge *know, size_t p, size_t y, const size_t *parents,
                          size_t k);
/* Deletes edges of a class while that raises the score (the backward half of Chickering 2002); *scored grows by the scores computed. */
PropterStatus causal_prune(const CausalScore *score, CausalScoreCache *cache, const PropterKnowledge *know, size_t p, uint8_t *mark, size_t *scored,
                           PropterError *err);
PropterStatus causal_score_find(const PropterData *data, const char *name, const CausalScore **score, PropterError *err);

#endif

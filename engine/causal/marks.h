/* SPDX-License-Identifier: Apache-2.0 */
/* Private: small steps on a matrix of edge marks and on knowledge. */
#ifndef CAUSAL_MARKS_H
#define CAUSAL_MARKS_H

#include "propter/structure.h"

static inline bool marks_adjacent(const uint8_t *m, size_t p, size_t i, size_t j) { return m[i * p + j] != PROPTER_NO_EDGE; }
static inline bool marks_directed(const uint8_t *m, size_t p, size_t i, size_t j) { return m[i * p + j] == PROPTER_ARROW && m[j * p + i] == PROPTER_TAIL; }
static inline bool marks_undirected(const uint8_t *m, size_t p, size_t i, size_t j) { return m[i * p + j] == PROPTER_TAIL && m[j * p + i] == PROPTER_TAIL; }
static inline void marks_set(uint8_t *m, size_t p, size_t i, size_t j, PropterMark at_i, PropterMark at_j) {
  m[j * p + i] = (uint8_t)at_i, m[i * p + j] = (uint8_t)at_j;
}
static inline void marks_direct(uint8_t *m, size_t p, size_t i, size_t j) { marks_set(m, p, i, j, PROPTER_TAIL, PROPTER_ARROW); }

/* Neighbours of each variable in the skeleton: list[start[i] … start[i+1]), ascending. */
typedef struct {
  size_t *start, *list;
} MarksNeighbours;
PropterStatus marks_neighbours(size_t p, const uint8_t *mark, MarksNeighbours *out, PropterError *err);
void marks_neighbours_clear(MarksNeighbours *neighbours);

/* Meek's rules 1–4 until nothing changes, on a graph of directed and undirected edges. */
PropterStatus marks_meek(size_t p, uint8_t *mark, PropterError *err);

/* In place: directs the undirected edges so that no cycle and no new collider arises (Dor and Tarsi 1992); *ok false where that cannot be. */
PropterStatus marks_extend(size_t p, uint8_t *mark, bool *ok, PropterError *err);

/* i → j is ruled out: forbidden, against the tiers, or j → i required. */
bool knowledge_forbids(const PropterKnowledge *k, size_t p, size_t i, size_t j);
static inline bool knowledge_requires(const PropterKnowledge *k, size_t p, size_t i, size_t j) { return k && k->required && k->required[i * p + j]; }
static inline double knowledge_prior(const PropterKnowledge *k, size_t p, size_t i, size_t j) { return k && k->prior ? k->prior[i * p + j] : 0; }
/* The level at which the evidence of a p-value reaches that of alpha with the help of the prior log odds. */
double knowledge_level(double alpha, double prior);
/* Directs what knowledge leaves only one direction. */
void knowledge_direct(const PropterKnowledge *k, size_t p, uint8_t *mark);

/* The descriptor of a search: one file, one row in searches.def. */
typedef struct {
  const char *name, *text;
  PropterStatus (*run)(const PropterData *data, const PropterSearchOptions *o, PropterCausalGraph *graph, PropterError *err);
} CausalSearch;

/* PC-stable's skeleton: every edge left is marked with tails. For an edge that is gone, sepset gets the set with the largest p-value on demand
 * (causal_largest_p). */
PropterStatus causal_skeleton(const PropterData *data, const PropterSearchOptions *o, PropterCausalGraph *graph, PropterError *err);
/* For each pair i < j without edge but with a common neighbour: the set among the neighbours of i or of j with the largest p-value. */
typedef struct {
  size_t i, j, k, s[16];
  double p;
} CausalSeparation;
PropterStatus causal_separations(const PropterData *data, const PropterSearchOptions *o, PropterCausalGraph *graph, CausalSeparation **list, size_t *count,
                                 PropterError *err);

#endif

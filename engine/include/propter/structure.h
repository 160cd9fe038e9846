/* SPDX-License-Identifier: Apache-2.0 */
/* Conditional independence and search for causal structure: a matrix in, a graph out. */
#ifndef PROPTER_STRUCTURE_H
#define PROPTER_STRUCTURE_H

#include "propter/status.h"

/* ---- data --------------------------------------------------------------------------------------------------------------- */

/* p variables with n rows: value (v, row) is x[v·n + row], NaN where missing. levels[v] is 0 for a continuous variable and k ≥ 1 for a discrete one
 * with the codes 0 … k−1 (k ≤ 250); levels NULL: all continuous. Borrowed while in use. */
typedef struct {
  size_t p, n;
  const double *x;
  const unsigned *levels;
} PropterData;

/* ---- independence ------------------------------------------------------------------------------------------------------- */

/* What a test of x ⟂ y | S says. Rows with a missing value among x, y, S are left out (test-wise deletion). */
typedef struct {
  bool testable;
  double p;           /* p-value of independence; 1 where it was not testable */
  double statistic;   /* signed partial correlation for "fisherz", otherwise the χ²-like statistic */
  double df;
  size_t rows;        /* rows used */
  const char *reason; /* why it was not testable, static; NULL */
} PropterIndependence;

/* The tests are the rows of independence.def. A test prepared for one data set; used by one thread at a time. INVALID: infinite values, a code outside its
 * levels, a test that does not fit the kind of data; NOT_FOUND: no test of this name (NULL chooses by kind of data). `seed` serves random features. Free with
 * propter_independence_free. */
typedef struct PropterIndependenceTest PropterIndependenceTest;
PROPTER_API PropterStatus propter_independence_new(const PropterData *data, const char *name, uint64_t seed, PropterIndependenceTest **out, PropterError *err);
PROPTER_API void propter_independence_free(PropterIndependenceTest *test);
/* x ⟂ y | s[0..k); INVALID if a variable stands twice or is out of range, or k > 16. */
PROPTER_API PropterStatus propter_independent(PropterIndependenceTest *test, size_t x, size_t y, const size_t *s, size_t k, PropterIndependence *result,
                                              PropterError *err);

/* ---- graphs ------------------------------------------------------------------------------------------------------------- */

/* mark[i·p + j] is the mark at j's end of the edge between i and j: i → j has mark[i·p+j] = ARROW and mark[j·p+i] = TAIL. */
typedef enum { PROPTER_NO_EDGE, PROPTER_TAIL, PROPTER_ARROW, PROPTER_CIRCLE } PropterMark;

typedef struct {
  size_t p;
  uint8_t *mark;
  size_t tests;      /* independence tests or local scores computed */
  size_t untestable; /* of them not testable: these never removed an edge */
} PropterCausalGraph;

PROPTER_API void propter_causal_graph_free(PropterCausalGraph *graph);

/* In place: a DAG becomes the CPDAG of its Markov equivalence class (Chickering 1995; Meek 1995). INVALID if it has a cycle or an edge without direction. */
PROPTER_API PropterStatus propter_dag_to_cpdag(size_t p, uint8_t *mark, PropterError *err);

/* Structural Hamming distance: pairs of variables whose edges differ (Tsamardinos, Brown and Aliferis 2006); *skeleton (may be NULL) those that
 * differ in being adjacent at all. */
PROPTER_API size_t propter_graph_distance(size_t p, const uint8_t *a, const uint8_t *b, size_t *skeleton);

/* ---- knowledge ---------------------------------------------------------------------------------------------------------- */

/* Each part may be NULL. An edge i → j is cell i·p + j. */
typedef struct {
  const uint8_t *required;  /* p×p, not 0: i → j is in every result */
  const uint8_t *forbidden; /* p×p, not 0: i → j is in none */
  const int *tier;          /* p: i → j is forbidden where tier[i] > tier[j]; a negative tier says nothing */
  const double *prior; /* p×p: prior log odds of i → j against the usual; 0 says nothing. Added to scores; shifts the level of tests so that the evidence
                        * a p-value can carry (propter_p_value_bound) plus the prior reaches the usual mark */
} PropterKnowledge;

/* INVALID, naming the edge, if an edge is required and forbidden (or against the tiers), or required edges form a cycle. */
PROPTER_API PropterStatus propter_knowledge_check(size_t p, const PropterKnowledge *knowledge, PropterError *err);

/* ---- search ------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *test;   /* row of independence.def; NULL: by kind of data */
  const char *score;  /* row of scores.def; NULL: by kind of data */
  double alpha;       /* level of tests; 0: .01 */
  size_t depth;       /* largest conditioning set; 0: 4, at most 16 */
  double penalty;     /* of the BIC; 0: 2 for continuous data, 1 for discrete (Tetrad's defaults, docs of version 7) */
  double weight;      /* equivalent sample size of BDeu; 0: 1, as in bnlearn for R */
  unsigned threads;   /* 0: all processors; the result does not depend on it */
  uint64_t seed;
  const PropterKnowledge *knowledge; /* NULL: none */
} PropterSearchOptions;

/* The searches are the rows of searches.def:
 *   pc    PC-stable (Colombo and Maathuis 2014) with colliders by the largest p-value (PC-Max, Ramsey 2016) → CPDAG
 *   fci   FCI (Zhang 2008; no selection; possible d-separating sets of up to 3) → PAG, circles where the end is not known
 *   boss  best order score search with grow-shrink trees (Lam, Andrews and Ramsey 2023) from orders until ten in a row bring nothing better (three orders
 *         where these take 50 million scores), then deletions as in fges → CPDAG
 *   fges  greedy equivalence search (Chickering 2002; Ramsey et al. 2017): insertions, then deletions; of more than 10 neighbours that an operator may
 *         turn, the first 10 in order of their number → CPDAG
 *   directed  boss, then the edges left open directed by propter_pair_direction, the surest first
 * A test that is not testable removes no edge, except that a constant is independent of everything. options NULL: defaults. The graph is the
 * caller's, freed with propter_causal_graph_free, empty on failure. */
PROPTER_API PropterStatus propter_structure_search(const PropterData *data, const char *search, const PropterSearchOptions *options,
                                                   PropterCausalGraph *graph, PropterError *err);

#endif

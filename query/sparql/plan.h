/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the planner. While a plan is made, run->given are slots an outer row will bind (NULL: none). */
#ifndef SPARQL_PLAN_H
#define SPARQL_PLAN_H

#include "op.h"

/* Costs in units of one row of a scan, about 5 ns (measured on scans, lookups and joins of generated data of a million triples). */
#define SEEK_COST 400.0   /* a lookup far from the last one */
#define NEXT_COST 4.0     /* a lookup next to the last one */
#define MERGE_COST 2.0    /* a row merged with a pattern */
#define BUILD_COST 8.0    /* a row put into a hash table */
#define MATCH_COST 4.0    /* a row looked up there */
#define WINDOW_ROWS 256.0  /* of a pattern a merge join passes over for the cost of a lookup */
#define VISIT_COST 40.0    /* a triple followed by the search for a path */
#define RESTART_COST 600.0 /* an operator started again for one row */

PropterStatus plan_pattern(Exec *run, Alg *a, Op **out, PropterError *err);
/* A join or a single leaf; `filters`: conjuncts that hold over all of it. */
PropterStatus plan_join(Exec *run, Alg *a, Expr **filters, size_t filter_count, Op **out, PropterError *err);
/* A leapfrog join of patterns with so many rows each (plan_cycle.c). *out NULL: they make no cycle, do not fit into memory, or joining them pair by pair costs
 * only `cost`. */
PropterStatus plan_cycle(Exec *run, const Alg *const *scans, const double *rows, size_t count, double cost, Op **out, PropterError *err);
/* Puts a condition over *op, whose rows bind `maybe` and surely `certain`: a filter, or for EXISTS a semi join where that is cheaper. */
PropterStatus plan_condition(Exec *run, Op **op, Expr *e, const uint64_t *maybe, const uint64_t *certain, PropterError *err);
/* May `a` be started with the values of a row that binds at most `given`, with the same answer as joining afterwards? It may if nothing in it
 * sees such a value that it does not bind itself. */
bool plan_bindable(const Exec *run, const Alg *a, const uint64_t *given);
/* May a sub-select be started with such values instead of being joined afterwards, planned by plan_started? It may if it has no limit, chance or sub-select in
 * it, and where it groups, they are values of keys (sideways information passing: Beeri and Ramakrishnan, On the power of magic, 1991). */
bool plan_passes(const Exec *run, const Alg *a, const uint64_t *given);
/* Plans what will be started for each of the rows that surely bind `certain`. */
PropterStatus plan_started(Exec *run, Alg *a, const uint64_t *certain, Op **out, PropterError *err);
/* Joins a pattern that has `all` rows in all by lookups, or by a merge where the rows of `left` come in its order and are near to each other there. */
PropterStatus plan_lookup(Exec *run, Op *left, const Alg *a, double all, bool optional, Op **out, PropterError *err);
/* Cost of all that an operator and its inputs do. */
double plan_cost(Op *op);
/* Costs of starting a pattern for one such row, and of computing it once for all, without planning it. */
PropterStatus plan_start_cost(Exec *run, const Alg *a, const uint64_t *certain, double *start, double *once, PropterError *err);
static inline bool plan_leaf_kind(const Alg *a) { return a->kind == ALG_SCAN || a->kind == ALG_PATH; }

/* --- Estimates (estimate.c) ------------------------------------------------------------------------------------------------ */

PropterStatus estimate_leaf(Exec *run, const Alg *a, double *rows, PropterError *err);
/* Triples that a search from one end of a path may meet. */
PropterStatus estimate_path(Exec *run, const Alg *a, double *edges, PropterError *err);
/* Counts the rows of a scan within its ranges, where a permutation is sorted so: sets its shares. */
PropterStatus estimate_within(Exec *run, Alg *a, PropterError *err);
/* From now on estimates use the graph's statistics: gathered by a pass over it where `cost`, that of what is planned, is worth it. *gathered: they were not
 * there before. */
PropterStatus estimate_prepare(Exec *run, double cost, bool *gathered, PropterError *err);
/* Subjects that have all of `predicates`, and how many triples of the last they have (characteristic sets); *known false: there are no such statistics. */
void estimate_star(const Exec *run, const PropterId *predicates, size_t count, double *subjects, double *triples, bool *known);
/* Rows of a leaf, which has `all` rows in all, for one row that binds `bound`. */
PropterStatus estimate_probe(Exec *run, const Alg *a, double all, const uint64_t *bound, double *rows, PropterError *err);

/* --- Sets of slots ------------------------------------------------------------------------------------------------------------ */

bool slots_subset(const Exec *run, const uint64_t *a, const uint64_t *b);
bool slots_overlap(const Exec *run, const uint64_t *a, const uint64_t *b);
void slots_unite(const Exec *run, uint64_t *to, const uint64_t *from);
PropterStatus slots_common(Exec *run, const uint64_t *a, const uint64_t *b, uint64_t **out, PropterError *err);

#endif

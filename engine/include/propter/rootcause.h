/* SPDX-License-Identifier: Apache-2.0 */
/* Where a disturbance came from: how far each metric left its usual range, and which node of a dependency graph no other node explains. */
#ifndef PROPTER_ROOTCAUSE_H
#define PROPTER_ROOTCAUSE_H

#include "propter/status.h"

/* One metric before a disturbance and during it. Borrowed; NaN: no observation; infinite values are left out like missing ones. */
typedef struct {
  const double *before;
  size_t before_count;
  const double *during;
  size_t during_count;
} PropterDisturbance;

typedef enum {
  PROPTER_DEVIATION_LEVEL,  /* (median during − median before) ÷ IQR before: a level that stays away */
  PROPTER_DEVIATION_PEAK,   /* the largest (value − median before) ÷ IQR before: BARO's robust scorer (Pham, Ha and Zhang 2024) */
  PROPTER_DEVIATION_NSIGMA, /* the largest (value − mean before) ÷ standard deviation before */
  PROPTER_DEVIATION_TAIL    /* the largest (value − median before) ÷ (99.5 % point before − median), at least a hundredth of the median */
} PropterDeviationKind;

typedef struct {
  double score;  /* signed by `direction`: positive is the direction asked for */
  double excess; /* the same distance in units of the metric */
  size_t at;     /* place in `during` of the largest; of LEVEL: 0 */
  bool usable;   /* false: fewer than three observations before or none during; score and excess are then 0 */
} PropterDeviation;

/* direction +1 or −1: only this side counts; 0: the larger of both sides. A scale of zero counts as one unit of the metric, so a metric that never moved
 * before is judged by the size of its move: choose units in which one is small. INVALID: another direction; NO_MEMORY. */
PROPTER_API PropterStatus propter_deviation(const PropterDisturbance *metric, PropterDeviationKind kind, int direction, PropterDeviation *out,
                                            PropterError *err);

/* Evidence against each entity (a service, a store) from the scores of its own metrics: Σ ln(1 + max(score, 0)). The place where something began moves in
 * several of its own metrics, a victim in the one that depends on others; so the metrics' scores multiply (the asymmetry of PRISM,
 * arXiv 2601.21359). owner[i] < entities is the entity of score[i]; NaN counts as 0. evidence[entities]. INVALID: an owner outside. */
PROPTER_API PropterStatus propter_evidence_by_owner(size_t metrics, const double *score, const size_t *owner, size_t entities, double *evidence,
                                                    PropterError *err);

/* Order of value[n], largest first, ties by place; NaN last. order[n]. */
PROPTER_API PropterStatus propter_rank(size_t n, const double *value, size_t *order, PropterError *err);

/* `from` depends on `to`: a disturbance of `to` reaches `from`. */
typedef struct {
  size_t from, to;
} PropterDependency;

typedef struct {
  size_t node;
  double own; /* excess of the node less that of the disturbed nodes it depends on */
} PropterOrigin;

/* Nodes that may be the origin of what is seen at `target`, best first: those reached from it through disturbed nodes (score > threshold) only, ranked by the
 * excess that their own dependencies do not explain. So a node counts although something small below it moved too, and a node whose dependency
 * moved as much does not (after the traversal of MonitorRank and of Hardt et al. 2024, "anomalous with no anomalous parent"). excess[nodes] is additive
 * along the graph (seconds or failures in total, not per call). A node with score NaN was not observed: the search passes through it. No
 * origin is a result: nothing was disturbed. origins[nodes]. INVALID: a node outside. */
PROPTER_API PropterStatus propter_origins(size_t nodes, const PropterDependency *edges, size_t edge_count, const double *score, const double *excess,
                                          double threshold, size_t target, PropterOrigin *origins, size_t *count, PropterError *err);

#endif

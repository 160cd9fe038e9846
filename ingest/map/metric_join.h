/* SPDX-License-Identifier: Apache-2.0 */
/* The dimensions of a metric: columns of its own table, and of tables that are joined with it, many to one. */
#ifndef MAP_METRIC_JOIN_H
#define MAP_METRIC_JOIN_H

#include "model.h"

/* A table with one partner at most for each row of the metric's table, or of another join. */
typedef struct {
  const DocTriple *at;         /* says it; its object is the node */
  PropterStr name;             /* with those it is reached through: customer.country */
  size_t around;               /* the join whose columns its children are; SIZE_MAX: the metric's own table */
  PropterTableOptions dialect; /* of its file */
  Join *conditions;            /* references */
  size_t condition_count;
} MetricJoin;

typedef struct {
  PropterStr name;   /* of the dimension: its column, behind the name of its join and a point */
  PropterStr column; /* in its table */
  size_t join;       /* SIZE_MAX: of the metric's own table */
  const DocTriple *at;
} MetricSlice;

typedef struct {
  PROPTER_VEC(MetricJoin) joins;   /* each behind the one it is reached through */
  PROPTER_VEC(MetricSlice) slices; /* own ones first, then by join */
} MetricSlices;

/* Reads propter:sliceColumn and propter:join of a metric. INVALID with the place: what is no text or no dialect, a join without a condition or with another one
 * than columns, two dimensions of one name, joins inside one another without end. Free with metric_slices_clear, also after a failure. */
PropterStatus metric_slices_read(PropterMapping *m, Node metric, MetricSlices *out, PropterError *err);
void metric_slices_clear(MetricSlices *slices);

/* The columns of condition c. */
PropterStr metric_child(const MetricJoin *join, size_t c);
PropterStr metric_parent(const MetricJoin *join, size_t c);

/* Replaces the source of a metric by that source joined with the files that its joins name, which has the columns of `columns` (count) and those of the slices
 * by their names. Without joins nothing is done. */
PropterStatus metric_joined_file(PropterMapping *m, const MetricSlices *s, const DocTriple *const *columns, size_t count, size_t *source, PropterError *err);

/* The slice whose members decide those of slice n: the single column that it is joined by (`i` from 0); SIZE_MAX: no further one. */
size_t metric_finer(const MetricSlices *s, size_t n, size_t i);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A subject with all its properties, read at once; and how terms become numbers, days and texts. */
#ifndef INFER_NODE_H
#define INFER_NODE_H

#include <stdio.h>
#include <stdlib.h>

#include "propter/date.h"
#include "propter/infer.h"
#include "propter/vocab.h"

typedef struct {
  PropterSnapshot *snapshot;
  const PropterId *v; /* ids of the vocabulary */
  PropterId id;
  PropterQuads rows;
  PropterStatus failed; /* of node_number and node_day, which answer only whether there is a value */
} Node;

PropterStatus node_open(PropterSnapshot *snapshot, const PropterId *v, PropterId id, Node *node, PropterError *err);
void node_close(Node *node);
/* Smallest object, or PROPTER_NO_ID. */
PropterId node_one(const Node *node, PropterVocab property);
bool node_has(const Node *node, PropterVocab property, PropterId object);
/* All distinct objects, ascending, appended. */
PropterStatus node_all(const Node *node, PropterVocab property, PropterIds *out, PropterError *err);
/* False: absent or no number, no date. */
bool node_number(Node *node, PropterVocab property, double *value);
bool node_day(Node *node, PropterVocab property, PropterDay *day);
/* The failure that node_number or node_day met, if any; to be asked before what they gave is used. */
PropterStatus node_failed(const Node *node, PropterError *err);
bool node_true(const Node *node, PropterVocab property);
/* Text of the smallest object in English or without language; empty if absent. */
PropterStatus node_string(const Node *node, PropterVocab property, PropterArena *arena, PropterStr *out, PropterError *err);

/* Value of a term: the IRI, the blank node's label or the lexical form. */
PropterStatus node_text(PropterSnapshot *snapshot, PropterId id, PropterArena *arena, PropterStr *out, PropterError *err);
PropterStatus node_value_number(PropterSnapshot *snapshot, PropterId id, double *value, bool *is, PropterError *err);
PropterStatus node_value_day(PropterSnapshot *snapshot, PropterId id, PropterDay *day, bool *is, PropterError *err);

/* Preferred label, rdfs:label, title, or the local name. */
PropterStatus label_of(PropterSnapshot *snapshot, const PropterId *v, PropterId id, PropterArena *arena, PropterStr *out, PropterError *err);
PropterStatus sort_by_iri(PropterSnapshot *snapshot, PropterId *ids, size_t count, PropterError *err);
PropterStatus metric_read(PropterSnapshot *snapshot, const PropterId *v, PropterId metric, PropterArena *arena, PropterMetric *out, PropterError *err);
/* Whether slices are cut as one series divided by another: of a ratio, and of a mean, whose sum and size add up. */
bool metric_is_quotient(const PropterId *v, const PropterMetric *m);
/* propter_metric_adds_up. */
bool metric_adds_up(const PropterId *v, const PropterMetric *m);
/* The dimension by which a part of a ratio is cut where the ratio is cut by `dimension`: that, or the part's own of the same name. */
PropterStatus metric_dimension(PropterSnapshot *snapshot, const PropterId *v, const PropterMetric *part, PropterId dimension, PropterArena *arena,
                               PropterId *out, PropterError *err);
/* No member of a slice before this one is of its dimension. */
bool is_first_of_dimension(const PropterMember *slice, size_t at);
/* propter_metric_cut. */
PropterStatus metric_cut(PropterSnapshot *snapshot, const PropterId *v, PropterMetric *metric, unsigned depth, PropterArena *arena, PropterError *err);
PropterStatus metric_series(PropterSnapshot *snapshot, const PropterId *v, const PropterMetric *metric, const PropterMember *slice, size_t slice_count,
                            PropterDay known_by, PropterMetricSeries *out, PropterError *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_DBT_H
#define MAP_DBT_H

#include "define.h"

#define KEYS(name, keys) extern const char dbt_keys_of_##name[];
#include "dbt.def"
#undef KEYS

extern const Meaning dbt_entity_types[]; /* text: empty for those that do not tell rows apart */

/* Rewrites semantic models and metrics inside `models` as `semantic_models` and `metrics` at the top. INVALID: metrics of a model that is no semantic model. */
PropterStatus dbt_newer(Define *d, PropterError *err);

/* The column of an entity, dimension or measure: its expression, else what it is called. */
PropterStatus dbt_column(Define *d, yaml_node_t *node, PropterStr *out, PropterError *err);
/* Whether the definition says itself that it is left out; the other one looks at its keys, too. */
bool dbt_skips(Define *d, const yaml_node_t *node);
PropterStatus dbt_left_out(Define *d, const yaml_node_t *node, bool *out, PropterError *err);
/* The table of a model: a file that `holder` names, else NAME.csv for ref('NAME'). */
PropterStatus dbt_say_table(Define *d, PropterStr metric, yaml_node_t *holder, PropterError *err);
/* Every categorical dimension of the metric's model (`join` NULL), or of a joined one, is a slice. Dimensions of time other than the one that the measure is
 * added up by are none. INVALID: rows of the joined model hold for a time. */
PropterStatus dbt_say_dimensions(Define *d, PropterStr metric, const DefineJoin *join, yaml_node_t *model, PropterError *err);

/* dbt_join.c: the categorical dimensions of models that the foreign entities of `model` lead to, each in the one model in which an entity of that name is primary,
 * unique or natural. */
PropterStatus dbt_say_joins(Define *d, PropterStr metric, yaml_node_t *model, PropterError *err);
/* The slice that a filter calls ENTITY__NAME, or ENTITY__ENTITY__NAME. */
PropterStatus dbt_filter_column(Define *d, yaml_node_t *model, const yaml_node_t *at, PropterStr name, PropterStr *slice, PropterError *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_DBT_H
#define MAP_DBT_H

#include "define.h"

/* Rewrites semantic models and metrics inside `models` as `semantic_models` and `metrics` at the top. INVALID: metrics of a model that is no semantic model. */
PropterStatus dbt_newer(Define *d, PropterError *err);

#endif

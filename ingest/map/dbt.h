/* SPDX-License-Identifier: Apache-2.0 */
/* Metric definitions of dbt (https://docs.getdbt.com) as the propter:Metric statements that they stand for, each with the line of the YAML it
 * comes from: metrics with calculation_method, expression and timestamp, and metrics over the measures of semantic_models. */
#ifndef MAP_DBT_H
#define MAP_DBT_H

#include "propter/limits.h"
#include "propter/rdf.h"

/* True for the extensions yml and yaml if a line of the first 64 KiB begins with "metrics:", "semantic_models:" or "models:" and none with "mappings:". */
bool dbt_is(const char *path);
/* Hands over the statements; each metric is an IRI: the file's and '#' and its name. A model is the table NAME.csv beside the file, unless it says
 * otherwise. INVALID with line and column: what is wrong, or what a propter:Metric cannot say; nothing is passed over but what the definition itself
 * leaves out. LIMIT: more than a million statements; else as yaml_open. */
PropterStatus dbt_read(const char *path, const PropterLimits *limits, const PropterRdfSink *sink, PropterError *err);

#endif

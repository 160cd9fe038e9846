/* SPDX-License-Identifier: Apache-2.0 */
/* dbt (https://docs.getdbt.com): metrics with calculation_method, metrics over the measures of semantic_models, and both as they are compiled
 * (semantic_manifest.json). A model is the table NAME.csv beside the document, unless it says otherwise. */
#include <string.h>

#include "dbt.h"
#include "formula.h"
#include "warehouse.h"

#define KEYS(name, keys) const char dbt_keys_of_##name[] = keys;
#include "dbt.def"
#undef KEYS

static const Meaning aggregations[] = {{"sum", NULL, VOCAB_propter_Sum},
                                       {"average", NULL, VOCAB_propter_Mean},
                                       {"avg", NULL, VOCAB_propter_Mean},
                                       {"min", NULL, VOCAB_propter_Minimum},
                                       {"max", NULL, VOCAB_propter_Maximum},
                                       {"count", NULL, VOCAB_propter_Count},
                                       {"sum_boolean", "b", VOCAB_propter_Sum},
                                       {"count_distinct", "database", VOCAB_propter_CountDistinct},
                                       {"median", "database", VOCAB_propter_Median},
                                       {"percentile", "database", VOCAB_propter_Percentile},
                                       {NULL, NULL, 0}};
static const Meaning dimension_types[] = {{"categorical", "", 0}, {"time", "1", 0}, {NULL, NULL, 0}};
const Meaning dbt_entity_types[] = {{"primary", "1", 0}, {"unique", "2", 0}, {"natural", "3", 0}, {"foreign", "", 0}, {NULL, NULL, 0}};
static const Meaning metric_types[] = {{"simple", "s", 0}, {"ratio", "r", 0}, {"derived", "d", 0}, {"cumulative", "c", 0}, {NULL, NULL, 0}};

/* --- Nodes ---------------------------------------------------------------------------------------------------------------------------- */

PropterStatus dbt_column(Define *d, yaml_node_t *node, PropterStr *out, PropterError *err) {
  yaml_node_t *expr = define_get(d, node, "expr");
  return define_name(d, node, expr ? expr : define_get(d, node, "name"), "the name of a column (SQL is not evaluated)", out, err);
}

static yaml_node_t *config_of(Define *d, const yaml_node_t *node) { return define_get(d, node, "config"); }

/* What the definition says to propter alone: config: {meta: {propter: …}}, or meta: {propter: …}. */
static yaml_node_t *meta_of(Define *d, const yaml_node_t *node) {
  yaml_node_t *meta = define_get(d, config_of(d, node), "meta");
  return define_get(d, meta ? meta : define_get(d, node, "meta"), "propter");
}

bool dbt_skips(Define *d, const yaml_node_t *node) {
  yaml_node_t *enabled = define_get(d, config_of(d, node), "enabled");
  return (enabled && !define_true(enabled)) || define_true(define_get(d, meta_of(d, node), "skip"));
}

PropterStatus dbt_left_out(Define *d, const yaml_node_t *node, bool *out, PropterError *err) {
  if (config_of(d, node)) PROPTER_TRY(define_keys(d, config_of(d, node), dbt_keys_of_config, err));
  if (meta_of(d, node)) PROPTER_TRY(define_keys(d, meta_of(d, node), dbt_keys_of_meta, err));
  *out = dbt_skips(d, node);
  return PROPTER_OK;
}

/* The metric of that name, or the measure that is one; NULL: none. */
static yaml_node_t *metric_named(Define *d, PropterStr name) {
  yaml_node_t *found = define_named(d, define_get(d, yaml_root(d->file), "metrics"), name), *model, *measure;
  yaml_node_t *models = define_get(d, yaml_root(d->file), "semantic_models");
  for (size_t i = 0; !found && (model = define_item(d, models, i)); i++)
    if (!dbt_skips(d, model) && (measure = define_named(d, define_get(d, model, "measures"), name)) && define_true(define_get(d, measure, "create_metric")))
      found = measure;
  return found;
}

/* --- Texts of dbt --------------------------------------------------------------------------------------------------------------------- */

/* function('NAME') or NAME alone, in double braces or not. */
static bool take_call(PropterStr *text, PropterStr function, PropterStr *name) {
  bool braces = define_take(text, PROPTER_STR("{{"));
  *name = define_take_name(text);
  if (propter_str_equal(*name, function) && define_take(text, PROPTER_STR("("))) {
    PropterStr quote = {text->data, 1};
    if (!text->len || !strchr("'\"", *text->data) || !define_take(text, quote)) return false;
    *name = define_take_name(text);
    if (!define_take(text, quote) || !define_take(text, PROPTER_STR(")"))) return false;
  }
  return name->len && (!braces || define_take(text, PROPTER_STR("}}")));
}

/* --- Statements ----------------------------------------------------------------------------------------------------------------------- */

/* What is said of a metric whatever it is made of. */
static PropterStatus describe(Define *d, yaml_node_t *node, PropterStr *name, PropterError *err) {
  yaml_node_t *at = define_get(d, node, "name");
  PROPTER_TRY(define_name(d, node, at, "a name of letters, digits and _ for the metric", name, err));
  if (metric_named(d, *name) != node) return yaml_fail(d->file, node, err, PROPTER_INVALID, "the metric \"%.*s\" stands twice", (int)name->len, name->data);
  PROPTER_TRY(define_say_metric(d, *name, yaml_text(define_get(d, node, "label")), define_get(d, node, "description"), at, err));
  return define_say_meta(d, *name, meta_of(d, node), err);
}

PropterStatus dbt_say_table(Define *d, PropterStr metric, yaml_node_t *holder, PropterError *err) {
  yaml_node_t *model = define_get(d, holder, "model"), *file = define_get(d, meta_of(d, holder), "source_file");
  yaml_node_t *relation = define_get(d, define_get(d, holder, "node_relation"), "alias");
  PropterStr text = yaml_text(model), name;
  if (file) return define_say_text(d, metric, VOCAB_propter_sourceFile, file, err);
  if (text.len && take_call(&text, PROPTER_STR("ref"), &name) && !text.len) return define_say_file(d, metric, name, name, model, err);
  if (relation) {
    PROPTER_TRY(define_name(d, holder, relation, "the name of a table as alias of node_relation", &name, err));
    yaml_node_t *schema = define_get(d, define_get(d, holder, "node_relation"), "schema_name");
    PropterStr of = yaml_text(schema), table = of.len ? propter_arena_printf(&d->arena, "%.*s.%.*s", (int)of.len, of.data, (int)name.len, name.data) : name;
    return define_say_file(d, metric, name, table, relation, err);
  }
  text = yaml_text(model);
  return yaml_fail(d->file, model ? model : holder, err, PROPTER_INVALID,
                   "expected model: ref('NAME'), or the table as config: {meta: {propter: {source_file: FILE}}}, found \"%.*s\"", (int)text.len, text.data);
}

/* --- Metrics of calculation_method --------------------------------------------------------------------------------------------------- */

/* "a / b"; other arithmetic is a database's. */
static bool is_quotient(const yaml_node_t *expression, PropterStr part[2]) {
  static const PropterStr metric = {"metric", 6};
  PropterStr text = yaml_text(expression);
  return text.len && take_call(&text, metric, &part[0]) && define_take(&text, PROPTER_STR("/")) && take_call(&text, metric, &part[1]) && !text.len;
}

static PropterStatus quotient_of(Define *d, const yaml_node_t *at, const yaml_node_t *expression, PropterStr part[2], PropterError *err) {
  PropterStr text = yaml_text(expression);
  if (is_quotient(expression, part)) return PROPTER_OK;
  return yaml_fail(d->file, expression ? expression : at, err, PROPTER_INVALID,
                   "expected one metric / another: other arithmetic is computed by a database only (--database), found \"%.*s\"", (int)text.len, text.data);
}

/* Numerator and denominator stay apart. */
static PropterStatus say_ratio(Define *d, PropterStr metric, const PropterStr part[2], const yaml_node_t *at, PropterError *err) {
  for (int k = 0; k < 2; k++) {
    yaml_node_t *other = metric_named(d, part[k]);
    bool out = false;
    if (other) PROPTER_TRY(dbt_left_out(d, other, &out, err));
    if (!other || out)
      return yaml_fail(d->file, at, err, PROPTER_INVALID, out ? "the metric \"%.*s\" is left out" : "no metric \"%.*s\" in this file", (int)part[k].len,
                       part[k].data);
    PROPTER_TRY(define_say_part(d, metric, k, part[k], at, err));
  }
  return PROPTER_OK;
}

/* The finest of time_grains, each of which must be one of ours; a day where none is named. */
static PropterStatus say_finest(Define *d, PropterStr metric, yaml_node_t *list, const yaml_node_t *at, PropterError *err) {
  const Meaning *finest = define_grains, *grain;
  yaml_node_t *one;
  for (size_t i = 0; (one = define_item(d, list, i)); i++) {
    PROPTER_TRY(define_meaning(d, one, define_grains, &grain, err));
    if (!i || grain < finest) finest = grain;
  }
  return define_say_grain(d, metric, finest, list ? list : at, err);
}

/* The column or expression that is added up where `condition` is true; of a truth value, rows in which it is true. */
static PropterStatus say_value(Define *d, PropterStr metric, const Meaning *aggregation, PropterStr text, PropterStr condition, const yaml_node_t *at,
                               PropterError *err) {
  if (aggregation->text && *aggregation->text == 'b' && text.len) {
    text = propter_arena_printf(&d->arena, "CASE WHEN %.*s THEN 1 ELSE 0 END", (int)text.len, text.data);
    if (!text.data) return define_no_memory(err);
  }
  PROPTER_TRY(define_where(d, condition, &text, err));
  return define_say_value(d, metric, text, at, err);
}

/* A dimension is a column. */
static PropterStatus column_named(Define *d, yaml_node_t *owner, const yaml_node_t *at, PropterStr name, PropterStr *slice, PropterError *err) {
  (void)d, (void)owner, (void)at, (void)err;
  *slice = name;
  return PROPTER_OK;
}

static PropterStatus read_calculated(Define *d, yaml_node_t *owner, yaml_node_t *node, PropterError *err) {
  (void)owner;
  yaml_node_t *method = define_get(d, node, "calculation_method"), *expression = define_get(d, node, "expression"), *one;
  yaml_node_t *timestamp = define_get(d, node, "timestamp"), *dimensions = define_get(d, node, "dimensions");
  PropterStr name, part[2], column;
  const Meaning *aggregation;
  PROPTER_TRY(define_keys(d, node, dbt_keys_of_calculated, err));
  PROPTER_TRY(describe(d, node, &name, err));
  if (propter_str_equal(yaml_text(method), PROPTER_STR("derived"))) {
    PROPTER_TRY(quotient_of(d, node, expression, part, err));
    return say_ratio(d, name, part, expression, err);
  }
  PROPTER_TRY(define_meaning(d, method, aggregations, &aggregation, err));
  if (aggregation->word == VOCAB_propter_Percentile)
    return yaml_fail(d->file, method, err, PROPTER_INVALID, "expected a percentile as a measure of a semantic model");
  if (aggregation->text && *aggregation->text == 'd') PROPTER_TRY(define_by_database(d, method, aggregation->name, err));
  PROPTER_TRY(define_say_word(d, name, VOCAB_propter_aggregation, aggregation->word, method, err));
  PROPTER_TRY(say_value(d, name, aggregation, expression ? yaml_text(expression) : yaml_text(NULL), (PropterStr){"", 0}, expression ? expression : node, err));
  PROPTER_TRY(define_name(d, node, timestamp, "the name of a column as timestamp", &column, err));
  PROPTER_TRY(define_say_text(d, name, VOCAB_propter_timeColumn, timestamp, err));
  PROPTER_TRY(dbt_say_table(d, name, node, err));
  PROPTER_TRY(say_finest(d, name, define_get(d, node, "time_grains"), node, err));
  for (size_t i = 0; (one = define_item(d, dimensions, i)); i++) PROPTER_TRY(define_say_text(d, name, VOCAB_propter_sliceColumn, one, err));
  return define_say_non_additive(d, name, d, meta_of(d, node), column_named, NULL, err);
}

/* --- Metrics over the measures of semantic models -------------------------------------------------------------------------------------- */

static PropterStatus say_column(Define *d, PropterStr metric, PropterVocab word, yaml_node_t *node, PropterError *err) {
  PropterStr column;
  PROPTER_TRY(dbt_column(d, node, &column, err));
  return define_say(d, metric, word, propter_literal(column), node, err);
}

/* Rows that hold for a time have several partners. */
static PropterStatus check_validity(Define *d, const yaml_node_t *dimension, PropterError *err) {
  yaml_node_t *validity = define_get(d, define_get(d, dimension, "type_params"), "validity_params");
  if (!validity) return PROPTER_OK;
  return yaml_fail(d->file, validity, err, PROPTER_INVALID, "rows that hold for a time are not joined: expected one row for each entity");
}

PropterStatus dbt_say_dimensions(Define *d, PropterStr metric, const DefineJoin *join, yaml_node_t *model, PropterError *err) {
  yaml_node_t *dimensions = define_get(d, model, "dimensions"), *one;
  const Meaning *type;
  PropterStr column;
  for (size_t i = 0; (one = define_item(d, dimensions, i)); i++) {
    PROPTER_TRY(define_keys(d, one, dbt_keys_of_dimension, err));
    PROPTER_TRY(define_meaning(d, define_get(d, one, "type"), dimension_types, &type, err));
    if (join) PROPTER_TRY(check_validity(d, one, err));
    bool out;
    PROPTER_TRY(dbt_left_out(d, one, &out, err));
    if (*type->text || out) continue;
    PROPTER_TRY(dbt_column(d, one, &column, err));
    PROPTER_TRY(define_say_slice(d, metric, join, column, define_get(d, one, "label"), one, err));
  }
  return PROPTER_OK;
}

/* The column that tells rows apart: that of the primary entity, else of a unique, else of a natural one. */
static PropterStatus say_key(Define *d, PropterStr metric, yaml_node_t *model, PropterError *err) {
  yaml_node_t *entities = define_get(d, model, "entities"), *one, *best = NULL;
  const Meaning *type, *held = NULL;
  for (size_t i = 0; (one = define_item(d, entities, i)); i++) {
    PROPTER_TRY(define_keys(d, one, dbt_keys_of_entity, err));
    PROPTER_TRY(define_meaning(d, define_get(d, one, "type"), dbt_entity_types, &type, err));
    if (*type->text && (!best || type < held)) best = one, held = type;
  }
  return best ? say_column(d, metric, VOCAB_propter_keyColumn, best, err) : PROPTER_OK;
}

/* `grain`: what the metric asks for; NULL: that of the dimension of time. */
static PropterStatus say_time(Define *d, PropterStr metric, yaml_node_t *model, yaml_node_t *measure, yaml_node_t *grain, PropterError *err) {
  yaml_node_t *by = define_get(d, measure, "agg_time_dimension"), *defaults = define_get(d, model, "defaults"), *dimension, *params;
  yaml_node_t *additive = define_get(d, measure, "non_additive_dimension");
  const Meaning *type, *own, *asked;
  PropterStr name;
  if (defaults) PROPTER_TRY(define_keys(d, defaults, "agg_time_dimension", err));
  if (!by) by = define_get(d, defaults, "agg_time_dimension");
  PROPTER_TRY(define_name(d, measure, by, "an agg_time_dimension for the measure", &name, err));
  dimension = define_named(d, define_get(d, model, "dimensions"), name);
  if (!dimension) return yaml_fail(d->file, by, err, PROPTER_INVALID, "no dimension \"%.*s\" in its semantic model", (int)name.len, name.data);
  PROPTER_TRY(define_meaning(d, define_get(d, dimension, "type"), dimension_types, &type, err));
  if (!*type->text) return yaml_fail(d->file, by, err, PROPTER_INVALID, "expected a dimension of type time, found \"%.*s\"", (int)name.len, name.data);
  params = define_get(d, dimension, "type_params");
  PROPTER_TRY(define_keys(d, params ? params : dimension, params ? "time_granularity|!validity_params" : "type_params", err));
  PROPTER_TRY(define_meaning(d, define_get(d, params, "time_granularity"), define_grains, &own, err));
  asked = own;
  if (grain) PROPTER_TRY(define_meaning(d, grain, define_grains, &asked, err));
  if (asked < own)
    return yaml_fail(d->file, grain, err, PROPTER_INVALID, "expected %s or longer, as its dimension of time says, found %s", own->name, asked->name);
  if (additive && (asked != own || !propter_str_equal(yaml_text(define_get(d, additive, "name")), name)))
    return yaml_fail(
        d->file, additive, err, PROPTER_INVALID,
        "what does not add up over a dimension is read at the grain of that dimension only: expected non_additive_dimension: {name: %.*s} and the grain %s",
        (int)name.len, name.data, own->name);
  PROPTER_TRY(say_column(d, metric, VOCAB_propter_timeColumn, dimension, err));
  return define_say_grain(d, metric, asked, grain ? grain : params, err);
}

/* A count of what no row is without, or a sum of ones. */
static bool counts_rows(Define *d, yaml_node_t *model, yaml_node_t *measure, const Meaning *aggregation) {
  yaml_node_t *expr = define_get(d, measure, "expr"), *entities = define_get(d, model, "entities"), *one;
  PropterStr column = yaml_text(expr ? expr : define_get(d, measure, "name"));
  bool ones = expr && propter_str_equal(column, PROPTER_STR("1"));
  if (aggregation->word == VOCAB_propter_Sum) return ones;
  bool primary = false;
  for (size_t i = 0; (one = define_item(d, entities, i)); i++) {
    yaml_node_t *own = define_get(d, one, "expr");
    primary |= propter_str_equal(yaml_text(define_get(d, one, "type")), PROPTER_STR("primary")) &&
               propter_str_equal(yaml_text(own ? own : define_get(d, one, "name")), column);
  }
  return aggregation->word == VOCAB_propter_Count && (ones || primary);
}

/* The share of a percentile, from 0 to 1. */
static PropterStatus say_percentile(Define *d, PropterStr metric, yaml_node_t *measure, PropterError *err) {
  yaml_node_t *params = define_get(d, measure, "agg_params"), *share = define_get(d, params, "percentile");
  double number;
  if (params) PROPTER_TRY(define_keys(d, params, dbt_keys_of_percentile, err));
  if (!share || !propter_str_to_double(yaml_text(share), &number) || number <= 0 || number >= 1)
    return yaml_fail(d->file, share ? share : measure, err, PROPTER_INVALID, "expected agg_params: {percentile: a number between 0 and 1}");
  return define_say_text(d, metric, VOCAB_propter_percentile, share, err);
}

/* Where the rows of a measure are, and what tells them apart. */
static PropterStatus say_place(Define *d, PropterStr metric, yaml_node_t *model, yaml_node_t *measure, yaml_node_t *grain, PropterError *err) {
  PROPTER_TRY(dbt_say_table(d, metric, model, err));
  PROPTER_TRY(say_time(d, metric, model, measure, grain, err));
  PROPTER_TRY(dbt_say_dimensions(d, metric, NULL, model, err));
  PROPTER_TRY(dbt_say_joins(d, metric, model, err));
  PROPTER_TRY(define_say_non_additive(d, metric, d, meta_of(d, metric_named(d, metric)), dbt_filter_column, model, err));
  return say_key(d, metric, model, err);
}

/* `instead`: how its sum is added up further; NULL: as the measure says. `condition`: SQL that is true of its rows. */
static PropterStatus say_measure(Define *d, PropterStr metric, yaml_node_t *model, yaml_node_t *measure, yaml_node_t *grain, const Meaning *instead,
                                 PropterStr condition, PropterError *err) {
  const Meaning *aggregation;
  yaml_node_t *expr = define_get(d, measure, "expr");
  PROPTER_TRY(define_keys(d, model, dbt_keys_of_model, err));
  PROPTER_TRY(define_keys(d, measure, dbt_keys_of_measure, err));
  PROPTER_TRY(define_meaning(d, define_get(d, measure, "agg"), aggregations, &aggregation, err));
  if (instead && aggregation->word != VOCAB_propter_Sum)
    return yaml_fail(d->file, measure, err, PROPTER_INVALID, "expected a sum to be cumulated, found %s", aggregation->name);
  if (instead) aggregation = instead;
  PropterStr text = yaml_text(expr ? expr : define_get(d, measure, "name"));
  if (!instead && !condition.len && counts_rows(d, model, measure, aggregation)) {
    PROPTER_TRY(define_say_word(d, metric, VOCAB_propter_aggregation, VOCAB_propter_Count, measure, err));
  } else {
    if (aggregation->word == VOCAB_propter_Count && !d->database)
      return yaml_fail(d->file, measure, err, PROPTER_INVALID,
                       "expected the column of the primary entity, or 1: whether others are empty is counted by a database only (--database)");
    if (aggregation->text && *aggregation->text == 'd') PROPTER_TRY(define_by_database(d, measure, aggregation->name, err));
    PROPTER_TRY(define_say_word(d, metric, VOCAB_propter_aggregation, aggregation->word, measure, err));
    PROPTER_TRY(say_value(d, metric, aggregation, text, condition, expr ? expr : measure, err));
    if (aggregation->word == VOCAB_propter_Percentile) PROPTER_TRY(say_percentile(d, metric, measure, err));
  }
  return say_place(d, metric, model, measure, grain, err);
}

/* A measure or metric by its name, or as {name: NAME} with the keys that may stand there: with a filter it would be another one. */
static PropterStatus reference(Define *d, const yaml_node_t *at, yaml_node_t *node, const char *keys, const char *what, PropterStr *out, PropterError *err) {
  if (yaml_is_mapping(node)) {
    PROPTER_TRY(define_keys(d, node, keys, err));
    node = define_get(d, node, "name");
  }
  return define_name(d, at, node, what, out, err);
}

/* {{ Dimension('order__status') }} = 'done', several of them joined by "and". */
static PropterStatus say_filter(Define *d, PropterStr metric, yaml_node_t *model, yaml_node_t *filter, PropterStr *condition, PropterError *err) {
  PropterStr text = yaml_text(filter), name;
  Comparison only;
  static const PropterStr call = {"Dimension", 9};
  while (text.len && take_call(&text, call, &name) && define_take_comparison(&text, &only)) {
    PROPTER_TRY(dbt_filter_column(d, model, filter, name, &only.column, err));
    PROPTER_TRY(define_say_filter(d, metric, &only, condition, filter, err));
    if (!text.len) return PROPTER_OK;
  }
  text = yaml_text(filter);
  return yaml_fail(d->file, filter, err, PROPTER_INVALID,
                   "expected {{ Dimension('ENTITY__NAME') }} = 'value', or several joined by and: SQL is not evaluated, found \"%.*s\"", (int)text.len,
                   text.data);
}

/* A text, a list of texts, or what they are compiled to. */
static PropterStatus say_filters(Define *d, PropterStr metric, yaml_node_t *model, yaml_node_t *filter, PropterStr *condition, PropterError *err) {
  yaml_node_t *one;
  if (yaml_is_mapping(filter)) {
    PROPTER_TRY(define_keys(d, filter, dbt_keys_of_filters, err));
    filter = define_get(d, filter, "where_filters");
  }
  for (size_t i = 0; (one = define_item(d, filter, i)); i++) {
    if (yaml_is_mapping(one)) {
      PROPTER_TRY(define_keys(d, one, dbt_keys_of_filter, err));
      one = define_get(d, one, "where_sql_template");
    }
    PROPTER_TRY(say_filter(d, metric, model, one, condition, err));
  }
  return PROPTER_OK;
}

/* The measure of that name and the semantic model that it is in. */
static PropterStatus find_measure(Define *d, const yaml_node_t *at, PropterStr name, yaml_node_t **model, yaml_node_t **measure, PropterError *err) {
  yaml_node_t *models = define_get(d, yaml_root(d->file), "semantic_models");
  for (size_t i = 0; (*model = define_item(d, models, i)); i++) {
    bool out;
    PROPTER_TRY(dbt_left_out(d, *model, &out, err));
    if (!out && (*measure = define_named(d, define_get(d, *model, "measures"), name))) return PROPTER_OK;
  }
  return yaml_fail(d->file, at, err, PROPTER_INVALID, "no measure \"%.*s\" in the semantic models of this file", (int)name.len, name.data);
}

/* How far a cumulative metric reaches back, or the period at whose beginning it begins anew. */
static PropterStatus say_reach(Define *d, PropterStr metric, yaml_node_t *params, PropterError *err) {
  yaml_node_t *own = define_get(d, params, "cumulative_type_params"), *window = define_get(d, params, "window"), *to_date;
  const Meaning *since;
  if (own) PROPTER_TRY(define_keys(d, own, dbt_keys_of_cumulative_params, err));
  if (!window) window = define_get(d, own, "window");
  if (!(to_date = define_get(d, params, "grain_to_date"))) to_date = define_get(d, own, "grain_to_date");
  if (window && to_date) return yaml_fail(d->file, to_date, err, PROPTER_INVALID, "expected window or grain_to_date, found both");
  PROPTER_TRY(define_say_window(d, metric, window, err));
  if (!to_date) return PROPTER_OK;
  PROPTER_TRY(define_meaning(d, to_date, define_grains, &since, err));
  return define_say(d, metric, VOCAB_propter_since, propter_typed(propter_str(since->text), PROPTER_STR("http://www.w3.org/2001/XMLSchema#duration")), to_date,
                    err);
}

/* Over one measure; `instead` as of say_measure. */
static PropterStatus read_simple(Define *d, PropterStr metric, yaml_node_t *node, yaml_node_t *params, yaml_node_t *grain, const Meaning *instead,
                                 PropterError *err) {
  yaml_node_t *model, *measure, *by = define_get(d, params, "measure");
  PropterStr name, condition = {"", 0};
  PROPTER_TRY(define_keys(d, params, instead ? dbt_keys_of_cumulative : dbt_keys_of_simple, err));
  if (instead) PROPTER_TRY(say_reach(d, metric, params, err));
  if (yaml_is_mapping(by)) {
    PROPTER_TRY(define_keys(d, by, dbt_keys_of_input_of_simple, err));
    PROPTER_TRY(define_name(d, params, define_get(d, by, "name"), "a measure", &name, err));
  } else {
    PROPTER_TRY(define_name(d, params, by, "a measure", &name, err));
  }
  PROPTER_TRY(find_measure(d, by, name, &model, &measure, err));
  PROPTER_TRY(say_filters(d, metric, model, define_get(d, node, "filter"), &condition, err));
  PROPTER_TRY(say_filters(d, metric, model, yaml_is_mapping(by) ? define_get(d, by, "filter") : NULL, &condition, err));
  return say_measure(d, metric, model, measure, grain, instead, condition, err);
}

/* --- Formulas --------------------------------------------------------------------------------------------------------------------------- */

/* Arithmetic over metrics of one semantic model, which a database computes in one query. */
typedef struct {
  Define *d;
  yaml_node_t *at, *inputs;
  yaml_node_t *model, *measure; /* of the first name */
} FormulaOf;

/* The metric that a name in the expression stands for, and how long before: `ago` empty: then. */
static PropterStatus input_named(FormulaOf *f, PropterStr name, yaml_node_t **metric, PropterStr *ago, PropterError *err) {
  yaml_node_t *one;
  PropterStr own;
  for (size_t i = 0; (one = define_item(f->d, f->inputs, i)); i++) {
    PROPTER_TRY(reference(f->d, f->inputs, one, dbt_keys_of_input_of_derived, "a metric", &own, err));
    PropterStr alias = yaml_text(define_get(f->d, one, "alias"));
    if (!propter_str_equal(name, alias.len ? alias : own)) continue;
    yaml_node_t *offset = define_get(f->d, one, "offset_window");
    *ago = (PropterStr){"", 0};
    if (offset) PROPTER_TRY(define_window(f->d, offset, ago, err));
    if ((*metric = metric_named(f->d, own))) return PROPTER_OK;
    return propter_fail(err, PROPTER_INVALID, "no metric \"%.*s\" in this file", (int)own.len, own.data);
  }
  return propter_fail(err, PROPTER_INVALID, "\"%.*s\" is not among its metrics", (int)name.len, name.data);
}

/* The measure of a metric that is nothing more. */
static PropterStatus plain_measure(FormulaOf *f, PropterStr name, yaml_node_t **model, yaml_node_t **measure, PropterStr *ago, PropterError *err) {
  yaml_node_t *metric, *by;
  PROPTER_TRY(input_named(f, name, &metric, ago, err));
  bool itself = define_get(f->d, metric, "agg") != NULL; /* a measure with create_metric */
  by = itself ? define_get(f->d, metric, "name") : define_get(f->d, define_get(f->d, metric, "type_params"), "measure");
  bool simple = itself || propter_str_equal(yaml_text(define_get(f->d, metric, "type")), PROPTER_STR("simple"));
  bool plain = simple && !define_get(f->d, metric, "filter") && !define_get(f->d, metric, "time_granularity") && !define_get(f->d, by, "filter");
  if (!plain)
    return propter_fail(err, PROPTER_INVALID, "expected metrics of one measure without a filter or a grain of their own in arithmetic, found \"%.*s\"",
                        (int)name.len, name.data);
  PROPTER_TRY(find_measure(f->d, by, yaml_text(yaml_is_mapping(by) ? define_get(f->d, by, "name") : by), model, measure, err));
  if (!f->model) f->model = *model, f->measure = *measure;
  PropterStr days = yaml_text(define_get(f->d, *measure, "agg_time_dimension"));
  if (*model == f->model && propter_str_equal(days, yaml_text(define_get(f->d, f->measure, "agg_time_dimension")))) return PROPTER_OK;
  return propter_fail(err, PROPTER_INVALID, "expected metrics of one semantic model and time in arithmetic, found \"%.*s\"", (int)name.len, name.data);
}

static PropterStatus put_measure(void *payload, PropterStr name, PropterBuf *sql, PropterError *err) {
  FormulaOf *f = payload;
  yaml_node_t *model, *measure, *expr;
  const Meaning *aggregation;
  PropterStr ago;
  PropterBuf column = {0};
  PROPTER_TRY(plain_measure(f, name, &model, &measure, &ago, err));
  PROPTER_TRY(define_keys(f->d, measure, dbt_keys_of_measure, err));
  PROPTER_TRY(define_meaning(f->d, define_get(f->d, measure, "agg"), aggregations, &aggregation, err));
  expr = define_get(f->d, measure, "expr");
  PropterStr text = yaml_text(expr ? expr : define_get(f->d, measure, "name"));
  if (propter_str_find(text, PROPTER_STR("{{")) != SIZE_MAX || memchr(text.data, ';', text.len))
    return propter_fail(err, PROPTER_INVALID, "expected one expression without templates, found \"%.*s\"", (int)text.len, text.data);
  propter_buf_printf(&column, aggregation->text && *aggregation->text == 'b' ? "CASE WHEN %.*s THEN 1 ELSE 0 END" : "%.*s", (int)text.len, text.data);
  PropterStatus status = propter_buf_status(&column, err);
  /* Of the one period so long before the greatest is itself; there is none where that period has no rows. */
  if (ago.len) propter_buf_add(sql, PROPTER_STR("MAX("));
  if (status == PROPTER_OK && !warehouse_aggregate(aggregation->word, propter_buf_str(&column), sql))
    status = propter_fail(err, PROPTER_INVALID, "expected sums, counts, means, minima or maxima in arithmetic, found %s", aggregation->name);
  if (ago.len) propter_buf_printf(sql, ") OVER ({ago %.*s})", (int)ago.len, ago.data);
  propter_buf_clear(&column);
  return status;
}

static PropterStatus say_formula(Define *d, PropterStr metric, yaml_node_t *params, PropterError *err) {
  yaml_node_t *expr = define_get(d, params, "expr");
  FormulaOf f = {.d = d, .at = expr, .inputs = define_get(d, params, "metrics")};
  PropterBuf sql = {0};
  PropterError why = {0};
  PropterStatus status = formula_sql(yaml_text(expr), put_measure, &f, &sql, &why);
  PropterStr text = status == PROPTER_OK ? propter_arena_copy(&d->arena, propter_buf_str(&sql)) : (PropterStr){"", 0};
  propter_buf_clear(&sql);
  if (status == PROPTER_INVALID && !why.line) return yaml_fail(d->file, expr ? expr : params, err, status, "%s", why.message);
  if (status != PROPTER_OK) return err ? (*err = why, status) : status;
  if (!text.data) return define_no_memory(err);
  if (!f.model) return yaml_fail(d->file, expr, err, PROPTER_INVALID, "the expression names no metric");
  PROPTER_TRY(define_say_word(d, metric, VOCAB_propter_aggregation, VOCAB_propter_Formula, expr, err));
  PROPTER_TRY(define_say(d, metric, VOCAB_propter_sourceExpression, propter_literal(text), expr, err));
  return say_place(d, metric, f.model, f.measure, NULL, err);
}

/* Derived from metrics, which its expression may call by an alias: a quotient of two, or arithmetic that a database computes. */
static PropterStatus read_derived(Define *d, PropterStr metric, yaml_node_t *params, PropterError *err) {
  yaml_node_t *expr = define_get(d, params, "expr"), *inputs = define_get(d, params, "metrics"), *one;
  PropterStr part[2], name;
  PROPTER_TRY(define_keys(d, params, dbt_keys_of_derived, err));
  yaml_node_t *shifted = NULL;
  for (size_t i = 0; !shifted && (one = define_item(d, inputs, i)); i++) shifted = define_get(d, one, "offset_window");
  if (shifted) PROPTER_TRY(define_by_database(d, shifted, "offset_window", err));
  if (d->database && expr && (shifted || !is_quotient(expr, part))) return say_formula(d, metric, params, err);
  PROPTER_TRY(quotient_of(d, params, expr, part, err));
  bool known[2] = {false, false};
  for (size_t i = 0; (one = define_item(d, inputs, i)); i++) {
    PROPTER_TRY(reference(d, inputs, one, dbt_keys_of_input_of_derived, "a metric", &name, err));
    PropterStr alias = yaml_text(define_get(d, one, "alias"));
    for (size_t k = 0; k < 2; k++)
      if (!known[k] && propter_str_equal(part[k], alias.len ? alias : name)) part[k] = name, known[k] = true;
  }
  for (size_t k = 0; k < 2; k++)
    if (!known[k]) return yaml_fail(d->file, expr, err, PROPTER_INVALID, "\"%.*s\" is not among its metrics", (int)part[k].len, part[k].data);
  return say_ratio(d, metric, part, expr, err);
}

static PropterStatus read_metric(Define *d, yaml_node_t *owner, yaml_node_t *node, PropterError *err) {
  (void)owner;
  yaml_node_t *params = define_get(d, node, "type_params"), *grain = define_get(d, node, "time_granularity");
  PropterStr name, part[2];
  const Meaning *type;
  PROPTER_TRY(define_meaning(d, define_get(d, node, "type"), metric_types, &type, err));
  PROPTER_TRY(define_keys(d, node, dbt_keys_of_metric, err));
  PROPTER_TRY(describe(d, node, &name, err));
  static const Meaning cumulated = {"cumulative", "database", VOCAB_propter_CumulativeSum};
  if (*type->text == 's' || *type->text == 'c') return read_simple(d, name, node, params, grain, *type->text == 'c' ? &cumulated : NULL, err);
  yaml_node_t *filter = define_get(d, node, "filter");
  if (filter) return yaml_fail(d->file, filter, err, PROPTER_INVALID, "expected the filter at the metrics that \"%.*s\" is made of", (int)name.len, name.data);
  if (grain)
    return yaml_fail(d->file, grain, err, PROPTER_INVALID, "expected time_granularity at the metrics that \"%.*s\" is made of", (int)name.len, name.data);
  if (*type->text == 'd') return read_derived(d, name, params, err);
  PROPTER_TRY(define_keys(d, params, dbt_keys_of_ratio, err));
  PROPTER_TRY(reference(d, params, define_get(d, params, "numerator"), dbt_keys_of_input, "a numerator", &part[0], err));
  PROPTER_TRY(reference(d, params, define_get(d, params, "denominator"), dbt_keys_of_input, "a denominator", &part[1], err));
  return say_ratio(d, name, part, params, err);
}

static PropterStatus read_measure(Define *d, yaml_node_t *model, yaml_node_t *node, PropterError *err) {
  PropterStr name;
  PROPTER_TRY(describe(d, node, &name, err));
  return say_measure(d, name, model, node, NULL, NULL, (PropterStr){"", 0}, err);
}

/* Measures with create_metric are metrics of their own. */
static PropterStatus read_model(Define *d, yaml_node_t *model, PropterError *err) {
  yaml_node_t *measures = define_get(d, model, "measures"), *one;
  bool out;
  PROPTER_TRY(dbt_left_out(d, model, &out, err));
  for (size_t i = 0; !out && (one = define_item(d, measures, i)); i++) {
    bool skipped;
    PROPTER_TRY(dbt_left_out(d, one, &skipped, err));
    /* What is compiled names these metrics itself. */
    if (skipped || !define_true(define_get(d, one, "create_metric")) || define_get(d, model, "node_relation")) continue;
    PROPTER_TRY(define_metric(d, yaml_text(define_get(d, one, "name")), read_measure, model, one, err));
  }
  return PROPTER_OK;
}

/* --- Documents -------------------------------------------------------------------------------------------------------------------------- */

static bool is(const char *path) {
  PropterStr name = propter_str(path);
  if (propter_str_ends(name, PROPTER_STR(".json"))) return yaml_mentions(path, "\"semantic_models\"");
  return (propter_str_ends(name, PROPTER_STR(".yml")) || propter_str_ends(name, PROPTER_STR(".yaml"))) &&
         yaml_begins(path, "metrics:|semantic_models:|models:") && !yaml_begins(path, "mappings:");
}

static PropterStatus read_document(Define *d, PropterError *err) {
  yaml_node_t *root = yaml_root(d->file), *metrics = define_get(d, root, "metrics"), *semantic = define_get(d, root, "semantic_models"), *one;
  PROPTER_TRY(define_keys(d, root, dbt_keys_of_document, err));
  for (size_t i = 0; (one = define_item(d, semantic, i)); i++) PROPTER_TRY(read_model(d, one, err));
  for (size_t i = 0; (one = define_item(d, metrics, i)); i++) {
    bool out;
    PROPTER_TRY(dbt_left_out(d, one, &out, err));
    DefineReader read = define_get(d, one, "calculation_method") ? read_calculated : read_metric;
    if (!out) PROPTER_TRY(define_metric(d, yaml_text(define_get(d, one, "name")), read, NULL, one, err));
  }
  return PROPTER_OK;
}

const Definitions definitions_dbt = {is, read_document, dbt_newer};

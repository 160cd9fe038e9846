/* SPDX-License-Identifier: Apache-2.0 */
#include "dbt.h"

#include <string.h>

#include "propter/vocab.h"
#include "yaml.h"

enum { DBT_STATEMENTS = 1000000, DBT_LOOKS = 10000000 };

typedef struct {
  YamlFile file;
  const PropterRdfSink *sink;
  PropterArena arena;
  PropterStr iri; /* of the file */
  size_t statements, looks; /* looks: items of lists that were looked at, so that aliases of aliases end */
} Dbt;

/* What a word of dbt means here; words that stand in no table have no meaning here. Grains from fine to coarse. */
typedef struct {
  const char *name;
  const char *text;
  PropterVocab word;
} Meaning;
static const Meaning aggregations[] = {{"sum", NULL, VOCAB_propter_Sum},     {"average", NULL, VOCAB_propter_Mean},    {"avg", NULL, VOCAB_propter_Mean},
                                       {"min", NULL, VOCAB_propter_Minimum}, {"max", NULL, VOCAB_propter_Maximum}, {NULL, NULL, 0}};
static const Meaning grains[] = {{"day", "P1D", 0}, {"week", "P7D", 0}, {"month", "P1M", 0}, {"quarter", "P3M", 0}, {"year", "P1Y", 0}, {NULL, NULL, 0}};
static const Meaning directions[] = {{"up", NULL, VOCAB_propter_Up}, {"down", NULL, VOCAB_propter_Down}, {NULL, NULL, 0}};
static const Meaning dimension_types[] = {{"categorical", "", 0}, {"time", "1", 0}, {NULL, NULL, 0}};
static const Meaning entity_types[] = {{"primary", "1", 0}, {"unique", "2", 0}, {"natural", "3", 0}, {"foreign", "", 0}, {NULL, NULL, 0}};
static const Meaning metric_types[] = {{"simple", "s", 0}, {"ratio", "r", 0}, {"derived", "d", 0}, {NULL, NULL, 0}};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading metric definitions"); }

/* --- Nodes ---------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus meaning_of(Dbt *d, const yaml_node_t *node, const Meaning *table, const Meaning **out, PropterError *err) {
  PropterStr text = yaml_text(node);
  PropterBuf names = {0};
  for (*out = table; (*out)->name; (*out)++)
    if (propter_str_equal(text, propter_str((*out)->name))) return PROPTER_OK;
  for (const Meaning *m = table; m->name; m++) propter_buf_printf(&names, "%s%s", m == table ? "" : m[1].name ? ", " : " or ", m->name);
  PropterStatus status = propter_buf_status(&names, err);
  if (status == PROPTER_OK) status = yaml_fail(&d->file, node, err, PROPTER_INVALID, "expected %s, found \"%.*s\"", names.data, (int)text.len, text.data);
  propter_buf_clear(&names);
  return status;
}

/* How long the name is that the text begins with. */
static size_t name_length(PropterStr text) {
  size_t n = 0;
  for (; n < text.len; n++) {
    char c = text.data[n];
    if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (n && c >= '0' && c <= '9'))) break;
  }
  return n;
}

static bool is_name(PropterStr text) { return text.len && name_length(text) == text.len; }

static PropterStatus name_in(Dbt *d, const yaml_node_t *at, const yaml_node_t *node, const char *what, PropterStr *out, PropterError *err) {
  *out = yaml_text(node);
  if (!node) return yaml_fail(&d->file, at, err, PROPTER_INVALID, "expected %s", what);
  if (is_name(*out)) return PROPTER_OK;
  return yaml_fail(&d->file, node, err, PROPTER_INVALID, "expected %s, found \"%.*s\"", what, (int)out->len, out->data);
}

/* The column of an entity, dimension or measure: its expression, else what it is called. */
static PropterStatus column_of(Dbt *d, yaml_node_t *node, PropterStr *out, PropterError *err) {
  yaml_node_t *expr = yaml_get(&d->file, node, "expr");
  return name_in(d, node, expr ? expr : yaml_get(&d->file, node, "name"), "the name of a column (SQL is not evaluated)", out, err);
}

/* The n-th item of a list; NULL after the last, of none, and when too many were looked at, which `bounded` reports. */
static yaml_node_t *item(Dbt *d, yaml_node_t *list, size_t n) {
  bool empty = !list || (yaml_is_scalar(list) && !yaml_text(list).len);
  return empty || ++d->looks > DBT_LOOKS ? NULL : yaml_item(&d->file, list, n);
}

static PropterStatus bounded(Dbt *d, const yaml_node_t *at, PropterError *err) {
  if (d->statements > DBT_STATEMENTS) return yaml_fail(&d->file, at, err, PROPTER_LIMIT, "more than %d statements", DBT_STATEMENTS);
  if (d->looks > DBT_LOOKS) return yaml_fail(&d->file, at, err, PROPTER_LIMIT, "more than %d items to look at", DBT_LOOKS);
  return PROPTER_OK;
}

/* The item of a list that is called so; NULL: none. */
static yaml_node_t *named(Dbt *d, yaml_node_t *list, PropterStr name) {
  yaml_node_t *one;
  for (size_t i = 0; (one = item(d, list, i)); i++)
    if (propter_str_equal(yaml_text(yaml_get(&d->file, one, "name")), name)) return one;
  return NULL;
}

static bool is_true(const yaml_node_t *node) {
  static const char *const words[] = {"true", "True", "TRUE", "yes", "Yes", "on"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (propter_str_equal(yaml_text(node), propter_str(words[i]))) return true;
  return false;
}

static yaml_node_t *config_of(Dbt *d, const yaml_node_t *node) { return yaml_get(&d->file, node, "config"); }

/* What the definition says to propter alone: config: {meta: {propter: …}}, or meta: {propter: …}. */
static yaml_node_t *meta_of(Dbt *d, const yaml_node_t *node) {
  yaml_node_t *meta = yaml_get(&d->file, config_of(d, node), "meta");
  return yaml_get(&d->file, meta ? meta : yaml_get(&d->file, node, "meta"), "propter");
}

/* Left out because the definition says so itself. */
static bool skips(Dbt *d, const yaml_node_t *node) {
  yaml_node_t *enabled = yaml_get(&d->file, config_of(d, node), "enabled");
  return (enabled && !is_true(enabled)) || is_true(yaml_get(&d->file, meta_of(d, node), "skip"));
}

static PropterStatus left_out(Dbt *d, const yaml_node_t *node, bool *out, PropterError *err) {
  if (config_of(d, node)) PROPTER_TRY(yaml_keys(&d->file, config_of(d, node), "enabled|group|meta|tags", err));
  if (meta_of(d, node)) PROPTER_TRY(yaml_keys(&d->file, meta_of(d, node), "good_direction|skip|source_file|synonyms|unit|unit_label", err));
  *out = skips(d, node);
  return PROPTER_OK;
}

/* The metric of that name, or the measure that is one; NULL: none. */
static yaml_node_t *metric_named(Dbt *d, PropterStr name) {
  yaml_node_t *found = named(d, yaml_get(&d->file, yaml_root(&d->file), "metrics"), name), *model, *measure;
  yaml_node_t *models = yaml_get(&d->file, yaml_root(&d->file), "semantic_models");
  for (size_t i = 0; !found && (model = item(d, models, i)); i++)
    if (!skips(d, model) && (measure = named(d, yaml_get(&d->file, model, "measures"), name)) && is_true(yaml_get(&d->file, measure, "create_metric"))) found = measure;
  return found;
}

/* --- Texts of dbt --------------------------------------------------------------------------------------------------------------------- */

/* Takes a word off the text, with the white space around it. */
static bool take(PropterStr *text, PropterStr word) {
  *text = propter_str_trim(*text);
  if (!propter_str_starts(*text, word)) return false;
  *text = propter_str_trim((PropterStr){text->data + word.len, text->len - word.len});
  return true;
}

static PropterStr take_name(PropterStr *text) {
  PropterStr name = {text->data, name_length(*text)};
  *text = propter_str_trim((PropterStr){text->data + name.len, text->len - name.len});
  return name;
}

/* function('NAME') or NAME alone, in double braces or not. */
static bool take_call(PropterStr *text, PropterStr function, PropterStr *name) {
  bool braces = take(text, PROPTER_STR("{{"));
  *name = take_name(text);
  if (propter_str_equal(*name, function) && take(text, PROPTER_STR("("))) {
    PropterStr quote = {text->data, 1};
    if (!text->len || !strchr("'\"", *text->data) || !take(text, quote)) return false;
    *name = take_name(text);
    if (!take(text, quote) || !take(text, PROPTER_STR(")"))) return false;
  }
  return name->len && (!braces || take(text, PROPTER_STR("}}")));
}

/* --- Statements ----------------------------------------------------------------------------------------------------------------------- */

static PropterStatus say(Dbt *d, PropterStr metric, PropterVocab p, PropterTerm o, const yaml_node_t *at, PropterError *err) {
  PropterStr iri = propter_arena_printf(&d->arena, "%.*s#%.*s", (int)d->iri.len, d->iri.data, (int)metric.len, metric.data);
  PropterStatement st = {.s = propter_iri(iri), .p = propter_iri(propter_vocab_iri(p)), .o = o, .line = yaml_line(at)};
  if (!iri.data || !o.value.data) return no_memory(err);
  if (memchr(o.value.data, 0, o.value.len)) return yaml_fail(&d->file, at, err, PROPTER_INVALID, "expected a text without NUL");
  d->statements++;
  PROPTER_TRY(bounded(d, at, err));
  return d->sink->statement(&st, d->sink->payload, err);
}

static PropterStatus say_word(Dbt *d, PropterStr metric, PropterVocab p, PropterVocab o, const yaml_node_t *at, PropterError *err) {
  return say(d, metric, p, propter_iri(propter_vocab_iri(o)), at, err);
}

/* Nothing where the node is missing. */
static PropterStatus say_text(Dbt *d, PropterStr metric, PropterVocab p, const yaml_node_t *node, PropterError *err) {
  if (!node) return PROPTER_OK;
  if (!yaml_is_scalar(node) || !propter_str_trim(yaml_text(node)).len) return yaml_fail(&d->file, node, err, PROPTER_INVALID, "expected a text");
  return say(d, metric, p, propter_literal(propter_str_trim(yaml_text(node))), node, err);
}

static PropterStatus say_grain(Dbt *d, PropterStr metric, const Meaning *grain, const yaml_node_t *at, PropterError *err) {
  return say(d, metric, VOCAB_propter_grain, propter_typed(propter_str(grain->text), PROPTER_STR("http://www.w3.org/2001/XMLSchema#duration")), at, err);
}

/* A name as words. */
static PropterStatus say_words(Dbt *d, PropterStr name, const yaml_node_t *at, PropterError *err) {
  char *words = propter_arena_alloc(&d->arena, name.len + 1);
  if (!words) return no_memory(err);
  for (size_t i = 0; i < name.len; i++) words[i] = name.data[i] == '_' ? ' ' : name.data[i];
  words[name.len] = '\0';
  return say(d, name, VOCAB_skos_prefLabel, propter_literal((PropterStr){words, name.len}), at, err);
}

static yaml_node_t *said(yaml_node_t *node) { return yaml_is_scalar(node) && !yaml_text(node).len ? NULL : node; }

/* What is said of a metric whatever it is made of. */
static PropterStatus describe(Dbt *d, yaml_node_t *node, PropterStr *name, PropterError *err) {
  yaml_node_t *label = said(yaml_get(&d->file, node, "label")), *at = yaml_get(&d->file, node, "name"), *meta = meta_of(d, node), *one;
  yaml_node_t *good = yaml_get(&d->file, meta, "good_direction"), *synonyms = yaml_get(&d->file, meta, "synonyms");
  const Meaning *direction;
  PROPTER_TRY(name_in(d, node, at, "a name of letters, digits and _ for the metric", name, err));
  if (metric_named(d, *name) != node) return yaml_fail(&d->file, node, err, PROPTER_INVALID, "the metric \"%.*s\" stands twice", (int)name->len, name->data);
  PROPTER_TRY(say_word(d, *name, VOCAB_rdf_type, VOCAB_propter_Metric, at, err));
  PROPTER_TRY(say_text(d, *name, VOCAB_skos_notation, at, err));
  PROPTER_TRY(say_text(d, *name, VOCAB_skos_prefLabel, label, err));
  if (!label) PROPTER_TRY(say_words(d, *name, at, err));
  PROPTER_TRY(say_text(d, *name, VOCAB_rdfs_comment, said(yaml_get(&d->file, node, "description")), err));
  for (size_t i = 0; (one = item(d, synonyms, i)); i++) PROPTER_TRY(say_text(d, *name, VOCAB_skos_altLabel, one, err));
  PROPTER_TRY(say_text(d, *name, VOCAB_propter_unit, yaml_get(&d->file, meta, "unit"), err));
  PROPTER_TRY(say_text(d, *name, VOCAB_propter_unitLabel, yaml_get(&d->file, meta, "unit_label"), err));
  if (!good) return PROPTER_OK;
  PROPTER_TRY(meaning_of(d, good, directions, &direction, err));
  return say_word(d, *name, VOCAB_propter_goodDirection, direction->word, good, err);
}

/* The table of a model: a file that `holder` names, else NAME.csv for ref('NAME'). */
static PropterStatus say_table(Dbt *d, PropterStr metric, yaml_node_t *holder, PropterError *err) {
  yaml_node_t *model = yaml_get(&d->file, holder, "model"), *file = yaml_get(&d->file, meta_of(d, holder), "source_file");
  PropterStr text = yaml_text(model), name;
  if (file) return say_text(d, metric, VOCAB_propter_sourceFile, file, err);
  if (text.len && take_call(&text, PROPTER_STR("ref"), &name) && !text.len) {
    PropterStr path = propter_arena_printf(&d->arena, "%.*s.csv", (int)name.len, name.data);
    return say(d, metric, VOCAB_propter_sourceFile, propter_literal(path), model, err);
  }
  text = yaml_text(model);
  return yaml_fail(&d->file, model ? model : holder, err, PROPTER_INVALID,
                   "expected model: ref('NAME'), or the table as config: {meta: {propter: {source_file: FILE}}}, found \"%.*s\"", (int)text.len, text.data);
}

/* --- Metrics of calculation_method --------------------------------------------------------------------------------------------------- */

/* "a / b"; of other arithmetic propter makes no metric. */
static PropterStatus quotient_of(Dbt *d, const yaml_node_t *at, const yaml_node_t *expression, PropterStr part[2], PropterError *err) {
  PropterStr text = yaml_text(expression);
  static const PropterStr metric = {"metric", 6};
  if (text.len && take_call(&text, metric, &part[0]) && take(&text, PROPTER_STR("/")) && take_call(&text, metric, &part[1]) && !text.len) return PROPTER_OK;
  text = yaml_text(expression);
  return yaml_fail(&d->file, expression ? expression : at, err, PROPTER_INVALID,
                   "expected one metric / another: of other expressions propter makes no metric, found \"%.*s\"", (int)text.len, text.data);
}

/* Numerator and denominator stay apart. */
static PropterStatus say_ratio(Dbt *d, PropterStr metric, const PropterStr part[2], const yaml_node_t *at, PropterError *err) {
  static const PropterVocab words[] = {VOCAB_propter_numerator, VOCAB_propter_denominator};
  for (size_t k = 0; k < 2; k++) {
    yaml_node_t *other = metric_named(d, part[k]);
    bool out = false;
    if (other) PROPTER_TRY(left_out(d, other, &out, err));
    if (!other || out)
      return yaml_fail(&d->file, at, err, PROPTER_INVALID, out ? "the metric \"%.*s\" is left out" : "no metric \"%.*s\" in this file", (int)part[k].len,
                       part[k].data);
    PropterStr iri = propter_arena_printf(&d->arena, "%.*s#%.*s", (int)d->iri.len, d->iri.data, (int)part[k].len, part[k].data);
    PROPTER_TRY(say(d, metric, words[k], propter_iri(iri), at, err));
  }
  return PROPTER_OK;
}

/* The finest of time_grains, each of which must be one of ours; a day where none is named. */
static PropterStatus say_finest(Dbt *d, PropterStr metric, yaml_node_t *list, const yaml_node_t *at, PropterError *err) {
  const Meaning *finest = item(d, list, 0) ? grains + sizeof grains / sizeof *grains - 1 : grains, *grain;
  yaml_node_t *one;
  for (size_t i = 0; (one = item(d, list, i)); i++) {
    PROPTER_TRY(meaning_of(d, one, grains, &grain, err));
    if (grain < finest) finest = grain;
  }
  return say_grain(d, metric, finest, list ? list : at, err);
}

static PropterStatus read_calculated(Dbt *d, yaml_node_t *node, PropterError *err) {
  yaml_node_t *method = yaml_get(&d->file, node, "calculation_method"), *expression = yaml_get(&d->file, node, "expression"), *one;
  yaml_node_t *timestamp = yaml_get(&d->file, node, "timestamp"), *dimensions = yaml_get(&d->file, node, "dimensions");
  PropterStr name, part[2], column;
  const Meaning *aggregation;
  PROPTER_TRY(yaml_keys(&d->file, node, "name|label|description|model|calculation_method|expression|timestamp|time_grains|dimensions|config|meta|tags", err));
  PROPTER_TRY(describe(d, node, &name, err));
  if (propter_str_equal(yaml_text(method), PROPTER_STR("derived"))) {
    PROPTER_TRY(quotient_of(d, node, expression, part, err));
    return say_ratio(d, name, part, expression, err);
  }
  PROPTER_TRY(meaning_of(d, method, aggregations, &aggregation, err));
  PROPTER_TRY(say_word(d, name, VOCAB_propter_aggregation, aggregation->word, method, err));
  PROPTER_TRY(name_in(d, node, expression, "the name of a column as expression (SQL is not evaluated)", &column, err));
  PROPTER_TRY(say_text(d, name, VOCAB_propter_sourceColumn, expression, err));
  PROPTER_TRY(name_in(d, node, timestamp, "the name of a column as timestamp", &column, err));
  PROPTER_TRY(say_text(d, name, VOCAB_propter_timeColumn, timestamp, err));
  PROPTER_TRY(say_table(d, name, node, err));
  PROPTER_TRY(say_finest(d, name, yaml_get(&d->file, node, "time_grains"), node, err));
  for (size_t i = 0; (one = item(d, dimensions, i)); i++) PROPTER_TRY(say_text(d, name, VOCAB_propter_sliceColumn, one, err));
  return PROPTER_OK;
}

/* --- Metrics over the measures of semantic models -------------------------------------------------------------------------------------- */

static PropterStatus say_column(Dbt *d, PropterStr metric, PropterVocab word, yaml_node_t *node, PropterError *err) {
  PropterStr column;
  PROPTER_TRY(column_of(d, node, &column, err));
  return say(d, metric, word, propter_literal(column), node, err);
}

/* Every categorical dimension is a slice. Dimensions of time other than the one that the measure is added up by are none. */
static PropterStatus say_dimensions(Dbt *d, PropterStr metric, yaml_node_t *model, PropterError *err) {
  yaml_node_t *dimensions = yaml_get(&d->file, model, "dimensions"), *one;
  const Meaning *type;
  PropterStr column, property;
  for (size_t i = 0; (one = item(d, dimensions, i)); i++) {
    PROPTER_TRY(yaml_keys(&d->file, one, "name|type|label|description|expr|type_params|is_partition|config", err));
    PROPTER_TRY(meaning_of(d, yaml_get(&d->file, one, "type"), dimension_types, &type, err));
    if (*type->text) continue;
    PROPTER_TRY(say_column(d, metric, VOCAB_propter_sliceColumn, one, err));
    PROPTER_TRY(column_of(d, one, &column, err));
    property = propter_arena_printf(&d->arena, "%.*s/dimension/%.*s", (int)metric.len, metric.data, (int)column.len, column.data);
    if (!property.data) return no_memory(err);
    PROPTER_TRY(say_text(d, property, VOCAB_skos_prefLabel, said(yaml_get(&d->file, one, "label")), err));
  }
  return PROPTER_OK;
}

/* The column that tells rows apart: that of the primary entity, else of a unique, else of a natural one. */
static PropterStatus say_key(Dbt *d, PropterStr metric, yaml_node_t *model, PropterError *err) {
  yaml_node_t *entities = yaml_get(&d->file, model, "entities"), *one, *best = NULL;
  const Meaning *type, *held = NULL;
  for (size_t i = 0; (one = item(d, entities, i)); i++) {
    PROPTER_TRY(yaml_keys(&d->file, one, "name|type|label|description|expr|config", err));
    PROPTER_TRY(meaning_of(d, yaml_get(&d->file, one, "type"), entity_types, &type, err));
    if (*type->text && (!best || type < held)) best = one, held = type;
  }
  return best ? say_column(d, metric, VOCAB_propter_keyColumn, best, err) : PROPTER_OK;
}

/* `grain`: what the metric asks for; NULL: that of the dimension of time. */
static PropterStatus say_time(Dbt *d, PropterStr metric, yaml_node_t *model, yaml_node_t *measure, yaml_node_t *grain, PropterError *err) {
  yaml_node_t *by = yaml_get(&d->file, measure, "agg_time_dimension"), *defaults = yaml_get(&d->file, model, "defaults"), *dimension, *params;
  const Meaning *type, *own, *asked;
  PropterStr name;
  if (defaults) PROPTER_TRY(yaml_keys(&d->file, defaults, "agg_time_dimension", err));
  if (!by) by = yaml_get(&d->file, defaults, "agg_time_dimension");
  PROPTER_TRY(name_in(d, measure, by, "an agg_time_dimension for the measure", &name, err));
  dimension = named(d, yaml_get(&d->file, model, "dimensions"), name);
  if (!dimension) return yaml_fail(&d->file, by, err, PROPTER_INVALID, "no dimension \"%.*s\" in its semantic model", (int)name.len, name.data);
  PROPTER_TRY(meaning_of(d, yaml_get(&d->file, dimension, "type"), dimension_types, &type, err));
  if (!*type->text) return yaml_fail(&d->file, by, err, PROPTER_INVALID, "expected a dimension of type time, found \"%.*s\"", (int)name.len, name.data);
  params = yaml_get(&d->file, dimension, "type_params");
  PROPTER_TRY(yaml_keys(&d->file, params ? params : dimension, params ? "time_granularity" : "type_params", err));
  PROPTER_TRY(meaning_of(d, yaml_get(&d->file, params, "time_granularity"), grains, &own, err));
  asked = own;
  if (grain) PROPTER_TRY(meaning_of(d, grain, grains, &asked, err));
  if (asked < own)
    return yaml_fail(&d->file, grain, err, PROPTER_INVALID, "expected %s or longer, as its dimension of time says, found %s", own->name, asked->name);
  PROPTER_TRY(say_column(d, metric, VOCAB_propter_timeColumn, dimension, err));
  return say_grain(d, metric, asked, grain ? grain : params, err);
}

static PropterStatus say_measure(Dbt *d, PropterStr metric, yaml_node_t *model, yaml_node_t *measure, yaml_node_t *grain, PropterError *err) {
  const Meaning *aggregation;
  PROPTER_TRY(yaml_keys(&d->file, model, "name|label|description|model|defaults|primary_entity|entities|dimensions|measures|config|meta", err));
  PROPTER_TRY(yaml_keys(&d->file, measure, "name|label|description|agg|expr|agg_time_dimension|create_metric|config", err));
  PROPTER_TRY(meaning_of(d, yaml_get(&d->file, measure, "agg"), aggregations, &aggregation, err));
  PROPTER_TRY(say_word(d, metric, VOCAB_propter_aggregation, aggregation->word, measure, err));
  PROPTER_TRY(say_column(d, metric, VOCAB_propter_sourceColumn, measure, err));
  PROPTER_TRY(say_table(d, metric, model, err));
  PROPTER_TRY(say_time(d, metric, model, measure, grain, err));
  PROPTER_TRY(say_dimensions(d, metric, model, err));
  return say_key(d, metric, model, err);
}

/* A measure or metric by its name, or as {name: NAME}: with a filter or an offset it would be another one. */
static PropterStatus reference(Dbt *d, const yaml_node_t *at, yaml_node_t *node, const char *what, PropterStr *out, PropterError *err) {
  if (yaml_is_mapping(node)) {
    PROPTER_TRY(yaml_keys(&d->file, node, "name|alias", err));
    node = yaml_get(&d->file, node, "name");
  }
  return name_in(d, at, node, what, out, err);
}

static PropterStatus read_simple(Dbt *d, PropterStr metric, yaml_node_t *params, yaml_node_t *grain, PropterError *err) {
  yaml_node_t *models = yaml_get(&d->file, yaml_root(&d->file), "semantic_models"), *model, *measure, *by = yaml_get(&d->file, params, "measure");
  PropterStr name;
  PROPTER_TRY(yaml_keys(&d->file, params, "measure", err));
  PROPTER_TRY(reference(d, params, by, "a measure", &name, err));
  for (size_t i = 0; (model = item(d, models, i)); i++) {
    bool out;
    PROPTER_TRY(left_out(d, model, &out, err));
    if (!out && (measure = named(d, yaml_get(&d->file, model, "measures"), name))) return say_measure(d, metric, model, measure, grain, err);
  }
  return yaml_fail(&d->file, by, err, PROPTER_INVALID, "no measure \"%.*s\" in the semantic models of this file", (int)name.len, name.data);
}

/* Derived from two metrics, which its expression may call by an alias. */
static PropterStatus read_derived(Dbt *d, PropterStr metric, yaml_node_t *params, PropterError *err) {
  yaml_node_t *expr = yaml_get(&d->file, params, "expr"), *inputs = yaml_get(&d->file, params, "metrics"), *one;
  PropterStr part[2], name;
  PROPTER_TRY(yaml_keys(&d->file, params, "expr|metrics", err));
  PROPTER_TRY(quotient_of(d, params, expr, part, err));
  bool known[2] = {false, false};
  for (size_t i = 0; (one = item(d, inputs, i)); i++) {
    PROPTER_TRY(reference(d, inputs, one, "a metric", &name, err));
    PropterStr alias = yaml_text(yaml_get(&d->file, one, "alias"));
    for (size_t k = 0; k < 2; k++)
      if (!known[k] && propter_str_equal(part[k], alias.len ? alias : name)) part[k] = name, known[k] = true;
  }
  for (size_t k = 0; k < 2; k++)
    if (!known[k]) return yaml_fail(&d->file, expr, err, PROPTER_INVALID, "\"%.*s\" is not among its metrics", (int)part[k].len, part[k].data);
  return say_ratio(d, metric, part, expr, err);
}

static PropterStatus read_metric(Dbt *d, yaml_node_t *node, PropterError *err) {
  yaml_node_t *params = yaml_get(&d->file, node, "type_params"), *grain = yaml_get(&d->file, node, "time_granularity");
  PropterStr name, part[2];
  const Meaning *type;
  PROPTER_TRY(meaning_of(d, yaml_get(&d->file, node, "type"), metric_types, &type, err));
  PROPTER_TRY(yaml_keys(&d->file, node, "name|label|description|type|type_params|config|meta|time_granularity", err));
  PROPTER_TRY(describe(d, node, &name, err));
  if (*type->text == 's') return read_simple(d, name, params, grain, err);
  if (grain)
    return yaml_fail(&d->file, grain, err, PROPTER_INVALID, "expected time_granularity at the metrics that \"%.*s\" is made of", (int)name.len, name.data);
  if (*type->text == 'd') return read_derived(d, name, params, err);
  PROPTER_TRY(yaml_keys(&d->file, params, "numerator|denominator", err));
  PROPTER_TRY(reference(d, params, yaml_get(&d->file, params, "numerator"), "a numerator", &part[0], err));
  PROPTER_TRY(reference(d, params, yaml_get(&d->file, params, "denominator"), "a denominator", &part[1], err));
  return say_ratio(d, name, part, params, err);
}

/* Measures with create_metric are metrics of their own. */
static PropterStatus read_model(Dbt *d, yaml_node_t *model, PropterError *err) {
  yaml_node_t *measures = yaml_get(&d->file, model, "measures"), *one;
  bool out;
  PROPTER_TRY(left_out(d, model, &out, err));
  for (size_t i = 0; !out && (one = item(d, measures, i)); i++) {
    PropterStr name;
    bool skipped;
    PROPTER_TRY(left_out(d, one, &skipped, err));
    if (skipped || !is_true(yaml_get(&d->file, one, "create_metric"))) continue;
    PROPTER_TRY(describe(d, one, &name, err));
    PROPTER_TRY(say_measure(d, name, model, one, NULL, err));
  }
  return PROPTER_OK;
}

/* --- Documents -------------------------------------------------------------------------------------------------------------------------- */

bool dbt_is(const char *path) {
  return (propter_str_ends(propter_str(path), PROPTER_STR(".yml")) || propter_str_ends(propter_str(path), PROPTER_STR(".yaml"))) &&
         yaml_begins(path, "metrics:|semantic_models:|models:") && !yaml_begins(path, "mappings:");
}

static PropterStatus read_document(Dbt *d, PropterError *err) {
  yaml_node_t *root = yaml_root(&d->file), *metrics = yaml_get(&d->file, root, "metrics"), *semantic = yaml_get(&d->file, root, "semantic_models");
  yaml_node_t *models = yaml_get(&d->file, root, "models"), *one, *newer;
  static const char keys[] = "version|metrics|semantic_models|models|seeds|sources|snapshots|exposures|macros|groups|saved_queries|unit_tests";
  PROPTER_TRY(yaml_keys(&d->file, root, keys, err));
  for (size_t i = 0; (one = item(d, models, i)); i++)
    if ((newer = yaml_get(&d->file, one, "semantic_model|metrics")))
      return yaml_fail(&d->file, newer, err, PROPTER_INVALID,
                       "expected metrics and semantic_models at the top of the file: inside models (dbt Core 1.12) they are not read");
  for (size_t i = 0; (one = item(d, semantic, i)); i++) PROPTER_TRY(read_model(d, one, err));
  for (size_t i = 0; (one = item(d, metrics, i)); i++) {
    bool out;
    PROPTER_TRY(left_out(d, one, &out, err));
    if (!out) PROPTER_TRY(yaml_get(&d->file, one, "calculation_method") ? read_calculated(d, one, err) : read_metric(d, one, err));
  }
  return bounded(d, root, err);
}

PropterStatus dbt_read(const char *path, const PropterLimits *limits, const PropterRdfSink *sink, PropterError *err) {
  Dbt d = {.sink = sink};
  PropterBuf iri = {0};
  PropterStatus status = propter_iri_of_file(path, &iri, err);
  if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
  d.iri = propter_buf_str(&iri);
  if (status == PROPTER_OK) status = yaml_open(&d.file, path, limits, err);
  if (status == PROPTER_OK) status = read_document(&d, err);
  yaml_close(&d.file);
  propter_arena_clear(&d.arena);
  propter_buf_clear(&iri);
  return status;
}

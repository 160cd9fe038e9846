/* SPDX-License-Identifier: Apache-2.0 */
/* dbt Core 1.12 and later say semantic models inside their models: dimensions and entities at the columns, measures inside the metrics. The tree is rewritten
 * to the older form, each new node with the place of what it comes from, so that one reader knows both. */
#include <string.h>

#include "dbt.h"

typedef struct {
  yaml_document_t *tree;
  bool failed; /* out of memory */
} Tree;

static yaml_node_t *node_of(Tree *t, int id) { return yaml_document_get_node(t->tree, id); }
static int id_of(const Tree *t, const yaml_node_t *node) { return (int)(node - t->tree->nodes.start) + 1; }

static int place(Tree *t, int id, yaml_mark_t mark) {
  if (!id) t->failed = true;
  else node_of(t, id)->start_mark = mark;
  return id;
}

static int add_text(Tree *t, PropterStr text, yaml_mark_t mark) {
  return place(t, yaml_document_add_scalar(t->tree, NULL, (yaml_char_t *)(uintptr_t)text.data, (int)text.len, YAML_PLAIN_SCALAR_STYLE), mark);
}
static int add_list(Tree *t, yaml_mark_t mark) { return place(t, yaml_document_add_sequence(t->tree, NULL, YAML_ANY_SEQUENCE_STYLE), mark); }
static int add_mapping(Tree *t, yaml_mark_t mark) { return place(t, yaml_document_add_mapping(t->tree, NULL, YAML_ANY_MAPPING_STYLE), mark); }

static void append(Tree *t, int list, int item) {
  if (!t->failed && !yaml_document_append_sequence_item(t->tree, list, item)) t->failed = true;
}

static void put(Tree *t, int mapping, const char *key, int value) {
  int k = t->failed ? 0 : add_text(t, propter_str(key), node_of(t, value)->start_mark);
  if (!t->failed && !yaml_document_append_mapping_pair(t->tree, mapping, k, value)) t->failed = true;
}

static PropterStr text_at(Tree *t, int id) { return yaml_text(node_of(t, id)); }

/* The value of a key; 0: none. */
static int get(Tree *t, int mapping, const char *key) {
  yaml_node_t *node = mapping ? node_of(t, mapping) : NULL;
  if (!node || node->type != YAML_MAPPING_NODE) return 0;
  for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++)
    if (propter_str_equal(text_at(t, p->key), propter_str(key))) return p->value;
  return 0;
}

static int item(Tree *t, int list, size_t n) {
  yaml_node_t *node = list ? node_of(t, list) : NULL;
  if (!node || node->type != YAML_SEQUENCE_NODE || n >= (size_t)(node->data.sequence.items.top - node->data.sequence.items.start)) return 0;
  return node->data.sequence.items.start[n];
}

/* Appends the pairs of `from` whose keys are among `keys`, or are not. */
static void copy(Tree *t, int from, int to, const char *keys, bool are) {
  for (size_t i = 0; !t->failed; i++) {
    yaml_node_t *node = node_of(t, from);
    if (node->type != YAML_MAPPING_NODE || i >= (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start)) return;
    yaml_node_pair_t pair = node->data.mapping.pairs.start[i];
    if (yaml_among(keys, text_at(t, pair.key)) != are) continue;
    if (!yaml_document_append_mapping_pair(t->tree, to, pair.key, pair.value)) t->failed = true;
  }
}

/* A dimension or entity: what `said` says (a mapping, or its type alone) of the column `holder`, whose granularity is that of a dimension of time. */
static int part_of(Tree *t, int holder, int said) {
  yaml_mark_t mark = node_of(t, said)->start_mark;
  int part = add_mapping(t, mark), grain = get(t, holder, "granularity"), name = get(t, holder, "name");
  if (t->failed) return 0;
  if (node_of(t, said)->type != YAML_MAPPING_NODE) put(t, part, "type", said);
  else copy(t, said, part, "granularity", false);
  if (!get(t, part, "name") && name) put(t, part, "name", name);
  if (!get(t, part, "expr") && name && said != holder) put(t, part, "expr", name);
  if (grain && !t->failed && propter_str_equal(text_at(t, get(t, part, "type") ? get(t, part, "type") : name), PROPTER_STR("time"))) {
    int params = add_mapping(t, mark);
    if (!t->failed) put(t, params, "time_granularity", grain), put(t, part, "type_params", params);
  }
  return part;
}

/* A metric in the older form; what it adds up becomes a measure of its name. */
static int metric_of(Tree *t, int metric, int measures) {
  yaml_mark_t mark = node_of(t, metric)->start_mark;
  int out = add_mapping(t, mark), params = add_mapping(t, mark), name = get(t, metric, "name"), type = get(t, metric, "type");
  if (t->failed || !name) return t->failed ? 0 : metric;
  bool simple = !type || propter_str_equal(text_at(t, type), PROPTER_STR("simple")), sums = simple || get(t, metric, "agg");
  copy(t, metric, out, "name|label|description|type|config|meta|filter|time_granularity", true);
  copy(
      t, metric, params,
      sums
          ? "name|label|description|type|config|meta|filter|time_granularity|input_metrics|input_metric|agg|expr|agg_time_dimension|non_additive_dimension|percentile"
          : "name|label|description|type|config|meta|filter|time_granularity|input_metrics|input_metric",
      false);
  if (!type && !t->failed) put(t, out, "type", add_text(t, PROPTER_STR("simple"), mark));
  if (get(t, metric, "input_metrics")) put(t, params, "metrics", get(t, metric, "input_metrics"));
  if (get(t, metric, "input_metric")) put(t, params, "measure", get(t, metric, "input_metric"));
  if (sums && measures && !t->failed) {
    int measure = add_mapping(t, mark), percentile = get(t, metric, "percentile");
    if (t->failed) return 0;
    copy(t, metric, measure, "name|agg|expr|agg_time_dimension|non_additive_dimension", true);
    if (percentile) {
      int share = add_mapping(t, mark);
      if (!t->failed) put(t, share, "percentile", percentile), put(t, measure, "agg_params", share);
    }
    append(t, measures, measure);
    put(t, params, "measure", name);
  }
  if (!t->failed) put(t, out, "type_params", params);
  return out;
}

static void add_parts(Tree *t, int model, int entities, int dimensions) {
  int columns = get(t, model, "columns"), derived = get(t, model, "derived_semantics"), one;
  for (size_t i = 0; !t->failed && (one = item(t, columns, i)); i++) {
    int entity = get(t, one, "entity"), dimension = get(t, one, "dimension");
    if (entity) append(t, entities, part_of(t, one, entity));
    if (dimension && !t->failed) append(t, dimensions, part_of(t, one, dimension));
  }
  for (size_t i = 0; !t->failed && (one = item(t, get(t, derived, "entities"), i)); i++) append(t, entities, part_of(t, one, one));
  for (size_t i = 0; !t->failed && (one = item(t, get(t, derived, "dimensions"), i)); i++) append(t, dimensions, part_of(t, one, one));
}

static int model_of(Tree *t, int model, int semantic, int metrics) {
  yaml_mark_t mark = node_of(t, semantic)->start_mark;
  int out = add_mapping(t, mark), entities = add_list(t, mark), dimensions = add_list(t, mark), measures = add_list(t, mark), defaults = add_mapping(t, mark),
      one;
  int name = get(t, model, "name"), time = get(t, model, "agg_time_dimension");
  if (t->failed) return 0;
  if (name) put(t, out, "name", name), put(t, out, "model", name);
  copy(t, model, out, "config|meta", true);
  if (time && !t->failed) put(t, defaults, "agg_time_dimension", time), put(t, out, "defaults", defaults);
  add_parts(t, model, entities, dimensions);
  for (size_t i = 0; !t->failed && (one = item(t, get(t, model, "metrics"), i)); i++) append(t, metrics, metric_of(t, one, measures));
  if (t->failed) return 0;
  put(t, out, "entities", entities), put(t, out, "dimensions", dimensions), put(t, out, "measures", measures);
  return out;
}

/* A list at the top of the document, with what stands in it. */
static int list_at_top(Tree *t, const char *key) {
  int root = id_of(t, yaml_document_get_root_node(t->tree)), old = get(t, root, key), list = add_list(t, node_of(t, root)->start_mark), one;
  for (size_t i = 0; !t->failed && (one = item(t, old, i)); i++) {
    bool newer = strcmp(key, "metrics") == 0 && !get(t, one, "type_params") && !get(t, one, "calculation_method");
    append(t, list, newer ? metric_of(t, one, 0) : one);
  }
  yaml_node_t *node = t->failed ? NULL : node_of(t, root);
  for (yaml_node_pair_t *p = node ? node->data.mapping.pairs.start : NULL; p && old && p < node->data.mapping.pairs.top; p++)
    if (p->value == old) p->value = list;
  if (!old && !t->failed) put(t, root, key, list);
  return list;
}

PropterStatus dbt_newer(Define *d, PropterError *err) {
  Tree t = {&d->file->tree, false};
  yaml_node_t *root = yaml_root(d->file);
  int one, models = yaml_is_mapping(root) ? get(&t, id_of(&t, root), "models") : 0;
  bool any = false;
  for (size_t i = 0; (one = item(&t, models, i)); i++) any |= get(&t, one, "semantic_model") != 0 || get(&t, one, "metrics") != 0;
  if (!any) return PROPTER_OK;
  int semantic = list_at_top(&t, "semantic_models"), metrics = t.failed ? 0 : list_at_top(&t, "metrics");
  for (size_t i = 0; !t.failed && (one = item(&t, models, i)); i++) {
    int says = get(&t, one, "semantic_model"), enabled = says ? get(&t, says, "enabled") : 0, list = get(&t, one, "metrics");
    bool off = enabled ? !define_true(node_of(&t, enabled)) : !says || !define_true(node_of(&t, says));
    if (off && list && !enabled)
      return yaml_fail(d->file, node_of(&t, list), err, PROPTER_INVALID, "expected semantic_model: {enabled: true} in the model of these metrics");
    if (!off) append(&t, semantic, model_of(&t, one, says, metrics));
  }
  return t.failed ? define_no_memory(err) : PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Domain knowledge in PyRCA's YAML (https://opensource.salesforce.com/PyRCA): pairs of metrics, cause and effect, that a causal graph must or must not have,
 * root nodes, which nothing acts on, and leaf nodes, which act on nothing. Who is meant is found by label or notation where links are sought. */
#include <string.h>

#include "define.h"

static bool is(const char *path) {
  PropterStr name = propter_str(path);
  return (propter_str_ends(name, PROPTER_STR(".yml")) || propter_str_ends(name, PROPTER_STR(".yaml"))) && yaml_begins(path, "causal-graph:");
}

/* A row of the document: what it lists, and what an entry of it says. */
typedef struct {
  const char *key;
  PropterVocab constraint;
  bool cause, effect; /* it names these */
} List;
static const List lists[] = {{"root-nodes", VOCAB_propter_Forbidden, false, true},
                             {"leaf-nodes", VOCAB_propter_Forbidden, true, false},
                             {"forbids", VOCAB_propter_Forbidden, true, true},
                             {"requires", VOCAB_propter_Required, true, true}};

typedef struct {
  const List *list;
  PropterStr name;
  yaml_node_t *node;
} Entry;

static PropterStatus say_end(Define *d, PropterStr name, PropterVocab word, const yaml_node_t *node, const yaml_node_t *at, PropterError *err) {
  if (yaml_is_scalar(node) && propter_str_trim(yaml_text(node)).len) return define_say_text(d, name, word, node, err);
  return yaml_fail(d->file, node ? node : at, err, PROPTER_INVALID, "expected the name of a metric");
}

static PropterStatus read_entry(Define *d, const void *payload, PropterError *err) {
  const Entry *e = payload;
  const bool pair = e->list->cause && e->list->effect;
  if (pair && (!yaml_is_sequence(e->node) || !define_item(d, e->node, 1) || define_item(d, e->node, 2)))
    return yaml_fail(d->file, e->node, err, PROPTER_INVALID, "expected a pair [cause, effect] in %s", e->list->key);
  const char *slash = strrchr(d->file->path, '/');
  PropterStr place = propter_arena_printf(&d->arena, "%s:%llu", slash ? slash + 1 : d->file->path, (unsigned long long)yaml_line(e->node));
  if (!place.data) return define_no_memory(err);
  PROPTER_TRY(define_say_word(d, e->name, VOCAB_rdf_type, VOCAB_propter_CausalLink, e->node, err));
  PROPTER_TRY(define_say_word(d, e->name, VOCAB_propter_constraint, e->list->constraint, e->node, err));
  PROPTER_TRY(define_say(d, e->name, VOCAB_propter_reason, propter_literal(place), e->node, err));
  if (e->list->cause) PROPTER_TRY(say_end(d, e->name, VOCAB_propter_causeText, pair ? define_item(d, e->node, 0) : e->node, e->node, err));
  return e->list->effect ? say_end(d, e->name, VOCAB_propter_effectText, pair ? define_item(d, e->node, 1) : e->node, e->node, err) : PROPTER_OK;
}

static PropterStatus read_document(Define *d, PropterError *err) {
  yaml_node_t *root = yaml_root(d->file), *graph = define_get(d, root, "causal-graph"), *one;
  PROPTER_TRY(define_keys(d, root, "causal-graph|!*", err));
  if (!yaml_is_mapping(graph)) return yaml_fail(d->file, root, err, PROPTER_INVALID, "expected root-nodes, leaf-nodes, forbids or requires in causal-graph");
  PROPTER_TRY(define_keys(d, graph, "root-nodes|leaf-nodes|forbids|requires|!*", err));
  for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
    yaml_node_t *list = define_get(d, graph, lists[l].key);
    if (list && !yaml_is_sequence(list)) return yaml_fail(d->file, list, err, PROPTER_INVALID, "expected a list in %s", lists[l].key);
    for (size_t i = 0; (one = define_item(d, list, i)); i++) {
      const Entry e = {&lists[l], propter_arena_printf(&d->arena, "%s/%zu", lists[l].key, i + 1), one};
      if (!e.name.data) return define_no_memory(err);
      PROPTER_TRY(define_part(d, e.name, read_entry, &e, err));
    }
  }
  return PROPTER_OK;
}

const Definitions definitions_pyrca = {is, read_document, NULL};

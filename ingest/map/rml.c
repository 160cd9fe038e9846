/* SPDX-License-Identifier: Apache-2.0 */
/* RML to the model: RML-Core (https://w3id.org/rml/core/spec) and its form of 2014, which takes its terms from R2RML. */
#include <string.h>

#include "model.h"
#include "propter/rdf.h"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a mapping"); }

static const PropterTerm *term_of(const PropterMapping *m, const DocTriple *t) { return &doc_node(&m->doc, t->o)->term; }

/* What a term map stands for: its default term type and what it may be called in messages. */
typedef enum { ROLE_SUBJECT, ROLE_PREDICATE, ROLE_OBJECT, ROLE_GRAPH, ROLE_DATATYPE, ROLE_LANGUAGE, ROLE_KEY, ROLE_JOIN } Role;
static const char *const role_names[] = {"subject", "predicate", "object", "graph", "datatype", "language", "join", "join"};

static PropterStatus read_type(PropterMapping *m, const DocTriple *t, TermType *type, PropterError *err) {
  switch (doc_node(&m->doc, t->o)->word) {
  case WORD_IRI: *type = TYPE_IRI; return PROPTER_OK;
  case WORD_URI: *type = TYPE_URI; return PROPTER_OK;
  case WORD_UnsafeIRI: *type = TYPE_UNSAFE_IRI; return PROPTER_OK;
  case WORD_UnsafeURI: *type = TYPE_UNSAFE_URI; return PROPTER_OK;
  case WORD_BlankNode: *type = TYPE_BLANK; return PROPTER_OK;
  case WORD_Literal: *type = TYPE_LITERAL; return PROPTER_OK;
  default: return doc_fail(&m->doc, t, err, PROPTER_INVALID, "expected IRI, BlankNode or Literal as term type, found %s", doc_name(&m->doc, t->o));
  }
}

/* A subtag of four to eight letters in first place is well formed, but nobody has ever registered one. */
static bool language_exists(PropterStr tag) {
  const char *dash = tag.len ? memchr(tag.data, '-', tag.len) : NULL;
  size_t n = dash ? (size_t)(dash - tag.data) : tag.len;
  return propter_language_valid(tag) && (n == 2 || n == 3 || (n == 1 && strchr("xXiI", tag.data[0])));
}

static PropterStatus check_constant(PropterMapping *m, const TermMap *t, Role role, PropterError *err) {
  PropterTermKind kind = t->constant.kind;
  bool fine = role == ROLE_OBJECT || role >= ROLE_KEY || kind == PROPTER_TERM_IRI || (role == ROLE_SUBJECT && kind == PROPTER_TERM_BLANK) ||
              (role == ROLE_LANGUAGE && kind == PROPTER_TERM_LITERAL);
  if (!fine && kind == PROPTER_TERM_BLANK)
    return doc_fail(&m->doc, t->at, err, PROPTER_INVALID, "a %s cannot be a blank node; if a map is meant, it stands after %sMap", role_names[role],
                    role_names[role]);
  if (!fine)
    return doc_fail(&m->doc, t->at, err, PROPTER_INVALID, "a %s cannot be a literal: \"%.*s\"", role_names[role], (int)t->constant.value.len,
                    t->constant.value.data);
  if (role == ROLE_LANGUAGE && !language_exists(t->constant.value))
    return doc_fail(&m->doc, t->at, err, PROPTER_INVALID, "expected a language tag such as \"en\" or \"de-AT\", found \"%.*s\"", (int)t->constant.value.len,
                    t->constant.value.data);
  return PROPTER_OK;
}

static PropterStatus read_term_map(PropterMapping *m, const DocTriple *at, Role role, TermMap **out, PropterError *err);

/* rr:datatype, rml:datatypeMap, rr:language, rml:languageMap. */
static PropterStatus read_annotation(PropterMapping *m, Node node, Word shortcut, Word map, Role role, TermMap **out, PropterError *err) {
  const DocTriple *constant = doc_get(&m->doc, node, shortcut, 0), *t = doc_get(&m->doc, node, map, 0);
  if ((constant && t) || doc_get(&m->doc, node, shortcut, 1) || doc_get(&m->doc, node, map, 1))
    return doc_fail(&m->doc, t ? t : constant, err, PROPTER_INVALID, "expected one %s, found several", role_names[role]);
  if (t) return read_term_map(m, t, role, out, err);
  if (!constant) return PROPTER_OK;
  PROPTER_TRY(model_constant(m, term_of(m, constant), constant, out, err));
  return check_constant(m, *out, role, err);
}

PropterStatus rml_expression(PropterMapping *m, const DocTriple *at, TermMap **out, PropterError *err) { return read_term_map(m, at, ROLE_KEY, out, err); }

/* An argument in a join condition: of the row, or (rml:parentTermMap) of the one it is joined with. */
static PropterStatus read_side(PropterMapping *m, const DocTriple *at, TermMap **out, PropterError *err) {
  const DocTriple *parent = doc_get(&m->doc, at->o, WORD_parentTermMap, 0);
  PROPTER_TRY(read_term_map(m, parent ? parent : at, ROLE_JOIN, out, err));
  (*out)->of_parent = parent != NULL;
  return PROPTER_OK;
}

static bool is_true(const PropterMapping *m, const DocTriple *t) {
  return t && (propter_str_equal(term_of(m, t)->value, PROPTER_STR("true")) || propter_str_equal(term_of(m, t)->value, PROPTER_STR("1")));
}

static PropterStatus read_object(PropterMapping *m, const DocTriple *t, bool is_map, ObjectMap *object, PropterError *err);

/* The items of rml:gather: an RDF list of term maps or constants. */
static PropterStatus read_items(PropterMapping *m, const DocTriple *list, Gather *g, PropterError *err) {
  size_t n = 0;
  const DocTriple *t;
  for (Node at = list->o; (t = doc_get(&m->doc, at, WORD_rest, 0)) && n <= m->doc.triples.count; at = t->o) n++;
  if (!n || n > m->doc.triples.count) return doc_fail(&m->doc, list, err, PROPTER_INVALID, "expected an RDF list of term maps after rml:gather");
  g->items = model_alloc(m, n * sizeof *g->items, err);
  if (!g->items) return PROPTER_NO_MEMORY;
  for (Node at = list->o; (t = doc_get(&m->doc, at, WORD_first, 0)); at = doc_get(&m->doc, at, WORD_rest, 0)->o) {
    ObjectMap *item = &g->items[g->item_count++];
    item->at = t;
    const DocTriple *said;
    bool is_map = doc_node(&m->doc, t->o)->term.kind == PROPTER_TERM_BLANK || doc_subject(&m->doc, t->o, &said) > 0;
    PROPTER_TRY(read_object(m, t, is_map, item, err));
  }
  return PROPTER_OK;
}

static PropterStatus read_gather(PropterMapping *m, const DocTriple *at, const DocTriple *list, TermMap **out, PropterError *err) {
  const struct {
    PropterVocab word;
  } kinds[] = {{VOCAB_rdf_List}, {VOCAB_rdf_Bag}, {VOCAB_rdf_Seq}, {VOCAB_rdf_Alt}};
  const DocTriple *as = doc_get(&m->doc, at->o, WORD_gatherAs, 0), *strategy = doc_get(&m->doc, at->o, WORD_strategy, 0);
  TermMap *t = model_alloc(m, sizeof *t, err), *name = *out;
  Gather *g = t ? model_alloc(m, sizeof *g, err) : NULL;
  if (!g) return PROPTER_NO_MEMORY;
  if (!as) return doc_fail(&m->doc, list, err, PROPTER_INVALID, "rml:gather without rml:gatherAs");
  bool known = false;
  for (size_t i = 0; i < 4; i++)
    if (propter_str_equal(term_of(m, as)->value, propter_vocab_iri(kinds[i].word))) g->as = kinds[i].word, known = true;
  if (!known)
    return doc_fail(&m->doc, as, err, PROPTER_INVALID, "expected rdf:List, rdf:Bag, rdf:Seq or rdf:Alt after rml:gatherAs, found %s", doc_name(&m->doc, as->o));
  if (strategy && doc_node(&m->doc, strategy->o)->word != WORD_append && doc_node(&m->doc, strategy->o)->word != WORD_cartesianProduct)
    return doc_fail(&m->doc, strategy, err, PROPTER_INVALID, "expected rml:append or rml:cartesianProduct, found %s", doc_name(&m->doc, strategy->o));
  g->product = strategy && doc_node(&m->doc, strategy->o)->word == WORD_cartesianProduct;
  g->allow_empty = is_true(m, doc_get(&m->doc, at->o, WORD_allowEmptyListAndContainer, 0));
  g->number = m->gather_count++;
  g->name = name;
  *t = (TermMap){.kind = EXPRESSION_GATHER, .type = TYPE_BLANK, .gather = g, .at = at};
  *out = t;
  return read_items(m, list, g, err);
}

/* A term map without constant, reference and template: a function, a list or container, or a fresh blank node. */
static PropterStatus read_other(PropterMapping *m, const DocTriple *at, Role role, TermType type, TermMap **out, PropterError *err) {
  const DocTriple *execution = doc_get(&m->doc, at->o, WORD_functionExecution, 0), *t = doc_get(&m->doc, at->o, WORD_termType, 0);
  if (!execution) execution = doc_get(&m->doc, at->o, WORD_functionValue, 0);
  TermMap *map = model_alloc(m, sizeof *map, err);
  if (!map) return PROPTER_NO_MEMORY;
  *map = (TermMap){.type = type, .at = at};
  *out = map;
  if (execution) {
    map->kind = EXPRESSION_FUNCTION;
    if (m->depth == FUNCTION_DEPTH)
      return doc_fail(&m->doc, execution, err, PROPTER_INVALID, "more than %d functions inside one another: one calls itself", FUNCTION_DEPTH);
    m->depth++;
    PropterStatus status = call_read(m, at, execution, role == ROLE_JOIN ? read_side : rml_expression, &map->call, err);
    m->depth--;
    if (status == PROPTER_OK && map->call->function->change && role != ROLE_SUBJECT)
      status = doc_fail(&m->doc, at, err, PROPTER_INVALID, "<%s> gives a subject, nothing else", map->call->function->iri);
    return status;
  }
  if (!t || doc_node(&m->doc, t->o)->word != WORD_BlankNode || (role != ROLE_SUBJECT && role != ROLE_OBJECT && role != ROLE_KEY))
    return doc_fail(&m->doc, at, err, PROPTER_INVALID, "expected a %s with a constant, a reference or a template, found none", role_names[role]);
  map->type = TYPE_BLANK;
  map->number = ++m->fresh_count;
  return PROPTER_OK;
}

static PropterStatus read_expression(PropterMapping *m, const DocTriple *at, Role role, TermMap **out, PropterError *err) {
  static const Word kinds[] = {WORD_constant, WORD_reference, WORD_column, WORD_template};
  const DocTriple *found = NULL;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    const DocTriple *t = doc_get(&m->doc, at->o, kinds[i], 0);
    if (t && (found || doc_get(&m->doc, at->o, kinds[i], 1)))
      return doc_fail(&m->doc, t, err, PROPTER_INVALID, "expected one of constant, reference and template, found several");
    if (t) found = t;
  }
  TermType type = role == ROLE_OBJECT || role == ROLE_LANGUAGE || role >= ROLE_KEY ? TYPE_LITERAL : TYPE_IRI;
  if (!found) return read_other(m, at, role, type, out, err);
  const PropterTerm *value = term_of(m, found);
  Word word = doc_node(&m->doc, found->p)->word;
  if (word == WORD_constant) return model_constant(m, value, found, out, err);
  if (value->kind != PROPTER_TERM_LITERAL) return doc_fail(&m->doc, found, err, PROPTER_INVALID, "expected a text, found %s", doc_name(&m->doc, found->o));
  if (word == WORD_template) {
    if (role == ROLE_OBJECT) type = TYPE_IRI;
    return model_template(m, value->value, type, found, out, err);
  }
  PropterStr column = value->value;
  /* R2RML's delimited identifiers. */
  if (word == WORD_column && column.len > 2 && column.data[0] == '"' && column.data[column.len - 1] == '"') column.data++, column.len -= 2;
  return model_reference(m, column, type, found, out, err);
}

static PropterStatus apply_type(PropterMapping *m, const DocTriple *at, Role role, TermMap *map, PropterError *err) {
  const DocTriple *t = doc_get(&m->doc, at->o, WORD_termType, 0);
  bool annotated = map->datatype || map->language;
  if (annotated && !t && map->kind != EXPRESSION_CONSTANT) map->type = TYPE_LITERAL;
  if (!t) return PROPTER_OK;
  if (doc_get(&m->doc, at->o, WORD_termType, 1)) return doc_fail(&m->doc, t, err, PROPTER_INVALID, "expected one term type, found several");
  TermType type = TYPE_IRI;
  PROPTER_TRY(read_type(m, t, &type, err));
  if (role == ROLE_SUBJECT && type == TYPE_LITERAL) {
    /* An error in RML-Core. The suite of the 2014 form wants the term type passed over (RMLTC0004b). */
    if (doc_node(&m->doc, t->p)->vocabulary == VOCABULARY_2014) return PROPTER_OK;
    return doc_fail(&m->doc, t, err, PROPTER_INVALID, "a subject cannot be a literal");
  }
  if ((role == ROLE_PREDICATE || role == ROLE_GRAPH || role == ROLE_DATATYPE) && type >= TYPE_BLANK)
    return doc_fail(&m->doc, t, err, PROPTER_INVALID, "a %s must be an IRI", role_names[role]);
  if (annotated && type != TYPE_LITERAL) return doc_fail(&m->doc, t, err, PROPTER_INVALID, "only a literal has a datatype or a language");
  if (map->kind != EXPRESSION_CONSTANT) map->type = type;
  return PROPTER_OK;
}

static PropterStatus read_term_map(PropterMapping *m, const DocTriple *at, Role role, TermMap **out, PropterError *err) {
  *out = NULL;
  if (doc_node(&m->doc, at->o)->term.kind == PROPTER_TERM_LITERAL)
    return doc_fail(&m->doc, at, err, PROPTER_INVALID, "expected a %s map, found the text \"%s\"", role_names[role], doc_name(&m->doc, at->o));
  const DocTriple *list = doc_get(&m->doc, at->o, WORD_gather, 0), *condition = doc_get(&m->doc, at->o, WORD_condition, 0);
  bool named = !list || doc_get(&m->doc, at->o, WORD_template, 0) || doc_get(&m->doc, at->o, WORD_reference, 0) || doc_get(&m->doc, at->o, WORD_constant, 0);
  if (named) PROPTER_TRY(read_expression(m, at, list && role == ROLE_OBJECT ? ROLE_SUBJECT : role, out, err));
  if (list) {
    if (role != ROLE_SUBJECT && role != ROLE_OBJECT)
      return doc_fail(&m->doc, list, err, PROPTER_INVALID, "a %s cannot be a list or container", role_names[role]);
    if (named) PROPTER_TRY(apply_type(m, at, ROLE_SUBJECT, *out, err));
    PROPTER_TRY(read_gather(m, at, list, out, err));
    PROPTER_TRY(target_read(m, at->o, &(*out)->targets, err));
    if ((*out)->targets & m->targets_by_row)
      return doc_fail(&m->doc, list, err, PROPTER_INVALID, "what is gathered from several rows has no target whose path depends on the row");
    return PROPTER_OK;
  }
  TermMap *map = *out;
  if (condition) PROPTER_TRY(rml_expression(m, condition, &map->condition, err));
  PROPTER_TRY(target_read(m, at->o, &map->targets, err));
  if (role == ROLE_OBJECT) {
    PROPTER_TRY(read_annotation(m, at->o, WORD_datatype, WORD_datatypeMap, ROLE_DATATYPE, &map->datatype, err));
    PROPTER_TRY(read_annotation(m, at->o, WORD_language, WORD_languageMap, ROLE_LANGUAGE, &map->language, err));
    if (map->datatype && map->language) return doc_fail(&m->doc, map->language->at, err, PROPTER_INVALID, "a literal has a datatype or a language, not both");
  }
  PROPTER_TRY(apply_type(m, at, role, map, err));
  if (map->kind == EXPRESSION_CONSTANT) return check_constant(m, map, role, err);
  return PROPTER_OK;
}

/* All of `map` and of the shortcut for a constant, appended in the order of the document. */
static PropterStatus read_term_maps(PropterMapping *m, Node node, Word shortcut, Word map, Role role, TermMaps *out, PropterError *err) {
  const DocTriple *t;
  for (size_t n = doc_subject(&m->doc, node, &t); n; n--, t++) {
    Word word = doc_node(&m->doc, t->p)->word;
    if (word != shortcut && word != map) continue;
    TermMap *term = NULL;
    if (word == map) {
      PROPTER_TRY(read_term_map(m, t, role, &term, err));
    } else {
      PROPTER_TRY(model_constant(m, term_of(m, t), t, &term, err));
      PROPTER_TRY(check_constant(m, term, role, err));
    }
    if (!propter_vec_push(out, term)) return no_memory(err);
  }
  return PROPTER_OK;
}

/* rr:graph names the default graph by an IRI of its own. */
static bool is_default_graph(const PropterMapping *m, const TermMap *t) {
  return t->kind == EXPRESSION_CONSTANT && t->at && doc_node(&m->doc, t->at->o)->word == WORD_defaultGraph;
}

static PropterStatus read_graphs(PropterMapping *m, Node node, TermMaps *out, PropterError *err) {
  PROPTER_TRY(read_term_maps(m, node, WORD_graph, WORD_graphMap, ROLE_GRAPH, out, err));
  for (size_t i = 0; i < out->count; i++)
    if (is_default_graph(m, out->items[i])) out->items[i] = NULL;
  return PROPTER_OK;
}

static PropterStatus read_join(PropterMapping *m, const DocTriple *t, Join *join, PropterError *err) {
  const struct {
    Word shortcut, map;
    TermMap **to;
    const char *name;
  } sides[2] = {{WORD_child, WORD_childMap, &join->child, "child"}, {WORD_parent, WORD_parentMap, &join->parent, "parent"}};
  for (size_t i = 0; i < 2; i++) {
    const DocTriple *column = doc_get(&m->doc, t->o, sides[i].shortcut, 0), *map = doc_get(&m->doc, t->o, sides[i].map, 0);
    if (!column && !map) return doc_fail(&m->doc, t, err, PROPTER_INVALID, "the join condition has no %s", sides[i].name);
    if (map)
      PROPTER_TRY(read_term_map(m, map, ROLE_KEY, sides[i].to, err));
    else
      PROPTER_TRY(model_reference(m, term_of(m, column)->value, TYPE_LITERAL, column, sides[i].to, err));
  }
  return PROPTER_OK;
}

typedef PROPTER_VEC(Join) Joins;

static bool from_parent(const TermMap *t) {
  bool parent = t->of_parent;
  for (size_t i = 0; t->call && i < FUNCTION_PARAMETERS; i++) parent |= t->call->arguments[i] && from_parent(t->call->arguments[i]);
  return parent;
}

/* A condition by functions as the equalities that must hold together: equal(child, parent), or several of them joined by "and". */
static PropterStatus add_equalities(PropterMapping *m, const TermMap *t, Joins *joins, PropterError *err) {
  const char *function = t->call ? t->call->function->iri : "";
  TermMap *a = t->call ? t->call->arguments[0] : NULL, *b = t->call ? t->call->arguments[1] : NULL;
  if (a && b && propter_str_ends(propter_str(function), PROPTER_STR("#boolean_and"))) {
    PROPTER_TRY(add_equalities(m, a, joins, err));
    return add_equalities(m, b, joins, err);
  }
  if (!a || !b || !propter_str_ends(propter_str(function), PROPTER_STR("#equal")) || from_parent(a) == from_parent(b))
    return doc_fail(&m->doc, t->at, err, PROPTER_INVALID, "expected a join condition of the form equal(child, parent), or several joined by boolean_and");
  Join join = {from_parent(a) ? b : a, from_parent(a) ? a : b};
  return propter_vec_push(joins, join) ? PROPTER_OK : no_memory(err);
}

static PropterStatus collect_joins(PropterMapping *m, const DocTriple *at, Joins *joins, PropterError *err) {
  const DocTriple *t;
  for (size_t i = 0; (t = doc_get(&m->doc, at->o, WORD_joinCondition, i)); i++) {
    Join join = {NULL, NULL};
    if (doc_get(&m->doc, t->o, WORD_functionValue, 0) || doc_get(&m->doc, t->o, WORD_functionExecution, 0)) {
      TermMap *map = NULL;
      PROPTER_TRY(read_term_map(m, t, ROLE_JOIN, &map, err));
      PROPTER_TRY(add_equalities(m, map, joins, err));
      continue;
    }
    PROPTER_TRY(read_join(m, t, &join, err));
    if (!propter_vec_push(joins, join)) return no_memory(err);
  }
  return PROPTER_OK;
}

PropterStatus rml_joins(PropterMapping *m, const DocTriple *at, Join **out, size_t *count, PropterError *err) {
  Joins joins = {0};
  PropterStatus status = collect_joins(m, at, &joins, err);
  if (status == PROPTER_OK && !(*out = model_alloc(m, (joins.count + 1) * sizeof **out, err))) status = PROPTER_NO_MEMORY;
  if (status == PROPTER_OK && joins.count) memcpy(*out, joins.items, joins.count * sizeof *joins.items);
  *count = joins.count;
  propter_vec_clear(&joins);
  return status;
}

static PropterStatus read_parent(PropterMapping *m, const DocTriple *at, const DocTriple *parent, ObjectMap *object, PropterError *err) {
  object->parent = SIZE_MAX;
  for (size_t i = 0; i < m->maps.count; i++)
    if (m->maps.items[i].node == parent->o) object->parent = i;
  if (object->parent == SIZE_MAX) return doc_fail(&m->doc, parent, err, PROPTER_INVALID, "no triples map %s", doc_name(&m->doc, parent->o));
  object->number = m->join_count++;
  return rml_joins(m, at, &object->joins, &object->join_count, err);
}

static PropterStatus read_object(PropterMapping *m, const DocTriple *t, bool is_map, ObjectMap *object, PropterError *err) {
  const DocTriple *parent = is_map ? doc_get(&m->doc, t->o, WORD_parentTriplesMap, 0) : NULL;
  if (parent) return read_parent(m, t, parent, object, err);
  return is_map ? read_term_map(m, t, ROLE_OBJECT, &object->map, err) : model_constant(m, term_of(m, t), t, &object->map, err);
}

static PropterStatus read_objects(PropterMapping *m, Node node, PredicateObject *po, PropterError *err) {
  const DocTriple *t;
  for (size_t n = doc_subject(&m->doc, node, &t); n; n--, t++) {
    Word word = doc_node(&m->doc, t->p)->word;
    if (word != WORD_object && word != WORD_objectMap) continue;
    ObjectMap object = {.at = t};
    PROPTER_TRY(read_object(m, t, word == WORD_objectMap, &object, err));
    if (!propter_vec_push(&po->objects, object)) return no_memory(err);
  }
  return PROPTER_OK;
}

static PropterStatus read_predicate_object(PropterMapping *m, const DocTriple *at, PredicateObject *po, PropterError *err) {
  PROPTER_TRY(read_term_maps(m, at->o, WORD_predicate, WORD_predicateMap, ROLE_PREDICATE, &po->predicates, err));
  PROPTER_TRY(read_objects(m, at->o, po, err));
  PROPTER_TRY(read_graphs(m, at->o, &po->graphs, err));
  if (!po->predicates.count) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "the predicate-object map has no predicate");
  if (!po->objects.count) return doc_fail(&m->doc, at, err, PROPTER_INVALID, "the predicate-object map has no object");
  return PROPTER_OK;
}

static bool is_type_of_observation(const PredicateObject *po) {
  bool types = false, observation = false;
  for (size_t i = 0; i < po->predicates.count; i++)
    types |=
        po->predicates.items[i]->kind == EXPRESSION_CONSTANT && propter_str_equal(po->predicates.items[i]->constant.value, propter_vocab_iri(VOCAB_rdf_type));
  for (size_t i = 0; i < po->objects.count; i++) {
    const TermMap *o = po->objects.items[i].map;
    observation |= o && o->kind == EXPRESSION_CONSTANT && propter_str_equal(o->constant.value, propter_vocab_iri(VOCAB_qb_Observation));
  }
  return types && observation;
}

static PropterStatus read_classes(PropterMapping *m, TriplesMap *map, Node subject, PropterError *err) {
  PredicateObject po = {0};
  const DocTriple *t;
  TermMap *type = NULL;
  PropterTerm rdf_type = model_word(VOCAB_rdf_type);
  if (!doc_get(&m->doc, subject, WORD_class, 0)) return PROPTER_OK;
  PropterStatus status = model_constant(m, &rdf_type, NULL, &type, err);
  if (status == PROPTER_OK && !propter_vec_push(&po.predicates, type)) status = no_memory(err);
  for (size_t i = 0; status == PROPTER_OK && (t = doc_get(&m->doc, subject, WORD_class, i)); i++) {
    ObjectMap object = {.at = t};
    status = model_constant(m, term_of(m, t), t, &object.map, err);
    if (status == PROPTER_OK && object.map->constant.kind != PROPTER_TERM_IRI)
      status = doc_fail(&m->doc, t, err, PROPTER_INVALID, "a class must be an IRI, found \"%s\"", doc_name(&m->doc, t->o));
    if (status == PROPTER_OK && !propter_vec_push(&po.objects, object)) status = no_memory(err);
  }
  if (status == PROPTER_OK && !propter_vec_push(&map->says, po)) status = no_memory(err);
  if (status == PROPTER_OK) return PROPTER_OK;
  propter_vec_clear(&po.predicates);
  propter_vec_clear(&po.objects);
  return status;
}

/* The base of relative IRIs: the triples map's, the document's, the caller's. */
static PropterStr base_of(const PropterMapping *m, const TriplesMap *map) {
  const DocTriple *t = doc_get(&m->doc, map->node, WORD_baseIRI, 0);
  if (t) return term_of(m, t)->value;
  const DocFile *file = &m->doc.files.items[map->at->file];
  /* To R2RML the base IRI is the processor's, not that of the mapping document. */
  if (doc_get(&m->doc, map->node, WORD_logicalTable, 0) && m->options->base.len) return m->options->base;
  return file->base.len ? file->base : m->options->base;
}

static void set_base(TermMap *t, PropterStr base) {
  if (!t) return;
  if (t->kind != EXPRESSION_CONSTANT) t->base = base;
  set_base(t->datatype, base);
  if (!t->gather) return;
  set_base(t->gather->name, base);
  for (size_t i = 0; i < t->gather->item_count; i++) set_base(t->gather->items[i].map, base);
}

static void set_bases(TriplesMap *map, PropterStr base) {
  set_base(map->subject, base);
  for (size_t i = 0; i < map->graphs.count; i++) set_base(map->graphs.items[i], base);
  for (size_t k = 0; k < map->says.count; k++) {
    PredicateObject *po = &map->says.items[k];
    for (size_t i = 0; i < po->predicates.count; i++) set_base(po->predicates.items[i], base);
    for (size_t i = 0; i < po->objects.count; i++) set_base(po->objects.items[i].map, base);
    for (size_t i = 0; i < po->graphs.count; i++) set_base(po->graphs.items[i], base);
  }
}

/* R2RML says that a literal cannot be a subject; the suite of the 2014 form wants the term type passed over (RMLTC0004b). */
static PropterStatus check_r2rml_subject(PropterMapping *m, const DocTriple *source, const DocTriple *subject, PropterError *err) {
  const DocTriple *t = doc_get(&m->doc, subject->o, WORD_termType, 0);
  if (doc_node(&m->doc, source->p)->word != WORD_logicalTable || !t || doc_node(&m->doc, t->o)->word != WORD_Literal) return PROPTER_OK;
  return doc_fail(&m->doc, t, err, PROPTER_INVALID, "a subject cannot be a literal");
}

static PropterStatus read_triples_map(PropterMapping *m, size_t index, PropterError *err) {
  TriplesMap *map = &m->maps.items[index];
  const DocTriple *source = doc_get(&m->doc, map->node, WORD_logicalSource, 0), *t = doc_get(&m->doc, map->node, WORD_subjectMap, 0),
                  *shortcut = doc_get(&m->doc, map->node, WORD_subject, 0);
  const char *name = doc_name(&m->doc, map->node);
  if (!source) source = doc_get(&m->doc, map->node, WORD_logicalTable, 0);
  if (!source) return doc_fail(&m->doc, map->at, err, PROPTER_INVALID, "triples map %s: expected a logical source or table, found none", name);
  if (!t && !shortcut) return doc_fail(&m->doc, map->at, err, PROPTER_INVALID, "triples map %s has no subject map", name);
  if ((t && shortcut) || doc_get(&m->doc, map->node, WORD_subjectMap, 1) || doc_get(&m->doc, map->node, WORD_subject, 1))
    return doc_fail(&m->doc, t ? t : shortcut, err, PROPTER_INVALID, "triples map %s: expected one subject map, found several", name);
  PROPTER_TRY(source_compile(m, source, &map->source, err));
  if (t) PROPTER_TRY(check_r2rml_subject(m, source, t, err));
  if (t) {
    PROPTER_TRY(read_term_map(m, t, ROLE_SUBJECT, &map->subject, err));
    PROPTER_TRY(read_graphs(m, t->o, &map->graphs, err));
    PROPTER_TRY(read_classes(m, map, t->o, err));
  } else {
    PROPTER_TRY(model_constant(m, term_of(m, shortcut), shortcut, &map->subject, err));
    PROPTER_TRY(check_constant(m, map->subject, ROLE_SUBJECT, err));
  }
  const DocTriple *po;
  for (size_t i = 0; (po = doc_get(&m->doc, map->node, WORD_predicateObjectMap, i)); i++) {
    if (!propter_vec_push(&map->says, ((PredicateObject){0}))) return no_memory(err);
    PROPTER_TRY(read_predicate_object(m, po, &map->says.items[map->says.count - 1], err));
  }
  for (size_t i = 0; i < map->says.count; i++) map->observation |= is_type_of_observation(&map->says.items[i]);
  set_bases(map, base_of(m, map));
  return PROPTER_OK;
}

static bool is_triples_map(const PropterMapping *m, const DocTriple *t) {
  const NodeInfo *p = doc_node(&m->doc, t->p);
  if (p->word == WORD_type) return doc_node(&m->doc, t->o)->word == WORD_TriplesMap;
  /* The 2014 form describes the call of a function like a triples map. */
  for (size_t i = 0; i < m->doc.triples.count; i++)
    if (m->doc.triples.items[i].o == t->s && doc_node(&m->doc, m->doc.triples.items[i].p)->word == WORD_functionValue) return false;
  return (p->word == WORD_logicalSource || p->word == WORD_logicalTable || p->word == WORD_subjectMap) && p->vocabulary != VOCABULARY_PROPTER;
}

/* A subject that is taken from another row goes into that row's file, which nobody knows here; nor whether it was there before. */
static PropterStatus check_joined(PropterMapping *m, const TriplesMap *map, PropterError *err) {
  for (size_t k = 0; k < map->says.count; k++)
    for (size_t i = 0; i < map->says.items[k].objects.count; i++) {
      const ObjectMap *object = &map->says.items[k].objects.items[i];
      if (!object->map && change_kind(m->maps.items[object->parent].subject))
        return doc_fail(&m->doc, object->at, err, PROPTER_INVALID, "the object is a subject that is there only when it changed");
      if (object->map || !(m->maps.items[object->parent].subject->targets & m->targets_by_row)) continue;
      return doc_fail(&m->doc, object->at, err, PROPTER_INVALID, "a subject with a target whose path depends on the row cannot be the object of another mapping");
    }
  return PROPTER_OK;
}

PropterStatus rml_compile(PropterMapping *m, PropterError *err) {
  size_t before = m->maps.count;
  /* Nodes are numbered as they appear, and the triples are sorted by subject: the order of the documents. */
  for (size_t i = 0; i < m->doc.triples.count; i++) {
    const DocTriple *t = &m->doc.triples.items[i];
    if (!is_triples_map(m, t) || target_makes(m, t->s) || (m->maps.count && m->maps.items[m->maps.count - 1].node == t->s)) continue;
    if (!propter_vec_push(&m->maps, ((TriplesMap){.node = t->s, .at = t}))) return no_memory(err);
  }
  for (size_t i = before; i < m->maps.count; i++) PROPTER_TRY(read_triples_map(m, i, err));
  for (size_t i = before; i < m->maps.count; i++) PROPTER_TRY(change_check(m, &m->maps.items[i], err));
  for (size_t i = before; i < m->maps.count; i++) PROPTER_TRY(check_joined(m, &m->maps.items[i], err));
  return PROPTER_OK;
}

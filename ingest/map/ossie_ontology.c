/* SPDX-License-Identifier: Apache-2.0 */
/* Ontologies of Apache Ossie (ontology specification 0.2.0.dev0): a concept is a skos:Concept below those it extends, a relationship of one concept with
 * another (or with none, which is a truth value) a property between their things, functional where its multiplicity says so. Rules over populations,
 * relationships of more concepts, and where a table holds the things of a concept are refused, each with its line; what they belong to stays. */
#include "ossie.h"

#define KEYS(name, keys) static const char keys_of_##name[] = keys;
#include "ossie_ontology.def"
#undef KEYS

/* text: the datatype of what is built in. */
static const Meaning types[] = {{"EntityType", NULL, 0}, {"ValueType", NULL, 0}, {NULL, NULL, 0}};
static const Meaning built_in[] = {{"Any", NULL, VOCAB_rdfs_Resource},     {"Boolean", NULL, VOCAB_xsd_boolean}, {"Date", NULL, VOCAB_xsd_date},
                                   {"DateTime", NULL, VOCAB_xsd_dateTime}, {"Decimal", NULL, VOCAB_xsd_decimal}, {"Float", NULL, VOCAB_xsd_double},
                                   {"Integer", NULL, VOCAB_xsd_integer},   {"String", NULL, VOCAB_xsd_string},   {NULL, NULL, 0}};
static const Meaning multiplicities[] = {{"ManyToOne", NULL, 0}, {"OneToOne", "1", 0}, {NULL, NULL, 0}};

static bool is(const char *path) {
  PropterStr name = propter_str(path);
  if (propter_str_ends(name, PROPTER_STR(".json"))) return yaml_mentions(path, "\"ontology\"");
  return (propter_str_ends(name, PROPTER_STR(".yml")) || propter_str_ends(name, PROPTER_STR(".yaml"))) && yaml_begins(path, "ontology:");
}

static const Meaning *built_in_named(PropterStr name) {
  for (const Meaning *m = built_in; m->name; m++)
    if (propter_str_equal(name, propter_str(m->name))) return m;
  return NULL;
}

static yaml_node_t *component_of(Define *d, PropterStr concept) {
  yaml_node_t *all = define_get(d, yaml_root(d->file), "ontology"), *one;
  for (size_t i = 0; (one = define_item(d, all, i)); i++)
    if (propter_str_equal(yaml_text(define_get(d, one, "concept")), concept)) return one;
  return NULL;
}

/* A concept of the document or one that is built in, as a term. */
static PropterStatus concept_term(Define *d, const yaml_node_t *node, PropterTerm *out, PropterError *err) {
  PropterStr name = yaml_text(node);
  const Meaning *own = built_in_named(name);
  if (!own && !component_of(d, name)) return yaml_fail(d->file, node, err, PROPTER_INVALID, "no concept \"%.*s\" in this ontology", (int)name.len, name.data);
  PropterStr iri = own ? propter_vocab_iri(own->word) : define_iri(d, name);
  *out = propter_iri(iri);
  return iri.data ? PROPTER_OK : define_no_memory(err);
}

/* Each rule of a list is said to be left out; what it stands at is not. */
static PropterStatus refuse_rules(Define *d, PropterStr of, const yaml_node_t *node, const char *key, PropterError *err) {
  yaml_node_t *rules = define_get(d, node, key), *one;
  PropterStr name = propter_arena_printf(&d->arena, "%.*s.%s", (int)of.len, of.data, key);
  if (!name.data) return define_no_memory(err);
  for (size_t i = 0; (one = define_item(d, rules, i)); i++) {
    PropterError why = {0};
    PropterStr text = yaml_text(one);
    (void)yaml_fail(d->file, one, &why, PROPTER_INVALID, "rules over the things of a concept are not evaluated, found \"%.*s\"", (int)text.len, text.data);
    PROPTER_TRY(d->sink->refuse(name, &why, d->sink->rdf.payload, err));
  }
  return PROPTER_OK;
}

static PropterStatus say_texts(Define *d, PropterStr name, PropterVocab p, yaml_node_t *list, PropterError *err) {
  yaml_node_t *one;
  for (size_t i = 0; (one = define_item(d, list, i)); i++) PROPTER_TRY(define_say_text(d, name, p, one, err));
  return PROPTER_OK;
}

static PropterStatus say_multiplicity(Define *d, PropterStr name, const yaml_node_t *node, PropterError *err) {
  const Meaning *how;
  if (!node) return PROPTER_OK;
  PROPTER_TRY(define_meaning(d, node, multiplicities, &how, err));
  PROPTER_TRY(define_say_word(d, name, VOCAB_rdf_type, VOCAB_owl_FunctionalProperty, node, err));
  return how->text ? define_say_word(d, name, VOCAB_rdf_type, VOCAB_owl_InverseFunctionalProperty, node, err) : PROPTER_OK;
}

static PropterStatus read_relationship(Define *d, yaml_node_t *component, yaml_node_t *node, PropterError *err) {
  yaml_node_t *at = define_get(d, node, "name"), *roles = define_get(d, node, "roles"), *role = define_item(d, roles, 0);
  PropterStr concept = yaml_text(define_get(d, component, "concept")), own;
  PropterTerm range = propter_iri(propter_vocab_iri(VOCAB_xsd_boolean)), domain;
  PROPTER_TRY(define_keys(d, node, keys_of_relationship, err));
  PROPTER_TRY(define_name(d, node, at, "a name of letters, digits and _ for the relationship", &own, err));
  if (define_get(d, node, "derived_by"))
    return yaml_fail(d->file, define_get(d, node, "derived_by"), err, PROPTER_INVALID, "links that a rule derives are not computed");
  if (role && define_item(d, roles, 1))
    return yaml_fail(d->file, roles, err, PROPTER_INVALID, "expected one further role: what links more than two concepts is no property");
  if (role) PROPTER_TRY(define_keys(d, role, keys_of_role, err));
  if (role) PROPTER_TRY(concept_term(d, define_get(d, role, "concept"), &range, err));
  PROPTER_TRY(concept_term(d, define_get(d, component, "concept"), &domain, err));
  PropterStr name = propter_arena_printf(&d->arena, "%.*s.%.*s", (int)concept.len, concept.data, (int)own.len, own.data);
  if (!name.data) return define_no_memory(err);
  PROPTER_TRY(define_say_kind(d, name, VOCAB_rdf_Property, own, define_get(d, node, "description"), at, err));
  PROPTER_TRY(define_say(d, name, VOCAB_rdfs_domain, domain, at, err));
  PROPTER_TRY(define_say(d, name, VOCAB_rdfs_range, range, role ? role : at, err));
  PROPTER_TRY(say_multiplicity(d, name, define_get(d, node, "multiplicity"), err));
  PROPTER_TRY(say_texts(d, name, VOCAB_skos_example, define_get(d, node, "verbalizes"), err));
  return refuse_rules(d, name, node, "requires", err);
}

static PropterStatus read_concept(Define *d, yaml_node_t *owner, yaml_node_t *node, PropterError *err) {
  (void)owner;
  yaml_node_t *at = define_get(d, node, "concept"), *one;
  const Meaning *type;
  PropterStr name;
  PropterTerm super;
  PROPTER_TRY(define_keys(d, node, keys_of_component, err));
  PROPTER_TRY(define_name(d, node, at, "a name of letters, digits and _ for the concept", &name, err));
  PROPTER_TRY(define_meaning(d, define_get(d, node, "type"), types, &type, err));
  if (built_in_named(name) || component_of(d, name) != node)
    return yaml_fail(d->file, node, err, PROPTER_INVALID, "the concept \"%.*s\" stands twice", (int)name.len, name.data);
  PROPTER_TRY(define_say_kind(d, name, VOCAB_skos_Concept, name, define_get(d, node, "description"), at, err));
  for (size_t i = 0; (one = define_item(d, define_get(d, node, "extends"), i)); i++) {
    PROPTER_TRY(concept_term(d, one, &super, err));
    if (!built_in_named(yaml_text(one))) PROPTER_TRY(define_say(d, name, VOCAB_skos_broader, super, one, err));
  }
  PROPTER_TRY(refuse_rules(d, name, node, "derived_by", err));
  return refuse_rules(d, name, node, "requires", err);
}

/* The metrics of its semantic model; which columns hold the things of a concept is said to be left out. */
static PropterStatus read_mapping(Define *d, yaml_node_t *node, PropterError *err) {
  yaml_node_t *columns = define_get(d, node, "concept_mappings");
  PropterError why = {0};
  PROPTER_TRY(define_keys(d, node, keys_of_mapping, err));
  PROPTER_TRY(ossie_model(d, define_get(d, node, "semantic_model"), err));
  if (!columns) return PROPTER_OK;
  (void)yaml_fail(d->file, columns, &why, PROPTER_INVALID, "which columns hold the things of a concept is not read: expected a mapping (RML) for them");
  return d->sink->refuse(PROPTER_STR("concept_mappings"), &why, d->sink->rdf.payload, err);
}

static PropterStatus read_document(Define *d, PropterError *err) {
  yaml_node_t *root = yaml_root(d->file), *component, *one;
  PROPTER_TRY(ossie_version(d, err));
  PROPTER_TRY(define_keys(d, root, keys_of_document, err));
  for (size_t i = 0; (component = define_item(d, define_get(d, root, "ontology"), i)); i++) {
    PropterStr concept = yaml_text(define_get(d, component, "concept"));
    PROPTER_TRY(define_metric(d, concept, read_concept, NULL, component, err));
    for (size_t k = 0; (one = define_item(d, define_get(d, component, "relationships"), k)); k++) {
      PropterStr own = yaml_text(define_get(d, one, "name"));
      PROPTER_TRY(define_metric(d, propter_arena_printf(&d->arena, "%.*s.%.*s", (int)concept.len, concept.data, (int)own.len, own.data), read_relationship,
                                component, one, err));
    }
  }
  PROPTER_TRY(refuse_rules(d, PROPTER_STR("ontology"), root, "requires", err));
  for (size_t i = 0; (one = define_item(d, define_get(d, root, "ontology_mappings"), i)); i++) PROPTER_TRY(read_mapping(d, one, err));
  return PROPTER_OK;
}

const Definitions definitions_ossie_ontology = {is, read_document, NULL};

/* SPDX-License-Identifier: Apache-2.0 */
/* Targets of YARRRML: files, addresses on the web, event streams; and those whose address depends on the row. */
#include <string.h>

#include "yarrrml_write.h"

/* The way that the address of a target is said. */
typedef enum { ADDRESS_OF_FILE, ADDRESS_IS_IRI, ADDRESS_IS_TEXT } AddressIs;

static const struct TargetType {
  const char *name, *class, *address; /* the last: the property that says it */
  AddressIs is;
  bool dynamic_iri; /* an address that depends on the row is an IRI, too, else a text */
} target_types[] = {{"void", "void:Dataset", "void:dataDump", ADDRESS_OF_FILE, false},
                    {"localfile", "void:Dataset", "void:dataDump", ADDRESS_OF_FILE, false},
                    {"dcat", "dcat:Dataset", "dcat:dataDump", ADDRESS_OF_FILE, true},
                    {"sd", "sd:Service", "sd:endpoint", ADDRESS_IS_IRI, true},
                    {"sparql", "sd:Service", "sd:endpoint", ADDRESS_IS_IRI, true},
                    {"directhttprequest", "rmle:DirectHttpRequest", "htv:absoluteURI", ADDRESS_IS_TEXT, false},
                    {"linkedhttprequest", "rmle:LinkedHttpRequest", "rmle:linkingAbsoluteURI", ADDRESS_IS_TEXT, false}};
static const Choice serializations[] = {
    {"nquads", "formats:N-Quads"}, {"ntriples", "formats:N-Triples"}, {"turtle", "formats:Turtle"},    {"trig", "formats:TriG"},
    {"jsonld", "formats:JSON-LD"}, {"rdfxml", "formats:RDF_XML"},     {"rdfjson", "formats:RDF_JSON"}, {"n3", "formats:N3"}};
static const Choice compressions[] = {{"gzip", "comp:gzip"}, {"zip", "comp:zip"}, {"tarxz", "comp:tarxz"}, {"targz", "comp:targz"}};

/* "path~type", [path~type, serialization, compression] or a mapping. */
typedef struct {
  yaml_node_t *node;
  PropterStr access, id, method, relation;
  const struct TargetType *type;
  const Choice *serialization, *compression;
  yaml_node_t *source, *headers, *authentication, *ldes;
  Expression address; /* of a file an IRI */
} Target;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading YARRRML"); }

static PropterStatus choose_words(Yarrrml *y, Target *t, PropterStr type, PropterStr serialization, PropterStr compression, PropterError *err) {
  PropterStr wanted = type.len ? type : PROPTER_STR("void");
  for (size_t i = 0; i < sizeof target_types / sizeof *target_types; i++)
    if (propter_str_equal(wanted, propter_str(target_types[i].name))) t->type = &target_types[i];
  t->serialization = CHOOSE(serializations, serialization.len ? serialization : PROPTER_STR("nquads"));
  t->compression = CHOOSE(compressions, compression);
  if (!t->type) return unknown(y, t->node, "target type", type, err);
  if (!t->serialization) return unknown(y, t->node, "serialization", serialization, err);
  if (compression.len && !t->compression) return unknown(y, t->node, "compression", compression, err);
  return t->access.len ? PROPTER_OK : yaml_fail(y->file, t->node, err, PROPTER_INVALID, "expected the path of a target");
}

static PropterStatus read_words(Yarrrml *y, yaml_node_t *node, Target *t, PropterError *err) {
  *t = (Target){.node = node};
  if (!yaml_is_mapping(node)) {
    bool list = yaml_is_sequence(node);
    PropterStr type, serialization = yaml_text(list ? yaml_item(y->file, node, 1) : NULL);
    t->access = split_kind(yaml_text(yaml_item(y->file, node, 0)), &type);
    return choose_words(y, t, type, serialization, yaml_text(list && serialization.len ? yaml_item(y->file, node, 2) : NULL), err);
  }
  PROPTER_TRY(yaml_keys(y->file, node, "access|type|serialization|compression|source|id|methodName|headers|rel|authentication|ldes", err));
  t->access = yaml_text(yaml_get(y->file, node, "access")), t->id = yaml_text(yaml_get(y->file, node, "id"));
  t->method = yaml_text(yaml_get(y->file, node, "methodName")), t->relation = yaml_text(yaml_get(y->file, node, "rel"));
  t->source = yaml_get(y->file, node, "source"), t->headers = yaml_get(y->file, node, "headers");
  t->authentication = yaml_get(y->file, node, "authentication"), t->ldes = yaml_get(y->file, node, "ldes");
  return choose_words(y, t, yaml_text(yaml_get(y->file, node, "type")), yaml_text(yaml_get(y->file, node, "serialization")),
                      yaml_text(yaml_get(y->file, node, "compression")), err);
}

/* A text that stands where `at` does, read as an expression. */
static PropterStatus text_expression(Yarrrml *y, const yaml_node_t *at, PropterStr text, Expression *out, PropterError *err) {
  yaml_node_t scalar = yaml_scalar(at, text);
  if (!text.data) return no_memory(err);
  return expression_of(y, &scalar, out, err);
}

/* Where a target lies: of a file an IRI. */
static PropterStatus address_of(Yarrrml *y, const Target *t, Expression *out, PropterError *err) {
  PropterStr text = t->access;
  if (t->type->is == ADDRESS_OF_FILE) text = propter_arena_printf(&y->arena, "file://%.*s", (int)text.len, text.data);
  return text_expression(y, t->node, text, out, err);
}

static PropterStatus read_target(Yarrrml *y, yaml_node_t *node, Target *t, PropterError *err) {
  PROPTER_TRY(read_words(y, node, t, err));
  return address_of(y, t, &t->address, err);
}

static bool depends_on_row(const Target *t) { return t->address.kind != EXPRESSION_IS_CONSTANT; }

/* --- What is said of a node, or of the nodes that a triples map makes ----------------------------------------------------------------- */

typedef struct {
  PropterTerm node; /* the triples map, if there is a subject map */
  PropterTerm subject_map;
  bool by_row;
  const yaml_node_t *at;
} About;

/* A predicate-object map; `object` gets its object map. */
static PropterStatus begin_fact(Yarrrml *y, const About *a, const char *p, bool iri, PropterTerm *object, PropterError *err) {
  PropterTerm pom = fresh(y), pm = fresh(y);
  *object = fresh(y);
  PROPTER_TRY(say(y, &a->node, "rr:predicateObjectMap", &pom, a->at, err));
  PROPTER_TRY(say_type(y, &pom, "rr:PredicateObjectMap", a->at, err));
  PROPTER_TRY(say(y, &pom, "rr:predicateMap", &pm, a->at, err));
  PROPTER_TRY(say_type(y, &pm, "rr:PredicateMap", a->at, err));
  PROPTER_TRY(say_word(y, &pm, "rr:constant", p, a->at, err));
  PROPTER_TRY(say(y, &pom, "rr:objectMap", object, a->at, err));
  PROPTER_TRY(say_type(y, object, "rr:ObjectMap", a->at, err));
  return say_word(y, object, "rr:termType", iri ? "rr:IRI" : "rr:Literal", a->at, err);
}

static PropterStatus tell(Yarrrml *y, const About *a, const char *p, const PropterTerm *o, PropterError *err) {
  PropterTerm map;
  if (!a->by_row) return say(y, &a->node, p, o, a->at, err);
  PROPTER_TRY(begin_fact(y, a, p, o->kind != PROPTER_TERM_LITERAL, &map, err));
  return say(y, &map, "rr:constant", o, a->at, err);
}

static PropterStatus tell_text(Yarrrml *y, const About *a, const char *p, PropterStr text, PropterError *err) {
  PropterTerm o = propter_literal(text);
  return text.len ? tell(y, a, p, &o, err) : PROPTER_OK;
}

static PropterStatus tell_word(Yarrrml *y, const About *a, const char *p, const char *word, PropterError *err) {
  PropterTerm o = {0};
  PROPTER_TRY(iri_of(y, propter_str(word), a->at, &o, err));
  return tell(y, a, p, &o, err);
}

static PropterStatus tell_class(Yarrrml *y, const About *a, const char *class, PropterError *err) {
  return a->by_row ? say_word(y, &a->subject_map, "rr:class", class, a->at, err) : say_type(y, &a->node, class, a->at, err);
}

static PropterStatus tell_iri(Yarrrml *y, const About *a, const char *p, const yaml_node_t *value, PropterError *err) {
  PropterTerm o;
  if (!value) return PROPTER_OK;
  PROPTER_TRY(iri_of(y, yaml_text(value), value, &o, err));
  return tell(y, a, p, &o, err);
}

/* --- Parts of targets -------------------------------------------------------------------------------------------------------------------- */

PropterStatus say_named_authentications(Yarrrml *y, yaml_node_t *authentications, PropterError *err) {
  yaml_node_t *name, *value;
  About a = {.by_row = false};
  for (size_t i = 0; yaml_pair(y->file, authentications, i, &name, &value); i++) {
    a.at = value;
    PROPTER_TRY(yaml_keys(y->file, value, "type|email|password|oidcIssuer|webId", err));
    PropterStr type = yaml_text(yaml_get(y->file, value, "type"));
    if (!propter_str_equal(type, PROPTER_STR("cssclientcredentials"))) return unknown(y, value, "kind of authentication", type, err);
    PROPTER_TRY(named_iri(y, (size_t)(y->file - y->files), "authentication", yaml_text(name), &a.node, err));
    PROPTER_TRY(tell_class(y, &a, "rmle:CssClientCredentialsAuthentication", err));
    PROPTER_TRY(tell_text(y, &a, "rmle:authEmail", yaml_text(yaml_get(y->file, value, "email")), err));
    PROPTER_TRY(tell_text(y, &a, "rmle:authPassword", yaml_text(yaml_get(y->file, value, "password")), err));
    PROPTER_TRY(tell_iri(y, &a, "rmle:authOidcIssuer", yaml_get(y->file, value, "oidcIssuer"), err));
    PROPTER_TRY(tell_iri(y, &a, "rmle:authWebId", yaml_get(y->file, value, "webId"), err));
  }
  return PROPTER_OK;
}

static PropterStatus tell_authentication(Yarrrml *y, const About *a, const Target *t, PropterError *err) {
  size_t where;
  PropterTerm iri;
  PropterStr name = yaml_text(t->authentication);
  if (!t->authentication) return PROPTER_OK;
  if (!among_all(y, "authentications", name, &where)) return unknown(y, t->authentication, "authentication", name, err);
  PROPTER_TRY(named_iri(y, where, "authentication", name, &iri, err));
  return tell(y, a, "rmle:userAuthentication", &iri, err);
}

static PropterStatus tell_headers(Yarrrml *y, const About *a, const Target *t, PropterError *err) {
  yaml_node_t *name, *value, *following;
  PropterTerm item = fresh(y);
  if (!t->headers) return PROPTER_OK;
  if (!yaml_pair(y->file, t->headers, 0, &name, &value)) return yaml_fail(y->file, t->headers, err, PROPTER_INVALID, "expected headers by name");
  PROPTER_TRY(tell(y, a, "htv:headers", &item, err));
  for (size_t i = 0; yaml_pair(y->file, t->headers, i, &name, &value); i++) {
    PropterTerm header = fresh(y), rest = fresh(y);
    PROPTER_TRY(say(y, &item, "rdf:first", &header, name, err));
    PROPTER_TRY(say_type(y, &header, "htv:RequestHeader", name, err));
    PROPTER_TRY(say_text(y, &header, "htv:fieldName", yaml_text(name), name, err));
    PROPTER_TRY(say_text(y, &header, "htv:fieldValue", yaml_text(value), name, err));
    if (!yaml_pair(y->file, t->headers, i + 1, &following, &value)) return say_word(y, &item, "rdf:rest", "rdf:nil", name, err);
    PROPTER_TRY(say(y, &item, "rdf:rest", &rest, name, err));
    item = rest;
  }
  return PROPTER_OK;
}

/* Linked Data Event Streams: the stream that the target's subjects are members of. */
static PropterStatus tell_event_stream(Yarrrml *y, const About *a, const Target *t, PropterError *err) {
  About stream = {.node = fresh(y), .at = t->ldes};
  if (!t->ldes) return PROPTER_OK;
  PROPTER_TRY(yaml_keys(y->file, t->ldes, "id|timestampPath|versionOfPath|generateImmutableIRI", err));
  yaml_node_t *id = yaml_get(y->file, t->ldes, "id"), *immutable = yaml_get(y->file, t->ldes, "generateImmutableIRI");
  if (!id) return yaml_fail(y->file, t->ldes, err, PROPTER_INVALID, "expected the id of the event stream");
  PROPTER_TRY(tell_class(y, a, "rmlt:EventStreamTarget", err));
  PROPTER_TRY(tell_iri(y, a, "rmlt:ldesBaseIRI", id, err));
  if (propter_str_equal(yaml_text(immutable), PROPTER_STR("true"))) PROPTER_TRY(tell_text(y, a, "rmlt:ldesGenerateImmutableIRI", yaml_text(immutable), err));
  PROPTER_TRY(tell(y, a, "rmlt:ldes", &stream.node, err));
  PROPTER_TRY(tell_iri(y, &stream, "ldes:timestampPath", yaml_get(y->file, t->ldes, "timestampPath"), err));
  return tell_iri(y, &stream, "ldes:versionOfPath", yaml_get(y->file, t->ldes, "versionOfPath"), err);
}

static PropterStatus tell_format(Yarrrml *y, const About *a, const Target *t, PropterError *err) {
  PROPTER_TRY(tell_class(y, a, "rmlt:LogicalTarget", err));
  PROPTER_TRY(tell_word(y, a, "rmlt:serialization", t->serialization->word, err));
  if (t->compression) PROPTER_TRY(tell_word(y, a, "rmlt:compression", t->compression->word, err));
  return tell_event_stream(y, a, t, err);
}

static PropterStatus tell_address(Yarrrml *y, const About *a, const Target *t, PropterError *err) {
  PropterTerm o;
  PROPTER_TRY(tell_class(y, a, t->type->class, err));
  if (depends_on_row(t)) {
    PROPTER_TRY(begin_fact(y, a, t->type->address, t->type->dynamic_iri, &o, err));
    PROPTER_TRY(say_expression(y, &o, &t->address, false, t->node, err));
  } else {
    if (t->type->is == ADDRESS_IS_TEXT) o = propter_literal(t->address.text);
    else PROPTER_TRY(iri_of(y, t->address.text, t->node, &o, err));
    PROPTER_TRY(tell(y, a, t->type->address, &o, err));
  }
  if (t->type->is == ADDRESS_IS_IRI) PROPTER_TRY(tell_word(y, a, "sd:supportedLanguage", "sd:SPARQL11Update", err));
  PROPTER_TRY(tell_text(y, a, "htv:methodName", t->method, err));
  PROPTER_TRY(tell_text(y, a, "rmle:linkRelation", t->relation, err));
  PROPTER_TRY(tell_headers(y, a, t, err));
  return tell_authentication(y, a, t, err);
}

/* --- Targets with one address ------------------------------------------------------------------------------------------------------------ */

/* What a target without a name is called. */
static PropterStr own_label(Yarrrml *y, const Target *t) {
  yaml_node_t *name, *value;
  PropterStr header = {"", 0}, method = t->method, relation = t->relation, authentication = yaml_text(t->authentication);
  if (t->type->is != ADDRESS_IS_TEXT)
    return propter_arena_printf(&y->arena, "%.*s-%s-%s%s%s", (int)t->access.len, t->access.data, t->type->name, t->serialization->name,
                                t->compression ? "-" : "", t->compression ? t->compression->name : "");
  for (size_t i = 0; yaml_pair(y->file, t->headers, i, &name, &value); i++)
    if (propter_str_equal(yaml_text(name), PROPTER_STR("Content-Type"))) header = yaml_text(value);
  return propter_arena_printf(&y->arena, "%s-%.*s-%.*s-%.*s-%.*s-%s-%.*s", t->type->name, (int)t->access.len, t->access.data, (int)method.len, method.data,
                              (int)header.len, header.data, (int)relation.len, relation.data, t->serialization->name, (int)authentication.len,
                              authentication.data);
}

/* `label` NULL: what the target says of itself. */
static PropterStatus say_target(Yarrrml *y, const PropterTerm *target, const yaml_node_t *label, const Target *t, PropterError *err) {
  About logical = {.node = *target, .at = t->node}, place = {.node = fresh(y), .at = t->node};
  PropterStr own = own_label(y, t);
  if (!own.data) return no_memory(err);
  PROPTER_TRY(say_text(y, target, "rdfs:label", label ? yaml_text(label) : own, t->node, err));
  PROPTER_TRY(tell_format(y, &logical, t, err));
  PROPTER_TRY(tell(y, &logical, "rmlt:target", &place.node, err));
  return tell_address(y, &place, t, err);
}

/* --- Targets whose address depends on the row ---------------------------------------------------------------------------------------------- */

/* "$(a)_$(b)": the references of a text. */
static void add_references(PropterStr text, PropterBuf *out) {
  size_t before = out->len;
  for (size_t i = 0; i + 1 < text.len; i++) {
    if (text.data[i] == '\\') i++;
    else if (text.data[i] == '$' && text.data[i + 1] == '(') {
      size_t end = i;
      while (end < text.len && text.data[end] != ')') end += text.data[end] == '\\' ? 2 : 1;
      if (out->len > before) propter_buf_add_char(out, '_');
      propter_buf_add(out, (PropterStr){text.data + i, (end < text.len ? end + 1 : text.len) - i});
      i = end;
    }
  }
}

/* What the nodes of a target are called, row by row: `kind` "lt" is the logical target, which may have an id of its own, "t" the place. */
static PropterStatus made_name(Yarrrml *y, const Target *t, PropterStr name, size_t number, const char *kind, Expression *out, PropterError *err) {
  PropterBuf text = {0};
  if (t->id.len && strcmp(kind, "lt") == 0) return text_expression(y, t->node, t->id, out, err);
  propter_buf_printf(&text, "generated_%s_", kind);
  for (size_t i = 0; i < name.len; i++) {
    if (strchr(":()$~,\\", name.data[i])) propter_buf_add_char(&text, '\\');
    propter_buf_add_char(&text, name.data[i]);
  }
  propter_buf_add_char(&text, '_');
  add_references(t->access, &text);
  propter_buf_printf(&text, "_%03zu", number);
  PropterStr kept = propter_arena_copy(&y->arena, propter_buf_str(&text));
  PropterStatus status = propter_buf_status(&text, err);
  propter_buf_clear(&text);
  return status == PROPTER_OK ? text_expression(y, t->node, kept, out, err) : status;
}

/* A triples map that makes nodes of the mapping itself. */
static PropterStatus begin_made(Yarrrml *y, const Target *t, PropterStr name, const PropterTerm *source, const Expression *subject, About *a,
                                PropterError *err) {
  PropterStr label = propter_arena_printf(&y->arena, "dynamic_target_mapping_%.*s", (int)name.len, name.data);
  *a = (About){.node = fresh(y), .subject_map = fresh(y), .by_row = true, .at = t->node};
  if (!label.data) return no_memory(err);
  PROPTER_TRY(say_type(y, &a->node, "rr:TriplesMap", t->node, err));
  PROPTER_TRY(say_text(y, &a->node, "rdfs:label", label, t->node, err));
  PROPTER_TRY(say(y, &a->node, y->tables ? "rr:logicalTable" : "rml:logicalSource", source, t->node, err));
  PROPTER_TRY(say(y, &a->node, "rr:subjectMap", &a->subject_map, t->node, err));
  PROPTER_TRY(say_type(y, &a->subject_map, "rr:SubjectMap", t->node, err));
  PROPTER_TRY(say_expression(y, &a->subject_map, subject, false, t->node, err));
  return say_word(y, &a->subject_map, "rml:logicalTarget", "rmle:ThisMapping", t->node, err);
}

static PropterStatus say_made_target(Yarrrml *y, const Target *t, PropterStr name, size_t number, const PropterTerm *source, PropterError *err) {
  Expression logical, place;
  PropterTerm object;
  About a;
  PROPTER_TRY(made_name(y, t, name, number, "lt", &logical, err));
  PROPTER_TRY(made_name(y, t, name, number, "t", &place, err));
  PROPTER_TRY(begin_made(y, t, name, source, &logical, &a, err));
  PROPTER_TRY(tell_format(y, &a, t, err));
  PROPTER_TRY(begin_fact(y, &a, "rmlt:target", true, &object, err));
  PROPTER_TRY(say_expression(y, &object, &place, false, t->node, err));
  PROPTER_TRY(begin_made(y, t, name, source, &place, &a, err));
  PROPTER_TRY(tell_class(y, &a, "rmlt:Target", err));
  return tell_address(y, &a, t, err);
}

static PropterStatus say_target_map(Yarrrml *y, const PropterTerm *map, const Target *t, PropterStr name, size_t number, const yaml_node_t *at,
                                    PropterError *err) {
  PropterTerm node = fresh(y);
  Expression logical;
  PROPTER_TRY(made_name(y, t, name, number, "lt", &logical, err));
  PROPTER_TRY(say(y, map, "rmle:logicalTargetMap", &node, at, err));
  PROPTER_TRY(say_type(y, &node, "rmle:LogicalTargetMap", at, err));
  return say_expression(y, &node, &logical, false, at, err);
}

/* --- By name ---------------------------------------------------------------------------------------------------------------------------------- */

/* A target by its name or by its id; `number` gets that of one whose address depends on the row: two for each. */
static PropterStatus find_target(Yarrrml *y, PropterStr wanted, size_t *where, yaml_node_t **name, Target *t, size_t *number, bool *found, PropterError *err) {
  yaml_node_t *value;
  YamlFile *here = y->file;
  PropterStatus status = PROPTER_OK;
  *found = false;
  for (size_t i = 0; i <= y->count && !*found && status == PROPTER_OK; i++) {
    y->file = i ? &y->files[i - 1] : here;
    *number = 0;
    for (size_t n = 0; y->file->loaded && yaml_pair(y->file, yaml_get(y->file, yaml_root(y->file), "targets"), n, name, &value); n++) {
      status = read_target(y, value, t, err);
      *found = status == PROPTER_OK && (propter_str_equal(yaml_text(*name), wanted) || (t->id.len && propter_str_equal(t->id, wanted)));
      if (status != PROPTER_OK || *found) break;
      *number += 2 * depends_on_row(t);
    }
  }
  *where = (size_t)(y->file - y->files);
  y->file = here;
  return status;
}

PropterStatus say_one_target(Yarrrml *y, const PropterTerm *map, yaml_node_t *node, PropterError *err) {
  size_t where, number;
  yaml_node_t *name;
  PropterTerm target;
  Target t;
  bool named = false;
  if (yaml_is_scalar(node)) PROPTER_TRY(find_target(y, yaml_text(node), &where, &name, &t, &number, &named, err));
  if (named && depends_on_row(&t)) return say_target_map(y, map, &t, yaml_text(name), number, node, err);
  if (named) {
    PROPTER_TRY(named_iri(y, where, "target", yaml_text(name), &target, err));
    return say(y, map, "rml:logicalTarget", &target, node, err);
  }
  PROPTER_TRY(read_target(y, node, &t, err));
  if (depends_on_row(&t)) {
    if (y->source.kind == PROPTER_TERM_NONE) return yaml_fail(y->file, node, err, PROPTER_INVALID, "a target whose address depends on the row needs a source");
    number = ++y->blanks; /* a number that no other has */
    PROPTER_TRY(say_made_target(y, &t, PROPTER_STR("here"), number, &y->source, err));
    return say_target_map(y, map, &t, PROPTER_STR("here"), number, node, err);
  }
  target = fresh(y);
  PROPTER_TRY(say_target(y, &target, NULL, &t, err));
  return say(y, map, "rml:logicalTarget", &target, node, err);
}

PropterStatus say_named_targets(Yarrrml *y, yaml_node_t *targets, PropterError *err) {
  yaml_node_t *name, *value;
  PropterTerm target, source;
  size_t number = 0;
  for (size_t i = 0; yaml_pair(y->file, targets, i, &name, &value); i++) {
    Target t;
    PROPTER_TRY(read_target(y, value, &t, err));
    if (depends_on_row(&t)) {
      if (!t.source) return yaml_fail(y->file, value, err, PROPTER_INVALID, "a target whose address depends on the row needs the key \"source\"");
      PROPTER_TRY(source_named(y, t.source, &source, &y->tables, err));
      PROPTER_TRY(say_made_target(y, &t, yaml_text(name), number, &source, err));
      number += 2;
      continue;
    }
    PROPTER_TRY(named_iri(y, (size_t)(y->file - y->files), "target", yaml_text(name), &target, err));
    PROPTER_TRY(say_target(y, &target, name, &t, err));
  }
  return PROPTER_OK;
}

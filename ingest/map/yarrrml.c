/* SPDX-License-Identifier: Apache-2.0 */
#include "yarrrml.h"

#include <string.h>

#include "propter/vocab.h"
#include "yarrrml_write.h"

static PropterStatus say_term(Yarrrml *y, const PropterTerm *map, const yaml_node_t *node, const char *names, PropterError *err);

/* --- Targets, languages, datatypes -------------------------------------------------------------------------------------------------- */

static PropterStatus say_targets(Yarrrml *y, const PropterTerm *map, yaml_node_t *targets, PropterError *err) {
  yaml_node_t *one;
  bool shorthand = yaml_is_sequence(targets) && memchr(yaml_text(yaml_item(y->file, targets, 0)).data, '~', yaml_text(yaml_item(y->file, targets, 0)).len);
  for (size_t i = 0; (one = shorthand ? (i ? NULL : targets) : targets ? yaml_item(y->file, targets, i) : NULL); i++)
    PROPTER_TRY(say_one_target(y, map, one, err));
  return PROPTER_OK;
}

static PropterStatus say_language(Yarrrml *y, const PropterTerm *map, yaml_node_t *language, PropterError *err) {
  PropterTerm node = fresh(y);
  yaml_node_t *value = yaml_is_mapping(language) ? yaml_get(y->file, language, "value|v") : language;
  Expression e;
  if (!language) return PROPTER_OK;
  if (value != language) PROPTER_TRY(yaml_keys(y->file, language, "value|v|targets|target", err));
  PROPTER_TRY(expression_of(y, value, &e, err));
  PROPTER_TRY(say(y, map, "rml:languageMap", &node, language, err));
  PROPTER_TRY(say_expression(y, &node, &e, false, value, err));
  return say_targets(y, &node, yaml_get(y->file, language, "targets|target"), err);
}

static PropterStatus say_datatype(Yarrrml *y, const PropterTerm *map, yaml_node_t *datatype, PropterError *err) {
  Expression e;
  if (!datatype) return PROPTER_OK;
  PROPTER_TRY(expression_of(y, datatype, &e, err));
  if (e.kind == EXPRESSION_IS_CONSTANT) {
    PropterTerm iri = propter_iri(e.text);
    return say(y, map, "rr:datatype", &iri, datatype, err);
  }
  PropterTerm node = fresh(y);
  PROPTER_TRY(say(y, map, "rml:datatypeMap", &node, datatype, err));
  return say_expression(y, &node, &e, true, datatype, err);
}

/* --- Functions ------------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  PropterStr name;      /* as it stands, without its arguments */
  PropterStr arguments; /* of the short form: what stands between the brackets; data NULL: there are none */
} FunctionName;

static FunctionName function_name(PropterStr text) {
  const char *open = text.len && text.data[text.len - 1] == ')' ? memchr(text.data, '(', text.len) : NULL;
  if (!open) return (FunctionName){text, {NULL, 0}};
  size_t n = (size_t)(open - text.data);
  return (FunctionName){propter_str_trim((PropterStr){text.data, n}), {open + 1, text.len - n - 2}};
}

/* "equal" stands for the function and its parameters alike. */
static PropterStr short_name(PropterStr name) {
  static const char *const names[][2] = {
      {"equal", "idlab-fn:equal"}, {"notEqual", "idlab-fn:notEqual"}, {"str1", "grel:valueParameter"}, {"str2", "grel:valueParameter2"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (propter_str_equal(name, propter_str(names[i][0]))) return propter_str(names[i][1]);
  return name;
}

/* One predicate-object map of a call. */
static PropterStatus begin_input(Yarrrml *y, const PropterTerm *call, PropterStr predicate, const yaml_node_t *at, PropterTerm *object, PropterError *err) {
  PropterTerm pom = fresh(y), pm = fresh(y), iri;
  *object = fresh(y);
  PROPTER_TRY(iri_of(y, predicate, at, &iri, err));
  PROPTER_TRY(say(y, call, "rr:predicateObjectMap", &pom, at, err));
  bool executes = propter_str_equal(predicate, PROPTER_STR("fno:executes"));
  if (!executes) PROPTER_TRY(say_type(y, &pom, "rr:PredicateObjectMap", at, err));
  PROPTER_TRY(say(y, &pom, "rr:predicateMap", &pm, at, err));
  if (!executes) PROPTER_TRY(say_type(y, &pm, "rr:PredicateMap", at, err));
  PROPTER_TRY(say(y, &pm, "rr:constant", &iri, at, err));
  return say(y, &pom, "rr:objectMap", object, at, err);
}

static PropterStatus begin_call(Yarrrml *y, const PropterTerm *map, PropterStr function, const yaml_node_t *at, PropterTerm *call, PropterError *err) {
  PropterTerm object, iri;
  *call = fresh(y);
  PROPTER_TRY(say(y, map, "fnml:functionValue", call, at, err));
  if (!y->joins && y->source.kind != PROPTER_TERM_NONE) PROPTER_TRY(say(y, call, y->tables ? "rr:logicalTable" : "rml:logicalSource", &y->source, at, err));
  PROPTER_TRY(begin_input(y, call, PROPTER_STR("fno:executes"), at, &object, err));
  PROPTER_TRY(iri_of(y, short_name(function), at, &iri, err));
  PROPTER_TRY(say(y, &object, "rr:constant", &iri, at, err));
  return say_word(y, &object, "rr:termType", "rr:IRI", at, err);
}

/* A parameter's value; `of_parent`: it is taken from the mapping that is joined. */
static PropterStatus say_input(Yarrrml *y, const PropterTerm *call, PropterStr parameter, const yaml_node_t *value, bool of_parent, const yaml_node_t *at,
                               PropterError *err) {
  PropterTerm object, node;
  Expression e;
  PROPTER_TRY(begin_input(y, call, short_name(parameter), at, &object, err));
  PROPTER_TRY(say_type(y, &object, "rr:ObjectMap", at, err));
  if (yaml_is_mapping(value)) return say_function(y, &object, value, err);
  PROPTER_TRY(expression_of(y, value, &e, err));
  if (!of_parent) {
    PROPTER_TRY(say_expression(y, &object, &e, e.type == TYPE_IS_IRI, value, err));
    return say_word(y, &object, "rr:termType", e.type == TYPE_IS_IRI ? "rr:IRI" : "rr:Literal", value, err);
  }
  node = fresh(y);
  PROPTER_TRY(say(y, &object, "rml:parentTermMap", &node, value, err));
  return say_expression(y, &node, &e, false, value, err);
}

/* [parameter, value, s or o] or {parameter, value, from}. */
static PropterStatus read_input(Yarrrml *y, const PropterTerm *call, yaml_node_t *input, PropterError *err) {
  yaml_node_t *parameter, *value, *from;
  if (yaml_is_sequence(input)) {
    parameter = yaml_item(y->file, input, 0), value = yaml_item(y->file, input, 1);
    from = value ? yaml_item(y->file, input, 2) : NULL;
  } else {
    PROPTER_TRY(yaml_keys(y->file, input, "parameter|pm|value|v|from", err));
    parameter = yaml_get(y->file, input, "parameter|pm"), value = yaml_get(y->file, input, "value|v"), from = yaml_get(y->file, input, "from");
  }
  if (!yaml_is_scalar(parameter) || !value) return yaml_fail(y->file, input, err, PROPTER_INVALID, "expected a parameter and its value");
  PropterStr name = yaml_text(parameter), side = yaml_text(from);
  if (from && !propter_str_equal(side, PROPTER_STR("s")) && !propter_str_equal(side, PROPTER_STR("o")) && !propter_str_equal(side, PROPTER_STR("subject")) &&
      !propter_str_equal(side, PROPTER_STR("object")))
    return yaml_fail(y->file, from, err, PROPTER_INVALID, "expected s or o after the value, found \"%.*s\"", (int)side.len, side.data);
  bool of_parent = y->joins && (from ? side.data[0] == 'o' : propter_str_equal(name, PROPTER_STR("str2")));
  return say_input(y, call, name, value, of_parent, input, err);
}

/* A text made here, as a parameter's value. */
static PropterStatus say_input_text(Yarrrml *y, const PropterTerm *call, PropterStr parameter, PropterStr text, const yaml_node_t *at, PropterError *err) {
  yaml_node_t scalar = yaml_scalar(at, text);
  return say_input(y, call, parameter, &scalar, false, at, err);
}

/* "name = $(value), other = $(value)": a name without a prefix gets that of the function. */
static PropterStatus short_inputs(Yarrrml *y, const PropterTerm *call, const FunctionName *f, yaml_node_t *at, PropterError *err) {
  PropterStr rest = f->arguments;
  const char *colon = f->name.len ? memchr(f->name.data, ':', f->name.len) : NULL;
  while (propter_str_trim(rest).len) {
    size_t n = 0, depth = 0;
    while (n < rest.len && (depth || rest.data[n] != ',')) depth += rest.data[n] == '(', depth -= depth && rest.data[n] == ')', n++;
    PropterStr part = propter_str_trim((PropterStr){rest.data, n});
    rest.data += n + (n < rest.len), rest.len -= n + (n < rest.len);
    const char *equals = part.len ? memchr(part.data, '=', part.len) : NULL;
    if (!equals) return yaml_fail(y->file, at, err, PROPTER_INVALID, "expected parameter = value, found \"%.*s\"", (int)part.len, part.data);
    PropterStr name = propter_str_trim((PropterStr){part.data, (size_t)(equals - part.data)});
    PropterStr value = propter_str_trim((PropterStr){equals + 1, part.len - (size_t)(equals + 1 - part.data)});
    if (colon && !memchr(name.data, ':', name.len)) {
      name = propter_arena_printf(&y->arena, "%.*s:%.*s", (int)(colon - f->name.data), f->name.data, (int)name.len, name.data);
      if (!name.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading YARRRML");
    }
    PROPTER_TRY(say_input_text(y, call, name, value, at, err));
  }
  return PROPTER_OK;
}

PropterStatus say_function(Yarrrml *y, const PropterTerm *map, const yaml_node_t *node, PropterError *err) {
  yaml_node_t *function = yaml_get(y->file, node, "function|fn|f"), *inputs = yaml_get(y->file, node, "parameters|pms"), *input;
  PropterTerm call;
  if (!yaml_is_scalar(function)) return yaml_fail(y->file, node, err, PROPTER_INVALID, "expected a value or a function, found neither");
  if (++y->depth > YARRRML_DEPTH) return yaml_fail(y->file, node, err, PROPTER_LIMIT, "more than %d functions inside one another", YARRRML_DEPTH);
  FunctionName f = function_name(yaml_text(function));
  PROPTER_TRY(say_type(y, map, "fnml:FunctionTermMap", node, err));
  PROPTER_TRY(begin_call(y, map, f.name, function, &call, err));
  if (f.arguments.data) PROPTER_TRY(short_inputs(y, &call, &f, function, err));
  for (size_t i = 0; inputs && (input = yaml_item(y->file, inputs, i)); i++) PROPTER_TRY(read_input(y, &call, input, err));
  y->depth--;
  return PROPTER_OK;
}

/* A term that is made where a condition holds: trueCondition(condition, term). `inner` gets the map of the term itself. */
static PropterStatus say_condition(Yarrrml *y, const PropterTerm *map, yaml_node_t *condition, PropterTerm *inner, PropterError *err) {
  PropterTerm call, test;
  if (yaml_is_sequence(condition) || !yaml_is_mapping(condition))
    return yaml_fail(y->file, condition, err, PROPTER_INVALID, "expected one condition: a function and its parameters");
  PROPTER_TRY(yaml_keys(y->file, condition, "function|fn|f|parameters|pms", err));
  PROPTER_TRY(say_type(y, map, "fnml:FunctionTermMap", condition, err));
  PROPTER_TRY(begin_call(y, map, PROPTER_STR("idlab-fn:trueCondition"), condition, &call, err));
  PROPTER_TRY(begin_input(y, &call, PROPTER_STR("idlab-fn:strBoolean"), condition, &test, err));
  PROPTER_TRY(say_type(y, &test, "rr:ObjectMap", condition, err));
  PROPTER_TRY(say_function(y, &test, condition, err));
  PROPTER_TRY(begin_input(y, &call, PROPTER_STR("idlab-fn:str"), condition, inner, err));
  return say_type(y, inner, "rr:ObjectMap", condition, err);
}

/* --- Terms --------------------------------------------------------------------------------------------------------------------------- */

/* A subject, predicate or graph: a text, or a mapping with one of the keys `names`. Constants are IRIs. */
static PropterStatus say_term(Yarrrml *y, const PropterTerm *map, const yaml_node_t *node, const char *names, PropterError *err) {
  Expression e;
  const yaml_node_t *value = node;
  if (yaml_is_mapping(node)) {
    PROPTER_TRY(yaml_keys(y->file, node, names, err));
    value = yaml_get(y->file, node, "value|v");
    if (!value) {
      PROPTER_TRY(say_function(y, map, node, err));
      PROPTER_TRY(say_word(y, map, "rr:termType", "rr:IRI", node, err));
      return say_targets(y, map, yaml_get(y->file, node, "targets|target"), err);
    }
  }
  PROPTER_TRY(expression_of(y, value, &e, err));
  PROPTER_TRY(say_expression(y, map, &e, true, value, err));
  return say_targets(y, map, yaml_get(y->file, node, "targets|target"), err);
}

#define TERM_KEYS "value|v|function|fn|f|parameters|pms|targets|target"

static PropterStatus say_graphs(Yarrrml *y, const PropterTerm *map, yaml_node_t *graphs, PropterError *err) {
  yaml_node_t *one;
  for (size_t i = 0; graphs && (one = yaml_item(y->file, graphs, i)); i++) {
    PropterTerm node = fresh(y);
    PROPTER_TRY(say(y, map, "rr:graphMap", &node, one, err));
    PROPTER_TRY(say_type(y, &node, "rr:GraphMap", one, err));
    PROPTER_TRY(say_term(y, &node, one, TERM_KEYS, err));
  }
  return PROPTER_OK;
}

/* What is said of an object's literal or term type; `text` may hold it after a '~', and `third` of [predicate, object, third]. */
typedef struct {
  TypeIs type;
  yaml_node_t *datatype, *language, *targets;
} ObjectKind;

static PropterStatus object_kind(Yarrrml *y, const yaml_node_t *object, yaml_node_t *third, bool class, ObjectKind *kind, PropterError *err) {
  yaml_node_t *type = yaml_get(y->file, object, "type|t");
  PropterStr text = yaml_text(type), word = yaml_text(third);
  *kind = (ObjectKind){class ? TYPE_IS_IRI : TYPE_IS_LITERAL, yaml_get(y->file, object, "datatype"), yaml_get(y->file, object, "language"),
                       yaml_get(y->file, object, "targets|target")};
  if (type && !type_named(text, &kind->type))
    return yaml_fail(y->file, type, err, PROPTER_INVALID, "expected iri, blank or literal as type, found \"%.*s\"", (int)text.len, text.data);
  if (third && !yaml_is_scalar(third)) return yaml_fail(y->file, third, err, PROPTER_INVALID, "expected a datatype or a language");
  if (third && propter_str_ends(word, PROPTER_STR("~lang"))) {
    third->data.scalar.length -= 5; /* the tree is ours */
    kind->language = third;
  } else if (third) {
    kind->datatype = third;
  }
  /* rdf:langString is what a text with a language is anyway. */
  if (kind->language && propter_str_ends(yaml_text(kind->datatype), PROPTER_STR("langString"))) kind->datatype = NULL;
  return PROPTER_OK;
}

static PropterStatus say_kind(Yarrrml *y, const PropterTerm *map, const ObjectKind *kind, const yaml_node_t *at, PropterError *err) {
  static const char *const types[] = {"rr:Literal", "rr:IRI", "rr:BlankNode"};
  PROPTER_TRY(say_word(y, map, "rr:termType", types[kind->type], at, err));
  PROPTER_TRY(say_datatype(y, map, kind->datatype, err));
  PROPTER_TRY(say_language(y, map, kind->language, err));
  return say_targets(y, map, kind->targets, err);
}

/* A value, reference, template or function as an object. */
static PropterStatus say_object(Yarrrml *y, const PropterTerm *pom, yaml_node_t *object, yaml_node_t *third, yaml_node_t *condition, bool class,
                                PropterError *err) {
  PropterTerm map = fresh(y), inner = map;
  ObjectKind kind;
  Expression e = {.type = TYPE_IS_UNSAID};
  bool mapping = yaml_is_mapping(object);
  yaml_node_t *value = mapping ? yaml_get(y->file, object, "value|v") : object, *function = yaml_get(y->file, object, "function|fn|f"),
              *own = yaml_get(y->file, object, "condition|conditions");
  if (mapping)
    PROPTER_TRY(yaml_keys(y->file, object, "value|v|type|t|datatype|language|targets|target|function|fn|f|parameters|pms|condition|conditions", err));
  if (own && condition) return yaml_fail(y->file, own, err, PROPTER_INVALID, "the predicate and object have a condition already");
  if (own) condition = own;
  PROPTER_TRY(object_kind(y, object, third, class, &kind, err));
  if (value && !function) PROPTER_TRY(expression_of(y, value, &e, err));
  if (e.type != TYPE_IS_UNSAID) kind.type = e.type;
  if (!value && !function && kind.type != TYPE_IS_BLANK) return yaml_fail(y->file, object, err, PROPTER_INVALID, "expected a value, a function or a mapping");
  PROPTER_TRY(say(y, pom, "rr:objectMap", &map, object, err));
  if (condition) {
    PROPTER_TRY(say_condition(y, &map, condition, &inner, err));
    PROPTER_TRY(say_kind(y, &map, &kind, object, err));
  } else if (!function) {
    PROPTER_TRY(say_type(y, &map, "rr:ObjectMap", object, err));
  }
  if (function) {
    PROPTER_TRY(say_function(y, &inner, object, err));
    return condition ? PROPTER_OK : say_kind(y, &map, &kind, object, err);
  }
  if (value) PROPTER_TRY(say_expression(y, &inner, &e, kind.type == TYPE_IS_IRI && !condition, value, err));
  return condition ? say_word(y, &inner, "rr:termType", "rr:Literal", object, err) : say_kind(y, &map, &kind, object, err);
}

/* --- Joins -------------------------------------------------------------------------------------------------------------------------- */

/* Whether it is the plain join of two columns: equal(str1, str2), each a reference. `side` gets that of the child, then that of the parent. */
static PropterStatus plain_join(Yarrrml *y, yaml_node_t *condition, Expression side[2], bool *plain, PropterError *err) {
  yaml_node_t *inputs = yaml_get(y->file, condition, "parameters|pms"), *input;
  bool seen[2] = {false, false};
  *plain = propter_str_equal(yaml_text(yaml_get(y->file, condition, "function|fn|f")), PROPTER_STR("equal")) && yaml_is_sequence(inputs);
  for (size_t i = 0; *plain && (input = yaml_item(y->file, inputs, i)); i++) {
    yaml_node_t *value = yaml_is_sequence(input) ? yaml_item(y->file, input, 1) : NULL, *from = value ? yaml_item(y->file, input, 2) : NULL;
    PropterStr name = yaml_is_sequence(input) ? yaml_text(yaml_item(y->file, input, 0)) : (PropterStr){"", 0};
    size_t n = from ? yaml_text(from).len && yaml_text(from).data[0] == 'o' : propter_str_equal(name, PROPTER_STR("str2"));
    *plain = yaml_is_scalar(value) && !seen[n];
    if (*plain) PROPTER_TRY(expression_of(y, value, &side[n], err));
    *plain = *plain && side[n].kind == EXPRESSION_IS_REFERENCE;
    seen[n] = true;
  }
  *plain = *plain && seen[0] && seen[1];
  return PROPTER_OK;
}

static PropterStatus say_join(Yarrrml *y, const PropterTerm *map, yaml_node_t *condition, PropterError *err) {
  Expression side[2];
  PropterTerm node = fresh(y);
  PROPTER_TRY(yaml_keys(y->file, condition, "function|fn|f|parameters|pms", err));
  bool plain;
  PROPTER_TRY(plain_join(y, condition, side, &plain, err));
  if (plain) {
    PropterTerm child = propter_literal(side[0].text), parent = propter_literal(side[1].text);
    PROPTER_TRY(say(y, map, "rr:joinCondition", &node, condition, err));
    PROPTER_TRY(say(y, &node, "rr:child", &child, condition, err));
    return say(y, &node, "rr:parent", &parent, condition, err);
  }
  PROPTER_TRY(say(y, map, "rml:joinCondition", &node, condition, err));
  y->joins = true;
  PropterStatus status = say_function(y, &node, condition, err);
  y->joins = false;
  return status;
}

/* The subjects of another mapping as objects: one object map for each of its triples maps. */
static PropterStatus say_mapping(Yarrrml *y, const PropterTerm *pom, yaml_node_t *object, yaml_node_t *condition, PropterError *err) {
  yaml_node_t *name = yaml_get(y->file, object, "mapping"), *own = yaml_get(y->file, object, "condition|conditions"), *one;
  PropterTerm parent;
  PROPTER_TRY(yaml_keys(y->file, object, "mapping|condition|conditions|targets|target", err));
  if (own && condition) return yaml_fail(y->file, own, err, PROPTER_INVALID, "the predicate and object have a condition already");
  if (own) condition = own;
  bool found;
  for (size_t i = 0;; i++) {
    PropterTerm map = fresh(y);
    PROPTER_TRY(mapping_named(y, name, i, &parent, &found, err));
    if (!found && !i) return yaml_fail(y->file, name, err, PROPTER_INVALID, "no mapping \"%.*s\"", (int)yaml_text(name).len, yaml_text(name).data);
    if (!found) return PROPTER_OK;
    PROPTER_TRY(say(y, pom, "rr:objectMap", &map, object, err));
    PROPTER_TRY(say_type(y, &map, "rr:ObjectMap", object, err));
    PROPTER_TRY(say(y, &map, "rr:parentTriplesMap", &parent, name, err));
    for (size_t k = 0; condition && (one = yaml_item(y->file, condition, k)); k++) PROPTER_TRY(say_join(y, &map, one, err));
    PROPTER_TRY(say_targets(y, &map, yaml_get(y->file, object, "targets|target"), err));
  }
}

/* --- Change detection (IncRML) ------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *name; /* Create, Update, Delete */
  bool is_explicit; /* the source says what changed, else it is found by what was read before */
  yaml_node_t *add, *watched;
} Change;

static PropterStatus read_change(Yarrrml *y, yaml_node_t *node, Change *change, PropterError *err) {
  PROPTER_TRY(yaml_keys(y->file, node, "explicit|mappingAdd|watchedProperties|watchedProperty", err));
  yaml_node_t *by_source = yaml_get(y->file, node, "explicit");
  PropterStr text = yaml_text(by_source);
  change->is_explicit = propter_str_equal(text, PROPTER_STR("true"));
  if (!change->is_explicit && !propter_str_equal(text, PROPTER_STR("false")))
    return yaml_fail(y->file, by_source ? by_source : node, err, PROPTER_INVALID, "expected explicit: true or false");
  change->add = yaml_get(y->file, node, "mappingAdd");
  change->watched = yaml_get(y->file, node, "watchedProperties|watchedProperty");
  return change->add ? yaml_keys(y->file, change->add, "sources|source|graphs|graph|g|predicateobjects|predicateobject|po", err) : PROPTER_OK;
}

/* "a=$(a)&b=$(b)" of the references that are watched. */
static PropterStatus say_watched(Yarrrml *y, const PropterTerm *call, yaml_node_t *watched, PropterError *err) {
  PropterBuf text = {0};
  yaml_node_t *one;
  for (size_t i = 0; watched && (one = yaml_item(y->file, watched, i)); i++) {
    PropterStr value = yaml_text(one);
    bool reference = propter_str_starts(value, PROPTER_STR("$(")) && propter_str_ends(value, PROPTER_STR(")"));
    if (i) propter_buf_add_char(&text, '&');
    if (reference) propter_buf_add(&text, (PropterStr){value.data + 2, value.len - 3}), propter_buf_add_char(&text, '=');
    propter_buf_add(&text, value);
  }
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK && watched) status = say_input_text(y, call, PROPTER_STR("idlab-fn:watchedProperty"), propter_buf_str(&text), watched, err);
  propter_buf_clear(&text);
  return status;
}

/* A subject that there is where the thing is new, changed or gone: implicitCreate(iri) and its like. */
static PropterStatus say_changed_subject(Yarrrml *y, const PropterTerm *map, yaml_node_t *subject, const Change *change, PropterError *err) {
  PropterTerm call, object;
  Expression e;
  yaml_node_t *value = yaml_is_mapping(subject) ? yaml_get(y->file, subject, "value|v") : subject;
  PropterStr function = propter_arena_printf(&y->arena, "idlab-fn:%s%s", change->is_explicit ? "explicit" : "implicit", change->name);
  if (!function.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading YARRRML");
  PROPTER_TRY(say_type(y, map, "fnml:FunctionTermMap", subject, err));
  PROPTER_TRY(say_word(y, map, "rr:termType", "rr:IRI", subject, err));
  PROPTER_TRY(begin_call(y, map, function, subject, &call, err));
  PROPTER_TRY(begin_input(y, &call, PROPTER_STR("idlab-fn:iri"), subject, &object, err));
  PROPTER_TRY(say_type(y, &object, "rr:ObjectMap", subject, err));
  if (value) {
    PROPTER_TRY(expression_of(y, value, &e, err));
    PROPTER_TRY(say_expression(y, &object, &e, true, value, err));
    PROPTER_TRY(say_word(y, &object, "rr:termType", "rr:IRI", subject, err));
  } else {
    PROPTER_TRY(say_function(y, &object, subject, err));
  }
  PROPTER_TRY(say_watched(y, &call, change->watched, err));
  return say_targets(y, map, yaml_get(y->file, subject, "targets|target"), err);
}

/* --- Mappings ------------------------------------------------------------------------------------------------------------------------ */

/* Whether a predicate is rdf:type, by whatever name. */
static PropterStatus is_class(Yarrrml *y, const yaml_node_t *predicate, bool *class, PropterError *err) {
  Expression e;
  if (yaml_is_mapping(predicate)) predicate = yaml_get(y->file, predicate, "value|v");
  if (!yaml_is_scalar(predicate)) return PROPTER_OK;
  PROPTER_TRY(expression_of(y, predicate, &e, err));
  *class |= e.kind == EXPRESSION_IS_CONSTANT && (propter_str_equal(e.text, PROPTER_STR("a")) || propter_str_equal(e.text, propter_vocab_iri(VOCAB_rdf_type)));
  return PROPTER_OK;
}

static PropterStatus say_predicate(Yarrrml *y, const PropterTerm *pom, const yaml_node_t *predicate, PropterError *err) {
  PropterTerm node = fresh(y);
  PROPTER_TRY(say(y, pom, "rr:predicateMap", &node, predicate, err));
  PROPTER_TRY(say_type(y, &node, "rr:PredicateMap", predicate, err));
  if (propter_str_equal(yaml_text(predicate), PROPTER_STR("a"))) return say_word(y, &node, "rr:constant", "rdf:type", predicate, err);
  return say_term(y, &node, predicate, TERM_KEYS, err);
}

/* [predicates, objects, datatype or language] or {predicates, objects, graphs, condition}. */
static PropterStatus say_po(Yarrrml *y, const PropterTerm *map, yaml_node_t *po, PropterError *err) {
  yaml_node_t *predicates, *objects, *third = NULL, *graphs = NULL, *condition = NULL, *one;
  PropterTerm pom = fresh(y);
  if (yaml_is_sequence(po)) {
    predicates = yaml_item(y->file, po, 0), objects = yaml_item(y->file, po, 1);
    third = objects ? yaml_item(y->file, po, 2) : NULL;
    if (third && yaml_item(y->file, po, 3)) return yaml_fail(y->file, po, err, PROPTER_INVALID, "expected predicate, object and one annotation, found more");
  } else {
    PROPTER_TRY(yaml_keys(y->file, po, "predicates|predicate|p|objects|object|o|graphs|graph|g|condition|conditions", err));
    predicates = yaml_get(y->file, po, "predicates|predicate|p"), objects = yaml_get(y->file, po, "objects|object|o");
    graphs = yaml_get(y->file, po, "graphs|graph|g"), condition = yaml_get(y->file, po, "condition|conditions");
  }
  if (!predicates || !objects)
    return yaml_fail(y->file, po, err, PROPTER_INVALID, "expected a predicate and an object, found no %s", predicates ? "object" : "predicate");
  PROPTER_TRY(say(y, map, "rr:predicateObjectMap", &pom, po, err));
  PROPTER_TRY(say_type(y, &pom, "rr:PredicateObjectMap", po, err));
  bool class = false;
  for (size_t i = 0; (one = yaml_item(y->file, predicates, i)); i++) {
    PROPTER_TRY(is_class(y, one, &class, err));
    PROPTER_TRY(say_predicate(y, &pom, one, err));
  }
  for (size_t i = 0; (one = yaml_item(y->file, objects, i)); i++) {
    if (yaml_get(y->file, one, "mapping")) PROPTER_TRY(say_mapping(y, &pom, one, condition, err));
    else PROPTER_TRY(say_object(y, &pom, one, third, condition, class, err));
  }
  return say_graphs(y, &pom, graphs, err);
}

static PropterStatus say_subject(Yarrrml *y, const PropterTerm *map, yaml_node_t *subject, yaml_node_t *mapping, const Change *change, PropterError *err) {
  yaml_node_t *condition = yaml_get(y->file, mapping, "condition|conditions");
  const yaml_node_t *at = subject ? subject : mapping;
  PropterTerm node = fresh(y), inner = node;
  bool function = yaml_get(y->file, subject, "function|fn|f") != NULL;
  PROPTER_TRY(say(y, map, "rr:subjectMap", &node, at, err));
  PROPTER_TRY(say_type(y, &node, "rr:SubjectMap", at, err));
  if (condition) {
    PROPTER_TRY(say_condition(y, &node, condition, &inner, err));
    PROPTER_TRY(say_word(y, &node, "rr:termType", subject ? "rr:IRI" : "rr:BlankNode", at, err));
  }
  if (subject && change) PROPTER_TRY(say_changed_subject(y, &inner, subject, change, err));
  else if (subject) PROPTER_TRY(say_term(y, &inner, subject, TERM_KEYS, err));
  else PROPTER_TRY(say_word(y, &inner, "rr:termType", "rr:BlankNode", at, err));
  if (condition && subject && !function && !change) PROPTER_TRY(say_word(y, &inner, "rr:termType", "rr:IRI", at, err));
  if (change) PROPTER_TRY(say_graphs(y, &node, yaml_get(y->file, change->add, "graphs|graph|g"), err));
  return say_graphs(y, &node, yaml_get(y->file, mapping, "graphs|graph|g"), err);
}

static PropterStatus say_pos(Yarrrml *y, const PropterTerm *map, yaml_node_t *po, PropterError *err) {
  yaml_node_t *one;
  bool single = yaml_is_sequence(po) && yaml_is_scalar(yaml_item(y->file, po, 0));
  if (single) return say_po(y, map, po, err);
  for (size_t i = 0; po && (one = yaml_item(y->file, po, i)); i++) PROPTER_TRY(say_po(y, map, one, err));
  return PROPTER_OK;
}

#define PO_KEYS "predicateobjects|predicateobject|po"

/* `change` NULL: of whatever the source holds. */
static PropterStatus say_triples_map(Yarrrml *y, const yaml_node_t *at, PropterStr name, yaml_node_t *mapping, yaml_node_t *source, yaml_node_t *subject,
                                     const Change *change, size_t number, PropterError *err) {
  PropterTerm map, label = propter_literal(name);
  bool anew = change && yaml_get(y->file, change->add, "sources|source");
  y->source = (PropterTerm){0};
  PROPTER_TRY(mapping_iri(y, y->file, name, number, &map, err));
  if (source) PROPTER_TRY((anew ? source_anew : source_named)(y, source, &y->source, &y->tables, err));
  if (source) PROPTER_TRY(say(y, &map, y->tables ? "rr:logicalTable" : "rml:logicalSource", &y->source, source, err));
  PROPTER_TRY(say_type(y, &map, "rr:TriplesMap", at, err));
  PROPTER_TRY(say(y, &map, "rdfs:label", &label, at, err));
  PROPTER_TRY(say_subject(y, &map, subject, mapping, change, err));
  /* What is gone has no properties but those that say so. */
  if (!change || strcmp(change->name, "Delete") != 0) PROPTER_TRY(say_pos(y, &map, yaml_get(y->file, mapping, PO_KEYS), err));
  return change ? say_pos(y, &map, yaml_get(y->file, change->add, PO_KEYS), err) : PROPTER_OK;
}

/* One triples map for each source and subject. */
static PropterStatus say_triples_maps(Yarrrml *y, const yaml_node_t *at, PropterStr name, yaml_node_t *mapping, const Change *change, PropterError *err) {
  yaml_node_t *sources = yaml_get(y->file, mapping, "sources|source"), *subjects = yaml_get(y->file, mapping, "subjects|subject|s"), *source, *subject,
              *own = change ? yaml_get(y->file, change->add, "sources|source") : NULL;
  size_t number = 0;
  if (own) sources = own;
  for (size_t i = 0; (source = sources ? yaml_item(y->file, sources, i) : NULL) || !i; i++)
    for (size_t k = 0; (subject = subjects ? yaml_item(y->file, subjects, k) : NULL) || !k; k++)
      PROPTER_TRY(say_triples_map(y, at, name, mapping, source, subject, change, number++, err));
  return PROPTER_OK;
}

static PropterStatus read_mapping(Yarrrml *y, const yaml_node_t *name, yaml_node_t *mapping, PropterError *err) {
  static const char *const changes[][2] = {{"create", "Create"}, {"update", "Update"}, {"delete", "Delete"}};
  PROPTER_TRY(yaml_keys(y->file, mapping, "sources|source|subjects|subject|s|" PO_KEYS "|graphs|graph|g|condition|conditions|changeDetection", err));
  yaml_node_t *detection = yaml_get(y->file, mapping, "changeDetection");
  if (!detection) return say_triples_maps(y, name, yaml_text(name), mapping, NULL, err);
  PROPTER_TRY(yaml_keys(y->file, detection, "create|update|delete", err));
  if (!yaml_get(y->file, mapping, "subjects|subject|s"))
    return yaml_fail(y->file, detection, err, PROPTER_INVALID, "expected a subject, by which changes are known");
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    yaml_node_t *node = yaml_get(y->file, detection, changes[i][0]);
    Change change = {.name = changes[i][1]};
    if (!node) continue;
    PROPTER_TRY(read_change(y, node, &change, err));
    PropterStr whole = propter_arena_printf(&y->arena, "%.*s-%s", (int)yaml_text(name).len, yaml_text(name).data, changes[i][0]);
    if (!whole.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading YARRRML");
    PROPTER_TRY(say_triples_maps(y, name, whole, mapping, &change, err));
  }
  return PROPTER_OK;
}

PropterStatus yarrrml_read(Yarrrml *y, size_t n, const PropterRdfSink *sink, PropterError *err) {
  yaml_node_t *root, *mappings, *base, *name, *mapping;
  y->sink = sink;
  y->file = &y->files[n];
  y->depth = 0;
  root = yaml_root(y->file);
  if (!root || (yaml_is_scalar(root) && !yaml_text(root).len)) return PROPTER_OK;
  PROPTER_TRY(yaml_keys(y->file, root, "prefixes|base|sources|targets|authentications|external|authors|author|mappings|mapping", err));
  base = yaml_get(y->file, root, "base");
  if (base && sink->prefix) PROPTER_TRY(sink->prefix(PROPTER_STR("@base"), yaml_text(base), sink->payload, err));
  PROPTER_TRY(say_named_sources(y, yaml_get(y->file, root, "sources"), err));
  PROPTER_TRY(say_named_targets(y, yaml_get(y->file, root, "targets"), err));
  PROPTER_TRY(say_named_authentications(y, yaml_get(y->file, root, "authentications"), err));
  mappings = yaml_get(y->file, root, "mappings|mapping");
  if (mappings && !yaml_is_mapping(mappings) && yaml_text(mappings).len) return yaml_fail(y->file, mappings, err, PROPTER_INVALID, "expected mappings by name");
  for (size_t i = 0; yaml_pair(y->file, mappings, i, &name, &mapping); i++) PROPTER_TRY(read_mapping(y, name, mapping, err));
  return PROPTER_OK;
}

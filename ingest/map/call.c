/* SPDX-License-Identifier: Apache-2.0 */
/* Function executions of mappings: RML-FNML (https://w3id.org/rml/fnml/spec), and its form of 2014 where a triples map without a source describes the
 * call by fno:executes and a predicate for each parameter. */
#include <string.h>

#include "model.h"

static PropterStr text_of(const PropterMapping *m, Node node) { return doc_node(&m->doc, node)->term.value; }

/* What a shortcut or a map with a constant says: rml:function or rml:functionMap, … */
static PropterStatus constant_of(PropterMapping *m, Node node, Word shortcut, Word map, const DocTriple **out, PropterError *err) {
  *out = doc_get(&m->doc, node, shortcut, 0);
  const DocTriple *t = doc_get(&m->doc, node, map, 0);
  if (!t) return PROPTER_OK;
  const DocTriple *constant = doc_get(&m->doc, t->o, WORD_constant, 0);
  if (!constant || *out) return doc_fail(&m->doc, t, err, PROPTER_INVALID, "expected one constant");
  *out = constant;
  return PROPTER_OK;
}

static PropterStatus set_argument(PropterMapping *m, Call *call, const DocTriple *parameter, TermMap *value, PropterError *err) {
  size_t n = function_parameter(call->function, text_of(m, parameter->o));
  if (n == SIZE_MAX)
    return doc_fail(&m->doc, parameter, err, PROPTER_INVALID, "<%s> has no parameter %s; its parameters: %s", call->function->iri,
                    doc_name(&m->doc, parameter->o), call->function->parameters);
  if (call->arguments[n]) return doc_fail(&m->doc, parameter, err, PROPTER_INVALID, "parameter %s stands twice", doc_name(&m->doc, parameter->o));
  call->arguments[n] = value;
  return PROPTER_OK;
}

static PropterStatus find_function(PropterMapping *m, const DocTriple *t, Call *call, PropterError *err) {
  call->function = function_find(text_of(m, t->o));
  return call->function ? PROPTER_OK : doc_fail(&m->doc, t, err, PROPTER_INVALID, "no function <%s>", doc_name(&m->doc, t->o));
}

static PropterStatus read_input(PropterMapping *m, const DocTriple *input, ReadTermMap argument, Call *call, PropterError *err) {
  const DocTriple *parameter, *map = doc_get(&m->doc, input->o, WORD_inputValueMap, 0), *value = doc_get(&m->doc, input->o, WORD_inputValue, 0);
  PROPTER_TRY(constant_of(m, input->o, WORD_parameter, WORD_parameterMap, &parameter, err));
  if (!parameter) return doc_fail(&m->doc, input, err, PROPTER_INVALID, "the input has no rml:parameter");
  if (!map == !value) return doc_fail(&m->doc, input, err, PROPTER_INVALID, "expected one value of the input, found %s", map ? "two" : "none");
  TermMap *t;
  if (map)
    PROPTER_TRY(argument(m, map, &t, err));
  else
    PROPTER_TRY(model_constant(m, &doc_node(&m->doc, value->o)->term, value, &t, err));
  return set_argument(m, call, parameter, t, err);
}

static PropterStatus read_execution(PropterMapping *m, const DocTriple *at, const DocTriple *execution, ReadTermMap argument, Call *call, PropterError *err) {
  const DocTriple *function, *output, *input;
  PROPTER_TRY(constant_of(m, execution->o, WORD_function, WORD_functionMap, &function, err));
  if (!function) return doc_fail(&m->doc, execution, err, PROPTER_INVALID, "the function execution has no rml:function");
  PROPTER_TRY(find_function(m, function, call, err));
  for (size_t i = 0; (input = doc_get(&m->doc, execution->o, WORD_input, i)); i++) PROPTER_TRY(read_input(m, input, argument, call, err));
  PROPTER_TRY(constant_of(m, at->o, WORD_return, WORD_returnMap, &output, err));
  if (output && function_output(call->function, text_of(m, output->o)) == SIZE_MAX)
    return doc_fail(&m->doc, output, err, PROPTER_INVALID, "<%s> has no output %s; its outputs: %s", call->function->iri, doc_name(&m->doc, output->o),
                    call->function->outputs);
  return PROPTER_OK;
}

/* Predicate of a predicate-object map, by its shortcut or a constant. */
static PropterStatus part(PropterMapping *m, const DocTriple *po, const DocTriple **predicate, const DocTriple **object, bool *is_map, PropterError *err) {
  PROPTER_TRY(constant_of(m, po->o, WORD_predicate, WORD_predicateMap, predicate, err));
  const DocTriple *map = doc_get(&m->doc, po->o, WORD_objectMap, 0), *shortcut = doc_get(&m->doc, po->o, WORD_object, 0);
  *object = map ? map : shortcut;
  *is_map = map != NULL;
  return *predicate && *object ? PROPTER_OK : doc_fail(&m->doc, po, err, PROPTER_INVALID, "expected a predicate and an object");
}

static bool executes(const PropterMapping *m, const DocTriple *predicate) {
  return propter_str_ends(text_of(m, predicate->o), PROPTER_STR("function/ontology#executes"));
}

static PropterStatus read_value(PropterMapping *m, const DocTriple *at, const DocTriple *value, ReadTermMap argument, Call *call, PropterError *err) {
  (void)at;
  const DocTriple *po, *predicate, *object, *constant;
  bool is_map;
  for (size_t i = 0; !call->function && (po = doc_get(&m->doc, value->o, WORD_predicateObjectMap, i)); i++) {
    PROPTER_TRY(part(m, po, &predicate, &object, &is_map, err));
    if (!executes(m, predicate)) continue;
    constant = is_map ? doc_get(&m->doc, object->o, WORD_constant, 0) : object;
    if (!constant) return doc_fail(&m->doc, object, err, PROPTER_INVALID, "expected the IRI of a function");
    PROPTER_TRY(find_function(m, constant, call, err));
  }
  if (!call->function) return doc_fail(&m->doc, value, err, PROPTER_INVALID, "the function value has no fno:executes");
  for (size_t i = 0; (po = doc_get(&m->doc, value->o, WORD_predicateObjectMap, i)); i++) {
    TermMap *t;
    PROPTER_TRY(part(m, po, &predicate, &object, &is_map, err));
    if (executes(m, predicate)) continue;
    if (is_map)
      PROPTER_TRY(argument(m, object, &t, err));
    else
      PROPTER_TRY(model_constant(m, &doc_node(&m->doc, object->o)->term, object, &t, err));
    PROPTER_TRY(set_argument(m, call, predicate, t, err));
  }
  return PROPTER_OK;
}

/* One for all rows. */
static PropterStatus compile_pattern(PropterMapping *m, const DocTriple *execution, Call *call, PropterError *err) {
  const TermMap *t = call->arguments[1];
  PropterRegex *regex;
  PropterError why = {0};
  if (!t || t->kind != EXPRESSION_CONSTANT)
    return doc_fail(&m->doc, execution, err, PROPTER_INVALID, "<%s>: expected a constant as its pattern", call->function->iri);
  PropterStatus status = propter_regex_compile(t->constant.value, 0, m->options->limits, &regex, &why);
  if (status != PROPTER_OK) return doc_fail(&m->doc, execution, err, status, "<%s>: %s", call->function->iri, why.message);
  if (!propter_vec_push(&m->patterns, regex)) return propter_regex_free(regex), propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a mapping");
  call->regex = regex;
  return PROPTER_OK;
}

PropterStatus call_read(PropterMapping *m, const DocTriple *at, const DocTriple *execution, ReadTermMap argument, Call **out, PropterError *err) {
  Call *call = *out = model_alloc(m, sizeof *call, err);
  if (!call) return PROPTER_NO_MEMORY;
  PROPTER_TRY(doc_node(&m->doc, execution->p)->word == WORD_functionValue ? read_value(m, at, execution, argument, call, err)
                                                                          : read_execution(m, at, execution, argument, call, err));
  return call->function->match ? compile_pattern(m, execution, call, err) : PROPTER_OK;
}

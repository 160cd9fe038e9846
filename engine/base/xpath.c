/* SPDX-License-Identifier: Apache-2.0 */
#include <libxml/tree.h>
#include <libxml/xpathInternals.h>
#include <stdio.h>
#include <string.h>

#include "xml_rows.h"

struct PropterXmlPath {
  PropterXmlPath *next;
  PropterXmlRows *rows;
  xmlXPathCompExprPtr expression;
};

#define TOO_LONG "it takes too many steps"

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an XML document"); }

/* libxml2 gives a number, and with a mistake in the syntax its place. */
static void complain(void *payload, xmlErrorPtr error) {
  static const struct {
    int code;
    const char *text;
  } words[] = {{XPATH_UNKNOWN_FUNC_ERROR, "it calls a function that XPath 1.0 has not"},
               {XPATH_INVALID_ARITY, "it calls a function with too few or too many arguments"},
               {XPATH_INVALID_TYPE, "a value in it has the wrong type"},
               {XPATH_UNDEF_PREFIX_ERROR, "it has a prefix that is not bound"},
               {XPATH_UNDEF_VARIABLE_ERROR, "it has a variable"},
               {XPATH_OP_LIMIT_EXCEEDED, TOO_LONG}};
  PropterXmlRows *rows = payload;
  int code = error ? error->code - XML_XPATH_EXPRESSION_OK : 0;
  const char *text = error && error->str1 ? "a mistake at character" : "it cannot be evaluated";
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (words[i].code == code) text = words[i].text;
  if (error && error->str1) (void)snprintf(rows->why, sizeof rows->why, "%s %d", text, error->int1 + 1);
  else (void)snprintf(rows->why, sizeof rows->why, "%s", text);
}

PropterStatus propter_xml_rows_new(const PropterLimits *limits, PropterXmlRows **out, PropterError *err) {
  PropterXmlRows *rows = propter_calloc(1, sizeof *rows);
  if (!rows) return no_memory(err);
  rows->limits = limits ? *limits : propter_limits_default();
  rows->context = xmlXPathNewContext(NULL);
  if (!rows->context) {
    propter_free(rows);
    return no_memory(err);
  }
  rows->context->error = complain;
  rows->context->userData = rows;
  *out = rows;
  return PROPTER_OK;
}

void propter_xml_rows_free(PropterXmlRows *rows) {
  if (!rows) return;
  while (rows->paths) {
    PropterXmlPath *next = rows->paths->next;
    xmlXPathFreeCompExpr(rows->paths->expression);
    propter_free(rows->paths);
    rows->paths = next;
  }
  xmlXPathFreeContext(rows->context);
  if (rows->parser) {
    xmlFreeDoc(rows->parser->myDoc);
    rows->parser->myDoc = NULL;
    xmlFreeParserCtxt(rows->parser);
  }
  propter_vec_clear(&rows->found);
  propter_arena_clear(&rows->arena);
  propter_free(rows);
}

PropterStatus propter_xml_rows_prefix(PropterXmlRows *rows, const char *prefix, const char *iri, PropterError *err) {
  return xmlXPathRegisterNs(rows->context, (const xmlChar *)prefix, (const xmlChar *)iri) == 0 ? PROPTER_OK : no_memory(err);
}

PropterStatus xpath_compile(PropterXmlRows *rows, PropterStr expression, PropterXmlPath **out, PropterError *err) {
  PropterXmlPath *path = propter_calloc(1, sizeof *path);
  char *text = path ? propter_strdup(expression) : NULL;
  if (!text) {
    propter_free(path);
    return no_memory(err);
  }
  rows->why[0] = '\0';
  path->rows = rows;
  path->expression = xmlXPathCtxtCompile(rows->context, (const xmlChar *)text);
  propter_free(text);
  if (!path->expression) {
    propter_free(path);
    return propter_fail(err, PROPTER_SYNTAX, "\"%.*s\" is no XPath: %s", (int)(expression.len < 200 ? expression.len : 200), expression.data, rows->why);
  }
  path->next = rows->paths;
  *out = rows->paths = path;
  return PROPTER_OK;
}

static void prepare(PropterXmlPath *path, xmlNodePtr node) {
  PropterXmlRows *rows = path->rows;
  rows->context->doc = rows->parser ? rows->parser->myDoc : node->doc; /* before the document: an element that expressions are tried on */
  rows->context->node = node ? node : (xmlNodePtr)rows->context->doc;
  rows->context->opLimit = (unsigned long)rows->limits.match_steps * 100;
  rows->context->opCount = 0;
  rows->why[0] = '\0';
}

static PropterStatus failed(const PropterXmlRows *rows, PropterError *err) {
  bool limit = strcmp(rows->why, TOO_LONG) == 0;
  return propter_fail(err, limit ? PROPTER_LIMIT : PROPTER_INVALID, "XPath: %s", rows->why[0] ? rows->why : "out of memory");
}

PropterStatus xpath_true(PropterXmlPath *path, xmlNodePtr node, bool *holds, PropterError *err) {
  prepare(path, node);
  int answer = xmlXPathCompiledEvalToBoolean(path->expression, path->rows->context);
  *holds = answer == 1;
  return answer < 0 ? failed(path->rows, err) : PROPTER_OK;
}

PropterStatus xpath_value(PropterXmlPath *path, xmlNodePtr node, xmlXPathObjectPtr *value, PropterError *err) {
  prepare(path, node);
  *value = xmlXPathCompiledEval(path->expression, path->rows->context);
  if (!*value) return failed(path->rows, err);
  if ((*value)->type == XPATH_NODESET && (*value)->nodesetval) xmlXPathNodeSetSort((*value)->nodesetval);
  return PROPTER_OK;
}

typedef PropterStatus (*Each)(PropterXmlNode found, PropterStr text, void *payload, PropterError *err);

static PropterStatus give(xmlNodePtr node, xmlChar *text, Each each, void *payload, PropterError *err) {
  /* A namespace is a copy of the result's. */
  if (node && node->type == XML_NAMESPACE_DECL) node = NULL;
  PropterStatus status = text ? each(node, propter_str((const char *)text), payload, err) : no_memory(err);
  xmlFree(text);
  return status;
}

PropterStatus propter_xml_path_each(PropterXmlPath *path, PropterXmlNode row, Each each, void *payload, PropterError *err) {
  xmlXPathObjectPtr value;
  PropterStatus status = PROPTER_OK;
  PROPTER_TRY(xpath_value(path, row, &value, err));
  const xmlNodeSet *set = value->type == XPATH_NODESET ? value->nodesetval : NULL;
  if (value->type != XPATH_NODESET) status = give(NULL, xmlXPathCastToString(value), each, payload, err);
  for (int i = 0; set && i < set->nodeNr && status == PROPTER_OK; i++)
    status = give(set->nodeTab[i], xmlXPathCastNodeToString(set->nodeTab[i]), each, payload, err);
  xmlXPathFreeObject(value);
  return status;
}

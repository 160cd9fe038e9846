/* SPDX-License-Identifier: Apache-2.0 */
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <limits.h>
#include <string.h>

#include "propter/xml.h"

struct PropterXmlPath {
  PropterXmlPath *next;
  PropterXmlTree *tree;
  xmlXPathCompExprPtr expression;
};

struct PropterXmlTree {
  xmlDocPtr doc;
  xmlXPathContextPtr context;
  PropterXmlPath *paths;
  unsigned long steps; /* of one evaluation */
  char why[200]; /* last complaint of libxml2 */
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an XML document"); }

static void complain(void *payload, xmlErrorPtr error) {
  PropterXmlTree *tree = payload;
  size_t n = error && error->message ? strcspn(error->message, "\r\n") : 0;
  if (n >= sizeof tree->why) n = sizeof tree->why - 1;
  if (n) memcpy(tree->why, error->message, n);
  tree->why[n] = '\0';
}

static bool too_deep(const xmlNode *node, uint64_t most) {
  uint64_t depth = 1;
  while (node) {
    if (depth > most) return true;
    if (node->type == XML_ELEMENT_NODE && node->children) {
      node = node->children;
      depth++;
      continue;
    }
    while (node && !node->next) {
      node = node->parent && node->parent->type == XML_ELEMENT_NODE ? node->parent : NULL;
      depth--;
    }
    if (node) node = node->next;
  }
  return false;
}

static PropterStatus fill(PropterXmlTree *tree, xmlParserCtxtPtr ctxt, PropterStr input, const char *encoding, uint64_t depth, PropterError *err) {
  if (input.len > INT_MAX) return propter_fail(err, PROPTER_LIMIT, "the document is larger than 2 GiB");
  /* No entity is expanded, nothing is fetched, and a document with a DOCTYPE is refused below. */
  tree->doc = xmlCtxtReadMemory(ctxt, input.data, (int)input.len, NULL, encoding,
                                XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES);
  if (ctxt->myDoc && ctxt->myDoc->intSubset && !tree->doc) return propter_fail(err, PROPTER_INVALID, "expected XML without a DOCTYPE");
  if (!tree->doc) {
    const xmlError *why = xmlCtxtGetLastError(ctxt);
    if (!why || why->code == XML_ERR_NO_MEMORY) return no_memory(err);
    size_t n = why->message ? strcspn(why->message, "\r\n") : 0;
    propter_error_at(err, NULL, why->line > 0 ? (uint64_t)why->line : 0, 0);
    return propter_fail(err, PROPTER_SYNTAX, "not well-formed XML: %.*s", (int)n, why->message ? why->message : "");
  }
  if (tree->doc->intSubset) return propter_fail(err, PROPTER_INVALID, "expected XML without a DOCTYPE");
  if (too_deep(tree->doc->children, depth)) return propter_fail(err, PROPTER_LIMIT, "elements are nested deeper than %llu", (unsigned long long)depth);
  tree->context = xmlXPathNewContext(tree->doc);
  if (!tree->context) return no_memory(err);
  tree->context->error = complain;
  tree->context->userData = tree;
  return PROPTER_OK;
}

PropterStatus propter_xml_tree_parse(PropterStr input, const char *encoding, const PropterLimits *limits, PropterXmlTree **out, PropterError *err) {
  PropterLimits l = limits ? *limits : propter_limits_default();
  PropterXmlTree *tree = propter_calloc(1, sizeof *tree);
  xmlParserCtxtPtr ctxt = xmlNewParserCtxt();
  PropterStatus status = tree && ctxt ? fill(tree, ctxt, input, encoding, l.xml_depth, err) : no_memory(err);
  if (ctxt) {
    if (ctxt->myDoc && tree && ctxt->myDoc != tree->doc) xmlFreeDoc(ctxt->myDoc);
    xmlFreeParserCtxt(ctxt);
  }
  if (status != PROPTER_OK) {
    propter_xml_tree_free(tree);
    return status;
  }
  tree->steps = (unsigned long)l.match_steps;
  *out = tree;
  return PROPTER_OK;
}

void propter_xml_tree_free(PropterXmlTree *tree) {
  if (!tree) return;
  while (tree->paths) {
    PropterXmlPath *next = tree->paths->next;
    xmlXPathFreeCompExpr(tree->paths->expression);
    propter_free(tree->paths);
    tree->paths = next;
  }
  xmlXPathFreeContext(tree->context);
  xmlFreeDoc(tree->doc);
  propter_free(tree);
}

PropterStatus propter_xml_tree_prefix(PropterXmlTree *tree, const char *prefix, const char *iri, PropterError *err) {
  return xmlXPathRegisterNs(tree->context, (const xmlChar *)prefix, (const xmlChar *)iri) == 0 ? PROPTER_OK : no_memory(err);
}

PropterStatus propter_xml_path(PropterXmlTree *tree, PropterStr expression, PropterXmlPath **out, PropterError *err) {
  PropterXmlPath *path = propter_calloc(1, sizeof *path);
  char *text = path ? propter_strdup(expression) : NULL;
  if (!text) {
    propter_free(path);
    return no_memory(err);
  }
  tree->why[0] = '\0';
  path->tree = tree;
  path->expression = xmlXPathCtxtCompile(tree->context, (const xmlChar *)text);
  propter_free(text);
  if (!path->expression) {
    propter_free(path);
    return propter_fail(err, PROPTER_SYNTAX, "\"%.*s\" is no XPath: %s", (int)(expression.len < 200 ? expression.len : 200), expression.data, tree->why);
  }
  path->next = tree->paths;
  *out = tree->paths = path;
  return PROPTER_OK;
}

static PropterStatus give(PropterXmlNode node, xmlChar *text, PropterStatus (*each)(PropterXmlNode found, PropterStr text, void *payload, PropterError *err),
                          void *payload, PropterError *err) {
  PropterStatus status = text ? each(node, propter_str((const char *)text), payload, err) : no_memory(err);
  xmlFree(text);
  return status;
}

PropterStatus propter_xml_path_each(PropterXmlPath *path, PropterXmlNode node,
                                    PropterStatus (*each)(PropterXmlNode found, PropterStr text, void *payload, PropterError *err), void *payload,
                                    PropterError *err) {
  PropterXmlTree *tree = path->tree;
  tree->context->node = node ? node : (xmlNodePtr)tree->doc;
  tree->context->opLimit = tree->steps * 100;
  tree->context->opCount = 0;
  tree->why[0] = '\0';
  xmlXPathObjectPtr result = xmlXPathCompiledEval(path->expression, tree->context);
  if (!result) return propter_fail(err, PROPTER_INVALID, "XPath: %s", tree->why[0] ? tree->why : "evaluation failed");
  PropterStatus status = PROPTER_OK;
  if (result->type != XPATH_NODESET) {
    status = give(NULL, xmlXPathCastToString(result), each, payload, err);
  } else if (result->nodesetval) {
    xmlXPathNodeSetSort(result->nodesetval);
    for (int i = 0; i < result->nodesetval->nodeNr && status == PROPTER_OK; i++) {
      xmlNodePtr found = result->nodesetval->nodeTab[i];
      status = give(found, xmlXPathCastNodeToString(found), each, payload, err);
    }
  }
  xmlXPathFreeObject(result);
  return status;
}

uint64_t propter_xml_line(PropterXmlNode node) {
  long line = xmlGetLineNo(node);
  return line > 0 ? (uint64_t)line : 0;
}

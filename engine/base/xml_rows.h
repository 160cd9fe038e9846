/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of an XML document: what their parser (xml_rows.c) and their expressions (xpath.c) share. */
#ifndef BASE_XML_ROWS_H
#define BASE_XML_ROWS_H

#include <libxml/parser.h>
#include <libxml/xpath.h>

#include "propter/xml.h"
#include "xpath.h"

typedef struct {
  xmlNodePtr node;
  uint64_t line; /* 0: the node's own */
} XmlRow;

struct PropterXmlRows {
  PropterLimits limits;
  PropterArena arena;
  xmlXPathContextPtr context;
  PropterXmlPath *paths;
  char why[200]; /* last complaint of libxml2 about an expression */

  const char *whole; /* the expression for whose sake the document is held */
  PropterXmlPath *iterator, *start, *complete; /* complete NULL: always */
  PropterStr name;   /* of a row's element; "*": any */

  PropterXmlRead read;
  void *payload;
  const char *source;
  bool utf8;
  xmlParserCtxtPtr parser;
  uint64_t depth, within; /* elements open; of them from the outermost row on */
  uint64_t held;          /* bytes read since that row began */
  bool started, ended;
  PROPTER_VEC(XmlRow) found;
  size_t next, ready; /* row to hand over; rows that are complete */
  PropterStatus status;
  PropterError *err;
};

/* Parses an expression into the list of paths. */
PropterStatus xpath_compile(PropterXmlRows *rows, PropterStr expression, PropterXmlPath **out, PropterError *err);
/* Whether it is true at a node. INVALID. */
PropterStatus xpath_true(PropterXmlPath *path, xmlNodePtr node, bool *holds, PropterError *err);
/* The value at a node (NULL: the document). INVALID. Free with xmlXPathFreeObject. */
PropterStatus xpath_value(PropterXmlPath *path, xmlNodePtr node, xmlXPathObjectPtr *value, PropterError *err);

#endif

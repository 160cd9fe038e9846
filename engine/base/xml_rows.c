/* SPDX-License-Identifier: Apache-2.0 */
/* libxml2 builds the tree of what it is fed; here nodes are let go of that no row will ask for again. */
#include "xml_rows.h"

#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>
#include <string.h>

enum { BLOCK = 1 << 15 };

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for an XML document"); }

/* --- Expressions ------------------------------------------------------------------------------------------------------------------ */

/* Conditions that are numbers count places; what cannot be evaluated is an error that the whole document's way reports. Both are tried on an empty element. */
static PropterStatus try_out(PropterXmlRows *rows, const XPathWay *way, bool *good, PropterError *err) {
  xmlDocPtr doc = xmlNewDoc(NULL);
  xmlNodePtr root = doc ? xmlNewDocNode(doc, NULL, (const xmlChar *)"r", NULL) : NULL;
  PropterStatus status = root ? PROPTER_OK : no_memory(err);
  if (root) xmlDocSetRootElement(doc, root);
  for (size_t i = 0; i <= way->condition_count && *good && status == PROPTER_OK; i++) {
    PropterXmlPath *path;
    xmlXPathObjectPtr value = NULL;
    status = xpath_compile(rows, i < way->condition_count ? way->conditions[i] : way->start, &path, err);
    if (status == PROPTER_OK) *good = xpath_value(path, root, &value, NULL) == PROPTER_OK && value->type != XPATH_NUMBER;
    xmlXPathFreeObject(value);
  }
  xmlFreeDoc(doc);
  return status;
}

/* The document is held for the sake of an expression. */
static PropterStatus hold(PropterXmlRows *rows, PropterStr expression, PropterError *err) {
  if (!rows->whole) rows->whole = propter_arena_copy(&rows->arena, expression).data;
  return rows->whole ? PROPTER_OK : no_memory(err);
}

PropterStatus propter_xml_rows_iterator(PropterXmlRows *rows, PropterStr expression, PropterError *err) {
  XPathWay way;
  bool found;
  PROPTER_TRY(xpath_compile(rows, expression, &rows->iterator, err));
  PROPTER_TRY(xpath_way(expression, &rows->arena, &way, &found, err));
  if (found) PROPTER_TRY(try_out(rows, &way, &found, err));
  if (!found) return hold(rows, expression, err);
  rows->name = way.name;
  PROPTER_TRY(xpath_compile(rows, way.start, &rows->start, err));
  return way.whole.len ? xpath_compile(rows, way.whole, &rows->complete, err) : PROPTER_OK;
}

PropterStatus propter_xml_path(PropterXmlRows *rows, PropterStr expression, PropterXmlPath **out, PropterError *err) {
  PROPTER_TRY(xpath_compile(rows, expression, out, err));
  return xpath_stays(expression, XPATH_SUBTREE, NULL) ? PROPTER_OK : hold(rows, expression, err);
}

const char *propter_xml_rows_whole(const PropterXmlRows *rows) { return rows->whole; }

/* --- Parsing ---------------------------------------------------------------------------------------------------------------------- */

static uint64_t line_of(const PropterXmlRows *rows) { return rows->parser->input ? (uint64_t)rows->parser->input->line : 0; }

static void settle(PropterXmlRows *rows, PropterStatus status) {
  if (status == PROPTER_OK || rows->status != PROPTER_OK) return;
  rows->status = status;
  if (rows->err && !rows->err->line) propter_error_at(rows->err, rows->source, line_of(rows), 0);
  xmlStopParser(rows->parser);
}

static bool keeps(const PropterXmlRows *rows) { return rows->status == PROPTER_OK && (rows->within || rows->whole); }

/* The element just opened begins a row. */
static PropterStatus begin_row(PropterXmlRows *rows, PropterError *err) {
  if (!rows->within) rows->held = 0, rows->ready = rows->found.count;
  return propter_vec_push(&rows->found, ((XmlRow){rows->parser->node, line_of(rows)})) ? PROPTER_OK : no_memory(err);
}

static void on_start(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *iri, int spaces, const xmlChar **declared, int n, int defaulted,
                     const xmlChar **given) {
  PropterXmlRows *rows = ((xmlParserCtxtPtr)ctx)->_private;
  if (rows->status != PROPTER_OK) return;
  if (++rows->depth > rows->limits.xml_depth) {
    settle(rows, propter_fail(rows->err, PROPTER_LIMIT, "elements are nested deeper than %llu", (unsigned long long)rows->limits.xml_depth));
    return;
  }
  xmlSAX2StartElementNs(ctx, local, prefix, iri, spaces, declared, n, defaulted, given);
  if (rows->whole || rows->parser->disableSAX || !rows->parser->node) return;
  bool row = propter_str_equal(rows->name, propter_str((const char *)local)) || propter_str_equal(rows->name, PROPTER_STR("*"));
  if (row) settle(rows, xpath_true(rows->start, rows->parser->node, &row, rows->err));
  if (row && rows->status == PROPTER_OK) settle(rows, begin_row(rows, rows->err));
  if (row || rows->within) rows->within++;
}

static void on_end(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *iri) {
  PropterXmlRows *rows = ((xmlParserCtxtPtr)ctx)->_private;
  if (rows->status != PROPTER_OK) return;
  rows->depth--;
  xmlSAX2EndElementNs(ctx, local, prefix, iri);
  if (rows->within && --rows->within == 0) rows->ready = rows->found.count;
}

static void on_text(void *ctx, const xmlChar *text, int len) {
  if (keeps(((xmlParserCtxtPtr)ctx)->_private)) xmlSAX2Characters(ctx, text, len);
}

static void on_comment(void *ctx, const xmlChar *text) {
  if (keeps(((xmlParserCtxtPtr)ctx)->_private)) xmlSAX2Comment(ctx, text);
}

static void on_instruction(void *ctx, const xmlChar *target, const xmlChar *text) {
  if (keeps(((xmlParserCtxtPtr)ctx)->_private)) xmlSAX2ProcessingInstruction(ctx, target, text);
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
  (void)name, (void)external, (void)system;
  PropterXmlRows *rows = ((xmlParserCtxtPtr)ctx)->_private;
  settle(rows, propter_fail(rows->err, PROPTER_INVALID, "expected XML without a DOCTYPE"));
}

static void on_error(void *ctx, xmlErrorPtr error) {
  PropterXmlRows *rows = ((xmlParserCtxtPtr)ctx)->_private;
  if (error->level < XML_ERR_FATAL || rows->status != PROPTER_OK) return;
  size_t n = error->message ? strcspn(error->message, "\r\n") : 0;
  if (rows->err && error->line > 0) propter_error_at(rows->err, rows->source, (uint64_t)error->line, 0);
  if (error->code == XML_ERR_NO_MEMORY) settle(rows, no_memory(rows->err));
  else
    settle(rows, propter_fail(rows->err, PROPTER_SYNTAX, "not well-formed XML: %.*s", (int)(n < 300 ? n : 300), error->message ? error->message : ""));
}

void propter_xml_rows_input(PropterXmlRows *rows, PropterXmlRead read, void *payload, const char *source, bool utf8) {
  rows->read = read, rows->payload = payload, rows->source = source, rows->utf8 = utf8;
}

static PropterStatus start(PropterXmlRows *rows, PropterError *err) {
  xmlSAXHandler sax;
  memset(&sax, 0, sizeof sax);
  (void)xmlSAXVersion(&sax, 2);
  sax.internalSubset = on_doctype;
  sax.startElementNs = on_start, sax.endElementNs = on_end;
  sax.characters = sax.ignorableWhitespace = sax.cdataBlock = on_text;
  sax.comment = on_comment, sax.processingInstruction = on_instruction;
  sax.serror = on_error;
  rows->started = true;
  rows->parser = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
  if (!rows->parser) return no_memory(err);
  rows->parser->_private = rows;
  (void)xmlCtxtUseOptions(rows->parser, XML_PARSE_NONET | XML_PARSE_BIG_LINES | (rows->utf8 ? XML_PARSE_IGNORE_ENC : 0));
  return PROPTER_OK;
}

/* --- Rows ------------------------------------------------------------------------------------------------------------------------- */

/* Rows that were handed over go, and with them all that the open elements hold besides the row that is being read. */
static void let_go(PropterXmlRows *rows) {
  xmlNodePtr keep = rows->within ? rows->found.items[rows->ready].node : NULL;
  for (xmlNodePtr node = keep ? keep->parent : rows->parser->node; node; keep = node, node = node->parent)
    for (xmlNodePtr child = node->children, after; child; child = after) {
      after = child->next;
      if (child == keep) continue;
      xmlUnlinkNode(child);
      xmlFreeNode(child);
    }
  rows->found.count -= rows->ready;
  if (rows->found.count) memmove(rows->found.items, rows->found.items + rows->ready, rows->found.count * sizeof *rows->found.items);
  rows->next = rows->ready = 0;
  if (!rows->within) rows->held = 0;
}

/* All rows of a document that is held. */
static PropterStatus find_all(PropterXmlRows *rows, PropterError *err) {
  xmlXPathObjectPtr value;
  PROPTER_TRY(xpath_value(rows->iterator, NULL, &value, err));
  PropterStatus status = PROPTER_OK;
  const xmlNodeSet *set = value->nodesetval;
  bool nodes = value->type == XPATH_NODESET && !(set && set->nodeNr && set->nodeTab[0]->type == XML_NAMESPACE_DECL);
  if (!nodes) status = propter_fail(err, PROPTER_INVALID, "expected an iterator that gives nodes, found a value");
  for (int i = 0; status == PROPTER_OK && set && i < set->nodeNr; i++)
    if (!propter_vec_push(&rows->found, ((XmlRow){set->nodeTab[i], 0}))) status = no_memory(err);
  xmlXPathFreeObject(value);
  rows->ready = rows->found.count;
  return status;
}

/* What is missing at the end of the input. */
static PropterStatus finish(PropterXmlRows *rows, bool empty, PropterError *err) {
  rows->ended = true;
  const xmlNode *open = rows->parser->node;
  if (empty) settle(rows, propter_fail(err, PROPTER_SYNTAX, "not well-formed XML: expected an element, found nothing"));
  else if (rows->depth)
    settle(rows, propter_fail(err, PROPTER_SYNTAX, "not well-formed XML: the document ends inside <%s>", open ? (const char *)open->name : "?"));
  else (void)xmlParseChunk(rows->parser, NULL, 0, 1);
  if (rows->status == PROPTER_OK && !rows->parser->wellFormed) settle(rows, propter_fail(err, PROPTER_SYNTAX, "not well-formed XML"));
  if (rows->status != PROPTER_OK) return rows->status;
  return rows->whole ? find_all(rows, err) : PROPTER_OK;
}

/* Reads on until the next piece of input is taken in. */
static PropterStatus advance(PropterXmlRows *rows, PropterError *err) {
  char block[BLOCK];
  size_t count = 0;
  bool first = !rows->started;
  rows->err = err;
  if (first) PROPTER_TRY(start(rows, err));
  if (rows->status != PROPTER_OK) return propter_fail(err, rows->status, "the document could not be read");
  if (!rows->whole && !first) let_go(rows);
  PROPTER_TRY(rows->read(rows->payload, block, sizeof block, &count, err));
  if (!count) return finish(rows, first, err);
  rows->held += count;
  if (rows->held > rows->limits.document_bytes + sizeof block) {
    settle(rows, propter_fail(err, PROPTER_LIMIT, "%s is longer than the limit of %llu bytes", rows->whole ? "the document" : "one row",
                              (unsigned long long)rows->limits.document_bytes));
    return rows->status;
  }
  (void)xmlParseChunk(rows->parser, block, (int)count, 0);
  return rows->status;
}

PropterStatus propter_xml_rows_next(PropterXmlRows *rows, PropterXmlNode *row, uint64_t *line, PropterError *err) {
  for (;;) {
    while (rows->next < rows->ready) {
      XmlRow r = rows->found.items[rows->next++];
      bool holds = true;
      if (!rows->whole && rows->complete) PROPTER_TRY(xpath_true(rows->complete, r.node, &holds, err));
      long own = r.line || !holds ? 0 : xmlGetLineNo(r.node);
      *row = r.node, *line = r.line ? r.line : own > 0 ? (uint64_t)own : 0;
      if (holds) return PROPTER_OK;
    }
    *row = NULL;
    if (rows->ended) return PROPTER_OK;
    PROPTER_TRY(advance(rows, err));
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <string.h>

#include "propter/xml.h"

enum { BLOCK = 1 << 15, OWN_ENTITIES = 16 << 20, AMPLIFICATION = 10 };

typedef struct {
  xmlParserCtxtPtr ctxt;
  const char *source;
  const PropterXmlStream *stream;
  void *payload;
  PROPTER_VEC(PropterXmlStreamAttribute) attributes;
  uint64_t depth, max_depth, in, out;
  PropterStatus status; /* the first failure; nothing is reported after it */
  PropterError *err;
} Stream;

static PropterStr view(const xmlChar *s) { return s ? propter_str((const char *)s) : (PropterStr){"", 0}; }

/* Content of an entity is parsed by a context of its own, so the place is asked of the document's. */
static uint64_t line_of(const Stream *s) { return s->ctxt->input ? (uint64_t)s->ctxt->input->line : 0; }

static void settle(Stream *s, xmlParserCtxtPtr here, PropterStatus status) {
  if (status == PROPTER_OK || s->status != PROPTER_OK) return;
  s->status = status;
  if (s->err && !s->err->line) propter_error_at(s->err, s->source, line_of(s), s->ctxt->input ? (uint64_t)s->ctxt->input->col : 0);
  xmlStopParser(here);
  if (here != s->ctxt) xmlStopParser(s->ctxt);
}

static void on_start(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *iri, int spaces, const xmlChar **declared, int n, int defaulted,
                     const xmlChar **given) {
  (void)spaces, (void)declared, (void)defaulted;
  xmlParserCtxtPtr here = ctx;
  Stream *s = here->_private;
  if (s->status != PROPTER_OK) return;
  if (++s->depth > s->max_depth) {
    settle(s, here, propter_fail(s->err, PROPTER_LIMIT, "elements are nested deeper than %llu", (unsigned long long)s->max_depth));
    return;
  }
  s->attributes.count = 0;
  for (int i = 0; i < n; i++) {
    const xmlChar **a = given + (ptrdiff_t)5 * i;
    PropterXmlStreamAttribute one = {{view(a[2]), view(a[0])}, view(a[1]), {(const char *)a[3], (size_t)(a[4] - a[3])}};
    if (propter_vec_push(&s->attributes, one)) continue;
    settle(s, here, propter_fail(s->err, PROPTER_NO_MEMORY, "out of memory"));
    return;
  }
  PropterXmlElement e = {{view(iri), view(local)}, view(prefix), s->attributes.items, s->attributes.count};
  settle(s, here, s->stream->start(s->payload, &e, line_of(s), s->err));
}

static void on_end(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *iri) {
  xmlParserCtxtPtr here = ctx;
  Stream *s = here->_private;
  if (s->status != PROPTER_OK) return;
  s->depth--;
  settle(s, here, s->stream->end(s->payload, (PropterXmlName){view(iri), view(local)}, view(prefix), line_of(s), s->err));
}

static void on_text(void *ctx, const xmlChar *text, int len) {
  xmlParserCtxtPtr here = ctx;
  Stream *s = here->_private;
  if (s->status != PROPTER_OK || len <= 0) return;
  s->out += (uint64_t)len;
  if (s->out > OWN_ENTITIES && s->out > AMPLIFICATION * s->in)
    settle(s, here, propter_fail(s->err, PROPTER_LIMIT, "entities expand to more than %d times the document", AMPLIFICATION));
  else
    settle(s, here, s->stream->text(s->payload, (PropterStr){(const char *)text, (size_t)len}, s->err));
}

static void on_comment(void *ctx, const xmlChar *text) {
  xmlParserCtxtPtr here = ctx;
  Stream *s = here->_private;
  if (s->status == PROPTER_OK && s->stream->comment) settle(s, here, s->stream->comment(s->payload, view(text), s->err));
}

static void on_instruction(void *ctx, const xmlChar *target, const xmlChar *text) {
  xmlParserCtxtPtr here = ctx;
  Stream *s = here->_private;
  if (s->status == PROPTER_OK && s->stream->instruction) settle(s, here, s->stream->instruction(s->payload, view(target), view(text), s->err));
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
  xmlParserCtxtPtr here = ctx;
  Stream *s = here->_private;
  if (s->stream->no_doctype)
    settle(s, here, propter_fail(s->err, PROPTER_INVALID, "expected a document without DOCTYPE, found one"));
  else
    xmlSAX2InternalSubset(ctx, name, external, system);
}

static void on_entity(void *ctx, const xmlChar *name, int type, const xmlChar *external, const xmlChar *system, xmlChar *content) {
  if (type == XML_INTERNAL_GENERAL_ENTITY) xmlSAX2EntityDecl(ctx, name, type, external, system, content);
}

static xmlParserInputPtr no_entity(void *ctx, const xmlChar *external, const xmlChar *system) {
  (void)ctx, (void)external, (void)system;
  return NULL;
}

static void on_error(void *ctx, xmlErrorPtr error) {
  xmlParserCtxtPtr here = ctx;
  Stream *s = here->_private;
  /* A namespace may be an IRI, or with its names make one. */
  if (!s || error->level < XML_ERR_ERROR || error->code == XML_WAR_NS_URI || s->status != PROPTER_OK) return;
  if (error->code == XML_ERR_NO_MEMORY) {
    settle(s, here, propter_fail(s->err, PROPTER_NO_MEMORY, "no memory to parse the markup"));
    return;
  }
  PropterStr m = propter_str_trim(view((const xmlChar *)error->message));
  char text[300];
  (void)snprintf(text, sizeof text, "%.*s", (int)(m.len > 280 ? 280 : m.len), m.data);
  for (char *c = text; *c; c++)
    if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7F) *c = '?';
  bool loop = error->code == XML_ERR_ENTITY_LOOP;
  settle(s, here,
         propter_fail(s->err, loop ? PROPTER_LIMIT : PROPTER_SYNTAX, loop ? "entities expand to too much: %s" : "expected well-formed XML, found: %s", text));
}

static void handlers(xmlSAXHandler *sax) {
  memset(sax, 0, sizeof *sax);
  sax->initialized = XML_SAX2_MAGIC;
  sax->startDocument = xmlSAX2StartDocument; /* entities are kept in a document */
  sax->internalSubset = on_doctype;
  sax->getEntity = xmlSAX2GetEntity;
  sax->entityDecl = on_entity;
  sax->resolveEntity = no_entity;
  sax->startElementNs = on_start;
  sax->endElementNs = on_end;
  sax->characters = sax->ignorableWhitespace = sax->cdataBlock = on_text;
  sax->comment = on_comment;
  sax->processingInstruction = on_instruction;
  sax->serror = on_error;
}

static void feed(Stream *s, PropterXmlRead read, void *read_payload) {
  char block[BLOCK];
  size_t count = 1;
  while (count && s->status == PROPTER_OK) {
    PropterStatus status = read(read_payload, block, sizeof block, &count, s->err);
    if (status != PROPTER_OK) s->status = status;
    if (status != PROPTER_OK || s->in + count == 0) break;
    s->in += count;
    (void)xmlParseChunk(s->ctxt, block, (int)count, count == 0);
  }
  if (s->status == PROPTER_OK && !s->in) settle(s, s->ctxt, propter_fail(s->err, PROPTER_SYNTAX, "expected an XML document, found nothing"));
  if (s->status == PROPTER_OK && !s->ctxt->wellFormed) settle(s, s->ctxt, propter_fail(s->err, PROPTER_SYNTAX, "expected a well-formed XML document"));
}

PropterStatus propter_xml_stream(PropterXmlRead read, void *read_payload, const char *source, const PropterLimits *limits, const PropterXmlStream *stream,
                                 void *payload, PropterError *err) {
  PropterLimits defaults = propter_limits_default();
  Stream s = {.source = source, .stream = stream, .payload = payload, .max_depth = (limits ? limits : &defaults)->xml_depth, .err = err};
  xmlSAXHandler sax;
  handlers(&sax);
  s.ctxt = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
  if (!s.ctxt) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for the parser");
  s.ctxt->_private = &s;
  (void)xmlCtxtUseOptions(s.ctxt, XML_PARSE_NONET | XML_PARSE_NOENT);
  feed(&s, read, read_payload);
  if (s.ctxt->myDoc) xmlFreeDoc(s.ctxt->myDoc);
  s.ctxt->myDoc = NULL;
  xmlFreeParserCtxt(s.ctxt);
  propter_vec_clear(&s.attributes);
  return s.status;
}

bool propter_xml_has_form(PropterStr s) {
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.data[i];
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
    if (c == 0xEF && i + 2 < s.len && (unsigned char)s.data[i + 1] == 0xBF && (unsigned char)s.data[i + 2] >= 0xBE) return false;
  }
  return true;
}

bool propter_xml_is_name(PropterStr text) {
  char copy[1024];
  if (!text.len || text.len >= sizeof copy || memchr(text.data, '\0', text.len)) return false;
  memcpy(copy, text.data, text.len);
  copy[text.len] = '\0';
  return xmlValidateNCName((const xmlChar *)copy, 0) == 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/xml.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

enum { ATTRIBUTES = 64 };

typedef struct {
  xmlParserCtxtPtr ctxt;
  PropterStr input;
  const PropterXmlHandler *handler;
  void *payload;
  uint64_t depth, max_depth;
  size_t last;          /* no text stands before this byte any more */
  PropterStatus status; /* of the handler or of a limit; ends the parse */
  bool doctype, bad;
  int bad_line;
  size_t bad_byte;
  PropterError *err;
} Parse;

static PropterStr view(const xmlChar *s) { return s ? propter_str((const char *)s) : (PropterStr){"", 0}; }

static size_t place(const Parse *p) {
  const xmlParserInput *in = p->ctxt->input;
  if (!in || !in->cur || !in->base || in->cur < in->base) return p->input.len;
  size_t at = (size_t)in->consumed + (size_t)(in->cur - in->base);
  return at < p->input.len ? at : p->input.len;
}

static void stop(Parse *p, PropterStatus status) {
  if (status == PROPTER_OK || p->status != PROPTER_OK) return;
  p->status = status;
  xmlStopParser(p->ctxt);
}

static void open_element(Parse *p, PropterXmlName name, const PropterXmlAttribute *attributes, size_t count) {
  if (p->status != PROPTER_OK) return;
  if (++p->depth > p->max_depth) {
    (void)propter_fail(p->err, PROPTER_LIMIT, "elements are nested deeper than %llu", (unsigned long long)p->max_depth);
    propter_error_at_byte(p->err, NULL, place(p));
    stop(p, PROPTER_LIMIT);
    return;
  }
  if (p->handler->start) stop(p, p->handler->start(p->payload, name, attributes, count, p->err));
}

static void close_element(Parse *p, PropterXmlName name) {
  if (p->status != PROPTER_OK || !p->depth) return;
  p->depth--;
  if (p->handler->end) stop(p, p->handler->end(p->payload, name, p->err));
}

static void html_start(void *ctx, const xmlChar *name, const xmlChar **given) {
  PropterXmlAttribute attributes[ATTRIBUTES];
  size_t count = 0;
  for (; given && given[0] && count < ATTRIBUTES; given += 2, count++)
    attributes[count] = (PropterXmlAttribute){{{"", 0}, view(given[0])}, view(given[1])};
  open_element(ctx, (PropterXmlName){{"", 0}, view(name)}, attributes, count);
}

static void html_end(void *ctx, const xmlChar *name) { close_element(ctx, (PropterXmlName){{"", 0}, view(name)}); }

static void xml_start(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int nspaces, const xmlChar **spaces, int n, int defaulted,
                      const xmlChar **given) {
  (void)prefix, (void)nspaces, (void)spaces, (void)defaulted;
  PropterXmlAttribute attributes[ATTRIBUTES];
  size_t count = 0;
  for (int i = 0; i < n && count < ATTRIBUTES; i++, count++) {
    const xmlChar **a = given + 5 * i;
    attributes[count] = (PropterXmlAttribute){{view(a[2]), view(a[0])}, {(const char *)a[3], (size_t)(a[4] - a[3])}};
  }
  open_element(ctx, (PropterXmlName){view(uri), view(local)}, attributes, count);
}

static void xml_end(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri) {
  (void)prefix;
  close_element(ctx, (PropterXmlName){view(uri), view(local)});
}

static size_t character_length(unsigned char c) { return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4; }

/* Start of a reference "&…" that ends exactly at `end`, or SIZE_MAX. */
static size_t reference(const Parse *p, size_t end) {
  const char *s = p->input.data;
  for (size_t i = end; i > p->last && end - i < 40;) {
    char c = s[--i];
    if (c == '&') return i;
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '#' || (c == ';' && i + 1 == end))) return SIZE_MAX;
  }
  return SIZE_MAX;
}

static bool stands(const Parse *p, PropterStr text, size_t at) {
  return at >= p->last && at <= p->input.len && text.len <= p->input.len - at && memcmp(p->input.data + at, text.data, text.len) == 0;
}

/* The parser stands behind the text it reports, before it, or on its last character; what it reports are the bytes themselves or one decoded
 * reference. Text goes on where the last one ended, or begins behind a tag. All of it is checked against the bytes, so that a place is exact or
 * the parse fails. */
static bool locate(const Parse *p, PropterStr text, size_t *byte, size_t *bytes) {
  size_t here = place(p);
  bool one = text.len <= 4 && text.len == character_length((unsigned char)text.data[0]);
  size_t amp = one ? reference(p, here) : SIZE_MAX;
  if (amp != SIZE_MAX && here - amp > 1) {
    *byte = amp, *bytes = here - amp;
    return true;
  }
  *bytes = text.len;
  if (stands(p, text, p->last)) {
    *byte = p->last;
    return true;
  }
  for (size_t end = here; end <= here + 4; end++) {
    size_t at = end >= text.len ? end - text.len : 0;
    if (at && p->input.data[at - 1] == '>' && stands(p, text, at)) {
      *byte = at;
      return true;
    }
  }
  if (here && p->input.data[here - 1] == '>' && stands(p, text, here)) {
    *byte = here;
    return true;
  }
  /* Repaired markup: an entity that is none, a tag that was dropped. */
  size_t limit = here + text.len + 4 < p->input.len ? here + text.len + 4 : p->input.len;
  for (size_t from = p->last;; from = p->last > 64 ? p->last - 64 : 0) {
    const char *hit = from < limit ? memmem(p->input.data + from, limit - from, text.data, text.len) : NULL;
    if (hit) {
      *byte = (size_t)(hit - p->input.data);
      return true;
    }
    if (from != p->last || !from) return false;
  }
}

static void on_text(void *ctx, const xmlChar *ch, int len) {
  Parse *p = ctx;
  PropterStr text = {(const char *)ch, (size_t)len};
  if (p->status != PROPTER_OK || !p->handler->text || len <= 0) return;
  size_t byte = 0, bytes = 0;
  if (!locate(p, text, &byte, &bytes)) {
    (void)propter_fail(p->err, PROPTER_SYNTAX, "markup too broken to say where its text stands");
    propter_error_at_byte(p->err, NULL, place(p));
    stop(p, PROPTER_SYNTAX);
    return;
  }
  if (byte + bytes > p->last) p->last = byte + bytes;
  stop(p, p->handler->text(p->payload, text, byte, bytes, p->err));
}

static void on_cdata(void *ctx, const xmlChar *ch, int len) { on_text(ctx, ch, len); }
static void drop(void *ctx, const xmlChar *ch, int len) { (void)ctx, (void)ch, (void)len; }

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
  (void)name, (void)external, (void)system;
  Parse *p = ctx;
  p->doctype = true;
  (void)propter_fail(p->err, PROPTER_INVALID, "expected a document without DOCTYPE, found one");
  propter_error_at_byte(p->err, NULL, place(p));
  stop(p, PROPTER_INVALID);
}

static void ignore_doctype(void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
  (void)ctx, (void)name, (void)external, (void)system;
}

/* A reference to an entity that only an external DTD could define: the names of HTML are those of the ISO sets that such DTDs share. */
static void on_reference(void *ctx, const xmlChar *name) {
  Parse *p = ctx;
  PropterBuf text = {0};
  uint32_t c = propter_xml_entity(view(name));
  if (p->status != PROPTER_OK) return;
  if (c) {
    propter_buf_add_utf8(&text, c);
    if (text.data) on_text(p, (const xmlChar *)text.data, (int)text.len);
  } else {
    (void)propter_fail(p->err, PROPTER_INVALID, "expected no entity of the document's own, found &%.40s;", (const char *)name);
    propter_error_at_byte(p->err, NULL, place(p));
    stop(p, PROPTER_INVALID);
  }
  if (text.failed) stop(p, propter_buf_status(&text, p->err));
  propter_buf_clear(&text);
}

static void on_error(void *ctx, xmlErrorPtr error) {
  Parse *p = ctx;
  if (error->level < XML_ERR_ERROR || p->bad || p->status != PROPTER_OK) return;
  p->bad = true;
  p->bad_line = error->line;
  p->bad_byte = place(p);
  if (!p->err) return;
  PropterStr m = propter_str_trim(propter_str(error->message));
  (void)snprintf(p->err->message, sizeof p->err->message, "%.*s", (int)(m.len > 400 ? 400 : m.len), m.data);
}

static void prepare(void) { xmlInitParser(); }

PropterStatus propter_xml_parse(PropterXmlKind kind, PropterStr input, const PropterLimits *limits, const PropterXmlHandler *handler, void *payload,
                                PropterError *err) {
  if (!input.len) return kind == PROPTER_HTML ? PROPTER_OK : propter_fail(err, PROPTER_SYNTAX, "expected an XML document, found nothing");
  if (input.len > INT_MAX - 16) return propter_fail(err, PROPTER_LIMIT, "markup of %zu bytes is too long", input.len);
  /* libxml2 wants its tables made before several threads parse. */
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)pthread_once(&once, prepare);
  PropterLimits defaults = propter_limits_default();
  Parse p = {.input = input, .handler = handler, .payload = payload, .max_depth = (limits ? limits : &defaults)->xml_depth, .err = err};
  xmlSAXHandler sax;
  memset(&sax, 0, sizeof sax);
  sax.initialized = XML_SAX2_MAGIC;
  sax.serror = on_error;
  sax.characters = sax.ignorableWhitespace = on_text;
  p.ctxt = kind == PROPTER_HTML ? htmlCreateMemoryParserCtxt(input.data, (int)input.len) : xmlCreateMemoryParserCtxt(input.data, (int)input.len);
  if (!p.ctxt) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for the parser");
  if (kind == PROPTER_HTML) {
    sax.startElement = html_start;
    sax.endElement = html_end;
    sax.cdataBlock = drop; /* scripts and styles */
    (void)htmlCtxtUseOptions(p.ctxt, HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC | HTML_PARSE_NOIMPLIED);
    p.ctxt->charset = XML_CHAR_ENCODING_UTF8;
  } else {
    sax.startElementNs = xml_start;
    sax.endElementNs = xml_end;
    sax.cdataBlock = on_cdata;
    sax.internalSubset = kind == PROPTER_XML ? on_doctype : ignore_doctype;
    if (kind == PROPTER_XML_DOCTYPE) sax.reference = on_reference;
    (void)xmlCtxtUseOptions(p.ctxt, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    p.ctxt->charset = XML_CHAR_ENCODING_UTF8;
  }
  *p.ctxt->sax = sax;
  p.ctxt->sax2 = kind != PROPTER_HTML;
  p.ctxt->userData = &p;
  (void)(kind == PROPTER_HTML ? htmlParseDocument(p.ctxt) : xmlParseDocument(p.ctxt));
  bool well_formed = p.ctxt->wellFormed != 0, exhausted = p.ctxt->errNo == XML_ERR_NO_MEMORY;
  if (p.ctxt->myDoc) xmlFreeDoc(p.ctxt->myDoc);
  p.ctxt->myDoc = NULL;
  (void)(kind == PROPTER_HTML ? htmlFreeParserCtxt(p.ctxt) : xmlFreeParserCtxt(p.ctxt));
  if (p.status != PROPTER_OK) return p.status;
  if (exhausted) return propter_fail(err, PROPTER_NO_MEMORY, "no memory to parse the markup");
  if (kind != PROPTER_HTML && !well_formed) {
    char why[200];
    (void)snprintf(why, sizeof why, "%.190s", err && p.bad ? err->message : "not well formed");
    PropterStatus status = propter_fail(err, PROPTER_SYNTAX, "expected well-formed XML, found: %s", why);
    propter_error_at(err, NULL, p.bad_line > 0 ? (uint64_t)p.bad_line : 0, 0);
    return status;
  }
  propter_error_clear(err); /* what HTML repair complained about */
  return PROPTER_OK;
}

uint32_t propter_xml_entity(PropterStr name) {
  char text[40];
  if (!name.len || name.len >= sizeof text) return 0;
  memcpy(text, name.data, name.len);
  text[name.len] = '\0';
  const htmlEntityDesc *e = htmlEntityLookup((const xmlChar *)text);
  return e ? e->value : 0;
}

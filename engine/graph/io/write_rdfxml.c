/* SPDX-License-Identifier: Apache-2.0 */
/* RDF/XML from sorted stretches: one rdf:Description per subject. Each property element declares its namespace under the prefix p. */
#include <string.h>

#include "read_rdfxml.h"
#include "write.h"

typedef struct {
  PropterRdfWriter *w;
  const Held *h;
} Xml;

static void refuse(Xml *x, const char *format, PropterStr text) {
  if (x->w->status == PROPTER_OK) x->w->status = propter_fail(x->w->err, PROPTER_INVALID, format, (int)(text.len < 200 ? text.len : 200), text.data);
}

static void put_text(Xml *x, PropterStr s, bool attribute) {
  if (!propter_xml_has_form(s)) refuse(x, "RDF/XML has no form for the characters of \"%.*s\": write Turtle instead", s);
  xml_escape(&x->w->out, s, attribute);
}

/* Where the local name of a property begins: the longest name at the end. */
static size_t split(PropterStr iri) {
  size_t best = iri.len;
  for (size_t i = iri.len; i-- > 0;) {
    unsigned char c = (unsigned char)iri.data[i];
    bool inner = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    if (!inner) break;
    if ((c & 0xC0) != 0x80 && propter_xml_is_name((PropterStr){iri.data + i, iri.len - i})) best = i;
  }
  return best;
}

static void put_node(Xml *x, const char *iri_attribute, uint32_t number) {
  const HeldTerm *t = &x->h->terms.items[number];
  PropterBuf *out = &x->w->out;
  if (t->term.kind == PROPTER_TERM_BLANK) {
    /* Labels that are no names of XML become hashes; the letter before keeps the two kinds apart. */
    if (propter_xml_is_name(t->term.value))
      propter_buf_printf(out, " rdf:nodeID=\"b%.*s\"", (int)t->term.value.len, t->term.value.data);
    else
      propter_buf_printf(out, " rdf:nodeID=\"h%016llx\"", (unsigned long long)propter_hash64(t->term.value));
    return;
  }
  propter_buf_printf(out, " rdf:%s=\"", iri_attribute);
  put_text(x, t->term.value, true);
  propter_buf_add_char(out, '"');
}

static void put_object(Xml *x, uint32_t number, PropterStr local) {
  const PropterTerm *t = &x->h->terms.items[number].term;
  PropterBuf *out = &x->w->out;
  if (t->kind != PROPTER_TERM_LITERAL) {
    put_node(x, "resource", number);
    propter_buf_add(out, PROPTER_STR("/>\n"));
    return;
  }
  if (t->language.len || t->datatype.len) {
    propter_buf_add(out, t->language.len ? PROPTER_STR(" xml:lang=\"") : PROPTER_STR(" rdf:datatype=\""));
    put_text(x, t->language.len ? t->language : t->datatype, true);
    propter_buf_add_char(out, '"');
  }
  propter_buf_add_char(out, '>');
  put_text(x, t->value, false);
  propter_buf_add(out, PROPTER_STR("</p:"));
  propter_buf_add(out, local);
  propter_buf_add(out, PROPTER_STR(">\n"));
}

static void put_property(Xml *x, const HeldQuad *q) {
  PropterStr iri = x->h->terms.items[q->p].term.value;
  size_t at = split(iri);
  PropterStr space = {iri.data, at}, local = {iri.data + at, iri.len - at};
  PropterBuf *out = &x->w->out;
  if (!local.len || !space.len) refuse(x, "RDF/XML has no form for the property <%.*s>, which does not end in a name: write Turtle instead", iri);
  propter_buf_add(out, PROPTER_STR("    <p:"));
  propter_buf_add(out, local);
  propter_buf_add(out, PROPTER_STR(" xmlns:p=\""));
  put_text(x, space, true);
  propter_buf_add_char(out, '"');
  put_object(x, q->o, local);
}

static void put(PropterRdfWriter *w, const Held *h) {
  Xml x = {w, h};
  if (w->stretches == 0)
    propter_buf_add(&w->out, PROPTER_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF xmlns:rdf=\"" RDF_NS "\">\n"));
  for (size_t s = 0; s < h->quads.count && w->status == PROPTER_OK;) {
    size_t end = held_run(h, s, 2);
    propter_buf_add(&w->out, PROPTER_STR("  <rdf:Description"));
    put_node(&x, "about", h->quads.items[s].s);
    propter_buf_add(&w->out, PROPTER_STR(">\n"));
    for (; s < end && w->status == PROPTER_OK; s++) put_property(&x, &h->quads.items[s]);
    propter_buf_add(&w->out, PROPTER_STR("  </rdf:Description>\n"));
    (void)writer_flush(w, false, w->err);
  }
}

static void end(PropterRdfWriter *w) { propter_buf_add(&w->out, PROPTER_STR("</rdf:RDF>\n")); }

const Syntax syntax_rdfxml = {put, end, false};

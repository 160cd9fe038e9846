/* SPDX-License-Identifier: Apache-2.0 */
/* rdf:parseType="Literal": elements written again in Exclusive XML Canonicalization 1.0 with comments. */
#ifndef GRAPH_IO_READ_RDFXML_H
#define GRAPH_IO_READ_RDFXML_H

#include "io.h"
#include "propter/xml.h"

#define RDF_NS "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

/* Namespaces written by the elements that are open. */
typedef struct {
  PropterBuf prefix, iri;
  size_t depth;
} WrittenSpace;

typedef struct {
  PROPTER_VEC(WrittenSpace) spaces;
  size_t used, depth;
} XmlLiteral;

/* Appends text as XML has it in canonical form. */
void xml_escape(PropterBuf *out, PropterStr text, bool attribute);
void xml_literal_begin(XmlLiteral *literal);
PropterStatus xml_literal_start(XmlLiteral *literal, const PropterXmlElement *element, PropterBuf *out, PropterError *err);
PropterStatus xml_literal_end(XmlLiteral *literal, PropterXmlName name, PropterStr prefix, PropterBuf *out, PropterError *err);
PropterStatus xml_literal_text(PropterStr text, PropterBuf *out, PropterError *err);
PropterStatus xml_literal_comment(PropterStr text, PropterBuf *out, PropterError *err);
PropterStatus xml_literal_instruction(PropterStr target, PropterStr text, PropterBuf *out, PropterError *err);
void xml_literal_clear(XmlLiteral *literal);

#endif

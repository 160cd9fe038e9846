/* SPDX-License-Identifier: Apache-2.0 */
/* XML and HTML as events with exact byte positions; the only user of libxml2. Nothing is fetched, no entity other than the predefined (XML) and
 * the named (HTML) ones is expanded, and an XML document with a DOCTYPE is refused. libxml2's own allocations do not pass through propter_malloc. */
#ifndef PROPTER_XML_H
#define PROPTER_XML_H

#include "propter/limits.h"
#include "propter/mem.h"

typedef enum { PROPTER_XML, PROPTER_HTML } PropterXmlKind;

/* `space`: namespace IRI (XML only, else empty). Views are borrowed for the call. */
typedef struct {
  PropterStr space;
  PropterStr local; /* HTML: lower case */
} PropterXmlName;
typedef struct {
  PropterXmlName name;
  PropterStr value; /* entities decoded */
} PropterXmlAttribute;

/* Any may be NULL. A status other than OK ends the parse with it. Each start has its end, in HTML too. `text`: decoded text that stands at
 * [byte, byte + bytes) of the input; it equals those bytes, or it is what one entity or character reference of that range stands for. */
typedef struct {
  PropterStatus (*start)(void *payload, PropterXmlName name, const PropterXmlAttribute *attributes, size_t count, PropterError *err);
  PropterStatus (*end)(void *payload, PropterXmlName name, PropterError *err);
  PropterStatus (*text)(void *payload, PropterStr text, size_t byte, size_t bytes, PropterError *err);
} PropterXmlHandler;

/* `input` is UTF-8 whose lines end in LF, whatever its declaration says. XML must be well formed: SYNTAX with line and byte, INVALID: it has a
 * DOCTYPE. HTML is repaired. LIMIT: nested deeper than limits->xml_depth. `limits` NULL: defaults. */
PROPTER_API PropterStatus propter_xml_parse(PropterXmlKind kind, PropterStr input, const PropterLimits *limits, const PropterXmlHandler *handler, void *payload, PropterError *err);

/* Character of an HTML entity by its name without & and ; ("nbsp"), or 0. */
PROPTER_API uint32_t propter_xml_entity(PropterStr name);

#endif

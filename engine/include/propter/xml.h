/* SPDX-License-Identifier: Apache-2.0 */
/* XML and HTML as events with exact byte positions, and XML as rows found by XPath; the only user of libxml2. Nothing is fetched, no entity other than the
 * predefined (XML) and the named (HTML) ones is expanded, and an XML document with a DOCTYPE is refused unless the caller allows one. libxml2's own allocations
 * do not pass through propter_malloc. */
#ifndef PROPTER_XML_H
#define PROPTER_XML_H

#include "propter/limits.h"
#include "propter/mem.h"

/* XML_DOCTYPE: XML that may have a DOCTYPE; nothing that it declares is used, and entities by their HTML names are decoded. */
typedef enum { PROPTER_XML, PROPTER_HTML, PROPTER_XML_DOCTYPE } PropterXmlKind;

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
PROPTER_API PropterStatus propter_xml_parse(PropterXmlKind kind, PropterStr input, const PropterLimits *limits, const PropterXmlHandler *handler, void *payload,
                                            PropterError *err);

/* Character of an HTML entity by its name without & and ; ("nbsp"), or 0. */
PROPTER_API uint32_t propter_xml_entity(PropterStr name);

/* --- Streams -------------------------------------------------------------------------------------------------------------- */

/* For formats whose meaning needs prefixes, comments and instructions too. Views are borrowed for the call. */
typedef struct {
  PropterXmlName name;
  PropterStr prefix; /* empty: none */
  PropterStr value;
} PropterXmlStreamAttribute;
typedef struct {
  PropterXmlName name;
  PropterStr prefix;
  const PropterXmlStreamAttribute *attributes; /* without namespace declarations */
  size_t count;
} PropterXmlElement;

/* Comments and instructions may be NULL. `line`: of the end of what is reported, from 1. A failure without a place gets the one where the parser stands. */
typedef struct {
  PropterStatus (*start)(void *payload, const PropterXmlElement *element, uint64_t line, PropterError *err);
  PropterStatus (*end)(void *payload, PropterXmlName name, PropterStr prefix, uint64_t line, PropterError *err);
  PropterStatus (*text)(void *payload, PropterStr text, PropterError *err);
  PropterStatus (*comment)(void *payload, PropterStr text, PropterError *err);
  PropterStatus (*instruction)(void *payload, PropterStr target, PropterStr text, PropterError *err);
  bool no_doctype; /* a document with a DOCTYPE is refused: INVALID */
} PropterXmlStream;

/* Up to `size` bytes of the document; *count 0 at its end. */
typedef PropterStatus (*PropterXmlRead)(void *payload, void *bytes, size_t size, size_t *count, PropterError *err);

/* Parses a document of any length in the encoding it declares. Entities of the document's own DOCTYPE are expanded, to at most 16 MiB and ten times what was
 * read; external ones are not known. SYNTAX with line and column; LIMIT: nested deeper than limits->xml_depth, or entities expand to too much. `source` names
 * the document in errors. */
PROPTER_API PropterStatus propter_xml_stream(PropterXmlRead read, void *read_payload, const char *source, const PropterLimits *limits,
                                             const PropterXmlStream *stream, void *payload, PropterError *err);

/* True for a name without colon (NCName of Namespaces in XML 1.0). */
PROPTER_API bool propter_xml_is_name(PropterStr text);
/* False for text with what XML 1.0 (2.2) has no form for: control characters, U+FFFE, U+FFFF. */
PROPTER_API bool propter_xml_has_form(PropterStr text);

/* --- Rows ------------------------------------------------------------------------------------------------------------------ */

/* The nodes that an XPath 1.0 expression, the iterator, gives in a document, one after the other. Where the iterator can be matched on the way and no path
 * looks beyond the row, only the row, and the tags it stands in, are held; otherwise the whole document. */
typedef struct PropterXmlRows PropterXmlRows;
typedef struct PropterXmlPath PropterXmlPath; /* a parsed XPath; belongs to its rows */
typedef void *PropterXmlNode;

/* Iterators that are matched on the way: names of elements, each below (/) or somewhere below (//) the one before, with conditions on attributes of them and
 * of those they stand in; of the last element also on what stands in it; no condition that counts places. Paths that stay with the row: children,
 * descendants and attributes, and attributes of what the row stands in (../@id, ancestor::x/@id).
 * `limits` NULL: defaults (document_bytes for a row, or for the document where it is held; xml_depth). Free with propter_xml_rows_free. */
PROPTER_API PropterStatus propter_xml_rows_new(const PropterLimits *limits, PropterXmlRows **out, PropterError *err);
PROPTER_API void propter_xml_rows_free(PropterXmlRows *rows);
/* Before the first row is asked for: binds a prefix for the names in expressions; sets the iterator; parses an expression to be evaluated at rows. SYNTAX. */
PROPTER_API PropterStatus propter_xml_rows_prefix(PropterXmlRows *rows, const char *prefix, const char *iri, PropterError *err);
PROPTER_API PropterStatus propter_xml_rows_iterator(PropterXmlRows *rows, PropterStr expression, PropterError *err);
PROPTER_API PropterStatus propter_xml_path(PropterXmlRows *rows, PropterStr expression, PropterXmlPath **out, PropterError *err);
/* NULL, or the expression for whose sake the whole document is held. Borrowed. */
PROPTER_API const char *propter_xml_rows_whole(const PropterXmlRows *rows);
/* What is read, before the first row is asked for; `source` names it in errors. `utf8`: it is UTF-8 whatever it says itself. */
PROPTER_API void propter_xml_rows_input(PropterXmlRows *rows, PropterXmlRead read, void *payload, const char *source, bool utf8);
/* The next row, valid until the call after, and the line of its start tag's end; *row NULL at the end. SYNTAX with the line; INVALID: a DOCTYPE, an iterator
 * that gives no nodes, an unknown function or prefix; LIMIT. */
PROPTER_API PropterStatus propter_xml_rows_next(PropterXmlRows *rows, PropterXmlNode *row, uint64_t *line, PropterError *err);
/* Calls `each` for what the expression gives at a row, or at a node that an expression gave there: each node in document order with its string value, or with a
 * NULL node the one string, number or truth value. INVALID: an unknown function or prefix; LIMIT: it takes too many steps (limits->match_steps for each
 * node). The text is borrowed for the call, the node until the next row. */
PROPTER_API PropterStatus propter_xml_path_each(PropterXmlPath *path, PropterXmlNode row,
                                                PropterStatus (*each)(PropterXmlNode found, PropterStr text, void *payload, PropterError *err), void *payload,
                                                PropterError *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* XML documents: DocBook, JATS, CNXML, TEI and their kin by the names that they share; of other elements those that stand in the midst of text are
 * parts of it and all others are blocks. */
#include <string.h>

#include "doc.h"

static const DocElement elements[] = {
    {"abstract", DOC_SECTION},   {"acronym", DOC_INLINE},       {"appendix", DOC_SECTION},   {"author", DOC_SKIP},         {"authorgroup", DOC_SKIP},
    {"b", DOC_INLINE},           {"blockquote", DOC_QUOTE},     {"bold", DOC_INLINE},        {"bq", DOC_QUOTE},            {"br", DOC_BREAK},
    {"chapter", DOC_SECTION},    {"cite", DOC_INLINE},          {"code", DOC_INLINE},        {"colspec", DOC_SKIP},        {"command", DOC_INLINE},
    {"contrib-group", DOC_SKIP}, {"copyright", DOC_SKIP},       {"date", DOC_DATE},          {"disp-quote", DOC_QUOTE},    {"div", DOC_SECTION},
    {"em", DOC_INLINE},          {"emphasis", DOC_INLINE},      {"entry", DOC_CELL},         {"ext-link", DOC_INLINE},     {"filename", DOC_INLINE},
    {"fn", DOC_SKIP},            {"footnote", DOC_SKIP},        {"head", DOC_HEADING},       {"heading", DOC_HEADING},     {"i", DOC_INLINE},
    {"indexterm", DOC_SKIP},     {"italic", DOC_INLINE},        {"item", DOC_ITEM},          {"lb", DOC_BREAK},            {"legalnotice", DOC_FRAME},
    {"li", DOC_ITEM},            {"link", DOC_INLINE},          {"list-item", DOC_ITEM},     {"listitem", DOC_ITEM},       {"literal", DOC_INLINE},
    {"literallayout", DOC_CODE}, {"math", DOC_SKIP},            {"part", DOC_SECTION},       {"phrase", DOC_INLINE},       {"preface", DOC_SECTION},
    {"preformat", DOC_CODE},     {"processing-meta", DOC_SKIP}, {"programlisting", DOC_CODE}, {"pub-date", DOC_DATE},       {"pubdate", DOC_DATE},
    {"quote", DOC_INLINE},       {"ref-list", DOC_FRAME},       {"remark", DOC_SKIP},        {"revhistory", DOC_SKIP},     {"screen", DOC_CODE},
    {"script", DOC_SKIP},        {"sec", DOC_SECTION},          {"sect1", DOC_SECTION},      {"sect2", DOC_SECTION},       {"sect3", DOC_SECTION},
    {"sect4", DOC_SECTION},      {"sect5", DOC_SECTION},        {"section", DOC_SECTION},    {"simplesect", DOC_SECTION},  {"strong", DOC_INLINE},
    {"style", DOC_SKIP},         {"sub", DOC_INLINE},           {"subject", DOC_HEADING},    {"subscript", DOC_INLINE},    {"subtitle", DOC_HEADING},
    {"sup", DOC_INLINE},         {"superscript", DOC_INLINE},   {"svg", DOC_SKIP},           {"td", DOC_CELL},             {"teiHeader", DOC_FRAME},
    {"term", DOC_ITEM},          {"th", DOC_CELL},              {"title", DOC_HEADING},      {"ulink", DOC_INLINE},        {"uri", DOC_INLINE},
    {"url", DOC_INLINE},         {"xref", DOC_INLINE},
};

static bool metadata(PropterXmlName name) {
  static const char *const names[] = {"info", "articleinfo", "bookinfo", "chapterinfo", "article-meta", "metadata", "teiHeader", "fileDesc"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (doc_named(name, names[i])) return true;
  return false;
}

typedef struct {
  size_t para;     /* depth of the paragraph that is open, 0: none */
  size_t metadata; /* depth of the element with what is said about the document, 0: not in one */
} Xml;

static DocDecision decide(DocMarkup *m, PropterXmlName name, const PropterXmlAttribute *a, size_t n) {
  Xml *x = m->own;
  /* <report date="2024-06-15"> */
  static const char *const dates[] = {"date", "pubdate", "published"};
  for (size_t i = 0; !m->depth && i < sizeof dates / sizeof *dates; i++) doc_set_date(m->b, doc_attribute(a, n, dates[i]));
  DocDecision d = {doc_role(elements, sizeof elements / sizeof *elements, name.local, m->states[m->depth].words ? DOC_INLINE : DOC_BLOCK), 0};
  if (x->metadata > m->depth) x->metadata = 0;
  if (x->para > m->depth) x->para = 0;
  if (doc_named(name, "para") || doc_named(name, "p")) x->para = m->depth + 1;
  /* A glossary's item; in the midst of text the word that it explains. */
  if (x->para && doc_named(name, "term")) d.role = DOC_INLINE;
  if (!x->metadata && metadata(name)) x->metadata = m->depth + 1;
  bool about = x->metadata && m->depth >= x->metadata;
  /* The document's own title names it; that of a section's info is its heading. */
  if (about && d.role == DOC_HEADING && !m->sections) d.role = doc_named(name, "subtitle") ? DOC_SKIP : DOC_TITLE;
  if (about && (doc_named(name, "created") || doc_named(name, "published"))) d.role = DOC_DATE;
  if (about && d.role == DOC_BLOCK && !m->sections) d.role = DOC_FRAME;
  if (d.role == DOC_DATE && !about) d.role = DOC_INLINE;
  if (doc_named(name, "title") && !m->sections && !about && m->depth == 1) d.level = 1;
  return d;
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  PropterStr input;
  Xml x = {0};
  DocMarkup m = {.b = b, .decide = decide, .own = &x};
  PROPTER_TRY(doc_part(b, PROPTER_STR(""), bytes, doc_declared(bytes), &input, err));
  return doc_markup(&m, PROPTER_XML_DOCTYPE, input, err);
}

static bool sniff(PropterStr bytes) {
  PropterStr s = propter_str_trim((PropterStr){bytes.data, bytes.len < 4096 ? bytes.len : 4096});
  if (propter_str_starts(s, PROPTER_STR("\xEF\xBB\xBF"))) s.data += 3, s.len -= 3;
  if (!propter_str_starts(s, PROPTER_STR("<?xml "))) return false;
  /* Other XML is a document only if its name says so. */
  static const char *const roots[] = {"article", "book", "chapter", "concept", "document", "part", "refentry", "report", "section", "task", "TEI", "topic"};
  PropterStr root = doc_root(bytes);
  for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
    if (propter_str_equal(root, propter_str(roots[i]))) return true;
  return false;
}

const DocReader doc_reader_xml = {"xml", " .xml .dbk .docbook .cnxml .nxml .jats .tei ", sniff, read};

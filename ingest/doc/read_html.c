/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "doc.h"

static const DocElement elements[] = {
    {"address", DOC_BLOCK}, {"article", DOC_BLOCK}, {"aside", DOC_FRAME},  {"b", DOC_STRONG},       {"blockquote", DOC_QUOTE}, {"body", DOC_BLOCK},
    {"br", DOC_BREAK},      {"button", DOC_SKIP},   {"caption", DOC_CELL}, {"center", DOC_BLOCK},   {"dd", DOC_ITEM},          {"details", DOC_BLOCK},
    {"div", DOC_BLOCK},     {"dl", DOC_BLOCK},      {"dt", DOC_ITEM},      {"fieldset", DOC_BLOCK}, {"figcaption", DOC_BLOCK}, {"figure", DOC_BLOCK},
    {"footer", DOC_FRAME},  {"form", DOC_FRAME},    {"h1", DOC_HEADING},   {"h2", DOC_HEADING},     {"h3", DOC_HEADING},       {"h4", DOC_HEADING},
    {"h5", DOC_HEADING},    {"h6", DOC_HEADING},    {"head", DOC_BLOCK},   {"header", DOC_BLOCK},   {"hr", DOC_BLOCK},         {"html", DOC_BLOCK},
    {"iframe", DOC_SKIP},   {"li", DOC_ITEM},       {"main", DOC_BLOCK},   {"math", DOC_SKIP},      {"menu", DOC_FRAME},       {"nav", DOC_FRAME},
    {"noscript", DOC_SKIP}, {"object", DOC_SKIP},   {"ol", DOC_BLOCK},     {"option", DOC_SKIP},    {"p", DOC_BLOCK},          {"pre", DOC_CODE},
    {"script", DOC_SKIP},   {"section", DOC_BLOCK}, {"select", DOC_SKIP},  {"strong", DOC_STRONG},  {"style", DOC_SKIP},       {"summary", DOC_BLOCK},
    {"svg", DOC_SKIP},      {"table", DOC_BLOCK},   {"tbody", DOC_BLOCK},  {"td", DOC_CELL},        {"template", DOC_SKIP},    {"textarea", DOC_SKIP},
    {"tfoot", DOC_BLOCK},   {"th", DOC_CELL},       {"thead", DOC_BLOCK},  {"title", DOC_TITLE},    {"tr", DOC_BLOCK},         {"ul", DOC_BLOCK},
};

typedef struct {
  PropterDay meta, time;
} Dates;

static void meta_date(Dates *dates, const PropterXmlAttribute *a, size_t n) {
  static const char *const names[] = {
      "date",    "dc.date",           "dcterms.date", "dcterms.created", "dcterms.issued", "article:published_time", "publication_date",
      "pubdate", "og:published_time", "datepublished"};
  PropterStr name = doc_attribute(a, n, "name");
  if (!name.data) name = doc_attribute(a, n, "property");
  if (!name.data) name = doc_attribute(a, n, "itemprop");
  PropterStr content = doc_attribute(a, n, "content");
  if (!name.data || !content.data || dates->meta != PROPTER_NO_DAY) return;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (propter_str_equal_caseless(name, propter_str(names[i])) && !propter_day_parse(content, &dates->meta))
      dates->meta = doc_date(content, NULL);
}

static DocDecision decide(DocMarkup *m, PropterXmlName name, const PropterXmlAttribute *a, size_t n) {
  Dates *dates = m->own;
  DocDecision d = {doc_role(elements, sizeof elements / sizeof *elements, name.local, DOC_INLINE), 0};
  PropterStr side = doc_attribute(a, n, "role");
  if (doc_named(name, "meta")) meta_date(dates, a, n);
  if (doc_named(name, "time") && dates->time == PROPTER_NO_DAY && doc_attribute(a, n, "datetime").data)
    (void)propter_day_parse(doc_attribute(a, n, "datetime"), &dates->time);
  if (d.role == DOC_HEADING) d.level = (unsigned)(name.local.data[1] - '0');
  if (side.data && (propter_str_equal(side, PROPTER_STR("navigation")) || propter_str_equal(side, PROPTER_STR("contentinfo")))) d.role = DOC_FRAME;
  if (doc_attribute(a, n, "hidden").data) d.role = DOC_SKIP;
  return d;
}

PropterStatus doc_html(DocBuilder *b, PropterStr input, PropterError *err) {
  Dates dates = {PROPTER_NO_DAY, PROPTER_NO_DAY};
  DocMarkup m = {.b = b, .decide = decide, .own = &dates};
  PROPTER_TRY(doc_markup(&m, PROPTER_HTML, input, err));
  if (b->published == PROPTER_NO_DAY) b->published = dates.meta != PROPTER_NO_DAY ? dates.meta : dates.time;
  return PROPTER_OK;
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  PropterStr input;
  PROPTER_TRY(doc_part(b, PROPTER_STR(""), bytes, doc_declared(bytes), &input, err));
  return doc_html(b, input, err);
}

static bool sniff(PropterStr bytes) {
  PropterStr root = doc_root(bytes);
  return propter_str_equal_caseless(root, PROPTER_STR("html"));
}

const DocReader doc_reader_html = {"html", " .html .htm .xhtml ", sniff, read};

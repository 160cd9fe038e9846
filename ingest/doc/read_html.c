/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "doc.h"
#include "propter/xml.h"

typedef enum { INLINE, BREAK, BLOCK, HEADING, ITEM, CELL, QUOTE, PRE, FRAME, SKIP, TITLE, META, TIME } Role;

static const struct {
  const char *name;
  Role role;
} elements[] = {
    {"address", BLOCK},  {"article", BLOCK},    {"aside", FRAME},   {"blockquote", QUOTE}, {"body", BLOCK},    {"br", BREAK},     {"button", SKIP},
    {"caption", CELL},   {"center", BLOCK},     {"dd", ITEM},       {"details", BLOCK},    {"div", BLOCK},     {"dl", BLOCK},     {"dt", ITEM},
    {"fieldset", BLOCK}, {"figcaption", BLOCK}, {"figure", BLOCK},  {"footer", FRAME},     {"form", FRAME},    {"h1", HEADING},   {"h2", HEADING},
    {"h3", HEADING},     {"h4", HEADING},       {"h5", HEADING},    {"h6", HEADING},       {"head", BLOCK},    {"header", BLOCK}, {"hr", BLOCK},
    {"html", BLOCK},     {"iframe", SKIP},      {"li", ITEM},       {"main", BLOCK},       {"math", SKIP},     {"menu", FRAME},   {"meta", META},
    {"nav", FRAME},      {"noscript", SKIP},    {"object", SKIP},   {"ol", BLOCK},         {"option", SKIP},   {"p", BLOCK},      {"pre", PRE},
    {"script", SKIP},    {"section", BLOCK},    {"select", SKIP},   {"style", SKIP},       {"summary", BLOCK}, {"svg", SKIP},     {"table", BLOCK},
    {"tbody", BLOCK},    {"td", CELL},          {"template", SKIP}, {"textarea", SKIP},    {"tfoot", BLOCK},   {"th", CELL},      {"thead", BLOCK},
    {"time", TIME},      {"title", TITLE},      {"tr", BLOCK},      {"ul", BLOCK},
};

typedef struct {
  PropterBlockKind kind;
  unsigned level;
  bool skip, title;
} State;

typedef struct {
  DocBuilder *b;
  State states[1024];
  size_t depth;
  PropterBuf title;
  PropterDay meta, time;
  size_t last;
} Html;

static Role role_of(PropterStr name) {
  size_t low = 0, high = sizeof elements / sizeof *elements;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    int c = propter_str_compare(propter_str(elements[mid].name), name);
    if (c == 0) return elements[mid].role;
    if (c < 0)
      low = mid + 1;
    else
      high = mid;
  }
  return INLINE;
}

static PropterStr attribute(const PropterXmlAttribute *a, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (propter_str_equal(a[i].name.local, propter_str(name))) return a[i].value;
  return (PropterStr){NULL, 0};
}

static void meta_date(Html *h, const PropterXmlAttribute *a, size_t n) {
  static const char *const names[] = {
      "date",    "dc.date",           "dcterms.date", "dcterms.created", "dcterms.issued", "article:published_time", "publication_date",
      "pubdate", "og:published_time", "datepublished"};
  PropterStr name = attribute(a, n, "name");
  if (!name.data) name = attribute(a, n, "property");
  if (!name.data) name = attribute(a, n, "itemprop");
  PropterStr content = attribute(a, n, "content");
  if (!name.data || !content.data || h->meta != PROPTER_NO_DAY) return;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (name.len == strlen(names[i]) && strncasecmp(name.data, names[i], name.len) == 0 && !propter_day_parse(content, &h->meta)) h->meta = doc_date(content);
}

static PropterStatus on_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  Html *h = payload;
  if (h->depth + 1 >= sizeof h->states / sizeof *h->states) return propter_fail(err, PROPTER_LIMIT, "elements are nested deeper than %zu", h->depth);
  State s = h->states[h->depth];
  Role role = role_of(name.local);
  PropterStr side = attribute(a, n, "role");
  bool hidden = attribute(a, n, "hidden").data != NULL;
  if (side.data && (propter_str_equal(side, PROPTER_STR("navigation")) || propter_str_equal(side, PROPTER_STR("contentinfo")))) role = FRAME;
  bool framed = s.kind == PROPTER_BLOCK_BOILERPLATE;
  bool breaks = true;
  switch (role) {
    case HEADING: s.kind = framed ? s.kind : PROPTER_BLOCK_HEADING, s.level = (unsigned)(name.local.data[1] - '0'); break;
    case ITEM: s.kind = framed ? s.kind : PROPTER_BLOCK_LIST_ITEM; break;
    case CELL: s.kind = framed ? s.kind : PROPTER_BLOCK_TABLE_CELL; break;
    case QUOTE: s.kind = framed ? s.kind : PROPTER_BLOCK_QUOTE; break;
    case PRE: s.kind = framed ? s.kind : PROPTER_BLOCK_CODE; break;
    case FRAME: s.kind = PROPTER_BLOCK_BOILERPLATE; break;
    case BLOCK: break;
    case SKIP: s.skip = true, breaks = false; break;
    case TITLE: s.title = true, breaks = false; break;
    case META: meta_date(h, a, n), breaks = false; break;
    case TIME:
      if (h->time == PROPTER_NO_DAY && attribute(a, n, "datetime").data) (void)propter_day_parse(attribute(a, n, "datetime"), &h->time);
      breaks = false;
      break;
    case BREAK:
      PROPTER_TRY(doc_text(h->b, PROPTER_STR(" "), h->last, 1, err));
      breaks = false;
      break;
    case INLINE: breaks = false; break;
  }
  if (hidden) s.skip = true;
  h->states[++h->depth] = s;
  return breaks ? doc_block(h->b, s.kind, s.level, err) : PROPTER_OK;
}

static PropterStatus on_end(void *payload, PropterXmlName name, PropterError *err) {
  Html *h = payload;
  Role role = role_of(name.local);
  State was = h->states[h->depth];
  if (h->depth) h->depth--;
  State s = h->states[h->depth];
  bool block = role >= BLOCK && role <= FRAME;
  return block || was.kind != s.kind ? doc_block(h->b, s.kind, s.level, err) : PROPTER_OK;
}

static PropterStatus on_text(void *payload, PropterStr text, size_t byte, size_t bytes, PropterError *err) {
  Html *h = payload;
  State s = h->states[h->depth];
  h->last = byte + bytes;
  if (s.title) {
    propter_buf_add(&h->title, text);
    return propter_buf_status(&h->title, err);
  }
  return s.skip ? PROPTER_OK : doc_text(h->b, text, byte, bytes, err);
}

static PropterStatus read(DocBuilder *b, PropterStr input, DocDecoded *part, PropterStr *part_name, PropterError *err) {
  (void)part, (void)part_name;
  Html h = {.b = b, .meta = PROPTER_NO_DAY, .time = PROPTER_NO_DAY};
  h.title.max = 1 << 20;
  h.states[0].kind = PROPTER_BLOCK_PARAGRAPH;
  PropterXmlHandler handler = {on_start, on_end, on_text};
  PropterStatus status = propter_xml_parse(PROPTER_HTML, input, b->limits, &handler, &h, err);
  if (status == PROPTER_OK) status = doc_set_title(b, propter_buf_str(&h.title), err);
  b->published = h.meta != PROPTER_NO_DAY ? h.meta : h.time;
  propter_buf_clear(&h.title);
  return status;
}

static bool sniff(PropterStr bytes) {
  PropterStr s = propter_str_trim((PropterStr){bytes.data, bytes.len < 512 ? bytes.len : 512});
  return (s.len > 14 && strncasecmp(s.data, "<!doctype html", 14) == 0) || (s.len > 5 && strncasecmp(s.data, "<html", 5) == 0);
}

const DocReader doc_reader_html = {"html", " .html .htm .xhtml ", false, sniff, read};

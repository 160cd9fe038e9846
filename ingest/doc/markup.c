/* SPDX-License-Identifier: Apache-2.0 */
/* Elements into blocks by the role of each; a format says what its elements are. */
#include <string.h>
#include <strings.h>

#include "doc.h"

/* --- events with the element path ------------------------------------------------------------------------------------- */

typedef struct {
  DocBuilder *b;
  const PropterXmlHandler *handler;
  void *payload;
  bool pathless;
} Walk;

static PropterStatus walk_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  Walk *w = payload;
  if (w->b->depth >= DOC_DEPTH) return propter_fail(err, PROPTER_LIMIT, "elements are nested deeper than %d", DOC_DEPTH);
  if (!w->pathless) {
    w->b->path[w->b->depth++]++;
    w->b->path[w->b->depth] = 0;
  }
  return w->handler->start ? w->handler->start(w->payload, name, a, n, err) : PROPTER_OK;
}

static PropterStatus walk_end(void *payload, PropterXmlName name, PropterError *err) {
  Walk *w = payload;
  if (!w->pathless && w->b->depth) w->b->depth--;
  return w->handler->end ? w->handler->end(w->payload, name, err) : PROPTER_OK;
}

static PropterStatus walk_text(void *payload, PropterStr text, size_t byte, size_t bytes, PropterError *err) {
  Walk *w = payload;
  return w->handler->text ? w->handler->text(w->payload, text, byte, bytes, err) : PROPTER_OK;
}

PropterStatus doc_xml(DocBuilder *b, PropterXmlKind kind, PropterStr input, const PropterXmlHandler *handler, void *payload, PropterError *err) {
  static const PropterXmlHandler walk = {walk_start, walk_end, walk_text};
  /* In tag soup a number among siblings would depend on the repair. */
  Walk w = {b, handler, payload, kind == PROPTER_HTML && (!b->parts.count || !b->parts.items[b->parts.count - 1].name.len)};
  b->depth = 0, b->path[0] = 0;
  PropterStatus status = propter_xml_parse(kind, input, b->limits, &walk, &w, err);
  b->depth = 0;
  return status;
}

bool doc_named(PropterXmlName name, const char *local) { return propter_str_equal(name.local, propter_str(local)); }

PropterStr doc_attribute(const PropterXmlAttribute *a, size_t n, const char *local) {
  for (size_t i = 0; i < n; i++)
    if (propter_str_equal(a[i].name.local, propter_str(local))) return a[i].value;
  return (PropterStr){NULL, 0};
}

PropterStr doc_root(PropterStr bytes) {
  PropterStr s = {bytes.data, bytes.len < 4096 ? bytes.len : 4096};
  if (propter_str_starts(s, PROPTER_STR("\xEF\xBB\xBF"))) s.data += 3, s.len -= 3;
  for (;;) {
    while (s.len && (s.data[0] == ' ' || (s.data[0] >= '\t' && s.data[0] <= '\r'))) s.data++, s.len--;
    bool comment = propter_str_starts(s, PROPTER_STR("<!--")), instruction = propter_str_starts(s, PROPTER_STR("<?"));
    if (!comment && !instruction) break;
    size_t end = propter_str_find(s, comment ? PROPTER_STR("-->") : PROPTER_STR("?>"));
    if (end == SIZE_MAX) return (PropterStr){"", 0};
    end += comment ? 3 : 2;
    s.data += end, s.len -= end;
  }
  size_t at = s.len > 10 && strncasecmp(s.data, "<!doctype ", 10) == 0 ? 10 : s.len && s.data[0] == '<' ? 1 : 0, end = at;
  while (end < s.len && !strchr(" \t\r\n/>[", s.data[end])) end++;
  return (PropterStr){s.data + at, at ? end - at : 0};
}

/* --- roles ------------------------------------------------------------------------------------------------------------ */

DocRole doc_role(const DocElement *table, size_t count, PropterStr name, DocRole other) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    int c = propter_str_compare(propter_str(table[mid].name), name);
    if (c == 0) return table[mid].role;
    if (c < 0)
      low = mid + 1;
    else
      high = mid;
  }
  return other;
}

DocRole doc_style(PropterStr name, unsigned *level) {
  static const struct {
    const char *start;
    DocRole role;
  } styles[] = {{"title", DOC_TITLE},       {"intense quot", DOC_QUOTE}, {"quot", DOC_QUOTE}, {"block text", DOC_QUOTE}, {"source code", DOC_CODE},
                {"preformatted", DOC_CODE}, {"html preformatted", DOC_CODE}, {"code", DOC_CODE},  {"list", DOC_ITEM},        {"header", DOC_FRAME},
                {"footer", DOC_FRAME},      {"toc ", DOC_FRAME},         {"contents", DOC_FRAME}};
  *level = 1;
  if (name.len >= 7 && strncasecmp(name.data, "heading", 7) == 0) {
    unsigned last = (unsigned)(unsigned char)name.data[name.len - 1] - '0';
    *level = last >= 1 && last <= 6 ? last : 6;
    return name.len <= 9 ? DOC_HEADING : DOC_INLINE;
  }
  for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
    if (name.len >= strlen(styles[i].start) && strncasecmp(name.data, styles[i].start, strlen(styles[i].start)) == 0) return styles[i].role;
  return DOC_INLINE;
}

/* --- elements into blocks ------------------------------------------------------------------------------------------------ */

static PropterBlockKind kind_of(DocRole role, PropterBlockKind around) {
  static const PropterBlockKind kinds[] = {
      [DOC_HEADING] = PROPTER_BLOCK_HEADING, [DOC_ITEM] = PROPTER_BLOCK_LIST_ITEM, [DOC_CELL] = PROPTER_BLOCK_TABLE_CELL,
      [DOC_QUOTE] = PROPTER_BLOCK_QUOTE,     [DOC_CODE] = PROPTER_BLOCK_CODE,      [DOC_FRAME] = PROPTER_BLOCK_BOILERPLATE};
  return around == PROPTER_BLOCK_BOILERPLATE || role < DOC_HEADING || role > DOC_FRAME ? around : kinds[role];
}

static PropterStatus on_start(void *payload, PropterXmlName name, const PropterXmlAttribute *a, size_t n, PropterError *err) {
  DocMarkup *m = payload;
  /* lang or xml:lang of the outermost element. */
  if (!m->depth) PROPTER_TRY(doc_set_language(m->b, doc_attribute(a, n, "lang"), err));
  DocDecision d = m->decide(m, name, a, n);
  size_t up = m->depth++;
  m->states[m->depth] = m->states[up];
  m->states[m->depth].role = d.role;
  m->states[m->depth].first = !doc_open_text(m->b).len;
  if (d.role > DOC_STRONG) m->states[m->depth].words = false;
  if (d.role == DOC_SKIP || d.role == DOC_TITLE || d.role == DOC_DATE) m->states[m->depth].skip = true;
  if (d.role == DOC_TITLE || d.role == DOC_DATE) propter_buf_reset(&m->value);
  if (d.role == DOC_SECTION) m->sections++;
  if (m->states[m->depth].skip || d.role <= DOC_STRONG) return PROPTER_OK;
  size_t strong = m->strong;
  m->strong = 0;
  if (d.role == DOC_BREAK && strong && strong == doc_open_text(m->b).len && m->states[up].kind == PROPTER_BLOCK_PARAGRAPH)
    return doc_block(m->b, m->states[up].kind, m->states[up].level, err);
  if (d.role == DOC_BREAK || d.role == DOC_SPACE) {
    bool line = d.role == DOC_BREAK && m->states[up].kind == PROPTER_BLOCK_CODE;
    return doc_open_text(m->b).len ? doc_text(m->b, line ? PROPTER_STR("\n") : PROPTER_STR(" "), m->last, 1, err) : PROPTER_OK;
  }
  if (d.role == DOC_HEADING) m->states[m->depth].level = d.level ? d.level : m->sections < 1 ? 1 : m->sections > 6 ? 6 : m->sections;
  m->states[m->depth].kind = kind_of(d.role, m->states[up].kind);
  return doc_block(m->b, m->states[m->depth].kind, m->states[m->depth].level, err);
}

static PropterStatus on_end(void *payload, PropterXmlName name, PropterError *err) {
  (void)name;
  DocMarkup *m = payload;
  if (!m->depth) return PROPTER_OK;
  DocRole role = m->states[m->depth].role;
  bool first = m->states[m->depth].first, skipped = m->states[m->depth--].skip;
  if (role == DOC_STRONG && first && !skipped) m->strong = doc_open_text(m->b).len;
  if (role == DOC_SECTION && m->sections) m->sections--;
  if (role == DOC_DATE) doc_set_date(m->b, propter_buf_str(&m->value));
  if (role == DOC_TITLE) PROPTER_TRY(doc_set_title(m->b, propter_buf_str(&m->value), err));
  if (skipped || role <= DOC_SPACE) return PROPTER_OK;
  return doc_block(m->b, m->states[m->depth].kind, m->states[m->depth].level, err);
}

static PropterStatus on_text(void *payload, PropterStr text, size_t byte, size_t bytes, PropterError *err) {
  DocMarkup *m = payload;
  DocRole role = m->states[m->depth].role;
  m->last = byte + bytes;
  if (role == DOC_TITLE || role == DOC_DATE) {
    propter_buf_add(&m->value, text);
    return propter_buf_status(&m->value, err);
  }
  if (m->states[m->depth].skip) return PROPTER_OK;
  if (!m->states[m->depth].words) m->states[m->depth].words = propter_str_trim(text).len > 0;
  return doc_text(m->b, text, byte, bytes, err);
}

PropterStatus doc_markup(DocMarkup *m, PropterXmlKind kind, PropterStr input, PropterError *err) {
  static const PropterXmlHandler handler = {on_start, on_end, on_text};
  m->value.max = 1 << 20;
  m->states[0].kind = PROPTER_BLOCK_PARAGRAPH;
  PropterStatus status = doc_xml(m->b, kind, input, &handler, m, err);
  propter_buf_clear(&m->value);
  return status;
}

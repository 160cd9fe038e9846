/* SPDX-License-Identifier: Apache-2.0 */
#include <md4c.h>
#include <string.h>

#include "doc.h"
#include "propter/xml.h"

typedef struct {
  DocBuilder *b;
  PropterStr input; /* all of it */
  size_t last;      /* where the last text ended */
  unsigned depth, quotes, items, cells, code, html, heading;
  PropterStatus status;
  PropterError *err;
} Markdown;

static int give(Markdown *m, PropterStatus status) {
  if (m->status == PROPTER_OK) m->status = status;
  return m->status != PROPTER_OK;
}

static int block(Markdown *m) {
  PropterBlockKind kind = m->code      ? PROPTER_BLOCK_CODE
                          : m->heading ? PROPTER_BLOCK_HEADING
                          : m->cells   ? PROPTER_BLOCK_TABLE_CELL
                          : m->items   ? PROPTER_BLOCK_LIST_ITEM
                          : m->quotes  ? PROPTER_BLOCK_QUOTE
                                       : PROPTER_BLOCK_PARAGRAPH;
  return give(m, doc_block(m->b, kind, m->heading, m->err));
}

static void count(Markdown *m, MD_BLOCKTYPE type, void *detail, int by) {
  unsigned one = (unsigned)by;
  switch (type) {
    case MD_BLOCK_QUOTE: m->quotes += one; break;
    case MD_BLOCK_LI: m->items += one; break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD: m->cells += one; break;
    case MD_BLOCK_CODE: m->code += one; break;
    case MD_BLOCK_HTML: m->html += one; break;
    case MD_BLOCK_H: m->heading = by > 0 ? ((MD_BLOCK_H_DETAIL *)detail)->level : 0; break;
    default: break;
  }
}

static int enter(MD_BLOCKTYPE type, void *detail, void *payload) {
  Markdown *m = payload;
  if (++m->depth > m->b->limits->xml_depth)
    return give(m, propter_fail(m->err, PROPTER_LIMIT, "blocks are nested deeper than %llu", (unsigned long long)m->b->limits->xml_depth));
  count(m, type, detail, 1);
  return block(m);
}

static int leave(MD_BLOCKTYPE type, void *detail, void *payload) {
  Markdown *m = payload;
  m->depth--;
  count(m, type, detail, -1);
  return block(m);
}

static int span(MD_SPANTYPE type, void *detail, void *payload) {
  (void)type, (void)detail, (void)payload;
  return 0;
}

/* Text of "&amp;" or "&#38;" into `out`; empty: it is none. */
static PropterStr decode(PropterStr text, PropterBuf *out) {
  PropterStr name = {text.data + 1, text.len >= 2 ? text.len - 2 : 0};
  uint32_t c = 0;
  if (name.len > 1 && name.data[0] == '#') {
    bool hex = name.data[1] == 'x' || name.data[1] == 'X';
    for (size_t i = hex ? 2 : 1; i < name.len && c < 0x110000; i++) {
      char d = name.data[i];
      uint32_t v = d >= '0' && d <= '9' ? (uint32_t)(d - '0') : (uint32_t)((d | 0x20) - 'a' + 10);
      c = c * (hex ? 16 : 10) + v;
    }
    if (!c) c = 0xFFFD;
  } else {
    c = propter_xml_entity(name);
  }
  if (c) propter_buf_add_utf8(out, c);
  return propter_buf_str(out);
}

static int text(MD_TEXTTYPE type, const MD_CHAR *data, MD_SIZE size, void *payload) {
  Markdown *m = payload;
  if (m->html || type == MD_TEXT_HTML) return 0;
  if (type == MD_TEXT_NULLCHAR) return 0;
  bool inside = data >= m->input.data && data + size <= m->input.data + m->input.len;
  size_t at = inside ? (size_t)(data - m->input.data) : m->last;
  if (inside) m->last = at + size;
  /* What the parser makes itself are line ends and the blanks of indented code. */
  if (!inside || type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) {
    PropterStr blank = m->code ? (PropterStr){data, size} : PROPTER_STR(" ");
    if (m->code && !doc_open_text(m->b).len) return 0;
    for (size_t i = 0; i < blank.len; i++)
      if (give(m, doc_text(m->b, (PropterStr){blank.data + i, 1}, m->last, 1, m->err))) return 1;
    return 0;
  }
  PropterStr s = {data, size};
  PropterBuf one = {0};
  PropterStr decoded = type == MD_TEXT_ENTITY ? decode(s, &one) : (PropterStr){"", 0};
  int stop = give(m, doc_text(m->b, decoded.len ? decoded : s, at, size, m->err));
  propter_buf_clear(&one);
  return stop;
}

static PropterStr next_line(PropterStr s, size_t *at) {
  size_t start = *at, end = start;
  while (end < s.len && s.data[end] != '\n') end++;
  *at = end < s.len ? end + 1 : end;
  return (PropterStr){s.data + start, end - start};
}

static PropterStr unquoted(PropterStr v) {
  v = propter_str_trim(v);
  if (v.len >= 2 && (v.data[0] == '"' || v.data[0] == '\'') && v.data[v.len - 1] == v.data[0]) return (PropterStr){v.data + 1, v.len - 2};
  return v;
}

/* Lines "key: value" between two lines of three dashes; *body is where the text begins. */
static PropterStatus front_matter(DocBuilder *b, PropterStr s, size_t *body, PropterError *err) {
  size_t at = 0;
  *body = 0;
  if (!propter_str_equal(propter_str_trim(next_line(s, &at)), PROPTER_STR("---"))) return PROPTER_OK;
  for (size_t scan = at; scan < s.len && scan < 65536;) {
    PropterStr line = next_line(s, &scan);
    if (!propter_str_equal(propter_str_trim(line), PROPTER_STR("---")) && !propter_str_equal(propter_str_trim(line), PROPTER_STR("..."))) continue;
    *body = scan;
    break;
  }
  while (*body && at < *body) {
    PropterStr line = next_line(s, &at);
    size_t colon = propter_str_find(line, PROPTER_STR(":"));
    if (colon == SIZE_MAX) continue;
    PropterStr key = propter_str_trim((PropterStr){line.data, colon}), value = unquoted((PropterStr){line.data + colon + 1, line.len - colon - 1});
    if (propter_str_equal_caseless(key, PROPTER_STR("title"))) PROPTER_TRY(doc_set_title(b, value, err));
    if (propter_str_equal_caseless(key, PROPTER_STR("lang")) || propter_str_equal_caseless(key, PROPTER_STR("language")))
      PROPTER_TRY(doc_set_language(b, value, err));
    if (calendar_labels(calendar_default(), key)) doc_set_date(b, value);
  }
  return PROPTER_OK;
}

static PropterStatus read(DocBuilder *b, PropterStr bytes, PropterError *err) {
  PropterStr input;
  PROPTER_TRY(doc_part(b, PROPTER_STR(""), bytes, PROPTER_STR(""), &input, err));
  size_t body = 0;
  PROPTER_TRY(front_matter(b, input, &body, err));
  Markdown m = {.b = b, .input = input, .last = body, .err = err};
  MD_PARSER parser = {.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS,
                      .enter_block = enter,
                      .leave_block = leave,
                      .enter_span = span,
                      .leave_span = span,
                      .text = text};
  if (input.len == body) return PROPTER_OK;
  int code = md_parse(input.data + body, (MD_SIZE)(input.len - body), &parser, &m);
  if (m.status != PROPTER_OK) return m.status;
  return code ? propter_fail(err, PROPTER_NO_MEMORY, "no memory to read Markdown") : PROPTER_OK;
}

const DocReader doc_reader_markdown = {"markdown", " .md .markdown ", NULL, read};

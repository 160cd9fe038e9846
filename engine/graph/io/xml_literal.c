/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "read_rdfxml.h"

void xml_escape(PropterBuf *out, PropterStr text, bool attribute) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i];
    const char *as = c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '\r' ? "&#xD;" : NULL;
    if (!as) as = attribute ? (c == '"' ? "&quot;" : c == '\t' ? "&#x9;" : c == '\n' ? "&#xA;" : NULL) : c == '>' ? "&gt;" : NULL;
    propter_buf_add(out, as ? propter_str(as) : (PropterStr){&text.data[i], 1});
  }
}

static void add_name(PropterBuf *out, PropterStr prefix, PropterStr local) {
  propter_buf_add(out, prefix);
  if (prefix.len) propter_buf_add(out, PROPTER_STR(":"));
  propter_buf_add(out, local);
}

void xml_literal_begin(XmlLiteral *l) { l->used = l->depth = 0; }

void xml_literal_clear(XmlLiteral *l) {
  for (size_t i = 0; i < l->spaces.count; i++) propter_buf_clear(&l->spaces.items[i].prefix), propter_buf_clear(&l->spaces.items[i].iri);
  propter_vec_clear(&l->spaces);
}

/* Notes that `prefix` is used, unless an open element has written it with the same IRI. */
static PropterStatus use_space(XmlLiteral *l, PropterStr prefix, PropterStr iri, PropterError *err) {
  if (propter_str_equal(prefix, PROPTER_STR("xml"))) return PROPTER_OK;
  bool known = false;
  for (size_t i = l->used; i-- > 0 && !known;)
    if (propter_str_equal(propter_buf_str(&l->spaces.items[i].prefix), prefix)) {
      if (propter_str_equal(propter_buf_str(&l->spaces.items[i].iri), iri)) return PROPTER_OK;
      known = true;
    }
  if (!known && !prefix.len && !iri.len) return PROPTER_OK;
  if (l->used == l->spaces.count && !propter_vec_push(&l->spaces, (WrittenSpace){.depth = 0})) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  WrittenSpace *w = &l->spaces.items[l->used++];
  w->depth = l->depth;
  propter_buf_reset(&w->prefix), propter_buf_reset(&w->iri);
  propter_buf_add(&w->prefix, prefix), propter_buf_add(&w->iri, iri);
  PROPTER_TRY(propter_buf_status(&w->prefix, err));
  return propter_buf_status(&w->iri, err);
}

static void sort_spaces(WrittenSpace *w, size_t n) {
  for (size_t i = 1; i < n; i++)
    for (size_t k = i; k && propter_str_compare(propter_buf_str(&w[k].prefix), propter_buf_str(&w[k - 1].prefix)) < 0; k--) {
      WrittenSpace swap = w[k];
      w[k] = w[k - 1], w[k - 1] = swap;
    }
}

/* The attribute that comes after `last` (NULL: the first) in canonical order. Few attributes: a scan for each. */
static const PropterXmlStreamAttribute *next_attribute(const PropterXmlElement *e, const PropterXmlStreamAttribute *last) {
  const PropterXmlStreamAttribute *best = NULL;
  for (size_t i = 0; i < e->count; i++) {
    const PropterXmlStreamAttribute *a = &e->attributes[i];
    int after = last ? propter_str_compare(a->name.space, last->name.space) : 1;
    if (!after) after = propter_str_compare(a->name.local, last->name.local);
    if (after <= 0) continue;
    int before = best ? propter_str_compare(a->name.space, best->name.space) : -1;
    if (!before) before = propter_str_compare(a->name.local, best->name.local);
    if (before < 0) best = a;
  }
  return best;
}

PropterStatus xml_literal_start(XmlLiteral *l, const PropterXmlElement *e, PropterBuf *out, PropterError *err) {
  l->depth++;
  size_t first = l->used;
  PROPTER_TRY(use_space(l, e->prefix, e->name.space, err));
  for (size_t i = 0; i < e->count; i++)
    if (e->attributes[i].prefix.len) PROPTER_TRY(use_space(l, e->attributes[i].prefix, e->attributes[i].name.space, err));
  if (l->used > first) sort_spaces(l->spaces.items + first, l->used - first);
  propter_buf_add(out, PROPTER_STR("<"));
  add_name(out, e->prefix, e->name.local);
  for (size_t i = first; i < l->used; i++) {
    PropterStr prefix = propter_buf_str(&l->spaces.items[i].prefix);
    propter_buf_add(out, prefix.len ? PROPTER_STR(" xmlns:") : PROPTER_STR(" xmlns"));
    propter_buf_add(out, prefix);
    propter_buf_add(out, PROPTER_STR("=\""));
    xml_escape(out, propter_buf_str(&l->spaces.items[i].iri), true);
    propter_buf_add(out, PROPTER_STR("\""));
  }
  for (const PropterXmlStreamAttribute *a = NULL; (a = next_attribute(e, a));) {
    propter_buf_add(out, PROPTER_STR(" "));
    add_name(out, a->prefix, a->name.local);
    propter_buf_add(out, PROPTER_STR("=\""));
    xml_escape(out, a->value, true);
    propter_buf_add(out, PROPTER_STR("\""));
  }
  propter_buf_add(out, PROPTER_STR(">"));
  return propter_buf_status(out, err);
}

PropterStatus xml_literal_end(XmlLiteral *l, PropterXmlName name, PropterStr prefix, PropterBuf *out, PropterError *err) {
  while (l->used && l->spaces.items[l->used - 1].depth == l->depth) l->used--;
  l->depth--;
  propter_buf_add(out, PROPTER_STR("</"));
  add_name(out, prefix, name.local);
  propter_buf_add(out, PROPTER_STR(">"));
  return propter_buf_status(out, err);
}

PropterStatus xml_literal_text(PropterStr text, PropterBuf *out, PropterError *err) {
  xml_escape(out, text, false);
  return propter_buf_status(out, err);
}

PropterStatus xml_literal_comment(PropterStr text, PropterBuf *out, PropterError *err) {
  propter_buf_add(out, PROPTER_STR("<!--"));
  propter_buf_add(out, text);
  propter_buf_add(out, PROPTER_STR("-->"));
  return propter_buf_status(out, err);
}

PropterStatus xml_literal_instruction(PropterStr target, PropterStr text, PropterBuf *out, PropterError *err) {
  propter_buf_add(out, PROPTER_STR("<?"));
  propter_buf_add(out, target);
  if (text.len) propter_buf_add(out, PROPTER_STR(" "));
  propter_buf_add(out, text);
  propter_buf_add(out, PROPTER_STR("?>"));
  return propter_buf_status(out, err);
}

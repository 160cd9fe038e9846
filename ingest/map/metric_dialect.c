/* SPDX-License-Identifier: Apache-2.0 */
#include "metric_dialect.h"

PropterStatus metric_text(const PropterMapping *m, Node node, PropterVocab word, size_t n, const DocTriple **t, PropterError *err) {
  *t = doc_find(&m->doc, node, word, n);
  if (*t && doc_node(&m->doc, (*t)->o)->term.kind != PROPTER_TERM_LITERAL)
    return doc_fail(&m->doc, *t, err, PROPTER_INVALID, "expected a text, found %s", doc_name(&m->doc, (*t)->o));
  return PROPTER_OK;
}

PropterStatus metric_optional(const PropterMapping *m, Node node, PropterVocab word, PropterStr *out, PropterError *err) {
  const DocTriple *t;
  PROPTER_TRY(metric_text(m, node, word, 0, &t, err));
  *out = t ? doc_node(&m->doc, t->o)->term.value : (PropterStr){"", 0};
  if (doc_find(&m->doc, node, word, 1))
    return doc_fail(&m->doc, doc_find(&m->doc, node, word, 1), err, PROPTER_INVALID, "%s says it twice", doc_name(&m->doc, node));
  return PROPTER_OK;
}

static PropterStatus one_character(const PropterMapping *m, Node node, PropterVocab word, char *out, PropterError *err) {
  PropterStr text;
  PROPTER_TRY(metric_optional(m, node, word, &text, err));
  if (text.len > 1 || (text.len && (unsigned char)*text.data >= 0x80))
    return doc_fail(&m->doc, doc_find(&m->doc, node, word, 0), err, PROPTER_INVALID, "expected one ASCII character, found \"%s\"", text.data);
  if (text.len) *out = *text.data;
  return PROPTER_OK;
}

PropterStatus metric_dialect(const PropterMapping *m, Node node, PropterTableOptions *out, PropterError *err) {
  PropterStr encoding, sheet, line, comment, trailing, iterator;
  PROPTER_TRY(metric_optional(m, node, VOCAB_propter_sheet, &sheet, err));
  PROPTER_TRY(metric_optional(m, node, VOCAB_propter_headerLine, &line, err));
  PROPTER_TRY(one_character(m, node, VOCAB_propter_delimiter, &out->delimiter, err));
  PROPTER_TRY(one_character(m, node, VOCAB_propter_quoteChar, &out->quote, err));
  PROPTER_TRY(one_character(m, node, VOCAB_propter_escapeChar, &out->escape, err));
  PROPTER_TRY(metric_optional(m, node, VOCAB_propter_iterator, &iterator, err));
  PROPTER_TRY(metric_optional(m, node, VOCAB_propter_commentPrefix, &comment, err));
  PROPTER_TRY(metric_optional(m, node, VOCAB_propter_trailingDelimiter, &trailing, err));
  PROPTER_TRY(metric_optional(m, node, VOCAB_propter_encoding, &encoding, err));
  int64_t number = 0;
  if (line.len && (!propter_str_to_int64(line, &number) || number < 1))
    return doc_fail(&m->doc, doc_find(&m->doc, node, VOCAB_propter_headerLine, 0), err, PROPTER_INVALID, "expected the number of a line, from 1, found \"%s\"",
                    line.data);
  out->header_line = (uint64_t)number;
  if (sheet.len) out->table = sheet.data;
  if (iterator.len) out->iterator = iterator.data;
  if (comment.len) out->comment = comment.data;
  out->trailing = propter_str_equal(trailing, PROPTER_STR("true")) || propter_str_equal(trailing, PROPTER_STR("1"));
  if (encoding.len) out->encoding = encoding.data;
  return PROPTER_OK;
}

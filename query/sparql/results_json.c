/* SPDX-License-Identifier: Apache-2.0 */
/* https://www.w3.org/TR/sparql11-results-json/ */
#include "results.h"

static const bool escaped[256] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ['"'] = 1, ['\\'] = 1};

static void text(PropterStr s, PropterBuf *out) {
  propter_buf_add_char(out, '"');
  size_t from = 0;
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.data[i];
    if (!escaped[c]) continue;
    propter_buf_add(out, (PropterStr){s.data + from, i - from});
    from = i + 1;
    switch (c) {
    case '"': propter_buf_add(out, PROPTER_STR("\\\"")); break;
    case '\\': propter_buf_add(out, PROPTER_STR("\\\\")); break;
    case '\n': propter_buf_add(out, PROPTER_STR("\\n")); break;
    case '\r': propter_buf_add(out, PROPTER_STR("\\r")); break;
    case '\t': propter_buf_add(out, PROPTER_STR("\\t")); break;
    default: propter_buf_printf(out, "\\u%04x", c); break;
    }
  }
  propter_buf_add(out, (PropterStr){s.data + from, s.len - from});
  propter_buf_add_char(out, '"');
}

static void begin(ResultCall *call) {
  propter_buf_add(call->out, PROPTER_STR("{\"head\":{\"vars\":["));
  for (size_t i = 0; i < call->rows->columns; i++) {
    if (i) propter_buf_add_char(call->out, ',');
    text(call->rows->names[i], call->out);
  }
  propter_buf_add(call->out, PROPTER_STR("]},\"results\":{\"bindings\":["));
}

static void term(const PropterTerm *t, PropterBuf *out) {
#define HEAD(type) PROPTER_STR("{\"type\":\"" type "\",\"value\":")
  propter_buf_add(out, t->kind == PROPTER_TERM_BLANK ? HEAD("bnode") : t->kind == PROPTER_TERM_IRI ? HEAD("uri") : HEAD("literal"));
#undef HEAD
  text(t->value, out);
  if (t->kind == PROPTER_TERM_LITERAL && t->language.len) {
    propter_buf_add(out, PROPTER_STR(",\"xml:lang\":"));
    text(t->language, out);
  } else if (t->kind == PROPTER_TERM_LITERAL && t->datatype.len) {
    propter_buf_add(out, PROPTER_STR(",\"datatype\":"));
    text(t->datatype, out);
  }
  propter_buf_add_char(out, '}');
}

static PropterStatus row(ResultCall *call, const PropterTerm *terms, uint64_t index, PropterError *err) {
  (void)err;
  propter_buf_add(call->out, index ? PROPTER_STR(",\n{") : PROPTER_STR("\n{"));
  bool first = true;
  for (size_t i = 0; i < call->rows->columns; i++) {
    if (terms[i].kind == PROPTER_TERM_NONE) continue; /* unbound: left out, as the standard has it */
    if (!first) propter_buf_add_char(call->out, ',');
    first = false;
    text(call->rows->names[i], call->out);
    propter_buf_add_char(call->out, ':');
    term(&terms[i], call->out);
  }
  propter_buf_add_char(call->out, '}');
  return PROPTER_OK;
}

static void end(ResultCall *call, uint64_t count) { propter_buf_add(call->out, count ? PROPTER_STR("\n]}}\n") : PROPTER_STR("]}}\n")); }

static void boolean(bool answer, PropterBuf *out) { propter_buf_printf(out, "{\"head\":{},\"boolean\":%s}\n", answer ? "true" : "false"); }

const ResultWriter result_json = {begin, row, end, boolean};

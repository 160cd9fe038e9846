/* SPDX-License-Identifier: Apache-2.0 */
/* https://www.w3.org/TR/sparql11-results-json/ */
#include "results.h"

static void begin(ResultCall *call) {
  propter_buf_add(call->out, PROPTER_STR("{\"head\":{\"vars\":["));
  for (size_t i = 0; i < call->rows->columns; i++) {
    if (i) propter_buf_add_char(call->out, ',');
    propter_buf_add_json(call->out, call->rows->names[i]);
  }
  propter_buf_add(call->out, PROPTER_STR("]},\"results\":{\"bindings\":["));
}

static void term(const PropterTerm *t, PropterBuf *out) {
#define HEAD(type) PROPTER_STR("{\"type\":\"" type "\",\"value\":")
  propter_buf_add(out, t->kind == PROPTER_TERM_BLANK ? HEAD("bnode") : t->kind == PROPTER_TERM_IRI ? HEAD("uri") : HEAD("literal"));
#undef HEAD
  propter_buf_add_json(out, t->value);
  if (t->kind == PROPTER_TERM_LITERAL && t->language.len) {
    propter_buf_add(out, PROPTER_STR(",\"xml:lang\":"));
    propter_buf_add_json(out, t->language);
  } else if (t->kind == PROPTER_TERM_LITERAL && t->datatype.len) {
    propter_buf_add(out, PROPTER_STR(",\"datatype\":"));
    propter_buf_add_json(out, t->datatype);
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
    propter_buf_add_json(call->out, call->rows->names[i]);
    propter_buf_add_char(call->out, ':');
    term(&terms[i], call->out);
  }
  propter_buf_add_char(call->out, '}');
  return PROPTER_OK;
}

static void end(ResultCall *call, uint64_t count) { propter_buf_add(call->out, count ? PROPTER_STR("\n]}}\n") : PROPTER_STR("]}}\n")); }

static void boolean(bool answer, PropterBuf *out) { propter_buf_printf(out, "{\"head\":{},\"boolean\":%s}\n", answer ? "true" : "false"); }

const ResultWriter result_json = {begin, row, end, boolean};

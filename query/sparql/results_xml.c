/* SPDX-License-Identifier: Apache-2.0 */
/* https://www.w3.org/TR/rdf-sparql-XMLres/ */
#include <string.h>

#include "propter/xml.h"
#include "results.h"

#define HEAD "<?xml version=\"1.0\"?>\n<sparql xmlns=\"http://www.w3.org/2005/sparql-results#\">\n"

static void text(PropterStr s, PropterBuf *out) {
  for (size_t i = 0; i < s.len; i++) {
    switch (s.data[i]) {
    case '<': propter_buf_add(out, PROPTER_STR("&lt;")); break;
    case '>': propter_buf_add(out, PROPTER_STR("&gt;")); break;
    case '&': propter_buf_add(out, PROPTER_STR("&amp;")); break;
    case '"': propter_buf_add(out, PROPTER_STR("&quot;")); break;
    case '\r': propter_buf_add(out, PROPTER_STR("&#13;")); break;
    default: propter_buf_add_char(out, s.data[i]);
    }
  }
}

static void begin(ResultCall *call) {
  propter_buf_add(call->out, PROPTER_STR(HEAD "  <head>\n"));
  for (size_t i = 0; i < call->rows->columns; i++) {
    propter_buf_add(call->out, PROPTER_STR("    <variable name=\""));
    text(call->rows->names[i], call->out);
    propter_buf_add(call->out, PROPTER_STR("\"/>\n"));
  }
  propter_buf_add(call->out, PROPTER_STR("  </head>\n  <results>\n"));
}

static PropterStatus row(ResultCall *call, const PropterTerm *terms, uint64_t index, PropterError *err) {
  (void)index;
  PropterBuf *out = call->out;
  propter_buf_add(out, PROPTER_STR("    <result>\n"));
  for (size_t i = 0; i < call->rows->columns; i++) {
    const PropterTerm *t = &terms[i];
    if (t->kind == PROPTER_TERM_NONE) continue;
    if (!propter_xml_has_form(t->value))
      return propter_fail(err, PROPTER_INVALID, "XML has no form for the characters of ?%.*s: ask for JSON instead", (int)call->rows->names[i].len,
                          call->rows->names[i].data);
    propter_buf_add(out, PROPTER_STR("      <binding name=\""));
    text(call->rows->names[i], out);
    propter_buf_add(out, PROPTER_STR("\">"));
    const char *tag = t->kind == PROPTER_TERM_IRI ? "uri" : t->kind == PROPTER_TERM_BLANK ? "bnode" : "literal";
    propter_buf_printf(out, "<%s", tag);
    if (t->kind == PROPTER_TERM_LITERAL && (t->language.len || t->datatype.len)) {
      propter_buf_add(out, t->language.len ? PROPTER_STR(" xml:lang=\"") : PROPTER_STR(" datatype=\""));
      text(t->language.len ? t->language : t->datatype, out);
      propter_buf_add_char(out, '"');
    }
    propter_buf_add_char(out, '>');
    text(t->value, out);
    propter_buf_printf(out, "</%s></binding>\n", tag);
  }
  propter_buf_add(out, PROPTER_STR("    </result>\n"));
  return PROPTER_OK;
}

static void end(ResultCall *call, uint64_t count) {
  (void)count;
  propter_buf_add(call->out, PROPTER_STR("  </results>\n</sparql>\n"));
}

static void boolean(bool answer, PropterBuf *out) {
  propter_buf_printf(out, HEAD "  <head/>\n  <boolean>%s</boolean>\n</sparql>\n", answer ? "true" : "false");
}

const ResultWriter result_xml = {begin, row, end, boolean};

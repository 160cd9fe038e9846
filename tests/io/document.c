/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"

static void put(const PropterTerm *t, PropterBuf *out) {
  if (t->kind == PROPTER_TERM_NONE) return;
  if (t->kind == PROPTER_TERM_IRI) {
    propter_buf_printf(out, "<%.*s> ", (int)t->value.len, t->value.data);
  } else if (t->kind == PROPTER_TERM_BLANK) {
    propter_buf_printf(out, "_:%.*s ", (int)t->value.len, t->value.data);
  } else {
    propter_buf_add_char(out, '"');
    propter_buf_add(out, t->value);
    propter_buf_add_char(out, '"');
    if (t->language.len) propter_buf_printf(out, "@%.*s", (int)t->language.len, t->language.data);
    if (t->datatype.len) propter_buf_printf(out, "^^<%.*s>", (int)t->datatype.len, t->datatype.data);
    propter_buf_add_char(out, ' ');
  }
}

PropterStatus document_line(const PropterStatement *st, void *payload, PropterError *err) {
  PropterBuf *out = payload;
  put(&st->s, out), put(&st->p, out), put(&st->o, out), put(&st->g, out);
  propter_buf_add(out, PROPTER_STR(".\n"));
  return propter_buf_status(out, err);
}

PropterStatus document_read(const char *format, const char *base, PropterStr text, PropterBuf *out, PropterError *err) {
  PropterRdfSink sink = {document_line, NULL, out};
  PropterRdfOptions options = {.format = format, .base = propter_str(base)};
  return propter_rdf_read_text(text, "test", &options, &sink, err);
}

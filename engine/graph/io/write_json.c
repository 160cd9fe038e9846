/* SPDX-License-Identifier: Apache-2.0 */
/* RDF/JSON (https://www.w3.org/TR/rdf-json/) from a sorted document: { subject: { property: [ values ] } }. */
#include "write.h"

static const PropterTerm *term_of(const Held *h, uint32_t number) { return &h->terms.items[number].term; }

static void put_name(PropterRdfWriter *w, const PropterTerm *t) {
  if (t->kind != PROPTER_TERM_BLANK) {
    propter_buf_add_json(&w->out, t->value);
    return;
  }
  propter_buf_add(&w->out, PROPTER_STR("\"_:"));
  propter_buf_add(&w->out, t->value); /* letters, digits and marks that JSON takes as they are */
  propter_buf_add_char(&w->out, '"');
}

static void put_value(PropterRdfWriter *w, const PropterTerm *t) {
  static const char *const types[] = {[PROPTER_TERM_IRI] = "uri", [PROPTER_TERM_BLANK] = "bnode", [PROPTER_TERM_LITERAL] = "literal"};
  propter_buf_add(&w->out, PROPTER_STR("{\"value\":"));
  if (t->kind == PROPTER_TERM_LITERAL) propter_buf_add_json(&w->out, t->value);
  else put_name(w, t);
  propter_buf_printf(&w->out, ",\"type\":\"%s\"", types[t->kind]);
  if (t->language.len || t->datatype.len) {
    propter_buf_add(&w->out, t->language.len ? PROPTER_STR(",\"lang\":") : PROPTER_STR(",\"datatype\":"));
    propter_buf_add_json(&w->out, t->language.len ? t->language : t->datatype);
  }
  propter_buf_add_char(&w->out, '}');
}

static void put(PropterRdfWriter *w, const Held *h) {
  const HeldQuad *q = h->quads.items;
  propter_buf_add_char(&w->out, '{');
  for (size_t i = 0; i < h->quads.count && w->status == PROPTER_OK; i++) {
    bool subject = i == 0 || q[i].s != q[i - 1].s, property = subject || q[i].p != q[i - 1].p;
    if (subject) {
      propter_buf_add(&w->out, i ? PROPTER_STR("]},\n") : PROPTER_STR("\n"));
      put_name(w, term_of(h, q[i].s));
      propter_buf_add(&w->out, PROPTER_STR(":{"));
    }
    if (property) {
      propter_buf_add(&w->out, subject ? PROPTER_STR("\n  ") : PROPTER_STR("],\n  "));
      put_name(w, term_of(h, q[i].p));
      propter_buf_add(&w->out, PROPTER_STR(":["));
    } else {
      propter_buf_add_char(&w->out, ',');
    }
    put_value(w, term_of(h, q[i].o));
    (void)writer_flush(w, false, w->err);
  }
  propter_buf_add(&w->out, h->quads.count ? PROPTER_STR("]}\n}\n") : PROPTER_STR("}\n"));
}

const Syntax syntax_json = {put, NULL, true}; /* a subject is a name in one object, which can stand there once */

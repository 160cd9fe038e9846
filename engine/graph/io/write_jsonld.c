/* SPDX-License-Identifier: Apache-2.0 */
/* JSON-LD 1.1 from sorted stretches: one object per subject, expanded, so that it means the same in every processor and with no context. A named graph is an
 * object with "@graph". */
#include "propter/vocab.h"
#include "write.h"

typedef struct {
  PropterRdfWriter *w;
  const Held *h;
} Json;

static const PropterTerm *term_of(const Json *j, uint32_t number) { return &j->h->terms.items[number].term; }

static void put_id(Json *j, uint32_t number) {
  const PropterTerm *t = term_of(j, number);
  if (t->kind != PROPTER_TERM_BLANK) {
    propter_buf_add_json(&j->w->out, t->value);
    return;
  }
  propter_buf_add(&j->w->out, PROPTER_STR("\"_:"));
  propter_buf_add(&j->w->out, t->value); /* letters, digits and marks that JSON takes as they are */
  propter_buf_add_char(&j->w->out, '"');
}

static void put_object(Json *j, uint32_t number) {
  const PropterTerm *t = term_of(j, number);
  PropterBuf *out = &j->w->out;
  if (t->kind != PROPTER_TERM_LITERAL) {
    propter_buf_add(out, PROPTER_STR("{\"@id\":"));
    put_id(j, number);
  } else {
    propter_buf_add(out, PROPTER_STR("{\"@value\":"));
    propter_buf_add_json(out, t->value);
    if (t->language.len || t->datatype.len) {
      propter_buf_add(out, t->language.len ? PROPTER_STR(",\"@language\":") : PROPTER_STR(",\"@type\":"));
      propter_buf_add_json(out, t->language.len ? t->language : t->datatype);
    }
  }
  propter_buf_add_char(out, '}');
}

/* "@type" can not say that a class is a literal. */
static bool all_nodes(const Json *j, size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    if (term_of(j, j->h->quads.items[i].o)->kind == PROPTER_TERM_LITERAL) return false;
  return true;
}

static void put_property(Json *j, size_t from, size_t to) {
  const HeldQuad *q = j->h->quads.items;
  PropterBuf *out = &j->w->out;
  bool type = propter_str_equal(term_of(j, q[from].p)->value, propter_vocab_iri(VOCAB_rdf_type)) && all_nodes(j, from, to);
  propter_buf_add(out, PROPTER_STR(",\n  "));
  if (type)
    propter_buf_add(out, PROPTER_STR("\"@type\""));
  else
    put_id(j, q[from].p);
  propter_buf_add(out, PROPTER_STR(":["));
  for (size_t i = from; i < to; i++) {
    if (i > from) propter_buf_add_char(out, ',');
    type ? put_id(j, q[i].o) : put_object(j, q[i].o);
  }
  propter_buf_add_char(out, ']');
}

static void put_node(Json *j, size_t from, size_t to) {
  propter_buf_add(&j->w->out, PROPTER_STR("{\"@id\":"));
  put_id(j, j->h->quads.items[from].s);
  for (size_t i = from; i < to;) {
    size_t end = held_run(j->h, i, 3);
    put_property(j, i, end);
    i = end;
  }
  propter_buf_add_char(&j->w->out, '}');
  (void)writer_flush(j->w, false, j->w->err);
}

static void put(PropterRdfWriter *w, const Held *h) {
  Json j = {w, h};
  bool first = w->stretches == 0;
  if (first) propter_buf_add_char(&w->out, '[');
  for (size_t g = 0; g < h->quads.count && w->status == PROPTER_OK;) {
    size_t end = held_run(h, g, 1);
    uint32_t graph = h->quads.items[g].g;
    if (graph) {
      propter_buf_add(&w->out, first ? PROPTER_STR("\n{\"@id\":") : PROPTER_STR(",\n{\"@id\":"));
      put_id(&j, graph);
      propter_buf_add(&w->out, PROPTER_STR(",\"@graph\":["));
    }
    for (size_t s = g; s < end && w->status == PROPTER_OK;) {
      size_t next = held_run(h, s, 2);
      propter_buf_add(&w->out, (graph ? s == g : first) ? PROPTER_STR("\n") : PROPTER_STR(",\n"));
      first = false;
      put_node(&j, s, next);
      s = next;
    }
    if (graph) propter_buf_add(&w->out, PROPTER_STR("]}"));
    g = end;
  }
}

static void end(PropterRdfWriter *w) { propter_buf_add(&w->out, PROPTER_STR("\n]\n")); }

const Syntax syntax_jsonld = {put, end, false};

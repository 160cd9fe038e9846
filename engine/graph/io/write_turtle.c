/* SPDX-License-Identifier: Apache-2.0 */
/* Turtle and TriG from sorted stretches: prefixes before the first that uses them, subjects and predicates said once, rdf:type first as "a". */
#include <string.h>

#include "propter/vocab.h"
#include "write.h"

static const PropterRdfPrefix standard[] = {
#define PREFIX(prefix, iri) {{#prefix, sizeof #prefix - 1}, {iri, sizeof(iri) - 1}},
#define TERM(prefix, local)
#include "terms.def"
#undef TERM
#undef PREFIX
};

typedef struct {
  PropterRdfWriter *w;
  const Held *h;
  const PropterRdfPrefix *prefixes;
  size_t count;
  uint32_t type; /* number of rdf:type, or 0 */
} Turtle;

static bool is_name(char c, bool inner) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (inner && c == '-');
}

/* The prefix an IRI can be written with: the longest that leaves a plain local name. SIZE_MAX: none. */
static size_t prefix_of(const Turtle *t, PropterStr iri) {
  size_t best = SIZE_MAX, longest = 0;
  for (size_t i = 0; i < t->count; i++) {
    PropterStr p = t->prefixes[i].iri;
    if (p.len < longest || p.len == 0 || iri.len <= p.len || memcmp(iri.data, p.data, p.len) != 0) continue;
    bool plain = is_name(iri.data[p.len], false);
    for (size_t k = p.len + 1; k < iri.len && plain; k++) plain = is_name(iri.data[k], true);
    if (plain) best = i, longest = p.len;
  }
  return best;
}

static bool digits(PropterStr s, size_t *at) {
  size_t from = *at;
  while (*at < s.len && s.data[*at] >= '0' && s.data[*at] <= '9') ++*at;
  return *at > from;
}

/* Can a literal be written without quotes and still keep its datatype and spelling? */
static bool is_bare(const PropterTerm *term) {
  PropterStr v = term->value;
  if (propter_str_equal(term->datatype, propter_vocab_iri(VOCAB_xsd_boolean)))
    return propter_str_equal(v, PROPTER_STR("true")) || propter_str_equal(v, PROPTER_STR("false"));
  size_t at = v.len && (v.data[0] == '+' || v.data[0] == '-') ? 1 : 0;
  bool whole = digits(v, &at);
  if (propter_str_equal(term->datatype, propter_vocab_iri(VOCAB_xsd_integer))) return whole && at == v.len;
  bool point = at < v.len && v.data[at] == '.', part = false;
  if (point) at++, part = digits(v, &at);
  if (propter_str_equal(term->datatype, propter_vocab_iri(VOCAB_xsd_decimal))) return point && part && at == v.len;
  if (!propter_str_equal(term->datatype, propter_vocab_iri(VOCAB_xsd_double)) || !(whole || part) || (point && !part)) return false;
  if (at == v.len || (v.data[at] | 32) != 'e') return false;
  at++;
  if (at < v.len && (v.data[at] == '+' || v.data[at] == '-')) at++;
  return digits(v, &at) && at == v.len;
}

static void put_iri(Turtle *t, PropterStr iri, PropterStr text) {
  size_t p = prefix_of(t, iri);
  if (p == SIZE_MAX) {
    propter_buf_add(&t->w->out, text);
    return;
  }
  propter_buf_add(&t->w->out, t->prefixes[p].prefix);
  propter_buf_add_char(&t->w->out, ':');
  propter_buf_add(&t->w->out, (PropterStr){iri.data + t->prefixes[p].iri.len, iri.len - t->prefixes[p].iri.len});
}

static void put_term(Turtle *t, uint32_t number) {
  const HeldTerm *held = &t->h->terms.items[number];
  const PropterTerm *term = &held->term;
  if (term->kind == PROPTER_TERM_IRI) {
    put_iri(t, term->value, held->text);
  } else if (term->kind == PROPTER_TERM_LITERAL && term->datatype.len && !term->language.len && is_bare(term)) {
    propter_buf_add(&t->w->out, term->value);
  } else if (term->kind == PROPTER_TERM_LITERAL && term->datatype.len && !term->language.len && prefix_of(t, term->datatype) != SIZE_MAX) {
    /* "…"^^<datatype>: the text before the datatype's "<" stands. */
    size_t end = held->text.len - term->datatype.len - 2;
    propter_buf_add(&t->w->out, (PropterStr){held->text.data, end});
    put_iri(t, term->datatype, (PropterStr){"", 0});
  } else {
    propter_buf_add(&t->w->out, held->text);
  }
}

static void put_prefixes(Turtle *t) {
  bool *used = propter_calloc(t->count, sizeof *used), *said = t->w->prefixes;
  if (!said) said = t->w->prefixes = propter_calloc(t->count, sizeof *said);
  if (!used || !said) {
    t->w->status = propter_fail(t->w->err, PROPTER_NO_MEMORY, "out of memory");
    propter_free(used);
    return;
  }
  for (size_t i = 0; i < t->h->terms.count; i++) {
    const PropterTerm *term = &t->h->terms.items[i].term;
    PropterStr iri = term->kind == PROPTER_TERM_IRI && i != t->type         ? term->value
                     : term->kind == PROPTER_TERM_LITERAL && !is_bare(term) ? term->datatype
                                                                            : (PropterStr){"", 0};
    size_t p = iri.len ? prefix_of(t, iri) : SIZE_MAX;
    if (p != SIZE_MAX) used[p] = true;
  }
  bool any = false;
  for (size_t i = 0; i < t->count; i++)
    if (used[i] && !said[i]) {
      any = said[i] = true;
      propter_buf_add(&t->w->out, PROPTER_STR("@prefix "));
      propter_buf_add(&t->w->out, t->prefixes[i].prefix);
      propter_buf_add(&t->w->out, PROPTER_STR(": <"));
      propter_buf_add(&t->w->out, t->prefixes[i].iri);
      propter_buf_add(&t->w->out, PROPTER_STR("> .\n"));
    }
  if (any && t->h->quads.count) propter_buf_add_char(&t->w->out, '\n');
  propter_free(used);
}

/* The statements [from, to) of one predicate. */
static void put_objects(Turtle *t, size_t from, size_t to, bool first, const char *indent) {
  const HeldQuad *q = t->h->quads.items;
  if (first)
    propter_buf_add_char(&t->w->out, ' ');
  else
    propter_buf_printf(&t->w->out, " ;\n%s    ", indent);
  if (q[from].p == t->type)
    propter_buf_add_char(&t->w->out, 'a');
  else
    put_term(t, q[from].p);
  for (size_t i = from; i < to; i++) {
    propter_buf_add(&t->w->out, i == from ? PROPTER_STR(" ") : PROPTER_STR(", "));
    put_term(t, q[i].o);
  }
}

static void put_subject(Turtle *t, size_t from, size_t to, const char *indent) {
  const HeldQuad *q = t->h->quads.items;
  propter_buf_add(&t->w->out, propter_str(indent));
  put_term(t, q[from].s);
  bool first = true;
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = from; i < to;) {
      size_t end = held_run(t->h, i, 3);
      if ((q[i].p == t->type) == (pass == 0)) {
        put_objects(t, i, end, first, indent);
        first = false;
      }
      i = end;
    }
  propter_buf_add(&t->w->out, PROPTER_STR(" .\n"));
  (void)writer_flush(t->w, false, t->w->err);
}

static void put(PropterRdfWriter *w, const Held *h) {
  Turtle t = {w, h, w->options.prefixes ? w->options.prefixes : standard, w->options.prefixes ? w->options.prefix_count : sizeof standard / sizeof *standard,
              0};
  PropterStr type = propter_vocab_iri(VOCAB_rdf_type);
  for (size_t i = 1; i < h->terms.count && !t.type; i++)
    if (h->terms.items[i].term.kind == PROPTER_TERM_IRI && propter_str_equal(h->terms.items[i].term.value, type)) t.type = (uint32_t)i;
  put_prefixes(&t);
  for (size_t g = 0; g < h->quads.count && w->status == PROPTER_OK;) {
    size_t end = held_run(t.h, g, 1);
    uint32_t graph = h->quads.items[g].g;
    if (graph) {
      put_term(&t, graph);
      propter_buf_add(&w->out, PROPTER_STR(" {\n"));
    }
    for (size_t s = g; s < end && w->status == PROPTER_OK;) {
      size_t next = held_run(t.h, s, 2);
      put_subject(&t, s, next, graph ? "  " : "");
      s = next;
    }
    if (graph) propter_buf_add(&w->out, PROPTER_STR("}\n"));
    g = end;
  }
}

const Syntax syntax_turtle = {put, NULL, false};

/* SPDX-License-Identifier: Apache-2.0 */
#include "write.h"

#include <string.h>

static const Syntax *const syntaxes[] = {
#define SYNTAX_lines &syntax_lines
#define SYNTAX_turtle &syntax_turtle
#define SYNTAX_rdfxml &syntax_rdfxml
#define SYNTAX_jsonld &syntax_jsonld
#define SYNTAX_json &syntax_json
#define SYNTAX_none NULL
#define FORMAT(name, media, extensions, reader, variant, writer, graphs) SYNTAX_##writer,
#include "formats.def"
#undef FORMAT
};

enum { FLUSH_AT = 1 << 16, STRETCH_STATEMENTS = 1 << 16, STRETCH_BYTES = 1 << 24 };

PropterStatus writer_flush(PropterRdfWriter *w, bool all, PropterError *err) {
  if (w->status != PROPTER_OK) return w->status;
  w->status = propter_buf_status(&w->out, err);
  if (w->status == PROPTER_OK && w->out.len && (all || w->out.len >= FLUSH_AT)) {
    w->status = w->write(propter_buf_str(&w->out), w->payload, err);
    propter_buf_reset(&w->out);
  }
  return w->status;
}

PropterStatus propter_rdf_writer_open(const PropterRdfWriterOptions *options, PropterWrite write, void *payload, PropterRdfWriter **out, PropterError *err) {
  const char *name = options && options->format ? options->format : "nquads";
  const PropterRdfFormat *format = propter_rdf_format(propter_str(name));
  if (!format || !format->writes) {
    PropterBuf names = {.max = 400};
    const PropterRdfFormat *f;
    for (size_t i = 0; (f = propter_rdf_format_at(i)) != NULL; i++)
      if (f->writes) propter_buf_printf(&names, "%s%s", names.len ? ", " : "", f->name);
    PropterStatus s = propter_fail(err, PROPTER_USAGE, "no writer for RDF format \"%s\": expected one of %s", name, names.data ? names.data : "");
    propter_buf_clear(&names);
    return s;
  }
  PropterRdfWriter *w = propter_calloc(1, sizeof *w);
  if (!w) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  if (options) w->options = *options;
  w->format = format;
  for (size_t i = 0; propter_rdf_format_at(i); i++)
    if (propter_rdf_format_at(i) == format) w->syntax = syntaxes[i];
  w->write = write;
  w->payload = payload;
  w->hold = w->options.canonical || w->syntax != &syntax_lines;
  w->whole = w->options.canonical || w->syntax->whole;
  HeldTerm none = {.term = {.kind = PROPTER_TERM_NONE}, .text = {"", 0}};
  if (!propter_vec_push(&w->held.terms, none)) {
    propter_free(w);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  *out = w;
  return PROPTER_OK;
}

void propter_rdf_writer_close(PropterRdfWriter *w) {
  if (!w) return;
  propter_vec_clear(&w->held.terms);
  propter_vec_clear(&w->held.quads);
  propter_map_clear(&w->held.numbers);
  propter_arena_clear(&w->held.arena);
  propter_buf_clear(&w->held.scratch);
  propter_buf_clear(&w->out);
  propter_free(w->prefixes);
  propter_free(w);
}

static PropterStatus hold_term(Held *h, const PropterTerm *term, uint32_t *number, PropterError *err) {
  *number = 0;
  if (term->kind == PROPTER_TERM_NONE) return PROPTER_OK;
  propter_buf_reset(&h->scratch);
  propter_term_write(term, &h->scratch);
  PROPTER_TRY(propter_buf_status(&h->scratch, err));
  bool added = false;
  uint64_t *at = propter_map_put(&h->numbers, propter_buf_str(&h->scratch), h->terms.count, &added);
  if (!at || h->terms.count >= UINT32_MAX) goto full;
  *number = (uint32_t)*at;
  if (!added) return PROPTER_OK;
  HeldTerm t = {.term = {.kind = term->kind}};
  t.text = propter_arena_copy(&h->arena, propter_buf_str(&h->scratch));
  t.term.value = propter_arena_copy(&h->arena, term->value);
  t.term.datatype = propter_arena_copy(&h->arena, term->datatype);
  t.term.language = propter_arena_copy(&h->arena, term->language);
  if (t.text.data && t.term.value.data && t.term.datatype.data && t.term.language.data && propter_vec_push(&h->terms, t)) return PROPTER_OK;
full:
  return propter_fail(err, h->arena.used > ((size_t)1 << 30) - ((size_t)1 << 24) ? PROPTER_LIMIT : PROPTER_NO_MEMORY,
                      "too much to hold for sorting: write N-Quads without canonical labels instead");
}

static int by_text(const void *a, const void *b, void *terms) {
  const HeldTerm *t = terms;
  return propter_str_compare(t[*(const uint32_t *)a].text, t[*(const uint32_t *)b].text);
}

static int by_rank(const void *a, const void *b, void *terms) {
  const HeldTerm *t = terms;
  const HeldQuad *x = a, *y = b;
  const uint32_t l[] = {t[x->g].rank, t[x->s].rank, t[x->p].rank, t[x->o].rank}, r[] = {t[y->g].rank, t[y->s].rank, t[y->p].rank, t[y->o].rank};
  for (int i = 0; i < 4; i++)
    if (l[i] != r[i]) return l[i] < r[i] ? -1 : 1;
  return 0;
}

/* Sorts the terms by text and the quads by their terms, and drops repeated quads. Number 0, "no graph", comes first. */
static PropterStatus sort(Held *h, PropterError *err) {
  size_t n = h->terms.count;
  uint32_t *order = propter_malloc(n * sizeof *order);
  if (!order) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  for (uint32_t i = 0; i < n; i++) order[i] = i;
  qsort_r(order, n, sizeof *order, by_text, h->terms.items);
  for (uint32_t i = 0; i < n; i++) h->terms.items[order[i]].rank = i;
  propter_free(order);
  if (!h->quads.count) return PROPTER_OK;
  qsort_r(h->quads.items, h->quads.count, sizeof *h->quads.items, by_rank, h->terms.items);
  size_t kept = 1;
  for (size_t i = 1; i < h->quads.count; i++)
    if (memcmp(&h->quads.items[i], &h->quads.items[kept - 1], sizeof(HeldQuad)) != 0) h->quads.items[kept++] = h->quads.items[i];
  h->quads.count = kept;
  return PROPTER_OK;
}

/* Writes what is held and forgets it. */
static PropterStatus put_stretch(PropterRdfWriter *w, PropterError *err) {
  Held *h = &w->held;
  w->status = sort(h, err);
  if (w->status != PROPTER_OK) return w->status;
  w->err = err;
  w->syntax->put(w, h);
  w->err = NULL;
  w->stretches++;
  propter_map_clear(&h->numbers);
  propter_arena_clear(&h->arena);
  h->terms.count = 1;
  h->quads.count = 0;
  return w->status;
}

PropterStatus propter_rdf_writer_add(PropterRdfWriter *w, const PropterStatement *st, PropterError *err) {
  if (w->status != PROPTER_OK) return propter_fail(err, w->status, "the writer has failed before");
  PropterTerm none = {.kind = PROPTER_TERM_NONE};
  const PropterTerm *g = w->format->named_graphs ? &st->g : &none;
  if (w->hold) {
    HeldQuad q = {0};
    w->status = hold_term(&w->held, &st->s, &q.s, err);
    if (w->status == PROPTER_OK) w->status = hold_term(&w->held, &st->p, &q.p, err);
    if (w->status == PROPTER_OK) w->status = hold_term(&w->held, &st->o, &q.o, err);
    if (w->status == PROPTER_OK) w->status = hold_term(&w->held, g, &q.g, err);
    if (w->status == PROPTER_OK && !propter_vec_push(&w->held.quads, q)) w->status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    if (w->whole || w->status != PROPTER_OK || (w->held.quads.count < STRETCH_STATEMENTS && w->held.arena.used < STRETCH_BYTES)) return w->status;
    return put_stretch(w, err);
  }
  const PropterTerm *terms[] = {&st->s, &st->p, &st->o, g};
  for (int i = 0; i < 4; i++)
    if (terms[i]->kind != PROPTER_TERM_NONE) {
      propter_term_write(terms[i], &w->out);
      propter_buf_add_char(&w->out, ' ');
    }
  propter_buf_add(&w->out, PROPTER_STR(".\n"));
  return writer_flush(w, false, err);
}

PropterStatus propter_rdf_writer_finish(PropterRdfWriter *w, PropterError *err) {
  if (w->status != PROPTER_OK) return propter_fail(err, w->status, "the writer has failed before");
  if (w->hold) {
    if (w->options.canonical) w->status = held_canonical(&w->held, err);
    if (w->status == PROPTER_OK) w->status = put_stretch(w, err);
    if (w->status == PROPTER_OK && w->syntax->end) w->syntax->end(w);
  }
  return writer_flush(w, true, err);
}

size_t held_run(const Held *h, size_t from, int columns) {
  const HeldQuad *q = h->quads.items;
  size_t i = from + 1;
  while (i < h->quads.count && q[i].g == q[from].g && (columns < 2 || q[i].s == q[from].s) && (columns < 3 || q[i].p == q[from].p)) i++;
  return i;
}

static void put(PropterRdfWriter *w, const Held *h) {
  for (size_t i = 0; i < h->quads.count && w->status == PROPTER_OK; i++) {
    const HeldQuad *q = &h->quads.items[i];
    const uint32_t terms[] = {q->s, q->p, q->o, q->g};
    for (int k = 0; k < 4; k++)
      if (terms[k]) {
        propter_buf_add(&w->out, h->terms.items[terms[k]].text);
        propter_buf_add_char(&w->out, ' ');
      }
    propter_buf_add(&w->out, PROPTER_STR(".\n"));
    (void)writer_flush(w, false, w->err);
  }
}

const Syntax syntax_lines = {put, NULL, true};

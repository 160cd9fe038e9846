/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes graph: triples of ids with their places. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shacl.h"

/* Blank nodes of the shapes are apart from those of the data and of other documents. */
static PropterStatus intern(Validator *v, const PropterTerm *term, PropterId *id, PropterError *err) {
  PropterTerm blank = *term;
  if (term->kind != PROPTER_TERM_BLANK) return exec_intern(&v->run, term, id, err);
  blank.value = propter_arena_printf(&v->arena, "shapes-%08x-%.*s", (unsigned)propter_hash64(propter_str(v->files.items[v->files.count - 1])),
                                     (int)term->value.len, term->value.data);
  return blank.value.data ? exec_intern(&v->run, &blank, id, err) : exec_fail_memory(&v->run, err);
}

static PropterStatus on_statement(const PropterStatement *st, void *payload, PropterError *err) {
  Validator *v = payload;
  ShapesTriple t = {.order = (uint32_t)v->triples.count, .file = (uint32_t)(v->files.count - 1), .line = st->line};
  PROPTER_TRY(intern(v, &st->s, &t.s, err));
  PROPTER_TRY(intern(v, &st->p, &t.p, err));
  PROPTER_TRY(intern(v, &st->o, &t.o, err));
  return propter_vec_push(&v->triples, t) ? PROPTER_OK : exec_fail_memory(&v->run, err);
}

static PropterStatus on_prefix(PropterStr prefix, PropterStr iri, void *payload, PropterError *err) {
  Validator *v = payload;
  if (propter_str_equal(prefix, PROPTER_STR("@base"))) return PROPTER_OK;
  PropterRdfPrefix p = {propter_arena_copy(&v->arena, prefix), propter_arena_copy(&v->arena, iri)};
  return p.prefix.data && p.iri.data && propter_vec_push(&v->prefixes, p) ? PROPTER_OK : exec_fail_memory(&v->run, err);
}

static int by_triple(const void *a, const void *b) {
  const ShapesTriple *x = a, *y = b;
  if (x->s != y->s) return x->s < y->s ? -1 : 1;
  if (x->p != y->p) return x->p < y->p ? -1 : 1;
  if (x->o != y->o) return x->o < y->o ? -1 : 1;
  return (x->order > y->order) - (x->order < y->order);
}

static int by_subject(const void *a, const void *b) {
  const ShapesTriple *x = a, *y = b;
  if (x->s != y->s) return x->s < y->s ? -1 : 1;
  return (x->order > y->order) - (x->order < y->order);
}

/* Each triple once, where it stands first. */
static void sort_triples(Validator *v) {
  ShapesTriple *t = v->triples.items;
  size_t n = 0;
  if (!v->triples.count) return;
  qsort(t, v->triples.count, sizeof *t, by_triple);
  for (size_t i = 0; i < v->triples.count; i++)
    if (!n || t[n - 1].s != t[i].s || t[n - 1].p != t[i].p || t[n - 1].o != t[i].o) t[n++] = t[i];
  v->triples.count = n;
  qsort(t, n, sizeof *t, by_subject);
}

extern const char cube_ttl[];
extern const size_t cube_ttl_size;

static PropterStatus read_text(Validator *v, PropterStr text, const char *name, PropterError *err) {
  PropterRdfOptions options = {.format = "turtle"};
  PropterRdfSink sink = {on_statement, on_prefix, v};
  if (!propter_vec_push(&v->files, name)) return exec_fail_memory(&v->run, err);
  return propter_rdf_read_text(text, name, &options, &sink, err);
}

/* The properties that lead from parents to children in code lists, or from children to parents. */
static PropterStatus find_hierarchies(Validator *v, PropterIds *out, PropterError *err) {
  static const char *const words[] = {"http://purl.org/linked-data/cube#parentChildProperty", "http://www.w3.org/2002/07/owl#inverseOf"};
  PropterQuads found = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < 2 && status == PROPTER_OK; i++) {
    PropterTerm word = propter_iri(propter_str(words[i]));
    PropterQuad pattern = {0};
    status = exec_intern(&v->run, &word, &pattern.p, err);
    if (status == PROPTER_OK) status = propter_snapshot_match(v->snapshot, pattern, 0, &found, err);
  }
  for (size_t i = 0; i < found.count && status == PROPTER_OK; i++) {
    PropterId p = found.items[i].o;
    bool known = exec_kind(&v->run, p) != PROPTER_TERM_IRI;
    for (size_t k = 0; k < out->count; k++) known |= out->items[k] == p;
    if (!known && !propter_vec_push(out, p)) status = exec_fail_memory(&v->run, err);
  }
  propter_vec_clear(&found);
  return status;
}

/* The shapes of hierarchies for one property. */
static PropterStatus read_hierarchy(Validator *v, PropterStr shapes, PropterId property, PropterError *err) {
  static const PropterStr place = {"cube:parentChildProperty", 24};
  PropterBuf text = {0};
  PropterTerm term;
  PROPTER_TRY(propter_snapshot_term(v->snapshot, property, &v->arena, &term, err));
  for (size_t at; (at = propter_str_find(shapes, place)) != SIZE_MAX; shapes.data += at + place.len, shapes.len -= at + place.len) {
    propter_buf_add(&text, (PropterStr){shapes.data, at});
    propter_buf_printf(&text, "<%.*s>", (int)term.value.len, term.value.data);
  }
  propter_buf_add(&text, shapes);
  PropterStr name = propter_arena_printf(&v->arena, "cube.ttl <%.*s>", (int)term.value.len, term.value.data);
  PropterStatus status = name.data ? propter_buf_status(&text, err) : exec_fail_memory(&v->run, err);
  if (status == PROPTER_OK) status = read_text(v, propter_buf_str(&text), name.data, err);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus read_cube(Validator *v, PropterError *err) {
  PropterStr text = {cube_ttl, cube_ttl_size};
  size_t at = propter_str_find(text, PROPTER_STR("\n# Hierarchies\n"));
  PropterIds properties = {0};
  PropterStatus status = read_text(v, (PropterStr){text.data, at}, "cube.ttl", err);
  if (status == PROPTER_OK) status = find_hierarchies(v, &properties, err);
  for (size_t i = 0; i < properties.count && status == PROPTER_OK; i++)
    status = read_hierarchy(v, (PropterStr){text.data + at, text.len - at}, properties.items[i], err);
  propter_vec_clear(&properties);
  return status;
}

PropterStatus shapes_read(Validator *v, const char *const *paths, size_t count, PropterError *err) {
  for (size_t i = 0; i < count; i++) {
    PropterRdfOptions options = {.format = propter_rdf_format_of_file(paths[i]) ? NULL : "turtle"};
    PropterRdfSink sink = {on_statement, on_prefix, v};
    if (!propter_vec_push(&v->files, paths[i])) return exec_fail_memory(&v->run, err);
    PROPTER_TRY(propter_rdf_read(paths[i], &options, &sink, err));
  }
  if (v->options.cubes) PROPTER_TRY(read_cube(v, err));
  PropterBuf iri = {0};
  PropterStatus status = count ? propter_iri_of_file(paths[0], &iri, err) : PROPTER_OK;
  if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
  v->shapes_graph = propter_arena_copy(&v->arena, propter_buf_str(&iri));
  propter_buf_clear(&iri);
  sort_triples(v);
  return status == PROPTER_OK && !v->shapes_graph.data ? exec_fail_memory(&v->run, err) : status;
}

const ShapesTriple *shapes_next(const Validator *v, PropterId s, PropterId p, const ShapesTriple *after) {
  const ShapesTriple *end = v->triples.items + v->triples.count, *t = after ? after + 1 : v->triples.items;
  if (!after) {
    size_t low = 0, high = v->triples.count;
    while (low < high) {
      size_t mid = low + (high - low) / 2;
      if (v->triples.items[mid].s < s) low = mid + 1;
      else high = mid;
    }
    t += low;
  }
  for (; t < end && t->s == s; t++)
    if (!p || t->p == p) return t;
  return NULL;
}

PropterStatus shapes_list(const Validator *v, const ShapesTriple *at, PropterIds *members, PropterError *err) {
  size_t steps = 0;
  for (PropterId node = at->o; node != v->word[VOCAB_rdf_nil];) {
    const ShapesTriple *first = shapes_get(v, node, VOCAB_rdf_first), *rest = shapes_get(v, node, VOCAB_rdf_rest);
    if (!first || !rest || steps++ > v->triples.count) return shapes_fail(v, at, err, PROPTER_INVALID, "expected a list that ends with rdf:nil");
    if (!propter_vec_push(members, first->o)) return exec_fail_memory(&v->run, err);
    node = rest->o;
  }
  return PROPTER_OK;
}

PropterStatus shapes_fail(const Validator *v, const ShapesTriple *at, PropterError *err, PropterStatus status, const char *format, ...) {
  char text[400];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (at) propter_error_at(err, v->files.items[at->file], at->line, 0);
  return propter_fail(err, status, "%s", text);
}

PropterStr shapes_local(PropterStr iri) {
  size_t i = iri.len;
  while (i > 0 && iri.data[i - 1] != '#' && iri.data[i - 1] != '/' && iri.data[i - 1] != ':') i--;
  return (PropterStr){iri.data + i, iri.len - i};
}

/* What may stand behind a prefix without being escaped in Turtle: a cautious part of it. */
static bool plain_name(PropterStr name) {
  for (size_t i = 0; i < name.len; i++) {
    unsigned char c = (unsigned char)name.data[i];
    if (!(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z') && c != '_' && c != '-') return false;
  }
  return name.len > 0;
}

static void put_iri(const Validator *v, PropterStr iri, PropterBuf *out) {
  const PropterRdfPrefix *best = NULL;
  for (size_t i = 0; i < v->prefixes.count; i++) {
    const PropterRdfPrefix *p = &v->prefixes.items[i];
    if (propter_str_starts(iri, p->iri) && (!best || p->iri.len > best->iri.len) && plain_name((PropterStr){iri.data + p->iri.len, iri.len - p->iri.len}))
      best = p;
  }
  if (best) {
    propter_buf_add(out, best->prefix);
    propter_buf_add_char(out, ':');
    propter_buf_add(out, (PropterStr){iri.data + best->iri.len, iri.len - best->iri.len});
  } else {
    propter_buf_add_char(out, '<');
    propter_buf_add(out, iri);
    propter_buf_add_char(out, '>');
  }
}

static bool numeric(const PropterTerm *term) {
  Value value = value_of_term(term);
  return value_numeric(&value);
}

PropterStatus shapes_name(Validator *v, PropterId id, PropterBuf *out, PropterError *err) {
  PropterArena text = {0};
  PropterTerm term;
  PropterStatus status = exec_term(&v->run, id, &text, &term, err);
  if (status == PROPTER_OK && term.kind == PROPTER_TERM_IRI) put_iri(v, term.value, out);
  else if (status == PROPTER_OK && term.kind == PROPTER_TERM_LITERAL && numeric(&term)) propter_buf_add(out, term.value);
  else if (status == PROPTER_OK && term.kind == PROPTER_TERM_LITERAL && term.datatype.len) {
    PropterTerm plain = propter_literal(term.value);
    propter_term_write(&plain, out);
    propter_buf_add(out, PROPTER_STR("^^"));
    put_iri(v, term.datatype, out);
  } else if (status == PROPTER_OK) propter_term_write(&term, out);
  propter_arena_clear(&text);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "doc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csvw.h"
#include "define.h"
#include "propter/rdf.h"
#include "propter/vocab.h"
#include "yarrrml.h"

static const struct {
  const char *iri;
  Vocabulary vocabulary;
} namespaces[] = {{"http://w3id.org/rml/", VOCABULARY_RML},
                  {"http://semweb.mmlab.be/ns/rml#", VOCABULARY_2014},
                  {"http://www.w3.org/ns/r2rml#", VOCABULARY_2014},
                  {"http://semweb.mmlab.be/ns/ql#", VOCABULARY_2014},
                  {"http://semweb.mmlab.be/ns/rml-target#", VOCABULARY_2014},
                  {"http://semweb.mmlab.be/ns/rml-compression#", VOCABULARY_2014},
                  {"https://w3id.org/imec/rml/ns/extensions#", VOCABULARY_2014},
                  {"http://www.w3.org/2011/http#", VOCABULARY_2014},
                  {"https://w3id.org/ldes#", VOCABULARY_2014},
                  {"http://www.w3.org/ns/dcat#", VOCABULARY_2014},
                  {"http://semweb.mmlab.be/ns/fnml#", VOCABULARY_2014},
                  {"http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#", VOCABULARY_2014},
                  {"http://www.w3.org/ns/sparql-service-description#", VOCABULARY_2014},
                  {"http://www.w3.org/ns/formats/", VOCABULARY_2014},
                  {"http://rdfs.org/ns/void#", VOCABULARY_2014},
                  {"http://www.w3.org/ns/csvw#", VOCABULARY_CSVW},
                  {TERMS_propter, VOCABULARY_PROPTER}};

static const char *const words[] = {
    "",
#define WORD(name) #name,
#include "words.def"
#undef WORD
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading a mapping"); }

static void classify(NodeInfo *n) {
  if (n->term.kind != PROPTER_TERM_IRI) return;
  if (propter_str_equal(n->term.value, propter_vocab_iri(VOCAB_rdf_type))) {
    n->word = WORD_type;
    n->vocabulary = VOCABULARY_RDF;
    return;
  }
  if (propter_str_equal(n->term.value, propter_vocab_iri(VOCAB_rdf_first))) n->word = WORD_first;
  if (propter_str_equal(n->term.value, propter_vocab_iri(VOCAB_rdf_rest))) n->word = WORD_rest;
  for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++) {
    PropterStr prefix = propter_str(namespaces[i].iri);
    if (!propter_str_starts(n->term.value, prefix)) continue;
    PropterStr local = {n->term.value.data + prefix.len, n->term.value.len - prefix.len};
    n->vocabulary = namespaces[i].vocabulary;
    for (int w = 1; w < WORD_COUNT; w++)
      if (propter_str_equal(local, propter_str(words[w]))) n->word = (Word)w;
  }
}

static PropterStatus copy_term(Doc *doc, const PropterTerm *term, PropterTerm *out, PropterError *err) {
  out->kind = term->kind;
  out->value = propter_arena_copy(doc->arena, term->value);
  out->datatype = propter_arena_copy(doc->arena, term->datatype);
  out->language = propter_arena_copy(doc->arena, term->language);
  return out->value.data && out->datatype.data && out->language.data ? PROPTER_OK : no_memory(err);
}

static PropterStatus node_of(Doc *doc, const PropterTerm *term, Node *out, PropterError *err) {
  const uint32_t file = doc->reading;
  propter_buf_reset(&doc->key);
  if (term->kind == PROPTER_TERM_BLANK) propter_buf_printf(&doc->key, "%u", file);
  propter_term_write(term, &doc->key);
  PROPTER_TRY(propter_buf_status(&doc->key, err));
  bool added;
  uint64_t *at = propter_map_put(&doc->index, propter_buf_str(&doc->key), doc->nodes.count, &added);
  if (!at) return no_memory(err);
  *out = (Node)*at;
  if (!added) return PROPTER_OK;
  NodeInfo n = {.file = file};
  PROPTER_TRY(copy_term(doc, term, &n.term, err));
  classify(&n);
  return propter_vec_push(&doc->nodes, n) ? PROPTER_OK : no_memory(err);
}

static PropterStatus on_statement(const PropterStatement *st, void *payload, PropterError *err) {
  Doc *doc = payload;
  DocTriple t = {.file = doc->reading, .line = st->line};
  PROPTER_TRY(node_of(doc, &st->s, &t.s, err));
  PROPTER_TRY(node_of(doc, &st->p, &t.p, err));
  PROPTER_TRY(node_of(doc, &st->o, &t.o, err));
  return propter_vec_push(&doc->triples, t) ? PROPTER_OK : no_memory(err);
}

static size_t mark(void *payload) { return ((Doc *)payload)->triples.count; }

static void forget(size_t from, size_t to, void *payload) {
  Doc *doc = payload;
  if (from == to) return;
  memmove(doc->triples.items + from, doc->triples.items + to, (doc->triples.count - to) * sizeof *doc->triples.items);
  doc->triples.count -= to - from;
}

/* The document in which it is wrong: of what one leads to in another, that one. */
static const char *place_of(const Doc *doc, const PropterError *why) {
  for (size_t i = 0; i < doc->files.count; i++)
    if (*why->source && strncmp(doc->files.items[i].path, why->source, sizeof why->source - 1) == 0) return doc->files.items[i].path;
  return doc->files.items[doc->reading].path;
}

static PropterStatus refuse(PropterStr name, const PropterError *why, void *payload, PropterError *err) {
  Doc *doc = payload;
  PropterMapRefusal r = {propter_str(place_of(doc, why)), propter_arena_copy(doc->arena, name), why->line,
                         propter_arena_copy(doc->arena, propter_str(why->message))};
  return r.name.data && r.reason.data && propter_vec_push(&doc->refusals, r) ? PROPTER_OK : no_memory(err);
}

static PropterStatus on_prefix(PropterStr prefix, PropterStr iri, void *payload, PropterError *err) {
  Doc *doc = payload;
  if (!propter_str_equal(prefix, PROPTER_STR("@base"))) return PROPTER_OK;
  DocFile *file = &doc->files.items[doc->reading];
  file->base = propter_arena_copy(doc->arena, iri);
  return file->base.data ? PROPTER_OK : no_memory(err);
}

static PropterStatus warn(PropterStr key, uint64_t line, void *payload, PropterError *err) {
  Doc *doc = payload;
  bool added;
  propter_buf_reset(&doc->key);
  propter_buf_printf(&doc->key, "%s:%" PRIu64 ": the key \"%.*s\" has no meaning here and is passed over", doc->files.items[doc->reading].path, line,
                     (int)key.len, key.data);
  PROPTER_TRY(propter_buf_status(&doc->key, err));
  if (!propter_map_put(&doc->warned, propter_buf_str(&doc->key), 0, &added)) return no_memory(err);
  if (!added) return PROPTER_OK;
  const PropterStr text = propter_arena_copy(doc->arena, propter_buf_str(&doc->key));
  return text.data && propter_vec_push(&doc->warnings, text.data) ? PROPTER_OK : no_memory(err);
}

static void stand(size_t n, void *payload) { ((Doc *)payload)->reading = (uint32_t)n; }

static PropterStatus add_file(Doc *doc, const char *path, PropterError *err) {
  PropterBuf iri = {0};
  PropterStatus status = propter_iri_of_file(path, &iri, err);
  if (status == PROPTER_OK) status = propter_buf_status(&iri, err);
  const char *slash = strrchr(path, '/');
  DocFile file = {.path = propter_arena_copy(doc->arena, propter_str(path)).data,
                  .directory = propter_arena_copy(doc->arena, (PropterStr){path, slash ? (size_t)(slash - path) + 1 : 0}),
                  .iri = propter_arena_copy(doc->arena, propter_buf_str(&iri)),
                  .base = {"", 0},
                  .definitions = define_is(path)};
  if (status == PROPTER_OK && (!file.path || !file.directory.data || !file.iri.data || !propter_vec_push(&doc->files, file))) status = no_memory(err);
  propter_buf_clear(&iri);
  return status;
}

static PropterStatus read_file(Doc *doc, Yarrrml *y, DefineFiles *definitions, size_t n, const PropterLimits *limits, PropterError *err) {
  const DocFile *file = &doc->files.items[n];
  PropterRdfOptions options = {.limits = limits};
  PropterRdfSink sink = {on_statement, on_prefix, doc};
  doc->reading = (uint32_t)n;
  if (file->definitions) return define_read(definitions, n, doc->database, &(DefineSink){sink, mark, forget, refuse, warn, stand}, err);
  if (csvw_is(file->path)) return PROPTER_OK;
  if (yarrrml_is(file->path)) return yarrrml_read(y, n, &sink, err);
  if (!propter_rdf_format_of_file(file->path)) options.format = "turtle";
  return propter_rdf_read(file->path, &options, &sink, err);
}

static int by_subject(const void *a, const void *b) {
  const DocTriple *x = a, *y = b;
  if (x->s != y->s) return x->s < y->s ? -1 : 1;
  if (x->file != y->file) return x->file < y->file ? -1 : 1;
  /* qsort is not stable, and nodes are numbered as they appear. */
  if (x->line != y->line) return x->line < y->line ? -1 : 1;
  if (x->o != y->o) return x->o < y->o ? -1 : 1;
  return (x->p > y->p) - (x->p < y->p);
}

PropterStatus doc_read(Doc *doc, const char *const *paths, size_t count, const PropterLimits *limits, PropterError *err) {
  Yarrrml *y = NULL;
  DefineFiles definitions = {0};
  PropterStatus status = yarrrml_open(paths, count, limits, &y, err);
  if (status == PROPTER_OK) status = define_open(paths, count, limits, &definitions, err);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) status = add_file(doc, paths[i], err);
  for (size_t i = 0; i < count && status == PROPTER_OK; i++) status = read_file(doc, y, &definitions, i, limits, err);
  yarrrml_free(y);
  define_close(&definitions);
  if (status != PROPTER_OK) return status;
  if (doc->triples.count) qsort(doc->triples.items, doc->triples.count, sizeof *doc->triples.items, by_subject);
  return PROPTER_OK;
}

void doc_clear(Doc *doc) {
  propter_map_clear(&doc->index);
  propter_vec_clear(&doc->nodes);
  propter_vec_clear(&doc->triples);
  propter_vec_clear(&doc->files);
  propter_vec_clear(&doc->refusals);
  propter_vec_clear(&doc->warnings);
  propter_map_clear(&doc->warned);
  propter_buf_clear(&doc->key);
}

size_t doc_subject(const Doc *doc, Node s, const DocTriple **first) {
  size_t lo = 0, hi = doc->triples.count;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    if (doc->triples.items[mid].s < s) lo = mid + 1;
    else hi = mid;
  }
  *first = doc->triples.items + lo;
  size_t n = 0;
  while (lo + n < doc->triples.count && doc->triples.items[lo + n].s == s) n++;
  return n;
}

const DocTriple *doc_get(const Doc *doc, Node s, Word property, size_t n) {
  const DocTriple *t;
  for (size_t left = doc_subject(doc, s, &t); left; left--, t++)
    if (doc->nodes.items[t->p].word == property && n-- == 0) return t;
  return NULL;
}

const DocTriple *doc_find(const Doc *doc, Node s, PropterVocab property, size_t n) {
  const DocTriple *t;
  for (size_t left = doc_subject(doc, s, &t); left; left--, t++)
    if (propter_str_equal(doc->nodes.items[t->p].term.value, propter_vocab_iri(property)) && n-- == 0) return t;
  return NULL;
}

const NodeInfo *doc_node(const Doc *doc, Node n) { return &doc->nodes.items[n]; }

PropterStatus doc_fail(const Doc *doc, const DocTriple *at, PropterError *err, PropterStatus status, const char *format, ...) {
  char text[400];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (at && at->file < doc->files.count) propter_error_at(err, doc->files.items[at->file].path, at->line, 0);
  return propter_fail(err, status, "%s", text);
}

const char *doc_name(const Doc *doc, Node n) {
  const NodeInfo *info = doc_node(doc, n);
  return info->term.kind == PROPTER_TERM_BLANK ? "a blank node" : info->term.value.data;
}

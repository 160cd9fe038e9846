/* SPDX-License-Identifier: Apache-2.0 */
#include "pack.h"

#include <serd/serd.h>

#include "propter/hash.h"
#include "support.h"

#define EMP "https://w3id.org/propter/pack/us-employment#"
#define SKOS "http://www.w3.org/2004/02/skos/core#"

PropterStr pack_iri(const char *local) {
  static PropterArena arena;
  return propter_arena_printf(&arena, EMP "%s", local);
}

typedef struct {
  PropterStr s, p, o;
} Triple;

typedef struct {
  SerdEnv *env;
  PropterArena *arena;
  PROPTER_VEC(Triple) triples;
} Load;

static PropterStr node(Load *l, const SerdNode *n) {
  SerdNode full = serd_env_expand_node(l->env, n);
  const SerdNode *use = full.buf ? &full : n;
  PropterStr s = propter_arena_copy(l->arena, (PropterStr){(const char *)use->buf, use->n_bytes});
  serd_node_free(&full);
  return s;
}

static SerdStatus on_prefix(void *handle, const SerdNode *name, const SerdNode *uri) { return serd_env_set_prefix(((Load *)handle)->env, name, uri); }

static SerdStatus on_statement(void *handle, SerdStatementFlags flags, const SerdNode *graph, const SerdNode *s, const SerdNode *p, const SerdNode *o,
                               const SerdNode *datatype, const SerdNode *lang) {
  (void)flags, (void)graph, (void)datatype, (void)lang;
  Load *l = handle;
  Triple t = {node(l, s), node(l, p), node(l, o)};
  ck_assert(propter_vec_push(&l->triples, t));
  return SERD_SUCCESS;
}

static void load(Load *l, const char *name) {
  const char *src = getenv("srcdir");
  char path[512];
  (void)snprintf(path, sizeof path, "%s/ontology/packs/us-employment/%s", src ? src : ".", name);
  SerdReader *reader = serd_reader_new(SERD_TURTLE, l, NULL, NULL, on_prefix, on_statement, NULL);
  ck_assert_msg(serd_reader_read_file(reader, (const uint8_t *)path) == SERD_SUCCESS, "cannot read %s", path);
  serd_reader_free(reader);
}

static bool is(PropterStr a, const char *b) { return propter_str_equal(a, propter_str(b)); }

static void names(const Load *l, PropterLexicon *lexicon, size_t metric, PropterStr subject, bool concept) {
  static const char *const properties[] = {SKOS "prefLabel", SKOS "altLabel", SKOS "hiddenLabel"};
  for (size_t i = 0; i < l->triples.count; i++)
    for (int k = 0; k < 3; k++)
      if (propter_str_equal(l->triples.items[i].s, subject) && is(l->triples.items[i].p, properties[k]))
        ck_ok(propter_lexicon_add_name(lexicon, metric, concept ? PROPTER_NAME_CONCEPT : (PropterNameKind)k, l->triples.items[i].o, err));
}

static PropterStr value(const Load *l, PropterStr s, const char *p) {
  for (size_t i = 0; i < l->triples.count; i++)
    if (propter_str_equal(l->triples.items[i].s, s) && is(l->triples.items[i].p, p)) return l->triples.items[i].o;
  return (PropterStr){"", 0};
}

static PropterDay day(PropterStr text) {
  PropterDay d;
  return propter_day_parse(text, &d) ? d : PROPTER_NO_DAY;
}

PropterLexicon *pack_lexicon(void) {
  PropterArena arena = {0};
  Load l = {.env = serd_env_new(NULL), .arena = &arena};
  load(&l, "metrics.ttl");
  load(&l, "concepts.ttl");
  PropterLexicon *lexicon;
  ck_ok(propter_lexicon_new(&lexicon, err));
  for (size_t i = 0; i < l.triples.count; i++) {
    if (!is(l.triples.items[i].o, "https://w3id.org/propter#Metric")) continue;
    PropterStr s = l.triples.items[i].s;
    size_t metric;
    PropterStr title = value(&l, value(&l, s, "https://w3id.org/propter#dataset"), "http://purl.org/dc/terms/title");
    ck_ok(propter_lexicon_add_metric(lexicon, s, value(&l, s, SKOS "prefLabel"), title, &metric, err));
    names(&l, lexicon, metric, s, false);
    names(&l, lexicon, metric, value(&l, s, "https://w3id.org/propter#concept"), true);
  }
  l.triples.count = 0;
  load(&l, "events.ttl");
  for (size_t i = 0; i < l.triples.count; i++) {
    const Triple *t = &l.triples.items[i];
    const bool name = is(t->p, SKOS "prefLabel") || is(t->p, SKOS "altLabel");
    if (name && is(value(&l, t->s, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), "https://w3id.org/propter#Event"))
      ck_ok(propter_lexicon_add_cause(lexicon, t->s, t->o, day(value(&l, t->s, "https://w3id.org/propter#start")),
                                      day(value(&l, t->s, "https://w3id.org/propter#end")), err));
  }
  propter_vec_clear(&l.triples);
  serd_env_free(l.env);
  propter_arena_clear(&arena);
  return lexicon;
}

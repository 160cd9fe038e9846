/* SPDX-License-Identifier: Apache-2.0 */
/* Turtle and TriG: serd takes the syntax apart, scan.c checks the bytes first, and here the terms are made whole:
 * prefixes and base, absolute IRIs, language tags. serd goes on after some of its errors, so the first one ends everything. */
#include <serd/serd.h>
#include <string.h>

#include "propter/hash.h"
#include "scan.h"

typedef struct {
  const ReadJob *job;
  Scan scan;
  PropterStr base;
  PropterBuf base_text, next_base, iris[5];
  PropterMap prefixes; /* to a number in `expansions` */
  PROPTER_VEC(PropterStr) expansions;
  PropterArena texts;
} Document;

static SerdStatus stop(void) { return SERD_ERR_INTERNAL; }

static PropterStr view(const SerdNode *n) { return n && n->buf ? (PropterStr){(const char *)n->buf, n->n_bytes} : (PropterStr){"", 0}; }

static int shown(PropterStr s) { return (int)(s.len < 200 ? s.len : 200); }

/* An IRI made absolute and checked; the text stays until `buf` is used again. */
static bool make_iri(Document *d, PropterStr text, PropterBuf *buf, PropterStr *iri) {
  const char *why = NULL;
  if (propter_iri_valid(text, &why)) {
    *iri = text;
    return true;
  }
  propter_buf_reset(buf);
  PropterError err = {0};
  PropterStatus status = propter_iri_resolve(d->base, text, buf, &err);
  if (status == PROPTER_OK) status = propter_buf_status(buf, &err);
  if (status != PROPTER_OK) {
    (void)scan_fail(&d->scan, status, "%s", err.message);
    return false;
  }
  *iri = propter_buf_str(buf);
  if (propter_iri_valid(*iri, &why)) return true;
  (void)scan_fail(&d->scan, PROPTER_INVALID, "invalid IRI <%.*s>: %s", shown(*iri), iri->data, why);
  return false;
}

static bool expand(Document *d, PropterStr name, PropterBuf *buf, PropterStr *iri) {
  size_t colon = propter_str_find(name, PROPTER_STR(":"));
  const uint64_t *at = colon == SIZE_MAX ? NULL : propter_map_get(&d->prefixes, (PropterStr){name.data, colon});
  if (!at) {
    (void)scan_fail(&d->scan, PROPTER_SYNTAX, "expected a declared prefix, found \"%.*s\"", shown(name), name.data);
    return false;
  }
  propter_buf_reset(buf);
  propter_buf_add(buf, d->expansions.items[*at]);
  propter_buf_add(buf, (PropterStr){name.data + colon + 1, name.len - colon - 1});
  PropterError err = {0};
  if (propter_buf_status(buf, &err) != PROPTER_OK) {
    (void)scan_fail(&d->scan, err.status, "%s", err.message);
    return false;
  }
  const char *why = NULL;
  *iri = propter_buf_str(buf);
  if (propter_iri_valid(*iri, &why)) return true;
  (void)scan_fail(&d->scan, PROPTER_INVALID, "invalid IRI <%.*s>: %s", shown(*iri), iri->data, why);
  return false;
}

static bool make_name(Document *d, const SerdNode *n, unsigned slot, PropterStr *iri) {
  return n->type == SERD_CURIE ? expand(d, view(n), &d->iris[slot], iri) : make_iri(d, view(n), &d->iris[slot], iri);
}

static bool make_literal(Document *d, const SerdNode *n, const SerdNode *datatype, const SerdNode *language, PropterTerm *term) {
  *term = (PropterTerm){PROPTER_TERM_LITERAL, view(n), {"", 0}, view(language)};
  if (term->language.len) {
    if (propter_language_valid(term->language)) return true;
    (void)scan_fail(&d->scan, PROPTER_SYNTAX, "expected a language tag, found \"%.*s\"", shown(term->language), term->language.data);
    return false;
  }
  if (datatype && datatype->type != SERD_NOTHING && !make_name(d, datatype, 4, &term->datatype)) return false;
  if (propter_str_equal(term->datatype, PROPTER_STR("http://www.w3.org/2001/XMLSchema#string"))) term->datatype = (PropterStr){"", 0};
  return true;
}

static bool make_term(Document *d, const SerdNode *n, unsigned slot, PropterTerm *term) {
  *term = (PropterTerm){PROPTER_TERM_NONE, {"", 0}, {"", 0}, {"", 0}};
  switch (n->type) {
  case SERD_URI:
  case SERD_CURIE: term->kind = PROPTER_TERM_IRI; return make_name(d, n, slot, &term->value);
  case SERD_BLANK: term->kind = PROPTER_TERM_BLANK; term->value = view(n); return true;
  default: (void)scan_fail(&d->scan, PROPTER_SYNTAX, "expected an IRI or a blank node, found a literal"); return false;
  }
}

static SerdStatus tell_prefix(Document *d, PropterStr name, PropterStr iri) {
  if (!d->job->sink->prefix) return SERD_SUCCESS;
  PropterError err = {0};
  PropterStatus status = d->job->sink->prefix(name, iri, d->job->sink->payload, &err);
  if (status == PROPTER_OK) return SERD_SUCCESS;
  (void)scan_fail(&d->scan, status, "%s", err.message);
  return stop();
}

static SerdStatus on_base(void *handle, const SerdNode *uri) {
  Document *d = handle;
  PropterStr iri;
  if (d->scan.status != PROPTER_OK || !make_iri(d, view(uri), &d->iris[0], &iri)) return stop();
  propter_buf_reset(&d->next_base);
  propter_buf_add(&d->next_base, iri);
  PropterBuf swap = d->base_text;
  d->base_text = d->next_base;
  d->next_base = swap;
  if (d->base_text.failed) {
    (void)scan_fail(&d->scan, PROPTER_NO_MEMORY, "out of memory");
    return stop();
  }
  d->base = propter_buf_str(&d->base_text);
  return tell_prefix(d, PROPTER_STR("@base"), d->base);
}

static SerdStatus on_prefix(void *handle, const SerdNode *name, const SerdNode *uri) {
  Document *d = handle;
  PropterStr iri;
  if (d->scan.status != PROPTER_OK || !make_iri(d, view(uri), &d->iris[0], &iri)) return stop();
  PropterStr kept = propter_arena_copy(&d->texts, iri);
  bool added = false;
  uint64_t *at = kept.data && propter_vec_push(&d->expansions, kept) ? propter_map_put(&d->prefixes, view(name), 0, &added) : NULL;
  if (!at) {
    (void)scan_fail(&d->scan, PROPTER_NO_MEMORY, "out of memory for a prefix");
    return stop();
  }
  *at = d->expansions.count - 1;
  return tell_prefix(d, view(name), kept);
}

static SerdStatus on_statement(void *handle, SerdStatementFlags flags, const SerdNode *graph, const SerdNode *s, const SerdNode *p, const SerdNode *o,
                               const SerdNode *datatype, const SerdNode *language) {
  (void)flags;
  Document *d = handle;
  PropterStatement st = {.line = d->job->no_lines ? 0 : d->scan.line};
  if (d->scan.status != PROPTER_OK || !make_term(d, s, 0, &st.s) || !make_term(d, p, 1, &st.p)) return stop();
  if (st.p.kind != PROPTER_TERM_IRI) {
    (void)scan_fail(&d->scan, PROPTER_SYNTAX, "expected an IRI as predicate, found a blank node");
    return stop();
  }
  if (!(o->type == SERD_LITERAL ? make_literal(d, o, datatype, language, &st.o) : make_term(d, o, 2, &st.o))) return stop();
  if (graph && graph->buf && !make_term(d, graph, 3, &st.g)) return stop();
  PropterError err = {0};
  PropterStatus status = d->job->sink->statement(&st, d->job->sink->payload, &err);
  if (status == PROPTER_OK) return SERD_SUCCESS;
  if (d->scan.status == PROPTER_OK) {
    (void)scan_fail(&d->scan, status, "%s", err.message);
    if (err.source[0] && d->scan.err) *d->scan.err = err;
  }
  return stop();
}

static SerdStatus on_error(void *handle, const SerdError *error) {
  Document *d = handle;
  char text[300];
  va_list args;
  va_copy(args, *error->args);
  (void)vsnprintf(text, sizeof text, error->fmt, args);
  va_end(args);
  text[strcspn(text, "\n")] = '\0';
  /* A character of the document may stand in serd's text: nothing unprintable goes on from here. */
  for (char *c = text; *c; c++)
    if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7F) *c = '?';
  (void)scan_fail(&d->scan, PROPTER_SYNTAX, "not well formed: %s", text);
  return SERD_SUCCESS;
}

static size_t on_read(void *buf, size_t size, size_t count, void *stream) {
  (void)size, (void)count;
  int c = scan_next(stream);
  *(unsigned char *)buf = c < 0 ? 0 : (unsigned char)c;
  return c >= 0;
}

static int on_read_error(void *stream) { return ((Scan *)stream)->status != PROPTER_OK; }

static void read_all(Document *d, SerdReader *reader) {
  Scan *scan = &d->scan;
  const uint8_t *name = (const uint8_t *)"document";
  SerdStatus st = serd_reader_start_source_stream(reader, on_read, on_read_error, scan, name, 1);
  uint64_t before = UINT64_MAX, idle = 0;
  while (st <= SERD_FAILURE && scan->status == PROPTER_OK && !(scan->finished && before == scan->served && idle > 1)) {
    idle = before == scan->served ? idle + 1 : 0;
    if (idle > 2 && !scan->finished) {
      (void)scan_fail(scan, PROPTER_SYNTAX, "expected a statement");
      break;
    }
    before = scan->served;
    st = serd_reader_read_chunk(reader);
  }
  if (st > SERD_FAILURE) (void)scan_fail(scan, PROPTER_SYNTAX, "not well formed");
  (void)serd_reader_end_stream(reader);
}

PropterStatus read_serd(Source *source, const ReadJob *job, int variant, PropterError *err) {
  Document *d = propter_calloc(1, sizeof *d);
  if (!d) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory reading %s", source->name);
  d->job = job;
  d->base = job->base;
  PropterError own = {0};
  PropterError *place = err ? err : &own;
  scan_init(&d->scan, source, &job->limits, place);
  SerdReader *reader = serd_reader_new((SerdSyntax)variant, d, NULL, on_base, on_prefix, on_statement, NULL);
  if (reader) {
    serd_reader_set_strict(reader, true);
    serd_reader_set_error_sink(reader, on_error, d);
    read_all(d, reader);
    serd_reader_free(reader);
  } else {
    (void)scan_fail(&d->scan, PROPTER_NO_MEMORY, "out of memory");
  }
  /* serd may stop early on what it takes for the end: then bytes are left over. */
  if (d->scan.status == PROPTER_OK && !d->scan.finished && scan_next(&d->scan) >= 0) (void)scan_fail(&d->scan, PROPTER_SYNTAX, "expected a statement");
  PropterStatus status = d->scan.status;
  scan_clear(&d->scan);
  for (size_t i = 0; i < sizeof d->iris / sizeof *d->iris; i++) propter_buf_clear(&d->iris[i]);
  propter_buf_clear(&d->base_text);
  propter_buf_clear(&d->next_base);
  propter_vec_clear(&d->expansions);
  propter_map_clear(&d->prefixes);
  propter_arena_clear(&d->texts);
  propter_free(d);
  return status;
}

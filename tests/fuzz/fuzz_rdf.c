/* SPDX-License-Identifier: Apache-2.0 */
/* Turtle, TriG, N-Triples, N-Quads, and RDF/XML where the text begins with '<': every statement handed over is valid, or the input is refused with a place.
 * Else the first byte picks the format. N-Triples are read again as the Turtle they are, by serd instead of our own reader: the same statements must come. */
#include <stdlib.h>

#include "propter/hash.h"
#include "propter/rdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
  uint64_t digest;
  bool graphs;
} Seen;

static void note(Seen *seen, PropterStr text) {
  uint64_t pair[2] = {seen->digest, propter_hash64(text)};
  seen->digest = propter_hash64((PropterStr){(const char *)pair, sizeof pair});
}

static PropterStatus on_statement(const PropterStatement *s, void *payload, PropterError *err) {
  (void)err;
  Seen *seen = payload;
  const PropterTerm *terms[] = {&s->s, &s->p, &s->o, &s->g};
  for (size_t i = 0; i < 4; i++) {
    if (terms[i]->kind == PROPTER_TERM_IRI && !propter_iri_valid(terms[i]->value, NULL)) abort();
    if (!propter_utf8_valid(terms[i]->value, NULL)) abort();
    note(seen, (PropterStr){(const char *)&terms[i]->kind, sizeof terms[i]->kind});
    note(seen, terms[i]->value);
    note(seen, terms[i]->datatype);
    note(seen, terms[i]->language);
  }
  seen->graphs |= s->g.kind != PROPTER_TERM_NONE;
  if (s->p.kind != PROPTER_TERM_IRI || s->s.kind == PROPTER_TERM_LITERAL) abort();
  return PROPTER_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const formats[] = {"turtle", "trig", "ntriples", "nquads"};
  if (size == 0) return 0;
  PropterLimits limits = propter_limits_default();
  limits.load_bytes = 1 << 20;
  bool xml = data[0] == '<';
  PropterRdfOptions options = {.format = xml ? "rdfxml" : formats[data[0] & 3], .base = PROPTER_STR("http://example.org/base"), .limits = &limits};
  Seen seen = {0, false}, again = {0, false};
  PropterRdfSink sink = {.statement = on_statement, .payload = &seen};
  PropterError err = {0};
  PropterStatus status = propter_rdf_read_text((PropterStr){(const char *)data + !xml, size - !xml}, "input", &options, &sink, &err);
  if (status == PROPTER_BUG || (status != PROPTER_OK && !err.message[0])) abort();
  if (xml || (data[0] & 2) == 0 || status != PROPTER_OK || seen.graphs) return 0;
  options.format = "turtle";
  sink.payload = &again;
  status = propter_rdf_read_text((PropterStr){(const char *)data + 1, size - 1}, "input", &options, &sink, &err);
  if (status != PROPTER_OK || again.digest != seen.digest) abort();
  return 0;
}

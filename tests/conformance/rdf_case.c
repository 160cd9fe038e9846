/* SPDX-License-Identifier: Apache-2.0 */
#include "rdf_case.h"

#include <stdio.h>
#include <string.h>

#include "propter/rdf.h"

#define MF "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
#define RDFT "http://www.w3.org/ns/rdftest#"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

static PropterStatus on_statement(const PropterStatement *st, void *payload, PropterError *err) {
  PropterTerm term[4] = {st->s, st->p, st->o, st->g};
  return dataset_add(payload, term) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

/* Reads a document as if it stood below the base the manifest assumes. */
static PropterStatus read_at(Dataset *d, const char *folder, PropterStr base, PropterStr iri, PropterError *err) {
  char path[4096], name[2048];
  PropterStr relative = {iri.data + base.len, iri.len - base.len};
  if (!propter_str_starts(iri, base)) return propter_fail(err, PROPTER_INVALID, "%s stands outside %s", iri.data, base.data);
  (void)snprintf(name, sizeof name, "%.*s", (int)relative.len, relative.data);
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  PropterRdfOptions options = {.base = iri};
  PropterRdfSink sink = {on_statement, NULL, d};
  return propter_rdf_read(path, &options, &sink, err);
}

typedef struct {
  const Dataset *manifest;
  const char *folder;
  PropterStr base;
} Suite;

static PropterStr get(const Dataset *m, PropterStr s, const char *p) {
  for (size_t i = 0; i < m->count; i++)
    if (propter_str_equal(m->items[i].term[0].value, s) && propter_str_equal(m->items[i].term[1].value, propter_str(p))) return m->items[i].term[2].value;
  return PROPTER_STR("");
}

static void run_case(const Suite *s, PropterStr entry, PropterStr kind) {
  Dataset got = {0}, truth = {0};
  PropterBuf difference = {0};
  PropterError err = {0}, bad = {0};
  bool negative = propter_str_find(kind, PROPTER_STR("Negative")) != SIZE_MAX;
  PropterStr result = get(s->manifest, entry, MF "result");
  PropterStatus status = read_at(&got, s->folder, s->base, get(s->manifest, entry, MF "action"), &err);
  if (negative && (status == PROPTER_OK || status == PROPTER_SYNTAX || status == PROPTER_INVALID))
    status != PROPTER_OK ? conformance_pass() : conformance_failed("accepted");
  else if (status != PROPTER_OK)
    conformance_failed("line %llu: %s", (unsigned long long)err.line, err.message);
  else if (!result.len)
    conformance_pass();
  else if (read_at(&truth, s->folder, s->base, result, &bad) != PROPTER_OK)
    conformance_failed("the result: %s", bad.message);
  else
    dataset_equal(&got, &truth, &difference) ? conformance_pass() : conformance_failed("differs in %s", difference.data ? difference.data : "?");
  propter_buf_clear(&difference);
  dataset_clear(&got);
  dataset_clear(&truth);
}

void rdf_cases(const char *folder) {
  Dataset m = {0};
  PropterError err = {0};
  char path[4096], base[512];
  const char *last = strrchr(folder, '/');
  (void)snprintf(path, sizeof path, "%s/manifest.ttl", folder);
  (void)snprintf(base, sizeof base, "https://w3c.github.io/rdf-tests/rdf/rdf11/%s/", last ? last + 1 : folder); /* what manifests assume */
  Suite s = {&m, folder, propter_str(base)};
  char manifest[600];
  (void)snprintf(manifest, sizeof manifest, "%smanifest.ttl", base);
  if (read_at(&m, folder, s.base, propter_str(manifest), &err) != PROPTER_OK && conformance_case(path)) conformance_failed("%s", err.message);
  PropterStr list = {"", 0};
  for (size_t i = 0; i < m.count; i++)
    if (propter_str_equal(m.items[i].term[1].value, PROPTER_STR(MF "entries"))) list = m.items[i].term[2].value;
  for (; list.len && !propter_str_ends(list, PROPTER_STR("#nil")); list = get(&m, list, RDF "rest")) {
    PropterStr entry = get(&m, list, RDF "first"), kind = get(&m, entry, RDF "type");
    size_t hash = propter_str_find(entry, PROPTER_STR("#"));
    if (hash != SIZE_MAX && propter_str_starts(kind, PROPTER_STR(RDFT)) && conformance_case(entry.data + hash + 1)) run_case(&s, entry, kind);
  }
  dataset_clear(&m);
}

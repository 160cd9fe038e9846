/* SPDX-License-Identifier: Apache-2.0 */
/* The W3C's cases of SHACL Core and SHACL-SPARQL: the report graphs, without sh:resultMessage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance.h"
#include "propter/rdf.h"
#include "propter/shacl.h"
#include "sparql_case.h"

#define MF "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
#define SHT "http://www.w3.org/ns/shacl-test#"
#define SH "http://www.w3.org/ns/shacl#"

typedef struct {
  const Dataset *from;
  Dataset *to;
} Copy;

static void copy_tree(const Copy *c, const PropterTerm *node) {
  for (size_t i = 0; i < c->from->count; i++) {
    const PropterTerm *t = c->from->items[i].term;
    if (!propter_str_equal(t[0].value, node->value) || t[0].kind != node->kind) continue;
    (void)dataset_add(c->to, t);
    if (t[2].kind == PROPTER_TERM_BLANK) copy_tree(c, &t[2]);
  }
}

/* A report without what hangs on the shapes: each result with its own properties, and the triples of its path. */
static void take_report(const Dataset *from, const PropterTerm *report, Dataset *to) {
  static const char *const kept[] = {SH "focusNode",   SH "resultPath", SH "resultSeverity", SH "sourceConstraint", SH "sourceConstraintComponent",
                                     SH "sourceShape", SH "value"};
  Copy copy = {from, to};
  for (size_t i = 0; i < from->count; i++) {
    const PropterTerm *t = from->items[i].term;
    if (!propter_str_equal(t[0].value, report->value)) continue;
    if (propter_str_equal(t[1].value, PROPTER_STR(SH "conforms"))) (void)dataset_add(to, t);
    if (!propter_str_equal(t[1].value, PROPTER_STR(SH "result"))) continue;
    (void)dataset_add(to, t);
    for (size_t k = 0; k < sizeof kept / sizeof *kept; k++) {
      const PropterTerm *o = dataset_object(from, &t[2], kept[k], 0);
      if (!o) continue;
      PropterTerm quad[4] = {t[2], propter_iri(propter_str(kept[k])), *o, {.kind = PROPTER_TERM_NONE}};
      (void)dataset_add(to, quad);
      if (k == 1 && o->kind == PROPTER_TERM_BLANK) copy_tree(&copy, o);
    }
  }
}

static PropterStatus add(const PropterStatement *st, void *payload, PropterError *err) {
  PropterTerm term[4] = {st->s, st->p, st->o, st->g};
  return dataset_add(payload, term) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

/* A file: IRI as a path. */
static const char *path_of(const PropterTerm *iri) { return iri && propter_str_starts(iri->value, PROPTER_STR("file://")) ? iri->value.data + 7 : ""; }

static PropterStatus validate(const PropterTerm *data, const PropterTerm *shapes, Dataset *got, PropterError *err) {
  Store store = {0};
  PropterSnapshot *snapshot = NULL;
  PropterShaclReport *report = NULL;
  PropterShaclOptions options = {.query = propter_query_options()};
  PropterRdfSink sink = {add, NULL, got};
  const char *path = path_of(shapes);
  PropterStatus status = store_open(&store, err);
  if (status == PROPTER_OK) status = store_load(&store, path_of(data), data ? data->value : PROPTER_STR(""), err);
  if (status == PROPTER_OK) status = store_commit(&store, err);
  if (status == PROPTER_OK) status = propter_snapshot_open(store.graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_shacl_validate(snapshot, &path, 1, &options, &report, err);
  if (status == PROPTER_OK) status = propter_shacl_statements(report, NULL, &sink, err);
  propter_shacl_free(report);
  if (snapshot) propter_snapshot_close(snapshot);
  store_close(&store);
  return status;
}

static void run_case(const Dataset *d, const PropterTerm *entry) {
  Dataset got = {0}, found = {0}, wanted = {0};
  PropterBuf difference = {0};
  PropterError err = {0};
  const PropterTerm *action = dataset_object(d, entry, MF "action", 0), *result = dataset_object(d, entry, MF "result", 0);
  const PropterTerm node = {PROPTER_TERM_BLANK, PROPTER_STR("report"), {"", 0}, {"", 0}};
  PropterStatus status = validate(dataset_object(d, action, SHT "dataGraph", 0), dataset_object(d, action, SHT "shapesGraph", 0), &got, &err);
  if (result && propter_str_equal(result->value, PROPTER_STR(SHT "Failure"))) {
    status == PROPTER_INVALID ? conformance_pass() : conformance_failed("accepted");
  } else if (status != PROPTER_OK || !result) {
    conformance_failed("line %llu: %s", (unsigned long long)err.line, err.message);
  } else {
    take_report(&got, &node, &found);
    take_report(d, result, &wanted);
    /* The two name the report's node differently: both are blank. */
    dataset_equal(&found, &wanted, &difference) ? conformance_pass() : conformance_failed("differs in %s", difference.data ? difference.data : "?");
  }
  propter_buf_clear(&difference);
  dataset_clear(&got);
  dataset_clear(&found);
  dataset_clear(&wanted);
}

static void run_file(const char *path) {
  Dataset d = {0};
  PropterError err = {0};
  if (dataset_read(&d, path, "turtle", &err) != PROPTER_OK) printf("# %s: %s\n", path, err.message);
  for (size_t i = 0; i < d.count; i++) {
    const PropterTerm *t = d.items[i].term;
    if (!propter_str_equal(t[2].value, PROPTER_STR(SHT "Validate"))) continue;
    const char *name = t[0].value.data + t[0].value.len;
    while (name > t[0].value.data && name[-1] != '/') name--;
    const char *folder = strstr(path, "/tests/");
    char full[256];
    (void)snprintf(full, sizeof full, "%.*s/%s", (int)(strrchr(path, '/') - folder - 7), folder + 7, name);
    if (conformance_case(full)) run_case(&d, &t[0]);
  }
  dataset_clear(&d);
}

static void run(const char *folder) {
  static const char *const parts[] = {
      "core/complex",     "core/misc",   "core/node",          "core/path",      "core/property", "core/targets", "core/validation-reports",
      "sparql/component", "sparql/node", "sparql/pre-binding", "sparql/property"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    char part[4096], path[8192];
    size_t count;
    (void)snprintf(part, sizeof part, "%s/%s", folder, parts[i]);
    char **names = conformance_list(part, "", ".ttl", &count);
    for (size_t k = 0; k < count; k++) {
      (void)snprintf(path, sizeof path, "%s/%s", part, names[k]);
      run_file(path);
      free(names[k]);
    }
    free(names);
  }
}

const ConformanceSuite conformance_shacl = {.name = "shacl", .folder = "ingest/shacl/data-shapes-test-suite/tests", .run = run};

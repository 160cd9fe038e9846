/* SPDX-License-Identifier: Apache-2.0 */
/* The W3C's cases of CSV2RDF. A case's files stand for their addresses; metadata of the user's are what is given to propter, else the action. A negative case
 * is refused in reading or has a reject. That a warning is given where the suite wants one is not looked at. */
#include <stdio.h>
#include <string.h>

#include "conformance.h"
#include "propter/io.h"
#include "propter/map.h"

#define CSVT "http://www.w3.org/2013/csvw/tests/vocab#"
#define MF "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
#define TESTS "http://www.w3.org/2013/csvw/tests/"

static PropterStatus take(const PropterMapRecord *r, void *payload, PropterError *err) {
  for (size_t i = 0; i < r->quad_count; i++) {
    PropterTerm term[4] = {r->terms[r->quads[i].s].term, r->terms[r->quads[i].p].term, r->terms[r->quads[i].o].term, {0}};
    if (!dataset_add(payload, term)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  return PROPTER_OK;
}

static PropterStatus ignore(const PropterReject *r, void *payload, PropterError *err) {
  (void)r, (void)payload, (void)err;
  return PROPTER_OK;
}

static PropterStatus make(const char *path, PropterStr base, bool minimal, Dataset *out, PropterMapCounts *counts, PropterError *err) {
  PropterMapping *mapping = NULL;
  PropterMapSink sink = {.record = take, .reject = ignore, .payload = out};
  PROPTER_TRY(propter_mapping_read(&path, 1, &(PropterMappingOptions){.base = base, .minimal = minimal}, &mapping, err));
  PropterStatus status = propter_mapping_run(mapping, NULL, &sink, counts, err);
  propter_mapping_free(mapping);
  return status;
}

static PropterStatus read_truth(Dataset *d, const char *folder, PropterStr result, PropterError *err) {
  char path[2048];
  PropterBuf text = {0};
  (void)snprintf(path, sizeof path, "%s/%.*s", folder, (int)result.len, result.data);
  PropterStatus status = propter_io_read_file(path, 0, &text, err);
  (void)snprintf(path, sizeof path, TESTS "%.*s", (int)result.len, result.data);
  if (status == PROPTER_OK) status = dataset_read_text(d, propter_buf_str(&text), "turtle", propter_str(path), err);
  propter_buf_clear(&text);
  return status;
}

/* The name of a file below the suite's address. */
static PropterStr below(const PropterTerm *t) {
  PropterStr out = t ? t->value : (PropterStr){"", 0}, tests = PROPTER_STR(TESTS);
  if (propter_str_starts(out, tests)) out.data += tests.len, out.len -= tests.len;
  const char *query = memchr(out.data, '?', out.len);
  if (query) out.len = (size_t)(query - out.data);
  return out;
}

static void run_one(const Dataset *manifest, const PropterTerm *entry, const char *folder, bool negative) {
  const PropterTerm *option = dataset_object(manifest, entry, CSVT "option", 0), *action = dataset_object(manifest, entry, MF "action", 0);
  const PropterTerm *metadata = option ? dataset_object(manifest, option, CSVT "metadata", 0) : NULL,
                    *minimal = option ? dataset_object(manifest, option, CSVT "minimal", 0) : NULL;
  PropterStr file = below(metadata ? metadata : action);
  char path[2048], base[2048], text[1024];
  Dataset found = {0}, wanted = {0};
  PropterBuf why = {0};
  PropterError err = {0};
  PropterMapCounts counts = {0};
  (void)snprintf(path, sizeof path, "%s/%.*s", folder, (int)file.len, file.data);
  (void)snprintf(base, sizeof base, TESTS "%.*s", (int)file.len, file.data);
  PropterStatus status = make(path, propter_str(base), minimal && propter_str_equal(minimal->value, PROPTER_STR("true")), &found, &counts, &err);
  if (negative && status != PROPTER_NO_MEMORY) {
    if (status != PROPTER_OK || counts.rejects) conformance_pass();
    else conformance_failed("expected an error or a reject, found none");
  } else {
    if (status == PROPTER_OK) status = read_truth(&wanted, folder, below(dataset_object(manifest, entry, MF "result", 0)), &err);
    (void)propter_error_format(&err, text, sizeof text);
    if (status == PROPTER_OK) dataset_numbers(&found), dataset_numbers(&wanted);
    if (status != PROPTER_OK) conformance_failed("%s", text);
    else if (dataset_equal(&found, &wanted, &why)) conformance_pass();
    else conformance_failed("%s", why.data);
  }
  propter_buf_clear(&why);
  dataset_clear(&found);
  dataset_clear(&wanted);
}

static void run(const char *folder) {
  Dataset manifest = {0};
  PropterError err = {0};
  PropterBuf text = {0};
  char path[2048];
  (void)snprintf(path, sizeof path, "%s/manifest-rdf.ttl", folder);
  PropterStatus status = propter_io_read_file(path, 0, &text, &err);
  if (status == PROPTER_OK) status = dataset_read_text(&manifest, propter_buf_str(&text), "turtle", PROPTER_STR(TESTS "manifest-rdf"), &err);
  if (status != PROPTER_OK && conformance_case("manifest")) conformance_failed("%s", err.message);
  for (size_t i = 0; i < manifest.count; i++) {
    const PropterTerm *t = manifest.items[i].term;
    bool negative = propter_str_equal(t[2].value, PROPTER_STR(CSVT "NegativeRdfTest"));
    if (!negative && !propter_str_starts(t[2].value, PROPTER_STR(CSVT "ToRdfTest"))) continue;
    const char *hash = memrchr(t[0].value.data, '#', t[0].value.len);
    (void)snprintf(path, sizeof path, "%.*s", (int)(t[0].value.data + t[0].value.len - hash - 1), hash + 1);
    if (conformance_case(path)) run_one(&manifest, &t[0], folder, negative);
  }
  dataset_clear(&manifest);
  propter_buf_clear(&text);
}

const ConformanceSuite conformance_csvw_rdf = {.name = "csvw-rdf", .folder = "ingest/csvw/tests", .run = run};

/* SPDX-License-Identifier: Apache-2.0 */
/* The W3C's cases of CSV2RDF, CSV2JSON and validation. A case's files stand for their addresses, and what the site says of its tables (Link headers, as the
 * manifest has them, and /.well-known/csvm) is handed over; metadata of the user's are what is given to propter, else the action. A negative case is refused in
 * reading or has a reject; a validation with warnings has none, but warnings, and a positive one neither. That a conversion gives a warning where the suite
 * wants one is not looked at. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "propter/io.h"
#include "propter/map.h"

#define CSVT "http://www.w3.org/2013/csvw/tests/vocab#"
#define MF "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
#define TESTS "http://www.w3.org/2013/csvw/tests/"

typedef struct {
  Dataset quads;
  PropterBuf json;
  PropterMapCounts counts;
  size_t warnings;
} Made;

typedef struct {
  const char *manifest, *negative; /* the type of cases that are to fail */
  bool json, validate;
} Kind;
static const Kind rdf = {"manifest-rdf", "NegativeRdfTest", false, false}, json = {"manifest-json", "NegativeJsonTest", true, false},
                  validation = {"manifest-validation", "NegativeValidationTest", false, true};

static PropterStatus take(const PropterMapRecord *r, void *payload, PropterError *err) {
  for (size_t i = 0; i < r->quad_count; i++) {
    PropterTerm term[4] = {r->terms[r->quads[i].s].term, r->terms[r->quads[i].p].term, r->terms[r->quads[i].o].term, {0}};
    if (!dataset_add(&((Made *)payload)->quads, term)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  return PROPTER_OK;
}

static PropterStatus ignore(const PropterReject *r, void *payload, PropterError *err) {
  (void)r, (void)payload, (void)err;
  return PROPTER_OK;
}

static PropterStatus take_json(PropterStr piece, void *payload, PropterError *err) {
  PropterBuf *out = &((Made *)payload)->json;
  propter_buf_add(out, piece);
  return propter_buf_status(out, err);
}

static PropterStatus make(const Kind *kind, const char *path, const PropterMappingOptions *how, Made *out, PropterError *err) {
  PropterMapping *mapping = NULL;
  PropterMappingOptions options = *how;
  options.validate = kind->validate;
  PropterMapSink sink = {.record = take, .reject = ignore, .json = kind->json ? take_json : NULL, .payload = out};
  PROPTER_TRY(propter_mapping_read(&path, 1, &options, &mapping, err));
  while (propter_mapping_warning(mapping, out->warnings)) out->warnings++;
  PropterStatus status = propter_mapping_run(mapping, NULL, &sink, &out->counts, err);
  propter_mapping_free(mapping);
  return status;
}

/* Equal, numbers by their values. */
static bool json_same(const json_t *a, const json_t *b) {
  const char *key;
  json_t *v;
  if (json_is_number(a) && json_is_number(b)) return fabs(json_number_value(a) - json_number_value(b)) <= 1e-12 * fabs(json_number_value(a));
  if (json_typeof(a) != json_typeof(b)) return false;
  if (json_is_array(a)) {
    for (size_t i = 0; i < json_array_size(a); i++)
      if (i >= json_array_size(b) || !json_same(json_array_get(a, i), json_array_get(b, i))) return false;
    return json_array_size(a) == json_array_size(b);
  }
  if (!json_is_object(a)) return json_equal(a, b);
  json_object_foreach((json_t *)a, key, v) if (!json_object_get(b, key) || !json_same(v, json_object_get(b, key))) return false;
  return json_object_size(a) == json_object_size(b);
}

static void judge_json(const Made *made, const char *folder, PropterStr result) {
  char path[2048];
  json_error_t why;
  (void)snprintf(path, sizeof path, "%s/%.*s", folder, (int)result.len, result.data);
  json_t *wanted = json_load_file(path, 0, &why), *found = json_loadb(made->json.data ? made->json.data : "", made->json.len, 0, &why);
  if (wanted && found && json_same(wanted, found)) conformance_pass();
  else conformance_failed("%s: made %s", wanted && found ? "differs" : why.text, made->json.data ? made->json.data : "nothing");
  json_decref(wanted);
  json_decref(found);
}

static void judge_validation(const Made *made, PropterStr type) {
  bool warns = propter_str_ends(type, PROPTER_STR("WarningValidationTest"));
  if (!made->counts.rejects && warns == (made->warnings > 0)) conformance_pass();
  else conformance_failed("%zu rejects and %zu warnings", (size_t)made->counts.rejects, made->warnings);
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

static void judge_rdf(Made *made, const char *folder, PropterStr result) {
  Dataset wanted = {0};
  PropterBuf why = {0};
  PropterError err = {0};
  char text[1024];
  PropterStatus status = read_truth(&wanted, folder, result, &err);
  (void)propter_error_format(&err, text, sizeof text);
  if (status == PROPTER_OK) dataset_numbers(&made->quads), dataset_numbers(&wanted);
  if (status != PROPTER_OK) conformance_failed("%s", text);
  else if (dataset_equal(&made->quads, &wanted, &why)) conformance_pass();
  else conformance_failed("%s", why.data);
  propter_buf_clear(&why);
  dataset_clear(&wanted);
}

/* What w3.org's /.well-known/csvm says; before it what the Link header of the table names: <FILE>; rel="describedby". */
static bool write_site(const PropterTerm *link, char path[]) {
  const char *open = link ? memchr(link->value.data, '<', link->value.len) : NULL;
  int fd = mkstemp(path);
  FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (f && open) fprintf(f, "%.*s\n", (int)strcspn(open + 1, ">"), open + 1);
  if (f) fputs("{+url}-metadata.json\ncsv-metadata.json\n{+url}.json\ncsvm.json\n", f);
  return f && fclose(f) == 0;
}

static void run_one(const Kind *kind, const Dataset *manifest, const PropterTerm *entry, const char *folder, PropterStr type) {
  const PropterTerm *option = dataset_object(manifest, entry, CSVT "option", 0), *action = dataset_object(manifest, entry, MF "action", 0);
  const PropterTerm *metadata = option ? dataset_object(manifest, option, CSVT "metadata", 0) : NULL,
                    *minimal = option ? dataset_object(manifest, option, CSVT "minimal", 0) : NULL;
  PropterStr file = below(metadata ? metadata : action), result = below(dataset_object(manifest, entry, MF "result", 0));
  char path[2048], base[2048], text[1024];
  Made made = {0};
  PropterError err = {0};
  (void)snprintf(path, sizeof path, "%s/%.*s", folder, (int)file.len, file.data);
  (void)snprintf(base, sizeof base, "%.*s", (int)(metadata ? metadata : action)->value.len, (metadata ? metadata : action)->value.data);
  char csvm[] = "/tmp/propter-csvm-XXXXXX";
  if (!write_site(dataset_object(manifest, entry, CSVT "httpLink", 0), csvm)) abort();
  PropterMappingOptions how = {.base = propter_str(base), .csvm = csvm, .minimal = minimal && propter_str_equal(minimal->value, PROPTER_STR("true"))};
  PropterStatus status = make(kind, path, &how, &made, &err);
  (void)unlink(csvm);
  (void)propter_error_format(&err, text, sizeof text);
  if (propter_str_equal(type, propter_str(kind->negative))) {
    if (status == PROPTER_NO_MEMORY || (status == PROPTER_OK && !made.counts.rejects)) conformance_failed("expected an error or a reject, found none");
    else conformance_pass();
  } else if (status != PROPTER_OK) {
    conformance_failed("%s", text);
  } else if (kind->validate) {
    judge_validation(&made, type);
  } else if (kind->json) {
    judge_json(&made, folder, result);
  } else {
    judge_rdf(&made, folder, result);
  }
  dataset_clear(&made.quads);
  propter_buf_clear(&made.json);
}

static void run(const Kind *kind, const char *folder) {
  Dataset manifest = {0};
  PropterError err = {0};
  PropterBuf text = {0};
  char path[2048];
  (void)snprintf(path, sizeof path, "%s/%s.ttl", folder, kind->manifest);
  PropterStatus status = propter_io_read_file(path, 0, &text, &err);
  (void)snprintf(path, sizeof path, TESTS "%s", kind->manifest);
  if (status == PROPTER_OK) status = dataset_read_text(&manifest, propter_buf_str(&text), "turtle", propter_str(path), &err);
  if (status != PROPTER_OK && conformance_case("manifest")) conformance_failed("%s", err.message);
  for (size_t i = 0; i < manifest.count; i++) {
    const PropterTerm *t = manifest.items[i].term;
    PropterStr type = t[2].value, vocabulary = PROPTER_STR(CSVT);
    if (!propter_str_starts(type, vocabulary) || !propter_str_ends(t[1].value, PROPTER_STR("#type"))) continue;
    type.data += vocabulary.len, type.len -= vocabulary.len;
    const char *hash = memrchr(t[0].value.data, '#', t[0].value.len);
    (void)snprintf(path, sizeof path, "%.*s", (int)(t[0].value.data + t[0].value.len - hash - 1), hash + 1);
    if (conformance_case(path)) run_one(kind, &manifest, &t[0], folder, type);
  }
  dataset_clear(&manifest);
  propter_buf_clear(&text);
}

static void run_rdf(const char *folder) { run(&rdf, folder); }
static void run_json(const char *folder) { run(&json, folder); }
static void run_validation(const char *folder) { run(&validation, folder); }

const ConformanceSuite conformance_csvw_rdf = {.name = "csvw-rdf", .folder = "ingest/csvw/tests", .run = run_rdf};
const ConformanceSuite conformance_csvw_json = {.name = "csvw-json", .folder = "ingest/csvw/tests", .run = run_json};
const ConformanceSuite conformance_csvw_validation = {.name = "csvw-validation", .folder = "ingest/csvw/tests", .run = run_validation};

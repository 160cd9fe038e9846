/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests, and one case of each kind. */
#include "sparql_case.h"

#include <sys/stat.h>
#include <unistd.h>

#include "ast.h"
#include "propter/io.h"
#include "propter/rdf.h"
#include "propter/results.h"

#define MF "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
#define QT "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
#define UT "http://www.w3.org/2009/sparql/tests/test-update#"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define RDFS "http://www.w3.org/2000/01/rdf-schema#"

/* --- Manifest ---------------------------------------------------------------------------------------------------------------------------- */

static const PropterTerm *get(const Dataset *m, const PropterTerm *s, const char *p) { return dataset_object(m, s, p, 0); }

/* The path of a file: IRI, kept until the program ends. */
static const char *path_of(const PropterTerm *iri) {
  static PropterArena arena;
  PropterStr s = iri->value, scheme = PROPTER_STR("file://");
  if (propter_str_starts(s, scheme)) s = (PropterStr){s.data + scheme.len, s.len - scheme.len};
  return propter_arena_copy(&arena, s).data;
}

/* --- Stores -------------------------------------------------------------------------------------------------------------------------------- */

PropterStatus store_open(Store *s, PropterError *err) {
  (void)snprintf(s->folder, sizeof s->folder, "%s/propter-case-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
  if (!mkdtemp(s->folder)) return propter_fail(err, PROPTER_IO, "no folder");
  PROPTER_TRY(propter_graph_open(s->folder, PROPTER_GRAPH_CREATE, NULL, &s->graph, err));
  return propter_writer_open(s->graph, true, &s->writer, err);
}

PropterStatus store_load(Store *s, const char *path, PropterStr graph, PropterError *err) {
  PropterRdfLoadOptions options = {.graph = graph, .default_graph = graph.len == 0};
  PropterRdfLoaded loaded = {0};
  PropterStatus status = propter_rdf_load(s->writer, path, &options, &loaded, err);
  propter_rdf_loaded_clear(&loaded);
  return status;
}

PropterStatus store_commit(Store *s, PropterError *err) {
  PropterStatus status = propter_writer_commit(s->writer, err);
  propter_writer_close(s->writer);
  s->writer = NULL;
  return status;
}

void store_close(Store *s) {
  char command[160];
  propter_writer_close(s->writer);
  propter_graph_close(s->graph);
  (void)snprintf(command, sizeof command, "rm -rf '%s'", s->folder);
  if (s->folder[0] && system(command) != 0) fputs("# a folder stayed\n", stdout);
  *s = (Store){0};
}

/* --- Running ------------------------------------------------------------------------------------------------------------------------------- */

/* The query or update of a file, by way of its printed form, so that each case asks as well whether that means the same. */
static PropterStatus parse_file(const PropterTerm *iri, PropterQuery **query, PropterError *err) {
  PropterBuf text = {0}, printed = {0};
  PropterQuery *first = NULL;
  PropterStatus status = propter_io_read_file(path_of(iri), 0, &text, err);
  if (status == PROPTER_OK) status = propter_query_parse(propter_buf_str(&text), iri->value, &first, err);
  if (status == PROPTER_OK) status = propter_query_print(first, &printed, err);
  if (status == PROPTER_OK) {
    status = propter_query_parse(propter_buf_str(&printed), PROPTER_STR(""), query, err);
    if (status != PROPTER_OK) status = propter_fail(err, PROPTER_BUG, "its printed form: %s", err->message);
  }
  propter_query_free(first);
  propter_buf_clear(&text);
  propter_buf_clear(&printed);
  return status;
}

static PropterStatus collect(PropterResults *r, Answer *a, PropterError *err) {
  PropterStr names[64];
  size_t columns = propter_results_columns(r);
  a->is_boolean = propter_results_kind(r) == PROPTER_RESULTS_BOOLEAN;
  a->boolean = propter_results_boolean(r);
  for (size_t i = 0; i < columns && i < 64; i++) names[i] = propter_results_name(r, i);
  for (const PropterTerm *row;;) {
    PROPTER_TRY(propter_results_next(r, &row, err));
    if (!row) return PROPTER_OK;
    answer_row(a, names, row, columns);
  }
}

static PropterStatus collect_graph(PropterResults *r, Dataset *d, PropterError *err) {
  for (const PropterTerm *row;;) {
    PROPTER_TRY(propter_results_next(r, &row, err));
    if (!row) return PROPTER_OK;
    PropterTerm quad[4] = {row[0], row[1], row[2], {.value = {"", 0}, .datatype = {"", 0}, .language = {"", 0}}};
    (void)dataset_add(d, quad);
  }
}

typedef struct {
  const Dataset *manifest;
  const PropterTerm *action;
} Endpoints;

/* The endpoints of a case: each a graph of its own. */
static PropterStatus serve(PropterStr endpoint, PropterStr text, uint32_t ms, void *payload, PropterResults **out, PropterError *err) {
  Endpoints *e = payload;
  (void)ms;
  Store store = {0};
  PropterQuery *query = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterResults *inner = NULL;
  PropterQueryOptions options = propter_query_options();
  options.service = serve, options.payload = payload;
  PropterArena arena = {0};
  PROPTER_VEC(PropterTerm) terms = {0};
  PropterStr names[64];
  size_t columns = 0;
  const PropterTerm *data = NULL;
  for (size_t i = 0; !data; i++) {
    const PropterTerm *service = dataset_object(e->manifest, e->action, QT "serviceData", i);
    if (!service) return propter_fail(err, PROPTER_IO, "no such endpoint");
    if (propter_str_equal(get(e->manifest, service, QT "endpoint")->value, endpoint)) data = get(e->manifest, service, QT "data");
  }
  PropterStatus status = store_open(&store, err);
  if (status == PROPTER_OK) status = store_load(&store, path_of(data), PROPTER_STR(""), err);
  if (status == PROPTER_OK) status = store_commit(&store, err);
  if (status == PROPTER_OK) status = propter_snapshot_open(store.graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_query_parse(text, PROPTER_STR(""), &query, err);
  if (status == PROPTER_OK) status = propter_query_run(query, snapshot, &options, &inner, err);
  if (status == PROPTER_OK) columns = propter_results_columns(inner);
  for (size_t i = 0; i < columns; i++) names[i] = propter_results_name(inner, i);
  size_t rows = 0;
  for (const PropterTerm *row; status == PROPTER_OK; rows++) {
    status = propter_results_next(inner, &row, err);
    if (status != PROPTER_OK || !row) break;
    for (size_t i = 0; i < columns; i++) {
      PropterTerm t = row[i];
      t.value = propter_arena_copy(&arena, t.value), t.datatype = propter_arena_copy(&arena, t.datatype), t.language = propter_arena_copy(&arena, t.language);
      (void)propter_vec_push(&terms, t);
    }
  }
  if (status == PROPTER_OK) status = propter_results_make(names, columns, terms.items, rows, out, err);
  propter_results_close(inner);
  propter_query_free(query);
  propter_snapshot_close(snapshot);
  store_close(&store);
  propter_vec_clear(&terms);
  propter_arena_clear(&arena);
  return status;
}

static PropterStatus load_data(Store *store, const Dataset *m, const PropterTerm *action, const PropterQuery *query, PropterError *err) {
  const PropterTerm *t;
  for (size_t i = 0; (t = dataset_object(m, action, QT "data", i)); i++) PROPTER_TRY(store_load(store, path_of(t), PROPTER_STR(""), err));
  for (size_t i = 0; (t = dataset_object(m, action, QT "graphData", i)); i++) PROPTER_TRY(store_load(store, path_of(t), t->value, err));
  for (size_t i = 0; query->select && i < query->select->from_count; i++) {
    PropterTerm from = propter_iri(query->select->from[i]);
    PROPTER_TRY(store_load(store, path_of(&from), from.value, err));
  }
  for (size_t i = 0; query->select && i < query->select->from_named_count; i++) {
    PropterTerm from = propter_iri(query->select->from_named[i]);
    PROPTER_TRY(store_load(store, path_of(&from), from.value, err));
  }
  return PROPTER_OK;
}

static PropterStatus pull(void *payload, const PropterTerm **row, PropterError *err) { return propter_results_next(payload, row, err); }

static PropterStatus append(PropterStr bytes, void *payload, PropterError *err) {
  propter_buf_add(payload, bytes);
  return propter_buf_status(payload, err);
}

/* Through the writer of the format and back. */
static PropterStatus collect_written(PropterResults *r, const char *format, Answer *a, PropterError *err) {
  PropterBuf text = {0};
  PropterStr names[64];
  PropterStatus status;
  for (size_t i = 0; i < propter_results_columns(r) && i < 64; i++) names[i] = propter_results_name(r, i);
  if (propter_results_kind(r) == PROPTER_RESULTS_BOOLEAN) {
    status = propter_boolean_write(propter_results_boolean(r), format, append, &text, err);
  } else {
    PropterRows rows = {names, propter_results_columns(r), pull, r};
    status = propter_rows_write(&rows, format, true, append, &text, NULL, err);
  }
  if (status == PROPTER_OK) status = answer_read_text(a, propter_buf_str(&text), format, err);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus compare(PropterResults *r, const char *result, bool lax, PropterBuf *difference, PropterError *err) {
  PropterStr name = propter_str(result);
  PropterStatus status;
  if (propter_results_kind(r) == PROPTER_RESULTS_TRIPLES) {
    Dataset found = {0}, wanted = {0};
    status = collect_graph(r, &found, err);
    if (status == PROPTER_OK) status = dataset_read(&wanted, result, NULL, err);
    if (status == PROPTER_OK && !dataset_equal(&found, &wanted, difference) && difference->len == 0) propter_buf_add_char(difference, '?');
    dataset_clear(&found);
    dataset_clear(&wanted);
    return status;
  }
  Answer found = {0}, wanted = {0};
  const char *format = propter_str_ends(name, PROPTER_STR(".srj"))   ? "json"
                       : propter_str_ends(name, PROPTER_STR(".csv")) ? "csv"
                       : propter_str_ends(name, PROPTER_STR(".tsv")) ? "tsv"
                       : propter_str_ends(name, PROPTER_STR(".srx")) ? "xml"
                                                                     : NULL;
  status = answer_read(&wanted, result, err);
  found.ordered = wanted.ordered, found.lexical = wanted.lexical;
  /* REDUCED: any number of each from one to what the full answer has. */
  found.at_most = lax;
  if (status == PROPTER_OK) status = format ? collect_written(r, format, &found, err) : collect(r, &found, err);
  if (status == PROPTER_OK && !answer_equal(&found, &wanted, difference) && difference->len == 0) propter_buf_add_char(difference, '?');
  answer_clear(&found);
  answer_clear(&wanted);
  return status;
}

static void report(PropterStatus status, const PropterBuf *difference, const PropterError *err) {
  if (status != PROPTER_OK)
    conformance_failed("%s %s", propter_status_name(status), err->message);
  else if (difference->len)
    conformance_failed("%.*s", (int)(difference->len < 2000 ? difference->len : 2000), difference->data);
  else
    conformance_pass();
}

static void run_query(const Dataset *m, const PropterTerm *entry) {
  const PropterTerm *action = get(m, entry, MF "action"), *result = get(m, entry, MF "result"), *text = get(m, action, QT "query");
  PropterError err = {0};
  PropterBuf difference = {0};
  Store store = {0};
  PropterQuery *query = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterResults *results = NULL;
  Endpoints endpoints = {m, action};
  PropterQueryOptions options = propter_query_options();
  options.default_is_union = false;
  options.now_ms = 1700000000000;
  options.service = serve, options.payload = &endpoints;
  PropterStatus status = parse_file(text ? text : action, &query, &err);
  if (status == PROPTER_OK) status = store_open(&store, &err);
  if (status == PROPTER_OK) status = load_data(&store, m, action, query, &err);
  if (status == PROPTER_OK) status = store_commit(&store, &err);
  if (status == PROPTER_OK) status = propter_snapshot_open(store.graph, 0, &snapshot, &err);
  if (status == PROPTER_OK) status = propter_query_run(query, snapshot, &options, &results, &err);
  if (status == PROPTER_OK) status = compare(results, path_of(result), get(m, entry, MF "resultCardinality") != NULL, &difference, &err);
  report(status, &difference, &err);
  propter_results_close(results);
  propter_snapshot_close(snapshot);
  store_close(&store);
  propter_query_free(query);
  propter_buf_clear(&difference);
}

static PropterStatus load_state(Store *store, const Dataset *m, const PropterTerm *state, PropterError *err) {
  const PropterTerm *t;
  for (size_t i = 0; (t = dataset_object(m, state, UT "data", i)); i++) PROPTER_TRY(store_load(store, path_of(t), PROPTER_STR(""), err));
  for (size_t i = 0; (t = dataset_object(m, state, UT "graphData", i)); i++)
    PROPTER_TRY(store_load(store, path_of(get(m, t, UT "graph")), get(m, t, RDFS "label")->value, err));
  return PROPTER_OK;
}

static PropterStatus keep_quads(const PropterStatement *s, void *payload, PropterError *err) {
  PropterTerm quad[4] = {s->s, s->p, s->o, s->g};
  (void)err;
  (void)dataset_add(payload, quad);
  return PROPTER_OK;
}

static PropterStatus read_state(Store *store, Dataset *d, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterBuf text = {0};
  PropterRdfWriterOptions write = {.format = "nquads"};
  PropterRdfOptions read = {.format = "nquads"};
  PropterRdfSink sink = {keep_quads, NULL, d};
  PropterStatus status = propter_snapshot_open(store->graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_rdf_write(snapshot, PROPTER_NO_ID, &write, append, &text, NULL, err);
  if (status == PROPTER_OK && text.len) status = propter_rdf_read_text(propter_buf_str(&text), "state", &read, &sink, err);
  propter_snapshot_close(snapshot);
  propter_buf_clear(&text);
  return status;
}

static void run_update(const Dataset *m, const PropterTerm *entry) {
  const PropterTerm *action = get(m, entry, MF "action"), *result = get(m, entry, MF "result");
  PropterError err = {0};
  PropterBuf difference = {0};
  Store store = {0}, wanted = {0};
  PropterQuery *query = NULL;
  Dataset a = {0}, b = {0};
  PropterQueryOptions options = propter_query_options();
  options.default_is_union = false;
  PropterStatus status = parse_file(get(m, action, UT "request"), &query, &err);
  if (status == PROPTER_OK) status = store_open(&store, &err);
  if (status == PROPTER_OK) status = load_state(&store, m, action, &err);
  if (status == PROPTER_OK) status = store_commit(&store, &err);
  if (status == PROPTER_OK) status = propter_writer_open(store.graph, true, &store.writer, &err);
  if (status == PROPTER_OK) status = propter_update_run(query, store.writer, &options, &err);
  if (status == PROPTER_OK) status = store_commit(&store, &err);
  if (status == PROPTER_OK) status = store_open(&wanted, &err);
  if (status == PROPTER_OK) status = load_state(&wanted, m, result, &err);
  if (status == PROPTER_OK) status = store_commit(&wanted, &err);
  if (status == PROPTER_OK) status = read_state(&store, &a, &err);
  if (status == PROPTER_OK) status = read_state(&wanted, &b, &err);
  if (status == PROPTER_OK && !dataset_equal(&a, &b, &difference) && difference.len == 0) propter_buf_add_char(&difference, '?');
  report(status, &difference, &err);
  store_close(&store);
  store_close(&wanted);
  propter_query_free(query);
  dataset_clear(&a);
  dataset_clear(&b);
  propter_buf_clear(&difference);
}

static void run_syntax(const Dataset *m, const PropterTerm *entry, bool positive, bool update) {
  const PropterTerm *action = get(m, entry, MF "action");
  PropterError err = {0};
  PropterQuery *query = NULL;
  PropterStatus status = parse_file(action, &query, &err);
  if (positive && (status != PROPTER_OK || propter_query_is_update(query) != update))
    conformance_failed("%u:%u %s", (unsigned)err.line, (unsigned)err.column, err.message);
  else if (!positive && status != PROPTER_SYNTAX)
    conformance_failed("accepted");
  else
    conformance_pass();
  propter_query_free(query);
}

static void run_entry(const Dataset *m, const PropterTerm *entry, const char *const *types) {
  const PropterTerm *type = get(m, entry, RDF "type");
  PropterStr mf = PROPTER_STR(MF);
  if (!type || !propter_str_starts(type->value, mf)) return;
  PropterStr kind = {type->value.data + mf.len, type->value.len - mf.len};
  bool wanted = false;
  for (size_t i = 0; types[i]; i++) wanted = wanted || propter_str_equal(kind, propter_str(types[i]));
  PropterStr hash = entry->value;
  size_t at = propter_str_find(hash, PROPTER_STR("#"));
  if (at != SIZE_MAX) hash = (PropterStr){hash.data + at + 1, hash.len - at - 1};
  if (!wanted || !conformance_case(hash.data)) return;
  if (propter_str_find(kind, PROPTER_STR("Syntax")) != SIZE_MAX)
    run_syntax(m, entry, propter_str_starts(kind, PROPTER_STR("Positive")), propter_str_find(kind, PROPTER_STR("Update")) != SIZE_MAX);
  else if (propter_str_starts(kind, PROPTER_STR("Update")))
    run_update(m, entry);
  else
    run_query(m, entry);
}

static void run_manifest(const char *path, const char *const *types) {
  Dataset m = {0};
  PropterError err = {0};
  if (dataset_read(&m, path, "turtle", &err) != PROPTER_OK) {
    if (conformance_case(path)) conformance_failed("%s", err.message);
    return;
  }
  const PropterTerm *list = NULL;
  for (size_t i = 0; i < m.count; i++)
    if (propter_str_equal(m.items[i].term[1].value, PROPTER_STR(MF "entries"))) list = &m.items[i].term[2];
  for (; list && list->kind == PROPTER_TERM_BLANK; list = get(&m, list, RDF "rest")) run_entry(&m, get(&m, list, RDF "first"), types);
  dataset_clear(&m);
}

static bool among(const char *name, const char *const *names) {
  for (size_t i = 0; names[i]; i++)
    if (strcmp(name, names[i]) == 0) return true;
  return false;
}

void sparql_cases(const char *folder, const char *const *types, const char *const *only, const char *const *but) {
  size_t count;
  char **names = conformance_list(folder, "", "", &count);
  for (size_t i = 0; i < count; i++) {
    char path[4096];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/%s/manifest.ttl", folder, names[i]);
    if (stat(path, &st) == 0 && (!only || among(names[i], only)) && (!but || !among(names[i], but))) run_manifest(path, types);
    free(names[i]);
  }
  free(names);
}

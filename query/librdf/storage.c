/* SPDX-License-Identifier: Apache-2.0 */
#include "storage.h"

#include <limits.h>
#include <string.h>

static Store *store_of(librdf_storage *storage) { return librdf_storage_get_instance(storage); }

PropterStatus storage_complain(const Store *store, PropterStatus status, const PropterError *err) {
  librdf_log(store->world, (int)status, LIBRDF_LOG_ERROR, LIBRDF_FROM_STORAGE, NULL, "propter storage %s: %s", store->folder, err->message);
  return status;
}

/* --- Life ----------------------------------------------------------------------------------------------------------------- */

/* The options are ours to free. Those of other storages (rdfproc always gives some) mean nothing here, but for the folder in `dir`. */
static int storage_init(librdf_storage *storage, const char *name, librdf_hash *options) {
  Store *store = propter_calloc(1, sizeof *store);
  char *parent = options ? librdf_hash_get_del(options, "dir") : NULL;
  PropterBuf folder = {.max = PATH_MAX};
  int failed = 1;
  if (!store || !name || !*name) goto done;
  store->storage = storage;
  store->world = librdf_storage_get_world(storage);
  store->writable = true;
  if (options) {
    store->empty = librdf_hash_get_as_boolean(options, "new") > 0;
    store->writable = librdf_hash_get_as_boolean(options, "write") != 0;
    store->merged = librdf_hash_get_as_boolean(options, "merge") > 0;
    store->no_runs = librdf_hash_get_as_boolean(options, "runs") == 0;
    long deadline = librdf_hash_get_as_long(options, "deadline");
    store->deadline_ms = deadline > 0 && deadline < INT_MAX ? (uint32_t)deadline : 0;
  }
  if (parent && *parent && strcmp(parent, ".") != 0 && name[0] != '/') propter_buf_printf(&folder, "%s/", parent);
  propter_buf_add(&folder, propter_str(name));
  if (propter_buf_status(&folder, NULL) != PROPTER_OK || !(store->folder = propter_strdup(propter_buf_str(&folder)))) goto done;
  librdf_storage_set_instance(storage, store);
  failed = 0;
done:
  if (failed) propter_free(store);
  propter_buf_clear(&folder);
  if (parent) librdf_free_memory(parent);
  if (options) librdf_free_hash(options);
  return failed;
}

static int storage_clone(librdf_storage *copy, librdf_storage *old) {
  const Store *from = store_of(old);
  Store *store = propter_calloc(1, sizeof *store);
  if (!store) return 1;
  *store = (Store){
      .storage = copy, .world = from->world, .writable = from->writable, .merged = from->merged, .no_runs = from->no_runs, .deadline_ms = from->deadline_ms};
  store->folder = propter_strdup(propter_str(from->folder));
  if (!store->folder) {
    propter_free(store);
    return 1;
  }
  librdf_storage_set_instance(copy, store);
  return 0;
}

static void storage_terminate(librdf_storage *storage) {
  Store *store = store_of(storage);
  if (!store) return;
  propter_free(store->folder);
  propter_free(store);
}

static PropterStatus ready_writer(Store *store, PropterError *err) {
  if (store->writer) return PROPTER_OK;
  if (!store->writable) return propter_fail(err, PROPTER_INVALID, "opened for reading only (write='no')");
  /* Never waits: the other writer may be another storage of this very thread. */
  return propter_writer_open(store->graph, false, &store->writer, err);
}

static PropterStatus commit(Store *store, PropterError *err) {
  if (!store->writer) return PROPTER_OK;
  PropterStatus status = propter_writer_commit(store->writer, err);
  propter_writer_close(store->writer);
  store->writer = NULL;
  return status;
}

static void drop(Store *store) {
  if (store->writer) propter_writer_close(store->writer);
  store->writer = NULL;
  store->transaction = false;
  store->handle = NULL;
}

static PropterStatus make_empty(Store *store, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterIds graphs = {0};
  PROPTER_TRY(ready_writer(store, err));
  PropterStatus status = propter_writer_snapshot(store->writer, &snapshot, err);
  if (status == PROPTER_OK) status = propter_rdf_graphs(snapshot, &graphs, NULL, err);
  for (size_t i = 0; i < graphs.count && status == PROPTER_OK; i++) status = propter_writer_clear_graph(store->writer, graphs.items[i], err);
  propter_vec_clear(&graphs);
  if (status == PROPTER_OK) return commit(store, err);
  drop(store);
  return status;
}

static int storage_open(librdf_storage *storage, librdf_model *model) {
  (void)model;
  Store *store = store_of(storage);
  PropterError err = {0};
  PropterStatus status = PROPTER_OK;
  store->closed = false;
  if (!store->graph) status = propter_graph_open(store->folder, store->writable ? PROPTER_GRAPH_CREATE : PROPTER_GRAPH_READ_ONLY, NULL, &store->graph, &err);
  if (status == PROPTER_OK && store->empty) status = make_empty(store, &err);
  if (status == PROPTER_OK) {
    store->empty = false;
    return 0;
  }
  (void)storage_complain(store, status, &err);
  if (store->graph) propter_graph_close(store->graph);
  store->graph = NULL;
  return 1;
}

static int storage_close(librdf_storage *storage) {
  Store *store = store_of(storage);
  PropterError err = {0};
  PropterStatus status = PROPTER_OK;
  /* An open transaction was not committed by its owner, so it does not count. */
  if (store->transaction)
    drop(store);
  else if ((status = commit(store, &err)) != PROPTER_OK)
    (void)storage_complain(store, status, &err);
  store->closed = true;
  if (store->graph && !store->streams) {
    propter_graph_close(store->graph);
    store->graph = NULL;
  }
  return status != PROPTER_OK;
}

static int storage_sync(librdf_storage *storage) {
  Store *store = store_of(storage);
  PropterError err = {0};
  if (store->transaction) return 0;
  PropterStatus status = commit(store, &err);
  return status == PROPTER_OK ? 0 : (int)storage_complain(store, status, &err);
}

/* --- Reading -------------------------------------------------------------------------------------------------------------- */

PropterStatus view_open(Store *store, PropterSnapshot **snapshot, PropterError *err) {
  if (store->transaction) {
    PROPTER_TRY(ready_writer(store, err));
    return propter_writer_snapshot(store->writer, snapshot, err);
  }
  PROPTER_TRY(commit(store, err));
  return propter_snapshot_open(store->graph, store->deadline_ms, snapshot, err);
}

void view_close(const Store *store, PropterSnapshot *snapshot) {
  if (!store->transaction) propter_snapshot_close(snapshot);
}

/* As view_open, but pending changes are only looked at: nothing is kept, so nothing need stand. */
static PropterStatus glance_open(Store *store, PropterSnapshot **snapshot, bool *own, PropterError *err) {
  *own = !store->writer;
  return store->writer ? propter_writer_snapshot(store->writer, snapshot, err) : propter_snapshot_open(store->graph, store->deadline_ms, snapshot, err);
}

static int storage_size(librdf_storage *storage) {
  Store *store = store_of(storage);
  PropterError err = {0};
  PropterSnapshot *snapshot = NULL;
  uint64_t count = 0;
  bool own = false;
  PropterStatus status = glance_open(store, &snapshot, &own, &err);
  if (status == PROPTER_OK) {
    status = propter_snapshot_count(snapshot, PROPTER_SPOG, (PropterQuad){0, 0, 0, 0}, 0, &count, &err);
    if (own) propter_snapshot_close(snapshot);
  }
  if (status != PROPTER_OK) {
    (void)storage_complain(store, status, &err);
    return -1;
  }
  return count > INT_MAX ? INT_MAX : (int)count;
}

static bool exists(Store *store, librdf_statement *statement) {
  PropterError err = {0};
  PropterSnapshot *snapshot = NULL;
  PropterQuad pattern;
  uint64_t count = 0;
  bool possible = false, own = false;
  PropterStatus status = glance_open(store, &snapshot, &own, &err);
  if (status == PROPTER_OK) {
    status = pattern_find(snapshot, statement, NULL, &pattern, &possible, &err);
    unsigned bound = 0;
    PropterOrder order = pattern_order(pattern, &bound);
    if (status == PROPTER_OK && possible) status = propter_snapshot_count(snapshot, order, pattern, bound, &count, &err);
    if (own) propter_snapshot_close(snapshot);
  }
  if (status != PROPTER_OK) (void)storage_complain(store, status, &err);
  return status == PROPTER_OK && count > 0;
}

static int storage_contains(librdf_storage *storage, librdf_statement *statement) { return exists(store_of(storage), statement); }

static int has_arc(librdf_storage *storage, librdf_node *subject, librdf_node *predicate, librdf_node *object) {
  Store *store = store_of(storage);
  librdf_statement *pattern = librdf_new_statement_from_nodes(store->world, subject ? librdf_new_node_from_node(subject) : NULL,
                                                              librdf_new_node_from_node(predicate), object ? librdf_new_node_from_node(object) : NULL);
  if (!pattern) return 0;
  bool found = exists(store, pattern);
  librdf_free_statement(pattern);
  return found;
}

static int storage_has_arc_in(librdf_storage *storage, librdf_node *node, librdf_node *property) { return has_arc(storage, NULL, property, node); }
static int storage_has_arc_out(librdf_storage *storage, librdf_node *node, librdf_node *property) { return has_arc(storage, node, property, NULL); }

static librdf_stream *storage_serialise(librdf_storage *storage) { return stream_find(store_of(storage), NULL, NULL); }
static librdf_stream *storage_find(librdf_storage *storage, librdf_statement *statement) { return stream_find(store_of(storage), statement, NULL); }
static librdf_stream *storage_find_in_context(librdf_storage *storage, librdf_statement *statement, librdf_node *context) {
  return stream_find(store_of(storage), statement, context);
}
static librdf_stream *storage_context_serialise(librdf_storage *storage, librdf_node *context) { return stream_find(store_of(storage), NULL, context); }
static librdf_iterator *storage_contexts(librdf_storage *storage) { return stream_contexts(store_of(storage)); }

static librdf_stream *storage_find_with_options(librdf_storage *storage, librdf_statement *statement, librdf_node *context, librdf_hash *options) {
  (void)options;
  return stream_find(store_of(storage), statement, context);
}

/* --- Changing ------------------------------------------------------------------------------------------------------------- */

static PropterStatus intern(Store *store, librdf_node *node, bool subject, bool predicate, PropterId *id, PropterError *err) {
  PropterTerm term;
  if (!node || !node_term(node, &term)) return propter_fail(err, PROPTER_INVALID, "a statement needs all its nodes");
  if (subject && term.kind == PROPTER_TERM_LITERAL) return propter_fail(err, PROPTER_INVALID, "a literal is no subject");
  if (predicate && term.kind != PROPTER_TERM_IRI) return propter_fail(err, PROPTER_INVALID, "only an IRI is a predicate");
  return propter_writer_intern(store->writer, &term, id, err);
}

static PropterStatus add(Store *store, librdf_node *context, librdf_statement *statement, PropterError *err) {
  PropterQuad q = {.g = PROPTER_DEFAULT_GRAPH};
  PROPTER_TRY(ready_writer(store, err));
  PROPTER_TRY(intern(store, librdf_statement_get_subject(statement), true, false, &q.s, err));
  PROPTER_TRY(intern(store, librdf_statement_get_predicate(statement), false, true, &q.p, err));
  PROPTER_TRY(intern(store, librdf_statement_get_object(statement), false, false, &q.o, err));
  if (context) PROPTER_TRY(intern(store, context, true, false, &q.g, err));
  return propter_writer_add(store->writer, q, err);
}

/* librdf: above 0 the statement is at fault and may be skipped, below 0 the storage is. */
static int answer(Store *store, PropterStatus status, const PropterError *err) {
  if (status == PROPTER_OK) return 0;
  (void)storage_complain(store, status, err);
  return status == PROPTER_INVALID ? 1 : -1;
}

static int storage_context_add(librdf_storage *storage, librdf_node *context, librdf_statement *statement) {
  Store *store = store_of(storage);
  PropterError err = {0};
  return answer(store, add(store, context, statement, &err), &err);
}

static int storage_add(librdf_storage *storage, librdf_statement *statement) { return storage_context_add(storage, NULL, statement); }

static int storage_context_add_all(librdf_storage *storage, librdf_node *context, librdf_stream *stream) {
  Store *store = store_of(storage);
  for (; !librdf_stream_end(stream); (void)librdf_stream_next(stream)) {
    librdf_statement *statement = librdf_stream_get_object(stream);
    if (!statement) return 1;
    PropterError err = {0};
    int r = answer(store, add(store, context, statement, &err), &err);
    if (r < 0) return r;
  }
  return 0;
}

static int storage_add_all(librdf_storage *storage, librdf_stream *stream) { return storage_context_add_all(storage, NULL, stream); }

/* Without a context the statement goes from every graph: afterwards the model does not contain it. */
static PropterStatus remove_one(Store *store, librdf_node *context, librdf_statement *statement, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterQuad pattern;
  PropterQuads found = {0};
  bool possible = false;
  PROPTER_TRY(ready_writer(store, err));
  PROPTER_TRY(propter_writer_snapshot(store->writer, &snapshot, err));
  PROPTER_TRY(pattern_find(snapshot, statement, context, &pattern, &possible, err));
  if (!possible) return PROPTER_OK;
  PropterStatus status = propter_snapshot_match(snapshot, pattern, 0, &found, err);
  for (size_t i = 0; i < found.count && status == PROPTER_OK; i++) status = propter_writer_remove(store->writer, found.items[i], err);
  propter_vec_clear(&found);
  return status;
}

static int storage_context_remove(librdf_storage *storage, librdf_node *context, librdf_statement *statement) {
  Store *store = store_of(storage);
  PropterError err = {0};
  if (!librdf_statement_is_complete(statement)) return 1;
  return answer(store, remove_one(store, context, statement, &err), &err);
}

static int storage_remove(librdf_storage *storage, librdf_statement *statement) { return storage_context_remove(storage, NULL, statement); }

static int storage_context_remove_all(librdf_storage *storage, librdf_node *context) {
  Store *store = store_of(storage);
  PropterError err = {0};
  PropterId graph = PROPTER_DEFAULT_GRAPH;
  PropterStatus status = ready_writer(store, &err);
  if (status == PROPTER_OK && context) status = intern(store, context, true, false, &graph, &err);
  if (status == PROPTER_OK) {
    /* What this writer added before counts as well: look, then remove one by one. */
    PropterSnapshot *snapshot = NULL;
    PropterQuads found = {0};
    status = propter_writer_snapshot(store->writer, &snapshot, &err);
    if (status == PROPTER_OK) status = propter_snapshot_match(snapshot, (PropterQuad){.g = graph}, 0, &found, &err);
    for (size_t i = 0; i < found.count && status == PROPTER_OK; i++) status = propter_writer_remove(store->writer, found.items[i], &err);
    propter_vec_clear(&found);
  }
  return answer(store, status, &err);
}

/* --- Transactions --------------------------------------------------------------------------------------------------------- */

static int storage_transaction_start_with(librdf_storage *storage, void *handle) {
  Store *store = store_of(storage);
  PropterError err = {0};
  if (store->transaction) return answer(store, propter_fail(&err, PROPTER_INVALID, "a transaction is open already"), &err);
  PropterStatus status = commit(store, &err);
  if (status == PROPTER_OK) status = ready_writer(store, &err);
  if (status != PROPTER_OK) return answer(store, status, &err);
  store->transaction = true;
  store->handle = handle;
  return 0;
}

static int storage_transaction_start(librdf_storage *storage) { return storage_transaction_start_with(storage, NULL); }

static int storage_transaction_commit(librdf_storage *storage) {
  Store *store = store_of(storage);
  PropterError err = {0};
  if (!store->transaction) return 1;
  store->transaction = false;
  store->handle = NULL;
  return answer(store, commit(store, &err), &err);
}

static int storage_transaction_rollback(librdf_storage *storage) {
  Store *store = store_of(storage);
  if (!store->transaction) return 1;
  drop(store);
  return 0;
}

static void *storage_transaction_handle(librdf_storage *storage) { return store_of(storage)->handle; }

/* --- Features ------------------------------------------------------------------------------------------------------------- */

static librdf_node *storage_feature(librdf_storage *storage, librdf_uri *feature) {
  const char *name = (const char *)librdf_uri_as_string(feature);
  if (!name || strcmp(name, LIBRDF_MODEL_FEATURE_CONTEXTS) != 0) return NULL;
  return librdf_new_node_from_literal(store_of(storage)->world, (const unsigned char *)"1", NULL, 0);
}

static int storage_set_feature(librdf_storage *storage, librdf_uri *feature, librdf_node *value) {
  (void)storage, (void)feature, (void)value;
  return 1;
}

/* find_sources, find_arcs, find_targets and the arcs stay empty: librdf then makes them of find_statements, which is indexed for all. */
void storage_factory(librdf_storage_factory *f) {
  f->version = LIBRDF_STORAGE_INTERFACE_VERSION;
  f->init = storage_init;
  f->clone = storage_clone;
  f->terminate = storage_terminate;
  f->open = storage_open;
  f->close = storage_close;
  f->size = storage_size;
  f->add_statement = storage_add;
  f->add_statements = storage_add_all;
  f->remove_statement = storage_remove;
  f->contains_statement = storage_contains;
  f->has_arc_in = storage_has_arc_in;
  f->has_arc_out = storage_has_arc_out;
  f->serialise = storage_serialise;
  f->find_statements = storage_find;
  f->find_statements_with_options = storage_find_with_options;
  f->context_add_statement = storage_context_add;
  f->context_add_statements = storage_context_add_all;
  f->context_remove_statement = storage_context_remove;
  f->context_remove_statements = storage_context_remove_all;
  f->context_serialise = storage_context_serialise;
  f->find_statements_in_context = storage_find_in_context;
  f->get_contexts = storage_contexts;
  f->get_feature = storage_feature;
  f->set_feature = storage_set_feature;
  f->sync = storage_sync;
  f->transaction_start = storage_transaction_start;
  f->transaction_start_with_handle = storage_transaction_start_with;
  f->transaction_commit = storage_transaction_commit;
  f->transaction_rollback = storage_transaction_rollback;
  f->transaction_get_handle = storage_transaction_handle;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What matches a pattern, as librdf wants it: one statement at a time, shared, valid until the next. */
#include <string.h>

#include "propter/hash.h"
#include "propter/run.h"
#include "storage.h"

enum { BATCH = 256 };

PropterOrder pattern_order(PropterQuad p, unsigned *bound) {
  static const unsigned char columns[PROPTER_ORDER_COUNT][4] = {{0, 1, 2, 3}, {1, 0, 2, 3}, {1, 2, 0, 3}, {2, 0, 1, 3}, {3, 0, 1, 2}};
  const PropterId c[4] = {p.s, p.p, p.o, p.g};
  PropterOrder best = PROPTER_SPOG;
  *bound = 0;
  for (unsigned o = 0; o < PROPTER_ORDER_COUNT; o++) {
    unsigned n = 0;
    while (n < 4 && c[columns[o][n]] != PROPTER_NO_ID) n++;
    if (n > *bound) *bound = n, best = (PropterOrder)o;
  }
  return best;
}

bool pattern_matches(PropterQuad p, PropterQuad r) {
  return (!p.s || p.s == r.s) && (!p.p || p.p == r.p) && (!p.o || p.o == r.o) && (!p.g || p.g == r.g);
}

static PropterStatus find(PropterSnapshot *snapshot, librdf_node *node, PropterId *id, bool *possible, PropterError *err) {
  *id = PROPTER_NO_ID;
  if (!node) return PROPTER_OK;
  PropterTerm term;
  if (!node_term(node, &term)) {
    *possible = false;
    return PROPTER_OK;
  }
  PROPTER_TRY(propter_snapshot_find(snapshot, &term, id, err));
  if (*id == PROPTER_NO_ID) *possible = false;
  return PROPTER_OK;
}

PropterStatus pattern_find(PropterSnapshot *snapshot, librdf_statement *statement, librdf_node *context, PropterQuad *q, bool *possible, PropterError *err) {
  *possible = true;
  *q = (PropterQuad){0, 0, 0, 0};
  if (statement) {
    PROPTER_TRY(find(snapshot, librdf_statement_get_subject(statement), &q->s, possible, err));
    PROPTER_TRY(find(snapshot, librdf_statement_get_predicate(statement), &q->p, possible, err));
    PROPTER_TRY(find(snapshot, librdf_statement_get_object(statement), &q->o, possible, err));
  }
  return find(snapshot, context, &q->g, possible, err);
}

typedef struct {
  Store *store;
  PropterSnapshot *snapshot; /* own; NULL for a copy made in a transaction */
  PropterScan *scan;
  PropterQuad pattern, last;
  PropterQuad rows[BATCH];
  size_t at, have;
  PropterIds hidden;
  PropterQuads copy; /* in a transaction: all rows, and the terms of `arena` they need */
  PropterMap ids;
  PROPTER_VEC(PropterTerm) terms;
  PropterArena arena;
  librdf_node *nodes[4]; /* of `last` */
  librdf_statement *statement;
  bool ended, failed;
} Stream;

static void stream_free(void *context) {
  Stream *s = context;
  if (!s) return;
  if (s->statement) librdf_free_statement(s->statement); /* owns nodes 0 to 2 */
  for (int i = 0; i < 4; i++)
    if (s->nodes[i]) librdf_free_node(s->nodes[i]);
  if (s->scan) propter_scan_close(s->scan);
  if (s->snapshot) propter_snapshot_close(s->snapshot);
  propter_vec_clear(&s->hidden);
  propter_vec_clear(&s->copy);
  propter_vec_clear(&s->terms);
  propter_map_clear(&s->ids);
  propter_arena_clear(&s->arena);
  stream_leave(s->store);
  propter_free(s);
}

void stream_enter(Store *store) {
  store->streams++;
  librdf_storage_add_reference(store->storage);
}

void stream_leave(Store *store) {
  if (--store->streams == 0 && store->closed && store->graph) {
    propter_graph_close(store->graph);
    store->graph = NULL;
  }
  librdf_storage_remove_reference(store->storage);
}

static PropterStr id_key(const PropterId *id) { return (PropterStr){(const char *)id, sizeof *id}; }

static bool is_hidden(const Stream *s, PropterId graph) {
  for (size_t i = 0; i < s->hidden.count; i++)
    if (s->hidden.items[i] == graph) return true;
  return false;
}

/* Is this row to be given? Rows of the other orders than GSPO have equal triples side by side. */
static bool wanted(const Stream *s, PropterQuad row, const PropterQuad *before) {
  if (!pattern_matches(s->pattern, row) || is_hidden(s, row.g)) return false;
  return !(s->store->merged && !s->pattern.g && before && before->s == row.s && before->p == row.p && before->o == row.o);
}

static PropterStatus term_of(Stream *s, PropterId id, PropterArena *arena, PropterTerm *term, PropterError *err) {
  if (s->snapshot) return propter_snapshot_term(s->snapshot, id, arena, term, err);
  const uint64_t *at = propter_map_get(&s->ids, id_key(&id));
  if (!at) return propter_fail(err, PROPTER_BUG, "a term of a copied stream is missing");
  *term = s->terms.items[*at];
  return PROPTER_OK;
}

static librdf_node *make_node(Stream *s, PropterId id, PropterStatus *status, PropterError *err) {
  PropterArena arena = {0};
  PropterTerm term;
  librdf_node *node = NULL;
  *status = term_of(s, id, &arena, &term, err);
  if (*status == PROPTER_OK) {
    node = node_new(s->store->world, &term);
    if (!node) *status = propter_fail(err, PROPTER_NO_MEMORY, "librdf takes no node of this term");
  }
  propter_arena_clear(&arena);
  return node;
}

/* Nodes of the row; those that are the same as in the row before stay. */
static PropterStatus show(Stream *s, PropterQuad row, PropterError *err) {
  const PropterId now[4] = {row.s, row.p, row.o, row.g}, then[4] = {s->last.s, s->last.p, s->last.o, s->last.g};
  for (int i = 0; i < 4; i++) {
    if (now[i] == then[i]) continue;
    PropterStatus status = PROPTER_OK;
    librdf_node *node = i == 3 && row.g == PROPTER_DEFAULT_GRAPH ? NULL : make_node(s, now[i], &status, err);
    if (status != PROPTER_OK) return status;
    if (s->nodes[i]) librdf_free_node(s->nodes[i]);
    s->nodes[i] = node;
  }
  s->last = row;
  if (s->statement) librdf_free_statement(s->statement);
  librdf_node *part[3];
  for (int i = 0; i < 3; i++) part[i] = librdf_new_node_from_node(s->nodes[i]);
  s->statement = librdf_new_statement_from_nodes(s->store->world, part[0], part[1], part[2]);
  return s->statement ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

static PropterStatus advance(Stream *s, PropterError *err) {
  for (;;) {
    if (s->at == s->have) {
      s->at = s->have = 0;
      if (s->scan) PROPTER_TRY(propter_scan_next(s->scan, s->rows, BATCH, &s->have, err));
      if (!s->have) {
        s->ended = true;
        return PROPTER_OK;
      }
    }
    const PropterQuad *rows = s->snapshot ? s->rows : s->copy.items;
    PropterQuad row = rows[s->at++];
    if (wanted(s, row, s->last.s ? &s->last : NULL)) return show(s, row, err);
  }
}

static int stream_next(void *context) {
  Stream *s = context;
  if (s->ended) return 1;
  PropterError err = {0};
  PropterStatus status = advance(s, &err);
  if (status != PROPTER_OK) {
    (void)storage_complain(s->store, status, &err);
    s->ended = s->failed = true;
  }
  return s->ended;
}

static int stream_is_end(void *context) { return ((Stream *)context)->ended; }

static void *stream_get(void *context, int what) {
  Stream *s = context;
  if (s->ended) return NULL;
  if (what == LIBRDF_STREAM_GET_METHOD_GET_OBJECT) return s->statement;
  return what == LIBRDF_STREAM_GET_METHOD_GET_CONTEXT ? s->nodes[3] : NULL;
}

/* A transaction's view does not stand, so a stream in it copies its rows and terms at once. */
static PropterStatus copy_all(Stream *s, PropterSnapshot *snapshot, PropterError *err) {
  PROPTER_TRY(propter_snapshot_match(snapshot, s->pattern, 0, &s->copy, err));
  s->have = s->copy.count;
  for (size_t i = 0; i < s->copy.count; i++) {
    const PropterQuad *q = &s->copy.items[i];
    const PropterId ids[4] = {q->s, q->p, q->o, q->g};
    for (int k = 0; k < 4; k++) {
      if (k == 3 && ids[k] == PROPTER_DEFAULT_GRAPH) continue;
      bool added = false;
      if (!propter_map_put(&s->ids, id_key(&ids[k]), s->terms.count, &added)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
      if (!added) continue;
      PropterTerm term;
      PROPTER_TRY(propter_snapshot_term(snapshot, ids[k], &s->arena, &term, err));
      if (!propter_vec_push(&s->terms, term)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    }
  }
  return PROPTER_OK;
}

static PropterStatus begin(Stream *s, librdf_statement *statement, librdf_node *context, PropterError *err) {
  bool possible = false;
  PropterSnapshot *snapshot = NULL;
  PROPTER_TRY(view_open(s->store, &snapshot, err));
  if (!s->store->transaction) s->snapshot = snapshot;
  PROPTER_TRY(pattern_find(snapshot, statement, context, &s->pattern, &possible, err));
  if (!possible) {
    s->ended = true;
    return PROPTER_OK;
  }
  if (s->store->no_runs && !s->pattern.g) PROPTER_TRY(propter_run_graphs(snapshot, &s->hidden, err));
  if (!s->snapshot) {
    PROPTER_TRY(copy_all(s, snapshot, err));
  } else {
    unsigned bound = 0;
    PropterOrder order = pattern_order(s->pattern, &bound);
    PROPTER_TRY(propter_scan_open(snapshot, order, s->pattern, bound, &s->scan, err));
  }
  return advance(s, err);
}

librdf_stream *stream_find(Store *store, librdf_statement *statement, librdf_node *context) {
  PropterError err = {0};
  Stream *s = propter_calloc(1, sizeof *s);
  if (!s) {
    (void)storage_complain(store, propter_fail(&err, PROPTER_NO_MEMORY, "out of memory"), &err);
    return NULL;
  }
  s->store = store;
  stream_enter(store);
  PropterStatus status = begin(s, statement, context, &err);
  librdf_stream *stream = status == PROPTER_OK ? librdf_new_stream(store->world, s, stream_is_end, stream_next, stream_get, stream_free) : NULL;
  if (stream) return stream;
  if (status != PROPTER_OK) (void)storage_complain(store, status, &err);
  stream_free(s);
  return NULL;
}

typedef struct {
  Store *store;
  librdf_node **nodes;
  size_t count, at;
} Contexts;

static void contexts_free(void *context) {
  Contexts *c = context;
  for (size_t i = 0; i < c->count; i++) librdf_free_node(c->nodes[i]);
  propter_free(c->nodes);
  stream_leave(c->store);
  propter_free(c);
}

static int contexts_is_end(void *context) { return ((Contexts *)context)->at >= ((Contexts *)context)->count; }
static int contexts_next(void *context) { return ++((Contexts *)context)->at >= ((Contexts *)context)->count; }
static void *contexts_get(void *context, int what) {
  Contexts *c = context;
  return what == LIBRDF_ITERATOR_GET_METHOD_GET_OBJECT && c->at < c->count ? c->nodes[c->at] : NULL;
}

static PropterStatus list_contexts(Contexts *c, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterIds graphs = {0}, hidden = {0};
  PropterArena arena = {0};
  PROPTER_TRY(view_open(c->store, &snapshot, err));
  PropterStatus status = propter_rdf_graphs(snapshot, &graphs, NULL, err);
  if (status == PROPTER_OK && c->store->no_runs) status = propter_run_graphs(snapshot, &hidden, err);
  if (status == PROPTER_OK && graphs.count && !(c->nodes = propter_calloc(graphs.count, sizeof(librdf_node *))))
    status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < graphs.count && status == PROPTER_OK; i++) {
    PropterTerm term;
    bool skip = graphs.items[i] == PROPTER_DEFAULT_GRAPH;
    for (size_t k = 0; k < hidden.count; k++) skip |= hidden.items[k] == graphs.items[i];
    if (skip) continue;
    status = propter_snapshot_term(snapshot, graphs.items[i], &arena, &term, err);
    /* librdf's query code asks each context for its IRI and fails on one without. */
    if (status != PROPTER_OK || term.kind != PROPTER_TERM_IRI) continue;
    c->nodes[c->count] = node_new(c->store->world, &term);
    if (!c->nodes[c->count]) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    c->count += status == PROPTER_OK;
  }
  propter_arena_clear(&arena);
  propter_vec_clear(&graphs);
  propter_vec_clear(&hidden);
  view_close(c->store, snapshot);
  return status;
}

librdf_iterator *stream_contexts(Store *store) {
  PropterError err = {0};
  Contexts *c = propter_calloc(1, sizeof *c);
  if (!c) return NULL;
  c->store = store;
  stream_enter(store);
  PropterStatus status = list_contexts(c, &err);
  librdf_iterator *iterator = status == PROPTER_OK ? librdf_new_iterator(store->world, c, contexts_is_end, contexts_next, contexts_get, contexts_free) : NULL;
  if (iterator) return iterator;
  if (status != PROPTER_OK) (void)storage_complain(store, status, &err);
  contexts_free(c);
  return NULL;
}

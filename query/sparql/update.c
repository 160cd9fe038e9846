/* SPDX-License-Identifier: Apache-2.0 */
/* SPARQL 1.1 Update: each operation reads the writer's state, gathers what it removes and adds, then applies it. */
#include <string.h>

#include "answer.h"

typedef PropterQuads Quads;

typedef struct {
  const PropterQuery *query;
  PropterWriter *writer;
  const PropterQueryOptions *options;
  Exec run;
  uint64_t deadline; /* of all operations together, once the first has begun */
  Quads remove, insert;
  PropterId *interned; /* by local term: its id in the graph, once it has one */
} Update;

static PropterStatus add_quad(Update *u, Quads *quads, PropterQuad quad, PropterError *err) {
  PROPTER_TRY(exec_grow(&u->run, &quads->items, &quads->cap, quads->count + 1, sizeof quad, err));
  quads->items[quads->count++] = quad;
  return PROPTER_OK;
}

/* --- Graphs ------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus graph_id(Update *u, const AstTarget *t, PropterId *id, PropterError *err) {
  PropterTerm term = propter_iri(t->iri);
  if (t->kind == TARGET_DEFAULT) return *id = PROPTER_DEFAULT_GRAPH, PROPTER_OK;
  return exec_intern(&u->run, &term, id, err);
}

/* Appends all quads of a graph, in graph `to`. */
static PropterStatus read_graph(Update *u, PropterId from, PropterId to, Quads *out, PropterError *err) {
  Graphs graphs = {.kind = GRAPHS_ONE, .graph = from};
  Matcher m = {0};
  size_t n = 1;
  PropterStatus status = matcher_open(&u->run, &m, &graphs, (PropterQuad){0}, err);
  while (status == PROPTER_OK && n > 0) {
    status = matcher_next(&u->run, &m, BATCH, &n, err);
    for (size_t i = 0; status == PROPTER_OK && i < n; i++) status = add_quad(u, out, (PropterQuad){m.rows[i].s, m.rows[i].p, m.rows[i].o, to}, err);
    if (status == PROPTER_OK) status = exec_check(&u->run, err);
  }
  matcher_free(&u->run, &m);
  return status;
}

static PropterStatus clear_target(Update *u, const AstTarget *t, PropterError *err) {
  const PropterId *named;
  size_t count = 0;
  PropterId id;
  if (t->kind == TARGET_GRAPH || t->kind == TARGET_DEFAULT) {
    PROPTER_TRY(graph_id(u, t, &id, err));
    return read_graph(u, id, id, &u->remove, err);
  }
  if (t->kind == TARGET_ALL) PROPTER_TRY(read_graph(u, PROPTER_DEFAULT_GRAPH, PROPTER_DEFAULT_GRAPH, &u->remove, err));
  PROPTER_TRY(exec_named_graphs(&u->run, &named, &count, err));
  for (size_t i = 0; i < count; i++) PROPTER_TRY(read_graph(u, named[i], named[i], &u->remove, err));
  return PROPTER_OK;
}

static PropterStatus graph_is_empty(Update *u, PropterId id, bool *empty, PropterError *err) {
  uint64_t count;
  if (exec_local(id)) return *empty = true, PROPTER_OK;
  PROPTER_TRY(propter_snapshot_count(u->run.snapshot, PROPTER_GSPO, (PropterQuad){.g = id}, 1, &count, err));
  *empty = count == 0;
  return PROPTER_OK;
}

static PropterStatus create(Update *u, const AstUpdate *a, PropterError *err) {
  PropterId id;
  bool empty;
  PROPTER_TRY(graph_id(u, &a->to, &id, err));
  PROPTER_TRY(graph_is_empty(u, id, &empty, err));
  /* A graph without triples is not recorded, so that it exists only as soon as it has some. */
  if (empty || a->silent) return PROPTER_OK;
  return propter_fail(err, PROPTER_INVALID, "graph <%.*s> exists already", (int)a->to.iri.len, a->to.iri.data);
}

static PropterStatus transfer(Update *u, const AstUpdate *a, PropterError *err) {
  PropterId from, to;
  bool empty;
  PROPTER_TRY(graph_id(u, &a->from, &from, err));
  PROPTER_TRY(graph_id(u, &a->to, &to, err));
  if (from == to) return PROPTER_OK;
  PROPTER_TRY(graph_is_empty(u, from, &empty, err));
  if (empty && from != PROPTER_DEFAULT_GRAPH)
    return a->silent ? PROPTER_OK : propter_fail(err, PROPTER_INVALID, "graph <%.*s> does not exist", (int)a->from.iri.len, a->from.iri.data);
  if (a->kind != UPDATE_ADD) PROPTER_TRY(read_graph(u, to, to, &u->remove, err));
  if (a->kind == UPDATE_MOVE) PROPTER_TRY(read_graph(u, from, from, &u->remove, err));
  return read_graph(u, from, to, &u->insert, err);
}

static PropterStatus load(Update *u, const AstUpdate *a, PropterError *err) {
  PropterId to = PROPTER_DEFAULT_GRAPH;
  PropterTerm name = propter_iri(a->to.iri);
  if (a->to.kind == TARGET_GRAPH) PROPTER_TRY(propter_writer_intern(u->writer, &name, &to, err));
  PropterStatus status = u->options->load ? u->options->load(a->from.iri, to, u->writer, exec_left(&u->run), u->options->payload, err)
                                          : propter_fail(err, PROPTER_INVALID, "LOAD is not allowed here");
  if (status == PROPTER_OK || !a->silent || exec_grave(status)) return status;
  propter_error_clear(err);
  return PROPTER_OK;
}

/* --- Data and patterns ---------------------------------------------------------------------------------------------------------------- */

static PropterStatus graph_of(Update *u, const AstUpdate *a, PropterId *id, PropterError *err) {
  *id = PROPTER_DEFAULT_GRAPH;
  return a->with.kind == AST_IRI ? exec_intern(&u->run, &a->with.term, id, err) : PROPTER_OK;
}

/* Adds the quads of a template for every row of `batch` (NULL: once). */
static PropterStatus fill(Update *u, TemplateItem (*items)[4], size_t count, const Batch *batch, PropterId graph, PropterId *blanks, Quads *out,
                          PropterError *err) {
  for (size_t row = 0; row < (batch ? batch->count : 1); row++) {
    memset(blanks, 0, u->query->name_count * sizeof *blanks);
    for (size_t i = 0; i < count; i++) {
      PropterQuad quad;
      bool valid;
      PROPTER_TRY(template_fill(&u->run, items[i], batch, row, blanks, &quad, &valid, err));
      if (!quad.g) quad.g = graph;
      if (valid) PROPTER_TRY(add_quad(u, out, quad, err));
    }
    PROPTER_TRY(exec_tick(&u->run, err));
  }
  return PROPTER_OK;
}

static PropterStatus set_dataset(Update *u, const AstUpdate *a, PropterError *err) {
  Exec *run = &u->run;
  bool own = a->using_default_count + a->using_named_count > 0;
  if (u->options->from_count + u->options->from_named_count > 0 && (own || a->with.kind == AST_IRI)) /* SPARQL 1.1 Protocol §2.2.3 */
    return propter_fail(err, PROPTER_INVALID, "the request names a dataset and so does the update (USING or WITH)");
  if (own) {
    run->named_restricted = true;
    run->named_count = a->using_named_count;
    PROPTER_TRY(exec_graph_set(run, a->using_named, a->using_named_count, &run->named, err));
    run->default_graph = (Graphs){.kind = GRAPHS_SET, .set_count = a->using_default_count};
    return exec_graph_set(run, a->using_default, a->using_default_count, &run->default_graph.set, err);
  }
  if (a->with.kind != AST_IRI) return PROPTER_OK;
  run->default_graph = (Graphs){.kind = GRAPHS_ONE};
  return exec_intern(run, &a->with.term, &run->default_graph.graph, err);
}

static PropterStatus modify(Update *u, const AstUpdate *a, PropterError *err) {
  Exec *run = &u->run;
  size_t names = u->query->name_count;
  uint32_t *slots = exec_plan_alloc(run, names * sizeof *slots);
  PropterId *blanks = exec_plan_alloc(run, names * sizeof *blanks), graph;
  TemplateItem(*remove)[4], (*insert)[4];
  Alg *alg;
  Op *root;
  if (!slots || !blanks) return exec_fail_memory(run, err);
  PROPTER_TRY(set_dataset(u, a, err));
  PROPTER_TRY(graph_of(u, a, &graph, err));
  PROPTER_TRY(algebra_of_pattern(run, a->where, &alg, slots, err));
  PROPTER_TRY(template_make(run, a->remove, a->remove_count, slots, &remove, err));
  PROPTER_TRY(template_make(run, a->insert, a->insert_count, slots, &insert, err));
  PROPTER_TRY(algebra_analyse(run, alg, err));
  PROPTER_TRY(plan_alg(run, alg, &root, err));
  PROPTER_TRY(op_start(root, NULL, err));
  for (Batch *batch;;) {
    PROPTER_TRY(op_next(root, &batch, err));
    if (!batch) return PROPTER_OK;
    PROPTER_TRY(fill(u, remove, a->remove_count, batch, graph, blanks, &u->remove, err));
    PROPTER_TRY(fill(u, insert, a->insert_count, batch, graph, blanks, &u->insert, err));
  }
}

/* Blank nodes of data with the same label are the same in the whole operation. */
static PropterStatus data(Update *u, const AstUpdate *a, PropterError *err) {
  size_t names = u->query->name_count;
  uint32_t *slots = exec_plan_alloc(&u->run, names * sizeof *slots);
  PropterId *blanks = exec_plan_alloc(&u->run, names * sizeof *blanks);
  TemplateItem(*remove)[4], (*insert)[4];
  if (!slots || !blanks) return exec_fail_memory(&u->run, err);
  PROPTER_TRY(template_make(&u->run, a->remove, a->remove_count, slots, &remove, err));
  PROPTER_TRY(template_make(&u->run, a->insert, a->insert_count, slots, &insert, err));
  PROPTER_TRY(fill(u, remove, a->remove_count, NULL, PROPTER_DEFAULT_GRAPH, blanks, &u->remove, err));
  return fill(u, insert, a->insert_count, NULL, PROPTER_DEFAULT_GRAPH, blanks, &u->insert, err);
}

static PropterStatus gather(Update *u, const AstUpdate *a, PropterError *err) {
  switch (a->kind) {
  case UPDATE_INSERT_DATA:
  case UPDATE_DELETE_DATA: return data(u, a, err);
  case UPDATE_DELETE_WHERE:
  case UPDATE_MODIFY: return modify(u, a, err);
  case UPDATE_LOAD: return load(u, a, err);
  case UPDATE_CREATE: return create(u, a, err);
  case UPDATE_CLEAR:
  case UPDATE_DROP: return clear_target(u, &a->to, err);
  default: return transfer(u, a, err);
  }
}

/* --- Applying ---------------------------------------------------------------------------------------------------------------------------- */

/* The graph's id of a term only the query knew. */
static PropterStatus settle(Update *u, PropterId *id, PropterError *err) {
  if (!exec_local(*id)) return PROPTER_OK;
  size_t index = (size_t)(*id & 0xFFFFFFFFFFFFFF) - 1;
  if (!u->interned[index]) {
    const PropterTerm *term = &u->run.locals.items[index];
    PROPTER_TRY(term->kind == PROPTER_TERM_BLANK ? propter_writer_blank(u->writer, &u->interned[index], err)
                                                 : propter_writer_intern(u->writer, term, &u->interned[index], err));
  }
  *id = u->interned[index];
  return PROPTER_OK;
}

static bool known(const PropterQuad *q) { return !exec_local(q->s) && !exec_local(q->p) && !exec_local(q->o) && !exec_local(q->g); }

static PropterStatus apply(Update *u, PropterError *err) {
  size_t locals = u->run.locals.count;
  u->interned = propter_calloc(locals + 1, sizeof *u->interned);
  if (!u->interned) return exec_fail_memory(&u->run, err);
  /* What the graph has never heard of cannot be removed from it. */
  for (size_t i = 0; i < u->remove.count; i++) {
    if (known(&u->remove.items[i])) PROPTER_TRY(propter_writer_remove(u->writer, u->remove.items[i], err));
    PROPTER_TRY(exec_tick(&u->run, err));
  }
  for (size_t i = 0; i < u->insert.count; i++) {
    PropterQuad q = u->insert.items[i];
    PROPTER_TRY(settle(u, &q.s, err));
    PROPTER_TRY(settle(u, &q.p, err));
    PROPTER_TRY(settle(u, &q.o, err));
    PROPTER_TRY(settle(u, &q.g, err));
    PROPTER_TRY(propter_writer_add(u->writer, q, err));
    PROPTER_TRY(exec_tick(&u->run, err));
  }
  return PROPTER_OK;
}

static PropterStatus run_one(Update *u, const AstUpdate *a, PropterError *err) {
  PropterSnapshot *snapshot;
  u->interned = NULL;
  PROPTER_TRY(propter_writer_snapshot(u->writer, &snapshot, err));
  PropterStatus status = exec_open(&u->run, u->query, snapshot, u->options, err);
  if (!u->deadline) u->deadline = u->run.deadline;
  u->run.deadline = u->deadline;
  if (status == PROPTER_OK) status = exec_check(&u->run, err);
  if (status == PROPTER_OK) status = gather(u, a, err);
  for (size_t i = 0; i < u->run.ops.count; i++) op_stop(u->run.ops.items[i]);
  if (status == PROPTER_OK) status = apply(u, err);
  propter_free(u->interned);
  exec_free(&u->run, u->remove.items, u->remove.cap * sizeof *u->remove.items);
  exec_free(&u->run, u->insert.items, u->insert.cap * sizeof *u->insert.items);
  u->remove = (Quads){0}, u->insert = (Quads){0};
  exec_close(&u->run);
  return status;
}

PropterStatus propter_update_run(const PropterQuery *query, PropterWriter *writer, const PropterQueryOptions *options, PropterError *err) {
  if (query->select) return propter_fail(err, PROPTER_INVALID, "expected an update, found a query");
  Update u = {.query = query, .writer = writer, .options = options};
  for (size_t i = 0; i < query->update_count; i++) PROPTER_TRY(run_one(&u, &query->updates[i], err));
  return PROPTER_OK;
}

PropterStatus propter_update_record(const PropterQuery *query, PropterWriter *writer, const PropterQueryOptions *options, const PropterRunOptions *record,
                                    PropterRun **run, PropterError *err) {
  PropterSnapshot *snapshot;
  PropterIds hidden = {0};
  *run = NULL;
  PROPTER_TRY(propter_writer_snapshot(writer, &snapshot, err));
  PropterStatus status = propter_run_graphs(snapshot, &hidden, err);
  PropterQueryOptions own = *options;
  own.hidden = hidden.items, own.hidden_count = hidden.count;
  if (status == PROPTER_OK) status = propter_run_begin(writer, record, NULL, run, err);
  if (status == PROPTER_OK) status = propter_update_run(query, writer, &own, err);
  if (status == PROPTER_OK) status = propter_run_finish(*run, err);
  propter_vec_clear(&hidden);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that somebody else gives. SERVICE: the pattern goes as text to whoever answers for the endpoint (SPARQL 1.1 Federated Query); a form of another
 * folder: it is called with its terms. */
#include <string.h>

#include "op.h"
#include "path_service.h"
#include "print.h"
#include "propter/vocab.h"

typedef struct {
  Op op;
  PropterResults *results;
  size_t *columns; /* by alg->slots: column of the results, or SIZE_MAX */
  bool silent_row; /* the call failed and SILENT stands there: one row without bindings */
  void *kept;      /* of a form, from one call to the next */
  PathSearch *paths;
} Service;

static void drop_results(Service *s) {
  propter_results_close(s->results);
  s->results = NULL;
}

static void match_columns(Service *s) {
  const Exec *run = s->op.run;
  for (size_t i = 0; i < s->op.alg->slot_count; i++) {
    uint32_t name = run->slot_names.items[s->op.alg->slots[i]];
    s->columns[i] = SIZE_MAX;
    for (size_t c = 0; c < propter_results_columns(s->results); c++)
      if (propter_str_equal(propter_results_name(s->results, c), run->query->names[name].text)) s->columns[i] = c;
  }
}

/* The values of what it is called with, in the arena. */
static PropterStatus inputs_of(Service *s, PropterArena *arena, PropterTerm *terms, PropterError *err) {
  const Alg *a = s->op.alg;
  for (size_t i = 0; i < a->input_count; i++) {
    const Item *in = &a->inputs[i];
    PropterId id = in->slot == NO_SLOT ? in->id : s->op.outer ? s->op.outer[in->slot] : PROPTER_NO_ID;
    terms[i] = (PropterTerm){.kind = PROPTER_TERM_NONE, .value = {"", 0}, .datatype = {"", 0}, .language = {"", 0}};
    if (id) PROPTER_TRY(exec_term(s->op.run, id, arena, &terms[i], err));
  }
  return PROPTER_OK;
}

/* name[0] is the endpoint's; values of variables the block is called with follow. */
static PropterStatus ask_endpoint(Service *s, const PropterTerm *name, PropterError *err) {
  Exec *run = s->op.run;
  PropterBuf text = {0};
  if (name->kind != PROPTER_TERM_IRI) return propter_fail(err, PROPTER_INVALID, "SERVICE needs an endpoint, found no IRI");
  if (propter_str_equal(name->value, propter_vocab_iri(VOCAB_propter_path)))
    return path_service(run, s->op.alg->ast->items[0], name + 1, &s->paths, &s->results, err);
  print_base(run->query, &text);
  propter_buf_add(&text, PROPTER_STR("SELECT * WHERE "));
  print_pattern(run->query, s->op.alg->ast->items[0], &text);
  PropterStatus status = propter_buf_status(&text, err);
  if (status == PROPTER_OK && !run->options.service) status = propter_fail(err, PROPTER_INVALID, "SERVICE is not allowed here");
  if (status == PROPTER_OK) status = run->options.service(name->value, propter_buf_str(&text), exec_left(run), run->options.payload, &s->results, err);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus ask(Service *s, PropterError *err) {
  Exec *run = s->op.run;
  PropterArena arena = {0};
  const AstSelect *form = s->op.alg->ast->select;
  PropterTerm *input = propter_arena_alloc(&arena, (s->op.alg->input_count + 1) * sizeof *input);
  PropterStatus status = input ? inputs_of(s, &arena, input, err) : exec_fail_memory(run, err);
  if (status == PROPTER_OK && form) {
    FormCall call = {run->snapshot, &run->options, form, input};
    status = form->form->solve(&call, &s->kept, &s->results, err);
  } else if (status == PROPTER_OK)
    status = ask_endpoint(s, input, err);
  propter_arena_clear(&arena);
  return status;
}

static PropterStatus service_start(Op *op, PropterError *err) {
  Service *s = (Service *)op;
  drop_results(s);
  s->silent_row = false;
  PropterStatus status = ask(s, err);
  if (status == PROPTER_OK) return match_columns(s), PROPTER_OK;
  if (!op->alg->silent || exec_grave(status)) return status;
  propter_error_clear(err);
  s->silent_row = true;
  return PROPTER_OK;
}

static PropterStatus fill_row(Service *s, const PropterTerm *terms, bool *fits, PropterError *err) {
  const Alg *a = s->op.alg;
  Batch *b = &s->op.batch;
  *fits = true;
  for (size_t i = 0; i < a->slot_count; i++) {
    PropterId id = PROPTER_NO_ID, outer = s->op.outer ? s->op.outer[a->slots[i]] : PROPTER_NO_ID;
    if (terms && s->columns[i] != SIZE_MAX && terms[s->columns[i]].kind != PROPTER_TERM_NONE)
      PROPTER_TRY(exec_intern(s->op.run, &terms[s->columns[i]], &id, err));
    if (id && outer && id != outer) *fits = false;
    b->col[a->slots[i]][b->count] = id;
  }
  for (size_t i = 0; i < a->input_count; i++)
    if (a->inputs[i].slot != NO_SLOT) b->col[a->inputs[i].slot][b->count] = s->op.outer ? s->op.outer[a->inputs[i].slot] : PROPTER_NO_ID;
  return PROPTER_OK;
}

static PropterStatus service_next(Op *op, Batch **out, PropterError *err) {
  Service *s = (Service *)op;
  bool fits;
  op->batch.count = 0;
  if (s->silent_row) {
    s->silent_row = false;
    PROPTER_TRY(fill_row(s, NULL, &fits, err));
    op->batch.count = 1;
    return *out = &op->batch, PROPTER_OK;
  }
  while (s->results && op->batch.count < BATCH) {
    const PropterTerm *terms;
    PROPTER_TRY(propter_results_next(s->results, &terms, err));
    if (!terms) break;
    PROPTER_TRY(fill_row(s, terms, &fits, err));
    op->batch.count += fits;
    PROPTER_TRY(exec_check(op->run, err));
  }
  if (op->batch.count) *out = &op->batch;
  return PROPTER_OK;
}

static void service_stop(Op *op) {
  Service *s = (Service *)op;
  drop_results(s);
  if (s->kept) op->alg->ast->select->form->drop(s->kept);
  path_service_drop(s->paths);
  s->kept = NULL, s->paths = NULL;
}

static const OpKind service_kind = {"service", service_start, service_next, service_stop};

PropterStatus op_service(Exec *run, const Alg *alg, Op **out, PropterError *err) {
  Service *s;
  PROPTER_TRY(op_make(run, &service_kind, sizeof *s, alg->maybe, alg, &s, err));
  uint64_t *reads = op_reads(&s->op, err);
  if (!reads) return exec_fail_memory(run, err);
  memcpy(reads, alg->maybe, slots_words(run) * sizeof *reads);
  s->columns = exec_plan_alloc(run, alg->slot_count * sizeof *s->columns);
  if (!s->columns) return exec_fail_memory(run, err);
  s->op.estimate = 1000;
  *out = &s->op;
  return PROPTER_OK;
}

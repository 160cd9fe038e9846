/* SPDX-License-Identifier: Apache-2.0 */
/* SERVICE: the pattern goes as text to whoever answers for the endpoint (SPARQL 1.1 Federated Query). */
#include <string.h>

#include "op.h"
#include "print.h"

typedef struct {
  Op op;
  PropterResults *results;
  size_t *columns; /* by alg->slots: column of the results, or SIZE_MAX */
  bool silent_row; /* the call failed and SILENT stands there: one row without bindings */
} Service;

static void drop_results(Service *s) {
  propter_results_close(s->results);
  s->results = NULL;
}

static PropterStatus endpoint(Service *s, PropterArena *arena, PropterStr *iri, PropterError *err) {
  const Item *name = &s->op.alg->name;
  PropterId id = name->slot == NO_SLOT ? name->id : s->op.outer ? s->op.outer[name->slot] : PROPTER_NO_ID;
  PropterTerm term;
  if (!id || exec_kind(s->op.run, id) != PROPTER_TERM_IRI) return propter_fail(err, PROPTER_INVALID, "SERVICE needs an endpoint, found no IRI");
  PROPTER_TRY(exec_term(s->op.run, id, arena, &term, err));
  *iri = term.value;
  return PROPTER_OK;
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

static PropterStatus ask(Service *s, PropterError *err) {
  Exec *run = s->op.run;
  PropterArena arena = {0};
  PropterBuf text = {0};
  PropterStr iri = {"", 0};
  PropterStatus status = endpoint(s, &arena, &iri, err);
  propter_buf_add(&text, PROPTER_STR("SELECT * WHERE "));
  print_pattern(run->query, s->op.alg->ast->items[0], &text);
  if (status == PROPTER_OK) status = propter_buf_status(&text, err);
  if (status == PROPTER_OK && !run->options.service) status = propter_fail(err, PROPTER_INVALID, "SERVICE is not allowed here");
  if (status == PROPTER_OK) status = run->options.service(iri, propter_buf_str(&text), exec_left(run), run->options.payload, &s->results, err);
  propter_buf_clear(&text);
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
  if (a->name.slot != NO_SLOT) b->col[a->name.slot][b->count] = s->op.outer ? s->op.outer[a->name.slot] : PROPTER_NO_ID;
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

static void service_stop(Op *op) { drop_results((Service *)op); }

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

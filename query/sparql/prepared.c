/* SPDX-License-Identifier: Apache-2.0 */
#include "prepared.h"

struct Prepared {
  Exec run;
  Op *root;
  uint32_t *given, *columns; /* slots */
  size_t given_count, column_count;
  PropterArena text; /* terms on their way to another run */
  Batch *batch;
  size_t at;
};

static uint32_t find_name(const PropterQuery *query, PropterStr name) {
  for (uint32_t i = 0; i < query->name_count; i++)
    if (!query->names[i].blank && propter_str_equal(query->names[i].text, name)) return i;
  return NO_SLOT;
}

static PropterStatus plan(Prepared *p, const PropterStr *names, PropterError *err) {
  Exec *run = &p->run;
  const PropterQuery *query = run->query;
  Alg *alg;
  uint32_t *fixed = exec_plan_alloc(run, query->name_count * sizeof *fixed);
  p->given = exec_plan_alloc(run, (p->given_count + 1) * sizeof *p->given);
  if (!fixed || !p->given) return exec_fail_memory(run, err);
  for (size_t i = 0; i < query->name_count; i++) fixed[i] = NO_SLOT;
  for (size_t i = 0; i < p->given_count; i++) {
    uint32_t name = find_name(query, names[i]);
    p->given[i] = NO_SLOT;
    if (name == NO_SLOT) continue;
    fixed[name] = p->given[i] = exec_slot(run, name, err);
    if (fixed[name] == NO_SLOT) return PROPTER_NO_MEMORY;
  }
  run->fixed = fixed;
  PROPTER_TRY(algebra_of_select(run, query->select, &alg, &p->columns, &p->column_count, err));
  PROPTER_TRY(algebra_analyse(run, alg, err));
  run->fixed_row = exec_plan_alloc(run, (run->slot_names.count + 1) * sizeof *run->fixed_row);
  uint64_t *given = slots_new(run, err);
  if (!run->fixed_row || !given) return exec_fail_memory(run, err);
  for (size_t i = 0; i < p->given_count; i++) slots_add(given, p->given[i]);
  run->given = given;
  PROPTER_TRY(plan_alg(run, alg, &p->root, err));
  run->given = NULL;
  return op_want(p->root, p->root->slots, err);
}

PropterStatus prepared_open(const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, const PropterStr *names, size_t count,
                            Prepared **out, PropterError *err) {
  *out = NULL;
  if (!query->select) return propter_fail(err, PROPTER_INVALID, "expected a query, found an update");
  Prepared *p = propter_calloc(1, sizeof *p);
  if (!p) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for a prepared query");
  p->given_count = count;
  PropterStatus status = exec_open(&p->run, query, snapshot, options, err);
  if (status == PROPTER_OK) status = plan(p, names, err);
  if (status == PROPTER_OK) *out = p;
  else prepared_close(p);
  return status;
}

void prepared_close(Prepared *p) {
  if (!p) return;
  exec_close(&p->run);
  propter_arena_clear(&p->text);
  propter_free(p);
}

/* Terms that the graph does not know have an id of their own in each run. */
static PropterStatus carry(Prepared *p, const Exec *from, Exec *to, PropterId *id, PropterError *err) {
  PropterTerm term;
  if (!exec_local(*id)) return PROPTER_OK;
  PROPTER_TRY(exec_term((Exec *)from, *id, &p->text, &term, err));
  return exec_intern(to, &term, id, err);
}

PropterStatus prepared_give(Prepared *p, size_t n, const Exec *of, PropterId id, PropterError *err) {
  if (p->given[n] == NO_SLOT) return PROPTER_OK;
  PROPTER_TRY(carry(p, of, &p->run, &id, err));
  p->run.fixed_row[p->given[n]] = id;
  return PROPTER_OK;
}

PropterStatus prepared_start(Prepared *p, PropterError *err) {
  p->batch = NULL, p->at = 0;
  propter_arena_clear(&p->text);
  return op_start(p->root, p->run.fixed_row, err);
}

PropterStatus prepared_next(Prepared *p, bool *end, PropterError *err) {
  *end = false;
  if (p->batch && ++p->at < p->batch->count) return PROPTER_OK;
  PROPTER_TRY(op_next(p->root, &p->batch, err));
  p->at = 0;
  *end = !p->batch;
  return PROPTER_OK;
}

size_t prepared_column(const Prepared *p, PropterStr name) {
  const PropterQuery *query = p->run.query;
  for (size_t c = 0; c < p->column_count; c++)
    if (propter_str_equal(query->names[p->run.slot_names.items[p->columns[c]]].text, name)) return c;
  return SIZE_MAX;
}

PropterStatus prepared_value(Prepared *p, size_t column, Exec *to, PropterId *id, PropterError *err) {
  *id = column < p->column_count ? op_get(p->root, p->batch, p->columns[column], p->at) : PROPTER_NO_ID;
  return carry(p, &p->run, to, id, err);
}

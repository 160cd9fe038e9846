/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include <string.h>

/* Plans and starts the solutions of WHERE and modifiers. */
static PropterStatus start_solutions(PropterResults *r, const AstSelect *select, PropterError *err) {
  Alg *alg;
  Op *root;
  uint64_t begin = exec_now();
  PROPTER_TRY(algebra_of_select(&r->run, select, &alg, &r->slots, &r->slot_count, err));
  PROPTER_TRY(algebra_analyse(&r->run, alg, err));
  PROPTER_TRY(plan_select(&r->run, alg, &root, err));
  PROPTER_TRY(op_want(root, root->slots, err));
  r->root = root, r->planning = exec_now() - begin;
  return op_start(r->root, NULL, err);
}

/* The slot of a variable in the solutions, or NO_SLOT. */
static uint32_t slot_of(const PropterResults *r, uint32_t name) {
  for (size_t i = 0; i < r->slot_count; i++)
    if (r->run.slot_names.items[r->slots[i]] == name) return r->slots[i];
  return NO_SLOT;
}

static PropterStatus make_columns(PropterResults *r, size_t columns, PropterError *err) {
  r->columns = r->ahead.width = columns;
  r->names = exec_plan_alloc(&r->run, columns * sizeof *r->names);
  return r->names ? PROPTER_OK : exec_fail_memory(&r->run, err);
}

/* Moves to the next solution; *end: there is none. */
static PropterStatus advance(PropterResults *r, bool *end, PropterError *err) {
  *end = false;
  if (r->batch && ++r->at < r->batch->count) return PROPTER_OK;
  PROPTER_TRY(op_next(r->root, &r->batch, err));
  r->at = 0;
  *end = !r->batch;
  return PROPTER_OK;
}

static PropterStatus next_row(PropterResults *r, const PropterTerm **row, PropterError *err) {
  return ahead_next(&r->run, &r->ahead, r->source, r, row, err);
}

/* --- SELECT, ASK ---------------------------------------------------------------------------------------------------------------- */

static PropterStatus next_solution(void *payload, PropterId *row, bool *end, PropterError *err) {
  PropterResults *r = payload;
  PROPTER_TRY(advance(r, end, err));
  for (size_t c = 0; !*end && c < r->columns; c++) {
    const PropterId *col = r->batch->col[r->slots[c]];
    row[c] = col ? col[r->at] : PROPTER_NO_ID;
  }
  return PROPTER_OK;
}

PropterStatus answer_select(PropterResults *r, const AstSelect *select, PropterError *err) {
  PROPTER_TRY(start_solutions(r, select, err));
  PROPTER_TRY(make_columns(r, r->slot_count, err));
  for (size_t c = 0; c < r->columns; c++) r->names[c] = r->run.query->names[r->run.slot_names.items[r->slots[c]]].text;
  r->source = next_solution, r->next = next_row;
  return PROPTER_OK;
}

static PropterStatus no_row(PropterResults *r, const PropterTerm **row, PropterError *err) {
  (void)r, (void)err;
  *row = NULL;
  return PROPTER_OK;
}

PropterStatus answer_ask(PropterResults *r, const AstSelect *select, PropterError *err) {
  Batch *batch;
  PROPTER_TRY(start_solutions(r, select, err));
  PROPTER_TRY(op_next(r->root, &batch, err));
  r->boolean = batch != NULL;
  r->next = no_row;
  return PROPTER_OK;
}

/* --- Templates ------------------------------------------------------------------------------------------------------------------- */

static PropterStatus template_item(Exec *run, const AstTerm *t, const uint32_t *names, TemplateItem *out, PropterError *err) {
  *out = (TemplateItem){.item = {NO_SLOT, PROPTER_NO_ID}};
  switch (t->kind) {
  case AST_VAR: out->item.slot = names[t->var]; return PROPTER_OK;
  case AST_BLANK: out->blank = true, out->name = t->var; return PROPTER_OK;
  case AST_NONE: return PROPTER_OK;
  default: return exec_intern(run, &t->term, &out->item.id, err);
  }
}

PropterStatus template_make(Exec *run, const AstQuad *quads, size_t count, const uint32_t *names, TemplateItem (**out)[4], PropterError *err) {
  TemplateItem(*items)[4] = exec_plan_alloc(run, count * sizeof *items);
  if (!items) return exec_fail_memory(run, err);
  for (size_t i = 0; i < count; i++) {
    PROPTER_TRY(template_item(run, &quads[i].s, names, &items[i][0], err));
    PROPTER_TRY(template_item(run, &quads[i].p, names, &items[i][1], err));
    PROPTER_TRY(template_item(run, &quads[i].o, names, &items[i][2], err));
    PROPTER_TRY(template_item(run, &quads[i].g, names, &items[i][3], err));
  }
  *out = items;
  return PROPTER_OK;
}

PropterStatus template_fill(Exec *run, const TemplateItem *items, const Batch *batch, size_t row, PropterId *blanks, PropterQuad *quad, bool *valid,
                            PropterError *err) {
  PropterId ids[4];
  for (unsigned i = 0; i < 4; i++) {
    const TemplateItem *t = &items[i];
    ids[i] = t->item.id;
    if (t->blank) {
      if (!blanks[t->name]) PROPTER_TRY(exec_blank(run, &blanks[t->name], err));
      ids[i] = blanks[t->name];
    } else if (t->item.slot != NO_SLOT && batch->col[t->item.slot])
      ids[i] = batch->col[t->item.slot][row];
  }
  *quad = (PropterQuad){ids[0], ids[1], ids[2], ids[3]};
  bool graph = items[3].item.slot == NO_SLOT || (ids[3] && exec_kind(run, ids[3]) == PROPTER_TERM_IRI);
  *valid = graph && ids[0] && ids[1] && ids[2] && exec_kind(run, ids[0]) != PROPTER_TERM_LITERAL && exec_kind(run, ids[1]) == PROPTER_TERM_IRI;
  return PROPTER_OK;
}

/* --- CONSTRUCT, DESCRIBE ------------------------------------------------------------------------------------------------------------ */

static PropterStatus triple_columns(PropterResults *r, PropterError *err) {
  static const char *const names[] = {"subject", "predicate", "object"};
  PROPTER_TRY(make_columns(r, 3, err));
  for (size_t i = 0; i < 3; i++) r->names[i] = propter_str(names[i]);
  return rowset_init(&r->run, &r->seen, 3, err);
}

/* *fresh: the triple was not handed out before. */
static PropterStatus put_triple(PropterResults *r, const PropterQuad *q, PropterId *row, bool *fresh, PropterError *err) {
  size_t at;
  row[0] = q->s, row[1] = q->p, row[2] = q->o;
  return rowset_add(&r->run, &r->seen, row, fresh, &at, err);
}

static PropterStatus next_constructed(void *payload, PropterId *row, bool *end, PropterError *err) {
  PropterResults *r = payload;
  for (bool fresh = false; !fresh;) {
    *end = false;
    if (!r->batch || r->template_at == r->template_count) {
      PROPTER_TRY(advance(r, end, err));
      *end = *end || r->template_count == 0;
      if (*end) return PROPTER_OK;
      r->template_at = 0;
      memset(r->blanks, 0, r->run.query->name_count * sizeof *r->blanks);
    }
    PropterQuad quad;
    bool valid;
    PROPTER_TRY(template_fill(&r->run, r->template[r->template_at++], r->batch, r->at, r->blanks, &quad, &valid, err));
    if (valid) PROPTER_TRY(put_triple(r, &quad, row, &fresh, err));
    PROPTER_TRY(exec_tick(&r->run, err));
  }
  return PROPTER_OK;
}

PropterStatus answer_construct(PropterResults *r, const AstSelect *select, PropterError *err) {
  size_t names = r->run.query->name_count;
  PROPTER_TRY(start_solutions(r, select, err));
  PROPTER_TRY(triple_columns(r, err));
  uint32_t *slots = exec_plan_alloc(&r->run, names * sizeof *slots);
  r->blanks = exec_plan_alloc(&r->run, names * sizeof *r->blanks);
  if (!slots || !r->blanks) return exec_fail_memory(&r->run, err);
  for (uint32_t i = 0; i < names; i++) slots[i] = slot_of(r, i);
  r->template_count = select->template_count;
  PROPTER_TRY(template_make(&r->run, select->template_quads, select->template_count, slots, &r->template, err));
  r->source = next_constructed, r->next = next_row;
  return PROPTER_OK;
}

static PropterStatus want(PropterResults *r, PropterId id, PropterError *err) {
  bool fresh;
  size_t at;
  if (!id || exec_kind(&r->run, id) == PROPTER_TERM_LITERAL) return PROPTER_OK;
  return rowset_add(&r->run, &r->wanted, &id, &fresh, &at, err);
}

/* Concise bounded description: the triples of each resource, and of the blank nodes they lead to
 * (https://www.w3.org/submissions/CBD/, without reified statements). */
static PropterStatus next_described(void *payload, PropterId *row, bool *end, PropterError *err) {
  PropterResults *r = payload;
  *end = false;
  for (bool fresh = false; !fresh;) {
    size_t n = 0;
    if (r->matching) PROPTER_TRY(matcher_next(&r->run, &r->matcher, 1, &n, err));
    if (n == 0) {
      *end = r->next_wanted == r->wanted.table.count;
      if (*end) return PROPTER_OK;
      r->matching = true;
      PROPTER_TRY(matcher_open(&r->run, &r->matcher, &r->run.default_graph, (PropterQuad){.s = table_row(&r->wanted.table, r->next_wanted++)[0]}, err));
      continue;
    }
    PROPTER_TRY(exec_tick(&r->run, err));
    PropterQuad q = r->matcher.rows[0];
    if (exec_kind(&r->run, q.o) == PROPTER_TERM_BLANK) PROPTER_TRY(want(r, q.o, err));
    PROPTER_TRY(put_triple(r, &q, row, &fresh, err));
  }
  return PROPTER_OK;
}

static PropterStatus want_solutions(PropterResults *r, const AstSelect *select, PropterError *err) {
  for (;;) {
    PROPTER_TRY(op_next(r->root, &r->batch, err));
    if (!r->batch) return PROPTER_OK;
    for (size_t row = 0; row < r->batch->count; row++)
      for (size_t i = 0; i < r->slot_count; i++) {
        bool named = select->star;
        for (size_t d = 0; !named && d < select->describe_count; d++)
          named = select->describe[d].kind == AST_VAR && select->describe[d].var == r->run.slot_names.items[r->slots[i]];
        if (named && r->batch->col[r->slots[i]]) PROPTER_TRY(want(r, r->batch->col[r->slots[i]][row], err));
      }
  }
}

PropterStatus answer_describe(PropterResults *r, const AstSelect *select, PropterError *err) {
  PROPTER_TRY(rowset_init(&r->run, &r->wanted, 1, err));
  PROPTER_TRY(triple_columns(r, err));
  for (size_t i = 0; i < select->describe_count; i++) {
    PropterId id;
    if (select->describe[i].kind != AST_IRI) continue;
    PROPTER_TRY(exec_intern(&r->run, &select->describe[i].term, &id, err));
    PROPTER_TRY(want(r, id, err));
  }
  PROPTER_TRY(start_solutions(r, select, err));
  PROPTER_TRY(want_solutions(r, select, err));
  r->source = next_described, r->next = next_row;
  return PROPTER_OK;
}

/* --- Rows from outside ---------------------------------------------------------------------------------------------------------------- */

static PropterStatus next_given(PropterResults *r, const PropterTerm **row, PropterError *err) {
  (void)err;
  *row = r->at < r->row_count ? r->rows + r->at++ * r->columns : NULL;
  return PROPTER_OK;
}

static bool copy_term(PropterArena *arena, const PropterTerm *from, PropterTerm *to) {
  *to = *from;
  to->value = propter_arena_copy(arena, from->value);
  to->datatype = propter_arena_copy(arena, from->datatype);
  to->language = propter_arena_copy(arena, from->language);
  return to->value.data && to->datatype.data && to->language.data;
}

PropterStatus propter_results_make(const PropterStr *names, size_t columns, const PropterTerm *terms, size_t rows, PropterResults **out, PropterError *err) {
  PropterResults *r = propter_calloc(1, sizeof *r);
  *out = NULL;
  bool ok = r != NULL;
  if (ok) {
    r->kind = PROPTER_RESULTS_SOLUTIONS, r->columns = columns, r->row_count = rows, r->next = next_given;
    r->names = propter_arena_alloc(&r->text, (columns + 1) * sizeof *r->names);
    r->rows = propter_arena_alloc(&r->text, (columns * rows + 1) * sizeof *r->rows);
    ok = r->names && r->rows;
  }
  for (size_t i = 0; ok && i < columns; i++) ok = (r->names[i] = propter_arena_copy(&r->text, names[i])).data != NULL;
  for (size_t i = 0; ok && i < columns * rows; i++) ok = copy_term(&r->text, &terms[i], &r->rows[i]);
  if (ok) return *out = r, PROPTER_OK;
  propter_results_close(r);
  return propter_fail(err, PROPTER_NO_MEMORY, "no memory for the rows of a service");
}

/* --- Interface --------------------------------------------------------------------------------------------------------------------------- */

/* `outer`: the run whose dataset it has, or NULL. *out is NULL, or results that may have failed to start. */
static PropterStatus open_results(const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, const Exec *outer,
                               PropterResults **out, PropterError *err) {
  *out = NULL;
  if (!query->select) return propter_fail(err, PROPTER_INVALID, "expected a query, found an update");
  PropterResults *r = propter_calloc(1, sizeof *r);
  if (!r) return propter_fail(err, PROPTER_NO_MEMORY, "no memory for the results");
  r->running = true;
  r->kind = query->select->form->kind;
  *out = r;
  PropterStatus status = exec_open(&r->run, query, snapshot, options, err);
  if (outer) exec_use_dataset(&r->run, outer);
  r->run.timing = true;
  return status == PROPTER_OK ? query->select->form->start(r, query->select, err) : status;
}

static PropterStatus run_query(const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, const Exec *outer,
                               PropterResults **out, PropterError *err) {
  PropterStatus status = open_results(query, snapshot, options, outer, out, err);
  if (status == PROPTER_OK) return status;
  propter_results_close(*out);
  *out = NULL;
  return status;
}

PropterStatus answer_open(const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, PropterResults **out, PropterError *err) {
  return open_results(query, snapshot, options, NULL, out, err);
}

PropterStatus propter_query_run(const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, PropterResults **out,
                                PropterError *err) {
  return run_query(query, snapshot, options, NULL, out, err);
}

PropterStatus answer_within(const Exec *run, const PropterQuery *query, PropterResults **out, PropterError *err) {
  PropterQueryOptions options = run->options;
  options.deadline_ms = exec_left(run);
  options.memory = run->options.memory > run->used ? run->options.memory - run->used : 1;
  return run_query(query, run->snapshot, &options, run, out, err);
}

PropterResultsKind propter_results_kind(const PropterResults *results) { return results->kind; }
size_t propter_results_columns(const PropterResults *results) { return results->columns; }
PropterStr propter_results_name(const PropterResults *results, size_t column) { return results->names[column]; }
bool propter_results_boolean(const PropterResults *results) { return results->boolean; }
PropterStatus propter_results_next(PropterResults *results, const PropterTerm **row, PropterError *err) { return results->next(results, row, err); }

void propter_results_close(PropterResults *r) {
  if (!r) return;
  if (r->running) {
    matcher_free(&r->run, &r->matcher);
    rowset_clear(&r->run, &r->seen);
    rowset_clear(&r->run, &r->wanted);
    ahead_clear(&r->run, &r->ahead);
    exec_close(&r->run);
  }
  propter_arena_clear(&r->text);
  propter_free(r);
}

PropterStatus propter_query_each(PropterSnapshot *snapshot, PropterStr text, PropterUseRow use, void *payload, PropterError *err) {
  PropterQuery *query = NULL;
  PropterResults *results = NULL;
  const PropterTerm *row = NULL;
  const PropterQueryOptions options = propter_query_options();
  PropterStatus status = propter_query_parse(text, PROPTER_STR(""), &query, err);
  if (status == PROPTER_OK) status = propter_query_run(query, snapshot, &options, &results, err);
  while (status == PROPTER_OK && (status = propter_results_next(results, &row, err)) == PROPTER_OK && row) status = use(row, payload, err);
  propter_results_close(results);
  propter_query_free(query);
  return status;
}

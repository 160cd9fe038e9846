/* SPDX-License-Identifier: Apache-2.0 */
#include "eval.h"

#include "ids.h"

#include <string.h>

static Function *const functions[] = {
#define FUNCTION(name, keyword, least, most, evaluate) evaluate,
#include "functions.def"
#undef FUNCTION
};

/* Calls whose arguments are evaluated only as far as needed never get here. */
PropterStatus fn_special(Env *env, const Value *args, size_t count, Value *out, PropterError *err) {
  (void)env, (void)args, (void)count;
  *out = value_error();
  return propter_fail(err, PROPTER_BUG, "a special call was evaluated as a plain one");
}

static PropterStatus eval_chain(Expr *e, Env *env, int *truth, PropterError *err) {
  /* An error gives way to the value that decides alone: true for ||, false for &&. */
  int decisive = e->op == EXPR_OR ? 1 : 0;
  bool error = false;
  for (size_t i = 0; i < e->count; i++) {
    PROPTER_TRY(eval_truth(e->args[i], env, truth, err));
    if (*truth == decisive) return PROPTER_OK;
    error = error || *truth < 0;
  }
  *truth = error ? -1 : !decisive;
  return PROPTER_OK;
}

static Value truth_value(int truth) { return truth < 0 ? value_error() : value_boolean(truth == 1); }

/* The id of a variable or constant in the row. */
static PropterId term_id(const Expr *e, const Env *env) { return e->slot == NO_SLOT ? e->constant.id : op_get(env->op, env->batch, e->slot, env->row); }

/* A comparison that the ids of both sides decide; false: they do not. */
static bool compare_ids(const Expr *e, const Env *env, int *truth) {
  int c;
  if (e->args[0]->op != EXPR_TERM || e->args[1]->op != EXPR_TERM) return false;
  PropterId a = term_id(e->args[0], env), b = term_id(e->args[1], env);
  if (e->op == EXPR_EQUAL || e->op == EXPR_NOT_EQUAL) {
    *truth = id_equal(a, b);
    if (*truth >= 0 && e->op == EXPR_NOT_EQUAL) *truth = !*truth;
    return *truth >= 0;
  }
  if (!id_compare(a, b, &c)) return false;
  *truth = e->op == EXPR_LESS ? c < 0 : e->op == EXPR_GREATER ? c > 0 : e->op == EXPR_LESS_EQUAL ? c <= 0 : c >= 0;
  return true;
}

static PropterStatus eval_in(Expr *e, Env *env, Value *out, PropterError *err) {
  Value needle, item;
  bool error = false;
  bool simple = e->args[0]->op == EXPR_TERM;
  for (size_t i = 1; simple && i < e->count; i++) {
    int equal = e->args[i]->op == EXPR_TERM ? id_equal(term_id(e->args[0], env), term_id(e->args[i], env)) : -1;
    if (equal == 1) return *out = value_boolean(e->op == EXPR_IN), PROPTER_OK;
    simple = equal == 0;
  }
  if (simple && e->count > 1) return *out = value_boolean(e->op == EXPR_NOT_IN), PROPTER_OK;
  PROPTER_TRY(eval(e->args[0], env, &needle, err));
  for (size_t i = 1; i < e->count; i++) {
    PROPTER_TRY(eval(e->args[i], env, &item, err));
    int equal = value_equal(&needle, &item);
    if (equal == 1) return *out = value_boolean(e->op == EXPR_IN), PROPTER_OK;
    error = error || equal < 0;
  }
  /* Without items the needle may even be an error. */
  *out = error ? value_error() : value_boolean(e->op == EXPR_NOT_IN);
  return PROPTER_OK;
}

static PropterStatus eval_exists(Expr *e, Env *env, Value *out, PropterError *err) {
  Exec *run = env->run;
  Batch *batch = NULL;
  for (uint32_t slot = 0; slot < run->slot_names.count; slot++) e->outer[slot] = op_get(env->op, env->batch, slot, env->row);
  run->evaluating++;
  PropterStatus status = op_start(e->plan, e->outer, err);
  if (status == PROPTER_OK) status = op_next(e->plan, &batch, err);
  run->evaluating--;
  *out = value_boolean((batch != NULL) == (e->op == EXPR_EXISTS));
  return status;
}

static PropterStatus eval_binary(Expr *e, Env *env, Value *out, PropterError *err) {
  Value a, b;
  PROPTER_TRY(eval(e->args[0], env, &a, err));
  PROPTER_TRY(eval(e->args[1], env, &b, err));
  switch (e->op) {
  case EXPR_EQUAL: *out = truth_value(value_equal(&a, &b)); break;
  case EXPR_NOT_EQUAL: {
    int equal = value_equal(&a, &b);
    *out = truth_value(equal < 0 ? -1 : !equal);
    break;
  }
  case EXPR_LESS: *out = truth_value(value_less(&a, &b, false)); break;
  case EXPR_GREATER: *out = truth_value(value_less(&b, &a, false)); break;
  case EXPR_LESS_EQUAL: *out = truth_value(value_less(&a, &b, true)); break;
  case EXPR_GREATER_EQUAL: *out = truth_value(value_less(&b, &a, true)); break;
  case EXPR_ADD: *out = value_compute(VALUE_ADD, &a, &b); break;
  case EXPR_SUBTRACT: *out = value_compute(VALUE_SUBTRACT, &a, &b); break;
  case EXPR_MULTIPLY: *out = value_compute(VALUE_MULTIPLY, &a, &b); break;
  default: *out = value_compute(VALUE_DIVIDE, &a, &b);
  }
  return PROPTER_OK;
}

static PropterStatus eval_special(Expr *e, Env *env, Value *out, PropterError *err) {
  if (e->function == FN_BOUND) return *out = value_boolean(op_get(env->op, env->batch, e->args[0]->slot, env->row) != PROPTER_NO_ID), PROPTER_OK;
  if (e->function == FN_IF) {
    int truth;
    PROPTER_TRY(eval_truth(e->args[0], env, &truth, err));
    return truth < 0 ? PROPTER_OK : eval(e->args[truth ? 1 : 2], env, out, err);
  }
  for (size_t i = 0; i < e->count; i++) {
    PROPTER_TRY(eval(e->args[i], env, out, err));
    if (out->type > VALUE_ERROR) return PROPTER_OK;
  }
  *out = value_error();
  return PROPTER_OK;
}

static PropterStatus eval_call(Expr *e, Env *env, Value *out, PropterError *err) {
  Value few[4], *args = few;
  if (functions[e->function] == fn_special) return eval_special(e, env, out, err);
  if (e->count > sizeof few / sizeof *few) {
    args = propter_arena_alloc(env->scratch, e->count * sizeof *args);
    if (!args) return exec_fail_memory(env->run, err);
  }
  for (size_t i = 0; i < e->count; i++) {
    PROPTER_TRY(eval(e->args[i], env, &args[i], err));
    if (args[i].type <= VALUE_ERROR) return PROPTER_OK;
  }
  return functions[e->function](env, args, e->count, out, err);
}

static PropterStatus eval_cast(Expr *e, Env *env, Value *out, PropterError *err) {
  Value arg;
  bool known;
  if (e->count != 1) return PROPTER_OK;
  PROPTER_TRY(eval(e->args[0], env, &arg, err));
  if (arg.type > VALUE_ERROR) *out = value_cast(&arg, e->iri, env->scratch, &known);
  return PROPTER_OK;
}

static uint32_t looked_at(const Expr *e) {
  if (e->op == EXPR_TERM) return e->slot;
  if (e->op == EXPR_EXISTS || e->op == EXPR_NOT_EXISTS || (e->op == EXPR_CALL && e->function == FN_BOUND)) return NO_SLOT;
  /* Of these the first alone is always evaluated. */
  bool call = e->op == EXPR_CALL && functions[e->function] == fn_special;
  bool first = call || e->op == EXPR_OR || e->op == EXPR_AND || e->op == EXPR_IN || e->op == EXPR_NOT_IN;
  uint32_t slot = NO_SLOT;
  for (size_t i = 0; i < (first && e->count ? 1 : e->count) && slot == NO_SLOT; i++) slot = looked_at(e->args[i]);
  return slot;
}

void column_init(Column *c, const Expr *expr) { *c = (Column){.slot = looked_at(expr)}; }

void column_batch(Column *c, const Exec *run, size_t rows) {
  c->pays = c->pays || (c->rows && run->decoded - c->decoded > c->rows / 4);
  c->filled = false, c->decoded = run->decoded, c->rows = rows;
  propter_arena_clear(&c->texts);
}

void column_clear(Exec *run, Column *c) {
  exec_free(run, c->values, BATCH * sizeof *c->values);
  propter_arena_clear(&c->texts);
  c->values = NULL, c->filled = false;
}

/* --- Memo ----------------------------------------------------------------------------------------------------------------- */

enum { MEMO_PLACES = 1024, MEMO_TRIAL = 4096 };

/* The only variable of an expression whose value hangs on nothing else; NO_SLOT: none, *more: several, or more than a variable. */
static uint32_t sole_slot(const Expr *e, bool *more) {
  uint32_t slot = e->op == EXPR_TERM ? e->slot : NO_SLOT;
  *more = *more || e->pattern;
  for (size_t i = 0; i < e->count && !*more; i++) {
    uint32_t other = sole_slot(e->args[i], more);
    *more = *more || (slot != NO_SLOT && other != NO_SLOT && slot != other);
    if (other != NO_SLOT) slot = other;
  }
  return slot;
}

void memo_init(Memo *m, const Exec *run, const Expr *expr) {
  bool more = run->query->by_chance;
  uint32_t slot = sole_slot(expr, &more);
  *m = (Memo){.slot = more ? NO_SLOT : slot};
}

static size_t memo_place(PropterId id) { return (size_t)((id * 0x9E3779B97F4A7C15U) >> 54) & (MEMO_PLACES - 1); }

PropterStatus memo_look(Memo *m, const Env *env, PropterId *id, PropterId *result, bool *known, PropterError *err) {
  *known = false;
  *id = m->slot == NO_SLOT ? PROPTER_NO_ID : op_get(env->op, env->batch, m->slot, env->row);
  if (!*id) return PROPTER_OK;
  if (m->asked == MEMO_TRIAL && m->found < MEMO_TRIAL / 4) return memo_clear(env->run, m), *id = PROPTER_NO_ID, PROPTER_OK;
  if (!m->ids) {
    /* A few rows are evaluated sooner. */
    if (env->batch->count < 64) return *id = PROPTER_NO_ID, PROPTER_OK;
    m->ids = exec_alloc(env->run, 2 * MEMO_PLACES * sizeof *m->ids);
    if (!m->ids) return exec_fail_memory(env->run, err);
    memset(m->ids, 0, 2 * MEMO_PLACES * sizeof *m->ids);
    m->results = m->ids + MEMO_PLACES;
  }
  size_t at = memo_place(*id);
  *known = m->ids[at] == *id, *result = m->results[at];
  m->asked++, m->found += *known;
  return PROPTER_OK;
}

void memo_keep(Memo *m, PropterId id, PropterId result) {
  if (!id) return;
  m->ids[memo_place(id)] = id, m->results[memo_place(id)] = result;
}

void memo_clear(Exec *run, Memo *m) {
  exec_free(run, m->ids, 2 * MEMO_PLACES * sizeof *m->ids);
  *m = (Memo){.slot = NO_SLOT};
}

/* --- Columns ---------------------------------------------------------------------------------------------------------------- */

static PropterStatus fill(const Env *env, PropterError *err) {
  Column *c = env->column;
  PropterId ids[BATCH];
  if (!c->values && !(c->values = exec_alloc(env->run, BATCH * sizeof *c->values))) return exec_fail_memory(env->run, err);
  for (size_t row = 0; row < env->batch->count; row++) ids[row] = op_get(env->op, env->batch, c->slot, row);
  c->filled = true;
  return exec_values(env->run, ids, env->batch->count, &c->texts, c->values, err);
}

static PropterStatus eval_variable(const Expr *e, const Env *env, Value *out, PropterError *err) {
  Column *c = env->column;
  if (!c || !c->pays || c->slot != e->slot || env->batch->count < 16) return exec_value(env->run, op_get(env->op, env->batch, e->slot, env->row), out, err);
  if (!c->filled) PROPTER_TRY(fill(env, err));
  return *out = c->values[env->row], PROPTER_OK;
}

static PropterStatus eval_any(Expr *e, Env *env, Value *out, PropterError *err) {
  switch (e->op) {
  case EXPR_TERM:
    if (e->slot == NO_SLOT) return *out = e->constant, PROPTER_OK;
    return eval_variable(e, env, out, err);
  case EXPR_IN:
  case EXPR_NOT_IN: return eval_in(e, env, out, err);
  case EXPR_EXISTS:
  case EXPR_NOT_EXISTS: return eval_exists(e, env, out, err);
  case EXPR_OR:
  case EXPR_AND:
  case EXPR_NOT: {
    int truth;
    PROPTER_TRY(eval_truth(e, env, &truth, err));
    return *out = truth_value(truth), PROPTER_OK;
  }
  case EXPR_PLUS:
  case EXPR_MINUS: {
    Value v;
    PROPTER_TRY(eval(e->args[0], env, &v, err));
    *out = e->op == EXPR_MINUS ? value_negate(&v) : value_numeric(&v) ? v : value_error();
    return PROPTER_OK;
  }
  case EXPR_CALL: return eval_call(e, env, out, err);
  case EXPR_CALL_IRI: return eval_cast(e, env, out, err);
  default: return eval_binary(e, env, out, err);
  }
}

PropterStatus eval(Expr *e, Env *env, Value *out, PropterError *err) {
  *out = value_error();
  PROPTER_TRY(eval_any(e, env, out, err));
  /* Only numbers, booleans and times do without a text; another value without one is a text there was no memory for. */
  bool wordy = (out->type >= VALUE_BLANK && out->type <= VALUE_LANGUAGE) || out->type >= VALUE_OTHER;
  if (wordy && !out->text.data) return exec_fail_memory(env->run, err);
  return PROPTER_OK;
}

PropterStatus eval_truth(Expr *e, Env *env, int *truth, PropterError *err) {
  Value v;
  if (e->op >= EXPR_EQUAL && e->op <= EXPR_GREATER_EQUAL && compare_ids(e, env, truth)) return PROPTER_OK;
  if (e->op == EXPR_OR || e->op == EXPR_AND) return eval_chain(e, env, truth, err);
  if (e->op == EXPR_NOT) {
    PROPTER_TRY(eval_truth(e->args[0], env, truth, err));
    return *truth = *truth < 0 ? -1 : !*truth, PROPTER_OK;
  }
  PROPTER_TRY(eval(e, env, &v, err));
  *truth = v.type <= VALUE_ERROR ? -1 : value_truth(&v);
  return PROPTER_OK;
}

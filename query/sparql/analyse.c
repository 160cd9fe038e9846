/* SPDX-License-Identifier: Apache-2.0 */
/* Which slots an algebra tree may bind and which it always binds. */
#include <string.h>

#include "algebra.h"

uint64_t *slots_new(Exec *run, PropterError *err) {
  uint64_t *set = exec_plan_alloc(run, slots_words(run) * sizeof *set);
  if (!set) (void)exec_fail_memory(run, err);
  return set;
}

void slots_mentioned(const Exec *run, const Alg *a, uint64_t *set) {
  slots_add(set, a->s.slot);
  slots_add(set, a->p.slot);
  slots_add(set, a->o.slot);
  for (size_t i = 0; i < a->input_count; i++) slots_add(set, a->inputs[i].slot);
  slots_add(set, a->slot);
  slots_add(set, a->from);
  if ((a->kind == ALG_SCAN || a->kind == ALG_PATH) && a->graphs.kind == GRAPHS_NAMED) slots_add(set, a->graphs.slot);
  for (size_t i = 0; i < a->slot_count; i++) slots_add(set, a->slots[i]);
  for (size_t i = 0; i < a->aggregate_count; i++) {
    slots_add(set, a->aggregates[i].slot);
    if (a->aggregates[i].arg) slots_of_expr(run, a->aggregates[i].arg, set);
  }
  for (size_t i = 0; i < a->order_count; i++) slots_of_expr(run, a->order[i].expr, set);
  if (a->expr) slots_of_expr(run, a->expr, set);
  for (size_t i = 0; i < a->count; i++) slots_mentioned(run, a->items[i], set);
}

void slots_of_expr(const Exec *run, const Expr *e, uint64_t *set) {
  slots_add(set, e->slot);
  if (e->pattern) slots_mentioned(run, e->pattern, set);
  for (size_t i = 0; i < e->count; i++) slots_of_expr(run, e->args[i], set);
}

static PropterStatus analyse_expr(Exec *run, Expr *e, PropterError *err) {
  PROPTER_TRY(exec_tick(run, err));
  if (e->pattern) PROPTER_TRY(algebra_analyse(run, e->pattern, err));
  for (size_t i = 0; i < e->count; i++) PROPTER_TRY(analyse_expr(run, e->args[i], err));
  return PROPTER_OK;
}

static void both(Alg *a, uint32_t slot) {
  slots_add(a->maybe, slot);
  slots_add(a->certain, slot);
}

static void add_all(size_t words, uint64_t *to, const uint64_t *from) {
  for (size_t w = 0; w < words; w++) to[w] |= from[w];
}

static void analyse_values(Alg *a) {
  for (size_t i = 0; i < a->slot_count; i++) {
    bool always = true;
    for (size_t r = 0; r < a->row_count; r++) always = always && a->rows[r * a->slot_count + i] != PROPTER_NO_ID;
    slots_add(a->maybe, a->slots[i]);
    if (always) slots_add(a->certain, a->slots[i]);
  }
}

static void analyse_union(size_t words, Alg *a) {
  for (size_t i = 0; i < a->count; i++) {
    add_all(words, a->maybe, a->items[i]->maybe);
    for (size_t w = 0; w < words; w++) a->certain[w] = i == 0 ? a->items[i]->certain[w] : a->certain[w] & a->items[i]->certain[w];
  }
}

static void analyse_group(Alg *a) {
  for (size_t i = 0; i < a->slot_count; i++) {
    if (slots_has(a->items[0]->maybe, a->slots[i])) slots_add(a->maybe, a->slots[i]);
    if (slots_has(a->items[0]->certain, a->slots[i])) slots_add(a->certain, a->slots[i]);
  }
  for (size_t i = 0; i < a->aggregate_count; i++) slots_add(a->maybe, a->aggregates[i].slot);
}

static void analyse_project(Alg *a) {
  for (size_t i = 0; i < a->slot_count; i++) {
    if (slots_has(a->items[0]->maybe, a->slots[i])) slots_add(a->maybe, a->slots[i]);
    if (slots_has(a->items[0]->certain, a->slots[i])) slots_add(a->certain, a->slots[i]);
  }
}

PropterStatus algebra_analyse(Exec *run, Alg *a, PropterError *err) {
  size_t words = slots_words(run);
  PROPTER_TRY(exec_check(run, err));
  a->maybe = slots_new(run, err), a->certain = slots_new(run, err);
  if (!a->maybe || !a->certain) return exec_fail_memory(run, err);
  for (size_t i = 0; i < a->count; i++) PROPTER_TRY(algebra_analyse(run, a->items[i], err));
  if (a->expr) PROPTER_TRY(analyse_expr(run, a->expr, err));
  for (size_t i = 0; i < a->aggregate_count; i++)
    if (a->aggregates[i].arg) PROPTER_TRY(analyse_expr(run, a->aggregates[i].arg, err));
  for (size_t i = 0; i < a->order_count; i++) PROPTER_TRY(analyse_expr(run, a->order[i].expr, err));
  switch (a->kind) {
  case ALG_SCAN:
  case ALG_PATH:
    both(a, a->s.slot), both(a, a->p.slot), both(a, a->o.slot);
    if (a->graphs.kind == GRAPHS_NAMED) both(a, a->graphs.slot);
    break;
  case ALG_VALUES: analyse_values(a); break;
  case ALG_UNION: analyse_union(words, a); break;
  case ALG_GROUP: analyse_group(a); break;
  case ALG_PROJECT: analyse_project(a); break;
  case ALG_SERVICE:
    for (size_t i = 0; i < a->slot_count; i++) slots_add(a->maybe, a->slots[i]);
    for (size_t i = 0; i < a->input_count; i++) slots_add(a->maybe, a->inputs[i].slot);
    break;
  default:
    /* Joins show both sides, the others their first input and what they add. */
    for (size_t i = 0; i < a->count; i++) {
      if (i > 0 && a->kind == ALG_MINUS) break;
      add_all(words, a->maybe, a->items[i]->maybe);
      if (i == 0 || a->kind == ALG_JOIN) add_all(words, a->certain, a->items[i]->certain);
    }
    if (a->kind == ALG_EXTEND) slots_add(a->maybe, a->slot);
    if (a->kind == ALG_GRAPH || a->kind == ALG_UNIFY) both(a, a->slot);
  }
  return PROPTER_OK;
}

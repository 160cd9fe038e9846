/* SPDX-License-Identifier: Apache-2.0 */
/* Grouping, projection and the other modifiers: SPARQL 1.1, section 18.2.4. */

#include "translate.h"

typedef struct {
  Scope *scope;
  uint32_t *slots;
  size_t count;
  unsigned char *seen;
  PropterStatus status;
} Visible;

static void add_visible(uint32_t var, void *payload) {
  Visible *v = payload;
  if (v->seen[var] || v->status != PROPTER_OK) return;
  v->seen[var] = 1;
  v->status = translate_slot(v->scope, var, &v->slots[v->count++]);
}

/* The variables of a WHERE clause that a solution has. */
static PropterStatus visible_variables(Scope *s, const AstPattern *where, uint32_t **slots, size_t *count) {
  size_t names = s->run->query->name_count;
  Visible v = {s, exec_plan_alloc(s->run, names * sizeof *v.slots), 0, exec_plan_alloc(s->run, names), PROPTER_OK};
  if (!v.slots || !v.seen) return translate_no_memory(s);
  if (where) ast_visible(where, add_visible, &v);
  *slots = v.slots, *count = v.count;
  return v.status;
}

static PropterStatus translate_grouping(Scope *s, const AstSelect *a, Alg **in_out) {
  Alg *group, *where = *in_out;
  uint32_t *keys = exec_plan_alloc(s->run, a->group_count * sizeof *keys);
  if (!keys) return translate_no_memory(s);
  for (size_t i = 0; i < a->group_count; i++) {
    const AstGroupKey *k = &a->group[i];
    Expr *e;
    if (!k->has_var && k->expr->op == EXPR_TERM && k->expr->term.kind == AST_VAR) {
      PROPTER_TRY(translate_slot(s, k->expr->term.var, &keys[i]));
      continue;
    }
    PROPTER_TRY(translate_expr(s, k->expr, &e));
    PROPTER_TRY(k->has_var ? translate_slot(s, k->var, &keys[i]) : translate_fresh(s, &keys[i]));
    PROPTER_TRY(translate_extend(s, where, keys[i], e, &where));
  }
  PROPTER_TRY(translate_wrap(s, ALG_GROUP, where, &group));
  group->slots = keys, group->slot_count = a->group_count;
  PROPTER_TRY(visible_variables(s, a->where, &group->whole, &group->whole_count));
  s->group = group;
  *in_out = group;
  return PROPTER_OK;
}

static PropterStatus select_columns(Scope *s, const AstSelect *a, uint32_t **columns, size_t *count) {
  size_t names = s->run->query->name_count;
  Visible v = {s, exec_plan_alloc(s->run, (names + a->item_count) * sizeof *v.slots), 0, exec_plan_alloc(s->run, names), PROPTER_OK};
  if (!v.slots || !v.seen) return translate_no_memory(s);
  /* The other forms look at everything. */
  bool star = a->star || a->form != &sparql_form_select;
  for (size_t i = 0; i < a->item_count; i++) add_visible(a->items[i].var, &v);
  if (star && a->where) ast_visible(a->where, add_visible, &v);
  for (size_t i = 0; star && a->values && i < a->values->var_count; i++) add_visible(a->values->vars[i], &v);
  *columns = v.slots, *count = v.count;
  return v.status;
}

static PropterStatus translate_modifiers(Scope *s, const AstSelect *a, Alg **in_out) {
  if (a->aggregated) PROPTER_TRY(translate_grouping(s, a, in_out));
  /* Expressions are translated before their operators are put on top: aggregates in them go into the group. */
  for (size_t i = 0; i < a->having_count; i++) {
    Expr *e;
    PROPTER_TRY(translate_expr(s, a->having[i], &e));
    PROPTER_TRY(translate_filter(s, *in_out, e, in_out));
  }
  if (a->values) {
    Alg *values;
    PROPTER_TRY(translate_values(s, a->values, &values));
    PROPTER_TRY(translate_join(s, *in_out, values, in_out));
  }
  for (size_t i = 0; i < a->item_count; i++) {
    Expr *e;
    uint32_t slot;
    if (!a->items[i].expr) continue;
    PROPTER_TRY(translate_expr(s, a->items[i].expr, &e));
    PROPTER_TRY(translate_slot(s, a->items[i].var, &slot));
    PROPTER_TRY(translate_extend(s, *in_out, slot, e, in_out));
  }
  if (a->order_count == 0) return PROPTER_OK;
  Alg *order;
  PROPTER_TRY(translate_wrap(s, ALG_ORDER, *in_out, &order));
  for (size_t i = 0; i < a->order_count; i++) {
    OrderKey key = {.descending = a->order[i].descending};
    PROPTER_TRY(translate_expr(s, a->order[i].expr, &key.expr));
    PROPTER_TRY(translate_push(s, &order->order, &order->order_count, &key, sizeof key));
  }
  *in_out = order;
  return PROPTER_OK;
}

static PropterStatus translate_body(Scope *s, const AstSelect *a, Alg **out, uint32_t **columns, size_t *count) {
  if (a->where)
    PROPTER_TRY(translate_group(s, a->where, out));
  else
    PROPTER_TRY(translate_make(s, ALG_UNIT, out));
  PROPTER_TRY(translate_modifiers(s, a, out));
  PROPTER_TRY(select_columns(s, a, columns, count));
  PROPTER_TRY(translate_wrap(s, ALG_PROJECT, *out, out));
  (*out)->slots = *columns, (*out)->slot_count = *count;
  if (a->distinct || a->reduced) {
    PROPTER_TRY(translate_wrap(s, ALG_DISTINCT, *out, out));
    (*out)->slots = *columns, (*out)->slot_count = *count;
  }
  if (a->has_limit || a->offset) {
    PROPTER_TRY(translate_wrap(s, ALG_SLICE, *out, out));
    (*out)->has_limit = a->has_limit, (*out)->limit = a->limit, (*out)->offset = a->offset;
  }
  return PROPTER_OK;
}

static uint32_t *new_names(Exec *run) {
  uint32_t *slots = exec_plan_alloc(run, run->query->name_count * sizeof *slots);
  for (size_t i = 0; slots && i < run->query->name_count; i++) slots[i] = run->fixed ? run->fixed[i] : NO_SLOT;
  return slots;
}

PropterStatus translate_select(Scope *outer, const AstSelect *a, Alg **out, uint32_t **columns, size_t *column_count) {
  Scope s = {outer->run, new_names(outer->run), outer->graphs, NULL, outer->err};
  size_t names = outer->run->query->name_count;
  Visible v = {outer, exec_plan_alloc(outer->run, (names + a->item_count) * sizeof *v.slots), 0, exec_plan_alloc(outer->run, names), PROPTER_OK};
  if (!s.slots || !v.slots || !v.seen) return translate_no_memory(outer);
  /* What is projected shares its slot with the surroundings; everything else is the sub-select's own. */
  for (size_t i = 0; i < a->item_count; i++) add_visible(a->items[i].var, &v);
  if (a->star) ast_visible(a->where, add_visible, &v);
  for (size_t i = 0; a->star && a->values && i < a->values->var_count; i++) add_visible(a->values->vars[i], &v);
  PROPTER_TRY(v.status);
  for (size_t i = 0; i < names; i++)
    if (v.seen[i]) s.slots[i] = outer->slots[i];
  return translate_body(&s, a, out, columns, column_count);
}

PropterStatus algebra_of_select(Exec *run, const AstSelect *select, Alg **out, uint32_t **columns, size_t *column_count, PropterError *err) {
  Scope s = {run, new_names(run), run->default_graph, NULL, err};
  if (!s.slots) return translate_no_memory(&s);
  return translate_body(&s, select, out, columns, column_count);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ranges.h"

#include <stdlib.h>

#include "eval.h"

/* Beyond so many, ranges cost more than they spare. */
enum { MOST_RANGES = 1 << 16 };

typedef PROPTER_VEC(IdRange) List;

static int by_start(const void *a, const void *b) {
  PropterId x = ((const IdRange *)a)->from, y = ((const IdRange *)b)->from;
  return (x > y) - (x < y);
}

/* Sorted, what touches put together; in the plan's memory. */
static PropterStatus settle(Exec *run, List *list, const IdRanges **out, PropterError *err) {
  IdRanges *r = exec_plan_alloc(run, sizeof *r);
  if (r) r->items = exec_plan_alloc(run, (list->count ? list->count : 1) * sizeof *r->items);
  if (!r || !r->items) return exec_fail_memory(run, err);
  if (list->count) qsort(list->items, list->count, sizeof *list->items, by_start);
  for (size_t i = 0; i < list->count; i++) {
    IdRange *last = r->count ? &r->items[r->count - 1] : NULL, next = list->items[i];
    if (!last || (next.from > last->last && next.from - last->last > 1))
      r->items[r->count++] = next;
    else if (next.last > last->last)
      last->last = next.last;
  }
  *out = r;
  return PROPTER_OK;
}

static PropterStatus add(Exec *run, List *list, IdRange range, PropterError *err) {
  return propter_vec_push(list, range) ? PROPTER_OK : exec_fail_memory(run, err);
}

static bool is_slot(const Expr *e, uint32_t slot) { return e->op == EXPR_TERM && e->slot == slot; }

/* What has no variable and does not change from row to row: a term, a cast, arithmetic. */
static bool constant(const Expr *e) {
  bool arithmetic = e->op >= EXPR_ADD && e->op <= EXPR_DIVIDE;
  if (e->op == EXPR_TERM) return e->slot == NO_SLOT;
  if (e->op != EXPR_CALL_IRI && e->op != EXPR_PLUS && e->op != EXPR_MINUS && !arithmetic) return false;
  for (size_t i = 0; i < e->count; i++)
    if (!constant(e->args[i])) return false;
  return true;
}

static PropterStatus add_relation(Exec *run, List *list, AstExprOp relation, Expr *e, PropterError *err) {
  PropterArena scratch = {0};
  Env env = {.run = run, .scratch = &scratch};
  IdRange found[ID_RANGES];
  Value v;
  PropterStatus status = eval(e, &env, &v, err);
  size_t count = status == PROPTER_OK ? id_ranges(relation, &v, found) : 0;
  for (size_t i = 0; status == PROPTER_OK && i < count; i++) status = add(run, list, found[i], err);
  propter_arena_clear(&scratch);
  return status;
}

static PropterStatus alternatives(Exec *run, Expr *e, uint32_t slot, List *list, bool *any, PropterError *err);

/* x < 5, or 5 > x. */
static PropterStatus relation(Exec *run, Expr *e, uint32_t slot, List *list, bool *any, PropterError *err) {
  static const AstExprOp turned[EXPR_OP_COUNT] = {[EXPR_EQUAL] = EXPR_EQUAL,
                                                  [EXPR_LESS] = EXPR_GREATER,
                                                  [EXPR_GREATER] = EXPR_LESS,
                                                  [EXPR_LESS_EQUAL] = EXPR_GREATER_EQUAL,
                                                  [EXPR_GREATER_EQUAL] = EXPR_LESS_EQUAL};
  if (is_slot(e->args[0], slot) && constant(e->args[1])) return add_relation(run, list, e->op, e->args[1], err);
  if (is_slot(e->args[1], slot) && constant(e->args[0])) return add_relation(run, list, turned[e->op], e->args[0], err);
  return *any = true, PROPTER_OK;
}

static PropterStatus one_of(Exec *run, Expr *e, uint32_t slot, List *list, bool *any, PropterError *err) {
  *any = !is_slot(e->args[0], slot);
  for (size_t i = 1; i < e->count && !*any; i++) {
    *any = !constant(e->args[i]) || list->count > MOST_RANGES;
    if (!*any) PROPTER_TRY(add_relation(run, list, EXPR_EQUAL, e->args[i], err));
    PROPTER_TRY(exec_tick(run, err));
  }
  return PROPTER_OK;
}

static PropterStatus call(Exec *run, Expr *e, uint32_t slot, List *list, bool *any, PropterError *err) {
  if (e->function == FN_SAMETERM) {
    size_t at = is_slot(e->args[0], slot) ? 1 : 0;
    const Value *c = &e->args[at]->constant;
    *any = !is_slot(e->args[1 - at], slot) || e->args[at]->op != EXPR_TERM || e->args[at]->slot != NO_SLOT || !c->id;
    return *any ? PROPTER_OK : add(run, list, (IdRange){c->id, c->id}, err);
  }
  *any = e->count != 1 || !is_slot(e->args[0], slot);
  if (*any) return PROPTER_OK;
  switch (e->function) {
  case FN_ISIRI:
  case FN_ISURI: return add(run, list, id_iris, err);
  case FN_ISBLANK: return add(run, list, id_blanks, err);
  case FN_ISLITERAL: return add(run, list, id_literals, err);
  case FN_ISNUMERIC:
    PROPTER_TRY(add(run, list, id_numbers[0], err));
    return add(run, list, id_numbers[1], err);
  default: return *any = true, PROPTER_OK;
  }
}

/* Adds the ranges in which `e` may be true; *any: it may be true everywhere. */
static PropterStatus alternatives(Exec *run, Expr *e, uint32_t slot, List *list, bool *any, PropterError *err) {
  const IdRanges *both = NULL;
  *any = false;
  switch (e->op) {
  case EXPR_EQUAL:
  case EXPR_LESS:
  case EXPR_GREATER:
  case EXPR_LESS_EQUAL:
  case EXPR_GREATER_EQUAL: return relation(run, e, slot, list, any, err);
  case EXPR_IN: return one_of(run, e, slot, list, any, err);
  case EXPR_CALL: return call(run, e, slot, list, any, err);
  case EXPR_OR:
    for (size_t i = 0; i < e->count && !*any; i++) PROPTER_TRY(alternatives(run, e->args[i], slot, list, any, err));
    *any = *any || list->count > MOST_RANGES;
    return PROPTER_OK;
  case EXPR_AND:
    for (size_t i = 0; i < e->count; i++) {
      const IdRanges *one;
      PROPTER_TRY(ranges_of(run, e->args[i], slot, &one, err));
      PROPTER_TRY(ranges_meet(run, both, one, &both, err));
    }
    *any = !both;
    for (size_t i = 0; both && i < both->count; i++) PROPTER_TRY(add(run, list, both->items[i], err));
    return PROPTER_OK;
  default: return *any = true, PROPTER_OK;
  }
}

PropterStatus ranges_of(Exec *run, Expr *e, uint32_t slot, const IdRanges **out, PropterError *err) {
  List list = {0};
  bool any;
  *out = NULL;
  PropterStatus status = alternatives(run, e, slot, &list, &any, err);
  if (status == PROPTER_OK && !any) status = settle(run, &list, out, err);
  propter_vec_clear(&list);
  return status;
}

PropterStatus ranges_meet(Exec *run, const IdRanges *a, const IdRanges *b, const IdRanges **out, PropterError *err) {
  if (!a || !b) return *out = a ? a : b, PROPTER_OK;
  IdRanges *r = exec_plan_alloc(run, sizeof *r);
  if (r) r->items = exec_plan_alloc(run, (a->count + b->count + 1) * sizeof *r->items);
  if (!r || !r->items) return exec_fail_memory(run, err);
  for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
    IdRange x = a->items[i], y = b->items[k];
    IdRange both = {x.from > y.from ? x.from : y.from, x.last < y.last ? x.last : y.last};
    if (both.from <= both.last) r->items[r->count++] = both;
    if (x.last < y.last)
      i++;
    else
      k++;
  }
  *out = r;
  return PROPTER_OK;
}

size_t ranges_from(const IdRanges *r, PropterId id) {
  size_t low = 0, high = r->count;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (r->items[mid].last < id)
      low = mid + 1;
    else
      high = mid;
  }
  return low;
}

bool ranges_have(const IdRanges *r, PropterId id, size_t *hint) {
  if (*hint >= r->count || id < r->items[*hint].from || id > r->items[*hint].last) *hint = ranges_from(r, id);
  return *hint < r->count && id >= r->items[*hint].from;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The plan as text or JSON: operator, pattern, condition, keys, estimated and actual rows, starts, threads, what went to disk, time (of an operator with its
 * inputs); how long planning took; how many quads the statistics were of that estimates used, if any. */
#include <string.h>

#include "answer.h"
#include "print.h"

/* Ranges of ids by which a scan leaves out rows. */
static size_t ranges_in(const Op *op) {
  size_t n = 0;
  for (unsigned k = 0; scan_is(op) && k < 3; k++) n += op->alg->within[k] ? op->alg->within[k]->count : 0;
  return n;
}

typedef struct {
  PropterResults *results;
  PropterBuf *out;
  bool json;
  PropterArena arena;
} Explain;

static void put_slot(const Explain *x, uint32_t slot, PropterBuf *out) {
  uint32_t name = x->results->run.slot_names.items[slot];
  propter_buf_add_char(out, '?');
  if (name == NO_SLOT)
    propter_buf_printf(out, ".%u", slot);
  else
    propter_buf_add(out, x->results->run.query->names[name].text);
}

static PropterStatus put_item(Explain *x, const Item *item, PropterBuf *out, PropterError *err) {
  PropterTerm term;
  if (item->slot != NO_SLOT) return put_slot(x, item->slot, out), PROPTER_OK;
  PROPTER_TRY(exec_term(&x->results->run, item->id, &x->arena, &term, err));
  propter_term_write(&term, out);
  return PROPTER_OK;
}

/* Cuts what was written from `start` on. */
static void cut(PropterBuf *out, size_t start) {
  enum { SHOWN = 80 };
  size_t at = start;
  for (size_t n = 0; at < out->len; at++)
    if (((unsigned char)out->data[at] & 0xC0) != 0x80 && n++ == SHOWN) break;
  if (at >= out->len) return;
  out->len = at;
  propter_buf_add(out, PROPTER_STR("…"));
}

static PropterStatus put_whole(Explain *x, const Expr *e, PropterBuf *out, PropterError *err) {
  if (e->ast) return print_expr(x->results->run.query, e->ast, out), PROPTER_OK;
  if (e->op == EXPR_TERM) {
    Item item = {e->slot, e->constant.id};
    return put_item(x, &item, out, err);
  }
  /* The planner makes conjunctions of what was written, paths the predicates that are not in a list. */
  propter_buf_add_char(out, '(');
  for (size_t i = 0; i < e->count; i++) {
    if (i) propter_buf_add(out, e->op == EXPR_AND ? PROPTER_STR(" && ") : i == 1 ? PROPTER_STR(" NOT IN (") : PROPTER_STR(", "));
    PROPTER_TRY(put_whole(x, e->args[i], out, err));
  }
  propter_buf_add(out, e->op == EXPR_AND ? PROPTER_STR(")") : PROPTER_STR("))"));
  return PROPTER_OK;
}

static PropterStatus put_expr(Explain *x, const Expr *e, PropterBuf *out, PropterError *err) {
  size_t start = out->len;
  PROPTER_TRY(put_whole(x, e, out, err));
  cut(out, start);
  return PROPTER_OK;
}

static void put_aggregates(const Explain *x, const Alg *a, PropterBuf *out) {
  for (size_t i = 0; i < a->aggregate_count; i++) {
    size_t start = out->len;
    if (start) propter_buf_add_char(out, ' ');
    print_expr(x->results->run.query, a->aggregates[i].ast, out);
    cut(out, start);
  }
}

static PropterStatus put_order(Explain *x, const Alg *a, PropterBuf *out, PropterError *err) {
  for (size_t i = 0; i < a->order_count; i++) {
    if (i) propter_buf_add_char(out, ' ');
    if (a->order[i].descending) propter_buf_add(out, PROPTER_STR("DESC("));
    PROPTER_TRY(put_expr(x, a->order[i].expr, out, err));
    if (a->order[i].descending) propter_buf_add_char(out, ')');
  }
  return PROPTER_OK;
}

static PropterStatus detail(Explain *x, const Op *op, PropterBuf *out, PropterError *err) {
  const Alg *a = op->alg;
  if (op->expr) PROPTER_TRY(put_expr(x, op->expr, out, err));
  if (!a) return PROPTER_OK;
  if (a->kind == ALG_EXTEND) propter_buf_add(out, PROPTER_STR(" AS "));
  if (a->kind == ALG_ORDER) return put_order(x, a, out, err);
  if (a->kind == ALG_SCAN || a->kind == ALG_PATH) {
    PROPTER_TRY(put_item(x, &a->s, out, err));
    propter_buf_add_char(out, ' ');
    if (a->kind == ALG_SCAN)
      PROPTER_TRY(put_item(x, &a->p, out, err));
    else
      print_path(a->path, out);
    propter_buf_add_char(out, ' ');
    return put_item(x, &a->o, out, err);
  }
  if (a->kind == ALG_SLICE) {
    if (a->has_limit) propter_buf_printf(out, "limit %llu", (unsigned long long)a->limit);
    if (a->offset) propter_buf_printf(out, "%soffset %llu", a->has_limit ? " " : "", (unsigned long long)a->offset);
    return PROPTER_OK;
  }
  for (size_t i = 0; i < a->slot_count; i++) {
    if (i) propter_buf_add_char(out, ' ');
    put_slot(x, a->slots[i], out);
  }
  put_aggregates(x, a, out);
  if (a->slot != NO_SLOT) put_slot(x, a->slot, out);
  return PROPTER_OK;
}

static PropterStatus explain_op(Explain *x, Op *op, unsigned depth, PropterError *err);

static PropterStatus explain_inputs(Explain *x, Op *op, unsigned depth, PropterError *err) {
  size_t count = 0;
  Op **children = op_children(op, &count), *pair[2];
  if (!children) {
    if (op->left) pair[count++] = op->left;
    if (op->right) pair[count++] = op->right;
    children = pair;
  }
  for (size_t i = 0; i < count; i++) {
    if (x->json && i) propter_buf_add_char(x->out, ',');
    PROPTER_TRY(explain_op(x, children[i], depth + 1, err));
  }
  return PROPTER_OK;
}

static PropterStatus explain_op(Explain *x, Op *op, unsigned depth, PropterError *err) {
  PropterBuf text = {0};
  PropterStatus status = detail(x, op, &text, err);
  if (status == PROPTER_OK) status = propter_buf_status(&text, err);
  PropterStr t = text.len ? propter_buf_str(&text) : PROPTER_STR("");
  double ms = (double)op->nanoseconds / 1e6;
  unsigned long long rows = op->rows, starts = op->starts, spilled = op->spilled, files = op->files;
  if (status == PROPTER_OK && x->json) {
    propter_buf_printf(x->out, "{\"operator\":\"%s\",\"detail\":", op->kind->name);
    propter_buf_add_json(x->out, t);
    propter_buf_printf(x->out, ",\"estimated\":%.0f,\"rows\":%llu,\"starts\":%llu,\"ms\":%.3f", op->estimate, rows, starts, ms);
    if (depth == 0) propter_buf_printf(x->out, ",\"planning_ms\":%.3f", (double)x->results->planning / 1e6);
    if (depth == 0 && op->run->statistics) propter_buf_printf(x->out, ",\"statistics\":%llu", (unsigned long long)op->run->statistics->quads);
    if (ranges_in(op)) propter_buf_printf(x->out, ",\"ranges\":%zu", ranges_in(op));
    if (op->threads) propter_buf_printf(x->out, ",\"threads\":%u", op->threads);
    if (spilled) propter_buf_printf(x->out, ",\"spilled\":%llu,\"files\":%llu", spilled, files);
    propter_buf_add(x->out, PROPTER_STR(",\"inputs\":["));
  } else if (status == PROPTER_OK) {
    propter_buf_printf(x->out, "%*s%s%s%.*s", (int)depth * 2, "", op->kind->name, t.len ? "  " : "", (int)t.len, t.data);
    propter_buf_printf(x->out, "  estimated %.0f  rows %llu", op->estimate, rows);
    if (starts > 1) propter_buf_printf(x->out, "  starts %llu", starts);
    if (ranges_in(op)) propter_buf_printf(x->out, "  in %zu ranges of ids", ranges_in(op));
    if (op->threads) propter_buf_printf(x->out, "  threads %u", op->threads);
    if (spilled) propter_buf_printf(x->out, "  spilled %llu bytes in %llu files", spilled, files);
    propter_buf_printf(x->out, "  %.3f ms\n", ms);
  }
  propter_buf_clear(&text);
  PROPTER_TRY(status);
  PROPTER_TRY(explain_inputs(x, op, depth, err));
  if (x->json) propter_buf_add(x->out, PROPTER_STR("]}"));
  return PROPTER_OK;
}

PropterStatus propter_results_explain(const PropterResults *results, bool json, PropterBuf *out, PropterError *err) {
  /* Terms are looked up in the results' own snapshot, which is not changed by it. */
  Explain x = {(PropterResults *)(uintptr_t)results, out, json, {0}};
  if (!results->root) return propter_fail(err, PROPTER_INVALID, "results from outside have no plan");
  PropterStatus status = explain_op(&x, results->root, 0, err);
  propter_arena_clear(&x.arena);
  const PropterStatistics *st = results->run.statistics;
  if (json && status == PROPTER_OK) propter_buf_add_char(out, '\n');
  if (!json) propter_buf_printf(out, "planning  %.3f ms\n", (double)results->planning / 1e6);
  if (!json && st) propter_buf_printf(out, "estimates from statistics of %llu quads\n", (unsigned long long)st->quads);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

PropterStatus propter_query_explain(const PropterQuery *query, PropterSnapshot *snapshot, const PropterQueryOptions *options, bool json, PropterBuf *out,
                                    PropterError *err) {
  PropterResults *results;
  const PropterTerm *row;
  PropterStatus status = answer_open(query, snapshot, options, &results, err);
  do
    if (status == PROPTER_OK) status = propter_results_next(results, &row, err);
  while (status == PROPTER_OK && row);
  if (results && results->root) {
    PropterError second = {0};
    PropterStatus shown = propter_results_explain(results, json, out, status == PROPTER_OK ? err : &second);
    if (status == PROPTER_OK) status = shown;
  }
  propter_results_close(results);
  return status;
}

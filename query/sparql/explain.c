/* SPDX-License-Identifier: Apache-2.0 */
/* The plan as text or JSON: operator, pattern, estimated and actual rows, starts, threads, what went to disk, time (of an operator with its inputs); how many
 * quads the statistics were of that estimates used, if any. */
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

static PropterStatus detail(Explain *x, const Op *op, PropterBuf *out, PropterError *err) {
  const Alg *a = op->alg;
  if (!a) return PROPTER_OK;
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
    if (depth == 0 && op->run->statistics) propter_buf_printf(x->out, ",\"statistics\":%llu", (unsigned long long)op->run->statistics->quads);
    if (ranges_in(op)) propter_buf_printf(x->out, ",\"ranges\":%zu", ranges_in(op));
    if (op->threads) propter_buf_printf(x->out, ",\"threads\":%u", op->threads);
    if (spilled) propter_buf_printf(x->out, ",\"spilled\":%llu,\"files\":%llu", spilled, files);
    propter_buf_add(x->out, PROPTER_STR(",\"inputs\":["));
  } else if (status == PROPTER_OK) {
    propter_buf_printf(x->out, "%*s%s  %.*s", (int)depth * 2, "", op->kind->name, (int)t.len, t.data);
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
  if (!json && st) propter_buf_printf(out, "estimates from statistics of %llu quads\n", (unsigned long long)st->quads);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

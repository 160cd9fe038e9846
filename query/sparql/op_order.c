/* SPDX-License-Identifier: Apache-2.0 */
/* ORDER BY: rows are kept with the ids of their keys and a prefix of each key that decides most comparisons; equal rows stay in the order they
 * came. Rows are sorted by the prefix of their first key alone before rows equal in that are compared. With a limit, rows beyond it are thrown away as they
 * come. When memory grows short, sorted runs go to disk and are merged. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../engine/graph/sort_keys.h"
#include "eval.h"
#include "spill.h"

typedef struct {
  uint64_t prefix;
  PropterId id;
} Key;

/* The text of a key in `letters`, which spares decoding it again and again. */
typedef struct {
  size_t at, len;
} Kept;
#define NOT_KEPT SIZE_MAX

typedef struct {
  Op op;
  Table table;
  Key *keys; /* row after row */
  Kept *kept; /* the same */
  char *letters;
  size_t key_cap, kept_cap, letter_count, letter_cap;
  Value *values; /* of one key of a batch */
  PropterId *ids;
  bool bounded; /* rows whose first key has a prefix behind `bound`, or that prefix and a text behind `edge`, need not be looked at */
  uint64_t bound;
  bool edged;
  char *edge;
  size_t edge_length, edge_cap;
  uint32_t *rows; /* sorted numbers of rows */
  size_t row_cap;
  uint64_t limit;
  PropterArena scratch;
  uint64_t solutions;
  bool built;
  size_t at;
  /* Sorted runs on disk: keys, then the row; `heads` are their next rows, by `heap`. */
  Spill *runs;
  size_t run_count, run_cap;
  const PropterId **heads;
  size_t *heap, heap_count;
  PropterId *line;
  uint64_t given;
  PropterStatus failed; /* in a comparison */
  PropterError why;
} Order;

static void clear_rows(Order *o) {
  Exec *run = o->op.run;
  table_clear(run, &o->table);
  exec_free(run, o->keys, o->key_cap * sizeof *o->keys);
  exec_free(run, o->kept, o->kept_cap * sizeof *o->kept);
  exec_free(run, o->letters, o->letter_cap);
  exec_free(run, o->rows, o->row_cap * sizeof *o->rows);
  exec_free(run, o->edge, o->edge_cap);
  o->edge = NULL, o->edge_cap = 0, o->edged = false;
  o->keys = NULL, o->kept = NULL, o->letters = NULL, o->rows = NULL;
  o->key_cap = o->kept_cap = o->letter_cap = o->letter_count = o->row_cap = 0;
}

static void drop_runs(Order *o) {
  Exec *run = o->op.run;
  for (size_t i = 0; i < o->run_count; i++) spill_close(run, &o->runs[i]);
  exec_free(run, o->runs, o->run_cap * sizeof *o->runs);
  exec_free(run, o->heads, o->heads ? o->run_count * sizeof *o->heads : 0);
  exec_free(run, o->heap, o->heap ? o->run_count * sizeof *o->heap : 0);
  o->runs = NULL, o->heads = NULL, o->heap = NULL;
  o->run_count = o->run_cap = o->heap_count = 0;
}

static PropterStatus order_start(Op *op, PropterError *err) {
  Order *o = (Order *)op;
  clear_rows(o);
  drop_runs(o);
  o->built = o->bounded = false, o->at = 0, o->given = 0, o->failed = PROPTER_OK;
  if (!o->table.slots) PROPTER_TRY(table_init(op->run, &o->table, op->slots, err));
  return op_start(op->left, op->outer, err);
}

enum { RANK_LANGUAGE = 4 };
static bool is_text(const Value *v) { return v->type == VALUE_IRI || v->type == VALUE_STRING || v->type == VALUE_LANGUAGE; }

/* Ranks and the first bytes or bits of a value, so that a smaller prefix means an earlier value. */
static uint64_t prefix_of(const Value *v) {
  uint64_t rank, low = 0;
  switch (v->type) {
  case VALUE_UNBOUND:
  case VALUE_ERROR: return 0;
  case VALUE_BLANK: rank = 1; break;
  case VALUE_IRI:
  case VALUE_STRING:
  case VALUE_LANGUAGE:
    rank = v->type == VALUE_IRI ? 2 : v->type == VALUE_STRING ? 3 : RANK_LANGUAGE;
    for (size_t i = 0; i < 7; i++) low = low << 8 | (i < v->text.len ? (unsigned char)v->text.data[i] : 0);
    break;
  case VALUE_BOOLEAN: rank = 5; break;
  case VALUE_INTEGER:
  case VALUE_DECIMAL:
  case VALUE_FLOAT:
  case VALUE_DOUBLE: {
    double d = value_number(v);
    uint64_t bits;
    rank = 6;
    if (isnan(d)) break;
    if (!(d < 0) && !(d > 0)) d = 0;
    memcpy(&bits, &d, sizeof bits);
    /* Rounding to a double keeps the order, so equal prefixes only mean "look closer". */
    low = ((bits >> 63 ? ~bits : bits | (uint64_t)1 << 63) >> 8);
    break;
  }
  case VALUE_DATETIME:
  case VALUE_DATE:
  case VALUE_TIME: {
    int64_t ms = moment_ms(&v->moment);
    rank = v->type == VALUE_DATETIME ? 7 : v->type == VALUE_DATE ? 8 : 9;
    int64_t half = (int64_t)1 << 55;
    low = (uint64_t)(ms < -half ? 0 : ms >= half ? 2 * half - 1 : ms + half);
    break;
  }
  default: rank = 10;
  }
  return rank << 56 | low;
}

static int compare_keys(Order *o, const Key *a, const Key *b) {
  Value x, y;
  PropterError err = {0};
  if (a->id == b->id) return 0;
  if (a->prefix != b->prefix) return a->prefix < b->prefix ? -1 : 1;
  exec_release(o->op.run);
  if (o->failed == PROPTER_OK) o->failed = exec_tick(o->op.run, &err);
  if (o->failed == PROPTER_OK) o->failed = exec_value(o->op.run, a->id, &x, &err);
  if (o->failed == PROPTER_OK) o->failed = exec_value(o->op.run, b->id, &y, &err);
  if (o->failed != PROPTER_OK) {
    if (o->why.status == PROPTER_OK) o->why = err;
    return 0;
  }
  return value_order(&x, &y);
}

/* Texts of names and strings compare as they are; equal ones may still differ in language. */
static bool compare_kept(const Order *o, size_t a, size_t b, int *c) {
  if (o->kept[a].len == NOT_KEPT || o->kept[b].len == NOT_KEPT || o->keys[a].prefix != o->keys[b].prefix) return false;
  *c = propter_str_compare((PropterStr){o->letters + o->kept[a].at, o->kept[a].len}, (PropterStr){o->letters + o->kept[b].at, o->kept[b].len});
  return *c || o->keys[a].prefix >> 56 != RANK_LANGUAGE;
}

static int compare_rows(const void *a, const void *b, void *payload) {
  Order *o = payload;
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  size_t n = o->op.alg->order_count;
  for (size_t i = 0; i < n; i++) {
    int c;
    if (!compare_kept(o, x * n + i, y * n + i, &c)) c = compare_keys(o, &o->keys[x * n + i], &o->keys[y * n + i]);
    if (c) return o->op.alg->order[i].descending ? -c : c;
  }
  return x < y ? -1 : x > y;
}

/* Prefixes in the order that is asked for. */
static uint64_t directed(const Order *o, uint64_t prefix) { return o->op.alg->order[0].descending ? ~prefix : prefix; }

static PropterStatus sort_rows(Order *o, PropterError *err) {
  Exec *run = o->op.run;
  size_t n = o->op.alg->order_count, count = o->table.count, size = 2 * (count + 1) * sizeof(SortKey);
  PROPTER_TRY(exec_grow(run, &o->rows, &o->row_cap, count + 1, sizeof *o->rows, err));
  SortKey *memory = exec_alloc(run, size), *sorted = memory;
  if (!memory) return exec_fail_memory(run, err);
  for (uint32_t i = 0; i < count; i++) memory[i] = (SortKey){directed(o, o->keys[i * n].prefix), i};
  if (count) sorted = sort_keys(memory, memory + count, count);
  for (size_t i = 0; i < count; i++) o->rows[i] = sorted[i].at;
  for (size_t from = 0, to; from < count && o->failed == PROPTER_OK; from = to) {
    for (to = from + 1; to < count && sorted[to].key == sorted[from].key;) to++;
    if (to - from > 1) qsort_r(o->rows + from, to - from, sizeof *o->rows, compare_rows, o);
  }
  exec_free(run, memory, size);
  exec_release(run);
  if (o->failed != PROPTER_OK) return propter_fail(err, o->failed, "%s", o->why.message);
  return exec_check(run, err);
}

static int compare_numbers(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

/* The texts of the first `keys` keys alone. */
static PropterStatus prune_texts(Order *o, size_t keys, PropterError *err) {
  size_t size = 0;
  for (size_t i = 0; i < keys; i++) size += o->kept[i].len == NOT_KEPT ? 0 : o->kept[i].len;
  char *letters = exec_alloc(o->op.run, size + 1);
  if (!letters) return exec_fail_memory(o->op.run, err);
  o->letter_count = 0;
  for (size_t i = 0; i < keys; i++) {
    if (o->kept[i].len == NOT_KEPT) continue;
    memcpy(letters + o->letter_count, o->letters + o->kept[i].at, o->kept[i].len);
    o->kept[i].at = o->letter_count, o->letter_count += o->kept[i].len;
  }
  exec_free(o->op.run, o->letters, o->letter_cap);
  o->letters = letters, o->letter_cap = size + 1;
  return PROPTER_OK;
}

/* The first key of the last row that is kept is what others have to come before. */
static PropterStatus set_bound(Order *o, size_t row, PropterError *err) {
  const Kept *text = &o->kept[row];
  o->bounded = true, o->bound = directed(o, o->keys[row].prefix);
  o->edged = text->len != NOT_KEPT;
  if (!o->edged) return PROPTER_OK;
  PROPTER_TRY(exec_grow(o->op.run, &o->edge, &o->edge_cap, text->len + 1, 1, err));
  memcpy(o->edge, o->letters + text->at, text->len);
  o->edge_length = text->len;
  return PROPTER_OK;
}

/* Keeps the first `limit` rows, in the order they came. */
static PropterStatus prune(Order *o, PropterError *err) {
  size_t n = o->op.alg->order_count, keep = (size_t)o->limit;
  if (o->table.count <= keep) return PROPTER_OK;
  PROPTER_TRY(sort_rows(o, err));
  if (keep) PROPTER_TRY(set_bound(o, o->rows[keep - 1] * n, err));
  if (keep) qsort(o->rows, keep, sizeof *o->rows, compare_numbers);
  for (size_t i = 0; i < keep; i++) {
    if (o->table.width) memmove(table_row(&o->table, i), table_row(&o->table, o->rows[i]), o->table.width * sizeof(PropterId));
    memmove(&o->keys[i * n], &o->keys[o->rows[i] * n], n * sizeof *o->keys);
    memmove(&o->kept[i * n], &o->kept[o->rows[i] * n], n * sizeof *o->kept);
  }
  o->table.count = keep;
  return prune_texts(o, keep * n, err);
}

/* Values of the `i`-th key for all rows of a batch: decoded together if it is a variable. */
static PropterStatus key_values(Order *o, const Batch *b, size_t i, PropterError *err) {
  Expr *e = o->op.alg->order[i].expr;
  if (e->op == EXPR_TERM && e->slot != NO_SLOT) {
    for (size_t row = 0; row < b->count; row++) o->ids[row] = op_get(&o->op, b, e->slot, row);
    return exec_values(o->op.run, o->ids, b->count, &o->scratch, o->values, err);
  }
  for (size_t row = 0; row < b->count; row++) {
    Env env = {o->op.run, &o->op, b, row, o->solutions + row, &o->scratch, NULL};
    PROPTER_TRY(eval(e, &env, &o->values[row], err));
  }
  return PROPTER_OK;
}

static PropterStatus keep_text(Order *o, size_t at, const Value *v, PropterError *err) {
  Exec *run = o->op.run;
  PROPTER_TRY(exec_grow(run, &o->kept, &o->kept_cap, at + 1, sizeof *o->kept, err));
  o->kept[at] = (Kept){o->letter_count, NOT_KEPT};
  if (!is_text(v) || o->letter_count + v->text.len > run->options.memory / 8) return PROPTER_OK;
  PROPTER_TRY(exec_grow(run, &o->letters, &o->letter_cap, o->letter_count + v->text.len + 1, 1, err));
  memcpy(o->letters + o->letter_count, v->text.data, v->text.len);
  o->kept[at].len = v->text.len;
  o->letter_count += v->text.len;
  return PROPTER_OK;
}

static PropterStatus put_key(Order *o, size_t at, Value *v, PropterError *err) {
  PROPTER_TRY(exec_grow(o->op.run, &o->keys, &o->key_cap, at + 1, sizeof *o->keys, err));
  o->keys[at].prefix = prefix_of(v);
  PROPTER_TRY(keep_text(o, at, v, err));
  return exec_intern_value(o->op.run, v, &o->scratch, &o->keys[at].id, err);
}

static bool is_behind(const Order *o, const Value *v) {
  uint64_t prefix = directed(o, prefix_of(v));
  if (prefix != o->bound || !o->edged || !is_text(v)) return prefix > o->bound;
  int c = propter_str_compare(v->text, (PropterStr){o->edge, o->edge_length});
  return o->op.alg->order[0].descending ? c < 0 : c > 0;
}

/* Drops the rows of a batch that the limit leaves out for sure; o->values are of the first key. */
static void leave_out(const Order *o, Batch *b) {
  size_t kept = 0;
  for (size_t row = 0; row < b->count; row++) {
    if (is_behind(o, &o->values[row])) continue;
    for (size_t s = 0; kept != row && s < o->op.run->slot_names.count; s++)
      if (b->col[s]) b->col[s][kept] = b->col[s][row];
    o->values[kept++] = o->values[row];
  }
  b->count = kept;
}

/* Rows of one batch that are as many as the limit leave out those behind them. */
static void tighten(Order *o, const Batch *b) {
  SortKey keys[BATCH], spare[BATCH];
  for (uint32_t row = 0; row < b->count; row++) keys[row] = (SortKey){directed(o, prefix_of(&o->values[row])), row};
  uint64_t bound = sort_keys(keys, spare, b->count)[o->limit - 1].key;
  if (o->bounded && bound >= o->bound) return;
  o->bounded = true, o->bound = bound, o->edged = false;
}

static PropterStatus add_batch(Order *o, Batch *b, PropterError *err) {
  size_t n = o->op.alg->order_count, first = o->table.count, came = b->count;
  for (size_t i = 0; i < n; i++) {
    PROPTER_TRY(key_values(o, b, i, err));
    if (i == 0 && o->limit > 0 && b->count > o->limit) tighten(o, b);
    if (i == 0 && o->bounded) leave_out(o, b);
    for (size_t row = 0; row < b->count; row++) {
      PROPTER_TRY(put_key(o, (first + row) * n + i, &o->values[row], err));
      PROPTER_TRY(exec_tick(o->op.run, err));
    }
  }
  o->solutions += came;
  PROPTER_TRY(table_add(&o->op, &o->table, b, err));
  return PROPTER_OK;
}

/* --- Runs on disk ---------------------------------------------------------------------------------------------------------------- */

static size_t line_width(const Order *o) { return 2 * o->op.alg->order_count + o->table.width; }

/* Writes the rows in memory as one more sorted run. */
static PropterStatus write_run(Order *o, PropterError *err) {
  Exec *run = o->op.run;
  size_t n = o->op.alg->order_count;
  PROPTER_TRY(sort_rows(o, err));
  PROPTER_TRY(exec_grow(run, &o->runs, &o->run_cap, o->run_count + 1, sizeof *o->runs, err));
  if (!o->line && !(o->line = exec_plan_alloc(run, line_width(o) * sizeof *o->line))) return exec_fail_memory(run, err);
  Spill *s = &o->runs[o->run_count++];
  *s = (Spill){0};
  for (size_t i = 0; i < o->table.count && i < o->limit; i++) {
    memcpy(o->line, &o->keys[o->rows[i] * n], n * sizeof *o->keys);
    if (o->table.width) memcpy(o->line + 2 * n, table_row(&o->table, o->rows[i]), o->table.width * sizeof *o->line);
    PROPTER_TRY(spill_add(&o->op, s, line_width(o), o->line, err));
  }
  clear_rows(o);
  return spill_rewind(run, s, err);
}

/* Of equal rows the one of the earlier run comes first. */
static bool before(Order *o, size_t a, size_t b) {
  const Key *x = (const Key *)(const void *)o->heads[a], *y = (const Key *)(const void *)o->heads[b];
  for (size_t i = 0; i < o->op.alg->order_count; i++) {
    int c = compare_keys(o, &x[i], &y[i]);
    if (c) return (o->op.alg->order[i].descending ? -c : c) < 0;
  }
  return a < b;
}

static void sift(Order *o, size_t at) {
  for (size_t child; (child = 2 * at + 1) < o->heap_count; at = child) {
    if (child + 1 < o->heap_count && before(o, o->heap[child + 1], o->heap[child])) child++;
    if (before(o, o->heap[at], o->heap[child])) return;
    size_t swap = o->heap[at];
    o->heap[at] = o->heap[child], o->heap[child] = swap;
  }
}

static PropterStatus begin_merge(Order *o, PropterError *err) {
  Exec *run = o->op.run;
  o->heads = exec_alloc(run, o->run_count * sizeof *o->heads);
  o->heap = exec_alloc(run, o->run_count * sizeof *o->heap);
  if (!o->heads || !o->heap) return exec_fail_memory(run, err);
  for (size_t i = 0; i < o->run_count; i++) {
    PROPTER_TRY(spill_next(run, &o->runs[i], &o->heads[i], err));
    if (o->heads[i]) o->heap[o->heap_count++] = i;
  }
  for (size_t i = o->heap_count; i-- > 0;) sift(o, i);
  return PROPTER_OK;
}

static PropterStatus merge_batch(Order *o, PropterError *err) {
  Batch *b = &o->op.batch;
  for (b->count = 0; o->heap_count && o->given < o->limit && b->count < BATCH; b->count++, o->given++) {
    size_t first = o->heap[0];
    for (size_t i = 0; i < o->table.width; i++) b->col[o->table.slots[i]][b->count] = o->heads[first][2 * o->op.alg->order_count + i];
    PROPTER_TRY(spill_next(o->op.run, &o->runs[first], &o->heads[first], err));
    if (!o->heads[first]) o->heap[0] = o->heap[--o->heap_count];
    sift(o, 0);
    if (o->failed != PROPTER_OK) return propter_fail(err, o->failed, "%s", o->why.message);
  }
  exec_release(o->op.run);
  return PROPTER_OK;
}

/* --- Operator ---------------------------------------------------------------------------------------------------------------------- */

static PropterStatus build(Order *o, PropterError *err) {
  Exec *run = o->op.run;
  o->built = true;
  if (!o->values && (!(o->values = exec_alloc(run, BATCH * sizeof *o->values)) || !(o->ids = exec_alloc(run, BATCH * sizeof *o->ids))))
    return exec_fail_memory(run, err);
  for (Batch *b;;) {
    PROPTER_TRY(op_next(o->op.left, &b, err));
    if (!b) break;
    exec_release(run);
    PROPTER_TRY(add_batch(o, b, err));
    propter_arena_clear(&o->scratch);
    if (o->limit < UINT32_MAX && o->table.count > 2 * o->limit + BATCH) PROPTER_TRY(prune(o, err));
    if (o->table.count > BATCH && exec_crowded(run)) PROPTER_TRY(write_run(o, err));
  }
  if (o->run_count == 0) return sort_rows(o, err);
  if (o->table.count) PROPTER_TRY(write_run(o, err));
  return begin_merge(o, err);
}

static PropterStatus order_next(Op *op, Batch **out, PropterError *err) {
  Order *o = (Order *)op;
  Batch *b = &op->batch;
  if (!o->built) PROPTER_TRY(build(o, err));
  if (o->run_count) {
    PROPTER_TRY(merge_batch(o, err));
    if (b->count) *out = b;
    return PROPTER_OK;
  }
  b->count = 0;
  for (; o->at < o->table.count && o->at < o->limit && b->count < BATCH; o->at++, b->count++) {
    const PropterId *row = table_row(&o->table, o->rows[o->at]);
    for (size_t i = 0; i < o->table.width; i++) b->col[o->table.slots[i]][b->count] = row[i];
  }
  if (b->count) *out = b;
  return PROPTER_OK;
}

static void order_stop(Op *op) {
  clear_rows((Order *)op);
  drop_runs((Order *)op);
  exec_free(op->run, ((Order *)op)->values, BATCH * sizeof(Value));
  exec_free(op->run, ((Order *)op)->ids, BATCH * sizeof(PropterId));
  ((Order *)op)->values = NULL, ((Order *)op)->ids = NULL;
  propter_arena_clear(&((Order *)op)->scratch);
}

static const OpKind order_kind = {"order", order_start, order_next, order_stop};

PropterStatus op_order(Exec *run, Op *child, const Alg *alg, uint64_t limit, Op **out, PropterError *err) {
  Order *o;
  PROPTER_TRY(op_make(run, &order_kind, sizeof *o, child->slots, alg, &o, err));
  uint64_t *reads = op_reads(&o->op, err);
  if (!reads) return exec_fail_memory(run, err);
  for (size_t i = 0; i < alg->order_count; i++) slots_of_expr(run, alg->order[i].expr, reads);
  o->scratch.limit = (size_t)run->options.memory;
  o->op.left = child, o->limit = limit, o->op.estimate = child->estimate, o->op.slots = child->slots;
  *out = &o->op;
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* GROUP BY and the set functions: SPARQL 1.1, section 18.5.1. When memory grows short, rows of groups not yet met and values of DISTINCT not yet met wait on
 * disk, split by their hash, and are taken up part by part. */
#include <stdatomic.h>
#include <string.h>

#include "eval.h"
#include "halves.h"
#include "ids.h"
#include "propter/pool.h"
#include "spill.h"

/* One set function of one group. */
typedef struct {
  uint64_t count;
  bool error;
  int64_t whole; /* the part of a sum made of inlined integers */
  Value sum;
  PropterId id; /* MIN, MAX, SAMPLE */
  char *text;   /* GROUP_CONCAT */
  size_t len, cap;
} State;

typedef struct {
  Op op;
  RowSet groups;
  State *states; /* group after group */
  size_t state_cap;
  RowSet *distinct; /* by aggregate: group and value */
  Table rows;       /* of the child: the shape of what waits on disk */
  PropterId *key, *whole, *solution; /* solution: group and the variables of a row, for COUNT(DISTINCT *) */
  PropterArena scratch;
  Column *columns; /* by aggregate */
  uint64_t solutions;
  uint32_t *numbers; /* of the groups of a batch's rows; NO_GROUP: the row went to disk */
  Partitions rows_later, *values_later; /* rows of further groups; by aggregate: pairs of group and value */
  Spill source;      /* the part of the rows being read, once the input has ended */
  Replay replay;
  bool built, full;
  size_t at;
  atomic_bool *ordered; /* set by either half: a sum depends on the order, so that halves are not added up */
  bool upper;           /* this is the upper half */
} Group;

#define NO_GROUP UINT32_MAX

static size_t aggregates(const Group *g) { return g->op.alg->aggregate_count; }

static void clear_groups(Group *g) {
  Exec *run = g->op.run;
  for (size_t i = 0; i < g->groups.table.count * aggregates(g); i++) exec_free(run, g->states[i].text, g->states[i].cap);
  exec_free(run, g->states, g->state_cap * sizeof *g->states);
  g->states = NULL, g->state_cap = 0;
  for (size_t i = 0; i < aggregates(g); i++) rowset_clear(run, &g->distinct[i]);
  rowset_clear(run, &g->groups);
  g->full = false;
}

static void drop_disk(Group *g) {
  Exec *run = g->op.run;
  spill_close(run, &g->source);
  partitions_close(run, &g->rows_later);
  for (size_t i = 0; i < aggregates(g); i++) partitions_close(run, &g->values_later[i]);
  replay_close(run, &g->replay);
}

static PropterStatus group_start(Op *op, PropterError *err) {
  Group *g = (Group *)op;
  clear_groups(g);
  drop_disk(g);
  g->built = false, g->at = 0;
  if (!g->rows.slots) {
    PROPTER_TRY(table_init(op->run, &g->rows, op->left->slots, err));
    g->whole = exec_plan_alloc(op->run, (g->rows.width + 1) * sizeof *g->whole);
    g->solution = exec_plan_alloc(op->run, (op->alg->whole_count + 1) * sizeof *g->solution);
    if (!g->whole || !g->solution) return exec_fail_memory(op->run, err);
    for (size_t i = 0; i < aggregates(g); i++)
      PROPTER_TRY(rowset_init(op->run, &g->distinct[i], op->alg->aggregates[i].star ? op->alg->whole_count + 1 : 2, err));
  }
  if (!g->numbers && !(g->numbers = exec_alloc(op->run, BATCH * sizeof *g->numbers))) return exec_fail_memory(op->run, err);
  return op_start(op->left, op->outer, err);
}

static PropterStatus concat(Exec *run, State *s, PropterStr separator, PropterStr text, PropterError *err) {
  size_t need = s->len + text.len + (s->count > 1 ? separator.len : 0);
  PROPTER_TRY(exec_grow(run, &s->text, &s->cap, need + 1, 1, err));
  if (s->count > 1 && separator.len) memcpy(s->text + s->len, separator.data, separator.len), s->len += separator.len;
  if (text.len) memcpy(s->text + s->len, text.data, text.len);
  s->len = need;
  return PROPTER_OK;
}

/* MIN and MAX follow the order of ORDER BY. */
static PropterStatus extreme(Group *g, State *s, const Aggregate *a, Value *v, PropterError *err) {
  PropterId id;
  Value best;
  PROPTER_TRY(exec_intern_value(g->op.run, v, &g->scratch, &id, err));
  if (!s->id) return s->id = id, PROPTER_OK;
  PROPTER_TRY(exec_value(g->op.run, s->id, &best, err));
  int c = value_order(v, &best);
  if (a->kind == AGG_MIN ? c < 0 : c > 0) s->id = id;
  return PROPTER_OK;
}

/* What ids alone can add; false: the value is needed. */
static bool add_id(State *s, const Aggregate *a, PropterId id) {
  int64_t n, sum;
  int c;
  if (!id) return s->error = s->error || (a->kind != AGG_COUNT && a->kind != AGG_SAMPLE), true;
  switch (a->kind) {
  case AGG_COUNT: break;
  case AGG_SUM:
  case AGG_AVG:
    if (!id_integer(id, &n) || __builtin_add_overflow(s->whole, n, &sum)) return false;
    s->whole = sum;
    break;
  case AGG_MIN:
  case AGG_MAX:
    /* Of equal values that differ as terms their texts decide. */
    if (s->id && s->id != id && (!id_compare(id, s->id, &c) || c == 0)) return false;
    if (!s->id || (s->id != id && (a->kind == AGG_MIN ? c < 0 : c > 0))) s->id = id;
    break;
  case AGG_SAMPLE:
    if (!s->id) s->id = id;
    break;
  default: return false;
  }
  s->count++;
  return true;
}

static PropterStatus add_value(Group *g, State *s, const Aggregate *a, Value *v, PropterError *err) {
  if (v->type <= VALUE_ERROR) {
    /* Counting and sampling pass over errors; the other functions have no value then. */
    s->error = s->error || (a->kind != AGG_COUNT && a->kind != AGG_SAMPLE);
    return PROPTER_OK;
  }
  s->count++;
  switch (a->kind) {
  case AGG_COUNT: return PROPTER_OK;
  case AGG_SUM:
  case AGG_AVG:
    s->sum = value_compute(VALUE_ADD, &s->sum, v);
    if (g->ordered && s->sum.type >= VALUE_FLOAT) atomic_store_explicit(g->ordered, true, memory_order_relaxed);
    return PROPTER_OK;
  case AGG_MIN:
  case AGG_MAX: return extreme(g, s, a, v, err);
  case AGG_SAMPLE: return s->id ? PROPTER_OK : exec_intern_value(g->op.run, v, &g->scratch, &s->id, err);
  default: {
    if (v->type == VALUE_BLANK) return s->error = true, PROPTER_OK;
    PropterStr text = value_text(v, &g->scratch);
    if (!text.data) return exec_fail_memory(g->op.run, err);
    return concat(g->op.run, s, a->separator, text, err);
  }
  }
}

static PropterStatus new_group(Group *g, const PropterId *key, uint32_t *number, PropterError *err) {
  Exec *run = g->op.run;
  bool fresh;
  size_t at;
  PROPTER_TRY(exec_grow(run, &g->states, &g->state_cap, (g->groups.table.count + 1) * aggregates(g), sizeof *g->states, err));
  PROPTER_TRY(rowset_add(run, &g->groups, key, &fresh, &at, err));
  for (size_t i = 0; fresh && i < aggregates(g); i++) g->states[at * aggregates(g) + i] = (State){.sum = value_integer(0)};
  *number = (uint32_t)at;
  return PROPTER_OK;
}

static PropterStatus put_off_row(Group *g, const Batch *b, size_t row, PropterError *err) {
  for (size_t c = 0; c < g->rows.width; c++) g->whole[c] = op_get(&g->op, b, g->rows.slots[c], row);
  return partitions_add(&g->op, &g->rows_later, partition_hash(g->key, g->op.alg->slot_count), g->rows.width, g->whole, err);
}

/* Is a row of a set that belongs to an aggregate new? While the set can not grow, rows it has not seen wait on disk. */
static PropterStatus first_time(Group *g, size_t i, const PropterId *row, bool *first, PropterError *err) {
  Exec *run = g->op.run;
  RowSet *set = &g->distinct[i];
  size_t at;
  *first = false;
  if (set->table.count < BATCH || !exec_crowded(run)) return rowset_add(run, set, row, first, &at, err);
  if (rowset_has(set, row)) return PROPTER_OK;
  return partitions_add(&g->op, &g->values_later[i], partition_hash(row, set->table.width), set->table.width, row, err);
}

/* The group of each row; where rows of a group stand together it is looked up once. */
static PropterStatus number_rows(Group *g, const Batch *b, PropterError *err) {
  const Alg *alg = g->op.alg;
  for (size_t row = 0; row < b->count; row++) {
    bool same = row > 0;
    for (size_t i = 0; i < alg->slot_count; i++) {
      PropterId id = op_get(&g->op, b, alg->slots[i], row);
      same = same && g->key[i] == id;
      g->key[i] = id;
    }
    if (same)
      g->numbers[row] = g->numbers[row - 1];
    else if (g->full && !rowset_has(&g->groups, g->key))
      g->numbers[row] = NO_GROUP;
    else
      PROPTER_TRY(new_group(g, g->key, &g->numbers[row], err));
    if (g->numbers[row] == NO_GROUP) PROPTER_TRY(put_off_row(g, b, row, err));
  }
  return PROPTER_OK;
}

static PropterStatus add_whole_row(Group *g, size_t i, State *s, const Batch *b, size_t row, PropterError *err) {
  bool first;
  const Alg *alg = g->op.alg;
  g->solution[0] = g->numbers[row];
  for (size_t c = 0; c < alg->whole_count; c++) g->solution[c + 1] = op_get(&g->op, b, alg->whole[c], row);
  PROPTER_TRY(first_time(g, i, g->solution, &first, err));
  s->count += first;
  return PROPTER_OK;
}

static PropterStatus add_term(Group *g, size_t i, State *s, Env *env, PropterError *err) {
  const Aggregate *a = &g->op.alg->aggregates[i];
  PropterId id = PROPTER_NO_ID;
  bool first = true, plain = a->arg->op == EXPR_TERM && a->arg->slot != NO_SLOT;
  Value v;
  if (plain) {
    id = op_get(env->op, env->batch, a->arg->slot, env->row);
    if (id && a->distinct) PROPTER_TRY(first_time(g, i, (PropterId[]){g->numbers[env->row], id}, &first, err));
    if (!first || add_id(s, a, id)) return PROPTER_OK;
  }
  PROPTER_TRY(eval(a->arg, env, &v, err));
  if (!plain && a->distinct && v.type > VALUE_ERROR) {
    PROPTER_TRY(exec_intern_value(g->op.run, &v, &g->scratch, &id, err));
    PROPTER_TRY(first_time(g, i, (PropterId[]){g->numbers[env->row], id}, &first, err));
    if (!first) return PROPTER_OK;
  }
  return add_value(g, s, a, &v, err);
}

static PropterStatus add_batch(Group *g, const Batch *b, PropterError *err) {
  const Alg *alg = g->op.alg;
  Env env = {g->op.run, &g->op, b, 0, 0, &g->scratch, NULL};
  g->full = g->full || (alg->slot_count && g->groups.table.count > BATCH && exec_crowded(g->op.run));
  PROPTER_TRY(number_rows(g, b, err));
  for (size_t i = 0; i < aggregates(g); i++) {
    const Aggregate *a = &alg->aggregates[i];
    env.column = &g->columns[i];
    column_batch(env.column, g->op.run, b->count);
    for (env.row = 0; env.row < b->count; env.row++) {
      if (g->numbers[env.row] == NO_GROUP) continue;
      State *s = &g->states[g->numbers[env.row] * aggregates(g) + i];
      env.solution = g->solutions + env.row;
      if (a->star && !a->distinct)
        s->count++;
      else
        PROPTER_TRY(a->star ? add_whole_row(g, i, s, b, env.row, err) : add_term(g, i, s, &env, err));
      if ((env.row & 127) == 127) PROPTER_TRY(exec_check(g->op.run, err));
    }
  }
  g->solutions += b->count;
  return PROPTER_OK;
}

static PropterStatus add_value_late(Group *g, size_t i, const PropterId *row, PropterError *err) {
  const Aggregate *a = &g->op.alg->aggregates[i];
  State *s = &g->states[row[0] * aggregates(g) + i];
  Value v;
  if (a->star) return s->count++, PROPTER_OK;
  if (add_id(s, a, row[1])) return PROPTER_OK;
  PROPTER_TRY(exec_value(g->op.run, row[1], &v, err));
  return add_value(g, s, a, &v, err);
}

/* The values that waited on disk, part by part. */
static PropterStatus late_values(Group *g, size_t i, PropterError *err) {
  Exec *run = g->op.run;
  Partitions *later = &g->values_later[i];
  Spill part = {0};
  PropterStatus status = PROPTER_OK;
  for (bool more = true; status == PROPTER_OK;) {
    const PropterId *row = NULL;
    bool first;
    spill_close(run, &part);
    status = partitions_next(run, later, &part, &more, err);
    if (status != PROPTER_OK || !more) break;
    rowset_clear(run, &g->distinct[i]);
    while (status == PROPTER_OK && (status = spill_next(run, &part, &row, err)) == PROPTER_OK && row) {
      exec_release(run);
      status = first_time(g, i, row, &first, err);
      if (status == PROPTER_OK && first) status = add_value_late(g, i, row, err);
    }
    propter_arena_clear(&g->scratch);
  }
  spill_close(run, &part);
  return status;
}

/* The input, or what waited of it on disk; *out NULL: all groups in memory are complete. */
static PropterStatus next_rows(Group *g, Batch **out, PropterError *err) {
  if (!g->source.width) return op_next(g->op.left, out, err);
  return replay_next(g->op.run, &g->replay, &g->source, g->rows.slots, g->rows.width, out, err);
}

static PropterStatus read_rows(Group *g, PropterError *err) {
  for (Batch *b;;) {
    PROPTER_TRY(next_rows(g, &b, err));
    if (!b) return PROPTER_OK;
    exec_release(g->op.run);
    PROPTER_TRY(add_batch(g, b, err));
    propter_arena_clear(&g->scratch);
    if (g->upper && atomic_load_explicit(g->ordered, memory_order_relaxed)) return propter_fail(err, PROPTER_CANCELLED, "halves cannot be added up");
  }
}

/* --- Two halves --------------------------------------------------------------------------------------------------------------- */

/* Values of DISTINCT are added one by one afterwards. */
static PropterStatus merge_state(Group *g, const Aggregate *a, State *s, const State *upper, Exec *from, PropterError *err) {
  PropterId id = upper->id;
  int64_t sum;
  Value v = value_integer(upper->whole);
  s->error = s->error || upper->error;
  if (a->distinct) return PROPTER_OK;
  switch (a->kind) {
  case AGG_COUNT: s->count += upper->count; return PROPTER_OK;
  case AGG_SUM:
  case AGG_AVG:
    s->count += upper->count;
    if (__builtin_add_overflow(s->whole, upper->whole, &sum))
      s->sum = value_compute(VALUE_ADD, &s->sum, &v);
    else
      s->whole = sum;
    s->sum = value_compute(VALUE_ADD, &s->sum, &upper->sum);
    return PROPTER_OK;
  case AGG_GROUP_CONCAT:
    if (!upper->count) return PROPTER_OK;
    s->count++;
    PROPTER_TRY(concat(g->op.run, s, a->separator, (PropterStr){upper->text ? upper->text : "", upper->len}, err));
    s->count += upper->count - 1;
    return PROPTER_OK;
  default:
    if (!id) return PROPTER_OK;
    PROPTER_TRY(twin_adopt(g->op.run, from, &g->scratch, &id, err));
    if (add_id(s, a, id)) return PROPTER_OK;
    PROPTER_TRY(exec_value(g->op.run, id, &v, err));
    return add_value(g, s, a, &v, err);
  }
}

/* `numbers`: of the upper half's groups here. */
static PropterStatus merge_values(Group *g, const Group *upper, size_t i, const PropterId *numbers, PropterError *err) {
  const Table *t = &upper->distinct[i].table;
  PropterId *row = exec_plan_alloc(g->op.run, t->width * sizeof *row);
  if (!row) return exec_fail_memory(g->op.run, err);
  for (size_t r = 0; r < t->count; r++) {
    bool first;
    memcpy(row, table_row(t, r), t->width * sizeof *row);
    row[0] = numbers[row[0]];
    for (size_t c = 1; c < t->width; c++) PROPTER_TRY(twin_adopt(g->op.run, upper->op.run, &g->scratch, &row[c], err));
    PROPTER_TRY(first_time(g, i, row, &first, err));
    exec_release(g->op.run);
    if (first) PROPTER_TRY(add_value_late(g, i, row, err));
    PROPTER_TRY(exec_tick(g->op.run, err));
  }
  return PROPTER_OK;
}

/* Adds the groups of the upper half to those of the lower one, whose rows come first. */
static PropterStatus merge_groups(Group *g, const Group *upper, PropterError *err) {
  size_t keys = g->op.alg->slot_count, count = upper->groups.table.count;
  PropterId *numbers = exec_alloc(g->op.run, (count + 1) * sizeof *numbers);
  PropterStatus status = numbers ? PROPTER_OK : exec_fail_memory(g->op.run, err);
  for (size_t at = 0; status == PROPTER_OK && at < count; at++) {
    uint32_t number = 0;
    exec_release(g->op.run);
    if (keys) memcpy(g->key, table_row(&upper->groups.table, at), keys * sizeof *g->key);
    for (size_t i = 0; status == PROPTER_OK && i < keys; i++) status = twin_adopt(g->op.run, upper->op.run, &g->scratch, &g->key[i], err);
    if (status == PROPTER_OK) status = new_group(g, g->key, &number, err);
    for (size_t i = 0; status == PROPTER_OK && i < aggregates(g); i++)
      status = merge_state(g, &g->op.alg->aggregates[i], &g->states[number * aggregates(g) + i], &upper->states[at * aggregates(g) + i], upper->op.run, err);
    if (status == PROPTER_OK) numbers[at] = number;
    propter_arena_clear(&g->scratch);
  }
  for (size_t i = 0; status == PROPTER_OK && i < aggregates(g); i++)
    if (g->op.alg->aggregates[i].distinct) status = merge_values(g, upper, i, numbers, err);
  exec_free(g->op.run, numbers, (count + 1) * sizeof *numbers);
  g->solutions += upper->solutions;
  return status;
}

typedef struct {
  Group *groups[2]; /* lower, upper */
  PropterStatus status[2];
  PropterError errors[2];
} Halves;

static PropterStatus read_half(size_t item, void *payload, PropterError *err) {
  Halves *h = payload;
  Group *g = h->groups[item];
  (void)err;
  h->status[item] = item ? op_start(&g->op, NULL, &h->errors[item]) : PROPTER_OK;
  if (h->status[item] == PROPTER_OK) h->status[item] = read_rows(g, &h->errors[item]);
  return PROPTER_OK;
}

/* Both halves at once; *merged: the upper one came to its end and was added. */
static PropterStatus read_both(Group *g, Twin *twin, PropterId middle, bool *merged, PropterError *err) {
  atomic_bool ordered = false;
  Group *upper = (Group *)(void *)twin->op;
  Halves h = {.groups = {g, upper}};
  *merged = false;
  scan_range(half_scan(twin->op), middle, PROPTER_NO_ID);
  g->ordered = upper->ordered = &ordered, upper->upper = true;
  PROPTER_TRY(propter_pool_run(2, 2, read_half, &h, err));
  g->ordered = NULL;
  if (h.status[0] != PROPTER_OK) return propter_fail(err, h.status[0], "%s", h.errors[0].message);
  bool fits = g->op.run->used + twin->run.used < g->op.run->options.memory / 4 && !exec_crowded(g->op.run) && !g->full && !twin->run.spilled;
  if (h.status[1] != PROPTER_OK || ordered || !fits) return PROPTER_OK;
  *merged = true, g->op.threads = 2;
  return merge_groups(g, upper, err);
}

static PropterStatus read_halves(Group *g, Op *scan, PropterId middle, PropterError *err) {
  Twin twin;
  bool merged = false;
  scan_range(scan, PROPTER_NO_ID, middle);
  twin_open(&g->op, &twin);
  PropterStatus status = twin.op ? read_both(g, &twin, middle, &merged, err) : read_rows(g, err);
  scan_range(scan, middle, PROPTER_NO_ID);
  if (status == PROPTER_OK && !merged) {
    twin_close(&g->op, &twin);
    twin = (Twin){0};
    status = op_start(g->op.left, g->op.outer, err);
    if (status == PROPTER_OK) status = read_rows(g, err);
  }
  twin_close(&g->op, &twin);
  scan_range(scan, PROPTER_NO_ID, PROPTER_NO_ID);
  return status;
}

static PropterStatus read_input(Group *g, PropterError *err) {
  Op *scan = g->source.width || g->upper ? NULL : half_scan(&g->op);
  PropterId middle;
  if (!scan) return read_rows(g, err);
  PROPTER_TRY(scan_middle(scan, &middle, err));
  PROPTER_TRY(op_start(scan, g->op.outer, err));
  return middle ? read_halves(g, scan, middle, err) : read_rows(g, err);
}

static PropterStatus build(Group *g, PropterError *err) {
  g->built = true;
  PROPTER_TRY(read_input(g, err));
  for (size_t i = 0; i < aggregates(g); i++) PROPTER_TRY(late_values(g, i, err));
  /* Without GROUP BY there is one group, even of no rows. */
  if (g->op.alg->slot_count > 0 || g->groups.table.count > 0) return PROPTER_OK;
  uint32_t number;
  return new_group(g, g->key, &number, err);
}

static PropterStatus result(Group *g, const Aggregate *a, const State *s, PropterId *id, PropterError *err) {
  Value v = value_error();
  *id = PROPTER_NO_ID;
  if (s->error) return PROPTER_OK;
  switch (a->kind) {
  case AGG_COUNT: v = value_integer((int64_t)s->count); break;
  case AGG_SUM:
  case AGG_AVG: {
    Value n = value_integer((int64_t)s->count), whole = value_integer(s->whole);
    v = value_compute(VALUE_ADD, &s->sum, &whole);
    if (a->kind == AGG_AVG) v = s->count ? value_compute(VALUE_DIVIDE, &v, &n) : value_integer(0);
    break;
  }
  case AGG_GROUP_CONCAT: v = value_string((PropterStr){s->text ? s->text : "", s->len}); break;
  default: return *id = s->id, PROPTER_OK;
  }
  return exec_intern_value(g->op.run, &v, &g->scratch, id, err);
}

static PropterStatus group_next(Op *op, Batch **out, PropterError *err) {
  Group *g = (Group *)op;
  const Alg *alg = op->alg;
  Batch *b = &op->batch;
  if (!g->built) PROPTER_TRY(build(g, err));
  b->count = 0;
  for (; g->at < g->groups.table.count && b->count < BATCH; g->at++, b->count++) {
    const PropterId *key = table_row(&g->groups.table, g->at);
    for (size_t i = 0; i < alg->slot_count; i++) b->col[alg->slots[i]][b->count] = key[i];
    for (size_t i = 0; i < aggregates(g); i++)
      PROPTER_TRY(result(g, &alg->aggregates[i], &g->states[g->at * aggregates(g) + i], &b->col[alg->aggregates[i].slot][b->count], err));
  }
  propter_arena_clear(&g->scratch);
  if (b->count) return *out = b, PROPTER_OK;
  /* The groups in memory have gone out: on to those of the next part on disk. */
  bool more;
  spill_close(op->run, &g->source);
  PROPTER_TRY(partitions_next(op->run, &g->rows_later, &g->source, &more, err));
  if (!more) return PROPTER_OK;
  clear_groups(g);
  g->built = false, g->at = 0;
  return group_next(op, out, err);
}

static void group_stop(Op *op) {
  Group *g = (Group *)op;
  clear_groups(g);
  drop_disk(g);
  exec_free(op->run, g->numbers, BATCH * sizeof *g->numbers);
  g->numbers = NULL;
  for (size_t i = 0; i < aggregates(g); i++) column_clear(op->run, &g->columns[i]);
  propter_arena_clear(&g->scratch);
}

static const OpKind group_kind = {"group", group_start, group_next, group_stop};

PropterStatus op_group(Exec *run, Op *child, const Alg *alg, Op **out, PropterError *err) {
  Group *g;
  uint64_t *slots = slots_new(run, err);
  if (!slots) return exec_fail_memory(run, err);
  for (size_t i = 0; i < alg->slot_count; i++) slots_add(slots, alg->slots[i]);
  for (size_t i = 0; i < alg->aggregate_count; i++) slots_add(slots, alg->aggregates[i].slot);
  PROPTER_TRY(op_make(run, &group_kind, sizeof *g, slots, alg, &g, err));
  g->op.left = child, g->op.closed = true;
  g->scratch.limit = (size_t)run->options.memory;
  uint64_t *reads = op_reads(&g->op, err);
  if (!reads) return exec_fail_memory(run, err);
  for (size_t i = 0; i < alg->slot_count; i++) slots_add(reads, alg->slots[i]);
  for (size_t i = 0; i < alg->aggregate_count; i++) {
    slots_add(reads, alg->aggregates[i].slot);
    if (alg->aggregates[i].arg) slots_of_expr(run, alg->aggregates[i].arg, reads);
    for (size_t k = 0; alg->aggregates[i].star && alg->aggregates[i].distinct && k < alg->whole_count; k++) slots_add(reads, alg->whole[k]);
  }
  g->op.estimate = alg->slot_count ? child->estimate / 4 + 1 : 1;
  PROPTER_TRY(rowset_init(run, &g->groups, alg->slot_count, err));
  g->key = exec_plan_alloc(run, alg->slot_count * sizeof *g->key);
  g->values_later = exec_plan_alloc(run, alg->aggregate_count * sizeof *g->values_later);
  g->distinct = exec_plan_alloc(run, alg->aggregate_count * sizeof *g->distinct);
  g->columns = exec_plan_alloc(run, alg->aggregate_count * sizeof *g->columns);
  if (!g->key || !g->values_later || !g->distinct || !g->columns) return exec_fail_memory(run, err);
  for (size_t i = 0; i < alg->aggregate_count; i++)
    if (alg->aggregates[i].arg) column_init(&g->columns[i], alg->aggregates[i].arg);
  *out = &g->op;
  return PROPTER_OK;
}

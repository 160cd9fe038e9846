/* SPDX-License-Identifier: Apache-2.0 */
#include "orders.h"

#include "delta.h"
#include "propter/pool.h"
#include "sort.h"

enum { PART = 1 << 18, SLICE = 1 << 15, AHEAD = 16 };

/* What is needed beside the changes. */
typedef struct {
  SortKey *keys, *spare;
  Change *part; /* up to PART changes on their way into a permutation */
} Room;

static PropterStatus make_room(Room *room, size_t n, PropterError *err) {
  *room = (Room){propter_malloc(n * sizeof(SortKey)), propter_malloc(n * sizeof(SortKey)), propter_malloc((n < PART ? n : PART) * sizeof(Change))};
  bool enough = room->keys && room->spare && room->part;
  return enough && n < UINT32_MAX
             ? PROPTER_OK
             : propter_fail(err, enough ? PROPTER_LIMIT : PROPTER_NO_MEMORY, "%s for %zu changes in one commit", enough ? "no room" : "out of memory", n);
}

static void free_room(Room *room) {
  propter_free(room->keys);
  propter_free(room->spare);
  propter_free(room->part);
  *room = (Room){0};
}

PropterStatus orders_settle(Change *changes, size_t *count, PropterError *err) {
  Room room = {0};
  size_t kept = 0;
  PropterStatus status = *count ? make_room(&room, *count, err) : PROPTER_OK;
  if (status == PROPTER_OK && *count) sort_rows(changes, *count, room.keys, room.spare);
  free_room(&room);
  for (size_t i = 0; i < *count && status == PROPTER_OK; i++) {
    if (kept && row_compare(&changes[kept - 1].row, &changes[i].row, 4) == 0) kept--;
    if (kept != i) changes[kept] = changes[i];
    kept++;
  }
  if (status == PROPTER_OK) *count = kept;
  return status;
}

typedef struct {
  PropterOrder order;
  const Change *ops;
  const SortKey *sorted;
  size_t count;
  Change *part;
} Gather;

/* A slice of the changes at the places of `sorted`, which are all over memory. */
static PropterStatus gather(size_t item, void *payload, PropterError *err) {
  (void)err;
  const Gather *g = payload;
  const unsigned char *from = row_sequence[g->order];
  size_t end = (item + 1) * SLICE < g->count ? (item + 1) * SLICE : g->count;
  for (size_t i = item * SLICE; i < end; i++) {
    if (i + AHEAD < end) __builtin_prefetch(&g->ops[g->sorted[i + AHEAD].at]);
    const Change *c = &g->ops[g->sorted[i].at];
    g->part[i] = (Change){{{c->row.c[from[0]], c->row.c[from[1]], c->row.c[from[2]], c->row.c[from[3]]}}, c->add, false};
  }
  return PROPTER_OK;
}

/* Five tables, one an order: the permutations, or their delta; with `aside` only SPOG is changed, the others wait there. */
typedef struct {
  const Env *env;
  MDB_txn *txn;
  unsigned tables; /* the first of them */
  SortedFile *aside;
} Target;

/* The changes at the places of `sorted`, which are in that order, a part at a time. */
static PropterStatus put_order(const Target *to, PropterOrder order, const Change *ops, const SortKey *sorted, size_t n, Change *part, PropterError *err) {
  if (to->aside) PROPTER_TRY(sorted_begin(&to->aside[order], err));
  for (size_t at = 0; at < n; at += PART) {
    Gather g = {order, ops, sorted + at, n - at < PART ? n - at : PART, part};
    PROPTER_TRY(propter_pool_run((g.count + SLICE - 1) / SLICE, 0, gather, &g, err));
    PROPTER_TRY(to->aside ? sorted_add(&to->aside[order], part, g.count, err) : block_apply(to->env, to->txn, to->tables + order, part, g.count, false, err));
  }
  return to->aside ? sorted_end(&to->aside[order], err) : PROPTER_OK;
}

/* The places of the changes that had an effect, with the ids of a column as keys. */
typedef struct {
  const Change *ops;
  size_t count; /* of the changes or, once the places are known, of those */
  SortKey *keys;
  size_t *starts; /* by slice: how many there are, then how many before it */
  unsigned column;
} Places;

static size_t slice_end(const Places *p, size_t item) { return (item + 1) * SLICE < p->count ? (item + 1) * SLICE : p->count; }

static PropterStatus count_places(size_t item, void *payload, PropterError *err) {
  (void)err;
  const Places *p = payload;
  size_t end = slice_end(p, item), n = 0;
  for (size_t i = item * SLICE; i < end; i++) n += p->ops[i].done;
  p->starts[item] = n;
  return PROPTER_OK;
}

static PropterStatus list_places(size_t item, void *payload, PropterError *err) {
  (void)err;
  const Places *p = payload;
  size_t end = slice_end(p, item), to = p->starts[item];
  for (size_t i = item * SLICE; i < end; i++)
    if (p->ops[i].done) p->keys[to++] = (SortKey){p->ops[i].row.c[p->column], (uint32_t)i};
  return PROPTER_OK;
}

static PropterStatus renew_keys(size_t item, void *payload, PropterError *err) {
  (void)err;
  const Places *p = payload;
  size_t end = slice_end(p, item);
  for (size_t i = item * SLICE; i < end; i++) {
    if (i + AHEAD < end) __builtin_prefetch(&p->ops[p->keys[i + AHEAD].at].row.c[p->column]);
    p->keys[i].key = p->ops[p->keys[i].at].row.c[p->column];
  }
  return PROPTER_OK;
}

/* The further permutations: each is one that is sorted already, with its front column sorted. */
static const struct {
  PropterOrder order;
  bool from_last; /* else from SPOG */
} steps[] = {{PROPTER_GSPO, false}, {PROPTER_PSOG, false}, {PROPTER_OSPG, false}, {PROPTER_POSG, true}};
enum { STEPS = sizeof steps / sizeof *steps };

static PropterStatus put_others(const Target *to, Room *room, const Change *ops, size_t n, size_t *starts, PropterError *err) {
  Places all = {ops, n, room->keys, starts, 0};
  size_t slices = (n + SLICE - 1) / SLICE, kept = 0;
  PROPTER_TRY(propter_pool_run(slices, 0, count_places, &all, err));
  for (size_t i = 0; i < slices; i++) {
    size_t here = starts[i];
    starts[i] = kept;
    kept += here;
  }
  for (size_t s = 0; s < STEPS && kept; s++) {
    Places p = {ops, steps[s].from_last ? kept : n, room->keys, starts, row_sequence[steps[s].order][0]};
    PROPTER_TRY(propter_pool_run((p.count + SLICE - 1) / SLICE, 0, steps[s].from_last ? renew_keys : list_places, &p, err));
    SortKey *sorted = sort_keys(room->keys, room->spare, kept);
    if (sorted != room->keys) room->spare = room->keys, room->keys = sorted;
    PROPTER_TRY(put_order(to, steps[s].order, ops, sorted, kept, room->part, err));
  }
  return PROPTER_OK;
}

/* Where changes are many, the pages they have changed must not be kept in memory. */
static PropterStatus apply_many(const Env *env, MDB_txn *txn, PropterOrder order, Change *changes, size_t count, bool first, PropterError *err) {
  PROPTER_TRY(block_apply(env, txn, order, changes, count, first, err));
  int rc = env_relieve(env, txn);
  return rc ? env_fail(env, rc, "write", err) : PROPTER_OK;
}

static PropterStatus apply_all(const Target *to, Change *changes, size_t count, bool first, PropterError *err) {
  Room room;
  PROPTER_TRY(to->aside ? apply_many(to->env, to->txn, PROPTER_SPOG, changes, count, first, err)
                        : block_apply(to->env, to->txn, to->tables + PROPTER_SPOG, changes, count, first, err));
  PropterStatus status = make_room(&room, count, err);
  size_t *starts = propter_malloc((count / SLICE + 1) * sizeof *starts);
  if (status == PROPTER_OK && !starts) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu changes in one commit", count);
  if (status == PROPTER_OK) status = put_others(to, &room, changes, count, starts, err);
  propter_free(starts);
  free_room(&room);
  return status;
}

/* Changes that are few go into the delta. */
static PropterStatus apply_few(const Env *env, MDB_txn *txn, Change *ops, size_t n, uint64_t *waiting, PropterError *err) {
  const Target delta = {env, txn, ENV_DELTA, NULL};
  Change *few = propter_malloc(n * sizeof *few);
  size_t found = 0;
  PropterStatus status = few ? delta_find(env, txn, ops, n, few, &found, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu changes", n);
  if (status == PROPTER_OK) status = apply_all(&delta, few, found, false, err);
  for (size_t i = 0; i < found; i++) *waiting += few[i].add ? 1 : UINT64_MAX;
  propter_free(few);
  return status == PROPTER_OK ? env_set_meta(env, txn, "delta", *waiting, err) : status;
}

/* What waits in the delta goes into the permutations. */
static PropterStatus fold(const Env *env, MDB_txn *txn, uint64_t waiting, PropterError *err) {
  const Target permutations = {env, txn, 0, NULL};
  Change *changes = propter_malloc((size_t)waiting * sizeof *changes);
  PropterStatus status = changes ? delta_take(env, txn, changes, (size_t)waiting, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the delta");
  if (status == PROPTER_OK) status = apply_all(&permutations, changes, (size_t)waiting, false, err);
  propter_free(changes);
  return status;
}

PropterStatus orders_apply(const Env *env, MDB_txn *txn, Change *changes, size_t count, SortedFile *aside, PropterError *err) {
  const Target permutations = {env, txn, 0, aside};
  uint64_t most = 0, waiting;
  if (!aside) PROPTER_TRY(delta_room(env, txn, &most, err));
  PROPTER_TRY(delta_count(env, txn, &waiting, err));
  bool few = !aside && count <= most;
  if (few) PROPTER_TRY(apply_few(env, txn, changes, count, &waiting, err));
  if (waiting && (!few || waiting > most)) PROPTER_TRY(fold(env, txn, waiting, err));
  return few ? PROPTER_OK : apply_all(&permutations, changes, count, true, err);
}

static PropterStatus finish_order(const Env *env, MDB_txn *txn, PropterOrder order, const SortedFile *aside, Change *part, PropterError *err) {
  Merge merge = {0};
  size_t n = 1;
  PropterStatus status = merge_file(&merge, aside, err);
  while (status == PROPTER_OK && (status = merge_next(&merge, part, PART, &n, err)) == PROPTER_OK && n)
    status = apply_many(env, txn, order, part, n, false, err);
  merge_close(&merge);
  return status;
}

PropterStatus orders_finish(const Env *env, MDB_txn *txn, SortedFile *aside, PropterError *err) {
  Change *part = propter_malloc(PART * sizeof *part);
  PropterStatus status = part ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the changes of a commit");
  for (size_t s = 0; s < STEPS && status == PROPTER_OK; s++) {
    status = finish_order(env, txn, steps[s].order, &aside[steps[s].order], part, err);
    sorted_close(&aside[steps[s].order]);
  }
  propter_free(part);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The writer keeps all changes in memory until commit, so that it can start again in a larger map, and so that a failure leaves nothing. */
#include <stdlib.h>
#include <string.h>

#include "delta.h"
#include "dict.h"
#include "propter/hash.h"
#include "propter/pool.h"
#include "snapshot.h"
#include "sort.h"
#include "term.h"
#include "writer.h"

typedef PROPTER_VEC(Change) Changes;

/* How many terms and changes that came lately are looked at before others; after how many changes repeated ones are dropped. */
enum { LATELY = 4096, CHANGE_BITS = 10, MANY = 1 << 22 };

struct PropterWriter {
  PropterGraph *graph;
  MDB_txn *base;          /* the last commit; no one else can commit meanwhile */
  PropterSnapshot view;   /* the write transaction after a flush */
  bool failed;
  PropterMap terms;       /* record → id, of new terms */
  PropterMap found;       /* the same of terms that were found lately */
  bool empty;             /* there were no terms */
  uint64_t next[ENV_NUMBERED]; /* numbers of new terms */
  size_t terms_flushed;
  Changes ops;            /* SPOG rows: of what is flushed the last word on each quad, sorted, then what came since, in the order it came */
  Changes clears;         /* removals by clearing a graph, which come before all of `ops` */
  size_t ops_flushed;
  size_t ops_many;        /* that wait to be flushed, before repeated ones are looked for */
  Change lately[1 << CHANGE_BITS]; /* the last word on some quads, by hash */
  uint64_t added, removed; /* of the flushed operations */
  PropterBuf record;
};

static PropterStatus first_numbers(PropterWriter *w, PropterError *err) {
  w->empty = true;
  for (unsigned i = 0; i < ENV_NUMBERED; i++) {
    PROPTER_TRY(env_meta(w->graph->env, w->base, env_next[i], &w->next[i], err));
    w->empty &= w->next[i] == 1;
  }
  return PROPTER_OK;
}

PropterStatus propter_writer_open(PropterGraph *graph, bool wait, PropterWriter **out, PropterError *err) {
  if (graph->read_only) return propter_fail(err, PROPTER_INVALID, "the graph was opened read-only");
  PropterWriter *w = propter_calloc(1, sizeof *w);
  if (!w) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  w->graph = graph;
  w->ops_many = MANY;
  w->record.max = graph->env->limits.term_bytes + 512;
  PropterStatus status = env_lock_writer(graph->env, wait, err);
  if (status != PROPTER_OK) {
    propter_free(w);
    return status;
  }
  status = env_read(graph->env, &w->base, err);
  if (status == PROPTER_OK && (status = first_numbers(w, err)) != PROPTER_OK) env_read_end(graph->env, w->base);
  if (status != PROPTER_OK) {
    env_unlock_writer(graph->env);
    propter_free(w);
    return status;
  }
  *out = w;
  return PROPTER_OK;
}

/* The record in w->record, and its id if this writer has made it. */
static PropterStatus make_record(PropterWriter *w, const PropterTerm *term, PropterId datatype, uint64_t *hash, const uint64_t **made, PropterError *err) {
  propter_buf_reset(&w->record);
  dict_record(term, datatype, &w->record);
  PROPTER_TRY(propter_buf_status(&w->record, err));
  *hash = propter_hash64(propter_buf_str(&w->record));
  *made = propter_map_get_hashed(&w->terms, propter_buf_str(&w->record), *hash);
  return PROPTER_OK;
}

/* Most terms that are looked up are looked up again soon: the parts of a row, its datatypes. */
static PropterStatus find(PropterWriter *w, PropterStr record, uint64_t hash, PropterId *id, PropterError *err) {
  const uint64_t *found = propter_map_get_hashed(&w->found, record, hash);
  *id = found ? *found : PROPTER_NO_ID;
  if (found || w->empty) return PROPTER_OK;
  PROPTER_TRY(dict_find(w->graph->env, w->base, record, hash, id, err));
  if (*id == PROPTER_NO_ID) return PROPTER_OK;
  if (w->found.count == LATELY) propter_map_clear(&w->found);
  return propter_map_put_hashed(&w->found, record, hash, *id, NULL) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

/* A record that this writer has not made: finds it, or makes it. */
static PropterStatus find_or_make(PropterWriter *w, PropterStr record, uint64_t hash, PropterId *id, PropterError *err) {
  PROPTER_TRY(find(w, record, hash, id, err));
  if (*id != PROPTER_NO_ID) return PROPTER_OK;
  unsigned tag = (unsigned char)record.data[0];
  uint64_t *next = &w->next[dict_table(tag) - ENV_TERMS];
  PropterId made = id_make(tag, *next);
  if (!propter_map_put_hashed(&w->terms, record, hash, made, NULL))
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory after %zu new terms", w->terms.count);
  ++*next;
  *id = made;
  return PROPTER_OK;
}

void writer_expect(const PropterWriter *w, uint64_t hash, unsigned step) { propter_map_expect(&w->terms, hash, step); }

PropterStatus writer_intern_record(PropterWriter *w, PropterStr record, uint64_t hash, PropterId *id, PropterError *err) {
  const uint64_t *made = propter_map_get_hashed(&w->terms, record, hash);
  if (made) return *id = *made, PROPTER_OK;
  uint64_t limit = w->graph->env->limits.term_bytes + 512;
  if (record.len > limit)
    return propter_fail(err, PROPTER_INVALID, "term of %zu bytes is longer than the limit of %llu", record.len, (unsigned long long)limit);
  return find_or_make(w, record, hash, id, err);
}

PropterStatus propter_writer_intern(PropterWriter *w, const PropterTerm *term, PropterId *id, PropterError *err) {
  const uint64_t *made = NULL;
  uint64_t hash = 0;
  bool literal = term->kind == PROPTER_TERM_LITERAL;
  /* An IRI or blank node among the new terms has passed the check; most do, in a load. */
  if ((term->kind == PROPTER_TERM_IRI || term->kind == PROPTER_TERM_BLANK) && term->value.len <= w->graph->env->limits.term_bytes) {
    PROPTER_TRY(make_record(w, term, PROPTER_NO_ID, &hash, &made, err));
    if (made) return *id = *made, PROPTER_OK;
  }
  PROPTER_TRY(term_check(term, w->graph->env->limits.term_bytes, err));
  PropterId datatype = PROPTER_NO_ID;
  if (literal && !term->language.len && !term_is_string(term)) {
    if ((*id = id_inline(term->value, term->datatype)) != PROPTER_NO_ID) return PROPTER_OK;
    PropterTerm type = propter_iri(term->datatype);
    PROPTER_TRY(propter_writer_intern(w, &type, &datatype, err));
  }
  if (literal) PROPTER_TRY(make_record(w, term, datatype, &hash, &made, err));
  if (made) return *id = *made, PROPTER_OK;
  return find_or_make(w, propter_buf_str(&w->record), hash, id, err);
}

PropterStatus propter_writer_blank(PropterWriter *w, PropterId *id, PropterError *err) {
  for (uint64_t salt = 0;; salt++) {
    PropterArena arena = {0};
    uint64_t before = w->next[0];
    PropterTerm term = {.kind = PROPTER_TERM_BLANK,
                        .value = propter_arena_printf(&arena, salt ? "n%llu.%llu" : "n%llu", (unsigned long long)before, (unsigned long long)salt)};
    PropterStatus status = term.value.data ? propter_writer_intern(w, &term, id, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    propter_arena_clear(&arena);
    /* A document may have used the label; then the term was there already. */
    if (status != PROPTER_OK || w->next[0] > before) return status;
  }
}

static PropterStatus push(Changes *to, PropterQuad quad, bool add, PropterError *err) {
  Change change = {row_of(PROPTER_SPOG, quad), add, false};
  return propter_vec_push(to, change) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory after %zu changes", to->count);
}

static PropterStatus drop_repeated(PropterWriter *w, PropterError *err);

/* What was said of the quad lately and is said again is dropped at once. */
static PropterStatus change(PropterWriter *w, PropterQuad quad, bool add, PropterError *err) {
  const uint64_t mixed = quad.s * UINT64_C(0x9E3779B97F4A7C15) + quad.p * UINT64_C(0xC2B2AE3D27D4EB4F) + quad.o * UINT64_C(0x165667B19E3779F9) + quad.g;
  Change *last = &w->lately[(mixed ^ mixed >> 32) * UINT64_C(0x9E3779B97F4A7C15) >> (64 - CHANGE_BITS)];
  const Row row = row_of(PROPTER_SPOG, quad);
  if (last->add == add && row_compare(&last->row, &row, 4) == 0) return PROPTER_OK;
  PROPTER_TRY(push(&w->ops, quad, add, err));
  *last = (Change){row, add, false};
  return w->ops.count - w->ops_flushed < w->ops_many ? PROPTER_OK : drop_repeated(w, err);
}

PropterStatus propter_writer_add(PropterWriter *w, PropterQuad quad, PropterError *err) {
  if (quad.s == PROPTER_NO_ID || quad.p == PROPTER_NO_ID || quad.o == PROPTER_NO_ID || quad.g == PROPTER_NO_ID)
    return propter_fail(err, PROPTER_BUG, "a quad with an absent term");
  return change(w, quad, true, err);
}

PropterStatus propter_writer_remove(PropterWriter *w, PropterQuad quad, PropterError *err) { return change(w, quad, false, err); }

PropterStatus propter_writer_clear_graph(PropterWriter *w, PropterId graph, PropterError *err) {
  PropterSnapshot base = {.env = w->graph->env, .txn = w->base, .borrowed = true};
  PropterQuads quads = {0};
  PROPTER_TRY(snapshot_delta(&base, err));
  PropterStatus status = propter_snapshot_match(&base, (PropterQuad){.g = graph}, SIZE_MAX, &quads, err);
  for (size_t i = 0; i < quads.count && status == PROPTER_OK; i++) status = push(&w->clears, quads.items[i], false, err);
  propter_vec_clear(&quads);
  return status;
}

enum { PART = 1 << 18, SLICE = 1 << 15, AHEAD = 16 };

/* What a flush needs beside the changes. */
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

/* Removals by clearing come before all other changes. */
static PropterStatus put_clears_first(PropterWriter *w, PropterError *err) {
  size_t cleared = w->clears.count;
  if (!cleared) return PROPTER_OK;
  if (!propter_vec_reserve(&w->ops, w->ops.count + cleared))
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu changes", w->ops.count + cleared);
  memmove(w->ops.items + cleared, w->ops.items, w->ops.count * sizeof *w->ops.items);
  memcpy(w->ops.items, w->clears.items, cleared * sizeof *w->ops.items);
  w->ops.count += cleared;
  w->clears.count = 0;
  return PROPTER_OK;
}

/* Leaves the last word on each quad, in SPOG order. */
static size_t settle(Change *ops, size_t n, const Room *room) {
  size_t kept = 0;
  if (n) sort_rows(ops, n, room->keys, room->spare);
  for (size_t i = 0; i < n; i++) {
    if (kept && row_compare(&ops[kept - 1].row, &ops[i].row, 4) == 0) kept--;
    if (kept != i) ops[kept] = ops[i];
    kept++;
  }
  return kept;
}

/* Leaves the last word on each quad among the changes that wait; where most were no repetitions, they are looked for again when there are twice as many. */
static PropterStatus drop_repeated(PropterWriter *w, PropterError *err) {
  Room room = {0};
  size_t n = w->ops.count - w->ops_flushed;
  PropterStatus status = make_room(&room, n, err);
  if (status == PROPTER_OK) {
    n = settle(w->ops.items + w->ops_flushed, n, &room);
    w->ops.count = w->ops_flushed + n;
    w->ops_many = 2 * n > MANY ? 2 * n : MANY;
  }
  free_room(&room);
  return status;
}

/* Five tables, one an order: the permutations, or their delta. */
typedef struct {
  const Env *env;
  MDB_txn *txn;
  unsigned tables; /* the first of them */
} Target;

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

/* Applies the changes at the places of `sorted`, which are in that order, a part at a time. */
static PropterStatus apply_order(const Target *to, PropterOrder order, const Change *ops, const SortKey *sorted, size_t n, Change *part, PropterError *err) {
  for (size_t at = 0; at < n; at += PART) {
    Gather g = {order, ops, sorted + at, n - at < PART ? n - at : PART, part};
    PROPTER_TRY(propter_pool_run((g.count + SLICE - 1) / SLICE, 0, gather, &g, err));
    PROPTER_TRY(block_apply(to->env, to->txn, to->tables + order, part, g.count, false, err));
  }
  return PROPTER_OK;
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
static PropterStatus apply_steps(const Target *to, Room *room, const Change *ops, size_t n, size_t *starts, PropterError *err) {
  static const struct {
    PropterOrder order;
    bool from_last; /* else from SPOG */
  } steps[] = {{PROPTER_GSPO, false}, {PROPTER_PSOG, false}, {PROPTER_OSPG, false}, {PROPTER_POSG, true}};
  Places all = {ops, n, room->keys, starts, 0};
  size_t slices = (n + SLICE - 1) / SLICE, kept = 0;
  PROPTER_TRY(propter_pool_run(slices, 0, count_places, &all, err));
  for (size_t i = 0; i < slices; i++) {
    size_t here = starts[i];
    starts[i] = kept;
    kept += here;
  }
  for (size_t s = 0; s < sizeof steps / sizeof *steps && kept; s++) {
    Places p = {ops, steps[s].from_last ? kept : n, room->keys, starts, row_sequence[steps[s].order][0]};
    PROPTER_TRY(propter_pool_run((p.count + SLICE - 1) / SLICE, 0, steps[s].from_last ? renew_keys : list_places, &p, err));
    SortKey *sorted = sort_keys(room->keys, room->spare, kept);
    if (sorted != room->keys) room->spare = room->keys, room->keys = sorted;
    PROPTER_TRY(apply_order(to, steps[s].order, ops, sorted, kept, room->part, err));
  }
  return PROPTER_OK;
}

static PropterStatus apply_others(const Target *to, Room *room, const Change *ops, size_t n, PropterError *err) {
  size_t *starts = propter_malloc((n / SLICE + 1) * sizeof *starts);
  if (!starts) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu changes in one commit", n);
  PropterStatus status = apply_steps(to, room, ops, n, starts, err);
  propter_free(starts);
  return status;
}

static PropterStatus apply_all(const Target *to, Room *room, Change *ops, size_t n, bool first, PropterError *err) {
  PROPTER_TRY(block_apply(to->env, to->txn, to->tables + PROPTER_SPOG, ops, n, first, err));
  return apply_others(to, room, ops, n, err);
}

/* Changes that are few go into the delta. */
static PropterStatus apply_few(const Env *env, MDB_txn *txn, Room *room, Change *ops, size_t n, uint64_t *waiting, PropterError *err) {
  const Target delta = {env, txn, ENV_DELTA};
  Change *few = propter_malloc(n * sizeof *few);
  size_t found = 0;
  PropterStatus status = few ? delta_find(env, txn, ops, n, few, &found, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu changes", n);
  if (status == PROPTER_OK) status = apply_all(&delta, room, few, found, false, err);
  for (size_t i = 0; i < found; i++) *waiting += few[i].add ? 1 : UINT64_MAX;
  propter_free(few);
  return status == PROPTER_OK ? env_set_meta(env, txn, "delta", *waiting, err) : status;
}

/* What waits in the delta goes into the permutations. */
static PropterStatus fold(const Env *env, MDB_txn *txn, uint64_t waiting, PropterError *err) {
  const Target permutations = {env, txn, 0};
  Change *changes = propter_malloc((size_t)waiting * sizeof *changes);
  Room room = {0};
  PropterStatus status = changes ? make_room(&room, (size_t)waiting, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the delta");
  if (status == PROPTER_OK) status = delta_take(env, txn, changes, (size_t)waiting, err);
  if (status == PROPTER_OK) status = apply_all(&permutations, &room, changes, (size_t)waiting, false, err);
  free_room(&room);
  propter_free(changes);
  return status;
}

static PropterStatus apply_changes(const Env *env, MDB_txn *txn, Room *room, Change *ops, size_t n, PropterError *err) {
  const Target permutations = {env, txn, 0};
  uint64_t most, waiting;
  PROPTER_TRY(delta_room(env, txn, &most, err));
  PROPTER_TRY(delta_count(env, txn, &waiting, err));
  if (n <= most) PROPTER_TRY(apply_few(env, txn, room, ops, n, &waiting, err));
  if (waiting && (n > most || waiting > most)) PROPTER_TRY(fold(env, txn, waiting, err));
  return n > most ? apply_all(&permutations, room, ops, n, true, err) : PROPTER_OK;
}

/* Counts what came of a change, or with -1 no longer. */
static void tally(PropterWriter *w, const Change *c, int64_t n) {
  if (c->done) *(c->add ? &w->added : &w->removed) += (uint64_t)n;
}

/* Merges the last `n` changes, just applied, into the flushed ones before them. Of a quad that both change, what the two did together is what the later one
 * leaves, and had an effect if one of them had and not the other. `spare` has room for the n. */
static void merge_flushed(PropterWriter *w, size_t n, Change *spare) {
  Change *ops = w->ops.items;
  size_t old = w->ops_flushed, to = old + n;
  if (old) memcpy(spare, ops + old, n * sizeof *spare);
  while (old && n) {
    int order = row_compare(&ops[old - 1].row, &spare[n - 1].row, 4);
    if (order == 0) {
      Change *c = &spare[n - 1];
      tally(w, &ops[--old], -1);
      tally(w, c, -1);
      c->done ^= ops[old].done;
      tally(w, c, 1);
      continue;
    }
    ops[--to] = order < 0 ? spare[--n] : ops[--old];
  }
  if (w->ops_flushed)
    while (n) ops[--to] = spare[--n];
  else
    to = 0;
  if (ops) memmove(ops + old, ops + to, (w->ops.count - to) * sizeof *ops);
  w->ops.count -= to - old;
  w->ops_flushed = w->ops.count;
}

/* Writes what was not flushed into the write transaction, and counts what all changes since the writer opened came to. */
static PropterStatus write_new(PropterWriter *w, MDB_txn *txn, Room *room, PropterError *err) {
  const Env *env = w->graph->env;
  if (w->terms.count > w->terms_flushed)
    PROPTER_TRY(dict_put(env, txn, w->terms.entries + w->terms_flushed, w->terms.count - w->terms_flushed, err));
  for (unsigned i = 0; i < ENV_NUMBERED; i++) PROPTER_TRY(env_set_meta(env, txn, env_next[i], w->next[i], err));
  PROPTER_TRY(put_clears_first(w, err));
  size_t n = w->ops.count - w->ops_flushed;
  Change *ops = w->ops.items ? w->ops.items + w->ops_flushed : NULL;
  PROPTER_TRY(make_room(room, n, err));
  n = settle(ops, n, room);
  w->ops.count = w->ops_flushed + n;
  PROPTER_TRY(apply_changes(env, txn, room, ops, n, err));
  Change *spare = w->ops_flushed ? propter_malloc(n * sizeof *spare) : NULL;
  if (w->ops_flushed && !spare) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu changes", n);
  for (size_t i = 0; i < n; i++) tally(w, &ops[i], 1);
  merge_flushed(w, n, spare);
  propter_free(spare);
  w->terms_flushed = w->terms.count;
  uint64_t quads, version;
  PROPTER_TRY(env_meta(env, w->base, "quads", &quads, err));
  PROPTER_TRY(env_set_meta(env, txn, "quads", quads + w->added - w->removed, err));
  PROPTER_TRY(env_meta(env, w->base, "version", &version, err));
  w->view.version = version + 1;
  PROPTER_TRY(snapshot_delta(&w->view, err));
  return env_set_meta(env, txn, "version", version + 1, err);
}

static void drop_view(PropterWriter *w) {
  if (w->view.txn) env_write_abort(w->graph->env, w->view.txn);
  w->view.txn = NULL;
  w->ops_flushed = w->terms_flushed = 0;
  w->added = w->removed = 0;
}

/* A larger map; this writer's own reader must end for it. */
static PropterStatus enlarge(PropterWriter *w, PropterError *err) {
  Env *env = w->graph->env;
  uint64_t room = (uint64_t)w->ops.count * 256 + (uint64_t)w->terms.keys.used * 3 + (1 << 20);
  env_read_end(env, w->base);
  w->base = NULL;
  PropterStatus status = env_grow(env, room, err), again = env_read(env, &w->base, status == PROPTER_OK ? err : NULL);
  if (again != PROPTER_OK) w->failed = true;
  return status != PROPTER_OK ? status : again;
}

static PropterStatus flush(PropterWriter *w, PropterError *err) {
  if (w->failed) return propter_fail(err, PROPTER_BUG, "the writer has failed before");
  if (w->view.txn && !w->clears.count && w->ops_flushed == w->ops.count && w->terms_flushed == w->terms.count) return PROPTER_OK;
  Env *env = w->graph->env;
  if (w->clears.count) drop_view(w);
  for (int attempt = 0;; attempt++) {
    Room space = {0};
    PropterError inner = {0};
    int rc = w->view.txn ? 0 : env_write(env, &w->view.txn);
    w->view.env = env, w->view.borrowed = true;
    PropterStatus status = rc ? env_fail(env, rc, "write", &inner) : write_new(w, w->view.txn, &space, &inner);
    free_room(&space);
    if (status == PROPTER_OK) return PROPTER_OK;
    drop_view(w);
    /* A LIMIT without a message is a full map: everything is still in memory, so start again in a larger one. */
    if (status != PROPTER_LIMIT || inner.message[0] || attempt >= 40) {
      if (err) *err = inner;
      return status;
    }
    PROPTER_TRY(enlarge(w, err));
  }
}

PropterStatus propter_writer_snapshot(PropterWriter *w, PropterSnapshot **out, PropterError *err) {
  PROPTER_TRY(flush(w, err));
  *out = &w->view;
  return PROPTER_OK;
}

bool writer_has_changes(const PropterWriter *w) { return w->ops.count || w->clears.count; }

PropterStatus writer_base_version(PropterWriter *writer, uint64_t *version, PropterError *err) {
  return env_meta(writer->graph->env, writer->base, "version", version, err);
}

void propter_writer_counts(const PropterWriter *w, uint64_t *added, uint64_t *removed) {
  if (added) *added = w->added;
  if (removed) *removed = w->removed;
}

bool propter_writer_delta(const PropterWriter *w, size_t *at, PropterQuad *quad, bool *added) {
  while (*at < w->ops_flushed && !w->ops.items[*at].done) ++*at;
  if (*at >= w->ops_flushed) return false;
  *quad = row_quad(PROPTER_SPOG, w->ops.items[*at].row);
  *added = w->ops.items[(*at)++].add;
  return true;
}

PropterStatus writer_graphs(const PropterWriter *w, PropterMap *counts, PropterError *err) {
  enum { GRAPH = 3 }; /* of the columns of SPOG */
  uint64_t *n = NULL;
  PropterId last = PROPTER_NO_ID;
  for (size_t i = 0; i < w->ops_flushed; i++) {
    const Change *c = &w->ops.items[i];
    if (!c->done) continue;
    if (c->row.c[GRAPH] != last) {
      last = c->row.c[GRAPH];
      n = propter_map_put(counts, (PropterStr){(const char *)&last, sizeof last}, 0, NULL);
      if (!n) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the graphs of a run");
    }
    if (!c->add)
      *n = UINT64_MAX;
    else if (*n != UINT64_MAX)
      ++*n;
  }
  return PROPTER_OK;
}

PropterStatus propter_writer_commit(PropterWriter *w, PropterError *err) {
  for (int attempt = 0;; attempt++) {
    PROPTER_TRY(flush(w, err));
    /* Nothing changed: no commit, so that equal content keeps its version. */
    if (w->added == 0 && w->removed == 0 && w->terms.count == 0) {
      drop_view(w);
      return PROPTER_OK;
    }
    int rc = env_commit(w->graph->env, w->view.txn);
    w->view.txn = NULL;
    /* The list of free pages may be what no longer fits. */
    if (rc == MDB_MAP_FULL && attempt < 40) {
      drop_view(w);
      PROPTER_TRY(enlarge(w, err));
      continue;
    }
    w->failed = true; /* a committed writer takes no further changes */
    return rc == 0 ? PROPTER_OK : env_fail(w->graph->env, rc, "commit", err);
  }
}

void propter_writer_close(PropterWriter *w) {
  if (!w) return;
  drop_view(w);
  if (w->base) env_read_end(w->graph->env, w->base);
  env_unlock_writer(w->graph->env);
  propter_map_clear(&w->terms);
  propter_map_clear(&w->found);
  propter_vec_clear(&w->ops);
  propter_vec_clear(&w->clears);
  propter_buf_clear(&w->record);
  propter_free(w);
}

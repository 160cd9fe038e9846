/* SPDX-License-Identifier: Apache-2.0 */
/* The writer keeps changes until commit, so that it can start again in a larger map, and so that a failure leaves nothing: in memory, and what is too much for
 * that as sorted runs in temporary files. New terms that are too many go into the write transaction and are looked up there. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "dict.h"
#include "orders.h"
#include "propter/hash.h"
#include "snapshot.h"
#include "sort.h"
#include "term.h"
#include "writer.h"

/* How many terms and changes that came lately are looked at before others; words of the filter of sunk terms. */
enum { LATELY = 1 << 14, CHANGE_BITS = 10, FILTER_BITS = 21 };

/* What a change takes in memory with the keys that sort it, a new term beside its text. */
enum { CHANGE_BYTES = sizeof(Change) + 2 * sizeof(SortKey), TERM_BYTES = sizeof(PropterMapEntry) + 2 * sizeof(uint64_t) };

struct PropterWriter {
  PropterGraph *graph;
  pthread_t owner;        /* that opened it: LMDB's write transaction belongs to a thread */
  MDB_txn *base;          /* the last commit; no one else can commit meanwhile */
  PropterSnapshot view;   /* the write transaction after a flush */
  bool failed;
  PropterMap terms;       /* record → id, of new terms */
  PropterMap found;       /* the same of terms that were found lately */
  PropterId last;         /* of them the last one */
  bool empty;             /* there were no terms */
  uint64_t next[ENV_NUMBERED]; /* numbers of new terms */
  size_t terms_flushed;
  uint64_t *sunk;         /* a filter of the hashes of new terms that are in the write transaction and no longer in `terms`; NULL: there are none */
  size_t most, most_bytes; /* changes that may wait in memory; bytes of new terms */
  Changes ops;            /* SPOG rows: of what is flushed the last word on each quad, sorted, then what came since, in the order it came */
  Changes clears;         /* removals by clearing a graph, which come before all of `ops` */
  size_t ops_flushed;
  SortedFile cleared;     /* of `clears`, what was too much for memory */
  SortedFile record;      /* of what is flushed the last word on each quad, older than `ops` */
  bool recorded;          /* it is in the write transaction */
  SortedFile waiting;     /* what came since, but older than what waits in `ops` */
  size_t older;           /* of `ops`, how many are older than `waiting` if there is any: what was flushed then */
  Change lately[1 << CHANGE_BITS]; /* the last word on some quads, by hash */
  uint64_t added, removed; /* of the flushed operations */
  PropterBuf buffer;
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
  w->owner = pthread_self();
  w->cleared.folder = w->record.folder = w->waiting.folder = graph->env->dir;
  w->most = (size_t)(graph->env->limits.commit_bytes / 2 / CHANGE_BYTES) + 1;
  w->most_bytes = (size_t)(graph->env->limits.commit_bytes / 2);
  w->buffer.max = graph->env->limits.term_bytes + 512;
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

/* The record in w->buffer, and its id if this writer has made it. */
static PropterStatus make_record(PropterWriter *w, const PropterTerm *term, PropterId datatype, uint64_t *hash, const uint64_t **made, PropterError *err) {
  propter_buf_reset(&w->buffer);
  dict_record(term, datatype, &w->buffer);
  PROPTER_TRY(propter_buf_status(&w->buffer, err));
  *hash = propter_hash64(propter_buf_str(&w->buffer));
  *made = propter_map_get_hashed(&w->terms, propter_buf_str(&w->buffer), *hash);
  return PROPTER_OK;
}

/* The filter has a word for a hash, and in it three bits (a blocked Bloom filter; Putze, Sanders and Singler, WEA 2007). */
static uint64_t *filter_word(const PropterWriter *w, uint64_t hash) { return &w->sunk[hash >> (64 - FILTER_BITS)]; }

static uint64_t filter_bits(uint64_t hash) { return UINT64_C(1) << (hash & 63) | UINT64_C(1) << (hash >> 6 & 63) | UINT64_C(1) << (hash >> 12 & 63); }

static bool may_be_sunk(const PropterWriter *w, uint64_t hash) { return w->sunk && (~*filter_word(w, hash) & filter_bits(hash)) == 0; }

static PropterStatus remember(PropterWriter *w, PropterStr record, uint64_t hash, PropterId id, PropterError *err) {
  return propter_map_put_hashed(&w->found, record, hash, id, NULL) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

static PropterStatus see_neighbour(void *payload, PropterId id, PropterStr record, PropterError *err) {
  return remember(payload, record, propter_hash64(record), id, err);
}

/* Most terms that are looked up are looked up again soon: the parts of a row, its datatypes. What follows the one before stands with it in a block, and more of
 * that will follow: rows that are read again. */
static PropterStatus find(PropterWriter *w, PropterStr record, uint64_t hash, PropterId *id, PropterError *err) {
  enum { NEAR = 64 };
  const Env *env = w->graph->env;
  const uint64_t *found = propter_map_get_hashed(&w->found, record, hash);
  *id = found ? *found : PROPTER_NO_ID;
  if (found || (w->empty && !may_be_sunk(w, hash))) return PROPTER_OK;
  if (w->sunk && !w->view.txn) return propter_fail(err, PROPTER_BUG, "the writer has failed before");
  MDB_txn *txn = w->sunk ? w->view.txn : w->base;
  PROPTER_TRY(dict_find(env, txn, record, hash, id, err));
  if (*id == PROPTER_NO_ID) return PROPTER_OK;
  bool follows = *id - w->last <= NEAR;
  w->last = *id;
  if (w->found.count >= LATELY) propter_map_clear(&w->found);
  return follows ? dict_neighbours(env, txn, *id, see_neighbour, w, err) : remember(w, record, hash, *id, err);
}

static PropterStatus sink_terms(PropterWriter *w, PropterError *err);

bool writer_is_full(const PropterWriter *w) { return w->terms.keys.used + w->terms.count * TERM_BYTES >= w->most_bytes && env_roomy(w->graph->env); }

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
  return writer_is_full(w) && pthread_equal(w->owner, pthread_self()) ? sink_terms(w, err) : PROPTER_OK;
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
  return find_or_make(w, propter_buf_str(&w->buffer), hash, id, err);
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

/* Where in `ops` what came last begins. */
static size_t newest(const PropterWriter *w) { return w->waiting.runs.count ? w->older : w->ops_flushed; }

/* The last words among changes, from `from` on, go to a file as a run; if they are few, most of them were repetitions, and they stay. */
static PropterStatus put_aside(PropterWriter *w, Changes *changes, size_t from, SortedFile *file, bool all, PropterError *err) {
  Change *items = changes->items ? changes->items + from : NULL;
  size_t n = changes->count - from;
  PROPTER_TRY(orders_settle(items, &n, err));
  changes->count = from + n;
  if (!n || (!all && n < w->most / 2)) return PROPTER_OK;
  PROPTER_TRY(sorted_begin(file, err));
  PropterStatus status = sorted_add(file, items, n, err);
  if (status == PROPTER_OK) status = sorted_end(file, err);
  if (status == PROPTER_OK)
    changes->count = from;
  else
    w->failed = true; /* a part of them is in the file */
  return status;
}

static PropterStatus put_waiting(PropterWriter *w, bool all, PropterError *err) {
  w->older = newest(w);
  return put_aside(w, &w->ops, w->older, &w->waiting, all, err);
}

/* What was said of the quad lately and is said again is dropped at once. */
static PropterStatus change(PropterWriter *w, PropterQuad quad, bool add, PropterError *err) {
  const uint64_t mixed = quad.s * UINT64_C(0x9E3779B97F4A7C15) + quad.p * UINT64_C(0xC2B2AE3D27D4EB4F) + quad.o * UINT64_C(0x165667B19E3779F9) + quad.g;
  Change *last = &w->lately[(mixed ^ mixed >> 32) * UINT64_C(0x9E3779B97F4A7C15) >> (64 - CHANGE_BITS)];
  const Row row = row_of(PROPTER_SPOG, quad);
  if (last->add == add && row_compare(&last->row, &row, 4) == 0) return PROPTER_OK;
  PROPTER_TRY(push(&w->ops, quad, add, err));
  *last = (Change){row, add, false};
  return w->ops.count - newest(w) < w->most ? PROPTER_OK : put_waiting(w, false, err);
}

PropterStatus propter_writer_add(PropterWriter *w, PropterQuad quad, PropterError *err) {
  if (quad.s == PROPTER_NO_ID || quad.p == PROPTER_NO_ID || quad.o == PROPTER_NO_ID || quad.g == PROPTER_NO_ID)
    return propter_fail(err, PROPTER_BUG, "a quad with an absent term");
  return change(w, quad, true, err);
}

PropterStatus propter_writer_remove(PropterWriter *w, PropterQuad quad, PropterError *err) { return change(w, quad, false, err); }

static PropterStatus clear_rows(PropterWriter *w, PropterScan *scan, PropterError *err) {
  PropterQuad rows[256];
  for (size_t n = 1; n;) {
    PROPTER_TRY(propter_scan_next(scan, rows, sizeof rows / sizeof *rows, &n, err));
    for (size_t i = 0; i < n; i++) PROPTER_TRY(push(&w->clears, rows[i], false, err));
    if (w->clears.count >= w->most) PROPTER_TRY(put_aside(w, &w->clears, 0, &w->cleared, false, err));
  }
  return PROPTER_OK;
}

PropterStatus propter_writer_clear_graph(PropterWriter *w, PropterId graph, PropterError *err) {
  PropterSnapshot base = {.env = w->graph->env, .txn = w->base, .borrowed = true};
  PropterScan *scan = NULL;
  PROPTER_TRY(snapshot_delta(&base, err));
  PROPTER_TRY(propter_scan_open(&base, PROPTER_GSPO, (PropterQuad){.g = graph}, 1, &scan, err));
  PropterStatus status = clear_rows(w, scan, err);
  propter_scan_close(scan);
  return status;
}

/* ---- flushing ------------------------------------------------------------------------------------------------------------- */

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

/* Counts what came of a change, or with -1 no longer. */
static void tally(PropterWriter *w, const Change *c, int64_t n) {
  if (c->done) *(c->add ? &w->added : &w->removed) += (uint64_t)n;
}

/* Everything that is flushed. */
static PropterStatus read_flushed(const PropterWriter *w, Merge *merge, PropterError *err) {
  if (w->recorded) PROPTER_TRY(merge_file(merge, &w->record, err));
  return merge_memory(merge, w->ops.items, w->ops_flushed, err);
}

/* Counts changes just applied. Of a quad that was changed before, what all of it did together is what the last change leaves, and had an effect if an odd
 * number of them had. `net`: the changes become that. */
static PropterStatus tally_all(PropterWriter *w, Merge *before, Change *changes, size_t n, bool net, PropterError *err) {
  for (size_t i = 0; i < n; i++) {
    Change c = changes[i], old;
    bool found;
    PROPTER_TRY(merge_find(before, &c.row, &old, &found, err));
    if (found && !net) tally(w, &old, -1);
    if (found) c.done ^= old.done;
    tally(w, &c, 1);
    if (net) changes[i] = c;
  }
  return PROPTER_OK;
}

/* Merges the last `n` changes, just applied, into the flushed ones before them. `spare` has room for the n. */
static void merge_flushed(PropterWriter *w, size_t n, Change *spare) {
  Change *ops = w->ops.items;
  size_t old = w->ops_flushed, to = old + n;
  if (old) memcpy(spare, ops + old, n * sizeof *spare);
  while (old && n) {
    int order = row_compare(&ops[old - 1].row, &spare[n - 1].row, 4);
    if (order == 0) {
      spare[n - 1].done ^= ops[--old].done;
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

/* Applies what waits in memory. */
static PropterStatus write_few(PropterWriter *w, MDB_txn *txn, PropterError *err) {
  PROPTER_TRY(put_clears_first(w, err));
  size_t n = w->ops.count - w->ops_flushed;
  Change *ops = w->ops.items ? w->ops.items + w->ops_flushed : NULL;
  PROPTER_TRY(orders_settle(ops, &n, err));
  w->ops.count = w->ops_flushed + n;
  PROPTER_TRY(orders_apply(w->graph->env, txn, ops, n, NULL, err));
  Change *spare = w->ops_flushed ? propter_malloc(n * sizeof *spare) : NULL;
  if (w->ops_flushed && !spare) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu changes", n);
  Merge before = {0};
  PropterStatus status = read_flushed(w, &before, err);
  if (status == PROPTER_OK) status = tally_all(w, &before, ops, n, false, err);
  merge_close(&before);
  if (status == PROPTER_OK) merge_flushed(w, n, spare);
  propter_free(spare);
  return status;
}

/* Whether changes go through files: they are many, or those that do already have to be said again behind graphs that were cleared. */
static bool is_many(const PropterWriter *w) {
  bool restart = (w->record.runs.count && !w->recorded) || (w->clears.count && (w->sunk || w->record.runs.count));
  return w->waiting.runs.count || w->cleared.runs.count || w->ops.count > w->most || restart;
}

/* What a large flush works with. */
typedef struct {
  Merge all, before; /* every word that counts, the oldest first; what is flushed */
  SortedFile aside[PROPTER_ORDER_COUNT], record;
  Change *part;
} Large;

static PropterStatus large_open(PropterWriter *w, Large *l, PropterError *err) {
  for (int i = 0; i < PROPTER_ORDER_COUNT; i++) l->aside[i].folder = w->record.folder;
  l->record.folder = w->record.folder;
  PROPTER_TRY(put_aside(w, &w->clears, 0, &w->cleared, true, err));
  PROPTER_TRY(put_waiting(w, true, err));
  if (!w->ops.count) propter_vec_clear(&w->ops);
  PROPTER_TRY(merge_file(&l->all, &w->cleared, err));
  PROPTER_TRY(merge_file(&l->all, &w->record, err));
  PROPTER_TRY(merge_memory(&l->all, w->ops.items, w->ops.count, err));
  PROPTER_TRY(merge_file(&l->all, &w->waiting, err));
  PROPTER_TRY(read_flushed(w, &l->before, err));
  l->part = propter_malloc(w->most * sizeof *l->part);
  return l->part ? sorted_begin(&l->record, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu changes", w->most);
}

static void large_close(Large *l) {
  merge_close(&l->all);
  merge_close(&l->before);
  for (int i = 0; i < PROPTER_ORDER_COUNT; i++) sorted_close(&l->aside[i]);
  sorted_close(&l->record);
  propter_free(l->part);
}

/* Merges everything, part by part, into SPOG, and what comes of it into the other orders and the new record. */
static PropterStatus large_run(PropterWriter *w, Large *l, MDB_txn *txn, PropterError *err) {
  w->added = w->removed = 0;
  for (size_t n = 1;;) {
    PROPTER_TRY(merge_next(&l->all, l->part, w->most, &n, err));
    if (!n) break;
    PROPTER_TRY(orders_apply(w->graph->env, txn, l->part, n, l->aside, err));
    PROPTER_TRY(tally_all(w, &l->before, l->part, n, true, err));
    PROPTER_TRY(sorted_add(&l->record, l->part, n, err));
  }
  PROPTER_TRY(sorted_end(&l->record, err));
  propter_free(l->part);
  l->part = NULL;
  return orders_finish(w->graph->env, txn, l->aside, err);
}

static PropterStatus write_many(PropterWriter *w, MDB_txn *txn, PropterError *err) {
  Large large = {0};
  PropterStatus status = large_open(w, &large, err);
  if (status == PROPTER_OK) status = large_run(w, &large, txn, err);
  if (status == PROPTER_OK) {
    sorted_close(&w->record);
    sorted_close(&w->waiting);
    sorted_close(&w->cleared);
    w->record = large.record, w->recorded = true;
    large.record = (SortedFile){0};
    w->ops.count = w->ops_flushed = 0;
  }
  large_close(&large);
  return status;
}

/* Writes what was not flushed into the write transaction, and counts what all changes since the writer opened came to. */
static PropterStatus write_new(PropterWriter *w, MDB_txn *txn, PropterError *err) {
  const Env *env = w->graph->env;
  if (w->terms.count > w->terms_flushed)
    PROPTER_TRY(dict_put(env, txn, w->terms.entries + w->terms_flushed, w->terms.count - w->terms_flushed, err));
  w->terms_flushed = w->terms.count;
  for (unsigned i = 0; i < ENV_NUMBERED; i++) PROPTER_TRY(env_set_meta(env, txn, env_next[i], w->next[i], err));
  PROPTER_TRY(is_many(w) ? write_many(w, txn, err) : write_few(w, txn, err));
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
  w->view.version = 0;
  w->failed |= w->sunk != NULL;
  w->recorded = false;
  w->ops_flushed = w->terms_flushed = 0;
  w->added = w->removed = 0;
}

static uint64_t count_file(const SortedFile *file) {
  uint64_t n = 0;
  for (size_t i = 0; i < file->runs.count; i++) n += file->runs.items[i].count;
  return n;
}

/* A larger map; this writer's own reader must end for it. */
static PropterStatus enlarge(PropterWriter *w, PropterError *err) {
  Env *env = w->graph->env;
  uint64_t changes = w->ops.count + count_file(&w->waiting) + count_file(&w->cleared) + count_file(&w->record);
  uint64_t room = changes * 256 + (uint64_t)w->terms.keys.used * 3 + (1 << 20);
  env_read_end(env, w->base);
  w->base = NULL;
  PropterStatus status = env_grow(env, room, err), again = env_read(env, &w->base, status == PROPTER_OK ? err : NULL);
  if (again != PROPTER_OK) w->failed = true;
  return status != PROPTER_OK ? status : again;
}

/* Writes into the write transaction; where the map is full, starts again in a larger one, as long as everything is still at hand. */
static PropterStatus write_into_view(PropterWriter *w, PropterStatus (*write)(PropterWriter *w, MDB_txn *txn, PropterError *err), PropterError *err) {
  Env *env = w->graph->env;
  if (w->failed) return propter_fail(err, PROPTER_BUG, "the writer has failed before");
  for (int attempt = 0;; attempt++) {
    PropterError inner = {0};
    int rc = w->view.txn ? 0 : env_write(env, &w->view.txn);
    w->view.env = env, w->view.borrowed = true;
    PropterStatus status = rc ? env_fail(env, rc, "write", &inner) : write(w, w->view.txn, &inner);
    if (status == PROPTER_OK) return PROPTER_OK;
    drop_view(w);
    /* A LIMIT without a message is a full map. */
    bool full = status == PROPTER_LIMIT && !inner.message[0];
    if (full && w->failed) return env_fail(env, MDB_MAP_FULL, "write", err);
    if (!full || w->failed || attempt >= 40) {
      if (err) *err = inner;
      return status;
    }
    PROPTER_TRY(enlarge(w, err));
  }
}

static PropterStatus put_terms(PropterWriter *w, MDB_txn *txn, PropterError *err) {
  PROPTER_TRY(dict_put(w->graph->env, txn, w->terms.entries + w->terms_flushed, w->terms.count - w->terms_flushed, err));
  int rc = env_relieve(w->graph->env, txn);
  return rc ? env_fail(w->graph->env, rc, "write", err) : PROPTER_OK;
}

/* New terms leave memory. */
static PropterStatus sink_terms(PropterWriter *w, PropterError *err) {
  uint64_t *filter = w->sunk ? w->sunk : propter_calloc((size_t)1 << FILTER_BITS, sizeof *filter);
  if (!filter) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory after %zu new terms", w->terms.count);
  PropterStatus status = write_into_view(w, put_terms, err);
  if (status != PROPTER_OK) {
    if (!w->sunk) propter_free(filter);
    return status;
  }
  w->sunk = filter;
  for (size_t i = 0; i < w->terms.count; i++) *filter_word(w, w->terms.entries[i].hash) |= filter_bits(w->terms.entries[i].hash);
  propter_map_clear(&w->terms);
  w->terms_flushed = 0;
  return PROPTER_OK;
}

static PropterStatus flush(PropterWriter *w, PropterError *err) {
  if (w->failed) return propter_fail(err, PROPTER_BUG, "the writer has failed before");
  bool nothing = w->ops_flushed == w->ops.count && w->terms_flushed == w->terms.count && !is_many(w);
  if (w->view.txn && w->view.version && !w->clears.count && nothing) return PROPTER_OK;
  if (w->clears.count && !is_many(w)) drop_view(w);
  return write_into_view(w, write_new, err);
}

PropterStatus propter_writer_snapshot(PropterWriter *w, PropterSnapshot **out, PropterError *err) {
  PROPTER_TRY(flush(w, err));
  *out = &w->view;
  return PROPTER_OK;
}

bool writer_has_changes(const PropterWriter *w) {
  return w->ops.count || w->clears.count || w->waiting.runs.count || w->cleared.runs.count || w->record.runs.count;
}

PropterStatus writer_base_version(PropterWriter *writer, uint64_t *version, PropterError *err) {
  return env_meta(writer->graph->env, writer->base, "version", version, err);
}

void propter_writer_counts(const PropterWriter *w, uint64_t *added, uint64_t *removed) {
  if (added) *added = w->added;
  if (removed) *removed = w->removed;
}

struct PropterDelta {
  Merge merge;
  Change part[256];
  size_t at, count;
};

PropterStatus propter_delta_open(const PropterWriter *w, PropterDelta **out, PropterError *err) {
  PropterDelta *d = propter_calloc(1, sizeof *d);
  if (!d) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  PropterStatus status = read_flushed(w, &d->merge, err);
  if (status == PROPTER_OK)
    *out = d;
  else
    propter_delta_close(d);
  return status;
}

PropterStatus propter_delta_next(PropterDelta *d, PropterQuad *quad, bool *added, bool *more, PropterError *err) {
  for (*more = true;; d->at++) {
    if (d->at == d->count) {
      PROPTER_TRY(merge_next(&d->merge, d->part, sizeof d->part / sizeof *d->part, &d->count, err));
      d->at = 0;
    }
    *more = d->count > 0;
    if (!*more) return PROPTER_OK;
    if (d->part[d->at].done) break;
  }
  *quad = row_quad(PROPTER_SPOG, d->part[d->at].row);
  *added = d->part[d->at++].add;
  return PROPTER_OK;
}

void propter_delta_close(PropterDelta *d) {
  if (!d) return;
  merge_close(&d->merge);
  propter_free(d);
}

PropterStatus writer_graphs(const PropterWriter *w, PropterMap *counts, PropterError *err) {
  uint64_t *n = NULL;
  PropterId last = PROPTER_NO_ID;
  PropterDelta *delta = NULL;
  PropterQuad q;
  bool added, more;
  PROPTER_TRY(propter_delta_open(w, &delta, err));
  PropterStatus status;
  while ((status = propter_delta_next(delta, &q, &added, &more, err)) == PROPTER_OK && more) {
    if (q.g != last) {
      last = q.g;
      n = propter_map_put(counts, (PropterStr){(const char *)&last, sizeof last}, 0, NULL);
      if (!n) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for the graphs of a run");
      if (!n) break;
    }
    if (!added)
      *n = UINT64_MAX;
    else if (*n != UINT64_MAX)
      ++*n;
  }
  propter_delta_close(delta);
  return status;
}

PropterStatus propter_writer_commit(PropterWriter *w, PropterError *err) {
  for (int attempt = 0;; attempt++) {
    PROPTER_TRY(flush(w, err));
    /* Nothing changed: no commit, so that equal content keeps its version. */
    if (w->added == 0 && w->removed == 0 && w->terms.count == 0 && !w->sunk) {
      drop_view(w);
      return PROPTER_OK;
    }
    int rc = env_commit(w->graph->env, w->view.txn);
    w->view.txn = NULL;
    /* The list of free pages may be what no longer fits. */
    if (rc == MDB_MAP_FULL && attempt < 40 && !w->sunk) {
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
  propter_buf_clear(&w->buffer);
  sorted_close(&w->waiting);
  sorted_close(&w->cleared);
  sorted_close(&w->record);
  propter_free(w->sunk);
  propter_free(w);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The writer keeps all changes in memory until commit, so that it can start again in a larger map, and so that a failure leaves nothing. */
#include <stdlib.h>
#include <string.h>

#include "dict.h"
#include "propter/hash.h"
#include "snapshot.h"
#include "sort.h"
#include "term.h"

typedef PROPTER_VEC(Change) Changes;

struct PropterWriter {
  PropterGraph *graph;
  MDB_txn *base;          /* the last commit; no one else can commit meanwhile */
  PropterSnapshot view;   /* the write transaction after a flush */
  bool flushed, track, failed;
  PropterMap terms;       /* record → id, of new terms */
  uint64_t first, next;   /* numbers of new terms */
  size_t terms_flushed;
  Changes ops;            /* in the order they came (SPOG rows); after a flush the last word on each quad, sorted, then what came since */
  Changes clears;         /* removals by clearing a graph, which come before all of `ops` */
  size_t ops_flushed;
  uint64_t added, removed; /* of the flushed operations */
  PropterQuads added_list, removed_list;
  PropterBuf record;
};

PropterStatus propter_writer_open(PropterGraph *graph, bool wait, PropterWriter **out, PropterError *err) {
  if (graph->read_only) return propter_fail(err, PROPTER_INVALID, "the graph was opened read-only");
  PropterWriter *w = propter_calloc(1, sizeof *w);
  if (!w) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  w->graph = graph;
  w->record.max = graph->env->limits.term_bytes + 512;
  PropterStatus status = env_lock_writer(graph->env, wait, err);
  if (status != PROPTER_OK) {
    propter_free(w);
    return status;
  }
  status = env_read(graph->env, &w->base, err);
  if (status == PROPTER_OK && (status = env_meta(graph->env, w->base, "next", &w->first, err)) != PROPTER_OK) env_read_end(graph->env, w->base);
  if (status != PROPTER_OK) {
    env_unlock_writer(graph->env);
    propter_free(w);
    return status;
  }
  w->next = w->first;
  *out = w;
  return PROPTER_OK;
}

/* Id of the record in w->record, if this writer has made it. */
static bool made_before(PropterWriter *w, PropterId *id) {
  const uint64_t *present = propter_map_get(&w->terms, propter_buf_str(&w->record));
  if (present) *id = *present;
  return present != NULL;
}

PropterStatus propter_writer_intern(PropterWriter *w, const PropterTerm *term, PropterId *id, PropterError *err) {
  /* An IRI or blank node among the new terms has passed the check; most do, in a load. */
  if ((term->kind == PROPTER_TERM_IRI || term->kind == PROPTER_TERM_BLANK) && term->value.len <= w->graph->env->limits.term_bytes) {
    dict_record(term, PROPTER_NO_ID, &w->record);
    PROPTER_TRY(propter_buf_status(&w->record, err));
    if (made_before(w, id)) return PROPTER_OK;
  }
  PROPTER_TRY(term_check(term, w->graph->env->limits.term_bytes, err));
  PropterId datatype = PROPTER_NO_ID;
  if (term->kind == PROPTER_TERM_LITERAL && !term->language.len && !term_is_string(term)) {
    if ((*id = id_inline(term->value, term->datatype)) != PROPTER_NO_ID) return PROPTER_OK;
    PropterTerm type = propter_iri(term->datatype);
    PROPTER_TRY(propter_writer_intern(w, &type, &datatype, err));
  }
  if (term->kind == PROPTER_TERM_LITERAL) {
    dict_record(term, datatype, &w->record);
    PROPTER_TRY(propter_buf_status(&w->record, err));
    if (made_before(w, id)) return PROPTER_OK;
  }
  PropterStr record = propter_buf_str(&w->record);
  *id = PROPTER_NO_ID;
  if (w->first > 1) PROPTER_TRY(dict_find(w->graph->env, w->base, record, propter_hash64(record), id, err));
  if (*id != PROPTER_NO_ID) return PROPTER_OK;
  PropterId made = id_make((unsigned char)record.data[0], w->next);
  if (!propter_map_put(&w->terms, record, made, NULL)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory after %zu new terms", w->terms.count);
  w->next++;
  *id = made;
  return PROPTER_OK;
}

PropterStatus propter_writer_blank(PropterWriter *w, PropterId *id, PropterError *err) {
  for (uint64_t salt = 0;; salt++) {
    PropterArena arena = {0};
    uint64_t before = w->next;
    PropterTerm term = {.kind = PROPTER_TERM_BLANK, .value = propter_arena_printf(&arena, salt ? "n%llu.%llu" : "n%llu", (unsigned long long)w->next, (unsigned long long)salt)};
    PropterStatus status = term.value.data ? propter_writer_intern(w, &term, id, err) : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    propter_arena_clear(&arena);
    /* A document may have used the label; then the term was there already. */
    if (status != PROPTER_OK || w->next > before) return status;
  }
}

static PropterStatus push(Changes *to, PropterQuad quad, bool add, PropterError *err) {
  Change change = {row_of(PROPTER_SPOG, quad), add};
  return propter_vec_push(to, change) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory after %zu changes", to->count);
}

PropterStatus propter_writer_add(PropterWriter *w, PropterQuad quad, PropterError *err) {
  if (quad.s == PROPTER_NO_ID || quad.p == PROPTER_NO_ID || quad.o == PROPTER_NO_ID || quad.g == PROPTER_NO_ID) return propter_fail(err, PROPTER_BUG, "a quad with an absent term");
  return push(&w->ops, quad, true, err);
}

PropterStatus propter_writer_remove(PropterWriter *w, PropterQuad quad, PropterError *err) { return push(&w->ops, quad, false, err); }

PropterStatus propter_writer_clear_graph(PropterWriter *w, PropterId graph, PropterError *err) {
  PropterSnapshot base = {.env = w->graph->env, .txn = w->base, .borrowed = true};
  PropterQuads quads = {0};
  PropterStatus status = propter_snapshot_match(&base, (PropterQuad){.g = graph}, SIZE_MAX, &quads, err);
  for (size_t i = 0; i < quads.count && status == PROPTER_OK; i++) status = push(&w->clears, quads.items[i], false, err);
  propter_vec_clear(&quads);
  return status;
}

/* Room for what a flush needs beside the changes. */
typedef struct {
  Change *a, *b;
  unsigned char *done;
} Room;

static void free_room(Room *room) {
  propter_free(room->a);
  propter_free(room->b);
  propter_free(room->done);
  *room = (Room){0};
}

/* Leaves in `ops` the last word on each quad, in SPOG order. */
static PropterStatus settle(PropterWriter *w, Room *room, PropterError *err) {
  size_t cleared = w->clears.count;
  if (!propter_vec_reserve(&w->ops, w->ops.count + cleared)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu changes", w->ops.count + cleared);
  if (cleared) {
    memmove(w->ops.items + cleared, w->ops.items, w->ops.count * sizeof *w->ops.items);
    memcpy(w->ops.items, w->clears.items, cleared * sizeof *w->ops.items);
    w->ops.count += cleared;
    w->clears.count = 0;
  }
  size_t n = w->ops.count, kept = 0;
  *room = (Room){propter_malloc(n * sizeof(Change)), propter_malloc(n * sizeof(Change)), propter_malloc(n)};
  if (!room->a || !room->b || !room->done) {
    free_room(room);
    return propter_fail(err, PROPTER_NO_MEMORY, "out of memory for %zu changes", n);
  }
  if (!n) return PROPTER_OK;
  Change *sorted = sort_rows(w->ops.items, room->a, n);
  for (size_t i = 0; i < n; i++) {
    if (kept && row_compare(&w->ops.items[kept - 1].row, &sorted[i].row, 4) == 0) kept--;
    w->ops.items[kept++] = sorted[i];
  }
  w->ops.count = kept;
  return PROPTER_OK;
}

static PropterStatus note(PropterWriter *w, const Change *changes, size_t count, PropterError *err) {
  w->added = w->removed = 0;
  w->added_list.count = w->removed_list.count = 0;
  for (size_t i = 0; i < count; i++) {
    if (changes[i].add)
      w->added++;
    else
      w->removed++;
    if (!w->track) continue;
    PropterQuad quad = row_quad(PROPTER_SPOG, changes[i].row);
    if (changes[i].add ? !propter_vec_push(&w->added_list, quad) : !propter_vec_push(&w->removed_list, quad)) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  return PROPTER_OK;
}

/* The changes that had an effect, as rows of `order`, into room->a. */
static size_t effective(const PropterWriter *w, const Room *room, PropterOrder order) {
  size_t kept = 0;
  for (size_t i = 0; i < w->ops.count; i++)
    if (room->done[i]) room->a[kept++] = (Change){row_of(order, row_quad(PROPTER_SPOG, w->ops.items[i].row)), w->ops.items[i].add};
  return kept;
}

/* Writes everything since the writer opened into a fresh write transaction. Each further permutation is a sorted one with one column sorted again. */
static PropterStatus write_all(PropterWriter *w, MDB_txn *txn, Room *room, PropterError *err) {
  const Env *env = w->graph->env;
  PROPTER_TRY(dict_put(env, txn, w->terms.entries, w->terms.count, err));
  PROPTER_TRY(env_set_meta(env, txn, "next", w->next, err));
  PROPTER_TRY(block_apply(env, txn, PROPTER_SPOG, w->ops.items, w->ops.count, room->done, err));
  size_t n = effective(w, room, PROPTER_SPOG);
  PROPTER_TRY(note(w, room->a, n, err));
  static const PropterOrder from_spog[] = {PROPTER_GSPO, PROPTER_PSOG, PROPTER_OSPG};
  Change *rows = room->a;
  for (size_t i = 0; i < 3 && n; i++) {
    (void)effective(w, room, from_spog[i]);
    rows = sort_column(room->a, room->b, n, 0);
    PROPTER_TRY(block_apply(env, txn, from_spog[i], rows, n, NULL, err));
  }
  if (n) {
    for (size_t i = 0; i < n; i++) rows[i].row = row_of(PROPTER_POSG, row_quad(PROPTER_OSPG, rows[i].row));
    PROPTER_TRY(block_apply(env, txn, PROPTER_POSG, sort_column(rows, rows == room->a ? room->b : room->a, n, 0), n, NULL, err));
  }
  uint64_t quads, version;
  PROPTER_TRY(env_meta(env, txn, "quads", &quads, err));
  PROPTER_TRY(env_set_meta(env, txn, "quads", quads + w->added - w->removed, err));
  PROPTER_TRY(env_meta(env, txn, "version", &version, err));
  return env_set_meta(env, txn, "version", version + 1, err);
}

static void drop_view(PropterWriter *w) {
  if (w->view.txn) env_write_abort(w->graph->env, w->view.txn);
  w->view.txn = NULL;
  w->flushed = false;
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
  if (w->flushed && !w->clears.count && w->ops_flushed == w->ops.count && w->terms_flushed == w->terms.count) return PROPTER_OK;
  Env *env = w->graph->env;
  for (int attempt = 0;; attempt++) {
    drop_view(w);
    Room space;
    PROPTER_TRY(settle(w, &space, err));
    PropterError inner = {0};
    MDB_txn *txn = NULL;
    int rc = env_write(env, &txn);
    PropterStatus status = rc ? env_fail(env, rc, "write", &inner) : write_all(w, txn, &space, &inner);
    free_room(&space);
    if (status == PROPTER_OK) {
      w->view = (PropterSnapshot){.env = env, .txn = txn, .borrowed = true};
      w->flushed = true;
      w->ops_flushed = w->ops.count;
      w->terms_flushed = w->terms.count;
      return env_meta(env, txn, "version", &w->view.version, err);
    }
    if (txn) env_write_abort(env, txn);
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

void propter_writer_counts(const PropterWriter *w, uint64_t *added, uint64_t *removed) {
  if (added) *added = w->added;
  if (removed) *removed = w->removed;
}

void propter_writer_track(PropterWriter *w, bool on) { w->track = on; }

void propter_writer_delta(const PropterWriter *w, const PropterQuads **added, const PropterQuads **removed) {
  if (added) *added = &w->added_list;
  if (removed) *removed = &w->removed_list;
}

PropterStatus propter_writer_commit(PropterWriter *w, PropterError *err) {
  for (int attempt = 0;; attempt++) {
    PROPTER_TRY(flush(w, err));
    /* Nothing changed: no commit, so that equal content keeps its version. */
    if (w->added == 0 && w->removed == 0 && w->terms.count == 0) {
      drop_view(w);
      return PROPTER_OK;
    }
    MDB_txn *txn = w->view.txn;
    w->view.txn = NULL;
    w->flushed = false;
    int rc = env_commit(w->graph->env, txn);
    /* The list of free pages may be what no longer fits. */
    if (rc == MDB_MAP_FULL && attempt < 40) {
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
  propter_vec_clear(&w->ops);
  propter_vec_clear(&w->clears);
  propter_vec_clear(&w->added_list);
  propter_vec_clear(&w->removed_list);
  propter_buf_clear(&w->record);
  propter_free(w);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "delta.h"
#include "guard.h"
#include "id.h"

PropterStatus propter_graph_open(const char *dir, unsigned flags, const PropterLimits *limits, PropterGraph **out, PropterError *err) {
  PropterGraph *graph = propter_calloc(1, sizeof *graph);
  if (!graph) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  graph->read_only = flags & PROPTER_GRAPH_READ_ONLY;
  PropterStatus status = env_open(dir, flags, limits, &graph->env, err);
  if (status == PROPTER_OK)
    *out = graph;
  else
    propter_free(graph);
  return status;
}

void propter_graph_close(PropterGraph *graph) {
  if (!graph) return;
  env_close(graph->env);
  propter_free(graph);
}

typedef struct {
  const char *dir;
  PropterReaders *out;
  uint64_t newest;
  bool failed;
} ReaderList;

/* A line of LMDB's list: process, thread (hexadecimal), commit of the snapshot, or "-" for none. */
static int note_reader(const char *line, void *payload) {
  ReaderList *list = payload;
  long long process;
  unsigned long long thread, commit;
  if (sscanf(line, "%lld %llx %llu", &process, &thread, &commit) != 3) return 0;
  PropterReader reader = {process, list->newest > commit ? list->newest - commit : 0, 0};
  int64_t since = reader.behind ? guard_time(list->dir, commit + 1) : 0, now = (int64_t)time(NULL);
  if (since && now > since) reader.seconds = (uint64_t)(now - since);
  if (!propter_vec_push(list->out, reader)) list->failed = true;
  return 0;
}

PropterStatus propter_graph_readers(PropterGraph *graph, PropterReaders *out, PropterError *err) {
  MDB_envinfo info;
  int rc = mdb_env_info(graph->env->lmdb, &info);
  ReaderList list = {graph->env->dir, out, info.me_last_txnid, false};
  if (rc || (rc = mdb_reader_list(graph->env->lmdb, note_reader, &list)) < 0) return env_fail(graph->env, rc, "list readers", err);
  return list.failed ? propter_fail(err, PROPTER_NO_MEMORY, "out of memory") : PROPTER_OK;
}

static uint64_t milliseconds(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void propter_snapshot_limit(PropterSnapshot *s, uint32_t deadline_ms, const atomic_bool *cancel) {
  s->deadline = deadline_ms ? milliseconds() + deadline_ms : 0;
  s->cancel = cancel;
}

PropterStatus snapshot_delta(PropterSnapshot *s, PropterError *err) {
  uint64_t count;
  PROPTER_TRY(delta_count(s->env, s->txn, &count, err));
  s->delta = count > 0;
  return PROPTER_OK;
}

PropterStatus propter_snapshot_open(PropterGraph *graph, uint32_t deadline_ms, PropterSnapshot **out, PropterError *err) {
  PropterSnapshot *s = propter_calloc(1, sizeof *s);
  if (!s) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  s->env = graph->env;
  propter_snapshot_limit(s, deadline_ms, NULL);
  PropterStatus status = env_read(s->env, &s->txn, err);
  if (status == PROPTER_OK) {
    status = env_meta(s->env, s->txn, "version", &s->version, err);
    if (status == PROPTER_OK) status = snapshot_delta(s, err);
    status = env_unmoved(s->env, s->txn, status, err);
    if (status != PROPTER_OK) env_read_end(s->env, s->txn);
  }
  if (status == PROPTER_OK)
    *out = s;
  else
    propter_free(s);
  return status;
}

/* A second read transaction would be of a later version as soon as anyone commits. But LMDB writes to a read transaction only when it looks up the root of a
 * table for the first time (MDB_NOTLS: no thread owns it either), so once all roots are known any number of threads may read in it. */
PropterStatus propter_snapshot_clone(PropterSnapshot *s, PropterSnapshot **out, PropterError *err) {
  if (s->borrowed) return propter_fail(err, PROPTER_NOT_FOUND, "what is not committed cannot be read by two threads");
  for (unsigned i = 0; i < ENV_DATABASES; i++) {
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(s->txn, s->env->db[i], &cursor);
    if (rc) return env_fail(s->env, rc, "read", err);
    mdb_cursor_close(cursor);
  }
  PropterSnapshot *clone = propter_calloc(1, sizeof *clone);
  if (!clone) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  *clone = *s;
  clone->cloned = true;
  clone->statistics = NULL;
  *out = clone;
  return PROPTER_OK;
}

void propter_snapshot_close(PropterSnapshot *s) {
  if (!s) return;
  statistics_release(s->env, s->statistics);
  s->statistics = NULL;
  if (s->borrowed) return;
  if (!s->cloned) env_read_end(s->env, s->txn);
  propter_free(s);
}

uint64_t propter_snapshot_version(const PropterSnapshot *s) { return s->version; }

/* ---- scans ---------------------------------------------------------------------------------------------------------------- */

enum { COLUMN_ROWS = 1024 };

/* A table that is read in order: a permutation, or its delta. */
typedef struct {
  MDB_cursor *cursor;
  size_t at, end;            /* rows of the block still to come; those beyond `end` do not match */
  bool started, ended, last; /* last: the prefix ends in this block */
  Block block;
} Side;

struct PropterScan {
  PropterSnapshot *snapshot;
  PropterOrder order;
  unsigned bound;
  Row prefix;
  bool merged; /* there is a delta: what stands on one side only is the graph (delta.h) */
  Side *run;   /* the side that comes next, up to row `to` */
  size_t to;
  bool known, reached; /* `change` is the next row of the delta; the next of the blocks is not before it */
  Row change;
  Side blocks, delta;
  PropterId columns[4][COLUMN_ROWS];
};

/* Opens the block and finds where the prefix ends in it. */
static PropterStatus enter(const PropterScan *scan, Side *side, MDB_val key, MDB_val value, PropterError *err) {
  PROPTER_TRY(env_unmoved(scan->snapshot->env, scan->snapshot->txn, block_open(key, value, &side->block, err), err));
  side->at = 0;
  side->end = side->block.count;
  Row tail = scan->bound ? block_row(&side->block, side->end - 1) : scan->prefix;
  side->last = row_compare(&tail, &scan->prefix, scan->bound) > 0;
  if (side->last) side->end = block_search(&side->block, 0, &scan->prefix, scan->bound, true);
  return PROPTER_OK;
}

static PropterStatus at_end(const PropterScan *scan, Side *side, int rc, PropterError *err) {
  side->ended = true;
  side->at = side->end = 0;
  return rc == MDB_NOTFOUND ? PROPTER_OK : env_fail(scan->snapshot->env, rc, "read", err);
}

/* Opens the block that holds the first row not before `target`, or the one before that. */
static PropterStatus position(const PropterScan *scan, Side *side, const Row *target, PropterError *err) {
  MDB_val key, value;
  int rc = block_seek(side->cursor, target, &key, &value);
  side->started = true;
  if (rc) return at_end(scan, side, rc, err);
  PROPTER_TRY(enter(scan, side, key, value, err));
  side->at = block_search(&side->block, 0, target, 4, false);
  if (side->at > side->end) side->at = side->end;
  return PROPTER_OK;
}

/* Makes at least one row of a side available, unless it has ended. */
static PropterStatus advance_side(const PropterScan *scan, Side *side, PropterError *err) {
  if (!side->started) PROPTER_TRY(position(scan, side, &scan->prefix, err));
  while (side->at == side->end && !side->ended) {
    MDB_val key, value;
    int rc = side->last ? MDB_NOTFOUND : mdb_cursor_get(side->cursor, &key, &value, MDB_NEXT);
    if (rc) return at_end(scan, side, rc, err);
    PROPTER_TRY(enter(scan, side, key, value, err));
  }
  return PROPTER_OK;
}

/* How far the rows of a side come before the first one of the other. */
static size_t before(const Side *side, const Row *other) {
  size_t to = block_search(&side->block, side->at, other, 4, false);
  return to < side->end ? to : side->end;
}

/* Makes the next rows of the graph that stand together the run: those of one side up to the other's next. Rows that are on both are none of it. */
static PropterStatus merge(PropterScan *scan, PropterError *err) {
  Side *blocks = &scan->blocks, *delta = &scan->delta;
  for (;; blocks->at++, delta->at++) {
    PROPTER_TRY(advance_side(scan, blocks, err));
    PROPTER_TRY(advance_side(scan, delta, err));
    scan->run = blocks->ended ? delta : blocks;
    scan->to = scan->run->end;
    if (blocks->ended || delta->ended) return PROPTER_OK;
    if (!scan->known) scan->change = block_row(&delta->block, delta->at);
    if (!scan->known || !scan->reached) {
      scan->known = true;
      scan->to = before(blocks, &scan->change);
      scan->reached = scan->to < blocks->end;
      if (scan->to > blocks->at) return PROPTER_OK;
    }
    scan->known = false;
    Row next = block_row(&blocks->block, blocks->at);
    if (row_compare(&next, &scan->change, 4) == 0) continue;
    scan->run = delta;
    scan->to = before(delta, &next);
    return PROPTER_OK;
  }
}

/* Makes at least one row available; false: the scan has ended. */
static PropterStatus advance(PropterScan *scan, bool *more, PropterError *err) {
  if (scan->merged) {
    if (scan->run->at == scan->to) PROPTER_TRY(merge(scan, err));
  } else {
    PROPTER_TRY(advance_side(scan, &scan->blocks, err));
    scan->to = scan->blocks.end;
  }
  *more = scan->run->at < scan->to;
  return PROPTER_OK;
}

static PropterStatus in_time(const PropterScan *scan, PropterError *err) {
  if (scan->snapshot->deadline && milliseconds() >= scan->snapshot->deadline)
    return propter_fail(err, PROPTER_TIMEOUT, "the deadline passed while reading the graph");
  if (scan->snapshot->cancel && atomic_load(scan->snapshot->cancel)) return propter_fail(err, PROPTER_CANCELLED, "cancelled while reading the graph");
  return PROPTER_OK;
}

/* The prefix with nothing in the free columns: the smallest row it could match. */
static Row lowest(PropterOrder order, PropterQuad prefix, unsigned bound) {
  Row row = row_of(order, prefix);
  for (unsigned i = bound; i < 4; i++) row.c[i] = 0;
  return row;
}

static PropterStatus open_side(const PropterSnapshot *s, unsigned table, Side *side, PropterError *err) {
  memset(side, 0, offsetof(Side, block));
  int rc = mdb_cursor_open(s->txn, s->env->db[table], &side->cursor);
  return rc ? env_fail(s->env, rc, "read", err) : PROPTER_OK;
}

PropterStatus propter_scan_open(PropterSnapshot *s, PropterOrder order, PropterQuad prefix, unsigned bound, PropterScan **out, PropterError *err) {
  if (bound > 4 || (unsigned)order >= PROPTER_ORDER_COUNT) return propter_fail(err, PROPTER_BUG, "scan of order %d with %u columns", (int)order, bound);
  PropterScan *scan = propter_malloc(sizeof *scan);
  if (!scan) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  memset(scan, 0, offsetof(PropterScan, blocks));
  scan->snapshot = s;
  scan->order = order;
  scan->bound = bound;
  scan->prefix = lowest(order, prefix, bound);
  scan->run = &scan->blocks;
  scan->merged = s->delta;
  PropterStatus status = open_side(s, order, &scan->blocks, err);
  if (status == PROPTER_OK && scan->merged && (status = open_side(s, ENV_DELTA + order, &scan->delta, err)) != PROPTER_OK)
    mdb_cursor_close(scan->blocks.cursor);
  if (status == PROPTER_OK)
    *out = scan;
  else
    propter_free(scan);
  return status;
}

/* Reads rows that are there behind the `count` read before. */
static size_t read_rows(PropterScan *scan, unsigned want, size_t count, size_t cap) {
  size_t here = scan->to - scan->run->at, n = here < cap - count ? here : cap - count;
  for (unsigned c = 0; c < 4; c++) {
    unsigned place = row_sequence[scan->order][c];
    if (want >> place & 1) block_column(&scan->run->block, c, scan->run->at, n, scan->columns[place] + count);
  }
  scan->run->at += n;
  return n;
}

PropterStatus propter_scan_columns(PropterScan *scan, unsigned want, const PropterId *columns[4], size_t *count, PropterError *err) {
  bool more;
  *count = 0;
  PROPTER_TRY(in_time(scan, err));
  for (unsigned c = 0; c < 4; c++) columns[c] = want >> c & 1 ? scan->columns[c] : NULL;
  do {
    PROPTER_TRY(advance(scan, &more, err));
    if (more) *count += read_rows(scan, want, *count, COLUMN_ROWS);
  } while (scan->merged && more && *count < COLUMN_ROWS);
  return env_unmoved(scan->snapshot->env, scan->snapshot->txn, PROPTER_OK, err);
}

PropterStatus propter_scan_next(PropterScan *scan, PropterQuad *rows, size_t cap, size_t *count, PropterError *err) {
  *count = 0;
  PROPTER_TRY(in_time(scan, err));
  while (*count < cap) {
    bool more;
    PROPTER_TRY(advance(scan, &more, err));
    if (!more) break;
    size_t n = read_rows(scan, 15, 0, cap - *count < COLUMN_ROWS ? cap - *count : COLUMN_ROWS);
    for (size_t i = 0; i < n; i++) rows[*count + i] = (PropterQuad){scan->columns[0][i], scan->columns[1][i], scan->columns[2][i], scan->columns[3][i]};
    *count += n;
  }
  return env_unmoved(scan->snapshot->env, scan->snapshot->txn, PROPTER_OK, err);
}

static PropterStatus seek_side(const PropterScan *scan, Side *side, const Row *row, PropterError *err) {
  if (side->ended) return PROPTER_OK;
  if (side->started && side->at < side->end) {
    Row next = block_row(&side->block, side->at);
    if (row_compare(&next, row, 4) >= 0) return PROPTER_OK;
  }
  if (!side->started) return position(scan, side, row, err);
  Row tail = block_row(&side->block, side->block.count - 1);
  if (row_compare(&tail, row, 4) < 0 && !side->last) return position(scan, side, row, err);
  side->at = block_search(&side->block, side->at, row, 4, false);
  if (side->at > side->end) side->at = side->end;
  return PROPTER_OK;
}

PropterStatus propter_scan_seek(PropterScan *scan, PropterQuad target, PropterError *err) {
  Row row = row_of(scan->order, target);
  if (row_compare(&row, &scan->prefix, 4) < 0) row = scan->prefix;
  PROPTER_TRY(seek_side(scan, &scan->blocks, &row, err));
  if (!scan->merged) return PROPTER_OK;
  PROPTER_TRY(seek_side(scan, &scan->delta, &row, err));
  scan->to = scan->run->at;
  scan->known = false;
  return PROPTER_OK;
}

PropterStatus propter_scan_skip(PropterScan *scan, PropterQuad target, uint64_t *skipped, PropterError *err) {
  Row row = row_of(scan->order, target);
  *skipped = 0;
  PROPTER_TRY(in_time(scan, err));
  for (bool there = false; !there;) {
    bool more;
    PROPTER_TRY(advance(scan, &more, err));
    if (!more) break;
    Row tail = block_row(&scan->run->block, scan->to - 1);
    there = row_compare(&tail, &row, 4) >= 0;
    size_t to = there ? block_search(&scan->run->block, scan->run->at, &row, 4, false) : scan->to;
    *skipped += to - scan->run->at;
    scan->run->at = to;
  }
  return env_unmoved(scan->snapshot->env, scan->snapshot->txn, PROPTER_OK, err);
}

void propter_scan_close(PropterScan *scan) {
  if (!scan) return;
  mdb_cursor_close(scan->blocks.cursor);
  if (scan->merged) mdb_cursor_close(scan->delta.cursor);
  propter_free(scan);
}

PropterStatus propter_snapshot_count(PropterSnapshot *s, PropterOrder order, PropterQuad prefix, unsigned bound, uint64_t *count, PropterError *err) {
  *count = 0;
  if (bound == 0) return env_unmoved(s->env, s->txn, env_meta(s->env, s->txn, "quads", count, err), err);
  PropterScan *scan = NULL;
  PROPTER_TRY(propter_scan_open(s, order, prefix, bound, &scan, err));
  PropterStatus status;
  bool more;
  while ((status = advance(scan, &more, err)) == PROPTER_OK && more) {
    *count += scan->to - scan->run->at;
    scan->run->at = scan->to;
  }
  propter_scan_close(scan);
  return env_unmoved(s->env, s->txn, status, err);
}

/* ---- convenience ------------------------------------------------------------------------------------------------------------ */

/* The order in which the bound columns of a pattern come first, and how many do. */
static PropterOrder order_for(PropterQuad q, unsigned *bound) {
  bool s = q.s != PROPTER_NO_ID, p = q.p != PROPTER_NO_ID, o = q.o != PROPTER_NO_ID, g = q.g != PROPTER_NO_ID;
  *bound = (unsigned)s + p + o;
  if (s && o && !p) return *bound = 2 + 0, PROPTER_OSPG;
  if (s) return *bound = p ? (o ? 3 + g : 2) : 1, PROPTER_SPOG;
  if (p) return PROPTER_POSG;
  if (o) return PROPTER_OSPG;
  return *bound = g, PROPTER_GSPO;
}

PropterStatus propter_snapshot_match(PropterSnapshot *s, PropterQuad pattern, size_t max, PropterQuads *out, PropterError *err) {
  unsigned bound;
  PropterOrder order = order_for(pattern, &bound);
  /* A graph with a subject is small next to all quads of the predicate. */
  if (pattern.g != PROPTER_NO_ID && bound < 2 && order != PROPTER_GSPO && order != PROPTER_SPOG) {
    uint64_t by_graph, by_term;
    PROPTER_TRY(propter_snapshot_count(s, PROPTER_GSPO, pattern, 1, &by_graph, err));
    PROPTER_TRY(propter_snapshot_count(s, order, pattern, bound, &by_term, err));
    if (by_graph < by_term) order = PROPTER_GSPO, bound = 1;
  }
  if (!max) max = 100000000;
  PropterScan *scan = NULL;
  PROPTER_TRY(propter_scan_open(s, order, pattern, bound, &scan, err));
  PropterQuad rows[256];
  size_t n, start = out->count;
  PropterStatus status;
  while ((status = propter_scan_next(scan, rows, 256, &n, err)) == PROPTER_OK && n) {
    for (size_t i = 0; i < n && status == PROPTER_OK; i++) {
      const PropterQuad *q = &rows[i];
      if ((pattern.s != PROPTER_NO_ID && q->s != pattern.s) || (pattern.p != PROPTER_NO_ID && q->p != pattern.p) ||
          (pattern.o != PROPTER_NO_ID && q->o != pattern.o) || (pattern.g != PROPTER_NO_ID && q->g != pattern.g))
        continue;
      if (out->count - start >= max)
        status = propter_fail(err, PROPTER_LIMIT, "more than %zu quads match", max);
      else if (!propter_vec_push(out, *q))
        status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
    }
    if (status != PROPTER_OK) break;
  }
  propter_scan_close(scan);
  return status;
}

static PropterStatus distinct(PropterSnapshot *s, PropterQuad pattern, bool subjects, PropterIds *out, PropterError *err) {
  PropterQuads rows = {0};
  PropterStatus status = propter_snapshot_match(s, pattern, 0, &rows, err);
  size_t start = out->count;
  for (size_t i = 0; i < rows.count && status == PROPTER_OK; i++)
    if (!propter_vec_push(out, subjects ? rows.items[i].s : rows.items[i].o)) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  propter_vec_clear(&rows);
  if (status == PROPTER_OK) ids_sort(out, start);
  return status;
}

PropterStatus propter_snapshot_objects(PropterSnapshot *snapshot, PropterId s, PropterId p, PropterIds *out, PropterError *err) {
  return s == PROPTER_NO_ID || p == PROPTER_NO_ID ? PROPTER_OK : distinct(snapshot, (PropterQuad){.s = s, .p = p}, false, out, err);
}

PropterStatus propter_snapshot_subjects(PropterSnapshot *snapshot, PropterId p, PropterId o, PropterIds *out, PropterError *err) {
  return p == PROPTER_NO_ID || o == PROPTER_NO_ID ? PROPTER_OK : distinct(snapshot, (PropterQuad){.p = p, .o = o}, true, out, err);
}

PropterStatus propter_snapshot_object(PropterSnapshot *snapshot, PropterId s, PropterId p, PropterId *o, PropterError *err) {
  *o = PROPTER_NO_ID;
  if (s == PROPTER_NO_ID || p == PROPTER_NO_ID) return PROPTER_OK;
  PropterScan *scan = NULL;
  PropterQuad row;
  size_t n = 0;
  PROPTER_TRY(propter_scan_open(snapshot, PROPTER_SPOG, (PropterQuad){.s = s, .p = p}, 2, &scan, err));
  PropterStatus status = propter_scan_next(scan, &row, 1, &n, err);
  if (status == PROPTER_OK && n) *o = row.o;
  propter_scan_close(scan);
  return status;
}

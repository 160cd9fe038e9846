/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dict.h"
#include "term.h"

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

static uint64_t milliseconds(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

PropterStatus propter_snapshot_open(PropterGraph *graph, uint32_t deadline_ms, PropterSnapshot **out, PropterError *err) {
  PropterSnapshot *s = propter_calloc(1, sizeof *s);
  if (!s) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  s->env = graph->env;
  s->deadline = deadline_ms ? milliseconds() + deadline_ms : 0;
  PropterStatus status = env_read(s->env, &s->txn, err);
  if (status == PROPTER_OK && (status = env_meta(s->env, s->txn, "version", &s->version, err)) != PROPTER_OK) env_read_end(s->env, s->txn);
  if (status == PROPTER_OK)
    *out = s;
  else
    propter_free(s);
  return status;
}

void propter_snapshot_close(PropterSnapshot *s) {
  if (!s) return;
  if (!s->borrowed) {
    env_read_end(s->env, s->txn);
    propter_free(s);
  }
}

uint64_t propter_snapshot_version(const PropterSnapshot *s) { return s->version; }

PropterStatus propter_snapshot_find(PropterSnapshot *s, const PropterTerm *term, PropterId *id, PropterError *err) {
  *id = PROPTER_NO_ID;
  PROPTER_TRY(term_check(term, s->env->limits.term_bytes, err));
  PropterId datatype = PROPTER_NO_ID;
  if (term->kind == PROPTER_TERM_LITERAL && !term->language.len && !term_is_string(term)) {
    if ((*id = id_inline(term->value, term->datatype)) != PROPTER_NO_ID) return PROPTER_OK;
    PropterTerm type = propter_iri(term->datatype);
    PROPTER_TRY(propter_snapshot_find(s, &type, &datatype, err));
    if (datatype == PROPTER_NO_ID) return PROPTER_OK;
  }
  PropterBuf record = {0};
  dict_record(term, datatype, &record);
  PropterStatus status = propter_buf_status(&record, err);
  if (status == PROPTER_OK) status = dict_find(s->env, s->txn, propter_buf_str(&record), id, err);
  propter_buf_clear(&record);
  return status;
}

/* Splits a record into the views of a term; the datatype's text comes from its own record. */
static PropterStatus split(PropterSnapshot *s, PropterStr record, PropterArena *arena, PropterTerm *term, PropterError *err) {
  unsigned tag = (unsigned char)record.data[0];
  PropterStr rest = {record.data + 1, record.len - 1};
  *term = (PropterTerm){tag == ID_BLANK ? PROPTER_TERM_BLANK : tag == ID_IRI ? PROPTER_TERM_IRI : PROPTER_TERM_LITERAL, rest, {"", 0}, {"", 0}};
  if (tag == ID_LANGUAGE) {
    const char *zero = memchr(rest.data, '\0', rest.len);
    if (!zero) return propter_fail(err, PROPTER_DAMAGED, "a language literal has no end of its language");
    size_t n = (size_t)(zero - rest.data);
    term->language = propter_arena_copy(arena, (PropterStr){rest.data, n});
    term->value = (PropterStr){zero + 1, rest.len - n - 1};
    if (!term->language.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  } else if (tag == ID_TYPED) {
    PropterId type;
    PropterStr iri;
    if (rest.len < sizeof type) return propter_fail(err, PROPTER_DAMAGED, "a typed literal has no datatype");
    memcpy(&type, rest.data, sizeof type);
    PROPTER_TRY(dict_get(s->env, s->txn, type, &iri, err));
    term->datatype = propter_arena_copy(arena, (PropterStr){iri.data + 1, iri.len - 1});
    term->value = (PropterStr){rest.data + sizeof type, rest.len - sizeof type};
    if (!term->datatype.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  term->value = propter_arena_copy(arena, term->value);
  return term->value.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

PropterStatus propter_snapshot_term(PropterSnapshot *s, PropterId id, PropterArena *arena, PropterTerm *term, PropterError *err) {
  unsigned tag = id_tag(id);
  if (tag >= ID_INLINE) {
    char text[ID_TEXT];
    PropterStr datatype;
    size_t n = id_lexical(id, text, &datatype);
    if (n == 0) return propter_fail(err, PROPTER_NOT_FOUND, "the graph has no term %llx", (unsigned long long)id);
    *term = propter_typed(propter_arena_copy(arena, (PropterStr){text, n}), datatype);
    return term->value.data ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  }
  if (tag == ID_SPECIAL) return propter_fail(err, PROPTER_NOT_FOUND, "%s has no term", id == PROPTER_DEFAULT_GRAPH ? "the default graph" : "an absent id");
  PropterStr record;
  PROPTER_TRY(dict_get(s->env, s->txn, id, &record, err));
  return split(s, record, arena, term, err);
}

/* ---- scans ---------------------------------------------------------------------------------------------------------------- */

struct PropterScan {
  PropterSnapshot *snapshot;
  PropterOrder order;
  unsigned bound;
  Row prefix;
  MDB_cursor *cursor;
  size_t at, count; /* of rows */
  bool started, ended;
  Row rows[BLOCK_ROWS];
};

/* Decodes the block that holds the first row not before `target`, or the one after it; ends the scan behind the last block. */
static PropterStatus position(PropterScan *scan, const Row *target, PropterError *err) {
  unsigned char k[32];
  row_key(target, k);
  MDB_val key = {sizeof k, k}, value;
  int rc = mdb_cursor_get(scan->cursor, &key, &value, MDB_SET_RANGE);
  if (rc != 0 || memcmp(key.mv_data, k, key.mv_size < sizeof k ? key.mv_size : sizeof k) != 0) {
    /* The row may be inside the block before. */
    MDB_val pk, pv;
    int back = rc == MDB_NOTFOUND ? mdb_cursor_get(scan->cursor, &pk, &pv, MDB_LAST) : rc == 0 ? mdb_cursor_get(scan->cursor, &pk, &pv, MDB_PREV) : rc;
    if (back == 0)
      key = pk, value = pv, rc = 0;
    else if (back == MDB_NOTFOUND && rc == 0)
      rc = mdb_cursor_get(scan->cursor, &key, &value, MDB_FIRST);
    else
      rc = back;
  }
  scan->started = true;
  scan->at = scan->count = 0;
  if (rc == MDB_NOTFOUND) {
    scan->ended = true;
    return PROPTER_OK;
  }
  if (rc) return env_fail(scan->snapshot->env, rc, "read", err);
  PROPTER_TRY(block_decode(key, value, scan->rows, &scan->count, err));
  size_t low = 0, high = scan->count;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (row_compare(&scan->rows[mid], target, 4) < 0)
      low = mid + 1;
    else
      high = mid;
  }
  scan->at = low;
  return PROPTER_OK;
}

static PropterStatus next_block(PropterScan *scan, PropterError *err) {
  MDB_val key, value;
  int rc = mdb_cursor_get(scan->cursor, &key, &value, MDB_NEXT);
  scan->at = scan->count = 0;
  if (rc == MDB_NOTFOUND) {
    scan->ended = true;
    return PROPTER_OK;
  }
  if (rc) return env_fail(scan->snapshot->env, rc, "read", err);
  return block_decode(key, value, scan->rows, &scan->count, err);
}

/* The prefix with nothing in the free columns: the smallest row it could match. */
static Row lowest(PropterOrder order, PropterQuad prefix, unsigned bound) {
  Row row = row_of(order, prefix);
  for (unsigned i = bound; i < 4; i++) row.c[i] = 0;
  return row;
}

PropterStatus propter_scan_open(PropterSnapshot *s, PropterOrder order, PropterQuad prefix, unsigned bound, PropterScan **out, PropterError *err) {
  if (bound > 4 || (unsigned)order >= PROPTER_ORDER_COUNT) return propter_fail(err, PROPTER_BUG, "scan of order %d with %u columns", (int)order, bound);
  PropterScan *scan = propter_malloc(sizeof *scan);
  if (!scan) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  memset(scan, 0, offsetof(PropterScan, rows));
  scan->snapshot = s;
  scan->order = order;
  scan->bound = bound;
  scan->prefix = lowest(order, prefix, bound);
  int rc = mdb_cursor_open(s->txn, s->env->db[order], &scan->cursor);
  if (rc) {
    propter_free(scan);
    return env_fail(s->env, rc, "read", err);
  }
  *out = scan;
  return PROPTER_OK;
}

PropterStatus propter_scan_next(PropterScan *scan, PropterQuad *rows, size_t cap, size_t *count, PropterError *err) {
  *count = 0;
  if (scan->snapshot->deadline && milliseconds() >= scan->snapshot->deadline) return propter_fail(err, PROPTER_TIMEOUT, "the deadline passed while reading the graph");
  if (!scan->started) PROPTER_TRY(position(scan, &scan->prefix, err));
  while (*count < cap && !scan->ended) {
    if (scan->at == scan->count) {
      PROPTER_TRY(next_block(scan, err));
      continue;
    }
    const Row *row = &scan->rows[scan->at];
    if (row_compare(row, &scan->prefix, scan->bound) != 0) {
      scan->ended = true;
      break;
    }
    rows[(*count)++] = row_quad(scan->order, *row);
    scan->at++;
  }
  return PROPTER_OK;
}

PropterStatus propter_scan_seek(PropterScan *scan, PropterQuad target, PropterError *err) {
  Row row = row_of(scan->order, target);
  if (row_compare(&row, &scan->prefix, 4) < 0) row = scan->prefix;
  if (scan->ended) return PROPTER_OK;
  if (scan->started && scan->at < scan->count && row_compare(&scan->rows[scan->at], &row, 4) >= 0) return PROPTER_OK;
  if (scan->started && scan->count && row_compare(&scan->rows[scan->count - 1], &row, 4) >= 0) {
    while (row_compare(&scan->rows[scan->at], &row, 4) < 0) scan->at++;
    return PROPTER_OK;
  }
  return position(scan, &row, err);
}

void propter_scan_close(PropterScan *scan) {
  if (!scan) return;
  mdb_cursor_close(scan->cursor);
  propter_free(scan);
}

PropterStatus propter_snapshot_count(PropterSnapshot *s, PropterOrder order, PropterQuad prefix, unsigned bound, uint64_t *count, PropterError *err) {
  *count = 0;
  if (bound == 0) return env_meta(s->env, s->txn, "quads", count, err);
  PropterScan *scan = NULL;
  PROPTER_TRY(propter_scan_open(s, order, prefix, bound, &scan, err));
  PropterStatus status = position(scan, &scan->prefix, err);
  while (status == PROPTER_OK && !scan->ended) {
    /* The rest of the decoded block, then whole blocks by their headers. */
    while (scan->at < scan->count && row_compare(&scan->rows[scan->at], &scan->prefix, bound) == 0) scan->at++, ++*count;
    if (scan->at < scan->count) break;
    MDB_val key, value;
    Row first, last;
    size_t n;
    int rc;
    while ((rc = mdb_cursor_get(scan->cursor, &key, &value, MDB_NEXT)) == 0) {
      if ((status = block_span(key, value, &first, &last, &n, err)) != PROPTER_OK || row_compare(&last, &scan->prefix, bound) != 0) break;
      *count += n;
    }
    if (rc == MDB_NOTFOUND || status != PROPTER_OK) break;
    if (rc) {
      status = env_fail(s->env, rc, "read", err);
      break;
    }
    status = block_decode(key, value, scan->rows, &scan->count, err);
    scan->at = 0;
  }
  propter_scan_close(scan);
  return status;
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
      if ((pattern.s != PROPTER_NO_ID && q->s != pattern.s) || (pattern.p != PROPTER_NO_ID && q->p != pattern.p) || (pattern.o != PROPTER_NO_ID && q->o != pattern.o) ||
          (pattern.g != PROPTER_NO_ID && q->g != pattern.g))
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

static int ascending(const void *a, const void *b) {
  PropterId x = *(const PropterId *)a, y = *(const PropterId *)b;
  return (x > y) - (x < y);
}

static PropterStatus distinct(PropterSnapshot *s, PropterQuad pattern, bool subjects, PropterIds *out, PropterError *err) {
  PropterQuads rows = {0};
  PropterStatus status = propter_snapshot_match(s, pattern, 0, &rows, err);
  size_t start = out->count;
  for (size_t i = 0; i < rows.count && status == PROPTER_OK; i++)
    if (!propter_vec_push(out, subjects ? rows.items[i].s : rows.items[i].o)) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  propter_vec_clear(&rows);
  if (status != PROPTER_OK || out->count == start) return status;
  qsort(out->items + start, out->count - start, sizeof *out->items, ascending);
  size_t kept = start + 1;
  for (size_t i = start + 1; i < out->count; i++)
    if (out->items[i] != out->items[kept - 1]) out->items[kept++] = out->items[i];
  out->count = kept;
  return PROPTER_OK;
}

PropterStatus propter_snapshot_objects(PropterSnapshot *s, PropterId subject, PropterId p, PropterIds *out, PropterError *err) {
  return subject == PROPTER_NO_ID || p == PROPTER_NO_ID ? PROPTER_OK : distinct(s, (PropterQuad){.s = subject, .p = p}, false, out, err);
}

PropterStatus propter_snapshot_subjects(PropterSnapshot *s, PropterId p, PropterId o, PropterIds *out, PropterError *err) {
  return p == PROPTER_NO_ID || o == PROPTER_NO_ID ? PROPTER_OK : distinct(s, (PropterQuad){.p = p, .o = o}, true, out, err);
}

PropterStatus propter_snapshot_object(PropterSnapshot *s, PropterId subject, PropterId p, PropterId *o, PropterError *err) {
  *o = PROPTER_NO_ID;
  if (subject == PROPTER_NO_ID || p == PROPTER_NO_ID) return PROPTER_OK;
  PropterScan *scan = NULL;
  PropterQuad row;
  size_t n = 0;
  PROPTER_TRY(propter_scan_open(s, PROPTER_SPOG, (PropterQuad){.s = subject, .p = p}, 2, &scan, err));
  PropterStatus status = propter_scan_next(scan, &row, 1, &n, err);
  if (status == PROPTER_OK && n) *o = row.o;
  propter_scan_close(scan);
  return status;
}

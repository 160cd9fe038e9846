/* SPDX-License-Identifier: Apache-2.0 */
/* Reading permutations: all quads of a pattern, a place that moves forward, and what a triple pattern gives. */
#include <string.h>

#include "op.h"

const unsigned char order_columns[PROPTER_ORDER_COUNT][4] = {{0, 1, 2, 3}, {1, 0, 2, 3}, {1, 2, 0, 3}, {2, 0, 1, 3}, {3, 0, 1, 2}};

int order_compare(PropterOrder order, const PropterQuad *a, const PropterQuad *b, unsigned columns) {
  for (unsigned i = 0; i < columns; i++) {
    PropterId x = order_at(a, order, i), y = order_at(b, order, i);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

/* --- Matcher -------------------------------------------------------------------------------------------------------------- */

static PropterStatus smaller_graph(Exec *run, PropterQuad want, bool *graph, PropterError *err) {
  uint64_t in_graph, of_predicate;
  PROPTER_TRY(propter_snapshot_count(run->snapshot, PROPTER_GSPO, want, 1, &in_graph, err));
  PROPTER_TRY(propter_snapshot_count(run->snapshot, PROPTER_PSOG, want, 1, &of_predicate, err));
  *graph = in_graph < of_predicate;
  return PROPTER_OK;
}

/* The order with the longest bound prefix. */
static PropterStatus choose_order(Exec *run, PropterQuad w, PropterOrder *order, unsigned *bound, PropterError *err) {
  bool graph_first = w.g && (w.s ? !w.o || w.p : !w.p && !w.o);
  if (w.g && w.p && !w.s && !w.o) PROPTER_TRY(smaller_graph(run, w, &graph_first, err));
  if (graph_first) {
    *order = PROPTER_GSPO;
    *bound = !w.s ? 1 : !w.p ? 2 : !w.o ? 3 : 4;
  } else if (w.s && w.p) {
    *order = PROPTER_SPOG, *bound = w.o ? 3 : 2;
  } else if (w.p && w.o) {
    *order = PROPTER_POSG, *bound = 2;
  } else if (w.o) {
    *order = PROPTER_OSPG, *bound = w.s ? 2 : 1;
  } else if (w.p) {
    *order = PROPTER_PSOG, *bound = 1;
  } else
    *order = PROPTER_SPOG, *bound = w.s != 0;
  return PROPTER_OK;
}

bool matcher_cannot(const Exec *run, const Graphs *graphs, const PropterQuad *w) {
  return exec_local(w->s) || exec_local(w->p) || exec_local(w->o) || exec_local(w->g) || (graphs->kind == GRAPHS_SET && graphs->set_count == 0) ||
         (w->g && !exec_graph_visible(run, graphs, w->g));
}

static void close_scan(Matcher *m) {
  propter_scan_close(m->scan);
  m->scan = NULL;
}

PropterStatus matcher_open_sorted(Exec *run, Matcher *m, const Graphs *graphs, PropterQuad want, unsigned first, PropterError *err) {
  unsigned bound;
  close_scan(m);
  m->graphs = graphs, m->want = want, m->have_last = false, m->repeats = NULL;
  if (graphs->kind == GRAPHS_ONE) {
    if (want.g && want.g != graphs->graph) return m->empty = true, PROPTER_OK;
    m->want.g = want.g = graphs->graph;
  }
  m->once = graphs->kind == GRAPHS_UNION || (graphs->kind == GRAPHS_SET && graphs->set_count > 1);
  m->empty = matcher_cannot(run, graphs, &want);
  if (m->empty) return PROPTER_OK;
  PROPTER_TRY(choose_order(run, want, &m->order, &bound, err));
  /* Where the predicate alone is known, its rows stand sorted by subject and by object. */
  if (m->order == PROPTER_PSOG && bound == 1 && first == 2) m->order = PROPTER_POSG;
  if (bound == 0 && first < 3) m->order = first == 0 ? PROPTER_SPOG : first == 1 ? PROPTER_PSOG : PROPTER_OSPG;
  m->bound = bound;
  m->exact = bound == (unsigned)((want.s != 0) + (want.p != 0) + (want.o != 0) + (want.g != 0));
  return propter_scan_open(run->snapshot, m->order, want, bound, &m->scan, err);
}

PropterStatus matcher_open(Exec *run, Matcher *m, const Graphs *graphs, PropterQuad want, PropterError *err) {
  return matcher_open_sorted(run, m, graphs, want, 3, err);
}

/* A variable that stands twice must have one value. */
static bool agrees(const Shape *s, const PropterQuad *q) {
  for (unsigned i = 0; i < 3; i++)
    for (unsigned k = i + 1; k < 4; k++)
      if (s->slot[i] != NO_SLOT && s->slot[i] == s->slot[k] && quad_at(q, i) != quad_at(q, k)) return false;
  return true;
}

bool matcher_wants(const Exec *run, Matcher *m, const PropterQuad *q) {
  const PropterQuad *w = &m->want;
  if ((w->s && q->s != w->s) || (w->p && q->p != w->p) || (w->o && q->o != w->o) || (w->g && q->g != w->g)) return false;
  if (!w->g && !exec_graph_visible(run, m->graphs, q->g)) return false;
  if (m->repeats && !agrees(m->repeats, q)) return false;
  if (!m->once) return true;
  /* The graph is the last column of every order used here, so repetitions stand side by side. */
  if (m->have_last && m->last.s == q->s && m->last.p == q->p && m->last.o == q->o) return false;
  m->last = *q, m->have_last = true;
  return true;
}

PropterStatus matcher_next(Exec *run, Matcher *m, size_t cap, size_t *count, PropterError *err) {
  *count = 0;
  if (!m->rows && !m->empty && !(m->rows = exec_alloc(run, BATCH * sizeof *m->rows))) return exec_fail_memory(run, err);
  while (!m->empty && *count == 0) {
    size_t n;
    PROPTER_TRY(propter_scan_next(m->scan, m->rows, cap, &n, err));
    if (n == 0) break;
    for (size_t i = 0; i < n; i++)
      if (matcher_wants(run, m, &m->rows[i])) m->rows[(*count)++] = m->rows[i];
    PROPTER_TRY(exec_tick(run, err));
  }
  return PROPTER_OK;
}

/* Rows of one visible graph that the scan's prefix alone has chosen: all are wanted. */
static bool all_wanted(const Exec *run, Matcher *m, const PropterId *const c[4], size_t n) {
  PropterId differ = 0;
  if (!m->exact || m->repeats) return false;
  for (size_t i = 0; i < n; i++) differ |= c[3][i] ^ c[3][0];
  if (differ || (m->once && m->have_last && m->last.g != c[3][0]) || !exec_graph_visible(run, m->graphs, c[3][0])) return false;
  m->last = (PropterQuad){c[0][n - 1], c[1][n - 1], c[2][n - 1], c[3][0]}, m->have_last = true;
  return true;
}

PropterStatus matcher_columns(Exec *run, Matcher *m, PropterId *const to[4], size_t *count, PropterError *err) {
  *count = 0;
  while (!m->empty && *count == 0) {
    const PropterId *c[4];
    size_t n;
    PROPTER_TRY(propter_scan_columns(m->scan, 15, c, &n, err));
    if (n == 0) break;
    if (all_wanted(run, m, c, n)) {
      for (unsigned k = 0; k < 4; k++)
        if (to[k]) memcpy(to[k], c[k], n * sizeof *to[k]);
      *count = n;
    }
    for (size_t i = 0; *count < n && i < n; i++) {
      PropterQuad q = {c[0][i], c[1][i], c[2][i], c[3][i]};
      if (!matcher_wants(run, m, &q)) continue;
      for (unsigned k = 0; k < 4; k++)
        if (to[k]) to[k][*count] = c[k][i];
      ++*count;
    }
    PROPTER_TRY(exec_check(run, err));
  }
  return PROPTER_OK;
}

void matcher_free(Exec *run, Matcher *m) {
  close_scan(m);
  exec_free(run, m->rows, BATCH * sizeof *m->rows);
  m->rows = NULL;
}

PropterStatus matcher_estimate(Exec *run, const Graphs *graphs, PropterQuad want, double *rows, PropterError *err) {
  PropterOrder order;
  unsigned bound;
  uint64_t count;
  *rows = 0;
  if (graphs->kind == GRAPHS_ONE) want.g = graphs->graph;
  if (exec_local(want.s) || exec_local(want.p) || exec_local(want.o) || exec_local(want.g)) return PROPTER_OK;
  PROPTER_TRY(choose_order(run, want, &order, &bound, err));
  PROPTER_TRY(propter_snapshot_count(run->snapshot, order, want, bound, &count, err));
  *rows = (double)count;
  return PROPTER_OK;
}

/* --- Cursor ----------------------------------------------------------------------------------------------------------------- */

enum { FETCH = 8 };

PropterStatus cursor_open(Exec *run, Cursor *c, PropterOrder order, PropterQuad prefix, unsigned bound, PropterError *err) {
  propter_scan_close(c->scan);
  c->scan = NULL;
  c->order = order, c->at = c->count = 0, c->fetch = FETCH, c->ended = false;
  if (!c->window && !(c->window = exec_alloc(run, BATCH * sizeof *c->window))) return exec_fail_memory(run, err);
  return propter_scan_open(run->snapshot, order, prefix, bound, &c->scan, err);
}

/* The window's first row from `at` on that is not before `target`. */
static size_t gallop(const Cursor *c, const PropterQuad *target) {
  size_t low = c->at, step = 1;
  while (low + step < c->count && order_compare(c->order, &c->window[low + step], target, 4) < 0) low += step, step *= 2;
  size_t high = low + step < c->count ? low + step : c->count;
  if (low < high && order_compare(c->order, &c->window[low], target, 4) >= 0) return low;
  while (low + 1 < high) {
    size_t mid = low + (high - low) / 2;
    if (order_compare(c->order, &c->window[mid], target, 4) < 0)
      low = mid;
    else
      high = mid;
  }
  return high;
}

PropterStatus cursor_seek(Exec *run, Cursor *c, const PropterQuad *target, PropterError *err) {
  if (c->at < c->count) c->at = gallop(c, target);
  if (c->at < c->count || c->ended) return PROPTER_OK;
  PROPTER_TRY(exec_tick(run, err));
  /* Where one window follows the other, it pays to read further ahead. */
  const PropterQuad *last = c->count ? &c->window[c->count - 1] : NULL;
  PROPTER_TRY(propter_scan_seek(c->scan, *target, err));
  PropterQuad before = last ? *last : (PropterQuad){0};
  PROPTER_TRY(propter_scan_next(c->scan, c->window, c->fetch, &c->count, err));
  c->at = 0;
  c->ended = c->count == 0;
  bool near = !c->ended && last && order_at(&c->window[0], c->order, 0) == order_at(&before, c->order, 0) &&
              order_at(&c->window[0], c->order, 1) - order_at(&before, c->order, 1) < 64;
  c->fetch = near && c->fetch < BATCH ? c->fetch * 2 : near ? BATCH : FETCH;
  return PROPTER_OK;
}

PropterStatus cursor_row(Exec *run, Cursor *c, const PropterQuad **row, PropterError *err) {
  *row = NULL;
  if (c->at == c->count && !c->ended) {
    PROPTER_TRY(exec_tick(run, err));
    PROPTER_TRY(propter_scan_next(c->scan, c->window, c->fetch, &c->count, err));
    c->at = 0;
    c->ended = c->count == 0;
    if (c->fetch < BATCH) c->fetch *= 2;
  }
  if (!c->ended) *row = &c->window[c->at];
  return PROPTER_OK;
}

void cursor_close(Exec *run, Cursor *c) {
  propter_scan_close(c->scan);
  exec_free(run, c->window, BATCH * sizeof *c->window);
  *c = (Cursor){0};
}

/* --- What a pattern wants and gives --------------------------------------------------------------------------------------- */

Shape shape_of(const Alg *a) {
  Shape s = {{a->s.slot, a->p.slot, a->o.slot, a->graphs.kind == GRAPHS_NAMED ? a->graphs.slot : NO_SLOT}, {a->s.id, a->p.id, a->o.id, PROPTER_NO_ID}, false};
  for (unsigned i = 0; i < 3; i++)
    for (unsigned k = i + 1; k < 4; k++) s.repeats = s.repeats || (s.slot[i] != NO_SLOT && s.slot[i] == s.slot[k]);
  return s;
}

void shape_reads(const Shape *s, uint64_t *set) {
  for (unsigned i = 0; i < 4; i++) slots_add(set, s->slot[i]);
}

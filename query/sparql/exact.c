/* SPDX-License-Identifier: Apache-2.0 */
/* Exact numbers of triples in the union of all visible graphs, from counts of quads. They differ where a triple stands in several graphs or in a hidden one; if
 * the graphs besides the largest visible one are small, those triples are listed once. */
#include <stdlib.h>

#include "op.h"

enum { MOST_GRAPHS = 256, MOST_TRIPLES = 4096 };

typedef struct {
  PropterId g;
  uint64_t count;
} Sized;

static PropterStatus list_graphs(Exec *run, PropterScan *scan, Sized *graphs, size_t *count, PropterError *err) {
  for (PropterQuad row;;) {
    size_t n;
    PROPTER_TRY(propter_scan_next(scan, &row, 1, &n, err));
    if (n == 0) return PROPTER_OK;
    if (*count == MOST_GRAPHS) return ++*count, PROPTER_OK;
    graphs[*count].g = row.g;
    PROPTER_TRY(propter_snapshot_count(run->snapshot, PROPTER_GSPO, row, 1, &graphs[*count].count, err));
    ++*count;
    PROPTER_TRY(propter_scan_seek(scan, (PropterQuad){.g = row.g + 1}, err));
  }
}

/* How much the number of quads exceeds that of visible triples because of one triple. */
static PropterStatus excess(Exec *run, PropterQuad triple, uint64_t *more, PropterError *err) {
  PropterQuad rows[64];
  PropterScan *scan = NULL;
  uint64_t all = 0, visible = 0;
  size_t n = 1;
  PropterStatus status = propter_scan_open(run->snapshot, PROPTER_SPOG, triple, 3, &scan, err);
  while (status == PROPTER_OK && n) {
    status = propter_scan_next(scan, rows, 64, &n, err);
    for (size_t i = 0; status == PROPTER_OK && i < n; i++) all++, visible += exec_graph_visible(run, &run->default_graph, rows[i].g);
  }
  propter_scan_close(scan);
  *more = all - (visible > 0);
  return status;
}

static int by_triple(const void *a, const void *b) { return order_compare(PROPTER_SPOG, a, b, 3); }

static PropterStatus list_excess(Exec *run, PropterQuads *rows, PropterError *err) {
  if (rows->count) qsort(rows->items, rows->count, sizeof *rows->items, by_triple);
  for (size_t i = 0; i < rows->count; i++) {
    Excess e = {rows->items[i], 0};
    if (i && by_triple(&rows->items[i - 1], &rows->items[i]) == 0) continue;
    PROPTER_TRY(excess(run, rows->items[i], &e.more, err));
    if (e.more && !propter_vec_push(&run->excess, e)) return exec_fail_memory(run, err);
    PROPTER_TRY(exec_tick(run, err));
  }
  return PROPTER_OK;
}

static PropterStatus prepare(Exec *run, PropterError *err) {
  Sized graphs[MOST_GRAPHS + 1];
  PropterQuads rows = {0};
  PropterScan *scan = NULL;
  size_t count = 0, largest = SIZE_MAX;
  uint64_t others = 0;
  PropterStatus status = propter_scan_open(run->snapshot, PROPTER_GSPO, (PropterQuad){0}, 0, &scan, err);
  if (status == PROPTER_OK) status = list_graphs(run, scan, graphs, &count, err);
  propter_scan_close(scan);
  for (size_t i = 0; i < count && i < MOST_GRAPHS; i++) {
    others += graphs[i].count;
    if (exec_graph_visible(run, &run->default_graph, graphs[i].g) && (largest == SIZE_MAX || graphs[i].count > graphs[largest].count)) largest = i;
  }
  if (largest != SIZE_MAX) others -= graphs[largest].count;
  run->exact = status == PROPTER_OK && count <= MOST_GRAPHS && others <= MOST_TRIPLES;
  for (size_t i = 0; run->exact && status == PROPTER_OK && i < count; i++)
    if (i != largest) status = propter_snapshot_match(run->snapshot, (PropterQuad){.g = graphs[i].g}, MOST_TRIPLES, &rows, err);
  if (run->exact && status == PROPTER_OK) status = list_excess(run, &rows, err);
  propter_vec_clear(&rows);
  return status;
}

PropterStatus exec_exact(Exec *run, bool *exact, PropterError *err) {
  if (!run->exact_known && run->default_graph.kind == GRAPHS_UNION) PROPTER_TRY(prepare(run, err));
  run->exact_known = true;
  *exact = run->exact;
  return PROPTER_OK;
}

static bool matches(const PropterQuad *want, const PropterQuad *q) {
  return (!want->s || want->s == q->s) && (!want->p || want->p == q->p) && (!want->o || want->o == q->o);
}

PropterStatus exec_count(Exec *run, PropterQuad triple, uint64_t *count, PropterError *err) {
  double quads;
  triple.g = PROPTER_NO_ID;
  PROPTER_TRY(matcher_estimate(run, &run->default_graph, triple, &quads, err));
  *count = (uint64_t)quads;
  for (size_t i = 0; i < run->excess.count; i++)
    if (matches(&triple, &run->excess.items[i].triple)) *count -= run->excess.items[i].more;
  return PROPTER_OK;
}

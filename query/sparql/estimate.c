/* SPDX-License-Identifier: Apache-2.0 */
/* How many rows patterns have: exact counts of prefixes, and the number of different values in a sample of a predicate's rows. */
#include <math.h>

#include "plan.h"

enum { SAMPLE = 512 };

/* Rows per different value of one column (0 subject, 2 object) among the first rows with this predicate (0: any). */
static PropterStatus sample_fanout(Exec *run, PropterId predicate, unsigned column, double *rows, PropterError *err) {
  PropterOrder order = column == 0 ? (predicate ? PROPTER_PSOG : PROPTER_SPOG) : predicate ? PROPTER_POSG : PROPTER_OSPG;
  PropterScan *scan = NULL;
  PropterQuad quads[64];
  size_t total = 0, different = 0, n = 1;
  PropterId last = PROPTER_NO_ID;
  PropterStatus status = propter_scan_open(run->snapshot, order, (PropterQuad){.p = predicate}, predicate != PROPTER_NO_ID, &scan, err);
  while (status == PROPTER_OK && total < SAMPLE && n > 0) {
    status = propter_scan_next(scan, quads, 64, &n, err);
    for (size_t i = 0; status == PROPTER_OK && i < n; i++) {
      PropterId id = column == 0 ? quads[i].s : quads[i].o;
      different += id != last;
      last = id;
    }
    total += n;
  }
  propter_scan_close(scan);
  *rows = different ? (double)total / (double)different : 0;
  return status;
}

/* A pass costs about so much for each quad; it is worth it for what costs some times as much. */
#define PASS_COST 25.0
#define PASS_WORTH 5.0

PropterStatus estimate_prepare(Exec *run, double cost, bool *gathered, PropterError *err) {
  double quads;
  bool has = false;
  *gathered = false;
  if (run->statistics) return PROPTER_OK;
  if (!run->statistics_known) PROPTER_TRY(propter_snapshot_has_statistics(run->snapshot, &has, err));
  run->statistics_known = true;
  if (!has && !run->limited) {
    PROPTER_TRY(matcher_estimate(run, &(Graphs){.kind = GRAPHS_UNION}, (PropterQuad){0}, &quads, err));
    has = cost > quads * PASS_COST * PASS_WORTH;
  }
  if (!has) return PROPTER_OK;
  PropterStatus status = propter_snapshot_statistics(run->snapshot, &run->statistics, err);
  if (status == PROPTER_NOT_FOUND) return propter_error_clear(err), PROPTER_OK;
  *gathered = status == PROPTER_OK, run->fanout_count = 0;
  return status;
}

static const PropterPredicateCount *count_of(const PropterStatistics *st, PropterId predicate) {
  size_t low = 0, high = st->predicate_count;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (st->predicates[mid].p < predicate)
      low = mid + 1;
    else
      high = mid;
  }
  return low < st->predicate_count && st->predicates[low].p == predicate ? &st->predicates[low] : NULL;
}

/* Place of a predicate in a set, or SIZE_MAX. */
static size_t place_in(const PropterCharacteristicSet *set, PropterId predicate) {
  for (size_t i = 0; i < set->count; i++)
    if (set->predicates[i] == predicate) return i;
  return SIZE_MAX;
}

void estimate_star(const Exec *run, const PropterId *predicates, size_t count, double *subjects, double *triples, bool *known) {
  enum { MOST_SETS = 1000 };
  const PropterStatistics *st = run->statistics;
  *subjects = *triples = 0;
  *known = st && st->set_count <= MOST_SETS && st->other_subjects == 0;
  for (size_t s = 0; *known && s < st->set_count; s++) {
    const PropterCharacteristicSet *set = &st->sets[s];
    size_t at = 0;
    for (size_t i = 0; i < count && at != SIZE_MAX; i++) at = place_in(set, predicates[i]);
    if (at != SIZE_MAX) *subjects += (double)set->subjects, *triples += (double)set->quads[at];
  }
}

static PropterStatus fanout(Exec *run, PropterId predicate, unsigned column, double *rows, PropterError *err) {
  const PropterPredicateCount *counted = run->statistics && predicate ? count_of(run->statistics, predicate) : NULL;
  if (counted) return *rows = (double)counted->quads / (double)(column == 0 ? counted->subjects : counted->objects), PROPTER_OK;
  for (size_t i = 0; i < run->fanout_count; i++)
    if (run->fanouts[i].predicate == predicate && run->fanouts[i].column == column) return *rows = run->fanouts[i].rows, PROPTER_OK;
  PROPTER_TRY(sample_fanout(run, predicate, column, rows, err));
  if (run->fanout_count < FANOUTS) run->fanouts[run->fanout_count++] = (Fanout){predicate, column, *rows};
  return PROPTER_OK;
}

/* Rows of an opened pattern whose `position`, which they are sorted by, is in the ranges; of many ranges only the first are counted. */
static PropterStatus count_within(Matcher *m, unsigned position, const IdRanges *r, double *rows, PropterError *err) {
  enum { COUNTED = 256 };
  size_t counted = r->count < COUNTED ? r->count : COUNTED;
  *rows = 0;
  for (size_t i = 0; i < counted; i++) {
    uint64_t n = 0;
    for (int end = 0; end < 2; end++) {
      PropterId value = end ? r->items[i].last + 1 : r->items[i].from, v[4] = {m->want.s, m->want.p, m->want.o, m->want.g};
      for (unsigned k = m->bound; k < 4; k++) v[order_columns[m->order][k]] = PROPTER_NO_ID;
      v[position] = end && !value ? UINT64_MAX : value;
      PROPTER_TRY(propter_scan_skip(m->scan, (PropterQuad){v[0], v[1], v[2], v[3]}, &n, err));
    }
    *rows += (double)n;
  }
  if (counted) *rows *= (double)r->count / (double)counted;
  return PROPTER_OK;
}

PropterStatus estimate_within(Exec *run, Alg *a, PropterError *err) {
  PropterQuad want = {a->s.id, a->p.id, a->o.id, 0};
  for (unsigned position = 0; position < 3; position += 2) {
    Matcher m = {0};
    double all, rows = 0;
    if (!a->within[position]) continue;
    PROPTER_TRY(matcher_estimate(run, &a->graphs, want, &all, err));
    PropterStatus status = matcher_open_sorted(run, &m, &a->graphs, want, position, err);
    bool sorted = status == PROPTER_OK && !m.empty && m.bound < 4 && order_columns[m.order][m.bound] == position;
    if (sorted) status = count_within(&m, position, a->within[position], &rows, err);
    matcher_free(run, &m);
    PROPTER_TRY(status);
    if (sorted) a->share[position] = fmax(rows / fmax(all, 1), 1e-9);
  }
  return PROPTER_OK;
}

/* Triples that the links of a path have in all. */
static PropterStatus path_edges(Exec *run, const Graphs *graphs, const AstPath *path, double *edges, PropterError *err) {
  PropterTerm link = propter_iri(path->iri);
  PropterId predicate = PROPTER_NO_ID;
  double rows = 0;
  if (path->kind == PATH_LINK) PROPTER_TRY(exec_intern(run, &link, &predicate, err));
  if (path->kind == PATH_LINK || path->kind == PATH_NEGATED) PROPTER_TRY(matcher_estimate(run, graphs, (PropterQuad){.p = predicate}, &rows, err));
  *edges += rows;
  for (size_t i = 0; path->kind != PATH_NEGATED && i < path->count; i++) PROPTER_TRY(path_edges(run, graphs, path->items[i], edges, err));
  return PROPTER_OK;
}

PropterStatus estimate_path(Exec *run, const Alg *a, double *edges, PropterError *err) {
  *edges = 1;
  return path_edges(run, &a->graphs, a->path, edges, err);
}

PropterStatus estimate_leaf(Exec *run, const Alg *a, double *rows, PropterError *err) {
  /* How much a closure grows is not known. From one end it meets each node once; from all it is kept behind the plain patterns. */
  if (a->kind == ALG_PATH && (a->s.id || a->o.id)) return estimate_path(run, a, rows, err);
  PROPTER_TRY(matcher_estimate(run, &a->graphs, (PropterQuad){a->s.id, a->p.id, a->o.id, 0}, rows, err));
  *rows *= alg_share(a, 0) * alg_share(a, 2);
  if (a->kind == ALG_PATH) *rows = *rows * 4 + 16;
  return PROPTER_OK;
}

PropterStatus estimate_probe(Exec *run, const Alg *a, double all, const uint64_t *bound, double *rows, PropterError *err) {
  bool s = a->s.id || slots_has(bound, a->s.slot), o = a->o.id || slots_has(bound, a->o.slot), p = a->p.id || slots_has(bound, a->p.slot);
  double by_subject = all, by_object = all;
  *rows = all;
  if (exec_local(a->p.id) || all <= 0) return PROPTER_OK;
  /* What is bound already has been within its ranges. */
  if (s && !a->s.id) PROPTER_TRY(fanout(run, a->p.id, 0, &by_subject, err));
  if (o && !a->o.id) PROPTER_TRY(fanout(run, a->p.id, 2, &by_object, err));
  if (s && !a->s.id) by_subject *= alg_share(a, 2);
  if (o && !a->o.id) by_object *= alg_share(a, 0);
  if (s && o)
    *rows = fmin(fmin(by_subject, by_object), 1) * 0.5;
  else if (s)
    *rows = fmin(by_subject, all);
  else if (o)
    *rows = fmin(by_object, all);
  if (p && !a->p.id) *rows = *rows * 0.2;
  return PROPTER_OK;
}

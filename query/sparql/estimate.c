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

static PropterStatus fanout(Exec *run, PropterId predicate, unsigned column, double *rows, PropterError *err) {
  for (size_t i = 0; i < run->fanout_count; i++)
    if (run->fanouts[i].predicate == predicate && run->fanouts[i].column == column) return *rows = run->fanouts[i].rows, PROPTER_OK;
  PROPTER_TRY(sample_fanout(run, predicate, column, rows, err));
  if (run->fanout_count < FANOUTS) run->fanouts[run->fanout_count++] = (Fanout){predicate, column, *rows};
  return PROPTER_OK;
}

PropterStatus estimate_leaf(Exec *run, const Alg *a, double *rows, PropterError *err) {
  PROPTER_TRY(matcher_estimate(run, &a->graphs, (PropterQuad){a->s.id, a->p.id, a->o.id, 0}, rows, err));
  /* How much a closure grows is not known; this only keeps it behind the plain patterns. */
  if (a->kind == ALG_PATH) *rows = *rows * 4 + 16;
  return PROPTER_OK;
}

PropterStatus estimate_probe(Exec *run, const Alg *a, double all, const uint64_t *bound, double *rows, PropterError *err) {
  bool s = a->s.id || slots_has(bound, a->s.slot), o = a->o.id || slots_has(bound, a->o.slot), p = a->p.id || slots_has(bound, a->p.slot);
  double by_subject = all, by_object = all;
  *rows = all;
  if (exec_local(a->p.id) || all <= 0) return PROPTER_OK;
  if (s && !a->s.id) PROPTER_TRY(fanout(run, a->p.id, 0, &by_subject, err));
  if (o && !a->o.id) PROPTER_TRY(fanout(run, a->p.id, 2, &by_object, err));
  if (s && o)
    *rows = fmin(fmin(by_subject, by_object), 1) * 0.5;
  else if (s)
    *rows = fmin(by_subject, all);
  else if (o)
    *rows = fmin(by_object, all);
  if (p && !a->p.id) *rows = *rows * 0.2;
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "halves.h"

#include "propter/pool.h"

/* In rows of a scan that are only counted; reading and planning a query twice takes about as long. An operator between costs about eight such rows a row. */
#define HALF_WORTH 65536.0
#define STEP_COST 8.0

Op *half_scan(const Op *op) {
  const Exec *run = op->run;
  double work = 0, beside = 0;
  Op *o = op->left;
  if (op->outer || !run->query->select || run->query->by_chance || run->fixed) return NULL;
  for (; o && o->streams; o = o->left) {
    work += o->left->estimate * STEP_COST;
    if (o->right) beside += o->right->estimate;
  }
  /* What stands to the right of a join is read in both halves. */
  if (!o || !scan_is(o) || work + o->estimate < HALF_WORTH || beside * 10 > o->estimate) return NULL;
  for (size_t i = 0; i < run->ops.count; i++)
    if (run->ops.items[i]->alg && run->ops.items[i]->alg->kind == ALG_SERVICE) return NULL;
  return o;
}

static PropterStatus plan_again(const Exec *run, Twin *twin, PropterError *err) {
  PropterQueryOptions options = run->options;
  Alg *alg;
  Op *root;
  uint32_t *columns;
  size_t column_count;
  options.memory = options.memory > run->used ? (options.memory - run->used) / 4 : 1;
  PROPTER_TRY(propter_snapshot_clone(run->snapshot, &twin->snapshot, err));
  PROPTER_TRY(exec_open(&twin->run, run->query, twin->snapshot, &options, err));
  exec_use_dataset(&twin->run, run);
  twin->run.deadline = run->deadline, twin->run.timing = run->timing;
  PROPTER_TRY(algebra_of_select(&twin->run, run->query->select, &alg, &columns, &column_count, err));
  PROPTER_TRY(algebra_analyse(&twin->run, alg, err));
  PROPTER_TRY(plan_select(&twin->run, alg, &root, err));
  return op_want(root, root->slots, err);
}

static bool same_item(const Item *a, const Item *b) { return a->slot == b->slot && (a->id == b->id || (exec_local(a->id) && exec_local(b->id))); }

static bool same_step(const Op *a, const Op *b) {
  if (a->kind != b->kind || !a->alg != !b->alg) return false;
  const Alg *x = a->alg, *y = b->alg;
  return !x || (x->kind == y->kind && same_item(&x->s, &y->s) && same_item(&x->p, &y->p) && same_item(&x->o, &y->o));
}

void twin_open(const Op *op, Twin *twin) {
  const Exec *run = op->run;
  PropterError ignored = {0};
  *twin = (Twin){0};
  if (propter_pool_threads(run->options.threads) < 2 || plan_again(run, twin, &ignored) != PROPTER_OK || twin->run.ops.count != run->ops.count) return;
  for (size_t i = 0; i < run->ops.count; i++) {
    if (!same_step(run->ops.items[i], twin->run.ops.items[i])) return;
    if (run->ops.items[i] == op) twin->op = twin->run.ops.items[i];
  }
}

void twin_close(const Op *op, Twin *twin) {
  for (size_t i = 0; twin->op && i < twin->run.ops.count; i++) op->run->ops.items[i]->rows += twin->run.ops.items[i]->rows;
  if (twin->run.query) exec_close(&twin->run);
  propter_snapshot_close(twin->snapshot);
}

PropterStatus twin_adopt(Exec *run, Exec *from, PropterArena *scratch, PropterId *id, PropterError *err) {
  PropterTerm term;
  if (!exec_local(*id)) return PROPTER_OK;
  PROPTER_TRY(exec_term(from, *id, scratch, &term, err));
  return exec_intern(run, &term, id, err);
}

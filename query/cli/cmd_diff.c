/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "view.h"

/* A quad with what happened to it: 1 added, -1 removed; after summing up 0 for what came and went. */
typedef struct {
  PropterQuad quad;
  int change;
} Change;
typedef PROPTER_VEC(Change) Changes;

static int by_quad(const void *a, const void *b) {
  const PropterQuad *x = &((const Change *)a)->quad, *y = &((const Change *)b)->quad;
  const PropterId m[4] = {x->g, x->s, x->p, x->o}, n[4] = {y->g, y->s, y->p, y->o};
  for (unsigned i = 0; i < 4; i++)
    if (m[i] != n[i]) return m[i] < n[i] ? -1 : 1;
  return 0;
}

static PropterStatus take(Changes *changes, const PropterQuads *quads, int change, PropterError *err) {
  for (size_t i = 0; i < quads->count; i++)
    if (!propter_vec_push(changes, ((Change){quads->items[i], change}))) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory comparing runs");
  return PROPTER_OK;
}

/* A later run may take back what an earlier one did: only the sum of all runs between counts. */
static void sum_up(Changes *changes) {
  size_t kept = 0;
  if (changes->count) qsort(changes->items, changes->count, sizeof *changes->items, by_quad);
  for (size_t i = 0; i < changes->count; i++) {
    if (kept && by_quad(&changes->items[kept - 1], &changes->items[i]) == 0)
      changes->items[kept - 1].change += changes->items[i].change;
    else
      changes->items[kept++] = changes->items[i];
  }
  changes->count = kept;
}

static PropterStatus gather(PropterSnapshot *snapshot, const PropterRunList *list, const PropterRunInfo *from, const PropterRunInfo *to, int sign,
                            Changes *changes, PropterError *err) {
  PropterStatus status = PROPTER_OK;
  for (size_t i = 0; i < list->count && status == PROPTER_OK; i++) {
    const PropterRunInfo *run = &list->items[i];
    if (run->sequence <= from->sequence || run->sequence > to->sequence) continue;
    PropterQuads added = {0}, removed = {0};
    status = propter_run_delta(snapshot, run, &added, &removed, err);
    if (status == PROPTER_OK) status = take(changes, &added, sign, err);
    if (status == PROPTER_OK) status = take(changes, &removed, -sign, err);
    propter_vec_clear(&added);
    propter_vec_clear(&removed);
  }
  sum_up(changes);
  return status;
}

static PropterStatus print(PropterSnapshot *snapshot, const Change *change, FILE *out, PropterError *err) {
  const PropterId ids[4] = {change->quad.s, change->quad.p, change->quad.o, change->quad.g};
  PropterArena arena = {0};
  PropterBuf line = {0};
  PropterStatus status = PROPTER_OK;
  propter_buf_add_char(&line, change->change > 0 ? '+' : '-');
  for (unsigned i = 0; i < 4 && status == PROPTER_OK; i++) {
    PropterTerm term;
    if (ids[i] == PROPTER_DEFAULT_GRAPH) continue;
    status = propter_snapshot_term(snapshot, ids[i], &arena, &term, err);
    propter_buf_add_char(&line, ' ');
    if (status == PROPTER_OK) propter_term_write(&term, &line);
  }
  if (status == PROPTER_OK) status = propter_buf_status(&line, err);
  if (status == PROPTER_OK) fprintf(out, "%s .\n", line.data);
  propter_buf_clear(&line);
  propter_arena_clear(&arena);
  return status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  CommandView view;
  PropterRunList list = {0};
  const PropterRunInfo *one = NULL, *two = NULL;
  PropterRunInfo before = {.name = PROPTER_STR("the run before")};
  Changes changes = {0};
  uint64_t added = 0, removed = 0;
  PropterStatus status = view_open(call, &view, err);
  if (status == PROPTER_OK) status = propter_run_list(view.snapshot, &list, err);
  if (status == PROPTER_OK) status = propter_run_find_past(&list, propter_str(call->operands[0]), &one, err);
  if (status == PROPTER_OK) status = propter_run_find_past(&list, propter_str(call->operand_count > 1 ? call->operands[1] : "last"), &two, err);
  if (status == PROPTER_OK && call->operand_count == 1 && one == two) before.sequence = one->sequence - 1, one = &before;
  if (status == PROPTER_OK)
    status =
        one->sequence <= two->sequence ? gather(view.snapshot, &list, one, two, 1, &changes, err) : gather(view.snapshot, &list, two, one, -1, &changes, err);
  for (size_t i = 0; i < changes.count && status == PROPTER_OK; i++) {
    if (!changes.items[i].change) continue;
    *(changes.items[i].change > 0 ? &added : &removed) += 1;
    status = print(view.snapshot, &changes.items[i], call->out, err);
  }
  if (status == PROPTER_OK)
    propter_log(call->log, PROPTER_LOG_INFO, "diff", "%s added, %s removed from %s to %s", output_number(added), output_number(removed), one->name.data,
                two->name.data);
  propter_vec_clear(&changes);
  propter_run_list_clear(&list);
  view_close(&view);
  return status;
}

const Command command_diff = {
    .name = "diff",
    .summary = "what changed in the graph from one run to another",
    .operands = "RUN1 [RUN2]",
    .min_operands = 1,
    .max_operands = 2,
    .details =
        "The quads that the graph has after RUN2 (without it: the newest run) and had not after RUN1, each behind a +, and those that it had and has no more,\n"
        "each behind a -, as lines of N-Quads. The newest run alone is compared with what was before it.\n"
        "What came and went between is left out, and so are the records of runs. RUN is a run's name, its beginning,\n"
        "last, or a day: the last run that began by its end (UTC). Refused (exit 3) if a run between did not record what it changed.",
    .examples = "propter diff last",
    .run = run};

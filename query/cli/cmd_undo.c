/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "output.h"
#include "propter/run.h"

/* Undoes one run, and says so. */
static PropterStatus undo(const CommandCall *call, PropterGraph *graph, PropterStr name, PropterError *err) {
  PropterWriter *writer = NULL;
  PropterArena arena = {0};
  PropterStr made = {"", 0};
  PropterStatus status = propter_writer_open(graph, false, &writer, err);
  if (status == PROPTER_OK) status = propter_run_undo(writer, name, call->now, PROPTER_STR("propter " PACKAGE_VERSION), &arena, &made, err);
  if (status == PROPTER_OK && !call->dry_run) status = propter_writer_commit(writer, err);
  if (status == PROPTER_OK && call->dry_run) fprintf(call->out, "would undo run %s\n", name.data);
  else if (status == PROPTER_OK) fprintf(call->out, "undid run %s; run %s\n", name.data, made.data);
  propter_writer_close(writer);
  propter_arena_clear(&arena);
  return status;
}

static PropterStr name_of(const PropterRunList *list, PropterId id) {
  size_t i = 0;
  while (list->items[i].id != id) i++;
  return list->items[i].name;
}

/* The runs that stand on it first, the newest first; each is a run of its own, so that a failure leaves a graph that every run explains. */
static PropterStatus undo_all(const CommandCall *call, PropterGraph *graph, const PropterRunList *list, const PropterRunInfo *run, PropterError *err) {
  PropterIds first = {0};
  PropterStatus status = cmd_flag(call, "cascade") ? propter_run_standing_on(list, run, &first, err) : PROPTER_OK;
  for (size_t i = 0; i < first.count && status == PROPTER_OK; i++) {
    PropterStr name = name_of(list, first.items[i]);
    if (call->dry_run) fprintf(call->out, "would undo run %s\n", name.data);
    else status = undo(call, graph, name, err);
  }
  if (status == PROPTER_OK && first.count && call->dry_run) fprintf(call->out, "would undo run %s\n", run->name.data);
  else if (status == PROPTER_OK) status = undo(call, graph, run->name, err);
  propter_vec_clear(&first);
  return status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterRunList list = {0};
  const PropterRunInfo *undone = NULL;
  PropterStatus status = propter_graph_open(call->graph, 0, NULL, &graph, err);
  if (status == PROPTER_OK) status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_run_list(snapshot, &list, err);
  if (status == PROPTER_OK) status = propter_run_find(&list, propter_str(call->operands[0]), &undone, err);
  if (snapshot) propter_snapshot_close(snapshot);
  if (status == PROPTER_OK) status = undo_all(call, graph, &list, undone, err);
  propter_run_list_clear(&list);
  propter_graph_close(graph);
  return status;
}

static const CommandOption options[] = {{"cascade", 0, NULL, "first undo the later runs that used or changed what it wrote, the newest first"},
                                        {NULL, 0, NULL, NULL}};

const Command command_undo = {
    .name = "undo",
    .summary = "take back what a run added and removed",
    .operands = "RUN",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .details =
        "RUN is a run's name, its beginning, or last. The graphs that the run wrote are afterwards what they were before it. Refused (exit 3) with the\n"
        "names of later runs that used or changed those graphs: undo these first, or let --cascade do so (--dry-run lists them). An undo is a run of its own\n"
        "and can be undone.",
    .examples = "propter undo last --dry-run",
    .run = run};

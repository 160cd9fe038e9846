/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "output.h"
#include "propter/run.h"

static PropterStatus run(CommandCall *call, PropterError *err) {
  PropterGraph *graph = NULL;
  PropterWriter *writer = NULL;
  PropterArena arena = {0};
  PropterSnapshot *snapshot = NULL;
  PropterRunList list = {0};
  const PropterRunInfo *undone = NULL;
  PropterStr name = {"", 0};
  PropterStatus status = propter_graph_open(call->graph, 0, NULL, &graph, err);
  if (status == PROPTER_OK) status = propter_writer_open(graph, false, &writer, err);
  if (status == PROPTER_OK) status = propter_snapshot_open(graph, 0, &snapshot, err); /* nobody else writes by now */
  if (status == PROPTER_OK) status = propter_run_list(snapshot, &list, err);
  if (status == PROPTER_OK) status = propter_run_find(&list, propter_str(call->operands[0]), &undone, err);
  if (status == PROPTER_OK) status = propter_run_undo(writer, undone->name, call->now, PROPTER_STR("propter " PACKAGE_VERSION), &arena, &name, err);
  if (status == PROPTER_OK && !call->dry_run) status = propter_writer_commit(writer, err);
  if (status == PROPTER_OK && call->dry_run) fprintf(call->out, "would undo run %s\n", undone->name.data);
  else if (status == PROPTER_OK) fprintf(call->out, "undid run %s; run %s\n", undone->name.data, name.data);
  propter_run_list_clear(&list);
  propter_snapshot_close(snapshot);
  propter_writer_close(writer);
  propter_graph_close(graph);
  propter_arena_clear(&arena);
  return status;
}

const Command command_undo = {
    .name = "undo",
    .summary = "take back what a run added and removed",
    .operands = "RUN",
    .min_operands = 1,
    .max_operands = 1,
    .details = "RUN is a run's name, its beginning, or last. The graphs that the run wrote are afterwards what they were before it. Refused (exit 3) with the\n"
               "names of later runs that used or changed those graphs: undo these first. An undo is a run of its own and can be undone.",
    .examples = "propter undo last --dry-run",
    .run = run};

/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

static PropterStatus run(CommandCall *call, PropterError *err) {
  PropterGraph *graph = NULL;
  PropterError absent = {0};
  PropterStatus status = propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, &absent);
  if (status == PROPTER_OK) {
    propter_graph_close(graph);
    fprintf(call->out, "%s is there already; nothing changed\n", call->graph);
    return PROPTER_OK;
  }
  if (status != PROPTER_NOT_FOUND) {
    if (err) *err = absent;
    return status;
  }
  if (call->dry_run) {
    fprintf(call->out, "%s would be made\n", call->graph);
    return PROPTER_OK;
  }
  PROPTER_TRY(propter_graph_open(call->graph, PROPTER_GRAPH_CREATE, NULL, &graph, err));
  propter_graph_close(graph);
  fprintf(call->out, "%s made\n", call->graph);
  return PROPTER_OK;
}

const Command command_init = {
    .name = "init",
    .summary = "make an empty graph directory",
    .operands = "",
    .details = "load and ingest make the directory themselves; init is for jobs that want it there first. A graph that is there stays as it is.",
    .examples = "propter init\npropter -g other.graph init --dry-run",
    .run = run};

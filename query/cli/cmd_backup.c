/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

static PropterStatus run(CommandCall *call, PropterError *err) {
  PropterGraph *graph = NULL;
  const char *to = call->operands[0];
  PROPTER_TRY(propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err));
  if (call->dry_run) {
    propter_graph_close(graph);
    fprintf(call->out, "%s would be copied to %s\n", call->graph, to);
    return PROPTER_OK;
  }
  PropterStatus status = propter_graph_backup(graph, to, err);
  propter_graph_close(graph);
  if (status == PROPTER_OK) status = propter_graph_verify(to, call->log, err);
  if (status == PROPTER_OK) propter_error_clear(err), fprintf(call->out, "%s copied to %s and checked\n", call->graph, to);
  return status;
}

const Command command_backup = {
    .name = "backup",
    .summary = "copy the graph into a new directory while it is in use, and check the copy",
    .operands = "DIR",
    .min_operands = 1,
    .max_operands = 1,
    .details = "The copy is one consistent state, compacted; readers and a writer go on meanwhile. It is a graph directory like the first: propter -g DIR.",
    .examples = "propter backup saved.graph",
    .run = run};

/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

static PropterStatus run(CommandCall *call, PropterError *err) {
  uint64_t before = 0, after = 0;
  if (call->dry_run) {
    PropterGraph *graph = NULL;
    PROPTER_TRY(propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err));
    propter_graph_close(graph);
    fprintf(call->out, "%s would be rewritten without its free pages\n", call->graph);
    return PROPTER_OK;
  }
  PROPTER_TRY(propter_graph_compact(call->graph, &before, &after, err));
  propter_error_clear(err);
  fprintf(call->out, "%s: %s bytes before, %s after\n", call->graph, output_number(before), output_number(after));
  return PROPTER_OK;
}

const Command command_compact = {
    .name = "compact",
    .summary = "rewrite the graph file without the free pages that updates leave",
    .operands = "",
    .details =
        "The new file is checked before it takes the place of the old one. No other program may have the graph open (exit 4). Terms that no quad uses any\n"
        "more stay: an id never changes.",
    .examples = "propter compact",
    .run = run};

/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"
#include "view.h"

static PropterStatus run(CommandCall *call, PropterError *err) {
  CommandView view;
  uint64_t count = 0;
  PROPTER_TRY(propter_graph_verify(call->graph, call->log, err));
  propter_error_clear(err);
  PropterStatus status = view_open(call, &view, err);
  if (status == PROPTER_OK) status = propter_snapshot_count(view.snapshot, PROPTER_SPOG, (PropterQuad){0, 0, 0, 0}, 0, &count, err);
  if (status == PROPTER_OK)
    fprintf(call->out, "%s is whole: %s quads at version %s\n", call->graph, output_number(count), output_number(propter_snapshot_version(view.snapshot)));
  view_close(&view);
  return status;
}

const Command command_verify = {
    .name = "verify",
    .summary = "check the whole graph file; exit 6 if it is damaged",
    .operands = "",
    .details = "Walks every page in a process of its own: page structure, the checksum of every block, order and agreement of all five permutations, the\n"
               "dictionary in both directions.",
    .examples = "propter verify",
    .run = run};

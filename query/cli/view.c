/* SPDX-License-Identifier: Apache-2.0 */
#include "view.h"

PropterStatus view_open(const CommandCall *call, CommandView *view, PropterError *err) {
  *view = (CommandView){0};
  PROPTER_TRY(propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &view->graph, err));
  return propter_snapshot_open(view->graph, 0, &view->snapshot, err);
}

PropterStatus view_open_past(const CommandCall *call, const char *when, CommandView *view, uint64_t *version, PropterError *err) {
  *view = (CommandView){0};
  PROPTER_TRY(propter_graph_open(call->graph, 0, NULL, &view->graph, err));
  PROPTER_TRY(propter_writer_open(view->graph, false, &view->writer, err));
  return propter_run_past(view->writer, propter_str(when), &view->snapshot, version, err);
}

void view_close(CommandView *view) {
  if (view->writer) propter_writer_close(view->writer);
  else propter_snapshot_close(view->snapshot);
  propter_graph_close(view->graph);
}

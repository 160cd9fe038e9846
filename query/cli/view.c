/* SPDX-License-Identifier: Apache-2.0 */
#include "view.h"

PropterStatus view_open(const CommandCall *call, CommandView *view, PropterError *err) {
  *view = (CommandView){0};
  PROPTER_TRY(propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &view->graph, err));
  return propter_snapshot_open(view->graph, 0, &view->snapshot, err);
}

PropterStatus view_open_past(const CommandCall *call, const char *run, CommandView *view, uint64_t *version, PropterError *err) {
  PropterRunList list = {0};
  const PropterRunInfo *info = NULL;
  *view = (CommandView){0};
  PROPTER_TRY(propter_graph_open(call->graph, 0, NULL, &view->graph, err));
  PROPTER_TRY(propter_writer_open(view->graph, false, &view->writer, err));
  PROPTER_TRY(propter_writer_snapshot(view->writer, &view->snapshot, err));
  PropterStatus status = propter_run_list(view->snapshot, &list, err);
  if (status == PROPTER_OK) status = propter_run_find(&list, propter_str(run), &info, err);
  if (status == PROPTER_OK) status = propter_run_rewind(view->writer, &list, info, err);
  if (status == PROPTER_OK) *version = info->version;
  propter_run_list_clear(&list);
  return status == PROPTER_OK ? propter_writer_snapshot(view->writer, &view->snapshot, err) : status;
}

void view_close(CommandView *view) {
  if (view->writer) propter_writer_close(view->writer);
  else propter_snapshot_close(view->snapshot);
  propter_graph_close(view->graph);
}

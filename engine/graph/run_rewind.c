/* SPDX-License-Identifier: Apache-2.0 */
/* The graph as a run left it: what came after is taken back inside a writer that nobody commits. */
#include "run.h"
#include "writer.h"

static PropterStatus reverse(PropterWriter *writer, PropterSnapshot *snapshot, const PropterRunInfo *run, PropterError *err) {
  PropterQuads added = {0}, removed = {0};
  PropterStatus status = propter_run_delta(snapshot, run, &added, &removed, err);
  for (size_t i = 0; i < added.count && status == PROPTER_OK; i++) status = propter_writer_remove(writer, added.items[i], err);
  for (size_t i = 0; i < removed.count && status == PROPTER_OK; i++) status = propter_writer_add(writer, removed.items[i], err);
  propter_vec_clear(&added);
  propter_vec_clear(&removed);
  return status;
}

PropterStatus propter_run_rewind(PropterWriter *writer, const PropterRunList *list, const PropterRunInfo *run, PropterError *err) {
  uint64_t version;
  size_t first = (size_t)(run - list->items) + 1;
  PropterSnapshot *snapshot;
  PROPTER_TRY(writer_base_version(writer, &version, err));
  if (!run->version) return propter_fail(err, PROPTER_INVALID, "run %s was recorded by an earlier propter, without the version of its graph", run->name.data);
  for (size_t i = first; i <= list->count; i++) {
    const bool last = i == list->count;
    if ((last ? version : list->items[i].version - 1) != list->items[i - 1].version)
      return propter_fail(err, PROPTER_INVALID, "after run %s the graph was changed by something that is no run: how it stood before is not known",
                          list->items[i - 1].name.data);
    if (!last && !list->items[i].undoable)
      return propter_fail(err, PROPTER_INVALID, "run %s, after it, did not record what it changed: how the graph stood before is not known",
                          list->items[i].name.data);
  }
  /* Newest first; a change ends the snapshot that was borrowed. */
  for (size_t i = list->count; i-- > first;) {
    PROPTER_TRY(propter_writer_snapshot(writer, &snapshot, err));
    PROPTER_TRY(reverse(writer, snapshot, &list->items[i], err));
    PROPTER_TRY(propter_writer_clear_graph(writer, list->items[i].id, err));
  }
  return PROPTER_OK;
}

PropterStatus propter_run_past(PropterWriter *writer, PropterStr when, PropterSnapshot **snapshot, uint64_t *version, PropterError *err) {
  PropterRunList list = {0};
  const PropterRunInfo *info = NULL;
  PROPTER_TRY(propter_writer_snapshot(writer, snapshot, err));
  PropterStatus status = propter_run_list(*snapshot, &list, err);
  if (status == PROPTER_OK) status = propter_run_find_past(&list, when, &info, err);
  if (status == PROPTER_OK) status = propter_run_rewind(writer, &list, info, err);
  if (status == PROPTER_OK) *version = info->version;
  propter_run_list_clear(&list);
  return status == PROPTER_OK ? propter_writer_snapshot(writer, snapshot, err) : status;
}

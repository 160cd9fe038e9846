/* SPDX-License-Identifier: Apache-2.0 */
#include "reject_print.h"
#include "view.h"

/* The newest run that rejected anything could be long ago: the newest that reads rows is meant. */
static PropterStatus find_run(const CommandCall *call, const PropterRunList *list, const PropterRunInfo **run, PropterError *err) {
  if (call->operand_count) return propter_run_find(list, propter_str(call->operands[0]), run, err);
  *run = propter_run_find_intake(list);
  return *run ? PROPTER_OK : propter_fail(err, PROPTER_NOT_FOUND, "this graph has no ingest, events or read run");
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  RejectPrinter printer;
  CommandView view;
  PropterRunList list = {0};
  const PropterRunInfo *info = NULL;
  PROPTER_TRY(reject_printer(call, &printer, err));
  PropterStatus status = view_open(call, &view, err);
  if (status == PROPTER_OK) status = propter_run_list(view.snapshot, &list, err);
  if (status == PROPTER_OK) status = find_run(call, &list, &info, err);
  if (status == PROPTER_OK) status = propter_run_rejects(view.snapshot, info, reject_print, &printer, err);
  if (status == PROPTER_OK) reject_end(&printer);
  if (status == PROPTER_OK && info->rows_rejected > printer.count)
    propter_log(call->log, PROPTER_LOG_WARNING, "rejects", "%s more were counted but not kept", output_number(info->rows_rejected - printer.count));
  propter_run_list_clear(&list);
  view_close(&view);
  return status;
}

const Command command_rejects = {
    .name = "rejects",
    .summary = "show the rows or documents that a run put into quarantine",
    .operands = "[RUN]",
    .max_operands = 1,
    .details =
        "One line each: file:row:column, value, rule, reason. RUN is a run's name, its beginning, or last; without it the newest ingest, events or read\n"
        "run. Formats: table (default), csv, json, jsonl.",
    .examples = "propter rejects\npropter rejects last --format csv",
    .formats = reject_formats,
    .run = run};

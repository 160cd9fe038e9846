/* SPDX-License-Identifier: Apache-2.0 */
/* The records of runs, the newest first. */
#include "http.h"
#include "propter/run.h"

static void one(const PropterRunInfo *info, bool first, PropterBuf *out) {
  propter_buf_add(out, first ? PROPTER_STR("{\"run\":") : PROPTER_STR(",{\"run\":"));
  propter_buf_add_json(out, info->name);
  propter_buf_add(out, PROPTER_STR(",\"kind\":"));
  propter_buf_add_json(out, info->kind);
  propter_buf_add(out, PROPTER_STR(",\"started\":"));
  propter_buf_add_json(out, info->started);
  propter_buf_printf(out, ",\"read\":%llu,\"rejected\":%llu,\"added\":%llu,\"removed\":%llu}", (unsigned long long)info->rows_read,
                     (unsigned long long)info->rows_rejected, (unsigned long long)info->added, (unsigned long long)info->removed);
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterRunList list = {0};
  PropterBuf out = {.max = 64 << 20};
  PropterStatus status = http_snapshot(r, r->server->options.deadline_ms, &snapshot, err);
  if (status == PROPTER_OK) status = propter_run_list(snapshot, &list, err);
  propter_buf_add_char(&out, '[');
  for (size_t i = list.count; i-- > 0;) one(&list.items[i], i + 1 == list.count, &out);
  propter_buf_add(&out, PROPTER_STR("]\n"));
  propter_run_list_clear(&list);
  propter_snapshot_close(snapshot);
  if (status == PROPTER_OK) status = propter_buf_status(&out, err);
  http_reply_head(r, 200, "application/json");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&out), r, err);
  propter_buf_clear(&out);
  return status;
}

const HttpRoute http_route_runs = {
    .path = "/runs", .methods = "GET", .summary = "records of what was loaded, ingested, read and inferred, the newest first", .run = run};

/* SPDX-License-Identifier: Apache-2.0 */
/* The rows and documents that a run put into quarantine. */
#include "http.h"
#include "propter/run.h"

static PropterStatus one(const PropterReject *r, void *payload, PropterError *err) {
  PropterBuf *out = payload;
  if (out->len > 1) propter_buf_add_char(out, ',');
  propter_reject_json(r, out);
  return propter_buf_status(out, err);
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterRunList list = {0};
  PropterBuf out = {.max = 64 << 20};
  PropterStr name;
  bool named;
  const PropterRunInfo *info = NULL;
  PROPTER_TRY(http_param(&r->params, "run", &name, &named, err));
  PropterStatus status = http_snapshot(r, r->server->options.deadline_ms, &snapshot, err);
  if (status == PROPTER_OK) status = propter_run_list(snapshot, &list, err);
  if (status == PROPTER_OK && named) status = propter_run_find(&list, name, &info, err);
  if (status == PROPTER_OK && !named) info = propter_run_find_intake(&list);
  propter_buf_add_char(&out, '[');
  if (status == PROPTER_OK && info) status = propter_run_rejects(snapshot, info, one, &out, err);
  propter_buf_add(&out, PROPTER_STR("]\n"));
  propter_run_list_clear(&list);
  propter_snapshot_close(snapshot);
  if (status == PROPTER_OK) status = propter_buf_status(&out, err);
  http_reply_head(r, status == PROPTER_NOT_FOUND ? 404 : 200, status == PROPTER_NOT_FOUND ? "application/problem+json" : "application/json");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&out), r, err);
  propter_buf_clear(&out);
  return status;
}

static const HttpRouteParam params[] = {{"run", "its name, its beginning or last (default: the newest that took rows or documents in)", false}, {0}};

const HttpRoute http_route_rejects = {.path = "/rejects",
                                      .methods = "GET",
                                      .summary = "rows and documents that a run put into quarantine: file, row, column, value, rule, reason",
                                      .params = params,
                                      .run = run};

/* SPDX-License-Identifier: Apache-2.0 */
/* Can the graph be read? */
#include <stdio.h>

#include "http.h"

static PropterStatus run(HttpRequest *r, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  uint64_t quads = 0, version = 0;
  char text[96];
  PropterStatus status = propter_snapshot_open(r->server->graph, 1000, &snapshot, err);
  if (status == PROPTER_OK) status = propter_snapshot_count(snapshot, PROPTER_SPOG, (PropterQuad){0}, 0, &quads, err);
  if (status == PROPTER_OK) version = propter_snapshot_version(snapshot);
  propter_snapshot_close(snapshot);
  if (status != PROPTER_OK) return status;
  (void)snprintf(text, sizeof text, "{\"status\":\"ok\",\"quads\":%llu,\"version\":%llu}\n", (unsigned long long)quads, (unsigned long long)version);
  http_reply_head(r, 200, "application/json");
  return http_reply_write(propter_str(text), r, err);
}

static PropterAccess scope(const HttpRequest *r) { (void)r; return PROPTER_ACCESS_NONE; }

const HttpRoute http_route_health = {.path = "/health", .methods = "GET HEAD", .summary = "can the graph be read?", .prompt = true, .scope = scope, .run = run};

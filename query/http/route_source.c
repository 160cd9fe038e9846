/* SPDX-License-Identifier: Apache-2.0 */
/* The file behind a claim, an event or an observation. What opens files stands beside this folder, not above it: the program gives it (server.h). */
#include "http.h"

static PropterStatus run(HttpRequest *r, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterBuf out = {.max = 16 << 20};
  PropterStr iri;
  PROPTER_TRY(http_param(&r->params, "iri", &iri, NULL, err));
  if (!iri.len) return propter_fail(err, PROPTER_INVALID, "iri: expected the IRI of a claim, an event or an observation");
  PropterStatus status = http_snapshot(r, r->server->options.deadline_ms, &snapshot, err);
  if (status == PROPTER_OK)
    status = r->server->options.source ? r->server->options.source(snapshot, iri, &out, err)
                                       : propter_fail(err, PROPTER_NOT_FOUND, "this server shows no files");
  propter_snapshot_close(snapshot);
  if (status == PROPTER_NOT_FOUND) http_reply_head(r, 404, "application/problem+json");
  if (status == PROPTER_OK) http_reply_head(r, 200, "application/json");
  if (status == PROPTER_OK) status = http_reply_write(propter_buf_str(&out), r, err);
  propter_buf_clear(&out);
  return status;
}

static const HttpRouteParam params[] = {{"iri", "of a claim, an event or an observation", false}, {0}};

const HttpRoute http_route_source = {.path = "/source",
                                     .methods = "GET HEAD",
                                     .summary =
                                         "the words of a claim or event in their document, the row of an observation in its table, if the file is as it was",
                                     .params = params,
                                     .run = run};

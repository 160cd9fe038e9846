/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of a query with estimated and actual rows and times. */
#include "http.h"
#include "offer.h"

static PropterStatus explain(HttpRequest *r, PropterQuery *query, uint32_t deadline_ms, bool json, PropterBuf *text, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  HttpHidden *hidden = NULL;
  PropterStatus status = http_enter(r, deadline_ms, &snapshot, &hidden, err);
  PropterQueryOptions options = http_query_options(r, deadline_ms, hidden);
  if (status == PROPTER_OK) status = propter_query_explain(query, snapshot, &options, json, text, err);
  http_leave(r, snapshot, hidden);
  return status;
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  static const char *const media[] = {"application/json", "text/plain; charset=utf-8"};
  PropterStr text;
  uint32_t deadline_ms;
  PropterQuery *query = NULL;
  PropterBuf out = {.max = 64 << 20};
  PROPTER_TRY(http_param(&r->params, "query", &text, NULL, err));
  PROPTER_TRY(http_deadline(r, &r->params, &deadline_ms, err));
  size_t at = http_negotiate(http_header(r, MHD_HTTP_HEADER_ACCEPT), media, 2);
  if (at > 1) {
    http_reply_head(r, 406, "application/problem+json");
    return propter_fail(err, PROPTER_INVALID, "no format that you take; there are application/json and text/plain");
  }
  PropterStr base = http_own_iri(r, "/sparql");
  if (!base.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  PropterStatus status = propter_query_parse(text, base, &query, err);
  if (status == PROPTER_OK && propter_query_is_update(query)) status = propter_fail(err, PROPTER_INVALID, "expected a query, found an update");
  if (status == PROPTER_OK) status = explain(r, query, deadline_ms, at == 0, &out, err);
  if (status == PROPTER_OK) {
    http_reply_head(r, 200, media[at]);
    status = http_reply_write(propter_buf_str(&out), r, err);
  }
  propter_buf_clear(&out);
  propter_query_free(query);
  return status;
}

static const HttpRouteParam params[] = {{"query", "a SPARQL 1.1 query", false}, {"timeout", "seconds after which it fails", false}, {0}};

const HttpRoute http_route_explain = {.path = "/explain", .methods = "GET", .summary = "the plan of a query, after running it", .params = params, .run = run};

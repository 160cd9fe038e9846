/* SPDX-License-Identifier: Apache-2.0 */
/* SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/) and, for a request without a query, Service Description. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "describe.h"
#include "offer.h"
#include "propter/results.h"
#include "propter/run.h"

typedef struct {
  HttpParams params; /* of the query string, and of the form if the body is one */
  PropterStr text;
  bool query, update;
  PropterStr base;
  PropterQuery *parsed;
  PropterStr *graphs, *named;
  size_t graph_count, named_count;
  uint32_t deadline_ms;
} Call;

static PropterStatus refuse(HttpRequest *r, unsigned code, PropterError *err, const char *why) {
  http_reply_head(r, code, "application/problem+json");
  return propter_fail(err, PROPTER_INVALID, "%s", why);
}

static bool is(PropterStr a, const char *b) { return propter_str_equal_caseless(a, propter_str(b)); }

/* The operation of a POST that is not a form is its body. */
static PropterStatus read_body(HttpRequest *r, Call *c, PropterError *err) {
  PropterStr type = http_header(r, MHD_HTTP_HEADER_CONTENT_TYPE), kind = http_media_type(type), charset = http_media_parameter(type, "charset");
  PropterStr body = r->body.len ? propter_buf_str(&r->body) : PROPTER_STR("");
  if (charset.len && !is(charset, "utf-8")) return refuse(r, 415, err, "charset: expected UTF-8");
  if (is(kind, "application/x-www-form-urlencoded")) return http_params_parse(&r->arena, body, true, &c->params, err);
  if (is(kind, "application/sparql-query"))
    c->query = true;
  else if (is(kind, "application/sparql-update"))
    c->update = true;
  else
    return refuse(r, 415, err, "Content-Type: expected application/sparql-query, application/sparql-update or application/x-www-form-urlencoded");
  if (!propter_utf8_valid(body, NULL)) return refuse(r, 400, err, "the body is not UTF-8");
  c->text = body;
  return PROPTER_OK;
}

static PropterStatus read_operation(HttpRequest *r, Call *c, PropterError *err) {
  PropterStr query, update;
  bool queried, updated;
  bool post = is(r->method, "POST");
  for (size_t i = 0; i < r->params.count; i++)
    if (!propter_vec_push(&c->params, r->params.items[i])) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  if (post) PROPTER_TRY(read_body(r, c, err));
  PROPTER_TRY(http_param(&c->params, "query", &query, &queried, err));
  PROPTER_TRY(http_param(&c->params, "update", &update, &updated, err));
  if (queried + updated + c->query + c->update > 1) return refuse(r, 400, err, "expected one query or one update, found several");
  if (updated && !post) return refuse(r, 400, err, "an update must be sent by POST");
  if (queried) c->query = true, c->text = query;
  if (updated) c->update = true, c->text = update;
  if (post && !c->query && !c->update) return refuse(r, 400, err, "expected a parameter query or update");
  return http_deadline(r, &c->params, &c->deadline_ms, err);
}

/* --- Queries ---------------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus deliver(HttpRequest *r, Call *c, PropterResults *results, PropterError *err) {
  const char *format;
  OfferOut out = {.request = r};
  PropterResultsKind kind = propter_results_kind(results);
  PROPTER_TRY(offer_choose(r, &c->params,
                           kind == PROPTER_RESULTS_TRIPLES   ? OFFER_GRAPH
                           : kind == PROPTER_RESULTS_BOOLEAN ? OFFER_BOOLEAN
                                                             : OFFER_ROWS,
                           &format, err));
  return offer_flush(&out, propter_results_write(results, format, false, offer_write, &out, err), err);
}

static PropterStatus query(HttpRequest *r, Call *c, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  HttpHidden *hidden = NULL;
  PropterResults *results = NULL;
  if (propter_query_is_update(c->parsed)) return refuse(r, 400, err, "expected a query, found an update");
  PropterStatus status = http_enter(r, c->deadline_ms, &snapshot, &hidden, err);
  PropterQueryOptions options = http_query_options(r, c->deadline_ms, hidden);
  options.from = c->graphs, options.from_count = c->graph_count;
  options.from_named = c->named, options.from_named_count = c->named_count;
  if (status == PROPTER_OK) status = propter_query_run(c->parsed, snapshot, &options, &results, err);
  if (status == PROPTER_OK) status = deliver(r, c, results, err);
  propter_results_close(results);
  http_leave(r, snapshot, hidden);
  return status;
}

/* --- Updates ------------------------------------------------------------------------------------------------------------------------------------ */

static PropterStatus apply(HttpRequest *r, Call *c, PropterWriter *writer, PropterRun **run, PropterError *err) {
  PropterRunOptions record = {
      .kind = "update", .now = r->server->options.now_ms() / 1000, .software = PROPTER_STR("propter " PACKAGE_VERSION), .parameters = c->text};
  PropterQueryOptions options = http_query_options(r, c->deadline_ms, NULL);
  options.from = c->graphs, options.from_count = c->graph_count;
  options.from_named = c->named, options.from_named_count = c->named_count;
  PROPTER_TRY(propter_update_record(c->parsed, writer, &options, &record, run, err));
  return propter_writer_commit(writer, err);
}

static PropterStatus update(HttpRequest *r, Call *c, PropterError *err) {
  PropterWriter *writer = NULL;
  PropterRun *run = NULL;
  uint64_t added = 0, removed = 0;
  char text[96];
  if (r->scope < PROPTER_ACCESS_WRITE)
    return refuse(r, http_header(r, MHD_HTTP_HEADER_AUTHORIZATION).len ? 403 : 401, err, "an update needs a token that may write");
  if (!propter_query_is_update(c->parsed)) return refuse(r, 400, err, "expected an update, found a query");
  PropterStatus status = http_writer(r, c->deadline_ms, &writer, err);
  if (status == PROPTER_OK) status = apply(r, c, writer, &run, err);
  if (status == PROPTER_OK) propter_run_counts(run, &added, &removed);
  propter_run_free(run);
  propter_writer_close(writer);
  if (status != PROPTER_OK) return status;
  (void)snprintf(text, sizeof text, "{\"added\":%llu,\"removed\":%llu}\n", (unsigned long long)added, (unsigned long long)removed);
  http_reply_head(r, 200, "application/json");
  return http_reply_write(propter_str(text), r, err);
}

/* --- Request ---------------------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus run_call(HttpRequest *r, Call *c, PropterError *err) {
  PROPTER_TRY(read_operation(r, c, err));
  if (!c->query && !c->update) return describe_service(r, &c->params, err);
  PROPTER_TRY(http_param_all(&c->params, c->query ? "default-graph-uri" : "using-graph-uri", &r->arena, &c->graphs, &c->graph_count, err));
  PROPTER_TRY(http_param_all(&c->params, c->query ? "named-graph-uri" : "using-named-graph-uri", &r->arena, &c->named, &c->named_count, err));
  c->base = http_own_iri(r, r->route->path);
  if (!c->base.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  PROPTER_TRY(propter_query_parse(c->text, c->base, &c->parsed, err));
  PropterServer *s = r->server;
  (void)pthread_mutex_lock(&s->lock);
  r->about = c->text;
  if (c->query) s->queries++;
  else s->updates++;
  (void)pthread_mutex_unlock(&s->lock);
  return c->query ? query(r, c, err) : update(r, c, err);
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  Call c = {.text = PROPTER_STR("")};
  PropterStatus status = run_call(r, &c, err);
  propter_query_free(c.parsed);
  propter_vec_clear(&c.params);
  return status;
}

static PropterAccess scope(const HttpRequest *r) {
  return is(http_media_type(http_header(r, MHD_HTTP_HEADER_CONTENT_TYPE)), "application/sparql-update") ? PROPTER_ACCESS_WRITE : PROPTER_ACCESS_READ;
}

static const HttpRouteParam params[] = {{"query", "a SPARQL 1.1 query; without it the service describes itself", false},
                                        {"update", "a SPARQL 1.1 update (POST only; needs a token that may write)", false},
                                        {"default-graph-uri", "graph of the query's default graph", true},
                                        {"named-graph-uri", "named graph of the query's dataset", true},
                                        {"using-graph-uri", "the same for an update", true},
                                        {"using-named-graph-uri", "the same for an update", true},
                                        {"timeout", "seconds after which the query fails", false},
                                        {"format", "result format by name, instead of the Accept header", false},
                                        {0}};

const HttpRoute http_route_sparql = {.path = "/sparql",
                                     .methods = "GET HEAD POST",
                                     .summary = "SPARQL 1.1 Protocol: queries, updates, service description",
                                     .params = params,
                                     .lax = true,
                                     .bodies = "application/x-www-form-urlencoded application/sparql-query application/sparql-update",
                                     .scope = scope,
                                     .run = run};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/): /data?graph=IRI, /data?default, and the path of a graph itself. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "multipart.h"
#include "offer.h"
#include "propter/hash.h"
#include "propter/run.h"

typedef struct {
  PropterStr iri; /* empty: the default graph */
  bool fresh;     /* a graph of a new name */
  PropterStr text; /* "update" parameters of the run record */
} Target;

static bool is(PropterStr a, const char *b) { return propter_str_equal_caseless(a, propter_str(b)); }

static PropterStatus target(HttpRequest *r, Target *t, PropterError *err) {
  PropterStr graph, ignored;
  bool named, unnamed;
  const char *why;
  *t = (Target){.iri = PROPTER_STR("")};
  PROPTER_TRY(http_param(&r->params, "graph", &graph, &named, err));
  PROPTER_TRY(http_param(&r->params, "default", &ignored, &unnamed, err));
  if (named && unnamed) return propter_fail(err, PROPTER_INVALID, "expected one of the parameters graph and default, found both");
  if (unnamed) return PROPTER_OK;
  if (named) {
    if (!propter_iri_valid(graph, &why)) return propter_fail(err, PROPTER_INVALID, "graph: %s", why);
    t->iri = graph;
    return PROPTER_OK;
  }
  if (!r->rest.len && !is(r->method, "POST"))
    return propter_fail(err, PROPTER_INVALID, "expected the parameter graph=IRI or default, or the path of a graph below %s/", r->route->path);
  if (r->rest.len) {
    size_t end = 0; /* the path as it was sent: its escapes are part of the name */
    while (end < r->uri.len && r->uri.data[end] != '?') end++;
    PropterStr path = propter_arena_copy(&r->arena, (PropterStr){r->uri.data, end});
    t->iri = path.data ? http_own_iri(r, path.data) : path;
  } else {
    char name[64];
    t->fresh = true;
    (void)snprintf(name, sizeof name, "%s/g-%llx-%llx", r->route->path, (unsigned long long)r->server->options.now_ms(), (unsigned long long)r->id);
    t->iri = http_own_iri(r, name);
  }
  if (!t->iri.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  if (!propter_iri_valid(t->iri, &why)) return propter_fail(err, PROPTER_INVALID, "the path is no IRI: %s", why);
  return PROPTER_OK;
}

static PropterStatus find(PropterSnapshot *snapshot, const Target *t, PropterId *id, uint64_t *quads, PropterError *err) {
  PropterTerm name = propter_iri(t->iri);
  *id = PROPTER_DEFAULT_GRAPH;
  *quads = 0;
  if (t->iri.len) PROPTER_TRY(propter_snapshot_find(snapshot, &name, id, err));
  return *id ? propter_snapshot_count(snapshot, PROPTER_GSPO, (PropterQuad){.g = *id}, 1, quads, err) : PROPTER_OK;
}

static PropterStatus missing(HttpRequest *r, const Target *t, PropterError *err) {
  http_reply_head(r, 404, "application/problem+json");
  return propter_fail(err, PROPTER_NOT_FOUND, "there is no graph <%.*s>", (int)t->iri.len, t->iri.data);
}

/* --- Reading -------------------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus get(HttpRequest *r, const Target *t, PropterError *err) {
  PropterSnapshot *snapshot = NULL;
  PropterId id = 0;
  uint64_t quads;
  const char *format = NULL;
  OfferOut out = {.request = r};
  PropterStatus status = http_snapshot(r, r->server->options.deadline_ms, &snapshot, err);
  if (status == PROPTER_OK) status = find(snapshot, t, &id, &quads, err);
  if (status == PROPTER_OK && t->iri.len && !quads) status = missing(r, t, err);
  if (status == PROPTER_OK) status = offer_choose(r, &r->params, OFFER_GRAPH, &format, err);
  PropterRdfWriterOptions options = {.format = format};
  if (status == PROPTER_OK) status = propter_rdf_write(snapshot, id, &options, offer_write, &out, NULL, err);
  status = offer_flush(&out, status, err);
  propter_snapshot_close(snapshot);
  return status;
}

/* --- Writing -------------------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterWriter *writer;
  PropterId graph;
  PropterMap blanks;
} Filler;

static PropterStatus intern(Filler *f, const PropterTerm *term, PropterId *id, PropterError *err) {
  bool added;
  if (term->kind != PROPTER_TERM_BLANK) return propter_writer_intern(f->writer, term, id, err);
  uint64_t *slot = propter_map_put(&f->blanks, term->value, 0, &added);
  if (!slot) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  if (added) PROPTER_TRY(propter_writer_blank(f->writer, slot, err));
  *id = *slot;
  return PROPTER_OK;
}

static PropterStatus on_statement(const PropterStatement *st, void *payload, PropterError *err) {
  Filler *f = payload;
  PropterQuad q = {.g = f->graph};
  PROPTER_TRY(intern(f, &st->s, &q.s, err));
  PROPTER_TRY(intern(f, &st->p, &q.p, err));
  PROPTER_TRY(intern(f, &st->o, &q.o, err));
  return propter_writer_add(f->writer, q, err);
}

/* Reads one document; its blank nodes are its own. */
static PropterStatus fill(HttpRequest *r, const Target *t, PropterWriter *writer, PropterId graph, PropterStr type, PropterStr body, PropterError *err) {
  PropterStr kind = http_media_type(type);
  const PropterRdfFormat *format = propter_rdf_format(kind);
  if (!kind.len || !memchr(kind.data, '/', kind.len) || !format || !format->reads || format->named_graphs) {
    http_reply_head(r, 415, "application/problem+json");
    return propter_fail(err, PROPTER_INVALID, "Content-Type: expected an RDF format such as text/turtle, found \"%.*s\"", (int)(kind.len < 80 ? kind.len : 80),
                        kind.data ? kind.data : "");
  }
  Filler f = {.writer = writer, .graph = graph};
  PropterRdfOptions options = {.format = format->name, .base = t->iri.len ? t->iri : http_own_iri(r, r->route->path)};
  PropterRdfSink sink = {on_statement, NULL, &f};
  PropterStatus status = propter_rdf_read_text(body, "request", &options, &sink, err);
  propter_map_clear(&f.blanks);
  return status;
}

typedef struct {
  HttpRequest *request;
  const Target *target;
  PropterWriter *writer;
  PropterId graph;
} Parts;

static PropterStatus on_part(PropterStr type, PropterStr body, void *payload, PropterError *err) {
  Parts *p = payload;
  return fill(p->request, p->target, p->writer, p->graph, type, body, err);
}

static PropterStatus fill_all(HttpRequest *r, const Target *t, PropterWriter *writer, PropterId graph, PropterError *err) {
  PropterStr type = http_header(r, MHD_HTTP_HEADER_CONTENT_TYPE), body = r->body.len ? propter_buf_str(&r->body) : PROPTER_STR("");
  Parts parts = {r, t, writer, graph};
  if (is(http_media_type(type), "multipart/form-data")) return multipart_each(body, http_media_parameter(type, "boundary"), on_part, &parts, err);
  return fill(r, t, writer, graph, type, body, err);
}

static PropterStatus change(HttpRequest *r, const Target *t, PropterWriter *writer, PropterRun **run, bool *existed, PropterError *err) {
  PropterSnapshot *snapshot;
  PropterId graph;
  uint64_t quads;
  PropterTerm name = propter_iri(t->iri);
  bool put = is(r->method, "PUT"), remove = is(r->method, "DELETE");
  PropterRunOptions record = {
      .kind = "update", .now = r->server->options.now_ms() / 1000, .software = PROPTER_STR("propter " PACKAGE_VERSION), .parameters = t->text};
  PROPTER_TRY(propter_writer_snapshot(writer, &snapshot, err));
  PROPTER_TRY(find(snapshot, t, &graph, &quads, err));
  *existed = quads > 0 || !t->iri.len;
  if (remove && !*existed) return missing(r, t, err);
  PROPTER_TRY(propter_run_begin(writer, &record, NULL, run, err));
  if (t->iri.len) PROPTER_TRY(propter_writer_intern(writer, &name, &graph, err));
  PROPTER_TRY(propter_run_generated(*run, graph, err));
  if (put || remove) PROPTER_TRY(propter_writer_clear_graph(writer, graph, err));
  if (!remove) PROPTER_TRY(fill_all(r, t, writer, graph, err));
  PROPTER_TRY(propter_run_finish(*run, err));
  return propter_writer_commit(writer, err);
}

static PropterStatus store(HttpRequest *r, Target *t, PropterError *err) {
  PropterWriter *writer = NULL;
  PropterRun *run = NULL;
  uint64_t added = 0, removed = 0;
  bool existed = false;
  char text[96];
  t->text = propter_arena_printf(&r->arena, "%.*s %s%.*s%s", (int)r->method.len, r->method.data, t->iri.len ? "<" : "the default graph", (int)t->iri.len,
                                 t->iri.data, t->iri.len ? ">" : "");
  if (!t->text.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  PropterStatus status = http_writer(r, r->server->options.deadline_ms, &writer, err);
  if (status == PROPTER_OK) status = change(r, t, writer, &run, &existed, err);
  if (status == PROPTER_OK) propter_run_counts(run, &added, &removed);
  propter_run_free(run);
  propter_writer_close(writer);
  if (status != PROPTER_OK) return status;
  (void)snprintf(text, sizeof text, "{\"added\":%llu,\"removed\":%llu}\n", (unsigned long long)added, (unsigned long long)removed);
  bool created = !existed && !is(r->method, "DELETE");
  http_reply_head(r, created ? 201 : 200, "application/json");
  if (created) http_reply_field(r, MHD_HTTP_HEADER_LOCATION, t->iri);
  return http_reply_write(propter_str(text), r, err);
}

static PropterStatus run(HttpRequest *r, PropterError *err) {
  Target t;
  PROPTER_TRY(target(r, &t, err));
  return is(r->method, "GET") || is(r->method, "HEAD") ? get(r, &t, err) : store(r, &t, err);
}

static PropterAccess scope(const HttpRequest *r) { return is(r->method, "GET") || is(r->method, "HEAD") ? PROPTER_ACCESS_READ : PROPTER_ACCESS_WRITE; }

static const HttpRouteParam params[] = {{"graph", "IRI of the graph", false},
                                        {"default", "the graph of triples that have no name", false},
                                        {"format", "format by name, instead of the Accept header", false},
                                        {0}};

const HttpRoute http_route_data = {.path = "/data",
                                   .below = "graph",
                                   .methods = "GET HEAD PUT POST DELETE",
                                   .summary = "SPARQL 1.1 Graph Store HTTP Protocol",
                                   .params = params,
                                   .bodies = "text/turtle application/n-triples application/rdf+xml multipart/form-data",
                                   .scope = scope,
                                   .run = run};

/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/remote.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "propter/fetch.h"
#include "propter/hash.h"
#include "propter/limits.h"
#include "propter/results.h"

#define XML_RESULTS "application/sparql-results+xml"

static bool is_file(PropterStr iri) { return propter_str_starts(iri, PROPTER_STR("file:///")); }

PropterStatus propter_remote_check(const PropterRemote *remote, PropterError *err) {
  for (size_t i = 0; remote->services && remote->services[i]; i++) PROPTER_TRY(propter_fetch_rule(remote->services[i], err));
  for (size_t i = 0; remote->loads && remote->loads[i]; i++)
    if (!is_file(propter_str(remote->loads[i]))) PROPTER_TRY(propter_fetch_rule(remote->loads[i], err));
  return PROPTER_OK;
}

static bool has_type(const PropterBuf *type, const char *wanted) {
  size_t n = strlen(wanted);
  return type->len >= n && memcmp(type->data, wanted, n) == 0 && (type->len == n || type->data[n] == ';' || type->data[n] == ' ');
}

/* --- SERVICE -------------------------------------------------------------------------------------------------------------- */

static PropterStatus read_reply(PropterRemote *remote, PropterStr endpoint, const PropterBuf *reply, const PropterBuf *type, uint64_t bytes,
                                PropterResults **out, PropterError *err) {
  char source[240], blanks[32];
  (void)snprintf(source, sizeof source, "%.*s", (int)(endpoint.len < 239 ? endpoint.len : 239), endpoint.data);
  if (!has_type(type, XML_RESULTS) && !has_type(type, "application/xml") && !has_type(type, "text/xml"))
    return propter_fail(err, PROPTER_INVALID, "<%s>: expected " XML_RESULTS ", found \"%.100s\"", source, type->len ? type->data : "nothing");
  (void)snprintf(blanks, sizeof blanks, "service%u.", ++remote->calls);
  return propter_results_read(reply->len ? propter_buf_str(reply) : PROPTER_STR(""), source, propter_str(blanks), bytes, out, err);
}

static PropterStatus serve(PropterStr endpoint, PropterStr text, uint32_t ms, void *payload, PropterResults **out, PropterError *err) {
  PropterRemote *remote = payload;
  if (!remote->services) return propter_fail(err, PROPTER_INVALID, "SERVICE is not allowed here: --allow-service URL allows it");
  uint64_t bytes = remote->memory ? remote->memory : propter_limits_default().document_bytes;
  PropterFetchOptions options = {.rules = remote->services, .bytes = bytes, .ms = ms, .cancel = remote->cancel};
  PropterFetchRequest request = {.url = endpoint, .accept = PROPTER_STR(XML_RESULTS), .content_type = PROPTER_STR("application/sparql-query"), .body = text};
  PropterBuf reply = {0}, type = {.max = 1 << 10};
  PropterStatus status = propter_fetch(&request, &options, &reply, &type, err);
  if (status == PROPTER_OK) status = read_reply(remote, endpoint, &reply, &type, bytes, out, err);
  propter_buf_clear(&reply);
  propter_buf_clear(&type);
  return status;
}

/* --- LOAD ----------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PropterWriter *writer;
  PropterId graph;
  PropterMap blanks;
  PropterQuads quads; /* added when all are read: a document that fails adds nothing, also where SILENT goes on */
} Target;

static PropterStatus intern(Target *t, const PropterTerm *term, PropterId *id, PropterError *err) {
  if (term->kind != PROPTER_TERM_BLANK) return propter_writer_intern(t->writer, term, id, err);
  uint64_t *made = propter_map_put(&t->blanks, term->value, 0, NULL);
  if (!made) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  if (!*made) PROPTER_TRY(propter_writer_blank(t->writer, made, err));
  return *id = *made, PROPTER_OK;
}

static PropterStatus add(const PropterStatement *st, void *payload, PropterError *err) {
  Target *t = payload;
  PropterQuad q = {.g = t->graph};
  if (st->g.kind != PROPTER_TERM_NONE) return propter_fail(err, PROPTER_INVALID, "LOAD takes triples, found a named graph; propter load takes those");
  PROPTER_TRY(intern(t, &st->s, &q.s, err));
  PROPTER_TRY(intern(t, &st->p, &q.p, err));
  PROPTER_TRY(intern(t, &st->o, &q.o, err));
  return propter_vec_push(&t->quads, q) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
}

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

/* The file of a file: IRI, all links resolved. */
static PropterStatus resolve(PropterStr iri, char real[PATH_MAX], PropterError *err) {
  char path[PATH_MAX];
  size_t n = 0;
  for (size_t i = strlen("file://"); i < iri.len && n + 1 < sizeof path; i++) {
    bool coded = iri.data[i] == '%' && i + 2 < iri.len && digit(iri.data[i + 1]) >= 0 && digit(iri.data[i + 2]) >= 0;
    path[n++] = coded ? (char)(digit(iri.data[i + 1]) * 16 + digit(iri.data[i + 2])) : iri.data[i];
    if (coded) i += 2;
  }
  path[n] = 0;
  if (strlen(path) == n && n + 1 < sizeof path && realpath(path, real)) return PROPTER_OK;
  return propter_fail(err, PROPTER_NOT_FOUND, "<%.*s> is no file", (int)(iri.len < 200 ? iri.len : 200), iri.data);
}

static PropterStatus load_file(const PropterRemote *remote, PropterStr iri, const PropterRdfSink *sink, PropterError *err) {
  char file[PATH_MAX], top[PATH_MAX];
  PROPTER_TRY(resolve(iri, file, err));
  for (size_t i = 0; remote->loads[i]; i++) {
    if (!is_file(propter_str(remote->loads[i])) || resolve(propter_str(remote->loads[i]), top, NULL) != PROPTER_OK) continue;
    size_t n = strlen(top);
    if (strncmp(file, top, n) == 0 && (file[n] == 0 || file[n] == '/' || top[n - 1] == '/')) {
      PropterRdfOptions options = {.base = iri};
      return propter_rdf_read(file, &options, sink, err);
    }
  }
  return propter_fail(err, PROPTER_INVALID, "<%.*s> is not on the list of what may be loaded", (int)(iri.len < 200 ? iri.len : 200), iri.data);
}

static PropterStatus load_url(const PropterRemote *remote, PropterStr iri, uint32_t ms, const PropterRdfSink *sink, PropterError *err) {
  PropterFetchOptions options = {.rules = remote->loads, .ms = ms, .cancel = remote->cancel};
  PropterFetchRequest request = {.url = iri,
                                 .accept = PROPTER_STR("application/n-triples, text/turtle, application/rdf+xml;q=0.9, */*;q=0.1"),
                                 .content_type = PROPTER_STR(""),
                                 .body = PROPTER_STR("")};
  PropterBuf reply = {0}, type = {.max = 1 << 10};
  char source[240];
  (void)snprintf(source, sizeof source, "%.*s", (int)(iri.len < 239 ? iri.len : 239), iri.data);
  PropterStatus status = propter_fetch(&request, &options, &reply, &type, err);
  const PropterRdfFormat *format = type.len ? propter_rdf_format(propter_buf_str(&type)) : NULL;
  if (!format) format = propter_rdf_format_of_file(source);
  if (status == PROPTER_OK && !format)
    status = propter_fail(err, PROPTER_INVALID, "<%s>: expected an RDF format, found \"%.100s\"", source, type.len ? type.data : "no media type");
  PropterRdfOptions read = {.format = format ? format->name : NULL, .base = iri};
  if (status == PROPTER_OK) status = propter_rdf_read_text(reply.len ? propter_buf_str(&reply) : PROPTER_STR(""), source, &read, sink, err);
  propter_buf_clear(&reply);
  propter_buf_clear(&type);
  return status;
}

static PropterStatus load(PropterStr iri, PropterId graph, PropterWriter *writer, uint32_t ms, void *payload, PropterError *err) {
  const PropterRemote *remote = payload;
  if (!remote->loads) return propter_fail(err, PROPTER_INVALID, "LOAD is not allowed here: --allow-load URL allows it");
  Target t = {.writer = writer, .graph = graph};
  PropterRdfSink sink = {add, NULL, &t};
  PropterStatus status = is_file(iri) ? load_file(remote, iri, &sink, err) : load_url(remote, iri, ms, &sink, err);
  for (size_t i = 0; status == PROPTER_OK && i < t.quads.count; i++) status = propter_writer_add(writer, t.quads.items[i], err);
  propter_vec_clear(&t.quads);
  propter_map_clear(&t.blanks);
  return status;
}

void propter_remote_use(PropterRemote *remote, PropterQueryOptions *options) { options->service = serve, options->load = load, options->payload = remote; }

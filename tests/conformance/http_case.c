/* SPDX-License-Identifier: Apache-2.0 */
#include "http_case.h"

#include <strings.h>
#include <unistd.h>

#include "http_client.h"
#include "propter/rdf.h"
#include "propter/server.h"
#include "sparql_case.h"

#define MF "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
#define UT "http://www.w3.org/2009/sparql/tests/test-update#"
#define HT "http://www.w3.org/2011/http#"
#define HTS "http://www.w3.org/2011/http-statusCodes#"
#define CNT "http://www.w3.org/2011/content#"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define RDFS "http://www.w3.org/2000/01/rdf-schema#"
#define TOKEN "conformance-token-0"

static int64_t now_ms(void) { return 1700000000000; }

/* --- A server of its own --------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  char folder[64];
  PropterServer *server;
  char location[512]; /* of the last reply that had one */
} Site;

static PropterStatus fill(const char *graph, const Dataset *m, const PropterTerm *entry, PropterError *err) {
  PropterGraph *g = NULL;
  PropterWriter *writer = NULL;
  PropterStatus status = propter_graph_open(graph, PROPTER_GRAPH_CREATE, NULL, &g, err);
  if (status == PROPTER_OK) status = propter_writer_open(g, true, &writer, err);
  const PropterTerm *data;
  for (size_t i = 0; m && status == PROPTER_OK && (data = dataset_object(m, entry, UT "graphData", i)); i++) {
    PropterRdfLoadOptions options = {.graph = dataset_object(m, data, RDFS "label", 0)->value};
    PropterRdfLoaded loaded = {0};
    PropterStr file = dataset_object(m, data, UT "graph", 0)->value, scheme = PROPTER_STR("file://");
    status = propter_rdf_load(writer, file.data + (propter_str_starts(file, scheme) ? scheme.len : 0), &options, &loaded, err);
    propter_rdf_loaded_clear(&loaded);
  }
  if (status == PROPTER_OK) status = propter_writer_commit(writer, err);
  propter_writer_close(writer);
  propter_graph_close(g);
  return status;
}

static PropterStatus site_open(Site *s, const Dataset *m, const PropterTerm *entry, PropterError *err) {
  static const char *const hosts[] = {"www.example", NULL};
  static const PropterServerToken token = {{TOKEN, sizeof TOKEN - 1}, PROPTER_ACCESS_WRITE};
  PropterServerOptions options = propter_server_options();
  (void)snprintf(s->folder, sizeof s->folder, "%s/propter-site-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
  if (!mkdtemp(s->folder)) return propter_fail(err, PROPTER_IO, "no folder");
  PROPTER_TRY(fill(s->folder, m, entry, err));
  options.graph = s->folder, options.port = 0, options.hosts = hosts, options.tokens = &token, options.token_count = 1, options.workers = 1,
  options.now_ms = now_ms;
  return propter_server_start(&options, &s->server, err);
}

static void site_close(Site *s) {
  char command[160];
  propter_server_stop(s->server);
  (void)snprintf(command, sizeof command, "rm -rf '%s'", s->folder);
  if (s->folder[0] && system(command) != 0) fputs("# a folder stayed\n", stdout);
}

/* --- One request ------------------------------------------------------------------------------------------------------------------------------- */

static bool status_fits(const Dataset *m, const PropterTerm *response, unsigned code) {
  static const struct {
    const char *name;
    unsigned low, high;
  } names[] = {{HTS "StatusCode2xx", 200, 299}, {HTS "StatusCode3xx", 300, 399}, {HTS "StatusCode4xx", 400, 499}, {HTS "OK", 200, 200},
               {HTS "Created", 201, 201},       {HTS "NoContent", 204, 204},     {HTS "NotFound", 404, 404}};
  const PropterTerm *expected;
  for (size_t i = 0; (expected = dataset_object(m, response, MF "expectedStatus", i)); i++)
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
      if (propter_str_equal(expected->value, propter_str(names[k].name)) && code >= names[k].low && code <= names[k].high) return true;
  return false;
}

static void add_replaced(PropterBuf *out, PropterStr text, const char *location) {
  PropterStr mark = PROPTER_STR("$LOCATION$");
  for (size_t at; (at = propter_str_find(text, mark)) != SIZE_MAX; text = (PropterStr){text.data + at + mark.len, text.len - at - mark.len}) {
    propter_buf_add(out, (PropterStr){text.data, at});
    propter_buf_add(out, propter_str(location));
  }
  propter_buf_add(out, text);
}

static void add_body(PropterBuf *out, const Dataset *m, const PropterTerm *body, const char *location) {
  const PropterTerm *chars = dataset_object(m, body, CNT "chars", 0), *encoding = dataset_object(m, body, CNT "characterEncoding", 0);
  if (!chars) return;
  if (!encoding || strncasecmp(encoding->value.data, "utf-16", 6) != 0) {
    add_replaced(out, chars->value, location);
    return;
  }
  propter_buf_add(out, (PropterStr){"\xfe\xff", 2});
  for (size_t i = 0; i < chars->value.len; i++) propter_buf_add_char(out, 0), propter_buf_add_char(out, chars->value.data[i]);
}

static bool content_fits(const Dataset *m, const PropterTerm *response, const HttpAnswer *answer, PropterStr base) {
  const PropterTerm *format = dataset_object(m, response, MF "expectedFormat", 0), *boolean = dataset_object(m, response, MF "expectedBoolean", 0);
  const PropterTerm *chars = dataset_object(m, dataset_object(m, response, HT "body", 0), CNT "chars", 0);
  PropterStr type = http_field(answer, "Content-Type"), body = answer->body.len ? propter_buf_str(&answer->body) : PROPTER_STR("");
  PropterError err = {0};
  bool fits = true;
  if (format && propter_str_equal(format->value, PROPTER_STR("RDF"))) {
    Dataset d = {0};
    fits = dataset_read_text(&d, body, propter_rdf_format(type) ? propter_rdf_format(type)->name : "", base, &err) == PROPTER_OK;
    dataset_clear(&d);
  } else if (format) {
    Answer a = {0};
    bool wants_boolean = propter_str_equal(format->value, PROPTER_STR("boolean"));
    fits = answer_read_text(&a, body, "json", &err) == PROPTER_OK && a.is_boolean == wants_boolean;
    if (fits && boolean) fits = a.boolean == propter_str_equal(boolean->value, PROPTER_STR("true"));
    answer_clear(&a);
  }
  if (fits && chars) {
    Dataset is = {0}, wanted = {0};
    PropterBuf difference = {0};
    fits = propter_str_starts(type, PROPTER_STR("text/turtle")) && dataset_read_text(&is, body, "turtle", base, &err) == PROPTER_OK &&
           dataset_read_text(&wanted, chars->value, "turtle", base, &err) == PROPTER_OK && dataset_equal(&is, &wanted, &difference);
    propter_buf_clear(&difference);
    dataset_clear(&is), dataset_clear(&wanted);
  }
  return fits;
}

/* True if the reply is as described; otherwise the case has failed. */
static bool request(Site *s, const Dataset *m, const PropterTerm *r) {
  PropterBuf path = {0}, head = {0}, body = {0}, target = {0};
  HttpAnswer answer;
  const PropterTerm *response = dataset_object(m, r, HT "resp", 0), *method = dataset_object(m, r, HT "methodName", 0);
  PropterStr own = dataset_object(m, r, HT "absolutePath", 0)->value, gsp = PROPTER_STR("/gsp");
  propter_buf_add(&path, propter_str_starts(own, gsp) ? PROPTER_STR("/data") : PROPTER_STR(""));
  if (propter_str_starts(own, gsp)) own = (PropterStr){own.data + gsp.len, own.len - gsp.len};
  add_replaced(&path, own, s->location);
  propter_buf_add(&head, PROPTER_STR("Authorization: Bearer " TOKEN "\r\n"));
  for (const PropterTerm *list = dataset_object(m, r, HT "headers", 0); list && list->kind == PROPTER_TERM_BLANK;
       list = dataset_object(m, list, RDF "rest", 0)) {
    const PropterTerm *header = dataset_object(m, list, RDF "first", 0);
    PropterStr name = dataset_object(m, header, HT "fieldName", 0)->value, value = dataset_object(m, header, HT "fieldValue", 0)->value;
    propter_buf_printf(&head, "%.*s: %.*s\r\n", (int)name.len, name.data, (int)value.len, value.data);
  }
  add_body(&body, m, dataset_object(m, r, HT "body", 0), s->location);
  bool ok = http_ask(propter_server_port(s->server), method->value.data, path.data, "www.example", head.data,
                     body.len ? propter_buf_str(&body) : PROPTER_STR(""), &answer);
  propter_buf_printf(&target, "http://www.example%s", path.data);
  PropterStr location = http_field(&answer, "Location");
  if (!ok || !answer.whole)
    conformance_failed("%s %s: no answer", method->value.data, path.data);
  else if (!(ok = status_fits(m, response, answer.code)))
    conformance_failed("%s %s: status %u: %.*s", method->value.data, path.data, answer.code, (int)answer.body.len, answer.body.data ? answer.body.data : "");
  else if (!(ok = content_fits(m, response, &answer, propter_buf_str(&target))))
    conformance_failed("%s %s: other content: %.*s", method->value.data, path.data, (int)answer.body.len, answer.body.data ? answer.body.data : "");
  else if (dataset_object(m, response, MF "expectedLocation", 0) && !(ok = location.len > 0))
    conformance_failed("%s %s: no Location", method->value.data, path.data);
  (void)snprintf(s->location, sizeof s->location, "%.*s", (int)location.len, location.data);
  http_answer_clear(&answer);
  propter_buf_clear(&path), propter_buf_clear(&head), propter_buf_clear(&body), propter_buf_clear(&target);
  return ok;
}

static void run_entry(const Dataset *m, const PropterTerm *entry) {
  Site site = {.location = ""};
  PropterError err = {0};
  const PropterTerm *list = dataset_object(m, dataset_object(m, entry, MF "action", 0), HT "requests", 0);
  const char *name = entry->value.data;
  for (const char *at = name; *at; at++)
    if (*at == '#') name = at + 1;
  if (!list || !conformance_case(name)) return;
  bool ok = site_open(&site, m, entry, &err) == PROPTER_OK;
  if (!ok) conformance_failed("%s", err.message);
  for (; ok && list->kind == PROPTER_TERM_BLANK; list = dataset_object(m, list, RDF "rest", 0)) ok = request(&site, m, dataset_object(m, list, RDF "first", 0));
  if (ok) conformance_pass();
  site_close(&site);
}

void http_cases(const char *folder, const char *manifest) {
  Dataset m = {0};
  PropterError err = {0};
  char path[4096];
  (void)snprintf(path, sizeof path, "%s/%s", folder, manifest);
  if (dataset_read(&m, path, "turtle", &err) != PROPTER_OK) {
    if (conformance_case(manifest)) conformance_failed("%s", err.message);
    return;
  }
  for (size_t i = 0; i < m.count; i++) {
    if (!propter_str_equal(m.items[i].term[1].value, PROPTER_STR(MF "entries"))) continue;
    for (const PropterTerm *list = &m.items[i].term[2]; list && list->kind == PROPTER_TERM_BLANK; list = dataset_object(&m, list, RDF "rest", 0))
      run_entry(&m, dataset_object(&m, list, RDF "first", 0));
  }
  dataset_clear(&m);
}

/* --- Service description --------------------------------------------------------------------------------------------------------------------------- */

#define SD "http://www.w3.org/ns/sparql-service-description#"

/* Classes of what stands before and behind a property (the vocabulary's rdfs:domain and rdfs:range), as far as a description names them. */
static bool conforms(const Dataset *d, PropterBuf *why) {
  static const struct {
    const char *property, *domain;
    bool iri;
  } rules[] = {{SD "endpoint", SD "Service", true},         {SD "supportedLanguage", SD "Service", true}, {SD "feature", SD "Service", true},
               {SD "resultFormat", SD "Service", true},     {SD "inputFormat", SD "Service", true},       {SD "defaultDataset", SD "Service", false},
               {SD "defaultGraph", SD "Dataset", false}};
  for (size_t i = 0; i < d->count; i++)
    for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
      const DatasetQuad *q = &d->items[i];
      if (!propter_str_equal(q->term[1].value, propter_str(rules[k].property))) continue;
      const PropterTerm *type = dataset_object(d, &q->term[0], RDF "type", 0);
      if (type && propter_str_equal(type->value, propter_str(rules[k].domain)) && (!rules[k].iri || q->term[2].kind == PROPTER_TERM_IRI)) continue;
      propter_buf_printf(why, "%s", rules[k].property);
      return false;
    }
  return true;
}

void http_description(const char *folder) {
  static const char *const formats[] = {"text/turtle", "application/n-triples"};
  Site site = {.location = ""};
  PropterError err = {0};
  Dataset d[2] = {{0}};
  PropterBuf why = {0};
  (void)folder;
  bool ok = site_open(&site, NULL, NULL, &err) == PROPTER_OK, rdf = ok, endpoint = ok, schema = ok;
  for (size_t f = 0; ok && f < 2; f++) {
    HttpAnswer answer;
    char head[64], iri[] = "http://www.example/sparql";
    (void)snprintf(head, sizeof head, "Accept: %s\r\n", formats[f]);
    rdf = rdf && http_ask(propter_server_port(site.server), "GET", "/sparql", "www.example", head, PROPTER_STR(""), &answer) && answer.code == 200 &&
          propter_str_starts(http_field(&answer, "Content-Type"), propter_str(formats[f])) &&
          dataset_read_text(&d[f], propter_buf_str(&answer.body), formats[f], PROPTER_STR("http://www.example/sparql"), &err) == PROPTER_OK && d[f].count > 0;
    http_answer_clear(&answer);
    bool found = false;
    for (size_t i = 0; i < d[f].count; i++)
      found = found ||
              (propter_str_equal(d[f].items[i].term[1].value, PROPTER_STR(SD "endpoint")) && propter_str_equal(d[f].items[i].term[2].value, propter_str(iri)));
    endpoint = endpoint && found;
    schema = schema && rdf && conforms(&d[f], &why);
  }
  const struct {
    const char *name;
    bool passed;
  } cases[] = {{"returns-rdf", rdf}, {"has-endpoint-triple", endpoint}, {"conforms-to-schema", schema}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (!conformance_case(cases[i].name)) continue;
    if (cases[i].passed) conformance_pass();
    else conformance_failed("%s %s", err.message, why.data ? why.data : "");
  }
  propter_buf_clear(&why);
  dataset_clear(&d[0]), dataset_clear(&d[1]);
  site_close(&site);
}

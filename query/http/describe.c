/* SPDX-License-Identifier: Apache-2.0 */
#include "describe.h"

#include "offer.h"
#include "propter/results.h"

#define SD "http://www.w3.org/ns/sparql-service-description#"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define FORMATS "http://www.w3.org/ns/formats/"

/* The W3C's names of formats (https://www.w3.org/ns/formats/). */
static const struct {
  const char *name, *iri;
  bool in, out;
} formats[] = {{"json", FORMATS "SPARQL_Results_JSON", false, true},
               {"xml", FORMATS "SPARQL_Results_XML", false, true},
               {"csv", FORMATS "SPARQL_Results_CSV", false, true},
               {"tsv", FORMATS "SPARQL_Results_TSV", false, true},
               {"turtle", FORMATS "Turtle", true, true},
               {"ntriples", FORMATS "N-Triples", true, true},
               {"nquads", FORMATS "N-Quads", true, true},
               {"trig", FORMATS "TriG", true, true},
               {"rdfxml", FORMATS "RDF_XML", true, true},
               {"jsonld", FORMATS "JSON-LD", true, true}};

static PropterTerm blank(const char *label) { return (PropterTerm){PROPTER_TERM_BLANK, propter_str(label), {"", 0}, {"", 0}}; }
static PropterTerm iri(const char *text) { return propter_iri(propter_str(text)); }

typedef struct {
  PropterRdfWriter *writer;
  PropterStatus status;
  PropterError *err;
} Document;

static void say(Document *d, PropterTerm s, const char *p, PropterTerm o) {
  PropterStatement st = {.s = s, .p = iri(p), .o = o, .g = {.value = {"", 0}, .datatype = {"", 0}, .language = {"", 0}}};
  if (d->status == PROPTER_OK) d->status = propter_rdf_writer_add(d->writer, &st, d->err);
}

static void say_formats(Document *d, PropterTerm service) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    const PropterRdfFormat *rdf = propter_rdf_format(propter_str(formats[i].name));
    bool rows = propter_result_format(propter_str(formats[i].name)) != NULL;
    if (formats[i].out && (rows || (rdf && rdf->writes))) say(d, service, SD "resultFormat", iri(formats[i].iri));
    if (formats[i].in && rdf && rdf->reads) say(d, service, SD "inputFormat", iri(formats[i].iri));
  }
}

static bool may_federate(const PropterServerOptions *o) { return o->services && o->services[0]; }

PropterStatus describe_service(HttpRequest *r, const HttpParams *params, PropterError *err) {
  const char *format;
  OfferOut out = {.request = r};
  Document d = {.err = err};
  PropterStr own = http_own_iri(r, r->route->path);
  if (!own.data) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  PROPTER_TRY(offer_choose(r, params, OFFER_GRAPH, &format, err));
  PropterRdfWriterOptions options = {.format = format};
  d.status = propter_rdf_writer_open(&options, offer_write, &out, &d.writer, err);
  PropterTerm service = blank("service"), dataset = blank("dataset"), graph = blank("graph");
  say(&d, service, RDF "type", iri(SD "Service"));
  say(&d, service, SD "endpoint", propter_iri(own));
  say(&d, service, SD "supportedLanguage", iri(SD "SPARQL11Query"));
  if (r->server->options.token_count) say(&d, service, SD "supportedLanguage", iri(SD "SPARQL11Update"));
  say(&d, service, SD "feature", iri(SD "UnionDefaultGraph"));
  if (may_federate(&r->server->options)) say(&d, service, SD "feature", iri(SD "BasicFederatedQuery"));
  say_formats(&d, service);
  say(&d, service, SD "defaultDataset", dataset);
  say(&d, dataset, RDF "type", iri(SD "Dataset"));
  say(&d, dataset, SD "defaultGraph", graph);
  say(&d, graph, RDF "type", iri(SD "Graph"));
  if (d.status == PROPTER_OK) d.status = propter_rdf_writer_finish(d.writer, err);
  propter_rdf_writer_close(d.writer);
  return offer_flush(&out, d.status, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "propter/rdf.h"
#include "propter/rng.h"

static const char prefixes[] =
    "@prefix w: <" W "> . @prefix p: <" NS "> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix qb: <http://purl.org/linked-data/cube#> . @prefix dct: <http://purl.org/dc/terms/> .\n";

static const char *const regions[] = {"north", "south", "east", "west", "centre"};
enum { REGIONS = 5 };

const char world_strike[] =
    "w:strike a p:Event ; skos:prefLabel \"Strike in the north\" ; p:concept w:walkout ; p:scope w:north ; p:start \"2013-06-01\"^^xsd:date ; p:end \"2013-06-28\"^^xsd:date ;\n"
    "  p:dose [ p:value -40.0 ; p:profile p:Pulse ; p:source \"forty of them\" ] ; dct:source \"the gazette\" .\n";

static void add_metric(PropterBuf *out, const char *name) {
  propter_buf_printf(
      out,
      "w:%s a skos:Concept ; skos:inScheme w:regions ; skos:prefLabel \"%s\" .\nw:%s-orders a p:Metric ; skos:prefLabel \"%s orders\" ; p:dataset w:cube ; p:measure w:orders ; p:timeDimension w:month ;\n"
      "  p:fixed [ p:dimension w:region ; p:member w:%s ] ; p:concept w:%s ; p:grain \"P1M\"^^xsd:duration ; p:referenceDay 12 ; p:seasonallyAdjusted true ; p:unitLabel \"t\" .\n",
      name, name, name, name, name, name);
}

static void add_figures(PropterBuf *out) {
  PropterRng rng;
  propter_rng_seed(&rng, 7);
  double level[REGIONS] = {500, 400, 300, 600, 350};
  for (int m = 0; m < WORLD_MONTHS; m++) {
    double sum = 0;
    for (int r = 0; r <= REGIONS; r++) {
      double value = sum;
      if (r < REGIONS) {
        level[r] += 1 + 2 * propter_rng_normal(&rng);
        value = level[r] - (r == 0 && m == 41 ? 40 : 0);
        value = (double)(int)(value * 10) / 10;
        sum += value;
      }
      const char *name = r < REGIONS ? regions[r] : "world";
      propter_buf_printf(
          out,
          "w:o-%d-%s a qb:Observation ; qb:dataSet w:cube ; w:region w:%s ; w:month \"%d-%02d-01\"^^xsd:date ; w:orders %.1f ; p:sourceFile \"orders.csv\" ; p:sourceRow %d ; p:sourceColumn \"%s\" .\n",
          m, name, name, 2010 + m / 12, m % 12 + 1, value, m + 2, name);
    }
  }
}

static void load(const char *dir, const char *name, PropterStr text) {
  PropterGraph *graph;
  PropterWriter *writer;
  PropterRdfLoaded loaded = {0};
  PropterRdfLoadOptions options = {.read = {.format = "turtle", .base = PROPTER_STR(W)}, .graph = propter_str(name)};
  ck_ok(propter_graph_open(dir, PROPTER_GRAPH_CREATE, NULL, &graph, err));
  ck_ok(propter_writer_open(graph, true, &writer, err));
  ck_ok(propter_rdf_load_text(writer, text, name, &options, &loaded, err));
  ck_ok(propter_writer_commit(writer, err));
  propter_writer_close(writer);
  propter_graph_close(graph);
  propter_rdf_loaded_clear(&loaded);
}

void world_load(const char *dir, const char *name, const char *extra) {
  PropterBuf text = {0};
  propter_buf_printf(&text, "%s%s", prefixes, extra);
  load(dir, name, propter_buf_str(&text));
  propter_buf_clear(&text);
}

const char *world_make(const char *extra) {
  const char *dir = support_path(support_folder(), "graph");
  PropterBuf text = {0};
  propter_buf_printf(
      &text,
      "%sw:walkout a skos:Concept ; skos:inScheme w:kinds ; skos:broader w:dispute . w:dispute a skos:Concept ; skos:inScheme w:kinds . w:end a skos:Concept ; skos:inScheme w:kinds ; skos:broader w:dispute .\n",
      prefixes);
  add_metric(&text, "world");
  for (int r = 0; r < REGIONS; r++) {
    add_metric(&text, regions[r]);
    propter_buf_printf(&text, "w:%s skos:broader w:world . w:sum p:part w:%s-orders .\n", regions[r], regions[r]);
  }
  propter_buf_printf(&text, "w:sum a p:Definition ; p:operator p:SumOf ; p:whole w:world-orders .\n");
  add_figures(&text);
  load(dir, "https://example.org/world", propter_buf_str(&text));
  propter_buf_clear(&text);
  if (extra && *extra) world_load(dir, "https://example.org/extra", extra);
  return dir;
}

World world_open(const char *dir) {
  World w;
  ck_ok(propter_graph_open(dir, 0, NULL, &w.graph, err));
  ck_ok(propter_snapshot_open(w.graph, 0, &w.snapshot, err));
  return w;
}

void world_close(World *world) {
  propter_snapshot_close(world->snapshot);
  propter_graph_close(world->graph);
}

PropterId world_id(World *world, const char *iri) {
  PropterId id;
  PropterTerm term = propter_iri(propter_str(iri));
  ck_ok(propter_snapshot_find(world->snapshot, &term, &id, err));
  return id;
}

PropterInferOptions world_options(void) {
  PropterInferOptions options = propter_infer_options();
  options.threads = 1;
  return options;
}

PropterInference *world_ask_at(const char *dir, const char *metric, int year, int month, const PropterInferOptions *options) {
  World w = world_open(dir);
  PropterInference *x;
  PropterInferOptions own = world_options();
  ck_ok(propter_infer_window(w.snapshot, propter_str(metric), propter_day(year, month, 1), propter_day(year, month + 1, 1) - 1, options ? options : &own, &x,
                             err));
  world_close(&w);
  return x;
}

PropterInference *world_ask(const char *dir, const PropterInferOptions *options) { return world_ask_at(dir, W "north-orders", 2013, 6, options); }

const PropterCause *world_cause(const PropterInference *x, const char *local) {
  char iri[200];
  (void)snprintf(iri, sizeof iri, W "%s", local);
  for (size_t i = 0; i < x->causes; i++)
    if (propter_str_equal(x->cause[i].iri, propter_str(iri))) return &x->cause[i];
  return NULL;
}

static PropterStatus append(PropterStr bytes, void *payload, PropterError *err) {
  propter_buf_add(payload, bytes);
  return propter_buf_status(payload, err);
}

PropterBuf world_current(const char *dir) {
  PropterBuf out = {0};
  World w = world_open(dir);
  PropterRdfWriterOptions options = {.format = "nquads", .canonical = true};
  PropterId graph = world_id(&w, NS "current");
  if (graph) ck_ok(propter_rdf_write(w.snapshot, graph, &options, append, &out, NULL, err));
  world_close(&w);
  return out;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "output.h"
#include "propter/ossie.h"
#include "propter/run.h"

typedef struct {
  const CommandCall *call;
  size_t count;
} LeftOut;

static void left_out(PropterStr metric, const char *reason, void *payload) {
  LeftOut *l = payload;
  l->count++;
  propter_log(l->call->log, PROPTER_LOG_WARNING, "export", "<%.*s> is left out: %s", (int)metric.len, metric.data, reason);
}

/* The metrics as a semantic model; NEGATIVE where some are left out. */
static PropterStatus export_ossie(CommandCall *call, PropterError *err) {
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterBuf text = {0};
  LeftOut left = {call, 0};
  size_t written = 0;
  PROPTER_TRY(propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err));
  PropterStatus status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = propter_ossie_write(snapshot, &text, &written, left_out, &left, err);
  if (status == PROPTER_OK) status = output_write(propter_buf_str(&text), call->data, err);
  if (status == PROPTER_OK) propter_log(call->log, PROPTER_LOG_INFO, "export", "%s metrics", output_number(written));
  if (snapshot) propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  propter_buf_clear(&text);
  return status == PROPTER_OK && left.count ? PROPTER_NEGATIVE : status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  if (call->format && strcmp(call->format, "ossie") == 0) return export_ossie(call, err);
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterStr iri;
  PropterId id = PROPTER_NO_ID;
  uint64_t count = 0;
  PropterIds runs = {0};
  PropterRdfWriterOptions options = {.format = call->format ? call->format : "nquads", .canonical = cmd_flag(call, "canonical"), .without = &runs};
  PROPTER_TRY(output_iri_option(call, "graph-iri", &iri, err));
  PROPTER_TRY(propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err));
  PropterStatus status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = output_find_graph(snapshot, iri, &id, err);
  if (cmd_flag(call, "default-graph")) id = PROPTER_DEFAULT_GRAPH;
  if (status == PROPTER_OK && cmd_flag(call, "without-runs")) status = propter_run_graphs(snapshot, &runs, err);
  if (status == PROPTER_OK) status = propter_rdf_write(snapshot, id, &options, output_write, call->data, &count, err);
  if (status == PROPTER_OK) propter_log(call->log, PROPTER_LOG_INFO, "export", "%s quads", output_number(count));
  if (snapshot) propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  propter_vec_clear(&runs);
  return status;
}

static const CommandOption options[] = {{"graph-iri", 0, "IRI", "only this named graph"},
                                        {"default-graph", 0, NULL, "only the default graph"},
                                        {"without-runs", 0, NULL, "leave out the records of runs"},
                                        {"canonical", 0, NULL, "sorted, blank nodes named after what is said about them: equal graphs give equal text"},
                                        {NULL, 0, NULL, NULL}};

static const char *const formats[] = {"nquads", "ntriples", "turtle", "trig", "rdfxml", "jsonld", "json", "ossie", NULL};

const Command command_export = {
    .name = "export",
    .summary = "write the graph as RDF, or its metrics as a semantic model",
    .operands = "",
    .options = options,
    .details =
        "--format: nquads (default), ntriples, turtle, trig, rdfxml, jsonld. ntriples, turtle and rdfxml have no named graphs: all triples come out as one. "
        "nquads and ntriples pass\n"
        "through in the graph's own order, the others are sorted, 65,536 statements at a time; --canonical sorts all and holds the text in memory (limit 1 GiB).\n"
        "--format ossie writes the metrics alone, as a semantic model of Apache Ossie (YAML): what Ossie cannot say is left out with a warning and exit 1.",
    .examples = "propter export --format trig\npropter export --canonical",
    .formats = formats,
    .run = run};

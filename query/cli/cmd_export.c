/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"
#include "propter/run.h"

static PropterStatus run(CommandCall *call, PropterError *err) {
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterStr iri;
  PropterId id = PROPTER_NO_ID;
  uint64_t count = 0;
  PropterIds runs = {0};
  PropterRdfWriterOptions options = {.format = call->format ? call->format : "nquads", .canonical = cmd_flag(call, "canonical"), .without = &runs};
  const PropterRdfFormat *format = propter_rdf_format(propter_str(options.format));
  if (!format || !format->writes)
    return propter_fail(err, PROPTER_USAGE, "--format: expected ntriples, nquads, turtle, trig, rdfxml or jsonld, found \"%s\"", options.format);
  PROPTER_TRY(output_iri_option(call, "graph-iri", &iri, err));
  PROPTER_TRY(propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err));
  PropterStatus status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = output_find_graph(snapshot, iri, &id, err);
  if (cmd_flag(call, "default-graph")) id = PROPTER_DEFAULT_GRAPH;
  if (status == PROPTER_OK && cmd_flag(call, "without-runs")) status = propter_run_graphs(snapshot, &runs, err);
  if (status == PROPTER_OK) status = propter_rdf_write(snapshot, id, &options, output_write, call->out, &count, err);
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

const Command command_export = {
    .name = "export",
    .summary = "write the graph as RDF",
    .operands = "",
    .options = options,
    .details =
        "--format: nquads (default), ntriples, turtle, trig, rdfxml, jsonld. ntriples, turtle and rdfxml have no named graphs: all triples come out as one. "
        "All but the first two and\n"
        "--canonical are sorted and hold the text in memory (limit 1 GiB); nquads and ntriples pass through in the graph's own order.",
    .examples = "propter export --format trig\npropter export --canonical",
    .run = run};

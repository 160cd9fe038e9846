/* SPDX-License-Identifier: Apache-2.0 */
#include "propter/map.h"
#include "propter/run.h"
#include "reject_print.h"
#include "shacl_call.h"

static PropterStatus read_timeout(const CommandCall *call, PropterShaclOptions *options, PropterError *err) {
  const char *v = cmd_value(call, "timeout");
  double seconds = 0;
  if (v && (!propter_str_to_double(propter_str(v), &seconds) || !(seconds >= 0 && seconds <= 86400)))
    return propter_fail(err, PROPTER_USAGE, "--timeout: expected a number of seconds from 0 to 86400, found \"%s\"", v);
  options->query.deadline_ms = (uint32_t)(seconds * 1000);
  return PROPTER_OK;
}

static PropterStatus validate(CommandCall *call, PropterSnapshot *snapshot, const char *format, bool *negative, PropterError *err) {
  const char *files[SHACL_CALL_FILES];
  size_t count;
  uint64_t nodes, shapes;
  PropterIds hidden = {0};
  PropterStr graph;
  PropterId id;
  PropterShaclReport *report = NULL;
  PropterShaclOptions options = {.query = propter_query_options()};
  PROPTER_TRY(shacl_call_files(call, "shapes", files, &count, err));
  options.cubes = cmd_flag(call, "cubes");
  if (!count && !options.cubes) return propter_fail(err, PROPTER_USAGE, "expected --shapes FILE, --cubes or --csvw FILE");
  PROPTER_TRY(read_timeout(call, &options, err));
  PROPTER_TRY(output_iri_option(call, "graph-iri", &graph, err));
  PROPTER_TRY(output_find_graph(snapshot, graph, &id, err));
  if (id) options.query.from = &graph, options.query.from_count = 1;
  options.query.now_ms = call->now * 1000;
  PropterStatus status = propter_run_graphs(snapshot, &hidden, err);
  options.query.hidden = hidden.items, options.query.hidden_count = hidden.count;
  if (status == PROPTER_OK) status = propter_shacl_validate(snapshot, files, count, &options, &report, err);
  if (status == PROPTER_OK) status = shacl_call_write(report, format, call->data, err);
  if (status == PROPTER_OK) {
    propter_shacl_looked(report, &nodes, &shapes);
    *negative = propter_shacl_count(report, PROPTER_SHACL_VIOLATION) > 0;
    propter_log(call->log, PROPTER_LOG_INFO, "validate", "%s focus nodes of %s shapes: %s violations, %s warnings, %s other results", output_number(nodes),
                output_number(shapes), output_number(propter_shacl_count(report, PROPTER_SHACL_VIOLATION)),
                output_number(propter_shacl_count(report, PROPTER_SHACL_WARNING)),
                output_number(propter_shacl_count(report, PROPTER_SHACL_INFO) + propter_shacl_count(report, PROPTER_SHACL_OTHER)));
  }
  propter_shacl_free(report);
  propter_vec_clear(&hidden);
  return status;
}

static PropterStatus nothing(const PropterMapRecord *record, void *payload, PropterError *err) {
  (void)record, (void)payload, (void)err;
  return PROPTER_OK;
}

/* A table and its metadata; no graph plays a part. */
static PropterStatus validate_csvw(CommandCall *call, const char *file, PropterError *err) {
  PropterMapping *mapping = NULL;
  PropterMapCounts counts = {0};
  RejectPrinter printer;
  PropterMapSink sink = {.record = nothing, .reject = reject_print, .payload = &printer};
  PropterMappingOptions how = {.validate = true, .csvm = cmd_value(call, "csvm")};
  if (call->operand_count || cmd_value(call, "shapes") || cmd_flag(call, "cubes"))
    return propter_fail(err, PROPTER_USAGE, "--csvw validates a table: expected no graph, --shapes or --cubes");
  PROPTER_TRY(reject_printer(call, &printer, err));
  PROPTER_TRY(output_iri_option(call, "base", &how.base, err));
  PROPTER_TRY(propter_mapping_read(&file, 1, &how, &mapping, err));
  PropterStatus status = propter_mapping_is_csvw(mapping)
                             ? PROPTER_OK
                             : propter_fail(err, PROPTER_INVALID, "%s: expected metadata of CSV on the Web, or a .csv or .tsv file", file);
  if (status == PROPTER_OK) status = propter_mapping_run(mapping, &(PropterMapOptions){.log = call->log}, &sink, &counts, err);
  if (status == PROPTER_OK) reject_end(&printer);
  if (status == PROPTER_OK)
    propter_log(call->log, PROPTER_LOG_INFO, "validate", "%s rows: %s errors", output_number(counts.rows), output_number(counts.rejects));
  propter_mapping_free(mapping);
  return status == PROPTER_OK && counts.rejects ? PROPTER_NEGATIVE : status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  if (cmd_value(call, "csvw")) return validate_csvw(call, cmd_value(call, "csvw"), err);
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  const char *format = call->format ? call->format : "text";
  bool negative = false;
  if (!shacl_call_format(format))
    return propter_fail(err, PROPTER_USAGE,
                        "--format: expected text, table, json, csv, tsv, xml, turtle, ntriples, nquads, trig, rdfxml or jsonld, found \"%s\"", format);
  PROPTER_TRY(propter_graph_open(call->operand_count ? call->operands[0] : call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err));
  PropterStatus status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = validate(call, snapshot, format, &negative, err);
  if (snapshot) propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  return status == PROPTER_OK && negative ? PROPTER_NEGATIVE : status;
}

static const CommandOption options[] = {
    {"shapes", 0, "FILE", "a file of shapes (Turtle or any other RDF); may be repeated"},
    {"cubes", 0, NULL, "check the integrity constraints of RDF Data Cube (IC-1 to IC-21)"},
    {"csvw", 0, "FILE", "check a table against its metadata (CSV on the Web) instead: the metadata, or the table they lie beside"},
    {"csvm", 0, "FILE", "with --csvw: where the metadata of a table may lie, as for propter ingest"},
    {"base", 0, "IRI", "with --csvw: where the metadata are taken to lie"},
    {"graph-iri", 0, "IRI", "only this named graph is the data"},
    {"timeout", 0, "SECONDS", "give up after so long with exit 5 (default: never)"},
    {NULL, 0, NULL, NULL}};

static const char *const formats[] = {"text", "table", "json", "csv", "tsv", "xml", "jsonl", "turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld", NULL};

const Command command_validate = {
    .name = "validate",
    .summary = "check the graph against SHACL shapes, or a table against its metadata",
    .operands = "[GRAPH]",
    .max_operands = 1,
    .options = options,
    .details =
        "SHACL Core and SHACL-SPARQL over the union of all graphs but the records of runs. A line for each result: severity, focus node, path, value, rule\n"
        "and message, and where the constraint stands. --format turtle (or any RDF format) writes the report in SHACL's vocabulary; table, json, csv, tsv and\n"
        "xml write rows. Exit code 1: there is a result of severity sh:Violation; warnings and infos alone are exit 0. A shape that refers to itself is\n"
        "refused (exit 3). The first 100,000 results are written, all are counted.\n"
        "--csvw looks at no graph: a line for each error in the table's header, cells, primary and foreign keys, as propter rejects writes them (--format\n"
        "csv, json, jsonl). Metadata that are wrong themselves are exit 3; what they say in vain is a warning.",
    .examples =
        "propter validate --shapes ontology/shapes.ttl\npropter validate --shapes ontology/shapes.ttl --format turtle\npropter validate --cubes\n"
        "propter validate --csvw ontology/packs/us-employment/us-employment.csv",
    .formats = formats,
    .run = run};

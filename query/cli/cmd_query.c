/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "propter/results.h"
#include "sparql_call.h"

static PropterStatus pull(void *payload, const PropterTerm **row, PropterError *err) { return propter_results_next(payload, row, err); }

static PropterStatus write_solutions(const CommandCall *call, PropterResults *r, PropterError *err) {
  PropterStr *names = propter_calloc(propter_results_columns(r) + 1, sizeof *names);
  if (!names) return propter_fail(err, PROPTER_NO_MEMORY, "out of memory");
  PropterRows rows = {names, propter_results_columns(r), pull, r};
  for (size_t i = 0; i < rows.columns; i++) names[i] = propter_results_name(r, i);
  const char *format = call->format ? call->format : "table";
  /* What another program reads is whole; only a screen is spared long values. */
  bool raw = cmd_flag(call, "raw") || (strcmp(format, "table") == 0 && !isatty(fileno(call->out)));
  PropterStatus status = propter_rows_write(&rows, format, raw, output_write, call->out, NULL, err);
  propter_free(names);
  return status;
}

static PropterStatus write_triples(const CommandCall *call, PropterResults *r, PropterError *err) {
  PropterRdfWriterOptions options = {.format = call->format ? call->format : "turtle"};
  PropterRdfWriter *writer = NULL;
  const PropterTerm *row = NULL;
  PropterStatus status = propter_rdf_writer_open(&options, output_write, call->out, &writer, err);
  do {
    if (status == PROPTER_OK) status = propter_results_next(r, &row, err);
    if (status != PROPTER_OK || !row) break;
    PropterStatement st = {.s = row[0], .p = row[1], .o = row[2], .g = {.value = {"", 0}, .datatype = {"", 0}, .language = {"", 0}}};
    status = propter_rdf_writer_add(writer, &st, err);
  } while (status == PROPTER_OK);
  if (status == PROPTER_OK) status = propter_rdf_writer_finish(writer, err);
  propter_rdf_writer_close(writer);
  return status;
}

/* Runs the whole query and shows its plan instead of its rows. */
static PropterStatus explain(const CommandCall *call, PropterResults *r, PropterError *err) {
  const PropterTerm *row;
  PropterBuf text = {0};
  PropterStatus status;
  do status = propter_results_next(r, &row, err);
  while (status == PROPTER_OK && row);
  if (status == PROPTER_OK) status = propter_results_explain(r, call->format && strcmp(call->format, "json") == 0, &text, err);
  if (status == PROPTER_OK) status = output_write(propter_buf_str(&text), call->out, err);
  propter_buf_clear(&text);
  return status;
}

static PropterStatus answer(const CommandCall *call, PropterResults *r, bool *negative, PropterError *err) {
  if (cmd_flag(call, "explain")) return explain(call, r, err);
  switch (propter_results_kind(r)) {
  case PROPTER_RESULTS_SOLUTIONS: return write_solutions(call, r, err);
  case PROPTER_RESULTS_TRIPLES: return write_triples(call, r, err);
  default:
    *negative = !propter_results_boolean(r);
    return propter_boolean_write(propter_results_boolean(r), call->format ? call->format : "table", output_write, call->out, err);
  }
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  SparqlCall s = {.text = {.max = 64 << 20}};
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterResults *results = NULL;
  bool negative = false;
  PropterStatus status = PROPTER_OK;
  if (call->format && !propter_result_format(propter_str(call->format)) && !propter_rdf_format(propter_str(call->format)))
    status = propter_fail(err, PROPTER_USAGE,
                          "--format: expected table, json, xml, csv, tsv, or for triples turtle, ntriples, nquads, trig, rdfxml or jsonld; found \"%s\"",
                          call->format);
  if (status == PROPTER_OK) status = sparql_call_parse(call, &s, err);
  if (status == PROPTER_OK && propter_query_is_update(s.query))
    status = propter_fail(err, PROPTER_INVALID, "expected a query, found an update; propter update runs it");
  if (status == PROPTER_OK) status = propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err);
  if (status == PROPTER_OK) status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = sparql_call_hide_runs(&s, snapshot, err);
  if (status == PROPTER_OK) status = propter_query_run(s.query, snapshot, &s.options, &results, err);
  if (status == PROPTER_OK) status = answer(call, results, &negative, err);
  propter_results_close(results);
  propter_snapshot_close(snapshot);
  propter_graph_close(graph);
  sparql_call_clear(&s);
  return status == PROPTER_OK && negative ? PROPTER_NEGATIVE : status;
}

static const CommandOption options[] = {
    SPARQL_CALL_OPTIONS,
    {"explain", 0, NULL, "run the query and show its plan with estimated and actual rows and times (--format json: as JSON)"},
    {"raw", 0, NULL, "values as they are: CSV without the apostrophe before what a spreadsheet would run as a formula, a table without cut values"},
    {NULL, 0, NULL, NULL}};

const Command command_query = {
    .name = "query",
    .summary = "answer a SPARQL 1.1 query",
    .operands = "[QUERY]",
    .max_operands = 1,
    .options = options,
    .details =
        "SELECT and ASK: --format table (default), json, xml, csv, tsv. CONSTRUCT and DESCRIBE: --format turtle (default), ntriples, nquads, trig, rdfxml, jsonld. The default graph is\n"
        "the union of all graphs but the records of runs; GRAPH and FROM name one. ASK answers by its exit code too: 0 true, 1 false.\n"
        "Nothing outside the graph is read: SERVICE is refused. A deadline or a limit that is reached is exit 5, never a short answer.",
    .examples =
        "propter query 'SELECT * WHERE { ?s ?p ?o } LIMIT 3'\npropter query --format json 'ASK { ?s ?p ?o }'\npropter query --explain 'SELECT ?a { ?a ?p ?b . ?b ?q ?c }'",
    .run = run};

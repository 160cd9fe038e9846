/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "propter/results.h"
#include "sparql_call.h"

/* The plan instead of the rows, also of a query that fails. */
static PropterStatus explain(const CommandCall *call, const SparqlCall *s, PropterSnapshot *snapshot, PropterError *err) {
  PropterBuf text = {0};
  PropterStatus status = propter_query_explain(s->query, snapshot, &s->options, call->format && strcmp(call->format, "json") == 0, &text, err);
  if (text.len) {
    PropterError second = {0};
    PropterStatus written = output_write(propter_buf_str(&text), call->out, status == PROPTER_OK ? err : &second);
    if (status == PROPTER_OK) status = written;
  }
  propter_buf_clear(&text);
  return status;
}

static PropterStatus answer(const CommandCall *call, const SparqlCall *s, PropterSnapshot *snapshot, bool *negative, PropterError *err) {
  PropterResults *r;
  PROPTER_TRY(propter_query_run(s->query, snapshot, &s->options, &r, err));
  *negative = propter_results_kind(r) == PROPTER_RESULTS_BOOLEAN && !propter_results_boolean(r);
  /* What another program reads is whole; only a screen is spared long values. */
  bool raw = cmd_flag(call, "raw") || ((!call->format || strcmp(call->format, "table") == 0) && !call->terminal);
  PropterStatus status = propter_results_write(r, call->format, raw, output_write, call->data, err);
  propter_results_close(r);
  return status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  SparqlCall s = {.text = {.max = 64 << 20}};
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  bool negative = false;
  PropterStatus status = PROPTER_OK;
  static const char *const plans[] = {"table", "json", NULL};
  if (cmd_flag(call, "explain")) status = cmd_check_format(call, plans, err);
  if (status == PROPTER_OK) status = sparql_call_parse(call, &s, err);
  if (status == PROPTER_OK && propter_query_is_update(s.query))
    status = propter_str_trim(propter_buf_str(&s.text)).len ? propter_fail(err, PROPTER_INVALID, "expected a query, found an update; propter update runs it")
                                                           : propter_fail(err, PROPTER_INVALID, "expected a query, found nothing");
  if (status == PROPTER_OK) status = propter_graph_open(call->graph, PROPTER_GRAPH_READ_ONLY, NULL, &graph, err);
  if (status == PROPTER_OK) status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = sparql_call_hide_runs(&s, snapshot, err);
  if (status == PROPTER_OK) status = cmd_flag(call, "explain") ? explain(call, &s, snapshot, err) : answer(call, &s, snapshot, &negative, err);
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

static const char *const formats[] = {"table", "json", "xml", "csv", "tsv", "turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld", NULL};

const Command command_query = {
    .name = "query",
    .summary = "answer a SPARQL 1.1 query, or WHY",
    .operands = "[QUERY]",
    .max_operands = 1,
    .options = options,
    .details =
        "SELECT, ASK and WHY: --format table (default), json, xml, csv, tsv. CONSTRUCT and DESCRIBE: --format turtle (default), ntriples, nquads, trig, rdfxml, jsonld, json\n"
        "(RDF/JSON). The default graph is the union of all graphs but the records of runs; GRAPH and FROM name one. ASK answers by its exit code too: 0 true, 1 false.\n"
        "WHY metric [SUSPECT cause] DURING day TO day [WHERE { ?slice dimension member }] [COMPARED TO day TO day] [DEPTH n] [LIMIT n] gives the causes of a move as\n"
        "solutions (?cause ?probability ?share ?grade ?evidence ...), alone or in braces among patterns. WHY NOT metric [DESPITE cause]\n"
        "DURING ... asks why there was none.\n"
        "SERVICE propter:path { [] propter:pathFrom cause; propter:pathTo effect; propter:hopStart ?a; propter:hopEnd ?b; propter:hopBelief ?w. PATTERN } gives the\n"
        "paths of hops that match PATTERN, best first, a row for each hop (query/sparql/README.md); cause and effect may be variables bound around it. It asks nobody.\n"
        "Nothing outside the graph is read: SERVICE is refused unless --allow-service names its endpoint by http://HOST[:PORT][/PATH], or https: for every\n"
        "host with a public address. A deadline or a limit that is reached is exit 5, never a short answer.",
    .examples =
        "propter query 'SELECT * WHERE { ?s ?p ?o } LIMIT 3'\npropter query --format json 'ASK { ?s ?p ?o }'\npropter query --explain 'SELECT ?a { ?a ?p ?b . ?b ?q ?c }'\npropter query 'WHY <https://w3id.org/propter/pack/us-employment#information-employment> DURING \"2011-08-01\" TO \"2011-08-31\"'",
    .formats = formats,
    .run = run};

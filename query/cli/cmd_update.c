/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "propter/run.h"
#include "sparql_call.h"

static PropterStatus apply(const CommandCall *call, SparqlCall *s, PropterWriter *writer, PropterRun **record, PropterError *err) {
  PropterRunOptions options = {
      .kind = "update", .now = call->now, .software = PROPTER_STR("propter " PACKAGE_VERSION), .parameters = propter_buf_str(&s->text)};
  PROPTER_TRY(propter_update_record(s->query, writer, &s->options, &options, record, err));
  uint64_t added, removed;
  char run[160];
  propter_run_counts(*record, &added, &removed);
  PROPTER_TRY(output_run(call, *record, run, err));
  if (!call->dry_run) PROPTER_TRY(propter_writer_commit(writer, err));
  fprintf(call->out, "%s %s quads, %s %s%s\n", call->dry_run ? "would add" : "added", output_number(added), call->dry_run ? "remove" : "removed",
          output_number(removed), run);
  return PROPTER_OK;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  SparqlCall s = {.text = {.max = 64 << 20}};
  PropterGraph *graph = NULL;
  PropterWriter *writer = NULL;
  PropterRun *record = NULL;
  PropterStatus status = sparql_call_parse(call, &s, err);
  if (status == PROPTER_OK && !propter_query_is_update(s.query))
    status = propter_fail(err, PROPTER_INVALID, "expected an update, found a query; propter query answers it");
  if (status == PROPTER_OK) status = propter_graph_open(call->graph, 0, NULL, &graph, err);
  if (status == PROPTER_OK) status = propter_writer_open(graph, false, &writer, err);
  if (status == PROPTER_OK) status = apply(call, &s, writer, &record, err);
  propter_run_free(record);
  propter_writer_close(writer);
  propter_graph_close(graph);
  sparql_call_clear(&s);
  return status;
}

static const CommandOption options[] = {SPARQL_CALL_OPTIONS,
                                        {"allow-load", 0, "URL", "let LOAD read at or below this http, https or file URL; may be repeated (default: none)"},
                                        {NULL, 0, NULL, NULL}};

const Command command_update = {
    .name = "update",
    .summary = "change the graph by a SPARQL 1.1 update",
    .operands = "[UPDATE]",
    .max_operands = 1,
    .options = options,
    .details =
        "All operations together or none. The update is recorded as a run, so propter undo takes it back; --dry-run only counts. Patterns look into the union\n"
        "of all graphs but the records of runs; what is outside GRAPH in a template goes to the default graph. LOAD and SERVICE\n"
        "are refused unless --allow-load and --allow-service name what they may read: http://HOST[:PORT][/PATH], file:///FOLDER/ for LOAD, or https:\n"
        "for every host with a public address. A document that fails adds nothing. SERVICE propter:path (propter query --help) asks nobody.",
    .examples = "propter update 'INSERT DATA { <http://example.org/a> <http://example.org/b> 1 }'",
    .run = run};

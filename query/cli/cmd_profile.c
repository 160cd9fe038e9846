/* SPDX-License-Identifier: Apache-2.0 */
/* What a table is like: quality measurements, and what changed since those in the graph (W3C Data Quality Vocabulary). */
#include "config.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "ingest_call.h"
#include "output.h"
#include "profile.h"
#include "propter/results.h"
#include "propter/run.h"

typedef struct {
  CommandCall *call;
  Profile of;
  PropterStr graph; /* IRI of the table's profile */
  size_t next;      /* while rows are written */
  PropterTerm row[4];
  char texts[2][32];
} Call;

/* --- In the graph -------------------------------------------------------------------------------------------------------------------- */

static PropterStatus keep(Call *p, PropterGraph *graph, PropterError *err) {
  IngestRecord k = {0};
  PropterRun *run = NULL;
  PropterTerm name = propter_iri(p->graph);
  PropterRdfSink sink = {ingest_record, NULL, &k};
  PropterRunOptions options = {.kind = "profile", .now = p->call->now, .software = PROPTER_STR("propter " PACKAGE_VERSION), .parameters = PROPTER_STR("")};
  PropterStatus status = propter_writer_open(graph, false, &k.writer, err);
  if (status == PROPTER_OK) status = propter_run_begin(k.writer, &options, NULL, &run, err);
  if (status == PROPTER_OK) status = propter_run_input(run, PROPTER_STR("data"), propter_str(p->call->operands[0]), (PropterStr){"", 0}, err);
  if (status == PROPTER_OK) status = propter_writer_intern(k.writer, &name, &k.graph, err);
  if (status == PROPTER_OK) status = propter_run_generated(run, k.graph, err);
  if (status == PROPTER_OK) status = propter_writer_clear_graph(k.writer, k.graph, err);
  if (status == PROPTER_OK) status = profile_statements(&p->of, p->graph, &sink, err);
  if (status == PROPTER_OK) status = propter_run_finish(run, err);
  if (status == PROPTER_OK) status = propter_writer_commit(k.writer, err);
  propter_run_free(run);
  propter_writer_close(k.writer);
  return status;
}

/* --- Writing ------------------------------------------------------------------------------------------------------------------------- */

static PropterStatus next(void *payload, const PropterTerm **row, PropterError *err) {
  Call *p = payload;
  (void)err;
  *row = NULL;
  if (p->next == p->of.items.count) return PROPTER_OK;
  const Measured *m = &p->of.items.items[p->next++];
  bool changed = !isnan(m->before) && fabs(m->before - m->value) > 5e-7;
  profile_print(m, m->value, p->texts[0]);
  if (changed) profile_print(m, m->before, p->texts[1]);
  p->row[0] = m->column.len ? propter_literal(m->column) : (PropterTerm){.kind = PROPTER_TERM_NONE};
  p->row[1] = propter_literal(profile_name(m));
  p->row[2] = propter_literal(propter_str(p->texts[0]));
  p->row[3] = changed ? propter_literal(propter_str(p->texts[1])) : (PropterTerm){.kind = PROPTER_TERM_NONE};
  *row = p->row;
  return PROPTER_OK;
}

static PropterStatus write_statement(const PropterStatement *st, void *writer, PropterError *err) { return propter_rdf_writer_add(writer, st, err); }

static PropterStatus write_out(Call *p, const char *format, PropterError *err) {
  static const PropterStr names[] = {{"column", 6}, {"measure", 7}, {"value", 5}, {"before", 6}};
  PropterRows rows = {names, 4, next, p};
  PropterRdfWriter *writer;
  if (!propter_rdf_format(propter_str(format))) return propter_rows_write(&rows, format, !p->call->terminal, output_write, p->call->data, NULL, err);
  PROPTER_TRY(propter_rdf_writer_open(&(PropterRdfWriterOptions){.format = format}, output_write, p->call->data, &writer, err));
  PropterRdfSink sink = {write_statement, NULL, writer};
  PropterStatus status = profile_statements(&p->of, p->graph, &sink, err);
  if (status == PROPTER_OK) status = propter_rdf_writer_finish(writer, err);
  propter_rdf_writer_close(writer);
  return status;
}

/* A graph that is not there has nothing to compare with. */
static PropterStatus with_graph(Call *p, const char *format, PropterError *err) {
  PropterGraph *graph = NULL;
  PropterSnapshot *snapshot = NULL;
  PropterError why = {0};
  bool keeps = cmd_flag(p->call, "keep") && !p->call->dry_run;
  PropterStatus status = propter_graph_open(p->call->graph, keeps ? PROPTER_GRAPH_CREATE : PROPTER_GRAPH_READ_ONLY, NULL, &graph, &why);
  if (status == PROPTER_NOT_FOUND && !keeps) return write_out(p, format, err);
  if (status != PROPTER_OK) return propter_fail(err, status, "%s", why.message);
  status = propter_snapshot_open(graph, 0, &snapshot, err);
  if (status == PROPTER_OK) status = profile_recall(&p->of, p->graph, snapshot, err);
  if (snapshot) propter_snapshot_close(snapshot);
  if (status == PROPTER_OK) status = write_out(p, format, err);
  if (status == PROPTER_OK && keeps) status = keep(p, graph, err);
  propter_graph_close(graph);
  return status;
}

static PropterStatus run(CommandCall *call, PropterError *err) {
  Call p = {.call = call};
  PropterStatus status = profile_measure(&p.of, call->operands[0], NULL, call->today, err);
  if (status == PROPTER_OK) p.graph = propter_arena_printf(&p.of.arena, "%.*s#profile", (int)p.of.file.len, p.of.file.data);
  if (status == PROPTER_OK && !p.graph.data) status = propter_fail(err, PROPTER_NO_MEMORY, "out of memory for a profile");
  if (status == PROPTER_OK) status = with_graph(&p, call->format ? call->format : "table", err);
  profile_clear(&p.of);
  return status;
}

static const CommandOption options[] = {{"keep", 0, NULL, "put the measurements into the graph, in place of those of the last profile of this table"},
                                        {NULL, 0, NULL, NULL}};

static const char *const formats[] = {"table", "json", "csv", "tsv", "xml", "turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld", NULL};

const Command command_profile = {
    .name = "profile",
    .summary = "measure the quality of a table and what changed since the last time",
    .operands = "TABLE",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .details =
        "Rows that cannot be read, days since the last day, and for each column completeness, uniqueness, range and mean, with the value before where the\n"
        "graph holds a profile of this table that differs. --keep makes them measurements of the W3C Data Quality Vocabulary in the graph TABLE#profile, as a\n"
        "run that can be undone; --format turtle writes them. A million rows are looked at, and 100,000 different values of a column.",
    .examples = "propter profile ontology/packs/us-employment/us-employment.csv --keep",
    .formats = formats,
    .run = run};

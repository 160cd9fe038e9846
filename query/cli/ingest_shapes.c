/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes that are asked before the commit; a report without violations is kept in the record of the run. */
#include "ingest_call.h"
#include "propter/io.h"
#include "propter/run.h"
#include "propter/vocab.h"
#include "shacl_call.h"

/* What a run changed, without its own record. */
typedef struct {
  PropterDelta *delta;
  PropterId record;
} Change;

static PropterStatus next_changed(void *payload, PropterQuad *quad, bool *more, PropterError *err) {
  Change *change = payload;
  bool added;
  do PROPTER_TRY(propter_delta_next(change->delta, quad, &added, more, err));
  while (*more && quad->g == change->record);
  return PROPTER_OK;
}

PropterStatus ingest_record(const PropterStatement *st, void *payload, PropterError *err) {
  IngestRecord *r = payload;
  PropterQuad quad = {.g = r->graph};
  PROPTER_TRY(propter_writer_intern(r->writer, &st->s, &quad.s, err));
  PROPTER_TRY(propter_writer_intern(r->writer, &st->p, &quad.p, err));
  PROPTER_TRY(propter_writer_intern(r->writer, &st->o, &quad.o, err));
  return propter_writer_add(r->writer, quad, err);
}

/* The report of a run that is committed stands in the run's record. */
static PropterStatus keep_report(PropterShaclReport *report, PropterWriter *writer, PropterStr run, PropterId graph, PropterError *err) {
  PropterBuf iri = {0};
  IngestRecord r = {writer, graph};
  PropterRdfSink sink = {ingest_record, NULL, &r};
  propter_buf_printf(&iri, "%.*s#validation", (int)run.len, run.data);
  PropterStatus status = propter_buf_status(&iri, err);
  PropterTerm node = propter_iri(propter_buf_str(&iri));
  PropterStatement link = {.s = node, .p = propter_iri(propter_vocab_iri(VOCAB_prov_wasGeneratedBy)), .o = propter_iri(run)};
  if (status == PROPTER_OK) status = propter_shacl_statements(report, &node, &sink, err);
  if (status == PROPTER_OK) status = ingest_record(&link, &r, err);
  propter_buf_clear(&iri);
  return status;
}

static PropterStatus write_report(const CommandCall *call, PropterShaclReport *report, PropterError *err) {
  const char *path = cmd_value(call, "report");
  FILE *out = path ? fopen(path, "w") : NULL;
  if (path && !out) return propter_io_fail(err, path, "write");
  PropterStatus status = shacl_call_write(report, "text", call->out, err);
  if (out && status == PROPTER_OK) status = shacl_call_write(report, "turtle", out, err);
  if (out && fclose(out) != 0 && status == PROPTER_OK) status = propter_io_fail(err, path, "write");
  return status;
}

static PropterStatus judge(const CommandCall *call, PropterShaclReport *report, PropterWriter *writer, PropterStr run, PropterId graph, PropterError *err) {
  uint64_t violations = propter_shacl_count(report, PROPTER_SHACL_VIOLATION);
  PROPTER_TRY(write_report(call, report, err));
  if (violations)
    return propter_fail(err, PROPTER_NEGATIVE, "%s violation(s) of the shapes in what would change: the graph stays as it was", output_number(violations));
  return propter_shacl_count(report, PROPTER_SHACL_SEVERITIES) ? keep_report(report, writer, run, graph, err) : PROPTER_OK;
}

PropterStatus ingest_shapes(const CommandCall *call, PropterWriter *writer, PropterStr run, PropterId graph, PropterError *err) {
  const char *files[SHACL_CALL_FILES];
  size_t count;
  Change change = {.record = graph};
  PropterIds hidden = {0};
  PropterSnapshot *snapshot;
  PropterShaclReport *report = NULL;
  PropterShaclOptions options = {.query = propter_query_options(), .changed = next_changed, .payload = &change};
  PROPTER_TRY(shacl_call_files(call, "validate", files, &count, err));
  PROPTER_TRY(propter_writer_snapshot(writer, &snapshot, err));
  PropterStatus status = propter_delta_open(writer, &change.delta, err);
  if (status == PROPTER_OK) status = propter_run_graphs(snapshot, &hidden, err);
  options.query.hidden = hidden.items, options.query.hidden_count = hidden.count, options.query.now_ms = call->now * 1000;
  if (status == PROPTER_OK) status = propter_shacl_validate(snapshot, files, count, &options, &report, err);
  if (status == PROPTER_OK) status = judge(call, report, writer, run, graph, err);
  propter_shacl_free(report);
  propter_vec_clear(&hidden);
  propter_delta_close(change.delta);
  return status;
}

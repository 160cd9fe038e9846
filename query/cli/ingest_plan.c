/* SPDX-License-Identifier: Apache-2.0 */
/* What a dry run shows: how documents are read, joins, samples of what would be added. */
#include "ingest_call.h"
#include "rdf_answer.h"

enum { SAMPLES = 20 };

/* Twenty triples spread over what would be added. */
PropterStatus ingest_samples(const CommandCall *call, PropterWriter *writer, PropterId record, PropterError *err) {
  PropterSnapshot *snapshot;
  PropterArena text = {0};
  PropterBuf line = {0};
  PropterQuad q;
  bool added;
  size_t all = 0, n = 0;
  PROPTER_TRY(propter_writer_snapshot(writer, &snapshot, err));
  for (size_t at = 0; propter_writer_delta(writer, &at, &q, &added);) all += added && q.g != record;
  PropterStatus status = PROPTER_OK;
  for (size_t at = 0; status == PROPTER_OK && propter_writer_delta(writer, &at, &q, &added);) {
    if (!added || q.g == record || (n++ * SAMPLES) % all >= SAMPLES) continue;
    const PropterId ids[] = {q.s, q.p, q.o};
    for (int i = 0; i < 3 && status == PROPTER_OK; i++) {
      PropterTerm term;
      status = propter_snapshot_term(snapshot, ids[i], &text, &term, err);
      if (status == PROPTER_OK) propter_term_write(&term, &line), propter_buf_add_char(&line, i < 2 ? ' ' : '\n');
    }
    if (status == PROPTER_OK) status = propter_buf_status(&line, err);
    if (status == PROPTER_OK) fprintf(call->out, "sample %s", line.data);
    propter_buf_reset(&line);
    propter_arena_clear(&text);
  }
  propter_buf_clear(&line);
  return status;
}

/* How documents are read: a row at a time, or whole. */
static PropterStatus print_reading(const CommandCall *call, const PropterMapping *mapping, PropterError *err) {
  const PropterMapSource *s;
  PropterBuf whole = {0};
  PropterStatus status = PROPTER_OK;
  for (size_t n = 0; (s = propter_mapping_source(mapping, n)) && status == PROPTER_OK; n++) {
    bool expressions;
    propter_buf_reset(&whole);
    status = propter_mapping_whole(mapping, n, &expressions, &whole, err);
    if (status != PROPTER_OK || !expressions) continue;
    if (whole.len) fprintf(call->out, "read   %s, the whole document in memory because of %s\n", s->path.data, whole.data);
    else fprintf(call->out, "read   %s, one row in memory\n", s->path.data);
  }
  propter_buf_clear(&whole);
  return status;
}

/* How the mapping reads, and what it joins. */
PropterStatus ingest_plan(const CommandCall *call, const PropterIngestOptions *o, PropterError *err) {
  PropterMapping *mapping = NULL;
  PropterMapJoin j;
  PROPTER_TRY(propter_mapping_read(o->mappings, o->count, &o->how, &mapping, err));
  PropterStatus status = print_reading(call, mapping, err);
  for (size_t n = 0; status == PROPTER_OK && propter_mapping_join(mapping, n, &j); n++) {
    fprintf(call->out, "join   %s with %s, ", j.child, j.parent);
    if (j.projection) fputs("from the same row", call->out);
    else fprintf(call->out, "%zu condition%s, %s", j.conditions, j.conditions == 1 ? "" : "s", j.database ? "by the database" : "the parent in memory");
    if (j.line) fprintf(call->out, "  (%s:%llu)", j.file, (unsigned long long)j.line);
    fputc('\n', call->out);
  }
  propter_mapping_free(mapping);
  return status;
}

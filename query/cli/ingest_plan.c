/* SPDX-License-Identifier: Apache-2.0 */
/* What a dry run shows: how documents are read, joins, samples of what would be added. */
#include "ingest_call.h"
#include "rdf_answer.h"

enum { SAMPLES = 20 };

/* One of what would be added. */
static PropterStatus print_sample(const CommandCall *call, PropterSnapshot *snapshot, const PropterQuad *q, PropterError *err) {
  const PropterId ids[] = {q->s, q->p, q->o};
  PropterArena text = {0};
  PropterBuf line = {0};
  PropterStatus status = PROPTER_OK;
  for (int i = 0; i < 3 && status == PROPTER_OK; i++) {
    PropterTerm term;
    status = propter_snapshot_term(snapshot, ids[i], &text, &term, err);
    if (status == PROPTER_OK) propter_term_write(&term, &line), propter_buf_add_char(&line, i < 2 ? ' ' : '\n');
  }
  if (status == PROPTER_OK) status = propter_buf_status(&line, err);
  if (status == PROPTER_OK) fprintf(call->out, "sample %s", line.data);
  propter_buf_clear(&line);
  propter_arena_clear(&text);
  return status;
}

/* Twenty triples spread over what would be added; a record's are none. With `snapshot` NULL they are only counted, in *all. */
static PropterStatus walk_added(const CommandCall *call, const PropterWriter *writer, PropterSnapshot *snapshot, PropterId record, size_t *all,
                                PropterError *err) {
  PropterDelta *delta = NULL;
  PropterQuad q;
  bool added, more;
  size_t n = 0;
  PropterStatus status = propter_delta_open(writer, &delta, err);
  while (status == PROPTER_OK && (status = propter_delta_next(delta, &q, &added, &more, err)) == PROPTER_OK && more) {
    if (!added || q.g == record) continue;
    if (!snapshot)
      ++*all;
    else if ((n++ * SAMPLES) % *all < SAMPLES)
      status = print_sample(call, snapshot, &q, err);
  }
  propter_delta_close(delta);
  return status;
}

PropterStatus ingest_samples(const CommandCall *call, PropterWriter *writer, PropterId record, PropterError *err) {
  PropterSnapshot *snapshot;
  size_t all = 0;
  PROPTER_TRY(propter_writer_snapshot(writer, &snapshot, err));
  PROPTER_TRY(walk_added(call, writer, NULL, record, &all, err));
  return walk_added(call, writer, snapshot, record, &all, err);
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

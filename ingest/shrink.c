/* SPDX-License-Identifier: Apache-2.0 */
#include "shrink.h"

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "propter/io.h"
#include "propter/vocab.h"

static PropterStatus count(PropterWriter *writer, PropterId graph, PropterId run, uint64_t *quads, PropterError *err) {
  PropterSnapshot *snapshot;
  PROPTER_TRY(propter_writer_snapshot(writer, &snapshot, err));
  if (!run) return propter_snapshot_count(snapshot, PROPTER_GSPO, (PropterQuad){.g = graph}, 1, quads, err);
  PropterTerm word = propter_iri(propter_vocab_iri(VOCAB_propter_count));
  PropterQuad pattern = {.s = graph, .g = run};
  PropterQuads found = {0};
  double number = 0;
  PROPTER_TRY(propter_snapshot_find(snapshot, &word, &pattern.p, err));
  PropterStatus status = propter_snapshot_match(snapshot, pattern, 1, &found, err);
  if (status == PROPTER_OK && found.count) (void)propter_id_number(found.items[0].o, &number);
  propter_vec_clear(&found);
  *quads = (uint64_t)number;
  return status;
}

PropterStatus shrink_hold(Shrink *shrink, PropterWriter *writer, PropterId graph, const PropterMapSource *source, PropterId run, PropterError *err) {
  ShrinkGraph one = {graph, source, 0};
  for (size_t i = 0; i < shrink->count; i++)
    if (shrink->items[i].graph == graph) return PROPTER_OK;
  PROPTER_TRY(count(writer, graph, run, &one.before, err));
  return propter_vec_push(shrink, one) ? PROPTER_OK : propter_fail(err, PROPTER_NO_MEMORY, "out of memory counting what a run removes");
}

static bool too_many(const PropterIngestOptions *o, uint64_t before, uint64_t after) {
  if (o->guard == PROPTER_INGEST_UNGUARDED || after >= before) return false;
  double most = o->guard == PROPTER_INGEST_PERCENT ? (double)before * (double)o->max_removed / 100 : (double)o->max_removed;
  return (double)(before - after) > most;
}

static PropterStatus refuse(const PropterIngestOptions *o, PropterStr name, uint64_t before, uint64_t after, PropterError *err) {
  return propter_fail(err, PROPTER_INVALID,
                      "%.*s would shrink from %" PRIu64 " quads to %" PRIu64 ", by more than %" PRIu64
                      "%s: is a source empty or cut short? The graph stays as it was; "
                      "--max-removed=100%% accepts it",
                      (int)name.len, name.data, before, after, o->max_removed, o->guard == PROPTER_INGEST_PERCENT ? " %" : " quads");
}

/* A file of lines whose last one is open. */
static bool is_open_ended(PropterStr path) {
  static const char *const endings[] = {".csv", ".tsv", ".tab", ".txt", ".ndjson", ".jsonl"};
  char last = '\n';
  bool lines = false;
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) lines |= propter_str_ends(path, propter_str(endings[i]));
  int fd = lines ? propter_io_open(path.data, O_RDONLY | O_CLOEXEC, 0) : -1;
  if (fd < 0) return false;
  bool read = lseek(fd, -1, SEEK_END) >= 0 && propter_io_read(fd, &last, 1) == 1;
  (void)propter_io_close(fd);
  return read && last != '\n' && last != '\r';
}

static void warn_of_cut(const PropterIngestOptions *o, const ShrinkGraph *g, uint64_t after) {
  for (size_t i = 0; i < g->source->file_count && !g->source->database; i++)
    if (is_open_ended(g->source->files[i]))
      propter_log(o->log, PROPTER_LOG_WARNING, "ingest", "%s: its last line has no end, and it gives %" PRIu64 " quads fewer than before: it may be cut short",
                  g->source->files[i].data, g->before - after);
}

PropterStatus shrink_check(const Shrink *shrink, PropterWriter *writer, PropterStr name, const PropterIngestOptions *o, PropterError *err) {
  uint64_t before = 0, after = 0, left;
  PropterTerm term = propter_iri(name);
  PropterId run;
  PROPTER_TRY(propter_writer_intern(writer, &term, &run, err));
  for (size_t i = 0; i < shrink->count; i++) {
    const ShrinkGraph *g = &shrink->items[i];
    PROPTER_TRY(count(writer, g->graph, run, &left, err));
    before += g->before, after += left;
    if (!g->source) continue;
    if (too_many(o, g->before, left)) return refuse(o, g->source->path, g->before, left, err);
    if (left < g->before) warn_of_cut(o, g, left);
  }
  return too_many(o, before, after) ? refuse(o, PROPTER_STR("what the mapping gives"), before, after, err) : PROPTER_OK;
}

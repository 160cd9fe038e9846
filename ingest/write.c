/* SPDX-License-Identifier: Apache-2.0 */
/* What mappings make as N-Quads in a file, each quad once. Rows are rendered by several threads; repeated quads are looked for only where there can be
 * any: in triples maps whose subjects repeat or may be those of another triples map. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "propter/hash.h"
#include "propter/ingest.h"
#include "propter/io.h"
#include "targets.h"

/* What a worker hands over: a piece of text, to be written as it is or only if its hash is new. */
typedef struct {
  PropterHash128 hash;
  uint32_t length, checked;
} Piece;

typedef struct {
  const PropterMapping *mapping;
  PropterHashSet seen;
  bool *repeats;       /* of each triples map */
  PropterStr *written; /* of each constant: as it stands in N-Quads */
  PropterArena texts;
  int fd;
  const char *path;
  PropterBuf out;
  uint64_t quads;
  const PropterIngestOptions *options;
  uint64_t rejects;
  Targets *targets; /* NULL: the mapping has none */
  bool scanning;    /* the subjects are looked at, nothing is written */
} Write;

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory writing what a mapping makes"); }

/* --- Rendering (in the workers) -------------------------------------------------------------------------------------------------- */

static void add_piece(PropterBuf *out, const Piece *p) { propter_buf_add(out, (PropterStr){(const char *)p, sizeof *p}); }

static void add_term(const Write *w, const PropterMapTerm *t, PropterBuf *out) {
  if (t->constant && w->written[t->constant].data) propter_buf_add(out, w->written[t->constant]);
  else propter_term_write(&t->term, out);
  propter_buf_add_char(out, ' ');
}

/* Subjects stand in many quads of a record, one after the other: the last one is copied. */
typedef struct {
  uint32_t term;
  size_t offset, length;
} Subject;

static void add_subject(const Write *w, const PropterMapRecord *r, uint32_t term, Subject *last, PropterBuf *out) {
  size_t offset = out->len;
  if (last->length && last->term == term) {
    /* Room first: the copy is from the buffer itself. */
    if (propter_buf_reserve(out, last->length)) propter_buf_add(out, (PropterStr){out->data + last->offset, last->length});
  } else {
    add_term(w, &r->terms[term], out);
  }
  *last = (Subject){term, offset, out->len - offset};
}

static void add_quad(const Write *w, const PropterMapRecord *r, const PropterMapQuad *q, Subject *last, PropterBuf *out) {
  add_subject(w, r, q->s, last, out);
  add_term(w, &r->terms[q->p], out);
  add_term(w, &r->terms[q->o], out);
  if (q->g != PROPTER_MAP_DEFAULT && !w->options->triples) add_term(w, &r->terms[q->g], out);
  propter_buf_add(out, PROPTER_STR(".\n"));
}

/* The length is known when the text is there. */
static void end_piece(PropterBuf *out, size_t head, bool checked) {
  if (out->failed != PROPTER_OK) return;
  Piece p = {.length = (uint32_t)(out->len - head - sizeof p), .checked = checked};
  if (checked) p.hash = propter_hash128((PropterStr){out->data + head + sizeof p, p.length});
  memcpy(out->data + head, &p, sizeof p);
}

/* Quads that differ only by the names that are left out. */
static bool may_fall_together(const Write *w, const PropterMapRecord *r) {
  size_t i = 0;
  while (i < r->quad_count && r->quads[i].g == PROPTER_MAP_DEFAULT) i++;
  return w->options->triples && i < r->quad_count;
}

static PropterStatus render_subjects(const PropterMapRecord *r, PropterBuf *out) {
  Piece p = {.length = (uint32_t)r->map};
  PropterStr subject = r->terms[r->quads[0].s].term.value;
  p.hash = propter_hash128(subject);
  add_piece(out, &p);
  return PROPTER_OK;
}

static PropterStatus render(const PropterMapRecord *r, PropterBuf *out, void *payload, PropterError *err) {
  const Write *w = payload;
  static const Piece empty;
  if (w->scanning) return render_subjects(r, out);
  bool checked = w->repeats[r->map] || may_fall_together(w, r);
  size_t head = out->len;
  Subject last = {0, 0, 0};
  if (!checked) add_piece(out, &empty);
  for (size_t i = 0; i < r->quad_count; i++) {
    if (r->quads[i].targets) continue;
    if (checked) head = out->len, add_piece(out, &empty);
    add_quad(w, r, &r->quads[i], &last, out);
    if (checked) end_piece(out, head, true);
  }
  if (!checked) end_piece(out, head, false);
  return propter_buf_status(out, err);
}

/* --- Writing (in the caller's thread) -------------------------------------------------------------------------------------------- */

static PropterStatus flush(Write *w, PropterError *err) {
  int failed = w->out.len ? propter_io_write_all(w->fd, w->out.data, w->out.len) : 0;
  propter_buf_reset(&w->out);
  return failed ? propter_io_fail(err, w->path, "write") : PROPTER_OK;
}

static PropterStatus take_subjects(Write *w, PropterStr pieces, PropterError *err) {
  for (size_t at = 0; at < pieces.len; at += sizeof(Piece)) {
    Piece p;
    bool added;
    memcpy(&p, pieces.data + at, sizeof p);
    if (w->repeats[p.length]) continue;
    /* Each triples map has subjects of its own in the one set. */
    p.hash.high ^= propter_hash64((PropterStr){(const char *)&p.length, sizeof p.length});
    if (!propter_hash_set_add(&w->seen, p.hash, &added)) return no_memory(err);
    w->repeats[p.length] = !added;
  }
  return PROPTER_OK;
}

static PropterStatus take(PropterStr pieces, void *payload, PropterError *err) {
  Write *w = payload;
  if (w->scanning) return take_subjects(w, pieces, err);
  for (size_t at = 0; at < pieces.len;) {
    Piece p;
    bool added = true;
    memcpy(&p, pieces.data + at, sizeof p);
    at += sizeof p;
    if (p.checked && !propter_hash_set_add(&w->seen, p.hash, &added)) return no_memory(err);
    if (added) propter_buf_add(&w->out, (PropterStr){pieces.data + at, p.length});
    at += p.length;
  }
  PROPTER_TRY(propter_buf_status(&w->out, err));
  return w->out.len >= 1 << 20 ? flush(w, err) : PROPTER_OK;
}

static PropterStatus record(const PropterMapRecord *r, void *payload, PropterError *err) {
  PropterBuf out = {0};
  const Write *w = payload;
  for (size_t i = 0; i < r->quad_count && !w->scanning; i++)
    if (r->quads[i].targets) PROPTER_TRY(targets_add(w->targets, r, &r->quads[i], err));
  PropterStatus status = render(r, &out, payload, err);
  if (status == PROPTER_OK) status = propter_buf_status(&out, err);
  if (status == PROPTER_OK) status = take(propter_buf_str(&out), payload, err);
  propter_buf_clear(&out);
  return status;
}

static PropterStatus reject(const PropterReject *r, void *payload, PropterError *err) {
  Write *w = payload;
  if (w->scanning) return PROPTER_OK;
  w->rejects++;
  bool stop = w->options->on_error == PROPTER_INGEST_STOP, over = w->options->bounded && w->rejects > w->options->max_errors;
  if (!stop && !over) {
    propter_log(w->options->log, PROPTER_LOG_WARNING, "ingest", "%.*s:%llu: column %.*s: %.*s", (int)r->file.len, r->file.data, (unsigned long long)r->row,
                (int)r->column.len, r->column.data, (int)r->reason.len, r->reason.data);
    return PROPTER_OK;
  }
  propter_error_at(err, r->file.data, r->row, 0);
  if (!stop)
    return propter_fail(err, PROPTER_INVALID, "more than %llu bad rows; the last one: %.*s", (unsigned long long)w->options->max_errors, (int)r->reason.len,
                        r->reason.data);
  return propter_fail(err, PROPTER_INVALID, "column %.*s: %.*s", (int)r->column.len, r->column.data, (int)r->reason.len, r->reason.data);
}

/* As JSON, which only CSVW metadata can be. */
static PropterStatus take_json(PropterStr piece, void *payload, PropterError *err) {
  Write *w = payload;
  propter_buf_add(&w->out, piece);
  PROPTER_TRY(propter_buf_status(&w->out, err));
  return w->out.len >= 1 << 20 ? flush(w, err) : PROPTER_OK;
}

static PropterStatus run_json(Write *w, PropterIngestResult *result, PropterError *err) {
  PropterMapSink sink = {.record = record, .reject = reject, .json = take_json, .payload = w};
  PropterMapOptions options = {.limits = w->options->limits, .log = w->options->log};
  if (!propter_mapping_is_csvw(w->mapping))
    return propter_fail(err, PROPTER_USAGE, "%s: only what one document of CSVW metadata describes can be written as JSON", w->path);
  PROPTER_TRY(propter_mapping_run(w->mapping, &options, &sink, &result->rows, err));
  return flush(w, err);
}

static PropterStatus write_constants(Write *w, PropterError *err) {
  uint32_t count = propter_mapping_constants(w->mapping);
  PropterBuf text = {0};
  PropterStatus status = PROPTER_OK;
  w->written = propter_calloc(count, sizeof *w->written);
  if (!w->written) return no_memory(err);
  for (uint32_t i = 1; i < count && status == PROPTER_OK; i++) {
    propter_buf_reset(&text);
    propter_term_write(propter_mapping_constant(w->mapping, i), &text);
    status = propter_buf_status(&text, err);
    if (status == PROPTER_OK && !(w->written[i] = propter_arena_copy(&w->texts, propter_buf_str(&text))).data) status = no_memory(err);
  }
  propter_buf_clear(&text);
  return status;
}

static PropterStatus run(Write *w, PropterIngestResult *result, PropterError *err) {
  if (propter_str_ends(propter_str(w->path), PROPTER_STR(".json"))) return run_json(w, result, err);
  PropterMapSink sink = {.record = record, .reject = reject, .render = render, .take = take, .payload = w};
  PropterMapOptions options = {.limits = w->options->limits, .log = w->options->log, .threads = w->options->threads, .subjects_only = true};
  size_t maps = propter_mapping_maps(w->mapping);
  w->repeats = propter_calloc(maps, sizeof *w->repeats);
  if (!w->repeats) return no_memory(err);
  for (size_t i = 0; i < maps; i++) w->repeats[i] = propter_mapping_may_meet(w->mapping, i);
  PROPTER_TRY(write_constants(w, err));
  PROPTER_TRY(targets_open(w->mapping, &w->targets, err));
  /* The files are filled in the caller's thread. */
  if (w->targets) sink.render = NULL, sink.take = NULL;
  w->scanning = true;
  PROPTER_TRY(propter_mapping_run(w->mapping, &options, &sink, &result->rows, err));
  propter_hash_set_clear(&w->seen);
  w->scanning = options.subjects_only = false;
  PROPTER_TRY(propter_mapping_run(w->mapping, &options, &sink, &result->rows, err));
  PROPTER_TRY(flush(w, err));
  return targets_write(w->targets, err);
}

PropterStatus propter_ingest_write(const PropterIngestOptions *options, const char *path, PropterIngestResult *result, PropterError *err) {
  Write *w = propter_calloc(1, sizeof *w);
  if (!w) return no_memory(err);
  *result = (PropterIngestResult){.run = {"", 0}, .arena = result->arena};
  *w = (Write){.options = options, .path = path, .fd = -1};
  PropterMapping *mapping = NULL;
  PropterMappingOptions how = options->how;
  how.limits = options->limits;
  PropterStatus status = propter_mapping_read(options->mappings, options->count, &how, &mapping, err);
  w->mapping = mapping;
  bool terminal = strcmp(path, "-") == 0;
  off_t before = 0;
  if (status == PROPTER_OK) {
    w->fd = terminal ? STDOUT_FILENO : propter_io_open(path, O_WRONLY | O_CREAT | (options->append ? O_APPEND : O_TRUNC) | O_CLOEXEC, 0666);
    if (w->fd >= 0 && !terminal && options->append) before = lseek(w->fd, 0, SEEK_END);
    status = w->fd >= 0 ? run(w, result, err) : propter_io_fail(err, path, "open");
  }
  if (w->fd >= 0 && !terminal && propter_io_close(w->fd) != 0 && status == PROPTER_OK) status = propter_io_fail(err, path, "write");
  /* Half a file looks like a whole one. */
  if (status != PROPTER_OK && w->fd >= 0 && !terminal && (before <= 0 || truncate(path, before) != 0)) (void)propter_io_unlink(path);
  propter_mapping_free(mapping);
  propter_hash_set_clear(&w->seen);
  targets_close(w->targets);
  propter_free(w->repeats);
  propter_free(w->written);
  propter_arena_clear(&w->texts);
  propter_buf_clear(&w->out);
  propter_free(w);
  return status;
}

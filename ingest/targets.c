/* SPDX-License-Identifier: Apache-2.0 */
#include "targets.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "propter/hash.h"
#include "propter/io.h"
#include "propter/pack.h"
#include "propter/rdf.h"
#include "propter/vocab.h"

enum { MOST_FILES = 10000 }; /* of one mapping */

typedef struct {
  const PropterMapTarget *is;
  PropterStr path;
  PropterRdfWriter *writer;
  PropterMap seen; /* quads as text; only for formats that are not sorted */
  PropterBuf bytes;
} File;

struct Targets {
  const PropterMapping *mapping;
  PROPTER_VEC(File *) files;
  PropterMap by_path; /* number of the file */
  PropterArena paths;
  PropterBuf key;
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory writing targets"); }

static PropterStatus keep(PropterStr bytes, void *payload, PropterError *err) {
  PropterBuf *out = payload;
  propter_buf_add(out, bytes);
  return propter_buf_status(out, err);
}

static void close_file(File *f) {
  propter_rdf_writer_close(f->writer);
  propter_map_clear(&f->seen);
  propter_buf_clear(&f->bytes);
  propter_free(f);
}

void targets_close(Targets *t) {
  if (!t) return;
  for (size_t i = 0; i < t->files.count; i++) close_file(t->files.items[i]);
  propter_vec_clear(&t->files);
  propter_map_clear(&t->by_path);
  propter_arena_clear(&t->paths);
  propter_buf_clear(&t->key);
  propter_free(t);
}

static PropterStatus add_once(Targets *t, File *f, const PropterStatement *st, PropterError *err) {
  const PropterTerm *terms[] = {&st->s, &st->p, &st->o, &st->g};
  bool added;
  propter_buf_reset(&t->key);
  for (size_t i = 0; i < 4; i++)
    if (terms[i]->kind != PROPTER_TERM_NONE) propter_term_write(terms[i], &t->key), propter_buf_add_char(&t->key, ' ');
  PROPTER_TRY(propter_buf_status(&t->key, err));
  if (!propter_map_put(&f->seen, propter_buf_str(&t->key), 0, &added)) return no_memory(err);
  return added ? propter_rdf_writer_add(f->writer, st, err) : PROPTER_OK;
}

#define LDES(name) propter_iri(PROPTER_STR("https://w3id.org/ldes#" name))

/* What is known of an event stream before it has members. */
static PropterStatus begin_stream(Targets *t, File *f, PropterError *err) {
  const struct {
    PropterTerm p;
    PropterStr o;
  } says[] = {{propter_iri(propter_vocab_iri(VOCAB_rdf_type)), PROPTER_STR("https://w3id.org/ldes#EventStream")},
              {LDES("timestampPath"), f->is->timestamp_path},
              {LDES("versionOfPath"), f->is->version_of_path}};
  for (size_t i = 0; f->is->stream.len && i < sizeof says / sizeof *says; i++)
    if (says[i].o.len) PROPTER_TRY(add_once(t, f, &(PropterStatement){.s = propter_iri(f->is->stream), .p = says[i].p, .o = propter_iri(says[i].o)}, err));
  return PROPTER_OK;
}

/* The file of a target at `path`, which is opened if it is the first time. */
static PropterStatus file_at(Targets *t, const PropterMapTarget *is, PropterStr path, File **out, PropterError *err) {
  bool added;
  const uint64_t *number = propter_map_put(&t->by_path, path, t->files.count, &added);
  if (!number) return no_memory(err);
  if (!added && (*out = t->files.items[*number])->is == is) return PROPTER_OK;
  if (!added) return propter_fail(err, PROPTER_INVALID, "two targets of the mapping are the file %.*s", (int)path.len, path.data);
  if (t->files.count == MOST_FILES) return propter_fail(err, PROPTER_LIMIT, "the mapping's targets are more than %d files", MOST_FILES);
  File *f = *out = propter_calloc(1, sizeof *f);
  if (!f || !propter_vec_push(&t->files, f)) return propter_free(f), no_memory(err);
  f->is = is;
  f->path = propter_arena_copy(&t->paths, path);
  if (!f->path.data) return no_memory(err);
  PROPTER_TRY(propter_rdf_writer_open(&(PropterRdfWriterOptions){.format = is->format.data}, keep, &f->bytes, &f->writer, err));
  return begin_stream(t, f, err);
}

PropterStatus targets_open(const PropterMapping *mapping, Targets **out, PropterError *err) {
  const PropterMapTarget *is;
  File *file;
  *out = NULL;
  if (!propter_mapping_target(mapping, 0)) return PROPTER_OK;
  Targets *t = *out = propter_calloc(1, sizeof *t);
  if (!t) return no_memory(err);
  t->mapping = mapping;
  for (size_t i = 0; (is = propter_mapping_target(mapping, i)); i++)
    if (!is->by_row) PROPTER_TRY(file_at(t, is, is->path, &file, err));
  return PROPTER_OK;
}

/* `member`: the subject's own term map has the target. */
static PropterStatus add_to(Targets *t, const PropterMapTarget *is, PropterStr path, const PropterStatement *st, bool member, PropterError *err) {
  File *file = NULL;
  PROPTER_TRY(file_at(t, is, path, &file, err));
  if (member && is->stream.len)
    PROPTER_TRY(
        add_once(t, file, &(PropterStatement){.s = propter_iri(is->stream), .p = propter_iri(PROPTER_STR("https://w3id.org/tree#member")), .o = st->s}, err));
  return add_once(t, file, st, err);
}

PropterStatus targets_add(Targets *t, const PropterMapRecord *r, const PropterMapQuad *q, PropterError *err) {
  const PropterMapTarget *is;
  PropterStatement st = {.s = r->terms[q->s].term, .p = r->terms[q->p].term, .o = r->terms[q->o].term};
  if (q->g != PROPTER_MAP_DEFAULT) st.g = r->terms[q->g].term;
  for (size_t i = 0; (is = propter_mapping_target(t->mapping, i)); i++) {
    bool member = r->terms[q->s].targets >> i & 1;
    if (!(q->targets >> i & 1)) continue;
    if (!is->by_row) PROPTER_TRY(add_to(t, is, is->path, &st, member, err));
    for (uint32_t k = is->by_row ? r->places[i].begin : 0; is->by_row && k < r->places[i].end; k++)
      PROPTER_TRY(add_to(t, is, r->terms[k].term.value, &st, member, err));
  }
  return PROPTER_OK;
}

/* UTF-16 and UTF-32 begin with a byte order mark, as iconv writes it. */
static PropterStatus encode(const File *f, PropterStr text, PropterBuf *out, PropterError *err) {
  const char *name = f->is->encoding.data;
  iconv_t convert = iconv_open(name, "UTF-8");
  if (convert == (iconv_t)-1) return errno == ENOMEM ? no_memory(err) : propter_fail(err, PROPTER_USAGE, "unknown encoding \"%s\"", name);
  char *in = (char *)(uintptr_t)text.data;
  size_t left = text.len;
  PropterStatus status = PROPTER_OK;
  while (left && status == PROPTER_OK) {
    if (!propter_buf_reserve(out, 65536)) break;
    char *at = out->data + out->len;
    size_t room = 65536;
    size_t r = iconv(convert, &in, &left, &at, &room);
    out->len += 65536 - room;
    if (r == (size_t)-1 && errno != E2BIG) status = propter_fail(err, PROPTER_INVALID, "%s: a character that %s does not have", f->path.data, name);
  }
  (void)iconv_close(convert);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

static PropterStatus write_file(File *f, PropterError *err) {
  PropterBuf encoded = {0}, packed = {0};
  const char *slash = strrchr(f->path.data, '/'), *name = slash ? slash + 1 : f->path.data;
  PropterStatus status = propter_rdf_writer_finish(f->writer, err);
  PropterStr bytes = propter_buf_str(&f->bytes);
  if (status == PROPTER_OK && f->is->encoding.len && !propter_str_equal(f->is->encoding, PROPTER_STR("UTF-8"))) {
    status = encode(f, bytes, &encoded, err);
    bytes = propter_buf_str(&encoded);
  }
  if (status == PROPTER_OK && f->is->compression.len) {
    status = propter_pack(f->is->compression, name, bytes, &packed, err);
    bytes = propter_buf_str(&packed);
  }
  if (status == PROPTER_OK) status = propter_io_write_file(f->path.data, bytes, err);
  propter_buf_clear(&encoded);
  propter_buf_clear(&packed);
  return status;
}

PropterStatus targets_write(Targets *t, PropterError *err) {
  for (size_t i = 0; t && i < t->files.count; i++) PROPTER_TRY(write_file(t->files.items[i], err));
  return PROPTER_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "targets.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "propter/hash.h"
#include "propter/io.h"
#include "propter/pack.h"
#include "propter/rdf.h"

typedef struct {
  const PropterMapTarget *is;
  PropterRdfWriter *writer;
  PropterMap seen; /* quads as text; only for formats that are not sorted */
  PropterBuf bytes;
} File;

struct Targets {
  File *files;
  size_t count;
  PropterBuf key;
};

static PropterStatus no_memory(PropterError *err) { return propter_fail(err, PROPTER_NO_MEMORY, "out of memory writing targets"); }

static PropterStatus keep(PropterStr bytes, void *payload, PropterError *err) {
  PropterBuf *out = payload;
  propter_buf_add(out, bytes);
  return propter_buf_status(out, err);
}

PropterStatus targets_open(const PropterMapping *mapping, Targets **out, PropterError *err) {
  size_t count = 0;
  *out = NULL;
  while (propter_mapping_target(mapping, count)) count++;
  if (!count) return PROPTER_OK;
  Targets *t = *out = propter_calloc(1, sizeof *t);
  if (!t || !(t->files = propter_calloc(count, sizeof *t->files))) return no_memory(err);
  for (; t->count < count; t->count++) {
    File *f = &t->files[t->count];
    f->is = propter_mapping_target(mapping, t->count);
    PROPTER_TRY(propter_rdf_writer_open(&(PropterRdfWriterOptions){.format = f->is->format.data}, keep, &f->bytes, &f->writer, err));
  }
  return PROPTER_OK;
}

void targets_close(Targets *t) {
  if (!t) return;
  for (size_t i = 0; i < t->count; i++) {
    propter_rdf_writer_close(t->files[i].writer);
    propter_map_clear(&t->files[i].seen);
    propter_buf_clear(&t->files[i].bytes);
  }
  propter_buf_clear(&t->key);
  propter_free(t->files);
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

PropterStatus targets_add(Targets *t, const PropterMapRecord *r, const PropterMapQuad *q, PropterError *err) {
  PropterStatement st = {.s = r->terms[q->s].term, .p = r->terms[q->p].term, .o = r->terms[q->o].term};
  if (q->g != PROPTER_MAP_DEFAULT) st.g = r->terms[q->g].term;
  for (size_t i = 0; i < t->count; i++)
    if (q->targets >> i & 1) PROPTER_TRY(add_once(t, &t->files[i], &st, err));
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
    if (r == (size_t)-1 && errno != E2BIG) status = propter_fail(err, PROPTER_INVALID, "%s: a character that %s does not have", f->is->path.data, name);
  }
  (void)iconv_close(convert);
  return status == PROPTER_OK ? propter_buf_status(out, err) : status;
}

static PropterStatus write_file(File *f, PropterError *err) {
  PropterBuf encoded = {0}, packed = {0};
  const char *slash = strrchr(f->is->path.data, '/'), *name = slash ? slash + 1 : f->is->path.data;
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
  if (status == PROPTER_OK) status = propter_io_write_file(f->is->path.data, bytes, err);
  propter_buf_clear(&encoded);
  propter_buf_clear(&packed);
  return status;
}

PropterStatus targets_write(Targets *t, PropterError *err) {
  for (size_t i = 0; t && i < t->count; i++) PROPTER_TRY(write_file(&t->files[i], err));
  return PROPTER_OK;
}

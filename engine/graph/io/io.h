/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the readers and writers of RDF. */
#ifndef GRAPH_IO_H
#define GRAPH_IO_H

#include "spread.h"

/* Bytes of a document, in order. */
typedef struct Source Source;
struct Source {
  /* Up to `size` bytes; *count 0 at the end. */
  PropterStatus (*read)(Source *source, void *bytes, size_t size, size_t *count, PropterError *err);
  const char *name; /* in errors */
  uint64_t limit;   /* bytes that may come out */
  uint64_t total;   /* bytes that have come out */
};
/* A text in memory, borrowed. Nothing to close. */
typedef struct {
  Source source;
  PropterStr rest;
} TextSource;
TextSource source_of_text(PropterStr text, const char *name, uint64_t limit);

/* Reads through `source`, counting, and fails with LIMIT beyond its limit. */
PropterStatus source_read(Source *source, void *bytes, size_t size, size_t *count, PropterError *err);
/* A file or "-", unpacked if it is packed (gzip, and what pack.h knows): at most `limit` bytes, and within unpack_ratio and unpack_free of `limits`. Close with
 * source_close_file. */
PropterStatus source_open_file(const char *path, uint64_t limit, const PropterLimits *limits, Source **out, PropterError *err);
/* Hashes all bytes of the file, packed as they are, from before the first read on; source_hash_end reads what is left of them. */
PropterStatus source_hash(Source *source, PropterError *err);
PropterStatus source_hash_end(Source *source, char out[33], PropterError *err);
void source_close_file(Source *source);

/* What a reader gets: all filled in. */
typedef struct {
  const PropterRdfFormat *format;
  PropterStr base;
  PropterLimits limits;
  const PropterLog *log;
  const PropterRdfSink *sink;
  const Spread *spread; /* instead of the sink, for a reader that can; NULL: all to the sink */
  size_t block;  /* bytes to be read at a time, for a reader of lines */
  bool no_lines; /* the lines read are not those of the document */
} ReadJob;

typedef PropterStatus (*Reader)(Source *source, const ReadJob *job, int variant, PropterError *err);
/* `variant`: whether a graph may stand behind the object. */
PropterStatus read_lines(Source *source, const ReadJob *job, int variant, PropterError *err);
PropterStatus read_serd(Source *source, const ReadJob *job, int variant, PropterError *err);
PropterStatus read_rdfxml(Source *source, const ReadJob *job, int variant, PropterError *err);
PropterStatus read_raptor(Source *source, const ReadJob *job, int variant, PropterError *err);

#endif

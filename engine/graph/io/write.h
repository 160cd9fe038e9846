/* SPDX-License-Identifier: Apache-2.0 */
/* A stretch of a document held for sorting: every term once, statements as numbers of terms. */
#ifndef GRAPH_IO_WRITE_H
#define GRAPH_IO_WRITE_H

#include "propter/hash.h"
#include "io.h"

/* Terms by number; 0 is "no graph". */
typedef struct {
  PropterTerm term;
  PropterStr text; /* N-Triples */
  uint32_t rank;   /* place in the order of the texts */
  uint64_t colour; /* of a blank node, in a canonical document */
} HeldTerm;

typedef struct {
  uint32_t g, s, p, o;
} HeldQuad;

typedef struct {
  PropterArena arena;
  PropterMap numbers; /* N-Triples text to number */
  PROPTER_VEC(HeldTerm) terms;
  PROPTER_VEC(HeldQuad) quads;
  PropterBuf scratch;
} Held;

/* How a format is written. */
typedef struct {
  void (*put)(PropterRdfWriter *writer, const Held *held); /* a sorted stretch into `out`; the first has writer->stretches 0 and may be empty */
  void (*end)(PropterRdfWriter *writer);                   /* what stands behind the last; NULL: nothing */
  bool whole;                                              /* a stretch must be the whole document */
} Syntax;

extern const Syntax syntax_lines, syntax_turtle, syntax_rdfxml, syntax_jsonld, syntax_json;

struct PropterRdfWriter {
  PropterRdfWriterOptions options;
  const PropterRdfFormat *format;
  const Syntax *syntax;
  PropterWrite write;
  void *payload;
  Held held;
  bool hold, whole;
  size_t stretches; /* written */
  bool *prefixes;   /* which ones the document has declared */
  PropterBuf out;
  PropterStatus status;
  PropterError *err; /* while a stretch is written */
};

/* Gives blank nodes their canonical labels. */
PropterStatus held_canonical(Held *held, PropterError *err);
/* Passes on what is in writer->out once it is much (or `all`). */
PropterStatus writer_flush(PropterRdfWriter *writer, bool all, PropterError *err);

/* The end of the quads that begin at `from` and agree in graph, (2) subject, (3) and predicate. */
size_t held_run(const Held *held, size_t from, int columns);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A document held for sorting: every term once, statements as numbers of terms. */
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

struct PropterRdfWriter {
  PropterRdfWriterOptions options;
  const PropterRdfFormat *format;
  void (*put)(PropterRdfWriter *writer, const Held *held); /* writes a sorted document into `out` */
  PropterWrite write;
  void *payload;
  Held held;
  bool hold;
  PropterBuf out;
  PropterStatus status;
  PropterError *err; /* during finish */
};

/* Gives blank nodes their canonical labels. */
PropterStatus held_canonical(Held *held, PropterError *err);
/* Passes on what is in writer->out once it is much (or `all`). */
PropterStatus writer_flush(PropterRdfWriter *writer, bool all, PropterError *err);

void put_lines(PropterRdfWriter *writer, const Held *held);
void put_turtle(PropterRdfWriter *writer, const Held *held);
void put_rdfxml(PropterRdfWriter *writer, const Held *held);
void put_jsonld(PropterRdfWriter *writer, const Held *held);
void put_json(PropterRdfWriter *writer, const Held *held);
/* The end of the quads that begin at `from` and agree in graph, (2) subject, (3) and predicate. */
size_t held_run(const Held *held, size_t from, int columns);

#endif
